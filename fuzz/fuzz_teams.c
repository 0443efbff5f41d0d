/* libraries: core_chat, core_oidc, json, crypto, base */
/* What comes from Teams and the Connector. The first byte says which: an activity, a member, keys
 * and metadata, a grant, an answer, a token, a service address. Nothing that is not ours decides.
 */
#include "core/chat/teams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define USER "9d3e08f9-a7ae-43aa-a4d3-de3f319a8a9c"
#define SERVICE "https://smba.trafficmanager.net/amer/"

static const struct sl_teams_us us = {.app = SL_SPAN("c9e8c047-2a34-40a1-b28a-b162d5f5327c"),
                                      .tenant = SL_SPAN(TENANT)};

static void check_id(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        SL_PROMISE(text.p[i] > ' ' && text.p[i] <= '~');
}

static void check_activity(struct sl_span body)
{
    struct sl_teams_activity a;
    enum sl_err err = sl_teams_read(body, &us, SL_SPAN(SERVICE), &a);
    const struct sl_chat_input *in = &a.input;

    SL_PROMISE(err == SL_OK || (a.kind == SL_TEAMS_NOTHING && in->event == SL_CHAT_NOTHING));
    SL_PROMISE((a.kind == SL_TEAMS_INPUT) == (in->event == SL_CHAT_FORM));
    if (a.kind == SL_TEAMS_INPUT) {
        SL_PROMISE(in->verb != 0 && in->approval.n == 36 && in->message.n > 0 && in->channel.n > 0);
        SL_PROMISE(in->foreign || (in->user.n == 36 && sl_span_is(in->team, TENANT)));
        SL_PROMISE(sl_span_eq(in->text, sl_chat_head(in->text, SL_CHAT_REASON_MOST)));
    }
    check_id(a.conversation);
    check_id(a.roster);
    check_id(in->message);
    json_decref(a.json);
}

static void check_member(struct sl_span body)
{
    if (sl_teams_member_refused(body, &us, SL_SPAN(USER)) == NULL)
        SL_PROMISE(body.n > sizeof USER + sizeof TENANT);
}

static void check_keys(struct sl_span body, struct sl_arena *mem)
{
    struct sl_oidc_keys *keys = NULL;
    struct sl_span url = {0};

    if (sl_teams_read_keys(body, &keys) != SL_OIDC_YES)
        SL_PROMISE(keys == NULL);
    sl_oidc_keys_free(keys);
    if (sl_teams_read_metadata(body, &us, mem, &url) == SL_OIDC_YES)
        SL_PROMISE(sl_span_starts(url, SL_SPAN("https://login.botframework.com/")));
}

static void check_grant(struct sl_span body, struct sl_arena *mem)
{
    struct sl_teams_grant g = {0};

    if (sl_teams_read_grant(200, body, mem, &g) == SL_OIDC_YES)
        SL_PROMISE(g.token.n > 0 && g.expires_in_s > 0);
    (void)!sl_teams_read_grant(400, body, mem, &g);
    check_id(g.token);
    check_id(g.error);
}

static void check_answer(struct sl_span body)
{
    for (unsigned status = 200; status <= 400; status += 200) {
        struct sl_teams_answer a;
        enum sl_err err = sl_teams_read_answer(status, body, &a);

        SL_PROMISE(a.ok == (status == 200 && err == SL_OK));
        check_id(a.id);
        check_id(a.error);
        json_decref(a.json);
    }
}

static void check_service(struct sl_span url)
{
    if (!sl_teams_service_allowed(url, &us))
        return;
    SL_PROMISE(sl_span_starts(url, SL_SPAN("https://")));
    for (size_t i = 0; i < url.n; i++)
        SL_PROMISE(strchr("@?#\\%", url.p[i]) == NULL && url.p[i] > ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_span rest = sl_span_from(sl_span(data, size), 1);
    struct sl_teams_token token;

    if (size == 0 || sl_arena_new(&mem, 256 * 1024) != SL_OK)
        return 0;
    switch (data[0] % 7) {
    case 0:
        check_activity(rest);
        break;
    case 1:
        check_member(rest);
        break;
    case 2:
        check_keys(rest, mem);
        break;
    case 3:
        check_grant(rest, mem);
        break;
    case 4:
        check_answer(rest);
        break;
    case 5:
        SL_PROMISE(sl_teams_check_token(rest, NULL, &us, 0, mem, &token) != SL_OIDC_YES);
        break;
    default:
        check_service(rest);
        break;
    }
    return 0;
}
