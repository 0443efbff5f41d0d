/* What the files of judge/sql share. Includes PostgreSQL's node headers: nothing outside this
 * folder may. */
#ifndef SL_JUDGE_SQL_JUDGE_INT_H
#define SL_JUDGE_SQL_JUDGE_INT_H

#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/value.h"

#include "judge/sql/builtins.h"
#include "judge/sql/sql.h"

/* --- what was found ------------------------------------------------------------------------- */

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
    bool listed; /* `relation` and its columns are known */
    bool system; /* pg_catalog, information_schema: columns are not followed */
    const char
        *secret; /* a system relation's one column that only administrators may read, or NULL */
    uint32_t effects;
    uint32_t all_effects; /* those that touch every column, where columns are not known */
    struct use *uses;
    size_t use_count;
};

/* Where a value comes from: a column, or with an empty column the whole row. */
struct origin {
    struct origin *next;
    struct dataset *dataset;
    struct sl_span column;
};

struct output {
    const char *name; /* NULL: no name that could be referred to */
    struct origin *origins;
};

/* The columns that a query gives. `open`: there may be more, or in another order; then `rest` is
 * where any of them may come from. */
struct outputs {
    struct output *items;
    size_t count, room;
    bool open;
    struct origin *rest;
};

/* --- scopes --------------------------------------------------------------------------------- */

struct cte {
    struct cte *next;
    const char *name;
    struct outputs *outputs; /* NULL while it is not known yet */
};

/* One thing in a FROM clause. Either a dataset or the outputs of something. */
struct source {
    struct source *next;
    const char *alias;
    const char *schema; /* for schema.table.column: only of tables without alias */
    struct dataset *dataset;
    struct outputs *outputs;
    bool only_qualified; /* a second name for what is in the scope already */
};

struct scope {
    struct scope *up;
    struct source *sources, **last;
    struct cte *ctes;
    bool merged; /* USING or NATURAL: the order of `*` is not simply that of the sources */
};

/* --- the judgement -------------------------------------------------------------------------- */

struct judge {
    const struct sl_sql_context *ctx;
    struct sl_arena *mem;
    bool out_of_memory;
    unsigned depth;
    uint64_t steps; /* of work; a few texts would make it grow without end */

    bool catalog_first; /* pg_catalog is searched before anything that users own */
    struct sl_span path[64];
    size_t path_count;

    /* of the statement in hand */
    uint32_t effects;
    const char *tag;
    bool neutral;       /* DDL that cannot change what names mean */
    bool control;       /* transaction control, SHOW, harmless SET */
    bool shareable;     /* so far: every literal stands where a literal may differ */
    bool planned_only;  /* EXPLAIN without ANALYZE: nothing of it happens */
    unsigned executing; /* depth of EXECUTE inside EXECUTE */
    unsigned literals, literals_approved;

    /* of the whole text */
    uint32_t flags, all_effects;
    bool all_control, all_shareable;
    bool any_neutral, any_ddl; /* of DDL: which kinds there were */
    bool moved; /* an earlier statement of the text may have changed what later names mean */
    struct sl_span opaque_why;
    struct dataset *datasets;
    size_t dataset_count;
    struct sl_meaning_statement *statements;
    size_t statement_count, statement_room;
    struct sl_meaning_flow *flows;
    size_t flow_count, flow_room;
    struct sl_meaning_name *names;
    size_t name_count, name_room;
    struct sl_span *definitions; /* what was looked into */
    size_t definition_count, definition_room;

    /* of the bodies of users that are being walked (code_int.h) */
    struct code *codes;
    uint64_t body_bytes; /* read so far */
    unsigned bodies;     /* inside each other */
    unsigned code_level, met_level; /* of code.c: the outermost walk that was met again */
    uint32_t path_id;    /* which search path names are looked up on: 0 the session's own */
    bool any_schema;     /* names may lie in schemas that are not on `path` */
    bool path_of_user;   /* "$user" stands on the path */
    bool of_user;        /* inside SECURITY DEFINER: "$user" is not who asks */
    bool variables_first; /* PL/pgSQL: a name may be a variable although it is a column, too */
    bool in_ambient;      /* walking casts and operator classes */
    bool in_default;      /* what a default advances is no change of its own */
    const struct arguments *arguments; /* what $1 stands for */
    struct origin **reads;             /* what the body in hand has read */
};

