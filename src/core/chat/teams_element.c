/* What cards are made of. Keys are written in their order: sl_jw wants it. */
#include "core/chat/teams_int.h"

enum {
    RUN_WHOLE = 12000, /* characters of one text, as shown; sl_teams_fits is the real limit */
    RUN_CUT = 160,
    BOX_CUT = 800,
    LINES_CUT = 10,
    VISIBLE_MAX = 64 * 1024,
    BLANKS_MAX = 12 * VISIBLE_MAX, /* a tab becomes twelve bytes */
};

static void put(struct sl_teams_page *p, const char *key, const char *text)
{
    sl_jw_key(&p->w, key);
    sl_jw_str(&p->w, sl_span_str(text));
}

static void text_block(struct sl_teams_page *p, const char *text, bool head)
{
    sl_jw_object(&p->w);
    if (head) {
        put(p, "size", "Large");
        put(p, "style", "heading");
    }
    put(p, "text", text);
    put(p, "type", "TextBlock");
    if (head)
        put(p, "weight", "Bolder");
    sl_jw_key(&p->w, "wrap");
    sl_jw_bool(&p->w, true);
    sl_jw_end(&p->w);
}

void sl_teams_say(struct sl_teams_page *p, const char *text)
{
    text_block(p, text, false);
}

void sl_teams_head(struct sl_teams_page *p, const char *text)
{
    text_block(p, text, true);
}

static void open_line(struct sl_teams_page *p, bool tight)
{
    sl_jw_object(&p->w);
    sl_jw_key(&p->w, "inlines");
    sl_jw_array(&p->w);
    p->tight = tight;
}

void sl_teams_line(struct sl_teams_page *p)
{
    open_line(p, false);
}

void sl_teams_line_end(struct sl_teams_page *p)
{
    sl_jw_end(&p->w);
    put(p, "spacing", p->tight ? "None" : "Small");
    put(p, "type", "RichTextBlock");
    sl_jw_end(&p->w);
}

static void one_run(struct sl_teams_page *p, struct sl_span text, unsigned style)
{
    sl_jw_object(&p->w);
    if (style & SL_TEAMS_MONO)
        put(p, "fontType", "Monospace");
    if (style & SL_TEAMS_SUBTLE) {
        sl_jw_key(&p->w, "isSubtle");
        sl_jw_bool(&p->w, true);
    }
    sl_jw_key(&p->w, "text");
    sl_jw_str(&p->w, text);
    put(p, "type", "TextRun");
    if (style & SL_TEAMS_BOLD)
        put(p, "weight", "Bolder");
    sl_jw_end(&p->w);
}

/* Where the next "{{" would stand in one run with what is before it; text.n: nowhere. */
static size_t before_date(struct sl_span text)
{
    for (size_t i = 1; i < text.n; i++)
        if (text.p[i] == '{' && text.p[i - 1] == '{')
            return i;
    return text.n;
}

/* Clients show several blanks in a row as one, and none at the beginning of a line; a tab as a
 * blank, or wider. So that two statements never look alike, a blank that would go is one that does
 * not (U+00A0; a stranger's own is written out, sl_chat_put_shown), and a tab is written out. */
static void put_blanks(struct sl_buf *b, struct sl_span line)
{
    bool blank = true;

    for (size_t i = 0; i < line.n; i++) {
        uint8_t c = line.p[i];

        if (c == '\t')
            sl_buf_put_str(b, "\u27e8U+0009\u27e9");
        else if (c == ' ' && blank)
            sl_buf_put_str(b, "\u00a0");
        else
            sl_buf_put_u8(b, c);
        blank = c == ' ';
    }
}

/* Of a whole card every character counts, so two runs; of a cut one, which nobody decides by, a
 * blank does, and takes less room. */
static void put_runs(struct sl_teams_page *p, struct sl_span line, unsigned style)
{
    SL_BUF(apart, BLANKS_MAX);
    SL_BUF(shown, BLANKS_MAX);

    put_blanks(&shown, line);
    if (sl_buf_err(&shown) != SL_OK)
        p->cut = true;
    struct sl_span text = sl_buf_span(&shown);
    while (text.n > 0) {
        struct sl_span head = sl_span_head(text, before_date(text));

        if (p->extent == SL_TEAMS_WHOLE)
            one_run(p, head, style);
        else
            sl_buf_say(&apart, apart.n > 0 ? " %S" : "%S", head);
        text = sl_span_from(text, head.n);
    }
    if (apart.n > 0)
        one_run(p, sl_buf_span(&apart), style);
}

