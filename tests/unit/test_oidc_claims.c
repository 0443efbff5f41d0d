/* What a token says: for whom it is, for how long, who somebody is, their groups, and who acts for
 * whom. */
#include "oidc_token_play.h"

#define WHO "\"iss\":\"" ISSUER "\",\"sub\":\"carol-7\""
#define AUD "\"aud\":\"sluice:ask\""

static void test_claims(void)
{
    static const struct {
        const char *payload;
        enum sl_oidc_reason want;
    } cases[] = {
        {"{" CLAIMS "}", SL_OIDC_YES},
        {"{" CLAIMS ",\"sub\":\"dave\"}", SL_OIDC_CLAIMS},
        {"{" CLAIMS ",\"x\":{\"a\":1,\"a\":2}}", SL_OIDC_CLAIMS}, /* at any depth */
        {"{" CLAIMS ",\"x\":\"\\u0000\"}", SL_OIDC_CLAIMS},
        {"{" CLAIMS "}{}", SL_OIDC_CLAIMS},
        {"[]", SL_OIDC_CLAIMS},
        {"not json", SL_OIDC_CLAIMS},
        {"{" CLAIMS ",\"x\":9007199254740993}", SL_OIDC_CLAIMS},
        /* the issuer, byte for byte */
        {"{\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        {"{\"iss\":\"" ISSUER "/\",\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        {"{\"iss\":\"HTTPS://login.example\",\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        {"{\"iss\":[\"" ISSUER "\"],\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        {"{\"iss\":\"" ISSUER ".evil.example\",\"sub\":\"a\"," AUD "," TIMES "}", SL_OIDC_ISSUER},
        /* the subject */
        {"{\"iss\":\"" ISSUER "\"," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        {"{\"iss\":\"" ISSUER "\",\"sub\":\"\"," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        {"{\"iss\":\"" ISSUER "\",\"sub\":7," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        {"{\"iss\":\"" ISSUER "\",\"sub\":\"a\\nb\"," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        {"{\"iss\":\"" ISSUER "\",\"sub\":\"a\\u202eb\"," AUD "," TIMES "}", SL_OIDC_SUBJECT},
        /* for whom */
        {"{" WHO "," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"\"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"SLUICE:ASK\"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"sluice:ask \"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"sluice:ask other\"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":[]," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":[[\"sluice:ask\"]]," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":[\"sluice:ask\",7]," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":{\"sluice:ask\":1}," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":\"stranger\"," TIMES "}", SL_OIDC_AUDIENCE},
        {"{" WHO ",\"aud\":[\"stranger\",\"sluice:ask\"]," TIMES "}", SL_OIDC_YES},
        {"{" WHO ",\"aud\":\"other\"," TIMES "}", SL_OIDC_YES},
        /* when */
        {"{" WHO "," AUD ",\"iat\":1799999990}", SL_OIDC_EXPIRES},
        {"{" WHO "," AUD ",\"exp\":1800000600}", SL_OIDC_ISSUED},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":\"1800000600\"}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":1800000600.5}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":-5,\"exp\":1800000600}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":null,\"exp\":1800000600}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":1799990000,\"exp\":1799999941}", SL_OIDC_YES}, /* skew: 59 s */
        {"{" WHO "," AUD ",\"iat\":1799990000,\"exp\":1799999940}", SL_OIDC_EXPIRED},
        {"{" WHO "," AUD ",\"iat\":1,\"exp\":2}", SL_OIDC_EXPIRED},
        {"{" WHO "," AUD ",\"iat\":1800000060,\"exp\":1800000600}", SL_OIDC_YES},
        {"{" WHO "," AUD ",\"iat\":1800000061,\"exp\":1800000600}", SL_OIDC_NOT_YET},
        {"{" CLAIMS ",\"nbf\":1800000060}", SL_OIDC_YES},
        {"{" CLAIMS ",\"nbf\":1800000061}", SL_OIDC_NOT_YET},
        {"{" CLAIMS ",\"nbf\":\"soon\"}", SL_OIDC_CLAIMS},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":9007199254740991}", SL_OIDC_LIFETIME},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":1800086390}", SL_OIDC_YES},
        {"{" WHO "," AUD ",\"iat\":1799999990,\"exp\":1800086391}", SL_OIDC_LIFETIME},
        /* what we cannot hold the caller to */
        {"{" CLAIMS ",\"cnf\":{\"jkt\":\"a\"}}", SL_OIDC_BOUND},
        {"{" CLAIMS ",\"act\":{\"sub\":\"agent\"}}", SL_OIDC_ACTOR},
        {"{" CLAIMS ",\"acr\":7}", SL_OIDC_TEXT},
        {"{" CLAIMS ",\"jti\":\"\\u001b[2J\"}", SL_OIDC_TEXT},
        {"{" CLAIMS ",\"amr\":{}}", SL_OIDC_TEXT},
        {"{" CLAIMS ",\"amr\":[7]}", SL_OIDC_TEXT},
    };
    struct sl_oidc_wanted w = wanted();

    w.max_lifetime_s = 86400;
    for (size_t i = 0; i < SL_COUNT(cases); i++)
        refuse_with(&rsa, &w, HEADER, cases[i].payload, cases[i].want);
    SL_BUF(longest, 2000);
    for (int n = 255; n < 257; n++) {
        sl_buf_reset(&longest);
        sl_buf_put_str(&longest, "{\"iss\":\"" ISSUER "\",\"sub\":\"");
        for (int i = 0; i < n; i++)
            sl_buf_put_u8(&longest, 's');
        sl_buf_put_str(&longest, "\"," AUD "," TIMES "}");
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&longest),
                    n == 255 ? SL_OIDC_YES : SL_OIDC_SUBJECT);
    }
}

static void test_no_audience_is_configured(void)
{
    struct sl_oidc_wanted w = wanted();

    w.audience_count = 0;
    refuse_with(&rsa, &w, HEADER, "{" CLAIMS "}", SL_OIDC_AUDIENCE);
}

/* --- a sign-in -------------------------------------------------------------------------------- */

#define MINE WHO ",\"aud\":\"client\"," TIMES

static void test_sign_in(void)
{
    static const struct {
        const char *payload;
        enum sl_oidc_reason want;
    } cases[] = {
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999990}", SL_OIDC_YES},
        {"{" MINE ",\"acr\":\"mfa\",\"auth_time\":1799999990}", SL_OIDC_NONCE},
        {"{" MINE ",\"nonce\":\"n0\",\"acr\":\"mfa\",\"auth_time\":1799999990}", SL_OIDC_NONCE},
        {"{" MINE ",\"nonce\":[\"n1\"],\"acr\":\"mfa\",\"auth_time\":1799999990}", SL_OIDC_NONCE},
        {"{" MINE ",\"nonce\":\"n1\",\"auth_time\":1799999990}", SL_OIDC_ACR},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"pwd\",\"auth_time\":1799999990}", SL_OIDC_ACR},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\"}", SL_OIDC_AUTH_TIME},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999839}", SL_OIDC_AUTH_TIME},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999840}", SL_OIDC_YES},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1800000061}", SL_OIDC_AUTH_TIME},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999990,\"azp\":\"client\"}",
         SL_OIDC_YES},
        {"{" MINE ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999990,\"azp\":\"other\"}",
         SL_OIDC_PARTY},
        {"{" WHO "," TIMES ",\"aud\":[\"client\",\"other\"],\"nonce\":\"n1\"}", SL_OIDC_PARTY},
        {"{" WHO "," TIMES ",\"aud\":[\"client\",\"other\"],\"nonce\":\"n1\",\"azp\":\"client\","
         "\"acr\":\"mfa\",\"auth_time\":1799999990}",
         SL_OIDC_YES},
        {"{" CLAIMS ",\"nonce\":\"n1\",\"acr\":\"mfa\",\"auth_time\":1799999990}",
         SL_OIDC_AUDIENCE}, /* one to ask with signs nobody in */
    };
    const struct sl_span client = SL_SPAN("client"), acr[] = {SL_SPAN("phr"), SL_SPAN("mfa")};
    struct sl_oidc_wanted w = wanted();

    w.audiences = &client;
    w.audience_count = 1;
    w.client_id = client;
    w.nonce = SL_SPAN("n1");
    w.acr_values = acr;
    w.acr_count = 2;
    w.max_age_s = 100;
    for (size_t i = 0; i < SL_COUNT(cases); i++)
        refuse_with(&rsa, &w, HEADER, cases[i].payload, cases[i].want);
    struct sl_oidc_wanted ask = wanted();
    refuse_with(&rsa, &ask, HEADER, "{" MINE ",\"nonce\":\"n1\"}", SL_OIDC_AUDIENCE);
}

