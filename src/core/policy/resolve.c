/* What one key alone cannot say: names are unique, keys fit together, labels become bits, and each
 * target knows the rules that can speak of it. */
#include "core/action/aggregate.h"
#include "core/policy/policy_int.h"

#include <stdlib.h>

static const struct sl_node *item_at(const struct sl_node *root, const char *list, size_t index)
{
    const struct sl_node *n = root->first;

    while (n != NULL && !sl_span_is(n->key->text, list))
        n = n->next;
    for (n = n == NULL ? NULL : n->first; n != NULL && index > 0; index--)
        n = n->next;
    return n == NULL ? root : n;
}

static struct sl_buf *about(struct sl_load *l, const struct sl_node *at, const char *what,
                            struct sl_span name)
{
    struct sl_buf *b = sl_load_complain(l, at);

    sl_buf_say(b, "%s ", what);
    sl_load_quote(b, name);
    return b;
}

static bool nobody(const struct sl_reviewers *r)
{
    return r->groups.count + r->identities.count == 0;
}

static void check_login_user(struct sl_load *l, const struct sl_node *at, struct sl_span user)
{
    while (user.n > 0) {
        size_t brace = sl_span_find(user, '{');
        if (sl_span_find(user, '}') < brace ||
            (brace < user.n && !sl_span_starts(sl_span_from(user, brace), SL_SPAN("{identity}")))) {
            sl_buf_put_str(sl_load_complain(l, at),
                           "login.user: only {identity} may stand in braces\n");
            return;
        }
        user = sl_span_from(user, brace == user.n ? user.n : brace + 10);
    }
}

static void check_logins(struct sl_load *l, const struct sl_node *at, struct sl_target *t)
{
    for (size_t i = 0; i < t->login_count; i++) {
        struct sl_login *a = &t->logins[i];
        a->key = a->name.n > 0 ? a->name : a->group;
        check_login_user(l, at, a->user);
        if (a->name.n > 0 && a->group.n > 0)
            sl_buf_put_str(
                about(l, at, "target", t->name),
                ": a login has a name and a group; expected a name for what rules elevate "
                "to, a group for what its members always are\n");
        if (a->password_file.n > 0 && a->password_command.count > 0)
            sl_buf_put_str(about(l, at, "target", t->name),
                           ": a login has password_file and "
                           "password_command; expected one of them\n");
        for (size_t j = 0; j < i; j++)
            if (sl_span_eq(t->logins[j].key, a->key))
                sl_buf_put_str(about(l, at, "target", t->name),
                               ": two logins for the same group or of one name; "
                               "expected one for each group and one for everybody else\n");
    }
}

static void check_target(struct sl_load *l, const struct sl_node *root, struct sl_config *c,
                         size_t index)
{
    struct sl_target *t = &c->targets[index];
    const struct sl_node *at = item_at(root, "targets", index);

    for (size_t i = 0; i < index; i++)
        if (sl_span_eq(c->targets[i].name, t->name))
            sl_buf_say(about(l, at, "the target name", t->name),
                       " is taken in line %u; expected a name of its own\n",
                       (unsigned)c->targets[i].line);
    if (t->reviewers.need > 0 && nobody(&t->reviewers))
        sl_buf_put_str(about(l, at, "target", t->name),
                       ": reviewers names nobody; expected groups or "
                       "identities\n");
    for (size_t i = 0; i < t->label_count; i++)
        if (t->labels[i].columns.count + t->labels[i].tables.count == 0)
            sl_buf_put_str(about(l, at, "target", t->name), ": a label without columns and tables; "
                                                            "expected one of them\n");
    check_logins(l, at, t);
    if (t->tls == 0)
        t->tls = t->host_is_unix || sl_is_loopback(t->host) ? SL_TLS_OFF : SL_TLS_VERIFY_FULL;
    if (t->host_is_unix && t->tls != SL_TLS_OFF)
        sl_buf_put_str(about(l, at, "target", t->name),
                       ": TLS over a Unix socket; expected tls.mode off\n");
}

/* Its people fill the slots that the rule's own reviewers have, so there are such. */
static void check_escalation(struct sl_load *l, const struct sl_node *at, const struct sl_rule *r)
{
    const struct sl_escalation *e = &r->escalate;

    if (e->after_ms == 0)
        return;
    if (r->then != SL_HOLD && !(r->then == SL_ALLOW && r->budget.set))
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": nothing is decided here; escalate expected then: hold, or a budget\n");
    if (e->after_ms >= r->expires_ms)
        sl_buf_put_str(
            about(l, at, "rule", r->name),
            ": escalate comes when the time to decide is over; expected after to be less "
            "than expires\n");
    if (e->notify.count == 0 && e->reviewers.need == 0)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": escalate to nobody; expected notify, reviewers, or both\n");
    if (e->reviewers.need > 0 && nobody(&e->reviewers))
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": escalate's reviewers name nobody; expected groups or identities\n");
    if (e->reviewers.need > 1)
        sl_buf_put_str(
            about(l, at, "rule", r->name),
            ": escalate asks for no more people than before; expected need in the rule's "
            "reviewers alone\n");
    if (e->reviewers.need > 0 && r->reviewers.need == 0)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": escalate's reviewers decide beside the rule's, which has none; expected "
                       "reviewers\n");
}

