/* sluice judge: what statements would mean, without any server. JSON lines in, JSON lines out. */
#include "cli/cli.h"

#include "core/catalog/catalog.h"
#include "judge/sql/sql.h"
#include "os/file.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_SCHEMA = 16 * 1024 * 1024, MAX_LINE = 4 * 1024 * 1024, MEMORY = 64 * 1024 * 1024 };

struct command {
    struct sl_buf ddl, snapshot;
    struct sl_catalog catalog;
    struct sl_sql_context context;
    struct sl_arena *mem;
};

static int complain(const char *what)
{
    fprintf(stderr, "sluice judge: %s\n", what);
    return SL_EXIT_REFUSED;
}

/* --- one answer ----------------------------------------------------------------------------- */

static void put_effects(struct sl_jw *w, uint32_t effects)
{
    sl_jw_key(w, "effects");
    sl_jw_array(w);
    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if ((effects >> i & 1) != 0)
            sl_jw_str(w, sl_span_str(sl_effect_name(i)));
    sl_jw_end(w);
}

/* Each dataset once, although a meaning has one access for each group of effects. */
static void put_datasets(struct sl_jw *w, const char *key, const struct sl_meaning *m,
                         uint32_t effects)
{
    sl_jw_key(w, key);
    sl_jw_array(w);
    for (size_t i = 0; i < m->access_count; i++) {
        bool before = false;
        for (size_t k = 0; k < i; k++)
            before = before || ((m->accesses[k].effects & effects) != 0 &&
                                sl_span_eq(m->accesses[k].dataset, m->accesses[i].dataset));
        if (!before && (m->accesses[i].effects & effects) != 0)
            sl_jw_str(w, m->accesses[i].dataset);
    }
    sl_jw_end(w);
}

static void put_flows(struct sl_jw *w, const char *key, const struct sl_meaning *m,
                      enum sl_flow_kind kind)
{
    sl_jw_key(w, key);
    sl_jw_array(w);
    for (size_t i = 0; i < m->flow_count; i++) {
        if (m->flows[i].kind != kind)
            continue;
        sl_jw_array(w);
        sl_jw_str(w, m->flows[i].source);
        sl_jw_str(w, m->flows[i].destination);
        sl_jw_end(w);
    }
    sl_jw_end(w);
}

static void put_statement(struct sl_jw *w, const struct sl_meaning *m)
{
    const uint32_t reads = SL_EFFECT_READ | SL_EFFECT_EXPORT;

    sl_jw_object(w);
    put_flows(w, "columns", m, SL_FLOW_DIRECT);
    put_effects(w, m->effects);
    put_flows(w, "indirect", m, SL_FLOW_INDIRECT);
    sl_jw_key(w, "kind");
    sl_jw_str(w, m->statement_count == 0 ? SL_SPAN("unknown") : m->statements[0].tag);
    put_datasets(w, "reads", m, reads);
    if (m->opaque_why.n > 0) {
        sl_jw_key(w, "why");
        sl_jw_str(w, m->opaque_why);
    }
    put_datasets(w, "writes", m, ~reads);
    sl_jw_end(w);
}

/* The whole text decides `opaque`; then statement by statement. What does not parse is one opaque
 * whole. */
static enum sl_err put_answer(struct command *c, struct sl_span id, struct sl_span sql,
                              struct sl_buf *out)
{
    struct sl_jw w = sl_jw(out);
    struct sl_span *parts = &sql;
    size_t count = 1;
    bool opaque = false;

    if (sl_sql_split(&c->context, sql, c->mem, &parts, &count) != SL_OK) {
        parts = &sql;
        count = 1;
    }
    sl_jw_object(&w);
    sl_jw_key(&w, "id");
    sl_jw_raw(&w, id);
    SL_BUF(statements, 64 * 1024 * 1024);
    struct sl_jw inner = sl_jw(&statements);
    sl_jw_array(&inner);
    for (size_t i = 0; i < count; i++) {
        struct sl_meaning m;
        SL_TRY(sl_sql_judge(&c->context, parts[i], c->mem, &m));
        opaque = opaque || (m.effects & SL_EFFECT_OPAQUE) != 0;
        put_statement(&inner, &m);
    }
    sl_jw_end(&inner);
    SL_TRY(sl_buf_err(&statements));
    sl_jw_key(&w, "opaque");
    sl_jw_bool(&w, opaque);
    sl_jw_key(&w, "statements");
    sl_jw_raw(&w, sl_buf_span(&statements));
    sl_jw_end(&w);
    return sl_buf_err(out);
}

