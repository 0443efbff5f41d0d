/* What providers send, in their dialects; what may not pass; what they are answered. */
#include "core/scim/scim.h"

#include "tap.h"

#define USER_SCHEMA "\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]"
#define GROUP_SCHEMA "\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"]"
#define PATCH(operations)                                               \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]," \
    "\"Operations\":[" operations "]}"

static struct sl_arena *mem;

static json_t *json(const char *text)
{
    json_t *value = NULL;

    if (sl_json_read(sl_span_str(text), &value, NULL) != SL_OK)
        printf("# not JSON: %s\n", text);
    return value;
}

/* --- whole resources --- */

static enum sl_scim_reason read_as(enum sl_scim_kind kind, const char *text,
                                   struct sl_scim_resource *r)
{
    json_t *body = json(text);
    enum sl_scim_reason why = sl_scim_read(mem, kind, body, r);

    if (why == SL_SCIM_OK) { /* which are views into the body */
        r->user_name = sl_arena_copy(mem, r->user_name);
        r->external_id = sl_arena_copy(mem, r->external_id);
        r->display_name = sl_arena_copy(mem, r->display_name);
        for (size_t i = 0; i < r->member_count; i++)
            r->members[i] = sl_arena_copy(mem, r->members[i]);
    }
    json_decref(body);
    return why;
}

static void test_users(void)
{
    struct sl_scim_resource r;

    SL_CHECK_INT(
        read_as(SL_SCIM_USER,
                "{" USER_SCHEMA ",\"userName\":\"rita@example.com\",\"externalId\":\"00u1\","
                "\"name\":{\"givenName\":\"Rita\",\"familyName\":\"Levi\"},\"active\":true,"
                "\"emails\":[{\"primary\":true,\"value\":\"rita@example.com\"}],"
                "\"password\":\"x\",\"groups\":[]}",
                &r),
        SL_SCIM_OK); /* Okta */
    SL_CHECK_TEXT(r.user_name, "rita@example.com");
    SL_CHECK_TEXT(r.external_id, "00u1");
    SL_CHECK_TEXT(r.display_name, "Rita Levi");
    SL_CHECK(r.active);
    SL_CHECK_INT(
        read_as(SL_SCIM_USER,
                "{\"SCHEMAS\":[\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\","
                "\"URN:ietf:params:scim:schemas:core:2.0:user\"],\"USERNAME\":\"bob\","
                "\"displayname\":\"Bob\",\"Active\":\"False\",\"externalid\":null,"
                "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"x\":1}}",
                &r),
        SL_SCIM_OK); /* Entra */
    SL_CHECK_TEXT(r.user_name, "bob");
    SL_CHECK_TEXT(r.display_name, "Bob");
    SL_CHECK_INT(r.external_id.n, 0);
    SL_CHECK(!r.active);
}

/* What is left out of a PUT is not spoken of; null and [] take away, but nobody is active by null.
 */
static void test_what_is_not_said(void)
{
    struct sl_scim_resource r;

    SL_CHECK_INT(read_as(SL_SCIM_USER, "{" USER_SCHEMA ",\"userName\":\"a\"}", &r), SL_SCIM_OK);
    SL_CHECK(!r.says_active && !r.says_display_name && !r.says_external_id);
    SL_CHECK(r.active); /* of somebody new */
    SL_CHECK_INT(
        read_as(SL_SCIM_USER,
                "{" USER_SCHEMA ",\"userName\":\"a\",\"active\":null,\"displayName\":null}", &r),
        SL_SCIM_OK);
    SL_CHECK(!r.says_active && r.says_display_name && r.display_name.n == 0);
    SL_CHECK_INT(read_as(SL_SCIM_USER, "{" USER_SCHEMA ",\"userName\":\"a\",\"active\":true}", &r),
                 SL_SCIM_OK);
    SL_CHECK(r.says_active && r.active);
    SL_CHECK_INT(read_as(SL_SCIM_GROUP, "{" GROUP_SCHEMA ",\"displayName\":\"a\"}", &r),
                 SL_SCIM_OK);
    SL_CHECK(!r.says_members && !r.says_external_id);
    SL_CHECK_INT(read_as(SL_SCIM_GROUP, "{" GROUP_SCHEMA ",\"displayName\":\"a\",\"members\":[]}",
                         &r),
                 SL_SCIM_OK);
    SL_CHECK(r.says_members && r.member_count == 0);
}

