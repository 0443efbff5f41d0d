/* What the files of judge/sql share. Includes PostgreSQL's node headers: nothing outside this
 * folder may. */
#ifndef SL_JUDGE_SQL_JUDGE_INT_H
#define SL_JUDGE_SQL_JUDGE_INT_H

#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/value.h"

#include "judge/sql/builtins.h"
#include "judge/sql/found.h"
#include "judge/sql/scope.h"
#include "judge/sql/sql.h"

struct portal;     /* plpgsql_cursor.c */
struct view;       /* view.c */
struct kept_parse; /* parse.c */

/* --- the judgement -------------------------------------------------------------------------- */

struct judge {
    const struct sl_sql_context *ctx;
    struct sl_arena *mem;
    bool out_of_memory;
    unsigned depth;
    uint64_t steps; /* of work; a few texts would make it grow without end */

    bool catalog_first; /* pg_catalog is searched before all other schemas on the path */
    struct sl_span path[64];
    size_t path_count;

    /* of the statement in hand */
    uint32_t effects;
    const char *tag;
    bool neutral;         /* DDL that cannot change what names mean */
    bool control;         /* transaction control, SHOW, harmless SET */
    bool shareable;       /* so far: every literal stands where a literal may differ */
    bool planned_only;    /* EXPLAIN without ANALYZE: nothing of it happens */
    unsigned executing;   /* depth of EXECUTE inside EXECUTE */
    struct outputs *kept; /* CREATE TABLE ... AS EXECUTE: what is prepared gives its rows here */
    unsigned literals, literals_approved;

    /* of the query in hand */
    struct origin **pending; /* where reads go that count later; NULL: they count at once */
    struct origin **decides; /* where columns go that decide about rows and flow nowhere */
    const SelectStmt
        *select; /* while its targets are walked: WHERE has settled which rows there are */
    /* of the expression in hand */
    bool loud;       /* it does more than hand on columns: it may fail */
    bool lively;     /* it makes rows or acts: no planner leaves it out */
    struct met *met; /* of the part of a condition in hand; or NULL */

    /* of the definition in hand */
    bool as_server; /* its text is the server's own: unqualified names are of pg_catalog */

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
    size_t names_ended; /* of them: before the last end of a transaction in this text */
    bool tx_ended;
    struct origin *stored;       /* what went into the session's stores (store.c) */
    bool told;                   /* something tells what is in them */
    struct sl_span *definitions; /* what was looked into */
    size_t definition_count, definition_room;
    struct view *views;        /* that were expanded */
    struct kept_parse *parses; /* that live as long as the judgement */
    size_t parsed_bytes;

    /* of the bodies of users that are being walked (code_int.h) */
    struct code *codes;
    struct portal *portals;         /* that they open under names that somebody chose */
    uint64_t body_bytes;            /* read so far */
    unsigned bodies;                /* inside each other */
    unsigned views_deep;            /* the same of views */
    unsigned code_level, met_level; /* of code.c: the outermost walk that was met again */
    uint32_t path_id;      /* which search path names are looked up on: 0 the session's own */
    bool any_schema;       /* names may lie in schemas that are not on `path` */
    bool path_of_user;     /* "$user" stands on the path */
    bool variables_first;  /* PL/pgSQL: a name may be a variable although it is a column, too */
    struct origin *branch; /* what decided that the statement of the body in hand runs */
    bool makes;            /* some source has values that come from no column (picked.c) */
    bool in_ambient;       /* walking casts and operator classes */
    /* Values of types that users made: are some at hand (ambient.c)? First it is believed that none
     * are, and what takes only such values is passed over; when one shows up, all is judged again.
     */
    bool user_values, saw_user_values;
    bool in_default;                   /* what a default advances is no change of its own */
    const struct arguments *arguments; /* what $1 stands for */
    struct origin **reads;             /* what the body in hand has read */
    uint32_t *most;                    /* and how many values of a column a row of it may hold */
};

