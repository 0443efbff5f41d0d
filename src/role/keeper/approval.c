#include "role/keeper/keeper_int.h"

#include "base/utf8.h"

enum { WHY_BYTES = 8192 };

/* --- reading one from the view -------------------------------------------------------------------
 */

static struct sl_span keep(struct keeper *k, const struct db_rows *rows, int column)
{
    return sl_arena_copy(k->mem, db_span(rows, column));
}

static bool fixed(const struct db_rows *rows, int column, uint8_t out[32])
{
    struct sl_span s = db_span(rows, column);

    if (s.n == 32)
        memcpy(out, s.p, 32);
    return s.n == 32;
}

static bool fill(struct keeper *k, const struct db_rows *r, struct approval *a)
{
    a->id = keep(k, r, 0);
    a->state = sl_approval_state_of(db_span(r, 1));
    a->identity = keep(k, r, 2);
    a->target = keep(k, r, 3);
    a->environment = keep(k, r, 4);
    a->protocol = keep(k, r, 5);
    a->asked_us = db_u64(r, 6);
    a->expires_us = db_u64(r, 7);
    a->grant_ttl_ms = db_u64(r, 8);
    a->grant_expires_us = db_u64(r, 9);
    a->closed_us = db_u64(r, 10);
    a->action = keep(k, r, 14);
    a->detail_text = keep(k, r, 15);
    a->passkey = db_u64(r, 16) != 0;
    a->why = keep(k, r, 17);
    a->outcome = keep(k, r, 18);
    a->session = db_u64(r, 19);
    a->gate_action = db_u64(r, 20);
    a->large_bytes = db_u64(r, 21);
    a->brief = keep(k, r, 22);
    return fixed(r, 11, a->digest) && fixed(r, 12, a->salt) && fixed(r, 13, a->join_key);
}

struct sl_names names_of_json(struct keeper *k, const json_t *array)
{
    struct sl_names names = {
        sl_arena_array(k->mem, json_array_size(array) + 1, sizeof *names.items), 0};
    size_t i;
    json_t *item;

    if (names.items == NULL)
        return (struct sl_names){0};
    json_array_foreach(array, i, item) names.items[names.count++] =
        sl_span(json_string_value(item), json_string_length(item));
    return names;
}

/* Accounts are only ever joined to a person, never parted from one: who somebody is today includes
 * who they were when the action was asked. */
static enum sl_err fill_requesters(struct keeper *k, struct approval *a)
{
    const json_t *list = json_object_get(a->detail, "requesters");
    size_t i;
    json_t *item;

    a->requesters = sl_arena_array(k->mem, json_array_size(list) + 1, sizeof *a->requesters);
    if (a->requesters == NULL)
        return SL_EMEMORY;
    json_array_foreach(list, i, item)
    {
        uint64_t role = 0;

        if (!sl_json_u64(item, "role", &role))
            return SL_ECORRUPT;
        struct sl_span name = sl_json_str(item, "name");
        a->requesters[a->requester_count++] =
            (struct sl_requester){name, person_of(k, name), (enum sl_requester_role)role};
    }
    a->barred = a->requesters;
    a->barred_count = a->requester_count;
    return a->requester_count > 0 ? requesters_now(k, &a->barred, &a->barred_count) : SL_ECORRUPT;
}

static enum sl_err fill_requirements(struct keeper *k, struct approval *a)
{
    const json_t *list = json_object_get(a->detail, "requirements");
    size_t i;
    json_t *item;

    a->requirements = sl_arena_array(k->mem, json_array_size(list) + 1, sizeof *a->requirements);
    a->rules = sl_arena_array(k->mem, json_array_size(list) + 1, sizeof *a->rules);
    if (a->requirements == NULL || a->rules == NULL)
        return SL_EMEMORY;
    json_array_foreach(list, i, item)
    {
        uint64_t need = 0;

        if (!sl_json_u64(item, "need", &need) || need > UINT32_MAX)
            return SL_ECORRUPT;
        a->rules[i] = sl_json_str(item, "rule");
        a->requirements[i] =
            (struct sl_reviewers){names_of_json(k, json_object_get(item, "groups")),
                                  names_of_json(k, json_object_get(item, "identities")),
                                  (uint32_t)need};
        a->requirement_count++;
    }
    return a->requirement_count > 0 && a->requirement_count <= SL_REQUIREMENTS_MAX ? SL_OK
                                                                                   : SL_ECORRUPT;
}

