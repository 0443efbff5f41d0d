#include "role/keeper/view.h"

#include "base/cursor.h"
#include "base/encode.h"
#include "core/action/action.h"
#include "core/approval/approval.h"
#include "role/keeper/brief.h"
#include "role/keeper/keeper_int.h"

/* Fields of an event; a missing one is remembered and fails the whole event. */
struct fields {
    const json_t *event;
    struct sl_span document;
    uint64_t entry;
    bool bad;
    struct sl_buf hex[4]; /* decoded bytes live here until the event is applied */
    size_t hex_count;
};

static struct sl_span str(struct fields *f, const char *key)
{
    const json_t *value = json_object_get(f->event, key);

    f->bad = f->bad || !json_is_string(value);
    return json_is_string(value) ? sl_span(json_string_value(value), json_string_length(value))
                                 : sl_span(NULL, 0);
}

static uint64_t u64(struct fields *f, const char *key)
{
    uint64_t value = 0;

    f->bad = f->bad || !sl_json_u64(f->event, key, &value);
    return value;
}

static bool yes(struct fields *f, const char *key)
{
    const json_t *value = json_object_get(f->event, key);

    f->bad = f->bad || !json_is_boolean(value);
    return json_is_true(value);
}

static struct sl_span bytes(struct fields *f, const char *key)
{
    if (f->hex_count == SL_COUNT(f->hex)) {
        f->bad = true;
        return sl_span(NULL, 0);
    }
    struct sl_buf *b = &f->hex[f->hex_count++];

    *b = sl_buf(4096);
    f->bad = f->bad || sl_hex_get(b, str(f, key)) != SL_OK;
    return sl_buf_span(b);
}

static void apply_identity_added(struct db *db, struct fields *f)
{
    const json_t *groups = json_object_get(f->event, "groups");
    struct sl_span name = str(f, "name"), salt = bytes(f, "salt");
    uint64_t at = u64(f, "at");
    size_t i;
    json_t *group;

    db_run(db, DB_IDENTITY_ADD, "sssisb", name, str(f, "kind"), str(f, "owner"), at,
           str(f, "os_user"), salt);
    json_array_foreach(groups, i, group)
        db_run(db, DB_GROUP_ADD, "ssi", name, sl_span_str(json_string_value(group)), at);
}

static void apply_identity_status(struct db *db, struct fields *f)
{
    const json_t *owner = json_object_get(f->event, "owner");

    db_run(db, DB_IDENTITY_STATUS, "ss", str(f, "name"), str(f, "status"));
    if (sl_span_is(str(f, "status"), "active"))
        db_run(db, DB_IDENTITY_ACTIVE, "si", str(f, "name"), u64(f, "at"));
    if (json_is_true(json_object_get(f->event, "for_good")))
        db_run(db, DB_SCIM_USER_KEEP_OFF, "s", str(f, "name"));
    if (json_is_string(owner) && sl_span_is(str(f, "status"), "paused"))
        db_run(db, DB_OWNER_PAUSE, "ss", str(f, "name"), str(f, "owner"));
    else
        db_run(db, DB_OWNER_PAUSE_OVER, "s", str(f, "name"));
}

static void apply_display(struct db *db, struct fields *f)
{
    db_run(db, DB_DISPLAY_SET, "ss", str(f, "identity"), str(f, "text"));
}

/* From the second person who could decide on, administration has somebody to ask; whoever is
 * linked to whom afterwards does not take that back. */
static void note_deciders(struct db *db)
{
    db_run(db, DB_TWO_DECIDERS, "");
}

static void apply_identity_linked(struct db *db, struct fields *f)
{
    note_deciders(db); /* of a view that is older than this note */
    db_run(db, DB_IDENTITY_LINK, "ss", str(f, "name"), str(f, "to"));
}

static void apply_identity_os_user(struct db *db, struct fields *f)
{
    db_run(db, DB_IDENTITY_OS_USER, "ss", str(f, "name"), str(f, "os_user"));
}

static void apply_group_set(struct db *db, struct fields *f)
{
    uint64_t at = u64(f, "at");

    if (yes(f, "member")) {
        db_run(db, DB_FROM_TOO, "ss", str(f, "name"), str(f, "group"));
        db_run(db, DB_GROUP_ADD, "ssi", str(f, "name"), str(f, "group"), at);
    } else {
        db_run(db, DB_FROM_REMOVE_ALL, "ss", str(f, "name"), str(f, "group"));
        db_run(db, DB_GROUP_REMOVE, "ss", str(f, "name"), str(f, "group"));
    }
}

