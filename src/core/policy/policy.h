/* The configuration file and the policy in it: strict YAML in, verdicts out (design: section 5).
 *
 * sl_config_load reads the whole file once; the result is immutable and owns its memory. Every key
 * is listed in one table (config_keys.h) from which the loader, `sluice check`, the manual and the
 * tests grow. A complaint reads `file:line:column: what, and what was expected`; after an error
 * there is no configuration. Every program of Sluice loads the same bytes with this same code.
 *
 * Evaluation (sl_policy_judge) is pure and total: it always ends in a verdict.
 *   - A hold or deny rule matches if every key that it names matches; a key matches if any of the
 *     action's values does.
 *   - An allow rule covers only what it names: every (effect, dataset) of the action must be
 * covered by some allow rule, else the target's `default` counts too. `opaque` is covered only by a
 * rule whose `effects` lists "opaque" itself (a glob does not name it) (P7).
 *   - The strictest verdict wins: deny > hold > allow. Several holds add up: each must be
 * satisfied.
 *   - A target without `default` holds. A default of allow never covers opaque: that holds.
 *   - Order of rules does not matter; adding a rule never loosens a hold or deny.
 *   - Every budget of an allow rule that covers something of the action counts. How much is left
 * is not the policy's business: the answer names the limits of the statement itself and the rules
 * whose use is added up. What goes beyond is asked with sl_policy_judge_over.
 */
#ifndef SL_CORE_POLICY_POLICY_H
#define SL_CORE_POLICY_POLICY_H

#include "core/action/action.h"
#include "core/chat/chat.h"
#include "core/hooks/hooks.h"
#include "core/oidc/job.h"

enum sl_verdict { SL_ALLOW = 0, SL_HOLD = 1, SL_DENY = 2 };
const char *sl_verdict_name(enum sl_verdict v);

enum sl_identity_kind { SL_HUMAN = 1, SL_AGENT = 2, SL_SERVICE = 3 };
/* 0 for anything else. */
enum sl_identity_kind sl_identity_kind_of(struct sl_span name);
const char *sl_identity_kind_name(enum sl_identity_kind kind);

/* A list of strings or glob patterns. */
struct sl_names {
    struct sl_span *items;
    size_t count;
};

struct sl_reviewers {
    struct sl_names groups, identities;
    uint32_t need; /* at least 1 */
};

enum sl_budget_per { SL_PER_STATEMENT = 1, SL_PER_TIME, SL_PER_RUN };
enum sl_budget_by { SL_BY_IDENTITY = 1, SL_BY_OWNER, SL_BY_RUN };
struct sl_budget {
    bool set;
    uint64_t rows, bytes, statements; /* 0: not limited */
    enum sl_budget_per per;
    uint64_t per_ms;
    enum sl_budget_by by;
};

enum sl_in_transaction { SL_TX_HOLD = 1, SL_TX_REFUSE };
/* NONE: only of what runs already. PLAN: also of what is about to be held. */
enum sl_estimate { SL_ESTIMATE_NONE = 1, SL_ESTIMATE_PLAN, SL_ESTIMATE_NEVER };

/* `when` keys that were named; a bit in `named` says that the key is present. */
enum sl_when_key {
    SL_WHEN_IDENTITIES = 1 << 0,
    SL_WHEN_GROUPS = 1 << 1,
    SL_WHEN_KIND = 1 << 2,
    SL_WHEN_TARGETS = 1 << 3,
    SL_WHEN_ENVIRONMENT = 1 << 4,
    SL_WHEN_PROTOCOL = 1 << 5,
    SL_WHEN_EFFECTS = 1 << 6,
    SL_WHEN_STATEMENTS = 1 << 7,
    SL_WHEN_DATASETS = 1 << 8,
    SL_WHEN_LABELS = 1 << 9,
    SL_WHEN_HOURS = 1 << 10,
};

/* Channels that a rule may name; in the order of enum sl_decide_channel (core/approval). */
#define SL_DECIDE_IN_WORDS "http|cli|console|slack|teams"
enum {
    SL_DECIDE_IN_ALL = 0x1f,
    SL_DECIDE_IN_PASSKEY = 0x05, /* a passkey signs: http, console */
    SL_DECIDE_IN_SLACK = 0x08,
    SL_DECIDE_IN_TEAMS = 0x10,
};

