/* The supervisor, as `sluice serve`, with children that follow its rules and do nothing else:
 *   test_super <sluice> <fake_child> */
#include "core/ledger/journal.h"
#include "os/file.h"
#include "os/net.h"
#include "tests/unit/tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/sluice-super-XXXXXX";
static const char *sluice, *fake; /* kept to the end, for the leak checker too */
static pid_t serving;
static unsigned runs;

static const char head[] = "state: ./state\n"
                           "runtime: ./runtime\n"
                           "gates: 2\n"
                           "listen: ";
static const char targets[] = "targets:\n"
                              "  - {name: by-file, protocol: postgres, address: "
                              "\"127.0.0.1:21803\", database: shop, environment: test,\n"
                              "     login: {user: app, password_file: app.pass}, access: {groups: "
                              "[engineers]}, default: allow}\n"
                              "  - {name: by-command, protocol: postgres, address: "
                              "\"127.0.0.1:21803\", database: shop, environment: test,\n"
                              "     login: {user: app, password_command: [sh, -c, \"echo "
                              "from-command\"]}, access: {groups: [engineers]},\n"
                              "     default: allow}\n"
                              "  - {name: fails, protocol: postgres, address: \"127.0.0.1:21803\", "
                              "database: shop, environment: test,\n"
                              "     login: {user: app, password_command: [sh, -c, \"echo secret; "
                              "exit 3\"]}, access: {groups: [engineers]},\n"
                              "     default: allow}\n"
                              "  - {name: talks, protocol: postgres, address: \"127.0.0.1:21803\", "
                              "database: shop, environment: test,\n"
                              "     login: {user: app, password_command: [\"yes\"]}, access: "
                              "{groups: [engineers]}, default: allow}\n";

static const char *in_folder(const char *name)
{
    static struct sl_buf b[4];
    static unsigned at;
    struct sl_buf *path = &b[at++ % SL_COUNT(b)];

    path->max = 4096;
    sl_buf_reset(path);
    sl_buf_say(path, "%s/%s", folder, name);
    return sl_buf_text(path);
}

/* Two runs of this test side by side use other ports. */
static void write_config(const char *extra, const char *rest)
{
    SL_BUF(b, 4 << 20);
    unsigned port = 24000 + (unsigned)getpid() * 2 % 8000;

    sl_buf_say(&b, "%s{postgres: \"127.0.0.1:%u\", http: \"127.0.0.1:%u\"}\n%s%s", head, port,
               port + 1, extra, rest);
    SL_CHECK_INT(sl_file_replace(in_folder("sluice.yaml"), sl_buf_span(&b), 0600), SL_OK);
}

