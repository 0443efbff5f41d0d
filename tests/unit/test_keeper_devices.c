/* Signing in on the command line, and what guesses at it cost. The first argument is the program.
 */
#include "tests/unit/signin_play.h"

enum { INTERVAL_US = 2100 * 1000 }; /* of questions, and a little */

static char poll_secret[128];

static void begin_device(void)
{
    from_elsewhere();
    send_call("login.device", "{'issuer':'corp'}");
    uint64_t call = play.call;
    if (!asked("https://idp.example/device"))
        return;
    tell(200, "{'device_code':'d-1','user_code':'WDJB-MJHT','verification_uri':"
              "'https://idp.example/go','expires_in':300,'interval':2}");
    SL_CHECK_INT(reply_of(call), 201);
    keep(poll_secret, sizeof poll_secret, said("poll"));
}

static uint64_t send_poll(void)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'poll':'%s'}", poll_secret);
    send_call("login.poll", sl_buf_text(&body));
    return play.call;
}

static void test_a_device(void)
{
    begin_device();
    SL_CHECK_TEXT(sl_span_str(said("user_code")), "WDJB-MJHT");
    SL_CHECK_TEXT(sl_span_str(said("verification_uri")), "https://idp.example/go");
    SL_CHECK_INT(reply_of(send_poll()), 202); /* too early: the provider is not asked */
    SL_CHECK(!asked_within(50));
    usleep(INTERVAL_US);
    uint64_t call = send_poll();
    SL_CHECK(asked("https://idp.example/token"));
    SL_CHECK(strstr(idp.form, "device_code=d-1") != NULL);
    SL_CHECK_INT(reply_of(send_poll()), 202); /* one question at a time */
    tell(400, "{'error':'authorization_pending'}");
    SL_CHECK_INT(reply_of(call), 202);
    usleep(INTERVAL_US);
    call = send_poll();
    SL_CHECK(asked("https://idp.example/token"));
    nonce[0] = '\0';
    SL_BUF(body, 8192);
    sl_buf_say(&body, "{'access_token':'at','token_type':'Bearer','id_token':'%s'}",
               token_at("u-rita", "sluice", now_s(), ",'groups':['DBAs']"));
    tell(200, sl_buf_text(&body));
    SL_CHECK_INT(reply_of(call), 201);
    keep(session, sizeof session, said("secret"));
    SL_CHECK(strncmp(session, "sll_", 4) == 0);
    SL_CHECK(is_member(session, "dba"));
    SL_CHECK_INT(reply_of(send_poll()), 403); /* over */
}

static void test_a_device_that_is_refused(void)
{
    begin_device();
    usleep(INTERVAL_US);
    uint64_t call = send_poll();
    SL_CHECK(asked("https://idp.example/token"));
    tell(400, "{'error':'access_denied'}");
    SL_CHECK_INT(reply_of(call), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "ANSWER_ERROR");
    SL_CHECK_INT(reply_of(send_poll()), 403);
}

/* Whoever makes codes up has the provider asked a few times, then waits; each flow asks once. */
static void test_codes_that_are_made_up(void)
{
    unsigned asked_for = 0;
    uint32_t status = 0;

    from_elsewhere();
    for (unsigned i = 0; i < 20 && status != 429; i++) {
        status = call_as(play.desk, "signin.begin", "", "{'issuer':'corp'}");
        if (status != 201)
            break;
        keep(flow, sizeof flow, said("flow"));
        parameter(said("redirect"), "state", state);
        uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
        if (!asked("https://idp.example/token"))
            return;
        asked_for++;
        uint64_t again = send_finish(flow, query_of(state, CODE_HERE)); /* spent by the first */
        SL_CHECK_INT(reply_of(again), 403);
        SL_CHECK_TEXT(sl_span_str(said("reason")), "STATE");
        SL_CHECK(!asked_within(20));
        tell(400, "{'error':'invalid_grant'}");
        SL_CHECK_INT(reply_of(call), 403);
    }
    SL_CHECK_INT(status, 429);
    SL_CHECK(asked_for > 0 && asked_for <= 5);
    from_elsewhere(); /* others go on */
    SL_CHECK_INT(call_as(play.desk, "signin.begin", "", "{'issuer':'corp'}"), 201);
}

/* What the provider says of Sluice is no fault of whoever signs in. */
static void test_a_secret_that_is_wrong_makes_nobody_wait(void)
{
    from_elsewhere();
    for (unsigned i = 0; i < 8; i++) {
        SL_CHECK_INT(call_as(play.desk, "signin.begin", "", "{'issuer':'corp'}"), 201);
        keep(flow, sizeof flow, said("flow"));
        parameter(said("redirect"), "state", state);
        uint64_t call = send_finish(flow, query_of(state, CODE_HERE));
        if (!asked("https://idp.example/token"))
            return;
        tell(401, "{'error':'temporarily_unavailable'}");
        SL_CHECK_INT(reply_of(call), 403);
    }
}

static void test_too_many_at_once(void)
{
    unsigned begun = 0;

    from_elsewhere();
    for (unsigned i = 0; i < 40; i++)
        begun += call_as(play.desk, "signin.begin", "", "{'issuer':'corp'}") == 201;
    SL_CHECK(begun > 0 && begun < 40);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "TOO_MANY");
    from_elsewhere(); /* one address keeps no other out */
    SL_CHECK_INT(call_as(play.desk, "signin.begin", "", "{'issuer':'corp'}"), 201);
}

/* Whoever has one address of a network has all of them. */
static void test_an_ipv6_network_is_one_place(void)
{
    static char address[64];
    uint32_t status = 0;

    for (unsigned i = 0; i < 40 && status != 429; i++) {
        SL_BUF(text, sizeof address);

        sl_buf_say(&text, "2001:db8:7:9::%u", i + 1);
        memset(address, 0, sizeof address);
        memcpy(address, sl_buf_text(&text), text.n);
        play.address = address;
        status = call_as(play.desk, "signin.begin", "", "{'issuer':'corp'}");
    }
    SL_CHECK_INT(status, 429);
    play.address = "2001:db8:7:a::1";
    SL_CHECK_INT(call_as(play.desk, "signin.begin", "", "{'issuer':'corp'}"), 201);
}

/* The provider is known, and so is our secret there. */
static void come_to_the_provider(void)
{
    struct sl_msg_secret_ask ask;

    courier_comes();
    introduce();
    if (SL_CHECK(hear(play.super, SL_MESSAGE_SECRET_ASK)) && HEARD(secret_ask, &ask))
        TELL(play.super, secret, .call = ask.call, .found = 1, .secret = SL_SPAN("s3cret"));
    from_elsewhere();
    SL_CHECK_INT(account("account.link", "rita", "u-rita"), 201);
    SL_CHECK_INT(account("account.link", "olga", "u-olga"), 201);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    new_key("k-1");
    play_begin(argv[1]);
    make_people();
    come_to_the_provider();
    SL_RUN(test_a_device);
    SL_RUN(test_a_device_that_is_refused);
    SL_RUN(test_codes_that_are_made_up);
    SL_RUN(test_a_secret_that_is_wrong_makes_nobody_wait);
    SL_RUN(test_too_many_at_once);
    SL_RUN(test_an_ipv6_network_is_one_place);
    play_end();
    EVP_PKEY_free(idp.key);
    return sl_tap_done();
}
