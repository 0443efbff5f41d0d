#include "core/ledger/shadow_int.h"

#include "base/when.h"

#include <stdlib.h>

enum { ARENA_BYTES = 256 * 1024 * 1024, ACTION_BYTES = 16 * 1024 * 1024 };
enum { POLICY_BYTES = 64 * 1024 * 1024 };

enum sl_err sl_shadow_new(const struct sl_config *edited, uint64_t since_us, struct sl_shadow **out)
{
    SL_FREED_BY(sl_shadow) struct sl_shadow *s = calloc(1, sizeof *s);

    if (s == NULL)
        return SL_EMEMORY;
    s->edited = edited;
    s->since_us = since_us;
    s->policy = sl_buf(POLICY_BYTES);
    s->groups = json_object();
    s->unknown = json_object();
    SL_TRY(sl_arena_new(&s->mem, ARENA_BYTES));
    SL_TRY(sl_arena_new(&s->one, ACTION_BYTES));
    SL_TRY(sl_map_new(&s->people, 0));
    SL_TRY(sl_map_new(&s->sessions, 0));
    *out = s;
    s = NULL;
    return SL_OK;
}

void sl_shadow_free(struct sl_shadow *s)
{
    if (s == NULL)
        return;
    sl_map_free(s->people);
    sl_map_free(s->sessions);
    sl_arena_free(s->one);
    sl_arena_free(s->mem);
    sl_config_free(s->before);
    sl_buf_done(&s->policy);
    json_decref(s->groups);
    json_decref(s->unknown);
    free(s);
}

/* --- who is who ---------------------------------------------------------------------------------
 */

static struct sl_span text_of(const json_t *value)
{
    return sl_span(json_string_value(value), json_string_length(value));
}

/* The list with `more` at its end, or, when it is to go, without them. */
static enum sl_err change(struct sl_arena *mem, struct sl_names *names, const json_t *more, bool go)
{
    size_t room = names->count + json_array_size(more), count = 0;
    struct sl_span *items = sl_arena_array(mem, room + 1, sizeof *items);

    if (items == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < names->count; i++) {
        bool is_named = false;
        for (size_t j = 0; j < json_array_size(more); j++)
            is_named |= sl_span_eq(names->items[i], text_of(json_array_get(more, j)));
        if (!is_named)
            items[count++] = names->items[i];
    }
    for (size_t j = 0; !go && j < json_array_size(more); j++)
        items[count++] = sl_arena_copy(mem, text_of(json_array_get(more, j)));
    *names = (struct sl_names){items, count};
    return SL_OK;
}

static struct sl_shadow_who *who_new(struct sl_shadow *s, struct sl_span identity,
                                     enum sl_identity_kind kind)
{
    struct sl_shadow_who *who = sl_arena_array(s->mem, 1, sizeof *who);

    if (who != NULL)
        *who = (struct sl_shadow_who){.identity = sl_arena_copy(s->mem, identity), .kind = kind};
    return who;
}

/* Who somebody was does not change: sessions point to it. A change makes another one. */
static enum sl_err roster(struct sl_shadow *s, const json_t *leaf)
{
    struct sl_span event = sl_json_str(leaf, "event"), name = sl_json_str(leaf, "identity");
    const struct sl_shadow_who *before = sl_map_get(s->people, name);
    bool is_new = sl_span_is(event, "add"), joins = is_new || sl_span_is(event, "group_add");

    if (!(joins || sl_span_is(event, "group_remove")) || (!is_new && before == NULL))
        return SL_OK;
    struct sl_shadow_who *who =
        who_new(s, name,
                is_new ? sl_identity_kind_of(sl_json_str(leaf, "identity_kind")) : before->kind);
    if (who == NULL)
        return SL_EMEMORY;
    if (!is_new)
        who->groups = before->groups;
    SL_TRY(change(s->mem, &who->groups, json_object_get(leaf, "groups"), !joins));
    return sl_map_put(s->people, who->identity, who);
}

