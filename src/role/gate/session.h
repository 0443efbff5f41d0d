/* One client's session and its own connection to the server.
 *
 * Lifetimes: `login` exists until the session is ready; `hold` while an action waits for people;
 * items are the answers that the server still owes. Other parts know a session by its id alone.
 */
#ifndef SL_ROLE_GATE_SESSION_H
#define SL_ROLE_GATE_SESSION_H

#include "role/gate/dial.h"
#include "role/gate/gate_int.h"
#include "role/gate/judging.h"
#include "role/gate/portal.h"
#include "wire/pg/pg.h"

enum phase {
    PHASE_STARTUP,  /* nothing but startup packets are read */
    PHASE_TLS,      /* the client's handshake */
    PHASE_AUTH,     /* waiting for a password or SASL message */
    PHASE_KEEPER,   /* the keeper decides about the login */
    PHASE_UPSTREAM, /* the server's connection is being made */
    PHASE_READY,
    PHASE_CLOSING, /* what is queued for the client still goes out */
};

/* Why the message at the head of the input waits. */
enum wait {
    WAIT_NOTHING,
    WAIT_JUDGE,
    WAIT_HOLD,
    WAIT_JOURNAL,  /* the ring is full */
    WAIT_SYNC,     /* ledger.sync: all */
    WAIT_CATALOG,  /* the listing is being read again */
    WAIT_ANSWERS,  /* until the server owes nothing */
    WAIT_INTERNAL, /* the gate asks the server something itself */
    WAIT_COPY,     /* a COPY was sent: does the server start it? */
    WAIT_KEEPER,   /* the keeper is away or must catch up with the policy */
    WAIT_ELEVATE,  /* the connection that it runs on is being made */
    WAIT_BUDGET,   /* the keeper is asked what may pass (budget.h) */
    WAIT_LIST,     /* the keeper is asked for a list of statements (list.h) */
    WAIT_ANSWERED, /* the keeper is told what its client answers (SET sluice.answer) */
    WAIT_CANCEL,   /* a CancelRequest of ours is on its way: it must not hit what comes next */
};

struct session {
    struct gate *gate;
    uint64_t id;
    enum phase phase;
    enum wait wait;
    struct stream client, server;
    struct sl_buf in;        /* what the client said and is not handled yet */
    struct sl_buf server_in; /* a part of a server message */
    uint64_t client_left;    /* bytes of a streamed client message still to pass */
    bool client_drop;        /* ... that are thrown away instead */
    uint64_t server_left;    /* the same for the server's */
    bool server_drop;
    bool pumping, dead;
    bool end_told; /* the log needs no more about why it ended before it was signed in */
    struct sl_timer *end_timer; /* frees it from the loop */

    struct login *login;
    struct identity *who;
    uint64_t keeper_session;
    struct target *target;
    char short_address[48];
    bool client_is_tls, client_is_loopback;

    uint32_t cancel_pid, cancel_secret; /* ours, as the client knows them */
    uint32_t server_pid, server_secret; /* the server's own */

    char tx;               /* I, T or E as of the last ReadyForQuery */
    char last_tag;         /* 'R' ROLLBACK, 'P' PREPARE TRANSACTION, 0 other; since ReadyForQuery */
    bool tx_failed;        /* the server has said an error since ReadyForQuery */
    bool unsynced;         /* extended messages went out since the last Sync */
    bool unsynced_changes; /* ... that change data or more */
    bool unsynced_unsure;  /* ... and may have committed what came before them */
    bool skip_to_sync;     /* after an error in the extended protocol */
    bool copy_in;
    bool ddl_in_tx, opaque_since_ddl;
    bool ddl_unsynced;          /* DDL went out in a pipeline: it commits at the next Sync */
    bool temp_objects;          /* the session may have temporary objects that hide others: */
    struct sl_span temp_names;  /* ... "/a/b/" as the server said; empty: of any name (malloc'd) */
    uint64_t segment;           /* counts Syncs and queries sent */
    uint64_t tx_first, tx_last; /* actions whose transaction is not known to have ended */
    uint64_t tx_answered;       /* the last action that is answered */
    bool labelled_open; /* its open transaction works on labelled data: see deferred checks */
    bool leans; /* works since before the map of labels that the gate waits out: labels_gone.c */
    bool labels_open; /* its open transaction brought labels that go if it is rolled back */

    struct item *items;
    uint32_t item_head, item_count, item_room;
    /* of the action that the server is answering now */
    uint64_t rows, tag_rows, bytes; /* rows sent by the server; rows in its command tags */
    uint8_t text_ends;              /* txn.c: what became of its changes, as far as it is known */
    uint32_t text_at;               /* ... statements of it that are complete */
    uint64_t told_bytes;            /* of them, what the journal says already (record_progress) */
    uint64_t gathered;              /* of them, when the server was last slow (gather.c) */
    struct sl_timer *gather_timer;
    uint8_t sqlstate[5];
    bool failed;

