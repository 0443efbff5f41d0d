#include "role/gate/sizes.h"

#include "base/utf8.h"
#include "json/json.h"

/* The number itself is the value, one more than it is, because a map keeps no NULL. */
static void *packed(uint64_t rows)
{
    return (void *)(uintptr_t)(rows + 1);
}

static bool find(const struct sl_map *sizes, struct sl_span dataset, uint64_t *rows)
{
    void *value = sl_map_get(sizes, dataset);

    if (value == NULL)
        return false;
    *rows = (uint64_t)(uintptr_t)value - 1;
    return true;
}

bool sizes_take(struct sl_map *sizes, const struct sl_span *fields, size_t count)
{
    enum { NAME_MAX = 256 };
    const uint64_t exact = 1ull << 53; /* what JSON can say */
    uint64_t rows;

    if (count != 2 || fields[0].n == 0 || fields[0].n > NAME_MAX ||
        sl_span_u64(fields[1], &rows) != SL_OK)
        return false;
    if (rows >= exact || !sl_utf8_valid(fields[0]) || sl_map_count(sizes) >= SIZES_MAX)
        return true;
    return sl_map_put(sizes, fields[0], packed(rows)) == SL_OK;
}

static bool shown_before(const struct sl_meaning *m, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (sl_span_eq(m->accesses[i].dataset, m->accesses[at].dataset))
            return true;
    return false;
}

static void put(struct sl_buf *out, const struct sl_map *sizes, const struct sl_meaning *m)
{
    struct sl_jw w = sl_jw(out);
    unsigned shown = 0;
    uint64_t rows;

    sl_jw_array(&w);
    for (size_t i = 0; i < m->access_count && shown < SIZES_SHOWN; i++) {
        if (shown_before(m, i) || !find(sizes, m->accesses[i].dataset, &rows))
            continue;
        sl_jw_object(&w);
        sl_jw_key(&w, "dataset");
        sl_jw_str(&w, m->accesses[i].dataset);
        sl_jw_key(&w, "rows");
        sl_jw_u64(&w, rows);
        sl_jw_end(&w);
        shown++;
    }
    sl_jw_end(&w);
}

void sizes_show(struct sl_buf *out, const struct sl_map *sizes, const struct sl_meaning *m,
                struct sl_span show)
{
    const size_t empty = 2; /* {} or [] */
    SL_BUF(list, 64 * 1024);

    if (sizes != NULL)
        put(&list, sizes, m);
    if (list.n <= empty || sl_buf_err(&list) != SL_OK) {
        sl_buf_put(out, show);
        return;
    }
    if (show.n <= empty)
        sl_buf_put_str(out, "{");
    else
        sl_buf_say(out, "%S,", sl_span_head(show, show.n - 1));
    sl_buf_say(out, "\"sizes\":%S}", sl_buf_span(&list));
}
