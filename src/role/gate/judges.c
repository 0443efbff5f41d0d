/* Asking the judges: one question at a time each, a deadline, and no answer means opaque. */
#include "core/action/floor.h"
#include "role/gate/session.h"

#include "role/gate/names.h"

#include <stdlib.h>

static const char no_judge[] = "no judge answered in time";
static const char judge_died[] = "the judge ended while it read this";

struct question {
    struct question *next;
    uint64_t ask, session;
    uint64_t
        tried; /* the keeper's number, when no session asks but a person who tries the policy */
    uint32_t floor; /* of what is tried */
    uint32_t target;
    struct sl_buf message;
};

/* What a judge takes, with room for the cursors. */
enum { KNOWN_MAX = 1000, STEPS_MAX = 4 * 1024 * 1024 };

static size_t count_of(const struct sl_map *m)
{
    return m == NULL ? 0 : sl_map_count(m);
}

/* Looking for very many names in a very long text would keep everybody waiting. */
static bool can_look(const struct session *s, struct sl_span text)
{
    size_t names = count_of(s->sql_prepared) + count_of(s->statements) + count_of(s->cursors);

    return names * (text.n + 1) <= STEPS_MAX;
}

/* Written otherwise (with escapes) it is not found: unknown, so opaque. */
static bool may_be_in(struct sl_span name, struct sl_span text)
{
    for (size_t i = 0; i + name.n <= text.n; i++)
        if (sl_span_eq_nocase(sl_span(text.p + i, name.n), name))
            return true;
    return false;
}

static void known_texts(struct session *s, struct sl_span text, struct sl_buf *names,
                        struct sl_buf *texts, struct sl_msg_judge_ask *ask)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (s->sql_prepared != NULL && sl_map_next(s->sql_prepared, &at, &key, &value)) {
        if (!may_be_in(key, text) || ask->prepared_names.count >= KNOWN_MAX)
            continue;
        sl_ipc_list_add(names, &ask->prepared_names, key);
        sl_ipc_list_add(texts, &ask->prepared_texts, ((const struct named_text *)value)->text);
    }
    at = 0;
    while (s->statements != NULL && sl_map_next(s->statements, &at, &key, &value)) {
        const struct statement_name *n = value;
        struct prepared *p = n->confirmed;
        if (p == NULL || n->tentative != NULL || key.n == 0 || !may_be_in(key, text) ||
            ask->prepared_names.count >= KNOWN_MAX) /* not certain: unknown, so opaque */
            continue;
        sl_ipc_list_add(names, &ask->prepared_names, key);
        sl_ipc_list_add(texts, &ask->prepared_texts, p->text);
    }
}

/* What a cursor reads was settled when it was declared: under other settings its text says
 * something else, and so it may under other definitions, unless its transaction keeps what it names
 * as it is (which it does not for code: a function may be given another name). Then it stays
 * unknown. */
static bool is_as_declared(const struct session *s, const struct named_text *c)
{
    return c->context == s->context &&
           (c->listing == s->target->generation || (!c->holds && !c->has_code));
}

/* A cursor's text goes with those of the prepared statements, under a name that those cannot have.
 */
static void known_cursors(struct session *s, struct sl_span text, struct sl_buf *names,
                          struct sl_buf *texts, struct sl_buf *b, struct sl_msg_judge_ask *ask)
{
    SL_BUF(name, 256);
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (s->cursors != NULL && sl_map_next(s->cursors, &at, &key, &value)) {
        const struct named_text *c = value;
        if (!is_as_declared(s, c) || !may_be_in(key, text) || ask->cursors.count >= KNOWN_MAX)
            continue;
        sl_buf_reset(&name);
        sl_buf_put_u8(&name, 0);
        sl_buf_put(&name, key);
        sl_ipc_list_add(b, &ask->cursors, key);
        sl_ipc_list_add(names, &ask->prepared_names, sl_buf_span(&name));
        sl_ipc_list_add(texts, &ask->prepared_texts, c->text);
    }
}

static enum sl_err put_question(struct session *s, struct sl_span text, uint64_t number,
                                bool with_names, struct sl_buf *out)
{
    SL_BUF(names, 1024 * 1024);
    SL_BUF(texts, 8 * 1024 * 1024);
    SL_BUF(cursors, 1024 * 1024);
    struct sl_msg_judge_ask ask = {
        .ask = number,
        .target = s->target->index,
        .generation = s->target->generation,
        .search_path = s->search_path,
        .user = s->role,
        .standard_strings = 1,
        .temp_objects = s->temp_objects,
        .temp_names = s->temp_names,
        .text = text,
    };

    if (with_names && can_look(s, text)) {
        known_texts(s, text, &names, &texts, &ask);
        known_cursors(s, text, &names, &texts, &cursors, &ask);
        SL_TRY(sl_buf_err(&names));
        SL_TRY(sl_buf_err(&texts));
        SL_TRY(sl_buf_err(&cursors));
    }
    sl_msg_judge_ask_put(out, &ask);
    return sl_buf_err(out);
}

