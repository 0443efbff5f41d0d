/* What open transactions are changing.
 *
 * A statement that names a table which another session's transaction alters, drops or replaces
 * waits in the server for that transaction's lock, and then reads the definitions as they are after
 * its commit: not those that it was judged under (P3). So it waits here instead, until the
 * transaction has ended and the listing was read again. Two that wait for each other, or somebody
 * who keeps a transaction open, are not waited for longer than a moment: then it is opaque.
 *
 * Only names of relations are known here. What a function of users changes, or another gate's
 * session, shows in the listing alone. */
#include "role/gate/session.h"

enum { CHANGING_MAX = 16 * 1024, WAIT_MS = 30000 };

/* Without its schema: a new table may also hide one of another schema. */
static struct sl_span bare(struct sl_span dataset)
{
    size_t at = dataset.n;

    while (at > 0 && dataset.p[at - 1] != '.')
        at--;
    return sl_span_from(dataset, at);
}

static bool is_changing(const struct session *s, struct sl_span name)
{
    struct sl_cursor c = sl_cursor(sl_buf_span(&s->changing));

    if (s->changing_more)
        return true;
    while (sl_cursor_left(&c) > 0)
        if (sl_span_eq(sl_cursor_take(&c, sl_cursor_le16(&c)), name))
            return true;
    return false;
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

static void note(struct session *s, struct sl_span name)
{
    if (!s->is_changing) {
        s->is_changing = true;
        s->changing = sl_buf(CHANGING_MAX);
        s->changing_next = s->target->changing;
        s->target->changing = s;
    }
    if (is_changing(s, name))
        return;
    sl_buf_put_le16(&s->changing, (uint16_t)name.n);
    sl_buf_put(&s->changing, name);
    s->changing_more = sl_buf_err(&s->changing) != SL_OK; /* too many: then any name counts */
}

void changing_note(struct session *s, const struct sl_meaning *m)
{
    if ((m->effects & SL_EFFECT_DDL) == 0 || (m->flags & SL_MEANING_DDL_NEUTRAL) != 0 ||
        only_indexes(m))
        return;
    for (size_t i = 0; i < m->access_count; i++)
        if ((m->accesses[i].effects & SL_EFFECT_DDL) != 0 &&
            !sl_span_starts(m->accesses[i].dataset, SL_SPAN("pg_temp.")))
            note(s, bare(m->accesses[i].dataset));
}

void changing_over(struct session *s)
{
    if (!s->is_changing)
        return;
    struct session **at = &s->target->changing;
    while (*at != s)
        at = &(*at)->changing_next;
    *at = s->changing_next;
    sl_buf_done(&s->changing);
    s->is_changing = s->changing_more = false;
}

static bool others_change(const struct session *s, const struct sl_meaning *m)
{
    for (const struct session *o = s->target->changing; o != NULL; o = o->changing_next)
        for (size_t i = 0; o != s && i < m->access_count; i++)
            if (is_changing(o, bare(m->accesses[i].dataset)))
                return true;
    return false;
}

enum take changing_wait(struct session *s, struct judged *j)
{
    uint64_t now_ms = sl_loop_now_ms(s->gate->loop);

    if (s->target->changing == NULL || (j->meaning->m.effects & SL_EFFECT_OPAQUE) != 0 ||
        !others_change(s, &j->meaning->m)) {
        s->changing_since_ms = 0;
        return TAKE_DONE;
    }
    if (s->changing_since_ms == 0)
        s->changing_since_ms = now_ms;
    if (now_ms - s->changing_since_ms < WAIT_MS) {
        client_flush(s);
        s->wait = WAIT_CATALOG;
        return s->dead ? TAKE_DEAD : TAKE_WAIT;
    }
    return action_opaque(s, j,
                         "what it names is being changed by a transaction that is still open");
}
