/* Labels that follow the data (core/policy/labels.h), as this gate sees them.
 *
 * What an action carries along is in the gate's own map before its bytes go out, and is told to the
 * keeper on the way; the keeper's map replaces the gate's whenever it comes, with what the keeper
 * has not heard yet put on top. Cached verdicts belong to one state of the map (label_generation).
 */
#include "role/gate/session.h"

#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/witness.h"

#include <stdlib.h>

enum { MEMORY = 16 * 1024 * 1024, TELL_MAX = 16 * 1024 * 1024 };
enum how { HOW_STAYS = 0, HOW_BY_OUTCOME = 1, HOW_BY_TXN = 2 };

/* What the keeper was told and has not confirmed. */
struct label_tell {
    uint64_t told;
    struct sl_buf body; /* of LABEL_FLOW */
    struct label_tell *next;
};

/* --- the map --- */

static void put(struct gate *g, struct sl_label_map *map, struct sl_span target,
                struct sl_span column, struct sl_span label, struct sl_span source, bool settled)
{
    struct sl_derived d = {target, column, label, source, settled};
    enum sl_err e = sl_label_map_put(map, &d);

    /* Data would flow on without its label: better that nothing flows. */
    if (e != SL_OK) {
        sl_log(SL_LOG_ERROR, "label_not_kept", SL_TEXT("column", column),
               SL_CSTR("why", sl_err_text(e)));
        sl_loop_stop(g->loop);
    }
}

static void put_told(struct gate *g, struct sl_label_map *map, struct sl_span body)
{
    struct sl_msg_label_flow m;
    struct sl_span column, label, source;
    size_t columns = 0, labels = 0, sources = 0;

    if (sl_msg_label_flow_get(body, &m) != SL_OK)
        return;
    while (sl_ipc_list_next(&m.columns, &columns, &column) &&
           sl_ipc_list_next(&m.labels, &labels, &label) &&
           sl_ipc_list_next(&m.sources, &sources, &source))
        put(g, map, m.target, column, label, source, m.session == 0); /* the listing shows it */
}

