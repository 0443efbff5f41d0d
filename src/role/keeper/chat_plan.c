#include "role/keeper/chat_kind.h"

#include "role/keeper/ask.h"
#include "role/keeper/scim.h"

#include <stdlib.h>

/* What should be in a chat about an approval, against what is there. */

bool chat_is_final(const struct approval *a)
{
    return a->state != SL_APPROVAL_PENDING && a->state != SL_APPROVAL_APPROVED &&
           (a->state != SL_APPROVAL_SPENT || a->outcome.n > 0);
}

/* --- jobs ---------------------------------------------------------------------------------------
 */

static void text_of(char *out, size_t room, struct sl_span s)
{
    size_t n = s.n < room - 1 ? s.n : room - 1;

    if (n > 0)
        memcpy(out, s.p, n);
    out[n] = '\0';
}

struct chat_job *chat_job_new(struct keeper *k, struct chat *h, enum chat_what what,
                              struct sl_span channel, struct sl_span approval, struct sl_span ts)
{
    struct chat_job *job = calloc(1, sizeof *job);

    if (job == NULL)
        keeper_die("a message could not be noted", SL_EMEMORY);
    job->id = ++k->next_call;
    job->what = what;
    job->body = sl_buf(256 * 1024);
    text_of(job->channel, sizeof job->channel, channel);
    text_of(job->ts, sizeof job->ts, ts);
    text_of(job->approval, sizeof job->approval, approval);
    *h->jobs_end = job;
    h->jobs_end = &job->next;
    h->job_count++;
    return job;
}

void chat_job_end(struct chat *h, struct chat_job *job)
{
    struct chat_job **at = &h->jobs;

    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    if (h->jobs_end == &job->next)
        h->jobs_end = at;
    h->job_count--;
    sl_buf_done(&job->body);
    free(job->many);
    free(job);
}

static bool has(const struct chat_job *job, struct sl_span approval)
{
    for (size_t i = 0; i < job->many_count; i++)
        if (sl_span_is(approval, job->many[i]))
            return true;
    return sl_span_is(approval, job->approval);
}

/* One that is under way does for what is posted once; what is changed may have been asked to say
 * what was so before: there only one that has not begun will say what is so. */
static bool does_for(const struct chat_job *job, struct sl_span approval, struct sl_span ts)
{
    if (ts.n == 0)
        return has(job, approval);
    return sl_span_is(ts, job->ts) && (!job->busy || job->what == CHAT_NOTE);
}

static bool is_planned(const struct chat *h, enum chat_what what, struct sl_span channel,
                       struct sl_span approval, struct sl_span ts)
{
    for (const struct chat_job *job = h->jobs; job != NULL; job = job->next) {
        if (job->what != what && !(what == CHAT_CARD && job->what == CHAT_GROUP))
            continue;
        if (!sl_span_is(channel, job->channel))
            continue;
        if (does_for(job, approval, ts))
            return true;
    }
    return false;
}

/* NULL: it is planned already, or has to wait. */
static struct chat_job *want(struct keeper *k, struct chat *h, enum chat_what what,
                             struct sl_span channel, struct sl_span approval, struct sl_span ts)
{
    if (is_planned(h, what, channel, approval, ts))
        return NULL;
    if (h->job_count < CHAT_JOBS_MOST)
        return chat_job_new(k, h, what, channel, approval, ts);
    h->overflow = true;
    return NULL;
}

/* Of one that is over nobody has to be asked any more. */
static void forget_new_cards(struct chat *h, struct sl_span approval)
{
    for (struct chat_job *job = h->jobs, *next; job != NULL; job = next) {
        next = job->next;
        if (job->what == CHAT_CARD && !job->busy && job->ts[0] == '\0' &&
            sl_span_is(approval, job->approval))
            chat_job_end(h, job);
    }
}

/* --- where it should be -------------------------------------------------------------------------
 */

enum { ROUTES_MOST = 64 };
struct routes {
    struct sl_span channels[ROUTES_MOST];
    bool people[ROUTES_MOST]; /* an account, of whom no channel is known yet */
    size_t count;
};

