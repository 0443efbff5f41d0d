/* Inside `sluice explain`: one question, its answer, and how they are told. */
#ifndef SL_CLI_EXPLAIN_INT_H
#define SL_CLI_EXPLAIN_INT_H

#include "core/policy/labels.h"
#include "judge/sql/sql.h"

struct sl_explain {
    const char *config_path, *target_name, *identity, *kind, *groups, *schema, *sql;
    bool live, json;
    struct sl_arena *mem;
    struct sl_config *config;
    const struct sl_target *target;
    struct sl_label_map *labels; /* of the running Sluice; NULL: none runs */
    struct sl_buf snapshot;      /* the catalog listing; the catalog is a view into it */
    struct sl_catalog catalog;
    struct sl_meaning meaning;
    struct sl_question question;
    struct sl_answer answer;
};

/* A text or JSON answer on stdout. */
void sl_explain_print(const struct sl_explain *e);
int sl_explain_print_json(const struct sl_explain *e);
/* What the answer leaves out, in a sentence. */
const char *sl_explain_basis(const struct sl_explain *e);

#endif