struct sl_rule {
    struct sl_span name; /* unique in the file */
    uint32_t line;
    uint32_t named;
    struct sl_names identities, groups, targets, environments, protocols, statements, datasets,
        labels;
    uint32_t kinds;   /* bits 1 << enum sl_identity_kind */
    uint32_t effects; /* bits */
    struct sl_hours {
        uint16_t from_minute, to_minute; /* of the day, UTC unless zone given; from > to wraps */
        uint8_t days;                    /* bit 0 = Monday */
    } * hours;
    size_t hour_count;
    enum sl_verdict then;
    struct sl_reviewers reviewers;
    uint64_t expires_ms;   /* time to decide, default 15m */
    uint64_t grant_ttl_ms; /* time to spend, default 5m */
    uint64_t max_wait_ms;  /* how long a client is kept waiting at most; 0: until expiry */
    enum sl_in_transaction in_transaction;
    bool reason_required, proof_passkey, keys_device_bound, record_shape, sync, envelope;
    uint32_t decide_in; /* bits in the order of SL_DECIDE_IN_WORDS; 0: not said, so all of them */
    struct sl_names notify;
    struct sl_escalation { /* one step, when nobody has decided; never to "approved" */
        uint64_t after_ms; /* since it was asked; 0: there is none */
        struct sl_names notify;
        struct sl_reviewers reviewers; /* who may then decide too, for the rule's own slots */
    } escalate;
    struct sl_budget budget;
    struct sl_elevate {
        struct sl_span login; /* empty: as everything else */
    } elevate;
    struct sl_span text; /* the rule as it stands in the file, for people */
    uint8_t digest[32];  /* SHA-256 of its canonical JSON */
    uint64_t label_bits; /* those of config->labels that `labels` names */
};

enum sl_tls_mode { SL_TLS_OFF = 1, SL_TLS_REQUIRE, SL_TLS_VERIFY_FULL };
enum sl_client_auth { SL_AUTH_SCRAM = 1, SL_AUTH_TOKEN, SL_AUTH_OAUTH };

struct sl_login {
    struct sl_span group;             /* empty: for everybody; a by-group login goes first */
    struct sl_span name;              /* a login that only rules with `elevate` use */
    struct sl_span key;               /* what messages call it: its name, else its group */
    struct sl_span user;              /* may hold "{identity}" */
    struct sl_span password_file;     /* relative to the file's folder */
    struct sl_names password_command; /* argv */
};

struct sl_label_rule {
    struct sl_names columns, tables, labels;
    uint64_t label_bits; /* into config->labels */
};

/* Derived labels that do not count on these columns; with aggregates: that are not derived where a
 * value gets there through one of these (labels.h). */
struct sl_declassify {
    struct sl_names columns, labels, aggregates;
    struct sl_span reason;
};

/* Who reads the target's definitions. */
struct sl_catalog_access {
    struct sl_span login; /* the name of a login; empty: the one for everybody */
};

/* A statement that must be held, tried again and again: `sluice canary`. */
struct sl_canary {
    struct sl_span statement; /* empty: there is none */
    struct sl_span identity, token_file;
    uint64_t every_ms;
};

struct sl_target {
    struct sl_span name, protocol, host, port, database, environment;
    bool host_is_unix; /* host is a socket directory */
    enum sl_tls_mode tls;
    struct sl_span tls_ca_file;
    struct sl_login *logins;
    size_t login_count;
    struct sl_names access_groups, access_identities;
    bool observe;
    bool has_default;
    enum sl_verdict default_verdict;
    struct sl_reviewers reviewers; /* for holds that come from the default; need 0: not given */
    struct sl_names startup_parameters; /* allowed beside the built-in list */
    uint64_t poll_ms;                   /* for changes of definitions past the gateway */
    enum sl_estimate estimate;          /* when the server may be asked for a plan */
    bool untested_allowed;              /* a server version that Sluice was not tested on */
    struct sl_label_rule *labels;
    size_t label_count;
    struct sl_declassify *declassify;
    size_t declassify_count;
    struct sl_canary canary;
    struct sl_catalog_access catalog;
    uint32_t line;
    const struct sl_rule **applying; /* the rules that can speak of this target, by name */
    size_t applying_count;
    uint8_t default_digest[32]; /* SHA-256 of the default verdict and its reviewers */
};

