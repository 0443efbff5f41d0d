/* An approval as a message: what people need to decide, and buttons only where all of it is there.
 */
#include "core/chat/slack_int.h"

#include "base/encode.h"
#include "base/when.h"

/* Slack refuses a message whose texts together have more than some 11,000 characters. */
enum {
    VOTES_SHOWN = 5,
    VOTE_NAME = 80,
    VOTE_WORD = 24,
    VOTE_SAID = 100,
    TALK_SHOWN = 240,
};

/* By state: our words at the top, and the button that may still be there. */
static const struct {
    const char *state, *title;
    enum sl_chat_verb verb;
    const char *alone; /* where one person released it */
} states[] = {
    {"pending", "Approval needed", 0},
    {"approved", "Approved, has not run yet", SL_CHAT_REVOKE,
     "Released by one person alone, has not run yet"},
    {"open", "Approved: what is of its template may run", SL_CHAT_STOP},
    {"running", "Approved, runs now", SL_CHAT_STOP, "Released by one person alone, runs now"},
    {"spent", "Approved, has run", 0, "Released by one person alone, has run"},
    {"denied", "Denied", 0},
    {"expired", "Expired: nobody decided in time", 0},
    {"cancelled", "Cancelled", 0},
    {"lapsed", "Approved, was not used in time", 0,
     "Released by one person alone, was not used in time"},
    {"revoked", "Approved, and taken back", 0, "Released by one person alone, and taken back"},
};

static size_t state_of(const struct sl_chat_card *c)
{
    size_t i = 0;

    while (i < SL_COUNT(states) && !sl_span_is(c->state, states[i].state))
        i++;
    return i;
}

static const char *title_of(const struct sl_chat_card *c)
{
    size_t i = state_of(c);

    if (i == SL_COUNT(states))
        return "Approval";
    if (c->alone && states[i].alone != NULL)
        return states[i].alone;
    return i == 0 && c->escalated ? "Nobody answered yet: approval needed" : states[i].title;
}

static bool is_pending(const struct sl_chat_card *c)
{
    return sl_span_is(c->state, "pending");
}

/* --- what is told ----------------------------------------------------------------------------- */

/* Several lines: between bars, so that no line of it looks like one of ours. */
static void put_reason(struct sl_jw *w, const struct sl_chat_card *c)
{
    if (c->reason.n == 0) {
        sl_slack_say(w, "No reason is given.");
        return;
    }
    sl_slack_begin(w);
    sl_slack_ours(w, "The requester says", true);
    sl_slack_ours(w, ":", false);
    sl_slack_end(w, "rich_text_section");
    sl_slack_begin(w);
    sl_slack_theirs(w, c->reason, SL_CHAT_SAID_MOST, false);
    sl_slack_end(w, "rich_text_quote");
}

static void put_votes_needed(struct sl_jw *w, const struct sl_chat_card *c)
{
    SL_BUF(votes, 64);

    sl_buf_say(&votes, "%u of %u", (unsigned)c->have, (unsigned)c->need);
    if (c->need > 0)
        sl_slack_fact(w, "Yes so far", sl_buf_span(&votes), SL_CHAT_NAME_MOST);
}

static void put_time(struct sl_jw *w, const struct sl_chat_card *c)
{
    SL_BUF(lasts, 64);

    if (c->expires_us == 0)
        return;
    sl_slack_begin(w);
    sl_slack_ours(w, "Time left", true);
    sl_slack_ours(w, ": until ", false);
    sl_slack_date(w, c->expires_us);
    if (c->asked_us > 0 && c->expires_us > c->asked_us) {
        sl_duration_put(&lasts, (c->expires_us - c->asked_us) / 1000);
        sl_slack_ours(w, ", ", false);
        sl_slack_ours(w, sl_buf_text(&lasts), false);
        sl_slack_ours(w, " after it was asked", false);
    }
    if (c->client_waits)
        sl_slack_ours(w, "; a client waits for it", false);
    sl_slack_end(w, "rich_text_section");
}

static void put_vote(struct sl_jw *w, const struct sl_chat_vote *v)
{
    sl_slack_begin(w);
    sl_slack_theirs(w, v->who, VOTE_NAME, true);
    sl_slack_ours(w, ": ", false);
    sl_slack_theirs(w, v->decision, VOTE_WORD, true);
    if (v->channel.n > 0) {
        sl_slack_ours(w, ", by ", false);
        sl_slack_theirs(w, v->channel, VOTE_WORD, true);
    }
    if (v->reason.n > 0) {
        sl_slack_ours(w, ": ", false);
        sl_slack_theirs(w, v->reason, VOTE_SAID, true);
    }
    sl_slack_end(w, "rich_text_section");
}

static void put_votes(struct sl_jw *w, const struct sl_chat_card *c)
{
    size_t count = c->vote_count < SL_CHAT_VOTES_MOST ? c->vote_count : SL_CHAT_VOTES_MOST;

    for (size_t i = 0; i < count && i < VOTES_SHOWN; i++)
        put_vote(w, &c->votes[i]);
    if (c->vote_count > VOTES_SHOWN)
        sl_slack_say(w, "There are more: open the request to read them.");
}

