#include "role/keeper/leaf.h"

#include "base/when.h"
#include "core/ledger/journal.h"

static uint64_t number(const json_t *object, const char *member)
{
    uint64_t value = 0;

    return sl_json_u64(object, member, &value) ? value : 0;
}

static uint64_t time_of(const json_t *object, const char *member)
{
    struct sl_span text = sl_json_str(object, member);
    uint64_t at_us = 0;

    return text.n > 0 && sl_when_get(text, &at_us) == SL_OK ? at_us : 0;
}

static bool has(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text != NULL && strcmp(text, word) == 0)
            return true;
    }
    return false;
}

static uint32_t flags_of(const json_t *object)
{
    const json_t *flags = json_object_get(object, "flags");

    return (has(flags, "in_transaction") ? (uint32_t)SL_INTENT_IN_TX : 0) |
           (has(flags, "observed") ? (uint32_t)SL_INTENT_OBSERVED : 0);
}

static uint8_t outcome_of(const json_t *object)
{
    static const char *const names[] = {[SL_OUTCOME_OK] = "ok",
                                        [SL_OUTCOME_FAILED] = "failed",
                                        [SL_OUTCOME_REFUSED] = "refused",
                                        [SL_OUTCOME_UNKNOWN] = "unknown"};
    struct sl_span text = sl_json_str(object, "outcome");

    for (uint8_t i = SL_OUTCOME_OK; i < SL_COUNT(names); i++)
        if (sl_span_is(text, names[i]))
            return i;
    return 0;
}

static struct sl_span facts_of(const json_t *object, struct sl_buf *text)
{
    const json_t *facts = json_object_get(object, "facts");

    if (facts == NULL || sl_json_canonical(text, facts) != SL_OK)
        return (struct sl_span){0};
    return sl_buf_span(text);
}

/* When it went out: in full, or counted from the entry's `at`. */
static uint64_t started(const json_t *item, uint64_t base_us)
{
    uint64_t at_us = time_of(item, "started");

    return at_us > 0 ? at_us : base_us + number(item, "started_us");
}

static void take_who(const json_t *who, struct leaf_action *a)
{
    a->session = number(who, "session");
    a->identity = sl_json_str(who, "identity");
    a->owner = sl_json_str(who, "owner");
    a->target = sl_json_str(who, "target");
}

static void take_numbers(const json_t *item, struct leaf_action *a)
{
    a->action = number(item, "action");
    a->rows = number(item, "rows");
    a->bytes = number(item, "bytes");
    a->outcome = outcome_of(item);
}

/* --- kinds --- */

static void item(const json_t *item, const json_t *who, const json_t *statement, uint64_t base_us,
                 const struct leaf_listener *to, void *self)
{
    SL_BUF(facts, SL_ENTRY_MAX);
    struct leaf_action a = {.facts = facts_of(statement, &facts),
                            .at_us = started(item, base_us),
                            .flags = flags_of(statement),
                            .text = sl_json_str(item, "text")};

    take_who(who, &a);
    take_numbers(item, &a);
    if (a.text.n == 0)
        a.text = sl_json_str(statement, "text");
    to->action(self, &a);
}

static void batch(const json_t *leaf, const struct leaf_listener *to, void *self)
{
    const json_t *items = json_object_get(leaf, "actions"),
                 *sessions = json_object_get(leaf, "sessions"),
                 *statements = json_object_get(leaf, "statements");

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *one = json_array_get(items, i);
        item(one, json_array_get(sessions, number(one, "by")),
             json_array_get(statements, number(one, "statement")), time_of(leaf, "at"), to, self);
    }
}

static void join(struct sl_buf *out, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        sl_buf_put_str(out, i == 0 ? "" : ", ");
        sl_buf_put_str(out, json_string_value(json_array_get(list, i)));
    }
}

static void action(const json_t *leaf, const struct leaf_listener *to, void *self)
{
    SL_BUF(facts, SL_ENTRY_MAX);
    SL_BUF(approvers, 8192);
    struct leaf_action a = {.facts = facts_of(leaf, &facts),
                            .at_us = time_of(leaf, "started"),
                            .flags = flags_of(leaf),
                            .approval = sl_json_str(leaf, "approval"),
                            .why = sl_json_str(leaf, "why"),
                            .text = sl_json_str(leaf, "text")};

    take_who(leaf, &a);
    take_numbers(leaf, &a);
    if (a.at_us == 0)
        a.at_us = time_of(leaf, "asked");
    join(&approvers, json_object_get(leaf, "approvers"));
    a.approvers = sl_buf_span(&approvers);
    to->action(self, &a);
}

static void outcome(const json_t *leaf, const struct leaf_listener *to, void *self)
{
    to->outcome(self, &(struct sl_entry_outcome){.session = number(leaf, "session"),
                                                 .action = number(leaf, "action"),
                                                 .rows = number(leaf, "rows"),
                                                 .bytes = number(leaf, "bytes"),
                                                 .outcome = outcome_of(leaf)});
}

static void txn(const json_t *leaf, const struct leaf_listener *to, void *self)
{
    struct sl_span text = sl_json_str(leaf, "outcome");
    uint8_t ended = sl_span_is(text, "committed") ? 1 : sl_span_is(text, "rolled_back") ? 2 : 4;

    to->txn(self, &(struct sl_entry_txn){.session = number(leaf, "session"),
                                         .first_action = number(leaf, "first_action"),
                                         .last_action = number(leaf, "last_action"),
                                         .outcome = ended});
}

static void session(const json_t *leaf, const struct leaf_listener *to, void *self)
{
    struct leaf_action a = {0};

    take_who(leaf, &a);
    to->session(self, &a, !sl_span_is(sl_json_str(leaf, "event"), "close"));
}

static void approval(const json_t *leaf, const struct leaf_listener *to, void *self)
{
    SL_BUF(facts, SL_ENTRY_MAX);
    struct leaf_action a = {.facts = facts_of(leaf, &facts),
                            .action = number(leaf, "action"),
                            .at_us = time_of(leaf, "time"),
                            .approval = sl_json_str(leaf, "approval")};

    take_who(leaf, &a);
    to->approval(self, &a, leaf);
}

static void sign_in_failure(const json_t *leaf, const struct leaf_listener *to, void *self)
{
    if (to->sign_in_failure != NULL)
        to->sign_in_failure(self, number(leaf, "count"));
}

void leaf_read(struct sl_span leaf, const struct leaf_listener *to, void *self)
{
    static const struct {
        const char *kind;
        void (*tell)(const json_t *leaf, const struct leaf_listener *to, void *self);
    } kinds[] = {{"actions", batch},
                 {"action", action},
                 {"outcome", outcome},
                 {"txn", txn},
                 {"session", session},
                 {"approval", approval},
                 {"sign_in_failure", sign_in_failure}};
    json_t *value = NULL;

    if (sl_json_read(leaf, &value, NULL) != SL_OK)
        return;
    struct sl_span kind = sl_json_str(value, "kind");
    for (size_t i = 0; i < SL_COUNT(kinds); i++)
        if (sl_span_is(kind, kinds[i].kind))
            kinds[i].tell(value, to, self);
    json_decref(value);
}
