/* libraries: core_ledger, core_approval, core_policy, core_action, json, crypto, base */
#include "core/ledger/shadow.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] =
    "state: ./state\nlisten: {postgres: 127.0.0.1:6432, http: 127.0.0.1:8080}\ntargets:\n"
    "  - {name: finance, protocol: postgres, address: '127.0.0.1:5432', database: shop, "
    "environment: production, login: {user: app, password_file: p}, access: {groups: [agents]}, "
    "default: allow, labels: [{columns: ['*.email'], label: pii}]}\n"
    "policy:\n  - {name: drops, when: {statements: [drop]}, then: deny}\n"
    "  - {name: mail, when: {labels: [pii]}, then: hold, reviewers: {groups: [dba], need: 1}}\n";

/* A hostile ledger, one leaf a line: whatever it says, the numbers add up. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sl_config *edited;
    struct sl_span in = sl_span(data, size);
    struct sl_shadow *shadow;
    json_int_t judged, same, different, unknown;
    SL_BUF(complaints, 4096);

    if (edited == NULL)
        SL_PROMISE(sl_config_load(sl_span_str(config), "fuzz", &edited, &complaints) == SL_OK);
    SL_PROMISE(sl_shadow_new(edited, 0, &shadow) == SL_OK);
    for (uint64_t entry = 0; in.n > 0; entry++) {
        struct sl_span leaf = sl_span_head(in, sl_span_find(in, '\n'));
        SL_PROMISE(sl_shadow_leaf(shadow, entry, leaf) == SL_OK);
        in = sl_span_from(in, leaf.n + 1);
    }
    json_t *result = sl_shadow_json(shadow);
    SL_PROMISE(json_unpack(result, "{s:I, s:I, s:I, s:I}", "judged", &judged, "same", &same,
                           "different", &different, "cannot_tell", &unknown) == 0);
    SL_PROMISE(judged == same + different + unknown);
    json_decref(result);
    sl_shadow_free(shadow);
    return 0;
}
