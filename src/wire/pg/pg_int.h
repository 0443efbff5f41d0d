/* Pieces that several decoders of this folder share. */
#ifndef SL_WIRE_PG_PG_INT_H
#define SL_WIRE_PG_PG_INT_H

#include "wire/pg/frontend.h"

/* Elements of a big-endian list; 0 beyond the end. */
uint16_t sl_pg_be16_at(struct sl_span list, size_t index);
uint32_t sl_pg_be32_at(struct sl_span list, size_t index);

/* u16 n · n x u16 format; a format that is neither text nor binary breaks the cursor. */
struct sl_span sl_pg_take_formats(struct sl_cursor *c, uint16_t *count);
/* u16 n · n x { i32 length · bytes }, checked to the end. */
struct sl_pg_values sl_pg_take_values(struct sl_cursor *c, struct sl_span formats);

#endif
