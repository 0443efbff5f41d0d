/* What the ledger tells other programs: CloudEvents for webhooks, OCSF and syslog for a SIEM.
 *
 * Everything is made from one entry of the ledger and says nothing that is not in it (P10). Each
 * record has the entry's index and leaf hash, so that whoever gets it can look the entry up, or ask
 * for a proof; its id is made of the log's origin and the index, so it is the same at every
 * attempt and whoever gets it twice can see that.
 *
 * Pure: bytes in, bytes out. Formats: CloudEvents 1.0 (structured JSON), Standard Webhooks 1.0
 * (signatures), OCSF 1.8.0, RFC 5424 (syslog) framed as RFC 5425 section 4.3 has it.
 */
#ifndef SL_CORE_HOOKS_HOOKS_H
#define SL_CORE_HOOKS_HOOKS_H

#include "json/json.h"

enum sl_hook_format { SL_HOOK_CLOUDEVENTS = 1, SL_HOOK_OCSF, SL_HOOK_SYSLOG };
#define SL_HOOK_FORMAT_WORDS "cloudevents|ocsf|syslog"

/* clang-format off */
/* What a hook may ask for. An entry is of exactly one of these; of a kind that nobody thought of,
 * ADMINISTRATION, so that it is told rather than left out. */
#define SL_HOOK_EVENTS(X)                                                                       \
    X(HELD,           "held")           /* asked, joined, left, question, answer, shown */      \
    X(DECIDED,        "decided")        /* votes, and how they ended it */                      \
    X(SPENT,          "spent")          /* granted, spent, lapsed */                            \
    X(REFUSED,        "refused")        /* denied actions, votes that did not count */          \
    X(OUTCOME,        "outcome")        /* what became of what was held */                      \
    X(ACTIONS,        "actions")        /* everything that was allowed: many */                 \
    X(SESSIONS,       "sessions")       /* clients that come and go */                          \
    X(SIGN_IN,        "sign-in")        /* people who sign in, and whoever could not */         \
    X(EXCEPTIONS,     "exceptions")     /* break-glass, bypass, their reviews, canaries */      \
    X(ADMINISTRATION, "administration") /* people, passkeys, policy, keys, start and stop */
/* clang-format on */
#define SL_HOOK_EVENT_WORDS \
    "held|decided|spent|refused|outcome|actions|sessions|sign-in|exceptions|administration|all"

enum sl_hook_event {
#define SL_HOOK_EVENT_NUMBER(NAME, word) SL_HOOK_##NAME##_NUMBER,
    SL_HOOK_EVENTS(SL_HOOK_EVENT_NUMBER)
#undef SL_HOOK_EVENT_NUMBER
        SL_HOOK_EVENT_COUNT
};
enum {
#define SL_HOOK_EVENT_BIT(NAME, word) SL_HOOK_##NAME = 1 << SL_HOOK_##NAME##_NUMBER,
    SL_HOOK_EVENTS(SL_HOOK_EVENT_BIT)
#undef SL_HOOK_EVENT_BIT
        SL_HOOK_ALL = (1 << SL_HOOK_EVENT_COUNT) - 1,
    SL_HOOK_USUAL = SL_HOOK_ALL & ~(SL_HOOK_ACTIONS | SL_HOOK_SESSIONS),
};
/* The bits of a word of SL_HOOK_EVENT_WORDS; 0: it is none. */
uint32_t sl_hook_event_bits(struct sl_span word);
/* The one bit of an entry. */
uint32_t sl_hook_event_of(const json_t *leaf);

/* What became of an action: `item` has its outcome, `statement` its facts and flags (in an entry of
 * its own they are one object). Refused: nothing of it reached the target. Observed: a rule would
 * have held or denied it, and the target only watches (`mode: observe`), so it ran. */
bool sl_hook_was_refused(const json_t *item, const json_t *statement);
bool sl_hook_was_observed(const json_t *statement);

/* One entry, as it is told. What it points to is the caller's. */
enum { SL_HOOK_HASH = 32, SL_HOOK_ID_MAX = 96 };
struct sl_hook_record {
    struct sl_span origin; /* of the log */
    uint64_t entry;        /* index of the leaf */
    uint8_t leaf_hash[SL_HOOK_HASH];
    struct sl_span leaf; /* its bytes, canonical JSON */
    const json_t *value; /* the same, read */
};

