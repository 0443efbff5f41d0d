/* The gate's own questions on a session's connection, asked only when the server owes nothing.
 * Their answers never reach the client. */
#include "role/gate/inner.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "core/catalog/catalog.h"
#include "role/gate/item.h"
#include "role/gate/session.h"
#include "json/json.h"

#include <stdlib.h>

enum { ROWS_MAX = 256 * 1024, LOCKS_SHOWN = 50 };

static const char locks_query[] =
    "SELECT pg_catalog.concat(n.nspname, '.', c.relname), l.mode FROM pg_catalog.pg_locks l"
    " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) l.relation"
    " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
    " WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND l.locktype "
    "OPERATOR(pg_catalog.=) 'relation'"
    " AND l.granted AND n.nspname OPERATOR(pg_catalog.<>) 'pg_catalog' ORDER BY 1, 2";

static const char settings_query[] =
    "SELECT name, setting FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) ANY (ARRAY["
    "'DateStyle', 'IntervalStyle', 'TimeZone', 'timezone_abbreviations', 'array_nulls',"
    " 'transform_null_equals', 'xmloption', 'xmlbinary', 'bytea_output', 'extra_float_digits',"
    " 'backslash_quote', 'row_security', 'check_function_bodies', 'default_tablespace',"
    " 'default_table_access_method', 'default_transaction_isolation',"
    " 'default_transaction_read_only', 'statement_timeout', 'lock_timeout'])";

void inner_ask(struct session *s, struct sl_span sql, void (*done)(struct session *s, bool ok))
{
    SL_BUF(b, sql.n + 64);

    client_flush(s);
    sl_buf_done(&s->internal);
    s->internal = sl_buf(ROWS_MAX);
    s->internal_done = done;
    s->failed = false;
    s->wait = WAIT_INTERNAL;
    item_push(s, ITEM_INTERNAL);
    sl_pg_put_query(&b, sql);
    if (sl_buf_err(&b) != SL_OK || !stream_write(&s->server, sl_buf_span(&b)))
        session_kill(s, "the server does not take what it is sent");
}

/* Rows are kept as they came: u32 length + body. */
static void keep_row(struct session *s, struct sl_span body)
{
    sl_buf_put_le32(&s->internal, (uint32_t)body.n);
    sl_buf_put(&s->internal, body);
}

bool inner_row(struct sl_cursor *c, struct sl_pg_values *out)
{
    if (sl_cursor_left(c) == 0)
        return false;
    struct sl_span body = sl_cursor_take(c, sl_cursor_le32(c));
    return !c->short_read && sl_pg_row_get(body, out) == SL_OK;
}

void inner_message(struct session *s, uint8_t type, struct sl_span body)
{
    enum sl_pg_ready ready;
    void (*done)(struct session * s, bool ok) = s->internal_done;

    if (type == SL_PG_DATA_ROW)
        keep_row(s, body);
    else if (type == SL_PG_ERROR_RESPONSE)
        s->failed = true;
    if (type != SL_PG_READY_FOR_QUERY)
        return;
    if (sl_pg_ready_get(body, &ready) != SL_OK || done == NULL) {
        session_kill(s, "the server broke the protocol");
        return;
    }
    bool ok = !s->failed && sl_buf_err(&s->internal) == SL_OK;
    s->tx = (char)ready;
    s->failed = false;
    s->internal_done = NULL;
    item_pop(s);
    done(s, ok);
    if (s->internal_done == NULL) /* else it has asked the next question */
        sl_buf_done(&s->internal);
}

/* --- the session's context --- */

enum { CONTEXT_FIELDS = 10 };

static bool read_context(struct session *s, struct sl_pg_value fields[CONTEXT_FIELDS])
{
    struct sl_cursor c = sl_cursor(sl_buf_span(&s->internal));
    struct sl_pg_values row;
    size_t n = 0;

    if (!inner_row(&c, &row) || row.count != CONTEXT_FIELDS)
        return false;
    while (n < CONTEXT_FIELDS && sl_pg_values_next(&row, &fields[n]))
        n++;
    return n == CONTEXT_FIELDS;
}

/* A pooler makes up the process id that it tells at login, and may change servers under a session.
 */
static bool is_own_server(const struct session *s, struct sl_span pid)
{
    uint64_t number;

    return sl_span_u64(pid, &number) == SL_OK && number == s->server_pid;
}

