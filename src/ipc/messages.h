/* Every message between Sluice's programs: its fields, who may send it to whom, and in which state.
 *
 * One table makes the struct, the encoder, the decoder, the permission check and the fuzz target.
 * Anything that is not in the table, from a program that may not send it, or in a state where it
 * makes no sense, ends that peer's connection (and the supervisor replaces the peer).
 *
 * A message on the wire is one SEQPACKET datagram: u16 type, u16 zero, u32 body length, then the
 * fields in the order below, little-endian, strings and bytes as u32 length + bytes. A body of more
 * than SL_IPC_INLINE bytes travels in a sealed memfd that accompanies the header (os/channel).
 * Strings point into the received datagram and live until the next one is received.
 *
 * Field types: u8 u32 u64, str (UTF-8), bytes, list (of str: u16 count, then u32 length + bytes
 * each; walk it with sl_ipc_list_next).
 */
#ifndef SL_IPC_MESSAGES_H
#define SL_IPC_MESSAGES_H

#include "base/buf.h"

enum {
    SL_IPC_INLINE = 64 * 1024,
    SL_IPC_MAX_BODY = 40 * 1024 * 1024,
    SL_IPC_HEADER = 8,
};

enum sl_role {
    SL_ROLE_SUPER = 1 << 0,
    SL_ROLE_GATE = 1 << 1,
    SL_ROLE_JUDGE = 1 << 2,
    SL_ROLE_KEEPER = 1 << 3,
    SL_ROLE_DESK = 1 << 4,
    SL_ROLE_CONTROL = 1 << 5, /* the command line on the keeper's control socket */
    SL_ROLE_COURIER = 1 << 6, /* calls issuers (0), hooks (1) and chats (2) for the keeper */
};
const char *sl_role_name(enum sl_role role);

/* A channel is FRESH until the receiver has been set up, then OPEN; DRAINING after DRAIN. */
enum sl_conn_state { SL_CONN_FRESH = 1, SL_CONN_OPEN = 2, SL_CONN_DRAINING = 4 };
#define SL_CONN_ANY (SL_CONN_FRESH | SL_CONN_OPEN | SL_CONN_DRAINING)
#define SL_CONN_LIVE (SL_CONN_OPEN | SL_CONN_DRAINING)

/* clang-format off */

/* --- supervisor and its children ------------------------------------------------------------ */
/* First message to each child. build: of the supervisor (ipc/build.h); a child of another build refuses
 * it, and it stays the first field, so that it can. fds: [journal...] for gate (one) and keeper (one for each gate, in order
 * of their index). addresses: "target=ip:port" ("target=[ip]:port" for IPv6), one item for each address
 * that the target's host name resolved to, in the order to try; no child can resolve names itself, so
 * it connects to these. Unix-socket targets have none. authorities: "target=PEM certificates" for each
 * target with tls: verify-full, because no gate can open a file. The courier gets the issuers in their place:
 * "name=issuer's URL", and "name=PEM certificates" where the issuer has authorities of its own; the second
 * courier (index 1) gets the hooks in their place, and calls exactly their URLs; the third (index 2) the chats, and
 * calls what lies beneath their URLs: a name may come several times, each time with one more of them. */
#define SL_MSG_SETUP(F) F(str, build) F(u32, index) F(u32, generation) F(str, config_path) F(bytes, config) \
    F(str, state_dir) F(str, runtime_dir) F(u32, gates) F(u32, judges) F(bytes, tls_certificate) \
    F(bytes, tls_key) F(str, sandbox) F(u8, offline) \
    F(list, addresses) F(list, authorities)
/* A fresh end of a channel to another program (one fd); replaces an earlier one of the same
 * role+index+purpose. role and index: who is at the other end (for sockets the supervisor, 0..).
 * purpose: "" is the ordinary channel, "sign" the gate's synchronous signing channel,
 * "listen" a listening socket, "control" the control socket, "journal" (to the keeper, with the gate's
 * role and index, before that gate's channel) the journal of a gate that starts. Comes right after SETUP, before READY is
 * awaited, and again whenever the partner was replaced.
 * `life`: of the program at the other end (of the gate, with a journal); each start of a program has another, so
 * that what was of one start is never taken for what is of the next. 0: none was told. */
