#include "role/keeper/audit_int.h"

#include "base/encode.h"
#include "role/keeper/call.h"

/* What a search finds, to take away: each line with its entry's number and the proof that the entry
 * is in the signed tree. All proofs of an export lead to one checkpoint, which stands first. */

enum { TEXT_BYTES = 24 * 1024 * 1024, PIECE_BYTES = 1024 * 1024, PIECE_LINES = 200 };

struct export
{
    struct sl_ledger *ledger;
    uint64_t size, lines, entry;
    bool csv, have_entry;
    struct sl_tree_proof proof;
    struct sl_buf text;
    enum sl_err why;
};

static bool prove(struct export *x, uint64_t entry)
{
    if (x->have_entry && x->entry == entry)
        return true;
    x->why = sl_ledger_prove(x->ledger, entry, x->size, &x->proof);
    x->have_entry = x->why == SL_OK;
    x->entry = entry;
    return x->have_entry;
}

/* --- JSON lines ----------------------------------------------------------------------------- */

static void put_proof_json(struct export *x, struct sl_jw *w)
{
    sl_jw_key(w, "proof");
    sl_jw_array(w);
    for (size_t i = 0; i < x->proof.count; i++) {
        SL_BUF(hash, 64);

        sl_base64_put(&hash, sl_span(x->proof.path[i].b, SL_TREE_HASH));
        sl_jw_str(w, sl_buf_span(&hash));
    }
    sl_jw_end(w);
}

/* The entry whole: whoever has the line needs nothing else to check it. */
static void put_json(struct export *x, const struct trail_line *line)
{
    struct sl_jw w = sl_jw(&x->text);

    sl_jw_object(&w);
    sl_jw_key(&w, "entry");
    sl_jw_u64(&w, line->entry);
    sl_jw_key(&w, "leaf");
    sl_jw_raw(&w, line->bytes);
    if (sl_span_is(sl_json_str(line->leaf, "kind"), "actions")) {
        sl_jw_key(&w, "line");
        sl_jw_u64(&w, line->line);
    }
    put_proof_json(x, &w);
    sl_jw_end(&w);
    sl_buf_put_u8(&x->text, '\n');
}

/* --- CSV ------------------------------------------------------------------------------------ */

static const char *const columns[] = {"entry",    "line",    "at",      "kind",     "event",
                                      "identity", "owner",   "target",  "verdict",  "effects",
                                      "datasets", "labels",  "rules",   "approval", "approver",
                                      "decision", "refused", "outcome", "rows",     "bytes",
                                      "reason",   "run",     "sink",    "why",      "text",
                                      "text_more"};

/* The full-width forms count as well. */
static bool begins_formula(struct sl_span text)
{
    static const char *const signs[] = {"=",  "+",      "-",      "@",      "\t",    "\r",
                                        "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"};

    for (size_t i = 0; i < SL_COUNT(signs); i++)
        if (sl_span_starts(text, sl_span_str(signs[i])))
            return true;
    return false;
}

/* Where a spreadsheet that takes another separator than ours would begin a cell. */
static bool begins_cell(struct sl_span text, size_t at)
{
    return at == 0 || text.p[at - 1] == ';' || text.p[at - 1] == '\t' || text.p[at - 1] == '\r' ||
           text.p[at - 1] == '\n';
}

/* A spreadsheet must not take a stranger's words for a formula: such a cell begins with a quote. */
static void put_cell(struct sl_buf *b, struct sl_span text)
{
    sl_buf_put_u8(b, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (begins_cell(text, i) && begins_formula(sl_span_from(text, i)))
            sl_buf_put_u8(b, '\'');
        if (text.p[i] == '"')
            sl_buf_put_u8(b, '"');
        sl_buf_put_u8(b, text.p[i]);
    }
    sl_buf_put_u8(b, '"');
}

static void put_value(struct sl_buf *b, const json_t *value)
{
    SL_BUF(text, 64 * 1024);

    if (json_is_string(value))
        sl_buf_put(&text, sl_span(json_string_value(value), json_string_length(value)));
    else if (json_is_integer(value))
        sl_buf_put_decimal(&text, (uint64_t)json_integer_value(value));
    else if (json_is_true(value))
        sl_buf_put_str(&text, "yes");
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *one = json_array_get(value, i);

        sl_buf_put_str(&text, i == 0 ? "" : " ");
        sl_buf_put(&text, sl_span(json_string_value(one), json_string_length(one)));
    }
    put_cell(b, sl_buf_span(&text));
}

