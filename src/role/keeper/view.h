/* Applying one event to the view: the same function for the living keeper and for the replay.
 *
 *   event               fields
 *   identity_added      name kind owner os_user salt groups[] at
 *   identity_status     name status at; owner: when it was an owner who paused it
 *   display             identity text: what a provider calls the person
 *   identity_linked     name to
 *   identity_os_user    name os_user
 *   group_set           name group member at
 *   credential_made     id identity deciding hash stored_key server_key at expires issuer
 *                       issuer_uid invitation (the hash of the code that it was claimed with)
 *                       on_behalf_of[] (whom an asking token acts for; left out: nobody)
 *   credential_revoked  id at
 *   invited             hash identity at expires issuer issuer_uid
 *   delegate_set        owner delegate acts at until (0: until it is taken back)
 *   away_set            identity stand_in credential reason let_by at from until: there is one of
 *                       a person
 *   away_ended          identity at
 *   exception           id kind identity person credential channel reason at due: what one person
 *                       did alone; kind break_glass (id: the approval) or bypass
 *   reviewed            id (of an exception) identity person reason channel at
 *   in_force            digest two_person: the policy that counts from now on
 *   account_linked      issuer subject credential identity deciding hash at by by_uid; by the
 *                       person with a passkey also vouched_by vouched_counter vouched_backed_up
 *   account_unlinked    issuer subject credential at
 *   account_groups      identity credential added[] removed[] issued at: what its token says
 *   console_opened      id credential hash at expires: somebody signed in to the console
 *   console_ended       id at
 *   session_opened      session identity kind owner target environment gate at credential life?
 *   session_closed      session
 *   asked               id identity target environment protocol at expires grant_ttl digest
 *                       join_key detail passkey sequence escalate?; the document lies beside the
 * log voted               id identity person decision reason channel credential may at; by passkey
 *                       also passkey counter backed_up
 *                       in_place?: by the right of whom, who is away
 *   vote_lapsed         id identity: this yes does not count any more
 *   escalated           id at: nobody had decided, others may from now on
 *   passkey_enrolled    id identity algorithm spki rp_id backup_eligible backed_up counter
 *                       credential alone at; by by_counter by_backed_up: of the one that allowed it
 *   passkey_removed     id at by by_counter by_backed_up
 *   refused             id person reason at: tried to decide, and may not
 *   moved               id on why at grant_expires session action
 *   outcome             id outcome
 *   erased              id: its document is gone
 *   hook                name next paused: of a receiver, the first entry that it was not told
 *   hook_dead           name entry status at attempts why: it refused this one for good
 *   hook_settled        name entry: that was told after all, or given up
 *   chat_posted         chat channel ts approvals[] what decides hash done brief: a message of
 *                       ours; brief: the chat took no more of it
 *   chat_updated        chat channel ts decides hash done brief
 *   chat_gone           chat channel ts
 *   chat_joined         chat conversation service at: we are there, and it is posted to so
 *   chat_left           chat conversation
 *   chat_heard          chat delivery: a hash of what came from there, which is done now
 */
#ifndef SL_ROLE_KEEPER_VIEW_H
#define SL_ROLE_KEEPER_VIEW_H

#include "core/ledger/journal.h"
#include "role/keeper/db.h"
#include "json/json.h"

/* SL_EMALFORMED: no such event, or a field is missing: the log was not written by this code.
 * `document`: of `asked`, the action's; empty once it is erased, and what does not have the event's
 * digest counts as erased. `entry`: the number of the leaf that belongs to the event, 0 without
 * one. */
enum sl_err view_apply(struct db *db, const json_t *event, struct sl_span document, uint64_t entry)
    SL_MUST_CHECK;
/* The bytes of a WAL record's state: JSON, or a drained journal. `read` gives the document that
 * lies beside the record; SL_ENOTFOUND when it is not there. */
typedef enum sl_err view_document_fn(void *owner, struct sl_buf *out);
enum sl_err view_replay(struct db *db, struct sl_span state, uint64_t entry, view_document_fn *read,
                        void *owner) SL_MUST_CHECK;

/* What a drained journal leaves behind, little-endian:
 *   u8 1 · u32 gate · u64 generation · u64 position
 *   u32 n, n x {u64 session, u64 action} opened · u32 n, n x {u64 session, u64 action} ended */
enum { VIEW_DRAINED = 1, VIEW_PROGRESS = 2 };
/* scim_user.off: 1, or 2 where the identity was paused before; and 4 where an operator had ended
 * the account before the provider did. */
enum { VIEW_OFF = 1, VIEW_OFF_PAUSED = 2, VIEW_OFF_BOTH = 3, VIEW_OFF_UNLINKED = 4 };
enum sl_err view_drained(struct db *db, struct sl_span state) SL_MUST_CHECK;
/* Before it there may stand how far running statements have come, which usage alone wants to know:
 *   u8 2 · u32 n, n x {u64 session, u64 action, u64 rows, u64 bytes} */
void view_progress_put(struct sl_buf *b, const struct sl_progress_record *r, size_t count);
/* How many of them there are. `at` then stands at the first, or at the rest of the state. */
uint32_t view_progress_begin(struct sl_cursor *at, struct sl_span state);
/* The next of them; false at the end. */
bool view_progress_next(struct sl_cursor *at, uint32_t *left, struct sl_progress_record *out);

#endif
