/* Reads a SCRAM message attribute by attribute. */
#ifndef SL_WIRE_PG_SCRAM_INT_H
#define SL_WIRE_PG_SCRAM_INT_H

#include "wire/pg/scram.h"

bool sl_scram_is_nonce(struct sl_span s);
/* A name with , and = only as =2C and =3D; may be empty. */
bool sl_scram_is_user(struct sl_span s);

/* The value of `letter=...` at *at, up to a comma or the end. The comma is consumed when `more`,
 * and must not be there when not. */
enum sl_err sl_scram_attribute(struct sl_span message, size_t *at, char letter, bool more,
                               struct sl_span *value) SL_MUST_CHECK;

#endif
