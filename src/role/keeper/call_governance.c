#include "role/keeper/keeper_int.h"

#include "base/when.h"
#include "role/keeper/audit_int.h"
#include "role/keeper/call.h"
#include "role/keeper/people.h"
#include "role/keeper/sight.h"

/* Numbers about how people decide, each with the question that gives the entries behind it. They
 * come from the same index as the search, so that what is counted is what is found. */

enum { ENTRIES_TEXT = 1024, AGENTS_SHOWN = 60 };

struct numbers {
    struct call *call;
    json_t *list;
    uint64_t since_us;
    enum sl_err why;
};

static void add(struct numbers *n, const char *name, uint64_t value, const char *unit,
                const char *says, struct sl_span open)
{
    json_t *one = json_object();

    json_put_str(one, "name", sl_span_str(name));
    json_object_set_new(one, "value", json_integer((json_int_t)value));
    json_put_str(one, "unit", sl_span_str(unit));
    json_put_str(one, "says", sl_span_str(says));
    if (open.n > 0)
        json_put_str(one, "open", open);
    json_array_append_new(n->list, one);
}

static void put_since(const struct numbers *n, struct sl_buf *open)
{
    sl_buf_put_str(open, "&since=");
    sl_when_put(open, n->since_us);
}

/* --- counted by one word -----------------------------------------------------------------------
 */

static const struct counted {
    const char *name, *unit, *says;
    enum trail_kind kind;
    const char *key, *word;
} counted[] = {
    {"asked", "approvals", "held actions that asked for a yes", TRAIL_EVENT, "event", "asked"},
    {"approved", "approvals", "got every yes that they needed", TRAIL_EVENT, "event", "approved"},
    {"denied", "approvals", "somebody said no", TRAIL_EVENT, "event", "denied"},
    {"expired", "approvals", "nobody answered in time", TRAIL_EVENT, "event", "expired"},
    {"self_approval_refused", "attempts",
     "somebody tried to decide what they, their agent or a linked account asked for", TRAIL_ONLY,
     "only", TRAIL_ONLY_SELF},
    {"quick_yes", "votes", "a yes within 3 seconds of the question", TRAIL_ONLY, "only",
     TRAIL_ONLY_QUICK},
    {"labelled_reads_without_rule", "actions",
     "labelled data was read, and allowed by the default alone", TRAIL_ONLY, "only",
     TRAIL_ONLY_UNRULED},
};

static void add_counted(struct numbers *n, const struct counted *one)
{
    struct store *s = &n->call->keeper->store;
    uint64_t value = 0;
    SL_BUF(open, 256);

    if (n->why == SL_OK)
        n->why = trail_count(s->trail, s->ledger, one->kind, sl_span_str(one->word), n->since_us,
                             &value);
    sl_buf_say(&open, "%s=%s", one->key, one->word);
    put_since(n, &open);
    add(n, one->name, value, one->unit, one->says, sl_buf_span(&open));
}

/* --- waiting -------------------------------------------------------------------------------- */

/* The approval that waited as long as this part of them at most; `open` is its whole life. */
static void add_wait(struct numbers *n, const char *name, const char *says, uint64_t percent)
{
    struct db *db = n->call->keeper->store.db;
    struct db_rows rows = db_ask(db, DB_TRAIL_WAITS, "i", n->since_us);
    uint64_t count = db_row(&rows) ? db_u64(&rows, 0) : 0;
    SL_BUF(open, 256);

    db_end(&rows);
    uint64_t rank = count == 0 ? 0 : (count * percent + 99) / 100 - 1;
    rows = db_ask(db, DB_TRAIL_WAIT_AT, "ii", n->since_us, rank);
    uint64_t wait_us = 0;
    if (db_row(&rows)) {
        sl_buf_say(&open, "approval=%S", db_span(&rows, 0));
        wait_us = db_u64(&rows, 1);
    }
    db_end(&rows);
    add(n, name, wait_us / 1000, "milliseconds", says, sl_buf_span(&open));
}

/* --- agents without an owner -------------------------------------------------------------------
 */

