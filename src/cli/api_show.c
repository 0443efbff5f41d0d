/* An approval as its reader needs it: the sentence first, then everything that bears on the
 * decision. */
#include "cli/api_client.h"
#include "cli/lineage_print.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "base/when.h"
#include "os/clock.h"

#include <stdlib.h>
#include <time.h>

enum { MAX_TEXT = 64 * 1024 * 1024 };

static void print_member(FILE *out, const json_t *object, const char *member)
{
    sl_api_print_text(out, sl_json_str(object, member));
}

/* "a, b and c", each escaped. */
static void put_list(struct sl_buf *b, const json_t *list)
{
    size_t count = json_array_size(list);

    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);

        if (i > 0)
            sl_buf_put_str(b, i + 1 == count ? " and " : ", ");
        sl_utf8_put_printable(b, sl_span(json_string_value(item), json_string_length(item)));
    }
}

static void print_list(FILE *out, const json_t *list)
{
    SL_BUF(text, MAX_TEXT);

    put_list(&text, list);
    fputs(sl_buf_text(&text), out);
}

/* "read, change the schema and export": effects as what somebody wants to do. */
static const char *verb_of(const json_t *effect)
{
    static const char *const verbs[][2] = {
        {"ddl", "change the schema"},
        {"privilege", "change rights"},
        {"admin", "administer the server"},
        {"program", "reach outside the database"},
        {"call", "call procedures"},
        {"session", "change its session"},
        {"opaque", "do what Sluice cannot know"},
    };
    const char *name = json_string_value(effect);

    for (size_t i = 0; name != NULL && i < SL_COUNT(verbs); i++)
        if (strcmp(name, verbs[i][0]) == 0)
            return verbs[i][1];
    return name == NULL ? "" : name;
}

static void print_verbs(FILE *out, const json_t *effects)
{
    size_t count = json_array_size(effects);

    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : i + 1 == count ? " and " : ", ", out);
        sl_api_print_text(out, sl_span_str(verb_of(json_array_get(effects, i))));
    }
}

void sl_api_put_left(struct sl_buf *b, const json_t *approval, const char *member)
{
    uint64_t until, now = sl_clock_us();

    if (sl_when_get(sl_json_str(approval, member), &until) != SL_OK)
        return;
    if (until <= now) {
        sl_buf_put_str(b, "no time left");
        return;
    }
    sl_duration_put(b, (until - now) / 1000);
    sl_buf_put_str(b, " left");
}

static void print_local_time(struct sl_span text)
{
    uint64_t us;
    char local[64] = "";

    if (sl_when_get(text, &us) != SL_OK)
        return;
    time_t seconds = (time_t)(us / 1000000);
    struct tm t;
    if (localtime_r(&seconds, &t) != NULL &&
        strftime(local, sizeof local, "%Y-%m-%d %H:%M:%S %Z", &t) > 0)
        fputs(local, stdout);
}

static const char *colour_of(const struct sl_api *api, struct sl_span state)
{
    if (!api->colour)
        return "";
    if (sl_span_is(state, "pending"))
        return "\033[1;33m";
    return sl_span_is(state, "approved") || sl_span_is(state, "spent") ? "\033[1;32m"
                                                                       : "\033[1;31m";
}

