/* Which attribute of a provisioned user is the subject of the issuer's tokens, as the keeper takes
 * it. The first argument is the program. */
#define KEEPER_PLAY_RULES               \
    "issuers:\n"                        \
    "  - name: corp\n"                  \
    "    issuer: https://idp.example\n" \
    "    client_id: sluice\n"           \
    "    algorithms: [ES256]\n"         \
    "    audiences: [sluice-api]\n"     \
    "    token_type: jwt\n"             \
    "    scim_subject: userName\n"      \
    "    group_prefix: corp-\n"         \
    "  - name: other\n"                 \
    "    issuer: https://two.example\n" \
    "    client_id: sluice\n"

#include "tests/unit/issuer_play.h"

#define USER "'schemas':['urn:ietf:params:scim:schemas:core:2.0:User'],"
#define PATCH(op)                                                  \
    "'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp']," \
    "'Operations':[" op "]"

static char corp[128], other[128], nora[64];

static uint32_t scim(const char *credential, const char *method, const char *what, const char *id,
                     const char *resource)
{
    SL_BUF(body, 4096);

    sl_buf_say(&body, "{'method':'%s','what':'%s'", method, what);
    if (id[0] != '\0')
        sl_buf_say(&body, ",'id':'%s'", id);
    if (resource[0] != '\0')
        sl_buf_say(&body, ",'resource':{%s}", resource);
    sl_buf_put_str(&body, "}");
    return call_as(play.desk, "scim", credential, sl_buf_text(&body));
}

static uint32_t whoami(const char *subject)
{
    return call_as(play.desk, "whoami", token(subject, ""), "{}");
}

static void credential_of(const char *issuer, char out[128])
{
    SL_BUF(body, 128);

    sl_buf_say(&body, "{'issuer':'%s'}", issuer);
    SL_CHECK_INT(call_as(play.control, "scim.credential", "", sl_buf_text(&body)), 201);
    memcpy(out, said("credential"), strlen(said("credential")));
}

/* The other one does not answer: nobody signs in there in this test. */
static void introduce_one(void)
{
    for (unsigned known = 0; known < 3; known++) {
        if (!SL_CHECK(asked_within(PATIENCE_MS)))
            return;
        if (strncmp(idp.url, "https://two.example", 19) == 0)
            tell(404, "");
        else if (strstr(idp.url, "jwks") != NULL)
            tell_keys();
        else
            tell(200, discovery);
    }
}

static void test_the_name_is_the_subject_where_that_is_said(void)
{
    SL_CHECK_INT(scim(corp, "POST", "Users", "", USER "'userName':'nora-7','externalId':'e-1'"),
                 201);
    memcpy(nora, said("id"), strlen(said("id")));
    SL_CHECK_INT(whoami("nora-7"), 200);
    SL_CHECK(strncmp(said("identity"), "corp-", 5) == 0);
    SL_CHECK_INT(whoami("e-1"), 401); /* the other id is nobody's */
    SL_CHECK_INT(scim(corp, "POST", "Users", "", USER "'userName':'ben-8'"), 201);
    SL_CHECK_INT(whoami("ben-8"), 200);
    SL_CHECK_INT(scim(corp, "POST", "Users", "", USER "'userName':'x','externalId':'e-1'"), 409);
    SL_CHECK_INT(scim(corp, "POST", "Users", "", USER "'userName':'BEN-8'"), 409);
}

