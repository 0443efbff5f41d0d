/* Our calls: addresses, our own token, and what the Connector answers. */
#include "core/chat/teams_int.h"

enum { SERVICE_MOST = 256, ANSWER_MOST = 256 * 1024, GRANT_LIFE_MOST = 24 * 3600 };

/* --- addresses ---------------------------------------------------------------------------------
 */

/* A path that cannot be read in two ways. */
static bool is_plain_path(struct sl_span path)
{
    for (size_t i = 0; i < path.n; i++) {
        uint8_t c = path.p[i], next = i + 1 < path.n ? path.p[i + 1] : 0;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!plain && (c == 0 || strchr("-._~/", c) == NULL))
            return false;
        if ((c == '/' && next == '/') || (c == '.' && (next == '.' || next == '/' || next == 0)))
            return false;
    }
    return true;
}

bool sl_teams_is_below(struct sl_span url, struct sl_span base)
{
    return url.n <= SERVICE_MOST && base.n > 0 && base.p[base.n - 1] == '/' &&
           sl_span_starts(url, base) && is_plain_path(sl_span_from(url, base.n)) &&
           (url.n == base.n || url.p[base.n] != '/');
}

static bool is_microsofts(struct sl_span host)
{
    static const struct sl_span below = SL_SPAN(".botframework.com");

    for (size_t i = 0; i < host.n; i++) {
        uint8_t c = host.p[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && (c != '.' || i == 0))
            return false;
    }
    return sl_span_is(host, "smba.trafficmanager.net") ||
           (host.n > below.n && sl_span_eq(sl_span_from(host, host.n - below.n), below));
}

bool sl_teams_service_allowed(struct sl_span url, const struct sl_teams_us *us)
{
    static const struct sl_span tls = SL_SPAN("https://");
    struct sl_span rest = sl_span_from(url, tls.n);
    size_t slash = sl_span_find(rest, '/');

    if (us->api.n > 0)
        return sl_teams_is_below(url, us->api);
    return url.n <= SERVICE_MOST && sl_span_starts(url, tls) &&
           is_microsofts(sl_span_head(rest, slash)) && is_plain_path(sl_span_from(rest, slash));
}

static void put_service(struct sl_buf *b, struct sl_span service_url, const char *path)
{
    sl_buf_put(b, service_url);
    if (service_url.n == 0 || service_url.p[service_url.n - 1] != '/')
        sl_buf_put_u8(b, '/');
    sl_buf_put_str(b, path);
}

void sl_teams_put_conversations_url(struct sl_buf *b, struct sl_span service_url)
{
    put_service(b, service_url, "v3/conversations");
}

static void put_below(struct sl_buf *b, struct sl_span service_url, struct sl_span conversation,
                      const char *what, struct sl_span id)
{
    sl_teams_put_conversations_url(b, service_url);
    sl_buf_put_u8(b, '/');
    sl_teams_put_escaped(b, conversation);
    sl_buf_put_str(b, what);
    if (id.n > 0)
        sl_buf_put_u8(b, '/');
    sl_teams_put_escaped(b, id);
}

void sl_teams_put_message_url(struct sl_buf *b, struct sl_span service_url,
                              struct sl_span conversation, struct sl_span message)
{
    put_below(b, service_url, conversation, "/activities", message);
}

void sl_teams_put_member_url(struct sl_buf *b, struct sl_span service_url,
                             struct sl_span conversation, struct sl_span user)
{
    put_below(b, service_url, conversation, "/members", user);
}

/* --- our own token -----------------------------------------------------------------------------
 */

void sl_teams_put_token_url(struct sl_buf *b, const struct sl_teams_us *us)
{
    sl_buf_put(b, us->api.n > 0 ? us->api : SL_SPAN("https://login.microsoftonline.com/"));
    sl_teams_put_escaped(b, us->tenant);
    sl_buf_put_str(b, "/oauth2/v2.0/token");
}

void sl_teams_put_token_call(struct sl_buf *b, const struct sl_teams_us *us, struct sl_span secret)
{
    sl_buf_put_str(b, "grant_type=client_credentials&client_id=");
    sl_teams_put_escaped(b, us->app);
    sl_buf_put_str(b, "&client_secret=");
    sl_teams_put_escaped(b, secret);
    sl_buf_put_str(b, "&scope=https%3A%2F%2Fapi.botframework.com%2F.default");
}

/* A word that may be shown and recorded; whatever else stands in its place is not repeated. */
static struct sl_span word(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_')
            return SL_SPAN("unreadable");
    }
    return text.n > 64 ? SL_SPAN("unreadable") : text;
}

static bool is_token(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] > '~')
            return false;
    return text.n > 0 && text.n <= SL_TEAMS_TOKEN_MOST;
}

static enum sl_oidc_reason take_grant(unsigned status, const json_t *body, struct sl_arena *mem,
                                      struct sl_teams_grant *g)
{
    struct sl_span token = sl_json_str(body, "access_token"), error = sl_json_str(body, "error");

    if (error.n > 0 && status != 200) {
        g->error = sl_arena_copy(mem, word(error));
        return g->error.p == NULL ? SL_OIDC_MEMORY : SL_OIDC_ANSWER_ERROR;
    }
    if (status != 200 || error.n > 0 || !is_token(token) ||
        !sl_span_eq_nocase(sl_json_str(body, "token_type"), SL_SPAN("Bearer")) ||
        !sl_json_u64(body, "expires_in", &g->expires_in_s) || g->expires_in_s == 0)
        return SL_OIDC_ANSWER;
    if (g->expires_in_s > GRANT_LIFE_MOST)
        g->expires_in_s = GRANT_LIFE_MOST;
    g->token = sl_arena_copy(mem, token);
    return g->token.p == NULL ? SL_OIDC_MEMORY : SL_OIDC_YES;
}

enum sl_oidc_reason sl_teams_read_grant(unsigned status, struct sl_span body, struct sl_arena *mem,
                                        struct sl_teams_grant *out)
{
    struct sl_teams_grant grant = {0};
    json_t *value = sl_teams_object(body, SL_OIDC_DOCUMENT_MAX);
    enum sl_oidc_reason reason;

    if (value == NULL)
        return SL_OIDC_ANSWER;
    reason = take_grant(status, value, mem, &grant);
    json_decref(value);
    if (reason == SL_OIDC_YES || reason == SL_OIDC_ANSWER_ERROR)
        *out = grant;
    return reason;
}

/* --- what it answers ---------------------------------------------------------------------------
 */

enum sl_err sl_teams_read_answer(unsigned status, struct sl_span body, struct sl_teams_answer *out)
{
    struct sl_teams_answer a = {.ok = status >= 200 && status <= 299};
    const json_t *id;

    a.json = sl_teams_object(body, ANSWER_MOST);
    id = json_object_get(a.json, "id");
    if (!a.ok)
        a.error = word(sl_json_str(json_object_get(a.json, "error"), "code"));
    else if (id != NULL)
        a.id = sl_json_str(a.json, "id");
    *out = a;
    if (a.ok && ((a.json == NULL && body.n > 0) || (id != NULL && !sl_teams_is_id(a.id)))) {
        out->id = (struct sl_span){0};
        out->ok = false;
        return SL_EMALFORMED;
    }
    return SL_OK;
}
