/* sluice init: from a connection string to a gateway that runs, in at most five questions. */
#include "cli/cli.h"
#include "cli/init.h"
#include "os/file.h"

#include <getopt.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: sluice init DSN [OPTIONS]\n\n"
    "  DSN                postgres://user@host:port/database: how to reach your server\n\n"
    "Asks at most five things, tries the connection, and writes sluice.yaml, the login's password "
    "file\n"
    "(0600) and the first identities below the current folder. What is given as an option is not "
    "asked.\n\n"
    "  --password-file F  the login's password (else asked, or taken from PGPASSWORD)\n"
    "  --you NAME         your identity: a human, who owns the agent\n"
    "  --agent NAME       the identity of an agent or service that connects\n"
    "  --reviewer NAME    who decides: another human than you\n"
    "  --mode MODE        observe: record what would be held and let it flow; enforce: hold it\n"
    "  --force            write over an existing sluice.yaml\n";

/* One answer: an option, the person at the terminal, or the default. False: no answer to be had. */
static bool ask(const char *question, const char *fallback, struct sl_buf *answer)
{
    char line[256];

    if (answer->n > 0)
        return true;
    if (!isatty(STDIN_FILENO)) {
        sl_buf_put_str(answer, fallback);
        return fallback[0] != '\0';
    }
    printf("%s%s%s%s: ", question, fallback[0] == '\0' ? "" : " [", fallback,
           fallback[0] == '\0' ? "" : "]");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    sl_buf_put_str(answer, line[0] == '\0' ? fallback : line);
    return answer->n > 0;
}

static bool ask_password(struct sl_init *in)
{
    const char *environment = getenv("PGPASSWORD");
    char *typed;

    if (in->password.n > 0 || in->needs_no_password)
        return true;
    if (environment != NULL) {
        sl_buf_put_str(&in->password, environment);
        return true;
    }
    if (!isatty(STDIN_FILENO))
        return true; /* trust, or the connection will say what it lacks */
    typed = getpass("Password of the login (empty: none): ");
    if (typed == NULL)
        return false;
    sl_buf_put_str(&in->password, typed);
    explicit_bzero(typed, strlen(typed));
    return true;
}

static bool ask_all(struct sl_init *in)
{
    const char *user = getenv("USER");

    return ask_password(in) &&
           ask("Your name (a human; owns the agent)", user == NULL ? "admin" : user, &in->you) &&
           ask("The agent or service that connects", "agent-1", &in->agent) &&
           ask("Who reviews what is held (another human)", "reviewer", &in->reviewer) &&
           ask("Mode: observe (only record) or enforce (hold)", "observe", &in->mode);
}

static bool is_sound(struct sl_init *in)
{
    bool enforce = sl_span_is(sl_buf_span(&in->mode), "enforce");

    if (!enforce && !sl_span_is(sl_buf_span(&in->mode), "observe")) {
        fprintf(stderr, "sluice: the mode is observe or enforce, not '%s'\n",
                sl_buf_text(&in->mode));
        return false;
    }
    if (sl_span_eq(sl_buf_span(&in->you), sl_buf_span(&in->reviewer))) {
        fputs("sluice: you and the reviewer must be two people: nobody approves what is asked in "
              "their own name\n",
              stderr);
        return false;
    }
    return true;
}

/* --- options --- */

static bool read_password(const char *path, struct sl_init *in)
{
    enum sl_err e = sl_file_read(path, &in->password);

    while (in->password.n > 0 && (in->password.p[in->password.n - 1] == '\n' ||
                                  in->password.p[in->password.n - 1] == '\r'))
        in->password.n--;
    if (e != SL_OK)
        fprintf(stderr, "sluice: %s: %s\n", path, sl_err_text(e));
    return e == SL_OK;
}

static int parse(int argc, char **argv, struct sl_init *in)
{
    static const struct option options[] = {{"password-file", required_argument, NULL, 'p'},
                                            {"you", required_argument, NULL, 'y'},
                                            {"agent", required_argument, NULL, 'a'},
                                            {"reviewer", required_argument, NULL, 'r'},
                                            {"mode", required_argument, NULL, 'm'},
                                            {"force", no_argument, NULL, 'f'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            if (!read_password(optarg, in))
                return SL_EXIT_REFUSED;
            break;
        case 'y':
            sl_buf_put_str(&in->you, optarg);
            break;
        case 'a':
            sl_buf_put_str(&in->agent, optarg);
            break;
        case 'r':
            sl_buf_put_str(&in->reviewer, optarg);
            break;
        case 'm':
            sl_buf_put_str(&in->mode, optarg);
            break;
        case 'f':
            in->force = true;
            break;
        case 'h':
            fputs(help, stdout);
            return -1;
        default:
            return sl_cli_misuse("init");
        }
    }
    in->dsn = optind + 1 == argc ? argv[optind] : NULL;
    return in->dsn == NULL ? sl_cli_misuse("init") : SL_EXIT_FINE;
}

static int run(struct sl_init *in)
{
    if (!in->force && access("sluice.yaml", F_OK) == 0) {
        fputs("sluice: sluice.yaml exists already; --force writes over it\n", stderr);
        return SL_EXIT_REFUSED;
    }
    int code = sl_init_read_dsn(in);
    if (code != SL_EXIT_FINE)
        return code;
    if (!ask_all(in)) {
        fputs("sluice: an answer is missing; 'sluice init --help' lists the options that give it\n",
              stderr);
        return SL_EXIT_USAGE;
    }
    if (!is_sound(in))
        return SL_EXIT_USAGE;
    code = sl_init_try(in);
    if (code == SL_EXIT_FINE)
        code = sl_init_write(in);
    return code == SL_EXIT_FINE ? sl_init_people(in) : code;
}

int sl_cli_init(int argc, char **argv)
{
    struct sl_init in = {0};
    struct sl_buf *texts[] = {&in.password, &in.you,  &in.agent, &in.reviewer, &in.mode,
                              &in.user,     &in.host, &in.port,  &in.database};

    for (size_t i = 0; i < SL_COUNT(texts); i++)
        *texts[i] = sl_buf(1024);
    int code = parse(argc, argv, &in);
    if (code == SL_EXIT_FINE)
        code = run(&in);
    explicit_bzero(in.password.p, in.password.n);
    for (size_t i = 0; i < SL_COUNT(texts); i++)
        sl_buf_done(texts[i]);
    return code == -1 ? SL_EXIT_FINE : code;
}
