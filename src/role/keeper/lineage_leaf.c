/* Leaves in JSON: each one of a replay, and the rare ones of a living keeper. */
#include "role/keeper/lineage_int.h"

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

static struct lineage_story *story_of(struct lineage *l, const json_t *object)
{
    const json_t *facts = json_object_get(object, "facts");
    SL_BUF(text, SL_ENTRY_MAX);

    if (facts == NULL || sl_json_canonical(&text, facts) != SL_OK)
        return NULL;
    return lineage_story(l, sl_buf_span(&text));
}

static void happened(struct lineage *l, uint8_t outcome, const struct happened *h)
{
    if (h->story != NULL)
        lineage_happened(l, outcome, h);
    lineage_story_unref(h->story);
}

/* --- kinds --- */

static const struct doer *doer_of(struct lineage *l, const json_t *who)
{
    struct seat *s = lineage_seat(l, number(who, "session"), NULL);

    if (s != NULL)
        return s->who;
    return lineage_doer(l, sl_json_str(who, "identity"), sl_json_str(who, "owner"),
                        sl_json_str(who, "target"));
}

/* When it went out: in full, or counted from the entry's `at`. */
static uint64_t started(const json_t *item, uint64_t base_us)
{
    uint64_t at_us = time_of(item, "started");

    return at_us > 0 ? at_us : base_us + number(item, "started_us");
}

static void batch(struct lineage *l, const json_t *leaf)
{
    const json_t *items = json_object_get(leaf, "actions"),
                 *sessions = json_object_get(leaf, "sessions"),
                 *statements = json_object_get(leaf, "statements");
    uint64_t base_us = time_of(leaf, "at");

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i),
                     *who = json_array_get(sessions, number(item, "by")),
                     *statement = json_array_get(statements, number(item, "statement"));
        happened(l, outcome_of(item),
                 &(struct happened){.story = story_of(l, statement),
                                    .who = doer_of(l, who),
                                    .session = number(who, "session"),
                                    .action = number(item, "action"),
                                    .at_us = started(item, base_us),
                                    .rows = number(item, "rows"),
                                    .bytes = number(item, "bytes"),
                                    .flags = flags_of(statement),
                                    .text = sl_json_str(item, "text").n > 0
                                                ? sl_json_str(item, "text")
                                                : sl_json_str(statement, "text")});
    }
}

static void join(struct sl_buf *out, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        sl_buf_put_str(out, i == 0 ? "" : ", ");
        sl_buf_put_str(out, json_string_value(json_array_get(list, i)));
    }
}

/* One that was held and did not run is told by its approval. */
static void one(struct lineage *l, const json_t *leaf)
{
    uint64_t at_us = time_of(leaf, "started");
    uint8_t outcome = outcome_of(leaf);
    SL_BUF(approvers, 8192);

    if (outcome == SL_OUTCOME_REFUSED && sl_json_str(leaf, "approval").n > 0)
        return;
    join(&approvers, json_object_get(leaf, "approvers"));
    happened(l, outcome,
             &(struct happened){.story = story_of(l, leaf),
                                .who = doer_of(l, leaf),
                                .session = number(leaf, "session"),
                                .action = number(leaf, "action"),
                                .at_us = at_us > 0 ? at_us : time_of(leaf, "asked"),
                                .rows = number(leaf, "rows"),
                                .bytes = number(leaf, "bytes"),
                                .flags = flags_of(leaf),
                                .approval = sl_json_str(leaf, "approval"),
                                .approvers = sl_buf_span(&approvers),
                                .why = sl_json_str(leaf, "why"),
                                .text = sl_json_str(leaf, "text")});
}

static void outcome(struct lineage *l, const json_t *leaf)
{
    lineage_outcome(l, &(struct sl_entry_outcome){.session = number(leaf, "session"),
                                                  .action = number(leaf, "action"),
                                                  .rows = number(leaf, "rows"),
                                                  .bytes = number(leaf, "bytes"),
                                                  .outcome = outcome_of(leaf)});
}

