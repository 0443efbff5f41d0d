/* Asking a provider about itself, and one sign-in there as a test. */
#include "cli/idp.h"

#include "cli/api_client.h"
#include "os/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX_WHY = 512, MAX_FORM = 8192, SLOWER_S = 5 };

static int refuse(const char *what, struct sl_span which, const char *why)
{
    fprintf(stderr, "sluice: %s", what);
    sl_api_print_text(stderr, which);
    fprintf(stderr, ": %s\n", why);
    return SL_EXIT_REFUSED;
}

static int no_answer(struct sl_span url, long status, struct sl_buf *why)
{
    if (status != 0)
        sl_buf_say(why, "it answered with status %u", (unsigned)status);
    refuse("", url, sl_buf_text(why));
    return SL_EXIT_UNREACHABLE;
}

/* --- discovery ------------------------------------------------------------------------------ */

/* A slash more or less at its end is another issuer: tell the one that it says. */
static void hint_issuer(const struct sl_idp *in)
{
    json_t *document = NULL;

    if (sl_json_read(sl_buf_span(&in->document), &document, NULL) != SL_OK)
        return;
    fputs("hint: the provider calls itself ", stderr);
    sl_api_print_text(stderr, sl_json_str(document, "issuer"));
    fputs("; if that is the one, give it as it stands there\n", stderr);
    json_decref(document);
}

static bool lists(const json_t *document, const char *member, const char *word)
{
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(document, member), i,
                       item) if (json_is_string(item) &&
                                 strcmp(json_string_value(item), word) == 0) return true;
    return false;
}

static void read_scopes(struct sl_idp *in)
{
    json_t *document = NULL;

    if (sl_json_read(sl_buf_span(&in->document), &document, NULL) == SL_OK)
        in->asks_for_groups = lists(document, "scopes_supported", "groups");
    json_decref(document);
}

int sl_idp_discover(struct sl_idp *in)
{
    long status;
    SL_BUF(url, SL_OIDC_URL_MAX + 256);
    SL_BUF(why, MAX_WHY);

    sl_oidc_discovery_url(&url, sl_buf_span(&in->issuer));
    sl_idp_call(in, sl_buf_span(&url), SL_SPAN(""), SL_SPAN(""), &in->document, &status, &why);
    if (status != 200)
        return no_answer(sl_buf_span(&url), status, &why);
    enum sl_oidc_reason reason =
        sl_oidc_provider_read(sl_buf_span(&in->document), sl_buf_span(&in->issuer), in->mem,
                              &in->provider);
    if (reason != SL_OIDC_YES) {
        int code = refuse("", sl_buf_span(&url), sl_oidc_reason_text(reason));
        if (reason == SL_OIDC_PROVIDER_ISSUER)
            hint_issuer(in);
        return code;
    }
    read_scopes(in);
    return SL_EXIT_FINE;
}

/* --- the device grant ----------------------------------------------------------------------- */

static struct sl_oidc_client client_of(const struct sl_idp *in)
{
    return (struct sl_oidc_client){.client_id = sl_buf_span(&in->client_id),
                                   .secret = sl_buf_span(&in->secret)};
}

static void wipe(struct sl_buf *b)
{
    if (b->p != NULL)
        sl_secret_wipe(b->p, b->n);
}

/* The provider has it, and not for this client, or says that it has what is switched off: each says
 * that with a word of its own. These say something else. */
static bool is_switched_off(struct sl_idp *in, long status, struct sl_span said)
{
    static const char *const others[] = {"invalid_client", "invalid_scope", "server_error",
                                         "temporarily_unavailable"};
    struct sl_oidc_answer answer = {0};

    if (status == 404 || status == 405)
        return true;
    if (sl_oidc_answer_read((unsigned)status, said, in->mem, &answer) != SL_OIDC_ANSWER_ERROR)
        return false;
    for (size_t i = 0; i < SL_COUNT(others); i++)
        if (sl_span_is(answer.error, others[i]))
            return false;
    return true;
}

