/* Allowed actions, up to a hundred in a leaf. */
#include "core/ledger/entry_int.h"

static const char batch_head[] = "{\"actions\":[";
static const uint64_t end_of_time_us = UINT64_C(253402300800000000); /* the year 10000 */

void sl_entry_batch_begin(struct sl_entry_batch *batch, struct sl_buf *b, struct sl_buf *scratch)
{
    batch->b = b;
    batch->tables = scratch;
    batch->start = b->n;
    batch->table_bytes = 0;
    batch->base_us = 0;
    batch->count = batch->statement_count = batch->session_count = 0;
    sl_buf_reset(scratch);
    sl_buf_put_str(b, batch_head);
}

/* --- tables: what many items share -------------------------------------------------------------
 */

static bool same_at(const struct sl_buf *b, size_t at, size_t n, struct sl_span bytes)
{
    return n == bytes.n && (n == 0 || memcmp(b->p + at, bytes.p, n) == 0);
}

static bool is_statement(const struct sl_entry_batch *batch, const struct sl_entry_statement *s,
                         const struct sl_entry_action *a, struct sl_span text)
{
    return s->flags == a->flags && s->has_policy == (a->policy_digest != NULL) &&
           (!s->has_policy || memcmp(s->policy, a->policy_digest, sizeof s->policy) == 0) &&
           same_at(batch->tables, s->at, s->facts_bytes, a->facts) &&
           same_at(batch->tables, s->at + s->facts_bytes, s->text_bytes, text);
}

/* What a row was made of stands before it in the scratch, to be compared with. */
static void put_statement(struct sl_entry_batch *batch, struct sl_entry_statement *s,
                          const struct sl_entry_action *a, struct sl_span text)
{
    struct sl_buf *b = batch->tables;
    struct sl_jw w = sl_jw(b);

    *s = (struct sl_entry_statement){.at = b->n,
                                     .facts_bytes = a->facts.n,
                                     .text_bytes = text.n,
                                     .flags = a->flags,
                                     .has_policy = a->policy_digest != NULL};
    if (s->has_policy)
        memcpy(s->policy, a->policy_digest, sizeof s->policy);
    sl_buf_put(b, a->facts);
    sl_buf_put(b, text);
    s->row_at = b->n;
    sl_jw_object(&w);
    sl_member_facts(&w, a->facts);
    sl_member_flags(&w, a->flags);
    sl_member_hex(&w, "policy", a->policy_digest, 8);
    sl_member_text(&w, text, a->flags & ~(uint32_t)SL_INTENT_TEXT_DIGEST, SL_ENTRY_MAX);
    sl_jw_end(&w);
    s->row_bytes = b->n - s->row_at;
    batch->table_bytes += s->row_bytes + 1;
}

static unsigned statement_of(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    struct sl_span text = sl_entry_row_text(a);

    for (unsigned i = 0; i < batch->statement_count; i++)
        if (is_statement(batch, &batch->statements[i], a, text))
            return i;
    put_statement(batch, &batch->statements[batch->statement_count], a, text);
    return batch->statement_count++;
}

static void put_session(struct sl_entry_batch *batch, struct sl_entry_batch_session *s,
                        const struct sl_entry_action *a)
{
    struct sl_buf *b = batch->tables;
    struct sl_jw w = sl_jw(b);

    *s = (struct sl_entry_batch_session){.number = a->session,
                                         .at = b->n,
                                         .identity_bytes = a->identity.n,
                                         .target_bytes = a->target.n};
    sl_buf_put(b, a->identity);
    sl_buf_put(b, a->target);
    s->row_at = b->n;
    sl_jw_object(&w);
    sl_member_str(&w, "identity", a->identity);
    sl_jw_key(&w, "session");
    sl_jw_u64(&w, a->session);
    sl_member_str(&w, "target", a->target);
    sl_jw_end(&w);
    s->row_bytes = b->n - s->row_at;
    batch->table_bytes += s->row_bytes + 1;
}

