/* Parse: a statement's text is judged before it gets a name. Nothing runs by it (P1). */
#include "role/gate/extended_int.h"

#include "role/gate/elevate.h"
#include "role/gate/gate_int.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/names.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"
#include "role/gate/session.h"
#include "role/gate/settings.h"
#include "role/gate/stream.h"

#include <stdlib.h>

static struct prepared *prepared_new(struct session *s, const struct sl_pg_parse *m,
                                     struct meaning *meaning)
{
    struct prepared *p = calloc(1, sizeof *p);
    uint8_t *text = malloc(m->sql.n + 1);
    uint32_t *types = calloc(m->type_count + 1u, sizeof *types);

    if (p == NULL || text == NULL || types == NULL) {
        free(p);
        free(text);
        free(types);
        session_kill(s, "out of memory");
        return NULL;
    }
    if (m->sql.n > 0)
        memcpy(text, m->sql.p, m->sql.n);
    for (size_t i = 0; i < m->type_count; i++)
        types[i] = sl_pg_parse_type(m, i);
    p->refs = 1;
    p->text = sl_span(text, m->sql.n);
    p->types = types;
    p->type_count = m->type_count;
    p->meaning = meaning == NULL ? NULL : meaning_ref(meaning);
    p->generation = s->target->generation;
    p->context = s->context;
    p->settings = s->context_unknown ? 0 : s->settings_hash;
    p->names_epoch = s->names_epoch;
    p->account = &s->prepared_bytes;
    s->prepared_bytes += m->sql.n;
    return p;
}

void extended_refuse_by_policy(struct session *s, const struct judged *j, struct sl_span text)
{
    SL_BUF(message, 2048);
    SL_BUF(detail, 2048);
    SL_BUF(hint, 1024);

    record_refusal(s, j, text, NULL);
    refuse_denied(s, j, &message, &detail, &hint);
    struct refusal r = {"42501", sl_buf_text(&message), sl_buf_text(&detail), sl_buf_text(&hint)};
    refuse_extended(s, &r);
}

/* SET sluice.x never reaches the server: an empty statement takes its place. */
static enum take send_empty_parse(struct session *s, const struct sl_pg_parse *m)
{
    SL_BUF(b, 1024);

    client_flush(s);
    sl_pg_put_parse(&b, m->statement, SL_SPAN(""), NULL, 0);
    if (sl_buf_err(&b) != SL_OK || !stream_write(&s->server, sl_buf_span(&b))) {
        session_kill(s, "the server does not take what it is sent");
        return TAKE_DEAD;
    }
    return TAKE_DONE;
}

static enum take note_parse(struct session *s, const struct sl_pg_parse *m, struct prepared *p)
{
    struct item *item;

    if (!names_define(s, m->statement, prepared_ref(p)))
        return TAKE_DEAD;
    item = item_push(s, ITEM_PARSE);
    item->prepared = prepared_ref(p);
    item->name = name_copy(m->statement);
    s->unsynced = true;
    if (item->name == NULL)
        session_kill(s, "out of memory");
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* The text does not show which types its parameters have, and reading a value of a domain runs the
 * checks of that domain: functions that users wrote. Types of the system have numbers below. */
static bool has_user_types(const struct sl_pg_parse *m)
{
    enum { FIRST_OF_USERS = 16384 };

    for (size_t i = 0; i < m->type_count; i++)
        if (sl_pg_parse_type(m, i) >= FIRST_OF_USERS)
            return true;
    return false;
}

static enum take judge_parse(struct session *s, const struct sl_pg_parse *m, struct judged *j)
{
    struct meaning *known = NULL;

    if (has_user_types(m)) {
        known = meaning_new(sl_span(NULL, 0), "a parameter has a type that users made");
        if (known == NULL) {
            session_kill(s, "out of memory");
            return TAKE_DEAD;
        }
    }
    enum take t = action_judge(s, m->sql, known, j);
    meaning_unref(known);
    return t;
}

enum take parse_take(struct session *s, struct sl_span body, struct sl_span whole)
{
    struct sl_pg_parse m;
    struct judged j = {0};

    if (sl_pg_parse_get(body, &m) != SL_OK) {
        session_fatal(s, "08P01", "a Parse message that does not follow the protocol", NULL);
        return TAKE_DEAD;
    }
    if (extended_is_too_long(m.statement))
        return extended_refuse_name(s);
    bool is_set = settings_is_set(m.sql);
    if (!is_set) {
        enum take t = judge_parse(s, &m, &j);
        if (t != TAKE_DONE)
            return t;
        struct refusal r;
        if (settings_are_misspelt(&j, &r)) {
            judged_done(&j);
            return extended_refuse(s, r.sqlstate, r.message, r.hint);
        }
        if (j.verdict->answer.enforced == SL_DENY) {
            extended_refuse_by_policy(s, &j, m.sql);
            judged_done(&j);
            return s->dead ? TAKE_DEAD : TAKE_DONE;
        }
        struct held_bytes what = {.extended = true, .text = m.sql};
        if (j.verdict->answer.enforced == SL_HOLD && !elevate_may(s, &j, &what, &t)) {
            judged_done(&j); /* the standing login may not even be allowed to parse it */
            return t;
        }
    }
    s->names_epoch += m.statement.n > 0; /* an EXECUTE may mean it now */
    struct prepared *p = prepared_new(s, &m, j.meaning);
    judged_done(&j);
    if (p == NULL)
        return TAKE_DEAD;
    if (s->prepared_bytes > PREPARED_BYTES_MAX ||
        (s->statements != NULL && sl_map_count(s->statements) > NAMES_MAX)) {
        prepared_unref(p);
        return extended_refuse(s, "54000", "this session has too many prepared statements",
                               "close some of them");
    }
    p->is_set = is_set;
    p->user_types = has_user_types(&m);
    enum take t = note_parse(s, &m, p);
    prepared_unref(p);
    if (t != TAKE_DONE)
        return t;
    if (is_set)
        return send_empty_parse(s, &m);
    client_forward(s, whole);
    return TAKE_DONE;
}
