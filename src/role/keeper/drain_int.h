/* The working memory of one pass over a journal, shared by who reads records and who makes leaves.
 */
#ifndef SL_ROLE_KEEPER_DRAIN_INT_H
#define SL_ROLE_KEEPER_DRAIN_INT_H

#include "role/keeper/journals.h"
#include "role/keeper/keeper_int.h"

enum {
    MAX_ENTRIES = 8192,
    SLOTS = 2 * MAX_ENTRIES,
    FACTS_SLOTS = 512,
    MAX_LISTED = MAX_ENTRIES + 1,
    PASS_BYTES = 4 * 1024 * 1024,
    MAX_PROGRESS = 1024, /* of so many running statements one pass tells; the next one more */
};

struct entry {
    struct sl_intent intent; /* spans: offsets into `bytes`, resolved at the end */
    size_t facts_at, text_at;
    uint64_t ended_us, rows, bytes;
    uint8_t outcome, sqlstate[5], body_digest[32];
};

struct drain {
    struct entry entries[MAX_ENTRIES];
    size_t count;
    uint32_t slot[SLOTS]; /* action number -> entry + 1 */
    struct sl_buf bytes;  /* facts and texts of the entries */
    struct sl_buf scratch, masked, tables;
    struct sl_entry_batch batch; /* under way while it has a count; its tables lie in `tables` */
    struct action_key opened[MAX_LISTED], ended[MAX_LISTED];
    size_t opened_count, ended_count;
    struct sl_txn_record txns[MAX_ENTRIES];
    size_t txn_count;
    struct sl_progress_record progress[MAX_PROGRESS];
    size_t progress_count;
    struct cached_facts {
        struct sl_buf journal, json;
        struct lineage_story *story;
        struct usage_facts *usage;
        struct trail_facts *trail;
    } facts[FACTS_SLOTS];
    size_t last_facts;        /* the slot that the entry before used */
    struct sl_buf leaf, last; /* `last` waits for the next, or for the state */
    bool have_last;
    struct trail_batch told, last_told; /* what `leaf` and `last` will tell the trail */
    struct entry *parts[SL_ENTRY_MAX_BATCH], *last_parts[SL_ENTRY_MAX_BATCH];
    unsigned part_count, last_part_count;
};

/* drain_leaves.c: every entry of the pass as leaves, allowed ones up to 100 in one. False: an
 * action of a session that this gate was never given, or facts that cannot be read. */
bool drain_write_entries(struct keeper *k, struct drain *d, uint32_t gate);
/* The leaf that was just built in d->leaf becomes the last one; the one before it goes to the
 * ledger. */
void drain_push_leaf(struct keeper *k, struct drain *d);
/* The last leaf goes to the ledger, with the state that says how far was read. */
void drain_append_last(struct keeper *k, struct drain *d, struct sl_span state);
bool drain_empty(const uint8_t *p, size_t n);
bool drain_held(const struct entry *e);

#endif