static void put_csv(struct export *x, const struct trail_line *line)
{
    struct sl_hash leaf = sl_tree_leaf(line->bytes);
    json_t *told = trail_line_json(line);

    for (size_t i = 0; i < SL_COUNT(columns); i++) {
        put_value(&x->text, json_object_get(told, columns[i]));
        sl_buf_put_u8(&x->text, ',');
    }
    sl_hex_put(&x->text, sl_span(leaf.b, SL_TREE_HASH));
    sl_buf_put_u8(&x->text, ',');
    for (size_t i = 0; i < x->proof.count; i++) {
        sl_buf_put_str(&x->text, i == 0 ? "" : " ");
        sl_base64_put(&x->text, sl_span(x->proof.path[i].b, SL_TREE_HASH));
    }
    sl_buf_put_str(&x->text, "\r\n");
    json_decref(told);
}

/* --- a piece -------------------------------------------------------------------------------- */

/* What no checkpoint covers yet is not in the export: it begins below the one it names. */
static bool add_line(void *owner, const struct trail_line *line)
{
    struct export *x = owner;

    if (!prove(x, line->entry))
        return false;
    if (x->csv)
        put_csv(x, line);
    else
        put_json(x, line);
    x->lines++;
    return x->text.n < PIECE_BYTES;
}

static void put_head(struct export *x)
{
    struct sl_jw w = sl_jw(&x->text);

    if (x->csv) {
        for (size_t i = 0; i < SL_COUNT(columns); i++)
            sl_buf_say(&x->text, "%s,", columns[i]);
        sl_buf_put_str(&x->text, "leaf_hash,proof\r\n\"checkpoint\",");
        put_cell(&x->text, sl_ledger_note(x->ledger));
        sl_buf_put_str(&x->text, "\r\n");
        return;
    }
    SL_BUF(key, 1024);
    sl_vkey_put(&key, sl_ledger_vkey(x->ledger));
    sl_jw_object(&w);
    sl_jw_key(&w, "checkpoint");
    sl_jw_str(&w, sl_ledger_note(x->ledger));
    sl_jw_key(&w, "key");
    sl_jw_str(&w, sl_buf_span(&key));
    sl_jw_end(&w);
    sl_buf_put_u8(&x->text, '\n');
}

static bool begin(struct call *c, struct export *x, struct trail_query *q)
{
    struct store *s = &c->keeper->store;
    struct sl_span format = call_str(c, "format");

    x->ledger = s->ledger;
    x->csv = sl_span_is(format, "csv");
    if (!x->csv && !sl_span_is(format, "jsonl")) {
        call_problem(c, 400, "In which form?", "format is csv or jsonl.", "");
        return false;
    }
    q->lines = PIECE_LINES;
    if (!sl_json_u64(c->body, "size", &x->size)) {
        if (store_checkpoint(s) != SL_OK) {
            call_problem(c, 500, "Not signed", "The checkpoint could not be written.", "");
            return false;
        }
        x->size = sl_ledger_checkpoint_size(s->ledger);
        put_head(x);
    }
    if (q->before > x->size) {
        q->before = x->size;
        q->before_line = 0;
    }
    return true;
}

void call_AUDIT_EXPORT(struct call *c)
{
    struct store *s = &c->keeper->store;
    struct export x = {.text = sl_buf(TEXT_BYTES)};
    struct trail_query q;
    struct trail_end end;

    if (!may_audit(c) || !audit_query(c, &q) || !trail_ready(c) || !begin(c, &x, &q))
        return;
    enum sl_err err = trail_search(s->trail, s->ledger, &q, add_line, &x, &end);
    if (err == SL_OK && x.why == SL_OK && sl_buf_err(&x.text) == SL_OK) {
        c->reply = json_object();
        json_put_str(c->reply, "text", sl_buf_span(&x.text));
        json_object_set_new(c->reply, "lines", json_integer((json_int_t)x.lines));
        json_put_str(c->reply, "identity", c->who.name);
        json_object_set_new(c->reply, "size", json_integer((json_int_t)x.size));
        audit_put_end(c->reply, &end);
    } else {
        call_problem(c, 500, "Not exported", "The ledger's files could not be read.",
                     "sluice ledger verify says what is wrong with them.");
    }
    sl_buf_done(&x.text);
}
