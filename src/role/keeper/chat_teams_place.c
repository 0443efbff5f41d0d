#include "role/keeper/chat_teams.h"

#include <stdlib.h>

/* Conversations: where they are posted to, and those with one person. */

enum { JOINED_MOST = 500, DIRECTS_MOST = 1000 };

/* --- where
 * ----------------------------------------------------------------------------------------
 */

static struct sl_span first_service(struct keeper *k, struct db_rows rows, int column)
{
    struct sl_span service = {NULL, 0};

    if (db_row(&rows))
        service = sl_arena_copy(k->mem, db_span(&rows, column));
    db_end(&rows);
    return service;
}

/* Microsoft names one address for what is written before anything was heard. */
static struct sl_span usual_service(struct keeper *k, const struct chat *h)
{
    SL_BUF(url, 4096);

    if (h->config->service.n > 0)
        return h->config->service;
    if (h->config->api.n == 0)
        return SL_SPAN("https://smba.trafficmanager.net/teams/");
    sl_buf_say(&url, "%Steams/", h->config->api);
    return sl_arena_copy(k->mem, sl_buf_span(&url));
}

/* What was remembered may be of another configuration. */
struct sl_span chat_teams_service(struct keeper *k, const struct chat *h,
                                  struct sl_span conversation)
{
    const struct sl_teams_us us = chat_teams_us(h);
    struct sl_span service =
        first_service(k, db_ask(k->store.db, DB_CHAT_SERVICE, "ss", h->config->name, conversation),
                      0);

    if (service.n == 0) /* another channel of the same team, or of the same tenant */
        service = first_service(k, db_ask(k->store.db, DB_CHAT_JOINED, "s", h->config->name), 1);
    return service.n > 0 && sl_teams_service_allowed(service, &us) ? service : usual_service(k, h);
}

static size_t joined_count(struct keeper *k, const struct chat *h)
{
    struct db_rows rows = db_ask(k->store.db, DB_CHAT_JOINED, "s", h->config->name);
    size_t count = 0;

    while (db_row(&rows))
        count++;
    db_end(&rows);
    return count;
}

void chat_teams_joined(struct keeper *k, struct chat *h, const struct sl_teams_activity *a)
{
    SL_BUF(channel, CHAT_ID_BYTES);
    struct sl_span known = first_service(
        k, db_ask(k->store.db, DB_CHAT_SERVICE, "ss", h->config->name, a->conversation), 0);

    sl_buf_put(&channel, a->conversation);
    chat_place_open(h, sl_buf_text(&channel));
    if (sl_span_eq(known, a->service_url) || (known.n == 0 && joined_count(k, h) >= JOINED_MOST))
        return;
    json_t *event = event_new("chat_joined", sl_clock_us());
    event_str(event, "chat", h->config->name);
    event_str(event, "conversation", a->conversation);
    event_str(event, "service", a->service_url);
    store_record(&k->store, NULL, event, false);
    sl_log(SL_LOG_INFO, "chat_joined", SL_TEXT("chat", h->config->name),
           SL_TEXT("conversation", a->conversation));
    chats_wake(k);
}

void chat_teams_left(struct keeper *k, struct chat *h, const struct sl_teams_activity *a)
{
    json_t *event = event_new("chat_left", sl_clock_us());

    event_str(event, "chat", h->config->name);
    event_str(event, "conversation", a->conversation);
    store_record(&k->store, NULL, event, false);
    sl_log(SL_LOG_WARN, "chat_left", SL_TEXT("chat", h->config->name),
           SL_TEXT("conversation", a->conversation));
}

/* So that who sets it up can see what to write into the configuration. */
void chat_teams_describe(struct keeper *k, const struct chat *h, json_t *out)
{
    struct db_rows rows = db_ask(k->store.db, DB_CHAT_JOINED, "s", h->config->name);
    json_t *list = json_array();

    while (db_row(&rows)) {
        json_t *one = json_object();

        json_put_str(one, "id", db_span(&rows, 0));
        json_put_time(one, "since", db_u64(&rows, 2));
        json_array_append_new(list, one);
    }
    db_end(&rows);
    json_object_set_new(out, "conversations", list);
}

/* --- with one person
 * ------------------------------------------------------------------------------
 */

struct chat_direct {
    struct chat_direct *next;
    char user[CHAT_USER_BYTES], conversation[CHAT_ID_BYTES];
};

static struct chat_direct **find(const struct chat *h, struct sl_span user)
{
    struct chat_direct **at = &h->teams->directs;

    while (*at != NULL && !sl_span_is(user, (*at)->user))
        at = &(*at)->next;
    return at;
}

const char *chat_teams_direct(const struct chat *h, struct sl_span user)
{
    const struct chat_direct *found = *find(h, user);

    return found == NULL ? NULL : found->conversation;
}

void chat_teams_direct_forget(struct chat *h, struct sl_span user)
{
    struct chat_direct **at = find(h, user), *found = *at;

    if (found == NULL)
        return;
    *at = found->next;
    h->teams->direct_count--;
    free(found);
}

void chat_teams_directs_free(struct chat *h)
{
    while (h->teams->directs != NULL)
        chat_teams_direct_forget(h, sl_span_str(h->teams->directs->user));
}

void chat_teams_direct_note(struct chat *h, struct sl_span user, struct sl_span conversation)
{
    if (user.n >= CHAT_USER_BYTES || conversation.n >= CHAT_ID_BYTES)
        return;
    chat_teams_direct_forget(h, user);
    if (h->teams->direct_count >= DIRECTS_MOST)
        chat_teams_directs_free(h); /* they are asked for again */
    struct chat_direct *d = calloc(1, sizeof *d);
    if (d == NULL)
        keeper_die("a conversation could not be noted", SL_EMEMORY);
    memcpy(d->user, user.p, user.n);
    memcpy(d->conversation, conversation.p, conversation.n);
    d->next = h->teams->directs;
    h->teams->directs = d;
    h->teams->direct_count++;
}
