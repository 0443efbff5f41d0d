/* One call: what the keeper asked for, made into a transfer, and its end into an answer. */
#include "role/courier/courier_int.h"

#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_WITHIN_MS = 5000,
    TIMEOUT_MOST_MS = 30 * 1000,
    ANSWER_MOST_BYTES = 8 * 1024 * 1024,
    CHAT_ANSWER_MOST_BYTES = 256 * 1024,
    REQUEST_MOST_BYTES = 1024 * 1024,
    AGE_MOST_S = 365 * 24 * 3600,
};

struct sl_courier_call {
    struct sl_courier *courier;
    struct sl_courier_call *next;
    uint64_t id;
    CURL *easy;
    struct curl_slist *headers;
    struct sl_buf url, body, answer;
    bool too_large;
    char why[CURL_ERROR_SIZE];
};

/* --- answering -------------------------------------------------------------------------------- */

void sl_courier_answer(struct sl_courier *c, const struct sl_msg_fetched *m)
{
    SL_BUF(message, SL_IPC_MAX_BODY + SL_IPC_HEADER);

    if (c->keeper == NULL)
        return;
    sl_msg_fetched_put(&message, m);
    sl_channel_post(c->keeper, &message);
    if (message.p != NULL)
        explicit_bzero(message.p, message.cap);
}

void sl_courier_answer_none(struct sl_courier *c, uint64_t id, const char *why)
{
    sl_courier_answer(c, &(struct sl_msg_fetched){.call = id, .why = sl_span_str(why)});
}

/* --- memory ----------------------------------------------------------------------------------- */

static void wipe(struct sl_buf *b)
{
    if (b->p != NULL)
        explicit_bzero(b->p, b->cap);
    sl_buf_done(b);
}

static void call_free(struct sl_courier_call *call)
{
    for (struct curl_slist *h = call->headers; h != NULL; h = h->next)
        explicit_bzero(h->data, strlen(h->data));
    curl_slist_free_all(call->headers);
    curl_easy_cleanup(call->easy);
    wipe(&call->url);
    wipe(&call->body);
    wipe(&call->answer);
    free(call);
}

static void call_unlink(struct sl_courier_call *call)
{
    struct sl_courier_call **at = &call->courier->calls;

    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    call->courier->call_count--;
    curl_multi_remove_handle(call->courier->multi, call->easy);
}

void sl_courier_calls_end(struct sl_courier *c, const char *why)
{
    sl_courier_streams_end(c, why);
    sl_courier_sockets_end(c, why);
    while (c->calls != NULL) {
        struct sl_courier_call *call = c->calls;

        sl_courier_answer_none(c, call->id, why);
        call_unlink(call);
        call_free(call);
    }
}

/* --- the transfer ----------------------------------------------------------------------------- */

/* Less than all of it ends the transfer. */
static size_t on_bytes(char *bytes, size_t size, size_t count, void *owner)
{
    struct sl_courier_call *call = owner;

    sl_buf_put(&call->answer, sl_span(bytes, size * count));
    if (sl_buf_err(&call->answer) == SL_OK)
        return size * count;
    call->too_large = true;
    return 0;
}

static bool add_header(struct sl_courier_call *call, struct sl_span line)
{
    SL_BUF(text, REQUEST_MOST_BYTES);

    if (sl_span_find(line, '\r') < line.n || sl_span_find(line, '\n') < line.n)
        return false;
    sl_buf_put(&text, line);
    const char *header = sl_buf_text(&text);
    struct curl_slist *more =
        sl_buf_err(&text) == SL_OK ? curl_slist_append(call->headers, header) : NULL;
    if (more != NULL)
        call->headers = more;
    explicit_bzero(text.p, text.cap);
    return more != NULL;
}

static bool add_headers(struct sl_courier_call *call, const struct sl_msg_fetch *m)
{
    SL_BUF(type, 256);
    struct sl_span line;
    bool good = add_header(call, SL_SPAN("Accept: application/json")) &&
                add_header(call, SL_SPAN("Expect:"));

    if (m->content_type.n > 0) {
        sl_buf_say(&type, "Content-Type: %S", m->content_type);
        good = good && sl_buf_err(&type) == SL_OK && add_header(call, sl_buf_span(&type));
    }
    for (size_t at = 0; good && sl_ipc_list_next(&m->headers, &at, &line);)
        good = add_header(call, line);
    return good;
}

void sl_courier_trust(CURL *easy, const struct sl_courier_issuer *issuer)
{
    struct curl_blob pem = {.data = issuer->authorities.p,
                            .len = issuer->authorities.n,
                            .flags = CURL_BLOB_COPY};

    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (pem.len == 0)
        return;
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &pem);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
}

void sl_courier_set_limits(CURL *easy, uint32_t timeout_ms)
{
    long within_ms =
        timeout_ms == 0 || timeout_ms > TIMEOUT_MOST_MS ? TIMEOUT_MOST_MS : (long)timeout_ms;

    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, within_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     within_ms < CONNECT_WITHIN_MS ? within_ms : (long)CONNECT_WITHIN_MS);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https"); /* which of them: issuers.c */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* it would see what is said in clear */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

static void set_up(struct sl_courier_call *call, const struct sl_courier_issuer *issuer,
                   const struct sl_msg_fetch *m)
{
    CURL *easy = call->easy;

    sl_courier_set_limits(easy, m->timeout_ms);
    sl_courier_trust(easy, issuer);
    curl_easy_setopt(easy, CURLOPT_URL, sl_buf_text(&call->url));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "sluice");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->why);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    if (sl_span_is(m->method, "GET"))
        return;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (sl_span_is(m->method, "PUT"))
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.n > 0 ? (char *)call->body.p : "");
}

