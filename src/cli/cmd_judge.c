/* sluice judge: what statements would mean. JSON lines in, JSON lines out. */
#include "cli/check_live.h"
#include "cli/cli.h"
#include "cli/load.h"
#include "cli/words.h"

#include "judge/sql/sql.h"
#include "os/file.h"
#include "os/paths.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_SCHEMA = 16 * 1024 * 1024, MAX_LINE = 4 * 1024 * 1024, MEMORY = 64 * 1024 * 1024 };

struct command {
    const char *dialect, *schema, *target_name, *config_path;
    struct sl_config *config;
    const struct sl_target *target; /* NULL: without a server */
    struct sl_buf path, ddl, snapshot;
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

/* What the target's configuration calls that which is touched. */
static void put_labels(struct sl_jw *w, const struct command *c, const struct sl_meaning *m)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < m->access_count; i++)
        bits |= sl_labels_of(c->config, c->target, &m->accesses[i], NULL);
    sl_jw_key(w, "labels");
    sl_jw_array(w);
    for (size_t i = 0; i < c->config->labels.count; i++)
        if ((bits >> i & 1) != 0)
            sl_jw_str(w, c->config->labels.items[i]);
    sl_jw_end(w);
}

static void put_statement(struct sl_jw *w, const struct command *c, const struct sl_meaning *m)
{
    const uint32_t reads = SL_EFFECT_READ | SL_EFFECT_EXPORT;

    sl_jw_object(w);
    put_flows(w, "columns", m, SL_FLOW_DIRECT);
    put_effects(w, m->effects);
    put_flows(w, "indirect", m, SL_FLOW_INDIRECT);
    sl_jw_key(w, "kind");
    sl_jw_str(w, m->statement_count == 0 ? SL_SPAN("unknown") : m->statements[0].tag);
    if (c->target != NULL)
        put_labels(w, c, m);
    put_datasets(w, "reads", m, reads);
    if (m->opaque_why.n > 0) {
        sl_jw_key(w, "why");
        sl_jw_str(w, m->opaque_why);
    }
    put_datasets(w, "writes", m, ~reads);
    sl_jw_end(w);
}

/* --- a text with several statements --- */

enum { MAX_NAMES = 256 };

/* What the statements before have prepared and declared; a cursor's text has a name that a prepared
 * statement cannot have. */
struct known {
    struct sl_sql_prepared texts[MAX_NAMES];
    struct sl_span cursors[MAX_NAMES];
    size_t text_count, cursor_count;
};

static void remember(struct command *c, struct known *k, const struct sl_meaning *m,
                     struct sl_span part)
{
    for (size_t i = 0; i < m->name_count && k->text_count < MAX_NAMES; i++) {
        struct sl_span name = m->names[i].name;
        if (sl_name_declares(&m->names[i])) {
            SL_BUF(hidden, 256);
            k->cursors[k->cursor_count++] = name;
            sl_buf_put_u8(&hidden, 0);
            sl_buf_put(&hidden, name);
            name = sl_arena_copy(c->mem, sl_buf_span(&hidden));
        } else if (m->names[i].kind != SL_NAME_PREPARE) {
            continue;
        }
        k->texts[k->text_count++] = (struct sl_sql_prepared){name, part};
    }
}

/* Each by itself, but for what only the whole makes known or unknown. */
static enum sl_err put_parts(struct command *c, struct sl_jw *w, const struct sl_span *parts,
                             size_t count, const struct sl_meaning *whole)
{
    struct sl_sql_context context = c->context;
    struct known known = {.text_count = 0};

    context.prepared = known.texts;
    context.cursors = known.cursors;
    for (size_t i = 0; i < count; i++) {
        struct sl_meaning m;
        context.prepared_count = known.text_count;
        context.cursor_count = known.cursor_count;
        SL_TRY(sl_sql_judge(&context, parts[i], c->mem, &m));
        remember(c, &known, &m, parts[i]);
        if (count == whole->statement_count) {
            bool opaque = (whole->statements[i].effects & SL_EFFECT_OPAQUE) != 0;
            bool anew = opaque && (m.effects & SL_EFFECT_OPAQUE) == 0;
            m.effects = (m.effects & ~(uint32_t)SL_EFFECT_OPAQUE) | (opaque ? SL_EFFECT_OPAQUE : 0);
            m.opaque_why = anew ? whole->opaque_why : opaque ? m.opaque_why : sl_span(NULL, 0);
        }
        put_statement(w, c, &m);
    }
    return SL_OK;
}

/* The whole text decides what is opaque, as it does for a gate: SET search_path, DDL or PREPARE in
 * it changes what comes behind. Then statement by statement. What does not parse is one opaque
 * whole. */
static enum sl_err put_answer(struct command *c, struct sl_span id, struct sl_span sql,
                              struct sl_buf *out)
{
    struct sl_meaning whole;
    struct sl_jw w = sl_jw(out);
    struct sl_span *parts = &sql;
    size_t count = 1;