/* Everything outside rules and targets, with its default in config_keys.h. */
enum sl_metrics_access {
    SL_METRICS_LOCAL = 1,
    SL_METRICS_OPEN,
    SL_METRICS_TOKEN,
    SL_METRICS_OFF,
};

/* The file of run events where there is a url and no file: what was sent of it may be removed. */
#define SL_OPENLINEAGE_SPOOL "spool.ndjson"
/* What the endpoint refused for good, beside it. */
#define SL_OPENLINEAGE_REJECTED "rejected.ndjson"

/* Who is in a role: identities, and members of groups. */
struct sl_members {
    struct sl_names groups, identities;
};

struct sl_settings {
    struct sl_span state, runtime, public_url;
    struct sl_span postgres_host, postgres_port, http_host, http_port;
    struct sl_span tls_certificate, tls_key;
    struct sl_span passkey_rp_id; /* empty: browsers would make no passkeys at public_url */
    struct sl_names passkey_origins;
    struct sl_names trusted_proxies; /* each passes sl_ip_net_get */
    enum sl_client_auth client_auth;
    bool public_url_made; /* from listen.http: nobody wrote one */
    bool sandbox_best_effort, policy_changes_hold, ledger_sync_all, passkey_default_off,
        passkey_second_when_lost;
    bool govern_two_person;      /* administration needs another person */
    struct sl_members admins;    /* decide about administration; see sl_config_admins */
    struct sl_members auditors;  /* read all, change nothing, decide nothing */
    struct sl_names break_glass; /* groups; none: nobody releases alone */
    uint64_t review_within_ms;   /* after that, what was released alone is overdue */
    uint32_t gates, judges, max_connections, max_statement_bytes;
    uint64_t max_held_bytes, login_timeout_ms, connect_timeout_ms, judge_timeout_ms, drain_ms,
        usage_retention_ms;
    struct sl_span ledger_origin;
    struct sl_span openlineage_file; /* empty: nobody wants run events; see SL_OPENLINEAGE_SPOOL */
    struct sl_span openlineage_url, openlineage_token_file, openlineage_ca_file;
    uint64_t openlineage_rotate_bytes, openlineage_max_bytes;
    enum sl_metrics_access metrics_access;
};

/* What a group of the provider is called here. */
struct sl_issuer_group {
    struct sl_span theirs, ours;
};

/* A CI job that is an identity. */
struct sl_job {
    struct sl_span identity;
    struct sl_span repository_id, repository;                           /* github-actions */
    struct sl_span project_id, project_path;                            /* gitlab-ci */
    struct sl_span k8s_namespace, service_account_uid, service_account; /* kubernetes */
    struct sl_span ref, environment, workflow;                          /* patterns; empty: any */
    struct sl_span id; /* as sl_oidc_job.id has it */
};

/* Whose word about people and jobs counts. */
struct sl_issuer {
    struct sl_span name, issuer;
    enum sl_issuer_kind kind;
    struct sl_span client_id; /* empty: nobody signs in there */
    struct sl_span client_secret_file;
    struct sl_names client_secret_command;
    uint32_t algorithms;       /* bits of enum sl_oidc_algorithm; at least one */
    struct sl_names audiences; /* of tokens that ask; none: there are none */
    enum sl_oidc_type token_type;
    uint64_t max_lifetime_ms;
    enum sl_act { SL_ACT_REFUSE = 1, SL_ACT_TAKE } act; /* of tokens that ask */
    struct sl_names scopes;                             /* has openid */
    struct sl_span name_claim, groups_claim, group_prefix;
    struct sl_span subject_claim; /* "sub", or what stands in its place */
    enum sl_scim_subject {
        SL_SCIM_SUBJECT_EXTERNAL_ID = 1,
        SL_SCIM_SUBJECT_USER_NAME
    } scim_subject; /* what a provisioned user's subject is */
    struct sl_issuer_group *groups;
    size_t group_count;
    struct sl_names mfa_acr;
    enum sl_provision { SL_PROVISION_NONE = 1, SL_PROVISION_PEOPLE } provision;
    struct sl_span ca_file;
    uint64_t keys_max_stale_ms;
    struct sl_job *jobs;
    size_t job_count;
    uint32_t line;
};

