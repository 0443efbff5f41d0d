/* Every path that the desk serves, in one table: the router, the keeper's method behind it, the
 * test that holds docs/openapi.yaml against it, all grow from here.
 *
 * A path segment "{id}" is an approval's id: a UUID in lower case, in full; "{file}" a file's name,
 * "{issuer}" the name of an identity provider or a chat, "{resource}" an id of SCIM, of the same
 * letters;
 * "{entry}" the number of an entry of the ledger; "{tile}", the last one, the rest of a tile's
 * path. `fields` are the members that the JSON body may have (those with "!" must be there),
 * `query` the names that may stand in the query; anything else is refused, as everywhere, but for
 * the way back from an identity provider, which adds what it likes.
 */
#ifndef SL_ROLE_DESK_ROUTES_H
#define SL_ROLE_DESK_ROUTES_H

#include "wire/http1/http1.h"

enum { SL_DESK_ID_BYTES = 36, SL_DESK_MAX_FILE = 64 };

enum sl_desk_kind {
    SL_DESK_PAGE,    /* a place of the console: its page */
    SL_DESK_FILE,    /* what the page is made of */
    SL_DESK_HEALTH,  /* is the keeper there? */
    SL_DESK_METRICS, /* Prometheus' text */
    SL_DESK_CALL,    /* one question to the keeper, its answer passed on */
    SL_DESK_WATCH,   /* the same, and with ?wait=N answered when the state changes */
    SL_DESK_EVENTS,  /* server-sent events */
    SL_DESK_SIGN_IN, /* a code for a session of the console, as a cookie */
    SL_DESK_SESSION, /* who is signed in with this cookie */
    SL_DESK_SIGN_OUT,
    SL_DESK_LEDGER, /* a file of the ledger, or a part of one */
    SL_DESK_EXPORT, /* what a search of the ledger finds, as a file in pieces */
    SL_DESK_DEPART, /* to the page where an identity provider signs people in */
    SL_DESK_RETURN, /* back from there */
    SL_DESK_LINK,   /* there too, by somebody who is signed in and links an account */
    SL_DESK_SCIM,   /* an identity provider says who is there */
    SL_DESK_CHAT,   /* a chat says what people did; it proves itself by a signature */
};

/* What a search of the ledger may name. */
#define SL_DESK_AUDIT \
    "identity dataset label verdict kind event target approval rule only entries since until"
#define SL_DESK_SCIM_QUERY "filter startIndex count attributes excludedAttributes sortBy sortOrder"

