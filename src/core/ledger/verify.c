#include "core/ledger/verify_int.h"

#include <stdlib.h>

void sl_verify_say(struct sl_verify_run *r, enum sl_verify_grade grade, uint64_t entry,
                   const char *file, struct sl_span sentence)
{
    if (grade == SL_VERIFY_WRONG)
        r->result.wrong++;
    else
        r->result.notes++;
    r->v->report(r->v->owner, grade, entry, sl_span_str(file), sentence);
}

bool sl_verify_enough(const struct sl_verify_run *r)
{
    return r->result.wrong >= (r->v->max_findings == 0 ? 100 : r->v->max_findings);
}

static void on_audit(void *owner, uint64_t entry, struct sl_span sentence)
{
    sl_verify_say(owner, SL_VERIFY_WRONG, entry, "", sentence);
}

/* --- checkpoints ---------------------------------------------------------------------------- */

static void on_decision(void *owner, const struct sl_audit_decision *d)
{
    struct sl_verify_run *r = owner;

    if (d->proved)
        r->result.proved++;
    else if (!d->passkey)
        r->result.vouched++;
    if (r->v->decision != NULL)
        r->v->decision(r->v->owner, d);
}

static enum sl_err read_checkpoint(struct sl_verify_run *r)
{
    enum sl_err err = r->v->read(r->v->owner, "checkpoint", &r->note);

    if (err == SL_ENOTFOUND) {
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "checkpoint", "there is no checkpoint");
        return SL_ECORRUPT;
    }
    if (err != SL_OK && err != SL_ELIMIT)
        return err;
    if (err == SL_OK && sl_note_get(sl_buf_span(&r->note), &r->parts) == SL_OK &&
        sl_checkpoint_get(r->parts.text, &r->checkpoint) == SL_OK)
        return SL_OK;
    SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "checkpoint", "it is not a signed checkpoint");
    return SL_ECORRUPT;
}

static void read_old(struct sl_verify_run *r)
{
    if (r->v->old.n == 0)
        return;
    if (sl_note_get(r->v->old, &r->old_parts) != SL_OK ||
        sl_checkpoint_get(r->old_parts.text, &r->old) != SL_OK) {
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "",
               "the older checkpoint is no signed checkpoint");
        return;
    }
    r->has_old = true;
    if (!sl_span_eq(r->old.origin, r->checkpoint.origin))
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "",
               "the older checkpoint is of another ledger: %S", r->old.origin);
    if (r->old.size > r->checkpoint.size)
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "checkpoint",
               "the older checkpoint covers %U "
               "entries, this one only %U: entries were taken away",
               r->old.size, r->checkpoint.size);
}

static const char *signature_problem(const struct sl_note *note, const struct sl_vkey *key)
{
    if (key == NULL)
        return "no key was in force when it was signed";
    switch (sl_note_check(note, key, NULL)) {
    case SL_OK:
        return NULL;
    case SL_ENOTFOUND:
        return "the key that was in force did not sign it";
    default:
        return "its signature is wrong";
    }
}

static void check_signatures(struct sl_verify_run *r)
{
    const struct sl_vkey *key = sl_audit_key_at(r->audit, r->checkpoint.size);
    const char *problem = signature_problem(&r->parts, key);

    if (problem != NULL)
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "checkpoint", "%s", problem);
    if (key != NULL && !sl_span_is(r->checkpoint.origin, key->name))
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "checkpoint", "it is of another ledger: %S",
               r->checkpoint.origin);
    if (!r->has_old)
        return;
    problem = signature_problem(&r->old_parts, sl_audit_key_at(r->audit, r->old.size));
    if (problem != NULL)
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "", "the older checkpoint: %s", problem);
    if (!r->old_seen && r->old.size <= r->checkpoint.size)
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "",
               "the older checkpoint could not be compared");
}

static bool is_published(struct sl_verify_run *r, const struct sl_vkey *key)
{
    SL_BUF(file, 2048);
    SL_BUF(line, 2048);

    sl_vkey_put(&line, key);
    sl_buf_put_u8(&line, '\n');
    return r->v->read(r->v->owner, "key.pub", &file) == SL_OK &&
           sl_span_eq(sl_buf_span(&file), sl_buf_span(&line));
}

/* The key that the caller trusts has to be one of the chain that leads to today's. */
static void check_trust(struct sl_verify_run *r)
{
    const struct sl_vkey *now = sl_audit_key_at(r->audit, UINT64_MAX);

    if (r->v->key == NULL)
        SL_SAY(r, SL_VERIFY_NOTE, SL_VERIFY_NO_ENTRY, "key.pub",
               "no key was given: whoever wrote this "
               "ledger could have written all of it anew; keep the key and a checkpoint elsewhere");
    else if (!sl_audit_key_known(r->audit, r->v->key, r->checkpoint.size))
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "",
               "the key that was given never signed here");
    if (now != NULL && !is_published(r, now))
        SL_SAY(r, SL_VERIFY_WRONG, SL_VERIFY_NO_ENTRY, "key.pub", "it is not the key in force");
}

/* --- all together --------------------------------------------------------------------------- */

static enum sl_err check_all(struct sl_verify_run *r)
{
    SL_TRY(read_checkpoint(r));
    read_old(r);
    SL_TRY(sl_verify_log(r));
    SL_TRY(sl_verify_entries(r));
    SL_TRY(sl_verify_partials(r));
    SL_TRY(sl_verify_claims(r));
    SL_TRY(sl_verify_log_rest(r));
    sl_audit_end(r->audit);
    check_signatures(r);
    check_trust(r);
    return SL_OK;
}

enum sl_err sl_verify_run(const struct sl_verify *v, struct sl_verify_result *out)
{
    struct sl_verify_run *r = calloc(1, sizeof *r);

    if (r == NULL)
        return SL_EMEMORY;
    r->v = v;
    r->note = sl_buf(SL_NOTE_MAX);
    r->file = sl_buf((size_t)1024 * 1024 * 1024);
    enum sl_err err = sl_audit_new(on_audit, r, &r->audit);
    if (err == SL_OK) {
        sl_audit_documents(r->audit, v->document, v->owner);
        sl_audit_decisions(r->audit, on_decision, r);
        err = check_all(r);
        sl_audit_document_counts(r->audit, &r->result.documents, &r->result.erased);
    }
    if (err == SL_ECORRUPT && r->result.wrong > 0) /* it was said, and nothing more can be */
        err = SL_OK;
    r->result.checkpoint.size = r->checkpoint.size;
    r->result.checkpoint.root = r->checkpoint.root;
    if (err == SL_OK)
        *out = r->result;
    sl_audit_free(r->audit);
    sl_buf_done(&r->note);
    sl_buf_done(&r->file);
    free(r->log_hashes);
    free(r);
    return err;
}
