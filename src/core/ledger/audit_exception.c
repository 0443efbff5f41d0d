/* What one person did alone: was it allowed to, and have two others looked at it? */
#include "core/ledger/audit_int.h"

static struct sl_audit_exception *add(struct sl_audit *a, struct sl_span id, const json_t *leaf)
{
    struct sl_audit_exception *e = sl_audit_alloc(a, sizeof *e);

    if (e == NULL)
        return NULL;
    *e = (struct sl_audit_exception){.id = sl_audit_copy(a, id),
                                     .entry = a->entry,
                                     .at_us = a->time_us,
                                     .review_by_us = sl_audit_time(a, leaf, "review_by"),
                                     .next = a->exceptions};
    a->exceptions = e;
    return e;
}

static struct sl_audit_exception *find(struct sl_audit *a, struct sl_span id)
{
    struct sl_audit_exception *e = a->exceptions;

    while (e != NULL && !sl_span_eq(e->id, id))
        e = e->next;
    return e;
}

/* --- break-glass --- */

/* The question that the keeper had to ask: P4 with the configuration's groups for reviewers. */
static const char *glass_problem(struct sl_audit *a, struct sl_audit_approval *p,
                                 const json_t *leaf)
{
    struct sl_span name = sl_json_str(leaf, "approver");
    struct sl_audit_identity *who = sl_audit_identity(a, name);
    struct sl_audit_credential *c = sl_map_get(a->credentials, sl_json_str(leaf, "credential"));
    struct sl_reviewers breakers = {.need = 1};

    if (who == NULL || c == NULL || !sl_span_eq(c->identity, name))
        return "with no credential of their own";
    if (a->in_force == NULL || a->in_force->break_glass.count == 0 || p->of_policy)
        return "the configuration in force lets nobody do that";
    if (sl_json_str(leaf, "reason").n == 0)
        return "they gave no reason";
    if (p->envelope.times > 0)
        return "an envelope is released by nobody alone";
    breakers.groups = a->in_force->break_glass;
    struct sl_decide_question q = sl_audit_question(a, p, who, c, leaf);
    q.requirements = &breakers;
    q.escalations = NULL;
    q.requirement_count = 1;
    q.vote_count = 0;
    q.own_right_only = true;
    enum sl_decide_reason reason = sl_decide_check(&q, NULL);
    return reason == SL_DECIDE_YES ? NULL : sl_decide_reason_text(reason);
}

/* Whoever said yes before, as one of several, and then did it alone, has said one thing. */
static void drop_vote_of(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span person)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->vote_count; i++) {
        if (sl_span_eq(sl_audit_person(a, p->voters[i]), person))
            continue;
        p->voters[kept] = p->voters[i];
        p->in_place[kept] = p->in_place[i];
        p->votes[kept++] = p->votes[i];
    }
    p->vote_count = kept;
}

void sl_audit_break_glass(struct sl_audit *a, const json_t *leaf)
{
    struct sl_span id = sl_audit_str(a, leaf, "approval"), name = sl_json_str(leaf, "approver");
    struct sl_audit_approval *p = sl_map_get(a->approvals, id);
    uint8_t digest[SL_SHA256];

    if (p == NULL) {
        SL_FOUND(a, "'%S' releases approval %S alone, which was never asked", name, id);
        return;
    }
    if (sl_audit_hex(a, leaf, "digest", digest, sizeof digest, true) &&
        memcmp(digest, p->digest, sizeof digest) != 0)
        SL_FOUND(a, "approval %S is about another action here than when it was asked", id);
    const char *problem = glass_problem(a, p, leaf);
    if (problem != NULL)
        SL_FOUND(a, "'%S' releases approval %S alone, but may not: %s", name, id, problem);
    struct sl_audit_exception *e = add(a, id, leaf);
    if (e == NULL)
        return;
    e->approval = p;
    e->by = sl_audit_copy(a, name);
    p->broken_by = e->by;
    sl_audit_rows_decided(p, leaf);
    drop_vote_of(a, p, sl_audit_person(a, e->by));
}

/* --- administration past `govern: two-person` --- */

void sl_audit_bypass(struct sl_audit *a, const json_t *leaf)
{
    struct sl_audit_exception *e = add(a, sl_audit_str(a, leaf, "id"), leaf);

    a->bypassed = sl_span_is(sl_json_str(leaf, "channel"), "offline");
    a->bypass_entry = a->entry;
    a->bypass_for = sl_span(NULL, 0);
    if (e == NULL)
        return;
    e->by = sl_audit_copy(a, sl_json_str(leaf, "by"));
    e->what = sl_audit_copy(a, sl_json_str(leaf, "what"));
}

static size_t deciders_ever(struct sl_audit *a)
{
    struct sl_span key, first = {NULL, 0};
    size_t count = 0;
    void *value;

    for (size_t at = 0; sl_map_next(a->identities, &at, &key, &value);) {
        const struct sl_audit_identity *who = value;
        struct sl_span person = sl_audit_person(a, who->name);

        if (!who->decided_ever || (count > 0 && sl_span_eq(person, first)))
            continue;
        first = count == 0 ? person : first;
        count++;
    }
    return count;
}

/* Linking the two afterwards makes nobody the first again. */
void sl_audit_decider_came(struct sl_audit *a)
{
    a->two_deciders = a->two_deciders || deciders_ever(a) >= 2;
}

/* All paused agents may go on by one word. */
static bool is_resume(const json_t *leaf)
{
    return sl_span_is(sl_json_str(leaf, "event"),
                      sl_entry_roster_event_name(SL_ENTRY_ROSTER_RESUME));
}

/* What somebody did alone while nothing ran is one act: its `bypass`, and behind it what it
 * changed. The next act has its own. */
