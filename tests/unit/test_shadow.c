/* What another policy would have said to the recorded past (core/ledger/shadow.h). */
#include "core/ledger/shadow.h"
#include "json/json.h"

#include "tests/unit/tap.h"

#define CONFIG                                                                                    \
    "state: ./state\n"                                                                            \
    "listen: {postgres: 127.0.0.1:6432, http: 127.0.0.1:8080}\n"                                  \
    "targets:\n"                                                                                  \
    "  - {name: shop, protocol: postgres, address: '127.0.0.1:5432', database: shop, "            \
    "environment: production, login: {user: app, password_file: p}, access: {groups: [agents]}, " \
    "default: allow, labels: [%s]}\n"                                                             \
    "policy:%s"
#define EMAIL "{columns: [public.c.email], label: pii}"
#define HOLD(name, when) \
    "\n  - {name: " name ", when: {" when "}, then: hold, reviewers: {groups: [dba], need: 1}}\n"
#define T0 "2026-11-01T00:00:00.000000Z"
#define T1 "2026-11-02T00:00:00.000000Z"

#define SESSION                                                                            \
    "{'event':'open','groups':['agents'],'identity':'bot','identity_kind':'agent','kind':" \
    "'session','session':7,'target':'shop','time':'" T0 "','v':1}"
#define ACTIONS(facts)                                                                       \
    "{'actions':[{'action':1,'by':0,'outcome':'ok','started_us':0,'statement':0}],'at':'" T1 \
    "','kind':'actions','sessions':[{'identity':'bot','session':7,'target':'shop'}],"        \
    "'statements':[{'facts':" facts "}],'time':'" T1 "','v':1}"
#define READ(labels)                                                         \
    "{'datasets':[{'columns':['email'],'effects':['read'],'labels':[" labels \
    "],'name':'public.c'}],'effects':['read'],'statements':['select'],'verdict':'allow'}"

static struct sl_config *config(const char *labels, const char *rules)
{
    struct sl_config *c = NULL;
    char text[4096];
    SL_BUF(complaints, 4096);

    snprintf(text, sizeof text, CONFIG, labels, rules[0] == '\0' ? " []\n" : rules);
    if (!SL_CHECK(sl_config_load(sl_span_str(text), "test", &c, &complaints) == SL_OK))
        printf("# %s\n", sl_buf_text(&complaints));
    return c;
}

/* Leaves are written with single quotes here. */
static void leaf(struct sl_shadow *s, uint64_t entry, const char *text)
{
    SL_BUF(json, 64 * 1024);

    sl_buf_put_str(&json, text);
    for (size_t i = 0; i < json.n; i++)
        if (json.p[i] == '\'')
            json.p[i] = '"';
    SL_CHECK(sl_shadow_leaf(s, entry, sl_buf_span(&json)) == SL_OK);
}

static long long number(const json_t *result, const char *key)
{
    return (long long)json_integer_value(json_object_get(result, key));
}

/* The result of these leaves under these rules; {judged, same, different, cannot_tell}. */
static json_t *play(const struct sl_config *edited, const struct sl_config *before,
                    const char *const *leaves, size_t count, const long long want[4])
{
    static const char *const keys[] = {"judged", "same", "different", "cannot_tell"};
    SL_FREED_BY(sl_shadow) struct sl_shadow *s = NULL;

    if (edited == NULL || !SL_CHECK(sl_shadow_new(edited, 1, &s) == SL_OK))
        return NULL;
    if (before != NULL)
        sl_shadow_was(s, before->canonical);
    for (size_t i = 0; i < count; i++)
        leaf(s, i, leaves[i]);
    json_t *result = sl_shadow_json(s);
    for (size_t i = 0; i < SL_COUNT(keys); i++)
        SL_CHECK_INT(number(result, keys[i]), want[i]);
    return result;
}

#define PLAY(edited, before, leaves, ...) \
    play((edited), (before), (leaves), SL_COUNT(leaves), (const long long[4]){__VA_ARGS__})

static struct sl_span first(const json_t *result, const char *list, const char *key)
{
    return sl_json_str(json_array_get(json_object_get(result, list), 0), key);
}

