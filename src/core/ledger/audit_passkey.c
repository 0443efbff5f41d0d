/* Was each passkey enrolled and removed as it may be, and did it sign what is said of it? All from
 * the leaves alone: the same function that the keeper asked is asked again. */
#include "core/ledger/audit_int.h"

#include "base/encode.h"
#include "base/when.h"
#include "core/approval/challenge.h"
#include "core/ledger/entry_int.h"
#include "core/webauthn/webauthn.h"

enum { PROOF_BYTES = 16 * 1024 };

static bool bytes_of(struct sl_buf *out, const json_t *object, const char *key)
{
    struct sl_span text = sl_json_str(object, key);

    return text.n > 0 && sl_base64url_get(out, text) == SL_OK;
}

/* The ledger's own word is the base64url text of the id: it is one encoding of it. */
static struct sl_audit_passkey *passkey_of(struct sl_audit *a, struct sl_span id)
{
    return id.n == 0 ? NULL : sl_map_get(a->passkeys, id);
}

/* Whether that was the root, the tiles tell (verify_claims.c). */
static bool add_claim(struct sl_audit *a, const json_t *log, uint64_t size)
{
    struct sl_audit_claim *claim = sl_audit_alloc(a, sizeof *claim);

    if (claim == NULL ||
        sl_hex_fixed(claim->root.b, sizeof claim->root.b, sl_json_str(log, "root")) != SL_OK)
        return false;
    claim->entry = a->entry;
    claim->size = size;
    claim->next = a->claims;
    a->claims = claim;
    return true;
}

const struct sl_audit_claim *sl_audit_claims(const struct sl_audit *a)
{
    return a->claims;
}

/* The history that was signed is the one that lies here: `log` names a tree that was. */
static const char *history_problem(struct sl_audit *a, const json_t *document)
{
    const json_t *log = json_object_get(document, "log");
    uint64_t size = 0;

    if (!sl_json_u64(log, "size", &size) || size > a->entry)
        return "its log is longer than this one was then";
    if (a->key_count > 0 && !sl_span_is(sl_json_str(log, "origin"), a->keys[0].key.name))
        return "it is about another log";
    return add_claim(a, log, size) ? NULL : "its log has no root";
}

static const char *time_problem(uint64_t at_us, const json_t *document)
{
    uint64_t expires = 0;

    if (sl_when_get(sl_json_str(document, "expires"), &expires) != SL_OK)
        return "it has no time until which it is good";
    return at_us > expires ? "its time was over" : NULL;
}

static const char *signature_problem(struct sl_audit_passkey *k, const json_t *proof,
                                     bool of_approval, bool is_new)
{
    SL_BUF(document, SL_ENTRY_MAX);
    SL_BUF(client_data, PROOF_BYTES);
    SL_BUF(authenticator_data, PROOF_BYTES);
    SL_BUF(signature, PROOF_BYTES);
    uint8_t challenge[SL_SHA256];
    struct sl_webauthn_seen seen = {0};

    if (sl_json_canonical(&document, json_object_get(proof, "signed")) != SL_OK ||
        !bytes_of(&client_data, proof, "client_data") ||
        !bytes_of(&authenticator_data, proof, "authenticator_data") ||
        !bytes_of(&signature, proof, "signature"))
        return "it cannot be read";
    if (of_approval)
        sl_approval_challenge_of(sl_buf_span(&document), challenge);
    else
        sl_passkey_challenge_of(sl_buf_span(&document), challenge);
    const struct sl_webauthn_key key = {k->algorithm, k->spki, is_new, k->backup_eligible,
                                        k->counter};
    const struct sl_webauthn_wanted wanted = {sl_span(challenge, sizeof challenge), k->rp_id, NULL,
                                              0};
    const struct sl_webauthn_assertion assertion = {sl_buf_span(&client_data),
                                                    sl_buf_span(&authenticator_data),
                                                    sl_buf_span(&signature)};
    enum sl_webauthn_reason reason = sl_webauthn_check(&key, &wanted, &assertion, &seen);
    if (reason != SL_WEBAUTHN_YES)
        return sl_webauthn_reason_text(reason);
    if (is_new && (seen.backup_eligible != k->backup_eligible || seen.backed_up != k->backed_up))
        return sl_webauthn_reason_text(SL_WEBAUTHN_BACKUP);
    k->counter = seen.counter;
    return NULL;
}

