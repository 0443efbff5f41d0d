#include "role/keeper/view_int.h"

/* Events of messages in chats. */

void apply_chat_posted(struct db *db, struct fields *f)
{
    const json_t *about = json_object_get(f->event, "approvals");
    struct sl_span chat = str(f, "chat"), channel = str(f, "channel"), ts = str(f, "ts"),
                   hash = bytes(f, "hash");
    uint64_t what = u64(f, "what"), decides = yes(f, "decides"), done = yes(f, "done"),
             brief = yes(f, "brief");

    f->bad = f->bad || !json_is_array(about);
    for (size_t i = 0; i < json_array_size(about); i++)
        db_run(db, DB_CHAT_ADD, "ssssiibii", chat, channel, ts, item_of(f, "approvals", i), what,
               decides, hash, done, brief);
}

void apply_chat_updated(struct db *db, struct fields *f)
{
    db_run(db, DB_CHAT_SET, "sssibii", str(f, "chat"), str(f, "channel"), str(f, "ts"),
           (uint64_t)yes(f, "decides"), bytes(f, "hash"), (uint64_t)yes(f, "done"),
           (uint64_t)yes(f, "brief"));
}

/* It is not there any more: somebody removed it. */
void apply_chat_gone(struct db *db, struct fields *f)
{
    db_run(db, DB_CHAT_GONE, "sss", str(f, "chat"), str(f, "channel"), str(f, "ts"));
}

/* Something that a person sent was done. No token or signature is good for as long as this is
 * remembered. */
void apply_chat_heard(struct db *db, struct fields *f)
{
    const uint64_t day_us = UINT64_C(24) * 3600 * 1000 * 1000;
    uint64_t at_us = u64(f, "at");

    db_run(db, DB_CHAT_HEARD_OLD, "i", at_us > day_us ? at_us - day_us : 0);
    db_run(db, DB_CHAT_HEARD_ADD, "bi", bytes(f, "delivery"), at_us);
}

/* The app was added to a conversation, or it is called elsewhere from now on. */
void apply_chat_joined(struct db *db, struct fields *f)
{
    db_run(db, DB_CHAT_JOIN, "sssi", str(f, "chat"), str(f, "conversation"), str(f, "service"),
           u64(f, "at"));
}

void apply_chat_left(struct db *db, struct fields *f)
{
    db_run(db, DB_CHAT_LEAVE, "ss", str(f, "chat"), str(f, "conversation"));
}
