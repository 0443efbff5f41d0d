/* libraries: core_ledger, core_approval, core_policy, core_action, json, crypto, base */
#include "core/ledger/audit.h"
#include "core/ledger/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_finding(void *owner, uint64_t entry, struct sl_span sentence)
{
    (void)owner;
    (void)entry;
    SL_PROMISE(sentence.n > 0);
}

/* A hostile ledger, as a bundle or as one leaf a line: the audit says what it thinks and stands. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span in = sl_span(data, size), leaf;
    struct sl_audit *audit;
    uint64_t entry = 0;
    size_t at = 0;

    SL_PROMISE(sl_audit_new(on_finding, NULL, &audit) == SL_OK);
    while (sl_bundle_next(in, &at, &leaf) == SL_OK)
        SL_PROMISE(sl_audit_leaf(audit, entry++, leaf) == SL_OK);
    for (at = 0; at < size;) {
        leaf = sl_span_head(sl_span_from(in, at), sl_span_find(sl_span_from(in, at), '\n'));
        SL_PROMISE(sl_audit_leaf(audit, entry++, leaf) == SL_OK);
        at += leaf.n + 1;
    }
    sl_audit_end(audit);
    sl_audit_free(audit);
    return 0;
}
