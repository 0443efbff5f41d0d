#include "role/keeper/labels_int.h"

#include "role/keeper/db.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/labels.h"
#include "role/keeper/sessions.h"
#include "role/keeper/store.h"

/* How an action or its transaction ended: what it brought stays, or is withdrawn. */

static struct sl_span keep(struct keeper *k, struct sl_span text)
{
    struct sl_span copy = sl_arena_copy(k->mem, text);

    if (copy.p == NULL)
        keeper_die("the labels could not be read", SL_EMEMORY);
    return copy;
}

static struct sl_derived *more_room(struct keeper *k, const struct sl_derived *rows, size_t count)
{
    struct sl_derived *more = sl_arena_array(k->mem, count * 2 + 8, sizeof *more);

    if (more == NULL)
        keeper_die("the labels could not be read", SL_EMEMORY);
    if (count > 0)
        memcpy(more, rows, count * sizeof *more);
    return more;
}

static size_t rows_of(struct keeper *k, uint64_t session, uint64_t first, uint64_t last,
                      struct sl_derived **out, uint64_t *how)
{
    struct db_rows rows = db_ask(k->store.db, DB_LABEL_OF, "iii", session, first, last);
    size_t count = 0, room = 0;

    while (db_row(&rows)) {
        if (count == room) {
            *out = more_room(k, *out, count);
            room = count * 2 + 8;
        }
        (*out)[count++] = (struct sl_derived){.target = keep(k, db_span(&rows, 0)),
                                              .column = keep(k, db_span(&rows, 1)),
                                              .label = keep(k, db_span(&rows, 2)),
                                              .source = keep(k, db_span(&rows, 3))};
        *how = db_u64(&rows, 4);
    }
    db_end(&rows);
    return count;
}

static void withdrawn_leaf(struct keeper *k, uint64_t session, uint64_t action,
                           struct sl_span target, const struct label_row *gone, size_t count)
{
    SL_BUF(leaf, 2 * SL_ENTRY_MAX);
    struct sl_entry_label e = {
        .event = SL_ENTRY_LABEL_WITHDRAWN, .session = session, .action = action, .target = target};

    label_put_leaf(k, &leaf, e, gone, count);
    store_leaf(&k->store, &leaf, false, NULL);
}

/* Those that nothing else brought are gone from the map now. */
static void withdrawn_leaves(struct keeper *k, uint64_t session, uint64_t action,
                             const struct sl_derived *rows, size_t count)
{
    struct label_row gone[SL_ENTRY_LABEL_COLUMNS];
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        gone[n] = (struct label_row){rows[i].column, rows[i].label, rows[i].source};
        n += label_is_new(k, rows[i].target, &gone[n]);
        if (n == SL_ENTRY_LABEL_COLUMNS || (n > 0 && i + 1 == count)) {
            withdrawn_leaf(k, session, action, rows[i].target, gone, n);
            n = 0;
        }
    }
}

static void end(struct keeper *k, uint64_t session, uint64_t first, uint64_t last, bool stays,
                const struct sl_derived *rows, size_t count)
{
    json_t *event = event_new("label_ended", sl_clock_us());

    event_u64(event, "session", session);
    event_u64(event, "first", first);
    event_u64(event, "last", last);
    event_bool(event, "stays", stays);
    store_record(&k->store, NULL, event, false);
    for (size_t i = 0; i < count && stays; i++)
        label_leaves_no_more(k, rows[i].target, rows[i].column);
    labels_changed(k, NULL);
    if (!stays)
        withdrawn_leaves(k, session, first, rows, count);
}

static bool has_failed(uint8_t outcome)
{
    return outcome == SL_OUTCOME_FAILED || outcome == SL_OUTCOME_REFUSED;
}

static bool is_rolled_back(const struct sl_txn_record *r)
{
    enum { ROLLED_BACK = 2 };

    return r->outcome == ROLLED_BACK;
}

void labels_saw_outcome(struct session *s, uint64_t action, uint8_t outcome)
{
    s->ended = action > s->ended ? action : s->ended;
    if (has_failed(outcome))
        s->failed = action;
}

void labels_saw_txn(struct session *s, const struct sl_txn_record *r)
{
    s->closed = r->last_action > s->closed ? r->last_action : s->closed;
    if (is_rolled_back(r)) {
        s->undone_from = r->first_action;
        s->undone_to = r->last_action;
    }
}

/* Of what ended longer ago than is kept here nobody can say any more how: it stays. */
enum how label_settled_by(const struct session *s, const struct sl_msg_label_flow *m, bool *undone)
{
    *undone = false;
    if (s == NULL || m->how == HOW_STAYS)
        return HOW_STAYS;
    bool in_txn = m->how == HOW_BY_TXN;
    *undone = m->action == s->failed ||
              (in_txn && m->action >= s->undone_from && m->action <= s->undone_to);
    return m->action <= (in_txn ? s->closed : s->ended) ? HOW_STAYS : (enum how)m->how;
}

void labels_outcome(struct keeper *k, uint32_t gate, uint64_t session, uint64_t action,
                    uint8_t outcome)
{
    struct sl_derived *rows = NULL;
    uint64_t how = 0;

    if (k->label_pending == 0 || session_get(k, gate, session) == NULL)
        return;
    size_t count = rows_of(k, session, action, action, &rows, &how);
    if (count > 0 && (how == HOW_BY_OUTCOME || outcome != SL_OUTCOME_OK))
        end(k, session, action, action, !has_failed(outcome), rows, count);
}

void labels_txn(struct keeper *k, const struct sl_txn_record *r)
{
    struct sl_derived *rows = NULL;
    uint64_t how;

    if (k->label_pending == 0)
        return;
    size_t count = rows_of(k, r->session, r->first_action, r->last_action, &rows, &how);
    if (count > 0)
        end(k, r->session, r->first_action, r->last_action, !is_rolled_back(r), rows, count);
}

/* Whatever became of it, nobody will say any more. */
void labels_session_over(struct keeper *k, uint64_t session)
{
    struct sl_derived *rows = NULL;
    uint64_t how;

    if (k->label_pending == 0)
        return;
    size_t count = rows_of(k, session, 0, LAST_ACTION, &rows, &how);
    if (count > 0)
        end(k, session, 0, LAST_ACTION, true, rows, count);
}
