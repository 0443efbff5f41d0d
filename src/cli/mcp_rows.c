/* What came of a statement, as JSON: values as PostgreSQL writes them, NULL as null, so many rows
 * and bytes of them, the others counted. */
#include "cli/mcp.h"

#include "base/utf8.h"

enum { RESULTS_MOST = 64 };

enum sl_err mcp_rows_init(struct mcp_rows *r, size_t max_rows)
{
    *r = (struct mcp_rows){.results = json_array(), .max_rows = max_rows};
    return r->results == NULL ? SL_EMEMORY : SL_OK;
}

void mcp_rows_done(struct mcp_rows *r)
{
    json_decref(r->results);
    json_decref(r->current);
    *r = (struct mcp_rows){0};
}

/* A value is exact where it is UTF-8, as it always is from a server with that encoding. */
static json_t *text_of(const char *bytes, size_t n)
{
    json_t *exact = json_stringn(bytes, n);
    SL_BUF(safe, 8 * MCP_ROWS_BYTES);

    if (exact != NULL)
        return exact;
    sl_utf8_put_printable(&safe, sl_span(bytes, n));
    return json_string(sl_buf_text(&safe));
}

static void begin(struct mcp_rows *r, json_t *columns)
{
    r->current = json_object();
    r->count = 0;
    json_object_set_new(r->current, "columns", columns);
    json_object_set_new(r->current, "rows", json_array());
}

static void begin_columns(struct mcp_rows *r, const PGresult *result)
{
    json_t *columns = json_array();

    for (int i = 0; i < PQnfields(result); i++) {
        const char *name = PQfname(result, i);

        r->bytes += strlen(name);
        if (r->bytes <= MCP_ROWS_BYTES)
            json_array_append_new(columns, text_of(name, strlen(name)));
    }
    begin(r, columns);
}

static json_t *row_of(const PGresult *result, int row)
{
    json_t *values = json_array();

    for (int i = 0; i < PQnfields(result); i++)
        json_array_append_new(values, PQgetisnull(result, row, i)
                                          ? json_null()
                                          : text_of(PQgetvalue(result, row, i),
                                                    (size_t)PQgetlength(result, row, i)));
    return values;
}

static size_t bytes_of(const PGresult *result, int row)
{
    size_t bytes = 0;

    for (int i = 0; i < PQnfields(result); i++)
        bytes += (size_t)PQgetlength(result, row, i) + 4; /* null, and a comma */
    return bytes;
}

/* No row is cut, and none is kept behind one that was left out: what is shown is the beginning. */
static bool has_room(struct mcp_rows *r, size_t bytes)
{
    size_t kept = json_array_size(json_object_get(r->current, "rows"));

    if (kept != r->count || kept >= r->max_rows || bytes > MCP_ROWS_BYTES ||
        r->bytes > MCP_ROWS_BYTES - bytes)
        return false;
    r->bytes += bytes;
    return true;
}

static void take_row(struct mcp_rows *r, const PGresult *result, int row)
{
    if (has_room(r, bytes_of(result, row)))
        json_array_append_new(json_object_get(r->current, "rows"), row_of(result, row));
    r->count++;
}

static void end(struct mcp_rows *r, const char *command, uint64_t count, uint64_t left_out)
{
    json_object_set_new(r->current, "command", text_of(command, strlen(command)));
    json_object_set_new(r->current, "row_count", json_integer((json_int_t)count));
    if (left_out > 0)
        json_object_set_new(r->current, "rows_left_out", json_integer((json_int_t)left_out));
    if (json_array_size(r->results) < RESULTS_MOST)
        json_array_append(r->results, r->current);
    else
        r->results_left_out++;
    json_decref(r->current);
    r->current = NULL;
}

static void end_rows(struct mcp_rows *r, const PGresult *result)
{
    size_t kept = json_array_size(json_object_get(r->current, "rows"));

    end(r, PQcmdStatus((PGresult *)result), r->count, r->count - kept);
}

/* Without rows of its own: what its tag counts, "UPDATE 3". */
static void end_command(struct mcp_rows *r, const PGresult *result)
{
    uint64_t affected = 0;

    if (sl_span_u64(sl_span_str(PQcmdTuples((PGresult *)result)), &affected) != SL_OK)
        affected = 0; /* it counts nothing */
    r->current = json_object();
    end(r, PQcmdStatus((PGresult *)result), affected, 0);
}

void mcp_rows_take(struct mcp_rows *r, const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    bool command = status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
    if (command && r->current == NULL) {
        end_command(r, result);
        return;
    }
    if (r->current == NULL)
        begin_columns(r, result);
    for (int i = 0; i < PQntuples(result); i++)
        take_row(r, result, i);
    if (command || status == PGRES_TUPLES_OK) /* a COPY ends with a command */
        end_rows(r, result);
}

void mcp_rows_copy_begin(struct mcp_rows *r)
{
    begin(r, json_pack("[s]", "copy"));
}

void mcp_rows_copy_line(struct mcp_rows *r, struct sl_span line)
{
    if (line.n > 0 && line.p[line.n - 1] == '\n')
        line.n--;
    if (has_room(r, line.n)) {
        json_t *row = json_array();

        json_array_append_new(row, text_of((const char *)line.p, line.n));
        json_array_append_new(json_object_get(r->current, "rows"), row);
    }
    r->count++;
}
