/* sluice usage: statements, rows and bytes, grouped as one likes. */
#include "cli/api_client.h"

#include "base/utf8.h"
#include "base/when.h"

#include <stdlib.h>

static const char help[] =
    "usage: sluice usage [--by KEY[,KEY]...] [--label LABEL] [--identity NAME] [--dataset NAME]\n"
    "                    [--since 7d] [OPTIONS]\n\n"
    "Shows who moved how much of which data, running statements included, most bytes first. Keys:\n"
    "identity owner run reason target dataset column label verdict hour. With a deciding "
    "credential you see\n"
    "everybody's usage, with an asking token your own and that of the agents and services you "
    "own.\n\n"
    "A statement that touches two datasets counts under both, so lines may add up to more than "
    "the total. Rows of\n"
    "changes count once they are committed. Time is counted in whole hours (UTC), 24 of them "
    "without --since.\n";

enum { MAX_CELL = 60, MAX_PATH = 4096, COUNTS = 3, MAX_KEYS = 10 };

static const char *const counts[COUNTS] = {"statements", "rows", "bytes"};

/* --- arguments --- */

struct keys {
    char text[128];
    const char *names[MAX_KEYS];
    size_t count;
};

static void split(const char *by, struct keys *out)
{
    char *rest = NULL;

    *out = (struct keys){0};
    by = by == NULL ? "identity" : by;
    memcpy(out->text, by, strnlen(by, sizeof out->text - 1));
    for (char *word = strtok_r(out->text, ",", &rest); word != NULL && out->count < MAX_KEYS;
         word = strtok_r(NULL, ",", &rest))
        out->names[out->count++] = word;
}

static bool is_key(const char *word)
{
    static const char *const known[MAX_KEYS] = {"identity", "owner",  "run",   "reason",  "target",
                                                "dataset",  "column", "label", "verdict", "hour"};

    for (size_t i = 0; i < MAX_KEYS; i++)
        if (strcmp(known[i], word) == 0)
            return true;
    fprintf(stderr, "sluice usage: there is no key '%s'\n", word);
    return false;
}

static bool are_right(const struct sl_api_args *args)
{
    struct keys keys;
    uint64_t ms, limit;

    split(args->by, &keys);
    for (size_t i = 0; i < keys.count; i++)
        if (!is_key(keys.names[i]))
            return false;
    if (args->since != NULL && sl_duration_get(sl_span_str(args->since), &ms) != SL_OK) {
        fputs("sluice usage: --since takes a duration such as 24h or 7d\n", stderr);
        return false;
    }
    if (args->limit != NULL &&
        (sl_span_u64(sl_span_str(args->limit), &limit) != SL_OK || limit == 0 || limit > 1000)) {
        fputs("sluice usage: --limit takes a number from 1 to 1000\n", stderr);
        return false;
    }
    return keys.count > 0;
}

/* --- asking --- */

static void put_escaped(struct sl_buf *b, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
                     (*p >= 'A' && *p <= 'Z') || strchr("-_.,", *p) != NULL;
        if (plain) {
            sl_buf_put_u8(b, *p);
        } else {
            sl_buf_put_u8(b, '%');
            sl_buf_put_u8(b, (uint8_t)digits[*p >> 4]);
            sl_buf_put_u8(b, (uint8_t)digits[*p & 15]);
        }
    }
}

static void put_field(struct sl_buf *path, const char *name, const char *value)
{
    if (value == NULL)
        return;
    sl_buf_say(path, "&%s=", name);
    put_escaped(path, value);
}

static int fetch(struct sl_api *api, const struct sl_api_args *args, json_t **answer)
{
    SL_BUF(path, MAX_PATH);

    sl_buf_put_str(&path, "/v1/usage?by=");
    put_escaped(&path, args->by == NULL ? "identity" : args->by);
    put_field(&path, "since", args->since);
    put_field(&path, "identity", args->identity);
    put_field(&path, "dataset", args->dataset);
    put_field(&path, "label", args->label);
    put_field(&path, "limit", args->limit);
    return sl_api_call(api, sl_buf_text(&path), NULL, answer);
}

/* --- showing --- */

/* 1234567 as 1,234,567. */
static void put_number(struct sl_buf *b, uint64_t n)
{
    if (n >= 1000) {
        put_number(b, n / 1000);
        sl_buf_say(b, ",%u%u%u", (unsigned)(n / 100 % 10), (unsigned)(n / 10 % 10),
                   (unsigned)(n % 10));
    } else {
        sl_buf_put_decimal(b, n);
    }
}