/* --- groups ----------------------------------------------------------------------------------- */

static void groups_of(const char *claim, const char *more, enum sl_oidc_reason want, size_t count)
{
    SL_BUF(token, 64 * 1024);
    SL_BUF(payload, 64 * 1024);
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c = {0};

    w.groups_claim = sl_span_str(claim);
    sl_buf_say(&payload, "{" CLAIMS "%s}", more);
    put_token(&token, &rsa, HEADER, sl_buf_text(&payload));
    check_reason(more, check(sl_buf_span(&token), &w, &c), want);
    SL_CHECK_INT(c.group_count, count);
}

static void test_groups(void)
{
    groups_of("groups", ",\"groups\":[\"a\",\"b\"]", SL_OIDC_YES, 2);
    groups_of("groups", ",\"groups\":\"a\"", SL_OIDC_YES, 1);
    groups_of("groups", ",\"groups\":[]", SL_OIDC_YES, 0);
    groups_of("groups", "", SL_OIDC_YES, 0);
    groups_of("", ",\"groups\":[\"a\"],\"hasgroups\":true", SL_OIDC_YES, 0); /* not looked at */
    groups_of("https://x.example/groups", ",\"https://x.example/groups\":[\"a\"]", SL_OIDC_YES, 1);
    groups_of("/realm_access/roles", ",\"realm_access\":{\"roles\":[\"a\"]}", SL_OIDC_YES, 1);
    groups_of("/realm_access/roles", ",\"realm_access\":{}", SL_OIDC_YES, 0);
    groups_of("/realm_access/roles", ",\"realm_access\":\"roles\"", SL_OIDC_YES, 0);
    groups_of("/", ",\"groups\":[\"a\"]", SL_OIDC_YES, 0);
    groups_of("groups", ",\"groups\":{\"a\":1}", SL_OIDC_GROUPS, 0);
    groups_of("groups", ",\"groups\":null", SL_OIDC_GROUPS, 0);
    groups_of("groups", ",\"groups\":[\"a\",7]", SL_OIDC_GROUPS, 0);
    groups_of("groups", ",\"groups\":[\"a\",\"\"]", SL_OIDC_GROUPS, 0);
    groups_of("groups", ",\"groups\":[\"a\\u202eb\"]", SL_OIDC_GROUPS, 0);
}

