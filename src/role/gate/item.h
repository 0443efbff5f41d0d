/* The answers that the server still owes: one item for each message that was sent to it. */
#ifndef SL_ROLE_GATE_ITEM_H
#define SL_ROLE_GATE_ITEM_H

#include "role/gate/judging.h"

struct session;
struct verdict;
struct meter;
struct meaning;
struct prepared;
struct reading;

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
    ITEM_ENDS_ALL = 1024,  /* COMMIT or ROLLBACK, and nothing else */
    ITEM_LISTED = 8192,    /* a statement of a list (list.h) */
    ITEM_HALTED = 2048,    /* cancelled as soon as the server works on it (halt.h) */
    ITEM_STOPPING = 16384, /* cancelled again until it has ended (cancel.c) */
    ITEM_OURS = 4096,      /* a Describe that the client did not send: its answer is swallowed */
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

struct item *item_push(struct session *s, enum item_kind kind);
struct item *item_head(struct session *s);
void item_pop(struct session *s);

/* Flags and action of an item for what is about to be sent. */
void item_fill(struct session *s, struct item *item, const struct judged *j, uint64_t action);
/* What is sent now may change the session and its definitions: from here on, not from its answer
 * on. */
void item_sent(struct session *s, struct item *item);
void ddl_begins(struct session *s); /* other sessions wait until it has ended */

#endif
