/* sluice console: the link that signs a person in to the console. */
#include "cli/api_client.h"

#include "crypto/crypto.h"

static const char help[] =
    "usage: sluice console [OPTIONS]\n\n"
    "Prints a link that signs you in to the console, once, within two minutes. Your deciding "
    "credential asks for it and\n"
    "stays here: the browser gets a session of its own, for 12 hours at most, that ends when you "
    "sign out, when nobody was\n"
    "there for 2 hours, or with the credential. Whoever opens the link first is you: give it to "
    "nobody. It leads to\n"
    "the configuration's public_url; with --url, to that address.\n";

/* Nothing that a terminal or a browser could take for something else. */
static bool is_web_address(struct sl_span url)
{
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] >= 0x7f)
            return false;
    return sl_span_starts(url, SL_SPAN("https://")) || sl_span_starts(url, SL_SPAN("http://"));
}

/* Where people reach the console, as the configuration says; that it is elsewhere than where this
 * command went is usual. Who names an address means that one. */
static struct sl_span console_at(const struct sl_api_args *args, const struct sl_api *api,
                                 const json_t *answer)
{
    struct sl_span url = sl_json_str(answer, "public_url");

    if (args->url != NULL || !is_web_address(url))
        return sl_buf_span(&api->url);
    while (url.n > 0 && url.p[url.n - 1] == '/')
        url.n--;
    return url;
}

/* Behind the "#": a browser sends that part to nobody. */
static void print_link(const struct sl_api *api, struct sl_span url, const char *page,
                       const json_t *answer)
{
    SL_BUF(link, 4096);

    sl_buf_say(&link, "%S%s#code=%S", url, page, sl_json_str(answer, "code"));
    if (api->json) {
        json_t *said = json_pack("{s:s, s:O}", "link", sl_buf_text(&link), "expires_at",
                                 json_object_get(answer, "expires_at"));
        sl_api_print_json(said);
        json_decref(said);
    } else {
        puts(sl_buf_text(&link));
    }
    if (link.p != NULL)
        sl_secret_wipe(link.p, link.n);
}

int sl_api_console_link(struct sl_api *api, const struct sl_api_args *args, const char *page)
{
    json_t *body = json_object(), *answer = NULL;
    int code = sl_api_call(api, "/v1/sessions/code", body, &answer);

    if (code == SL_EXIT_FINE)
        print_link(api, console_at(args, api, answer), page, answer);
    json_decref(answer);
    json_decref(body);
    return code;
}

int sl_cli_console(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    int code = sl_api_args(argc, argv, SL_API_JSON | SL_API_CREDENTIAL, 0, help, &args);

    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, true, &api);
    return code == SL_API_CONTINUE ? sl_api_console_link(&api, &args, "/") : code;
}
