/* What the commands that talk HTTP share: their arguments, the caller's credential, one request,
 * and an approval as text.
 *
 * The credential is the caller's own: --credential-file, else $SLUICE_CREDENTIAL, else the file
 * that `sluice enroll` or `sluice login` wrote (~/.config/sluice/credential, mode 0600). The
 * address: --url, else $SLUICE_URL, else the one saved beside the credential, else
 * http://127.0.0.1:8080. A credential is never sent in clear to another machine, never follows a
 * redirect, and never goes through a proxy in clear. All that a stranger wrote is printed escaped,
 * so that it cannot forge what the terminal shows.
 */
#ifndef SL_CLI_API_CLIENT_H
#define SL_CLI_API_CLIENT_H

#include "cli/cli.h"
#include "json/json.h"

#include <stdio.h>

enum { SL_API_MAX_ANSWER = 48 * 1024 * 1024, SL_API_MOST_LISTED = 50 * 1000, SL_API_CONTINUE = -1 };

/* --- arguments ------------------------------------------------------------------------------ */
enum sl_api_option {
    SL_API_JSON = 1 << 0,
    SL_API_ALL = 1 << 1,
    SL_API_YES = 1 << 2,
    SL_API_REASON = 1 << 3,
    SL_API_SAVE = 1 << 4,
    SL_API_REPLACE = 1 << 5,
    SL_API_DIGEST = 1 << 6,
    SL_API_STATE = 1 << 7,
    SL_API_CREDENTIAL = 1 << 8,
    SL_API_TARGET = 1 << 9,
    SL_API_SINCE = 1 << 10,
    SL_API_ROWS = 1 << 11,
    SL_API_USAGE = 1 << 12,
    SL_API_PLAIN = 1 << 13,
    SL_API_ISSUER = 1 << 14,
    SL_API_GLASS = 1 << 15,
    SL_API_AUDIT = 1 << 16,
    SL_API_EVERYTHING = 1 << 17,
    SL_API_AWAY = 1 << 18,
    SL_API_REMOVE = 1 << 19,
    SL_API_GATE = 1 << 20,
};
struct sl_api_args {
    const char *url, *credential_file, *ca_file, *reason, *save, *digest, *state, *target, *since,
        *rows;
    const char *by, *identity, *dataset, *label, *limit, *issuer;
    const char *verdict, *kind, *event, *rule, *approval, *only, *entries, *until, *before, *export;
    const char *from, *stand_in; /* away; with `until` */
    const char *dsn;             /* libpq's, of the gate */
    const char *word, *second;   /* the arguments that are no options */
    bool json, all, yes, replace, allow_http, plain, break_glass, everything, remove;
};
/* Parses; exactly so many `words` (at most two) must be there. SL_API_CONTINUE, or the exit code
 * after --help or a usage error. The text of --help is `help`, then a paragraph on the options that
 * are given.
 */
int sl_api_args(int argc, char **argv, unsigned options, unsigned words, const char *help,
                struct sl_api_args *out);

/* --- one caller, one gateway ---------------------------------------------------------------- */
struct sl_api {
    struct sl_buf url, credential;
    const char *ca_file;
    bool json, colour;
    bool everything; /* sl_api_print_approval leaves out nothing that is as usual */
};
/* Finds address and (when needed) credential; says on stderr what lacks. Exit code or
 * SL_API_CONTINUE. */
int sl_api_open(const struct sl_api_args *args, bool needs_credential, struct sl_api *out);
void sl_api_close(struct sl_api *api); /* wipes the credential */
#define SL_API(name) __attribute__((cleanup(sl_api_close))) struct sl_api name = {0}

/* body NULL: GET, else POST. *out (may be NULL) is the answer's object, the caller's to decref.
 * SL_EXIT_FINE; else what went wrong was said on stderr (as JSON on stdout with --json). */
int sl_api_call(struct sl_api *api, const char *path, const json_t *body, json_t **out);

/* The same without waiting, for who has a loop: the easy handle (a CURL *) goes to a multi handle
 * of the caller's and is taken out of it before the exchange is freed. NULL: it cannot be built. */
struct sl_api_exchange;
typedef bool sl_api_line_fn(void *owner, struct sl_span line);
struct sl_api_exchange *sl_api_exchange_new(struct sl_api *api, const char *path,
                                            const json_t *body);
void *sl_api_exchange_easy(struct sl_api_exchange *x);
/* Once it is over: the HTTP status (0: unreachable), and the answer, which is the caller's to
 * decref (NULL: it is no JSON). */
