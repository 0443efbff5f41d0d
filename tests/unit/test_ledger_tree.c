#include "core/ledger/tree.h"

#include "base/encode.h"
#include "tap.h"

#include <stdlib.h>

/* The tree of the certificate transparency test data. */
static const char *const known_leaves[] = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
static const char *const known_roots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void test_known_roots(void)
{
    struct sl_tree t = {0};
    struct sl_hash root = sl_tree_root(&t);
    SL_BUF(hex, 100);

    sl_hex_put(&hex, sl_span(root.b, 32));
    SL_CHECK_TEXT(sl_buf_span(&hex),
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < SL_COUNT(known_leaves); i++) {
        SL_BUF(leaf, 100);
        SL_CHECK_INT(sl_hex_get(&leaf, sl_span_str(known_leaves[i])), SL_OK);
        struct sl_hash hash = sl_tree_leaf(sl_buf_span(&leaf));
        sl_tree_add(&t, &hash);
        root = sl_tree_root(&t);
        sl_buf_reset(&hex);
        sl_hex_put(&hex, sl_span(root.b, 32));
        SL_CHECK_TEXT(sl_buf_span(&hex), known_roots[i]);
    }
}

/* --- proofs over a tree that is computed from the definition ---------------------------------- */

enum { MAX = 300 };
static struct sl_hash leaves[MAX];

static struct sl_hash range(uint64_t lo,
                            uint64_t hi) /* RFC 6962, section 2.1, as it stands there */
{
    if (hi - lo == 1)
        return leaves[lo];
    uint64_t k = 1;
    while (2 * k < hi - lo)
        k *= 2;
    struct sl_hash left = range(lo, lo + k), right = range(lo + k, hi);
    return sl_tree_node(&left, &right);
}

static enum sl_err read_hash(void *owner, unsigned height, uint64_t index, struct sl_hash *out)
{
    uint64_t size = *(uint64_t *)owner, lo = index << height, hi = (index + 1) << height;

    if (hi > size)
        return SL_ENOTFOUND; /* nobody may ask for a subtree that is not complete */
    *out = range(lo, hi);
    return SL_OK;
}

static void make_leaves(void)
{
    for (unsigned i = 0; i < MAX; i++) {
        uint8_t bytes[2] = {(uint8_t)i, (uint8_t)(i >> 8)};
        leaves[i] = sl_tree_leaf(sl_span(bytes, sizeof bytes));
    }
}

static void test_tree_is_the_definition(void)
{
    struct sl_tree t = {0};

    for (uint64_t size = 1; size <= MAX; size++) {
        sl_tree_add(&t, &leaves[size - 1]);
        struct sl_hash root = sl_tree_root(&t), want = range(0, size), at;
        SL_CHECK(sl_hash_eq(&root, &want));
        SL_CHECK_INT(sl_tree_root_at(read_hash, &size, size, &at), SL_OK);
        SL_CHECK(sl_hash_eq(&at, &want));
        struct sl_tree loaded;
        SL_CHECK_INT(sl_tree_load(read_hash, &size, size, &loaded), SL_OK);
        at = sl_tree_root(&loaded);
        SL_CHECK(sl_hash_eq(&at, &want));
        if (size <= SL_TILE_WIDTH) {
            at = sl_tree_over(leaves, size);
            SL_CHECK(sl_hash_eq(&at, &want));
        }
    }
}

static void test_inclusion(void)
{
    struct sl_tree_proof p;

    for (uint64_t size = 1; size <= 70; size++) {
        struct sl_hash root = range(0, size);
        for (uint64_t i = 0; i < size; i++) {
            SL_CHECK_INT(sl_tree_prove_inclusion(read_hash, &size, i, size, &p), SL_OK);
            SL_CHECK_INT(sl_tree_check_inclusion(&p, i, size, &leaves[i], &root), SL_OK);
            SL_CHECK_INT(sl_tree_check_inclusion(&p, i, size, &leaves[i + 1], &root), SL_EDENIED);
            SL_CHECK_INT(sl_tree_check_inclusion(&p, i, size + 64, &leaves[i], &root), SL_EDENIED);
            if (p.count > 0) {
                p.path[i % p.count].b[3] ^= 4;
                SL_CHECK_INT(sl_tree_check_inclusion(&p, i, size, &leaves[i], &root), SL_EDENIED);
                p.path[i % p.count].b[3] ^= 4;
                p.count--;
                SL_CHECK_INT(sl_tree_check_inclusion(&p, i, size, &leaves[i], &root), SL_EDENIED);
            }
        }
        SL_CHECK_INT(sl_tree_prove_inclusion(read_hash, &size, size, size, &p), SL_ENOTFOUND);
    }
}

