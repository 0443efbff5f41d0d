/* Activities that we send. */
#include "core/chat/teams_int.h"

enum { CARD_MAX = 64 * 1024, TEXT_MOST = 4000, GROUP_CUT = 60, GROUP_AROUND = 1400 };

static void put(struct sl_jw *w, const char *key, const char *text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, sl_span_str(text));
}

void sl_teams_put_activity(struct sl_buf *b, struct sl_span message, struct sl_span card,
                           const char *summary)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_jw_key(&w, "attachments");
    sl_jw_array(&w);
    sl_jw_object(&w);
    sl_jw_key(&w, "content");
    sl_jw_raw(&w, card);
    put(&w, "contentType", SL_TEAMS_CARD_TYPE);
    sl_jw_end(&w);
    sl_jw_end(&w);
    if (message.n > 0) {
        sl_jw_key(&w, "id");
        sl_jw_str(&w, message);
    }
    put(&w, "summary", summary);
    put(&w, "type", "message");
    sl_jw_end(&w);
}

static bool put_card(struct sl_buf *b, struct sl_span message, const struct sl_chat_card *card,
                     bool links)
{
    SL_BUF(text, CARD_MAX);
    bool pending = sl_span_is(card->state, "pending");
    bool decides = sl_teams_make_card(&text, card, links);

    sl_teams_put_activity(b, message, sl_buf_span(&text),
                          pending ? "An approval waits in Sluice"
                                  : "News of an approval in Sluice");
    return decides;
}

bool sl_teams_put_card(struct sl_buf *b, struct sl_span message, const struct sl_chat_card *card)
{
    return put_card(b, message, card, false);
}

void sl_teams_put_workflow(struct sl_buf *b, const struct sl_chat_card *card)
{
    (void)put_card(b, (struct sl_span){0}, card, true);
}

void sl_teams_put_text(struct sl_buf *b, struct sl_span text)
{
    SL_BUF(visible, CARD_MAX);
    struct sl_jw w = sl_jw(b);

    sl_chat_put_visible(&visible, text);
    sl_jw_object(&w);
    sl_jw_key(&w, "text");
    sl_jw_str(&w, sl_chat_head(sl_buf_span(&visible), TEXT_MOST));
    put(&w, "textFormat", "plain");
    put(&w, "type", "message");
    sl_jw_end(&w);
}

void sl_teams_put_conversation(struct sl_buf *b, const struct sl_teams_us *us, struct sl_span user)
{
    SL_BUF(bot, 64);
    struct sl_jw w = sl_jw(b);

    sl_buf_say(&bot, "28:%S", us->app);
    sl_jw_object(&w);
    sl_jw_key(&w, "bot");
    sl_jw_object(&w);
    sl_jw_key(&w, "id");
    sl_jw_str(&w, sl_buf_span(&bot));
    sl_jw_end(&w);
    sl_jw_key(&w, "channelData");
    sl_jw_object(&w);
    sl_jw_key(&w, "tenant");
    sl_jw_object(&w);
    sl_jw_key(&w, "id");
    sl_jw_str(&w, us->tenant);
    sl_jw_end(&w);
    sl_jw_end(&w);
    sl_jw_key(&w, "isGroup");
    sl_jw_bool(&w, false);
    sl_jw_key(&w, "members");
    sl_jw_array(&w);
    sl_jw_object(&w);
    sl_jw_key(&w, "id");
    sl_jw_str(&w, user);
    sl_jw_end(&w);
    sl_jw_end(&w);
    sl_jw_key(&w, "tenantId");
    sl_jw_str(&w, us->tenant);
    sl_jw_end(&w);
}

/* --- many at once ------------------------------------------------------------------------------
 */

static void put_line(struct sl_teams_page *p, const struct sl_chat_line *line)
{
    const struct sl_span parts[] = {line->identity, line->summary, line->target, line->state};
    bool first = true;

    sl_jw_object(&p->w);
    sl_jw_key(&p->w, "items");
    sl_jw_array(&p->w);
    sl_teams_line(p);
    for (size_t i = 0; i < SL_COUNT(parts); i++) {
        if (parts[i].n == 0)
            continue;
        if (!first)
            sl_teams_run(p, SL_SPAN(" \u00b7 "), 0);
        sl_teams_run(p, parts[i], i == 0 ? SL_TEAMS_BOLD : 0);
        first = false;
    }
    if (first)
        sl_teams_run(p, line->id, 0);
    sl_teams_line_end(p);
    sl_jw_end(&p->w);
    if (line->link.n > 0) {
        sl_jw_key(&p->w, "selectAction");
        sl_teams_put_link(p, "Open", line->link);
    }
    put(&p->w, "type", "Container");
    sl_jw_end(&p->w);
}

/* `fit` lines of `count`. */
static void make_group(struct sl_buf *b, const struct sl_chat_line *lines, size_t fit,
                       size_t others, struct sl_span inbox_link)
{
    struct sl_teams_page p = {.w = sl_jw(b), .extent = SL_TEAMS_CUT, .links = true};
    SL_BUF(rest, 128);

    sl_teams_actions(&p);
    sl_teams_put_link(&p, "Open all of them", inbox_link);
    sl_teams_body(&p);
    sl_teams_head(&p, "Approvals wait");
    for (size_t i = 0; i < fit; i++)
        put_line(&p, &lines[i]);
    if (others > 0) {
        sl_buf_say(&rest, "and %U more", (uint64_t)others);
        sl_teams_say(&p, sl_buf_text(&rest));
    }
    sl_teams_end(&p);
}

void sl_teams_put_group(struct sl_buf *b, struct sl_span message, const struct sl_chat_line *lines,
                        size_t count, size_t more, struct sl_span inbox_link)
{
    size_t fit = count < GROUP_CUT ? count : GROUP_CUT;
    SL_BUF(card, 2 * CARD_MAX);

    make_group(&card, lines, fit, count - fit + more, inbox_link);
    while (fit > 0 && !sl_teams_fits(&card, GROUP_AROUND)) {
        fit -= (fit + 3) / 4;
        sl_buf_reset(&card);
        make_group(&card, lines, fit, count - fit + more, inbox_link);
    }
    sl_teams_put_activity(b, message, sl_buf_span(&card), "Approvals wait in Sluice");
}