static const char *proof_problem_at(struct sl_audit *a, uint64_t at_us, struct sl_audit_passkey *k,
                                    const json_t *proof, bool of_approval, bool is_new)
{
    const json_t *document = json_object_get(proof, "signed");
    const char *problem = history_problem(a, document);

    if (problem == NULL)
        problem = time_problem(at_us, document);
    return problem != NULL ? problem : signature_problem(k, proof, of_approval, is_new);
}

static const char *proof_problem(struct sl_audit *a, struct sl_audit_passkey *k,
                                 const json_t *proof, bool of_approval, bool is_new)
{
    return proof_problem_at(a, a->time_us, k, proof, of_approval, is_new);
}

/* --- leaves --- */

/* What was signed is what the leaf says; what neither has is the same. */
static bool says_the_same(const json_t *document, const json_t *leaf, const char *purpose)
{
    static const char *const members[] = {"identity",   "key",    "rp_id",  "algorithm",
                                          "public_key", "issuer", "subject"};

    for (size_t i = 0; i < SL_COUNT(members); i++) {
        struct sl_span said = sl_json_str(document, members[i]);

        if (!sl_span_eq(said, sl_json_str(leaf, members[i])))
            return false;
    }
    return sl_span_is(sl_json_str(document, "purpose"), purpose);
}

/* One of this person's, that was there before, said yes to it. */
static const char *allowed_problem(struct sl_audit *a, const json_t *leaf, const char *purpose)
{
    const json_t *proof = json_object_get(leaf, "allowed_by");
    struct sl_audit_passkey *by = passkey_of(a, sl_json_str(proof, "key"));

    if (by == NULL || by->removed || !sl_span_eq(by->identity, sl_json_str(leaf, "identity")))
        return "no passkey of that person has allowed it";
    if (!says_the_same(json_object_get(proof, "signed"), leaf, purpose))
        return "what was signed says something else";
    return proof_problem(a, by, proof, false, false);
}

/* Another person said yes to just this key of this person, and to one key alone. */
static const char *second_problem(struct sl_audit_approval *p, const json_t *leaf)
{
    SL_BUF(what, SL_ENTRY_MAX);

    sl_buf_say(&what, SL_PASSKEY_ENROL_REASON, sl_json_str(leaf, "key"));
    if (p == NULL || !p->of_policy || p->state != SL_APPROVAL_SPENT || p->ran)
        return "no approval was spent for it";
    p->ran = true;
    if (!sl_span_eq(p->identity, sl_json_str(leaf, "identity")) ||
        !sl_span_eq(p->reason, sl_buf_span(&what)))
        return "the approval is about something else";
    return NULL;
}

static bool has_passkeys(const struct sl_audit *a, struct sl_span identity)
{
    for (const struct sl_audit_passkey *k = a->first_passkey; k != NULL; k = k->next)
        if (!k->removed && sl_span_eq(k->identity, identity))
            return true;
    return false;
}

const char *sl_audit_link_problem(struct sl_audit *a, const json_t *leaf)
{
    return has_passkeys(a, sl_json_str(leaf, "identity")) ? allowed_problem(a, leaf, "link") : NULL;
}

static struct sl_audit_passkey *new_passkey(struct sl_audit *a, const json_t *leaf)
{
    struct sl_audit_passkey *k = sl_audit_alloc(a, sizeof *k);
    SL_BUF(spki, SL_PUBLIC_KEY_MAX);

