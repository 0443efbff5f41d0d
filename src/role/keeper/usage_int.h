/* The memory of usage between two flushes. */
#ifndef SL_ROLE_KEEPER_USAGE_INT_H
#define SL_ROLE_KEEPER_USAGE_INT_H

#include "base/arena.h"
#include "base/map.h"
#include "role/keeper/usage.h"

/* An identity on a target, as its session began. */
struct usage_who {
    uint64_t id; /* in the table; 0: not there yet */
    struct sl_span identity, owner, target;
    uint64_t count_hour, count; /* rows that it has in that hour */
};

struct usage_touch {
    struct sl_span dataset, column, label; /* empty: none; column "*": any of them */
};

/* Facts, read once. */
struct usage_facts {
    unsigned refs;
    struct sl_arena *mem;
    struct sl_span run, reason;
    const char *verdict;
    uint32_t effects;
    bool changes; /* its rows count once they are committed */
    struct usage_touch *touches;
    size_t touch_count;
    struct usage_touch other; /* the only one, when there are too many to tell */
    uint64_t what, coarse;    /* the set in the table, exact and by labels alone; 0: not known */
    struct cell *last;        /* the cell that it was counted in last */
    uint64_t epoch;           /* `what`, `coarse` and `last` are of this one */
};

/* A row of the table, with what is to be added to it. */
struct cell {
    uint64_t id, hour, statements, rows, bytes;
    struct usage_who *who;
    const char *verdict;
    uint32_t effects;
    unsigned refs; /* open actions */
    struct cell *next;
};

/* An action whose end is not known yet, or whose transaction is not. */
struct open {
    uint64_t action;
    uint64_t rows, bytes; /* so far: counted already, but for the rows of what changes data */
    struct cell *cell;
    uint8_t outcome; /* 0: not known */
    bool changes, in_tx, rolled_back;
    bool stored, stale; /* the table has it; with older numbers */
};

struct seat {
    uint64_t session;
    struct usage_who *who;
    struct open *opens; /* in the order of their numbers */
    size_t count, room;
};

struct usage {
    struct db *db;
    struct sl_arena *names; /* whos, for the life of the process */
    struct sl_map *whos, *seats, *facts, *cells;
    struct cell *first;
    struct seat *seat; /* the one asked for last */
    uint64_t epoch;    /* grows when cells are forgotten */
    enum sl_err why;
};

struct usage_event {
    struct usage_facts *facts;
    struct usage_who *who;
    uint64_t session, action, at_us, rows, bytes;
    uint32_t flags;
    bool counted; /* as a statement, by its approval */
};

/* --- usage.c --- */
void usage_fail(struct usage *u, enum sl_err why);
/* `outcome` 0: not known yet. */
void usage_happened(struct usage *u, uint8_t outcome, const struct usage_event *e);
/* --- usage_open.c --- */
struct usage_who *usage_who(struct usage *u, struct sl_span identity, struct sl_span owner,
                            struct sl_span target);
/* The session's; `who` NULL: only if it is known. */
struct seat *usage_seat(struct usage *u, uint64_t session, struct usage_who *who);
void usage_seat_left(struct usage *u, uint64_t session);
void usage_open_add(struct usage *u, uint8_t outcome, const struct usage_event *e, struct cell *c);
void usage_opens_load(struct usage *u);
void usage_opens_save(struct usage *u);
void usage_seats_free(struct usage *u);
/* --- usage_facts.c --- */
const char *usage_verdict(struct sl_span name); /* the static text; "deny" for what is none */
void usage_facts_free(struct usage *u);
/* --- usage_cell.c --- */
struct cell *usage_cell(struct usage *u, struct usage_facts *f, struct usage_who *who,
                        uint64_t at_us);
struct cell *usage_cell_of_row(struct usage *u, uint64_t id);
void usage_cells_flush(struct usage *u);
void usage_cells_forget(struct usage *u, bool all);

#endif
