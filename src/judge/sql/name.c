#include "judge/sql/code_int.h"

/* Names to things. What a user could have made instead of a built-in thing makes it opaque,
 * wherever on the search path it may lie: which overload the server would pick is not ours to
 * guess. */

const char *name_text(const void *node)
{
    return node != NULL && IsA(node, String) ? ((const String *)node)->sval : NULL;
}

/* --- relations ------------------------------------------------------------------------------ */

static struct dataset *system_dataset(struct judge *j, const char *schema, const char *name,
                                      enum sl_system_relation kind)
{
    struct dataset *d = note_new_dataset(j, sl_span_str(schema), sl_span_str(name));

    if (d == NULL)
        return NULL;
    d->system = true;
    d->secret = sl_builtin_secret_column(name);
    if (kind == SL_SYSTEM_ADMIN)
        note_dataset(j, d, SL_EFFECT_ADMIN);
    else if (kind == SL_SYSTEM_LEAKS)
        note_opaque(j, "%s shows values out of other tables", name);
    else if (kind == SL_SYSTEM_NONE)
        note_opaque(j, "%s is not a known relation of the system", name);
    return d;
}

/* A schema that neither the text nor the DDL wrote is not written either. */
static struct dataset *listed_as(struct judge *j, const struct sl_relation *r, bool with_schema)
{
    bool bare = j->ctx->as_written && !with_schema && r->oid == SL_SQL_DDL_BARE;
    struct dataset *d = note_new_dataset(j, bare ? sl_span(NULL, 0) : r->schema, r->name);

    if (d != NULL) {
        d->listed = true;
        d->relation = *r;
    }
    return d;
}

struct dataset *name_listed(struct judge *j, const struct sl_relation *r)
{
    return listed_as(j, r, false);
}

/* Under SECURITY DEFINER "$user" is somebody else: what lies in another schema may be meant. */
static void find_elsewhere(struct judge *j, const char *name, const struct dataset *found,
                           uint32_t effects)
{
    const struct sl_catalog *c = j->ctx->catalog;

    for (uint32_t i = 0; c != NULL && i < c->relation_count && depth_step(j, 1); i++) {
        struct sl_relation r = sl_catalog_relation_at(c, i);
        if (!sl_span_is(r.name, name) ||
            (found != NULL && sl_span_eq(found->relation.schema, r.schema)))
            continue;
        note_all_columns(j, name_listed(j, &r), effects);
        note_opaque(j, "%s may be in the schema of a function's owner", name);
    }
}

/* The relations on the search path; more than one is ambiguous, for some schemas may be closed to
 * this role and the server passes over them. The first is returned, all are noted. */
static struct dataset *find_on_path(struct judge *j, const char *name, uint32_t effects)
{
    struct dataset *found = NULL;
    struct sl_relation r;

    for (size_t i = 0; j->ctx->catalog != NULL && i < j->path_count; i++) {
        if (!sl_catalog_relation(j->ctx->catalog, j->path[i], sl_span_str(name), &r))
            continue;
        struct dataset *d = name_listed(j, &r);
        if (found != NULL && d != found) {
            note_all_columns(j, d, effects);
            note_all_columns(j, found, effects);
            note_opaque(j, "%s is in more than one schema of the search path", name);
        }
        found = found == NULL ? d : found;
    }
    if (j->any_schema)
        find_elsewhere(j, name, found, effects);
    return found;
}

static struct dataset *find_listed(struct judge *j, const RangeVar *v, uint32_t effects)
{
    struct sl_relation r;

    if (v->schemaname == NULL)
        return find_on_path(j, v->relname, effects);
    if (j->ctx->catalog != NULL && sl_catalog_relation(j->ctx->catalog, sl_span_str(v->schemaname),
                                                       sl_span_str(v->relname), &r))
        return listed_as(j, &r, true);
    return NULL;
}

static struct dataset *find_system(struct judge *j, const RangeVar *v)
{
    const char *schema = v->schemaname;

