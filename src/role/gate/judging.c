/* Judging one text, which both protocols share: is the session understood, what does the text mean
 * (cache by shape, cache by text, a judge), and what does policy say to it? */
#include "role/gate/judging.h"

#include "core/action/floor.h"

#include "role/gate/inner.h"
#include "role/gate/item.h"
#include "role/gate/names.h"
#include "role/gate/session.h"

void judged_done(struct judged *j)
{
    verdict_unref(j->verdict);
    meaning_unref(j->meaning);
    meaning_unref(j->seen);
    *j = (struct judged){0};
}

void judged_keep(struct session *s, const struct judged *j)
{
    struct judged fresh = {meaning_ref(j->meaning), verdict_ref(j->verdict),
                           j->seen == NULL ? NULL : meaning_ref(j->seen)};

    judged_done(&s->kept);
    s->kept = fresh;
}

/* What was judged before the wait still holds, if neither listing nor policy moved. */
static bool take_kept(struct session *s, struct judged *out)
{
    struct judged kept = s->kept;

    if (kept.meaning == NULL)
        return false;
    s->kept = (struct judged){0};
    if (s->meaning_generation == s->target->generation &&
        kept.verdict->generation == s->gate->generation &&
        kept.verdict->label_generation == s->gate->label_generation) {
        *out = kept;
        return true;
    }
    judged_done(&kept);
    return false;
}

bool action_is_quiet(const struct session *s)
{
    return s->item_count == 0 && !s->unsynced;
}

enum take wait_for_answers(struct session *s)
{
    SL_BUF(b, 16);

    client_flush(s);
    sl_pg_put_flush(&b);
    if (s->unsynced && !s->dead && !stream_write(&s->server, sl_buf_span(&b)))
        session_kill(s, "the server does not take what it is sent");
    s->wait = WAIT_ANSWERS;
    return s->dead ? TAKE_DEAD : TAKE_WAIT;
}

bool result_is_due(const struct session *s)
{
    for (uint32_t i = 0; i < s->item_count; i++)
        if (s->items[(s->item_head + i) & (s->item_room - 1)].meter != NULL)
            return true;
    return false;
}

enum take wait_to_commit(struct session *s, const struct sl_meaning *m)
{
    const uint32_t unsure = SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM;
    bool commits = (m->flags & SL_MEANING_TX_COMMIT) != 0 || (m->effects & unsure) != 0;

    bool wait = (commits && result_is_due(s)) || names_must_settle(s, m);

    return wait ? wait_for_answers(s) : TAKE_DONE;
}

static uint64_t since_ms(const struct session *s, uint64_t then)
{
    return sl_loop_now_ms(s->gate->loop) - then;
}

bool listing_is_due(const struct session *s)
{
    enum { LISTING_WAIT_MS = 30000, DDL_WAIT_MS = 3000 };
    const struct target *t = s->target;
    unsigned own = s->ddl_unsynced ? 1 : 0; /* which ends with a Sync that is yet to come */

    return (t->stale && since_ms(s, t->stale_since_ms) < LISTING_WAIT_MS) ||
           (t->ddl_under_way > own && since_ms(s, t->ddl_since_ms) < DDL_WAIT_MS);
}

/* Before a text is judged: the listing must be current and the session's context known. TAKE_DONE:
 * they are. */
static enum take settle(struct session *s)
{
    if (listing_is_due(s)) {
        client_flush(s);
        s->wait = WAIT_CATALOG;
        return TAKE_WAIT;
    }
    if (!s->context_unknown)
        return TAKE_DONE;
    if (!action_is_quiet(s)) {
        if (s->unsynced) /* cannot ask in the middle of a pipeline: judged as opaque instead */
            return TAKE_DONE;
        return wait_for_answers(s);
    }
    if (s->tx == 'E') /* the server would not answer */
        return TAKE_DONE;
    inner_context(s);
    return s->dead ? TAKE_DEAD : TAKE_WAIT;
}

static bool is_understood(const struct session *s)
{
    return !s->context_odd && !s->context_unknown && !s->opaque_since_ddl && !s->target->stale;
}

