#include "role/keeper/keeper_int.h"

#include "base/when.h"
#include "role/keeper/call.h"
#include "role/keeper/journals.h"
#include "role/keeper/sight.h"

/* Who used what: the table of usage, grouped as the caller likes. */

enum {
    ROWS_DEFAULT = 100,
    ROWS_MAX = 1000,
    LOOKED_AT_MAX = 300 * 1000, /* lines of the table: a second of the keeper's time */
    FIRST_COUNT = USAGE_KEY_COUNT,
};

struct wanted {
    unsigned by; /* bits of enum usage_key */
    uint64_t since_us, limit;
    struct sl_span identity, dataset, label;
    struct sl_span only; /* empty: everybody's; else this identity's and what it owns */
};

static bool refuse(struct call *c, const char *why)
{
    call_problem(c, 400, "Not a question about usage", why, "");
    return false;
}

static unsigned key_bit(struct sl_span name)
{
    for (unsigned i = 0; i < USAGE_KEY_COUNT; i++)
        if (sl_span_is(name, usage_key_name(i)))
            return 1u << i;
    return 0;
}

static bool read_by(struct call *c, struct wanted *w)
{
    struct sl_span rest = call_str(c, "by");

    if (rest.n == 0)
        rest = SL_SPAN("identity");
    while (rest.n > 0) {
        struct sl_span word = sl_span_head(rest, sl_span_find(rest, ','));
        unsigned bit = key_bit(word);

        if (bit == 0 || (w->by & bit) != 0)
            return refuse(c, "by is a list, each once, of: identity, owner, run, reason, target, "
                             "dataset, column, label, verdict, hour.");
        w->by |= bit;
        rest = sl_span_from(rest, word.n + 1);
    }
    return true;
}

/* Counted in whole hours, the one that `since` lies in included. */
static bool read_since(struct call *c, struct wanted *w)
{
    struct sl_span since = call_str(c, "since");
    uint64_t ms = 0, now_us = sl_clock_us();

    if (sl_duration_get(since.n == 0 ? SL_SPAN("24h") : since, &ms) != SL_OK)
        return refuse(c, "since is a duration such as 24h or 7d.");
    w->since_us = ms >= now_us / 1000 ? 0 : now_us - ms * 1000;
    return true;
}

static bool read_wanted(struct call *c, struct wanted *w)
{
    *w = (struct wanted){.limit = ROWS_DEFAULT,
                         .identity = call_str(c, "identity"),
                         .dataset = call_str(c, "dataset"),
                         .label = call_str(c, "label"),
                         .only =
                             sight_of(c, READ_USAGE) == SIGHT_ALL ? sl_span(NULL, 0) : c->who.name};
    sl_json_u64(c->body, "limit", &w->limit);
    w->limit = w->limit > ROWS_MAX ? ROWS_MAX : w->limit;
    return read_by(c, w) && read_since(c, w);
}

static struct db_rows ask(struct call *c, const struct wanted *w, unsigned by, uint64_t limit)
{
    return db_ask(c->keeper->store.db, DB_USAGE_QUERY, "iissssi", (uint64_t)by,
                  w->since_us / USAGE_HOUR_US, w->identity, w->dataset, w->label, w->only, limit);
}

static void put_counts(json_t *out, const struct db_rows *rows)
{
    static const char *const names[] = {"statements", "rows", "bytes"};

    for (int i = 0; i < (int)SL_COUNT(names); i++)
        json_object_set_new(out, names[i], json_integer((json_int_t)db_u64(rows, FIRST_COUNT + i)));
}

/* What a statement does not have (no run, no dataset, ...) is null. */
static void put_key(json_t *out, const struct db_rows *rows, unsigned key)
{
    struct sl_span value = db_span(rows, (int)key);

    if (key == USAGE_BY_HOUR)
        json_put_time(out, "hour", db_u64(rows, (int)key) * USAGE_HOUR_US);
    else if (value.n > 0)
        json_put_str(out, usage_key_name(key), value);
    else
        json_object_set_new(out, usage_key_name(key), json_null());
}

static json_t *row_json(const struct db_rows *rows, unsigned by)
{
    json_t *out = json_object();

    for (unsigned i = 0; i < USAGE_KEY_COUNT; i++)
        if ((by >> i & 1) != 0)
            put_key(out, rows, i);
    put_counts(out, rows);
    return out;
}

static json_t *total_json(struct call *c, const struct wanted *w)
{
    struct db_rows rows = ask(c, w, 0, 1);
    json_t *total = json_object();

    if (db_row(&rows)) {
        put_counts(total, &rows);
    } else {
        json_object_set_new(total, "statements", json_integer(0));
        json_object_set_new(total, "rows", json_integer(0));
        json_object_set_new(total, "bytes", json_integer(0));
    }
    db_end(&rows);
    return total;
}

static json_t *list_json(struct call *c, const struct wanted *w, bool *more)
{
    struct db_rows rows = ask(c, w, w->by, w->limit + 1);
    json_t *list = json_array();

    *more = false;
    while (db_row(&rows)) {
        *more = json_array_size(list) == w->limit;
        if (!*more)
            json_array_append_new(list, row_json(&rows, w->by));
    }
    db_end(&rows);
    return list;
}

static bool is_small_enough(struct call *c, const struct wanted *w)
{
    struct db_rows rows =
        db_ask(c->keeper->store.db, DB_USAGE_SIZE, "issi", w->since_us / USAGE_HOUR_US, w->identity,
               w->only, (uint64_t)LOOKED_AT_MAX + 1);
    uint64_t size = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return size <= LOOKED_AT_MAX ||
           refuse(c, "That is more than 300,000 lines of the table: ask for a shorter time, or for "
                     "one identity.");
}

void call_USAGE(struct call *c)
{
    struct keeper *k = c->keeper;
    struct wanted w;
    bool more;

    if (!read_wanted(c, &w))
        return;
    journals_drain(k); /* what has left until now */
    if (usage_flush(k->store.usage) != SL_OK)
        keeper_die("usage could not be counted", db_err(k->store.db));
    if (!is_small_enough(c, &w))
        return;
    c->reply = json_object();
    json_object_set_new(c->reply, "usage", list_json(c, &w, &more));
    json_object_set_new(c->reply, "more", json_boolean(more));
    json_object_set_new(c->reply, "total", total_json(c, &w));
    json_object_set_new(c->reply, "all", json_boolean(w.only.n == 0));
    json_put_time(c->reply, "since", w.since_us / USAGE_HOUR_US * USAGE_HOUR_US);
}
