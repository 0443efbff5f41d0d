#include "cli/audit_print.h"

#include "cli/api_client.h"

enum { WORD_COLUMNS = 60, TEXT_COLUMNS = 100, NAMES_SHOWN = 4 };

static void put(const char *before, const json_t *line, const char *member)
{
    struct sl_span text = sl_json_str(line, member);

    if (text.n == 0)
        return;
    fputs(before, stdout);
    sl_api_print_head(stdout, text, WORD_COLUMNS);
}

static void put_number(const char *before, const json_t *line, const char *member)
{
    uint64_t value = 0;

    if (sl_json_u64(line, member, &value))
        printf("%s%llu", before, (unsigned long long)value);
}

static void put_names(const char *before, const json_t *line, const char *member)
{
    const json_t *list = json_object_get(line, member);
    size_t count = json_array_size(list);

    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        const json_t *name = json_array_get(list, i);

        fputs(i == 0 ? before : ", ", stdout);
        sl_api_print_head(stdout, sl_span(json_string_value(name), json_string_length(name)),
                          WORD_COLUMNS);
    }
    if (count > NAMES_SHOWN)
        printf(" and %zu more", count - NAMES_SHOWN);
}

static void put_time(const json_t *line)
{
    struct sl_span at = sl_json_str(line, "at");

    if (at.n < 19)
        return;
    fputs("  ", stdout);
    sl_api_print_text(stdout, sl_span_head(at, 10));
    putchar(' ');
    sl_api_print_text(stdout, sl_span(at.p + 11, 8));
    putchar('Z');
}

/* "17.3  2026-11-23 03:45:12Z  actions  agent-7 on finance: allow  read  public.customers [pii]" */
static void print_what(const json_t *line)
{
    put_number("", line, "entry");
    put_number(".", line, "line");
    put_time(line);
    put("  ", line, "kind");
    put(" ", line, "event");
    put("  ", line, "identity");
    put(" on ", line, "target");
    put(": ", line, "verdict");
    put_names("  ", line, "effects");
    put_names("  ", line, "datasets");
    put_names("  labels ", line, "labels");
    putchar('\n');
}

static void print_how(const json_t *line)
{
    fputs("      ", stdout);
    put(" ", line, "outcome");
    put_number(" rows ", line, "rows");
    put(" approval ", line, "approval");
    put(" by ", line, "approver");
    put(" ", line, "decision");
    put(" refused: ", line, "refused");
    put_names(" rules ", line, "rules");
    put(" run ", line, "run");
    put(" says: ", line, "reason");
    put(" why: ", line, "why");
    putchar('\n');
}

static void print_text(const json_t *line)
{
    struct sl_span text = sl_json_str(line, "text");

    if (text.n == 0)
        return;
    fputs("       | ", stdout);
    sl_api_print_head(stdout, text, TEXT_COLUMNS);
    putchar('\n');
}

size_t sl_audit_print_lines(const json_t *answer)
{
    const json_t *lines = json_object_get(answer, "lines");

    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);

        print_what(line);
        print_how(line);
        print_text(line);
    }
    return json_array_size(lines);
}
