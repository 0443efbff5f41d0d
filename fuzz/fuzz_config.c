/* libraries: core_policy, core_action, json, crypto, base */
/* Any bytes as a configuration: complaints or a configuration, and what it resolved to reads back
 * to the same policy. */
#include "core/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_config) struct sl_config *c = NULL, *again = NULL;
    SL_BUF(out, 64 * 1024 * 1024);

    if (sl_config_load(sl_span(data, size), "fuzz", &c, &out) != SL_OK) {
        SL_PROMISE(c == NULL && out.n > 0);
        return 0;
    }
    (void)sl_config_warn(c, "fuzz", &out);
    sl_buf_reset(&out);
    sl_config_explain(c, &out);
    SL_PROMISE(sl_buf_err(&out) == SL_OK);
    SL_BUF(complaints, 1024 * 1024);
    if (out.n <= 1024 * 1024) {
        SL_PROMISE(sl_config_load(sl_buf_span(&out), "again", &again, &complaints) == SL_OK);
        SL_PROMISE(memcmp(c->digest, again->digest, sizeof c->digest) == 0);
    }
    return 0;
}
