#include "role/keeper/view_int.h"

/* Events of who is signed in, on gates and to the console, and of passkeys. */

void apply_console_opened(struct db *db, struct fields *f)
{
    db_run(db, DB_CONSOLE_ADD, "ssbii", str(f, "id"), str(f, "credential"), bytes(f, "hash"),
           u64(f, "at"), u64(f, "expires"));
    if (json_object_get(f->event, "device") != NULL)
        db_run(db, DB_DEVICE_SEEN, "bsi", bytes(f, "device"), str(f, "identity"), u64(f, "at"));
}

void apply_console_ended(struct db *db, struct fields *f)
{
    db_run(db, DB_CONSOLE_END, "si", str(f, "id"), u64(f, "at"));
}

void apply_session_opened(struct db *db, struct fields *f)
{
    db_run(db, DB_SESSION_ADD, "isssssiis", u64(f, "session"), str(f, "identity"), str(f, "kind"),
           str(f, "owner"), str(f, "target"), str(f, "environment"), u64(f, "gate"), u64(f, "at"),
           str(f, "credential"));
    db_run(db, DB_SESSION_LAST_SET, "i", u64(f, "session"));
    if (json_object_get(f->event, "life") != NULL)
        db_run(db, DB_SESSION_LIFE_ADD, "ii", u64(f, "session"), u64(f, "life"));
    if (json_object_get(f->event, "job") != NULL)
        db_run(db, DB_SESSION_JOB_ADD, "issss", u64(f, "session"), str(f, "started_by"),
               str(f, "unknown"), str(f, "job"), str(f, "job_link"));
    if (json_object_get(f->event, "acts_for") != NULL)
        db_run(db, DB_SESSION_FOR_ADD, "is", u64(f, "session"), str(f, "acts_for"));
}

void apply_session_closed(struct db *db, struct fields *f)
{
    db_run(db, DB_SESSION_JOB_REMOVE, "i", u64(f, "session"));
    db_run(db, DB_SESSION_FOR_REMOVE, "i", u64(f, "session"));
    db_run(db, DB_SESSION_LIFE_REMOVE, "i", u64(f, "session"));
    db_run(db, DB_SESSION_REMOVE, "i", u64(f, "session"));
}

/* A passkey signed: what it says of itself now. */
void passkey_used(struct db *db, struct fields *f, const char *id, const char *counter,
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

void apply_passkey_enrolled(struct db *db, struct fields *f)
{
    struct sl_span spki = bytes(f, "spki");

    db_run(db, DB_PASSKEY_ADD, "sssbsiiiisi", str(f, "id"), str(f, "identity"), str(f, "algorithm"),
           spki, str(f, "rp_id"), (uint64_t)yes(f, "backup_eligible"),
           (uint64_t)yes(f, "backed_up"), u64(f, "counter"), u64(f, "at"), str(f, "credential"),
           vouched_by(f));
    passkey_used(db, f, "by", "by_counter", "by_backed_up");
}

void apply_passkey_named(struct db *db, struct fields *f)
{
    db_run(db, DB_PASSKEY_NAME, "ss", str(f, "id"), str(f, "name"));
}

void apply_passkey_removed(struct db *db, struct fields *f)
{
    passkey_used(db, f, "by", "by_counter", "by_backed_up");
    db_run(db, DB_PASSKEY_REMOVE, "si", str(f, "id"), u64(f, "at"));
}
