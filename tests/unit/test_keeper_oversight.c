/* What people see of the whole, as the keeper tells it: lists by pages, policy, roster, health, an
 * owner's agents; and calls that are answered later. The first argument is the program. */
#include "tests/unit/keeper_play.h"

#include "base/encode.h"
#include "core/action/action.h"

static char rita[128], olga[128], bot[128];

static void add_human(const char *name, const char *groups, char credential[128])
{
    SL_BUF(body, 256);
    SL_BUF(code, 256);

    sl_buf_say(&body, "{'name':'%s','kind':'human','groups':[%s]}", name, groups);
    SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 200);
    sl_buf_say(&code, "{'code':'%s'}", said("code"));
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&code)), 201);
    keep(credential, 128, said("credential"));
}

static void make_people(void)
{
    add_human("rita", "'dba'", rita);
    add_human("olga", "'engineers'", olga);
    SL_CHECK_INT(call_as(play.control, "identity.add", "",
                         "{'name':'bot','kind':'agent','owner':'olga','groups':['agents']}"),
                 200);
    SL_CHECK_INT(call_as(play.control, "token.create", "", "{'name':'bot','ttl':'1h'}"), 200);
    keep(bot, sizeof bot, said("token"));
}

static uint32_t see(const char *method, const char *credential)
{
    return call_as(play.desk, method, credential, "{}");
}

static void test_people_only(void)
{
    static const char *const methods[] = {"policy.show", "people.list",   "health",
                                          "policy.try",  "policy.shadow", "agent.pause"};

    for (size_t i = 0; i < SL_COUNT(methods); i++) {
        SL_CHECK_INT(see(methods[i], bot), 403);
        SL_CHECK_INT(see(methods[i], "sld_guess"), 401);
        SL_CHECK_INT(call_as(play.control, methods[i], "", "{}"), 404);
    }
    SL_CHECK_INT(see("agents.list", bot), 200);
}

static bool tells(const char *text)
{
    char *all = json_dumps(play.reply, 0);
    bool found = all != NULL && strstr(all, text) != NULL;

    free(all);
    return found;
}

static void test_nothing_of_logins(void)
{
    SL_CHECK_INT(see("policy.show", rita), 200);
    SL_CHECK(tells("nobody could") && tells("hidden.people.mail"));
    SL_CHECK(!tells("app.pass") && !tells("dba.pass") && !tells("password"));
    SL_CHECK_INT(see("people.list", rita), 200);
    SL_CHECK(tells("olga") && !tells("slt_") && !tells("salt"));
    SL_CHECK_INT(see("health", rita), 200);
    SL_CHECK(tells("free_bytes"));
}

/* --- lists --- */

static void ask_for(unsigned number)
{
    SL_BUF(body, 512);

    sl_buf_say(&body,
               "{'target':'finance','operation':{'n':%U},'effects':['ddl'],'datasets':"
               "[{'name':'public.t','effects':['ddl']}]}",
               (uint64_t)number);
    SL_CHECK_INT(call_as(play.desk, "approval.create", bot, sl_buf_text(&body)), 201);
}

static size_t page(const char *rest, char next[32])
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'limit':3%s%s%s}", rest, next[0] == '\0' ? "" : ",'after':'", next);
    if (next[0] != '\0') {
        body.n--;
        sl_buf_put_str(&body, "'}");
    }
    SL_CHECK_INT(call_as(play.desk, "approval.list", rita, sl_buf_text(&body)), 200);
    keep(next, 32, said("next"));
    return json_array_size(json_object_get(play.reply, "approvals"));
}

