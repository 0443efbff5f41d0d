#include "role/keeper/keeper_int.h"

#include "role/keeper/call.h"

/* What canaries met. One that flows means that what must be held is not: that is an alarm, in the
 * log and in the ledger, once when it begins and once when it is over. */

static json_t *state_of(struct keeper *k, struct sl_span target)
{
    size_t i;
    json_t *one;

    json_array_foreach(k->canaries, i,
                       one) if (sl_span_eq(sl_json_str(one, "target"), target)) return one;
    one = json_object();
    json_put_str(one, "target", target);
    if (k->canaries == NULL)
        k->canaries = json_array();
    json_array_append_new(k->canaries, one);
    return one;
}

static void record(struct keeper *k, struct sl_span target, struct sl_span identity,
                   struct sl_span result, struct sl_span why)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_canary(&leaf, &(struct sl_entry_canary){.time_us = sl_clock_us(),
                                                         .target = target,
                                                         .identity = identity,
                                                         .result = result,
                                                         .why = why});
    store_leaf(&k->store, &leaf, true, NULL);
}

static void take(struct keeper *k, struct sl_span target, struct sl_span identity,
                 struct sl_span result, struct sl_span why)
{
    json_t *state = state_of(k, target);
    bool flowed_before = sl_span_is(sl_json_str(state, "result"), "flowed");
    bool flows = sl_span_is(result, "flowed"), tried = !sl_span_is(result, "unreachable");

    if (flows)
        sl_log(SL_LOG_ERROR, "canary_flowed", SL_TEXT("target", target), SL_TEXT("why", why));
    else if (!tried)
        sl_log(SL_LOG_WARN, "canary_not_tried", SL_TEXT("target", target), SL_TEXT("why", why));
    if (flows != flowed_before && tried)
        record(k, target, identity, result, why);
    if (tried || !flowed_before) /* an alarm stays until it is held again */
        json_put_str(state, "result", result);
    json_put_time(state, "at", sl_clock_us());
}

void call_CANARY_REPORT(struct call *c)
{
    static const char *const results[] = {"held", "denied", "flowed", "unreachable"};
    struct sl_span target = call_str(c, "target"), result = call_str(c, "result");
    bool known = false;

    for (size_t i = 0; i < SL_COUNT(results); i++)
        known = known || sl_span_is(result, results[i]);
    if (!known || c->keeper->config == NULL ||
        sl_config_target(c->keeper->config, target) == NULL) {
        call_problem(c, 400, "Not a report", "It names no target, or no result of a canary.", "");
        return;
    }
    take(c->keeper, target, call_str(c, "identity"), result, call_str(c, "why"));
    c->reply = json_object();
    json_put_str(c->reply, "target", target);
}
