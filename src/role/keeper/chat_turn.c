#include "role/keeper/chat.h"

#include "crypto/crypto.h"
#include "role/keeper/ask.h"

#include <stdlib.h>

/* Calls to a chat: at its pace, in order for each channel, and what its answers mean. */

enum {
    PACE_MS = 1100,         /* of new messages in one channel: Slack takes about one a second, */
    BURST_MS = 2 * PACE_MS, /* and a few more at once: three, of which one is kept for a hold */
    GROUP_PACE_MS = 3000,   /* a message for many changes as often as each of them does */
    CALLS_MOST = 6,         /* under way for one chat */
    TURN_MOST = 20,         /* jobs begun, or found to be done, before others have their turn */
    AGAIN_MS = 1000,        /* after a failure, doubling */
    AGAIN_MOST_MS = 60 * 1000,
    PLACE_AGAIN_MS = 60 * 1000, /* a channel that we are not in: somebody may ask us in */
    GROUP_SHOWN = 20,
};

/* --- calling ------------------------------------------------------------------------------------
 */

void chat_call(struct keeper *k, struct chat *h, const char *method, enum chat_secret with,
               struct sl_span body, struct sl_span query, fetch_fn *fn, uint64_t of)
{
    SL_BUF(url, 8192);
    SL_BUF(bearer, CHAT_SECRET_BYTES + 16);

    sl_buf_say(&url, "%S%s", h->config->api, method);
    if (query.n > 0)
        sl_buf_say(&url, "?%S", query);
    sl_buf_say(&bearer, "Bearer %S", sl_buf_span(&h->secrets[with]));
    fetch_begin(k,
                &(struct fetch_request){.courier = COURIER_CHAT,
                                        .issuer = h->config->name,
                                        .url = sl_buf_span(&url),
                                        .authorization = sl_buf_span(&bearer),
                                        .body = body,
                                        .content_type = query.n > 0 ? sl_span(NULL, 0)
                                                                    : SL_SPAN("application/json; "
                                                                              "charset=utf-8")},
                fn, of);
    sl_secret_wipe(bearer.p, bearer.cap);
}

static uint64_t back_off_ms(unsigned failures)
{
    uint64_t ms = AGAIN_MS;

    for (unsigned i = 1; i < failures && ms < AGAIN_MOST_MS; i++)
        ms *= 2;
    return ms < AGAIN_MOST_MS ? ms : AGAIN_MOST_MS;
}

static bool is_about_us(struct sl_span error)
{
    static const char *const errors[] = {"invalid_auth",
                                         "not_authed",
                                         "token_revoked",
                                         "token_expired",
                                         "account_inactive",
                                         "missing_scope",
                                         "not_allowed_token_type",
                                         "org_login_required",
                                         "ekm_access_denied",
                                         "team_access_not_granted",
                                         "fatal_error",
                                         "internal_error",
                                         "service_unavailable",
                                         "request_timeout",
                                         "ratelimited",
                                         "rate_limited",
                                         "accesslimited"};

    for (size_t i = 0; i < SL_COUNT(errors); i++)
        if (sl_span_is(error, errors[i]))
            return true;
    return false;
}

bool chat_is_down(struct keeper *k, struct chat *h, const struct fetched *got, struct sl_span error)
{
    SL_BUF(why, 512);
    bool answered = got->status == 200;

    if (answered && !is_about_us(error))
        return false;
    h->failed++;
    h->failures++;
    if (got->status == 0)
        sl_buf_put(&why, sl_span_head(got->why, 200));
    else if (!answered)
        sl_buf_say(&why, "status %u", (unsigned)got->status);
    else
        sl_buf_say(&why, "it says \"%S\"", sl_span_head(error, 100));
    if (h->failures == 1 || !sl_span_eq(sl_buf_span(&why), sl_span_str(h->why))) {
        chat_note(h, sl_buf_span(&why));
        sl_log(SL_LOG_WARN, "chat_waits", SL_TEXT("chat", h->config->name), SL_CSTR("why", h->why));
    }
    h->due_us = sl_clock_monotonic_us() + back_off_ms(h->failures) * 1000;
    (void)k;
    return true;
}

