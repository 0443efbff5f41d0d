/* Signatures of requests, what the Web API answers, and whose account may decide. */
#include "core/chat/slack.h"

#include "tests/unit/tap.h"

/* --- signatures ------------------------------------------------------------------------------- */

/* The first is the example of Slack's documentation ("Verifying requests from Slack"). All were
 * made by another implementation, node 20's crypto (and OpenSSL's command line says the same): node
 * -e 'const [k, t, b] = process.argv.slice(1); console.log(require("crypto").createHmac("sha256",
 * k).update(`v0:${t}:${b}`).digest("hex"))' KEY TIME BODY
 */
#define K16 "kkkkkkkkkkkkkkkk"
#define EXAMPLE                                                                                    \
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id="         \
    "G8PSS9T3V"                                                                                    \
    "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" \
    "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"         \
    "96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."                                \
    "803a0bc887a14d10d2c447fce8b6703c"

static const struct {
    const char *secret, *at, *body, *signature;
} signed_ones[] = {
    {"8f742231b10e8888abcd99yyyzzz85a5", "1531420618", EXAMPLE,
     "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"},
    {"s3cret", "1700000000", "",
     "v0=3dca9c196245317cb04ffa45810b5530cc4db2c5ae33b77da61ab2e6633b016f"},
    {"s3cret", "1700000000", "payload=%7B%7D",
     "v0=63e1372e8b7ddbce08bddc4ff4d403a15d2d69f718d33f5a2d9e0bc5720a56c6"},
    {K16 K16 K16 K16, "1700000000", "payload=%7B%7D",
     "v0=3e5b5b431a5b206818e83247a1c96ff725465b011470fc2424303c10927571fa"},
    {K16 K16 K16 K16 "k", "1700000000", "payload=%7B%7D",
     "v0=64edbe34dc11b7c8a36ae0ebdcb834836c9e92dc12499c079e59c4b51efdce46"},
    {"\xc3\xbcml", "1700000000", "payload=\xc3\xbc",
     "v0=9dca14f90c1b9c8aec94848a84777f9179a3faf4e3ff686183cba245f8e51b22"},
};

static enum sl_err verify(size_t i, const char *signature, uint64_t now_s)
{
    return sl_slack_verify(sl_span_str(signed_ones[i].secret), sl_span_str(signed_ones[i].at),
                           sl_span_str(signed_ones[i].body), sl_span_str(signature), now_s);
}

static void test_signatures(void)
{
    for (size_t i = 0; i < SL_COUNT(signed_ones); i++) {
        uint64_t at = 0;

        SL_PROMISE(sl_span_u64(sl_span_str(signed_ones[i].at), &at) == SL_OK);
        SL_CHECK(verify(i, signed_ones[i].signature, at) == SL_OK);
        SL_CHECK(verify(i, signed_ones[i].signature, at + 300) == SL_OK);
        SL_CHECK(verify(i, signed_ones[i].signature, at - 300) == SL_OK);
        SL_CHECK(verify(i, signed_ones[i].signature, at + 301) == SL_ETIMEOUT);
        SL_CHECK(verify(i, signed_ones[i].signature, at - 301) == SL_ETIMEOUT);
        SL_CHECK(verify(i, signed_ones[i].signature, 0) == SL_ETIMEOUT);
        SL_CHECK(verify(i, signed_ones[(i + 1) % SL_COUNT(signed_ones)].signature, at) ==
                 SL_EDENIED);
    }
}

static void test_every_bit_of_a_signature(void)
{
    const char *good = signed_ones[2].signature;
    size_t taken = 0;

    for (size_t bit = 0; bit < strlen(good) * 8; bit++) {
        char bad[80];

        snprintf(bad, sizeof bad, "%s", good);
        bad[bit / 8] = (char)(bad[bit / 8] ^ 1 << bit % 8);
        taken += verify(2, bad, 1700000000) == SL_OK;
    }
    SL_CHECK_INT(taken, 0);
}

