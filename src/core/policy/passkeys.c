/* Whose passkeys, and which pages may ask for them. */
#include "core/policy/policy_int.h"
#include "core/webauthn/webauthn.h"

bool sl_policy_prefers_passkey(const struct sl_config *c, struct sl_span environment,
                               uint32_t effects)
{
    const uint32_t top = SL_EFFECT_EXPORT | SL_EFFECT_PRIVILEGE | SL_EFFECT_PROGRAM |
                         SL_EFFECT_ADMIN | SL_EFFECT_OPAQUE;

    return !c->settings.passkey_default_off && sl_span_is(environment, "production") &&
           (effects & top) != 0;
}

/* The default holds too, and says nothing of channels: it is signed wherever it can be. */
static bool is_decided_elsewhere(const struct sl_answer *a)
{
    for (size_t i = 0; i < a->rule_count; i++)
        if (a->rules[i]->decide_in == 0 || (a->rules[i]->decide_in & SL_DECIDE_IN_PASSKEY) != 0)
            return false;
    return a->rule_count > 0 && !a->from_default;
}

bool sl_policy_signs_by_default(const struct sl_config *c, struct sl_span environment,
                                const struct sl_meaning *m, const struct sl_answer *a,
                                const struct sl_reviewers *signers, size_t count,
                                sl_could_sign_fn *could, void *context)
{
    if (!sl_policy_prefers_passkey(c, environment, sl_policy_effects(m)) || is_decided_elsewhere(a))
        return false;
    for (size_t i = 0; i < count; i++)
        if (could(context, &signers[i]))
            return true;
    return false;
}

static bool is_reviewer(const struct sl_reviewers *r, struct sl_span identity,
                        const struct sl_names *groups)
{
    return sl_names_has(&r->identities, identity) || sl_names_meet(&r->groups, groups);
}

bool sl_policy_is_top_reviewer(const struct sl_config *c, struct sl_span identity,
                               const struct sl_names *groups)
{
    for (size_t i = 0; i < c->rule_count; i++) {
        const struct sl_rule *r = &c->rules[i];
        const struct sl_reviewers *by = r->reviewers.need > 0 ? &r->reviewers : &c->any_reviewers;

        if (r->proof_passkey && (r->keys_device_bound || by->need > 1) &&
            (is_reviewer(by, identity, groups) ||
             is_reviewer(&r->escalate.reviewers, identity, groups)))
            return true;
    }
    return false;
}

static struct sl_span origin_of(struct sl_span url)
{
    size_t scheme = sl_span_starts(url, SL_SPAN("https://")) ? 8 : 7;

    return sl_span_head(url, scheme + sl_span_find(sl_span_from(url, scheme), '/'));
}

static void check_origins(struct sl_load *l, const struct sl_settings *s,
                          const struct sl_node *passkeys)
{
    for (size_t i = 0; i < s->passkey_origins.count; i++) {
        if (sl_webauthn_origin_fits(s->passkey_origins.items[i], s->passkey_rp_id))
            continue;
        struct sl_buf *b = sl_load_complain(l, passkeys);
        sl_load_quote(b, s->passkey_origins.items[i]);
        sl_buf_put_str(b, " is no origin of the rp_id ");
        sl_load_quote(b, s->passkey_rp_id);
        sl_buf_put_str(b, "; expected https://host[:port], the host the same or below\n");
    }
}

/* Both stay empty where no browser would make passkeys: then nobody has one (warn.c says why). */
void sl_config_resolve_passkeys(struct sl_load *l, struct sl_settings *s,
                                const struct sl_node *passkeys)
{
    struct sl_span host;
    bool is_named = s->passkey_rp_id.n > 0;

    if (s->passkey_rp_id.n == 0 && sl_webauthn_rp_of(s->public_url, &host) == SL_OK)
        s->passkey_rp_id = host;
    if (s->passkey_origins.count > 0) {
        check_origins(l, s, passkeys);
        return;
    }
    struct sl_span *origin = sl_arena_alloc(l->mem, sizeof *origin);
    l->out_of_memory |= origin == NULL;
    if (origin == NULL)
        return;
    *origin = origin_of(s->public_url);
    s->passkey_origins = (struct sl_names){origin, 1};
    if (!sl_webauthn_origin_fits(*origin, s->passkey_rp_id)) {
        if (is_named) /* else it is only that nobody has passkeys here */
            check_origins(l, s, passkeys);
        s->passkey_rp_id = sl_span(NULL, 0);
        s->passkey_origins = (struct sl_names){NULL, 0};
    }
}
