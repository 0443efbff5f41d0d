/* What leaves in JSON tell the graph (leaf.h). */
#include "role/keeper/lineage_int.h"

#include "role/keeper/leaf.h"

static const struct doer *doer_of(struct lineage *l, const struct leaf_action *a)
{
    struct seat *s = lineage_seat(l, a->session, NULL);

    return s != NULL ? s->who : lineage_doer(l, a->identity, a->owner, a->target);
}

static struct lineage_story *story_of(struct lineage *l, struct sl_span facts)
{
    return facts.n == 0 ? NULL : lineage_story(l, facts);
}

/* One that was held and did not run is told by its approval. */
static void on_action(void *self, const struct leaf_action *a)
{
    struct lineage *l = self;

    if (a->outcome == SL_OUTCOME_REFUSED && a->approval.n > 0)
        return;
    struct happened h = {.story = story_of(l, a->facts),
                         .who = doer_of(l, a),
                         .session = a->session,
                         .action = a->action,
                         .at_us = a->at_us,
                         .rows = a->rows,
                         .bytes = a->bytes,
                         .flags = a->flags,
                         .approval = a->approval,
                         .approvers = a->approvers,
                         .why = a->why,
                         .text = a->text};
    if (h.story != NULL)
        lineage_happened(l, a->outcome, &h);
    lineage_story_unref(h.story);
}

static void on_outcome(void *self, const struct sl_entry_outcome *o)
{
    lineage_outcome(self, o);
}

static void on_txn(void *self, const struct sl_entry_txn *t)
{
    lineage_ended(self, t);
}

static void on_session(void *self, const struct leaf_action *a, bool is_open)
{
    if (is_open)
        (void)lineage_seat(self, a->session, lineage_doer(self, a->identity, a->owner, a->target));
    else
        lineage_seat_left(self, a->session);
}

/* --- approvals --- */

static void asked(struct lineage *l, const struct leaf_action *a, const json_t *leaf)
{
    if (a->facts.n > 0)
        db_run(l->db, DB_ASKED_ADD, "ssssssiii", a->approval, a->identity, a->owner, a->target,
               sl_json_str(leaf, "protocol"), a->facts, a->session, a->action, a->at_us);
}

/* What was asked did not come to run: it stands as an attempt, with who ended it. */
static void attempted(struct lineage *l, const json_t *leaf, enum lineage_standing standing)
{
    struct sl_span id = sl_json_str(leaf, "approval");
    struct db_rows rows = db_ask(l->db, DB_ASKED_GET, "s", id);

    if (!db_row(&rows))
        return;
    struct happened h = {.who = lineage_doer(l, db_span(&rows, 0), db_span(&rows, 1),
                                             db_span(&rows, 2)),
                         .story = lineage_story(l, db_span(&rows, 4)),
                         .session = db_u64(&rows, 5),
                         .action = db_u64(&rows, 6),
                         .at_us = db_u64(&rows, 7),
                         .approval = id,
                         .approvers = sl_json_str(leaf, "approver"),
                         .why = sl_json_str(leaf, "reason")};
    bool external = sl_span_is(db_span(&rows, 3), "external");
    db_end(&rows);
    db_run(l->db, DB_ASKED_REMOVE, "s", id);
    bool ran = standing == LINEAGE_COMMITTED; /* spent: its own leaf tells the rest */
    if (h.story != NULL && h.who != NULL && h.story->told.touch_count > 0 && (!ran || external))
        lineage_count(l, ran ? LINEAGE_UNKNOWN : standing, &h);
    lineage_story_unref(h.story);
}

static void on_approval(void *self, const struct leaf_action *a, const json_t *leaf)
{
    static const struct {
        const char *event;
        enum lineage_standing standing;
    } ends[] = {{"denied", LINEAGE_DENIED},       {"expired", LINEAGE_EXPIRED},
                {"cancelled", LINEAGE_CANCELLED}, {"revoked", LINEAGE_REVOKED},
                {"lapsed", LINEAGE_LAPSED},       {"spent", LINEAGE_COMMITTED}};
    struct sl_span event = sl_json_str(leaf, "event");

    if (sl_span_is(event, "asked"))
        asked(self, a, leaf);
    for (size_t i = 0; i < SL_COUNT(ends); i++)
        if (sl_span_is(event, ends[i].event))
            attempted(self, leaf, ends[i].standing);
}

void lineage_leaf(struct lineage *l, struct sl_span leaf)
{
    static const struct leaf_listener to = {.action = on_action,
                                            .outcome = on_outcome,
                                            .txn = on_txn,
                                            .session = on_session,
                                            .approval = on_approval};

    leaf_read(leaf, &to, l);
}
