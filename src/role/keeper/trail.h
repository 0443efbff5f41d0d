/* The trail: finds entries of the ledger by who, what and how it went (GET /v1/audit).
 *
 * It is an index in the view, and the ledger stays the truth: whatever the index names is read back
 * from the log and looked at again before anybody is told. A *term* is a kind and a word
 * ("i" "agent-7", "l" "pii"); for each term and each block of 64 entries there is one row with a
 * bit for each entry, and how many lines have it. A *line* is what is found: an entry, or one
 * action of a batch.
 *
 * It is told of every leaf in the order of the log, like lineage and usage: in JSON (trail_leaf),
 * or what a drained journal put into a batch (trail_batch), which costs some ten nanoseconds an
 * action. It remembers in the same commit as the view how far it was told; what it missed (an older
 * view, a leaf that the ledger wrote itself) it reads from the log (trail_catch_up).
 */
#ifndef SL_ROLE_KEEPER_TRAIL_H
#define SL_ROLE_KEEPER_TRAIL_H

#include "core/ledger/entry.h"
#include "os/ledger_store.h"
#include "role/keeper/db.h"
#include "json/json.h"

struct trail;
enum sl_err trail_new(struct db *db, struct trail **out) SL_MUST_CHECK;
void trail_free(struct trail *t); /* NULL is fine */
SL_DEFINE_CLEANUP(struct trail, trail)

/* --- being told ----------------------------------------------------------------------------- */

/* Leaf number `index`. One that was told already, or comes after a gap, changes nothing. */
void trail_leaf(struct trail *t, uint64_t index, struct sl_span leaf);

/* Facts, read once; the pointer is the caller's until it gives it back. */
struct trail_facts;
struct trail_facts *trail_facts(struct trail *t, struct sl_span facts);
void trail_facts_unref(struct trail_facts *f); /* NULL is fine */

/* What a leaf that is being built will say: kind and time, and of a batch its actions. */
struct trail_term;
struct trail_batch {
    const char *kind; /* NULL: nothing was gathered, read the leaf itself */
    uint64_t time_us;
    unsigned count;
    struct {
        struct trail_facts *facts; /* a reference */
        struct trail_term *identity, *target;
    } items[SL_ENTRY_MAX_BATCH];
};
/* No flush may come between the first item and trail_batch. */
void trail_batch_add(struct trail *t, struct trail_batch *b, struct trail_facts *f,
                     const struct sl_entry_action *a);
/* The leaf is number `index`, and its bytes are these; empties `b`. */
void trail_batch(struct trail *t, uint64_t index, struct sl_span leaf, struct trail_batch *b);

/* Everything that was told is in the tables. Errors stick. */
enum sl_err trail_flush(struct trail *t) SL_MUST_CHECK;
/* Reads from the log what was not told. */
enum sl_err trail_catch_up(struct trail *t, struct sl_ledger *l) SL_MUST_CHECK;

/* --- searching (after a flush and with nothing missed) ---------------------------------------- */

/* kind, the letter in the index, the name in a question. */
#define TRAIL_KINDS(X)                                                                    \
    X(APPROVAL, 'a', "approval")                                                          \
    X(ONLY, 'g', "only")   /* see docs/http.md */                                         \
    X(EVENT, 'e', "event") /* of entries that have one */                                 \
    X(RULE, 'r', "rule")                                                                  \
    X(LABEL, 'l', "label")                                                                \
    X(DATASET, 'd', "dataset")                                                            \
    X(IDENTITY, 'i', "identity") /* who did it, in whose name, who decided, about whom */ \
    X(VERDICT, 'v', "verdict")                                                            \
    X(TARGET, 't', "target")                                                              \
    X(IS, 'k', "kind")
enum trail_kind {
#define TRAIL_KIND(NAME, letter, name) TRAIL_##NAME,
    TRAIL_KINDS(TRAIL_KIND)
#undef TRAIL_KIND
        TRAIL_KIND_COUNT
};

/* Words of "only". */
#define TRAIL_ONLY_UNRULED "unruled" /* a labelled read that was allowed and that no rule names */
#define TRAIL_ONLY_QUICK "quick"     /* a yes within TRAIL_QUICK_US of the question */
#define TRAIL_ONLY_SELF "self"       /* somebody tried to decide what is theirs, and was refused */
enum { TRAIL_QUICK_US = 3 * 1000 * 1000, TRAIL_ENTRIES = 64, TRAIL_BLOCK = 64 };

struct trail_query {
    struct sl_span words[TRAIL_KIND_COUNT]; /* empty: any */
    uint64_t since_us, until_us;            /* by when it was recorded; 0: open */
    uint64_t before, before_line;           /* comes before this line; UINT64_MAX: the newest */
    uint64_t entries[TRAIL_ENTRIES];        /* only these, ascending, when there are any */
    size_t entry_count;
    uint64_t lines; /* at most so many */
};

/* One line. `asked`: of an approval's later event, the leaf that asked; NULL otherwise. What it
 * points to is gone when the function returns. False: enough. */
struct trail_line {
    uint64_t entry;
    size_t line; /* of a batch, the place of the action */
    struct sl_span bytes;
    const json_t *leaf, *asked;
    bool quick; /* a yes that came within TRAIL_QUICK_US */
};
typedef bool trail_found_fn(void *owner, const struct trail_line *line);

struct trail_end {
    bool more; /* there may be more before here: */
    uint64_t before, before_line;
};
/* Newest first. Looks at a bounded part of the log: `more` with few lines, or none, means go on. */
enum sl_err trail_search(struct trail *t, struct sl_ledger *l, const struct trail_query *q,
                         trail_found_fn *found, void *owner, struct trail_end *end) SL_MUST_CHECK;
/* How many lines have this one word since then: exactly as many as a search finds. */
enum sl_err trail_count(struct trail *t, struct sl_ledger *l, enum trail_kind kind,
                        struct sl_span word, uint64_t since_us, uint64_t *out) SL_MUST_CHECK;

/* --- what a line is (trail_line.c): the index and the search ask the same functions ------------
 */

size_t trail_lines(const json_t *leaf);
typedef void trail_word_fn(void *owner, enum trail_kind kind, struct sl_span word);
/* Its words, some perhaps twice. */
void trail_words(const struct trail_line *line, trail_word_fn *fn, void *owner);
void trail_facts_words(const json_t *facts, trail_word_fn *fn, void *owner);
/* For people and programs; a new object. */
json_t *trail_line_json(const struct trail_line *line);

#endif