void sl_api_print_sentence(struct sl_api *api, FILE *out, const json_t *approval)
{
    struct sl_span state = sl_json_str(approval, "state");
    SL_BUF(left, 256);

    print_member(out, approval, "identity");
    fputs(" asks to ", out);
    if (sl_span_is(sl_json_str(approval, "protocol"), "sluice"))
        print_member(out, approval, "summary"); /* in words: "add the human ..." */
    else if (json_array_size(json_object_get(approval, "effects")) > 0)
        print_verbs(out, json_object_get(approval, "effects"));
    else
        fputs("act", out);
    fputs(" on ", out);
    print_member(out, approval, "target");
    if (sl_json_str(approval, "environment").n > 0) {
        fputs(" (", out);
        print_member(out, approval, "environment");
        fputc(')', out);
    }
    fputs(". It is ", out);
    fputs(colour_of(api, state), out);
    sl_api_print_text(out, state);
    fputs(api->colour ? "\033[0m" : "", out);
    sl_api_put_left(&left, approval,
                    sl_span_is(state, "approved") ? "grant_expires_at" : "expires_at");
    if (sl_span_is(state, "pending") && left.n > 0)
        fprintf(out, ", %s to decide", sl_buf_text(&left));
    if (sl_span_is(state, "approved") && left.n > 0)
        fprintf(out, ", %s to run it", sl_buf_text(&left));
    fputs(".\n", out);
}

/* --- the exact operation -------------------------------------------------------------------- */

static void print_raw_value(FILE *out, struct sl_span bytes, bool is_text)
{
    SL_BUF(hex, MAX_TEXT);

    if (is_text && sl_utf8_valid(bytes)) {
        fputc('\'', out);
        sl_api_print_text(out, bytes);
        fputc('\'', out);
        return;
    }
    sl_hex_put(&hex, bytes);
    fprintf(out, "\\x%s", sl_buf_text(&hex));
}

/* Types whose binary form is their text: char, name, text, json, xml, unknown, bpchar, varchar. */
static bool is_textual(uint64_t type)
{
    static const uint64_t textual[] = {18, 19, 25, 114, 142, 705, 1042, 1043};

    for (size_t i = 0; i < SL_COUNT(textual); i++)
        if (type == textual[i])
            return true;
    return false;
}

static void print_parameter(FILE *out, size_t number, const json_t *p)
{
    uint64_t type = 0, format = 0;
    SL_BUF(bytes, MAX_TEXT);

    (void)sl_json_u64(p, "type", &type);
    (void)sl_json_u64(p, "format", &format);
    fprintf(out, "  | $%zu (type %llu) = ", number, (unsigned long long)type);
    if (json_is_true(json_object_get(p, "null")))
        fputs("NULL", out);
    else if (sl_base64_get(&bytes, sl_json_str(p, "value")) == SL_OK)
        print_raw_value(out, sl_buf_span(&bytes), format == 0 || is_textual(type));
    else
        fputs("(not readable)", out);
    fputc('\n', out);
}

