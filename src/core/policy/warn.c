/* Footguns: what is legal, and probably not what was meant. */
#include "core/policy/policy_int.h"

struct warner {
    const struct sl_config *c;
    const char *file;
    struct sl_buf *out;
    size_t count;
};

static struct sl_buf *warn(struct warner *w, uint32_t line)
{
    w->count++;
    sl_buf_say(w->out, "%s:%u:1: warning: ", w->file, (unsigned)(line == 0 ? 1 : line));
    return w->out;
}

static struct sl_buf *warn_target(struct warner *w, const struct sl_target *t)
{
    struct sl_buf *b = warn(w, t->line);

    sl_buf_put_str(b, "target ");
    sl_load_quote(b, t->name);
    return b;
}

static struct sl_buf *warn_rule(struct warner *w, const struct sl_rule *r)
{
    struct sl_buf *b = warn(w, r->line);

    sl_buf_put_str(b, "rule ");
    sl_load_quote(b, r->name);
    return b;
}

/* --- settings -----------------------------------------------------------------------------------
 */
static void warn_settings(struct warner *w)
{
    const struct sl_settings *s = &w->c->settings;

    if (s->sandbox_best_effort)
        sl_buf_put_str(warn(w, 0),
                       "sandbox: best-effort runs the programs without the walls that this "
                       "kernel lacks; enforce refuses to start without them\n");
    if (s->client_auth == SL_AUTH_TOKEN && s->tls_certificate.n == 0 &&
        !sl_is_loopback(s->postgres_host))
        sl_buf_put_str(warn(w, 0),
                       "client_auth: token without tls on an address that is not loopback: "
                       "tokens are refused there; configure tls or use scram\n");
    if (s->client_auth == SL_AUTH_OAUTH && s->tls_certificate.n == 0 &&
        !sl_is_loopback(s->postgres_host))
        sl_buf_put_str(warn(w, 0), "client_auth: oauth without tls on an address that is not "
                                   "loopback: OAUTHBEARER is not offered there, SCRAM alone is\n");
    if (s->tls_certificate.n == 0 && !sl_is_loopback(s->http_host))
        sl_buf_put_str(warn(w, 0),
                       "listen.http is not loopback and has no tls: deciding credentials cross "
                       "the network in the clear\n");
    if (s->tls_certificate.n == 0 && !sl_is_loopback(s->postgres_host))
        sl_buf_put_str(warn(w, 0),
                       "listen.postgres is not loopback and has no tls: statements and rows "
                       "cross the network in the clear\n");
}

/* --- targets ------------------------------------------------------------------------------------
 */
static bool looks_like_superuser(struct sl_span user)
{
    static const char *const names[] = {"postgres",        "root",
                                        "admin",           "rdsadmin",
                                        "azure_superuser", "cloudsqlsuperuser",
                                        "pgsql",           "supabase_admin"};

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (sl_span_is(user, names[i]))
            return true;
    return false;
}

static void warn_logins(struct warner *w, const struct sl_target *t)
{
    if (sl_target_catalog_login(t) == NULL)
        sl_buf_put_str(
            warn_target(w, t),
            ": there is no login to read the catalog with, so every name will be opaque: its "
            "logins are by group or by identity alone; add one with a name, for a role that may "
            "connect and nothing else, and catalog: {login: <that name>}\n");
    for (size_t i = 0; i < t->login_count; i++) {
        if (looks_like_superuser(t->logins[i].user) && t->logins[i].name.n > 0)
            sl_buf_say(
                warn_target(w, t),
                ": the login %S looks like a superuser; as it has a name it only serves "
                "statements that somebody approved under a rule with elevate, but the server "
                "refuses none of those; a role with the rights that are needed is safer\n",
                t->logins[i].user);
        else if (looks_like_superuser(t->logins[i].user))
            sl_buf_say(warn_target(w, t),
                       ": the login %S looks like a superuser, who is not bound by the "
                       "server's own rights; use a role with the rights that are needed\n",
                       t->logins[i].user);
        if (t->logins[i].user.n == 10 && sl_span_is(t->logins[i].user, "{identity}"))
            sl_buf_put_str(
                warn_target(w, t),
                ": the login is the identity's own name, so an identity named "
                "like a privileged role becomes that role; a prefix such as app_{identity} "
                "prevents it\n");
    }
}

/* One person with the machine could then loosen the policy, or make reviewers up. */
static void warn_govern(struct warner *w)
{
    bool production = false;

    for (size_t i = 0; i < w->c->target_count; i++)
        production = production || sl_span_is(w->c->targets[i].environment, "production");
    if (production && !w->c->settings.govern_two_person)
        sl_buf_put_str(warn(w, 0),
                       "govern: off with a target in production: one person can loosen the policy "
                       "or make reviewers up; govern: two-person asks another one first\n");
}