/* Although the session is not understood this text is: it only controls a transaction, or the
 * server refuses it, because the transaction has failed and nothing in the text ends that. */
static bool is_harmless_now(const struct session *s, const struct sl_meaning *m)
{
    if ((m->flags & SL_MEANING_ONLY_CONTROL) != 0)
        return true;
    return s->context_unknown && !s->context_odd && !s->opaque_since_ddl && !s->target->stale &&
           s->tx == 'E' && action_is_quiet(s) && (m->flags & (ENDS_TX | SL_MEANING_TX_BEGIN)) == 0;
}

/* Settings go back when a transaction ends, in the middle of this text. */
static bool reverts_within(const struct session *s, const struct sl_meaning *m)
{
    return s->context_touched && (m->flags & ENDS_TX) != 0 &&
           (m->flags & SL_MEANING_ONLY_CONTROL) == 0;
}

static struct meaning_key key_of_shape(const struct session *s, const struct sl_shape *shape)
{
    return (struct meaning_key){
        .text = {shape->hash[0], shape->hash[1]},
        .context = s->context,
        .target = s->target->index,
        .generation = s->target->generation,
    };
}

static struct meaning_key key_of_text(const struct session *s, struct sl_span text)
{
    const struct gate *g = s->gate;

    return (struct meaning_key){
        .text = {sl_hash(text, g->seed[0]), ~sl_hash(text, g->seed[1])},
        .context = s->context,
        .target = s->target->index,
        .generation = s->target->generation,
    };
}

/* A view is only what it reads, and that counts by itself. Whatever else was looked into is code of
 * users, or calls it. */
bool meaning_has_code(const struct sl_meaning *m)
{
    if ((m->effects & (SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM)) != 0)
        return true;
    for (size_t i = 0; i < m->definition_count; i++)
        if (!sl_span_starts(m->definitions[i], SL_SPAN("view ")))
            return true;
    return false;
}

static bool depends_on_session(const struct meaning *m)
{
    return (m->m.flags & (SL_MEANING_PREPARED | SL_MEANING_CURSOR)) != 0;
}

static void remember(struct session *s, const struct sl_shape *shape, struct sl_span text)
{
    struct meaning *m = s->meaning;

    if ((m->m.flags & SL_MEANING_UNSHAPED) != 0 || depends_on_session(m) || m->bytes.n == 0 ||
        s->meaning_generation != s->target->generation)
        return;
    struct meaning_key key = key_of_text(s, text);
    if (shape != NULL && (m->m.flags & SL_MEANING_SHAPE_SHARED) != 0)
        key = key_of_shape(s, shape);
    meaning_put(s->gate, &key, m);
}

static struct meaning *opaque(const char *why)
{
    return meaning_new(sl_span(NULL, 0), why);
}

/* Finds the meaning of a text: cache by shape, cache by text, judge. */
static enum take find_meaning(struct session *s, struct sl_span text, struct meaning **out)
{
    struct gate *g = s->gate;
    struct sl_shape shape;
    struct sl_shape_key seed = {g->seed[0], g->seed[1]};
    bool has_shape = sl_shape_again(&g->shapes, text, &seed, &shape) == SL_OK;
    struct meaning *m = NULL;

