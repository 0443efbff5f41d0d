/* What stands in more than one place is the same in all of them: a reader looks at one. */
#include "core/ledger/audit_int.h"

#include "core/ledger/entry_int.h"

/* A leaf cuts long words: it must show of them what it would show of any. */
bool sl_audit_said_same(struct sl_span whole, struct sl_span told)
{
    SL_BUF(text, SL_ENTRY_MAX);
    struct sl_jw w = sl_jw(&text);
    json_t *shown = NULL;

    sl_jw_object(&w);
    sl_member_said(&w, "said", whole);
    sl_jw_end(&w);
    bool same = sl_json_read(sl_buf_span(&text), &shown, NULL) == SL_OK &&
                sl_span_eq(sl_json_str(shown, "said"), told);
    json_decref(shown);
    return same;
}

void sl_audit_said_person(struct sl_audit *a, struct sl_span identity, const json_t *leaf)
{
    const struct sl_audit_identity *who = sl_audit_identity(a, identity);
    struct sl_span kind = sl_json_str(leaf, "identity_kind"), owner = sl_json_str(leaf, "owner");

    if (who == NULL)
        return; /* that was said already */
    if (kind.n > 0 && sl_identity_kind_of(kind) != who->kind)
        SL_FOUND(a, "'%S' is called %S, but was added as %s", identity, kind,
                 sl_identity_kind_name(who->kind));
    if (owner.n > 0 && !sl_span_eq(owner, who->owner))
        SL_FOUND(a, "the owner of '%S' is '%S', but the leaf says '%S'", identity, who->owner,
                 owner);
}

/* A leaf that names a session is about its identity and target. */
void sl_audit_said_session(struct sl_audit *a, const json_t *leaf, struct sl_span identity,
                           struct sl_span target)
{
    uint64_t number = 0;

    if (!sl_json_u64(leaf, "session", &number) || number == 0)
        return;
    const struct sl_audit_session *s = sl_map_get(a->sessions, sl_map_u64(&number));
    if (s == NULL)
        SL_FOUND(a, "the leaf names session %U, which never began", number);
    else if (!sl_span_eq(s->identity, identity) || !sl_span_eq(s->target, target))
        SL_FOUND(a, "the leaf is about '%S' on '%S', but its session is '%S' on '%S'", identity,
                 target, s->identity, s->target);
}

static bool said_yes(const struct sl_audit_approval *p, const char *name)
{
    for (size_t i = 0; i < p->vote_count; i++)
        if (name != NULL && sl_span_is(p->voters[i], name))
            return true;
    return name != NULL && p->broken_by.n > 0 && sl_span_is(p->broken_by, name);
}

/* Who said yes is what people read in the leaf of the action. */
void sl_audit_said_approvers(struct sl_audit *a, const struct sl_audit_approval *p,
                             struct sl_span id, const json_t *leaf)
{
    const json_t *names = json_object_get(leaf, "approvers");
    bool same = json_array_size(names) == p->vote_count + (p->broken_by.n > 0);

    for (size_t i = 0; i < json_array_size(names); i++)
        same = same && said_yes(p, json_string_value(json_array_get(names, i)));
    if (!same)
        SL_FOUND(a, "the action under approval %S names other approvers than those who decided",
                 id);
}

/* --- the policy ----------------------------------------------------------------------------- */

static void take_watched(struct sl_audit *a, struct sl_audit_policy *p, const json_t *targets)
{
    struct sl_span *names = sl_audit_alloc(a, json_array_size(targets) * sizeof *names);
    size_t i;
    json_t *target;

    if (names == NULL)
        return;
    p->only_watched.items = names;
    json_array_foreach(targets, i, target) if (sl_span_is(sl_json_str(target, "mode"), "observe"))
        names[p->only_watched.count++] = sl_audit_copy(a, sl_json_str(target, "name"));
}

static struct sl_names names_of(struct sl_audit *a, const json_t *list)
{
    struct sl_names names = {sl_audit_alloc(a, json_array_size(list) * sizeof *names.items), 0};
    size_t i;
    json_t *one;

    json_array_foreach(list, i, one) if (names.items != NULL && json_is_string(one))
        names.items[names.count++] = sl_audit_copy(a, sl_span_str(json_string_value(one)));
    return names;
}

/* Every group that the text names, wherever: they are what memberships mean something for. */
static void take_groups(struct sl_audit *a, struct sl_audit_policy *p, const json_t *value)
{
    const char *key;
    json_t *inner;
    size_t i;

    json_array_foreach(value, i, inner) take_groups(a, p, inner);
    json_object_foreach((json_t *)value, key, inner)
    {
        struct sl_names more = {0};

        if (strcmp(key, "groups") == 0)
            more = names_of(a, inner);
        for (size_t n = 0; n < more.count; n++) {
            struct sl_span *grown =
                sl_audit_alloc(a, (p->groups.count + 1) * sizeof *p->groups.items);
            if (grown == NULL)
                return;
            if (p->groups.count > 0)
                memcpy(grown, p->groups.items, p->groups.count * sizeof *grown);
            grown[p->groups.count] = more.items[n];
            p->groups = (struct sl_names){grown, p->groups.count + 1};
        }
        take_groups(a, p, inner);
    }
}

static void take_government(struct sl_audit *a, struct sl_audit_policy *p, const json_t *policy)
{
    const json_t *auditors = json_object_get(json_object_get(policy, "roles"), "auditors");
    const json_t *glass = json_object_get(policy, "break_glass");

    p->two_person = sl_span_is(sl_json_str(policy, "govern"), "two-person");
    p->break_glass = names_of(a, json_object_get(glass, "groups"));
    p->auditors = names_of(a, json_object_get(auditors, "identities"));
    p->auditor_groups = names_of(a, json_object_get(auditors, "groups"));
    take_groups(a, p, policy);
}

void sl_audit_read_policy(struct sl_audit *a, struct sl_audit_policy *p)
{
    json_t *policy = NULL;

    if (sl_json_read(sl_buf_span(&p->text), &policy, NULL) != SL_OK || !json_is_object(policy)) {
        SL_FOUND(a, "the policy's text is not a JSON object");
        json_decref(policy);
        return;
    }
    take_watched(a, p, json_object_get(policy, "targets"));
    take_government(a, p, policy);
    p->json = policy;
}
