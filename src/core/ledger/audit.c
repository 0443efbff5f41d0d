#include "core/ledger/audit_int.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "base/when.h"

#include <stdlib.h>

enum { AUDIT_MEMORY = 1 << 30 };
static const size_t audit_max_bytes = (size_t)16 * AUDIT_MEMORY;

void sl_audit_free(struct sl_audit *a)
{
    if (a == NULL)
        return;
    if (a->incoming != NULL)
        sl_buf_done(&a->incoming->text);
    for (struct sl_audit_policy *p = a->newest_policy; p != NULL; p = p->before)
        json_decref(p->json);
    sl_map_free(a->identities);
    sl_map_free(a->credentials);
    sl_map_free(a->approvals);
    sl_map_free(a->sessions);
    sl_map_free(a->policies);
    sl_map_free(a->policy_heads);
    sl_map_free(a->pending);
    sl_map_free(a->passkeys);
    sl_map_free(a->accounts);
    sl_map_free(a->went_on);
    sl_arena_free(a->mem);
    free(a->keys);
    free(a);
}

static enum sl_err new_maps(struct sl_audit *a)
{
    struct sl_map **maps[] = {&a->identities, &a->credentials,  &a->approvals, &a->sessions,
                              &a->policies,   &a->policy_heads, &a->pending,   &a->passkeys,
                              &a->accounts,   &a->went_on};

    for (size_t i = 0; i < SL_COUNT(maps); i++)
        SL_TRY(sl_map_new(maps[i], 0));
    return sl_arena_new(&a->mem, audit_max_bytes);
}

enum sl_err sl_audit_new(sl_audit_report_fn *report, void *owner, struct sl_audit **out)
{
    struct sl_audit *a = calloc(1, sizeof *a);

    if (a == NULL)
        return SL_EMEMORY;
    a->report = report;
    a->owner = owner;
    enum sl_err err = new_maps(a);
    if (err != SL_OK) {
        sl_audit_free(a);
        return err;
    }
    *out = a;
    return SL_OK;
}

void sl_audit_decisions(struct sl_audit *a, sl_audit_decision_fn *tell, void *owner)
{
    a->decision = tell;
    a->decision_owner = owner;
}

void sl_audit_found(struct sl_audit *a, struct sl_buf *sentence)
{
    SL_BUF(safe, 64 * 1024);

    sl_utf8_put_printable(&safe, sl_buf_span(sentence)); /* names in it may be a stranger's */
    a->report(a->owner, a->entry, sl_buf_span(&safe));
}

void *sl_audit_alloc(struct sl_audit *a, size_t bytes)
{
    void *p = sl_arena_alloc(a->mem, bytes == 0 ? 1 : bytes);

    if (p == NULL)
        a->err = SL_EMEMORY;
    return p;
}

struct sl_span sl_audit_copy(struct sl_audit *a, struct sl_span s)
{
    struct sl_span copy = sl_arena_copy(a->mem, s);

    if (copy.p == NULL && s.n > 0)
        a->err = SL_EMEMORY;
    return copy.p == NULL ? sl_span(NULL, 0) : copy;
}

void sl_audit_put(struct sl_audit *a, struct sl_map *m, struct sl_span key, void *value)
{
    enum sl_err err = value == NULL ? SL_EMEMORY : sl_map_put(m, key, value);

    if (err != SL_OK)
        a->err = err;
}

/* --- members -------------------------------------------------------------------------------- */

struct sl_span sl_audit_str(struct sl_audit *a, const json_t *leaf, const char *key)
{
    struct sl_span s = sl_json_str(leaf, key);

    if (s.n == 0)
        SL_FOUND(a, "the leaf has no '%s'", key);
    return s;
}

uint64_t sl_audit_u64(struct sl_audit *a, const json_t *leaf, const char *key)
{
    uint64_t v = 0;

    if (!sl_json_u64(leaf, key, &v))
        SL_FOUND(a, "the leaf has no number '%s'", key);
    return v;
}

uint64_t sl_audit_time(struct sl_audit *a, const json_t *leaf, const char *key)
{
    uint64_t v = 0;

    if (sl_when_get(sl_json_str(leaf, key), &v) != SL_OK)
        SL_FOUND(a, "the leaf has no time '%s'", key);
    return v;
}

