/* sluice canary: sends each target's canary through the front door, as a client would, and tells
 * the keeper what became of it. The supervisor runs this every minute; people may run it by hand.
 */
#include "cli/cli.h"

#include "cli/load.h"
#include "cli/manage.h"
#include "cli/secret.h"
#include "cli/words.h"
#include "os/paths.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sluice canary [--target T] [--config FILE]\n\n"
    "Connects to the running gateway as each target's canary identity, sends the statement that "
    "must "
    "be held\n"
    "(targets[].canary), takes it back as soon as it is held, and prints what happened. The keeper "
    "is told;\n"
    "when the statement flowed, the ledger and the log say so.\n"
    "  --target T  only this target's\n"
    "Exit codes: 0 each was held or denied, 1 one flowed, 2 usage, 3 one could not be tried.\n";

enum { MEMORY = 64 * 1024, SECRET_ROOM = 4096 + 512, PATH_ROOM = 8192 };

struct canary {
    const struct sl_config *config;
    const char *config_path;
    const struct sl_target *target;
    struct sl_arena *mem;
    PGconn *conn;
    bool held; /* its notice came */
};

struct verdict {
    const char *result; /* held, denied, flowed, unreachable */
    char why[400];
};

static const char *text(struct canary *c, struct sl_span s)
{
    char *copy = sl_arena_text(c->mem, s);

    return copy == NULL ? "" : copy;
}

static void say_why(struct verdict *v, const char *what)
{
    size_t n = 0;

    for (; what != NULL && *what != '\0' && n + 1 < sizeof v->why; what++)
        v->why[n++] = *what < ' ' && *what > 0 ? ' ' : *what;
    while (n > 0 && v->why[n - 1] == ' ')
        n--;
    v->why[n] = '\0';
}

/* The notice of a hold: there is nothing more to see, and nobody shall be asked to decide it. */
static void on_notice(void *owner, const PGresult *notice)
{
    struct canary *c = owner;
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    char ignored[256];

    if (message == NULL || strncmp(message, "held: ", 6) != 0)
        return;
    c->held = true;
    PGcancel *cancel = PQgetCancel(c->conn);
    (void)PQcancel(cancel, ignored, sizeof ignored); /* else it expires by itself */
    PQfreeCancel(cancel);
}

static void connect_as_client(struct canary *c, const char *token)
{
    const struct sl_settings *s = &c->config->settings;
    bool any = sl_span_is(s->postgres_host, "0.0.0.0") || sl_span_is(s->postgres_host, "::");
    const char *keys[] = {"host",       "port",    "dbname",          "user",
                          "password",   "sslmode", "connect_timeout", "application_name",
                          "gssencmode", NULL};
    const char *values[] = {any ? "127.0.0.1" : text(c, s->postgres_host),
                            text(c, s->postgres_port),
                            text(c, c->target->name),
                            text(c, c->target->canary.identity),
                            token,
                            s->tls_certificate.n > 0 ? "require" : "disable",
                            "10",
                            "sluice canary",
                            "disable",
                            NULL};

    c->conn = PQconnectdbParams(keys, values, 0);
}

/* An answer that is not Sluice's refusal means that the statement got further than it may. */
static void judge_answer(struct canary *c, PGresult *answer, struct verdict *v)
{
    const char *state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    ExecStatusType status = PQresultStatus(answer);

    say_why(v, PQresultErrorMessage(answer));
    if (c->held)
        v->result = "held";
    else if (status == PGRES_FATAL_ERROR && state != NULL && strcmp(state, "42501") == 0)
        v->result = "denied";
    else if (status == PGRES_FATAL_ERROR &&
             (state == NULL || strncmp(state, "08", 2) == 0 || strncmp(state, "57", 2) == 0))
        v->result = "unreachable";
    else
        v->result = "flowed";
}

