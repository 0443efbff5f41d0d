/* sluice check: what a configuration file resolved to, what is dangerous in it, and with --live
 * what the targets say themselves. */
#include "cli/check_live.h"
#include "cli/cli.h"
#include "cli/load.h"
#include "cli/words.h"

#include "base/encode.h"
#include "os/paths.h"
#include "json/json.h"

#include <stdio.h>

static const char help[] =
    "usage: sluice check [--live] [--json] [--quiet] [--config FILE]\n"
    "       sluice check --keys\n"
    "\n"
    "Reads the configuration as `sluice serve` would, prints what it resolved to and warns of "
    "footguns.\n"
    "  --config FILE   the file to check; else $SLUICE_CONFIG, ./sluice.yaml or "
    "/etc/sluice/sluice.yaml\n"
    "  --live          also try each target's login, and look for ways around the gate\n"
    "  --identity NAME with --live: what {identity} stands for in a login's user\n"
    "  --json          one JSON object instead of text\n"
    "  --quiet         warnings and errors only\n"
    "  --keys          print the manual of every key (docs/config.md)\n"
    "Exit codes: 0 fine (there may be warnings), 1 the file is wrong or --live found a way around, "
    "2 usage.\n";

struct options {
    const char *config, *identity;
    bool live, json, keys, quiet;
};

static bool read_options(int argc, char **argv, struct options *o)
{
    const struct sl_cli_option options[] = {
        {"--config", &o->config, NULL}, {"--identity", &o->identity, NULL},
        {"--live", NULL, &o->live},     {"--json", NULL, &o->json},
        {"--keys", NULL, &o->keys},     {"--quiet", NULL, &o->quiet},
    };

    return sl_cli_words("check", argc, argv, options, SL_COUNT(options), NULL, 0);
}

static int print_manual(void)
{
    SL_BUF(manual, 1024 * 1024);

    sl_config_manual(&manual);
    fputs(sl_buf_text(&manual), stdout);
    return SL_EXIT_FINE;
}

/* "a\nb\n" as a JSON list. */
static json_t *lines_json(struct sl_span text)
{
    json_t *list = json_array();

    while (text.n > 0) {
        struct sl_span line = sl_span_head(text, sl_span_find(text, '\n'));
        json_array_append_new(list, json_stringn((const char *)line.p, line.n));
        text = sl_span_from(text, line.n + 1);
    }
    return list;
}

static void print_json(const struct sl_config *c, bool fine, struct sl_buf *complaints,
                       struct sl_buf *warnings, struct sl_buf *findings)
{
    SL_BUF(digest, 65);
    json_t *object =
        json_pack("{s:b, s:o, s:o, s:o}", "ok", fine, "errors", lines_json(sl_buf_span(complaints)),
                  "warnings", lines_json(sl_buf_span(warnings)), "live",
                  lines_json(sl_buf_span(findings)));

    if (c != NULL) {
        sl_hex_put(&digest, sl_span(c->digest, sizeof c->digest));
        json_object_set_new(object, "policy_digest", json_string(sl_buf_text(&digest)));
        json_object_set_new(object, "resolved", sl_config_json(c));
    }
    json_dumpf(object, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
    putchar('\n');
    json_decref(object);
}

static void print_text(const struct options *o, const struct sl_config *c, struct sl_buf *warnings,
                       struct sl_buf *findings)
{
    SL_BUF(out, 16 * 1024 * 1024);

    if (!o->quiet) {
        sl_config_explain(c, &out);
        sl_buf_put_str(&out, "# policy digest ");
        sl_hex_put(&out, sl_span(c->digest, sizeof c->digest));
        sl_buf_put_u8(&out, '\n');
        fputs(sl_buf_text(&out), stdout);
    }
    fflush(stdout);
    fputs(sl_buf_text(warnings), stderr);
    fputs(sl_buf_text(findings), stderr);
}

static int check(struct options *o)
{
    SL_BUF(path, 8192);
    SL_BUF(text, SL_CLI_MAX_CONFIG);
    SL_BUF(complaints, 1024 * 1024);
    SL_BUF(warnings, 4 * 1024 * 1024);
    SL_BUF(findings, 4 * 1024 * 1024);
    SL_FREED_BY(sl_config) struct sl_config *c = NULL;

    if (sl_path_config(o->config, &path) != SL_OK) {
        fputs("sluice check: no configuration: give --config FILE\n", stderr);
        return SL_EXIT_USAGE;
    }
    o->config = sl_buf_text(&path);
    if (sl_cli_read_config(o->config, &text) != SL_EXIT_FINE)
        return SL_EXIT_REFUSED;
    bool fine = sl_config_load(sl_buf_span(&text), o->config, &c, &complaints) == SL_OK;
    if (fine)
        sl_config_warn(c, o->config, &warnings);
    if (fine && o->live)
        fine = sl_cli_check_live(c, o->config, o->identity, &findings) == 0;
    if (o->json)
        print_json(c, fine, &complaints, &warnings, &findings);
    else if (c == NULL)
        sl_cli_print_complaints(sl_buf_span(&complaints), o->config, sl_buf_span(&text));
    else
        print_text(o, c, &warnings, &findings);
    return fine ? SL_EXIT_FINE : SL_EXIT_REFUSED;
}

int sl_cli_check(int argc, char **argv)
{
    struct options o = {0};

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (!read_options(argc, argv, &o))
        return sl_cli_misuse("check");
    return o.keys ? print_manual() : check(&o);
}
