#include "role/keeper/keeper_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/mask.h"

/* The last approved action like this one, so that its page can say what is different. Alike: the
 * same kinds of statements have the same effects on the same datasets of the same target. Whose it
 * was does not matter, but one's own comes first. Only what this reader may read whole is named. */

enum { LOOKED_AT = 10, COMPARED_BYTES = 100 * 1000 };

void last_alike_key(struct keeper *k, const struct ask *a, uint8_t key[SL_SHA256])
{
    const struct sl_meaning *m = a->meaning;
    SL_BUF(text, SL_ACTION_MAX_BYTES);
    struct sl_jw w = sl_jw(&text);

    sl_jw_array(&w);
    sl_jw_str(&w, SL_SPAN("sluice/alike/v1"));
    sl_jw_str(&w, a->action.protocol);
    sl_jw_str(&w, a->action.target);
    for (size_t i = 0; i < m->statement_count; i++) {
        sl_jw_str(&w, m->statements[i].tag);
        sl_jw_u64(&w, m->statements[i].effects);
    }
    for (size_t i = 0; i < m->access_count; i++) {
        sl_jw_str(&w, m->accesses[i].dataset);
        sl_jw_u64(&w, m->accesses[i].effects);
    }
    sl_jw_end(&w);
    sl_hmac_sha256(sl_span(k->store.secret, sizeof k->store.secret), sl_buf_span(&text), key);
}

static size_t candidates(struct call *c, const struct approval *a, struct sl_span **out)
{
    struct db_rows rows =
        db_ask(c->keeper->store.db, DB_ALIKE, "ssi", a->id, a->identity, (uint64_t)LOOKED_AT);
    struct sl_span *ids = sl_arena_array(c->keeper->mem, LOOKED_AT, sizeof *ids);
    size_t count = 0;

    while (ids != NULL && count < LOOKED_AT && db_row(&rows))
        ids[count++] = sl_arena_copy(c->keeper->mem, db_span(&rows, 0));
    db_end(&rows);
    *out = ids;
    return count;
}

/* As `put_operation` shows it: passwords masked. */
static bool put_statement(struct call *c, json_t *out, const struct approval *a)
{
    SL_BUF(text, SL_ACTION_MAX_BYTES);
    json_t *document = a->large_bytes > 8 * COMPARED_BYTES ? NULL : approval_document(c->keeper, a);

    if (document == NULL)
        return false;
    const json_t *operation = json_object_get(document, "operation");
    struct sl_span sql = sl_json_str(operation, "sql");
    if (sql.n > 0)
        mask_passwords(&text, sql);
    bool fits = text.n > 0 && text.n <= COMPARED_BYTES && sl_buf_err(&text) == SL_OK;
    if (fits)
        json_put_str(out, "statement", sl_buf_span(&text));
    json_decref(document);
    return fits;
}

static void put_deciders(json_t *out, const struct approval *a)
{
    json_t *by = json_array();
    uint64_t at_us = 0;

    for (size_t i = 0; i < a->vote_count; i++) {
        if (!sl_span_is(a->votes[i].decision, "approve"))
            continue;
        at_us = a->votes[i].at_us > at_us ? a->votes[i].at_us : at_us;
        json_array_append_new(by, json_stringn((const char *)a->votes[i].identity.p,
                                               a->votes[i].identity.n));
    }
    json_object_set_new(out, "by", by);
    json_put_time(out, "decided_at", at_us);
}

struct looking {
    struct call *call;
    json_t *approval;
    bool found;
};

static void look(void *owner, struct approval *old)
{
    struct looking *l = owner;

    if (l->found || !approval_visible(l->call, old) || !approval_shows_values(l->call, old))
        return;
    json_t *one = json_object();
    l->found = put_statement(l->call, one, old);
    if (l->found) {
        json_put_str(one, "id", old->id);
        json_put_str(one, "identity", old->identity);
        put_deciders(one, old);
        shown_record(l->call, old, one);
        json_object_set(l->approval, "last_alike", one);
    }
    json_decref(one);
}

void approval_put_last_alike(struct call *c, json_t *approval, const struct approval *a)
{
    struct looking l = {c, approval, false};
    struct sl_span *ids;

    if (c->who.kind != SL_HUMAN || !approval_shows_values(c, a))
        return;
    size_t count = candidates(c, a, &ids);
    approvals_each(c->keeper, ids, count, look, &l);
}
