/* sluice request: one approval for the exact statements of a file, and running them once it is
 * there; or an envelope, one approval for many runs of a template. All of it goes through the gate,
 * as the identity that asks; see docs/lists.md and docs/envelopes.md. */
#include "cli/api_client.h"
#include "cli/connect.h"
#include "cli/request.h"

#include <stdlib.h>

static const char help[] =
    "usage: sluice request --target T -f FILE --reason TEXT [OPTIONS]\n\n"
    "Asks for one approval for the statements of FILE, in their order: reviewers see all of them, "
    "and one yes\n"
    "lets exactly these run, once, on one connection. Whatever else comes in between ends it.\n"
    "  --target T      which target; the gateway is where PGHOST and PGPORT say (127.0.0.1:6432),\n"
    "                  PGUSER is the identity and PGPASSWORD its token\n"
    "  -f FILE         plain SQL, at most 256 statements; - reads standard input\n"
    "  --reason TEXT   why; it is shown and recorded\n"
    "  --run           wait for the decision, then run them, saying how each went\n"
    "  --id ID         with --run: the approval exists already\n"
    "  --dsn CONNINFO  more of libpq's settings (sslmode=verify-full host=...)\n"
    "  --json          print JSON, one object a line\n"
    "An envelope is one approval for many runs of one SELECT, whatever its literals, until the "
    "first "
    "deviation:\n"
    "  --envelope      FILE has the one statement, with any literals; nothing runs here\n"
    "  --run-name R    for which run (SET sluice.run)\n"
    "  --times N       how often, at most 1000\n"
    "  --rows N        rows that each may return\n"
    "  --for 20m       for how long after the last yes, at most 8h\n"
    "Results of queries are counted, not printed.\n"
    "Exit codes: 0 asked, or all of it ran; 1 refused, or not all of it ran; 2 usage; 3 cannot "
    "reach the gateway.\n";

struct request {
    const char *target, *file, *reason, *id, *dsn;
    const char *run_name, *times, *rows, *duration;
    bool run, json, envelope;
    struct sl_request_file statements;
    PGconn *conn;
    char approval[37];
};

/* --- words ----------------------------------------------------------------------------------- */

static void on_notice(void *owner, const PGresult *notice)
{
    static const int parts[] = {PG_DIAG_MESSAGE_PRIMARY, PG_DIAG_MESSAGE_DETAIL,
                                PG_DIAG_MESSAGE_HINT};

    (void)owner;
    for (size_t i = 0; i < SL_COUNT(parts); i++) {
        const char *text = PQresultErrorField(notice, parts[i]);

        if (text == NULL)
            continue;
        fputs(i == 0 ? "sluice: " : "  ", stderr);
        sl_api_print_text(stderr, sl_span_str(text));
        fputc('\n', stderr);
    }
}

static void print_object(json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

    if (text != NULL)
        puts(text);
    free(text);
    json_decref(o);
    fflush(stdout);
}

static int complain(const PGresult *r, const struct request *q)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

    on_notice(NULL, r);
    if (state == NULL)
        fprintf(stderr, "sluice: the connection was lost: %s\n",
                "what became of the statement is in the ledger (sluice show)");
    if (q->json)
        print_object(json_pack("{s:s, s:s?}", "event", "error", "sqlstate", state));
    return state == NULL ? SL_EXIT_UNREACHABLE : SL_EXIT_REFUSED;
}

/* --- the gate's own statements --------------------------------------------------------------- */

static int send_one(struct request *q, const char *sql)
{
    PGresult *r = PQexec(q->conn, sql);
    int code = PQresultStatus(r) == PGRES_COMMAND_OK ? SL_API_CONTINUE : complain(r, q);

    PQclear(r);
    return code;
}

static int set(struct request *q, const char *name, const char *value)
{
    char *quoted = PQescapeLiteral(q->conn, value, strlen(value));
    SL_BUF(sql, 64 * 1024);

    if (quoted == NULL || quoted[0] == ' ') { /* an E'' literal, which the gate does not read */
        fprintf(stderr, "sluice request: %s may not have a backslash\n", name);
        PQfreemem(quoted);
        return SL_EXIT_USAGE;
    }
    sl_buf_say(&sql, "set sluice.%s = %s", name, quoted);
    PQfreemem(quoted);
    return send_one(q, sl_buf_text(&sql));
}

