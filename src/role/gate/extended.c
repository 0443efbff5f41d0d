/* The extended protocol: Parse may pass, Bind + Execute is the action (P1).
 *
 * Names are bookkept as the server will see them: a definition counts as confirmed only when the
 * server has said so; one that is still on its way may be used only before the next Sync, because
 * an error on the way makes the server skip exactly until there (names.h, struct statement_name).
 */
#include "role/gate/extended_int.h"

#include "role/gate/inner.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/portal.h"
#include "role/gate/query.h"
#include "role/gate/refuse.h"
#include "role/gate/session.h"
#include "role/gate/witness.h"

enum take extended_refuse(struct session *s, const char *sqlstate, const char *message,
                          const char *hint)
{
    struct refusal r = {.sqlstate = sqlstate, .message = message, .hint = hint};

    refuse_extended(s, &r);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* To the server it would be the same as any other one that begins alike. */
bool extended_is_too_long(struct sl_span name)
{
    return name.n > SL_PG_NAME_MAX;
}

enum take extended_refuse_name(struct session *s)
{
    return extended_refuse(
        s, "42622", "a name of a prepared statement or portal has more than 63 bytes",
        "the server would not tell it from others that begin alike: use a shorter one");
}

static enum take take_execute(struct session *s, struct sl_span body, struct sl_span whole)
{
    struct sl_pg_execute m;

    if (sl_pg_execute_get(body, &m) != SL_OK) {
        session_fatal(s, "08P01", "an Execute message that does not follow the protocol", NULL);
        return TAKE_DEAD;
    }
    if (extended_is_too_long(m.portal))
        return extended_refuse_name(s);
    struct portal *p = portals_find(s, m.portal);
    if (p == NULL)
        return extended_refuse(s, "34000", "Sluice knows no portal of this name in this session",
                               NULL);
    if (!p->confirmed && p->segment != s->segment && s->item_count > 0)
        return wait_for_answers(s); /* bound before an earlier Sync: what says the server? */
    if (p->halted)
        return extended_refuse(s, "57014", "canceling statement due to user request",
                               "it was stopped; what is left of it does not run");
    if (p->granted && p->granted_rows != 0 && (p->executed || m.max_rows != p->granted_rows))
        return extended_refuse(
            s, "42501", "more rows are asked for than the approval shows",
            "run the statement again without a row limit, and it is held as a whole");
    const char *why;
    enum take t = bound_holds(s, p, &why);
    if (t != TAKE_DONE)
        return t;
    if (why != NULL)
        return extended_refuse(s, "42501", why, "bind it again");
    witness_ask(s, p, m.portal);
    if (s->dead)
        return TAKE_DEAD;
    struct item *item = item_push(s, ITEM_EXECUTE);
    item->flags = p->item_flags;
    item->meter = meter_ref(p->meter);
    if (!portal_execute(p, m.max_rows, item)) {
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    p->executed = true;
    bound_sent(s, p, item);
    item->prepared = p->made;
    if (p->made != NULL)
        p->made->refs++;
    s->unsynced = true;
    client_forward(s, whole);
    if ((item->flags & ITEM_COPY_IN) != 0) {
        s->wait = WAIT_COPY;
        client_flush(s);
    }
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take take_named(struct session *s, uint8_t type, struct sl_span body,
                            struct sl_span whole)
{
    struct sl_pg_named m;

    if (sl_pg_named_get(body, &m) != SL_OK) {
        session_fatal(s, "08P01", "a Describe or Close message that does not follow the protocol",
                      NULL);
        return TAKE_DEAD;
    }
    if (extended_is_too_long(m.name))
        return extended_refuse_name(s);
    s->names_epoch += type == SL_PG_CLOSE && m.name.n > 0;
    struct item *item = item_push(s, type == SL_PG_CLOSE ? ITEM_CLOSE : ITEM_DESCRIBE);
    struct portal *p = m.kind == 'P' ? portals_find(s, m.name) : NULL;
    if (p != NULL && type == SL_PG_CLOSE)
        item->serial = p->serial;
    if (p != NULL && type == SL_PG_DESCRIBE)
        witness_attach(s, item, p);
    if (type == SL_PG_CLOSE && (p != NULL || m.kind == 'S')) {
        item->name = name_copy(m.name);
        if (item->name == NULL)
            session_kill(s, "out of memory");
    }
    s->unsynced = true;
    client_forward(s, whole);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

enum take extended_take(struct session *s, uint8_t type, struct sl_span body, struct sl_span whole,
                        struct sl_span rest)
{
    switch (type) {
    case SL_PG_PARSE:
        return parse_take(s, body, whole);
    case SL_PG_BIND:
        return bind_take(s, body, whole, rest);
    case SL_PG_EXECUTE:
        return take_execute(s, body, whole);
    default:
        return take_named(s, type, body, whole);
    }
}
