/* What is left of a list, judged again once its own changes of definitions are in force.
 *
 * In an open transaction nobody else sees what the list changes, and neither does the listing: what
 * moves there is somebody else's. Behind a change that is committed and listed the rest is judged
 * anew, compared with what it was before, and is from then on what later looks are compared with.
 * So what the list changed excuses one look and no later one; and none where somebody else changed
 * definitions beside it, because then nobody can tell whose change it is. */
#include "role/gate/judging.h"
#include "role/gate/list.h"

#include <stdlib.h>

void list_base_free(struct list *l)
{
    for (size_t i = 0; i < l->fresh_count; i++)
        judged_done(&l->fresh[i]);
    free(l->fresh);
    l->fresh = NULL;
    l->fresh_count = 0;
}

void list_base_sent(struct session *s, uint64_t sent, uint64_t moves)
{
    struct list *l = s->list;

    if (l == NULL || moves == s->ddl_moves)
        return;
    if (!l->changed)
        l->others_before = sent;
    l->changed = true;
    l->own_sent += s->target->ddl_sent - sent;
}

void list_base_answered(struct session *s)
{
    s->list->listed = 0;
}

void list_base_listed(struct session *s)
{
    struct list *l = s->list;
    bool done = l != NULL && l->changed && !l->under_way && s->tx == 'I';

    if (done && l->listed == 0 && !s->target->stale)
        l->listed = s->target->generation;
}

/* Between the list's own change and the listing that has it, or behind that. */
static bool others_changed(const struct session *s, const struct list *l)
{
    return s->target->generation != l->listed ||
           s->target->ddl_sent - l->others_before != l->own_sent;
}

static void begin(struct session *s, struct list *l)
{
    for (size_t i = 0; i < l->fresh_count; i++)
        judged_done(&l->fresh[i]);
    l->fresh_count = 0;
    l->fresh_listing = s->target->generation;
    judged_done(&s->kept); /* what was found out about one statement may not serve another */
    meaning_unref(s->meaning);
    s->meaning = NULL;
}

/* What its words say, also where it is opaque for what is around them. */
static void keep_words(struct judged *j)
{
    if (j->seen == NULL)
        return;
    meaning_unref(j->meaning);
    j->meaning = j->seen;
    j->seen = NULL;
}

static enum take judge_rest(struct session *s, struct list *l)
{
    while (l->fresh_count < l->count - l->at) {
        struct judged *j = &l->fresh[l->fresh_count];
        enum take t = action_judge(s, l->items[l->at + l->fresh_count].text, NULL, j);

        if (t != TAKE_DONE)
            return t;
        keep_words(j);
        l->fresh_count++;
        if (l->fresh_listing != s->target->generation)
            begin(s, l);
    }
    return TAKE_DONE;
}

static bool rest_moved(const struct list *l, const struct sl_list_changes *own)
{
    for (size_t i = 0; i < l->fresh_count; i++) {
        const struct list_item *item = &l->items[l->at + i];
        if (item->unclear.n > 0 &&
            sl_list_moved(&item->judged.meaning->m, &l->fresh[i].meaning->m, own))
            return true;
    }
    return false;
}

/* What is understood stays what was approved; what is not is what it is now. */
static void take_over(struct list *l)
{
    for (size_t i = 0; i < l->fresh_count; i++) {
        struct list_item *item = &l->items[l->at + i];
        struct judged before = item->judged;
        if (item->unclear.n == 0)
            continue;
        item->judged = l->fresh[i];
        l->fresh[i] = before;
    }
}

static enum sl_err compare(struct session *s, bool *moved)
{
    struct list *l = s->list;
    struct sl_list_item items[SL_LIST_MAX];
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_list_changes own;

    list_items(l, items);
    SL_TRY(sl_arena_new(&mem, 1024 * 1024));
    SL_TRY(
        sl_list_changes(mem, items, others_changed(s, l) ? l->at : l->changed_from, l->at, &own));
    *moved = rest_moved(l, &own);
    return SL_OK;
}

enum take list_base(struct session *s, bool *moved)
{
    struct list *l = s->list;

    *moved = false;
    if (!l->changed || s->tx != 'I')
        return TAKE_DONE;
    if (l->fresh == NULL) {
        l->fresh = calloc(l->count, sizeof *l->fresh);
        if (l->fresh == NULL) {
            session_kill(s, "out of memory");
            return TAKE_DEAD;
        }
        begin(s, l);
    }
    enum take t = judge_rest(s, l);
    if (t != TAKE_DONE)
        return t;
    if (compare(s, moved) != SL_OK) {
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    take_over(l);
    list_base_free(l);
    l->changed = false;
    l->own_sent = 0;
    l->changed_from = l->at;
    return TAKE_DONE;
}