/* Who is told what the ledger says. */
struct sl_hook {
    struct sl_span name, url;
    enum sl_hook_format format;
    uint32_t events; /* SL_HOOK_...; never none */
    enum sl_hook_from { SL_HOOK_FROM_NOW = 1, SL_HOOK_FROM_START } from;
    struct sl_span secret_file, token_file, ca_file;
    struct sl_names secret_command;
    bool masked; /* `url` is what was recorded of an address (sl_config_load_recorded) */
    uint32_t line;
};

/* A chat in which people are told of what is held, and may decide. */
struct sl_chat {
    struct sl_span name, api; /* api: where it is called; ends in "/"; empty: Microsoft's cloud */
    enum sl_chat_kind kind;
    enum sl_chat_mode { SL_CHAT_SOCKET = 1, SL_CHAT_HTTP } mode; /* slack: how clicks come */
    struct sl_span team, app, tenant;                            /* of slack; of teams */
    struct sl_span whose;   /* the one of the two whose people count; resolved */
    struct sl_span issuer;  /* accounts there are who these people are here */
    struct sl_span channel; /* for what no rule sends elsewhere; empty: such things are not told */
    struct sl_span service; /* teams: where a conversation is posted to that said nothing yet */
    enum sl_chat_show { SL_CHAT_SHOW_STATEMENT = 1, SL_CHAT_SHOW_LINK } show;
    struct sl_span bot_token_file, app_token_file, signing_secret_file; /* slack */
    struct sl_span client_secret_file;                                  /* teams */
    struct sl_span url_file;                                            /* teams-workflow */
    struct sl_span ca_file;
    uint32_t line;
};

struct sl_config {
    struct sl_settings settings;
    struct sl_target *targets;
    size_t target_count;
    struct sl_rule *rules;
    size_t rule_count;
    struct sl_issuer *issuers;
    size_t issuer_count;
    struct sl_hook *hooks;
    size_t hook_count;
    struct sl_chat *chats;
    size_t chat_count;
    struct sl_names labels;   /* every label named anywhere, sorted; at most 64 */
    uint8_t digest[32];       /* SHA-256 of the canonical JSON of the policy, targets and labels */
    struct sl_span canonical; /* that JSON */
    struct sl_reviewers any_reviewers; /* of all hold rules together; need 0: there are none */
    struct sl_arena *mem;
};

/* Complaints (errors, one a line) are appended to `complaints`. SL_ECONFIG when there is any. */
enum sl_err sl_config_load(struct sl_span yaml, const char *file_name, struct sl_config **out,
                           struct sl_buf *complaints) SL_MUST_CHECK;
/* The same of what was recorded or shown of one (canonical text, `check --explain`), to judge by
 * and never to run: masked addresses of hooks stay as they are, where a file that runs must not
 * have any, because a change to one could not be seen in what is compared. */
enum sl_err sl_config_load_recorded(struct sl_span yaml, const char *file_name,
                                    struct sl_config **out, struct sl_buf *complaints)
    SL_MUST_CHECK;
/* Are metrics told to whoever reaches the HTTP port? (`metrics.access`) */
bool sl_config_metrics_open(const struct sl_config *c);
void sl_config_free(struct sl_config *c); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_config, sl_config)

/* Footguns: legal but dangerous. One line each, `file:line:column: warning: ...`; returns how many.
 */
size_t sl_config_warn(const struct sl_config *c, const char *file_name, struct sl_buf *out);
/* May Teams decide, without a passkey, what this rule holds in production, or where data or rights
 * leave? Then whoever captures the desk may (docs/threat-model.md). */
