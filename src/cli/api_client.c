/* One request and its answer, over libcurl. */
#include "cli/api_client.h"

#include "base/utf8.h"
#include "crypto/crypto.h"

#include <curl/curl.h>
#include <stdlib.h>

enum { CONNECT_WITHIN_S = 5, ANSWER_WITHIN_S = 75, MAX_HEADER = 32 * 1024, SILENCE_S = 45 };

struct stream {
    struct sl_buf line;
    sl_api_line_fn *fn;
    void *owner;
};

struct sl_api_exchange {
    CURL *curl;
    struct curl_slist *headers;
    struct sl_buf answer, url, text;
    struct stream stream; /* where it is one */
};

static void add_header(struct sl_api_exchange *x, const char *name, struct sl_span value)
{
    SL_BUF(line, MAX_HEADER);

    sl_buf_say(&line, "%s: %S", name, value);
    x->headers = curl_slist_append(x->headers, sl_buf_text(&line));
    if (line.p != NULL)
        sl_secret_wipe(line.p, line.n);
}

/* A proxy would see what goes in clear; nothing is followed anywhere else. */
static void set_up(struct sl_api_exchange *x, struct sl_api *api, const char *path)
{
    SL_BUF(bearer, MAX_HEADER);

    sl_buf_say(&x->url, "%S%s", sl_buf_span(&api->url), path);
    curl_easy_setopt(x->curl, CURLOPT_URL, sl_buf_text(&x->url));
    curl_easy_setopt(x->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(x->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(x->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(x->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_WITHIN_S);
    curl_easy_setopt(x->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(x->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(x->curl, CURLOPT_USERAGENT, "sluice");
    if (sl_span_starts(sl_buf_span(&api->url), SL_SPAN("http://")))
        curl_easy_setopt(x->curl, CURLOPT_PROXY, "");
    if (api->ca_file != NULL)
        curl_easy_setopt(x->curl, CURLOPT_CAINFO, api->ca_file);
    if (api->credential.n > 0) {
        sl_buf_say(&bearer, "Bearer %S", sl_buf_span(&api->credential));
        add_header(x, "Authorization", sl_buf_span(&bearer));
        sl_secret_wipe(bearer.p, bearer.n);
    }
    add_header(x, "Sluice-Channel", SL_SPAN("cli")); /* how a decision reached the keeper */
    curl_easy_setopt(x->curl, CURLOPT_HTTPHEADER, x->headers);
}

static bool begin(struct sl_api_exchange *x)
{
    *x = (struct sl_api_exchange){.answer = sl_buf(SL_API_MAX_ANSWER),
                                  .url = sl_buf(8192),
                                  .text = sl_buf(4 << 20)};
    x->curl = curl_easy_init();
    return x->curl != NULL;
}

static void finish(struct sl_api_exchange *x)
{
    if (x->text.p != NULL)
        sl_secret_wipe(x->text.p, x->text.n);
    curl_slist_free_all(x->headers);
    curl_easy_cleanup(x->curl);
    sl_buf_done(&x->answer);
    sl_buf_done(&x->url);
    sl_buf_done(&x->text);
    sl_buf_done(&x->stream.line);
}

static size_t on_answer(char *bytes, size_t size, size_t count, void *owner)
{
    struct sl_api_exchange *x = owner;

    sl_buf_put(&x->answer, sl_span(bytes, size * count));
    return sl_buf_err(&x->answer) == SL_OK ? size * count : 0;
}

static int unreachable(struct sl_api *api, const char *why)
{
    fprintf(stderr, "sluice: cannot reach the gateway at %s: %s\n", sl_buf_text(&api->url), why);
    if (api->json)
        puts("{\"detail\":\"cannot reach the "
             "gateway\",\"status\":0,\"title\":\"Unreachable\",\"type\":\"about:blank\"}");
    return SL_EXIT_UNREACHABLE;
}

int sl_api_complain(struct sl_api *api, long status, const json_t *problem)
{
    struct sl_span detail = sl_json_str(problem, "detail"), hint = sl_json_str(problem, "hint");
    SL_BUF(text, 64 * 1024);

    sl_utf8_put_printable(&text, detail.n > 0 ? detail : sl_json_str(problem, "title"));
    if (hint.n > 0) {
        sl_buf_put_str(&text, "\nhint: ");
        sl_utf8_put_printable(&text, hint);
    }
    fprintf(stderr, "sluice: %s (%ld)\n",
            text.n > 0 ? sl_buf_text(&text) : "refused without a reason", status);
    if (api->json && problem != NULL)
        sl_api_print_json(problem);
    return status >= 502 && status <= 504 ? SL_EXIT_UNREACHABLE : SL_EXIT_REFUSED;
}

static int read_answer(struct sl_api *api, struct sl_api_exchange *x, json_t **out)
{
    json_t *answer = NULL;
    long status = 0;
    int code = SL_EXIT_FINE;

    curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
    enum sl_err err = sl_json_read(sl_buf_span(&x->answer), &answer, NULL);
    if (status < 200 || status > 299) {
        code = sl_api_complain(api, status, answer);
    } else if (status == 204) {
        code = SL_EXIT_FINE; /* there is nothing to say */
    } else if (err != SL_OK || !json_is_object(answer)) {
        code = unreachable(api, "the answer is not Sluice's");
    } else if (out != NULL) {
        *out = json_incref(answer);
    }
    json_decref(answer);
    return code;
}

static bool set_body(struct sl_api_exchange *x, const json_t *body)
{
    if (body == NULL)
        return true;
    if (sl_json_canonical(&x->text, body) != SL_OK)
        return false;
    add_header(x, "Content-Type", SL_SPAN("application/json"));
    curl_easy_setopt(x->curl, CURLOPT_POSTFIELDSIZE, (long)x->text.n);
    curl_easy_setopt(x->curl, CURLOPT_POSTFIELDS, sl_buf_text(&x->text));
    return true;
}

static void set_answer(struct sl_api_exchange *x)
{
    curl_easy_setopt(x->curl, CURLOPT_TIMEOUT, (long)ANSWER_WITHIN_S);
    curl_easy_setopt(x->curl, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(x->curl, CURLOPT_WRITEDATA, x);
}

int sl_api_call(struct sl_api *api, const char *path, const json_t *body, json_t **out)
{
    struct sl_api_exchange x;
    char why[CURL_ERROR_SIZE] = "";

    if (!begin(&x) || !set_body(&x, body)) {
        fputs("sluice: the request cannot be built (is the reason valid UTF-8?)\n", stderr);
        finish(&x);
        return SL_EXIT_USAGE;
    }
    set_up(&x, api, path);
    set_answer(&x);
    curl_easy_setopt(x.curl, CURLOPT_ERRORBUFFER, why);
    CURLcode result = curl_easy_perform(x.curl);
    int code = result != CURLE_OK
                   ? unreachable(api, why[0] != '\0' ? why : curl_easy_strerror(result))
                   : read_answer(api, &x, out);
    finish(&x);
    return code;
}

/* --- one request on the caller's own loop --------------------------------------------------- */

struct sl_api_exchange *sl_api_exchange_new(struct sl_api *api, const char *path,
                                            const json_t *body)
{
    struct sl_api_exchange *x = calloc(1, sizeof *x);

    if (x != NULL && begin(x) && set_body(x, body)) {
        set_up(x, api, path);
        set_answer(x);
        return x;
    }
    sl_api_exchange_free(x);
    return NULL;
}

void *sl_api_exchange_easy(struct sl_api_exchange *x)
{
    return x->curl;
}

long sl_api_exchange_answer(struct sl_api_exchange *x, json_t **out)
{
    long status = 0;

    curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
    if (sl_json_read(sl_buf_span(&x->answer), out, NULL) != SL_OK)
        *out = NULL;
    return status;
}

void sl_api_exchange_free(struct sl_api_exchange *x)
{
    if (x != NULL)
        finish(x);
    free(x);
}

/* --- streams -------------------------------------------------------------------------------- */

static size_t on_stream(char *bytes, size_t size, size_t count, void *owner)
{
    struct stream *s = owner;

    for (size_t i = 0; i < size * count; i++) {
        if (bytes[i] != '\n') {
            sl_buf_put_u8(&s->line, (uint8_t)bytes[i]);
            continue;
        }
        if (sl_buf_err(&s->line) != SL_OK || !s->fn(s->owner, sl_buf_span(&s->line)))
            return 0;
        sl_buf_reset(&s->line);
    }
    return size * count;
}

struct sl_api_exchange *sl_api_exchange_stream(struct sl_api *api, const char *path,
                                               const char *last_event_id, sl_api_line_fn *line,
                                               void *owner)
{
    struct sl_api_exchange *x = calloc(1, sizeof *x);

    if (x == NULL || !begin(x)) {
        sl_api_exchange_free(x);
        return NULL;
    }
    x->stream = (struct stream){.line = sl_buf(2 << 20), .fn = line, .owner = owner};
    if (last_event_id[0] != '\0')
        add_header(x, "Last-Event-ID", sl_span_str(last_event_id));
    set_up(x, api, path);
    curl_easy_setopt(x->curl, CURLOPT_LOW_SPEED_LIMIT, 1L); /* a comment comes every 15 seconds */
    curl_easy_setopt(x->curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_S);
    curl_easy_setopt(x->curl, CURLOPT_WRITEFUNCTION, on_stream);
    curl_easy_setopt(x->curl, CURLOPT_WRITEDATA, &x->stream);
    return x;
}

void sl_api_stream(struct sl_api *api, const char *path, const char *last_event_id,
                   sl_api_line_fn *line, void *owner, long *status)
{
    struct sl_api_exchange *x = sl_api_exchange_stream(api, path, last_event_id, line, owner);

    *status = 0;
    if (x != NULL && curl_easy_perform(x->curl) != CURLE_COULDNT_CONNECT)
        curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, status);
    sl_api_exchange_free(x);
}
