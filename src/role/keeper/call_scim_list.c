#include "role/keeper/call_scim_int.h"

#include "role/keeper/db.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/scim.h"

/* Users and groups as JSON, and lists of them that a filter chooses. */

static bool leaves_out_members(const struct scim_request *r)
{
    struct sl_span rest = sl_json_str(r->query, "excludedAttributes");

    while (rest.n > 0) {
        struct sl_span word = sl_span_head(rest, sl_span_find(rest, ','));

        rest = sl_span_from(rest, word.n + 1);
        if (sl_span_eq_nocase(word, SL_SPAN("members")))
            return true;
    }
    return false;
}

json_t *scim_user_json(const struct scim_request *r, const struct scim_user *u)
{
    return sl_scim_resource_json(SL_SCIM_USER,
                                 &(struct sl_scim_known){.id = u->id,
                                                         .base = r->base,
                                                         .said = {.user_name = u->user_name,
                                                                  .external_id = u->external_id,
                                                                  .display_name = u->display_name,
                                                                  .active = u->active},
                                                         .created_us = u->since_us,
                                                         .changed_us = u->changed_us});
}

json_t *scim_group_json(const struct scim_request *r, const struct scim_group *g)
{
    bool whole = !leaves_out_members(r);
    struct sl_names members = whole ? scim_members(r->k, g->id) : (struct sl_names){0};
    json_t *out =
        sl_scim_resource_json(SL_SCIM_GROUP,
                              &(struct sl_scim_known){.id = g->id,
                                                      .base = r->base,
                                                      .said = {.external_id = g->external_id,
                                                               .display_name = g->display_name,
                                                               .members = members.items,
                                                               .member_count = members.count},
                                                      .created_us = g->since_us,
                                                      .changed_us = g->changed_us});

    if (!whole)
        json_object_del(out, "members");
    return out;
}

/* --- listing --------------------------------------------------------------------------------- */

/* userName is not case-exact (RFC 7643, 4.1.1), nor is displayName; ids are. */
static bool user_fits(const struct scim_user *u, const struct sl_scim_filter *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct sl_scim_term *t = &f->terms[i];
        bool fits = t->attribute == SL_SCIM_ID            ? sl_span_eq(u->id, t->text)
                    : t->attribute == SL_SCIM_USER_NAME   ? sl_span_eq_nocase(u->user_name, t->text)
                    : t->attribute == SL_SCIM_EXTERNAL_ID ? sl_span_eq(u->external_id, t->text)
                    : t->attribute == SL_SCIM_DISPLAY_NAME
                        ? sl_span_eq_nocase(u->display_name, t->text)
                        : t->attribute == SL_SCIM_ACTIVE && u->active == t->flag;

        if (!fits)
            return false;
    }
    return true;
}

static bool group_fits(struct keeper *k, const struct scim_group *g, const struct sl_scim_filter *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct sl_scim_term *t = &f->terms[i];
        bool fits = t->attribute == SL_SCIM_ID            ? sl_span_eq(g->id, t->text)
                    : t->attribute == SL_SCIM_EXTERNAL_ID ? sl_span_eq(g->external_id, t->text)
                    : t->attribute == SL_SCIM_DISPLAY_NAME
                        ? sl_span_eq_nocase(g->display_name, t->text)
                        : t->attribute == SL_SCIM_MEMBERS && scim_is_member(k, g->id, t->text);

        if (!fits)
            return false;
    }
    return true;
}

static uint64_t number_of(const struct scim_request *r, const char *name, uint64_t usual)
{
    uint64_t n = 0;
    struct sl_span text = sl_json_str(r->query, name);

    return text.n > 0 && sl_span_u64(text, &n) == SL_OK ? n : usual;
}

void scim_list(struct scim_request *r)
{
    uint64_t start = number_of(r, "startIndex", 1), count = number_of(r, "count", SL_SCIM_PAGE);
    struct sl_span text = sl_json_str(r->query, "filter");
    struct sl_scim_filter filter = {.count = 0};
    enum sl_scim_reason why = text.n == 0 ? SL_SCIM_OK : sl_scim_filter(r->k->mem, text, &filter);
    struct scim_user *users = NULL;
    struct scim_group *groups = NULL;
    size_t total = 0;

    if (why != SL_SCIM_OK) {
        scim_refuse(r, why);
        return;
    }
    start = start == 0 ? 1 : start;
    count = count > SL_SCIM_PAGE ? SL_SCIM_PAGE : count;
    bool user = r->kind == SL_SCIM_USER;
    size_t known = 0, members = 0;
    enum sl_err err = user ? scim_users(r->k, r->iss, &users, &known)
                           : scim_groups(r->k, r->iss, &groups, &known);
    if (err != SL_OK) {
        scim_refuse(r, SL_SCIM_MEMORY);
        return;
    }
    json_t *page = json_array();
    for (size_t n = 0; n < known; n++) {
        if (!(user ? user_fits(&users[n], &filter) : group_fits(r->k, &groups[n], &filter)))
            continue;
        total++;
        if (total < start || json_array_size(page) >= count || members >= GROUP_MEMBERS_MAX)
            continue; /* a page may be shorter than was asked: the next begins where it ends */
        json_t *one = user ? scim_user_json(r, &users[n]) : scim_group_json(r, &groups[n]);
        members += json_array_size(json_object_get(one, "members"));
        json_array_append_new(page, one);
    }
    scim_answer(r, 200, sl_scim_list_json(page, total, start));
}
