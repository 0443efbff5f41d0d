#include "role/keeper/hooks.h"

/* Is it the receiver that is ill, or one entry that it dislikes? Whoever can write an entry that a
 * firewall in front of the receiver refuses would else hold up all that comes behind.
 *
 * A webhook that has answered an entry twice, and did not take it, is told one of those that wait
 * behind: any of them, so that nobody can put the next bad one in its place. If it takes that one,
 * the other goes to the dead letters. What was told early comes again in its turn, with the same
 * id, as any other that is told twice.
 *
 * A receiver that is busy, restarts, or says when it wants to be asked says nothing of an entry: it
 * is left alone for as long as the plan has, or it wants. */

enum { PROBE_AFTER = 2, PROBES = 3 /* after each attempt: what is picked may be a bad one too */ };
enum { PROBE_WAIT_MS = 5000, ASKED_FOR_MOST_S = 3600 };

/* Might others be taken that come behind? */
static bool is_about_the_entry(const struct fetched *got)
{
    static const uint32_t about_itself[] = {408, 425, 429, 503};

    if (got->status == 0 || got->uncalled || got->retry_after_s > 0)
        return false;
    for (size_t i = 0; i < SL_COUNT(about_itself); i++)
        if (got->status == about_itself[i])
            return false;
    return true;
}

static void look_soon(struct hook *h)
{
    h->probe_due = true;
    h->due_us = sl_clock_monotonic_us() + PROBE_WAIT_MS * UINT64_C(1000);
}

/* It is the receiver: the plan goes on, and not before it wants to be asked. */
static void blame_nobody(struct hook *h, uint64_t retry_after_s)
{
    uint64_t asked_s = retry_after_s < ASKED_FOR_MOST_S ? retry_after_s : ASKED_FOR_MOST_S;
    uint64_t asked_us = sl_clock_monotonic_us() + asked_s * UINT64_C(1000000);

    if (asked_s > 0 && asked_us > h->plan_us)
        h->plan_us = asked_us;
    h->due_us = h->plan_us;
}

void hook_suspects(struct hook *h, const struct fetched *got)
{
    h->probes = 0;
    h->probe_due = false;
    if (hook_waits_for(h, h->from) && h->config->format == SL_HOOK_CLOUDEVENTS &&
        h->attempts >= PROBE_AFTER && is_about_the_entry(got))
        look_soon(h);
}

static void on_probed(struct keeper *k, uint64_t id, const struct fetched *got)
{
    struct hook *h = hook_by_id(k, id);

    if (h == NULL)
        return;
    h->busy = false;
    h->answered_us = sl_clock_us();
    if (sl_hook_verdict_of(h->config->format, got->status) == SL_HOOK_TOLD) {
        h->told++;
        if (h->next == h->from) /* nobody gave it up meanwhile */
            hook_dislikes(k, h);
        return;
    }
    h->failed++;
    if (!hook_waits_for(h, h->from))
        return;
    if (is_about_the_entry(got) && ++h->probes < PROBES)
        look_soon(h);
    else
        blame_nobody(h, got->retry_after_s);
}

/* From there on, whatever the hook's `events` have. */
static bool probe_from(struct keeper *k, struct hook *h, uint64_t entry, uint64_t end)
{
    struct hook_message m = {.body = sl_buf(HOOK_BODY_BYTES), .id = sl_buf(SL_HOOK_ID_MAX)};
    bool there = hook_message_make(k, h, entry, end, &m) == SL_OK && m.records > 0;

    if (there) {
        h->busy = true;
        hook_message_send(k, h, sl_buf_span(&m.id), sl_buf_span(&m.body), on_probed, h->id);
    }
    sl_buf_done(&m.body);
    sl_buf_done(&m.id);
    return there;
}

static bool probe(struct keeper *k, struct hook *h)
{
    uint64_t end = sl_ledger_checkpoint_size(k->store.ledger), luck;

    if (!hook_waits_for(h, h->from) || h->to >= end)
        return false;
    sl_random(&luck, sizeof luck);
    return probe_from(k, h, h->to + luck % (end - h->to), end) || probe_from(k, h, h->to, end);
}

bool hook_probe(struct keeper *k, struct hook *h)
{
    if (!h->probe_due || h->due_us > sl_clock_monotonic_us())
        return false;
    h->probe_due = false;
    bool went = probe(k, h);

    if (!went)
        h->due_us = h->plan_us; /* there is nothing to compare it with */
    return went;
}
