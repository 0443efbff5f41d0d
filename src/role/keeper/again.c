#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/budget.h"
#include "role/keeper/call.h"
#include "role/keeper/people.h"

/* Does an approved action still mean what was shown, under the policy that is in force now? The
 * document is made once more with what the policy says today about rules, labels, environment and
 * requester set; only when its digest is the approved one does the yes still count (P3). */

static json_t *names_json(const struct sl_span *items, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_stringn((const char *)items[i].p, items[i].n));
    return array;
}

static bool put_labels(json_t *document, const struct sl_action *now)
{
    json_t *sets = json_object_get(document, "datasets");

    if (json_array_size(sets) != now->meaning->access_count)
        return false;
    for (size_t i = 0; i < now->meaning->access_count; i++)
        json_object_set_new(json_array_get(sets, i), "labels",
                            names_json(now->datasets[i].labels, now->datasets[i].label_count));
    return true;
}

static bool same_digest(struct keeper *k, const struct approval *a, const struct sl_action *now)
{
    SL_BUF(text, SL_ACTION_MAX_BYTES);
    SL_BUF(rules, 2 * sizeof now->rules_digest + 1);
    uint8_t digest[SL_ACTION_DIGEST_BYTES];
    json_t *document = approval_document(k, a);

    if (document == NULL)
        return false;
    sl_hex_put(&rules, sl_span(now->rules_digest, sizeof now->rules_digest));
    json_put_str(document, "rules", sl_buf_span(&rules));
    json_put_str(document, "environment", now->environment);
    json_object_set_new(document, "requesters", names_json(now->requesters, now->requester_count));
    bool made = put_labels(document, now) && sl_json_canonical(&text, document) == SL_OK;
    json_decref(document);
    if (!made)
        return false;
    sl_action_document_digest(sl_buf_span(&text), digest);
    return memcmp(digest, a->digest, sizeof digest) == 0;
}

static bool read_over(struct keeper *k, const struct approval *a, struct over *over)
{
    if (!sl_span_is(a->protocol, "postgres"))
        return true; /* of others the operation is the caller's own words */
    json_t *document = approval_document(k, a);
    if (document == NULL)
        return false;
    enum sl_err err = over_read(k, json_object_get(document, "operation"), sl_span(NULL, 0), over);
    json_decref(document);
    return err == SL_OK;
}

bool means_the_same(struct keeper *k, const struct approval *a, const struct person *who,
                    const struct sl_meaning *meaning)
{
    struct ask ask = {.who = who,
                      .meaning = meaning,
                      .target = sl_config_target(k->config, a->target),
                      .others = {.trigger = sl_json_str(a->detail, "trigger"),
                                 .started_by = sl_json_str(a->detail, "started_by"),
                                 .unknown = sl_json_str(a->detail, "unknown"),
                                 .token_by = sl_json_str(a->detail, "token_by"),
                                 .on_behalf_of =
                                     names_of_json(k, json_object_get(a->detail, "on_behalf_of"))},
                      .now_us = sl_clock_us()};

    return ask.target != NULL && read_over(k, a, &ask.over) && ask_judge(k, &ask) == SL_OK &&
           ask.answer.enforced == SL_HOLD && same_digest(k, a, &ask.action);
}

bool same_policy(const struct keeper *k, const struct approval *a)
{
    uint8_t digest[sizeof k->config->digest];

    return sl_hex_fixed(digest, sizeof digest, sl_json_str(a->detail, "policy")) == SL_OK &&
           memcmp(digest, k->config->digest, sizeof digest) == 0;
}

static json_t *labels_now(struct keeper *k, const struct sl_target *target,
                          const struct sl_meaning_access *access)
{
    uint64_t bits = sl_labels_of(k->config, target, access, k->labels);
    json_t *array = json_array();

    for (size_t i = 0; i < k->config->labels.count && i < 64; i++)
        if ((bits >> i & 1) != 0)
            json_array_append_new(array, json_stringn((const char *)k->config->labels.items[i].p,
                                                      k->config->labels.items[i].n));
    return array;
}

bool same_labels(struct keeper *k, const struct approval *a, const struct sl_meaning *meaning)
{
    const struct sl_target *target = sl_config_target(k->config, a->target);
    json_t *document = target == NULL ? NULL : approval_document(k, a);

    if (document == NULL)
        return false;
    const json_t *sets = json_object_get(document, "datasets");
    bool same = json_array_size(sets) == meaning->access_count;
    for (size_t i = 0; same && i < meaning->access_count; i++) {
        json_t *now = labels_now(k, target, &meaning->accesses[i]);

        same = json_equal(json_object_get(json_array_get(sets, i), "labels"), now) == 1;
        json_decref(now);
    }
    json_decref(document);
    return same;
}
