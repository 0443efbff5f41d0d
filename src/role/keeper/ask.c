#include "role/keeper/ask.h"

#include "role/keeper/approval.h"
#include "role/keeper/away.h"
#include "role/keeper/brief.h"
#include "role/keeper/db.h"
#include "role/keeper/eligible.h"
#include "role/keeper/keeper_int.h"

/* Making an approval out of an action: the policy is evaluated again with the same code as the
 * gate's, and identity, requester set, target and labels are filled in here, whatever the gate
 * believes. */

/* Actions of one identity that wait or are granted. Behind those of a gate stands a session each,
 * and there may be thousands; those that a program asks for over HTTP cost it nothing. */
enum { MAX_OPEN = 4096, MAX_ASKED = 200, MAX_OPEN_BYTES = 64 * 1024 * 1024 };

struct sl_span approval_link(struct keeper *k, struct sl_span id)
{
    const struct sl_settings *s = &k->config->settings;
    SL_BUF(link, 2048);

    if (s->public_url.n > 0)
        sl_buf_say(&link, "%S/approvals/%S", s->public_url, id);
    else
        sl_buf_say(&link, "http://%S:%S/approvals/%S", s->http_host, s->http_port, id);
    return sl_arena_copy(k->mem, sl_buf_span(&link));
}

/* --- can it be held? -----------------------------------------------------------------------------
 */

static enum sl_err say_no(struct ask *a, const char *refusal, const char *hint)
{
    a->refusal = refusal;
    a->hint = hint;
    return SL_EDENIED;
}

static enum sl_err too_few(struct keeper *k, struct ask *a)
{
    SL_BUF(text, 8192);

    sl_buf_say(&text, "this would be held, but too few people could decide it (needed: ");
    reviewers_text(&text, a->requirements, a->requirement_count);
    sl_buf_say(&text, ")");
    return say_no(
        a, sl_arena_text(k->mem, sl_buf_span(&text)),
        "Reviewers must be active humans outside the requester set who claimed a deciding "
        "credential before this was asked (sluice identity invite, sluice enroll); whoever is away "
        "until it expires does not count (docs/away.md).");
}

static enum sl_err too_few_passkeys(struct keeper *k, struct ask *a)
{
    SL_BUF(text, 8192);

    sl_buf_say(&text,
               "this would be held, but too few of those who could decide it have a passkey%s, "
               "which the rule asks for (needed: ",
               a->answer.device_bound ? " that cannot leave its device" : "");
    reviewers_text(&text, a->requirements, a->requirement_count);
    sl_buf_say(&text, ")");
    return say_no(a, sl_arena_text(k->mem, sl_buf_span(&text)),
                  "Reviewers enrol one in the console before this is asked again "
                  "(sluice passkeys list shows who has).");
}

static const char in_transaction_text[] = "this would be held, and the rule refuses that inside a "
                                          "transaction, where it would keep its locks";
static const char in_transaction_hint[] = "Run it outside of a transaction block.";

static bool is_asked_over_http(const struct ask *a)
{
    return sl_span_is(a->action.protocol, "external") || sl_span_is(a->action.protocol, "sluice");
}

/* Reviewers see the newest questions first: nobody may bury those of others. */
static bool asks_too_much(struct keeper *k, const struct ask *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_COUNT_OF, "s", a->who->name);
    uint64_t open = db_row(&rows) ? db_u64(&rows, 0) : MAX_OPEN;

    db_end(&rows);
    return open >= (is_asked_over_http(a) ? MAX_ASKED : MAX_OPEN);
}

/* Documents that are not large are bounded by their number. */
static bool asks_too_large(struct keeper *k, const struct ask *a)
{
    if (a->action.operation.n <= LARGE_DOCUMENT_BYTES)
        return false;
    struct db_rows rows = db_ask(k->store.db, DB_LARGE_BYTES_OF, "s", a->who->name);
    uint64_t bytes = db_row(&rows) ? db_u64(&rows, 0) : MAX_OPEN_BYTES;

    db_end(&rows);
    return bytes + a->action.operation.n > MAX_OPEN_BYTES;
}

static const char shut_text[] = "its rules leave no channel in which it could be decided";
static const char shut_hint[] = "Ask for its statements one by one; or whoever keeps the policy "
                                "gives these rules a `decide_in` in common, with console where a "
                                "passkey is asked for.";

/* Its rules together may leave no way to decide. */
static bool is_shut_everywhere(const struct ask *a)
{
    uint32_t open = a->answer.passkey ? SL_DECIDE_IN_PASSKEY : SL_DECIDE_IN_ALL;

    return (open & ~a->answer.shut) == 0;
}

