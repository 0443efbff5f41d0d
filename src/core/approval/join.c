#include "core/approval/approval.h"
#include "crypto/crypto.h"

enum sl_err sl_approval_join_key(struct sl_span secret, const struct sl_action *action,
                                 uint8_t key[32])
{
    SL_BUF(document, SL_ACTION_MAX_BYTES);
    struct sl_action unsalted = *action;

    memset(unsalted.salt, 0, sizeof unsalted.salt);
    sl_action_put(&document, &unsalted);
    SL_TRY(sl_buf_err(&document));
    sl_hmac_sha256(secret, sl_buf_span(&document), key);
    return SL_OK;
}
