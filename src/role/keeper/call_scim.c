#include "role/keeper/scim.h"

#include "role/keeper/call.h"

/* The one method of a provisioning credential: a SCIM request, as the desk carries it. */

enum { USERS_MAX = 100000, GROUPS_MAX = 2000, GROUP_MEMBERS_MAX = 20000 };

struct request {
    struct call *call;
    struct keeper *k;
    struct issuer *issuer;
    struct sl_span iss, method, id, base;
    enum sl_scim_kind kind;
    const json_t *query, *body;
    const char *detail;             /* of a refusal; NULL: the reason's own */
    struct scim_settling *settling; /* whose memberships may be others; of groups */
};

static void answer(struct request *r, unsigned status, json_t *reply)
{
    r->call->status = status;
    r->call->reply = reply;
}

static void refuse(struct request *r, enum sl_scim_reason why)
{
    answer(r, sl_scim_status(why), sl_scim_error_json(why, sl_span_str(r->detail)));
}

/* --- as JSON --------------------------------------------------------------------------------- */

static bool leaves_out_members(const struct request *r)
{
    struct sl_span rest = sl_json_str(r->query, "excludedAttributes");

    while (rest.n > 0) {
        struct sl_span word = sl_span_head(rest, sl_span_find(rest, ','));

        rest = sl_span_from(rest, word.n + 1);
        if (sl_span_eq_nocase(word, SL_SPAN("members")))
            return true;
    }
    return false;
}

static json_t *user_json(const struct request *r, const struct scim_user *u)
{
    return sl_scim_resource_json(SL_SCIM_USER,
                                 &(struct sl_scim_known){.id = u->id,
                                                         .base = r->base,
                                                         .said = {.user_name = u->user_name,
                                                                  .external_id = u->external_id,
                                                                  .display_name = u->display_name,
                                                                  .active = u->active},
                                                         .created_us = u->since_us,
                                                         .changed_us = u->changed_us});
}

static json_t *group_json(const struct request *r, const struct scim_group *g)
{
    bool whole = !leaves_out_members(r);
    struct sl_names members = whole ? scim_members(r->k, g->id) : (struct sl_names){0};
    json_t *out =
        sl_scim_resource_json(SL_SCIM_GROUP,
                              &(struct sl_scim_known){.id = g->id,
                                                      .base = r->base,
                                                      .said = {.external_id = g->external_id,
                                                               .display_name = g->display_name,
                                                               .members = members.items,
                                                               .member_count = members.count},
                                                      .created_us = g->since_us,
                                                      .changed_us = g->changed_us});

    if (!whole)
        json_object_del(out, "members");
    return out;
}

/* --- listing --------------------------------------------------------------------------------- */

/* userName is not case-exact (RFC 7643, 4.1.1), nor is displayName; ids are. */
static bool user_fits(const struct scim_user *u, const struct sl_scim_filter *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct sl_scim_term *t = &f->terms[i];
        bool fits = t->attribute == SL_SCIM_ID            ? sl_span_eq(u->id, t->text)
                    : t->attribute == SL_SCIM_USER_NAME   ? sl_span_eq_nocase(u->user_name, t->text)
                    : t->attribute == SL_SCIM_EXTERNAL_ID ? sl_span_eq(u->external_id, t->text)
                    : t->attribute == SL_SCIM_DISPLAY_NAME
                        ? sl_span_eq_nocase(u->display_name, t->text)
                        : t->attribute == SL_SCIM_ACTIVE && u->active == t->flag;

        if (!fits)
            return false;
    }
    return true;
}

static bool group_fits(struct keeper *k, const struct scim_group *g, const struct sl_scim_filter *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct sl_scim_term *t = &f->terms[i];
        bool fits = t->attribute == SL_SCIM_ID            ? sl_span_eq(g->id, t->text)
                    : t->attribute == SL_SCIM_EXTERNAL_ID ? sl_span_eq(g->external_id, t->text)
                    : t->attribute == SL_SCIM_DISPLAY_NAME
                        ? sl_span_eq_nocase(g->display_name, t->text)
                        : t->attribute == SL_SCIM_MEMBERS && scim_is_member(k, g->id, t->text);

        if (!fits)
            return false;
    }
    return true;
}

