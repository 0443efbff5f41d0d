/* One result in many pieces: what of it lies before the rows at hand, and counts with them.
 *
 * FETCHes of one cursor share a tally, from its DECLARE on: rows that they give, each time that
 * they give them, and rows that MOVE passes over. Of a page by OFFSET the rows that it skips lie
 * before it. So paging ends at the row at which the whole would, in any session and after any
 * restart. */
#include "role/gate/budget.h"

#include "role/gate/meter.h"
#include "role/gate/names.h"

#include <stdlib.h>

struct tally {
    size_t refs;
    uint64_t rows, bytes;
};

static void tally_unref(struct tally *t)
{
    if (t != NULL && --t->refs == 0)
        free(t);
}

void tallies_free(struct session *s)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (s->tallies != NULL && sl_map_next(s->tallies, &at, &key, &value))
        tally_unref(value);
    sl_map_free(s->tallies);
    s->tallies = NULL;
}

/* Closed, and not declared anew in the same text. */
static bool ends_closed(const struct sl_meaning *m, size_t at)
{
    const struct sl_meaning_name *closed = &m->names[at];

    for (size_t i = at + 1; i < m->name_count; i++)
        if (sl_name_declares(&m->names[i]) &&
            (closed->name.n == 0 || sl_span_eq(closed->name, m->names[i].name)))
            return false;
    return closed->kind == SL_NAME_CLOSE;
}

void tallies_forget(struct session *s, const struct sl_meaning *m)
{
    for (size_t i = 0; s->tallies != NULL && i < m->name_count; i++) {
        if (!ends_closed(m, i))
            continue;
        if (m->names[i].name.n == 0)
            tallies_free(s);
        else
            tally_unref(sl_map_remove(s->tallies, m->names[i].name));
    }
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    return a < SL_ROWS_UNKNOWN - b && b < SL_ROWS_UNKNOWN ? a + b : SL_ROWS_UNKNOWN;
}

/* --- which cursors --- */

static struct tally *tally_new(struct sl_map *all, struct sl_span cursor)
{
    struct tally *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->refs = 1;
    tally_unref(sl_map_remove(all, cursor));
    if (sl_map_put(all, cursor, t) == SL_OK)
        return t;
    free(t);
    return NULL;
}

static bool has(const struct pages *p, const struct tally *t)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->tallies[i] == t)
            return true;
    return false;
}

/* A session that leaves thousands of cursors open has one tally for all that come then. */
static struct sl_span key_of(const struct sl_map *all, struct sl_span cursor)
{
    enum { CURSORS_MAX = 4096 };

    return sl_map_get(all, cursor) != NULL || sl_map_count(all) < CURSORS_MAX ? cursor
                                                                              : SL_SPAN("");
}

/* In the order of the text: a DECLARE begins anew, what is fetched counts from there. */
static bool add_name(struct sl_map *all, struct pages *p, const struct sl_meaning_name *n)
{
    struct sl_span key = key_of(all, n->name);
    bool anew = sl_name_declares(n) && key.n > 0;
    struct tally *t = anew ? NULL : sl_map_get(all, key);

    if (t == NULL)
        t = tally_new(all, key);
    if (t == NULL)
        return false;
    if (n->kind == SL_NAME_FETCH && !has(p, t)) {
        t->refs++;
        p->tallies[p->count++] = t;
    }
    return true;
}

static bool is_cursor(const struct sl_meaning_name *n)
{
    return sl_name_declares(n) || n->kind == SL_NAME_FETCH;
}

static bool find_tallies(struct session *s, const struct sl_meaning *m, struct pages *p)
{
    if ((m->flags & SL_MEANING_CURSOR) == 0)
        return true;
    struct sl_map *all = names_map(s, &s->tallies);
    p->tallies = calloc(m->name_count + 1, sizeof(struct tally *));
    if (all == NULL || p->tallies == NULL)
        return false;
    for (size_t i = 0; i < m->name_count; i++)
        if (is_cursor(&m->names[i]) && !add_name(all, p, &m->names[i]))
            return false;
    return true;
}

/* --- how many rows an OFFSET skips --- */

static bool value_of(const struct sl_pg_bind *bind, uint64_t number, struct sl_pg_value *out)
{
    struct sl_pg_values values = bind->values;

    while (number > 0 && sl_pg_values_next(&values, out))
        number--;
    return number == 0;
}

/* int2, int4, int8. What else a client may have declared has other lengths, or is a large number.
 */
static uint64_t binary_rows(struct sl_span bytes)
{
    uint64_t rows = 0;

    if (bytes.n != 2 && bytes.n != 4 && bytes.n != 8)
        return SL_ROWS_UNKNOWN;
    for (size_t i = 0; i < bytes.n; i++)
        rows = rows << 8 | bytes.p[i];
    return rows;
}

static uint64_t parameter_rows(const struct sl_pg_bind *bind, struct sl_span number)
{
    struct sl_pg_value v;
    uint64_t n = 0, rows = 0;

    if (bind == NULL || sl_span_u64(number, &n) != SL_OK || n == 0 || !value_of(bind, n, &v))
        return SL_ROWS_UNKNOWN;
    if (v.null)
        return 0;
    if (v.format != 0)
        return binary_rows(v.bytes);
    return sl_span_u64(v.bytes, &rows) == SL_OK ? rows : SL_ROWS_UNKNOWN;
}

static uint64_t rows_of(struct sl_span said, const struct sl_pg_bind *bind)
{
    uint64_t rows = 0;

    if (said.n > 0 && said.p[0] == '$')
        return parameter_rows(bind, sl_span_from(said, 1));
    return sl_span_u64(said, &rows) == SL_OK ? rows : SL_ROWS_UNKNOWN;
}

static uint64_t skipped_rows(const struct sl_meaning *m, const struct sl_pg_bind *bind)
{
    uint64_t rows = 0;

    for (size_t i = 0; i < m->name_count; i++)
        if (m->names[i].kind == SL_NAME_OFFSET)
            rows = sum(rows, rows_of(m->names[i].name, bind));
    return rows;
}

/* --- for a meter --- */

bool pages_make(struct session *s, const struct sl_meaning *m, const struct sl_pg_bind *bind,
                struct pages *out)
{
    *out = (struct pages){.skipped = skipped_rows(m, bind)};
    return find_tallies(s, m, out);
}

void pages_done(struct pages *p)
{
    for (size_t i = 0; i < p->count; i++)
        tally_unref(p->tallies[i]);
    free(p->tallies);
    *p = (struct pages){0};
}

void pages_add(struct pages *p, uint64_t rows, uint64_t bytes)
{
    for (size_t i = 0; i < p->count; i++) {
        p->tallies[i]->rows = sum(p->tallies[i]->rows, rows);
        p->tallies[i]->bytes += bytes;
    }
}

uint64_t pages_rows(const struct pages *p, uint64_t own)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->tallies[i]->rows > own)
            own = p->tallies[i]->rows;
    return sum(own, p->skipped);
}

uint64_t pages_bytes(const struct pages *p, uint64_t own)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->tallies[i]->bytes > own)
            own = p->tallies[i]->bytes;
    return own;
}
