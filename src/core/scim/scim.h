/* SCIM 2.0 (RFC 7643, RFC 7644): what an identity provider says about people and groups, read and
 * answered. Pure: JSON in, a change or a refusal out; who may say it and what it leads to is the
 * keeper's.
 *
 * Of a user userName, externalId, displayName and active are kept, of a group displayName,
 * externalId and members. Whatever else of the standard's a provider sends is read past; a body
 * that is not what it says it is, is refused whole. Names of attributes, operations and operators
 * are case-blind (RFC 7643, 2.1), and two members of an object that differ in case alone are
 * refused. PATCH is taken in the forms in which Okta and Entra send it:
 *   {"op":"replace","value":{"active":false}}                         without a path
 *   {"op":"Replace","path":"active","value":"False"}                  a boolean as a string
 *   {"op":"Replace","path":"active","value":[{"value":"False"}]}      ... in an array
 *   {"op":"Add","path":"members","value":[{"value":"ID"}]}            also remove, also replace
 *   {"op":"remove","path":"members[value eq \"ID\"]"}
 *   {"op":"Add","value":{"name.givenName":"x"}}                       dotted names, read past
 * Filters are one comparison, or several joined by "and": userName eq "x".
 *
 * Strings are views into the JSON value that was given, or copies in `mem`.
 */
#ifndef SL_CORE_SCIM_SCIM_H
#define SL_CORE_SCIM_SCIM_H

#include "base/arena.h"
#include "json/json.h"

enum {
    SL_SCIM_TEXT_MAX = 1000, /* bytes of a name or an id */
    SL_SCIM_OPERATIONS_MAX = 1000,
    SL_SCIM_MEMBERS_MAX = 10000,
    SL_SCIM_TERMS_MAX = 4,
    SL_SCIM_PAGE = 100, /* resources of one answer, and no more */
};

/*    name             status  scimType         text */
#define SL_SCIM_REASONS(X)                                                                        \
    X(OK, 200, "", "")                                                                            \
    X(SYNTAX, 400, "invalidSyntax", "the body is not a resource or a change of this kind")        \
    X(VALUE, 400, "invalidValue", "a value is missing, of the wrong kind, empty or too long")     \
    X(PATH, 400, "invalidPath", "the path is not one of an attribute")                            \
    X(NO_TARGET, 400, "noTarget", "nothing says what is to be removed")                           \
    X(MUTABILITY, 400, "mutability", "this attribute cannot be taken away")                       \
    X(FILTER, 400, "invalidFilter",                                                               \
      "only comparisons of id, userName, externalId, displayName, active and members with eq, "   \
      "joined by and, are understood")                                                            \
    X(TOO_MANY, 400, "tooMany", "there are more operations or members than one request may have") \
    X(UNIQUENESS, 409, "uniqueness", "there is a resource with this name or id already")          \
    X(NOT_FOUND, 404, "", "there is no such resource")                                            \
    X(DENIED, 403, "", "this credential may not do that")                                         \
    X(REFUSED, 409, "", "Sluice cannot do that")                                                  \
    X(BUSY, 503, "", "earlier changes of this provider's groups are still being made: try again") \
    X(MEMORY, 500, "", "out of memory")

enum sl_scim_reason {
#define SL_SCIM_REASON(name, status, type, text) SL_SCIM_##name,
    SL_SCIM_REASONS(SL_SCIM_REASON)
#undef SL_SCIM_REASON
        SL_SCIM_REASON_COUNT
};
unsigned sl_scim_status(enum sl_scim_reason reason);
const char *sl_scim_text(enum sl_scim_reason reason);

enum sl_scim_kind { SL_SCIM_USER, SL_SCIM_GROUP };

/* --- resources that come in (POST, PUT) --------------------------------------------------------
 */

