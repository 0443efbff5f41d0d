#include "role/keeper/chat_int.h"

/* What a chat's answers mean for the messages that it was told, and for the chat as a whole. */

enum {
    AGAIN_MS = 1000, /* after a failure, doubling */
    AGAIN_MOST_MS = 60 * 1000,
    PLACE_AGAIN_MS = 60 * 1000, /* a channel that we are not in: somebody may ask us in */
};

/* --- the chat as a whole ------------------------------------------------------------------------
 */

static uint64_t back_off_ms(unsigned failures)
{
    uint64_t ms = AGAIN_MS;

    for (unsigned i = 1; i < failures && ms < AGAIN_MOST_MS; i++)
        ms *= 2;
    return ms < AGAIN_MOST_MS ? ms : AGAIN_MOST_MS;
}

static void is_away(struct chat *h, struct sl_span why)
{
    h->failed++;
    h->failures++;
    if (h->failures == 1 || !sl_span_eq(why, sl_span_str(h->why))) {
        chat_note(h, why);
        sl_log(SL_LOG_WARN, "chat_waits", SL_TEXT("chat", h->config->name), SL_CSTR("why", h->why));
    }
    h->due_us = sl_clock_monotonic_us() + back_off_ms(h->failures) * 1000;
}

static void is_up(struct chat *h)
{
    if (h->failures > 0)
        sl_log(SL_LOG_INFO, "chat_goes_on", SL_TEXT("chat", h->config->name));
    h->failures = 0;
    h->told++;
    h->why[0] = '\0';
}

/* --- one message --------------------------------------------------------------------------------
 */

static void later(struct chat_job *job, uint64_t ms)
{
    job->attempts++;
    job->due_us = sl_clock_monotonic_us() + ms * 1000;
}

/* Where it takes nothing, one message at a time finds out whether it still is so. */
static void note_place(struct chat *h, const struct chat_job *job, const struct chat_said *said)
{
    struct chat_place *place = chat_place_of(h, job->channel);

    if (said->means != CHAT_IS_SHUT && said->means != CHAT_IS_REFUSED)
        return;
    chat_put_why(place->why, sl_buf_span(&said->why));
    if (said->means == CHAT_IS_SHUT)
        place->shut_us = sl_clock_monotonic_us() + PLACE_AGAIN_MS * UINT64_C(1000);
}

void chat_place_open(struct chat *h, const char *channel)
{
    for (struct chat_place *p = h->places; p != NULL; p = p->next)
        if (strcmp(p->channel, channel) == 0) {
            p->shut_us = 0;
            p->why[0] = '\0';
        }
    for (struct chat_job *job = h->jobs; job != NULL; job = job->next)
        if (strcmp(job->channel, channel) == 0)
            job->due_us = 0;
}

static void on_refused(struct keeper *k, struct chat *h, struct chat_job *job,
                       const struct chat_said *said)
{
    SL_BUF(why, 512);

    h->failed++;
    sl_buf_say(&why, "channel %s: %S", job->channel, sl_buf_span(&said->why));
    chat_note(h, sl_buf_span(&why));
    if (job->what == CHAT_CARD || job->what == CHAT_GROUP)
        note_place(h, job, said);
    sl_log(SL_LOG_WARN, "chat_refused", SL_TEXT("chat", h->config->name), SL_CSTR("why", h->why));
    if (said->means == CHAT_IS_TOO_MUCH && !job->brief && job->what == CHAT_CARD) {
        job->brief = true;
        later(job, 0);
    } else if (said->means == CHAT_IS_GONE && job->what != CHAT_NOTE) {
        chat_record_gone(k, h, job);
        if (job->what == CHAT_CARD)
            chats_touch(k, sl_span_str(job->approval));
        for (size_t i = 0; i < job->many_count; i++)
            chats_touch(k, sl_span_str(job->many[i]));
        chat_job_end(h, job);
    } else if (job->what == CHAT_CARD || job->what == CHAT_GROUP) {
        later(job, PLACE_AGAIN_MS);
    } else {                            /* nobody hears it there; it is said once */
        if (job->what != CHAT_QUESTION) /* a later one may reach them */
            memset(job->hash, 0, sizeof job->hash);
        if (job->what == CHAT_NOTE || job->what == CHAT_DIRECT || job->what == CHAT_QUESTION)
            chat_record_posted(k, h, job, SL_SPAN("-"));
        chat_job_end(h, job);
    }
}