/* note.c: memory and what is noted */
void *note_alloc(struct judge *j,
                 size_t bytes); /* zeroed; NULL sets out_of_memory, which ends it all */
#define NOTE_NEW(j, type) ((type *)note_alloc((j), sizeof(type)))
/* %s is replaced by `name` (may be NULL). The first reason is kept. */
void note_opaque(struct judge *j, const char *sentence, const char *name);
void note_effect(struct judge *j, uint32_t effects);
void note_dataset(struct judge *j, struct dataset *d, uint32_t effects);
void note_column(struct judge *j, struct dataset *d, struct sl_span column, uint32_t effects);
void note_all_columns(struct judge *j, struct dataset *d, uint32_t effects);
void note_origins(struct judge *j, const struct origin *origins, uint32_t effects);
void note_flow(struct judge *j, const struct origin *from, struct sl_span to_dataset,
               const char *to_column);
void note_name(struct judge *j, enum sl_meaning_name_kind kind, const char *name);
struct dataset *note_new_dataset(struct judge *j, struct sl_span schema, struct sl_span name);
enum sl_err note_finish(struct judge *j, struct sl_meaning *out);

void origin_add(struct judge *j, struct origin **list, struct dataset *d, struct sl_span column);
void origin_join(struct judge *j, struct origin **list, const struct origin *more);
struct output *output_add(struct judge *j, struct outputs *o, const char *name);
/* Where any column of it may come from. */
struct origin *output_union(struct judge *j, const struct outputs *o);

/* definition.c: the judgement rests on this text ("view", "function", ... schema.name): noted once,
 * with its SHA-256. */
void note_definition(struct judge *j, const char *kind_word, struct sl_span schema,
                     struct sl_span name, struct sl_span text);
void definition_finish(struct judge *j, struct sl_meaning *out); /* sorted */

/* name.c: names of relations, functions, operators, types */
bool name_catalog_first(struct judge *j); /* reads ctx->search_path */
struct dataset *name_relation(struct judge *j, const RangeVar *v, uint32_t effects);
/* problems.c: is all that this use of a listed relation sets off understood? Its effects are noted
 * then, else the statement is opaque. */
bool relation_is_understood(struct judge *j, struct dataset *d, uint32_t effects);
/* The same for DDL: a thing that need not exist, or need not be plain. */
struct dataset *name_object(struct judge *j, const RangeVar *v, uint32_t effects, bool is_new);
RangeVar name_of_list(struct judge *j, const List *names); /* relname NULL when it is none */
/* The built-in one that may be meant: its effects count besides those of users' functions, which
 * call.c looks for. */
enum sl_builtin name_function(struct judge *j, const List *names, const List *args,
                              const char **schema, const char **last, bool *surely);
void name_operator(struct judge *j, const List *names);
/* With the values that it is given; what it reads by itself flows, too. */
void name_operator_call(struct judge *j, const List *names, struct origin *given,
                        struct origin **flow);
void name_operator_text(struct judge *j, const char *op);
void name_type(struct judge *j, const TypeName *t);
const char *name_text(const void *node); /* of a String node, else NULL */

/* column.c */
void column_reference(struct judge *j, struct scope *s, const ColumnRef *ref, struct origin **flow);
void column_named(struct judge *j, struct scope *s, const char *name, struct origin **flow);
void column_star(struct judge *j, struct scope *s, struct outputs *out);
void column_star_of(struct judge *j, struct scope *s, const ColumnRef *ref, struct outputs *out);
/* Is this operand a value whose type is surely built in and no reg* type? */
bool column_is_plain(struct judge *j, struct scope *s, const ColumnRef *ref);

