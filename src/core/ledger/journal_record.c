/* The bodies of journal records. The fixed part of each is a struct without holes, copied as it is:
 * both ends run on one machine, and the writer has no nanoseconds to spare. */
#include "base/utf8.h"
#include "core/ledger/journal_int.h"

struct intent_body {
    uint8_t type, zero[3];
    uint32_t flags;
    uint64_t session, action, asked_us, started_us;
    uint8_t policy_digest[8], approval[16], commitment[32], salt[16];
    uint32_t facts_bytes, text_bytes;
};
_Static_assert(sizeof(struct intent_body) == 120, "no holes");

struct outcome_body {
    uint8_t type, outcome, sqlstate[5], zero;
    uint64_t session, action, ended_us, rows, bytes;
    uint8_t body_digest[32];
};
_Static_assert(sizeof(struct outcome_body) == 80, "no holes");

struct txn_body {
    uint8_t type, outcome, zero[6];
    uint64_t session, ended_us, first_action, last_action;
};
_Static_assert(sizeof(struct txn_body) == 40, "no holes");

struct progress_body {
    uint8_t type, zero[7];
    uint64_t session, action, rows, bytes;
};
_Static_assert(sizeof(struct progress_body) == 40, "no holes");

enum {
    ALL_FLAGS = (SL_INTENT_TEXT_BYTES << 1) - 1,
    TEXT_DIGEST_BYTES = 32,
};

enum sl_err sl_journal_intent(struct sl_journal *j, const struct sl_intent *r)
{
    struct intent_body body = {
        .type = SL_JOURNAL_INTENT,
        .flags = r->flags,
        .session = r->session,
        .action = r->action,
        .asked_us = r->asked_us,
        .started_us = r->started_us,
        .facts_bytes = (uint32_t)r->facts.n,
        .text_bytes = (uint32_t)r->text.n,
    };

    if (r->facts.n > SL_JOURNAL_MAX_RECORD || r->text.n > SL_JOURNAL_MAX_RECORD)
        return SL_ELIMIT;
    memcpy(body.policy_digest, r->policy_digest, sizeof body.policy_digest);
    memcpy(body.approval, r->approval, sizeof body.approval);
    memcpy(body.commitment, r->commitment, sizeof body.commitment);
    memcpy(body.salt, r->salt, sizeof body.salt);
    const struct sl_span parts[] = {sl_span(&body, sizeof body), r->facts, r->text};
    return sl_journal_append(j, parts, SL_COUNT(parts), true);
}

enum sl_err sl_journal_outcome(struct sl_journal *j, const struct sl_outcome_record *r)
{
    struct outcome_body body = {
        .type = SL_JOURNAL_OUTCOME,
        .outcome = r->outcome,
        .session = r->session,
        .action = r->action,
        .ended_us = r->ended_us,
        .rows = r->rows,
        .bytes = r->bytes,
    };

    memcpy(body.sqlstate, r->sqlstate, sizeof body.sqlstate);
    memcpy(body.body_digest, r->body_digest, sizeof body.body_digest);
    const struct sl_span part = sl_span(&body, sizeof body);
    return sl_journal_append(j, &part, 1, false);
}

enum sl_err sl_journal_txn(struct sl_journal *j, const struct sl_txn_record *r)
{
    struct txn_body body = {
        .type = SL_JOURNAL_TXN,
        .outcome = r->outcome,
        .session = r->session,
        .ended_us = r->ended_us,
        .first_action = r->first_action,
        .last_action = r->last_action,
    };
    const struct sl_span part = sl_span(&body, sizeof body);

    return sl_journal_append(j, &part, 1, false);
}

enum sl_err sl_journal_progress(struct sl_journal *j, const struct sl_progress_record *r)
{
    struct progress_body body = {
        .type = SL_JOURNAL_PROGRESS,
        .session = r->session,
        .action = r->action,
        .rows = r->rows,
        .bytes = r->bytes,
    };
    const struct sl_span part = sl_span(&body, sizeof body);

    return sl_journal_append(j, &part, 1, true);
}

/* --- reading them back: nothing is believed --- */

static bool text_is_sound(uint32_t flags, struct sl_span text)
{
    if ((flags & SL_INTENT_TEXT_DIGEST) != 0) {
        if (text.n < TEXT_DIGEST_BYTES)
            return false;
        text = sl_span_from(text, TEXT_DIGEST_BYTES);
    }
    return (flags & SL_INTENT_TEXT_BYTES) != 0 || sl_utf8_valid(text);
}

static enum sl_err get_intent(struct sl_cursor *c, struct sl_intent *out)
{
    struct sl_span fixed = sl_cursor_take(c, sizeof(struct intent_body));
    struct intent_body body;
    static const uint8_t zero[3];

