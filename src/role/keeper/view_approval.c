#include "role/keeper/view_int.h"

#include "core/action/action.h"
#include "core/approval/approval.h"
#include "role/keeper/approval.h"
#include "role/keeper/brief.h"

/* Events of an approval's life. */

/* The salt is known as long as the document is, and goes with it. */
static void salt_of(const json_t *document, uint8_t salt[SL_ACTION_SALT_BYTES])
{
    memset(salt, 0, SL_ACTION_SALT_BYTES);
    if (sl_hex_fixed(salt, SL_ACTION_SALT_BYTES, sl_json_str(document, "salt")) != SL_OK)
        memset(salt, 0, SL_ACTION_SALT_BYTES);
}

static bool is_document_of(struct sl_span document, struct sl_span digest)
{
    uint8_t is[SL_ACTION_DIGEST_BYTES];

    sl_action_document_digest(document, is);
    return sl_span_eq(sl_span(is, sizeof is), digest);
}

/* A long document lies by itself, so that nobody who only lists reads it. */
static void put_large(struct db *db, struct fields *f, struct sl_span text, const json_t *document)
{
    struct approval a = {.identity = str(f, "identity"),
                         .target = str(f, "target"),
                         .protocol = str(f, "protocol"),
                         .detail_text = str(f, "detail")};
    SL_BUF(brief, SL_ACTION_MAX_BYTES);

    brief_put(&brief, &a, document);
    db_run(db, DB_LARGE_ADD, "siss", str(f, "id"), (uint64_t)text.n, sl_buf_span(&brief), text);
}

void apply_asked(struct db *db, struct fields *f)
{
    struct sl_span digest = bytes(f, "digest"), join = bytes(f, "join_key"), text = f->document;
    uint8_t salt[SL_ACTION_SALT_BYTES];
    json_t *document = NULL;

    if (!is_document_of(text, digest) || sl_json_read(text, &document, NULL) != SL_OK)
        text = sl_span(NULL, 0);
    salt_of(document, salt);
    if (text.n > LARGE_DOCUMENT_BYTES) {
        put_large(db, f, text, document);
        text = sl_span(NULL, 0);
    }
    json_decref(document);
    db_run(db, DB_APPROVAL_ADD, "sssssiiibbbssiii", str(f, "id"), str(f, "identity"),
           str(f, "target"), str(f, "environment"), str(f, "protocol"), u64(f, "at"),
           u64(f, "expires"), u64(f, "grant_ttl"), digest, sl_span(salt, sizeof salt), join, text,
           str(f, "detail"), (uint64_t)yes(f, "passkey"), u64(f, "sequence"), f->entry);
    if (json_object_get(f->event, "escalate") != NULL)
        db_run(db, DB_ESCALATION_ADD, "si", str(f, "id"), u64(f, "escalate"));
    if (json_object_get(f->event, "alike") != NULL) /* older events know none */
        db_run(db, DB_ALIKE_ADD, "bis", bytes(f, "alike"), u64(f, "sequence"), str(f, "id"));
}

/* A question to whoever asked, or the answer. */
void apply_said(struct db *db, struct fields *f)
{
    db_run(db, DB_SAID_ADD, "sssssi", str(f, "id"), str(f, "kind"), str(f, "identity"),
           str(f, "channel"), str(f, "said"), u64(f, "at"));
}

void apply_shown(struct db *db, struct fields *f)
{
    db_run(db, DB_SHOWN_SET, "ssi", str(f, "id"), str(f, "identity"), u64(f, "what"));
}

