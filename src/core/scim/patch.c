/* PATCH (RFC 7644, 3.5.2), as Okta and Entra send it. */
#include "core/scim/scim_int.h"

enum op { OP_ADD, OP_REPLACE, OP_REMOVE };

struct patching {
    struct sl_arena *mem;
    enum sl_scim_kind kind;
    struct sl_scim_change *changes;
    size_t count, room;
};

static enum sl_scim_reason push(struct patching *p, const struct sl_scim_change *c)
{
    if (p->count == p->room)
        return SL_SCIM_TOO_MANY;
    p->changes[p->count++] = *c;
    return SL_SCIM_OK;
}

/* --- one attribute --------------------------------------------------------------------------- */

static enum sl_scim_reason set_text(struct patching *p, enum sl_scim_what what, enum op op,
                                    bool needed, const json_t *value)
{
    struct sl_scim_change c = {.what = what};

    if (op == OP_REMOVE && needed)
        return SL_SCIM_MUTABILITY;
    enum sl_scim_reason why =
        op == OP_REMOVE ? SL_SCIM_OK : sl_scim_take_text(value, !needed, &c.text);
    return why != SL_SCIM_OK ? why : push(p, &c);
}

static enum sl_scim_reason set_active(struct patching *p, enum op op, const json_t *value)
{
    struct sl_scim_change c = {.what = SL_SCIM_SET_ACTIVE};

    if (op == OP_REMOVE)
        return SL_SCIM_MUTABILITY;
    enum sl_scim_reason why = sl_scim_take_flag(value, &c.flag);
    return why != SL_SCIM_OK ? why : push(p, &c);
}

/* Removing all of them is replacing them by none. */
static enum sl_scim_reason set_members(struct patching *p, enum op op,
                                       const struct sl_scim_path *path, const json_t *value)
{
    struct sl_scim_change c = {.what = op == OP_ADD       ? SL_SCIM_ADD_MEMBERS
                                       : op == OP_REPLACE ? SL_SCIM_SET_MEMBERS
                                                          : SL_SCIM_REMOVE_MEMBERS};

    if (path != NULL && path->chosen) {
        if (op != OP_REMOVE || path->value.n == 0 || path->has_sub)
            return SL_SCIM_PATH;
        c.members = sl_arena_array(p->mem, 1, sizeof *c.members);
        if (c.members == NULL)
            return SL_SCIM_MEMORY;
        c.members[c.member_count++] = path->value;
        return push(p, &c);
    }
    if (path != NULL && path->has_sub)
        return SL_SCIM_PATH;
    if (op == OP_REMOVE && (value == NULL || json_is_null(value))) {
        c.what = SL_SCIM_SET_MEMBERS;
        return push(p, &c);
    }
    enum sl_scim_reason why =
        value == NULL ? SL_SCIM_VALUE
                      : sl_scim_take_members(p->mem, value, &c.members, &c.member_count);
    return why != SL_SCIM_OK ? why : push(p, &c);
}

static enum sl_scim_reason set(struct patching *p, enum op op, enum sl_scim_attribute attribute,
                               const struct sl_scim_path *path, const json_t *value)
{
    bool user = p->kind == SL_SCIM_USER;

    if (path != NULL && attribute != SL_SCIM_MEMBERS && attribute != SL_SCIM_OTHER &&
        (path->chosen || path->has_sub))
        return SL_SCIM_PATH;
    switch (attribute) {
    case SL_SCIM_EXTERNAL_ID:
        return set_text(p, SL_SCIM_SET_EXTERNAL_ID, op, false, value);
    case SL_SCIM_DISPLAY_NAME:
        return set_text(p, SL_SCIM_SET_DISPLAY_NAME, op, !user, value);
    case SL_SCIM_USER_NAME:
        return user ? set_text(p, SL_SCIM_SET_USER_NAME, op, true, value) : SL_SCIM_OK;
    case SL_SCIM_ACTIVE:
        return user ? set_active(p, op, value) : SL_SCIM_OK;
    case SL_SCIM_MEMBERS:
        return user ? SL_SCIM_OK : set_members(p, op, path, value);
    case SL_SCIM_ID: /* Okta says it along; it is ours to give */
    case SL_SCIM_OTHER:
        return SL_SCIM_OK;
    }
    return SL_SCIM_OK;
}

