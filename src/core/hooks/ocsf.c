/* What all OCSF events have, and batches. */
#include "core/hooks/ocsf_int.h"

#include "base/encode.h"
#include "base/when.h"

enum { TEXT_MOST = 1024 };

void sl_ocsf_str(json_t *object, const char *key, struct sl_span text)
{
    if (text.n > 0)
        json_object_set_new(object, key, json_stringn((const char *)text.p, text.n));
}

void sl_ocsf_int(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer(value));
}

static uint64_t time_ms(struct sl_span time)
{
    uint64_t us = 0;

    return sl_when_get(time, &us) == SL_OK ? us / 1000 : 0;
}

/* `part`: of a batch the place of the action, else negative. */
static void put_metadata(json_t *out, const struct sl_hook_record *r, int part)
{
    json_t *metadata = json_pack("{s:s, s:{s:s, s:s}}", "version", "1.8.0", "product", "name",
                                 "Sluice", "vendor_name", "Sluice");
    SL_BUF(id, SL_HOOK_ID_MAX + 16);
    SL_BUF(type, TEXT_MOST);

    sl_hook_put_id(&id, r);
    if (part >= 0)
        sl_buf_say(&id, "_%u", (unsigned)part);
    sl_hook_put_type(&type, r->value);
    sl_ocsf_str(metadata, "uid", sl_buf_span(&id));
    sl_ocsf_str(metadata, "event_code", sl_buf_span(&type));
    sl_ocsf_str(metadata, "log_name", r->origin);
    sl_ocsf_str(metadata, "correlation_uid", sl_json_str(r->value, "approval"));
    sl_ocsf_int(metadata, "sequence", (int64_t)r->entry);
    sl_ocsf_int(metadata, "logged_time", (int64_t)time_ms(sl_json_str(r->value, "time")));
    if (json_object_get(out, "action_id") != NULL)
        json_object_set_new(metadata, "profiles", json_pack("[s]", "security_control"));
    json_object_set_new(out, "metadata", metadata);
}

static void put_ledger(json_t *out, const struct sl_hook_record *r)
{
    json_t *ledger = json_object();
    SL_BUF(hash, 2 * SL_HOOK_HASH);

    sl_hex_put(&hash, sl_span(r->leaf_hash, sizeof r->leaf_hash));
    sl_ocsf_int(ledger, "entry", (int64_t)r->entry);
    sl_ocsf_str(ledger, "leaf_hash", sl_buf_span(&hash));
    sl_ocsf_str(ledger, "origin", r->origin);
    json_object_set_new(out, "unmapped", json_pack("{s:o}", "ledger", ledger));
}

static int severity_of(const json_t *leaf)
{
    switch (sl_hook_event_of(leaf)) {
    case SL_HOOK_EXCEPTIONS:
        return sl_span_is(sl_json_str(leaf, "result"), "flowed") ? SL_OCSF_CRITICAL : SL_OCSF_HIGH;
    case SL_HOOK_REFUSED:
        return SL_OCSF_MEDIUM;
    case SL_HOOK_HELD:
        return SL_OCSF_LOW;
    default:
        return sl_span_is(sl_json_str(leaf, "kind"), "sign_in_failure") ? SL_OCSF_MEDIUM
                                                                        : SL_OCSF_INFORMATIONAL;
    }
}

/* type_uid and the category follow from class and activity, always. */
static void put_numbers(json_t *out, const json_t *leaf)
{
    uint64_t class_uid = 0, activity = SL_OCSF_OTHER;

    (void)sl_json_u64(out, "class_uid", &class_uid);
    (void)sl_json_u64(out, "activity_id", &activity);
    sl_ocsf_int(out, "category_uid", (int64_t)(class_uid / 1000));
    sl_ocsf_int(out, "type_uid", (int64_t)(class_uid * 100 + activity));
    sl_ocsf_int(out, "severity_id", severity_of(leaf));
}

static enum sl_err put_event(struct sl_buf *b, json_t *event, bool first)
{
    if (!first)
        sl_buf_put_u8(b, ',');
    enum sl_err err = event == NULL ? SL_EMEMORY : sl_json_canonical(b, event);
    json_decref(event);
    return err;
}

static void put_message(json_t *out, const struct sl_hook_record *r)
{
    SL_BUF(text, TEXT_MOST * 4);
    struct sl_span who = sl_json_str(r->value, "approver");

    sl_hook_put_type(&text, r->value);
    if (who.n == 0)
        who = sl_json_str(r->value, "identity");
    if (who.n > 0)
        sl_buf_say(&text, " by %S", who);
    if (sl_json_str(r->value, "target").n > 0)
        sl_buf_say(&text, " on %S", sl_json_str(r->value, "target"));
    if (sl_buf_err(&text) == SL_OK)
        sl_ocsf_str(out, "message", sl_buf_span(&text));
}

static enum sl_err put_whole(struct sl_buf *b, const struct sl_hook_record *r, bool first)
{
    json_t *out = json_object();

    sl_ocsf_class(out, r->value);
    put_numbers(out, r->value);
    put_metadata(out, r, -1);
    put_ledger(out, r);
    put_message(out, r);
    sl_ocsf_int(out, "time", (int64_t)time_ms(sl_json_str(r->value, "time")));
    sl_ocsf_str(out, "raw_data", r->leaf);
    return put_event(b, out, first);
}

/* --- a batch ---------------------------------------------------------------------------------- */

static const json_t *named_by(const json_t *leaf, const char *list, const json_t *item,
                              const char *key)
{
    uint64_t at = 0;

    return sl_json_u64(item, key, &at) ? json_array_get(json_object_get(leaf, list), at) : NULL;
}

/* When it went out: `started` in full, or so long after the batch's `at`. */
static uint64_t started_ms(const json_t *leaf, const json_t *item)
{
    uint64_t after_us = 0;

    if (sl_json_str(item, "started").n > 0)
        return time_ms(sl_json_str(item, "started"));
    (void)sl_json_u64(item, "started_us", &after_us);
    return time_ms(sl_json_str(leaf, "at")) + after_us / 1000;
}

static enum sl_err put_part(struct sl_buf *b, const struct sl_hook_record *r, unsigned part,
                            bool first)
{
    const json_t *item = json_array_get(json_object_get(r->value, "actions"), part);
    json_t *out = json_object();

    sl_ocsf_action(out, item, named_by(r->value, "sessions", item, "by"),
                   named_by(r->value, "statements", item, "statement"));
    put_numbers(out, r->value);
    put_metadata(out, r, (int)part);
    put_ledger(out, r);
    sl_ocsf_int(out, "time", (int64_t)started_ms(r->value, item));
    return put_event(b, out, first);
}

enum sl_err sl_hook_put_ocsf(struct sl_buf *b, const struct sl_hook_record *r, bool first)
{
    size_t count = json_array_size(json_object_get(r->value, "actions"));

    if (!sl_span_is(sl_json_str(r->value, "kind"), "actions") || count == 0)
        return put_whole(b, r, first);
    for (size_t i = 0; i < count; i++)
        SL_TRY(put_part(b, r, (unsigned)i, first && i == 0));
    return sl_buf_err(b);
}