static void test_consistency(void)
{
    struct sl_tree_proof p;
    struct sl_tree nothing = {0};
    struct sl_hash empty = sl_tree_root(&nothing);

    for (uint64_t size = 1; size <= 70; size++)
        for (uint64_t old = 0; old <= size; old++) {
            struct sl_hash root = range(0, size), before = old == 0 ? empty : range(0, old);
            SL_CHECK_INT(sl_tree_prove_consistency(read_hash, &size, old, size, &p), SL_OK);
            SL_CHECK_INT(sl_tree_check_consistency(&p, old, size, &before, &root), SL_OK);
            before.b[0] ^= 1;
            SL_CHECK_INT(sl_tree_check_consistency(&p, old, size, &before, &root), SL_EDENIED);
            before.b[0] ^= 1;
            if (p.count > 0) {
                root.b[31] ^= 1;
                SL_CHECK_INT(sl_tree_check_consistency(&p, old, size, &before, &root), SL_EDENIED);
                root.b[31] ^= 1;
                p.path[old % p.count].b[7] ^= 1;
                SL_CHECK_INT(sl_tree_check_consistency(&p, old, size, &before, &root), SL_EDENIED);
                p.path[old % p.count].b[7] ^= 1;
                p.count++;
                SL_CHECK_INT(sl_tree_check_consistency(&p, old, size, &before, &root), SL_EDENIED);
            }
        }
}

static void test_tile_paths(void)
{
    static const struct {
        struct sl_tile tile;
        const char *path;
    } cases[] = {
        {{0, 0, 256}, "tile/0/000"},
        {{0, 1234067, 256}, "tile/0/x001/x234/067"},
        {{1, 999, 17}, "tile/1/999.p/17"},
        {{2, 1000, 1}, "tile/2/x001/000.p/1"},
        {{SL_TILE_ENTRIES, 42, 255}, "tile/entries/042.p/255"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(path, 100);
        sl_tile_put_path(&path, &cases[i].tile);
        SL_CHECK_TEXT(sl_buf_span(&path), cases[i].path);
    }
    SL_CHECK_INT(sl_tile_full_count(0, 70000), 273);
    SL_CHECK_INT(sl_tile_partial_width(0, 70000), 112);
    SL_CHECK_INT(sl_tile_full_count(1, 70000), 1);
    SL_CHECK_INT(sl_tile_partial_width(1, 70000), 17);
    SL_CHECK_INT(sl_tile_partial_width(2, 70000), 1);
    SL_CHECK_INT(sl_tile_partial_width(1, 256), 1);
}

static void test_bundles(void)
{
    SL_BUF(b, 1000);
    struct sl_span leaf;
    size_t at = 0;

    sl_bundle_put(&b, SL_SPAN("one"));
    sl_bundle_put(&b, SL_SPAN("fourteen bytes"));
    SL_CHECK_INT(sl_bundle_next(sl_buf_span(&b), &at, &leaf), SL_OK);
    SL_CHECK_TEXT(leaf, "one");
    SL_CHECK_INT(sl_bundle_next(sl_buf_span(&b), &at, &leaf), SL_OK);
    SL_CHECK_TEXT(leaf, "fourteen bytes");
    SL_CHECK_INT(sl_bundle_next(sl_buf_span(&b), &at, &leaf), SL_ENOTFOUND);
    for (size_t n = 1; n < b.n; n++) {
        enum sl_err err = SL_OK;
        for (at = 0; err == SL_OK;)
            err = sl_bundle_next(sl_span(b.p, n), &at, &leaf);
        SL_CHECK_INT(err, n == 5 ? SL_ENOTFOUND : SL_EMALFORMED);
    }
}

int main(void)
{
    make_leaves();
    SL_RUN(test_known_roots);
    SL_RUN(test_tree_is_the_definition);
    SL_RUN(test_inclusion);
    SL_RUN(test_consistency);
    SL_RUN(test_tile_paths);
    SL_RUN(test_bundles);
    return sl_tap_done();
}
