/* Leaves about passkeys, and what passkeys signed. */
#include "core/ledger/entry_int.h"

#include "base/encode.h"

static void member_bytes(struct sl_jw *w, const char *key, struct sl_span bytes)
{
    SL_BUF(text, 16 * 1024);

    sl_base64url_put(&text, bytes);
    sl_member_str(w, key, sl_buf_span(&text));
}

void sl_member_proof(struct sl_jw *w, const char *key, const struct sl_entry_proof *p)
{
    if (p == NULL)
        return;
    sl_jw_key(w, key);
    sl_jw_object(w);
    member_bytes(w, "authenticator_data", p->authenticator_data);
    member_bytes(w, "client_data", p->client_data);
    member_bytes(w, "key", p->key);
    member_bytes(w, "signature", p->signature);
    sl_jw_key(w, "signed");
    sl_jw_raw(w, p->document);
    sl_jw_end(w);
}

static void member_bool(struct sl_jw *w, const char *key, bool value)
{
    sl_jw_key(w, key);
    sl_jw_bool(w, value);
}

void sl_entry_put_passkey(struct sl_buf *b, const struct sl_entry_passkey *e)
{
    struct sl_jw w = sl_jw(b);
    size_t start = b->n;

    sl_jw_object(&w);
    sl_member_str(&w, "algorithm", e->algorithm);
    sl_member_proof(&w, "allowed_by", e->allowed_by);
    sl_member_str(&w, "approval", e->approval);
    if (!e->removed) {
        member_bool(&w, "backed_up", e->backed_up);
        member_bool(&w, "backup_eligible", e->backup_eligible);
    }
    sl_member_str(&w, "by", e->by);
    sl_member_str(&w, "channel", e->channel);
    sl_member_str(&w, "credential", e->credential);
    sl_member_str(&w, "event", e->removed ? SL_SPAN("removed") : SL_SPAN("enrolled"));
    sl_member_str(&w, "identity", e->identity);
    member_bytes(&w, "key", e->key);
    sl_member_kind(&w, SL_ENTRY_PASSKEY);
    sl_member_proof(&w, "possession", e->possession);
    member_bytes(&w, "public_key", e->public_key);
    sl_member_said(&w, "reason", e->reason);
    sl_member_str(&w, "rp_id", e->rp_id);
    sl_member_time_v(&w, e->time_us);
    sl_jw_end(&w);
    sl_entry_check(b, start);
}
