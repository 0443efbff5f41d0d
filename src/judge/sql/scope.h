/* The names that a query can use: what stands in its FROM and WITH, in the queries around it, and
 * what was compared with what. */
#ifndef SL_JUDGE_SQL_SCOPE_H
#define SL_JUDGE_SQL_SCOPE_H

#include "postgres.h"

#include "nodes/parsenodes.h"

#include "judge/sql/found.h"

struct cte {
    struct cte *next;
    const char *name;
    struct outputs *outputs;      /* NULL while it is not known yet */
    const CommonTableExpr *query; /* of WITH RECURSIVE: walked when it is first named */
    struct scope *up;
    struct cte *all;
    bool recursive, busy, used;
};

/* One thing in a FROM clause. Either a dataset or the outputs of something. */
struct source {
    struct source *next;
    const char *alias;
    const char *schema; /* for schema.table.column: only of tables without alias */
    struct dataset *dataset;
    struct outputs *outputs;
    bool only_qualified; /* its columns have a second name in the scope: a join's, its tables' */
    bool hidden;         /* behind the alias of a join: no name of it can be used */
    bool of_cte;
    bool own_names;        /* `outputs` are called as the columns of `dataset` are */
    bool variable;         /* of a body: its type was looked at where it was declared */
    struct picked *picked; /* what its values that come from nowhere were compared with */
};

/* Of one column (its place from 0), or PICKED_ALL. */
enum { PICKED_ALL = UINT32_MAX };
struct picked {
    struct picked *next;
    uint32_t item;
    struct origin *from;
};

struct scope {
    struct scope *up;
    struct source *sources, **last;
    struct cte *ctes;
    struct origin *tables; /* in FROM, also in subqueries: what a lock goes through to */
    struct origin *rows, *ties, *tells; /* as of outputs */
    bool gathers;                       /* its rows are collected */
    bool merged; /* USING or NATURAL over unknown columns: the order of `*` is not known */
};

/* The columns of sources that a part of a condition names. `made`: also a value that is more than a
 * column. */
struct met {
    struct met_column {
        struct source *source;
        uint32_t item;
    } items[64];
    size_t count;
    bool made;
};

#endif
