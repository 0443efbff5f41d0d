/* Small questions about a target: who may use it, as whom, what is labelled, and who decides. */
#include "core/policy/policy_int.h"

const struct sl_target *sl_config_target(const struct sl_config *c, struct sl_span name)
{
    for (size_t i = 0; i < c->target_count; i++)
        if (sl_span_eq(c->targets[i].name, name))
            return &c->targets[i];
    return NULL;
}

bool sl_target_admits(const struct sl_target *t, struct sl_span identity,
                      const struct sl_names *groups)
{
    return sl_names_match(&t->access_identities, identity, false) ||
           sl_names_meet(&t->access_groups, groups);
}

const struct sl_login *sl_target_login(const struct sl_target *t, const struct sl_names *groups)
{
    const struct sl_login *general = NULL;

    for (size_t i = 0; i < t->login_count; i++) {
        if (t->logins[i].name.n > 0)
            continue;
        if (t->logins[i].group.n == 0)
            general = &t->logins[i];
        else if (sl_names_has(groups, t->logins[i].group))
            return &t->logins[i];
    }
    return general;
}

const struct sl_login *sl_target_named_login(const struct sl_target *t, struct sl_span name)
{
    for (size_t i = 0; i < t->login_count; i++)
        if (t->logins[i].name.n > 0 && sl_span_eq(t->logins[i].name, name))
            return &t->logins[i];
    return NULL;
}

void sl_login_put_user(struct sl_buf *b, const struct sl_login *login, struct sl_span identity)
{
    static const char mark[] = "{identity}";
    size_t at = 0;

    while (at < login->user.n) {
        struct sl_span rest = sl_span_from(login->user, at);
        bool here = sl_span_starts(rest, sl_span_str(mark));

        sl_buf_put(b, here ? identity : sl_span_head(rest, 1));
        at += here ? sizeof mark - 1 : 1;
    }
}

enum sl_err sl_policy_elevates(const struct sl_answer *a, struct sl_span *login)
{
    struct sl_span found = {NULL, 0};

    for (size_t i = 0; a->verdict == SL_HOLD && i < a->rule_count; i++) {
        struct sl_span wanted = a->rules[i]->elevate.login;
        if (wanted.n == 0)
            continue;
        if (found.n > 0 && !sl_span_eq(found, wanted))
            return SL_ESTATE;
        found = wanted;
    }
    *login = found;
    return SL_OK;
}

static bool labels_table(const struct sl_label_rule *l, struct sl_span dataset)
{
    for (size_t i = 0; i < l->tables.count; i++)
        if (sl_dataset_could(l->tables.items[i], dataset))
            return true;
    return false;
}

/* The server's own relations have no columns that users named: there a pattern for columns of any
 * table does not speak of all of them, one that names the schema does. */
static bool speaks_of_all(struct sl_span pattern, struct sl_span dataset)
{
    static const char *const own[] = {"pg_catalog.", "information_schema."};

    for (size_t i = 0; i < SL_COUNT(own); i++)
        if (sl_span_starts(dataset, sl_span_str(own[i])))
            return sl_span_starts(pattern, sl_span_str(own[i]));
    return true;
}

static bool labels_column(struct sl_span pattern, const struct sl_meaning_access *a)
{
    if (a->all_columns && speaks_of_all(pattern, a->dataset) &&
        sl_any_column_could(pattern, a->dataset))
        return true;
    for (size_t i = 0; i < a->column_count; i++)
        if (sl_column_could(pattern, a->dataset, a->columns[i]))
            return true;
    return false;
}

uint64_t sl_labels_of(const struct sl_config *c, const struct sl_target *t,
                      const struct sl_meaning_access *access)
{
    uint64_t bits = 0;

    (void)c; /* the bits were numbered when it was loaded */
    for (size_t i = 0; i < t->label_count; i++) {
        const struct sl_label_rule *l = &t->labels[i];
        bool hit = labels_table(l, access->dataset);
        for (size_t j = 0; j < l->columns.count && !hit; j++)
            hit = labels_column(l->columns.items[j], access);
        bits |= hit ? l->label_bits : 0;
    }
    return bits;
}

static void add_reviewers(const struct sl_reviewers *r, const struct sl_reviewers **out, size_t max,
                          size_t *count)
{
    if (*count < max)
        out[*count] = r;
    ++*count;
}

/* Whoever reviews for the target decides what nobody is named for. Where the target names none,
 * that is "anybody who reviews anything", and the reviewers of any rule are such people already. */
size_t sl_policy_reviewers(const struct sl_config *c, const struct sl_question *q,
                           const struct sl_answer *a, const struct sl_reviewers **out, size_t max)
{
    const struct sl_reviewers *own = q->target->reviewers.need > 0 ? &q->target->reviewers : NULL;
    bool open = a->from_default;
    size_t count = 0;

    if (a->verdict != SL_HOLD)
        return 0;
    for (size_t i = 0; i < a->rule_count; i++) {
        if (a->rules[i]->reviewers.need > 0)
            add_reviewers(&a->rules[i]->reviewers, out, max, &count);
        else
            open = true;
    }
    if (open && (own != NULL || count == 0))
        add_reviewers(own != NULL ? own : &c->any_reviewers, out, max, &count);
    return count;
}
