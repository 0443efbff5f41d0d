#include "role/keeper/keeper_int.h"

#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/journals.h"
#include "role/keeper/sight.h"

/* Reading one approval, and ending one's own. */

enum { REASON_BYTES = 2000 };

/* The approval that the body names, if the caller may see it; else the answer is made. What one may
 * not see does not exist. */
static bool named(struct call *c, struct approval *a)
{
    struct sl_span id = call_str(c, "id");

    if (id.n > 0 && approval_get(c->keeper, id, a) == SL_OK && approval_visible(c, a))
        return true;
    call_problem(c, 404, "No such approval", "There is no approval with this id that you may see.",
                 "");
    return false;
}

/* For lists, events and long polls: however many ask, and however long the statement is. */
static void tell_brief(struct call *c, const struct approval *a)
{
    c->reply = approval_json_brief_unseen(c, a);
    shown_record(c, a, c->reply);
}

void call_APPROVAL_GET(struct call *c)
{
    APPROVAL(a);

    if (!named(c, &a))
        return;
    if (json_is_true(json_object_get(c->body, "brief"))) {
        tell_brief(c, &a);
        return;
    }
    c->reply = approval_json(c, &a);
    approval_put_rules(c, c->reply, &a);
    approval_put_lineage(c, c->reply, &a);
    approval_put_last_alike(c, c->reply, &a);
}

/* --- ending --- */

static bool is_requester(const struct call *c, const struct approval *a)
{
    for (size_t i = 0; i < a->barred_count; i++)
        if (sl_span_eq(a->barred[i].person, c->who.person))
            return true;
    return false;
}

static bool is_reviewer(struct call *c, const struct approval *a)
{
    uint32_t may = 0;

    approval_may(c->keeper, a, &c->who, &c->with, c->channel, &may);
    return may != 0 && c->who.kind == SL_HUMAN && c->with.deciding;
}

static void wrong_state(struct call *c, const struct approval *a)
{
    SL_BUF(text, 256);

    sl_buf_say(&text, "This approval is %s.", sl_approval_state_name(a->state));
    call_problem(c, 409, "Not possible now", sl_buf_text(&text), "");
}

static void end(struct call *c, struct approval *a, enum sl_approval_event on, const char *word)
{
    enum sl_approval_state to;
    SL_BUF(reason, 4096);

    if (sl_approval_move(a->state, on, &to, NULL) != SL_OK) {
        wrong_state(c, a);
        return;
    }
    sl_buf_say(&reason, "%s by %S", word, c->who.name);
    if (call_str(c, "reason").n > 0)
        sl_buf_say(&reason, ": %S", sl_utf8_head(call_str(c, "reason"), REASON_BYTES));
    approval_end(c->keeper, a,
                 &(struct move){.on = on,
                                .by = c->who.name,
                                .channel = call_channel(c),
                                .reason = sl_buf_span(&reason)});
    APPROVAL(after);
    if (approval_get(c->keeper, a->id, &after) == SL_OK)
        c->reply = approval_json(c, &after);
}

static void not_yours(struct call *c)
{
    call_problem(c, 403, "Not yours",
                 "Only the requester, its owner or a reviewer with a deciding "
                 "credential may do this.",
                 "");
}

void call_CANCEL(struct call *c)
{
    APPROVAL(a);

    if (!named(c, &a))
        return;
    if (is_requester(c, &a))
        end(c, &a, SL_APPROVAL_ON_CANCEL, "cancelled");
    else
        not_yours(c);
}

void call_REVOKE(struct call *c)
{
    APPROVAL(a);

    if (!named(c, &a))
        return;
    if (is_requester(c, &a) || is_reviewer(c, &a))
        end(c, &a, SL_APPROVAL_ON_REVOKE, "revoked");
    else
        not_yours(c);
}

/* Stops what is running with this approval; its outcome comes through the journal. An envelope that
 * is not used up ends with it, running or not: its agent would begin the next use at once. */
void call_STOP(struct call *c)
{
    APPROVAL(a);

    if (!named(c, &a))
        return;
    if (!is_requester(c, &a) && !is_reviewer(c, &a)) {
        not_yours(c);
        return;
    }
    struct sl_span why = sl_utf8_head(call_str(c, "reason"), REASON_BYTES);
    bool ends = approval_envelope(&a).times > 0 && a.state == SL_APPROVAL_APPROVED;
    if (ends) /* first, so that nothing begins meanwhile */
        end(c, &a, SL_APPROVAL_ON_REVOKE, "stopped");
    size_t stopped =
        running_stop(c->keeper, a.id, c->who.name, why.n > 0 ? why : SL_SPAN("stopped"));
    if (ends)
        return;
    if (stopped == 0)
        call_problem(c, 409, "Nothing runs", "No statement is running with this approval.", "");
    else
        c->reply = approval_json(c, &a);
}
