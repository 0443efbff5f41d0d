#include "role/keeper/trail_int.h"

#include "base/when.h"

/* Blocks of 64 entries from the newest on: the rarest word's rows, ANDed with the others', then the
 * entries themselves. */

enum {
    LOOKED_AT_LEAVES = 4096,           /* a call looks at so many, */
    LOOKED_AT_BYTES = 4 * 1024 * 1024, /* at not more than this of them: some 40 ms, */
    READ_BYTES = 24 * 1024 * 1024,     /* reads so much for it, */
    LOOKED_AT_BLOCKS = 20 * 1000,      /* and so many rows of the index */
    RANKED_ROWS = 10 * 1000,
};

struct search {
    struct trail *trail;
    struct sl_ledger *ledger;
    const struct trail_query *q;
    trail_found_fn *found;
    void *owner;
    struct trail_end *end;
    uint64_t ids[TRAIL_KIND_COUNT]; /* of the words that were given; the rarest first */
    size_t id_count;
    uint64_t first_block, last_block;
    uint64_t lines, leaves, blocks;
    size_t bytes_read, bytes_looked_at;
    uint64_t bundle; /* number + 1 of the one in `file`; 0: none */
    struct sl_buf file;
    bool over;
};

/* --- reading -------------------------------------------------------------------------------- */

static bool is_in_memory(const struct search *s, uint64_t index)
{
    return s->bundle == index / SL_TILE_WIDTH + 1;
}

static enum sl_err from_bundle(struct search *s, uint64_t index, struct sl_span *leaf)
{
    size_t at = 0;

    if (!is_in_memory(s, index)) {
        sl_buf_reset(&s->file);
        s->bundle = 0;
        SL_TRY(sl_ledger_full_bundle(s->ledger, index / SL_TILE_WIDTH, &s->file));
        s->bundle = index / SL_TILE_WIDTH + 1;
        s->bytes_read += s->file.n;
    }
    for (uint64_t i = 0; i <= index % SL_TILE_WIDTH; i++)
        if (sl_bundle_next(sl_buf_span(&s->file), &at, leaf) != SL_OK)
            return SL_ECORRUPT;
    return SL_OK;
}

static enum sl_err read_leaf(struct search *s, uint64_t index, struct sl_buf *out)
{
    struct sl_span leaf;
    enum sl_err err = from_bundle(s, index, &leaf);

    if (err == SL_ENOTFOUND)
        return sl_ledger_read(s->ledger, index, out);
    SL_TRY(err);
    sl_buf_put(out, leaf);
    return sl_buf_err(out);
}

/* Without taking the place of the bundle in memory: the walk would read it again and again. */
static enum sl_err read_aside(struct search *s, uint64_t index, struct sl_buf *out)
{
    if (is_in_memory(s, index))
        return read_leaf(s, index, out);
    s->bytes_read += s->file.n; /* most often it is in a bundle as long */
    return sl_ledger_read(s->ledger, index, out);
}

/* The leaf that asked, and when; NULL: there is none. */
static json_t *read_asked(struct search *s, const json_t *leaf, uint64_t *asked_us)
{
    struct db_rows rows =
        db_ask(s->trail->db, DB_TRAIL_ASKED_GET, "s", sl_json_str(leaf, "approval"));
    SL_BUF(bytes, SL_ENTRY_MAX + 1);
    json_t *asked = NULL;

    if (!db_row(&rows))
        return NULL;
    uint64_t entry = db_u64(&rows, 0);
    *asked_us = db_u64(&rows, 1);
    db_end(&rows);
    if (read_aside(s, entry, &bytes) != SL_OK ||
        sl_json_read(sl_buf_span(&bytes), &asked, NULL) != SL_OK)
        return NULL;
    return asked;
}

/* --- does a line have all the words? -----------------------------------------------------------
 */

struct having {
    const struct trail_query *q;
    unsigned has; /* a bit for each kind */
};

static void note_word(void *owner, enum trail_kind kind, struct sl_span word)
{
    struct having *h = owner;

    if (sl_span_eq(h->q->words[kind], word))
        h->has |= 1u << kind;
}

static bool has_all(const struct search *s, const struct trail_line *line)
{
    struct having h = {.q = s->q};

    trail_words(line, note_word, &h);
    for (unsigned i = 0; i < TRAIL_KIND_COUNT; i++)
        if (s->q->words[i].n > 0 && (h.has >> i & 1) == 0)
            return false;
    return true;
}

static bool in_time(const struct search *s, uint64_t at_us)
{
    return at_us >= s->q->since_us && (s->q->until_us == 0 || at_us <= s->q->until_us);
}

static bool is_before(const struct search *s, const struct trail_line *line)
{
    return line->entry < s->q->before ||
           (line->entry == s->q->before && line->line < s->q->before_line);
}

static void stop_at(struct search *s, uint64_t entry, uint64_t line)
{
    *s->end =
        (struct trail_end){.more = entry > 0 || line > 0, .before = entry, .before_line = line};
    s->over = true;
}

