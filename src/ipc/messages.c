#include "ipc/messages.h"

#include "base/cursor.h"
#include "base/utf8.h"

const char *sl_role_name(enum sl_role role)
{
    switch (role) {
    case SL_ROLE_SUPER:
        return "supervisor";
    case SL_ROLE_GATE:
        return "gate";
    case SL_ROLE_JUDGE:
        return "judge";
    case SL_ROLE_KEEPER:
        return "keeper";
    case SL_ROLE_DESK:
        return "desk";
    case SL_ROLE_CONTROL:
        return "control";
    case SL_ROLE_COURIER:
        return "courier";
    }
    return "unknown";
}

static void put_u8(struct sl_buf *b, uint8_t v)
{
    sl_buf_put_u8(b, v);
}

static void put_u32(struct sl_buf *b, uint32_t v)
{
    sl_buf_put_le32(b, v);
}

static void put_u64(struct sl_buf *b, uint64_t v)
{
    sl_buf_put_le64(b, v);
}

static void put_bytes(struct sl_buf *b, struct sl_span s)
{
    if (s.n > SL_IPC_MAX_BODY) {
        b->why = SL_ELIMIT;
        return;
    }
    sl_buf_put_le32(b, (uint32_t)s.n);
    sl_buf_put(b, s);
}

static void put_str(struct sl_buf *b, struct sl_span s)
{
    put_bytes(b, s);
}

static void put_list(struct sl_buf *b, struct sl_ipc_list list)
{
    sl_buf_put_le16(b, list.count);
    put_bytes(b, list.items);
}

static uint8_t get_u8(struct sl_cursor *c, bool *bad)
{
    (void)bad;
    return sl_cursor_u8(c);
}

static uint32_t get_u32(struct sl_cursor *c, bool *bad)
{
    (void)bad;
    return sl_cursor_le32(c);
}

static uint64_t get_u64(struct sl_cursor *c, bool *bad)
{
    (void)bad;
    return sl_cursor_le64(c);
}

static struct sl_span get_bytes(struct sl_cursor *c, bool *bad)
{
    (void)bad;
    return sl_cursor_take(c, sl_cursor_le32(c));
}

static struct sl_span get_str(struct sl_cursor *c, bool *bad)
{
    struct sl_span s = get_bytes(c, bad);

    if (!sl_utf8_valid(s))
        *bad = true;
    return s;
}

bool sl_ipc_list_next(const struct sl_ipc_list *list, size_t *at, struct sl_span *item)
{
    struct sl_cursor c = sl_cursor(sl_span_from(list->items, *at));

    if (*at >= list->items.n)
        return false;
    struct sl_span s = sl_cursor_take(&c, sl_cursor_le32(&c));
    if (c.short_read)
        return false;
    *at += c.at;
    *item = s;
    return true;
}

void sl_ipc_list_add(struct sl_buf *b, struct sl_ipc_list *list, struct sl_span item)
{
    put_bytes(b, item);
    list->items = sl_buf_span(b);
    list->count++;
}

static struct sl_ipc_list get_list(struct sl_cursor *c, bool *bad)
{
    struct sl_ipc_list list = {.count = sl_cursor_le16(c)};
    struct sl_span item;
    size_t at = 0, seen = 0;

    list.items = get_bytes(c, bad);
    while (sl_ipc_list_next(&list, &at, &item)) {
        seen++;
        if (!sl_utf8_valid(item))
            *bad = true;
    }
    if (at != list.items.n || seen != list.count)
        *bad = true;
    return list;
}

/* The header's length is filled in after the body is known. */
static size_t begin(struct sl_buf *b, enum sl_message type)
{
    sl_buf_put_le16(b, (uint16_t)type);
    sl_buf_put_le16(b, 0);
    sl_buf_put_le32(b, 0);
    return b->n;
}

static void end(struct sl_buf *b, size_t body_at)
{
    if (sl_buf_err(b) != SL_OK)
        return;
    size_t n = b->n - body_at;
    if (n > SL_IPC_MAX_BODY) {
        b->why = SL_ELIMIT;
        return;
    }
    for (unsigned i = 0; i < 4; i++)
        b->p[body_at - 4 + i] = (uint8_t)(n >> (8 * i));
}

#define SL_IPC_PUT_FIELD(type, name) put_##type(b, m->name);
#define SL_IPC_GET_FIELD(type, name) m.name = get_##type(&c, &bad);
#define SL_IPC_CODEC(NAME, name_, number, senders, states)                                    \
    void sl_msg_##name_##_put(struct sl_buf *b, const struct sl_msg_##name_ *m)               \
    {                                                                                         \
        size_t body_at = begin(b, SL_MESSAGE_##NAME);                                         \
        SL_MSG_##NAME(SL_IPC_PUT_FIELD) end(b, body_at);                                      \
    }                                                                                         \
    enum sl_err sl_msg_##name_##_get(struct sl_span body, struct sl_msg_##name_ *out)         \
    {                                                                                         \
        struct sl_cursor c = sl_cursor(body);                                                 \
        struct sl_msg_##name_ m = {0};                                                        \
        bool bad = false;                                                                     \
        SL_MSG_##NAME(SL_IPC_GET_FIELD) if (bad || !sl_cursor_done(&c)) return SL_EMALFORMED; \
        *out = m;                                                                             \
        return SL_OK;                                                                         \
    }
SL_MESSAGES(SL_IPC_CODEC)

static const struct row {
    unsigned type;
    const char *name;
    unsigned senders, states;
} table[] = {
#define SL_IPC_ROW(NAME, name_, number, senders, states) {number, #name_, senders, states},
    SL_MESSAGES(SL_IPC_ROW)
#undef SL_IPC_ROW
};

static const struct row *row_of(unsigned type)
{
    for (size_t i = 0; i < SL_COUNT(table); i++)
        if (table[i].type == type)
            return &table[i];
    return NULL;
}

enum sl_err sl_ipc_head_get(struct sl_span bytes, struct sl_ipc_head *out)
{
    struct sl_cursor c = sl_cursor(bytes);
    unsigned type = sl_cursor_le16(&c);
    unsigned zero = sl_cursor_le16(&c);
    uint32_t body_bytes = sl_cursor_le32(&c);

    if (c.short_read || zero != 0 || row_of(type) == NULL)
        return SL_EMALFORMED;
    if (body_bytes > SL_IPC_MAX_BODY)
        return SL_ELIMIT;
    *out = (struct sl_ipc_head){(enum sl_message)type, body_bytes};
    return SL_OK;
}

enum sl_err sl_ipc_allowed(enum sl_message type, enum sl_role sender, enum sl_conn_state state)
{
    const struct row *row = row_of(type);

    if (row == NULL)
        return SL_EMALFORMED;
    if ((row->senders & sender) == 0)
        return SL_EDENIED;
    return (row->states & state) == 0 ? SL_ESTATE : SL_OK;
}

const char *sl_ipc_name(unsigned type)
{
    const struct row *row = row_of(type);

    return row == NULL ? NULL : row->name;
}