/* clang-format off */
#define SL_DESK_ROUTES(X)                                                                                       \
    /*  kind    method  path                          keeper method      credential  query           fields */  \
    X(PAGE,     GET,    "/",                          "",                false,      "",             "")         \
    X(PAGE,     GET,    "/approvals/{id}",            "",                false,      "",             "")         \
    X(PAGE,     GET,    "/agents",                    "",                false,      "",             "")         \
    X(PAGE,     GET,    "/audit",                     "",                false,      SL_DESK_AUDIT,  "")         \
    X(PAGE,     GET,    "/lineage",                   "",                false,      "of to way target", "")     \
    X(PAGE,     GET,    "/usage",                     "",                false,                                  \
      "by since identity dataset label", "")                                                                    \
    X(PAGE,     GET,    "/governance",                "",                false,      "since",        "")         \
    X(PAGE,     GET,    "/passkeys",                  "",                false,      "",             "")         \
    X(PAGE,     GET,    "/policy",                    "",                false,      "",             "")         \
    X(PAGE,     GET,    "/identities",                "",                false,      "",             "")         \
    X(PAGE,     GET,    "/health",                    "",                false,      "",             "")         \
    X(FILE,     GET,    "/assets/{file}",             "",                false,      "",             "")         \
    X(FILE,     GET,    "/icon.svg",                  "",                false,      "",             "")         \
    X(HEALTH,   GET,    "/healthz",                   "status",          false,      "",             "")         \
    X(METRICS,  GET,    "/metrics",                   "metrics",         true,       "",             "")         \
    X(CALL,     GET,    "/v1/whoami",                 "whoami",          true,       "",             "")         \
    X(CALL,     POST,   "/v1/me/away",                "me.away",         true,       "",                         \
      "until! from stand_in reason")                                                                            \
    X(CALL,     POST,   "/v1/me/back",                "me.back",         true,       "",             "")         \
    X(CALL,     POST,   "/v1/enroll",                 "enroll",          false,      "",             "code!")    \
    X(CALL,     POST,   "/v1/sessions/code",          "session.code",    true,       "",             "")         \
    X(SIGN_IN,  POST,   "/v1/sessions",               "session.open",    false,      "",             "code!")    \
    X(SESSION,  GET,    "/v1/sessions/current",       "whoami",          true,       "",             "")         \
    X(CALL,     POST,   "/v1/sessions/touch",         "session.touch",   true,       "",             "")         \
    X(SIGN_OUT, POST,   "/v1/sessions/end",           "session.end",     true,       "",             "")         \
    X(CALL,     GET,    "/v1/issuers",                "issuers",         false,      "",             "")         \
    X(RETURN,   GET,    "/signin/callback",           "signin.finish",   false,      "",             "")         \
    X(DEPART,   GET,    "/v1/signin/{issuer}",        "signin.begin",    false,      "return fresh", "")         \
    X(CALL,     POST,   "/v1/signin/device",          "login.device",    false,      "",             "issuer")   \
    X(CALL,     POST,   "/v1/signin/device/poll",     "login.poll",      false,      "",             "poll!")    \
    X(CALL,     GET,    "/v1/approvals",              "approval.list",   true,                                   \
      "state limit after order view of", "")                                                                    \
    X(CALL,     POST,   "/v1/approvals",              "approval.create", true,       "",                         \
      "target! operation! effects! datasets statements reason run sink triggered_by")                                        \
    X(WATCH,    GET,    "/v1/approvals/{id}",         "approval.get",    true,       "wait state",   "")         \
    X(CALL,     POST,   "/v1/approvals/{id}/decision", "decision",       true,       "",                         \
      "decision! digest! reason! rows passkey")                                                                 \
    X(CALL,     POST,   "/v1/approvals/{id}/challenge", "decision.challenge", true,   "",                        \
      "decision! digest! reason! rows")                                                                         \
    X(CALL,     GET,    "/v1/passkeys",               "passkey.list",    true,       "",             "")         \
    X(CALL,     POST,   "/v1/passkeys",               "passkey.enrol",   true,       "",                         \
      "possession! existing name second")                                                                                   \
    X(CALL,     POST,   "/v1/passkeys/challenge",     "passkey.challenge", true,     "",                         \
      "purpose! key! public_key algorithm")                                                                     \
    X(CALL,     POST,   "/v1/passkeys/name",          "passkey.name",    true,       "",             "key! name!") \
    X(CALL,     POST,   "/v1/passkeys/remove",        "passkey.remove",  true,       "",                         \
      "key! existing!")                                                                                         \
    X(CALL,     GET,    "/v1/links",                  "link.list",       true,       "",             "")         \
    X(CALL,     POST,   "/v1/links",                  "link.confirm",    true,       "",                         \
      "issuer! subject! existing")                                                                              \
    X(LINK,     POST,   "/v1/links/begin",            "link.begin",      true,       "",             "issuer!")  \
    X(CALL,     POST,   "/v1/links/challenge",        "link.challenge",  true,       "",                         \
      "issuer! subject!")                                                                                       \
    X(CALL,     POST,   "/v1/links/end",              "link.end",        true,       "",                         \
      "issuer! subject!")                                                                                       \
    X(CALL,     POST,   "/v1/approvals/{id}/consume", "consume",         true,       "",             "digest!")  \
    X(CALL,     POST,   "/v1/approvals/{id}/question", "question",       true,       "",             "text!")    \
    X(CALL,     POST,   "/v1/approvals/{id}/answer",  "answer",          true,       "",             "text!")    \
    X(CALL,     POST,   "/v1/approvals/{id}/cancel",  "cancel",          true,       "",             "reason")   \
    X(CALL,     POST,   "/v1/approvals/{id}/revoke",  "revoke",          true,       "",             "reason")   \
    X(CALL,     POST,   "/v1/approvals/{id}/stop",    "stop",            true,       "",             "reason")   \
    X(CALL,     GET,    "/v1/reviews",                "review.list",     true,       "due",             "")         \
    X(CALL,     POST,   "/v1/reviews/{id}",           "review.sign",     true,       "",             "reason!")  \
    X(CALL,     GET,    "/v1/usage",                  "usage",           true,                                   \
      "by since identity dataset label limit", "")                                                              \
    X(CALL,     GET,    "/v1/governance",             "governance",      true,       "since",        "")         \
    X(CALL,     GET,    "/v1/chats",                  "chat.list",       true,       "",             "")         \
    X(CHAT,     POST,   "/v1/chat/{issuer}",          "chat.incoming",   false,      "",             "")         \
    X(CALL,     GET,    "/v1/hooks",                  "hook.list",       true,       "",             "")         \
    X(CALL,     GET,    "/v1/audit",                  "audit",           true,                                   \
      SL_DESK_AUDIT " before limit", "")                                                                        \
    X(EXPORT,   GET,    "/v1/audit/export",           "audit.export",    true,                                   \
      SL_DESK_AUDIT " format", "")                                                                              \
    X(LEDGER,   GET,    "/v1/ledger/checkpoint",      "ledger.note",     true,       "",             "")         \
    X(LEDGER,   GET,    "/v1/ledger/key.pub",         "ledger.key",      true,       "",             "")         \
    X(LEDGER,   GET,    "/v1/ledger/entries/{entry}", "ledger.entry",    true,       "",             "")         \
    X(LEDGER,   GET,    "/v1/ledger/tile/{tile}",     "ledger.tile",     true,       "",             "")         \
    X(CALL,     GET,    "/v1/lineage/up",             "lineage.up",      true,       "of target",   "")         \
    X(CALL,     GET,    "/v1/lineage/down",           "lineage.down",    true,       "of target",   "")         \
    X(CALL,     GET,    "/v1/lineage/who",            "lineage.who",     true,                                   \
      "of target since limit", "")                                                                              \
    X(CALL,     GET,    "/v1/lineage/path",           "lineage.path",    true,       "from to target", "")     \
    X(CALL,     GET,    "/v1/lineage/impact",         "lineage.impact",  true,       "of target",   "")         \
    X(CALL,     GET,    "/v1/lineage/attempts",       "lineage.attempts", true,      "of target",    "")         \
    X(SCIM,     GET,    "/scim/v2/Users", "scim", true, SL_DESK_SCIM_QUERY, "") \
    X(SCIM,     POST,   "/scim/v2/Users", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     GET,    "/scim/v2/Users/{resource}", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     PUT,    "/scim/v2/Users/{resource}", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     PATCH,  "/scim/v2/Users/{resource}", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     DELETE, "/scim/v2/Users/{resource}", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     GET,    "/scim/v2/Groups", "scim", true, SL_DESK_SCIM_QUERY, "") \
    X(SCIM,     POST,   "/scim/v2/Groups", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     GET,    "/scim/v2/Groups/{resource}", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     PUT,    "/scim/v2/Groups/{resource}", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     PATCH,  "/scim/v2/Groups/{resource}", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     DELETE, "/scim/v2/Groups/{resource}", "scim", true, "attributes excludedAttributes", "") \
    X(SCIM,     GET,    "/scim/v2/ServiceProviderConfig", "scim", true, "", "") \
    X(SCIM,     GET,    "/scim/v2/ResourceTypes", "scim", true, "", "") \
    X(SCIM,     GET,    "/scim/v2/ResourceTypes/{about}", "scim", true, "", "") \
    X(SCIM,     GET,    "/scim/v2/Schemas", "scim", true, "", "") \
    X(SCIM,     GET,    "/scim/v2/Schemas/{about}", "scim", true, "", "") \
    X(CALL,     GET,    "/v1/policy",                 "policy.show",     true,       "",             "")         \
    X(CALL,     POST,   "/v1/policy/try",             "policy.try",      true,       "",                         \
      "target! sql! identity search_path")                                                                      \
    X(CALL,     POST,   "/v1/policy/shadow",          "policy.shadow",   true,       "",                         \
      "config! since")                                                                                          \
    X(CALL,     GET,    "/v1/identities",             "people.list",     true,       "after",        "")         \
    X(CALL,     GET,    "/v1/health",                 "health",          true,       "",             "")         \
    X(CALL,     GET,    "/v1/agents",                 "agents.list",     true,       "",             "")         \
    X(CALL,     POST,   "/v1/agents/pause",           "agent.pause",     true,       "",                         \
      "identity all off")                                                                                       \
    X(EVENTS,   GET,    "/v1/events",                 "whoami",          true,       "",             "")