    if (k == NULL)
        return NULL;
    *k = (struct sl_audit_passkey){
        .id = sl_audit_copy(a, sl_audit_str(a, leaf, "key")),
        .identity = sl_audit_copy(a, sl_json_str(leaf, "identity")),
        .rp_id = sl_audit_copy(a, sl_audit_str(a, leaf, "rp_id")),
        .algorithm = sl_passkey_algorithm_of(sl_json_str(leaf, "algorithm")),
        .backup_eligible = json_is_true(json_object_get(leaf, "backup_eligible")),
        .backed_up = json_is_true(json_object_get(leaf, "backed_up")),
        .since_us = a->time_us,
        .next = a->first_passkey};
    if (bytes_of(&spki, leaf, "public_key"))
        k->spki = sl_audit_copy(a, sl_buf_span(&spki));
    return k;
}

/* Where the person has one already, that one or another person allows it. */
static const char *vouch_problem(struct sl_audit *a, const struct sl_audit_identity *who,
                                 const json_t *leaf)
{
    struct sl_span approval = sl_json_str(leaf, "approval");

    if (approval.n > 0)
        return second_problem(sl_map_get(a->approvals, approval), leaf);
    return has_passkeys(a, who->name) ? allowed_problem(a, leaf, "enrol") : NULL;
}

/* What it signed was looked at when it was asked for; a second person may have taken hours. */
static uint64_t possessed_us(const struct sl_audit *a, const json_t *leaf)
{
    const struct sl_audit_approval *p = sl_map_get(a->approvals, sl_json_str(leaf, "approval"));

    return p == NULL ? a->time_us : p->asked_us;
}

static void enrolled(struct sl_audit *a, const struct sl_audit_identity *who, const json_t *leaf)
{
    const json_t *possession = json_object_get(leaf, "possession");
    const struct sl_audit_credential *c =
        sl_map_get(a->credentials, sl_json_str(leaf, "credential"));
    struct sl_audit_passkey *k = new_passkey(a, leaf);

    if (k == NULL)
        return;
    if (who->kind != SL_HUMAN || c == NULL || !c->deciding || c->revoked ||
        !sl_span_eq(c->identity, who->name))
        SL_FOUND(a, "'%S' enrols a passkey without a deciding credential of their own", who->name);
    if (passkey_of(a, k->id) != NULL)
        SL_FOUND(a, "passkey %S is enrolled twice", k->id);
    bool of_itself = sl_span_eq(sl_json_str(possession, "key"), k->id) &&
                     says_the_same(json_object_get(possession, "signed"), leaf, "enrol");
    const char *problem =
        of_itself ? proof_problem_at(a, possessed_us(a, leaf), k, possession, false, true)
                  : "what it signed says something else";
    if (problem != NULL)
        SL_FOUND(a, "passkey %S of '%S' is enrolled, but does not prove that it is there: %s",
                 k->id, who->name, problem);
    problem = vouch_problem(a, who, leaf);
    if (problem != NULL)
        SL_FOUND(a, "'%S' has a passkey already and enrols another, %S, but: %s", who->name, k->id,
                 problem);
    a->first_passkey = k;
    sl_audit_put(a, a->passkeys, k->id, k);
}

static void removed(struct sl_audit *a, const struct sl_audit_identity *who, const json_t *leaf)
{
    struct sl_audit_passkey *k = passkey_of(a, sl_audit_str(a, leaf, "key"));
    bool by_operator = sl_audit_by_operator(leaf);

    if (k == NULL || k->removed || !sl_span_eq(k->identity, who->name)) {
        SL_FOUND(a, "'%S' loses a passkey that was not theirs", who->name);
        return;
    }
    const char *problem = by_operator ? NULL : allowed_problem(a, leaf, "remove");
    if (problem != NULL)
        SL_FOUND(a, "passkey %S of '%S' is removed, but: %s", k->id, who->name, problem);
    k->removed = true;
    if (by_operator)
        sl_audit_governed(a, who->name, leaf);
}