/* SL_API_CONTINUE: there is no such way for this client; a browser may do. */
static int begin_device(struct sl_idp *in, struct sl_oidc_device *out)
{
    struct sl_oidc_client client = client_of(in);
    long status;
    SL_BUF(form, MAX_FORM);
    SL_BUF(authorization, MAX_FORM);
    SL_BUF(answer, SL_OIDC_DOCUMENT_MAX);
    SL_BUF(why, MAX_WHY);

    sl_oidc_put_device_call(&form, &authorization, &in->provider, &client,
                            in->asks_for_groups ? SL_SPAN("openid profile groups")
                                                : SL_SPAN("openid profile"));
    sl_idp_call(in, in->provider.device_url, sl_buf_span(&form), sl_buf_span(&authorization),
                &answer, &status, &why);
    wipe(&authorization);
    wipe(&form);
    if (status == 0)
        return no_answer(in->provider.device_url, status, &why);
    if (sl_oidc_device_read((unsigned)status, sl_buf_span(&answer), &in->provider, in->mem, out) ==
        SL_OIDC_YES)
        return SL_EXIT_FINE;
    if (is_switched_off(in, status, sl_buf_span(&answer)) &&
        sl_oidc_provider_can_browse(&in->provider, SL_IDP_ALGORITHMS) == SL_OIDC_YES)
        return SL_API_CONTINUE;
    fputs("sluice: the provider begins no sign-in by device: ", stderr);
    sl_api_print_head(stderr, sl_buf_span(&answer), 200);
    fputs(
        "\nhint: is the client id right, is the secret, and may this client use the device grant? "
        "--browser tests with a browser on this machine instead, --no-sign-in goes on without a "
        "test\n",
        stderr);
    return SL_EXIT_REFUSED;
}

static void print_device(const struct sl_oidc_device *d)
{
    fputs("\nSign in once, as a test. Open this address in a browser:\n\n    ", stdout);
    sl_api_print_text(stdout, d->url);
    fputs("\n\nand type this code there:\n\n    ", stdout);
    sl_api_print_text(stdout, d->user_code);
    fputs("\n\n", stdout);
    fflush(stdout);
}

/* One question whether it is done. SL_OIDC_YES: *out is the answer; ANSWER_ERROR with `pending`
 * goes on. */
static enum sl_oidc_reason ask_once(struct sl_idp *in, const struct sl_oidc_device *d,
                                    struct sl_oidc_answer *out)
{
    struct sl_oidc_client client = client_of(in);
    long status;
    SL_BUF(form, MAX_FORM);
    SL_BUF(authorization, MAX_FORM);
    SL_BUF(answer, SL_OIDC_DOCUMENT_MAX);
    SL_BUF(why, MAX_WHY);

    *out = (struct sl_oidc_answer){0};
    sl_oidc_put_device_poll(&form, &authorization, &in->provider, &client, d->device_code);
    sl_idp_call(in, in->provider.token_url, sl_buf_span(&form), sl_buf_span(&authorization),
                &answer, &status, &why);
    wipe(&authorization);
    wipe(&form);
    return status == 0 ? SL_OIDC_ANSWER
                       : sl_oidc_answer_read((unsigned)status, sl_buf_span(&answer), in->mem, out);
}

static int wait_for_token(struct sl_idp *in, const struct sl_oidc_device *d,
                          struct sl_oidc_answer *out)
{
    uint64_t pause_s = d->interval_s,
             until_ms = sl_clock_monotonic_us() / 1000 + d->expires_in_s * 1000;

    while (sl_clock_monotonic_us() / 1000 < until_ms) {
        nanosleep(&(struct timespec){.tv_sec = (time_t)pause_s}, NULL);
        enum sl_oidc_reason reason = ask_once(in, d, out);
        if (reason == SL_OIDC_YES)
            return SL_EXIT_FINE;
        pause_s += out->slow_down ? SLOWER_S : 0;
        if (reason != SL_OIDC_ANSWER_ERROR || (!out->pending && !out->slow_down))
            return refuse("the test sign-in failed: ",
                          out->error.n > 0 ? out->error : SL_SPAN("no answer"),
                          sl_oidc_reason_text(reason));
    }
    fputs("sluice: the test sign-in failed: nobody signed in before the code was over\n", stderr);
    return SL_EXIT_REFUSED;
}

/* --- the token ------------------------------------------------------------------------------ */

static int fetch_keys(struct sl_idp *in, struct sl_oidc_keys **out)
{
    long status;
    SL_BUF(answer, SL_OIDC_DOCUMENT_MAX);
    SL_BUF(why, MAX_WHY);

    sl_idp_call(in, in->provider.keys_url, SL_SPAN(""), SL_SPAN(""), &answer, &status, &why);
    if (status != 200)
        return no_answer(in->provider.keys_url, status, &why);
    enum sl_oidc_reason reason = sl_oidc_keys_read(sl_buf_span(&answer), out);
    return reason == SL_OIDC_YES ? SL_EXIT_FINE
                                 : refuse("", in->provider.keys_url, sl_oidc_reason_text(reason));
}

