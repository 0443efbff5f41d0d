/* What entries of the ledger look like to others, and when they are told again. */
#include "core/hooks/hooks.h"

#include "base/encode.h"
#include "tests/unit/tap.h"

#include <stdarg.h>
#include <stdlib.h>

enum { ROOM = 1024 * 1024 };

/* Of a table: which row it was. */
static void __attribute__((format(printf, 2, 3))) ok(bool good, const char *format, ...)
{
    va_list words;

    va_start(words, format);
    if (!good) {
        fputs("# ", stdout);
        vprintf(format, words);
        putchar('\n');
    }
    va_end(words);
    SL_CHECK(good);
}

static json_t *value; /* of the last record */

static struct sl_hook_record record_of(const char *leaf)
{
    json_decref(value);
    SL_PROMISE(sl_json_read(sl_span_str(leaf), &value, NULL) == SL_OK);
    struct sl_hook_record r = {.origin = SL_SPAN("ledger.example/one two"),
                               .entry = 4711,
                               .leaf = sl_span_str(leaf),
                               .value = value};

    memset(r.leaf_hash, 0xab, sizeof r.leaf_hash);
    return r;
}

/* --- which event ------------------------------------------------------------------------------ */

static void test_events(void)
{
    static const struct {
        const char *leaf;
        uint32_t bit;
    } rows[] = {
        {"{\"kind\":\"actions\"}", SL_HOOK_ACTIONS},
        {"{\"kind\":\"txn\"}", SL_HOOK_ACTIONS},
        {"{\"kind\":\"action\",\"facts\":{\"verdict\":\"deny\"}}", SL_HOOK_REFUSED},
        {"{\"kind\":\"action\",\"outcome\":\"refused\"}", SL_HOOK_REFUSED},
        {"{\"kind\":\"action\",\"facts\":{\"verdict\":\"deny\"},\"flags\":[\"observed\"],"
         "\"outcome\":\"ok\"}",
         SL_HOOK_ACTIONS},
        {"{\"kind\":\"action\",\"facts\":{\"verdict\":\"deny\"},\"flags\":[\"observed\"],"
         "\"outcome\":\"refused\"}",
         SL_HOOK_REFUSED},
        {"{\"kind\":\"action\",\"outcome\":\"ok\"}", SL_HOOK_OUTCOME},
        {"{\"kind\":\"outcome\",\"approval\":\"x\"}", SL_HOOK_OUTCOME},
        {"{\"kind\":\"outcome\"}", SL_HOOK_ACTIONS},
        {"{\"kind\":\"approval\",\"event\":\"asked\"}", SL_HOOK_HELD},
        {"{\"kind\":\"approval\",\"event\":\"question\"}", SL_HOOK_HELD},
        {"{\"kind\":\"approval\",\"event\":\"shown\"}", SL_HOOK_HELD},
        {"{\"kind\":\"approval\",\"event\":\"decided\"}", SL_HOOK_DECIDED},
        {"{\"kind\":\"approval\",\"event\":\"expired\"}", SL_HOOK_DECIDED},
        {"{\"kind\":\"approval\",\"event\":\"refused\"}", SL_HOOK_REFUSED},
        {"{\"kind\":\"approval\",\"event\":\"spent\"}", SL_HOOK_SPENT},
        {"{\"kind\":\"approval\",\"event\":\"lapsed\"}", SL_HOOK_SPENT},
        {"{\"kind\":\"session\",\"event\":\"open\"}", SL_HOOK_SESSIONS},
        {"{\"kind\":\"sign_in_failure\"}", SL_HOOK_SIGN_IN},
        {"{\"kind\":\"roster\",\"event\":\"session_open\"}", SL_HOOK_SIGN_IN},
        {"{\"kind\":\"roster\",\"event\":\"add\"}", SL_HOOK_ADMINISTRATION},
        {"{\"kind\":\"break_glass\"}", SL_HOOK_EXCEPTIONS},
        {"{\"kind\":\"bypass\"}", SL_HOOK_EXCEPTIONS},
        {"{\"kind\":\"canary\"}", SL_HOOK_EXCEPTIONS},
        {"{\"kind\":\"label\",\"event\":\"stopped\"}", SL_HOOK_REFUSED},
        {"{\"kind\":\"label\",\"event\":\"derived\"}", SL_HOOK_ACTIONS},
        {"{\"kind\":\"policy\"}", SL_HOOK_ADMINISTRATION},
        {"{\"kind\":\"a kind of next year\"}", SL_HOOK_ADMINISTRATION},
        {"{}", SL_HOOK_ADMINISTRATION},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_hook_record r = record_of(rows[i].leaf);
        ok(sl_hook_event_of(r.value) == rows[i].bit, "%s", rows[i].leaf);
    }
    ok(sl_hook_event_bits(SL_SPAN("held")) == SL_HOOK_HELD, "held");
    ok(sl_hook_event_bits(SL_SPAN("sign-in")) == SL_HOOK_SIGN_IN, "sign-in");
    ok(sl_hook_event_bits(SL_SPAN("all")) == SL_HOOK_ALL, "all");
    ok(sl_hook_event_bits(SL_SPAN("everything")) == 0, "no such word");
    ok((SL_HOOK_USUAL & SL_HOOK_ACTIONS) == 0 && (SL_HOOK_USUAL & SL_HOOK_HELD) != 0, "usual");
}