static pid_t start(void)
{
    (void)unlink(in_folder("out")); /* what an earlier run said must not be taken for this one's */
    (void)unlink(in_folder("err"));
    pid_t child = fork();
    if (child == 0) {
        int out = open(in_folder("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600),
            err = open(in_folder("err"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        execl(sluice, "sluice", "serve", "--config", in_folder("sluice.yaml"), NULL);
        _exit(127);
    }
    return child;
}

/* How often `text` stands in the file. */
static unsigned count_in(const char *file, const char *text)
{
    SL_BUF(bytes, 1 << 22);
    unsigned count = 0;

    if (sl_file_read(in_folder(file), &bytes) != SL_OK)
        return 0;
    for (const char *at = sl_buf_text(&bytes); (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

static bool wait_for(const char *file, const char *text, unsigned times)
{
    for (unsigned i = 0; i < 2000; i++) {
        if (count_in(file, text) >= times)
            return true;
        usleep(10000);
    }
    printf("# never came: %s\n", text);
    return false;
}

/* Returns when it has begun to do so. */
static void tell(const char *role, const char *what)
{
    SL_BUF(name, 100);
    unsigned before = count_in("err", "event=fake_told");

    sl_buf_say(&name, "state/tell.%s", role);
    int fd = open(in_folder(sl_buf_text(&name)), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    SL_CHECK(fd >= 0 && write(fd, what, strlen(what)) > 0);
    close(fd);
    SL_CHECK(wait_for("err", "event=fake_told", before + 1));
}

static int wait_end(pid_t pid)
{
    int status = -1;

    for (unsigned i = 0; i < 1000; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
        usleep(10000);
    }
    printf("# it does not end\n");
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

static void serve(void)
{
    runs++;
    serving = start();
    SL_CHECK(wait_for("out", "ready\n", 1));
}

static void stop(void)
{
    kill(serving, SIGTERM);
    SL_CHECK_INT(wait_end(serving), 0);
    SL_CHECK_INT(count_in("err", "event=program_killed"), 0);
}

static void test_ready_and_drain(void)
{
    struct stat is;

    write_config("", targets);
    serve();
    SL_CHECK(stat(in_folder("state"), &is) == 0 && (is.st_mode & 0777) == 0700);
    SL_CHECK(stat(in_folder("runtime"), &is) == 0 && (is.st_mode & 0777) == 0700);
    SL_CHECK(stat(in_folder("state/run/control.sock"), &is) == 0 && (is.st_mode & 0777) == 0600);
    SL_CHECK(stat(in_folder("runtime/journal.1"), &is) == 0 && (is.st_mode & 0777) == 0600);
    SL_CHECK_INT(count_in("err", "event=fake_setup"), 6);
    SL_CHECK(wait_for("err", "role=judge event=fake_peer role=gate", 4)); /* 2 judges, 2 gates */
    SL_CHECK(wait_for("err", "role=gate event=fake_peer role=judge", 4));
    SL_CHECK(wait_for("err", "role=keeper event=fake_peer role=gate", 2));
    SL_CHECK_INT(count_in("err", "purpose=sign"), 0);
    pid_t second = fork();
    if (second == 0) {
        int quiet = open("/dev/null", O_WRONLY);
        dup2(quiet, STDERR_FILENO);
        execl(sluice, "sluice", "serve", "--config", in_folder("sluice.yaml"), NULL);
        _exit(127);
    }
    SL_CHECK_INT(WEXITSTATUS(wait_end(second)), 1); /* the state folder has one owner */
    stop();
    SL_CHECK(count_in("err", "note=\"\"") >= 6 &&
             count_in("err", "event=program_ended program=keeper") == 1);
}

/* --- P6, P9: nothing ends before a keeper has recorded what the journals hold ----------------- */

static void test_P9_stop_while_no_keeper_runs(void)
{
    serve();
    tell("keeper", "die\n");
    SL_CHECK(wait_for("err", "event=program_ended program=keeper", 1));
    stop();
    SL_CHECK_INT(count_in("err", "event=program_ready program=keeper"), 2);
    SL_CHECK_INT(count_in("err", "role=keeper event=fake_drain"), 1);
}

static void test_P9_keeper_ends_while_gates_drain(void)
{
    serve();
    tell("gate", "linger\n");
    kill(serving, SIGTERM);
    SL_CHECK(wait_for("err", "role=desk event=fake_drain", 1));
    tell("keeper", "die\n");
    SL_CHECK(wait_for("err", "event=program_ready program=keeper", 2));
    /* two keepers to two gates, and one to the gate that is left: it may have work for it */
    SL_CHECK(wait_for("err", "role=gate event=fake_peer role=keeper", 3));
    SL_CHECK_INT(count_in("err", "role=keeper event=fake_drain"), 0);
    tell("gate", "leave\n");
    SL_CHECK_INT(wait_end(serving), 0);
    SL_CHECK_INT(count_in("err", "role=keeper event=fake_drain"), 1);
}

static void test_P9_keeper_ends_over_its_last_words(void)
{
    serve();
    tell("keeper", "linger\n");
    kill(serving, SIGTERM);
    SL_CHECK(wait_for("err", "role=keeper event=fake_drain", 1));
    tell("keeper", "die\n");
    SL_CHECK_INT(wait_end(serving), 0);
    SL_CHECK_INT(count_in("err", "event=program_ready program=keeper"), 2);
    SL_CHECK_INT(count_in("err", "role=keeper event=fake_drain"), 2);
}

static void be_keeper(const char *path)
{
    (void)unlink(in_folder("libexec/sluice-keeper"));
    SL_CHECK_INT(symlink(path, in_folder("libexec/sluice-keeper")), 0);
}

static void test_P6_no_keeper_comes_back(void)
{
    for (unsigned hurried = 0; hurried < 2; hurried++) {
        serve();
        be_keeper("/bin/false");
        tell("keeper", "die\n");
        SL_CHECK(wait_for("err", "event=program_ended program=keeper", 1));
        kill(serving, SIGTERM);
        if (hurried) {
            SL_CHECK(wait_for("err", "note=draining", 1));
            kill(serving, SIGTERM);
        }
        SL_CHECK_INT(WEXITSTATUS(wait_end(serving)), 1);
        SL_CHECK_INT(count_in("err", "event=keeper_not_drained"), 1);
        be_keeper(fake);
    }
    serve();
    stop();
}

/* Records that only a keeper can bring to the ledger: this one does not. */
static void test_P6_unread_journals_are_told(void)
{
    struct sl_journal ring;
    struct sl_outcome_record r = {.session = 1, .action = 1, .ended_us = 1};

    serve();
    size_t bytes = SL_JOURNAL_HEADER + SL_JOURNAL_DEFAULT;
    int fd = open(in_folder("runtime/journal.0"), O_RDWR | O_CLOEXEC);
    uint8_t *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    SL_CHECK(p != MAP_FAILED && sl_journal_open(p, bytes, &ring) == SL_OK &&
             sl_journal_outcome(&ring, &r) == SL_OK);
    munmap(p, bytes);
    close(fd);
    kill(serving, SIGTERM);
    SL_CHECK_INT(WEXITSTATUS(wait_end(serving)), 1);
    SL_CHECK_INT(count_in("err", "event=journals_unread"), 1);
    SL_CHECK_INT(unlink(in_folder("runtime/journal.0")), 0);
}

static void test_children_come_back(void)
{
    serve();
    tell("gate", "die\n");
    SL_CHECK(wait_for("err", "event=program_ready program=gate index=0", 2));
    SL_CHECK(wait_for("err", "role=keeper event=fake_peer role=gate index=0 purpose=journal", 1));
    SL_CHECK(wait_for("err", "role=keeper event=fake_peer role=gate index=0 purpose=\"\"", 2));
    tell("keeper", "die\n");
    SL_CHECK(wait_for("err", "event=program_ready program=keeper", 2));
    SL_CHECK(wait_for("err", "role=gate event=fake_peer role=keeper", 5)); /* 2 + 1 + 2 */
    SL_CHECK(wait_for("err", "role=desk event=fake_peer role=keeper", 2));
    SL_CHECK_INT(count_in("out", "ready\n"), 1);
    stop();
}

/* When the nth line with this text was logged, in milliseconds of that minute; 0: there is none. */
static unsigned said_at_ms(const char *text, unsigned nth)
{
    SL_BUF(bytes, 1 << 22);
    const char *at, *from = NULL;

    if (sl_file_read(in_folder("err"), &bytes) != SL_OK)
        return 0;
    for (at = sl_buf_text(&bytes); nth > 0 && (at = strstr(at, text)) != NULL; nth--)
        from = at++;
    if (nth > 0)
        return 0;
    while (from > sl_buf_text(&bytes) && from[-1] != '\n')
        from--;
    return (unsigned)(strtod(from + strlen("2026-11-27T13:24:"), NULL) * 1000);
}

/* 0.1, 0.2, 0.4, 0.8 s: what keeps dying does not keep the machine busy. */
static void test_restarts_wait_longer_each_time(void)
{
    serve();
    for (unsigned n = 1; n <= 4; n++) {
        unsigned least = 100u << (n - 1);
        tell("desk", "die\n");
        if (!wait_for("err", "event=program_ready program=desk", n + 1))
            break;
        unsigned ended = said_at_ms("event=program_ended program=desk", n),
                 begun = said_at_ms("role=desk event=fake_setup", n + 1),
                 waited = (begun + 60000 - ended) % 60000;
        printf("# restart %u after %u ms\n", n, waited);
        SL_CHECK(ended != 0 && begun != 0 && waited + 5 >= least && waited < least + 1000);
    }
    stop();
}

static void test_bad_peers_are_replaced(void)
{
    serve();
    tell("gate", "bad-judge\n");
    SL_CHECK(wait_for("err", "event=program_ready program=judge index=0", 2));
    SL_CHECK(wait_for("err", "role=gate event=fake_peer role=judge index=0", 4));
    tell("keeper", "bad-gate\n");
    SL_CHECK(wait_for("err", "event=journal_put_aside", 1));
    SL_CHECK(wait_for("err", "event=program_ready program=gate index=1", 2));
    SL_CHECK(wait_for("err", "role=keeper event=fake_peer role=gate index=1 purpose=journal", 1));
    tell("gate", "bad-keeper\n"); /* it may not say that */
    SL_CHECK(wait_for("err", "event=program_broke_the_rules program=gate", 1));
    SL_CHECK(wait_for("err", "event=program_ready program=gate index=0", 2));
    SL_CHECK_INT(count_in("err", "event=program_ready program=keeper"), 1);
    stop();
}

static void test_secrets(void)
{
    SL_CHECK_INT(sl_file_replace(in_folder("app.pass"), SL_SPAN("from-file\n"), 0600), SL_OK);
    serve();
    tell("keeper", "secret by-file\n");
    SL_CHECK(wait_for("err", "event=fake_secret found=1 secret=from-file why=\"\"", 1));
    tell("keeper", "secret by-command\n");
    SL_CHECK(wait_for("err", "event=fake_secret found=1 secret=from-command why=\"\"", 1));
    tell("keeper", "secret fails\n");
    SL_CHECK(wait_for("err", "found=0 secret=\"\" why=\"the password command failed\"", 1));
    tell("keeper", "secret talks\n");
    SL_CHECK(wait_for("err",
                      "found=0 secret=\"\" why=\"the password command said more than 4 KiB\"", 1));
    tell("keeper", "secret nobody\n");
    SL_CHECK(wait_for("err", "found=0 secret=\"\" why=\"there is no such login", 1));
    stop();
}

/* P10: the next keeper counts its questions anew, and must not take this for an answer of its own.
 */
static void test_P10_secret_of_the_keeper_before(void)
{
    static const char slow[] =
        "  - {name: slow, protocol: postgres, address: \"127.0.0.1:21803\", database: shop, "
        "environment: test,\n"
        "     login: {user: app, password_command: [sh, -c, \"sleep 2; echo of-slow; echo said "
        ">&2\"]}, access: {groups: [engineers]}, default: allow}\n";
    SL_BUF(all, 1 << 16);

    sl_buf_say(&all, "%s%s", targets, slow);
    write_config("", sl_buf_text(&all));
    serve();
    tell("keeper", "secret slow\n");
    usleep(200000);
    tell("keeper", "die\n");
    SL_CHECK(wait_for("err", "event=program_ready program=keeper", 2));
    usleep(2500000);
    SL_CHECK_INT(count_in("err", "event=fake_secret"), 0);
    SL_CHECK_INT(count_in("err", "said\n"), 0); /* nor does the command go on */
    tell("keeper", "secret by-command\n");
    SL_CHECK(wait_for("err", "event=fake_secret found=1 secret=from-command why=\"\"", 1));
    stop();
    write_config("", targets);
}

static void test_reload(void)
{
    serve();
    write_config("nonsense: 1\n", targets);
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "event=reload_rejected", 2));
    SL_CHECK(count_in("err", "nonsense") > 0);
    SL_CHECK_INT(count_in("err", "event=fake_reload"), 0);
    write_config("judges: 5\n", targets);
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "event=fake_reload generation=2", 4)); /* keeper, gates, desk */
    SL_CHECK(wait_for("err", "event=reloaded generation=2", 1));
    SL_CHECK_INT(count_in("err", "event=reload_needs_restart key=judges"), 1);
    SL_CHECK_INT(count_in("err", "role=judge event=fake_reload"), 0);
    tell("desk", "refuse\n");
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "event=reload_refused program=desk", 1));
    SL_CHECK(wait_for("err", "event=program_ready program=desk", 2));
    SL_CHECK(wait_for("err", "role=desk event=fake_setup index=0 fds=0", 2));
    SL_CHECK(count_in("err", "generation=3") > 0);
    stop();
}

static void test_reload_is_held(void)
{
    write_config("policy_changes: hold\n", targets);
    serve();
    write_config("", targets); /* nobody lifts the rule without being asked */
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "event=fake_propose generation=2", 1));
    SL_CHECK(wait_for("err", "event=fake_reload generation=2", 4));
    stop();
}

static void put_long_rule(struct sl_buf *b, const char *first)
{
    sl_buf_say(b, "%spolicy:\n  - {name: many, then: deny, when: {datasets: [%s", targets, first);
    for (unsigned i = 0; i < 999; i++) {
        char name[640];
        snprintf(name, sizeof name, ", public.%0600u", i);
        sl_buf_put_str(b, name);
    }
    sl_buf_put_str(b, "]}}\n");
}

/* P3: what people cannot be shown whole, they are not asked about; it does not load. */
static void test_a_reload_that_cannot_be_shown(void)
{
    SL_BUF(before, 4 << 20);
    SL_BUF(after, 4 << 20);

    put_long_rule(&before, "public.a");
    put_long_rule(&after, "public.b");
    write_config("policy_changes: hold\n", sl_buf_text(&before));
    serve();
    write_config("", sl_buf_text(&after));
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "event=reload_rejected", 1));
    SL_CHECK(count_in("err", "too large to be shown whole") > 0);
    SL_CHECK_INT(count_in("err", "event=fake_propose"), 0);
    SL_CHECK_INT(count_in("err", "event=fake_reload"), 0);
    write_config("", targets); /* in parts it can be */
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "event=fake_propose", 1));
    stop();
}

