#include "role/keeper/keeper_int.h"

#include "base/utf8.h"

#include <stdlib.h>

/* --- the record of sessions ---------------------------------------------------------------------
 */

struct copier {
    uint8_t *at;
};

static struct sl_span copy(struct copier *c, struct sl_span s)
{
    struct sl_span out = {c->at, s.n};

    if (s.n > 0)
        memcpy(c->at, s.p, s.n);
    c->at += s.n;
    return out;
}

static enum sl_err session_add(struct keeper *k, const struct session *from, struct session **out)
{
    size_t n = from->identity.n + from->owner.n + from->target.n + from->environment.n +
               from->protocol.n + from->upstream_user.n + from->credential.n + from->started_by.n +
               from->unknown.n + from->job.n + from->link.n + from->acts_for.n;
    struct session *s = malloc(sizeof *s + n);

    if (s == NULL)
        return SL_EMEMORY;
    struct copier c = {(uint8_t *)(s + 1)};
    *s = *from;
    s->identity = copy(&c, from->identity);
    s->owner = copy(&c, from->owner);
    s->target = copy(&c, from->target);
    s->environment = copy(&c, from->environment);
    s->protocol = copy(&c, from->protocol);
    s->upstream_user = copy(&c, from->upstream_user);
    s->credential = copy(&c, from->credential);
    s->started_by = copy(&c, from->started_by);
    s->unknown = copy(&c, from->unknown);
    s->job = copy(&c, from->job);
    s->link = copy(&c, from->link);
    s->acts_for = copy(&c, from->acts_for);
    enum sl_err err = sl_map_put(k->sessions, sl_map_u64(&s->id), s);
    if (err != SL_OK) {
        free(s);
        return err;
    }
    *out = s;
    return SL_OK;
}

/* Names of issuers, subjects and identities have no line ends in them. */
static struct sl_span joined(struct keeper *k, const struct sl_names *names)
{
    SL_BUF(text, 16 * 1024);

    for (size_t i = 0; i < names->count; i++)
        sl_buf_say(&text, i == 0 ? "%S" : "\n%S", names->items[i]);
    SL_PROMISE(sl_buf_err(&text) == SL_OK); /* one left out could be one who decides */
    return sl_arena_copy(k->mem, sl_buf_span(&text));
}

static struct sl_names split(struct keeper *k, struct sl_span text)
{
    struct sl_names names = {0};

    while (text.n > 0) {
        struct sl_span name = sl_span_head(text, sl_span_find(text, '\n'));

        names_add(k->mem, &names, name);
        text = sl_span_from(text, name.n + 1);
    }
    return names;
}

struct asked_for session_others(struct keeper *k, const struct session *s)
{
    return (struct asked_for){.started_by = s->started_by,
                              .unknown = s->unknown,
                              .job = s->job,
                              .link = s->link,
                              .on_behalf_of = split(k, s->acts_for)};
}

struct session *session_get(struct keeper *k, uint32_t gate, uint64_t id)
{
    struct session *s = sl_map_get(k->sessions, sl_map_u64(&id));

    return s != NULL && s->gate == gate ? s : NULL;
}

void sessions_free(struct keeper *k)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (k->sessions != NULL && sl_map_next(k->sessions, &at, &key, &value))
        free(value);
    sl_map_free(k->sessions);
    k->sessions = NULL;
}

/* --- opening -------------------------------------------------------------------------------------
 */

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
                           .acts_for = joined(k, &facts->others.on_behalf_of)};
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

/* --- ending --------------------------------------------------------------------------------------
 */

static void forget(struct keeper *k, struct session *s, const char *why)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("session_closed", now_us);

    budgets_close(k, s);
    event_u64(event, "session", s->id);
    sl_entry_put_session(&leaf, &(struct sl_entry_session){.time_us = now_us,
                                                           .session = s->id,
                                                           .close = true,
                                                           .gate = s->gate,
                                                           .identity = s->identity,
                                                           .target = s->target,
                                                           .why = sl_span_str(why)});
    store_record(&k->store, &leaf, event, false);
    labels_session_over(k, s->id);
    waiters_drop_session(k, s->id);
    running_unknown_of(k, s->id);
    sl_map_remove(k->sessions, sl_map_u64(&s->id));
    free(s);
}

/* What the session did last may still lie in the journal: it is read before the session is
 * forgotten. */
void on_session_closed(struct peer *p, const struct sl_msg_session_closed *m)
{
    struct session *s = session_get(p->keeper, p->index, m->session);

    if (s == NULL) { /* it may have said so to the keeper before us; what is not its own it may not
                        end */
        if (m->session >= p->keeper->next_session ||
            sl_map_get(p->keeper->sessions, sl_map_u64(&m->session)) != NULL)
            sl_channel_break(p->channel, SL_ESTATE);
        return;
    }
    journal_drain(p->keeper, p->index);
    s = session_get(p->keeper, p->index, m->session);
    if (s != NULL)
        forget(p->keeper, s, s->ending ? "ended by Sluice" : NULL);
}

void session_end(struct keeper *k, struct session *s, const char *why)
{
    if (s->ending)
        return;
    s->ending = true;
    ANSWER_GATE(k, s->gate, session_end, .session = s->id, .why = sl_span_str(why));
}

void sessions_end_of(struct keeper *k, struct sl_span identity, struct sl_span credential,
                     const char *why)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value)) {
        struct session *s = value;

        if ((identity.n > 0 && sl_span_eq(s->identity, identity)) ||
            (credential.n > 0 && sl_span_eq(s->credential, credential)))
            session_end(k, s, why);
    }
}