/* --- CloudEvents ------------------------------------------------------------------------------ */

static const char asked[] =
    "{\"approval\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"event\":\"asked\","
    "\"identity\":\"agent-7\",\"kind\":\"approval\",\"target\":\"finance\","
    "\"time\":\"2026-11-23T03:45:12.123456Z\",\"v\":1}";

static bool is_str(const json_t *object, const char *key, const char *want)
{
    return sl_span_is(sl_json_str(object, key), want);
}

static void test_cloudevents(void)
{
    SL_BUF(out, ROOM);
    struct sl_hook_record r = record_of(asked);
    json_t *event = NULL;

    sl_hook_put_cloudevent(&out, &r);
    ok(sl_buf_err(&out) == SL_OK && sl_json_read(sl_buf_span(&out), &event, NULL) == SL_OK,
       "an event is JSON");
    ok(is_str(event, "specversion", "1.0") && is_str(event, "type", "dev.sluice.approval.asked"),
       "version and type");
    ok(is_str(event, "source", "ledger.example/one%20two"), "source is a URI reference");
    ok(is_str(event, "ledgerorigin", "ledger.example/one two") &&
           is_str(event, "ledgerentry", "4711"),
       "origin and entry");
    ok(sl_json_str(event, "leafhash").n == 64 &&
           is_str(event, "time", "2026-11-23T03:45:12.123456Z"),
       "hash and time");
    ok(is_str(event, "subject", "01890a5d-ac96-774b-bcce-b302099a8057"), "subject");
    ok(json_equal(json_object_get(event, "data"), value), "data is the leaf");
    ok(sl_span_find(sl_json_str(event, "id"), '.') == sl_json_str(event, "id").n &&
           sl_span_starts(sl_json_str(event, "id"), SL_SPAN("msg_")),
       "no dot in the id");
    json_decref(event);
}

/* --- Standard Webhooks -------------------------------------------------------------------------
 */