static void test_same_and_different(void)
{
    SL_FREED_BY(sl_config) struct sl_config *none = config(EMAIL, "");
    SL_FREED_BY(sl_config)
    struct sl_config *holds = config(EMAIL, HOLD("no mail", "labels: [pii]"));
    const char *const leaves[] = {SESSION, ACTIONS(READ("'pii'"))};

    json_decref(PLAY(none, NULL, leaves, 1, 1, 0, 0));
    json_t *result = PLAY(holds, NULL, leaves, 1, 0, 1, 0);
    SL_CHECK_TEXT(first(result, "differences", "was"), "allow");
    SL_CHECK_TEXT(first(result, "differences", "would"), "hold");
    const json_t *one = json_array_get(json_object_get(result, "differences"), 0);
    SL_CHECK_INT(json_integer_value(json_array_get(json_object_get(one, "entries"), 0)), 1);
    json_decref(result);
}

/* The groups are those that the session began with, whatever the roster says later. */
static void test_groups_of_that_time(void)
{
    SL_FREED_BY(sl_config)
    struct sl_config *edited = config(EMAIL, HOLD("agents", "groups: [agents]"));
    static const char *const later =
        "{'event':'group_remove','groups':['agents'],'identity':'bot','kind':'roster','time':'" T0
        "','v':1}";
    const char *const leaves[] = {SESSION, later, ACTIONS(READ(""))};

    json_decref(PLAY(edited, NULL, leaves, 1, 0, 1, 0));
}

/* What the file of that time gave goes with it; what came along with the data stays. */
static void test_labels_given_and_derived(void)
{
    SL_FREED_BY(sl_config) struct sl_config *before = config(EMAIL, "");
    SL_FREED_BY(sl_config)
    struct sl_config *edited =
        config("{columns: [public.other.x], label: pii}", HOLD("no mail", "labels: [pii]"));
    const char *const given[] = {SESSION, ACTIONS(READ("'pii'"))};
    const char *const derived[] = {
        SESSION, ACTIONS("{'datasets':[{'columns':['copy'],'effects':['read'],'labels':['pii'],"
                         "'name':'public.d'}],'effects':['read'],'statements':['select'],"
                         "'verdict':'allow'}")};

    json_decref(PLAY(edited, before, given, 1, 1, 0, 0));
    json_decref(PLAY(edited, before, derived, 1, 0, 1, 0));
    json_decref(PLAY(edited, NULL, given, 1, 0, 1, 0)); /* without that file it stays */
}

/* The policy of that time is in the ledger, in parts. */
static void test_policy_from_the_ledger(void)
{
    SL_FREED_BY(sl_config) struct sl_config *before = config(EMAIL, "");
    SL_FREED_BY(sl_config)
    struct sl_config *edited =
        config("{columns: [public.other.x], label: pii}", HOLD("no mail", "labels: [pii]"));
    SL_FREED_BY(sl_shadow) struct sl_shadow *s = NULL;
    size_t half = before->canonical.n / 2;

    SL_CHECK(sl_shadow_new(edited, 1, &s) == SL_OK);
    for (uint64_t part = 0; part < 2; part++) {
        SL_BUF(text, 64 * 1024);
        sl_buf_say(&text, "{\"kind\":\"policy\",\"part\":%U,\"parts\":2,\"text\":", part);
        sl_json_put_string(&text, part == 0 ? sl_span_head(before->canonical, half)
                                            : sl_span_from(before->canonical, half));
        sl_buf_put_str(&text, "}");
        SL_CHECK(sl_shadow_leaf(s, part, sl_buf_span(&text)) == SL_OK);
    }
    leaf(s, 2, SESSION);
    leaf(s, 3, ACTIONS(READ("'pii'")));
    json_t *result = sl_shadow_json(s);
    SL_CHECK_INT(number(result, "same"), 1);
    json_decref(result);
}