/* For whom whoever comes with it acts: older events know nobody. */
static void apply_acts_for(struct db *db, struct fields *f)
{
    const json_t *names = json_object_get(f->event, "on_behalf_of");
    struct sl_span id = str(f, "id");
    size_t i;
    json_t *name;

    json_array_foreach(names, i, name) if (json_is_string(name))
        db_run(db, DB_CREDENTIAL_FOR_ADD, "ss", id, sl_span_str(json_string_value(name)));
}

static void apply_credential_made(struct db *db, struct fields *f)
{
    struct sl_span hash = bytes(f, "hash"), stored = bytes(f, "stored_key"),
                   server = bytes(f, "server_key"), invitation = bytes(f, "invitation");
    uint64_t at = u64(f, "at");

    db_run(db, DB_CREDENTIAL_ADD, "ssibbbiiss", str(f, "id"), str(f, "identity"),
           (uint64_t)yes(f, "deciding"), hash, stored, server, at, u64(f, "expires"),
           str(f, "issuer"), str(f, "issuer_uid"));
    if (invitation.n > 0)
        db_run(db, DB_INVITATION_USED, "bi", invitation, at);
    note_deciders(db);
    apply_acts_for(db, f);
}

static void apply_delegate_set(struct db *db, struct fields *f)
{
    struct sl_span owner = str(f, "owner"), delegate = str(f, "delegate");
    uint64_t at = u64(f, "at"), until = u64(f, "until");

    if (yes(f, "acts"))
        db_run(db, DB_DELEGATE_SET, "ssii", owner, delegate, at, until);
    else
        db_run(db, DB_DELEGATE_REMOVE, "ss", owner, delegate);
}

/* Something that one person did alone, and that others have to look at. */
static void apply_exception(struct db *db, struct fields *f)
{
    db_run(db, DB_EXCEPTION_ADD, "sssssssii", str(f, "id"), str(f, "kind"), str(f, "identity"),
           str(f, "person"), str(f, "credential"), str(f, "channel"), str(f, "reason"),
           u64(f, "at"), u64(f, "due"));
}

static void apply_reviewed(struct db *db, struct fields *f)
{
    db_run(db, DB_REVIEW_ADD, "sssssi", str(f, "id"), str(f, "identity"), str(f, "person"),
           str(f, "reason"), str(f, "channel"), u64(f, "at"));
}

static void apply_in_force(struct db *db, struct fields *f)
{
    struct sl_span digest = str(f, "digest");

    db_run(db, DB_GOVERNED_SET, "i", (uint64_t)yes(f, "two_person"));
    db_run(db, DB_IN_FORCE_CLEAR, "");
    db_run(db, DB_IN_FORCE_SET, "s", digest);
}

static void apply_credential_revoked(struct db *db, struct fields *f)
{
    db_run(db, DB_CREDENTIAL_REVOKE, "si", str(f, "id"), u64(f, "at"));
}

static struct sl_span item_of(struct fields *f, const char *key, size_t i)
{
    const json_t *value = json_array_get(json_object_get(f->event, key), i);

    f->bad = f->bad || !json_is_string(value);
    return json_is_string(value) ? sl_span(json_string_value(value), json_string_length(value))
                                 : sl_span(NULL, 0);
}

/* The credential of an account has no secret: its hash is of nothing that anybody knows. */
static void apply_account_linked(struct db *db, struct fields *f)
{
    struct sl_span hash = bytes(f, "hash"), none = SL_SPAN("");
    struct sl_span credential = str(f, "credential"), identity = str(f, "identity");
    uint64_t at = u64(f, "at");

    db_run(db, DB_CREDENTIAL_ADD, "ssibbbiiss", credential, identity, (uint64_t)yes(f, "deciding"),
           hash, none, none, at, (uint64_t)0, str(f, "by"), str(f, "by_uid"));
    db_run(db, DB_ACCOUNT_SET, "ssssi", str(f, "issuer"), str(f, "subject"), credential, identity,
           at);
    note_deciders(db);
}

static void apply_account_unlinked(struct db *db, struct fields *f)
{
    uint64_t at = u64(f, "at");

    db_run(db, DB_ACCOUNT_END, "ssi", str(f, "issuer"), str(f, "subject"), at);
    db_run(db, DB_CREDENTIAL_REVOKE, "si", str(f, "credential"), at);
}

/* What an account's token said of its groups. A membership that is there already keeps its age, and
 * who else it comes from. */