static void test_pages(void)
{
    static const size_t want[] = {3, 3, 1};
    char next[32] = "";

    for (unsigned i = 0; i < 7; i++)
        ask_for(i);
    for (size_t i = 0; i < SL_COUNT(want); i++) {
        SL_CHECK_INT(page(",'order':'oldest','view':'lines','state':'pending'", next), want[i]);
        SL_CHECK(tells("\"outline\": true"));
    }
    SL_CHECK_TEXT(sl_span_str(next), "");
    SL_CHECK_INT(page("", next), 3);
    const char *first = json_string_value(
        json_object_get(json_array_get(json_object_get(play.reply, "approvals"), 0), "alike"));
    SL_CHECK(first != NULL && strlen(first) == 16);
    next[0] = '\0';
    SL_CHECK_INT(page(",'of':'mine'", next), 0); /* they are bot's and olga's */
    SL_CHECK_INT(call_as(play.desk, "approval.list", rita, "{'after':'-1'}"), 400);
    SL_CHECK_INT(call_as(play.desk, "approval.list", rita, "{'after':'9223372036854775808'}"), 400);
    SL_CHECK_INT(call_as(play.desk, "approval.list", rita, "{'after':'9223372036854775807'}"), 200);
}

/* --- pausing --- */

static void is_paused_by(const char *who)
{
    SL_CHECK_INT(see("agents.list", olga), 200);
    const json_t *list = json_object_get(play.reply, "agents"), *agent;
    size_t i;

    json_array_foreach(list, i, agent) if (sl_span_is(sl_json_str(agent, "name"), "bot"))
        SL_CHECK_TEXT(sl_json_str(agent, "paused_by"), who);
}

static uint32_t pause_bot(const char *credential, bool off)
{
    return call_as(play.desk, "agent.pause", credential,
                   off ? "{'identity':'bot','off':true}" : "{'identity':'bot'}");
}

static void test_owners_pause_their_own(void)
{
    SL_CHECK_INT(pause_bot(rita, false), 404);
    SL_CHECK_INT(call_as(play.desk, "agent.pause", olga, "{'identity':'olga'}"), 409);
    SL_CHECK_INT(pause_bot(olga, true), 409);
    SL_CHECK_INT(pause_bot(olga, false), 200);
    is_paused_by("owner");
    SL_CHECK_INT(see("whoami", bot), 403);
    SL_CHECK_INT(pause_bot(olga, false), 409);
    SL_CHECK_INT(pause_bot(olga, true), 200);
    SL_CHECK_INT(see("whoami", bot), 200);
}

static void test_the_operator_is_stronger(void)
{
    SL_CHECK_INT(pause_bot(olga, false), 200);
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'name':'bot'}"), 200);
    is_paused_by("operator");
    SL_CHECK_INT(pause_bot(olga, true), 409);
    SL_CHECK_INT(call_as(play.desk, "agent.pause", olga, "{'all':true,'off':true}"), 200);
    SL_CHECK_INT(json_integer_value(json_object_get(play.reply, "changed")), 0);
    SL_CHECK_INT(call_as(play.control, "identity.pause", "", "{'name':'bot','off':true}"), 200);
    SL_CHECK_INT(see("whoami", bot), 200);
}

/* Who paused it is in the log: a view that is made again has it, too. */
static void test_it_outlives_the_view(void)
{
    static const char *const files[] = {"sluice.db", "sluice.db-wal", "sluice.db-shm"};

    SL_CHECK_INT(pause_bot(olga, false), 200);
    kill_keeper();
    for (size_t i = 0; i < SL_COUNT(files); i++) {
        SL_BUF(path, 256);
        sl_buf_say(&path, "%s/state/%s", play.folder, files[i]);
        (void)unlink(sl_buf_text(&path));
    }
    start_keeper();
    is_paused_by("owner");
    SL_CHECK_INT(pause_bot(olga, true), 200);
}

/* --- what is answered later --- */

static void ask_shadow(uint64_t call, const char *config_text)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{\"config\":\"%s\",\"since\":\"1h\"}", config_text);
    TELL(play.desk, call, .call = call, .method = SL_SPAN("policy.shadow"),
         .credential = sl_span_str(rita), .address = SL_SPAN("127.0.0.1"),
         .body = sl_buf_span(&body));
}

