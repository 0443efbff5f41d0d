#include "role/keeper/issuers.h"

#include "role/keeper/approval.h"
#include "role/keeper/chat.h"
#include "role/keeper/hooks.h"
#include "role/keeper/journals.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"
#include "role/keeper/upstream.h"

#include <stdlib.h>

/* Proofs for the databases behind the gates. The secret is asked of the supervisor, kept here, and
 * only what the server's challenge needs leaves: a gate never sees a password. */

enum { MAX_SECRET_BYTES = 4096, MAX_WAITING = 20000, ELEVATED_PROOFS_MAX = 4 };

struct waiting_proof {
    struct peer *peer;
    uint64_t call;
    bool md5;
    struct sl_buf auth_message, salt, user;
    uint32_t iterations;
    struct waiting_proof *next;
};

struct upstream_secret {
    struct sl_buf target, login, secret;
    bool known;
    uint64_t asked;     /* the call that is under way; 0: none */
    uint8_t salted[32]; /* of the last salt and iterations: PBKDF2 once, not for each session */
    struct sl_buf salted_for;
    uint32_t salted_iterations;
    struct waiting_proof *waiting;
    struct upstream_secret *next;
};

static void waiting_free(struct waiting_proof *w)
{
    sl_buf_done(&w->auth_message);
    sl_buf_done(&w->salt);
    sl_buf_done(&w->user);
    free(w);
}

static void wipe(struct upstream_secret *s)
{
    sl_secret_wipe(s->secret.p, s->secret.cap);
    sl_secret_wipe(s->salted, sizeof s->salted);
    sl_buf_done(&s->secret);
    sl_buf_done(&s->salted_for);
    s->known = false;
}

void secrets_free(struct keeper *k)
{
    while (k->secrets != NULL) {
        struct upstream_secret *s = k->secrets;

        k->secrets = s->next;
        while (s->waiting != NULL) {
            struct waiting_proof *w = s->waiting;

            s->waiting = w->next;
            waiting_free(w);
        }
        wipe(s);
        sl_buf_done(&s->target);
        sl_buf_done(&s->login);
        free(s);
    }
}

void secrets_forget_peer(struct keeper *k, const struct peer *p)
{
    for (struct upstream_secret *s = k->secrets; s != NULL; s = s->next)
        for (struct waiting_proof **at = &s->waiting; *at != NULL;) {
            struct waiting_proof *w = *at;

            if (w->peer != p) {
                at = &w->next;
                continue;
            }
            *at = w->next;
            waiting_free(w);
        }
}

static struct upstream_secret *secret_of(struct keeper *k, struct sl_span target,
                                         struct sl_span login)
{
    for (struct upstream_secret *s = k->secrets; s != NULL; s = s->next)
        if (sl_span_eq(sl_buf_span(&s->target), target) &&
            sl_span_eq(sl_buf_span(&s->login), login))
            return s;
    struct upstream_secret *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->target = s->login = sl_buf(MAX_SECRET_BYTES);
    s->secret = s->salted_for = sl_buf(MAX_SECRET_BYTES);
    sl_buf_put(&s->target, target);
    sl_buf_put(&s->login, login);
    s->next = k->secrets;
    k->secrets = s;
    return s;
}

/* --- answering -----------------------------------------------------------------------------------
 */

static void answer_none(struct peer *p, uint64_t call, struct sl_span why)
{
    ANSWER(p, upstream_proof, .call = call, .found = 0, .why = why);
}

static enum sl_err salt_it(struct upstream_secret *s, struct sl_span salt, uint32_t iterations)
{
    if (s->salted_iterations == iterations && sl_span_eq(sl_buf_span(&s->salted_for), salt) &&
        salt.n > 0)
        return SL_OK;
    SL_TRY(sl_scram_salted(sl_buf_span(&s->secret), salt, iterations, s->salted));
    sl_buf_reset(&s->salted_for);
    sl_buf_put(&s->salted_for, salt);
    s->salted_iterations = iterations;
    return sl_buf_err(&s->salted_for);
}

