/* The gate's insides: its one process-wide state, and what every file of the folder shares.
 *
 * The way of an action: client.c frames what a client says; query.c and extended.c have it judged
 * (judging.c: its meaning from meaning.c's cache, else from a judge; its verdict from verdict.c's)
 * and either record.c + forward it, or refuse.c it, or hold.c it; server.c passes on what the
 * server answers, and answer.c writes outcomes.
 *
 * A message that has to wait (for a judge, a decision, the journal) stays at the head of the
 * session's input, untouched; when the wait ends it is handled again from its start, now finding
 * the answer it lacked. So there is one way through the code, waiting or not.
 */
#ifndef SL_ROLE_GATE_INT_H
#define SL_ROLE_GATE_INT_H

#include "base/map.h"
#include "core/catalog/catalog.h"
#include "core/ledger/journal.h"
#include "core/policy/labels.h"
#include "ipc/messages.h"
#include "os/channel.h"
#include "os/log.h"
#include "os/loop.h"
#include "os/net.h"
#include "role/gate/refusals.h"
#include "role/gate/stream.h"
#include "wire/pg/shape.h"

enum {
    GATE_READ_BYTES = 128 * 1024,
    GATE_MAX_JUDGES = 64,
    GATE_PID_BITS =
        24, /* of a cancel key's process id; above them the gate's number, at most 6 bits */
    GATE_CACHE_ENTRIES = 16384,
    GATE_VERDICTS_EACH = 8,
    GATE_FACTS_MAX = 61 * 1024,
};

struct session;
struct login;
struct hold;
struct catalog_reader;
struct ddl_change;
struct dial;
struct question;

/* Who is asking, as the keeper said at login; equal facts share one object, which is part of the
 * key of cached verdicts. */
struct identity {
    size_t refs;
    uint64_t id;        /* never used twice */
    struct sl_span key; /* all facts, encoded: the key in gate->identities */
    struct sl_span name, owner;
    enum sl_identity_kind kind;
    struct sl_names groups, requesters;
    struct sl_arena *mem;
};

/* What policy says to one meaning for one identity. Immutable once made. */
struct verdict {
    size_t refs;
    uint64_t identity;
    uint32_t generation; /* of the policy */
    uint32_t target;
    uint64_t label_generation;
    struct sl_spread *spread; /* labels that the action carries along; views into its meaning */
    size_t spread_count;
    bool witness; /* descriptions of its answers are compared with `accesses`, own copies */
    struct sl_meaning_access *accesses;
    size_t access_count;
    uint64_t witnessed; /* hash of the last description that passed; 0: none did yet */
    uint32_t witnessed_listing;
    struct sl_answer answer;
    uint64_t *labels;    /* one for each access */
    bool labelled_read;  /* error texts of the server may hold labelled values (P10) */
    struct sl_buf facts; /* for journal records, without the session's run, reason and sink */
    struct sl_arena *mem;
};

/* What a text means to a judge. Shared between the cache, prepared statements and waiting messages.
 */
struct meaning {
    size_t refs;
    struct sl_meaning m;
    struct sl_span bytes; /* as the judge wrote it; empty when no judge answered */
    struct verdict *verdicts[GATE_VERDICTS_EACH];
    unsigned next_verdict;
    struct sl_arena *mem;
};

/* One target as this gate sees it. */
struct target {
    const struct sl_target *config;
    uint32_t index;
    uint32_t generation;        /* of the catalog listing; 0: none yet */
    struct sl_buf snapshot;     /* the listing, as the judges get it */
    struct sl_catalog catalog;  /* a view into it, checked once; not before generation 1 */
    bool has_oids;              /* its relations have the server's numbers */
    struct sl_map *sizes;       /* sizes.h; NULL: not known yet */
    struct ddl_change *changes; /* of definitions, that are not committed and listed yet */
    struct ddl_change *changed; /* ... that have ended since the last listing: see ddl_named */
    struct sl_net_address *addresses; /* in the order to try */
    size_t address_count;
    struct sl_tls_context *tls;
    uint64_t ddl_sent;      /* counts what was sent and may have changed definitions */
    unsigned ddl_under_way; /* messages with DDL, or ends of transactions with DDL, on their way */
    bool stale;             /* the listing must be read again before anything is judged */
    uint64_t stale_since_ms, ddl_since_ms;
    uint64_t checked_us; /* the listing is that of the server at this time; 0: never read */
    struct catalog_reader *reader;
    uint64_t retry_at_ms;
    char stale_why[128]; /* why the listing could not be read the last time */
};

