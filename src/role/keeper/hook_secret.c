#include "role/keeper/hooks.h"

/* What messages are signed with, or the token of a SIEM; asked of the supervisor. */

enum { SECRET_AGAIN_S = 30 };

bool hook_is_ready(const struct hook *h)
{
    bool needs = h->config->secret_file.n + h->config->token_file.n > 0 ||
                 h->config->secret_command.count > 0;

    return !needs || h->secret_known;
}

/* --- secrets ------------------------------------------------------------------------------------
 */

void hook_wipe_secret(struct hook *h)
{
    sl_hook_secrets_wipe(&h->secrets);
    if (h->token.p != NULL)
        sl_secret_wipe(h->token.p, h->token.cap);
    sl_buf_done(&h->token);
    h->token = sl_buf(HOOK_SECRET_BYTES);
    h->secret_known = false;
    h->secret_call = 0;
}

void hook_ask_secret(struct keeper *k, struct hook *h)
{
    h->secret_due_us = sl_clock_monotonic_us() + SECRET_AGAIN_S * UINT64_C(1000000);
    if (k->super == NULL || hook_is_ready(h))
        return;
    h->secret_call = ++k->next_call;
    ANSWER(k->super, secret_ask, .call = h->secret_call, .hook = h->config->name);
}

static const char *take_secret(struct hook *h, struct sl_span secret)
{
    if (h->config->format == SL_HOOK_CLOUDEVENTS)
        return sl_hook_secrets_read(secret, &h->secrets);
    sl_buf_put(&h->token, secret);
    return secret.n == 0 ? "the token's file is empty" : NULL;
}

bool hook_secret_came(struct keeper *k, const struct sl_msg_secret *m)
{
    struct hook *h = hooks_first(k);

    while (h != NULL && (h->secret_call == 0 || h->secret_call != m->call))
        h = h->next_hook;
    if (h == NULL)
        return false;
    hook_wipe_secret(h);
    const char *why = m->found != 0 ? take_secret(h, m->secret) : NULL;
    h->secret_known = m->found != 0 && why == NULL;
    if (h->secret_known)
        return true;
    hook_note(h, why != NULL ? sl_span_str(why) : m->why);
    sl_log(SL_LOG_ERROR, "hook_secret", SL_TEXT("hook", h->config->name), SL_CSTR("why", h->why));
    return true;
}
