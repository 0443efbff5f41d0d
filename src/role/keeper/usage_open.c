/* Who sits at which session, and what of it is still open. */
#include "role/keeper/usage_int.h"

#include <stdlib.h>

#define MOST (UINT64_C(1) << 48)

struct usage_who *usage_who(struct usage *u, struct sl_span identity, struct sl_span owner,
                            struct sl_span target)
{
    SL_BUF(key, 16 * 1024);

    sl_buf_put_cstr(&key, identity);
    sl_buf_put_cstr(&key, owner);
    sl_buf_put(&key, target);
    struct usage_who *who = sl_map_get(u->whos, sl_buf_span(&key));
    if (who != NULL)
        return who;
    who = SL_ARENA_NEW(u->names, struct usage_who);
    if (who == NULL || sl_map_put(u->whos, sl_buf_span(&key), who) != SL_OK) {
        usage_fail(u, SL_EMEMORY);
        return NULL;
    }
    *who = (struct usage_who){.identity = sl_arena_copy(u->names, identity),
                              .owner = sl_arena_copy(u->names, owner),
                              .target = sl_arena_copy(u->names, target)};
    return who;
}

struct seat *usage_seat(struct usage *u, uint64_t session, struct usage_who *who)
{
    struct seat *s = u->seat;

    if (s == NULL || s->session != session)
        s = sl_map_get(u->seats, sl_map_u64(&session));
    if (s == NULL && who != NULL) {
        s = calloc(1, sizeof *s);
        if (s == NULL || sl_map_put(u->seats, sl_map_u64(&session), s) != SL_OK) {
            free(s);
            usage_fail(u, SL_EMEMORY);
            return NULL;
        }
        *s = (struct seat){.session = session, .who = who};
    }
    if (s != NULL)
        u->seat = s;
    return s;
}

void usage_seats_free(struct usage *u)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (u->seats != NULL && sl_map_next(u->seats, &at, &key, &value)) {
        free(((struct seat *)value)->opens);
        free(value);
    }
    sl_map_free(u->seats);
}

/* --- open actions: an array for each session, because most end in the order in which they began */

