/* sluice idp: an identity provider, from its address to a block of the configuration. */
#include "cli/idp.h"

#include "cli/api_client.h"
#include "os/file.h"
#include "os/paths.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: sluice idp add ISSUER [OPTIONS]\n"
    "       sluice idp scim NAME [--config FILE | --state DIR] [--json]\n"
    "       sluice idp test NAME [--sign-in [--browser [--port N]]] [--json] [--config FILE | "
    "--state DIR]\n\n"
    "test: does a provider of the running gateway answer? With --sign-in: what does it say of "
    "somebody "
    "who signs in, and\n"
    "which groups count here? Nobody is signed in by it. Without a device grant there, or with "
    "--browser, that goes by\n"
    "a browser on this machine and the configuration's file, as with add.\n\n"
    "add:\n"
    "  ISSUER                  the provider's address, as its tokens have it: "
    "https://login.example.com\n\n"
    "Reads what the provider says of itself, asks at most four things, signs in once as a test, "
    "shows "
    "which groups it saw,\n"
    "and prints the block for the configuration. What is given as an option is not asked.\n\n"
    "  --name NAME             a short name, for commands and pages\n"
    "  --client-id ID          what Sluice is called there\n"
    "  --client-secret-file F  the file with its secret, for you alone (chmod 600); empty: there "
    "is none\n"
    "  --groups-claim CLAIM    the claim that lists groups, or a path like /realm_access/roles; "
    "empty: none\n"
    "  --ca FILE               trust these certificates (PEM) instead of the system's\n"
    "  --config FILE           the configuration (sluice.yaml)\n"
    "  --write                 put the block into that file, if it has no `issuers` yet\n"
    "  --browser               make the test with a browser on this machine: authorization code, "
    "PKCE and a port\n"
    "                          of 127.0.0.1 to come back to. Without a device grant it is made so "
    "anyhow\n"
    "  --port N                that port, where the provider must know it (usual: any)\n"
    "  --no-sign-in            leave the test out\n\n"
    "Exit codes: 0 fine, 1 refused or found wrong, 2 usage, 3 cannot reach the provider.\n";

enum { MAX_ANSWER = 4096, MAX_SECRET = 4096, MAX_ARENA = 2 * 1024 * 1024 };

/* --- questions ------------------------------------------------------------------------------ */

/* One answer: an option, the person at the terminal, or what is proposed. */
static bool ask(const char *question, const char *proposal, bool is_given, struct sl_buf *answer)
{
    char line[MAX_ANSWER];

    if (is_given)
        return true;
    if (!isatty(STDIN_FILENO)) {
        sl_buf_put_str(answer, proposal);
        return true;
    }
    printf("%s [%s]: ", question, proposal[0] == '\0' ? "none" : proposal);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    sl_buf_put_str(answer, line[0] == '\0' ? proposal : line);
    return true;
}

/* "login" of https://login.example.com, "example" of https://example.okta.com/... would need a list
 * of everybody's habits: the first word of the host. */
static void propose_name(const struct sl_idp *in, char *name, size_t room)
{
    struct sl_span rest = sl_buf_span(&in->issuer);
    size_t n = 0;

    rest = sl_span_from(rest, sl_span_find(rest, ':') + 3);
    for (; n < rest.n && n + 1 < room; n++) {
        char c = (char)rest.p[n];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && n > 0)))
            break;
        name[n] = c;
    }
    name[n] = '\0';
    if (n == 0)
        snprintf(name, room, "corp");
}

static bool ask_all(struct sl_idp *in, const bool *given)
{
    char name[32];

    propose_name(in, name, sizeof name);
    if (in->redirect.n > 0 && isatty(STDIN_FILENO))
        printf("At the provider, register Sluice as a web application whose people come back to\n"
               "    %s\nand allow the device grant for it, if it has one. It gives you a client id "
               "and a secret.\n\n",
               sl_buf_text(&in->redirect));
    return ask("A short name for it", name, given[0], &in->name) &&
           ask("Sluice's client id there", "sluice", given[1], &in->client_id) &&
           ask("The file with the client's secret", "", given[2], &in->secret_file) &&
           ask("The claim that lists groups", "groups", given[3], &in->groups_claim);
}

int sl_idp_read_secret(struct sl_idp *in)
{
    SL_BUF(path, MAX_ANSWER);
    struct stat s;

    if (in->secret_file.n == 0)
        return SL_EXIT_FINE;
    if (sl_path_beside(in->config_path, sl_buf_span(&in->secret_file), &path) != SL_OK ||
        sl_file_read(sl_buf_text(&path), &in->secret) != SL_OK) {
        fprintf(
            stderr,
            "sluice: %s cannot be read. Put the client's secret there, chmod 600, and try again\n",
            sl_buf_text(&path));
        return SL_EXIT_REFUSED;
    }
    if (stat(sl_buf_text(&path), &s) != 0 || (s.st_mode & 077) != 0) {
        fprintf(stderr, "sluice: %s can be read by others on this machine: chmod 600 it\n",
                sl_buf_text(&path));
        return SL_EXIT_REFUSED;
    }
    while (in->secret.n > 0 &&
           (in->secret.p[in->secret.n - 1] == '\n' || in->secret.p[in->secret.n - 1] == '\r'))
        in->secret.n--;
    return SL_EXIT_FINE;
}

/* --- options -------------------------------------------------------------------------------- */

