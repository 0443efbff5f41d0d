#include "role/keeper/chat_kind.h"

/* What chats are called with: asked of the supervisor, which reads the files. */

enum { SECRET_AGAIN_S = 30 };

static const char *const secret_names[CHAT_SECRETS] = {"bot_token", "app_token", "signing_secret",
                                                       "client_secret", "url"};

static struct sl_span secret_file(const struct chat *h, enum chat_secret which)
{
    const struct sl_span files[CHAT_SECRETS] = {h->config->bot_token_file,
                                                h->config->app_token_file,
                                                h->config->signing_secret_file,
                                                h->config->client_secret_file, h->config->url_file};

    return files[which];
}

bool chat_is_ready(const struct chat *h)
{
    for (size_t i = 0; i < CHAT_SECRETS; i++)
        if (secret_file(h, (enum chat_secret)i).n > 0 && !h->known[i])
            return false;
    return true;
}

static void wipe_secret(struct chat *h, size_t which)
{
    if (h->secrets[which].p != NULL)
        sl_secret_wipe(h->secrets[which].p, h->secrets[which].cap);
    sl_buf_done(&h->secrets[which]);
    h->secrets[which] = sl_buf(CHAT_SECRET_BYTES);
    h->known[which] = false;
}

void chat_secret_again(struct keeper *k, struct chat *h, enum chat_secret which)
{
    if (k->super == NULL)
        return;
    h->secret_calls[which] = ++k->next_call;
    ANSWER(k->super, secret_ask, .call = h->secret_calls[which], .chat = h->config->name,
           .which = sl_span_str(secret_names[which]));
}

void chat_secrets_ask(struct keeper *k, struct chat *h, bool anew)
{
    h->secrets_due_us = sl_clock_monotonic_us() + SECRET_AGAIN_S * UINT64_C(1000000);
    for (size_t i = 0; i < CHAT_SECRETS; i++)
        if (secret_file(h, (enum chat_secret)i).n > 0 && (!h->known[i] || anew))
            chat_secret_again(k, h, (enum chat_secret)i);
}

/* It goes into a header or an address; a client secret is written as a form has it. */
static bool is_token(struct sl_span secret, enum chat_secret which)
{
    for (size_t i = 0; i < secret.n; i++)
        if (secret.p[i] < 0x20 || secret.p[i] >= 0x7f ||
            (secret.p[i] == ' ' && which != CHAT_CLIENT_SECRET))
            return false;
    return secret.n > 0;
}

static bool secret_is_of(struct keeper *k, struct chat *h, const struct sl_msg_secret *m)
{
    SL_BUF(why, 512);

    for (size_t i = 0; i < CHAT_SECRETS; i++) {
        if (h->secret_calls[i] == 0 || h->secret_calls[i] != m->call)
            continue;
        wipe_secret(h, i);
        h->known[i] = m->found != 0 && is_token(m->secret, (enum chat_secret)i);
        sl_buf_put(&h->secrets[i], h->known[i] ? m->secret : sl_span(NULL, 0));
        if (h->known[i]) {
            if (h->kind->secret_came != NULL)
                h->kind->secret_came(h);
            chats_wake(k);
            return true;
        }
        sl_buf_say(&why, "its %s: ", secret_names[i]);
        sl_buf_put(&why, m->found == 0 ? m->why : SL_SPAN("it is no token"));
        chat_note(h, sl_buf_span(&why));
        sl_log(SL_LOG_ERROR, "chat_secret", SL_TEXT("chat", h->config->name),
               SL_CSTR("why", h->why));
        return true;
    }
    return false;
}

bool chat_secret_came(struct keeper *k, const struct sl_msg_secret *m)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat)
        if (secret_is_of(k, h, m))
            return true;
    return false;
}

void chat_secrets_free(struct chat *h)
{
    for (size_t i = 0; i < CHAT_SECRETS; i++) {
        wipe_secret(h, i);
        sl_buf_done(&h->secrets[i]);
    }
}
