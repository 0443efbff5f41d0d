/* Is what an approval asks for what its rules say? The leaf names them, and the policy whose text
 * is in the ledger: who decides, where, how, and until when follows from the two. */
#include "core/ledger/audit_int.h"

#include "base/when.h"

#include <stdlib.h>

/* The leaf, and what is known of its policy. */
struct asked {
    const struct sl_audit_approval *p;
    struct sl_span id;
    const json_t *leaf, *rules, *target; /* rules: of the policy; target: its object there */
    const json_t *names;                 /* of the rules that held it; "default" may be the last */
};

/* --- digests --------------------------------------------------------------------------------- */

static bool digest_of(const json_t *value, const char *domain, uint8_t out[SL_SHA256])
{
    SL_BUF(text, 4 * 1024 * 1024);

    sl_buf_put_str(&text, domain);
    if (sl_json_canonical(&text, value) != SL_OK)
        return false;
    sl_sha256(sl_buf_span(&text), out);
    return true;
}

static const json_t *named(const json_t *list, struct sl_span name)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)list, i,
                       one) if (sl_span_eq(sl_json_str(one, "name"), name)) return one;
    return NULL;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(json_string_value(*(json_t *const *)a), json_string_value(*(json_t *const *)b));
}

/* Those whom any hold rule names, once each and in order; NULL: nobody. */
static json_t *anybody(const json_t *rules, const char *key)
{
    json_t *all = json_array(), *sorted = json_array(), *rule, *name;
    size_t i, n;

    json_array_foreach((json_t *)rules, i, rule)
    {
        if (sl_span_is(sl_json_str(rule, "then"), "hold"))
            json_array_foreach(json_object_get(json_object_get(rule, "reviewers"), key), n,
                               name) if (json_is_string(name)) json_array_append(all, name);
    }
    json_t **items = calloc(json_array_size(all) + 1, sizeof(json_t *));
    for (i = 0; items != NULL && i < json_array_size(all); i++)
        items[i] = json_array_get(all, i);
    if (items != NULL && json_array_size(all) > 1)
        qsort(items, json_array_size(all), sizeof(json_t *), by_bytes);
    for (i = 0; items != NULL && i < json_array_size(all); i++)
        if (i == 0 || !json_equal(items[i], items[i - 1]))
            json_array_append(sorted, items[i]);
    free(items);
    json_decref(all);
    if (json_array_size(sorted) > 0)
        return sorted;
    json_decref(sorted);
    return NULL;
}

static json_t *any_reviewers(const json_t *rules)
{
    json_t *groups = anybody(rules, "groups"), *identities = anybody(rules, "identities");
    bool nobody = groups == NULL && identities == NULL;

    return nobody ? json_null()
                  : json_pack("{s:o*, s:o*, s:i}", "groups", groups, "identities", identities,
                              "need", 1);
}

static bool default_digest(const struct asked *q, uint8_t out[SL_SHA256])
{
    const json_t *verdict = json_object_get(q->target, "default");
    json_t *own = json_object_get(q->target, "reviewers");
    json_t *value = json_object();

    json_object_set_new(value, "default",
                        verdict == NULL ? json_string("hold") : json_copy((json_t *)verdict));
    json_object_set_new(value, "reviewers", own == NULL ? any_reviewers(q->rules) : json_copy(own));
    bool ok = digest_of(value, "sluice/default/v1\n", out);
    json_decref(value);
    return ok;
}

/* `by_default`: the last name is the target's default, not a rule that is called so. */
static bool rules_digest(const struct asked *q, bool by_default, uint8_t out[SL_SHA256])
{
    size_t count = json_array_size(q->names);
    uint8_t one[SL_SHA256];
    SL_BUF(text, 1024 * 1024);

    sl_buf_put_str(&text, "sluice/rules/v1\nhold\n");
    for (size_t i = 0; i + by_default < count; i++) {
        const json_t *rule =
            named(q->rules, sl_span_str(json_string_value(json_array_get(q->names, i))));

        if (rule == NULL || !digest_of(rule, "sluice/rule/v1\n", one))
            return false;
        sl_buf_put(&text, sl_span(one, sizeof one));
    }
    if (by_default && !default_digest(q, one))
        return false;
    if (by_default)
        sl_buf_put(&text, sl_span(one, sizeof one));
    sl_sha256(sl_buf_span(&text), out);
    return sl_buf_err(&text) == SL_OK;
}

static bool ends_by_default(const struct asked *q)
{
    size_t count = json_array_size(q->names);

    return count > 0 &&
           sl_span_is(sl_span_str(json_string_value(json_array_get(q->names, count - 1))),
                      "default");
}

static void check_digest(struct sl_audit *a, const struct asked *q)
{
    uint8_t said[SL_SHA256], is[SL_SHA256];

    if (!sl_audit_hex(a, q->leaf, "rules", said, sizeof said, true))
        return;
    if (rules_digest(q, false, is) && memcmp(said, is, sizeof is) == 0)
        return;
    if (ends_by_default(q) && rules_digest(q, true, is) && memcmp(said, is, sizeof is) == 0)
        return;
    SL_FOUND(a, "the rules of approval %S are not those that it names, as its policy has them",
             q->id);
}

/* --- what one rule says ---------------------------------------------------------------------- */

static bool same_names(const json_t *one, const json_t *other)
{
    return json_array_size(one) + json_array_size(other) == 0 || json_equal(one, other);
}

static bool same_people(const json_t *one, const json_t *other)
{
    return same_names(json_object_get(one, "groups"), json_object_get(other, "groups")) &&
           same_names(json_object_get(one, "identities"), json_object_get(other, "identities"));
}