static enum sl_err answer_line(struct command *c, struct sl_span line, struct sl_buf *out,
                               struct sl_buf *where)
{
    json_t *question = NULL;
    SL_BUF(id, MAX_LINE);

    SL_TRY(sl_json_read(line, &question, where));
    const json_t *sql = json_object_get(question, "sql"), *name = json_object_get(question, "id");
    enum sl_err err = json_is_string(sql) ? SL_OK : SL_EMALFORMED;
    if (err == SL_OK && name != NULL)
        err = sl_json_canonical(&id, name);
    else
        sl_buf_put_str(&id, "null");
    if (err == SL_OK)
        err = put_answer(c, sl_buf_span(&id), sl_json_str(question, "sql"), out);
    json_decref(question);
    return err;
}

/* --- the command ---------------------------------------------------------------------------- */

static int answer_all(struct command *c)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t n;
    int code = SL_EXIT_FINE;

    while ((n = getline(&line, &room, stdin)) >= 0) {
        SL_BUF(out, 64 * 1024 * 1024);
        SL_BUF(where, 1000);
        struct sl_span text = sl_span(line, (size_t)n - (n > 0 && line[n - 1] == '\n'));
        number++;
        if (text.n == 0)
            continue;
        sl_arena_reset(c->mem);
        enum sl_err err = answer_line(c, text, &out, &where);
        if (err != SL_OK) {
            fprintf(stderr, "sluice judge: line %zu: %s %s\n", number, sl_err_text(err),
                    sl_buf_text(&where));
            code = SL_EXIT_REFUSED;
            continue;
        }
        printf("%s\n", sl_buf_text(&out));
        fflush(stdout);
    }
    free(line);
    return code;
}

static enum sl_err load_schema(struct command *c, const char *path)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;

    SL_TRY(sl_catalog_builder_new(&b));
    if (path != NULL) {
        SL_TRY(sl_file_read(path, &c->ddl));
        SL_TRY(sl_sql_schema(sl_buf_span(&c->ddl), b));
    }
    SL_TRY(sl_catalog_finish(b, &c->snapshot));
    return sl_catalog_open(sl_buf_span(&c->snapshot), &c->catalog);
}

/* Without a schema every relation is taken for a plain table and no name is one of users. */
static int run(struct command *c, const char *schema)
{
    enum sl_err err = sl_sql_self_test();

    if (err != SL_OK)
        return complain("the installed libpg_query is not the one that this program was built for");
    if (load_schema(c, schema) != SL_OK)
        return complain("the schema cannot be read, or it is not DDL that PostgreSQL 15 accepts");
    if (sl_arena_new(&c->mem, MEMORY) != SL_OK)
        return complain("out of memory");
    c->context = (struct sl_sql_context){
        .catalog = &c->catalog,
        .search_path = SL_SPAN("public"),
        .standard_strings = true,
        .as_written = true,
        .assume_plain = schema == NULL,
    };
    return answer_all(c);
}

static const char help[] =
    "usage: sluice judge --dialect postgres [--schema DDL.sql]\n\n"
    "Says what SQL would do, without a server and without policy. Reads JSON lines\n"
    "  {\"id\": 1, \"sql\": \"select name from customers\"}\n"
    "on standard input and answers each with one line: kind, effects, reads, writes, columns\n"
    "and indirect flows of each statement, and whether the whole is opaque.\n"
    "  --schema FILE   take tables, views and functions from this DDL text\n"
    "Exit codes: 0 fine, 1 a line or the DDL is wrong, 2 usage.\n";

int sl_cli_judge(int argc, char **argv)
{
    struct command c = {.ddl = sl_buf(MAX_SCHEMA), .snapshot = sl_buf(SL_CATALOG_MAX_BYTES)};
    const char *schema = NULL, *dialect = NULL;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return SL_EXIT_FINE;
    }
    for (int i = 1; i < argc; i += 2) {
        bool has_value = i + 1 < argc;
        if (has_value && strcmp(argv[i], "--dialect") == 0)
            dialect = argv[i + 1];
        else if (has_value && strcmp(argv[i], "--schema") == 0)
            schema = argv[i + 1];
        else
            return sl_cli_misuse("judge");
    }
    if (dialect == NULL || strcmp(dialect, "postgres") != 0)
        return sl_cli_misuse("judge");
    int code = run(&c, schema);
    sl_arena_free(c.mem);
    sl_buf_done(&c.ddl);
    sl_buf_done(&c.snapshot);
    return code;
}
