/* An approval as its reader needs it: the sentence first, then everything that bears on the
 * decision. */
#include "cli/api_show_int.h"

#include "cli/lineage_print.h"
#include "cli/settings_print.h"

static void print_row(const json_t *object, const char *title, const char *member)
{
    if (sl_json_str(object, member).n == 0)
        return;
    printf("%-12s", title);
    sl_api_print_member(stdout, object, member);
    putchar('\n');
}

static void print_list_row(const json_t *object, const char *title, const char *member)
{
    const json_t *list = json_object_get(object, member);

    if (json_array_size(list) == 0)
        return;
    printf("%-12s", title);
    sl_api_print_list(stdout, list);
    putchar('\n');
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
        sl_api_print_member(out, approval, "may_not_why");
    }
    fputc('\n', out);
}

static void print_facts(const json_t *approval, const char *title, const char *member)
{
    const json_t *facts = json_object_get(approval, member);

    if (json_object_size(facts) == 0)
        return;
    puts(title);
    sl_api_print_other(stdout, facts);
}

/* What else there is for the reviewer. */
static void print_show(const json_t *approval)
{
    json_t *rest = json_copy(json_object_get(approval, "show"));

    sl_api_print_estimate(rest);
    sl_api_print_sizes(rest);
    json_object_del(rest, "sizes");
    json_object_del(rest, "rows_estimate");
    json_object_del(rest, "no_estimate");
    if (json_object_size(rest) > 0) {
        puts("Also");
        sl_api_print_other(stdout, rest);
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

/* "user app, database shop": the session that gives the statement its meaning. Of its settings
 * those that are not as usual stand first; the others are counted, or listed with --all. */
static void print_session(const struct sl_api *api, const json_t *approval)
{
    const char *name, *before = "Session     ";
    json_t *value;
    struct sl_span settings = sl_json_str(json_object_get(approval, "context"), "settings");

    json_object_foreach(json_object_get(approval, "context"), name, value)
    {
        if (json_string_length(value) == 0 || strcmp(name, "settings") == 0)
            continue;
        printf("%s%s ", before, name);
        sl_api_print_text(stdout, sl_span(json_string_value(value), json_string_length(value)));
        before = ", ";
    }
    if (before[0] == ',')
        putchar('\n');
    if (settings.n > 0)
        sl_settings_print(stdout, settings, api->everything);
}

static void print_people(const json_t *approval)
{
    print_list_row(approval, "Requesters", "requesters");
    print_row(approval, "Reviewers", "reviewers");
    print_each(approval, "Needed", "requirements", sl_api_print_requirement);
    print_list_row(approval, "Decided in", "decide_in");
    if (sl_span_is(sl_json_str(approval, "proof"), "passkey"))
        printf("Proof       signed with a passkey%s, else it does not count\n",
               sl_span_is(sl_json_str(approval, "keys"), "device-bound")
                   ? " that cannot leave its device"
                   : "");
    print_row(approval, "Why signed", "proof_why");
    print_each(approval, "Votes", "votes", sl_api_print_vote);
    print_each(approval, "Said", "messages", sl_api_print_message);
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
    sl_api_print_member(stdout, broken, "by");
    fputs(" alone (break-glass): ", stdout);
    sl_api_print_member(stdout, broken, "reason");
    printf("\n            signed off by %llu of 2 others, due ", (unsigned long long)signed_off);
    sl_api_print_local_time(sl_json_str(broken, "review_by"));
    puts(json_is_true(json_object_get(broken, "overdue")) ? " OVERDUE" : "");
}

static void print_uses(const json_t *approval)
{
    uint64_t times, uses;

    if (sl_json_u64(json_object_get(approval, "envelope"), "times", &times) &&
        sl_json_u64(approval, "uses", &uses))
        printf("Uses        %llu of %llu\n", (unsigned long long)uses, (unsigned long long)times);
}

void sl_api_print_conflict(FILE *out, const json_t *approval)
{
    if (sl_json_str(approval, "may_not_reason").n == 0 ||
        !sl_span_is(sl_json_str(approval, "state"), "pending"))
        return;
    fputs("  [not you: ", out);
    sl_api_print_member(out, approval, "may_not_why");
    fputc(']', out);
}

void sl_api_print_approval(struct sl_api *api, const json_t *approval)
{
    sl_api_print_sentence(api, stdout, approval);
    putchar('\n');
    if (json_object_get(approval, "delivered") == NULL) /* else it is said with the claims */
        print_row(approval, "Verdict", "held_why");
    print_uses(approval);
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
    print_each(approval, "Data", "datasets", sl_api_print_dataset);
    sl_lineage_print_held(json_object_get(approval, "lineage"));
    print_session(api, approval);
    print_show(approval);
    print_facts(approval, "Result", "outcome");
    print_people(approval);
    print_break_glass(approval);
    print_row(approval, "Repeats", "repeats");
    if (json_is_true(json_object_get(approval, "client_gone")))
        puts("Client      gone: the same statement, sent again, joins this approval");
    sl_api_print_time_row(approval, "Asked", "asked_at");
    sl_api_print_time_row(approval, "Decide by", "expires_at");
    sl_api_print_time_row(approval, "Escalates", "escalates_at");
    sl_api_print_time_row(approval, "Escalated", "escalated_at");
    sl_api_print_time_row(approval, "Spend by", "grant_expires_at");
    sl_api_print_time_row(approval, "Closed", "closed_at");
    print_row(approval, "Digest", "digest");
    print_row(approval, "Link", "link");
    print_row(approval, "Approval", "id");
}
