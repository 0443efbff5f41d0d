/* What a client says: bodies of frontend messages, decoded.
 *
 * Each function takes a whole body (without the five byte header). Views live as long as the body.
 * The strings of the protocol end with NUL; views exclude it.
 *
 * Names of statements and portals may be of any length here. The server looks at their first
 * SL_PG_NAME_MAX bytes only, so that two longer ones may be the same to it: whoever keeps books of
 * names must refuse those.
 */
#ifndef SL_WIRE_PG_FRONTEND_H
#define SL_WIRE_PG_FRONTEND_H

#include "base/cursor.h"

enum { SL_PG_NAME_MAX = 63 };

/* Query: sql NUL */
enum sl_err sl_pg_query_get(struct sl_span body, struct sl_span *sql) SL_MUST_CHECK;

/* Parse: statement NUL · sql NUL · u16 n · n x u32 type */
struct sl_pg_parse {
    struct sl_span statement; /* empty: the unnamed one */
    struct sl_span sql;
    uint16_t type_count;
    struct sl_span types; /* big-endian, read with sl_pg_parse_type */
};
enum sl_err sl_pg_parse_get(struct sl_span body, struct sl_pg_parse *out) SL_MUST_CHECK;
/* The declared type of parameter `index` (0-based); 0 when it was left to the server. */
uint32_t sl_pg_parse_type(const struct sl_pg_parse *p, size_t index);

/* One value of a Bind or DataRow. */
struct sl_pg_value {
    uint8_t format; /* 0 text, 1 binary; always 0 for a DataRow, whose RowDescription knows */
    bool null;
    struct sl_span bytes; /* empty when null */
};
/* A list of values that was checked when it was decoded: walk it with sl_pg_values_next. */
struct sl_pg_values {
    struct sl_cursor at;
    struct sl_span formats;
    uint16_t count, index;
};
/* False at the end. */
bool sl_pg_values_next(struct sl_pg_values *v, struct sl_pg_value *out);

/* Bind: portal NUL · statement NUL · u16 n · n x u16 format
 *       · u16 n · n x { i32 length (-1: null) · bytes } · u16 n · n x u16 result format
 * Formats: none (all text), one (for all), or one each. */
struct sl_pg_bind {
    struct sl_span portal, statement;
    struct sl_pg_values values; /* copy it to walk it again */
    uint16_t result_format_count;
    struct sl_span result_formats; /* big-endian, read with sl_pg_bind_result_format */
};
enum sl_err sl_pg_bind_get(struct sl_span body, struct sl_pg_bind *out) SL_MUST_CHECK;
/* The i-th result format as it was sent; 0 beyond the end. */
uint16_t sl_pg_bind_result_format(const struct sl_pg_bind *b, size_t index);

/* Describe, Close: u8 kind ('S' statement or 'P' portal) · name NUL */
struct sl_pg_named {
    uint8_t kind;
    struct sl_span name;
};
enum sl_err sl_pg_named_get(struct sl_span body, struct sl_pg_named *out) SL_MUST_CHECK;

/* Execute: portal NUL · i32 rows (0 or less: no limit; out->max_rows is 0 then) */
struct sl_pg_execute {
    struct sl_span portal;
    uint32_t max_rows;
};
enum sl_err sl_pg_execute_get(struct sl_span body, struct sl_pg_execute *out) SL_MUST_CHECK;

/* PasswordMessage: password NUL (an empty password is SL_EMALFORMED, as the server has it) */
enum sl_err sl_pg_password_get(struct sl_span body, struct sl_span *password) SL_MUST_CHECK;

/* SASLInitialResponse: mechanism NUL · i32 length (-1: none) · bytes */
struct sl_pg_sasl_initial {
    struct sl_span mechanism;
    bool has_response;
    struct sl_span response;
};
enum sl_err sl_pg_sasl_initial_get(struct sl_span body, struct sl_pg_sasl_initial *out)
    SL_MUST_CHECK;
/* SASLResponse and CopyData are their whole body: there is nothing to decode. */

/* CopyFail: message NUL */
enum sl_err sl_pg_copy_fail_get(struct sl_span body, struct sl_span *message) SL_MUST_CHECK;

/* CopyDone, Flush, Sync, Terminate and the bare answers of a server: no body. */
enum sl_err sl_pg_empty_get(struct sl_span body) SL_MUST_CHECK;

#endif
