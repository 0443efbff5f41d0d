/* Arguments of the commands that talk HTTP, from one table. */
#include "cli/api_client.h"

#include <stddef.h>
#include <stdlib.h>

struct option_row {
    const char *name, *value, *help;
    unsigned option; /* 0: every command has it */
    size_t offset;
};

#define TEXT(name, value, option, member, help)                         \
    {                                                                   \
        name, value, help, option, offsetof(struct sl_api_args, member) \
    }
#define FLAG(name, option, member, help)                               \
    {                                                                  \
        name, NULL, help, option, offsetof(struct sl_api_args, member) \
    }
static const struct option_row rows[] = {
    TEXT("--reason", "TEXT", SL_API_REASON, reason, "why; it is recorded"),
    TEXT("--digest", "HEX", SL_API_DIGEST, digest, "decide only if this is the action's digest"),
    TEXT("--rows", "N", SL_API_ROWS, rows, "let so many rows pass, in all, then it is held again"),
    TEXT("--state", "STATE", SL_API_STATE, state, "only those in this state"),
    TEXT("--by", "KEY[,KEY]", SL_API_USAGE, by, "what to group by (identity)"),
    TEXT("--identity", "NAME", SL_API_USAGE | SL_API_AUDIT, identity, "only of this identity"),
    TEXT("--dataset", "NAME", SL_API_USAGE | SL_API_AUDIT, dataset,
         "only of this dataset (schema.table)"),
    TEXT("--label", "LABEL", SL_API_USAGE | SL_API_AUDIT, label, "only of data with this label"),
    TEXT("--issuer", "NAME", SL_API_ISSUER, issuer,
         "which identity provider, where there are several"),
    TEXT("--limit", "N", SL_API_USAGE | SL_API_AUDIT, limit,
         "at most so many lines, 1 to 1000 (100)"),
    TEXT("--since", "TIME", SL_API_SINCE, since, "only what happened in this time: 7d, 12h, 30m"),
    TEXT("--target", "NAME", SL_API_TARGET, target, "only data of this target"),
    TEXT("--target", "NAME", SL_API_GATE, target, "which target (else $PGDATABASE)"),
    TEXT("--dsn", "CONNINFO", SL_API_GATE, dsn,
         "libpq's settings for the gate (host=... sslmode=verify-full)"),
    TEXT("--verdict", "VERDICT", SL_API_AUDIT, verdict, "allow, hold or deny"),
    TEXT("--kind", "KIND", SL_API_AUDIT, kind, "of entry: action, actions, approval, roster, ..."),
    TEXT("--event", "EVENT", SL_API_AUDIT, event, "asked, decided, denied, expired, refused, ..."),
    TEXT("--rule", "NAME", SL_API_AUDIT, rule, "only where this rule matched"),
    TEXT("--approval", "ID", SL_API_AUDIT, approval, "the life of this approval (its whole id)"),
    TEXT("--only", "WHAT", SL_API_AUDIT, only, "unruled, quick or self"),
    TEXT("--entries", "N[,N]", SL_API_AUDIT, entries, "these entries, ascending"),
    TEXT("--until", "TIME", SL_API_AUDIT, until, "only what was recorded before then"),
    TEXT("--until", "TIME", SL_API_AWAY, until, "when you are back"),
    TEXT("--from", "TIME", SL_API_AWAY, from, "when you leave, instead of now"),
    TEXT("--stand-in", "NAME", SL_API_AWAY, stand_in, "who decides in your place meanwhile"),
    TEXT("--before", "N[.N]", SL_API_AUDIT, before, "go on where the list before ended"),
    TEXT("--export", "csv|jsonl", SL_API_AUDIT, export,
         "print all that is found, with a proof for each line"),
    TEXT("--save", "FILE|-", SL_API_SAVE, save,
         "where the credential goes; - prints it on stdout, alone"),
    FLAG("--replace", SL_API_REPLACE, replace, "overwrite a credential that is there"),
    FLAG("--all", SL_API_ALL, all, "also those that are closed"),
    FLAG("--all", SL_API_EVERYTHING, everything, "also the session's settings that are as usual"),
    FLAG("--remove", SL_API_REMOVE, remove, "unlink it, at once"),
    FLAG("--yes", SL_API_YES, yes, "do not ask again on a terminal"),
    FLAG("--plain", SL_API_PLAIN, plain, "one line an event, also on a terminal"),
    FLAG("--break-glass", SL_API_GLASS, break_glass,
         "release it alone, in an emergency: everybody is told, and two others review it"),
    FLAG("--json", SL_API_JSON, json, "print JSON"),
    TEXT("--credential-file", "FILE", SL_API_CREDENTIAL, credential_file,
         "the token to use (else $SLUICE_CREDENTIAL, else\n"
         "                           ~/.config/sluice/credential)"),
    TEXT("--url", "URL", 0, url,
         "the gateway (else $SLUICE_URL, else the one saved with\n"
         "                           the credential, else http://127.0.0.1:8080)"),
    TEXT("--ca", "FILE", 0, ca_file, "trust these certificates (PEM) instead of the system's"),
    FLAG("--allow-http", 0, allow_http, "send the credential unencrypted to another machine"),
};