static void ask(struct canary *c, struct verdict *v)
{
    PGresult *set, *answer;

    PQsetNoticeReceiver(c->conn, on_notice, c);
    set = PQexec(c->conn, "set sluice.reason = 'canary: this statement must be held'");
    if (PQresultStatus(set) != PGRES_COMMAND_OK) {
        v->result = "unreachable";
        say_why(v, PQresultErrorMessage(set));
        PQclear(set);
        return;
    }
    PQclear(set);
    answer = PQexec(c->conn, text(c, c->target->canary.statement));
    judge_answer(c, answer, v);
    PQclear(answer);
}

static void try_one(struct canary *c, struct verdict *v)
{
    SL_BUF(token, SECRET_ROOM);
    SL_BUF(why, 1000);
    struct sl_login login = {.password_file = c->target->canary.token_file};

    *v = (struct verdict){.result = "unreachable"};
    c->held = false;
    if (sl_cli_secret(&login, c->config_path, &token, &why) != SL_OK) {
        say_why(v, "the canary's token file cannot be read");
        return;
    }
    connect_as_client(c, sl_buf_text(&token));
    explicit_bzero(token.p, token.cap);
    if (PQstatus(c->conn) == CONNECTION_OK)
        ask(c, v);
    else
        say_why(v, PQerrorMessage(c->conn));
    PQfinish(c->conn);
    c->conn = NULL;
}

static json_t *text_json(struct sl_span s)
{
    return json_stringn((const char *)s.p, s.n);
}

static int report(const struct canary *c, const struct verdict *v)
{
    struct sl_manage keeper = {.command = "sluice canary", .config = c->config_path};
    json_t *body = json_object(), *reply = NULL;

    json_object_set_new(body, "target", text_json(c->target->name));
    json_object_set_new(body, "identity", text_json(c->target->canary.identity));
    json_object_set_new(body, "result", json_string(v->result));
    json_object_set_new(body, "why", json_string(v->why));
    int code = sl_manage_call(&keeper, "canary.report", body, &reply);
    json_decref(reply);
    return code;
}

static int code_of(const struct verdict *v)
{
    if (strcmp(v->result, "flowed") == 0)
        return SL_EXIT_REFUSED;
    return strcmp(v->result, "unreachable") == 0 ? SL_EXIT_UNREACHABLE : SL_EXIT_FINE;
}

/* A canary that flowed outweighs one that could not be tried. */
static int worse(int a, int b)
{
    if (a == SL_EXIT_REFUSED || b == SL_EXIT_REFUSED)
        return SL_EXIT_REFUSED;
    return a != SL_EXIT_FINE ? a : b;
}

static int try_all(struct canary *c, const char *only)
{
    int code = SL_EXIT_FINE;
    size_t tried = 0;

    for (size_t i = 0; i < c->config->target_count; i++) {
        struct verdict v;
        c->target = &c->config->targets[i];
        if (c->target->canary.statement.n == 0 ||
            (only != NULL && !sl_span_is(c->target->name, only)))
            continue;
        try_one(c, &v);
        tried++;
        printf("%.*s: %s%s%s\n", (int)c->target->name.n, (const char *)c->target->name.p, v.result,
               v.why[0] == '\0' ? "" : ": ", v.why);
        code = worse(code, worse(code_of(&v), report(c, &v)));
    }
    if (tried == 0) {
        fputs("sluice canary: no target has a canary; see targets[].canary in docs/config.md\n",
              stderr);
        return SL_EXIT_REFUSED;
    }
    return code;
}

int sl_cli_canary(int argc, char **argv)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_FREED_BY(sl_config) struct sl_config *config = NULL;
    SL_BUF(path, PATH_ROOM);
    const char *only = NULL, *given = NULL;
    const struct sl_cli_option options[] = {{"--target", &only, NULL}, {"--config", &given, NULL}};

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (!sl_cli_words("canary", argc, argv, options, SL_COUNT(options), NULL, 0))
        return sl_cli_misuse("canary");
    if (sl_path_config(given, &path) != SL_OK || sl_arena_new(&mem, MEMORY) != SL_OK)
        return SL_EXIT_REFUSED;
    int code = sl_cli_load_config(sl_buf_text(&path), &config);
    if (code != SL_EXIT_FINE)
        return code;
    struct canary c = {.config = config, .config_path = sl_buf_text(&path), .mem = mem};
    return try_all(&c, only);
}
