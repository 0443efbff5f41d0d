/* The Merkle tree of RFC 6962 (SHA-256) and its tiles (C2SP tlog-tiles, height 8): arithmetic only.
 *
 * The tree of size n over leaves 0..n-1. A tile of level l holds up to 256 consecutive hashes, each
 * of a complete subtree of 256^l leaves. An entry bundle holds up to 256 leaves, each with its
 * length before it (16 bits, big-endian).
 */
#ifndef SL_CORE_LEDGER_TREE_H
#define SL_CORE_LEDGER_TREE_H

#include "crypto/crypto.h"

enum {
    SL_TREE_HASH = 32,
    SL_TILE_WIDTH = 256,
    SL_TILE_LEVELS = 8, /* 256^8 leaves are more than there will be */
    SL_TREE_MAX_PROOF = 64,
    SL_BUNDLE_MAX_BYTES = SL_TILE_WIDTH * (65535 + 2),
};

struct sl_hash {
    uint8_t b[SL_TREE_HASH];
};

static inline bool sl_hash_eq(const struct sl_hash *a, const struct sl_hash *b)
{
    return memcmp(a->b, b->b, SL_TREE_HASH) == 0;
}

struct sl_hash sl_tree_leaf(struct sl_span leaf);
struct sl_hash sl_tree_node(const struct sl_hash *left, const struct sl_hash *right);

/* Grows by one leaf at a time; keeps one hash for each complete subtree on its right edge. Zeroed
 * memory is the empty tree. */
struct sl_tree {
    uint64_t size;
    struct sl_hash edge[64]; /* largest subtree first; as many as `size` has bits set */
};
void sl_tree_add(struct sl_tree *t, const struct sl_hash *leaf);
struct sl_hash sl_tree_root(const struct sl_tree *t);

/* The root over `count` hashes of equal height (1..256 of a tile), as if they were leaves. */
struct sl_hash sl_tree_over(const struct sl_hash *hashes, size_t count);

/* --- tiles ---------------------------------------------------------------------------------- */

/* `level` 0..7, or SL_TILE_ENTRIES for an entry bundle; width 1..256 (256: the full one). */
enum { SL_TILE_ENTRIES = 255 };
struct sl_tile {
    unsigned level;
    uint64_t index;
    unsigned width;
};
/* Appends "tile/0/x001/234/567.p/8". */
void sl_tile_put_path(struct sl_buf *b, const struct sl_tile *t);
/* The other way round; strict. SL_EMALFORMED. */
enum sl_err sl_tile_get_path(struct sl_span path, struct sl_tile *out) SL_MUST_CHECK;
/* How many hashes the last tile of this level has in a tree of `size`: 0..255. */
unsigned sl_tile_partial_width(unsigned level, uint64_t size);
/* How many full tiles this level has. */
uint64_t sl_tile_full_count(unsigned level, uint64_t size);

void sl_bundle_put(struct sl_buf *b, struct sl_span leaf);
/* The next leaf at *at. SL_ENOTFOUND exactly at the end, else SL_EMALFORMED. */
enum sl_err sl_bundle_next(struct sl_span bundle, size_t *at, struct sl_span *leaf) SL_MUST_CHECK;

/* --- proofs --------------------------------------------------------------------------------- */

/* Gives the hash of the complete subtree number `index` of 2^height leaves. */
typedef enum sl_err sl_tree_read_fn(void *owner, unsigned height, uint64_t index,
                                    struct sl_hash *out);

struct sl_tree_proof {
    struct sl_hash path[2 * SL_TREE_MAX_PROOF];
    size_t count;
};

/* The root of the first `size` leaves, read from stored hashes. */
enum sl_err sl_tree_root_at(sl_tree_read_fn *read, void *owner, uint64_t size, struct sl_hash *out)
    SL_MUST_CHECK;
/* The tree of `size` itself, to go on from. */
enum sl_err sl_tree_load(sl_tree_read_fn *read, void *owner, uint64_t size, struct sl_tree *out)
    SL_MUST_CHECK;
/* SL_ENOTFOUND when index >= size. */
enum sl_err sl_tree_prove_inclusion(sl_tree_read_fn *read, void *owner, uint64_t index,
                                    uint64_t size, struct sl_tree_proof *out) SL_MUST_CHECK;
/* SL_ENOTFOUND when old > size; empty when old is 0 or size. */
enum sl_err sl_tree_prove_consistency(sl_tree_read_fn *read, void *owner, uint64_t old,
                                      uint64_t size, struct sl_tree_proof *out) SL_MUST_CHECK;

/* SL_EDENIED: the proof does not lead to this root. */
enum sl_err sl_tree_check_inclusion(const struct sl_tree_proof *proof, uint64_t index,
                                    uint64_t size, const struct sl_hash *leaf,
                                    const struct sl_hash *root) SL_MUST_CHECK;
enum sl_err sl_tree_check_consistency(const struct sl_tree_proof *proof, uint64_t old,
                                      uint64_t size, const struct sl_hash *old_root,
                                      const struct sl_hash *root) SL_MUST_CHECK;

#endif
