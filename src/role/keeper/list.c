#include "role/keeper/keeper_int.h"

#include "core/action/list.h"
#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/mask.h"
#include "role/keeper/sessions.h"

/* Lists of statements that are approved as one action (docs/lists.md): what a gate may call one,
 * handing one back to whoever asked for it, and its text for people and the ledger. */

static bool is_statement(const json_t *item)
{
    size_t texts =
        (json_object_get(item, "sql") != NULL) + (json_object_get(item, "unclear") != NULL);
    const json_t *unclear = json_object_get(item, "unclear");

    return json_is_string(json_object_get(item, "sql")) && json_object_size(item) == texts &&
           (unclear == NULL || json_is_string(unclear));
}

enum sl_err list_read(const json_t *operation, size_t *count)
{
    const json_t *list = json_object_get(operation, "list");
    size_t n = json_array_size(list);

    if (list == NULL) {
        *count = 0;
        return SL_OK;
    }
    if (n == 0 || n > SL_LIST_MAX || json_object_size(operation) != 1)
        return SL_EMALFORMED;
    for (size_t i = 0; i < n; i++)
        if (!is_statement(json_array_get(list, i)))
            return SL_EMALFORMED;
    *count = n;
    return SL_OK;
}

/* --- handing it back ------------------------------------------------------------------------- */

static void say_no(struct peer *p, uint64_t session, const char *why)
{
    ANSWER(p, list, .session = session, .why = sl_span_str(why));
}

static const char *problem(const struct session *s, const struct approval *a)
{
    uint64_t now_us = sl_clock_us();

    if (!sl_span_eq(a->identity, s->identity) || !sl_span_eq(a->target, s->target))
        return "there is no approval with this id that this identity asked for on this target";
    if (!approval_is_list(a) && approval_envelope(a).times == 0)
        return "that approval is not for a list of statements: run its statement";
    if (a->state == SL_APPROVAL_PENDING && now_us < a->expires_us)
        return NULL;
    if (a->state == SL_APPROVAL_APPROVED && now_us < a->grant_expires_us)
        return NULL;
    if (a->state == SL_APPROVAL_SPENT)
        return approval_is_list(a)
                   ? "that list has run, or begun to: what is left of it needs a new approval"
                   : "that envelope is used up: what is left to do needs a new approval";
    return "that approval is over: ask anew";
}

static void hand_back(struct peer *p, uint64_t session, const json_t *document)
{
    const json_t *list = json_object_get(json_object_get(document, "operation"), "list");
    struct sl_ipc_list statements = {0};
    const json_t *operation = json_object_get(document, "operation");
    struct sl_envelope e = {0};
    SL_BUF(items, SL_LIST_MAX_BYTES + SL_LIST_MAX * 16);
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
        sl_ipc_list_add(&items, &statements, sl_json_str(item, "sql"));
    if (envelope_read(operation, &e) != SL_OK || sl_buf_err(&items) != SL_OK ||
        (statements.count == 0 && e.times == 0)) {
        say_no(p, session, "the list cannot be read any more");
        return;
    }
    ANSWER(p, list, .session = session, .statements = statements,
           .reason = sl_json_str(document, "reason"), .run = sl_json_str(document, "run"),
           .sink = sl_json_str(document, "sink"),
           .template = e.times > 0 ? sl_json_str(operation, "sql") : sl_span(NULL, 0),
           .times = e.times, .rows = e.rows, .for_s = e.for_s);
}

void on_list_ask(struct peer *p, const struct sl_msg_list_ask *m)
{
    struct keeper *k = p->keeper;
    struct session *s = session_get(k, p->index, m->session);
    APPROVAL(a);

    if (s == NULL) {
        sl_channel_break(p->channel, SL_ESTATE);
        return;
    }
    if (m->approval.n != 36 || approval_get(k, m->approval, &a) != SL_OK) {
        say_no(p, s->id,
               "there is no approval with this id that this identity asked for on this target");
        return;
    }
    const char *why = problem(s, &a);
    json_t *document = why == NULL ? approval_document(k, &a) : NULL;
    if (why == NULL && document == NULL)
        why = "its statements were erased";
    if (why != NULL)
        say_no(p, s->id, why);
    else
        hand_back(p, s->id, document);
    json_decref(document);
}

bool approval_is_list(const struct approval *a)
{
    return json_object_get(a->detail, "list") != NULL;
}
