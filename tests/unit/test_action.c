/* The action document: known bytes, known digest, and every field in it counts (P3). */
#include "core/action/list.h"
#include "core/action/settings.h"

#include "base/encode.h"
#include "tests/unit/tap.h"
#include "json/json.h"

/* One of everything. The parts are mutable so that a test can change one and look again. */
struct sample {
    struct sl_action action;
    struct sl_meaning meaning;
    struct sl_meaning_statement statements[2];
    struct sl_meaning_access accesses[2];
    struct sl_action_dataset datasets[2];
    struct sl_span requesters[2], columns[2], labels[2];
};

static void make(struct sample *s)
{
    *s = (struct sample){
        .statements = {{SL_SPAN("select"), SL_EFFECT_READ}, {SL_SPAN("delete"), SL_EFFECT_DELETE}},
        .columns = {SL_SPAN("email"), SL_SPAN("name")},
        .labels = {SL_SPAN("financial"), SL_SPAN("pii")},
        .requesters = {SL_SPAN("alice"), SL_SPAN("bot-7")},
    };
    s->accesses[0] = (struct sl_meaning_access){.dataset = SL_SPAN("public.customers"),
                                                .effects = SL_EFFECT_READ | SL_EFFECT_EXPORT,
                                                .columns = s->columns,
                                                .column_count = 2};
    s->accesses[1] = (struct sl_meaning_access){.dataset = SL_SPAN("public.orders"),
                                                .effects = SL_EFFECT_DELETE,
                                                .all_columns = true};
    s->meaning =
        (struct sl_meaning){.effects = SL_EFFECT_READ | SL_EFFECT_DELETE | SL_EFFECT_EXPORT,
                            .statements = s->statements,
                            .statement_count = 2,
                            .accesses = s->accesses,
                            .access_count = 2};
    s->datasets[0] = (struct sl_action_dataset){&s->accesses[0], s->labels, 2};
    s->datasets[1] = (struct sl_action_dataset){&s->accesses[1], NULL, 0};
    s->action = (struct sl_action){
        .identity = SL_SPAN("bot-7"),
        .requesters = s->requesters,
        .requester_count = 2,
        .target = SL_SPAN("finance"),
        .environment = SL_SPAN("production"),
        .protocol = SL_SPAN("postgres"),
        .operation = SL_SPAN("{\"sql\":\"select 1\"}"),
        .context = {.user = SL_SPAN("app"),
                    .database = SL_SPAN("shop"),
                    .role = SL_SPAN("none"),
                    .search_path = SL_SPAN("\"$user\", public"),
                    .client_encoding = SL_SPAN("UTF8"),
                    .settings = SL_SPAN("")},
        .reason = SL_SPAN("ticket 12"),
        .run = SL_SPAN("run-1"),
        .sink = SL_SPAN("s3"),
        .meaning = &s->meaning,
        .datasets = s->datasets,
    };
    memset(s->action.rules_digest, 0xab, sizeof s->action.rules_digest);
    memset(s->action.salt, 0x01, sizeof s->action.salt);
}

static const char known[] =
    "{\"context\":{\"client_encoding\":\"UTF8\",\"database\":\"shop\",\"role\":\"none\","
    "\"search_path\":\"\\\"$user\\\", public\",\"settings\":\"\",\"user\":\"app\"},"
    "\"datasets\":[{\"all_columns\":false,\"columns\":[\"email\",\"name\"],"
    "\"effects\":[\"read\",\"export\"],\"labels\":[\"financial\",\"pii\"],"
    "\"name\":\"public.customers\"},{\"all_columns\":true,\"columns\":[],\"effects\":[\"delete\"],"
    "\"labels\":[],\"name\":\"public.orders\"}],\"definitions\":[],"
    "\"effects\":[\"read\",\"delete\",\"export\"],\"environment\":\"production\","
    "\"identity\":\"bot-7\",\"operation\":{\"sql\":\"select 1\"},\"protocol\":\"postgres\","
    "\"reason\":\"ticket 12\",\"requesters\":[\"alice\",\"bot-7\"],"
    "\"rules\":\"abababababababababababababababababababababababababababababababab\","
    "\"run\":\"run-1\","
    "\"salt\":\"0101010101010101010101010101010101010101010101010101010101010101\","
    "\"sink\":\"s3\",\"statements\":[\"select\",\"delete\"],\"target\":\"finance\"}";