static bool is_bypassed(struct sl_audit *a, struct sl_span name, const json_t *leaf)
{
    if (!a->bypassed || a->entry != a->bypass_entry + 1)
        return false;
    if (a->bypass_for.n > 0 && !sl_span_eq(a->bypass_for, name) && !is_resume(leaf))
        return false;
    a->bypass_entry = a->entry;
    a->bypass_for = sl_audit_copy(a, name);
    return true;
}

bool sl_audit_by_operator(const json_t *leaf)
{
    struct sl_span channel = sl_json_str(leaf, "channel");

    return sl_span_is(channel, "control") || sl_span_is(channel, "offline");
}

/* One approval lets one change happen: an identity, and the code that comes with it. */
static void check_let(struct sl_audit *a, struct sl_span id, struct sl_span name,
                      const json_t *leaf)
{
    struct sl_audit_approval *p = sl_map_get(a->approvals, id);

    if (p == NULL || !p->of_policy || p->state != SL_APPROVAL_SPENT)
        SL_FOUND(a, "'%S' changes by approval %S, which let nothing happen", name, id);
    else if (p->let.n > 0 &&
             ((!sl_span_eq(p->let, name) && !is_resume(leaf)) || a->entry != p->let_entry + 1))
        SL_FOUND(a, "approval %S let one change happen, and is named by two", id);
    else {
        p->let = sl_audit_copy(a, name);
        p->let_entry = a->entry;
    }
}

void sl_audit_governed(struct sl_audit *a, struct sl_span name, const json_t *leaf)
{
    sl_audit_governed_by(a, name, sl_json_str(leaf, "approval"), leaf);
}

void sl_audit_governed_by(struct sl_audit *a, struct sl_span name, struct sl_span let_by,
                          const json_t *leaf)
{
    if (let_by.n > 0)
        check_let(a, let_by, name, leaf);
    else if (a->in_force == NULL || !a->in_force->two_person || !a->two_deciders)
        return;
    else if (!sl_span_is(sl_json_str(leaf, "channel"), "offline") || !is_bypassed(a, name, leaf))
        SL_FOUND(a, "'%S' changes under govern: two-person, and nobody else let it happen", name);
}

bool sl_audit_group_counts(const struct sl_audit *a, const json_t *groups)
{
    const struct sl_names *named = a->in_force == NULL ? NULL : &a->in_force->groups;
    size_t i;
    json_t *one;

    json_array_foreach(groups, i, one) for (size_t g = 0; named != NULL && g < named->count; g++)
    {
        if (json_is_string(one) && sl_span_is(named->items[g], json_string_value(one)))
            return true;
    }
    return false;
}

/* --- reviews --- */

static bool is_party(struct sl_audit *a, const struct sl_audit_exception *e, struct sl_span person)
{
    if (sl_span_eq(sl_audit_person(a, e->by), person))
        return true;
    for (size_t i = 0; e->approval != NULL && i < e->approval->requester_count; i++)
        if (sl_span_eq(sl_audit_person(a, e->approval->requesters[i].name), person))
            return true;
    return false;
}

/* NULL: it counts. Who came with what they sign off is no witness of it. */
static const char *review_problem(struct sl_audit *a, const struct sl_audit_exception *e,
                                  const struct sl_audit_identity *who,
                                  const struct sl_audit_credential *c)
{
    if (who == NULL || c == NULL || !sl_span_eq(c->identity, who->name) || !c->deciding)
        return "with no deciding credential of their own";
    if (c->revoked || (c->expires_us != 0 && c->expires_us <= a->time_us))
        return "with a credential that is over";
    if (who->kind != SL_HUMAN || who->status != SL_AUDIT_ACTIVE)
        return "but are no active human";
    if (is_party(a, e, sl_audit_person(a, who->name)))
        return "but had a part in it";
    for (size_t i = 0; i < e->review_count; i++)
        if (sl_span_eq(sl_audit_person(a, e->reviewers[i]), sl_audit_person(a, who->name)))
            return "but have done so already";
    return NULL;
}

void sl_audit_review(struct sl_audit *a, const json_t *leaf)
{
    struct sl_span id = sl_audit_str(a, leaf, "id"), name = sl_audit_str(a, leaf, "identity");
    struct sl_audit_exception *e = find(a, id);
    const struct sl_audit_identity *who = sl_audit_identity(a, name);
    const struct sl_audit_credential *c =
        sl_map_get(a->credentials, sl_json_str(leaf, "credential"));

    if (e == NULL) {
        SL_FOUND(a, "'%S' signs off %S, which nobody did alone", name, id);
        return;
    }
    const char *problem = review_problem(a, e, who, c);
    if (problem != NULL) {
        SL_FOUND(a, "'%S' signs off %S, %s", name, id, problem);
        return;
    }
    bool was_there = who->since_us < e->at_us && c->since_us < e->at_us;
    if (was_there && e->review_count < SL_COUNT(e->reviewers))
        e->reviewers[e->review_count++] = who->name;
}

void sl_audit_end(struct sl_audit *a)
{
    uint64_t now_us = a->time_us;

    for (const struct sl_audit_exception *e = a->exceptions; e != NULL; e = e->next) {
        if (e->review_count >= SL_COUNT(e->reviewers))
            continue;
        a->entry = e->entry;
        if (e->approval == NULL)
            SL_FOUND(
                a,
                "'%S' went past govern: two-person (%S), and %U of the two people who were there "
                "before have signed it off",
                e->by, e->what, (uint64_t)e->review_count);
        else if (now_us > e->review_by_us)
            SL_FOUND(
                a,
                "'%S' released approval %S alone, and its time to be reviewed is over: %U of two "
                "people have signed it off",
                e->by, e->id, (uint64_t)e->review_count);
    }
}
