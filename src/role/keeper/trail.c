#include "role/keeper/trail_int.h"

#include "base/when.h"
#include "os/clock.h"

#include <stdlib.h>

enum { TERMS_KEPT = 20 * 1000, FACTS_KEPT = 4096, TERMS_OF_FACTS = 4096 };

void trail_fail(struct trail *t, enum sl_err why)
{
    if (t->why == SL_OK)
        t->why = why;
}

/* --- terms ---------------------------------------------------------------------------------- */

static const char letters[TRAIL_KIND_COUNT] = {
#define TRAIL_LETTER(NAME, letter, name) [TRAIL_##NAME] = (letter),
    TRAIL_KINDS(TRAIL_LETTER)
#undef TRAIL_LETTER
};

struct trail_key trail_key(enum trail_kind kind, struct sl_span word)
{
    struct trail_key key; /* not zeroed: it is made for each action */

    key.n = 1 + (word.n < TRAIL_WORD_BYTES ? word.n : TRAIL_WORD_BYTES);
    key.bytes[0] = (uint8_t)letters[kind];
    memcpy(key.bytes + 1, word.p == NULL ? (const uint8_t *)"" : word.p, key.n - 1);
    return key;
}

static uint64_t id_of(struct trail *t, struct sl_span key)
{
    struct db_rows rows = db_ask(t->db, DB_TRAIL_TERM_GET, "b", key);
    uint64_t id = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    if (id != 0)
        return id;
    rows = db_ask(t->db, DB_TRAIL_TERM_ADD, "b", key);
    id = db_row(&rows) ? db_u64(&rows, 0) : 0;
    db_end(&rows);
    return id;
}

struct trail_term *trail_term(struct trail *t, enum trail_kind kind, struct sl_span word)
{
    struct trail_key key = trail_key(kind, word);
    struct sl_span bytes = sl_span(key.bytes, key.n);
    struct trail_term *m = sl_map_get(t->terms, bytes);

    if (m != NULL)
        return m;
    m = calloc(1, sizeof *m);
    if (m == NULL || sl_map_put(t->terms, bytes, m) != SL_OK) {
        free(m);
        trail_fail(t, SL_EMEMORY);
        return NULL;
    }
    m->id = id_of(t, bytes);
    return m;
}

static void write_post(struct trail *t, struct trail_term *m)
{
    if (m->bits != 0)
        db_run(t->db, DB_TRAIL_POST_ADD, "iiii", m->id, m->block, m->bits, m->lines);
    m->bits = m->lines = 0;
}

/* This term is one of the line that is told now. */
void trail_touch(struct trail *t, struct trail_term *m)
{
    uint64_t block = t->index / TRAIL_BLOCK;

    if (m == NULL || m->last_line == t->line)
        return;
    m->last_line = t->line;
    if (m->dirty && m->block != block)
        write_post(t, m);
    if (!m->dirty) {
        m->dirty = true;
        m->next = t->first;
        t->first = m;
    }
    m->block = block;
    m->bits |= UINT64_C(1) << (t->index % TRAIL_BLOCK);
    m->lines++;
}

/* --- facts ---------------------------------------------------------------------------------- */

void trail_facts_unref(struct trail_facts *f)
{
    if (f == NULL || --f->refs > 0)
        return;
    for (size_t i = 0; i < f->count; i++)
        f->terms[i]->refs--;
    free(f);
}

struct gathering {
    struct trail *trail;
    struct trail_term *terms[TERMS_OF_FACTS];
    size_t count;
};

static void gather(void *owner, enum trail_kind kind, struct sl_span word)
{
    struct gathering *g = owner;
    struct trail_term *m = trail_term(g->trail, kind, word);

    for (size_t i = 0; i < g->count; i++)
        if (g->terms[i] == m)
            return;
    if (m != NULL && g->count < TERMS_OF_FACTS)
        g->terms[g->count++] = m;
}

static struct trail_facts *facts_new(struct trail *t, struct sl_span text)
{
    struct gathering g = {.trail = t};
    json_t *facts = NULL;

    if (sl_json_read(text, &facts, NULL) == SL_OK)
        trail_facts_words(facts, gather, &g);
    json_decref(facts);
    struct trail_facts *f = malloc(sizeof *f + g.count * sizeof f->terms[0]);
    if (f == NULL)
        return NULL;
    f->refs = 1;
    f->count = g.count;
    memcpy(f->terms, g.terms, g.count * sizeof f->terms[0]);
    for (size_t i = 0; i < f->count; i++)
        f->terms[i]->refs++;
    return f;
}

static void forget_facts(struct trail *t)
{
    struct sl_span key;
    void *facts;
    size_t at = 0;

    while (sl_map_next(t->facts, &at, &key, &facts)) {
        sl_map_remove(t->facts, key);
        trail_facts_unref(facts);
    }
}

struct trail_facts *trail_facts(struct trail *t, struct sl_span text)
{
    struct trail_facts *f = sl_map_get(t->facts, text);