/* Fewer iterations than the standard asks for would let a false server guess cheaply. */
static void answer_scram(struct upstream_secret *s, const struct waiting_proof *w)
{
    uint8_t proof[32], signature[32];

    if (w->iterations < SL_SCRAM_MIN_ITERATIONS || w->iterations > SL_SCRAM_MAX_ITERATIONS) {
        answer_none(w->peer, w->call,
                    SL_SPAN("the server asks for an iteration count out of bounds"));
        return;
    }
    if (salt_it(s, sl_buf_span(&w->salt), w->iterations) != SL_OK) {
        answer_none(w->peer, w->call, SL_SPAN("the secret could not be salted"));
        return;
    }
    sl_scram_client(s->salted, sl_buf_span(&w->auth_message), proof, signature);
    ANSWER(w->peer, upstream_proof, .call = w->call, .found = 1,
           .proof = sl_span(proof, sizeof proof),
           .server_signature = sl_span(signature, sizeof signature));
}

static void answer_md5(struct upstream_secret *s, const struct waiting_proof *w)
{
    char answer[36];

    if (sl_md5_password(sl_buf_span(&s->secret), sl_buf_span(&w->user), sl_buf_span(&w->salt),
                        answer) != SL_OK) {
        answer_none(w->peer, w->call, SL_SPAN("md5 is not available here"));
        return;
    }
    ANSWER(w->peer, upstream_proof, .call = w->call, .found = 1, .proof = sl_span_str(answer));
}

static void answer_all(struct upstream_secret *s, struct sl_span why)
{
    while (s->waiting != NULL) {
        struct waiting_proof *w = s->waiting;

        s->waiting = w->next;
        if (!s->known)
            answer_none(w->peer, w->call, why);
        else if (w->md5)
            answer_md5(s, w);
        else
            answer_scram(s, w);
        waiting_free(w);
    }
}

void on_secret(struct peer *p, const struct sl_msg_secret *m)
{
    if (issuer_secret_came(p->keeper, m) || hook_secret_came(p->keeper, m) ||
        chat_secret_came(p->keeper, m))
        return;
    for (struct upstream_secret *s = p->keeper->secrets; s != NULL; s = s->next) {
        if (s->asked == 0 || s->asked != m->call)
            continue;
        wipe(s);
        s->asked = 0;
        s->secret = s->salted_for = sl_buf(MAX_SECRET_BYTES);
        if (m->found)
            sl_buf_put(&s->secret, m->secret);
        s->known = m->found != 0 && sl_buf_err(&s->secret) == SL_OK;
        answer_all(s, m->why.n > 0 ? m->why : SL_SPAN("there is no secret for this login"));
        return;
    }
}

/* --- asking --------------------------------------------------------------------------------------
 */

struct question {
    uint64_t call, session, elevated;
    struct sl_span target, auth_message, salt;
    uint8_t attempt;
    uint32_t iterations;
    bool md5;
};

/* The login that rules with `elevate` name: only for an action of this session whose grant is spent
 * and which has not ended, a few times, and only if this is what the reviewers were shown. */
static const struct sl_login *elevated_login(struct keeper *k, const struct session *s,
                                             uint64_t action, const struct sl_target *target,
                                             const struct person *who, struct sl_buf *user)
{
    struct running *r = running_of(k, s->id, action);
    APPROVAL(a);

    if (r == NULL || s->ending || r->proofs >= ELEVATED_PROOFS_MAX ||
        approval_get(k, sl_span_str(r->approval), &a) != SL_OK ||
        !sl_span_eq(a.target, target->name) || !sl_span_eq(a.identity, s->identity))
        return NULL;
    struct sl_span name = sl_json_str(a.detail, "runs_as");
    const struct sl_login *login = name.n == 0 ? NULL : sl_target_named_login(target, name);
    if (login == NULL || !login_user_of(login, who, user) ||
        !sl_span_eq(sl_buf_span(user), sl_json_str(a.detail, "runs_as_user")))
        return NULL;
    r->proofs++;
    return login;
}

