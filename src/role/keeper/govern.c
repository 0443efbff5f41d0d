#include "role/keeper/governed.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/credentials.h"
#include "role/keeper/eligible.h"
#include "role/keeper/glass.h"
#include "role/keeper/govern.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"

/* Administration needs another person (`govern: two-person`).
 *
 * A command that loosens something becomes an approval, exactly as a statement does: protocol
 * "sluice", effect admin, decided by `roles.admins`. The operator runs the same command again when
 * it is approved; that joins the approval and spends it, once (P2, P3). So no answer with a secret
 * in it ever waits in the keeper.
 *
 * Who asks is whoever sits at the shell. Where that is one identity, it and everybody bound to it
 * is in the requester set, and one other person decides. Where it is not known, or the user is
 * root, whom several people may be, it could be any of the admins: then two must say yes, of whom
 * at least one is somebody else. */

static const uint64_t decide_ms = 24ull * 3600 * 1000, spend_ms = 8ull * 3600 * 1000;
static const uint64_t review_offline_ms = 3ull * 24 * 3600 * 1000;

/* --- what it is about, in words ------------------------------------------------------------------
 */

static void say_groups(struct sl_buf *b, const json_t *groups)
{
    size_t i;
    json_t *one;

    json_array_foreach(groups, i, one)
        sl_buf_say(b, "%s%s", i == 0 ? ", in " : ", ",
                   json_is_string(one) ? json_string_value(one) : "?");
}

static void say_skip(struct sl_buf *b, struct sl_span name, const json_t *body)
{
    uint64_t entry = 0;

    if (sl_json_u64(body, "entry", &entry))
        sl_buf_say(b, "the hook \"%S\" is never told entry %U", name, entry);
    else
        sl_buf_say(b, "the hook \"%S\" is never told what is in its dead-letter list", name);
}

/* Who is away is who asks. */
static void say_stand_in(struct sl_buf *b, const json_t *body)
{
    struct sl_span from = sl_json_str(body, "from");

    sl_buf_say(b, "\"%S\" decides in the place of whoever asks this while they are away, from %S ",
               sl_json_str(body, "stand_in"), from.n > 0 ? from : SL_SPAN("then on"));
    sl_buf_say(b, "until %S", sl_json_str(body, "until"));
}

void govern_say(struct sl_buf *b, struct sl_span method, const json_t *body)
{
    struct sl_span name = sl_json_str(body, "name"), to = sl_json_str(body, "to");
    struct sl_span os_user = sl_json_str(body, "os_user");

    if (sl_span_is(method, "identity.add")) {
        sl_buf_say(b, "add the %S \"%S\"", sl_json_str(body, "kind"), name);
        if (sl_json_str(body, "owner").n > 0)
            sl_buf_say(b, ", owned by %S", sl_json_str(body, "owner"));
        say_groups(b, json_object_get(body, "groups"));
        if (os_user.n > 0)
            sl_buf_say(b, ", who sits at the shell as user %S", os_user);
    } else if (sl_span_is(method, "identity.link") && os_user.n > 0)
        sl_buf_say(b, "\"%S\" is who sits at the shell as user %S", name, os_user);
    else if (sl_span_is(method, "identity.link"))
        sl_buf_say(b, "\"%S\" and \"%S\" are one person", name, to);
    else if (sl_span_is(method, "identity.group"))
        sl_buf_say(b, "\"%S\" %s the group \"%S\"", name,
                   json_is_true(json_object_get(body, "member")) ? "joins" : "leaves",
                   sl_json_str(body, "group"));
    else if (sl_span_is(method, "identity.invite"))
        sl_buf_say(b, "a code with which \"%S\" claims a deciding credential", name);
    else if (sl_span_is(method, "account.link"))
        sl_buf_say(b, "whom %S calls \"%S\" is \"%S\"", sl_json_str(body, "issuer"),
                   sl_json_str(body, "subject"), name);
    else if (sl_span_is(method, "account.unlink"))
        sl_buf_say(b,
                   "whom %S calls \"%S\" is not \"%S\" any more, who leaves the groups that came "
                   "with it",
                   sl_json_str(body, "issuer"), sl_json_str(body, "subject"), name);
    else if (sl_span_is(method, "token.revoke"))
        sl_buf_say(b, "the account %S at a provider is revoked, with the groups that came with it",
                   name.n > 0 ? name : sl_json_str(body, "id"));
    else if (sl_span_is(method, "scim.credential"))
        sl_buf_say(b, "a credential with which %S says who is there and in which groups",
                   sl_json_str(body, "issuer"));
    else if (sl_span_is(method, "identity.pause") && name.n == 0)
        sl_buf_put_str(b, "all agents that are paused go on");
    else if (sl_span_is(method, "identity.pause"))
        sl_buf_say(b, "\"%S\", who is paused, goes on", name);
    else if (sl_span_is(method, "passkey.revoke"))
        sl_buf_say(b, "the passkey %S is removed", sl_json_str(body, "key"));
    else if (sl_span_is(method, "approval.erase"))
        sl_buf_say(b, "what approval %S was about is erased", sl_json_str(body, "id"));
    else if (sl_span_is(method, "hook.skip"))
        say_skip(b, name, body);
    else if (sl_span_is(method, "me.away"))
        say_stand_in(b, body);
    else if (sl_span_is(method, "identity.delegate"))
        sl_buf_say(b, "\"%S\" does not act for \"%S\" any more", to, name);
    else
        sl_buf_put(b, method);
}

