/* Between the files that show an approval. All escape what strangers wrote. */
#ifndef SL_CLI_API_SHOW_INT_H
#define SL_CLI_API_SHOW_INT_H

#include "cli/api_client.h"

enum { MAX_TEXT = 64 * 1024 * 1024 };

/* api_show_sentence.c: the text of a member; nothing where there is none. */
void sl_api_print_member(FILE *out, const json_t *object, const char *member);
/* "a, b and c", each escaped. */
void sl_api_print_list(FILE *out, const json_t *list);
/* A time of the gateway as this machine's clock on the wall has it. */
void sl_api_print_local_time(struct sl_span text);

/* api_show_operation.c: JSON that no line of its own knows. */
void sl_api_print_other(FILE *out, const json_t *operation);

/* api_show_rows.c */
void sl_api_print_time_row(const json_t *object, const char *title, const char *member);
void sl_api_print_dataset(const json_t *d);
void sl_api_print_requirement(const json_t *r);
void sl_api_print_vote(const json_t *v);
void sl_api_print_message(const json_t *m);
void sl_api_print_estimate(const json_t *show);
void sl_api_print_sizes(const json_t *show);

#endif