/* Nobody owns it, or nobody who is there. */
static bool is_owned(struct keeper *k, const struct person *agent)
{
    struct person owner;

    return agent->owner.n > 0 && person_get(k, agent->owner, &owner) == SL_OK &&
           !sl_span_is(owner.status, "disabled");
}

static bool take_entry(void *owner, const struct trail_line *line)
{
    *(uint64_t *)owner = line->entry + 1;
    return true;
}

/* When it was last changed, as an entry; 0: not found. */
static uint64_t roster_entry(struct numbers *n, struct sl_span name)
{
    struct store *s = &n->call->keeper->store;
    struct trail_query q = {.before = UINT64_MAX, .before_line = UINT64_MAX, .lines = 1};
    struct trail_end end;
    uint64_t entry = 0;

    q.words[TRAIL_IDENTITY] = name;
    q.words[TRAIL_IS] = SL_SPAN("roster");
    if (n->why == SL_OK)
        n->why = trail_search(s->trail, s->ledger, &q, take_entry, &entry, &end);
    return entry == 0 ? UINT64_MAX : entry - 1;
}

static void sort(uint64_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t at = i; at > 0 && numbers[at - 1] > numbers[at]; at--) {
            uint64_t other = numbers[at];

            numbers[at] = numbers[at - 1];
            numbers[at - 1] = other;
        }
}

static struct sl_names agents_without_owner(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_IDENTITY_LIST, "");
    struct name_list agents = {0}, out = {0};

    while (db_row(&rows))
        if (sl_span_is(db_span(&rows, 1), "agent") && !sl_span_is(db_span(&rows, 3), "disabled"))
            name_list_add(k->mem, &agents, sl_arena_copy(k->mem, db_span(&rows, 0)));
    for (size_t i = 0; i < agents.names.count; i++) {
        struct person agent;

        if (person_get(k, agents.names.items[i], &agent) == SL_OK && !is_owned(k, &agent))
            name_list_add(k->mem, &out, agents.names.items[i]);
    }
    return out.names;
}

static void add_agents(struct numbers *n)
{
    struct sl_names agents = agents_without_owner(n->call->keeper);
    uint64_t entries[AGENTS_SHOWN];
    size_t count = 0;
    SL_BUF(open, ENTRIES_TEXT);
    SL_BUF(says, ENTRIES_TEXT);

    sl_buf_put_str(&says, "nobody is named who answers for them, or that account is disabled");
    for (size_t i = 0; i < agents.count && count < AGENTS_SHOWN; i++) {
        entries[count] = roster_entry(n, agents.items[i]);
        count += entries[count] != UINT64_MAX;
    }
    sort(entries, count);
    for (size_t i = 0; i < count; i++)
        sl_buf_say(&open, "%s%U", i == 0 ? "entries=" : ",", entries[i]);
    if (agents.count > count)
        sl_buf_say(&says, " (the entries of %U are opened, of %U more they are not)",
                   (uint64_t)count, (uint64_t)(agents.count - count));
    add(n, "agents_without_owner", agents.count, "agents", sl_buf_text(&says), sl_buf_span(&open));
}

static bool may_count(struct call *c)
{
    if (sight_of(c, READ_GOVERNANCE) == SIGHT_ALL)
        return true;
    call_problem(c, 403, "Not for this caller",
                 "These numbers are shown to reviewers, auditors and admins.", "");
    return false;
}

void call_GOVERNANCE(struct call *c)
{
    struct numbers n = {.call = c};

    if (!may_count(c) || !audit_time(c, "since", "30d", &n.since_us) || !trail_ready(c))
        return;
    n.list = json_array();
    for (size_t i = 0; i < SL_COUNT(counted); i++)
        add_counted(&n, &counted[i]);
    add_wait(&n, "wait_p50", "half of what was decided waited no longer", 50);
    add_wait(&n, "wait_p95", "of 20 that were decided, 19 waited no longer", 95);
    add_agents(&n);
    c->reply = json_object();
    json_object_set_new(c->reply, "numbers", n.list);
    json_put_time(c->reply, "since", n.since_us);
    json_put_time(c->reply, "until", sl_clock_us());
    if (n.why != SL_OK)
        call_problem(c, 500, "Not counted", "The ledger's files could not be read.",
                     "sluice ledger verify says what is wrong with them.");
}
