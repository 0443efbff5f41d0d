/* Receivers of what the ledger says (`hooks` in the configuration).
 *
 * The ledger is the spool: nothing is stored twice. A hook has a place in it, the first entry that
 * it was not told. Entries are told in order, one message at a time for each hook, and the place
 * moves when the receiver has said 2xx; so each is told at least once, with the same id each time.
 * Only what a signed checkpoint covers is told: no crash takes back what somebody heard.
 *
 * How far it is goes to the log as an event without a leaf, once in a second at most: after a crash
 * what was told in the last second is told again. Of a message under way nothing is kept but which
 * entries it has; it is made anew for each attempt. So a receiver that is slow or away costs the
 * keeper nothing, and nobody waits for it.
 *
 * What a webhook refuses for good (400, or the last attempt failed, or others are taken and this
 * one is not: hook_probe.c) goes to its dead-letter list: index, status, when, how often, never
 * what was in it. A SIEM's hook has no such list unless an entry cannot be written in its format at
 * all: it waits, and everybody can see that it does. Of a batch that is answered and not taken ever
 * fewer are told, until the one that is disliked stands alone: `next` names it, and somebody can
 * skip it.
 *
 * What counts as an attempt is one that reached for the receiver, at its time: not one that ended
 * with the courier, and not one that a person asked for before it was due.
 */
#ifndef SL_ROLE_KEEPER_HOOKS_H
#define SL_ROLE_KEEPER_HOOKS_H

#include "core/hooks/hooks.h"
#include "role/keeper/issuers.h"

enum {
    HOOK_DEAD_MOST = 10000, /* of each; then it pauses */
    HOOK_BODY_BYTES = 1024 * 1024,
    HOOK_BATCH_BYTES = 256 * 1024, /* a batch of a SIEM's ends when it has so many */
    HOOK_BATCH_ENTRIES = 500,
    HOOK_SECRET_BYTES = 4096,
};

struct hook {
    struct hook *next_hook;
    uint64_t id; /* never given to another */
    const struct sl_hook *config;
    struct sl_buf url;    /* the same receiver after a reload? */
    struct sl_buf bundle; /* the full one that it read last, while it catches up */
    uint64_t bundle_number;
    uint64_t next, noted; /* first entry not told; the same as the log has it */
    bool paused, noted_paused;
    bool busy, of_dead; /* a message is under way; it is a dead one's */
    uint64_t from, to;  /* its entries: [from, to) */
    size_t records;     /* how many of them are told */
    size_t most;        /* of a batch, while one is looked for that is not taken; 0: as usual */
    bool probe_due;     /* another is told, to see whether it is the receiver or the entry */
    unsigned probes;    /* of this attempt, that were not taken */
    bool after_dead;    /* the last message was a dead one's: they take turns */
    unsigned attempts,
        dead_attempts;             /* that failed, of what comes in its turn and of the dead one */
    uint64_t due_us;               /* monotonic: not before, a probe neither */
    uint64_t plan_us;              /* the same by the plan: an attempt before it does not count */
    uint64_t waits_since_us;       /* as people tell time; 0: it does not */
    uint64_t retry_at, retry_last; /* dead ones to be told once more; retry_at > retry_last: none */
    uint64_t told, failed;         /* messages, since the keeper started */
    uint32_t status;               /* of the last answer; 0: there was none */
    uint64_t answered_us;
    char why[240]; /* what went wrong last; empty: nothing */
    uint64_t secret_call, secret_due_us;
    bool secret_known;
    struct sl_hook_secrets secrets; /* cloudevents */
    struct sl_buf token;            /* ocsf */
    uint64_t ping;                  /* of a test that is under way; 0: none */
    struct late pinged_by;
};

/* As k->config names them; at the start and after a reload, which also reads their secrets anew. */
void hooks_take(struct keeper *k);
void hooks_free(struct keeper *k);
void hooks_tick(struct keeper *k); /* ten times a second: what is due goes out */
void hooks_note(struct keeper *k); /* each second: how far they are goes to the log */
void hooks_courier_here(struct keeper *k);
bool hook_secret_came(struct keeper *k, const struct sl_msg_secret *m); /* false: not ours */
struct hook *hook_named(struct keeper *k, struct sl_span name);         /* NULL: none */
struct hook *hook_of_ping(struct keeper *k, uint64_t number);
uint64_t hook_dead_count(struct keeper *k, const struct hook *h);
uint64_t hook_behind(struct keeper *k, const struct hook *h); /* entries */
/* "current", "behind", "waiting" (for an answer that is better), "paused", "no secret". */
const char *hook_state(struct keeper *k, const struct hook *h);
/* Where it is, for people; in `shortly` without what happened. */
json_t *hooks_json(struct keeper *k, bool shortly);

/* --- between the files of hooks ------------------------------------------------------------------
 */
struct hook *hooks_first(const struct keeper *k);
/* The 256 leaves of a full bundle; valid until its next call. SL_ENOTFOUND: it is not full yet. */
enum sl_err hook_bundle(struct keeper *k, struct hook *h, uint64_t number, struct sl_span *bundle)
    SL_MUST_CHECK;
struct hook *hook_by_id(struct keeper *k, uint64_t id); /* NULL: gone */
void hook_record_place(struct keeper *k, struct hook *h);
void hook_turn(struct keeper *k, struct hook *h); /* tells what is due, if anything is */
/* hook_probe.c: what came in its turn was not taken: is it the receiver, or this one? hook_probe:
 * true when a message went out for that. */
void hook_suspects(struct hook *h, const struct fetched *got);
bool hook_probe(struct keeper *k, struct hook *h);
void hook_dislikes(struct keeper *k, struct hook *h);      /* this one: a dead letter */
bool hook_waits_for(const struct hook *h, uint64_t entry); /* it was told, and not taken */
void hook_goes_on(struct hook *h);                  /* the next one's turn: nothing is waited for */
void hook_note(struct hook *h, struct sl_span why); /* what went wrong; printable, cut */
bool hook_is_ready(const struct hook *h);           /* its secret is here, where it needs one */
void hook_ask_secret(struct keeper *k, struct hook *h);
void hook_wipe_secret(struct hook *h);

/* --- hook_message.c ----------------------------------------------------------------------------
 */
struct hook_message {
    struct sl_buf body, id; /* id: of a webhook */
    uint64_t from, to;
    size_t records; /* 0: none of these entries is for it */
};
/* Entries from `from` on, before `end`, as many as one message may have; it looks at a bounded part
 * of the log, so `records` may be 0 with more to come. SL_ELIMIT: entry m->from cannot be written
 * in this format. */
enum sl_err hook_message_make(struct keeper *k, struct hook *h, uint64_t from, uint64_t end,
                              struct hook_message *m) SL_MUST_CHECK;
/* Hands it to the courier. */
void hook_message_send(struct keeper *k, const struct hook *h, struct sl_span id,
                       struct sl_span body, fetch_fn *fn, uint64_t of);
struct sl_span hooks_origin(struct keeper *k);

#endif
