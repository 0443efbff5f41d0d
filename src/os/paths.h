/* Where things lie: the configuration file, the state folder, the runtime folder, the control
 * socket. The supervisor decides and leaves a link <state>/run behind; every command finds its way
 * by it. */
#ifndef SL_OS_PATHS_H
#define SL_OS_PATHS_H

#include "base/buf.h"

/* The configuration file: `given` (--config), else $SLUICE_CONFIG, else ./sluice.yaml, else
 * /etc/sluice/sluice.yaml. SL_ENOTFOUND when there is none of them. Appends a terminated path. */
enum sl_err sl_path_config(const char *given, struct sl_buf *out) SL_MUST_CHECK;

/* `path` as seen from the folder of the configuration file: an absolute path stays. Appends. */
enum sl_err sl_path_beside(const char *config_file, struct sl_span path, struct sl_buf *out)
    SL_MUST_CHECK;

/* The control socket of the Sluice that uses (or last used) this state folder. SL_ENOTFOUND: none
 * ever did. */
enum sl_err sl_path_control(const char *state, struct sl_buf *out) SL_MUST_CHECK;

/* A program of ours ("sluice-keeper"): $SLUICE_LIBEXEC, beside us in the build folder,
 * ../libexec/sluice from where `sluice` lies, or the configured place. SL_ENOTFOUND. */
enum sl_err sl_path_program(const char *name, const char *installed, struct sl_buf *out)
    SL_MUST_CHECK;

#endif
