/* Rows of an approval's page: its data, who was asked and what they said, how much it is. */
#include "cli/api_show_int.h"

void sl_api_print_time_row(const json_t *object, const char *title, const char *member)
{
    if (sl_json_str(object, member).n == 0)
        return;
    printf("%-12s", title);
    sl_api_print_local_time(sl_json_str(object, member));
    putchar('\n');
}

void sl_api_print_dataset(const json_t *d)
{
    fputs("  ", stdout);
    sl_api_print_member(stdout, d, "name");
    fputs(": ", stdout);
    sl_api_print_list(stdout, json_object_get(d, "effects"));
    if (json_array_size(json_object_get(d, "labels")) > 0) {
        fputs("; labels ", stdout);
        sl_api_print_list(stdout, json_object_get(d, "labels"));
    }
    if (json_is_true(json_object_get(d, "all_columns")))
        fputs("; all columns", stdout);
    if (json_array_size(json_object_get(d, "columns")) > 0) {
        fputs("; columns ", stdout);
        sl_api_print_list(stdout, json_object_get(d, "columns"));
    }
    putchar('\n');
}

void sl_api_print_requirement(const json_t *r)
{
    uint64_t need = 0, have = 0;

    (void)sl_json_u64(r, "need", &need);
    (void)sl_json_u64(r, "have", &have);
    fputs("  rule '", stdout);
    sl_api_print_member(stdout, r, "rule");
    printf("': %llu of %llu", (unsigned long long)have, (unsigned long long)need);
    if (json_array_size(json_object_get(r, "groups")) > 0) {
        fputs(", from ", stdout);
        sl_api_print_list(stdout, json_object_get(r, "groups"));
    }
    if (json_array_size(json_object_get(r, "identities")) > 0) {
        fputs(", or ", stdout);
        sl_api_print_list(stdout, json_object_get(r, "identities"));
    }
    putchar('\n');
}

/* A young key that nothing but a credential vouched for is what a thief would have. */
static void print_proof(const json_t *v)
{
    const json_t *key = json_object_get(v, "passkey");

    if (!sl_span_is(sl_json_str(v, "proof"), "passkey"))
        return;
    fputs(", signed with a passkey", stdout);
    if (!json_is_true(json_object_get(key, "young")))
        return;
    fputs(" (young: enrolled ", stdout);
    sl_api_print_local_time(sl_json_str(key, "since"));
    fputs(sl_span_is(sl_json_str(key, "vouched_by"), "credential") ? ", their first)" : ")",
          stdout);
}

void sl_api_print_vote(const json_t *v)
{
    fputs("  ", stdout);
    sl_api_print_member(stdout, v, "identity");
    if (sl_json_str(v, "in_place").n > 0) {
        fputs(", standing in for ", stdout);
        sl_api_print_member(stdout, v, "in_place");
    }
    fputs(": ", stdout);
    sl_api_print_member(stdout, v, "decision");
    fputs(", through ", stdout);
    sl_api_print_member(stdout, v, "channel");
    fputs(", ", stdout);
    sl_api_print_local_time(sl_json_str(v, "at"));
    print_proof(v);
    putchar('\n');
    sl_api_print_lines(stdout, sl_json_str(v, "reason"));
}

void sl_api_print_message(const json_t *m)
{
    fputs("  ", stdout);
    sl_api_print_member(stdout, m, "identity");
    fputs(sl_span_is(sl_json_str(m, "kind"), "question") ? " asks, " : " answers, ", stdout);
    sl_api_print_local_time(sl_json_str(m, "at"));
    putchar('\n');
    sl_api_print_lines(stdout, sl_json_str(m, "text"));
}

static void print_grouped(FILE *out, uint64_t number)
{
    SL_BUF(digits, 32);

    sl_buf_put_grouped(&digits, number);
    fputs(sl_buf_text(&digits), out);
}

/* "about 48,000 rows" */
void sl_api_print_estimate(const json_t *show)
{
    uint64_t rows;

    if (sl_json_u64(show, "rows_estimate", &rows)) {
        fputs("Estimate    about ", stdout);
        print_grouped(stdout, rows);
        printf(" row%s (the planner's estimate)\n", rows == 1 ? "" : "s");
    } else if (sl_json_str(show, "no_estimate").n > 0) {
        fputs("Estimate    no estimate: ", stdout);
        sl_api_print_member(stdout, show, "no_estimate");
        putchar('\n');
    }
}

/* "Size        public.customers has about 48,000 rows (the server's statistics)" */
void sl_api_print_sizes(const json_t *show)
{
    size_t i;
    json_t *one;
    const char *head = "Size";

    json_array_foreach(json_object_get(show, "sizes"), i, one)
    {
        uint64_t rows;

        if (!sl_json_u64(one, "rows", &rows))
            continue;
        printf("%-12s", head);
        sl_api_print_member(stdout, one, "dataset");
        fputs(" has about ", stdout);
        print_grouped(stdout, rows);
        printf(" row%s (the server's statistics)\n", rows == 1 ? "" : "s");
        head = "";
    }
}

void sl_api_print_delivered(FILE *out, const json_t *approval)
{
    uint64_t delivered, rows;

    if (!sl_json_u64(approval, "delivered", &delivered))
        return;
    fputc('[', out);
    print_grouped(out, delivered);
    if (sl_json_u64(json_object_get(approval, "show"), "rows_estimate", &rows)) {
        fputs(" of about ", out);
        print_grouped(out, rows);
    }
    fputs(" rows delivered] ", out);
}
