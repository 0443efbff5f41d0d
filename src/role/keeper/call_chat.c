#include "role/keeper/chat_kind.h"
#include "role/keeper/sight.h"

/* Chats for people who look after Sluice, and what a chat sends us over HTTP. */

void call_CHAT_INCOMING(struct call *c)
{
    struct chat *h = chat_named(c->keeper, call_str(c, "chat"));

    if (h == NULL || h->kind->incoming == NULL)
        call_problem(c, 404, "No such chat", "No chat of this name is called over HTTP.", "");
    else if (!chat_is_ready(h))
        call_problem(c, 503, "Not ready", "This chat's secrets are not known yet.", "");
    else
        h->kind->incoming(c, h);
}

static void list(struct call *c)
{
    c->reply = json_object();
    json_object_set_new(c->reply, "chats", chats_json(c->keeper));
}

void call_CHATS(struct call *c)
{
    if (c->keeper->offline)
        call_problem(c, 409, "Not running", "Chats are told by a Sluice that runs.",
                     "Start it first.");
    else
        list(c);
}

void call_CHAT_LIST(struct call *c)
{
    if (sight_of(c, READ_GOVERNANCE) == SIGHT_ALL)
        list(c);
    else
        call_problem(c, 403, "Not for this caller",
                     "Reviewers, auditors and admins see which chats are told.",
                     "Somebody who is one can look for you.");
}
