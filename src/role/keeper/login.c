#include "role/keeper/issuers.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "role/keeper/credentials.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

#include <stdlib.h>

/* Signing in: a token as the password, or SCRAM-SHA-256 with a token as the secret. Whatever goes
 * wrong with name or secret has one text, so that a guesser learns nothing from it. */

enum { MAX_EXCHANGES = 8192, NONCE_BYTES = 18, SALT_BYTES = 16 };
static const uint64_t exchange_life_us = 60 * 1000 * 1000;

struct exchange {
    struct peer *peer;
    uint64_t conn, since_us;
    bool tls;
    struct sl_arena *mem;
    struct sl_span user, target, address, client_first_bare, server_first, nonce;
    struct exchange *next;
};

static const char wrong[] =
    "password authentication failed: unknown identity, or a wrong, expired or "
    "revoked token";

static void refuse(struct peer *p, uint64_t conn, const char *sqlstate, struct sl_span text,
                   const char *hint)
{
    ANSWER(p, login_refused, .conn = conn, .sqlstate = sl_span_str(sqlstate), .text = text,
           .hint = sl_span_str(hint));
}

/* The address without its port: what attempts are counted by. */
static struct sl_span host_of(struct sl_span address)
{
    size_t colon = sl_span_find(address, ':');
    bool one_colon = colon < address.n && sl_span_find(sl_span_from(address, colon + 1), ':') ==
                                              sl_span_from(address, colon + 1).n;

    if (address.n > 0 && address.p[0] == '[')
        return sl_span_head(address, sl_span_find(address, ']') + 1);
    return one_colon ? sl_span_head(address, colon) : address;
}

static bool loopback(struct sl_span address)
{
    struct sl_span host = host_of(address);

    return sl_span_starts(host, SL_SPAN("127.")) || sl_span_is(host, "::1") ||
           sl_span_is(host, "[::1]") || sl_span_is(host, "local");
}

/* The first question of every login; true: it was answered. */
static bool shuts_down(struct peer *p, uint64_t conn)
{
    if (p->keeper->draining)
        refuse(p, conn, "57P03", SL_SPAN("Sluice is shutting down"), "Try again in a moment.");
    return p->keeper->draining;
}

/* May this address and this name be wrong once more? Asked before a provider's token is verified,
 * and after one of ours was looked for: that has 256 bits, so whoever has it did not guess it, and
 * nobody keeps them out by guessing. False: it was answered. */
static bool may_guess(struct peer *p, uint64_t conn, struct sl_span address, struct sl_span user)
{
    struct keeper *k = p->keeper;

    if (limits_allow(&k->limits, host_of(address), user, sl_clock_us()))
        return true;
    refuse(p, conn, "53300", SL_SPAN("too many attempts to sign in"),
           "Wait a moment; each failure makes the wait longer.");
    return false;
}

struct attempt {
    uint64_t conn;
    struct sl_span user, target, address;
    bool tls;
    struct sl_span server_signature;
    struct asked_for others;
};

static void failed(struct peer *p, const struct attempt *a, const char *why)
{
    if (!may_guess(p, a->conn, a->address, a->user))
        return;
    limits_failed(&p->keeper->limits, host_of(a->address), a->user, sl_clock_us());
    sign_in_failed(p->keeper, a->user, a->target, host_of(a->address), why);
    refuse(p, a->conn, "28P01", sl_span_str(wrong), "Ask for a token: sluice token create NAME");
}

