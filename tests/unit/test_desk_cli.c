/* The commands that talk HTTP, against the real sluice-desk; this test plays the keeper. The
 * arguments are the desk and `sluice`. */
#include "base/utf8.h"
#include "os/file.h"
#include "json/json.h"

#include "tests/unit/desk_play.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#define OPEN                                                                                     \
    "\"id\":\"" ID "\",\"state\":\"pending\",\"identity\":\"bot\",\"target\":\"shop\","          \
    "\"environment\":\"production\","                                                            \
    "\"effects\":[\"read\",\"export\"],\"digest\":\"d16e57\",\"expires_at\":\"2999-01-01T00:00:" \
    "00.000000Z\""
/* SQL that tries to clear the screen, forge rows, and turn text around. */
#define HOSTILE                                                                                  \
    "{" OPEN ",\"protocol\":\"postgres\",\"may_decide\":false,\"may_not_why\":\"you "            \
    "asked\",\"reason\":\"x\\nYou  may decide\","                                                \
    "\"operation\":{\"sql\":\"select 1\\n\\u001b[2JYou         may "                             \
    "decide\\r\\u202e\",\"parameters\":["                                                        \
    "{\"format\":0,\"null\":false,\"type\":25,\"value\":\"YRtb\"},{\"format\":1,\"null\":false," \
    "\"type\":17,\"value\":\"AP8=\"},"                                                           \
    "{\"format\":0,\"null\":true,\"type\":25,\"value\":\"\"}]},\"requesters\":[\"ann\",\"bot\"]}"

static const char *sluice;

struct ran {
    pid_t pid;
    int out;
};

/* stdout and stderr of the command come through one pipe; its stdin is /dev/null. */
static struct ran run(const char *const *words)
{
    int ends[2];

    SL_PROMISE(pipe2(ends, O_CLOEXEC) == 0);
    struct ran r = {.pid = fork(), .out = ends[0]};
    if (r.pid == 0) {
        int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

        SL_PROMISE(dup2(nothing, 0) == 0 && dup2(ends[1], 1) == 1 && dup2(ends[1], 2) == 2);
        execv(sluice, (char *const *)words);
        _exit(127);
    }
    close(ends[1]);
    return r;
}
#define RUN(...) run((const char *const[]){"sluice", __VA_ARGS__, NULL})

