/* What schema.c, schema_rows.c and schema_code*.c share. */
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

/* One row of a definition: of `owner` (a letter of core/catalog) and its name, of this kind. */
void schema_part(struct schema_code *s, const char *owner, const char *schema, const char *name,
                 const char *kind, uint32_t num, const char *about, const char *text);
/* schema_code_function.c, schema_code_type.c: false when the statement makes none of these. */
bool schema_code_function(struct schema_code *s, const Node *n);
bool schema_code_type(struct schema_code *s, const Node *n);
/* The function that a definition names, with its schema; relname NULL when it names none. */
RangeVar schema_function_of(struct schema_code *s, const DefElem *e);
/* That there is such a type, of a kind of pg_type.typtype: tables and views are types, too. */
void schema_type_row(struct schema_code *s, const RangeVar *v, const char *what);

/* --- tables and views --------------------------------------------------------------------------
 */

struct table {
    struct table *next;
    const char *schema, *name;
    bool with_schema; /* the DDL wrote it */
    char kind;
    uint32_t problems; /* bits of 'a'..'z': the letters of core/catalog */
    struct column_row {
        struct column_row *next;
        const char *name;
        char type;
    } * columns, **last;
    struct parent {
        struct parent *next;
        const struct table *table;
    } * parents;
    const Node *query; /* of a view, or of CREATE TABLE AS: its columns are still to be found */
    const List *column_names; /* that the DDL gives to the query's columns */
    struct sl_span text;      /* of the statement, for a view */
};

struct enum_type {
    struct enum_type *next;
    const char *name;
};

struct schema {
    struct enum_type *enums;
    struct judge j;
    struct sl_catalog_builder *out;
    struct sl_span ddl, statement; /* all of it, and the one in hand */
    struct table *tables, **last_table;
    struct schema_code code;
    enum sl_err why;
};

const char *schema_or_public(const char *schema); /* NULL: the DDL wrote none */
void schema_row(struct schema *s, const char *const *fields, size_t n);
void schema_column(struct schema *s, struct table *t, const char *name, char type);
void schema_problem(struct table *t, char letter); /* t may be NULL */
/* The columns of views and of CREATE TABLE AS, with all tables at hand. */
void schema_resolve(struct schema *s);
/* The rows of one table: itself, its columns, its definition, whose child it is. */
void schema_put(struct schema *s, const struct table *t);

#endif
