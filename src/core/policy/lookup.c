/* Small questions about a target: who may use it, as whom, and who decides. */
#include "core/policy/policy_int.h"

const struct sl_target *sl_config_target(const struct sl_config *c, struct sl_span name)
{
    for (size_t i = 0; i < c->target_count; i++)
        if (sl_span_eq(c->targets[i].name, name))
            return &c->targets[i];
    return NULL;
}

const struct sl_rule *sl_config_rule(const struct sl_config *c, struct sl_span name)
{
    for (size_t i = 0; i < c->rule_count; i++)
        if (sl_span_eq(c->rules[i].name, name))
            return &c->rules[i];
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

const struct sl_login *sl_target_catalog_login(const struct sl_target *t)
{
    const struct sl_login *login = t->catalog.login.n > 0
                                       ? sl_target_named_login(t, t->catalog.login)
                                       : sl_target_login(t, &(struct sl_names){0});

    return login == NULL || sl_span_find(login->user, '{') < login->user.n ? NULL : login;
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

static void add_reviewers(const struct sl_reviewers *r, const struct sl_reviewers **out, size_t max,
                          size_t *count)
{
    if (*count < max)
        out[*count] = r;
    ++*count;
}

/* Whoever reviews for the target decides what nobody is named for. Where the target names none,
 * that is "anybody who reviews anything", and the reviewers of any rule are such people already. */
static size_t reviewers(const struct sl_config *c, const struct sl_question *q,
                        const struct sl_answer *a, bool always, const struct sl_reviewers **out,
                        size_t max)
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
    if (open && (own != NULL || count == 0 || always))
        add_reviewers(own != NULL ? own : &c->any_reviewers, out, max, &count);
    return count;
}

size_t sl_policy_reviewers(const struct sl_config *c, const struct sl_question *q,
                           const struct sl_answer *a, const struct sl_reviewers **out, size_t max)
{
    return reviewers(c, q, a, false, out, max);
}

size_t sl_policy_signers(const struct sl_config *c, const struct sl_question *q,
                         const struct sl_answer *a, const struct sl_reviewers **out, size_t max)
{
    return reviewers(c, q, a, true, out, max);
}

/* --- metrics --- */

/* Digits, dots and a port: no name that only begins so. */
static bool is_number(struct sl_span host)
{
    for (size_t i = 0; i < host.n; i++)
        if ((host.p[i] < '0' || host.p[i] > '9') && host.p[i] != '.' && host.p[i] != ':')
            return false;
    return true;
}

/* With or without a port and a path behind it. */
static bool is_loopback(struct sl_span place)
{
    static const char *const names[] = {"localhost", "::1", "[::1]"};
    struct sl_span host = sl_span_head(place, sl_span_find(place, '/'));

    if (sl_span_starts(host, SL_SPAN("127.")))
        return is_number(host);
    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (sl_span_starts(host, sl_span_str(names[i])) &&
            (host.n == strlen(names[i]) || host.p[strlen(names[i])] == ':'))
            return true;
    return false;
}

/* Behind a proxy, of which a public_url tells, the whole world comes from loopback. */
static bool is_elsewhere(struct sl_span url)
{
    for (size_t i = 0; i + 3 <= url.n; i++)
        if (memcmp(url.p + i, "://", 3) == 0)
            return !is_loopback(sl_span_from(url, i + 3));
    return true;
}

bool sl_config_metrics_open(const struct sl_config *c)
{
    const struct sl_settings *s = &c->settings;

    return s->metrics_access == SL_METRICS_OPEN ||
           (s->metrics_access == SL_METRICS_LOCAL && is_loopback(s->http_host) &&
            !is_elsewhere(s->public_url));
}
