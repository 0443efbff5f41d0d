/* Changes of definitions that are under way, for each target.
 *
 * From its sending on until its transaction has ended and the listing is read again, a change may
 * come into force at any moment: a statement of another session that waits for its lock on the
 * server would run on definitions that nobody judged. So statements that touch what a change names
 * wait; after a while they are opaque. They never pass on the old meaning.
 */
#include "role/gate/session.h"

#include "role/gate/judging.h"

#include <stdlib.h>

enum { NAMES_MAX = 64, LEFT_OPEN_MS = 3000, GONE_MAX = 256 * 1024 };

struct ddl_change {
    struct ddl_change *next;
    struct session *session;
    uint64_t since_ms;
    bool told;       /* that others wait for it */
    bool undone;     /* or in part, or nobody knows: it made nothing go */
    bool everything; /* it names something else than relations, or too much */
    size_t count;
    struct sl_span names[NAMES_MAX]; /* malloc'd; without their schemas */
    struct sl_buf gone_items; /* columns of theirs that were listed no more before it ended */
    struct sl_ipc_list gone;
};

/* A new relation may hide one of the same name in another schema: the last part counts alone. */
static struct sl_span last_part(struct sl_span dataset)
{
    size_t at = dataset.n;

    while (at > 0 && dataset.p[at - 1] != '.')
        at--;
    return sl_span_from(dataset, at);
}

static void add_name(struct ddl_change *c, struct sl_span dataset)
{
    if (c->count == NAMES_MAX) {
        c->everything = true;
        return;
    }
    c->names[c->count] = sl_span(NULL, 0);
    span_set(&c->names[c->count], last_part(dataset));
    if (c->names[c->count].p == NULL)
        c->everything = true;
    else
        c->count++;
}

/* Commands that change nothing but the relations that they name. */
static bool names_relations(struct sl_span tag)
{
    static const char *const tags[] = {
        "create table",
        "alter table",
        "drop table",
        "create table as",
        "select into",
        "create view",
        "alter view",
        "drop view",
        "create materialized view",
        "drop materialized view",
        "drop index",
        "create trigger",
        "drop trigger",
        "create rule",
        "drop rule",
        "create policy",
        "alter policy",
        "drop policy",
        "alter index",
        "alter materialized view",
        "create foreign table",
        "alter foreign table",
        "drop foreign table",
        "create statistics",
    };

    for (size_t i = 0; i < SL_COUNT(tags); i++)
        if (sl_span_is(tag, tags[i]))
            return true;
    return false;
}

static bool is_of_relations(const struct sl_meaning *m)
{
    bool named = false;

    for (size_t i = 0; i < m->access_count; i++)
        named |= (m->accesses[i].effects & SL_EFFECT_DDL) != 0;
    for (size_t i = 0; i < m->statement_count; i++)
        if ((m->statements[i].effects & SL_EFFECT_DDL) != 0 &&
            !names_relations(m->statements[i].tag))
            return false;
    return named && (m->effects & SL_EFFECT_OPAQUE) == 0;
}

static struct ddl_change *change_of(struct session *s)
{
    for (struct ddl_change *c = s->target->changes; c != NULL; c = c->next)
        if (c->session == s)
            return c;
    struct ddl_change *c = calloc(1, sizeof *c);
    if (c == NULL) {
        session_kill(s, "out of memory");
        return NULL;
    }
    c->session = s;
    c->since_ms = sl_loop_now_ms(s->gate->loop);
    c->gone_items = sl_buf(GONE_MAX);
    c->next = s->target->changes;
    s->target->changes = c;
    return c;
}

/* An index changes what no name means, and takes long to build. */
static bool only_indexes(const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->statement_count; i++)
        if ((m->statements[i].effects & SL_EFFECT_DDL) != 0 &&
            !sl_span_is(m->statements[i].tag, "create index"))
            return false;
    return true;
}

void ddl_count(struct session *s, const struct sl_meaning *m)
{
    const uint32_t changes = SL_EFFECT_DDL | SL_EFFECT_OPAQUE | SL_EFFECT_PROGRAM;

    if ((m->effects & changes) != 0 && (m->flags & SL_MEANING_DDL_NEUTRAL) == 0)
        s->target->ddl_sent++;
}

void ddl_opens(struct session *s, const struct sl_meaning *m)
{
    if ((m->effects & SL_EFFECT_DDL) == 0 || (m->flags & SL_MEANING_DDL_NEUTRAL) != 0 ||
        only_indexes(m))
        return;
    struct ddl_change *c = change_of(s);
    if (c == NULL)
        return;
    c->everything |= !is_of_relations(m);
    for (size_t i = 0; !c->everything && i < m->access_count; i++)
        add_name(c, m->accesses[i].dataset);
}

