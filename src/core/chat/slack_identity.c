#include "core/chat/slack.h"

/* Slack's claims beside those of OpenID Connect (api.slack.com/authentication/sign-in-with-slack).
 * A user's id is of a workspace; what a person is elsewhere says nothing about ours. */

#define CLAIM(name) "https://slack.com/" name

bool sl_slack_identity_is_of(struct sl_span payload, struct sl_span team, struct sl_span subject)
{
    json_t *claims = NULL;

    if (team.n == 0 || subject.n == 0 || sl_json_read(payload, &claims, NULL) != SL_OK)
        return false;
    bool is_of = sl_span_eq(sl_json_str(claims, CLAIM("team_id")), team) &&
                 sl_span_eq(sl_json_str(claims, CLAIM("user_id")), subject);
    json_decref(claims);
    return is_of;
}
