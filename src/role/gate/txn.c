/* Transactions: what of them is committed, by the server's own words.
 *
 * An action that is marked as part of one (SL_INTENT_IN_TX) is open until a record says how the
 * transaction ended. A text with several statements may hold several ends: then it is looked at
 * statement by statement what became of its changes, and where some were committed and others
 * undone, nobody says more than "unknown". */
#include "role/gate/session.h"

#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/record.h"

/* Of the changes of the text that is being answered. */
enum { TEXT_OPEN = 1, TEXT_COMMITTED = 2, TEXT_UNDONE = 4 };

static uint64_t answered(const struct session *s, const struct item *item)
{
    return item->action > s->tx_answered ? item->action : s->tx_answered;
}

/* So ended the transaction of what was answered until `upto`; what was sent behind it may be in
 * another one already. */
static void end_transaction(struct session *s, uint8_t outcome, uint64_t upto)
{
    uint64_t last = s->tx_last;
    bool more = upto < last;

    if (s->tx_first == 0 || upto < s->tx_first)
        return;
    if (more)
        s->tx_last = upto;
    record_txn(s, outcome);
    s->tx_first = more ? upto + 1 : 0;
    s->tx_last = more ? last : 0;
    s->context_unknown = s->context_unknown || outcome != TXN_COMMITTED;
}

/* --- a text with several statements --- */

bool txn_is_mixed(const struct sl_meaning *m)
{
    const uint32_t control = SL_MEANING_TX_BEGIN | SL_MEANING_TX_COMMIT | SL_MEANING_TX_ROLLBACK;

    return (m->flags & control) != 0 && m->statement_count > 1;
}

static bool changes(uint32_t effects)
{
    return (effects & ~(uint32_t)(SL_EFFECT_READ | SL_EFFECT_EXPORT | SL_EFFECT_SESSION)) != 0;
}

static void settle(struct session *s, bool committed)
{
    if ((s->text_ends & TEXT_OPEN) != 0)
        s->text_ends =
            (uint8_t)((s->text_ends & ~TEXT_OPEN) | (committed ? TEXT_COMMITTED : TEXT_UNDONE));
}

/* What came before this text ends with the first end in it. */
static void text_tag(struct session *s, const struct item *item, struct sl_span command)
{
    const struct sl_meaning *m = &item->mixed->m;
    const struct sl_meaning_statement *now =
        s->text_at < m->statement_count ? &m->statements[s->text_at] : NULL;
    bool committed = sl_span_is(command, "COMMIT");
    bool undone = sl_span_is(command, "ROLLBACK") &&
                  (now == NULL || !sl_span_is(now->tag, "rollback to savepoint"));

    s->text_at++;
    if (sl_span_is(command, "PREPARE TRANSACTION")) /* somebody else may decide, later */
        s->text_ends |= TEXT_COMMITTED | TEXT_UNDONE;
    if (!committed && !undone) {
        s->text_ends |= now == NULL || changes(now->effects) ? TEXT_OPEN : 0;
        return;
    }
    settle(s, committed);
    end_transaction(s, committed ? TXN_COMMITTED : TXN_ROLLED_BACK,
                    s->tx_answered < item->action ? s->tx_answered : item->action - 1);
}

static uint8_t text_outcome(const struct session *s)
{
    switch (s->text_ends) {
    case 0:
        return s->tx_failed ? TXN_ROLLED_BACK : TXN_COMMITTED;
    case TEXT_COMMITTED:
        return TXN_COMMITTED;
    case TEXT_UNDONE:
        return TXN_ROLLED_BACK;
    default:
        return TXN_UNKNOWN;
    }
}

bool txn_text_is_committed(const struct session *s, const struct item *item)
{
    return item->mixed == NULL || s->text_ends == TEXT_COMMITTED;
}

bool txn_has_committed(const struct session *s)
{
    return (s->text_ends & TEXT_COMMITTED) != 0;
}

/* --- the server's words --- */

/* A COMMIT counts at once: what follows it in its pipeline, or in the transaction that it chains,
 * may be rolled back without it. ROLLBACK is the word of ROLLBACK TO SAVEPOINT too: it counts at
 * once only where it can mean nothing else. */
void txn_tag(struct session *s, const struct item *item, struct sl_span command)
{
    s->last_tag = 0;
    if (item->mixed != NULL) {
        text_tag(s, item, command);
    } else if (sl_span_is(command, "COMMIT")) {
        end_transaction(s, TXN_COMMITTED, answered(s, item));
    } else if (sl_span_is(command, "ROLLBACK")) {
        s->last_tag = 'R';
        if ((item->flags & ITEM_ENDS_ALL) != 0)
            end_transaction(s, TXN_ROLLED_BACK, item->action);
    } else if (sl_span_is(command, "PREPARE TRANSACTION")) {
        s->last_tag = 'P';
    }
}

/* In a pipeline a procedure may have committed what came before it. */
static uint8_t how_it_ended(const struct session *s)
{
    if (s->tx_failed || s->last_tag == 'R')
        return s->unsynced_unsure ? TXN_UNKNOWN : TXN_ROLLED_BACK;
    return s->last_tag == 'P' ? TXN_UNKNOWN : TXN_COMMITTED;
}

void txn_is_over(struct session *s, const struct item *item)
{
    bool all = s->item_count == 1 && s->intent == 0; /* nothing more is recorded or under way */
    uint8_t outcome = how_it_ended(s);

    if (item->mixed != NULL) {
        settle(s, !s->tx_failed);
        outcome = text_outcome(s);
    }
    end_transaction(s, outcome, all ? s->tx_last : answered(s, item));
    if (s->item_count == 1)
        s->unsynced_unsure = false;
}

/* A transaction is open behind this text: not the one that it began in, if it has ended one. */
void txn_goes_on(struct session *s, const struct item *item)
{
    if (item->mixed != NULL && (s->text_ends & (TEXT_COMMITTED | TEXT_UNDONE)) != 0)
        end_transaction(s, text_outcome(s), item->action);
}
