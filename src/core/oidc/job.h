/* What a CI system's token says about the job that holds it: which job it is, by ids that are never
 * given to another, who set it going, and where its log can be read. Of tokens that sl_oidc_check
 * found good, by their claims; pure.
 *
 *   kind            stable id of the job                   who set it going   from the
 * documentation github-actions  repository_id                          actor_id           GitHub
 * Actions OIDC gitlab-ci       project_id                             user_id            GitLab CI
 * ID tokens kubernetes      namespace + uid of the service account nobody ServiceAccount tokens
 *
 * Names (`octo-org/octo-repo`, `mygroup/project`, `ns:name`) are for people to read: one who
 * deletes or renames a repository frees its name, and the next one who takes it would be let in.
 *
 * A GitHub run that was started again still carries the actor of its first attempt: whoever
 * started it again is not in the token. `person_unsure` says so; so it does for a bot or an id that
 * is missing. The caller then knows that somebody is not known, and asks for more approvers.
 */
#ifndef SL_CORE_OIDC_JOB_H
#define SL_CORE_OIDC_JOB_H

#include "core/oidc/oidc.h"

enum sl_issuer_kind {
    SL_ISSUER_OIDC = 1,
    SL_ISSUER_GITHUB,
    SL_ISSUER_GITLAB,
    SL_ISSUER_KUBERNETES,
};

struct sl_oidc_job {
    enum sl_issuer_kind kind;
    struct sl_span id;          /* "repository_id:74", "project_id:22", "namespace:uid" */
    struct sl_span name;        /* "octo-org/octo-repo": for people */
    struct sl_span person;      /* "actor_id:12", "user_id:42": the subject of an account of this
                                   issuer; empty: the token names nobody */
    struct sl_span person_name; /* for people */
    bool has_people;            /* this kind of token speaks of people at all */
    bool person_unsure;         /* somebody else may have set it going */
    struct sl_span run;         /* "1296269/1": run and attempt, pipeline and job */
    struct sl_span link;        /* where its log is; empty where that cannot be made */
    struct sl_span ref;         /* "refs/heads/main"; may be empty */
    struct sl_span environment, workflow; /* as the token has them; may be empty */
};

/* JOB_UNKNOWN: a claim that this kind must have is missing or not what it should be (an id that is
 * not digits, a uid that is not one). `kind` must not be SL_ISSUER_OIDC. */
enum sl_oidc_reason sl_oidc_job_read(enum sl_issuer_kind kind, const struct sl_oidc_claims *claims,
                                     struct sl_arena *mem, struct sl_oidc_job *out) SL_MUST_CHECK;

#endif