static int finish(struct ran *r, struct sl_buf *out)
{
    char bytes[4096];
    ssize_t n;
    int status = -1;

    while ((n = read(r->out, bytes, sizeof bytes)) > 0)
        sl_buf_put(out, sl_span(bytes, (size_t)n));
    close(r->out);
    SL_PROMISE(waitpid(r->pid, &status, 0) == r->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool says(struct sl_buf *out, const char *text)
{
    return strstr(sl_buf_text(out), text) != NULL;
}

static void check_says(struct sl_buf *out, const char *text)
{
    SL_BUF(safe, 1 << 20);

    if (SL_CHECK(says(out, text)))
        return;
    sl_utf8_put_printable(&safe, sl_buf_span(out));
    printf("#   said: %s\n", sl_buf_text(&safe));
}

static void answer(const char *method, unsigned status, const char *body)
{
    struct asked a = asked();

    SL_CHECK_TEXT(sl_span_str(a.method), method);
    SL_CHECK_TEXT(sl_span_str(a.credential), "sld_test");
    reply(&a, status, body);
}

/* --- tests ---------------------------------------------------------------------------------- */

static void test_usage(void)
{
    static const char *const cases[][5] = {
        {"sluice", "show"},
        {"sluice", "show", "a", "b"},
        {"sluice", "show", "--frob", ID},
        {"sluice", "show", "--reason", "x", ID},
        {"sluice", "show", "abc"},
        {"sluice", "show", "../../etc"},
        {"sluice", "approve", ID},
        {"sluice", "approve", ID, "--reason"},
        {"sluice", "approvals", "extra"},
        {"sluice", "approvals", "--state=PENDING"},
        {"sluice", "approvals", "--json=1"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(out, 1 << 16);
        struct ran r = run(cases[i]);

        if (!SL_CHECK_INT(finish(&r, &out), 2))
            printf("#   case %zu: %s\n", i, sl_buf_text(&out));
    }
    SL_CHECK(is_quiet(desk.keeper));
}

static void test_help(void)
{
    static const char *const names[] = {"approvals", "show",   "approve", "deny",   "cancel",
                                        "revoke",    "stop",   "watch",   "enroll", "console",
                                        "login",     "logout", "away",    "back"};

    for (size_t i = 0; i < SL_COUNT(names); i++) {
        SL_BUF(out, 1 << 16);
        SL_BUF(usage, 64);
        struct ran r = RUN(names[i], "--help");

        SL_CHECK_INT(finish(&r, &out), 0);
        sl_buf_say(&usage, "usage: sluice %s ", names[i]);
        check_says(&out, sl_buf_text(&usage));
        check_says(&out, "Exit codes:");
    }
}

static void test_approvals(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("approvals");

    answer("approval.list", 200,
           "{\"approvals\":[{" OPEN ",\"may_decide\":true,\"summary\":\"copy t\\nto x\"}]}");
    answer("approval.list", 200, "{\"approvals\":[]}");
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, "* " ID "  pending");
    check_says(&out, "bot on shop: copy t ...\n");
}

/* The keeper tells a page; the command goes on until there is none. */
static void test_approvals_of_several_pages(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("approvals", "--state=pending");

    answer("approval.list", 200, "{\"approvals\":[{" OPEN "}],\"next\":\"4711\"}");
    struct asked a = asked();
    SL_CHECK(strstr(a.body, "\"after\":\"4711\"") != NULL);
    SL_CHECK(strstr(a.body, "\"state\":\"pending\"") != NULL);
    reply(&a, 200, "{\"approvals\":[],\"next\":\"4712\"}"); /* nothing here for this person */
    answer("approval.list", 200, "{\"approvals\":[{\"id\":\"" ID2 "\",\"state\":\"pending\"}]}");
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, ID);
    check_says(&out, ID2);

    SL_BUF(shown, 1 << 16);
    r = RUN("show", "4a5c");
    answer("approval.list", 200, "{\"approvals\":[{\"id\":\"" ID "\"}],\"next\":\"9\"}");
    answer("approval.list", 200, "{\"approvals\":[{\"id\":\"" ID2 "\"}]}");
    answer("approval.get", 200, "{" OPEN "}");
    SL_CHECK_INT(finish(&r, &shown), 0);
    check_says(&shown, "bot asks");
}

#define SETTINGS                                                                  \
    "{" OPEN ",\"context\":{\"user\":\"app\",\"settings\":\"DateStyle=SQL, DMY; " \
    "TimeZone=UTC; row_security=off; array_nulls=on; and others, set in session 3 (2, 0)\"}}"

/* What is unusual stands first; nothing is left out without a word. */
static void test_show_settings(void)
{
    SL_BUF(out, 1 << 16);
    SL_BUF(all, 1 << 16);
    struct ran r = RUN("show", ID);

    answer("approval.get", 200, SETTINGS);
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, "Session     user app\nSettings    DateStyle=SQL, DMY\n"
                     "            row_security=off\n"
                     "            and others, set in session 3 (2, 0)\n"
                     "            (2 as usual: sluice show --all lists them)\n");
    SL_CHECK(!says(&out, "array_nulls"));
    r = RUN("show", "--all", ID);
    answer("approval.get", 200, SETTINGS);
    SL_CHECK_INT(finish(&r, &all), 0);
    check_says(&all,
               "            row_security=off\n            and others, set in session 3 (2, 0)\n"
               "            TimeZone=UTC\n            array_nulls=on\n");
}

