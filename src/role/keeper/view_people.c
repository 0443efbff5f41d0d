#include "role/keeper/view_int.h"

/* Events about people: identities, their groups and accounts, their credentials, and what one of
 * them did alone. */

void apply_identity_added(struct db *db, struct fields *f)
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

void apply_identity_status(struct db *db, struct fields *f)
{
    const json_t *owner = json_object_get(f->event, "owner");

    db_run(db, DB_IDENTITY_STATUS, "ss", str(f, "name"), str(f, "status"));
    if (sl_span_is(str(f, "status"), "active"))
        db_run(db, DB_IDENTITY_ACTIVE, "si", str(f, "name"), u64(f, "at"));
    if (sl_span_is(str(f, "status"), "paused"))
        db_run(db, DB_PAUSED_AGAIN, "si", str(f, "name"), u64(f, "at"));
    if (json_is_true(json_object_get(f->event, "for_good")))
        db_run(db, DB_SCIM_USER_KEEP_OFF, "s", str(f, "name"));
    if (json_is_string(owner) && sl_span_is(str(f, "status"), "paused"))
        db_run(db, DB_OWNER_PAUSE, "ss", str(f, "name"), str(f, "owner"));
    else
        db_run(db, DB_OWNER_PAUSE_OVER, "s", str(f, "name"));
}

void apply_display(struct db *db, struct fields *f)
{
    db_run(db, DB_DISPLAY_SET, "ss", str(f, "identity"), str(f, "text"));
}

/* From the second person who could decide on, administration has somebody to ask; whoever is
 * linked to whom afterwards does not take that back. */
static void note_deciders(struct db *db)
{
    db_run(db, DB_TWO_DECIDERS, "");
}

void apply_identity_linked(struct db *db, struct fields *f)
{
    note_deciders(db); /* of a view that is older than this note */
    db_run(db, DB_IDENTITY_LINK, "ss", str(f, "name"), str(f, "to"));
}

void apply_identity_os_user(struct db *db, struct fields *f)
{
    db_run(db, DB_IDENTITY_OS_USER, "ss", str(f, "name"), str(f, "os_user"));
}

void apply_group_set(struct db *db, struct fields *f)
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

void apply_credential_made(struct db *db, struct fields *f)
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

void apply_delegate_set(struct db *db, struct fields *f)
{
    struct sl_span owner = str(f, "owner"), delegate = str(f, "delegate");
    uint64_t at = u64(f, "at"), until = u64(f, "until");

    if (yes(f, "acts"))
        db_run(db, DB_DELEGATE_SET, "ssii", owner, delegate, at, until);
    else
        db_run(db, DB_DELEGATE_REMOVE, "ss", owner, delegate);
}

/* One at a time: what is said anew counts from then on. */
void apply_away_set(struct db *db, struct fields *f)
{
    db_run(db, DB_ABSENCE_SET, "sssssiii", str(f, "identity"), str(f, "stand_in"),
           str(f, "credential"), str(f, "reason"), str(f, "let_by"), u64(f, "at"), u64(f, "from"),
           u64(f, "until"));
}

void apply_away_ended(struct db *db, struct fields *f)
{
    db_run(db, DB_ABSENCE_END, "s", str(f, "identity"));
}

/* Something that one person did alone, and that others have to look at. */
void apply_exception(struct db *db, struct fields *f)
{
    db_run(db, DB_EXCEPTION_ADD, "sssssssii", str(f, "id"), str(f, "kind"), str(f, "identity"),
           str(f, "person"), str(f, "credential"), str(f, "channel"), str(f, "reason"),
           u64(f, "at"), u64(f, "due"));
}

void apply_reviewed(struct db *db, struct fields *f)
{
    db_run(db, DB_REVIEW_ADD, "sssssi", str(f, "id"), str(f, "identity"), str(f, "person"),
           str(f, "reason"), str(f, "channel"), u64(f, "at"));
}

void apply_in_force(struct db *db, struct fields *f)
{
    struct sl_span digest = str(f, "digest");

    db_run(db, DB_GOVERNED_SET, "i", (uint64_t)yes(f, "two_person"));
    db_run(db, DB_IN_FORCE_CLEAR, "");
    db_run(db, DB_IN_FORCE_SET, "s", digest);
}

void apply_credential_revoked(struct db *db, struct fields *f)
{
    db_run(db, DB_CREDENTIAL_REVOKE, "si", str(f, "id"), u64(f, "at"));
}

/* The credential of an account has no secret: its hash is of nothing that anybody knows. */
void apply_account_linked(struct db *db, struct fields *f)
{
    struct sl_span hash = bytes(f, "hash"), none = SL_SPAN("");
    struct sl_span credential = str(f, "credential"), identity = str(f, "identity");
    uint64_t at = u64(f, "at");

    db_run(db, DB_CREDENTIAL_ADD, "ssibbbiiss", credential, identity, (uint64_t)yes(f, "deciding"),
           hash, none, none, at, (uint64_t)0, str(f, "by"), str(f, "by_uid"));
    db_run(db, DB_ACCOUNT_SET, "ssssi", str(f, "issuer"), str(f, "subject"), credential, identity,
           at);
    if (json_object_get(f->event, "vouched_by") != NULL)
        passkey_used(db, f, "vouched_by", "vouched_counter", "vouched_backed_up");
    note_deciders(db);
}

void apply_account_unlinked(struct db *db, struct fields *f)
{
    uint64_t at = u64(f, "at");

    db_run(db, DB_ACCOUNT_END, "ssi", str(f, "issuer"), str(f, "subject"), at);
    db_run(db, DB_CREDENTIAL_REVOKE, "si", str(f, "credential"), at);
}

/* What an account's token said of its groups. A membership that is there already keeps its age, and
 * who else it comes from. */
void apply_account_groups(struct db *db, struct fields *f)
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

/* An earlier code of the same person is void from now on. */
void apply_invited(struct db *db, struct fields *f)
{
    struct sl_span hash = bytes(f, "hash"), identity = str(f, "identity");
    uint64_t at = u64(f, "at");

    db_run(db, DB_INVITATION_CLEAR, "si", identity, at);
    db_run(db, DB_INVITATION_ADD, "bsiiss", hash, identity, at, u64(f, "expires"), str(f, "issuer"),
           str(f, "issuer_uid"));
}
