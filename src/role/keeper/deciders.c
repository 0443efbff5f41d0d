#include "role/keeper/eligible_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/away.h"
#include "role/keeper/credentials.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/people.h"

#include <stdlib.h>

/* Naming those who could decide.
 *
 * Lists ask about the same few people for hundreds of questions, and hundreds of consoles about the
 * same question at once: each is looked up once, and again after the next event, or a second later.
 * Of somebody with several credentials the oldest is asked about, which is the one that most
 * questions are younger than. */

enum { BELIEVED_US = 1000000 };

struct known {
    struct sl_decider who;
    struct sl_decide_credential with, with_passkey;
    bool decides;
};
/* Those of the requirements' people whose yes would be taken now, with what they may vote for, and
 * by the right of whom, who is away (empty: their own). */
struct found {
    struct sl_span names[64], in_place[64];
    uint32_t may[64];
    size_t count, more;
};

struct deciders {
    struct sl_arena *mem;
    struct sl_map *people;                  /* name -> struct known */
    uint64_t changes, generation, since_us; /* of the store, of the policy; when it was begun */
    char last[37];                          /* the approval that `found` is about; "": none */
    struct found found;
};

void deciders_free(struct deciders *d)
{
    if (d == NULL)
        return;
    sl_map_free(d->people);
    sl_arena_free(d->mem);
    free(d);
}

static struct deciders *deciders_new(const struct keeper *k)
{
    struct deciders *d = calloc(1, sizeof *d);

    if (d == NULL || sl_arena_new(&d->mem, ACTION_ARENA_BYTES) != SL_OK ||
        sl_map_new(&d->people, 0) != SL_OK) {
        deciders_free(d);
        return NULL;
    }
    d->changes = k->store.changes;
    d->generation = k->generation;
    d->since_us = sl_clock_us();
    return d;
}

static struct deciders *deciders_now(struct keeper *k)
{
    struct deciders *d = k->deciders;

    if (d != NULL && d->changes == k->store.changes && d->generation == k->generation &&
        sl_clock_us() - d->since_us < BELIEVED_US)
        return d;
    deciders_free(d);
    k->deciders = deciders_new(k);
    return k->deciders;
}

static bool credential_oldest(struct keeper *k, struct sl_span name, struct credential *out)
{
    struct credential one;
    uint64_t before_us = UINT64_MAX;
    bool found = false;

    while (credential_deciding(k, name, before_us, &one)) {
        *out = one;
        found = true;
        before_us = one.since_us;
    }
    return found;
}

static void fill_known(struct keeper *k, struct sl_span name, bool device_bound, struct known *out)
{
    struct person p;
    struct credential c;
    struct passkey passkey;

    if (person_get(k, name, &p) != SL_OK || !credential_oldest(k, name, &c))
        return;
    out->who = decider_of(k, &p);
    out->with = decides_with(k, &c);
    if (passkey_for(k, name, UINT64_MAX, device_bound, &passkey))
        credential_with_passkey(&c, &passkey);
    out->with_passkey = decides_with(k, &c);
    out->decides = true;
}

static const struct known *know(struct keeper *k, struct deciders *d, struct sl_span name,
                                bool device_bound)
{
    SL_BUF(key, 256);
    struct sl_arena *kept = k->mem;

    sl_buf_say(&key, "%s%S", device_bound ? "b" : "a", name);
    struct known *one = sl_map_get(d->people, sl_buf_span(&key));
    if (one != NULL)
        return one;
    k->mem = d->mem;
    one = SL_ARENA_NEW(k->mem, struct known);
    if (one != NULL) {
        fill_known(k, name, device_bound, one);
        if (sl_map_put(d->people, sl_arena_copy(k->mem, sl_buf_span(&key)), one) != SL_OK)
            one = NULL;
    }
    k->mem = kept;
    return one;
}

static void take(struct found *out, struct deciders *d, struct sl_span name,
                 struct sl_span in_place, uint32_t may)
{
    if (out->count == SL_COUNT(out->names)) {
        out->more++;
        return;
    }
    out->may[out->count] = may;
    out->in_place[out->count] = sl_arena_copy(d->mem, in_place);
    out->names[out->count++] = sl_arena_copy(d->mem, name);
}

/* The requirements that this one could vote for now; q has by whose right. */
static uint32_t would_count(struct keeper *k, struct deciders *d, const struct approval *a,
                            struct sl_decide_question *q, struct sl_span name)
{
    const struct known *one = know(k, d, name, a->device_bound);
    uint32_t may = 0;

    if (one == NULL || !one->decides)
        return 0;
    q->who = one->who;
    q->with = a->passkey ? one->with_passkey : one->with;
    return sl_decide_check(q, &may) == SL_DECIDE_YES ? may : 0;
}