static void question_free(struct question *q)
{
    if (q == NULL)
        return;
    sl_buf_done(&q->message);
    free(q);
}

/* What a session would believe. */
static struct meaning *meaning_above(uint32_t floor, struct sl_span bytes, const char *why)
{
    struct meaning *m = meaning_new(bytes, why);

    if (m == NULL || !sl_floor_is_above(floor, m->m.effects))
        return m;
    meaning_unref(m);
    return meaning_new(sl_span(NULL, 0), SL_FLOOR_WHY);
}

/* To the keeper, for a person who tries the policy: what a session would have been told. */
static void answer_tried(struct gate *g, uint64_t tried, uint32_t floor, struct sl_span bytes,
                         const char *why)
{
    struct meaning *m = meaning_above(floor, bytes, why);
    SL_BUF(opaque, 4096);

    if (m == NULL || g->keeper == NULL) {
        meaning_unref(m);
        return;
    }
    if (m->bytes.n == 0)
        sl_meaning_put(&opaque, &m->m);
    SL_SEND(g->keeper, judge_tried, .number = tried, .found = 1,
            .meaning = m->bytes.n > 0 ? m->bytes : sl_buf_span(&opaque));
    meaning_unref(m);
}

/* What the seat was asked. A session that has given up a question and asks another one now must not
 * take this for its answer: another text would be run, and be known from then on, by its meaning
 * (P3, P7). */
static void answer(struct gate *g, const struct judge_seat *seat, struct sl_span bytes,
                   const char *why)
{
    if (seat->tried != 0) {
        answer_tried(g, seat->tried, seat->floor, bytes, why);
        return;
    }
    struct session *s = gate_session(g, seat->session);

    if (s == NULL || s->wait != WAIT_JUDGE || s->ask != seat->ask)
        return;
    s->ask = 0;
    meaning_unref(s->meaning);
    s->meaning = meaning_new(bytes, why);
    if (s->meaning == NULL)
        session_kill(s, "out of memory");
    else
        session_resume(s, WAIT_JUDGE);
}

/* A judge that has an older listing of this target gets the current one first. */
static void send_snapshot(struct gate *g, struct judge_seat *seat, uint32_t index)
{
    struct target *t = g->targets[index];

    if (seat->target_generations[index] == t->generation)
        return;
    seat->target_generations[index] = t->generation;
    SL_SEND(seat->channel, judge_snapshot, .target = index, .generation = t->generation,
            .snapshot = sl_buf_span(&t->snapshot));
}

static void ask_seat(struct gate *g, struct judge_seat *seat, struct question *q)
{
    seat->ask = q->ask;
    seat->session = q->session;
    seat->tried = q->tried;
    seat->floor = q->floor;
    seat->deadline_ms = sl_loop_now_ms(g->loop) + g->config->settings.judge_timeout_ms;
    send_snapshot(g, seat, q->target);
    sl_channel_post(seat->channel, &q->message);
    question_free(q);
}

static struct judge_seat *free_seat(struct gate *g)
{
    for (unsigned i = 0; i < GATE_MAX_JUDGES; i++)
        if (g->judges[i].channel != NULL && g->judges[i].ask == 0)
            return &g->judges[i];
    return NULL;
}

static void next_question(struct gate *g)
{
    struct judge_seat *seat;

    while (g->first_question != NULL && (seat = free_seat(g)) != NULL) {
        struct question *q = g->first_question;
        g->first_question = q->next;
        if (q->next == NULL)
            g->last_question = NULL;
        ask_seat(g, seat, q);
    }
}

static void enqueue(struct gate *g, struct question *q)
{
    if (g->last_question == NULL)
        g->first_question = q;
    else
        g->last_question->next = q;
    g->last_question = q;
    next_question(g);
}