/* The secret was right. What remains: is this identity wanted here? */
static void succeeded(struct peer *p, const struct attempt *a, const struct person *who,
                      const struct credential *with)
{
    struct keeper *k = p->keeper;
    const struct sl_target *target = sl_config_target(k->config, a->target);
    SL_BUF(text, 1024);

    limits_passed(&k->limits, host_of(a->address), a->user);
    if (!person_active(who)) {
        sl_buf_say(&text, "identity \"%S\" is %S", who->name, who->status);
        sign_in_failed(k, a->user, a->target, host_of(a->address), "not active");
        refuse(p, a->conn, "28000", sl_buf_span(&text), "Ask the operator of Sluice.");
        return;
    }
    if (target == NULL || !sl_target_admits(target, who->name, &who->groups)) {
        sl_buf_say(&text, "there is no target \"%S\", or \"%S\" may not use it",
                   sl_utf8_head(a->target, 200), who->name);
        sign_in_failed(k, a->user, a->target, host_of(a->address), "not admitted");
        refuse(p, a->conn, "3D000", sl_buf_span(&text),
               "`access` of the target lists who may use it.");
        return;
    }
    session_open(p, who, with,
                 &(struct session_facts){.target = target->name,
                                         .address = a->address,
                                         .conn = a->conn,
                                         .tls = a->tls,
                                         .server_signature = a->server_signature,
                                         .others = a->others});
}

/* --- a token of an issuer's as the password ------------------------------------------------------
 */

static void refuse_jwt(struct peer *p, const struct attempt *a, const struct token_seen *seen)
{
    struct keeper *k = p->keeper;
    bool down = seen->reason == SL_OIDC_ISSUER_DOWN;
    SL_BUF(text, 1024);

    if (!down) /* which is nobody's guess */
        limits_failed(&k->limits, host_of(a->address), a->user, sl_clock_us());
    sign_in_failed(k, a->user, a->target, host_of(a->address), sl_oidc_reason_name(seen->reason));
    sl_buf_say(&text, "password authentication failed: %s", sl_oidc_reason_text(seen->reason));
    refuse(p, a->conn, down ? "57P03" : "28P01", sl_buf_span(&text),
           down ? "The identity provider must answer before anybody signs in through it."
                : "Ask your identity provider for another token.");
}

static void wait_for_keys(struct peer *p, const struct sl_msg_login_token *m, struct issuer *i)
{
    SL_BUF(message, SL_IPC_MAX_BODY);

    sl_msg_login_token_put(&message, m);
    if (!issuer_wait(p->keeper, i, p, SL_MESSAGE_LOGIN_TOKEN, &message))
        refuse(p, m->conn, "53300", SL_SPAN("too many logins wait for the identity provider"),
               "Try again in a moment.");
    sl_secret_wipe(message.p, message.cap);
}

static void login_jwt(struct peer *p, const struct sl_msg_login_token *m, const struct attempt *a)
{
    struct token_seen seen;

    if (!token_ask(p->keeper, m->token, &seen)) {
        if (seen.wait_for != NULL)
            wait_for_keys(p, m, seen.wait_for);
        else
            refuse_jwt(p, a, &seen);
        return;
    }
    if (!sl_span_eq(seen.who.name, m->user)) {
        failed(p, a, "token of another identity");
        return;
    }
    struct attempt known = *a;
    known.others = seen.others;
    succeeded(p, &known, &seen.who, &seen.with);
}

void on_login_token(struct peer *p, const struct sl_msg_login_token *m)
{
    struct keeper *k = p->keeper;
    struct attempt a = {.conn = m->conn,
                        .user = m->user,
                        .target = m->target,
                        .address = m->address,
                        .tls = m->tls != 0};
    struct credential with;
    struct person who;

    if (!m->tls && !loopback(m->address)) {
        refuse(p, m->conn, "28000", SL_SPAN("a token is taken as a password only over TLS"),
               "Connect with sslmode=require, or let the client use SCRAM-SHA-256.");
        return;
    }
    if (shuts_down(p, m->conn))
        return;
    if (token_is_jwt(m->token)) {
        if (may_guess(p, m->conn, m->address, m->user))
            login_jwt(p, m, &a);
        return;
    }
    if (credential_find(k, m->token, &with) != SL_OK || with.over || with.deciding ||
        !sl_span_eq(with.identity, m->user) || person_get(k, m->user, &who) != SL_OK) {
        failed(p, &a, "wrong token");
        return;
    }
    succeeded(p, &a, &who, &with);
}

/* --- SCRAM-SHA-256 ------------------------------------------------------------------------------
 */

