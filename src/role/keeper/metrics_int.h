/* Metrics in Prometheus' text format 0.0.4, between the files that write them (call_metrics.c). */
#ifndef SL_ROLE_KEEPER_METRICS_INT_H
#define SL_ROLE_KEEPER_METRICS_INT_H

#include "base/buf.h"

struct keeper;

void metrics_head(struct sl_buf *b, const char *name, const char *type, const char *help);
/* One line: name{label="value"} number. */
void metrics_labelled(struct sl_buf *b, const char *name, const char *label, struct sl_span value,
                      uint64_t number);
void metrics_labelled_seconds(struct sl_buf *b, const char *name, const char *label,
                              struct sl_span value, uint64_t us);
void metrics_seconds(struct sl_buf *b, uint64_t us); /* "0.150000" */

/* metrics_told.c: of hooks and chats. */
void metrics_told(struct keeper *k, struct sl_buf *b);

#endif
