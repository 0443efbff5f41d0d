/* What a provider is answered. */
#include "core/scim/scim_int.h"

#include "base/when.h"

unsigned sl_scim_status(enum sl_scim_reason reason)
{
    static const unsigned statuses[] = {
#define SL_SCIM_REASON(name, status, type, text) status,
        SL_SCIM_REASONS(SL_SCIM_REASON)
#undef SL_SCIM_REASON
    };

    return statuses[reason];
}

const char *sl_scim_text(enum sl_scim_reason reason)
{
    static const char *const texts[] = {
#define SL_SCIM_REASON(name, status, type, text) text,
        SL_SCIM_REASONS(SL_SCIM_REASON)
#undef SL_SCIM_REASON
    };

    return texts[reason];
}

static const char *type_of(enum sl_scim_reason reason)
{
    static const char *const types[] = {
#define SL_SCIM_REASON(name, status, type, text) type,
        SL_SCIM_REASONS(SL_SCIM_REASON)
#undef SL_SCIM_REASON
    };

    return types[reason];
}

static void put(json_t *object, const char *key, struct sl_span text)
{
    if (text.n > 0)
        json_object_set_new(object, key, json_stringn((const char *)text.p, text.n));
}

static json_t *with_schema(const char *urn)
{
    json_t *object = json_object();

    json_object_set_new(object, "schemas", json_pack("[s]", urn));
    return object;
}

/* --- resources ------------------------------------------------------------------------------- */

static void put_time(json_t *meta, const char *key, uint64_t us)
{
    SL_BUF(text, 64);

    if (us == 0)
        return;
    sl_when_put(&text, us);
    put(meta, key, sl_buf_span(&text));
}

static void put_meta(json_t *out, const char *type, const struct sl_scim_known *r)
{
    json_t *meta = json_object();
    SL_BUF(location, 4096);

    sl_buf_say(&location, "%S/%ss/%S", r->base, type, r->id);
    put(meta, "resourceType", sl_span_str(type));
    put(meta, "location", sl_buf_span(&location));
    put_time(meta, "created", r->created_us);
    put_time(meta, "lastModified", r->changed_us);
    json_object_set_new(out, "meta", meta);
}

static void put_members(json_t *out, const struct sl_scim_known *r)
{
    json_t *members = json_array();

    for (size_t i = 0; i < r->said.member_count; i++) {
        json_t *one = json_object();
        SL_BUF(ref, 4096);

        sl_buf_say(&ref, "%S/Users/%S", r->base, r->said.members[i]);
        put(one, "value", r->said.members[i]);
        put(one, "$ref", sl_buf_span(&ref));
        json_array_append_new(members, one);
    }
    json_object_set_new(out, "members", members);
}

json_t *sl_scim_resource_json(enum sl_scim_kind kind, const struct sl_scim_known *r)
{
    bool user = kind == SL_SCIM_USER;
    json_t *out = with_schema(user ? SL_SCIM_URN_USER : SL_SCIM_URN_GROUP);

    put(out, "id", r->id);
    put(out, "externalId", r->said.external_id);
    put(out, "displayName", r->said.display_name);
    if (user) {
        put(out, "userName", r->said.user_name);
        json_object_set_new(out, "active", json_boolean(r->said.active));
    } else {
        put_members(out, r);
    }
    put_meta(out, user ? "User" : "Group", r);
    return out;
}

json_t *sl_scim_list_json(json_t *resources, size_t total, size_t start)
{
    json_t *out = with_schema(SL_SCIM_URN_LIST);

    json_object_set_new(out, "totalResults", json_integer((json_int_t)total));
    json_object_set_new(out, "startIndex", json_integer((json_int_t)start));
    json_object_set_new(out, "itemsPerPage", json_integer((json_int_t)json_array_size(resources)));
    json_object_set_new(out, "Resources", resources);
    return out;
}

json_t *sl_scim_error_json(enum sl_scim_reason reason, struct sl_span detail)
{
    json_t *out = with_schema(SL_SCIM_URN_ERROR);
    SL_BUF(status, 16);

    sl_buf_say(&status, "%u", sl_scim_status(reason));
    put(out, "status", sl_buf_span(&status)); /* a string: RFC 7644, 3.12 */
    put(out, "scimType", sl_span_str(type_of(reason)));
    put(out, "detail", detail.n > 0 ? detail : sl_span_str(sl_scim_text(reason)));
    return out;
}
