#include "role/keeper/approval.h"
#include "role/keeper/credentials.h"
#include "role/keeper/scim.h"
#include "role/keeper/sessions.h"

/* Memberships that come from an account, and the end of it: with it they go. */

enum { GROUP_MAX_BYTES = 200 };

static bool has(const struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return true;
    return false;
}

enum sl_err issuer_groups(struct keeper *k, const struct sl_issuer *i,
                          const struct sl_oidc_claims *claims, struct sl_names *out)
{
    *out = (struct sl_names){0};
    for (size_t n = 0; n < claims->group_count; n++) {
        SL_BUF(ours, GROUP_MAX_BYTES);

        if (!sl_issuer_put_group(&ours, i, claims->groups[n]) && sl_buf_err(&ours) == SL_OK)
            continue;
        if (sl_buf_err(&ours) != SL_OK || ours.n == 0) /* one left out could be one that holds */
            return SL_ELIMIT;
        if (!has(out, sl_buf_span(&ours)))
            names_add(k->mem, out, sl_arena_copy(k->mem, sl_buf_span(&ours)));
    }
    return SL_OK;
}

static struct sl_names from_account(struct keeper *k, const struct account *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_FROM_OF, "ss", a->identity, a->credential);
    struct sl_names names = {0};

    while (db_row(&rows))
        names_add(k->mem, &names, sl_arena_copy(k->mem, db_span(&rows, 0)));
    db_end(&rows);
    return names;
}

/* All of them: also of whoever has more than a person may have. */
static struct sl_names groups_of(struct keeper *k, struct sl_span identity)
{
    struct db_rows rows = db_ask(k->store.db, DB_GROUPS_OF, "s", identity);
    struct sl_names names = {0};

    while (db_row(&rows))
        names_add(k->mem, &names, sl_arena_copy(k->mem, db_span(&rows, 0)));
    db_end(&rows);
    return names;
}

static bool from_others_too(struct keeper *k, const struct account *a, struct sl_span group)
{
    struct db_rows rows =
        db_ask(k->store.db, DB_FROM_OTHER, "sss", a->identity, group, a->credential);
    bool found = db_row(&rows);

    db_end(&rows);
    return found;
}

static json_t *names_json(const struct sl_names *names)
{
    json_t *array = json_array();

    for (size_t i = 0; i < names->count; i++)
        json_array_append_new(array,
                              json_stringn((const char *)names->items[i].p, names->items[i].n));
    return array;
}

struct change {
    struct sl_names changed; /* of what comes from this account */
    struct sl_names told;    /* of the memberships themselves, for the ledger */
};

static void record(struct keeper *k, const struct account *a, const struct maker *by,
                   const struct change *c, bool member, uint64_t issued_s)
{
    json_t *event = event_new("account_groups", sl_clock_us());
    static const struct sl_names none = {0};

    event_str(event, "identity", a->identity);
    event_str(event, "credential", a->credential);
    event_json(event, "added", names_json(member ? &c->changed : &none));
    event_json(event, "removed", names_json(member ? &none : &c->changed));
    event_u64(event, "issued", issued_s);
    if (c->told.count == 0) {
        store_record(&k->store, NULL, event, false);
        return;
    }
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = member ? SL_ENTRY_ROSTER_GROUP_ADD
                                                          : SL_ENTRY_ROSTER_GROUP_REMOVE,
                                          .identity = a->identity,
                                          .groups = entry_list(c->told),
                                          .approval = by->approval,
                                          .reason = by->why,
                                          .by = maker_name(by),
                                          .channel = maker_channel(by)});
}

/* In parts that fit into an entry of the ledger. */
static void record_all(struct keeper *k, const struct account *a, const struct maker *by,
                       const struct change *c, bool member, uint64_t issued_s)
{
    enum { EACH = 100 };

    for (size_t from = 0; from < c->changed.count; from += EACH) {
        size_t left = c->changed.count - from;
        struct change part = {{c->changed.items + from, left < EACH ? left : EACH}, {0}};

        for (size_t i = 0; i < c->told.count; i++)
            if (has(&part.changed, c->told.items[i]))
                names_add(k->mem, &part.told, c->told.items[i]);
        record(k, a, by, &part, member, issued_s);
    }
}

