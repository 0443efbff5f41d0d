/* What each kind of chat needs, and what none of its keys can say. */
#include "core/chat/teams.h"
#include "core/policy/policy_int.h"

#include <stddef.h>
#include <string.h>

enum {
    SLACK = 1u << SL_CHAT_SLACK,
    TEAMS = 1u << SL_CHAT_TEAMS,
    WORKFLOW = 1u << SL_CHAT_TEAMS_WORKFLOW,
};

static struct sl_buf *about(struct sl_load *l, const struct sl_node *at, const struct sl_chat *c)
{
    struct sl_buf *b = sl_load_complain(l, at);

    sl_buf_put_str(b, "chat ");
    sl_load_quote(b, c->name);
    return b;
}

/* --- which keys are whose -----------------------------------------------------------------------
 */

static const char *kind_word(enum sl_chat_kind kind)
{
    return kind == SL_CHAT_SLACK ? "slack" : kind == SL_CHAT_TEAMS ? "teams" : "teams-workflow";
}

static struct sl_span text_at(const struct sl_chat *chat, size_t offset)
{
    struct sl_span text;

    memcpy(&text, (const char *)chat + offset, sizeof text);
    return text;
}

/* `needs`: kinds that cannot do without it; `may`: those that know it. */
static const struct {
    const char *key;
    size_t offset;
    unsigned may, needs;
    const char *what;
} keys[] = {
    {"team", offsetof(struct sl_chat, team), SLACK, SLACK, "the workspace's id (T...)"},
    {"bot_token_file", offsetof(struct sl_chat, bot_token_file), SLACK, SLACK,
     "the file with the bot's token"},
    {"app_token_file", offsetof(struct sl_chat, app_token_file), SLACK, 0, ""},
    {"signing_secret_file", offsetof(struct sl_chat, signing_secret_file), SLACK, 0, ""},
    {"app_id", offsetof(struct sl_chat, app), TEAMS, TEAMS, "the bot's App ID"},
    {"tenant", offsetof(struct sl_chat, tenant), TEAMS, TEAMS, "the id of your tenant"},
    {"client_secret_file", offsetof(struct sl_chat, client_secret_file), TEAMS, TEAMS,
     "the file with a client secret of the bot's app"},
    {"service", offsetof(struct sl_chat, service), TEAMS, 0, ""},
    {"url_file", offsetof(struct sl_chat, url_file), WORKFLOW, WORKFLOW,
     "the file with the link that Teams gave"},
    {"issuer", offsetof(struct sl_chat, issuer), SLACK | TEAMS, 0, ""},
    {"channel", offsetof(struct sl_chat, channel), SLACK | TEAMS, 0, ""},
    {"api", offsetof(struct sl_chat, api), SLACK | TEAMS, 0, ""},
};

static void check_keys(struct sl_load *l, const struct sl_node *at, const struct sl_chat *chat)
{
    unsigned kind = 1u << chat->kind;

    for (size_t i = 0; i < SL_COUNT(keys); i++) {
        bool given = text_at(chat, keys[i].offset).n > 0;

        if (given && (keys[i].may & kind) == 0)
            sl_buf_say(about(l, at, chat), ": `%s` is no key of kind: %s; expected none\n",
                       keys[i].key, kind_word(chat->kind));
        if (!given && (keys[i].needs & kind) != 0)
            sl_buf_say(about(l, at, chat), ": kind: %s needs `%s`; expected %s\n",
                       kind_word(chat->kind), keys[i].key, keys[i].what);
    }
}

/* --- Slack --------------------------------------------------------------------------------------
 */

/* Ids of Slack: they go into calls, and are compared with what calls us. */
static bool is_slack_id(struct sl_span id, const char *first)
{
    if (id.n < 2 || id.n > 40 || strchr(first, id.p[0]) == NULL)
        return false;
    for (size_t i = 0; i < id.n; i++)
        if (!((id.p[i] >= 'A' && id.p[i] <= 'Z') || (id.p[i] >= '0' && id.p[i] <= '9')))
            return false;
    return true;
}

static void check_slack(struct sl_load *l, const struct sl_node *at, const struct sl_chat *chat)
{
    bool socket = chat->mode == SL_CHAT_SOCKET;

    if (chat->team.n > 0 && !is_slack_id(chat->team, "TE"))
        sl_buf_put_str(
            about(l, at, chat),
            ": `team` is no id of a workspace; expected T and letters and digits, as its "
            "address in a browser has it\n");
    if (chat->channel.n > 0 && !is_slack_id(chat->channel, "CG"))
        sl_buf_put_str(about(l, at, chat),
                       ": `channel` is no id of a channel; expected C and letters and digits, not "
                       "its name, which may be given to another\n");
    if (socket && chat->app_token_file.n == 0)
        sl_buf_put_str(about(l, at, chat),
                       ": nothing to open a socket with; expected app_token_file, or mode: http\n");
    if (!socket && chat->signing_secret_file.n == 0)
        sl_buf_put_str(about(l, at, chat),
                       ": whatever calls could not be told from Slack; expected "
                       "signing_secret_file, or mode: socket\n");
    if (socket ? chat->signing_secret_file.n > 0 : chat->app_token_file.n > 0)
        sl_buf_put_str(about(l, at, chat),
                       socket ? ": signing_secret_file is for mode: http alone; expected none\n"
                              : ": app_token_file is for mode: socket alone; expected none\n");
}

