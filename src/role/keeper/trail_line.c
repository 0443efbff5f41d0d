/* A line of the ledger as people and programs are told of it: what the entry says, in one flat
 * object, whatever its kind. The entry itself is one request away, and proves it. */
#include "role/keeper/trail.h"

#include "base/utf8.h"
#include "base/when.h"

enum { TEXT_BYTES = 500 };

static void put(json_t *out, const char *key, struct sl_span value)
{
    if (value.n > 0)
        json_object_set_new(out, key, json_stringn((const char *)value.p, value.n));
}

static void copy(json_t *out, const json_t *from, const char *member)
{
    json_t *value = json_object_get(from, member);

    if (value != NULL && json_object_get(out, member) == NULL)
        json_object_set(out, member, value);
}

static void copy_all(json_t *out, const json_t *from, const char *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        copy(out, from, members[i]);
}

/* Each name once, in the order in which they stand. */
static void add_once(json_t *list, json_t *word)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), word))
            return;
    json_array_append(list, word);
}

static void put_sets(json_t *out, const json_t *facts)
{
    const json_t *sets = json_object_get(facts, "datasets");
    json_t *names = json_array(), *labels = json_array();

    for (size_t i = 0; i < json_array_size(sets); i++) {
        const json_t *set = json_array_get(sets, i), *of = json_object_get(set, "labels");

        add_once(names, json_object_get(set, "name"));
        for (size_t l = 0; l < json_array_size(of); l++)
            add_once(labels, json_array_get(of, l));
    }
    if (json_array_size(names) > 0)
        json_object_set(out, "datasets", names);
    if (json_array_size(labels) > 0)
        json_object_set(out, "labels", labels);
    json_decref(names);
    json_decref(labels);
}

static void put_facts(json_t *out, const json_t *facts)
{
    static const char *const members[] = {"verdict", "effects", "statements", "rules",
                                          "reason",  "run",     "sink"};

    copy_all(out, facts, members, SL_COUNT(members));
    if (json_object_get(out, "datasets") == NULL)
        put_sets(out, facts);
}

static void put_text(json_t *out, const json_t *from)
{
    struct sl_span text = sl_json_str(from, "text");

    if (text.n == 0 || json_object_get(out, "text") != NULL)
        return;
    put(out, "text", sl_utf8_head(text, TEXT_BYTES));
    if (text.n > TEXT_BYTES || json_object_get(from, "text_digest") != NULL)
        json_object_set_new(out, "text_more", json_true());
}

static const json_t *row(const json_t *leaf, const char *table, const json_t *item,
                         const char *member)
{
    uint64_t at = 0;

    return sl_json_u64(item, member, &at) ? json_array_get(json_object_get(leaf, table), at) : NULL;
}

/* When it went out: in full, or counted from the entry's `at`. */
static void put_started(json_t *out, const json_t *leaf, const json_t *item)
{
    uint64_t base_us = 0, after_us = 0;
    SL_BUF(text, 64);

    if (sl_json_str(item, "started").n > 0) {
        put(out, "at", sl_json_str(item, "started"));
    } else if (sl_when_get(sl_json_str(leaf, "at"), &base_us) == SL_OK &&
               sl_json_u64(item, "started_us", &after_us)) {
        sl_when_put(&text, base_us + after_us);
        put(out, "at", sl_buf_span(&text));
    }
}

static void put_item(json_t *out, const struct trail_line *line)
{
    static const char *const of_item[] = {"action", "outcome", "rows", "bytes", "sqlstate"},
                             *const of_session[] = {"identity", "target", "session"};
    const json_t *item = json_array_get(json_object_get(line->leaf, "actions"), line->line),
                 *statement = row(line->leaf, "statements", item, "statement");

    json_object_set_new(out, "line", json_integer((json_int_t)line->line));
    copy_all(out, item, of_item, SL_COUNT(of_item));
    copy_all(out, row(line->leaf, "sessions", item, "by"), of_session, SL_COUNT(of_session));
    put_facts(out, json_object_get(statement, "facts"));
    put_text(out, item);
    put_text(out, statement);
    put_started(out, line->leaf, item);
}

static void put_whole(json_t *out, const json_t *leaf)
{
    static const char *const members[] = {
        "event",    "identity", "owner",    "target",  "approval", "approver", "approvers",
        "decision", "proof",    "channel",  "refused", "outcome",  "rows",     "bytes",
        "sqlstate", "why",      "reason",   "rule",    "by",       "other",    "groups",
        "session",  "action",   "accepted", "result",  "count",    "address"};

    copy_all(out, leaf, members, SL_COUNT(members));
    put_facts(out, json_object_get(leaf, "facts"));
    put_text(out, leaf);
    put(out, "at", sl_json_str(leaf, "started"));
}

/* What an answer to an approval is about. */
static void put_asked(json_t *out, const json_t *asked)
{
    static const char *const members[] = {"identity", "owner", "target"};
    static const char *const of_facts[] = {"verdict", "effects", "statements", "rules"};
    const json_t *facts = json_object_get(asked, "facts");

    copy_all(out, asked, members, SL_COUNT(members));
    copy_all(out, facts, of_facts, SL_COUNT(of_facts));
    if (json_object_get(out, "datasets") == NULL)
        put_sets(out, facts);
    put_text(out, asked);
}

json_t *trail_line_json(const struct trail_line *line)
{
    json_t *out = json_object();

    json_object_set_new(out, "entry", json_integer((json_int_t)line->entry));
    copy(out, line->leaf, "kind");
    if (sl_span_is(sl_json_str(line->leaf, "kind"), "actions"))
        put_item(out, line);
    else
        put_whole(out, line->leaf);
    if (line->asked != NULL)
        put_asked(out, line->asked);
    put(out, "recorded_at", sl_json_str(line->leaf, "time"));
    if (json_object_get(out, "at") == NULL)
        put(out, "at", sl_json_str(line->leaf, "time"));
    return out;
}