static void print_other(FILE *out, const json_t *operation)
{
    char *text = json_dumps(operation, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

    if (text != NULL)
        sl_api_print_lines(out, sl_span_str(text));
    free(text);
}

static void print_sql(FILE *out, const json_t *operation)
{
    const json_t *parameters = json_object_get(operation, "parameters");
    SL_BUF(bytes, MAX_TEXT);

    if (json_object_get(operation, "sql") != NULL) {
        sl_api_print_lines(out, sl_json_str(operation, "sql"));
    } else if (sl_base64_get(&bytes, sl_json_str(operation, "sql_base64")) == SL_OK) {
        fputs("  (not valid UTF-8; other bytes are escaped)\n", out);
        sl_api_print_lines(out, sl_buf_span(&bytes));
    }
    if (json_array_size(parameters) > 0)
        fputs("Values\n", out);
    for (size_t i = 0; i < json_array_size(parameters); i++)
        print_parameter(out, i + 1, json_array_get(parameters, i));
}

/* In the order in which they run, whole, and what of it nobody understood. */
static void print_statements(FILE *out, const json_t *list)
{
    size_t i;
    json_t *item;

    fprintf(out, "  (a list of %zu statements: one yes is for all of them, in this order)\n",
            json_array_size(list));
    json_array_foreach(list, i, item)
    {
        fprintf(out, "  %zu.", i + 1);
        if (sl_json_str(item, "unclear").n > 0) {
            fputs(" not understood: ", out);
            sl_api_print_text(out, sl_json_str(item, "unclear"));
        }
        fputc('\n', out);
        sl_api_print_lines(out, sl_json_str(item, "sql"));
    }
}

void sl_api_print_operation(FILE *out, const json_t *approval)
{
    const json_t *operation = json_object_get(approval, "operation");
    struct sl_span protocol = sl_json_str(approval, "protocol");

    fputs("Statement\n", out);
    if (json_is_true(json_object_get(approval, "operation_masked")))
        fputs(
            "  (password literals are masked as ***; what was asked, and is approved, has them)\n",
            out);
    if (json_is_true(json_object_get(approval, "erased")))
        fputs("  (erased)\n", out);
    else if (operation == NULL)
        fputs("  (not shown to you)\n", out);
    else if (json_object_get(operation, "list") != NULL)
        print_statements(out, json_object_get(operation, "list"));
    else if (sl_span_is(protocol, "postgres"))
        print_sql(out, operation);
    else if (sl_span_is(protocol, "policy"))
        sl_api_print_lines(out, sl_json_str(operation, "diff"));
    else if (sl_span_is(protocol, "sluice"))
        sl_api_print_lines(out, sl_json_str(operation, "change"));
    else
        print_other(out, operation); /* all of it: an agent chose its members */
}

/* --- the whole ------------------------------------------------------------------------------ */

static void print_row(const json_t *object, const char *title, const char *member)
{
    if (sl_json_str(object, member).n == 0)
        return;
    printf("%-12s", title);
    print_member(stdout, object, member);
    putchar('\n');
}

static void print_list_row(const json_t *object, const char *title, const char *member)
{
    const json_t *list = json_object_get(object, member);

    if (json_array_size(list) == 0)
        return;
    printf("%-12s", title);
    print_list(stdout, list);
    putchar('\n');
}

static void print_time_row(const json_t *object, const char *title, const char *member)
{
    if (sl_json_str(object, member).n == 0)
        return;
    printf("%-12s", title);
    print_local_time(sl_json_str(object, member));
    putchar('\n');
}

static void print_dataset(const json_t *d)
{
    fputs("  ", stdout);
    print_member(stdout, d, "name");
    fputs(": ", stdout);
    print_list(stdout, json_object_get(d, "effects"));
    if (json_array_size(json_object_get(d, "labels")) > 0) {
        fputs("; labels ", stdout);
        print_list(stdout, json_object_get(d, "labels"));
    }
    if (json_is_true(json_object_get(d, "all_columns")))
        fputs("; all columns", stdout);
    if (json_array_size(json_object_get(d, "columns")) > 0) {
        fputs("; columns ", stdout);
        print_list(stdout, json_object_get(d, "columns"));
    }
    putchar('\n');
}

static void print_requirement(const json_t *r)
{
    uint64_t need = 0, have = 0;

    (void)sl_json_u64(r, "need", &need);
    (void)sl_json_u64(r, "have", &have);
    fputs("  rule '", stdout);
    print_member(stdout, r, "rule");
    printf("': %llu of %llu", (unsigned long long)have, (unsigned long long)need);
    if (json_array_size(json_object_get(r, "groups")) > 0) {
        fputs(", from ", stdout);
        print_list(stdout, json_object_get(r, "groups"));
    }
    if (json_array_size(json_object_get(r, "identities")) > 0) {
        fputs(", or ", stdout);
        print_list(stdout, json_object_get(r, "identities"));
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
    print_local_time(sl_json_str(key, "since"));
    fputs(sl_span_is(sl_json_str(key, "vouched_by"), "credential") ? ", their first)" : ")",
          stdout);
}

static void print_vote(const json_t *v)
{
    fputs("  ", stdout);
    print_member(stdout, v, "identity");
    fputs(": ", stdout);
    print_member(stdout, v, "decision");
    fputs(", through ", stdout);
    print_member(stdout, v, "channel");
    fputs(", ", stdout);
    print_local_time(sl_json_str(v, "at"));
    print_proof(v);
    putchar('\n');
    sl_api_print_lines(stdout, sl_json_str(v, "reason"));
}

static void print_message(const json_t *m)
{
    fputs("  ", stdout);
    print_member(stdout, m, "identity");
    fputs(sl_span_is(sl_json_str(m, "kind"), "question") ? " asks, " : " answers, ", stdout);
    print_local_time(sl_json_str(m, "at"));
    putchar('\n');
    sl_api_print_lines(stdout, sl_json_str(m, "text"));
}

static void print_each(const json_t *approval, const char *title, const char *member,
                       void (*print)(const json_t *))
{
    const json_t *list = json_object_get(approval, member);

    if (json_array_size(list) > 0)
        printf("%s\n", title);
    for (size_t i = 0; i < json_array_size(list); i++)
        print(json_array_get(list, i));
}

void sl_api_print_you(FILE *out, const json_t *approval)
{
    bool may = json_is_true(json_object_get(approval, "may_decide"));

    fputs(may ? "You         may decide" : "You         may not decide", out);
    if (!may && sl_json_str(approval, "may_not_why").n > 0) {
        fputs(": ", out);
        print_member(out, approval, "may_not_why");
    }
    fputc('\n', out);
}

static void print_facts(const json_t *approval, const char *title, const char *member)
{
    const json_t *facts = json_object_get(approval, member);

    if (json_object_size(facts) == 0)
        return;
    puts(title);
    print_other(stdout, facts);
}

static void print_grouped(FILE *out, uint64_t number)
{
    SL_BUF(digits, 32);

    sl_buf_put_grouped(&digits, number);
    fputs(sl_buf_text(&digits), out);
}

/* "about 48,000 rows" */
static void print_estimate(const json_t *show)
{
    uint64_t rows;

    if (sl_json_u64(show, "rows_estimate", &rows)) {
        fputs("Estimate    about ", stdout);
        print_grouped(stdout, rows);
        printf(" row%s (the planner's estimate)\n", rows == 1 ? "" : "s");
    } else if (sl_json_str(show, "no_estimate").n > 0) {
        fputs("Estimate    no estimate: ", stdout);
        print_member(stdout, show, "no_estimate");
        putchar('\n');
    }
}

/* "Size        public.customers has about 48,000 rows (the server's statistics)" */
static void print_sizes(const json_t *show)
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
        print_member(stdout, one, "dataset");
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

/* What else there is for the reviewer. */
static void print_show(const json_t *approval)
{
    json_t *rest = json_copy(json_object_get(approval, "show"));

    print_estimate(rest);
    print_sizes(rest);
    json_object_del(rest, "sizes");
    json_object_del(rest, "rows_estimate");
    json_object_del(rest, "no_estimate");
    if (json_object_size(rest) > 0) {
        puts("Also");
        print_other(stdout, rest);
    }
    json_decref(rest);
}

static void print_claim(FILE *out, const json_t *approval, const char *title, const char *member)
{
    if (sl_json_str(approval, member).n == 0)
        return;
    fprintf(out, "%s\n", title);
    sl_api_print_lines(out, sl_json_str(approval, member));
}

/* The client's own words stand behind marks: they are a claim, not a fact. */
void sl_api_print_claims(FILE *out, const json_t *approval)
{
    if (json_object_get(approval, "delivered") != NULL) {
        fputs("Budget      ", out);
        sl_api_print_text(out, sl_json_str(approval, "held_why"));
        fputc('\n', out);
    }
    print_claim(out, approval, "Reason", "reason");
    if (sl_json_str(approval, "reason").n == 0)
        fputs("Reason      (none given)\n", out);
    print_claim(out, approval, "Run", "run");
    print_claim(out, approval, "Sink", "sink");
}

/* "user app, database shop": the session that gives the statement its meaning. */
static void print_session(const json_t *approval)
{
    const char *name, *before = "Session     ";
    json_t *value;

    json_object_foreach(json_object_get(approval, "context"), name, value)
    {
        if (json_string_length(value) == 0)
            continue;
        printf("%s%s ", before, name);
        sl_api_print_text(stdout, sl_span(json_string_value(value), json_string_length(value)));
        before = ", ";
    }
    if (before[0] == ',')
        putchar('\n');
}

static void print_people(const json_t *approval)
{
    print_list_row(approval, "Requesters", "requesters");
    print_row(approval, "Reviewers", "reviewers");
    print_each(approval, "Needed", "requirements", print_requirement);
    if (sl_span_is(sl_json_str(approval, "proof"), "passkey"))
        printf("Proof       signed with a passkey%s, else it does not count\n",
               sl_span_is(sl_json_str(approval, "keys"), "device-bound")
                   ? " that cannot leave its device"
                   : "");
    print_row(approval, "Why signed", "proof_why");
    print_each(approval, "Votes", "votes", print_vote);
    print_each(approval, "Said", "messages", print_message);
    sl_api_print_you(stdout, approval);
}

/* Released by one person alone, and how far that has been looked at since. */
static void print_break_glass(const json_t *approval)
{
    const json_t *broken = json_object_get(approval, "break_glass");
    uint64_t signed_off = 0;

    if (json_is_true(json_object_get(approval, "may_break_glass")))
        puts("            may release it alone, in an emergency: sluice approve --break-glass");
    if (broken == NULL)
        return;
    sl_json_u64(broken, "signed_off", &signed_off);
    fputs("Alone       released by ", stdout);
    print_member(stdout, broken, "by");
    fputs(" alone (break-glass): ", stdout);
    print_member(stdout, broken, "reason");
    printf("\n            signed off by %llu of 2 others, due ", (unsigned long long)signed_off);
    print_local_time(sl_json_str(broken, "review_by"));
    puts(json_is_true(json_object_get(broken, "overdue")) ? " OVERDUE" : "");
}

void sl_api_print_conflict(FILE *out, const json_t *approval)
{
    if (sl_json_str(approval, "may_not_reason").n == 0 ||
        !sl_span_is(sl_json_str(approval, "state"), "pending"))
        return;
    fputs("  [not you: ", out);
    print_member(out, approval, "may_not_why");
    fputc(']', out);
}

void sl_api_print_approval(struct sl_api *api, const json_t *approval)
{
    sl_api_print_sentence(api, stdout, approval);
    putchar('\n');
    if (json_object_get(approval, "delivered") == NULL) /* else it is said with the claims */
        print_row(approval, "Verdict", "held_why");
    print_row(approval, "Job", "job");
    print_row(approval, "Its log", "job_link");
    print_row(approval, "Started by", "started_by");
    print_list_row(approval, "Acts for", "on_behalf_of");
    print_row(approval, "Not known", "unknown");
    print_row(approval, "Runs as", "runs_as");
    print_row(approval, "Its role", "runs_as_user");
    print_row(approval, "Outcome", "why");
    sl_api_print_claims(stdout, approval);
    sl_api_print_operation(stdout, approval);
    print_list_row(approval, "Kinds", "statements");
    print_list_row(approval, "Effects", "effects");
    print_each(approval, "Data", "datasets", print_dataset);
    sl_lineage_print_held(json_object_get(approval, "lineage"));
    print_session(approval);
    print_show(approval);
    print_facts(approval, "Result", "outcome");
    print_people(approval);
    print_break_glass(approval);
    print_row(approval, "Repeats", "repeats");
    if (json_is_true(json_object_get(approval, "client_gone")))
        puts("Client      gone: the same statement, sent again, joins this approval");
    print_time_row(approval, "Asked", "asked_at");
    print_time_row(approval, "Decide by", "expires_at");
    print_time_row(approval, "Spend by", "grant_expires_at");
    print_time_row(approval, "Closed", "closed_at");
    print_row(approval, "Digest", "digest");
    print_row(approval, "Link", "link");
    print_row(approval, "Approval", "id");
}
