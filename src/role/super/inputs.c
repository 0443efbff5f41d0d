#include "role/super/super_int.h"

#include "os/file.h"
#include "os/net.h"
#include "os/paths.h"
#include "os/tls.h"

#include <stdlib.h>

enum {
    PEM_MAX_BYTES = 4 * 1024 * 1024,
    LISTS_MAX_BYTES = 16 * 1024 * 1024,
    ADDRESSES_A_TARGET = 8,
    LINK_MAX_BYTES = 4096,
};
static const char system_authorities[] = "/etc/ssl/certs/ca-certificates.crt";

void sl_inputs_free(struct sl_inputs *in)
{
    if (in == NULL)
        return;
    if (in->key.p != NULL)
        explicit_bzero(in->key.p, in->key.cap);
    sl_config_free(in->config);
    sl_buf_done(&in->yaml);
    sl_buf_done(&in->certificate);
    sl_buf_done(&in->key);
    sl_buf_done(&in->address_bytes);
    sl_buf_done(&in->authority_bytes);
    sl_buf_done(&in->issuer_bytes);
    sl_buf_done(&in->issuer_authority_bytes);
    sl_buf_done(&in->hook_bytes);
    sl_buf_done(&in->hook_authority_bytes);
    sl_buf_done(&in->chat_bytes);
    sl_buf_done(&in->chat_authority_bytes);
    free(in);
}

static enum sl_err read_beside(const char *config_file, struct sl_span name, struct sl_buf *out,
                               struct sl_buf *complaints)
{
    SL_BUF(path, 8192);

    SL_TRY(sl_path_beside(config_file, name, &path));
    enum sl_err err = sl_file_read((const char *)path.p, out);
    if (err != SL_OK)
        sl_buf_say(complaints, "%s: %s\n", (const char *)path.p, sl_err_text(err));
    return err;
}

static const char *tls_complaint(enum sl_err err)
{
    switch (err) {
    case SL_EMALFORMED:
        return "the certificate or the key is not in PEM form";
    case SL_EUNSUPPORTED:
        return "another kind of key; expected RSA of 2048 bits or more, ECDSA P-256 or P-384";
    default:
        return "the key does not belong to the certificate";
    }
}

static enum sl_err read_tls(struct sl_inputs *in, const char *config_file,
                            struct sl_buf *complaints)
{
    const struct sl_settings *s = &in->config->settings;

    if (s->tls_certificate.n == 0)
        return SL_OK;
    SL_TRY(read_beside(config_file, s->tls_certificate, &in->certificate, complaints));
    SL_TRY(read_beside(config_file, s->tls_key, &in->key, complaints));
    enum sl_err err = sl_tls_check_pair(sl_buf_span(&in->certificate), sl_buf_span(&in->key));
    if (err != SL_OK)
        sl_buf_say(complaints, "%s: tls: %s\n", config_file, tls_complaint(err));
    return err;
}

static enum sl_err add_authorities(struct sl_inputs *in, const struct sl_target *t,
                                   const char *config_file, struct sl_buf *complaints)
{
    SL_BUF(item, PEM_MAX_BYTES);
    struct sl_span file = t->tls_ca_file.n > 0 ? t->tls_ca_file : sl_span_str(system_authorities);

    if (t->tls != SL_TLS_VERIFY_FULL)
        return SL_OK;
    sl_buf_say(&item, "%S=", t->name);
    SL_TRY(read_beside(config_file, file, &item, complaints));
    sl_ipc_list_add(&in->authority_bytes, &in->authorities, sl_buf_span(&item));
    return sl_buf_err(&in->authority_bytes);
}

/* A name that does not resolve now is no reason to refuse the others: that target answers with an
 * error. */
static enum sl_err add_addresses(struct sl_inputs *in, const struct sl_target *t)
{
    SL_BUF(host, 1024);
    SL_BUF(port, 64);
    SL_BUF(item, 2048);
    struct sl_net_address found[ADDRESSES_A_TARGET];
    size_t count = 0;