enum sl_err sl_shadow_knows(struct sl_shadow *s, struct sl_span identity,
                            enum sl_identity_kind kind, const struct sl_names *groups)
{
    struct sl_shadow_who *who = who_new(s, identity, kind);
    struct sl_span *items = sl_arena_array(s->mem, groups->count + 1, sizeof *items);

    if (who == NULL || items == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < groups->count; i++)
        items[i] = sl_arena_copy(s->mem, groups->items[i]);
    who->groups = (struct sl_names){items, groups->count};
    return sl_map_put(s->people, who->identity, who);
}

static bool has_groups(const struct sl_shadow_who *who, const json_t *groups)
{
    bool same = who->groups.count == json_array_size(groups);

    for (size_t i = 0; same && i < json_array_size(groups); i++) {
        bool found = false;
        for (size_t j = 0; j < who->groups.count; j++)
            found |= sl_span_eq(who->groups.items[j], text_of(json_array_get(groups, i)));
        same = found;
    }
    return same;
}

/* A session is judged by the groups that it began with; most often those of the roster of then. */
static enum sl_err session(struct sl_shadow *s, const json_t *leaf)
{
    struct sl_span name = sl_json_str(leaf, "identity");
    const json_t *groups = json_object_get(leaf, "groups");
    enum sl_identity_kind kind = sl_identity_kind_of(sl_json_str(leaf, "identity_kind"));
    struct sl_shadow_who *who = sl_map_get(s->people, name);
    uint64_t number = 0;

    if (!sl_json_u64(leaf, "session", &number))
        return SL_OK;
    if (sl_span_is(sl_json_str(leaf, "event"), "close")) {
        sl_map_remove(s->sessions, sl_map_u64(&number));
        return SL_OK;
    }
    if (who == NULL || who->kind != kind || !has_groups(who, groups)) {
        who = who_new(s, name, kind);
        if (who == NULL)
            return SL_EMEMORY;
        SL_TRY(change(s->mem, &who->groups, groups, false));
    }
    return sl_map_put(s->sessions, sl_map_u64(&number), who);
}

static const struct sl_shadow_who *who_of(const struct sl_shadow *s, const json_t *from)
{
    uint64_t number = 0;
    const struct sl_shadow_who *who =
        sl_json_u64(from, "session", &number) ? sl_map_get(s->sessions, sl_map_u64(&number)) : NULL;

    return who != NULL ? who : sl_map_get(s->people, sl_json_str(from, "identity"));
}

/* --- policies -----------------------------------------------------------------------------------
 */

/* The canonical text has what can be judged by; a file needs a little more. */
void sl_shadow_was(struct sl_shadow *s, struct sl_span canonical)
{
    json_t *policy = NULL;
    struct sl_config *config = NULL;
    SL_BUF(text, POLICY_BYTES);
    SL_BUF(ignored, 64 * 1024);

    if (sl_json_read(canonical, &policy, NULL) != SL_OK || !json_is_object(policy)) {
        json_decref(policy);
        return;
    }
    json_t *file =
        json_pack("{s:O?, s:O?, s:s, s:{s:s, s:s}}", "targets", json_object_get(policy, "targets"),
                  "policy", json_object_get(policy, "policy"), "state", "./state", "listen",
                  "postgres", "127.0.0.1:6432", "http", "127.0.0.1:8080");
    if (file != NULL && sl_json_canonical(&text, file) == SL_OK &&
        sl_config_load_recorded(sl_buf_span(&text), "ledger", &config, &ignored) == SL_OK) {
        sl_config_free(s->before);
        s->before = config;
    }
    json_decref(file);
    json_decref(policy);
}

