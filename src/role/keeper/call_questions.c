#include "role/keeper/keeper_int.h"

#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/call.h"
#include "role/keeper/people.h"
#include "role/keeper/questions.h"
#include "role/keeper/sessions.h"
#include "role/keeper/waiters.h"

/* What a reviewer asks whoever asked, and the answer. Plain text of bounded length and number, in
 * the ledger like a decision's reason; it changes nothing about the action and its digest. Clients
 * that wait are told at once; everybody who sees the approval sees all of it. */

static bool same_person(struct keeper *k, const struct approval *a, struct sl_span name)
{
    struct sl_span person = person_of(k, name);

    for (size_t i = 0; i < a->requester_count; i++)
        if (sl_span_eq(a->requesters[i].person, person))
            return true;
    return false;
}

static size_t count_of(struct keeper *k, struct sl_span approval, bool *asked)
{
    struct db_rows rows = db_ask(k->store.db, DB_SAID_OF, "s", approval);
    size_t count = 0;

    for (; db_row(&rows); count++)
        *asked = *asked || sl_span_is(db_span(&rows, 0), "question");
    db_end(&rows);
    return count;
}

static bool is_auditor(struct keeper *k, struct sl_span name)
{
    struct person who;

    return person_get(k, name, &who) == SL_OK && person_has_role(k, &who, PERSON_AUDITOR);
}

static bool may_ask(struct call *c, const struct approval *a)
{
    uint32_t may = 0;

    approval_may(c->keeper, a, &c->who, &c->with, c->channel, &may);
    return may != 0 && c->who.kind == SL_HUMAN && c->with.deciding &&
           !is_auditor(c->keeper, c->who.name) && !same_person(c->keeper, a, c->who.name);
}

void said_put(struct call *c, json_t *out, const struct approval *a)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_SAID_OF, "s", a->id);
    bool more = a->state == SL_APPROVAL_PENDING;
    json_t *list = json_array();

    while (db_row(&rows)) {
        json_t *one = json_object();

        json_put_str(one, "kind", db_span(&rows, 0));
        json_put_str(one, "identity", db_span(&rows, 1));
        json_put_str(one, "channel", db_span(&rows, 2));
        json_put_str(one, "text", db_span(&rows, 3));
        json_put_time(one, "at", db_u64(&rows, 4));
        json_array_append_new(list, one);
    }
    db_end(&rows);
    size_t count = json_array_size(list);
    more = more && count < SAID_MOST;
    json_object_set_new(out, "may_ask", json_boolean(more && may_ask(c, a)));
    json_object_set_new(out, "may_answer",
                        json_boolean(more && count > 0 && !is_auditor(c->keeper, c->who.name) &&
                                     same_person(c->keeper, a, c->who.name)));
    if (count > 0)
        json_object_set(out, "messages", list);
    json_decref(list);
}

/* --- recording --- */

static void record(struct keeper *k, const struct approval *a, bool is_answer,
                   const struct speaker *who, struct sl_span text)
{
    uint64_t now_us = sl_clock_us();
    const char *kind = is_answer ? "answer" : "question";
    json_t *event = event_new("said", now_us);
    SL_BUF(leaf, SL_ENTRY_MAX);

    event_str(event, "id", a->id);
    event_str(event, "kind", sl_span_str(kind));
    event_str(event, "identity", who->name);
    event_str(event, "channel", who->channel);
    event_str(event, "said", text);
    sl_entry_put_approval(
        &leaf, &(struct sl_entry_approval){.event = is_answer ? SL_ENTRY_APPROVAL_ANSWER
                                                              : SL_ENTRY_APPROVAL_QUESTION,
                                           .time_us = now_us,
                                           .approval = a->id,
                                           .digest = a->digest,
                                           .approver = who->name,
                                           .credential = who->credential,
                                           .channel = who->channel,
                                           .reason = text});
    store_record(&k->store, &leaf, event, true);
    keeper_event(k, kind, a->id, a->state);
}

/* NULL, or why nothing more can be said. */
static const char *cannot_say(const struct approval *a, struct sl_span text, size_t count)
{
    if (a->state != SL_APPROVAL_PENDING)
        return "it is not open any more";
    if (text.n == 0 || !sl_utf8_valid(text)) /* a gate passes on what a client sent */
        return "there is no text";
    if (text.n > SAID_BYTES)
        return "the text is longer than 1,000 bytes";
    return count >= SAID_MOST ? "enough has been said about it: 20 texts are all that it takes"
                              : NULL;
}

const char *answer_give(struct keeper *k, const struct approval *a, const struct speaker *who,
                        struct sl_span text)
{
    bool asked = false;
    const char *why = cannot_say(a, text, count_of(k, a->id, &asked));