static enum sl_err fill_votes(struct keeper *k, struct approval *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_VOTES_OF, "s", a->id);

    a->votes = sl_arena_array(k->mem, SL_VOTES_MAX, sizeof *a->votes);
    while (a->votes != NULL && a->vote_count < SL_VOTES_MAX && db_row(&rows))
        a->votes[a->vote_count++] =
            (struct vote_row){keep(k, &rows, 0),          keep(k, &rows, 1), keep(k, &rows, 2),
                              keep(k, &rows, 3),          keep(k, &rows, 4), keep(k, &rows, 5),
                              (uint32_t)db_u64(&rows, 6), db_u64(&rows, 7),  keep(k, &rows, 8)};
    db_end(&rows);
    return a->votes == NULL ? SL_EMEMORY : SL_OK;
}

enum sl_err approval_get(struct keeper *k, struct sl_span id, struct approval *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_GET, "s", id);

    if (!db_row(&rows))
        return SL_ENOTFOUND;
    bool whole = fill(k, &rows, out);
    db_end(&rows);
    if (!whole || out->state == SL_APPROVAL_NONE)
        return SL_ECORRUPT;
    SL_TRY(sl_json_read(out->detail_text, &out->detail, NULL));
    out->device_bound = json_is_true(json_object_get(out->detail, "device_bound"));
    SL_TRY(fill_requesters(k, out));
    SL_TRY(fill_requirements(k, out));
    return fill_votes(k, out);
}

bool approval_erased(const struct approval *a)
{
    return a->action.n == 0 && a->large_bytes == 0;
}

json_t *approval_document(struct keeper *k, const struct approval *a)
{
    json_t *document = NULL;

    if (a->large_bytes == 0)
        return sl_json_read(a->action, &document, NULL) == SL_OK ? document : NULL;
    struct db_rows rows = db_ask(k->store.db, DB_LARGE_GET, "s", a->id);
    if (db_row(&rows) && sl_json_read(db_span(&rows, 0), &document, NULL) != SL_OK)
        document = NULL;
    db_end(&rows);
    return document;
}

void approval_done(struct approval *a)
{
    json_decref(a->detail);
    a->detail = NULL;
}

size_t approval_yes(struct keeper *k, const struct approval *a, struct sl_vote **out)
{
    struct sl_vote *yes = sl_arena_array(k->mem, SL_VOTES_MAX, sizeof *yes);
    size_t count = 0;

    for (size_t i = 0; yes != NULL && i < a->vote_count; i++)
        if (sl_span_is(a->votes[i].decision, "approve"))
            yes[count++] = (struct sl_vote){person_of(k, a->votes[i].identity), a->votes[i].may};
    *out = yes;
    return count;
}

void reviewers_text(struct sl_buf *b, const struct sl_reviewers *r, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *separator = " of ";

        sl_buf_say(b, "%s%u", i > 0 ? "; " : "", r[i].need);
        for (size_t g = 0; g < r[i].groups.count; g++, separator = ", ")
            sl_buf_say(b, "%s%S", separator, r[i].groups.items[g]);
        for (size_t n = 0; n < r[i].identities.count; n++, separator = ", ")
            sl_buf_say(b, "%s%S", separator, r[i].identities.items[n]);
    }
}

/* --- who may decide ------------------------------------------------------------------------------
 */

struct sl_decide_question approval_question(struct keeper *k, const struct approval *a,
                                            enum sl_decide_channel channel)
{
    struct sl_vote *yes;
    size_t count = approval_yes(k, a, &yes);

