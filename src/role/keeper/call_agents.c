#include "role/keeper/keeper_int.h"

#include "role/keeper/budget.h"
#include "role/keeper/call.h"
#include "role/keeper/identity.h"
#include "role/keeper/lineage.h"
#include "role/keeper/people.h"
#include "role/keeper/sight.h"

/* What an owner has to say about the agents and services that answer to them: what was refused and
 * why, what is left of their budgets, and pausing. An owner never undoes what the operator paused.
 */

enum { AGENTS_MAX = 200, REFUSED_MAX = 100, BUDGETS_MAX = 500 }; /* of all together */

/* A JSON list of names, this caller's own among them. */
static struct sl_span under(struct call *c)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_IDENTITIES_UNDER, "s", c->who.person);
    struct sl_span names =
        db_row(&rows) ? sl_arena_copy(c->keeper->mem, db_span(&rows, 0)) : sl_span(NULL, 0);

    db_end(&rows);
    return names.n > 0 ? names : SL_SPAN("[]");
}

static bool is_under(struct call *c, struct sl_span name)
{
    json_t *list = NULL, *item;
    size_t i;
    bool found = false;

    if (sl_json_read(under(c), &list, NULL) == SL_OK)
        json_array_foreach(list, i, item) found |=
            sl_span_eq(name, sl_span(json_string_value(item), json_string_length(item)));
    json_decref(list);
    return found;
}

/* --- budgets ------------------------------------------------------------------------------------
 */

static void put_left(json_t *out, const char *key, uint64_t limit, uint64_t used)
{
    if (limit > 0)
        json_object_set_new(out, key, json_integer(limit > used ? (json_int_t)(limit - used) : 0));
}

static json_t *budget_json(struct keeper *k, const struct person *who, const struct sl_target *t,
                           const struct sl_rule *r)
{
    const struct sl_budget *b = &r->budget;
    struct sl_budget_use used = budget_used(k, who, t, r);
    json_t *one = json_object(), *left = json_object();
    SL_BUF(text, 256);
    SL_BUF(said, 256);

    sl_budget_put(&text, b);
    sl_budget_put_use(&said, b, &used);
    put_left(left, "rows", b->rows, used.rows);
    put_left(left, "bytes", b->bytes, used.bytes);
    put_left(left, "statements", b->statements, used.statements);
    json_put_str(one, "rule", r->name);
    json_put_str(one, "target", t->name);
    json_put_str(one, "budget", sl_buf_span(&text));
    json_put_str(one, "used", sl_buf_span(&said));
    json_object_set_new(one, "left", left);
    return one;
}

static json_t *budgets_of(struct keeper *k, const struct person *who, size_t *room)
{
    json_t *list = json_array();

    for (size_t i = 0; i < k->config->target_count; i++) {
        const struct sl_target *t = &k->config->targets[i];

        for (size_t r = 0; sl_target_admits(t, who->name, &who->groups) && r < t->applying_count;
             r++)
            if (t->applying[r]->budget.per == SL_PER_TIME &&
                sl_budget_is_counted(&t->applying[r]->budget) &&
                t->applying[r]->budget.by != SL_BY_RUN &&
                sl_rule_speaks_of(t->applying[r], who->name, who->kind, &who->groups) &&
                *room > 0) {
                json_array_append_new(list, budget_json(k, who, t, t->applying[r]));
                --*room;
            }
    }
    return list;
}

/* --- refusals -----------------------------------------------------------------------------------
 */

/* The statement names these numbers: what was refused, and nothing that ran. */
_Static_assert(LINEAGE_DENIED == 2 && LINEAGE_FAILED == 7, "DB_REFUSED_OF");

static json_t *refused(struct call *c, struct sl_span names)
{
    static const char *const members[] = {"identity", "target",   "statements", "rules",
                                          "verdict",  "why",      "reason",     "run",
                                          "approval", "approvers"};
    struct db_rows rows =
        db_ask(c->keeper->store.db, DB_REFUSED_OF, "si", names, (uint64_t)REFUSED_MAX);
    json_t *list = json_array();

    while (db_row(&rows)) {
        json_t *one = json_object();

        for (int i = 0; i < (int)SL_COUNT(members); i++)
            if (db_span(&rows, i).n > 0)
                json_put_str(one, members[i], db_span(&rows, i));
        json_put_time(one, "last_at", db_u64(&rows, 10));
        json_object_set_new(one, "count", json_integer((json_int_t)db_u64(&rows, 11)));
        json_put_str(one, "standing",
                     sl_span_str(lineage_standing_name((enum lineage_standing)db_u64(&rows, 12))));
        json_array_append_new(list, one);
    }
    db_end(&rows);
    return list;
}

/* --- the list -----------------------------------------------------------------------------------
 */