static void test_bad_signatures(void)
{
    struct sl_span body = SL_SPAN("payload=%7B%7D"), key = SL_SPAN("s3cret"),
                   at = SL_SPAN("1700000000");
    struct sl_span good = sl_span_str(signed_ones[2].signature);
    static const char *const stamps[] = {"",
                                         "x",
                                         "-1700000000",
                                         "1700000000 ",
                                         "1700000000.0",
                                         "0x6553f100",
                                         "17000000000000000",
                                         "99999999999999999999999"};
    static const char *const forms[] = {
        "",
        "v0=",
        "v0",
        "63e1372e8b7ddbce08bddc4ff4d403a15d2d69f718d33f5a2d9e0bc5720a56c6",
        "v1=63e1372e8b7ddbce08bddc4ff4d403a15d2d69f718d33f5a2d9e0bc5720a56c6",
        "v0=63e1372e8b7ddbce08bddc4ff4d403a15d2d69f718d33f5a2d9e0bc5720a56c600",
        "v0=63e1372e8b7ddbce08bddc4ff4d403a15d2d69f718d33f5a2d9e0bc5720a56",
        "v0=63E1372E8B7DDBCE08BDDC4FF4D403A15D2D69F718D33F5A2D9E0BC5720A56C6",
        "v0= 63e1372e8b7ddbce08bddc4ff4d403a15d2d69f718d33f5a2d9e0bc5720a56c6"};

    SL_CHECK(sl_slack_verify(key, at, body, good, 1700000000) == SL_OK);
    for (size_t i = 0; i < SL_COUNT(stamps); i++)
        SL_CHECK(sl_slack_verify(key, sl_span_str(stamps[i]), body, good, 1700000000) ==
                 SL_EMALFORMED);
    for (size_t i = 0; i < SL_COUNT(forms); i++)
        SL_CHECK(sl_slack_verify(key, at, body, sl_span_str(forms[i]), 1700000000) ==
                 SL_EMALFORMED);
    SL_CHECK(sl_slack_verify(SL_SPAN(""), at, body, good, 1700000000) == SL_EDENIED);
    SL_CHECK(sl_slack_verify(key, at, SL_SPAN("payload=%7b%7D"), good, 1700000000) == SL_EDENIED);
    SL_CHECK(sl_slack_verify(key, SL_SPAN("1700000001"), body, good, 1700000000) == SL_EDENIED);
}

/* --- answers ---------------------------------------------------------------------------------- */

static enum sl_err read_answer(const char *text, struct sl_slack_answer *a)
{
    *a = (struct sl_slack_answer){.ok = false};
    return sl_slack_read_answer(sl_span_str(text), a);
}

static void test_answers(void)
{
    struct sl_slack_answer a;

    SL_CHECK(read_answer(
                 "{\"ok\":true,\"channel\":\"C0123\",\"ts\":\"1700000000.000100\",\"message\":{}}",
                 &a) == SL_OK);
    SL_CHECK(a.ok && sl_span_is(a.channel, "C0123") && sl_span_is(a.ts, "1700000000.000100"));
    json_decref(a.json);
    SL_CHECK(read_answer("{\"ok\":true,\"channel\":{\"id\":\"D0123\"}}", &a) == SL_OK &&
             sl_span_is(a.channel, "D0123"));
    json_decref(a.json);
    SL_CHECK(
        read_answer("{\"ok\":true,\"url\":\"wss://wss-primary.slack.com/link/?ticket=1&app_id=2\"}",
                    &a) == SL_OK);
    SL_CHECK_TEXT(a.url, "wss://wss-primary.slack.com/link/?ticket=1&app_id=2");
    json_decref(a.json);
    SL_CHECK(
        read_answer(
            "{\"ok\":true,\"url\":\"https://x.slack.com/\",\"team\":\"X Y\",\"user\":\"sluice\","
            "\"team_id\":\"T0123\",\"user_id\":\"U0123\",\"bot_id\":\"B0123\"}",
            &a) == SL_OK);
    SL_CHECK(sl_span_is(a.team, "T0123") && sl_span_is(a.user, "U0123") &&
             sl_span_is(a.bot, "B0123"));
    json_decref(a.json);
    SL_CHECK(read_answer("{\"ok\":false,\"error\":\"channel_not_found\"}", &a) == SL_OK);
    SL_CHECK(!a.ok && sl_span_is(a.error, "channel_not_found"));
    json_decref(a.json);
    SL_CHECK(read_answer("{\"ok\":false,\"error\":\"ratelimited\",\"ts\":\"not one\"}", &a) ==
                 SL_OK &&
             a.ts.n == 0);
    json_decref(a.json);
}

static void test_bad_answers(void)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "{}",
                                      "null",
                                      "<html>",
                                      "{\"ok\":1}",
                                      "{\"ok\":\"true\"}",
                                      "{\"ok\":false}",
                                      "{\"ok\":false,\"error\":\"\"}",
                                      "{\"ok\":false,\"error\":\"a b\"}",
                                      "{\"ok\":false,\"error\":7}",
                                      "{\"ok\":true,\"channel\":7}",
                                      "{\"ok\":true,\"channel\":\"general\"}",
                                      "{\"ok\":true,\"channel\":{\"id\":\"x\"}}",
                                      "{\"ok\":true,\"ts\":\"1\"}",
                                      "{\"ok\":true,\"ts\":1.5}",
                                      "{\"ok\":true,\"url\":\"wss://a b\"}",
                                      "{\"ok\":true,\"url\":\"\"}",
                                      "{\"ok\":true,\"team_id\":\"t\"}",
                                      "{\"ok\":true,\"ok\":true}",
                                      "{\"ok\":true,\"bot_id\":\"B\\u0000\"}"};
    struct sl_slack_answer a;

    for (size_t i = 0; i < SL_COUNT(bad); i++)
        if (!SL_CHECK(read_answer(bad[i], &a) == SL_EMALFORMED && a.json == NULL))
            printf("# %s\n", bad[i]);
}