    if (c->short_read)
        return SL_ECORRUPT;
    memcpy(&body, fixed.p, sizeof body);
    *out = (struct sl_intent){.session = body.session,
                              .action = body.action,
                              .asked_us = body.asked_us,
                              .started_us = body.started_us,
                              .flags = body.flags};
    memcpy(out->policy_digest, body.policy_digest, sizeof body.policy_digest);
    memcpy(out->approval, body.approval, sizeof body.approval);
    memcpy(out->commitment, body.commitment, sizeof body.commitment);
    memcpy(out->salt, body.salt, sizeof body.salt);
    out->facts = sl_cursor_take(c, body.facts_bytes);
    out->text = sl_cursor_take(c, body.text_bytes);
    bool sound =
        memcmp(body.zero, zero, sizeof zero) == 0 && (body.flags & ~(uint32_t)ALL_FLAGS) == 0;
    return sound && text_is_sound(body.flags, out->text) ? SL_OK : SL_ECORRUPT;
}

/* Five digits or capitals as PostgreSQL has them, or five zero bytes for none. */
static bool sqlstate_is_sound(const uint8_t state[5])
{
    static const uint8_t none[5];

    if (memcmp(state, none, sizeof none) == 0)
        return true;
    for (size_t i = 0; i < sizeof none; i++)
        if (!(state[i] >= '0' && state[i] <= '9') && !(state[i] >= 'A' && state[i] <= 'Z'))
            return false;
    return true;
}

static enum sl_err get_outcome(struct sl_cursor *c, struct sl_outcome_record *out)
{
    struct sl_span fixed = sl_cursor_take(c, sizeof(struct outcome_body));
    struct outcome_body body;

    if (c->short_read)
        return SL_ECORRUPT;
    memcpy(&body, fixed.p, sizeof body);
    *out = (struct sl_outcome_record){.session = body.session,
                                      .action = body.action,
                                      .ended_us = body.ended_us,
                                      .rows = body.rows,
                                      .bytes = body.bytes,
                                      .outcome = body.outcome};
    memcpy(out->sqlstate, body.sqlstate, sizeof body.sqlstate);
    memcpy(out->body_digest, body.body_digest, sizeof body.body_digest);
    bool sound =
        body.zero == 0 && body.outcome >= SL_OUTCOME_OK && body.outcome <= SL_OUTCOME_UNKNOWN;
    return sound && sqlstate_is_sound(body.sqlstate) ? SL_OK : SL_ECORRUPT;
}

static enum sl_err get_txn(struct sl_cursor *c, struct sl_txn_record *out)
{
    struct sl_span fixed = sl_cursor_take(c, sizeof(struct txn_body));
    struct txn_body body;
    static const uint8_t zero[6];

    if (c->short_read)
        return SL_ECORRUPT;
    memcpy(&body, fixed.p, sizeof body);
    *out = (struct sl_txn_record){.session = body.session,
                                  .ended_us = body.ended_us,
                                  .first_action = body.first_action,
                                  .last_action = body.last_action,
                                  .outcome = body.outcome};
    bool sound = memcmp(body.zero, zero, sizeof zero) == 0 && body.first_action <= body.last_action;
    return sound && (body.outcome == 1 || body.outcome == 2 || body.outcome == 4) ? SL_OK
                                                                                  : SL_ECORRUPT;
}

static enum sl_err get_progress(struct sl_cursor *c, struct sl_progress_record *out)
{
    struct sl_span fixed = sl_cursor_take(c, sizeof(struct progress_body));
    struct progress_body body;
    static const uint8_t zero[7];

    if (c->short_read)
        return SL_ECORRUPT;
    memcpy(&body, fixed.p, sizeof body);
    *out = (struct sl_progress_record){
        .session = body.session, .action = body.action, .rows = body.rows, .bytes = body.bytes};
    return memcmp(body.zero, zero, sizeof zero) == 0 ? SL_OK : SL_ECORRUPT;
}

enum sl_err sl_journal_record_get(struct sl_span body, struct sl_journal_record *out)
{
    struct sl_journal_record r = {0};
    struct sl_cursor c = sl_cursor(body);
    enum sl_err err = SL_ECORRUPT;

    switch (body.n == 0 ? 0 : body.p[0]) {
    case SL_JOURNAL_INTENT:
        err = get_intent(&c, &r.intent);
        break;
    case SL_JOURNAL_OUTCOME:
        err = get_outcome(&c, &r.outcome);
        break;
    case SL_JOURNAL_TXN:
        err = get_txn(&c, &r.txn);
        break;
    case SL_JOURNAL_PROGRESS:
        err = get_progress(&c, &r.progress);
        break;
    }
    SL_TRY(err);
    if (!sl_cursor_done(&c))
        return SL_ECORRUPT;
    r.type = body.p[0];
    *out = r;
    return SL_OK;
}