static void apply_account_groups(struct db *db, struct fields *f)
{
    struct sl_span identity = str(f, "identity"), source = str(f, "credential");
    size_t added = json_array_size(json_object_get(f->event, "added")),
           removed = json_array_size(json_object_get(f->event, "removed"));
    uint64_t at = u64(f, "at");

    for (size_t i = 0; i < added; i++) {
        struct sl_span group = item_of(f, "added", i);

        db_run(db, DB_FROM_KEEP, "ss", identity, group);
        db_run(db, DB_FROM_ADD, "sss", identity, group, source);
        db_run(db, DB_GROUP_ADD, "ssi", identity, group, at);
    }
    for (size_t i = 0; i < removed; i++) {
        struct sl_span group = item_of(f, "removed", i);

        db_run(db, DB_FROM_REMOVE, "sss", identity, group, source);
        db_run(db, DB_GROUP_REMOVE_LAST, "ss", identity, group);
    }
    db_run(db, DB_ACCOUNT_SEEN, "si", source, u64(f, "issued"));
}

static void apply_provisioner_made(struct db *db, struct fields *f)
{
    uint64_t at = u64(f, "at");

    db_run(db, DB_PROVISIONER_END, "si", str(f, "issuer"), at);
    db_run(db, DB_PROVISIONER_ADD, "ssbi", str(f, "id"), str(f, "issuer"), bytes(f, "hash"), at);
}

static uint64_t off_of(struct fields *f)
{
    uint64_t off = yes(f, "off") ? VIEW_OFF : 0;

    if (off != 0 && json_is_true(json_object_get(f->event, "paused")))
        off = VIEW_OFF_PAUSED;
    if (json_is_true(json_object_get(f->event, "unlinked")))
        off |= VIEW_OFF_UNLINKED;
    return off;
}

static void apply_scim_user(struct db *db, struct fields *f)
{
    db_run(db, DB_SCIM_USER_PUT, "ssssssiiii", str(f, "id"), str(f, "issuer"), str(f, "external"),
           str(f, "user_name"), str(f, "display_name"), str(f, "identity"),
           (uint64_t)yes(f, "active"), off_of(f), u64(f, "since"), u64(f, "changed"));
    if (json_object_get(f->event, "subject") != NULL) /* before there was a choice: external */
        db_run(db, DB_SCIM_SUBJECT_PUT, "ss", str(f, "id"), str(f, "subject"));
}

static void apply_scim_user_gone(struct db *db, struct fields *f)
{
    db_run(db, DB_SCIM_USER_LEAVES, "s", str(f, "id"));
    db_run(db, DB_SCIM_USER_DROP, "s", str(f, "id"));
    db_run(db, DB_SCIM_SUBJECT_DROP, "s", str(f, "id"));
}

static void apply_scim_group(struct db *db, struct fields *f)
{
    db_run(db, DB_SCIM_GROUP_PUT, "ssssii", str(f, "id"), str(f, "issuer"), str(f, "external"),
           str(f, "display_name"), u64(f, "since"), u64(f, "changed"));
}

static void apply_scim_group_gone(struct db *db, struct fields *f)
{
    db_run(db, DB_SCIM_GROUP_EMPTY, "s", str(f, "id"));
    db_run(db, DB_SCIM_GROUP_DROP, "s", str(f, "id"));
}

static void apply_scim_members(struct db *db, struct fields *f)
{
    struct sl_span group = str(f, "group");
    bool member = yes(f, "member");
    size_t count = json_array_size(json_object_get(f->event, "users"));

    for (size_t i = 0; i < count; i++)
        db_run(db, member ? DB_SCIM_MEMBER_ADD : DB_SCIM_MEMBER_REMOVE, "ss", group,
               item_of(f, "users", i));
}

/* An earlier code of the same person is void from now on. */
static void apply_invited(struct db *db, struct fields *f)
{
    struct sl_span hash = bytes(f, "hash"), identity = str(f, "identity");
    uint64_t at = u64(f, "at");

    db_run(db, DB_INVITATION_CLEAR, "si", identity, at);
    db_run(db, DB_INVITATION_ADD, "bsiiss", hash, identity, at, u64(f, "expires"), str(f, "issuer"),
           str(f, "issuer_uid"));
}

