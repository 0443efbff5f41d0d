#include "judge/sql/plpgsql_int.h"

/* Statements of PL/pgSQL that do something: assignments, SQL, EXECUTE, RAISE, RETURN. */

/* --- assignments and SQL -------------------------------------------------------------------- */

/* What the subscripts of a target hold: they are kept, as keys, or in how long the array is. */
static struct origin *subscripts(struct plpgsql *p, size_t from, size_t end)
{
    struct origin *all = NULL;
    size_t start = from;
    int depth = 0;

    for (size_t i = from; i < end && !p->broken; i++) {
        const bool opens = read_is_at(p, i, "[") || read_is_at(p, i, "(");
        const bool closes = read_is_at(p, i, "]") || read_is_at(p, i, ")");
        const bool ends = depth == 1 && (closes || read_is_at(p, i, ":"));
        if (ends && i > start)
            origin_join(p->j, &all, value_of(p, read_range(p, start, i)));
        depth += opens - closes;
        if (ends || (opens && depth == 1))
            start = i + 1;
    }
    return all;
}

/* variable[.field][[subscript]] := expression; subscripts may call functions. */
void statement_assign(struct plpgsql *p)
{
    size_t from = p->at;
    const char *name = read_name_at(p, from);
    const char *field = read_is_at(p, from + 1, ".") ? read_name_at(p, from + 2) : NULL;
    struct sl_span target = READ_UNTIL(p, ":=", "=");
    size_t end = p->at++;

    const bool element =
        memchr(target.p == NULL ? (const uint8_t *)"" : target.p, '[', target.n) != NULL;
    if (element)
        value_of(p, target);
    struct origin *value = value_of(p, READ_UNTIL(p, ";")), *many = NULL;
    if (element) { /* of an array: as many as there are */
        origin_gather(p->j, &many, value);
        origin_gather(p->j, &many, subscripts(p, from, end));
        value = many;
    }
    if (name != NULL)
        value_assign(p, name, field, value);
    else if (!p->broken)
        value_assign_all(p, value); /* $1 := ... */
    read_expect(p, ";");
}

/* Where INTO and its targets stand, as the server finds them. */
static size_t find_into(const struct plpgsql *p, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++)
        if (read_is_at(p, i, "into") && i > from && !read_is_at(p, i - 1, "insert") &&
            !read_is_at(p, i - 1, "merge"))
            return i;
    return end;
}

static bool defines_code(const struct plpgsql *p, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++)
        if (read_is_at(p, i, "atomic") || read_is_at(p, i, "rule"))
            return true;
    return false;
}

void statement_sql(struct plpgsql *p)
{
    size_t from = p->at, end = from;
    SL_BUF(sql, CODE_MAX_BODY);

    while (end < p->count && !read_is_at(p, end, ";"))
        end++;
    if (end == p->count || (read_is(p, "create") && defines_code(p, from, end))) {
        read_broken(p, "a PL/pgSQL body that the judge cannot read");
        return;
    }
    size_t into = find_into(p, from, end), after = end;
    if (into < end) {
        p->at = into + 1;
        value_skip_targets(p);
        after = p->at;
    }
    sl_buf_put(&sql, read_range(p, from, into));
    sl_buf_put_u8(&sql, ' ');
    sl_buf_put(&sql, read_range(p, after, end));
    struct origin *value = value_of_query(p, "", sl_buf_span(&sql), ""), *tells = p->tells;
    if (into < end) {
        p->at = into + 1;
        value_into(p, value);
    }
    value_assign(p, "found", NULL, tells);
    p->at = end;
    read_expect(p, ";");
}

static void call(struct plpgsql *p, const char *word)
{
    struct origin *given = value_of_query(p, word, READ_UNTIL(p, ";"), "");

    value_assign_all(p, given); /* a procedure gives back into its arguments */
    read_expect(p, ";");
}

static void execute(struct plpgsql *p)
{
    struct sl_span text = READ_UNTIL(p, "into", "using", ";");
    struct origin *parameters = NULL;
    size_t into = 0;

    while (!read_done(p) && !read_is(p, ";")) {
        if (read_take(p, "into")) {
            into = p->at;
            value_skip_targets(p);
        } else {
            read_expect(p, "using");
            parameters = value_list(p, (const char *const[]){",", "into", ";"}, 3);
        }
    }
    struct origin *value = value_dynamic(p, text, parameters);
    size_t end = p->at;
    if (into > 0) {
        p->at = into;
        value_into(p, value);
        p->at = end;
    }
    read_expect(p, ";");
}

/* --- RETURN --------------------------------------------------------------------------------- */

