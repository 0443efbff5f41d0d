/* The supervisor: reads the configuration, opens the doors, starts the other programs and keeps
 * them running. It reads no byte from the network and holds no record. */
#ifndef SL_ROLE_SUPER_SUPER_H
#define SL_ROLE_SUPER_SUPER_H

#include "base/err.h"

/* Runs until SIGTERM or SIGINT has drained everything. 0: fine; 1: could not start or lost a
 * program while starting; a sentence is in the log. */
int sl_super_run(const char *config_file);

#endif