bool sl_config_trusts_teams(const struct sl_config *c, const struct sl_rule *r);
/* What the file resolved to, for `sluice check`. */
void sl_config_explain(const struct sl_config *c, struct sl_buf *out);
/* One rule of it, as a file would say it; nothing when there is none of this name. */
void sl_config_explain_rule(const struct sl_config *c, struct sl_span name, struct sl_buf *out);
/* What changed between two policies, one readable line a change ("+ rule ...", "- ...", "~ ..."),
 * settings first. After an error of `out` it is not all there: then it must not be shown as the
 * change (P3). */
void sl_config_diff(const struct sl_config *before, const struct sl_config *after,
                    struct sl_buf *out);

/* Who decides about administration: `roles.admins`, and where it names nobody the group "admins".
 */
struct sl_members sl_config_admins(const struct sl_config *c);
bool sl_members_have(const struct sl_members *m, struct sl_span identity,
                     const struct sl_names *groups);
/* Can it be proved that `after` gives no verdict that is weaker than `before`'s, and nobody more
 * rights? False where it cannot: then it counts as looser. tighter.c says what is proved. */
bool sl_config_tightens(const struct sl_config *before, const struct sl_config *after);
/* Does the file name this group anywhere? (then who is in it decides something) */
bool sl_config_names_group(const struct sl_config *c, struct sl_span group);

/* Keys that changed but are read at start only: one readable line each. Returns how many. */
size_t sl_config_frozen(const struct sl_config *running, const struct sl_config *wanted,
                        struct sl_buf *out);
/* The settings, targets and rules as one JSON object (the caller owns it); NULL when memory ran
 * out. */
struct json_t *sl_config_json(const struct sl_config *c);
/* One rule of it, by its name, with what stands for what it leaves out (the caller owns it); NULL
 * when there is none, or memory ran out. */
struct json_t *sl_config_rule_json(const struct sl_config *c, struct sl_span name);
/* docs/config.md, from the key table. */
void sl_config_manual(struct sl_buf *out);

const struct sl_target *sl_config_target(const struct sl_config *c, struct sl_span name);
/* The target that serves protocol postgres under this database name: target name first. */

/* --- issuers (issuers.c) -----------------------------------------------------------------------
 * What a token of this issuer must be, for sl_oidc_check; all of it points into the configuration.
 * The caller adds nonce, acr_values, now_s and max_age_s. */
enum sl_token_use { SL_TOKEN_SIGN_IN, SL_TOKEN_ASK };
void sl_issuer_wanted(const struct sl_issuer *i, enum sl_token_use use, struct sl_oidc_wanted *out);
/* By the name of commands, and by `iss`; NULL when there is none. */
const struct sl_issuer *sl_config_issuer(const struct sl_config *c, struct sl_span name);
const struct sl_chat *sl_config_chat(const struct sl_config *c, struct sl_span name); /* or NULL */
/* A rule's `notify`, "name" or "name:channel", in two; no channel: the chat's own. */
struct sl_span sl_notify_chat(struct sl_span route, struct sl_span *channel);
/* Where in this chat is told what no rule sends elsewhere; empty: nowhere. Of a Workflows webhook,
 * which leads to one place alone, a word that stands for it. */
struct sl_span sl_chat_home(const struct sl_chat *chat);
/* https://, or http:// to this machine; no user in it. */
bool sl_is_endpoint(struct sl_span url);
const struct sl_hook *sl_config_hook(const struct sl_config *c, struct sl_span name); /* or NULL */
/* "https://host:port", of an address that was taken: what may be shown of it. */
struct sl_span sl_hook_place(const struct sl_hook *h);
const struct sl_issuer *sl_config_issuer_of(const struct sl_config *c, struct sl_span iss);
/* May people sign in there; may tokens of it be shown? */
bool sl_issuer_signs_in(const struct sl_issuer *i);
bool sl_issuer_takes_tokens(const struct sl_issuer *i);
/* Appends what a group of the provider is called here. false: it does not count. */
bool sl_issuer_put_group(struct sl_buf *b, const struct sl_issuer *i, struct sl_span theirs);
/* Which of its jobs is this one? The first in the file that fits; NULL: none. */
const struct sl_job *sl_issuer_job(const struct sl_issuer *i, const struct sl_oidc_job *job);
/* "openid profile" */
void sl_issuer_put_scope(struct sl_buf *b, const struct sl_issuer *i);

