/* The one command that people type. Each subcommand is one file, cmd_<name>.c, with one function
 * that gets argv starting at its own name and returns an exit code. */
#ifndef SL_CLI_CLI_H
#define SL_CLI_CLI_H

#include "base/err.h"

enum { SL_EXIT_FINE = 0, SL_EXIT_REFUSED = 1, SL_EXIT_USAGE = 2, SL_EXIT_UNREACHABLE = 3 };

/*  name, its arguments in one line, one sentence */
#define SL_COMMANDS(X)                                                                             \
    X(approvals, "[--all] [--state STATE] [--json]", "list what waits for a decision")             \
    X(approve, "ID --reason TEXT [--yes] [--json]", "say yes to exactly the action that is shown") \
    X(ask, "ID TEXT [--json]", "ask whoever wants it, before you decide")                          \
    X(answer, "ID TEXT [--json]", "answer what a reviewer asked about a request of yours")         \
    X(away, "[--until TIME [--from TIME] [--stand-in NAME] [--reason TEXT]] [--json]",             \
      "say that you do not decide for a while, and who does instead")                              \
    X(back, "[--json]", "say that you are back")                                                   \
    X(cancel, "ID [--reason TEXT] [--json]", "withdraw a request that is not decided yet")         \
    X(console, "[--json]", "print the link that signs you in to the console")                      \
    X(deny, "ID --reason TEXT [--yes] [--json]", "say no to an action")                            \
    X(enroll, "CODE [--url URL] [--save FILE|-]",                                                  \
      "claim your deciding credential with a one-time code")                                       \
    X(link, "[ISSUER [--remove]] [--json]", "show your accounts in chats, link one, unlink one")   \
    X(login, "[--issuer NAME] [--url URL] [--save FILE]", "sign in with your identity provider")   \
    X(logout, "[--json]", "end what 'sluice login' began")                                         \
    X(request, "--target T -f FILE --reason TEXT [--run] [--id ID] [--dsn CONNINFO] [--json]",     \
      "ask for one approval for a list of statements, and run it")                                 \
    X(review, "[ID --reason TEXT] [--json]", "list and sign off what one person did alone")        \
    X(revoke, "ID [--reason TEXT] [--json]", "take an approval back before it is spent")           \
    X(show, "ID [--all] [--json]", "show everything about one approval")                           \
    X(stop, "ID [--reason TEXT] [--json]", "cancel the statement that an approval let run")        \
    X(watch, "[--plain] [--json]", "your inbox, live")                                             \
    X(audit, "[--identity NAME] [--dataset NAME] [--label LABEL] [--since 7d] [--json] ...",       \
      "find entries of the ledger, and export them with their proofs")                             \
    X(canary, "[--target T] [--config FILE]",                                                      \
      "send the statements that must be held, and say whether they were")                          \
    X(chats, "[list] [--json]", "show in which chats people are told, and how that goes")          \
    X(check, "[--live] [--json] [--config FILE] | --keys", "check a configuration file")           \
    X(classify, "--target T [--sample N] [--json] [--config FILE]",                                \
      "propose labels from a sample of a target's values")                                         \
    X(explain, "--target T [--identity NAME] [--live] [--json] [--config FILE] 'SQL'",             \
      "say what a statement means and what the policy says to it")                                 \
    X(governance, "[--since 30d] [--json]", "count how people decide")                             \
    X(hooks, "[list|dead|retry HOOK [ENTRY|all]|skip HOOK ENTRY|all|test HOOK] [--json]",          \
      "show who else is told what the ledger says, and how far")                                   \
    X(identity, "add|list|disable|pause|link|group|delegate|invite ...",                           \
      "manage people, agents and services")                                                        \
    X(idp, "add ISSUER [OPTIONS] | test NAME [--sign-in] | scim NAME",                             \
      "set up an identity provider, in four questions")                                            \
    X(init, "DSN [OPTIONS]", "set up a gateway for your own database, in five questions")          \
    X(judge, "--dialect postgres [--schema DDL.sql]",                                              \
      "say what SQL would do: JSON lines in, JSON lines out")                                      \
    X(labels, "[--target T] [--json] [--config FILE]",                                             \
      "show which columns have a label that came along with data")                                 \
    X(ledger, "verify|show|proof|verify-proof|verify-export|...", "check and read the ledger")     \
    X(lineage, "up|down|who|path|impact DATASET[.COLUMN] ...",                                     \
      "say where data came from, where it went, and who touched it")                               \
    X(mcp, "--target T [--dsn CONNINFO] [--credential-file FILE] [--url URL]",                     \
      "serve an agent's host by the Model Context Protocol, through the gate")                     \
    X(openlineage, "[--config FILE]", "send run events to the endpoint that the file names")       \
    X(passkeys, "[list [NAME]|remove KEY]", "who can sign decisions with what")                    \
    X(serve, "[--config FILE]", "start the gateway, in the foreground")                            \
    X(shadow, "--config EDITED [--state DIR] [--since 7d] [--json]",                               \
      "say what an edited policy would have said to what is recorded")                             \
    X(status, "[--json] [--config FILE]", "show what runs")                                        \
    X(token, "create|revoke|list ...", "manage what identities sign in with")                      \
    X(usage, "[--by KEY[,KEY]] [--label LABEL] [--since 7d] [--json]",                             \
      "show who moved how much of which data")                                                     \
    X(version, "", "print the version")

#define SL_COMMAND_DECLARE(name, words, help) int sl_cli_##name(int argc, char **argv);
SL_COMMANDS(SL_COMMAND_DECLARE)
#undef SL_COMMAND_DECLARE

/* Prints the usage line of a command to stderr; returns SL_EXIT_USAGE. */
int sl_cli_misuse(const char *name);
/* Is --help among the words? Then it is printed. */
bool sl_cli_helped(int argc, char **argv, const char *help);

#endif