static void test_known_document_and_digest(void)
{
    SL_BUF(b, 10000);
    struct sample s;
    uint8_t digest[32], want[32];

    make(&s);
    sl_action_put(&b, &s.action);
    SL_CHECK_INT(sl_buf_err(&b), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&b), known);
    SL_CHECK_INT(sl_action_digest(&s.action, digest), SL_OK);
    SL_CHECK_INT(
        sl_hex_fixed(want, 32,
                     SL_SPAN("357425e70174743dcb102f5c5334dc36b4ab75eb9eac63b1ed6a038c1cfe7850")),
        SL_OK);
    SL_CHECK_BYTES(sl_span(digest, 32), sl_span(want, 32));
}

static void test_the_document_is_canonical(void)
{
    SL_BUF(again, 10000);
    json_t *value = NULL;

    SL_CHECK_INT(sl_json_read(sl_span_str(known), &value, NULL), SL_OK);
    SL_CHECK_INT(sl_json_canonical(&again, value), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&again), known);
    json_decref(value);
}

static void digest_of(const struct sample *s, uint8_t out[32])
{
    memset(out, 0, 32);
    SL_CHECK_INT(sl_action_digest(&s->action, out), SL_OK);
}

#define X SL_SPAN("changed")
#define CHANGES(C)                                                                       \
    C(s.action.identity = X)                                                             \
    C(s.action.target = X)                                                               \
    C(s.action.environment = X)                                                          \
    C(s.action.protocol = X)                                                             \
    C(s.action.operation = SL_SPAN("{\"sql\":\"select 2\"}"))                            \
    C(s.action.context.user = X)                                                         \
    C(s.action.context.database = X)                                                     \
    C(s.action.context.role = X)                                                         \
    C(s.action.context.search_path = X)                                                  \
    C(s.action.context.client_encoding = X)                                              \
    C(s.action.context.settings = X) C(s.action.reason = X) C(s.action.run = X)          \
        C(s.action.sink = X) C(s.requesters[0] = X) C(s.requesters[1] = X)               \
            C(s.action.requester_count = 1) C(s.action.rules_digest[31] ^= 1)            \
                C(s.action.salt[0] ^= 1) C(s.meaning.effects |= SL_EFFECT_DDL)           \
                    C(s.statements[1].tag = X) C(s.meaning.statement_count = 1)          \
                        C(s.meaning.access_count = 1) C(s.accesses[0].dataset = X)       \
                            C(s.accesses[0].effects = SL_EFFECT_READ)                    \
                                C(s.accesses[1].all_columns = false) C(s.columns[1] = X) \
                                    C(s.accesses[0].column_count = 1) C(s.labels[0] = X) \
                                        C(s.datasets[0].label_count = 1)

