/* How a client may prove who it is: a token never crosses a wire that others may read. */
#include "role/gate/login_way.h"

#include "tests/unit/tap.h"
#include "wire/pg/pg.h"

static const enum sl_client_auth auths[] = {SL_AUTH_SCRAM, SL_AUTH_TOKEN, SL_AUTH_OAUTH};
static const enum login_wish wishes[] = {WISH_NONE, WISH_SCRAM, WISH_OAUTH};

static bool offers(const struct login_way *way, const char *mechanism)
{
    for (size_t i = 0; i < way->count; i++)
        if (strcmp(way->mechanisms[i], mechanism) == 0)
            return true;
    return false;
}

/* Whatever is configured and wished for: in clear from elsewhere it is SCRAM or nothing. */
static void test_no_token_in_clear_from_elsewhere(void)
{
    for (size_t i = 0; i < SL_COUNT(auths); i++)
        for (size_t j = 0; j < SL_COUNT(wishes); j++)
            for (int issuer = 0; issuer < 2; issuer++) {
                struct login_way way = login_way(auths[i], wishes[j], false, issuer);
                SL_CHECK(!way.token && !offers(&way, SL_OAUTHBEARER));
                SL_CHECK(way.refused != NULL || offers(&way, SL_SCRAM_SHA256));
            }
    struct login_way way = login_way(SL_AUTH_TOKEN, WISH_NONE, false, true);
    SL_CHECK_TEXT(sl_span_str(way.refused), "a token may only be sent over TLS");
    SL_CHECK_TEXT(sl_span_str(way.hint), "connect with sslmode=require");
}

/* There is one way, or a sentence why there is none. */
static void test_always_an_answer(void)
{
    for (size_t i = 0; i < SL_COUNT(auths); i++)
        for (size_t j = 0; j < SL_COUNT(wishes); j++)
            for (int n = 0; n < 4; n++) {
                struct login_way way = login_way(auths[i], wishes[j], n & 1, n & 2);
                SL_CHECK_INT(way.token + (way.count > 0) + (way.refused != NULL), 1);
                SL_CHECK((way.refused == NULL) == (way.hint == NULL));
            }
}

static void test_what_is_safe_is_offered(void)
{
    struct login_way token = login_way(SL_AUTH_TOKEN, WISH_NONE, true, false),
                     asked = login_way(SL_AUTH_TOKEN, WISH_SCRAM, true, false),
                     oauth = login_way(SL_AUTH_OAUTH, WISH_NONE, true, true),
                     scram = login_way(SL_AUTH_SCRAM, WISH_NONE, true, true),
                     only = login_way(SL_AUTH_SCRAM, WISH_OAUTH, true, true),
                     none = login_way(SL_AUTH_SCRAM, WISH_OAUTH, true, false);

    SL_CHECK(token.token);
    SL_CHECK(asked.count == 1 && offers(&asked, SL_SCRAM_SHA256));
    SL_CHECK(oauth.count == 2 && strcmp(oauth.mechanisms[0], SL_OAUTHBEARER) == 0);
    SL_CHECK(scram.count == 2 && strcmp(scram.mechanisms[0], SL_SCRAM_SHA256) == 0);
    SL_CHECK(only.count == 1 && offers(&only, SL_OAUTHBEARER));
    SL_CHECK(none.refused != NULL && strstr(none.refused, "no issuer") != NULL);
}

int main(void)
{
    SL_RUN(test_no_token_in_clear_from_elsewhere);
    SL_RUN(test_always_an_answer);
    SL_RUN(test_what_is_safe_is_offered);
    return sl_tap_done();
}
