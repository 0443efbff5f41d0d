/* libraries: core_action, wire_pg, json, crypto, base */
#include "core/action/envelope.h"
#include "wire/pg/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same statement with other literals. */
static void put_others(struct sl_buf *b, struct sl_span sql)
{
    struct sl_shape_walk walk = sl_shape_walk(sql);
    struct sl_span literal;
    size_t at = 0;

    while (sl_shape_next_literal(&walk, &literal)) {
        size_t begin = (size_t)(literal.p - sql.p);

        sl_buf_put(b, sl_span(sql.p + at, begin - at));
        sl_buf_put_str(b, literal.p[0] == '\'' ? "'{integer}'" : "1");
        at = begin + literal.n;
    }
    sl_buf_put(b, sl_span_from(sql, at));
}

/* What is recorded without literals can be told from the template alone. */
static void check_shape(struct sl_span sql, struct sl_span template)
{
    SL_BUF(shape, 1024 * 1024);
    SL_BUF(made, 1024 * 1024);

    SL_PROMISE(sl_shape_put(&shape, sql) == SL_OK);
    SL_PROMISE(sl_envelope_put_shape(&made, template) == SL_OK);
    SL_PROMISE(sl_span_eq(sl_buf_span(&shape), sl_buf_span(&made)));
}

/* A template is that of every statement that differs in literals alone, and is itself none. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span sql = sl_span(data, size);
    struct sl_envelope bounds;
    SL_BUF(template, 1024 * 1024);
    SL_BUF(others, 1024 * 1024);
    SL_BUF(again, 1024 * 1024);

    if (sl_envelope_get(sql, &bounds) == SL_OK)
        SL_PROMISE(sl_envelope_is_bounded(&bounds));
    if (sl_envelope_put_template(&template, sql) != SL_OK) {
        SL_PROMISE(template.n == 0);
        return 0;
    }
    put_others(&others, sql);
    check_shape(sql, sl_buf_span(&template));
    enum sl_err err = sl_envelope_put_template(&again, sl_buf_span(&others));
    if (err == SL_ELIMIT) /* these literals are longer */
        return 0;
    SL_PROMISE(err == SL_OK);
    SL_PROMISE(sl_span_eq(sl_buf_span(&template), sl_buf_span(&again)));
    return 0;
}
