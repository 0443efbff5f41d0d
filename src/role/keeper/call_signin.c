#include "role/keeper/keeper_int.h"

/* Signing in through an identity provider. */

static void none_here(struct call *c)
{
    call_problem(c, 409, "No identity provider", "This Sluice knows no identity provider.",
                 "`issuers` in the configuration names them.");
}

void call_ISSUERS(struct call *c)
{
    c->reply = json_object();
    json_object_set_new(c->reply, "issuers", json_array());
}

void call_SIGNIN_BEGIN(struct call *c)
{
    none_here(c);
}

void call_SIGNIN_FINISH(struct call *c)
{
    none_here(c);
}

void call_LOGIN_DEVICE(struct call *c)
{
    none_here(c);
}

void call_LOGIN_POLL(struct call *c)
{
    none_here(c);
}

void call_ACCOUNT_LINK(struct call *c)
{
    none_here(c);
}

void call_ACCOUNT_UNLINK(struct call *c)
{
    none_here(c);
}

void call_ISSUER_TEST(struct call *c)
{
    none_here(c);
}
