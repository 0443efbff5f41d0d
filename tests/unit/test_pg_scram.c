#include "tap.h"
#include "wire/pg/scram.h"

enum { ROOM = 1 << 20 };

/* --- SCRAM: the example of RFC 7677 ---------------------------------------------------------- */

#define CLIENT_NONCE "rOprNGfwEbeRWgbNEkqO"
#define NONCE CLIENT_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define CLIENT_FIRST "n,,n=user,r=" CLIENT_NONCE
#define SERVER_FIRST "r=" NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define WITHOUT_PROOF "c=biws,r=" NONCE
#define CLIENT_FINAL WITHOUT_PROOF ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SERVER_FINAL "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static void test_scram_client_first(void)
{
    SL_BUF(b, ROOM);
    struct sl_scram_client_first m = {0};

    sl_scram_put_client_first(&b, SL_SPAN("n,,"), SL_SPAN("user"), SL_SPAN(CLIENT_NONCE));
    SL_CHECK_TEXT(sl_buf_span(&b), CLIENT_FIRST);
    SL_CHECK_INT(sl_scram_client_first_get(sl_buf_span(&b), &m), SL_OK);
    SL_CHECK_INT(m.binding, SL_SCRAM_NO_BINDING);
    SL_CHECK_TEXT(m.gs2_header, "n,,");
    SL_CHECK_TEXT(m.bare, "n=user,r=" CLIENT_NONCE);
    SL_CHECK_TEXT(m.user, "user");
    SL_CHECK_TEXT(m.nonce, CLIENT_NONCE);

    SL_CHECK_INT(sl_scram_client_first_get(SL_SPAN("p=tls-server-end-point,,n=,r=abc"), &m), SL_OK);
    SL_CHECK_INT(m.binding, SL_SCRAM_BINDING);
    SL_CHECK_TEXT(m.binding_name, "tls-server-end-point");
    SL_CHECK_TEXT(m.gs2_header, "p=tls-server-end-point,,");
    SL_CHECK_TEXT(m.user, "");
}

static void test_scram_server_first_and_finals(void)
{
    SL_BUF(b, ROOM);
    struct sl_scram_server_first s = {{0}};
    struct sl_scram_client_final c = {{0}};
    struct sl_scram_server_final f = {0};

    SL_CHECK_INT(sl_scram_server_first_get(SL_SPAN(SERVER_FIRST), &s), SL_OK);
    SL_CHECK_INT(s.iterations, 4096);
    SL_CHECK_INT(s.salt_bytes, 16);
    SL_CHECK(sl_scram_nonce_extends(s.nonce, SL_SPAN(CLIENT_NONCE)));
    SL_CHECK(!sl_scram_nonce_extends(s.nonce, s.nonce) &&
             !sl_scram_nonce_extends(s.nonce, SL_SPAN("")));
    sl_scram_put_server_first(&b, s.nonce, sl_span(s.salt, s.salt_bytes), s.iterations);
    SL_CHECK_TEXT(sl_buf_span(&b), SERVER_FIRST);

    SL_CHECK_INT(sl_scram_client_final_get(SL_SPAN(CLIENT_FINAL), &c), SL_OK);
    SL_CHECK_TEXT(c.without_proof, WITHOUT_PROOF);
    SL_CHECK_TEXT(c.nonce, NONCE);
    SL_CHECK_TEXT(c.binding_base64, "biws");
    sl_buf_reset(&b);
    sl_scram_put_client_final_without_proof(&b, SL_SPAN("n,,"), SL_SPAN(""), SL_SPAN(NONCE));
    sl_scram_put_proof(&b, c.proof);
    SL_CHECK_TEXT(sl_buf_span(&b), CLIENT_FINAL);

    SL_CHECK_INT(sl_scram_server_final_get(SL_SPAN(SERVER_FINAL), &f), SL_OK);
    SL_CHECK(!f.refused);
    sl_buf_reset(&b);
    sl_scram_put_server_final(&b, f.signature);
    SL_CHECK_TEXT(sl_buf_span(&b), SERVER_FINAL);
    sl_buf_reset(&b);
    sl_scram_put_server_error(&b, SL_SPAN("invalid-proof"));
    SL_CHECK_INT(sl_scram_server_final_get(sl_buf_span(&b), &f), SL_OK);
    SL_CHECK(f.refused);
    SL_CHECK_TEXT(f.error, "invalid-proof");
}