static void put_bytes(struct sl_buf *b, uint64_t n)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    uint64_t tenths = n > UINT64_MAX / 10 ? UINT64_MAX : n * 10;

    while (tenths >= 10240 && unit + 1 < SL_COUNT(units)) {
        tenths /= 1024;
        unit++;
    }
    if (unit == 0)
        sl_buf_say(b, "%U B", n);
    else
        sl_buf_say(b, "%U.%u %s", tenths / 10, (unsigned)(tenths % 10), units[unit]);
}

static void put_count(struct sl_buf *b, const json_t *row, size_t which)
{
    uint64_t n = 0;

    (void)sl_json_u64(row, counts[which], &n);
    if (which == COUNTS - 1)
        put_bytes(b, n);
    else
        put_number(b, n);
}

static void put_cell(struct sl_buf *b, const json_t *row, const char *key)
{
    struct sl_span value = sl_json_str(row, key);

    if (strcmp(key, "hour") == 0 && value.n > 16) { /* 2026-11-23T03:00 */
        sl_buf_put(b, sl_span_head(value, 16));
        return;
    }
    sl_utf8_put_printable(b, sl_utf8_head(value, MAX_CELL));
    if (value.n > MAX_CELL)
        sl_buf_put_str(b, "...");
    else if (value.n == 0)
        sl_buf_put_str(b, "-");
}

/* The whole table is printed twice: the first time into nothing, to learn how wide it is. */
struct table {
    size_t width[MAX_KEYS + COUNTS], column;
    bool measuring;
};

/* Code points: the texts are printable by now. */
static size_t columns_of(struct sl_span text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += (text.p[i] & 0xc0) != 0x80;
    return n;
}

static void cell(struct table *t, struct sl_buf *text, bool to_the_right)
{
    const char *shown = sl_buf_text(text);
    size_t n = columns_of(sl_buf_span(text)), *width = &t->width[t->column];

    if (t->measuring && n > *width)
        *width = n;
    int pad = (int)(*width > n ? *width - n : 0);
    if (!t->measuring && to_the_right)
        printf("%s%*s%s", t->column == 0 ? "" : "  ", pad, "", shown);
    else if (!t->measuring)
        printf("%s%s%*s", t->column == 0 ? "" : "  ", shown, pad, "");
    t->column++;
}

static void line_end(struct table *t)
{
    if (!t->measuring)
        putchar('\n');
    t->column = 0;
}

static void heading(struct table *t, const struct keys *keys)
{
    for (size_t i = 0; i < keys->count + COUNTS; i++) {
        bool is_count = i >= keys->count;
        SL_BUF(text, 128);

        sl_buf_put_str(&text, is_count ? counts[i - keys->count] : keys->names[i]);
        cell(t, &text, is_count);
    }
    line_end(t);
}

static void print_row(struct table *t, const struct keys *keys, const json_t *row, bool is_total)
{
    for (size_t i = 0; i < keys->count + COUNTS; i++) {
        SL_BUF(text, 1024);

        if (i >= keys->count)
            put_count(&text, row, i - keys->count);
        else if (!is_total)
            put_cell(&text, row, keys->names[i]);
        else
            sl_buf_put_str(&text, i == 0 ? "total" : "");
        cell(t, &text, i >= keys->count);
    }
    line_end(t);
}

static void print_table(const json_t *answer, const struct keys *keys)
{
    const json_t *rows = json_object_get(answer, "usage");
    struct table t = {.measuring = true};

    for (int pass = 0; pass < 2; pass++) {
        heading(&t, keys);
        for (size_t i = 0; i < json_array_size(rows); i++)
            print_row(&t, keys, json_array_get(rows, i), false);
        print_row(&t, keys, json_object_get(answer, "total"), true);
        t.measuring = false;
    }
    if (json_is_true(json_object_get(answer, "more")))
        puts("(there is more: --limit, or narrow it down)");
    if (json_is_false(json_object_get(answer, "all")))
        puts("(yours, and that of the identities you own)");
}

int sl_cli_usage(int argc, char **argv)
{
    struct sl_api_args args;
    struct keys keys;
    json_t *answer = NULL;
    SL_API(api);
    int code =
        sl_api_args(argc, argv, SL_API_USAGE | SL_API_SINCE | SL_API_JSON | SL_API_CREDENTIAL, 0,
                    help, &args);

    if (code == SL_API_CONTINUE)
        code = are_right(&args) ? sl_api_open(&args, true, &api) : sl_cli_misuse(argv[0]);
    if (code != SL_API_CONTINUE)
        return code;
    split(args.by, &keys);
    code = fetch(&api, &args, &answer);
    if (code == SL_EXIT_FINE && args.json)
        sl_api_print_json(answer);
    else if (code == SL_EXIT_FINE)
        print_table(answer, &keys);
    json_decref(answer);
    return code;
}
