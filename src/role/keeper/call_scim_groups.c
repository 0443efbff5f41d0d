#include "role/keeper/call_scim_int.h"

#include "role/keeper/db.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/scim.h"

/* One group: the same, and who is in it. */

struct group_change {
    struct scim_group group;
    struct sl_map *now; /* ids of members as they will be */
};

static enum sl_scim_reason put_members(struct scim_request *r, struct sl_map *now,
                                       const struct sl_span *ids, size_t count, bool member)
{
    for (size_t n = 0; n < count; n++) {
        scim_settling_add(r->settling, ids[n]); /* also who is as they should be: so a request that
                                                 * comes again mends what a crash left */
        if (!member) {
            sl_map_remove(now, ids[n]);
            continue;
        }
        if (!scim_is_user(r->k, r->iss, ids[n])) {
            r->detail = "a member is not a user that this provider brought";
            return SL_SCIM_VALUE;
        }
        if (sl_map_put(now, ids[n], r) != SL_OK)
            return SL_SCIM_MEMORY;
    }
    return sl_map_count(now) > GROUP_MEMBERS_MAX ? SL_SCIM_TOO_MANY : SL_SCIM_OK;
}

static void empty(struct sl_map *now)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(now, &at, &key, &value))
        sl_map_remove(now, key);
}

static enum sl_scim_reason change_group(struct scim_request *r, struct group_change *g,
                                        const struct sl_scim_change *c)
{
    switch (c->what) {
    case SL_SCIM_SET_DISPLAY_NAME:
        g->group.display_name = c->text;
        return SL_SCIM_OK;
    case SL_SCIM_SET_EXTERNAL_ID:
        g->group.external_id = c->text;
        return SL_SCIM_OK;
    case SL_SCIM_SET_MEMBERS:
        empty(g->now);
        return put_members(r, g->now, c->members, c->member_count, true);
    case SL_SCIM_ADD_MEMBERS:
        return put_members(r, g->now, c->members, c->member_count, true);
    case SL_SCIM_REMOVE_MEMBERS:
        return put_members(r, g->now, c->members, c->member_count, false);
    case SL_SCIM_SET_USER_NAME:
    case SL_SCIM_SET_ACTIVE:
        break;
    }
    return SL_SCIM_OK;
}

static struct sl_names room_for(struct scim_request *r, size_t most)
{
    struct sl_span *items = sl_arena_array(r->k->mem, most + 1, sizeof *items);

    if (items == NULL)
        keeper_die("a group could not be changed", SL_EMEMORY);
    return (struct sl_names){items, 0};
}

static void put_name(struct sl_names *names, struct sl_span name)
{
    struct sl_span *items = (struct sl_span *)names->items; /* ours: room_for */

    items[names->count++] = name;
}

/* Members that came and went; whoever is touched by it gets settled. */
static void record_members(struct scim_request *r, struct group_change *g,
                           const struct sl_names *before, bool renamed)
{
    struct sl_names added = room_for(r, sl_map_count(g->now)), removed = room_for(r, before->count);
    struct sl_map *was = NULL;
    struct sl_span key;
    void *value;
    size_t at = 0;

    if (sl_map_new(&was, 0) != SL_OK)
        keeper_die("a group could not be changed", SL_EMEMORY);
    for (size_t n = 0; n < before->count; n++) {
        bool stays = sl_map_get(g->now, before->items[n]) != NULL;

        if (sl_map_put(was, before->items[n], r) != SL_OK)
            keeper_die("a group could not be changed", SL_EMEMORY);
        if (!stays)
            put_name(&removed, before->items[n]);
        if (!stays || renamed)
            scim_settling_add(r->settling, before->items[n]);
    }
    while (sl_map_next(g->now, &at, &key, &value))
        if (sl_map_get(was, key) == NULL) {
            put_name(&added, sl_arena_copy(r->k->mem, key));
            scim_settling_add(r->settling, key);
        }
    sl_map_free(was);
    scim_members_put(r->k, g->group.id, &added, &removed);
}