static void look_at_lines(struct search *s, struct trail_line *line)
{
    for (size_t left = trail_lines(line->leaf); left > 0 && !s->over; left--) {
        line->line = left - 1;
        if (!is_before(s, line) || !has_all(s, line))
            continue;
        if (s->lines == s->q->lines) { /* this one begins the next page */
            stop_at(s, line->entry, line->line + 1);
        } else {
            s->lines++;
            if (!s->found(s->owner, line))
                stop_at(s, line->entry, line->line);
        }
    }
}

static bool is_quick(const json_t *leaf, uint64_t asked_us, uint64_t at_us)
{
    return sl_span_is(sl_json_str(leaf, "event"), "decided") &&
           sl_span_is(sl_json_str(leaf, "decision"), "approve") &&
           (at_us < asked_us || at_us - asked_us < TRAIL_QUICK_US);
}

static enum sl_err look_at(struct search *s, uint64_t index)
{
    SL_BUF(bytes, SL_ENTRY_MAX + 1);
    json_t *leaf = NULL, *asked = NULL;
    uint64_t at_us = 0, asked_us = 0;

    s->leaves++;
    SL_TRY(read_leaf(s, index, &bytes));
    s->bytes_looked_at += bytes.n;
    if (sl_json_read(sl_buf_span(&bytes), &leaf, NULL) != SL_OK)
        return SL_OK;
    struct trail_line line = {.entry = index, .bytes = sl_buf_span(&bytes), .leaf = leaf};
    if (sl_when_get(sl_json_str(leaf, "time"), &at_us) == SL_OK && in_time(s, at_us)) {
        bool later = sl_span_is(sl_json_str(leaf, "kind"), "approval") &&
                     !sl_span_is(sl_json_str(leaf, "event"), "asked");
        line.asked = asked = later ? read_asked(s, leaf, &asked_us) : NULL;
        line.quick = asked != NULL && is_quick(leaf, asked_us, at_us);
        look_at_lines(s, &line);
    }
    json_decref(asked);
    json_decref(leaf);
    return SL_OK;
}

/* --- blocks --------------------------------------------------------------------------------- */

static bool enough_work(const struct search *s)
{
    return s->leaves >= LOOKED_AT_LEAVES || s->bytes_looked_at >= LOOKED_AT_BYTES ||
           s->bytes_read >= READ_BYTES || s->blocks >= LOOKED_AT_BLOCKS;
}

static enum sl_err look_at_block(struct search *s, uint64_t block, uint64_t bits)
{
    for (unsigned i = TRAIL_BLOCK; i > 0 && !s->over; i--) {
        uint64_t index = block * TRAIL_BLOCK + i - 1;

        if ((bits >> (i - 1) & 1) == 0 || index > s->q->before ||
            index >= sl_ledger_size(s->ledger))
            continue;
        if (enough_work(s))
            stop_at(s, index, UINT64_MAX);
        else
            SL_TRY(look_at(s, index));
    }
    return SL_OK;
}

static uint64_t bits_of(struct search *s, uint64_t id, uint64_t block)
{
    struct db_rows rows = db_ask(s->trail->db, DB_TRAIL_POST_GET, "ii", id, block);
    uint64_t bits = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return bits;
}

/* The next block that the rarest word is in, from `block` downwards. */
static bool next_block(struct search *s, uint64_t *block, uint64_t *bits)
{
    if (s->id_count == 0) {
        *bits = UINT64_MAX;
        return *block >= s->first_block;
    }
    struct db_rows rows =
        db_ask(s->trail->db, DB_TRAIL_POST_BEFORE, "iii", s->ids[0], s->first_block, *block);
    bool is_there = db_row(&rows);
    if (is_there) {
        *block = db_u64(&rows, 0);
        *bits = db_u64(&rows, 1);
    }
    db_end(&rows);
    for (size_t i = 1; is_there && i < s->id_count && *bits != 0; i++)
        *bits &= bits_of(s, s->ids[i], *block);
    return is_there;
}

static enum sl_err walk(struct search *s)
{
    uint64_t block = s->last_block, bits = 0;

    for (bool more = true; more && !s->over && next_block(s, &block, &bits); block--) {
        s->blocks++;
        if (enough_work(s))
            stop_at(s, block * TRAIL_BLOCK + TRAIL_BLOCK - 1, UINT64_MAX);
        else
            SL_TRY(look_at_block(s, block, bits));
        more = block > s->first_block;
    }
    return SL_OK;
}

static enum sl_err walk_entries(struct search *s)
{
    for (size_t i = s->q->entry_count; i > 0 && !s->over; i--)
        if (s->q->entries[i - 1] <= s->q->before &&
            s->q->entries[i - 1] < sl_ledger_size(s->ledger))
            SL_TRY(look_at(s, s->q->entries[i - 1]));
    return SL_OK;
}