static void apply_console_opened(struct db *db, struct fields *f)
{
    db_run(db, DB_CONSOLE_ADD, "ssbii", str(f, "id"), str(f, "credential"), bytes(f, "hash"),
           u64(f, "at"), u64(f, "expires"));
    if (json_object_get(f->event, "device") != NULL)
        db_run(db, DB_DEVICE_SEEN, "bsi", bytes(f, "device"), str(f, "identity"), u64(f, "at"));
}

static void apply_console_ended(struct db *db, struct fields *f)
{
    db_run(db, DB_CONSOLE_END, "si", str(f, "id"), u64(f, "at"));
}

static void apply_session_opened(struct db *db, struct fields *f)
{
    db_run(db, DB_SESSION_ADD, "isssssiis", u64(f, "session"), str(f, "identity"), str(f, "kind"),
           str(f, "owner"), str(f, "target"), str(f, "environment"), u64(f, "gate"), u64(f, "at"),
           str(f, "credential"));
    if (json_object_get(f->event, "job") != NULL)
        db_run(db, DB_SESSION_JOB_ADD, "issss", u64(f, "session"), str(f, "started_by"),
               str(f, "unknown"), str(f, "job"), str(f, "job_link"));
    if (json_object_get(f->event, "acts_for") != NULL)
        db_run(db, DB_SESSION_FOR_ADD, "is", u64(f, "session"), str(f, "acts_for"));
}

static void apply_session_closed(struct db *db, struct fields *f)
{
    db_run(db, DB_SESSION_JOB_REMOVE, "i", u64(f, "session"));
    db_run(db, DB_SESSION_FOR_REMOVE, "i", u64(f, "session"));
    db_run(db, DB_SESSION_REMOVE, "i", u64(f, "session"));
}

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

static void apply_asked(struct db *db, struct fields *f)
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
    if (json_object_get(f->event, "alike") != NULL) /* older events know none */
        db_run(db, DB_ALIKE_ADD, "bis", bytes(f, "alike"), u64(f, "sequence"), str(f, "id"));
}

/* A passkey signed: what it says of itself now. */
static void passkey_used(struct db *db, struct fields *f, const char *id, const char *counter,
                         const char *backed_up)
{
    struct sl_span key = str(f, id);
    uint64_t count = u64(f, counter);
    bool backed = yes(f, backed_up);

    if (key.n > 0)
        db_run(db, DB_PASSKEY_USED, "sii", key, count, (uint64_t)backed);
}

/* As passkey.alone has it: 0 another passkey, 1 a credential alone, 2 a second person. */
static uint64_t vouched_by(struct fields *f)
{
    if (yes(f, "alone"))
        return 1;
    return json_is_true(json_object_get(f->event, "second")) ? 2 : 0; /* older events know none */
}

static void apply_passkey_enrolled(struct db *db, struct fields *f)
{
    struct sl_span spki = bytes(f, "spki");

    db_run(db, DB_PASSKEY_ADD, "sssbsiiiisi", str(f, "id"), str(f, "identity"), str(f, "algorithm"),
           spki, str(f, "rp_id"), (uint64_t)yes(f, "backup_eligible"),
           (uint64_t)yes(f, "backed_up"), u64(f, "counter"), u64(f, "at"), str(f, "credential"),
           vouched_by(f));
    passkey_used(db, f, "by", "by_counter", "by_backed_up");
}

static void apply_passkey_named(struct db *db, struct fields *f)
{
    db_run(db, DB_PASSKEY_NAME, "ss", str(f, "id"), str(f, "name"));
}

/* A question to whoever asked, or the answer. */
static void apply_said(struct db *db, struct fields *f)
{
    db_run(db, DB_SAID_ADD, "sssssi", str(f, "id"), str(f, "kind"), str(f, "identity"),
           str(f, "channel"), str(f, "said"), u64(f, "at"));
}

static void apply_shown(struct db *db, struct fields *f)
{
    db_run(db, DB_SHOWN_SET, "ssi", str(f, "id"), str(f, "identity"), u64(f, "what"));
}

static void apply_passkey_removed(struct db *db, struct fields *f)
{
    passkey_used(db, f, "by", "by_counter", "by_backed_up");
    db_run(db, DB_PASSKEY_REMOVE, "si", str(f, "id"), u64(f, "at"));
}

static void apply_voted(struct db *db, struct fields *f)
{
    if (json_object_get(f->event, "passkey") != NULL) { /* older events know none */
        db_run(db, DB_VOTE_PASSKEY, "sss", str(f, "id"), str(f, "person"), str(f, "passkey"));
        passkey_used(db, f, "passkey", "counter", "backed_up");
    }
    db_run(db, DB_VOTE_ADD, "sssssssii", str(f, "id"), str(f, "identity"), str(f, "person"),
           str(f, "decision"), str(f, "reason"), str(f, "channel"), str(f, "credential"),
           u64(f, "may"), u64(f, "at"));
}

