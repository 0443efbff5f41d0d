/* Leaves in JSON: each one of a replay, and the rare ones of a living keeper. */
#include "role/keeper/usage_int.h"

#include "base/when.h"
#include "json/json.h"

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

static uint32_t flags_of(const json_t *object)
{
    const json_t *flags = json_object_get(object, "flags");

    for (size_t i = 0; i < json_array_size(flags); i++) {
        const char *flag = json_string_value(json_array_get(flags, i));
        if (flag != NULL && strcmp(flag, "in_transaction") == 0)
            return SL_INTENT_IN_TX;
    }
    return 0;
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

static struct usage_facts *facts_of(struct usage *u, const json_t *object)
{
    const json_t *facts = json_object_get(object, "facts");
    SL_BUF(text, SL_ENTRY_MAX);

    if (facts == NULL || sl_json_canonical(&text, facts) != SL_OK)
        return NULL;
    return usage_facts(u, sl_buf_span(&text));
}

static struct usage_who *who_of(struct usage *u, const json_t *who)
{
    struct seat *s = usage_seat(u, number(who, "session"), NULL);

    return s != NULL ? s->who
                     : usage_who(u, sl_json_str(who, "identity"), sl_json_str(who, "owner"),
                                 sl_json_str(who, "target"));
}

static void happened(struct usage *u, uint8_t outcome, const struct usage_event *e)
{
    usage_happened(u, outcome, e);
    usage_facts_unref(e->facts);
}

/* --- kinds --- */

/* When it went out: in full, or counted from the entry's `at`. */
static uint64_t started(const json_t *item, uint64_t base_us)
{
    uint64_t at_us = time_of(item, "started");

    return at_us > 0 ? at_us : base_us + number(item, "started_us");
}

static void batch(struct usage *u, const json_t *leaf)
{
    const json_t *items = json_object_get(leaf, "actions"),
                 *sessions = json_object_get(leaf, "sessions"),
                 *statements = json_object_get(leaf, "statements");
    uint64_t base_us = time_of(leaf, "at");

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i),
                     *who = json_array_get(sessions, number(item, "by")),
                     *statement = json_array_get(statements, number(item, "statement"));
        happened(u, outcome_of(item),
                 &(struct usage_event){.facts = facts_of(u, statement),
                                       .who = who_of(u, who),
                                       .session = number(who, "session"),
                                       .action = number(item, "action"),
                                       .at_us = started(item, base_us),
                                       .rows = number(item, "rows"),
                                       .bytes = number(item, "bytes"),
                                       .flags = flags_of(statement)});
    }
}

/* One with an approval was counted as a statement when it was asked. */
static void one(struct usage *u, const json_t *leaf)
{
    uint64_t at_us = time_of(leaf, "started");

    happened(u, outcome_of(leaf),
             &(struct usage_event){.facts = facts_of(u, leaf),
                                   .who = who_of(u, leaf),
                                   .session = number(leaf, "session"),
                                   .action = number(leaf, "action"),
                                   .at_us = at_us > 0 ? at_us : time_of(leaf, "asked"),
                                   .rows = number(leaf, "rows"),
                                   .bytes = number(leaf, "bytes"),
                                   .flags = flags_of(leaf),
                                   .counted = sl_json_str(leaf, "approval").n > 0});
}

static void asked(struct usage *u, const json_t *leaf)
{
    if (!sl_span_is(sl_json_str(leaf, "event"), "asked"))
        return;
    happened(u, SL_OUTCOME_REFUSED, /* nothing of it has moved */
             &(struct usage_event){.facts = facts_of(u, leaf),
                                   .who = who_of(u, leaf),
                                   .at_us = time_of(leaf, "time")});
}

static void outcome(struct usage *u, const json_t *leaf)
{
    usage_outcome(u, &(struct sl_entry_outcome){.session = number(leaf, "session"),
                                                .action = number(leaf, "action"),
                                                .rows = number(leaf, "rows"),
                                                .bytes = number(leaf, "bytes"),
                                                .outcome = outcome_of(leaf)});
}

static void txn(struct usage *u, const json_t *leaf)
{
    bool committed = sl_span_is(sl_json_str(leaf, "outcome"), "committed");

    usage_ended(u, &(struct sl_entry_txn){.session = number(leaf, "session"),
                                          .first_action = number(leaf, "first_action"),
                                          .last_action = number(leaf, "last_action"),
                                          .outcome = committed ? 1 : 2});
}

static void session(struct usage *u, const json_t *leaf)
{
    uint64_t id = number(leaf, "session");

    if (sl_span_is(sl_json_str(leaf, "event"), "close"))
        usage_seat_left(u, id);
    else
        (void)usage_seat(u, id,
                         usage_who(u, sl_json_str(leaf, "identity"), sl_json_str(leaf, "owner"),
                                   sl_json_str(leaf, "target")));
}

static void sign_in_failure(struct usage *u, const json_t *leaf)
{
    db_run(u->db, DB_COUNTER_MORE, "si", SL_SPAN("sign_in_failures"), number(leaf, "count"));
}

void usage_leaf(struct usage *u, struct sl_span leaf)
{
    static const struct {
        const char *kind;
        void (*tell)(struct usage *u, const json_t *leaf);
    } kinds[] = {{"actions", batch},
                 {"action", one},
                 {"outcome", outcome},
                 {"txn", txn},
                 {"session", session},
                 {"approval", asked},
                 {"sign_in_failure", sign_in_failure}};
    json_t *value = NULL;

    if (sl_json_read(leaf, &value, NULL) != SL_OK)
        return;
    struct sl_span kind = sl_json_str(value, "kind");
    for (size_t i = 0; i < SL_COUNT(kinds); i++)
        if (sl_span_is(kind, kinds[i].kind))
            kinds[i].tell(u, value);
    json_decref(value);
}
