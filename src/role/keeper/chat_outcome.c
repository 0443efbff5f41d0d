#include "role/keeper/chat_int.h"

#include "base/utf8.h"
#include "role/keeper/ask.h"
#include "role/keeper/eligible.h"

/* How an approval stands, in words for a chat: what became of it, by whom, and whether they were
 * alone. */

/* "it ran: 3 rows", "it failed", "its answer was lost". */
static void put_run(struct sl_buf *b, const struct approval *a, bool facts)
{
    json_t *outcome = NULL;
    uint64_t rows = 0;

    if (a->outcome.n == 0 || sl_json_read(a->outcome, &outcome, NULL) != SL_OK)
        return;
    struct sl_span word = sl_json_str(outcome, "outcome");
    if (sl_span_is(word, "unknown"))
        sl_buf_put_str(b, "; its answer was lost: nobody knows whether it happened");
    else
        sl_buf_say(b, "; outcome: %S", word);
    if (facts && sl_json_u64(outcome, "rows", &rows))
        sl_buf_say(b, ", %U rows", rows);
    json_decref(outcome);
}

void chat_put_who(struct sl_buf *b, const struct vote_row *vote)
{
    sl_buf_put(b, vote->identity);
    if (vote->in_place.n > 0)
        sl_buf_say(b, ", standing in for %S", vote->in_place);
}

static void put_deciders(struct sl_buf *b, const struct approval *a, const char *decision,
                         bool reasons)
{
    bool first = true;

    for (size_t i = 0; i < a->vote_count; i++) {
        if (!sl_span_is(a->votes[i].decision, decision) || a->votes[i].lapsed != NULL)
            continue;
        sl_buf_put_str(b, first ? " by " : "; and by ");
        chat_put_who(b, &a->votes[i]);
        sl_buf_say(b, " (%S)", a->votes[i].channel);
        if (reasons)
            sl_buf_say(b, ": %S", sl_utf8_head(a->votes[i].reason, 500));
        first = false;
    }
}

bool chat_tells_only_where(const struct chat *h)
{
    return h->config->show == SL_CHAT_SHOW_LINK;
}

static bool is_yes(const struct approval *a)
{
    return a->state == SL_APPROVAL_APPROVED || a->state == SL_APPROVAL_SPENT ||
           a->state == SL_APPROVAL_LAPSED || a->state == SL_APPROVAL_REVOKED;
}

const struct vote_row *chat_alone_by(const struct approval *a)
{
    for (size_t i = 0; is_yes(a) && i < a->vote_count; i++)
        if (sl_span_is(a->votes[i].decision, "break-glass"))
            return &a->votes[i];
    return NULL;
}

/* Nobody may take it for what its reviewers allowed: who, that they were alone, why, and what is
 * left to do. */
static void put_alone(struct sl_buf *b, const struct approval *a, const struct vote_row *by,
                      bool reasons)
{
    sl_buf_say(b, "released by %S alone (break-glass)", by->identity);
    if (reasons)
        sl_buf_say(b, ": %S", sl_utf8_head(by->reason, 200));
    sl_buf_put_str(b, "; two others have to sign it off");
    if (a->state == SL_APPROVAL_LAPSED || a->state == SL_APPROVAL_REVOKED)
        sl_buf_say(b, "; %s", sl_approval_state_name(a->state));
}

static void put_state(struct sl_buf *b, const struct approval *a, bool facts)
{
    bool yes = is_yes(a);

    sl_buf_put_str(b, yes ? "approved" : sl_approval_state_name(a->state));
    if (yes || a->state == SL_APPROVAL_DENIED)
        put_deciders(b, a, yes ? "approve" : "deny", facts);
    if (a->state == SL_APPROVAL_LAPSED || a->state == SL_APPROVAL_REVOKED) /* by somebody else */
        sl_buf_say(b, "; %s", sl_approval_state_name(a->state));
    if (facts && a->state != SL_APPROVAL_DENIED && a->state != SL_APPROVAL_SPENT && a->why.n > 0)
        sl_buf_say(b, " (%S)", sl_utf8_head(a->why, 300));
}

void chat_put_outcome(struct sl_buf *b, const struct chat *h, const struct approval *a)
{
    bool facts = !chat_tells_only_where(h);
    const struct vote_row *alone = chat_alone_by(a);

    if (alone != NULL)
        put_alone(b, a, alone, facts);
    else
        put_state(b, a, facts);
    if (json_object_get(a->detail, "envelope") != NULL) {
        sl_buf_put_str(b, "; it is an envelope: the request has its uses");
        return;
    }
    if (a->state == SL_APPROVAL_APPROVED)
        sl_buf_put_str(b, "; it has not run yet");
    put_run(b, a, facts);
}

void chat_put_waiting(struct keeper *k, struct sl_buf *b, const struct approval *a)
{
    SL_BUF(who, 4096);

    deciders_text(&who, k, a);
    sl_buf_say(b, "held, and waits for a yes: %S. %S", sl_utf8_head(sl_buf_span(&who), 500),
               approval_link(k, a->id));
}
