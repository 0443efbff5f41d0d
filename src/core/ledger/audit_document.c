/* Is what lies beside the log what the log says? */
#include "core/ledger/audit_int.h"

void sl_audit_documents(struct sl_audit *a, sl_audit_document_fn *read, void *owner)
{
    a->document = read;
    a->document_owner = owner;
}

void sl_audit_document_counts(const struct sl_audit *a, uint64_t *read, uint64_t *erased)
{
    *read = a->documents;
    *erased = a->erased;
}

/* The digest covers the document; that the leaf tells the same of it only this comparison shows. */
static void compare(struct sl_audit *a, struct sl_span id, const json_t *document,
                    const json_t *leaf)
{
    static const char *const members[] = {"identity", "target", "environment", "protocol"};

    for (size_t i = 0; i < SL_COUNT(members); i++)
        if (!sl_span_eq(sl_json_str(document, members[i]), sl_json_str(leaf, members[i])))
            SL_FOUND(a, "the leaf of approval %S names another %s than its document", id,
                     members[i]);
    const json_t *operation = json_object_get(document, "operation");
    const json_t *bounds = json_object_get(operation, "envelope"),
                 *told = json_object_get(leaf, "envelope");
    if (sl_span_is(sl_json_str(leaf, "protocol"), "postgres") && bounds != told &&
        !json_equal(bounds, told))
        SL_FOUND(a, "the leaf of approval %S has other bounds than its document", id);
    if (!json_equal(json_object_get(document, "requesters"), json_object_get(leaf, "requesters")))
        SL_FOUND(a, "the leaf of approval %S names another requester set than its document", id);
}

void sl_audit_document(struct sl_audit *a, struct sl_span id, const uint8_t digest[32],
                       const json_t *leaf)
{
    SL_BUF(text, SL_ACTION_MAX_BYTES);
    uint8_t is[SL_ACTION_DIGEST_BYTES];
    json_t *document = NULL;

    enum sl_err err =
        a->document == NULL ? SL_ENOTFOUND : a->document(a->document_owner, a->entry, &text);
    if (err != SL_OK) {
        if (err == SL_ENOTFOUND)
            a->erased++;
        else
            a->err = err;
        return;
    }
    sl_action_document_digest(sl_buf_span(&text), is);
    if (memcmp(is, digest, sizeof is) != 0) {
        SL_FOUND(a, "the document beside the log is not the one that approval %S is about", id);
        return;
    }
    a->documents++;
    if (sl_json_read(sl_buf_span(&text), &document, NULL) != SL_OK)
        SL_FOUND(a, "the document of approval %S is not JSON", id);
    else
        compare(a, id, document, leaf);
    json_decref(document);
}
