/* Does what a portal was bound as still hold when it is executed?
 *
 * The server plans a query at its Bind, and runs it at its Execute: names of functions inside of
 * code, triggers of what is written, and every name in a statement that is no query are looked up
 * only then. So nothing may have moved since that the Bind was judged with. A read without code
 * that has begun goes on: its tables are settled, and locked. */
#include "role/gate/inner.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/names.h"
#include "role/gate/portal.h"
#include "role/gate/session.h"

static bool runs_late(const struct portal *p)
{
    return !p->executed || p->by_context;
}

void bound_note(struct session *s, struct portal *p, struct meaning *m)
{
    p->meaning = meaning_ref(m);
    p->by_names = (m->m.flags & (SL_MEANING_PREPARED | SL_MEANING_CURSOR)) != 0;
    p->names_epoch = s->names_epoch;
    p->by_context = meaning_has_code(&m->m);
    p->context = s->context_unknown ? 0 : s->context;
    p->moves = s->context_moves;
    p->ddl_moves = s->ddl_moves;
    p->listing = s->target->generation;
    p->policy = s->gate->generation;
    p->label_generation = s->gate->label_generation;
}

void bound_sent(struct session *s, struct portal *p, struct item *item)
{
    bool settings = p->moves == s->context_moves, definitions = p->ddl_moves == s->ddl_moves;

    item_sent(s, item);
    if (settings)
        p->moves = s->context_moves;
    if (definitions)
        p->ddl_moves = s->ddl_moves;
}

static bool definitions_moved(const struct session *s, const struct portal *p)
{
    return p->ddl_moves != s->ddl_moves || p->listing != s->target->generation;
}

/* Rows that flow already are counted and limited by what was said at the Bind. */
static bool verdict_moved(const struct session *s, const struct portal *p)
{
    return !p->executed &&
           (p->policy != s->gate->generation || p->label_generation != s->gate->label_generation);
}

/* They may have been set back: where they can be read, they are read first. */
static enum take other_settings(struct session *s, const struct portal *p, const char **why)
{
    if (p->moves == s->context_moves || (!s->context_unknown && p->context == s->context))
        return TAKE_DONE;
    if (s->context_unknown && action_is_quiet(s) && s->tx != 'E') {
        inner_context(s);
        return s->dead ? TAKE_DEAD : TAKE_WAIT;
    }
    *why = "the session's settings changed since this portal was bound";
    return TAKE_DONE;
}

/* What others change just now is waited for, as it is before anything is judged. */
static enum take changing(struct session *s, const struct portal *p, const char **why)
{
    bool due = listing_is_due(s);
    enum ddl_way way = due || s->target->changes == NULL ? DDL_FREE : ddl_way_of(s, &p->meaning->m);

    if (due || way == DDL_WAIT) {
        client_flush(s);
        s->wait = WAIT_CATALOG;
        return TAKE_WAIT;
    }
    if (s->target->stale || way == DDL_TOO_LATE)
        *why = "definitions are being changed that this portal may use";
    return TAKE_DONE;
}

enum take bound_holds(struct session *s, const struct portal *p, const char **why)
{
    *why = NULL;
    if (p->by_names && p->names_epoch != s->names_epoch) {
        *why = "names that this portal uses were given to something else since its Bind";
        return TAKE_DONE;
    }
    /* Leaving a transaction must stay possible, whatever happened in it. */
    if (p->meaning == NULL || (p->meaning->m.flags & SL_MEANING_ONLY_CONTROL) != 0 || !runs_late(p))
        return TAKE_DONE;
    if (definitions_moved(s, p))
        *why = "definitions changed since this portal was bound";
    else if (verdict_moved(s, p))
        *why = "policy or labels changed since this portal was bound";
    if (*why != NULL)
        return TAKE_DONE;
    enum take t = other_settings(s, p, why);
    return t == TAKE_DONE && *why == NULL ? changing(s, p, why) : t;
}