/* No terminal signs with a passkey: it says so before it tries, and where one can. */
static void test_approve_where_a_passkey_is_needed(void)
{
    static const char *const verbs[] = {"approve", "deny"};

    for (size_t i = 0; i < SL_COUNT(verbs); i++) {
        SL_BUF(out, 1 << 16);
        struct ran r = RUN(verbs[i], ID, "--reason", "fine", "--yes");

        answer("approval.get", 200,
               "{" OPEN ",\"proof\":\"passkey\",\"may_decide\":true,\"link\":"
               "\"https://sluice.example/approvals/" ID "\"}");
        SL_CHECK_INT(finish(&r, &out), 1);
        check_says(&out, "nothing was decided. It needs your passkey");
        check_says(&out, "https://sluice.example/approvals/" ID);
        SL_CHECK(is_quiet(desk.keeper));
    }
}

static void test_approvals_as_json(void)
{
    json_t *object = NULL;
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("approvals", "--all", "--json");

    answer("approval.list", 200, "{\"approvals\":[{" OPEN "}]}");
    SL_CHECK_INT(finish(&r, &out), 0);
    SL_CHECK_INT(sl_json_read(sl_buf_span(&out), &object, NULL), SL_OK);
    SL_CHECK_INT(json_array_size(json_object_get(object, "approvals")), 1);
    json_decref(object);
}

static void test_show_cannot_be_forged(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("show", ID);

    answer("approval.get", 200, HOSTILE);
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, "bot asks to read and export on shop (production). It is pending, ");
    check_says(&out, "  | select 1\n  | \\u{1b}[2JYou         may decide\\u{0d}\\u{202e}\n");
    check_says(&out, "  | $1 (type 25) = 'a\\u{1b}['\n");
    check_says(&out, "  | $2 (type 17) = \\x00ff\n");
    check_says(&out, "  | $3 (type 25) = NULL\n");
    check_says(&out, "\nYou         may not decide: you asked\n");
    check_says(&out, "Requesters  ann and bot\n");
    SL_CHECK(!says(&out, "\033"));
    SL_CHECK(!says(&out, "\nYou         may decide"));
    SL_CHECK(!says(&out, "\nYou  may decide"));
}

/* An agent that asks over HTTP chooses the members of its operation: none of them hides another. */
static void test_show_hides_nothing(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("show", ID);

    answer("approval.get", 200,
           "{" OPEN ",\"protocol\":\"external\",\"operation\":{\"diff\":\"harmless\",\"sql\":"
           "\"select 1\",\"zap\":true}}");
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, "\"zap\": true");
}

/* Ten seconds: values that are text are read as text, in whichever format they were sent; what was
 * left out is said (P10). */
static void test_show_values(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("show", ID);

    answer("approval.get", 200,
           "{" OPEN ",\"protocol\":\"postgres\",\"operation_masked\":true,\"operation\":{\"sql\":"
           "\"alter role x password '***'\",\"parameters\":["
           "{\"format\":0,\"null\":false,\"type\":0,\"value\":\"dmFsdWUtNDcxMg==\"},"
           "{\"format\":1,\"null\":false,\"type\":1043,\"value\":\"aGkbWzJK\"},"
           "{\"format\":1,\"null\":false,\"type\":17,\"value\":\"AP8=\"}]}}");
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, "password literals are masked");
    check_says(&out, "$1 (type 0) = 'value-4712'");
    check_says(&out, "$2 (type 1043) = 'hi");
    check_says(&out, "$3 (type 17) = \\x00ff");
    SL_CHECK(!says(&out, "\033"));
}

static void test_show_erased(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("show", ID);

    answer("approval.get", 200, "{" OPEN ",\"protocol\":\"postgres\",\"erased\":true}");
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, "(erased)");
}

static void test_a_part_of_an_id(void)
{
    static const struct {
        const char *part;
        int code;
        const char *says;
    } cases[] = {{"4a5b", 0, "bot asks"},
                 {"4a5c", 0, "bot asks"},
                 {"0193a1b2", 1, "more than one"},
                 {"ffff", 1, "no approval"}};

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(out, 1 << 16);
        struct ran r = RUN("show", cases[i].part);

        answer("approval.list", 200, "{\"approvals\":[{\"id\":\"" ID "\"},{\"id\":\"" ID2 "\"}]}");
        if (cases[i].code == 0)
            answer("approval.get", 200, "{" OPEN "}");
        SL_CHECK_INT(finish(&r, &out), cases[i].code);
        check_says(&out, cases[i].says);
    }
}