/* clang-format on */

struct sl_desk_route {
    enum sl_desk_kind kind;
    enum sl_http1_method method;
    const char *path, *call;
    bool credential;
    const char *query, *fields;
};

extern const struct sl_desk_route sl_desk_routes[];
extern const size_t sl_desk_route_count;

/* The route of a method and a path (HEAD counts as GET), with the id, file or issuer in it. NULL:
 * `allowed` has the methods that the path knows ("GET, HEAD, OPTIONS"); empty when there is no such
 * path. */
const struct sl_desk_route *sl_desk_route(enum sl_http1_method method, struct sl_span path,
                                          struct sl_span *id, struct sl_buf *allowed);
/* Is `name` in a list of names separated by blanks? *must: it has a "!". */
bool sl_desk_named(const char *list, struct sl_span name, bool *must);
bool sl_desk_id_valid(struct sl_span id);
bool sl_desk_entry_valid(struct sl_span number); /* a plain decimal number, not too long */
/* What comes after "tile/": small letters, digits, / and . only; the keeper knows the form. */
bool sl_desk_tile_valid(struct sl_span rest);
bool sl_desk_about_valid(struct sl_span name); /* the same, and colons: the name of a schema */
bool sl_desk_file_valid(struct sl_span name);  /* letters, digits and . - _, not too long */
/* Is this the path of one of the console's pages, and nothing more? */
bool sl_desk_is_page(struct sl_span path);

#endif
