#include "role/keeper/away.h"

#include "base/when.h"
#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"

enum { NAMES_MOST = 100 }; /* told to a stand-in */

/* Reading who is away, and what a decision in their place has to be asked with. */

static struct absence row(struct keeper *k, const struct db_rows *r)
{
    return (struct absence){.identity = sl_arena_copy(k->mem, db_span(r, 0)),
                            .stand_in = sl_arena_copy(k->mem, db_span(r, 1)),
                            .credential = sl_arena_copy(k->mem, db_span(r, 2)),
                            .reason = sl_arena_copy(k->mem, db_span(r, 3)),
                            .let_by = sl_arena_copy(k->mem, db_span(r, 4)),
                            .said_us = db_u64(r, 5),
                            .from_us = db_u64(r, 6),
                            .until_us = db_u64(r, 7)};
}

bool absence_get(struct keeper *k, struct sl_span identity, struct absence *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_ABSENCE_GET, "s", identity);
    bool found = db_row(&rows);

    if (found)
        *out = row(k, &rows);
    db_end(&rows);
    return found;
}

/* One that is left out would pass for somebody who is here. */
static struct absences take(struct keeper *k, struct db_rows rows)
{
    struct absences all = {0};
    size_t room = 0;

    while (db_row(&rows)) {
        if (all.count == room) {
            room = room == 0 ? 8 : 2 * room;
            struct absence *more = sl_arena_array(k->mem, room, sizeof *more);
            if (more == NULL)
                keeper_die("those who are away do not fit into memory", SL_EMEMORY);
            for (size_t i = 0; i < all.count; i++)
                more[i] = all.items[i];
            all.items = more;
        }
        all.items[all.count++] = row(k, &rows);
    }
    db_end(&rows);
    return all;
}

struct absences absences_now(struct keeper *k, uint64_t now_us)
{
    return take(k, db_ask(k->store.db, DB_ABSENCES_NOW, "i", now_us));
}

struct absences absences_naming(struct keeper *k, struct sl_span stand_in, uint64_t now_us)
{
    return take(k, db_ask(k->store.db, DB_ABSENCES_NAMING, "si", stand_in, now_us));
}

const struct absence *absence_among(const struct absences *all, struct sl_span identity)
{
    size_t from = 0, to = all->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = sl_span_cmp(all->items[middle].identity, identity);

        if (order == 0)
            return &all->items[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

/* Those whose yes counted when it was approved. False: it names an approval that nobody's yes is
 * known of, so that it cannot be told who they were. */
static bool take_let_by(struct keeper *k, struct sl_span approval, struct sl_stand_in *out)
{
    struct sl_voucher *list = sl_arena_array(k->mem, SL_VOTES_MAX, sizeof *list);
    struct db_rows rows = db_ask(k->store.db, DB_VOTES_YES, "s", approval);
    size_t count = 0;

    if (list == NULL)
        keeper_die("who let a stand-in be named does not fit into memory", SL_EMEMORY);
    while (count < SL_VOTES_MAX && db_row(&rows))
        list[count++].name = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    for (size_t i = 0; i < count; i++)
        list[i].person = person_of(k, list[i].name);
    out->let_by = list;
    out->let_by_count = count;
    return count > 0;
}

bool stand_in_of(struct keeper *k, const struct absence *a, struct sl_stand_in *out)
{
    struct person away;
    struct credential with;

    if (a->stand_in.n == 0 || person_get(k, a->identity, &away) != SL_OK ||
        credential_by_id(k, a->credential, &with) != SL_OK)
        return false;
    *out = (struct sl_stand_in){.away = decider_of(k, &away),
                                .with = decides_with(k, &with),
                                .name = a->stand_in,
                                .said_us = a->said_us,
                                .from_us = a->from_us,
                                .until_us = a->until_us};
    return a->let_by.n == 0 || take_let_by(k, a->let_by, out);
}

bool own_right_only(struct keeper *k, struct sl_span protocol, const struct sl_requester *set,
                    size_t count)
{
    if (sl_span_is(protocol, "policy") || sl_span_is(protocol, "sluice"))
        return true;
    for (size_t i = 0; i < count; i++) {
        struct person p;

        if (!person_there(k, set[i].name, &p))
            return true;
    }
    return false;
}

void away_put_minute(struct sl_buf *b, uint64_t at_us)
{
    SL_BUF(whole, 64);

    sl_when_put(&whole, at_us);
    sl_buf_say(b, "%S %S UTC", sl_span_head(sl_buf_span(&whole), 10),
               sl_span_head(sl_span_from(sl_buf_span(&whole), 11), 5));
}

/* To the person. */
static struct sl_span in_words(struct keeper *k, const struct absence *a, uint64_t now_us)
{
    SL_BUF(text, 512);

    sl_buf_put_str(&text, a->from_us <= now_us ? "You are away" : "You will be away from ");
    if (a->from_us > now_us)
        away_put_minute(&text, a->from_us);
    sl_buf_put_str(&text, " until ");
    away_put_minute(&text, a->until_us);
    if (a->stand_in.n > 0)
        sl_buf_say(&text, "; %S stands in for you", a->stand_in);
    return sl_arena_copy(k->mem, sl_buf_span(&text));
}

void away_put(struct keeper *k, json_t *out, struct sl_span identity)
{
    uint64_t now_us = sl_clock_us();
    struct absences mine = absences_naming(k, identity, now_us);
    json_t *names = json_array();
    struct absence a;

    for (size_t i = 0; i < mine.count && json_array_size(names) < NAMES_MOST; i++)
        if (mine.items[i].from_us <= now_us)
            json_array_append_new(names, json_stringn((const char *)mine.items[i].identity.p,
                                                      mine.items[i].identity.n));
    json_object_set_new(out, "stands_in_for", names);
    if (!absence_get(k, identity, &a) || a.until_us <= now_us)
        return;
    json_t *away = json_object();
    json_put_time(away, "from", a.from_us);
    json_put_time(away, "until", a.until_us);
    if (a.stand_in.n > 0)
        json_put_str(away, "stand_in", a.stand_in);
    if (a.reason.n > 0)
        json_put_str(away, "reason", a.reason);
    json_object_set_new(away, "now", json_boolean(a.from_us <= now_us));
    json_put_str(away, "says", in_words(k, &a, now_us));
    json_object_set_new(out, "away", away);
}
