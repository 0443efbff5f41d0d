/* What a provider answers: through the browser, at its token endpoint, to a device. */
#include "core/oidc/oidc_int.h"

enum { CODE_MAX = 4096, DEVICE_LIFE_MAX = 24 * 3600, INTERVAL_USUAL = 5, INTERVAL_MAX = 60 };

/* --- the browser's way back ------------------------------------------------------------------- */

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* No bytes but printable ASCII come out: codes, states, addresses and words have no others. */
static bool unescape(struct sl_buf *out, struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i] == '+' ? ' ' : text.p[i];
        if (c == '%') {
            int high = i + 2 < text.n ? hex_value(text.p[i + 1]) : -1;
            int low = i + 2 < text.n ? hex_value(text.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (uint8_t)(high << 4 | low);
            i += 2;
        }
        if (c < ' ' || c > '~')
            return false;
        sl_buf_put_u8(out, c);
    }
    return sl_buf_err(out) == SL_OK;
}

static struct sl_span *field_of(struct sl_oidc_response *r, struct sl_span name)
{
    if (sl_span_is(name, "state"))
        return &r->state;
    if (sl_span_is(name, "code"))
        return &r->code;
    if (sl_span_is(name, "iss"))
        return &r->issuer;
    return sl_span_is(name, "error") ? &r->error : NULL;
}

static bool take_pair(struct sl_span pair, struct sl_arena *mem, struct sl_oidc_response *r)
{
    SL_BUF(value, CODE_MAX);
    size_t equals = sl_span_find(pair, '=');
    struct sl_span *field = field_of(r, sl_span_head(pair, equals));

    if (field == NULL)
        return true;
    if (field->p != NULL || !unescape(&value, sl_span_from(pair, equals + 1)) || value.n == 0)
        return false;
    *field = sl_arena_copy(mem, sl_buf_span(&value));
    return field->p != NULL;
}

/* A word that may be shown; what else a provider says in its place is not repeated. */
static struct sl_span word(struct sl_span error)
{
    for (size_t i = 0; i < error.n; i++) {
        uint8_t c = error.p[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
            return SL_SPAN("unreadable");
    }
    return error.n > 64 ? SL_SPAN("unreadable") : error;
}

enum sl_oidc_reason sl_oidc_response_read(struct sl_span query, struct sl_arena *mem,
                                          struct sl_oidc_response *out)
{
    struct sl_oidc_response r = {0};

    while (query.n > 0) {
        struct sl_span pair = sl_span_head(query, sl_span_find(query, '&'));
        if (!take_pair(pair, mem, &r))
            return SL_OIDC_RESPONSE;
        query = sl_span_from(query, pair.n + 1);
    }
    if (r.state.n == 0 || (r.code.n > 0) == (r.error.n > 0))
        return SL_OIDC_RESPONSE;
    r.error = word(r.error);
    *out = r;
    return SL_OIDC_YES;
}

bool sl_oidc_response_is_of(const struct sl_oidc_response *r, const struct sl_oidc_provider *p)
{
    return r->issuer.n == 0 ? !p->names_itself : sl_span_eq(r->issuer, p->issuer);
}

/* --- the token endpoint ----------------------------------------------------------------------- */

static bool take_copy(const json_t *object, const char *name, size_t most, struct sl_arena *mem,
                      struct sl_span *out)
{
    struct sl_span text = sl_json_str(object, name);

    if (text.n == 0 || text.n > most)
        return false;
    *out = sl_arena_copy(mem, text);
    return out->p != NULL;
}

static enum sl_oidc_reason take_error(const json_t *body, struct sl_arena *mem, struct sl_span *out)
{
    if (!take_copy(body, "error", SL_OIDC_TEXT_MAX, mem, out))
        return SL_OIDC_ANSWER;
    *out = word(*out);
    return SL_OIDC_ANSWER_ERROR;
}

static enum sl_oidc_reason take_token(unsigned status, const json_t *body, struct sl_arena *mem,
                                      struct sl_oidc_answer *a)
{
    bool failed = json_object_get(body, "error") != NULL;