/* The first of them; the operation, which is shown as well, has all. */
static void say_about(struct sl_buf *b, const json_t *about)
{
    enum { SAID = 20 };
    size_t i, count = json_array_size(about);
    json_t *one;

    json_array_foreach(about, i, one)
    {
        if (i < SAID)
            sl_buf_say(b, i == 0 ? ": %s" : ", %s", json_string_value(one));
    }
    if (count > SAID)
        sl_buf_say(b, " and %U more, named below", (uint64_t)(count - SAID));
}

static enum sl_err put_operation(struct call *c, const json_t *about, struct sl_buf *out)
{
    SL_BUF(words, 64 * 1024); /* names of 256 groups, and of 20 that it is about */

    govern_say(&words, sl_span_str(c->method), c->body);
    say_about(&words, about);
    SL_TRY(sl_buf_err(&words)); /* it is what people read: all of it, or nothing is asked (P3) */
    json_t *operation = json_object();
    json_put_str(operation, "method", sl_span_str(c->method));
    json_object_set_new(operation, "body", json_deep_copy(c->body));
    if (about != NULL)
        json_object_set_new(operation, "about", json_deep_copy(about));
    json_put_str(operation, "change", sl_buf_span(&words));
    enum sl_err err = sl_json_canonical(out, operation);

    json_decref(operation);
    return err != SL_OK ? err : sl_buf_err(out);
}

enum governed govern_of(struct sl_span method)
{
    static const struct {
        const char *method;
        enum governed how;
    } rows[] = {
#define ROW(method, how, because) {method, GOVERNED_##how},
        SL_GOVERNED(ROW)
#undef ROW
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (sl_span_is(method, rows[i].method))
            return rows[i].how;
    return GOVERNED_UNKNOWN;
}

/* --- who asks, and who decides -------------------------------------------------------------------
 */

struct sl_reviewers govern_reviewers(const struct keeper *k, bool shell_is_known)
{
    struct sl_members admins = sl_config_admins(k->config);

    return (struct sl_reviewers){admins.groups, admins.identities, shell_is_known ? 1 : 2};
}

/* A person who asks over HTTP for themself, with a credential that decides (me.away). */
static bool is_a_person(const struct call *c)
{
    return c->with.deciding && c->who.name.n > 0;
}

static struct person who_asks(struct call *c)
{
    if (is_a_person(c))
        return c->who;
    struct person who = {.name = SL_SPAN("operator"),
                         .person = SL_SPAN("operator"),
                         .kind = SL_SERVICE};

    if (c->maker.issuer.n > 0 && person_plain(c->keeper, c->maker.issuer, &who) != SL_OK)
        keeper_die("who sits at the shell could not be read", SL_ECORRUPT);
    return who;
}

static bool shell_is_known(const struct call *c)
{
    return is_a_person(c) || (c->maker.issuer.n > 0 && !sl_span_is(c->maker.os_user, "0"));
}

struct change {
    struct ask ask;
    struct person who;
    struct sl_reviewers needed;
    struct sl_span rule;
};

static enum sl_err fill(struct call *c, struct change *w, struct sl_span operation)
{
    static const struct sl_target here = {.name = {(const uint8_t *)"sluice", 6}};
    static struct sl_meaning_statement change = {.tag = {(const uint8_t *)"administration", 14},
                                                 .effects = SL_EFFECT_ADMIN};
    static const struct sl_meaning meaning = {.effects = SL_EFFECT_ADMIN,
                                              .statements = &change,
                                              .statement_count = 1};
    struct keeper *k = c->keeper;

