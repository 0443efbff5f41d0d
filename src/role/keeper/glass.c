#include "role/keeper/keeper_int.h"

#include "base/encode.h"

/* Break-glass: a person of a configured group releases a held action alone. The decision is one
 * like others (its digest, its proof, the rules of P4 but for the rule's own reviewers); what is
 * different is that it needs nobody else now, and two others afterwards. */

enum sl_err exception_get(struct keeper *k, struct sl_span id, struct exception *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_EXCEPTION_GET, "s", id);
    bool found = db_row(&rows);

    if (found)
        *out = (struct exception){.id = sl_arena_copy(k->mem, db_span(&rows, 0)),
                                  .kind = sl_arena_copy(k->mem, db_span(&rows, 1)),
                                  .identity = sl_arena_copy(k->mem, db_span(&rows, 2)),
                                  .person = sl_arena_copy(k->mem, db_span(&rows, 3)),
                                  .credential = sl_arena_copy(k->mem, db_span(&rows, 4)),
                                  .channel = sl_arena_copy(k->mem, db_span(&rows, 5)),
                                  .reason = sl_arena_copy(k->mem, db_span(&rows, 6)),
                                  .at_us = db_u64(&rows, 7),
                                  .due_us = db_u64(&rows, 8),
                                  .reviews = db_u64(&rows, 9)};
    db_end(&rows);
    return found ? SL_OK : SL_ENOTFOUND;
}

/* Administration is not among it: whoever is alone would loosen what binds them. */
static bool is_of_ours(const struct approval *a)
{
    return sl_span_is(a->protocol, "policy") || sl_span_is(a->protocol, "sluice");
}

enum sl_decide_reason glass_may(struct keeper *k, const struct approval *a,
                                const struct person *who, const struct credential *with,
                                enum sl_decide_channel channel)
{
    struct sl_decide_question q = approval_question(k, a, channel);
    struct sl_reviewers breakers = {.groups = k->config->settings.break_glass, .need = 1};

    q.requirements = &breakers;
    q.requirement_count = is_of_ours(a) || breakers.groups.count == 0 ? 0 : 1;
    q.votes = NULL;
    q.vote_count = 0;
    q.who = decider_of(k, who);
    q.with = decides_with(k, with);
    return sl_decide_check(&q, NULL);
}

/* --- breaking --- */

static struct sl_names allowing(const struct keeper *k, const struct call *c)
{
    const struct sl_names *groups = &k->config->settings.break_glass;
    struct sl_names names = {0};

    for (size_t i = 0; i < c->who.groups.count; i++)
        for (size_t g = 0; g < groups->count; g++)
            if (sl_span_eq(c->who.groups.items[i], groups->items[g]))
                names_add(k->mem, &names, groups->items[g]);
    return names;
}

static void record(struct call *c, const struct approval *a, const struct decision_proof *proof)
{
    struct keeper *k = c->keeper;
    uint64_t now_us = sl_clock_us();
    uint64_t due_us = now_us + k->config->settings.review_within_ms * 1000;
    json_t *event = event_new("exception", now_us), *vote = event_new("voted", now_us);
    SL_BUF(leaf, SL_ENTRY_MAX);

    event_str(event, "id", a->id);
    event_str(event, "kind", SL_SPAN("break_glass"));
    event_str(event, "identity", c->who.name);
    event_str(event, "person", c->who.person);
    event_str(event, "credential", c->with.id);
    event_str(event, "channel", call_channel(c));
    event_str(event, "reason", decision_reason(c));
    event_u64(event, "due", due_us);
    sl_entry_put_break_glass(
        &leaf, &(struct sl_entry_break_glass){.time_us = now_us,
                                              .review_by_us = due_us,
                                              .rows = decision_rows(c),
                                              .approval = a->id,
                                              .approver = c->who.name,
                                              .credential = c->with.id,
                                              .channel = call_channel(c),
                                              .reason = decision_reason(c),
                                              .digest = a->digest,
                                              .groups = entry_list(allowing(k, c)),
                                              .passkey = proof->given ? &proof->entry : NULL});
    store_record(&k->store, &leaf, event, true);
    /* In the place of a yes that this person gave as one of several. */
    event_str(vote, "id", a->id);
    event_str(vote, "identity", c->who.name);
    event_str(vote, "person", c->who.person);
    event_str(vote, "decision", SL_SPAN("break-glass"));
    event_str(vote, "reason", decision_reason(c));
    event_str(vote, "channel", call_channel(c));
    event_str(vote, "credential", c->with.id);
    event_u64(vote, "may", 0);
    decision_proof_event(proof, vote);
    store_record(&k->store, NULL, vote, true);
}