/* A session has one identity and target. Should it have another here, it has another row. */
static bool is_session(const struct sl_entry_batch *batch, const struct sl_entry_batch_session *s,
                       const struct sl_entry_action *a)
{
    return s->number == a->session &&
           same_at(batch->tables, s->at, s->identity_bytes, a->identity) &&
           same_at(batch->tables, s->at + s->identity_bytes, s->target_bytes, a->target);
}

static unsigned session_of(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    for (unsigned i = 0; i < batch->session_count; i++)
        if (is_session(batch, &batch->sessions[i], a))
            return i;
    put_session(batch, &batch->sessions[batch->session_count], a);
    return batch->session_count++;
}

/* --- the batch ----------------------------------------------------------------------------------
 */

static bool is_exact(uint64_t v)
{
    return v <= UINT64_C(1) << 53;
}

static enum sl_err check_numbers(const struct sl_entry_action *a)
{
    bool exact =
        is_exact(a->action) && is_exact(a->session) && is_exact(a->rows) && is_exact(a->bytes);
    bool in_time = a->asked_us < end_of_time_us && a->started_us < end_of_time_us &&
                   a->ended_us < end_of_time_us;

    if (sl_entry_outcome_name(a->outcome) == NULL)
        return SL_EMALFORMED;
    return exact && in_time ? SL_OK : SL_EOVERFLOW;
}

static enum sl_err add(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    struct sl_buf *b = batch->b;

    struct sl_entry_rows rows = {.session = session_of(batch, a)};
    rows.statement = statement_of(batch, a);
    SL_TRY(sl_buf_err(batch->tables));
    if (batch->count > 0)
        sl_buf_put_u8(b, ',');
    sl_entry_put_item(batch, a, rows);
    SL_TRY(sl_buf_err(b));
    size_t bytes = b->n - batch->start + batch->table_bytes;
    return bytes > SL_ENTRY_MAX - SL_ENTRY_BATCH_TAIL ? SL_ELIMIT : SL_OK;
}

enum sl_err sl_entry_batch_add(struct sl_entry_batch *batch, const struct sl_entry_action *a)
{
    struct sl_buf *b = batch->b;
    const size_t before = b->n, tables = batch->tables->n, table_bytes = batch->table_bytes;
    const uint64_t base_us = batch->base_us;
    const unsigned statements = batch->statement_count, sessions = batch->session_count;

    SL_TRY(sl_buf_err(b));
    SL_TRY(check_numbers(a));
    if (batch->count == SL_ENTRY_MAX_BATCH)
        return SL_ELIMIT;
    enum sl_err err = add(batch, a);
    if (err != SL_OK) {
        b->n = before;
        b->why = batch->tables->why = SL_OK;
        batch->tables->n = tables;
        batch->table_bytes = table_bytes;
        batch->base_us = base_us;
        batch->statement_count = statements;
        batch->session_count = sessions;
        return err;
    }
    batch->count++;
    return SL_OK;
}

static void put_row(struct sl_entry_batch *batch, bool first, size_t at, size_t bytes)
{
    if (!first)
        sl_buf_put_u8(batch->b, ',');
    sl_buf_put(batch->b, sl_span(batch->tables->p + at, bytes));
}

void sl_entry_batch_end(struct sl_entry_batch *batch, uint64_t time_us)
{
    struct sl_buf *b = batch->b;
    struct sl_jw w = sl_entry_under_way(b);

    SL_PROMISE(batch->count > 0);
    sl_buf_put_str(b, "]");
    sl_member_time(&w, "at", batch->base_us);
    sl_buf_put_str(b, ",\"kind\":\"actions\",\"sessions\":[");
    for (unsigned i = 0; i < batch->session_count; i++)
        put_row(batch, i == 0, batch->sessions[i].row_at, batch->sessions[i].row_bytes);
    sl_buf_put_str(b, "],\"statements\":[");
    for (unsigned i = 0; i < batch->statement_count; i++)
        put_row(batch, i == 0, batch->statements[i].row_at, batch->statements[i].row_bytes);
    sl_buf_put_str(b, "]");
    w = sl_entry_under_way(b);
    sl_member_time_v(&w, time_us);
    sl_buf_put_str(b, "}");
    sl_entry_check(b, batch->start);
}
