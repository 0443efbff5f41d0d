/* Cells: rows of the table, found once and then counted in memory until the next flush. */
#include "role/keeper/usage_int.h"

#include "crypto/crypto.h"

#include <stdlib.h>

enum { KEY_BYTES = 16 };

struct cell_key {
    const struct usage_facts *facts;
    const struct usage_who *who;
    uint64_t hour;
};

static uint64_t first_number(struct db_rows rows)
{
    uint64_t id = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return id;
}

/* --- sets of touches --- */

static void put_touch(struct sl_buf *b, const struct usage_touch *t)
{
    sl_buf_put_cstr(b, t->dataset);
    sl_buf_put_cstr(b, t->column);
    sl_buf_put_cstr(b, t->label);
}

/* By labels alone: whatever the datasets were. */
static struct usage_touch coarse_of(const struct usage_touch *t)
{
    return (struct usage_touch){.dataset = SL_SPAN(USAGE_OTHER), .label = t->label};
}

static struct usage_touch touch_at(const struct usage_facts *f, size_t i, bool coarse)
{
    return coarse ? coarse_of(&f->touches[i]) : f->touches[i];
}

/* Doubles are left out, or each number of coarse columns would be a set of its own. */
static bool is_first(const struct usage_facts *f, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (sl_span_eq(f->touches[i].label, f->touches[at].label))
            return false;
    return true;
}

static void set_key(const struct usage_facts *f, bool coarse, uint8_t key[KEY_BYTES])
{
    uint8_t digest[SL_SHA256];
    SL_BUF(text, 8 * 1024 * 1024);

    for (size_t i = 0; i < f->touch_count; i++) {
        struct usage_touch t = touch_at(f, i, coarse);
        if (!coarse || is_first(f, i))
            put_touch(&text, &t);
    }
    sl_sha256(sl_buf_span(&text), digest);
    memcpy(key, digest, KEY_BYTES);
}

static uint64_t set_id(struct usage *u, const struct usage_facts *f, bool coarse)
{
    uint8_t key[KEY_BYTES];

    set_key(f, coarse, key);
    uint64_t id = first_number(db_ask(u->db, DB_USAGE_WHAT_GET, "b", sl_span(key, sizeof key)));
    if (id > 0)
        return id;
    id = first_number(db_ask(u->db, DB_USAGE_WHAT_ADD, "b", sl_span(key, sizeof key)));
    for (size_t i = 0; i < f->touch_count; i++) {
        struct usage_touch t = touch_at(f, i, coarse);
        db_run(u->db, DB_USAGE_TOUCH_ADD, "isss", id, t.dataset, t.column, t.label);
    }
    return id;
}

/* What the facts remember is of this epoch, or of none. */
static void renew(const struct usage *u, struct usage_facts *f)
{
    if (f->epoch == u->epoch)
        return;
    f->epoch = u->epoch;
    f->what = f->coarse = 0;
    f->last = NULL;
}

static uint64_t what_of(struct usage *u, struct usage_facts *f, bool coarse)
{
    uint64_t *id = coarse ? &f->coarse : &f->what;

    if (*id == 0)
        *id = set_id(u, f, coarse);
    return *id;
}

/* --- rows --- */

static void who_in_table(struct usage *u, struct usage_who *who)
{
    if (who->id != 0)
        return;
    who->id = first_number(
        db_ask(u->db, DB_USAGE_WHO_GET, "sss", who->identity, who->owner, who->target));
    if (who->id == 0)
        who->id = first_number(
            db_ask(u->db, DB_USAGE_WHO_ADD, "sss", who->identity, who->owner, who->target));
}

struct row {
    uint64_t hour, who, what;
    struct sl_span verdict, run, reason;
    uint64_t effects;
};

static uint64_t row_get(struct usage *u, const struct row *r)
{
    return first_number(db_ask(u->db, DB_USAGE_GET, "iiisiss", r->hour, r->who, r->what, r->verdict,
                               r->effects, r->run, r->reason));
}

/* How many rows this identity has in this hour. */
static uint64_t *count_of(struct usage *u, struct usage_who *who, uint64_t hour)
{
    if (who->count_hour != hour) {
        who->count_hour = hour;
        who->count = first_number(db_ask(u->db, DB_USAGE_COUNT, "ii", hour, who->id));
    }
    return &who->count;
}