/* Started where issuers are configured, with what it takes to call them and nothing else; replaced
 * when it ends; ended when they go. */
static void test_the_courier(void)
{
    static const char corp[] =
        "issuers:\n"
        "  - {name: corp, issuer: \"https://idp.example\", client_id: sluice, "
        "client_secret_file: corp.secret, ca_file: corp.pem}\n";
    static const char two[] =
        "issuers:\n"
        "  - {name: corp, issuer: \"https://idp.example\", client_id: sluice}\n"
        "  - {name: other, issuer: \"https://other.example\", client_id: sluice, "
        "client_secret_command: [echo, said]}\n";

    SL_CHECK_INT(sl_file_replace(in_folder("corp.secret"), SL_SPAN("hush\n"), 0600), SL_OK);
    SL_CHECK_INT(sl_file_replace(in_folder("corp.pem"), SL_SPAN("PEM\n"), 0600), SL_OK);
    write_config("", targets);
    serve();
    SL_CHECK_INT(count_in("err", "role=courier"), 0);
    write_config(corp, targets);
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "event=program_ready program=courier", 1));
    SL_CHECK(wait_for("err",
                      "role=courier event=fake_setup index=0 fds=0 config=0 key=0 addresses=1 "
                      "generation=2 authorities=1 state=0",
                      1));
    SL_CHECK(wait_for("err", "role=courier event=fake_peer role=keeper", 1));
    SL_CHECK(wait_for("err", "role=keeper event=fake_peer role=courier", 1));
    SL_CHECK_INT(count_in("err", "role=gate event=fake_peer role=courier"), 0);
    SL_CHECK_INT(count_in("err", "role=desk event=fake_peer role=courier"), 0);
    tell("keeper", "issuer corp\n");
    SL_CHECK(wait_for("err", "event=fake_secret found=1 secret=hush", 1));
    tell("keeper", "issuer nobody\n");
    SL_CHECK(wait_for("err", "found=0 secret=\"\" why=\"there is no such issuer", 1));
    tell("keeper", "bad-courier\n");
    SL_CHECK(wait_for("err", "event=program_ready program=courier", 2));
    SL_CHECK(wait_for("err", "role=keeper event=fake_peer role=courier", 2));
    write_config(two, targets);
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err",
                      "role=courier event=fake_reload generation=3 key=0 config=0 addresses=2", 1));
    tell("keeper", "issuer other\n");
    SL_CHECK(wait_for("err", "event=fake_secret found=1 secret=said", 1));
    write_config("", targets);
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "level=info role=supervisor event=program_ended program=courier", 1));
    usleep(400000);
    SL_CHECK_INT(count_in("err", "event=program_ready program=courier"), 2);
    stop();
    /* a file that is not there is a bad configuration, and one that is there is enough to start */
    write_config(corp, targets);
    serve();
    SL_CHECK_INT(count_in("err", "event=program_ready program=courier"), 1);
    stop();
    unlink(in_folder("corp.pem"));
    SL_CHECK_INT(WEXITSTATUS(wait_end(start())), 1);
    SL_CHECK(count_in("err", "corp.pem") > 0);
    write_config("", targets);
}

