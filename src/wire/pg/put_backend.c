#include "wire/pg/put_int.h"

enum { TEXT_OID = 25 };

static void put_field(struct sl_buf *b, uint8_t code, struct sl_span text)
{
    if (text.n == 0)
        return;
    sl_buf_put_u8(b, code);
    sl_pg_put_text(b, text);
}

static void put_notice(struct sl_buf *b, uint8_t type, const struct sl_pg_notice *e,
                       struct sl_span usual_severity)
{
    struct sl_span severity = e->severity.n > 0 ? e->severity : usual_severity;
    size_t at = sl_pg_begin(b, type);

    put_field(b, 'S', severity);
    put_field(b, 'V', severity);
    put_field(b, 'C', e->sqlstate);
    put_field(b, 'M', e->message);
    put_field(b, 'D', e->detail);
    put_field(b, 'H', e->hint);
    sl_buf_put_u8(b, 0);
    sl_pg_end(b, at);
}

void sl_pg_put_error(struct sl_buf *b, const struct sl_pg_notice *e)
{
    put_notice(b, SL_PG_ERROR_RESPONSE, e, SL_SPAN("ERROR"));
}

void sl_pg_put_notice(struct sl_buf *b, const struct sl_pg_notice *e)
{
    put_notice(b, SL_PG_NOTICE_RESPONSE, e, SL_SPAN("NOTICE"));
}

static void put_auth(struct sl_buf *b, enum sl_pg_auth_kind kind, struct sl_span data)
{
    size_t at = sl_pg_begin(b, SL_PG_AUTHENTICATION);

    sl_buf_put_be32(b, kind);
    sl_buf_put(b, data);
    sl_pg_end(b, at);
}

void sl_pg_put_auth_ok(struct sl_buf *b)
{
    put_auth(b, SL_PG_AUTH_OK, (struct sl_span){NULL, 0});
}

void sl_pg_put_auth_cleartext(struct sl_buf *b)
{
    put_auth(b, SL_PG_AUTH_CLEARTEXT, (struct sl_span){NULL, 0});
}

void sl_pg_put_auth_sasl(struct sl_buf *b, const char *const *mechanisms, size_t count)
{
    size_t at = sl_pg_begin(b, SL_PG_AUTHENTICATION);

    sl_buf_put_be32(b, SL_PG_AUTH_SASL);
    for (size_t i = 0; i < count; i++)
        sl_pg_put_text(b, sl_span_str(mechanisms[i]));
    sl_buf_put_u8(b, 0);
    sl_pg_end(b, at);
}

void sl_pg_put_auth_sasl_continue(struct sl_buf *b, struct sl_span message)
{
    put_auth(b, SL_PG_AUTH_SASL_CONTINUE, message);
}

void sl_pg_put_auth_sasl_final(struct sl_buf *b, struct sl_span message)
{
    put_auth(b, SL_PG_AUTH_SASL_FINAL, message);
}

void sl_pg_put_status(struct sl_buf *b, struct sl_span name, struct sl_span value)
{
    size_t at = sl_pg_begin(b, SL_PG_PARAMETER_STATUS);

    sl_pg_put_text(b, name);
    sl_pg_put_text(b, value);
    sl_pg_end(b, at);
}

void sl_pg_put_key(struct sl_buf *b, uint32_t pid, struct sl_span secret)
{
    size_t at = sl_pg_begin(b, SL_PG_BACKEND_KEY_DATA);

    sl_buf_put_be32(b, pid);
    sl_buf_put(b, secret);
    sl_pg_end(b, at);
}

void sl_pg_put_ready(struct sl_buf *b, enum sl_pg_ready status)
{
    uint8_t letter = (uint8_t)status;

    sl_pg_put_bytes(b, SL_PG_READY_FOR_QUERY, sl_span(&letter, 1));
}

void sl_pg_put_tag(struct sl_buf *b, const char *tag)
{
    sl_pg_put_one_text(b, SL_PG_COMMAND_COMPLETE, sl_span_str(tag));
}

void sl_pg_put_empty_query(struct sl_buf *b)
{
    sl_pg_put_bare(b, SL_PG_EMPTY_QUERY);
}

/* NegotiateProtocolVersion: u32 newest version that we speak · u32 n · n x option name NUL */
void sl_pg_put_negotiate(struct sl_buf *b, const struct sl_pg_startup *s)
{
    size_t at = sl_pg_begin(b, SL_PG_NEGOTIATE_VERSION);
    uint32_t unknown = 0;

    for (size_t i = 0; i < s->option_count; i++)
        unknown += sl_span_starts(s->options[i].name, SL_SPAN("_pq_."));
    sl_buf_put_be32(b, 3u << 16);
    sl_buf_put_be32(b, unknown);
    for (size_t i = 0; i < s->option_count; i++)
        if (sl_span_starts(s->options[i].name, SL_SPAN("_pq_.")))
            sl_pg_put_text(b, s->options[i].name);
    sl_pg_end(b, at);
}

static void put_column(struct sl_buf *b, struct sl_span name)
{
    sl_pg_put_text(b, name);
    sl_buf_put_be32(b, 0); /* no table */
    sl_buf_put_be16(b, 0);
    sl_buf_put_be32(b, TEXT_OID);
    sl_buf_put_be16(b, UINT16_MAX); /* of any length */
    sl_buf_put_be32(b, UINT32_MAX); /* no modifier */
    sl_buf_put_be16(b, 0);          /* as text */
}

void sl_pg_put_columns(struct sl_buf *b, const struct sl_span *names, size_t count)
{
    size_t at = sl_pg_begin(b, SL_PG_ROW_DESCRIPTION);

    sl_pg_put_count(b, count);
    for (size_t i = 0; i < count; i++)
        put_column(b, names[i]);
    sl_pg_end(b, at);
}

void sl_pg_put_row(struct sl_buf *b, const struct sl_span *values, size_t count)
{
    size_t at = sl_pg_begin(b, SL_PG_DATA_ROW);

    sl_pg_put_count(b, count);
    for (size_t i = 0; i < count; i++)
        sl_pg_put_value(b, values[i].p == NULL, values[i]);
    sl_pg_end(b, at);
}
