/* Names that SQL text makes and takes: PREPARE, DEALLOCATE, DECLARE, CLOSE, and all that ends with
 * a transaction, behind a savepoint, or in code that may do anything. */
#include "role/gate/names_int.h"

#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/portal.h"
#include "role/gate/session.h"

#include <stdlib.h>

static void forget_statement(struct session *s, struct sl_span name)
{
    struct statement_name *n = s->statements == NULL ? NULL : sl_map_remove(s->statements, name);
    void *text = s->sql_prepared == NULL ? NULL : sl_map_remove(s->sql_prepared, name);

    if (n != NULL)
        name_free(n);
    free(text);
}

/* For the judge. What is not kept is not known: then it is opaque. */
static void remember(struct session *s, struct sl_map **map, struct sl_span name,
                     const struct prepared *made, bool holds)
{
    struct sl_span text = made->text;
    enum { TEXTS_MAX = 1024, TEXT_BYTES_MAX = 16 * 1024 };
    struct sl_map *m = names_map(s, map);

    if (m == NULL || text.n > TEXT_BYTES_MAX || sl_map_count(m) >= TEXTS_MAX)
        return;
    struct named_text *copy = malloc(sizeof *copy + text.n + 1);
    if (copy == NULL)
        return;
    *copy = (struct named_text){.text = sl_span(copy + 1, text.n),
                                .context = made->context,
                                .serial = ++s->bind_serial,
                                .listing = made->generation,
                                .holds = holds,
                                .has_code = meaning_has_code(&made->meaning->m)};
    if (text.n > 0)
        memcpy(copy + 1, text.p, text.n);
    free(sl_map_remove(m, name));
    if (sl_map_put(m, name, copy) != SL_OK)
        free(copy);
}

/* A portal of the protocol and a cursor of SQL are the same thing to the server. */
void names_forget_cursor(struct session *s, struct sl_span name)
{
    names_forget_text(s->cursors, name);
}

static void forget_name(struct session *s, const struct sl_meaning_name *n)
{
    switch (n->kind) {
    case SL_NAME_PREPARE:
    case SL_NAME_DEALLOCATE:
        s->names_epoch++;
        if (n->name.n > 0) {
            forget_statement(s, n->name);
        } else {
            extended_forget_all(s);
            names_forget_texts(s->sql_prepared);
        }
        break;
    case SL_NAME_DECLARE:
    case SL_NAME_HOLD:
    case SL_NAME_CLOSE:
        s->names_epoch++;
        if (n->name.n > 0) {
            names_forget_text(s->cursors, n->name);
            portals_drop(s, n->name);
        } else {
            names_forget_texts(s->cursors);
            extended_forget_portals(s);
        }
        break;
    default:
        break;
    }
}

bool names_are_made(const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->name_count; i++)
        if (m->names[i].kind == SL_NAME_PREPARE || sl_name_declares(&m->names[i]))
            return true;
    return false;
}

void names_happened(struct session *s, const struct prepared *made)
{
    const struct sl_meaning *m = &made->meaning->m;

    for (size_t i = 0; i < m->name_count; i++) {
        const struct sl_meaning_name *n = &m->names[i];
        if (n->kind == SL_NAME_PREPARE && m->statement_count == 1)
            remember(s, &s->sql_prepared, n->name, made, false);
        else if (sl_name_declares(n) && (m->flags & ENDS_TX) == 0) /* else: is it still there? */
            remember(s, &s->cursors, n->name, made, n->kind == SL_NAME_HOLD);
        else if (n->kind == SL_NAME_DEALLOCATE && n->name.n > 0)
            names_forget_text(s->sql_prepared, n->name);
        else if (n->kind == SL_NAME_CLOSE && n->name.n > 0)
            names_forget_text(s->cursors, n->name);
    }
}

struct prepared *names_ticket(struct session *s, struct sl_span text, struct meaning *m)
{
    struct prepared *p = calloc(1, sizeof *p);
    uint8_t *copy = malloc(text.n + 1);

