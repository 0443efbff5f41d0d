/* The desk's rules that need no socket: routes, hosts, origins, credentials, and docs/openapi.yaml.
 */
#include "role/desk/guard.h"
#include "role/desk/routes.h"

#include "tests/unit/tap.h"

#include <ctype.h>

#define LONG_NAME "/assets/0123456789012345678901234567890123456789012345678901234567890123456789"
#define LONG_TILE "/v1/ledger/tile/0/x000/x000/x000/x000/x000/x000/x000/x000/x000/x000/x000/000"
#define ID "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"

/* Something that may stand where the pattern has a name in braces. */
static const char *example(const char *mark)
{
    static const struct {
        const char *name, *text;
    } examples[] = {{"{id}", ID},
                    {"{file}", "a-b_1.js"},
                    {"{issuer}", "a-b_1.js"},
                    {"{resource}", "a-b_1.js"},
                    {"{about}", "urn:ietf:params:scim:schemas:core:2.0:User"},
                    {"{entry}", "1700"},
                    {"{tile}", "entries/x001/x234/067.p/8"}};

    for (size_t i = 0; i < SL_COUNT(examples); i++)
        if (strncmp(mark, examples[i].name, strlen(examples[i].name)) == 0)
            return examples[i].text;
    return "";
}

static void test_each_route_is_found(void)
{
    for (size_t i = 0; i < sl_desk_route_count; i++) {
        const struct sl_desk_route *r = &sl_desk_routes[i];
        struct sl_span path = sl_span_str(r->path), id;
        const char *mark = strstr(r->path, "{");
        SL_BUF(real, 256);
        SL_BUF(allowed, 256);

        sl_buf_put(&real, sl_span_head(path, mark == NULL ? path.n : (size_t)(mark - r->path)));
        if (mark != NULL)
            sl_buf_say(&real, "%s%s", example(mark), strchr(mark, '}') + 1);
        SL_CHECK(sl_desk_route(r->method, sl_buf_span(&real), &id, &allowed) == r);
        if (mark != NULL)
            SL_CHECK_TEXT(id, example(mark));
    }
}

static void test_other_paths_are_not(void)
{
    static const char *const paths[] = {"/v1",
                                        "/v1/",
                                        "/v1/approvals/",
                                        "/v1/approvals/x",
                                        "/v1/approvals/" ID "/",
                                        "/v1/approvals/" ID "/decide",
                                        "/v2/approvals",
                                        "/V1/approvals",
                                        "/healthz/",
                                        "/v1/approvals/0193A1B2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
                                        "/v1/approvals/" ID "/decision/x",
                                        "/assets/",
                                        "/assets/a/b",
                                        "/assets/a%2e",
                                        LONG_NAME,
                                        "/v1/ledger",
                                        "/v1/ledger/tile",
                                        "/v1/ledger/tile/",
                                        "/v1/ledger/tile/0/000/",
                                        "/v1/ledger/tile/0/%2e%2e",
                                        "/v1/ledger/tile/..%2fkeys",
                                        "/v1/ledger/tile/A",
                                        LONG_TILE,
                                        "/v1/ledger/entries/",
                                        "/v1/ledger/entries/x",
                                        "/v1/ledger/entries/01",
                                        "/v1/ledger/entries/1/2",
                                        "/v1/ledger/entries/1234567890123456",
                                        "/v1/approvals/{id}"};

    for (size_t i = 0; i < SL_COUNT(paths); i++) {
        struct sl_span id;
        SL_BUF(allowed, 256);

        SL_CHECK(sl_desk_route(SL_HTTP1_METHOD_GET, sl_span_str(paths[i]), &id, &allowed) == NULL);
        if (!SL_CHECK_INT(allowed.n, 0))
            printf("#   %s\n", paths[i]);
    }
}

static void test_allowed_methods(void)
{
    struct sl_span id;
    SL_BUF(allowed, 256);
    SL_BUF(both, 256);

    SL_CHECK(sl_desk_route(SL_HTTP1_METHOD_GET, SL_SPAN("/v1/enroll"), &id, &allowed) == NULL);
    SL_CHECK_TEXT(sl_buf_span(&allowed), "POST, OPTIONS");
    SL_CHECK(sl_desk_route(SL_HTTP1_METHOD_DELETE, SL_SPAN("/v1/approvals"), &id, &both) == NULL);
    SL_CHECK_TEXT(sl_buf_span(&both), "GET, HEAD, POST, OPTIONS");
    SL_CHECK(sl_desk_route(SL_HTTP1_METHOD_HEAD, SL_SPAN("/v1/whoami"), &id, &both) != NULL);
}

