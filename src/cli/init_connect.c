/* The DSN, and whether the server answers to it. */
#include "cli/cli.h"
#include "cli/init.h"
#include "core/catalog/catalog.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take(const PQconninfoOption *o, struct sl_init *in)
{
    const struct {
        const char *keyword;
        struct sl_buf *into;
    } wanted[] = {{"user", &in->user},
                  {"host", &in->host},
                  {"port", &in->port},
                  {"dbname", &in->database},
                  {"password", &in->password}};

    for (size_t i = 0; i < SL_COUNT(wanted); i++)
        if (o->val != NULL && strcmp(o->keyword, wanted[i].keyword) == 0)
            sl_buf_put_str(wanted[i].into, o->val);
}

static void fill_in(struct sl_buf *b, const char *value)
{
    if (b->n == 0)
        sl_buf_put_str(b, value);
}

int sl_init_read_dsn(struct sl_init *in)
{
    char *complaint = NULL;
    PQconninfoOption *all = PQconninfoParse(in->dsn, &complaint);

    if (all == NULL) {
        fprintf(stderr, "sluice: this is no connection string: %s",
                complaint == NULL ? "out of memory\n" : complaint);
        PQfreemem(complaint);
        return SL_EXIT_USAGE;
    }
    for (const PQconninfoOption *o = all; o->keyword != NULL; o++)
        take(o, in);
    PQconninfoFree(all);
    fill_in(&in->host, "127.0.0.1");
    fill_in(&in->port, "5432");
    if (in->user.n == 0) {
        fputs("sluice: the connection string names no user; write "
              "postgres://USER@HOST:PORT/DATABASE\n",
              stderr);
        return SL_EXIT_USAGE;
    }
    fill_in(&in->database, sl_buf_text(&in->user));
    return SL_EXIT_FINE;
}

static PGconn *connect_to(struct sl_init *in)
{
    const char *names[] = {
        "host", "port", "user", "dbname", "password", "connect_timeout", "application_name", NULL};
    const char *values[] = {sl_buf_text(&in->host),
                            sl_buf_text(&in->port),
                            sl_buf_text(&in->user),
                            sl_buf_text(&in->database),
                            sl_buf_text(&in->password),
                            "10",
                            "sluice init",
                            NULL};

    return PQconnectdbParams(names, values, 0);
}

static bool is_on(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    bool on = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 &&
              strcmp(PQgetvalue(r, 0, 0), "t") == 0;

    PQclear(r);
    return on;
}

static void report(PGconn *c, struct sl_init *in)
{
    printf("Connected to %s as %s: PostgreSQL %d.\n", sl_buf_text(&in->database),
           sl_buf_text(&in->user), PQserverVersion(c) / 10000);
    if (!sl_catalog_tested((uint32_t)PQserverVersion(c)))
        fputs("warning: Sluice was not tested on this version of PostgreSQL; nobody can connect "
              "unless the target says untested: allow\n",
              stderr);
    if (PQserverVersion(c) / 10000 > 15)
        fputs("warning: Sluice judges by the grammar of PostgreSQL 15; newer statements are held "
              "as opaque\n",
              stderr);
    in->superuser =
        is_on(c, "select rolsuper from pg_catalog.pg_roles where rolname = current_user");
    if (in->superuser)
        fputs("warning: this login is a superuser; whatever Sluice lets through has all rights. "
              "Give it a role with "
              "just what the application needs\n",
              stderr);
}

int sl_init_try(struct sl_init *in)
{
    PGconn *c = connect_to(in);
    int code = SL_EXIT_UNREACHABLE;

    if (PQstatus(c) == CONNECTION_OK) {
        report(c, in);
        code = SL_EXIT_FINE;
    } else {
        fprintf(stderr, "sluice: %s", PQerrorMessage(c));
        if (PQconnectionNeedsPassword(c))
            fputs("sluice: give the login's password with --password-file or PGPASSWORD\n", stderr);
    }
    PQfinish(c);
    return code;
}
