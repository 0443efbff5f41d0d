/* The configuration as canonical JSON, grown from the key table: what the policy digest covers,
 * what `sluice check` prints and what sl_config_diff compares. */
#include "core/policy/policy_int.h"

#include "crypto/crypto.h"

#include <stdlib.h>

static json_t *text_json(struct sl_span s)
{
    return json_stringn(s.n == 0 ? "" : (const char *)s.p, s.n);
}

static json_t *buf_json(struct sl_buf *b)
{
    json_t *value = sl_buf_err(b) == SL_OK ? text_json(sl_buf_span(b)) : NULL;

    sl_buf_done(b);
    return value;
}

static json_t *names_json(const struct sl_names *names)
{
    json_t *list = json_array();

    for (size_t i = 0; i < names->count && list != NULL; i++)
        if (json_array_append_new(list, text_json(names->items[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *bits_json(const struct sl_key *k, uint32_t bits)
{
    json_t *list = json_array();
    size_t count = sl_choice_count(k->choices), first = k->type == SL_KEY_KINDS ? 1 : 0;

    for (size_t i = 0; i < count && list != NULL; i++)
        if ((bits >> (i + first) & 1) != 0 &&
            json_array_append_new(list, text_json(sl_choice(k->choices, i))) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *hours_json(const struct sl_rule *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->hour_count && list != NULL; i++) {
        struct sl_buf text = sl_buf(100);
        sl_hours_put(&text, &r->hours[i]);
        if (json_array_append_new(list, buf_json(&text)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* The largest unit that divides it, so that the text reads back to the same number. */
static json_t *unit_json(uint64_t value, bool duration)
{
    static const struct {
        const char *name;
        uint64_t of;
    } durations[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
    static const struct {
        const char *name;
        uint64_t of;
    } sizes[] = {{"GB", 1 << 30}, {"MB", 1 << 20}, {"kB", 1 << 10}, {"", 1}};
    struct sl_buf text = sl_buf(40);
    size_t i = 0;

    if (duration) {
        while (value % durations[i].of != 0 || (value == 0 && durations[i].of > 1))
            i++;
        sl_buf_say(&text, "%U%s", value / durations[i].of, durations[i].name);
    } else {
        while (value % sizes[i].of != 0 || (value == 0 && sizes[i].of > 1))
            i++;
        sl_buf_say(&text, "%U%s", value / sizes[i].of, sizes[i].name);
    }
    return buf_json(&text);
}

static json_t *per_json(const struct sl_budget *b)
{
    if (b->per == SL_PER_TIME)
        return unit_json(b->per_ms, true);
    return json_string(b->per == SL_PER_RUN ? "run" : "statement");
}

static json_t *address_json(struct sl_span host, struct sl_span port)
{
    struct sl_buf text = sl_buf(600);
    bool six = host.n > 0 && host.p[0] != '/' && sl_span_find(host, ':') < host.n;

    sl_buf_say(&text, six ? "[%S]:%S" : "%S:%S", host, port);
    return buf_json(&text);
}

static json_t *choice_json(const struct sl_key *k, const void *field)
{
    uint32_t index = k->type == SL_KEY_SWITCH ? *(const bool *)field : *(const uint32_t *)field;

    return text_json(sl_choice(k->choices, k->type == SL_KEY_CHOICE ? index - 1 : index));
}

static json_t *list_json(const struct sl_key *k, const void *base)
{
    struct sl_key_list shape = sl_key_list_of(k->inner);
    const char *items = *(char *const *)(const void *)((const char *)base + shape.items_offset);
    size_t count = *(const size_t *)(const void *)((const char *)base + shape.count_offset);
    json_t *list = json_array();

    for (size_t i = 0; i < count && list != NULL; i++)
        if (json_array_append_new(list, sl_place_json(k->inner, items + i * shape.item_bytes)) !=
            0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

/* What is recorded and shown says nothing of an address that may be a secret. */
static json_t *masked_json(struct sl_span url)
{
    SL_BUF(text, 4096);

    sl_hook_put_masked(&text, url);
    return text_json(sl_buf_span(&text));
}

json_t *sl_key_json(const struct sl_key *k, const void *base)
{
    const void *field = (const char *)base + k->offset;
    const struct sl_target *t = base;

    if (k->place == SL_PLACE_HOOK && strcmp(k->name, "url") == 0 &&
        !((const struct sl_hook *)base)->masked)
        return masked_json(*(const struct sl_span *)field);
    switch (k->type) {
    case SL_KEY_TEXT:
    case SL_KEY_NAME:
    case SL_KEY_FILE:
    case SL_KEY_URL:
    case SL_KEY_WORD:
        return text_json(*(const struct sl_span *)field);
    case SL_KEY_NUMBER:
        return json_integer(*(const uint32_t *)field);
    case SL_KEY_COUNT:
        return json_integer((json_int_t) * (const uint64_t *)field);
    case SL_KEY_SIZE32:
        return unit_json(*(const uint32_t *)field, false);
    case SL_KEY_SIZE64:
    case SL_KEY_DURATION:
        return unit_json(*(const uint64_t *)field, k->type == SL_KEY_DURATION);
    case SL_KEY_CHOICE:
    case SL_KEY_SWITCH:
    case SL_KEY_VERDICT:
        return choice_json(k, field);
    case SL_KEY_LIST:
    case SL_KEY_ONE_OR_MORE:
    case SL_KEY_DATASETS:
    case SL_KEY_COLUMNS:
    case SL_KEY_NETWORKS:
        return names_json(field);
    case SL_KEY_EFFECTS:
    case SL_KEY_KINDS:
    case SL_KEY_ALGORITHMS:
    case SL_KEY_HOOK_EVENTS:
    case SL_KEY_CHANNELS:
        return bits_json(k, *(const uint32_t *)field);
    case SL_KEY_HOURS:
        return hours_json(base);
    case SL_KEY_PER:
        return per_json(base);
    case SL_KEY_ADDRESS:
        return address_json(((const struct sl_span *)field)[0], ((const struct sl_span *)field)[1]);
    case SL_KEY_UPSTREAM:
        return address_json(t->host, t->port);
    case SL_KEY_ONE:
        return sl_place_json(k->inner, field);
    default:
        return list_json(k, base);
    }
}

static bool is_absent_map(const struct sl_key *k, const void *base)
{
    const void *field = (const char *)base + k->offset;

    if (k->inner == SL_PLACE_REVIEWERS)
        return ((const struct sl_reviewers *)field)->need == 0;
    if (k->inner == SL_PLACE_BUDGET)
        return !((const struct sl_budget *)field)->set;
    if (k->inner == SL_PLACE_ELEVATE)
        return ((const struct sl_elevate *)field)->login.n == 0;
    if (k->inner == SL_PLACE_ESCALATE)
        return ((const struct sl_escalation *)field)->after_ms == 0;
    if (k->inner == SL_PLACE_CATALOG)
        return ((const struct sl_catalog_access *)field)->login.n == 0;
    if (k->inner == SL_PLACE_CANARY)
        return ((const struct sl_canary *)field)->statement.n == 0;
    if (k->inner == SL_PLACE_LINEAGE || k->inner == SL_PLACE_OPENLINEAGE)
        return ((const struct sl_config *)base)->settings.openlineage_file.n == 0;
    if (k->inner == SL_PLACE_BREAK_GLASS)
        return ((const struct sl_config *)base)->settings.break_glass.count == 0;
    return k->inner == SL_PLACE_TLS &&
           ((const struct sl_config *)base)->settings.tls_certificate.n == 0;
}

static bool is_empty_list(const struct sl_key *k, const void *base)
{
    struct sl_key_list shape = sl_key_list_of(k->inner);

    return *(const size_t *)(const void *)((const char *)base + shape.count_offset) == 0;
}

/* Nothing was said and nothing stands for it. */
bool sl_key_is_absent(const struct sl_key *k, const void *base)
{
    const void *field = (const char *)base + k->offset;

    switch (k->type) {
    case SL_KEY_TEXT:
    case SL_KEY_NAME:
    case SL_KEY_FILE:
    case SL_KEY_URL:
        return ((const struct sl_span *)field)->n == 0;
    case SL_KEY_COUNT:
    case SL_KEY_SIZE64:
    case SL_KEY_DURATION:
        return *(const uint64_t *)field == 0 && k->least > 0;
    case SL_KEY_LIST:
    case SL_KEY_DATASETS:
    case SL_KEY_COLUMNS:
    case SL_KEY_NETWORKS:
        return ((const struct sl_names *)field)->count == 0;
    case SL_KEY_EFFECTS:
        return (((const struct sl_rule *)base)->named & SL_WHEN_EFFECTS) == 0;
    case SL_KEY_KINDS:
    case SL_KEY_ALGORITHMS:
    case SL_KEY_HOOK_EVENTS:
    case SL_KEY_CHANNELS:
        return *(const uint32_t *)field == 0;
    case SL_KEY_HOURS:
        return ((const struct sl_rule *)base)->hour_count == 0;
    case SL_KEY_MANY:
        return (k->place == SL_PLACE_ISSUER || k->inner == SL_PLACE_ISSUER ||
                k->inner == SL_PLACE_HOOK || k->inner == SL_PLACE_CHAT) &&
               is_empty_list(k, base);
    case SL_KEY_VERDICT:
        return k->place == SL_PLACE_TARGET && !((const struct sl_target *)base)->has_default;
    case SL_KEY_ONE:
        return is_absent_map(k, base);
    default:
        return false;
    }
}

json_t *sl_place_json(enum sl_place place, const void *base)
{
    json_t *object = json_object();

    for (size_t i = 0; i < sl_key_count && object != NULL; i++) {
        const struct sl_key *k = &sl_keys[i];
        if (k->place != place || sl_key_is_absent(k, base))
            continue;
        json_t *value = sl_key_json(k, base);
        if (value != NULL && k->type == SL_KEY_ONE && json_object_size(value) == 0) {
            json_decref(value);
            continue;
        }
        if (json_object_set_new(object, k->name, value) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* Appends canonical text and drops the value. */
static enum sl_err put_json(struct sl_buf *b, json_t *value)
{
    enum sl_err err = value == NULL ? SL_EMEMORY : sl_json_canonical(b, value);

    json_decref(value);
    return err != SL_OK ? err : sl_buf_err(b);
}

static enum sl_err digest_json(json_t *value, const char *domain, uint8_t digest[SL_SHA256])
{
    SL_BUF(text, SL_CONFIG_MEMORY);

    sl_buf_put_str(&text, domain);
    SL_TRY(put_json(&text, value));
    sl_sha256(sl_buf_span(&text), digest);
    return SL_OK;
}

/* What a hold by default asks for: the verdict and who decides it. */
static enum sl_err digest_default(const struct sl_config *c, struct sl_target *t)
{
    const struct sl_reviewers *r = t->reviewers.need > 0 ? &t->reviewers : &c->any_reviewers;
    enum sl_verdict verdict = t->has_default ? t->default_verdict : SL_HOLD;
    json_t *reviewers = r->need > 0 ? sl_place_json(SL_PLACE_REVIEWERS, r) : json_null();
    json_t *value = reviewers == NULL ? NULL
                                      : json_pack("{s:s, s:o}", "default", sl_verdict_name(verdict),
                                                  "reviewers", reviewers);

    return digest_json(value, "sluice/default/v1\n", t->default_digest);
}

static int order_of_names(const void *a, const void *b)
{
    const char *left = json_string_value(json_object_get(*(json_t *const *)a, "name"));
    const char *right = json_string_value(json_object_get(*(json_t *const *)b, "name"));

    return strcmp(left, right);
}

/* The same list with its items by name: order in the file means nothing. Takes `list`. */
static json_t *by_name(json_t *list)
{
    size_t count = json_array_size(list);
    json_t **items = calloc(count + 1, sizeof(json_t *));
    json_t *sorted = list == NULL || items == NULL ? NULL : json_array();

    for (size_t i = 0; i < count && sorted != NULL; i++)
        items[i] = json_array_get(list, i);
    if (sorted != NULL && count > 1)
        qsort(items, count, sizeof(json_t *), order_of_names);
    for (size_t i = 0; i < count && sorted != NULL; i++)
        if (json_array_append(sorted, items[i]) != 0) {
            json_decref(sorted);
            sorted = NULL;
        }
    free(items);
    json_decref(list);
    return sorted;
}

static json_t *top_list(const struct sl_config *c, const char *name)
{
    return list_json(sl_key_find(SL_PLACE_TOP, sl_span_str(name)), c);
}

/* Of the settings that have such a place already: left out where nothing is said, so that a policy
 * without has the digest that it always had. */
static bool says_nothing(const struct sl_key *k, const void *base, const json_t *value)
{
    bool is_empty = (json_is_object(value) && json_object_size(value) == 0) ||
                    (json_is_array(value) && json_array_size(value) == 0);
    bool is_fallback = json_is_string(value) && k->fallback != NULL &&
                       strcmp(json_string_value(value), k->fallback) == 0;

    return value == NULL || is_empty || is_fallback || sl_key_is_absent(k, base);
}

static json_t *weighty_json(enum sl_place place, const void *base);

static json_t *weighty_value(const struct sl_key *k, const void *base)
{
    if (k->inner == SL_PLACE_TLS && k->type == SL_KEY_ONE)
        return json_string("on");
    if (k->type == SL_KEY_ONE && k->inner != SL_PLACE_ROLES && k->inner != SL_PLACE_BREAK_GLASS)
        return weighty_json(k->inner, base);
    return sl_key_json(k, base);
}

/* Every member of the settings that counts (weight.c) and says something. The lists have places of
 * their own in the policy. */
static json_t *weighty_json(enum sl_place place, const void *base)
{
    json_t *object = json_object();

    for (size_t i = 0; i < sl_key_count && object != NULL; i++) {
        const struct sl_key *k = &sl_keys[i];

        if (k->place != place || k->type == SL_KEY_MANY || sl_key_weight_of(k) == SL_WEIGHT_OUT)
            continue;
        json_t *value = sl_key_is_absent(k, base) ? NULL : weighty_value(k, base);
        if (says_nothing(k, base, value))
            json_decref(value);
        else if (json_object_set_new(object, k->name, value) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* Takes `policy`. */
static json_t *with_settings(const struct sl_config *c, json_t *policy)
{
    json_t *settings = weighty_json(SL_PLACE_TOP, c);

    if (policy == NULL || settings == NULL || json_object_update(policy, settings) != 0) {
        json_decref(policy);
        policy = NULL;
    }
    json_decref(settings);
    return policy;
}

/* Who may sign in is part of what is allowed, and who is told is part of what is seen. Files
 * without them keep the digest that they had. Takes `policy`. */
static json_t *with_list(const struct sl_config *c, const char *name, size_t count, json_t *policy)
{
    if (policy == NULL || count == 0 ||
        json_object_set_new(policy, name, by_name(top_list(c, name))) == 0)
        return policy;
    json_decref(policy);
    return NULL;
}

static json_t *policy_json(const struct sl_config *c)
{
    json_t *labels = names_json(&c->labels);
    json_t *rules = by_name(top_list(c, "policy"));
    json_t *targets = by_name(top_list(c, "targets"));

    if (labels != NULL && rules != NULL && targets != NULL) {
        json_t *policy =
            json_pack("{s:o, s:o, s:o}", "labels", labels, "policy", rules, "targets", targets);
        policy = with_list(c, "issuers", c->issuer_count, policy);
        return with_settings(c, with_list(c, "chat", c->chat_count,
                                          with_list(c, "hooks", c->hook_count, policy)));
    }
    json_decref(labels);
    json_decref(rules);
    json_decref(targets);
    return NULL;
}

enum sl_err sl_config_digest(struct sl_config *c)
{
    SL_BUF(text, SL_CONFIG_MEMORY);

    for (size_t i = 0; i < c->rule_count; i++)
        SL_TRY(digest_json(sl_place_json(SL_PLACE_RULE, &c->rules[i]), "sluice/rule/v1\n",
                           c->rules[i].digest));
    for (size_t i = 0; i < c->target_count; i++)
        SL_TRY(digest_default(c, &c->targets[i]));
    SL_TRY(put_json(&text, policy_json(c)));
    c->canonical = sl_arena_copy(c->mem, sl_buf_span(&text));
    if (c->canonical.p == NULL)
        return SL_EMEMORY;
    sl_sha256(c->canonical, c->digest);
    return SL_OK;
}