static void test_users_that_are_none(void)
{
    static const struct {
        const char *text;
        enum sl_scim_reason why;
    } cases[] = {
        {"{\"userName\":\"x\"}", SL_SCIM_SYNTAX},
        {"{" GROUP_SCHEMA ",\"userName\":\"x\"}", SL_SCIM_SYNTAX},
        {"[]", SL_SCIM_SYNTAX},
        {"{" USER_SCHEMA "}", SL_SCIM_VALUE},
        {"{" USER_SCHEMA ",\"userName\":\"\"}", SL_SCIM_VALUE},
        {"{" USER_SCHEMA ",\"userName\":null}", SL_SCIM_VALUE},
        {"{" USER_SCHEMA ",\"userName\":7}", SL_SCIM_VALUE},
        {"{" USER_SCHEMA ",\"userName\":\"a\\nb\"}", SL_SCIM_VALUE},
        {"{" USER_SCHEMA ",\"userName\":\"a\",\"USERNAME\":\"b\"}", SL_SCIM_SYNTAX},
        {"{" USER_SCHEMA ",\"userName\":\"a\",\"active\":\"maybe\"}", SL_SCIM_VALUE},
        {"{" USER_SCHEMA ",\"userName\":\"a\",\"active\":1}", SL_SCIM_VALUE},
        {"{" USER_SCHEMA ",\"userName\":\"a\",\"active\":true,\"Active\":false}", SL_SCIM_SYNTAX},
        {"{" USER_SCHEMA ",\"userName\":\"a\",\"externalId\":{}}", SL_SCIM_VALUE},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_scim_resource r;

        if (!SL_CHECK_INT(read_as(SL_SCIM_USER, cases[i].text, &r), cases[i].why))
            printf("# %s\n", cases[i].text);
    }
}

static void test_groups(void)
{
    struct sl_scim_resource r;

    SL_CHECK_INT(
        read_as(SL_SCIM_GROUP,
                "{" GROUP_SCHEMA ",\"displayName\":\"data-stewards\",\"members\":["
                "{\"value\":\"u1\",\"display\":\"Rita\"},{\"VALUE\":\"u2\"},{\"value\":\"u1\"}]}",
                &r),
        SL_SCIM_OK);
    SL_CHECK_TEXT(r.display_name, "data-stewards");
    SL_CHECK_INT(r.member_count, 2); /* one is told twice */
    SL_CHECK_TEXT(r.members[1], "u2");
    SL_CHECK_INT(read_as(SL_SCIM_GROUP, "{" GROUP_SCHEMA "}", &r), SL_SCIM_VALUE);
    SL_CHECK_INT(read_as(SL_SCIM_GROUP,
                         "{" GROUP_SCHEMA ",\"displayName\":\"g\",\"members\":\"u1\"}", &r),
                 SL_SCIM_VALUE);
    SL_CHECK_INT(
        read_as(SL_SCIM_GROUP,
                "{" GROUP_SCHEMA ",\"displayName\":\"g\",\"members\":[{\"display\":\"x\"}]}", &r),
        SL_SCIM_VALUE);
}

/* --- changes: as text, "what text flag members" each --- */

static void put_change(struct sl_buf *b, const struct sl_scim_change *c)
{
    static const char *const names[] = {"userName", "externalId", "displayName", "active",
                                        "+members", "-members",   "=members"};

    sl_buf_say(b, "%s", names[c->what]);
    if (c->what == SL_SCIM_SET_ACTIVE)
        sl_buf_say(b, " %s", c->flag ? "yes" : "no");
    else if (c->what < SL_SCIM_SET_ACTIVE)
        sl_buf_say(b, " %S", c->text);
    for (size_t i = 0; i < c->member_count; i++)
        sl_buf_say(b, " %S", c->members[i]);
    sl_buf_put_str(b, ";");
}

