/* The insides of a listing's reader, shared by catalog.c (its connection, and when it reads) and
 * listing.c (what it asks, and what it makes of the answers). */
#ifndef SL_ROLE_GATE_CATALOG_INT_H
#define SL_ROLE_GATE_CATALOG_INT_H

#include "role/gate/sizes.h"

enum { FINGERPRINT_MAX = 64, PROBLEM_MAX = 128 };

enum asking {
    ASKING_NOTHING,
    ASKING_FINGERPRINT,
    ASKING_LISTING,
    ASKING_ROLLBACK, /* of a listing that cannot be read with all texts */
    ASKING_SIZES,
};

struct catalog_reader {
    struct gate *gate;
    struct target *target;
    struct dial *dial;
    struct stream stream;
    struct sl_buf in;
    struct sl_catalog_builder *builder;
    enum asking asking;
    size_t query;    /* of the listing */
    bool changed;    /* the listing is read whatever the fingerprint says */
    bool again;      /* became stale while it was being read */
    bool texts;      /* it is read with the texts that need locks */
    bool locked;     /* a lock stood against it */
    bool too_large;  /* with them: the rest of its rows is let pass */
    bool incomplete; /* the last one was read without them, because of a lock: again at each poll */
    uint64_t last_ms, sized_ms;
    uint64_t labels;      /* what labels_passed said then */
    uint64_t asked_us;    /* when this reading began: what was changed before it is in it */
    struct sl_map *sizes; /* as they come */
    uint8_t fingerprint[FINGERPRINT_MAX], listed[FINGERPRINT_MAX]; /* now; of the last listing */
    size_t fingerprint_n, listed_n;
    char problem[PROBLEM_MAX]; /* why it cannot go on, as far as it is known */
};

/* False: the connection is of no use any more.
 *
 * The fingerprint is asked first; the listing is read when it is another one, or `changed`. */
bool listing_begin(struct catalog_reader *r, bool changed) SL_MUST_CHECK;
bool listing_message(struct catalog_reader *r, uint8_t type, struct sl_span body) SL_MUST_CHECK;

#endif