/* Who tried to decide and may not: known once for each reason. */
static void apply_refused(struct db *db, struct fields *f)
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
static void apply_moved(struct db *db, struct fields *f)
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
    if (to == SL_APPROVAL_SPENT)
        db_run(db, DB_APPROVAL_SPENT_BY, "sii", id, u64(f, "session"), u64(f, "action"));
}

static void apply_outcome(struct db *db, struct fields *f)
{
    db_run(db, DB_APPROVAL_OUTCOME, "ss", str(f, "id"), str(f, "outcome"));
}

static void apply_erased(struct db *db, struct fields *f)
{
    db_run(db, DB_APPROVAL_ERASE, "s", str(f, "id"));
    db_run(db, DB_LARGE_ERASE, "s", str(f, "id"));
}

static void apply_labelled(struct db *db, struct fields *f)
{
    struct sl_span target = str(f, "target");
    uint64_t session = u64(f, "session"), action = u64(f, "action"), how = u64(f, "how");
    size_t count = json_array_size(json_object_get(f->event, "columns"));

    for (size_t i = 0; i < count; i++)
        db_run(db, DB_LABEL_ADD, "ssssiii", target, item_of(f, "columns", i),
               item_of(f, "labels", i), item_of(f, "from", i), session, action, how);
}

static void apply_label_ended(struct db *db, struct fields *f)
{
    uint64_t session = u64(f, "session"), first = u64(f, "first"), last = u64(f, "last");

    if (yes(f, "stays"))
        db_run(db, DB_LABEL_SETTLE, "iii", session, first, last);
    db_run(db, DB_LABEL_FORGET, "iii", session, first, last);
}

static void apply_label_dropped(struct db *db, struct fields *f)
{
    db_run(db, DB_LABEL_DROP, "ss", str(f, "target"), str(f, "column"));
}

/* Approved up to so many rows; of several people's numbers the smallest counts. */
static void apply_capped(struct db *db, struct fields *f)
{
    db_run(db, DB_CAP_ADD, "si", str(f, "id"), u64(f, "rows"));
}

/* Adds to what counts as used from `start` on. */
static void add_use(struct db *db, struct fields *f, uint64_t rows, uint64_t bytes_,
                    uint64_t statements)
{
    db_run(db, DB_BUDGET_USE, "sssiiii", str(f, "rule"), str(f, "target"), str(f, "who"),
           u64(f, "start"), rows, bytes_, statements);
}

/* What is lent counts as used until it comes back. Buckets that nobody counts any more go. */
static void apply_budget_lent(struct db *db, struct fields *f)
{
    struct sl_span rule = str(f, "rule"), target = str(f, "target"), who = str(f, "who");

    db_run(db, DB_LEASE_ADD, "iisssiii", u64(f, "session"), u64(f, "lease"), rule, target, who,
           u64(f, "rows"), u64(f, "bytes"), u64(f, "statements"));
    db_run(db, DB_BUDGET_PRUNE, "sssi", rule, target, who, u64(f, "since"));
}

/* Of what is lent this has passed. */
static void apply_budget_used(struct db *db, struct fields *f)
{
    uint64_t rows = u64(f, "rows"), bytes_ = u64(f, "bytes");

    add_use(db, f, rows, bytes_, 0);
    db_run(db, DB_LEASE_USED, "iisii", u64(f, "session"), u64(f, "lease"), str(f, "rule"), rows,
           bytes_);
}

static void apply_budget_returned(struct db *db, struct fields *f)
{
    add_use(db, f, u64(f, "rows"), u64(f, "bytes"), u64(f, "statements"));
    db_run(db, DB_LEASE_REMOVE, "iis", u64(f, "session"), u64(f, "lease"), str(f, "rule"));
}

/* clang-format off */
#define EVENTS(X) \
    X(identity_added) X(identity_status) X(display) X(identity_linked) X(identity_os_user) \
    X(group_set) X(credential_made) X(credential_revoked) X(invited) X(session_opened) \
    X(session_closed) X(passkey_enrolled) X(passkey_named) X(said) X(passkey_removed) \
    X(asked) X(voted) X(moved) X(outcome) X(erased) X(labelled) X(label_ended) \
    X(label_dropped) X(capped) X(budget_lent) X(budget_used) X(budget_returned) \
    X(console_opened) X(console_ended) X(account_linked) X(account_unlinked) \
    X(account_groups) X(delegate_set) X(exception) X(reviewed) X(in_force) \
    X(provisioner_made) X(scim_user) X(scim_user_gone) X(scim_group) X(scim_group_gone) \
    X(scim_members) X(refused) X(shown)