/* note.c: memory and what is noted */
void *note_alloc(struct judge *j,
                 size_t bytes); /* zeroed; NULL sets out_of_memory, which ends it all */
/* Doubles the array when it is full. NULL when memory is out. */
void *note_grow(struct judge *j, void *items, size_t count, size_t *room, size_t each);
#define NOTE_NEW(j, type) ((type *)note_alloc((j), sizeof(type)))
/* %s is replaced by `name` (may be NULL). The first reason is kept. */
void note_opaque(struct judge *j, const char *sentence, const char *name);
void note_effect(struct judge *j, uint32_t effects);
void note_dataset(struct judge *j, struct dataset *d, uint32_t effects);
void note_column(struct judge *j, struct dataset *d, struct sl_span column, uint32_t effects);
void note_all_columns(struct judge *j, struct dataset *d, uint32_t effects);
void note_origins(struct judge *j, const struct origin *origins, uint32_t effects);
/* A column is looked at; with an empty column the whole row. Counts at once, or is pending. */
void note_read(struct judge *j, struct dataset *d, struct sl_span column);
void note_reads(struct judge *j, const struct origin *reads);
/* flow.c: a value flows into a column, also of what lies below a view. */
void note_flow(struct judge *j, const struct origin *from, struct sl_span to_dataset,
               const char *to_column);
void note_flow_into(struct judge *j, const struct origin *from, struct dataset *to,
                    const char *to_column, uint32_t effect);
/* It decides about the rows of this dataset, or of the result. */
void note_indirect(struct judge *j, const struct origin *from, struct sl_span to_dataset);
struct sl_span note_joined(struct judge *j, struct sl_span a, struct sl_span b); /* "a.b" */
void note_result(struct judge *j, const struct outputs *out); /* what goes to the client */
void note_name(struct judge *j, enum sl_meaning_name_kind kind, const char *name);
struct dataset *note_new_dataset(struct judge *j, struct sl_span schema, struct sl_span name);
enum sl_err note_finish(struct judge *j, struct sl_meaning *out);

/* origin.c */
void origin_add(struct judge *j, struct origin **list, struct dataset *d, struct sl_span column);
void origin_add_at(struct judge *j, struct origin **list, struct dataset *d, struct sl_span column,
                   const void *place);
void origin_join(struct judge *j, struct origin **list, const struct origin *more);
/* They went through an aggregate on their way, here. It is a number; of one row it is the value. */
void origin_meet_via(struct judge *j, struct origin **list, const struct origin *more,
                     const void *place, struct sl_span via);
/* Those that did not. */
struct origin *origin_plain(struct judge *j, struct origin *list);
/* All of `from` is one value, and it is met at this place. */
void origin_meet(struct judge *j, struct origin **list, const struct origin *from,
                 const void *place, uint32_t item);
/* It only decides: where and how many does not matter. */
void origin_settle(struct judge *j, struct origin **list, const struct origin *from);
/* It is one value in something that is kept. `around`: this was walked before; what holds more now
 * than then will hold more each time. */
void origin_carry(struct judge *j, struct origin **list, const struct origin *from, bool around);
/* A value of each, or of so many rows of it. */
void origin_gives(struct judge *j, struct origin **list, const struct origin *from,
                  uint32_t values);
/* The values of who knows how many rows. */
void origin_gather(struct judge *j, struct origin **list, const struct origin *from);
/* How many values of the column of `of` all of the list holds, and of the column with the most. */
uint32_t origin_values(struct judge *j, const struct origin *list, const struct origin *of);
uint32_t origin_most(struct judge *j, const struct origin *list);
/* It goes where it can be read: a column of which it holds too many is exported. */
void origin_leave(struct judge *j, const struct origin *list);
struct output *output_add(struct judge *j, struct outputs *o, const char *name);
/* Where any column of it may come from. */
struct origin *output_union(struct judge *j, const struct outputs *o);
/* An output, or all of them, are used: their reads count, and their origins decide. */
void output_use(struct judge *j, const struct output *o, struct origin **flow);
void outputs_use(struct judge *j, const struct outputs *o, struct origin **flow);
/* They are used as values: `place` tells one use of the same query from another. */
void output_use_at(struct judge *j, const struct outputs *o, size_t item, const void *place,
                   struct origin **flow);
