/* What the judge knows of PostgreSQL's own functions, relations, parameters and types: versions 15
 * to 17 in one, the strictest counts. builtins_table.h holds it; script/builtins makes that from
 * the servers' own catalogs, a rule and the reviewed lists builtins_*.txt, which give a reason for
 * each name.
 *
 * A function that is not in the table, or is there with a doubt, is opaque. An overload counts for
 * all: a name has a kind only when every function of that name deserves it. Names are as in the
 * catalog: lower case but for a few triggers. Texts that are given back live for ever.
 */
#ifndef SL_JUDGE_SQL_BUILTINS_H
#define SL_JUDGE_SQL_BUILTINS_H

#include "base/span.h"

enum sl_builtin {
    SL_BUILTIN_NONE,       /* opaque */
    SL_BUILTIN_PURE,       /* or harmless: computes, or reads definitions and the own session */
    SL_BUILTIN_VALUES,     /* an aggregate that gives back the values of its input (`export`) */
    SL_BUILTIN_SESSION,    /* changes the session and nothing else */
    SL_BUILTIN_SEQUENCE,   /* writes a sequence */
    SL_BUILTIN_SET_CONFIG, /* set_config */
    SL_BUILTIN_NOTIFY,     /* pg_notify */
    SL_BUILTIN_ADMIN,      /* acts on the server or on other sessions, or shows them (`admin`) */
    SL_BUILTIN_PROGRAM     /* touches files of the server (`program`) */
};

/* Why sl_builtin_function answers NONE. */
enum sl_builtin_doubt {
    SL_DOUBT_NO,           /* it does not */
    SL_DOUBT_UNKNOWN,      /* no server from 15 to 17 has a function of that name */
    SL_DOUBT_RUNS_SQL,     /* runs text as SQL, or reads what an argument names */
    SL_DOUBT_RUNS_CODE,    /* runs code of users, found through an argument */
    SL_DOUBT_LEAKS,        /* shows or gives away values of other tables and sessions */
    SL_DOUBT_LARGE_OBJECT, /* reads or writes large objects */
    SL_DOUBT_UNCALLABLE    /* a trigger, a handler, or takes what no statement can give */
};

enum sl_builtin sl_builtin_function(const char *name);
enum sl_builtin_doubt sl_builtin_doubt(const char *name);
/* What the function does that gave it its kind or doubt, for people: "runs the text of its argument
 * as a query". NULL when it is not known. */
const char *sl_builtin_reason(const char *name);
/* Has it a form without arguments, in every version? Called so it is surely meant where pg_catalog
 * is searched first. */
bool sl_builtin_without_arguments(const char *name);
/* Does it give rows, or is it volatile? Then no planner leaves a call out that nobody looks at. */
bool sl_builtin_lively(const char *name);
/* A type of pg_catalog whose input and output run no code of users; reg* types included. */
bool sl_builtin_type(const char *name);

/* Relations of pg_catalog. LEAKS: shows values out of other tables, or what other sessions run. */
enum sl_system_relation { SL_SYSTEM_NONE, SL_SYSTEM_PLAIN, SL_SYSTEM_ADMIN, SL_SYSTEM_LEAKS };
enum sl_system_relation sl_builtin_relation(const char *name);
/* The one column of a plain relation of pg_catalog that holds passwords, or NULL: reading it, or a
 * whole row, is `admin`. */
const char *sl_builtin_secret_column(const char *name);
/* sl_builtin_relation for information_schema. */
enum sl_system_relation sl_builtin_information(const char *name);

/* Parameters whose SET cannot change what later text means or whose rights it runs with. */
bool sl_builtin_harmless_setting(const char *name);

#endif