/* --- Teams --------------------------------------------------------------------------------------
 */

static const struct sl_issuer *issuer_of(const struct sl_config *c, struct sl_span name)
{
    for (size_t i = 0; i < c->issuer_count; i++)
        if (sl_span_eq(c->issuers[i].name, name))
            return &c->issuers[i];
    return NULL;
}

/* Teams says who somebody is by their object id in the tenant, and Entra's `sub` is another one for
 * each app. */
static void check_accounts(struct sl_load *l, const struct sl_node *at, const struct sl_config *c,
                           const struct sl_chat *chat)
{
    static const struct sl_span entra = SL_SPAN("https://login.microsoftonline.com/");
    const struct sl_issuer *i = issuer_of(c, chat->issuer);

    if (i == NULL)
        return;
    if (!sl_span_is(i->subject_claim, "oid"))
        sl_buf_put_str(
            about(l, at, chat),
            ": people are known by their object id there, and its `issuer` knows them by "
            "another claim; expected an issuer with subject_claim: oid\n");
    if (sl_span_starts(i->issuer, entra) &&
        !sl_span_starts(sl_span_from(i->issuer, entra.n), chat->tenant))
        sl_buf_put_str(about(l, at, chat),
                       ": its `issuer` is Entra of another tenant; expected that of `tenant`\n");
}

static void check_teams(struct sl_load *l, const struct sl_node *at, const struct sl_config *c,
                        const struct sl_chat *chat)
{
    const struct sl_teams_us us = {chat->app, chat->tenant, chat->api};

    if (chat->app.n > 0 && !sl_teams_is_uuid(chat->app))
        sl_buf_put_str(about(l, at, chat),
                       ": `app_id` is no GUID in small letters; expected the bot's App ID\n");
    if (chat->tenant.n > 0 && !sl_teams_is_uuid(chat->tenant))
        sl_buf_put_str(about(l, at, chat),
                       ": `tenant` is no GUID in small letters; expected the id of your tenant\n");
    if (chat->channel.n > 0 && !sl_teams_is_id(chat->channel))
        sl_buf_put_str(about(l, at, chat),
                       ": `channel` is no id of a conversation; expected 19:... as sluice chats "
                       "tells it, not a name\n");
    if (chat->service.n > 0 && (!sl_teams_service_allowed(chat->service, &us) ||
                                chat->service.p[chat->service.n - 1] != '/'))
        sl_buf_put_str(
            about(l, at, chat),
            ": `service` is none of Teams'; expected https://smba.trafficmanager.net/..., "
            "or an address below `api`, with a slash at the end\n");
    check_accounts(l, at, c, chat);
}

/* --- all of them --------------------------------------------------------------------------------
 */

static void check_api(struct sl_load *l, const struct sl_node *at, const struct sl_chat *chat)
{
    if (chat->api.n > 0 && (!sl_is_endpoint(chat->api) || chat->api.p[chat->api.n - 1] != '/' ||
                            sl_span_find(chat->api, '?') < chat->api.n))
        sl_buf_put_str(about(l, at, chat),
                       ": `api` is no address to call; expected https://, or http:// to this "
                       "machine, with a slash at the end\n");
}

void sl_config_check_chat_kind(struct sl_load *l, const struct sl_config *c, struct sl_chat *chat,
                               const struct sl_node *at)
{
    check_keys(l, at, chat);
    check_api(l, at, chat);
    if (chat->kind == SL_CHAT_SLACK)
        check_slack(l, at, chat);
    else if (chat->kind == SL_CHAT_TEAMS)
        check_teams(l, at, c, chat);
}

/* Whoever is not linked is told in the chat's channel instead, so there has to be one. */
static const char *person_refused(const struct sl_chat *chat, struct sl_span name)
{
    if (chat->kind != SL_CHAT_SLACK)
        return ": only a chat of kind: slack tells people directly; expected a conversation\n";
    if (name.n == 0)
        return ": nobody is named; expected `name:@IDENTITY`\n";
    if (chat->issuer.n == 0)
        return ": this chat has no `issuer`, so nobody's account there is known; expected one, or "
               "a "
               "channel\n";
    return chat->channel.n > 0 ? NULL
                               : ": this chat has no `channel` for when that person is not linked; "
                                 "expected one\n";
}

const char *sl_chat_channel_refused(const struct sl_chat *chat, struct sl_span channel)
{
    struct sl_span name;

    if (sl_notify_person(channel, &name))
        return person_refused(chat, name);
    if (chat->kind == SL_CHAT_TEAMS_WORKFLOW)
        return ": a link of Teams leads to one channel alone; expected the chat's name and nothing "
               "more\n";
    if (chat->kind == SL_CHAT_TEAMS)
        return sl_teams_is_id(channel) ? NULL
                                       : ": this is no id of a conversation; expected 19:... as "
                                         "sluice chats tells it\n";
    return is_slack_id(channel, "CG")
               ? NULL
               : ": this is no id of a channel; expected C and letters and digits\n";
}
