#include "role/keeper/approval.h"

#include "role/keeper/db.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/view_int.h"

/* Reading an approval from the view. */

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
    a->escalated_us = db_u64(r, 23);
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
    a->escalations = sl_arena_array(k->mem, json_array_size(list) + 1, sizeof *a->escalations);
    if (a->requirements == NULL || a->rules == NULL || a->escalations == NULL)
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
        const json_t *escalate = json_object_get(item, "escalate");
        a->escalations[i] =
            (struct sl_reviewers){names_of_json(k, json_object_get(escalate, "groups")),
                                  names_of_json(k, json_object_get(escalate, "identities")), 1};
        a->requirement_count++;
    }
    return a->requirement_count > 0 && a->requirement_count <= SL_REQUIREMENTS_MAX ? SL_OK
                                                                                   : SL_ECORRUPT;
}

/* Left out: no rule says so. A channel that is not known opens nothing. */
static uint32_t shut_of(const json_t *decide_in)
{
    uint32_t open = 0;
    size_t i;
    json_t *name;

    if (decide_in == NULL)
        return 0;
    json_array_foreach(decide_in, i, name) open |=
        1u << sl_decide_channel_of(sl_span(json_string_value(name), json_string_length(name)));
    return SL_DECIDE_IN_ALL & ~open;
}

static enum sl_err fill_votes(struct keeper *k, struct approval *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_VOTES_OF, "s", a->id);

    a->votes = sl_arena_array(k->mem, SL_VOTES_MAX, sizeof *a->votes);
    while (a->votes != NULL && a->vote_count < SL_VOTES_MAX && db_row(&rows))
        a->votes[a->vote_count++] = (struct vote_row){.identity = keep(k, &rows, 0),
                                                      .person = keep(k, &rows, 1),
                                                      .decision = keep(k, &rows, 2),
                                                      .reason = keep(k, &rows, 3),
                                                      .channel = keep(k, &rows, 4),
                                                      .credential = keep(k, &rows, 5),
                                                      .may = (uint32_t)db_u64(&rows, 6),
                                                      .at_us = db_u64(&rows, 7),
                                                      .passkey = keep(k, &rows, 8),
                                                      .in_place = keep(k, &rows, 9)};
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
    if (!sl_json_u64(out->detail, "escalate", &out->escalate_us))
        out->escalate_us = 0;
    out->shut = shut_of(json_object_get(out->detail, "decide_in"));
    SL_TRY(fill_requesters(k, out));
    SL_TRY(fill_requirements(k, out));
    SL_TRY(fill_votes(k, out));
    votes_mark_lapsed(k, out);
    return SL_OK;
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

/* Whose they are today: accounts that were linked since are one person. */
static struct sl_vote yes_of(struct keeper *k, const struct vote_row *vote)
{
    return (struct sl_vote){.person = person_of(k, vote->identity),
                            .may = vote->may,
                            .right = vote->in_place.n > 0 ? person_of(k, vote->in_place)
                                                          : vote->in_place};
}

size_t approval_yes(struct keeper *k, const struct approval *a, struct sl_vote **out)
{
    struct sl_vote *yes = sl_arena_array(k->mem, SL_VOTES_MAX, sizeof *yes);
    size_t count = 0;

    for (size_t i = 0; yes != NULL && i < a->vote_count; i++)
        if (sl_span_is(a->votes[i].decision, "approve") && a->votes[i].lapsed == NULL)
            yes[count++] = yes_of(k, &a->votes[i]);
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