bool ddl_closes(struct session *s)
{
    struct ddl_change **at = &s->target->changes;

    while (*at != NULL && (*at)->session != s)
        at = &(*at)->next;
    struct ddl_change *c = *at;
    if (c == NULL)
        return false;
    *at = c->next;
    c->session = NULL;
    c->next = s->target->changed;
    s->target->changed = c;
    return true;
}

void ddl_undone(struct session *s)
{
    for (struct ddl_change *c = s->target->changes; c != NULL; c = c->next)
        c->undone = c->undone || c->session == s;
}

static bool names(const struct ddl_change *c, struct sl_span relation)
{
    for (size_t i = 0; !c->everything && !c->undone && i < c->count; i++)
        if (sl_span_eq(last_part(relation), c->names[i]))
            return true;
    return false;
}

/* A column that is missing for another reason may come back with its data: a dump that is being
 * loaded, a table that is put in another's place. */
bool ddl_named(const struct target *t, struct sl_span relation)
{
    const struct ddl_change *c = t->changed;

    while (c != NULL && !names(c, relation))
        c = c->next;
    return c != NULL;
}

void ddl_keep_gone(struct target *t, struct sl_span relation, struct sl_span column)
{
    for (struct ddl_change *c = t->changes; c != NULL; c = c->next)
        if (names(c, relation))
            sl_ipc_list_add(&c->gone_items, &c->gone, column);
}

void ddl_each_gone(const struct target *t, void (*each)(void *context, struct sl_span column),
                   void *context)
{
    for (const struct ddl_change *c = t->changed; c != NULL; c = c->next) {
        struct sl_ipc_list gone = {.count = c->gone.count, .items = sl_buf_span(&c->gone_items)};
        struct sl_span column;
        size_t at = 0;
        while (!c->undone && sl_buf_err(&c->gone_items) == SL_OK &&
               sl_ipc_list_next(&gone, &at, &column))
            each(context, column);
    }
}

void ddl_listed(struct target *t)
{
    while (t->changed != NULL) {
        struct ddl_change *c = t->changed;
        t->changed = c->next;
        for (size_t i = 0; i < c->count; i++)
            free((void *)c->names[i].p);
        sl_buf_done(&c->gone_items);
        free(c);
    }
}

static bool touches(const struct ddl_change *c, const struct sl_meaning *m)
{
    if (c->everything)
        return true;
    for (size_t i = 0; i < m->access_count; i++)
        for (size_t k = 0; k < c->count; k++)
            if (sl_span_eq(last_part(m->accesses[i].dataset), c->names[k]))
                return true;
    return false;
}

/* In its own transaction what follows is opaque without waiting. Sent ahead of the answer it would
 * run on the new definitions: whatever it touches. */
static bool stands_in_way(const struct ddl_change *c, const struct session *s,
                          const struct sl_meaning *m)
{
    if (c->session == s)
        return !s->opaque_since_ddl && !s->unsynced && s->item_count > 0;
    return touches(c, m);
}

static void tell_owner(struct session *owner)
{
    SL_BUF(b, 1024);
    struct sl_pg_notice n = {
        .severity = SL_SPAN("NOTICE"),
        .sqlstate = SL_SPAN("01000"),
        .message = SL_SPAN("sluice: other sessions wait for the end of this transaction, because "
                           "it changes definitions that they use"),
    };

    sl_pg_put_notice(&b, &n);
    if (sl_buf_err(&b) == SL_OK)
        server_say_now(owner, sl_buf_span(&b));
}

/* `c` may be gone afterwards, with its session. */
static void tell(struct ddl_change *c)
{
    c->told = true;
    sl_log(SL_LOG_WARN, "definitions_left_open",
           SL_TEXT("target", c->session->target->config->name),
           SL_NUM("session", c->session->keeper_session));
    tell_owner(c->session);
}

/* A session in a transaction, or in the middle of a pipeline, may itself hold the lock that the
 * change waits for: it must not wait long for it in turn. */
enum ddl_way ddl_way_of(const struct session *s, const struct sl_meaning *m)
{
    enum { WAIT_MS = 30000, WAIT_IN_TRANSACTION_MS = 3000 };
    uint64_t most = s->tx == 'T' || s->unsynced ? WAIT_IN_TRANSACTION_MS : WAIT_MS;
    enum ddl_way way = DDL_FREE;
    struct ddl_change *long_open = NULL;

    if ((m->flags & (SL_MEANING_ONLY_CONTROL | SL_MEANING_EMPTY)) != 0)
        return DDL_FREE;
    for (struct ddl_change *c = s->target->changes; c != NULL; c = c->next) {
        if (!stands_in_way(c, s, m))
            continue;
        uint64_t open_ms = sl_loop_now_ms(s->gate->loop) - c->since_ms;
        if (c->session != s && !c->told && open_ms >= LEFT_OPEN_MS)
            long_open = c;
        if (open_ms >= most)
            way = DDL_TOO_LATE;
        else if (way == DDL_FREE)
            way = DDL_WAIT;
    }
    if (long_open != NULL)
        tell(long_open);
    return way;
}
