/* Break-glass, and who signs it off. The first argument is the program. */
#include "tests/unit/people_play.h"

#include "core/ledger/wal.h"
#include "os/file.h"

static size_t reviews_due(void)
{
    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
    return json_array_size(json_object_get(json_object_get(play.reply, "status"), "review_due"));
}

static uint32_t review(const char *credential, const char *reason)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s','reason':'%s'}", approval, reason);
    return call_as(play.desk, "review.sign", credential, sl_buf_text(&body));
}

static void test_break_glass(void)
{
    ask("drop table e");
    SL_CHECK_INT(get(credentials[OLLY]), 200);
    SL_CHECK(json_is_true(json_object_get(play.reply, "may_break_glass")));
    SL_CHECK_TEXT(sl_span_str(said("may_not_reason")), "NOT_REVIEWER");
    SL_CHECK_INT(decide(credentials[OLLY], "approve"), 403);     /* no reviewer by it */
    SL_CHECK_INT(decide(credentials[RITA], "break-glass"), 403); /* and no reviewer has it */
    SL_CHECK_INT(decide(credentials[LINO], "break-glass"), 403);
    SL_CHECK_TEXT(sl_span_str(said("reason")), "IS_LINKED"); /* in the group, and the owner */
    SL_CHECK_INT(decide_on(approval, digest_hex, credentials[OLLY], "break-glass", ""), 400);
    SL_CHECK_INT(decide(token, "break-glass"), 403);
    SL_CHECK_INT(reviews_due(), 0);
    SL_CHECK_INT(decide(credentials[OLLY], "break-glass"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    SL_CHECK_INT(reviews_due(), 1);
    SL_CHECK_INT(get(credentials[ADA]), 200); /* everybody is told, also who reviews nothing */
    SL_CHECK(json_object_get(play.reply, "operation") == NULL);
    SL_CHECK_TEXT(sl_json_str(json_object_get(play.reply, "break_glass"), "by"), "olly");
}

static void test_break_glass_runs_once(void)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s','digest':'%s'}", approval, digest_hex);
    SL_CHECK_INT(call_as(play.desk, "consume", token, sl_buf_text(&body)), 200);
    SL_CHECK_INT(call_as(play.desk, "consume", token, sl_buf_text(&body)), 409);
}

/* One identity, set going for another person: what was approved was not for that one, who may even
 * be the one that said yes. */
static void test_P4_a_grant_is_for_those_who_had_a_part(void)
{
    char other[128];
    SL_BUF(body, 256);

    SL_CHECK_INT(control("token.create", "{'name':'%s','for':['%s']}", "hugo", "vera"), 200);
    keep(other, 128, said("token"));
    ask("drop table g");
    SL_CHECK_INT(decide(credentials[VERA], "approve"), 200);
    sl_buf_say(&body, "{'id':'%s','digest':'%s'}", approval, digest_hex);
    SL_CHECK_INT(call_as(play.desk, "consume", other, sl_buf_text(&body)), 409);
    SL_CHECK_INT(call_as(play.desk, "consume", token, sl_buf_text(&body)), 200);
}

/* What asks sees its own, whoever it belongs to. */
static void test_a_reviewers_asking_token_sees_its_own(void)
{
    char asking[128];

    SL_CHECK_INT(control("token.create", "{'name':'%s'}%s", "rita", ""), 200);
    keep(asking, 128, said("token"));
    ask("drop table h");
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK_INT(get(asking), 404);
}

/* Does the list of what is due ask this person to sign `approval` off? */
static bool is_asked_to_sign(const char *credential)
{
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.desk, "review.list", credential, "{'due':'yes'}"), 200);
    json_array_foreach(
        json_object_get(play.reply, "reviews"), i,
        one) if (sl_span_is(sl_json_str(one, "id"),
                            approval)) return json_is_true(json_object_get(one, "may_sign"));
    return false;
}

static void test_break_glass_is_signed_off_by_two(void)
{
    SL_CHECK(is_asked_to_sign(credentials[RITA]) && is_asked_to_sign(credentials[VERA]));
    SL_CHECK(!is_asked_to_sign(credentials[OLLY]) && !is_asked_to_sign(credentials[HUGO]) &&
             !is_asked_to_sign(credentials[ADA]) && !is_asked_to_sign(credentials[AUD]));
    SL_CHECK_INT(call_as(play.desk, "review.list", token, "{}"), 403);
    SL_CHECK_INT(review(credentials[OLLY], "it was fine"), 403); /* who broke it */
    SL_CHECK_INT(review(credentials[HUGO], "it was fine"), 403); /* who asked */
    SL_CHECK_INT(review(credentials[LINO], "it was fine"), 403);
    SL_CHECK_INT(review(credentials[AUD], "it was fine"), 403);
    SL_CHECK_INT(review(credentials[ADA], "it was fine"), 403); /* no reviewer of this */
    SL_CHECK_INT(review(token, "it was fine"), 403);
    SL_CHECK_INT(review(credentials[RITA], ""), 400);
    SL_CHECK_INT(review(credentials[RITA], "the incident was real"), 200);
    SL_CHECK_INT(review(credentials[RITA], "twice"), 409);
    SL_CHECK(!is_asked_to_sign(credentials[RITA]) && is_asked_to_sign(credentials[VERA]));
    SL_CHECK_INT(reviews_due(), 1);
    kill_keeper();
    start_keeper();
    SL_CHECK_INT(reviews_due(), 1);                             /* P9 */
    SL_CHECK_INT(review(credentials[UWE], "it was fine"), 403); /* at the owner's machine account */
    SL_CHECK_INT(review(credentials[PAULA], "it was fine"), 403);
    SL_CHECK_INT(reviews_due(), 1);
    SL_CHECK_INT(review(credentials[VERA], "seen in the log"), 200);
    SL_CHECK_INT(reviews_due(), 0);
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK_INT(
        json_array_size(json_object_get(json_object_get(play.reply, "break_glass"), "reviews")), 2);
}

