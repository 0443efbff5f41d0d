/* Which keys the policy digest covers, and why the others stay out of it. A key that stands here
 * nowhere fails test_config, so whoever adds one has to decide. */
#include "core/policy/policy_int.h"

static const struct {
    enum sl_place place;
    const char *name;
    enum sl_key_weight weight;
} settings[] = {
    /* where things lie: another folder is another Sluice */
    {SL_PLACE_TOP, "state", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "runtime", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "listen", SL_WEIGHT_OUT},
    {SL_PLACE_LISTEN, "postgres", SL_WEIGHT_OUT},
    {SL_PLACE_LISTEN, "http", SL_WEIGHT_OUT},
    {SL_PLACE_LEDGER, "origin", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "public_url", SL_WEIGHT_OUT},     /* what rests on it is in passkeys.origins */
    {SL_PLACE_TOP, "trusted_proxies", SL_WEIGHT_IN}, /* whose wrong guesses count as whose */
    /* whose page a decision is signed on, and who must vouch for a key */
    {SL_PLACE_TOP, "passkeys", SL_WEIGHT_IN},
    {SL_PLACE_PASSKEYS, "rp_id", SL_WEIGHT_IN},
    {SL_PLACE_PASSKEYS, "origins", SL_WEIGHT_IN},
    {SL_PLACE_PASSKEYS, "by_default", SL_WEIGHT_IN},
    {SL_PLACE_PASSKEYS, "second_person", SL_WEIGHT_IN},
    /* that there is TLS counts; which files it comes from changes with every renewal */
    {SL_PLACE_TOP, "tls", SL_WEIGHT_IN},
    {SL_PLACE_TLS, "certificate", SL_WEIGHT_OUT},
    {SL_PLACE_TLS, "key", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "client_auth", SL_WEIGHT_IN}, /* whether a token crosses the wire */
    {SL_PLACE_TOP, "sandbox", SL_WEIGHT_IN},     /* the walls between the programs */
    /* who else may do what, and who is asked about it */
    {SL_PLACE_TOP, "policy_changes", SL_WEIGHT_IN},
    {SL_PLACE_TOP, "govern", SL_WEIGHT_IN},
    {SL_PLACE_TOP, "roles", SL_WEIGHT_IN},
    {SL_PLACE_ROLES, "admins", SL_WEIGHT_IN},
    {SL_PLACE_ROLES, "auditors", SL_WEIGHT_IN},
    {SL_PLACE_MEMBERS, "groups", SL_WEIGHT_IN},
    {SL_PLACE_MEMBERS, "identities", SL_WEIGHT_IN},
    {SL_PLACE_TOP, "break_glass", SL_WEIGHT_IN},
    {SL_PLACE_BREAK_GLASS, "groups", SL_WEIGHT_IN},
    {SL_PLACE_BREAK_GLASS, "review_within", SL_WEIGHT_IN},
    /* what survives a power loss (P6) */
    {SL_PLACE_TOP, "ledger", SL_WEIGHT_IN},
    {SL_PLACE_LEDGER, "sync", SL_WEIGHT_IN},
    /* who reads without a credential */
    {SL_PLACE_TOP, "metrics", SL_WEIGHT_IN},
    {SL_PLACE_METRICS, "access", SL_WEIGHT_IN},
    /* how much at a time: beyond it things are refused, wait, or are opaque (P5, P7) */
    {SL_PLACE_TOP, "gates", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "judges", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "max_connections", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "max_statement", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "max_held", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "timeouts", SL_WEIGHT_OUT},
    {SL_PLACE_TIMEOUTS, "login", SL_WEIGHT_OUT},
    {SL_PLACE_TIMEOUTS, "connect", SL_WEIGHT_OUT},
    {SL_PLACE_TIMEOUTS, "judge", SL_WEIGHT_OUT},
    {SL_PLACE_TIMEOUTS, "drain", SL_WEIGHT_OUT},
    /* reports beside the ledger, which has it all */
    {SL_PLACE_TOP, "usage", SL_WEIGHT_OUT},
    {SL_PLACE_USAGE, "retention", SL_WEIGHT_OUT},
    {SL_PLACE_TOP, "lineage", SL_WEIGHT_OUT},
    {SL_PLACE_LINEAGE, "openlineage", SL_WEIGHT_OUT},
    {SL_PLACE_OPENLINEAGE, "file", SL_WEIGHT_OUT},
    {SL_PLACE_OPENLINEAGE, "rotate", SL_WEIGHT_OUT},
    {SL_PLACE_OPENLINEAGE, "max_spool", SL_WEIGHT_OUT},
    {SL_PLACE_OPENLINEAGE, "url", SL_WEIGHT_OUT},
    {SL_PLACE_OPENLINEAGE, "token_file", SL_WEIGHT_OUT},
    {SL_PLACE_OPENLINEAGE, "ca_file", SL_WEIGHT_OUT},
    /* whole lists: every key in them counts */
    {SL_PLACE_TOP, "targets", SL_WEIGHT_IN},
    {SL_PLACE_TOP, "policy", SL_WEIGHT_IN},
    {SL_PLACE_TOP, "issuers", SL_WEIGHT_IN},
    {SL_PLACE_TOP, "chat", SL_WEIGHT_IN}, /* whose clicks are believed */
    {SL_PLACE_TOP, "hooks",
     SL_WEIGHT_IN}, /* an auditor's feed: whoever ends it, ends what is seen */
};

/* A place that only a target, a rule, an issuer, a hook or a chat fills. */
bool sl_key_is_of_a_list(enum sl_place place)
{
    switch (place) {
    case SL_PLACE_TARGET:
    case SL_PLACE_TARGET_TLS:
    case SL_PLACE_LOGIN:
    case SL_PLACE_ACCESS:
    case SL_PLACE_LABEL:
    case SL_PLACE_DECLASSIFY:
    case SL_PLACE_CANARY:
    case SL_PLACE_CATALOG:
    case SL_PLACE_RULE:
    case SL_PLACE_WHEN:
    case SL_PLACE_REVIEWERS:
    case SL_PLACE_BUDGET:
    case SL_PLACE_ELEVATE:
    case SL_PLACE_ESCALATE:
    case SL_PLACE_ISSUER:
    case SL_PLACE_ISSUER_GROUP:
    case SL_PLACE_JOB:
    case SL_PLACE_CHAT:
    case SL_PLACE_HOOK:
        return true;
    default:
        return false;
    }
}

enum sl_key_weight sl_key_weight_of(const struct sl_key *k)
{
    if (sl_key_is_of_a_list(k->place))
        return SL_WEIGHT_IN;
    for (size_t i = 0; i < SL_COUNT(settings); i++)
        if (settings[i].place == k->place && strcmp(settings[i].name, k->name) == 0)
            return settings[i].weight;
    return SL_WEIGHT_UNKNOWN;
}
