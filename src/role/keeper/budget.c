#include "role/keeper/budget.h"

#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* Budgets that outlive a statement. A gate borrows before anything passes, so what passes never
 * exceeds what is left, whatever crashes: lent is used until the gate says how much it was. Every
 * change is an event of the log; the view has the sums. */

enum { RULES_MAX = 64 };

/* Whose count: (rule, target, who). */
struct count {
    const struct sl_rule *rule;
    struct sl_span target, who;
    uint64_t bucket_ms, since_ms;
    struct sl_budget_use used; /* with what is lent */
};

static struct sl_span owner_of(const struct session *s)
{
    return s->owner.n > 0 ? s->owner : s->identity;
}

/* Runs are named by clients, so a name means something for one owner only; without a name the
 * session is the run. */
static struct sl_span who_of(struct keeper *k, const struct session *s, const struct sl_budget *b,
                             struct sl_span run)
{
    SL_BUF(who, 8192);

    if (b->by == SL_BY_IDENTITY)
        sl_buf_say(&who, "identity %S", s->identity);
    else
        sl_buf_say(&who, "owner %S", owner_of(s));
    if ((b->per == SL_PER_RUN || b->by == SL_BY_RUN) && run.n > 0)
        sl_buf_say(&who, " run %S", run);
    else if (b->per == SL_PER_RUN || b->by == SL_BY_RUN)
        sl_buf_say(&who, " session %U", s->id);
    return sl_arena_copy(k->mem, sl_buf_span(&who));
}

static void add(struct db_rows rows, struct sl_budget_use *to)
{
    if (db_row(&rows)) {
        to->rows += db_u64(&rows, 0);
        to->bytes += db_u64(&rows, 1);
        to->statements += db_u64(&rows, 2);
    }
    db_end(&rows);
}

static struct count count_of(struct keeper *k, const struct session *s, const struct sl_rule *r,
                             struct sl_span run)
{
    struct count c = {.rule = r, .target = s->target, .who = who_of(k, s, &r->budget, run)};
    struct db *db = k->store.db;
    struct db_rows last = db_ask(db, DB_BUDGET_LAST, "sss", r->name, c.target, c.who);
    uint64_t last_ms = db_row(&last) ? db_u64(&last, 0) : 0;

    db_end(&last);
    c.bucket_ms = sl_budget_bucket(&r->budget, sl_clock_us() / 1000, last_ms);
    c.since_ms = sl_budget_since(&r->budget, c.bucket_ms);
    add(db_ask(db, DB_BUDGET_USED, "sssi", r->name, c.target, c.who, c.since_ms), &c.used);
    add(db_ask(db, DB_BUDGET_LENT, "sss", r->name, c.target, c.who), &c.used);
    return c;
}

void budget_say_use(struct keeper *k, const struct session *s, const struct sl_rule *r,
                    struct sl_span run, struct sl_buf *out)
{
    struct count c = count_of(k, s, r, run);

    sl_budget_put_use(out, &r->budget, &c.used);
}

struct sl_budget_use budget_used(struct keeper *k, const struct person *who,
                                 const struct sl_target *target, const struct sl_rule *r)
{
    struct session as_if = {.identity = who->name, .owner = who->owner, .target = target->name};

    return count_of(k, &as_if, r, sl_span(NULL, 0)).used;
}

/* --- lending --- */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What nothing limits is not counted: 0 in the event. */
static void record_lent(struct keeper *k, const struct session *s, const struct count *c,
                        uint64_t lease, const struct sl_budget_use *lent)
{
    json_t *event = event_new("budget_lent", sl_clock_us());

    event_u64(event, "session", s->id);
    event_u64(event, "lease", lease);
    event_str(event, "rule", c->rule->name);
    event_str(event, "target", c->target);
    event_str(event, "who", c->who);
    event_u64(event, "since", c->since_ms);
    event_u64(event, "rows", c->rule->budget.rows == 0 ? 0 : lent->rows);
    event_u64(event, "bytes", c->rule->budget.bytes == 0 ? 0 : lent->bytes);
    event_u64(event, "statements", lent->statements);
    store_record(&k->store, NULL, event, false);
}

static size_t rules_of(struct keeper *k, const struct sl_msg_budget_ask *m,
                       const struct sl_rule *out[RULES_MAX])
{
    struct sl_span name;
    size_t at = 0, count = 0;

    while (sl_ipc_list_next(&m->rules, &at, &name)) {
        const struct sl_rule *r = sl_config_rule(k->config, name);

        if (r == NULL || !sl_budget_is_counted(&r->budget) || count == RULES_MAX)
            return 0;
        out[count++] = r;
    }
    return count;
}

static void lend(struct peer *p, const struct session *s, const struct sl_msg_budget_ask *m,
                 const struct sl_rule *const *rules, size_t count)
{
    struct keeper *k = p->keeper;
    struct sl_budget_use need = {m->rows, m->bytes, m->statements},
                         want = {m->want_rows, m->want_bytes, m->statements},
                         lent = {UINT64_MAX, UINT64_MAX, m->statements};
    struct count counts[RULES_MAX];

    for (size_t i = 0; i < count; i++) {
        struct sl_budget_use one;

        counts[i] = count_of(k, s, rules[i], m->run);
        if (!sl_budget_lend(&rules[i]->budget, &counts[i].used, &need, &want, &one)) {
            ANSWER(p, budget_lease, .session = s->id, .lease = m->lease, .answer = 1,
                   .rule = rules[i]->name);
            return;
        }
        lent.rows = least(lent.rows, one.rows);
        lent.bytes = least(lent.bytes, one.bytes);
    }
    for (size_t i = 0; i < count; i++)
        record_lent(k, s, &counts[i], m->lease, &lent);
    ANSWER(p, budget_lease, .session = s->id, .lease = m->lease, .rows = lent.rows,
           .bytes = lent.bytes);
}

