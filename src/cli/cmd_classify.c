/* sluice classify: a sample of each column's values, and what labels it suggests. Writes nothing,
 * and never prints a value. */
#include "cli/cli.h"

#include "cli/classify_int.h"
#include "cli/connect.h"
#include "cli/load.h"
#include "cli/words.h"
#include "os/paths.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: sluice classify --target T [--sample N] [--schema S] [--json] [--config FILE]\n"
    "                       [--identity NAME] [--groups A,B]\n\n"
    "Reads a sample of every text and number column of the target, read-only and with the target's "
    "own "
    "login,\n"
    "looks for e-mail addresses, phone, card, account and identity numbers (check digits are "
    "computed), and\n"
    "prints the `labels:` to propose, with counts. It changes nothing and prints no value. Columns "
    "that "
    "have a\n"
    "label already are left out.\n"
    "  --sample N   rows of each table (default: 1000, at most 100000)\n"
    "  --schema S   only tables of this schema\n"
    "  --identity NAME, --groups A,B   whose login to use, where the target has several\n"
    "Exit codes: 0 done, 1 the configuration or a table is wrong, 2 usage, 3 the target cannot be "
    "reached.\n";

enum { SAMPLE = 1000, SAMPLE_MOST = 100000, PATH_ROOM = 8192, MEMORY = 16 * 1024 * 1024 };

struct words {
    const char *target, *schema, *config, *identity, *groups, *sample;
    bool json;
};

static bool read_words(int argc, char **argv, struct words *w)
{
    const struct sl_cli_option options[] = {
        {"--target", &w->target, NULL}, {"--schema", &w->schema, NULL},
        {"--config", &w->config, NULL}, {"--identity", &w->identity, NULL},
        {"--groups", &w->groups, NULL}, {"--sample", &w->sample, NULL},
        {"--json", NULL, &w->json},
    };

    return sl_cli_words("classify", argc, argv, options, SL_COUNT(options), NULL, 0) &&
           w->target != NULL;
}

static bool read_sample(const char *text, unsigned *out)
{
    uint64_t n = SAMPLE;

    if (text != NULL && (sl_span_u64(sl_span_str(text), &n) != SL_OK || n == 0 || n > SAMPLE_MOST))
        return false;
    *out = (unsigned)n;
    return true;
}

static struct sl_names split(struct sl_arena *mem, const char *text)
{
    struct sl_span left = sl_span_str(text);
    struct sl_names names = {.items = sl_arena_array(mem, left.n + 1, sizeof *names.items)};

    while (names.items != NULL && left.n > 0) {
        size_t comma = sl_span_find(left, ',');
        if (comma > 0)
            names.items[names.count++] = sl_span_head(left, comma);
        left = sl_span_from(left, comma + 1);
    }
    return names;
}

/* --- what is printed --- */

static json_t *text_json(struct sl_span s)
{
    return json_stringn((const char *)s.p, s.n);
}

static void print_json(const struct sl_sampled *s)
{
    json_t *whole = json_object(), *list = json_array();
    SL_BUF(text, 64 * 1024 * 1024);

    for (size_t i = 0; i < s->count; i++) {
        const struct sl_found *f = &s->found[i];
        json_t *one = json_object();
        json_object_set_new(one, "column", text_json(f->column));
        json_object_set_new(one, "hits", json_integer(f->proposal.hits));
        json_object_set_new(one, "label", json_string(f->proposal.label));
        json_object_set_new(one, "values", json_integer(f->proposal.values));
        json_object_set_new(one, "why", json_string(f->proposal.words));
        json_array_append_new(list, one);
    }
    json_object_set_new(whole, "columns", json_integer((json_int_t)s->columns));
    json_object_set_new(whole, "labelled", json_integer((json_int_t)s->labelled));
    json_object_set_new(whole, "proposals", list);
    json_object_set_new(whole, "tables", json_integer((json_int_t)s->tables));
    if (sl_json_canonical(&text, whole) == SL_OK)
        printf("%s\n", sl_buf_text(&text));
    json_decref(whole);
}

static void print_yaml(const struct sl_sampled *s)
{
    printf("# %zu tables, %zu columns looked at; %zu columns have a label already\n", s->tables,
           s->columns, s->labelled);
    if (s->count == 0) {
        puts("# nothing to propose");
        return;
    }
    puts("labels:");
    for (size_t i = 0; i < s->count; i++) {
        const struct sl_found *f = &s->found[i];
        printf("  - {columns: [\"%.*s\"], label: %s}  # %s", (int)f->column.n,
               (const char *)f->column.p, f->proposal.label, f->proposal.words);
        if (f->proposal.hits > 0)
            printf(": %u of %u values", f->proposal.hits, f->proposal.values);
        putchar('\n');
    }
}

/* --- the command --- */

static int connect_and_look(const struct words *w, const struct sl_config *config,
                            const char *config_path, struct sl_sampled *s)
{
    struct sl_names groups = split(s->mem, w->groups == NULL ? "" : w->groups);
    SL_BUF(why, 4096);

    s->config = config;
    s->target = sl_config_target(config, sl_span_str(w->target));
    if (s->target == NULL) {
        fprintf(stderr, "sluice classify: there is no target '%s' in %s\n", w->target, config_path);
        return SL_EXIT_REFUSED;
    }
    if (sl_cli_connect(s->target, &groups, config_path, w->identity, &s->conn, &why) != SL_OK) {
        fprintf(stderr, "sluice classify: %s\n", sl_buf_text(&why));
        return SL_EXIT_UNREACHABLE;
    }
    int code = sl_sample_all(s, w->schema);
    PQfinish(s->conn);
    return code;
}

int sl_cli_classify(int argc, char **argv)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_FREED_BY(sl_config) struct sl_config *config = NULL;
    SL_BUF(path, PATH_ROOM);
    struct words w = {0};
    struct sl_sampled s = {0};

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (!read_words(argc, argv, &w) || !read_sample(w.sample, &s.rows))
        return sl_cli_misuse("classify");
    if (sl_path_config(w.config, &path) != SL_OK || sl_arena_new(&mem, MEMORY) != SL_OK)
        return SL_EXIT_REFUSED;
    s.mem = mem;
    int code = sl_cli_load_config(sl_buf_text(&path), &config);
    if (code == SL_EXIT_FINE)
        code = connect_and_look(&w, config, sl_buf_text(&path), &s);
    if (code == SL_EXIT_FINE || s.tables > 0) {
        if (w.json)
            print_json(&s);
        else
            print_yaml(&s);
    }
    return code;
}
