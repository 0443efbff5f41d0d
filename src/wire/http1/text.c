/* The tables: refusals, methods, statuses, character classes. */
#include "wire/http1/http1_int.h"

static const struct {
    unsigned status;
    const char *text;
} refusals[] = {
#define ROW(name, status, text) {status, text},
    SL_HTTP1_REFUSALS(ROW)
#undef ROW
};

unsigned sl_http1_refusal_status(enum sl_http1_refusal r)
{
    return refusals[r].status;
}

const char *sl_http1_refusal_text(enum sl_http1_refusal r)
{
    return refusals[r].text;
}

const char *sl_http1_method_name(enum sl_http1_method m)
{
    static const char *const names[] = {
#define ROW(name, body) #name,
        SL_HTTP1_METHODS(ROW)
#undef ROW
    };

    return names[m];
}

static const struct {
    unsigned status;
    const char *text;
} reasons[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

const char *sl_http1_reason(unsigned status)
{
    for (size_t i = 0; i < SL_COUNT(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return "";
}

static bool is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_one_of(uint8_t c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

bool sl_http1_is_token(uint8_t c)
{
    return is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-.^_`|~");
}

bool sl_http1_is_path(uint8_t c)
{
    return is_alphanumeric(c) || is_one_of(c, "-._~!$&'()*+,;=:@/");
}

int sl_http1_hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool sl_http1_all(struct sl_span s, bool (*fits)(uint8_t))
{
    for (size_t i = 0; i < s.n; i++)
        if (!fits(s.p[i]))
            return false;
    return s.n > 0;
}
