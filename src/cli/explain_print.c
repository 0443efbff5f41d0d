#include "cli/cli.h"
#include "cli/explain_int.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "base/when.h"
#include "core/approval/approval.h"
#include "json/json.h"

#include <stdio.h>

enum { MOST_REVIEWERS = 64, MOST_TEXT = 4 * 1024 * 1024 };

static void put_names(struct sl_buf *b, const struct sl_span *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sl_buf_put_str(b, i == 0 ? "" : ", ");
        sl_utf8_put_printable(b, names[i]);
    }
}

static void put_labels(struct sl_buf *b, const struct sl_explain *e, uint64_t bits)
{
    const char *between = "  labels: ";

    for (size_t i = 0; i < e->config->labels.count; i++)
        if ((bits >> i & 1) != 0) {
            sl_buf_say(b, "%s%S", between, e->config->labels.items[i]);
            between = ", ";
        }
}

static void put_meaning(struct sl_buf *b, const struct sl_explain *e)
{
    const struct sl_meaning *m = &e->meaning;

    for (size_t i = 0; i < m->statement_count; i++) {
        sl_buf_say(b, "statement  %S: ", m->statements[i].tag);
        sl_effects_put(b, m->statements[i].effects);
        sl_buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < m->access_count; i++) {
        sl_buf_put_str(b, "dataset    ");
        sl_utf8_put_printable(b, m->accesses[i].dataset);
        sl_buf_put_str(b, ": ");
        sl_effects_put(b, m->accesses[i].effects);
        sl_buf_put_str(b, m->accesses[i].all_columns ? "  columns: any" : "  columns: ");
        if (!m->accesses[i].all_columns)
            put_names(b, m->accesses[i].columns, m->accesses[i].column_count);
        put_labels(b, e, e->question.labels[i]);
        if (m->accesses[i].above_count > 0) {
            sl_buf_put_str(b, "  part of: ");
            put_names(b, m->accesses[i].above, m->accesses[i].above_count);
        }
        sl_buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < m->flow_count; i++) {
        sl_buf_put_str(b, "flow       ");
        sl_utf8_put_printable(b, m->flows[i].source);
        sl_buf_put_str(b, " -> ");
        sl_utf8_put_printable(b, m->flows[i].destination);
        sl_buf_put_u8(b, '\n');
    }
    if ((m->effects & SL_EFFECT_OPAQUE) != 0) {
        sl_buf_put_str(b, "opaque     ");
        sl_utf8_put_printable(b, m->opaque_why);
        sl_buf_put_u8(b, '\n');
    }
}

static void put_rules(struct sl_buf *b, const struct sl_explain *e)
{
    const struct sl_answer *a = &e->answer;

    for (size_t i = 0; i < a->rule_count; i++)
        sl_buf_say(b, "because    rule \"%S\" (%s:%u) says %s\n", a->rules[i]->name, e->config_path,
                   (unsigned)a->rules[i]->line, sl_verdict_name(a->rules[i]->then));
    if (a->from_default && e->target->has_default && e->target->default_verdict == a->verdict)
        sl_buf_say(b, "because    no allow rule covers all of it, and the target's default is %s\n",
                   sl_verdict_name(a->verdict));
    else if (a->from_default)
        sl_buf_put_str(b,
                       "because    no allow rule covers all of it, and nothing else allows it\n");
    if (a->verdict == SL_ALLOW && a->rule_count == 0 && !a->from_default)
        sl_buf_put_str(b, "because    it has no effect at all\n");
}

static void put_reviewers(struct sl_buf *b, const struct sl_explain *e)
{
    const struct sl_reviewers *r[MOST_REVIEWERS];
    size_t count = sl_policy_reviewers(e->config, &e->question, &e->answer, r, MOST_REVIEWERS);

    for (size_t i = 0; i < count && i < MOST_REVIEWERS; i++) {
        if (r[i]->need == 0) {
            sl_buf_put_str(b, "decided by nobody: the configuration names no reviewers, so it is "
                              "denied at once\n");
            continue;
        }
        sl_buf_say(b, "decided by %u of ", (unsigned)r[i]->need);
        put_names(b, r[i]->groups.items, r[i]->groups.count);
        sl_buf_put_str(b, r[i]->groups.count > 0 && r[i]->identities.count > 0 ? ", " : "");
        put_names(b, r[i]->identities.items, r[i]->identities.count);
        sl_buf_put_u8(b, '\n');
    }
}

