/* Building the action document from held bytes: what was shown is what runs (P3). */
#include "role/gate/list.h"

#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/names.h"
#include "json/json.h"

#include <stdlib.h>

/* --- the operation, from the bytes themselves --- */

static enum sl_err put_extended(struct sl_buf *b, const struct held_bytes *what)
{
    struct sl_pg_values values = what->bind->values;
    struct sl_pg_value v;
    size_t n = 0, formats = what->bind->result_format_count;
    struct sl_pg_parameter *parameters = calloc(values.count + 1u, sizeof *parameters);
    uint16_t *results = calloc(formats + 1, sizeof *results);
    bool ok = parameters != NULL && results != NULL;

    while (ok && sl_pg_values_next(&values, &v)) {
        uint32_t type = n < what->prepared->type_count ? what->prepared->types[n] : 0;
        parameters[n++] = (struct sl_pg_parameter){
            .type = type, .format = v.format, .null = v.null, .value = v.bytes};
    }
    for (size_t i = 0; ok && i < formats; i++)
        results[i] = sl_pg_bind_result_format(what->bind, i);
    if (ok)
        sl_action_put_extended(b, what->text, parameters, n, results, formats, what->max_rows);
    free(parameters);
    free(results);
    return ok ? sl_buf_err(b) : SL_EMEMORY;
}

/* The template of the very bytes that would run. */
static enum sl_err put_envelope(struct sl_buf *b, const struct held_bytes *what)
{
    SL_BUF(template, SL_ENVELOPE_MAX_TEMPLATE);

    SL_TRY(sl_envelope_put_template(&template, what->text));
    sl_envelope_put_operation(b, &what->envelope->bounds, sl_buf_span(&template));
    return sl_buf_err(b);
}

static enum sl_err put_statement(struct sl_buf *b, const struct held_bytes *what)
{
    if (what->envelope != NULL)
        return put_envelope(b, what);

    if (what->list != NULL) {
        list_put_operation(b, what->list);
        return sl_buf_err(b);
    }
    if (what->extended)
        return put_extended(b, what);
    sl_action_put_simple(b, what->text);
    return sl_buf_err(b);
}

/* The same object with what makes it an action of its own, first in canonical order. */
static enum sl_err put_over(struct sl_buf *b, const struct held_bytes *what)
{
    const struct over_budget *o = &what->over;
    SL_BUF(statement, OPERATION_MAX);

    SL_TRY(put_statement(&statement, what));
    sl_buf_put_str(b, "{");
    if (o->before != 0)
        sl_buf_say(b, "\"before\":%U,", o->before);
    sl_buf_put_str(b, "\"budget\":");
    sl_json_put_string(b, o->rule);
    if (o->continues != 0)
        sl_buf_say(b, ",\"continues\":%U", o->continues);
    sl_buf_say(b, ",\"delivered\":%U,", o->delivered);
    sl_buf_put(b, sl_span_from(sl_buf_span(&statement), 1));
    return sl_buf_err(b);
}

enum sl_err hold_put_operation(struct sl_buf *b, const struct held_bytes *what)
{
    return what->over.is ? put_over(b, what) : put_statement(b, what);
}

/* --- the action document, as the keeper builds it too --- */

static size_t label_names(const struct sl_config *c, uint64_t bits, struct sl_span *out)
{
    size_t n = 0;

    for (size_t i = 0; i < c->labels.count && i < 64; i++)
        if ((bits & UINT64_C(1) << i) != 0)
            out[n++] = c->labels.items[i];
    return n;
}

static enum sl_err fill_datasets(struct sl_arena *mem, const struct session *s,
                                 const struct judged *j, struct sl_action *a)
{
    const struct sl_meaning *m = &j->meaning->m;
    struct sl_action_dataset *datasets = sl_arena_array(mem, m->access_count + 1, sizeof *datasets);

    if (datasets == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < m->access_count; i++) {
        datasets[i].access = &m->accesses[i];
        datasets[i].labels = sl_arena_array(mem, 64, sizeof *datasets[i].labels);
        if (datasets[i].labels == NULL)
            return SL_EMEMORY;
        datasets[i].label_count =
            label_names(s->gate->config, j->verdict->labels[i], datasets[i].labels);
    }
    a->datasets = datasets;
    return SL_OK;
}

static enum sl_err fill_requesters(struct sl_arena *mem, const struct hold *h, struct sl_action *a)
{
    struct sl_span item;
    size_t at = 0;

    a->requesters = sl_arena_array(mem, h->requester_list.count + 1u, sizeof *a->requesters);
    if (a->requesters == NULL)
        return SL_EMEMORY;
    while (sl_ipc_list_next(&h->requester_list, &at, &item))
        a->requesters[a->requester_count++] = item;
    return SL_OK;
}

enum sl_err hold_digest(const struct session *s, const struct hold *h, const struct judged *j,
                        struct sl_span operation, uint8_t out[SL_SHA256])
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_action a = {
        .identity = s->who->name,
        .target = s->target->config->name,
        .environment = s->target->config->environment,
        .protocol = SL_SPAN("postgres"),
        .operation = operation,
        .context = h->context,
        .reason = s->reason,
        .run = s->run,
        .sink = s->sink,
        .meaning = &j->meaning->m,
    };

    SL_TRY(sl_arena_new(&mem, 4 * 1024 * 1024));
    SL_TRY(fill_datasets(mem, s, j, &a));
    SL_TRY(fill_requesters(mem, h, &a));
    memcpy(a.rules_digest, j->verdict->answer.rules_digest, sizeof a.rules_digest);
    memcpy(a.salt, h->salt, sizeof a.salt);
    return sl_action_digest(&a, out);
}
