/* Who somebody is, as the Connector tells it of a member of a conversation. */
#include "core/chat/teams_int.h"

static bool contains(struct sl_span text, struct sl_span part)
{
    for (size_t i = 0; i + part.n <= text.n; i++)
        if (sl_span_eq_nocase(sl_span_head(sl_span_from(text, i), part.n), part))
            return true;
    return false;
}

/* It is called objectId on the wire, and aadObjectId by newer answers: whichever is there. */
static bool is_user(const json_t *member, struct sl_span user)
{
    static const char *const names[] = {"objectId", "aadObjectId"};
    size_t found = 0;

    for (size_t i = 0; i < SL_COUNT(names); i++) {
        if (json_object_get(member, names[i]) == NULL)
            continue;
        if (!sl_span_eq(sl_json_str(member, names[i]), user))
            return false;
        found++;
    }
    return found > 0 && sl_teams_is_uuid(user);
}

static const char *refused(const json_t *member, const struct sl_teams_us *us, struct sl_span user)
{
    struct sl_span role = sl_json_str(member, "userRole");
    struct sl_span name = sl_json_str(member, "userPrincipalName");

    if (!is_user(member, user))
        return "Teams does not say that this is the person who clicked";
    if (!sl_span_eq(sl_json_str(member, "tenantId"), us->tenant))
        return "people of another organization do not decide here";
    if (sl_span_eq_nocase(role, SL_SPAN("guest")) || contains(name, SL_SPAN("#EXT#")))
        return "guests do not decide here";
    if (!sl_span_eq_nocase(role, SL_SPAN("user")) || name.n == 0)
        return "Teams does not say that this is a member of the organization";
    return NULL;
}

const char *sl_teams_member_refused(struct sl_span body, const struct sl_teams_us *us,
                                    struct sl_span user)
{
    json_t *member = sl_teams_object(body, SL_TEAMS_BODY_MOST);
    const char *why;

    if (member == NULL)
        return "Teams does not say who this is";
    why = refused(member, us, user);
    json_decref(member);
    return why;
}
