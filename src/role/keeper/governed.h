/* What `govern: two-person` means for what people say of themselves over HTTP (me.away), for each
 * call of the control socket, and of the command line on
 * the state folder of a Sluice that does not run: one row for each method that it may make. A
 * method without a row is refused, so whoever adds one has to decide.
 *
 *   HOLDS   it loosens something: another person decides about it first
 *   WHEN    it may; `because` says when
 *   FREE    at once: it takes a right away, reads, or tells; `because` says what
 *
 * Offline nobody can be asked. What HOLDS is done all the same, with a `bypass` entry of its own
 * right before it (docs/policy.md, Locked out). */
#ifndef SL_ROLE_KEEPER_GOVERNED_H
#define SL_ROLE_KEEPER_GOVERNED_H

enum governed { GOVERNED_UNKNOWN, GOVERNED_FREE, GOVERNED_WHEN, GOVERNED_HOLDS };

/* clang-format off */
#define SL_GOVERNED(X)                                                                             \
    /*  method               govern  because                                                    */ \
    X("identity.add",        HOLDS,  "somebody who may ask, or decide")                            \
    X("identity.link",       HOLDS,  "it says who is one person, and who sits at the shell")       \
    X("identity.invite",     HOLDS,  "whoever has the code decides in that name")                  \
    X("identity.group",      WHEN,   "the configuration says something about the group")           \
    X("identity.delegate",   WHEN,   "it ends: then the delegate may decide")                      \
    X("me.away",             WHEN,   "somebody is named who decides in one's place")               \
    X("identity.pause",      WHEN,   "it ends: a kill switch is let go")                           \
    X("account.link",        HOLDS,  "whoever the issuer calls so is that identity")               \
    X("scim.credential",     HOLDS,  "its holder says who is there, and in which groups")          \
    X("passkey.revoke",      HOLDS,  "without enough of them a token is proof enough")             \
    X("approval.erase",      HOLDS,  "nobody can read any more what was approved")                 \
    X("hook.skip",           HOLDS,  "a receiver never hears of it")                               \
    X("hook.retry",          FREE,   "tells again what the ledger has")                            \
    X("hook.test",           FREE,   "tells nothing")                                              \
    X("chats",               FREE,   "reads")                                                      \
    X("hooks",               FREE,   "reads")                                                      \
    X("identity.disable",    FREE,   "takes away, and only disabling does so for good")            \
    X("token.revoke",        WHEN,   "an account with whose end a group goes that is named")       \
    X("account.unlink",      WHEN,   "a group goes that the configuration names")                  \
    X("token.create",        FREE,   "it asks, and never decides; who made it is kept out")        \
    X("ledger.rotate_key",   FREE,   "the key before signs it, and every reader sees it")          \
    X("ledger.checkpoint",   FREE,   "tells what is there")                                        \
    X("canary.report",       FREE,   "tells what a canary met")                                    \
    X("issuer.test",         FREE,   "opens nothing")                                              \
    X("identity.list",       FREE,   "reads")                                                      \
    X("token.list",          FREE,   "reads")                                                      \
    X("passkeys",            FREE,   "reads")                                                      \
    X("label.list",          FREE,   "reads")                                                      \
    X("issuers",             FREE,   "reads")                                                      \
    X("status",              FREE,   "reads")
/* clang-format on */

#endif