    if (f == NULL) {
        if (sl_map_count(t->facts) >= FACTS_KEPT)
            forget_facts(t);
        f = facts_new(t, text);
        if (f == NULL || sl_map_put(t->facts, text, f) != SL_OK) {
            trail_facts_unref(f);
            trail_fail(t, SL_EMEMORY);
            return NULL;
        }
    }
    f->refs++;
    return f;
}

/* --- being told ----------------------------------------------------------------------------- */

static bool begin(struct trail *t, uint64_t index, uint64_t time_us)
{
    if (index != t->next)
        return false;
    t->index = index;
    t->next = index + 1;
    if (index % TRAIL_BLOCK == 0)
        db_run(t->db, DB_TRAIL_BLOCK_ADD, "ii", index / TRAIL_BLOCK, time_us);
    return true;
}

void trail_batch_add(struct trail *t, struct trail_batch *b, struct trail_facts *f,
                     const struct sl_entry_action *a)
{
    if (f == NULL || b->count == SL_ENTRY_MAX_BATCH)
        return;
    f->refs++;
    b->items[b->count].facts = f;
    b->items[b->count].identity = trail_term(t, TRAIL_IDENTITY, a->identity);
    b->items[b->count++].target = trail_term(t, TRAIL_TARGET, a->target);
}

static void tell_item(struct trail *t, const struct trail_batch *b, unsigned i)
{
    const struct trail_facts *f = b->items[i].facts;

    t->line++;
    trail_touch(t, t->actions);
    for (size_t at = 0; at < f->count; at++)
        trail_touch(t, f->terms[at]);
    trail_touch(t, b->items[i].identity);
    trail_touch(t, b->items[i].target);
}

void trail_batch(struct trail *t, uint64_t index, struct sl_span leaf, struct trail_batch *b)
{
    if (b->kind == NULL) {
        trail_leaf(t, index, leaf);
    } else if (begin(t, index, b->time_us)) {
        for (unsigned i = 0; i < b->count; i++)
            tell_item(t, b, i);
        if (b->count == 0) {
            t->line++;
            trail_touch(t, trail_term(t, TRAIL_IS, sl_span_str(b->kind)));
        }
    }
    for (unsigned i = 0; i < b->count; i++)
        trail_facts_unref(b->items[i].facts);
    b->kind = NULL;
    b->count = 0;
}

static void touch_word(void *owner, enum trail_kind kind, struct sl_span word)
{
    trail_touch(owner, trail_term(owner, kind, word));
}

/* --- approvals: what came later is found by what was asked --------------------------------------
 */

static uint64_t time_of(const json_t *leaf)
{
    uint64_t at_us = 0;

    return sl_when_get(sl_json_str(leaf, "time"), &at_us) == SL_OK ? at_us : 0;
}

static void put_word(void *owner, enum trail_kind kind, struct sl_span word)
{
    struct trail_key key = trail_key(kind, word);

    if (kind == TRAIL_IDENTITY || kind == TRAIL_TARGET || kind == TRAIL_DATASET ||
        kind == TRAIL_LABEL || kind == TRAIL_VERDICT || kind == TRAIL_RULE)
        sl_buf_put_cstr(owner, sl_span(key.bytes, key.n));
}

static void remember_asked(struct trail *t, const struct trail_line *line)
{
    SL_BUF(words, SL_ENTRY_MAX * 4);

    trail_words(line, put_word, &words);
    db_run(t->db, DB_TRAIL_ASKED_ADD, "siib", sl_json_str(line->leaf, "approval"), line->entry,
           time_of(line->leaf), sl_buf_span(&words));
}

/* A kept key, letter and word. */
static void touch_kept(struct trail *t, struct sl_span key)
{
    for (unsigned kind = 0; key.n > 0 && kind < TRAIL_KIND_COUNT; kind++)
        if (key.p[0] == (uint8_t)letters[kind])
            trail_touch(t, trail_term(t, (enum trail_kind)kind, sl_span_from(key, 1)));
}

static void touch_all_kept(struct trail *t, struct sl_span words)
{
    while (words.n > 0) {
        size_t end = sl_span_find(words, 0);

        touch_kept(t, sl_span_head(words, end));
        words = sl_span_from(words, end + 1);
    }
}

static void note_wait(struct trail *t, const struct trail_line *line, uint64_t wait_us)
{
    struct sl_span event = sl_json_str(line->leaf, "event");

    if (sl_span_is(event, "approved") || sl_span_is(event, "denied"))
        db_run(t->db, DB_TRAIL_WAIT_ADD, "isii", line->entry, sl_json_str(line->leaf, "approval"),
               time_of(line->leaf), wait_us);
    if (sl_span_is(event, "decided") && wait_us < TRAIL_QUICK_US &&
        sl_span_is(sl_json_str(line->leaf, "decision"), "approve"))
        trail_touch(t, trail_term(t, TRAIL_ONLY, SL_SPAN(TRAIL_ONLY_QUICK)));
}

