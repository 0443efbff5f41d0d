#include "role/keeper/scim.h"

#include "os/loop.h"
#include "role/keeper/call.h"

#include <stdlib.h>

/* Memberships that follow from what providers said, brought up to date for many people: for a few
 * milliseconds at once, then others have their turn. It is the same to do it twice, and each person
 * is looked at as they stand then: what came in between is not lost. Whoever asked hears when all
 * of it is done. */

enum { TURN_US = 10000, PAUSE_MS = 2, SWEEP_ROWS = 64, ID_ROOM = 64, MOST_OF_ONE = 8 };

struct scim_settling {
    char issuer[2048]; /* its `iss` */
    struct sl_map *users;
    struct late late;
    uint32_t status;
    json_t *answer;
    struct scim_settling *next;
};
struct scim_settler {
    struct sl_timer *timer;
    struct scim_settling *first; /* oldest first */
    bool sweeping;
    char after[ID_ROOM]; /* the last user that the sweep looked at */
    size_t after_bytes;
};

static bool is_time(uint64_t since_us)
{
    return sl_clock_us() - since_us > TURN_US;
}

/* --- one person ------------------------------------------------------------------------------ */

/* Of issuers that the configuration names no more, or whose tokens bring the groups: nothing. */
static void settle_one(struct keeper *k, struct sl_arena *alone, struct sl_span issuer,
                       struct sl_span id)
{
    struct sl_arena *kept = k->mem;
    const struct issuer *i = issuer_of_iss(k, issuer);
    struct scim_user u;

    if (i == NULL || i->config->groups_claim.n > 0)
        return;
    k->mem = alone;
    if (scim_user_get(k, issuer, id, &u) == SL_OK)
        scim_user_groups(k, i, &u);
    k->mem = kept;
    sl_arena_reset(alone);
}

static struct sl_arena *memory(void)
{
    struct sl_arena *alone = NULL;

    if (sl_arena_new(&alone, ACTION_ARENA_BYTES) != SL_OK)
        keeper_die("memberships could not be looked at", SL_EMEMORY);
    return alone;
}

/* --- what a request touches ------------------------------------------------------------------- */

bool scim_settle_is_busy(const struct keeper *k, const struct issuer *i)
{
    size_t waiting = 0;

    for (struct scim_settling *s = k->settler == NULL ? NULL : k->settler->first; s != NULL;
         s = s->next)
        waiting += sl_span_is(i->config->issuer, s->issuer);
    return waiting >= MOST_OF_ONE;
}

struct scim_settling *scim_settling_new(struct keeper *k, const struct issuer *i)
{
    struct scim_settling *s = calloc(1, sizeof *s);
    struct sl_span iss = i->config->issuer;
    uint64_t seed;

    (void)k;
    sl_random(&seed, sizeof seed);
    if (s == NULL || iss.n >= sizeof s->issuer || sl_map_new(&s->users, seed) != SL_OK)
        keeper_die("a group could not be changed", SL_EMEMORY);
    memcpy(s->issuer, iss.p, iss.n);
    return s;
}

void scim_settling_free(struct scim_settling *s)
{
    if (s == NULL)
        return;
    sl_map_free(s->users);
    json_decref(s->answer);
    free(s);
}

void scim_settling_add(struct scim_settling *s, struct sl_span user)
{
    if (sl_map_put(s->users, user, s) != SL_OK)
        keeper_die("a group could not be changed", SL_EMEMORY);
}

/* False: there was no time for all of them. */
static bool settle_some(struct keeper *k, struct scim_settling *s, uint64_t since_us)
{
    SL_FREED_BY(sl_arena) struct sl_arena *alone = memory();
    struct sl_span id;
    void *value;
    size_t at = 0;

    while (sl_map_next(s->users, &at, &id, &value)) {
        settle_one(k, alone, sl_span_str(s->issuer), id);
        sl_map_remove(s->users, id);
        if (is_time(since_us))
            break;
    }
    return sl_map_count(s->users) == 0;
}

bool scim_settle(struct call *c, struct scim_settling *s, uint32_t status, json_t *answer)
{
    struct scim_settler *all = c->keeper->settler;
    bool now = all == NULL || c->peer == NULL, done;

    do
        done = settle_some(c->keeper, s, sl_clock_us());
    while (now && !done);
    if (done) {
        scim_settling_free(s);
        return true;
    }
    call_defer(c, &s->late);
    s->status = status;
    s->answer = answer;
    struct scim_settling **end = &all->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = s;
    sl_timer_arm(all->timer, PAUSE_MS);
    return false;
}

/* --- everybody -------------------------------------------------------------------------------- */

struct found {
    struct sl_span issuer, id;
};

static size_t next_ones(struct keeper *k, struct found out[SWEEP_ROWS])
{
    const struct scim_settler *all = k->settler;
    struct db_rows rows = db_ask(k->store.db, DB_SCIM_USERS_FROM, "si",
                                 sl_span(all->after, all->after_bytes), (uint64_t)SWEEP_ROWS);
    size_t count = 0;

    while (count < SWEEP_ROWS && db_row(&rows))
        out[count++] = (struct found){sl_arena_copy(k->mem, db_span(&rows, 0)),
                                      sl_arena_copy(k->mem, db_span(&rows, 1))};
    db_end(&rows);
    return count;
}

static void remember(struct scim_settler *all, struct sl_span id)
{
    SL_PROMISE(id.n <= sizeof all->after); /* we made it */
    memcpy(all->after, id.p, id.n);
    all->after_bytes = id.n;
}

static void sweep(struct keeper *k, uint64_t since_us)
{
    SL_FREED_BY(sl_arena) struct sl_arena *alone = memory();
    struct found some[SWEEP_ROWS];
    size_t count = next_ones(k, some);

    for (size_t i = 0; i < count; i++) {
        settle_one(k, alone, some[i].issuer, some[i].id);
        remember(k->settler, some[i].id);
        if (is_time(since_us))
            return;
    }
    k->settler->sweeping = count == SWEEP_ROWS;
}

/* --- turns ------------------------------------------------------------------------------------ */

static void on_turn(void *owner)
{
    struct keeper *k = owner;
    struct scim_settler *all = k->settler;
    struct scim_settling *s = all->first;
    uint64_t since_us = sl_clock_us();

    if (s != NULL && settle_some(k, s, since_us)) {
        all->first = s->next;
        late_answer(k, &s->late, s->status, s->answer);
        s->answer = NULL;
        scim_settling_free(s);
    }
    if (all->sweeping)
        sweep(k, sl_clock_us());
    if (all->first != NULL || all->sweeping)
        sl_timer_arm(all->timer, PAUSE_MS);
    sl_arena_reset(k->mem);
}

void scim_settle_all(struct keeper *k)
{
    k->settler->after_bytes = 0;
    k->settler->sweeping = true;
    sl_timer_arm(k->settler->timer, PAUSE_MS);
}

enum sl_err scim_settle_begin(struct keeper *k)
{
    k->settler = calloc(1, sizeof *k->settler);
    if (k->settler == NULL)
        return SL_EMEMORY;
    SL_TRY(sl_timer_new(k->loop, on_turn, k, &k->settler->timer));
    scim_settle_all(k);
    return SL_OK;
}

void scim_settle_free(struct keeper *k)
{
    struct scim_settler *all = k->settler;

    if (all == NULL)
        return;
    while (all->first != NULL) {
        struct scim_settling *s = all->first;

        all->first = s->next;
        scim_settling_free(s);
    }
    sl_timer_free(all->timer);
    free(all);
    k->settler = NULL;
}