    if (schema != NULL && strcmp(schema, "information_schema") == 0)
        return system_dataset(j, schema, v->relname, sl_builtin_information(v->relname));
    if (schema != NULL && strcmp(schema, "pg_catalog") == 0)
        return system_dataset(j, schema, v->relname, sl_builtin_relation(v->relname));
    if (schema != NULL || (strncmp(v->relname, "pg_", 3) != 0))
        return NULL;
    return system_dataset(j, "pg_catalog", v->relname, sl_builtin_relation(v->relname));
}

/* --- is it plain for these effects? ---------------------------------------------------------- */

#define PROBLEM(reason) (1u << SL_CATALOG_##reason)

/* As core/catalog decides what may be read, inserted into and changed. */
static uint32_t problems_for(const struct sl_relation *r, uint32_t effects)
{
    const uint32_t changes = SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE;
    uint32_t stops = PROBLEM(ROW_SECURITY) | PROBLEM(RULES) | PROBLEM(INHERITANCE) |
                     PROBLEM(PARTITIONED) | PROBLEM(OTHER_KIND) | PROBLEM(USER_TYPE) |
                     PROBLEM(USER_INDEX) | PROBLEM(VIEW) | PROBLEM(MATVIEW) | PROBLEM(FOREIGN);

    if ((effects & (changes | SL_EFFECT_INSERT)) != 0)
        stops |= PROBLEM(DEFAULTS) | PROBLEM(TRIGGERS) | PROBLEM(DOMAIN_TYPE);
    else if (r->kind == 'S')
        stops = 0;
    if ((effects & changes) != 0)
        stops |= PROBLEM(CASCADES);
    return r->problems & stops;
}

/* What its definitions explain; each part sees to it that what they do is noted. */
static uint32_t understood_by_parts(struct judge *j, struct dataset *d, uint32_t effects,
                                    uint32_t left)
{
    const uint32_t writes =
        SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_IMPORT;
    uint32_t understood = 0;

    if ((left & PROBLEM(VIEW)) != 0 && effects != 0 && (effects & ~writes) == 0 &&
        view_write_through(j, d, effects))
        understood |= NAME_VIEW;
    if ((left & NAME_CHILD) != 0 && inherit_children(j, d, effects))
        understood |= NAME_CHILD;
    return understood | problems_understood(j, d, effects, left & ~understood);
}

void name_check(struct judge *j, struct dataset *d, uint32_t effects, uint32_t understood)
{
    uint32_t left = problems_for(&d->relation, effects) & ~understood;
    unsigned why = 0;
    SL_BUF(b, 300);

    if ((effects & (SL_EFFECT_INSERT | SL_EFFECT_UPDATE)) != 0 && (left & PROBLEM(DEFAULTS)) == 0)
        fires_generated(j, d);
    if (left != 0)
        left &= ~understood_by_parts(j, d, effects, left);
    if (left == 0)
        return;
    while ((left >> why & 1) == 0)
        why++;
    sl_buf_say(&b, "%%s %s", sl_catalog_reason_text((enum sl_catalog_reason)why));
    note_opaque(j, sl_buf_text(&b), sl_arena_text(j->mem, d->relation.name));
}

static struct dataset *unlisted(struct judge *j, const RangeVar *v)
{
    struct dataset *d = note_new_dataset(j, sl_span_str(v->schemaname), sl_span_str(v->relname));

    if (!j->ctx->assume_plain)
        note_opaque(j, "relation %s is not in the listing", v->relname);
    return d;
}

/* pg_catalog stands behind schemas of users on the search path: is one of theirs found first? */
static void behind_users(struct judge *j, const RangeVar *v, const struct dataset *found)
{
    if (j->ctx->catalog == NULL || (found != NULL && found->listed))
        note_opaque(j, "%s need not be the one of pg_catalog on this search path", v->relname);
}

struct dataset *name_relation(struct judge *j, const RangeVar *v, uint32_t effects)
{
    return name_relation_but(j, v, effects, 0);
}