#define SL_MSG_PEER(F) F(u32, role) F(u32, index) F(str, purpose) F(u64, life)
#define SL_MSG_READY(F) F(str, detail)
/* As in SETUP. The key goes to the keeper alone; an empty certificate means: no TLS towards clients. */
#define SL_MSG_RELOAD(F) F(u32, generation) F(bytes, config) F(list, addresses) F(list, authorities) \
    F(bytes, tls_certificate) F(bytes, tls_key)
#define SL_MSG_RELOADED(F) F(u32, generation) F(u8, accepted) F(str, why)
/* Take no new work, end what can end within deadline_ms (from now), say DRAINED. The supervisor then
 * closes the channel, and the child exits with 0. May come twice: the later one counts. A child whose channel to the supervisor closes exits at once. */
#define SL_MSG_DRAIN(F) F(u64, deadline_ms)
#define SL_MSG_DRAINED(F) F(u32, left)
/* A child asks for the replacement of a peer that misbehaves: a gate of a judge that is late or lies, the
 * keeper of a gate, of the desk or of the courier. `life` as PEER told it: a successor is not blamed; 0: whoever
 * runs. `journal`: the gate's journal is damaged, and is put aside and begun anew; else the next gate continues it. */
#define SL_MSG_PEER_BAD(F) F(u32, role) F(u32, index) F(str, why) F(u64, life) F(u8, journal)
/* The keeper asks for a target's login secret: the supervisor reads the file or runs the command.
 * login: the login's `name`, else its `group`, empty for the general one. again: the last answer did not work.
 * With `issuer` for the client secret of that issuer, with `hook` for the secret or token of that hook, with
 * `chat` for what `which` names of that chat ("bot_token", "app_token", "signing_secret", "client_secret"), and
 * nothing else. */
#define SL_MSG_SECRET_ASK(F) F(u64, call) F(str, target) F(str, login) F(u8, again) F(str, issuer) \
    F(str, hook) F(str, chat) F(str, which)
#define SL_MSG_SECRET(F) F(u64, call) F(u8, found) F(bytes, secret) F(str, why)
/* Keeper to supervisor: an approved policy change may be loaded now; gate/keeper statistics.
 * STATS from the supervisor to the keeper, whenever a program comes or goes:
 * {"programs":[{"index":n,"pid":n,"restarts":n,"role":"gate","started":"RFC 3339","state":"up"}]} */
#define SL_MSG_POLICY_PROPOSE(F) F(u32, generation) F(bytes, config) F(str, diff)
#define SL_MSG_POLICY_DECIDED(F) F(u32, generation) F(u8, accepted) F(str, why)
#define SL_MSG_STATS(F) F(bytes, json)

/* A CancelRequest that came to another gate than its session's: the supervisor passes it on, unread. */
#define SL_MSG_GATE_CANCEL(F) F(u32, gate) F(u32, pid) F(bytes, secret)

/* --- gate and judge ------------------------------------------------------------------------- */
#define SL_MSG_JUDGE_SNAPSHOT(F) F(u32, target) F(u32, generation) F(bytes, snapshot)
/* temp_objects: the session has relations and types of its own, which stand in for the unqualified
 * names in temp_names ("/a/b/"); where that is empty, for any.
 * prepared_names[i] was made by running prepared_texts[i] (the whole text that held the PREPARE);
 * cursors: those that this session declared and that were judged then. */
#define SL_MSG_JUDGE_ASK(F) F(u64, ask) F(u32, target) F(u32, generation) F(str, search_path) \
    F(str, user) F(u8, standard_strings) F(u8, temp_objects) F(str, temp_names) F(bytes, text) \
    F(list, prepared_names) F(list, prepared_texts) F(list, cursors)
#define SL_MSG_JUDGE_ANSWER(F) F(u64, ask) F(bytes, meaning)
/* What would this text mean? The keeper asks for people who try a policy; nothing is run, and nothing
 * of it leaves the judge but its meaning (core/action/meaning.h). found 0: no listing of the target. */
#define SL_MSG_JUDGE_TRY(F) F(u64, number) F(str, target) F(str, search_path) F(str, user) F(bytes, text)
#define SL_MSG_JUDGE_TRIED(F) F(u64, number) F(u8, found) F(bytes, meaning)

/* --- gate and keeper: sessions -------------------------------------------------------------- */
#define SL_MSG_LOGIN_TOKEN(F) F(u64, conn) F(str, target) F(str, user) F(str, address) F(u8, tls) F(bytes, token)
#define SL_MSG_LOGIN_SCRAM(F) F(u64, conn) F(str, target) F(str, user) F(str, address) F(u8, tls) \
    F(str, client_first_bare)
