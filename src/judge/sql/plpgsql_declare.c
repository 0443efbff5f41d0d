#include "judge/sql/plpgsql_int.h"

/* DECLARE: names, types, defaults, aliases and cursors. */

static bool is_parameter(struct sl_span s)
{
    return s.n > 1 && s.p[0] == '$' && s.p[1] >= '0' && s.p[1] <= '9';
}

static void declare_alias(struct plpgsql *p, const char *name)
{
    if (is_parameter(read_text(p, p->at))) {
        struct source *at = body_variable(p->j, p->b, name);
        if (at != NULL && at->outputs != NULL && p->j->arguments != NULL)
            origin_join(p->j, &at->outputs->rest, p->j->arguments->all);
        p->at++;
    } else { /* one variable under two names */
        const char *other = read_name(p);
        struct source *old = p->broken ? NULL : body_variable(p->j, p->b, other);
        value_declare(p, name, false, false);
        value_declare(p, other, false, false);
        struct source *at = old == NULL ? NULL : body_variable(p->j, p->b, name);
        if (at != NULL)
            at->outputs = old->outputs;
    }
    read_expect(p, ";");
}

/* The query runs when the cursor is opened; it counts as if it were. */
static void declare_cursor(struct plpgsql *p, const char *name)
{
    if (read_take(p, "("))
        while (!read_done(p) && !read_take(p, ")")) {
            body_variable(p->j, p->b, read_name(p));
            READ_UNTIL(p, ",", ")");
            read_take(p, ",");
        }
    if (!read_take(p, "is"))
        read_expect(p, "for");
    value_cursor(p, name, value_of_query(p, "", READ_UNTIL(p, ";"), ""));
    read_expect(p, ";");
}

static void declared_type(struct plpgsql *p, struct sl_span type)
{
    struct parse parse;

    if (p->broken)
        return;
    if (memchr(type.p == NULL ? (const uint8_t *)"" : type.p, '%', type.n) != NULL) {
        if (!ambient_types(p->j,
                           true)) /* table.column%TYPE, table%ROWTYPE: any type that there is */
            note_opaque(p->j, "a variable has a type that the judge does not know", NULL);
        return;
    }
    const SelectStmt *n = body_parse(p->j, "SELECT NULL::", type, "", &parse);
    if (n == NULL)
        return;
    const ResTarget *t =
        IsA(n, SelectStmt) && list_length(n->targetList) == 1 ? linitial(n->targetList) : NULL;
    if (t != NULL && n->fromClause == NIL && t->val != NULL && IsA(t->val, TypeCast))
        body_type(p->j, ((const TypeCast *)t->val)->typeName);
    else
        read_broken(p, "a PL/pgSQL declaration that the judge cannot read");
    parse_end(&parse);
}

/* Eight bytes at most, and words of the grammar: nobody else's type is meant. */
static bool is_small(struct sl_span type)
{
    static const char *const types[] = {"int", "integer", "bigint", "smallint", "boolean"};

    for (size_t i = 0; i < SL_COUNT(types); i++)
        if (sl_span_eq_nocase(type, sl_span_str(types[i])))
            return true;
    return false;
}

static void declare_variable(struct plpgsql *p, const char *name)
{
    read_take(p, "constant");
    struct sl_span type = READ_UNTIL(p, "collate", "not", ":=", "=", "default", ";");
    value_declare(p, name, sl_span_eq_nocase(type, SL_SPAN("record")), is_small(type));
    if (sl_span_eq_nocase(type, SL_SPAN("refcursor")))
        value_declare_cursor(p, name);
    body_variable(p->j, p->b, name);
    declared_type(p, type);
    if (read_take(p, "collate"))
        do
            read_name(p);
        while (read_take(p, "."));
    if (read_take(p, "not"))
        read_expect(p, "null");
    if (read_take(p, ":=") || read_take(p, "=") || read_take(p, "default"))
        value_assign(p, name, NULL, value_of(p, READ_UNTIL(p, ";")));
    read_expect(p, ";");
}

static void declare_one(struct plpgsql *p)
{
    const char *name = read_name(p);

    if (read_is(p, "alias") && read_is_at(p, p->at + 1, "for")) {
        p->at += 2;
        declare_alias(p, name);
        return;
    }
    size_t before = p->at;
    bool scroll = read_take(p, "no");
    scroll = read_take(p, "scroll") || scroll;
    if (read_take(p, "cursor"))
        declare_cursor(p, name);
    else if (scroll)
        read_broken(p, "a PL/pgSQL declaration that the judge cannot read");
    else {
        p->at = before;
        declare_variable(p, name);
    }
}

void declare_block(struct plpgsql *p)
{
    while (!read_done(p) && !read_is(p, "begin")) {
        if (read_take(p, "declare"))
            continue;
        declare_one(p);
    }
}
