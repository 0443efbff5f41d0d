#include "core/ledger/tree.h"

struct sl_hash sl_tree_leaf(struct sl_span leaf)
{
    static const uint8_t prefix = 0;
    struct sl_span parts[2] = {sl_span(&prefix, 1), leaf};
    struct sl_hash out;

    sl_sha256_parts(parts, 2, out.b);
    return out;
}

struct sl_hash sl_tree_node(const struct sl_hash *left, const struct sl_hash *right)
{
    uint8_t both[1 + 2 * SL_TREE_HASH] = {1};
    struct sl_hash out;

    memcpy(both + 1, left->b, SL_TREE_HASH);
    memcpy(both + 1 + SL_TREE_HASH, right->b, SL_TREE_HASH);
    sl_sha256(sl_span(both, sizeof both), out.b);
    return out;
}

void sl_tree_add(struct sl_tree *t, const struct sl_hash *leaf)
{
    int top = __builtin_popcountll(t->size);

    t->edge[top] = *leaf;
    for (uint64_t rest = t->size; (rest & 1) != 0; rest >>= 1, top--)
        t->edge[top - 1] = sl_tree_node(&t->edge[top - 1], &t->edge[top]);
    t->size++;
}

struct sl_hash sl_tree_root(const struct sl_tree *t)
{
    int top = __builtin_popcountll(t->size);
    struct sl_hash root;

    if (top == 0) {
        sl_sha256(SL_SPAN(""), root.b);
        return root;
    }
    root = t->edge[--top];
    while (top-- > 0)
        root = sl_tree_node(&t->edge[top], &root);
    return root;
}

struct sl_hash sl_tree_over(const struct sl_hash *hashes, size_t count)
{
    struct sl_tree t = {0};

    for (size_t i = 0; i < count; i++)
        sl_tree_add(&t, &hashes[i]);
    return sl_tree_root(&t);
}

/* --- tiles ---------------------------------------------------------------------------------- */

/* Three digits at a time, all but the last group marked with an x. */
static void put_index(struct sl_buf *b, uint64_t index)
{
    unsigned groups[8], count = 0;

    do {
        groups[count++] = (unsigned)(index % 1000);
        index /= 1000;
    } while (index > 0);
    while (count-- > 0) {
        sl_buf_put_str(b, count > 0 ? "x" : "");
        sl_buf_put_u8(b, (uint8_t)('0' + groups[count] / 100));
        sl_buf_put_u8(b, (uint8_t)('0' + groups[count] / 10 % 10));
        sl_buf_put_u8(b, (uint8_t)('0' + groups[count] % 10));
        sl_buf_put_str(b, count > 0 ? "/" : "");
    }
}

void sl_tile_put_path(struct sl_buf *b, const struct sl_tile *t)
{
    sl_buf_put_str(b, "tile/");
    if (t->level == SL_TILE_ENTRIES)
        sl_buf_put_str(b, "entries");
    else
        sl_buf_put_decimal(b, t->level);
    sl_buf_put_u8(b, '/');
    put_index(b, t->index);
    if (t->width < SL_TILE_WIDTH)
        sl_buf_say(b, ".p/%u", t->width);
}

/* The number at the front, as far as it goes. */
static uint64_t take_number(struct sl_span *s)
{
    uint64_t v = 0;

    for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9' && v < UINT64_MAX / 10000;
         *s = sl_span_from(*s, 1))
        v = 10 * v + (uint64_t)(s->p[0] - '0');
    return v;
}

static bool take(struct sl_span *s, const char *word)
{
    size_t n = strlen(word);
    bool begins = s->n >= n && memcmp(s->p, word, n) == 0;

    if (begins)
        *s = sl_span_from(*s, n);
    return begins;
}

/* Reads what may be a path, and believes it when it is what would have been written. */
enum sl_err sl_tile_get_path(struct sl_span path, struct sl_tile *out)
{
    struct sl_tile t = {.width = SL_TILE_WIDTH};
    struct sl_span rest = path;
    SL_BUF(again, 256);

    if (!take(&rest, "tile/"))
        return SL_EMALFORMED;
    t.level = take(&rest, "entries") ? SL_TILE_ENTRIES : (unsigned)take_number(&rest);
    while (take(&rest, "/x"))
        t.index = 1000 * (t.index + take_number(&rest));
    if (take(&rest, "/"))
        t.index += take_number(&rest);
    if (take(&rest, ".p/"))
        t.width = (unsigned)take_number(&rest);
    if (t.width < 1 || t.width > SL_TILE_WIDTH ||
        (t.level >= SL_TILE_LEVELS && t.level != SL_TILE_ENTRIES))
        return SL_EMALFORMED;
    sl_tile_put_path(&again, &t);
    if (!sl_span_eq(sl_buf_span(&again), path))
        return SL_EMALFORMED;
    *out = t;
    return SL_OK;
}

static uint64_t hashes_at(unsigned level, uint64_t size)
{
    return size >> (8 * (level == SL_TILE_ENTRIES ? 0 : level));
}

unsigned sl_tile_partial_width(unsigned level, uint64_t size)
{
    return (unsigned)(hashes_at(level, size) % SL_TILE_WIDTH);
}

uint64_t sl_tile_full_count(unsigned level, uint64_t size)
{
    return hashes_at(level, size) / SL_TILE_WIDTH;
}

void sl_bundle_put(struct sl_buf *b, struct sl_span leaf)
{
    SL_PROMISE(leaf.n <= 65535);
    sl_buf_put_be16(b, (uint16_t)leaf.n);
    sl_buf_put(b, leaf);
}

enum sl_err sl_bundle_next(struct sl_span bundle, size_t *at, struct sl_span *leaf)
{
    size_t left = bundle.n - *at;

    if (left == 0)
        return SL_ENOTFOUND;
    if (left < 2)
        return SL_EMALFORMED;
    size_t n = (size_t)bundle.p[*at] << 8 | bundle.p[*at + 1];
    if (left - 2 < n)
        return SL_EMALFORMED;
    *leaf = sl_span(bundle.p + *at + 2, n);
    *at += 2 + n;
    return SL_OK;
}
