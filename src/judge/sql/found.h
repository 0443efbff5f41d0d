/* What a judgement finds: the relations of the text, what happens to their columns, and where the
 * values come from that a query gives. All of it lives as long as the judgement (struct judge). */
#ifndef SL_JUDGE_SQL_FOUND_H
#define SL_JUDGE_SQL_FOUND_H

#include "judge/sql/sql.h"

/* A column of a dataset and what happens to it. */
struct use {
    struct use *next;
    struct sl_span column;
    uint32_t effects;
};

/* A relation that the text names. */
struct dataset {
    struct dataset *next;
    struct sl_span name; /* as it is reported */
    struct sl_relation relation;
    bool listed;  /* `relation` and its columns are known */
    bool renewed; /* the text makes it, or a column of it, anew: the listing tells of another */
    bool system;  /* pg_catalog, information_schema: columns are not followed */
    const char
        *secret; /* a system relation's one column that only administrators may read, or NULL */
    uint32_t effects;
    uint32_t all_effects; /* those that touch every column, where columns are not known */
    struct use *uses;
    size_t use_count;
    struct made_of *made; /* its generated columns that were looked at */
    struct below *below;  /* what is done to it is done to these, too */
    bool has_children;    /* its children are among them */
};

/* A generated column, and the columns and reads that it is made of. */
struct made_of {
    struct made_of *next;
    struct sl_span column;
    struct origin *origins;
};

/* A child of a table, or the table under a view that is written through. */
struct below {
    struct below *next;
    struct dataset *dataset;
    uint32_t effects;        /* those that go down */
    struct outputs *columns; /* of a view: each with the column under it as its one origin; of a
                                child NULL: the same columns */
};

/* Where a value comes from: a column, or with an empty column the whole row. */
struct origin {
    struct origin *next;
    struct dataset *dataset;
    struct sl_span column;
    struct sl_span via; /* an aggregate that it surely went through (core/action/aggregate.h) */
    const void *place;  /* whose row it is a value of (origin.c), and which value there; or NULL */
    uint32_t item;
    uint32_t values; /* of so many rows, up to ORIGIN_MANY */
};

/* So many values of a column in one row are a column that leaves in bulk. */
enum { ORIGIN_MANY = SL_SQL_MAX_VALUES + 1 };

/* Lists of origins grow at the head and are never changed, so that they can share their tails. */
struct output {
    const char *name; /* NULL: no name that could be referred to */
    struct origin *origins;
    struct origin *reads; /* columns that are read only when it is used */
    bool star;            /* all columns of a dataset whose columns are not known */
    bool loud;            /* making it may fail, and the error tells of what it reads */
};

/* The columns that a query gives. `open`: there may be more, or in another order; then `rest` is
 * where any of them may come from. */
struct outputs {
    struct output *items;
    size_t count, room;
    bool later;    /* asked for: what its outputs read counts when they are used, not at once */
    bool all_made; /* the server makes also those that nobody uses: only quiet ones wait */
    bool open;
    struct origin *rest, *rest_reads;
    struct origin *decides; /* columns that decide which rows there are (WHERE, JOIN, ...) */
    struct origin *tables;  /* what stands in FROM, for locks */
    struct origin *rows;    /* what says how many rows there are, where they are made */
    struct origin *ties;    /* picked.c: what its rows were compared with */
    struct origin *tells;   /* what is known by whether there is a row, but for lookups by keys */
};

#endif
