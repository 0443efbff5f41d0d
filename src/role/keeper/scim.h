/* Provisioning (SCIM): what an issuer's credential may say about its own people and groups.
 *
 * A provisioning credential belongs to an issuer and can do nothing else: it names no identity,
 * asks for nothing and decides nothing. It sees and changes only what that issuer brought, or
 * accounts of that issuer's that an operator linked. One attribute (`scim_subject`) is the subject
 * of the issuer's tokens, and does not change.
 */
#ifndef SL_ROLE_KEEPER_SCIM_H
#define SL_ROLE_KEEPER_SCIM_H

#include "core/scim/scim.h"
#include "role/keeper/call.h"
#include "role/keeper/issuers.h"

#define SCIM_PREFIX "slp_"

struct scim_user {
    struct sl_span id, issuer, external_id, user_name, display_name, identity;
    bool active;
    bool off;      /* it was we who disabled the identity */
    bool paused;   /* ... which was paused, and will be again */
    bool unlinked; /* an operator had ended the account: only an operator takes that back */
    uint64_t since_us, changed_us;
    struct sl_span subject; /* of the issuer's tokens; does not change */
};
struct scim_group {
    struct sl_span id, issuer, external_id, display_name;
    uint64_t since_us, changed_us;
};

/* scim.c: rows and events; all in k->mem. SL_ENOTFOUND: none of this issuer's. */
enum sl_err scim_user_get(struct keeper *k, struct sl_span issuer, struct sl_span id,
                          struct scim_user *out) SL_MUST_CHECK;
enum sl_err scim_group_get(struct keeper *k, struct sl_span issuer, struct sl_span id,
                           struct scim_group *out) SL_MUST_CHECK;
/* All of them or none: SL_EMEMORY is no empty list. */
enum sl_err scim_users(struct keeper *k, struct sl_span issuer, struct scim_user **out,
                       size_t *count) SL_MUST_CHECK;
enum sl_err scim_groups(struct keeper *k, struct sl_span issuer, struct scim_group **out,
                        size_t *count) SL_MUST_CHECK;
size_t scim_user_count(struct keeper *k, struct sl_span issuer);
size_t scim_group_count(struct keeper *k, struct sl_span issuer);
/* Another one of this name, or for the same subject. */
bool scim_user_is_taken(struct keeper *k, const struct scim_user *u);
bool scim_group_is_taken(struct keeper *k, const struct scim_group *g);
bool scim_is_user(struct keeper *k, struct sl_span issuer, struct sl_span id);
struct sl_names scim_groups_of(struct keeper *k,
                               const struct scim_user *u);            /* what it calls them */
struct sl_names scim_members(struct keeper *k, struct sl_span group); /* ids of users */
bool scim_is_member(struct keeper *k, struct sl_span group, struct sl_span user);
void scim_user_put(struct keeper *k, struct scim_user *u); /* a new one has no id yet */
void scim_user_drop(struct keeper *k, const struct scim_user *u);
void scim_group_put(struct keeper *k, struct scim_group *g);
void scim_group_drop(struct keeper *k, const struct scim_group *g);
void scim_members_put(struct keeper *k, struct sl_span group, const struct sl_names *added,
                      const struct sl_names *removed);
/* Other users who are this identity and gone; *off, *paused: what was done about it. */
bool scim_others_gone(struct keeper *k, const struct scim_user *u, bool *off, bool *paused);
/* Did this issuer say that this account's person is gone? */
bool scim_is_gone(struct keeper *k, struct sl_span issuer, struct sl_span subject);

/* scim_people.c: what it leads to. detail: why not, static. */
enum sl_scim_reason scim_user_begin(struct keeper *k, const struct issuer *i, struct scim_user *u,
                                    const char **detail) SL_MUST_CHECK;
enum sl_scim_reason scim_user_turn(struct keeper *k, const struct issuer *i, struct scim_user *u,
                                   bool active, const char **detail) SL_MUST_CHECK;
/* Is userName what the issuer's tokens call somebody? Else externalId is. */
bool scim_subject_is_name(const struct issuer *i);
/* Memberships that come from its account become those of its groups. */
void scim_user_groups(struct keeper *k, const struct issuer *i, const struct scim_user *u);

/* scim_settle.c: the same for many, a few in each turn of the loop, so that nobody waits for it.
 * What is not done when the keeper ends is done at its next start: it looks at everybody whom a
 * provider brought (so it does after a reload, which may call groups otherwise). */
struct late;
struct scim_settling;
bool scim_settle_is_busy(const struct keeper *k, const struct issuer *i); /* enough waits */
struct scim_settling *scim_settling_new(struct keeper *k, const struct issuer *i);
void scim_settling_free(struct scim_settling *s);                     /* NULL is fine */
void scim_settling_add(struct scim_settling *s, struct sl_span user); /* doubles are one */
/* Does what one turn has time for. True: all of it. Else the rest is done later, and `answer`
 * (which it takes) is told to whoever asked then; `s` is taken in any case. */
bool scim_settle(struct call *c, struct scim_settling *s, uint32_t status, json_t *answer);

/* The issuer of this provisioning credential (its `iss`). */
enum sl_err scim_find(struct keeper *k, struct sl_span secret, struct sl_span *issuer)
    SL_MUST_CHECK;

/* scim_settle.c */
enum sl_err scim_settle_begin(struct keeper *k) SL_MUST_CHECK; /* with a look at everybody */
void scim_settle_all(struct keeper *k);
void scim_settle_free(struct keeper *k);
/* scim.c: a provider's last word about this person is that they are gone. */
bool scim_says_gone(struct keeper *k, struct sl_span identity);

#endif