/* A third one, where chats are configured; it knows them and nobody else. The supervisor reads what
 * the file of the configuration says, by what it is for. */
static void test_the_courier_of_chats(void)
{
    static const char chat[] =
        "chat:\n"
        "  - {name: slack, kind: slack, team: T0123ABCD, bot_token_file: bot.token, "
        "app_token_file: app.token, ca_file: chat.pem}\n";

    SL_CHECK_INT(sl_file_replace(in_folder("bot.token"), SL_SPAN("xoxb-hush\n"), 0600), SL_OK);
    SL_CHECK_INT(sl_file_replace(in_folder("app.token"), SL_SPAN("xapp-hush\n"), 0600), SL_OK);
    SL_CHECK_INT(sl_file_replace(in_folder("chat.pem"), SL_SPAN("PEM\n"), 0600), SL_OK);
    write_config(chat, targets);
    serve();
    SL_CHECK(wait_for("err",
                      "role=courier event=fake_setup index=2 fds=0 config=0 key=0 addresses=1 "
                      "generation=1 authorities=1 state=0",
                      1));
    SL_CHECK_INT(count_in("err", "event=program_ready program=courier"), 1);
    tell("keeper", "chat slack bot_token\n");
    SL_CHECK(wait_for("err", "event=fake_secret found=1 secret=xoxb-hush", 1));
    tell("keeper", "chat slack app_token\n");
    SL_CHECK(wait_for("err", "event=fake_secret found=1 secret=xapp-hush", 1));
    tell("keeper", "chat slack signing_secret\n");
    SL_CHECK(wait_for("err", "why=\"the chat names no file for this secret", 1));
    tell("keeper", "chat slack name\n");
    SL_CHECK(wait_for("err", "why=\"the chat names no file for this secret", 2));
    tell("keeper", "chat nobody bot_token\n");
    SL_CHECK(wait_for("err", "why=\"there is no such chat", 1));
    write_config("", targets);
    kill(serving, SIGHUP);
    SL_CHECK(wait_for("err", "level=info role=supervisor event=program_ended program=courier", 1));
    stop();
}

