/* Did what ran with an envelope stay within it? (docs/envelopes.md) */
#include "core/ledger/audit_int.h"

#include "base/encode.h"

static uint64_t bound(const json_t *bounds, const char *name)
{
    uint64_t n = 0;

    return sl_json_u64(bounds, name, &n) ? n : 0;
}

/* What the leaf tells of the document: all but the verdict is the same for each use. */
static struct sl_span facts_of(struct sl_audit *a, const json_t *leaf)
{
    json_t *facts = json_copy(json_object_get(leaf, "facts"));
    SL_BUF(text, SL_ENTRY_MAX);

    json_object_del(facts, "verdict");
    if (facts != NULL && sl_json_canonical(&text, facts) != SL_OK)
        a->err = SL_EMEMORY;
    json_decref(facts);
    return sl_audit_copy(a, sl_buf_span(&text));
}

static bool is_only(const json_t *list, const char *word)
{
    return json_array_size(list) == 1 &&
           sl_span_is(sl_span_str(json_string_value(json_array_get(list, 0))), word);
}

/* What of docs/envelopes.md a leaf shows. */
static void check_asked(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                        const json_t *leaf)
{
    const json_t *facts = json_object_get(leaf, "facts");

    if (p->run.n == 0)
        SL_FOUND(a, "this envelope is for no run");
    if (p->template.n == 0)
        SL_FOUND(a, "what envelope %S is a template of is not in the ledger", id);
    if (!sl_span_is(sl_json_str(leaf, "protocol"), "postgres") || p->list > 0 ||
        !is_only(json_object_get(facts, "statements"), "select") ||
        !is_only(json_object_get(facts, "effects"), "read"))
        SL_FOUND(a, "envelope %S is for more than one SELECT that reads", id);
}

void sl_audit_envelope_asked(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                             const json_t *leaf)
{
    const json_t *bounds = json_object_get(leaf, "envelope");

    if (bounds == NULL)
        return;
    p->envelope = (struct sl_envelope){.times = bound(bounds, "times"),
                                       .rows = bound(bounds, "rows"),
                                       .for_s = bound(bounds, "for_s")};
    p->run = sl_audit_copy(a, sl_json_str(json_object_get(leaf, "facts"), "run"));
    p->facts = facts_of(a, leaf);
    if (json_object_get(leaf, "text_digest") == NULL)
        p->template = sl_audit_copy(a, sl_json_str(leaf, "text"));
    if (!sl_envelope_is_bounded(&p->envelope)) {
        SL_FOUND(a, "this envelope has no bounds, or such as none may have");
        p->envelope.times = 1;
    }
    check_asked(a, p, id, leaf);
    p->uses = sl_audit_alloc(a, p->envelope.times * sizeof *p->uses);
}

struct sl_audit_use *sl_audit_use_of(const struct sl_audit_approval *p, uint64_t session,
                                     uint64_t action)
{
    for (uint64_t i = 0; i < p->use_count; i++)
        if (p->uses[i].session == session && p->uses[i].action == action)
            return &p->uses[i];
    return NULL;
}

static void check_session(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                          uint64_t session)
{
    const struct sl_audit_session *s = sl_map_get(a->sessions, sl_map_u64(&session));

    if (s == NULL)
        SL_FOUND(a, "envelope %S is used in session %U, which never began", id, session);
    else if (!sl_span_eq(s->identity, p->identity) || !sl_span_eq(s->target, p->target))
        SL_FOUND(a, "envelope %S of '%S' on '%S' is used by '%S' on '%S'", id, p->identity,
                 p->target, s->identity, s->target);
}