struct dataset *name_relation_but(struct judge *j, const RangeVar *v, uint32_t effects,
                                  uint32_t understood)
{
    struct dataset *d;

    if (v == NULL || v->relname == NULL) {
        note_opaque(j, "a relation has no name", NULL);
        return NULL;
    }
    d = j->as_server && v->schemaname == NULL ? NULL : find_listed(j, v, effects);
    if (d == NULL || (v->schemaname == NULL && strncmp(v->relname, "pg_", 3) == 0 &&
                      (j->catalog_first || j->as_server))) {
        struct dataset *system = find_system(j, v);
        d = system == NULL ? d : system;
    }
    if (v->schemaname == NULL && strncmp(v->relname, "pg_", 3) == 0 && !j->catalog_first &&
        !j->as_server)
        behind_users(j, v, d);
    if (v->schemaname == NULL && !j->as_server && name_may_be_temporary(j, v->relname))
        note_opaque(j, "%s may be a temporary object of this session", v->relname);
    if (d == NULL)
        d = unlisted(j, v);
    else if (d->listed && !view_is_known(j, d))
        understood &= ~(uint32_t)NAME_VIEW;
    ambient_casts(j); /* values are compared, or stored */
    if (d != NULL && d->listed)
        name_check(j, d, effects, understood | (v->inh ? 0 : NAME_CHILD));
    if (d != NULL && d->system && (effects & ~(uint32_t)SL_EFFECT_READ) != 0)
        note_opaque(j, "%s belongs to the system and is not only read", v->relname);
    if (d != NULL)
        note_dataset(j, d, effects);
    return d;
}

struct dataset *name_of_definition(struct judge *j, struct sl_span schema, struct sl_span name,
                                   uint32_t effects)
{
    struct sl_relation r;

    if (j->ctx->catalog == NULL || !sl_catalog_relation(j->ctx->catalog, schema, name, &r)) {
        note_opaque(j, "relation %s is not in the listing", sl_arena_text(j->mem, name));
        return NULL;
    }
    struct dataset *d = name_listed(j, &r); /* as the DDL wrote it, not as the listing has it */
    ambient_casts(j);
    if (d != NULL)
        name_check(j, d, effects, NAME_CHILD);
    note_dataset(j, d, effects);
    return d;
}

/* Where an unqualified new thing comes to lie: the first schema of the path that exists. */
static struct sl_span schema_of_new(struct judge *j)
{
    for (size_t i = 0; i < j->path_count && !j->ctx->as_written; i++)
        if (j->ctx->catalog != NULL &&
            sl_catalog_has_name_in(j->ctx->catalog, 's', j->path[i], j->path[i]))
            return j->path[i];
    return (struct sl_span){0};
}

struct dataset *name_object(struct judge *j, const RangeVar *v, uint32_t effects, bool is_new)
{
    struct dataset *d = NULL;

    if (v == NULL || v->relname == NULL)
        return NULL;
    bool temporary = v->relpersistence == 't' ||
                     (v->schemaname != NULL && strncmp(v->schemaname, "pg_temp", 7) == 0);
    if (temporary && is_new) {
        j->flags |= SL_MEANING_CONTEXT; /* from now on it may stand in for other names */
        d = note_new_dataset(j, SL_SPAN("pg_temp"), sl_span_str(v->relname));
    } else if (is_new) {
        struct sl_span schema =
            v->schemaname != NULL ? sl_span_str(v->schemaname) : schema_of_new(j);
        d = note_new_dataset(j, schema, sl_span_str(v->relname));
    } else {
        d = find_listed(j, v, effects);
        if (d == NULL)
            d = note_new_dataset(j, sl_span_str(v->schemaname), sl_span_str(v->relname));
        else if ((effects & SL_EFFECT_DDL) != 0)
            inherit_children(j, d, effects & SL_EFFECT_DDL);
    }
    if (is_new && d != NULL)
        d->renewed = true;
    note_dataset(j, d, effects);
    return d;
}

RangeVar name_of_list(struct judge *j, const List *names)
{
    RangeVar v = {.type = T_RangeVar, .relpersistence = 'p'};
    int n = names != NULL && IsA(names, List) ? list_length(names) : 0;

    (void)j;
    if (n >= 1 && n <= 3)
        v.relname = (char *)name_text(list_nth(names, n - 1));
    if (n >= 2 && n <= 3)
        v.schemaname = (char *)name_text(list_nth(names, n - 2));
    if (n >= 2 && v.schemaname == NULL)
        v.relname = NULL;
    return v;
}
