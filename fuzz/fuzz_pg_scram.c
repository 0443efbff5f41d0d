/* libraries: wire_pg, base */
#include "wire/pg/pg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void first_messages(struct sl_span in, struct sl_buf *b)
{
    struct sl_scram_client_first client;
    struct sl_scram_server_first server;

    if (sl_scram_client_first_get(in, &client) == SL_OK) {
        sl_scram_put_client_first(b, client.gs2_header, client.user, client.nonce);
        SL_PROMISE(sl_buf_err(b) == SL_OK && sl_span_eq(sl_buf_span(b), in));
    } else if (sl_scram_server_first_get(in, &server) == SL_OK) {
        sl_scram_put_server_first(b, server.nonce, sl_span(server.salt, server.salt_bytes),
                                  server.iterations);
        SL_PROMISE(sl_buf_err(b) == SL_OK && sl_span_eq(sl_buf_span(b), in));
    }
}

static void final_messages(struct sl_span in, struct sl_buf *b)
{
    struct sl_scram_client_final client;
    struct sl_scram_server_final server;

    if (sl_scram_client_final_get(in, &client) == SL_OK) {
        sl_buf_put(b, client.without_proof);
        sl_scram_put_proof(b, client.proof);
        SL_PROMISE(sl_buf_err(b) == SL_OK && sl_span_eq(sl_buf_span(b), in));
    } else if (sl_scram_server_final_get(in, &server) == SL_OK && !server.refused) {
        sl_scram_put_server_final(b, server.signature);
        SL_PROMISE(sl_buf_err(b) == SL_OK && sl_span_eq(sl_buf_span(b), in));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_BUF(first, 1 << 16);
    SL_BUF(final, 1 << 16);

    first_messages(sl_span(data, size), &first);
    final_messages(sl_span(data, size), &final);
    return 0;
}
