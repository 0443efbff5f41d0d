#include "cli/check_live.h"

#include "base/utf8.h"
#include "cli/check_live_int.h"
#include "cli/connect.h"
#include "cli/secret.h"
#include "os/paths.h"

#include <string.h>

static struct sl_buf *start(struct sl_live *l, const char *kind)
{
    sl_buf_say(l->out, "live: %s: target %S as %s: ", kind, l->target->name, l->user);
    return l->out;
}

struct sl_buf *sl_live_found(struct sl_live *l)
{
    l->found++;
    return start(l, "found");
}

struct sl_buf *sl_live_note(struct sl_live *l)
{
    return start(l, "note");
}

bool sl_live_user(const struct sl_login *login, const char *identity, struct sl_buf *out)
{
    struct sl_span left = login->user;
    const struct sl_span hole = SL_SPAN("{identity}");

    while (left.n > 0) {
        bool here = sl_span_starts(left, hole);
        if (here && identity == NULL)
            return false;
        if (here)
            sl_buf_put_str(out, identity);
        else
            sl_buf_put_u8(out, left.p[0]);
        left = sl_span_from(left, here ? hole.n : 1);
    }
    return sl_buf_text(out)[0] != '\0';
}

/* libpq wants terminated texts; all of them die with the arena. */
static char *text(struct sl_live *l, struct sl_span s)
{
    char *copy = sl_arena_text(l->mem, s);

    return copy == NULL ? (char *)(uintptr_t) "" : copy;
}

static const char *ssl_mode(const struct sl_target *t)
{
    return t->tls == SL_TLS_OFF ? "disable" : t->tls == SL_TLS_REQUIRE ? "require" : "verify-full";
}

/* With `verify-full` alone: libpq verifies whatever authorities it has a file of, its own default
 * file too, and `require` would then mean something else here than in the gate. */
static const char *authorities(struct sl_live *l, struct sl_buf *beside)
{
    const struct sl_target *t = l->target;

    if (t->tls != SL_TLS_VERIFY_FULL)
        return "/nonexistent/nothing is verified";
    bool given =
        t->tls_ca_file.n > 0 && sl_path_beside(l->config_path, t->tls_ca_file, beside) == SL_OK;
    return given ? sl_buf_text(beside) : "/etc/ssl/certs/ca-certificates.crt";
}

/* Nothing of the environment or a service file leaks in: every parameter that matters is given. */
static PGconn *connect_to(struct sl_live *l, const char *password)
{
    const struct sl_target *t = l->target;
    SL_BUF(beside, 8192);
    const char *keys[] = {"host",
                          "port",
                          "dbname",
                          "user",
                          "password",
                          "sslmode",
                          "sslrootcert",
                          "connect_timeout",
                          "application_name",
                          "options",
                          "gssencmode",
                          NULL};
    const char *values[] = {text(l, t->host),
                            text(l, t->port),
                            text(l, t->database),
                            l->user,
                            password,
                            ssl_mode(t),
                            authorities(l, &beside),
                            "10",
                            "sluice check",
                            "-c search_path=pg_catalog -c default_transaction_read_only=on "
                            "-c statement_timeout=10000 -c lock_timeout=2000",
                            "disable",
                            NULL};

    return PQconnectdbParams(keys, values, 0);
}

void sl_cli_put_libpq(struct sl_buf *b, const char *message)
{
    SL_BUF(line, 4096);

    for (; *message != '\0'; message++)
        if (*message >= ' ')
            sl_buf_put_u8(&line, (uint8_t)*message);
        else if (*message == '\n' && message[1] != '\0')
            sl_buf_put_u8(&line, ' ');
    sl_utf8_put_printable(b, sl_buf_span(&line));
}

/* What to do about it. libpq tells kinds of failures apart by words alone, and speaks English to a
 * program that sets no locale; the server does not always. */
static const char *advice(const PGconn *conn, const char *message)
{
    static const struct {
        const char *word, *advice;
    } table[] = {
        {"could not translate host name", "correct `address`: nobody knows that host"},
        {"Connection refused",
         "correct `address`, or start the server there (listen_addresses, port)"},
        {"timeout expired", "correct `address`, or let this machine through to it (firewall)"},
        {"No route to host", "correct `address`, or let this machine through to it (firewall)"},
        {"does not match host name",
         "use a name in `address` that is in the server's certificate, or give it another one"},
        {"certificate verify failed",
         "set `tls.ca_file` to the authority that signed the server's certificate"},
        {"root certificate file", "correct `tls.ca_file`"},
        {"does not support SSL", "switch `ssl` on at the server, or set the target's `tls.mode`"},
        {"pg_hba.conf", "let this user and machine in: pg_hba.conf at the server"},
        {"does not exist", "correct `database`, or the login's `user`"},
    };

    for (size_t i = 0; i < SL_COUNT(table); i++)
        if (strstr(message, table[i].word) != NULL)
            return table[i].advice;
    if (PQconnectionUsedPassword(conn))
        return "correct the login's `user`, or its password";
    if (PQconnectionNeedsPassword(conn))
        return "give the login a `password_file` or `password_command`";
    return "correct address, user, password or pg_hba.conf";
}

static void try_login(struct sl_live *l, const char *password)
{
    l->conn = connect_to(l, password);
    if (PQstatus(l->conn) == CONNECTION_OK) {
        sl_buf_say(sl_live_note(l), "the login works\n");
        sl_live_look(l);
    } else {
        struct sl_buf *b = sl_live_found(l);
        sl_buf_put_str(b, "cannot log in: ");
        sl_cli_put_libpq(b, PQerrorMessage(l->conn));
        sl_buf_say(b, "; %s\n", advice(l->conn, PQerrorMessage(l->conn)));
    }
    PQfinish(l->conn);
    l->conn = NULL;
}

