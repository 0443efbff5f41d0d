/* Stories and acts: what is counted in memory until the next flush. */
#include "role/keeper/lineage_int.h"

#include "base/utf8.h"

#include <stdlib.h>

enum {
    STORIES = 4096,
    STORY_BYTES = 4 * 1024 * 1024,
    HOUR_US = 3600 * 1000000ull,
};

const char *lineage_standing_name(enum lineage_standing s)
{
    static const char *const names[] = {
#define NAME(NAME, text, makes) text,
        LINEAGE_STANDINGS(NAME)
#undef NAME
    };

    return (unsigned)s < SL_COUNT(names) ? names[s] : "unknown";
}

unsigned lineage_makes(enum lineage_standing s)
{
    enum { EDGES = LINEAGE_EDGES, FLOWS = LINEAGE_FLOWS };
    static const unsigned makes[] = {
#define MAKES(NAME, text, makes) makes,
        LINEAGE_STANDINGS(MAKES)
#undef MAKES
    };

    return (unsigned)s < SL_COUNT(makes) ? makes[s] : 0;
}

void lineage_fail(struct lineage *l, enum sl_err why)
{
    if (l->why == SL_OK)
        l->why = why;
}

/* --- stories --- */

void lineage_story_unref(struct lineage_story *s)
{
    if (s == NULL || --s->refs > 0)
        return;
    sl_arena_free(s->mem);
    free(s);
}

void lineage_stories_free(struct lineage *l)
{
    struct sl_span key;
    void *story;
    size_t at = 0;

    while (sl_map_next(l->stories, &at, &key, &story)) {
        sl_map_remove(l->stories, key);
        lineage_story_unref(story);
    }
}

/* Facts that cannot be read have no story to tell: they touch nothing. */
static struct lineage_story *read_story(struct sl_span facts)
{
    struct lineage_story *s = calloc(1, sizeof *s);

    if (s == NULL || sl_arena_new(&s->mem, STORY_BYTES) != SL_OK) {
        free(s);
        return NULL;
    }
    s->facts = sl_arena_copy(s->mem, facts);
    if (sl_lineage_read(s->mem, facts, &s->told) != SL_OK)
        s->told = (struct sl_lineage_story){0};
    s->refs = 1;
    return s;
}

struct lineage_story *lineage_story(struct lineage *l, struct sl_span facts)
{
    struct lineage_story *s = sl_map_get(l->stories, facts);

    if (s == NULL) {
        if (sl_map_count(l->stories) >= STORIES)
            lineage_stories_free(l);
        s = read_story(facts);
        if (s == NULL || sl_map_put(l->stories, facts, s) != SL_OK) {
            lineage_story_unref(s);
            lineage_fail(l, SL_EMEMORY);
            return NULL;
        }
    }
    s->refs++;
    return s;
}

/* --- acts --- */

struct act_key {
    const struct lineage_story *story;
    const struct doer *who;
    uint64_t hour;
    uint32_t standing, observed;
    char approval[40];
};

static bool is_same(const struct act *a, const struct act_key *key)
{
    return a != NULL && a->who == key->who && a->hour == key->hour &&
           a->standing == key->standing && a->observed == (key->observed != 0) &&
           memcmp(a->approval, key->approval, sizeof a->approval) == 0;
}

static struct act *act_new(struct lineage *l, const struct act_key *key, const struct happened *h)
{
    struct act *a = calloc(1, sizeof *a);

    if (a == NULL || sl_map_put(l->acts, sl_span(key, sizeof *key), a) != SL_OK) {
        free(a);
        lineage_fail(l, SL_EMEMORY);
        return NULL;
    }
    a->story = h->story;
    a->story->refs++;
    a->who = key->who;
    a->hour = key->hour;
    a->standing = (enum lineage_standing)key->standing;
    a->observed = key->observed != 0;
    memcpy(a->approval, key->approval, sizeof a->approval);
    a->approvers = a->why = a->text = sl_buf(8192);
    sl_buf_put(&a->approvers, sl_utf8_head(h->approvers, LINEAGE_WORDS));
    sl_buf_put(&a->why, sl_utf8_head(h->why, 4096));
    sl_buf_put(&a->text, sl_utf8_head(h->text, LINEAGE_WORDS));
    a->session = h->session;
    a->action = h->action;
    *(l->first == NULL ? &l->first : &l->last->next) = a;
    l->last = a;
    return a;
}

void lineage_count(struct lineage *l, enum lineage_standing standing, const struct happened *h)
{
    struct act_key key;

    memset(&key, 0, sizeof key); /* its padding is part of the key */
    key.story = h->story;
    key.who = h->who;
    key.hour = h->at_us / HOUR_US;
    key.standing = standing;
    key.observed = (h->flags & SL_INTENT_OBSERVED) != 0;
    memcpy(key.approval, h->approval.p == NULL ? (const uint8_t *)"" : h->approval.p,
           h->approval.n < sizeof key.approval ? h->approval.n : 0);
    struct act *a = h->story->last;
    if (!is_same(a, &key))
        a = sl_map_get(l->acts, sl_span(&key, sizeof key));
    if (a == NULL)
        a = act_new(l, &key, h);
    if (a == NULL)
        return;
    h->story->last = a;
    a->first_us = a->count == 0 || h->at_us < a->first_us ? h->at_us : a->first_us;
    a->last_us = h->at_us > a->last_us ? h->at_us : a->last_us;
    a->count++;
    a->rows += h->rows;
    a->bytes += h->bytes;
}

void lineage_acts_free(struct lineage *l)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(l->acts, &at, &key, &value))
        sl_map_remove(l->acts, key);
    while (l->first != NULL) {
        struct act *a = l->first;

        l->first = a->next;
        if (a->story->last == a)
            a->story->last = NULL;
        lineage_story_unref(a->story);
        sl_buf_done(&a->approvers);
        sl_buf_done(&a->why);
        sl_buf_done(&a->text);
        free(a);
    }
    l->last = NULL;
}
