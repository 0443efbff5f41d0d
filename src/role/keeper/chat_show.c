#include "role/keeper/chat_kind.h"

/* How chats stand, for people. */

/* A chat's words may be anything. */
void chat_put_why(char out[CHAT_WHY_BYTES], struct sl_span why)
{
    size_t n = why.n < CHAT_WHY_BYTES - 1 ? why.n : CHAT_WHY_BYTES - 1;

    memset(out, 0, CHAT_WHY_BYTES);
    for (size_t i = 0; i < n; i++)
        out[i] = why.p[i] < 0x20 || why.p[i] > 0x7e ? '?' : (char)why.p[i];
}

void chat_note(struct chat *h, struct sl_span why)
{
    chat_put_why(h->why, why);
}

const char *chat_state(struct keeper *k, const struct chat *h)
{
    if (!chat_is_ready(h))
        return "no secret";
    if (peer_find(k, SL_ROLE_COURIER, COURIER_CHAT) == NULL || h->failures > 0 ||
        !h->kind->may_call(h))
        return "waiting";
    return h->kind->listens(h) ? "current" : "deaf";
}

/* One that is told and hears nothing has a message's success behind it, which says nothing of that.
 */
static struct sl_span why_of(struct keeper *k, const struct chat *h)
{
    bool deaf = strcmp(chat_state(k, h), "deaf") == 0;

    return sl_span_str(h->deaf_why[0] != '\0' && (deaf || h->why[0] == '\0') ? h->deaf_why
                                                                            : h->why);
}

static json_t *places_json(const struct chat *h)
{
    json_t *list = json_array();

    for (const struct chat_place *p = h->places; p != NULL; p = p->next) {
        json_t *one = p->why[0] == '\0' ? NULL : json_object();

        if (one == NULL)
            continue;
        json_put_str(one, "channel", sl_span_str(p->channel));
        json_put_str(one, "why", sl_span_str(p->why));
        json_array_append_new(list, one);
    }
    return list;
}

json_t *chats_json(struct keeper *k)
{
    json_t *list = json_array();

    for (const struct chat *h = chats_first(k); h != NULL; h = h->next_chat) {
        json_t *one = json_object();
        size_t waiting = 0;

        for (const struct chat_job *job = h->jobs; job != NULL; job = job->next)
            waiting += job->many_count > 0 ? job->many_count : 1;
        json_put_str(one, "name", h->config->name);
        json_put_str(one, "kind", sl_span_str(h->kind->word));
        json_put_str(one, "state", sl_span_str(chat_state(k, h)));
        json_put_str(one, "why", why_of(k, h));
        json_object_set_new(one, "waiting", json_integer((json_int_t)waiting));
        json_object_set_new(one, "told", json_integer((json_int_t)h->told));
        json_object_set_new(one, "failed", json_integer((json_int_t)h->failed));
        json_object_set_new(one, "listens", json_boolean(h->kind->listens(h)));
        json_object_set_new(one, "refused", places_json(h));
        if (h->kind->describe != NULL)
            h->kind->describe(k, h, one);
        json_array_append_new(list, one);
    }
    return list;
}