    if (!json_is_object(body) || (status != 200 && !failed))
        return SL_OIDC_ANSWER;
    if (!failed)
        return take_copy(body, "id_token", SL_OIDC_TOKEN_MAX, mem, &a->id_token) ? SL_OIDC_YES
                                                                                 : SL_OIDC_ANSWER;
    if (json_object_get(body, "id_token") != NULL)
        return SL_OIDC_ANSWER;
    enum sl_oidc_reason reason = take_error(body, mem, &a->error);
    a->slow_down = sl_span_is(a->error, "slow_down");
    a->pending = a->slow_down || sl_span_is(a->error, "authorization_pending");
    return reason;
}

enum sl_oidc_reason sl_oidc_answer_read(unsigned http_status, struct sl_span body,
                                        struct sl_arena *mem, struct sl_oidc_answer *out)
{
    struct sl_oidc_answer a = {0};
    json_t *value = NULL;

    if (body.n > SL_OIDC_DOCUMENT_MAX || sl_json_read(body, &value, NULL) != SL_OK)
        return SL_OIDC_ANSWER;
    enum sl_oidc_reason reason = take_token(http_status, value, mem, &a);
    json_decref(value);
    if (reason != SL_OIDC_ANSWER)
        *out = a;
    return reason;
}

/* --- the device endpoint (RFC 8628, section 3.2) -----------------------------------------------
 */

static bool take_url(const json_t *body, const char *name, bool plain, struct sl_arena *mem,
                     struct sl_span *out)
{
    return sl_oidc_is_address(sl_json_str(body, name), plain) &&
           take_copy(body, name, SL_OIDC_URL_MAX, mem, out);
}

static bool take_device(const json_t *body, bool plain, struct sl_arena *mem,
                        struct sl_oidc_device *d)
{
    bool complete = json_object_get(body, "verification_uri_complete") != NULL;

    d->interval_s = INTERVAL_USUAL;
    if (json_object_get(body, "interval") != NULL && !sl_json_u64(body, "interval", &d->interval_s))
        return false;
    if (!sl_json_u64(body, "expires_in", &d->expires_in_s) || d->expires_in_s == 0)
        return false;
    if (d->interval_s < 1 || d->interval_s > INTERVAL_MAX)
        d->interval_s = d->interval_s < 1 ? 1 : INTERVAL_MAX;
    if (d->expires_in_s > DEVICE_LIFE_MAX)
        d->expires_in_s = DEVICE_LIFE_MAX;
    return sl_oidc_is_text(sl_json_str(body, "user_code"), 64) &&
           take_copy(body, "user_code", 64, mem, &d->user_code) &&
           take_copy(body, "device_code", CODE_MAX, mem, &d->device_code) &&
           (take_url(body, "verification_uri", plain, mem, &d->url) ||
            take_url(body, "verification_url", plain, mem, &d->url)) && /* an old name of it */
           (!complete || take_url(body, "verification_uri_complete", plain, mem, &d->complete_url));
}

enum sl_oidc_reason sl_oidc_device_read(unsigned http_status, struct sl_span body,
                                        const struct sl_oidc_provider *p, struct sl_arena *mem,
                                        struct sl_oidc_device *out)
{
    bool plain = sl_span_starts(p->issuer, SL_SPAN("http://"));
    enum sl_oidc_reason reason = SL_OIDC_ANSWER;
    struct sl_oidc_device d = {0};
    json_t *value = NULL;

    if (body.n > SL_OIDC_DOCUMENT_MAX || sl_json_read(body, &value, NULL) != SL_OK)
        return SL_OIDC_ANSWER;
    if (json_object_get(value, "error") != NULL)
        reason = SL_OIDC_ANSWER_ERROR;
    else if (http_status == 200 && json_is_object(value) && take_device(value, plain, mem, &d))
        reason = SL_OIDC_YES;
    json_decref(value);
    if (reason == SL_OIDC_YES)
        *out = d;
    return reason;
}