static void test_every_field_counts(void)
{
    uint8_t before[32], after[40][32];
    size_t n = 0;
    struct sample s;

    make(&s);
    digest_of(&s, before);
#define CHANGE_ONE(change)                            \
    make(&s);                                         \
    change;                                           \
    digest_of(&s, after[n]);                          \
    if (!SL_CHECK(memcmp(after[n], before, 32) != 0)) \
        printf("#   %s\n", #change);                  \
    n++;
    CHANGES(CHANGE_ONE)
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            SL_CHECK(memcmp(after[i], after[k], 32) != 0);
}

/* Text that moves from one field to its neighbour is another action. */
static void test_fields_do_not_run_together(void)
{
    struct sample a, b;
    uint8_t digest_a[32], digest_b[32];

    make(&a), make(&b);
    a.action.reason = SL_SPAN("x\",\"requesters\":[\"mallory\"],\"run\":\"");
    b.action.reason = SL_SPAN("x");
    digest_of(&a, digest_a), digest_of(&b, digest_b);
    SL_CHECK(memcmp(digest_a, digest_b, 32) != 0);

    SL_BUF(text, 10000);
    json_t *value = NULL;
    sl_action_put(&text, &a.action);
    SL_CHECK_INT(sl_json_read(sl_buf_span(&text), &value, NULL), SL_OK);
    SL_CHECK_BYTES(sl_json_str(value, "reason"), a.action.reason);
    SL_CHECK_INT(json_array_size(json_object_get(value, "requesters")), 2);
    json_decref(value);
}

static void test_an_operation_cannot_leave_its_object(void)
{
    static const char *const bad[] = {
        "",
        "1",
        "[]",
        "\"sql\"",
        "{\"sql\":\"x\"},\"protocol\":\"http\",\"x\":{}",
        "{\"sql\":\"x\"} ",
        "{\"sql\": \"x\"}",
        "{\"b\":1,\"a\":1}",
        "{\"sql\":\"x\",\"sql\":\"y\"}",
        "{\"sql\":\"\\u0078\"}",
        "{\"sql\":\"x\"",
        "{\"sql\":1.5}",
    };
    uint8_t digest[32] = {7};

    for (size_t i = 0; i < SL_COUNT(bad); i++) {
        struct sample s;
        make(&s);
        s.action.operation = sl_span_str(bad[i]);
        if (!SL_CHECK(sl_action_digest(&s.action, digest) != SL_OK))
            printf("#   %s\n", bad[i]);
        SL_CHECK_INT(digest[0], 7);
    }
}

static void test_text_that_is_not_utf8_is_refused(void)
{
    struct sample s;
    uint8_t digest[32];

    make(&s);
    s.action.reason = SL_SPAN("\xff");
    SL_CHECK_INT(sl_action_digest(&s.action, digest), SL_EMALFORMED);
}

static void test_simple_operation(void)
{
    SL_BUF(b, 1000);

    sl_action_put_simple(&b, SL_SPAN("select '\"}' -- \n"));
    SL_CHECK_TEXT(sl_buf_span(&b), "{\"sql\":\"select '\\\"}' -- \\n\"}");
    sl_buf_reset(&b);
    sl_action_put_simple(&b, SL_SPAN("select '\xff'"));
    SL_CHECK_TEXT(sl_buf_span(&b), "{\"sql_base64\":\"c2VsZWN0ICf/Jw==\"}");
    sl_buf_reset(&b);
    sl_action_put_simple(&b, sl_span("a\0b", 3));
    SL_CHECK_TEXT(sl_buf_span(&b), "{\"sql_base64\":\"YQBi\"}");
}

static void test_extended_operation(void)
{
    static const uint16_t formats[] = {0, 1};
    const struct sl_pg_parameter parameters[] = {
        {.type = 23, .format = 1, .value = SL_SPAN("\x01\x02")},
        {.type = 25, .format = 0, .null = true},
    };
    SL_BUF(b, 1000);

    sl_action_put_extended(&b, SL_SPAN("select $1"), parameters, 2, formats, 2, 100);
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "{\"max_rows\":100,\"parameters\":[{\"format\":1,\"null\":false,\"type\":23,"
                  "\"value\":\"AQI=\"},{\"format\":0,\"null\":true,\"type\":25,\"value\":\"\"}],"
                  "\"result_formats\":[0,1],\"sql\":\"select $1\"}");
    sl_buf_reset(&b);
    sl_action_put_extended(&b, SL_SPAN(""), NULL, 0, NULL, 0, UINT32_MAX);
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "{\"max_rows\":4294967295,\"parameters\":[],\"result_formats\":[],\"sql\":\"\"}");
}

