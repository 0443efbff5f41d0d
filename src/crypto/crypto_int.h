/* Private to src/crypto: algorithms fetched once (a fetch costs more than the hash it is for). */
#ifndef SL_CRYPTO_CRYPTO_INT_H
#define SL_CRYPTO_CRYPTO_INT_H

#include "crypto/crypto.h"

#include <openssl/evp.h>

const EVP_MD *sl_crypto_sha256(void);

#endif
