/* Chats: what one key of one cannot say, and where a rule's `notify` leads. */
#include "core/policy/policy_int.h"

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
            !sl_span_eq(c->chats[j].whose, chat->whose))
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

void sl_config_resolve_chat(struct sl_load *l, struct sl_config *c, size_t index,
                            const struct sl_node *at)
{
    struct sl_chat *chat = &c->chats[index];

    chat->whose = chat->kind == SL_CHAT_SLACK ? chat->team : chat->tenant;
    if (chat->kind == SL_CHAT_SLACK && chat->api.n == 0)
        chat->api = SL_SPAN("https://slack.com/api/");
    check_names(l, at, c, index);
    sl_config_check_chat_kind(l, c, chat, at);
}

struct sl_span sl_chat_home(const struct sl_chat *chat)
{
    return chat->kind == SL_CHAT_TEAMS_WORKFLOW ? SL_SPAN("webhook") : chat->channel;
}

struct sl_span sl_notify_chat(struct sl_span route, struct sl_span *channel)
{
    size_t colon = sl_span_find(route, ':');

    *channel = colon < route.n ? sl_span_from(route, colon + 1) : (struct sl_span){NULL, 0};
    return sl_span_head(route, colon);
}

bool sl_notify_person(struct sl_span channel, struct sl_span *name)
{
    bool is = channel.n > 0 && channel.p[0] == '@';

    *name = is ? sl_span_from(channel, 1) : (struct sl_span){NULL, 0};
    return is;
}

static const char *route_refused(const struct sl_config *c, struct sl_span route)
{
    struct sl_span channel;
    const struct sl_chat *chat = sl_config_chat(c, sl_notify_chat(route, &channel));

    if (chat == NULL)
        return " is the name of no chat; expected one of `chat`, and if need be a channel: "
               "`slack:C0123ABCD`\n";
    if (sl_span_find(route, ':') < route.n)
        return sl_chat_channel_refused(chat, channel);
    return sl_chat_home(chat).n > 0 ? NULL
                                    : ": this chat has no `channel`; expected `name:channel`\n";
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
