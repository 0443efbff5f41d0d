#include "role/keeper/chat.h"
#include "role/keeper/keeper_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/glass.h"
#include "role/keeper/govern.h"
#include "role/keeper/hooks.h"
#include "role/keeper/openlineage.h"
#include "role/keeper/stats.h"

/* What runs, and the ledger's key and checkpoint. */

static json_t *journal_json(const struct journal *j)
{
    json_t *one = json_object();
    uint64_t head = 0;

    if (j->open)
        memcpy(&head, j->ring.base + 64, sizeof head);
    json_object_set_new(one, "attached", json_boolean(j->open));
    json_object_set_new(one, "size", json_integer((json_int_t)j->ring.size));
    json_object_set_new(one, "waiting", json_integer((json_int_t)(j->open ? head - j->at : 0)));
    return one;
}

static void put_counts(struct keeper *k, json_t *out)
{
    static const char *const names[] = {"identities", "pending", "approved", "approvals"};
    struct db_rows rows = db_ask(k->store.db, DB_COUNTS, "");

    if (db_row(&rows))
        for (int i = 0; i < (int)SL_COUNT(names); i++)
            json_object_set_new(out, names[i], json_integer((json_int_t)db_u64(&rows, i)));
    db_end(&rows);
}

static void put_ledger(struct keeper *k, json_t *out)
{
    json_t *ledger = json_object();
    SL_BUF(vkey, 1024);

    sl_vkey_put(&vkey, sl_ledger_vkey(k->store.ledger));
    json_object_set_new(ledger, "size", json_integer((json_int_t)sl_ledger_size(k->store.ledger)));
    json_object_set_new(ledger, "checkpoint",
                        json_integer((json_int_t)sl_ledger_checkpoint_size(k->store.ledger)));
    json_put_str(ledger, "vkey", sl_buf_span(&vkey));
    json_object_set_new(out, "ledger", ledger);
}

static void put_config(struct keeper *k, json_t *out)
{
    if (k->config == NULL)
        return;
    event_hex(out, "config_digest", sl_span(k->config->digest, sizeof k->config->digest));
    json_object_set_new(out, "generation", json_integer(k->generation));
}

void status_put_targets(struct keeper *k, json_t *out)
{
    json_object_set_new(out, "targets", stats_targets(k));
    if (k->canaries != NULL)
        json_object_set(out, "canaries", k->canaries);
    if (k->config != NULL && k->config->hook_count > 0)
        json_object_set_new(out, "hooks", hooks_json(k, true));
    json_t *sent = openlineage_sent(k);
    if (sent != NULL)
        json_object_set_new(out, "openlineage", sent);
}

void call_STATUS(struct call *c)
{
    struct keeper *k = c->keeper;
    json_t *status = json_object(), *journals = json_array();

    for (uint32_t i = 0; i < k->gates && i < MAX_GATES; i++)
        json_array_append_new(journals, journal_json(&k->journals[i]));
    if (k->programs != NULL)
        json_object_set(status, "programs", k->programs);
    if (c->peer != NULL &&
        c->peer->role == SL_ROLE_CONTROL) /* the desk's callers are strangers: no names */
        status_put_targets(k, status);
    if (c->peer != NULL && c->peer->role == SL_ROLE_CONTROL)
        json_object_set_new(status, "review_due", exceptions_json(k, false));
    json_object_set_new(status, "sessions", json_integer((json_int_t)sl_map_count(k->sessions)));
    json_object_set_new(status, "journals", journals);
    json_object_set_new(status, "recorded", json_integer((json_int_t)k->drained_actions));
    json_object_set_new(status, "draining", json_boolean(k->draining));
    json_put_time(status, "started_at", k->started_us);
    put_counts(k, status);
    put_ledger(k, status);
    put_config(k, status);
    c->reply = json_object();
    json_object_set_new(c->reply, "status", status);
}

void call_LEDGER_ROTATE_KEY(struct call *c)
{
    struct keeper *k = c->keeper;
    SL_BUF(vkey, 1024);

    if (store_commit(&k->store) != SL_OK ||
        sl_ledger_rotate_key(k->store.ledger, sl_clock_us()) != SL_OK) {
        call_problem(c, 500, "Not rotated", "The new key could not be put in force.", "");
        return;
    }
    k->store.needs_sync = true;
    sl_vkey_put(&vkey, sl_ledger_vkey(k->store.ledger));
    c->reply = json_object();
    json_put_str(c->reply, "vkey", sl_buf_span(&vkey));
}

void call_LEDGER_CHECKPOINT(struct call *c)
{
    struct keeper *k = c->keeper;
    struct sl_checkpoint last;
    SL_BUF(note, SL_NOTE_MAX);

    if (store_checkpoint(&k->store) != SL_OK) {
        call_problem(c, 500, "Not signed", "The checkpoint could not be written.", "");
        return;
    }
    last = sl_ledger_last_checkpoint(k->store.ledger);
    sl_checkpoint_put(&note, &last);
    c->reply = json_object();
    json_put_str(c->reply, "checkpoint", sl_buf_span(&note));
}

/* --- erasing --- */

static uint64_t entry_of(struct keeper *k, struct sl_span id)
{
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_ENTRY, "s", id);
    uint64_t entry = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return entry;
}

/* Who erases, and who let it happen. */
static void record_erasing(struct call *c, const struct approval *a)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_ERASED,
                                                             .time_us = sl_clock_us(),
                                                             .approval = a->id,
                                                             .digest = a->digest,
                                                             .approver = maker_name(&c->maker),
                                                             .channel = maker_channel(&c->maker),
                                                             .let_by = c->maker.approval,
                                                             .reason = c->maker.why});
    store_leaf(&c->keeper->store, &leaf, true, NULL);
}

/* First in the ledger, then beside it, then in the view: a crash in between leaves something to
 * erase again, and never a document that only looks erased, or one that went without a trace. */
static enum sl_err erase(struct call *c, const struct approval *a)
{
    struct keeper *k = c->keeper;
    json_t *event = event_new("erased", sl_clock_us());

    event_str(event, "id", a->id);
    record_erasing(c, a);
    SL_TRY(store_commit(&k->store));
    SL_TRY(sl_ledger_erase_openings(k->store.ledger, entry_of(k, a->id)));
    store_record(&k->store, NULL, event, true);
    return store_settle(&k->store);
}

void call_APPROVAL_ERASE(struct call *c)
{
    APPROVAL(a);
    struct sl_span id = call_str(c, "id");

    if (id.n == 0 || approval_get(c->keeper, id, &a) != SL_OK) {
        call_problem(c, 404, "No such approval", "There is no approval with this id.", "");
        return;
    }
    if (a.state == SL_APPROVAL_PENDING || a.state == SL_APPROVAL_APPROVED) {
        call_problem(c, 409, "Not possible now",
                     "It is still open: what people decide about must stay.",
                     "Cancel or revoke it first.");
        return;
    }
    if (govern_waits(c))
        return;
    if (erase(c, &a) != SL_OK) {
        call_problem(c, 500, "Not erased", "The document could not be overwritten.", "");
        return;
    }
    chats_touch(c->keeper, id); /* what stands there of it goes too */
    sl_log(SL_LOG_WARN, "approval_erased", SL_TEXT("approval", id), SL_TEXT("by", c->maker.issuer));
    c->reply = json_object();
    json_put_str(c->reply, "id", id);
}
