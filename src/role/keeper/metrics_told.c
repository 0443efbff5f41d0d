#include "role/keeper/metrics_int.h"

#include "role/keeper/chat.h"
#include "role/keeper/hooks.h"

/* Who else is told, in numbers: hooks and chats. Their names are of the configuration, sixteen of
 * each at most; no channel and no person is among the labels. */

struct kind {
    const char *name, *type, *help;
};

static uint64_t hook_number(struct keeper *k, const struct hook *h, unsigned what)
{
    switch (what) {
    case 0:
        return hook_behind(k, h);
    case 1:
        return hook_dead_count(k, h);
    case 2:
        return h->told;
    default:
        return h->failed;
    }
}

static void put_hooks(struct keeper *k, struct sl_buf *b)
{
    static const struct kind kinds[] = {
        {"sluice_hook_behind_entries", "gauge", "Entries of the ledger that a hook was not told."},
        {"sluice_hook_dead_letters", "gauge", "Entries that the receiver of a hook refused."},
        {"sluice_hook_messages_total", "counter", "Messages that were taken, since the start."},
        {"sluice_hook_failures_total", "counter", "Attempts that were not, since the start."}};

    for (unsigned i = 0; i < SL_COUNT(kinds) && k->config->hook_count > 0; i++) {
        metrics_head(b, kinds[i].name, kinds[i].type, kinds[i].help);
        for (size_t n = 0; n < k->config->hook_count; n++) {
            const struct hook *h = hook_named(k, k->config->hooks[n].name);
            if (h != NULL)
                metrics_labelled(b, kinds[i].name, "hook", h->config->name, hook_number(k, h, i));
        }
    }
}

static uint64_t chat_number(const struct chat *h, unsigned what)
{
    switch (what) {
    case 0:
        return h->told;
    case 1:
        return h->failed;
    default:
        return h->job_count;
    }
}

/* The last hold that was told: from the moment it was asked to the chat's answer. */
static void put_delay(struct keeper *k, struct sl_buf *b)
{
    static const char name[] = "sluice_chat_hold_to_message_seconds";

    metrics_head(b, name, "gauge", "From the last hold that was told to the chat's answer.");
    for (const struct chat *h = chats_first(k); h != NULL; h = h->next_chat)
        if (h->delay_us > 0)
            metrics_labelled_seconds(b, name, "chat", h->config->name, h->delay_us);
}

static void put_chats(struct keeper *k, struct sl_buf *b)
{
    static const struct kind kinds[] = {
        {"sluice_chat_messages_total", "counter",
         "Messages, and changes of them, that a chat took, since the start."},
        {"sluice_chat_failures_total", "counter",
         "Those that a chat refused, and attempts while it was away, since the start."},
        {"sluice_chat_waiting_messages", "gauge", "Messages that a chat was not told yet."}};

    for (unsigned i = 0; i < SL_COUNT(kinds); i++) {
        metrics_head(b, kinds[i].name, kinds[i].type, kinds[i].help);
        for (const struct chat *h = chats_first(k); h != NULL; h = h->next_chat)
            metrics_labelled(b, kinds[i].name, "chat", h->config->name, chat_number(h, i));
    }
    put_delay(k, b);
}

void metrics_told(struct keeper *k, struct sl_buf *b)
{
    put_hooks(k, b);
    if (chats_first(k) != NULL)
        put_chats(k, b);
}

/* Of many in one message the first counts, which has waited longest. */
void chat_note_delay(struct keeper *k, struct chat *h, const struct chat_job *job)
{
    APPROVAL(a);
    bool is_new = job->ts[0] == '\0' && (job->what == CHAT_CARD || job->what == CHAT_GROUP);
    uint64_t now_us = sl_clock_us();

    if (is_new &&
        approval_get(k, sl_span_str(job->many_count > 0 ? job->many[0] : job->approval), &a) ==
            SL_OK &&
        now_us > a.asked_us)
        h->delay_us = now_us - a.asked_us;
}