static void test_approve_binds_to_what_was_shown(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("approve", ID, "--reason", "it is \"fine\"");

    answer("approval.get", 200, HOSTILE);
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "decision");
    SL_CHECK_TEXT(sl_span_str(a.channel), "cli");
    SL_CHECK_TEXT(sl_span_str(a.body),
                  "{\"decision\":\"approve\",\"digest\":\"d16e57\",\"id\":\"" ID
                  "\",\"reason\":\"it is \\\"fine\\\"\"}");
    reply(&a, 200, "{\"state\":\"approved\",\"identity\":\"bot\",\"target\":\"shop\"}");
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, "Digest d16e57\n");
    check_says(&out, "It is approved");
}

static void test_approve_with_another_digest(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("approve", ID, "--reason", "r", "--digest", "d16e58");

    answer("approval.get", 200, HOSTILE);
    SL_CHECK_INT(finish(&r, &out), 1);
    check_says(&out, "nothing was decided");
    SL_CHECK(is_quiet(desk.keeper));
}

static void test_refusals(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("deny", ID, "--reason", "no");

    answer("approval.get", 200, HOSTILE);
    answer("decision", 403,
           "{\"detail\":\"the requester does not decide\\u001b[2J\",\"hint\":\"ask "
           "ann\",\"status\":403}");
    SL_CHECK_INT(finish(&r, &out), 1);
    check_says(&out, "sluice: the requester does not decide\\u{1b}[2J\nhint: ask ann (403)\n");
}

static void test_cancel_revoke_stop(void)
{
    static const char *const verbs[] = {"cancel", "revoke", "stop"};

    for (size_t i = 0; i < SL_COUNT(verbs); i++) {
        SL_BUF(out, 1 << 16);
        struct ran r = RUN(verbs[i], ID, "--reason=mine", "--json");
        struct asked a = asked();

        SL_CHECK_TEXT(sl_span_str(a.method), verbs[i]);
        SL_CHECK_TEXT(sl_span_str(a.body), "{\"id\":\"" ID "\",\"reason\":\"mine\"}");
        reply(&a, 200, "{\"state\":\"cancelled\"}");
        SL_CHECK_INT(finish(&r, &out), 0);
        SL_CHECK_TEXT(sl_buf_span(&out), "{\n  \"state\": \"cancelled\"\n}\n");
    }
}

static void test_unreachable(void)
{
    SL_BUF(out, 1 << 16);
    SL_BUF(gone, 1 << 16);
    struct ran r = RUN("approvals", "--url", "http://127.0.0.1:1");

    SL_CHECK_INT(finish(&r, &out), 3);
    r = RUN("show", ID);
    answer("approval.get", 503, "{\"detail\":\"busy\",\"status\":503}");
    SL_CHECK_INT(finish(&r, &gone), 3);
}

static void test_no_credential_in_clear(void)
{
    static const char *const urls[] = {"http://10.0.0.1", "http://127.0.0.1.evil.example",
                                       "http://localhost.evil", "http://a@127.0.0.1"};

    for (size_t i = 0; i < SL_COUNT(urls); i++) {
        SL_BUF(out, 1 << 16);
        struct ran r = RUN("approvals", "--url", urls[i]);

        SL_CHECK(finish(&r, &out) != 0);
        SL_CHECK(says(&out, "not sent unencrypted") || says(&out, "is not an address"));
    }
}

