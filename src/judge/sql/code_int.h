/* What runs because a statement calls it or sets it off: functions, operators, casts, checks,
 * triggers. Their texts come with the catalog (struct sl_part).
 *
 * Types are not inferred. Each candidate that a name and a number of arguments could mean is
 * judged, and the effects of all of them count. A value that code gives comes from all that it was
 * given and all that it read.
 */
#ifndef SL_JUDGE_SQL_CODE_INT_H
#define SL_JUDGE_SQL_CODE_INT_H

#include "judge/sql/judge_int.h"

enum {
    CODE_MAX_BODY = 64 * 1024,        /* of one body: a longer one is not read */
    CODE_MAX_ALL_BODIES = 512 * 1024, /* of one judgement, each time that a body is read */
    CODE_MAX_NESTING = 32,            /* of bodies in bodies */
    CODE_MAX_PASSES = 8,              /* over code that calls itself */
    CODE_ARGUMENTS = 16,              /* the last one stands for all that follow */
};

/* What a call hands over. `least` and `most`: how many arguments; least < 0: not known. */
struct arguments {
    struct origin *all, *items[CODE_ARGUMENTS];
    bool by_position; /* the items are known */
    int least, most;
};
void arguments_add(struct judge *j, struct arguments *a, struct origin *from);

/* A part of the catalog that runs, and what was found out about it so far. */
struct code {
    struct code *next;
    uint32_t part, path_id, because; /* effects that set it off, where that matters */
    const struct dataset *table;     /* whose row a trigger is given */
    bool planned, walking, walked;
    bool met, grown; /* while it was walked: it called itself, with something new */
    unsigned level;
    struct arguments arguments; /* of all calls together */
    struct origin *reads;
    uint32_t most; /* values of a column that a row of it may hold */
    uint32_t effects;
};

/* code.c. Walks the part once for each new set of arguments, to a fixpoint when it calls itself;
 * its effects count for the statement in hand each time. NULL when memory is out. */
typedef void code_walk_fn(struct judge *j, const struct sl_part *part, struct code *self,
                          const void *with);
const struct code *code_run(struct judge *j, uint32_t part, const struct dataset *table,
                            const struct arguments *a, code_walk_fn *walk, const void *with);
const struct code *code_run_for(struct judge *j, uint32_t part, const struct dataset *table,
                                uint32_t because, code_walk_fn *walk, const void *with);
/* Has the catalog definitions at all? Without them nothing that users made is understood. */
bool code_has_parts(const struct judge *j);
/* Are they a server's own texts, where unqualified names are of pg_catalog? */
bool code_of_server(const struct judge *j);
/* Could this name mean something of users in this schema (NULL: anywhere on the search path)? */
bool code_in_reach(const struct judge *j, const char *schema, struct sl_span candidate);
bool code_users_may_own(const struct judge *j, uint8_t kind, const char *schema, const char *name);

/* function.c: every function of users that the name may mean. False when there is none that takes
 * the arguments. */
bool function_call(struct judge *j, const char *schema, const char *name, const struct arguments *a,
                   struct origin **flow);
/* A function by its exact name, as definitions name it; built-in ones, too. */
void function_named(struct judge *j, struct sl_span schema, struct sl_span name,
                    const struct arguments *a, struct origin **flow);
/* row.name, where no column has this name. */
void function_of_row(struct judge *j, const char *name, struct origin *row, struct origin **flow);
bool function_is_aggregate(const struct judge *j, const char *schema, const char *name);
/* Is every function of this name C code of a reviewed extension? */
bool function_is_reviewed(const struct judge *j, struct sl_span schema, struct sl_span name);
/* The function of a trigger; `ctes` are its transition tables. */
struct trigger {
    struct dataset *table;
    struct cte *transitions;
    bool of_event; /* an event trigger: no row */
};
void function_fires(struct judge *j, const List *name, const struct trigger *t);