    SL_TRY(sl_sql_judge(&c->context, sql, c->mem, &whole));
    bool opaque = (whole.effects & SL_EFFECT_OPAQUE) != 0;
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
    SL_TRY(put_parts(c, &inner, parts, count, &whole));
    sl_jw_end(&inner);
    SL_TRY(sl_buf_err(&statements));
    sl_jw_key(&w, "opaque");
    sl_jw_bool(&w, opaque);
    sl_jw_key(&w, "statements");
    sl_jw_raw(&w, sl_buf_span(&statements));
    if (opaque && whole.opaque_why.n > 0) {
        sl_jw_key(&w, "why");
        sl_jw_str(&w, whole.opaque_why);
    }
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

static enum sl_err load_schema(struct command *c, struct sl_catalog_builder *b)
{
    if (c->schema == NULL)
        return SL_OK;
    SL_TRY(sl_file_read(c->schema, &c->ddl));
    return sl_sql_schema(sl_buf_span(&c->ddl), b);
}

static int find_target(struct command *c)
{
    if (c->target_name == NULL)
        return SL_EXIT_FINE;
    if (sl_path_config(c->config_path, &c->path) != SL_OK)
        return sl_cli_misuse("judge");
    c->config_path = sl_buf_text(&c->path);
    if (sl_cli_load_config(c->config_path, &c->config) != SL_EXIT_FINE)
        return SL_EXIT_REFUSED;
    c->target = sl_config_target(c->config, sl_span_str(c->target_name));
    return c->target == NULL ? complain("the configuration has no such target") : SL_EXIT_FINE;
}

/* The listing from the target, from DDL, or an empty one. */
static int make_catalog(struct command *c)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;
    SL_BUF(why, 4096);

    if (sl_catalog_builder_new(&b) != SL_OK)
        return complain("out of memory");
    if (c->target != NULL && sl_cli_list_catalog(c->target, &(struct sl_names){0}, c->config_path,
                                                 "somebody", b, &why) != SL_OK) {
        complain(sl_buf_text(&why));
        return SL_EXIT_UNREACHABLE;
    }
    if (load_schema(c, b) != SL_OK || sl_catalog_finish(b, &c->snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&c->snapshot), &c->catalog) != SL_OK)
        return complain("the schema cannot be read, or it is not DDL that PostgreSQL 15 accepts");
    return SL_EXIT_FINE;
}

/* With a target names are searched for as its gate does at the beginning of a session. */
static struct sl_sql_context context_of(const struct command *c)
{
    const struct sl_login *login =
        c->target == NULL ? NULL : sl_target_login(c->target, &(struct sl_names){0});

    return (struct sl_sql_context){
        .catalog = &c->catalog,
        .search_path = c->target == NULL ? SL_SPAN("public") : SL_SPAN("\"$user\", public"),
        .user = login == NULL ? SL_SPAN("") : login->user,
        .standard_strings = true,
        .as_written = c->target == NULL,
        .assume_plain = c->target == NULL && c->schema == NULL,
    };
}

static int run(struct command *c)
{
    if (sl_sql_self_test() != SL_OK)
        return complain("the installed libpg_query is not the one that this program was built for");
    if (sl_arena_new(&c->mem, MEMORY) != SL_OK)
        return complain("out of memory");
    int code = find_target(c);
    if (code == SL_EXIT_FINE)
        code = make_catalog(c);
    if (code != SL_EXIT_FINE)
        return code;
    c->context = context_of(c);
    return answer_all(c);
}

static const char help[] =
    "usage: sluice judge --dialect postgres [--schema DDL.sql | --target T [--config FILE]]\n\n"
    "Says what SQL would do, without running it and without policy. Reads JSON lines\n"
    "  {\"id\": 1, \"sql\": \"select name from customers\"}\n"
    "on standard input and answers each with one line: kind, effects, reads, writes, columns\n"
    "and indirect flows of each statement, and whether the whole is opaque.\n"
    "  --schema FILE   take tables, views and functions from this DDL text\n"
    "  --target T      take them from the target itself, as a gate does, and say which labels\n"
    "                  its configuration gives to what is touched\n"
    "Without both every relation is taken for a plain table and no name is one of users.\n"
    "Exit codes: 0 fine, 1 a line, the DDL or the configuration is wrong, 2 usage, 3 the target\n"
    "cannot be reached.\n";

static bool read_options(int argc, char **argv, struct command *c)
{
    const struct sl_cli_option options[] = {{"--dialect", &c->dialect, NULL},
                                            {"--schema", &c->schema, NULL},
                                            {"--target", &c->target_name, NULL},
                                            {"--config", &c->config_path, NULL}};

    return sl_cli_words("judge", argc, argv, options, SL_COUNT(options), NULL, 0) &&
           c->dialect != NULL && strcmp(c->dialect, "postgres") == 0 &&
           !(c->schema != NULL && c->target_name != NULL);
}

int sl_cli_judge(int argc, char **argv)
{
    struct command c = {.path = sl_buf(8192),
                        .ddl = sl_buf(MAX_SCHEMA),
                        .snapshot = sl_buf(SL_CATALOG_MAX_BYTES)};

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return SL_EXIT_FINE;
    }
    if (!read_options(argc, argv, &c))
        return sl_cli_misuse("judge");
    int code = run(&c);
    sl_config_free(c.config);
    sl_arena_free(c.mem);
    sl_buf_done(&c.path);
    sl_buf_done(&c.ddl);
    sl_buf_done(&c.snapshot);
    return code;
}
