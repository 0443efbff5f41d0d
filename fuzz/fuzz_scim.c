/* libraries: core_scim, json, crypto, base */
/* Whatever a provider sends: no more changes than one request may have, no text that is too long,
 * and what is taken for a filter is taken for it again. Input: u8 kind, u8 length, filter or path;
 * JSON. */
#include "base/cursor.h"
#include "core/scim/scim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_patch(const struct sl_scim_patch *p)
{
    SL_PROMISE(p->count <= (size_t)SL_SCIM_OPERATIONS_MAX * 6);
    for (size_t i = 0; i < p->count; i++) {
        SL_PROMISE(p->changes[i].text.n <= SL_SCIM_TEXT_MAX);
        SL_PROMISE(p->changes[i].member_count <= SL_SCIM_MEMBERS_MAX);
        SL_PROMISE(p->changes[i].what != SL_SCIM_SET_USER_NAME || p->changes[i].text.n > 0);
        for (size_t m = 0; m < p->changes[i].member_count; m++)
            SL_PROMISE(p->changes[i].members[m].n > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_cursor c = sl_cursor(sl_span(data, size));
    enum sl_scim_kind kind = (sl_cursor_u8(&c) & 1) != 0 ? SL_SCIM_GROUP : SL_SCIM_USER;
    struct sl_span text = sl_cursor_take(&c, sl_cursor_u8(&c));
    struct sl_scim_resource r;
    struct sl_scim_filter f;
    struct sl_scim_patch p;
    struct sl_scim_path path;
    json_t *body = NULL;

    if (c.short_read || sl_arena_new(&mem, 64 * 1024 * 1024) != SL_OK)
        return 0;
    if (sl_scim_filter(mem, text, &f) == SL_SCIM_OK)
        for (size_t i = 0; i < f.count; i++)
            SL_PROMISE(f.terms[i].attribute != SL_SCIM_OTHER && f.terms[i].text.n > 0);
    if (sl_scim_path(mem, text, &path) == SL_SCIM_OK)
        SL_PROMISE(path.chosen || path.value.n == 0);
    if (sl_json_read(sl_span_from(c.in, c.at), &body, NULL) != SL_OK)
        return 0;
    if (sl_scim_read(mem, kind, body, &r) == SL_SCIM_OK)
        SL_PROMISE((kind == SL_SCIM_USER ? r.user_name : r.display_name).n > 0);
    if (sl_scim_patch(mem, kind, body, &p) == SL_SCIM_OK)
        check_patch(&p);
    json_decref(body);
    return 0;
}
