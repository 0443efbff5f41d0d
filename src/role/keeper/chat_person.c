#include "role/keeper/chat_kind.h"

#include "role/keeper/scim.h"

#include <stdlib.h>

/* Whom somebody in a chat is here: by an account at the chat's issuer, which the person linked by
 * signing in there. No name and no address of theirs counts for anything. */

enum { CHECKED_FOR_S = 60, CHECKED_MOST = 1000 };

struct chat_checked {
    struct chat_checked *next;
    char user[CHAT_USER_BYTES];
    uint64_t at_us;  /* monotonic */
    const char *why; /* static; NULL: they may */
};

const char *chat_person(struct keeper *k, const struct chat *h, const struct sl_chat_input *in,
                        struct person *who, struct credential *with, bool *link)
{
    const struct sl_issuer *i =
        h->config->issuer.n == 0 ? NULL : sl_config_issuer(k->config, h->config->issuer);
    struct account a;

    *link = false;
    if (in->foreign || !sl_span_eq(in->team, h->config->whose))
        return h->kind->foreign_why;
    if (i == NULL)
        return "nobody decides here: the configuration of this chat names no issuer";
    if (account_get(k, i->issuer, in->user, &a) != SL_OK ||
        credential_by_id(k, a.credential, with) != SL_OK || with->over || !with->deciding) {
        *link = true;
        return "this account is linked to nobody in Sluice";
    }
    if (scim_is_gone(k, i->issuer, in->user) || person_get(k, a.identity, who) != SL_OK ||
        !person_active(who))
        return "this identity is disabled or paused";
    return who->kind == SL_HUMAN ? NULL : "only a human decides";
}

/* --- what the chat says of them -----------------------------------------------------------------
 */

static struct chat_checked *find(const struct chat *h, struct sl_span user)
{
    for (struct chat_checked *c = h->checked; c != NULL; c = c->next)
        if (sl_span_is(user, c->user))
            return c;
    return NULL;
}

const char *chat_checked(const struct chat *h, struct sl_span user, bool fresh, bool *known)
{
    const struct chat_checked *c = find(h, user);
    uint64_t for_us = fresh ? 0 : CHECKED_FOR_S * UINT64_C(1000000);

    *known = c != NULL && sl_clock_monotonic_us() - c->at_us < for_us;
    return *known ? c->why : NULL;
}

void chat_check_note(struct chat *h, struct sl_span user, const char *why)
{
    struct chat_checked *c = find(h, user);
    size_t count = 0;

    for (struct chat_checked *at = h->checked; at != NULL; at = at->next)
        count++;
    if (c == NULL && count >= CHECKED_MOST)
        chat_checked_free(h);
    if (c == NULL)
        c = calloc(1, sizeof *c);
    if (c == NULL)
        keeper_die("a person could not be noted", SL_EMEMORY);
    if (c->user[0] == '\0') {
        memcpy(c->user, user.p, user.n < sizeof c->user - 1 ? user.n : sizeof c->user - 1);
        c->next = h->checked;
        h->checked = c;
    }
    c->at_us = sl_clock_monotonic_us();
    c->why = why;
}

void chat_checked_free(struct chat *h)
{
    while (h->checked != NULL) {
        struct chat_checked *c = h->checked;

        h->checked = c->next;
        free(c);
    }
}
