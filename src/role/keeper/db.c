#include "role/keeper/db.h"

#include "base/buf.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>

struct db {
    sqlite3 *handle;
    sqlite3_stmt *statements[DB_SQL_COUNT];
    bool busy[DB_SQL_COUNT];
    enum sl_err why;
};

static const char *const texts[] = {
#define TEXT(name, text) text,
    SL_KEEPER_SQL(TEXT)
#undef TEXT
};

static enum sl_err err_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return SL_OK;
    case SQLITE_FULL:
        return SL_EFULL;
    case SQLITE_NOMEM:
        return SL_EMEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return SL_ECORRUPT;
    case SQLITE_BUSY:
        return SL_EBUSY;
    default:
        return SL_EIO;
    }
}

static enum sl_err execute(struct db *db, const char *sql)
{
    return err_of(sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

static enum sl_err prepare_all(struct db *db)
{
    for (size_t i = 0; i < DB_SQL_COUNT; i++) {
        int code = sqlite3_prepare_v3(db->handle, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                      &db->statements[i], NULL);
        SL_TRY(err_of(code));
    }
    return SL_OK;
}

/* No sync at commit: the ledger is what survives a power cut, and the view is caught up from it.
 * Only db_settle makes the view durable, before the ledger lets go of what the view has taken over.
 */
static enum sl_err set_up(struct db *db, const char *path)
{
    SL_TRY(err_of(sqlite3_open_v2(path, &db->handle,
                                  SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                  NULL)));
    SL_TRY(execute(db, "pragma journal_mode = wal"));
    SL_TRY(execute(db, "pragma synchronous = normal"));
    SL_TRY(execute(db, "pragma locking_mode = exclusive"));
    SL_TRY(execute(db, "pragma temp_store = memory"));
    SL_TRY(execute(db, "pragma secure_delete = on")); /* what is erased is gone from the file too */
    SL_TRY(execute(db, "pragma cache_size = -16384")); /* walks over the lineage graph */
    SL_TRY(execute(db, "begin; " SL_KEEPER_SCHEMA " commit"));
    SL_TRY(prepare_all(db));
    return execute(db, "begin");
}

enum sl_err db_open(const char *path, struct db **out)
{
    SL_FREED_BY(db) struct db *db = calloc(1, sizeof *db);

    if (db == NULL)
        return SL_EMEMORY;
    SL_TRY(set_up(db, path));
    *out = db;
    db = NULL;
    return SL_OK;
}

void db_free(struct db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < DB_SQL_COUNT; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close(db->handle);
    free(db);
}

enum sl_err db_err(const struct db *db)
{
    return db->why;
}

enum sl_err db_commit(struct db *db)
{
    if (db->why == SL_OK)
        db->why = execute(db, "commit");
    if (db->why == SL_OK)
        db->why = execute(db, "begin");
    return db->why;
}

enum sl_err db_settle(struct db *db)
{
    SL_TRY(db_commit(db));
    db->why = execute(db, "commit");
    if (db->why == SL_OK)
        db->why = execute(db, "pragma wal_checkpoint(truncate)");
    if (db->why == SL_OK)
        db->why = execute(db, "begin");
    return db->why;
}

static void bind(struct db *db, sqlite3_stmt *statement, const char *kinds, va_list arguments)
{
    for (int i = 0; kinds[i] != '\0'; i++) {
        struct sl_span s = {NULL, 0};
        int code;

        if (kinds[i] == 'i') {
            code = sqlite3_bind_int64(statement, i + 1, (sqlite3_int64)va_arg(arguments, uint64_t));
        } else {
            s = va_arg(arguments, struct sl_span);
            const char *p = s.p == NULL ? "" : (const char *)s.p;
            code = kinds[i] == 's'
                       ? sqlite3_bind_text(statement, i + 1, p, (int)s.n, SQLITE_TRANSIENT)
                       : sqlite3_bind_blob(statement, i + 1, p, (int)s.n, SQLITE_TRANSIENT);
        }
        if (code != SQLITE_OK && db->why == SL_OK)
            db->why = err_of(code);
    }
}

struct db_rows db_ask(struct db *db, enum db_sql sql, const char *kinds, ...)
{
    va_list arguments;

    SL_PROMISE(!db->busy[sql]); /* asking inside its own loop would end the loop */
    db->busy[sql] = true;
    va_start(arguments, kinds);
    bind(db, db->statements[sql], kinds, arguments);
    va_end(arguments);
    return (struct db_rows){db, db->statements[sql]};
}

void db_end(struct db_rows *rows)
{
    if (rows->statement == NULL)
        return;
    for (size_t i = 0; i < DB_SQL_COUNT; i++)
        if (rows->db->statements[i] == rows->statement)
            rows->db->busy[i] = false;
    sqlite3_reset(rows->statement);
    sqlite3_clear_bindings(rows->statement);
    rows->statement = NULL;
}

bool db_row(struct db_rows *rows)
{
    if (rows->statement == NULL)
        return false;
    int code = rows->db->why == SL_OK ? sqlite3_step(rows->statement) : SQLITE_DONE;

    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        rows->db->why = err_of(code);
    db_end(rows);
    return false;
}

struct sl_span db_span(const struct db_rows *rows, int column)
{
    const void *p = sqlite3_column_blob(rows->statement, column);

    return sl_span(p, (size_t)sqlite3_column_bytes(rows->statement, column));
}

uint64_t db_u64(const struct db_rows *rows, int column)
{
    return (uint64_t)sqlite3_column_int64(rows->statement, column);
}

uint64_t db_changes(struct db *db)
{
    return (uint64_t)sqlite3_changes64(db->handle);
}

static void dump_table(struct db *db, const char *select, struct sl_buf *out)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(db->handle, select, -1, &statement, NULL) != SQLITE_OK) {
        out->why = SL_EIO;
        return;
    }
    sl_buf_say(out, "%s\n", select);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(statement); c++) {
            const void *p = sqlite3_column_blob(statement, c);

            sl_buf_put(out, sl_span(p, (size_t)sqlite3_column_bytes(statement, c)));
            sl_buf_put_u8(out, '\t');
        }
        sl_buf_put_u8(out, '\n');
    }
    sqlite3_finalize(statement);
}

