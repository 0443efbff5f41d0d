#include "role/keeper/chat_kind.h"

#include <stdlib.h>

/* Decisions that wait for what the chat says of the person. */

enum { ASKED_MOST = 64 };

struct chat_asked {
    struct chat_asked *next;
    uint64_t id, until_us;
    struct sl_chat_input in; /* its own */
    struct chat_way way;
    char envelope[128];
    bool is_sent, again; /* the question; again: it could not be asked once, which was our fault */
};

static void asked_end(struct chat *h, struct chat_asked *asked)
{
    struct chat_asked **at = &h->asked;

    while (*at != asked)
        at = &(*at)->next;
    *at = asked->next;
    json_decref(asked->in.json);
    free(asked);
}

static void on_user(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct chat_asked *asked = NULL;
    struct chat *h = NULL;

    for (struct chat *at = chats_first(k); at != NULL; at = at->next_chat)
        for (struct chat_asked *a = at->asked; a != NULL; a = a->next)
            if (a->id == of) {
                asked = a;
                h = at;
            }
    if (asked == NULL)
        return; /* its time was over */
    asked->is_sent = false;
    bool known = false;
    SL_BUF(unsaid, 256);
    const char *why = h->kind->person_refused(h, got, asked->in.user, &known);
    if (!known && !asked->again && !h->kind->may_call(h)) {
        asked->again = true; /* by the sweep */
        return;
    }
    if (known)
        chat_check_note(h, asked->in.user, why);
    else {
        sl_buf_say(&unsaid, "%s does not say now who you are; try again, or decide in the console",
                   h->kind->product);
        why = sl_buf_text(&unsaid);
    }
    if (why != NULL)
        chat_refuse_form(k, h, &asked->in, &asked->way, why, false);
    else
        chat_act(k, h, &asked->in, &asked->way);
    asked_end(h, asked);
    sl_arena_reset(k->mem);
}

/* Where we have no token to ask with just now, the sweep asks when there is one. */
static void ask(struct keeper *k, struct chat *h, struct chat_asked *asked)
{
    if (asked->is_sent || !h->kind->may_call(h))
        return;
    asked->is_sent = true;
    h->kind->ask_person(k, h, &asked->in, &asked->way, on_user, asked->id);
}

void chat_ask_person(struct keeper *k, struct chat *h, struct sl_chat_input *in,
                     const struct chat_way *way)
{
    size_t count = 0;

    for (const struct chat_asked *a = h->asked; a != NULL; a = a->next)
        count++;
    struct chat_asked *asked = count < ASKED_MOST ? calloc(1, sizeof *asked) : NULL;
    if (asked == NULL || way->envelope.n >= sizeof asked->envelope) {
        free(asked);
        chat_refuse_form(k, h, in, way, "too many decide at this moment; try again", false);
        return;
    }
    *asked = (struct chat_asked){.next = h->asked,
                                 .id = ++k->next_call,
                                 .until_us = sl_clock_monotonic_us() +
                                             h->kind->answer_within_ms * UINT64_C(1000),
                                 .in = *in,
                                 .way = *way};
    if (way->envelope.n > 0)
        memcpy(asked->envelope, way->envelope.p, way->envelope.n);
    asked->way.envelope = sl_span(asked->envelope, way->envelope.n);
    h->asked = asked;
    in->json = NULL; /* it is the other's now */
    ask(k, h, asked);
}

void chat_asked_sweep(struct keeper *k, struct chat *h)
{
    uint64_t now_us = h->asked == NULL ? 0 : sl_clock_monotonic_us();

    for (struct chat_asked *a = h->asked, *next; a != NULL; a = next) {
        next = a->next;
        if (a->until_us > now_us) {
            ask(k, h, a);
            continue;
        }
        SL_BUF(why, 256);
        sl_buf_say(&why, "%s did not say in time who you are; try again, or decide in the console",
                   h->kind->product);
        chat_refuse_form(k, h, &a->in, &a->way, sl_buf_text(&why), false);
        asked_end(h, a);
    }
}

void chat_asked_free(struct keeper *k, struct chat *h)
{
    while (h->asked != NULL) {
        chat_refuse_form(k, h, &h->asked->in, &h->asked->way,
                         "Sluice's configuration has just changed; try again", false);
        asked_end(h, h->asked);
    }
}