struct judge_seat {
    struct sl_channel *channel;
    uint64_t ask;     /* 0: free */
    uint64_t session; /* for whom; 0: for somebody who tries the policy, `tried` */
    uint64_t tried;
    uint32_t floor; /* of what is tried */
    uint64_t deadline_ms;
    uint32_t *target_generations; /* what this judge was sent; one for each target */
};

struct gate {
    struct sl_loop *loop;
    uint32_t index;
    struct sl_channel *super, *keeper;
    int sign_fd; /* the synchronous signing channel, -1 without TLS */
    int listen_fd;
    struct sl_watch *listen_watch;
    struct judge_seat judges[GATE_MAX_JUDGES];
    struct question *first_question, *last_question; /* for which no judge was free */
    uint64_t next_ask;
    uint64_t told_ms;      /* when the keeper last heard about the listings */
    struct sl_timer *tick; /* judge deadlines, journal retry, catalog polls */

    struct sl_config *config;
    uint32_t generation;
    struct target **targets; /* they stay where they are as long as sessions point at them */
    size_t target_count;
    struct sl_tls_context *tls;

    struct sl_label_map *labels; /* derived ones: labels.c */
    uint64_t label_generation, labels_told;
    uint64_t label_version, label_awaited, label_passed; /* of the keeper's maps: labels_gone.c */
    struct label_tell *first_tell;

    struct sl_journal journal;
    size_t journal_bytes;
    uint64_t next_action, last_kick_ms, sync_wanted;
    bool journal_full;
    bool unproposed; /* some hold waits for room in the keeper's channel */
    bool streaming;  /* some answer is under way that the journal does not tell of yet */
    uint64_t told_progress_ms;
    struct sl_buf gone; /* sessions that ended: when, and the keeper's handle (gone.c) */
    size_t gone_look_at;

    struct sl_map *sessions;  /* u64 id -> struct session */
    struct sl_map *by_keeper; /* u64 session handle of the keeper -> struct session */
    struct sl_map *by_action; /* u64 action -> struct session that holds it */
    struct sl_map *by_call;   /* u64 call -> struct dial that waits for a proof */
    struct sl_map *identities;
    struct sl_map *meanings;
    struct sl_map *leases; /* u64 number -> struct lease */
    uint64_t next_lease;
    unsigned asides; /* connections on which a plan is asked for (stop_estimate.c) */
    uint64_t next_session, next_identity, next_call;
    uint64_t seed[2];
    struct sl_shape_memory shapes; /* under `seed` */
    uint8_t salts[4096];           /* random, for commitments: 16 bytes each, the last first */
    size_t salts_left;
    uint8_t *read_buffer; /* GATE_READ_BYTES, shared by all sessions */
    struct sl_sha256_state *sha;
    struct sl_buf facts, text; /* of the journal record being written: kept to spare allocations */
    struct refusals refusals;  /* who did not even sign in */
    bool draining;
    uint64_t drain_deadline_ms;
};

/* identity.c */
enum sl_err identity_of(struct gate *g, const struct sl_msg_login_ok *ok, struct identity **out)
    SL_MUST_CHECK;
void identity_unref(struct gate *g, struct identity *who);

/* meaning.c: the cache */
struct meaning_key {
    uint64_t text[2]; /* keyed hash of the shape, or of the whole text */
    uint64_t context; /* hash of search_path and role */
    uint32_t target, generation;
};
struct meaning *meaning_get(struct gate *g, const struct meaning_key *key);
void meaning_put(struct gate *g, const struct meaning_key *key, struct meaning *m);
/* Decodes a judge's answer; an answer that does not decode is opaque. NULL only without memory. */
struct meaning *meaning_new(struct sl_span bytes, const char *why_opaque);
struct meaning *meaning_ref(struct meaning *m);
void meaning_unref(struct meaning *m);
void meaning_forget_all(struct gate *g);

