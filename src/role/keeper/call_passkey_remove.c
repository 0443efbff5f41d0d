#include "role/keeper/call_passkey_int.h"

#include "base/encode.h"
#include "role/keeper/approval.h"
#include "role/keeper/govern.h"
#include "role/keeper/keeper_int.h"

/* Removing passkeys: one of its person's own signs that, or the operator does it. */

/* What it had said yes to and is not spent yet ends with it. */
static void record_removed(struct call *c, const struct passkey *p, const struct allowed *by,
                           const struct sl_entry_passkey *e)
{
    json_t *event = event_new("passkey_removed", 0);
    struct sl_entry_passkey entry = *e;
    SL_BUF(key, SL_WEBAUTHN_ID_MAX);

    event_str(event, "id", p->id);
    passkey_event_used(event, by);
    entry.removed = true;
    entry.identity = p->identity;
    if (sl_base64url_get(&key, p->id) == SL_OK)
        entry.key = sl_buf_span(&key);
    passkey_leaf(c->keeper, event, &entry);
    sl_log(SL_LOG_WARN, "passkey_removed", SL_TEXT("identity", p->identity), SL_TEXT("key", p->id),
           SL_TEXT("by", e->by));
    grants_kill_by_passkey(c->keeper, p->id, "the passkey of an approver was removed");
    c->reply = json_object();
    json_put_str(c->reply, "key", p->id);
}

static bool says_remove(struct sl_span document, struct sl_span key)
{
    json_t *value = NULL;
    bool says = sl_json_read(document, &value, NULL) == SL_OK &&
                sl_span_is(sl_json_str(value, "purpose"), "remove") &&
                sl_span_eq(sl_json_str(value, "key"), key);

    json_decref(value);
    return says;
}

void call_PASSKEY_REMOVE(struct call *c)
{
    struct sl_span id = call_str(c, "key");
    struct allowed by;
    struct passkey p;
    struct sl_span document;

    if (!passkeys_here(c) || !passkey_own(c, id, &p) || !passkey_vouch_read(c, &by))
        return;
    if (!assertion_challenge(c->keeper, &by.by, CHALLENGE_PASSKEY, c->who.name, &document) ||
        !says_remove(document, id)) {
        challenge_unknown(c);
        return;
    }
    if (!passkey_vouch_check(c, &by, document) || passkey_get(c->keeper, id, &p) != SL_OK)
        return;
    struct sl_entry_proof allowed = assertion_entry(&by.by, document);
    record_removed(c, &p, &by,
                   &(struct sl_entry_passkey){
                       .allowed_by = &allowed, .by = c->who.name, .channel = call_channel(c)});
}

/* --- the operator --- */

void call_PASSKEY_REVOKE(struct call *c)
{
    struct passkey p;

    if (passkey_get(c->keeper, call_str(c, "key"), &p) != SL_OK || p.removed_us != 0) {
        call_problem(c, 404, "No such passkey", "There is no passkey of this id.",
                     "sluice passkeys list");
        return;
    }
    if (govern_waits(c)) /* fewer people have one then, and by default less is asked of the rest */
        return;
    bool is_known = c->maker.issuer.n > 0;
    record_removed(c, &p, NULL,
                   &(struct sl_entry_passkey){
                       .by = is_known ? c->maker.issuer : SL_SPAN("operator"),
                       .approval = c->maker.approval,
                       .channel = c->maker.channel.n > 0 ? c->maker.channel : SL_SPAN("control"),
                       .reason =
                           call_str(c, "reason").n > 0 ? call_str(c, "reason") : c->maker.why});
}
