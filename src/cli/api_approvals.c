/* Finding an approval by a part of its id, and acting on it. */
#include "cli/api_client.h"
#include "cli/inbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ID_BYTES = 36, LEAST_PART = 4, MAX_PATH = 256, MAX_REASON = 4000 };

static bool is_id_part(const char *word)
{
    return strspn(word, "0123456789abcdef-") == strlen(word) && strlen(word) <= ID_BYTES;
}

static bool fits(struct sl_span id, struct sl_span part)
{
    return id.n == ID_BYTES &&
           (sl_span_starts(id, part) || sl_span_eq(sl_span_from(id, id.n - part.n), part));
}

/* The one approval of the list whose id begins or ends so. */
static int pick(const json_t *list, const char *word, char id[37])
{
    size_t found = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        struct sl_span one = sl_json_str(json_array_get(list, i), "id");

        if (!fits(one, sl_span_str(word)))
            continue;
        found++;
        memcpy(id, one.p, ID_BYTES);
        id[ID_BYTES] = '\0';
    }
    if (found == 1)
        return SL_EXIT_FINE;
    fprintf(stderr,
            found == 0 ? "sluice: no approval that you may see has an id like '%s'\n"
                       : "sluice: more than one approval has an id like '%s': give more of it\n",
            word);
    return SL_EXIT_REFUSED;
}

/* One page; *next is where the next one begins, empty: there is none. */
static int list_page(struct sl_api *api, const char *query, struct sl_buf *next, json_t *into)
{
    json_t *answer = NULL;
    SL_BUF(path, MAX_PATH);

    sl_buf_say(&path, "/v1/approvals?limit=500%s%s", query[0] == '\0' ? "" : "&", query);
    if (next->n > 0)
        sl_buf_say(&path, "&after=%S", sl_buf_span(next));
    int code = sl_api_call(api, sl_buf_text(&path), NULL, &answer);
    sl_buf_reset(next);
    if (code == SL_EXIT_FINE &&
        json_array_extend(into, json_object_get(answer, "approvals")) != 0) {
        fputs("sluice: the answer is not a list of approvals\n", stderr);
        code = SL_EXIT_UNREACHABLE;
    } else if (code == SL_EXIT_FINE) {
        sl_buf_put(next, sl_json_str(answer, "next"));
    }
    json_decref(answer);
    return code;
}

int sl_api_list(struct sl_api *api, const char *query, json_t *into)
{
    SL_BUF(next, 64);
    int code = list_page(api, query, &next, into);

    while (code == SL_EXIT_FINE && next.n > 0 && json_array_size(into) < SL_API_MOST_LISTED)
        code = list_page(api, query, &next, into);
    if (code == SL_EXIT_FINE && next.n > 0)
        fprintf(stderr, "sluice: there are more than these %zu approvals\n", json_array_size(into));
    return code;
}

int sl_api_resolve(struct sl_api *api, const char *word, char id[37])
{
    if (!is_id_part(word) || strlen(word) < LEAST_PART) {
        fputs("sluice: an approval's id, or 4 or more characters of its beginning or end, is "
              "needed\n",
              stderr);
        return SL_EXIT_USAGE;
    }
    if (strlen(word) == ID_BYTES) {
        memcpy(id, word, ID_BYTES + 1);
        return SL_EXIT_FINE;
    }
    json_t *all = json_array();
    int code = sl_api_list(api, "view=lines", all);
    if (code == SL_EXIT_FINE)
        code = pick(all, word, id);
    json_decref(all);
    return code;
}

int sl_api_get(struct sl_api *api, const char *word, json_t **approval)
{
    char id[ID_BYTES + 1];
    SL_BUF(path, MAX_PATH);
    int code = sl_api_resolve(api, word, id);

    if (code != SL_EXIT_FINE)
        return code;
    sl_buf_say(&path, "/v1/approvals/%s", id);
    return sl_api_call(api, sl_buf_text(&path), NULL, approval);
}

int sl_api_act(struct sl_api *api, const char *id, const char *verb, json_t *body)
{
    json_t *approval = NULL;
    SL_BUF(path, MAX_PATH);

    sl_buf_say(&path, "/v1/approvals/%s/%s", id, verb);
    int code = sl_api_call(api, sl_buf_text(&path), body, &approval);
    if (code == SL_EXIT_FINE && api->json)
        sl_api_print_json(approval);
    else if (code == SL_EXIT_FINE)
        sl_api_print_sentence(api, stdout, approval);
    if (code == SL_EXIT_FINE && !api->json && strcmp(verb, "stop") == 0)
        puts("What runs with it is being cancelled.");
    json_decref(approval);
    return code;
}

static bool is_reason_fit(const char *reason)
{
    if (reason == NULL || strlen(reason) <= MAX_REASON)
        return true;
    fprintf(stderr, "sluice: a reason has at most %d characters\n", MAX_REASON);
    return false;
}

int sl_api_act_command(int argc, char **argv, const char *verb, const char *help)
{
    struct sl_api_args args;
    SL_API(api);
    char id[ID_BYTES + 1];
    int code =
        sl_api_args(argc, argv, SL_API_JSON | SL_API_REASON | SL_API_CREDENTIAL, true, help, &args);

    if (code == SL_API_CONTINUE)
        code = is_reason_fit(args.reason) ? sl_api_open(&args, true, &api) : SL_EXIT_USAGE;
    if (code != SL_API_CONTINUE)
        return code;
    code = sl_api_resolve(&api, args.word, id);
    if (code != SL_EXIT_FINE)
        return code;
    json_t *body = json_object();
    if (args.reason != NULL)
        json_object_set_new(body, "reason", json_string(args.reason));
    code = sl_api_act(&api, id, verb, body);
    json_decref(body);
    return code;
}

