/* A bot in Teams as the keeper has it, with the test as its courier and as Microsoft. Addresses are
 * those of the public cloud. Who includes it says with KEEPER_PLAY_RULES and TEAMS_BOT which chats
 * there are. */
#ifndef SL_TESTS_TEAMS_BOT_PLAY_H
#define SL_TESTS_TEAMS_BOT_PLAY_H

#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define APP "c9e8c047-2a34-40a1-b28a-b162d5f5327c"
#define TEAMS_BOT                                                     \
    "chat:\n"                                                         \
    "  - {name: teams, kind: teams, app_id: " APP ", tenant: " TENANT \
    ", client_secret_file: c, channel: \"19:ops@thread.tacv2\""

#include "tests/unit/keeper_play.h"

#include "tests/unit/soft_issuer.h"

enum { CHATS = 2 };
#define METADATA "https://login.botframework.com/v1/.well-known/openidconfiguration"
#define KEYS "https://login.botframework.com/v1/.well-known/keys"
#define TOKEN "https://login.microsoftonline.com/" TENANT "/oauth2/v2.0/token"
#define SERVICE "https://smba.trafficmanager.net/emea/"
#define GOOD_METADATA "{\"issuer\":\"https://api.botframework.com\",\"jwks_uri\":\"" KEYS "\"}"
#define GRANT "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"t.of.ours\"}"

static struct issuer_key key;
static int courier = -1;
static struct {
    uint64_t call;
    char url[1024], method[8], body[40000];
    bool authorized;
} wanted;

static inline void copy(char *out, size_t room, struct sl_span text)
{
    memset(out, 0, room);
    memcpy(out, text.p == NULL ? (const uint8_t *)"" : text.p, text.n < room ? text.n : room - 1);
}

static inline void courier_comes(void)
{
    int pair[2];

    SL_PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    TELL_FD(play.super, pair[1], peer, .role = SL_ROLE_COURIER, .index = CHATS);
    close(pair[1]);
    courier = pair[0];
}

/* The next call that the keeper wants made. */
static inline bool asked_within(int ms)
{
    struct sl_msg_fetch m;

    if (hear_within(courier, ms) != SL_MESSAGE_FETCH || !HEARD(fetch, &m))
        return false;
    SL_CHECK_TEXT(m.issuer, "teams");
    wanted.call = m.call;
    wanted.authorized = m.headers.count > 0;
    copy(wanted.url, sizeof wanted.url, m.url);
    copy(wanted.method, sizeof wanted.method, m.method);
    copy(wanted.body, sizeof wanted.body, m.body);
    return true;
}

static inline bool asked(const char *url)
{
    return SL_CHECK(asked_within(PATIENCE_MS)) && SL_CHECK_TEXT(sl_span_str(wanted.url), url);
}

static inline void tell(uint32_t status, const char *body)
{
    TELL(courier, fetched, .call = wanted.call, .status = status, .body = sl_span_str(body));
}

static inline void tell_keys(const char *endorsement)
{
    SL_BUF(set, 8192);
    SL_BUF(more, 256);

    sl_buf_say(&more, ",\"use\":\"sig\",\"endorsements\":[\"%s\"]", endorsement);
    sl_buf_put_str(&set, "{\"keys\":[");
    put_jwk(&set, &key, sl_buf_text(&more));
    sl_buf_put_str(&set, "]}");
    tell(200, sl_buf_text(&set));
}

static inline void give_secret(const char *chat, const char *which, const char *secret)
{
    struct sl_msg_secret_ask ask;

    while (SL_CHECK_INT(hear_within(play.super, PATIENCE_MS) != 0, 1)) {
        if (sl_msg_secret_ask_get(play.body, &ask) != SL_OK || !sl_span_is(ask.chat, chat))
            continue;
        SL_CHECK_TEXT(ask.which, which);
        TELL(play.super, secret, .call = ask.call, .found = 1, .secret = sl_span_str(secret));
        return;
    }
}

/* --- what came in --------------------------------------------------------------------------------
 */

static inline struct sl_span jwt(const char *flaw)
{
    static char made[8192];
    SL_BUF(claims, 4096);
    SL_BUF(whole, sizeof made - 1);
    uint64_t now_s = sl_clock_us() / 1000000;

    sl_buf_say(&claims,
               "{\"iss\":\"https://api.botframework.com\",\"aud\":\"%s\",\"nbf\":%U,\"exp\":%U,"
               "\"serviceurl\":\"" SERVICE "\"}",
               strcmp(flaw, "audience") == 0 ? TENANT : APP, now_s - 60, now_s + 600);
    put_token(&whole, &key,
              strcmp(flaw, "key") == 0 ? "{\"alg\":\"RS256\",\"kid\":\"other\"}"
                                       : "{\"alg\":\"RS256\",\"kid\":\"t\"}",
              sl_buf_text(&claims));
    copy(made, sizeof made, sl_buf_span(&whole));
    return sl_span_str(made);
}

#endif