static void put_facts(struct sl_jw *w, const struct sl_chat_card *c)
{
    put_reason(w, c);
    sl_slack_fact(w, "Held because", c->why, SL_CHAT_LIST_MOST);
    sl_slack_fact(w, "Data classes", c->labels, SL_CHAT_LIST_MOST);
    sl_slack_fact(w, "Rows", c->rows, SL_CHAT_NAME_MOST);
    sl_slack_fact(w, "Run", c->run, SL_CHAT_NAME_MOST);
    sl_slack_fact(w, "Session settings", c->session, SL_CHAT_LIST_MOST);
    sl_slack_fact(w, "Protocol", c->protocol, SL_CHAT_NAME_MOST);
}

/* Of an open one who may decide and until when; of one that is over what became of it. */
static void put_standing(struct sl_jw *w, const struct sl_chat_card *c)
{
    if (!is_pending(c)) {
        sl_slack_fact(w, "What became of it", c->outcome, SL_CHAT_LIST_MOST);
    } else {
        put_time(w, c);
        sl_slack_fact(w, "May decide", c->reviewers, SL_CHAT_LIST_MOST);
        put_votes_needed(w, c);
    }
    put_votes(w, c);
    sl_slack_talk(w, c, TALK_SHOWN);
}

/* --- buttons ---------------------------------------------------------------------------------- */

static enum sl_chat_verb verb_left(const struct sl_chat_card *c)
{
    size_t i = state_of(c);

    return i < SL_COUNT(states) ? states[i].verb : 0;
}

static void put_verbs(struct sl_jw *w, const struct sl_chat_card *c, bool decides)
{
    if (decides) {
        sl_slack_button(w, c, SL_CHAT_APPROVE, "Approve", "primary");
        sl_slack_button(w, c, SL_CHAT_DENY, "Deny", "danger");
        sl_slack_button(w, c, SL_CHAT_ASK, "Ask", NULL);
    }
    if (verb_left(c) == SL_CHAT_REVOKE)
        sl_slack_button(w, c, SL_CHAT_REVOKE, "Revoke", "danger");
    if (verb_left(c) == SL_CHAT_STOP)
        sl_slack_button(w, c, SL_CHAT_STOP, "Stop", "danger");
}

/* Slack refuses a block without buttons, so there is none where there is nothing to press. */
static void put_buttons(struct sl_jw *w, const struct sl_chat_card *c, bool decides)
{
    bool opens = sl_slack_is_url(c->link);

    if (!decides && !opens && verb_left(c) == 0)
        return;
    sl_slack_begin(w);
    put_verbs(w, c, decides);
    if (opens && is_pending(c) && !decides)
        sl_slack_button_url(w, "Open to decide", c->link, "primary");
    else if (opens)
        sl_slack_button_url(w, "Open", c->link, NULL);
    sl_slack_end(w, "actions");
}

/* Why there are none: the caller's reason, else ours. */
static void put_why_not(struct sl_jw *w, const struct sl_chat_card *c)
{
    sl_slack_begin(w);
    if (c->decides)
        sl_slack_ours(w, "It cannot be decided here: a chat cannot show all of it as it is.",
                      false);
    else if (c->decides_not_why.n > 0)
        sl_slack_theirs(w, c->decides_not_why, SL_CHAT_LIST_MOST, true);
    else
        sl_slack_ours(w, "It cannot be decided here.", false);
    sl_slack_end(w, "rich_text_section");
}

/* No statement and no words of the requester: notifications are read over shoulders. */
static void put_notice(struct sl_buf *b, const struct sl_chat_card *c)
{
    sl_buf_say(b, "%s: ", title_of(c));
    sl_slack_put_notice(b, c->identity, SL_SLACK_NOTICE_MOST);
    if (c->target.n > 0) {
        sl_buf_put_str(b, " on ");
        sl_slack_put_notice(b, c->target, SL_SLACK_NOTICE_MOST);
    }
}

void sl_slack_put_card(struct sl_buf *b, struct sl_span channel, struct sl_span ts,
                       const struct sl_chat_card *c)
{
    bool decides = c->decides && sl_chat_card_whole(c);
    struct sl_jw w = sl_jw(b);
    SL_BUF(notice, 4096);

    sl_slack_message_begin(&w);
    sl_slack_header(&w, sl_span_str(title_of(c)));
    sl_slack_begin(&w);
    sl_slack_sentence(&w, c);
    sl_slack_statement(&w, c);
    put_facts(&w, c);
    put_standing(&w, c);
    if (is_pending(c) && !decides)
        put_why_not(&w, c);
    sl_slack_end(&w, "rich_text");
    sl_slack_context(&w, c);
    put_buttons(&w, c, decides);
    put_notice(&notice, c);
    sl_slack_message_end(&w, channel, ts, sl_span(NULL, 0), sl_buf_span(&notice));
}
