#include "role/keeper/labels_int.h"

#include "core/ledger/facts.h"
#include "role/keeper/labels.h"
#include "role/keeper/sessions.h"

/* Gate and keeper may have been killed together, after an action's bytes went out and before the
 * keeper heard of the labels that it carries along. Its intent is in the journal, with its flows:
 * before anybody is answered they are followed once more, and what they bring stays. */

static enum sl_err take_columns(struct keeper *k, struct sl_cursor *c, struct sl_meaning_access *a)
{
    a->column_count = sl_cursor_le16(c);
    a->columns = sl_arena_array(k->mem, a->column_count + 1, sizeof *a->columns);
    if (a->columns == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < a->column_count; i++)
        a->columns[i] = sl_facts_str(c);
    return SL_OK;
}

static enum sl_err take_accesses(struct keeper *k, struct sl_facts *f, struct sl_meaning *m)
{
    struct sl_cursor c = f->datasets;

    m->accesses = sl_arena_array(k->mem, f->dataset_count + 1u, sizeof *m->accesses);
    if (m->accesses == NULL)
        return SL_EMEMORY;
    for (; m->access_count < f->dataset_count; m->access_count++) {
        struct sl_meaning_access *a = &m->accesses[m->access_count];
        a->dataset = sl_facts_str(&c);
        a->effects = sl_cursor_le32(&c);
        for (uint16_t labels = sl_cursor_le16(&c); labels > 0; labels--)
            (void)sl_facts_str(&c);
        a->all_columns = sl_cursor_u8(&c) != 0;
        SL_TRY(take_columns(k, &c, a));
    }
    return SL_OK;
}

static enum sl_err take_flows(struct keeper *k, struct sl_facts *f, struct sl_meaning *m)
{
    struct sl_cursor c = f->flows;

    m->flows = sl_arena_array(k->mem, f->flow_count + 1u, sizeof *m->flows);
    if (m->flows == NULL)
        return SL_EMEMORY;
    for (; m->flow_count < f->flow_count; m->flow_count++) {
        struct sl_meaning_flow *flow = &m->flows[m->flow_count];
        flow->kind = sl_cursor_u8(&c);
        flow->source = sl_facts_str(&c);
        flow->destination = sl_facts_str(&c);
    }
    m->flags = f->flows_more ? SL_MEANING_FLOWS_CUT : 0;
    m->effects = f->effects;
    m->statement_count = f->tag_count;
    return SL_OK;
}

void labels_recover(struct keeper *k, uint32_t gate, const struct sl_intent *in)
{
    const struct session *s = session_get(k, gate, in->session);
    const struct sl_target *t = s == NULL ? NULL : sl_config_target(k->config, s->target);
    struct sl_meaning m = {0};
    struct sl_spread *spread = NULL;
    struct sl_facts facts;
    size_t count = 0;

    if (k->super != NULL || t == NULL || sl_facts_get(in->facts, &facts) != SL_OK)
        return; /* the keeper lives: gates tell it; what is no fact is found where it is recorded */
    if (facts.verdict == SL_DENY && (in->flags & SL_INTENT_OBSERVED) == 0)
        return;
    if (take_accesses(k, &facts, &m) != SL_OK || take_flows(k, &facts, &m) != SL_OK ||
        sl_labels_spread(k->config, t, &m, k->labels, k->mem, &spread, &count) != SL_OK)
        keeper_die("the labels of what was under way could not be followed", SL_EMEMORY);
    for (size_t i = 0; i < count; i++)
        labels_bring(k, s, in->action, &spread[i]);
    if (count > 0)
        labels_load(k);
}