static void check_rule_parts(struct sl_load *l, const struct sl_node *at, const struct sl_rule *r)
{
    bool decides = r->then == SL_HOLD || (r->then == SL_ALLOW && r->budget.set);

    if (r->reviewers.need > 0 && nobody(&r->reviewers))
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": reviewers names nobody; expected groups or "
                       "identities\n");
    if (r->reviewers.need > 0 && !decides)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": reviewers decide nothing here; expected then: "
                       "hold, or a budget\n");
    if (r->decide_in != 0 && !decides)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": nothing is decided here; decide_in expected then: hold, or a budget\n");
    if (r->elevate.login.n > 0 && r->then != SL_HOLD)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": elevate needs somebody's yes; expected then: hold\n");
    if (r->envelope && r->then != SL_HOLD)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": envelope is about what is held; expected then: hold\n");
    if (r->keys_device_bound && !r->proof_passkey)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": keys says which passkeys count; expected proof: passkey\n");
    if (r->budget.set && r->then != SL_ALLOW)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": a budget limits what is allowed; expected then: "
                       "allow\n");
    if (r->budget.set && r->budget.rows + r->budget.bytes + r->budget.statements == 0)
        sl_buf_put_str(about(l, at, "rule", r->name),
                       ": a budget of nothing; expected rows, bytes or "
                       "statements\n");
}

/* Effects that only a pattern named stand in the upper half. */
static void resolve_effects(struct sl_rule *r)
{
    uint32_t by_pattern = r->effects >> SL_EFFECT_COUNT;

    if (r->then == SL_ALLOW)
        by_pattern &= ~(uint32_t)SL_EFFECT_OPAQUE;
    r->effects = (r->effects & SL_EFFECT_ALL) | by_pattern;
}

static void check_rule(struct sl_load *l, const struct sl_node *root, struct sl_config *c,
                       size_t index)
{
    struct sl_rule *r = &c->rules[index];
    const struct sl_node *at = item_at(root, "policy", index);

    for (size_t i = 0; i < index; i++)
        if (sl_span_eq(c->rules[i].name, r->name))
            sl_buf_say(about(l, at, "the rule name", r->name),
                       " is taken in line %u; expected a name of its own\n",
                       (unsigned)c->rules[i].line);
    check_rule_parts(l, at, r);
    check_escalation(l, at, r);
    resolve_effects(r);
}

static bool is_pattern(struct sl_span s)
{
    return sl_span_find(s, '*') < s.n || sl_span_find(s, '?') < s.n;
}

static int order_of_names(const void *a, const void *b)
{
    return sl_span_cmp(*(const struct sl_span *)a, *(const struct sl_span *)b);
}

static void add_labels(struct sl_load *l, struct sl_names *all, const struct sl_names *more,
                       bool patterns_too)
{
    for (size_t i = 0; i < more->count; i++) {
        if (sl_names_has(all, more->items[i]) || (!patterns_too && is_pattern(more->items[i])))
            continue;
        if (all->count == SL_CONFIG_MAX_LABELS) {
            static const struct sl_node top = {.line = 1, .column = 1};
            sl_buf_put_str(sl_load_complain(l, &top),
                           "too many labels; expected at most 64 in the file\n");
            return;
        }
        all->items[all->count++] = more->items[i];
    }
}

static void collect_labels(struct sl_load *l, struct sl_config *c)
{
    c->labels.items = sl_arena_array(l->mem, SL_CONFIG_MAX_LABELS, sizeof *c->labels.items);
    l->out_of_memory |= c->labels.items == NULL;
    if (c->labels.items == NULL)
        return;
    for (size_t i = 0; i < c->target_count; i++)
        for (size_t j = 0; j < c->targets[i].label_count; j++)
            add_labels(l, &c->labels, &c->targets[i].labels[j].labels, true);
    for (size_t i = 0; i < c->rule_count; i++)
        add_labels(l, &c->labels, &c->rules[i].labels, false);
    qsort(c->labels.items, c->labels.count, sizeof *c->labels.items, order_of_names);
}

