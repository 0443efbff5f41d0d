/* One client's session and its own connection to the server.
 *
 * Lifetimes: `login` exists until the session is ready; `hold` while an action waits for people;
 * items are the answers that the server still owes. Other parts know a session by its id alone.
 */
#ifndef SL_ROLE_GATE_SESSION_H
#define SL_ROLE_GATE_SESSION_H

#include "role/gate/dial.h"
#include "role/gate/gate_int.h"
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

enum item_kind {
    ITEM_QUERY, /* until ReadyForQuery */
    ITEM_PARSE,
    ITEM_BIND,
    ITEM_DESCRIBE,
    ITEM_EXECUTE,
    ITEM_CLOSE,
    ITEM_SYNC,
    ITEM_INTERNAL, /* a query of the gate's own: swallowed */
    ITEM_LOCAL,    /* bytes of ours that go to the client in this place */
};

enum item_flag {
    ITEM_REFUSED = 1,      /* made to fail: the server's error is replaced by `local` */
    ITEM_IS_SET = 2,       /* an empty query that stands for SET sluice.x: answer as SET */
    ITEM_LABELLED = 4,     /* the server's error text is withheld */
    ITEM_CUT = 8,          /* it may not go on: the rest is swallowed, session->cut follows */
    ITEM_ENDS_DDL = 16,    /* its end makes the catalog listing stale */
    ITEM_DIGEST_BODY = 32, /* COPY FROM STDIN of a held action: digest what streams in */
    ITEM_COPY_IN = 64,
    ITEM_CONTEXT = 128, /* may have changed settings: read them back */
    ITEM_ENDS_TX =
        256,        /* ends a transaction or a part of it: settings may go back to what they were */
    ITEM_DDL = 512, /* changes definitions, at once or when its transaction ends */
    ITEM_ENDS_ALL = 1024, /* COMMIT or ROLLBACK, and nothing else */
    ITEM_LISTED = 8192,   /* a statement of a list (list.h) */
    ITEM_OURS = 4096,     /* a Describe that the client did not send: its answer is swallowed */
};

struct item_name {
    uint16_t n;
    uint8_t name[];
};

struct item {
    uint8_t kind;
    uint16_t flags;
    uint32_t serial; /* of ITEM_BIND, ITEM_CLOSE: which definition of its portal */
    uint64_t action; /* 0: no action is recorded for it */
    struct verdict
        *verdict;        /* a reference: the answer's description is compared with it; or NULL */
    struct meter *meter; /* ITEM_QUERY, ITEM_EXECUTE: a reference; NULL: nothing limits its rows */
    struct meaning *mixed; /* ITEM_QUERY: a reference, where it may hold several transactions */
    union {
        struct sl_span local; /* malloc'd: ITEM_LOCAL, and whatever has ITEM_REFUSED */
        uint64_t bound;       /* ITEM_DESCRIBE with a verdict: the action of its portal */
        struct {
            struct prepared
                *prepared; /* ITEM_PARSE; ITEM_QUERY, ITEM_EXECUTE that make names: a reference */
            union {
                struct item_name *name;  /* ITEM_PARSE, ITEM_BIND, ITEM_CLOSE: of name_copy */
                struct reading *reading; /* ITEM_EXECUTE of a portion: a reference */
            };
        };
    };
};

/* One parsed statement. */
struct prepared {
    size_t refs;
    struct sl_span text; /* malloc'd */
    struct meaning *meaning;
    uint32_t generation; /* of the catalog when it was judged */
    uint64_t context;
    uint64_t settings; /* settings_hash with which its literals were read; 0: not known */
    uint32_t *types;   /* parameter types that the client gave */
    size_t type_count;
    bool is_set;          /* SET sluice.x: the server has an empty statement instead */
    bool user_types;      /* of parameters: `meaning` is opaque and stays so */
    uint64_t names_epoch; /* of the session when it was defined */
    size_t *account;      /* the session's bytes of texts, of which these are a part */
};

/* A statement name: what the server has said it holds, and what is on its way to it. A later
 * definition may be used before the server confirms it, but only before the next Sync: an error
 * makes the server skip exactly until there. */
struct statement_name {
    struct prepared *confirmed, *tentative;
    uint64_t tentative_segment;
    uint64_t names_epoch; /* what was defined in an earlier one is not what this name means now */
};

