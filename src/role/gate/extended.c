/* The extended protocol: Parse may pass, Bind + Execute is the action (P1).
 *
 * Names are bookkept as the server will see them: a definition counts as confirmed only when the
 * server has said so; one that is still on its way may be used only before the next Sync, because
 * an error on the way makes the server skip exactly until there (session.h, struct statement_name).
 */
#include "role/gate/session.h"

#include <stdlib.h>

/* Of one session: the server's own memory is its business, the gate is everybody's. */
enum { NAMES_MAX = 16384, PREPARED_BYTES_MAX = 32 * 1024 * 1024 };

/* --- Parse --- */

static struct prepared *prepared_new(struct session *s, const struct sl_pg_parse *m,
                                     struct meaning *meaning)
{
    struct prepared *p = calloc(1, sizeof *p);
    uint8_t *text = malloc(m->sql.n + 1);
    uint32_t *types = calloc(m->type_count + 1u, sizeof *types);

    if (p == NULL || text == NULL || types == NULL) {
        free(p);
        free(text);
        free(types);
        session_kill(s, "out of memory");
        return NULL;
    }
    if (m->sql.n > 0)
        memcpy(text, m->sql.p, m->sql.n);
    for (size_t i = 0; i < m->type_count; i++)
        types[i] = sl_pg_parse_type(m, i);
    p->refs = 1;
    p->text = sl_span(text, m->sql.n);
    p->types = types;
    p->type_count = m->type_count;
    p->meaning = meaning == NULL ? NULL : meaning_ref(meaning);
    p->generation = s->target->generation;
    p->context = s->context;
    p->settings = s->context_unknown ? 0 : s->settings_hash;
    p->names_epoch = s->names_epoch;
    p->account = &s->prepared_bytes;
    s->prepared_bytes += m->sql.n;
    return p;
}

