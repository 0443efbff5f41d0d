/* Did what ran with an envelope stay within it? (docs/envelopes.md) */
#include "core/ledger/audit_int.h"

static uint64_t bound(const json_t *bounds, const char *name)
{
    uint64_t n = 0;

    return sl_json_u64(bounds, name, &n) ? n : 0;
}

void sl_audit_envelope_asked(struct sl_audit *a, struct sl_audit_approval *p, const json_t *leaf)
{
    const json_t *bounds = json_object_get(leaf, "envelope");

    if (bounds == NULL)
        return;
    p->envelope = (struct sl_envelope){.times = bound(bounds, "times"),
                                       .rows = bound(bounds, "rows"),
                                       .for_s = bound(bounds, "for_s")};
    p->run = sl_audit_copy(a, sl_json_str(json_object_get(leaf, "facts"), "run"));
    p->template = sl_audit_copy(a, sl_json_str(leaf, "text"));
    if (!sl_envelope_is_bounded(&p->envelope)) {
        SL_FOUND(a, "this envelope has no bounds, or such as none may have");
        p->envelope.times = 1;
    }
    if (p->run.n == 0)
        SL_FOUND(a, "this envelope is for no run");
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

static void check_rows(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                       const json_t *leaf)
{
    uint64_t rows = 0;

    if (sl_json_u64(leaf, "rows", &rows) && rows > p->envelope.rows &&
        p->state == SL_APPROVAL_APPROVED)
        SL_FOUND(a, "a use of envelope %S gave %U rows, more than %U, and did not end it", id, rows,
                 p->envelope.rows);
}

/* Not where the ledger has a digest or a shape alone. */
static bool is_text(const json_t *leaf)
{
    const json_t *flags = json_object_get(leaf, "flags");

    for (size_t i = 0; i < json_array_size(flags); i++) {
        const char *flag = json_string_value(json_array_get(flags, i));
        if (flag != NULL && strcmp(flag, "shape") == 0)
            return false;
    }
    return json_object_get(leaf, "text") != NULL && json_object_get(leaf, "text_digest") == NULL;
}

static void check_text(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                       const json_t *leaf)
{
    SL_BUF(template, SL_ENVELOPE_MAX_TEMPLATE);

    if (p->template.n == 0 || !is_text(leaf))
        return;
    if (sl_envelope_put_template(&template, sl_json_str(leaf, "text")) != SL_OK ||
        !sl_span_eq(sl_buf_span(&template), p->template))
        SL_FOUND(a, "what ran with envelope %S is not of its template", id);
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
    if (!sl_span_eq(sl_json_str(json_object_get(leaf, "facts"), "run"), p->run))
        SL_FOUND(a, "envelope %S is for run '%S', but something else ran with it", id, p->run);
    check_text(a, p, id, leaf);
    sl_audit_envelope_ended(a, p, id, leaf);
}

void sl_audit_envelope_ended(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                             const json_t *leaf)
{
    check_rows(a, p, id, leaf);
    if (sl_span_is(sl_json_str(leaf, "outcome"), "unknown"))
        p->went_unknown = true;
}