/* May this identity use the target at all (`access`)? */
bool sl_target_admits(const struct sl_target *t, struct sl_span identity,
                      const struct sl_names *groups);
/* Which login: the first by-group login whose group the identity is in, else the general one. */
const struct sl_login *sl_target_login(const struct sl_target *t, const struct sl_names *groups);
/* The login of this name, NULL when there is none. */
const struct sl_login *sl_target_named_login(const struct sl_target *t, struct sl_span name);
/* The login that reads the definitions: the one that `catalog` names, else the one for everybody,
 * unless that is somebody's own ({identity}). NULL: there is none. */
const struct sl_login *sl_target_catalog_login(const struct sl_target *t);
/* Its user with {identity} replaced. */
void sl_login_put_user(struct sl_buf *b, const struct sl_login *login, struct sl_span identity);

/* Labels of one access as bits into config->labels: table labels, and those of its columns. With
 * all_columns every column pattern that could name a column of the table counts. `derived`: the
 * labels that came along with data (core/policy/labels.h); NULL where there can be none. */
struct sl_label_map;
uint64_t sl_labels_of(const struct sl_config *c, const struct sl_target *t,
                      const struct sl_meaning_access *access, const struct sl_label_map *derived);

struct sl_question {
    struct sl_span identity;
    enum sl_identity_kind kind;
    struct sl_names groups;
    const struct sl_target *target;
    const struct sl_meaning *meaning;
    const uint64_t *labels; /* one for each access: sl_labels_of */
    uint64_t now_us;        /* for `hours` */
};

struct sl_answer {
    enum sl_verdict verdict;
    enum sl_verdict enforced;     /* as verdict, but allow where the target is in observe mode */
    const struct sl_rule **rules; /* those that gave the verdict, by name; may be empty */
    size_t rule_count;
    bool from_default; /* the target's default is (one of) the reason(s) */
    bool reason_required, record_shape, sync, time_dependent; /* time_dependent: do not cache */
    bool envelope;              /* held, and every rule that holds it lets an envelope be asked */
    bool passkey, device_bound; /* decisions: signed by a passkey; one that stays where it is */
    uint32_t shut; /* channels that some rule's decide_in leaves out: bits of SL_DECIDE_IN_WORDS */
    uint64_t expires_ms, grant_ttl_ms, max_wait_ms; /* the shortest of the rules */
    enum sl_in_transaction in_transaction;          /* the strictest */
    /* What one statement may return or hold; 0: no limit. The rule that says so; NULL: the limit of
     * labelled data, which no rule says. */
    uint64_t row_limit, byte_limit, statement_limit;
    const struct sl_rule *row_rule, *byte_rule, *statement_rule;
    const struct sl_rule **budgets; /* by name: whose budgets are counted over statements */
    size_t budget_count;
    uint8_t rules_digest[32]; /* over the matched rules and the default, when it counted */
};

/* `mem` holds answer->rules. Out of memory is a deny. */
void sl_policy_judge(const struct sl_config *c, const struct sl_question *q, struct sl_arena *mem,
                     struct sl_answer *out);
/* As which named login the held action runs once it is granted: empty when no rule says so.
 * SL_ESTATE when two of its rules say different ones: then it must not run. */
enum sl_err sl_policy_elevates(const struct sl_answer *a, struct sl_span *login) SL_MUST_CHECK;
/* What goes beyond a budget, or beyond what one statement may return. With data that is labelled it
 * is an export too: `q->meaning` must have been through sl_policy_add_export. Denied where a deny
 * rule matches that; held by the hold rules that match it; where none does, by `rule`, whose budget
 * it is (NULL: the limit of labelled data; then it is held like what the target's default holds).
 */
void sl_policy_judge_over(const struct sl_config *c, const struct sl_question *q,
                          const struct sl_rule *rule, struct sl_arena *mem, struct sl_answer *out);
/* All of an action's effects: its own, its statements' and those on each dataset. */
uint32_t sl_policy_effects(const struct sl_meaning *m);
/* By default (`passkeys.by_default`) decisions about what has these effects there are signed with a
 * passkey, as soon as enough of those who may decide have one. Effects: export, privilege, program,
 * admin, and opaque, which may be any of them; environment: production. */
