/* Counting what passes of one statement's result. */
#include "role/gate/budget.h"

#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/list.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/record.h"

#include <stdlib.h>

enum { CHUNK_ROWS = 256, CHUNK_BYTES = 256 * 1024, MOST_ROWS = 16384, MOST_BYTES = 16 << 20 };

static const struct sl_answer *answer_of(const struct meter *m)
{
    return &m->judged.verdict->answer;
}

bool meter_is_counted(const struct meter *m)
{
    return answer_of(m)->budget_count > 0;
}

uint64_t meter_rows(const struct meter *m)
{
    return pages_rows(&m->pages, m->rows);
}

uint64_t meter_bytes(const struct meter *m)
{
    return pages_bytes(&m->pages, m->bytes);
}

void meter_moves(struct meter *m, uint64_t rows)
{
    pages_add(&m->pages, rows, 0);
}

static uint64_t left_of(uint64_t limit, uint64_t used)
{
    return limit == 0 ? UINT64_MAX : limit > used ? limit - used : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* A statement asks for more the more it delivers, so that a long one asks rarely. */
static struct sl_budget_use want_of(const struct meter *m)
{
    uint64_t rows = m == NULL ? 0 : m->rows, bytes = m == NULL ? 0 : m->bytes;

    return (struct sl_budget_use){.rows = least(rows > CHUNK_ROWS ? rows : CHUNK_ROWS, MOST_ROWS),
                                  .bytes =
                                      least(bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES, MOST_BYTES)};
}

/* Before what was lent runs out, so that the result need not stop. */
static void ask_ahead(struct meter *m)
{
    struct lease *l = m->lease;
    struct sl_budget_use want = want_of(m), need = {.rows = 1, .bytes = 1};

    if (l == NULL || l->asked || l->used_up || m->granted != 0 ||
        l->verdict->generation != l->gate->generation)
        return;
    if (l->rows < want.rows / 2 || l->bytes < want.bytes / 2)
        lease_ask(l, &need, &want);
}

static void pay(uint64_t *left, uint64_t amount)
{
    if (*left != UINT64_MAX)
        *left -= amount;
}

bool meter_is_full(const struct meter *m)
{
    return m->granted == 0 && m->most != 0 && m->rows >= m->most;
}

/* A yes to an action lets it run within what policy says of it; only one to going beyond lifts
 * that. */
bool meter_lets(const struct meter *m, uint64_t rows, uint64_t bytes)
{
    const struct sl_answer *a = answer_of(m);
    const struct lease *l = m->lease;

    if (m->granted != 0)
        return rows <= left_of(m->granted, m->rows);
    if (m->withdrawn || rows > left_of(m->most, m->rows))
        return false;
    if (rows > left_of(a->row_limit, meter_rows(m)) ||
        bytes > left_of(a->byte_limit, meter_bytes(m)))
        return false;
    return a->budget_count == 0 || (l != NULL && rows <= l->rows && bytes <= l->bytes);
}

bool meter_take(struct meter *m, uint64_t rows, uint64_t bytes)
{
    struct lease *l = m->lease;

    if (!meter_lets(m, rows, bytes))
        return false;
    m->rows += rows;
    m->bytes += bytes;
    pages_add(&m->pages, rows, bytes);
    if (m->granted != 0 || !meter_is_counted(m))
        return true;
    pay(&l->rows, rows);
    pay(&l->bytes, bytes);
    l->used_rows += rows;
    l->used_bytes += bytes;
    ask_ahead(m);
    return true;
}

/* --- its life --- */

static bool is_limited(const struct session *s, const struct judged *j, uint64_t said)
{
    const struct sl_answer *a = &j->verdict->answer;

    if (s->target->config->observe)
        return false;
    return said != 0 || a->row_limit != 0 || a->byte_limit != 0 || a->budget_count != 0;
}

bool meter_make(struct session *s, const struct judged *j, uint64_t action,
                const struct held_bytes *what, struct meter **out)
{
    uint64_t said = hold_rows(s), granted = what->over.is ? said : 0;
    struct sl_span message = what->extended ? what->bind_body : what->text;

    *out = NULL;
    if (!is_limited(s, j, said))
        return true;
    struct meter *m = calloc(1, sizeof *m);
    if (m == NULL)
        return false;
    if (granted != 0)
        lease_drop(s); /* a person lets it pass, and nothing was lent */
    *m = (struct meter){.refs = 1,
                        .judged = {meaning_ref(j->meaning), verdict_ref(j->verdict)},
                        .lease = s->lease,
                        .extended = what->extended,
                        .max_rows = what->max_rows,
                        .listing = s->target->generation,
                        .action = action,
                        .granted = granted,
                        .most = what->over.is ? 0 : said,
                        .grants = sl_buf(4096),
                        .rule = sl_buf(4096)};
    s->lease = NULL;
    if (what->envelope != NULL)
        memcpy(m->envelope, what->envelope->approval, sizeof m->envelope);
    if (m->lease != NULL)
        m->lease->used_statements = m->lease->need.statements;
    if (what->over.is)
        sl_buf_put(&m->rule, what->over.rule);
    if (what->extended)
        m->prepared = prepared_ref((struct prepared *)what->prepared);
    span_set(&m->message, message);
    m->account = &s->prepared_bytes;
    s->prepared_bytes += m->message.n;
    *out = m;
    return pages_make(s, &j->meaning->m, what->bind, &m->pages) && m->message.p != NULL;
}

struct meter *meter_ref(struct meter *m)
{
    if (m != NULL)
        m->refs++;
    return m;
}

void meter_unref(struct meter *m)
{
    if (m == NULL || --m->refs > 0)
        return;
    lease_end(m->lease);
    judged_done(&m->judged);
    pages_done(&m->pages);
    prepared_unref(m->prepared);
    *m->account -= m->message.n;
    free((void *)m->message.p);
    sl_buf_done(&m->grants);
    sl_buf_done(&m->rule);
    free(m);
}

/* An Execute ended, or the whole statement: nothing stays borrowed while nothing runs. */
void meter_settle(struct session *s, struct meter *m, uint8_t outcome)
{
    struct sl_cursor c = sl_cursor(sl_buf_span(&m->grants));

    while (sl_cursor_left(&c) > 0)
        record_outcome(s, sl_cursor_le64(&c), outcome);
    sl_buf_reset(&m->grants);
    lease_end(m->lease);
    m->lease = NULL;
}

bool meter_has(const struct meter *m, uint64_t action)
{
    struct sl_cursor c = sl_cursor(sl_buf_span(&m->grants));

    while (sl_cursor_left(&c) > 0)
        if (sl_cursor_le64(&c) == action)
            return true;
    return false;
}

enum sl_err meter_say(const struct meter *m, struct sl_pg_bind *bind, struct held_bytes *out)
{
    *out = (struct held_bytes){.extended = m->extended,
                               .text = m->extended ? m->prepared->text : m->message,
                               .prepared = m->prepared,
                               .max_rows = m->max_rows};
    if (!m->extended)
        return SL_OK;
    out->bind = bind;
    return sl_pg_bind_get(m->message, bind);
}

/* --- before it is sent --- */

void lease_drop(struct session *s)
{
    lease_end(s->lease);
    s->lease = NULL;
}

/* What the message goes beyond, if it does: whose budget. */
static enum take go_over(struct session *s, const struct judged *j, const struct sl_rule *rule,
                         struct sl_span name, struct judged *over, struct over_budget *said)
{
    *said = (struct over_budget){.is = true, .rule = name};
    if (judged_over(s, j, rule, over))
        return TAKE_DONE;
    session_kill(s, "out of memory");
    return TAKE_DEAD;
}

/* A lease of another policy is of no use; a keeper of another policy lends nothing. */
static bool is_stale(const struct session *s, const struct judged *j)
{
    return s->lease->stale || s->lease->verdict != j->verdict;
}

enum take budget_take(struct session *s, const struct judged *j, struct judged *over,
                      struct over_budget *said)
{
    const struct sl_answer *a = &j->verdict->answer;
    size_t statements = j->meaning->m.statement_count;
    struct sl_budget_use need = {1, 1, statements > 0 ? statements : 1}, want = want_of(NULL);

    if (a->statement_limit != 0 && need.statements > a->statement_limit)
        return go_over(s, j, a->statement_rule, a->statement_rule->name, over, said);
    if (a->budget_count == 0)
        return TAKE_DONE;
    if (s->lease != NULL && !s->lease->asked && is_stale(s, j)) {
        bool wait = s->lease->stale;
        lease_drop(s);
        if (wait) { /* the policy is on its way to us, or to the keeper */
            client_flush(s);
            s->wait = WAIT_KEEPER;
            return TAKE_WAIT;
        }
    }
    if (s->lease == NULL) {
        s->lease = lease_new(s, j);
        if (s->lease == NULL) {
            session_kill(s, "out of memory");
            return TAKE_DEAD;
        }
        lease_ask(s->lease, &need, &want);
    }
    if (s->lease->asked) {
        client_flush(s);
        s->wait = WAIT_BUDGET;
        return TAKE_WAIT;
    }
    if (!s->lease->used_up)
        return TAKE_DONE;
    return go_over(s, j, sl_config_rule(s->gate->config, sl_buf_span(&s->lease->rule)),
                   sl_buf_span(&s->lease->rule), over, said);
}
