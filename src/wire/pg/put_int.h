/* Pieces of the encoders. sl_pg_begin and sl_pg_end stand around a body and fill in its length. */
#ifndef SL_WIRE_PG_PUT_INT_H
#define SL_WIRE_PG_PUT_INT_H

#include "wire/pg/put.h"

size_t sl_pg_begin(struct sl_buf *b, uint8_t type);
void sl_pg_end(struct sl_buf *b, size_t body_at);

/* text NUL; a NUL inside makes the buffer SL_EMALFORMED. */
void sl_pg_put_text(struct sl_buf *b, struct sl_span text);
/* u16, SL_ELIMIT above 65,535. */
void sl_pg_put_count(struct sl_buf *b, size_t count);
/* i32 length (-1: null) · bytes */
void sl_pg_put_value(struct sl_buf *b, bool null, struct sl_span bytes);

/* Whole messages whose body is a run of bytes, or one text. */
void sl_pg_put_bytes(struct sl_buf *b, uint8_t type, struct sl_span body);
void sl_pg_put_one_text(struct sl_buf *b, uint8_t type, struct sl_span text);

#endif
