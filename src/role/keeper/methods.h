/* The methods of a CALL to the keeper: who may call, with which credential, and what the bodies
 * hold.
 *
 * Request and reply bodies are JSON objects. A reply has an HTTP-like status; from 400 on its body
 * is RFC 9457 problem details:
 * {"type":"about:blank","title":"..","status":n,"detail":"..","hint":".."}. `credential` is the
 * caller's token in clear; the keeper looks it up by its SHA-256 each time. The control socket
 * proves itself by its file permissions and SO_PEERCRED: it manages, never decides.
 *
 * An approval as JSON (approval.list, .get, .create, decision, cancel, revoke, stop, consume):
 *   {"id","state","identity","requesters":[],"target","environment","protocol",
 *    "digest":"<hex>","statements":[],"effects":[],"datasets":[{"name","effects","labels","columns"}],
 *    "operation":{..} and "summary" (only for those who may see values; else
 * "operation_hidden":true; "operation_masked":true when a password literal was replaced;
 * "erased":true, and none of the document's members, when the document is gone),
 * "reason","run","sink","rule","held_why",
 *    "requirements":[{"rule","text"?,"groups":[],"identities":[],"need":n,"have":n,
 *    "escalate"?:{"groups":[],"identities":[]}}],"escalates_at"?,"escalated_at"?,"reviewers":"text",
 *    "votes":[{"identity","in_place"? (of whom, who is away; "by"? in words),"decision" ("lapsed":
 * a yes that does not count any more), "reason","channel","at","proof":"token|passkey|slack",
 *    "passkey":{"key","device_bound","young","vouched_by","since",..}?}],"asked_at","expires_at",
 *    "proof":"any|passkey","proof_why"? (no rule says so, but the
 * default),"keys":"any|device-bound","decide_in"?:[channels] (left out: all),
 *    "messages"?:[{"kind":"question|answer","identity","channel","text","at"}] (oldest first),
 *    "may_ask","may_answer":bool,
 *    "grant_expires_at","closed_at","waiting":bool,"client_gone":bool,"show":{..},"link",
 *    "repeats":"id of the approval whose outcome is unknown","outcome":{..},"why",
 *    "deciders":[names of those whose yes would be taken now],"requester_chain":[{"name","role"}],
 *    "may_decide":bool,"may_not_why":"..","may_not_reason":"IS_OWNER","may_break_glass":bool?,
 *    "break_glass":{"by","reason","at","review_by","overdue","signed_off","needed","reviews":[]}?,
 *    "mine":bool}
 * (a rule's text is with approval.get alone) and of approval.get, until it is over:
 * "lineage":{"flows":[{"from","to","flow","labels"?}] (the first 20 direct
 * ones),"flow_count":n,"downstream":{"datasets":[first 5 names],"dataset_count":n,
 * "columns":n,"sinks":[],"more":bool}}: what was made from the datasets that it would change; and
 * "last_alike":{"id","identity","by":[],"decided_at","statement"}: the last approved one with the
 * same kinds of statements and effects on the same datasets, if the caller may read it.
 *
 * An EVENT to the desk has the approval's id, its state and as kind what happened: asked, voted,
 * approved, denied, expired, cancelled, spent, lapsed, revoked, left (the client went away),
 * question, answer, outcome, break_glass (one person released it alone), reviewed (somebody signed
 * that off).
 *
 * What loosens something (identity.add, .link, .group, .invite, .delegate off, me.away) may answer
 * 202 under `govern: two-person`: {"approval","state","link","reviewers","detail","hint"}. Asked
 * again when that is approved, it does it.
 */
#ifndef SL_ROLE_KEEPER_METHODS_H
#define SL_ROLE_KEEPER_METHODS_H

/* Which credential a method wants. ANY: an asking or a deciding one. */
enum sl_method_needs {
    SL_NEEDS_NOTHING = 0,
    SL_NEEDS_ANY,
    SL_NEEDS_ASKING,
    SL_NEEDS_DECIDING,
    SL_NEEDS_PROVISION /* nobody's: an issuer's */
};