void judges_ask(struct gate *g, struct session *s, struct sl_span text, bool with_names)
{
    struct question *q = calloc(1, sizeof *q);

    s->meaning_with_names = with_names;
    s->meaning_generation = s->target->generation;
    if (q != NULL) {
        q->message = sl_buf(SL_IPC_MAX_BODY);
        q->ask = ++g->next_ask;
        q->session = s->id;
        q->target = s->target->index;
    }
    if (q == NULL || text.n > g->config->settings.max_statement_bytes ||
        put_question(s, text, q->ask, with_names, &q->message) != SL_OK) {
        question_free(q);
        s->meaning = meaning_new(sl_span(NULL, 0), "this text is too large to be judged");
        return;
    }
    s->ask = q->ask;
    s->wait = WAIT_JUDGE;
    enqueue(g, q);
}

static struct target *listed_target(struct gate *g, struct sl_span name)
{
    for (size_t i = 0; i < g->target_count; i++)
        if (sl_span_eq(g->targets[i]->config->name, name) && g->targets[i]->generation > 0)
            return g->targets[i];
    return NULL;
}

void judges_try(struct gate *g, const struct sl_msg_judge_try *m)
{
    struct target *t = listed_target(g, m->target);
    struct question *q = t == NULL ? NULL : calloc(1, sizeof *q);

    if (q == NULL) {
        SL_SEND(g->keeper, judge_tried, .number = m->number, .found = 0, .meaning = SL_SPAN(""));
        return;
    }
    q->message = sl_buf(SL_IPC_MAX_BODY);
    q->ask = ++g->next_ask;
    q->tried = m->number;
    q->floor = sl_floor_of(m->text);
    q->target = t->index;
    sl_msg_judge_ask_put(&q->message, &(struct sl_msg_judge_ask){.ask = q->ask,
                                                                 .target = t->index,
                                                                 .generation = t->generation,
                                                                 .search_path = m->search_path,
                                                                 .user = m->user,
                                                                 .standard_strings = 1,
                                                                 .text = m->text});
    if (sl_buf_err(&q->message) != SL_OK) {
        question_free(q);
        answer_tried(g, m->number, 0, sl_span(NULL, 0), "this text is too large to be judged");
        return;
    }
    enqueue(g, q);
}

void judges_answer(struct gate *g, unsigned seat_number, struct sl_span body)
{
    struct judge_seat *seat = &g->judges[seat_number];
    struct sl_msg_judge_answer m;

    if (sl_msg_judge_answer_get(body, &m) != SL_OK || seat->ask == 0 || m.ask != seat->ask) {
        sl_channel_break(seat->channel, SL_EMALFORMED);
        return;
    }
    struct judge_seat asked = *seat;
    seat->ask = 0;
    answer(g, &asked, m.meaning, NULL);
    next_question(g);
}

void judges_seat_new(struct gate *g, unsigned seat_number, struct sl_channel *channel)
{
    struct judge_seat *seat = &g->judges[seat_number];

    if (seat->channel != NULL)
        judges_seat_lost(g, seat_number, judge_died);
    seat->target_generations = calloc(g->target_count + 1, sizeof *seat->target_generations);
    if (seat->target_generations == NULL) {
        sl_channel_free(channel);
        return;
    }
    seat->channel = channel;
    next_question(g);
}

void judges_seat_lost(struct gate *g, unsigned seat_number, const char *why)
{
    struct judge_seat *seat = &g->judges[seat_number];
    struct judge_seat asked = *seat;

    sl_channel_free(seat->channel);
    free(seat->target_generations);
    *seat = (struct judge_seat){0};
    if (asked.ask != 0)
        answer(g, &asked, sl_span(NULL, 0), why == NULL ? judge_died : why);
}

/* Questions wait as long as the deadline too, when no judge is there at all. */
void judges_tick(struct gate *g)
{
    uint64_t now = sl_loop_now_ms(g->loop);

    for (unsigned i = 0; i < GATE_MAX_JUDGES; i++) {
        struct judge_seat *seat = &g->judges[i];
        if (seat->channel == NULL || seat->ask == 0 || now < seat->deadline_ms)
            continue;
        sl_log(SL_LOG_WARN, "judge_late", SL_NUM("judge", i));
        SL_SEND(g->super, peer_bad, .role = SL_ROLE_JUDGE, .index = i, .why = SL_SPAN("late"));
        judges_seat_lost(g, i, no_judge);
    }
}

/* The targets changed: what the judges were sent is not true any more. */
void judges_forget_targets(struct gate *g)
{
    for (unsigned i = 0; i < GATE_MAX_JUDGES; i++) {
        free(g->judges[i].target_generations);
        g->judges[i].target_generations = NULL;
        if (g->judges[i].channel == NULL)
            continue;
        g->judges[i].target_generations =
            calloc(g->target_count + 1, sizeof *g->judges[i].target_generations);
        if (g->judges[i].target_generations == NULL)
            judges_seat_lost(g, i, no_judge);
    }
}
