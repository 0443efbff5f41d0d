#include "role/keeper/waiters.h"

#include "role/keeper/approval.h"
#include "role/keeper/glass.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/sessions.h"

#include <stdlib.h>

/* Clients that wait for an approval, in the order in which they came. */

static struct sl_span id_of(const struct waiter *w)
{
    return sl_span(w->approval, 36);
}

struct waiter *waiter_add(struct keeper *k, const struct session *s, uint64_t action,
                          struct sl_span approval, struct sl_span meaning)
{
    struct waiter **end = &k->waiters, *w = calloc(1, sizeof *w);

    if (w == NULL || approval.n != 36)
        keeper_die("a waiting client could not be noted", SL_EMEMORY);
    *w = (struct waiter){.session = s->id,
                         .action = action,
                         .gate = s->gate,
                         .generation = k->generation,
                         .label_version = k->label_version,
                         .meaning = sl_buf(SL_MEANING_MAX_BYTES)};
    memcpy(w->approval, approval.p, 36);
    sl_buf_put(&w->meaning, meaning);
    if (sl_buf_err(&w->meaning) != SL_OK)
        keeper_die("a waiting client could not be noted", sl_buf_err(&w->meaning));
    while (*end != NULL)
        end = &(*end)->next;
    *end = w;
    return w;
}

struct waiter *waiter_find(struct keeper *k, uint32_t gate, uint64_t action)
{
    for (struct waiter *w = k->waiters; w != NULL; w = w->next)
        if (w->gate == gate && w->action == action)
            return w;
    return NULL;
}

void waiter_remove(struct keeper *k, struct waiter *w)
{
    for (struct waiter **at = &k->waiters; *at != NULL; at = &(*at)->next) {
        if (*at != w)
            continue;
        *at = w->next;
        sl_buf_done(&w->meaning);
        free(w);
        return;
    }
}

void waiter_withdraw(struct keeper *k, uint32_t gate, uint64_t action)
{
    struct waiter *w = waiter_find(k, gate, action);

    if (w != NULL)
        w->withdrawn = true;
}

size_t waiters_of_session(struct keeper *k, uint64_t session)
{
    size_t count = 0;

    for (struct waiter *w = k->waiters; w != NULL; w = w->next)
        count += w->session == session;
    return count;
}

size_t waiters_of(struct keeper *k, struct sl_span approval)
{
    size_t count = 0;

    for (struct waiter *w = k->waiters; w != NULL; w = w->next)
        count += sl_span_eq(id_of(w), approval);
    return count;
}

void waiters_refuse(struct keeper *k, const struct approval *a, struct sl_span who, const char *why,
                    const char *hint)
{
    struct sl_span rule = a->requirement_count > 0 ? a->rules[0] : sl_span(NULL, 0);

    for (struct waiter *w = k->waiters, *next; w != NULL; w = next) {
        next = w->next;
        if (!sl_span_eq(id_of(w), a->id))
            continue;
        ANSWER_GATE(k, w->gate, action_refused, .action = w->action, .sqlstate = SL_SPAN("42501"),
                    .approval = a->id, .rule = rule, .who = who, .why = sl_span_str(why),
                    .hint = sl_span_str(hint));
        waiter_remove(k, w);
    }
}

void waiters_tell(struct keeper *k, const struct approval *a, struct sl_span who,
                  struct sl_span text)
{
    for (struct waiter *w = k->waiters; w != NULL; w = w->next)
        if (sl_span_eq(id_of(w), a->id))
            ANSWER_GATE(k, w->gate, action_note, .action = w->action, .approval = a->id, .who = who,
                        .text = text);
}

/* One grant runs one action: whoever else waited for it asks anew. */
void waiters_ask_again(struct keeper *k, struct sl_span approval)
{
    for (struct waiter *w = k->waiters, *next; w != NULL; w = next) {
        next = w->next;
        if (!sl_span_eq(id_of(w), approval))
            continue;
        ANSWER_GATE(k, w->gate, action_stale, .action = w->action);
        waiter_remove(k, w);
    }
}

/* The offer goes out at once, before the decision is on the disk: it lets nothing run. */
static void offer(struct keeper *k, struct peer *gate, struct waiter *w)
{
    w->offered = true;
    if (gate->outbox.n > 0) {
        ANSWER(gate, action_offer, .action = w->action, .approval = id_of(w));
        return;
    }
    SL_SEND(gate->channel, action_offer, .action = w->action, .approval = id_of(w));
    k->offered = gate;
}

static void granted_leaf(struct keeper *k, const struct approval *a, const struct waiter *w)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_GRANTED,
                                                             .time_us = sl_clock_us(),
                                                             .approval = a->id,
                                                             .digest = a->digest,
                                                             .session = w->session,
                                                             .action = w->action});
    store_leaf(&k->store, &leaf, false, NULL);
}

/* Whoever waits hears that it runs by one person's word, whose, and why: before it does. */
static void tell_of_glass(struct keeper *k, const struct approval *a, const struct waiter *w)
{
    struct exception e;

    if (exception_get(k, a->id, &e) == SL_OK && sl_span_is(e.kind, "break_glass"))
        ANSWER_GATE(k, w->gate, action_note, .action = w->action, .alone = 1, .approval = a->id,
                    .who = e.identity, .text = e.reason);
}

void waiters_offer(struct keeper *k, const struct approval *a)
{
    for (struct waiter *w = k->waiters; w != NULL; w = w->next)
        if (w->offered && sl_span_eq(id_of(w), a->id))
            return; /* somebody is about to spend it */
    for (struct waiter *w = k->waiters; w != NULL; w = w->next) {
        struct peer *gate = peer_find(k, SL_ROLE_GATE, w->gate);

        if (gate == NULL || !sl_span_eq(id_of(w), a->id))
            continue;
        granted_leaf(k, a, w);
        tell_of_glass(k, a, w);
        offer(k, gate, w);
        return;
    }
}

/* Its grant, if it was offered one, goes to the next in line. */
void waiters_drop_session(struct keeper *k, uint64_t session)
{
    for (struct waiter *w = k->waiters, *next; w != NULL; w = next) {
        next = w->next;
        if (w->session != session)
            continue;
        bool offered = w->offered;
        struct sl_span id = sl_arena_copy(k->mem, id_of(w));
        waiter_remove(k, w);
        APPROVAL(a);
        if (approval_get(k, id, &a) != SL_OK)
            continue;
        keeper_event(k, "left", a.id, a.state);
        if (offered && a.state == SL_APPROVAL_APPROVED)
            waiters_offer(k, &a);
    }
}