static void check_patch(enum sl_scim_kind kind, const char *text, enum sl_scim_reason wanted,
                        const char *changes)
{
    struct sl_scim_patch p = {0};
    json_t *body = json(text);
    SL_BUF(said, 4096);

    bool same = SL_CHECK_INT(sl_scim_patch(mem, kind, body, &p), wanted);
    for (size_t i = 0; i < p.count; i++)
        put_change(&said, &p.changes[i]);
    if (!SL_CHECK_TEXT(sl_buf_span(&said), changes) || !same)
        printf("# %s\n", text);
    json_decref(body);
}

static void test_patches_of_okta(void)
{
    check_patch(SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"value\":{\"active\":false}}"),
                SL_SCIM_OK, "active no;");
    check_patch(SL_SCIM_GROUP,
                PATCH(
                    "{\"op\":\"replace\",\"value\":{\"id\":\"g1\",\"displayName\":\"Stewards\"}}"),
                SL_SCIM_OK, "displayName Stewards;");
    check_patch(
        SL_SCIM_GROUP,
        PATCH(
            "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"u1\",\"display\":\"a\"},"
            "{\"value\":\"u2\",\"display\":\"b\"}]},"
            "{\"op\":\"remove\",\"path\":\"members[value eq \\\"u3\\\"]\"}"),
        SL_SCIM_OK, "+members u1 u2;-members u3;");
    check_patch(SL_SCIM_GROUP, PATCH("{\"op\":\"replace\",\"path\":\"members\",\"value\":[]}"),
                SL_SCIM_OK, "=members;");
}

static void test_patches_of_entra(void)
{
    check_patch(SL_SCIM_USER, PATCH("{\"op\":\"Replace\",\"path\":\"active\",\"value\":\"False\"}"),
                SL_SCIM_OK, "active no;");
    check_patch(SL_SCIM_USER,
                PATCH("{\"op\":\"Replace\",\"path\":\"active\",\"value\":[{\"value\":\"True\"}]}"),
                SL_SCIM_OK, "active yes;");
    check_patch(
        SL_SCIM_USER,
        PATCH(
            "{\"op\":\"Add\",\"path\":\"emails[type eq \\\"work\\\"].value\",\"value\":\"a@b.c\"},"
            "{\"op\":\"Replace\",\"path\":\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:"
            "User:"
            "department\",\"value\":\"x\"},{\"op\":\"Add\",\"path\":\"name.givenName\",\"value\":"
            "\"R\"},"
            "{\"op\":\"Replace\",\"path\":\"urn:ietf:params:scim:schemas:core:2.0:User:userName\","
            "\"value\":"
            "\"rita\"}"),
        SL_SCIM_OK, "userName rita;");
    check_patch(
        SL_SCIM_USER,
        PATCH("{\"op\":\"Replace\",\"value\":{\"displayName\":\"Rita\",\"name.familyName\":\"L\","
              "\"ACTIVE\":\"true\"}}"),
        SL_SCIM_OK, "displayName Rita;active yes;");
    check_patch(
        SL_SCIM_GROUP,
        PATCH("{\"op\":\"Add\",\"path\":\"members\",\"value\":[{\"$ref\":null,\"value\":\"u1\"}]},"
              "{\"op\":\"Remove\",\"path\":\"members\",\"value\":[{\"$ref\":null,\"value\":\"u2\"}]"
              "}"),
        SL_SCIM_OK, "+members u1;-members u2;");
    check_patch(SL_SCIM_USER, PATCH("{\"op\":\"Remove\",\"path\":\"externalId\"}"), SL_SCIM_OK,
                "externalId ;");
    check_patch(SL_SCIM_GROUP, PATCH("{\"op\":\"Remove\",\"path\":\"members\"}"), SL_SCIM_OK,
                "=members;");
}

