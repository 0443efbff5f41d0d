/* Who sits at which session, and what of it is still open. */
#include "role/keeper/lineage_int.h"

#include "base/utf8.h"
#include "os/log.h"

#include <stdlib.h>

/* --- doers and seats --- */

const struct doer *lineage_doer(struct lineage *l, struct sl_span identity, struct sl_span owner,
                                struct sl_span target)
{
    SL_BUF(key, 16 * 1024);

    sl_buf_put_cstr(&key, identity);
    sl_buf_put_cstr(&key, owner);
    sl_buf_put(&key, target);
    struct doer *who = sl_map_get(l->doers, sl_buf_span(&key));
    if (who != NULL)
        return who;
    who = SL_ARENA_NEW(l->names, struct doer);
    if (who == NULL || sl_map_put(l->doers, sl_buf_span(&key), who) != SL_OK) {
        lineage_fail(l, SL_EMEMORY);
        return NULL;
    }
    *who = (struct doer){sl_arena_copy(l->names, identity), sl_arena_copy(l->names, owner),
                         sl_arena_copy(l->names, target)};
    return who;
}

struct seat *lineage_seat(struct lineage *l, uint64_t session, const struct doer *who)
{
    struct seat *s = l->seat;

    if (s == NULL || s->session != session)
        s = sl_map_get(l->seats, sl_map_u64(&session));
    if (s == NULL && who != NULL) {
        s = calloc(1, sizeof *s);
        if (s == NULL || sl_map_put(l->seats, sl_map_u64(&session), s) != SL_OK) {
            free(s);
            lineage_fail(l, SL_EMEMORY);
            return NULL;
        }
        *s = (struct seat){.session = session, .who = who};
    }
    if (s != NULL)
        l->seat = s;
    return s;
}

/* --- what is open --- */

static struct happened so_far(const struct open *o)
{
    return (struct happened){.story = o->story,
                             .who = o->who,
                             .session = o->session,
                             .action = o->action,
                             .at_us = o->at_us,
                             .rows = o->rows,
                             .bytes = o->bytes,
                             .flags = o->flags,
                             .approval = sl_span_str(o->approval),
                             .approvers = sl_buf_span(&o->approvers),
                             .text = sl_buf_span(&o->text)};
}

static void forget(struct lineage *l, struct open *o)
{
    struct seat *s = lineage_seat(l, o->session, o->who);

    if (o->saved)
        db_run(l->db, DB_OPEN_FLOW_REMOVE, "ii", o->session, o->action);
    else
        l->unsaved--;
    if (s != NULL) {
        *(o->before == NULL ? &s->first : &o->before->after) = o->after;
        *(o->after == NULL ? &s->last : &o->after->before) = o->before;
    }
    lineage_story_unref(o->story);
    l->opens--;
    o->after = l->spare; /* the next one has its memory */
    l->spare = o;
}

static void close_as(struct lineage *l, struct open *o, enum lineage_standing standing)
{
    struct happened h = so_far(o);

    lineage_count(l, standing, &h);
    forget(l, o);
}

static struct open *find(const struct seat *s, uint64_t action)
{
    struct open *o = s == NULL ? NULL : s->last; /* what is asked for is most often new */

    while (o != NULL && o->action != action)
        o = o->before;
    return o;
}

/* A transaction that changes for hours must not cost the keeper its memory. */
static void make_room(struct lineage *l, struct seat *s)
{
    if (l->opens < LINEAGE_OPENS || s->first == NULL)
        return;
    if (l->opens_lost++ % LINEAGE_OPENS == 0)
        sl_log(SL_LOG_WARN, "lineage_open_many", SL_NUM("session", s->session),
               SL_NUM("unknown", l->opens_lost));
    close_as(l, s->first, LINEAGE_UNKNOWN);
}

static struct open *open_new(struct lineage *l, uint8_t outcome, const struct happened *h)
{
    struct seat *s = lineage_seat(l, h->session, h->who);

    if (s == NULL ||
        (s->last != NULL && s->last->action >= h->action && find(s, h->action) != NULL))
        return NULL; /* said twice: the first stands */
    make_room(l, s);
    struct open *o = l->spare;
    if (o == NULL)
        o = calloc(1, sizeof *o);
    else
        l->spare = o->after;
    if (o == NULL) {
        lineage_fail(l, SL_EMEMORY);
        return NULL;
    }
    l->unsaved++;
    l->opens++;
    struct sl_buf approvers = o->approvers, text = o->text;
    *o = (struct open){.session = h->session,
                       .action = h->action,
                       .at_us = h->at_us,
                       .rows = h->rows,
                       .bytes = h->bytes,
                       .story = h->story,
                       .who = h->who,
                       .flags = h->flags,
                       .outcome = outcome,
                       .approvers = approvers,
                       .text = text,
                       .before = s->last};
    memcpy(o->approval, h->approval.p == NULL ? (const uint8_t *)"" : h->approval.p,
           h->approval.n < sizeof o->approval ? h->approval.n : 0);
    o->approvers.max = o->text.max = LINEAGE_WORDS;
    sl_buf_reset(&o->approvers);
    sl_buf_reset(&o->text);
    sl_buf_put(&o->approvers, sl_utf8_head(h->approvers, LINEAGE_WORDS));
    sl_buf_put(&o->text, sl_utf8_head(h->text, LINEAGE_WORDS));
    h->story->refs++;
    *(s->last == NULL ? &s->first : &s->last->after) = o;
    s->last = o;
    return o;
}

