/* SIGHUP: the same file again. A bad one changes nothing; a good one is taken by everybody or, with
 * `policy_changes: hold`, becomes an approval first. */
#include "role/super/super_int.h"

enum { DIFF_MAX_BYTES = 1024 * 1024 };

static void log_lines(const char *event, struct sl_span lines)
{
    while (lines.n > 0) {
        size_t end = sl_span_find(lines, '\n');
        sl_log(SL_LOG_ERROR, event, SL_TEXT("complaint", sl_span_head(lines, end)));
        lines = sl_span_from(lines, end + 1);
    }
}

/* What only a restart can change: the old value stays in force, and the log says so. */
static void warn_of_restart(const struct sl_settings *was, const struct sl_settings *is)
{
    const struct {
        const char *key;
        bool same;
    } fixed[] = {
        {"state", sl_span_eq(was->state, is->state)},
        {"runtime", sl_span_eq(was->runtime, is->runtime)},
        {"listen.postgres", sl_span_eq(was->postgres_host, is->postgres_host) &&
                                sl_span_eq(was->postgres_port, is->postgres_port)},
        {"listen.http",
         sl_span_eq(was->http_host, is->http_host) && sl_span_eq(was->http_port, is->http_port)},
        {"gates", was->gates == is->gates},
        {"judges", was->judges == is->judges},
        {"sandbox", was->sandbox_best_effort == is->sandbox_best_effort},
        {"ledger.origin", sl_span_eq(was->ledger_origin, is->ledger_origin)},
        {"lineage.openlineage.file", sl_span_eq(was->openlineage_file, is->openlineage_file)},
        {"tls", (was->tls_certificate.n > 0) == (is->tls_certificate.n > 0)},
    };

    for (size_t i = 0; i < SL_COUNT(fixed); i++)
        if (!fixed[i].same)
            sl_log(SL_LOG_WARN, "reload_needs_restart", SL_CSTR("key", fixed[i].key));
}

void sl_super_warn_of_teams(const struct sl_config *c)
{
    for (size_t i = 0; i < c->rule_count; i++)
        if (sl_config_trusts_teams(c, &c->rules[i]))
            sl_log(SL_LOG_WARN, "teams_decides", SL_TEXT("rule", c->rules[i].name),
                   SL_CSTR("effect", "whoever captures sluice-desk decides it as anybody whose "
                                     "account in Teams is linked"),
                   SL_CSTR("hint", "proof: passkey, or decide_in without teams"));
}

static void send_reload(struct sl_super *s, struct sl_program *p)
{
    const struct sl_inputs *in = s->inputs;
    SL_BUF(message, SL_IPC_MAX_BODY + SL_IPC_HEADER);
    struct sl_msg_reload m = {.generation = s->generation};

    if (p->role == SL_ROLE_JUDGE || p->channel == NULL) /* a judge knows no policy */
        return;
    if (p->role == SL_ROLE_COURIER) {
        m.addresses = sl_super_callees(s, p->index, &m.authorities);
    } else {
        m.config = sl_buf_span(&in->yaml);
        m.tls_certificate = sl_buf_span(&in->certificate);
    }
    if (p->role == SL_ROLE_KEEPER)
        m.tls_key = sl_buf_span(&in->key);
    if (p->role == SL_ROLE_GATE) {
        m.addresses = in->addresses;
        m.authorities = in->authorities;
    }
    sl_msg_reload_put(&message, &m);
    sl_channel_post(p->channel, &message);
    explicit_bzero(message.p, message.cap);
}

/* The keeper hears it first: what a gate asks under an older generation is then stale. A child that
 * is still starting gets it too, after its SETUP. */
static void take(struct sl_super *s, struct sl_inputs *fresh, uint32_t generation)
{
    warn_of_restart(&s->inputs->config->settings, &fresh->config->settings);
    fresh->config->settings.gates = s->inputs->config->settings.gates;
    fresh->config->settings.judges = s->inputs->config->settings.judges;
    fresh->config->settings.sandbox_best_effort = s->inputs->config->settings.sandbox_best_effort;
    sl_inputs_free(s->inputs);
    s->inputs = fresh;
    s->generation = generation;
    sl_log(SL_LOG_INFO, "reload", SL_NUM("generation", generation));
    sl_super_warn_of_teams(fresh->config);
    for (size_t i = 0; i < s->program_count; i++)
        if (s->programs[i].role == SL_ROLE_KEEPER)
            send_reload(s, &s->programs[i]);
    for (size_t i = 0; i < s->program_count; i++)
        if (s->programs[i].role != SL_ROLE_KEEPER)
            send_reload(s, &s->programs[i]);
    sl_super_couriers(s);
    sl_notify("READY=1\n");
}