/* "msg_<16 hex of SHA-256(origin)>_<index>": without a dot, which separates what is signed. */
void sl_hook_put_id(struct sl_buf *b, const struct sl_hook_record *r);
/* "approval.asked": the entry's kind, and its event where it has one. */
void sl_hook_put_type(struct sl_buf *b, const json_t *leaf);

/* --- CloudEvents ------------------------------------------------------------------------------ */
#define SL_HOOK_CLOUDEVENTS_TYPE "application/cloudevents+json"
/* The whole event; `data` is the leaf as it is. Extensions: leafhash, ledgerentry, ledgerorigin
 * (strings: an index may be larger than CloudEvents' integers). */
void sl_hook_put_cloudevent(struct sl_buf *b, const struct sl_hook_record *r);
/* A whole message in this format that says nothing, to try a receiver (ping.c): type
 * dev.sluice.ping. */
void sl_hook_put_ping(struct sl_buf *b, enum sl_hook_format format, struct sl_span origin,
                      struct sl_span id, uint64_t now_us);
/* `source` is a URI reference: what is none in a log's name is written as %XX. */
void sl_hook_put_source(struct sl_buf *b, struct sl_span origin);

/* --- Standard Webhooks (secret.c) --------------------------------------------------------------
 */
enum { SL_HOOK_SECRETS = 2, SL_HOOK_KEY_LEAST = 24, SL_HOOK_KEY_MOST = 64 };
struct sl_hook_secrets {
    size_t count;
    size_t bytes[SL_HOOK_SECRETS];
    uint8_t keys[SL_HOOK_SECRETS][SL_HOOK_KEY_MOST];
};
/* "whsec_<base64>", one or, while it changes, two of them with white space between. Returns NULL,
 * or what is wrong, which never quotes it. */
const char *sl_hook_secrets_read(struct sl_span text, struct sl_hook_secrets *out);
void sl_hook_secrets_wipe(struct sl_hook_secrets *s);
/* "v1,<base64>", with a blank between two: of "<id>.<timestamp>.<body>". */
void sl_hook_put_signature(struct sl_buf *b, const struct sl_hook_secrets *s, struct sl_span id,
                           uint64_t timestamp_s, struct sl_span body);

/* --- OCSF ---------------------------------------------------------------------------------------
 * Appends JSON objects with a comma between them: one for an entry, one for each action of a
 * batch. `first` says whether a comma comes before. docs/hooks.md says which class, and why.
 * SL_EMEMORY. */
enum sl_err sl_hook_put_ocsf(struct sl_buf *b, const struct sl_hook_record *r, bool first)
    SL_MUST_CHECK;

/* --- syslog -------------------------------------------------------------------------------------
 * One framed message: "<octets> <134>1 ...". It has at most SL_HOOK_SYSLOG_MOST octets: RFC 5425
 * asks receivers for 8192. What of the entry does not fit is left out, and `cut` says how much. */
enum { SL_HOOK_SYSLOG_MOST = 8192 };
void sl_hook_put_syslog(struct sl_buf *b, const struct sl_hook_record *r);

/* --- when again (back_off.c) --------------------------------------------------------------------
 */
enum sl_hook_verdict {
    SL_HOOK_TOLD,
    SL_HOOK_AGAIN,
    SL_HOOK_DEAD, /* this entry is never taken: the next one's turn */
    SL_HOOK_GONE, /* the receiver wants nothing more (410) */
};
/* What an answer means; status 0: there was none. Only webhooks know DEAD and GONE: a SIEM's feed
 * has no gaps, it waits. */
enum sl_hook_verdict sl_hook_verdict_of(enum sl_hook_format format, uint32_t status);
/* How long to wait after so many attempts (1: the first has just failed), within ten percent of
 * the plan by `chance`. What the receiver asks for (0: nothing) counts where it is longer, up to an
 * hour. UINT64_MAX: that was the last attempt, which SIEM formats never reach. */
uint64_t sl_hook_again_ms(enum sl_hook_format format, unsigned attempts, uint64_t retry_after_s,
                          uint32_t chance);

#endif
