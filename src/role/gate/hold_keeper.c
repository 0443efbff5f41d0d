/* What the keeper says about a held action. */
#include "role/gate/hold_int.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "base/when.h"
#include "os/clock.h"
#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"

/* --- the keeper's messages --- */

static void put_hint(struct sl_buf *hint, const struct hold *h, const struct sl_msg_action_held *m)
{
    if (h->list_asks && h->is_envelope)
        sl_buf_say(hint,
                   "Once it is approved: SET sluice.request = '%S'; then statements of this "
                   "template, and no others. Reviewers see it at %S",
                   m->approval, m->link);
    else if (h->list_asks)
        sl_buf_say(hint,
                   "Once it is approved: SET sluice.request = '%S'; then its statements, in "
                   "this order. Reviewers see it at %S",
                   m->approval, m->link);
    else
        sl_buf_say(hint, "Wait, or run the same statement again later. Reviewers see it at %S",
                   m->link);
}

static void tell_client(struct session *s, const struct hold *h, const struct sl_msg_action_held *m)
{
    SL_BUF(b, TEXT_MAX * 2);
    SL_BUF(message, TEXT_MAX);
    SL_BUF(detail, TEXT_MAX);
    SL_BUF(hint, 1024);
    SL_BUF(left, 64);
    uint64_t now = sl_clock_us();

    sl_duration_put(&left, m->expires_us > now ? (m->expires_us - now) / 1000 : 0);
    sl_buf_say(&message, "held%s: approval %S, %S to %s",
               m->joined ? ", joining an open request" : "", m->approval, sl_buf_span(&left),
               m->granted ? "run it: it is approved" : "decide");
    sl_buf_say(&detail, "%S; needs a yes from %S", m->why, m->reviewers);
    put_hint(&hint, h, m);
    struct sl_pg_notice n = {
        .severity = SL_SPAN("NOTICE"),
        .sqlstate = SL_SPAN("00000"),
        .message = sl_buf_span(&message),
        .detail = sl_buf_span(&detail),
        .hint = sl_buf_span(&hint),
    };
    sl_pg_put_notice(&b, &n);
    if (sl_buf_err(&b) == SL_OK)
        server_say_now(s, sl_buf_span(&b));
}

/* "question from rita about approval ..: why all of them?", or who released it alone. The words are
 * a stranger's to the client's terminal. */
static void put_words(struct sl_buf *b, const struct sl_msg_action_note *m)
{
    sl_buf_say(b,
               m->alone == 0 ? "question from %S about approval %S: "
                             : "released by %S alone (break-glass), approval %S: ",
               m->who, m->approval);
    for (struct sl_span rest = m->text; rest.n > 0;) {
        struct sl_span line = sl_span_head(rest, sl_span_find(rest, '\n'));

        sl_utf8_put_printable(b, line);
        rest = sl_span_from(rest, line.n + 1);
        if (rest.n > 0)
            sl_buf_put_u8(b, '\n');
    }
}

void hold_note(struct session *s, struct sl_channel *c, struct sl_span body)
{
    struct sl_msg_action_note m;
    SL_BUF(b, TEXT_MAX * 2);
    SL_BUF(message, TEXT_MAX);

    if (sl_msg_action_note_get(body, &m) != SL_OK) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    put_words(&message, &m);
    struct sl_pg_notice n = {
        .severity = SL_SPAN("NOTICE"),
        .sqlstate = SL_SPAN("00000"),
        .message = sl_buf_span(&message),
        .hint =
            m.alone != 0
                ? SL_SPAN("Nobody else was asked; two other people look at it afterwards "
                          "(sluice review).")
                : SL_SPAN("Answer on another connection with SET sluice.answer = 'your words', or "
                          "with: sluice answer ID 'your words'"),
    };
    sl_pg_put_notice(&b, &n);
    if (sl_buf_err(&b) == SL_OK)
        server_say_now(s, sl_buf_span(&b));
}

static enum sl_err take_uuid(struct hold *h, struct sl_span text)
{
    SL_BUF(hex, 64);

    if (text.n != 36)
        return SL_EMALFORMED;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '-')
            sl_buf_put_u8(&hex, text.p[i]);
    SL_TRY(sl_hex_fixed(h->uuid, sizeof h->uuid, sl_buf_span(&hex)));
    memcpy(h->approval, text.p, 36);
    return SL_OK;
}

enum sl_err hold_take_held(struct session *s, struct hold *h, struct sl_span body)
{
    struct sl_msg_action_held m;
    uint8_t digest[SL_SHA256];

