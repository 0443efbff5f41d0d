/* Strict reading, canonical writing (RFC 8785), and the direct emitter. */
#include "json/json.h"

#include "tests/unit/tap.h"

static enum sl_err read_text(const char *text, size_t n)
{
    json_t *value = NULL;
    enum sl_err err = sl_json_read(sl_span(text, n), &value, NULL);

    SL_CHECK((err == SL_OK) == (value != NULL));
    if (err == SL_OK)
        json_decref(value);
    return err;
}

/* The canonical form, or "" when reading or writing refused. */
static const char *canonical(struct sl_buf *b, const char *text)
{
    json_t *value;

    sl_buf_reset(b);
    if (sl_json_read(sl_span_str(text), &value, NULL) != SL_OK)
        return "";
    enum sl_err err = sl_json_canonical(b, value);
    json_decref(value);
    return err == SL_OK ? sl_buf_text(b) : "";
}

static void test_refuses_what_is_not_strict(void)
{
    static const struct {
        const char *text;
        enum sl_err want;
    } cases[] = {
        {"{\"a\":1}", SL_OK},
        {" [ 1 , 2 ] \n", SL_OK},
        {"", SL_EMALFORMED},
        {"{\"a\":1,\"a\":2}", SL_EMALFORMED},
        {"{\"a\":1,\"\\u0061\":2}", SL_EMALFORMED},
        {"{\"a\":1} x", SL_EMALFORMED},
        {"{\"a\":1}{}", SL_EMALFORMED},
        {"{\"a\":1,}", SL_EMALFORMED},
        {"[1,]", SL_EMALFORMED},
        {"{a:1}", SL_EMALFORMED},
        {"['a']", SL_EMALFORMED},
        {"[01]", SL_EMALFORMED},
        {"[+1]", SL_EMALFORMED},
        {"[NaN]", SL_EMALFORMED},
        {"[1e999]", SL_EMALFORMED},
        {"[\"\\u0000\"]", SL_EMALFORMED},
        {"[\"\\ud800\"]", SL_EMALFORMED},
        {"[\"\xff\"]", SL_EMALFORMED},
        {"[\"\xc0\xaf\"]", SL_EMALFORMED},
        {"[\"a\nb\"]", SL_EMALFORMED},
        {"/* no */ []", SL_EMALFORMED},
        {"[9007199254740992]", SL_OK},
        {"[9007199254740993]", SL_EOVERFLOW},
        {"[-9007199254740993]", SL_EOVERFLOW},
        {"{\"a\":[{\"b\":1e300}]}", SL_EOVERFLOW},
        {"[99999999999999999999]", SL_EMALFORMED},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        if (!SL_CHECK_INT(read_text(cases[i].text, strlen(cases[i].text)), cases[i].want))
            printf("#   %s\n", cases[i].text);
    SL_CHECK_INT(read_text("[\"a\0b\"]", 7), SL_EMALFORMED);
    SL_CHECK_INT(read_text("[1]\0", 4), SL_EMALFORMED);
}

static void test_depth(void)
{
    char text[400];

    memset(text, '[', 200);
    memset(text + 200, ']', 200);
    SL_CHECK_INT(read_text(text + 200 - 64, 128), SL_OK);
    SL_CHECK_INT(read_text(text + 200 - 65, 130), SL_ELIMIT);
    memset(text, '[', sizeof text);
    SL_CHECK_INT(read_text(text, sizeof text), SL_ELIMIT);
    text[0] = '"'; /* brackets in a string have no depth */
    text[sizeof text - 1] = '"';
    SL_CHECK_INT(read_text(text, sizeof text), SL_OK);
}

static void test_complaints_do_not_quote_the_input(void)
{
    SL_BUF(where, 1000);
    json_t *value;

    SL_CHECK_INT(sl_json_read(SL_SPAN("{\"password\":\n hunter2}"), &value, &where), SL_EMALFORMED);
    SL_CHECK(strstr(sl_buf_text(&where), "line 2") != NULL);
    SL_CHECK(strstr(sl_buf_text(&where), "hunter2") == NULL);
}

static void test_canonical(void)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        /* RFC 8785, section 3.2.2: the string of the example. */
        {"{\"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"}",
         "{\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"},
        {"{\"literals\": [null, true, false]}", "{\"literals\":[null,true,false]}"},
        /* Section 3.2.3: sorted by UTF-16 code units. */
        {"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet "
         "With "
         "Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning "
         "Face\",\"\\u0080\":\"Control\","
         "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
         "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"Latin "
         "Small "
         "Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji: "
         "Grinning "
         "Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}"},
        {"[\"\\b\\t\\n\\f\\r\\u001f\\u007f\\u2028\"]",
         "[\"\\b\\t\\n\\f\\r\\u001f\x7f\xe2\x80\xa8\"]"},
        {"{\"b\":{\"d\":1,\"c\":2},\"a\":[],\"aa\":{}}",
         "{\"a\":[],\"aa\":{},\"b\":{\"c\":2,\"d\":1}}"},
        {"[0,-0,-0.0,1.0,-7,1e2,9007199254740992]", "[0,0,0,1,-7,100,9007199254740992]"},
        {"\"x\"", "\"x\""},
        {"[0.5]", ""}, /* a fraction: refused, not rounded */
    };
    SL_BUF(b, 4096);
    SL_BUF(again, 4096);

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_CHECK_TEXT(sl_span_str(canonical(&b, cases[i].text)), cases[i].want);
        SL_CHECK_TEXT(sl_span_str(canonical(&again, cases[i].want)), cases[i].want);
    }
}

