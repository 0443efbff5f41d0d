/* Words for reasons and algorithms. */
#include "core/oidc/oidc.h"

const char *sl_oidc_reason_text(enum sl_oidc_reason reason)
{
    static const char *const texts[] = {
#define TEXT(name, text) text,
        SL_OIDC_REASONS(TEXT)
#undef TEXT
    };
    return (size_t)reason < SL_COUNT(texts) ? texts[reason] : "unknown reason";
}

const char *sl_oidc_reason_name(enum sl_oidc_reason reason)
{
    static const char *const names[] = {
#define NAME(name, text) #name,
        SL_OIDC_REASONS(NAME)
#undef NAME
    };
    return (size_t)reason < SL_COUNT(names) ? names[reason] : "UNKNOWN";
}

uint32_t sl_oidc_algorithm_of(struct sl_span name)
{
    static const char *const names[] = {"RS256", "PS256", "ES256", "EdDSA"}; /* as the bits */

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (sl_span_is(name, names[i]))
            return 1u << i;
    return 0;
}
