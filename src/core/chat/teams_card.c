/* The card of an approval. */
#include "base/encode.h"
#include "base/when.h"
#include "core/chat/teams_int.h"

enum { CARD_MAX = 64 * 1024, DIGEST_SHOWN = 6, VOTES_CUT = 4, AROUND = 900 };

static const char *title_of(const struct sl_chat_card *card)
{
    static const struct {
        const char *state, *title, *alone;
    } titles[] = {{"pending", "An approval is asked for"},
                  {"approved", "Approved", "Released by one person alone"},
                  {"denied", "Denied"},
                  {"expired", "Nobody answered in time"},
                  {"cancelled", "Withdrawn"},
                  {"open", "Approved: what is of its template may run"},
                  {"running", "Approved, and running", "Released by one person alone, and running"},
                  {"spent", "Approved and released", "Released by one person alone, has run"},
                  {"lapsed", "Approved, not used in time",
                   "Released by one person alone, not used in time"},
                  {"revoked", "Revoked", "Released by one person alone, and revoked"}};

    for (size_t i = 0; i < SL_COUNT(titles); i++)
        if (sl_span_is(card->state, titles[i].state))
            return card->alone && titles[i].alone != NULL ? titles[i].alone : titles[i].title;
    return "An approval";
}

/* agent-7 (agent of alice) asks for: delete on public.payments, at finance (production) */
void sl_teams_sentence(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    if (p->extent == SL_TEAMS_BARE) {
        sl_teams_say(p, "What is asked for does not fit here.");
        return;
    }
    sl_teams_line(p);
    sl_teams_run(p, c->identity, SL_TEAMS_BOLD);
    sl_teams_part(p, " (", c->kind, c->owner.n > 0 ? "" : ")");
    sl_teams_part(p, c->kind.n > 0 ? " of " : " (of ", c->owner, ")");
    sl_teams_ours(p, " asks for: ");
    sl_teams_run(p, c->effects.n > 0 ? c->effects : SL_SPAN("something"), SL_TEAMS_BOLD);
    sl_teams_part(p, " on ", c->datasets, "");
    sl_teams_part(p, ", at ", c->target, "");
    sl_teams_part(p, " (", c->environment, ")");
    sl_teams_line_end(p);
}

static void fact(struct sl_teams_page *p, const char *name, struct sl_span text)
{
    if (text.n == 0 || p->extent == SL_TEAMS_BARE)
        return;
    sl_teams_line(p);
    sl_teams_ours(p, name);
    sl_teams_run(p, text, SL_TEAMS_BOLD);
    sl_teams_line_end(p);
}

static void statement(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    if (c->hidden) {
        sl_teams_say(p, "What would run is not told here: open it.");
        return;
    }
    if (c->statement.n == 0 || p->extent == SL_TEAMS_BARE)
        return;
    sl_teams_say(p, c->whole && p->extent == SL_TEAMS_WHOLE
                        ? "Exactly this would run:"
                        : "What would run, perhaps not all of it; all is where the link leads:");
    sl_teams_box(p, c->statement, SL_TEAMS_MONO);
}

static void reason(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    if (c->reason.n == 0 || p->extent == SL_TEAMS_BARE)
        return;
    sl_teams_say(p, "Why, in the words of who asks:");
    sl_teams_box(p, c->reason, 0);
}

static void put_moment(struct sl_buf *b, uint64_t time_us)
{
    SL_BUF(when, 64);
    struct sl_span second;

    sl_when_put(&when, time_us - time_us % 1000000); /* ...T03:45:12.000000Z */
    second = sl_span_head(sl_buf_span(&when), 19);
    sl_buf_say(b, "{{DATE(%SZ, SHORT)}} {{TIME(%SZ)}}", second, second);
}

static void times(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    SL_BUF(text, 512);

    if (c->asked_us > 0) {
        sl_buf_put_str(&text, "Asked ");
        put_moment(&text, c->asked_us);
    }
    if (c->expires_us > 0 && sl_span_is(c->state, "pending")) {
        sl_buf_put_str(&text, text.n > 0 ? ". " : "");
        sl_buf_put_str(&text, "Without an answer it is refused ");
        put_moment(&text, c->expires_us);
    }
    if (text.n > 0)
        sl_teams_say(p, sl_buf_text(&text));
}

