/* Between the files about derived labels. */
#ifndef SL_ROLE_KEEPER_LABELS_INT_H
#define SL_ROLE_KEEPER_LABELS_INT_H

#include "role/keeper/keeper_int.h"
#include "role/keeper/sessions.h"

/* Records that this action of the session brought these labels, for good. */
void labels_bring(struct keeper *k, const struct session *s, uint64_t action,
                  const struct sl_spread *spread);

enum how { HOW_STAYS = 0, HOW_BY_OUTCOME = 1, HOW_BY_TXN = 2 };
#define LAST_ACTION (UINT64_C(1) << 53) /* JSON holds no more */

struct label_row {
    struct sl_span column, label, source;
};

/* The map as it is now, told to every gate when it is another than before; `teller` (may be NULL)
 * hears of it in any case. At once, into every outbox: what is answered after this is answered with
 * the new map. */
void labels_changed(struct keeper *k, const struct peer *teller);
/* What settles this flow, and whether what it told of was undone. A gate tells it ahead of the
 * action's bytes, over its channel; how that ended is in its journal, which may be read first. */
enum how label_settled_by(const struct session *s, const struct sl_msg_label_flow *m, bool *undone);
/* The leaf of labels that came or went. */
void label_put_leaf(struct keeper *k, struct sl_buf *leaf, struct sl_entry_label e,
                    const struct label_row *rows, size_t count);
/* labels_leave.c. A column on its way out; its labels are told as not settled. */
bool label_is_leaving(struct keeper *k, struct sl_span target, struct sl_span column);
/* What brought its labels there again is committed, or the column's labels are dropped. */
void label_leaves_no_more(struct keeper *k, struct sl_span target, struct sl_span column);
/* A gate does not list it. True: no gate does, and what they said counts. */
bool label_may_go(struct keeper *k, uint32_t gate, const struct sl_msg_label_gone *m,
                  struct sl_span column);
void labels_leaving_told(struct keeper *k); /* the map as it is now was told to every gate */
/* Nobody has brought this label to this column yet. */
bool label_is_new(struct keeper *k, struct sl_span target, const struct label_row *row);

#endif
