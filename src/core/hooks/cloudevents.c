/* CloudEvents 1.0, structured mode. */
#include "core/hooks/hooks.h"

enum { SOURCE_MOST = 4096, TYPE_MOST = 256 };

void sl_hook_put_source(struct sl_buf *b, struct sl_span text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c != '\0' && strchr("-._~/", c) != NULL);

        if (plain) {
            sl_buf_put_u8(b, c);
        } else {
            sl_buf_put_u8(b, '%');
            sl_buf_put_u8(b, (uint8_t)digits[c >> 4]);
            sl_buf_put_u8(b, (uint8_t)digits[c & 15]);
        }
    }
}

static void put_text(struct sl_jw *w, const char *key, struct sl_span text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, text);
}

/* What it is about: the approval, else who, else what. */
static struct sl_span subject_of(const json_t *leaf)
{
    static const char *const names[] = {"approval", "identity", "id", "target"};
    struct sl_span found = {NULL, 0};

    for (size_t i = 0; i < SL_COUNT(names) && found.n == 0; i++)
        found = sl_json_str(leaf, names[i]);
    return found;
}

static void put_source(struct sl_jw *w, struct sl_span origin)
{
    SL_BUF(source, SOURCE_MOST);

    sl_hook_put_source(&source, origin);
    put_text(w, "source", sl_buf_span(&source));
    put_text(w, "specversion", SL_SPAN("1.0"));
}

void sl_hook_put_cloudevent(struct sl_buf *b, const struct sl_hook_record *r)
{
    SL_BUF(id, SL_HOOK_ID_MAX);
    SL_BUF(entry, 32);
    SL_BUF(type, TYPE_MOST);
    struct sl_jw w = sl_jw(b);

    sl_hook_put_id(&id, r);
    sl_buf_put_decimal(&entry, r->entry);
    sl_buf_put_str(&type, "dev.sluice.");
    sl_hook_put_type(&type, r->value);
    sl_jw_object(&w);
    sl_jw_key(&w, "data");
    sl_jw_raw(&w, r->leaf);
    put_text(&w, "datacontenttype", SL_SPAN("application/json"));
    put_text(&w, "id", sl_buf_span(&id));
    sl_jw_key(&w, "leafhash");
    sl_jw_hex(&w, sl_span(r->leaf_hash, sizeof r->leaf_hash));
    put_text(&w, "ledgerentry", sl_buf_span(&entry));
    put_text(&w, "ledgerorigin", r->origin);
    put_source(&w, r->origin);
    if (subject_of(r->value).n > 0)
        put_text(&w, "subject", subject_of(r->value));
    if (sl_json_str(r->value, "time").n > 0)
        put_text(&w, "time", sl_json_str(r->value, "time"));
    put_text(&w, "type", sl_buf_span(&type));
    sl_jw_end(&w);
}
