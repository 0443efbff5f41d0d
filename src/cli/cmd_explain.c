/* sluice explain: what a statement means, and what the policy says to it, without running it. */
#include "cli/check_live.h"
#include "cli/cli.h"
#include "cli/explain_int.h"
#include "cli/labels.h"
#include "cli/load.h"
#include "cli/words.h"

#include "core/action/floor.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/paths.h"
#include "wire/pg/shape.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sluice explain --target T [--identity NAME] [--kind human|agent|service] [--groups "
    "A,B]\n"
    "                      [--schema DDL.sql | --live] [--json] [--config FILE] 'SQL'\n"
    "\n"
    "Says what the statement would do, which rules speak of it and what the verdict would be. "
    "Nothing is run.\n"
    "  --target T      the target's name\n"
    "  --identity NAME who asks (default: somebody), with --kind (default: human) and --groups\n"
    "  --schema FILE   take tables, views and functions from this DDL text\n"
    "  --live          take them from the target itself, as a gate does\n"
    "Without --schema and --live every table in the statement is taken for a plain one.\n"
    "Exit codes: 0 explained (whatever the verdict), 1 the configuration is wrong, 2 usage, 3 "
    "--live cannot\n"
    "reach the target.\n";

static bool read_options(int argc, char **argv, struct sl_explain *e)
{
    const struct sl_cli_option options[] = {
        {"--config", &e->config_path, NULL}, {"--target", &e->target_name, NULL},
        {"--identity", &e->identity, NULL},  {"--kind", &e->kind, NULL},
        {"--groups", &e->groups, NULL},      {"--schema", &e->schema, NULL},
        {"--live", NULL, &e->live},          {"--json", NULL, &e->json},
    };

    return sl_cli_words("explain", argc, argv, options, SL_COUNT(options), &e->sql, 1) &&
           e->sql != NULL && e->target_name != NULL && !(e->live && e->schema != NULL);
}

const char *sl_explain_basis(const struct sl_explain *e)
{
    if (e->live)
        return "judged with the target's catalog as it is now";
    if (e->schema != NULL)
        return "judged with the given schema, not with the target's own";
    return "judged from the text alone: every table is taken for a plain one without triggers, "
           "rules or views, "
           "and no function of users is known; --live asks the target";
}

static int wrong(const char *what)
{
    fprintf(stderr, "sluice explain: %s\n", what);
    return SL_EXIT_REFUSED;
}

static enum sl_err list_schema(struct sl_explain *e, struct sl_catalog_builder *b)
{
    SL_BUF(ddl, 16 * 1024 * 1024);

    if (e->schema == NULL)
        return SL_OK;
    SL_TRY(sl_file_read(e->schema, &ddl));
    return sl_sql_schema(sl_buf_span(&ddl), b);
}

/* The listing from the target, from DDL, or an empty one. */
static int make_catalog(struct sl_explain *e)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;
    SL_BUF(why, 4096);

    if (sl_catalog_builder_new(&b) != SL_OK)
        return wrong("out of memory");
    if (e->live && sl_cli_list_catalog(e->target, &e->question.groups, e->config_path, e->identity,
                                       b, &why) != SL_OK) {
        fprintf(stderr, "sluice explain: %s\n", sl_buf_text(&why));
        return SL_EXIT_UNREACHABLE;
    }
    if (list_schema(e, b) != SL_OK)
        return wrong("the schema file cannot be read or is not DDL");
    if (sl_catalog_finish(b, &e->snapshot) != SL_OK ||
        sl_catalog_open(sl_buf_span(&e->snapshot), &e->catalog) != SL_OK)
        return wrong("the catalog cannot be listed");
    return SL_EXIT_FINE;
}

static bool make_groups(struct sl_explain *e, struct sl_names *out)
{
    struct sl_span left = sl_span_str(e->groups);

    out->items = sl_arena_array(e->mem, left.n + 1, sizeof *out->items);
    while (out->items != NULL && left.n > 0) {
        size_t comma = sl_span_find(left, ',');
        if (comma > 0)
            out->items[out->count++] = sl_span_head(left, comma);
        left = sl_span_from(left, comma + 1);
    }
    return out->items != NULL;
}

static bool judge_text(struct sl_explain *e)
{
    const struct sl_login *login = sl_target_login(e->target, &e->question.groups);
    struct sl_sql_context context = {
        .catalog = &e->catalog,
        .search_path = SL_SPAN("\"$user\", public"),
        .user = login == NULL ? SL_SPAN("nobody") : login->user,
        .standard_strings = true,
        .assume_plain = !e->live && e->schema == NULL,
        .max_bytes = e->config->settings.max_statement_bytes,
    };

    if (sl_sql_judge(&context, sl_span_str(e->sql), e->mem, &e->meaning) != SL_OK)
        return false;
    /* and what a gate would believe of it */
    if (sl_floor_is_above(sl_floor_of(sl_span_str(e->sql)), e->meaning.effects))
        e->meaning = sl_meaning_opaque(SL_SPAN(SL_FLOOR_WHY));
    return true;
}

static bool judge_policy(struct sl_explain *e)
{
    uint64_t *labels = sl_arena_array(e->mem, e->meaning.access_count + 1, sizeof *labels);

    if (labels == NULL)
        return false;
    for (size_t i = 0; i < e->meaning.access_count; i++)
        labels[i] = sl_labels_of(e->config, e->target, &e->meaning.accesses[i], e->labels);
    e->question.identity = sl_span_str(e->identity);
    e->question.target = e->target;
    e->question.meaning = &e->meaning;
    e->question.labels = labels;
    e->question.now_us = sl_clock_us();
    sl_policy_judge(e->config, &e->question, e->mem, &e->answer);
    return true;
}

static int explain(struct sl_explain *e)
{
    SL_BUF(path, 8192);

    if (sl_path_config(e->config_path, &path) != SL_OK)
        return sl_cli_misuse("explain");
    e->config_path = sl_buf_text(&path);
    if (sl_cli_load_config(e->config_path, &e->config) != SL_EXIT_FINE)
        return SL_EXIT_REFUSED;
    e->target = sl_config_target(e->config, sl_span_str(e->target_name));
    if (e->target == NULL)
        return wrong("the configuration has no such target");
    e->question.kind = sl_identity_kind_of(sl_span_str(e->kind));
    if (e->question.kind == 0)
        return sl_cli_misuse("explain");
    if (!make_groups(e, &e->question.groups))
        return wrong("out of memory");
    if (sl_sql_self_test() != SL_OK)
        return wrong("the SQL grammar library is not the one that Sluice was built for");
    e->labels = sl_cli_labels_of(e->config_path);
    int result = make_catalog(e);
    if (result != SL_EXIT_FINE)
        return result;
    if (!judge_text(e) || !judge_policy(e))
        return wrong("out of memory");
    if (e->json)
        return sl_explain_print_json(e);
    sl_explain_print(e);
    return SL_EXIT_FINE;
}

int sl_cli_explain(int argc, char **argv)
{
    struct sl_explain e = {.identity = "somebody",
                           .kind = "human",
                           .groups = "",
                           .snapshot = sl_buf(SL_CATALOG_MAX_BYTES)};

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (!read_options(argc, argv, &e))
        return sl_cli_misuse("explain");
    if (sl_arena_new(&e.mem, 64 * 1024 * 1024) != SL_OK)
        return wrong("out of memory");
    int result = explain(&e);
    sl_label_map_free(e.labels);
    sl_config_free(e.config);
    sl_buf_done(&e.snapshot);
    sl_arena_free(e.mem);
    return result;
}
