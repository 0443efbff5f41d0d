#include "base/encode.h"
#include "wire/pg/scram_int.h"

static void put_nonce(struct sl_buf *b, struct sl_span nonce)
{
    if (!sl_scram_is_nonce(nonce) && b->why == SL_OK)
        b->why = SL_EMALFORMED;
    sl_buf_put_str(b, "r=");
    sl_buf_put(b, nonce);
}

void sl_scram_put_client_first_bare(struct sl_buf *b, struct sl_span user, struct sl_span nonce)
{
    if (!sl_scram_is_user(user) && b->why == SL_OK)
        b->why = SL_EMALFORMED;
    sl_buf_put_str(b, "n=");
    sl_buf_put(b, user);
    sl_buf_put_str(b, ",");
    put_nonce(b, nonce);
}

void sl_scram_put_client_first(struct sl_buf *b, struct sl_span gs2_header, struct sl_span user,
                               struct sl_span nonce)
{
    sl_buf_put(b, gs2_header);
    sl_scram_put_client_first_bare(b, user, nonce);
}

void sl_scram_put_server_first(struct sl_buf *b, struct sl_span nonce, struct sl_span salt,
                               uint32_t iterations)
{
    put_nonce(b, nonce);
    sl_buf_put_str(b, ",s=");
    sl_base64_put(b, salt);
    sl_buf_put_str(b, ",i=");
    sl_buf_put_decimal(b, iterations);
}

void sl_scram_put_binding(struct sl_buf *b, struct sl_span gs2_header, struct sl_span data)
{
    SL_BUF(whole, SL_SCRAM_MAX_MESSAGE);

    sl_buf_put(&whole, gs2_header);
    sl_buf_put(&whole, data);
    if (sl_buf_err(&whole) != SL_OK && b->why == SL_OK)
        b->why = sl_buf_err(&whole);
    sl_base64_put(b, sl_buf_span(&whole));
}

void sl_scram_put_client_final_without_proof(struct sl_buf *b, struct sl_span gs2_header,
                                             struct sl_span binding_data, struct sl_span nonce)
{
    sl_buf_put_str(b, "c=");
    sl_scram_put_binding(b, gs2_header, binding_data);
    sl_buf_put_str(b, ",");
    put_nonce(b, nonce);
}

void sl_scram_put_proof(struct sl_buf *b, const uint8_t proof[SL_SCRAM_DIGEST])
{
    sl_buf_put_str(b, ",p=");
    sl_base64_put(b, sl_span(proof, SL_SCRAM_DIGEST));
}

void sl_scram_put_server_final(struct sl_buf *b, const uint8_t signature[SL_SCRAM_DIGEST])
{
    sl_buf_put_str(b, "v=");
    sl_base64_put(b, sl_span(signature, SL_SCRAM_DIGEST));
}

void sl_scram_put_server_error(struct sl_buf *b, struct sl_span error)
{
    sl_buf_put_str(b, "e=");
    sl_buf_put(b, error);
}
