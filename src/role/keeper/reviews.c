#include "role/keeper/keeper_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/decision.h"
#include "role/keeper/glass.h"
#include "role/keeper/govern.h"
#include "role/keeper/people.h"
#include "role/keeper/sight.h"

/* What one person did alone: a release by break-glass, or administration past `govern: two-person`.
 * It waits until two others have looked at it, and says so until they have. */

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

enum { LISTED_MAX = 500 };

/* --- listing ---------------------------------------------------------------------------------- */

json_t *reviews_json(struct keeper *k, struct sl_span id)
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

json_t *exception_json(const struct exception *e)
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

void call_REVIEW_GET(struct call *c)
{
    struct exception e;
    struct sl_span id = call_str(c, "id");

    if (sight_of(c, READ_EXCEPTIONS) == SIGHT_ALL && id.n > 0 &&
        exception_get(c->keeper, id, &e) == SL_OK)
        c->reply = exception_json(&e);
    else
        call_problem(c, 404, "Nothing to review", "Nothing was done alone under this id.", "");
}

/* --- signing off ------------------------------------------------------------------------------ */

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
    if (requesters_now(k, &set, &count) != SL_OK)
        return false;
    q->requesters = set;
    q->requester_count = count;
    return true;
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
    if (released)
        r[*count] = (struct sl_reviewers){.groups = k->config->settings.break_glass};
    else
        r[*count] = govern_reviewers(k, false);
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
    q.who.since_us = c->who.since_us; /* to look at what was done nobody has to have been on */
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

/* What waits for it first, then what is done with; each says whether the caller may sign it off. */
static json_t *told_to(struct call *c, struct sl_span id)
{
    struct exception e;
    APPROVAL(a);

    if (exception_get(c->keeper, id, &e) != SL_OK)
        return NULL;
    bool known = !sl_span_is(e.kind, "break_glass") || approval_get(c->keeper, id, &a) == SL_OK;
    json_t *one = exception_json(&e);
    if (a.id.n > 0) {
        json_put_str(one, "identity", a.identity);
        json_put_str(one, "target", a.target);
    }
    json_object_set_new(one, "may_sign",
                        json_boolean(known && may_sign(c, &a, &e) == SL_DECIDE_YES));
    return one;
}

static void add_reviews(struct call *c, json_t *array, bool all, bool *more)
{
    struct sl_span *ids = sl_arena_array(c->keeper->mem, LISTED_MAX + 1, sizeof *ids);
    size_t count = ids == NULL ? 0 : exception_ids(c->keeper, all, ids, LISTED_MAX + 1);

    *more = count > LISTED_MAX;
    for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
        json_t *one = told_to(c, ids[i]);

        if (one != NULL)
            json_array_append_new(array, one);
    }
}

void call_REVIEW_LIST(struct call *c)
{
    bool due =
        json_is_true(json_object_get(c->body, "due")) || sl_span_is(call_str(c, "due"), "yes");
    bool more;

    if (sight_of(c, READ_EXCEPTIONS) != SIGHT_ALL) {
        call_problem(c, 403, "Not for you", "People with a deciding credential see this.", "");
        return;
    }
    c->reply = json_object();
    json_t *array = json_array();
    add_reviews(c, array, !due, &more);
    json_object_set_new(c->reply, "reviews", array);
    json_object_set_new(c->reply, "more", json_boolean(more));
}
