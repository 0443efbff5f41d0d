#include "judge/sql/plpgsql_int.h"

/* Blocks, branches and loops. */

static void statements(struct plpgsql *p);
static void block(struct plpgsql *p);

static void label(struct plpgsql *p)
{
    if (!read_take(p, "<<"))
        return;
    const char *name = read_name(p);
    struct source *at = p->broken || p->b->pool == NULL ? NULL : body_variable(p->j, p->b, name);
    if (at != NULL)
        at->outputs = p->b->pool; /* label.variable */
    read_expect(p, ">>");
}

static void end_label(struct plpgsql *p)
{
    if (!read_is(p, ";") && !read_done(p))
        read_name(p);
}

/* --- branches ------------------------------------------------------------------------------- */

static void branch_if(struct plpgsql *p)
{
    struct origin *before = p->j->branch;

    do {
        branch_begin(p, value_of(p, READ_UNTIL(p, "then")));
        read_expect(p, "then");
        statements(p);
    } while ((read_take(p, "elsif") || read_take(p, "elseif")) && !read_done(p));
    if (read_take(p, "else"))
        statements(p);
    branch_end(p, before);
    read_expect(p, "end");
    read_expect(p, "if");
    read_expect(p, ";");
}

static void branch_case(struct plpgsql *p)
{
    struct origin *before = p->j->branch;
    bool simple = !read_is(p, "when");

    if (simple)
        branch_begin(p, value_of(p, READ_UNTIL(p, "when")));
    while (read_take(p, "when") && !read_done(p)) {
        struct sl_span choice = READ_UNTIL(p, "then");
        if (simple)
            branch_begin(p, value_of_query(p, "SELECT NULL IN (", choice, ")"));
        else
            branch_begin(p, value_of(p, choice));
        read_expect(p, "then");
        statements(p);
    }
    if (read_take(p, "else"))
        statements(p);
    branch_end(p, before);
    read_expect(p, "end");
    read_expect(p, "case");
    read_expect(p, ";");
}

/* --- loops ---------------------------------------------------------------------------------- */

/* `from`: what says how often it runs. */
static void loop_body(struct plpgsql *p, const struct origin *from)
{
    struct origin *before = branch_loop(p, from);

    read_expect(p, "loop");
    statements(p);
    read_expect(p, "end");
    read_expect(p, "loop");
    end_label(p);
    read_expect(p, ";");
    branch_loop_end(p, before);
}

static bool has_range(const struct plpgsql *p)
{
    int depth = 0;

    for (size_t i = p->at; i < p->count && !read_is_at(p, i, ";"); i++) {
        depth += read_is_at(p, i, "(") || read_is_at(p, i, "[");
        depth -= read_is_at(p, i, ")") || read_is_at(p, i, "]");
        if (depth == 0 && read_is_at(p, i, ".."))
            return true;
        if (depth == 0 && read_is_at(p, i, "loop"))
            return false;
    }
    return false;
}

static struct origin *over_range(struct plpgsql *p)
{
    struct origin *from = NULL;

    read_take(p, "reverse");
    origin_join(p->j, &from, value_of(p, READ_UNTIL(p, "..")));
    read_expect(p, "..");
    origin_join(p->j, &from, value_of(p, READ_UNTIL(p, "by", "loop")));
    if (read_take(p, "by"))
        origin_join(p->j, &from, value_of(p, READ_UNTIL(p, "loop")));
    return from;
}

static struct origin *over_cursor(struct plpgsql *p)
{
    const struct source *at = body_variable(p->j, p->b, read_name(p));

    if (read_take(p, "(")) {
        while (!read_done(p) && !read_take(p, ")")) {
            if (read_is_at(p, p->at + 1, ":=") || read_is_at(p, p->at + 1, "=>"))
                p->at += 2;
            value_assign_all(p, value_of(p, READ_UNTIL(p, ",", ")")));
            read_take(p, ",");
        }
    }
    p->row = at == NULL ? NULL : at->outputs;
    return at == NULL || at->outputs == NULL ? NULL : output_union(p->j, at->outputs);
}