static struct sl_courier_call *call_new(struct sl_courier *c, const struct sl_msg_fetch *m)
{
    struct sl_courier_call *call = calloc(1, sizeof *call);
    size_t ceiling =
        c->whom == SL_COURIER_CHAT ? (size_t)CHAT_ANSWER_MOST_BYTES : (size_t)ANSWER_MOST_BYTES;
    size_t most = m->max_bytes < ceiling ? m->max_bytes : ceiling;

    if (call == NULL)
        return NULL;
    *call = (struct sl_courier_call){.courier = c,
                                     .id = m->call,
                                     .url = sl_buf(REQUEST_MOST_BYTES),
                                     .body = sl_buf(REQUEST_MOST_BYTES),
                                     .answer = sl_buf(most)};
    sl_buf_put(&call->url, m->url);
    sl_buf_put(&call->body, m->body);
    call->easy = curl_easy_init();
    if (call->easy != NULL && sl_buf_err(&call->url) == SL_OK && sl_buf_err(&call->body) == SL_OK &&
        add_headers(call, m))
        return call;
    call_free(call);
    return NULL;
}

static const char *refused(const struct sl_courier *c, const struct sl_courier_issuer *issuer,
                           const struct sl_msg_fetch *m)
{
    if (c->draining)
        return "the courier is ending";
    if (c->call_count >= SL_COURIER_MAX_CALLS)
        return "too many calls are under way";
    bool send = sl_span_is(m->method, "SEND");
    bool put = sl_span_is(m->method, "PUT") && c->whom == SL_COURIER_CHAT;
    if (!send && !put && !sl_span_is(m->method, "GET") && !sl_span_is(m->method, "POST"))
        return "only GET and POST are known, SEND to hooks, and PUT to chats";
    if (send != sl_span_starts(m->url, SL_SPAN("syslog+tls://")))
        return "SEND is for syslog+tls:// alone";
    return sl_courier_url_refused(c, issuer, m->url);
}

void sl_courier_fetch(struct sl_courier *c, const struct sl_msg_fetch *m)
{
    const struct sl_courier_issuer *issuer = sl_courier_issuer(c, m->issuer);
    const char *why = refused(c, issuer, m);

    if (why != NULL) {
        sl_courier_answer(c, &(struct sl_msg_fetched){
                                 .call = m->call, .retry_after = 1, .why = sl_span_str(why)});
        return;
    }
    if (sl_span_is(m->method, "SEND")) {
        sl_courier_send(c, issuer, m);
        return;
    }
    struct sl_courier_call *call = call_new(c, m);
    if (call == NULL) {
        sl_courier_answer_none(c, m->call, "the call could not be prepared");
        return;
    }
    set_up(call, issuer, m);
    call->next = c->calls;
    c->calls = call;
    c->call_count++;
    if (curl_multi_add_handle(c->multi, call->easy) == CURLM_OK)
        return;
    sl_courier_answer_none(c, m->call, "the call could not be begun");
    call_unlink(call);
    call_free(call);
}

/* --- its end ---------------------------------------------------------------------------------- */

/* "max-age=N" of Cache-Control; what may not be stored is kept no longer than nothing was said. */
static uint64_t max_age(CURL *easy)
{
    struct curl_header *header;

    if (curl_easy_header(easy, "Cache-Control", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return 0;
    const char *at = strcasestr(header->value, "max-age=");
    if (at == NULL || strcasestr(header->value, "no-store") != NULL ||
        strcasestr(header->value, "no-cache") != NULL)
        return 0;
    unsigned long seconds = strtoul(at + sizeof "max-age=" - 1, NULL, 10);
    return seconds < AGE_MOST_S ? seconds : AGE_MOST_S;
}

/* Retry-After in seconds, or as a date. */
static uint64_t retry_after(CURL *easy)
{
    curl_off_t seconds = 0;

    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds < 0)
        return 0;
    return seconds < AGE_MOST_S ? (uint64_t)seconds : AGE_MOST_S;
}

static void answer_why(struct sl_courier_call *call, CURLcode result)
{
    SL_BUF(why, 1024);

    if (call->too_large)
        sl_buf_say(&why, "the answer has more than %U bytes", (uint64_t)call->answer.max);
    else
        sl_buf_say(&why, "%s", call->why[0] != '\0' ? call->why : curl_easy_strerror(result));
    sl_courier_answer_none(call->courier, call->id, sl_buf_text(&why));
}

/* Of what a hook answers its status alone counts: what else it says is kept by nobody, and when it
 * says too much it has still answered. */
static bool is_answered(const struct sl_courier_call *call, CURLcode result, long status)
{
    return status >= 100 &&
           (call->too_large ? call->courier->whom == SL_COURIER_HOOKS : result == CURLE_OK);
}

void sl_courier_call_over(CURL *easy, CURLcode result)
{
    struct sl_courier_call *call = NULL;
    long status = 0;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    bool to_hook = call->courier->whom == SL_COURIER_HOOKS;
    if (is_answered(call, result, status))
        sl_courier_answer(call->courier,
                          &(struct sl_msg_fetched){.call = call->id,
                                                   .status = (uint32_t)status,
                                                   .body = to_hook ? sl_span(NULL, 0)
                                                                   : sl_buf_span(&call->answer),
                                                   .max_age = max_age(easy),
                                                   .retry_after = retry_after(easy)});
    else
        answer_why(call, result);
    call_unlink(call);
    call_free(call);
}
