#include "role/keeper/scim.h"

#include "role/keeper/credentials.h"
#include "role/keeper/identity.h"
#include "role/keeper/people.h"

/* What an issuer says about people becomes what everything else asks: identities, their accounts,
 * memberships that come from these. */

static struct sl_span said_by(struct keeper *k, const struct issuer *i)
{
    SL_BUF(by, 1024);

    sl_buf_say(&by, "issuer:%S", i->config->name);
    return sl_arena_copy(k->mem, sl_buf_span(&by));
}

static struct maker maker_of(struct keeper *k, const struct issuer *i)
{
    return (struct maker){.issuer = said_by(k, i), .channel = SL_SPAN("http")};
}

static bool is_subject(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20 || text.p[i] > 0x7e)
            return false;
    return text.n > 0 && text.n <= SL_OIDC_SUBJECT_MAX;
}

/* The identity that this account is already, if it is one that an issuer may speak about. */
static enum sl_scim_reason adopt(struct keeper *k, const struct account *a, struct scim_user *u,
                                 const char **detail)
{
    struct person who;

    if (person_get(k, a->identity, &who) != SL_OK || who.kind != SL_HUMAN) {
        *detail = "this account is an agent's or a service's here, which an operator manages";
        return SL_SCIM_REFUSED;
    }
    u->identity = who.name;
    return SL_SCIM_OK;
}

static enum sl_scim_reason make(struct keeper *k, const struct issuer *i, struct scim_user *u,
                                const char **detail)
{
    SL_BUF(name, 63);
    SL_BUF(id, 64);
    struct person who;

    if (account_was(k, u->issuer, u->subject)) {
        *detail = "this person had an account here, which has ended: an operator links it again "
                  "(sluice identity account NAME --issuer I --subject S)";
        return SL_SCIM_REFUSED;
    }
    if (!account_name(k, i, u->subject, &name))
        return SL_SCIM_REFUSED;
    u->identity = sl_arena_copy(k->mem, sl_buf_span(&name));
    identity_add(k, &(struct person){.name = u->identity, .kind = SL_HUMAN}, sl_span(NULL, 0),
                 maker_of(k, i));
    if (person_get(k, u->identity, &who) != SL_OK ||
        account_link(k, &who, u->issuer, u->subject, maker_of(k, i), &id) != SL_OK)
        return SL_SCIM_REFUSED;
    return SL_SCIM_OK;
}

bool scim_subject_is_name(const struct issuer *i)
{
    return i->config->scim_subject == SL_SCIM_SUBJECT_USER_NAME;
}

enum sl_scim_reason scim_user_begin(struct keeper *k, const struct issuer *i, struct scim_user *u,
                                    const char **detail)
{
    struct account a;
    bool active = u->active, name = scim_subject_is_name(i);

    u->subject = name ? u->user_name : u->external_id;
    if (!is_subject(u->subject)) {
        *detail = name
                      ? "userName must be the subject of this provider's tokens (scim_subject): 1 "
                        "to 255 plain characters"
                      : "externalId must be there, and be the subject of this provider's tokens: 1 "
                        "to 255 plain characters";
        return SL_SCIM_VALUE;
    }
    enum sl_scim_reason why = account_get(k, u->issuer, u->subject, &a) == SL_OK
                                  ? adopt(k, &a, u, detail)
                                  : make(k, i, u, detail);
    if (why != SL_SCIM_OK)
        return why;
    u->active = true;
    scim_user_put(k, u);
    return active ? SL_SCIM_OK : scim_user_turn(k, i, u, false, detail);
}

/* --- off and on ------------------------------------------------------------------------------ */

static void set_status(struct keeper *k, const struct issuer *i, const struct person *who,
                       const char *status, enum sl_entry_roster_event what)
{
    identity_set_status(
        k, who,
        &(struct status_change){.status = status,
                                .what = what,
                                .why = "the identity provider says that this person is gone",
                                .by = said_by(k, i),
                                .channel = SL_SPAN("http")});
}

/* Sessions end, unspent votes lapse, questions are withdrawn; the account is nobody's. A yes that
 * was given before then counts no more, even when the person comes back: the credential that it was
 * given with is over. */