struct sl_scim_resource {
    struct sl_span user_name, external_id, display_name; /* empty: not said, or taken away */
    bool active;                                         /* true when not said: only for POST */
    struct sl_span *members;                             /* ids, without doubles */
    size_t member_count;
    /* What a PUT leaves out it does not speak of, and that stays as it is (RFC 7644, 3.5.1); null
     * and [] take away, but for `active`, which always is one or the other. */
    bool says_external_id, says_display_name, says_active, says_members;
};
/* A user needs a userName, a group a displayName. displayName of a user is taken from
 * name.formatted, or of its parts, where it is not said. */
enum sl_scim_reason sl_scim_read(struct sl_arena *mem, enum sl_scim_kind kind, const json_t *body,
                                 struct sl_scim_resource *out) SL_MUST_CHECK;

/* --- changes (PATCH) ---------------------------------------------------------------------------
 */

enum sl_scim_what {
    SL_SCIM_SET_USER_NAME,
    SL_SCIM_SET_EXTERNAL_ID,
    SL_SCIM_SET_DISPLAY_NAME,
    SL_SCIM_SET_ACTIVE,
    SL_SCIM_ADD_MEMBERS,
    SL_SCIM_REMOVE_MEMBERS,
    SL_SCIM_SET_MEMBERS, /* these and no others */
};
struct sl_scim_change {
    enum sl_scim_what what;
    struct sl_span text; /* may be empty for externalId and displayName of a user: taken away */
    bool flag;
    struct sl_span *members;
    size_t member_count;
};
struct sl_scim_patch {
    struct sl_scim_change *changes; /* in their order */
    size_t count;
};
enum sl_scim_reason sl_scim_patch(struct sl_arena *mem, enum sl_scim_kind kind, const json_t *body,
                                  struct sl_scim_patch *out) SL_MUST_CHECK;

/* --- paths and filters -------------------------------------------------------------------------
 */

enum sl_scim_attribute {
    SL_SCIM_OTHER, /* of the standard, or of somebody's extension: not kept */
    SL_SCIM_ID,
    SL_SCIM_USER_NAME,
    SL_SCIM_EXTERNAL_ID,
    SL_SCIM_DISPLAY_NAME,
    SL_SCIM_ACTIVE,
    SL_SCIM_MEMBERS,
};
struct sl_scim_term {
    enum sl_scim_attribute attribute;
    struct sl_span text;
    bool flag; /* of SL_SCIM_ACTIVE */
};
struct sl_scim_filter {
    struct sl_scim_term terms[SL_SCIM_TERMS_MAX];
    size_t count;
};
enum sl_scim_reason sl_scim_filter(struct sl_arena *mem, struct sl_span text,
                                   struct sl_scim_filter *out) SL_MUST_CHECK;

/* "[urn:..:]attribute[.sub]" or "attribute[filter][.sub]". */
struct sl_scim_path {
    enum sl_scim_attribute attribute;
    bool has_sub;
    bool chosen;          /* attribute[value eq "..."] */
    struct sl_span value; /* ... this one; of other filters of what is not kept: empty */
};
enum sl_scim_reason sl_scim_path(struct sl_arena *mem, struct sl_span text,
                                 struct sl_scim_path *out) SL_MUST_CHECK;

/* --- answers: values that the caller owns ------------------------------------------------------
 */

struct sl_scim_known {
    struct sl_span id, base; /* base: "https://sluice.example/scim/v2" */
    struct sl_scim_resource said;
    uint64_t created_us, changed_us;
};
json_t *sl_scim_resource_json(enum sl_scim_kind kind, const struct sl_scim_known *r);
/* Takes `resources` (an array) over. start counts from 1. */
json_t *sl_scim_list_json(json_t *resources, size_t total, size_t start);
/* detail empty: the reason's own sentence. */
json_t *sl_scim_error_json(enum sl_scim_reason reason, struct sl_span detail);
/* name: "ServiceProviderConfig", "ResourceTypes", "ResourceTypes/User", "Schemas", "Schemas/urn..";
 * NULL: there is none of this name. */
json_t *sl_scim_about_json(struct sl_span name, struct sl_span base);

#endif