void db_dump(struct db *db, struct sl_buf *out)
{
    static const char *const tables[] = {
        "select * from meta order by 1",
        "select * from identity order by 1",
        "select * from membership order by 1, 2",
        "select * from credential order by 1",
        "select * from invitation order by 1",
        "select * from console_session order by 1",
        "select * from session order by 1",
        "select * from approval order by 1",
        "select * from vote order by 1, 3",
        "select * from journal order by 1",
        "select * from open_action order by 1, 2, 3",
        "select * from derived_label order by 1, 2, 3, 5, 6",
        "select * from refusal order by 1, 2, 3",
        "select * from approval_cap order by 1",
        "select * from approval_use order by 1, 2",
        "select * from budget_use order by 1, 2, 3, 4",
        "select * from budget_lease order by 1, 2, 3",
        "select * from lineage_node order by 1",
        "select * from lineage_act order by 1",
        "select * from lineage_touch order by 1, 2, 3",
        "select * from lineage_edge order by 1, 2, 3, 4",
        "select * from lineage_flow order by 1, 2, 3",
        "select * from lineage_open order by 1, 2",
        "select * from lineage_asked order by 1",
        "select * from usage_who order by 1",
        "select * from usage_what order by 1",
        "select * from usage_touch order by 1, 2, 3, 4",
        "select * from usage order by 1",
        "select * from usage_open order by 1, 2",
        "select * from usage_total order by 1, 2, 3",
        "select * from counter order by 1",
        "select term, block, bits, lines from trail_post_told order by 1, 2",
        "select * from trail_block order by 1",
        "select * from trail_asked order by 1",
        "select * from trail_wait order by 1",
        "select * from hook order by 1",
        "select * from hook_dead order by 1, 2",
    };
    for (size_t i = 0; i < SL_COUNT(tables); i++)
        dump_table(db, tables[i], out);
}