/* "/a/b/", and anything else but nothing at all is more than can be told: then each name is meant.
 */
static void take_temp_names(struct session *s, struct sl_span names)
{
    bool told =
        names.n > 2 && names.p[0] == '/' && names.p[names.n - 1] == '/' && sl_utf8_valid(names);

    s->temp_objects = names.n > 0;
    span_set(&s->temp_names, told ? names : sl_span(NULL, 0));
}

static void context_done(struct session *s, bool ok)
{
    struct sl_pg_value f[CONTEXT_FIELDS];

    if (!ok || !read_context(s, f)) {
        if (s->tx != 'E')
            session_fatal(s, "58000", "Sluice could not read this session's settings back", NULL);
        return;
    }
    if (!is_own_server(s, f[9].bytes)) {
        session_fatal(s, "0A000",
                      "a connection pooler stands between Sluice and the database server",
                      "give the target the address of the server itself: behind a pooler nobody "
                      "can say which "
                      "session a statement runs in");
        return;
    }
    span_set(&s->search_path, f[0].bytes);
    span_set(&s->role, f[1].bytes);
    s->context_odd = !sl_span_is(f[3].bytes, "on") || !sl_span_is(f[4].bytes, "UTF8") ||
                     !sl_span_is(f[5].bytes, "origin");
    take_temp_names(s, f[7].bytes);
    span_set(&s->settings, f[6].bytes);
    s->settings_hash = sl_hash(s->settings, s->gate->seed[0]) | 1;
    s->context = sl_hash(s->search_path, s->gate->seed[0]) ^
                 (sl_hash(s->role, s->gate->seed[1]) * 3) ^ (s->settings_hash * 5) ^
                 (s->temp_objects ? sl_hash(s->temp_names, s->gate->seed[0]) * 7 : 0);
    s->context_unknown = false;
    if (s->tx == 'I')
        s->context_touched = false;
}

void inner_context(struct session *s)
{
    inner_ask(s, sl_span_str(sl_catalog_session_query), context_done);
}

/* --- the locks that a transaction holds --- */

static void locks_done(struct session *s, bool ok)
{
    struct sl_cursor c = sl_cursor(sl_buf_span(&s->internal));
    struct sl_pg_values row;
    struct sl_pg_value name, mode;
    unsigned shown = 0;

    s->show_known = true;
    s->show = sl_buf(64 * 1024);
    struct sl_jw w = sl_jw(&s->show);
    sl_jw_object(&w);
    sl_jw_key(&w, "locks");
    sl_jw_array(&w);
    while (ok && shown < LOCKS_SHOWN && inner_row(&c, &row)) {
        if (!sl_pg_values_next(&row, &name) || !sl_pg_values_next(&row, &mode))
            break;
        if (!sl_utf8_valid(name.bytes) || !sl_utf8_valid(mode.bytes))
            continue;
        sl_jw_object(&w);
        sl_jw_key(&w, "mode");
        sl_jw_str(&w, mode.bytes);
        sl_jw_key(&w, "relation");
        sl_jw_str(&w, name.bytes);
        sl_jw_end(&w);
        shown++;
    }
    sl_jw_end(&w);
    sl_jw_key(&w, "locks_known");
    sl_jw_bool(&w, ok);
    sl_jw_key(&w, "no_estimate");
    sl_jw_str(&w, SL_SPAN("it is inside a transaction"));
    sl_jw_end(&w);
    if (sl_buf_err(&s->show) != SL_OK)
        sl_buf_done(&s->show);
}

static void fail_done(struct session *s, bool ok)
{
    SL_BUF(b, 16);

    (void)ok;
    sl_pg_put_ready(&b, (enum sl_pg_ready)s->tx);
    if (s->tx == 'T' || !stream_write(&s->client, sl_buf_span(&b)))
        session_kill(s, "a transaction that was refused could not be made to fail");
}

void inner_fail(struct session *s)
{
    inner_ask(s, SL_SPAN("sluice: refused"), fail_done);
}

void inner_locks(struct session *s)
{
    inner_ask(s, sl_span_str(locks_query), locks_done);
}

/* --- the settings that go along with an elevated statement --- */

static void settings_done(struct session *s, bool ok)
{
    elevate_settings(s, sl_buf_span(&s->internal), ok);
}

void inner_settings(struct session *s)
{
    inner_ask(s, sl_span_str(settings_query), settings_done);
}