/* The processes whose parent it is; 0 when /proc does not say. */
static size_t children_of(pid_t parent, pid_t *out, size_t max)
{
    SL_BUF(wanted, 64);
    DIR *d = opendir("/proc");
    struct dirent *e;
    size_t count = 0;

    sl_buf_say(&wanted, "\nPPid:\t%u\n", (unsigned)parent);
    while ((e = readdir(d)) != NULL) {
        SL_BUF(path, 300);
        SL_BUF(text, 16384);
        sl_buf_say(&path, "/proc/%s/status", e->d_name);
        if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
            sl_file_read(sl_buf_text(&path), &text) != SL_OK)
            continue;
        if (strstr(sl_buf_text(&text), sl_buf_text(&wanted)) != NULL && count < max)
            out[count++] = (pid_t)strtol(e->d_name, NULL, 10);
    }
    closedir(d);
    return count;
}

/* A process that has ended but that nobody waited for, because this machine's first process does
 * not, has outlived nothing. */
static bool is_running(pid_t pid)
{
    SL_BUF(path, 64);
    SL_BUF(text, 16384);

    sl_buf_say(&path, "/proc/%u/status", (unsigned)pid);
    return sl_file_read(sl_buf_text(&path), &text) == SL_OK &&
           strstr(sl_buf_text(&text), "\nState:\tZ") == NULL;
}

