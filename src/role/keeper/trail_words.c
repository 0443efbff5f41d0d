/* What a line of the ledger is found by. The index is made of these words, and a search asks for
 * them again of what the index named: the two cannot differ. */
#include "role/keeper/trail.h"

static bool is_batch(const json_t *leaf)
{
    return sl_span_is(sl_json_str(leaf, "kind"), "actions");
}

size_t trail_lines(const json_t *leaf)
{
    if (leaf == NULL)
        return 0;
    return is_batch(leaf) ? json_array_size(json_object_get(leaf, "actions")) : 1;
}

struct words {
    trail_word_fn *fn;
    void *owner;
};

static void say(const struct words *w, enum trail_kind kind, const json_t *object,
                const char *member)
{
    struct sl_span word = sl_json_str(object, member);

    if (word.n > 0)
        w->fn(w->owner, kind, word);
}

static struct sl_span string(const json_t *value)
{
    return json_is_string(value) ? sl_span(json_string_value(value), json_string_length(value))
                                 : sl_span(NULL, 0);
}

static void say_all(const struct words *w, enum trail_kind kind, const json_t *object,
                    const char *member)
{
    const json_t *list = json_object_get(object, member);

    for (size_t i = 0; i < json_array_size(list); i++) {
        struct sl_span word = string(json_array_get(list, i));

        if (word.n > 0)
            w->fn(w->owner, kind, word);
    }
}

/* --- facts ---------------------------------------------------------------------------------- */

static bool names(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (sl_span_is(string(json_array_get(list, i)), word))
            return true;
    return false;
}

static bool reads_labelled(const json_t *facts)
{
    const json_t *sets = json_object_get(facts, "datasets");

    for (size_t i = 0; i < json_array_size(sets); i++) {
        const json_t *set = json_array_get(sets, i);

        if (json_array_size(json_object_get(set, "labels")) > 0 &&
            names(json_object_get(set, "effects"), "read"))
            return true;
    }
    return false;
}

/* The target's default is no rule that somebody wrote about this data. */
static bool has_rule(const json_t *facts)
{
    const json_t *rules = json_object_get(facts, "rules");

    for (size_t i = 0; i < json_array_size(rules); i++)
        if (!sl_span_is(string(json_array_get(rules, i)), "default"))
            return true;
    return json_object_get(facts, "rules_digest") != NULL;
}

void trail_facts_words(const json_t *facts, trail_word_fn *fn, void *owner)
{
    const struct words w = {fn, owner};
    const json_t *sets = json_object_get(facts, "datasets");

    say(&w, TRAIL_VERDICT, facts, "verdict");
    say_all(&w, TRAIL_RULE, facts, "rules");
    for (size_t i = 0; i < json_array_size(sets); i++) {
        say(&w, TRAIL_DATASET, json_array_get(sets, i), "name");
        say_all(&w, TRAIL_LABEL, json_array_get(sets, i), "labels");
    }
    if (sl_span_is(sl_json_str(facts, "verdict"), "allow") && !has_rule(facts) &&
        reads_labelled(facts))
        fn(owner, TRAIL_ONLY, SL_SPAN(TRAIL_ONLY_UNRULED));
}

/* --- lines ---------------------------------------------------------------------------------- */

static const json_t *row(const json_t *leaf, const char *table, const json_t *item,
                         const char *member)
{
    uint64_t at = 0;

    return sl_json_u64(item, member, &at) ? json_array_get(json_object_get(leaf, table), at) : NULL;
}

static void batch_words(const struct trail_line *line, const struct words *w)
{
    const json_t *item = json_array_get(json_object_get(line->leaf, "actions"), line->line),
                 *who = row(line->leaf, "sessions", item, "by"),
                 *statement = row(line->leaf, "statements", item, "statement");

    trail_facts_words(json_object_get(statement, "facts"), w->fn, w->owner);
    say(w, TRAIL_IDENTITY, who, "identity");
    say(w, TRAIL_TARGET, who, "target");
}

static void people_words(const json_t *leaf, const struct words *w)
{
    static const char *const one[] = {"identity", "owner", "approver", "by", "other", "for"},
                             *const many[] = {"requesters", "approvers"};

    for (size_t i = 0; i < SL_COUNT(one); i++)
        say(w, TRAIL_IDENTITY, leaf, one[i]);
    for (size_t i = 0; i < SL_COUNT(many); i++)
        say_all(w, TRAIL_IDENTITY, leaf, many[i]);
}

static void label_words(const json_t *leaf, const struct words *w)
{
    const json_t *columns = json_object_get(leaf, "columns");

    if (sl_span_is(sl_json_str(leaf, "kind"), "label"))
        for (size_t i = 0; i < json_array_size(columns); i++)
            say(w, TRAIL_LABEL, json_array_get(columns, i), "label");
}

static void whole_words(const json_t *leaf, const struct words *w)
{
    trail_facts_words(json_object_get(leaf, "facts"), w->fn, w->owner);
    people_words(leaf, w);
    label_words(leaf, w);
    say(w, TRAIL_TARGET, leaf, "target");
    say(w, TRAIL_EVENT, leaf, "event");
    say(w, TRAIL_APPROVAL, leaf, "approval");
    if (json_is_true(json_object_get(leaf, "own")))
        w->fn(w->owner, TRAIL_ONLY, SL_SPAN(TRAIL_ONLY_SELF));
}

/* An answer to an approval is about what was asked; it is not asked again. */
static void asked_words(const json_t *asked, const struct words *w)
{
    const json_t *facts = json_object_get(asked, "facts");
    const json_t *sets = json_object_get(facts, "datasets");

    people_words(asked, w);
    say(w, TRAIL_TARGET, asked, "target");
    say(w, TRAIL_VERDICT, facts, "verdict");
    say_all(w, TRAIL_RULE, facts, "rules");
    for (size_t i = 0; i < json_array_size(sets); i++) {
        say(w, TRAIL_DATASET, json_array_get(sets, i), "name");
        say_all(w, TRAIL_LABEL, json_array_get(sets, i), "labels");
    }
}

void trail_words(const struct trail_line *line, trail_word_fn *fn, void *owner)
{
    const struct words w = {fn, owner};

    say(&w, TRAIL_IS, line->leaf, "kind");
    if (is_batch(line->leaf))
        batch_words(line, &w);
    else
        whole_words(line->leaf, &w);
    if (line->asked != NULL)
        asked_words(line->asked, &w);
    if (line->quick)
        fn(owner, TRAIL_ONLY, SL_SPAN(TRAIL_ONLY_QUICK));
}
