#include "role/gate/targets.h"

#include "role/gate/session.h"

#include <stdlib.h>

/* The part of `item` behind "name=", or an empty span. */
static struct sl_span value_for(struct sl_span item, struct sl_span name)
{
    if (item.n <= name.n || !sl_span_starts(item, name) || item.p[name.n] != '=')
        return sl_span(NULL, 0);
    return sl_span_from(item, name.n + 1);
}

static enum sl_err add_addresses(struct target *t, const struct sl_ipc_list *list)
{
    struct sl_span item;
    size_t at = 0;

    t->addresses = calloc(list->count + 1u, sizeof *t->addresses);
    if (t->addresses == NULL)
        return SL_EMEMORY;
    if (t->config->host_is_unix) {
        t->address_count = 1;
        return sl_net_postgres_socket(t->config->host, t->config->port, &t->addresses[0]);
    }
    while (sl_ipc_list_next(list, &at, &item)) {
        struct sl_span text = value_for(item, t->config->name);
        if (text.n > 0 && sl_net_parse(text, &t->addresses[t->address_count]) == SL_OK)
            t->address_count++;
    }
    return SL_OK;
}

static enum sl_err add_tls(struct target *t, const struct sl_ipc_list *authorities)
{
    struct sl_span item, pem = sl_span(NULL, 0);
    size_t at = 0;

    if (t->config->tls == SL_TLS_OFF)
        return SL_OK;
    while (sl_ipc_list_next(authorities, &at, &item))
        if (value_for(item, t->config->name).n > 0)
            pem = value_for(item, t->config->name);
    bool verify = t->config->tls == SL_TLS_VERIFY_FULL;
    if (verify && pem.n == 0) /* without authorities nothing would be verified */
        return SL_ECONFIG;
    return sl_tls_client_new(verify ? pem : sl_span(NULL, 0), NULL, &t->tls);
}

static void part_free(struct target *t)
{
    sl_tls_context_free(t->tls);
    free(t->addresses);
}

static void parts_free(struct target *fresh, size_t count)
{
    for (size_t i = 0; fresh != NULL && i < count; i++)
        part_free(&fresh[i]);
    free(fresh);
}

/* What a configuration says of each target, not yet in use. */
static enum sl_err prepare(const struct sl_config *c, const struct sl_ipc_list *addresses,
                           const struct sl_ipc_list *authorities, struct target **out)
{
    struct target *fresh = calloc(c->target_count + 1, sizeof *fresh);
    enum sl_err e = fresh == NULL ? SL_EMEMORY : SL_OK;

    for (size_t i = 0; e == SL_OK && i < c->target_count; i++) {
        fresh[i].config = &c->targets[i];
        fresh[i].index = (uint32_t)i;
        e = add_addresses(&fresh[i], addresses);
        if (e == SL_OK)
            e = add_tls(&fresh[i], authorities);
    }
    if (e == SL_OK)
        *out = fresh;
    else
        parts_free(fresh, c->target_count);
    return e;
}

static struct target *find(struct gate *g, struct sl_span name)
{
    for (size_t i = 0; i < g->target_count; i++)
        if (sl_span_eq(g->targets[i]->config->name, name))
            return g->targets[i];
    return NULL;
}

/* Sessions keep their target; its description is exchanged. The catalog is read again in any case.
 */
static void renew(struct gate *g, struct target *t, const struct target *fresh)
{
    part_free(t);
    catalog_stop(t);
    t->config = fresh->config;
    t->index = fresh->index;
    t->addresses = fresh->addresses;
    t->address_count = fresh->address_count;
    t->tls = fresh->tls;
    if (!t->stale)
        t->stale_since_ms = sl_loop_now_ms(g->loop);
    t->stale = true;
    t->retry_at_ms = 0;
}

static enum sl_err make_pointers(struct gate *g, const struct sl_config *c, struct target ***out)
{
    struct target **all = calloc(c->target_count + 1, sizeof *all);

    for (size_t i = 0; all != NULL && i < c->target_count; i++) {
        struct target *t = find(g, c->targets[i].name);
        all[i] = t != NULL ? t : calloc(1, sizeof *t);
        if (all[i] == NULL)
            return SL_EMEMORY; /* the process is at its end anyway: nothing was exchanged yet */
    }
    *out = all;
    return all == NULL ? SL_EMEMORY : SL_OK;
}

static enum sl_err adopt(struct gate *g, struct sl_config *c, const struct sl_ipc_list *addresses,
                         const struct sl_ipc_list *authorities, struct sl_span certificate)
{
    struct target *fresh = NULL, **all = NULL;
    struct sl_tls_context *tls = NULL;

    SL_TRY(prepare(c, addresses, authorities, &fresh));
    enum sl_err e = make_pointers(g, c, &all);
    if (e == SL_OK && certificate.n > 0)
        e = sl_tls_server_new(certificate, NULL, gate_sign, g, &tls);
    if (e != SL_OK) {
        parts_free(fresh, c->target_count);
        free(all);
        return e;
    }
    for (size_t i = 0; i < c->target_count; i++)
        renew(g, all[i], &fresh[i]);
    free(fresh);
    free(g->targets);
    g->targets = all;
    g->target_count = c->target_count;
    sl_tls_context_free(g->tls);
    g->tls = tls;
    g->config = c;
    return SL_OK;
}

enum sl_err targets_setup(struct gate *g, const struct sl_msg_setup *m, struct sl_buf *complaints)
{
    struct sl_config *c;

    SL_TRY(sl_config_load(m->config, "sluice.yaml", &c, complaints));
    g->generation = m->generation;
    return adopt(g, c, &m->addresses, &m->authorities, m->tls_certificate);
}

static void end_without_target(struct session *s)
{
    struct gate *g = s->gate;

    for (size_t i = 0; i < g->target_count; i++)
        if (g->targets[i] == s->target)
            return;
    if (s->target != NULL)
        session_fatal(s, "57P01", "this target is no longer configured", NULL);
}

/* The replaced configuration stays in memory: verdicts and held actions still point at its rules.
 */
enum sl_err targets_reload(struct gate *g, const struct sl_msg_reload *m, struct sl_buf *complaints)
{
    struct sl_config *c;

    SL_TRY(sl_config_load(m->config, "sluice.yaml", &c, complaints));
    enum sl_err e = adopt(g, c, &m->addresses, &m->authorities, m->tls_certificate);
    if (e != SL_OK) {
        sl_config_free(c);
        return e;
    }
    g->generation = m->generation;
    meaning_forget_all(g);
    judges_forget_targets(g);
    gate_each_session(g, end_without_target);
    return SL_OK;
}
