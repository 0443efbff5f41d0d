#ifndef SL_OS_TLS_INT_H
#define SL_OS_TLS_INT_H

#include "os/tls.h"

#include <openssl/ssl.h>

/* What stands in for the private key: the certificate's public half, and whom to ask for
 * signatures. */
struct sl_tls_signer {
    sl_tls_sign_fn *sign;
    void *owner;
};

/* A key object for libssl that signs through `signer` (which must outlive it). */
enum sl_err sl_tls_key_for(const X509 *certificate, struct sl_tls_signer *signer, EVP_PKEY **out)
    SL_MUST_CHECK;

#endif
