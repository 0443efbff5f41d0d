#include "role/keeper/view_int.h"

/* Events of what identity providers push. */

void apply_provisioner_made(struct db *db, struct fields *f)
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

void apply_scim_user(struct db *db, struct fields *f)
{
    db_run(db, DB_SCIM_USER_PUT, "ssssssiiii", str(f, "id"), str(f, "issuer"), str(f, "external"),
           str(f, "user_name"), str(f, "display_name"), str(f, "identity"),
           (uint64_t)yes(f, "active"), off_of(f), u64(f, "since"), u64(f, "changed"));
    if (json_object_get(f->event, "subject") != NULL) /* before there was a choice: external */
        db_run(db, DB_SCIM_SUBJECT_PUT, "ss", str(f, "id"), str(f, "subject"));
}

void apply_scim_user_gone(struct db *db, struct fields *f)
{
    db_run(db, DB_SCIM_USER_LEAVES, "s", str(f, "id"));
    db_run(db, DB_SCIM_USER_DROP, "s", str(f, "id"));
    db_run(db, DB_SCIM_SUBJECT_DROP, "s", str(f, "id"));
}

void apply_scim_group(struct db *db, struct fields *f)
{
    db_run(db, DB_SCIM_GROUP_PUT, "ssssii", str(f, "id"), str(f, "issuer"), str(f, "external"),
           str(f, "display_name"), u64(f, "since"), u64(f, "changed"));
}

void apply_scim_group_gone(struct db *db, struct fields *f)
{
    db_run(db, DB_SCIM_GROUP_EMPTY, "s", str(f, "id"));
    db_run(db, DB_SCIM_GROUP_DROP, "s", str(f, "id"));
}

void apply_scim_members(struct db *db, struct fields *f)
{
    struct sl_span group = str(f, "group");
    bool member = yes(f, "member");
    size_t count = json_array_size(json_object_get(f->event, "users"));

    for (size_t i = 0; i < count; i++)
        db_run(db, member ? DB_SCIM_MEMBER_ADD : DB_SCIM_MEMBER_REMOVE, "ss", group,
               item_of(f, "users", i));
}