/* --- lists --- */

static struct sl_meaning a_select(void)
{
    return (struct sl_meaning){.effects = SL_EFFECT_READ, .flags = SL_MEANING_SHAPE_SHARED};
}

static void check_unclear(struct sl_meaning first, const char *sentence)
{
    struct sl_meaning select = a_select(),
                      commit = {.flags = SL_MEANING_ONLY_CONTROL | SL_MEANING_TX_COMMIT};
    struct sl_list_item items[] = {{SL_SPAN("a"), &select, {0}},
                                   {SL_SPAN("b"), &first, {0}},
                                   {SL_SPAN("c"), &select, {0}},
                                   {SL_SPAN("d"), &commit, {0}}};

    sl_list_mark(items, SL_COUNT(items));
    SL_CHECK_INT(items[0].unclear.n, 0);
    SL_CHECK_INT(items[3].unclear.n, 0); /* it names nothing */
    SL_CHECK_TEXT(items[2].unclear, sentence);
}

static void test_what_follows_in_a_list(void)
{
    check_unclear(a_select(), "");
    check_unclear((struct sl_meaning){.effects = SL_EFFECT_DDL},
                  "it follows a change of definitions earlier in the list");
    check_unclear((struct sl_meaning){.effects = SL_EFFECT_DDL, .flags = SL_MEANING_DDL_NEUTRAL},
                  "");
    check_unclear((struct sl_meaning){.effects = SL_EFFECT_SESSION, .flags = SL_MEANING_CONTEXT},
                  "it follows a change of the session earlier in the list");
    check_unclear((struct sl_meaning){.effects = SL_EFFECT_CALL},
                  "it follows code earlier in the list that may change what it means");
    check_unclear(sl_meaning_opaque(SL_SPAN("no grammar")),
                  "it follows code earlier in the list that may change what it means");
}

static void test_a_list_as_a_whole(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_span one[] = {SL_SPAN("view v 2"), SL_SPAN("view a 1")},
                   two[] = {SL_SPAN("view v 2")};
    struct sl_meaning select = a_select(), opaque = sl_meaning_opaque(SL_SPAN("no grammar")), all,
                      encoded;
    struct sl_list_item items[] = {{SL_SPAN("select 1"), &select, {0}},
                                   {SL_SPAN("what?"), &opaque, {0}},
                                   {SL_SPAN("select 2"), &select, {0}}};
    SL_BUF(b, 4096);

    select.definitions = one;
    select.definition_count = 2;
    opaque.definitions = two;
    opaque.definition_count = 1;
    SL_PROMISE(sl_arena_new(&mem, 1024 * 1024) == SL_OK);
    sl_list_mark(items, 3);
    SL_CHECK_INT(sl_list_meaning(mem, items, 3, &all), SL_OK);
    SL_CHECK_INT(all.effects, SL_EFFECT_READ | SL_EFFECT_OPAQUE);
    SL_CHECK_TEXT(all.opaque_why, "no grammar");
    SL_CHECK_INT(all.flags & SL_MEANING_SHAPE_SHARED, 0);
    SL_CHECK_INT(all.definition_count, 2);
    SL_CHECK_TEXT(all.definitions[0], "view a 1");
    sl_meaning_put(&b, &all);
    SL_CHECK_INT(sl_meaning_get(mem, sl_buf_span(&b), &encoded), SL_OK);
    sl_buf_reset(&b);
    sl_list_put_operation(&b, items, 3);
    SL_CHECK_TEXT(
        sl_buf_span(&b),
        "{\"list\":[{\"sql\":\"select 1\"},{\"sql\":\"what?\",\"unclear\":\"no grammar\"},"
        "{\"sql\":\"select 2\",\"unclear\":\"it follows code earlier in the list that may "
        "change what it means\"}]}");
}

