/* Leaves of the ledger in JSON, read for those who count what they tell: each one of a replay, and
 * the rare ones of a living keeper (the others come straight from a drained journal). What is no
 * leaf of ours tells nothing. Texts are the leaf's: a listener copies what it keeps.
 */
#ifndef SL_ROLE_KEEPER_LEAF_H
#define SL_ROLE_KEEPER_LEAF_H

#include "core/ledger/entry.h"
#include "json/json.h"

/* One action, as an entry of its own or as an item of a batch. */
struct leaf_action {
    struct sl_span facts; /* canonical; empty when the leaf has none */
    struct sl_span identity, owner, target;
    uint64_t session, action, at_us, rows, bytes;
    uint32_t flags;  /* SL_INTENT_IN_TX, SL_INTENT_OBSERVED */
    uint8_t outcome; /* 0: not known yet */
    struct sl_span approval, approvers, why, text;
};

struct leaf_listener {
    void (*action)(void *self, const struct leaf_action *a);
    void (*outcome)(void *self, const struct sl_entry_outcome *o);
    void (*txn)(void *self, const struct sl_entry_txn *t);
    /* `a` says session, identity, owner and target. */
    void (*session)(void *self, const struct leaf_action *a, bool is_open);
    /* `a` also has what was asked: facts, action and time. */
    void (*approval)(void *self, const struct leaf_action *a, const json_t *leaf);
    void (*sign_in_failure)(void *self, uint64_t count); /* NULL: not of interest */
};

void leaf_read(struct sl_span leaf, const struct leaf_listener *to, void *self);

#endif