/* A text behind a name that SQL made. */
struct named_text {
    struct sl_span text;
    uint64_t context; /* of the session when it was sent; 0: not known */
    uint32_t serial;  /* as a portal's, in the same count */
    uint32_t listing; /* generation, of the same time */
    bool holds;       /* a cursor that outlives its transaction */
    bool has_code;    /* it runs code of users */
};

/* A portal that is read in portions: one action, with one outcome when the portal ends. */
struct reading {
    size_t refs;
    uint64_t action, rows, bytes;
    bool closed; /* its portal is no more: no further portion will be asked for */
    bool ended;  /* the outcome is recorded */
};

struct portal {
    uint64_t action;
    uint16_t item_flags;
    struct meter *meter;   /* a reference: counts the rows of all its Executes */
    uint32_t serial;       /* of the Bind that made it */
    bool confirmed;        /* the server has said that it made it */
    uint64_t segment;      /* an unconfirmed one may be used in its own segment only */
    bool granted;          /* it was held: runs as often as the grant says */
    uint32_t granted_rows; /* Execute's max_rows that was shown; 0: all */
    bool executed;
    struct verdict *verdict; /* a reference: see struct item */
    uint64_t described;      /* segment + 1 in which a Describe of it was sent: unless the server
                                skips both, its answer comes before that of an Execute behind it */
    struct reading *reading; /* a reference; since the first Execute that may leave rows */
    struct prepared *made;   /* a reference; whose names are known once it has run */
    /* What its Bind was judged with; bound.c compares it at each Execute. */
    struct meaning *meaning; /* a reference; NULL: nothing of it runs on the server */
    bool by_names;           /* EXECUTE, FETCH and the like: names_epoch counts */
    bool by_context;         /* code of users runs, in each portion */
    uint64_t names_epoch, context, moves, ddl_moves, label_generation;
    uint32_t listing, policy; /* generations */
};

