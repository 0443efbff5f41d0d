#include "role/keeper/ask.h"

#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* Judging an action again, with what only the keeper knows. */

static enum sl_err put_datasets(struct keeper *k, struct ask *a, uint64_t *labels)
{
    const struct sl_meaning *m = a->meaning;
    struct sl_action_dataset *sets = sl_arena_array(k->mem, m->access_count + 1, sizeof *sets);

    if (sets == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < m->access_count; i++) {
        struct sl_names names = {0};

        labels[i] = sl_labels_of(k->config, a->target, &m->accesses[i], k->labels);
        for (size_t bit = 0; bit < k->config->labels.count && bit < 64; bit++)
            if ((labels[i] >> bit & 1) != 0)
                names_add(k->mem, &names, k->config->labels.items[bit]);
        sets[i] = (struct sl_action_dataset){&m->accesses[i], names.items, names.count};
    }
    a->action.datasets = sets;
    return SL_OK;
}

static enum sl_err put_requesters(struct keeper *k, struct ask *a)
{
    SL_TRY(requesters_of(k, a->who, &a->others, &a->requesters, &a->requester_count));
    struct sl_names names = requester_names(k, a->requesters, a->requester_count);

    if (names.count != a->requester_count)
        return SL_EMEMORY;
    a->action.requesters = names.items;
    a->action.requester_count = names.count;
    return SL_OK;
}

/* The meaning of what goes beyond a budget, with the same labels: an export too. */
static enum sl_err mean_export(struct keeper *k, struct ask *a)
{
    struct sl_meaning *m = SL_ARENA_NEW(k->mem, struct sl_meaning);
    size_t count = a->meaning->access_count;
    struct sl_meaning_access *accesses = sl_arena_array(k->mem, count + 1, sizeof *accesses);
    uint64_t *labels = sl_arena_array(k->mem, count + 1, sizeof *labels);

    if (m == NULL || accesses == NULL || labels == NULL)
        return SL_EMEMORY;
    *m = *a->meaning;
    for (size_t i = 0; i < count; i++) {
        accesses[i] = a->meaning->accesses[i];
        labels[i] = sl_labels_of(k->config, a->target, &accesses[i], k->labels);
    }
    m->accesses = accesses;
    sl_policy_add_export(m, labels);
    a->meaning = m;
    return SL_OK;
}

static void judge(struct keeper *k, struct ask *a, const struct sl_question *q)
{
    if (a->over.is)
        sl_policy_judge_over(k->config, q,
                             a->over.rule.n == 0 ? NULL : sl_config_rule(k->config, a->over.rule),
                             k->mem, &a->answer);
    else
        sl_policy_judge(k->config, q, k->mem, &a->answer);
}

/* Which login, and which role it is on the server for this identity: both are shown, and must still
 * be so when its proof is asked for (upstream.c). */
static void choose_login(struct keeper *k, struct ask *a)
{
    SL_BUF(user, 256);

    if (!sl_span_is(a->action.protocol, "postgres") || a->over.is)
        return;
    if (sl_policy_elevates(&a->answer, &a->runs_as) != SL_OK) {
        a->cannot_elevate = "the rules that hold this elevate it to different logins";
        return;
    }
    if (a->runs_as.n == 0)
        return;
    if (a->envelope.times > 0) {
        a->cannot_elevate = "an envelope cannot run as another login";
        return;
    }
    if (a->list > 0) {
        a->cannot_elevate = "a list of statements cannot run as another login";
        return;
    }
    const struct sl_login *login = sl_target_named_login(a->target, a->runs_as);
    if (login == NULL || !login_user_of(login, a->who, &user))
        a->cannot_elevate = "the login that this runs as has no plain role name for this identity";
    else
        a->runs_as_user = sl_arena_copy(k->mem, sl_buf_span(&user));
}

/* The target's reviewers, or anybody who may review: for rules that name none. */
static struct sl_span rule_of(const struct sl_answer *answer, const struct sl_reviewers *r)
{
    for (size_t i = 0; i < answer->rule_count; i++)
        if (r == &answer->rules[i]->reviewers)
            return answer->rules[i]->name;
    return SL_SPAN("default");
}

static const struct sl_escalation *escalation_of(const struct sl_answer *answer,
                                                 const struct sl_reviewers *r)
{
    for (size_t i = 0; i < answer->rule_count; i++)
        if (r == &answer->rules[i]->reviewers && answer->rules[i]->escalate.after_ms > 0)
            return &answer->rules[i]->escalate;
    return NULL;
}

