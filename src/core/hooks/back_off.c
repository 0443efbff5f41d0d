/* When a receiver is asked again, and when it is not. */
#include "core/hooks/hooks.h"

/* A minute: the receiver is being restarted. An hour: somebody is working on it. Days: nobody
 * knows yet. In all about three days. */
static const uint64_t plan_s[] = {5, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
enum { SIEM_FIRST_S = 1, SIEM_MOST_S = 60, ASKED_FOR_MOST_S = 3600 };

enum sl_hook_verdict sl_hook_verdict_of(enum sl_hook_format format, uint32_t status)
{
    static const uint32_t may_change[] = {401, 403, 404, 405, 407, 408, 409, 421, 423, 425, 429};

    if (status >= 200 && status <= 299)
        return SL_HOOK_TOLD;
    if (format != SL_HOOK_CLOUDEVENTS || status < 400 || status > 499)
        return SL_HOOK_AGAIN;
    if (status == 410)
        return SL_HOOK_GONE;
    for (size_t i = 0; i < SL_COUNT(may_change); i++)
        if (status == may_change[i])
            return SL_HOOK_AGAIN;
    return SL_HOOK_DEAD;
}

static uint64_t plan_of(enum sl_hook_format format, unsigned attempts)
{
    if (format == SL_HOOK_CLOUDEVENTS)
        return attempts <= SL_COUNT(plan_s) ? plan_s[attempts - 1] : UINT64_MAX;
    return attempts > 6 ? SIEM_MOST_S : SIEM_FIRST_S << (attempts - 1);
}

uint64_t sl_hook_again_ms(enum sl_hook_format format, unsigned attempts, uint64_t retry_after_s,
                          uint32_t chance)
{
    uint64_t plan = plan_of(format, attempts == 0 ? 1 : attempts);

    if (plan == UINT64_MAX)
        return plan;
    uint64_t ms = plan * 900 + plan * 200 * (chance % 1000) / 1000;
    uint64_t asked_s = retry_after_s < ASKED_FOR_MOST_S ? retry_after_s : ASKED_FOR_MOST_S;
    return ms > asked_s * 1000 ? ms : asked_s * 1000;
}