/* --- people ----------------------------------------------------------------------------------- */

#define MEMBER                                                                                    \
    "\"id\":\"U0123\",\"team_id\":\"T0123\",\"name\":\"rita\",\"is_admin\":false,\"profile\":{}," \
    "\"updated\":1502138686,\"is_app_user\":false"
#define FLAGS \
    "\"deleted\":false,\"is_bot\":false,\"is_restricted\":false,\"is_ultra_restricted\":false"

static const char *refused(const char *user)
{
    struct sl_slack_answer a;
    SL_BUF(text, 4096);

    sl_buf_say(&text, "{\"ok\":true,\"user\":%s}", user);
    SL_PROMISE(sl_slack_read_answer(sl_buf_span(&text), &a) == SL_OK);
    const char *why = sl_slack_user_refused(&a, SL_SPAN("T0123"), SL_SPAN("U0123"));
    json_decref(a.json);
    return why;
}

static void test_members(void)
{
    static const char *const fine[] = {
        "{" MEMBER "," FLAGS "}",
        "{" MEMBER "," FLAGS
        ",\"is_stranger\":false,\"is_invited_user\":false,\"is_workflow_bot\":false}",
        "{" MEMBER "," FLAGS ",\"enterprise_user\":null}",
        "{" MEMBER "," FLAGS ",\"enterprise_user\":{}}",
        "{" MEMBER "," FLAGS ",\"enterprise_user\":{\"id\":\"W1\",\"teams\":[\"T9\",\"T0123\"]}}",
    };

    for (size_t i = 0; i < SL_COUNT(fine); i++)
        if (!SL_CHECK(refused(fine[i]) == NULL))
            printf("# %s: %s\n", fine[i], refused(fine[i]));
}

static bool says(const char *why, const char *word)
{
    return why != NULL && strstr(why, word) != NULL;
}