static void number_labels(struct sl_config *c)
{
    for (size_t bit = 0; bit < c->labels.count; bit++) {
        struct sl_span label = c->labels.items[bit];
        for (size_t i = 0; i < c->target_count; i++)
            for (size_t j = 0; j < c->targets[i].label_count; j++)
                if (sl_names_has(&c->targets[i].labels[j].labels, label))
                    c->targets[i].labels[j].label_bits |= (uint64_t)1 << bit;
        for (size_t i = 0; i < c->rule_count; i++)
            if (sl_names_match(&c->rules[i].labels, label, false))
                c->rules[i].label_bits |= (uint64_t)1 << bit;
    }
}

/* A misspelt label would take nothing away, and nobody would notice. */
static void check_declassify(struct sl_load *l, const struct sl_node *at, const struct sl_config *c,
                             const struct sl_declassify *d)
{
    for (size_t i = 0; i < d->labels.count; i++)
        if (!sl_names_has(&c->labels, d->labels.items[i]))
            sl_buf_put_str(about(l, at, "declassify: the label", d->labels.items[i]),
                           " is given nowhere; expected one that `labels` or a rule names\n");
    for (size_t i = 0; i < d->aggregates.count; i++)
        if (sl_aggregate(d->aggregates.items[i]).n == 0)
            sl_buf_put_str(
                about(l, at, "declassify: the aggregate", d->aggregates.items[i]),
                " is none that makes one number of many values; expected count, sum, avg, "
                "stddev, variance, corr, ... (not min or max, which give values back)\n");
}

static bool speaks_of(const struct sl_rule *r, const struct sl_target *t)
{
    return ((r->named & SL_WHEN_TARGETS) == 0 || sl_names_match(&r->targets, t->name, false)) &&
           ((r->named & SL_WHEN_ENVIRONMENT) == 0 ||
            sl_names_match(&r->environments, t->environment, false)) &&
           ((r->named & SL_WHEN_PROTOCOL) == 0 ||
            sl_names_match(&r->protocols, t->protocol, false));
}

static int order_of_rules(const void *a, const void *b)
{
    return sl_span_cmp((*(struct sl_rule *const *)a)->name, (*(struct sl_rule *const *)b)->name);
}

static void choose_rules(struct sl_load *l, const struct sl_config *c, struct sl_target *t)
{
    t->applying = sl_arena_array(l->mem, c->rule_count + 1, sizeof *t->applying);
    l->out_of_memory |= t->applying == NULL;
    for (size_t i = 0; i < c->rule_count && t->applying != NULL; i++)
        if (speaks_of(&c->rules[i], t))
            t->applying[t->applying_count++] = &c->rules[i];
    if (t->applying_count > 1)
        qsort(t->applying, t->applying_count, sizeof *t->applying, order_of_rules);
}

static void append_names(struct sl_names *all, const struct sl_names *more)
{
    for (size_t i = 0; i < more->count; i++)
        all->items[all->count++] = more->items[i];
}

static void sort_names(struct sl_names *all)
{
    size_t kept = 0;

    if (all->count > 1)
        qsort(all->items, all->count, sizeof *all->items, order_of_names);
    for (size_t i = 0; i < all->count; i++)
        if (i == 0 || !sl_span_eq(all->items[i], all->items[kept - 1]))
            all->items[kept++] = all->items[i];
    all->count = kept;
}

/* Everybody who may decide anything: who decides what no rule and no target gives to anyone. */
static void derive_reviewers(struct sl_load *l, struct sl_config *c)
{
    struct sl_reviewers *any = &c->any_reviewers;
    size_t groups = 1, identities = 1;

    for (size_t i = 0; i < c->rule_count; i++) {
        groups += c->rules[i].reviewers.groups.count;
        identities += c->rules[i].reviewers.identities.count;
    }
    any->groups.items = sl_arena_array(l->mem, groups, sizeof *any->groups.items);
    any->identities.items = sl_arena_array(l->mem, identities, sizeof *any->identities.items);
    l->out_of_memory |= any->groups.items == NULL || any->identities.items == NULL;
    for (size_t i = 0; i < c->rule_count && !l->out_of_memory; i++) {
        if (c->rules[i].then != SL_HOLD)
            continue;
        append_names(&any->groups, &c->rules[i].reviewers.groups);
        append_names(&any->identities, &c->rules[i].reviewers.identities);
    }
    sort_names(&any->groups);
    sort_names(&any->identities);
    any->need = nobody(any) ? 0 : 1;
}

static const struct sl_node *member(const struct sl_node *map, const char *name)
{
    const struct sl_node *n = map == NULL ? NULL : map->first;

    while (n != NULL && !sl_span_is(n->key->text, name))
        n = n->next;
    return n;
}