    struct sl_map *statements; /* name -> struct statement_name */
    struct sl_map *portals;    /* name -> struct portal; see portals.c */
    struct portal unnamed;     /* the one without a name */
    bool has_unnamed;
    struct sl_map *sql_prepared; /* names made by SQL PREPARE -> struct named_text */
    struct sl_map *cursors;      /* names made by DECLARE -> struct named_text */
    struct sl_map *tallies;      /* the same names -> struct tally: what was fetched (paging.c) */
    uint64_t names_epoch;        /* counts what was sent and may have redefined names */
    uint32_t bind_serial;        /* of portals, and of cursors that SQL declared */
    uint32_t tx_serial;          /* of it: the first that the transaction under way may have */
    uint32_t
        savepoint_bind;    /* the first serial behind the transaction's first savepoint; 0: none */
    size_t prepared_bytes; /* of prepared statements, and of what is metered */

    uint64_t ask;                /* the question that a judge has; 0: none */
    struct meaning *meaning;     /* what the judge said about the message at the head */
    uint32_t meaning_generation; /* of the listing when it was asked */
    bool meaning_with_names;
    struct hold *hold;
    struct list *list;         /* of statements, that is noted or runs; or NULL */
    struct elevated *elevated; /* while a granted statement gets, or has, a connection of its own */
    struct lease *lease;       /* for the message at the head, until it is sent */
    struct stop *stop;         /* the result that is being answered may not go on now */
    struct sl_buf cut;         /* why it never will, as the client is told */
    uint8_t cut_sqlstate[5];
    bool cut_due; /* it is said with the next ReadyForQuery: what was stopped had run to its end */
    bool cut_changes;           /* ... and changed something */
    struct sl_timer *cut_timer; /* then the server is told to stop */
    bool muted;                 /* until ReadyForQuery nothing of the server's reaches the client */
    unsigned cancels;           /* CancelRequests of ours on their way */
    struct sl_timer *again_timer; /* then the head is cancelled once more, and so long after that */
    unsigned again_ms;
    struct judged kept; /* of the message at the head, while it waits for people or the journal */
    uint64_t intent;    /* its intent is in the journal already; waiting for the sync */
    struct judged intent_judged; /* as which it was written */
    struct sl_span forward;      /* messages to send in one go: a part of the input being pumped */
    uint64_t sync_position;

    /* the session's context, part of every judgement */
    struct sl_span search_path, role; /* malloc'd */
    struct sl_span settings; /* malloc'd: what decides what a value means, as the server says it */
    uint64_t settings_hash;  /* of them, never 0 */
    struct sl_span settings_shown; /* malloc'd: the same with custom_moves, as an action has it */
    uint64_t custom_moves;  /* counts what set parameters that the server knows nothing about */
    uint64_t context;       /* hash of the two */
    uint64_t context_moves; /* counts what was sent and may have changed it */
    uint64_t ddl_moves;     /* counts what was sent and may have changed definitions */
    bool context_unknown;   /* must be read back before the next judgement */
    bool context_touched;   /* changed, and the end of a transaction may change it back */
    bool context_odd;       /* a setting under which text cannot be trusted to mean what it says */
    struct sl_buf internal; /* rows of the gate's own query */
    void (*internal_done)(struct session *s, bool ok);
    struct sl_buf show; /* JSON for the reviewer of the message at the head: locks, estimate */
    bool show_known;
    struct sl_buf estimate_query;
    bool estimating; /* in a transaction of the gate's own */
    bool cancelled;  /* by the client meanwhile */

    struct sl_span upstream_user;     /* malloc'd: who it is for the server */
    struct sl_span reason, run, sink; /* malloc'd */
    uint64_t wait_ms;
    enum { ANSWER_NONE, ANSWER_GIVEN, ANSWER_TAKEN } answer; /* SET sluice.answer under way */
    char answer_why[192]; /* why it was not taken; empty: it was */
};

/* sessions.c */
void session_kill(struct session *s, const char *why); /* at once, without a word to the client */
/* The same, where the client left by itself: before it was signed in that is nothing to log. */
void session_left(struct session *s, const char *why);
/* FATAL to the client, then close. */
void session_fatal(struct session *s, const char *sqlstate, const char *message, const char *hint);
void session_ready(struct session *s);
/* Moves a server connection that is ready into the session. */
enum sl_err session_take_server(struct session *s, struct stream *stream) SL_MUST_CHECK;
/* A client's CancelRequest: cancels what waits or runs in the session that has this key, if any. */
void session_cancel_request(struct gate *g, uint32_t pid, struct sl_span secret);
/* The same, when the key can only be of this gate. */
void session_cancel_by_key(struct gate *g, uint32_t pid, struct sl_span secret);
void session_resume(struct session *s, enum wait ended);
/* The connection ends, with all that the server still owes: so does its transaction. */
void txn_lost(struct session *s);
void span_set(struct sl_span *owned, struct sl_span value);

void labels_quiet(struct session *s); /* the server is ready again */

/* client.c: handles what it can of `in`; returns the bytes that are done with. */
size_t client_pump(struct session *s, struct sl_span in);
void client_input(struct session *s);
/* Adds `whole` (a part of the input) to what goes to the server when the pump pauses. */
void client_forward(struct session *s, struct sl_span whole);
void client_flush(struct session *s);

/* server.c */
void server_input(struct session *s);
/* After a stop: what had to wait first, then what the server sends. */
void server_go_on(struct session *s);
/* gather.c, after each read of the server: is the result so long that it comes in larger pieces? */
void gather(struct session *s);
/* Bytes of ours for the client, in order with what the server still owes. */
void server_say(struct session *s, struct sl_span bytes);
/* A notice of ours, at once. */
void server_say_now(struct session *s, struct sl_span bytes);

#endif