static size_t still_there(const pid_t *pids, size_t count)
{
    size_t alive = 0;

    for (size_t i = 0; i < count; i++)
        alive += is_running(pids[i]);
    return alive;
}

static void test_nothing_outlives_the_supervisor(void)
{
    pid_t children[16];

    serve();
    size_t count = children_of(serving, children, SL_COUNT(children));
    SL_CHECK_INT(count, 6);
    kill(serving, SIGKILL);
    (void)wait_end(serving);
    for (unsigned i = 0; i < 200 && still_there(children, count) > 0; i++)
        usleep(10000);
    SL_CHECK_INT(still_there(children, count), 0);
    serve(); /* journals and a stale control socket are no obstacle */
    stop();
}

static void test_the_service_manager_hears(void)
{
    struct sl_net_address a;
    char word[64] = "";
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = 20};

    SL_CHECK_INT(sl_net_unix(sl_span_str(in_folder("notify")), &a), SL_OK);
    SL_CHECK_INT(bind(fd, (struct sockaddr *)&a.storage, a.bytes), 0);
    SL_CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    setenv("NOTIFY_SOCKET", in_folder("notify"), 1);
    serve();
    SL_CHECK(recv(fd, word, sizeof word - 1, 0) > 0 && strcmp(word, "READY=1\n") == 0);
    stop();
    memset(word, 0, sizeof word);
    SL_CHECK(recv(fd, word, sizeof word - 1, 0) > 0 && strcmp(word, "STOPPING=1\n") == 0);
    unsetenv("NOTIFY_SOCKET");
    close(fd);
}