/* A trigger may give back another row than the one it was given. */
static void returns_row(struct plpgsql *p, struct sl_span what, struct origin *value)
{
    const struct trigger *t = p->b->trigger;
    bool as_given =
        sl_span_eq_nocase(what, SL_SPAN("new")) || sl_span_eq_nocase(what, SL_SPAN("old"));

    if (t == NULL || t->table == NULL || as_given || !t->table->listed)
        return;
    for (uint32_t i = 0; i < t->table->relation.column_count; i++) {
        struct sl_span name = sl_catalog_column(p->j->ctx->catalog, &t->table->relation, i).name;
        const char *column = sl_arena_text(p->j->mem, name);
        if (column != NULL)
            note_flow(p->j, value, t->table->name, column);
    }
}

static void returns(struct plpgsql *p)
{
    if (read_take(p, "query")) {
        if (read_take(p, "execute")) {
            struct sl_span text = READ_UNTIL(p, "using", ";");
            struct origin *parameters = NULL;
            if (read_take(p, "using"))
                parameters = value_list(p, (const char *const[]){",", ";"}, 2);
            value_dynamic(p, text, parameters);
        } else {
            value_of_query(p, "", READ_UNTIL(p, ";"), "");
        }
    } else {
        const bool leaves = !read_take(p, "next");
        if (!read_is(p, ";")) {
            struct sl_span what = READ_UNTIL(p, ";");
            returns_row(p, what, value_of(p, what));
        }
        if (leaves)
            branch_leave(p, NULL, true, true);
    }
    read_expect(p, ";");
}

/* --- RAISE, ASSERT, GET DIAGNOSTICS ----------------------------------------------------------- */

static void raise_options(struct plpgsql *p)
{
    do {
        read_name(p);
        if (!read_take(p, "="))
            read_expect(p, ":=");
        value_reports(p, value_of(p, READ_UNTIL(p, ",", ";")));
    } while (read_take(p, ",") && !read_done(p));
}

static void take_string(struct plpgsql *p)
{
    if (p->at >= p->count || p->tokens[p->at].kind != TOKEN_STRING)
        read_broken(p, "a PL/pgSQL body that the judge cannot read");
    p->at++;
}

static void raise(struct plpgsql *p)
{
    static const char *const levels[] = {"exception", "warning", "notice", "info", "log", "debug"};

    for (size_t i = 0; i < SL_COUNT(levels); i++)
        if (read_take(p, levels[i]))
            break;
    if (read_take(p, "sqlstate")) {
        take_string(p);
    } else if (!read_is(p, "using") && !read_is(p, ";")) {
        if (p->at < p->count && p->tokens[p->at].kind == TOKEN_STRING) {
            p->at++;
            while (read_take(p, ",") && !read_done(p))
                value_reports(p, value_of(p, READ_UNTIL(p, ",", "using", ";")));
        } else {
            read_name(p);
        }
    }
    if (read_take(p, "using"))
        raise_options(p);
    read_expect(p, ";");
}

static void assertion(struct plpgsql *p)
{
    value_of(p, READ_UNTIL(p, ",", ";"));
    if (read_take(p, ","))
        value_reports(p, value_of(p, READ_UNTIL(p, ";")));
    read_expect(p, ";");
}

static void diagnostics(struct plpgsql *p)
{
    if (!read_take(p, "current"))
        read_take(p, "stacked");
    read_expect(p, "diagnostics");
    do {
        const char *name = read_name(p), *field = NULL;
        if (read_take(p, "."))
            field = read_name(p);
        if (!read_take(p, "="))
            read_expect(p, ":=");
        value_assign(p, name, field, value_of_error(p));
        read_name(p);
    } while (read_take(p, ",") && !read_done(p));
    read_expect(p, ";");
}

/* --- which ---------------------------------------------------------------------------------- */

static void perform(struct plpgsql *p)
{
    value_of(p, READ_UNTIL(p, ";"));
    value_assign(p, "found", NULL, p->tells);
    read_expect(p, ";");
}

static void nothing(struct plpgsql *p)
{
    read_expect(p, ";");
}

static void transaction(struct plpgsql *p)
{
    note_opaque(p->j, "a body ends the transaction that it runs in", NULL);
    READ_UNTIL(p, ";");
    read_expect(p, ";");
}

static void call_statement(struct plpgsql *p)
{
    call(p, "CALL ");
}

static void do_statement(struct plpgsql *p)
{
    call(p, "DO ");
}

bool statement_known(struct plpgsql *p)
{
    static const struct {
        const char *word;
        void (*read)(struct plpgsql *p);
    } kinds[] = {
        {"perform", perform},   {"return", returns},     {"raise", raise},
        {"execute", execute},   {"null", nothing},       {"get", diagnostics},
        {"assert", assertion},  {"open", cursor_open},   {"fetch", cursor_fetch},
        {"move", cursor_fetch}, {"close", cursor_close}, {"call", call_statement},
        {"do", do_statement},   {"commit", transaction}, {"rollback", transaction},
    };

    for (size_t i = 0; i < SL_COUNT(kinds); i++)
        if (read_take(p, kinds[i].word)) {
            kinds[i].read(p);
            return true;
        }
    return false;
}
