/* The places that keys of the configuration file stand in (config_keys.h):
 *
 *   P(place, struct that it fills, path for people)
 */
#ifndef SL_CORE_POLICY_CONFIG_PLACES_H
#define SL_CORE_POLICY_CONFIG_PLACES_H

#define SL_PLACES(P)                                              \
    P(TOP, struct sl_config, "the file")                          \
    P(LISTEN, struct sl_config, "listen")                         \
    P(TLS, struct sl_config, "tls")                               \
    P(LEDGER, struct sl_config, "ledger")                         \
    P(TIMEOUTS, struct sl_config, "timeouts")                     \
    P(USAGE, struct sl_config, "usage")                           \
    P(METRICS, struct sl_config, "metrics")                       \
    P(PASSKEYS, struct sl_config, "passkeys")                     \
    P(ROLES, struct sl_config, "roles")                           \
    P(MEMBERS, struct sl_members, "roles.*")                      \
    P(BREAK_GLASS, struct sl_config, "break_glass")               \
    P(LINEAGE, struct sl_config, "lineage")                       \
    P(OPENLINEAGE, struct sl_config, "lineage.openlineage")       \
    P(TARGET, struct sl_target, "targets[]")                      \
    P(TARGET_TLS, struct sl_target, "targets[].tls")              \
    P(LOGIN, struct sl_login, "targets[].login")                  \
    P(ACCESS, struct sl_target, "targets[].access")               \
    P(LABEL, struct sl_label_rule, "targets[].labels[]")          \
    P(DECLASSIFY, struct sl_declassify, "targets[].declassify[]") \
    P(CANARY, struct sl_canary, "targets[].canary")               \
    P(CATALOG, struct sl_catalog_access, "targets[].catalog")     \
    P(RULE, struct sl_rule, "policy[]")                           \
    P(WHEN, struct sl_rule, "policy[].when")                      \
    P(REVIEWERS, struct sl_reviewers, "reviewers")                \
    P(BUDGET, struct sl_budget, "policy[].budget")                \
    P(ELEVATE, struct sl_elevate, "policy[].elevate")             \
    P(ESCALATE, struct sl_escalation, "policy[].escalate")        \
    P(ISSUER, struct sl_issuer, "issuers[]")                      \
    P(ISSUER_GROUP, struct sl_issuer_group, "issuers[].groups[]") \
    P(JOB, struct sl_job, "issuers[].jobs[]")                     \
    P(HOOK, struct sl_hook, "hooks[]")                            \
    P(CHAT, struct sl_chat, "chat[]")

#endif
