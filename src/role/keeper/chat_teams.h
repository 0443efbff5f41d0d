/* Microsoft Teams, behind the seam (chat_kind.h): what a bot there needs beside its messages.
 *
 * Two kinds of tokens, which have nothing to do with each other: ours, with which we call the
 * Connector (client credentials: chat_teams_token.c), and the Connector's, which comes with what it
 * sends us, and whose keys we ask Microsoft for (chat_teams_keys.c).
 *
 * Where a conversation is posted to, the Connector says when the app is added to it; that is
 * remembered (chat_teams_place.c). Who is told, the configuration says alone: whoever may add the
 * app to a team of theirs must not thereby read what Sluice holds.
 */
#ifndef SL_ROLE_KEEPER_CHAT_TEAMS_H
#define SL_ROLE_KEEPER_CHAT_TEAMS_H

#include "core/chat/teams.h"
#include "role/keeper/chat_int.h"

struct chat_waiting;
struct chat_direct;
struct chat_teams {
    struct sl_buf token; /* ours; empty: there is none */
    uint64_t token_since_us, token_until_us, token_due_us;
    bool token_asked, secret_asked;
    unsigned token_failures;
    struct sl_oidc_keys *keys; /* the Connector's; NULL: none are known */
    uint64_t keys_until_us, keys_due_us, keys_unknown_us;
    bool keys_asked;
    struct chat_waiting *waiting; /* for keys */
    size_t waiting_count;
    struct chat_direct *directs; /* conversations with one person */
    size_t direct_count;
};
struct sl_teams_us chat_teams_us(const struct chat *h);

/* --- chat_teams_token.c: ours -------------------------------------------------------------------
 */
void chat_teams_token_tick(struct keeper *k, struct chat *h);
void chat_teams_token_secret_came(struct chat *h);
bool chat_teams_has_token(const struct chat *h);
/* The Connector would not have it in a call that was begun then. True: the call is worth another
 * try; the token was an old one, and another is asked for at once, or is there already. */
bool chat_teams_token_refused(struct chat *h, uint64_t begun_us);
void chat_teams_token_free(struct chat *h);
/* A call with it. method: empty: POST with a body, GET without. */
void chat_teams_call(struct keeper *k, struct chat *h, struct sl_span method, struct sl_span url,
                     struct sl_span body, fetch_fn *fn, uint64_t of);

/* --- chat_teams_keys.c: the Connector's ---------------------------------------------------------
 */
void chat_teams_keys_tick(struct keeper *k, struct chat *h);
bool chat_teams_has_keys(const struct chat *h); /* that may still be believed */
/* A token names a key that is not there. True: they are asked for (or on their way), and
 * chat_teams_settled is called whatever comes of it; false: it was asked a moment ago. */
bool chat_teams_keys_anew(struct keeper *k, struct chat *h);
void chat_teams_keys_free(struct chat *h);

/* --- chat_teams_input.c: what the Connector sends -----------------------------------------------
 */
void chat_teams_incoming(struct call *c, struct chat *h);
void chat_teams_settled(struct keeper *k, struct chat *h);
void chat_teams_input_free(struct keeper *k, struct chat *h);

/* --- chat_teams_person.c: people, and what they are answered ------------------------------------
 */
void chat_teams_ask_person(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                           const struct chat_way *way, fetch_fn *fn, uint64_t of);
const char *chat_teams_person_refused(struct chat *h, const struct fetched *got,
                                      struct sl_span user, bool *known);
void chat_teams_refuse(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                       const struct chat_way *way, struct sl_span text);
void chat_teams_done(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                     const struct chat_way *way, struct sl_span text);
void chat_teams_answer(struct keeper *k, struct chat *h, const struct chat_way *way,
                       struct sl_span answer);
/* The message anew, for somebody's client that asks for it: nobody decided anything. */
void chat_teams_refresh(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                        const struct chat_way *way);

/* --- chat_teams_place.c: where things are told --------------------------------------------------
 */
/* Lies in k->mem. */
struct sl_span chat_teams_service(struct keeper *k, const struct chat *h,
                                  struct sl_span conversation);
void chat_teams_joined(struct keeper *k, struct chat *h, const struct sl_teams_activity *a);
void chat_teams_left(struct keeper *k, struct chat *h, const struct sl_teams_activity *a);
void chat_teams_describe(struct keeper *k, const struct chat *h, json_t *out);
/* Where this person is written to; NULL: that has to be asked. */
const char *chat_teams_direct(const struct chat *h, struct sl_span user);
void chat_teams_direct_note(struct chat *h, struct sl_span user, struct sl_span conversation);
void chat_teams_direct_forget(struct chat *h, struct sl_span user);
void chat_teams_directs_free(struct chat *h);

#endif