int sl_api_say_command(int argc, char **argv, const char *verb, const char *help)
{
    struct sl_api_args args;
    SL_API(api);
    char id[ID_BYTES + 1];
    int code = sl_api_args(argc, argv, SL_API_JSON | SL_API_CREDENTIAL, 2, help, &args);

    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    code = sl_api_resolve(&api, args.word, id);
    if (code != SL_EXIT_FINE)
        return code;
    json_t *body = json_pack("{s:s}", "text", args.second);
    if (body == NULL) {
        fputs("sluice: the text is not valid UTF-8\n", stderr);
        return SL_EXIT_USAGE;
    }
    code = sl_api_act(&api, id, verb, body);
    json_decref(body);
    return code;
}

/* --- deciding ------------------------------------------------------------------------------- */

/* What is decided, on stderr when stdout is for JSON. */
static void print_decided(struct sl_api *api, const json_t *approval)
{
    FILE *out = api->json ? stderr : stdout;
    bool colour = api->colour;

    api->colour = colour && !api->json;
    sl_api_print_sentence(api, out, approval);
    api->colour = colour;
    sl_api_print_claims(out, approval);
    sl_api_print_operation(out, approval);
    fputs("Digest ", out);
    sl_api_print_text(out, sl_json_str(approval, "digest"));
    fputc('\n', out);
    sl_api_print_you(out, approval);
    fflush(out);
}

/* The gateway would refuse it: no terminal has a passkey. */
static bool needs_passkey(const json_t *approval)
{
    SL_BUF(why, 4096);

    if (!sl_span_is(sl_json_str(approval, "proof"), "passkey") ||
        !json_is_true(json_object_get(approval, "may_decide")))
        return false;
    sl_inbox_say_passkey(&why, approval);
    fputs("sluice: nothing was decided. ", stderr);
    sl_api_print_text(stderr, sl_buf_span(&why));
    fputc('\n', stderr);
    return true;
}

/* On a terminal the verb is typed; a slip of the finger approves nothing. */
static bool is_confirmed(const struct sl_api_args *args, const char *verb)
{
    char line[64] = "";

    if (args->yes || !isatty(STDIN_FILENO))
        return true;
    fprintf(stderr, "Type '%s' to go on: ", verb);
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, verb) == 0;
}

/* 0: not a number of rows. */
static uint64_t rows_of(const char *text)
{
    uint64_t rows = 0;

    return sl_span_u64(sl_span_str(text), &rows) == SL_OK && rows <= INT64_MAX ? rows : 0;
}

/* The digest goes along: the keeper refuses when the action is another than the one that was shown.
 */
static int decide(struct sl_api *api, const struct sl_api_args *args, const char *verb,
                  const json_t *approval)
{
    struct sl_span digest = sl_json_str(approval, "digest"), id = sl_json_str(approval, "id");
    SL_BUF(id_text, 64);

    if (args->digest != NULL && !sl_span_is(digest, args->digest)) {
        fputs("sluice: the approval has another digest than the one given: nothing was decided\n",
              stderr);
        return SL_EXIT_REFUSED;
    }
    print_decided(api, approval);
    if (needs_passkey(approval))
        return SL_EXIT_REFUSED;
    if (!is_confirmed(args, verb)) {
        fputs("sluice: nothing was decided\n", stderr);
        return SL_EXIT_REFUSED;
    }
    sl_buf_put(&id_text, id);
    json_t *body = json_object();
    json_object_set_new(body, "decision", json_string(verb));
    json_object_set_new(body, "digest", json_stringn((const char *)digest.p, digest.n));
    json_object_set_new(body, "reason", json_string(args->reason));
    if (args->rows != NULL)
        json_object_set_new(body, "rows", json_integer((json_int_t)rows_of(args->rows)));
    int code = sl_api_act(api, sl_buf_text(&id_text), "decision", body);
    json_decref(body);
    return code;
}

int sl_api_decide_command(int argc, char **argv, const char *verb, const char *help)
{
    const unsigned options = SL_API_JSON | SL_API_REASON | SL_API_YES | SL_API_DIGEST |
                             SL_API_CREDENTIAL |
                             (strcmp(verb, "approve") == 0 ? SL_API_ROWS | SL_API_GLASS : 0);
    struct sl_api_args args;
    SL_API(api);
    json_t *approval = NULL;
    int code = sl_api_args(argc, argv, options, true, help, &args);

    if (code != SL_API_CONTINUE)
        return code;
    if (args.reason == NULL || args.reason[0] == '\0') {
        fprintf(stderr, "sluice %s: --reason is needed: it is recorded with your decision\n", verb);
        return SL_EXIT_USAGE;
    }
    if (args.rows != NULL && rows_of(args.rows) == 0) {
        fprintf(stderr, "sluice %s: --rows takes a number of rows, at least 1\n", verb);
        return SL_EXIT_USAGE;
    }
    code = is_reason_fit(args.reason) ? sl_api_open(&args, true, &api) : SL_EXIT_USAGE;
    if (code != SL_API_CONTINUE)
        return code;
    code = sl_api_get(&api, args.word, &approval);
    if (code == SL_EXIT_FINE)
        code = decide(&api, &args, args.break_glass ? "break-glass" : verb, approval);
    json_decref(approval);
    return code;
}
