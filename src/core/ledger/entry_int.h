/* Members that are left out when there is nothing to say. Names in ascending order, as sl_jw wants.
 */
#ifndef SL_CORE_LEDGER_ENTRY_INT_H
#define SL_CORE_LEDGER_ENTRY_INT_H

#include "core/ledger/entry.h"
#include "crypto/crypto.h"
#include "json/json.h"

enum { SL_SAID_MAX = 500 }; /* of words that a person or client chose */

static inline void sl_member_str(struct sl_jw *w, const char *key, struct sl_span text)
{
    if (text.n == 0)
        return;
    sl_jw_key(w, key);
    sl_jw_str(w, text);
}

static inline void sl_member_u64(struct sl_jw *w, const char *key, uint64_t v)
{
    if (v == 0)
        return;
    sl_jw_key(w, key);
    sl_jw_u64(w, v);
}

static inline void sl_member_time(struct sl_jw *w, const char *key, uint64_t time_us)
{
    if (time_us == 0)
        return;
    sl_jw_key(w, key);
    sl_jw_time(w, time_us);
}

static inline void sl_member_hex(struct sl_jw *w, const char *key, const uint8_t *p, size_t n)
{
    if (p == NULL)
        return;
    sl_jw_key(w, key);
    sl_jw_hex(w, sl_span(p, n));
}

static inline void sl_member_list(struct sl_jw *w, const char *key,
                                  const struct sl_entry_list *list)
{
    if (list->count == 0)
        return;
    sl_jw_key(w, key);
    sl_jw_array(w);
    for (size_t i = 0; i < list->count; i++)
        sl_jw_str(w, list->items[i]);
    sl_jw_end(w);
}

/* entry_passkey.c */
void sl_member_proof(struct sl_jw *w, const char *key, const struct sl_entry_proof *p);

/* Words of a stranger: made safe to read, and cut (with length and digest) past SL_SAID_MAX bytes.
 */
void sl_member_said(struct sl_jw *w, const char *key, struct sl_span text);

/* "text", or its digest, length and head when what is left of the leaf's `limit` is too small for
 * it. */
void sl_member_text(struct sl_jw *w, struct sl_span text, uint32_t flags, size_t limit);

static inline void sl_entry_fail(struct sl_buf *b, enum sl_err why)
{
    if (b->why == SL_OK)
        b->why = why;
}

/* What is left of a leaf that began at `start`. */
static inline size_t sl_entry_room(const struct sl_buf *b, size_t start)
{
    size_t used = b->n - start;

    return used < SL_ENTRY_MAX ? SL_ENTRY_MAX - used : 0;
}

/* "flags": of a journal's intent, those that say something to a reader. */
void sl_member_flags(struct sl_jw *w, uint32_t flags);

/* "facts": a whole value, canonical already. */
static inline void sl_member_facts(struct sl_jw *w, struct sl_span facts)
{
    if (facts.n == 0)
        return;
    sl_jw_key(w, "facts");
    sl_jw_raw(w, facts);
}

/* "time" and "v" */
static inline void sl_member_time_v(struct sl_jw *w, uint64_t time_us)
{
    sl_jw_key(w, "time");
    sl_jw_time(w, time_us);
    sl_jw_key(w, "v");
    sl_jw_u64(w, 1);
}

static inline void sl_member_kind(struct sl_jw *w, enum sl_entry_kind kind)
{
    sl_jw_key(w, "kind");
    sl_jw_str(w, sl_span_str(sl_entry_kind_name(kind)));
}

const char *sl_entry_outcome_name(unsigned outcome); /* NULL when there is no such outcome */

/* A leaf that grew past the limit is an error, whatever the buffer would hold. */
static inline void sl_entry_check(struct sl_buf *b, size_t start)
{
    if (b->why == SL_OK && b->n - start > SL_ENTRY_MAX)
        b->why = SL_ELIMIT;
}

/* Rare members go the ordinary way, as members of an object under way. */
static inline struct sl_jw sl_entry_under_way(struct sl_buf *b)
{
    struct sl_jw w = sl_jw(b);

    w.depth = 1;
    w.kind[0] = 'o';
    return w;
}

/* entry_item.c: an item of a batch, and where its rows are in the leaf's tables. */
enum { SL_ENTRY_BATCH_TAIL = 200 }; /* what stands around the tables, with a margin */
struct sl_entry_rows {
    unsigned session, statement;
};
void sl_entry_put_item(struct sl_entry_batch *batch, const struct sl_entry_action *a,
                       struct sl_entry_rows rows);
/* The text that stands with the statement; empty when the item has its own. */
struct sl_span sl_entry_row_text(const struct sl_entry_action *a);

#endif