static void test_a_subject_never_changes(void)
{
    SL_CHECK_INT(scim(corp, "PATCH", "Users", nora,
                      PATCH("{'op':'replace','path':'userName','value':'ada-1'}")),
                 400);
    SL_CHECK_TEXT(sl_span_str(said("scimType")), "mutability");
    SL_CHECK_INT(whoami("ada-1"), 401);
    /* names are case-blind there, subjects are not here */
    SL_CHECK_INT(scim(corp, "PATCH", "Users", nora,
                      PATCH("{'op':'replace','path':'userName','value':'Nora-7'}")),
                 200);
    SL_CHECK_INT(whoami("Nora-7"), 401);
    SL_CHECK_INT(whoami("nora-7"), 200);
    SL_CHECK_INT(scim(corp, "PATCH", "Users", nora,
                      PATCH("{'op':'replace','path':'externalId','value':'e-2'}")),
                 200);
    SL_CHECK_TEXT(sl_span_str(said("externalId")), "e-2");
    SL_CHECK_INT(whoami("nora-7"), 200);
}

static void test_whoever_is_gone_is_gone_by_that_subject(void)
{
    SL_CHECK_INT(scim(corp, "PATCH", "Users", nora,
                      PATCH("{'op':'replace','path':'active','value':false}")),
                 200);
    SL_CHECK_INT(whoami("nora-7"), 401);
    SL_CHECK_INT(call_as(play.desk, "whoami", token("x", ",'act':{'sub':'nora-7'}"), "{}"), 401);
    SL_CHECK_INT(scim(corp, "PATCH", "Users", nora,
                      PATCH("{'op':'replace','path':'active','value':true}")),
                 200);
    SL_CHECK_INT(whoami("nora-7"), 200);
}

/* Without the key it is externalId, and a user without one is nobody. */
static void test_external_id_is_it_otherwise(void)
{
    SL_CHECK_INT(scim(other, "POST", "Users", "", USER "'userName':'nora-7'"), 400);
    SL_CHECK_INT(scim(other, "POST", "Users", "", USER "'userName':'nora-7','externalId':'e-1'"),
                 201);
}

/* RFC 7644, section 4: each by its own name as well. */
static void test_schemas_and_types_singly(void)
{
    SL_CHECK_INT(scim(corp, "GET", "Schemas", "urn:ietf:params:scim:schemas:core:2.0:User", ""),
                 200);
    SL_CHECK_TEXT(sl_span_str(said("id")), "urn:ietf:params:scim:schemas:core:2.0:User");
    SL_CHECK_INT(scim(corp, "GET", "ResourceTypes", "Group", ""), 200);
    SL_CHECK_TEXT(sl_span_str(said("name")), "Group");
    SL_CHECK_INT(scim(corp, "GET", "ResourceTypes", "Door", ""), 404);
    SL_CHECK_INT(scim(corp, "GET", "Schemas", "User", ""), 404);
    SL_CHECK_INT(scim(corp, "GET", "ServiceProviderConfig", "x", ""), 404);
}

static void test_P9_the_subject_is_known_after_a_restart(void)
{
    SL_BUF(view, 256);

    kill_keeper();
    courier_goes();
    sl_buf_say(&view, "%s/state/sluice.db", play.folder);
    unlink(sl_buf_text(&view));
    start_keeper();
    courier_comes();
    introduce_one();
    SL_CHECK_INT(whoami("nora-7"), 200);
    SL_CHECK_INT(scim(corp, "DELETE", "Users", nora, ""), 204);
    SL_CHECK_INT(whoami("nora-7"), 401);
    /* what an account was, only an operator makes again */
    SL_CHECK_INT(scim(corp, "POST", "Users", "", USER "'userName':'nora-7'"), 409);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    new_key("k-1");
    play_begin(argv[1]);
    courier_comes();
    introduce_one();
    credential_of("corp", corp);
    credential_of("other", other);
    SL_RUN(test_the_name_is_the_subject_where_that_is_said);
    SL_RUN(test_a_subject_never_changes);
    SL_RUN(test_whoever_is_gone_is_gone_by_that_subject);
    SL_RUN(test_external_id_is_it_otherwise);
    SL_RUN(test_schemas_and_types_singly);
    SL_RUN(test_P9_the_subject_is_known_after_a_restart);
    play_end();
    EVP_PKEY_free(idp.key);
    return sl_tap_done();
}