static void add_route(struct routes *r, struct sl_span channel, bool person)
{
    for (size_t i = 0; i < r->count; i++)
        if (sl_span_eq(r->channels[i], channel))
            return;
    if (channel.n == 0 || r->count == ROUTES_MOST)
        return;
    r->people[r->count] = person;
    r->channels[r->count++] = channel;
}

static bool has_name(const struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return true;
    return false;
}

/* Their account there, if they are somebody here. */
static bool linked_account(struct keeper *k, const struct chat *h, struct sl_span name,
                           struct sl_span *user)
{
    const struct sl_issuer *i =
        h->config->issuer.n == 0 ? NULL : sl_config_issuer(k->config, h->config->issuer);
    struct person who;

    if (i == NULL || !person_there(k, name, &who) || who.kind != SL_HUMAN || !person_active(&who))
        return false;
    struct db_rows rows = db_ask(k->store.db, DB_ACCOUNT_LIST, "s", name);
    bool found = false;
    while (!found && db_row(&rows))
        if (sl_span_eq(db_span(&rows, 0), i->issuer) &&
            !scim_is_gone(k, i->issuer, db_span(&rows, 1))) {
            *user = sl_arena_copy(k->mem, db_span(&rows, 1));
            found = true;
        }
    db_end(&rows);
    return found;
}

/* A person is posted to by their account, and what is said to them lies in a channel that the
 * answer named: from then on that is where they are told. */
static struct sl_span place_of_person(struct keeper *k, const struct chat *h, struct sl_span user)
{
    struct db_rows rows = db_ask(k->store.db, DB_CHAT_DIRECT_OF, "ss", h->config->name, user);
    struct sl_span place = db_row(&rows) ? sl_arena_copy(k->mem, db_span(&rows, 0)) : user;

    db_end(&rows);
    return place;
}

/* Who is not linked is not told: then it goes where what no rule sends elsewhere goes. */
static void add_where(struct keeper *k, const struct chat *h, struct sl_span channel,
                      struct routes *out)
{
    struct sl_span name, user;

    if (sl_notify_person(channel, &name) && linked_account(k, h, name, &user)) {
        struct sl_span place = place_of_person(k, h, user);

        add_route(out, place, sl_span_eq(place, user));
    } else {
        add_route(out, channel.n > 0 && name.n == 0 ? channel : sl_chat_home(h->config), false);
    }
}

static void routes_of(struct keeper *k, const struct chat *h, const struct approval *a,
                      struct routes *out)
{
    struct sl_names notify = approval_routes(k, a);

    for (size_t i = 0; i < notify.count; i++) {
        struct sl_span channel;

        if (!sl_span_eq(sl_notify_chat(notify.items[i], &channel), h->config->name))
            continue;
        add_where(k, h, channel, out);
    }
    if (notify.count == 0 || has_name(&notify, SL_SPAN(NOTIFY_DEFAULT)))
        add_route(out, sl_chat_home(h->config), false);
}

/* --- what is there ------------------------------------------------------------------------------
 */

struct there {
    struct sl_span channel, ts;
    enum chat_what what;
    bool done;
    struct sl_span hash;
};
enum { THERE_MOST = 2 * ROUTES_MOST + 8 };

static size_t read_there(struct keeper *k, const struct chat *h, const struct approval *a,
                         struct there out[THERE_MOST])
{
    struct db_rows rows = db_ask(k->store.db, DB_CHAT_OF, "ss", h->config->name, a->id);
    size_t count = 0;

    while (count < THERE_MOST && db_row(&rows))
        out[count++] = (struct there){.channel = sl_arena_copy(k->mem, db_span(&rows, 0)),
                                      .ts = sl_arena_copy(k->mem, db_span(&rows, 1)),
                                      .what = (enum chat_what)db_u64(&rows, 2),
                                      .done = db_u64(&rows, 3) != 0,
                                      .hash = sl_arena_copy(k->mem, db_span(&rows, 4))};
    db_end(&rows);
    return count;
}

static bool is_there(const struct there *all, size_t count, enum chat_what what,
                     struct sl_span channel)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].what == what && (channel.n == 0 || sl_span_eq(all[i].channel, channel)))
            return true;
    return false;
}

/* Whoever asked, or who answers for it: by their account there. */
static bool requesters_account(struct keeper *k, const struct chat *h, const struct approval *a,
                               struct sl_span *user)
{
    struct person who;
    struct sl_span name = a->identity;