/* expr.c: flow may be NULL: the value decides something but goes nowhere */
void expr_walk(struct judge *j, struct scope *s, const void *node, struct origin **flow);
void expr_list(struct judge *j, struct scope *s, const List *list, struct origin **flow);
bool expr_is_literal(const void *node);
void expr_approve(struct judge *j,
                  const void *node); /* a literal here may differ between texts of a shape */
void expr_sort(struct judge *j, struct scope *s, const List *list);
void expr_window(struct judge *j, struct scope *s, const WindowDef *w);
/* Depth count for anything recursive: false when it is too deep. Pair with depth_leave. */
bool depth_enter(struct judge *j);
/* Counts work; false when there was too much of it. */
bool depth_step(struct judge *j, uint64_t steps);
void depth_leave(struct judge *j);

/* The node in a list's cell when it has this type; anything else is opaque, and NULL. */
#define NODE(j, type, cell) ((const type *)expr_node((j), T_##type, lfirst(cell)))
const void *expr_node(struct judge *j, NodeTag tag, const void *node);

/* call.c */
void call_walk(struct judge *j, struct scope *s, const FuncCall *call, struct origin **flow);

/* from.c */
void from_list(struct judge *j, struct scope *s, const List *from);
void from_table(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d);

/* query.c: SELECT, and any statement that may stand in a WITH */
void query_walk(struct judge *j, struct scope *up, struct cte *ctes, const void *node,
                struct outputs *out);
struct cte *query_with(struct judge *j, struct scope *up, struct cte *ctes, const WithClause *with);
void query_targets(struct judge *j, struct scope *s, const List *targets, struct outputs *out);

/* write.c */
void write_insert(struct judge *j, struct scope *up, struct cte *ctes, const InsertStmt *n,
                  struct outputs *out);
void write_update(struct judge *j, struct scope *up, struct cte *ctes, const UpdateStmt *n,
                  struct outputs *out);
void write_delete(struct judge *j, struct scope *up, struct cte *ctes, const DeleteStmt *n,
                  struct outputs *out);
void write_merge(struct judge *j, struct scope *up, struct cte *ctes, const MergeStmt *n);
/* CREATE TABLE AS and SELECT INTO: the new table and what flows into it. */
void write_into(struct judge *j, const IntoClause *into, const struct outputs *from);
void write_copy(struct judge *j, const CopyStmt *n);

/* statement.c, ddl.c, session.c */
void statement_walk(struct judge *j, const void *node);
void ddl_walk(struct judge *j, const void *node); /* what the table of kinds leaves to DDL */
void ddl_touch(struct judge *j, const RangeVar *v, uint32_t effects); /* with all its columns */
void ddl_touch_schema(struct judge *j, const char *schema,
                      uint32_t effects); /* all that is listed in it */
void admin_grant(struct judge *j, const GrantStmt *n);
void admin_publication(struct judge *j, const List *objects, bool all);
void admin_vacuum(struct judge *j, const VacuumStmt *n);
void admin_lock(struct judge *j, const LockStmt *n);
void admin_truncate(struct judge *j, const TruncateStmt *n);
const char *object_word(ObjectType type); /* "table"; object.c */
void session_set(struct judge *j, const VariableSetStmt *n);
void session_show(struct judge *j, const VariableShowStmt *n);
void session_setting(struct judge *j, const char *name);
void session_transaction(struct judge *j, const TransactionStmt *n);
void session_prepared(struct judge *j, const void *node); /* PREPARE, EXECUTE, DEALLOCATE */
void session_cursor(struct judge *j, const void *node);   /* DECLARE, FETCH, CLOSE */
void session_discard(struct judge *j, const DiscardStmt *n);

/* caps.c: NULL when the text may be parsed, else why not */
const char *caps_refuse(const struct sl_sql_context *ctx, struct sl_span text);

/* parse.c: the raw trees live until parse_end; NULL list with *accepted for an empty text */
struct parse {
    void *memory;
    const List *trees;
    bool accepted;
};
struct parse parse_begin(const char *text);
void parse_end(struct parse *p);

#endif