    return (struct sl_decide_question){.channel = channel,
                                       .state = a->state,
                                       .asked_us = a->asked_us,
                                       .expires_us = a->expires_us,
                                       .now_us = sl_clock_us(),
                                       .requesters = a->barred,
                                       .requester_count = a->barred_count,
                                       .requirements = a->requirements,
                                       .requirement_count = a->requirement_count,
                                       .votes = yes,
                                       .vote_count = count,
                                       .passkey_required = a->passkey,
                                       .device_bound_required = a->device_bound,
                                       .asked_with = sl_json_str(a->detail, "asked_with")};
}

/* Whoever was switched off and on again is as new as that moment: nothing that they said before
 * comes back, whatever they said it with, and what was asked before is for others. */
static uint64_t there_since_us(const struct person *who)
{
    return who->active_since_us > who->since_us ? who->active_since_us : who->since_us;
}

struct sl_decider decider_of(struct keeper *k, const struct person *who)
{
    return (struct sl_decider){.name = who->name,
                               .person = who->person,
                               .kind = who->kind,
                               .active = person_active(who),
                               .auditor = person_has_role(k, who, PERSON_AUDITOR),
                               .since_us = there_since_us(who),
                               .memberships = who->memberships,
                               .membership_count = who->groups.count};
}

struct sl_decide_credential decides_with(struct keeper *k, const struct credential *with)
{
    return (struct sl_decide_credential){.id = with->id,
                                         .deciding = with->deciding,
                                         .over = with->over,
                                         .passkey = with->passkey.n > 0,
                                         .device_bound = with->device_bound,
                                         .passkey_since_us = with->passkey_since_us,
                                         .since_us = with->since_us,
                                         .issuer = with->issuer,
                                         .issuer_person = with->issuer.n == 0
                                                              ? with->issuer
                                                              : person_of(k, with->issuer)};
}

enum sl_decide_reason approval_may(struct keeper *k, const struct approval *a,
                                   const struct person *who, const struct credential *with,
                                   enum sl_decide_channel channel, uint32_t *may)
{
    struct sl_decide_question q = approval_question(k, a, channel);

    q.who = decider_of(k, who);
    q.with = decides_with(k, with);
    return sl_decide_check(&q, may);
}

/* Its signature was verified when it was given; that passkey must still be one. */
static bool passkey_stands(struct keeper *k, const struct vote_row *vote, struct credential *with)
{
    struct passkey p;

    if (vote->passkey.n == 0)
        return true;
    if (passkey_get(k, vote->passkey, &p) != SL_OK || p.removed_us != 0)
        return false;
    credential_with_passkey(with, &p);
    return true;
}

/* Would this vote still be taken? Asked again at release, with the state it was given in. */
static bool vote_stands(struct keeper *k, const struct approval *a, const struct vote_row *vote)
{
    struct approval as_it_was = *a;
    struct person who;
    struct credential with;
    uint32_t may = 0;

    if (person_get(k, vote->identity, &who) != SL_OK ||
        credential_by_id(k, vote->credential, &with) != SL_OK || !passkey_stands(k, vote, &with))
        return false;
    as_it_was.state = SL_APPROVAL_PENDING;
    as_it_was.expires_us = UINT64_MAX;
    as_it_was.vote_count = 0;
    return approval_may(k, &as_it_was, &who, &with, SL_CHANNEL_HTTP, &may) == SL_DECIDE_YES &&
           (may & vote->may) == vote->may;
}

/* Each yes for itself, and all of them together: accounts that were linked since are one person. */
bool approval_votes_stand(struct keeper *k, const struct approval *a)
{
    struct exception e;
    struct sl_vote *yes;
    size_t count = approval_yes(k, a, &yes);

    bool enough = sl_quorum(a->requirements, a->requirement_count, yes, count, NULL) ==
                  sl_quorum_need(a->requirements, a->requirement_count);
    if (!enough) /* then the votes did not release it */
        return exception_get(k, a->id, &e) == SL_OK && glass_broke(a, &e) && glass_stands(k, a, &e);
    for (size_t i = 0; i < a->vote_count; i++)
        if (sl_span_is(a->votes[i].decision, "approve") && !vote_stands(k, a, &a->votes[i]))
            return false;
    return true;
}

