#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "role/keeper/call.h"
#include "role/keeper/passkeys.h"

#include <stdlib.h>

/* What was asked to be signed and has not been yet. In memory alone: a keeper that ends forgets
 * them, and what is signed for one of them afterwards counts for nothing. */

enum { MOST = 256, MOST_OF_ONE = 8, LIFE_MS = 5 * 60 * 1000 };

struct challenge {
    uint8_t bytes[SL_SHA256];
    uint64_t made; /* grows; 0: free */
    uint64_t expires_us;
    enum challenge_kind kind;
    char identity[128];
    struct sl_buf document;
};

struct challenges {
    uint64_t made;
    struct challenge items[MOST];
};

static void forget(struct challenge *c)
{
    sl_buf_done(&c->document);
    *c = (struct challenge){0};
}

void challenges_free(struct keeper *k)
{
    for (size_t i = 0; k->challenges != NULL && i < MOST; i++)
        forget(&k->challenges->items[i]);
    free(k->challenges);
    k->challenges = NULL;
}

static bool is_of(const struct challenge *c, struct sl_span identity)
{
    return c->made != 0 && sl_span_is(identity, c->identity);
}

/* A free place; else that of the oldest: of this person's own, when they have many. */
static struct challenge *place_for(struct challenges *all, struct sl_span identity)
{
    struct challenge *oldest = &all->items[0], *own = NULL;
    size_t of_one = 0;

    for (size_t i = 0; i < MOST; i++) {
        struct challenge *c = &all->items[i];

        of_one += is_of(c, identity);
        if (is_of(c, identity) && (own == NULL || c->made < own->made))
            own = c;
        if (c->made < oldest->made)
            oldest = c;
    }
    return of_one >= MOST_OF_ONE ? own : oldest;
}

uint64_t challenge_expires_us(uint64_t latest_us)
{
    uint64_t expires_us = sl_clock_us() + (uint64_t)LIFE_MS * 1000;

    return latest_us != 0 && latest_us < expires_us ? latest_us : expires_us;
}

static enum sl_err challenge_keep(struct keeper *k, const struct challenge_made *made)
{
    if (k->challenges == NULL)
        k->challenges = calloc(1, sizeof *k->challenges);
    if (k->challenges == NULL)
        return SL_EMEMORY;
    struct challenge *c = place_for(k->challenges, made->identity);
    if (made->identity.n >= sizeof c->identity)
        return SL_ELIMIT;
    forget(c);
    c->document = sl_buf(SL_ENTRY_MAX);
    sl_buf_put(&c->document, made->document);
    c->made = ++k->challenges->made;
    c->expires_us = made->expires_us;
    c->kind = made->kind;
    memcpy(c->bytes, made->challenge, sizeof c->bytes);
    memcpy(c->identity, made->identity.p, made->identity.n);
    return sl_buf_err(&c->document);
}

/* It is gone afterwards, whatever becomes of what was signed with it. */
bool challenge_take(struct keeper *k, enum challenge_kind kind, struct sl_span identity,
                    const uint8_t bytes[SL_SHA256], struct sl_span *document)
{
    uint64_t now_us = sl_clock_us();

    for (size_t i = 0; k->challenges != NULL && i < MOST; i++) {
        struct challenge *c = &k->challenges->items[i];

        if (!is_of(c, identity) || memcmp(c->bytes, bytes, sizeof c->bytes) != 0)
            continue;
        bool good = c->kind == kind && now_us < c->expires_us;
        *document = sl_arena_copy(k->mem, sl_buf_span(&c->document));
        forget(c);
        return good && document->n > 0;
    }
    return false;
}

void challenge_frame(struct keeper *k, uint64_t expires_us, struct sl_challenge_frame *out)
{
    static struct sl_checkpoint last; /* what the frame points into, until the next one */
    static uint8_t nonce[SL_CHALLENGE_NONCE];

    last = sl_ledger_last_checkpoint(k->store.ledger);
    sl_random(nonce, sizeof nonce);
    *out = (struct sl_challenge_frame){.expires_us = expires_us,
                                       .origin = last.origin,
                                       .size = last.size,
                                       .root = last.root.b,
                                       .nonce = nonce};
}

/* {"challenge","signed":{..},"expires_at","rp_id","allow":[ids]} */
static json_t *challenge_json(struct call *c, const struct challenge_made *made)
{
    json_t *reply = json_object(), *signs = NULL, *allow = json_array();
    SL_BUF(text, 128);

    sl_base64url_put(&text, sl_span(made->challenge, SL_SHA256));
    json_put_str(reply, "challenge", sl_buf_span(&text));
    if (sl_json_read(made->document, &signs, NULL) == SL_OK)
        json_object_set_new(reply, "signed", signs);
    json_put_time(reply, "expires_at", made->expires_us);
    json_put_str(reply, "rp_id", c->keeper->config->settings.passkey_rp_id);
    for (size_t i = 0; i < made->allow_count; i++)
        json_array_append_new(allow,
                              json_stringn((const char *)made->allow[i].id.p, made->allow[i].id.n));
    json_object_set_new(reply, "allow", allow);
    return reply;
}

void challenge_tell(struct call *c, const struct sl_buf *document, struct challenge_made *made)
{
    made->document = sl_buf_span(document);
    if (sl_buf_err(document) != SL_OK || challenge_keep(c->keeper, made) != SL_OK)
        call_problem(c, 500, "No challenge", "The challenge could not be made.", "");
    else
        c->reply = challenge_json(c, made);
}

void challenge_tell_mine(struct call *c, struct sl_passkey_challenge *p)
{
    struct passkey *list;
    uint8_t challenge[SL_SHA256];
    uint64_t expires_us = challenge_expires_us(0);
    SL_BUF(document, SL_ENTRY_MAX);

    challenge_frame(c->keeper, expires_us, &p->frame);
    sl_passkey_challenge_put(&document, p);
    sl_passkey_challenge_of(sl_buf_span(&document), challenge);
    struct challenge_made made = {.kind = CHALLENGE_PASSKEY,
                                  .identity = c->who.name,
                                  .challenge = challenge,
                                  .expires_us = expires_us};
    made.allow_count = passkeys_mine(c, &list);
    made.allow = list;
    challenge_tell(c, &document, &made);
}
