/* How names are forgotten: what names.c, names_confirm.c and names_sql.c share. */
#ifndef SL_ROLE_GATE_NAMES_INT_H
#define SL_ROLE_GATE_NAMES_INT_H

#include "role/gate/names.h"

/* One that is in no map any more. */
void name_free(struct statement_name *n);
/* Every prepared statement of the protocol. */
void extended_forget_all(struct session *s);
void extended_forget_portals(struct session *s);
/* Of a map of struct named_text, which may not be there yet: this name, or all. */
void names_forget_text(struct sl_map *m, struct sl_span name);
void names_forget_texts(struct sl_map *m);

#endif