    if (why != NULL)
        return why;
    if (!same_person(k, a, who->name))
        return "only whoever asked for it, and its owner, answer";
    if (is_auditor(k, who->name)) /* SET sluice.answer is no call */
        return "an auditor reads everything and changes nothing";
    if (!asked)
        return "nobody has asked anything about it";
    record(k, a, true, who, text);
    return NULL;
}

bool question_waits(struct keeper *k, struct sl_span approval)
{
    struct db_rows rows = db_ask(k->store.db, DB_SAID_OF, "s", approval);
    bool waits = false;

    while (db_row(&rows))
        waits = sl_span_is(db_span(&rows, 0), "question");
    db_end(&rows);
    return waits;
}

const char *answer_refused(struct keeper *k, const struct approval *a, struct sl_span name)
{
    if (a->state != SL_APPROVAL_PENDING)
        return "it is not open any more";
    if (!same_person(k, a, name))
        return "only whoever asked for it, and its owner, answer";
    return question_waits(k, a->id) ? NULL : "no question waits for an answer any more";
}

/* --- over HTTP --- */

static bool named(struct call *c, struct approval *a)
{
    struct sl_span id = call_str(c, "id");

    if (id.n > 0 && approval_get(c->keeper, id, a) == SL_OK && approval_visible(c, a))
        return true;
    call_problem(c, 404, "No such approval", "There is no approval with this id that you may see.",
                 "");
    return false;
}

static void refuse(struct call *c, const struct approval *a, const char *why)
{
    SL_BUF(text, 256);

    sl_buf_say(&text, "This was not said: %s.", why);
    call_problem(c, a->state == SL_APPROVAL_PENDING ? 400 : 409, "Not said", sl_buf_text(&text),
                 "");
}

static void tell(struct call *c, const struct approval *a)
{
    APPROVAL(after);

    if (approval_get(c->keeper, a->id, &after) == SL_OK)
        c->reply = approval_json(c, &after);
}

static struct speaker speaker_of(const struct call *c)
{
    return (struct speaker){c->who.name, c->with.id, call_channel(c)};
}

void call_QUESTION(struct call *c)
{
    APPROVAL(a);
    struct sl_span text = call_str(c, "text");
    bool asked = false;

    if (!named(c, &a))
        return;
    if (!may_ask(c, &a)) {
        call_problem(c, 403, "Not yours to ask",
                     "Reviewers ask; whoever asked for it, and its owner, answer.", "");
        return;
    }
    const char *why = cannot_say(&a, text, count_of(c->keeper, a.id, &asked));
    if (why != NULL) {
        refuse(c, &a, why);
        return;
    }
    struct speaker who = speaker_of(c);
    record(c->keeper, &a, false, &who, text);
    waiters_tell(c->keeper, &a, c->who.name, text);
    tell(c, &a);
}

void call_ANSWER(struct call *c)
{
    APPROVAL(a);

    if (!named(c, &a))
        return;
    if (!same_person(c->keeper, &a, c->who.name)) {
        call_problem(c, 403, "Not yours to answer", "Whoever asked for it, and its owner, answer.",
                     "");
        return;
    }
    struct speaker who = speaker_of(c);
    const char *why = answer_give(c->keeper, &a, &who, call_str(c, "text"));
    if (why != NULL)
        refuse(c, &a, why);
    else
        tell(c, &a);
}

/* --- SET sluice.answer on another connection --- */

/* The one that waits for an answer; *why says when there is none, or more than one. */
static bool find_open(struct keeper *k, struct sl_span identity, struct sl_span *id,
                      const char **why)
{
    struct db_rows rows = db_ask(k->store.db, DB_SAID_OPEN, "s", identity);
    bool found = db_row(&rows);

    *why = "no question about what you asked for waits for an answer";
    if (found) {
        *id = sl_arena_copy(k->mem, db_span(&rows, 0));
        *why = "questions about more than one request wait: SET sluice.answer = 'ID TEXT'";
        found = !db_row(&rows);
    }
    db_end(&rows);
    return found;
}

static const char *answer_of_session(struct keeper *k, const struct session *s,
                                     const struct sl_msg_action_answer *m)
{
    struct speaker who = {s->identity, s->credential, SL_SPAN("session")};
    struct sl_span id = m->approval;
    const char *why = NULL;
    APPROVAL(a);

    if (id.n == 0 && !find_open(k, s->identity, &id, &why))
        return why;
    if (approval_get(k, id, &a) != SL_OK || !same_person(k, &a, s->identity))
        return "there is no request of yours with this id";
    return answer_give(k, &a, &who, m->text);
}

void on_action_answer(struct peer *p, const struct sl_msg_action_answer *m)
{
    struct keeper *k = p->keeper;
    struct session *s = session_get(k, p->index, m->session);

    if (s == NULL) /* not its own, or over meanwhile */
        return;
    const char *why = answer_of_session(k, s, m);
    ANSWER(p, action_answered, .session = m->session,
           .why = why == NULL ? sl_span(NULL, 0) : sl_span_str(why));
}