static void policy_part(struct sl_shadow *s, const json_t *leaf)
{
    uint64_t part = 0, parts = 0;

    if (!sl_json_u64(leaf, "part", &part) || !sl_json_u64(leaf, "parts", &parts))
        return;
    if (part == 0) {
        sl_buf_done(&s->policy);
        s->policy = sl_buf(POLICY_BYTES);
    }
    sl_buf_put(&s->policy, sl_json_str(leaf, "text"));
    if (part + 1 == parts)
        sl_shadow_was(s, sl_buf_span(&s->policy));
}

/* --- actions ------------------------------------------------------------------------------------
 */

static uint64_t time_of(const json_t *leaf, const char *key)
{
    uint64_t at_us = 0;

    return sl_when_get(sl_json_str(leaf, key), &at_us) == SL_OK ? at_us : 0;
}

static enum sl_err one(struct sl_shadow *s, uint64_t entry, const json_t *who, const json_t *what,
                       uint64_t at_us)
{
    if (at_us < s->since_us)
        return SL_OK;
    return sl_shadow_judge(
        s, &(struct sl_shadow_action){.entry = entry,
                                      .at_us = at_us,
                                      .target = sl_json_str(who, "target"),
                                      .identity = sl_json_str(who, "identity"),
                                      .who = who_of(s, who),
                                      .facts = json_object_get(what, "facts"),
                                      .over_budget = json_object_get(what, "cap") != NULL ||
                                                     json_object_get(what, "delivered") != NULL});
}

static enum sl_err batch(struct sl_shadow *s, uint64_t entry, const json_t *leaf)
{
    const json_t *items = json_object_get(leaf, "actions"),
                 *sessions = json_object_get(leaf, "sessions"),
                 *statements = json_object_get(leaf, "statements");
    uint64_t at_us = time_of(leaf, "at");
    size_t i;
    json_t *item;

    json_array_foreach(items, i, item)
    {
        uint64_t by = 0, statement = 0, after = 0;

        (void)(sl_json_u64(item, "by", &by) + sl_json_u64(item, "statement", &statement) +
               sl_json_u64(item, "started_us", &after));
        SL_TRY(one(s, entry, json_array_get(sessions, by), json_array_get(statements, statement),
                   at_us + after));
    }
    return SL_OK;
}

/* A held action is judged where it was asked, a denied one where it ended. */
static enum sl_err single(struct sl_shadow *s, uint64_t entry, const json_t *leaf)
{
    if (sl_json_str(leaf, "approval").n > 0 && sl_span_is(sl_json_str(leaf, "kind"), "action"))
        return SL_OK;
    return one(s, entry, leaf, leaf, time_of(leaf, "time"));
}

static enum sl_err approval(struct sl_shadow *s, uint64_t entry, const json_t *leaf)
{
    bool is_asked = sl_span_is(sl_json_str(leaf, "event"), "asked") &&
                    !sl_span_is(sl_json_str(leaf, "protocol"), "policy");

    return is_asked ? single(s, entry, leaf) : SL_OK;
}

static enum sl_err take(struct sl_shadow *s, uint64_t entry, const json_t *leaf)
{
    struct sl_span kind = sl_json_str(leaf, "kind");

    if (sl_span_is(kind, "actions"))
        return batch(s, entry, leaf);
    if (sl_span_is(kind, "action"))
        return single(s, entry, leaf);
    if (sl_span_is(kind, "approval"))
        return approval(s, entry, leaf);
    if (sl_span_is(kind, "session"))
        return session(s, leaf);
    if (sl_span_is(kind, "roster"))
        return roster(s, leaf);
    if (sl_span_is(kind, "policy"))
        policy_part(s, leaf);
    return SL_OK;
}

enum sl_err sl_shadow_leaf(struct sl_shadow *s, uint64_t entry, struct sl_span leaf)
{
    json_t *value = NULL;

    if (sl_json_read(leaf, &value, NULL) != SL_OK)
        return SL_OK; /* `sluice ledger verify` says so */
    enum sl_err err = take(s, entry, value);
    json_decref(value);
    return err;
}
