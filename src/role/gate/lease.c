/* Borrowing from the keeper. What was lent counts as used there until we give it back, so a gate
 * that dies has used all of it; what we give back is said until the keeper has answered. */
#include "role/gate/budget.h"

#include "role/gate/judging.h"

#include <stdlib.h>

static void lease_free(struct lease *l)
{
    sl_map_remove(l->gate->leases, sl_map_u64(&l->id));
    verdict_unref(l->verdict);
    free((void *)l->run.p);
    sl_buf_done(&l->rule);
    free(l);
}

struct lease *lease_new(struct session *s, const struct judged *j)
{
    struct lease *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    *l = (struct lease){.id = ++s->gate->next_lease,
                        .keeper_session = s->keeper_session,
                        .gate = s->gate,
                        .session = s,
                        .verdict = verdict_ref(j->verdict),
                        .rule = sl_buf(4096)};
    span_set(&l->run, s->run);
    if (l->run.p == NULL || sl_map_put(s->gate->leases, sl_map_u64(&l->id), l) != SL_OK) {
        lease_free(l);
        return NULL;
    }
    return l;
}

static void send_ask(struct lease *l, const struct sl_budget_use *want)
{
    const struct sl_answer *a = &l->verdict->answer;
    struct sl_ipc_list rules = {0};
    SL_BUF(items, SL_IPC_INLINE);

    if (l->gate->keeper == NULL)
        return;
    for (size_t i = 0; i < a->budget_count; i++)
        sl_ipc_list_add(&items, &rules, a->budgets[i]->name);
    l->told = true;
    SL_SEND(l->gate->keeper, budget_ask, .session = l->keeper_session, .lease = l->id,
            .generation = l->verdict->generation, .rules = rules, .run = l->run,
            .rows = l->need.rows, .bytes = l->need.bytes, .statements = l->need.statements,
            .want_rows = want->rows, .want_bytes = want->bytes, .used_rows = l->asked_rows,
            .used_bytes = l->asked_bytes);
}

void lease_ask(struct lease *l, const struct sl_budget_use *need, const struct sl_budget_use *want)
{
    l->need = *need;
    l->asked = true;
    l->used_up = false;
    l->asked_rows = l->used_rows;
    l->asked_bytes = l->used_bytes;
    l->used_rows = l->used_bytes = 0;
    send_ask(l, want);
}

static void send_return(struct lease *l)
{
    l->told = true;
    if (l->gate->keeper != NULL)
        SL_SEND(l->gate->keeper, budget_return, .session = l->keeper_session, .lease = l->id,
                .rows = l->used_rows, .bytes = l->used_bytes, .statements = l->used_statements);
}

void lease_end(struct lease *l)
{
    if (l == NULL)
        return;
    l->session = NULL;
    if (!l->told) {
        lease_free(l);
        return;
    }
    send_return(l);
}

static uint64_t more(uint64_t have, uint64_t lent)
{
    uint64_t sum = 0;

    return __builtin_add_overflow(have, lent, &sum) ? UINT64_MAX : sum;
}

static void take_lease(struct lease *l, const struct sl_msg_budget_lease *m)
{
    l->asked = false;
    l->used_up = m->answer == 1;
    l->stale = m->answer == 2;
    l->asked_rows = l->asked_bytes = 0;
    if (m->answer == 0) {
        l->rows = more(l->rows, m->rows);
        l->bytes = more(l->bytes, m->bytes);
    }
    sl_buf_reset(&l->rule);
    sl_buf_put(&l->rule, m->rule);
}

/* Whoever waits for it goes on: a message that was not sent yet, or a result that stopped. */
static void answered(struct session *s, struct lease *l)
{
    if (s->lease == l)
        session_resume(s, WAIT_BUDGET);
    else if (s->stop != NULL)
        stop_answered(s);
}

void leases_keeper(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_budget_lease m;
    struct sl_msg_budget_returned back;
    bool lease = p->type == SL_MESSAGE_BUDGET_LEASE;

    if ((lease ? sl_msg_budget_lease_get(p->body, &m)
               : sl_msg_budget_returned_get(p->body, &back)) != SL_OK) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    struct lease *l = sl_map_get(g->leases, sl_map_u64(lease ? &m.lease : &back.lease));
    if (l == NULL)
        return;
    if (!lease) {
        if (l->session == NULL)
            lease_free(l);
        return;
    }
    if (!l->asked || l->session == NULL)
        return; /* an answer to the keeper before this one, or too late */
    take_lease(l, &m);
    answered(l->session, l);
}

static void take_back_told(struct lease *l)
{
    l->used_rows += l->asked_rows;
    l->used_bytes += l->asked_bytes;
    l->asked_rows = l->asked_bytes = 0;
}

/* A new keeper: what was not answered is said again. Whether the one before it took what was told
 * with an open question is not known: it counts twice rather than not at all. */
void leases_again(struct gate *g)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(g->leases, &at, &key, &value)) {
        struct lease *l = value;
        if (l->session == NULL) {
            take_back_told(l);
            send_return(l);
        } else if (l->asked)
            send_ask(l, &l->need);
    }
}