/* clang-format off */
/* Approvals, and who decides them. */
#define SL_METHODS_DECIDING(X)                                                                              \
    /*  name               name on the wire     who may call               credential                        */ \
    /* {} -> {"identity","kind","owner","groups":[],"credential":"asking|deciding","session"?,"idle_ends_at"?} \
       and, with a deciding one, "away"? and "stands_in_for" as of me.away */                                    \
    X(WHOAMI,              "whoami",            SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"state"?, "limit"?: n, "after"?: cursor, "order"?: "newest|oldest", "view"?: "whole|lines",             \
       "of"?: "mine"} -> {"approvals":[..],"next"?: cursor}: those that the caller may see. There is a           \
       "next" as long as there may be more, even where this page has none */                                   \
    X(APPROVAL_LIST,       "approval.list",     SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"id","brief"?: without rules' texts and lineage} -> approval. Long poll: the desk answers late,         \
       after an EVENT about this id. */                                                                         \
    X(APPROVAL_GET,        "approval.get",      SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"target","operation":{..},"effects":[],"datasets":[{"name","effects":[],"columns"?:[]}]?,                \
       "statements"?:[],"reason"?,"run"?,"sink"?} -> approval (201), or {"verdict":"allow"} (200) */            \
    X(APPROVAL_CREATE,     "approval.create",   SL_ROLE_DESK,              SL_NEEDS_ASKING)                     \
    /* {"id","decision":"approve|deny|break-glass","digest":"<hex as shown>","reason","rows"?,                  \
       "passkey"?: {"key","client_data","authenticator_data","signature"}, base64url} -> approval */            \
    X(DECISION,            "decision",          SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"id","decision","digest","reason","rows"?} -> {"challenge","signed":{..},"expires_at","rp_id",          \
       "allow":[ids]}: what a passkey signs so that exactly this decision counts, once */                       \
    X(DECISION_CHALLENGE,  "decision.challenge", SL_ROLE_DESK,             SL_NEEDS_DECIDING)                   \
    /* {} -> {"passkeys":[{"key","identity","algorithm","rp_id","device_bound","backed_up","young",             \
       "vouched_by":"passkey|credential","since"}],"rp_id","origins":[]}: the caller's own */                   \
    X(PASSKEY_LIST,        "passkey.list",      SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"purpose":"enrol","key","public_key","algorithm"} or {"purpose":"remove","key"} -> as above */          \
    X(PASSKEY_CHALLENGE,   "passkey.challenge", SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"possession":{assertion},"existing"?:{assertion},"name"?,"second"?:true} -> passkey (201), or           \
       approval (202): a second person has to say yes to it first */                                            \
    X(PASSKEY_ENROL,       "passkey.enrol",     SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"key","name"} -> passkey: how its person calls it; nothing depends on it */                             \
    X(PASSKEY_NAME,        "passkey.name",      SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"key","existing":{assertion}} -> {"key"} */                                                             \
    X(PASSKEY_REMOVE,      "passkey.remove",    SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"until","from"?,"stand_in"?: who decides in one's place,"reason"?} -> {"identity","away"?:{"from",        \
       "until","stand_in"?,"reason"?,"now":bool,"says"},"stands_in_for":[names]}: of oneself alone; {} -> the same */  \
    X(ME_AWAY,             "me.away",           SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    X(ME_BACK,             "me.back",           SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"id","text"} -> approval: a reviewer asks whoever asked for it, while it is pending */                 \
    X(QUESTION,            "question",          SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"id","text"} -> approval: somebody in the requester set answers */                                      \
    X(ANSWER,              "answer",            SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"id"} -> one of them: what an event about it tells of it */                                             \
    X(REVIEW_GET,          "review.get",        SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"due"?:"yes"} -> {"more":bool,"reviews":[{"id","kind":"break_glass|bypass","by","channel","reason","at","review_by",             \
       "overdue":bool,"signed_off":n,"needed":2,"may_sign":bool}]}: what one person did alone; those to sign off first */       \
    X(REVIEW_LIST,         "review.list",       SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"id","reason"} -> one of these: somebody else has looked at it */                                       \
    X(REVIEW_SIGN,         "review.sign",       SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"id","reason"?} -> approval: by its requester or owner, before it is decided */                         \
    X(CANCEL,              "cancel",            SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"id","reason"?} -> approval: an unspent grant is withdrawn, by requester, owner or a reviewer */        \
    X(REVOKE,              "revoke",            SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"id","reason"?} -> approval: the running statement is cancelled, by the same people */                  \
    X(STOP,                "stop",              SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"id","digest"} -> approval: spends the grant of an action of protocol "external", once */               \
    X(CONSUME,             "consume",           SL_ROLE_DESK,              SL_NEEDS_ASKING)

/* Where data went. */
#define SL_METHODS_LINEAGE(X)                                                                               \
    /* {"of":"DATASET[.COLUMN]","target"?} -> {"of","steps":[{"name","kind","target","depth",                    \
       "parent"?,"from"?,"flow"?,"labels"?,"again"?,"act"?}],"more":bool}: a tree, its roots first. An act is              \
       {"identity","owner","run","reason","sink","statements","rules","verdict","standing",                     \
        "observed"?,"approval","approvers","why","session","action","first_at","last_at","count",               \
        "rows","bytes"}; members with nothing to say are left out */                                            \
    X(LINEAGE_UP,          "lineage.up",        SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    X(LINEAGE_DOWN,        "lineage.down",      SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"of","target"?,"since"?:"7d","limit"?:n} -> {"of","acts":[act + {"name","effects"}],"more"} */           \
    X(LINEAGE_WHO,         "lineage.who",       SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"from","to","target"?} -> {"steps":[..],"more"}: empty when there is no way */                          \
    X(LINEAGE_PATH,        "lineage.path",      SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"of","target"?} -> {"of","datasets":[{"name","target","columns","depth"}],"columns","sinks":[],"more"} */ \
    X(LINEAGE_IMPACT,      "lineage.impact",    SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"of","target"?} -> {"of","edges":[{"from","to","flow","labels"?,"act"}],"more"}: what was tried \
       and did not happen, newest first */                                                                      \
    X(LINEAGE_ATTEMPTS,    "lineage.attempts",  SL_ROLE_DESK,              SL_NEEDS_ANY)

/* Sessions and sign-in. */
#define SL_METHODS_SESSIONS(X)                                                                              \
    /* {"code"} -> {"identity","credential":"sld_.."}: the code is in the body, no credential */                \
    X(ENROLL,              "enroll",            SL_ROLE_DESK,              SL_NEEDS_NOTHING)                    \
    /* {} -> {"code":"slb_..","expires_at"}: signs its holder in to the console, once; kept by its hash */   \
    X(SESSION_CODE,        "session.code",      SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"code"} -> {"identity","session","secret":"sls_..","expires_at"} (201): the desk makes a cookie of it */ \
    X(SESSION_OPEN,        "session.open",      SL_ROLE_DESK,              SL_NEEDS_NOTHING)                    \
    /* {} -> {"session","idle_ends_at"}: a person sits there; only with a console session */                    \
    X(SESSION_TOUCH,       "session.touch",     SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {} -> {"issuers":[{"name","issuer","code":bool,"device":bool,"ready":bool,"why"?}]}: who may say who a             \
       person is; code: in a browser, device: `sluice login`; why: what keeps it from being ready */         \
    X(ISSUERS,             "issuers",           SL_ROLE_DESK | SL_ROLE_CONTROL, SL_NEEDS_NOTHING)               \
    /* {"issuer"?: name, "return"?: a path here, "fresh"?: "yes"} -> {"redirect","flow","expires_at"} (201): the browser keeps        \
       `flow` in a cookie, goes to `redirect`, and comes back to <public_url>/signin/callback (without a         \
       public_url to http://<listen.http>/signin/callback). Late when the provider is not known yet */        \
    X(SIGNIN_BEGIN,        "signin.begin",      SL_ROLE_DESK,              SL_NEEDS_NOTHING)                    \
    /* {"flow","query": of the way back, without its "?"} -> as session.open, and {"return","groups":[]} (201); a   \
       flow is good once. Answered late: the provider is asked first */                                         \
    X(SIGNIN_FINISH,       "signin.finish",     SL_ROLE_DESK,              SL_NEEDS_NOTHING)                    \
    /* {"issuer"?} -> {"poll","user_code","verification_uri","verification_uri_complete"?,"interval",           \
       "expires_at"} (201), late */                                                                             \
    X(LOGIN_DEVICE,        "login.device",      SL_ROLE_DESK,              SL_NEEDS_NOTHING)                    \
    /* {"poll"} -> {"pending":true,"interval"} (202), or as session.open (201), whose secret is "sll_..", for      \
       Authorization: Bearer; late. The provider is asked once in `interval` seconds at most */                                                                    \
    X(LOGIN_POLL,          "login.poll",        SL_ROLE_DESK,              SL_NEEDS_NOTHING)                    \
    /* {} -> {"session"}: signs out */                                                                          \
    X(SESSION_END,         "session.end",       SL_ROLE_DESK,              SL_NEEDS_ANY)

/* What is recorded, and how all stands. */
#define SL_METHODS_RECORDS(X)                                                                               \
    /* {} -> {"status":{..}} short facts without names, for /healthz and the console's header */                \
    X(STATUS,              "status",            SL_ROLE_DESK | SL_ROLE_CONTROL, SL_NEEDS_NOTHING)               \
    /* {"by"?: "identity,hour", "since"?: "7d", "identity"?, "dataset"?, "label"?, "limit"?: n} ->              \
       {"usage":[{key: text or null .., "statements","rows","bytes"}],"more":bool,"total":{..},"since","all"}:  \
       most bytes first; to an asking token only its own and what it owns (all: false) */                       \
    X(USAGE,               "usage",             SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"identity","dataset","label","verdict","kind","event","target","approval","rule","only",                \
       "entries":"1,2","since","until","before":"ENTRY[.LINE]","limit"}, all optional ->                        \
       {"lines":[{"entry","line"?,"kind","at","recorded_at",..}],"more":bool,"before"?,"size","signed"}:         \
       newest first; reviewers and auditors only (sight.c), as all of the following */                          \
    X(AUDIT,               "audit",             SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* the same and {"format":"csv|jsonl","size"?: of the tree that is proved} ->                               \
       {"text","lines":n,"more":bool,"before"?,"size","identity": whose it is}: with "size" it goes on */         \
    X(AUDIT_EXPORT,        "audit.export",      SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"since"?:"30d"} -> {"since","numbers":[{"name","value","unit","says","open"}]}; open: the                \
       question to audit that gives the entries behind it */                                                    \
    X(GOVERNANCE,          "governance",        SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {} -> {"text"}: the last signed checkpoint; the key line */                                              \
    X(LEDGER_NOTE,         "ledger.note",       SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    X(LEDGER_KEY,          "ledger.key",        SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"name":"tile/0/000.p/7"} -> {"base64"} */                                                               \
    X(LEDGER_TILE,         "ledger.tile",       SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"name":"17"} -> {"json":"the entry as it stands"} */                                                    \
    X(LEDGER_ENTRY,        "ledger.entry",      SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {} -> {"digest","generation","rules":[{"name","then","text"}],"targets":[{..}]}: without logins */          \
    X(POLICY_SHOW,         "policy.show",       SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"target","sql","identity"?,"search_path"?} -> {"verdict","rules":[..],"effects","datasets",..}: what      \
       the policy would say; a gate's judge reads it, and nothing is run */                                     \
    X(POLICY_TRY,          "policy.try",        SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"config": text, "since"?: "7d"} -> core/ledger/shadow.h's result, with "more","since","entries" */      \
    X(POLICY_SHADOW,       "policy.shadow",     SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"after"?: name} -> {"identities":[{"name","kind","owner","owner_active","status","groups","linked",      \
       "can_decide","passkeys","sessions","last_seen_at","since","away"?:{"from","until","stand_in"?}}],"next"?} */                                  \
    X(PEOPLE_LIST,         "people.list",       SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {} -> {"status":{..}} with targets, canaries, disk and "nags":[sentences] */                             \
    X(HEALTH,              "health",            SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {} -> {"agents":[{"name","kind","owner","status","paused_by"?,"sessions","open","budgets":[{"rule",       \
       "target","budget","used","left":{}}]}],"refused":[{..}],"more"}: the caller's own and what they own */   \
    X(AGENTS_LIST,         "agents.list",       SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* {"identity" or "all":true,"off"?:bool} -> {"identity","status"} or {"changed":n}: by its owner */        \
    X(AGENT_PAUSE,         "agent.pause",       SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {} -> {"text"}: Prometheus' text format 0.0.4 */                                                         \
    X(METRICS,             "metrics",           SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    /* the same for whoever asks, where the configuration says so */                                            \
    X(METRICS_OPEN,        "metrics.open",      SL_ROLE_DESK,              SL_NEEDS_NOTHING)

/* Identities, and what they prove themselves with. */
#define SL_METHODS_IDENTITIES(X)                                                                            \
    /* {"name","kind","owner"?,"groups"?:[],"os_user"?} -> {"name","code"?: invitation of a human} */           \
    X(IDENTITY_ADD,        "identity.add",      SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {} -> {"identities":[{"name","kind","owner","status","groups","linked","since"}]} */                     \
    X(IDENTITY_LIST,       "identity.list",     SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name"} */                                                                                              \
    X(IDENTITY_DISABLE,    "identity.disable",  SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name","to"} two accounts of one person; or {"name","os_user"} */                                       \
    X(IDENTITY_LINK,       "identity.link",     SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name"} or {"all_agents":true}, with "off":true to resume */                                            \
    X(IDENTITY_PAUSE,      "identity.pause",    SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name","group","member":bool} */                                                                        \
    X(IDENTITY_GROUP,      "identity.group",    SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name","to","ttl"?:"7d","off"?:bool}: `to` acts for `name` while they are away, and decides              \
       nothing that `name` could not */                                                                         \
    X(IDENTITY_DELEGATE,   "identity.delegate", SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name"} -> {"name","code"}: a new invitation for a human */                                             \
    X(IDENTITY_INVITE,     "identity.invite",   SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name","ttl"?:"8h","for"?:[names]} -> {"id","token"}: an asking token, shown once; `for`: on whose      \
       behalf its holder asks */                                   \
    X(TOKEN_CREATE,        "token.create",      SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"id"} or {"name"}: one credential by id, or all of an identity */                                       \
    X(TOKEN_REVOKE,        "token.revoke",      SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name"?} -> {"tokens":[{"id","identity","kind","created_at","expires_at","revoked","credential"?}]}: \
       a console session is of kind "session" and names the credential behind it; one that stands for an account at  \
       an issuer is of kind "account" */                             \
    X(TOKEN_LIST,          "token.list",        SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name"?} -> {"passkeys":[..]}: with those that were removed ("removed_at") */                           \
    X(PASSKEYS,            "passkeys",          SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"key","reason"?} -> {"key"} */                                                                          \
    X(PASSKEY_REVOKE,      "passkey.revoke",    SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name","issuer": name of an issuer,"subject"} -> {"name","issuer","subject","credential"} (201): whom    \
       the issuer calls this is that identity from now on */                                                    \
    X(ACCOUNT_LINK,        "account.link",      SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name","issuer","subject"} -> {"name"}: sessions that came from it end */                               \
    X(ACCOUNT_UNLINK,      "account.unlink",    SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"issuer"} -> {"name","issuer","ready","why"?,"authorization","device","keys":n,"fetched_at"?}; with     \
       {"issuer","device":true} -> as login.device, and {"poll"} -> {"pending":true,"interval"} or              \
       {"subject","name"?,"groups":[],"identity"?}: signs in as a test and opens nothing; late */               \
    X(ISSUER_TEST,         "issuer.test",       SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)

/* Accounts elsewhere, and provisioning. */
#define SL_METHODS_ACCOUNTS(X)                                                                              \
    /* {} -> {"accounts":[{"issuer","subject","credential","since"}],"issuers":[{"name","issuer","chat","team",            \
       "linked":bool}] (of chats: where one may link one's own),"passkey":bool,"shown"?:{"issuer","subject","name",        \
       "team","expires_at"}}: shown is an account that waits for this session's yes; issuer, here and below, as its        \
       tokens say it */                                                                                                   \
    X(LINK_LIST,           "link.list",         SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"issuer": name} -> {"redirect","flow","expires_at"} (201), as signin.begin; only in a session of the console */    \
    X(LINK_BEGIN,          "link.begin",        SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"issuer","subject"} -> as passkey.challenge, of purpose "link": what a passkey signs so that it is linked */      \
    X(LINK_CHALLENGE,      "link.challenge",    SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"issuer","subject","existing"?: an assertion, where the caller has a passkey} -> {"issuer","subject",             \
       "credential"} (201): exactly what was shown to this session */                                                     \
    X(LINK_CONFIRM,        "link.confirm",      SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"issuer","subject"} -> the same: one's own is linked no more, at once */                                          \
    X(LINK_END,            "link.end",          SL_ROLE_DESK,              SL_NEEDS_DECIDING)                   \
    /* {"method","what":"Users","id"?,"query"?:{"filter","startIndex","count",..},"resource"?} -> SCIM (RFC 7644)  \
       resource, list or error, with its status */                                                              \
    X(SCIM,                "scim",              SL_ROLE_DESK,              SL_NEEDS_PROVISION)                  \
    /* {"issuer"} -> {"issuer","id","credential":"slp_.."} (201), shown once: the one before it is over */         \
    X(SCIM_CREDENTIAL,     "scim.credential",   SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)

/* Hooks, chats and the ledger. */
#define SL_METHODS_OPERATING(X)                                                                             \
    /* {} -> {"hooks":[{"name","format","place","state":"current|behind|waiting|paused|no secret","next","behind","told",  \
       "failed","attempts","status"?,"answered_at"?,"again_at"?,"waits_since"?,"why"?,"dead":n,                   \
       "dead_letters":[{"entry","status","at","attempts","why"}] (the first 100)}],"size"}: receivers of what    \
       the ledger says; the first for people who may see how Sluice is governed */                              \
    X(HOOK_LIST,           "hook.list",         SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    X(HOOKS,               "hooks",             SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name","entry"?: n | "all"} -> {"name"}: told again now: a dead-letter, all of them, or without `entry` what it   \
       waits for; a paused one goes on */                                                                       \
    X(HOOK_RETRY,          "hook.retry",        SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name","entry": n | "all"} -> {"name"}: it is never told this dead-letter, all of them, or the entry that it     \
       waits for */                                                                                             \
    X(HOOK_SKIP,           "hook.skip",         SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"name"} -> {"name","status","why"?}: a message that says nothing; late */                               \
    X(HOOK_TEST,           "hook.test",         SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {} -> {"chats":[{"name","kind","state":"current|waiting|deaf|no secret","why","waiting","told","failed",    \
       "listens":bool,"refused":[{"channel","why"}],"conversations":[{"id","since"}]? (teams)}]}: chats in which people are told, and may decide; the first for people who may see how   \
       Sluice is governed */                                                                                     \
    X(CHAT_LIST,           "chat.list",         SL_ROLE_DESK,              SL_NEEDS_ANY)                        \
    X(CHATS,               "chats",             SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"chat","timestamp","signature","token","body"} -> {"answer"?}: what a chat sends over HTTP; it proves  \
       itself by the signature, over the bytes as they came, or by the token */                                 \
    X(CHAT_INCOMING,       "chat.incoming",     SL_ROLE_DESK,              SL_NEEDS_NOTHING)                    \
    /* {"id"} -> {"id"}: what was asked is erased, once it is over; the ledger still verifies */                \
    X(APPROVAL_ERASE,      "approval.erase",    SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {"target","identity","result":"held|denied|flowed|unreachable","why"?}: what a canary met */             \
    X(CANARY_REPORT,       "canary.report",     SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {} -> {"labels":[{"target","column","label","from","settled":bool}]}: those that followed the data */     \
    X(LABEL_LIST,          "label.list",        SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {} -> {"vkey"}: the old key signs the new */                                                             \
    X(LEDGER_ROTATE_KEY,   "ledger.rotate_key", SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)                    \
    /* {} -> {"checkpoint":"the signed note"} */                                                                \
    X(LEDGER_CHECKPOINT,   "ledger.checkpoint", SL_ROLE_CONTROL,           SL_NEEDS_NOTHING)

/* In parts: a macro of thousands of tokens takes some tools time by its square. */
#define SL_METHODS(X)                                                                                       \
    SL_METHODS_DECIDING(X) SL_METHODS_LINEAGE(X) SL_METHODS_SESSIONS(X) SL_METHODS_RECORDS(X) \
    SL_METHODS_IDENTITIES(X) SL_METHODS_ACCOUNTS(X) SL_METHODS_OPERATING(X)
/* clang-format on */

#define SL_METHOD_STRING(NAME, wire, roles, needs) \
    static const char SL_METHOD_##NAME[] __attribute__((unused)) = wire;
SL_METHODS(SL_METHOD_STRING)
#undef SL_METHOD_STRING

#endif