/* --- giving back --- */

struct lease_row {
    uint64_t lease;
    struct sl_span rule, target, who;
    struct sl_budget_use lent;
};

/* Of one lease, or all of the session (0). */
static size_t leases_of(struct keeper *k, uint64_t session, uint64_t lease, struct lease_row **out)
{
    struct db_rows rows = db_ask(k->store.db, DB_LEASES_OF, "ii", session, lease);
    struct lease_row *list = sl_arena_array(k->mem, RULES_MAX, sizeof *list);
    size_t count = 0;

    if (list == NULL)
        keeper_die("leases could not be listed", SL_EMEMORY);
    while (count < RULES_MAX && db_row(&rows))
        list[count++] = (struct lease_row){db_u64(&rows, 0),
                                           sl_arena_copy(k->mem, db_span(&rows, 1)),
                                           sl_arena_copy(k->mem, db_span(&rows, 2)),
                                           sl_arena_copy(k->mem, db_span(&rows, 3)),
                                           {db_u64(&rows, 4), db_u64(&rows, 5), db_u64(&rows, 6)}};
    db_end(&rows);
    *out = list;
    return count;
}

/* From when on it counts. A rule that is not there any more has no window: it counts from now. */
static uint64_t bucket_of(struct keeper *k, const struct lease_row *l)
{
    const struct sl_rule *r = sl_config_rule(k->config, l->rule);
    struct db_rows last = db_ask(k->store.db, DB_BUDGET_LAST, "sss", l->rule, l->target, l->who);
    uint64_t last_ms = db_row(&last) ? db_u64(&last, 0) : 0, now_ms = sl_clock_us() / 1000;

    db_end(&last);
    if (r == NULL || !sl_budget_is_counted(&r->budget))
        return now_ms > last_ms ? now_ms : last_ms;
    return sl_budget_bucket(&r->budget, now_ms, last_ms);
}

static void put_lease(struct keeper *k, json_t *event, uint64_t session, const struct lease_row *l)
{
    event_u64(event, "session", session);
    event_u64(event, "lease", l->lease);
    event_str(event, "rule", l->rule);
    event_str(event, "target", l->target);
    event_str(event, "who", l->who);
    event_u64(event, "start", bucket_of(k, l));
}

static void give_back(struct keeper *k, uint64_t session, const struct lease_row *l,
                      const struct sl_budget_use *used)
{
    json_t *event = event_new("budget_returned", sl_clock_us());

    put_lease(k, event, session, l);
    event_u64(event, "rows", least(used->rows, l->lent.rows));
    event_u64(event, "bytes", least(used->bytes, l->lent.bytes));
    event_u64(event, "statements", least(used->statements, l->lent.statements));
    store_record(&k->store, NULL, event, false);
}

/* Said again after a lost answer it finds nothing, and is answered all the same. */
void on_budget_return(struct peer *p, const struct sl_msg_budget_return *m)
{
    struct keeper *k = p->keeper;
    struct session *s = session_get(k, p->index, m->session);
    struct sl_budget_use used = {m->rows, m->bytes, m->statements};
    struct lease_row *list;

    if (s != NULL && m->lease != 0) {
        size_t count = leases_of(k, s->id, m->lease, &list);
        for (size_t i = 0; i < count; i++)
            give_back(k, s->id, &list[i], &used);
    }
    ANSWER(p, budget_returned, .session = m->session, .lease = m->lease);
}

void budgets_close(struct keeper *k, const struct session *s)
{
    struct lease_row *list;

    for (size_t n = leases_of(k, s->id, 0, &list); n > 0; n = leases_of(k, s->id, 0, &list))
        for (size_t i = 0; i < n; i++)
            give_back(k, s->id, &list[i], &list[i].lent);
}

/* --- the question --- */

/* What passed since the last question counts from now on, whatever the answer will be. A gate
 * cannot have used more than it was lent. */
static void note_used(struct keeper *k, const struct session *s, const struct sl_msg_budget_ask *m)
{
    struct lease_row *list;

    if (m->lease == 0 || (m->used_rows == 0 && m->used_bytes == 0))
        return;
    size_t count = leases_of(k, s->id, m->lease, &list);
    for (size_t i = 0; i < count; i++) {
        json_t *event = event_new("budget_used", sl_clock_us());

        put_lease(k, event, s->id, &list[i]);
        event_u64(event, "rows", least(m->used_rows, list[i].lent.rows));
        event_u64(event, "bytes", least(m->used_bytes, list[i].lent.bytes));
        store_record(&k->store, NULL, event, false);
    }
}

void on_budget_ask(struct peer *p, const struct sl_msg_budget_ask *m)
{
    struct keeper *k = p->keeper;
    struct session *s = session_get(k, p->index, m->session);
    const struct sl_rule *rules[RULES_MAX];

    if (s == NULL) {
        sl_channel_break(p->channel, SL_ESTATE);
        return;
    }
    if (m->generation != k->generation) {
        note_used(k, s, m);
        ANSWER(p, budget_lease, .session = s->id, .lease = m->lease, .answer = 2);
        return;
    }
    note_used(k, s, m);
    size_t count = rules_of(k, m, rules);
    if (count == 0)
        sl_channel_break(p->channel, SL_EMALFORMED); /* no such budget in the very same policy */
    else
        lend(p, s, m, rules, count);
}