static uint64_t number_of(const struct request *r, const char *name, uint64_t usual)
{
    uint64_t n = 0;
    struct sl_span text = sl_json_str(r->query, name);

    return text.n > 0 && sl_span_u64(text, &n) == SL_OK ? n : usual;
}

static void list(struct request *r)
{
    uint64_t start = number_of(r, "startIndex", 1), count = number_of(r, "count", SL_SCIM_PAGE);
    struct sl_span text = sl_json_str(r->query, "filter");
    struct sl_scim_filter filter = {.count = 0};
    enum sl_scim_reason why = text.n == 0 ? SL_SCIM_OK : sl_scim_filter(r->k->mem, text, &filter);
    struct scim_user *users = NULL;
    struct scim_group *groups = NULL;
    size_t total = 0;

    if (why != SL_SCIM_OK) {
        refuse(r, why);
        return;
    }
    start = start == 0 ? 1 : start;
    count = count > SL_SCIM_PAGE ? SL_SCIM_PAGE : count;
    bool user = r->kind == SL_SCIM_USER;
    size_t known = 0, members = 0;
    enum sl_err err = user ? scim_users(r->k, r->iss, &users, &known)
                           : scim_groups(r->k, r->iss, &groups, &known);
    if (err != SL_OK) {
        refuse(r, SL_SCIM_MEMORY);
        return;
    }
    json_t *page = json_array();
    for (size_t n = 0; n < known; n++) {
        if (!(user ? user_fits(&users[n], &filter) : group_fits(r->k, &groups[n], &filter)))
            continue;
        total++;
        if (total < start || json_array_size(page) >= count || members >= GROUP_MEMBERS_MAX)
            continue; /* a page may be shorter than was asked: the next begins where it ends */
        json_t *one = user ? user_json(r, &users[n]) : group_json(r, &groups[n]);
        members += json_array_size(json_object_get(one, "members"));
        json_array_append_new(page, one);
    }
    answer(r, 200, sl_scim_list_json(page, total, start));
}

/* --- users ----------------------------------------------------------------------------------- */

static enum sl_scim_reason change_user(struct request *r, struct scim_user *u,
                                       const struct sl_scim_change *c, bool *active)
{
    bool name = scim_subject_is_name(r->issuer);

    switch (c->what) {
    case SL_SCIM_SET_USER_NAME:
        if (name && !sl_span_eq_nocase(c->text, u->user_name)) {
            r->detail = "userName is the subject of this provider's tokens (scim_subject): it does "
                        "not change";
            return SL_SCIM_MUTABILITY;
        }
        u->user_name = c->text;
        break;
    case SL_SCIM_SET_DISPLAY_NAME:
        u->display_name = c->text;
        break;
    case SL_SCIM_SET_ACTIVE:
        *active = c->flag;
        break;
    case SL_SCIM_SET_EXTERNAL_ID:
        if (!name && !sl_span_eq(c->text, u->external_id)) {
            r->detail = "externalId is the subject of this provider's tokens: it does not change";
            return SL_SCIM_MUTABILITY;
        }
        u->external_id = c->text;
        break;
    case SL_SCIM_ADD_MEMBERS:
    case SL_SCIM_REMOVE_MEMBERS:
    case SL_SCIM_SET_MEMBERS:
        break;
    }
    return SL_SCIM_OK;
}

/* All of it, or nothing: what is recorded is looked at before. */
static enum sl_scim_reason apply_user(struct request *r, struct scim_user *u,
                                      const struct sl_scim_change *changes, size_t count)
{
    struct scim_user before = *u;
    bool active = u->active;

    for (size_t n = 0; n < count; n++) {
        enum sl_scim_reason why = change_user(r, u, &changes[n], &active);

        if (why != SL_SCIM_OK)
            return why;
    }
    if (scim_user_is_taken(r->k, u))
        return SL_SCIM_UNIQUENESS;
    if (!sl_span_eq(before.user_name, u->user_name) ||
        !sl_span_eq(before.display_name, u->display_name) ||
        !sl_span_eq(before.external_id, u->external_id))
        scim_user_put(r->k, u);
    return scim_user_turn(r->k, r->issuer, u, active, &r->detail);
}

