/* What the server's answers say about the names that the protocol gave and took: Parse, Bind and
 * Close count once they are confirmed, and not at all when they failed or were skipped. */
#include "role/gate/names_int.h"

#include "role/gate/item.h"
#include "role/gate/portal.h"
#include "role/gate/record.h"
#include "role/gate/session.h"

#include <stdlib.h>

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
            names_forget_text(s->sql_prepared, name_of(item));
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
        names_forget_text(s->sql_prepared, name);
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
