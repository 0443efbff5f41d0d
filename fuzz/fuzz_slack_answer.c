/* libraries: core_chat, json, crypto, base */
/* What the Web API answers, and the claims of an ID token: only who is plainly a member of ours may
 * decide. */
#include "core/chat/slack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_user(const struct sl_slack_answer *a)
{
    const json_t *user = json_object_get(a->json, "user");

    if (sl_slack_user_refused(a, SL_SPAN("T0123"), SL_SPAN("U0123")) != NULL)
        return;
    SL_PROMISE(a->ok && sl_span_is(sl_json_str(user, "id"), "U0123") &&
               sl_span_is(sl_json_str(user, "team_id"), "T0123"));
    SL_PROMISE(json_is_false(json_object_get(user, "deleted")) &&
               json_is_false(json_object_get(user, "is_bot")) &&
               json_is_false(json_object_get(user, "is_restricted")) &&
               json_is_false(json_object_get(user, "is_ultra_restricted")) &&
               !json_is_true(json_object_get(user, "is_stranger")));
}

/* As the claims of an ID token: whose it is not, it says to be of nobody. */
static void look_identity(struct sl_span payload)
{
    json_t *claims = NULL;

    if (!sl_slack_identity_is_of(payload, SL_SPAN("T0123"), SL_SPAN("U0123")))
        return;
    SL_PROMISE(sl_json_read(payload, &claims, NULL) == SL_OK &&
               sl_span_is(sl_json_str(claims, "https://slack.com/team_id"), "T0123") &&
               sl_span_is(sl_json_str(claims, "https://slack.com/user_id"), "U0123"));
    json_decref(claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_slack_answer a = {.ok = false};

    look_identity(sl_span(data, size));

    if (sl_slack_read_answer(sl_span(data, size), &a) != SL_OK) {
        SL_PROMISE(a.json == NULL);
        return 0;
    }
    SL_PROMISE(a.ok ? a.error.n == 0 : a.error.n > 0 && a.ts.n == 0);
    look_user(&a);
    json_decref(a.json);
    return 0;
}