static void tell_later(struct trail *t, const struct trail_line *line)
{
    struct db_rows rows =
        db_ask(t->db, DB_TRAIL_ASKED_GET, "s", sl_json_str(line->leaf, "approval"));
    uint64_t now_us = time_of(line->leaf);

    if (db_row(&rows)) {
        SL_BUF(words, SL_ENTRY_MAX * 4);
        uint64_t asked_us = db_u64(&rows, 1);

        sl_buf_put(&words, db_span(&rows, 2));
        db_end(&rows);
        touch_all_kept(t, sl_buf_span(&words));
        note_wait(t, line, now_us > asked_us ? now_us - asked_us : 0);
    }
}

void trail_leaf(struct trail *t, uint64_t index, struct sl_span bytes)
{
    struct trail_line line = {.entry = index, .bytes = bytes};
    json_t *leaf = NULL;

    if (index != t->next)
        return;
    if (sl_json_read(bytes, &leaf, NULL) != SL_OK)
        leaf = NULL; /* not ours: it has its place and no words */
    (void)begin(t, index, time_of(leaf));
    line.leaf = leaf;
    for (; line.line < trail_lines(leaf); line.line++) {
        t->line++;
        trail_words(&line, touch_word, t);
    }
    if (sl_span_is(sl_json_str(leaf, "kind"), "approval")) {
        if (sl_span_is(sl_json_str(leaf, "event"), "asked"))
            remember_asked(t, &(struct trail_line){.entry = index, .leaf = leaf});
        else
            tell_later(t, &line);
    }
    json_decref(leaf);
}

/* --- flushing ------------------------------------------------------------------------------- */

static void forget_terms(struct trail *t)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(t->terms, &at, &key, &value)) {
        struct trail_term *m = value;

        if (m->refs == 0 && !m->dirty && m != t->actions) {
            sl_map_remove(t->terms, key);
            free(m);
        }
    }
}

enum sl_err trail_flush(struct trail *t)
{
    while (t->first != NULL) {
        struct trail_term *m = t->first;

        t->first = m->next;
        m->dirty = false;
        write_post(t, m);
    }
    db_run(t->db, DB_TRAIL_NEXT_SET, "i", t->next);
    if (sl_map_count(t->terms) > TERMS_KEPT)
        forget_terms(t);
    SL_TRY(t->why);
    return db_err(t->db);
}

static enum sl_err catch_bundle(struct trail *t, struct sl_span bundle)
{
    struct sl_span leaf;
    size_t at = 0;

    for (uint64_t i = t->next / SL_TILE_WIDTH * SL_TILE_WIDTH;; i++) {
        enum sl_err err = sl_bundle_next(bundle, &at, &leaf);

        if (err == SL_ENOTFOUND)
            return SL_OK;
        SL_TRY(err);
        trail_leaf(t, i, leaf);
    }
}

enum sl_err trail_catch_up(struct trail *t, struct sl_ledger *l)
{
    while (t->next < sl_ledger_size(l)) {
        SL_BUF(bytes, SL_BUNDLE_MAX_BYTES);
        uint64_t next = t->next;
        enum sl_err err = sl_ledger_full_bundle(l, next / SL_TILE_WIDTH, &bytes);

        if (err == SL_OK) {
            SL_TRY(catch_bundle(t, sl_buf_span(&bytes)));
        } else if (err == SL_ENOTFOUND) {
            SL_TRY(sl_ledger_read(l, next, &bytes));
            trail_leaf(t, next, sl_buf_span(&bytes));
        } else {
            return err;
        }
        if (t->next <= next)
            return SL_ECORRUPT;
    }
    return t->why;
}

/* --- life ----------------------------------------------------------------------------------- */

enum sl_err trail_new(struct db *db, struct trail **out)
{
    SL_FREED_BY(trail) struct trail *t = calloc(1, sizeof *t);
    uint64_t seed;

    if (t == NULL)
        return SL_EMEMORY;
    t->db = db;
    sl_random(&seed, sizeof seed); /* names come from strangers: nobody aims for collisions */
    SL_TRY(sl_map_new(&t->terms, seed));
    SL_TRY(sl_map_new(&t->facts, seed));
    struct db_rows rows = db_ask(db, DB_TRAIL_NEXT_GET, "");
    t->next = db_row(&rows) ? db_u64(&rows, 0) : 0;
    db_end(&rows);
    t->actions = trail_term(t, TRAIL_IS, SL_SPAN("actions"));
    SL_TRY(t->why);
    SL_TRY(db_err(db));
    *out = t;
    t = NULL;
    return SL_OK;
}

void trail_free(struct trail *t)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    if (t == NULL)
        return;
    if (t->facts != NULL)
        forget_facts(t);
    while (t->terms != NULL && sl_map_next(t->terms, &at, &key, &value)) {
        sl_map_remove(t->terms, key);
        free(value);
    }
    sl_map_free(t->facts);
    sl_map_free(t->terms);
    free(t);
}
