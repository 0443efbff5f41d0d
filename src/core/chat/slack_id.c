/* The forms of Slack's ids, and of what we put into our messages to have it back. */
#include "core/chat/slack_int.h"

#include "base/encode.h"

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(struct sl_span s, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n > 0 && s.n <= most;
}

bool sl_slack_is_id(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) && !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
            return false;
    return s.n >= 2 && s.n <= 32;
}

bool sl_slack_is_ts(struct sl_span s)
{
    size_t dot = sl_span_find(s, '.');

    return dot < s.n && all_digits(sl_span_head(s, dot), 12) &&
           all_digits(sl_span_from(s, dot + 1), 10);
}

bool sl_slack_is_uuid(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = is_digit(s.p[i]) || (s.p[i] >= 'a' && s.p[i] <= 'f');
        if (dash ? s.p[i] != '-' : !hex)
            return false;
    }
    return s.n == 36;
}

bool sl_slack_is_word(struct sl_span s, size_t most)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
        if (!letter && c != '_' && c != '-' && c != '.')
            return false;
    }
    return s.n > 0 && s.n <= most;
}

struct sl_span sl_slack_next_word(struct sl_span *rest)
{
    size_t blank = sl_span_find(*rest, ' ');
    struct sl_span word = sl_span_head(*rest, blank);

    *rest = sl_span_from(*rest, blank + 1);
    return word;
}

bool sl_slack_get_about(struct sl_span value, struct sl_chat_input *out, struct sl_span *rest)
{
    uint8_t digest[SL_CHAT_DIGEST];
    struct sl_span left = value, id = sl_slack_next_word(&left), hex = sl_slack_next_word(&left);

    if (!sl_slack_is_uuid(id) || sl_hex_fixed(digest, sizeof digest, hex) != SL_OK ||
        (rest == NULL && id.n + 1 + hex.n != value.n))
        return false;
    out->approval = id;
    memcpy(out->digest, digest, sizeof digest);
    if (rest != NULL)
        *rest = left;
    return true;
}

enum sl_err sl_slack_other_team(const json_t *object, const char *key, struct sl_span team,
                                bool unless, bool *other)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL || json_is_null(value)) {
        *other = unless;
        return SL_OK;
    }
    if (!sl_slack_is_id(sl_json_str(object, key)))
        return SL_EMALFORMED;
    *other = !sl_span_eq(sl_json_str(object, key), team);
    return SL_OK;
}

enum sl_err sl_slack_flag(const json_t *object, const char *key, bool *out)
{
    const json_t *value = json_object_get(object, key);

    if (value != NULL && !json_is_boolean(value) && !json_is_null(value))
        return SL_EMALFORMED;
    *out = json_is_true(value);
    return SL_OK;
}