static bool has_everybody(const struct sl_names *names)
{
    return sl_names_has(names, SL_SPAN("*"));
}

static void warn_access(struct warner *w, const struct sl_target *t)
{
    if (has_everybody(&t->access_groups) || has_everybody(&t->access_identities))
        sl_buf_put_str(warn_target(w, t), ": access to everybody who has a token; name groups\n");
    if (t->access_groups.count + t->access_identities.count == 0)
        sl_buf_put_str(warn_target(w, t),
                       ": nobody may connect; give access to groups or identities\n");
}

static bool decides_nobody(const struct warner *w, const struct sl_reviewers *own,
                           const struct sl_target *t)
{
    return own->need == 0 && (t == NULL || t->reviewers.need == 0) && w->c->any_reviewers.need == 0;
}

static void warn_default(struct warner *w, const struct sl_target *t)
{
    static const struct sl_reviewers none;
    bool holds = !t->has_default || t->default_verdict != SL_DENY;

    if (t->has_default && t->default_verdict == SL_ALLOW &&
        sl_span_is(t->environment, "production"))
        sl_buf_put_str(warn_target(w, t),
                       ": default: allow in production lets everything flow that no rule "
                       "speaks of; hold is the safe default\n");
    if (holds && decides_nobody(w, &none, t))
        sl_buf_put_str(warn_target(w, t),
                       ": nobody could approve what the default holds; give the target "
                       "reviewers\n");
    else if (holds && t->reviewers.need == 0)
        sl_buf_put_str(
            warn_target(w, t),
            ": what the default holds (at least what is opaque) can be "
            "approved by the reviewers of any hold rule; give the target reviewers of its own\n");
}

static void warn_one_target(struct warner *w, const struct sl_target *t)
{
    if (t->observe)
        sl_buf_put_str(warn_target(w, t),
                       ": mode: observe holds and denies nothing; it only records\n");
    if (t->tls == SL_TLS_OFF && !t->host_is_unix && !sl_is_loopback(t->host))
        sl_buf_put_str(warn_target(w, t),
                       ": tls is off on the way to another host; use verify-full\n");
    if (t->tls == SL_TLS_REQUIRE)
        sl_buf_put_str(warn_target(w, t), ": tls.mode: require does not check who answers; use "
                                          "verify-full\n");
    warn_default(w, t);
    warn_logins(w, t);
    warn_access(w, t);
}

/* --- rules --------------------------------------------------------------------------------------
 */
static size_t targets_of(const struct warner *w, const struct sl_rule *r)
{
    size_t count = 0;

    for (size_t i = 0; i < w->c->target_count; i++)
        for (size_t j = 0; j < w->c->targets[i].applying_count; j++)
            count += w->c->targets[i].applying[j] == r;
    return count;
}

/* The labels that some target gives. */
static uint64_t given_labels(const struct warner *w)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < w->c->target_count; i++)
        for (size_t j = 0; j < w->c->targets[i].label_count; j++)
            bits |= w->c->targets[i].labels[j].label_bits;
    return bits;
}

static void warn_never(struct warner *w, const struct sl_rule *r)
{
    if (targets_of(w, r) == 0)
        sl_buf_put_str(warn_rule(w, r),
                       " can never match: no target has such a name, environment or "
                       "protocol\n");
    if ((r->named & SL_WHEN_LABELS) != 0 && (r->label_bits & given_labels(w)) == 0)
        sl_buf_put_str(warn_rule(w, r), " can never match: no target gives any of its labels\n");
}

static void warn_unknown_labels(struct warner *w, const struct sl_rule *r)
{
    for (size_t bit = 0; bit < w->c->labels.count; bit++) {
        struct sl_span label = w->c->labels.items[bit];
        if ((given_labels(w) >> bit & 1) != 0 || !sl_names_has(&r->labels, label))
            continue;
        struct sl_buf *b = warn_rule(w, r);
        sl_buf_put_str(b, " names the label ");
        sl_load_quote(b, label);
        sl_buf_put_str(b, ", which no target gives\n");
    }
}

static bool too_few(const struct sl_reviewers *r)
{
    return r->need > 0 && r->groups.count == 0 && r->identities.count < r->need;
}

