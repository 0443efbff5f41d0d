/* The block of the configuration that `sluice idp add` ends with. */
#include "cli/idp.h"

#include "cli/api_client.h"
#include "cli/load.h"
#include "os/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_BLOCK = 64 * 1024, MAX_GROUP = 128 };

/* --- where the browser comes back to -------------------------------------------------------- */

static void put_base(struct sl_buf *b, const struct sl_settings *s)
{
    bool is_v6 = sl_span_find(s->http_host, ':') < s->http_host.n;

    if (s->public_url.n > 0)
        sl_buf_put(b, s->public_url);
    else
        sl_buf_say(b, is_v6 ? "%s://[%S]:%S" : "%s://%S:%S",
                   s->tls_certificate.n > 0 ? "https" : "http", s->http_host, s->http_port);
    while (b->n > 0 && b->p[b->n - 1] == '/')
        b->n--;
}

void sl_idp_find_redirect(struct sl_idp *in)
{
    SL_FREED_BY(sl_config) struct sl_config *config = NULL;
    SL_BUF(text, SL_CLI_MAX_CONFIG);
    SL_BUF(complaints, MAX_BLOCK);

    if (access(in->config_path, F_OK) != 0 || sl_file_read(in->config_path, &text) != SL_OK ||
        sl_config_load(sl_buf_span(&text), in->config_path, &config, &complaints) != SL_OK)
        return;
    put_base(&in->redirect, &config->settings);
    sl_buf_put_str(&in->redirect, "/signin/callback");
}

/* --- the block ------------------------------------------------------------------------------ */

static const char *algorithm_name(uint32_t bit)
{
    switch (bit) {
    case SL_OIDC_PS256:
        return "PS256";
    case SL_OIDC_ES256:
        return "ES256";
    case SL_OIDC_EDDSA:
        return "EdDSA";
    default:
        return "RS256";
    }
}

static void put_line(struct sl_buf *b, const char *key, struct sl_span value)
{
    sl_buf_say(b, "    %s: ", key);
    sl_json_put_string(b, value);
    sl_buf_put_u8(b, '\n');
}

/* The group here is called as there, with the issuer's name before it: a group of ours must not get
 * members by a name that somebody chooses elsewhere. */
static void put_groups(struct sl_buf *b, const struct sl_idp *in)
{
    if (in->groups_claim.n == 0)
        return;
    put_line(b, "groups_claim", sl_buf_span(&in->groups_claim));
    if (!in->has_seen || in->seen.group_count == 0) {
        sl_buf_say(b, "    group_prefix: %S-\n", sl_buf_span(&in->name));
        return;
    }
    sl_buf_put_str(b, "    groups:   # which of theirs count, and as which of ours\n");
    for (size_t i = 0; i < in->seen.group_count; i++) {
        SL_BUF(ours, MAX_GROUP);

        sl_buf_say(&ours, "%S-%S", sl_buf_span(&in->name), in->seen.groups[i]);
        if (sl_buf_err(&ours) != SL_OK)
            continue;
        sl_buf_put_str(b, "      - {theirs: ");
        sl_json_put_string(b, in->seen.groups[i]);
        sl_buf_put_str(b, ", ours: ");
        sl_json_put_string(b, sl_buf_span(&ours));
        sl_buf_put_str(b, "}\n");
    }
}

static void put_block(struct sl_buf *b, const struct sl_idp *in)
{
    sl_buf_say(b, "issuers:\n  - name: %S\n", sl_buf_span(&in->name));
    put_line(b, "issuer", sl_buf_span(&in->issuer));
    put_line(b, "client_id", sl_buf_span(&in->client_id));
    if (in->secret_file.n > 0)
        put_line(b, "client_secret_file", sl_buf_span(&in->secret_file));
    if (in->ca_file != NULL)
        put_line(b, "ca_file", sl_span_str(in->ca_file));
    sl_buf_say(b, "    algorithms: [%s]\n", algorithm_name(in->algorithm));
    if (in->asks_for_groups)
        sl_buf_put_str(b, "    scopes: [openid, profile, groups]\n");
    put_groups(b, in);
    sl_buf_put_str(b, "    provision: none   # people: whoever signs in for the first time becomes "
                      "an identity\n"
                      "    # audiences: [https://...]   # lets agents show this issuer's tokens; "
                      "docs/signing-in.md\n");
}

/* --- into the file -------------------------------------------------------------------------- */

/* Behind what is there, and only if the whole is then a configuration: comments stay as they are.
 */
static int append(const struct sl_idp *in, struct sl_span block)
{
    SL_FREED_BY(sl_config) struct sl_config *config = NULL;
    SL_BUF(text, SL_CLI_MAX_CONFIG);
    SL_BUF(complaints, MAX_BLOCK);

    int code = sl_cli_read_config(in->config_path, &text);
    if (code != SL_EXIT_FINE)
        return code;
    if (text.n > 0 && text.p[text.n - 1] != '\n')
        sl_buf_put_u8(&text, '\n');
    sl_buf_put(&text, block);
    enum sl_err err = sl_buf_err(&text);
    if (err == SL_OK)
        err = sl_config_load(sl_buf_span(&text), in->config_path, &config, &complaints);
    if (err == SL_OK)
        err = sl_file_replace(in->config_path, sl_buf_span(&text), 0644);
    if (err == SL_OK)
        return SL_EXIT_FINE;
    fprintf(stderr, "sluice: %s is left as it was; with the block behind it it would say:\n",
            in->config_path);
    sl_cli_print_complaints(sl_buf_span(&complaints), in->config_path, sl_buf_span(&text));
    return SL_EXIT_REFUSED;
}

static void print_next(const struct sl_idp *in)
{
    puts("\nNext:");
    if (in->redirect.n > 0)
        printf("  register this address with the provider, where people come back to:\n    %s\n",
               sl_buf_text((struct sl_buf *)&in->redirect));
    puts("  let Sluice read it: kill -HUP, or systemctl reload sluice");
    fputs("  say who is who:     sluice identity account NAME --issuer ", stdout);
    sl_api_print_text(stdout, sl_buf_span(&in->name));
    fputs(" --subject ", stdout);
    sl_api_print_text(stdout, in->has_seen ? in->seen.subject : SL_SPAN("SUBJECT"));
    fputs("\n  sign in:            sluice login --issuer ", stdout);
    sl_api_print_text(stdout, sl_buf_span(&in->name));
    puts(", or the console's page");
}

int sl_idp_write(struct sl_idp *in)
{
    int code = SL_EXIT_FINE;
    SL_BUF(block, MAX_BLOCK);

    put_block(&block, in);
    if (sl_buf_err(&block) != SL_OK) {
        fputs("sluice: out of memory\n", stderr);
        return SL_EXIT_REFUSED;
    }
    if (in->write)
        code = append(in, sl_buf_span(&block));
    if (in->write && code == SL_EXIT_FINE)
        printf("It is in %s now:\n\n", in->config_path);
    else
        printf("Put this into %s:\n\n", in->config_path);
    fputs(sl_buf_text(&block), stdout);
    print_next(in);
    return code;
}
