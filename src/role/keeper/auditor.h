/* What an auditor may call: `roles: auditors` read all and change nothing. One row for each method
 * that takes a person's or an agent's credential and that they may make; a method without a row is
 * refused, so whoever adds one that an auditor needs has to say so here.
 *
 *   READS    changes nothing that is anybody's
 *   OWN      how they themselves sign in, and are known: a session, a passkey, an account in a chat.
 *            It gives no right: whoever is an auditor decides nothing with it
 *   RECORDS  refuses auditors itself, and the ledger says that they tried
 */
#ifndef SL_ROLE_KEEPER_AUDITOR_H
#define SL_ROLE_KEEPER_AUDITOR_H

/* clang-format off */
#define SL_AUDITOR_MAY(X)                  \
    X("whoami",             READS)         \
    X("approval.list",      READS)         \
    X("approval.get",       READS)         \
    X("review.list",        READS)         \
    X("review.get",         READS)         \
    X("lineage.up",         READS)         \
    X("lineage.down",       READS)         \
    X("lineage.who",        READS)         \
    X("lineage.path",       READS)         \
    X("lineage.impact",     READS)         \
    X("lineage.attempts",   READS)         \
    X("usage",              READS)         \
    X("audit",              READS)         \
    X("audit.export",       READS)         \
    X("governance",         READS)         \
    X("ledger.note",        READS)         \
    X("ledger.key",         READS)         \
    X("ledger.tile",        READS)         \
    X("ledger.entry",       READS)         \
    X("policy.show",        READS)         \
    X("policy.try",         READS)         \
    X("policy.shadow",      READS)         \
    X("people.list",        READS)         \
    X("health",             READS)         \
    X("agents.list",        READS)         \
    X("metrics",            READS)         \
    X("hook.list",          READS)         \
    X("chat.list",          READS)         \
    X("passkey.list",       READS)         \
    X("link.list",          READS)         \
    X("session.code",       OWN)           \
    X("session.touch",      OWN)           \
    X("session.end",        OWN)           \
    X("passkey.challenge",  OWN)           \
    X("passkey.enrol",      OWN)           \
    X("passkey.name",       OWN)           \
    X("passkey.remove",     OWN)           \
    X("link.begin",         OWN)           \
    X("link.challenge",     OWN)           \
    X("link.confirm",       OWN)           \
    X("link.end",           OWN)           \
    X("me.back",            OWN)           \
    X("decision",           RECORDS)       \
    X("decision.challenge", RECORDS)
/* clang-format on */

#endif