static void ask_late(uint64_t call, const char *method, const char *credential, const char *body)
{
    TELL(play.desk, call, .call = call, .method = sl_span_str(method),
         .credential = sl_span_str(credential), .address = SL_SPAN("127.0.0.1"),
         .body = sl_span_str(body));
}

static uint32_t replied(uint64_t *call)
{
    struct sl_msg_reply m = {0};

    if (!SL_CHECK(hear(play.desk, SL_MESSAGE_REPLY)) || !HEARD(reply, &m))
        return 0;
    json_decref(play.reply);
    play.reply = NULL;
    SL_CHECK_INT(sl_json_read(m.body, &play.reply, NULL), SL_OK);
    *call = m.call;
    return m.status;
}

#define RULES "policy: [{name: never, when: {effects: [ddl]}, then: deny}]"

static void test_shadow_one_at_a_time(void)
{
    uint64_t call = 0;

    kill(play.pid, SIGSTOP); /* both are there before the first can have ended */
    ask_shadow(7001, RULES);
    ask_shadow(7002, RULES);
    kill(play.pid, SIGCONT);
    SL_CHECK_INT(replied(&call), 429);
    SL_CHECK_INT(call, 7002);
    SL_CHECK_INT(replied(&call), 200);
    SL_CHECK_INT(call, 7001);
    SL_CHECK_INT(json_integer_value(json_object_get(play.reply, "different")), 7);
    ask_shadow(7003, "policy: [{name: x, than: hold}]");
    SL_CHECK_INT(replied(&call), 400);
    ask_shadow(7004, RULES);
    SL_CHECK_INT(replied(&call), 200);
}

static uint32_t shadow_with(const char *key, unsigned patterns, unsigned bytes)
{
    uint64_t call = 0;
    SL_BUF(body, 100 * 1024);

    sl_buf_say(&body, "{\"config\":\"policy: [{name: x, when: {%s: [", key);
    for (unsigned i = 0; i < patterns; i++) {
        sl_buf_say(&body, "%sp%u*", i == 0 ? "" : ", ", i);
        for (unsigned n = 5; n < bytes; n++)
            sl_buf_put_u8(&body, n % 2 == 0 ? 'a' : '*');
    }
    sl_buf_put_str(&body, "]}, then: deny}]\",\"since\":\"1h\"}");
    ask_late(7200, "policy.shadow", rita, sl_buf_text(&body));
    return replied(&call);
}

/* Each name in the ledger is held against each pattern: what is given here is bounded. */
static void test_shadow_patterns_are_bounded(void)
{
    static const char *const keys[] = {"datasets", "statements", "identities"};

    for (size_t i = 0; i < SL_COUNT(keys); i++) {
        SL_CHECK_INT(shadow_with(keys[i], 1, 200), 200);
        SL_CHECK_INT(shadow_with(keys[i], 1, 300), 400);
        SL_CHECK(tells("Too heavy for here"));
    }
    SL_CHECK_INT(shadow_with("datasets", 200, 200), 400); /* 40 kB together */
    SL_CHECK(tells("Too heavy for here"));
}

/* A desk that is gone hears nothing, and the next one none of its answers. */
static void test_shadow_of_a_desk_that_is_gone(void)
{
    uint64_t call = 0;
    uint32_t status = 429;

    ask_shadow(7005, RULES);
    close(play.desk);
    play.desk = new_peer(SL_ROLE_DESK, "");
    SL_CHECK_INT(see("whoami", rita), 200);
    for (int i = 0; i < 100 && status == 429; i++) {
        usleep(20 * 1000);
        ask_shadow(7006, RULES);
        status = replied(&call);
        SL_CHECK_INT(call, 7006);
    }
    SL_CHECK_INT(status, 200);
}

/* --- many at once --- */

/* One person floods with questions that take long: few are taken, the others are told so, and what
 * somebody else wants is not behind them. A decision is answered before the row has ended. */
