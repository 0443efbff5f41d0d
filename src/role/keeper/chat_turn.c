#include "role/keeper/chat_int.h"

#include <stdlib.h>

/* Whose turn it is: at a chat's pace, in order for each channel. */

enum {
    CALLS_MOST = 6, /* under way for one chat */
    TURN_MOST = 20, /* jobs begun, or found to be done, before others have their turn */
};

/* --- channels -----------------------------------------------------------------------------------
 */

struct chat_place *chat_place_of(struct chat *h, const char *channel)
{
    for (struct chat_place *p = h->places; p != NULL; p = p->next)
        if (strcmp(p->channel, channel) == 0)
            return p;
    struct chat_place *p = calloc(1, sizeof *p);
    if (p == NULL)
        keeper_die("a channel could not be noted", SL_EMEMORY);
    memcpy(p->channel, channel, sizeof p->channel);
    p->next = h->places;
    h->places = p;
    return p;
}

bool chat_is_aside(const struct chat_job *job)
{
    return job->what == CHAT_FORM || job->what == CHAT_ASIDE;
}

/* --- many at once -------------------------------------------------------------------------------
 */

static bool waits_there(const struct chat_job *job, const struct chat_job *first)
{
    return job->what == CHAT_CARD && job->ts[0] == '\0' && !job->busy &&
           strcmp(job->channel, first->channel) == 0;
}

/* `all` may be NULL: how many they are. */
static size_t list_waiting(struct chat *h, const struct chat_job *first, struct chat_job **jobs,
                           struct sl_chat_waiter *all, size_t *at)
{
    size_t count = 0;

    for (struct chat_job *job = h->jobs; job != NULL; job = job->next) {
        if (!waits_there(job, first))
            continue;
        if (all != NULL) {
            jobs[count] = job;
            all[count] = (struct sl_chat_waiter){.at = count};
            memcpy(all[count].who, job->who, sizeof job->who);
            *at = job == first ? count : *at;
        }
        count++;
    }
    return count;
}

/* The first of them becomes a message for all of them. */
static void join(struct chat *h, struct chat_job *first, struct chat_job *const *jobs,
                 const struct sl_chat_waiter *others, size_t count)
{
    first->many = calloc(CHAT_GROUP_MOST, sizeof *first->many);
    if (first->many == NULL)
        keeper_die("a message could not be noted", SL_EMEMORY);
    first->what = CHAT_GROUP;
    memcpy(first->many[first->many_count++], first->approval, sizeof first->approval);
    first->approval[0] = '\0';
    for (size_t i = 0; i < count && first->many_count < CHAT_GROUP_MOST; i++) {
        struct chat_job *job = jobs[others[i].at];

        if (job == first)
            continue;
        memcpy(first->many[first->many_count++], job->approval, sizeof job->approval);
        chat_job_end(h, job);
    }
}

/* Does it go together with others? (core/chat/chat.h says when.) */
static void gather(struct chat *h, struct chat_job *first)
{
    size_t count = list_waiting(h, first, NULL, NULL, NULL), at = 0;
    if (count < 2)
        return;
    struct chat_job **jobs = calloc(count, sizeof(struct chat_job *));
    struct sl_chat_waiter *all = calloc(count, sizeof *all);

    if (jobs == NULL || all == NULL)
        keeper_die("a message could not be noted", SL_EMEMORY);
    list_waiting(h, first, jobs, all, &at);
    size_t together = sl_chat_gather(all, count, at);
    if (together > 0)
        join(h, first, jobs, all, together);
    free(all);
    free(jobs);
}

/* --- the turn -----------------------------------------------------------------------------------
 */

/* Holds first, then what changes messages that are there, then what became of them. */
static unsigned rank_of(const struct chat_job *job)
{
    if (chat_is_aside(job))
        return 0;
    if (job->what == CHAT_NOTE || job->what == CHAT_DIRECT || job->what == CHAT_WORD)
        return 3;
    return job->ts[0] == '\0' ? 1 : 2;
}

static bool is_new_message(const struct chat_job *job)
{
    return job->ts[0] == '\0' || job->what == CHAT_NOTE;
}

static bool is_changed_group(const struct chat_job *job)
{
    return job->what == CHAT_GROUP && job->ts[0] != '\0';
}

/* How much of what the channel takes at once must be left: a hold comes before what became of
 * another one. */
static uint64_t room_of(const struct chat_job *job)
{
    return job->what == CHAT_NOTE || job->what == CHAT_DIRECT ? CHAT_PACE_MS : CHAT_BURST_MS;
}

static bool may_go(const struct chat *h, const struct chat_job *job, const struct chat_place *p,
                   uint64_t now_us)
{
    if (job->busy || job->due_us > now_us)
        return false;
    if (chat_is_aside(job))
        return true; /* somebody sits there */
    return h->under_way < CALLS_MOST && h->due_us <= now_us && !p->busy && p->shut_us <= now_us &&
           (!is_changed_group(job) || p->group_us <= now_us) &&
           (!is_new_message(job) || p->spent_us <= now_us + room_of(job) * 1000);
}

static void take_room(const struct chat_job *job, struct chat_place *p, uint64_t now_us)
{
    p->busy = true;
    if (is_changed_group(job))
        p->group_us = now_us + CHAT_GROUP_PACE_MS * UINT64_C(1000);
    if (is_new_message(job))
        p->spent_us = (p->spent_us > now_us ? p->spent_us : now_us) + CHAT_PACE_MS * UINT64_C(1000);
}

static void go(struct keeper *k, struct chat *h, struct chat_job *job, struct chat_place *p,
               uint64_t now_us)
{
    if (job->what == CHAT_CARD && job->ts[0] == '\0')
        gather(h, job);
    if (!chat_body_make(k, h, job)) {
        if (is_changed_group(job))
            p->group_us = now_us + CHAT_GROUP_PACE_MS * UINT64_C(1000);
        chat_job_end(h, job);
        return;
    }
    if (sl_buf_err(&job->body) != SL_OK) {
        sl_log(SL_LOG_ERROR, "chat_message", SL_TEXT("chat", h->config->name),
               SL_CSTR("why", sl_err_text(sl_buf_err(&job->body))));
        chat_job_end(h, job);
        return;
    }
    job->busy = true;
    job->begun_us = now_us;
    h->under_way++;
    if (!chat_is_aside(job))
        take_room(job, p, now_us);
    h->kind->send(k, h, job);
}

/* Nobody's pace is kept with what one person is told aside. */
static struct chat_place *place_of(struct chat *h, const struct chat_job *job)
{
    return chat_is_aside(job) ? NULL : chat_place_of(h, job->channel);
}

static struct chat_job *next_job(struct chat *h, uint64_t now_us)
{
    struct chat_job *best = NULL;

    for (struct chat_job *job = h->jobs; job != NULL; job = job->next)
        if ((best == NULL || rank_of(job) < rank_of(best)) &&
            may_go(h, job, place_of(h, job), now_us))
            best = job;
    return best;
}

bool chat_turn(struct keeper *k, struct chat *h)
{
    uint64_t now_us = sl_clock_monotonic_us();
    struct chat_job *job;

    if (!chat_is_ready(h) || !h->kind->may_call(h))
        return h->jobs != NULL;
    for (size_t i = 0; i < TURN_MOST && (job = next_job(h, now_us)) != NULL; i++) {
        go(k, h, job, place_of(h, job), now_us);
        sl_arena_reset(k->mem); /* of this one's words */
    }
    if (h->overflow && h->job_count < CHAT_JOBS_MOST / 2) {
        h->overflow = false;
        chats_look_again(k);
    }
    return h->jobs != NULL;
}