/* As the version before this one left it, with so many bytes that nobody has read. */
static void leave_old_journal(const char *magic, uint64_t unread)
{
    uint64_t written = 4096, read_ = written - unread;
    int fd = open(in_folder("runtime/journal.0"), O_WRONLY | O_CLOEXEC);

    SL_CHECK(fd >= 0 && pwrite(fd, magic, 8, 0) == 8 && pwrite(fd, &written, 8, 64) == 8 &&
             pwrite(fd, &read_, 8, 128) == 8);
    close(fd);
}

/* P6: an upgrade after a kill -9 of everything loses no record: only the version that wrote them
 * can read them, so nothing starts until it has. */
static void test_P6_unread_records_of_another_version(void)
{
    static const char *const magics[] = {"SLJRNL01", "SLJRNL99"};

    write_config("", targets);
    for (size_t i = 0; i < SL_COUNT(magics); i++) {
        leave_old_journal(magics[i], 512);
        SL_CHECK_INT(WEXITSTATUS(wait_end(start())), 1);
        SL_CHECK_INT(count_in("err", "event=journal_of_another_version"), 1);
        SL_CHECK(count_in("err", "start the version of Sluice that wrote it") == 1);
        SL_CHECK_INT(count_in("err", "event=journal_put_aside"), 0);
        SL_CHECK_INT(count_in("out", "ready"), 0);
        leave_old_journal(magics[i], 0); /* it has been started, and stopped */
        serve();
        stop();
        SL_CHECK_INT(count_in("err", "event=journal_put_aside"), 0);
    }
    leave_old_journal("no magic", 512); /* damaged, and no version's: as ever */
    serve();
    stop();
    SL_CHECK_INT(count_in("err", "event=journal_put_aside"), 1);
}