static void test_enroll(void)
{
    char folder[] = "/tmp/sluice-test-XXXXXX";
    SL_BUF(file, 256);
    SL_BUF(text, 4096);
    SL_BUF(out, 1 << 16);
    SL_BUF(again, 1 << 16);
    SL_BUF(shown, 1 << 16);

    SL_PROMISE(mkdtemp(folder) != NULL);
    sl_buf_say(&file, "%s/deep/credential", folder);
    struct ran r = RUN("enroll", "--save", sl_buf_text(&file), "--", "-code");
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "enroll");
    SL_CHECK_TEXT(sl_span_str(a.body), "{\"code\":\"-code\"}");
    SL_CHECK_TEXT(sl_span_str(a.credential), "");
    reply(&a, 200, "{\"credential\":\"sld_new\",\"identity\":\"ann\"}");
    SL_CHECK_INT(finish(&r, &out), 0);
    SL_CHECK(!says(&out, "sld_new"));
    struct stat s;
    SL_CHECK(stat(sl_buf_text(&file), &s) == 0 && (s.st_mode & 0777) == 0600);
    SL_CHECK_INT(sl_file_read(sl_buf_text(&file), &text), SL_OK);
    check_says(&text, "\"credential\":\"sld_new\"");

    r = RUN("enroll", "--save", sl_buf_text(&file), "other"); /* a code is not wasted */
    SL_CHECK_INT(finish(&r, &again), 1);
    SL_CHECK(is_quiet(desk.keeper));

    r = RUN("approvals", "--all", "--credential-file",
            sl_buf_text(&file)); /* and the address is in there too */
    a = asked();
    SL_CHECK_TEXT(sl_span_str(a.credential), "sld_new");
    reply(&a, 200, "{\"approvals\":[]}");
    SL_CHECK_INT(finish(&r, &shown), 0);
    check_says(&shown, "Nothing waits.");

    SL_CHECK(chmod(sl_buf_text(&file), 0644) == 0);
    r = RUN("approvals", "--credential-file", sl_buf_text(&file));
    SL_CHECK_INT(finish(&r, &shown), 1);
    check_says(&shown, "can be read by others");
    unlink(sl_buf_text(&file));
    sl_buf_reset(&file);
    sl_buf_say(&file, "%s/deep", folder);
    rmdir(sl_buf_text(&file));
    rmdir(folder);
}

/* The link is alone on stdout; its code stands where no server sees it. */
static void test_console(void)
{
    SL_BUF(out, 1 << 16);
    SL_BUF(link, 256);
    struct ran r = RUN("console");

    answer("session.code", 201,
           "{\"code\":\"slb_once\",\"expires_at\":\"2999-01-01T00:00:00.000000Z\"}");
    SL_CHECK_INT(finish(&r, &out), 0);
    sl_buf_say(&link, "http://127.0.0.1:%u/#code=slb_once\n", desk.port);
    SL_CHECK_TEXT(sl_buf_span(&out), sl_buf_text(&link));
    sl_buf_reset(&out);
    r = RUN("console");
    answer("session.code", 201,
           "{\"code\":\"slb_once\",\"public_url\":\"https://sluice.example/\"}");
    SL_CHECK_INT(finish(&r, &out), 0);
    SL_CHECK_TEXT(sl_buf_span(&out), "https://sluice.example/#code=slb_once\n");
    sl_buf_reset(&out);
    r = RUN("console"); /* nothing for a terminal to obey */
    answer("session.code", 201,
           "{\"code\":\"slb_once\",\"public_url\":\"https://a.example/\\u001b[2J\"}");
    SL_CHECK_INT(finish(&r, &out), 0);
    SL_CHECK_TEXT(sl_buf_span(&out), sl_buf_text(&link));
    r = RUN("console");
    answer("session.code", 403, "{\"status\":403,\"detail\":\"this token is for asking\"}");
    sl_buf_reset(&out);
    SL_CHECK_INT(finish(&r, &out), 1);
    check_says(&out, "this token is for asking");
    SL_CHECK(!says(&out, "#code="));
}