static void test_a_flood_of_costly_questions(void)
{
    enum { MANY = 60, FIRST = 9000, DECISION = 9500, OTHER = 9501 };
    unsigned fine = 0, refused = 0, place = 0, decided_at = MANY, other = 0;
    uint64_t call = 0;

    for (unsigned i = 0; i < MANY; i++)
        ask_late(FIRST + i, i % 2 == 0 ? "lineage.who" : "governance", rita,
                 i % 2 == 0 ? "{\"of\":\"public.t\"}" : "{}");
    ask_late(DECISION, "decision", rita,
             "{\"id\":\"0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\",\"decision\":\"deny\","
             "\"digest\":\"00\",\"reason\":\"no\"}");
    ask_late(OTHER, "usage", olga, "{}");
    for (; place < MANY + 2; place++) {
        uint32_t status = replied(&call);

        if (call == DECISION)
            decided_at = place - refused; /* refusals are told at once */
        else if (call == OTHER)
            other = status;
        else if (status == 429)
            refused++;
        else
            fine++;
    }
    SL_CHECK(fine >= 5 && refused > 0);
    SL_CHECK(decided_at < fine);
    SL_CHECK_INT(other, 200);
    SL_CHECK_INT(see("governance", rita), 200); /* and afterwards all is well */
}

/* The same of lists and whole approvals: one asks for six hundred, somebody else's comes in the
 * next round; beyond what one may have waiting it is 429, and a search does not stand before them.
 */
static void test_a_flood_of_lists(void)
{
    enum { MANY = 600, FIRST = 10000, OTHER = 10900 };
    unsigned fine = 0, refused = 0, other_at = MANY;
    uint64_t call = 0;

    for (unsigned i = 0; i < MANY; i++)
        ask_late(FIRST + i, "approval.list", rita, "{\"view\":\"lines\"}");
    ask_late(OTHER, "approval.list", olga, "{\"view\":\"lines\"}");
    for (unsigned i = 0; i <= MANY; i++) {
        uint32_t status = replied(&call);

        if (call == OTHER)
            other_at = fine;
        fine += status == 200;
        refused += status == 429 || status == 503;
        if (status == 503) /* more than we have read so far, and nothing else */
            SL_CHECK_TEXT(sl_span_str(said("title")), "Too busy");
    }
    SL_CHECK_INT(fine + refused, MANY + 1);
    SL_CHECK(refused > 0 && fine > 200);
    SL_CHECK(other_at < fine / 2);
    SL_CHECK_INT(see("approval.list", olga), 200);
}

static void test_no_gate_to_ask(void)
{
    uint64_t call = 0;

    close(play.gate);
    for (int i = 0; i < 100; i++) {
        TELL(play.desk, call, .call = 8000, .method = SL_SPAN("policy.try"),
             .credential = sl_span_str(rita), .address = SL_SPAN("127.0.0.1"),
             .body = SL_SPAN("{\"target\":\"finance\",\"sql\":\"select 1\"}"));
        uint32_t status = replied(&call);
        if (!SL_CHECK(status == 503 || status == 429))
            return;
        if (status == 503)
            break;
        usleep(20 * 1000);
    }
    TELL_FD(play.super, play.journal, peer, .role = SL_ROLE_GATE, .purpose = SL_SPAN("journal"));
    play.gate = new_peer(SL_ROLE_GATE, "");
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    play_begin(argv[1]);
    SL_RUN(make_people);
    SL_RUN(test_people_only);
    SL_RUN(test_nothing_of_logins);
    SL_RUN(test_pages);
    SL_RUN(test_shadow_one_at_a_time);
    SL_RUN(test_shadow_patterns_are_bounded);
    SL_RUN(test_shadow_of_a_desk_that_is_gone);
    SL_RUN(test_a_flood_of_costly_questions);
    SL_RUN(test_a_flood_of_lists);
    SL_RUN(test_no_gate_to_ask);
    SL_RUN(test_owners_pause_their_own);
    SL_RUN(test_the_operator_is_stronger);
    SL_RUN(test_it_outlives_the_view);
    play_end();
    return sl_tap_done();
}