void sl_reload_taken(struct sl_super *s)
{
    for (size_t i = 0; i < s->program_count; i++) {
        const struct sl_program *p = &s->programs[i];
        if (p->role != SL_ROLE_JUDGE && p->state == SL_PROGRAM_UP &&
            p->loaded_generation != s->generation)
            return;
    }
    sl_log(SL_LOG_INFO, "reloaded", SL_NUM("generation", s->generation));
}

static void reject(struct sl_super *s, const char *why)
{
    sl_log(SL_LOG_ERROR, "reload_rejected", SL_NUM("generation", s->proposed_generation),
           SL_CSTR("why", why), SL_CSTR("effect", "the configuration in force stays"));
    sl_inputs_free(s->proposed);
    s->proposed = NULL;
}

void sl_reload_propose(struct sl_super *s)
{
    SL_BUF(diff, DIFF_MAX_BYTES);
    SL_BUF(message, SL_IPC_MAX_BODY + SL_IPC_HEADER);
    struct sl_program *keeper = sl_super_program(s, SL_ROLE_KEEPER, 0);

    if (s->proposed == NULL || keeper == NULL || keeper->channel == NULL)
        return;
    sl_config_diff(s->inputs->config, s->proposed->config, &diff);
    if (sl_buf_err(&diff) != SL_OK) { /* whoever says yes has to see all of it (P3) */
        reject(s, "what it changes is too large to be shown whole: change it in parts");
        return;
    }
    if (diff.n == 0)
        sl_buf_put_str(&diff, "~ settings outside targets and policy\n");
    struct sl_msg_policy_propose m = {.generation = s->proposed_generation,
                                      .config = sl_buf_span(&s->proposed->yaml),
                                      .diff = sl_buf_span(&diff)};
    sl_msg_policy_propose_put(&message, &m);
    sl_channel_post(keeper->channel, &message);
    sl_log(SL_LOG_INFO, "reload_held", SL_NUM("generation", s->proposed_generation));
}

void sl_reload_decided(struct sl_super *s, const struct sl_msg_policy_decided *m)
{
    struct sl_inputs *fresh = s->proposed;

    if (fresh == NULL || m->generation != s->proposed_generation)
        return; /* an older proposal, replaced since */
    s->proposed = NULL;
    if (m->accepted != 0) {
        take(s, fresh, m->generation);
        return;
    }
    sl_log(SL_LOG_WARN, "reload_denied", SL_NUM("generation", m->generation),
           SL_TEXT("why", m->why));
    sl_inputs_free(fresh);
}

/* With no change in the file's text only certificates and addresses are new: nothing to decide. */
static bool must_be_decided(const struct sl_super *s, const struct sl_inputs *fresh)
{
    const struct sl_config *now = s->inputs->config;

    if (sl_span_eq(sl_buf_span(&s->inputs->yaml), sl_buf_span(&fresh->yaml)))
        return false;
    return now->settings.policy_changes_hold ||
           (now->settings.govern_two_person && !sl_config_tightens(now, fresh->config));
}

void sl_reload(struct sl_super *s)
{
    SL_BUF(complaints, DIFF_MAX_BYTES);
    struct sl_inputs *fresh;

    if (s->phase != SL_SUPER_RUNNING)
        return;
    enum sl_err err = sl_inputs_read(s->config_file, &fresh, &complaints);
    if (err != SL_OK) {
        log_lines("reload_rejected", sl_buf_span(&complaints));
        sl_log(SL_LOG_ERROR, "reload_rejected", SL_CSTR("why", sl_err_text(err)),
               SL_CSTR("effect", "the configuration in force stays"));
        return;
    }
    sl_inputs_free(s->proposed);
    s->proposed = NULL;
    uint32_t generation = ++s->last_generation;
    if (!must_be_decided(s, fresh)) {
        take(s, fresh, generation);
        return;
    }
    s->proposed = fresh;
    s->proposed_generation = generation;
    sl_reload_propose(s);
}