/* Entra ID's two forms, and more than any token should have: never taken for "none". */
static void test_overage(void)
{
    SL_BUF(many, 16 * 1024);

    groups_of("groups",
              ",\"_claim_names\":{\"groups\":\"src1\"},\"_claim_sources\":{\"src1\":{\"endpoint\":"
              "\"https://graph.example/users/x/getMemberObjects\"}}",
              SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"groups\":[\"a\"],\"_claim_names\":{\"groups\":\"src1\"}",
              SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"_claim_names\":{\"other\":\"src1\"},\"groups\":[\"a\"]", SL_OIDC_YES,
              1);
    groups_of("/realm_access/roles", ",\"_claim_names\":{\"realm_access\":\"s\"}", SL_OIDC_OVERAGE,
              0);
    groups_of("groups", ",\"_claim_names\":[]", SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"hasgroups\":true", SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"hasgroups\":\"true\"", SL_OIDC_OVERAGE, 0);
    groups_of("groups", ",\"hasgroups\":false", SL_OIDC_YES, 0);
    for (size_t count = 200; count < 202; count++) {
        sl_buf_reset(&many);
        sl_buf_put_str(&many, ",\"groups\":[");
        for (size_t i = 0; i < count; i++)
            sl_buf_say(&many, i == 0 ? "\"g%u\"" : ",\"g%u\"", (unsigned)i);
        sl_buf_put_str(&many, "]");
        groups_of("groups", sl_buf_text(&many), count == 200 ? SL_OIDC_YES : SL_OIDC_OVERAGE,
                  count == 200 ? 200 : 0);
    }
}

static void test_whose_it_says_to_be(void)
{
    SL_BUF(token, 8000);
    struct sl_span issuer = {0};

    put_token(&token, &rsa_other, "{}", "{" CLAIMS "}");
    SL_CHECK(sl_oidc_issuer_of(sl_buf_span(&token), mem, &issuer));
    SL_CHECK_TEXT(issuer, ISSUER);
    sl_buf_reset(&token);
    put_token(&token, &rsa, HEADER, "{\"iss\":7}");
    SL_CHECK(!sl_oidc_issuer_of(sl_buf_span(&token), mem, &issuer));
    SL_CHECK(!sl_oidc_issuer_of(SL_SPAN("slt_an_own_token"), mem, &issuer));
    SL_CHECK(!sl_oidc_issuer_of(SL_SPAN(""), mem, &issuer));
}

