/* The memory of the trail between two flushes. */
#ifndef SL_ROLE_KEEPER_TRAIL_INT_H
#define SL_ROLE_KEEPER_TRAIL_INT_H

#include "base/map.h"
#include "role/keeper/trail.h"

struct trail_term {
    uint64_t id;
    uint64_t block, bits, lines; /* not yet in the tables */
    uint64_t last_line;          /* that it was counted in */
    unsigned refs;               /* facts that name it */
    struct trail_term *next;     /* of those with something to write */
    bool dirty;
};

struct trail_facts {
    unsigned refs;
    size_t count;
    struct trail_term *terms[];
};

struct trail {
    struct db *db;
    struct sl_map *terms, *facts;
    struct trail_term *first;   /* with something to write */
    struct trail_term *actions; /* the kind of every batch */
    uint64_t next;              /* the leaf that comes next */
    uint64_t index, line;       /* the one that is told now; counts lines, never reset */
    enum sl_err why;
};

enum { TRAIL_WORD_BYTES = 480 }; /* a longer word is indexed by its beginning, and compared whole */

/* The key of a term: a letter and the word, cut. */
struct trail_key {
    uint8_t bytes[TRAIL_WORD_BYTES + 1];
    size_t n;
};
struct trail_key trail_key(enum trail_kind kind, struct sl_span word);
struct trail_term *trail_term(struct trail *t, enum trail_kind kind, struct sl_span word);
void trail_touch(struct trail *t, struct trail_term *m);
void trail_fail(struct trail *t, enum sl_err why);

#endif
