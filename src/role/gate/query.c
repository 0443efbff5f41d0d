/* The simple protocol: one message, one action. And judging, which both protocols share. */
#include "role/gate/session.h"

#include "os/clock.h"

void judged_done(struct judged *j)
{
    verdict_unref(j->verdict);
    meaning_unref(j->meaning);
    *j = (struct judged){0};
}

void judged_keep(struct session *s, const struct judged *j)
{
    struct judged fresh = {meaning_ref(j->meaning), verdict_ref(j->verdict)};

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
        kept.verdict->generation == s->gate->generation) {
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

static uint64_t since_ms(const struct session *s, uint64_t then)
{
    return sl_loop_now_ms(s->gate->loop) - then;
}

/* Before a text is judged: the listing must be current and the session's context known. TAKE_DONE:
 * they are. */
static enum take settle(struct session *s)
{
    enum { LISTING_WAIT_MS = 30000, DDL_WAIT_MS = 3000 };
    struct target *t = s->target;
    bool listing = t->stale && since_ms(s, t->stale_since_ms) < LISTING_WAIT_MS;
    unsigned own = s->ddl_unsynced ? 1 : 0; /* which ends with a Sync that is yet to come */
    bool ddl = t->ddl_under_way > own && since_ms(s, t->ddl_since_ms) < DDL_WAIT_MS;

    if (listing || ddl) {
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

enum { ENDS_TX = SL_MEANING_TX_COMMIT | SL_MEANING_TX_ROLLBACK | SL_MEANING_TX_SAVEPOINT };

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

/* The gate's own floor under the judge's words: whoever finds one of these words in a text must
 * have said one of these effects, or the answer is not believed. */
static const struct {
    uint32_t floor, effects;
} floors[] = {
    {SL_FLOOR_WRITE, SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE},
    {SL_FLOOR_DDL, SL_EFFECT_DDL | SL_EFFECT_PRIVILEGE},
    {SL_FLOOR_COPY, SL_EFFECT_EXPORT | SL_EFFECT_IMPORT | SL_EFFECT_PROGRAM},
    {SL_FLOOR_CALL, SL_EFFECT_CALL},
    {SL_FLOOR_DO, SL_EFFECT_CALL | SL_EFFECT_PROGRAM},
    {SL_FLOOR_PRIVILEGE, SL_EFFECT_PRIVILEGE},
    {SL_FLOOR_EXECUTE | SL_FLOOR_SET | SL_FLOOR_LOCK | SL_FLOOR_ADMIN | SL_FLOOR_NOTIFY |
         SL_FLOOR_UNKNOWN,
     SL_EFFECT_ALL & ~SL_EFFECT_READ},
};

static bool is_below_floor(const struct meaning *m, uint32_t floor)
{
    if ((m->m.effects & SL_EFFECT_OPAQUE) != 0)
        return false;
    for (size_t i = 0; i < SL_COUNT(floors); i++)
        if ((floor & floors[i].floor) != 0 && (m->m.effects & floors[i].effects) == 0)
            return true;
    return false;
}

/* EXECUTE runs a text that was prepared before: the floor of each that it could mean counts too. */
static uint32_t floor_of_prepared(const struct sl_map *texts, struct sl_span text)
{
    enum { STEPS_MAX = 4 * 1024 * 1024 };
    struct sl_span name;
    void *value;
    size_t at = 0;
    uint32_t floor = 0;

    if (texts != NULL && sl_map_count(texts) * (text.n + 1) > STEPS_MAX)
        return SL_FLOOR_ALL; /* too much to look through: then nobody is believed */

    while (texts != NULL && sl_map_next(texts, &at, &name, &value))
        for (size_t i = 0; i + name.n <= text.n; i++)
            if (sl_span_eq_nocase(sl_span(text.p + i, name.n), name)) {
                floor |= sl_floor_of(*(struct sl_span *)value);
                break;
            }
    return floor;
}

static uint32_t whole_floor(const struct session *s, struct sl_span text, uint32_t own)
{
    if ((own & SL_FLOOR_EXECUTE) == 0)
        return own;
    return own | floor_of_prepared(s->sql_prepared, text);
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
    bool has_shape = sl_shape_of(text, &seed, &shape) == SL_OK;
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
    uint32_t floor = whole_floor(s, text, has_shape ? shape.floor : sl_floor_of(text));
    if (is_below_floor(s->meaning, floor)) {
        sl_log(SL_LOG_WARN, "judge_below_floor", SL_NUM("session", s->id));
        meaning_unref(s->meaning);
        s->meaning = opaque("the judge saw less in this text than its own words say");
        if (s->meaning == NULL)
            return TAKE_DEAD;
    } else {
        remember(s, has_shape ? &shape : NULL, text);
    }
    *out = s->meaning;
    s->meaning = NULL;
    return TAKE_DONE;
}

enum take action_judge(struct session *s, struct sl_span text, struct meaning *known,
                       struct judged *out)
{
    struct judged j = {0};
    enum take t = settle(s);

    if (t != TAKE_DONE)
        return t;
    if (take_kept(s, out))
        return TAKE_DONE;
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
                changing_note(s, &j.meaning->m); /* if it runs: what is opaque names nothing */
            meaning_unref(j.meaning);
            j.meaning = opaque(why);
        }
    } else if (known != NULL) {
        j.meaning = meaning_ref(known);
    } else {
        t = find_meaning(s, text, &j.meaning);
        if (t != TAKE_DONE)
            return t;
    }
    if (j.meaning != NULL && reverts_within(s, &j.meaning->m)) {
        meaning_unref(j.meaning);
        j.meaning = opaque("the session's settings change in the middle of this message");
    }
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

enum take action_opaque(struct session *s, struct judged *j, const char *why)
{
    struct judged fresh = {.meaning = opaque(why)};

    if (fresh.meaning != NULL)
        fresh.verdict = verdict_of(s->gate, s, fresh.meaning);
    judged_done(j);
    *j = fresh;
    if (fresh.verdict != NULL)
        return TAKE_DONE;
    session_kill(s, "out of memory");
    return TAKE_DEAD;
}

/* --- the simple protocol --- */

static void refuse_by_policy(struct session *s, const struct judged *j, struct sl_span text)
{
    SL_BUF(message, 2048);
    SL_BUF(detail, 2048);
    SL_BUF(hint, 1024);

    record_refusal(s, j, text, NULL);
    refuse_denied(s, j, &message, &detail, &hint);
    struct refusal r = {"42501", sl_buf_text(&message), sl_buf_text(&detail), sl_buf_text(&hint)};
    refuse_simple(s, &r);
}

static uint16_t item_flags_of(struct session *s, const struct judged *j)
{
    const struct sl_meaning *m = &j->meaning->m;
    const uint32_t unsure = SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM;
    uint16_t flags = 0;

    if (j->verdict->labelled_read)
        flags |= ITEM_LABELLED;
    if ((m->flags & SL_MEANING_COPY_IN) != 0)
        flags |= ITEM_COPY_IN;
    if ((m->flags & SL_MEANING_CONTEXT) != 0 || (m->effects & unsure) != 0)
        flags |= ITEM_CONTEXT;
    if ((m->flags & ENDS_TX) != 0)
        flags |= ITEM_ENDS_TX;
    bool ends_tx = (m->flags & (SL_MEANING_TX_COMMIT | SL_MEANING_TX_ROLLBACK)) != 0;
    bool ddl =
        (m->effects & (unsure | SL_EFFECT_DDL)) != 0 && (m->flags & SL_MEANING_DDL_NEUTRAL) == 0;
    if (ddl && !s->temp_objects) {
        s->temp_objects = true;
        s->context ^= 1; /* another context: what was cached without them does not hold */
    }
    if ((ddl && s->tx != 'T') || (s->ddl_in_tx && ends_tx))
        flags |= ITEM_ENDS_DDL;
    if (ddl)
        flags |= ITEM_DDL;
    return flags;
}

void ddl_begins(struct session *s)
{
    if (s->target->ddl_under_way++ == 0)
        s->target->ddl_since_ms = sl_loop_now_ms(s->gate->loop);
}

void item_sent(struct session *s, struct item *item)
{
    if ((item->flags & ITEM_ENDS_TX) != 0 && s->context_touched)
        item->flags |= ITEM_CONTEXT;
    if ((item->flags & ITEM_CONTEXT) != 0)
        s->context_touched = s->context_unknown = true;
    if ((item->flags & ITEM_ENDS_DDL) != 0)
        ddl_begins(s);
    /* A transaction may have been begun by what is under way. */
    if ((item->flags & ITEM_DDL) != 0 && (s->tx == 'T' || s->unsynced || s->item_count > 1))
        s->ddl_in_tx = s->opaque_since_ddl = true;
}

void item_fill(struct session *s, struct item *item, const struct judged *j, uint64_t action)
{
    item->flags = item_flags_of(s, j);
    item->action = action;
}

static enum take send_query(struct session *s, const struct judged *j,
                            const struct held_bytes *what, struct sl_span whole)
{
    struct sl_span text = what->text;
    struct meter *meter;
    uint64_t action;
    enum take t = record_intent(s, j, text, 0, NULL, &action);

    if (t != TAKE_DONE)
        return t;
    bool metered = meter_make(s, j, action, what, &meter);
    hold_free(s);
    struct item *item = item_push(s, ITEM_QUERY);
    item_fill(s, item, j, action);
    item->meter = meter;
    if (!metered)
        session_kill(s, "out of memory");
    item_sent(s, item);
    changing_note(s, &j->meaning->m);
    s->segment++;
    s->unsynced = false;
    extended_forget(s, &j->meaning->m);
    if (names_are_made(&j->meaning->m))
        item->prepared = names_ticket(s, text, j->meaning);
    client_forward(s, whole);
    if ((item->flags & ITEM_COPY_IN) != 0) {
        s->wait = WAIT_COPY;
        client_flush(s);
    }
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take by_verdict(struct session *s, const struct judged *j, struct held_bytes *what,
                            struct sl_span whole)
{
    enum sl_verdict enforced = j->verdict->answer.enforced;

    if (enforced != SL_HOLD)
        hold_moot(s);
    if (enforced == SL_DENY) {
        refuse_by_policy(s, j, what->text);
        return s->dead ? TAKE_DEAD : TAKE_DONE;
    }
    if (enforced == SL_HOLD) {
        enum take t = hold_take(s, j, what);
        if (t != TAKE_DONE || !hold_is_granted(s))
            return t; /* waits, or was refused and has been told so */
    }
    return send_query(s, j, what, whole);
}

/* What policy allows may still be more than a budget has left. */
static enum take by_budget(struct session *s, const struct judged *j, struct sl_span text,
                           struct sl_span whole)
{
    struct held_bytes what = {.text = text};
    struct judged over = {0};

    if (j->verdict->answer.verdict == SL_ALLOW && !s->target->config->observe) {
        enum take t = budget_take(s, j, &over, &what.over);
        if (t != TAKE_DONE)
            return t;
    }
    enum take t = by_verdict(s, over.verdict != NULL ? &over : j, &what, whole);
    judged_done(&over);
    return t;
}

enum take query_take(struct session *s, struct sl_span body, struct sl_span whole)
{
    struct sl_span text;
    struct judged j;
    bool was_ours = false;

    if (sl_pg_query_get(body, &text) != SL_OK) {
        session_fatal(s, "08P01", "a Query message without a proper end", NULL);
        return TAKE_DEAD;
    }
    if (s->unsynced &&
        s->item_count > 0) /* if any of it fails, the server skips this message too */
        return wait_for_answers(s);
    enum take t = settings_take(s, text, whole, &was_ours);
    if (was_ours)
        return t;
    t = action_judge(s, text, NULL, &j);
    if (t != TAKE_DONE)
        return t;
    t = changing_wait(s, &j);
    if (t == TAKE_DONE)
        t = by_budget(s, &j, text, whole);
    if (t == TAKE_WAIT)
        judged_keep(s, &j);
    judged_done(&j);
    return t;
}
