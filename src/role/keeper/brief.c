#include "role/keeper/brief.h"

#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/ask.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "core/action/action.h"
#include "role/keeper/mask.h"

enum {
    SUMMARY_BYTES = 240,
    MEMBER_BYTES = 4 * 1024, /* of a member that may be long */
};

static void put_str(json_t *object, const char *key, struct sl_span value)
{
    json_object_set_new(object, key,
                        json_stringn(value.p == NULL ? "" : (const char *)value.p, value.n));
}

/* Password literals are shown to nobody (P10); the page says that something was left out. */
static void mask_sql(json_t *out, json_t *operation)
{
    if (list_mask(operation))
        json_object_set_new(out, "operation_masked", json_true());
    struct sl_span sql = sl_json_str(operation, "sql"),
                   coded = sl_json_str(operation, "sql_base64");
    SL_BUF(bytes, SL_ACTION_MAX_BYTES);
    SL_BUF(masked, SL_ACTION_MAX_BYTES);
    SL_BUF(again, SL_ACTION_MAX_BYTES);

    if (coded.n > 0 && sl_base64_get(&bytes, coded) == SL_OK)
        sql = sl_buf_span(&bytes);
    mask_passwords(&masked, sql);
    if (sl_span_eq(sl_buf_span(&masked), sql))
        return;
    sl_base64_put(&again, sl_buf_span(&masked));
    if (coded.n > 0)
        put_str(operation, "sql_base64", sl_buf_span(&again));
    else
        put_str(operation, "sql", sl_buf_span(&masked));
    json_object_set_new(out, "operation_masked", json_true());
}

static void put_summary(json_t *out, const struct approval *a, const json_t *operation)
{
    SL_BUF(text, SL_ACTION_MAX_BYTES);
    enum sl_err err = SL_OK;

    if (sl_span_is(a->protocol, "policy"))
        sl_buf_put_str(&text, "a change of the policy");
    else if (sl_span_is(a->protocol, "sluice"))
        sl_buf_put(&text, sl_json_str(operation, "change"));
    else if (sl_span_is(a->protocol, "external"))
        err = sl_json_canonical(&text, operation);
    else if (json_object_get(operation, "list") != NULL)
        list_put_text(&text, operation);
    else
        sl_buf_put(&text, sl_json_str(operation, "sql"));
    if (err == SL_OK)
        put_str(out, "summary", sl_utf8_head(sl_buf_span(&text), SUMMARY_BYTES));
}

void statement_put(json_t *out, const struct approval *a, const json_t *document)
{
    json_t *operation = json_deep_copy(json_object_get(document, "operation"));
    SL_BUF(alike, 64);

    mask_sql(out, operation);
    put_summary(out, a, operation);
    approval_alike(a, operation, &alike);
    put_str(out, "alike", sl_buf_span(&alike));
    json_object_set_new(out, "operation", operation);
}

/* --- the brief ----------------------------------------------------------------------------------
 */

static bool is_short(const json_t *value)
{
    SL_BUF(text, MEMBER_BYTES);

    return sl_json_canonical(&text, value) == SL_OK && sl_buf_err(&text) == SL_OK;
}

static void take(json_t *out, const json_t *from, const char *member, bool however_long)
{
    json_t *value = json_object_get(from, member);

    if (value != NULL && (however_long || is_short(value)))
        json_object_set(out, member, value);
}

/* What has a bound of its own is told whole: reason, run and sink fit into a leaf. */
static const char *const whole[] = {"effects", "reason", "run", "sink", "requesters"};
static const char *const if_short[] = {"statements", "datasets"};
static const char *const of_values[] = {"summary", "alike", "operation_masked"};

json_t *brief_new(const struct approval *a, const json_t *document)
{
    json_t *out = json_object();

    statement_put(out, a, document);
    json_object_del(out, "operation");
    for (size_t i = 0; i < SL_COUNT(whole); i++)
        take(out, document, whole[i], true);
    for (size_t i = 0; i < SL_COUNT(if_short); i++)
        take(out, document, if_short[i], false);
    return out;
}

void brief_put(struct sl_buf *out, struct approval *a, const json_t *document)
{
    json_t *brief = NULL;

    if (sl_json_read(a->detail_text, &a->detail, NULL) == SL_OK)
        brief = brief_new(a, document);
    if (brief == NULL || sl_json_canonical(out, brief) != SL_OK)
        sl_buf_put_str(out, "{}");
    json_decref(brief);
    json_decref(a->detail);
    a->detail = NULL;
}

void brief_tell(json_t *out, json_t *brief, bool values)
{
    for (size_t i = 0; i < SL_COUNT(whole); i++)
        take(out, brief, whole[i], true);
    for (size_t i = 0; i < SL_COUNT(if_short); i++)
        take(out, brief, if_short[i], true);
    for (size_t i = 0; values && i < SL_COUNT(of_values); i++)
        take(out, brief, of_values[i], true);
    if (!values)
        json_object_set_new(out, "operation_hidden", json_true());
}