void apply_voted(struct db *db, struct fields *f)
{
    if (json_object_get(f->event, "passkey") != NULL) { /* older events know none */
        db_run(db, DB_VOTE_PASSKEY, "sss", str(f, "id"), str(f, "person"), str(f, "passkey"));
        passkey_used(db, f, "passkey", "counter", "backed_up");
    } else { /* a yes of theirs that lapsed may have had one: this one has none */
        db_run(db, DB_VOTE_PASSKEY_NONE, "ss", str(f, "id"), str(f, "person"));
    }
    if (json_object_get(f->event, "in_place") != NULL)
        db_run(db, DB_VOTE_FOR, "sss", str(f, "id"), str(f, "person"), str(f, "in_place"));
    else
        db_run(db, DB_VOTE_FOR_NONE, "ss", str(f, "id"), str(f, "person"));
    db_run(db, DB_VOTE_ADD, "sssssssii", str(f, "id"), str(f, "identity"), str(f, "person"),
           str(f, "decision"), str(f, "reason"), str(f, "channel"), str(f, "credential"),
           u64(f, "may"), u64(f, "at"));
}

void apply_vote_lapsed(struct db *db, struct fields *f)
{
    db_run(db, DB_VOTE_LAPSE, "ss", str(f, "id"), str(f, "identity"));
}

void apply_escalated(struct db *db, struct fields *f)
{
    db_run(db, DB_ESCALATION_SET, "si", str(f, "id"), u64(f, "at"));
}

/* Who tried to decide and may not: known once for each reason. */
void apply_refused(struct db *db, struct fields *f)
{
    db_run(db, DB_REFUSAL_ADD, "sss", str(f, "id"), str(f, "person"), str(f, "reason"));
}

static enum sl_approval_state state_now(struct db *db, struct sl_span id)
{
    struct db_rows rows = db_ask(db, DB_APPROVAL_GET, "s", id);
    enum sl_approval_state state = SL_APPROVAL_NONE;

    if (db_row(&rows))
        state = sl_approval_state_of(db_span(&rows, 1));
    db_end(&rows);
    return state;
}

/* A move that the table does not know makes the event wrong: no replay spends a grant twice. */
void apply_moved(struct db *db, struct fields *f)
{
    struct sl_span id = str(f, "id");
    enum sl_approval_state to = SL_APPROVAL_NONE;
    uint64_t grant_expires = u64(f, "grant_expires"), on = u64(f, "on"), at = u64(f, "at");

    if (sl_approval_move(state_now(db, id), (enum sl_approval_event)on, &to, NULL) != SL_OK) {
        f->bad = true;
        return;
    }
    db_run(db, DB_APPROVAL_MOVE, "sssii", id, sl_span_str(sl_approval_state_name(to)),
           str(f, "why"), grant_expires, to == SL_APPROVAL_APPROVED ? (uint64_t)0 : at);
    db_run(db, DB_ESCALATION_OVER, "s", id);             /* decided: it never is */
    bool use = json_object_get(f->event, "use") != NULL; /* of an envelope */
    if (use)
        db_run(db, DB_USE_ADD, "siii", id, u64(f, "use"), u64(f, "session"), u64(f, "action"));
    if (use || to == SL_APPROVAL_SPENT)
        db_run(db, DB_APPROVAL_SPENT_BY, "sii", id, u64(f, "session"), u64(f, "action"));
}

void apply_outcome(struct db *db, struct fields *f)
{
    db_run(db, DB_APPROVAL_OUTCOME, "ss", str(f, "id"), str(f, "outcome"));
    if (json_object_get(f->event, "action") != NULL) /* older events know none */
        db_run(db, DB_USE_DONE, "siis", str(f, "id"), u64(f, "session"), u64(f, "action"),
               str(f, "outcome"));
}

void apply_erased(struct db *db, struct fields *f)
{
    db_run(db, DB_APPROVAL_ERASE, "s", str(f, "id"));
    db_run(db, DB_LARGE_ERASE, "s", str(f, "id"));
}

/* Approved up to so many rows; of several people's numbers the smallest counts. */
void apply_capped(struct db *db, struct fields *f)
{
    db_run(db, DB_CAP_ADD, "si", str(f, "id"), u64(f, "rows"));
}