void glass_break(struct call *c, struct approval *a, const struct decision_proof *proof)
{
    struct keeper *k = c->keeper;
    SL_BUF(why, DECISION_REASON_BYTES + 256);

    record(c, a, proof);
    sl_buf_say(&why, "released by %S alone (break-glass): %S", c->who.name, decision_reason(c));
    if (approval_move(k, a,
                      &(struct move){.on = SL_APPROVAL_ON_BREAK,
                                     .by = c->who.name,
                                     .channel = call_channel(c),
                                     .reason = sl_buf_span(&why)}) != SL_OK)
        keeper_die("a break-glass release could not be moved", SL_ESTATE);
    sl_log(SL_LOG_WARN, "break_glass", SL_TEXT("approval", a->id), SL_TEXT("by", c->who.name),
           SL_TEXT("identity", a->identity), SL_TEXT("target", a->target),
           SL_TEXT("reason", decision_reason(c)));
    keeper_event(k, "break_glass", a->id, a->state);
    waiters_offer(k, a);
}

/* Asked again at release: everything about who broke it must still be so. */
bool glass_stands(struct keeper *k, const struct approval *a, const struct exception *e)
{
    struct approval as_it_was = *a;
    struct person who;
    struct credential with;

    if (person_get(k, e->identity, &who) != SL_OK ||
        credential_by_id(k, e->credential, &with) != SL_OK)
        return false;
    for (size_t i = 0; i < a->vote_count; i++) {
        struct passkey p;

        if (!sl_span_is(a->votes[i].decision, "break-glass") || a->votes[i].passkey.n == 0)
            continue;
        if (passkey_get(k, a->votes[i].passkey, &p) != SL_OK || p.removed_us != 0)
            return false;
        credential_with_passkey(&with, &p);
    }
    as_it_was.state = SL_APPROVAL_PENDING;
    as_it_was.expires_us = UINT64_MAX;
    return glass_may(k, &as_it_was, &who, &with, SL_CHANNEL_HTTP) == SL_DECIDE_YES;
}

/* --- reviewing --- */

static json_t *reviews_json(struct keeper *k, struct sl_span id)
{
    struct db_rows rows = db_ask(k->store.db, DB_REVIEWS_OF, "s", id);
    json_t *array = json_array();

    while (db_row(&rows)) {
        json_t *one = json_object();

        json_put_str(one, "identity", db_span(&rows, 0));
        json_put_str(one, "reason", db_span(&rows, 2));
        json_put_str(one, "channel", db_span(&rows, 3));
        json_put_time(one, "at", db_u64(&rows, 4));
        json_array_append_new(array, one);
    }
    db_end(&rows);
    return array;
}

static json_t *exception_json(const struct exception *e)
{
    json_t *one = json_object();

    json_put_str(one, "id", e->id);
    json_put_str(one, "kind", e->kind);
    json_put_str(one, "by", e->identity);
    json_put_str(one, "channel", e->channel);
    json_put_str(one, "reason", e->reason);
    json_put_time(one, "at", e->at_us);
    json_put_time(one, "review_by", e->due_us);
    json_object_set_new(one, "overdue",
                        json_boolean(e->reviews < REVIEWS_NEEDED && sl_clock_us() > e->due_us));
    json_object_set_new(one, "signed_off", json_integer((json_int_t)e->reviews));
    json_object_set_new(one, "needed", json_integer(REVIEWS_NEEDED));
    return one;
}

static size_t exception_ids(struct keeper *k, bool all, struct sl_span *ids, size_t max)
{
    struct db_rows rows = db_ask(k->store.db, DB_EXCEPTION_LIST, "i", (uint64_t)all);
    size_t count = 0;

    while (count < max && db_row(&rows))
        ids[count++] = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    return count;
}

json_t *exceptions_json(struct keeper *k, bool all)
{
    enum { MAX = 500 };
    struct sl_span *ids = sl_arena_array(k->mem, MAX, sizeof *ids);
    size_t count = ids == NULL ? 0 : exception_ids(k, all, ids, MAX);
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        struct exception e;

        if (exception_get(k, ids[i], &e) == SL_OK)
            json_array_append_new(array, exception_json(&e));
    }
    return array;
}

void exceptions_warn(struct keeper *k)
{
    enum { MAX = 500 };
    struct sl_span *ids = sl_arena_array(k->mem, MAX, sizeof *ids);
    size_t count = ids == NULL ? 0 : exception_ids(k, false, ids, MAX);

    if (count > 0)
        sl_log(SL_LOG_WARN, "reviews_due", SL_NUM("count", count),
               SL_CSTR("hint",
                       "sluice status lists them; sluice review ID --reason R signs one off"));
}

void glass_put(struct call *c, json_t *out, const struct approval *a)
{
    struct exception e;

    if (exception_get(c->keeper, a->id, &e) == SL_OK) {
        json_t *broken = exception_json(&e);

        json_object_set_new(broken, "reviews", reviews_json(c->keeper, a->id));
        json_object_set_new(out, "break_glass", broken);
    } else if (a->state == SL_APPROVAL_PENDING)
        json_object_set_new(out, "may_break_glass",
                            json_boolean(glass_may(c->keeper, a, &c->who, &c->with,
                                                   SL_CHANNEL_HTTP) == SL_DECIDE_YES));
}

void call_REVIEW_LIST(struct call *c)
{
    if (sight_of(c, READ_EXCEPTIONS) != SIGHT_ALL) {
        call_problem(c, 403, "Not for you", "People with a deciding credential see this.", "");
        return;
    }
    c->reply = json_object();
    json_object_set_new(c->reply, "reviews", exceptions_json(c->keeper, true));
}

