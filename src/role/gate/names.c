/* The names of a session: prepared statements, portals, cursors, as the server has them.
 *
 * Definitions of the protocol count once the server confirmed them (names_confirm.c); those that
 * SQL text makes behind the protocol's back (PREPARE, DEALLOCATE, DECLARE, CLOSE) are taken from
 * the judged meaning (names_sql.c). */
#include "role/gate/names_int.h"

#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/portal.h"
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

void names_forget_text(struct sl_map *m, struct sl_span name)
{
    if (m != NULL)
        free(sl_map_remove(m, name));
}

void names_forget_texts(struct sl_map *m)
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
    names_forget_texts(s->sql_prepared);
    names_forget_texts(s->cursors);
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
