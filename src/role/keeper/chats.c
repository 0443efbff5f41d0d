#include "role/keeper/chat_int.h"

#include <stdlib.h>

/* Which chats there are, what they are called with, and when something has to be done. */

enum {
    LOOK_AGAIN_MS = 50,
    LOOK_MOST = 100,
    SPELT_BYTES = 4096,
    DIRTY_MOST = 100 * 1000, /* beyond that all that is open is looked at */
};

struct chats {
    struct chat *first;
    uint64_t next_id;
    struct sl_timer *timer;
    char (*dirty)[37]; /* approvals that something happened to */
    size_t dirty_count, dirty_room;
    bool all; /* every approval that is open, or that a message is not done with */
};

/* --- finding ------------------------------------------------------------------------------------
 */

struct chat *chats_first(const struct keeper *k)
{
    return k->chats == NULL ? NULL : k->chats->first;
}

struct chat *chat_named(struct keeper *k, struct sl_span name)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat)
        if (sl_span_eq(h->config->name, name))
            return h;
    return NULL;
}

struct chat *chat_by_id(struct keeper *k, uint64_t id)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat)
        if (h->id == id)
            return h;
    return NULL;
}

/* --- what has to be looked at -------------------------------------------------------------------
 */

void chats_wake(struct keeper *k)
{
    if (chats_first(k) != NULL)
        sl_timer_arm(k->chats->timer, 0);
}

void chats_touch(struct keeper *k, struct sl_span approval)
{
    struct chats *all = k->chats;

    if (chats_first(k) == NULL || approval.n != sizeof all->dirty[0] - 1)
        return;
    chats_wake(k);
    if (all->dirty_count == all->dirty_room && all->dirty_room < DIRTY_MOST) {
        size_t room = all->dirty_room == 0 ? 64 : all->dirty_room * 2;
        void *more = realloc(all->dirty, room * sizeof *all->dirty);

        if (more != NULL) {
            all->dirty = more;
            all->dirty_room = room;
        }
    }
    if (all->dirty_count == all->dirty_room) {
        all->all = true;
        return;
    }
    memcpy(all->dirty[all->dirty_count], approval.p, approval.n);
    all->dirty[all->dirty_count++][approval.n] = '\0';
}

static void plan_one(void *owner, struct approval *a)
{
    chat_plan(owner, a);
}

static void look_at_all(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_CHAT_DUE, "");

    k->chats->all = false;
    while (db_row(&rows))
        chats_touch(k, db_span(&rows, 0));
    db_end(&rows);
}

void chats_look_again(struct keeper *k)
{
    if (k->chats != NULL)
        k->chats->all = true;
    chats_wake(k);
}

/* Some at a time: others want the keeper too. True: there are more. */
static bool look(struct keeper *k)
{
    struct chats *all = k->chats;

    if (all->all)
        look_at_all(k);
    size_t n = all->dirty_count < LOOK_MOST ? all->dirty_count : LOOK_MOST;
    for (size_t i = 0; i < n; i++) {
        struct sl_span id = sl_span_str(all->dirty[i]);

        if (i > 0 && strcmp(all->dirty[i], all->dirty[i - 1]) == 0)
            continue;
        approvals_each(k, &id, 1, plan_one, k);
    }
    all->dirty_count -= n;
    if (n > 0)
        memmove(all->dirty, all->dirty + n, all->dirty_count * sizeof *all->dirty);
    return all->dirty_count > 0;
}

static void on_timer(void *owner)
{
    struct keeper *k = owner;
    bool more = look(k);

    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat)
        more |= chat_turn(k, h);
    if (more)
        sl_timer_arm(k->chats->timer, LOOK_AGAIN_MS);
    sl_arena_reset(k->mem);
}

/* --- life ---------------------------------------------------------------------------------------
 */

void chats_tick(struct keeper *k)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat) {
        if (!chat_is_ready(h) && h->secrets_due_us <= sl_clock_monotonic_us())
            chat_secrets_ask(k, h, false);
        if (h->kind->tick != NULL)
            h->kind->tick(k, h);
        chat_asked_sweep(k, h);
    }
}

void chats_courier_here(struct keeper *k)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat) {
        h->due_us = h->socket_due_us = 0;
        if (h->kind->courier_here != NULL)
            h->kind->courier_here(h);
    }
    chats_wake(k);
}

void chats_courier_gone(struct keeper *k)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat) {
        memset(h->sockets, 0, sizeof h->sockets);
        h->socket_asked = false;
    }
}

