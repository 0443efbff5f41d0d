/* Leaves about the program, its rules, its people and its keys. */
#include "core/ledger/entry_int.h"

#include "base/utf8.h"

void sl_entry_put_session(struct sl_buf *b, const struct sl_entry_session *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_said(&w, "address", e->address);
    sl_member_str(&w, "environment", e->environment);
    sl_member_str(&w, "event", e->close ? SL_SPAN("close") : SL_SPAN("open"));
    sl_member_u64(&w, "gate", e->gate);
    sl_member_list(&w, "groups", &e->groups);
    sl_member_str(&w, "identity", e->identity);
    sl_member_str(&w, "identity_kind", e->identity_kind);
    sl_member_said(&w, "job", e->job);
    sl_member_said(&w, "job_link", e->job_link);
    sl_member_kind(&w, SL_ENTRY_SESSION);
    sl_member_list(&w, "on_behalf_of", &e->on_behalf_of);
    sl_member_str(&w, "owner", e->owner);
    sl_member_str(&w, "protocol", e->protocol);
    sl_member_list(&w, "requesters", &e->requesters);
    sl_member_u64(&w, "session", e->session);
    sl_member_str(&w, "target", e->target);
    sl_jw_key(&w, "time");
    sl_jw_time(&w, e->time_us);
    if (!e->close) { /* how a session was encrypted is a fact of its beginning */
        sl_jw_key(&w, "tls");
        sl_jw_bool(&w, e->tls);
    }
    sl_member_said(&w, "upstream_user", e->upstream_user);
    sl_jw_key(&w, "v");
    sl_jw_u64(&w, 1);
    sl_member_said(&w, "why", e->why);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_sign_in_failure(struct sl_buf *b, const struct sl_entry_sign_in_failure *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_said(&w, "address", e->address);
    sl_member_u64(&w, "count", e->count);
    sl_member_time(&w, "first", e->first_us);
    sl_member_said(&w, "identity", e->identity);
    sl_member_kind(&w, SL_ENTRY_SIGN_IN_FAILURE);
    sl_member_time(&w, "last", e->last_us);
    sl_member_said(&w, "target", e->target);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "why", e->why);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_start(struct sl_buf *b, const struct sl_entry_start *e)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_member_u64(&w, "cut_bytes", e->cut_bytes);
    sl_member_kind(&w, SL_ENTRY_START);
    sl_member_hex(&w, "policy", e->policy_digest, SL_SHA256);
    sl_member_u64(&w, "replayed", e->replayed);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "version", e->version);
    sl_jw_end(&w);
}

void sl_entry_put_stop(struct sl_buf *b, const struct sl_entry_stop *e)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_member_kind(&w, SL_ENTRY_STOP);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "why", e->why);
    sl_jw_end(&w);
}

void sl_entry_put_canary(struct sl_buf *b, const struct sl_entry_canary *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_str(&w, "identity", e->identity);
    sl_member_kind(&w, SL_ENTRY_CANARY);
    sl_member_str(&w, "result", e->result);
    sl_member_str(&w, "target", e->target);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "why", e->why);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_reload(struct sl_buf *b, const struct sl_entry_reload *e)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_jw_key(&w, "accepted");
    sl_jw_bool(&w, e->accepted);
    sl_member_str(&w, "approval", e->approval);
    sl_member_kind(&w, SL_ENTRY_RELOAD);
    sl_member_hex(&w, "policy", e->policy_digest, SL_SHA256);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "why", e->why);
    sl_jw_end(&w);
}

/* --- policy text ---------------------------------------------------------------------------- */

/* Where part `part` begins: parts are cut between characters, so they have to be walked. */
static size_t part_start(struct sl_span text, size_t part)
{
    size_t at = 0;

    while (part-- > 0)
        at += sl_utf8_head(sl_span_from(text, at), SL_ENTRY_POLICY_CHUNK).n;
    return at;
}

size_t sl_entry_policy_parts(struct sl_span text)
{
    size_t count = 0;

    for (size_t at = 0; at < text.n; count++) {
        size_t n = sl_utf8_head(sl_span_from(text, at), SL_ENTRY_POLICY_CHUNK).n;
        if (n == 0) /* no text: every character has a head */
            return 1;
        at += n;
    }
    return count == 0 ? 1 : count;
}