/* What was posted to a person lies in a channel that is theirs and ours. */
static bool is_elsewhere(const struct chat_job *job, const struct chat_said *said)
{
    return (job->what == CHAT_QUESTION || job->person) && said->channel[0] != '\0' &&
           strcmp(said->channel, job->channel) != 0;
}

static void on_told(struct keeper *k, struct chat *h, struct chat_job *job,
                    const struct chat_said *said)
{
    is_up(h);
    chat_place_of(h, job->channel)->why[0] = '\0';
    if (job->ts[0] == '\0' && is_elsewhere(job, said)) {
        if (job->what != CHAT_QUESTION)
            chat_record_direct(k, h, job, sl_span_str(said->channel));
        memcpy(job->channel, said->channel, sizeof job->channel);
    }
    if (job->ts[0] != '\0' && job->what != CHAT_NOTE)
        chat_record_updated(k, h, job);
    else
        chat_record_posted(k, h, job, said->ts[0] != '\0' ? sl_span_str(said->ts) : SL_SPAN("-"));
    chat_note_delay(k, h, job);
    /* what happened while it was under way */
    if (job->approval[0] != '\0')
        chats_touch(k, sl_span_str(job->approval));
    for (size_t i = 0; i < job->many_count && job->ts[0] == '\0'; i++)
        chats_touch(k, sl_span_str(job->many[i]));
    chat_job_end(h, job);
}

static struct chat_job *job_by_id(struct chat *h, uint64_t id)
{
    for (struct chat_job *job = h->jobs; job != NULL; job = job->next)
        if (job->id == id)
            return job;
    return NULL;
}

struct chat_job *chat_job_find(struct keeper *k, uint64_t id, struct chat **h)
{
    for (*h = chats_first(k); *h != NULL; *h = (*h)->next_chat) {
        struct chat_job *job = job_by_id(*h, id);

        if (job != NULL)
            return job;
    }
    return NULL;
}

/* It is said once, and whatever becomes of it means nothing for anybody else. */
static void aside_told(struct chat *h, struct chat_job *job, const struct fetched *got)
{
    h->told += got->status / 100 == 2;
    chat_job_end(h, job);
}

/* To one person, and about no approval: nothing of it is recorded here. */
static void word_told(struct chat *h, struct chat_job *job, const struct chat_said *said)
{
    if (said->means == CHAT_IS_TAKEN) {
        is_up(h);
    } else {
        h->failed++;
        chat_note(h, sl_buf_span(&said->why));
        sl_log(SL_LOG_WARN, "chat_refused", SL_TEXT("chat", h->config->name),
               SL_CSTR("why", h->why));
    }
    chat_job_end(h, job);
}

static void limited(struct chat *h, struct chat_job *job, const struct fetched *got)
{
    uint64_t wait_s = got->retry_after_s > 0 ? got->retry_after_s : 1;

    chat_place_of(h, job->channel)->shut_us = sl_clock_monotonic_us() + wait_s * 1000 * 1000;
    later(job, 0);
}

void chat_told(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct chat_said said = {.why = sl_buf(512)};
    struct chat *h;
    struct chat_job *job = chat_job_find(k, of, &h);

    if (job == NULL)
        return;
    h->under_way--;
    job->busy = false;
    chats_wake(k);
    if (chat_is_aside(job)) {
        aside_told(h, job, got);
        return;
    }
    chat_place_of(h, job->channel)->busy = false;
    h->kind->read(h, job, got, &said);
    if (said.means == CHAT_IS_LIMITED)
        limited(h, job, got);
    else if (said.means == CHAT_IS_AGAIN)
        later(job, 0);
    else if (said.means == CHAT_IS_AWAY)
        is_away(h, sl_buf_span(&said.why));
    else if (job->what == CHAT_WORD)
        word_told(h, job, &said);
    else if (said.means == CHAT_IS_TAKEN)
        on_told(k, h, job, &said);
    else
        on_refused(k, h, job, &said);
    sl_buf_done(&said.why);
}
