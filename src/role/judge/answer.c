#include "role/judge/judge_int.h"

/* names[i] belongs to texts[i]; another count of the one than of the other is no question of ours.
 */
static enum sl_err take_prepared(struct sl_arena *mem, const struct sl_msg_judge_ask *m,
                                 struct sl_sql_context *ctx)
{
    size_t name_at = 0, text_at = 0, n = m->prepared_names.count;
    struct sl_span name, text;

    if (n != m->prepared_texts.count || n > SL_JUDGE_MAX_NAMES)
        return SL_EMALFORMED;
    struct sl_sql_prepared *prepared = sl_arena_array(mem, n + 1, sizeof *prepared);
    if (prepared == NULL)
        return SL_EMEMORY;
    while (ctx->prepared_count < n && sl_ipc_list_next(&m->prepared_names, &name_at, &name) &&
           sl_ipc_list_next(&m->prepared_texts, &text_at, &text))
        prepared[ctx->prepared_count++] = (struct sl_sql_prepared){name, text};
    ctx->prepared = prepared;
    return SL_OK;
}

static enum sl_err take_cursors(struct sl_arena *mem, const struct sl_msg_judge_ask *m,
                                struct sl_sql_context *ctx)
{
    struct sl_span *cursors, name;
    size_t at = 0;

    if (m->cursors.count > SL_JUDGE_MAX_NAMES)
        return SL_EMALFORMED;
    cursors = sl_arena_array(mem, (size_t)m->cursors.count + 1, sizeof *cursors);
    if (cursors == NULL)
        return SL_EMEMORY;
    while (ctx->cursor_count < m->cursors.count && sl_ipc_list_next(&m->cursors, &at, &name))
        cursors[ctx->cursor_count++] = name;
    ctx->cursors = cursors;
    return SL_OK;
}

static enum sl_err judge(struct gate *g, const struct sl_msg_judge_ask *m, struct sl_meaning *out)
{
    struct sl_arena *mem = g->program->mem;
    struct sl_sql_context ctx = {
        .catalog = listing_find(g, m->target, m->generation),
        .search_path = m->search_path,
        .user = m->user,
        .standard_strings = m->standard_strings == 1,
        .temp_objects = m->temp_objects != 0,
        .temp_names = m->temp_names,
        .max_bytes = 16 * 1024 * 1024, /* the gate has its own, smaller limit */
    };

    SL_TRY(take_prepared(mem, m, &ctx));
    SL_TRY(take_cursors(mem, m, &ctx));
    return sl_sql_judge(&ctx, m->text, mem, out);
}

static enum sl_err reply(struct gate *g, uint64_t ask, const struct sl_meaning *meaning)
{
    SL_BUF(encoded, SL_MEANING_MAX_BYTES);

    sl_meaning_put(&encoded, meaning);
    SL_TRY(sl_buf_err(&encoded));
    SL_SEND(g->channel, judge_answer, .ask = ask, .meaning = sl_buf_span(&encoded));
    return SL_OK;
}

/* Whatever goes wrong inside ends this program after an opaque answer: a fresh one takes over. What
 * is wrong with the question itself ends the gate's channel. */
enum sl_err answer_question(struct gate *g, struct sl_span body)
{
    struct judge_program *p = g->program;
    struct sl_msg_judge_ask m;
    struct sl_meaning meaning;

    SL_TRY(sl_msg_judge_ask_get(body, &m));
    sl_arena_reset(p->mem);
    enum sl_err err = judge(g, &m, &meaning);
    if (err == SL_EMALFORMED)
        return err;
    if (err == SL_OK)
        err = reply(g, m.ask, &meaning);
    if (err != SL_OK) {
        meaning = sl_meaning_opaque(SL_SPAN("the judge ran out of room while it read this"));
        SL_TRY(reply(g, m.ask, &meaning));
        p->exit_code = 1;
        p->leaving = true;
    }
    if (++p->answers >= SL_JUDGE_ANSWERS)
        p->leaving = true;
    return SL_OK;
}
