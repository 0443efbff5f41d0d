#include "role/keeper/sessions_int.h"

#include "role/keeper/credentials.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"
#include "role/keeper/store.h"

/* Opening a session: as whom it signs in to its target, and what is recorded of it. */

/* A name that can stand in a connection string and is nobody's role by accident. */
static bool safe_name(struct sl_span name)
{
    if (name.n == 0 || name.n > 63 || sl_span_starts(name, SL_SPAN("pg_")))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '.' || c == '-' || c == '@'))
            return false;
    }
    return true;
}

bool login_user_of(const struct sl_login *login, const struct person *who, struct sl_buf *user)
{
    sl_login_put_user(user, login, who->name);
    return sl_buf_err(user) == SL_OK && safe_name(sl_buf_span(user));
}

bool upstream_user_of(struct keeper *k, const struct sl_target *target, const struct person *who,
                      struct sl_buf *user)
{
    const struct sl_login *login = sl_target_login(target, &who->groups);

    (void)k;
    return login != NULL && login_user_of(login, who, user);
}

static void put_open(struct sl_buf *leaf, const struct session *s, const struct person *who,
                     const struct session_facts *facts, struct sl_names requesters)
{
    sl_entry_put_session(leaf, &(struct sl_entry_session){
                                   .time_us = s->since_us,
                                   .session = s->id,
                                   .gate = s->gate,
                                   .identity = s->identity,
                                   .identity_kind = sl_span_str(sl_identity_kind_name(s->kind)),
                                   .owner = s->owner,
                                   .target = s->target,
                                   .environment = s->environment,
                                   .protocol = s->protocol,
                                   .address = facts->address,
                                   .job = s->job,
                                   .job_link = s->link,
                                   .on_behalf_of = entry_list(facts->others.on_behalf_of),
                                   .upstream_user = s->upstream_user,
                                   .groups = entry_list(who->groups),
                                   .requesters = entry_list(requesters),
                                   .tls = facts->tls});
}

static void record_open(struct keeper *k, const struct session *s, const struct sl_buf *leaf)
{
    json_t *event = event_new("session_opened", s->since_us);

    event_u64(event, "session", s->id);
    event_str(event, "identity", s->identity);
    event_str(event, "kind", sl_span_str(sl_identity_kind_name(s->kind)));
    event_str(event, "owner", s->owner);
    event_str(event, "target", s->target);
    event_str(event, "environment", s->environment);
    event_u64(event, "gate", s->gate);
    event_u64(event, "life", s->life);
    event_str(event, "credential", s->credential);
    if (s->acts_for.n > 0)
        event_str(event, "acts_for", s->acts_for);
    if (s->job.n > 0 || s->unknown.n > 0) {
        event_str(event, "started_by", s->started_by);
        event_str(event, "unknown", s->unknown);
        event_str(event, "job", s->job);
        event_str(event, "job_link", s->link);
    }
    store_record(&k->store, leaf, event, false);
}

static void answer_ok(struct peer *p, const struct session *s, const struct person *who,
                      const struct session_facts *facts, struct sl_names requesters)
{
    struct sl_ipc_list groups = {0}, set = {0};
    SL_BUF(group_bytes, 1024 * 1024);
    SL_BUF(set_bytes, 1024 * 1024);

    for (size_t i = 0; i < who->groups.count; i++)
        sl_ipc_list_add(&group_bytes, &groups, who->groups.items[i]);
    for (size_t i = 0; i < requesters.count; i++)
        sl_ipc_list_add(&set_bytes, &set, requesters.items[i]);
    ANSWER(p, login_ok, .conn = facts->conn, .session = s->id, .identity = s->identity,
           .kind = sl_span_str(sl_identity_kind_name(s->kind)), .owner = s->owner, .groups = groups,
           .requester = set, .upstream_user = s->upstream_user,
           .server_signature = facts->server_signature);
}

static void refuse(struct peer *p, uint64_t conn, const char *text, const char *hint)
{
    ANSWER(p, login_refused, .conn = conn, .sqlstate = SL_SPAN("28000"), .text = sl_span_str(text),
           .hint = sl_span_str(hint));
}

void session_open(struct peer *p, const struct person *who, const struct credential *with,
                  const struct session_facts *facts)
{
    struct keeper *k = p->keeper;
    const struct sl_target *target = sl_config_target(k->config, facts->target);
    struct sl_requester *requesters;
    size_t count;
    struct session *s;
    struct asked_for others = facts->others;
    SL_BUF(user, 128);
    SL_BUF(leaf, SL_ENTRY_MAX);

    if (target == NULL || !upstream_user_of(k, target, who, &user)) {
        refuse(p, facts->conn, "this target has no login that fits your identity",
               "`login` of the target names the user; {identity} must give a plain role name.");
        return;
    }
    credential_asks_for(k, with->id, &others);
    if (acting_for_inactive(k, &others.on_behalf_of).n > 0) {
        refuse(p, facts->conn, "this token acts for somebody who is disabled or paused",
               "Ask the operator of Sluice.");
        return;
    }
    if (requesters_of(k, who, &others, &requesters, &count) != SL_OK) {
        refuse(p, facts->conn, "the requester set of this identity is too large", "");
        return;
    }
    struct session from = {.id = k->next_session++,
                           .since_us = sl_clock_us(),
                           .gate = p->index,
                           .life = k->journals[p->index].life,
                           .kind = who->kind,
                           .identity = who->name,
                           .owner = who->owner,
                           .target = target->name,
                           .environment = target->environment,
                           .protocol = target->protocol,
                           .upstream_user = sl_buf_span(&user),
                           .credential = with->id,
                           .started_by = facts->others.started_by,
                           .unknown = facts->others.unknown,
                           .job = facts->others.job,
                           .link = facts->others.link,
                           .acts_for = session_names(k, &facts->others.on_behalf_of)};
    struct sl_names names = requester_names(k, requesters, count);
    put_open(&leaf, &from, who, facts, names);
    if (sl_buf_err(&leaf) != SL_OK) {
        refuse(p, facts->conn, "your groups and owners do not fit into an entry of the ledger",
               "Be a member of fewer groups, or of groups with shorter names.");
        return;
    }
    if (session_add(k, &from, &s) != SL_OK) {
        refuse(p, facts->conn, "no room for another session", "");
        return;
    }
    record_open(k, s, &leaf);
    answer_ok(p, s, who, facts, names);
}
