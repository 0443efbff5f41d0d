/* What schema.c and schema_code.c share. */
#ifndef SL_JUDGE_SQL_SCHEMA_INT_H
#define SL_JUDGE_SQL_SCHEMA_INT_H

#include "judge/sql/judge_int.h"

struct schema_code {
    struct judge *j; /* its memory */
    struct sl_catalog_builder *out;
    const char *text; /* of the statement in hand */
    uint32_t overloads;
    struct made *functions, *operators;
    enum sl_err why;
};

/* The definitions that this statement of `text` makes. */
enum sl_err schema_code(struct schema_code *s, const void *node, struct sl_span text) SL_MUST_CHECK;

#endif