static enum lineage_standing standing_of(uint8_t outcome)
{
    switch (outcome) {
    case SL_OUTCOME_OK:
        return LINEAGE_COMMITTED;
    case SL_OUTCOME_FAILED:
        return LINEAGE_FAILED;
    case SL_OUTCOME_REFUSED:
        return LINEAGE_DENIED;
    default:
        return LINEAGE_UNKNOWN;
    }
}

static bool waits(uint8_t outcome, uint32_t flags, const struct lineage_story *s)
{
    return outcome == 0 ||
           (outcome == SL_OUTCOME_OK && s->told.changes && (flags & SL_INTENT_IN_TX) != 0);
}

void lineage_happened(struct lineage *l, uint8_t outcome, const struct happened *h)
{
    if (h->story->told.touch_count == 0 || h->who == NULL)
        return;
    if (waits(outcome, h->flags, h->story))
        (void)open_new(l, outcome, h);
    else
        lineage_count(l, standing_of(outcome), h);
}

void lineage_outcome(struct lineage *l, const struct sl_entry_outcome *r)
{
    struct open *o = find(lineage_seat(l, r->session, NULL), r->action);

    if (o == NULL)
        return;
    o->outcome = r->outcome;
    o->rows = r->rows;
    o->bytes = r->bytes;
    if (!waits(o->outcome, o->flags, o->story))
        close_as(l, o, standing_of(o->outcome));
    else if (o->saved) { /* with what is known now */
        db_run(l->db, DB_OPEN_FLOW_REMOVE, "ii", o->session, o->action);
        o->saved = false;
        l->unsaved++;
    }
}

void lineage_ended(struct lineage *l, const struct sl_entry_txn *txn)
{
    struct seat *s = lineage_seat(l, txn->session, NULL);

    for (struct open *o = s == NULL ? NULL : s->first, *after; o != NULL; o = after) {
        after = o->after;
        if (o->action < txn->first_action || o->action > txn->last_action ||
            (o->flags & SL_INTENT_IN_TX) == 0)
            continue;
        if (txn->outcome == 2)
            close_as(l, o, LINEAGE_ROLLED_BACK);
        else if (txn->outcome != 1)
            close_as(l, o, LINEAGE_UNKNOWN);
        else if (o->outcome != 0)
            close_as(l, o, LINEAGE_COMMITTED);
        else
            o->flags &= ~(uint32_t)SL_INTENT_IN_TX; /* its own outcome is all that is missing */
    }
}

/* A session that is over tells nothing more: what it left open stays unknown. */
void lineage_seat_left(struct lineage *l, uint64_t session)
{
    struct seat *s = lineage_seat(l, session, NULL);

    if (s == NULL)
        return;
    while (s->first != NULL)
        close_as(l, s->first, LINEAGE_UNKNOWN);
    l->seat = NULL;
    free(sl_map_remove(l->seats, sl_map_u64(&session)));
}

/* --- over a restart --- */

static void save(struct lineage *l, struct open *o)
{
    db_run(l->db, DB_OPEN_FLOW_ADD, "iissssiiiiiss", o->session, o->action, o->who->identity,
           o->who->owner, o->who->target, o->story->facts, (uint64_t)o->flags, (uint64_t)o->outcome,
           o->at_us, o->rows, o->bytes, sl_span_str(o->approval), sl_buf_span(&o->approvers));
    o->saved = true;
}

/* New ones are at the end of each list, but for those whose outcome came late. */
void lineage_opens_save(struct lineage *l)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (l->unsaved > 0 && sl_map_next(l->seats, &at, &key, &value))
        for (struct open *o = ((struct seat *)value)->last; l->unsaved > 0 && o != NULL;
             o = o->before)
            if (!o->saved) {
                save(l, o);
                l->unsaved--;
            }
}

void lineage_opens_load(struct lineage *l)
{
    struct db_rows rows = db_ask(l->db, DB_OPEN_FLOW_LIST, "");

    while (db_row(&rows)) {
        struct happened h = {.session = db_u64(&rows, 0),
                             .action = db_u64(&rows, 1),
                             .who = lineage_doer(l, db_span(&rows, 2), db_span(&rows, 3),
                                                 db_span(&rows, 4)),
                             .story = lineage_story(l, db_span(&rows, 5)),
                             .flags = (uint32_t)db_u64(&rows, 6),
                             .at_us = db_u64(&rows, 8),
                             .rows = db_u64(&rows, 9),
                             .bytes = db_u64(&rows, 10),
                             .approval = db_span(&rows, 11),
                             .approvers = db_span(&rows, 12)};
        struct open *o =
            h.story == NULL || h.who == NULL ? NULL : open_new(l, (uint8_t)db_u64(&rows, 7), &h);
        if (o != NULL) {
            o->saved = true;
            l->unsaved--;
        }
        lineage_story_unref(h.story);
    }
}

static void free_list(struct open *o)
{
    while (o != NULL) {
        struct open *after = o->after;

        sl_buf_done(&o->approvers);
        sl_buf_done(&o->text);
        free(o);
        o = after;
    }
}

void lineage_opens_free(struct lineage *l)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (l->seats != NULL && sl_map_next(l->seats, &at, &key, &value)) {
        struct seat *s = value;

        for (struct open *o = s->first; o != NULL; o = o->after)
            lineage_story_unref(o->story);
        free_list(s->first);
        free(s);
    }
    free_list(l->spare);
    sl_map_free(l->seats);
}