bool sl_audit_hex(struct sl_audit *a, const json_t *leaf, const char *key, uint8_t *out, size_t n,
                  bool must)
{
    if (sl_hex_fixed(out, n, sl_json_str(leaf, key)) == SL_OK)
        return true;
    if (must)
        SL_FOUND(a, "the leaf has no digest '%s'", key);
    return false;
}

struct sl_audit_identity *sl_audit_identity(struct sl_audit *a, struct sl_span name)
{
    return sl_map_get(a->identities, name);
}

struct sl_span sl_audit_person(struct sl_audit *a, struct sl_span name)
{
    struct sl_audit_identity *who = sl_audit_identity(a, name);

    if (who == NULL)
        return name;
    while (who->person != who)
        who = who->person;
    return who->name;
}

/* --- leaves --------------------------------------------------------------------------------- */

static sl_audit_kind_fn *const kinds[] = {
    [SL_ENTRY_ACTIONS] = sl_audit_actions,
    [SL_ENTRY_ACTION] = sl_audit_action,
    [SL_ENTRY_APPROVAL] = sl_audit_approval,
    [SL_ENTRY_OUTCOME] = sl_audit_outcome,
    [SL_ENTRY_TXN] = sl_audit_txn,
    [SL_ENTRY_SESSION] = sl_audit_session,
    [SL_ENTRY_SIGN_IN_FAILURE] = sl_audit_plain,
    [SL_ENTRY_START] = sl_audit_start,
    [SL_ENTRY_STOP] = sl_audit_plain,
    [SL_ENTRY_RELOAD] = sl_audit_reload,
    [SL_ENTRY_POLICY] = sl_audit_policy,
    [SL_ENTRY_ROSTER] = sl_audit_roster,
    [SL_ENTRY_LABEL] = sl_audit_plain,
    [SL_ENTRY_KEY] = sl_audit_key,
    [SL_ENTRY_CANARY] = sl_audit_plain,
    [SL_ENTRY_PASSKEY] = sl_audit_passkey,
    [SL_ENTRY_BREAK_GLASS] = sl_audit_break_glass,
    [SL_ENTRY_BYPASS] = sl_audit_bypass,
    [SL_ENTRY_REVIEW] = sl_audit_review,
    [SL_ENTRY_HOOK] = sl_audit_plain,
};

void sl_audit_plain(struct sl_audit *a, const json_t *leaf)
{
    (void)a;
    (void)leaf; /* it says something, but nothing follows from it */
}

static void check_form(struct sl_audit *a, const json_t *leaf, struct sl_span text)
{
    SL_BUF(again, 2 * SL_ENTRY_MAX);
    uint64_t version = 0;

    if (sl_json_canonical(&again, leaf) != SL_OK || !sl_span_eq(sl_buf_span(&again), text))
        SL_FOUND(a, "the leaf is not canonical JSON");
    if (!sl_json_u64(leaf, "v", &version) || version != 1)
        SL_FOUND(a, "the leaf is of a version that is not known here");
}

static void check_leaf(struct sl_audit *a, const json_t *leaf, struct sl_span text)
{
    struct sl_span kind = sl_json_str(leaf, "kind");

    check_form(a, leaf, text);
    a->time_us = sl_audit_time(a, leaf, "time");
    if (a->entry == 0 && !sl_span_is(kind, "key"))
        SL_FOUND(a, "the first leaf names no key");
    if (a->expects_bypass && !sl_span_is(kind, "bypass"))
        SL_FOUND(
            a,
            "the policy changed while nothing ran, under govern: two-person, and it is not said");
    a->expects_bypass = false;
    for (unsigned i = 0; i < SL_COUNT(kinds); i++)
        if (sl_span_is(kind, sl_entry_kind_name((enum sl_entry_kind)i))) {
            kinds[i](a, leaf);
            return;
        }
    SL_FOUND(a, "the leaf is of kind '%S', which is not known here", kind);
}

enum sl_err sl_audit_leaf(struct sl_audit *a, uint64_t entry, struct sl_span leaf)
{
    json_t *value = NULL;

    a->entry = entry;
    enum sl_err err = sl_json_read(leaf, &value, NULL);
    if (err == SL_EMEMORY)
        return err;
    if (err != SL_OK || !json_is_object(value))
        SL_FOUND(a, "the leaf is not a JSON object");
    else
        check_leaf(a, value, leaf);
    json_decref(value);
    return a->err;
}

/* --- the program ---------------------------------------------------------------------------- */

