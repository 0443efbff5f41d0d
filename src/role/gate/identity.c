#include "role/gate/gate_int.h"

enum { MEMORY = 64 * 1024 };

static void put_list(struct sl_buf *b, const struct sl_ipc_list *list)
{
    sl_buf_put_le16(b, list->count);
    sl_buf_put(b, list->items);
}

static void put_part(struct sl_buf *b, struct sl_span part)
{
    sl_buf_put_le32(b, (uint32_t)part.n);
    sl_buf_put(b, part);
}

/* The facts in one unambiguous run of bytes. */
static enum sl_err key_of(struct sl_buf *b, const struct sl_msg_login_ok *ok)
{
    put_part(b, ok->identity);
    put_part(b, ok->kind);
    put_part(b, ok->owner);
    put_list(b, &ok->groups);
    put_list(b, &ok->requester);
    return sl_buf_err(b);
}

static enum sl_err copy_list(struct sl_arena *mem, const struct sl_ipc_list *list,
                             struct sl_names *out)
{
    struct sl_span item;
    size_t at = 0;

    out->items = sl_arena_array(mem, list->count + 1u, sizeof *out->items);
    if (out->items == NULL)
        return SL_EMEMORY;
    while (sl_ipc_list_next(list, &at, &item)) {
        struct sl_span copy = sl_arena_copy(mem, item);
        if (copy.p == NULL)
            return SL_EMEMORY;
        out->items[out->count++] = copy;
    }
    return SL_OK;
}

static enum sl_err fill(struct identity *who, struct sl_arena *mem, struct sl_span key,
                        const struct sl_msg_login_ok *ok)
{
    who->key = sl_arena_copy(mem, key);
    who->name = sl_arena_copy(mem, ok->identity);
    who->owner = sl_arena_copy(mem, ok->owner);
    who->kind = sl_identity_kind_of(ok->kind);
    if (who->key.p == NULL || who->name.p == NULL || who->owner.p == NULL)
        return SL_EMEMORY;
    if (who->kind == 0 || who->name.n == 0)
        return SL_EMALFORMED;
    SL_TRY(copy_list(mem, &ok->groups, &who->groups));
    return copy_list(mem, &ok->requester, &who->requesters);
}

enum sl_err identity_of(struct gate *g, const struct sl_msg_login_ok *ok, struct identity **out)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(key, MEMORY / 2);

    SL_TRY(key_of(&key, ok));
    struct identity *who = sl_map_get(g->identities, sl_buf_span(&key));
    if (who != NULL) {
        who->refs++;
        *out = who;
        return SL_OK;
    }
    SL_TRY(sl_arena_new(&mem, MEMORY));
    who = SL_ARENA_NEW(mem, struct identity);
    if (who == NULL)
        return SL_EMEMORY;
    SL_TRY(fill(who, mem, sl_buf_span(&key), ok));
    SL_TRY(sl_map_put(g->identities, who->key, who));
    who->refs = 1;
    who->id = ++g->next_identity;
    who->mem = sl_arena_take(&mem);
    *out = who;
    return SL_OK;
}

void identity_unref(struct gate *g, struct identity *who)
{
    if (who == NULL || --who->refs > 0)
        return;
    sl_map_remove(g->identities, who->key);
    sl_arena_free(who->mem);
}
