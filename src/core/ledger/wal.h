/* The ledger's write-ahead log, the only commit point: how its records lie in a segment file.
 *
 * Segment: "SLWAL001" | u64 first sequence | u64 index of its first leaf | u32 check of those | u32
 * 0 Record:  u32 body length | u32 check | u64 sequence | u64 synced | u8 kind | body
 * little-endian; check is CRC-32C over everything else of the record. Sequences grow by one without
 * a gap, across segments. `synced` is the last sequence that was known to be on the disk when this
 * record was made: it tells a tail that a power loss tore (cut it) from damage to what was once
 * safe (refuse).
 *
 * The highest bit of `kind` says that the next record was written with this one: a group, which
 * stands or falls together. Readers take a group whole, or end before it (sl_wal_next); so what
 * one turn of the keeper recorded is never there in part.
 *
 * A LEAF may carry state beside it: what the keeper needs to catch its view up and what is no part
 * of the tree. Leaf and state stand or fall together. LEAF        body: u32 leaf length | leaf |
 * state (the rest, may be empty) STATE       body: state (never empty) CHECKPOINT  body: the signed
 * checkpoint, as it was published
 */
#ifndef SL_CORE_LEDGER_WAL_H
#define SL_CORE_LEDGER_WAL_H

#include "base/buf.h"

enum {
    SL_WAL_SEGMENT_HEADER = 32,
    SL_WAL_RECORD_HEADER = 25,
    SL_WAL_MORE = 0x80,                  /* in `kind` */
    SL_WAL_MAX_STATE = 48 * 1024 * 1024, /* a held action's document with all it holds */
    SL_WAL_MAX_BODY = SL_WAL_MAX_STATE + 65535 + 4,
};

enum sl_wal_kind { SL_WAL_LEAF = 1, SL_WAL_STATE = 2, SL_WAL_CHECKPOINT = 3 };

struct sl_wal_record {
    uint64_t sequence, synced;
    enum sl_wal_kind kind;
    bool more;            /* the next one belongs to it */
    uint64_t index;       /* LEAF: its number in the tree (filled in by who reads in order) */
    struct sl_span leaf;  /* LEAF */
    struct sl_span state; /* LEAF, STATE; CHECKPOINT: the note */
};

struct sl_wal_segment {
    uint64_t first_sequence, first_index;
};

void sl_wal_put_segment(struct sl_buf *b, const struct sl_wal_segment *s);
/* SL_EMALFORMED when it is not one. */
enum sl_err sl_wal_get_segment(struct sl_span file, struct sl_wal_segment *out) SL_MUST_CHECK;

/* SL_ELIMIT in b when leaf or state is too long. */
void sl_wal_put(struct sl_buf *b, const struct sl_wal_record *r);
/* The record that begins at `start` of b gets another one behind it, in the same group. */
void sl_wal_join(struct sl_buf *b, size_t start);
/* One record at *at, which moves past it; views into `file`. SL_ENOTFOUND exactly at the end;
 * SL_EMALFORMED for anything that is not a whole, right record (outputs untouched). */
enum sl_err sl_wal_get(struct sl_span file, size_t *at, struct sl_wal_record *out) SL_MUST_CHECK;

/* The same, but only of whole groups: on an error *at is where the group begins that is not whole.
 * *whole: what is known to be, 0 at first. */
enum sl_err sl_wal_next(struct sl_span file, size_t *at, size_t *whole, struct sl_wal_record *out)
    SL_MUST_CHECK;

/* At `at` stands no record, and `sequence` was due. Was it ever safe? Looks at all bytes behind it
 * for a whole record that says so. */
bool sl_wal_was_synced(struct sl_span file, size_t at, uint64_t sequence);

uint32_t sl_crc32c(uint32_t crc, struct sl_span bytes); /* start with 0 */

#endif
