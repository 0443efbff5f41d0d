/* One request to an identity provider. */
#include "cli/idp.h"

#include "crypto/crypto.h"

#include <curl/curl.h>
#include <string.h>

enum { CONNECT_WITHIN_S = 5, ANSWER_WITHIN_S = 20, MAX_HEADER = 4096 };

static size_t on_answer(char *bytes, size_t size, size_t count, void *owner)
{
    struct sl_buf *answer = owner;

    sl_buf_put(answer, sl_span(bytes, size * count));
    return sl_buf_err(answer) == SL_OK ? size * count : 0;
}

static struct curl_slist *headers_of(struct sl_span authorization)
{
    struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");
    SL_BUF(line, MAX_HEADER);

    if (authorization.n == 0)
        return list;
    sl_buf_say(&line, "Authorization: %S", authorization);
    list = curl_slist_append(list, sl_buf_text(&line));
    if (line.p != NULL)
        sl_secret_wipe(line.p, line.n);
    return list;
}

static void set_up(CURL *curl, const struct sl_idp *in, const char *url, const char *form,
                   struct curl_slist *headers)
{
    bool is_http = sl_span_starts(sl_buf_span(&in->issuer), SL_SPAN("http://"));

    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_http ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_WITHIN_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_WITHIN_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "sluice");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (is_http)
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (in->ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, in->ca_file);
    if (form[0] != '\0')
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
}

void sl_idp_call(const struct sl_idp *in, struct sl_span url, struct sl_span form,
                 struct sl_span authorization, struct sl_buf *answer, long *status,
                 struct sl_buf *why)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = headers_of(authorization);
    SL_BUF(address, SL_OIDC_URL_MAX + 256);
    SL_BUF(body, 16 * 1024);

    *status = 0;
    sl_buf_put(&address, url);
    sl_buf_put(&body, form);
    if (curl == NULL || headers == NULL || sl_buf_err(&address) != SL_OK ||
        sl_buf_err(&body) != SL_OK) {
        sl_buf_put_str(why, "out of memory");
    } else {
        set_up(curl, in, sl_buf_text(&address), sl_buf_text(&body), headers);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_answer);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
        CURLcode code = curl_easy_perform(curl);
        if (code == CURLE_OK)
            curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
        else
            sl_buf_put_str(why, curl_easy_strerror(code));
    }
    if (body.p != NULL)
        sl_secret_wipe(body.p, body.n);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}