static int learn_approval(struct request *q)
{
    PGresult *r = PQexec(q->conn, "show sluice.request");
    bool known =
        PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 && PQgetlength(r, 0, 0) == 36;

    if (known)
        memcpy(q->approval, PQgetvalue(r, 0, 0), 37);
    int code = known ? SL_API_CONTINUE : complain(r, q);
    PQclear(r);
    return code;
}

static const char *text_of(struct sl_span statement, struct sl_buf *copy)
{
    sl_buf_reset(copy);
    sl_buf_put(copy, statement);
    return sl_buf_text(copy);
}

/* "new", or what an envelope is bounded by. */
static int begin(struct request *q)
{
    SL_BUF(bounds, 1024);

    if (!q->envelope)
        return set(q, "request", "new");
    sl_buf_say(&bounds, "envelope %s times %s rows %s", q->times, q->rows, q->duration);
    int code = set(q, "run", q->run_name);
    return code == SL_API_CONTINUE ? set(q, "request", sl_buf_text(&bounds)) : code;
}

static int ask(struct request *q)
{
    SL_BUF(copy, 8 * 1024 * 1024);
    int code = set(q, "reason", q->reason);

    if (code == SL_API_CONTINUE)
        code = begin(q);
    for (size_t i = 0; code == SL_API_CONTINUE && i < q->statements.count; i++)
        code = send_one(q, text_of(q->statements.statements[i], &copy));
    if (code == SL_API_CONTINUE)
        code = set(q, "request", "ask");
    return code == SL_API_CONTINUE ? learn_approval(q) : code;
}

/* --- running --------------------------------------------------------------------------------- */

static void print_step(const struct request *q, size_t at, const PGresult *r)
{
    const char *tag = PQcmdStatus((PGresult *)r);

    if (q->json) {
        print_object(json_pack("{s:s, s:I, s:I, s:s}", "event", "ran", "statement",
                               (json_int_t)at + 1, "of", (json_int_t)q->statements.count, "tag",
                               tag));
        return;
    }
    printf("%zu/%zu  ", at + 1, q->statements.count);
    sl_api_print_text(stdout, sl_span_str(tag));
    fputs("  ", stdout);
    sl_api_print_head(stdout, q->statements.statements[at], 80);
    putchar('\n');
    fflush(stdout);
}

static bool is_fine(const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

static int run(struct request *q)
{
    SL_BUF(copy, 8 * 1024 * 1024);
    size_t ran = 0;

    for (; ran < q->statements.count; ran++) {
        PGresult *r = PQexec(q->conn, text_of(q->statements.statements[ran], &copy));
        bool fine = is_fine(r);
        int code = SL_EXIT_FINE;

        if (fine)
            print_step(q, ran, r);
        else
            code = complain(r, q);
        PQclear(r);
        if (!fine) {
            fprintf(stderr,
                    "sluice: %zu of %zu statements ran; what is left needs a new approval\n", ran,
                    q->statements.count);
            return code;
        }
    }
    if (PQtransactionStatus(q->conn) != PQTRANS_IDLE) {
        fputs("sluice: the list left a transaction open, which is rolled back now\n", stderr);
        return SL_EXIT_REFUSED;
    }
    return SL_EXIT_FINE;
}

static void say_asked(const struct request *q)
{
    if (q->json) {
        print_object(json_pack("{s:s, s:s, s:I}", "event", "asked", "approval", q->approval,
                               "statements", (json_int_t)q->statements.count));
        return;
    }
    printf("%s\n", q->approval);
    if (q->envelope)
        fprintf(stderr,
                "sluice: once it is approved, on any connection of this identity:\n"
                "  set sluice.run = '%s'; set sluice.request = '%s';\n"
                "then statements of this template, and no others\n",
                q->run_name, q->approval);
    else if (!q->run)
        fprintf(stderr,
                "sluice: once it is approved, run exactly this:\n"
                "  sluice request --target %s -f %s --run --id %s\n",
                q->target, q->file, q->approval);
    fflush(stdout);
}

/* --- the command ----------------------------------------------------------------------------- */

/* What --dsn says, and the target as the database. */
static void put_conninfo(struct sl_buf *b, const struct request *q)
{
    sl_buf_say(b, "%s dbname='", q->dsn == NULL ? "" : q->dsn);
    for (const char *p = q->target; *p != '\0'; p++) {
        if (*p == '\'' || *p == '\\')
            sl_buf_put_str(b, "\\");
        sl_buf_put_u8(b, (uint8_t)*p);
    }
    sl_buf_put_str(b, "'");
}

static int open_gate(struct request *q)
{
    const char *port = getenv("PGPORT"), *host = getenv("PGHOST");
    const char *keys[] = {"host",       "port", "application_name", "connect_timeout", "dbname",
                          "gssencmode", NULL};
    SL_BUF(all, 8192);

    put_conninfo(&all, q);
    const char *values[] = {host != NULL ? host : "127.0.0.1",
                            port != NULL ? port : "6432",
                            "sluice request",
                            "10",
                            sl_buf_text(&all),
                            "disable",
                            NULL};
    q->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(q->conn) == CONNECTION_OK) {
        PQsetNoticeReceiver(q->conn, on_notice, q);
        return SL_API_CONTINUE;
    }
    fputs("sluice request: ", stderr);
    sl_api_print_text(stderr, sl_span_str(PQerrorMessage(q->conn)));
    fputc('\n', stderr);
    return SL_EXIT_UNREACHABLE;
}