static uint64_t number(struct db_rows rows)
{
    uint64_t value = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return value;
}

bool identity_owner_paused(struct keeper *k, struct sl_span name)
{
    return number(db_ask(k->store.db, DB_OWNER_PAUSED, "s", name)) > 0;
}

static json_t *agent_json(struct call *c, const struct person *who, size_t *room)
{
    struct keeper *k = c->keeper;
    json_t *one = json_object();
    bool is_paused = sl_span_is(who->status, "paused");

    json_put_str(one, "name", who->name);
    json_put_str(one, "kind", sl_span_str(sl_identity_kind_name(who->kind)));
    json_put_str(one, "owner", who->owner);
    json_put_str(one, "status", who->status);
    if (is_paused)
        json_put_str(one, "paused_by",
                     identity_owner_paused(k, who->name) ? SL_SPAN("owner") : SL_SPAN("operator"));
    json_object_set_new(
        one, "sessions",
        json_integer((json_int_t)number(db_ask(k->store.db, DB_SESSIONS_OF, "s", who->name))));
    json_object_set_new(one, "open",
                        json_integer((json_int_t)number(
                            db_ask(k->store.db, DB_APPROVAL_COUNT_OF, "s", who->name))));
    json_object_set_new(one, "budgets", budgets_of(k, who, room));
    return one;
}

void call_AGENTS_LIST(struct call *c)
{
    struct sl_span names = under(c);
    json_t *list = NULL, *agents = json_array(), *item;
    size_t i, room = BUDGETS_MAX;
    bool more = false;

    if (sl_json_read(names, &list, NULL) == SL_OK)
        json_array_foreach(list, i, item)
        {
            struct person who;
            struct sl_span name = sl_span(json_string_value(item), json_string_length(item));

            if (json_array_size(agents) == AGENTS_MAX)
                more = true;
            else if (person_seen(c->keeper, name, &who))
                json_array_append_new(agents, agent_json(c, &who, &room));
        }
    json_decref(list);
    c->reply = json_object();
    json_object_set_new(c->reply, "agents", agents);
    json_object_set_new(c->reply, "more", json_boolean(more || room == 0));
    json_object_set_new(c->reply, "refused", refused(c, names));
}

/* --- pausing ------------------------------------------------------------------------------------
 */

static bool may_change(struct call *c, const struct person *who, bool off, const char **why)
{
    *why = who->kind == SL_HUMAN                 ? "People are paused by the operator alone."
           : sl_span_is(who->status, "disabled") ? "It is disabled."
           : off != sl_span_is(who->status, "paused")
               ? (off ? "It is not paused." : "It is paused already.")
           : off && !identity_owner_paused(c->keeper, who->name)
               ? "The operator paused it; only the operator lets it go on."
               : NULL;
    return *why == NULL;
}

static void change(struct call *c, const struct person *who, bool off)
{
    identity_set_status(c->keeper, who,
                        &(struct status_change){.status = off ? "active" : "paused",
                                                .what = off ? SL_ENTRY_ROSTER_RESUME
                                                            : SL_ENTRY_ROSTER_PAUSE,
                                                .why = "its owner paused it",
                                                .by = c->who.name,
                                                .channel = call_channel(c),
                                                .by_owner = true});
}

static void change_all(struct call *c, bool off)
{
    json_t *list = NULL, *item;
    uint64_t changed = 0;
    size_t i;

    if (sl_json_read(under(c), &list, NULL) == SL_OK)
        json_array_foreach(list, i, item)
        {
            struct person who;
            struct sl_span name = sl_span(json_string_value(item), json_string_length(item));
            const char *why;

            if (!person_there(c->keeper, name, &who) || !may_change(c, &who, off, &why))
                continue;
            change(c, &who, off);
            changed++;
        }
    json_decref(list);
    c->reply = json_object();
    json_object_set_new(c->reply, "changed", json_integer((json_int_t)changed));
}

void call_AGENT_PAUSE(struct call *c)
{
    bool off = json_is_true(json_object_get(c->body, "off"));
    struct sl_span name = call_str(c, "identity");
    const char *why;
    struct person who;

    if (json_is_true(json_object_get(c->body, "all"))) {
        change_all(c, off);
        return;
    }
    if (name.n == 0 || !is_under(c, name) || !person_there(c->keeper, name, &who)) {
        call_problem(c, 404, "No such agent", "You own no agent or service of this name.", "");
        return;
    }
    if (!may_change(c, &who, off, &why)) {
        call_problem(c, 409, "Not possible now", why, "");
        return;
    }
    change(c, &who, off);
    c->reply = json_object();
    json_put_str(c->reply, "identity", who.name);
    json_put_str(c->reply, "status", off ? SL_SPAN("active") : SL_SPAN("paused"));
}