/* verdict.c: a reference that the caller owns; NULL only without memory (then: refuse). */
struct verdict *verdict_of(struct gate *g, struct session *s, struct meaning *m);
struct verdict *verdict_ref(struct verdict *v);
void verdict_unref(struct verdict *v);

/* judges.c: session->meaning is set and the session resumed when the answer (or its lack) is there.
 */
void judges_ask(struct gate *g, struct session *s, struct sl_span text, bool with_names);
/* For a person who tries the policy: the answer goes back to the keeper. */
void judges_try(struct gate *g, const struct sl_msg_judge_try *m);
void judges_answer(struct gate *g, unsigned seat, struct sl_span body);
void judges_seat_new(struct gate *g, unsigned seat, struct sl_channel *channel);
void judges_seat_lost(struct gate *g, unsigned seat, const char *why);
void judges_tick(struct gate *g);
void judges_forget_targets(struct gate *g);

/* catalog.c */
void catalog_start(struct gate *g, struct target *t);
void catalog_tick(struct gate *g);
void catalog_stale(struct gate *g, struct target *t);
void catalog_stop(struct target *t);

/* labels.c: the keeper's map; what it has not heard yet, to a new keeper; a new listing: columns
 * that have other names now. */
enum sl_err labels_take(struct gate *g, struct sl_span body) SL_MUST_CHECK;
/* labels_gone.c */
void labels_arrived(struct gate *g, uint64_t version); /* a map of the keeper's */
/* The newest map since whose coming all has ended that was under way then. */
uint64_t labels_passed(struct gate *g);
/* What is leaving, as the keeper's map says, and is not listed. `version` as for a listing. */
void labels_vouch(struct gate *g, const struct target *t, uint64_t version);
/* Columns that went by changes through this gate which an earlier listing saw before their end. */
void labels_dropped_meanwhile(struct gate *g, const struct target *t, uint64_t version);
void labels_tell_again(struct gate *g);
/* version: what labels_passed said when the listing began. */
bool labels_listing(struct gate *g, struct target *t, const struct sl_catalog *now,
                    uint64_t version);
/* Labels of tables to their partitions: at each listing, whether anything moved or not (the
 * configuration may be another). False: they do not all have them. */
bool labels_inherit(struct gate *g, struct target *t, const struct sl_catalog *now);

/* witness.c: is the server asked to confirm what the judge said? */
enum sl_err witness_prepare(const struct gate *g, const struct target *t,
                            const struct sl_meaning *m, struct sl_arena *mem, struct verdict *v)
    SL_MUST_CHECK;

/* sessions.c */
bool session_accept(struct gate *g, int listening); /* false: nobody waits */
void gate_each_session(struct gate *g, void (*fn)(struct session *s));
struct session *gate_session(struct gate *g, uint64_t id);
/* Resumes every session that waits for this reason. */
void gate_wake(struct gate *g, int wait);
/* Those that waited long enough for a listing or the keeper. */
void gate_wake_late(struct gate *g);

/* gone.c: tells the keeper that a session ended, and a new keeper again */
void gone_note(struct gate *g, uint64_t keeper_session);
void gone_tell_again(struct gate *g);

/* lease.c */
void leases_keeper(struct gate *g, struct sl_channel *c, struct sl_packet *p);
void leases_again(struct gate *g);

/* main.c: what comes over any of the gate's channels */
void gate_on_packet(void *owner, struct sl_channel *c, struct sl_packet *p);

/* keeper_link.c */
void keeper_message(struct gate *g, struct sl_channel *c, struct sl_packet *p);
/* A channel to a keeper, the first or a new one: what waits is asked again. */
void keeper_connect(struct gate *g, int fd);

/* main.c: the TLS signature that only the keeper can make */
bool gate_sign(void *owner, struct sl_span digest, uint8_t padding, struct sl_span input,
               struct sl_buf *out);

#endif
