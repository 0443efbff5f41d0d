/* How many rows the server believes a table has (pg_class.reltuples), for the reviewer of a held
 * statement: it is known before anybody says yes, and not a byte of what is held is needed for it.
 *
 * Asked on the listing's own connection when a listing is another one, and once a minute. A number
 * is as old and as rough as the server's statistics; a table that was never looked at has none.
 * Facts for people: nothing is judged by them.
 */
#ifndef SL_ROLE_GATE_SIZES_H
#define SL_ROLE_GATE_SIZES_H

#include "role/gate/session.h"

enum { SIZES_EVERY_MS = 60 * 1000, SIZES_MAX = 100 * 1000, SIZES_SHOWN = 20 };

struct sl_map;

/* A row of sl_catalog_sizes_query: name and number. False: it is none, or memory ran out. */
bool sizes_take(struct sl_map *sizes, const struct sl_span *fields, size_t count) SL_MUST_CHECK;
/* Appends `show` (a JSON object, or nothing) with a member "sizes": of those datasets of `m` whose
 * size is known, [{"dataset","rows"}], the first SIZES_SHOWN. */
void sizes_show(struct sl_buf *out, const struct sl_map *sizes, const struct sl_meaning *m,
                struct sl_span show);

#endif
