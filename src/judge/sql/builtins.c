#include "judge/sql/builtins.h"

#include <stdlib.h>

#include "judge/sql/builtins_table.h"

/* Every table below is in strcmp order: script/builtins makes it so, and a unit test looks after
 * that. */

struct function {
    const char *name, *reason;
    uint8_t kind, doubt;
    bool bare;   /* has a form without arguments */
    bool lively; /* has a form that gives rows or is volatile */
};

static const struct function functions[] = {
#define KIND(name, kind, versions, bare, lively, reason) \
    {name, reason, SL_BUILTIN_##kind, SL_DOUBT_NO, bare, lively},
#define DOUBT(name, doubt, versions, bare, lively, reason) \
    {name, reason, SL_BUILTIN_NONE, SL_DOUBT_##doubt, bare, lively},
    SL_BUILTIN_FUNCTIONS(KIND, DOUBT)
#undef KIND
#undef DOUBT
};

struct word {
    const char *name;
    uint8_t group;
};

static const struct word relations[] = {
#define ROW(name, group, versions) {name, SL_SYSTEM_##group},
    SL_BUILTIN_RELATIONS(ROW)};

static const struct word information[] = {SL_BUILTIN_INFORMATION(ROW)};
#undef ROW

enum { CONTEXT, HARMLESS };
static const struct word settings[] = {
#define ROW(name, group, versions) {name, group},
    SL_BUILTIN_SETTINGS(ROW)};

enum { OPAQUE, PLAIN };
static const struct word types[] = {SL_BUILTIN_TYPES(ROW)};
#undef ROW

/* Sorted by relation. */
static const struct secret_column {
    const char *relation, *column;
} secret_columns[] = {{"pg_attribute", "attmissingval"},
                      {"pg_subscription", "subconninfo"},
                      {"pg_user_mappings", "umoptions"}};

static int by_function(const void *key, const void *item)
{
    return strcmp(key, ((const struct function *)item)->name);
}

static int by_word(const void *key, const void *item)
{
    return strcmp(key, ((const struct word *)item)->name);
}

static const struct function *find(const char *name)
{
    return bsearch(name, functions, SL_COUNT(functions), sizeof functions[0], by_function);
}

/* The group of a word; 0 for one that is not there. */
#define GROUP(table, name) group_of((name), (table), SL_COUNT(table))

static uint8_t group_of(const char *name, const struct word *table, size_t count)
{
    const struct word *w = bsearch(name, table, count, sizeof table[0], by_word);

    return w == NULL ? 0 : w->group;
}

enum sl_builtin sl_builtin_function(const char *name)
{
    const struct function *f = find(name);

    return f == NULL ? SL_BUILTIN_NONE : f->kind;
}

enum sl_builtin_doubt sl_builtin_doubt(const char *name)
{
    const struct function *f = find(name);

    return f == NULL ? SL_DOUBT_UNKNOWN : f->doubt;
}

const char *sl_builtin_reason(const char *name)
{
    const struct function *f = find(name);

    return f == NULL ? NULL : f->reason;
}

bool sl_builtin_without_arguments(const char *name)
{
    const struct function *f = find(name);

    return f != NULL && f->bare;
}

bool sl_builtin_lively(const char *name)
{
    const struct function *f = find(name);

    return f == NULL || f->lively;
}

bool sl_builtin_type(const char *name)
{
    if (name[0] == '_') /* _int4: int4[] */
        name++;
    return GROUP(types, name) == PLAIN;
}

enum sl_system_relation sl_builtin_relation(const char *name)
{
    return GROUP(relations, name);
}

const char *sl_builtin_secret_column(const char *name)
{
    for (size_t i = 0; i < SL_COUNT(secret_columns); i++)
        if (strcmp(secret_columns[i].relation, name) == 0)
            return secret_columns[i].column;
    return NULL;
}

enum sl_system_relation sl_builtin_information(const char *name)
{
    return GROUP(information, name);
}

bool sl_builtin_harmless_setting(const char *name)
{
    return GROUP(settings, name) == HARMLESS;
}
