#include "role/keeper/issuers.h"

#include "role/keeper/credentials.h"
#include "role/keeper/people.h"
#include "role/keeper/scim.h"

/* A token that an issuer made for somebody, and that its holder shows here: it asks, and never
 * decides. That it is good is remembered by its digest until it ends; whose it is, and whether that
 * one may still ask, is looked at each time. */

enum { CACHED_TOKENS = 4096 };

/* What is remembered of a good token. */
struct remembered {
    uint64_t issuer, expires_s;
    char credential[24];
};

void tokens_forget(struct keeper *k)
{
    k->token_generation++;
}

bool token_is_jwt(struct sl_span token)
{
    size_t dots = 0;

    for (size_t i = 0; i < token.n; i++)
        dots += token.p[i] == '.';
    return dots == 2;
}

static bool refused(struct token_seen *seen, enum sl_oidc_reason reason)
{
    seen->reason = reason;
    return false;
}

/* The account's credential decides where it is a human's: not when it comes with such a token. */
static bool take_account(struct keeper *k, struct sl_span credential, uint64_t expires_s,
                         struct token_seen *seen)
{
    if (credential_by_id(k, credential, &seen->with) != SL_OK || seen->with.over)
        return refused(seen, SL_OIDC_ACCOUNT_UNKNOWN);
    seen->with.deciding = false;
    seen->with.expires_us = expires_s * 1000 * 1000;
    if (person_get(k, seen->with.identity, &seen->who) != SL_OK)
        return refused(seen, SL_OIDC_ACCOUNT_UNKNOWN);
    if (!person_active(&seen->who))
        return refused(seen, SL_OIDC_ACCOUNT_DISABLED);
    seen->reason = SL_OIDC_YES;
    return true;
}

static bool find_remembered(struct keeper *k, const uint8_t digest[SL_SHA256],
                            struct remembered *out)
{
    struct sl_span value;

    if (k->tokens == NULL ||
        !sl_oidc_cache_get(k->tokens, digest, k->token_generation, sl_clock_us() / 1000000,
                           &value) ||
        value.n != sizeof *out)
        return false;
    memcpy(out, value.p, sizeof *out);
    return true;
}

static void remember(struct keeper *k, const uint8_t digest[SL_SHA256], const struct issuer *i,
                     const struct account *a, uint64_t expires_s)
{
    struct remembered value;

    memset(&value, 0, sizeof value);
    value.issuer = i->id;
    value.expires_s = expires_s;
    if (a->credential.n >= sizeof value.credential ||
        (k->tokens == NULL && sl_oidc_cache_new(&k->tokens, CACHED_TOKENS) != SL_OK))
        return;
    memcpy(value.credential, a->credential.p, a->credential.n);
    sl_oidc_cache_put(k->tokens, digest, k->token_generation, expires_s,
                      sl_span(&value, sizeof value));
}

/* Nobody waits twice, and nobody waits for an issuer that was asked a moment ago. */
static bool wait_for(struct keeper *k, struct issuer *i, struct token_seen *seen,
                     enum sl_oidc_reason otherwise)
{
    seen->wait_for = k->settled || !issuer_may_ask(k, i) ? NULL : i;
    return refused(seen, otherwise);
}

/* Not remembered: who set it going is part of what its token says, and is asked for each time. */
static bool take_job(struct keeper *k, struct issuer *i, const struct sl_oidc_claims *claims,
                     struct token_seen *seen)
{
    struct account a;
    enum sl_oidc_reason reason = job_ask(k, i->config, claims, &a, &seen->others);

    if (reason != SL_OIDC_YES)
        return refused(seen, reason);
    return take_account(k, a.credential, claims->expires_s, seen);
}

/* Not remembered either: everybody in the chain is looked at each time. Its groups are those of the
 * person on whose behalf it is, so they say nothing of whoever asks. */
static bool take_acting(struct keeper *k, struct issuer *i, const struct sl_oidc_claims *claims,
                        struct token_seen *seen)
{
    struct account a;
    enum sl_oidc_reason reason = acting_ask(k, i->config, claims, &a, &seen->others);

    if (reason != SL_OIDC_YES)
        return refused(seen, reason);
    return take_account(k, a.credential, claims->expires_s, seen);
}

static bool take_claims(struct keeper *k, struct issuer *i, const struct sl_oidc_claims *claims,
                        const uint8_t digest[SL_SHA256], struct token_seen *seen)
{
    struct account a;

    if (i->config->kind != SL_ISSUER_OIDC)
        return take_job(k, i, claims, seen);
    if (claims->actor_count > 0)
        return take_acting(k, i, claims, seen);
    if (account_get(k, claims->issuer, claims->subject, &a) != SL_OK)
        return refused(seen, SL_OIDC_ACCOUNT_UNKNOWN);
    if (scim_is_gone(k, claims->issuer, claims->subject))
        return refused(seen, SL_OIDC_ACCOUNT_DISABLED);
    /* Not every token to ask with speaks of groups. */
    if (claims->has_groups && account_groups(k, &a, i, claims) != SL_OK)
        return refused(seen, SL_OIDC_GROUPS);
    remember(k, digest, i, &a, claims->expires_s);
    return take_account(k, a.credential, claims->expires_s, seen);
}

static bool check(struct keeper *k, struct issuer *i, struct sl_span token,
                  const uint8_t digest[SL_SHA256], struct token_seen *seen)
{
    struct sl_oidc_wanted wanted;
    struct sl_oidc_claims claims;

    if (!issuer_ready(i))
        return wait_for(k, i, seen, SL_OIDC_ISSUER_DOWN);
    sl_issuer_wanted(i->config, SL_TOKEN_ASK, &wanted);
    wanted.now_s = sl_clock_us() / 1000000;
    enum sl_oidc_reason reason = sl_oidc_check(token, i->keys, &wanted, k->mem, &claims);
    if (reason == SL_OIDC_KEY_UNKNOWN)
        return wait_for(k, i, seen, reason);
    return reason == SL_OIDC_YES ? take_claims(k, i, &claims, digest, seen) : refused(seen, reason);
}

bool token_ask(struct keeper *k, struct sl_span token, struct token_seen *seen)
{
    uint8_t digest[SL_SHA256];
    struct remembered known;
    struct sl_span iss;

    *seen = (struct token_seen){.reason = SL_OIDC_FORM};
    if (token.n > SL_OIDC_TOKEN_MAX)
        return refused(seen, SL_OIDC_SIZE);
    sl_sha256(token, digest);
    if (find_remembered(k, digest, &known)) {
        seen->issuer = issuer_by_id(k, known.issuer);
        if (seen->issuer == NULL || !issuer_ready(seen->issuer))
            return refused(seen, SL_OIDC_ISSUER_DOWN);
        return take_account(k, sl_span_str(known.credential), known.expires_s, seen);
    }
    if (!sl_oidc_issuer_of(token, k->mem, &iss))
        return refused(seen, SL_OIDC_FORM);
    seen->issuer = issuer_of_iss(k, iss);
    if (seen->issuer == NULL)
        return refused(seen, SL_OIDC_ISSUER_UNKNOWN);
    if (!sl_issuer_takes_tokens(seen->issuer->config))
        return refused(seen, SL_OIDC_AUDIENCE);
    return check(k, seen->issuer, token, digest, seen);
}
