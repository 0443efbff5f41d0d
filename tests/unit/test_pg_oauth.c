#include "tap.h"
#include "wire/pg/pg.h"

#define S "\x01"

/* "n,,\x01auth=Bearer TOKEN\x01\x01" as libpq 18 sends it, and the example of RFC 7628, 4.1. */
static void test_taken(void)
{
    static const char *const cases[][2] = {
        {"n,," S "auth=Bearer abc.def.ghi" S S, "abc.def.ghi"},
        {"y,," S "auth=Bearer abc" S S, "abc"},
        {"n,," S "auth=" S S, ""}, /* where does one come from? */
        {"n,," S "auth=bearer  abc==" S S, "abc=="},
        {"n,," S "host=server.example.com" S "port=143" S
         "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==" S S,
         "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="},
        {"n,," S "auth=Bearer -._~+/=" S "unknown=what ever\t" S S, "-._~+/="},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oauth_client_first m = {0};
        SL_CHECK_INT(sl_oauth_client_first_get(sl_span_str(cases[i][0]), &m), SL_OK);
        SL_CHECK_TEXT(m.token, cases[i][1]);
    }
}

static void test_refused(void)
{
    static const char *const cases[] = {
        "",
        "n",
        "n,,",
        "n,," S,
        "n,," S S,                                /* no auth */
        "n,," S "host=a" S S,                     /* nor here */
        "n,," S "auth=Bearer abc" S,              /* not ended */
        "n,," S "auth=Bearer abc" S S S,          /* ended twice */
        "n,," S "auth=Bearer abc" S S "x",        /* something behind */
        "n,a=admin," S "auth=Bearer abc" S S,     /* for somebody else */
        "p=tls-exporter,," S "auth=Bearer a" S S, /* there is no binding */
        "x,," S "auth=Bearer abc" S S,
        " n,," S "auth=Bearer abc" S S,
        "n,," S "auth=Bearer abc" S "auth=Bearer def" S S,
        "n,," S "auth=" S "auth=Bearer def" S S,
        "n,," S "host=a" S "host=b" S "auth=Bearer abc" S S,
        "n,," S "auth=Basic abc" S S,
        "n,," S "auth=Bearer" S S,
        "n,," S "auth=Bearer " S S,
        "n,," S "auth=Bearer a b" S S,
        "n,," S "auth=Bearer a,b" S S,
        "n,," S "auth=Bearer ==" S S,
        "n,," S "auth=Bearer a=b" S S,
        "n,," S "auth=Bearer \xc3\xb6" S S,
        "n,," S "auth" S S,
        "n,," S "=Bearer abc" S S,
        "n,," S "au th=Bearer abc" S S,
        "n,," S "Auth=Bearer abc" S S,
        "n,," S "x=\x07" S "auth=Bearer abc" S S,
        "n,," S "a=" S "b=" S "c=" S "d=" S "e=" S "f=" S "g=" S "h=" S "auth=" S S, /* too many */
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oauth_client_first m = {SL_SPAN("untouched")};
        if (!SL_CHECK_INT(sl_oauth_client_first_get(sl_span_str(cases[i]), &m), SL_EMALFORMED))
            printf("# case %zu\n", i);
        SL_CHECK_TEXT(m.token, "untouched");
    }
    SL_BUF(nul, 100);
    struct sl_oauth_client_first m;
    sl_buf_put(&nul, SL_SPAN("n,," S "auth=Bearer a\0b" S S));
    SL_CHECK_INT(sl_oauth_client_first_get(sl_buf_span(&nul), &m), SL_EMALFORMED);
}

static void test_size(void)
{
    for (size_t over = 0; over < 2; over++) {
        SL_BUF(token, 64 * 1024);
        SL_BUF(message, 64 * 1024);
        struct sl_oauth_client_first m;
        for (size_t i = 0; i < SL_OAUTH_MAX_MESSAGE - 18 + over; i++)
            sl_buf_put_u8(&token, 'a');
        sl_oauth_put_client_first(&message, sl_buf_span(&token));
        SL_CHECK_INT(message.n, SL_OAUTH_MAX_MESSAGE + over);
        SL_CHECK_INT(sl_oauth_client_first_get(sl_buf_span(&message), &m),
                     over ? SL_EMALFORMED : SL_OK);
    }
}

static void test_the_last_word(void)
{
    SL_CHECK(sl_oauth_is_client_last(SL_SPAN(S)));
    SL_CHECK(!sl_oauth_is_client_last(SL_SPAN("")) && !sl_oauth_is_client_last(SL_SPAN(S S)) &&
             !sl_oauth_is_client_last(SL_SPAN("n")));
}

int main(void)
{
    SL_RUN(test_taken);
    SL_RUN(test_refused);
    SL_RUN(test_size);
    SL_RUN(test_the_last_word);
    return sl_tap_done();
}
