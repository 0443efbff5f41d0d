#include "wire/pg/frame.h"

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

/* Once for every row that passes: no cursor here. */
static inline uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

enum sl_step sl_pg_frame(struct sl_span in, struct sl_pg_frame *out)
{
    if (in.n < SL_PG_HEADER)
        return SL_STEP_NEED_MORE;
    uint32_t length = be32(in.p + 1);
    if (length < 4 || length - 4 > SL_PG_MAX_BODY)
        return SL_STEP_BROKEN;
    *out = (struct sl_pg_frame){.type = in.p[0], .body_bytes = length - 4};
    return SL_STEP_EVENT;
}

struct sl_pg_run sl_pg_run(struct sl_span in, uint8_t type)
{
    struct sl_pg_run run = {0};
    struct sl_pg_frame f;

    while (in.n - run.bytes >= SL_PG_HEADER && in.p[run.bytes] == type) {
        struct sl_span rest = {in.p + run.bytes, in.n - run.bytes};
        if (sl_pg_frame(rest, &f) != SL_STEP_EVENT || f.body_bytes > rest.n - SL_PG_HEADER)
            break;
        run.bytes += SL_PG_HEADER + (size_t)f.body_bytes;
        run.messages++;
    }
    return run;
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
