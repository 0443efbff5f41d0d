/* Saying no so that the client understands it and the server agrees (P5).
 *
 * Where nothing is under way the answer is ours alone. Otherwise the server is given something that
 * fails in the refused message's place: its transaction is aborted as PostgreSQL itself would
 * abort it, a pipeline is skipped to its Sync, and only the error's text is replaced by ours.
 */
#include "role/gate/refuse.h"

#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/session.h"

#include <stdlib.h>

enum { TEXT_MAX = 8192 };

static struct sl_span optional(const char *text)
{
    return text == NULL ? sl_span(NULL, 0) : sl_span_str(text);
}

static void put_error(struct sl_buf *b, const struct refusal *r)
{
    struct sl_pg_notice n = {
        .severity = SL_SPAN("ERROR"),
        .sqlstate = sl_span_str(r->sqlstate),
        .message = sl_span_str(r->message),
        .detail = optional(r->detail),
        .hint = optional(r->hint),
    };

    sl_pg_put_error(b, &n);
}

/* The message that must fail goes to the server; the error that comes back is replaced by ours. */
static void fail_at_server(struct session *s, enum item_kind kind, const struct refusal *r,
                           struct sl_span message)
{
    SL_BUF(error, TEXT_MAX * 4);
    uint8_t *copy;

    put_error(&error, r);
    copy = sl_buf_err(&error) == SL_OK ? malloc(error.n) : NULL;
    if (copy == NULL) {
        session_kill(s, "out of memory");
        return;
    }
    memcpy(copy, error.p, error.n);
    client_flush(s);
    struct item *item = item_push(s, kind);
    item->flags = ITEM_REFUSED;
    item->local = sl_span(copy, error.n);
    if (!s->dead && !stream_write(&s->server, message))
        session_kill(s, "the server does not take what it is sent");
}

/* In the middle of a pipeline the server may be skipping to its Sync already, and would skip a
 * Query too: then every later answer would be taken for that of the message before. A Sync it never
 * skips. */
static void refuse_in_pipeline(struct session *s, const struct refusal *r)
{
    SL_BUF(b, 16);

    refuse_extended(s, r);
    sl_pg_put_sync(&b);
    item_push(s, ITEM_SYNC)->flags = s->ddl_unsynced ? ITEM_ENDS_DDL : 0;
    s->ddl_unsynced = false;
    if (!s->dead && !stream_write(&s->server, sl_buf_span(&b)))
        session_kill(s, "the server does not take what it is sent");
    s->segment++;
    s->unsynced = s->skip_to_sync = false;
}

void refuse_simple(struct session *s, const struct refusal *r)
{
    hold_free(s);
    if (s->unsynced && s->item_count > 0) {
        refuse_in_pipeline(s, r);
        return;
    }
    if (s->item_count == 0 && !s->unsynced && s->tx != 'T') {
        SL_BUF(b, TEXT_MAX * 4);
        put_error(&b, r);
        sl_pg_put_ready(&b, (enum sl_pg_ready)s->tx);
        if (sl_buf_err(&b) == SL_OK)
            server_say(s, sl_buf_span(&b));
        else
            session_kill(s, "out of memory");
        return;
    }
    SL_BUF(b, 256);
    sl_pg_put_query(&b, SL_SPAN("sluice: refused"));
    fail_at_server(s, ITEM_QUERY, r, sl_buf_span(&b));
    s->segment++;
    s->unsynced = false;
}

void refuse_extended(struct session *s, const struct refusal *r)
{
    SL_BUF(b, 256);

    hold_free(s);
    sl_pg_put_parse(&b, SL_SPAN("sluice: refused"), SL_SPAN("sluice: refused"), NULL, 0);
    fail_at_server(s, ITEM_PARSE, r, sl_buf_span(&b));
    s->unsynced = true;
    s->skip_to_sync = true;
}

static void put_rules(struct sl_buf *b, const struct sl_answer *a)
{
    for (size_t i = 0; i < a->rule_count; i++)
        sl_buf_say(b, "%s\"%S\"", i == 0 ? "" : ", ", a->rules[i]->name);
    if (a->rule_count == 0)
        sl_buf_put_str(b, a->from_default ? "the target's default" : "Sluice itself");
}

void refuse_denied(struct session *s, const struct judged *j, struct sl_buf *message,
                   struct sl_buf *detail, struct sl_buf *hint)
{
    const struct sl_meaning *m = &j->meaning->m;

    sl_buf_put_str(message, "denied by ");
    put_rules(message, &j->verdict->answer);
    sl_buf_say(detail, "%S may not do this on target %S: ", s->who->name, s->target->config->name);
    sl_effects_put(detail, m->effects);
    for (size_t i = 0; i < m->access_count && i < 8; i++)
        sl_buf_say(detail, "%s%S", i == 0 ? " on " : ", ", m->accesses[i].dataset);
    if (m->opaque_why.n > 0)
        sl_buf_say(detail, " (%S)", m->opaque_why);
    sl_buf_put_str(hint,
                   "nothing of this message ran; ask whoever keeps the policy of this target");
}