static void test_patches_that_are_refused(void)
{
    static const struct {
        enum sl_scim_kind kind;
        const char *text;
        enum sl_scim_reason why;
    } cases[] = {
        {SL_SCIM_USER, "{\"Operations\":[{\"op\":\"add\"}]}", SL_SCIM_SYNTAX},
        {SL_SCIM_USER, PATCH(""), SL_SCIM_SYNTAX},
        {SL_SCIM_USER, PATCH("{\"op\":\"move\",\"path\":\"active\",\"value\":true}"),
         SL_SCIM_SYNTAX},
        {SL_SCIM_USER, PATCH("7"), SL_SCIM_SYNTAX},
        {SL_SCIM_USER, PATCH("{\"op\":\"remove\"}"), SL_SCIM_NO_TARGET},
        {SL_SCIM_USER, PATCH("{\"op\":\"remove\",\"path\":\"userName\"}"), SL_SCIM_MUTABILITY},
        {SL_SCIM_USER, PATCH("{\"op\":\"remove\",\"path\":\"active\"}"), SL_SCIM_MUTABILITY},
        {SL_SCIM_GROUP, PATCH("{\"op\":\"remove\",\"path\":\"displayName\"}"), SL_SCIM_MUTABILITY},
        {SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"path\":\"active\",\"value\":\"no\"}"),
         SL_SCIM_VALUE},
        {SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"path\":\"active\"}"), SL_SCIM_VALUE},
        {SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"path\":\"active\",\"value\":[true,false]}"),
         SL_SCIM_VALUE},
        {SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"path\":\"userName\",\"value\":\"\"}"),
         SL_SCIM_VALUE},
        {SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"value\":false}"), SL_SCIM_VALUE},
        {SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"value\":{\"active\":true,\"Active\":false}}"),
         SL_SCIM_SYNTAX},
        {SL_SCIM_USER,
         PATCH("{\"op\":\"replace\",\"Op\":\"add\",\"path\":\"active\",\"value\":true}"),
         SL_SCIM_SYNTAX},
        {SL_SCIM_USER,
         PATCH("{\"op\":\"replace\",\"path\":\"active\",\"PATH\":\"title\",\"value\":true}"),
         SL_SCIM_SYNTAX},
        {SL_SCIM_USER,
         PATCH("{\"op\":\"replace\",\"path\":\"active[value eq \\\"x\\\"]\",\"value\":true}"),
         SL_SCIM_PATH},
        {SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"path\":\"active.x\",\"value\":true}"),
         SL_SCIM_PATH},
        {SL_SCIM_USER, PATCH("{\"op\":\"replace\",\"path\":7,\"value\":true}"), SL_SCIM_PATH},
        {SL_SCIM_GROUP, PATCH("{\"op\":\"remove\",\"path\":\"members[display eq \\\"x\\\"]\"}"),
         SL_SCIM_PATH},
        {SL_SCIM_GROUP,
         PATCH("{\"op\":\"add\",\"path\":\"members[value eq \\\"x\\\"]\",\"value\":\"y\"}"),
         SL_SCIM_PATH},
        {SL_SCIM_GROUP, PATCH("{\"op\":\"add\",\"path\":\"members\"}"), SL_SCIM_VALUE},
        {SL_SCIM_GROUP, PATCH("{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":7}]}"),
         SL_SCIM_VALUE},
        /* the first is fine: nothing of the request counts all the same */
        {SL_SCIM_GROUP,
         PATCH("{\"op\":\"add\",\"path\":\"members\",\"value\":\"u1\"},{\"op\":\"remove\",\"path\":"
               "\"members[\"}"),
         SL_SCIM_PATH},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        check_patch(cases[i].kind, cases[i].text, cases[i].why, "");
}

