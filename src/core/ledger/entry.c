/* Names, and what all leaves share. */
#include "core/ledger/entry_int.h"

#include "base/encode.h"
#include "base/utf8.h"

const char *sl_entry_kind_name(enum sl_entry_kind kind)
{
    static const char *const names[] = {
#define KIND_NAME(NAME, text) text,
        SL_ENTRY_KINDS(KIND_NAME)
#undef KIND_NAME
    };

    return (unsigned)kind < SL_COUNT(names) ? names[kind] : NULL;
}

const char *sl_entry_approval_event_name(enum sl_entry_approval_event event)
{
    static const char *const names[] = {
#define EVENT_NAME(NAME, text) text,
        SL_ENTRY_APPROVAL_EVENTS(EVENT_NAME)
#undef EVENT_NAME
    };

    return (unsigned)event < SL_COUNT(names) ? names[event] : NULL;
}

const char *sl_entry_roster_event_name(enum sl_entry_roster_event event)
{
    static const char *const names[] = {
#define EVENT_NAME(NAME, text) text,
        SL_ENTRY_ROSTER_EVENTS(EVENT_NAME)
#undef EVENT_NAME
    };

    return (unsigned)event < SL_COUNT(names) ? names[event] : NULL;
}

const char *sl_entry_outcome_name(unsigned outcome)
{
    static const char *const names[] = {"pending", "ok", "failed", "refused", "unknown"};

    return outcome < SL_COUNT(names) ? names[outcome] : NULL;
}

static bool has_nul(struct sl_span s)
{
    return s.n > 0 && memchr(s.p, 0, s.n) != NULL;
}

static void put_cut_note(struct sl_buf *b, struct sl_span whole)
{
    uint8_t digest[SL_SHA256];

    sl_sha256(whole, digest);
    sl_buf_say(b, " [cut: %U bytes, SHA-256 ", (uint64_t)whole.n);
    sl_hex_put(b, sl_span(digest, sizeof digest));
    sl_buf_put_str(b, "]");
}

void sl_member_said(struct sl_jw *w, const char *key, struct sl_span text)
{
    SL_BUF(safe, 16 * SL_SAID_MAX);
    bool whole = text.n <= SL_SAID_MAX;

    if (whole && sl_utf8_valid(text) && !has_nul(text)) {
        sl_member_str(w, key, text);
        return;
    }
    struct sl_span head = whole ? text : sl_utf8_head(text, SL_SAID_MAX);
    if (sl_utf8_valid(head) && !has_nul(head))
        sl_buf_put(&safe, head);
    else
        sl_utf8_put_printable(&safe, head);
    if (!whole)
        put_cut_note(&safe, text);
    if (sl_buf_err(&safe) != SL_OK)
        w->b->why = w->b->why == SL_OK ? sl_buf_err(&safe) : w->b->why;
    else
        sl_member_str(w, key, sl_buf_span(&safe));
}

static size_t escaped_bytes(struct sl_span text)
{
    size_t n = 2;

    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] < 0x20 ? 6 : text.p[i] == '"' || text.p[i] == '\\' ? 2 : 1;
    return n;
}

static void put_plain_text(struct sl_jw *w, struct sl_span text)
{
    if (text.n == 0)
        return;
    if (sl_utf8_valid(text) && !has_nul(text)) {
        sl_jw_key(w, "text");
        sl_jw_str(w, text);
        return;
    }
    SL_BUF(encoded, 2 * SL_ENTRY_MAX);
    sl_base64_put(&encoded, text);
    sl_jw_key(w, "text_base64");
    sl_jw_str(w, sl_buf_span(&encoded));
}

void sl_member_text(struct sl_jw *w, struct sl_span text, uint32_t flags, size_t limit)
{
    enum {
        RESERVE = 1024,
        HEAD = 2048
    }; /* for what comes after the text; escaped it is 12 kB at most */
    bool digested = (flags & SL_INTENT_TEXT_DIGEST) != 0;
    size_t room = limit > RESERVE ? limit - RESERVE : 0;
    uint8_t digest[SL_SHA256];

    if (digested && text.n < SL_SHA256) {
        w->b->why = w->b->why == SL_OK ? SL_EMALFORMED : w->b->why;
        return;
    }
    struct sl_span shown = digested ? sl_span_from(text, SL_SHA256) : text;
    bool cut =
        shown.n > room / 6 && escaped_bytes(shown) * (sl_utf8_valid(shown) ? 3 : 4) / 3 > room;
    put_plain_text(w, cut ? sl_utf8_head(shown, HEAD) : shown);
    if (digested)
        memcpy(digest, text.p, SL_SHA256);
    else if (cut)
        sl_sha256(text, digest);
    if (digested || cut)
        sl_member_hex(w, "text_digest", digest, sizeof digest);
    if (cut && !digested)
        sl_member_u64(w, "text_length", text.n);
}

void sl_entry_commitment(const uint8_t salt[16], struct sl_span bytes, uint8_t out[32])
{
    struct sl_span parts[3] = {SL_SPAN("sluice/commitment/v1\n"), sl_span(salt, 16), bytes};

    sl_sha256_parts(parts, 3, out);
}
