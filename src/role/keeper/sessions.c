#include "role/keeper/sessions_int.h"

#include "role/keeper/budget.h"
#include "role/keeper/credentials.h"
#include "role/keeper/db.h"
#include "role/keeper/journals.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/labels.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"
#include "role/keeper/store.h"
#include "role/keeper/waiters.h"

#include <stdlib.h>

/* --- the record of sessions ---------------------------------------------------------------------
 */

struct copier {
    uint8_t *at;
};

static struct sl_span copy(struct copier *c, struct sl_span s)
{
    struct sl_span out = {c->at, s.n};

    if (s.n > 0)
        memcpy(c->at, s.p, s.n);
    c->at += s.n;
    return out;
}

enum sl_err session_add(struct keeper *k, const struct session *from, struct session **out)
{
    size_t n = from->identity.n + from->owner.n + from->target.n + from->environment.n +
               from->protocol.n + from->upstream_user.n + from->credential.n + from->started_by.n +
               from->unknown.n + from->job.n + from->link.n + from->acts_for.n;
    struct session *s = malloc(sizeof *s + n);

    if (s == NULL)
        return SL_EMEMORY;
    struct copier c = {(uint8_t *)(s + 1)};
    *s = *from;
    s->identity = copy(&c, from->identity);
    s->owner = copy(&c, from->owner);
    s->target = copy(&c, from->target);
    s->environment = copy(&c, from->environment);
    s->protocol = copy(&c, from->protocol);
    s->upstream_user = copy(&c, from->upstream_user);
    s->credential = copy(&c, from->credential);
    s->started_by = copy(&c, from->started_by);
    s->unknown = copy(&c, from->unknown);
    s->job = copy(&c, from->job);
    s->link = copy(&c, from->link);
    s->acts_for = copy(&c, from->acts_for);
    enum sl_err err = sl_map_put(k->sessions, sl_map_u64(&s->id), s);
    if (err != SL_OK) {
        free(s);
        return err;
    }
    *out = s;
    return SL_OK;
}

/* Names of issuers, subjects and identities have no line ends in them. */
struct sl_span session_names(struct keeper *k, const struct sl_names *names)
{
    SL_BUF(text, 16 * 1024);

    for (size_t i = 0; i < names->count; i++)
        sl_buf_say(&text, i == 0 ? "%S" : "\n%S", names->items[i]);
    SL_PROMISE(sl_buf_err(&text) == SL_OK); /* one left out could be one who decides */
    return sl_arena_copy(k->mem, sl_buf_span(&text));
}

static struct sl_names split(struct keeper *k, struct sl_span text)
{
    struct sl_names names = {0};

    while (text.n > 0) {
        struct sl_span name = sl_span_head(text, sl_span_find(text, '\n'));

        names_add(k->mem, &names, name);
        text = sl_span_from(text, name.n + 1);
    }
    return names;
}

struct asked_for session_others(struct keeper *k, const struct session *s)
{
    return (struct asked_for){.started_by = s->started_by,
                              .unknown = s->unknown,
                              .job = s->job,
                              .link = s->link,
                              .on_behalf_of = split(k, s->acts_for)};
}

struct session *session_get(struct keeper *k, uint32_t gate, uint64_t id)
{
    struct session *s = sl_map_get(k->sessions, sl_map_u64(&id));

    return s != NULL && s->gate == gate ? s : NULL;
}

void sessions_free(struct keeper *k)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (k->sessions != NULL && sl_map_next(k->sessions, &at, &key, &value))
        free(value);
    sl_map_free(k->sessions);
    k->sessions = NULL;
}

/* --- ending --------------------------------------------------------------------------------------
 */

static void forget(struct keeper *k, struct session *s, const char *why)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("session_closed", now_us);

    budgets_close(k, s);
    event_u64(event, "session", s->id);
    sl_entry_put_session(&leaf, &(struct sl_entry_session){.time_us = now_us,
                                                           .session = s->id,
                                                           .close = true,
                                                           .gate = s->gate,
                                                           .identity = s->identity,
                                                           .target = s->target,
                                                           .why = sl_span_str(why)});
    store_record(&k->store, &leaf, event, false);
    labels_session_over(k, s->id);
    waiters_drop_session(k, s->id);
    running_unknown_of(k, s->id);
    sl_map_remove(k->sessions, sl_map_u64(&s->id));
    free(s);
}

