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

static bool same_list(const json_t *one, const json_t *other)
{
    return json_array_size(one) + json_array_size(other) == 0 || json_equal(one, other);
}

/* Which columns, the leaf says of those that it has room for. */
static bool same_datasets(const json_t *document, const json_t *told)
{
    static const char *const members[] = {"effects", "labels", "name"};
    size_t i, count = json_array_size(told);

    if (json_array_size(document) != count)
        return false;
    for (i = 0; i < count; i++)
        for (size_t m = 0; m < SL_COUNT(members); m++)
            if (!json_equal(json_object_get(json_array_get(document, i), members[m]),
                            json_object_get(json_array_get(told, i), members[m])))
                return false;
    return true;
}

/* Where a list of it did not fit, its digest is of the leaf's own words. */
static const char *other_facts(const json_t *document, const json_t *facts)
{
    static const char *const said[] = {"reason", "run", "sink"};

    for (size_t i = 0; i < SL_COUNT(said); i++)
        if (!sl_audit_said_same(sl_json_str(document, said[i]), sl_json_str(facts, said[i])))
            return said[i];
    if (!same_list(json_object_get(document, "effects"), json_object_get(facts, "effects")))
        return "effects";
    if (json_object_get(facts, "statements_digest") == NULL &&
        !same_list(json_object_get(document, "statements"), json_object_get(facts, "statements")))
        return "statements";
    if (json_object_get(facts, "datasets_digest") == NULL &&
        !same_datasets(json_object_get(document, "datasets"), json_object_get(facts, "datasets")))
        return "datasets";
    return NULL;
}

static bool same_number(const json_t *one, const json_t *other, const char *key)
{
    uint64_t is = 0, told = 0;

    sl_json_u64(one, key, &is);
    sl_json_u64(other, key, &told);
    return is == told;
}

/* Of a statement on a connection. Literals of what is no template may be masked in the leaf. */
static void compare_operation(struct sl_audit *a, struct sl_span id, const json_t *operation,
                              const json_t *leaf)
{
    const json_t *bounds = json_object_get(operation, "envelope"),
                 *told = json_object_get(leaf, "envelope");

    if (bounds != told && !json_equal(bounds, told))
        SL_FOUND(a, "the leaf of approval %S has other bounds than its document", id);
    if (bounds != NULL && !sl_span_eq(sl_json_str(operation, "sql"), sl_json_str(leaf, "text")))
        SL_FOUND(a, "the leaf of approval %S has another template than its document", id);
    if (!same_number(operation, leaf, "continues") || !same_number(operation, leaf, "delivered"))
        SL_FOUND(a, "the leaf of approval %S lets something else go on than its document", id);
}

/* The digest covers the document; that the leaf tells the same of it only this comparison shows. */
static void compare(struct sl_audit *a, struct sl_span id, const json_t *document,
                    const json_t *leaf, bool of_policy)
{
    static const char *const members[] = {"identity", "target", "environment", "protocol"};

    for (size_t i = 0; i < SL_COUNT(members); i++)
        if (!sl_span_eq(sl_json_str(document, members[i]), sl_json_str(leaf, members[i])))
            SL_FOUND(a, "the leaf of approval %S names another %s than its document", id,
                     members[i]);
    if (sl_span_is(sl_json_str(leaf, "protocol"), "postgres"))
        compare_operation(a, id, json_object_get(document, "operation"), leaf);
    if (!of_policy && !sl_span_eq(sl_json_str(document, "rules"), sl_json_str(leaf, "rules")))
        SL_FOUND(a, "the leaf of approval %S names other rules than its document", id);
    const char *other = other_facts(document, json_object_get(leaf, "facts"));
    if (other != NULL)
        SL_FOUND(a, "the leaf of approval %S tells of other %s than its document", id, other);
    if (!json_equal(json_object_get(document, "requesters"), json_object_get(leaf, "requesters")))
        SL_FOUND(a, "the leaf of approval %S names another requester set than its document", id);
}

void sl_audit_document(struct sl_audit *a, struct sl_span id, const uint8_t digest[32],
                       const json_t *leaf, bool of_policy)
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
        compare(a, id, document, leaf, of_policy);
    json_decref(document);
}