/* The exact row if it is there or there is room for it, else one that says less. */
static uint64_t row_id(struct usage *u, struct usage_facts *f, struct usage_who *who, uint64_t hour)
{
    struct row r = {.hour = hour,
                    .who = who->id,
                    .what = what_of(u, f, false),
                    .verdict = sl_span_str(f->verdict),
                    .run = f->run,
                    .reason = f->reason,
                    .effects = f->effects};
    uint64_t id = row_get(u, &r), *count = count_of(u, who, hour);

    if (id == 0 && *count >= USAGE_EXACT) {
        r.run = r.run.n == 0 ? r.run : SL_SPAN(USAGE_OTHER);
        r.reason = r.reason.n == 0 ? r.reason : SL_SPAN(USAGE_OTHER);
        if (*count >= USAGE_COARSE)
            r.what = what_of(u, f, true);
        id = row_get(u, &r);
    }
    if (id > 0)
        return id;
    ++*count;
    return first_number(db_ask(u->db, DB_USAGE_ADD, "iiisiss", r.hour, r.who, r.what, r.verdict,
                               r.effects, r.run, r.reason));
}

/* --- cells --- */

static struct cell *cell_new(struct usage *u, struct cell is)
{
    struct cell *c = calloc(1, sizeof *c);

    if (c == NULL) {
        usage_fail(u, SL_EMEMORY);
        return NULL;
    }
    *c = is;
    c->next = u->first;
    u->first = c;
    return c;
}

static struct cell *cell_find(struct usage *u, struct usage_facts *f, struct usage_who *who,
                              uint64_t hour)
{
    struct cell_key key = {f, who, hour};
    struct cell *c = sl_map_get(u->cells, sl_span(&key, sizeof key));

    if (c != NULL)
        return c;
    who_in_table(u, who);
    c = cell_new(u, (struct cell){.id = row_id(u, f, who, hour),
                                  .hour = hour,
                                  .who = who,
                                  .verdict = f->verdict,
                                  .effects = f->effects});
    if (c == NULL || sl_map_put(u->cells, sl_span(&key, sizeof key), c) != SL_OK)
        usage_fail(u, SL_EMEMORY);
    else
        f->refs++; /* its address is the key */
    return c;
}

struct cell *usage_cell(struct usage *u, struct usage_facts *f, struct usage_who *who,
                        uint64_t at_us)
{
    uint64_t hour = at_us / USAGE_HOUR_US;

    renew(u, f);
    if (f->last == NULL || f->last->who != who || f->last->hour != hour)
        f->last = cell_find(u, f, who, hour);
    return f->last;
}

struct cell *usage_cell_of_row(struct usage *u, uint64_t id)
{
    struct db_rows rows = db_ask(u->db, DB_USAGE_ROW, "i", id);
    struct cell is = {.id = id};

    if (!db_row(&rows))
        return NULL;
    is.hour = db_u64(&rows, 0);
    is.who = usage_who(u, db_span(&rows, 1), db_span(&rows, 2), db_span(&rows, 3));
    is.verdict = usage_verdict(db_span(&rows, 4));
    is.effects = (uint32_t)db_u64(&rows, 5);
    db_end(&rows);
    return is.who == NULL ? NULL : cell_new(u, is);
}

static void flush(struct usage *u, struct cell *c)
{
    if ((c->statements | c->rows | c->bytes) == 0)
        return;
    db_run(u->db, DB_USAGE_MORE, "iiii", c->id, c->statements, c->rows, c->bytes);
    db_run(u->db, DB_USAGE_TOTAL_MORE, "ssiiii", c->who->target, sl_span_str(c->verdict),
           (uint64_t)c->effects, c->statements, c->rows, c->bytes);
    c->statements = c->rows = c->bytes = 0;
}

void usage_cells_flush(struct usage *u)
{
    for (struct cell *c = u->first; c != NULL; c = c->next)
        flush(u, c);
}

/* Those that an open action needs stay, unless all go. What they hold must be flushed before. */
void usage_cells_forget(struct usage *u, bool all)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (u->cells != NULL && sl_map_next(u->cells, &at, &key, &value)) {
        struct cell_key k;

        memcpy(&k, key.p, sizeof k);
        sl_map_remove(u->cells, key);
        usage_facts_unref((struct usage_facts *)k.facts);
    }
    u->epoch++;
    for (struct cell **link = &u->first; *link != NULL;) {
        struct cell *c = *link;

        if (!all && c->refs > 0) {
            link = &c->next;
            continue;
        }
        *link = c->next;
        free(c);
    }
}
