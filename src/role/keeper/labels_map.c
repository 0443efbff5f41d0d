#include "role/keeper/labels_int.h"

#include "role/keeper/db.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/labels.h"

/* The map of derived labels as gates have it: read from the view, told when it changed. */

static struct sl_label_map *read_map(struct keeper *k)
{
    struct sl_label_map *map = NULL;
    enum sl_err err = sl_label_map_new(&map);
    struct db_rows rows = db_ask(k->store.db, DB_LABEL_LIST, "");

    while (err == SL_OK && db_row(&rows)) {
        struct sl_derived d = {.target = db_span(&rows, 0),
                               .column = db_span(&rows, 1),
                               .label = db_span(&rows, 2),
                               .source = db_span(&rows, 3),
                               .settled = db_u64(&rows, 4) != 0};
        d.settled = d.settled && !label_is_leaving(k, d.target, d.column);
        err = sl_label_map_put(map, &d);
    }
    db_end(&rows);
    if (err != SL_OK)
        keeper_die("the labels could not be read", err);
    return map;
}

static uint64_t count_pending(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_LABEL_PENDING, "");
    uint64_t count = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return count;
}

static bool same_map(const struct sl_label_map *a, const struct sl_label_map *b)
{
    SL_BUF(one, SL_IPC_MAX_BODY);
    SL_BUF(other, SL_IPC_MAX_BODY);

    sl_label_map_encode(a, &one);
    sl_label_map_encode(b, &other);
    return sl_buf_err(&one) == SL_OK && sl_buf_err(&other) == SL_OK &&
           sl_span_eq(sl_buf_span(&one), sl_buf_span(&other));
}

/* True when it is another one than before. */
static bool load(struct keeper *k)
{
    struct sl_label_map *map = read_map(k);
    bool same = same_map(map, k->labels);

    sl_label_map_free(k->labels);
    k->labels = map;
    k->label_pending = count_pending(k);
    k->label_version += !same;
    return !same;
}

void labels_load(struct keeper *k)
{
    (void)load(k);
}

static void say(struct keeper *k, struct peer *gate)
{
    SL_BUF(map, SL_IPC_MAX_BODY - 64);

    sl_label_map_encode(k->labels, &map);
    if (sl_buf_err(&map) != SL_OK)
        keeper_die("the labels could not be told", sl_buf_err(&map));
    ANSWER(gate, labels, .told = gate->labels_told, .version = k->label_version,
           .map = sl_buf_span(&map));
}

/* At once, into every outbox: what is answered after this is answered with the new map. Who told
 * something hears in any case that it is in the map. */
void labels_changed(struct keeper *k, const struct peer *teller)
{
    bool moved = load(k);

    for (struct peer *p = k->peers; p != NULL; p = p->next) {
        bool hears = moved || p == teller;

        if (p->role == SL_ROLE_GATE && !p->signing && !p->ended && hears)
            say(k, p);
    }
    labels_leaving_told(k);
}

void labels_greet(struct keeper *k, struct peer *gate)
{
    say(k, gate);
}