static void test_too_many_operations(void)
{
    SL_BUF(b, 1024 * 1024);

    sl_buf_put_str(
        &b, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[");
    for (int i = 0; i <= SL_SCIM_OPERATIONS_MAX; i++)
        sl_buf_say(&b, "%s{\"op\":\"add\",\"path\":\"members\",\"value\":\"u\"}",
                   i == 0 ? "" : ",");
    sl_buf_put_str(&b, "]}");
    check_patch(SL_SCIM_GROUP, sl_buf_text(&b), SL_SCIM_TOO_MANY, "");
}

/* --- filters and paths --- */

static void test_filters(void)
{
    struct sl_scim_filter f;

    SL_CHECK_INT(sl_scim_filter(mem, SL_SPAN("userName eq \"rita@example.com\""), &f), SL_SCIM_OK);
    SL_CHECK(f.count == 1 && f.terms[0].attribute == SL_SCIM_USER_NAME);
    SL_CHECK_TEXT(f.terms[0].text, "rita@example.com");
    SL_CHECK_INT(sl_scim_filter(mem, SL_SPAN("EXTERNALID Eq \"a \\\"b\\\" \\u00e9\""), &f),
                 SL_SCIM_OK);
    SL_CHECK_TEXT(f.terms[0].text, "a \"b\" \xc3\xa9");
    SL_CHECK_INT(sl_scim_filter(mem, SL_SPAN("id eq \"g1\" and members eq \"u1\""), &f),
                 SL_SCIM_OK);
    SL_CHECK(f.count == 2 && f.terms[1].attribute == SL_SCIM_MEMBERS);
    SL_CHECK_INT(sl_scim_filter(mem, SL_SPAN("members.value eq \"u1\""), &f), SL_SCIM_OK);
    SL_CHECK_INT(
        sl_scim_filter(
            mem, SL_SPAN("urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq \"g\""), &f),
        SL_SCIM_OK);
    SL_CHECK_INT(f.terms[0].attribute, SL_SCIM_DISPLAY_NAME);
    SL_CHECK_INT(sl_scim_filter(mem, SL_SPAN("active eq true"), &f), SL_SCIM_OK);
    SL_CHECK(f.terms[0].flag);
    SL_CHECK_INT(sl_scim_filter(mem, SL_SPAN("active eq \"False\""), &f), SL_SCIM_OK);
    SL_CHECK(!f.terms[0].flag);
}

static void test_filters_that_are_refused(void)
{
    static const char *const texts[] = {
        "",
        "userName",
        "userName eq",
        "userName eq rita",
        "userName eq \"rita",
        "userName eq \"rita\\\"",
        "userName eq \"rita\" and",
        "userName eq \"rita\" and ",
        "userName eq \"rita\" or id eq \"x\"",
        "userName eq \"rita\"and id eq \"x\"",
        "userName ne \"rita\"",
        "userName sw \"r\"",
        "userName pr",
        "not (userName eq \"rita\")",
        "(userName eq \"rita\")",
        "userName.x eq \"rita\"",
        "title eq \"x\"",
        "emails[type eq \"work\"].value eq \"x\"",
        "userName eq \"\"",
        "userName eq \"\\x\"",
        "active eq \"maybe\"",
        "id eq \"1\" and id eq \"1\" and id eq \"1\" and id eq \"1\" and id eq \"1\"",
        "members.display eq \"x\"",
        "m.value eq \"x\"",
    };

    for (size_t i = 0; i < SL_COUNT(texts); i++) {
        struct sl_scim_filter f;

        if (!SL_CHECK_INT(sl_scim_filter(mem, sl_span_str(texts[i]), &f), SL_SCIM_FILTER))
            printf("# %s\n", texts[i]);
    }
}

static void test_paths(void)
{
    static const char *const wrong[] = {"",
                                        ".x",
                                        "a.",
                                        "urn:",
                                        "members[",
                                        "members[]",
                                        "a b",
                                        "members[value eq \"x\"",
                                        "members[value eq \"x\"]y",
                                        "members[value eq \"x\"].",
                                        "members[value gt \"x\"]",
                                        "a[b eq \"c\" and d eq \"e\"]"};
    struct sl_scim_path p;

    SL_CHECK_INT(sl_scim_path(mem, SL_SPAN("Members[ value EQ \"u 1\" ]"), &p), SL_SCIM_OK);
    SL_CHECK(p.attribute == SL_SCIM_MEMBERS && p.chosen && !p.has_sub);
    SL_CHECK_TEXT(p.value, "u 1");
    SL_CHECK_INT(sl_scim_path(mem, SL_SPAN("addresses[type eq \"work\"].country"), &p), SL_SCIM_OK);
    SL_CHECK(p.attribute == SL_SCIM_OTHER && p.has_sub && p.value.n == 0);
    SL_CHECK_INT(sl_scim_path(mem, SL_SPAN("urn:x:y:User:active"), &p), SL_SCIM_OK);
    SL_CHECK_INT(p.attribute, SL_SCIM_OTHER); /* somebody else's `active` */
    for (size_t i = 0; i < SL_COUNT(wrong); i++)
        if (!SL_CHECK_INT(sl_scim_path(mem, sl_span_str(wrong[i]), &p), SL_SCIM_PATH))
            printf("# %s\n", wrong[i]);
}

/* --- answers --- */

static void check_json(json_t *value, const char *text)
{
    SL_BUF(b, 64 * 1024);

    SL_CHECK_INT(sl_json_canonical(&b, value), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&b), text);
    json_decref(value);
}

static void test_answers(void)
{
    struct sl_span member = SL_SPAN("u1");
    struct sl_scim_known user = {.id = SL_SPAN("u1"),
                                 .base = SL_SPAN("https://s/scim/v2"),
                                 .said = {.user_name = SL_SPAN("rita"), .active = true}};
    struct sl_scim_known group = {
        .id = SL_SPAN("g1"),
        .base = SL_SPAN("https://s/scim/v2"),
        .said = {.display_name = SL_SPAN("g"), .members = &member, .member_count = 1}};

    check_json(
        sl_scim_resource_json(SL_SCIM_USER, &user),
        "{\"active\":true,\"id\":\"u1\",\"meta\":{\"location\":\"https://s/scim/v2/Users/u1\","
        "\"resourceType\":\"User\"},\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
        "\"userName\":\"rita\"}");
    check_json(sl_scim_resource_json(SL_SCIM_GROUP, &group),
               "{\"displayName\":\"g\",\"id\":\"g1\",\"members\":[{\"$ref\":\"https://s/scim/v2/"
               "Users/u1\","
               "\"value\":\"u1\"}],\"meta\":{\"location\":\"https://s/scim/v2/Groups/"
               "g1\",\"resourceType\":"
               "\"Group\"},\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"]}");
    check_json(
        sl_scim_list_json(json_array(), 0, 1),
        "{\"Resources\":[],\"itemsPerPage\":0,\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:"
        "ListResponse\"],\"startIndex\":1,\"totalResults\":0}");
    check_json(
        sl_scim_error_json(SL_SCIM_UNIQUENESS, SL_SPAN("taken")),
        "{\"detail\":\"taken\",\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],"
        "\"scimType\":\"uniqueness\",\"status\":\"409\"}");
}