void outputs_use_at(struct judge *j, const struct outputs *o, const void *place,
                    struct origin **flow);

/* definition.c: the judgement rests on this text ("view", "function", ... schema.name): noted once,
 * with its SHA-256. */
void note_definition(struct judge *j, const char *kind_word, struct sl_span schema,
                     struct sl_span name, struct sl_span text);

/* name.c: names of relations, functions, operators, types */
bool name_catalog_first(struct judge *j); /* reads ctx->search_path */
/* May this name without a schema, of a relation or a type, be one of the session's own? */
bool name_may_be_temporary(const struct judge *j, const char *name);
struct dataset *name_relation(struct judge *j, const RangeVar *v, uint32_t effects);
/* One that the listing names itself, as the other end of a foreign key is. */
struct dataset *name_of_definition(struct judge *j, struct sl_span schema, struct sl_span name,
                                   uint32_t effects);
/* The same where some problems of enum sl_catalog_reason (bits) are nothing that stops it. */
enum {
    NAME_VIEW = 1u << SL_CATALOG_VIEW | 1u << SL_CATALOG_MATVIEW | 1u << SL_CATALOG_RULES,
    NAME_CHILD = 1u << SL_CATALOG_INHERITANCE | 1u << SL_CATALOG_PARTITIONED,
};
struct dataset *name_relation_but(struct judge *j, const RangeVar *v, uint32_t effects,
                                  uint32_t understood);
struct dataset *name_listed(struct judge *j, const struct sl_relation *r);
/* Opaque when these effects on a listed relation do more than they say; `understood`: problems that
 * the caller has looked into. */
void name_check(struct judge *j, struct dataset *d, uint32_t effects, uint32_t understood);
/* problems.c: which of the problems `left` of a listed relation (bits) are understood, because the
 * definitions are there and could be judged. Their effects are noted. */
uint32_t problems_understood(struct judge *j, struct dataset *d, uint32_t effects, uint32_t left);
/* The same for DDL: a thing that need not exist, or need not be plain. */
struct dataset *name_object(struct judge *j, const RangeVar *v, uint32_t effects, bool is_new);
RangeVar name_of_list(struct judge *j, const List *names); /* relname NULL when it is none */
/* The built-in one that may be meant: its effects count besides those of users' functions, which
 * call.c looks for. */
enum sl_builtin name_function(struct judge *j, const List *names, const List *args,
                              const char **schema, const char **last, bool *surely);
void name_operator(struct judge *j, const List *names);
bool name_operator_is_users(const struct judge *j, const List *names); /* it may be */
/* With the values that it is given; what it reads by itself flows, too. */
void name_operator_call(struct judge *j, const List *names, struct origin *given,
                        struct origin **flow);
/* Of IS DISTINCT FROM and NULLIF in the server's own text: besides the built-in one. */
void name_operator_unwritten(struct judge *j, const List *names, struct origin *given,
                             struct origin **flow);
size_t name_clipped(struct sl_span name); /* how much of it the server keeps */
/* Meant without being written: by CASE, USING, IN and the like. */
void name_operator_text(struct judge *j, const char *op);
void name_type(struct judge *j, const TypeName *t);
const char *name_text(const void *node); /* of a String node, else NULL */

/* inherit.c: the children of a table join in what is done to it. False: they are not known. */
bool inherit_children(struct judge *j, struct dataset *d, uint32_t effects);

/* fires_checks.c: what a generated column of the dataset is made of; NULL for any other column. */
struct origin *fires_made_of(struct judge *j, struct dataset *d, struct sl_span column);
/* inherit.c: reading a partition tells of the keys above it; tableoid tells of its own as well. */
void inherit_key(struct judge *j, struct dataset *d, bool own, struct origin **flow);

