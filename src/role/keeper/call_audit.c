#include "role/keeper/audit_int.h"

#include "base/when.h"
#include "role/keeper/call.h"
#include "role/keeper/journals.h"

/* Searching the ledger. */

enum { LINES_DEFAULT = 50, LINES_MAX = 500 };

bool trail_ready(struct call *c)
{
    struct store *s = &c->keeper->store;

    journals_drain(c->keeper); /* what has happened until now */
    if (trail_catch_up(s->trail, s->ledger) == SL_OK && trail_flush(s->trail) == SL_OK)
        return true;
    keeper_die("the ledger could not be indexed", db_err(s->db));
}

static bool refuse(struct call *c, const char *why)
{
    call_problem(c, 400, "Not a question about the ledger", why, "");
    return false;
}

/* A duration back from now, or a point in time. */
bool audit_time(struct call *c, const char *member, const char *otherwise, uint64_t *at_us)
{
    struct sl_span text = call_str(c, member);
    uint64_t ms = 0, now_us = sl_clock_us();

    if (text.n == 0)
        text = sl_span_str(otherwise);

    if (text.n == 0 || sl_when_get(text, at_us) == SL_OK)
        return true;
    if (sl_duration_get(text, &ms) != SL_OK)
        return refuse(c, "A time is a duration back from now such as 24h or 30d, or a point in "
                         "time such as 2026-11-23T03:45:12.000000Z.");
    *at_us = ms >= now_us / 1000 ? 1 : now_us - ms * 1000;
    return true;
}

/* "17", or "17.3": before that entry, or before that line of a batch. */
static bool read_before(struct call *c, struct trail_query *q)
{
    struct sl_span text = call_str(c, "before");
    size_t dot = sl_span_find(text, '.');

    q->before = UINT64_MAX;
    q->before_line = UINT64_MAX;
    if (text.n == 0)
        return true;
    if (sl_span_u64(sl_span_head(text, dot), &q->before) != SL_OK)
        return refuse(c, "before is an entry's number, and a line's after a dot.");
    if (dot == text.n) {
        q->before_line = 0;
        return true;
    }
    return sl_span_u64(sl_span_from(text, dot + 1), &q->before_line) == SL_OK ||
           refuse(c, "before is an entry's number, and a line's after a dot.");
}

static bool add_entry(struct trail_query *q, struct sl_span number)
{
    uint64_t *last = &q->entries[q->entry_count];

    if (q->entry_count == TRAIL_ENTRIES || sl_span_u64(number, last) != SL_OK)
        return false;
    if (q->entry_count > 0 && *last <= last[-1])
        return false;
    q->entry_count++;
    return true;
}

static bool read_entries(struct call *c, struct trail_query *q)
{
    struct sl_span rest = call_str(c, "entries");

    while (rest.n > 0) {
        struct sl_span number = sl_span_head(rest, sl_span_find(rest, ','));

        if (!add_entry(q, number))
            return refuse(c, "entries are up to 64 numbers, ascending, with commas between them.");
        rest = sl_span_from(rest, number.n + 1);
    }
    return true;
}

static bool read_words(struct call *c, struct trail_query *q)
{
    static const char *const names[] = {
#define NAME(KIND, letter, name) name,
        TRAIL_KINDS(NAME)
#undef NAME
    };
    static const char *const onlys[] = {TRAIL_ONLY_UNRULED, TRAIL_ONLY_QUICK, TRAIL_ONLY_SELF};
    bool known = false;

    for (size_t i = 0; i < TRAIL_KIND_COUNT; i++)
        q->words[i] = call_str(c, names[i]);
    for (size_t i = 0; i < SL_COUNT(onlys); i++)
        known = known || sl_span_is(q->words[TRAIL_ONLY], onlys[i]);
    return known || q->words[TRAIL_ONLY].n == 0 || refuse(c, "only is unruled, quick or self.");
}

bool audit_query(struct call *c, struct trail_query *q)
{
    *q = (struct trail_query){.lines = LINES_DEFAULT};
    sl_json_u64(c->body, "limit", &q->lines);
    q->lines = q->lines > LINES_MAX ? LINES_MAX : q->lines;
    return read_words(c, q) && audit_time(c, "since", NULL, &q->since_us) &&
           audit_time(c, "until", NULL, &q->until_us) && read_before(c, q) && read_entries(c, q);
}

void audit_put_end(json_t *out, const struct trail_end *end)
{
    SL_BUF(before, 64);

    json_object_set_new(out, "more", json_boolean(end->more));
    if (!end->more)
        return;
    if (end->before_line == UINT64_MAX)
        sl_buf_say(&before, "%U", end->before + 1);
    else
        sl_buf_say(&before, "%U.%U", end->before, end->before_line);
    json_put_str(out, "before", sl_buf_span(&before));
}

static bool add_line(void *owner, const struct trail_line *line)
{
    json_array_append_new(owner, trail_line_json(line));
    return true;
}

void call_AUDIT(struct call *c)
{
    struct store *s = &c->keeper->store;
    struct trail_query q;
    struct trail_end end;
    json_t *lines;

    if (!may_audit(c) || !audit_query(c, &q) || !trail_ready(c))
        return;
    lines = json_array();
    if (trail_search(s->trail, s->ledger, &q, add_line, lines, &end) != SL_OK) {
        json_decref(lines);
        call_problem(c, 500, "Not read", "The ledger's files could not be read.",
                     "sluice ledger verify says what is wrong with them.");
        return;
    }
    c->reply = json_object();
    json_object_set_new(c->reply, "lines", lines);
    audit_put_end(c->reply, &end);
    json_object_set_new(c->reply, "size", json_integer((json_int_t)sl_ledger_size(s->ledger)));
    json_object_set_new(c->reply, "signed",
                        json_integer((json_int_t)sl_ledger_checkpoint_size(s->ledger)));
}