static void test_about(void)
{
    static const char *const names[] = {"ServiceProviderConfig",
                                        "ResourceTypes",
                                        "ResourceTypes/User",
                                        "ResourceTypes/Group",
                                        "Schemas",
                                        "Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
                                        "Schemas/urn:ietf:params:scim:schemas:core:2.0:Group"};

    for (size_t i = 0; i < SL_COUNT(names); i++) {
        json_t *about = sl_scim_about_json(sl_span_str(names[i]), SL_SPAN("https://s"));

        if (!SL_CHECK(json_array_size(json_object_get(about, "schemas")) == 1))
            printf("# %s\n", names[i]);
        json_decref(about);
    }
    SL_CHECK(sl_scim_about_json(SL_SPAN("Bulk"), SL_SPAN("")) == NULL);
    for (unsigned r = 0; r < SL_SCIM_REASON_COUNT; r++)
        SL_CHECK(sl_scim_status((enum sl_scim_reason)r) >= 200);
}

int main(void)
{
    SL_PROMISE(sl_arena_new(&mem, 64 * 1024 * 1024) == SL_OK);
    SL_RUN(test_users);
    SL_RUN(test_what_is_not_said);
    SL_RUN(test_users_that_are_none);
    SL_RUN(test_groups);
    SL_RUN(test_patches_of_okta);
    SL_RUN(test_patches_of_entra);
    SL_RUN(test_patches_that_are_refused);
    SL_RUN(test_too_many_operations);
    SL_RUN(test_filters);
    SL_RUN(test_filters_that_are_refused);
    SL_RUN(test_paths);
    SL_RUN(test_answers);
    SL_RUN(test_about);
    sl_arena_free(mem);
    return sl_tap_done();
}
