#include "role/keeper/chat_teams.h"

#include <stdlib.h>

/* What the Connector sends: first its token, of whose body nothing is looked at before; then the
 * activity; then, for a press, the way of any chat's form (chat_form.c). */

enum { WAITING_MOST = 32 };

struct chat_waiting { /* for keys */
    struct chat_waiting *next;
    struct late late;
    struct sl_buf token, body;
};

/* --- activities ---------------------------------------------------------------------------------
 */

static void nothing_done(struct keeper *k, struct chat *h, const struct chat_way *way,
                         unsigned status, const char *text)
{
    SL_BUF(answer, 8192);

    if (way->invoke)
        sl_teams_put_invoke_error(&answer, status, sl_span_str(text));
    chat_answer(k, h, way, sl_buf_span(&answer));
}

static void came_before(struct keeper *k, struct chat *h, const struct chat_way *way)
{
    SL_BUF(answer, 8192);

    if (way->invoke)
        sl_teams_put_invoke_text(
            &answer, SL_SPAN("This came before, and what it asked for was done then, or refused."));
    chat_answer(k, h, way, sl_buf_span(&answer));
}

/* Two presses are two activities; the same one is one that came again, or was caught. */
static bool is_new(struct keeper *k, struct chat *h, const struct sl_teams_activity *a,
                   struct sl_span body, uint8_t delivery[SL_SHA256])
{
    SL_BUF(id, 2 * CHAT_ID_BYTES);

    if (a->id.n == 0)
        return chat_is_new(k, h, body, delivery);
    sl_buf_say(&id, "%S %S", a->conversation, a->id);
    return chat_is_new(k, h, sl_buf_span(&id), delivery);
}

static void on_input(struct keeper *k, struct chat *h, struct sl_teams_activity *a,
                     struct chat_way *way, struct sl_span body)
{
    struct sl_chat_input in = a->input;

    if (!is_new(k, h, a, body, way->delivery)) {
        came_before(k, h, way);
        return;
    }
    in.json = json_incref(a->json); /* its texts lie there, and it may have to wait */
    chat_input(k, h, &in, way);
}

static void on_activity(struct keeper *k, struct chat *h, struct sl_teams_activity *a,
                        const struct late *late, struct sl_span body)
{
    struct chat_way way = {
        .invoke = a->invoke, .service = a->service_url, .roster = a->roster, .late = *late};

    if (a->kind == SL_TEAMS_INPUT) {
        on_input(k, h, a, &way, body);
        return;
    }
    if (a->kind == SL_TEAMS_REFRESH) {
        chat_teams_refresh(k, h, &a->input, &way);
        return;
    }
    if (a->kind == SL_TEAMS_ADDED)
        chat_teams_joined(k, h, a);
    else if (a->kind == SL_TEAMS_REMOVED)
        chat_teams_left(k, h, a);
    nothing_done(k, h, &way, 400, "Sluice knows nothing of this.");
}

static void read_activity(struct keeper *k, struct chat *h, struct sl_span body,
                          struct sl_span service_url, const struct late *late)
{
    const struct sl_teams_us us = chat_teams_us(h);
    struct sl_teams_activity a;
    enum sl_err err = sl_teams_read(body, &us, service_url, &a);

    if (err == SL_OK)
        on_activity(k, h, &a, late, body);
    else if (err == SL_EDENIED)
        late_problem(k, late, 403, "Not from this Teams",
                     "It is of another channel or service than its token.");
    else
        late_problem(k, late, 400, "Not understood", "So nothing is done by it.");
    json_decref(a.json);
}

/* --- its token ----------------------------------------------------------------------------------
 */

static void refuse(struct keeper *k, const struct chat *h, enum sl_oidc_reason reason,
                   const struct late *late)
{
    struct call c = late_call(k, late);

    if (call_may_guess(&c, SL_SPAN(CHAT_DOOR))) { /* and so a stranger does not fill the log */
        sl_log(SL_LOG_WARN, "chat_token_refused", SL_TEXT("chat", h->config->name),
               SL_CSTR("why", sl_oidc_reason_text(reason)));
        limits_failed(&k->limits, c.address, SL_SPAN(CHAT_DOOR), sl_clock_us());
        call_problem(&c, 401, "Not from Teams",
                     "Its token is not one of the Bot Framework's Connector for this bot.", "");
    }
    late_done(&c);
}

static bool wait(struct keeper *k, struct chat *h, struct sl_span token, struct sl_span body,
                 const struct late *late)
{
    struct chat_teams *t = h->teams;

    if (t->waiting_count >= WAITING_MOST || !chat_teams_keys_anew(k, h))
        return false;
    struct chat_waiting *w = calloc(1, sizeof *w);
    if (w == NULL)
        keeper_die("a message could not be noted", SL_EMEMORY);
    *w = (struct chat_waiting){.next = t->waiting,
                               .late = *late,
                               .token = sl_buf(SL_TEAMS_TOKEN_MOST),
                               .body = sl_buf(SL_TEAMS_BODY_MOST)};
    sl_buf_put(&w->token, token);
    sl_buf_put(&w->body, body);
    t->waiting = w;
    t->waiting_count++;
    return true;
}

static void look(struct keeper *k, struct chat *h, struct sl_span token, struct sl_span body,
                 const struct late *late, bool may_wait)
{
    const struct sl_teams_us us = chat_teams_us(h);
    struct sl_teams_token found;
    enum sl_oidc_reason reason =
        sl_teams_check_token(token, chat_teams_has_keys(h) ? h->teams->keys : NULL, &us,
                             sl_clock_us() / 1000000, k->mem, &found);

    if (reason == SL_OIDC_YES)
        read_activity(k, h, body, found.service_url, late);
    else if (reason != SL_OIDC_KEY_UNKNOWN || !may_wait || !wait(k, h, token, body, late))
        refuse(k, h, reason, late);
}

void chat_teams_incoming(struct call *c, struct chat *h)
{
    struct sl_span token = call_str(c, "token"), body = call_str(c, "body");
    struct late late;

    if (body.n > SL_TEAMS_BODY_MOST || token.n > SL_TEAMS_TOKEN_MOST) {
        call_problem(c, 413, "Too large", "The Connector sends nothing of this size.", "");
        return;
    }
    call_defer(c, &late);
    look(c->keeper, h, token, body, &late, true);
}

/* --- those that wait for keys -------------------------------------------------------------------
 */

static void waiting_free(struct chat_waiting *w)
{
    if (w->token.p != NULL)
        sl_secret_wipe(w->token.p, w->token.cap);
    sl_buf_done(&w->token);
    sl_buf_done(&w->body);
    free(w);
}

static struct chat_waiting *take_all(struct chat_teams *t)
{
    struct chat_waiting *all = t->waiting;

    t->waiting = NULL;
    t->waiting_count = 0;
    return all;
}

void chat_teams_settled(struct keeper *k, struct chat *h)
{
    struct chat_waiting *all = take_all(h->teams);

    while (all != NULL) {
        struct chat_waiting *w = all;

        all = w->next;
        look(k, h, sl_buf_span(&w->token), sl_buf_span(&w->body), &w->late, false);
        waiting_free(w);
    }
}

void chat_teams_input_free(struct keeper *k, struct chat *h)
{
    struct chat_waiting *all = take_all(h->teams);

    while (all != NULL) {
        struct chat_waiting *w = all;

        all = w->next;
        late_problem(k, &w->late, 503, "Not now", "Sluice's configuration has just changed.");
        waiting_free(w);
    }
}