static bool is_for(struct keeper *k, const struct session *s, struct sl_span identity)
{
    struct sl_names names = split(k, s->acts_for);

    for (size_t i = 0; i < names.count; i++)
        if (sl_span_eq(names.items[i], identity))
            return true;
    return credential_is_for(k, s->credential, identity);
}

void sessions_end_for(struct keeper *k, struct sl_span identity, const char *why)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value))
        if (is_for(k, value, identity))
            session_end(k, value, why);
}

static bool is_admitted(struct keeper *k, const struct session *s)
{
    const struct sl_target *target = sl_config_target(k->config, s->target);
    struct person who;

    return target != NULL && person_get(k, s->identity, &who) == SL_OK &&
           sl_target_admits(target, who.name, &who.groups);
}

void sessions_end_refused(struct keeper *k)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value))
        if (!is_admitted(k, value))
            session_end(k, value, "this target is not yours to use any more");
}

void sessions_forget_gate(struct keeper *k, uint32_t gate, uint64_t before_us, const char *why)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->sessions, &at, &key, &value)) {
        struct session *s = value;

        if (s->gate == gate && s->since_us < before_us)
            forget(k, s, why);
    }
}

/* --- after a restart -----------------------------------------------------------------------------
 */

/* Sessions outlive the keeper: their gates still hold them. */
enum sl_err sessions_load(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_SESSION_LIST, "");
    enum sl_err err = SL_OK;

    while (err == SL_OK && db_row(&rows)) {
        struct session *s;
        const struct sl_target *target = sl_config_target(k->config, db_span(&rows, 4));
        struct session from = {.id = db_u64(&rows, 0),
                               .since_us = db_u64(&rows, 7),
                               .gate = (uint32_t)db_u64(&rows, 6),
                               .identity = db_span(&rows, 1),
                               .kind = sl_identity_kind_of(db_span(&rows, 2)),
                               .owner = db_span(&rows, 3),
                               .target = db_span(&rows, 4),
                               .environment = db_span(&rows, 5),
                               .protocol = target == NULL ? SL_SPAN("postgres") : target->protocol,
                               .credential = db_span(&rows, 8),
                               .started_by = db_span(&rows, 9),
                               .unknown = db_span(&rows, 10),
                               .job = db_span(&rows, 11),
                               .link = db_span(&rows, 12),
                               .acts_for = db_span(&rows, 13)};

        err = session_add(k, &from, &s);
        if (from.id >= k->next_session)
            k->next_session = from.id + 1;
    }
    db_end(&rows);
    return err;
}

/* --- failures, one leaf a second for each address and name --- */

enum { MAX_FAILURES = 64 };
struct sign_in_failures {
    struct failure {
        uint64_t first_us, last_us, count;
        char identity[64], target[64], address[64], why[32];
    } items[MAX_FAILURES];
    size_t count;
    uint64_t more;
};

static void put_text(char *out, size_t size, struct sl_span text)
{
    SL_BUF(printable, 1024);

    sl_utf8_put_printable(&printable, sl_span_head(text, size));
    struct sl_span head = sl_utf8_head(sl_buf_span(&printable), size - 1);
    memset(out, 0, size);
    if (head.n > 0)
        memcpy(out, head.p, head.n);
}

void sign_in_failed(struct keeper *k, struct sl_span user, struct sl_span target,
                    struct sl_span address, const char *why)
{
    struct failure f = {.first_us = sl_clock_us(), .count = 1};

    if (k->failures == NULL)
        k->failures = calloc(1, sizeof *k->failures);
    if (k->failures == NULL)
        return;
    f.last_us = f.first_us;
    put_text(f.identity, sizeof f.identity, user);
    put_text(f.target, sizeof f.target, target);
    put_text(f.address, sizeof f.address, address);
    put_text(f.why, sizeof f.why, sl_span_str(why));
    for (size_t i = 0; i < k->failures->count; i++) {
        struct failure *old = &k->failures->items[i];

        if (strcmp(old->identity, f.identity) != 0 || strcmp(old->address, f.address) != 0 ||
            strcmp(old->why, f.why) != 0)
            continue;
        old->count++;
        old->last_us = f.last_us;
        return;
    }
    if (k->failures->count == MAX_FAILURES)
        sign_in_failures_flush(k);
    k->failures->items[k->failures->count++] = f;
}

void sign_in_failures_flush(struct keeper *k)
{
    for (size_t i = 0; k->failures != NULL && i < k->failures->count; i++) {
        const struct failure *f = &k->failures->items[i];
        SL_BUF(leaf, SL_ENTRY_MAX);

        sl_entry_put_sign_in_failure(
            &leaf, &(struct sl_entry_sign_in_failure){.time_us = sl_clock_us(),
                                                      .first_us = f->first_us,
                                                      .last_us = f->last_us,
                                                      .count = f->count,
                                                      .identity = sl_span_str(f->identity),
                                                      .target = sl_span_str(f->target),
                                                      .address = sl_span_str(f->address),
                                                      .why = sl_span_str(f->why)});
        store_leaf(&k->store, &leaf, false, NULL);
        sl_log(SL_LOG_WARN, "sign_in_failure", SL_CSTR("identity", f->identity),
               SL_CSTR("address", f->address), SL_NUM("count", f->count), SL_CSTR("why", f->why));
    }
    if (k->failures != NULL)
        k->failures->count = 0;
}
