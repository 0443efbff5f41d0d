/* Texts of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677): syntax only, no hashing.
 *
 *   client-first   gs2-header bare
 *                    gs2-header: ("n" / "y" / "p=" name) "," ["a=" authzid] ","
 *                    bare:       "n=" user ",r=" nonce
 *   server-first   "r=" nonce ",s=" salt(base64) ",i=" iterations
 *   client-final   "c=" base64(gs2-header [+ binding data]) ",r=" nonce ",p=" proof(base64)
 *   server-final   "v=" signature(base64)  or  "e=" error
 *
 * The signatures cover  bare "," server-first "," client-final-without-proof: the parsers hand
 * these parts out as they stood. Strict: no extensions ("m=" is refused, others are too), no
 * authzid (the server refuses it as well), nonces are printable ASCII without a comma, 1 to 256
 * bytes long. User names carry =2C and =3D escapes, which are checked and left as they are
 * (PostgreSQL ignores the name and uses that of the startup packet). All views live as long as the
 * message.
 */
#ifndef SL_WIRE_PG_SCRAM_H
#define SL_WIRE_PG_SCRAM_H

#include "base/buf.h"

#define SL_SCRAM_SHA256 "SCRAM-SHA-256"
#define SL_SCRAM_SHA256_PLUS "SCRAM-SHA-256-PLUS"

enum {
    SL_SCRAM_MAX_MESSAGE = 4096,
    SL_SCRAM_MAX_NONCE = 256,
    SL_SCRAM_MAX_SALT = 256,
    SL_SCRAM_LEAST_ITERATIONS = 1, /* the caller may ask for more */
    SL_SCRAM_MOST_ITERATIONS = 10000000,
    SL_SCRAM_DIGEST = 32,
};

/* What the client says about channel binding. */
enum sl_scram_binding {
    SL_SCRAM_NO_BINDING = 'n',       /* cannot */
    SL_SCRAM_BINDING_NOT_SEEN = 'y', /* can, but believes that the server cannot */
    SL_SCRAM_BINDING = 'p',          /* uses the one named */
};

struct sl_scram_client_first {
    enum sl_scram_binding binding;
    struct sl_span binding_name; /* "tls-server-end-point" */
    struct sl_span gs2_header;   /* with its last comma: "n,," */
    struct sl_span bare;
    struct sl_span user, nonce;
};
enum sl_err sl_scram_client_first_get(struct sl_span message, struct sl_scram_client_first *out)
    SL_MUST_CHECK;

struct sl_scram_server_first {
    struct sl_span nonce;
    uint8_t salt[SL_SCRAM_MAX_SALT];
    size_t salt_bytes;
    uint32_t iterations;
};
enum sl_err sl_scram_server_first_get(struct sl_span message, struct sl_scram_server_first *out)
    SL_MUST_CHECK;

struct sl_scram_client_final {
    struct sl_span binding_base64; /* compare with sl_scram_put_binding's text */
    struct sl_span nonce;
    uint8_t proof[SL_SCRAM_DIGEST];
    struct sl_span without_proof;
};
enum sl_err sl_scram_client_final_get(struct sl_span message, struct sl_scram_client_final *out)
    SL_MUST_CHECK;

struct sl_scram_server_final {
    bool refused; /* the server sent e= */
    struct sl_span error;
    uint8_t signature[SL_SCRAM_DIGEST];
};
enum sl_err sl_scram_server_final_get(struct sl_span message, struct sl_scram_server_final *out)
    SL_MUST_CHECK;

/* Builders. `gs2_header` is "n,,", "y,," or "p=tls-server-end-point,,". PostgreSQL takes an empty
 * user. A nonce that is not one makes the buffer SL_EMALFORMED. */
void sl_scram_put_client_first(struct sl_buf *b, struct sl_span gs2_header, struct sl_span user,
                               struct sl_span nonce);
/* The part of it that the signatures cover. */
void sl_scram_put_client_first_bare(struct sl_buf *b, struct sl_span user, struct sl_span nonce);
void sl_scram_put_server_first(struct sl_buf *b, struct sl_span nonce, struct sl_span salt,
                               uint32_t iterations);
/* base64(gs2_header + data): what c= must be. */
void sl_scram_put_binding(struct sl_buf *b, struct sl_span gs2_header, struct sl_span data);
void sl_scram_put_client_final_without_proof(struct sl_buf *b, struct sl_span gs2_header,
                                             struct sl_span binding_data, struct sl_span nonce);
/* Append to the former: ",p=" proof. */
void sl_scram_put_proof(struct sl_buf *b, const uint8_t proof[SL_SCRAM_DIGEST]);
void sl_scram_put_server_final(struct sl_buf *b, const uint8_t signature[SL_SCRAM_DIGEST]);
void sl_scram_put_server_error(struct sl_buf *b, struct sl_span error);

/* The server's nonce must start with the client's and add something of its own. */
bool sl_scram_nonce_extends(struct sl_span whole, struct sl_span client);

#endif
