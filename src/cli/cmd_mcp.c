/* sluice mcp: whose token it is, where the gate is, and then mcp_serve. docs/mcp.md. */
#include "cli/mcp.h"

#include <signal.h>
#include <stdlib.h>

static const char help[] =
    "usage: sluice mcp --target T [OPTIONS]\n\n"
    "A Model Context Protocol server on stdin and stdout: an agent's host starts it, and the agent "
    "reaches the target T\n"
    "through the gate as any client would. It hears by progress notifications when its statement "
    "is held and what reviewers\n"
    "ask, and can answer while it waits. Tools: query, answer, approval, cancel. docs/mcp.md has "
    "what to write into a host.\n\n"
    "The token is an asking one ('sluice token create NAME'), from --credential-file, else "
    "$SLUICE_CREDENTIAL, else\n"
    "$PGPASSWORD, else the usual file. A deciding credential is refused: it does not belong on an "
    "agent's machine.\n"
    "The gate is where --dsn or PGHOST and PGPORT say (127.0.0.1:6432); who signs in there is "
    "whoever the token belongs to.\n";

static int refuse(const char *why)
{
    fprintf(stderr, "sluice mcp: %s\n", why);
    return SL_EXIT_REFUSED;
}

/* Others on this machine read command lines, and hosts keep them in files. */
static int check_dsn(const char *dsn)
{
    char *why = NULL;
    PQconninfoOption *all = dsn == NULL ? NULL : PQconninfoParse(dsn, &why);
    bool secret = false;

    for (const PQconninfoOption *o = all; o != NULL && o->keyword != NULL; o++)
        secret = secret || (o->val != NULL && strcmp(o->keyword, "password") == 0);
    PQconninfoFree(all);
    if (dsn != NULL && all == NULL) {
        fputs("sluice mcp: --dsn is not libpq's: ", stderr);
        sl_api_print_text(stderr, sl_span_str(why == NULL ? "" : why));
        fputc('\n', stderr);
        PQfreemem(why);
        return SL_EXIT_USAGE;
    }
    return secret ? refuse("--dsn may not have a password: others can read it there. The token "
                           "comes from SLUICE_CREDENTIAL or a file")
                  : SL_API_CONTINUE;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

static int open_api(const struct sl_api_args *args, struct sl_api *api)
{
    bool libpq = args->credential_file == NULL && environment("SLUICE_CREDENTIAL") == NULL &&
                 environment("PGPASSWORD") != NULL;
    int code = sl_api_open(args, !libpq, api);

    if (code == SL_API_CONTINUE && libpq)
        sl_buf_put_str(&api->credential, environment("PGPASSWORD"));
    (void)sl_buf_text(&api->credential);
    if (code == SL_API_CONTINUE && sl_buf_err(&api->credential) != SL_OK)
        return refuse("the token is too long");
    return code;
}

/* By its prefix, before it is sent anywhere. An identity provider's token has none of ours. */
static bool decides(struct sl_span credential)
{
    return sl_span_starts(credential, SL_SPAN("sl")) &&
           !sl_span_starts(credential, SL_SPAN("slt_"));
}

/* Whose it is, and what it is for, by the keeper's own word. */
static int learn_identity(struct mcp *m)
{
    static const char why[] =
        "this credential is not for asking, and whoever starts an agent with one that decides lets "
        "the agent decide: give it a token of its own ('sluice token create NAME')";
    json_t *who = NULL;

    if (decides(sl_buf_span(&m->api.credential)))
        return refuse(why);
    int code = sl_api_call(&m->api, "/v1/whoami", NULL, &who);
    if (code == SL_EXIT_FINE) {
        bool asks = sl_span_is(sl_json_str(who, "credential"), "asking");

        sl_buf_put(&m->identity, sl_json_str(who, "identity"));
        (void)sl_buf_text(&m->identity);
        code = asks && m->identity.n > 0 ? SL_API_CONTINUE : refuse(why);
    }
    json_decref(who);
    return code;
}

int sl_cli_mcp(int argc, char **argv)
{
    struct sl_api_args args;
    struct mcp m = {.identity = sl_buf(1024)};
    int code = sl_api_args(argc, argv, SL_API_CREDENTIAL | SL_API_GATE, 0, help, &args);

    if (code != SL_API_CONTINUE)
        return code;
    m.dsn = args.dsn;
    m.target = args.target != NULL ? args.target : environment("PGDATABASE");
    if (m.target == NULL)
        return sl_cli_misuse("mcp");
    code = check_dsn(m.dsn);
    if (code == SL_API_CONTINUE)
        code = open_api(&args, &m.api);
    if (code == SL_API_CONTINUE)
        code = learn_identity(&m);
    if (code == SL_API_CONTINUE) {
        signal(SIGCHLD, SIG_IGN); /* nobody waits for those who cancel (mcp_query.c) */
        code = mcp_serve(&m);
    }
    sl_buf_done(&m.identity);
    sl_api_close(&m.api);
    return code;
}
