/* The derived labels of the Sluice that runs with this configuration. */
#ifndef SL_CLI_LABELS_H
#define SL_CLI_LABELS_H

#include "core/policy/labels.h"

/* NULL when none runs, or when its control socket is not ours to ask: without a word. */
struct sl_label_map *sl_cli_labels_of(const char *config_path);

#endif
