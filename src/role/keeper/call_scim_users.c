#include "role/keeper/call_scim_int.h"

#include "role/keeper/scim.h"

/* One user: creating, reading, replacing, changing, deleting. */

static enum sl_scim_reason change_user(struct scim_request *r, struct scim_user *u,
                                       const struct sl_scim_change *c, bool *active)
{
    bool name = scim_subject_is_name(r->issuer);

    switch (c->what) {
    case SL_SCIM_SET_USER_NAME:
        if (name && !sl_span_eq_nocase(c->text, u->user_name)) {
            r->detail = "userName is the subject of this provider's tokens (scim_subject): it does "
                        "not change";
            return SL_SCIM_MUTABILITY;
        }
        u->user_name = c->text;
        break;
    case SL_SCIM_SET_DISPLAY_NAME:
        u->display_name = c->text;
        break;
    case SL_SCIM_SET_ACTIVE:
        *active = c->flag;
        break;
    case SL_SCIM_SET_EXTERNAL_ID:
        if (!name && !sl_span_eq(c->text, u->external_id)) {
            r->detail = "externalId is the subject of this provider's tokens: it does not change";
            return SL_SCIM_MUTABILITY;
        }
        u->external_id = c->text;
        break;
    case SL_SCIM_ADD_MEMBERS:
    case SL_SCIM_REMOVE_MEMBERS:
    case SL_SCIM_SET_MEMBERS:
        break;
    }
    return SL_SCIM_OK;
}

/* All of it, or nothing: what is recorded is looked at before. */
static enum sl_scim_reason apply_user(struct scim_request *r, struct scim_user *u,
                                      const struct sl_scim_change *changes, size_t count)
{
    struct scim_user before = *u;
    bool active = u->active;

    for (size_t n = 0; n < count; n++) {
        enum sl_scim_reason why = change_user(r, u, &changes[n], &active);

        if (why != SL_SCIM_OK)
            return why;
    }
    if (scim_user_is_taken(r->k, u))
        return SL_SCIM_UNIQUENESS;
    if (!sl_span_eq(before.user_name, u->user_name) ||
        !sl_span_eq(before.display_name, u->display_name) ||
        !sl_span_eq(before.external_id, u->external_id))
        scim_user_put(r->k, u);
    return scim_user_turn(r->k, r->issuer, u, active, &r->detail);
}

void scim_create_user(struct scim_request *r)
{
    struct sl_scim_resource said;
    enum sl_scim_reason why = sl_scim_read(r->k->mem, SL_SCIM_USER, r->body, &said);
    struct scim_user u = {.issuer = r->iss};

    if (why == SL_SCIM_OK) {
        u.user_name = said.user_name;
        u.external_id = said.external_id;
        u.display_name = said.display_name;
        u.active = said.active;
        why = scim_user_is_taken(r->k, &u) ? SL_SCIM_UNIQUENESS
              : scim_user_count(r->k, r->iss) >= USERS_MAX
                  ? SL_SCIM_TOO_MANY
                  : scim_user_begin(r->k, r->issuer, &u, &r->detail);
    }
    if (why == SL_SCIM_OK)
        scim_answer(r, 201, scim_user_json(r, &u));
    else
        scim_refuse(r, why);
}

/* What a PUT says, as changes; what it does not speak of stays. */
static struct sl_scim_patch user_changes(const struct sl_scim_resource *said,
                                         struct sl_scim_change all[4])
{
    struct sl_scim_patch p = {all, 0};

    all[p.count++] =
        (struct sl_scim_change){.what = SL_SCIM_SET_USER_NAME, .text = said->user_name};
    if (said->says_display_name)
        all[p.count++] =
            (struct sl_scim_change){.what = SL_SCIM_SET_DISPLAY_NAME, .text = said->display_name};
    if (said->says_active)
        all[p.count++] = (struct sl_scim_change){.what = SL_SCIM_SET_ACTIVE, .flag = said->active};
    if (said->external_id.n > 0)
        all[p.count++] =
            (struct sl_scim_change){.what = SL_SCIM_SET_EXTERNAL_ID, .text = said->external_id};
    return p;
}

static void change_one_user(struct scim_request *r, struct scim_user *u)
{
    struct sl_scim_patch p = {0};
    struct sl_scim_resource said;
    struct sl_scim_change all[4];
    enum sl_scim_reason why;

    if (sl_span_is(r->method, "PATCH")) {
        why = sl_scim_patch(r->k->mem, SL_SCIM_USER, r->body, &p);
    } else {
        why = sl_scim_read(r->k->mem, SL_SCIM_USER, r->body, &said);
        if (why == SL_SCIM_OK)
            p = user_changes(&said, all);
    }
    if (why == SL_SCIM_OK)
        why = apply_user(r, u, p.changes, p.count);
    if (why == SL_SCIM_OK)
        scim_answer(r, 200, scim_user_json(r, u));
    else
        scim_refuse(r, why);
}

void scim_one_user(struct scim_request *r)
{
    struct scim_user u;

    if (scim_user_get(r->k, r->iss, r->id, &u) != SL_OK) {
        scim_refuse(r, SL_SCIM_NOT_FOUND);
    } else if (sl_span_is(r->method, "GET")) {
        scim_answer(r, 200, scim_user_json(r, &u));
    } else if (sl_span_is(r->method, "DELETE")) {
        enum sl_scim_reason why = scim_user_turn(r->k, r->issuer, &u, false, &r->detail);
        if (why != SL_SCIM_OK) {
            scim_refuse(r, why);
            return;
        }
        scim_user_drop(r->k, &u);
        scim_answer(r, 204, json_object());
    } else {
        change_one_user(r, &u);
    }
}