void chat_is_up(struct chat *h)
{
    if (h->failures > 0)
        sl_log(SL_LOG_INFO, "chat_goes_on", SL_TEXT("chat", h->config->name));
    h->failures = 0;
    h->told++;
    h->why[0] = '\0';
}

/* --- channels -----------------------------------------------------------------------------------
 */

static struct chat_place *place_of(struct chat *h, const char *channel)
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

static struct chat_job *job_by_id(struct chat *h, uint64_t id)
{
    for (struct chat_job *job = h->jobs; job != NULL; job = job->next)
        if (job->id == id)
            return job;
    return NULL;
}

/* --- what is recorded ---------------------------------------------------------------------------
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

static void record_posted(struct keeper *k, const struct chat *h, const struct chat_job *job,
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

static void record_updated(struct keeper *k, const struct chat *h, const struct chat_job *job)
{
    json_t *event = message_event("chat_updated", h, job, sl_span_str(job->ts));

    event_bool(event, "decides", job->decides);
    event_hex(event, "hash", sl_span(job->hash, sizeof job->hash));
    event_bool(event, "done", job->final);
    event_bool(event, "brief", job->brief);
    store_record(&k->store, NULL, event, false);
}

static void record_gone(struct keeper *k, const struct chat *h, const struct chat_job *job)
{
    store_record(&k->store, NULL, message_event("chat_gone", h, job, sl_span_str(job->ts)), false);
}

/* --- bodies -------------------------------------------------------------------------------------
 */