void sl_audit_passkey(struct sl_audit *a, const json_t *leaf)
{
    struct sl_span name = sl_audit_str(a, leaf, "identity");
    struct sl_span event = sl_json_str(leaf, "event");
    const struct sl_audit_identity *who = sl_audit_identity(a, name);

    if (who == NULL)
        SL_FOUND(a, "a passkey of '%S', who was never added", name);
    else if (sl_span_is(event, "enrolled"))
        enrolled(a, who, leaf);
    else if (sl_span_is(event, "removed"))
        removed(a, who, leaf);
    else
        SL_FOUND(a, "something happens to a passkey that is not known here");
}

/* --- decisions --- */

static const char *said_problem(const json_t *document, const json_t *leaf)
{
    static const char *const members[][2] = {{"action_digest", "digest"},
                                             {"approval", "approval"},
                                             {"approver", "approver"},
                                             {"decision", "decision"}};
    uint64_t signed_rows = 0, rows = 0;

    for (size_t i = 0; i < SL_COUNT(members); i++)
        if (!sl_span_eq(sl_json_str(document, members[i][0]), sl_json_str(leaf, members[i][1])))
            return "what was signed says something else";
    sl_json_u64(document, "rows", &signed_rows);
    sl_json_u64(leaf, "rows", &rows);
    return signed_rows == rows ? NULL : "another number of rows was signed";
}

static const char *reason_problem(const json_t *document, const json_t *leaf)
{
    return sl_audit_said_same(sl_json_str(document, "reason"), sl_json_str(leaf, "reason"))
               ? NULL
               : "another reason was signed";
}

static void tell(struct sl_audit *a, const json_t *leaf, const struct sl_audit_passkey *k,
                 bool proved)
{
    if (a->decision == NULL)
        return;
    a->decision(a->decision_owner,
                &(struct sl_audit_decision){.entry = a->entry,
                                            .approval = sl_json_str(leaf, "approval"),
                                            .approver = sl_json_str(leaf, "approver"),
                                            .decision = sl_json_str(leaf, "decision"),
                                            .in_place = sl_json_str(leaf, "for"),
                                            .credential = sl_json_str(leaf, "credential"),
                                            .key = k == NULL ? sl_span(NULL, 0) : k->id,
                                            .passkey = k != NULL,
                                            .proved = proved,
                                            .device_bound = k != NULL && !k->backup_eligible});
}

struct sl_audit_passkey *sl_audit_decision_proof(struct sl_audit *a, const json_t *leaf)
{
    const json_t *proof = json_object_get(leaf, "passkey");
    struct sl_audit_passkey *k = passkey_of(a, sl_json_str(proof, "key"));
    bool claims = sl_span_is(sl_json_str(leaf, "proof"), "passkey");
    const char *problem = NULL;

    if (claims != (proof != NULL))
        problem = "there is no signature beside it, or one that nothing speaks of";
    else if (claims &&
             (k == NULL || k->removed || !sl_span_eq(k->identity, sl_json_str(leaf, "approver"))))
        problem = "it is no passkey of that person";
    if (problem == NULL && claims)
        problem = said_problem(json_object_get(proof, "signed"), leaf);
    if (problem == NULL && claims)
        problem = reason_problem(json_object_get(proof, "signed"), leaf);
    if (problem == NULL && claims)
        problem = proof_problem(a, k, proof, true, false);
    if (problem != NULL)
        SL_FOUND(a, "the passkey's signature for approval %S by '%S' proves nothing: %s",
                 sl_json_str(leaf, "approval"), sl_json_str(leaf, "approver"), problem);
    tell(a, leaf, claims ? k : NULL, claims && problem == NULL);
    return claims && problem == NULL ? k : NULL;
}