/* A text's meaning and what policy says to it: two references. */
struct judged {
    struct meaning *meaning;
    struct verdict *verdict;
    struct meaning
        *seen; /* what its words say, where `meaning` is opaque for what is around them */
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
    bool temp_objects;          /* the session may have temporary objects that hide others */
    bool temp_objects_asked;    /* ... and the server said so */
    uint64_t segment;           /* counts Syncs and queries sent */
    uint64_t tx_first, tx_last; /* actions whose transaction is not known to have ended */
    uint64_t tx_answered;       /* the last action that is answered */
    bool labelled_open; /* its open transaction works on labelled data: see deferred checks */
    bool labels_open;   /* its open transaction brought labels that go if it is rolled back */

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
    struct judged kept; /* of the message at the head, while it waits for people or the journal */
    uint64_t intent;    /* its intent is in the journal already; waiting for the sync */
    struct judged intent_judged; /* as which it was written */
    struct sl_span forward; /* messages to send in one go: a part of the input being pumped */
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

/* login.c, cancel.c */
void login_begin(struct session *s);
void login_input(struct session *s);
void login_free(struct session *s);
void login_keeper(struct session *s, enum sl_message type, struct sl_span body);
void login_keeper_lost(struct session *s);
void upstream_begin(struct session *s);
/* Asks the server to stop what it does for this session (a CancelRequest with the server's own
 * key). */
void upstream_cancel(struct session *s);
/* The same, and the client's next messages wait until the server has taken it. */
void upstream_cancel_counted(struct session *s);

/* client.c: handles what it can of `in`; returns the bytes that are done with. */
size_t client_pump(struct session *s, struct sl_span in);
void client_input(struct session *s);
/* Adds `whole` (a part of the input) to what goes to the server when the pump pauses. */
void client_forward(struct session *s, struct sl_span whole);
void client_flush(struct session *s);

struct held_bytes;
enum take { TAKE_DONE, TAKE_WAIT, TAKE_DEAD };

/* query.c, extended.c: `whole` is the message with its header, `rest` the input behind it. */
enum take query_take(struct session *s, struct sl_span body, struct sl_span whole);
/* Records and sends what may go. */
enum take query_send(struct session *s, const struct judged *j, const struct held_bytes *what,
                     struct sl_span whole);
enum take extended_take(struct session *s, uint8_t type, struct sl_span body, struct sl_span whole,
                        struct sl_span rest);
void extended_free(struct session *s);
void extended_confirm(struct session *s, struct item *item, uint8_t reply);
void extended_drop(struct session *s, struct item *item);
/* Code of users, or what nobody knows: the session decides what its names mean when it runs. */
bool meaning_has_code(const struct sl_meaning *m);
/* Names that it gives to something are not known from its sending on, until its success. */
void extended_forget(struct session *s, const struct sl_meaning *m);
void names_happened(struct session *s, const struct prepared *made);
bool names_are_made(const struct sl_meaning *m); /* by PREPARE or DECLARE */
void names_forget_cursor(struct session *s, struct sl_span name);
/* Text and meaning of what is sent now; NULL without memory. */
struct prepared *names_ticket(struct session *s, struct sl_span text, struct meaning *m);
void extended_forget_all(struct session *s);
void extended_forget_portals(struct session *s);
/* The server is in no transaction: what it has confirmed until now ended with the last one. */
void names_tx_ended(struct session *s, bool rolled_back);
/* Is this sent only when names that are on their way are answered? */
bool names_must_settle(const struct session *s, const struct sl_meaning *m);
struct prepared *prepared_ref(struct prepared *p);
void prepared_unref(struct prepared *p);
void name_free(struct statement_name *n);
/* `p` will have this name once the server confirms it; takes the reference over. */
bool names_define(struct session *s, struct sl_span name, struct prepared *p);
struct item_name *name_copy(struct sl_span name); /* an item's, which ends with it */
/* The map, made when it is first needed; NULL after ending the session for want of memory. */
struct sl_map *names_map(struct session *s, struct sl_map **m);

/* judging.c: the common road of both protocols */
enum { ENDS_TX = SL_MEANING_TX_COMMIT | SL_MEANING_TX_ROLLBACK | SL_MEANING_TX_SAVEPOINT };
/* The target's definitions are changing, or being read, and that is worth waiting for. */
bool listing_is_due(const struct session *s);
/* TAKE_WAIT: the session waits and will come again. */
enum take action_judge(struct session *s, struct sl_span text, struct meaning *known,
                       struct judged *out);
void judged_done(struct judged *j);
/* verdict.c: the same action as it goes beyond this rule's budget (NULL: beyond what a statement
 * may return of labelled data). False: out of memory. */
bool judged_over(struct session *s, const struct judged *j, const struct sl_rule *rule,
                 struct judged *out) SL_MUST_CHECK;
/* floor.c: the text's own words (`own`, and those of what it executes) say more than the judge. */
bool floor_is_above(const struct session *s, struct sl_span text, uint32_t own,
                    const struct meaning *m);
/* Keeps what was judged for the message at the head, which is about to wait. */
void judged_keep(struct session *s, const struct judged *j);
/* Flags and action of an item for what is about to be sent. */
void item_fill(struct session *s, struct item *item, const struct judged *j, uint64_t action);
/* What is sent now may change the session and its definitions: from here on, not from its answer
 * on. */
void item_sent(struct session *s, struct item *item);
void ddl_begins(struct session *s); /* other sessions wait until it has ended */

/* ddl.c: what is changed by open transactions. ddl_closes: false when there was nothing. */
enum ddl_way { DDL_FREE, DDL_WAIT, DDL_TOO_LATE };
void ddl_opens(struct session *s, const struct sl_meaning *m);
void ddl_count(struct session *s, const struct sl_meaning *m); /* it is sent: target->ddl_sent */
bool ddl_closes(struct session *s);
/* Did a change that went through this gate, and has ended since the last listing, name it? */
bool ddl_named(const struct target *t, struct sl_span relation);
void ddl_listed(struct target *t); /* what has ended is in the listing now */
enum ddl_way ddl_way_of(const struct session *s, const struct sl_meaning *m);

bool action_is_quiet(const struct session *s); /* the server owes nothing */
/* Waits until it does; makes it say what it keeps back in a pipeline. */
enum take wait_for_answers(struct session *s);
/* A result that may still be stopped is under way. What would commit its transaction is not sent
 * before it is answered: when it ends with a no, nothing of it may be in force (P5). */
bool result_is_due(const struct session *s);
/* TAKE_WAIT when this text may commit; and when it takes names away that are on their way. */
enum take wait_to_commit(struct session *s, const struct sl_meaning *m);

struct held_bytes;

/* record.c */
enum take record_intent(struct session *s, const struct judged *j, struct sl_span text,
                        uint32_t flags, const struct sl_pg_bind *bind, uint64_t *action);
/* A statement that runs goes on with this grant, as an action of its own. SL_EFULL: not now. */
enum sl_err record_continue(struct session *s, const struct judged *j,
                            const struct held_bytes *what, const uint8_t approval[16],
                            uint64_t action) SL_MUST_CHECK;
void record_refusal(struct session *s, const struct judged *j, struct sl_span text,
                    const char *approval);
/* Of what the server has just answered. */
void record_outcome(struct session *s, uint64_t action, uint8_t outcome);
struct ending {
    uint8_t outcome;
    const char *sqlstate; /* five characters; NULL: none */
    uint64_t rows, bytes;
};
void record_ending(struct session *s, uint64_t action, const struct ending *e);
/* What is written and waits for the disk does not run, or not as it is written. */
void record_withdraw(struct session *s, const char *sqlstate);
enum { TXN_COMMITTED = 1, TXN_ROLLED_BACK = 2, TXN_UNKNOWN = 4 };
void record_txn(struct session *s, uint8_t outcome);
/* How far the running statements have come since the journal said so last. */
void record_progress(struct gate *g);
/* The same of an action that waits between two portions. */
void record_portion(struct session *s, uint64_t action, uint64_t rows, uint64_t bytes);

/* txn.c: which transactions ended, and how */
bool txn_is_mixed(const struct sl_meaning *m); /* a text that may hold several */
void txn_tag(struct session *s, const struct item *item, struct sl_span command);
void txn_is_over(struct session *s, const struct item *item); /* ReadyForQuery says: in none */
void txn_goes_on(struct session *s, const struct item *item); /* ... in one */
/* At its ReadyForQuery: all that this text has changed. */
bool txn_text_is_committed(const struct session *s, const struct item *item);
bool txn_has_committed(const struct session *s); /* something of the text under way */

/* portal.c: how the action of a portal ends */
enum { OUTCOME_PORTION = 0 }; /* more rows may be asked for */
/* An Execute was answered. */
void portal_outcome(struct session *s, const struct item *item, uint8_t outcome);
/* The reference for the item of an Execute that is sent now. False: without memory. */
bool portal_execute(struct portal *p, uint32_t max_rows, struct item *item);
void portal_end(struct session *s, struct portal *p, const struct ending *unexecuted);
void portals_end(struct session *s); /* with the session */
void reading_unref(struct reading *r);

/* bound.c: what a portal was bound as, and whether that holds at its Execute. bound_holds:
 * TAKE_DONE with *why set when it does not; TAKE_WAIT as action_judge. bound_sent: item_sent, where
 * what the portal does itself counts as judged. */
void bound_note(struct session *s, struct portal *p, struct meaning *m);
enum take bound_holds(struct session *s, const struct portal *p, const char **why) SL_MUST_CHECK;
void bound_sent(struct session *s, struct portal *p, struct item *item);

/* portals.c: the portals of a session, by the server's names for them ("": the unnamed one) */
struct portal *portals_find(struct session *s, struct sl_span name); /* NULL: none */
/* A fresh one; one that had the name ends. NULL: without memory. */
struct portal *portals_make(struct session *s, struct sl_span name);
/* Ends and forgets it; nothing when there is none. */
void portals_drop(struct session *s, struct sl_span name);
size_t portals_count(const struct session *s); /* of those with a name */
struct portal_walk {
    bool begun;
    size_t at;
    struct sl_span name; /* of the one that was given last, which may be dropped */
};
struct portal *portals_next(struct session *s, struct portal_walk *w); /* NULL: no more */

/* items */
struct item *item_push(struct session *s, enum item_kind kind);
struct item *item_head(struct session *s);
void item_pop(struct session *s);

/* refuse.c */
struct refusal {
    const char *sqlstate;
    const char *message, *detail, *hint; /* NULL: none */
};
void refuse_simple(struct session *s, const struct refusal *r);
void refuse_extended(struct session *s, const struct refusal *r);
/* The texts of a denial. */
void refuse_denied(struct session *s, const struct judged *j, struct sl_buf *message,
                   struct sl_buf *detail, struct sl_buf *hint);

/* What a held action goes beyond (hold_digest.c puts it into the operation). */
struct over_budget {
    bool is;
    struct sl_span rule; /* whose budget; empty: the limit of labelled data */
    uint64_t continues;  /* the action that runs already; 0: it has not begun */
    uint64_t delivered;  /* rows of it */
    uint64_t before;     /* rows that lie before these and count; SL_ROWS_UNKNOWN: who knows */
};

/* hold.c: TAKE_DONE when the grant is spent and the bytes may go now. */
struct held_bytes {
    bool extended;
    struct sl_span text;
    const struct sl_pg_bind *bind;
    const struct prepared *prepared;
    uint32_t max_rows;
    struct sl_span bind_body; /* the Bind message that `bind` was read from */
    struct over_budget over;
    const struct list *list; /* a whole list is held, `text` is its first statement */
    bool list_asks;          /* ... until there is an approval, not until it may run */
};
enum take hold_take(struct session *s, const struct judged *j, const struct held_bytes *what);
void hold_keeper(struct session *s, enum sl_message type, struct sl_span body);
/* ACTION_NOTE: what a reviewer asks, as a NOTICE. */
void hold_note(struct session *s, struct sl_channel *c, struct sl_span body);
void hold_again(struct session *s); /* a new keeper: ask again */
void hold_judge_again(struct session *s, const char *why);
void hold_leave(struct session *s, uint8_t how, const char *why);
void hold_cancel(struct session *s);
void hold_moot(
    struct session *s); /* judged again, and it is not held any more: its approval is void */
/* A grant that may be spent, and for which no intent is in the journal, is recorded as refused: a
 * spent grant always has an outcome. */
void hold_free(struct session *s);
void hold_recorded(struct session *s); /* the intent is in the journal */
/* The message at the head ends without having run: so does whatever waits for it. */
void hold_end(struct session *s, const char *why);
bool hold_is_held(const struct session *s);
bool hold_waits(const struct session *s); /* for people: nothing is granted yet */
bool hold_is_granted(const struct session *s);
const char *hold_approval(const struct session *s);
const uint8_t *hold_approval_uuid(const struct session *s); /* NULL: none */
uint64_t hold_action(const struct session *s);              /* 0: none */
uint64_t hold_rows(const struct session *s); /* that the grant lets pass; 0: as policy says */

/* budget.h: meters, leases, stops */
/* Before a message is sent that policy allows: borrows what it needs. TAKE_DONE with over->verdict
 * set: there is not enough, and `over` is what policy says to that, `said` what it goes beyond. */
enum take budget_take(struct session *s, const struct judged *j, struct judged *over,
                      struct over_budget *said);
void lease_drop(struct session *s); /* the message was not sent, or needs none */
/* The meter of what is sent now; *out NULL: nothing limits it. False: out of memory. */
bool meter_make(struct session *s, const struct judged *j, uint64_t action,
                const struct held_bytes *what, struct meter **out) SL_MUST_CHECK;
struct meter *meter_ref(struct meter *m);
void meter_unref(struct meter *m);
/* False: a limit, what is lent or what was granted does not let all of them pass; nothing was
 * counted. */
bool meter_take(struct meter *m, uint64_t rows, uint64_t bytes);
void meter_moves(struct meter *m, uint64_t rows); /* MOVE has passed over them */
void tallies_free(struct session *s);             /* paging.c: no cursor of it is known any more */
void tallies_forget(struct session *s, const struct sl_meaning *m); /* those that it closes */
void meter_settle(struct session *s, struct meter *m, uint8_t outcome);
bool meter_has(const struct meter *m, uint64_t action); /* that continued it */
/* The row at hand may not pass: the server is not read any more until it may, or never will. */
void stop_begin(struct session *s, uint64_t row_bytes);
void stop_free(struct session *s, const char *why);
void stop_cancel(struct session *s);
void stop_again(struct session *s);
void stop_ask_again(struct session *s); /* from the start, under the policy and labels of now */
bool stop_is_of(const struct session *s, uint64_t action);
void stop_keeper(struct session *s, enum sl_message type, struct sl_span body);
struct sl_span stop_show(const struct session *s); /* JSON for its reviewer; may be empty */

/* labels.c: what an action carries along is in the map, and told, before its bytes go out. False:
 * the session has ended. */
bool labels_spread(struct session *s, const struct judged *j, uint64_t action);

/* witness.c: the server's description against the judge's word. False: the answer was stopped and
 * the session ended. */
bool witness_sees(struct session *s, const struct item *item, struct sl_span description);
/* The very same description was looked at already: nothing needs to go out ahead of it. */
bool witness_has_seen(const struct session *s, const struct item *item, struct sl_span description);
void witness_sees_nothing(const struct session *s, const struct item *item);
void witness_ask(struct session *s, struct portal *p, struct sl_span name);
void witness_attach(const struct session *s, struct item *item, struct portal *p);

/* The action of a grant that is spent fails before it ran: what its outcome will say. */
void hold_fails(struct session *s, const char *sqlstate);

/* elevate.c: a granted statement that runs as another login, on a connection of its own. */
/* Before it is held: false when it cannot be; then *t says whether it was refused, or waits. */
bool elevate_may(struct session *s, const struct judged *j, const struct held_bytes *what,
                 enum take *t);
/* The grant is spent. TAKE_DONE with the grant still there: its connection is ready, or it needs
 * none. */
enum take elevate_take(struct session *s, const struct judged *j, const struct held_bytes *what);
/* The intent is recorded: what is sent from now on goes to that connection, if there is one. False:
 * the session is dead, and the action's outcome recorded. */
bool elevate_begin(struct session *s, uint64_t action);
bool elevate_is_on(const struct session *s);
void elevate_end(struct session *s); /* it is answered: the session's own connection is back */
/* Not on yet, for this action (0: any): the message will be refused. False: there is no such. */
bool elevate_cancel(struct session *s, uint64_t action);
/* The session's search_path as it is meant, for another connection. */
void elevate_put_search_path(struct sl_buf *b, const struct session *s);
void elevate_forget(struct session *s); /* unless it is on */
void elevate_free(struct session *s);   /* with the session */

/* settings.c: SET sluice.x and SHOW sluice.x in the simple protocol. */
enum take settings_take(struct session *s, struct sl_span text, struct sl_span whole,
                        bool *was_ours);
enum sl_err settings_answered(struct gate *g, struct sl_span body) SL_MUST_CHECK;
void settings_keeper_new(struct session *s);
bool settings_is_set(struct sl_span text);
/* A text that the judge reads as being about sluice.*, and that the gate did not take: quoted,
 * behind a comment, one of several statements, in a body. It is refused, whatever policy says: on
 * the server it would be a setting that nobody looks at, and its writer would believe in it. */
bool settings_are_misspelt(const struct judged *j, struct refusal *out);
bool settings_is_show(struct sl_span text);
bool settings_apply(struct session *s, struct sl_span text, struct sl_buf *complaint);

/* inner.c: the gate's own questions on a session's connection */
/* `done` may ask the next question; after the last one the session's head is taken again. The rows
 * are in s->internal until then. */
void inner_ask(struct session *s, struct sl_span sql, void (*done)(struct session *s, bool ok));
/* The next of them, with a cursor over s->internal. False: there is none. */
bool inner_row(struct sl_cursor *c, struct sl_pg_values *out);
void inner_context(struct session *s);
void inner_locks(struct session *s);
/* The settings that literals and results depend on, into the session's elevation. */
void inner_settings(struct session *s);
void elevate_settings(struct session *s, struct sl_span rows, bool ok);
/* Rows as inner.c keeps them; false at the end. */
bool inner_row(struct sl_cursor *c, struct sl_pg_values *out);
/* Makes the transaction fail; the client gets its ReadyForQuery then. */
void inner_fail(struct session *s);
void inner_message(struct session *s, uint8_t type, struct sl_span body);

/* estimate.c: makes s->show, at once or when the server has answered (TAKE_WAIT). */
enum take estimate_take(struct session *s, const struct judged *j, const struct held_bytes *what);

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