    if (p == NULL || copy == NULL) {
        free(p);
        free(copy);
        return NULL; /* then its names stay unknown */
    }
    if (text.n > 0)
        memcpy(copy, text.p, text.n);
    p->refs = 1;
    p->text = sl_span(copy, text.n);
    p->meaning = meaning_ref(m);
    p->generation = s->target->generation;
    p->context = s->context_unknown ? 0 : s->context;
    p->account = &s->prepared_bytes;
    s->prepared_bytes += text.n;
    return p;
}

/* `held`: those that were declared in the transaction that ends, or behind the savepoint. */
static void forget_cursors(struct session *s, uint32_t since, uint32_t held_since)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (s->cursors != NULL && sl_map_next(s->cursors, &at, &key, &value)) {
        const struct named_text *c = value;
        if (c->serial < (c->holds ? held_since : since))
            continue;
        sl_map_remove(s->cursors, key);
        free(value);
    }
}

static void forget_portals_since(struct session *s, uint32_t serial)
{
    struct portal_walk w = {0};
    struct portal *p;

    while ((p = portals_next(s, &w)) != NULL)
        if (p->serial >= serial)
            portals_drop(s, w.name);
}

static void forget_since(struct session *s, uint32_t serial)
{
    forget_portals_since(s, serial);
    forget_cursors(s, serial, serial);
}

/* What was bound or declared behind a savepoint goes when that is rolled back, and a function may
 * give the name to a cursor of its own: which savepoint it was is not looked at, the first one
 * counts. */
static void note_savepoints(struct session *s, const struct sl_meaning *m)
{
    if ((m->flags & SL_MEANING_TX_SAVEPOINT) == 0)
        return;
    for (size_t i = 0; i < m->statement_count; i++) {
        if (sl_span_is(m->statements[i].tag, "savepoint") && s->savepoint_bind == 0)
            s->savepoint_bind = s->bind_serial + 1;
        else if (sl_span_is(m->statements[i].tag, "rollback to savepoint"))
            forget_since(s, s->savepoint_bind);
    }
}

/* Names that are on their way would come into the books when they are answered, behind what is sent
 * now and takes them away. */
bool names_must_settle(const struct session *s, const struct sl_meaning *m)
{
    const uint32_t unsure = SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM;
    bool takes = (m->flags & ENDS_TX) != 0 || (m->effects & unsure) != 0;

    for (size_t i = 0; i < m->name_count; i++)
        takes |= m->names[i].name.n == 0 &&
                 (m->names[i].kind == SL_NAME_CLOSE || m->names[i].kind == SL_NAME_DEALLOCATE);
    for (uint32_t i = 0; takes && i < s->item_count; i++) {
        const struct item *item = &s->items[(s->item_head + i) & (s->item_room - 1)];
        if ((item->kind == ITEM_QUERY || item->kind == ITEM_EXECUTE) &&
            (item->flags & ITEM_REFUSED) == 0 && item->prepared != NULL)
            return true;
    }
    return false;
}

void extended_forget(struct session *s, const struct sl_meaning *m)
{
    const uint32_t unsure = SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM;

    if ((m->effects & unsure) != 0) { /* it may have redefined any name */
        s->names_epoch++;
        extended_forget_all(s);
        names_forget_texts(s->sql_prepared);
        names_forget_texts(s->cursors);
        tallies_free(s);
        extended_forget_portals(s);
    }
    tallies_forget(s, m);
    note_savepoints(s, m);
    if ((m->flags & (SL_MEANING_TX_COMMIT | SL_MEANING_TX_ROLLBACK)) != 0) {
        extended_forget_portals(s);
        forget_cursors(s, 0, (m->flags & SL_MEANING_TX_ROLLBACK) != 0 ? s->tx_serial : UINT32_MAX);
    }
    for (size_t i = 0; i < m->name_count; i++)
        forget_name(s, &m->names[i]);
}

void names_tx_ended(struct session *s, bool rolled_back)
{
    struct portal_walk w = {0};
    struct portal *p;

    while ((p = portals_next(s, &w)) != NULL)
        if (p->confirmed)
            portals_drop(s, w.name);
    forget_cursors(s, 0, rolled_back ? s->tx_serial : UINT32_MAX);
    s->tx_serial = s->bind_serial + 1;
}