static enum take refuse(struct session *s, const char *sqlstate, const char *message,
                        const char *hint)
{
    struct refusal r = {.sqlstate = sqlstate, .message = message, .hint = hint};

    refuse_extended(s, &r);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* To the server it would be the same as any other one that begins alike. */
static bool is_too_long(struct sl_span name)
{
    return name.n > SL_PG_NAME_MAX;
}

static enum take refuse_name(struct session *s)
{
    return refuse(s, "42622", "a name of a prepared statement or portal has more than 63 bytes",
                  "the server would not tell it from others that begin alike: use a shorter one");
}

static void refuse_by_policy(struct session *s, const struct judged *j, struct sl_span text)
{
    SL_BUF(message, 2048);
    SL_BUF(detail, 2048);
    SL_BUF(hint, 1024);

    record_refusal(s, j, text, NULL);
    refuse_denied(s, j, &message, &detail, &hint);
    struct refusal r = {"42501", sl_buf_text(&message), sl_buf_text(&detail), sl_buf_text(&hint)};
    refuse_extended(s, &r);
}

/* SET sluice.x never reaches the server: an empty statement takes its place. */
static enum take send_empty_parse(struct session *s, const struct sl_pg_parse *m)
{
    SL_BUF(b, 1024);

    client_flush(s);
    sl_pg_put_parse(&b, m->statement, SL_SPAN(""), NULL, 0);
    if (sl_buf_err(&b) != SL_OK || !stream_write(&s->server, sl_buf_span(&b))) {
        session_kill(s, "the server does not take what it is sent");
        return TAKE_DEAD;
    }
    return TAKE_DONE;
}

static enum take note_parse(struct session *s, const struct sl_pg_parse *m, struct prepared *p)
{
    struct item *item;

    if (!names_define(s, m->statement, prepared_ref(p)))
        return TAKE_DEAD;
    item = item_push(s, ITEM_PARSE);
    item->prepared = prepared_ref(p);
    item->name = name_copy(m->statement);
    s->unsynced = true;
    if (item->name == NULL)
        session_kill(s, "out of memory");
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* The text does not show which types its parameters have, and reading a value of a domain runs the
 * checks of that domain: functions that users wrote. Types of the system have numbers below. */
static bool has_user_types(const struct sl_pg_parse *m)
{
    enum { FIRST_OF_USERS = 16384 };

    for (size_t i = 0; i < m->type_count; i++)
        if (sl_pg_parse_type(m, i) >= FIRST_OF_USERS)
            return true;
    return false;
}

static enum take judge_parse(struct session *s, const struct sl_pg_parse *m, struct judged *j)
{
    struct meaning *known = NULL;

    if (has_user_types(m)) {
        known = meaning_new(sl_span(NULL, 0), "a parameter has a type that users made");
        if (known == NULL) {
            session_kill(s, "out of memory");
            return TAKE_DEAD;
        }
    }
    enum take t = action_judge(s, m->sql, known, j);
    meaning_unref(known);
    return t;
}

static enum take take_parse(struct session *s, struct sl_span body, struct sl_span whole)
{
    struct sl_pg_parse m;
    struct judged j = {0};

    if (sl_pg_parse_get(body, &m) != SL_OK) {
        session_fatal(s, "08P01", "a Parse message that does not follow the protocol", NULL);
        return TAKE_DEAD;
    }
    if (is_too_long(m.statement))
        return refuse_name(s);
    bool is_set = settings_is_set(m.sql);
    if (!is_set) {
        enum take t = judge_parse(s, &m, &j);
        if (t != TAKE_DONE)
            return t;
        struct refusal r;
        if (settings_are_misspelt(&j, &r)) {
            record_refusal(s, &j, m.sql, NULL); /* whatever else it may have tried */
            judged_done(&j);
            return refuse(s, r.sqlstate, r.message, r.hint);
        }
        if (j.verdict->answer.enforced == SL_DENY) {
            refuse_by_policy(s, &j, m.sql);
            judged_done(&j);
            return s->dead ? TAKE_DEAD : TAKE_DONE;
        }
        struct held_bytes what = {.extended = true, .text = m.sql};
        if (j.verdict->answer.enforced == SL_HOLD && !elevate_may(s, &j, &what, &t)) {
            judged_done(&j); /* the standing login may not even be allowed to parse it */
            return t;
        }
    }
    s->names_epoch += m.statement.n > 0; /* an EXECUTE may mean it now */
    struct prepared *p = prepared_new(s, &m, j.meaning);
    judged_done(&j);
    if (p == NULL)
        return TAKE_DEAD;
    if (s->prepared_bytes > PREPARED_BYTES_MAX ||
        (s->statements != NULL && sl_map_count(s->statements) > NAMES_MAX)) {
        prepared_unref(p);
        return refuse(s, "54000", "this session has too many prepared statements",
                      "close some of them");
    }
    p->is_set = is_set;
    p->user_types = has_user_types(&m);
    enum take t = note_parse(s, &m, p);
    prepared_unref(p);
    if (t != TAKE_DONE)
        return t;
    if (is_set)
        return send_empty_parse(s, &m);
    client_forward(s, whole);
    return TAKE_DONE;
}

/* --- Bind --- */

/* The statement that the server will have under this name when the Bind arrives. */
static enum take find_statement(struct session *s, struct sl_span name, struct prepared **out)
{
    struct statement_name *n = s->statements == NULL ? NULL : sl_map_get(s->statements, name);

    *out = NULL;
    if (n == NULL)
        return TAKE_DONE;
    if (n->tentative == NULL) {
        *out = n->confirmed;
        return TAKE_DONE;
    }
    if (n->tentative_segment == s->segment) {
        *out = n->tentative;
        return TAKE_DONE;
    }
    return wait_for_answers(
        s); /* sent before an earlier Sync and not confirmed: what says the server? */
}

/* What follows a Bind in the input: is its Execute there? */
enum follow { FOLLOW_UNKNOWN, FOLLOW_EXECUTE, FOLLOW_NONE };

static enum follow look_ahead(struct sl_span rest, struct sl_span portal, uint32_t *max_rows)
{
    for (;;) {
        struct sl_pg_frame f;
        struct sl_pg_execute e;
        if (sl_pg_frame(rest, &f) != SL_STEP_EVENT || rest.n < SL_PG_HEADER + (size_t)f.body_bytes)
            return FOLLOW_UNKNOWN;
        if (f.type == SL_PG_EXECUTE &&
            sl_pg_execute_get(sl_span(rest.p + SL_PG_HEADER, f.body_bytes), &e) == SL_OK &&
            sl_span_eq(e.portal, portal)) {
            *max_rows = e.max_rows;
            return FOLLOW_EXECUTE;
        }
        if (f.type != SL_PG_DESCRIBE)
            return FOLLOW_NONE;
        rest = sl_span_from(rest, SL_PG_HEADER + (size_t)f.body_bytes);
    }
}

/* What the Bind that is sent now makes, and the item for the server's word about it. */
static struct portal *open_portal(struct session *s, struct sl_span name)
{
    struct portal *p = portals_make(s, name);

    if (p == NULL) {
        session_kill(s, "out of memory");
        return NULL;
    }
    names_forget_cursor(s, name);
    s->names_epoch += name.n > 0; /* a FETCH may read from it now */
    p->serial = ++s->bind_serial;
    p->segment = s->segment;
    struct item *item = item_push(s, ITEM_BIND);
    item->serial = p->serial;
    item->name = name_copy(name);
    if (item->name == NULL)
        session_kill(s, "out of memory");
    return s->dead ? NULL : p;
}

/* Is what follows its Execute and a Sync, and nothing else? Only what was received can be looked
 * at.
 */
static bool is_alone(struct sl_span rest)
{
    bool executed = false;
    struct sl_pg_frame f;

    while (sl_pg_frame(rest, &f) == SL_STEP_EVENT &&
           rest.n >= SL_PG_HEADER + (size_t)f.body_bytes) {
        if (f.type == SL_PG_SYNC)
            return executed;
        if (executed || (f.type != SL_PG_DESCRIBE && f.type != SL_PG_EXECUTE))
            return false;
        executed = f.type == SL_PG_EXECUTE;
        rest = sl_span_from(rest, SL_PG_HEADER + (size_t)f.body_bytes);
    }
    return false;
}

/* It is complete before its Sync commits it: what fails until then undoes it. What may commit by
 * itself is not marked; nor, to spare a record, a change into which no data flows and behind which
 * its Sync comes at once: there only a deferred check can fail. */
static uint32_t ends_with_sync(const struct sl_meaning *m, struct sl_span rest)
{
    const uint32_t by_itself =
        SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM | SL_EFFECT_ADMIN;
    const uint32_t rows = SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE |
                          SL_EFFECT_TRUNCATE | SL_EFFECT_IMPORT;
    bool flows = (m->effects & (rows | SL_EFFECT_DDL)) != 0 && m->flow_count > 0;

    if ((m->effects & by_itself) != 0)
        return 0;
    return flows || ((m->effects & rows) != 0 && !is_alone(rest)) ? (uint32_t)SL_INTENT_IN_TX : 0;
}

static enum take send_bind(struct session *s, const struct judged *j, const struct held_bytes *what,
                           struct sl_span whole, struct sl_span rest)
{
    const struct sl_pg_bind *m = what->bind;
    const struct prepared *p = what->prepared;
    struct meter *meter;
    bool granted = hold_is_granted(s);
    uint64_t action;
    uint32_t flags = SL_INTENT_EXTENDED | ends_with_sync(&j->meaning->m, rest);
    enum take t = record_intent(s, j, p->text, flags, m, &action);

    if (t != TAKE_DONE)
        return t;
    if (!labels_spread(s, j, action))
        return TAKE_DEAD;
    bool metered = meter_make(s, j, action, what, &meter);
    hold_free(s);
    extended_forget(s, &j->meaning->m); /* its own portal is not among what it forgets */
    struct portal *portal = open_portal(s, m->portal);
    if (portal == NULL || !metered) {
        meter_unref(meter);
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    portal->meter = meter;
    struct item filled = {0};
    item_fill(s, &filled, j, action);
    if ((filled.flags & ITEM_ENDS_DDL) != 0 && s->tx == 'I') { /* it commits with the next Sync */
        filled.flags &= (uint16_t)~ITEM_ENDS_DDL;
        if (!s->ddl_unsynced)
            ddl_begins(s);
        s->ddl_unsynced = true;
    }
    portal->action = action;
    portal->item_flags = filled.flags;
    portal->verdict = j->verdict->witness ? verdict_ref(j->verdict) : NULL;
    portal->granted = granted;
    portal->granted_rows = what->max_rows;
    if (names_are_made(&j->meaning->m))
        portal->made = names_ticket(s, p->text, j->meaning);
    s->ddl_moves += (filled.flags & ITEM_DDL) != 0; /* planning it may run code, too */
    bound_note(s, portal, j->meaning);
    s->items[(s->item_head + s->item_count - 1) & (s->item_room - 1)].flags =
        filled.flags & (ITEM_LABELLED | ITEM_DDL);
    ddl_count(s, &j->meaning->m);
    ddl_opens(s, &j->meaning->m);
    s->unsynced = true;
    s->unsynced_unsure =
        s->unsynced_unsure ||
        (s->tx != 'T' &&
         (j->meaning->m.effects & (SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM)) != 0);
    s->unsynced_changes = s->unsynced_changes ||
                          (j->meaning->m.effects &
                           ~(uint32_t)(SL_EFFECT_READ | SL_EFFECT_EXPORT | SL_EFFECT_SESSION)) != 0;
    client_forward(s, whole);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take bind_set(struct session *s, const struct sl_pg_bind *m, const struct prepared *p,
                          struct sl_span whole)
{
    SL_BUF(complaint, 512);

    if (!settings_apply(s, p->text, &complaint))
        return refuse(s, "22023", sl_buf_text(&complaint), NULL);
    struct portal *portal = open_portal(s, m->portal);
    if (portal == NULL)
        return TAKE_DEAD;
    portal->item_flags = ITEM_IS_SET;
    s->unsynced = true;
    client_forward(s, whole);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take hold_bind(struct session *s, const struct judged *j, struct held_bytes *what,
                           struct sl_span rest)
{
    SL_BUF(flush, 16);
    enum follow follow = look_ahead(rest, what->bind->portal, &what->max_rows);

    if (s->hold == NULL && follow == FOLLOW_UNKNOWN)
        return TAKE_WAIT; /* without a wait: the pump comes again with more bytes */
    if (s->hold == NULL && s->item_count > 0) {
        client_flush(s); /* let the client have what came before, while this waits */
        sl_pg_put_flush(&flush);
        if (!stream_write(&s->server, sl_buf_span(&flush))) {
            session_kill(s, "the server does not take what it is sent");
            return TAKE_DEAD;
        }
    }
    return hold_take(s, j, what);
}

static enum take bind_by_verdict(struct session *s, const struct judged *j, struct held_bytes *what,
                                 struct sl_span whole, struct sl_span rest)
{
    enum sl_verdict enforced = j->verdict->answer.enforced;

    if (enforced != SL_HOLD)
        hold_moot(s);
    if (enforced == SL_DENY) {
        refuse_by_policy(s, j, what->text);
        return s->dead ? TAKE_DEAD : TAKE_DONE;
    }
    if (enforced == SL_HOLD && what->prepared->settings != 0 &&
        what->prepared->settings != s->settings_hash) {
        record_refusal(s, j, what->text, NULL);
        return refuse(s, "42501",
                      "the session's settings changed since this statement was prepared, and what "
                      "its literals mean with them",
                      "prepare it again");
    }
    if (enforced == SL_HOLD) {
        enum take t = TAKE_DONE;
        if (!elevate_may(s, j, what, &t))
            return t;
        t = hold_bind(s, j, what, rest);
        if (t != TAKE_DONE || !hold_is_granted(s))
            return t;
    }
    return send_bind(s, j, what, whole, rest);
}

/* What policy allows may still be more than a budget has left. */
static enum take bind_by_budget(struct session *s, const struct judged *j, struct held_bytes *what,
                                struct sl_span whole, struct sl_span rest)
{
    struct judged over = {0};

    if (j->verdict->answer.verdict == SL_ALLOW && !s->target->config->observe) {
        enum take t = budget_take(s, j, &over, &what->over);
        if (t != TAKE_DONE)
            return t;
    }
    enum take t = bind_by_verdict(s, over.verdict != NULL ? &over : j, what, whole, rest);
    judged_done(&over);
    return t;
}

/* What EXECUTE and FETCH do is what the names that they use stand for now. */
static bool depends_on_names(const struct meaning *m)
{
    return m != NULL && (m->m.flags & (SL_MEANING_PREPARED | SL_MEANING_CURSOR)) != 0;
}

static enum take take_bind(struct session *s, struct sl_span body, struct sl_span whole,
                           struct sl_span rest)
{
    struct sl_pg_bind m;
    struct prepared *p;
    struct judged j;

    if (sl_pg_bind_get(body, &m) != SL_OK) {
        session_fatal(s, "08P01", "a Bind message that does not follow the protocol", NULL);
        return TAKE_DEAD;
    }
    if (is_too_long(m.statement) || is_too_long(m.portal))
        return refuse_name(s);
    enum take t = find_statement(s, m.statement, &p);
    if (t != TAKE_DONE)
        return t;
    if (p == NULL)
        return refuse(s, "26000", "Sluice knows no prepared statement of this name in this session",
                      "prepare it with a Parse message first");
    if (s->prepared_bytes > PREPARED_BYTES_MAX || portals_count(s) > NAMES_MAX)
        return refuse(s, "54000", "this session has too many open portals", "close some of them");
    if (p->is_set)
        return bind_set(s, &m, p, whole);
    bool fresh = p->user_types || (p->generation == s->target->generation &&
                                   p->context == s->context && !depends_on_names(p->meaning));
    prepared_ref(p);
    t = action_judge(s, p->text, fresh ? p->meaning : NULL, &j);
    if (t == TAKE_DONE) {
        struct held_bytes what = {
            .extended = true, .text = p->text, .bind = &m, .prepared = p, .bind_body = body};
        t = wait_to_commit(s, &j.meaning->m);
        if (t == TAKE_DONE)
            t = bind_by_budget(s, &j, &what, whole, rest);
        if (t == TAKE_WAIT)
            judged_keep(s, &j);
        judged_done(&j);
    }
    prepared_unref(p);
    return t;
}

/* --- the rest --- */

static enum take take_execute(struct session *s, struct sl_span body, struct sl_span whole)
{
    struct sl_pg_execute m;

    if (sl_pg_execute_get(body, &m) != SL_OK) {
        session_fatal(s, "08P01", "an Execute message that does not follow the protocol", NULL);
        return TAKE_DEAD;
    }
    if (is_too_long(m.portal))
        return refuse_name(s);
    struct portal *p = portals_find(s, m.portal);
    if (p == NULL)
        return refuse(s, "34000", "Sluice knows no portal of this name in this session", NULL);
    if (!p->confirmed && p->segment != s->segment && s->item_count > 0)
        return wait_for_answers(s); /* bound before an earlier Sync: what says the server? */
    if (p->granted && p->granted_rows != 0 && (p->executed || m.max_rows != p->granted_rows))
        return refuse(s, "42501", "more rows are asked for than the approval shows",
                      "run the statement again without a row limit, and it is held as a whole");
    const char *why;
    enum take t = bound_holds(s, p, &why);
    if (t != TAKE_DONE)
        return t;
    if (why != NULL)
        return refuse(s, "42501", why, "bind it again");
    witness_ask(s, p, m.portal);
    if (s->dead)
        return TAKE_DEAD;
    struct item *item = item_push(s, ITEM_EXECUTE);
    item->flags = p->item_flags;
    item->meter = meter_ref(p->meter);
    if (!portal_execute(p, m.max_rows, item)) {
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    p->executed = true;
    bound_sent(s, p, item);
    item->prepared = p->made;
    if (p->made != NULL)
        p->made->refs++;
    s->unsynced = true;
    client_forward(s, whole);
    if ((item->flags & ITEM_COPY_IN) != 0) {
        s->wait = WAIT_COPY;
        client_flush(s);
    }
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take take_named(struct session *s, uint8_t type, struct sl_span body,
                            struct sl_span whole)
{
    struct sl_pg_named m;

    if (sl_pg_named_get(body, &m) != SL_OK) {
        session_fatal(s, "08P01", "a Describe or Close message that does not follow the protocol",
                      NULL);
        return TAKE_DEAD;
    }
    if (is_too_long(m.name))
        return refuse_name(s);
    s->names_epoch += type == SL_PG_CLOSE && m.name.n > 0;
    struct item *item = item_push(s, type == SL_PG_CLOSE ? ITEM_CLOSE : ITEM_DESCRIBE);
    struct portal *p = m.kind == 'P' ? portals_find(s, m.name) : NULL;
    if (p != NULL && type == SL_PG_CLOSE)
        item->serial = p->serial;
    if (p != NULL && type == SL_PG_DESCRIBE)
        witness_attach(s, item, p);
    if (type == SL_PG_CLOSE && (p != NULL || m.kind == 'S')) {
        item->name = name_copy(m.name);
        if (item->name == NULL)
            session_kill(s, "out of memory");
    }
    s->unsynced = true;
    client_forward(s, whole);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

enum take extended_take(struct session *s, uint8_t type, struct sl_span body, struct sl_span whole,
                        struct sl_span rest)
{
    switch (type) {
    case SL_PG_PARSE:
        return take_parse(s, body, whole);
    case SL_PG_BIND:
        return take_bind(s, body, whole, rest);
    case SL_PG_EXECUTE:
        return take_execute(s, body, whole);
    default:
        return take_named(s, type, body, whole);
    }
}
