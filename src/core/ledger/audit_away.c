/* Who is away, and who decides in their place: from the leaves alone. */
#include "core/ledger/audit_int.h"

/* Nobody says it for somebody else: with a credential of their own that decides. */
void sl_audit_away(struct sl_audit *a, struct sl_audit_identity *who, const json_t *leaf)
{
    struct sl_span id = sl_audit_str(a, leaf, "credential"), stand_in = sl_json_str(leaf, "other");
    const struct sl_audit_credential *c = sl_map_get(a->credentials, id);
    const struct sl_audit_approval *let_by =
        sl_map_get(a->approvals, sl_json_str(leaf, "approval"));

    who->absence = (struct sl_audit_absence){0};
    if (c == NULL || !sl_span_eq(c->identity, who->name) || !c->deciding ||
        sl_audit_credential_of(a, c, NULL).over ||
        !sl_span_eq(sl_json_str(leaf, "by"), who->name)) {
        SL_FOUND(a, "'%S' is said to be away, but not by themself", who->name);
        return;
    }
    if (stand_in.n > 0 && sl_audit_identity(a, stand_in) == NULL)
        SL_FOUND(a, "'%S' names '%S' to stand in for them, who was never added", who->name,
                 stand_in);
    who->absence = (struct sl_audit_absence){.stand_in = sl_audit_copy(a, stand_in),
                                             .credential = c->id,
                                             .said_us = sl_audit_since(a),
                                             .from_us = sl_audit_time(a, leaf, "from"),
                                             .until_us = sl_audit_time(a, leaf, "expires"),
                                             .let_by = let_by};
}

void sl_audit_back(struct sl_audit *a, struct sl_audit_identity *who)
{
    if (who->absence.until_us == 0)
        SL_FOUND(a, "'%S' is back, but was not away", who->name);
    who->absence = (struct sl_audit_absence){0};
}

/* Whose accounts those are today who said yes to it. What let nothing happen is found where the
 * absence is said (audit_exception.c). */
static void take_let_by(struct sl_audit *a, const struct sl_audit_approval *p,
                        struct sl_stand_in *s)
{
    size_t count = p == NULL ? 0 : p->vote_count;
    struct sl_voucher *list = sl_audit_alloc(a, count * sizeof *list);

    for (size_t i = 0; list != NULL && i < count; i++)
        list[i] = (struct sl_voucher){p->voters[i], sl_audit_person(a, p->voters[i])};
    s->let_by = list;
    s->let_by_count = list == NULL ? 0 : count;
}

/* Who says that they stand in for somebody who never said so is refused by the check, for which
 * this names nobody. */
const struct sl_stand_in *sl_audit_stand_in(struct sl_audit *a, struct sl_span away)
{
    struct sl_stand_in *s = sl_audit_alloc(a, sizeof *s);
    const struct sl_audit_identity *who = sl_audit_identity(a, away);

    if (s == NULL)
        return NULL;
    *s = (struct sl_stand_in){.away = {.name = away, .person = away}};
    if (who == NULL || who->absence.until_us == 0)
        return s;
    const struct sl_audit_credential *c = sl_map_get(a->credentials, who->absence.credential);
    *s = (struct sl_stand_in){.away = sl_audit_decider(a, who),
                              .name = who->absence.stand_in,
                              .said_us = who->absence.said_us,
                              .from_us = who->absence.from_us,
                              .until_us = who->absence.until_us};
    take_let_by(a, who->absence.let_by, s);
    if (c != NULL)
        s->with = sl_audit_credential_of(a, c, NULL);
    return s;
}

bool sl_audit_own_right_only(struct sl_audit *a, const struct sl_audit_approval *p)
{
    bool unknown = false;

    for (size_t i = 0; i < p->requester_count; i++)
        unknown = unknown || sl_audit_identity(a, p->requesters[i].name) == NULL;
    return p->of_policy || unknown;
}