static void derive_public_url(struct sl_load *l, struct sl_settings *s)
{
    SL_BUF(url, 2000);
    bool six = sl_span_find(s->http_host, ':') < s->http_host.n;

    if (s->public_url.n > 0)
        return;
    sl_buf_say(&url, six ? "%s://[%S]:%S" : "%s://%S:%S",
               s->tls_certificate.n > 0 ? "https" : "http", s->http_host, s->http_port);
    s->public_url = sl_arena_copy(l->mem, sl_buf_span(&url));
    s->public_url_made = true;
    l->out_of_memory |= s->public_url.p == NULL;
}

/* A gate logs in with it whenever it likes: it must not be one that needs somebody's yes. */
static void check_catalog(struct sl_load *l, const struct sl_node *at, const struct sl_target *t)
{
    const struct sl_login *login = sl_target_named_login(t, t->catalog.login);
    const char *problem = NULL;

    if (t->catalog.login.n == 0)
        return;
    if (login == NULL)
        problem = " is none of its logins; expected the name of one";
    else if (sl_target_catalog_login(t) == NULL)
        problem = " is somebody's own; expected a user without {identity}";
    for (size_t i = 0; t->applying != NULL && i < t->applying_count; i++)
        if (sl_span_eq(t->applying[i]->elevate.login, t->catalog.login))
            problem = " is one that a rule elevates to; expected a login of its own";
    if (problem == NULL)
        return;
    struct sl_buf *b = about(l, at, "target", t->name);
    sl_buf_put_str(b, ": catalog.login ");
    sl_load_quote(b, t->catalog.login);
    sl_buf_say(b, "%s\n", problem);
}

/* A rule that could ask for a login which the target does not have would fail when it matters. */
static void check_elevations(struct sl_load *l, const struct sl_node *root, struct sl_config *c,
                             size_t index)
{
    const struct sl_target *t = &c->targets[index];

    for (size_t i = 0; t->applying != NULL && i < t->applying_count; i++) {
        struct sl_span login = t->applying[i]->elevate.login;
        if (login.n == 0 || sl_target_named_login(t, login) != NULL)
            continue;
        struct sl_buf *b = about(l, item_at(root, "targets", index), "target", t->name);
        sl_buf_put_str(b, ": the rule ");
        sl_load_quote(b, t->applying[i]->name);
        sl_buf_put_str(b, " elevates to a login that it lacks; expected a login with the name ");
        sl_load_quote(b, login);
        sl_buf_put_u8(b, '\n');
    }
}

static void resolve_openlineage(struct sl_load *l, struct sl_settings *s,
                                const struct sl_node *root)
{
    const struct sl_node *at = member(member(root, "lineage"), "openlineage");
    bool sends = s->openlineage_url.n > 0;

    if (at == NULL)
        return;
    if (!sends && s->openlineage_file.n == 0)
        sl_buf_put_str(sl_load_complain(l, at), "openlineage: events go nowhere; expected file, "
                                                "url, or both\n");
    if (!sends && s->openlineage_token_file.n + s->openlineage_ca_file.n > 0)
        sl_buf_put_str(sl_load_complain(l, at),
                       "openlineage: token_file and ca_file are for sending; expected a url\n");
    if (sends && s->openlineage_file.n == 0)
        s->openlineage_file = SL_SPAN(SL_OPENLINEAGE_SPOOL);
}

void sl_config_resolve(struct sl_load *l, struct sl_config *c, const struct sl_node *root)
{
    resolve_openlineage(l, &c->settings, root);
    for (size_t i = 0; i < c->target_count; i++)
        check_target(l, root, c, i);
    for (size_t i = 0; i < c->rule_count; i++)
        check_rule(l, root, c, i);
    for (size_t i = 0; i < c->issuer_count; i++)
        sl_config_resolve_issuer(l, c, i, item_at(root, "issuers", i));
    for (size_t i = 0; i < c->chat_count; i++)
        sl_config_resolve_chat(l, c, i, item_at(root, "chat", i));
    for (size_t i = 0; i < c->rule_count; i++)
        sl_config_check_notify(l, c, &c->rules[i], item_at(root, "policy", i));
    for (size_t i = 0; i < c->hook_count; i++)
        sl_config_resolve_hook(l, c, i, item_at(root, "hooks", i));
    collect_labels(l, c);
    number_labels(c);
    for (size_t i = 0; i < c->target_count; i++)
        for (size_t j = 0; j < c->targets[i].declassify_count; j++)
            check_declassify(l, item_at(root, "targets", i), c, &c->targets[i].declassify[j]);
    derive_reviewers(l, c);
    derive_public_url(l, &c->settings);
    sl_config_resolve_passkeys(l, &c->settings, member(root, "passkeys"));
    for (size_t i = 0; i < c->target_count; i++) {
        choose_rules(l, c, &c->targets[i]);
        check_elevations(l, root, c, i);
        check_catalog(l, item_at(root, "targets", i), &c->targets[i]);
    }
}
