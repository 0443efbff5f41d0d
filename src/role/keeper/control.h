/* The operator's own ways in: the control socket (control.c), and one command while nothing runs
 * (offline.c).
 */
#ifndef SL_ROLE_KEEPER_CONTROL_H
#define SL_ROLE_KEEPER_CONTROL_H

struct keeper;

void control_listen(struct keeper *k, int fd);
int keeper_offline(const char *state_dir);

#endif