/* --- moving --------------------------------------------------------------------------------------
 */

static enum sl_entry_approval_event leaf_event(enum sl_approval_state to)
{
    switch (to) {
    case SL_APPROVAL_APPROVED:
        return SL_ENTRY_APPROVAL_APPROVED;
    case SL_APPROVAL_DENIED:
        return SL_ENTRY_APPROVAL_DENIED;
    case SL_APPROVAL_EXPIRED:
        return SL_ENTRY_APPROVAL_EXPIRED;
    case SL_APPROVAL_CANCELLED:
        return SL_ENTRY_APPROVAL_CANCELLED;
    case SL_APPROVAL_SPENT:
        return SL_ENTRY_APPROVAL_SPENT;
    case SL_APPROVAL_LAPSED:
        return SL_ENTRY_APPROVAL_LAPSED;
    case SL_APPROVAL_REVOKED:
        return SL_ENTRY_APPROVAL_REVOKED;
    case SL_APPROVAL_NONE:
    case SL_APPROVAL_PENDING:
        break;
    }
    sl_promise_broken("an approval moved back to pending");
}

static void record_move(struct keeper *k, const struct approval *a, const struct move *m,
                        enum sl_approval_state to, struct sl_span why, uint64_t grant_expires_us)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("moved", now_us);

    event_str(event, "id", a->id);
    event_u64(event, "on", m->on);
    event_str(event, "why", why);
    event_u64(event, "grant_expires", grant_expires_us);
    event_u64(event, "session", m->session);
    event_u64(event, "action", m->action);
    sl_entry_put_approval(
        &leaf,
        &(struct sl_entry_approval){.event = leaf_event(to),
                                    .time_us = now_us,
                                    .approval = a->id,
                                    .digest = a->digest,
                                    .session = m->session,
                                    .action = m->action,
                                    .expires_us = to == SL_APPROVAL_APPROVED ? grant_expires_us : 0,
                                    .approver = m->by,
                                    .channel = m->channel,
                                    .reason = to == SL_APPROVAL_APPROVED ? sl_span(NULL, 0) : why});
    store_record(&k->store, &leaf, event, true);
}

enum sl_err approval_move(struct keeper *k, struct approval *a, const struct move *m)
{
    enum sl_approval_state to;
    const char *sentence;

    SL_TRY(sl_approval_move(a->state, m->on, &to, &sentence));
    uint64_t grant_expires_us =
        to == SL_APPROVAL_APPROVED ? sl_clock_us() + a->grant_ttl_ms * 1000 : a->grant_expires_us;
    struct sl_span said = sl_utf8_head(m->reason, WHY_BYTES); /* a gate's word may be among it */
    struct sl_span why = sl_arena_copy(k->mem, said.n > 0 ? said : sl_span_str(sentence));

    record_move(k, a, m, to, why, grant_expires_us);
    a->state = to;
    a->why = why;
    a->grant_expires_us = grant_expires_us;
    k->important = true;
    sl_log(SL_LOG_INFO, "approval", SL_TEXT("id", a->id),
           SL_CSTR("state", sl_approval_state_name(to)), SL_TEXT("identity", a->identity),
           SL_TEXT("target", a->target), SL_TEXT("by", m->by));
    keeper_event(k, sl_approval_state_name(to), a->id, to);
    return SL_OK;
}

static const char *hint_of(enum sl_approval_state state)
{
    switch (state) {
    case SL_APPROVAL_EXPIRED:
    case SL_APPROVAL_LAPSED:
        return "Run the same statement again to ask anew.";
    case SL_APPROVAL_DENIED:
        return "The reviewer's reason is in the message; change the statement or talk to them.";
    default:
        return "";
    }
}

