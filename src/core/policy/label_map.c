/* The sorted map of derived labels, and the bytes in which it travels. */
#include "core/policy/labels.h"

#include "base/cursor.h"
#include "core/policy/policy_int.h"

#include <stdlib.h>

/* One allocation each: the four names lie behind it. */
struct entry {
    struct sl_span target, column, label, source;
    bool settled;
    uint8_t bytes[];
};

struct sl_label_map {
    struct entry **entries;
    size_t count, room, bytes; /* of the names */
};

enum sl_err sl_label_map_new(struct sl_label_map **out)
{
    struct sl_label_map *m = calloc(1, sizeof *m);

    if (m == NULL)
        return SL_EMEMORY;
    *out = m;
    return SL_OK;
}

void sl_label_map_free(struct sl_label_map *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->count; i++)
        free(m->entries[i]);
    free(m->entries);
    free(m);
}

static int order(const struct entry *e, struct sl_span target, struct sl_span column,
                 struct sl_span label)
{
    int by_target = sl_span_cmp(e->target, target);
    int by_column = by_target != 0 ? by_target : sl_span_cmp(e->column, column);

    return by_column != 0 ? by_column : sl_span_cmp(e->label, label);
}

/* Where it is, or would be. */
static size_t place_of(const struct sl_label_map *m, struct sl_span target, struct sl_span column,
                       struct sl_span label)
{
    size_t low = 0, high = m == NULL ? 0 : m->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(m->entries[middle], target, column, label) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct sl_span keep(struct entry *e, size_t *at, struct sl_span text)
{
    uint8_t *to = e->bytes + *at;

    if (text.n > 0)
        memcpy(to, text.p, text.n);
    *at += text.n;
    return sl_span(to, text.n);
}

static struct entry *entry_new(const struct sl_derived *d)
{
    size_t at = 0, n = d->target.n + d->column.n + d->label.n + d->source.n;
    struct entry *e = malloc(sizeof *e + n + 1);

    if (e == NULL)
        return NULL;
    e->target = keep(e, &at, d->target);
    e->column = keep(e, &at, d->column);
    e->label = keep(e, &at, d->label);
    e->source = keep(e, &at, d->source);
    e->settled = d->settled;
    return e;
}

static enum sl_err grow(struct sl_label_map *m)
{
    size_t room = m->room == 0 ? 16 : m->room * 2;
    struct entry **more;

    if (m->count < m->room)
        return SL_OK;
    if (m->count >= SL_LABEL_MAX_DERIVED)
        return SL_ELIMIT;
    more = realloc(m->entries, room * sizeof(struct entry *));
    if (more == NULL)
        return SL_EMEMORY;
    m->entries = more;
    m->room = room;
    return SL_OK;
}

static enum sl_err check(const struct sl_derived *d)
{
    if (d->target.n == 0 || d->column.n == 0 || d->label.n == 0)
        return SL_EMALFORMED;
    return d->target.n > SL_LABEL_MAX_NAME || d->column.n > SL_LABEL_MAX_NAME ||
                   d->label.n > SL_LABEL_MAX_NAME || d->source.n > SL_LABEL_MAX_NAME
               ? SL_ELIMIT
               : SL_OK;
}

enum sl_err sl_label_map_put(struct sl_label_map *m, const struct sl_derived *d)
{
    SL_TRY(check(d));
    size_t at = place_of(m, d->target, d->column, d->label);

    if (at < m->count && order(m->entries[at], d->target, d->column, d->label) == 0) {
        m->entries[at]->settled |= d->settled;
        return SL_OK;
    }
    SL_TRY(grow(m));
    struct entry *e = entry_new(d);
    if (e == NULL)
        return SL_EMEMORY;
    memmove(m->entries + at + 1, m->entries + at, (m->count - at) * sizeof(struct entry *));
    m->entries[at] = e;
    m->count++;
    m->bytes += d->target.n + d->column.n + d->label.n + d->source.n;
    return SL_OK;
}

size_t sl_label_map_count(const struct sl_label_map *m)
{
    return m == NULL ? 0 : m->count;
}

size_t sl_label_map_bytes(const struct sl_label_map *m)
{
    return m == NULL ? 0 : m->bytes;
}

bool sl_label_map_has_room(const struct sl_label_map *m, size_t count, size_t bytes)
{
    return count <= SL_LABEL_ROOM && m->count <= SL_LABEL_ROOM - count &&
           bytes <= SL_LABEL_ROOM_BYTES && m->bytes <= SL_LABEL_ROOM_BYTES - bytes;
}

struct sl_derived sl_label_map_at(const struct sl_label_map *m, size_t index)
{
    const struct entry *e = m->entries[index];

    return (struct sl_derived){e->target, e->column, e->label, e->source, e->settled};
}

bool sl_label_map_find(const struct sl_label_map *m, struct sl_span target, struct sl_span column,
                       struct sl_span label, struct sl_derived *out)
{
    size_t at = place_of(m, target, column, label);

    if (at >= sl_label_map_count(m) || order(m->entries[at], target, column, label) != 0)
        return false;
    *out = sl_label_map_at(m, at);
    return true;
}

bool sl_label_map_has_target(const struct sl_label_map *m, struct sl_span target)
{
    size_t at = place_of(m, target, sl_span(NULL, 0), sl_span(NULL, 0));

    return at < sl_label_map_count(m) && sl_span_eq(m->entries[at]->target, target);
}

size_t sl_label_map_from(const struct sl_label_map *m, struct sl_span target, struct sl_span column)
{
    return place_of(m, target, column, sl_span(NULL, 0));
}

/* --- as bytes --- */

static void put_str(struct sl_buf *b, struct sl_span s)
{
    sl_buf_put_le16(b, (uint16_t)s.n);
    sl_buf_put(b, s);
}

void sl_label_map_encode(const struct sl_label_map *m, struct sl_buf *b)
{
    sl_buf_put_le32(b, (uint32_t)sl_label_map_count(m));
    for (size_t i = 0; i < sl_label_map_count(m); i++) {
        const struct entry *e = m->entries[i];
        put_str(b, e->target);
        put_str(b, e->column);
        put_str(b, e->label);
        put_str(b, e->source);
        sl_buf_put_u8(b, e->settled);
    }
}

static struct sl_span take_str(struct sl_cursor *c)
{
    return sl_cursor_take(c, sl_cursor_le16(c));
}

enum sl_err sl_label_map_decode(struct sl_span bytes, struct sl_label_map **out)
{
    SL_FREED_BY(sl_label_map) struct sl_label_map *m = NULL;
    struct sl_cursor c = sl_cursor(bytes);
    uint32_t count = sl_cursor_le32(&c);

    SL_TRY(sl_label_map_new(&m));
    for (uint32_t i = 0; i < count && !c.short_read; i++) {
        struct sl_derived d = {.target = take_str(&c)};
        d.column = take_str(&c);
        d.label = take_str(&c);
        d.source = take_str(&c);
        uint8_t settled = sl_cursor_u8(&c);
        d.settled = settled == 1;
        if (c.short_read || settled > 1)
            return SL_EMALFORMED;
        SL_TRY(sl_label_map_put(m, &d));
    }
    if (!sl_cursor_done(&c) || m->count != count)
        return SL_EMALFORMED;
    *out = m;
    m = NULL;
    return SL_OK;
}
