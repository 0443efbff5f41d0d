#include "role/keeper/view_int.h"

/* Events of receivers of what the ledger says. */

/* How far one was told; a few entries may be told again after a crash. */
void apply_hook(struct db *db, struct fields *f)
{
    db_run(db, DB_HOOK_SET, "sii", str(f, "name"), u64(f, "next"), (uint64_t)yes(f, "paused"));
}

void apply_hook_dead(struct db *db, struct fields *f)
{
    db_run(db, DB_HOOK_DEAD_ADD, "siiiis", str(f, "name"), u64(f, "entry"), u64(f, "status"),
           u64(f, "at"), u64(f, "attempts"), str(f, "why"));
}

void apply_hook_settled(struct db *db, struct fields *f)
{
    db_run(db, DB_HOOK_DEAD_REMOVE, "si", str(f, "name"), u64(f, "entry"));
}