static struct sl_audit_policy *incoming_policy(struct sl_audit *a, const json_t *leaf)
{
    uint64_t part = sl_audit_u64(a, leaf, "part"), parts = sl_audit_u64(a, leaf, "parts");

    if (part == 0) {
        if (a->incoming != NULL)
            sl_buf_done(&a->incoming->text);
        a->incoming = sl_audit_alloc(a, sizeof *a->incoming);
        if (a->incoming != NULL)
            *a->incoming =
                (struct sl_audit_policy){.parts = parts, .text = sl_buf(64 * 1024 * 1024)};
    }
    if (a->incoming == NULL || a->incoming->next != part || a->incoming->parts != parts) {
        SL_FOUND(a, "part %U of a policy comes out of turn", part);
        return NULL;
    }
    a->incoming->next++;
    return a->incoming;
}

void sl_audit_policy(struct sl_audit *a, const json_t *leaf)
{
    uint8_t digest[SL_SHA256], computed[SL_SHA256];
    struct sl_audit_policy *p = incoming_policy(a, leaf);

    if (p == NULL || !sl_audit_hex(a, leaf, "policy", digest, sizeof digest, true))
        return;
    sl_buf_put(&p->text, sl_json_str(leaf, "text"));
    if (p->next < p->parts)
        return;
    sl_sha256(sl_buf_span(&p->text), computed);
    if (sl_buf_err(&p->text) != SL_OK || memcmp(digest, computed, sizeof digest) != 0)
        SL_FOUND(a, "the policy's text does not have the digest that the leaf says");
    p->whole = true;
    memcpy(p->digest, digest, sizeof p->digest);
    sl_audit_read_policy(a, p);
    sl_buf_done(&p->text);
    p->before = a->newest_policy;
    a->newest_policy = p;
    a->incoming = NULL;
    sl_audit_put(a, a->policies, sl_span(digest, sizeof digest), p);
    sl_audit_put(a, a->policy_heads, sl_span(digest, 8), p);
}

/* The policy that the leaf names is in force from now on. */
static void take_policy(struct sl_audit *a, const json_t *leaf)
{
    uint8_t digest[SL_SHA256];

    if (!sl_audit_hex(a, leaf, "policy", digest, sizeof digest, false))
        return;
    a->in_force = sl_map_get(a->policies, sl_span(digest, sizeof digest));
    if (a->in_force == NULL)
        SL_FOUND(a, "a policy is in force whose text is not in the ledger");
}

void sl_audit_start(struct sl_audit *a, const json_t *leaf)
{
    const struct sl_audit_policy *was = a->in_force;

    take_policy(a, leaf);
    a->expects_bypass = was != NULL && was->two_person && a->in_force != NULL &&
                        memcmp(was->digest, a->in_force->digest, sizeof was->digest) != 0;
}

void sl_audit_reload(struct sl_audit *a, const json_t *leaf)
{
    if (json_is_true(json_object_get(leaf, "accepted")))
        take_policy(a, leaf);
}

void sl_audit_session(struct sl_audit *a, const json_t *leaf)
{
    uint64_t number = sl_audit_u64(a, leaf, "session");
    bool is_open = sl_span_is(sl_json_str(leaf, "event"), "open");
    struct sl_audit_session *known = sl_map_get(a->sessions, sl_map_u64(&number));

    if (!is_open) {
        if (known == NULL)
            SL_FOUND(a, "session %U ends, but never began", number);
        return;
    }
    if (known != NULL)
        SL_FOUND(a, "session %U begins twice", number);
    struct sl_audit_session *s = sl_audit_alloc(a, sizeof *s);
    if (s == NULL)
        return;
    s->identity = sl_audit_copy(a, sl_audit_str(a, leaf, "identity"));
    s->target = sl_audit_copy(a, sl_audit_str(a, leaf, "target"));
    s->on_behalf_of = sl_audit_names(a, json_object_get(leaf, "on_behalf_of"));
    sl_audit_said_person(a, s->identity, leaf);
    sl_audit_put(a, a->sessions, sl_map_u64(&number), s);
    struct sl_audit_identity *who = sl_audit_identity(a, s->identity);
    if (who == NULL)
        SL_FOUND(a, "'%S' opens a session, but was never added", s->identity);
    else if (who->status != SL_AUDIT_ACTIVE)
        SL_FOUND(a, "'%S' opens a session while disabled or paused", s->identity);
}