static void test_watch(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = RUN("watch", "--json");

    answer("whoami", 200, "{}");
    answer("whoami", 200, "{}");
    event(1, ID, "approved");
    answer("approval.get", 200,
           "{\"identity\":\"bot\",\"target\":\"shop\",\"summary\":\"select 1\"}");
    event(2, ID, "spent");
    answer("approval.get", 401, "{\"status\":401}");
    answer("whoami", 401,
           "{\"detail\":\"revoked\",\"status\":401}"); /* it tries again, and may not */
    SL_CHECK_INT(finish(&r, &out), 1);
    check_says(&out, "\"state\":\"approved\"");
    SL_CHECK(!says(&out, "spent"));
}

#define DEVICE                                                                      \
    "{\"expires_at\":\"2999-01-01T00:00:00Z\",\"interval\":1,\"poll\":\"sl-poll\"," \
    "\"user_code\":\"AB-CD\\u001b[2J\",\"verification_uri\":\"https://idp.example/device\"}"

/* One sign-in of `sluice login --save file`; the keeper's last word is the answer to a poll. */
static struct ran log_in(const char *file, unsigned status, const char *last)
{
    struct ran r = RUN("login", "--issuer", "corp", "--save", file);
    struct asked a = asked();

    SL_CHECK_TEXT(sl_span_str(a.method), "login.device");
    SL_CHECK_TEXT(sl_span_str(a.body), "{\"issuer\":\"corp\"}");
    SL_CHECK_TEXT(sl_span_str(a.credential), "");
    reply(&a, 201, DEVICE);
    a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "login.poll");
    SL_CHECK_TEXT(sl_span_str(a.body), "{\"poll\":\"sl-poll\"}");
    reply(&a, 202, "{\"interval\":1,\"pending\":true}");
    a = asked();
    reply(&a, status, last);
    return r;
}

static void test_login_and_logout(void)
{
    static const char session[] =
        "{\"expires_at\":\"2999-01-01T00:00:00Z\",\"identity\":\"rita\",\"secret\":\"sll_one\"}";
    char folder[] = "/tmp/sluice-test-XXXXXX";
    SL_BUF(file, 256);
    SL_BUF(out, 1 << 16);
    SL_BUF(text, 4096);
    SL_BUF(bye, 1 << 16);

    SL_PROMISE(mkdtemp(folder) != NULL);
    sl_buf_say(&file, "%s/credential", folder);
    struct ran r = log_in(sl_buf_text(&file), 201, session);
    SL_CHECK_INT(finish(&r, &out), 0);
    check_says(&out, "https://idp.example/device");
    check_says(&out, "AB-CD\\u{1b}[2J"); /* a provider's text, too, is a stranger's */
    check_says(&out, "You are rita");
    SL_CHECK(!says(&out, "sll_one"));
    struct stat s;
    SL_CHECK(stat(sl_buf_text(&file), &s) == 0 && (s.st_mode & 0777) == 0600);
    SL_CHECK_INT(sl_file_read(sl_buf_text(&file), &text), SL_OK);
    check_says(&text, "\"credential\":\"sll_one\"");

    r = log_in(sl_buf_text(&file), 201, session); /* a login replaces a login */
    SL_CHECK_INT(finish(&r, &out), 0);

    r = RUN("logout", "--credential-file", sl_buf_text(&file));
    struct asked a = asked();
    SL_CHECK_TEXT(sl_span_str(a.method), "session.end");
    SL_CHECK_TEXT(sl_span_str(a.credential), "sll_one"); /* and not what the environment says */
    reply(&a, 200, "{}");
    SL_CHECK_INT(finish(&r, &bye), 0);
    check_says(&bye, "You are signed out.");
    SL_CHECK(access(sl_buf_text(&file), F_OK) != 0);
    rmdir(folder);
}

