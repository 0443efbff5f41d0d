#include "core/ledger/tree.h"

struct source {
    sl_tree_read_fn *read;
    void *owner;
};

static unsigned height_of(uint64_t leaves) /* of a power of two */
{
    return (unsigned)__builtin_ctzll(leaves);
}

static uint64_t highest_bit(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n));
}

/* The largest power of two smaller than n, for n > 1. */
static uint64_t split_of(uint64_t n)
{
    return highest_bit(n - 1);
}

/* The complete subtrees that leaves lo..hi-1 are made of, largest first. lo is a multiple of each.
 */
static enum sl_err read_edge(const struct source *s, uint64_t lo, uint64_t hi, struct sl_tree *out)
{
    struct sl_tree t = {.size = hi - lo};

    for (int i = 0; lo < hi; i++) {
        uint64_t leaves = highest_bit(hi - lo);
        SL_TRY(s->read(s->owner, height_of(leaves), lo / leaves, &t.edge[i]));
        lo += leaves;
    }
    *out = t;
    return SL_OK;
}

static enum sl_err range_root(const struct source *s, uint64_t lo, uint64_t hi, struct sl_hash *out)
{
    struct sl_tree t;

    SL_TRY(read_edge(s, lo, hi, &t));
    *out = sl_tree_root(&t);
    return SL_OK;
}

enum sl_err sl_tree_root_at(sl_tree_read_fn *read, void *owner, uint64_t size, struct sl_hash *out)
{
    return range_root(&(struct source){read, owner}, 0, size, out);
}

enum sl_err sl_tree_load(sl_tree_read_fn *read, void *owner, uint64_t size, struct sl_tree *out)
{
    return read_edge(&(struct source){read, owner}, 0, size, out);
}

/* Proofs are collected from the root down and read from the leaf up. */
static void turn_round(struct sl_tree_proof *p)
{
    for (size_t i = 0; i < p->count / 2; i++) {
        struct sl_hash other = p->path[p->count - 1 - i];
        p->path[p->count - 1 - i] = p->path[i];
        p->path[i] = other;
    }
}

static enum sl_err add_range(const struct source *s, uint64_t lo, uint64_t hi,
                             struct sl_tree_proof *p)
{
    return range_root(s, lo, hi, &p->path[p->count++]);
}

enum sl_err sl_tree_prove_inclusion(sl_tree_read_fn *read, void *owner, uint64_t index,
                                    uint64_t size, struct sl_tree_proof *out)
{
    const struct source s = {read, owner};
    struct sl_tree_proof p = {.count = 0};
    uint64_t lo = 0, hi = size;

    if (index >= size)
        return SL_ENOTFOUND;
    while (hi - lo > 1) {
        uint64_t middle = lo + split_of(hi - lo);
        if (index < middle) {
            SL_TRY(add_range(&s, middle, hi, &p));
            hi = middle;
        } else {
            SL_TRY(add_range(&s, lo, middle, &p));
            lo = middle;
        }
    }
    turn_round(&p);
    *out = p;
    return SL_OK;
}

enum sl_err sl_tree_prove_consistency(sl_tree_read_fn *read, void *owner, uint64_t old,
                                      uint64_t size, struct sl_tree_proof *out)
{
    const struct source s = {read, owner};
    struct sl_tree_proof p = {.count = 0};
    uint64_t lo = 0, hi = size;

    if (old > size)
        return SL_ENOTFOUND;
    while (old > 0 && old != hi) {
        uint64_t middle = lo + split_of(hi - lo);
        if (old <= middle) {
            SL_TRY(add_range(&s, middle, hi, &p));
            hi = middle;
        } else {
            SL_TRY(add_range(&s, lo, middle, &p));
            lo = middle;
        }
    }
    if (lo > 0) /* the old tree ends in a subtree that the old root does not give */
        SL_TRY(add_range(&s, lo, hi, &p));
    turn_round(&p);
    *out = p;
    return SL_OK;
}

/* --- checking (RFC 9162, sections 2.1.3.2 and 2.1.4.2) --------------------------------------- */

/* One step up: true when the sibling lies to the left. Moves both positions. */
static bool step_up(uint64_t *node, uint64_t *last)
{
    bool left = (*node & 1) != 0 || *node == *last;

    if (left)
        while (*node != 0 && (*node & 1) == 0) {
            *node >>= 1;
            *last >>= 1;
        }
    *node >>= 1;
    *last >>= 1;
    return left;
}

enum sl_err sl_tree_check_inclusion(const struct sl_tree_proof *proof, uint64_t index,
                                    uint64_t size, const struct sl_hash *leaf,
                                    const struct sl_hash *root)
{
    struct sl_hash at = *leaf;

    if (index >= size)
        return SL_EDENIED;
    uint64_t node = index, last = size - 1;
    for (size_t i = 0; i < proof->count; i++) {
        const struct sl_hash *sibling = &proof->path[i];
        if (last == 0)
            return SL_EDENIED;
        at = step_up(&node, &last) ? sl_tree_node(sibling, &at) : sl_tree_node(&at, sibling);
    }
    return last == 0 && sl_hash_eq(&at, root) ? SL_OK : SL_EDENIED;
}

/* Walks up from the last leaf of the old tree, rebuilding both roots. */
static enum sl_err climb(const struct sl_tree_proof *proof, size_t from, struct sl_hash start,
                         uint64_t node, uint64_t last, const struct sl_hash *old_root,
                         const struct sl_hash *root)
{
    struct sl_hash old_at = start, at = start;

    for (size_t i = from; i < proof->count; i++) {
        const struct sl_hash *sibling = &proof->path[i];
        if (last == 0)
            return SL_EDENIED;
        if (step_up(&node, &last)) {
            old_at = sl_tree_node(sibling, &old_at);
            at = sl_tree_node(sibling, &at);
        } else {
            at = sl_tree_node(&at, sibling);
        }
    }
    bool same = last == 0 && sl_hash_eq(&old_at, old_root) && sl_hash_eq(&at, root);
    return same ? SL_OK : SL_EDENIED;
}

/* Nothing was there, or nothing came: no path is needed, and none may be given. */
static enum sl_err check_trivial(const struct sl_tree_proof *proof, uint64_t old, uint64_t size,
                                 const struct sl_hash *old_root, const struct sl_hash *root)
{
    const struct sl_tree nothing = {0};
    struct sl_hash empty = sl_tree_root(&nothing);

    return proof->count == 0 && sl_hash_eq(old_root, old == size ? root : &empty) ? SL_OK
                                                                                  : SL_EDENIED;
}

enum sl_err sl_tree_check_consistency(const struct sl_tree_proof *proof, uint64_t old,
                                      uint64_t size, const struct sl_hash *old_root,
                                      const struct sl_hash *root)
{
    if (old > size)
        return SL_EDENIED;
    if (old == 0 || old == size)
        return check_trivial(proof, old, size, old_root, root);

    uint64_t node = old - 1, last = size - 1;
    while ((node & 1) != 0) {
        node >>= 1;
        last >>= 1;
    }
    if (node == 0) /* the old tree is one complete subtree: its root is where we start */
        return climb(proof, 0, *old_root, node, last, old_root, root);
    if (proof->count == 0)
        return SL_EDENIED;
    return climb(proof, 1, proof->path[0], node, last, old_root, root);
}