static void create_user(struct request *r)
{
    struct sl_scim_resource said;
    enum sl_scim_reason why = sl_scim_read(r->k->mem, SL_SCIM_USER, r->body, &said);
    struct scim_user u = {.issuer = r->iss};

    if (why == SL_SCIM_OK) {
        u.user_name = said.user_name;
        u.external_id = said.external_id;
        u.display_name = said.display_name;
        u.active = said.active;
        why = scim_user_is_taken(r->k, &u) ? SL_SCIM_UNIQUENESS
              : scim_user_count(r->k, r->iss) >= USERS_MAX
                  ? SL_SCIM_TOO_MANY
                  : scim_user_begin(r->k, r->issuer, &u, &r->detail);
    }
    if (why == SL_SCIM_OK)
        answer(r, 201, user_json(r, &u));
    else
        refuse(r, why);
}

/* What a PUT says, as changes; what it does not speak of stays. */
static struct sl_scim_patch user_changes(const struct sl_scim_resource *said,
                                         struct sl_scim_change all[4])
{
    struct sl_scim_patch p = {all, 0};

    all[p.count++] =
        (struct sl_scim_change){.what = SL_SCIM_SET_USER_NAME, .text = said->user_name};
    if (said->says_display_name)
        all[p.count++] =
            (struct sl_scim_change){.what = SL_SCIM_SET_DISPLAY_NAME, .text = said->display_name};
    if (said->says_active)
        all[p.count++] = (struct sl_scim_change){.what = SL_SCIM_SET_ACTIVE, .flag = said->active};
    if (said->external_id.n > 0)
        all[p.count++] =
            (struct sl_scim_change){.what = SL_SCIM_SET_EXTERNAL_ID, .text = said->external_id};
    return p;
}

static void change_one_user(struct request *r, struct scim_user *u)
{
    struct sl_scim_patch p = {0};
    struct sl_scim_resource said;
    struct sl_scim_change all[4];
    enum sl_scim_reason why;

    if (sl_span_is(r->method, "PATCH")) {
        why = sl_scim_patch(r->k->mem, SL_SCIM_USER, r->body, &p);
    } else {
        why = sl_scim_read(r->k->mem, SL_SCIM_USER, r->body, &said);
        if (why == SL_SCIM_OK)
            p = user_changes(&said, all);
    }
    if (why == SL_SCIM_OK)
        why = apply_user(r, u, p.changes, p.count);
    if (why == SL_SCIM_OK)
        answer(r, 200, user_json(r, u));
    else
        refuse(r, why);
}

static void one_user(struct request *r)
{
    struct scim_user u;

    if (scim_user_get(r->k, r->iss, r->id, &u) != SL_OK) {
        refuse(r, SL_SCIM_NOT_FOUND);
    } else if (sl_span_is(r->method, "GET")) {
        answer(r, 200, user_json(r, &u));
    } else if (sl_span_is(r->method, "DELETE")) {
        enum sl_scim_reason why = scim_user_turn(r->k, r->issuer, &u, false, &r->detail);
        if (why != SL_SCIM_OK) {
            refuse(r, why);
            return;
        }
        scim_user_drop(r->k, &u);
        answer(r, 204, json_object());
    } else {
        change_one_user(r, &u);
    }
}

/* --- groups ---------------------------------------------------------------------------------- */

struct group_change {
    struct scim_group group;
    struct sl_map *now; /* ids of members as they will be */
};