void sl_audit_envelope_use(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                           const json_t *leaf)
{
    struct sl_audit_use use = {sl_audit_u64(a, leaf, "session"), sl_audit_u64(a, leaf, "action"),
                               false};
    uint64_t number = sl_audit_u64(a, leaf, "nth");
    bool last = sl_span_is(sl_json_str(leaf, "event"), "spent");

    if (p->envelope.times == 0) {
        SL_FOUND(a, "approval %S is used several times, but is no envelope", id);
        return;
    }
    if (!last && p->state != SL_APPROVAL_APPROVED)
        SL_FOUND(a, "envelope %S is used, but it was %s", id, sl_approval_state_name(p->state));
    if (!last && p->spend_by_us != 0 && a->time_us > p->spend_by_us)
        SL_FOUND(a, "envelope %S is used after its time", id);
    if (p->went_unknown)
        SL_FOUND(a, "envelope %S is used after what became of a use was not known", id);
    if (number != p->use_count + 1 || number > p->envelope.times ||
        last != (number == p->envelope.times))
        SL_FOUND(a, "envelope %S is used for the %Uth time, but was %U of %U times before", id,
                 number, p->use_count, p->envelope.times);
    check_session(a, p, id, use.session);
    if (sl_audit_use_of(p, use.session, use.action) != NULL)
        SL_FOUND(a, "envelope %S is used twice for one action", id);
    else if (p->use_count < p->envelope.times && p->uses != NULL)
        p->uses[p->use_count++] = use;
}

static bool has_flag(const json_t *leaf, const char *name)
{
    const json_t *flags = json_object_get(leaf, "flags");

    for (size_t i = 0; i < json_array_size(flags); i++)
        if (sl_span_is(sl_span_str(json_string_value(json_array_get(flags, i))), name))
            return true;
    return false;
}

/* No text that has a template is too long for a leaf: core/action/envelope.h. */
static enum sl_err text_of(const json_t *leaf, struct sl_buf *out)
{
    struct sl_span plain = sl_json_str(leaf, "text"), encoded = sl_json_str(leaf, "text_base64");

    if (json_object_get(leaf, "text_digest") != NULL || plain.n + encoded.n == 0)
        return SL_ENOTFOUND;
    if (plain.n == 0)
        return sl_base64_get(out, encoded);
    sl_buf_put(out, plain);
    return sl_buf_err(out);
}

/* Its literals may be left out (`record: shape`): then what is left is that of the template. */
static bool is_of_template(const struct sl_audit_approval *p, const json_t *leaf)
{
    SL_BUF(text, SL_ENTRY_MAX);
    SL_BUF(made, 2 * SL_ENTRY_MAX);

    if (text_of(leaf, &text) != SL_OK)
        return false;
    if (has_flag(leaf, "shape"))
        return sl_envelope_put_shape(&made, p->template) == SL_OK &&
               sl_span_eq(sl_buf_span(&made), sl_buf_span(&text));
    return sl_envelope_put_template(&made, sl_buf_span(&text)) == SL_OK &&
           sl_span_eq(sl_buf_span(&made), p->template);
}

static void check_facts(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                        const json_t *leaf)
{
    if (!sl_span_eq(sl_json_str(json_object_get(leaf, "facts"), "run"), p->run))
        SL_FOUND(a, "envelope %S is for run '%S', but something else ran with it", id, p->run);
    else if (!sl_span_eq(facts_of(a, leaf), p->facts))
        SL_FOUND(a, "what ran with envelope %S does something else than what was approved", id);
}

void sl_audit_envelope_ran(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                           const json_t *leaf)
{
    uint64_t session = sl_audit_u64(a, leaf, "session"), action = sl_audit_u64(a, leaf, "action");
    struct sl_audit_use *use = sl_audit_use_of(p, session, action);

    if (use == NULL)
        SL_FOUND(a, "action %U of session %U ran with envelope %S, but no use was spent for it",
                 action, session, id);
    else if (use->ran)
        SL_FOUND(a, "one use of envelope %S ran twice", id);
    else
        use->ran = true;
    check_facts(a, p, id, leaf);
    if (p->template.n > 0 && !is_of_template(p, leaf))
        SL_FOUND(a, "what ran with envelope %S is not of its template", id);
    sl_audit_envelope_ended(a, p, id, leaf);
}

void sl_audit_envelope_ended(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                             const json_t *leaf)
{
    sl_audit_rows_of_use(a, p, id, leaf);
    if (sl_span_is(sl_json_str(leaf, "outcome"), "unknown"))
        p->went_unknown = true;
}