/* The person is told the names, not left with a refusal. */
static void test_a_login_at_one_of_two(void)
{
    static const struct {
        const char *issuers, *said;
        int code;
    } cases[] = {
        {"[{\"name\":\"corp\"},{\"name\":\"lab\"}]", "--issuer corp or lab", 2},
        {"[]", "sluice enroll CODE", 1},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(out, 1 << 16);
        SL_BUF(body, 256);
        struct ran r = RUN("login", "--save", "/tmp/sluice-test-none");
        struct asked a = asked();

        SL_CHECK_TEXT(sl_span_str(a.method), "issuers");
        sl_buf_say(&body, "{\"issuers\":%s}", cases[i].issuers);
        reply(&a, 200, sl_buf_text(&body));
        SL_CHECK_INT(finish(&r, &out), cases[i].code);
        check_says(&out, cases[i].said);
    }
    SL_CHECK(is_quiet(desk.keeper));
}

static void test_a_login_that_fails(void)
{
    SL_BUF(out, 1 << 16);
    struct ran r = log_in("/tmp/sluice-test-none", 403,
                          "{\"detail\":\"no identity has this account\",\"hint\":\"sluice "
                          "identity account\",\"status\":403}");

    SL_CHECK_INT(finish(&r, &out), 1);
    check_says(&out, "no identity has this account");
    check_says(&out, "hint: sluice identity account");
    SL_CHECK(access("/tmp/sluice-test-none", F_OK) != 0);
}

/* What `sluice enroll` saved is nobody's to throw away. */
static void test_logout_leaves_credentials_alone(void)
{
    char folder[] = "/tmp/sluice-test-XXXXXX";
    SL_BUF(file, 256);
    SL_BUF(out, 1 << 16);
    SL_BUF(over, 1 << 16);

    SL_PROMISE(mkdtemp(folder) != NULL);
    sl_buf_say(&file, "%s/credential", folder);
    SL_PROMISE(sl_file_replace(sl_buf_text(&file), SL_SPAN("{\"credential\":\"sld_x\"}\n"), 0600) ==
               SL_OK);
    struct ran r = RUN("logout", "--credential-file", sl_buf_text(&file));
    SL_CHECK_INT(finish(&r, &out), 1);
    check_says(&out, "no session of 'sluice login'");
    SL_CHECK(access(sl_buf_text(&file), F_OK) == 0);
    r = RUN("login", "--save", sl_buf_text(&file));
    SL_CHECK_INT(finish(&r, &over), 1);
    check_says(&over, "--replace");
    SL_CHECK(is_quiet(desk.keeper));
    unlink(sl_buf_text(&file));
    rmdir(folder);
}

int main(int argc, char **argv)
{
    SL_BUF(url, 64);

    SL_PROMISE(argc == 3);
    desk.program = argv[1];
    sluice = argv[2];
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    alarm(120);
    start();
    sl_buf_say(&url, "http://127.0.0.1:%u", desk.port);
    setenv("SLUICE_URL", sl_buf_text(&url), 1);
    setenv("SLUICE_CREDENTIAL", "sld_test", 1);
    SL_RUN(test_usage);
    SL_RUN(test_help);
    SL_RUN(test_approvals);
    SL_RUN(test_approvals_of_several_pages);
    SL_RUN(test_show_settings);
    SL_RUN(test_approve_where_a_passkey_is_needed);
    SL_RUN(test_approvals_as_json);
    SL_RUN(test_show_cannot_be_forged);
    SL_RUN(test_show_hides_nothing);
    SL_RUN(test_show_values);
    SL_RUN(test_show_erased);
    SL_RUN(test_a_part_of_an_id);
    SL_RUN(test_approve_binds_to_what_was_shown);
    SL_RUN(test_approve_with_another_digest);
    SL_RUN(test_refusals);
    SL_RUN(test_cancel_revoke_stop);
    SL_RUN(test_unreachable);
    SL_RUN(test_no_credential_in_clear);
    SL_RUN(test_enroll);
    SL_RUN(test_console);
    SL_RUN(test_login_and_logout);
    SL_RUN(test_a_login_that_fails);
    SL_RUN(test_a_login_at_one_of_two);
    SL_RUN(test_logout_leaves_credentials_alone);
    SL_RUN(test_watch);
    close(desk.super);
    return sl_tap_done();
}