static void test_cannot_tell(void)
{
    SL_FREED_BY(sl_config) struct sl_config *plain = config(EMAIL, "");
    SL_FREED_BY(sl_config)
    struct sl_config *by_statement =
        config(EMAIL, "\n  - {name: selects, when: {statements: [select]}, then: allow}\n");
    const char *const unknown[] = {ACTIONS(READ(""))};
    const char *const cut[] = {SESSION, ACTIONS("{'datasets_digest':'00','effects':['read'],"
                                                "'statements':['select'],'verdict':'allow'}")};
    const char *const several[] = {
        SESSION, ACTIONS("{'datasets':[],'effects':['read','insert'],'statements':['select',"
                         "'insert'],'verdict':'allow'}")};
    const char *const budget[] = {
        SESSION,
        "{'approval':'a','cap':10,'event':'asked','facts':{'datasets':[],'effects':['read'],"
        "'statements':['select'],'verdict':'hold'},'identity':'bot','kind':'approval',"
        "'protocol':'postgres','session':7,'target':'shop','time':'" T1 "','v':1}"};

    json_t *result = PLAY(plain, NULL, unknown, 1, 0, 0, 1);
    SL_CHECK(sl_span_starts(first(result, "unknown", "why"), SL_SPAN("it is not known who asked")));
    json_decref(result);
    json_decref(PLAY(plain, NULL, cut, 1, 0, 0, 1));
    json_decref(PLAY(plain, NULL, several, 1, 1, 0, 0));
    json_decref(PLAY(by_statement, NULL, several, 1, 0, 0, 1));
    json_decref(PLAY(plain, NULL, budget, 1, 0, 0, 1));
}

/* A held action is told twice, where it was asked and where it ran: it counts once. What is older
 * than asked for counts not at all. */
static void test_once_and_since(void)
{
    SL_FREED_BY(sl_config) struct sl_config *plain = config(EMAIL, HOLD("mail", "labels: [pii]"));
    static const char *const asked =
        "{'approval':'a','event':'asked','facts':{'datasets':[{'columns':['email'],'effects':['"
        "read'],"
        "'labels':['pii'],'name':'public.c'}],'effects':['read'],'rules':['mail'],'statements':"
        "['select'],'verdict':'hold'},'identity':'bot','kind':'approval','protocol':'postgres',"
        "'session':7,'target':'shop','time':'" T1 "','v':1}";
    static const char *const ran =
        "{'action':1,'approval':'a','facts':{'datasets':[],'effects':['read'],'statements':['"
        "select'],"
        "'verdict':'hold'},'identity':'bot','kind':'action','session':7,'target':'shop','time':'" T1
        "','v':1}";
    const char *const leaves[] = {SESSION, asked, ran};
    SL_FREED_BY(sl_shadow) struct sl_shadow *late = NULL;

    json_decref(PLAY(plain, NULL, leaves, 1, 1, 0, 0));
    SL_CHECK(sl_shadow_new(plain, UINT64_MAX, &late) == SL_OK);
    for (size_t i = 0; i < SL_COUNT(leaves); i++)
        leaf(late, i, leaves[i]);
    json_t *result = sl_shadow_json(late);
    SL_CHECK_INT(number(result, "judged"), 0);
    json_decref(result);
}

/* Leaves that are none of ours, or wrong in any way, harm nothing. */
static void test_strange_leaves(void)
{
    SL_FREED_BY(sl_config) struct sl_config *plain = config(EMAIL, "");
    SL_FREED_BY(sl_shadow) struct sl_shadow *s = NULL;
    static const char *const strange[] = {
        "",
        "{",
        "[]",
        "7",
        "{'kind':7}",
        "{'kind':'actions'}",
        "{'actions':[7],'kind':'actions'}",
        "{'actions':[{'by':9,'statement':9}],'at':'" T1 "','kind':'actions'}",
        "{'kind':'session','session':'x'}",
        "{'groups':[7,{}],'event':'add','identity':'x','kind':'roster'}",
        "{'kind':'policy','part':5,'parts':2,'text':'{'}",
        "{'kind':'policy','part':0,'parts':1,'text':7}",
        ACTIONS("{'datasets':[7],'effects':'x','statements':[{}],'verdict':'allow'}"),
        ACTIONS("7"),
        "{'facts':{'verdict':'x'},'kind':'action','target':'shop','time':'" T1 "'}"};

    SL_CHECK(sl_shadow_new(plain, 0, &s) == SL_OK);
    for (size_t i = 0; i < SL_COUNT(strange); i++)
        leaf(s, i, strange[i]);
    json_decref(sl_shadow_json(s));
}

int main(void)
{
    SL_RUN(test_same_and_different);
    SL_RUN(test_groups_of_that_time);
    SL_RUN(test_labels_given_and_derived);
    SL_RUN(test_policy_from_the_ledger);
    SL_RUN(test_cannot_tell);
    SL_RUN(test_once_and_since);
    SL_RUN(test_strange_leaves);
    return sl_tap_done();
}