static void exchange_free(struct exchange *x)
{
    sl_arena_free(x->mem);
}

void exchanges_free(struct keeper *k, struct peer *of)
{
    for (struct exchange **at = &k->exchanges; *at != NULL;) {
        struct exchange *x = *at;

        if (of != NULL && x->peer != of) {
            at = &x->next;
            continue;
        }
        *at = x->next;
        exchange_free(x);
    }
}

/* Half-open logins that nobody finishes go away; returns how many are left. */
static size_t expire(struct keeper *k, uint64_t now_us)
{
    size_t left = 0;

    for (struct exchange **at = &k->exchanges; *at != NULL;) {
        struct exchange *x = *at;

        if (x->since_us + exchange_life_us > now_us) {
            left++;
            at = &x->next;
            continue;
        }
        *at = x->next;
        exchange_free(x);
    }
    return left;
}

/* An unknown name gets a salt too, always the same one: names cannot be told apart by asking. */
static struct sl_span salt_of(struct keeper *k, struct sl_span user, uint8_t fake[SL_SHA256])
{
    struct person who;

    if (person_get(k, user, &who) == SL_OK && who.salt.n == SALT_BYTES)
        return who.salt;
    sl_hmac_sha256(sl_span(k->store.secret, sizeof k->store.secret), user, fake);
    return sl_span(fake, SALT_BYTES);
}

/* "n=,r=NONCE": the name in it is not used (the startup packet's is), extensions are refused. */
static struct sl_span client_nonce(struct sl_span bare)
{
    size_t comma = sl_span_find(bare, ',');
    struct sl_span rest = sl_span_from(bare, comma + 1);

    if (!sl_span_starts(bare, SL_SPAN("n=")) || !sl_span_starts(rest, SL_SPAN("r=")))
        return sl_span(NULL, 0);
    rest = sl_span_from(rest, 2);
    return sl_span_find(rest, ',') == rest.n && rest.n >= 8 && rest.n <= 256 ? rest
                                                                             : sl_span(NULL, 0);
}

static enum sl_err exchange_new(struct peer *p, const struct sl_msg_login_scram *m,
                                struct sl_span nonce, struct exchange **out)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(text, 2048);
    uint8_t random[NONCE_BYTES], fake[SL_SHA256];

    SL_TRY(sl_arena_new(&mem, 64 * 1024));
    struct exchange *x = SL_ARENA_NEW(mem, struct exchange);
    if (x == NULL)
        return SL_EMEMORY;
    sl_random(random, sizeof random);
    sl_buf_put(&text, nonce);
    sl_base64_put(&text, sl_span(random, sizeof random));
    *x = (struct exchange){
        .peer = p, .conn = m->conn, .since_us = sl_clock_us(), .tls = m->tls != 0};
    x->nonce = sl_arena_copy(mem, sl_buf_span(&text));
    sl_buf_reset(&text);
    sl_buf_say(&text, "r=%S,s=", x->nonce);
    sl_base64_put(&text, salt_of(p->keeper, m->user, fake));
    sl_buf_say(&text, ",i=%u", (unsigned)SL_SCRAM_MIN_ITERATIONS);
    SL_TRY(sl_buf_err(&text));
    x->server_first = sl_arena_copy(mem, sl_buf_span(&text));
    x->client_first_bare = sl_arena_copy(mem, m->client_first_bare);
    x->user = sl_arena_copy(mem, m->user);
    x->target = sl_arena_copy(mem, m->target);
    x->address = sl_arena_copy(mem, m->address);
    x->mem = sl_arena_take(&mem);
    *out = x;
    return SL_OK;
}

void on_login_scram(struct peer *p, const struct sl_msg_login_scram *m)
{
    struct keeper *k = p->keeper;
    struct sl_span nonce = client_nonce(m->client_first_bare);
    struct exchange *x = NULL;

    if (shuts_down(p, m->conn))
        return;
    if (nonce.n == 0) {
        refuse(p, m->conn, "08P01", SL_SPAN("malformed SCRAM message"), "");
        return;
    }
    if (expire(k, sl_clock_us()) >= MAX_EXCHANGES || exchange_new(p, m, nonce, &x) != SL_OK) {
        refuse(p, m->conn, "53300", SL_SPAN("too many logins are under way"),
               "Try again in a moment.");
        return;
    }
    x->next = k->exchanges;
    k->exchanges = x;
    ANSWER(p, login_challenge, .conn = m->conn, .server_first = x->server_first);
}

