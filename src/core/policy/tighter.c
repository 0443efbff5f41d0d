/* Which changes of the configuration need nobody's yes: those of which it can be proved that they
 * loosen nothing. The proof is over what the two files resolved to, member by member:
 *
 *   settings     equal; `govern` and `policy_changes` may be turned on
 *   targets      none is new; each is equal, or differs in: mode observe -> enforce, a stricter
 *                default, access for fewer
 *   rules added  deny rules: the strictest verdict wins, so they only take away
 *   changed      hold rules that take decisions in fewer channels, none of those in which passkeys
 *                sign left out, or that need more people where a signature is asked for whatever
 *                the number (proof: passkey) or by nothing else (passkeys.by_default: off), and
 *                differ in nothing else
 *   removed      allow rules without a budget and without demands of their own: what they covered
 *                falls to other rules and to the default, and the strictest wins as before
 *
 * A new hold rule is not among them: where it matches together with one that names no reviewers,
 * its own reviewers take the place of the target's. Neither is a new label: an allow rule may name
 * it. Everything else counts as looser. */
#include "core/policy/policy_int.h"

static bool is(const json_t *value, const char *text)
{
    return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

static const json_t *named(const json_t *list, const json_t *item)
{
    const json_t *name = json_object_get(item, "name");
    size_t i;
    json_t *one;

    json_array_foreach(list, i, one) if (json_equal(json_object_get(one, "name"), name)) return one;
    return NULL;
}

typedef bool allowed_fn(const char *key, const json_t *before, const json_t *after);

/* Every member is the same in both, or differs as `allowed` says. */
static bool differs_only(const json_t *before, const json_t *after, allowed_fn *allowed)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)before, key, value)
    {
        const json_t *now = json_object_get(after, key);
        if (!json_equal(value, now) && !allowed(key, value, now))
            return false;
    }
    json_object_foreach((json_t *)after, key, value)
    {
        if (json_object_get(before, key) == NULL && !allowed(key, NULL, value))
            return false;
    }
    return true;
}

/* --- settings --- */

static bool setting_allowed(const char *key, const json_t *before, const json_t *after)
{
    (void)before;
    if (strcmp(key, "targets") == 0 || strcmp(key, "policy") == 0)
        return true; /* looked at by themselves */
    if (strcmp(key, "govern") == 0)
        return is(after, "two-person");
    return strcmp(key, "policy_changes") == 0 && is(after, "hold");
}

/* --- targets --- */

static int strictness(const json_t *verdict)
{
    return is(verdict, "allow") ? 0 : is(verdict, "deny") ? 2 : 1; /* left out: hold */
}

static bool list_is_part(const json_t *part, const json_t *whole)
{
    size_t i, j;
    json_t *one, *other;

    json_array_foreach(part, i, one)
    {
        bool found = false;
        json_array_foreach(whole, j, other) found = found || json_equal(one, other);
        if (!found)
            return false;
    }
    return true;
}

static bool for_fewer(const json_t *before, const json_t *after)
{
    const char *key;
    json_t *list;

    json_object_foreach((json_t *)after, key, list)
    {
        if (!list_is_part(list, json_object_get(before, key)))
            return false;
    }
    return true;
}

static bool target_allowed(const char *key, const json_t *before, const json_t *after)
{
    if (strcmp(key, "mode") == 0)
        return is(before, "observe") && is(after, "enforce");
    if (strcmp(key, "default") == 0)
        return strictness(after) >= strictness(before);
    return strcmp(key, "access") == 0 && for_fewer(before, after);
}

static bool targets_tighten(const json_t *before, const json_t *after)
{
    size_t i;
    json_t *now;

    json_array_foreach(after, i, now)
    {
        const json_t *was = named(before, now);
        if (was == NULL || !differs_only(was, now, target_allowed))
            return false;
    }
    return true;
}

/* --- rules --- */

static bool need_allowed(const char *key, const json_t *before, const json_t *after)
{
    return strcmp(key, "need") == 0 && json_integer_value(after) >= json_integer_value(before);
}