static void put_conditions(struct sl_buf *b, const struct sl_explain *e)
{
    const struct sl_answer *a = &e->answer;

    if (a->verdict == SL_HOLD) {
        sl_buf_put_str(b, "time       ");
        sl_duration_put(b, a->expires_ms);
        sl_buf_put_str(b, " to decide, then ");
        sl_duration_put(b, a->grant_ttl_ms);
        sl_buf_put_str(b, " to spend\n");
    }
    struct sl_span login = {NULL, 0};
    if (sl_policy_elevates(a, &login) != SL_OK)
        sl_buf_put_str(b, "runs as    nobody: its rules elevate to different logins, so it is "
                          "refused at once\n");
    else if (login.n > 0)
        sl_buf_say(b,
                   "runs as    the login %S, on a connection of its own, once it is granted: sent "
                   "alone, as a simple query, outside a transaction\n",
                   login);
    if (a->row_limit > 0)
        sl_buf_say(b, "rows       at most %U, then it is held\n", a->row_limit);
    if (a->byte_limit > 0)
        sl_buf_say(b, "bytes      at most %U, then it is held\n", a->byte_limit);
    if (a->statement_limit > 0)
        sl_buf_say(b, "statements at most %U in one message, else it is held\n",
                   a->statement_limit);
    for (size_t i = 0; i < a->budget_count; i++) {
        sl_buf_say(b, "budget     of rule \"%S\": ", a->budgets[i]->name);
        sl_budget_put(b, &a->budgets[i]->budget);
        sl_buf_put_str(b, ", then it is held\n");
    }
    if (a->reason_required)
        sl_buf_put_str(b, "needs      a reason (SET sluice.reason = '...')\n");
    if (a->passkey)
        sl_buf_say(b, "needs      decisions signed with a passkey%s\n",
                   a->device_bound ? " that cannot leave its device" : "");
    else if (a->verdict == SL_HOLD && sl_policy_prefers_passkey(e->config, e->target->environment,
                                                                sl_policy_effects(&e->meaning)))
        sl_buf_put_str(b,
                       "needs      decisions signed with a passkey, as soon as enough of those who "
                       "may decide have one (passkeys.by_default)\n");
    if (a->verdict == SL_HOLD && a->shut != 0) {
        sl_buf_put_str(b, "decided in ");
        sl_decide_channels_put(b, a->shut);
        sl_buf_put_str(b, "\n");
    }
    if (a->time_dependent)
        sl_buf_put_str(
            b, "note       a rule depends on the time of day; this is the answer at this hour\n");
    if (a->enforced != a->verdict)
        sl_buf_put_str(
            b,
            "note       the target is in observe mode: the action would flow, and be recorded\n");
}

void sl_explain_print(const struct sl_explain *e)
{
    SL_BUF(out, MOST_TEXT);
    bool admitted = sl_target_admits(e->target, e->question.identity, &e->question.groups);

    sl_buf_say(&out, "target     %S (%S), asked by %s (%s)\n", e->target->name,
               e->target->environment, e->identity, e->kind);
    if (!admitted)
        sl_buf_put_str(
            &out, "note       this identity could not connect: `access` names neither it nor its "
                  "groups (--groups)\n");
    put_meaning(&out, e);
    sl_buf_say(&out, "verdict    %s\n", sl_verdict_name(e->answer.verdict));
    put_rules(&out, e);
    put_reviewers(&out, e);
    put_conditions(&out, e);
    sl_buf_say(&out, "basis      %s\n", sl_explain_basis(e));
    fputs(sl_buf_text(&out), stdout);
}

/* --- JSON --- */
static json_t *text_json(struct sl_span s)
{
    return json_stringn(s.n == 0 ? "" : (const char *)s.p, s.n);
}

static json_t *names_json(const struct sl_span *names, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, text_json(names[i]));
    return list;
}

static json_t *effects_json(uint32_t effects)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if ((effects >> i & 1) != 0)
            json_array_append_new(list, json_string(sl_effect_name(i)));
    return list;
}

static json_t *labels_json(const struct sl_explain *e, uint64_t bits)
{
    json_t *list = json_array();

    for (size_t i = 0; i < e->config->labels.count; i++)
        if ((bits >> i & 1) != 0)
            json_array_append_new(list, text_json(e->config->labels.items[i]));
    return list;
}