static void check_login(struct sl_live *l, const struct sl_login *login, const char *config_path,
                        const char *identity)
{
    SL_BUF(user, 256);
    SL_BUF(password, 4096 + 512);
    SL_BUF(why, 1000);

    l->user = text(l, login->user);
    l->login = login;
    l->identity = identity;
    if (!sl_live_user(login, identity, &user)) {
        sl_buf_put_str(sl_live_note(l), "not tried: say --identity NAME to try it as somebody\n");
        return;
    }
    l->user = sl_buf_text(&user);
    l->has_password = login->password_file.n > 0 || login->password_command.count > 0;
    if (sl_cli_secret(login, config_path, &password, &why) != SL_OK) {
        sl_buf_say(sl_live_found(l), "%s; correct the login\n",
                   why.n > 0 ? sl_buf_text(&why) : "no password");
        return;
    }
    if (why.n > 0)
        sl_buf_say(sl_live_found(l), "%s\n", sl_buf_text(&why));
    try_login(l, sl_buf_text(&password));
    if (password.p != NULL)
        explicit_bzero(password.p, password.cap);
}

/* --- the catalog, for `sluice explain --live` --- */
static enum sl_err take_rows(PGresult *r, struct sl_catalog_builder *into)
{
    struct sl_span fields[64];
    int columns = PQnfields(r);

    if (columns > (int)SL_COUNT(fields))
        return SL_ELIMIT;
    for (int row = 0; row < PQntuples(r); row++) {
        for (int i = 0; i < columns; i++)
            fields[i] = PQgetisnull(r, row, i)
                            ? (struct sl_span){NULL, 0}
                            : sl_span(PQgetvalue(r, row, i), (size_t)PQgetlength(r, row, i));
        SL_TRY(sl_catalog_row(into, fields, (size_t)columns));
    }
    return SL_OK;
}

static enum sl_err list_catalog(struct sl_live *l, struct sl_catalog_builder *into)
{
    for (size_t i = 0; i < sl_catalog_query_count; i++) {
        PGresult *r = PQexec(l->conn, sl_catalog_queries[i]);
        ExecStatusType status = PQresultStatus(r);
        enum sl_err err = status == PGRES_TUPLES_OK    ? take_rows(r, into)
                          : status == PGRES_COMMAND_OK ? SL_OK
                                                       : SL_EIO;
        if (err != SL_OK)
            sl_cli_put_libpq(l->out, status == PGRES_FATAL_ERROR ? PQresultErrorMessage(r)
                                                                 : sl_err_text(err));
        PQclear(r);
        SL_TRY(err);
    }
    return SL_OK;
}

static enum sl_err connect_as(const struct sl_target *t, const struct sl_login *login,
                              const char *config_path, const char *identity, PGconn **out,
                              struct sl_buf *why)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(user, 256);
    SL_BUF(password, 4096 + 512);

    SL_TRY(sl_arena_new(&mem, 1024 * 1024));
    if (login == NULL || !sl_live_user(login, identity, &user)) {
        sl_buf_put_str(why, "the target has no login for these groups");
        return SL_ENOTFOUND;
    }
    SL_TRY(sl_cli_secret(login, config_path, &password, why));
    struct sl_live l = {
        .target = t, .mem = mem, .user = sl_buf_text(&user), .config_path = config_path};
    sl_buf_reset(why); /* what a check would remark about the file is not asked here */
    PGconn *conn = connect_to(&l, sl_buf_text(&password));
    if (password.p != NULL)
        explicit_bzero(password.p, password.cap);
    if (PQstatus(conn) != CONNECTION_OK) {
        sl_cli_put_libpq(why, PQerrorMessage(conn));
        PQfinish(conn);
        return SL_EGONE;
    }
    *out = conn;
    return SL_OK;
}

enum sl_err sl_cli_connect(const struct sl_target *t, const struct sl_names *groups,
                           const char *config_path, const char *identity, PGconn **out,
                           struct sl_buf *why)
{
    return connect_as(t, sl_target_login(t, groups), config_path, identity, out, why);
}

/* As a gate would; where it could not, as a member of the groups would be. */
enum sl_err sl_cli_list_catalog(const struct sl_target *t, const struct sl_names *groups,
                                const char *config_path, const char *identity,
                                struct sl_catalog_builder *into, struct sl_buf *why)
{
    struct sl_live l = {.target = t, .out = why};
    const struct sl_login *reader = sl_target_catalog_login(t);

    SL_TRY(connect_as(t, reader != NULL ? reader : sl_target_login(t, groups), config_path,
                      identity, &l.conn, why));
    enum sl_err err = list_catalog(&l, into);
    PQfinish(l.conn);
    return err;
}

size_t sl_cli_check_live(const struct sl_config *c, const char *config_path, const char *identity,
                         struct sl_buf *out)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    size_t found = 0;

    if (sl_arena_new(&mem, 16 * 1024 * 1024) != SL_OK)
        return 1;
    for (size_t i = 0; i < c->target_count; i++)
        for (size_t j = 0; j < c->targets[i].login_count; j++) {
            struct sl_live l = {.config = c,
                                .target = &c->targets[i],
                                .mem = mem,
                                .out = out,
                                .config_path = config_path};
            check_login(&l, &c->targets[i].logins[j], config_path, identity);
            found += l.found;
            sl_arena_reset(mem);
        }
    return found;
}