static struct origin *over_dynamic(struct plpgsql *p)
{
    struct sl_span text = READ_UNTIL(p, "using", "loop");
    struct origin *parameters = NULL;

    if (read_take(p, "using"))
        parameters = value_list(p, (const char *const[]){",", "loop"}, 2);
    return value_dynamic(p, text, parameters);
}

/* cursor [(arguments)] LOOP. Only a cursor with a query of its own may stand here. */
static bool is_cursor(const struct plpgsql *p)
{
    const char *name = read_name_at(p, p->at);

    return name != NULL && value_is_variable(p, name) &&
           (read_is_at(p, p->at + 1, "loop") || read_is_at(p, p->at + 1, "("));
}

static void loop_for(struct plpgsql *p)
{
    size_t from = p->at;
    struct origin *value, *often = NULL;

    value_skip_targets(p);
    read_expect(p, "in");
    if (read_take(p, "execute"))
        value = over_dynamic(p);
    else if (has_range(p))
        often = value = over_range(p);
    else if (is_cursor(p))
        value = over_cursor(p);
    else {
        value = value_of_query(p, "", READ_UNTIL(p, "loop"), "");
        often = p->rows;
    }
    size_t body = p->at;
    p->at = from;
    value_into(p, value);
    p->at = body;
    loop_body(p, often);
}

static void loop_foreach(struct plpgsql *p)
{
    size_t from = p->at;

    value_skip_targets(p);
    if (read_take(p, "slice"))
        p->at++;
    read_expect(p, "in");
    read_expect(p, "array");
    struct origin *value = value_of(p, READ_UNTIL(p, "loop"));
    size_t body = p->at;
    p->at = from;
    value_into(p, value);
    p->at = body;
    loop_body(p, value);
}

static void leave_loop(struct plpgsql *p)
{
    const bool far = !read_is(p, "when") && !read_is(p, ";");
    struct origin *from = NULL;

    if (far)
        read_name(p);
    if (read_take(p, "when"))
        from = value_of(p, READ_UNTIL(p, ";"));
    branch_leave(p, from, far, false);
    read_expect(p, ";");
}

/* --- statements ----------------------------------------------------------------------------- */

/* A variable before := or = or [ is one, whatever else the word means; behind it a dot, too. */
static bool is_assignment(const struct plpgsql *p)
{
    static const char *const signs[] = {":=", "=", "[", "."};
    struct sl_span s = read_text(p, p->at);
    bool parameter = s.n > 1 && s.p[0] == '$' && s.p[1] >= '0' && s.p[1] <= '9';

    for (size_t i = 0; i < SL_COUNT(signs); i++)
        if (read_is_at(p, p->at + 1, signs[i]))
            return parameter || value_is_variable(p, read_name_at(p, p->at));
    return false;
}

static void control(struct plpgsql *p)
{
    if (read_take(p, "if"))
        branch_if(p);
    else if (read_take(p, "case"))
        branch_case(p);
    else if (read_is(p, "loop"))
        loop_body(p, NULL);
    else if (read_take(p, "while")) {
        struct origin *from = value_of(p, READ_UNTIL(p, "loop"));
        loop_body(p, from);
    } else if (read_take(p, "for"))
        loop_for(p);
    else if (read_take(p, "foreach"))
        loop_foreach(p);
    else if (read_take(p, "exit") || read_take(p, "continue"))
        leave_loop(p);
    else if (read_is(p, "declare") || read_is(p, "begin")) {
        block(p);
        read_expect(p, ";");
    } else if (!statement_known(p))
        statement_sql(p);
}

static void statement(struct plpgsql *p)
{
    if (!depth_enter(p->j)) {
        p->broken = true;
        return;
    }
    label(p);
    if (is_assignment(p))
        statement_assign(p);
    else
        control(p);
    depth_leave(p->j);
}