static void test_strings_that_are_not_text(void)
{
    SL_BUF(b, 100);

    sl_json_put_string(&b, SL_SPAN("\xed\xa0\x80"));
    SL_CHECK_INT(sl_buf_err(&b), SL_EMALFORMED);
    SL_CHECK_INT(b.n, 0);
}

static void test_emitter(void)
{
    SL_BUF(b, 1000);
    struct sl_jw w = sl_jw(&b);

    sl_jw_object(&w);
    sl_jw_key(&w, "a");
    sl_jw_array(&w);
    sl_jw_u64(&w, 9007199254740992);
    sl_jw_null(&w);
    sl_jw_object(&w);
    sl_jw_end(&w);
    sl_jw_array(&w);
    sl_jw_end(&w);
    sl_jw_end(&w);
    sl_jw_key(&w, "ab");
    sl_jw_str(&w, SL_SPAN("quote \" slash \\ line \n"));
    sl_jw_key(&w, "b");
    sl_jw_hex(&w, SL_SPAN("\x01\xff"));
    sl_jw_key(&w, "c");
    sl_jw_time(&w, 0);
    sl_jw_key(&w, "d");
    sl_jw_raw(&w, SL_SPAN("[true]"));
    sl_jw_key(&w, "e");
    sl_jw_bool(&w, false);
    sl_jw_end(&w);
    static const char want[] =
        "{\"a\":[9007199254740992,null,{},[]],\"ab\":\"quote \\\" slash \\\\ line \\n\","
        "\"b\":\"01ff\",\"c\":\"1970-01-01T00:00:00.000000Z\",\"d\":[true],\"e\":false}";
    SL_CHECK_INT(sl_buf_err(&b), SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&b), want);

    SL_BUF(again, 1000);
    SL_CHECK_TEXT(sl_span_str(canonical(&again, want)), want);
}

static void keys_out_of_order(struct sl_jw *w)
{
    sl_jw_object(w);
    sl_jw_key(w, "b");
    sl_jw_null(w);
    sl_jw_key(w, "a");
}

static void the_same_key_twice(struct sl_jw *w)
{
    sl_jw_object(w);
    sl_jw_key(w, "a");
    sl_jw_null(w);
    sl_jw_key(w, "a");
}

