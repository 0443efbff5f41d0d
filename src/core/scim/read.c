/* Resources that a provider sends whole. */
#include "core/scim/scim_int.h"

/* *said: it is there, be it null; may be NULL. */
static enum sl_scim_reason text_of(const json_t *object, const char *name, bool needed,
                                   struct sl_span *out, bool *said)
{
    json_t *value = NULL;
    enum sl_scim_reason why = sl_scim_member(object, name, &value);

    *out = sl_span(NULL, 0);
    if (why != SL_SCIM_OK)
        return why;
    if (said != NULL)
        *said = value != NULL;
    if (value == NULL)
        return needed ? SL_SCIM_VALUE : SL_SCIM_OK;
    return sl_scim_take_text(value, !needed, out);
}

/* "Given Family" of {"formatted"} or its parts; empty when there is nothing to show. */
static enum sl_scim_reason name_of(struct sl_arena *mem, const json_t *body, struct sl_span *out)
{
    struct sl_span formatted, given, family;
    json_t *name = NULL;
    SL_BUF(text, 2 * SL_SCIM_TEXT_MAX + 2);
    enum sl_scim_reason why = sl_scim_member(body, "name", &name);

    if (why != SL_SCIM_OK || !json_is_object(name))
        return why;
    why = text_of(name, "formatted", false, &formatted, NULL);
    if (why == SL_SCIM_OK)
        why = text_of(name, "givenName", false, &given, NULL);
    if (why == SL_SCIM_OK)
        why = text_of(name, "familyName", false, &family, NULL);
    if (why != SL_SCIM_OK)
        return why;
    if (formatted.n > 0) {
        *out = formatted;
        return SL_SCIM_OK;
    }
    sl_buf_say(&text, "%S%s%S", given, given.n > 0 && family.n > 0 ? " " : "", family);
    if (text.n > SL_SCIM_TEXT_MAX)
        return SL_SCIM_VALUE;
    *out = sl_arena_copy(mem, sl_buf_span(&text));
    return SL_SCIM_OK;
}

static enum sl_scim_reason read_user(struct sl_arena *mem, const json_t *body,
                                     struct sl_scim_resource *r)
{
    json_t *active = NULL;
    enum sl_scim_reason why = text_of(body, "userName", true, &r->user_name, NULL);

    if (why == SL_SCIM_OK)
        why = text_of(body, "displayName", false, &r->display_name, &r->says_display_name);
    if (why == SL_SCIM_OK && r->display_name.n == 0)
        why = name_of(mem, body, &r->display_name);
    r->says_display_name = r->says_display_name || r->display_name.n > 0;
    if (why == SL_SCIM_OK)
        why = sl_scim_member(body, "active", &active);
    r->says_active = active != NULL && !json_is_null(active);
    if (why == SL_SCIM_OK && r->says_active)
        why = sl_scim_take_flag(active, &r->active);
    return why;
}

static enum sl_scim_reason read_group(struct sl_arena *mem, const json_t *body,
                                      struct sl_scim_resource *r)
{
    json_t *members = NULL;
    enum sl_scim_reason why = text_of(body, "displayName", true, &r->display_name, NULL);

    if (why == SL_SCIM_OK)
        why = sl_scim_member(body, "members", &members);
    r->says_display_name = true;
    r->says_members = members != NULL;
    if (why == SL_SCIM_OK && members != NULL && !json_is_null(members))
        why = json_is_array(members)
                  ? sl_scim_take_members(mem, members, &r->members, &r->member_count)
                  : SL_SCIM_VALUE;
    return why;
}

enum sl_scim_reason sl_scim_read(struct sl_arena *mem, enum sl_scim_kind kind, const json_t *body,
                                 struct sl_scim_resource *out)
{
    struct sl_scim_resource r = {.active = true};

    if (!sl_scim_has_schema(body, kind == SL_SCIM_USER ? SL_SCIM_URN_USER : SL_SCIM_URN_GROUP))
        return SL_SCIM_SYNTAX;
    enum sl_scim_reason why =
        text_of(body, "externalId", false, &r.external_id, &r.says_external_id);
    if (why == SL_SCIM_OK)
        why = kind == SL_SCIM_USER ? read_user(mem, body, &r) : read_group(mem, body, &r);
    if (why == SL_SCIM_OK)
        *out = r;
    return why;
}
