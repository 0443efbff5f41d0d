/* The names of a session: prepared statements, portals, cursors, as the server has them.
 *
 * Definitions of the protocol count once the server confirmed them; those that SQL text makes
 * behind the protocol's back (PREPARE, DEALLOCATE, DECLARE, CLOSE) are taken from the judged
 * meaning. */
#include "role/gate/names.h"

#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/portal.h"
#include "role/gate/record.h"
#include "role/gate/session.h"

#include <stdlib.h>

struct prepared *prepared_ref(struct prepared *p)
{
    p->refs++;
    return p;
}

void prepared_unref(struct prepared *p)
{
    if (p == NULL || --p->refs > 0)
        return;
    meaning_unref(p->meaning);
    *p->account -= p->text.n;
    free((void *)p->text.p);
    free(p->types);
    free(p);
}

void name_free(struct statement_name *n)
{
    prepared_unref(n->confirmed);
    prepared_unref(n->tentative);
    free(n);
}

void extended_forget_all(struct session *s)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (s->statements != NULL && sl_map_next(s->statements, &at, &key, &value)) {
        sl_map_remove(s->statements, key);
        name_free(value);
    }
}

void extended_forget_portals(struct session *s)
{
    struct portal_walk w = {0};

    while (portals_next(s, &w) != NULL)
        portals_drop(s, w.name);
}

static void forget_texts(struct sl_map *m)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (m != NULL && sl_map_next(m, &at, &key, &value)) {
        sl_map_remove(m, key);
        free(value);
    }
}

void extended_free(struct session *s)
{
    extended_forget_all(s);
    extended_forget_portals(s);
    forget_texts(s->sql_prepared);
    forget_texts(s->cursors);
    tallies_free(s);
    sl_map_free(s->statements);
    sl_map_free(s->portals);
    sl_map_free(s->sql_prepared);
    sl_map_free(s->cursors);
}

struct sl_map *names_map(struct session *s, struct sl_map **m)
{
    if (*m == NULL && sl_map_new(m, s->gate->seed[0]) != SL_OK)
        session_kill(s, "out of memory");
    return *m;
}

/* Takes the reference over. */
bool names_define(struct session *s, struct sl_span name, struct prepared *p)
{
    struct sl_map *names = names_map(s, &s->statements);
    struct statement_name *n = names == NULL ? NULL : sl_map_get(names, name);

    if (n == NULL && names != NULL) {
        n = calloc(1, sizeof *n);
        if (n != NULL && sl_map_put(names, name, n) != SL_OK) {
            free(n);
            n = NULL;
        }
        if (n != NULL)
            n->names_epoch = s->names_epoch;
    }
    if (n == NULL) {
        prepared_unref(p);
        session_kill(s, "out of memory");
        return false;
    }
    prepared_unref(n->tentative);
    n->tentative = p;
    n->tentative_segment = s->segment;
    return true;
}

static struct item_name unnamed; /* shared by all that have no name */

/* Other kinds have no name: the same bytes mean something else in them. */
static void item_name_free(struct item *item)
{
    if (item->kind != ITEM_PARSE && item->kind != ITEM_BIND && item->kind != ITEM_CLOSE)
        return;
    if (item->name != &unnamed)
        free(item->name);
    item->name = NULL;
}

static struct sl_span name_of(const struct item *item)
{
    return sl_span(item->name->name, item->name->n);
}

static struct statement_name *statement_of(struct session *s, const struct item *item)
{
    return s->statements == NULL || item->name == NULL ? NULL
                                                       : sl_map_get(s->statements, name_of(item));
}

static struct portal *portal_of(struct session *s, const struct item *item)
{
    return item->name == NULL ? NULL : portals_find(s, name_of(item));
}

static void forget_in(struct sl_map *m, struct sl_span name)
{
    if (m != NULL)
        free(sl_map_remove(m, name));
}

static void confirm_portal(struct session *s, struct item *item)
{
    struct portal *p = portal_of(s, item);

    if (p != NULL && p->serial == item->serial)
        p->confirmed = true;
    item_name_free(item);
}