static json_t *statements_json(const struct sl_meaning *m)
{
    json_t *list = json_array();

    for (size_t i = 0; i < m->statement_count; i++)
        json_array_append_new(list, json_pack("{s:o, s:o}", "kind", text_json(m->statements[i].tag),
                                              "effects", effects_json(m->statements[i].effects)));
    return list;
}

static json_t *datasets_json(const struct sl_explain *e)
{
    json_t *list = json_array();

    for (size_t i = 0; i < e->meaning.access_count; i++) {
        const struct sl_meaning_access *a = &e->meaning.accesses[i];
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:b, s:o, s:o}", "name", text_json(a->dataset),
                            "effects", effects_json(a->effects), "columns",
                            names_json(a->columns, a->column_count), "all_columns",
                            (int)a->all_columns, "labels", labels_json(e, e->question.labels[i]),
                            "part_of", names_json(a->above, a->above_count)));
    }
    return list;
}

static json_t *lineage_json(const struct sl_meaning *m)
{
    json_t *list = json_array();

    for (size_t i = 0; i < m->flow_count; i++)
        json_array_append_new(list, json_pack("[o, o]", text_json(m->flows[i].source),
                                              text_json(m->flows[i].destination)));
    return list;
}

static json_t *rules_json(const struct sl_answer *a)
{
    json_t *list = json_array();

    for (size_t i = 0; i < a->rule_count; i++)
        json_array_append_new(
            list, json_pack("{s:o, s:i, s:s}", "name", text_json(a->rules[i]->name), "line",
                            (int)a->rules[i]->line, "then", sl_verdict_name(a->rules[i]->then)));
    return list;
}

static json_t *budgets_json(const struct sl_answer *a)
{
    json_t *list = json_array();

    for (size_t i = 0; i < a->budget_count; i++) {
        SL_BUF(text, 256);
        sl_budget_put(&text, &a->budgets[i]->budget);
        json_array_append_new(list, json_pack("{s:o, s:o}", "rule", text_json(a->budgets[i]->name),
                                              "budget", text_json(sl_buf_span(&text))));
    }
    return list;
}

static json_t *reviewers_json(const struct sl_explain *e)
{
    const struct sl_reviewers *r[MOST_REVIEWERS];
    size_t count = sl_policy_reviewers(e->config, &e->question, &e->answer, r, MOST_REVIEWERS);
    json_t *list = json_array();

    for (size_t i = 0; i < count && i < MOST_REVIEWERS; i++)
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:i}", "groups",
                            names_json(r[i]->groups.items, r[i]->groups.count), "identities",
                            names_json(r[i]->identities.items, r[i]->identities.count), "need",
                            (int)r[i]->need));
    return list;
}

static struct sl_span runs_as(const struct sl_answer *a)
{
    struct sl_span login = {NULL, 0};

    return sl_policy_elevates(a, &login) == SL_OK ? login : SL_SPAN("(different logins: refused)");
}

int sl_explain_print_json(const struct sl_explain *e)
{
    const struct sl_answer *a = &e->answer;
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:s, s:s, s:o, s:b, s:o, s:I, s:o, s:s, s:b, s:o}",
        "target", text_json(e->target->name), "effects", effects_json(e->meaning.effects),
        "statements", statements_json(&e->meaning), "datasets", datasets_json(e), "lineage",
        lineage_json(&e->meaning), "opaque", (e->meaning.effects & SL_EFFECT_OPAQUE) != 0,
        "opaque_why", text_json(e->meaning.opaque_why), "verdict", sl_verdict_name(a->verdict),
        "enforced", sl_verdict_name(a->enforced), "rules", rules_json(a), "from_default",
        (int)a->from_default, "reviewers", reviewers_json(e), "row_limit", (json_int_t)a->row_limit,
        "budgets", budgets_json(a), "basis", sl_explain_basis(e), "admitted",
        (int)sl_target_admits(e->target, e->question.identity, &e->question.groups), "runs_as",
        text_json(runs_as(a)));

    if (object == NULL || json_dumpf(object, stdout, JSON_INDENT(2) | JSON_SORT_KEYS) != 0) {
        json_decref(object);
        fputs("sluice explain: the answer cannot be written\n", stderr);
        return SL_EXIT_REFUSED;
    }
    putchar('\n');
    json_decref(object);
    return SL_EXIT_FINE;
}