/* The example of the specification's own libraries. */
static void test_signature(void)
{
    struct sl_hook_secrets s, other;
    SL_BUF(out, 4096);

    ok(sl_hook_secrets_read(SL_SPAN("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"), &s) == NULL,
       "a secret");
    sl_hook_put_signature(&out, &s, SL_SPAN("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330,
                          SL_SPAN("{\"test\": 2432232314}"));
    ok(sl_span_is(sl_buf_span(&out), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
       "the known signature");
    ok(sl_hook_secrets_read(SL_SPAN("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw  "
                                    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"),
                            &other) == NULL &&
           other.count == 2,
       "two secrets");
    sl_buf_reset(&out);
    sl_hook_put_signature(&out, &other, SL_SPAN("msg_1"), 1, SL_SPAN("{}"));
    ok(sl_span_find(sl_buf_span(&out), ' ') < out.n, "two signatures, a blank between");
    sl_hook_secrets_wipe(&other);
    ok(other.count == 0, "wiped");
}

static void test_bad_secrets(void)
{
    static const char *const bad[] = {
        "",
        " \n",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La", /* too short */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw "
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    };
    struct sl_hook_secrets s = {.count = 7};

    for (size_t i = 0; i < SL_COUNT(bad); i++) {
        const char *why = sl_hook_secrets_read(sl_span_str(bad[i]), &s);
        ok(why != NULL && strstr(why, "MfKQ") == NULL && s.count == 7, "secret %u", (unsigned)i);
    }
}

/* --- OCSF ------------------------------------------------------------------------------------- */

static json_t *ocsf(const char *leaf)
{
    SL_BUF(out, ROOM);
    struct sl_hook_record r = record_of(leaf);
    json_t *list = NULL;

    sl_buf_put_u8(&out, '[');
    SL_PROMISE(sl_hook_put_ocsf(&out, &r, true) == SL_OK);
    sl_buf_put_u8(&out, ']');
    if (sl_json_read(sl_buf_span(&out), &list, NULL) != SL_OK)
        return json_array();
    return list;
}

static uint64_t number_of(const json_t *event, const char *key)
{
    uint64_t found = UINT64_MAX;

    (void)sl_json_u64(event, key, &found);
    return found;
}

static void test_classes(void)
{
    static const struct {
        const char *leaf;
        uint64_t class_uid, activity, severity;
    } rows[] = {
        {asked, 3004, 1, 2},
        {"{\"approval\":\"x\",\"event\":\"approved\",\"kind\":\"approval\"}", 3004, 10, 1},
        {"{\"approval\":\"x\",\"event\":\"spent\",\"kind\":\"approval\"}", 3004, 11, 1},
        {"{\"approval\":\"x\",\"event\":\"decided\",\"kind\":\"approval\"}", 3004, 3, 1},
        {"{\"approval\":\"x\",\"event\":\"refused\",\"kind\":\"approval\"}", 3004, 3, 3},
        {"{\"event\":\"add\",\"identity\":\"a\",\"kind\":\"roster\"}", 3001, 1, 1},
        {"{\"event\":\"disable\",\"identity\":\"a\",\"kind\":\"roster\"}", 3001, 5, 1},
        {"{\"event\":\"group_add\",\"identity\":\"a\",\"kind\":\"roster\"}", 3001, 99, 1},
        {"{\"event\":\"enrolled\",\"identity\":\"a\",\"kind\":\"passkey\"}", 3001, 10, 1},
        {"{\"event\":\"session_open\",\"identity\":\"a\",\"kind\":\"roster\"}", 3002, 1, 1},
        {"{\"event\":\"open\",\"identity\":\"a\",\"kind\":\"session\"}", 3002, 1, 1},
        {"{\"event\":\"close\",\"identity\":\"a\",\"kind\":\"session\"}", 3002, 2, 1},
        {"{\"count\":3,\"kind\":\"sign_in_failure\"}", 3002, 1, 3},
        {"{\"kind\":\"start\"}", 3004, 10, 1},
        {"{\"kind\":\"policy\"}", 3004, 3, 1},
        {"{\"kind\":\"bypass\",\"what\":\"w\"}", 3004, 3, 4},
        {"{\"kind\":\"canary\",\"result\":\"flowed\"}", 0, 99, 5},
        {"{\"kind\":\"txn\"}", 0, 99, 1},
        {"{\"kind\":\"outcome\"}", 0, 99, 1},
        {"{\"action\":3,\"facts\":{\"effects\":[\"read\",\"delete\"]},\"identity\":\"a\",\"kind\":"
         "\"action\",\"outcome\":\"ok\",\"session\":4,\"target\":\"t\",\"text\":\"delete\"}",
         6005, 7, 1},
        {"{\"facts\":{\"effects\":[\"ddl\"],\"verdict\":\"deny\"},\"kind\":\"action\"}", 6005, 6,
         3},
        {"{\"facts\":{\"effects\":[\"session\"]},\"kind\":\"action\"}", 6005, 99, 1},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        json_t *list = ocsf(rows[i].leaf);
        const json_t *e = json_array_get(list, 0);
        ok(json_array_size(list) == 1 && number_of(e, "class_uid") == rows[i].class_uid &&
               number_of(e, "activity_id") == rows[i].activity &&
               number_of(e, "severity_id") == rows[i].severity &&
               number_of(e, "type_uid") == rows[i].class_uid * 100 + rows[i].activity &&
               number_of(e, "category_uid") == rows[i].class_uid / 1000,
           "%s", rows[i].leaf);
        const json_t *ledger = json_object_get(json_object_get(e, "unmapped"), "ledger");
        ok(number_of(ledger, "entry") == 4711 && sl_json_str(ledger, "leaf_hash").n == 64,
           "its place in the ledger");
        json_decref(list);
    }
}

static void test_batch(void)
{
    json_t *list = ocsf(
        "{\"actions\":[{\"action\":1,\"by\":0,\"outcome\":\"ok\",\"started_us\":0,\"statement\":0,"
        "\"text\":\"select "
        "1\"},{\"action\":2,\"by\":9,\"outcome\":\"failed\",\"sqlstate\":\"22012\","
        "\"started_us\":5000,\"statement\":7}],\"at\":\"2026-11-23T03:45:12.123456Z\",\"kind\":"
        "\"actions\",\"sessions\":[{\"identity\":\"alice\",\"session\":4,\"target\":\"finance\"}],"
        "\"statements\":[{\"facts\":{\"effects\":[\"read\"]}}],\"time\":"
        "\"2026-11-23T03:45:12.170000Z\",\"v\":1}");
    const json_t *first = json_array_get(list, 0), *second = json_array_get(list, 1);

    ok(json_array_size(list) == 2, "an event for each action");
    ok(is_str(json_object_get(json_object_get(first, "actor"), "user"), "name", "alice"), "who");
    ok(is_str(json_object_get(first, "query_info"), "query_string", "select 1"), "what");
    ok(number_of(second, "time") == number_of(first, "time") + 5, "when");
    ok(number_of(second, "status_id") == 2 && is_str(second, "status_code", "22012"), "how");
    ok(is_str(json_object_get(json_object_get(second, "actor"), "user"), "name", "unknown"),
       "an item that points past its table names nobody");
    ok(!sl_span_eq(sl_json_str(json_object_get(first, "metadata"), "uid"),
                   sl_json_str(json_object_get(second, "metadata"), "uid")),
       "each has an id of its own");
    json_decref(list);
}

/* Where a target only watches, what a rule denies runs: a SIEM must not count it as blocked. */
static void test_dispositions(void)
{
    static const struct {
        const char *outcome, *verdict, *flags;
        uint64_t action, disposition, status;
    } rows[] = {
        {"ok", "allow", "[]", 1, 1, 1},
        {"ok", "hold", "[]", 1, 1, 1}, /* somebody said yes */
        {"failed", "allow", "[]", 1, 1, 2},
        {"refused", "deny", "[]", 2, 2, 2},
        {"refused", "hold", "[]", 2, 2, 2},
        {"", "deny", "[\"shape\"]", 2, 2, 2},
        {"ok", "deny", "[\"observed\"]", 3, 17, 1},
        {"ok", "hold", "[\"in_transaction\",\"observed\"]", 3, 17, 1},
        {"failed", "deny", "[\"observed\"]", 3, 17, 2},
        {"unknown", "deny", "[\"observed\"]", 3, 17, 0},
        {"refused", "deny", "[\"observed\"]", 2, 2, 2},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(batch, 4096);
        SL_BUF(alone, 4096);

        sl_buf_say(&batch,
                   "{\"actions\":[{\"action\":1,\"by\":0,\"outcome\":\"%s\",\"statement\":0}],"
                   "\"kind\":\"actions\",\"sessions\":[{}],\"statements\":[{\"facts\":{"
                   "\"verdict\":\"%s\"},\"flags\":%s}]}",
                   rows[i].outcome, rows[i].verdict, rows[i].flags);
        sl_buf_say(&alone,
                   "{\"facts\":{\"verdict\":\"%s\"},\"flags\":%s,\"kind\":\"action\","
                   "\"outcome\":\"%s\"}",
                   rows[i].verdict, rows[i].flags, rows[i].outcome);
        const char *leaves[] = {sl_buf_text(&batch), sl_buf_text(&alone)};
        for (size_t n = 0; n < SL_COUNT(leaves); n++) {
            json_t *list = ocsf(leaves[n]);
            const json_t *e = json_array_get(list, 0);
            ok(number_of(e, "action_id") == rows[i].action &&
                   number_of(e, "disposition_id") == rows[i].disposition &&
                   number_of(e, "status_id") == rows[i].status,
               "row %u: %s", (unsigned)i, leaves[n]);
            json_decref(list);
        }
    }
}

/* --- syslog ----------------------------------------------------------------------------------- */

static struct sl_span frame(struct sl_buf *out, const char *leaf)
{
    struct sl_hook_record r = record_of(leaf);
    uint64_t octets = 0;

    sl_buf_reset(out);
    sl_hook_put_syslog(out, &r);
    struct sl_span all = sl_buf_span(out);
    size_t blank = sl_span_find(all, ' ');
    SL_PROMISE(sl_span_u64(sl_span_head(all, blank), &octets) == SL_OK);
    all = sl_span_from(all, blank + 1);
    ok(all.n == octets && all.n <= SL_HOOK_SYSLOG_MOST, "the count is the frame's: %u",
       (unsigned)octets);
    return all;
}

static void test_syslog(void)
{
    SL_BUF(out, ROOM);
    struct sl_span f = frame(&out, asked);

    ok(sl_span_starts(f,
                      SL_SPAN("<109>1 2026-11-23T03:45:12.123456Z ledger.example/one_two sluice - "
                              "approval.asked [sluice@32473 entry=\"4711\" leafhash=\"abab")),
       "head");
    ok(f.n > sizeof asked && memcmp(f.p + f.n - (sizeof asked - 1), asked, sizeof asked - 1) == 0,
       "the whole leaf");
    f = frame(&out, "{\"identity\":\"a\\\"]\\\\b\\n\",\"kind\":\"x\"}");
    ok(memmem(f.p, f.n, "identity=\"a\\\"\\]\\\\b \"", 18) != NULL, "what ends a value is escaped");
}

/* Every length around the limit: never more than 8192, valid UTF-8 at the cut. */
static void test_syslog_cut(void)
{
    static char leaf[16384];
    SL_BUF(out, ROOM);

    for (size_t n = 7600; n < 8300; n++) {
        size_t at = (size_t)snprintf(leaf, sizeof leaf, "{\"kind\":\"x\",\"t\":\"");
        while (at + 2 < n) {
            memcpy(leaf + at, "\xc3\xa4", 2);
            at += 2;
        }
        memcpy(leaf + at, "\"}", 3);
        struct sl_span f = frame(&out, leaf);
        bool cut = memmem(f.p, f.n, " cut=\"", 6) != NULL;
        if (cut == (memcmp(f.p + f.n - 2, "\"}", 2) == 0) || (cut && f.p[f.n - 1] == 0xc3)) {
            ok(false, "at %u", (unsigned)n);
            return;
        }
    }
    ok(true, "what does not fit is cut between characters, and said");
}

/* --- again ------------------------------------------------------------------------------------ */

static void test_verdicts(void)
{
    static const struct {
        uint32_t status;
        enum sl_hook_verdict webhook;
    } rows[] = {{0, SL_HOOK_AGAIN},   {100, SL_HOOK_AGAIN}, {200, SL_HOOK_TOLD},
                {204, SL_HOOK_TOLD},  {299, SL_HOOK_TOLD},  {301, SL_HOOK_AGAIN},
                {400, SL_HOOK_DEAD},  {401, SL_HOOK_AGAIN}, {404, SL_HOOK_AGAIN},
                {410, SL_HOOK_GONE},  {413, SL_HOOK_DEAD},  {422, SL_HOOK_DEAD},
                {429, SL_HOOK_AGAIN}, {500, SL_HOOK_AGAIN}, {503, SL_HOOK_AGAIN},
                {999, SL_HOOK_AGAIN}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        ok(sl_hook_verdict_of(SL_HOOK_CLOUDEVENTS, rows[i].status) == rows[i].webhook, "webhook %u",
           (unsigned)rows[i].status);
        enum sl_hook_verdict siem = sl_hook_verdict_of(SL_HOOK_OCSF, rows[i].status);
        ok(siem == (rows[i].webhook == SL_HOOK_TOLD ? SL_HOOK_TOLD : SL_HOOK_AGAIN), "siem %u",
           (unsigned)rows[i].status);
    }
}

static void test_back_off(void)
{
    unsigned webhook = 0;
    uint64_t in_all = 0;

    for (unsigned n = 1; n < 100 && sl_hook_again_ms(SL_HOOK_CLOUDEVENTS, n, 0, 0) != UINT64_MAX;
         n++) {
        uint64_t least = sl_hook_again_ms(SL_HOOK_CLOUDEVENTS, n, 0, 0),
                 most = sl_hook_again_ms(SL_HOOK_CLOUDEVENTS, n, 0, 999);
        ok(least < most && most < least * 13 / 10, "attempt %u has chance in it", n);
        webhook = n;
        in_all += least;
    }
    ok(webhook >= 8 && in_all > UINT64_C(48) * 3600 * 1000, "webhooks: for days, and not for ever");
    ok(sl_hook_again_ms(SL_HOOK_CLOUDEVENTS, 1, 0, 500) == 5000, "first after five seconds");
    ok(sl_hook_again_ms(SL_HOOK_CLOUDEVENTS, 1, 60, 500) == 60000, "as long as it asks for");
    ok(sl_hook_again_ms(SL_HOOK_CLOUDEVENTS, 1, UINT64_MAX, 500) == 3600 * 1000, "but an hour");
    for (unsigned n = 1; n < 2000; n = n * 2 + 1)
        ok(sl_hook_again_ms(SL_HOOK_SYSLOG, n, 0, 999) <= 66000, "siem: a minute, for ever");
    ok(sl_hook_again_ms(SL_HOOK_OCSF, 0, 0, 0) > 0, "no attempt is as one");
}

int main(void)
{
    json_object_seed(1);
    SL_RUN(test_events);
    SL_RUN(test_cloudevents);
    SL_RUN(test_signature);
    SL_RUN(test_bad_secrets);
    SL_RUN(test_classes);
    SL_RUN(test_batch);
    SL_RUN(test_dispositions);
    SL_RUN(test_syslog);
    SL_RUN(test_syslog_cut);
    SL_RUN(test_verdicts);
    SL_RUN(test_back_off);
    json_decref(value);
    return sl_tap_done();
}