/* What the session did last may still lie in the journal: it is read before the session is
 * forgotten. */
void on_session_closed(struct peer *p, const struct sl_msg_session_closed *m)
{
    struct session *s = session_get(p->keeper, p->index, m->session);

    if (s == NULL) { /* it may have said so to the keeper before us; what is not its own it may not
                        end */
        if (m->session >= p->keeper->next_session ||
            sl_map_get(p->keeper->sessions, sl_map_u64(&m->session)) != NULL)
            sl_channel_break(p->channel, SL_ESTATE);
        return;
    }
    journal_drain(p->keeper, p->index);
    s = session_get(p->keeper, p->index, m->session);
    if (s != NULL)
        forget(p->keeper, s, s->ending ? "ended by Sluice" : NULL);
}

void session_end(struct keeper *k, struct session *s, const char *why)
{
    if (s->ending)
        return;
    s->ending = true;
    ANSWER_GATE(k, s->gate, session_end, .session = s->id, .why = sl_span_str(why));
}

void sessions_end_of(struct keeper *k, struct sl_span identity, struct sl_span credential,
                     const char *why)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value)) {
        struct session *s = value;

        if ((identity.n > 0 && sl_span_eq(s->identity, identity)) ||
            (credential.n > 0 && sl_span_eq(s->credential, credential)))
            session_end(k, s, why);
    }
}

static bool is_for(struct keeper *k, const struct session *s, struct sl_span identity)
{
    struct sl_names names = split(k, s->acts_for);

    for (size_t i = 0; i < names.count; i++)
        if (sl_span_eq(names.items[i], identity))
            return true;
    return credential_is_for(k, s->credential, identity);
}

void sessions_end_for(struct keeper *k, struct sl_span identity, const char *why)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value))
        if (is_for(k, value, identity))
            session_end(k, value, why);
}

static bool is_admitted(struct keeper *k, const struct session *s)
{
    const struct sl_target *target = sl_config_target(k->config, s->target);
    struct person who;

    return target != NULL && person_get(k, s->identity, &who) == SL_OK &&
           sl_target_admits(target, who.name, &who.groups);
}

void sessions_end_refused(struct keeper *k)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value))
        if (!is_admitted(k, value))
            session_end(k, value, "this target is not yours to use any more");
}

void sessions_forget_gate(struct keeper *k, uint32_t gate, const uint64_t *life, const char *why)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value)) {
        struct session *s = value;

        if (s->gate == gate && (life == NULL || s->life != *life))
            forget(k, s, why);
    }
}

/* --- after a restart -----------------------------------------------------------------------------
 */

/* A number is never given twice, also where the clock was set back. */
static void next_session_above(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_SESSION_LAST, "");

    if (db_row(&rows) && db_u64(&rows, 0) >= k->next_session)
        k->next_session = db_u64(&rows, 0) + 1;
    db_end(&rows);
}

/* Sessions outlive the keeper: their gates still hold them. */
enum sl_err sessions_load(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_SESSION_LIST, "");
    enum sl_err err = SL_OK;

    while (err == SL_OK && db_row(&rows)) {
        struct session *s;
        const struct sl_target *target = sl_config_target(k->config, db_span(&rows, 4));
        struct session from = {.id = db_u64(&rows, 0),
                               .since_us = db_u64(&rows, 7),
                               .gate = (uint32_t)db_u64(&rows, 6),
                               .identity = db_span(&rows, 1),
                               .kind = sl_identity_kind_of(db_span(&rows, 2)),
                               .owner = db_span(&rows, 3),
                               .target = db_span(&rows, 4),
                               .environment = db_span(&rows, 5),
                               .protocol = target == NULL ? SL_SPAN("postgres") : target->protocol,
                               .credential = db_span(&rows, 8),
                               .started_by = db_span(&rows, 9),
                               .unknown = db_span(&rows, 10),
                               .job = db_span(&rows, 11),
                               .link = db_span(&rows, 12),
                               .acts_for = db_span(&rows, 13),
                               .life = db_u64(&rows, 14)};

        err = session_add(k, &from, &s);
    }
    db_end(&rows);
    next_session_above(k);
    return err;
}