/* Left out: in all of them. */
static bool in_fewer(const json_t *before, const json_t *after)
{
    return after != NULL && (before == NULL || list_is_part(after, before));
}

static bool names(const json_t *list, const char *word)
{
    size_t i;
    const json_t *item;

    json_array_foreach(list, i, item) if (json_is_string(item) &&
                                          strcmp(json_string_value(item), word) == 0) return true;
    return list == NULL; /* left out: all of them */
}

/* Where a passkey can sign (http, console): a list keeps those that it had. Together with another
 * rule's, a list without one of them may leave no place for a signature. */
static bool signs_as_before(const json_t *before, const json_t *after)
{
    return names(before, "console") == names(after, "console") &&
           names(before, "http") == names(after, "http");
}

static bool rule_allowed(const char *key, const json_t *before, const json_t *after)
{
    if (strcmp(key, "decide_in") == 0)
        return in_fewer(before, after) && signs_as_before(before, after);
    return strcmp(key, "reviewers") == 0 && before != NULL && after != NULL &&
           differs_only(before, after, need_allowed);
}

static bool needs_more(const json_t *before, const json_t *after)
{
    return !json_equal(json_object_get(before, "reviewers"), json_object_get(after, "reviewers"));
}

/* Where one of them has a passkey that one decides, signed; where two are needed, the default asks
 * only when both have one. So more people are more only where that default has no say. */
static bool is_signed_anyway(const json_t *top, const json_t *rule)
{
    return is(json_object_get(rule, "proof"), "passkey") ||
           is(json_object_get(json_object_get(top, "passkeys"), "by_default"), "off");
}

static bool changed_tightens(const json_t *top, const json_t *before, const json_t *after)
{
    if (json_equal(before, after))
        return true;
    return is(json_object_get(before, "then"), "hold") &&
           differs_only(before, after, rule_allowed) &&
           (!needs_more(before, after) || is_signed_anyway(top, after));
}

/* What any matching rule asks for counts whatever the verdict, so a rule that asks must stay. */
static bool asks_nothing(const json_t *rule)
{
    static const struct {
        const char *key, *idle;
    } demands[] = {{"reason", "optional"}, {"proof", "any"},           {"keys", "any"},
                   {"record", "full"},     {"in_transaction", "hold"}, {"sync", "held"}};

    for (size_t i = 0; i < SL_COUNT(demands); i++) {
        const json_t *value = json_object_get(rule, demands[i].key);
        if (value != NULL && !is(value, demands[i].idle))
            return false;
    }
    static const char *const idle_when_left_out[] = {"budget", "notify", "decide_in", "escalate"};
    for (size_t i = 0; i < SL_COUNT(idle_when_left_out); i++)
        if (json_object_get(rule, idle_when_left_out[i]) != NULL)
            return false;
    return true;
}

/* `top`: the settings, which are the same in both as far as it is asked here. */
static bool rules_tighten(const json_t *top, const json_t *before, const json_t *after)
{
    size_t i;
    json_t *rule;

    json_array_foreach(after, i, rule)
    {
        const json_t *was = named(before, rule);
        if (was == NULL ? !is(json_object_get(rule, "then"), "deny")
                        : !changed_tightens(top, was, rule))
            return false;
    }
    json_array_foreach(before, i, rule)
    {
        if (named(after, rule) == NULL &&
            !(is(json_object_get(rule, "then"), "allow") && asks_nothing(rule)))
            return false;
    }
    return true;
}

bool sl_config_tightens(const struct sl_config *before, const struct sl_config *after)
{
    json_t *was = sl_config_json(before), *now = sl_config_json(after);
    bool tightens =
        was != NULL && now != NULL && differs_only(was, now, setting_allowed) &&
        targets_tighten(json_object_get(was, "targets"), json_object_get(now, "targets")) &&
        rules_tighten(now, json_object_get(was, "policy"), json_object_get(now, "policy"));

    json_decref(was);
    json_decref(now);
    return tightens;
}
