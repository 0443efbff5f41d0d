/* sluice ledger: verify, show, proof, verify-proof, verify-export, rotate-key, erase. Works on
 * files alone, so that an auditor needs nothing but a copy of the folder and a key. */
#include "cli/cli.h"

#include "cli/cmd_ledger_int.h"

#include <stdio.h>
#include <string.h>

static const struct subcommand {
    const char *name, *words, *help;
    int (*run)(int argc, char **argv);
} subcommands[] = {
    {"verify", "[DIR] [--key VKEY|FILE] [--old CHECKPOINT] [--decisions] [--json]",
     "check every entry, the tree, the signatures (passkeys' too), and that all went by the\n"
     "      rules; --decisions says of each who proved it how",
     sl_ledger_cmd_verify},
    {"show", "APPROVAL|DIGEST|INDEX [DIR] [--json]",
     "print the entries about one approval or action", sl_ledger_cmd_show},
    {"proof", "APPROVAL|DIGEST|INDEX [DIR]", "print a proof that an entry is in the ledger",
     sl_ledger_cmd_proof},
    {"verify-proof", "FILE --key VKEY|FILE", "check such a proof, with nothing but the key",
     sl_ledger_cmd_verify_proof},
    {"verify-export", "FILE --key VKEY|FILE",
     "check what `sluice audit --export jsonl` wrote, with nothing but the key",
     sl_ledger_cmd_verify_export},
    {"rotate-key", "--state DIR", "sign with a new key from now on; the old one signs the new one",
     sl_ledger_cmd_rotate_key},
    {"erase", "APPROVAL [--config FILE] [--state DIR] [--json]",
     "erase what was asked, with its values, when it is over; the ledger still verifies",
     sl_ledger_cmd_erase},
};

static void print_help(FILE *out)
{
    fputs("usage: sluice ledger SUBCOMMAND [ARGUMENTS]\n\n", out);
    for (size_t i = 0; i < SL_COUNT(subcommands); i++)
        fprintf(out, "  %s %s\n      %s\n", subcommands[i].name, subcommands[i].words,
                subcommands[i].help);
    fputs("\nDIR is the ledger's folder; ./state/ledger when it is left out. Exit codes: 0 fine,\n"
          "1 found wrong, 2 usage.\n",
          out);
}

int sl_cli_ledger(int argc, char **argv)
{
    if (argc < 2)
        return sl_cli_misuse("ledger");
    if (strcmp(argv[argc - 1], "--help") == 0) { /* of a subcommand too: it is one page */
        print_help(stdout);
        return SL_EXIT_FINE;
    }
    for (size_t i = 0; i < SL_COUNT(subcommands); i++)
        if (strcmp(argv[1], subcommands[i].name) == 0)
            return subcommands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "sluice ledger: there is no '%s'\n", argv[1]);
    return sl_cli_misuse("ledger");
}

/* --- what the subcommands share --------------------------------------------------------------- */

int sl_ledger_cmd_open(const char *path, struct sl_ledger_dir **out)
{
    const char *where = path == NULL ? "./state/ledger" : path;
    enum sl_err err = sl_ledger_dir_open(where, out);

    if (err == SL_OK)
        return SL_EXIT_FINE;
    fprintf(stderr, "sluice ledger: %s: %s\n", where,
            err == SL_ENOTFOUND ? "there is no ledger" : sl_err_text(err));
    return err == SL_ENOTFOUND ? SL_EXIT_USAGE : SL_EXIT_REFUSED;
}

/* A vkey line has two plus signs; a file name that has too is written as ./name. */
int sl_ledger_cmd_key(const char *text, struct sl_vkey *out)
{
    SL_BUF(file, 4096);

    if (sl_vkey_get(sl_span_str(text), out) == SL_OK)
        return SL_EXIT_FINE;
    if (sl_file_read(text, &file) == SL_OK && sl_vkey_get(sl_buf_span(&file), out) == SL_OK)
        return SL_EXIT_FINE;
    fprintf(stderr,
            "sluice ledger: --key: '%s' is neither a key (name+id+base64) nor a file with one\n",
            text);
    return SL_EXIT_USAGE;
}

void sl_ledger_cmd_print(FILE *out, struct sl_span bytes)
{
    if (bytes.n > 0)
        (void)!fwrite(bytes.p, 1, bytes.n, out);
}