/* body.c: a text of users between what the statement was before and after it. */
struct body {
    struct scope scope; /* its parameters and variables */
    struct cte *ctes;
    struct outputs *pool; /* all that its variables may hold */
    const struct trigger *trigger;
};
struct body_before {
    uint32_t effects, flags;
    const char *tag;
    bool neutral, control, shareable, catalog_first, any_schema, in_default, variables_first;
    bool as_server;
    struct origin **pending, **decides;
    struct met *met;
    struct origin *branch;
    unsigned literals, literals_approved;
    uint32_t path_id;
    struct sl_span *path;
    size_t path_count, name_count;
    const struct arguments *arguments;
};
bool body_enter(struct judge *j, struct body_before *before, size_t bytes);
void body_leave(struct judge *j, const struct body_before *before); /* adds the effects back */
void body_function(struct judge *j, const struct sl_part *part, struct code *self,
                   const void *with); /* CREATE FUNCTION in sql or plpgsql */
void body_do(struct judge *j, const char *text);
void body_statement(struct judge *j, struct body *b, const void *node, struct origin **flow);
/* SELECT list: without FROM it is only an expression, and reads nothing by itself. */
void body_rows(struct judge *j, struct body *b, const void *node, struct outputs *out);
void body_select(struct judge *j, struct body *b, const void *node, struct origin **flow);
struct source *body_variable(struct judge *j, struct body *b, const char *name);
void body_type(struct judge *j, const TypeName *t);
/* The columns of a table as values that are at hand: looking at them reads nothing. */
struct outputs *body_row(struct judge *j, struct dataset *d);
void body_row_source(struct judge *j, struct scope *s, struct dataset *d, const char *alias,
                     bool only_qualified);
/* Parses `before` + text + `after`; the tree of its only statement, or NULL (then it is opaque). */
const void *body_parse(struct judge *j, const char *before, struct sl_span text, const char *after,
                       struct parse *p);
/* An expression over the columns of a table. */
void body_expression(struct judge *j, struct dataset *d, struct sl_span text, struct origin **flow);

/* plpgsql_branch.c: what decided that the statement in hand runs. */
void branch_join(struct judge *j, struct origin **flow);

/* plpgsql.c */
void plpgsql_walk(struct judge *j, struct body *b, const char *text);

/* call.c: `out` gets what the procedure gives back. */
void call_procedure(struct judge *j, struct scope *s, const CallStmt *n, struct origin **out);

/* fires.c: what a use of a relation sets off. True when all of this kind is understood; effects
 * that it has are noted. */
bool fires_has_part(struct judge *j, const struct dataset *d, uint8_t kind);
bool fires_triggers(struct judge *j, struct dataset *d, uint32_t effects);
/* Does every way to write to this view set off something else instead? */
bool fires_instead(struct judge *j, struct dataset *d, uint32_t effects);
bool fires_rules(struct judge *j, struct dataset *d, uint32_t effects);
bool fires_defaults(struct judge *j, struct dataset *d);
void fires_generated(struct judge *j, struct dataset *d);
bool fires_checks(struct judge *j, struct dataset *d);
/* DDL and maintenance go over all rows of a table again. */
void fires_when_rebuilt(struct judge *j, struct dataset *d);
bool fires_policies(struct judge *j, struct dataset *d, uint32_t effects);
bool fires_cascades(struct judge *j, struct dataset *d, uint32_t effects);
bool fires_at_ddl(struct judge *j);
/* CHECK (...) or EXCLUDE ..., of a table or (d NULL) of a domain. */
void fires_constraint(struct judge *j, struct dataset *d, struct sl_span text);

/* ambient.c: code that may run anywhere that values are compared, converted or stored. */
void ambient_casts(struct judge *j);
/* The same for casts and operator classes of types that users made: a value of such a type may be
 * at hand from here on (a type by its name, a whole row, the result of a function of users). */
void ambient_user_values(struct judge *j);
bool ambient_types(struct judge *j, bool checks); /* of every type that users made */
/* A type of users, by name: false when it is not understood. */
bool ambient_type(struct judge *j, const char *schema, const char *name);

#endif
