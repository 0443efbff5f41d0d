/* What this service can do (RFC 7644, 4; RFC 7643, 5 to 7). */
#include "core/scim/scim_int.h"

static json_t *meta(const char *type, struct sl_span base, const char *at)
{
    json_t *out = json_object();
    SL_BUF(location, 4096);

    sl_buf_say(&location, "%S/%s", base, at);
    json_object_set_new(out, "resourceType", json_string(type));
    json_object_set_new(out, "location", json_stringn((const char *)location.p, location.n));
    return out;
}

static json_t *config(struct sl_span base)
{
    return json_pack("{s:[s], s:{s:b}, s:{s:b, s:i, s:i}, s:{s:b, s:i}, s:{s:b}, s:{s:b}, s:{s:b}, "
                     "s:[{s:s, s:s, s:s}], s:o}",
                     "schemas", "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
                     "patch", "supported", 1, "bulk", "supported", 0, "maxOperations", 0,
                     "maxPayloadSize", 0, "filter", "supported", 1, "maxResults", (int)SL_SCIM_PAGE,
                     "changePassword", "supported", 0, "sort", "supported", 0, "etag", "supported",
                     0, "authenticationSchemes", "type", "oauthbearertoken", "name", "Bearer",
                     "description", "The credential that sluice idp scim prints", "meta",
                     meta("ServiceProviderConfig", base, "ServiceProviderConfig"));
}

/* --- types ----------------------------------------------------------------------------------- */

static json_t *type(enum sl_scim_kind kind, struct sl_span base)
{
    bool user = kind == SL_SCIM_USER;

    return json_pack(
        "{s:[s], s:s, s:s, s:s, s:s, s:o}", "schemas",
        "urn:ietf:params:scim:schemas:core:2.0:ResourceType", "id", user ? "User" : "Group", "name",
        user ? "User" : "Group", "endpoint", user ? "/Users" : "/Groups", "schema",
        user ? SL_SCIM_URN_USER : SL_SCIM_URN_GROUP, "meta",
        meta("ResourceType", base, user ? "ResourceTypes/User" : "ResourceTypes/Group"));
}

/* --- schemas --------------------------------------------------------------------------------- */

static json_t *attribute(const char *name, const char *kind, bool required, const char *uniqueness)
{
    return json_pack("{s:s, s:s, s:b, s:b, s:b, s:s, s:s, s:s}", "name", name, "type", kind,
                     "multiValued", 0, "required", required, "caseExact",
                     strcmp(name, "externalId") == 0, "mutability", "readWrite", "returned",
                     "default", "uniqueness", uniqueness);
}

static json_t *members(void)
{
    json_t *value = attribute("value", "string", true, "none");
    json_t *out = attribute("members", "complex", false, "none");

    json_object_set_new(out, "multiValued", json_true());
    json_object_set_new(out, "subAttributes", json_pack("[o]", value));
    return out;
}

static json_t *schema(enum sl_scim_kind kind, struct sl_span base)
{
    bool user = kind == SL_SCIM_USER;
    const char *urn = user ? SL_SCIM_URN_USER : SL_SCIM_URN_GROUP;
    json_t *attributes = json_array();
    SL_BUF(at, 256);

    json_array_append_new(attributes, attribute("externalId", "string", false, "none"));
    if (user) {
        json_array_append_new(attributes, attribute("userName", "string", true, "server"));
        json_array_append_new(attributes, attribute("displayName", "string", false, "none"));
        json_array_append_new(attributes, attribute("active", "boolean", false, "none"));
    } else {
        json_array_append_new(attributes, attribute("displayName", "string", true, "server"));
        json_array_append_new(attributes, members());
    }
    sl_buf_say(&at, "Schemas/%s", urn);
    return json_pack("{s:[s], s:s, s:s, s:o, s:o}", "schemas",
                     "urn:ietf:params:scim:schemas:core:2.0:Schema", "id", urn, "name",
                     user ? "User" : "Group", "attributes", attributes, "meta",
                     meta("Schema", base, sl_buf_text(&at)));
}

/* --- by name --------------------------------------------------------------------------------- */

static json_t *both(json_t *(*one)(enum sl_scim_kind kind, struct sl_span base),
                    struct sl_span base)
{
    return sl_scim_list_json(json_pack("[o, o]", one(SL_SCIM_USER, base), one(SL_SCIM_GROUP, base)),
                             2, 1);
}

json_t *sl_scim_about_json(struct sl_span name, struct sl_span base)
{
    if (sl_span_is(name, "ServiceProviderConfig"))
        return config(base);
    if (sl_span_is(name, "ResourceTypes"))
        return both(type, base);
    if (sl_span_is(name, "Schemas"))
        return both(schema, base);
    if (sl_span_is(name, "ResourceTypes/User"))
        return type(SL_SCIM_USER, base);
    if (sl_span_is(name, "ResourceTypes/Group"))
        return type(SL_SCIM_GROUP, base);
    if (sl_span_is(name, "Schemas/" SL_SCIM_URN_USER))
        return schema(SL_SCIM_USER, base);
    if (sl_span_is(name, "Schemas/" SL_SCIM_URN_GROUP))
        return schema(SL_SCIM_GROUP, base);
    return NULL;
}
