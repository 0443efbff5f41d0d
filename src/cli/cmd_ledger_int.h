/* Between the files of `sluice ledger`. */
#ifndef SL_CLI_CMD_LEDGER_INT_H
#define SL_CLI_CMD_LEDGER_INT_H

#include "cli/words.h"
#include "os/file.h"
#include "os/ledger_dir.h"

#include <stdio.h>

int sl_ledger_cmd_verify(int argc, char **argv);
int sl_ledger_cmd_show(int argc, char **argv);
int sl_ledger_cmd_proof(int argc, char **argv);
int sl_ledger_cmd_verify_proof(int argc, char **argv);
int sl_ledger_cmd_verify_export(int argc, char **argv);
int sl_ledger_cmd_rotate_key(int argc, char **argv);
int sl_ledger_cmd_erase(int argc, char **argv);

/* These say on stderr what went wrong and return an exit code. */
int sl_ledger_cmd_open(const char *path, struct sl_ledger_dir **out);
int sl_ledger_cmd_key(const char *text, struct sl_vkey *out);

void sl_ledger_cmd_print(FILE *out, struct sl_span bytes);

#endif
