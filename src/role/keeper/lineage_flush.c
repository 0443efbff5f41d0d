/* From counted acts to rows. */
#include "role/keeper/lineage_int.h"

#include "crypto/crypto.h"

enum { NODES = 65536, ACTS = 2048, KEY_BYTES = 16 };

/* --- nodes --- */

static uint64_t first_number(struct db_rows rows)
{
    uint64_t id = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return id;
}

static uint64_t node_id(struct lineage *l, struct sl_span target, struct sl_span dataset,
                        struct sl_span column, enum sl_lineage_node_kind kind);

static uint64_t node_find(struct lineage *l, struct sl_span target, struct sl_span dataset,
                          struct sl_span column, enum sl_lineage_node_kind kind)
{
    uint64_t id =
        first_number(db_ask(l->db, DB_NODE_GET, "sssi", dataset, column, target, (uint64_t)kind));

    if (id > 0)
        return id;
    uint64_t whole = kind == SL_LINEAGE_COLUMN
                         ? node_id(l, target, dataset, sl_span(NULL, 0), SL_LINEAGE_DATASET)
                         : 0;
    return first_number(
        db_ask(l->db, DB_NODE_ADD, "sssii", dataset, column, target, (uint64_t)kind, whole));
}

static void nodes_clear(struct lineage *l)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(l->nodes, &at, &key, &value))
        sl_map_remove(l->nodes, key);
}

static uint64_t node_id(struct lineage *l, struct sl_span target, struct sl_span dataset,
                        struct sl_span column, enum sl_lineage_node_kind kind)
{
    SL_BUF(key, 64 * 1024);

    sl_buf_put_u8(&key, (uint8_t)kind);
    sl_buf_put_cstr(&key, target);
    sl_buf_put_cstr(&key, dataset);
    sl_buf_put(&key, column);
    uint64_t id = (uintptr_t)sl_map_get(l->nodes, sl_buf_span(&key));
    if (id > 0)
        return id;
    id = node_find(l, target, dataset, column, kind);
    if (sl_map_count(l->nodes) >= NODES)
        nodes_clear(l);
    if (id > 0 && sl_map_put(l->nodes, sl_buf_span(&key), (void *)(uintptr_t)id) != SL_OK)
        lineage_fail(l, SL_EMEMORY);
    return id;
}

/* Where an export went: the requester said it, else it is its client. */
static uint64_t sink_id(struct lineage *l, const struct act *a)
{
    SL_BUF(name, 16 * 1024);

    if (a->story->told.sink.n > 0)
        sl_buf_put(&name, a->story->told.sink);
    else
        sl_buf_say(&name, "client of %S", a->who->identity);
    return node_id(l, sl_span(NULL, 0), sl_buf_span(&name), sl_span(NULL, 0), SL_LINEAGE_SINK);
}

static uint64_t end_id(struct lineage *l, const struct act *a, const struct sl_lineage_end *e)
{
    if (e->kind == SL_LINEAGE_SINK)
        return sink_id(l, a);
    return node_id(l, a->who->target, e->dataset, e->column, e->kind);
}

/* --- acts --- */

/* The same for the same act, whatever process counts it. */
static void act_key(const struct act *a, uint8_t key[KEY_BYTES])
{
    uint8_t digest[SL_SHA256];
    SL_BUF(text, 128 * 1024);

    sl_buf_put_cstr(&text, a->who->identity);
    sl_buf_put_cstr(&text, a->who->owner);
    sl_buf_put_cstr(&text, a->who->target);
    sl_buf_put_cstr(&text, sl_span_str(a->approval));
    sl_buf_put_le64(&text, a->hour);
    sl_buf_put_u8(&text, (uint8_t)a->standing);
    sl_buf_put_u8(&text, a->observed);
    sl_buf_put(&text, a->story->facts);
    sl_sha256(sl_buf_span(&text), digest);
    memcpy(key, digest, KEY_BYTES);
}

