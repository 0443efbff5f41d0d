/* The PostgreSQL protocol 3.0, both directions: the public header of this folder.
 *
 *   frame.h     message headers, the table of message types, the startup packet
 *   frontend.h  what a client says: decoders of Query, Parse, Bind, ...
 *   backend.h   what a server says: decoders of RowDescription, ErrorResponse, ...
 *   put.h       encoders of both, appending to a sl_buf
 *   oauth.h     texts of OAUTHBEARER
 *   scram.h     texts of SCRAM-SHA-256 (no hashing here)
 *   shape.h     the narrow SQL lexer: shape of a statement, and the gate's own floor
 *
 * Everything is pure: bytes in, views into them out; no socket, no clock, no state between calls. A
 * view lives as long as the bytes it was decoded from. Decoders are strict: a byte missing, a byte
 * left over or a value outside the protocol is SL_EMALFORMED and leaves the output untouched.
 */
#ifndef SL_WIRE_PG_PG_H
#define SL_WIRE_PG_PG_H

#include "wire/pg/backend.h"
#include "wire/pg/frame.h"
#include "wire/pg/frontend.h"
#include "wire/pg/oauth.h"
#include "wire/pg/put.h"
#include "wire/pg/scram.h"
#include "wire/pg/shape.h"

#endif