/* A grant that rests on one person ends with that person. */
static void test_break_glass_ends_with_its_person(void)
{
    SL_BUF(body, 256);

    ask("drop table f");
    SL_CHECK_INT(decide(credentials[OLLY], "break-glass"), 200);
    SL_CHECK_INT(control("identity.pause", "{'name':'%s'}%s", "olly", ""), 200);
    sl_buf_say(&body, "{'id':'%s','digest':'%s'}", approval, digest_hex);
    SL_CHECK_INT(call_as(play.desk, "consume", token, sl_buf_text(&body)), 409);
    SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", "olly", ""), 202);
    take_held();
    SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
    SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
    SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", "olly", ""), 200);
}

/* A yes as one of two, and then alone: one thing that this person said, and the keeper goes on. */
static void test_break_glass_after_a_yes(void)
{
    ask_for("delete it", "delete");
    SL_CHECK_INT(decide(credentials[VERA], "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
    SL_CHECK_INT(decide(credentials[VERA], "break-glass"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "approved");
    kill_keeper();
    start_keeper();
    SL_CHECK_INT(get(credentials[RITA]), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "votes")), 1);
    SL_CHECK_INT(review(credentials[VERA], "my own"), 403);
}

/* The log as an older keeper, which wrote each record for itself, left it when it died right after
 * this event of this approval; without what is made from it. */
static void tear_after(const char *event, const char *id)
{
    struct sl_buf file = sl_buf(64 * 1024 * 1024), torn = sl_buf(64 * 1024 * 1024);
    SL_BUF(path, 512);
    SL_BUF(name, 64);
    struct sl_wal_record r;
    size_t at = SL_WAL_SEGMENT_HEADER;
    bool found = false;

    sl_buf_say(&name, "\"e\":\"%s\"", event);
    sl_buf_say(&path, "%s/state/ledger/wal/0000000000000001.wal", play.folder);
    SL_CHECK_INT(sl_file_read(sl_buf_text(&path), &file), SL_OK);
    sl_buf_put(&torn, sl_span_head(sl_buf_span(&file), at));
    while (!found && sl_wal_get(sl_buf_span(&file), &at, &r) == SL_OK) {
        r.more = false;
        sl_wal_put(&torn, &r);
        found = memmem(r.state.p, r.state.n, name.p, name.n) != NULL &&
                memmem(r.state.p, r.state.n, id, 36) != NULL;
    }
    SL_CHECK(found);
    SL_CHECK_INT(sl_file_replace(sl_buf_text(&path), sl_buf_span(&torn), 0600), SL_OK);
    sl_buf_reset(&path);
    sl_buf_say(&path, "rm -rf %s/state/sluice.db* %s/state/ledger/checkpoint %s/state/ledger/tile",
               play.folder, play.folder, play.folder);
    SL_CHECK_INT(system(sl_buf_text(&path)), 0);
    sl_buf_done(&file);
    sl_buf_done(&torn);
}

/* P4: an attempt to break the glass that a crash cut short lets nothing run, and no vote counts by
 * it that would not count without. */
static void test_P4_a_torn_break_glass_is_none(void)
{
    static const char *const events[] = {"exception", "voted"};

    for (size_t i = 0; i < SL_COUNT(events); i++) {
        ask_for(i == 0 ? "delete torn" : "delete it torn", "delete");
        SL_CHECK_INT(decide(credentials[OLLY], "break-glass"), 200);
        kill_keeper();
        tear_after(events[i], approval);
        start_keeper();
        SL_CHECK_INT(get(credentials[RITA]), 200);
        SL_CHECK_TEXT(sl_span_str(said("state")), "pending");
        SL_CHECK_INT(decide(credentials[RITA], "approve"), 200);
        SL_CHECK_INT(control("identity.pause", "{'name':'%s'}%s", "rita", ""), 200);
        SL_CHECK_INT(decide(credentials[VERA], "approve"), 200);
        SL_CHECK(strcmp(said("state"), "approved") != 0); /* rita may not decide */
        SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", "rita", ""), 202);
        take_held();
        SL_CHECK_INT(decide(credentials[ADA], "approve"), 200);
        SL_CHECK_INT(decide(credentials[ADI], "approve"), 200);
        SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", "rita", ""), 200);
    }
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc > 1);
    play_begin(argv[1]);
    add_everybody();
    SL_RUN(test_break_glass);
    SL_RUN(test_break_glass_runs_once);
    SL_RUN(test_break_glass_is_signed_off_by_two);
    SL_RUN(test_break_glass_ends_with_its_person);
    SL_RUN(test_P4_a_grant_is_for_those_who_had_a_part);
    SL_RUN(test_a_reviewers_asking_token_sees_its_own);
    SL_RUN(test_break_glass_after_a_yes);
    SL_RUN(test_P4_a_torn_break_glass_is_none);
    play_end();
    return sl_tap_done();
}
