/* The memory of the lineage graph between two flushes. */
#ifndef SL_ROLE_KEEPER_LINEAGE_INT_H
#define SL_ROLE_KEEPER_LINEAGE_INT_H

#include "base/map.h"
#include "core/lineage/lineage.h"
#include "role/keeper/lineage.h"

enum { LINEAGE_WORDS = 1000 }; /* of a text or a list of names, at most so many bytes */
enum { LINEAGE_EDGES = 1, LINEAGE_FLOWS = 2 }; /* what a standing makes */
unsigned lineage_makes(enum lineage_standing s);

/* Facts, read once. */
struct lineage_story {
    unsigned refs;
    struct sl_arena *mem;
    struct sl_span facts;
    struct sl_lineage_story told;
    struct act *last; /* the act that it was counted in last */
};

/* An identity on a target, as its session began. */
struct doer {
    struct sl_span identity, owner, target;
};

struct act {
    struct lineage_story *story;
    const struct doer *who;
    uint64_t hour;
    enum lineage_standing standing;
    bool observed;
    char approval[40];
    struct sl_buf approvers, why, text; /* text: of the first of them, when it is known */
    uint64_t session, action;           /* the first of them */
    uint64_t id;                        /* in the table; 0: not there yet */
    uint64_t first_us, last_us, count, rows, bytes; /* since the last flush */
    struct act *next;
};

/* An action whose end is not known yet, or whose transaction is not. */
struct open {
    uint64_t session, action, at_us, rows, bytes;
    struct lineage_story *story;
    const struct doer *who;
    uint32_t flags;
    uint8_t outcome; /* 0: not known */
    bool saved;      /* it is in the table */
    char approval[40];
    struct sl_buf approvers, text;
    struct open *before, *after; /* of the same session, in order */
};

struct seat {
    uint64_t session;
    const struct doer *who;
    struct open *first, *last;
};

struct lineage {
    struct db *db;
    struct sl_arena *names;                /* doers, for the life of the process */
    struct sl_map *doers, *seats;          /* by text; by session */
    struct sl_map *stories, *acts, *nodes; /* by facts; by key; by name */
    struct act *first, *last;              /* all acts in the order in which they came */
    struct seat *seat;                     /* the one asked for last */
    struct open *spare;                    /* memory for those to come */
    size_t opens;                          /* in all seats */
    uint64_t opens_lost;                   /* of them: closed for want of room */
    size_t unsaved;                        /* open ones that the table does not have yet */
    lineage_told_fn *told;
    void *owner;
    enum sl_err why;
};

struct happened {
    struct lineage_story *story;
    const struct doer *who;
    uint64_t session, action, at_us, rows, bytes;
    uint32_t flags;
    struct sl_span approval, approvers, why, text;
};

/* --- lineage_act.c --- */
void lineage_count(struct lineage *l, enum lineage_standing standing, const struct happened *h);
void lineage_acts_free(struct lineage *l);
void lineage_stories_free(struct lineage *l);
void lineage_fail(struct lineage *l, enum sl_err why);
/* --- lineage_open.c --- */
const struct doer *lineage_doer(struct lineage *l, struct sl_span identity, struct sl_span owner,
                                struct sl_span target);
struct seat *lineage_seat(struct lineage *l, uint64_t session, const struct doer *who);
void lineage_seat_left(struct lineage *l, uint64_t session);
/* What happened, with its outcome (0: not known yet): counted, or open until more is known. */
void lineage_happened(struct lineage *l, uint8_t outcome, const struct happened *h);
void lineage_opens_free(struct lineage *l);
void lineage_opens_load(struct lineage *l);
void lineage_opens_save(struct lineage *l);
/* --- lineage_flush.c --- */
void lineage_put_act(struct lineage *l, struct act *a);

#endif
