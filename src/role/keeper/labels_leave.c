#include "role/keeper/labels.h"
#include "role/keeper/labels_int.h"

#include <stdlib.h>

/* How a label leaves a column that is not there any more, where several gates run.
 *
 * One gate cannot know it alone: what it lists may be older than what a statement made that went
 * through another gate, and that other one told nothing of it, because the label was settled there.
 * So the column is leaving first. In the map that all gates get, its labels are not settled: from
 * then on whatever brings them there again is told before it runs. The label goes when each gate
 * has said that it does not list the column, in a listing that it began after it had that map and
 * after whatever it had sent before had ended; and it stays when a flow to it was committed
 * meanwhile. What is kept of this in memory only: after a restart the label stays. */

struct leaving {
    uint64_t version; /* of the map that told of it; 0: none did yet */
    uint32_t gates;   /* bits: those that do not list it */
};

static struct sl_span key_of(struct sl_buf *b, struct sl_span target, struct sl_span column)
{
    sl_buf_put(b, target);
    sl_buf_put_u8(b, 0);
    sl_buf_put(b, column);
    return sl_buf_span(b);
}

bool label_is_leaving(struct keeper *k, struct sl_span target, struct sl_span column)
{
    SL_BUF(key, 4 * SL_LABEL_MAX_NAME);

    return k->leaving != NULL && sl_map_get(k->leaving, key_of(&key, target, column)) != NULL;
}

void label_leaves_no_more(struct keeper *k, struct sl_span target, struct sl_span column)
{
    SL_BUF(key, 4 * SL_LABEL_MAX_NAME);

    if (k->leaving != NULL)
        free(sl_map_remove(k->leaving, key_of(&key, target, column)));
}

static bool is_labelled(struct keeper *k, struct sl_span target, struct sl_span column)
{
    struct sl_derived d;

    for (size_t i = 0; i < k->config->labels.count; i++)
        if (sl_label_map_find(k->labels, target, column, k->config->labels.items[i], &d))
            return true;
    return false;
}

static void begin(struct keeper *k, struct sl_span key)
{
    struct leaving *l = calloc(1, sizeof *l);

    if (l == NULL || (k->leaving == NULL && sl_map_new(&k->leaving, k->label_version) != SL_OK) ||
        sl_map_put(k->leaving, key, l) != SL_OK)
        keeper_die("a label could not be followed", SL_EMEMORY);
}

bool label_may_go(struct keeper *k, uint32_t gate, const struct sl_msg_label_gone *m,
                  struct sl_span column)
{
    SL_BUF(key, 4 * SL_LABEL_MAX_NAME);
    uint32_t all = (UINT32_C(1) << k->gates) - 1;

    if (k->gates == 1)
        return m->dropped != 0;
    struct sl_span of = key_of(&key, m->target, column);
    struct leaving *l = k->leaving == NULL ? NULL : sl_map_get(k->leaving, of);
    if (l == NULL && m->dropped != 0 && is_labelled(k, m->target, column))
        begin(k, of);
    if (l == NULL || l->version == 0 || m->version < l->version || m->version > k->label_version)
        return false; /* of before it was told, or a word for another keeper */
    l->gates |= UINT32_C(1) << gate;
    return (l->gates & all) == all;
}

void labels_leaving_told(struct keeper *k)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (k->leaving != NULL && sl_map_next(k->leaving, &at, &key, &value))
        if (((struct leaving *)value)->version == 0)
            ((struct leaving *)value)->version = k->label_version;
}

void labels_leaving_free(struct keeper *k)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (k->leaving != NULL && sl_map_next(k->leaving, &at, &key, &value))
        free(value);
    sl_map_free(k->leaving);
    k->leaving = NULL;
}
