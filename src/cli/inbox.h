/* The inbox of `sluice watch` on a terminal: what it knows, what a key does, what it shows. Pure:
 * keys and lists come in, a screen of text comes out; who owns the terminal is inbox_screen.c.
 *
 * Nothing is decided by a key: a reason is typed, then the whole verb, each with Enter. What was
 * pasted or typed ahead of a question is dropped when it is asked (SL_INBOX_FRESH). Nothing depends
 * on colour; each line fits into `columns`, and whatever a stranger wrote is escaped.
 */
#ifndef SL_CLI_INBOX_H
#define SL_CLI_INBOX_H

#include "json/json.h"

enum { SL_INBOX_LEAST_COLUMNS = 20, SL_INBOX_LEAST_ROWS = 6, SL_INBOX_LINE = 4000 };

enum sl_inbox_mode {
    SL_INBOX_LIST,
    SL_INBOX_OPEN,   /* one of them, whole */
    SL_INBOX_REASON, /* typing why */
    SL_INBOX_VERB,   /* typing "approve" or "deny" */
};

/* What whoever runs it has to do after a key. */
enum sl_inbox_do {
    SL_INBOX_NOTHING,
    SL_INBOX_FETCH_ONE, /* get inbox.id, then sl_inbox_take_one */
    SL_INBOX_FRESH,     /* a question was asked: what was typed before it does not answer it */
    SL_INBOX_DECIDE,    /* send verb, digest and reason for inbox.id */
    SL_INBOX_QUIT,
};

/* Keys that are no characters. */
enum {
    SL_KEY_ENTER = 13,
    SL_KEY_ESCAPE = 27,
    SL_KEY_ERASE = 127,
    SL_KEY_UP = 0x110000,
    SL_KEY_DOWN
};

struct sl_inbox {
    enum sl_inbox_mode mode;
    json_t *list;       /* of approvals, in the order in which they are shown */
    size_t mine;        /* the first so many wait for whoever looks */
    char id[37];        /* the one at the cursor, or open; empty: none */
    json_t *open;       /* the open one */
    struct sl_buf text; /* of it, as lines */
    size_t top;         /* the first line of the list or of the text that is shown */
    const char *verb;   /* "approve", "deny" */
    struct sl_buf line, reason;
    struct sl_buf notice; /* what happened last */
    struct sl_buf alone;  /* what somebody released alone, until x says that it was read */
    size_t rows, columns;
};

void sl_inbox_init(struct sl_inbox *i);
void sl_inbox_done(struct sl_inbox *i);
/* A new list (an array of approvals): the cursor stays on its approval. */
void sl_inbox_take_list(struct sl_inbox *i, const json_t *approvals);
/* The whole approval of inbox.id, and its text. When it is not the one that was shown (digest), or
 * cannot be decided any more, a decision that is being typed is given up, saying so. */
void sl_inbox_take_one(struct sl_inbox *i, json_t *approval, struct sl_span text);
void sl_inbox_say(struct sl_inbox *i, struct sl_span notice); /* escaped here */
/* Of an approval that one person released alone (break-glass): it stands above everything else. */
void sl_inbox_say_alone(struct sl_inbox *i, const json_t *approval);
/* That a decision about it takes a passkey, and where: as `sluice approve` says it, too. */
void sl_inbox_say_passkey(struct sl_buf *b, const json_t *approval);
enum sl_inbox_do sl_inbox_key(struct sl_inbox *i, uint32_t key);
/* After SL_INBOX_DECIDE: back to the list. */
void sl_inbox_decided(struct sl_inbox *i);
/* inbox.rows lines, each ended by "\r\n" but for the last. `left` makes "14m left" of an approval.
 */
void sl_inbox_render(const struct sl_inbox *i,
                     void (*left)(struct sl_buf *b, const json_t *approval), struct sl_buf *out);

/* Bytes of a terminal, one key at a time: UTF-8, arrows; other sequences are no keys. False: more
 * bytes are needed. */
bool sl_inbox_next_key(struct sl_span *bytes, uint32_t *key);

/* inbox_screen.c: until its person leaves. Exit code. */
struct sl_api;
int sl_inbox_run(struct sl_api *api);
bool sl_inbox_is_possible(void); /* both ends are a terminal that can place a cursor */

#endif
