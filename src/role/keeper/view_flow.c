#include "role/keeper/view_int.h"

/* Events of what flows: labels that follow the data, and budgets. */

void apply_labelled(struct db *db, struct fields *f)
{
    struct sl_span target = str(f, "target");
    uint64_t session = u64(f, "session"), action = u64(f, "action"), how = u64(f, "how");
    size_t count = json_array_size(json_object_get(f->event, "columns"));

    for (size_t i = 0; i < count; i++)
        db_run(db, DB_LABEL_ADD, "ssssiii", target, item_of(f, "columns", i),
               item_of(f, "labels", i), item_of(f, "from", i), session, action, how);
}

void apply_label_ended(struct db *db, struct fields *f)
{
    uint64_t session = u64(f, "session"), first = u64(f, "first"), last = u64(f, "last");

    if (yes(f, "stays"))
        db_run(db, DB_LABEL_SETTLE, "iii", session, first, last);
    db_run(db, DB_LABEL_FORGET, "iii", session, first, last);
}

void apply_label_dropped(struct db *db, struct fields *f)
{
    db_run(db, DB_LABEL_DROP, "ss", str(f, "target"), str(f, "column"));
}

/* Adds to what counts as used from `start` on. */
static void add_use(struct db *db, struct fields *f, uint64_t rows, uint64_t bytes_,
                    uint64_t statements)
{
    db_run(db, DB_BUDGET_USE, "sssiiii", str(f, "rule"), str(f, "target"), str(f, "who"),
           u64(f, "start"), rows, bytes_, statements);
}

/* What is lent counts as used until it comes back. Buckets that nobody counts any more go. */
void apply_budget_lent(struct db *db, struct fields *f)
{
    struct sl_span rule = str(f, "rule"), target = str(f, "target"), who = str(f, "who");

    db_run(db, DB_LEASE_ADD, "iisssiii", u64(f, "session"), u64(f, "lease"), rule, target, who,
           u64(f, "rows"), u64(f, "bytes"), u64(f, "statements"));
    db_run(db, DB_BUDGET_PRUNE, "sssi", rule, target, who, u64(f, "since"));
}

/* Of what is lent this has passed. */
void apply_budget_used(struct db *db, struct fields *f)
{
    uint64_t rows = u64(f, "rows"), bytes_ = u64(f, "bytes");

    add_use(db, f, rows, bytes_, 0);
    db_run(db, DB_LEASE_USED, "iisii", u64(f, "session"), u64(f, "lease"), str(f, "rule"), rows,
           bytes_);
}

void apply_budget_returned(struct db *db, struct fields *f)
{
    add_use(db, f, u64(f, "rows"), u64(f, "bytes"), u64(f, "statements"));
    db_run(db, DB_LEASE_REMOVE, "iis", u64(f, "session"), u64(f, "lease"), str(f, "rule"));
}