/* "c=biws,r=NONCE" (or c=eSws): no channel binding was offered, so none may be claimed. */
static bool final_is_right(const struct exchange *x, struct sl_span final)
{
    struct sl_span rest = sl_span_from(final, 7);

    if (!sl_span_starts(final, SL_SPAN("c=biws,")) && !sl_span_starts(final, SL_SPAN("c=eSws,")))
        return false;
    return sl_span_starts(rest, SL_SPAN("r=")) && sl_span_eq(sl_span_from(rest, 2), x->nonce);
}

/* One salt for all tokens of an identity: the proof tells which token it was made with. */
static bool find_by_proof(struct keeper *k, struct sl_span user, struct sl_span auth,
                          struct sl_span proof, struct sl_span *id,
                          struct sl_scram_verifier *verifier)
{
    struct db_rows rows = db_ask(k->store.db, DB_CREDENTIAL_VERIFIERS, "si", user, sl_clock_us());
    bool found = false;

    while (!found && db_row(&rows)) {
        struct sl_span stored = db_span(&rows, 1), server = db_span(&rows, 2);

        if (stored.n != sizeof verifier->stored_key || server.n != sizeof verifier->server_key)
            continue;
        memcpy(verifier->stored_key, stored.p, stored.n);
        memcpy(verifier->server_key, server.p, server.n);
        found = sl_scram_check(verifier, auth, proof);
        if (found)
            *id = sl_arena_copy(k->mem, db_span(&rows, 0));
    }
    db_end(&rows);
    return found;
}

static void check_proof(struct peer *p, struct exchange *x, const struct sl_msg_login_proof *m)
{
    struct keeper *k = p->keeper;
    struct attempt a = {.conn = x->conn,
                        .user = x->user,
                        .target = x->target,
                        .address = x->address,
                        .tls = x->tls};
    struct sl_scram_verifier verifier;
    struct sl_span id = {NULL, 0};
    struct credential with;
    struct person who;
    uint8_t signature[SL_SHA256];
    SL_BUF(auth, 4096);

    sl_buf_say(&auth, "%S,%S,%S", x->client_first_bare, x->server_first,
               m->client_final_without_proof);
    if (sl_buf_err(&auth) != SL_OK || !final_is_right(x, m->client_final_without_proof)) {
        refuse(p, x->conn, "08P01", SL_SPAN("malformed SCRAM message"), "");
        return;
    }
    memset(&verifier, 0, sizeof verifier);
    sl_scram_check(&verifier, sl_buf_span(&auth), m->proof); /* the same work for unknown names */
    if (!find_by_proof(k, x->user, sl_buf_span(&auth), m->proof, &id, &verifier) ||
        credential_by_id(k, id, &with) != SL_OK || with.over || with.deciding ||
        person_get(k, x->user, &who) != SL_OK) {
        failed(p, &a, "wrong token");
        return;
    }
    sl_scram_server_signature(&verifier, sl_buf_span(&auth), signature);
    a.server_signature = sl_span(signature, sizeof signature);
    succeeded(p, &a, &who, &with);
}

void on_login_proof(struct peer *p, const struct sl_msg_login_proof *m)
{
    struct keeper *k = p->keeper;

    for (struct exchange **at = &k->exchanges; *at != NULL; at = &(*at)->next) {
        struct exchange *x = *at;

        if (x->peer != p || x->conn != m->conn)
            continue;
        *at = x->next;
        if (!shuts_down(p, x->conn))
            check_proof(p, x, m);
        exchange_free(x);
        return;
    }
    refuse(p, m->conn, "08P01", SL_SPAN("no login is under way here"), "");
}