/* Which login a session (or, with session 0, the gate's reader of the catalog) uses. */
static bool login_of(struct peer *p, const struct question *q, const struct sl_target **target,
                     const struct sl_login **login, struct sl_buf *user)
{
    struct keeper *k = p->keeper;
    const struct session *s = q->session == 0 ? NULL : session_get(k, p->index, q->session);
    struct person who;

    if (s == NULL && (q->session != 0 || q->elevated != 0))
        return false;
    *target = sl_config_target(k->config, s == NULL ? q->target : s->target);
    if (*target == NULL)
        return false;
    if (s != NULL && person_get(k, s->identity, &who) != SL_OK)
        return false;
    if (q->elevated != 0) {
        *login = elevated_login(k, s, q->elevated, *target, &who, user);
        return *login != NULL;
    }
    *login = s == NULL ? sl_target_catalog_login(*target) : sl_target_login(*target, &who.groups);
    if (*login == NULL)
        return false;
    sl_buf_put(user, s == NULL ? (*login)->user : s->upstream_user);
    return true;
}
static struct waiting_proof *waiting_new(struct peer *p, const struct question *q)
{
    struct waiting_proof *w = calloc(1, sizeof *w);

    if (w == NULL)
        keeper_die("a proof could not be prepared", SL_EMEMORY);
    *w = (struct waiting_proof){
        .peer = p, .call = q->call, .md5 = q->md5, .iterations = q->iterations};
    w->auth_message = w->salt = w->user = sl_buf(64 * 1024);
    sl_buf_put(&w->auth_message, q->auth_message);
    sl_buf_put(&w->salt, q->salt);
    return w;
}

/* A second attempt means that the server did not take the first: read the secret anew. */
static void ask(struct peer *p, const struct question *q)
{
    struct keeper *k = p->keeper;
    const struct sl_target *target = NULL;
    const struct sl_login *login = NULL;
    struct waiting_proof *w = waiting_new(p, q);

    if (!login_of(p, q, &target, &login, &w->user)) {
        answer_none(p, q->call, SL_SPAN("no such session or target"));
        waiting_free(w);
        return;
    }
    struct upstream_secret *s = secret_of(k, target->name, login->key);
    if (s == NULL)
        keeper_die("a secret could not be kept", SL_EMEMORY);
    w->next = s->waiting;
    s->waiting = w;
    if (s->known && q->attempt == 0) {
        answer_all(s, sl_span(NULL, 0));
        return;
    }
    if (s->asked != 0)
        return;
    s->asked = ++k->next_call;
    ANSWER(k->super, secret_ask, .call = s->asked, .target = target->name, .login = login->key,
           .again = q->attempt > 0);
}

void on_upstream_scram(struct peer *p, const struct sl_msg_upstream_scram *m)
{
    ask(p, &(struct question){.call = m->call,
                              .session = m->session,
                              .elevated = m->elevated,
                              .target = m->target,
                              .auth_message = m->auth_message,
                              .salt = m->salt,
                              .attempt = m->attempt,
                              .iterations = m->iterations});
}

void on_upstream_md5(struct peer *p, const struct sl_msg_upstream_md5 *m)
{
    ask(p, &(struct question){.call = m->call,
                              .session = m->session,
                              .elevated = m->elevated,
                              .target = m->target,
                              .salt = m->salt,
                              .attempt = m->attempt,
                              .md5 = true});
}

/* --- the TLS key ---------------------------------------------------------------------------------
 */

/* Nothing waits for the ledger here: the handshake of a stranger is no event. */
void on_sign(struct peer *p, const struct sl_msg_sign *m)
{
    SL_BUF(signature, 4096);
    bool signed_it =
        p->signing && p->keeper->tls_key != NULL &&
        sl_tls_key_sign(p->keeper->tls_key, m->digest, m->padding, m->input, &signature) == SL_OK;

    SL_SEND(p->channel, signed_, .call = m->call, .found = signed_it,
            .signature = signed_it ? sl_buf_span(&signature) : sl_span(NULL, 0));
}