static uint64_t number(const json_t *object, const char *key)
{
    uint64_t n = 0;

    return sl_json_u64(object, key, &n) ? n : 0;
}

/* A job of which nobody knows who started it may need more people than the rule says. */
static bool asks_them(const struct asked *q, const json_t *reviewers, const json_t *escalate)
{
    size_t i;
    json_t *need;

    json_array_foreach(json_object_get(q->leaf, "needs"), i, need)
    {
        const json_t *later = json_object_get(need, "escalate");

        if (same_people(need, reviewers) && number(need, "need") >= number(reviewers, "need") &&
            (later == NULL || same_people(later, json_object_get(escalate, "reviewers"))))
            return true;
    }
    return false;
}

static bool has(const json_t *list, const json_t *word)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)list, i, one) if (json_equal(one, word)) return true;
    return false;
}

/* Nowhere else than all of its rules say. */
static bool is_decided_there(const struct asked *q, const json_t *rule)
{
    const json_t *rules = json_object_get(rule, "decide_in"),
                 *told = json_object_get(q->leaf, "decide_in");
    size_t i;
    json_t *word;

    if (json_array_size(rules) == 0)
        return true;
    json_array_foreach((json_t *)told, i, word) if (!has(rules, word)) return false;
    return told != NULL;
}

static uint64_t duration_us(const json_t *object, const char *key)
{
    uint64_t ms = 0;

    return sl_duration_get(sl_json_str(object, key), &ms) == SL_OK ? ms * 1000 : 0;
}

static bool says(const json_t *object, const char *key, const char *word)
{
    return sl_span_is(sl_json_str(object, key), word);
}

/* What the leaf leaves out of what this rule asks for; NULL: nothing. */
static const char *missing(const struct asked *q, const json_t *rule)
{
    const json_t *reviewers = json_object_get(rule, "reviewers"),
                 *escalate = json_object_get(rule, "escalate"),
                 *facts = json_object_get(q->leaf, "facts");
    uint64_t expires_us = duration_us(rule, "expires"), after_us = duration_us(escalate, "after");

    if (reviewers != NULL && !asks_them(q, reviewers, escalate))
        return "those who decide";
    if (!is_decided_there(q, rule))
        return "where it is decided";
    if (says(rule, "proof", "passkey") && !q->p->needs_passkey)
        return "a passkey";
    if (says(rule, "keys", "device-bound") && !q->p->needs_device_bound)
        return "a passkey that cannot be copied";
    if (expires_us > 0 && q->p->decide_by_us > q->p->asked_us + expires_us)
        return "the time to decide";
    if (q->p->escalate_us != 0 && q->p->escalate_us < q->p->asked_us + after_us)
        return "the time until it is escalated";
    if (says(rule, "reason", "required") && sl_json_str(facts, "reason").n == 0)
        return "a reason";
    if (q->p->envelope.times > 0 && !says(rule, "envelope", "yes"))
        return "that no envelope is asked for";
    return NULL;
}

static void check_rule(struct sl_audit *a, const struct asked *q, struct sl_span name)
{
    const json_t *rule = named(q->rules, name);

    if (rule == NULL) {
        SL_FOUND(a, "approval %S is held by rule '%S', which its policy does not have", q->id,
                 name);
        return;
    }
    const char *what = missing(q, rule);
    if (what != NULL)
        SL_FOUND(a, "approval %S is held by rule '%S', but asks for less than that says: %s", q->id,
                 name, what);
}

/* The target's reviewers are asked for what nobody is named for. */
static void check_default(struct sl_audit *a, const struct asked *q)
{
    const json_t *own = json_object_get(q->target, "reviewers");

    if (q->p->envelope.times > 0)
        SL_FOUND(a, "approval %S is held by default, where no envelope is asked for", q->id);
    if (own != NULL && !asks_them(q, own, NULL))
        SL_FOUND(a, "approval %S is held by default, but not by those who decide then", q->id);
}

static void check_names(struct sl_audit *a, const struct asked *q)
{
    size_t count = json_array_size(q->names);
    bool by_default = ends_by_default(q) && named(q->rules, SL_SPAN("default")) == NULL;

    if (count == 0)
        SL_FOUND(a, "approval %S is held by no rule", q->id);
    for (size_t i = 0; i + by_default < count; i++)
        check_rule(a, q, sl_span_str(json_string_value(json_array_get(q->names, i))));
    if (by_default)
        check_default(a, q);
}

/* Administration is held by no rule; long lists of names are in the ledger by their digest. */
void sl_audit_asked_rules(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                          const json_t *leaf)
{
    const json_t *facts = json_object_get(leaf, "facts");
    uint8_t digest[SL_SHA256];

    if (p->of_policy || !sl_audit_hex(a, leaf, "policy", digest, sizeof digest, true))
        return;
    const struct sl_audit_policy *policy = sl_map_get(a->policies, sl_span(digest, sizeof digest));
    if (policy == NULL || a->in_force == NULL ||
        memcmp(a->in_force->digest, digest, sizeof digest) != 0) {
        SL_FOUND(a, "approval %S is asked under a policy that is not in force", id);
        return;
    }
    struct asked q = {.p = p,
                      .id = id,
                      .leaf = leaf,
                      .rules = json_object_get(policy->json, "policy"),
                      .names = json_object_get(facts, "rules")};
    q.target = named(json_object_get(policy->json, "targets"), p->target);
    if (json_object_get(facts, "rules_digest") != NULL)
        return;
    check_names(a, &q);
    check_digest(a, &q);
}