static void marks(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    SL_BUF(text, 256);
    SL_BUF(digest, 64);

    sl_hex_put(&digest, sl_span(c->digest, DIGEST_SHOWN));
    sl_buf_say(&text, "Digest %S", sl_buf_span(&digest));
    if (c->need > 0)
        sl_buf_say(&text, "; %u of %u have approved", c->have, c->need);
    if (c->client_waits)
        sl_buf_put_str(&text, "; its client waits");
    if (c->escalated)
        sl_buf_put_str(&text, "; **nobody has answered yet**");
    sl_teams_say(p, sl_buf_text(&text));
}

static void votes(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    size_t most = p->extent == SL_TEAMS_WHOLE ? SL_CHAT_VOTES_MOST : VOTES_CUT;

    if (p->extent == SL_TEAMS_BARE)
        return;
    for (size_t i = 0; i < c->vote_count && i < most; i++) {
        const struct sl_chat_vote *v = &c->votes[i];

        sl_teams_line(p);
        sl_teams_run(p, v->who, SL_TEAMS_BOLD);
        sl_teams_part(p, ": ", v->decision, "");
        sl_teams_part(p, ", by ", v->channel, "");
        sl_teams_part(p, ": ", v->reason, "");
        sl_teams_line_end(p);
    }
    p->cut = p->cut || c->vote_count > most;
}

static void facts(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    fact(p, "Held because: ", c->why);
    fact(p, "Data classes: ", c->labels);
    fact(p, "Rows: ", c->rows);
    fact(p, "Protocol: ", c->protocol);
    fact(p, "Run: ", c->run);
    fact(p, "Session settings: ", c->session);
    fact(p, "Who may decide: ", c->reviewers);
    fact(p, "Outcome: ", c->outcome);
}

static void input(struct sl_teams_page *p)
{
    static const char text[] =
        "{\"errorMessage\":\"Say why, or what you ask\",\"id\":\"reason\",\"isMultiline\":true,"
        "\"isRequired\":true,\"label\":\"Reason, or question\",\"maxLength\":2000,"
        "\"type\":\"Input.Text\"}";

    sl_jw_raw(&p->w, sl_span_str(text));
}

static void why_not(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    if (!sl_span_is(c->state, "pending"))
        return;
    if (c->decides_not_why.n > 0 && p->extent != SL_TEAMS_BARE)
        fact(p, "It is not decided here: ", c->decides_not_why);
    else if (p->extent != SL_TEAMS_WHOLE || !c->whole)
        sl_teams_say(p, "It is not decided here: this message cannot show all of it.");
    else
        sl_teams_say(p, "It is not decided here.");
}

static void body(struct sl_teams_page *p, const struct sl_chat_card *c, bool decides)
{
    sl_teams_head(p, title_of(c));
    sl_teams_sentence(p, c);
    statement(p, c);
    reason(p, c);
    facts(p, c);
    votes(p, c);
    sl_teams_talk(p, c);
    times(p, c);
    marks(p, c);
    if (decides)
        input(p);
    else
        why_not(p, c);
}

/* A card in `extent`; true: it decides. */
static bool make(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    bool decides = !p->links && p->extent == SL_TEAMS_WHOLE && c->decides && sl_chat_card_whole(c);

    sl_teams_actions(p);
    sl_teams_put_buttons(p, c, decides);
    sl_teams_body(p);
    body(p, c, decides);
    sl_teams_end(p);
    return decides;
}

bool sl_teams_make_card(struct sl_buf *b, const struct sl_chat_card *card, bool links)
{
    for (unsigned extent = SL_TEAMS_WHOLE; extent < SL_TEAMS_EXTENTS; extent++) {
        SL_BUF(text, CARD_MAX);
        struct sl_teams_page page = {.w = sl_jw(&text), .extent = extent, .links = links};
        bool decides = make(&page, card);

        if (extent == SL_TEAMS_WHOLE && page.cut)
            continue;
        if (extent < SL_TEAMS_BARE && !sl_teams_fits(&text, AROUND))
            continue;
        sl_buf_put(b, sl_buf_span(&text));
        return decides;
    }
    return false;
}