static int parse(int argc, char **argv, struct sl_idp *in, bool *given)
{
    static const struct option options[] = {{"name", required_argument, NULL, 0},
                                            {"client-id", required_argument, NULL, 1},
                                            {"client-secret-file", required_argument, NULL, 2},
                                            {"groups-claim", required_argument, NULL, 3},
                                            {"ca", required_argument, NULL, 'a'},
                                            {"config", required_argument, NULL, 'c'},
                                            {"write", no_argument, NULL, 'w'},
                                            {"no-sign-in", no_argument, NULL, 'n'},
                                            {"browser", no_argument, NULL, 'b'},
                                            {"port", required_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct sl_buf *answers[] = {&in->name, &in->client_id, &in->secret_file, &in->groups_claim};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'a':
            in->ca_file = optarg;
            break;
        case 'c':
            in->config_path = optarg;
            break;
        case 'w':
            in->write = true;
            break;
        case 'n':
            in->no_sign_in = true;
            break;
        case 'b':
            in->by_browser = true;
            break;
        case 'p':
            in->port = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return SL_API_CONTINUE;
        case '?':
            return sl_cli_misuse("idp");
        default:
            given[option] = true;
            sl_buf_put_str(answers[option], optarg);
        }
    }
    uint64_t port = 0;
    if (sl_span_u64(sl_span_str(in->port), &port) != SL_OK || port > 65535)
        return sl_cli_misuse("idp");
    if (optind + 2 != argc || strcmp(argv[optind], "add") != 0)
        return sl_cli_misuse("idp");
    sl_buf_put_str(&in->issuer, argv[optind + 1]);
    return SL_EXIT_FINE;
}

/* --- all of it ------------------------------------------------------------------------------ */

static int say_what_it_can(struct sl_idp *in)
{
    bool browse = sl_oidc_provider_can_browse(&in->provider, SL_IDP_ALGORITHMS) == SL_OIDC_YES,
         device = sl_oidc_provider_can_device(&in->provider, SL_IDP_ALGORITHMS) == SL_OIDC_YES;

    fputs("Found ", stdout);
    sl_api_print_text(stdout, in->provider.issuer);
    printf(": sign-in in a browser %s, by device (sluice login) %s.\n\n", browse ? "yes" : "no",
           device ? "yes" : "no");
    in->by_browser = browse && (in->by_browser || !device);
    if (browse || device)
        return SL_EXIT_FINE;
    fputs("sluice: the provider offers no way in which people could sign in here: it needs the "
          "authorization "
          "code grant with PKCE (S256), or the device grant, and tokens signed with RS256, PS256, "
          "ES256 or EdDSA\n",
          stderr);
    return SL_EXIT_REFUSED;
}

static int add(struct sl_idp *in, const bool *given)
{
    int code = sl_idp_discover(in);

    if (code == SL_EXIT_FINE)
        code = say_what_it_can(in);
    if (code != SL_EXIT_FINE)
        return code;
    sl_idp_find_redirect(in);
    if (!ask_all(in, given) || in->name.n == 0 || in->client_id.n == 0) {
        fputs("sluice: an answer is missing; 'sluice idp --help' lists the options that give it\n",
              stderr);
        return SL_EXIT_USAGE;
    }
    code = sl_idp_read_secret(in);
    if (code == SL_EXIT_FINE && !in->no_sign_in)
        code = sl_idp_sign_in(in);
    else if (code == SL_EXIT_FINE)
        puts("No test sign-in was made: nothing says yet that this works.\n");
    return code == SL_EXIT_FINE ? sl_idp_write(in) : code;
}

bool sl_idp_init(struct sl_idp *in)
{
    in->issuer = in->name = in->client_id = in->secret_file = in->groups_claim = in->redirect =
        sl_buf(MAX_ANSWER);
    in->secret = sl_buf(MAX_SECRET);
    in->document = sl_buf(SL_OIDC_DOCUMENT_MAX);
    return sl_arena_new(&in->mem, MAX_ARENA) == SL_OK;
}

void sl_idp_done(struct sl_idp *in)
{
    struct sl_buf *all[] = {&in->issuer,       &in->name,   &in->client_id, &in->secret_file,
                            &in->groups_claim, &in->secret, &in->redirect,  &in->document};

    if (in->secret.p != NULL)
        sl_secret_wipe(in->secret.p, in->secret.n);
    for (size_t i = 0; i < SL_COUNT(all); i++)
        sl_buf_done(all[i]);
    sl_arena_free(in->mem);
}

static int add_command(int argc, char **argv)
{
    struct sl_idp in = {.config_path = "sluice.yaml", .port = "0"};
    bool given[4] = {false};
    int code = SL_EXIT_REFUSED;

    if (argc > 1 && strcmp(argv[1], "scim") == 0)
        return sl_idp_scim(argc - 1, argv + 1);
    if (sl_idp_init(&in))
        code = parse(argc, argv, &in, given);
    else
        fputs("sluice: out of memory\n", stderr);
    if (code == SL_EXIT_FINE)
        code = add(&in, given);
    sl_idp_done(&in);
    return code == SL_API_CONTINUE ? SL_EXIT_FINE : code;
}

int sl_cli_idp(int argc, char **argv)
{
    bool is_test = argc > 1 && strcmp(argv[1], "test") == 0;

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    return is_test ? sl_idp_test(argc - 2, argv + 2) : add_command(argc, argv);
}
