#include "role/keeper/ask.h"

#include "base/utf8.h"
#include "base/when.h"
#include "role/keeper/approval.h"
#include "role/keeper/db.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/sessions.h"

/* Envelopes (docs/envelopes.md): one approval for many runs of one template. A run joins the
 * approval as any repeat of an action does, because its operation is the template; it spends one
 * use, which is counted by the ledger's WAL alone. */

enum sl_err envelope_read(const json_t *operation, struct sl_envelope *out)
{
    const json_t *bounds = json_object_get(operation, "envelope");
    struct sl_envelope e = {0};

    *out = e;
    if (bounds == NULL)
        return SL_OK;
    bool whole = json_object_size(operation) == 2 && json_object_size(bounds) == 3 &&
                 sl_json_str(operation, "sql").n > 0 && sl_json_u64(bounds, "times", &e.times) &&
                 sl_json_u64(bounds, "rows", &e.rows) && sl_json_u64(bounds, "for_s", &e.for_s);
    if (!whole || !sl_envelope_is_bounded(&e))
        return SL_EMALFORMED;
    *out = e;
    return SL_OK;
}

/* The ledger has template and facts of it whole, or nobody could compare its uses with them. */
static bool fits_an_entry(struct keeper *k, const struct ask *a)
{
    enum { MOST = 24 * 1024 };
    SL_BUF(facts, SL_ENTRY_MAX);

    ask_put_facts(k, a, &facts);
    return sl_buf_err(&facts) == SL_OK && facts.n <= MOST;
}

const char *envelope_problem(struct keeper *k, const struct ask *a)
{
    if (a->envelope.times == 0)
        return NULL;
    if (!a->answer.envelope)
        return "not every rule that holds this lets an envelope be asked (envelope: yes)";
    if (a->action.run.n == 0)
        return "an envelope is for one run, and none is named";
    if (a->over.is || a->in_transaction)
        return "an envelope is asked for outside of a transaction and of budgets";
    if (!fits_an_entry(k, a))
        return "it touches more than one entry of the ledger holds";
    if (a->answer.row_limit != 0 && a->envelope.rows > a->answer.row_limit)
        return "it asks for more rows each time than policy lets one statement return; beyond "
               "that number other rules count";
    return sl_envelope_objection(a->meaning);
}

void envelope_say(struct sl_buf *b, const struct ask *a)
{
    enum { RUN_SAID = 200 };
    SL_BUF(time, 64);

    struct sl_span run = sl_utf8_head(a->action.run, RUN_SAID); /* all of it stands beside it */

    sl_duration_put(&time, a->envelope.for_s * 1000);
    sl_buf_say(b,
               "ENVELOPE: a yes lets this run %U times within %S, with any literals in the places "
               "of {text} and {integer}, each time up to %U rows, in run %S alone, until the first "
               "deviation; ",
               a->envelope.times, sl_buf_span(&time), a->envelope.rows, run);
}

/* --- one that exists ------------------------------------------------------------------------- */

struct sl_envelope approval_envelope(const struct approval *a)
{
    const json_t *bounds = json_object_get(a->detail, "envelope");
    struct sl_envelope e = {0};

    if (bounds == NULL)
        return e;
    if (!sl_json_u64(bounds, "times", &e.times) || !sl_json_u64(bounds, "rows", &e.rows) ||
        !sl_json_u64(bounds, "for_s", &e.for_s))
        sl_promise_broken("an envelope lost its bounds");
    return e;
}

uint64_t approval_uses(struct keeper *k, const struct approval *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_USES_OF, "s", a->id);
    uint64_t count = db_row(&rows) ? db_u64(&rows, 0) : SL_ENVELOPE_MAX_TIMES;

    db_end(&rows);
    return count;
}

/* --- its end --------------------------------------------------------------------------------- */

static void end(struct keeper *k, struct approval *a, struct sl_span why)
{
    if (approval_envelope(a).times > 0 && a->state == SL_APPROVAL_APPROVED)
        approval_end(k, a, &(struct move){.on = SL_APPROVAL_ON_VOID, .reason = why});
}

void envelope_void(struct keeper *k, struct sl_span id, const char *why)
{
    APPROVAL(a);

    if (approval_get(k, id, &a) == SL_OK)
        end(k, &a, sl_span_str(why));
}

void on_envelope_end(struct peer *p, const struct sl_msg_envelope_end *m)
{
    struct keeper *k = p->keeper;
    const struct session *s = session_get(k, p->index, m->session);
    APPROVAL(a);

    if (s == NULL || m->why.n == 0) {
        sl_channel_break(p->channel, SL_ESTATE);
        return;
    }
    if (m->approval.n == 36 && approval_get(k, m->approval, &a) == SL_OK &&
        sl_span_eq(a.identity, s->identity) && sl_span_eq(a.target, s->target))
        end(k, &a, m->why);
}

static void end_if_moved(void *owner, struct approval *a)
{
    struct keeper *k = owner;

    if (!same_policy(k, a))
        end(k, a, SL_SPAN("policy is another one than when it was asked"));
}

static void end_now(void *owner, struct approval *a)
{
    end(owner, a, SL_SPAN("Sluice's keeper was restarted"));
}

static void each(struct keeper *k, void (*one)(void *owner, struct approval *a))
{
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_ENVELOPES, "");
    struct sl_names ids = {0};

    while (db_row(&rows))
        names_add(k->mem, &ids, sl_arena_copy(k->mem, db_span(&rows, 0)));
    db_end(&rows);
    approvals_each(k, ids.items, ids.count, one, k);
}

void envelopes_moved(struct keeper *k)
{
    each(k, end_if_moved);
}

void envelopes_restart(struct keeper *k)
{
    each(k, end_now);
}
