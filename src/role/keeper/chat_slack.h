/* Slack, behind the seam (chat_kind.h). */
#ifndef SL_ROLE_KEEPER_CHAT_SLACK_H
#define SL_ROLE_KEEPER_CHAT_SLACK_H

#include "core/chat/slack.h"
#include "role/keeper/chat_kind.h"

/* `method` of the Web API. `query`: with GET, what stands behind "?". */
void chat_slack_call(struct keeper *k, struct chat *h, const char *method, enum chat_secret with,
                     struct sl_span body, struct sl_span query, fetch_fn *fn, uint64_t of);

/* --- chat_socket.c: clicks over a socket ---------------------------------------------------------
 */
void chat_socket_tick(struct keeper *k, struct chat *h);
bool chat_socket_listens(const struct chat *h);

/* --- chat_slack_input.c: what people there are shown and answered -------------------------------
 */
void chat_slack_incoming(struct call *c, struct chat *h);
void chat_slack_ask_person(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                           const struct chat_way *way, fetch_fn *fn, uint64_t of);
const char *chat_slack_person_refused(struct chat *h, const struct fetched *got,
                                      struct sl_span user, bool *known);
void chat_slack_open_form(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                          const struct approval *a);
void chat_slack_refuse(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                       const struct chat_way *way, struct sl_span text);
void chat_slack_done(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                     const struct chat_way *way, struct sl_span text);
void chat_slack_answer(struct keeper *k, struct chat *h, const struct chat_way *way,
                       struct sl_span answer);

#endif
