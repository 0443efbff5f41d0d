/* Chats: what one key of one cannot say, and where a rule's `notify` leads. */
#include "core/policy/policy_int.h"

#include <string.h>

static struct sl_buf *about(struct sl_load *l, const struct sl_node *at, const struct sl_chat *c)
{
    struct sl_buf *b = sl_load_complain(l, at);

    sl_buf_put_str(b, "chat ");
    sl_load_quote(b, c->name);
    return b;
}

const struct sl_chat *sl_config_chat(const struct sl_config *c, struct sl_span name)
{
    for (size_t i = 0; i < c->chat_count; i++)
        if (sl_span_eq(c->chats[i].name, name))
            return &c->chats[i];
    return NULL;
}

/* Ids of Slack: they go into calls, and are compared with what calls us. */
static bool is_id(struct sl_span id, const char *first)
{
    if (id.n < 2 || id.n > 40 || strchr(first, id.p[0]) == NULL)
        return false;
    for (size_t i = 0; i < id.n; i++)
        if (!((id.p[i] >= 'A' && id.p[i] <= 'Z') || (id.p[i] >= '0' && id.p[i] <= '9')))
            return false;
    return true;
}

static void check_names(struct sl_load *l, const struct sl_node *at, const struct sl_config *c,
                        size_t index)
{
    const struct sl_chat *chat = &c->chats[index];

    if (!sl_is_short_name(chat->name))
        sl_buf_put_str(about(l, at, chat), ": expected a short name of a-z, 0-9, -, _ and dots\n");
    for (size_t j = 0; j < index; j++)
        if (sl_span_eq(c->chats[j].name, chat->name))
            sl_buf_say(about(l, at, chat),
                       " has a name that is taken in line %u; expected its own\n",
                       (unsigned)c->chats[j].line);
    if (chat->issuer.n == 0)
        return;
    for (size_t j = 0; j < index; j++)
        if (sl_span_eq(c->chats[j].issuer, chat->issuer) &&
            !sl_span_eq(c->chats[j].team, chat->team))
            sl_buf_say(about(l, at, chat),
                       " has the issuer of the chat in line %u, and another team; expected an "
                       "issuer of its own, for a person's id means somebody in one team alone\n",
                       (unsigned)c->chats[j].line);
    for (size_t i = 0; i < c->issuer_count; i++)
        if (sl_span_eq(c->issuers[i].name, chat->issuer))
            return;
    sl_buf_put_str(about(l, at, chat),
                   ": `issuer` is none of `issuers`; expected the name of one\n");
}

static void check_ids(struct sl_load *l, const struct sl_node *at, const struct sl_chat *chat)
{
    if (!is_id(chat->team, "TE"))
        sl_buf_put_str(
            about(l, at, chat),
            ": `team` is no id of a workspace; expected T and letters and digits, as its "
            "address in a browser has it\n");
    if (chat->channel.n > 0 && !is_id(chat->channel, "CG"))
        sl_buf_put_str(about(l, at, chat),
                       ": `channel` is no id of a channel; expected C and letters and digits, not "
                       "its name, which may be given to another\n");
}

static void check_calls(struct sl_load *l, const struct sl_node *at, const struct sl_chat *chat)
{
    bool socket = chat->mode == SL_CHAT_SOCKET;

    if (!sl_is_endpoint(chat->api) || chat->api.p[chat->api.n - 1] != '/' ||
        sl_span_find(chat->api, '?') < chat->api.n)
        sl_buf_put_str(about(l, at, chat),
                       ": `api` is no address to call; expected https://, or http:// to this "
                       "machine, with a slash at the end\n");
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

void sl_config_resolve_chat(struct sl_load *l, struct sl_config *c, size_t index,
                            const struct sl_node *at)
{
    check_names(l, at, c, index);
    check_ids(l, at, &c->chats[index]);
    check_calls(l, at, &c->chats[index]);
}

struct sl_span sl_notify_chat(struct sl_span route, struct sl_span *channel)
{
    size_t colon = sl_span_find(route, ':');

    *channel = colon < route.n ? sl_span_from(route, colon + 1) : (struct sl_span){NULL, 0};
    return sl_span_head(route, colon);
}

static const char *route_refused(const struct sl_config *c, struct sl_span route)
{
    struct sl_span channel;
    const struct sl_chat *chat = sl_config_chat(c, sl_notify_chat(route, &channel));

    if (chat == NULL)
        return " is the name of no chat; expected one of `chat`, and if need be a channel: "
               "`slack:C0123ABCD`\n";
    bool names_one = sl_span_find(route, ':') < route.n;
    if (!names_one && chat->channel.n == 0)
        return ": this chat has no `channel`; expected `name:channel`\n";
    if (names_one && !is_id(channel, "CG"))
        return ": this is no id of a channel; expected C and letters and digits\n";
    return NULL;
}

static void check_routes(struct sl_load *l, const struct sl_config *c, const struct sl_rule *r,
                         const struct sl_names *routes, const struct sl_node *at)
{
    for (size_t i = 0; i < routes->count; i++) {
        const char *why = route_refused(c, routes->items[i]);

        if (why == NULL)
            continue;
        struct sl_buf *b = sl_load_complain(l, at);
        sl_buf_put_str(b, "rule ");
        sl_load_quote(b, r->name);
        sl_buf_put_str(b, ": notify ");
        sl_load_quote(b, routes->items[i]);
        sl_buf_put_str(b, why);
    }
}

void sl_config_check_notify(struct sl_load *l, const struct sl_config *c, const struct sl_rule *r,
                            const struct sl_node *at)
{
    check_routes(l, c, r, &r->notify, at);
    check_routes(l, c, r, &r->escalate.notify, at);
}