void approval_end(struct keeper *k, struct approval *a, const struct move *m)
{
    SL_BUF(why, 2 * WHY_BYTES);

    if (approval_move(k, a, m) != SL_OK)
        return;
    if (!sl_span_starts(
            a->why, sl_span_str(sl_approval_state_name(a->state)))) /* "denied by rita" says it */
        sl_buf_say(&why, "%s: ", sl_approval_state_name(a->state));
    sl_buf_put(&why, a->why);
    waiters_refuse(k, a, m->by, sl_buf_text(&why), hint_of(a->state));
    policy_change_decided(k, a);
}

/* --- time, and the kill switch -------------------------------------------------------------------
 */

enum { MAX_IDS = 1000 };

static size_t ids(struct keeper *k, struct db_rows rows, struct sl_span **out)
{
    struct sl_span *list = sl_arena_array(k->mem, MAX_IDS, sizeof *list);
    size_t count = 0;

    while (list != NULL && count < MAX_IDS && db_row(&rows))
        list[count++] = keep(k, &rows, 0);
    db_end(&rows);
    *out = list;
    return count;
}

void approvals_each(struct keeper *k, const struct sl_span *list, size_t count,
                    void (*each)(void *owner, struct approval *a), void *owner)
{
    struct sl_arena *kept = k->mem;
    SL_FREED_BY(sl_arena) struct sl_arena *alone = NULL;

    if (sl_arena_new(&alone, ACTION_ARENA_BYTES) != SL_OK)
        keeper_die("approvals could not be read", SL_EMEMORY);
    for (size_t i = 0; i < count; i++) {
        APPROVAL(a);

        k->mem = alone;
        if (approval_get(k, list[i], &a) == SL_OK)
            each(owner, &a);
        k->mem = kept;
        sl_arena_reset(alone);
    }
}

struct ending {
    struct keeper *keeper;
    const struct move *move;
};

static void end_one(void *owner, struct approval *a)
{
    const struct ending *e = owner;

    approval_end(e->keeper, a, e->move);
}

static void end_each(struct keeper *k, const struct sl_span *list, size_t count,
                     const struct move *m)
{
    approvals_each(k, list, count, end_one, &(struct ending){k, m});
}

void deadlines_sweep(struct keeper *k)
{
    struct sl_span *due;
    size_t count = ids(k, db_ask(k->store.db, DB_APPROVAL_DUE, "i", sl_clock_us()), &due);

    end_each(k, due, count, &(struct move){.on = SL_APPROVAL_ON_DEADLINE});
}

static void kill_all(struct keeper *k, enum db_sql which, struct sl_span name, const char *why)
{
    struct move m = {.on = SL_APPROVAL_ON_KILL, .reason = sl_span_str(why)};
    struct sl_span *list;
    size_t count;

    do {
        count = ids(k, db_ask(k->store.db, which, "s", name), &list);
        end_each(k, list, count, &m);
    } while (count == MAX_IDS);
}

void grants_kill_by(struct keeper *k, struct sl_span approver, const char *why)
{
    kill_all(k, DB_APPROVAL_GRANTS_BY, approver, why);
}

void approvals_kill_by_yes(struct keeper *k, struct sl_span approver, const char *why)
{
    kill_all(k, DB_APPROVAL_YES_BY, approver, why);
}

void grants_kill_by_passkey(struct keeper *k, struct sl_span passkey, const char *why)
{
    struct move m = {.on = SL_APPROVAL_ON_KILL, .reason = sl_span_str(why)};
    struct sl_span *list;
    size_t count;

    do {
        count = ids(k, db_ask(k->store.db, DB_APPROVAL_GRANTS_BY_PASSKEY, "s", passkey), &list);
        end_each(k, list, count, &m);
    } while (count == MAX_IDS);
}

/* What this identity asked for ends, and so does what its yes lets run. */
void approvals_kill_of(struct keeper *k, struct sl_span identity, const char *why)
{
    kill_all(k, DB_APPROVAL_OPEN_OF, identity, why);
    grants_kill_by(k, identity, why);
}
