#include "core/action/action.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "json/json.h"

static void put_effects(struct sl_jw *w, uint32_t effects)
{
    sl_jw_array(w);
    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if ((effects & (1u << i)) != 0)
            sl_jw_str(w, sl_span_str(sl_effect_name(i)));
    sl_jw_end(w);
}

static void put_names(struct sl_jw *w, const struct sl_span *names, size_t count)
{
    sl_jw_array(w);
    for (size_t i = 0; i < count; i++)
        sl_jw_str(w, names[i]);
    sl_jw_end(w);
}

static void put_text(struct sl_jw *w, const char *key, struct sl_span text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, text);
}

static void put_context(struct sl_jw *w, const struct sl_action_context *c)
{
    sl_jw_object(w);
    put_text(w, "client_encoding", c->client_encoding);
    put_text(w, "database", c->database);
    put_text(w, "role", c->role);
    put_text(w, "search_path", c->search_path);
    put_text(w, "settings", c->settings);
    put_text(w, "user", c->user);
    sl_jw_end(w);
}

static void put_dataset(struct sl_jw *w, const struct sl_action_dataset *d)
{
    const struct sl_meaning_access *access = d->access;

    sl_jw_object(w);
    sl_jw_key(w, "all_columns");
    sl_jw_bool(w, access->all_columns);
    sl_jw_key(w, "columns");
    put_names(w, access->columns, access->column_count);
    sl_jw_key(w, "effects");
    put_effects(w, access->effects);
    sl_jw_key(w, "labels");
    put_names(w, d->labels, d->label_count);
    put_text(w, "name", access->dataset);
    sl_jw_end(w);
}

/* The operation comes from the program that holds the bytes. Were it pasted in unread, a captured
 * gate could close its object early and write the rest of the document itself. */
static enum sl_err check_operation(struct sl_span operation)
{
    SL_BUF(again, SL_ACTION_MAX_BYTES);
    json_t *value;

    SL_TRY(sl_json_read(operation, &value, NULL));
    enum sl_err err = json_is_object(value) ? sl_json_canonical(&again, value) : SL_EMALFORMED;
    json_decref(value);
    SL_TRY(err);
    return sl_span_eq(sl_buf_span(&again), operation) ? SL_OK : SL_EMALFORMED;
}

static void put_operation(struct sl_jw *w, struct sl_span operation)
{
    enum sl_err err = check_operation(operation);

    sl_jw_key(w, "operation");
    if (err == SL_OK)
        sl_jw_raw(w, operation);
    else if (w->b->why == SL_OK)
        w->b->why = err;
}

static void put_meaning(struct sl_jw *w, const struct sl_action *a)
{
    sl_jw_key(w, "datasets");
    sl_jw_array(w);
    for (size_t i = 0; i < a->meaning->access_count; i++)
        put_dataset(w, &a->datasets[i]);
    sl_jw_end(w);
    sl_jw_key(w, "definitions");
    put_names(w, a->meaning->definitions, a->meaning->definition_count);
    sl_jw_key(w, "effects");
    put_effects(w, a->meaning->effects);
}

static void put_statements(struct sl_jw *w, const struct sl_meaning *m)
{
    sl_jw_key(w, "statements");
    sl_jw_array(w);
    for (size_t i = 0; i < m->statement_count; i++)
        sl_jw_str(w, m->statements[i].tag);
    sl_jw_end(w);
}

static void put_hex(struct sl_jw *w, const char *key, const uint8_t *bytes, size_t n)
{
    sl_jw_key(w, key);
    sl_jw_hex(w, sl_span(bytes, n));
}

void sl_action_put(struct sl_buf *b, const struct sl_action *a)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_jw_key(&w, "context");
    put_context(&w, &a->context);
    put_meaning(&w, a);
    put_text(&w, "environment", a->environment);
    put_text(&w, "identity", a->identity);
    put_operation(&w, a->operation);
    put_text(&w, "protocol", a->protocol);
    put_text(&w, "reason", a->reason);
    sl_jw_key(&w, "requesters");
    put_names(&w, a->requesters, a->requester_count);
    put_hex(&w, "rules", a->rules_digest, sizeof a->rules_digest);
    put_text(&w, "run", a->run);
    put_hex(&w, "salt", a->salt, sizeof a->salt);
    put_text(&w, "sink", a->sink);
    put_statements(&w, a->meaning);
    put_text(&w, "target", a->target);
    sl_jw_end(&w);
}

void sl_action_document_digest(struct sl_span document, uint8_t digest[SL_ACTION_DIGEST_BYTES])
{
    const struct sl_span parts[] = {SL_SPAN("sluice/action/v1\n"), document};

    sl_sha256_parts(parts, SL_COUNT(parts), digest);
}

enum sl_err sl_action_digest(const struct sl_action *a, uint8_t digest[SL_ACTION_DIGEST_BYTES])
{
    SL_BUF(document, SL_ACTION_MAX_BYTES);

    sl_action_put(&document, a);
    SL_TRY(sl_buf_err(&document));
    sl_action_document_digest(sl_buf_span(&document), digest);
    return SL_OK;
}

static void put_base64(struct sl_jw *w, struct sl_span bytes)
{
    SL_BUF(text, SL_ACTION_MAX_BYTES);

    sl_base64_put(&text, bytes);
    if (sl_buf_err(&text) == SL_OK)
        sl_jw_str(w, sl_buf_span(&text));
    else if (w->b->why == SL_OK)
        w->b->why = sl_buf_err(&text);
}

/* JSON has no place for bytes that are not UTF-8, nor (for our readers) for NUL. */
static void put_sql(struct sl_jw *w, struct sl_span sql)
{
    if (sl_utf8_valid(sql) && sl_span_find(sql, 0) == sql.n) {
        put_text(w, "sql", sql);
        return;
    }
    sl_jw_key(w, "sql_base64");
    put_base64(w, sql);
}

void sl_action_put_simple(struct sl_buf *b, struct sl_span sql)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    put_sql(&w, sql);
    sl_jw_end(&w);
}

static void put_parameter(struct sl_jw *w, const struct sl_pg_parameter *p)
{
    sl_jw_object(w);
    sl_jw_key(w, "format");
    sl_jw_u64(w, p->format);
    sl_jw_key(w, "null");
    sl_jw_bool(w, p->null);
    sl_jw_key(w, "type");
    sl_jw_u64(w, p->type);
    sl_jw_key(w, "value");
    put_base64(w, p->null ? sl_span(NULL, 0) : p->value);
    sl_jw_end(w);
}

void sl_action_put_extended(struct sl_buf *b, struct sl_span sql,
                            const struct sl_pg_parameter *parameters, size_t parameter_count,
                            const uint16_t *result_formats, size_t format_count, uint32_t max_rows)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_jw_key(&w, "max_rows");
    sl_jw_u64(&w, max_rows);
    sl_jw_key(&w, "parameters");
    sl_jw_array(&w);
    for (size_t i = 0; i < parameter_count; i++)
        put_parameter(&w, &parameters[i]);
    sl_jw_end(&w);
    sl_jw_key(&w, "result_formats");
    sl_jw_array(&w);
    for (size_t i = 0; i < format_count; i++)
        sl_jw_u64(&w, result_formats[i]);
    sl_jw_end(&w);
    put_sql(&w, sql);
    sl_jw_end(&w);
}