static enum sl_err may_hold(struct keeper *k, struct ask *a)
{
    if (a->answer.reason_required && a->action.reason.n == 0)
        return say_no(a, "this needs a reason, and none was given",
                      "SET sluice.reason = 'why you do this'; then run it again.");
    if (a->in_transaction && a->answer.in_transaction == SL_TX_REFUSE)
        return say_no(a, in_transaction_text, in_transaction_hint);
    if (a->cannot_elevate != NULL)
        return say_no(a, a->cannot_elevate,
                      "Whoever keeps the policy has to name one login that fits.");
    if (asks_too_much(k, a))
        return say_no(a, "too many actions of this identity wait for a decision already",
                      "Wait until some are decided, or cancel those that are not needed.");
    if (asks_too_large(k, a))
        return say_no(a, "too much text of this identity waits for a decision already",
                      "Wait until some of it is decided, or cancel what is not needed.");
    const char *problem = envelope_problem(k, a);
    if (problem != NULL)
        return say_no(a, problem, "Ask for its statements one by one, or as a list.");
    if (a->envelope.times > 0) /* its time begins with the last yes */
        a->answer.grant_ttl_ms = a->envelope.for_s * 1000;
    SL_TRY(ask_prefer_passkey(k, a));
    if (is_shut_everywhere(a))
        return say_no(a, shut_text, shut_hint);
    struct proof_needed any = {.too_late_us = a->now_us + a->answer.expires_ms * 1000}, proof;
    any.own_right_only = own_right_only(k, a->action.protocol, a->requesters, a->requester_count);
    proof = any;
    proof.passkey = a->answer.passkey;
    proof.device_bound = a->answer.device_bound;
    if (!enough_people(k, a->requirements, a->requirement_count, a->requesters, a->requester_count,
                       any, a->now_us))
        return too_few(k, a);
    if (proof.passkey && !enough_people(k, a->requirements, a->requirement_count, a->requesters,
                                        a->requester_count, proof, a->now_us))
        return too_few_passkeys(k, a);
    return SL_OK;
}

/* --- joining, or asking anew --- */

static bool one_id(struct keeper *k, enum db_sql sql, const uint8_t key[32], struct sl_span *id)
{
    struct db_rows rows = db_ask(k->store.db, sql, "b", sl_span(key, 32));
    bool found = db_row(&rows);

    if (found)
        *id = sl_arena_copy(k->mem, db_span(&rows, 0));
    db_end(&rows);
    return found;
}

/* The key covers identity, requester set, target, text, values, session, reason and the matched
 * rules: what joins is the very same action under the very same rules. */
static bool join(struct keeper *k, struct ask *a)
{
    struct sl_span id;
    APPROVAL(old);

    if (!one_id(k, DB_APPROVAL_JOIN, a->join_key, &id) || approval_get(k, id, &old) != SL_OK)
        return false;
    uint64_t until_us = old.state == SL_APPROVAL_PENDING ? old.expires_us : old.grant_expires_us;
    if (until_us <= a->now_us || !sl_span_eq(old.identity, a->who->name))
        return false;
    memcpy(a->id, id.p, 36);
    a->id[36] = '\0';
    a->joined = true;
    a->joined_pending = old.state == SL_APPROVAL_PENDING;
    return true;
}

/* Of an envelope: whoever uses it is told how it ended. */
static enum sl_err not_that_one(struct keeper *k, struct ask *a, const struct approval *old)
{
    SL_BUF(text, 8192);

    if (old->state == SL_APPROVAL_APPROVED && a->now_us >= old->grant_expires_us)
        return say_no(a, "its time is over", "Ask anew.");
    if (old->state == SL_APPROVAL_PENDING || old->state == SL_APPROVAL_APPROVED)
        return say_no(a, "what it is now is not what was shown to reviewers",
                      "Run, reason, session, definitions, labels or policy are others; ask anew.");
    sl_buf_say(&text, "it is %s: %S", sl_approval_state_name(old->state), old->why);
    return say_no(a, sl_arena_text(k->mem, sl_buf_span(&text)), "Ask anew.");
}

/* It was shown as something else: nobody's yes counts for what it means now (P3). */
static enum sl_err another_meaning(struct keeper *k, struct ask *a)
{
    APPROVAL(old);

    a->joined = false;
    bool is_ours = approval_get(k, a->only, &old) == SL_OK &&
                   sl_span_eq(old.identity, a->who->name) &&
                   sl_span_eq(old.target, a->target->name);
    enum sl_err no = is_ours && a->envelope.times > 0 ? not_that_one(k, a, &old) : SL_OK;
    bool is_late = old.state == SL_APPROVAL_APPROVED && a->now_us >= old.grant_expires_us;
    if (is_ours && is_late)
        approval_end(k, &old, &(struct move){.on = SL_APPROVAL_ON_DEADLINE});
    else if (is_ours)
        approval_end(k, &old,
                     &(struct move){.on = SL_APPROVAL_ON_VOID,
                                    .reason = SL_SPAN("it means something else now")});
    if (no != SL_OK)
        return no;
    return say_no(a, "this list means something else now than what was shown to reviewers",
                  "Definitions, policy or session settings changed since; ask anew.");
}

enum sl_err ask_hold(struct keeper *k, struct ask *a)
{
    struct sl_span secret = sl_span(k->store.secret, sizeof k->store.secret);

    SL_TRY(sl_approval_join_key(secret, &a->action, a->join_key));
    if (join(k, a) && a->joined_pending && a->in_transaction &&
        a->answer.in_transaction == SL_TX_REFUSE)
        return say_no(a, in_transaction_text, in_transaction_hint);
    if (a->only.n > 0 && !(a->joined && sl_span_is(a->only, a->id)))
        return another_meaning(k, a);
    if (a->joined)
        return SL_OK;
    SL_TRY(may_hold(k, a));
    if (!one_id(k, DB_APPROVAL_UNKNOWN, a->join_key, &a->repeats))
        a->repeats = sl_span(NULL, 0);
    sl_uuid_v7(a->now_us, a->id);
    sl_random(a->action.salt, sizeof a->action.salt);
    SL_TRY(sl_action_digest(&a->action, a->digest));
    SL_TRY(ask_record(k, a));
    keeper_event(k, "asked", sl_span_str(a->id), SL_APPROVAL_PENDING);
    return SL_OK;
}