/* What it last said; false: it says that already, and there is nothing to do. */
static bool says_something_new(struct keeper *k, const struct chat *h, struct chat_job *job,
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

/* The last word is said once more, so that it stands as that; but what was erased is looked at
 * again and again, and said when it has changed. */
static bool says_the_last(struct keeper *k, const struct chat *h, struct chat_job *job,
                          struct sl_span approval, bool erased)
{
    return (job->final && !erased) || says_something_new(k, h, job, approval);
}

/* Of a message that is there: the chat did not take the whole of it once. */
static bool was_brief(struct keeper *k, const struct chat *h, const struct chat_job *job)
{
    struct db_rows rows =
        db_ask(k->store.db, DB_CHAT_ONE, "ssis", h->config->name, sl_span_str(job->approval),
               (uint64_t)job->what, sl_span_str(job->channel));
    bool brief = db_row(&rows) && db_u64(&rows, 3) != 0;

    db_end(&rows);
    return brief;
}

static bool make_card(struct keeper *k, struct chat *h, struct chat_job *job)
{
    APPROVAL(a);
    struct sl_chat_card card;

    if (approval_get(k, sl_span_str(job->approval), &a) != SL_OK ||
        (job->ts[0] == '\0' && a.state != SL_APPROVAL_PENDING))
        return false; /* it was over before anybody was told */
    job->brief = job->brief || was_brief(k, h, job);
    chat_card_make(k, h, &a, job->brief, &card);
    job->decides = card.decides && sl_chat_card_whole(&card);
    job->final = chat_is_final(&a);
    sl_slack_put_card(&job->body, sl_span_str(job->channel), sl_span_str(job->ts), &card);
    sl_sha256(sl_buf_span(&job->body), job->hash);
    return job->ts[0] == '\0' || says_the_last(k, h, job, a.id, approval_erased(&a));
}

/* The approvals of a group that is there already. */
static void read_many(struct keeper *k, const struct chat *h, struct chat_job *job)
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

static bool make_group(struct keeper *k, struct chat *h, struct chat_job *job)
{
    struct sl_chat_line lines[GROUP_SHOWN];
    size_t shown = 0, open = 0;
    bool erased = false;

    if (job->many == NULL)
        read_many(k, h, job);
    job->final = true;
    for (size_t i = 0; i < job->many_count; i++) {
        APPROVAL(a);

        enum sl_err err = approval_get(k, sl_span_str(job->many[i]), &a);
        if (err != SL_OK) {
            job->final = job->final && err == SL_ENOTFOUND;
            continue;
        }
        job->final = job->final && chat_is_final(&a);
        erased = erased || approval_erased(&a);
        open += a.state == SL_APPROVAL_PENDING;
        if (shown < GROUP_SHOWN)
            lines[shown++] = chat_line_make(k, &a);
    }
    if (shown == 0 || (job->ts[0] == '\0' && open == 0))
        return false;
    job->decides = false;
    sl_slack_put_group(&job->body, sl_span_str(job->channel), sl_span_str(job->ts), lines, shown,
                       job->many_count - shown, approval_link(k, sl_span(NULL, 0)));
    sl_sha256(sl_buf_span(&job->body), job->hash);
    return job->ts[0] == '\0' || says_the_last(k, h, job, sl_span_str(job->many[0]), erased);
}

static bool make_note(struct keeper *k, struct chat_job *job)
{
    APPROVAL(a);
    SL_BUF(text, 8192);

    if (approval_get(k, sl_span_str(job->approval), &a) != SL_OK)
        return false;
    if (job->what == CHAT_DIRECT)
        sl_buf_say(&text, "What %S asked for on %S (%S): ", a.identity, a.target, a.id);
    job->final = a.state != SL_APPROVAL_PENDING;
    if (job->final)
        chat_put_outcome(&text, &a);
    else
        chat_put_waiting(k, &text, &a);
    sl_slack_put_text(&job->body, sl_span_str(job->channel),
                      job->what == CHAT_NOTE ? sl_span_str(job->ts) : sl_span(NULL, 0),
                      sl_buf_span(&text));
    return true;
}

static bool make_body(struct keeper *k, struct chat *h, struct chat_job *job)
{
    if (job->what == CHAT_ASIDE || job->what == CHAT_FORM)
        return true;
    sl_buf_reset(&job->body);
    if (job->what == CHAT_CARD)
        return make_card(k, h, job);
    if (job->what == CHAT_GROUP)
        return make_group(k, h, job);
    return make_note(k, job);
}

static const char *method_of(const struct chat_job *job)
{
    if (job->what == CHAT_FORM)
        return "views.open";
    if (job->what == CHAT_ASIDE)
        return "chat.postEphemeral";
    if (job->ts[0] != '\0' && job->what != CHAT_NOTE)
        return "chat.update";
    return "chat.postMessage";
}

/* Holds first, then what changes messages that are there, then what became of them. */
static unsigned rank_of(const struct chat_job *job)
{
    if (job->what == CHAT_FORM || job->what == CHAT_ASIDE)
        return 0;
    if (job->what == CHAT_NOTE || job->what == CHAT_DIRECT)
        return 3;
    return job->ts[0] == '\0' ? 1 : 2;
}

/* --- answers ------------------------------------------------------------------------------------
 */

static void later(struct chat_job *job, uint64_t ms)
{
    job->attempts++;
    job->due_us = sl_clock_monotonic_us() + ms * 1000;
}

static bool is_too_much(struct sl_span error)
{
    return sl_span_is(error, "msg_blocks_too_long") || sl_span_is(error, "invalid_blocks") ||
           sl_span_is(error, "invalid_blocks_format") || sl_span_is(error, "msg_too_long");
}

static bool is_message_gone(struct sl_span error)
{
    return sl_span_is(error, "message_not_found") || sl_span_is(error, "cant_update_message") ||
           sl_span_is(error, "thread_not_found");
}

static void on_refused(struct keeper *k, struct chat *h, struct chat_job *job, struct sl_span error)
{
    SL_BUF(why, 512);

    h->failed++;
    sl_buf_say(&why, "channel %s: it says \"%S\"", job->channel, sl_span_head(error, 100));
    chat_note(h, sl_buf_span(&why));
    sl_log(SL_LOG_WARN, "chat_refused", SL_TEXT("chat", h->config->name), SL_CSTR("why", h->why));
    if (is_too_much(error) && !job->brief && job->what == CHAT_CARD) {
        job->brief = true;
        later(job, 0);
    } else if (is_message_gone(error) && job->what != CHAT_NOTE) {
        record_gone(k, h, job);
        if (job->what == CHAT_CARD)
            chats_touch(k, sl_span_str(job->approval));
        for (size_t i = 0; i < job->many_count; i++)
            chats_touch(k, sl_span_str(job->many[i]));
        chat_job_end(h, job);
    } else if (job->what == CHAT_CARD || job->what == CHAT_GROUP) {
        later(job, PLACE_AGAIN_MS);
    } else { /* nobody hears it there; it is said once */
        memset(job->hash, 0, sizeof job->hash);
        if (job->what == CHAT_NOTE || job->what == CHAT_DIRECT)
            record_posted(k, h, job, SL_SPAN("-"));
        chat_job_end(h, job);
    }
}

static void on_told(struct keeper *k, struct chat *h, struct chat_job *job,
                    const struct sl_slack_answer *answer)
{
    chat_is_up(h);
    if (job->ts[0] != '\0' && job->what != CHAT_NOTE)
        record_updated(k, h, job);
    else
        record_posted(k, h, job, answer->ts.n > 0 ? answer->ts : SL_SPAN("-"));
    chat_note_delay(k, h, job);
    /* what happened while it was under way */
    if (job->approval[0] != '\0')
        chats_touch(k, sl_span_str(job->approval));
    for (size_t i = 0; i < job->many_count && job->ts[0] == '\0'; i++)
        chats_touch(k, sl_span_str(job->many[i]));
    chat_job_end(h, job);
}

static void on_answer(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct chat *h = chats_first(k);
    struct chat_job *job = h == NULL ? NULL : job_by_id(h, of);
    struct sl_slack_answer answer = {0};

    while (job == NULL && h != NULL) {
        h = h->next_chat;
        job = h == NULL ? NULL : job_by_id(h, of);
    }
    if (job == NULL)
        return;
    struct chat_place *place = place_of(h, job->channel);
    h->under_way--;
    bool aside = rank_of(job) == 0;
    job->busy = false;
    if (!aside)
        place->busy = false;
    chats_wake(k);
    if (aside) { /* it is said once, and whatever becomes of it means nothing for anybody else */
        h->told += got->status == 200;
        chat_job_end(h, job);
        return;
    }
    bool limited = got->status == 429;
    if (limited) {
        uint64_t wait_s = got->retry_after_s > 0 ? got->retry_after_s : 1;

        place->shut_us = sl_clock_monotonic_us() + wait_s * 1000 * 1000;
        later(job, 0);
    } else if (got->status == 200 && sl_slack_read_answer(got->body, &answer) != SL_OK) {
        struct fetched strange = {.why = SL_SPAN("its answer is not understood")};

        chat_is_down(k, h, &strange, sl_span(NULL, 0));
    } else if (got->status == 200 && answer.ok) {
        on_told(k, h, job, &answer);
    } else if (!chat_is_down(k, h, got, answer.error)) {
        on_refused(k, h, job, answer.error);
    }
    json_decref(answer.json);
}

/* --- many at once -------------------------------------------------------------------------------
 */

/* Of the same asker's as the first: nobody hides others' among many of their own. */
static bool is_alike(const struct chat_job *job, const struct chat_job *first)
{
    return job->what == CHAT_CARD && job->ts[0] == '\0' && !job->busy &&
           strcmp(job->channel, first->channel) == 0 &&
           memcmp(job->who, first->who, sizeof job->who) == 0;
}

static size_t new_cards(const struct chat *h, const struct chat_job *first)
{
    size_t count = 0;

    for (const struct chat_job *job = h->jobs; job != NULL; job = job->next)
        count += is_alike(job, first);
    return count;
}

/* The first of them becomes a message for all of them. */
static void gather(struct chat *h, struct chat_job *first)
{
    first->many = calloc(CHAT_GROUP_MOST, sizeof *first->many);
    if (first->many == NULL)
        keeper_die("a message could not be noted", SL_EMEMORY);
    first->what = CHAT_GROUP;
    memcpy(first->many[first->many_count++], first->approval, sizeof first->approval);
    first->approval[0] = '\0';
    for (struct chat_job *job = h->jobs, *next; job != NULL; job = next) {
        next = job->next;
        if (!is_alike(job, first) || first->many_count == CHAT_GROUP_MOST)
            continue;
        memcpy(first->many[first->many_count++], job->approval, sizeof job->approval);
        chat_job_end(h, job);
    }
}

/* --- the turn -----------------------------------------------------------------------------------
 */

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
    return job->what == CHAT_NOTE || job->what == CHAT_DIRECT ? PACE_MS : BURST_MS;
}