static void txn(struct lineage *l, const json_t *leaf)
{
    struct sl_span outcome_text = sl_json_str(leaf, "outcome");
    uint8_t outcome_number = sl_span_is(outcome_text, "committed")     ? 1
                             : sl_span_is(outcome_text, "rolled_back") ? 2
                                                                       : 4;

    lineage_ended(l, &(struct sl_entry_txn){.session = number(leaf, "session"),
                                            .first_action = number(leaf, "first_action"),
                                            .last_action = number(leaf, "last_action"),
                                            .outcome = outcome_number});
}

static void session(struct lineage *l, const json_t *leaf)
{
    uint64_t id = number(leaf, "session");

    if (sl_span_is(sl_json_str(leaf, "event"), "close"))
        lineage_seat_left(l, id);
    else
        (void)lineage_seat(l, id,
                           lineage_doer(l, sl_json_str(leaf, "identity"),
                                        sl_json_str(leaf, "owner"), sl_json_str(leaf, "target")));
}

/* --- approvals --- */

static void asked(struct lineage *l, const json_t *leaf)
{
    const json_t *facts = json_object_get(leaf, "facts");
    SL_BUF(text, SL_ENTRY_MAX);

    if (facts == NULL || sl_json_canonical(&text, facts) != SL_OK)
        return;
    db_run(l->db, DB_ASKED_ADD, "ssssssiii", sl_json_str(leaf, "approval"),
           sl_json_str(leaf, "identity"), sl_json_str(leaf, "owner"), sl_json_str(leaf, "target"),
           sl_json_str(leaf, "protocol"), sl_buf_span(&text), number(leaf, "session"),
           number(leaf, "action"), time_of(leaf, "time"));
}

/* What was asked did not come to run: it stands as an attempt, with who ended it. */
static void attempted(struct lineage *l, const json_t *leaf, enum lineage_standing standing)
{
    struct sl_span id = sl_json_str(leaf, "approval");
    struct db_rows rows = db_ask(l->db, DB_ASKED_GET, "s", id);

    if (!db_row(&rows))
        return;
    struct happened h = {.who = lineage_doer(l, db_span(&rows, 0), db_span(&rows, 1),
                                             db_span(&rows, 2)),
                         .story = lineage_story(l, db_span(&rows, 4)),
                         .session = db_u64(&rows, 5),
                         .action = db_u64(&rows, 6),
                         .at_us = db_u64(&rows, 7),
                         .approval = id,
                         .approvers = sl_json_str(leaf, "approver"),
                         .why = sl_json_str(leaf, "reason")};
    bool external = sl_span_is(db_span(&rows, 3), "external");
    db_end(&rows);
    db_run(l->db, DB_ASKED_REMOVE, "s", id);
    bool ran = standing == LINEAGE_COMMITTED; /* spent: its own leaf tells the rest */
    if (h.story != NULL && h.who != NULL && h.story->told.touch_count > 0 && (!ran || external))
        lineage_count(l, ran ? LINEAGE_UNKNOWN : standing, &h);
    lineage_story_unref(h.story);
}

static void approval(struct lineage *l, const json_t *leaf)
{
    static const struct {
        const char *event;
        enum lineage_standing standing;
    } ends[] = {{"denied", LINEAGE_DENIED},       {"expired", LINEAGE_EXPIRED},
                {"cancelled", LINEAGE_CANCELLED}, {"revoked", LINEAGE_REVOKED},
                {"lapsed", LINEAGE_LAPSED},       {"spent", LINEAGE_COMMITTED}};
    struct sl_span event = sl_json_str(leaf, "event");

    if (sl_span_is(event, "asked"))
        asked(l, leaf);
    for (size_t i = 0; i < SL_COUNT(ends); i++)
        if (sl_span_is(event, ends[i].event))
            attempted(l, leaf, ends[i].standing);
}

void lineage_leaf(struct lineage *l, struct sl_span leaf)
{
    static const struct {
        const char *kind;
        void (*tell)(struct lineage *l, const json_t *leaf);
    } kinds[] = {{"actions", batch}, {"action", one},      {"outcome", outcome},
                 {"txn", txn},       {"session", session}, {"approval", approval}};
    json_t *value = NULL;

    if (sl_json_read(leaf, &value, NULL) != SL_OK)
        return;
    struct sl_span kind = sl_json_str(value, "kind");
    for (size_t i = 0; i < SL_COUNT(kinds); i++)
        if (sl_span_is(kind, kinds[i].kind))
            kinds[i].tell(l, value);
    json_decref(value);
}