static uint64_t add_act(struct lineage *l, const struct act *a, struct sl_span key)
{
    const struct sl_lineage_story *t = &a->story->told;

    return first_number(db_ask(l->db, DB_ACT_ADD, "bsssssssssiisssiiiiiii", key, a->who->target,
                               a->who->identity, a->who->owner, t->run, t->reason, t->sink,
                               t->statements, t->rules, t->verdict, (uint64_t)a->standing,
                               (uint64_t)a->observed, sl_span_str(a->approval),
                               sl_buf_span(&a->approvers), sl_buf_span(&a->why), a->session,
                               a->action, a->first_us, a->last_us, a->count, a->rows, a->bytes));
}

static void put_touches(struct lineage *l, const struct act *a)
{
    const struct sl_lineage_story *t = &a->story->told;

    for (size_t i = 0; i < t->touch_count; i++) {
        const struct sl_lineage_touch *x = &t->touches[i];
        uint64_t node = node_id(l, a->who->target, x->dataset, x->column,
                                x->column.n > 0 ? SL_LINEAGE_COLUMN : SL_LINEAGE_DATASET);

        db_run(l->db, DB_TOUCH_ADD, "iiiii", node, a->hour, a->id, (uint64_t)x->effects,
               (uint64_t)x->all_columns);
    }
}

static void put_flows(struct lineage *l, const struct act *a)
{
    const struct sl_lineage_story *t = &a->story->told;
    unsigned makes = lineage_makes(a->standing);

    for (size_t i = 0; i < t->flow_count && makes != 0; i++) {
        const struct sl_lineage_flow *f = &t->flows[i];
        uint64_t src = end_id(l, a, &f->from), dst = end_id(l, a, &f->to);

        db_run(l->db, DB_EDGE_ADD, "iiii", src, dst, (uint64_t)f->kind, a->id);
        if ((makes & LINEAGE_FLOWS) != 0)
            db_run(l->db, DB_FLOW_ADD, "iiii", src, dst, (uint64_t)f->kind, a->id);
    }
}

static void more(struct lineage *l, const struct act *a)
{
    db_run(l->db, DB_ACT_MORE, "iiiiii", a->id, a->first_us, a->last_us, a->count, a->rows,
           a->bytes);
}

static void tell(struct lineage *l, const struct act *a, const uint8_t key[KEY_BYTES])
{
    struct lineage_act told = {.target = a->who->target,
                               .identity = a->who->identity,
                               .owner = a->who->owner,
                               .approval = sl_span_str(a->approval),
                               .approvers = sl_buf_span(&a->approvers),
                               .why = sl_buf_span(&a->why),
                               .text = sl_buf_span(&a->text),
                               .standing = a->standing,
                               .observed = a->observed,
                               .session = a->session,
                               .action = a->action,
                               .at_us = a->first_us,
                               .story = &a->story->told};

    if (l->told == NULL)
        return;
    memcpy(told.key, key, KEY_BYTES);
    enum sl_err err = l->told(l->owner, &told);
    if (err != SL_OK)
        lineage_fail(l, err);
}

void lineage_put_act(struct lineage *l, struct act *a)
{
    uint8_t key[KEY_BYTES];

    if (a->count == 0)
        return;
    if (a->id == 0) {
        act_key(a, key);
        struct sl_span k = sl_span(key, sizeof key);
        a->id = first_number(db_ask(l->db, DB_ACT_GET, "b", k));
        if (a->id > 0) {
            more(l, a);
        } else {
            a->id = add_act(l, a, k);
            put_touches(l, a);
            put_flows(l, a);
            tell(l, a, key);
        }
    } else {
        more(l, a);
    }
    a->first_us = a->last_us = a->count = a->rows = a->bytes = 0;
}

enum sl_err lineage_flush(struct lineage *l)
{
    SL_TRY(l->why);
    for (struct act *a = l->first; a != NULL; a = a->next)
        lineage_put_act(l, a);
    lineage_opens_save(l);
    if (l->told != NULL)
        SL_TRY(l->told(l->owner, NULL));
    if (sl_map_count(l->acts) > ACTS)
        lineage_acts_free(l);
    SL_TRY(db_err(l->db));
    return l->why;
}