/* The place of the first whose number is no less. */
static size_t place_of(const struct seat *s, uint64_t action)
{
    size_t from = 0, to = s->count;

    while (from < to) { /* numbers grow */
        size_t middle = from + (to - from) / 2;

        if (s->opens[middle].action < action)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct open *find(struct seat *s, uint64_t action)
{
    size_t at = s == NULL ? 0 : place_of(s, action);

    return s != NULL && at < s->count && s->opens[at].action == action ? &s->opens[at] : NULL;
}

static bool make_room(struct usage *u, struct seat *s)
{
    size_t room = s->room == 0 ? 8 : 2 * s->room;

    if (s->count < s->room)
        return true;
    struct open *more = reallocarray(s->opens, room, sizeof *more);
    if (more == NULL) {
        usage_fail(u, SL_EMEMORY);
        return false;
    }
    s->opens = more;
    s->room = room;
    return true;
}

static void insert(struct usage *u, struct seat *s, const struct open *o)
{
    size_t at = s->count;

    if (!make_room(u, s))
        return;
    while (at > 0 && s->opens[at - 1].action > o->action)
        at--;
    memmove(&s->opens[at + 1], &s->opens[at], (s->count - at) * sizeof *o);
    s->opens[at] = *o;
    s->count++;
    o->cell->refs++;
}

void usage_open_add(struct usage *u, uint8_t outcome, const struct usage_event *e, struct cell *c)
{
    struct seat *s = usage_seat(u, e->session, e->who);

    if (s == NULL || find(s, e->action) != NULL)
        return; /* said twice: the first stands */
    insert(u, s,
           &(struct open){.action = e->action,
                          .rows = e->rows,
                          .bytes = e->bytes,
                          .cell = c,
                          .outcome = outcome,
                          .changes = e->facts->changes,
                          .in_tx = (e->flags & SL_INTENT_IN_TX) != 0});
}

static void close_open(struct usage *u, struct seat *s, struct open *o)
{
    if (o->stored)
        db_run(u->db, DB_USAGE_OPEN_REMOVE, "iii", s->session, o->action, o->action);
    o->cell->refs--;
    size_t at = (size_t)(o - s->opens);
    s->count--;
    memmove(o, o + 1, (s->count - at) * sizeof *o);
}

/* What has moved since it was told last. A number that shrinks is taken as it is: the outcome is
 * the truth. */
static void moved(struct open *o, uint64_t rows, uint64_t bytes)
{
    rows = rows < MOST ? rows : MOST;
    bytes = bytes < MOST ? bytes : MOST;
    o->cell->bytes += bytes - o->bytes;
    if (!o->changes)
        o->cell->rows += rows - o->rows;
    o->rows = rows;
    o->bytes = bytes;
    o->stale = true;
}

void usage_progress(struct usage *u, uint64_t session, uint64_t action, uint64_t rows,
                    uint64_t bytes)
{
    struct open *o = find(usage_seat(u, session, NULL), action);

    if (o != NULL && o->outcome == 0)
        moved(o, rows, bytes);
}

void usage_so_far(struct usage *u, uint64_t session, uint64_t action, uint64_t *rows,
                  uint64_t *bytes)
{
    const struct open *o = find(usage_seat(u, session, NULL), action);

    *rows = o == NULL ? 0 : o->rows;
    *bytes = o == NULL ? 0 : o->bytes;
}

void usage_outcome(struct usage *u, const struct sl_entry_outcome *r)
{
    struct seat *s = usage_seat(u, r->session, NULL);
    struct open *o = find(s, r->action);

    if (o == NULL)
        return;
    moved(o, r->rows, r->bytes);
    o->outcome = r->outcome;
    if (o->changes && o->in_tx && o->outcome == SL_OUTCOME_OK)
        return; /* until its transaction has ended */
    if (o->changes && o->outcome == SL_OUTCOME_OK && !o->rolled_back)
        o->cell->rows += o->rows;
    close_open(u, s, o);
}

/* False: it is over. */
static bool stays_open(struct open *o, bool committed)
{
    if (!o->in_tx)
        return true;
    o->in_tx = false;
    o->rolled_back = !committed;
    if (o->outcome == 0) /* its own outcome is all that is missing */
        return true;
    if (committed)
        o->cell->rows += o->rows;
    o->cell->refs--;
    return false;
}

/* In one pass, however many statements the transaction had. */
void usage_ended(struct usage *u, const struct sl_entry_txn *txn)
{
    struct seat *s = usage_seat(u, txn->session, NULL);
    size_t from = s == NULL ? 0 : place_of(s, txn->first_action), kept = from, i = from;
    bool stored = false;

    for (; s != NULL && i < s->count && s->opens[i].action <= txn->last_action; i++) {
        struct open *o = &s->opens[i];

        stored |= o->stored;
        o->stored = false; /* what stays is stored again */
        if (stays_open(o, txn->outcome == 1))
            s->opens[kept++] = *o;
    }
    if (kept < i) {
        memmove(&s->opens[kept], &s->opens[i], (s->count - i) * sizeof s->opens[0]);
        s->count -= i - kept;
    }
    if (stored)
        db_run(u->db, DB_USAGE_OPEN_REMOVE, "iii", txn->session, txn->first_action,
               txn->last_action);
}

/* A session that is over tells nothing more: what it left open was not seen to be committed. */
void usage_seat_left(struct usage *u, uint64_t session)
{
    struct seat *s = usage_seat(u, session, NULL);

    if (s == NULL)
        return;
    while (s->count > 0)
        close_open(u, s, &s->opens[s->count - 1]);
    u->seat = NULL;
    free(s->opens);
    free(sl_map_remove(u->seats, sl_map_u64(&session)));
}

/* --- over a restart --- */

enum { CHANGES = 1, IN_TX = 2, ROLLED_BACK = 4 };

static void save(struct usage *u, const struct seat *s, struct open *o)
{
    uint64_t flags =
        (o->changes ? CHANGES : 0u) | (o->in_tx ? IN_TX : 0u) | (o->rolled_back ? ROLLED_BACK : 0u);

    db_run(u->db, DB_USAGE_OPEN_ADD, "iiiiiii", s->session, o->action, o->cell->id, flags,
           (uint64_t)o->outcome, o->rows, o->bytes);
    o->stored = true;
    o->stale = false;
}

void usage_opens_save(struct usage *u)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(u->seats, &at, &key, &value)) {
        struct seat *s = value;

        for (size_t i = 0; i < s->count; i++)
            if (!s->opens[i].stored || s->opens[i].stale)
                save(u, s, &s->opens[i]);
    }
}

struct saved {
    uint64_t session, cell;
    struct open open;
};

static bool next_saved(struct db_rows *rows, struct saved *out)
{
    if (!db_row(rows))
        return false;
    uint64_t flags = db_u64(rows, 3);
    *out = (struct saved){.session = db_u64(rows, 0),
                          .cell = db_u64(rows, 2),
                          .open = {.action = db_u64(rows, 1),
                                   .changes = (flags & CHANGES) != 0,
                                   .in_tx = (flags & IN_TX) != 0,
                                   .rolled_back = (flags & ROLLED_BACK) != 0,
                                   .outcome = (uint8_t)db_u64(rows, 4),
                                   .rows = db_u64(rows, 5),
                                   .bytes = db_u64(rows, 6),
                                   .stored = true}};
    return true;
}

void usage_opens_load(struct usage *u)
{
    struct db_rows rows = db_ask(u->db, DB_USAGE_OPEN_LIST, "");
    struct saved one;

    while (next_saved(&rows, &one)) {
        one.open.cell = usage_cell_of_row(u, one.cell);
        struct seat *s =
            one.open.cell == NULL ? NULL : usage_seat(u, one.session, one.open.cell->who);
        if (s != NULL)
            insert(u, s, &one.open);
    }
}