static void add_names(struct keeper *k, struct sl_names *all, const struct sl_names *more)
{
    for (size_t i = 0; i < more->count; i++)
        name_add_once(k->mem, all, more->items[i]);
}

/* The longest of its rules' times: nobody comes in earlier than their rule says. */
static void take_routes(struct keeper *k, struct ask *a)
{
    bool usual = a->answer.from_default || a->answer.rule_count == 0;

    for (size_t i = 0; i < a->answer.rule_count; i++) {
        const struct sl_rule *r = a->answer.rules[i];

        add_names(k, &a->notify, &r->notify);
        usual = usual || (r->notify.count == 0 && r->then == SL_HOLD);
        add_names(k, &a->escalate_notify, &r->escalate.notify);
        if (r->escalate.after_ms > a->escalate_ms)
            a->escalate_ms = r->escalate.after_ms;
    }
    if (usual) /* whoever is to say yes to this rule too must hear of it */
        name_add_once(k->mem, &a->notify, SL_SPAN(NOTIFY_DEFAULT));
    if (a->escalate_ms >= a->answer.expires_ms) /* another rule ends it before */
        a->escalate_ms = 0;
}

/* With the number of people that the policy says: who asked may raise what is needed, and lowers
 * nothing by that. */
static enum sl_err put_signers(struct keeper *k, struct ask *a, const struct sl_question *q)
{
    enum { MAX = SL_REQUIREMENTS_MAX + 1 };
    const struct sl_reviewers *found[MAX];

    a->signer_count = sl_policy_signers(k->config, q, &a->answer, found, MAX);
    a->signers = sl_arena_array(k->mem, MAX, sizeof *a->signers);
    if (a->signers == NULL || a->signer_count > MAX)
        return SL_ELIMIT;
    for (size_t i = 0; i < a->signer_count; i++)
        a->signers[i] = *found[i];
    return SL_OK;
}

enum sl_err ask_judge(struct keeper *k, struct ask *a)
{
    uint64_t *labels = sl_arena_array(k->mem, a->meaning->access_count + 1, sizeof *labels);
    enum { MAX = SL_REQUIREMENTS_MAX };

    if (labels == NULL)
        return SL_EMEMORY;
    if (a->over.is)
        SL_TRY(mean_export(k, a));
    SL_TRY(put_datasets(k, a, labels));
    struct sl_question q = {.identity = a->who->name,
                            .kind = a->who->kind,
                            .groups = a->who->groups,
                            .target = a->target,
                            .meaning = a->meaning,
                            .labels = labels,
                            .now_us = a->now_us};
    judge(k, a, &q);
    SL_TRY(put_requesters(k, a));
    a->action.identity = a->who->name;
    a->action.target = a->target->name;
    a->action.environment = a->target->environment;
    a->action.meaning = a->meaning;
    memcpy(a->action.rules_digest, a->answer.rules_digest, sizeof a->action.rules_digest);
    if (a->answer.verdict != SL_HOLD)
        return SL_OK;
    choose_login(k, a);

    const struct sl_reviewers *found[MAX];
    a->requirement_count = sl_policy_reviewers(k->config, &q, &a->answer, found, MAX);
    a->requirements = sl_arena_array(k->mem, MAX, sizeof *a->requirements);
    a->requirement_rules = sl_arena_array(k->mem, MAX, sizeof *a->requirement_rules);
    a->escalations = sl_arena_array(k->mem, MAX, sizeof *a->escalations);
    take_routes(k, a);
    if (a->escalations == NULL || a->requirements == NULL || a->requirement_rules == NULL ||
        a->requirement_count > MAX)
        return SL_ELIMIT;
    for (size_t i = 0; i < a->requirement_count; i++) {
        a->requirements[i] = *found[i];
        a->requirements[i].need = job_need(&a->others, found[i]->need);
        a->requirement_rules[i] = rule_of(&a->answer, found[i]);
        const struct sl_escalation *e = escalation_of(&a->answer, found[i]);
        a->escalations[i] = e != NULL ? e->reviewers : (struct sl_reviewers){.need = 0};
    }
    return put_signers(k, a, &q);
}

struct sl_span rule_names(struct keeper *k, const struct sl_answer *a)
{
    SL_BUF(text, 16 * 1024);

    for (size_t i = 0; i < a->rule_count; i++)
        sl_buf_say(&text, "%s%S", i > 0 ? ", " : "", a->rules[i]->name);
    if (a->from_default)
        sl_buf_say(&text, "%sdefault of the target", a->rule_count > 0 ? ", " : "");
    return sl_arena_copy(k->mem, sl_buf_span(&text));
}
