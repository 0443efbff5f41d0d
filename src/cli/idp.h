/* What `sluice idp add` gathers, and its steps. Each says what went wrong on stderr and returns an
 * exit code; SL_EXIT_FINE goes on. The provider is talked to by this command itself, over libcurl,
 * as the gateway's courier will: the configuration that it would need is only being made. */
#ifndef SL_CLI_IDP_H
#define SL_CLI_IDP_H

#include "base/buf.h"
#include "core/oidc/oidc.h"
#include "json/json.h"

#define SL_IDP_ALGORITHMS (SL_OIDC_RS256 | SL_OIDC_PS256 | SL_OIDC_ES256 | SL_OIDC_EDDSA)

struct sl_idp {
    const char *config_path, *ca_file;
    const char *port; /* of 127.0.0.1, where a browser comes back to; "0": any */
    bool write, no_sign_in, asks_for_groups; /* the last: it has a scope `groups` */
    bool by_browser;                         /* the test goes by a browser, not by device */
    char nonce[SL_OIDC_VERIFIER + 1];        /* of that; empty: none was sent */
    struct sl_buf issuer, name, client_id, secret_file, groups_claim;
    struct sl_buf secret;   /* wiped at the end */
    struct sl_buf redirect; /* what is to be registered there; empty: not known */
    struct sl_arena *mem;
    struct sl_oidc_provider provider;
    struct sl_buf document; /* what it says of itself */
    uint32_t algorithm;     /* of the test's token; else what it says */
    struct sl_oidc_claims seen;
    bool has_seen;
};

/* --- cmd_idp.c ------------------------------------------------------------------------------- */
bool sl_idp_init(struct sl_idp *in); /* makes its buffers and memory; the rest stays as it is */
void sl_idp_done(struct sl_idp *in); /* wipes the secret */
/* The client's secret from its file, which nobody else may be able to read. */
int sl_idp_read_secret(struct sl_idp *in);

/* --- idp_call.c ------------------------------------------------------------------------------ */
/* One request: GET where `form` is empty. *status 0: no answer, and `why` says why. Nothing is
 * followed; https, or http to this machine where the issuer is that. */
void sl_idp_call(const struct sl_idp *in, struct sl_span url, struct sl_span form,
                 struct sl_span authorization, struct sl_buf *answer, long *status,
                 struct sl_buf *why);

/* --- idp_signin.c ---------------------------------------------------------------------------- */
int sl_idp_discover(struct sl_idp *in);
/* Signs somebody in, by the device grant or in a browser, and prints what the provider says of
 * them. */
int sl_idp_sign_in(struct sl_idp *in);

/* --- idp_code.c ------------------------------------------------------------------------------ */
/* Authorization code with PKCE; the browser comes back to a port of this machine. */
int sl_idp_sign_in_browser(struct sl_idp *in, struct sl_oidc_answer *token);

/* --- idp_write.c ----------------------------------------------------------------------------- */
/* Where the browser comes back to, from the configuration file; leaves `redirect` empty without. */
void sl_idp_find_redirect(struct sl_idp *in);
/* Prints the block, or puts it into the file, and says what to do next. */
int sl_idp_write(struct sl_idp *in);

/* --- idp_test.c ------------------------------------------------------------------------------ */
/* The whole of `sluice idp test`, argv behind "test": asked of the running gateway. */
int sl_idp_test(int argc, char **argv);

/* --- idp_test_browser.c ---------------------------------------------------------------------- */
/* Its sign-in without the gateway: `name` in the configuration at this path (NULL: the usual one).
 */
int sl_idp_test_in_browser(const char *config_path, const char *name, const char *port);

/* --- idp_scim.c: argv begins at "scim" -------------------------------------------------------- */
int sl_idp_scim(int argc, char **argv);

#endif
