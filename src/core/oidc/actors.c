/* Who acts for whom (RFC 8693, section 4.1): `act` is whoever acts, the `act` inside it whoever
 * acted before, and so on. */
#include "core/oidc/oidc_int.h"

static bool take_actor(const json_t *act, struct sl_arena *mem, struct sl_oidc_actor *out)
{
    *out = (struct sl_oidc_actor){{NULL, 0}, {NULL, 0}};
    return json_is_object(act) && json_object_get(act, "cnf") == NULL &&
           sl_oidc_is_text(sl_json_str(act, "sub"), SL_OIDC_SUBJECT_MAX) &&
           sl_oidc_take_text(act, "sub", mem, &out->subject) &&
           sl_oidc_take_text(act, "iss", mem, &out->issuer);
}

enum sl_oidc_reason sl_oidc_actors(const json_t *claims, bool taken, struct sl_arena *mem,
                                   struct sl_oidc_claims *out)
{
    const json_t *act = json_object_get(claims, "act");
    struct sl_oidc_actor *actors;
    size_t count = 0;

    if (act == NULL)
        return SL_OIDC_YES;
    if (!taken)
        return SL_OIDC_ACTOR;
    actors = sl_arena_array(mem, SL_OIDC_ACTORS_MAX, sizeof *actors);
    if (actors == NULL)
        return SL_OIDC_MEMORY;
    for (; act != NULL; act = json_object_get(act, "act"))
        if (count == SL_OIDC_ACTORS_MAX || !take_actor(act, mem, &actors[count++]))
            return SL_OIDC_ACTORS;
    out->actors = actors;
    out->actor_count = count;
    return SL_OIDC_YES;
}