#define SL_MSG_LOGIN_CHALLENGE(F) F(u64, conn) F(str, server_first)
#define SL_MSG_LOGIN_PROOF(F) F(u64, conn) F(str, client_final_without_proof) F(bytes, proof)
/* requester: the requester set by identity name. upstream_user: who to log in as. */
#define SL_MSG_LOGIN_OK(F) F(u64, conn) F(u64, session) F(str, identity) F(str, kind) F(str, owner) \
    F(list, groups) F(list, requester) F(str, upstream_user) F(bytes, server_signature)
#define SL_MSG_LOGIN_REFUSED(F) F(u64, conn) F(str, sqlstate) F(str, text) F(str, hint)
#define SL_MSG_SESSION_CLOSED(F) F(u64, session)
#define SL_MSG_SESSION_END(F) F(u64, session) F(str, why)

/* --- gate and keeper: the upstream's credentials -------------------------------------------- */
/* session 0 with a target name: the gate's own catalog connection. attempt counts from 0.
 * elevated: 0 for the session's own login; else the session's action whose grant is spent and whose
 * rules elevate it, for the login that they name. */
#define SL_MSG_UPSTREAM_SCRAM(F) F(u64, call) F(u64, session) F(str, target) F(u8, attempt) \
    F(str, auth_message) F(bytes, salt) F(u32, iterations) F(u64, elevated)
#define SL_MSG_UPSTREAM_MD5(F) F(u64, call) F(u64, session) F(str, target) F(u8, attempt) F(bytes, salt) \
    F(u64, elevated)
#define SL_MSG_UPSTREAM_PROOF(F) F(u64, call) F(u8, found) F(bytes, proof) F(bytes, server_signature) F(str, why)
/* On the sign channel only, answered at once. padding: 0 none (ECDSA, Ed25519), 1 PKCS#1, 2 PSS. */
#define SL_MSG_SIGN(F) F(u64, call) F(str, digest) F(u8, padding) F(bytes, input)
#define SL_MSG_SIGNED(F) F(u64, call) F(u8, found) F(bytes, signature)

/* --- gate and keeper: actions --------------------------------------------------------------- */
/* `operation` is the canonical JSON object of core/action/action.h (what the gate itself knows; with a
 * member `budget` it asks for what goes beyond that rule's budget);
 * the keeper adds identity, requester set, target, environment, matched rules and salt, and evaluates
 * the policy again. `meaning` is encoded as core/action/meaning.h. `show` is text for people, not
 * part of the digest: the locks already held, and so on, as a JSON object. only: it joins this approval
 * or is refused; empty: it may join any, or ask anew. */
#define SL_MSG_ACTION_PROPOSE(F) F(u64, session) F(u64, action) F(u32, generation) F(u64, asked_us) \
    F(bytes, operation) F(bytes, meaning) F(str, context_user) F(str, context_database) F(str, context_role) \
    F(str, context_search_path) F(str, context_encoding) F(str, context_settings) F(str, reason) F(str, run) \
    F(str, sink) F(u64, wait_ms) F(u8, in_transaction) F(bytes, show) F(str, only)
/* Held. With `salt` the gate builds the same action document and compares the digest. `requester` is
 * the requester set as the keeper put it into the document. granted: it joined an approval that is
 * approved already; an ACTION_OFFER follows at once. */
#define SL_MSG_ACTION_HELD(F) F(u64, action) F(str, approval) F(u64, expires_us) F(u8, joined) F(u8, granted) \
    F(list, requester) F(bytes, salt) F(bytes, digest) F(str, rule) F(str, why) F(str, link) F(str, reviewers)
#define SL_MSG_ACTION_REFUSED(F) F(u64, action) F(str, sqlstate) F(str, approval) F(str, rule) F(str, who) \
    F(str, why) F(str, hint)
/* Policy moved between judging and asking: judge and evaluate again. */
#define SL_MSG_ACTION_STALE(F) F(u64, action)
#define SL_MSG_ACTION_OFFER(F) F(u64, action) F(str, approval)
#define SL_MSG_ACTION_SPEND(F) F(u64, action) F(str, approval) F(bytes, digest)
/* rows: how many rows of the statement may pass, those from before the hold included; 0: as policy
 * says. */