static void chat_free(struct keeper *k, struct chat *h)
{
    chat_secrets_free(h);
    chat_input_free(k, h); /* it may have somebody told why */
    while (h->jobs != NULL)
        chat_job_end(h, h->jobs);
    while (h->places != NULL) {
        struct chat_place *p = h->places;

        h->places = p->next;
        free(p);
    }
    chat_checked_free(h);
    if (h->kind->end != NULL)
        h->kind->end(k, h);
    sl_buf_done(&h->name);
    sl_buf_done(&h->api);
    sl_buf_done(&h->whose);
    free(h);
}

static const struct chat_kind *kind_of(const struct sl_chat *config)
{
    return config->kind == SL_CHAT_SLACK   ? &chat_slack
           : config->kind == SL_CHAT_TEAMS ? &chat_teams
                                           : &chat_workflow;
}

/* Whose chat it is, and who we are in it. */
static void put_whose(struct sl_buf *b, const struct sl_chat *config)
{
    sl_buf_say(b, "%S %S", config->whose, config->app);
}

static struct chat *chat_new(struct keeper *k, const struct sl_chat *config)
{
    struct chat *h = calloc(1, sizeof *h);

    if (h == NULL)
        keeper_die("a chat could not be noted", SL_EMEMORY);
    *h = (struct chat){.id = ++k->chats->next_id,
                       .config = config,
                       .kind = kind_of(config),
                       .mode = config->mode,
                       .name = sl_buf(SPELT_BYTES),
                       .api = sl_buf(SPELT_BYTES),
                       .whose = sl_buf(SPELT_BYTES)};
    sl_buf_put(&h->name, config->name);
    sl_buf_put(&h->api, config->api);
    put_whose(&h->whose, config);
    h->jobs_end = &h->jobs;
    for (size_t i = 0; i < CHAT_SECRETS; i++)
        h->secrets[i] = sl_buf(CHAT_SECRET_BYTES);
    if (h->kind->begin != NULL)
        h->kind->begin(h);
    return h;
}

/* The same chat as before a reload? Then what is under way to it stays, and is recorded when it is
 * answered: else it would be told twice. */
static bool is_same(const struct chat *h, const struct sl_chat *config)
{
    SL_BUF(whose, SPELT_BYTES);

    put_whose(&whose, config);
    return h->kind == kind_of(config) && sl_span_eq(sl_buf_span(&h->name), config->name) &&
           sl_span_eq(sl_buf_span(&h->api), config->api) &&
           sl_span_eq(sl_buf_span(&h->whose), sl_buf_span(&whose)) && h->mode == config->mode;
}

/* Nothing may lead there any more; and where something does, whoever mended it is not kept waiting.
 * What the chat itself said of its pace stays. */
static void open_places(struct chat *h)
{
    for (struct chat_place *p = h->places; p != NULL; p = p->next)
        if (p->why[0] != '\0')
            chat_place_open(h, p->channel);
}

static struct chat *taken_over(struct chat **before, const struct sl_chat *config)
{
    for (struct chat **at = before; *at != NULL; at = &(*at)->next_chat)
        if (is_same(*at, config)) {
            struct chat *h = *at;

            *at = h->next_chat;
            h->config = config;
            open_places(h);
            return h;
        }
    return NULL;
}

static void chats_begin(struct keeper *k)
{
    k->chats = calloc(1, sizeof *k->chats);
    if (k->chats == NULL || sl_timer_new(k->loop, on_timer, k, &k->chats->timer) != SL_OK)
        keeper_die("chats could not be noted", SL_EMEMORY);
}

/* Which messages are there is in the view; whatever else was known of a chat that is gone is
 * forgotten. Secrets are read anew; until they are here the old ones are used. */
void chats_take(struct keeper *k)
{
    if (k->chats == NULL)
        chats_begin(k);
    struct chat *before = k->chats->first;
    k->chats->first = NULL;
    for (size_t n = k->config->chat_count; n-- > 0;) {
        struct chat *h = taken_over(&before, &k->config->chats[n]);

        if (h == NULL)
            h = chat_new(k, &k->config->chats[n]);
        h->next_chat = k->chats->first;
        k->chats->first = h;
        chat_secrets_ask(k, h, true);
    }
    while (before != NULL) {
        struct chat *h = before;

        before = h->next_chat;
        chat_free(k, h);
    }
    k->chats->all = true;
    chats_wake(k);
}

void chats_free(struct keeper *k)
{
    if (k->chats == NULL)
        return;
    while (k->chats->first != NULL) {
        struct chat *h = k->chats->first;

        k->chats->first = h->next_chat;
        chat_free(k, h);
    }
    sl_timer_free(k->chats->timer);
    free(k->chats->dirty);
    free(k->chats);
    k->chats = NULL;
}