static bool replace(struct keeper *k, const struct account *a, const struct maker *by,
                    const struct sl_names *wanted, uint64_t issued_s)
{
    struct sl_names now = from_account(k, a);
    struct change added = {{0}, {0}}, removed = {{0}, {0}};
    struct sl_names all = groups_of(k, a->identity);

    for (size_t i = 0; i < wanted->count; i++) {
        if (has(&now, wanted->items[i]))
            continue;
        names_add(k->mem, &added.changed, wanted->items[i]);
        if (!has(&all, wanted->items[i]))
            names_add(k->mem, &added.told, wanted->items[i]);
    }
    for (size_t i = 0; i < now.count; i++) {
        if (has(wanted, now.items[i]))
            continue;
        names_add(k->mem, &removed.changed, now.items[i]);
        if (!from_others_too(k, a, now.items[i]))
            names_add(k->mem, &removed.told, now.items[i]);
    }
    record_all(k, a, by, &removed, false, issued_s);
    record_all(k, a, by, &added, true, issued_s);
    if (added.changed.count == 0 && removed.changed.count == 0 && issued_s > a->issued_s)
        record(k, a, by, &added, true, issued_s);
    return added.told.count > 0 || removed.told.count > 0;
}

struct maker account_said_by(struct keeper *k, const struct sl_issuer *i)
{
    SL_BUF(by, 1024);

    sl_buf_say(&by, "issuer:%S", i->name);
    return (struct maker){.issuer = sl_arena_copy(k->mem, sl_buf_span(&by)),
                          .channel = SL_SPAN("http")};
}

/* Gates judge by the groups that a session began with, so it begins anew. */
enum sl_err account_groups(struct keeper *k, const struct account *a, const struct issuer *i,
                           const struct sl_oidc_claims *claims)
{
    struct sl_names wanted;

    if (i->config->groups_claim.n == 0 || claims->issued_s < a->issued_s)
        return SL_OK;
    SL_TRY(issuer_groups(k, i->config, claims, &wanted));
    struct maker by = account_said_by(k, i->config);
    if (replace(k, a, &by, &wanted, claims->issued_s))
        sessions_end_of(k, a->identity, sl_span(NULL, 0), "your groups have changed");
    return SL_OK;
}

void account_groups_set(struct keeper *k, const struct account *a, const struct maker *by,
                        const struct sl_names *wanted)
{
    if (replace(k, a, by, wanted, a->issued_s))
        sessions_end_of(k, a->identity, sl_span(NULL, 0), "your groups have changed");
}

/* --- the end ------------------------------------------------------------------------------------
 */

/* Who is in a group that the configuration names nowhere decides nothing by it. Offline nobody
 * knows which those are. */
bool account_end_leaves_named(struct keeper *k, const struct account *a, json_t *about)
{
    struct sl_names from = from_account(k, a);
    bool found = false;

    for (size_t i = 0; i < from.count; i++) {
        if (from_others_too(k, a, from.items[i]) ||
            (k->config != NULL && !sl_config_names_group(k->config, from.items[i])))
            continue;
        found = true;
        json_array_append_new(about, json_stringn((const char *)from.items[i].p, from.items[i].n));
    }
    return found;
}

void account_leave_groups(struct keeper *k, const struct account *a, const struct maker *by)
{
    const struct sl_names none = {0};

    (void)replace(k, a, by, &none, a->issued_s);
}

void account_unlink(struct keeper *k, const struct account *a, const struct maker *by)
{
    uint64_t now_us = sl_clock_us();
    json_t *event = event_new("account_unlinked", now_us);

    account_leave_groups(k, a, by);
    event_str(event, "issuer", a->issuer);
    event_str(event, "subject", a->subject);
    event_str(event, "credential", a->credential);
    roster_leaf(k, event,
                &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_ACCOUNT_UNLINK,
                                          .time_us = now_us,
                                          .identity = a->identity,
                                          .credential = a->credential,
                                          .issuer = a->issuer,
                                          .subject = a->subject,
                                          .approval = by->approval,
                                          .reason = by->why,
                                          .by = maker_name(by),
                                          .channel = maker_channel(by)});
    tokens_forget(k);
    sessions_end_of(k, sl_span(NULL, 0), a->credential, "the account was unlinked");
    grants_kill_by(k, a->identity, "an account of an approver was unlinked");
    approvals_kill_of(k, a->identity, "an account of the requester was unlinked");
}
