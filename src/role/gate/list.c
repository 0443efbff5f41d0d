/* A list's statements, and what they mean together. */
#include "role/gate/list.h"

#include "role/gate/judging.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"

#include <stdlib.h>

static void forget_judged(struct list *l)
{
    for (size_t i = 0; i < l->judged_count; i++)
        judged_done(&l->items[i].judged);
    l->judged_count = 0;
    judged_done(&l->whole);
}

void list_free(struct session *s)
{
    struct list *l = s->list;

    if (l == NULL)
        return;
    s->list = NULL;
    list_base_free(l);
    forget_judged(l);
    for (size_t i = 0; i < l->count; i++)
        free((void *)l->items[i].text.p);
    free(l->items);
    free((void *)l->template.p);
    sl_timer_free(l->timer);
    explicit_bzero(l, sizeof *l); /* who still held it would say nothing of it */
    free(l);
}

static void on_idle(void *owner)
{
    struct session *s = owner;

    if (s->list != NULL && s->list->phase == LIST_RUNNING && !s->list->under_way)
        list_end(s, SL_OUTCOME_FAILED, "57014", "its time was over before its next statement came",
                 true);
}

enum sl_err list_new(struct session *s)
{
    struct list *l = calloc(1, sizeof *l);

    if (l == NULL)
        return SL_EMEMORY;
    list_free(s);
    s->list = l;
    return sl_timer_new(s->gate->loop, on_idle, s, &l->timer);
}

enum sl_err list_add(struct list *l, struct sl_span text)
{
    if (l->count >= SL_LIST_MAX || text.n > SL_LIST_MAX_BYTES - l->bytes)
        return SL_ELIMIT;
    if (l->count == l->room) {
        size_t room = l->room == 0 ? 16 : 2 * l->room;
        struct list_item *more = realloc(l->items, room * sizeof *more);

        if (more == NULL)
            return SL_EMEMORY;
        l->items = more;
        l->room = room;
    }
    struct list_item *item = &l->items[l->count];
    *item = (struct list_item){0};
    span_set(&item->text, text);
    if (item->text.p == NULL)
        return SL_EMEMORY;
    l->bytes += text.n;
    l->count++;
    return SL_OK;
}

void list_end(struct session *s, uint8_t outcome, const char *sqlstate, const char *why, bool tell)
{
    struct list *l = s->list;

    if (l->phase == LIST_RUNNING) {
        sl_log(SL_LOG_INFO, "list_ended", SL_NUM("session", s->keeper_session),
               SL_CSTR("approval", l->approval), SL_NUM("ran", l->ran), SL_NUM("of", l->count),
               SL_CSTR("why", why));
        record_ending(s, l->action,
                      &(struct ending){.outcome = outcome, .sqlstate = sqlstate, .rows = l->ran});
    }
    if (!tell) {
        list_free(s);
        return;
    }
    SL_BUF(text, sizeof l->why - 1);
    sl_buf_put_str(&text, why);
    memcpy(l->why, sl_buf_text(&text), text.n + 1);
    memcpy(l->sqlstate, sqlstate != NULL ? sqlstate : "SL003", 6);
    l->phase = LIST_OVER;
    sl_timer_disarm(l->timer);
}

/* --- meaning --------------------------------------------------------------------------------- */

static bool is_current(const struct session *s, const struct list *l)
{
    return l->listing == s->target->generation && l->generation == s->gate->generation &&
           l->label_generation == s->gate->label_generation && l->context == s->context;
}

/* What was found out about one statement may not serve another. */
static void begin_again(struct session *s, struct list *l)
{
    forget_judged(l);
    judged_done(&s->kept);
    meaning_unref(s->meaning);
    s->meaning = NULL;
    l->listing = s->target->generation;
    l->generation = s->gate->generation;
    l->label_generation = s->gate->label_generation;
    l->context = s->context;
}

size_t list_items(const struct list *l, struct sl_list_item *out)
{
    for (size_t i = 0; i < l->count; i++)
        out[i] = (struct sl_list_item){.text = l->items[i].text,
                                       .meaning = l->items[i].judged.meaning == NULL
                                                      ? NULL
                                                      : &l->items[i].judged.meaning->m,
                                       .unclear = l->items[i].unclear};
    return l->count;
}

static enum sl_err put_together(struct session *s, struct list *l)
{
    struct sl_list_item items[SL_LIST_MAX];
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(encoded, SL_MEANING_MAX_BYTES);
    struct sl_meaning all;
    size_t count = list_items(l, items);

    sl_list_mark(items, count);
    for (size_t i = 0; i < count; i++)
        l->items[i].unclear = items[i].unclear;
    SL_TRY(sl_arena_new(&mem, 8 * 1024 * 1024));
    SL_TRY(sl_list_meaning(mem, items, count, &all));
    sl_meaning_put(&encoded, &all);
    SL_TRY(sl_buf_err(&encoded));
    l->whole.meaning = meaning_new(sl_buf_span(&encoded), NULL);
    if (l->whole.meaning == NULL)
        return SL_EMEMORY;
    l->whole.verdict = verdict_of(s->gate, s, l->whole.meaning);
    return l->whole.verdict == NULL ? SL_EMEMORY : SL_OK;
}

static enum take too_large(struct session *s)
{
    static const struct refusal r = {
        .sqlstate = "54000",
        .message = "this list names more than one approval can show",
        .hint = "split it into several lists",
    };

    list_free(s);
    refuse_simple(s, &r);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

enum take list_judge(struct session *s)
{
    struct list *l = s->list;

    if (l->whole.verdict != NULL && is_current(s, l) && !s->context_unknown)
        return TAKE_DONE;
    if (!is_current(s, l) || l->whole.verdict != NULL)
        begin_again(s, l);
    while (l->judged_count < l->count) {
        struct judged *j = &l->items[l->judged_count].judged;
        enum take t = action_judge(s, l->items[l->judged_count].text, NULL, j);

        if (t != TAKE_DONE)
            return t;
        if (l->judged_count == 0) /* the first of them has read the session's context */
            l->context = s->context;
        l->judged_count++;
        if (!is_current(s, l))
            begin_again(s, l);
    }
    enum sl_err e = put_together(s, l);
    if (e == SL_OK)
        return TAKE_DONE;
    if (e == SL_ELIMIT || e == SL_EFULL)
        return too_large(s);
    session_kill(s, "out of memory");
    return TAKE_DEAD;
}

void list_put_operation(struct sl_buf *b, const struct list *l)
{
    struct sl_list_item items[SL_LIST_MAX];

    sl_list_put_operation(b, items, list_items(l, items));
}