bool sl_policy_prefers_passkey(const struct sl_config *c, struct sl_span environment,
                               uint32_t effects);
/* Could enough of these people sign a decision (need of them, outside of the requester set)? The
 * keeper knows. */
typedef bool sl_could_sign_fn(void *context, const struct sl_reviewers *r);
/* Does the default ask for signed decisions about this held action? `signers`: whose passkeys
 * count for that (sl_policy_signers). Each of them is asked about alone, so that no further rule,
 * statement or requirement makes the answer false. Only where each of its hold rules by itself
 * leaves out the channels in which a passkey signs, and the target's default is no reason, does the
 * default ask for nothing. */
bool sl_policy_signs_by_default(const struct sl_config *c, struct sl_span environment,
                                const struct sl_meaning *m, const struct sl_answer *a,
                                const struct sl_reviewers *signers, size_t count,
                                sl_could_sign_fn *could, void *context);
/* Does this identity review for the top tier: for a rule that takes passkeys alone, and
 * device-bound ones or those of two people? */
bool sl_policy_is_top_reviewer(const struct sl_config *c, struct sl_span identity,
                               const struct sl_names *groups);
/* Reads of labelled data become exports as well. */
void sl_policy_add_export(struct sl_meaning *m, const uint64_t *labels);
/* Do the rule's keys about who asks fit? (identities, groups, identity_kind) */
bool sl_rule_speaks_of(const struct sl_rule *r, struct sl_span identity, enum sl_identity_kind kind,
                       const struct sl_names *groups);
const struct sl_rule *sl_config_rule(const struct sl_config *c, struct sl_span name);

/* --- budgets: the arithmetic of counting (budget.c) -------------------------------------------
 *
 * Use is added up in buckets, 60 a window. A bucket counts until all of it is older than the
 * window, so no stretch of time as long as the window ever sees more than the budget. What is lent
 * counts as used until it is given back. A clock that goes back adds to the newest bucket. */
struct sl_budget_use {
    uint64_t rows, bytes, statements;
};
/* Is it counted over statements, by the keeper? */
bool sl_budget_is_counted(const struct sl_budget *b);
/* Where use counts now: the beginning of a bucket; never before `last_ms`, the newest there is. */
uint64_t sl_budget_bucket(const struct sl_budget *b, uint64_t now_ms, uint64_t last_ms);
/* Buckets that begin at this time or later still count while `bucket_ms` is the newest. */
uint64_t sl_budget_since(const struct sl_budget *b, uint64_t bucket_ms);
/* How much may be lent now: at least `need`, and up to `want`, as long as that leaves others half
 * of what is left. UINT64_MAX where nothing limits. False: less than `need` is left. */
bool sl_budget_lend(const struct sl_budget *b, const struct sl_budget_use *used,
                    const struct sl_budget_use *need, const struct sl_budget_use *want,
                    struct sl_budget_use *out);
/* "500 rows, 1MB per 1h by owner" */
void sl_budget_put(struct sl_buf *out, const struct sl_budget *b);
/* "500 of 500 rows, 3 of 10 statements in 1h" */
void sl_budget_put_use(struct sl_buf *out, const struct sl_budget *b,
                       const struct sl_budget_use *used);

/* The reviewers of a hold: one requirement for each rule (and the default). Returns how many; at
 * most `max` are written, and a count above that means that there was no room and nothing may be
 * approved. A rule without reviewers and the default are decided by the target's reviewers, else by
 * those of all hold rules together (need 0: there are none, nobody can decide). That adds nothing
 * where another rule has reviewers and the target names none of its own. */
size_t sl_policy_reviewers(const struct sl_config *c, const struct sl_question *q,
                           const struct sl_answer *a, const struct sl_reviewers **out, size_t max);
/* The same, and those of all hold rules also where they add nothing: whoever would decide without
 * the rule that took their place. */
size_t sl_policy_signers(const struct sl_config *c, const struct sl_question *q,
                         const struct sl_answer *a, const struct sl_reviewers **out, size_t max);

#endif
