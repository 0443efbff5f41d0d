/* libraries: core_hooks, json, crypto, base */
/* Whatever an entry says: each format stays within its bounds, and is what it claims to be. What a
 * secret's file says, too. Input: u8 which, then an entry or a secret. */
#include "core/hooks/hooks.h"

enum { ROOM = 16 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_secret(struct sl_span text)
{
    struct sl_hook_secrets s;

    if (sl_hook_secrets_read(text, &s) != NULL)
        return;
    SL_PROMISE(s.count >= 1 && s.count <= SL_HOOK_SECRETS);
    for (size_t i = 0; i < s.count; i++)
        SL_PROMISE(s.bytes[i] >= SL_HOOK_KEY_LEAST && s.bytes[i] <= SL_HOOK_KEY_MOST);
}

/* The frame is as long as it says. */
static void try_syslog(const struct sl_hook_record *r)
{
    SL_BUF(out, ROOM);
    uint64_t octets = 0;

    sl_hook_put_syslog(&out, r);
    SL_PROMISE(sl_buf_err(&out) == SL_OK);
    size_t blank = sl_span_find(sl_buf_span(&out), ' ');
    SL_PROMISE(sl_span_u64(sl_span_head(sl_buf_span(&out), blank), &octets) == SL_OK);
    SL_PROMISE(octets <= SL_HOOK_SYSLOG_MOST && out.n == blank + 1 + octets);
}

static void is_json(const struct sl_buf *out)
{
    json_t *value = NULL;

    SL_PROMISE(sl_buf_err(out) == SL_OK && sl_json_read(sl_buf_span(out), &value, NULL) == SL_OK);
    json_decref(value);
}

static void try_json(const struct sl_hook_record *r)
{
    SL_BUF(event, ROOM);
    SL_BUF(list, ROOM);

    sl_hook_put_cloudevent(&event, r);
    if (sl_buf_err(&event) == SL_OK)
        is_json(&event);
    sl_buf_put_u8(&list, '[');
    if (sl_hook_put_ocsf(&list, r, true) != SL_OK)
        return;
    sl_buf_put_u8(&list, ']');
    is_json(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span input = sl_span(data, size);
    json_t *value = NULL;
    SL_BUF(leaf, ROOM);

    if (size == 0 || size > 65536)
        return 0;
    if (data[0] == 's') {
        try_secret(sl_span_from(input, 1));
        return 0;
    }
    if (sl_json_read(sl_span_from(input, 1), &value, NULL) != SL_OK)
        return 0;
    if (json_is_object(value) && sl_json_canonical(&leaf, value) == SL_OK) {
        struct sl_hook_record r = {
            .origin = SL_SPAN("o"), .entry = 7, .leaf = sl_buf_span(&leaf), .value = value};
        SL_PROMISE((sl_hook_event_of(value) & SL_HOOK_ALL) != 0);
        try_syslog(&r);
        try_json(&r);
    }
    json_decref(value);
    return 0;
}