/* The requester set of what was released, and whoever did it. */
static bool take_barred(struct keeper *k, const struct approval *a, const struct exception *e,
                        struct sl_decide_question *q)
{
    size_t count = a->barred_count + 1;
    struct sl_requester *set = sl_arena_array(k->mem, count, sizeof *set);

    if (set == NULL)
        return false;
    for (size_t i = 0; i < a->barred_count; i++)
        set[i] = a->barred[i];
    set[a->barred_count] =
        (struct sl_requester){e->identity, person_of(k, e->identity), SL_REQUESTER_SELF};
    q->requesters = set;
    q->requester_count = count;
    return requesters_now(k, &set, &count) == SL_OK &&
           (q->requesters = set, q->requester_count = count, true);
}

/* Who may look at it afterwards: for a release those who could have decided it, and the others who
 * may break the glass; for administration the admins. */
static struct sl_reviewers *signers(struct keeper *k, const struct approval *a,
                                    const struct exception *e, size_t *count)
{
    bool released = sl_span_is(e->kind, "break_glass");
    struct sl_reviewers *r = sl_arena_array(k->mem, SL_REQUIREMENTS_MAX + 1, sizeof *r);

    *count = 0;
    if (r == NULL)
        return NULL;
    for (size_t i = 0; released && i < a->requirement_count; i++)
        r[(*count)++] = a->requirements[i];
    if (*count == SL_REQUIREMENTS_MAX)
        --*count;
    r[*count] = released ? (struct sl_reviewers){.groups = k->config->settings.break_glass}
                         : govern_reviewers(k, false);
    ++*count;
    for (size_t i = 0; i < *count; i++)
        r[i].need =
            SL_VOTES_MAX / SL_REQUIREMENTS_MAX; /* two each: never full before there are two */
    return r;
}

static enum sl_decide_reason may_sign(struct call *c, const struct approval *a,
                                      const struct exception *e)
{
    struct keeper *k = c->keeper;
    struct sl_vote votes[REVIEWS_NEEDED + 1];
    struct sl_decide_question q = {.channel = c->channel,
                                   .state = SL_APPROVAL_PENDING,
                                   .expires_us = UINT64_MAX,
                                   .now_us = sl_clock_us(),
                                   .votes = votes,
                                   .who = decider_of(k, &c->who),
                                   .with = decides_with(k, &c->with)};
    struct db_rows rows = db_ask(k->store.db, DB_REVIEWS_OF, "s", e->id);

    while (q.vote_count < REVIEWS_NEEDED && db_row(&rows))
        votes[q.vote_count++] =
            (struct sl_vote){person_of(k, sl_arena_copy(k->mem, db_span(&rows, 0))), 0};
    db_end(&rows);
    if (e->reviews >= REVIEWS_NEEDED)
        return SL_DECIDE_NOT_NEEDED;
    /* After a lockout everybody may be newer; the audit counts those who were there before. */
    q.asked_us = sl_span_is(e->kind, "break_glass") ? e->at_us : q.now_us + 1;
    q.requirements = signers(k, a, e, &q.requirement_count);
    if (q.requirements == NULL || !take_barred(k, a, e, &q))
        return SL_DECIDE_NOT_REVIEWER;
    return sl_decide_check(&q, NULL);
}

static void record_review(struct call *c, const struct exception *e)
{
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("reviewed", now_us);
    SL_BUF(leaf, SL_ENTRY_MAX);

    event_str(event, "id", e->id);
    event_str(event, "identity", c->who.name);
    event_str(event, "person", c->who.person);
    event_str(event, "reason", decision_reason(c));
    event_str(event, "channel", call_channel(c));
    sl_entry_put_review(&leaf, &(struct sl_entry_review){.time_us = now_us,
                                                         .id = e->id,
                                                         .identity = c->who.name,
                                                         .credential = c->with.id,
                                                         .channel = call_channel(c),
                                                         .reason = decision_reason(c)});
    store_record(&c->keeper->store, &leaf, event, true);
    c->keeper->important = true;
    keeper_event(c->keeper, "reviewed", e->id, SL_APPROVAL_NONE);
}

void call_REVIEW_SIGN(struct call *c)
{
    APPROVAL(a);
    struct exception e;
    struct sl_span id = call_str(c, "id");

    if (id.n == 0 || exception_get(c->keeper, id, &e) != SL_OK ||
        (sl_span_is(e.kind, "break_glass") && approval_get(c->keeper, id, &a) != SL_OK)) {
        call_problem(c, 404, "Nothing to review", "Nothing was done alone under this id.",
                     "sluice review lists what waits.");
        return;
    }
    if (call_str(c, "reason").n == 0) {
        call_problem(c, 400, "Why?", "A review needs a reason.", "Say what you looked at.");
        return;
    }
    enum sl_decide_reason reason = may_sign(c, &a, &e);
    if (reason != SL_DECIDE_YES) {
        decision_refuse(c, &a, reason);
        return;
    }
    record_review(c, &e);
    if (exception_get(c->keeper, id, &e) == SL_OK)
        c->reply = exception_json(&e);
}