/* clang-format on */

static const struct {
    const char *name;
    void (*apply)(struct db *db, struct fields *f);
} events[] = {
#define EVENT(name) {#name, apply_##name},
    EVENTS(EVENT)
#undef EVENT
};

enum sl_err view_apply(struct db *db, const json_t *event, struct sl_span document, uint64_t entry)
{
    struct fields f = {.event = event, .document = document, .entry = entry};
    struct sl_span name = str(&f, "e");
    bool known = false;

    for (size_t i = 0; i < SL_COUNT(events) && !known; i++)
        if (sl_span_is(name, events[i].name)) {
            events[i].apply(db, &f);
            known = true;
        }
    for (size_t i = 0; i < f.hex_count; i++)
        sl_buf_done(&f.hex[i]);
    if (!known || f.bad)
        return SL_EMALFORMED;
    return db_err(db);
}

static void pairs(struct db *db, struct sl_cursor *c, uint32_t gate, enum db_sql sql)
{
    uint32_t count = sl_cursor_le32(c);

    for (uint32_t i = 0; i < count && !c->short_read; i++) {
        uint64_t session = sl_cursor_le64(c), action = sl_cursor_le64(c);

        if (!c->short_read)
            db_run(db, sql, "iii", (uint64_t)gate, session, action);
    }
}

void view_progress_put(struct sl_buf *b, const struct sl_progress_record *r, size_t count)
{
    sl_buf_put_u8(b, VIEW_PROGRESS);
    sl_buf_put_le32(b, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        sl_buf_put_le64(b, r[i].session);
        sl_buf_put_le64(b, r[i].action);
        sl_buf_put_le64(b, r[i].rows);
        sl_buf_put_le64(b, r[i].bytes);
    }
}

uint32_t view_progress_begin(struct sl_cursor *at, struct sl_span state)
{
    *at = sl_cursor(state);
    if (state.n == 0 || state.p[0] != VIEW_PROGRESS)
        return 0;
    (void)sl_cursor_u8(at);
    return sl_cursor_le32(at);
}

bool view_progress_next(struct sl_cursor *at, uint32_t *left, struct sl_progress_record *out)
{
    if (*left == 0)
        return false;
    --*left;
    out->session = sl_cursor_le64(at);
    out->action = sl_cursor_le64(at);
    out->rows = sl_cursor_le64(at);
    out->bytes = sl_cursor_le64(at);
    return !at->short_read;
}

enum sl_err view_drained(struct db *db, struct sl_span state)
{
    struct sl_cursor c;
    struct sl_progress_record skipped;
    uint32_t left = view_progress_begin(&c, state);
    while (view_progress_next(&c, &left, &skipped))
        ;
    uint8_t type = sl_cursor_u8(&c);
    uint32_t gate = sl_cursor_le32(&c);
    uint64_t generation = sl_cursor_le64(&c), position = sl_cursor_le64(&c);

    if (c.short_read || type != VIEW_DRAINED)
        return SL_EMALFORMED;
    db_run(db, DB_JOURNAL_SET, "iii", (uint64_t)gate, generation, position);
    pairs(db, &c, gate, DB_OPEN_ADD);
    pairs(db, &c, gate, DB_OPEN_REMOVE);
    return sl_cursor_done(&c) ? db_err(db) : SL_EMALFORMED;
}

enum sl_err view_replay(struct db *db, struct sl_span state, uint64_t entry, view_document_fn *read,
                        void *owner)
{
    SL_BUF(document, SL_ACTION_MAX_BYTES);
    json_t *event = NULL;

    if (state.n == 0)
        return SL_OK;
    if (state.p[0] == VIEW_DRAINED || state.p[0] == VIEW_PROGRESS)
        return view_drained(db, state);
    SL_TRY(sl_json_read(state, &event, NULL));
    enum sl_err err = sl_span_is(sl_json_str(event, "e"), "asked") ? read(owner, &document) : SL_OK;
    if (err == SL_OK || err == SL_ENOTFOUND)
        err = view_apply(db, event, sl_buf_span(&document), entry);

    json_decref(event);
    return err;
}
