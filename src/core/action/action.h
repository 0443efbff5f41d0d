/* The action document: what is shown, decided, granted and recorded, and its digest.
 *
 *   action_digest = SHA-256("sluice/action/v1\n" || JCS(document))
 *
 * The gate (which holds the bytes) and the keeper (which holds identities and decisions) build the
 * document independently with the same function; a grant is only spent when both digests agree, so
 * what was shown is what runs (P3). There is no id and no time in it. Canonical JSON (RFC 8785):
 *
 *   {"context":{"client_encoding":..,"database":..,"role":..,"search_path":..,"settings":..,"user":..},
 *    "datasets":[{"all_columns":b,"columns":[..],"effects":[..],"labels":[..],"name":".."}],
 *    "definitions":["view public.v <hex SHA-256 of its
 * text>",..],"effects":[..],"environment":"..","identity":"..",
 *    "operation":{...},"protocol":"postgres","reason":"..","requesters":[..],
 *    "rules":"<hex SHA-256 of the matched rules>","run":"..","salt":"<hex>","sink":"..",
 *    "statements":["select",..],"target":".."}
 *
 * operation for postgres:
 *   simple     {"sql":".."}
 *   extended   {"max_rows":n,"parameters":[{"format":0|1,"null":b,"type":oid,"value":"base64"}],
 *               "result_formats":[..],"sql":".."}
 * beyond a budget also {"before":rows that lie before its first one and count,"budget":"rule",
 *               "continues":action,"delivered":rows}
 * A list of statements, and an envelope, have operations of their own: list.h, envelope.h.
 * SQL that is not valid UTF-8 is carried as {"sql_base64":".."}.
 */
#ifndef SL_CORE_ACTION_ACTION_H
#define SL_CORE_ACTION_ACTION_H

#include "core/action/meaning.h"

/* A count that is beyond every limit, because it cannot be known. JSON can say it exactly. */
#define SL_ROWS_UNKNOWN ((UINT64_C(1) << 53) - 1)

enum {
    SL_ACTION_DIGEST_BYTES = 32,
    SL_ACTION_SALT_BYTES = 32,
    SL_ACTION_MAX_BYTES = 40 * 1024 * 1024
};

struct sl_action_context {
    struct sl_span user, database, role, search_path, client_encoding, settings;
};

/* One dataset with what the policy added to it. */
struct sl_action_dataset {
    const struct sl_meaning_access *access;
    struct sl_span *labels; /* sorted */
    size_t label_count;
};

struct sl_action {
    struct sl_span identity;
    struct sl_span *requesters; /* sorted, without doubles */
    size_t requester_count;
    struct sl_span target, environment, protocol;
    struct sl_span operation; /* canonical JSON object */
    struct sl_action_context context;
    struct sl_span reason, run, sink;
    const struct sl_meaning *meaning;
    const struct sl_action_dataset *datasets; /* one for each access of the meaning, same order */
    uint8_t rules_digest[32];
    uint8_t salt[SL_ACTION_SALT_BYTES];
};

/* Appends the canonical document. */
void sl_action_put(struct sl_buf *b, const struct sl_action *a);

/* SL_EMEMORY or SL_ELIMIT when the document cannot be built; digest untouched then. */
enum sl_err sl_action_digest(const struct sl_action *a, uint8_t digest[SL_ACTION_DIGEST_BYTES])
    SL_MUST_CHECK;

/* The digest of a document that was built before. */
void sl_action_document_digest(struct sl_span document, uint8_t digest[SL_ACTION_DIGEST_BYTES]);

/* The canonical `operation` of PostgreSQL. */
struct sl_pg_parameter {
    uint32_t type;
    uint8_t format;
    bool null;
    struct sl_span value;
};
void sl_action_put_simple(struct sl_buf *b, struct sl_span sql);
void sl_action_put_extended(struct sl_buf *b, struct sl_span sql,
                            const struct sl_pg_parameter *parameters, size_t parameter_count,
                            const uint16_t *result_formats, size_t format_count, uint32_t max_rows);

#endif