static void test_scram_refuses(void)
{
    static const char *const firsts[] = {
        "",
        "n",
        "n,",
        "n,,",
        "x,,n=u,r=a",
        "n,a=admin,n=u,r=a",
        "nn,,n=u,r=a",
        "y=1,,n=u,r=a",
        "p=,,n=u,r=a",
        "p=a b,,n=u,r=a",
        "n,,m=x,n=u,r=a",
        "n,,n=u",
        "n,,n=u,r=",
        "n,,n=u,r=a,",
        "n,,n=u,r=a,x=1",
        "n,,n=u=,r=a",
        "n,,n=u,r=a b",
        "n,,r=a,n=u",
        "n,,n=u,r=\x7f",
        " n,,n=u,r=a",
    };
    static const char *const server_firsts[] = {
        "",
        "r=a",
        "r=a,s=AAAA",
        "r=a,s=AAAA,i=",
        "r=a,s=AAAA,i=0",
        "r=a,s=AAAA,i=04096",
        "r=a,s=AAAA,i=99999999999",
        "r=a,s=AAA,i=4096",
        "r=a,s=,i=4096",
        "r=,s=AAAA,i=4096",
        "m=x,r=a,s=AAAA,i=4096",
        "r=a,s=AAAA,i=4096,x=1",
        "r=a,i=4096,s=AAAA",
        "r=a,s=AAAA,i=-1",
    };
    static const char *const finals[] = {
        "",
        "c=biws",
        "c=biws,r=a",
        "c=biws,r=a,p=",
        "c=biws,r=a,p=AAAA",
        "c=,r=a,p=AAAA",
        "c=biws,r=a,x=1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=b!ws,r=a,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=biws,r=a,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=,",
    };
    struct sl_scram_client_first first;
    struct sl_scram_server_first server;
    struct sl_scram_client_final final;
    struct sl_scram_server_final end;

    for (size_t i = 0; i < SL_COUNT(firsts); i++)
        if (!SL_CHECK_INT(sl_scram_client_first_get(sl_span_str(firsts[i]), &first), SL_EMALFORMED))
            printf("# %s\n", firsts[i]);
    for (size_t i = 0; i < SL_COUNT(server_firsts); i++)
        if (!SL_CHECK(sl_scram_server_first_get(sl_span_str(server_firsts[i]), &server) != SL_OK))
            printf("# %s\n", server_firsts[i]);
    for (size_t i = 0; i < SL_COUNT(finals); i++)
        if (!SL_CHECK(sl_scram_client_final_get(sl_span_str(finals[i]), &final) != SL_OK))
            printf("# %s\n", finals[i]);
    SL_CHECK_INT(sl_scram_server_final_get(SL_SPAN("v=AAAA"), &end), SL_EMALFORMED);
    SL_CHECK_INT(sl_scram_server_final_get(SL_SPAN("e="), &end), SL_EMALFORMED);
    SL_CHECK_INT(sl_scram_server_final_get(SL_SPAN("x=1"), &end), SL_EMALFORMED);
}

static void test_scram_cut_short(void)
{
    struct sl_scram_client_final final;
    struct sl_scram_server_final end;

    for (size_t n = 0; n < sizeof CLIENT_FINAL - 1; n++)
        SL_CHECK(sl_scram_client_final_get(sl_span(CLIENT_FINAL, n), &final) != SL_OK);
    for (size_t n = 0; n < sizeof SERVER_FINAL - 1; n++)
        SL_CHECK(sl_scram_server_final_get(sl_span(SERVER_FINAL, n), &end) != SL_OK);
}

int main(void)
{
    SL_RUN(test_scram_client_first);
    SL_RUN(test_scram_server_first_and_finals);
    SL_RUN(test_scram_refuses);
    SL_RUN(test_scram_cut_short);
    return sl_tap_done();
}
