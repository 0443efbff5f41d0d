/* libraries: wire_pg, base */
#include "wire/pg/pg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void server_lists(uint8_t type, struct sl_span body)
{
    struct sl_pg_columns columns;
    struct sl_pg_column column;
    struct sl_pg_values row;
    struct sl_pg_value value;
    struct sl_pg_types types;

    if (type == SL_PG_ROW_DESCRIPTION && sl_pg_columns_get(body, &columns) == SL_OK)
        while (sl_pg_columns_next(&columns, &column))
            SL_PROMISE(column.name.n < body.n && column.format <= 1);
    if (type == SL_PG_DATA_ROW && sl_pg_row_get(body, &row) == SL_OK)
        while (sl_pg_values_next(&row, &value))
            SL_PROMISE(value.bytes.n < body.n && value.format == 0);
    if (type == SL_PG_PARAMETER_DESCRIPTION && sl_pg_types_get(body, &types) == SL_OK)
        SL_PROMISE(types.types.n == 4 * (size_t)types.count);
}

static void server_others(uint8_t type, struct sl_span body)
{
    struct sl_pg_auth auth;
    struct sl_pg_key key;
    struct sl_pg_status status;
    struct sl_pg_notice notice;
    struct sl_pg_tag tag;
    struct sl_pg_copy copy;
    struct sl_pg_notification notification;
    enum sl_pg_ready ready;

    if (type == SL_PG_AUTHENTICATION && sl_pg_auth_get(body, &auth) == SL_OK)
        SL_PROMISE(!sl_pg_auth_offers(&auth, ""));
    if (type == SL_PG_BACKEND_KEY_DATA && sl_pg_key_get(body, &key) == SL_OK)
        SL_PROMISE(key.secret.n >= 4 && key.secret.n <= SL_PG_MAX_CANCEL_SECRET);
    if (type == SL_PG_PARAMETER_STATUS && sl_pg_status_get(body, &status) == SL_OK)
        SL_PROMISE(status.name.n + status.value.n + 2 == body.n);
    if (type == SL_PG_ERROR_RESPONSE && sl_pg_notice_get(body, &notice) == SL_OK)
        SL_PROMISE(notice.sqlstate.n == 5);
    if (type == SL_PG_COMMAND_COMPLETE && sl_pg_tag_get(body, &tag) == SL_OK)
        SL_PROMISE(tag.command.n <= tag.text.n && tag.text.n + 1 == body.n);
    if (type == SL_PG_COPY_IN_RESPONSE && sl_pg_copy_get(body, &copy) == SL_OK)
        SL_PROMISE(2 * (size_t)copy.column_count + 3 == body.n);
    if (type == SL_PG_NOTIFICATION && sl_pg_notification_get(body, &notification) == SL_OK)
        SL_PROMISE(notification.channel.n + notification.payload.n + 6 == body.n);
    if (type == SL_PG_READY_FOR_QUERY && sl_pg_ready_get(body, &ready) == SL_OK)
        SL_PROMISE(body.n == 1 && (uint8_t)ready == body.p[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span in = sl_span(data, size);
    struct sl_pg_frame f;

    while (sl_pg_frame(in, &f) == SL_STEP_EVENT && in.n - SL_PG_HEADER >= f.body_bytes) {
        struct sl_span body = sl_span_head(sl_span_from(in, SL_PG_HEADER), f.body_bytes);
        if (sl_pg_backend_check(f) == SL_OK) {
            server_lists(f.type, body);
            server_others(f.type, body);
        }
        in = sl_span_from(in, SL_PG_HEADER + (size_t)f.body_bytes);
    }
    return 0;
}
