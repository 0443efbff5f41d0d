#include "role/keeper/keeper_int.h"

#include "role/keeper/call.h"

#include <stdlib.h>

/* Questions that take long (a search of the ledger, lineage, usage, an export's next piece), and
 * those that take a moment but may be asked on and on (approvals, with statements of 16 MB and what
 * would come of them): each is bounded by itself, and here they are together. Either kind waits in
 * a row for its turn: one runs, then the keeper has at least as long for everything else. Turns
 * come in rounds, one of each person in each, so one person's many questions make that person wait.
 * What waits is the whole message; at its turn it is handled from the beginning, so a credential
 * that was revoked meanwhile is refused.
 *
 * Two rows, so that nobody's inbox waits for somebody's search.
 */

enum {
    PERSON_BYTES = 4096,
    REST_LEAST_MS = 1,
    REST_MOST_MS = 1000,
    PATIENCE_MS = 25 * 1000, /* a little less than the desk's */
};

enum kind { LONG, SHORT, KINDS };

static const struct {
    size_t of_one, in_all; /* that wait, of one person and of everybody */
    const char *too_many;
} bounds[KINDS] = {
    [LONG] = {4, 256,
              "Four such questions of yours are under way already."}, /* the console's pages
                                                                          ask three at once */
    [SHORT] = {256, 2048,
               "Too many such questions of yours are under way already."}, /* a program has
                                    200 approvals, and may look at all of them at once */
};

struct costly {
    struct costly *next;
    uint64_t peer, since_us, round;
    struct sl_buf person, message;
};

struct row {
    struct keeper *keeper;
    struct costly *first;
    size_t count;
    struct sl_timer *timer;
    uint64_t round;       /* of the turn that was the last */
    uint64_t rest_end_us; /* nobody's turn before */
};

struct costlies {
    struct row rows[KINDS];
};

static void costly_free(struct costly *w)
{
    sl_secret_wipe(w->message.p, w->message.cap); /* a credential is in it */
    sl_buf_done(&w->message);
    sl_buf_done(&w->person);
    free(w);
}

static void row_done(struct row *row)
{
    while (row->first != NULL) {
        struct costly *w = row->first;

        row->first = w->next;
        costly_free(w);
    }
    sl_timer_free(row->timer);
}

void costlies_free(struct keeper *k)
{
    for (size_t i = 0; k->costlies != NULL && i < KINDS; i++)
        row_done(&k->costlies->rows[i]);
    free(k->costlies);
    k->costlies = NULL;
}

static bool is_among(const char *method, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(method, names[i]) == 0)
            return true;
    return false;
}

static enum kind kind_of(const char *method)
{
    static const char *const names[] = {"approval.get", "approval.list"};

    return is_among(method, names, SL_COUNT(names)) ? SHORT : LONG;
}

static struct row *row_of(const struct call *c)
{
    return &c->keeper->costlies->rows[kind_of(c->method)];
}

bool costly_is(const struct call *c)
{
    static const char *const names[] = {
        "usage",          "audit",           "audit.export", "governance",
        "lineage.up",     "lineage.down",    "lineage.who",  "lineage.path",
        "lineage.impact", "lineage.attempts"}; /* of policy.shadow there is one in all */

    if (kind_of(c->method) == SHORT)
        return !json_is_true(json_object_get(c->body, "brief"));
    return is_among(c->method, names, SL_COUNT(names));
}

/* --- turns ------------------------------------------------------------------------------------ */

bool costly_may_run(const struct call *c)
{
    if (c->keeper->costlies == NULL)
        return true;
    const struct row *row = row_of(c);
    return row->first == NULL && sl_clock_monotonic_us() >= row->rest_end_us;
}

void costly_ran(const struct call *c, uint64_t took_us)
{
    uint64_t rest_ms = took_us / 1000 + REST_LEAST_MS;

    if (c->keeper->costlies == NULL)
        return;
    struct row *row = row_of(c);
    rest_ms = rest_ms < REST_MOST_MS ? rest_ms : REST_MOST_MS;
    row->rest_end_us = sl_clock_monotonic_us() + rest_ms * 1000;
}

static void wait_for_turn(struct row *row)
{
    uint64_t now_us = sl_clock_monotonic_us();

    sl_timer_arm(row->timer, row->rest_end_us > now_us
                                 ? (row->rest_end_us - now_us) / 1000 + REST_LEAST_MS
                                 : REST_LEAST_MS);
}

/* The oldest of the first round. */
static struct costly *take_next(struct row *row)
{
    struct costly **best = &row->first;

    for (struct costly **at = best; *at != NULL; at = &(*at)->next)
        if ((*at)->round < (*best)->round)
            best = at;
    struct costly *w = *best;
    *best = w->next;
    row->count--;
    row->round = w->round;
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
    struct row *row = owner;

    if (row->first == NULL)
        return;
    struct costly *w = take_next(row);
    run(row->keeper, w);
    costly_free(w);
    sl_arena_reset(row->keeper->mem);
    if (row->first != NULL) /* also when nobody was there to be answered */
        wait_for_turn(row);
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* How many wait of this person, and in which round the next one's turn is. */
static size_t waiting_of(const struct row *row, struct sl_span person, uint64_t *round)
{
    size_t count = 0;

    *round = row->round;
    for (const struct costly *w = row->first; w != NULL; w = w->next) {
        if (!sl_span_eq(sl_buf_span(&w->person), person))
            continue;
        count++;
        *round = w->round >= *round ? w->round + 1 : *round;
    }
    return count;
}

static struct costly *costly_new(const struct call *c, const struct sl_msg_call *m, uint64_t round)
{
    struct costly *w = calloc(1, sizeof *w);

    if (w == NULL)
        return NULL;
    *w = (struct costly){.peer = c->peer->serial,
                         .since_us = sl_clock_monotonic_us(),
                         .round = round,
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

static void put_last(struct row *row, struct costly *w)
{
    struct costly **at = &row->first;

    while (*at != NULL)
        at = &(*at)->next;
    *at = w;
    if (row->count++ == 0)
        wait_for_turn(row);
}

bool costly_wait(struct call *c, const struct sl_msg_call *m)
{
    enum kind kind = kind_of(c->method);
    struct row *row = row_of(c);
    uint64_t round;
    size_t waiting = waiting_of(row, c->who.person, &round);

    if (!goes_on(c) && waiting >= bounds[kind].of_one) {
        call_problem(c, 429, "One after another", bounds[kind].too_many,
                     "Wait for their answers, then ask again.");
        return false;
    }
    struct costly *w = row->count < bounds[kind].in_all ? costly_new(c, m, round) : NULL;
    if (w == NULL) {
        call_problem(c, 503, "Too busy", "Too many such questions are being answered.",
                     "Try again in a moment.");
        return false;
    }
    put_last(row, w);
    return true;
}

enum sl_err costlies_new(struct keeper *k)
{
    k->costlies = calloc(1, sizeof *k->costlies);
    if (k->costlies == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < KINDS; i++) {
        k->costlies->rows[i].keeper = k;
        SL_TRY(sl_timer_new(k->loop, on_turn, &k->costlies->rows[i], &k->costlies->rows[i].timer));
    }
    return SL_OK;
}
