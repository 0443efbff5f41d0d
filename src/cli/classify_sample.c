/* The sampling behind `sluice classify`: values are counted as they pass, and kept nowhere. */
#include "cli/classify_int.h"

#include "cli/cli.h"
#include "cli/connect.h"

#include <stdio.h>
#include <string.h>

enum { QUERY_ROOM = 256 * 1024, SMALL_TABLE_TIMES = 10 };

static const char TABLES[] =
    "SELECT n.nspname, c.relname, c.reltuples::pg_catalog.int8, c.oid::pg_catalog.int8"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
    " ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
    " WHERE c.relkind IN ('r', 'm') AND c.relpersistence OPERATOR(pg_catalog.<>) 't'"
    " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
    " AND ($1::pg_catalog.text IS NULL OR n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) $1)"
    " ORDER BY 1, 2";

/* Built-in types whose text form runs no code of users: int8 int4 text bpchar varchar name numeric
 * inet cidr date. */
static const char COLUMNS[] =
    "SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) "
    "$1::pg_catalog.int8::pg_catalog.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT "
    "a.attisdropped AND a.atttypid IN (20, 23, 25, 1042, 1043, 19, 1700, 869, 650, 1082)"
    " ORDER BY a.attnum";

static int complain(const char *what, const char *detail)
{
    SL_BUF(line, 4096);

    sl_cli_put_libpq(&line, detail);
    fprintf(stderr, "sluice classify: %s: %s\n", what, sl_buf_text(&line));
    return SL_EXIT_REFUSED;
}

static struct sl_span cell(const PGresult *r, int row, int column)
{
    return sl_span(PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column));
}

/* --- proposals --- */

static struct sl_span full_name(struct sl_sampled *s, struct sl_span table, struct sl_span column)
{
    SL_BUF(name, 1024);

    sl_buf_say(&name, "%S.%S", table, column);
    return sl_arena_copy(s->mem, sl_buf_span(&name));
}

static bool is_labelled(const struct sl_sampled *s, struct sl_span table, struct sl_span column)
{
    struct sl_meaning_access access = {
        .dataset = table, .effects = SL_EFFECT_READ, .columns = &column, .column_count = 1};

    return sl_labels_of(s->config, s->target, &access, NULL) != 0;
}

static bool add(struct sl_sampled *s, struct sl_span name, struct sl_proposal p)
{
    if (s->count == s->room) {
        size_t room = s->room == 0 ? 64 : s->room * 2;
        struct sl_found *more = sl_arena_array(s->mem, room, sizeof *more);
        if (more == NULL)
            return false;
        if (s->count > 0)
            memcpy(more, s->found, s->count * sizeof *more);
        s->found = more;
        s->room = room;
    }
    s->found[s->count++] = (struct sl_found){name, p};
    return true;
}

static int propose(struct sl_sampled *s, struct sl_span table, const PGresult *columns,
                   const PGresult *values)
{
    for (int i = 0; i < PQntuples(columns); i++) {
        struct sl_span column = cell(columns, i, 0);
        struct sl_data_counts counts = {0};
        s->columns++;
        if (is_labelled(s, table, column)) {
            s->labelled++;
            continue;
        }
        for (int row = 0; row < PQntuples(values); row++)
            if (!PQgetisnull(values, row, i))
                sl_data_count(&counts, cell(values, row, i));
        struct sl_proposal p = sl_classify(column, &counts);
        if (p.label != NULL && !add(s, full_name(s, table, column), p))
            return complain("too many columns", "out of memory");
    }
    return SL_EXIT_FINE;
}

/* --- questions --- */

static bool put_name(struct sl_sampled *s, struct sl_buf *b, struct sl_span name)
{
    char *quoted = PQescapeIdentifier(s->conn, (const char *)name.p, name.n);

    if (quoted == NULL)
        return false;
    sl_buf_put_str(b, quoted);
    PQfreemem(quoted);
    return true;
}

/* A large table is sampled by pages; of a small one the first rows are as good as any. */
static bool put_sample(struct sl_sampled *s, struct sl_buf *b, struct sl_span schema,
                       struct sl_span table, uint64_t rows, const PGresult *columns)
{
    bool good = true;

    sl_buf_put_str(b, "SELECT ");
    for (int i = 0; i < PQntuples(columns); i++) {
        sl_buf_put_str(b, i == 0 ? "" : ", ");
        good = good && put_name(s, b, cell(columns, i, 0));
        sl_buf_put_str(b, "::pg_catalog.text");
    }
    sl_buf_put_str(b, " FROM ONLY ");
    good = good && put_name(s, b, schema);
    sl_buf_put_u8(b, '.');
    good = good && put_name(s, b, table);
    if (rows > (uint64_t)s->rows * SMALL_TABLE_TIMES) /* in millionths, at least one */
        sl_buf_say(b, " TABLESAMPLE SYSTEM (%U / 10000.0)",
                   1 + (uint64_t)s->rows * 2 * 1000000 / rows);
    sl_buf_say(b, " LIMIT %u", s->rows);
    return good && sl_buf_err(b) == SL_OK;
}

static int sample_columns(struct sl_sampled *s, struct sl_span schema, struct sl_span table,
                          uint64_t rows, const PGresult *columns)
{
    SL_BUF(query, QUERY_ROOM);
    SL_BUF(name, 1024);

    sl_buf_say(&name, "%S.%S", schema, table);
    if (!put_sample(s, &query, schema, table, rows, columns))
        return complain(sl_buf_text(&name), "its columns make too long a question");
    PGresult *values = PQexec(s->conn, sl_buf_text(&query));
    int code = PQresultStatus(values) == PGRES_TUPLES_OK
                   ? propose(s, sl_arena_copy(s->mem, sl_buf_span(&name)), columns, values)
                   : complain(sl_buf_text(&name), PQresultErrorMessage(values));
    PQclear(values);
    return code;
}

static int sample_table(struct sl_sampled *s, const PGresult *tables, int row)
{
    const char *oid = PQgetvalue(tables, row, 3);
    uint64_t rows = 0; /* of a table that was never analyzed the server says -1 */
    PGresult *columns =
        PQexecParams(s->conn, COLUMNS, 1, NULL, (const char *const[]){oid}, NULL, NULL, 0);
    int code = SL_EXIT_FINE;

    if (sl_span_u64(cell(tables, row, 2), &rows) != SL_OK)
        rows = 0;
    s->tables++;
    if (PQresultStatus(columns) != PGRES_TUPLES_OK)
        code = complain(PQgetvalue(tables, row, 1), PQresultErrorMessage(columns));
    else if (PQntuples(columns) > 0)
        code = sample_columns(s, cell(tables, row, 0), cell(tables, row, 1), rows, columns);
    PQclear(columns);
    return code;
}

int sl_sample_all(struct sl_sampled *s, const char *schema)
{
    PGresult *tables =
        PQexecParams(s->conn, TABLES, 1, NULL, (const char *const[]){schema}, NULL, NULL, 0);
    int code = SL_EXIT_FINE;

    if (PQresultStatus(tables) != PGRES_TUPLES_OK)
        code = complain("the tables cannot be listed", PQresultErrorMessage(tables));
    for (int row = 0; code == SL_EXIT_FINE && row < PQntuples(tables); row++) {
        int one = sample_table(s, tables, row);
        code = one == SL_EXIT_FINE ? code : one;
    }
    PQclear(tables);
    return code;
}
