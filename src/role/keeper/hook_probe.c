#include "role/keeper/hooks.h"

/* Is it the receiver that is ill, or one entry that it dislikes? Whoever can write an entry that a
 * firewall in front of the receiver refuses would else hold up all that comes behind.
 *
 * A webhook that has answered an entry twice, and did not take it, is told one of those that wait
 * behind: any of them, so that nobody can put the next bad one in its place. If it takes that one,
 * the other goes to the dead letters. What was told early comes again in its turn, with the same
 * id, as any other that is told twice. */

enum { PROBE_AFTER = 2, PROBES = 3 /* after each attempt: what is picked may be a bad one too */ };

void hook_suspects(struct hook *h, const struct fetched *got)
{
    bool answered = got->status != 0 && !got->uncalled;

    h->probe_due = answered && h->config->format == SL_HOOK_CLOUDEVENTS &&
                   (h->wary || h->attempts >= PROBE_AFTER);
    h->probes = 0;
}

static void on_probed(struct keeper *k, uint64_t id, const struct fetched *got)
{
    struct hook *h = hook_by_id(k, id);

    if (h == NULL)
        return;
    h->busy = false;
    h->answered_us = sl_clock_us();
    if (sl_hook_verdict_of(h->config->format, got->status) != SL_HOOK_TOLD) {
        h->failed++;
        h->probe_due = got->status != 0 && ++h->probes < PROBES;
        h->wary = h->wary && h->probe_due;
        return;
    }
    h->told++;
    h->wary = true;
    if (h->next == h->from) /* nobody gave it up meanwhile */
        hook_dislikes(k, h);
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

bool hook_probe(struct keeper *k, struct hook *h)
{
    uint64_t end = sl_ledger_checkpoint_size(k->store.ledger), luck;
    bool due = h->probe_due && h->next == h->from && h->to < end;

    h->probe_due = false;
    if (!due)
        return false;
    sl_random(&luck, sizeof luck);
    return probe_from(k, h, h->to + luck % (end - h->to), end) || probe_from(k, h, h->to, end);
}