    if (t->host_is_unix)
        return SL_OK;
    sl_buf_put(&host, t->host);
    sl_buf_put(&port, t->port);
    enum sl_err err =
        sl_net_resolve(sl_buf_text(&host), sl_buf_text(&port), found, SL_COUNT(found), &count);
    if (err != SL_OK)
        sl_log(SL_LOG_WARN, "target_unresolved", SL_TEXT("target", t->name),
               SL_TEXT("host", t->host));
    for (size_t i = 0; i < count; i++) {
        sl_buf_reset(&item);
        sl_buf_say(&item, "%S=", t->name);
        sl_net_put(&item, &found[i]);
        sl_ipc_list_add(&in->address_bytes, &in->addresses, sl_buf_span(&item));
    }
    return sl_buf_err(&in->address_bytes);
}

/* As a courier gets them. */
struct callees {
    struct sl_buf *bytes, *authority_bytes;
    struct sl_ipc_list *list, *authorities;
};

/* Without a file of its own it is the system's authorities that count; the courier reads those. */
static enum sl_err add_callee(const struct callees *to, struct sl_span name, struct sl_span url,
                              struct sl_span ca_file, const char *config_file,
                              struct sl_buf *complaints)
{
    SL_BUF(item, PEM_MAX_BYTES);

    sl_buf_say(&item, "%S=%S", name, url);
    sl_ipc_list_add(to->bytes, to->list, sl_buf_span(&item));
    SL_TRY(sl_buf_err(to->bytes));
    if (ca_file.n == 0)
        return SL_OK;
    sl_buf_reset(&item);
    sl_buf_say(&item, "%S=", name);
    SL_TRY(read_beside(config_file, ca_file, &item, complaints));
    sl_ipc_list_add(to->authority_bytes, to->authorities, sl_buf_span(&item));
    return sl_buf_err(to->authority_bytes);
}

static enum sl_err add_issuers(struct sl_inputs *in, const char *config_file,
                               struct sl_buf *complaints)
{
    const struct callees to = {&in->issuer_bytes, &in->issuer_authority_bytes, &in->issuers,
                               &in->issuer_authorities};

    for (size_t i = 0; i < in->config->issuer_count; i++) {
        const struct sl_issuer *one = &in->config->issuers[i];
        SL_TRY(add_callee(&to, one->name, one->issuer, one->ca_file, config_file, complaints));
    }
    return SL_OK;
}

static enum sl_err add_hooks(struct sl_inputs *in, const char *config_file,
                             struct sl_buf *complaints)
{
    const struct callees to = {&in->hook_bytes, &in->hook_authority_bytes, &in->hooks,
                               &in->hook_authorities};

    for (size_t i = 0; i < in->config->hook_count; i++) {
        const struct sl_hook *one = &in->config->hooks[i];
        SL_TRY(add_callee(&to, one->name, one->url, one->ca_file, config_file, complaints));
    }
    return SL_OK;
}

/* A Workflows webhook: the link is a secret, so it is in a file. Without a good one nothing is
 * called, and the keeper, which asks for the same file, says so. */
static enum sl_err add_link(const struct callees *to, const struct sl_chat *one,
                            const char *config_file, struct sl_buf *complaints)
{
    SL_BUF(link, LINK_MAX_BYTES);
    SL_BUF(unread, 8192 + LINK_MAX_BYTES);

    if (read_beside(config_file, one->url_file, &link, &unread) != SL_OK) {
        sl_log(SL_LOG_ERROR, "chat_link_unreadable", SL_TEXT("chat", one->name));
        return SL_OK;
    }
    struct sl_span url = sl_buf_span(&link);
    while (url.n > 0 && url.p[url.n - 1] <= ' ')
        url.n--;
    enum sl_err err = SL_OK;
    if (sl_is_endpoint(url))
        err = add_callee(to, one->name, url, one->ca_file, config_file, complaints);
    else
        sl_log(SL_LOG_ERROR, "chat_link_is_none", SL_TEXT("chat", one->name));
    explicit_bzero(link.p, link.cap);
    return err;
}