static void test_what_cannot_start(void)
{
    write_config("nonsense: 1\n", targets);
    SL_CHECK_INT(WEXITSTATUS(wait_end(start())), 1);
    SL_CHECK(count_in("err", "sluice.yaml:5:") > 0);
    write_config("", targets);
    setenv("SLUICE_LIBEXEC", "/nowhere", 1);
    SL_CHECK_INT(WEXITSTATUS(wait_end(start())), 1);
    SL_CHECK(count_in("err", "event=program_missing program=sluice-keeper") > 0);
    SL_CHECK_INT(count_in("out", "ready"), 0);
    setenv("SLUICE_LIBEXEC", in_folder("libexec"), 1);
}

static bool remove_folder(void)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        execlp("rm", "rm", "-r", folder, NULL);
        _exit(1);
    }
    return waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char **argv)
{
    static const char *const roles[] = {"gate", "judge", "keeper", "desk", "courier"};

    if (argc != 3 || mkdtemp(folder) == NULL || mkdir(in_folder("libexec"), 0700) != 0)
        return 1;
    sluice = realpath(argv[1], NULL);
    fake = realpath(argv[2], NULL);
    if (sluice == NULL || fake == NULL)
        return 1;
    for (size_t i = 0; i < SL_COUNT(roles); i++) {
        SL_BUF(name, 100);
        sl_buf_say(&name, "libexec/sluice-%s", roles[i]);
        if (symlink(fake, in_folder(sl_buf_text(&name))) != 0)
            return 1;
    }
    setenv("SLUICE_LIBEXEC", in_folder("libexec"), 1);
    SL_RUN(test_ready_and_drain);
    SL_RUN(test_P9_stop_while_no_keeper_runs);
    SL_RUN(test_P9_keeper_ends_while_gates_drain);
    SL_RUN(test_P9_keeper_ends_over_its_last_words);
    SL_RUN(test_P6_no_keeper_comes_back);
    SL_RUN(test_P6_unread_journals_are_told);
    SL_RUN(test_children_come_back);
    SL_RUN(test_restarts_wait_longer_each_time);
    SL_RUN(test_bad_peers_are_replaced);
    SL_RUN(test_secrets);
    SL_RUN(test_P10_secret_of_the_keeper_before);
    SL_RUN(test_reload);
    SL_RUN(test_reload_is_held);
    SL_RUN(test_a_reload_that_cannot_be_shown);
    SL_RUN(test_the_courier);
    SL_RUN(test_the_courier_of_chats);
    SL_RUN(test_nothing_outlives_the_supervisor);
    SL_RUN(test_the_service_manager_hears);
    SL_RUN(test_P6_unread_records_of_another_version);
    SL_RUN(test_what_cannot_start);
    return remove_folder() ? sl_tap_done() : 1;
}