/* Another id in the place of `sub`, which must be there all the same. */
static void test_another_claim_for_who_somebody_is(void)
{
    static const struct {
        const char *more;
        enum sl_oidc_reason want;
    } cases[] = {
        {",\"oid\":\"5f3a\"", SL_OIDC_YES},       {"", SL_OIDC_SUBJECT},
        {",\"oid\":\"\"", SL_OIDC_SUBJECT},       {",\"oid\":7", SL_OIDC_SUBJECT},
        {",\"oid\":[\"5f3a\"]", SL_OIDC_SUBJECT}, {",\"oid\":\"a\\nb\"", SL_OIDC_SUBJECT},
    };
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c = {0};
    SL_BUF(token, 64 * 1024);

    w.subject_claim = SL_SPAN("oid");
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(payload, 4096);

        sl_buf_say(&payload, "{" CLAIMS "%s}", cases[i].more);
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&payload), cases[i].want);
    }
    refuse_with(&rsa, &w, HEADER,
                "{\"iss\":\"" ISSUER "\",\"aud\":\"sluice:ask\"," TIMES ",\"oid\":\"5f3a\"}",
                SL_OIDC_SUBJECT);
    put_token(&token, &rsa, HEADER, "{" CLAIMS ",\"oid\":\"5f3a\"}");
    if (SL_CHECK_INT(check(sl_buf_span(&token), &w, &c), SL_OIDC_YES))
        SL_CHECK_TEXT(c.subject, "5f3a");
}

/* Taken only where the configuration says so, and then all of the chain or nothing. */
static void test_who_acts_for_whom(void)
{
    static const struct {
        const char *act;
        enum sl_oidc_reason want;
    } cases[] = {
        {"{\"sub\":\"agent\"}", SL_OIDC_YES},
        {"{\"sub\":\"agent\",\"iss\":\"https://i.example\",\"act\":{\"sub\":\"planner\"}}",
         SL_OIDC_YES},
        {"{}", SL_OIDC_ACTORS},
        {"null", SL_OIDC_ACTORS},
        {"\"agent\"", SL_OIDC_ACTORS},
        {"[{\"sub\":\"agent\"}]", SL_OIDC_ACTORS},
        {"{\"sub\":\"\"}", SL_OIDC_ACTORS},
        {"{\"sub\":7}", SL_OIDC_ACTORS},
        {"{\"sub\":\"a\\nb\"}", SL_OIDC_ACTORS},
        {"{\"client_id\":\"agent\"}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"iss\":7}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"cnf\":{\"jkt\":\"x\"}}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"act\":null}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"act\":{}}", SL_OIDC_ACTORS},
        {"{\"sub\":\"agent\",\"act\":{\"sub\":\"b\",\"act\":\"c\"}}", SL_OIDC_ACTORS},
    };
    struct sl_oidc_wanted w = wanted();
    struct sl_oidc_claims c = {0};
    SL_BUF(deep, 4096);
    SL_BUF(token, 64 * 1024);

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(payload, 4096);

        sl_buf_say(&payload, "{" CLAIMS ",\"act\":%s}", cases[i].act);
        w.actors = true;
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&payload), cases[i].want);
        w.actors = false;
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&payload), SL_OIDC_ACTOR);
    }
    w.actors = true;
    for (size_t depth = SL_OIDC_ACTORS_MAX; depth <= SL_OIDC_ACTORS_MAX + 1; depth++) {
        sl_buf_reset(&deep);
        sl_buf_put_str(&deep, "{" CLAIMS);
        for (size_t n = 0; n < depth; n++)
            sl_buf_say(&deep, ",\"act\":{\"sub\":\"a%u\"", (unsigned)n);
        for (size_t n = 0; n <= depth; n++)
            sl_buf_put_str(&deep, "}");
        refuse_with(&rsa, &w, HEADER, sl_buf_text(&deep),
                    depth > SL_OIDC_ACTORS_MAX ? SL_OIDC_ACTORS : SL_OIDC_YES);
    }
    put_token(&token, &rsa, HEADER,
              "{" CLAIMS ",\"act\":{\"sub\":\"agent\",\"act\":{\"sub\":\"planner\",\"iss\":"
              "\"https://i.example\"}}}");
    if (!SL_CHECK_INT(check(sl_buf_span(&token), &w, &c), SL_OIDC_YES) ||
        !SL_CHECK_INT(c.actor_count, 2))
        return;
    SL_CHECK_TEXT(c.subject, "carol-7");
    SL_CHECK_TEXT(c.actors[0].subject, "agent");
    SL_CHECK_INT(c.actors[0].issuer.n, 0);
    SL_CHECK_TEXT(c.actors[1].subject, "planner");
    SL_CHECK_TEXT(c.actors[1].issuer, "https://i.example");
}

int main(void)
{
    set_up();
    SL_RUN(test_claims);
    SL_RUN(test_no_audience_is_configured);
    SL_RUN(test_sign_in);
    SL_RUN(test_groups);
    SL_RUN(test_overage);
    SL_RUN(test_whose_it_says_to_be);
    SL_RUN(test_another_claim_for_who_somebody_is);
    SL_RUN(test_who_acts_for_whom);
    tear_down();
    return sl_tap_done();
}
