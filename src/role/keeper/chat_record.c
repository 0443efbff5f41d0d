#include "role/keeper/chat_int.h"

#include "role/keeper/ask.h"

#include <stdlib.h>

/* Messages in chats, as the view has them: what is recorded of them, and what they last said. */

/* --- recording ---------------------------------------------------------------------------
 */

static json_t *message_event(const char *name, const struct chat *h, const struct chat_job *job,
                             struct sl_span ts)
{
    json_t *event = event_new(name, sl_clock_us());

    event_str(event, "chat", h->config->name);
    event_str(event, "channel", sl_span_str(job->channel));
    event_str(event, "ts", ts);
    return event;
}

static json_t *about(const struct chat_job *job)
{
    json_t *array = json_array();

    for (size_t i = 0; i < job->many_count; i++)
        json_array_append_new(array, json_string(job->many[i]));
    if (job->many_count == 0)
        json_array_append_new(array, json_string(job->approval));
    return array;
}

void chat_record_posted(struct keeper *k, const struct chat *h, const struct chat_job *job,
                        struct sl_span ts)
{
    json_t *event = message_event("chat_posted", h, job, ts);

    event_json(event, "approvals", about(job));
    event_u64(event, "what", job->what);
    event_bool(event, "decides", job->decides);
    event_hex(event, "hash", sl_span(job->hash, sizeof job->hash));
    event_bool(event, "done",
               job->final || job->what == CHAT_NOTE ||
                   sl_span_is(ts, "-")); /* it is there, and nothing says where */
    event_bool(event, "brief", job->brief);
    store_record(&k->store, NULL, event, false);
}

void chat_record_updated(struct keeper *k, const struct chat *h, const struct chat_job *job)
{
    json_t *event = message_event("chat_updated", h, job, sl_span_str(job->ts));

    event_bool(event, "decides", job->decides);
    event_hex(event, "hash", sl_span(job->hash, sizeof job->hash));
    event_bool(event, "done", job->final);
    event_bool(event, "brief", job->brief);
    store_record(&k->store, NULL, event, false);
}

void chat_record_gone(struct keeper *k, const struct chat *h, const struct chat_job *job)
{
    store_record(&k->store, NULL, message_event("chat_gone", h, job, sl_span_str(job->ts)), false);
}

void chat_record_heard(struct keeper *k, const struct chat *h, const struct chat_way *way)
{
    json_t *event = event_new("chat_heard", sl_clock_us());

    event_str(event, "chat", h->config->name);
    event_hex(event, "delivery", sl_span(way->delivery, sizeof way->delivery));
    store_record(&k->store, NULL, event, false);
}

/* --- looking ------------------------------------------------------------------------------------
 */

/* What it last said; false: it says that already, and there is nothing to do. */
bool chat_says_something_new(struct keeper *k, const struct chat *h, const struct chat_job *job,
                             struct sl_span approval)
{
    struct db_rows rows = db_ask(k->store.db, DB_CHAT_ONE, "ssis", h->config->name, approval,
                                 (uint64_t)job->what, sl_span_str(job->channel));
    bool same = false;

    if (db_row(&rows))
        same = sl_span_eq(db_span(&rows, 2), sl_span(job->hash, sizeof job->hash));
    db_end(&rows);
    return !same;
}

/* Of a message that is there: the chat did not take the whole of it once. */
bool chat_was_brief(struct keeper *k, const struct chat *h, const struct chat_job *job)
{
    struct db_rows rows =
        db_ask(k->store.db, DB_CHAT_ONE, "ssis", h->config->name, sl_span_str(job->approval),
               (uint64_t)job->what, sl_span_str(job->channel));
    bool brief = db_row(&rows) && db_u64(&rows, 3) != 0;

    db_end(&rows);
    return brief;
}

/* The approvals of a group that is there already. */
void chat_read_many(struct keeper *k, const struct chat *h, struct chat_job *job)
{
    struct db_rows rows = db_ask(k->store.db, DB_CHAT_AT, "sss", h->config->name,
                                 sl_span_str(job->channel), sl_span_str(job->ts));

    job->many = calloc(CHAT_GROUP_MOST, sizeof *job->many);
    if (job->many == NULL)
        keeper_die("a message could not be noted", SL_EMEMORY);
    while (job->many_count < CHAT_GROUP_MOST && db_row(&rows)) {
        struct sl_span id = db_span(&rows, 0);

        if (id.n == sizeof job->many[0] - 1)
            memcpy(job->many[job->many_count++], id.p, id.n);
    }
    db_end(&rows);
}
