/* libraries: core_oidc, json, crypto, base */
/* A chain of those who act is read whole, each of them somebody, or not at all. */
#include "core/oidc/oidc_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_oidc_claims out = {0};
    json_t *claims = NULL;

    if (sl_arena_new(&mem, 64 * 1024) != SL_OK)
        return 0;
    if (sl_json_read(sl_span(data, size), &claims, NULL) != SL_OK || !json_is_object(claims)) {
        json_decref(claims);
        return 0;
    }
    const json_t *act = json_object_get(claims, "act");
    enum sl_oidc_reason reason = sl_oidc_actors(claims, true, mem, &out);
    SL_PROMISE((reason == SL_OIDC_YES) || out.actor_count == 0);
    SL_PROMISE(reason != SL_OIDC_YES || (act == NULL) == (out.actor_count == 0));
    for (size_t i = 0; i < out.actor_count; i++, act = json_object_get(act, "act"))
        SL_PROMISE(sl_span_eq(out.actors[i].subject, sl_json_str(act, "sub")) &&
                   out.actors[i].subject.n > 0);
    SL_PROMISE(reason != SL_OIDC_YES || act == NULL);
    json_decref(claims);
    return 0;
}
