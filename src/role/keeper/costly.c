#include "role/keeper/keeper_int.h"

#include "role/keeper/call.h"

#include <stdlib.h>

/* Questions that take long (a search of the ledger, lineage, usage, an export's next piece): each
 * is bounded by itself, and here they are together. They wait in a row for their turn: one runs,
 * then the keeper has at least as long for everything else. Whoever was not asked for last comes
 * next, so one person's many questions make that person wait. What waits is the whole message; at
 * its turn it is handled from the beginning, so a credential that was revoked meanwhile is refused.
 */

enum {
    PERSON_BYTES = 4096,
    COSTLY_OF_ONE = 4, /* under way, of one person: the console's pages ask three at once */
    COSTLY_MAX = 256,
    REST_LEAST_MS = 1,
    REST_MOST_MS = 1000,
    PATIENCE_MS = 25 * 1000, /* a little less than the desk's */
};

struct costly {
    struct costly *next;
    uint64_t peer, since_us;
    struct sl_buf person, message;
};

struct costlies {
    struct costly *first;
    size_t count;
    struct sl_timer *timer;
    struct sl_buf last;   /* whose turn it was */
    uint64_t rest_end_us; /* nobody's turn before */
};

static void costly_free(struct costly *w)
{
    sl_secret_wipe(w->message.p, w->message.cap); /* a credential is in it */
    sl_buf_done(&w->message);
    sl_buf_done(&w->person);
    free(w);
}

void costlies_free(struct keeper *k)
{
    struct costlies *all = k->costlies;

    k->costlies = NULL;
    while (all != NULL && all->first != NULL) {
        struct costly *w = all->first;

        all->first = w->next;
        costly_free(w);
    }
    if (all != NULL) {
        sl_timer_free(all->timer);
        sl_buf_done(&all->last);
    }
    free(all);
}

bool costly_is(const char *method)
{
    static const char *const names[] = {
        "usage",          "audit",           "audit.export", "governance",
        "lineage.up",     "lineage.down",    "lineage.who",  "lineage.path",
        "lineage.impact", "lineage.attempts"}; /* of policy.shadow there is one in all */

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (strcmp(method, names[i]) == 0)
            return true;
    return false;
}

/* --- turns ------------------------------------------------------------------------------------ */

bool costly_may_run(struct keeper *k)
{
    const struct costlies *all = k->costlies;

    return all == NULL || (all->first == NULL && sl_clock_monotonic_us() >= all->rest_end_us);
}

void costly_ran(struct keeper *k, struct sl_span person, uint64_t took_us)
{
    struct costlies *all = k->costlies;
    uint64_t rest_ms = took_us / 1000 + REST_LEAST_MS;

    if (all == NULL)
        return;
    rest_ms = rest_ms < REST_MOST_MS ? rest_ms : REST_MOST_MS;
    all->rest_end_us = sl_clock_monotonic_us() + rest_ms * 1000;
    sl_buf_reset(&all->last);
    sl_buf_put(&all->last, person);
    if (all->first != NULL)
        sl_timer_arm(all->timer, rest_ms);
}

/* The oldest of somebody else than last time; else the oldest. */
static struct costly *take_next(struct costlies *all)
{
    struct costly **at = &all->first;

    while (*at != NULL && sl_span_eq(sl_buf_span(&(*at)->person), sl_buf_span(&all->last)))
        at = &(*at)->next;
    if (*at == NULL)
        at = &all->first;
    struct costly *w = *at;
    *at = w->next;
    all->count--;
    return w;
}

static void give_up(struct peer *p, const struct sl_msg_call *m)
{
    struct call c = {.keeper = p->keeper, .peer = p, .number = m->call};

    call_problem(&c, 503, "Too busy", "Too many such questions are being answered.",
                 "Try again in a moment.");
    late_done(&c);
}

static void run(struct keeper *k, const struct costly *w)
{
    struct peer *p = peer_by_serial(k, w->peer);
    struct sl_span body = sl_span_from(sl_buf_span(&w->message), SL_IPC_HEADER);
    struct sl_msg_call m;

    if (p == NULL || sl_msg_call_get(body, &m) != SL_OK)
        return; /* whoever asked is gone */
    if (sl_clock_monotonic_us() - w->since_us > PATIENCE_MS * 1000ull)
        give_up(p, &m);
    else
        call_at_its_turn(p, &m);
}

static void on_turn(void *owner)
{
    struct keeper *k = owner;

    if (k->costlies->first == NULL)
        return;
    struct costly *w = take_next(k->costlies);
    run(k, w);
    costly_free(w);
    sl_arena_reset(k->mem);
    if (k->costlies->first != NULL) /* also when nobody was there to be answered */
        sl_timer_arm(k->costlies->timer, REST_LEAST_MS);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static size_t under_way(const struct costlies *all, struct sl_span person)
{
    size_t count = 0;

    for (const struct costly *w = all->first; w != NULL; w = w->next)
        count += sl_span_eq(sl_buf_span(&w->person), person);
    return count;
}

static struct costly *costly_new(const struct call *c, const struct sl_msg_call *m)
{
    struct costly *w = calloc(1, sizeof *w);

    if (w == NULL)
        return NULL;
    *w = (struct costly){.peer = c->peer->serial,
                         .since_us = sl_clock_monotonic_us(),
                         .person = sl_buf(PERSON_BYTES),
                         .message = sl_buf(SL_IPC_MAX_BODY)};
    sl_buf_put(&w->person, c->who.person);
    sl_msg_call_put(&w->message, m);
    if (sl_buf_err(&w->message) == SL_OK && sl_buf_err(&w->person) == SL_OK)
        return w;
    costly_free(w);
    return NULL;
}

/* An export that goes on was let begin; the desk bounds their number. */
static bool goes_on(const struct call *c)
{
    return strcmp(c->method, "audit.export") == 0 && json_object_get(c->body, "size") != NULL;
}

bool costly_wait(struct call *c, const struct sl_msg_call *m)
{
    struct costlies *all = c->keeper->costlies;
    struct costly **at = &all->first, *w;

    if (!goes_on(c) && under_way(all, c->who.person) >= COSTLY_OF_ONE) {
        call_problem(c, 429, "One after another",
                     "Four such questions of yours are under way already.",
                     "Wait for their answers, then ask again.");
        return false;
    }
    w = all->count < COSTLY_MAX ? costly_new(c, m) : NULL;
    if (w == NULL) {
        call_problem(c, 503, "Too busy", "Too many such questions are being answered.",
                     "Try again in a moment.");
        return false;
    }
    while (*at != NULL)
        at = &(*at)->next;
    *at = w;
    if (all->count++ == 0) {
        uint64_t now_us = sl_clock_monotonic_us();

        sl_timer_arm(all->timer, all->rest_end_us > now_us
                                     ? (all->rest_end_us - now_us) / 1000 + REST_LEAST_MS
                                     : REST_LEAST_MS);
    }
    return true;
}

enum sl_err costlies_new(struct keeper *k)
{
    k->costlies = calloc(1, sizeof *k->costlies);
    if (k->costlies == NULL)
        return SL_EMEMORY;
    k->costlies->last = sl_buf(PERSON_BYTES);
    return sl_timer_new(k->loop, on_turn, k, &k->costlies->timer);
}
