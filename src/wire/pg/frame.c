#include "wire/pg/frame.h"

#include "base/cursor.h"

struct kind {
    const char *name;
    uint32_t least, most;
};

/* clang-format off */
#define KIND(name, letter, least, most) [letter] = {#name, least, most},
static const struct kind frontend[256] = { SL_PG_FRONTEND(KIND) };
static const struct kind backend[256] = { SL_PG_BACKEND(KIND) };
#undef KIND
/* clang-format on */

enum sl_step sl_pg_frame(struct sl_span in, struct sl_pg_frame *out)
{
    struct sl_cursor c = sl_cursor(in);
    uint8_t type = sl_cursor_u8(&c);
    uint32_t length = sl_cursor_be32(&c);

    if (c.short_read)
        return SL_STEP_NEED_MORE;
    if (length < 4 || length - 4 > SL_PG_MAX_BODY)
        return SL_STEP_BROKEN;
    *out = (struct sl_pg_frame){.type = type, .body_bytes = length - 4};
    return SL_STEP_EVENT;
}

static enum sl_err check(const struct kind *k, uint32_t body_bytes)
{
    if (k->name == NULL)
        return SL_EUNSUPPORTED;
    if (body_bytes < k->least || (k->most == 0 && body_bytes > 0))
        return SL_EMALFORMED;
    return body_bytes > k->most ? SL_ELIMIT : SL_OK;
}

bool sl_pg_frontend_type_known(uint8_t type)
{
    return frontend[type].name != NULL;
}

bool sl_pg_backend_type_known(uint8_t type)
{
    return backend[type].name != NULL;
}

enum sl_err sl_pg_frontend_check(struct sl_pg_frame f)
{
    return check(&frontend[f.type], f.body_bytes);
}

enum sl_err sl_pg_backend_check(struct sl_pg_frame f)
{
    return check(&backend[f.type], f.body_bytes);
}

const char *sl_pg_frontend_name(uint8_t type)
{
    return frontend[type].name == NULL ? "unknown" : frontend[type].name;
}

const char *sl_pg_backend_name(uint8_t type)
{
    return backend[type].name == NULL ? "unknown" : backend[type].name;
}