static enum sl_scim_reason apply_group(struct scim_request *r, struct scim_group *group,
                                       const struct sl_scim_change *changes, size_t count)
{
    SL_FREED_BY(sl_map) struct sl_map *now = NULL;
    struct group_change g = {*group, NULL};
    struct sl_names before = group->id.n > 0 ? scim_members(r->k, group->id) : (struct sl_names){0};
    enum sl_scim_reason why = SL_SCIM_OK;

    if (sl_map_new(&now, 0) != SL_OK)
        return SL_SCIM_MEMORY;
    g.now = now;
    for (size_t n = 0; n < before.count; n++)
        if (sl_map_put(now, before.items[n], r) != SL_OK)
            return SL_SCIM_MEMORY;
    for (size_t n = 0; n < count && why == SL_SCIM_OK; n++)
        why = change_group(r, &g, &changes[n]);
    if (why == SL_SCIM_OK && scim_group_is_taken(r->k, &g.group))
        why = SL_SCIM_UNIQUENESS;
    if (why == SL_SCIM_OK && g.group.id.n == 0 && scim_group_count(r->k, r->iss) >= GROUPS_MAX)
        why = SL_SCIM_TOO_MANY;
    if (why != SL_SCIM_OK)
        return why;
    bool renamed = !sl_span_eq(group->display_name, g.group.display_name);
    if (g.group.id.n == 0 || renamed || !sl_span_eq(group->external_id, g.group.external_id))
        scim_group_put(r->k, &g.group);
    record_members(r, &g, &before, renamed);
    *group = g.group;
    return SL_SCIM_OK;
}

/* The scim_answer when everybody's memberships are what they should be: at once, or later. */
static void settle(struct scim_request *r, unsigned status, json_t *reply)
{
    struct scim_settling *all = r->settling;

    r->settling = NULL;
    if (scim_settle(r->call, all, status, reply))
        scim_answer(r, status, reply);
}

/* POST and PUT: these members and no others; a PUT that does not speak of them leaves them. */
void scim_whole_group(struct scim_request *r, struct scim_group *g, unsigned status)
{
    struct sl_scim_resource said;
    enum sl_scim_reason why = sl_scim_read(r->k->mem, SL_SCIM_GROUP, r->body, &said);

    if (why == SL_SCIM_OK) {
        struct sl_scim_change all[3];
        size_t count = 0;

        all[count++] =
            (struct sl_scim_change){.what = SL_SCIM_SET_DISPLAY_NAME, .text = said.display_name};
        if (said.says_members)
            all[count++] = (struct sl_scim_change){.what = SL_SCIM_SET_MEMBERS,
                                                   .members = said.members,
                                                   .member_count = said.member_count};
        if (said.says_external_id)
            all[count++] =
                (struct sl_scim_change){.what = SL_SCIM_SET_EXTERNAL_ID, .text = said.external_id};
        why = apply_group(r, g, all, count);
    }
    if (why == SL_SCIM_OK)
        settle(r, status, scim_group_json(r, g));
    else
        scim_refuse(r, why);
}

static void patch_group(struct scim_request *r, struct scim_group *g)
{
    struct sl_scim_patch p;
    enum sl_scim_reason why = sl_scim_patch(r->k->mem, SL_SCIM_GROUP, r->body, &p);

    if (why == SL_SCIM_OK)
        why = apply_group(r, g, p.changes, p.count);
    if (why == SL_SCIM_OK)
        settle(r, 200, scim_group_json(r, g));
    else
        scim_refuse(r, why);
}

void scim_one_group(struct scim_request *r)
{
    struct scim_group g;

    if (scim_group_get(r->k, r->iss, r->id, &g) != SL_OK) {
        scim_refuse(r, SL_SCIM_NOT_FOUND);
    } else if (sl_span_is(r->method, "GET")) {
        scim_answer(r, 200, scim_group_json(r, &g));
    } else if (sl_span_is(r->method, "DELETE")) {
        struct sl_names before = scim_members(r->k, g.id);
        for (size_t n = 0; n < before.count; n++)
            scim_settling_add(r->settling, before.items[n]);
        scim_group_drop(r->k, &g);
        settle(r, 204, json_object());
    } else if (sl_span_is(r->method, "PATCH")) {
        patch_group(r, &g);
    } else {
        scim_whole_group(r, &g, 200);
    }
}