static int work(struct request *q)
{
    int code = sl_request_read(q->file, &q->statements);

    if (code == SL_API_CONTINUE)
        code = open_gate(q);
    if (code == SL_API_CONTINUE && q->id == NULL) {
        code = ask(q);
        if (code == SL_API_CONTINUE)
            say_asked(q);
    } else if (code == SL_API_CONTINUE) {
        code = set(q, "request", q->id);
    }
    if (code == SL_API_CONTINUE)
        code = q->run ? run(q) : SL_EXIT_FINE;
    PQfinish(q->conn);
    sl_request_done(&q->statements);
    return code;
}

static bool take_option(struct request *q, int argc, char **argv, int *at)
{
    const struct {
        const char *name;
        const char **value;
    } texts[] = {{"--target", &q->target},     {"-f", &q->file},       {"--file", &q->file},
                 {"--reason", &q->reason},     {"--id", &q->id},       {"--dsn", &q->dsn},
                 {"--run-name", &q->run_name}, {"--times", &q->times}, {"--rows", &q->rows},
                 {"--for", &q->duration}};

    for (size_t i = 0; i < SL_COUNT(texts); i++)
        if (strcmp(argv[*at], texts[i].name) == 0 && *at + 1 < argc) {
            *texts[i].value = argv[++*at];
            return true;
        }
    if (strcmp(argv[*at], "--run") == 0)
        return q->run = true;
    if (strcmp(argv[*at], "--envelope") == 0)
        return q->envelope = true;
    if (strcmp(argv[*at], "--json") == 0)
        return q->json = true;
    return false;
}

/* An envelope has all of its bounds, and a list none. */
static bool is_whole(const struct request *q)
{
    bool bounded =
        q->run_name != NULL && q->times != NULL && q->rows != NULL && q->duration != NULL;
    bool any = q->run_name != NULL || q->times != NULL || q->rows != NULL || q->duration != NULL;

    return q->envelope ? bounded && !q->run && q->id == NULL : !any;
}

int sl_cli_request(int argc, char **argv)
{
    struct request q = {0};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(help, stdout);
            return SL_EXIT_FINE;
        }
        if (!take_option(&q, argc, argv, &i)) {
            fprintf(stderr, "sluice request: '%s' is not understood here\n", argv[i]);
            return sl_cli_misuse("request");
        }
    }
    bool asks = q.id == NULL;
    if (q.target == NULL || q.file == NULL || (asks && q.reason == NULL) || (!asks && !q.run) ||
        !is_whole(&q))
        return sl_cli_misuse("request");
    return work(&q);
}
