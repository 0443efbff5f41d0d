/* What leaves in JSON tell of usage (leaf.h). */
#include "role/keeper/leaf.h"
#include "role/keeper/usage_int.h"

static struct usage_who *who_of(struct usage *u, const struct leaf_action *a)
{
    struct seat *s = usage_seat(u, a->session, NULL);

    return s != NULL ? s->who : usage_who(u, a->identity, a->owner, a->target);
}

static void happened(struct usage *u, const struct leaf_action *a, uint8_t outcome,
                     const struct usage_event *told)
{
    struct usage_event e = *told;

    e.facts = a->facts.n == 0 ? NULL : usage_facts(u, a->facts);
    e.who = who_of(u, a);
    e.at_us = a->at_us;
    usage_happened(u, outcome, &e);
    usage_facts_unref(e.facts);
}

/* One with an approval was counted as a statement when it was asked. */
static void on_action(void *self, const struct leaf_action *a)
{
    happened(self, a, a->outcome,
             &(struct usage_event){.session = a->session,
                                   .action = a->action,
                                   .rows = a->rows,
                                   .bytes = a->bytes,
                                   .flags = a->flags & SL_INTENT_IN_TX,
                                   .counted = a->approval.n > 0});
}

static void on_outcome(void *self, const struct sl_entry_outcome *o)
{
    usage_outcome(self, o);
}

static void on_txn(void *self, const struct sl_entry_txn *t)
{
    struct sl_entry_txn ended = *t;

    ended.outcome = t->outcome == 1 ? 1 : 2; /* what nobody knows has not changed anything */
    usage_ended(self, &ended);
}

static void on_session(void *self, const struct leaf_action *a, bool is_open)
{
    if (is_open)
        (void)usage_seat(self, a->session, usage_who(self, a->identity, a->owner, a->target));
    else
        usage_seat_left(self, a->session);
}

static void on_approval(void *self, const struct leaf_action *a, const json_t *leaf)
{
    if (sl_span_is(sl_json_str(leaf, "event"), "asked")) /* nothing of it has moved */
        happened(self, a, SL_OUTCOME_REFUSED, &(struct usage_event){0});
}

static void on_sign_in_failure(void *self, uint64_t count)
{
    struct usage *u = self;

    db_run(u->db, DB_COUNTER_MORE, "si", SL_SPAN("sign_in_failures"), count);
}

void usage_leaf(struct usage *u, struct sl_span leaf)
{
    static const struct leaf_listener to = {.action = on_action,
                                            .outcome = on_outcome,
                                            .txn = on_txn,
                                            .session = on_session,
                                            .approval = on_approval,
                                            .sign_in_failure = on_sign_in_failure};

    leaf_read(leaf, &to, u);
}