static enum sl_scim_reason put_members(struct request *r, struct sl_map *now,
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

static enum sl_scim_reason change_group(struct request *r, struct group_change *g,
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

static struct sl_names room_for(struct request *r, size_t most)
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
static void record_members(struct request *r, struct group_change *g, const struct sl_names *before,
                           bool renamed)
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

static enum sl_scim_reason apply_group(struct request *r, struct scim_group *group,
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

/* The answer when everybody's memberships are what they should be: at once, or later. */
static void settle(struct request *r, unsigned status, json_t *reply)
{
    struct scim_settling *all = r->settling;

    r->settling = NULL;
    if (scim_settle(r->call, all, status, reply))
        answer(r, status, reply);
}

/* POST and PUT: these members and no others; a PUT that does not speak of them leaves them. */
static void whole_group(struct request *r, struct scim_group *g, unsigned status)
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
        settle(r, status, group_json(r, g));
    else
        refuse(r, why);
}

static void patch_group(struct request *r, struct scim_group *g)
{
    struct sl_scim_patch p;
    enum sl_scim_reason why = sl_scim_patch(r->k->mem, SL_SCIM_GROUP, r->body, &p);

    if (why == SL_SCIM_OK)
        why = apply_group(r, g, p.changes, p.count);
    if (why == SL_SCIM_OK)
        settle(r, 200, group_json(r, g));
    else
        refuse(r, why);
}

static void one_group(struct request *r)
{
    struct scim_group g;

    if (scim_group_get(r->k, r->iss, r->id, &g) != SL_OK) {
        refuse(r, SL_SCIM_NOT_FOUND);
    } else if (sl_span_is(r->method, "GET")) {
        answer(r, 200, group_json(r, &g));
    } else if (sl_span_is(r->method, "DELETE")) {
        struct sl_names before = scim_members(r->k, g.id);
        for (size_t n = 0; n < before.count; n++)
            scim_settling_add(r->settling, before.items[n]);
        scim_group_drop(r->k, &g);
        settle(r, 204, json_object());
    } else if (sl_span_is(r->method, "PATCH")) {
        patch_group(r, &g);
    } else {
        whole_group(r, &g, 200);
    }
}

/* --- all of it ------------------------------------------------------------------------------- */

static struct sl_span base_of(struct keeper *k)
{
    const struct sl_settings *s = &k->config->settings;
    struct sl_span url = s->public_url;
    SL_BUF(base, 2048);

    while (url.n > 0 && url.p[url.n - 1] == '/')
        url.n--;
    if (url.n > 0)
        sl_buf_say(&base, "%S/scim/v2", url);
    else
        sl_buf_say(&base, "http://%S:%S/scim/v2", s->http_host, s->http_port);
    return sl_arena_copy(k->mem, sl_buf_span(&base));
}

/* Memberships have one source for each issuer: else what a sign-in says would take away what was
 * pushed, and the other way round. */
static bool groups_are_its(const struct request *r)
{
    return r->kind == SL_SCIM_USER || sl_span_is(r->method, "GET") ||
           r->issuer->config->groups_claim.n == 0;
}

static void route(struct request *r, struct sl_span what)
{
    bool get = sl_span_is(r->method, "GET");
    struct scim_group fresh = {.issuer = r->iss};

    if (!sl_span_is(what, "Users") && !sl_span_is(what, "Groups")) {
        SL_BUF(name, 256);

        sl_buf_say(&name, r->id.n > 0 ? "%S/%S" : "%S", what, r->id);
        json_t *about = get ? sl_scim_about_json(sl_buf_span(&name), r->base) : NULL;
        if (about != NULL)
            answer(r, 200, about);
        else
            refuse(r, SL_SCIM_NOT_FOUND);
        return;
    }
    r->kind = sl_span_is(what, "Users") ? SL_SCIM_USER : SL_SCIM_GROUP;
    if (!groups_are_its(r)) {
        r->detail =
            "this issuer has a groups_claim: memberships come with its tokens, not from here";
        refuse(r, SL_SCIM_REFUSED);
    } else if (r->kind == SL_SCIM_GROUP && !get && scim_settle_is_busy(r->k, r->issuer)) {
        refuse(r, SL_SCIM_BUSY);
    } else if (r->kind == SL_SCIM_USER && r->id.n > 0) {
        one_user(r);
    } else if (r->id.n > 0) {
        r->settling = scim_settling_new(r->k, r->issuer);
        one_group(r);
    } else if (get) {
        list(r);
    } else if (r->kind == SL_SCIM_USER) {
        create_user(r);
    } else {
        r->settling = scim_settling_new(r->k, r->issuer);
        whole_group(r, &fresh, 201);
    }
    scim_settling_free(r->settling);
}

void call_SCIM(struct call *c)
{
    struct request r = {.call = c,
                        .k = c->keeper,
                        .iss = c->provisions,
                        .issuer = issuer_of_iss(c->keeper, c->provisions),
                        .method = call_str(c, "method"),
                        .id = call_str(c, "id"),
                        .query = json_object_get(c->body, "query"),
                        .body = json_object_get(c->body, "resource"),
                        .base = base_of(c->keeper)};

    if (r.issuer == NULL || r.issuer->config->kind != SL_ISSUER_OIDC) {
        r.detail = "the configuration does not name this provider any more";
        refuse(&r, SL_SCIM_DENIED);
        return;
    }
    route(&r, call_str(c, "what"));
}
