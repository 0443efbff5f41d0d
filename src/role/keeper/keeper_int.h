/* The keeper from the inside: one process, one loop, one writer of the ledger.
 *
 * A message comes in, its handler reads the view, records events (store.h), and puts its answers
 * into the peer's outbox. Before the loop sleeps everything recorded in that batch is committed
 * once, and only then do the outboxes go out: nobody hears of what a crash could take back.
 */
#ifndef SL_ROLE_KEEPER_KEEPER_INT_H
#define SL_ROLE_KEEPER_KEEPER_INT_H

#include "base/arena.h"
#include "base/map.h"
#include "core/approval/approval.h"
#include "core/ledger/journal.h"
#include "core/policy/labels.h"
#include "os/channel.h"
#include "os/clock.h"
#include "os/log.h"
#include "role/keeper/limits.h"
#include "role/keeper/store.h"

enum {
    MAX_GATES = 16,
    ACTION_ARENA_BYTES = 256 * 1024 * 1024,
    JOURNAL_EVERY_MS = 50,
    CHECKPOINT_EVERY_MS = 1000,
    CONSOLE_SWEEP_EVERY = 10, /* checkpoints */
    NAG_EVERY = 3600,         /* checkpoints: of what waits for a review */
    SETTLE_EVERY = 300,       /* checkpoints: then the ledger may let go of old log segments */
    DEADLINES_EVERY_MS = 100,
    OFFER_WAIT_US = 300, /* how long the sync of a decision waits for its spend to share it */
};

/* The other end of a channel. */
struct peer {
    struct keeper *keeper;
    enum sl_role role;
    uint32_t index;
    bool signing; /* a gate's signing channel: answered at once, nothing else allowed */
    struct sl_channel *channel;
    struct sl_buf outbox;   /* answers that wait for the commit */
    struct sl_span os_user; /* control: decimal uid of the caller */
    char os_user_text[24];
    uint64_t labels_told; /* of a gate: the last LABEL_FLOW that is in the map */
    bool ended;
    uint64_t serial; /* never given to another */
    struct peer *next;
};

/* A gate's journal as the keeper reads it. */
struct journal {
    struct sl_journal ring;
    size_t mapped;
    uint64_t at, released, generation;
    uint64_t life;  /* of the gate that writes it (PEER); 0: none was told */
    bool open, bad; /* bad: found damaged, and not replaced yet */
};

/* A login half way through SCRAM. */
struct exchange;
/* A login secret of a target that was asked for, or is known. */
struct upstream_secret;

struct keeper {
    struct sl_loop *loop;
    struct peer *peers;
    struct peer *super;
    struct sl_config *config;
    uint32_t generation, gates;
    struct store store;
    struct sl_arena *mem;      /* reset after each message */
    struct deciders *deciders; /* eligible.c: who could decide, as it was last looked up */
    struct sl_map *sessions;
    uint64_t next_session;
    struct waiter *waiters;
    struct journal journals[MAX_GATES];
    struct sl_map
        *running; /* session+action of spent approvals whose outcome is due -> struct running */
    struct sl_map
        *open; /* session+action of recorded actions whose outcome is due -> its gate + 1 */
    struct sl_label_map *labels; /* derived ones: labels.c */
    struct sl_map *leaving;      /* labels_leave.c: of columns that are gone; NULL: none ever */
    uint64_t label_version, label_pending;
    struct drain *drain; /* working memory of the journals' reader */
    struct exchange *exchanges;
    struct upstream_secret *secrets;
    uint64_t next_call, next_event;
    struct limits limits;
    struct console *console;
    struct sl_tls_key *tls_key;
    struct sl_timer *journal_timer, *checkpoint_timer, *deadline_timer, *backlog_timer;
    struct sl_signal *term;
    struct sl_watch *control;
    int control_fd;
    struct peer *offered; /* the gate that was just offered a grant: wait for its spend, briefly */
    bool offline, draining, important; /* important: sign a checkpoint soon */
    char *state_dir;
    struct policy_change *change;
    struct openlineage *openlineage; /* NULL: nobody wants run events */
    struct sign_in_failures *failures;
    struct challenges *challenges; /* challenges.c */
    struct scim_settler *settler;  /* scim_settle.c */
    struct issuer *issuers;        /* issuers.h, all that follows */
    struct fetch *fetches;
    struct hooks *hooks; /* hooks.h; NULL: offline */
    struct chats *chats; /* chat.h; the same */
    struct flow *flows;
    struct sl_oidc_cache *tokens;
    uint64_t next_peer, next_issuer, next_flow, token_generation;
    bool settled; /* messages that waited for an issuer are handled again: none waits once more */
    uint64_t drained_actions, started_us, checkpoints, signed_us; /* signed_us: the last one */
    struct costlies *costlies;                                    /* costly.c; NULL: offline */
    struct shadow_job *shadow;    /* call_shadow.c: NULL when nobody tries a policy */
    struct tries *tries;          /* call_policy.c */
    struct metrics_text *metrics; /* what was told last, for a moment */
    json_t *canaries; /* an object for each target whose canary was tried: what it met last */
    json_t *programs; /* as the supervisor last told: pid, state, restarts of each */
    json_t
        *listings[MAX_GATES]; /* as each gate last told: is its listing of each target current? */
};

/* --- peers.c: channels and the batch ---------------------------------------------------------- */
enum sl_err peer_new(struct keeper *k, int fd, enum sl_role role, uint32_t index, struct peer **out)
    SL_MUST_CHECK;
struct peer *peer_find(struct keeper *k, enum sl_role role, uint32_t index);
struct peer *peer_by_serial(struct keeper *k, uint64_t serial); /* NULL: gone */
void peer_accuse(struct keeper *k, enum sl_role role, uint32_t index, const char *why);
void peers_free(struct keeper *k);
void keeper_before_sleep(void *owner);
void keeper_on_backlog(void *owner);
/* Into the outbox; goes out after the commit. */
#define ANSWER(peer, name, ...)                                \
    do {                                                       \
        struct sl_msg_##name answer_message = {__VA_ARGS__};   \
        sl_msg_##name##_put(&(peer)->outbox, &answer_message); \
    } while (0)
/* To the gate of this index, if it is there. */
#define ANSWER_GATE(k, gate, name, ...)                                  \
    do {                                                                 \
        struct peer *answer_peer = peer_find((k), SL_ROLE_GATE, (gate)); \
        if (answer_peer != NULL)                                         \
            ANSWER(answer_peer, name, __VA_ARGS__);                      \
    } while (0)
void keeper_packet(void *owner, struct sl_channel *c, struct sl_packet *packet);
/* Where to begin counting what is asked of other programs: none of them has an answer left to so
 * high a number of the keeper before, which would be taken for one to ours. JSON holds it. */
uint64_t keeper_first_number(void);
_Noreturn void keeper_die(const char *what, enum sl_err why);
/* Tells the desk that an approval changed. */
void keeper_event(struct keeper *k, const char *kind, struct sl_span approval,
                  enum sl_approval_state state);

#endif
