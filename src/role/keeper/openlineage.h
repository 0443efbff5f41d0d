/* Run events for others' catalogues, beside the view (openlineage.c).
 */
#ifndef SL_ROLE_KEEPER_OPENLINEAGE_H
#define SL_ROLE_KEEPER_OPENLINEAGE_H

#include "json/json.h"

struct keeper;

/* Into the file that the configuration names, if it names one: run events. They are on the disk
 * before the view says that it has their acts. */
enum sl_err openlineage_open(struct keeper *k) SL_MUST_CHECK;
void openlineage_close(struct keeper *k);
/* How far `sluice openlineage` is, as it says itself:
 * {"waiting_bytes","sent","rejected","at","error"?}; NULL where nothing is sent. */
json_t *openlineage_sent(const struct keeper *k);

#endif