/* Without `api`: the token, the Connector's keys, the Connector. */
static enum sl_err add_teams(const struct callees *to, const struct sl_chat *one,
                             const char *config_file, struct sl_buf *complaints)
{
    static const char *const microsofts[] = {"https://smba.trafficmanager.net/",
                                             "https://login.microsoftonline.com/",
                                             "https://login.botframework.com/"};

    if (one->api.n > 0)
        return add_callee(to, one->name, one->api, one->ca_file, config_file, complaints);
    for (size_t i = 0; i < SL_COUNT(microsofts); i++)
        SL_TRY(add_callee(to, one->name, sl_span_str(microsofts[i]),
                          i == 0 ? one->ca_file : sl_span(NULL, 0), config_file, complaints));
    return one->service.n == 0
               ? SL_OK
               : add_callee(to, one->name, one->service, sl_span(NULL, 0), config_file, complaints);
}

/* A chat that is called at more than one place gets a line for each; the first has the authorities.
 */
static enum sl_err add_chats(struct sl_inputs *in, const char *config_file,
                             struct sl_buf *complaints)
{
    const struct callees to = {&in->chat_bytes, &in->chat_authority_bytes, &in->chats,
                               &in->chat_authorities};

    for (size_t i = 0; i < in->config->chat_count; i++) {
        const struct sl_chat *one = &in->config->chats[i];

        if (one->kind == SL_CHAT_TEAMS)
            SL_TRY(add_teams(&to, one, config_file, complaints));
        else if (one->kind == SL_CHAT_TEAMS_WORKFLOW)
            SL_TRY(add_link(&to, one, config_file, complaints));
        else
            SL_TRY(add_callee(&to, one->name, one->api, one->ca_file, config_file, complaints));
    }
    return SL_OK;
}

static enum sl_err fill(struct sl_inputs *in, const char *config_file, struct sl_buf *complaints)
{
    enum sl_err err = sl_file_read(config_file, &in->yaml);

    if (err != SL_OK) {
        sl_buf_say(complaints, "%s: %s\n", config_file, sl_err_text(err));
        return err;
    }
    SL_TRY(sl_config_load(sl_buf_span(&in->yaml), config_file, &in->config, complaints));
    SL_TRY(read_tls(in, config_file, complaints));
    for (size_t i = 0; i < in->config->target_count; i++) {
        SL_TRY(add_addresses(in, &in->config->targets[i]));
        SL_TRY(add_authorities(in, &in->config->targets[i], config_file, complaints));
    }
    SL_TRY(add_issuers(in, config_file, complaints));
    SL_TRY(add_hooks(in, config_file, complaints));
    return add_chats(in, config_file, complaints);
}

enum sl_err sl_inputs_read(const char *config_file, struct sl_inputs **out,
                           struct sl_buf *complaints)
{
    SL_FREED_BY(sl_inputs) struct sl_inputs *in = calloc(1, sizeof *in);

    if (in == NULL)
        return SL_EMEMORY;
    in->yaml.max = SL_CONFIG_MAX_BYTES;
    in->certificate.max = in->key.max = PEM_MAX_BYTES;
    in->address_bytes.max = in->authority_bytes.max = LISTS_MAX_BYTES;
    in->issuer_bytes.max = in->issuer_authority_bytes.max = LISTS_MAX_BYTES;
    in->hook_bytes.max = in->hook_authority_bytes.max = LISTS_MAX_BYTES;
    in->chat_bytes.max = in->chat_authority_bytes.max = LISTS_MAX_BYTES;
    SL_TRY(fill(in, config_file, complaints));
    *out = in;
    in = NULL;
    return SL_OK;
}