    while (person_there(k, name, &who) && who.kind != SL_HUMAN && who.owner.n > 0)
        name = who.owner;
    return linked_account(k, h, name, user);
}

/* Whoever asked hears that it waits, and once more what became of it: then it is done. */
static bool is_direct_due(const struct there *all, size_t count, bool pending)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].what == CHAT_DIRECT)
            return !pending && !all[i].done;
    return true;
}

static void plan_after(struct keeper *k, struct chat *h, const struct approval *a,
                       const struct there *all, size_t count)
{
    struct sl_span user;

    if (!h->kind->tells_after)
        return;
    for (size_t i = 0; i < count; i++)
        if (all[i].what == CHAT_CARD && chat_is_final(a) && a->state != SL_APPROVAL_NONE &&
            !is_there(all, count, CHAT_NOTE, all[i].channel))
            want(k, h, CHAT_NOTE, all[i].channel, a->id, all[i].ts);
    /* what came in one message with many others is not said one by one to whoever asked for all */
    if (is_there(all, count, CHAT_CARD, sl_span(NULL, 0)) &&
        is_direct_due(all, count, a->state == SL_APPROVAL_PENDING) &&
        requesters_account(k, h, a, &user))
        want(k, h, CHAT_DIRECT, user, a->id, sl_span(NULL, 0));
}

/* A message that has the button says what is so; another one is there for each question that came
 * after an answer, and none twice. */
static void plan_question(struct keeper *k, struct chat *h, const struct approval *a,
                          const struct there *all, size_t count)
{
    uint8_t hash[SL_SHA256] = {0};
    struct sl_span user;
    bool told = h->kind->put_question == NULL || !chat_asks(k, a, hash);

    for (size_t i = 0; i < count; i++) {
        if (all[i].what != CHAT_QUESTION)
            continue;
        bool there = all[i].ts.n > 1 && (!all[i].done || approval_erased(a));
        told = told || there || sl_span_eq(all[i].hash, sl_span(hash, sizeof hash));
        if (there)
            want(k, h, CHAT_QUESTION, all[i].channel, a->id, all[i].ts);
    }
    if (!told && requesters_account(k, h, a, &user))
        want(k, h, CHAT_QUESTION, user, a->id, sl_span(NULL, 0));
}

static void plan_in(struct keeper *k, struct chat *h, const struct approval *a)
{
    struct there all[THERE_MOST];
    size_t count = read_there(k, h, a, all);
    struct routes routes = {.count = 0};

    for (size_t i = 0; i < count; i++)
        if ((!all[i].done || approval_erased(a)) && all[i].ts.n > 1 &&
            (all[i].what == CHAT_CARD || all[i].what == CHAT_GROUP))
            want(k, h, all[i].what, all[i].channel,
                 all[i].what == CHAT_CARD ? a->id : sl_span(NULL, 0), all[i].ts);
    plan_after(k, h, a, all, count);
    plan_question(k, h, a, all, count);
    if (a->state != SL_APPROVAL_PENDING) {
        forget_new_cards(h, a->id);
        return;
    }
    routes_of(k, h, a, &routes);
    for (size_t i = 0; i < routes.count; i++)
        if (!is_there(all, count, CHAT_CARD, routes.channels[i]) &&
            !is_there(all, count, CHAT_GROUP, routes.channels[i])) {
            struct chat_job *job =
                want(k, h, CHAT_CARD, routes.channels[i], a->id, sl_span(NULL, 0));

            if (job == NULL)
                continue;
            job->person = routes.people[i];
            sl_sha256(a->identity, job->who);
        }
}

void chat_plan(struct keeper *k, struct approval *a)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat)
        plan_in(k, h, a);
}

void chats_tell(struct keeper *k, struct sl_span name, struct sl_span text)
{
    for (struct chat *h = chats_first(k); h != NULL; h = h->next_chat) {
        struct sl_span user;

        if (!h->kind->tells_after || h->job_count >= CHAT_JOBS_MOST ||
            !linked_account(k, h, name, &user))
            continue;
        struct chat_job *job =
            chat_job_new(k, h, CHAT_WORD, user, sl_span(NULL, 0), sl_span(NULL, 0));
        h->kind->put_text(h, job, text);
    }
    chats_wake(k);
}
