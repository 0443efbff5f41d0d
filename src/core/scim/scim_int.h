#ifndef SL_CORE_SCIM_SCIM_INT_H
#define SL_CORE_SCIM_SCIM_INT_H

#include "core/scim/scim.h"

#define SL_SCIM_URN_USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define SL_SCIM_URN_GROUP "urn:ietf:params:scim:schemas:core:2.0:Group"
#define SL_SCIM_URN_PATCH "urn:ietf:params:scim:api:messages:2.0:PatchOp"
#define SL_SCIM_URN_LIST "urn:ietf:params:scim:api:messages:2.0:ListResponse"
#define SL_SCIM_URN_ERROR "urn:ietf:params:scim:api:messages:2.0:Error"

/* attributes.c */
struct sl_span sl_scim_string(const json_t *value); /* of a JSON string */
/* The member whose name is this in any case. SL_SCIM_SYNTAX: there are two; NULL: none. */
enum sl_scim_reason sl_scim_member(const json_t *object, const char *name, json_t **out)
    SL_MUST_CHECK;
enum sl_scim_attribute sl_scim_attribute_of(struct sl_span name); /* without URN and sub */
/* What stands behind "urn:...:", or the whole: an extension's attribute is OTHER. */
enum sl_scim_attribute sl_scim_name_of(struct sl_span name, bool *has_sub);
/* Non-empty unless may_be_empty, short enough. */
enum sl_scim_reason sl_scim_take_text(const json_t *value, bool may_be_empty, struct sl_span *out)
    SL_MUST_CHECK;
/* true, "True", [{"value":"true"}] */
enum sl_scim_reason sl_scim_take_flag(const json_t *value, bool *out) SL_MUST_CHECK;
/* [{"value":"ID"},..], {"value":"ID"}, ["ID"]: ids without doubles. */
enum sl_scim_reason sl_scim_take_members(struct sl_arena *mem, const json_t *value,
                                         struct sl_span **out, size_t *count) SL_MUST_CHECK;
bool sl_scim_has_schema(const json_t *body, const char *urn);

#endif