static void a_value_without_key(struct sl_jw *w)
{
    sl_jw_object(w);
    sl_jw_u64(w, 1);
}

static void a_key_without_value(struct sl_jw *w)
{
    sl_jw_object(w);
    sl_jw_key(w, "a");
    sl_jw_end(w);
}

static void two_keys(struct sl_jw *w)
{
    sl_jw_object(w);
    sl_jw_key(w, "a");
    sl_jw_key(w, "b");
}

static void a_key_in_an_array(struct sl_jw *w)
{
    sl_jw_array(w);
    sl_jw_key(w, "a");
}

static void an_end_too_many(struct sl_jw *w)
{
    sl_jw_array(w);
    sl_jw_end(w);
    sl_jw_end(w);
}

static void a_key_that_needs_escapes(struct sl_jw *w)
{
    sl_jw_object(w);
    sl_jw_key(w, "a\"b");
}

static void test_the_emitter_refuses_what_is_not_canonical(void)
{
    static void (*const mistakes[])(struct sl_jw *) = {
        keys_out_of_order, the_same_key_twice, a_value_without_key, a_key_without_value,
        two_keys,          a_key_in_an_array,  an_end_too_many,     a_key_that_needs_escapes,
    };

    for (size_t i = 0; i < SL_COUNT(mistakes); i++) {
        SL_BUF(b, 1000);
        struct sl_jw w = sl_jw(&b);
        mistakes[i](&w);
        if (!SL_CHECK_INT(sl_buf_err(&b), SL_ESTATE))
            printf("#   mistake %zu\n", i);
    }
}

static void test_emitter_limits(void)
{
    SL_BUF(b, 1000);
    struct sl_jw w = sl_jw(&b);

    for (int i = 0; i < 16; i++)
        sl_jw_array(&w);
    SL_CHECK_INT(sl_buf_err(&b), SL_OK);
    sl_jw_array(&w);
    SL_CHECK_INT(sl_buf_err(&b), SL_ELIMIT);

    SL_BUF(large, 1000);
    w = sl_jw(&large);
    sl_jw_u64(&w, 9007199254740993);
    SL_CHECK_INT(sl_buf_err(&large), SL_EOVERFLOW);

    SL_BUF(small, 4);
    w = sl_jw(&small);
    sl_jw_str(&w, SL_SPAN("too long"));
    sl_jw_str(&w, SL_SPAN("too long"));
    SL_CHECK_INT(sl_buf_err(&small), SL_ELIMIT);
}

static void test_conveniences(void)
{
    json_t *value = NULL;
    uint64_t n = 7;

    SL_CHECK_INT(sl_json_read(SL_SPAN("{\"s\":\"text\",\"n\":5,\"minus\":-1}"), &value, NULL),
                 SL_OK);
    SL_CHECK_TEXT(sl_json_str(value, "s"), "text");
    SL_CHECK_INT(sl_json_str(value, "n").n, 0);
    SL_CHECK_INT(sl_json_str(value, "absent").n, 0);
    SL_CHECK_INT(sl_json_str(NULL, "s").n, 0);
    SL_CHECK(!sl_json_u64(value, "minus", &n) && !sl_json_u64(value, "s", &n) && n == 7);
    SL_CHECK(sl_json_u64(value, "n", &n) && n == 5);
    json_decref(value);
}

int main(void)
{
    SL_RUN(test_refuses_what_is_not_strict);
    SL_RUN(test_depth);
    SL_RUN(test_complaints_do_not_quote_the_input);
    SL_RUN(test_canonical);
    SL_RUN(test_strings_that_are_not_text);
    SL_RUN(test_emitter);
    SL_RUN(test_the_emitter_refuses_what_is_not_canonical);
    SL_RUN(test_emitter_limits);
    SL_RUN(test_conveniences);
    return sl_tap_done();
}
