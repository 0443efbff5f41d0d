/* libraries: base, crypto, core_ledger, wire_http1, desk_rules */
/* Any path: a route or none, and what it takes out of the path fits into its room and is plain. A
 * tile's name is one only in the one form that is written too. */
#include "core/ledger/tree.h"
#include "role/desk/routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_tile(struct sl_span rest)
{
    struct sl_tile tile;
    SL_BUF(name, 256);
    SL_BUF(again, 256);

    sl_buf_say(&name, "tile/%S", rest);
    if (sl_tile_get_path(sl_buf_span(&name), &tile) != SL_OK)
        return;
    sl_tile_put_path(&again, &tile);
    SL_PROMISE(sl_span_eq(sl_buf_span(&name), sl_buf_span(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span path = sl_span(data, size), taken;
    SL_BUF(allowed, 256);

    if (size == 0 || data[0] != '/') /* the parser before it gives no other */
        return 0;
    const struct sl_desk_route *r = sl_desk_route(SL_HTTP1_METHOD_GET, path, &taken, &allowed);
    if (r == NULL)
        return 0;
    SL_PROMISE(taken.n < SL_DESK_MAX_FILE);
    for (size_t i = 0; i < taken.n; i++)
        SL_PROMISE(taken.p[i] > ' ' && taken.p[i] < 0x7f && taken.p[i] != '"' &&
                   taken.p[i] != '\\' && taken.p[i] != '%');
    if (strstr(r->path, "{tile}") != NULL)
        check_tile(taken);
    return 0;
}
