#include "role/keeper/away.h"

#include "base/when.h"
#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/chat.h"
#include "role/keeper/credentials.h"
#include "role/keeper/govern.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"
#include "role/keeper/sight.h"

/* A person says of themself that they are away, and who decides in their place meanwhile; that they
 * are back. Nobody says it for somebody else: it would give away a right that is not theirs. */

static const uint64_t longest_us = 366ull * 24 * 3600 * 1000 * 1000;
enum { AWAY_REASON_BYTES = 500 };

static bool refuse(struct call *c, uint32_t status, const char *detail, const char *hint)
{
    call_problem(c, status, "This absence is not noted", detail, hint);
    return false;
}

/* A duration counts from now. */
static bool read_time(struct call *c, const char *member, uint64_t now_us, uint64_t *out)
{
    struct sl_span text = call_str(c, member);
    uint64_t ms;

    if (sl_when_said(text, out) == SL_OK)
        return true;
    if (sl_duration_get(text, &ms) != SL_OK)
        return false;
    *out = now_us + (ms > longest_us / 1000 ? longest_us + 1 : ms * 1000);
    return true;
}

static bool read_times(struct call *c, uint64_t now_us, struct absence *a)
{
    a->from_us = now_us;
    if (!read_time(c, "until", now_us, &a->until_us) ||
        (call_str(c, "from").n > 0 && !read_time(c, "from", now_us, &a->from_us)))
        return refuse(c, 400, "from and until are times in UTC or durations from now.",
                      "Write 2026-12-24, 2026-12-24T18:00Z or 7d.");
    if (a->from_us < now_us) /* what is over already changes nothing */
        a->from_us = now_us;
    if (a->until_us <= a->from_us || a->until_us - now_us > longest_us)
        return refuse(c, 400, "until must be later than now and than from, by a year at most.", "");
    return true;
}

static bool has_room(struct call *c, struct sl_span name)
{
    struct absences others = absences_naming(c->keeper, name, sl_clock_us());

    if (others.count < STANDS_IN_FOR_MOST || absence_among(&others, c->who.name) != NULL)
        return true;
    return refuse(c, 409, "They stand in for eight people already.", "Name somebody else.");
}

static bool can_stand_in(struct call *c, struct sl_span name)
{
    struct person to;
    struct credential with;

    if (!person_there(c->keeper, name, &to) || !person_active(&to) || to.kind != SL_HUMAN ||
        person_has_role(c->keeper, &to, PERSON_AUDITOR) ||
        !credential_deciding(c->keeper, name, UINT64_MAX, &with))
        return refuse(c, 409, "The stand-in must be an active human who can decide.",
                      "Name a colleague who has claimed a deciding credential.");
    if (sl_span_eq(to.person, c->who.person))
        return refuse(c, 409, "Nobody stands in for themself.", "Name somebody else.");
    return has_room(c, name);
}

static bool read_absence(struct call *c, uint64_t now_us, struct absence *a)
{
    *a = (struct absence){.identity = c->who.name,
                          .stand_in = call_str(c, "stand_in"),
                          .credential = c->with.id,
                          .reason = call_str(c, "reason")};
    if (a->reason.n > AWAY_REASON_BYTES)
        return refuse(c, 400, "The reason is longer than 500 bytes.", "");
    return read_times(c, now_us, a) && (a->stand_in.n == 0 || can_stand_in(c, a->stand_in));
}

static void record(struct call *c, const struct absence *a, uint64_t now_us)
{
    json_t *event = event_new("away_set", now_us);

    event_str(event, "identity", a->identity);
    event_str(event, "stand_in", a->stand_in);
    event_str(event, "credential", a->credential);
    event_str(event, "reason", a->reason);
    event_str(event, "let_by", c->maker.approval);
    event_u64(event, "from", a->from_us);
    event_u64(event, "until", a->until_us);
    roster_leaf(c->keeper, event,
                &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_AWAY,
                                          .time_us = now_us,
                                          .identity = a->identity,
                                          .other = a->stand_in,
                                          .credential = a->credential,
                                          .from_us = a->from_us,
                                          .expires_us = a->until_us,
                                          .by = c->who.name,
                                          .channel = call_channel(c),
                                          .approval = c->maker.approval,
                                          .reason = a->reason.n > 0 ? a->reason : c->maker.why});
}

static void answer(struct call *c)
{
    c->reply = json_object();
    json_put_str(c->reply, "identity", c->who.name);
    away_put(c->keeper, c->reply, c->who.name);
}

/* --- the stand-in hears of it where their account in a chat is linked --- */

static void tell_named(struct keeper *k, const struct absence *a, uint64_t now_us)
{
    SL_BUF(text, 1024);

    if (a->stand_in.n == 0)
        return;
    sl_buf_say(&text, "You stand in for %S", a->identity);
    if (a->from_us > now_us) {
        sl_buf_put_str(&text, " from ");
        away_put_minute(&text, a->from_us);
    }
    sl_buf_put_str(&text, " until ");
    away_put_minute(&text, a->until_us);
    sl_buf_put_str(&text, ": meanwhile you may decide what they may.");
    chats_tell(k, a->stand_in, sl_buf_span(&text));
}

/* With its time it ends as it was said. */
static void tell_ended(struct keeper *k, const struct absence *before, uint64_t now_us)
{
    SL_BUF(text, 1024);

    if (before->stand_in.n == 0 || before->until_us <= now_us)
        return;
    sl_buf_say(&text,
               "You do not stand in for %S any more. A yes that you gave in their place, and that "
               "has not run yet, does not count.",
               before->identity);
    chats_tell(k, before->stand_in, sl_buf_span(&text));
}

/* Whoever is named may decide from then on, so under `govern: two-person` somebody else decides
 * about it first; to be away alone takes something away. */
void call_ME_AWAY(struct call *c)
{
    uint64_t now_us = sl_clock_us();
    struct absence a, before;

    if (!read_absence(c, now_us, &a))
        return;
    if (a.stand_in.n > 0 && govern_waits(c))
        return;
    bool named = absence_get(c->keeper, c->who.name, &before) && before.stand_in.n > 0;
    record(c, &a, now_us);
    if (named) /* what was said in their place by the absence before counts no more */
        votes_lapse_by(c->keeper, before.stand_in);
    if (named && !sl_span_eq(before.stand_in, a.stand_in))
        tell_ended(c->keeper, &before, now_us);
    tell_named(c->keeper, &a, now_us);
    answer(c);
}

void call_ME_BACK(struct call *c)
{
    struct absence before;
    uint64_t now_us = sl_clock_us();

    if (!absence_get(c->keeper, c->who.name, &before) || before.until_us <= now_us) {
        call_problem(c, 409, "Not away", "Nothing says that you are away, or will be.", "");
        return;
    }
    json_t *event = event_new("away_ended", now_us);
    event_str(event, "identity", c->who.name);
    roster_leaf(c->keeper, event,
                &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_BACK,
                                          .time_us = now_us,
                                          .identity = c->who.name,
                                          .credential = c->with.id,
                                          .by = c->who.name,
                                          .channel = call_channel(c)});
    if (before.stand_in.n > 0)
        votes_lapse_by(c->keeper, before.stand_in);
    tell_ended(c->keeper, &before, now_us);
    answer(c);
}