static void turn_off(struct keeper *k, const struct issuer *i, struct scim_user *u)
{
    struct account a;
    struct person who;

    /* Whose it is by now: the account is gone. What an operator did about it stays done. */
    bool there = account_get(k, u->issuer, u->subject, &a) == SL_OK;
    u->unlinked = !there || !sl_span_eq(a.identity, u->identity);
    if (there)
        account_unlink(k, &a, said_by(k, i));
    if (person_plain(k, u->identity, &who) != SL_OK)
        return;
    /* Another provider had said so: the last one who brings them back switches them on. */
    scim_others_gone(k, u, &u->off, &u->paused);
    if (sl_span_is(who.status, "disabled"))
        return;
    /* What was paused is so again when the person comes back; until then nobody resumes it. */
    u->paused = sl_span_is(who.status, "paused");
    set_status(k, i, &who, "disabled", SL_ENTRY_ROSTER_DISABLE);
    u->off = true;
}

/* Unless another provider says that they are gone. */
static void switch_on(struct keeper *k, const struct issuer *i, struct scim_user *u,
                      const struct person *who)
{
    bool off, paused;

    if (u->off && !scim_others_gone(k, u, &off, &paused))
        set_status(k, i, who, u->paused ? "paused" : "active",
                   u->paused ? SL_ENTRY_ROSTER_PAUSE : SL_ENTRY_ROSTER_ENABLE);
    u->off = u->paused = false;
}

static enum sl_scim_reason turn_on(struct keeper *k, const struct issuer *i, struct scim_user *u,
                                   const char **detail)
{
    struct account a;
    struct person who;
    bool off, paused;
    SL_BUF(id, 64);

    if (person_plain(k, u->identity, &who) != SL_OK)
        return SL_SCIM_REFUSED;
    if (!u->off && sl_span_is(who.status, "disabled") &&
        !(scim_others_gone(k, u, &off, &paused) && off)) {
        *detail = "an operator disabled this identity: only an operator can take that back";
        return SL_SCIM_REFUSED;
    }
    bool there = account_get(k, u->issuer, u->subject, &a) == SL_OK;
    if (there && !sl_span_eq(a.identity, u->identity)) {
        *detail = "this account was linked to somebody meanwhile";
        return SL_SCIM_REFUSED;
    }
    if (!there && u->unlinked) {
        *detail = "an operator unlinked this account: an operator links it again (sluice identity "
                  "account NAME --issuer I --subject S)";
        return SL_SCIM_REFUSED;
    }
    u->unlinked = false;
    switch_on(k, i, u, &who);
    return there || account_link(k, &who, u->issuer, u->subject, maker_of(k, i), &id) == SL_OK
               ? SL_SCIM_OK
               : SL_SCIM_REFUSED;
}

enum sl_scim_reason scim_user_turn(struct keeper *k, const struct issuer *i, struct scim_user *u,
                                   bool active, const char **detail)
{
    enum sl_scim_reason why = SL_SCIM_OK;

    if (active == u->active)
        return SL_SCIM_OK;
    if (active)
        why = turn_on(k, i, u, detail);
    else
        turn_off(k, i, u);
    if (why != SL_SCIM_OK)
        return why;
    u->active = active;
    scim_user_put(k, u);
    if (active)
        scim_user_groups(k, i, u);
    return SL_SCIM_OK;
}

/* --- groups ---------------------------------------------------------------------------------- */

void scim_user_groups(struct keeper *k, const struct issuer *i, const struct scim_user *u)
{
    struct sl_names wanted = {0};
    struct account a;

    if (!u->active || account_get(k, u->issuer, u->subject, &a) != SL_OK)
        return;
    struct sl_names theirs = scim_groups_of(k, u);
    for (size_t n = 0; n < theirs.count; n++) {
        SL_BUF(ours, 200);

        if (sl_issuer_put_group(&ours, i->config, theirs.items[n]) && sl_buf_err(&ours) == SL_OK &&
            identity_name_ok(sl_buf_span(&ours)))
            names_add(k->mem, &wanted, sl_arena_copy(k->mem, sl_buf_span(&ours)));
    }
    account_groups_set(k, &a, said_by(k, i), &wanted);
}
