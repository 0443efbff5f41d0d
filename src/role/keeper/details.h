/* What stands in an approval's `detail`: everything about it that is not in the action's document.
 *
 * One table of its members, so that none is written that nobody has thought of for chats: a card
 * decides there only where all that there is to know stands on it, or says nothing to whoever
 * decides (TOLD). Of what is UNTOLD people read in the console, and decide it there.
 */
#ifndef SL_ROLE_KEEPER_DETAILS_H
#define SL_ROLE_KEEPER_DETAILS_H

#define APPROVAL_DETAILS(X)                                                             \
    X(requesters, TOLD)        /* who asks, and for whom: the console has the whole set */ \
    X(requirements, TOLD)                                                               \
    X(reviewers, TOLD)                                                                  \
    X(rule, TOLD)                                                                       \
    X(why, TOLD)                                                                        \
    X(why_asker, TOLD)                                                                  \
    X(show, TOLD)                                                                       \
    X(asked_with, TOLD)                                                                 \
    X(device_bound, TOLD)                                                               \
    X(policy, TOLD)                                                                     \
    X(notify, TOLD)                                                                     \
    X(escalate, TOLD)                                                                   \
    X(escalate_notify, TOLD)                                                            \
    X(decide_in, TOLD)                                                                  \
    X(proof_why, TOLD)                                                                  \
    X(runs_as, TOLD)                                                                    \
    X(runs_as_user, TOLD)                                                               \
    X(token_by, TOLD)                                                                   \
    X(rows, TOLD)              /* "at most": of an envelope's use, of what goes on */   \
    X(row_limit, TOLD)         /* "at most": of a statement, by the rules */            \
    X(repeats, UNTOLD)         /* it was asked before, and nobody knows what became of it */ \
    X(withheld, UNTOLD)                                                                 \
    X(trigger, UNTOLD)                                                                  \
    X(started_by, UNTOLD)                                                               \
    X(unknown, UNTOLD)         /* somebody behind it is not known here */               \
    X(job, UNTOLD)                                                                      \
    X(job_link, UNTOLD)                                                                 \
    X(on_behalf_of, UNTOLD)                                                             \
    X(in_transaction, UNTOLD)                                                           \
    X(list, UNTOLD)                                                                     \
    X(envelope, UNTOLD)                                                                 \
    X(delivered, UNTOLD)

/* DETAIL(rule) is "rule"; of what the table does not have it does not compile. */
enum {
#define APPROVAL_DETAIL(name, how) DETAIL_##name,
    APPROVAL_DETAILS(APPROVAL_DETAIL)
#undef APPROVAL_DETAIL
};
#define DETAIL(name) ((void)sizeof(char[DETAIL_##name + 1]), #name)

#endif
