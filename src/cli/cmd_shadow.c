/* sluice shadow: the recorded past, judged by an edited policy. Works on files alone. */
#include "base/utf8.h"
#include "base/when.h"
#include "cli/cli.h"
#include "cli/load.h"
#include "cli/words.h"
#include "core/ledger/shadow.h"
#include "os/clock.h"
#include "os/ledger_dir.h"
#include "os/paths.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: sluice shadow --config EDITED [--state DIR] [--since 7d] [--json]\n\n"
    "Judges what the ledger has recorded again, by the policy in the file EDITED, and says where "
    "the "
    "verdict\n"
    "would have been another one. Nothing is run and nothing is changed; it reads the ledger's "
    "files "
    "alone.\n"
    "  --state DIR   the state folder whose ledger it is (default: the one that the file names)\n"
    "  --since 7d    how far back (default: 7d)\n"
    "Where an entry does not have what the verdict needs it says so, and does not guess. Budgets "
    "over "
    "time\n"
    "are not played again.\n"
    "Exit codes: 0 the same verdicts, 1 some differ, or the file is wrong, 2 usage.\n";

enum { PATH_ROOM = 8192 };

struct words {
    const char *config, *state, *since;
    bool json;
};

static bool read_words(int argc, char **argv, struct words *w)
{
    const struct sl_cli_option options[] = {{"--config", &w->config, NULL},
                                            {"--state", &w->state, NULL},
                                            {"--since", &w->since, NULL},
                                            {"--json", NULL, &w->json}};

    return sl_cli_words("shadow", argc, argv, options, SL_COUNT(options), NULL, 0) &&
           w->config != NULL;
}

static int failed(const char *where, const char *what)
{
    fprintf(stderr, "sluice shadow: %s: %s\n", where, what);
    return SL_EXIT_REFUSED;
}

static enum sl_err take(void *owner, uint64_t index, struct sl_span leaf)
{
    return sl_shadow_leaf(owner, index, leaf);
}

/* Names are somebody's words: nothing in them may steer the terminal. */
static void put_list(const char *before, const json_t *list)
{
    SL_BUF(text, 64 * 1024);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        sl_buf_put_str(&text, i == 0 ? "" : ", ");
        if (json_is_string(item))
            sl_utf8_put_printable(&text,
                                  sl_span(json_string_value(item), json_string_length(item)));
        else
            sl_buf_say(&text, "%U", (uint64_t)json_integer_value(item));
    }
    if (json_array_size(list) > 0)
        printf("  %s %s\n", before, sl_buf_text(&text));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static long long number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static void print_difference(const json_t *one)
{
    SL_BUF(target, 1024);

    sl_utf8_put_printable(&target, sl_span_str(text_of(one, "target")));
    printf("\n%lld on %s: %s -> %s\n", number_of(one, "count"), sl_buf_text(&target),
           text_of(one, "was"), text_of(one, "would"));
    put_list("rules then   ", json_object_get(one, "rules_were"));
    put_list("rules edited ", json_object_get(one, "rules"));
    put_list("asked by     ", json_object_get(one, "identities"));
    put_list("statements   ", json_object_get(one, "statements"));
    put_list("data         ", json_object_get(one, "datasets"));
    put_list("entries      ", json_object_get(one, "entries"));
}

static void print_result(const json_t *result, const char *since)
{
    const json_t *list = json_object_get(result, "differences"),
                 *unknown = json_object_get(result, "unknown");

    printf("%lld actions in the last %s: %lld as before, %lld otherwise, %lld of which nobody can "
           "tell\n",
           number_of(result, "judged"), since, number_of(result, "same"),
           number_of(result, "different"), number_of(result, "cannot_tell"));
    for (size_t i = 0; i < json_array_size(list); i++)
        print_difference(json_array_get(list, i));
    for (size_t i = 0; i < json_array_size(unknown); i++) {
        const json_t *one = json_array_get(unknown, i);
        printf("\n%lld cannot tell: %s\n", number_of(one, "count"), text_of(one, "why"));
        put_list("entries      ", json_object_get(one, "entries"));
    }
    if (json_is_true(json_object_get(result, "groups_more")))
        puts("\nThere are more kinds of differences than these; the numbers count all.");
}

static int answer(const struct sl_shadow *shadow, const struct words *w)
{
    json_t *result = sl_shadow_json(shadow);

    if (result == NULL)
        return failed("the result", "out of memory");
    int code = number_of(result, "different") > 0 ? SL_EXIT_REFUSED : SL_EXIT_FINE;
    if (w->json) {
        json_dumpf(result, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
        putchar('\n');
    } else {
        print_result(result, w->since == NULL ? "7d" : w->since);
    }
    json_decref(result);
    return code;
}

static int play(const struct sl_config *edited, const char *state, const struct words *w,
                uint64_t since_us)
{
    SL_FREED_BY(sl_ledger_dir) struct sl_ledger_dir *dir = NULL;
    SL_FREED_BY(sl_shadow) struct sl_shadow *shadow = NULL;
    enum sl_err err = sl_ledger_dir_open(state, &dir);

    if (err == SL_OK)
        err = sl_shadow_new(edited, since_us, &shadow);
    if (err == SL_OK)
        err = sl_ledger_dir_each(dir, take, shadow);
    if (err != SL_OK)
        return failed(state, err == SL_ENOTFOUND ? "there is no ledger" : sl_err_text(err));
    return answer(shadow, w);
}

int sl_cli_shadow(int argc, char **argv)
{
    struct words w = {0};
    SL_FREED_BY(sl_config) struct sl_config *edited = NULL;
    uint64_t ms = 0;
    SL_BUF(state, PATH_ROOM);

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (!read_words(argc, argv, &w))
        return sl_cli_misuse("shadow");
    if (sl_duration_get(sl_span_str(w.since == NULL ? "7d" : w.since), &ms) != SL_OK) {
        fputs("sluice shadow: --since takes a duration such as 24h or 7d\n", stderr);
        return SL_EXIT_USAGE;
    }
    int code = sl_cli_load_config(w.config, &edited);
    if (code != SL_EXIT_FINE)
        return code;
    if (w.state != NULL)
        sl_buf_put_str(&state, w.state);
    else if (sl_path_beside(w.config, edited->settings.state, &state) != SL_OK)
        return failed(w.config, "its state folder has no path");
    uint64_t now_us = sl_clock_us(), back_us = ms * 1000;
    return play(edited, sl_buf_text(&state), &w, back_us > now_us ? 0 : now_us - back_us);
}
