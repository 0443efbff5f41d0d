/* One event to the endpoint, over libcurl. The connection is kept from one to the next. */
#include "cli/openlineage.h"

#include "crypto/crypto.h"

#include <curl/curl.h>
#include <stdlib.h>

enum {
    CONNECT_WITHIN_S = 5,
    ANSWER_WITHIN_S = 30,
    MOST_ANSWER = 1024 * 1024,
    WAIT_AT_MOST_S = 3600
};

struct sl_poster {
    CURL *curl;
    struct curl_slist *headers;
    struct sl_buf url, authorities;
    size_t answer_bytes;
};

/* What it says beside its status is nothing to us; an answer without end is an error. */
static size_t on_answer(char *bytes, size_t size, size_t count, void *owner)
{
    struct sl_poster *p = owner;

    (void)bytes;
    p->answer_bytes += size * count;
    return p->answer_bytes <= MOST_ANSWER ? size * count : 0;
}

static bool add_header(struct sl_poster *p, const char *line)
{
    struct curl_slist *more = curl_slist_append(p->headers, line);

    p->headers = more == NULL ? p->headers : more;
    return more != NULL;
}

static bool add_headers(struct sl_poster *p, struct sl_span token)
{
    SL_BUF(bearer, 16 * 1024);

    bool good = add_header(p, "Content-Type: application/json") && add_header(p, "Expect:");
    if (token.n > 0) {
        sl_buf_say(&bearer, "Authorization: Bearer %S", token);
        good = good && sl_buf_err(&bearer) == SL_OK && add_header(p, sl_buf_text(&bearer));
        sl_secret_wipe(bearer.p, bearer.n);
    }
    return good;
}

struct sl_poster *sl_poster_new(struct sl_span url, struct sl_span token,
                                struct sl_span authorities)
{
    struct sl_poster *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    *p = (struct sl_poster){.url = sl_buf(8192), .authorities = sl_buf(authorities.n + 1)};
    sl_buf_put(&p->url, url);
    sl_buf_put(&p->authorities, authorities);
    p->curl = curl_easy_init();
    if (p->curl != NULL && add_headers(p, token) && sl_buf_err(&p->authorities) == SL_OK)
        return p;
    sl_poster_free(p);
    return NULL;
}

/* A proxy would see what goes in clear; nothing is followed anywhere else. */
static void set_up(struct sl_poster *p, struct sl_span event)
{
    struct curl_blob authorities = {.data = p->authorities.p, .len = p->authorities.n};

    curl_easy_reset(p->curl); /* the connection stays */
    curl_easy_setopt(p->curl, CURLOPT_URL, sl_buf_text(&p->url));
    curl_easy_setopt(p->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(p->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(p->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(p->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_WITHIN_S);
    curl_easy_setopt(p->curl, CURLOPT_TIMEOUT, (long)ANSWER_WITHIN_S);
    curl_easy_setopt(p->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(p->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(p->curl, CURLOPT_USERAGENT, "sluice");
    curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, p->headers);
    if (sl_span_starts(sl_buf_span(&p->url), SL_SPAN("http://")))
        curl_easy_setopt(p->curl, CURLOPT_PROXY, "");
    if (authorities.len > 0)
        curl_easy_setopt(p->curl, CURLOPT_CAINFO_BLOB, &authorities);
    curl_easy_setopt(p->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)event.n);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, event.p);
    curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(p->curl, CURLOPT_WRITEDATA, p);
}

static void say(struct sl_post_answer *out, const char *why)
{
    size_t n = 0;

    while (why[n] != '\0' && n + 1 < sizeof out->why) {
        out->why[n] = why[n];
        n++;
    }
    out->why[n] = '\0';
}

static void read_answer(struct sl_poster *p, struct sl_post_answer *out)
{
    SL_BUF(why, 64);
    curl_off_t wait_s = 0;

    curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &out->status);
    curl_easy_getinfo(p->curl, CURLINFO_RETRY_AFTER, &wait_s);
    wait_s = wait_s < 0 ? 0 : wait_s > WAIT_AT_MOST_S ? WAIT_AT_MOST_S : wait_s;
    out->retry_after_ms = (uint64_t)wait_s * 1000;
    sl_buf_say(&why, "status %d", (int)out->status);
    say(out, sl_buf_text(&why));
}

void sl_poster_send(struct sl_poster *p, struct sl_span event, struct sl_post_answer *out)
{
    char why[CURL_ERROR_SIZE] = "";

    *out = (struct sl_post_answer){0};
    p->answer_bytes = 0;
    set_up(p, event);
    curl_easy_setopt(p->curl, CURLOPT_ERRORBUFFER, why);
    CURLcode result = curl_easy_perform(p->curl);
    curl_easy_setopt(p->curl, CURLOPT_ERRORBUFFER, NULL);
    if (result == CURLE_OK)
        read_answer(p, out);
    else
        say(out, why[0] != '\0' ? why : curl_easy_strerror(result));
}

void sl_poster_free(struct sl_poster *p)
{
    if (p == NULL)
        return;
    for (struct curl_slist *h = p->headers; h != NULL; h = h->next)
        sl_secret_wipe(h->data, strlen(h->data));
    curl_slist_free_all(p->headers);
    curl_easy_cleanup(p->curl);
    sl_buf_done(&p->url);
    sl_buf_done(&p->authorities);
    free(p);
}