void extended_confirm(struct session *s, struct item *item, uint8_t reply)
{
    if (item->kind == ITEM_BIND) {
        confirm_portal(s, item);
        return;
    }
    if (reply == SL_PG_PARSE_COMPLETE && item->prepared != NULL) {
        struct statement_name *n = statement_of(s, item);
        if (item->name->n > 0) /* the server had none of this name: nor has SQL */
            forget_in(s->sql_prepared, name_of(item));
        /* SQL may have given the name to something else since this was sent. */
        if (n != NULL && item->prepared->names_epoch >= n->names_epoch) {
            prepared_unref(n->confirmed);
            n->confirmed = prepared_ref(item->prepared);
            if (n->tentative == item->prepared) {
                prepared_unref(n->tentative);
                n->tentative = NULL;
            }
        }
    } else if (reply == SL_PG_CLOSE_COMPLETE && item->serial != 0) {
        struct portal *p = portal_of(s, item);
        if (p != NULL && p->serial == item->serial)
            portals_drop(s, name_of(item));
    } else if (reply == SL_PG_CLOSE_COMPLETE && item->name != NULL) {
        struct sl_span name = name_of(item);
        struct statement_name *n = statement_of(s, item);
        forget_in(s->sql_prepared, name);
        if (n != NULL && n->tentative != NULL) {
            prepared_unref(n->confirmed);
            n->confirmed = NULL;
        } else if (n != NULL) {
            sl_map_remove(s->statements, name);
            name_free(n);
        }
    }
    extended_drop(s, item);
}

/* Its Bind failed, or was skipped: which portal has the name now is not known. */
static void drop_portal(struct session *s, struct item *item)
{
    struct portal *p = portal_of(s, item);
    char sqlstate[6] = "";

    if (p == NULL)
        return;
    memcpy(sqlstate, s->sqlstate, sizeof s->sqlstate);
    portal_end(s, p,
               &(struct ending){.outcome = SL_OUTCOME_FAILED,
                                .sqlstate = sqlstate[0] == '\0' ? NULL : sqlstate});
    portals_drop(s, name_of(item));
}

/* The server did not do (or has done, see above) what this item stands for. */
void extended_drop(struct session *s, struct item *item)
{
    if ((item->flags & ITEM_REFUSED) != 0)
        return;
    if (item->kind == ITEM_BIND)
        drop_portal(s, item);
    if (item->kind == ITEM_PARSE && item->prepared != NULL) {
        struct statement_name *n = statement_of(s, item);
        if (n != NULL && n->tentative == item->prepared) {
            prepared_unref(n->tentative);
            n->tentative = NULL;
        }
        prepared_unref(item->prepared);
        item->prepared = NULL;
    }
    item_name_free(item);
}

struct item_name *name_copy(struct sl_span name)
{
    if (name.n == 0)
        return &unnamed;
    struct item_name *copy = malloc(sizeof *copy + name.n + 1);
    if (copy == NULL || name.n > UINT16_MAX) {
        free(copy);
        return NULL;
    }
    copy->n = (uint16_t)name.n;
    memcpy(copy->name, name.p, name.n);
    return copy;
}

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
    *copy = (struct named_text){sl_span(copy + 1, text.n), made->context, ++s->bind_serial, holds};
    if (text.n > 0)
        memcpy(copy + 1, text.p, text.n);
    free(sl_map_remove(m, name));
    if (sl_map_put(m, name, copy) != SL_OK)
        free(copy);
}

/* A portal of the protocol and a cursor of SQL are the same thing to the server. */
void names_forget_cursor(struct session *s, struct sl_span name)
{
    forget_in(s->cursors, name);
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
            forget_texts(s->sql_prepared);
        }
        break;
    case SL_NAME_DECLARE:
    case SL_NAME_HOLD:
    case SL_NAME_CLOSE:
        s->names_epoch++;
        if (n->name.n > 0) {
            forget_in(s->cursors, n->name);
            portals_drop(s, n->name);
        } else {
            forget_texts(s->cursors);
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
            forget_in(s->sql_prepared, n->name);
        else if (n->kind == SL_NAME_CLOSE && n->name.n > 0)
            forget_in(s->cursors, n->name);
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
        forget_texts(s->sql_prepared);
        forget_texts(s->cursors);
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