static void forget_told(struct gate *g, uint64_t told)
{
    while (g->first_tell != NULL && g->first_tell->told <= told) {
        struct label_tell *t = g->first_tell;
        g->first_tell = t->next;
        sl_buf_done(&t->body);
        free(t);
    }
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

enum sl_err labels_take(struct gate *g, struct sl_span body)
{
    struct sl_msg_labels m;
    struct sl_label_map *fresh;

    SL_TRY(sl_msg_labels_get(body, &m));
    SL_TRY(sl_label_map_decode(m.map, &fresh));
    forget_told(g, m.told);
    for (struct label_tell *t = g->first_tell; t != NULL; t = t->next)
        put_told(g, fresh, sl_buf_span(&t->body));
    if (!same_map(fresh, g->labels))
        g->label_generation++;
    sl_label_map_free(g->labels);
    g->labels = fresh;
    labels_arrived(g, m.version);
    return SL_OK;
}

/* --- telling --- */

static void tell_keeper(struct gate *g, const struct label_tell *t)
{
    struct sl_msg_label_flow m;

    if (g->keeper == NULL || sl_msg_label_flow_get(sl_buf_span(&t->body), &m) != SL_OK)
        return; /* told when there is a keeper again */
    SL_SEND(g->keeper, label_flow, .told = m.told, .target = m.target, .session = m.session,
            .action = m.action, .how = m.how, .columns = m.columns, .labels = m.labels,
            .sources = m.sources);
}

void labels_tell_again(struct gate *g)
{
    for (struct label_tell *t = g->first_tell; t != NULL; t = t->next)
        tell_keeper(g, t);
}

/* Lists under construction. */
struct telling {
    struct sl_buf columns, labels, sources;
    bool full; /* there is no room for them */
    struct sl_msg_label_flow m;
};

static void telling_add(const struct gate *g, struct telling *t, struct sl_span column,
                        uint64_t labels, struct sl_span source)
{
    for (size_t i = 0; i < g->config->labels.count && i < 64; i++) {
        if ((labels >> i & 1) == 0)
            continue;
        sl_ipc_list_add(&t->columns, &t->m.columns, column);
        sl_ipc_list_add(&t->labels, &t->m.labels, g->config->labels.items[i]);
        sl_ipc_list_add(&t->sources, &t->m.sources, source);
    }
}

/* Into the own map, and to the keeper. False without memory, or without room on the way to a keeper
 * that does not read. */
static bool telling_done(struct gate *g, struct telling *t)
{
    struct label_tell *tell = calloc(1, sizeof *tell), **end = &g->first_tell;
    SL_BUF(whole, TELL_MAX);

    t->m.told = ++g->labels_told;
    t->m.columns.items = sl_buf_span(&t->columns);
    t->m.labels.items = sl_buf_span(&t->labels);
    t->m.sources.items = sl_buf_span(&t->sources);
    sl_msg_label_flow_put(&whole, &t->m);
    bool ok = tell != NULL && !t->full && sl_buf_err(&t->columns) == SL_OK &&
              sl_buf_err(&t->labels) == SL_OK && sl_buf_err(&t->sources) == SL_OK &&
              sl_buf_err(&whole) == SL_OK &&
              (g->keeper == NULL || sl_channel_has_room(g->keeper, whole.n));
    if (ok) {
        tell->told = t->m.told;
        tell->body = sl_buf(TELL_MAX);
        sl_buf_put(&tell->body, sl_span_from(sl_buf_span(&whole), SL_IPC_HEADER));
        ok = sl_buf_err(&tell->body) == SL_OK;
    }
    sl_buf_done(&t->columns);
    sl_buf_done(&t->labels);
    sl_buf_done(&t->sources);
    if (!ok) {
        free(tell);
        return false;
    }
    while (*end != NULL)
        end = &(*end)->next;
    *end = tell;
    put_told(g, g->labels, sl_buf_span(&tell->body));
    g->label_generation++;
    tell_keeper(g, tell);
    return true;
}

/* Who knows what it does to transactions? */
static bool is_unsure(const struct sl_meaning *m)
{
    return (m->effects & (SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM)) != 0;
}

/* Something is under way after which the transaction may be another one than `tx` says. */
static bool tx_may_end(const struct session *s)
{
    for (uint32_t i = 0; i < s->item_count; i++)
        if ((s->items[(s->item_head + i) & (s->item_room - 1)].flags &
             (ITEM_ENDS_TX | ITEM_CONTEXT)) != 0)
            return true;
    return false;
}

/* A text that may be committed in parts, or in a transaction that nobody can name yet: then nobody
 * takes its labels back. */
static uint8_t how_of(const struct session *s, const struct sl_meaning *m)
{
    const uint32_t control = SL_MEANING_TX_BEGIN | SL_MEANING_TX_COMMIT | SL_MEANING_TX_ROLLBACK |
                             SL_MEANING_TX_SAVEPOINT;

    if ((m->flags & control) != 0 || is_unsure(m) || tx_may_end(s))
        return HOW_STAYS;
    return s->tx == 'T' ? HOW_BY_TXN : HOW_BY_OUTCOME;
}

static struct telling telling_of(const struct session *s, uint64_t action, uint8_t how)
{
    return (struct telling){.columns = sl_buf(TELL_MAX),
                            .labels = sl_buf(TELL_MAX),
                            .sources = sl_buf(TELL_MAX),
                            .m = {.target = s->target->config->name,
                                  .session = s->keeper_session,
                                  .action = action,
                                  .how = how}};
}

static bool told(struct session *s, struct telling *t)
{
    if (telling_done(s->gate, t))
        return true;
    if (t->full)
        sl_log(SL_LOG_ERROR, "labels_full", SL_NUM("session", s->keeper_session));
    session_fatal(s, "53200", "Sluice cannot keep the labels of what this statement copies",
                  "it did not run");
    return false;
}

/* A COMMIT may be the end of a part of what the server later calls one transaction (AND CHAIN, or
 * in the middle of a text): what came before it stays, whatever is rolled back afterwards. */
static bool commit_so_far(struct session *s, const struct sl_meaning *m, uint64_t action)
{
    struct telling t = telling_of(s, action, HOW_STAYS);

    if (!s->labels_open || ((m->flags & SL_MEANING_TX_COMMIT) == 0 && !is_unsure(m)))
        return true;
    s->labels_open = false;
    return told(s, &t);
}

bool labels_spread(struct session *s, const struct judged *j, uint64_t action)
{
    const struct sl_meaning *m = &j->meaning->m;
    const struct verdict *v = j->verdict;

    if (!commit_so_far(s, m, action))
        return false;
    if (v->spread_count == 0)
        return true;
    struct telling t = telling_of(s, action, how_of(s, m));
    s->labels_open = s->labels_open || t.m.how == HOW_BY_TXN;
    for (size_t i = 0; i < v->spread_count; i++)
        telling_add(s->gate, &t, v->spread[i].column, v->spread[i].labels, v->spread[i].source);
    size_t bytes = t.columns.n + t.labels.n + t.sources.n + t.m.columns.count * t.m.target.n;
    t.full = !sl_label_map_has_room(s->gate->labels, t.m.columns.count, bytes);
    return told(s, &t);
}

/* --- a new listing --- */

/* A label goes with its column only where somebody's change went through here and was judged, held
 * and recorded. A table that the operator drops and loads again past the gate is labelled as
 * before.
 */
static bool is_dropped(struct target *t, struct sl_span column)
{
    size_t end = column.n;

    while (end > 0 && column.p[end - 1] != '.')
        end--;
    if (end == 0)
        return false;
    ddl_keep_gone(t, sl_span(column.p, end - 1), column);
    return ddl_named(t, sl_span(column.p, end - 1));
}

static void tell_gone(struct gate *g, struct target *t, const struct sl_label_move *moves,
                      size_t count, uint64_t version)
{
    struct sl_ipc_list columns = {0};
    SL_BUF(items, TELL_MAX);

    for (size_t i = 0; i < count; i++)
        if (moves[i].to.p == NULL && is_dropped(t, moves[i].from))
            sl_ipc_list_add(&items, &columns, moves[i].from);
    columns.items = sl_buf_span(&items);
    if (columns.count > 0 && g->keeper != NULL && sl_buf_err(&items) == SL_OK)
        SL_SEND(g->keeper, label_gone, .target = t->config->name, .version = version, .dropped = 1,
                .columns = columns);
}

static void tell_moved(struct gate *g, struct target *t, const struct sl_label_move *moves,
                       size_t count)
{
    struct telling telling = {.columns = sl_buf(TELL_MAX),
                              .labels = sl_buf(TELL_MAX),
                              .sources = sl_buf(TELL_MAX),
                              .m = {.target = t->config->name, .how = HOW_STAYS}};

    for (size_t i = 0; i < count; i++)
        if (moves[i].to.p != NULL)
            telling_add(g, &telling, moves[i].to, moves[i].labels, moves[i].from);
    if (telling.m.columns.count > 0 && !telling_done(g, &telling)) {
        sl_log(SL_LOG_ERROR, "label_not_kept", SL_TEXT("target", t->config->name));
        sl_loop_stop(g->loop);
    }
}

/* A partition's partitions get theirs in the next round. */
bool labels_inherit(struct gate *g, struct target *t, const struct sl_catalog *now)
{
    enum { ROUNDS = 64, AT_ONCE = 32 };
    size_t count = 1;

    for (int round = 0; round < ROUNDS && count > 0; round++) {
        SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
        struct sl_label_move *moves = NULL;
        if (sl_arena_new(&mem, MEMORY) != SL_OK ||
            sl_labels_inherited(g->config, t->config, g->labels, now, mem, &moves, &count) != SL_OK)
            return false;
        for (size_t i = 0; i < count; i += AT_ONCE)
            tell_moved(g, t, moves + i, count - i < AT_ONCE ? count - i : AT_ONCE);
    }
    return count == 0;
}

bool labels_listing(struct gate *g, struct target *t, const struct sl_catalog *now,
                    uint64_t version)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_label_move *moves = NULL;
    size_t count = 0;

    t->has_oids = now->relation_count > 0 && sl_catalog_relation_at(now, 0).oid != 0;
    if (t->generation == 0)
        return true; /* nothing to compare with */
    if (sl_arena_new(&mem, MEMORY) != SL_OK ||
        sl_labels_moved(g->config, t->config, g->labels, &t->catalog, now, mem, &moves, &count) !=
            SL_OK)
        return false;
    tell_moved(g, t, moves, count);
    tell_gone(g, t, moves, count, version);
    return true;
}