static void test_fields(void)
{
    bool must;

    SL_CHECK(sl_desk_named("decision! digest! reason", SL_SPAN("digest"), &must) && must);
    SL_CHECK(sl_desk_named("decision! digest! reason", SL_SPAN("reason"), &must) && !must);
    SL_CHECK(!sl_desk_named("decision! digest! reason", SL_SPAN("digest!"), &must));
    SL_CHECK(!sl_desk_named("decision! digest! reason", SL_SPAN("deci"), &must));
    SL_CHECK(!sl_desk_named("decision! digest! reason", SL_SPAN(""), &must));
    SL_CHECK(!sl_desk_named("", SL_SPAN(""), &must));
}

static const struct sl_desk_place plain = {{(const uint8_t *)"127.0.0.1", 9},
                                           {(const uint8_t *)"8080", 4},
                                           {(const uint8_t *)"https://sluice.example", 22},
                                           false};

static void test_hosts(void)
{
    static const struct {
        const char *host;
        bool ours;
    } cases[] = {
        {"127.0.0.1:8080", true},
        {"localhost:8080", true},
        {"LocalHost:8080", true},
        {"[::1]:8080", true},
        {"10.1.2.3:8080", true},
        {"sluice.example", true},
        {"Sluice.Example:443", true},
        {"evil.example:8080", false},
        {"127.0.0.1", false},
        {"127.0.0.1:80", false},
        {"localhost", false},
        {"sluice.example:8080", false},
        {"127.0.0.1.evil.example:8080", false},
        {"sluice.example.evil", false},
        {"1.2.3.4.5:8080", false},
        {"0x7f.0.0.1:8080", false},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        if (!SL_CHECK_INT(sl_desk_host_ours(&plain, sl_span_str(cases[i].host)), cases[i].ours))
            printf("#   %s\n", cases[i].host);
}

static struct sl_http1_head head_with(const char *host, const char *name, const char *value)
{
    return (struct sl_http1_head){.host = sl_span_str(host),
                                  .headers = {{sl_span_str(name), sl_span_str(value)}},
                                  .header_count = 1};
}

static void test_origins(void)
{
    static const struct {
        const char *host, *name, *value;
        bool ours;
    } cases[] = {
        {"127.0.0.1:8080", "X", "y", true},
        {"127.0.0.1:8080", "Origin", "http://127.0.0.1:8080", true},
        {"sluice.example", "Origin", "https://sluice.example", true},
        {"sluice.example", "Origin", "https://sluice.example:443", true},
        {"127.0.0.1:8080", "Sec-Fetch-Site", "same-origin", true},
        {"127.0.0.1:8080", "Sec-Fetch-Site", "none", true},
        {"127.0.0.1:8080", "Sec-Fetch-Site", "cross-site", false},
        {"127.0.0.1:8080", "Sec-Fetch-Site", "same-site", false},
        {"127.0.0.1:8080", "Origin", "null", false},
        {"127.0.0.1:8080", "Origin", "", false},
        {"127.0.0.1:8080", "Origin", "http://evil.example", false},
        {"127.0.0.1:8080", "Origin", "https://127.0.0.1:8080", false},
        {"127.0.0.1:8080", "Origin", "http://127.0.0.1:8081", false},
        {"127.0.0.1:8080", "Origin", "http://127.0.0.1:8080/", false},
        {"127.0.0.1:8080", "Origin", "http://localhost:8080", false},
        {"sluice.example", "Origin", "https://sluice.example.evil", false},
        {"127.0.0.1:8080", "Origin", "http://127.0.0.1:8080 http://evil.example", false},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_http1_head h = head_with(cases[i].host, cases[i].name, cases[i].value);

        if (!SL_CHECK_INT(sl_desk_origin_ours(&plain, &h), cases[i].ours))
            printf("#   %s at %s\n", cases[i].value, cases[i].host);
    }
}

static void test_bearer(void)
{
    static const struct {
        const char *value;
        enum sl_err err;
        const char *token;
    } cases[] = {
        {"Bearer sld_abc-DEF_123", SL_OK, "sld_abc-DEF_123"},
        {"bearer slt_x", SL_OK, "slt_x"},
        {"Bearer abc", SL_EMALFORMED, ""},
        {"Bearer  slt_x", SL_EMALFORMED, ""},
        {"Bearer slt_x y", SL_EMALFORMED, ""},
        {"Bearer slt_x,slt_y", SL_EMALFORMED, ""},
        {"Basic c2x0Og==", SL_EMALFORMED, ""},
        {"slt_x", SL_EMALFORMED, ""},
        {"Bearer sls_x", SL_EMALFORMED, ""}, /* a browser's session comes as a cookie only */
        {"Bearer sll_x", SL_OK, "sll_x"},
        {"Bearer eyJh.eyJi.c-_d", SL_OK, "eyJh.eyJi.c-_d"}, /* an issuer's */
        {"Bearer eyJh.eyJi", SL_EMALFORMED, ""},
        {"Bearer eyJh.eyJi.", SL_EMALFORMED, ""},
        {"Bearer eyJh..c", SL_EMALFORMED, ""},
        {"Bearer eyJh.eyJi.c.d", SL_EMALFORMED, ""},
        {"Bearer eyJh.eyJi.c=", SL_EMALFORMED, ""},
        {"Bearer eyJh.ey Ji.c", SL_EMALFORMED, ""},
        {"", SL_EMALFORMED, ""},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_http1_head h = head_with("a", "Authorization", cases[i].value);
        struct sl_span token = SL_SPAN("");

        SL_CHECK_INT(sl_desk_bearer(&h, &token), cases[i].err);
        SL_CHECK_TEXT(token, cases[i].token);
    }
}

/* Absent is not said: a browser always says it of what changes something. */
static void test_origin_must_be_said(void)
{
    struct sl_http1_head said = head_with("127.0.0.1:8080", "Origin", "http://127.0.0.1:8080");
    struct sl_http1_head other = head_with("127.0.0.1:8080", "Origin", "http://evil.example");
    struct sl_http1_head silent = head_with("127.0.0.1:8080", "Accept", "*");

    SL_CHECK(sl_desk_origin_said(&plain, &said));
    SL_CHECK(!sl_desk_origin_said(&plain, &other));
    SL_CHECK(!sl_desk_origin_said(&plain, &silent));
}

static void test_cookies(void)
{
    static const struct {
        const char *line;
        enum sl_err err;
        const char *session;
    } cases[] = {
        {"__Host-sluice=sls_abc-DEF_123", SL_OK, "sls_abc-DEF_123"},
        {"a=b; __Host-sluice=sls_x; c=d", SL_OK, "sls_x"},
        {"a=b;__Host-sluice=sls_x", SL_OK, "sls_x"},
        {"a=b", SL_ENOTFOUND, ""},
        {"", SL_ENOTFOUND, ""},
        {"__Host-sluice=", SL_ENOTFOUND, ""},
        {"__Host-sluice", SL_ENOTFOUND, ""},
        {"x__Host-sluice=sls_x", SL_ENOTFOUND, ""},
        {"__host-sluice=sls_x", SL_ENOTFOUND, ""},
        {"__Host-sluice=sld_x", SL_EMALFORMED, ""}, /* a credential is no session */
        {"__Host-sluice=slt_x", SL_EMALFORMED, ""},
        {"__Host-sluice=sls_x y", SL_EMALFORMED, ""},
        {"__Host-sluice=\"sls_x\"", SL_EMALFORMED, ""},
        {"__Host-sluice=sls_x,sls_y", SL_EMALFORMED, ""},
        {"__Host-sluice=sls_x; __Host-sluice=sls_y", SL_EMALFORMED, ""},
        {"__Host-sluice=; __Host-sluice=sls_y", SL_EMALFORMED, ""},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_http1_head h = head_with("a", "Cookie", cases[i].line);
        struct sl_span session = SL_SPAN("");

        if (!SL_CHECK_INT(sl_desk_cookie(&h, &session), cases[i].err))
            printf("#   %s\n", cases[i].line);
        SL_CHECK_TEXT(session, cases[i].session);
    }
}

static void test_two_cookie_headers(void)
{
    struct sl_http1_head h = head_with("a", "Cookie", "__Host-sluice=sls_x");
    struct sl_span session = SL_SPAN("");

    h.headers[h.header_count++] =
        (struct sl_http1_header){SL_SPAN("cookie"), SL_SPAN("__Host-sluice=sls_y")};
    SL_CHECK_INT(sl_desk_cookie(&h, &session), SL_EMALFORMED);
    h.headers[1].value = SL_SPAN("other=1");
    SL_CHECK_INT(sl_desk_cookie(&h, &session), SL_OK);
}

static void test_marks(void)
{
    char mark[SL_DESK_MARK_HEX + 1];
    struct sl_span session = SL_SPAN("sls_x");

    sl_desk_mark(session, mark);
    SL_CHECK_INT(strlen(mark), SL_DESK_MARK_HEX);
    struct sl_http1_head right = head_with("a", "Sluice-CSRF", mark);
    SL_CHECK(sl_desk_mark_said(&right, session));
    SL_CHECK(!sl_desk_mark_said(&right, SL_SPAN("sls_y")));
    struct sl_http1_head none = head_with("a", "X", mark),
                         empty = head_with("a", "Sluice-CSRF", ""),
                         part = head_with("a", "Sluice-CSRF", mark + 1);
    SL_CHECK(!sl_desk_mark_said(&none, session));
    SL_CHECK(!sl_desk_mark_said(&empty, session));
    SL_CHECK(!sl_desk_mark_said(&part, session));
}

/* --- docs/openapi.yaml says what the route table says, no more and no less ---------------------
 */

/* The file's own layout: paths two blanks in, methods four. */
struct operation {
    char path[128], method[16];
};

/* From the build folder, as the tests run, or from the tree itself. */
static FILE *open_description(void)
{
    char name[1024];
    size_t folder = strlen(__FILE__) - strlen("tests/unit/test_desk.c");

    snprintf(name, sizeof name, "%.*sdocs/openapi.yaml", (int)folder, __FILE__);
    FILE *f = fopen(name, "r");
    return f != NULL ? f : fopen("docs/openapi.yaml", "r");
}

static size_t read_operations(struct operation *out, size_t max)
{
    char line[1024], path[128] = "";
    size_t n = 0;
    bool in_paths = false;
    FILE *f = open_description();

    if (!SL_CHECK(f != NULL))
        return 0;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] != ' ' && line[0] != '\n' && line[0] != '#')
            in_paths = strncmp(line, "paths:", 6) == 0;
        if (in_paths && strncmp(line, "  /", 3) == 0)
            sscanf(line, " %127[^:]:", path);
        char method[16];
        if (in_paths && strncmp(line, "    ", 4) == 0 && islower((unsigned char)line[4]) &&
            sscanf(line, "    %15[a-z]:", method) == 1 && strcmp(method, "parameters") != 0 &&
            n < max) {
            snprintf(out[n].path, sizeof out[n].path, "%s", path);
            snprintf(out[n++].method, sizeof out[0].method, "%s", method);
        }
    }
    fclose(f);
    return n;
}