/* More than a meaning may hold is refused, not cut. */
static void test_a_list_that_names_too_much(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    static struct sl_meaning_access accesses[600];
    struct sl_meaning m = {.effects = SL_EFFECT_READ, .accesses = accesses, .access_count = 600},
                      all;
    struct sl_list_item items[] = {{SL_SPAN("a"), &m, {0}}, {SL_SPAN("b"), &m, {0}}};

    SL_PROMISE(sl_arena_new(&mem, 1024 * 1024) == SL_OK);
    SL_CHECK_INT(sl_list_meaning(mem, items, 1, &all), SL_OK);
    SL_CHECK_INT(sl_list_meaning(mem, items, 2, &all), SL_ELIMIT);
}

/* --- what moved under an unclear statement of a list (P3) --- */

struct moved_case {
    const char *what;
    struct sl_meaning first;         /* the statement before it */
    struct sl_span relation, code;   /* that it changes */
    struct sl_span shown[2], now[2]; /* definitions, in order */
    bool later;                      /* it counted for an earlier look */
    bool moved;
};

static bool moves(const struct moved_case *c)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_meaning_access access = {.dataset = c->relation, .effects = SL_EFFECT_DDL};
    struct sl_meaning_name name = {SL_NAME_CHANGED, c->code};
    struct sl_meaning first = c->first, shown = a_select(), now = a_select();
    struct sl_list_item items[] = {{SL_SPAN("x"), &first, {0}},
                                   {SL_SPAN("select f()"), &shown, SL_SPAN("unclear")}};
    struct sl_list_changes own;

    first.accesses = &access;
    first.access_count = c->relation.n > 0;
    first.names = &name;
    first.name_count = c->code.n > 0;
    shown.definitions = (struct sl_span *)(uintptr_t)c->shown;
    now.definitions = (struct sl_span *)(uintptr_t)c->now;
    for (size_t i = 0; i < 2; i++) {
        shown.definition_count += c->shown[i].n > 0;
        now.definition_count += c->now[i].n > 0;
    }
    SL_CHECK_INT(sl_arena_new(&mem, 65536), SL_OK);
    SL_CHECK_INT(sl_list_changes(mem, items, c->later ? 1 : 0, 1, &own), SL_OK);
    return sl_list_moved(&shown, &now, &own);
}