static bool may_go(const struct chat *h, const struct chat_job *job, const struct chat_place *p,
                   uint64_t now_us)
{
    if (job->busy || job->due_us > now_us)
        return false;
    if (job->what == CHAT_FORM || job->what == CHAT_ASIDE)
        return true; /* somebody sits there */
    return h->under_way < CALLS_MOST && h->due_us <= now_us && !p->busy && p->shut_us <= now_us &&
           (!is_changed_group(job) || p->group_us <= now_us) &&
           (!is_new_message(job) || p->spent_us <= now_us + room_of(job) * 1000);
}

static void take_room(const struct chat_job *job, struct chat_place *p, uint64_t now_us)
{
    p->busy = true;
    if (is_changed_group(job))
        p->group_us = now_us + GROUP_PACE_MS * UINT64_C(1000);
    if (is_new_message(job))
        p->spent_us = (p->spent_us > now_us ? p->spent_us : now_us) + PACE_MS * UINT64_C(1000);
}

static void go(struct keeper *k, struct chat *h, struct chat_job *job, struct chat_place *p,
               uint64_t now_us)
{
    if (job->what == CHAT_CARD && job->ts[0] == '\0' && new_cards(h, job) >= CHAT_GROUP_FROM)
        gather(h, job);
    if (!make_body(k, h, job)) {
        if (is_changed_group(job))
            p->group_us = now_us + GROUP_PACE_MS * UINT64_C(1000);
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
    h->under_way++;
    if (rank_of(job) > 0)
        take_room(job, p, now_us);
    chat_call(k, h, method_of(job), CHAT_BOT_TOKEN, sl_buf_span(&job->body), sl_span(NULL, 0),
              on_answer, job->id);
}

static struct chat_job *next_job(struct chat *h, uint64_t now_us)
{
    struct chat_job *best = NULL;

    for (struct chat_job *job = h->jobs; job != NULL; job = job->next)
        if ((best == NULL || rank_of(job) < rank_of(best)) &&
            may_go(h, job, place_of(h, job->channel), now_us))
            best = job;
    return best;
}

bool chat_turn(struct keeper *k, struct chat *h)
{
    uint64_t now_us = sl_clock_monotonic_us();
    struct chat_job *job;

    if (!chat_is_ready(h))
        return h->jobs != NULL;
    for (size_t i = 0; i < TURN_MOST && (job = next_job(h, now_us)) != NULL; i++) {
        go(k, h, job, place_of(h, job->channel), now_us);
        sl_arena_reset(k->mem); /* of this one's words */
    }
    if (h->overflow && h->job_count < CHAT_JOBS_MOST / 2) {
        h->overflow = false;
        chats_look_again(k);
    }
    return h->jobs != NULL;
}
