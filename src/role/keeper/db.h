/* The keeper's view in SQLite: a thin layer with prepared statements named in sql.h.
 *
 * The view is never the truth: the ledger is. One transaction stays open from commit to commit; it
 * is committed only after the ledger has been synced, together with the index up to which the
 * ledger was applied. Any failure of SQLite sticks (db_err): the keeper then stops and catches up
 * by replay.
 */
#ifndef SL_ROLE_KEEPER_DB_H
#define SL_ROLE_KEEPER_DB_H

#include "base/span.h"
#include "role/keeper/sql.h"

struct db;
struct sqlite3_stmt;

enum sl_err db_open(const char *path, struct db **out) SL_MUST_CHECK;
void db_free(struct db *db);
SL_DEFINE_CLEANUP(struct db, db)
enum sl_err db_err(const struct db *db) SL_MUST_CHECK;
enum sl_err db_commit(struct db *db) SL_MUST_CHECK;
/* Commits and waits until all of it is on the disk. */
enum sl_err db_settle(struct db *db) SL_MUST_CHECK;

/* One statement with its arguments: 's' struct sl_span as text, 'b' struct sl_span as a blob,
 * 'i' uint64_t. The statement stays this call's own until db_end (or the last row of db_row). */
struct db_rows {
    struct db *db;
    struct sqlite3_stmt *statement;
};
struct db_rows db_ask(struct db *db, enum db_sql sql, const char *kinds, ...);
bool db_row(struct db_rows *rows); /* false at the end, which also ends it */
void db_end(struct db_rows *rows);
struct sl_span db_span(const struct db_rows *rows,
                       int column); /* until the next db_row or db_end */
uint64_t db_u64(const struct db_rows *rows, int column);

/* For statements without rows. */
#define db_run(db, sql, ...)                                           \
    do {                                                               \
        struct db_rows db_run_rows = db_ask((db), (sql), __VA_ARGS__); \
        while (db_row(&db_run_rows)) {                                 \
        }                                                              \
    } while (0)
/* How many rows the last statement changed. */
uint64_t db_changes(struct db *db);

/* Every row of every table in a fixed order, for comparing two views. */
struct sl_buf;
void db_dump(struct db *db, struct sl_buf *out);

#endif