static bool is_offered(const struct option_row *row, unsigned options)
{
    return row->option == 0 || (row->option & options) != 0;
}

static int print_help(const char *help, unsigned options)
{
    printf("%s\nOptions:\n", help);
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        int width = (int)strlen(rows[i].name);

        if (is_offered(&rows[i], options))
            printf("  %s %-*s %s\n", rows[i].name, width < 23 ? 23 - width : 0,
                   rows[i].value == NULL ? "" : rows[i].value, rows[i].help);
    }
    puts("\nExit codes: 0 fine, 1 refused, 2 usage, 3 cannot reach the gateway.");
    return SL_EXIT_FINE;
}

static const struct option_row *find(const char *word, size_t length, unsigned options)
{
    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (is_offered(&rows[i], options) && strlen(rows[i].name) == length &&
            strncmp(rows[i].name, word, length) == 0)
            return &rows[i];
    return NULL;
}

/* One option at argv[*at], with "--name value" and "--name=value". */
static bool take(int argc, char **argv, int *at, unsigned options, struct sl_api_args *out)
{
    const char *word = argv[*at], *equals = strchr(word, '=');
    const struct option_row *row =
        find(word, equals == NULL ? strlen(word) : (size_t)(equals - word), options);

    if (row == NULL || (row->value == NULL && equals != NULL))
        return false;
    if (row->value == NULL) {
        *(bool *)((char *)out + row->offset) = true;
        return true;
    }
    if (equals == NULL && *at + 1 == argc)
        return false;
    *(const char **)((char *)out + row->offset) = equals != NULL ? equals + 1 : argv[++*at];
    return true;
}

int sl_api_args(int argc, char **argv, unsigned options, unsigned words, const char *help,
                struct sl_api_args *out)
{
    *out = (struct sl_api_args){0};
    bool are_words = false; /* after "--" */
    unsigned seen = 0;

    for (int i = 1; i < argc; i++) {
        bool is_option = !are_words && argv[i][0] == '-' && argv[i][1] != '\0';

        if (is_option && strcmp(argv[i], "--") == 0) {
            are_words = true;
            continue;
        }
        if (is_option && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0))
            return print_help(help, options);
        if (is_option ? !take(argc, argv, &i, options, out) : seen == words) {
            fprintf(stderr, "sluice %s: '%s' is not understood here\n", argv[0], argv[i]);
            return sl_cli_misuse(argv[0]);
        }
        if (!is_option)
            *(seen++ == 0 ? &out->word : &out->second) = argv[i];
    }
    if (seen < words)
        return sl_cli_misuse(argv[0]);
    return SL_API_CONTINUE;
}
