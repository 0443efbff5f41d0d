#include "role/keeper/sight.h"

#include "role/keeper/auditor.h"
#include "role/keeper/call.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/people.h"

/* What whom may read: one table for every method, so that no path shows what another hides. A role
 * adds sight and takes none away; admin is about changing, and sees no more for it. */

enum reader {
    READER_REQUESTER, /* everybody who is signed in */
    READER_PERSON,    /* a human with a deciding credential */
    READER_REVIEWER,  /* one whom a rule or a target names as a reviewer */
    READER_AUDITOR,
    READER_ADMIN,
    READER_COUNT
};

/* OWN: what one asked for, what one's agents did, and what one's own persons are in the requester
 * set of. REVIEW: that, and what one may review. requester   person        reviewer      auditor
 * admin */
#define SIGHTS(X)                                                             \
    X(APPROVALS, SIGHT_OWN, SIGHT_REVIEW, SIGHT_REVIEW, SIGHT_ALL, SIGHT_OWN) \
    X(VALUES, SIGHT_OWN, SIGHT_REVIEW, SIGHT_REVIEW, SIGHT_ALL, SIGHT_OWN)    \
    X(USAGE, SIGHT_OWN, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL, SIGHT_OWN)           \
    X(LINEAGE, SIGHT_OWN, SIGHT_OWN, SIGHT_ALL, SIGHT_ALL, SIGHT_OWN)         \
    X(LEDGER, SIGHT_NONE, SIGHT_NONE, SIGHT_ALL, SIGHT_ALL, SIGHT_NONE)       \
    X(GOVERNANCE, SIGHT_NONE, SIGHT_NONE, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL)    \
    X(METRICS, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL)         \
    X(OVERSIGHT, SIGHT_NONE, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL)      \
    X(EXCEPTIONS, SIGHT_NONE, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL, SIGHT_ALL)

static const uint8_t sights[READ_COUNT][READER_COUNT] = {
#define ROW(what, requester, person, reviewer, auditor, admin) \
    [READ_##what] = {requester, person, reviewer, auditor, admin},
    SIGHTS(ROW)
#undef ROW
};

bool caller_is(const struct call *c, enum person_role role)
{
    return c->with.deciding && person_active(&c->who) && person_has_role(c->keeper, &c->who, role);
}

static bool names_me(const struct call *c, const struct sl_reviewers *r)
{
    struct sl_members m = {r->groups, r->identities};

    return sl_members_have(&m, c->who.name, &c->who.groups);
}

static bool reviews_something(const struct call *c)
{
    const struct sl_config *config = c->keeper->config;

    for (size_t i = 0; i < config->target_count; i++)
        if (names_me(c, &config->targets[i].reviewers))
            return true;
    return names_me(c, &config->any_reviewers);
}

static bool reads_as(const struct call *c, enum reader reader)
{
    bool person = c->who.kind == SL_HUMAN && c->with.deciding;

    switch (reader) {
    case READER_REQUESTER:
        return true;
    case READER_PERSON:
        return person;
    case READER_REVIEWER:
        return person && reviews_something(c);
    case READER_AUDITOR:
        return caller_is(c, PERSON_AUDITOR);
    case READER_ADMIN:
        return caller_is(c, PERSON_ADMIN);
    case READER_COUNT:
        break;
    }
    return false;
}

enum sight sight_of(const struct call *c, enum read_of what)
{
    enum sight most = SIGHT_NONE;

    for (unsigned r = 0; r < READER_COUNT; r++)
        if (reads_as(c, (enum reader)r) && sights[what][r] > most)
            most = (enum sight)sights[what][r];
    return most;
}

static bool auditor_may(struct sl_span method)
{
#define MAY(name, why) name,
    static const char *const methods[] = {SL_AUDITOR_MAY(MAY)};
#undef MAY

    for (size_t i = 0; i < SL_COUNT(methods); i++)
        if (sl_span_is(method, methods[i]))
            return true;
    return false;
}

/* With whichever credential: the right to read comes with one that decides, the bar with the name. */
bool auditor_refused(struct call *c, struct sl_span method)
{
    if (auditor_may(method) || !person_has_role(c->keeper, &c->who, PERSON_AUDITOR))
        return false;
    call_problem(c, 403, "An auditor changes nothing",
                 "This identity is an auditor: it reads everything and changes nothing.",
                 "Somebody who is none has to do it (`roles` in the configuration).");
    json_put_str(c->reply, "reason", SL_SPAN("IS_AUDITOR"));
    return true;
}
