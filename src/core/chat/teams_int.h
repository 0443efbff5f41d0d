/* Inside the files of Teams: a card in the making. */
#ifndef SL_CORE_CHAT_TEAMS_INT_H
#define SL_CORE_CHAT_TEAMS_INT_H

#include "core/chat/teams.h"

#define SL_TEAMS_CARD_TYPE "application/vnd.microsoft.card.adaptive"
#define SL_TEAMS_ISSUER "https://api.botframework.com"

/* How much of strangers' texts is told. Each next one is smaller whatever they are. */
enum sl_teams_extent {
    SL_TEAMS_WHOLE, /* all of it; the only one that may decide */
    SL_TEAMS_CUT,   /* heads of it */
    SL_TEAMS_BARE,  /* none of it */
    SL_TEAMS_EXTENTS,
};
struct sl_teams_page {
    struct sl_jw w;
    enum sl_teams_extent extent;
    bool links; /* no button but those that open something */
    bool cut;   /* something was left out */
    bool tight; /* the line that is open stands close to the one before it */
};

enum { /* styles of a run */
       SL_TEAMS_BOLD = 1,
       SL_TEAMS_MONO = 2,
       SL_TEAMS_SUBTLE = 4,
};
/* One line of our own words, which may be Markdown. */
void sl_teams_say(struct sl_teams_page *p, const char *text);
void sl_teams_head(struct sl_teams_page *p, const char *text);
/* A line of runs: open, runs, close. */
void sl_teams_line(struct sl_teams_page *p);
void sl_teams_line_end(struct sl_teams_page *p);
/* A stranger's text in that line; its line feeds are written visibly. */
void sl_teams_run(struct sl_teams_page *p, struct sl_span text, unsigned style);
/* A stranger's text in lines of its own, in a box. */
void sl_teams_box(struct sl_teams_page *p, struct sl_span text, unsigned style);

/* Our own words in that line, in whatever extent; and "before text after" around a stranger's,
 * where there is one. */
void sl_teams_ours(struct sl_teams_page *p, const char *text);
void sl_teams_part(struct sl_teams_page *p, const char *before, struct sl_span text,
                   const char *after);

/* Does this JSON text fit into a message, with `besides` units around it? */
bool sl_teams_fits(const struct sl_buf *b, size_t besides);

/* A card: its actions, then its body, then the end of it. */
void sl_teams_actions(struct sl_teams_page *p);
void sl_teams_body(struct sl_teams_page *p);
void sl_teams_end(struct sl_teams_page *p);

/* Who asks for what, where; what was asked and answered about it, the last of it. */
void sl_teams_sentence(struct sl_teams_page *p, const struct sl_chat_card *c);
void sl_teams_talk(struct sl_teams_page *p, const struct sl_chat_card *c);

void sl_teams_put_buttons(struct sl_teams_page *p, const struct sl_chat_card *card, bool decides);
void sl_teams_put_answer(struct sl_teams_page *p, const struct sl_chat_card *card);
/* A button that opens an address; nothing where there is none. */
void sl_teams_put_link(struct sl_teams_page *p, const char *title, struct sl_span url);
/* The card itself, as a value; true: it decides. `links`: it may not, whatever it is of. */
bool sl_teams_make_card(struct sl_buf *b, const struct sl_chat_card *card, bool links);
/* The same of a question; true: it takes an answer. */
bool sl_teams_make_question(struct sl_buf *b, const struct sl_chat_card *card);
/* A message with this card. `summary`: what a notification says, our own words alone. */
void sl_teams_put_activity(struct sl_buf *b, struct sl_span message, struct sl_span card,
                           const char *summary);

/* `base`, or a plain path below it. */
bool sl_teams_is_below(struct sl_span url, struct sl_span base);
/* A verb as cards have it: "sluice.approve"; 0: none. */
enum sl_chat_verb sl_teams_verb_of(struct sl_span text);
/* Percent-encoded (RFC 3986, 2.3: all but unreserved). */
void sl_teams_put_escaped(struct sl_buf *b, struct sl_span text);
/* An object without doubt of at most `most` bytes; NULL: it is none. */
json_t *sl_teams_object(struct sl_span text, size_t most);

#endif
