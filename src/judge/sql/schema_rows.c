#include "judge/sql/schema_int.h"

/* From what the DDL made to rows of a listing: the columns of views, and the definitions. */

/* --- columns of queries ----------------------------------------------------------------------- */

static void query_columns(struct schema *s, struct table *t, const struct outputs *out)
{
    for (size_t i = 0; i < out->count; i++) {
        const char *name = i < (size_t)list_length(t->column_names)
                               ? name_text(list_nth(t->column_names, (int)i))
                               : out->items[i].name;
        if (!out->items[i].star)
            schema_column(s, t, name, 'b');
    }
    t->query = NULL;
}

/* What may be known of a view's columns with the tables and views that are known so far. */
static bool resolve_one(struct schema *s, struct table *t, bool at_last)
{
    struct outputs out = {0};

    s->j.steps = 0;
    query_walk(&s->j, NULL, NULL, t->query, &out);
    s->j.opaque_why = (struct sl_span){0};
    if (out.open && !at_last)
        return false;
    if (out.open)
        schema_problem(t, 'k');
    query_columns(s, t, &out);
    return true;
}

static void put_table(struct schema *s, const struct table *t);

/* A listing of what is known so far, and another look at what is not. */
static bool resolve_more(struct schema *s, bool at_last)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *known = NULL;
    SL_BUF(snapshot, SL_CATALOG_MAX_BYTES);
    struct sl_catalog_builder *out = s->out;
    struct sl_catalog catalog;
    struct sl_sql_context ctx = *s->j.ctx;
    const struct sl_sql_context *before = s->j.ctx;
    bool more = false;

    if (sl_catalog_builder_new(&known) != SL_OK)
        return false;
    s->out = known;
    for (const struct table *t = s->tables; t != NULL; t = t->next)
        if (t->query == NULL)
            put_table(s, t);
    s->out = out;
    if (s->why == SL_OK)
        s->why = sl_catalog_finish(known, &snapshot);
    if (s->why == SL_OK)
        s->why = sl_catalog_open(sl_buf_span(&snapshot), &catalog);
    if (s->why != SL_OK)
        return false;
    ctx.catalog = &catalog;
    s->j.ctx = &ctx;
    for (struct table *t = s->tables; t != NULL; t = t->next)
        more |= t->query != NULL && resolve_one(s, t, at_last);
    s->j.ctx = before;
    s->j.datasets = NULL; /* they point into the snapshot */
    s->j.views = NULL;
    return more;
}

enum { MAX_ROUNDS = 64 };

void schema_resolve(struct schema *s)
{
    bool left = false;

    for (unsigned round = 0; round <= MAX_ROUNDS; round++) {
        left = false;
        for (const struct table *t = s->tables; t != NULL; t = t->next)
            left |= t->query != NULL;
        if (!left || !resolve_more(s, false))
            break;
    }
    if (left)
        resolve_more(s, true);
}

/* --- rows out ------------------------------------------------------------------------------- */

static void put_table(struct schema *s, const struct table *t)
{
    char kind[2] = {t->kind, 0}, letters[27], type[2] = {0};
    size_t n = 0;
    unsigned number = 0;

    for (unsigned i = 0; i < 26; i++)
        if ((t->problems >> i & 1) != 0)
            letters[n++] = (char)('a' + i);
    letters[n] = 0;
    SL_BUF(oid, 20);
    sl_buf_put_decimal(&oid, t->with_schema ? SL_SQL_DDL_WITH_SCHEMA : SL_SQL_DDL_BARE);
    schema_row(s, (const char *const[]){"R", t->schema, t->name, kind, letters, sl_buf_text(&oid)},
               6);
    for (const struct column_row *c = t->columns; c != NULL; c = c->next) {
        SL_BUF(decimal, 20);
        sl_buf_put_decimal(&decimal, ++number);
        type[0] = c->type;
        schema_row(
            s, (const char *const[]){"C", t->schema, t->name, sl_buf_text(&decimal), c->name, type},
            6);
    }
}

static void put_parts(struct schema *s, const struct table *t)
{
    const char *text = t->text.n == 0 ? NULL : sl_arena_text(s->j.mem, t->text);

    if (text != NULL && t->kind != 'r')
        schema_row(s, (const char *const[]){"P", "r", t->schema, t->name, "v", "0", "", text}, 8);
    for (const struct parent *p = t->parents; p != NULL; p = p->next)
        schema_row(s,
                   (const char *const[]){"P", "r", p->table->schema, p->table->name, "h", "0",
                                         t->schema, t->name},
                   8);
}

void schema_put(struct schema *s, const struct table *t)
{
    put_table(s, t);
    put_parts(s, t);
}