    SL_TRY(sl_msg_action_held_get(body, &m));
    if (m.salt.n != sizeof h->salt || m.digest.n != sizeof h->digest)
        return SL_EMALFORMED;
    SL_TRY(take_uuid(h, m.approval));
    memcpy(h->salt, m.salt.p, sizeof h->salt);
    memcpy(h->digest, m.digest.p, sizeof h->digest);
    sl_buf_reset(&h->requesters);
    sl_buf_put(&h->requesters, m.requester.items);
    h->requester_list = (struct sl_ipc_list){m.requester.count, sl_buf_span(&h->requesters)};
    SL_TRY(hold_digest(s, h, &h->judged, sl_buf_span(&h->operation), digest));
    if (memcmp(digest, h->digest, sizeof digest) != 0 && hold_is_outdated(s, h)) {
        if (h == s->hold)
            hold_judge_again(s, "labels or policy changed while it was asked");
        else
            stop_ask_again(s);
        return SL_OK;
    }
    if (memcmp(digest, h->digest, sizeof digest) != 0)
        return SL_ECORRUPT;
    h->phase = PHASE_HELD;
    if (!h->told && !(h->is_envelope && m.granted != 0 && !h->list_asks))
        tell_client(s, h, &m);
    h->told = true;
    return SL_OK;
}

static enum sl_err take_offer(struct session *s, struct sl_span body)
{
    struct hold *h = s->hold;
    struct sl_msg_action_offer m;

    SL_TRY(sl_msg_action_offer_get(body, &m));
    if (h->phase != PHASE_HELD || !sl_span_is(m.approval, h->approval))
        return SL_ESTATE;
    h->phase = PHASE_CHECKING;
    session_resume(s, WAIT_HOLD);
    return SL_OK;
}

static enum sl_err take_go(struct session *s, struct sl_span body)
{
    struct hold *h = s->hold;
    struct sl_msg_action_go m;

    SL_TRY(sl_msg_action_go_get(body, &m));
    if (h->phase != PHASE_OFFERED || !sl_span_is(m.approval, h->approval))
        return SL_ESTATE;
    h->phase = PHASE_GRANTED;
    h->rows = m.rows;
    session_resume(s, WAIT_HOLD);
    return SL_OK;
}

enum sl_err hold_take_refused(struct hold *h, struct sl_span body)
{
    struct sl_msg_action_refused m;

    SL_TRY(sl_msg_action_refused_get(body, &m));
    h->phase = PHASE_REFUSED;
    h->spending = false;
    memcpy(h->sqlstate, m.sqlstate.n == 5 ? (const char *)m.sqlstate.p : "42501", 5);
    if (m.why.n == 0)
        sl_buf_put_str(&h->message, "refused");
    sl_utf8_put_printable(&h->message, m.why);
    if (m.rule.n > 0)
        sl_buf_say(&h->detail, "rule \"%S\"", m.rule);
    if (m.who.n > 0)
        sl_buf_say(&h->detail, "%sdecided by %S", h->detail.n > 0 ? "; " : "", m.who);
    if (m.approval.n > 0)
        sl_buf_say(&h->detail, "%sapproval %S", h->detail.n > 0 ? "; " : "", m.approval);
    sl_buf_put(&h->hint, m.hint);
    return SL_OK;
}

static enum sl_err take_refused(struct session *s, struct sl_span body)
{
    SL_TRY(hold_take_refused(s->hold, body));
    session_resume(s, WAIT_HOLD);
    return SL_OK;
}

static void take_stale(struct session *s)
{
    struct gate *g = s->gate;
    struct hold *h = s->hold;

    h->spending = false;
    bool older = h->generation == g->generation; /* ours is: the new policy is on its way */
    hold_free(s);                                /* judged and evaluated again from the start */
    judged_done(&s->kept);
    if (s->wait != WAIT_HOLD)
        return; /* it waits for a judge, or the server: what they say leads to a new proposal */
    if (older)
        s->wait = WAIT_KEEPER; /* until the reload, or a tick later */
    else
        session_resume(s, WAIT_HOLD);
}

void hold_keeper(struct session *s, enum sl_message type, struct sl_span body)
{
    struct hold *h = s->hold;
    enum sl_err e = SL_EUNSUPPORTED;

    if (h == NULL)
        return;
    if (type == SL_MESSAGE_ACTION_HELD)
        e = hold_take_held(s, h, body);
    else if (type == SL_MESSAGE_ACTION_OFFER)
        e = take_offer(s, body);
    else if (type == SL_MESSAGE_ACTION_GO)
        e = take_go(s, body);
    else if (type == SL_MESSAGE_ACTION_REFUSED)
        e = take_refused(s, body);
    else if (type == SL_MESSAGE_ACTION_STALE) {
        take_stale(s);
        return;
    }
    if (e == SL_OK && s->hold == h && h->list_asks && h->phase == PHASE_HELD)
        session_resume(s, WAIT_HOLD); /* that there is an approval is all it waits for */
    if (e == SL_OK || s->hold != h)
        return;
    sl_log(SL_LOG_ERROR, "hold_refused", SL_NUM("session", s->id),
           SL_CSTR("message", sl_ipc_name(type)), SL_CSTR("why", sl_err_text(e)));
    hold_refused(h, "XX000",
                 "Sluice's own check of this approval failed; the statement did not run",
                 "this is a fault in Sluice: tell whoever runs it");
    hold_leave(s, 3, "the gate's check failed");
    session_resume(s, WAIT_HOLD);
}
