/* A SCIM request on its way through the files call_scim*.c (RFC 7644). */
#ifndef SL_ROLE_KEEPER_CALL_SCIM_INT_H
#define SL_ROLE_KEEPER_CALL_SCIM_INT_H

#include "role/keeper/call.h"
#include "role/keeper/scim.h"

enum { USERS_MAX = 100000, GROUPS_MAX = 2000, GROUP_MEMBERS_MAX = 20000 };

struct scim_request {
    struct call *call;
    struct keeper *k;
    struct issuer *issuer;
    struct sl_span iss, method, id, base;
    enum sl_scim_kind kind;
    const json_t *query, *body;
    const char *detail;             /* of a refusal; NULL: the reason's own */
    struct scim_settling *settling; /* whose memberships may be others; of groups */
};

/* Takes the reply. */
void scim_answer(struct scim_request *r, unsigned status, json_t *reply);
/* With the error of this reason, and r->detail. */
void scim_refuse(struct scim_request *r, enum sl_scim_reason why);

/* call_scim_list.c: resources as they are shown, with what the request asks to leave out left out.
 */
json_t *scim_user_json(const struct scim_request *r, const struct scim_user *u);
json_t *scim_group_json(const struct scim_request *r, const struct scim_group *g);

/* What follows makes the answer. */
void scim_list(struct scim_request *r); /* those of r->kind */
void scim_create_user(struct scim_request *r);
void scim_one_user(struct scim_request *r); /* r->id, by r->method */
/* POST and PUT: these members and no others; a PUT that does not speak of them leaves them. */
void scim_whole_group(struct scim_request *r, struct scim_group *g, unsigned status);
void scim_one_group(struct scim_request *r);

#endif
