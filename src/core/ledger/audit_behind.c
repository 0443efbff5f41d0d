/* Whose word an action was asked with: everybody behind it is in its requester set. */
#include "core/ledger/audit_int.h"

static bool is_in_set(const struct sl_audit_approval *p, struct sl_span name)
{
    for (size_t i = 0; i < p->requester_count; i++)
        if (sl_span_eq(p->requesters[i].name, name))
            return true;
    return false;
}

static void check_each(struct sl_audit *a, const struct sl_audit_approval *p,
                       const struct sl_names *names, const char *because)
{
    for (size_t i = 0; i < names->count; i++)
        if (!is_in_set(p, names->items[i]))
            SL_FOUND(a, "the requester set leaves out '%S', %s", names->items[i], because);
}

static void check_active(struct sl_audit *a, const struct sl_audit_approval *p,
                         const struct sl_names *on_behalf_of)
{
    for (size_t i = 0; i < on_behalf_of->count; i++) {
        const struct sl_audit_identity *who = sl_audit_identity(a, on_behalf_of->items[i]);

        if (who != NULL && who->status != SL_AUDIT_ACTIVE)
            SL_FOUND(a, "'%S' asks on behalf of '%S', who is disabled or paused", p->identity,
                     who->name);
    }
}

/* Whoever made a credential could keep a copy and ask with it. */
static void check_credential(struct sl_audit *a, const struct sl_audit_approval *p,
                             struct sl_span id)
{
    const struct sl_audit_credential *c = sl_map_get(a->credentials, id);

    if (c == NULL || !sl_span_eq(c->identity, p->identity)) {
        SL_FOUND(a, "'%S' asks with credential %S, which is %s", p->identity, id,
                 c == NULL ? "nobody's" : "somebody else's");
        return;
    }
    if (c->issuer.n > 0 && !is_in_set(p, c->issuer))
        SL_FOUND(a, "the requester set leaves out '%S', who made the credential that asks",
                 c->issuer);
    check_each(a, p, &c->on_behalf_of, "on whose behalf the credential asks");
    check_active(a, p, &c->on_behalf_of);
}

void sl_audit_asked_with(struct sl_audit *a, const struct sl_audit_approval *p, const json_t *leaf)
{
    struct sl_span id = sl_json_str(leaf, "asked_with");
    uint64_t number = 0;

    if (id.n > 0) /* older entries do not say */
        check_credential(a, p, id);
    if (!sl_json_u64(leaf, "session", &number))
        return;
    const struct sl_audit_session *s = sl_map_get(a->sessions, sl_map_u64(&number));
    if (s == NULL)
        return;
    check_each(a, p, &s->on_behalf_of, "on whose behalf its session began");
    if (id.n > 0)
        check_active(a, p, &s->on_behalf_of);
}
