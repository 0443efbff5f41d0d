/* Ids, verbs and objects of theirs. */
#include "core/chat/teams_int.h"

bool sl_teams_is_id(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] > '~')
            return false;
    return text.n > 0 && text.n <= SL_TEAMS_ID_MOST;
}

bool sl_teams_is_uuid(struct sl_span text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    if (text.n != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');

        if (form[i] == '-' ? c != '-' : !hex)
            return false;
    }
    return true;
}

enum sl_chat_verb sl_teams_verb_of(struct sl_span text)
{
    static const struct sl_span before = SL_SPAN("sluice.");

    return sl_span_starts(text, before) ? sl_chat_verb_of(sl_span_from(text, before.n)) : 0;
}

void sl_teams_put_escaped(struct sl_buf *b, struct sl_span text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';

        if (!plain) {
            sl_buf_put_u8(b, '%');
            sl_buf_put_u8(b, (uint8_t)digits[c >> 4]);
        }
        sl_buf_put_u8(b, plain ? c : (uint8_t)digits[c & 15]);
    }
}

json_t *sl_teams_object(struct sl_span text, size_t most)
{
    json_t *value = NULL;

    if (text.n > most || sl_json_read(text, &value, NULL) != SL_OK)
        return NULL;
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}