/* Whoever is away is not named, though a yes of theirs would count; who stands in for them is. */
static void find_one(struct keeper *k, struct deciders *d, const struct approval *a,
                     struct sl_decide_question *q, struct sl_span name, const struct absences *away,
                     struct found *out)
{
    const struct absence *absence = absence_among(away, name);
    struct sl_span named = absence == NULL ? name : absence->stand_in;
    struct sl_stand_in lent;

    if (absence != NULL && (absence_among(away, named) != NULL || !stand_in_of(k, absence, &lent)))
        return;
    q->in_place = absence == NULL ? NULL : &lent;
    uint32_t may = would_count(k, d, a, q, named);
    q->in_place = NULL;
    if (may != 0)
        take(out, d, named, absence == NULL ? sl_span(NULL, 0) : name, may);
}

static void find(struct keeper *k, struct deciders *d, const struct approval *a, struct found *out)
{
    struct candidates c = {k, sl_arena_array(k->mem, MAX_CANDIDATES, sizeof *c.names), 0};
    struct sl_decide_question q = approval_question(k, a, sl_decide_channel_open(a->shut));
    struct absences away = absences_now(k, q.now_us);

    *out = (struct found){0};
    if (c.names == NULL)
        return;
    for (size_t i = 0; i < a->requirement_count; i++)
        candidates_add(&c, &a->requirements[i]);
    for (size_t i = 0; i < a->requirement_count && a->escalated_us != 0; i++)
        candidates_add(&c, &a->escalations[i]);
    q.own_right_only = away.count > 0 && own_right_only(k, a->protocol, a->barred, a->barred_count);
    for (size_t i = 0; i < c.count; i++)
        find_one(k, d, a, &q, c.names[i], &away, out);
}

static const struct found *found_of(struct keeper *k, const struct approval *a)
{
    static const struct found nobody;
    struct deciders *d = deciders_now(k);

    if (d == NULL || a->id.n != sizeof d->last - 1)
        return &nobody;
    if (memcmp(d->last, a->id.p, a->id.n) != 0) {
        find(k, d, a, &d->found);
        memcpy(d->last, a->id.p, a->id.n);
    }
    return &d->found;
}

enum { NAMED_AT_MOST = 6 };

/* "bob", "bob (standing in for carol)" */
static void put_name(struct sl_buf *b, const struct found *f, size_t i, const char *before)
{
    sl_buf_say(b, "%s%S", before, f->names[i]);
    if (f->in_place[i].n > 0)
        sl_buf_say(b, " (standing in for %S)", f->in_place[i]);
}

/* Somebody has one yes: by their own right if that does, else by the first that is lent. */
static bool named_otherwise(const struct found *f, size_t at, uint32_t bit)
{
    for (size_t i = 0; i < f->count; i++)
        if (i != at && (f->may[i] & bit) != 0 && sl_span_eq(f->names[i], f->names[at]) &&
            (f->in_place[i].n == 0 || (f->in_place[at].n > 0 && i < at)))
            return true;
    return false;
}

static bool put_names(struct sl_buf *b, const struct found *f, uint32_t bit)
{
    size_t named = 0, left = f->more;

    for (size_t i = 0; i < f->count; i++) {
        if ((f->may[i] & bit) == 0 || named_otherwise(f, i, bit))
            continue;
        if (named == NAMED_AT_MOST)
            left++;
        else
            put_name(b, f, i, named++ == 0 ? " of " : ", ");
    }
    if (named > 0 && left > 0)
        sl_buf_say(b, " and %U more", (uint64_t)left);
    return named > 0;
}

void deciders_text(struct sl_buf *b, struct keeper *k, const struct approval *a)
{
    const struct found *f = found_of(k, a);

    for (size_t i = 0; i < a->requirement_count; i++) {
        SL_BUF(names, 4096);

        sl_buf_put_str(b, i > 0 ? "; " : "");
        if (!put_names(&names, f, i < 32 ? 1u << i : 0)) {
            reviewers_text(b, &a->requirements[i], 1);
            continue;
        }
        sl_buf_say(b, "%u", a->requirements[i].need);
        sl_buf_put(b, sl_buf_span(&names));
    }
}

static bool is_named_before(const struct found *f, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (sl_span_eq(f->names[i], f->names[at]))
            return true;
    return false;
}

json_t *deciders_json(struct keeper *k, const struct approval *a)
{
    const struct found *f = found_of(k, a);
    json_t *array = json_array();

    for (size_t i = 0; i < f->count; i++)
        if (!is_named_before(f, i))
            json_array_append_new(array, json_stringn((const char *)f->names[i].p, f->names[i].n));
    return array;
}
