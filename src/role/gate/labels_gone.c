/* Columns that are not there any more, as this gate can vouch for it.
 *
 * The keeper takes a label off only when each gate says that it does not list the column (see
 * keeper/labels_leave.c). A word of ours counts from a map on: whatever was sent before that map
 * came may have written the column without a word, because its label was settled then, and may be
 * committed later than what we list. So a listing vouches for the newest map for which all that was
 * under way when it came had ended before the listing began. */
#include "role/gate/judging.h"
#include "role/gate/session.h"

static bool is_under_way(const struct session *s)
{
    return s->tx != 'I' || s->item_count > 0 || s->unsynced || s->elevated != NULL;
}

static void lean(struct session *s)
{
    s->leans = is_under_way(s);
}

static bool any_leans(struct gate *g)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(g->sessions, &at, &key, &value)) {
        struct session *s = value;
        s->leans = s->leans && !s->dead && is_under_way(s);
        if (s->leans)
            return true;
    }
    return false;
}

static void wait_from_here(struct gate *g)
{
    g->label_awaited = g->label_version;
    gate_each_session(g, lean);
}

void labels_arrived(struct gate *g, uint64_t version)
{
    bool waiting = g->label_awaited != g->label_passed;

    g->label_version = version;
    if (!waiting)
        wait_from_here(g);
}

uint64_t labels_passed(struct gate *g)
{
    if (any_leans(g))
        return g->label_passed;
    g->label_passed = g->label_awaited;
    if (g->label_awaited == g->label_version)
        return g->label_passed;
    wait_from_here(g);
    if (!any_leans(g))
        g->label_passed = g->label_awaited;
    return g->label_passed;
}

void labels_quiet(struct session *s)
{
    if (s->leans && s->tx == 'I' && s->item_count <= 1 && s->elevated == NULL)
        s->leans = false;
}

static size_t dot_after(struct sl_span name, size_t at)
{
    while (at < name.n && name.p[at] != '.')
        at++;
    return at;
}

/* Names may have dots in them: it is there if any way to read the whole name finds it. */
static bool is_listed(const struct sl_catalog *c, struct sl_span name)
{
    struct sl_relation r;
    struct sl_column found;

    for (size_t i = dot_after(name, 0); i < name.n; i = dot_after(name, i + 1))
        for (size_t k = dot_after(name, i + 1); k < name.n; k = dot_after(name, k + 1))
            if (sl_catalog_relation(c, sl_span_head(name, i), sl_span(name.p + i + 1, k - i - 1),
                                    &r) &&
                sl_catalog_find_column(c, &r, sl_span_from(name, k + 1), &found))
                return true;
    return false;
}

enum { AT_ONCE = 1000, BYTES = 1024 * 1024 };

struct kept {
    const struct target *target;
    struct sl_buf *items;
    struct sl_ipc_list columns;
};

static void add_kept(void *context, struct sl_span column)
{
    struct kept *k = context;

    if (k->columns.count < AT_ONCE && !is_listed(&k->target->catalog, column))
        sl_ipc_list_add(k->items, &k->columns, column);
}

void labels_dropped_meanwhile(struct gate *g, const struct target *t, uint64_t version)
{
    SL_BUF(items, BYTES);
    struct kept kept = {.target = t, .items = &items};

    ddl_each_gone(t, add_kept, &kept);
    kept.columns.items = sl_buf_span(&items);
    if (kept.columns.count > 0 && g->keeper != NULL && sl_buf_err(&items) == SL_OK)
        SL_SEND(g->keeper, label_gone, .target = t->config->name, .version = version, .dropped = 1,
                .columns = kept.columns);
}

void labels_vouch(struct gate *g, const struct target *t, uint64_t version)
{
    struct sl_ipc_list columns = {0};
    SL_BUF(items, BYTES);

    for (size_t i = 0; i < sl_label_map_count(g->labels) && columns.count < AT_ONCE; i++) {
        struct sl_derived d = sl_label_map_at(g->labels, i);
        if (!d.settled && sl_span_eq(d.target, t->config->name) &&
            !is_listed(&t->catalog, d.column))
            sl_ipc_list_add(&items, &columns, d.column);
    }
    columns.items = sl_buf_span(&items);
    if (columns.count > 0 && g->keeper != NULL && sl_buf_err(&items) == SL_OK)
        SL_SEND(g->keeper, label_gone, .target = t->config->name, .version = version, .dropped = 0,
                .columns = columns);
}