static void warn_reviewers(struct warner *w, const struct sl_rule *r)
{
    size_t nobody = 0;

    for (size_t i = 0; i < w->c->target_count; i++)
        for (size_t j = 0; j < w->c->targets[i].applying_count; j++)
            nobody += w->c->targets[i].applying[j] == r &&
                      decides_nobody(w, &r->reviewers, &w->c->targets[i]);
    if (r->then == SL_HOLD && nobody > 0)
        sl_buf_put_str(warn_rule(w, r), " holds what nobody could approve; give it reviewers\n");
    else if (r->then == SL_HOLD && r->reviewers.need == 0)
        sl_buf_put_str(warn_rule(w, r),
                       " names no reviewers: those of the target decide, or those of any "
                       "other hold rule\n");
    if (too_few(&r->reviewers))
        sl_buf_put_str(warn_rule(w, r),
                       " needs more people than it names; lower need or name more\n");
}

/* Browsers make passkeys for names, over https, and for localhost; nobody could decide else. */
static void warn_passkeys(struct warner *w, const struct sl_rule *r)
{
    const struct sl_settings *s = &w->c->settings;
    struct sl_buf *b;

    if (!r->proof_passkey || s->passkey_rp_id.n > 0)
        return;
    b = warn_rule(w, r);
    sl_buf_put_str(b, " asks for passkeys, and no browser makes any at ");
    sl_load_quote(b, s->public_url);
    sl_buf_put_str(b, ": what it holds is denied at once; public_url must be https:// with a name, "
                      "or http://localhost\n");
}

/* A chat whose people the rule lets decide there, if it knows who they are. */
static bool has_chat(const struct sl_config *c, uint32_t decide_in)
{
    for (size_t i = 0; i < c->chat_count; i++) {
        const struct sl_chat *chat = &c->chats[i];
        uint32_t bit = chat->kind == SL_CHAT_SLACK   ? SL_DECIDE_IN_SLACK
                       : chat->kind == SL_CHAT_TEAMS ? SL_DECIDE_IN_TEAMS
                                                     : 0;

        if ((decide_in & bit) != 0)
            return true;
    }
    return false;
}

static bool has_teams(const struct sl_config *c)
{
    for (size_t i = 0; i < c->chat_count; i++)
        if (c->chats[i].kind == SL_CHAT_TEAMS && c->chats[i].issuer.n > 0 &&
            c->chats[i].show == SL_CHAT_SHOW_STATEMENT)
            return true;
    return false;
}

static bool is_about_production(const struct sl_config *c, const struct sl_rule *r)
{
    for (size_t i = 0; i < c->target_count; i++)
        for (size_t j = 0; j < c->targets[i].applying_count; j++)
            if (c->targets[i].applying[j] == r &&
                sl_span_is(c->targets[i].environment, "production"))
                return true;
    return false;
}

bool sl_config_trusts_teams(const struct sl_config *c, const struct sl_rule *r)
{
    const uint32_t grave =
        SL_EFFECT_EXPORT | SL_EFFECT_PRIVILEGE | SL_EFFECT_PROGRAM | SL_EFFECT_ADMIN;
    bool names_one = (r->named & SL_WHEN_EFFECTS) != 0 && (r->effects & grave) != 0;

    return r->then == SL_HOLD && !r->proof_passkey &&
           (r->decide_in == 0 || (r->decide_in & SL_DECIDE_IN_TEAMS) != 0) && has_teams(c) &&
           (names_one || is_about_production(c, r));
}

static void warn_teams(struct warner *w, const struct sl_rule *r)
{
    if (sl_config_trusts_teams(w->c, r))
        sl_buf_put_str(warn_rule(w, r),
                       " can be decided in Teams, whose tokens are bound to no message: whoever "
                       "has taken over sluice-desk decides there as anybody whose account is "
                       "linked; add proof: passkey, or leave teams out of decide_in\n");
}

/* Passkeys sign in browsers; a message's button comes with none. */
static void warn_channels(struct warner *w, const struct sl_rule *r)
{
    enum { CHATS = SL_DECIDE_IN_ALL & ~0x07 };

    if (r->decide_in == 0)
        return;
    if (r->proof_passkey && (r->decide_in & SL_DECIDE_IN_PASSKEY) == 0)
        sl_buf_put_str(warn_rule(w, r),
                       " asks for passkeys, and decide_in leaves out where people have them: what "
                       "it holds is denied at once; add console\n");
    else if ((r->decide_in & ~(uint32_t)CHATS) == 0 && !has_chat(w->c, r->decide_in))
        sl_buf_put_str(
            warn_rule(w, r),
            " is decided in chats alone, and there is no `chat` of that kind: nobody can "
            "decide what it holds; add one, or console\n");
    else if ((r->decide_in & 0x03) == 0x02)
        sl_buf_put_str(warn_rule(w, r),
                       ": decide_in has cli and not http, and which of the two it is, the caller "
                       "says; leave out both to keep programs out\n");
}