void sl_entry_put_policy(struct sl_buf *b, uint64_t time_us, struct sl_span text, size_t part)
{
    struct sl_jw w = sl_jw(b);
    size_t parts = sl_entry_policy_parts(text), start = b->n;
    uint8_t digest[SL_SHA256];

    SL_PROMISE(part < parts);
    sl_sha256(text, digest);
    sl_jw_object(&w);
    sl_member_kind(&w, SL_ENTRY_POLICY);
    sl_jw_key(&w, "part");
    sl_jw_u64(&w, part);
    sl_jw_key(&w, "parts");
    sl_jw_u64(&w, parts);
    sl_member_hex(&w, "policy", digest, sizeof digest);
    sl_jw_key(&w, "text");
    sl_jw_str(&w, sl_utf8_head(sl_span_from(text, part_start(text, part)), SL_ENTRY_POLICY_CHUNK));
    sl_member_time_v(&w, time_us);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

/* --- people and keys ------------------------------------------------------------------------ */

void sl_entry_put_roster(struct sl_buf *b, const struct sl_entry_roster *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;
    struct sl_span hash_head = sl_span_head(e->hash_head, 8);

    sl_jw_object(&w);
    sl_member_proof(&w, "allowed_by", e->allowed_by);
    sl_member_str(&w, "approval", e->approval);
    sl_member_str(&w, "by", e->by);
    sl_member_str(&w, "channel", e->channel);
    sl_member_str(&w, "credential", e->credential);
    sl_member_hex(&w, "device", e->device.n == 8 ? e->device.p : NULL, e->device.n);
    sl_member_str(&w, "event", sl_span_str(sl_entry_roster_event_name(e->event)));
    sl_member_time(&w, "expires", e->expires_us);
    sl_member_time(&w, "from", e->from_us);
    sl_member_list(&w, "groups", &e->groups);
    sl_member_hex(&w, "hash_head", hash_head.n > 0 ? hash_head.p : NULL, hash_head.n);
    sl_member_str(&w, "identity", e->identity);
    sl_member_str(&w, "identity_kind", e->identity_kind);
    sl_member_str(&w, "issuer", e->issuer);
    sl_member_kind(&w, SL_ENTRY_ROSTER);
    sl_member_list(&w, "on_behalf_of", &e->on_behalf_of);
    sl_member_str(&w, "os_user", e->os_user);
    sl_member_str(&w, "other", e->other);
    sl_member_str(&w, "owner", e->owner);
    sl_member_said(&w, "reason", e->reason);
    sl_member_str(&w, "subject", e->subject);
    sl_member_time_v(&w, e->time_us);
    sl_member_str(&w, "with", e->with);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

void sl_entry_put_key(struct sl_buf *b, const struct sl_entry_key *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_kind(&w, SL_ENTRY_KEY);
    sl_member_str(&w, "new_key", e->new_key);
    sl_member_str(&w, "old_key", e->old_key);
    sl_member_str(&w, "statement", e->statement);
    sl_member_time_v(&w, e->time_us);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}

static const char *label_event_name(enum sl_entry_label_event event)
{
    static const char *const names[] = {
#define EVENT_NAME(NAME, text) text,
        SL_ENTRY_LABEL_EVENTS(EVENT_NAME)
#undef EVENT_NAME
    };

    return (unsigned)event < SL_COUNT(names) ? names[event] : "";
}

static void put_label_column(struct sl_jw *w, const struct sl_entry_label_column *c)
{
    sl_jw_object(w);
    sl_member_said(w, "column", c->column);
    sl_member_said(w, "declassified", c->declassified);
    sl_member_said(w, "from", c->source);
    sl_member_said(w, "label", c->label);
    sl_jw_end(w);
}

void sl_entry_put_label(struct sl_buf *b, const struct sl_entry_label *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_u64(&w, "action", e->action);
    sl_jw_key(&w, "columns");
    sl_jw_array(&w);
    for (size_t i = 0; i < e->count; i++)
        put_label_column(&w, &e->columns[i]);
    sl_jw_end(&w);
    sl_member_str(&w, "event", sl_span_str(label_event_name(e->event)));
    sl_member_kind(&w, SL_ENTRY_LABEL);
    sl_member_u64(&w, "session", e->session);
    sl_member_str(&w, "target", e->target);
    sl_member_time_v(&w, e->time_us);
    sl_member_said(&w, "why", e->why);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}