#define SL_MSG_ACTION_GO(F) F(u64, action) F(str, approval) F(u64, grant_expires_us) F(u64, rows)
/* how: 0 the client went away, 1 cancelled by the client, 2 the client's wait ended,
 * 3 the action means something else now. */
#define SL_MSG_ACTION_LEFT(F) F(u64, action) F(u8, how) F(str, why)
/* What a reviewer asks about a held action, or that somebody released it alone and why (`alone`); its
 * client is told. */
#define SL_MSG_ACTION_NOTE(F) F(u64, action) F(u8, alone) F(str, approval) F(str, who) F(str, text)
/* The session's identity answers a question about what it asked for; approval empty: about the one that
 * is not answered yet. Answered at once: `why` empty, or what speaks against it. */
#define SL_MSG_ACTION_ANSWER(F) F(u64, session) F(str, approval) F(str, text)
#define SL_MSG_ACTION_ANSWERED(F) F(u64, session) F(str, why)
#define SL_MSG_ACTION_STOP(F) F(u64, action) F(str, who) F(str, why)
#define SL_MSG_JOURNAL_KICK(F) F(u64, position)
/* Answered when everything up to `position` is synced to disk (ledger.sync: all). */
#define SL_MSG_JOURNAL_SYNC(F) F(u64, position)
#define SL_MSG_JOURNAL_SYNCED(F) F(u64, position)

/* --- gate and keeper: labels that follow the data ------------------------------------------- */
/* columns[i] takes the label labels[i] over from sources[i]; sent before the bytes of the action that
 * does it. told: grows by one; comes back in LABELS. how: 0 stays (a column has another name now, or
 * nobody can say when it is committed), 1 settled by the action's outcome, 2 by its transaction's.
 * session 0: no action, the listing showed it. Without columns, how 0: what this session
 * brought so far stays, because it sends a COMMIT now. */
#define SL_MSG_LABEL_FLOW(F) F(u64, told) F(str, target) F(u64, session) F(u64, action) F(u8, how) \
    F(list, columns) F(list, labels) F(list, sources)
/* These columns are not in the target's listing, and no others have their names. dropped 1: a change
 * that went through this gate named them: asks that their labels go. 0: as far as this gate goes,
 * they may. version: of the newest LABELS that the gate had when the listing began, and since when
 * whatever was under way then had ended (src/role/keeper/labels_leave.c). */
#define SL_MSG_LABEL_GONE(F) F(str, target) F(u64, version) F(u8, dropped) F(list, columns)
/* The whole map (core/policy/labels.h), with everything that this gate told up to `told`. Comes first
 * on a fresh channel, and whenever it changes. version: grows with each change; each keeper begins
 * elsewhere. */
#define SL_MSG_LABELS(F) F(u64, told) F(u64, version) F(bytes, map)
/* The server described a labelled column that the judge had not seen: the answer was stopped. */
#define SL_MSG_LABEL_STOPPED(F) F(u64, session) F(u64, action) F(str, column) F(str, why)
/* --- gate and keeper: budgets --------------------------------------------------------------- */
/* The gate borrows from what is left of the budgets of these rules, for one statement of the session:
 * at least `rows`, `bytes` and `statements`, better want_rows and want_bytes. `lease` is the gate's
 * own number; asking again with it adds to it. used_*: of what was lent before, this has passed since
 * the last question. */
#define SL_MSG_BUDGET_ASK(F) F(u64, session) F(u64, lease) F(u32, generation) F(list, rules) F(str, run) \
    F(u64, rows) F(u64, bytes) F(u64, statements) F(u64, want_rows) F(u64, want_bytes) F(u64, used_rows) \
    F(u64, used_bytes)
/* answer: 0 lent, 1 used up (`rule` says whose, nothing was lent), 2 another policy: judge again.
 * Rows and bytes are added to what is left of the lease; UINT64_MAX: nothing limits them. */
#define SL_MSG_BUDGET_LEASE(F) F(u64, session) F(u64, lease) F(u8, answer) F(u64, rows) F(u64, bytes) \
    F(str, rule)
/* The statement ended: this much of the lease was used since the last question, the rest goes back.
 * Said until the keeper has answered, also to the next keeper. */
#define SL_MSG_BUDGET_RETURN(F) F(u64, session) F(u64, lease) F(u64, rows) F(u64, bytes) F(u64, statements)
#define SL_MSG_BUDGET_RETURNED(F) F(u64, session) F(u64, lease)

