#include "role/gate/login_way.h"

#include "wire/pg/pg.h"

static struct login_way no(const char *why, const char *hint)
{
    return (struct login_way){.refused = why, .hint = hint};
}

static struct login_way read_along(void)
{
    return no("a token may only be sent over TLS", "connect with sslmode=require");
}

struct login_way login_way(enum sl_client_auth auth, enum login_wish wish, bool safe, bool issuer)
{
    struct login_way way = {.token = false};
    bool first = wish == WISH_OAUTH || auth == SL_AUTH_OAUTH;

    if (wish == WISH_OAUTH && !safe)
        return read_along();
    if (wish == WISH_OAUTH && !issuer)
        return no("no issuer of this Sluice takes tokens",
                  "`audiences` of an issuer in the configuration says which it takes");
    if (wish == WISH_NONE && auth == SL_AUTH_TOKEN) {
        way.token = safe;
        return safe ? way : read_along();
    }
    bool oauth = safe && issuer && wish != WISH_SCRAM;
    if (oauth && first)
        way.mechanisms[way.count++] = SL_OAUTHBEARER;
    if (wish != WISH_OAUTH)
        way.mechanisms[way.count++] = SL_SCRAM_SHA256;
    if (oauth && !first)
        way.mechanisms[way.count++] = SL_OAUTHBEARER;
    return way;
}