/* view.c: the outputs of a view or materialized view, column by column with what lies beneath; NULL
 * when there is no definition. Walked once a judgement. */
struct outputs *view_expand(struct judge *j, struct dataset *d);
bool view_is_known(const struct judge *j, const struct dataset *d); /* it has a definition */
/* What is written to the view is written to the one table under it. False: not one of those. */
bool view_write_through(struct judge *j, struct dataset *d, uint32_t effects);
void view_refresh(struct judge *j, const RefreshMatViewStmt *n);

/* column.c */
void column_reference(struct judge *j, struct scope *s, const ColumnRef *ref, struct origin **flow);
void column_named(struct judge *j, struct scope *s, const char *name, struct origin **flow);
/* f(x) or (x).f where x is the row of a source that has a column f. False: it is none. */
bool column_field(struct judge *j, struct scope *s, const void *row, const char *field,
                  struct origin **flow);
/* Is there a column of this name in the innermost scope? */
enum found { NO, PERHAPS, YES };
enum found column_is_input(struct judge *j, struct scope *s, const char *name);
/* The names of a reference, at most four of them, the first the database's; a star at its end is
 * not among them. How many; -1: it cannot be read. */
int column_parts(const ColumnRef *ref, const char *parts[4], bool *star);
/* The source that these parts name; NULL: none. */
struct source *column_row(struct scope *s, const char *const *parts, int n);
/* The row that an argument names, when it surely is one: `c` where no column is called c. */
struct source *column_row_named(struct judge *j, struct scope *s, const void *node);
/* Is this operand a value whose type is surely built in and no reg* type? */
bool column_is_plain(struct judge *j, struct scope *s, const ColumnRef *ref);

/* star.c */
void column_star(struct judge *j, struct scope *s, struct outputs *out);
/* The same for the sources from `first` up to `end`. */
void column_star_between(struct judge *j, struct source *first, const struct source *end,
                         struct outputs *out);
/* (c).*: false when the argument is not surely the row of a source. */
bool column_star_of_row(struct judge *j, struct scope *s, const void *row, struct outputs *out);
void column_star_of(struct judge *j, struct scope *s, const ColumnRef *ref, struct outputs *out);

/* expr.c: flow may be NULL: the value goes nowhere but decides about the rows of the query in hand;
 * its columns are read at once. Otherwise all that flows in must be joined to the flow. */
void expr_walk(struct judge *j, struct scope *s, const void *node, struct origin **flow);
void expr_list(struct judge *j, struct scope *s, const List *list, struct origin **flow);
void expr_sort(struct judge *j, struct scope *s, const List *list);
void expr_window(struct judge *j, struct scope *s, const WindowDef *w);
/* expr_operator.c: an operator with its operands */
void expr_operator(struct judge *j, struct scope *s, const A_Expr *e, struct origin **flow);
bool expr_is_literal(const void *node);
void expr_approve(struct judge *j,
                  const void *node); /* a literal here may differ between texts of a shape */
/* expr_subquery.c: a query inside an expression */
void expr_subquery(struct judge *j, struct scope *s, const SubLink *l, struct origin **flow);

/* The node in a list's cell when it has this type; anything else is opaque, and NULL. */
#define NODE(j, type, cell) ((const type *)expr_node((j), T_##type, lfirst(cell)))
const void *expr_node(struct judge *j, NodeTag tag, const void *node);

/* depth.c */
/* Depth count for anything recursive: false when it is too deep. Pair with depth_leave. */
bool depth_enter(struct judge *j);
/* Counts work; false when there was too much of it. */
bool depth_step(struct judge *j, uint64_t steps);
void depth_leave(struct judge *j);

/* call.c */
void call_walk(struct judge *j, struct scope *s, const FuncCall *call, struct origin **flow);

/* Values of columns of users leave in bulk. */
void call_exports(struct judge *j, const struct origin *from);

