/* Did no more rows pass than people let pass? A statement that stops at a bound goes on with an
 * approval of its own, which names it and has a bound too. */
#include "core/ledger/audit_int.h"

struct name {
    uint64_t session, action;
};

static struct sl_span key_of(const struct name *n)
{
    return sl_span(n, sizeof *n);
}

static uint64_t number(const json_t *leaf, const char *key)
{
    uint64_t n = 0;

    return sl_json_u64(leaf, key, &n) ? n : 0;
}

/* Of what is changed the server counts every row; how many of them were returned is not said. */
static bool only_reads(const json_t *leaf)
{
    const json_t *effects = json_object_get(json_object_get(leaf, "facts"), "effects");
    size_t i;
    json_t *effect;

    json_array_foreach((json_t *)effects, i, effect)
    {
        struct sl_span name = sl_span_str(json_string_value(effect));

        if (!sl_span_is(name, "read") && !sl_span_is(name, "export"))
            return false;
    }
    return true;
}

void sl_audit_rows_asked(struct sl_audit *a, struct sl_audit_approval *p, struct sl_span id,
                         const json_t *leaf)
{
    p->continues = number(leaf, "continues");
    p->delivered = number(leaf, "delivered");
    p->cap = number(leaf, "cap");
    p->counted = only_reads(leaf);
    if (p->continues != 0 && (p->cap == 0 || p->envelope.times > 0 || p->list > 0))
        SL_FOUND(a, "approval %S lets a statement go on that runs, but is not asked as that", id);
}

/* Of several numbers the lowest counts, also when the yes that it came with does not any more. */
void sl_audit_rows_decided(struct sl_audit_approval *p, const json_t *leaf)
{
    uint64_t rows = number(leaf, "rows");

    if (rows > 0 && (p->given == 0 || rows < p->given))
        p->given = rows;
}

/* A number may raise what a yes without one lets pass, but not the bound of an envelope. */
static uint64_t most_of(const struct sl_audit_approval *p)
{
    uint64_t most = p->given > 0 ? p->given : p->cap;

    if (p->envelope.times > 0)
        return p->given > 0 && p->given < p->envelope.rows ? p->given : p->envelope.rows;
    return most > p->delivered ? most : p->delivered + 1;
}

void sl_audit_rows_spent(struct sl_audit *a, const struct sl_audit_approval *p, uint64_t session)
{
    struct name which = {session, p->continues};
    uint64_t *most = sl_map_get(a->went_on, key_of(&which));

    if (p->continues == 0 || !p->counted)
        return;
    if (most == NULL) {
        most = sl_audit_alloc(a, sizeof *most);
        sl_audit_put(a, a->went_on, key_of(&which), most);
    }
    if (most != NULL && most_of(p) > *most)
        *most = most_of(p);
}

/* Whatever let it run: it was stopped, so it was counted. */
void sl_audit_rows_ended(struct sl_audit *a, uint64_t session, uint64_t action, const json_t *item)
{
    struct name which = {session, action};
    const uint64_t *most = sl_map_get(a->went_on, key_of(&which));
    uint64_t rows = number(item, "rows");

    if (most != NULL && rows > *most)
        SL_FOUND(a, "action %U of session %U gave %U rows, but people let it go on to %U", action,
                 session, rows, *most);
}

void sl_audit_rows_of_use(struct sl_audit *a, const struct sl_audit_approval *p, struct sl_span id,
                          const json_t *leaf)
{
    struct name which = {number(leaf, "session"), number(leaf, "action")};
    uint64_t rows = number(leaf, "rows"), most = most_of(p);

    if (rows <= most)
        return;
    if (sl_map_get(a->went_on, key_of(&which)) == NULL)
        SL_FOUND(a, "a use of envelope %S gave %U rows, more than %U", id, rows, most);
    if (p->state == SL_APPROVAL_APPROVED)
        SL_FOUND(a, "a use of envelope %S gave %U rows, more than %U, and did not end it", id, rows,
                 most);
}