/* With each algorithm by itself, so that the configuration can name the one that is used. */
static enum sl_oidc_reason check(struct sl_idp *in, const struct sl_oidc_keys *keys,
                                 struct sl_span token)
{
    const struct sl_span client = sl_buf_span(&in->client_id);
    static const uint32_t each[] = {SL_OIDC_RS256, SL_OIDC_PS256, SL_OIDC_ES256, SL_OIDC_EDDSA};
    enum sl_oidc_reason reason = SL_OIDC_ALGORITHM;

    for (size_t i = 0; i < SL_COUNT(each) && reason == SL_OIDC_ALGORITHM; i++) {
        struct sl_oidc_wanted wanted = {.issuer = sl_buf_span(&in->issuer),
                                        .algorithms = each[i],
                                        .type = SL_OIDC_JWT,
                                        .client_id = client,
                                        .audiences = &client,
                                        .audience_count = 1,
                                        .now_s = sl_clock_us() / 1000000,
                                        .nonce = sl_span_str(in->nonce),
                                        .name_claim = SL_SPAN("name"),
                                        .groups_claim = sl_buf_span(&in->groups_claim)};
        in->algorithm = each[i];
        reason = sl_oidc_check(token, keys, &wanted, in->mem, &in->seen);
    }
    return reason;
}

static void print_groups(const struct sl_idp *in)
{
    if (in->groups_claim.n == 0) {
        puts("Groups     (no claim was named: groups stay what `sluice identity group` says)");
        return;
    }
    if (!in->seen.has_groups) {
        fputs("Groups     there is no claim ", stdout);
        sl_api_print_text(stdout, sl_buf_span(&in->groups_claim));
        puts(" in the token: does the provider put it into ID tokens for this client?");
        return;
    }
    printf("Groups     %zu:", in->seen.group_count);
    for (size_t i = 0; i < in->seen.group_count; i++) {
        fputs(i == 0 ? " " : ", ", stdout);
        sl_api_print_text(stdout, in->seen.groups[i]);
    }
    putchar('\n');
}

static void print_seen(const struct sl_idp *in)
{
    fputs("It works. This is what the provider says:\n\nSubject    ", stdout);
    sl_api_print_text(stdout, in->seen.subject);
    fputs("\nName       ", stdout);
    sl_api_print_text(stdout, in->seen.name);
    fputs("\nSigned in  acr ", stdout);
    sl_api_print_text(stdout, in->seen.acr.n > 0 ? in->seen.acr : SL_SPAN("(not said)"));
    putchar('\n');
    print_groups(in);
    putchar('\n');
}

static int read_token(struct sl_idp *in, struct sl_span token)
{
    SL_FREED_BY(sl_oidc_keys) struct sl_oidc_keys *keys = NULL;
    int code = fetch_keys(in, &keys);

    if (code != SL_EXIT_FINE)
        return code;
    enum sl_oidc_reason reason = check(in, keys, token);
    if (reason != SL_OIDC_YES) {
        refuse("the provider signed somebody in, but its token is not one to trust", SL_SPAN(""),
               sl_oidc_reason_text(reason));
        if (reason == SL_OIDC_OVERAGE)
            fputs(
                "hint: have the provider put only the groups that are assigned to this application "
                "into the token; docs/signing-in.md\n",
                stderr);
        return SL_EXIT_REFUSED;
    }
    in->has_seen = true;
    print_seen(in);
    return SL_EXIT_FINE;
}

static int sign_in_device(struct sl_idp *in, struct sl_oidc_answer *token)
{
    struct sl_oidc_device device;
    int code = begin_device(in, &device);

    if (code == SL_API_CONTINUE) {
        puts("The device grant is switched off for this client: people sign in with browsers, "
             "and `sluice login`\ndoes not work here.");
        return sl_idp_sign_in_browser(in, token);
    }
    if (code != SL_EXIT_FINE)
        return code;
    print_device(&device);
    return wait_for_token(in, &device, token);
}

int sl_idp_sign_in(struct sl_idp *in)
{
    struct sl_oidc_answer answer;
    int code = in->by_browser ? sl_idp_sign_in_browser(in, &answer) : sign_in_device(in, &answer);

    return code == SL_EXIT_FINE ? read_token(in, answer.id_token) : code;
}
