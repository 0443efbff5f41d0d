/* An approval as callers see it, and who may see how much of it (approval_json.c,
 * approval_lineage.c, shown.c, alike.c, last_alike.c).
 */
#ifndef SL_ROLE_KEEPER_APPROVAL_JSON_H
#define SL_ROLE_KEEPER_APPROVAL_JSON_H

#include "crypto/crypto.h"
#include "json/json.h"

struct keeper;
struct call;
struct approval;
struct ask;

json_t *approval_json(struct call *c, const struct approval *a);
/* The same, and what of it the ledger does not have is not noted as shown: who sends it does. The
 * brief one has no operation and no context, and reads no large document. */
json_t *approval_json_whole_unseen(struct call *c, const struct approval *a);
json_t *approval_json_brief_unseen(struct call *c, const struct approval *a);
/* shown.c: `out` goes to the caller, with what it says of `a` */
void shown_record(struct call *c, const struct approval *a, const json_t *out);
/* May this caller see the statement and its values? */
bool approval_shows_values(struct call *c, const struct approval *a);
/* last_alike.c: "last_alike":{"id","identity","by":[],"decided_at","statement"}, the last approved
 * like it.
 */
void last_alike_key(struct keeper *k, const struct ask *a, uint8_t key[SL_SHA256]);
void approval_put_last_alike(struct call *c, json_t *approval, const struct approval *a);
/* What its rules say, for its page. */
void approval_put_rules(struct call *c, json_t *approval, const struct approval *a);
/* approval_lineage.c: "lineage" of a held statement's page; nothing once it is over. */
void approval_put_lineage(struct call *c, json_t *approval, const struct approval *a);
bool approval_visible(struct call *c, const struct approval *a);
bool approval_is_mine(const struct call *c, const struct approval *a); /* of their requester set */
/* alike.c: a key that requests have in common which differ in literals only. */
void approval_alike(const struct approval *a, const json_t *operation, struct sl_buf *hex);

#endif