    if (s->meaning == NULL && has_shape) {
        struct meaning_key key = key_of_shape(s, &shape);
        m = meaning_get(g, &key);
    }
    if (s->meaning == NULL && m == NULL) {
        struct meaning_key key = key_of_text(s, text);
        m = meaning_get(g, &key);
    }
    if (m != NULL) {
        *out = meaning_ref(m);
        return TAKE_DONE;
    }
    if (s->meaning != NULL && s->meaning->bytes.n > 0 &&
        s->meaning_generation != s->target->generation) { /* the listing moved meanwhile */
        meaning_unref(s->meaning);
        s->meaning = NULL;
    }
    if (s->meaning == NULL) {
        client_flush(s);
        judges_ask(g, s, text, false);
        if (s->wait == WAIT_JUDGE)
            return TAKE_WAIT;
        if (s->meaning == NULL)
            return TAKE_DEAD;
    }
    if (depends_on_session(s->meaning) && !s->meaning_with_names) {
        if (!action_is_quiet(s) && !s->unsynced) {
            return wait_for_answers(s);
        }
        meaning_unref(s->meaning);
        s->meaning = NULL;
        judges_ask(g, s, text, true);
        if (s->wait == WAIT_JUDGE)
            return TAKE_WAIT;
        if (s->meaning == NULL)
            return TAKE_DEAD;
    }
    uint32_t floor = has_shape ? shape.floor : sl_floor_of(text);
    if (floor_is_above(s, text, floor, s->meaning)) {
        sl_log(SL_LOG_WARN, "judge_below_floor", SL_NUM("session", s->id));
        meaning_unref(s->meaning);
        s->meaning = opaque(SL_FLOOR_WHY);
        if (s->meaning == NULL)
            return TAKE_DEAD;
    } else {
        remember(s, has_shape ? &shape : NULL, text);
    }
    *out = s->meaning;
    s->meaning = NULL;
    return TAKE_DONE;
}

/* What its words say stays known: a list is compared with it. */
static void make_opaque(struct judged *j, const char *why)
{
    meaning_unref(j->seen);
    j->seen = j->meaning;
    j->meaning = opaque(why);
}

static enum take judge_text(struct session *s, struct sl_span text, struct meaning *known,
                            struct judged *out)
{
    struct judged j = {0};
    enum take t;

    if (!is_understood(s)) {
        const char *why =
            s->context_odd        ? "the session's settings change what text means"
            : s->opaque_since_ddl ? "it follows a change of definitions in its own transaction"
            : s->target->stale    ? "the catalog of the target could not be read"
                                  : "the session's settings changed in the same pipeline";
        /* Leaving a transaction must stay possible whatever happened in it. */
        t = find_meaning(s, text, &j.meaning);
        if (t != TAKE_DONE)
            return t;
        if (!is_harmless_now(s, &j.meaning->m)) {
            if (s->opaque_since_ddl)
                ddl_opens(s, &j.meaning->m); /* if it runs: what is opaque names nothing */
            make_opaque(&j, why);
        }
    } else if (known != NULL) {
        j.meaning = meaning_ref(known);
    } else {
        t = find_meaning(s, text, &j.meaning);
        if (t != TAKE_DONE)
            return t;
    }
    if (j.meaning != NULL && reverts_within(s, &j.meaning->m))
        make_opaque(&j, "the session's settings change in the middle of this message");
    s->meaning_generation = s->target->generation;
    if (j.meaning != NULL)
        j.verdict = verdict_of(s->gate, s, j.meaning);
    if (j.verdict == NULL) {
        judged_done(&j);
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    *out = j;
    return TAKE_DONE;
}

static enum take judge_as_opaque(struct session *s, struct judged *j, const char *why)
{
    judged_done(j);
    j->meaning = opaque(why);
    if (j->meaning != NULL)
        j->verdict = verdict_of(s->gate, s, j->meaning);
    if (j->verdict != NULL)
        return TAKE_DONE;
    judged_done(j);
    session_kill(s, "out of memory");
    return TAKE_DEAD;
}

/* What others are changing just now is waited for. */
static enum take yield_to_ddl(struct session *s, struct judged *j)
{
    enum ddl_way way = ddl_way_of(s, &j->meaning->m);

    if (way == DDL_FREE)
        return TAKE_DONE;
    if (way == DDL_TOO_LATE)
        return judge_as_opaque(s, j, "an open transaction changes definitions that it uses");
    judged_keep(s, j);
    judged_done(j);
    client_flush(s);
    s->wait = WAIT_CATALOG;
    return TAKE_WAIT;
}

enum take action_judge(struct session *s, struct sl_span text, struct meaning *known,
                       struct judged *out)
{
    enum take t = settle(s);

    if (t == TAKE_DONE && !take_kept(s, out))
        t = judge_text(s, text, known, out);
    return t == TAKE_DONE ? yield_to_ddl(s, out) : t;
}