/* --- gate and keeper: lists of statements --------------------------------------------------- */
/* What the session's identity asked for on this target with this approval, to run it now: the exact
 * texts, in order, and what it said when it asked. why: a sentence; then there is nothing. */
#define SL_MSG_LIST_ASK(F) F(u64, session) F(str, approval)
/* Of an envelope (core/action/envelope.h): no statements, its template and bounds. */
#define SL_MSG_LIST(F) F(u64, session) F(list, statements) F(str, reason) F(str, run) F(str, sink) F(str, why) \
    F(str, template) F(u64, times) F(u64, rows) F(u64, for_s)
/* The first deviation in a session that had taken it up: nothing runs with this approval any more.
 * A gate without a keeper says it to nobody: the next keeper ends every envelope. */
#define SL_MSG_ENVELOPE_END(F) F(u64, session) F(str, approval) F(str, why)

/* --- desk, control and keeper --------------------------------------------------------------- */
/* method: the names in role/keeper/methods.h ("approval.list", "decision", "enroll", ...).
 * credential: the caller's token, checked by the keeper each time. channel: what the caller says it
 * is ("cli"); the keeper takes the words that it knows. body, reply: JSON objects. */
#define SL_MSG_CALL(F) F(u64, call) F(str, method) F(bytes, credential) F(str, address) F(str, channel) \
    F(bytes, body)
#define SL_MSG_REPLY(F) F(u64, call) F(u32, status) F(bytes, body)
#define SL_MSG_EVENT(F) F(u64, event) F(str, kind) F(str, approval) F(str, state)

/* --- keeper and courier ---------------------------------------------------------------------- */
/* One HTTPS call, in the keeper's words: method "GET" or "POST", headers "Name: value". issuer: whose own
 * authorities are trusted (SETUP), and whether plain http to this machine is meant; to the second courier the
 * name of a hook. Not followed anywhere else; an answer of more than max_bytes, or not here within timeout_ms,
 * is none. To a hook at syslog+tls:// the body is sent as it is, with method "SEND". To the third courier the name
 * of a chat; there "PUT" is known too, and an answer has at most 256 kB. */
#define SL_MSG_FETCH(F) F(u64, call) F(str, issuer) F(str, method) F(str, url) F(str, content_type) \
    F(list, headers) F(bytes, body) F(u32, max_bytes) F(u32, timeout_ms)
/* status 0: there is no whole answer, and `why` says why not. max_age: seconds for which the provider
 * lets it be kept; 0 when it does not say. retry_after: seconds, the same; with status 0 it is 1
 * where nobody was called, because the courier may not (its configuration may be older than the keeper's). Of a SEND 200 means that all of it
 * is acknowledged by the receiver's machine, and that a new connection stood two seconds longer; it has no other answer. */
#define SL_MSG_FETCHED(F) F(u64, call) F(u32, status) F(bytes, body) F(u64, max_age) F(u64, retry_after) \
    F(str, why)
/* WebSockets (RFC 6455), with the third courier. stream: the keeper's own number, never used twice on one channel.
 * issuer: the chat's name. url: wss://, to the host of the chat's first URL or beneath it, at the default port (to
 * this machine: any); or ws:// to this machine, where that URL is plain http to this machine. max_bytes: of one message that comes.
 * Answered by STREAM_OPENED once it is open, and in any case by STREAM_CLOSED, exactly once, when it is over or
 * could not be had: `why` is for people, and holds nothing that was said there. A second STREAM_OPEN of a number that is
 * open ends the channel; STREAM_TEXT and STREAM_CLOSE of one that is not are passed over (they crossed its end). */
#define SL_MSG_STREAM_OPEN(F) F(u64, stream) F(str, issuer) F(str, url) F(u32, max_bytes)
#define SL_MSG_STREAM_OPENED(F) F(u64, stream)
/* One whole text message, in either direction; UTF-8. From the keeper before STREAM_OPENED it waits. */
#define SL_MSG_STREAM_TEXT(F) F(u64, stream) F(str, text)
/* The keeper wants no more of it: nothing comes after this but STREAM_CLOSED. */
#define SL_MSG_STREAM_CLOSE(F) F(u64, stream)
#define SL_MSG_STREAM_CLOSED(F) F(u64, stream) F(str, why)