void sl_teams_run(struct sl_teams_page *p, struct sl_span text, unsigned style)
{
    SL_BUF(shown, VISIBLE_MAX);
    size_t most = p->extent == SL_TEAMS_WHOLE ? RUN_WHOLE : RUN_CUT;

    if (p->extent == SL_TEAMS_BARE)
        return;
    if (!sl_chat_put_shown(&shown, text, most, true) || sl_buf_err(&shown) != SL_OK)
        p->cut = true;
    put_runs(p, sl_buf_span(&shown), style);
}

void sl_teams_ours(struct sl_teams_page *p, const char *text)
{
    enum sl_teams_extent extent = p->extent;

    if (extent == SL_TEAMS_BARE) /* our own words always fit */
        p->extent = SL_TEAMS_CUT;
    sl_teams_run(p, sl_span_str(text), 0);
    p->extent = extent;
}

void sl_teams_part(struct sl_teams_page *p, const char *before, struct sl_span text,
                   const char *after)
{
    if (text.n == 0)
        return;
    if (before[0] != '\0')
        sl_teams_ours(p, before);
    sl_teams_run(p, text, SL_TEAMS_BOLD);
    if (after[0] != '\0')
        sl_teams_ours(p, after);
}

/* --- boxes ------------------------------------------------------------------------------------ */

static void box_line(struct sl_teams_page *p, struct sl_span line, unsigned style)
{
    open_line(p, true);
    if (line.n == 0)
        one_run(p, SL_SPAN(" "), style);
    else
        put_runs(p, line, style);
    sl_teams_line_end(p);
}

static void box_lines(struct sl_teams_page *p, struct sl_span text, unsigned style)
{
    size_t at = 0;

    for (size_t n = 0; n == 0 || at <= text.n; n++) {
        struct sl_span rest = sl_span_from(text, at);
        struct sl_span line = sl_span_head(rest, sl_span_find(rest, '\n'));

        if (p->extent != SL_TEAMS_WHOLE && n == LINES_CUT) {
            p->cut = true;
            box_line(p, SL_SPAN("... [more lines are cut here]"), SL_TEAMS_SUBTLE);
            break;
        }
        box_line(p, line, style);
        at += line.n + 1;
    }
}

void sl_teams_box(struct sl_teams_page *p, struct sl_span text, unsigned style)
{
    SL_BUF(shown, VISIBLE_MAX);
    size_t most = p->extent == SL_TEAMS_WHOLE ? RUN_WHOLE : BOX_CUT;

    if (p->extent == SL_TEAMS_BARE || text.n == 0)
        return;
    if (!sl_chat_put_shown(&shown, text, most, false) || sl_buf_err(&shown) != SL_OK)
        p->cut = true;
    sl_jw_object(&p->w);
    sl_jw_key(&p->w, "items");
    sl_jw_array(&p->w);
    box_lines(p, sl_buf_span(&shown), style);
    sl_jw_end(&p->w);
    put(p, "style", "emphasis");
    put(p, "type", "Container");
    sl_jw_end(&p->w);
}

/* --- the card around them -----------------------------------------------------------------------
 */

void sl_teams_actions(struct sl_teams_page *p)
{
    sl_jw_object(&p->w);
    put(p, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    sl_jw_key(&p->w, "actions");
    sl_jw_array(&p->w);
}

void sl_teams_body(struct sl_teams_page *p)
{
    sl_jw_end(&p->w);
    sl_jw_key(&p->w, "body");
    sl_jw_array(&p->w);
}

void sl_teams_end(struct sl_teams_page *p)
{
    sl_jw_end(&p->w);
    put(p, "fallbackText", "This client is too old for this message: open Sluice.");
    sl_jw_key(&p->w, "msteams");
    sl_jw_raw(&p->w, SL_SPAN("{\"width\":\"full\"}"));
    put(p, "type", "AdaptiveCard");
    put(p, "version", "1.5");
    sl_jw_end(&p->w);
}

/* --- how large -------------------------------------------------------------------------------- */

bool sl_teams_fits(const struct sl_buf *b, size_t besides)
{
    size_t units = 0;

    for (size_t i = 0; i < b->n; i++) /* of each character its first byte; two where it has four */
        units += (b->p[i] & 0xc0) == 0x80 ? 0 : (b->p[i] >= 0xf0 ? 2 : 1);
    return sl_buf_err(b) == SL_OK && 2 * (units + besides) <= SL_TEAMS_MESSAGE_MOST;
}