static bool ends_statements(const struct plpgsql *p)
{
    static const char *const ends[] = {"end", "else", "elsif", "elseif", "when", "exception"};

    for (size_t i = 0; i < SL_COUNT(ends); i++)
        if (read_is(p, ends[i]) && !is_assignment(p))
            return true;
    return false;
}

/* Up to the word that ends them: it is next. Behind them nobody knows whether they have run. */
static void statements(struct plpgsql *p)
{
    struct opened *before = p->opened;

    while (!read_done(p) && !ends_statements(p))
        statement(p);
    p->opened = before;
}

static void handlers(struct plpgsql *p)
{
    struct origin *error = value_of_error(p), *before = branch_of_error(p, error);

    value_assign(p, "sqlerrm", NULL, error);
    value_assign(p, "sqlstate", NULL, error);
    while (read_take(p, "when") && !read_done(p)) {
        while (!read_done(p) && !read_is(p, "then")) {
            if (p->tokens[p->at].kind == TOKEN_OTHER)
                read_broken(p, "a PL/pgSQL body that the judge cannot read");
            p->at++;
        }
        read_expect(p, "then");
        statements(p);
    }
    branch_end(p, before);
}

static void block(struct plpgsql *p)
{
    if (read_is(p, "declare"))
        declare_block(p);
    read_expect(p, "begin");
    statements(p);
    if (read_take(p, "exception"))
        handlers(p);
    read_expect(p, "end");
    end_label(p);
}

/* --- the whole body ------------------------------------------------------------------------- */

/* #variable_conflict use_column and the like. */
static void directives(struct plpgsql *p)
{
    while (read_take(p, "#")) {
        read_name(p);
        read_name(p);
    }
}

static void once(struct plpgsql *p)
{
    p->at = 0;
    branch_body(p);
    directives(p);
    label(p);
    block(p);
    read_take(p, ";");
    if (!p->broken && p->at < p->count)
        read_broken(p, "a PL/pgSQL body goes on behind its end");
}

static void special_variables(struct plpgsql *p)
{
    static const char *const names[] = {"found",         "sqlstate",        "sqlerrm",
                                        "tg_name",       "tg_when",         "tg_level",
                                        "tg_op",         "tg_relid",        "tg_relname",
                                        "tg_table_name", "tg_table_schema", "tg_nargs",
                                        "tg_argv",       "tg_event",        "tg_tag"};

    for (size_t i = 0; i < SL_COUNT(names); i++)
        body_variable(p->j, p->b, names[i]);
}

static size_t known(const struct plpgsql *p)
{
    size_t n = 0;

    for (const struct source *at = p->b->scope.sources; at != NULL; at = at->next) {
        for (size_t i = 0; at->outputs != NULL && i < at->outputs->count; i++)
            for (const struct origin *o = at->outputs->items[i].origins; o != NULL; o = o->next)
                n++;
        for (const struct origin *o = at->outputs == NULL ? NULL : at->outputs->rest; o != NULL;
             o = o->next)
            n++;
    }
    return n + branch_size(p);
}

/* Again as long as a variable came to hold something more: a loop may carry it back. */
void plpgsql_walk(struct judge *j, struct body *b, const char *text)
{
    struct plpgsql p = {.j = j, .b = b, .text = sl_span_str(text)};
    size_t before;
    unsigned passes = 0;

    if (text == NULL || caps_refuse(j->ctx, p.text) != NULL ||
        !plpgsql_tokens(j, text, &p.tokens, &p.count)) {
        note_opaque(j, "a PL/pgSQL body that the judge cannot read", NULL);
        return;
    }
    j->variables_first = true;
    j->as_server = false;
    special_variables(&p);
    do {
        before = known(&p);
        p.opened = NULL;
        once(&p);
        p.around = true;
    } while (!p.broken && known(&p) != before && ++passes < CODE_MAX_PASSES && !j->out_of_memory);
    cursors_settle(&p);
    if (passes == CODE_MAX_PASSES)
        note_opaque(j, "a PL/pgSQL body carries its values around too often", NULL);
}