    w->who = who_asks(c);
    w->needed = govern_reviewers(k, shell_is_known(c));
    w->rule = SL_SPAN("govern: two-person");
    w->ask = (struct ask){.others = {.os_user = c->maker.os_user},
                          .credential = c->with.id,
                          .who = &w->who,
                          .target = &here,
                          .meaning = &meaning,
                          .now_us = sl_clock_us(),
                          .why = w->rule,
                          .requirements = &w->needed,
                          .requirement_rules = &w->rule,
                          .requirement_count = 1};
    w->ask.answer = (struct sl_answer){.verdict = SL_HOLD,
                                       .enforced = SL_HOLD,
                                       .from_default = true,
                                       .expires_ms = decide_ms,
                                       .grant_ttl_ms = spend_ms};
    /* Whoever is named gains by it, and so decides nothing about it. */
    if (call_str(c, "stand_in").n > 0)
        names_add(k->mem, &w->ask.others.on_behalf_of, call_str(c, "stand_in"));
    SL_TRY(requesters_of(k, &w->who, &w->ask.others, &w->ask.requesters, &w->ask.requester_count));
    struct sl_names names = requester_names(k, w->ask.requesters, w->ask.requester_count);
    w->ask.action = (struct sl_action){.identity = w->who.name,
                                       .requesters = names.items,
                                       .requester_count = names.count,
                                       .target = here.name,
                                       .protocol = SL_SPAN("sluice"),
                                       .operation = operation,
                                       .meaning = &meaning};
    memcpy(w->ask.action.rules_digest, k->config->digest, sizeof k->config->digest);
    return SL_OK;
}

/* --- the answer
 * ----------------------------------------------------------------------------------- */

static void tell_held(struct call *c, const struct approval *a)
{
    SL_BUF(who, 4096);
    SL_BUF(text, 8192);

    deciders_text(&who, c->keeper, a);
    sl_buf_say(&text,
               "Held: another person decides about this first (approval %S, needs a yes from %S).",
               a->id, sl_buf_span(&who));
    c->status = 202;
    c->reply = json_object();
    json_put_str(c->reply, "approval", a->id);
    json_put_str(c->reply, "state", sl_span_str(sl_approval_state_name(a->state)));
    json_put_str(c->reply, "link", approval_link(c->keeper, a->id));
    json_put_str(c->reply, "reviewers", sl_buf_span(&who));
    json_put_str(c->reply, "detail", sl_buf_span(&text));
    json_put_str(c->reply, "hint",
                 SL_SPAN("When it is approved, run the same command again: that does it."));
}

static void refused(struct call *c, const struct ask *a)
{
    call_problem(
        c, 403, "Nobody could say yes", a->refusal == NULL ? "This cannot be held." : a->refusal,
        "Under govern: two-person another person of roles.admins decides, or two where it is "
        "not known who sits at the shell. With the gateway stopped the command works on the "
        "state folder; that is recorded and reported (docs/policy.md, Locked out).");
}

/* The grant is spent here and now, by the command that was approved and no other. */
static bool spend(struct call *c, struct approval *a)
{
    if (!approval_votes_stand(c->keeper, a)) {
        approval_end(c->keeper, a,
                     &(struct move){.on = SL_APPROVAL_ON_KILL,
                                    .reason = SL_SPAN("a person who approved may no longer "
                                                      "decide")});
        call_problem(c, 409, "Not approved any more",
                     "A person who approved it may no longer decide.", "Run it again to ask anew.");
        return false;
    }
    if (approval_move(c->keeper, a, &(struct move){.on = SL_APPROVAL_ON_SPEND}) != SL_OK)
        return false;
    json_t *event = event_new("outcome", sl_clock_us());
    event_str(event, "id", a->id);
    event_str(event, "outcome", SL_SPAN("{\"outcome\":\"ok\"}"));
    store_record(&c->keeper->store, NULL, event, true);
    c->maker.approval = a->id;
    return true;
}

static bool hold(struct call *c, const json_t *about)
{
    struct change w;
    APPROVAL(a);
    SL_BUF(operation, SL_ACTION_MAX_BYTES);

    enum sl_err err = put_operation(c, about, &operation);
    if (err == SL_OK)
        err = fill(c, &w, sl_buf_span(&operation));
    if (err == SL_OK)
        err = ask_hold(c->keeper, &w.ask);
    if (err == SL_EDENIED) {
        refused(c, &w.ask);
        return true;
    }
    if (err != SL_OK || approval_get(c->keeper, sl_span_str(w.ask.id), &a) != SL_OK) {
        call_problem(c, 500, "Not recorded", "The change could not be recorded as an approval.",
                     "");
        return true;
    }
    if (a.state == SL_APPROVAL_APPROVED)
        return !spend(c, &a);
    tell_held(c, &a);
    return true;
}

/* --- when nobody has to be asked
 * ------------------------------------------------------------------ */

static uint64_t number(struct keeper *k, enum db_sql sql)
{
    struct db_rows rows = db_ask(k->store.db, sql, "");
    uint64_t value = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return value;
}

/* Two people must have been able to decide once, or the first ones could never come. Once that was
 * so it stays so: linking the two afterwards makes nobody the first again (view.c). */
static bool could_be_asked_once(struct keeper *k)
{
    return number(k, DB_DECIDERS_EVER) >= 2;
}

void bypass_record(struct keeper *k, const struct maker *by, struct sl_span channel,
                   struct sl_span what)
{
    uint64_t now_us = sl_clock_us();
    uint64_t within_ms =
        k->config == NULL ? review_offline_ms : k->config->settings.review_within_ms;
    struct sl_span who = by->issuer.n > 0 ? by->issuer : SL_SPAN("operator");
    json_t *event = event_new("exception", now_us);
    char id[37];
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_uuid_v7(now_us, id);
    event_str(event, "id", sl_span_str(id));
    event_str(event, "kind", SL_SPAN("bypass"));
    event_str(event, "identity", who);
    event_str(event, "person", person_of(k, who));
    event_str(event, "credential", sl_span(NULL, 0));
    event_str(event, "channel", channel);
    event_str(event, "reason", what);
    event_u64(event, "due", now_us + within_ms * 1000);
    sl_entry_put_bypass(&leaf, &(struct sl_entry_bypass){.time_us = now_us,
                                                         .review_by_us = now_us + within_ms * 1000,
                                                         .id = sl_span_str(id),
                                                         .by = who,
                                                         .os_user = by->os_user,
                                                         .channel = channel,
                                                         .what = what});
    store_record(&k->store, &leaf, event, true);
    sl_log(SL_LOG_WARN, "govern_bypassed", SL_TEXT("by", who), SL_TEXT("what", what));
    keeper_event(k, "bypassed", sl_span_str(id), SL_APPROVAL_NONE);
}

static bool offline(struct call *c)
{
    SL_BUF(what, 4096);

    if (number(c->keeper, DB_GOVERNED_GET) != 1 || !could_be_asked_once(c->keeper))
        return false;
    govern_say(&what, sl_span_str(c->method), c->body);
    bypass_record(c->keeper, &c->maker, SL_SPAN("offline"), sl_buf_span(&what));
    return false;
}

static bool waits(struct call *c, const json_t *about)
{
    if (c->maker.approval.n > 0)
        return false;
    SL_PROMISE(govern_of(sl_span_str(c->method)) > GOVERNED_FREE);
    if (c->keeper->offline)
        return offline(c);
    if (!c->keeper->config->settings.govern_two_person)
        return false;
    if (could_be_asked_once(c->keeper))
        return hold(c, about);
    c->maker.why = SL_SPAN("before two people could decide");
    return false;
}

bool govern_waits_about(struct call *c, json_t *about)
{
    bool held = waits(c, about);

    json_decref(about);
    return held;
}

bool govern_waits(struct call *c)
{
    return waits(c, NULL);
}

/* A new policy is in force. At the start of a keeper nobody could be asked about the file. */
void govern_in_force(struct keeper *k, bool started)
{
    SL_BUF(digest, 128);
    struct db_rows rows = db_ask(k->store.db, DB_IN_FORCE_GET, "");
    struct sl_span was =
        db_row(&rows) ? sl_arena_copy(k->mem, db_span(&rows, 0)) : sl_span(NULL, 0);

    db_end(&rows);
    sl_hex_put(&digest, sl_span(k->config->digest, sizeof k->config->digest));
    if (started && number(k, DB_GOVERNED_GET) == 1 && was.n > 0 &&
        !sl_span_eq(was, sl_buf_span(&digest)))
        bypass_record(k, &(struct maker){0}, SL_SPAN("start"),
                      SL_SPAN("the policy changed while nothing ran"));
    if (sl_span_eq(was, sl_buf_span(&digest)))
        return;
    json_t *event = event_new("in_force", sl_clock_us());
    event_str(event, "digest", sl_buf_span(&digest));
    event_bool(event, "two_person", k->config->settings.govern_two_person);
    store_record(&k->store, NULL, event, true);
}