static void warn_one_rule(struct warner *w, const struct sl_rule *r)
{
    warn_never(w, r);
    warn_unknown_labels(w, r);
    warn_reviewers(w, r);
    warn_passkeys(w, r);
    warn_channels(w, r);
    warn_teams(w, r);
    if (r->then == SL_ALLOW && (r->named & SL_WHEN_EFFECTS) != 0 &&
        (r->effects & SL_EFFECT_OPAQUE) != 0)
        sl_buf_put_str(warn_rule(w, r),
                       " allows opaque: what Sluice cannot understand runs unseen\n");
    if (r->budget.set && (r->budget.per == SL_PER_RUN || r->budget.by == SL_BY_RUN))
        sl_buf_put_str(warn_rule(w, r),
                       ": its budget is counted by run, and a client names its runs itself: one "
                       "that names a new run begins anew\n");
    if (r->then == SL_ALLOW && r->named == 0)
        sl_buf_put_str(warn_rule(w, r), " allows everything but opaque to everybody\n");
}

static void warn_unused_labels(struct warner *w)
{
    for (size_t bit = 0; bit < w->c->labels.count; bit++) {
        bool used = false;
        for (size_t i = 0; i < w->c->rule_count; i++)
            used |= (w->c->rules[i].label_bits >> bit & 1) != 0;
        if (used)
            continue;
        struct sl_buf *b = warn(w, 0);
        sl_buf_put_str(b, "label ");
        sl_load_quote(b, w->c->labels.items[bit]);
        sl_buf_put_str(b,
                       " is in no rule; it limits labelled reads to 1,000 rows and nothing else\n");
    }
}

/* --- issuers ------------------------------------------------------------------------------------
 */
static struct sl_buf *warn_issuer(struct warner *w, const struct sl_issuer *i)
{
    struct sl_buf *b = warn(w, i->line);

    sl_buf_put_str(b, "issuer ");
    sl_load_quote(b, i->name);
    return b;
}

/* What such tokens say where nobody asked for anything else, or what other services are called. */
static bool is_shared_audience(struct sl_span audience)
{
    static const char *const patterns[] = {"https://github.com/*",
                                           "https://gitlab.com*",
                                           "*kubernetes.default.svc*",
                                           "*sts.amazonaws.com*",
                                           "sigstore",
                                           "api://AzureADTokenExchange",
                                           "account",
                                           "api://default"};

    for (size_t i = 0; i < SL_COUNT(patterns); i++)
        if (sl_span_glob(sl_span_str(patterns[i]), audience))
            return true;
    return false;
}

static void warn_jobs(struct warner *w, const struct sl_issuer *i)
{
    for (size_t j = 0; j < i->job_count && i->kind != SL_ISSUER_KUBERNETES; j++) {
        if (i->jobs[j].ref.n + i->jobs[j].environment.n > 0)
            continue;
        struct sl_buf *b = warn_issuer(w, i);
        sl_buf_put_str(b, ": the job of ");
        sl_load_quote(b, i->jobs[j].identity);
        sl_buf_put_str(b, " is taken from any branch: whoever may push one is that identity; give "
                          "it a ref or an environment\n");
    }
}

static void warn_one_issuer(struct warner *w, const struct sl_issuer *i)
{
    if (sl_span_starts(i->issuer, SL_SPAN("http://")))
        sl_buf_put_str(warn_issuer(w, i), " is asked over http, which is for trying things out: "
                                          "any program of this machine could answer for it\n");
    for (size_t j = 0; j < i->audiences.count; j++) {
        if (!is_shared_audience(i->audiences.items[j]))
            continue;
        struct sl_buf *b = warn_issuer(w, i);
        sl_buf_put_str(b, ": the audience ");
        sl_load_quote(b, i->audiences.items[j]);
        sl_buf_put_str(b, " is one that tokens for other services have too, and whoever is shown "
                          "one of those could use it here; choose one of Sluice's own\n");
    }
    warn_jobs(w, i);
}

size_t sl_config_warn(const struct sl_config *c, const char *file_name, struct sl_buf *out)
{
    struct warner w = {.c = c, .file = file_name, .out = out};

    warn_settings(&w);
    warn_govern(&w);
    for (size_t i = 0; i < c->target_count; i++)
        warn_one_target(&w, &c->targets[i]);
    for (size_t i = 0; i < c->rule_count; i++)
        warn_one_rule(&w, &c->rules[i]);
    for (size_t i = 0; i < c->issuer_count; i++)
        warn_one_issuer(&w, &c->issuers[i]);
    warn_unused_labels(&w);
    return w.count;
}
