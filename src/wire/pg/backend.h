/* What a server says: bodies of backend messages, decoded. See frontend.h for the rules. */
#ifndef SL_WIRE_PG_BACKEND_H
#define SL_WIRE_PG_BACKEND_H

#include "base/cursor.h"
#include "wire/pg/frontend.h"

/* Authentication*: u32 kind · rest */
enum sl_pg_auth_kind {
    SL_PG_AUTH_OK = 0,
    SL_PG_AUTH_KERBEROS = 2,
    SL_PG_AUTH_CLEARTEXT = 3,
    SL_PG_AUTH_CRYPT = 4,
    SL_PG_AUTH_MD5 = 5, /* data: 4 bytes of salt */
    SL_PG_AUTH_SCM = 6,
    SL_PG_AUTH_GSS = 7,
    SL_PG_AUTH_GSS_CONTINUE = 8, /* data */
    SL_PG_AUTH_SSPI = 9,
    SL_PG_AUTH_SASL = 10,          /* data: mechanisms, see sl_pg_auth_offers */
    SL_PG_AUTH_SASL_CONTINUE = 11, /* data: the server's message */
    SL_PG_AUTH_SASL_FINAL = 12,    /* data: the server's message */
};
struct sl_pg_auth {
    enum sl_pg_auth_kind kind;
    struct sl_span data;
};
/* SL_EUNSUPPORTED for a kind that is not listed. */
enum sl_err sl_pg_auth_get(struct sl_span body, struct sl_pg_auth *out) SL_MUST_CHECK;
/* Whether an AUTH_SASL offers this mechanism, exactly spelled. */
bool sl_pg_auth_offers(const struct sl_pg_auth *a, const char *mechanism);

/* BackendKeyData: u32 pid · secret (4 bytes in 3.0, up to 256 later) */
struct sl_pg_key {
    uint32_t pid;
    struct sl_span secret;
};
enum sl_err sl_pg_key_get(struct sl_span body, struct sl_pg_key *out) SL_MUST_CHECK;

/* ParameterStatus: name NUL · value NUL */
struct sl_pg_status {
    struct sl_span name, value;
};
enum sl_err sl_pg_status_get(struct sl_span body, struct sl_pg_status *out) SL_MUST_CHECK;

/* ReadyForQuery: 'I' idle, 'T' in a transaction, 'E' in a failed one; nothing else */
enum sl_pg_ready { SL_PG_IDLE = 'I', SL_PG_IN_TRANSACTION = 'T', SL_PG_FAILED = 'E' };
enum sl_err sl_pg_ready_get(struct sl_span body, enum sl_pg_ready *out) SL_MUST_CHECK;

/* ErrorResponse, NoticeResponse: { u8 code · text NUL } ... NUL. Unknown field codes are skipped,
 * as the protocol asks. A field given twice is malformed, and so is a SQLSTATE that is not five
 * characters. */
struct sl_pg_notice {
    struct sl_span severity; /* never translated where the server sends V */
    struct sl_span sqlstate;
    struct sl_span message, detail, hint;
    struct sl_span position, where; /* read only: sl_pg_put_error does not write them */
};
enum sl_err sl_pg_notice_get(struct sl_span body, struct sl_pg_notice *out) SL_MUST_CHECK;

/* RowDescription: u16 n · n x { name NUL · u32 table · i16 number · u32 type · i16 size
 *                               · i32 modifier · u16 format } */
struct sl_pg_column {
    struct sl_span name;
    uint32_t table_oid; /* 0: not a column of a table */
    int16_t number;
    uint32_t type_oid;
    int16_t type_bytes;
    int32_t type_modifier;
    uint16_t format;
};
struct sl_pg_columns {
    struct sl_cursor at;
    uint16_t count, index;
};
enum sl_err sl_pg_columns_get(struct sl_span body, struct sl_pg_columns *out) SL_MUST_CHECK;
bool sl_pg_columns_next(struct sl_pg_columns *c, struct sl_pg_column *out);

/* DataRow: u16 n · n x { i32 length (-1: null) · bytes }; walk with sl_pg_values_next */
enum sl_err sl_pg_row_get(struct sl_span body, struct sl_pg_values *out) SL_MUST_CHECK;

/* CommandComplete: tag NUL. "INSERT 0 5" -> command "INSERT", 5 rows; "CREATE TABLE" -> no rows. */
struct sl_pg_tag {
    struct sl_span text, command;
    bool has_rows;
    uint64_t rows;
};
enum sl_err sl_pg_tag_get(struct sl_span body, struct sl_pg_tag *out) SL_MUST_CHECK;

/* CopyIn-, CopyOut-, CopyBothResponse: u8 format (0 text, 1 binary) · u16 n · n x u16 format */
struct sl_pg_copy {
    bool binary;
    uint16_t column_count;
};
enum sl_err sl_pg_copy_get(struct sl_span body, struct sl_pg_copy *out) SL_MUST_CHECK;

/* ParameterDescription: u16 n · n x u32 type */
struct sl_pg_types {
    uint16_t count;
    struct sl_span types; /* big-endian */
};
enum sl_err sl_pg_types_get(struct sl_span body, struct sl_pg_types *out) SL_MUST_CHECK;
uint32_t sl_pg_types_at(const struct sl_pg_types *t, size_t index); /* 0 beyond the end */

/* NotificationResponse: u32 pid · channel NUL · payload NUL */
struct sl_pg_notification {
    uint32_t pid;
    struct sl_span channel, payload;
};
enum sl_err sl_pg_notification_get(struct sl_span body, struct sl_pg_notification *out)
    SL_MUST_CHECK;

#endif
