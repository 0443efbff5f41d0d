/* Between the files that apply events: reading an event's fields, and the table of events.
 *
 * view_<subject>.c has one function for each event of its subject: it reads the fields and runs the
 * statements that change the view. It looks at nothing but the event and the view, so that a replay
 * ends where the living keeper was.
 */
#ifndef SL_ROLE_KEEPER_VIEW_INT_H
#define SL_ROLE_KEEPER_VIEW_INT_H

#include "base/encode.h"
#include "role/keeper/view.h"

/* Fields of an event; a missing one is remembered and fails the whole event. */
struct fields {
    const json_t *event;
    struct sl_span document;
    uint64_t entry;
    bool bad;
    struct sl_buf hex[4]; /* decoded bytes live here until the event is applied */
    size_t hex_count;
};

static inline struct sl_span str(struct fields *f, const char *key)
{
    const json_t *value = json_object_get(f->event, key);

    f->bad = f->bad || !json_is_string(value);
    return json_is_string(value) ? sl_span(json_string_value(value), json_string_length(value))
                                 : sl_span(NULL, 0);
}

static inline uint64_t u64(struct fields *f, const char *key)
{
    uint64_t value = 0;

    f->bad = f->bad || !sl_json_u64(f->event, key, &value);
    return value;
}

static inline bool yes(struct fields *f, const char *key)
{
    const json_t *value = json_object_get(f->event, key);

    f->bad = f->bad || !json_is_boolean(value);
    return json_is_true(value);
}

static inline struct sl_span bytes(struct fields *f, const char *key)
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

static inline struct sl_span item_of(struct fields *f, const char *key, size_t i)
{
    const json_t *value = json_array_get(json_object_get(f->event, key), i);

    f->bad = f->bad || !json_is_string(value);
    return json_is_string(value) ? sl_span(json_string_value(value), json_string_length(value))
                                 : sl_span(NULL, 0);
}

/* A passkey signed: what it says of itself now. The arguments are names of fields; without a key in
 * the first nothing signed. */
void passkey_used(struct db *db, struct fields *f, const char *id, const char *counter,
                  const char *backed_up);

/* clang-format off */
#define EVENTS(X) \
    X(identity_added) X(identity_status) X(display) X(identity_linked) X(identity_os_user) \
    X(group_set) X(credential_made) X(credential_revoked) X(invited) X(session_opened) \
    X(session_closed) X(passkey_enrolled) X(passkey_named) X(said) X(passkey_removed) \
    X(asked) X(voted) X(vote_lapsed) X(escalated) X(moved) X(outcome) X(erased) X(labelled) X(label_ended) \
    X(label_dropped) X(capped) X(budget_lent) X(budget_used) X(budget_returned) \
    X(console_opened) X(console_ended) X(account_linked) X(account_unlinked) \
    X(account_groups) X(delegate_set) X(away_set) X(away_ended) X(exception) X(reviewed) X(in_force) \
    X(provisioner_made) X(scim_user) X(scim_user_gone) X(scim_group) X(scim_group_gone) \
    X(scim_members) X(refused) X(shown) X(hook) X(hook_dead) X(hook_settled) \
    X(chat_posted) X(chat_updated) X(chat_gone) X(chat_joined) X(chat_left) \
    X(chat_heard)
/* clang-format on */

#define EVENT_DECLARE(name) void apply_##name(struct db *db, struct fields *f);
EVENTS(EVENT_DECLARE)
#undef EVENT_DECLARE

#endif
