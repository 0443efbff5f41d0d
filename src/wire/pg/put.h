/* Encoders of both directions: each appends one whole message, header included, to `b`.
 *
 * Errors stick in the buffer (sl_buf_err). A text with a NUL in it would end early on the wire and
 * turn its rest into something else: it makes the buffer SL_EMALFORMED instead. Lists that do not
 * fit their count are SL_ELIMIT.
 */
#ifndef SL_WIRE_PG_PUT_H
#define SL_WIRE_PG_PUT_H

#include "base/buf.h"
#include "wire/pg/backend.h"
#include "wire/pg/frame.h"

/* --- a server's messages ---------------------------------------------------------------------- */

/* Empty severity: "ERROR" for an error, "NOTICE" for a notice. Empty fields are left out; position
 * and where are never written. */
void sl_pg_put_error(struct sl_buf *b, const struct sl_pg_notice *e);
void sl_pg_put_notice(struct sl_buf *b, const struct sl_pg_notice *e);

void sl_pg_put_auth_ok(struct sl_buf *b);
void sl_pg_put_auth_cleartext(struct sl_buf *b);
/* Offers the mechanisms, best first. */
void sl_pg_put_auth_sasl(struct sl_buf *b, const char *const *mechanisms, size_t count);
void sl_pg_put_auth_sasl_continue(struct sl_buf *b, struct sl_span message);
void sl_pg_put_auth_sasl_final(struct sl_buf *b, struct sl_span message);

void sl_pg_put_status(struct sl_buf *b, struct sl_span name, struct sl_span value);
void sl_pg_put_key(struct sl_buf *b, uint32_t pid, struct sl_span secret);
void sl_pg_put_ready(struct sl_buf *b, enum sl_pg_ready status);
void sl_pg_put_tag(struct sl_buf *b, const char *tag);
void sl_pg_put_empty_query(struct sl_buf *b);
/* We speak 3.0 and none of the client's `_pq_.` options (they are listed from `s`). */
void sl_pg_put_negotiate(struct sl_buf *b, const struct sl_pg_startup *s);
/* Columns of type text in text format. */
void sl_pg_put_columns(struct sl_buf *b, const struct sl_span *names, size_t count);
/* A value with p == NULL is SQL's NULL. */
void sl_pg_put_row(struct sl_buf *b, const struct sl_span *values, size_t count);
/* ParseComplete, BindComplete, CloseComplete, NoData, PortalSuspended, CopyDone, Sync, Flush,
 * Terminate, ...: a message without a body. The type must be one whose body is empty. */
void sl_pg_put_bare(struct sl_buf *b, enum sl_pg_type type);

/* --- a client's messages ---------------------------------------------------------------------- */

void sl_pg_put_startup(struct sl_buf *b, const struct sl_pg_option *options, size_t count);
void sl_pg_put_ssl_request(struct sl_buf *b);
void sl_pg_put_cancel(struct sl_buf *b, uint32_t pid, struct sl_span secret);
void sl_pg_put_query(struct sl_buf *b, struct sl_span sql);
void sl_pg_put_password(struct sl_buf *b, struct sl_span password);
void sl_pg_put_sasl_initial(struct sl_buf *b, const char *mechanism, struct sl_span response);
void sl_pg_put_sasl_response(struct sl_buf *b, struct sl_span response);
void sl_pg_put_parse(struct sl_buf *b, struct sl_span statement, struct sl_span sql,
                     const uint32_t *types, size_t type_count);
/* Values with their own format each; results in `result_format` (0 text, 1 binary). */
void sl_pg_put_bind(struct sl_buf *b, struct sl_span portal, struct sl_span statement,
                    const struct sl_pg_value *values, size_t count, uint16_t result_format);
void sl_pg_put_describe(struct sl_buf *b, uint8_t kind, struct sl_span name);
void sl_pg_put_close(struct sl_buf *b, uint8_t kind, struct sl_span name);
void sl_pg_put_execute(struct sl_buf *b, struct sl_span portal, uint32_t max_rows);
void sl_pg_put_copy_fail(struct sl_buf *b, struct sl_span message);
void sl_pg_put_sync(struct sl_buf *b);
void sl_pg_put_flush(struct sl_buf *b);
void sl_pg_put_terminate(struct sl_buf *b);

#endif