long sl_api_exchange_answer(struct sl_api_exchange *x, json_t **out);
/* A stream of server-sent events, as sl_api_stream has it. */
struct sl_api_exchange *sl_api_exchange_stream(struct sl_api *api, const char *path,
                                               const char *last_event_id, sl_api_line_fn *line,
                                               void *owner);
void sl_api_exchange_free(struct sl_api_exchange *x); /* NULL is fine */

/* cmd_console.c: prints the link that signs the caller in to the console, on this page of it. Exit
 * code. */
int sl_api_console_link(struct sl_api *api, const struct sl_api_args *args, const char *page);

/* Server-sent events: `line` for each line, false ends. *status is the HTTP status, 0 when
 * unreachable. */
void sl_api_stream(struct sl_api *api, const char *path, const char *last_event_id,
                   sl_api_line_fn *line, void *owner, long *status);
/* Says what a problem document or a bare status means. The exit code. */
int sl_api_complain(struct sl_api *api, long status, const json_t *problem);

/* ~/.config/sluice/credential. */
enum sl_err sl_api_usual_file(struct sl_buf *path) SL_MUST_CHECK;

/* --- saving a credential -------------------------------------------------------------------- */
#define SL_API_LOGIN "sll_" /* how what `sluice login` saves begins */
/* Before a code or a sign-in is used up: can it be saved there? Says on stderr why not. Exit code
 * or SL_API_CONTINUE. */
int sl_api_try_save(const char *path, bool replace);
/* The secret in the answer's `member`, whose it is and the gateway's address, mode 0600. */
enum sl_err sl_api_save(struct sl_api *api, const json_t *answer, const char *member,
                        const char *path) SL_MUST_CHECK;

/* --- approvals ------------------------------------------------------------------------------ */
/* `word` is an id, or the unique beginning or end of one (4 characters or more). Exit code. */
int sl_api_resolve(struct sl_api *api, const char *word, char id[37]);
int sl_api_get(struct sl_api *api, const char *word, json_t **approval);
/* All that there are, page by page: `query` is what the first page is asked for ("state=pending"),
 * they are added to `into`. More than SL_API_MOST_LISTED: it says so on stderr. Exit code. */
int sl_api_list(struct sl_api *api, const char *query, json_t *into);
/* POST /v1/approvals/ID/<verb>; prints the approval that comes back. Exit code. */
int sl_api_act(struct sl_api *api, const char *id, const char *verb, json_t *body);
/* The whole of ask and answer. */
int sl_api_say_command(int argc, char **argv, const char *verb, const char *help);
/* The whole of cancel, revoke and stop. */
int sl_api_act_command(int argc, char **argv, const char *verb, const char *help);
/* The whole of approve and deny. */
int sl_api_decide_command(int argc, char **argv, const char *verb, const char *help);

/* --- text ----------------------------------------------------------------------------------- */
void sl_api_print_json(const json_t *value);
/* Escaped for the terminal. */
void sl_api_print_text(FILE *out, struct sl_span text);
/* A text of an answer, behind `before`; nothing where it is empty. */
void sl_api_print_behind(const char *before, const json_t *one, const char *key);
uint64_t sl_api_number(const json_t *one, const char *key); /* 0: it is not there */
/* The first line, escaped, at most so many columns; " ..." when there is more. */
void sl_api_print_head(FILE *out, struct sl_span text, size_t columns);
/* A text of several lines, each behind a mark that no text can forge, wrapped before the terminal
 * does. */
void sl_api_print_lines(FILE *out, struct sl_span text);
/* Reason, run and sink: what the requester says. */
void sl_api_print_claims(FILE *out, const json_t *approval);
/* "[500 of about 48,000 rows delivered] ", of what goes beyond a budget; else nothing. */
void sl_api_print_delivered(FILE *out, const json_t *approval);
/* Whether the caller may decide, and why not. */
void sl_api_print_you(FILE *out, const json_t *approval);
/* "  [not you: the owner of ...]" behind what waits, for who cannot decide it; else nothing. */
void sl_api_print_conflict(FILE *out, const json_t *approval);
void sl_api_print_sentence(struct sl_api *api, FILE *out, const json_t *approval);
void sl_api_print_operation(FILE *out, const json_t *approval);
void sl_api_print_approval(struct sl_api *api, const json_t *approval);
/* "14m 3s left", "over"; empty when there is no such time. */
void sl_api_put_left(struct sl_buf *b, const json_t *approval, const char *member);

#endif
