/* Identities as the view has them, and who has a part in what is asked (the requester set, P4).
 *
 * What these functions give lies in k->mem: until the message is handled.
 */
#ifndef SL_ROLE_KEEPER_PEOPLE_H
#define SL_ROLE_KEEPER_PEOPLE_H

#include "core/approval/approval.h"
#include "core/ledger/entry.h"

struct keeper;

struct person {
    struct sl_span name, owner, status, person, os_user, salt;
    struct sl_span display; /* what their provider calls them, to be shown; may be empty */
    enum sl_identity_kind kind;
    uint64_t since_us;
    uint64_t active_since_us; /* switched on again, after it was off; 0: never off */
    struct sl_names groups;
    struct sl_membership *memberships; /* groups.count of them */
};
enum sl_err person_get(struct keeper *k, struct sl_span name, struct person *out) SL_MUST_CHECK;
/* The same without groups: of whoever has more than a person may have, who does nothing here, and
 * must be switched off all the same. */
enum sl_err person_plain(struct keeper *k, struct sl_span name, struct person *out) SL_MUST_CHECK;
/* The same where it is asked who had a part in something, or whom a kill switch means. False: there
 * is nobody of this name. Who cannot be read ends the keeper: they never pass for nobody. */
bool person_there(struct keeper *k, struct sl_span name, struct person *out) SL_MUST_CHECK;
/* For lists, and for whoever manages people: with the groups, or without them where there are more
 * than a person may have. False: nobody. */
bool person_seen(struct keeper *k, struct sl_span name, struct person *out) SL_MUST_CHECK;
enum { GROUPS_OF_ONE = 256 }; /* that a person may have; with more, nobody does anything here */
bool person_active(const struct person *p);
/* Who else had a part in what is asked. Whoever brings more of them (a token's `act` claim: see
 * acting.c) adds to `on_behalf_of`: the set only ever grows by it. */
struct asked_for {
    struct sl_span trigger;    /* started the run, by the asker's own word; may be empty */
    struct sl_span started_by; /* the same, by a CI system's word: an identity */
    /* Of a job of a CI system that somebody started who is not known here: "github:actor_id:12",
     * which is no identity; the same of a chain of those who act. Then each rule needs two people
     * (job_need). */
    struct sl_span unknown;
    struct sl_span job, link;     /* which job, and where its log is: for people */
    struct sl_names on_behalf_of; /* for whom the asker acts */
    struct sl_span token_by;      /* who made the token that asks: an identity, or empty */
    struct sl_span os_user;       /* who sits at the shell, as a number */
};
/* The requester set (P4): everybody of SL_REQUESTER_ROLES. Sorted by name, no doubles. `others` may
 * be NULL. SL_ELIMIT: too many; then nothing may be asked. */
enum sl_err requesters_of(struct keeper *k, const struct person *who,
                          const struct asked_for *others, struct sl_requester **out, size_t *count)
    SL_MUST_CHECK;
/* A set as it was asked with, and whoever has been bound to somebody in it since. */
enum sl_err requesters_now(struct keeper *k, struct sl_requester **items, size_t *count)
    SL_MUST_CHECK;
/* How many people must say yes where a rule asks for `need`. */
uint32_t job_need(const struct asked_for *others, uint32_t need);
/* By the configuration's `roles`; humans only. */
enum person_role { PERSON_ADMIN = 1, PERSON_AUDITOR };
bool person_has_role(const struct keeper *k, const struct person *who, enum person_role role);
struct sl_span person_of(struct keeper *k, struct sl_span name); /* its `person`, or the name */
/* Copies the list for each name: for a handful. */
void names_add(struct sl_arena *mem, struct sl_names *names, struct sl_span name);
void name_add_once(struct sl_arena *mem, struct sl_names *names, struct sl_span name);
/* For lists of whatever length; zeroed, it is empty. */
struct name_list {
    struct sl_names names;
    size_t room;
};
void name_list_add(struct sl_arena *mem, struct name_list *l, struct sl_span name);
struct sl_entry_list entry_list(struct sl_names names);
struct sl_names requester_names(struct keeper *k, const struct sl_requester *r, size_t count);

#endif