static void test_who_does_not_decide(void)
{
    static const struct {
        const char *user, *why;
    } rows[] = {
        {"{" MEMBER ",\"deleted\":false,\"is_bot\":false,\"is_restricted\":true,\"is_ultra_"
         "restricted\":false}",
         "guests"},
        {"{" MEMBER
         ",\"deleted\":false,\"is_bot\":false,\"is_restricted\":true,\"is_ultra_restricted\":true}",
         "guests"},
        {"{" MEMBER ",\"deleted\":false,\"is_bot\":false,\"is_restricted\":false,\"is_ultra_"
         "restricted\":true}",
         "guests"},
        {"{" MEMBER ",\"deleted\":true,\"is_bot\":false,\"is_restricted\":false,\"is_ultra_"
         "restricted\":false}",
         "deactivated"},
        {"{" MEMBER ",\"deleted\":false,\"is_bot\":true,\"is_restricted\":false,\"is_ultra_"
         "restricted\":false}",
         "bots"},
        {"{" MEMBER "," FLAGS ",\"is_stranger\":true}", "another organization"},
        {"{" MEMBER "," FLAGS ",\"is_invited_user\":true}", "invitation"},
        {"{" MEMBER "," FLAGS ",\"is_workflow_bot\":true}", "bots"},
        {"{" MEMBER "," FLAGS ",\"is_connector_bot\":true}", "bots"},
        {"{" MEMBER "," FLAGS ",\"is_stranger\":null}", "clearly"},
        {"{" MEMBER "," FLAGS ",\"is_stranger\":0}", "clearly"},
        {"{" MEMBER ",\"is_bot\":false,\"is_restricted\":false,\"is_ultra_restricted\":false}",
         "clearly"},
        {"{" MEMBER ",\"deleted\":false,\"is_restricted\":false,\"is_ultra_restricted\":false}",
         "clearly"},
        {"{" MEMBER ",\"deleted\":false,\"is_bot\":false,\"is_ultra_restricted\":false}",
         "clearly"},
        {"{" MEMBER ",\"deleted\":false,\"is_bot\":false,\"is_restricted\":false}", "clearly"},
        {"{" MEMBER ",\"deleted\":false,\"is_bot\":\"false\",\"is_restricted\":false,\"is_ultra_"
         "restricted\":false}",
         "clearly"},
        {"{\"id\":\"U9999\",\"team_id\":\"T0123\"," FLAGS "}", "another account"},
        {"{\"team_id\":\"T0123\"," FLAGS "}", "another account"},
        {"{\"id\":\"U0123\",\"team_id\":\"T9999\"," FLAGS "}", "another workspace"},
        {"{\"id\":\"U0123\"," FLAGS "}", "another workspace"},
        {"{" MEMBER "," FLAGS ",\"enterprise_user\":{\"id\":\"W1\",\"teams\":[\"T9\"]}}",
         "another workspace"},
        {"{" MEMBER "," FLAGS ",\"enterprise_user\":{\"id\":\"W1\",\"teams\":\"T0123\"}}",
         "another workspace"},
        {"{" MEMBER "," FLAGS ",\"enterprise_user\":{\"id\":\"W1\"}}", "another workspace"},
        {"{" MEMBER "," FLAGS ",\"enterprise_user\":7}", "another workspace"},
        {"null", "who"},
        {"[]", "who"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (!SL_CHECK(says(refused(rows[i].user), rows[i].why)))
            printf("# %s: %s\n", rows[i].user,
                   refused(rows[i].user) == NULL ? "-" : refused(rows[i].user));
}

static void test_no_answer_no_decision(void)
{
    struct sl_slack_answer a;

    SL_PROMISE(sl_slack_read_answer(SL_SPAN("{\"ok\":false,\"error\":\"user_not_found\"}"), &a) ==
               SL_OK);
    SL_CHECK(sl_slack_user_refused(&a, SL_SPAN("T0123"), SL_SPAN("U0123")) != NULL);
    json_decref(a.json);
    a = (struct sl_slack_answer){.ok = true};
    SL_CHECK(sl_slack_user_refused(&a, SL_SPAN("T0123"), SL_SPAN("U0123")) != NULL);
    SL_PROMISE(sl_slack_read_answer(
                   SL_SPAN("{\"ok\":true,\"user\":{\"id\":\"\",\"team_id\":\"\"," FLAGS "}}"),
                   &a) == SL_OK);
    SL_CHECK(sl_slack_user_refused(&a, SL_SPAN(""), SL_SPAN("")) != NULL);
    json_decref(a.json);
    SL_PROMISE(
        sl_slack_read_answer(
            SL_SPAN("{\"ok\":true,\"user\":{\"id\":\"USLACKBOT\",\"team_id\":\"T0123\"," FLAGS
                    "}}"),
            &a) == SL_OK);
    SL_CHECK(sl_slack_user_refused(&a, SL_SPAN("T0123"), SL_SPAN("USLACKBOT")) != NULL);
    json_decref(a.json);
}

/* --- whose ID token ----------------------------------------------------------------------------
 */

static bool identity(const char *payload)
{
    return sl_slack_identity_is_of(sl_span_str(payload), SL_SPAN("T0123"), SL_SPAN("U0123"));
}

static void test_whose_identity(void)
{
#define TEAM "\"https://slack.com/team_id\":"
#define USER "\"https://slack.com/user_id\":"
    static const char *const others[] = {
        "{" TEAM "\"T0124\"," USER "\"U0123\"}",
        "{" TEAM "\"T0123\"," USER "\"U0124\"}",
        "{" TEAM "\"T0123\"}",
        "{" USER "\"U0123\"}",
        "{" TEAM "[\"T0123\"]," USER "\"U0123\"}",
        "{" TEAM "null," USER "\"U0123\"}",
        "{" TEAM "\"T0123 \"," USER "\"U0123\"}",
        "{" TEAM "\"t0123\"," USER "\"U0123\"}",
        "{" TEAM "\"T0124\"," TEAM "\"T0123\"," USER "\"U0123\"}",
        "{\"team_id\":\"T0123\",\"user_id\":\"U0123\"}",
        "[]",
        "\"T0123\"",
        "",
    };

    SL_CHECK(identity("{\"sub\":\"U0123\"," TEAM "\"T0123\"," USER "\"U0123\"}"));
    for (size_t i = 0; i < SL_COUNT(others); i++)
        if (!SL_CHECK(!identity(others[i])))
            printf("# %s\n", others[i]);
    SL_CHECK(
        !sl_slack_identity_is_of(SL_SPAN("{" TEAM "\"\"," USER "\"\"}"), SL_SPAN(""), SL_SPAN("")));
}

int main(void)
{
    SL_RUN(test_signatures);
    SL_RUN(test_every_bit_of_a_signature);
    SL_RUN(test_bad_signatures);
    SL_RUN(test_answers);
    SL_RUN(test_bad_answers);
    SL_RUN(test_members);
    SL_RUN(test_who_does_not_decide);
    SL_RUN(test_no_answer_no_decision);
    SL_RUN(test_whose_identity);
    return sl_tap_done();
}
