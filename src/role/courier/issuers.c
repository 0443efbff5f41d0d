/* Which issuers there are, as far as it takes to call them. */
#include "role/courier/courier_int.h"

enum { NAME_MAX_BYTES = 256, URL_MAX_BYTES = 8192, PEM_MAX_BYTES = 4 * 1024 * 1024 };

static void issuer_free(struct sl_courier_issuer *i)
{
    sl_buf_done(&i->name);
    sl_buf_done(&i->url);
    sl_buf_done(&i->authorities);
}

void sl_courier_issuers_free(struct sl_courier *c)
{
    for (size_t i = 0; i < c->issuer_count; i++)
        issuer_free(&c->issuers[i]);
    c->issuer_count = 0;
}

static struct sl_courier_issuer *find(struct sl_courier *c, struct sl_span name)
{
    for (size_t i = 0; i < c->issuer_count; i++)
        if (sl_span_eq(sl_buf_span(&c->issuers[i].name), name))
            return &c->issuers[i];
    return NULL;
}

const struct sl_courier_issuer *sl_courier_issuer(const struct sl_courier *c, struct sl_span name)
{
    return find((struct sl_courier *)(uintptr_t)c, name);
}

static enum sl_err add(struct sl_courier *c, struct sl_span item)
{
    size_t mark = sl_span_find(item, '=');

    if (mark == item.n || c->issuer_count == SL_COURIER_MAX_ISSUERS)
        return SL_ELIMIT;
    struct sl_courier_issuer *i = &c->issuers[c->issuer_count++];
    *i = (struct sl_courier_issuer){sl_buf(NAME_MAX_BYTES), sl_buf(URL_MAX_BYTES),
                                    sl_buf(PEM_MAX_BYTES)};
    sl_buf_put(&i->name, sl_span_head(item, mark));
    sl_buf_put(&i->url, sl_span_from(item, mark + 1));
    SL_TRY(sl_buf_err(&i->name));
    return sl_buf_err(&i->url);
}

static enum sl_err add_authorities(struct sl_courier *c, struct sl_span item)
{
    size_t mark = sl_span_find(item, '=');
    struct sl_courier_issuer *i = find(c, sl_span_head(item, mark));

    if (mark == item.n || i == NULL)
        return SL_EMALFORMED;
    sl_buf_put(&i->authorities, sl_span_from(item, mark + 1));
    return sl_buf_err(&i->authorities);
}

enum sl_err sl_courier_issuers_take(struct sl_courier *c, const struct sl_ipc_list *urls,
                                    const struct sl_ipc_list *authorities)
{
    struct sl_span item;

    sl_courier_issuers_free(c);
    for (size_t at = 0; sl_ipc_list_next(urls, &at, &item);)
        SL_TRY(add(c, item));
    for (size_t at = 0; sl_ipc_list_next(authorities, &at, &item);)
        SL_TRY(add_authorities(c, item));
    return SL_OK;
}