/* --- one operation --------------------------------------------------------------------------- */

static bool op_of(const json_t *operation, enum op *out)
{
    static const char *const names[] = {"add", "replace", "remove"};
    json_t *op = NULL;

    if (sl_scim_member(operation, "op", &op) != SL_SCIM_OK)
        return false;
    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (sl_span_eq_nocase(sl_scim_string(op), sl_span_str(names[i]))) {
            *out = (enum op)i;
            return true;
        }
    return false;
}

/* {"active":false,"name.givenName":"x"}: each member is a change of its own. Two that mean the same
 * attribute in another case would depend on the order of an object, which has none. */
static enum sl_scim_reason each_member(struct patching *p, enum op op, const json_t *value)
{
    bool seen[SL_SCIM_MEMBERS + 1] = {false}, has_sub = false;
    enum sl_scim_reason why = SL_SCIM_OK;
    const char *key;
    json_t *one;

    if (!json_is_object(value))
        return SL_SCIM_VALUE;
    json_object_foreach((json_t *)value, key, one)
    {
        enum sl_scim_attribute a = sl_scim_name_of(sl_span_str(key), &has_sub);

        if (has_sub || a == SL_SCIM_OTHER)
            continue;
        if (seen[a])
            return SL_SCIM_SYNTAX;
        seen[a] = true;
        why = set(p, op, a, NULL, one);
        if (why != SL_SCIM_OK)
            return why;
    }
    return SL_SCIM_OK;
}

static enum sl_scim_reason take_operation(struct patching *p, const json_t *operation)
{
    json_t *path = NULL, *value = NULL;
    struct sl_scim_path at;
    enum op op;

    if (!json_is_object(operation) || !op_of(operation, &op))
        return SL_SCIM_SYNTAX;
    enum sl_scim_reason why = sl_scim_member(operation, "path", &path);
    if (why == SL_SCIM_OK)
        why = sl_scim_member(operation, "value", &value);
    if (why != SL_SCIM_OK)
        return why;
    if (path == NULL || json_is_null(path))
        return op == OP_REMOVE ? SL_SCIM_NO_TARGET : each_member(p, op, value);
    if (!json_is_string(path))
        return SL_SCIM_PATH;
    why = sl_scim_path(p->mem, sl_scim_string(path), &at);
    return why != SL_SCIM_OK ? why : set(p, op, at.attribute, &at, value);
}

enum sl_scim_reason sl_scim_patch(struct sl_arena *mem, enum sl_scim_kind kind, const json_t *body,
                                  struct sl_scim_patch *out)
{
    enum { EACH = 6 }; /* attributes that one operation can set */
    json_t *operations = NULL;
    struct patching p = {.mem = mem, .kind = kind};
    size_t i;
    json_t *one;

    if (!sl_scim_has_schema(body, SL_SCIM_URN_PATCH) ||
        sl_scim_member(body, "Operations", &operations) != SL_SCIM_OK ||
        !json_is_array(operations) || json_array_size(operations) == 0)
        return SL_SCIM_SYNTAX;
    if (json_array_size(operations) > SL_SCIM_OPERATIONS_MAX)
        return SL_SCIM_TOO_MANY;
    p.room = json_array_size(operations) * EACH;
    p.changes = sl_arena_array(mem, p.room, sizeof *p.changes);
    if (p.changes == NULL)
        return SL_SCIM_MEMORY;
    json_array_foreach(operations, i, one)
    {
        enum sl_scim_reason why = take_operation(&p, one);

        if (why != SL_SCIM_OK)
            return why;
    }
    *out = (struct sl_scim_patch){p.changes, p.count};
    return SL_SCIM_OK;
}
