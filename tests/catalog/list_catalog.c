/* Lists a database as the gate does, for tests and measurements.
 *
 *     list_catalog CONNINFO               relations, names and parts, a line each, tab between
 * fields list_catalog CONNINFO --sums        how long it took, how large it is list_catalog
 * CONNINFO --fingerprint list_catalog CONNINFO --no-texts    as while a table is locked
 */
#include "core/catalog/catalog.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void fail(const char *why)
{
    fprintf(stderr, "list_catalog: %s\n", why);
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static PGresult *ask(PGconn *conn, const char *sql)
{
    PGresult *r = PQexec(conn, sql);

    if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
        fail(PQresultErrorMessage(r));
    return r;
}

static void take(PGresult *r, struct sl_catalog_builder *into)
{
    struct sl_span fields[16];
    int columns = PQnfields(r);

    for (int row = 0; row < PQntuples(r); row++) {
        for (int i = 0; i < columns && i < 16; i++)
            fields[i] = PQgetisnull(r, row, i)
                            ? sl_span(NULL, 0)
                            : sl_span(PQgetvalue(r, row, i), (size_t)PQgetlength(r, row, i));
        enum sl_err err = sl_catalog_row(into, fields, (size_t)columns);
        if (err != SL_OK)
            fail(sl_err_text(err));
    }
}

static void say(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        switch (s.p[i]) {
        case '\n':
            fputs("\\n", stdout);
            break;
        case '\t':
            fputs("\\t", stdout);
            break;
        default:
            putchar(s.p[i]);
        }
}

static void print_columns(const struct sl_catalog *c, const struct sl_relation *r)
{
    for (uint32_t i = 0; i < r->column_count; i++) {
        struct sl_column column = sl_catalog_column(c, r, i);
        fputs("C\t", stdout);
        say(r->schema);
        putchar('\t');
        say(r->name);
        printf("\t%u\t", column.number);
        say(column.name);
        printf("\t%c\n", column.type);
    }
}

static void print(const struct sl_catalog *c)
{
    printf("names: %u, facts: %u\n", c->name_count, c->facts);
    for (uint32_t i = 0; i < c->relation_count; i++) {
        struct sl_relation r = sl_catalog_relation_at(c, i);
        fputs("R\t", stdout);
        say(r.schema);
        putchar('\t');
        say(r.name);
        printf("\t%c", r.kind);
        for (unsigned k = 0; k < SL_CATALOG_REASON_COUNT; k++)
            if ((r.problems & 1u << k) != 0)
                printf("\t%s", sl_catalog_reason_text((enum sl_catalog_reason)k));
        printf("\t%s\n", r.oid != 0 ? "has an oid" : "has no oid");
        print_columns(c, &r);
    }
    for (uint32_t i = 0; i < c->part_count; i++) {
        struct sl_part p = sl_catalog_part_at(c, i);
        printf("P\t%c\t", p.owner);
        say(p.schema);
        putchar('\t');
        say(p.name);
        printf("\t%c\t%u\t", p.kind, p.num);
        say(p.about);
        putchar('\t');
        say(p.text);
        putchar('\n');
    }
}

static void list(PGconn *conn, bool texts, bool sums)
{
    struct sl_catalog_builder *b;
    struct sl_buf bytes = sl_buf(SL_CATALOG_MAX_BYTES);
    struct sl_catalog c;
    double begun = now_ms();

    if (sl_catalog_builder_new(&b) != SL_OK)
        fail("no memory");
    for (size_t i = 0; i < sl_catalog_query_count; i++) {
        PGresult *r =
            ask(conn, i == 1 && !texts ? sl_catalog_without_texts : sl_catalog_queries[i]);
        take(r, b);
        PQclear(r);
    }
    if (sl_catalog_finish(b, &bytes) != SL_OK || sl_catalog_open(sl_buf_span(&bytes), &c) != SL_OK)
        fail("the listing cannot be built");
    if (sums)
        printf(
            "{\"ms\": %.1f, \"bytes\": %zu, \"relations\": %u, \"columns\": %u, \"parts\": %u}\n",
            now_ms() - begun, bytes.n, c.relation_count, c.column_count, c.part_count);
    else
        print(&c);
    sl_catalog_builder_free(b);
    sl_buf_done(&bytes);
}

static void fingerprint(PGconn *conn)
{
    double begun = now_ms();
    PGresult *r = ask(conn, sl_catalog_fingerprint_query);

    printf("{\"ms\": %.1f, \"fingerprint\": \"%s\"}\n", now_ms() - begun, PQgetvalue(r, 0, 0));
    PQclear(r);
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[2] : "";
    PGconn *conn = argc > 1 ? PQconnectdb(argv[1]) : NULL;

    if (conn == NULL || PQstatus(conn) != CONNECTION_OK)
        fail(conn == NULL ? "usage: list_catalog CONNINFO [--sums|--fingerprint|--no-texts]"
                          : PQerrorMessage(conn));
    if (strcmp(what, "--fingerprint") == 0)
        fingerprint(conn);
    else
        list(conn, strcmp(what, "--no-texts") != 0, strcmp(what, "--sums") == 0);
    PQfinish(conn);
    return 0;
}