/* store.c */
bool store_is_told_by(const char *function);
void store_keep(struct judge *j, const struct origin *from);
void store_tell(struct judge *j, const void *place, struct origin **flow);
/* Where the relation is one that tells. */
void store_tell_relation(struct judge *j, const struct dataset *d, const void *place,
                         struct origin **flow);
/* What the judgement before found; and did this one, which tells of it, find more than that one? */
void store_begin(struct judge *j, const struct origin *before);
bool store_grew(const struct judge *j, const struct origin *before);

/* from.c */
void from_list(struct judge *j, struct scope *s, const List *from);
void from_table(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d);
/* The same without a look beneath it, when it is a view. */
void from_base(struct judge *j, struct scope *s, const RangeVar *v, struct dataset *d);
struct outputs *from_renamed(struct judge *j, const struct outputs *from, const List *names);
void from_outputs(struct judge *j, struct scope *s, const char *alias, struct outputs *outputs);

/* join.c: the columns of a JOIN that has names of its own */
void join_sources(struct judge *j, struct scope *s, const JoinExpr *join, struct source *left,
                  struct source *right);

/* picked.c: WHERE, ON and the like, part by part. */
void picked_condition(struct judge *j, struct scope *s, const void *node);
void picked_source(struct judge *j, const struct source *at); /* it stands in FROM now */
void picked_met(struct judge *j, struct source *at, uint32_t item);
/* What a column of it comes from, where it comes from no column. */
void picked_use(struct judge *j, const struct source *at, uint32_t item, struct origin **flow);
/* A query in the condition gave one value: its own sources are not compared with anything. */
void picked_one_row(struct judge *j, const struct scope *s);
/* Its values that come from nowhere are compared with this. */
void picked_add(struct judge *j, struct source *at, uint32_t item, const struct origin *from);
struct origin *picked_rows(struct judge *j, const struct scope *s);
void picked_from(struct judge *j, struct scope *s, const struct outputs *inner);
/* Which of its rows there are, and how many, is this value. */
void picked_outputs(struct judge *j, struct outputs *out, const struct origin *from);

/* query.c: SELECT, and any statement that may stand in a WITH */
void query_walk(struct judge *j, struct scope *up, struct cte *ctes, const void *node,
                struct outputs *out);
void query_targets(struct judge *j, struct scope *s, const List *targets, struct outputs *out);
const IntoClause *query_into(const void *select); /* of SELECT INTO, or NULL */
/* merge.c: UNION and the like, column by column. `around`: origin_carry. */
void query_merge(struct judge *j, struct outputs *left, const struct outputs *right, bool around);
void query_limit(struct judge *j, struct scope *s, const SelectStmt *n, struct outputs *out);
/* May the reads of its outputs wait until they are used? Not where its rows depend on them. */
bool query_may_wait(const SelectStmt *n);
/* An output that was just made: do its reads wait? If not they count now. */
void query_settle(struct judge *j, const struct outputs *out, struct output *o, bool lively);
/* with.c: its queries before `ctes`; and, of WITH RECURSIVE, one that another names first. */
struct cte *query_with(struct judge *j, struct scope *up, struct cte *ctes, const WithClause *with);
void query_cte(struct judge *j, struct cte *c);
/* figure.c: the name that the server gives to an output without one; NULL where it may be any */
const char *figure_name(const Node *n);

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
void changed_code(struct judge *j, const Node *n); /* changed.c: of DDL */
void ddl_walk(struct judge *j, const void *node);  /* what the table of kinds leaves to DDL */
/* renamed.c: what an earlier statement of the text put there would lose its labels: then opaque. */
void renamed_statement(struct judge *j, const RenameStmt *n);
void renamed_schema(struct judge *j, const AlterObjectSchemaStmt *n);
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
/* The statements of a definition, as long as the judgement lasts. NULL: not to be read (opaque). */
const List *parse_keep(struct judge *j, struct sl_span text);
void parse_end_all(struct judge *j);

#endif
