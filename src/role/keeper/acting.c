#include "role/keeper/issuers.h"

#include "role/keeper/people.h"
#include "role/keeper/scim.h"

/* A token of one who acts for another (RFC 8693, section 4.1), where the issuer's configuration
 * takes them. Whoever acts now asks, as what they are here and with no more than they may do: the
 * rules for agents hold for an agent whomever it acts for. On whose behalf it is, and whoever acted
 * in between, are in the requester set (P4), in that order, nearest first. One of them whom nobody
 * knows here may be anybody: then each rule needs two people, as with jobs. */

enum { NAME_MAX_BYTES = SL_OIDC_SUBJECT_MAX + SL_OIDC_TEXT_MAX + 1 };

struct party {
    struct sl_span issuer, subject;
};

/* A colon is in no identity's name. */
static struct sl_span nobody(struct keeper *k, const struct sl_issuer *i, const struct party *p)
{
    SL_BUF(name, NAME_MAX_BYTES);
    bool ours = sl_span_eq(p->issuer, i->issuer);

    sl_buf_say(&name, "%S:%S", ours ? i->name : p->issuer, p->subject);
    SL_PROMISE(sl_buf_err(&name) == SL_OK);
    return sl_arena_copy(k->mem, sl_buf_span(&name));
}

/* Nobody acts for somebody who is switched off, or through them. */
static enum sl_oidc_reason add_party(struct keeper *k, const struct sl_issuer *i,
                                     const struct party *p, struct asked_for *others)
{
    struct account a;
    struct person who;

    if (scim_is_gone(k, p->issuer, p->subject))
        return SL_OIDC_ACCOUNT_DISABLED;
    if (account_get(k, p->issuer, p->subject, &a) == SL_OK &&
        person_get(k, a.identity, &who) == SL_OK) {
        names_add(k->mem, &others->on_behalf_of, who.name);
        return person_active(&who) ? SL_OIDC_YES : SL_OIDC_ACCOUNT_DISABLED;
    }
    struct sl_span unknown = nobody(k, i, p);
    names_add(k->mem, &others->on_behalf_of, unknown);
    if (others->unknown.n == 0)
        others->unknown = unknown;
    return SL_OIDC_YES;
}

/* Only an account of the issuer whose token it is: for others it cannot speak. */
static enum sl_oidc_reason who_acts(struct keeper *k, const struct sl_oidc_claims *claims,
                                    struct account *out)
{
    const struct sl_oidc_actor *now = &claims->actors[0];

    if (now->issuer.n > 0 && !sl_span_eq(now->issuer, claims->issuer))
        return SL_OIDC_ACTOR_UNKNOWN;
    if (scim_is_gone(k, claims->issuer, now->subject))
        return SL_OIDC_ACCOUNT_DISABLED;
    return account_get(k, claims->issuer, now->subject, out) == SL_OK ? SL_OIDC_YES
                                                                      : SL_OIDC_ACTOR_UNKNOWN;
}

enum sl_oidc_reason acting_ask(struct keeper *k, const struct sl_issuer *i,
                               const struct sl_oidc_claims *claims, struct account *account,
                               struct asked_for *others)
{
    enum sl_oidc_reason reason = who_acts(k, claims, account);
    struct party whose = {claims->issuer, claims->subject};

    *others = (struct asked_for){0};
    for (size_t n = 1; n < claims->actor_count && reason == SL_OIDC_YES; n++) {
        const struct sl_oidc_actor *before = &claims->actors[n];
        struct party p = {before->issuer.n > 0 ? before->issuer : claims->issuer, before->subject};

        reason = add_party(k, i, &p, others);
    }
    return reason == SL_OIDC_YES ? add_party(k, i, &whose, others) : reason;
}