static bool is_operation(const struct operation *o, const struct sl_desk_route *r)
{
    return strcmp(o->path, r->path) == 0 &&
           strcasecmp(o->method, sl_http1_method_name(r->method)) == 0;
}

static void test_openapi_has_each_route(void)
{
    struct operation listed[160];
    size_t n = read_operations(listed, SL_COUNT(listed));

    SL_CHECK_INT(n, sl_desk_route_count);
    for (size_t r = 0; r < sl_desk_route_count; r++) {
        size_t found = 0;

        for (size_t i = 0; i < n; i++)
            found += is_operation(&listed[i], &sl_desk_routes[r]);
        if (!SL_CHECK_INT(found, 1))
            printf("#   %s\n", sl_desk_routes[r].path);
    }
}

int main(void)
{
    SL_RUN(test_each_route_is_found);
    SL_RUN(test_other_paths_are_not);
    SL_RUN(test_allowed_methods);
    SL_RUN(test_fields);
    SL_RUN(test_hosts);
    SL_RUN(test_origins);
    SL_RUN(test_bearer);
    SL_RUN(test_origin_must_be_said);
    SL_RUN(test_cookies);
    SL_RUN(test_two_cookie_headers);
    SL_RUN(test_marks);
    SL_RUN(test_openapi_has_each_route);
    return sl_tap_done();
}
