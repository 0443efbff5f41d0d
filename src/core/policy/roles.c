/* Roles apart from reviewing, and which groups mean something to the file. */
#include "core/policy/policy_int.h"

struct sl_members sl_config_admins(const struct sl_config *c)
{
    static const struct sl_span admins = {(const uint8_t *)"admins", 6};
    const struct sl_members *m = &c->settings.admins;

    if (m->groups.count + m->identities.count > 0)
        return *m;
    return (struct sl_members){.groups = {(struct sl_span *)(uintptr_t)&admins, 1}};
}

bool sl_members_have(const struct sl_members *m, struct sl_span identity,
                     const struct sl_names *groups)
{
    if (sl_names_has(&m->identities, identity))
        return true;
    for (size_t i = 0; i < groups->count; i++)
        if (sl_names_has(&m->groups, groups->items[i]))
            return true;
    return false;
}

static bool target_names(const struct sl_target *t, struct sl_span group)
{
    for (size_t i = 0; i < t->login_count; i++)
        if (sl_span_eq(t->logins[i].group, group))
            return true;
    return sl_names_match(&t->access_groups, group, false) ||
           sl_names_has(&t->reviewers.groups, group);
}

bool sl_config_names_group(const struct sl_config *c, struct sl_span group)
{
    const struct sl_settings *s = &c->settings;
    struct sl_members admins = sl_config_admins(c);

    for (size_t i = 0; i < c->target_count; i++)
        if (target_names(&c->targets[i], group))
            return true;
    for (size_t i = 0; i < c->rule_count; i++)
        if (sl_names_match(&c->rules[i].groups, group, false) ||
            sl_names_has(&c->rules[i].reviewers.groups, group) ||
            sl_names_has(&c->rules[i].escalate.reviewers.groups, group))
            return true;
    return sl_names_has(&admins.groups, group) || sl_names_has(&s->auditors.groups, group) ||
           sl_names_has(&s->break_glass, group);
}