static void test_P3_what_a_list_stands_on(void)
{
    const struct sl_meaning ddl = {.effects = SL_EFFECT_DDL},
                            neutral = {.effects = SL_EFFECT_DDL, .flags = SL_MEANING_DDL_NEUTRAL},
                            session = {.effects = SL_EFFECT_SESSION, .flags = SL_MEANING_CONTEXT},
                            code = {.effects = SL_EFFECT_CALL};
    const struct sl_span none = {0}, f = SL_SPAN("f"), t = SL_SPAN("s.t"), x = SL_SPAN("s.x"),
                         f1 = SL_SPAN("function s.f 1"), f2 = SL_SPAN("function s.f 2");
    const struct moved_case cases[] = {
        {"the same", ddl, t, none, {f1}, {f1}, false, false},
        {"another body", ddl, t, none, {f1}, {f2}, false, true},
        {"its own", ddl, none, f, {f1}, {f2}, false, false},
        {"its own, looked at already", ddl, none, f, {f1}, {f2}, true, true},
        {"another function", ddl, none, SL_SPAN("ff"), {f1}, {f2}, false, true},
        {"a table of the name", ddl, SL_SPAN("s.f"), none, {f1}, {f2}, false, true},
        {"what changes no meaning", neutral, none, f, {f1}, {f2}, false, true},
        {"a function of a table's name",
         ddl,
         none,
         SL_SPAN("x"),
         {SL_SPAN("trigger s.x 1")},
         {SL_SPAN("trigger s.x 2")},
         false,
         true},
        {"one that comes", ddl, t, none, {none}, {SL_SPAN("trigger s.x 1")}, false, true},
        {"one that goes", ddl, t, none, {SL_SPAN("policy s.x 1")}, {none}, false, true},
        {"its own that comes", ddl, x, none, {none}, {SL_SPAN("constraint s.x 1")}, false, false},
        {"a second one",
         ddl,
         none,
         f,
         {f1, SL_SPAN("function s.g 1")},
         {f2, SL_SPAN("function s.g 2")},
         false,
         true},
        /* another search_path finds other objects, and changes none */
        {"found elsewhere", session, none, none, {f1}, {SL_SPAN("function z.f 2")}, true, false},
        {"changed elsewhere", session, none, none, {f1}, {f2}, true, true},
        /* who runs code said yes to whatever it does, once */
        {"code", code, none, none, {f1}, {f2}, false, false},
        {"code, looked at already", code, none, none, {f1}, {f2}, true, true},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        if (moves(&cases[i]) != cases[i].moved)
            SL_CHECK_TEXT(sl_span_str(cases[i].what), "");
}

static void test_P3_what_a_list_touches(void)
{
    struct sl_meaning_access seen = {.dataset = SL_SPAN("s.a"), .effects = SL_EFFECT_READ},
                             others[] = {{.dataset = SL_SPAN("s.a"), .effects = SL_EFFECT_READ},
                                         {.dataset = SL_SPAN("s.b"), .effects = SL_EFFECT_READ}};
    struct sl_span own_table = SL_SPAN("a");
    struct sl_meaning shown = a_select(), now = a_select();
    struct sl_list_changes none = {0}, own = {.relations = &own_table, .relation_count = 1};

    shown.accesses = &seen;
    now.accesses = others;
    shown.access_count = now.access_count = 1;
    SL_CHECK(!sl_list_moved(&shown, &now, &none));
    now.access_count = 2;
    SL_CHECK(sl_list_moved(&shown, &now, &none));
    others[0].effects = SL_EFFECT_DELETE;
    now.access_count = 1;
    SL_CHECK(sl_list_moved(&shown, &now, &none));
    SL_CHECK(!sl_list_moved(&shown, &now, &own));
    shown.effects |= SL_EFFECT_OPAQUE;
    SL_CHECK(!sl_list_moved(&shown, &now, &none));
}

/* Of a session whoever decides sees what is not as usual, exactly. */
static void test_unusual_settings(void)
{
    static const char usual[] = "DateStyle=ISO, MDY; TimeZone=UTC; row_security=on";
    static const struct {
        const char *settings, *path, *want;
    } rows[] = {
        {usual, "\"$user\", public", ""},
        {"", "", ""},
        {"DateStyle=ISO, MDY; TimeZone=Asia/Tokyo; row_security=off", "",
         "TimeZone=Asia/Tokyo; row_security=off"},
        {usual, "staging, public", "search_path=staging, public"},
        {"TimeZone=UTC ", "x", "TimeZone=UTC ; search_path=x"},
        {"changed", "", "changed"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 4096);

        sl_settings_put_unusual(&text, sl_span_str(rows[i].settings), sl_span_str(rows[i].path));
        SL_CHECK_TEXT(sl_buf_span(&text), rows[i].want);
    }
}

int main(void)
{
    SL_RUN(test_known_document_and_digest);
    SL_RUN(test_the_document_is_canonical);
    SL_RUN(test_every_field_counts);
    SL_RUN(test_unusual_settings);
    SL_RUN(test_fields_do_not_run_together);
    SL_RUN(test_an_operation_cannot_leave_its_object);
    SL_RUN(test_text_that_is_not_utf8_is_refused);
    SL_RUN(test_simple_operation);
    SL_RUN(test_extended_operation);
    SL_RUN(test_what_follows_in_a_list);
    SL_RUN(test_a_list_as_a_whole);
    SL_RUN(test_a_list_that_names_too_much);
    SL_RUN(test_P3_what_a_list_stands_on);
    SL_RUN(test_P3_what_a_list_touches);
    return sl_tap_done();
}