/* --- the words and the time of a question ------------------------------------------------------
 */

static uint64_t rows_of(struct trail *t, uint64_t id)
{
    struct db_rows rows = db_ask(t->db, DB_TRAIL_POST_ROWS, "ii", id, (uint64_t)RANKED_ROWS);
    uint64_t count = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return count;
}

static uint64_t id_of(struct trail *t, enum trail_kind kind, struct sl_span word)
{
    struct trail_key key = trail_key(kind, word);
    struct db_rows rows = db_ask(t->db, DB_TRAIL_TERM_GET, "b", sl_span(key.bytes, key.n));
    uint64_t id = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return id;
}

/* False: a word that the ledger never had. */
static bool find_ids(struct search *s)
{
    uint64_t fewest = UINT64_MAX;

    for (unsigned kind = 0; kind < TRAIL_KIND_COUNT; kind++) {
        if (s->q->words[kind].n == 0)
            continue;
        uint64_t id = id_of(s->trail, (enum trail_kind)kind, s->q->words[kind]);
        uint64_t count = id == 0 ? 0 : rows_of(s->trail, id);

        if (id == 0)
            return false;
        s->ids[s->id_count++] = id;
        if (count < fewest) {
            s->ids[s->id_count - 1] = s->ids[0];
            s->ids[0] = id;
            fewest = count;
        }
    }
    return true;
}

static uint64_t block_at(struct trail *t, enum db_sql sql, uint64_t at_us, uint64_t otherwise)
{
    struct db_rows rows = db_ask(t->db, sql, "i", at_us);
    uint64_t block = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return block == 0 ? otherwise : block - 1; /* told as block + 1: 0 is none */
}

/* Wide enough also where a clock was set back; each entry's own time is looked at anyway. */
static void find_range(struct search *s)
{
    const struct trail_query *q = s->q;
    uint64_t last = sl_ledger_size(s->ledger) / TRAIL_BLOCK, from;

    from = q->since_us == 0 ? 0 : block_at(s->trail, DB_TRAIL_BLOCK_FROM, q->since_us, last + 1);
    s->first_block = from == 0 ? 0 : from - 1;
    s->last_block = q->until_us == 0 ? last : block_at(s->trail, DB_TRAIL_BLOCK_TO, q->until_us, 0);
    if (q->before / TRAIL_BLOCK < s->last_block)
        s->last_block = q->before / TRAIL_BLOCK;
}

enum sl_err trail_search(struct trail *t, struct sl_ledger *l, const struct trail_query *q,
                         trail_found_fn *found, void *owner, struct trail_end *end)
{
    struct search s = {.trail = t,
                       .ledger = l,
                       .q = q,
                       .found = found,
                       .owner = owner,
                       .end = end,
                       .file = sl_buf(SL_BUNDLE_MAX_BYTES)};
    enum sl_err err = SL_OK;

    *end = (struct trail_end){.more = false};
    if (q->entry_count > 0)
        err = walk_entries(&s);
    else if (find_ids(&s)) {
        find_range(&s);
        if (s.first_block <= s.last_block)
            err = walk(&s);
    }
    sl_buf_done(&s.file);
    SL_TRY(err);
    return db_err(t->db);
}

/* --- counting ------------------------------------------------------------------------------- */

static bool count_one(void *owner, const struct trail_line *line)
{
    (void)line;
    ++*(uint64_t *)owner;
    return true;
}

/* The block that `since` lies in: its entries are looked at one by one. */
static enum sl_err count_edge(struct trail *t, struct sl_ledger *l, enum trail_kind kind,
                              struct sl_span word, uint64_t since_us, uint64_t block, uint64_t *out)
{
    struct trail_query q = {.since_us = since_us,
                            .before = block * TRAIL_BLOCK + TRAIL_BLOCK - 1,
                            .before_line = UINT64_MAX,
                            .lines = UINT64_MAX};
    struct trail_end end = {.more = true};

    q.words[kind] = word;
    while (end.more && q.before >= block * TRAIL_BLOCK) {
        SL_TRY(trail_search(t, l, &q, count_one, out, &end));
        q.before = end.before;
        q.before_line = end.before_line;
    }
    return SL_OK;
}

enum sl_err trail_count(struct trail *t, struct sl_ledger *l, enum trail_kind kind,
                        struct sl_span word, uint64_t since_us, uint64_t *out)
{
    uint64_t last = sl_ledger_size(l) / TRAIL_BLOCK;
    uint64_t from = since_us == 0 ? 0 : block_at(t, DB_TRAIL_BLOCK_FROM, since_us, last + 1);
    struct db_rows rows =
        db_ask(t->db, DB_TRAIL_POST_SUM, "ii", id_of(t, kind, word), since_us == 0 ? 0 : from);
    uint64_t count = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    if (from > 0)
        SL_TRY(count_edge(t, l, kind, word, since_us, from - 1, &count));
    *out = count;
    return db_err(t->db);
}