/*  message            number  who may send                      to whom           in which state of the channel */
#define SL_MESSAGES(X)                                                                                        \
    X(SETUP,            setup,            1, SL_ROLE_SUPER,                    SL_CONN_FRESH)                 \
    X(PEER,             peer,             2, SL_ROLE_SUPER,                    SL_CONN_ANY)                   \
    X(READY,            ready,            3, SL_ROLE_GATE | SL_ROLE_JUDGE | SL_ROLE_KEEPER | SL_ROLE_DESK | SL_ROLE_COURIER, SL_CONN_ANY) \
    X(RELOAD,           reload,           4, SL_ROLE_SUPER,                    SL_CONN_OPEN)                  \
    X(RELOADED,         reloaded,         5, SL_ROLE_GATE | SL_ROLE_JUDGE | SL_ROLE_KEEPER | SL_ROLE_DESK | SL_ROLE_COURIER, SL_CONN_LIVE) \
    X(DRAIN,            drain,            6, SL_ROLE_SUPER,                    SL_CONN_LIVE)                  \
    X(DRAINED,          drained,          7, SL_ROLE_GATE | SL_ROLE_JUDGE | SL_ROLE_KEEPER | SL_ROLE_DESK | SL_ROLE_COURIER, SL_CONN_LIVE) \
    X(PEER_BAD,         peer_bad,         8, SL_ROLE_GATE | SL_ROLE_KEEPER | SL_ROLE_DESK, SL_CONN_LIVE)      \
    X(SECRET_ASK,       secret_ask,       9, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(SECRET,           secret,          10, SL_ROLE_SUPER,                    SL_CONN_LIVE)                  \
    X(POLICY_PROPOSE,   policy_propose,  11, SL_ROLE_SUPER,                    SL_CONN_OPEN)                  \
    X(POLICY_DECIDED,   policy_decided,  12, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(STATS,            stats,           13, SL_ROLE_GATE | SL_ROLE_SUPER,     SL_CONN_LIVE)                  \
    X(GATE_CANCEL,      gate_cancel,     14, SL_ROLE_GATE | SL_ROLE_SUPER,     SL_CONN_LIVE)                  \
    X(JUDGE_SNAPSHOT,   judge_snapshot,  20, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(JUDGE_ASK,        judge_ask,       21, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(JUDGE_ANSWER,     judge_answer,    22, SL_ROLE_JUDGE,                    SL_CONN_LIVE)                  \
    X(JUDGE_TRY,        judge_try,       23, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(JUDGE_TRIED,      judge_tried,     24, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(LOGIN_TOKEN,      login_token,     30, SL_ROLE_GATE,                     SL_CONN_OPEN)                  \
    X(LOGIN_SCRAM,      login_scram,     31, SL_ROLE_GATE,                     SL_CONN_OPEN)                  \
    X(LOGIN_CHALLENGE,  login_challenge, 32, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(LOGIN_PROOF,      login_proof,     33, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(LOGIN_OK,         login_ok,        34, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(LOGIN_REFUSED,    login_refused,   35, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(SESSION_CLOSED,   session_closed,  36, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(SESSION_END,      session_end,     37, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(UPSTREAM_SCRAM,   upstream_scram,  40, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(UPSTREAM_MD5,     upstream_md5,    41, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(UPSTREAM_PROOF,   upstream_proof,  42, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(SIGN,             sign,            43, SL_ROLE_GATE | SL_ROLE_DESK,      SL_CONN_LIVE)                  \
    X(SIGNED,           signed_,         44, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ACTION_PROPOSE,   action_propose,  50, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(ACTION_HELD,      action_held,     51, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ACTION_REFUSED,   action_refused,  52, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ACTION_STALE,     action_stale,    53, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ACTION_OFFER,     action_offer,    54, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ACTION_SPEND,     action_spend,    55, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(ACTION_GO,        action_go,       56, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ACTION_LEFT,      action_left,     57, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(ACTION_STOP,      action_stop,     58, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ACTION_NOTE,      action_note,    130, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ACTION_ANSWER,    action_answer,  131, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(ACTION_ANSWERED,  action_answered, 132, SL_ROLE_KEEPER,                  SL_CONN_LIVE)                  \
    X(JOURNAL_KICK,     journal_kick,    59, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(JOURNAL_SYNC,     journal_sync,    60, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(JOURNAL_SYNCED,   journal_synced,  61, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(BUDGET_ASK,       budget_ask,     105, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(BUDGET_LEASE,     budget_lease,   106, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(BUDGET_RETURN,    budget_return,  107, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(BUDGET_RETURNED,  budget_returned, 108, SL_ROLE_KEEPER,                  SL_CONN_LIVE)                  \
    X(LIST_ASK,         list_ask,       120, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(LIST,             list,           121, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(ENVELOPE_END,     envelope_end,   122, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(CALL,             call,            70, SL_ROLE_DESK | SL_ROLE_CONTROL,   SL_CONN_LIVE)                  \
    X(REPLY,            reply,           71, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(EVENT,            event,           72, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(LABEL_FLOW,       label_flow,      95, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(LABEL_GONE,       label_gone,      96, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(LABELS,           labels,          97, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(LABEL_STOPPED,    label_stopped,   98, SL_ROLE_GATE,                     SL_CONN_LIVE)                  \
    X(FETCH,            fetch,          110, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(FETCHED,          fetched,        111, SL_ROLE_COURIER,                  SL_CONN_LIVE)                  \
    X(STREAM_OPEN,      stream_open,    112, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(STREAM_OPENED,    stream_opened,  113, SL_ROLE_COURIER,                  SL_CONN_LIVE)                  \
    X(STREAM_TEXT,      stream_text,    114, SL_ROLE_KEEPER | SL_ROLE_COURIER, SL_CONN_LIVE)                  \
    X(STREAM_CLOSE,     stream_close,   115, SL_ROLE_KEEPER,                   SL_CONN_LIVE)                  \
    X(STREAM_CLOSED,    stream_closed,  116, SL_ROLE_COURIER,                  SL_CONN_LIVE)
/* clang-format on */

enum sl_message {
#define SL_MESSAGE_NUMBER(NAME, name, number, senders, states) SL_MESSAGE_##NAME = number,
    SL_MESSAGES(SL_MESSAGE_NUMBER)
#undef SL_MESSAGE_NUMBER
};

typedef struct sl_span sl_ipc_str, sl_ipc_bytes;
struct sl_ipc_list {
    uint16_t count;
    struct sl_span items; /* encoded */
};
/* The next item of a list; *at starts at 0; false at the end. */
bool sl_ipc_list_next(const struct sl_ipc_list *list, size_t *at, struct sl_span *item);
/* Encodes one item into `items` of a list under construction (bytes go to b). */
void sl_ipc_list_add(struct sl_buf *b, struct sl_ipc_list *list, struct sl_span item);

#define SL_IPC_TYPE_u8 uint8_t
#define SL_IPC_TYPE_u32 uint32_t
#define SL_IPC_TYPE_u64 uint64_t
#define SL_IPC_TYPE_str struct sl_span
#define SL_IPC_TYPE_bytes struct sl_span
#define SL_IPC_TYPE_list struct sl_ipc_list
#define SL_IPC_FIELD(type, name) SL_IPC_TYPE_##type name;
#define SL_IPC_STRUCT(NAME, name_, number, senders, states)                              \
    struct sl_msg_##name_ {                                                              \
        SL_MSG_##NAME(SL_IPC_FIELD)                                                      \
    };                                                                                   \
    /* Appends header and body. */                                                       \
    void sl_msg_##name_##_put(struct sl_buf *b, const struct sl_msg_##name_ *m);         \
    /* Decodes a body; views into it. Anything left over or missing is SL_EMALFORMED. */ \
    enum sl_err sl_msg_##name_##_get(struct sl_span body, struct sl_msg_##name_ *out) SL_MUST_CHECK;
SL_MESSAGES(SL_IPC_STRUCT)
#undef SL_IPC_STRUCT

struct sl_ipc_head {
    enum sl_message type;
    uint32_t body_bytes;
};

/* Reads a header. SL_EMALFORMED for an unknown type or a non-zero reserved word, SL_ELIMIT. */
enum sl_err sl_ipc_head_get(struct sl_span bytes, struct sl_ipc_head *out) SL_MUST_CHECK;

/* SL_EDENIED: this role may not send it; SL_ESTATE: not now. */
enum sl_err sl_ipc_allowed(enum sl_message type, enum sl_role sender, enum sl_conn_state state)
    SL_MUST_CHECK;
/* "action_propose"; NULL when unknown. */
const char *sl_ipc_name(unsigned type);

#endif
