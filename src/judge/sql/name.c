#include "judge/sql/code_int.h"

/* Names to things. What a user could have made instead of a built-in thing makes it opaque,
 * wherever on the search path it may lie: which overload the server would pick is not ours to
 * guess. */

const char *name_text(const void *node)
{
    return node != NULL && IsA(node, String) ? ((const String *)node)->sval : NULL;
}

/* --- the search path ------------------------------------------------------------------------ */

static bool is_separator(uint8_t c)
{
    return c == ',' || c == ' ' || (c >= '\t' && c <= '\r');
}

static uint8_t folded(uint8_t c, bool quoted)
{
    return !quoted && c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* The server cuts longer names, between two characters. */
size_t name_clipped(struct sl_span name)
{
    size_t n = name.n < NAMEDATALEN ? name.n : NAMEDATALEN - 1;

    while (n < name.n && n > 0 && (name.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* One element of search_path as SHOW prints it; false at the end or when it does not look like one.
 * What is missed is not found in the listing then, and that is opaque. */
static bool path_next(struct sl_span *rest, struct judge *j, struct sl_span *out)
{
    SL_BUF(b, 300);
    size_t i = 0;

    while (i < rest->n && is_separator(rest->p[i]))
        i++;
    bool quoted = i < rest->n && rest->p[i] == '"';
    for (i += quoted; i < rest->n; i++) {
        if (quoted && rest->p[i] == '"') {
            i++;
            if (i >= rest->n || rest->p[i] != '"')
                break;
        } else if (!quoted && is_separator(rest->p[i])) {
            break;
        }
        sl_buf_put_u8(&b, folded(rest->p[i], quoted));
    }
    b.n = name_clipped(sl_buf_span(&b));
    *rest = sl_span_from(*rest, i);
    if (sl_buf_err(&b) != SL_OK || (b.n == 0 && !quoted))
        return false;
    *out = sl_arena_copy(j->mem, b.n == 0 ? SL_SPAN("") : sl_buf_span(&b));
    return true;
}

/* True when nothing that users own is searched before pg_catalog. */
bool name_catalog_first(struct judge *j)
{
    struct sl_span rest = j->ctx->search_path, one;
    bool first = !j->ctx->temp_objects;

    while (j->path_count < SL_COUNT(j->path) && path_next(&rest, j, &one)) {
        if (sl_span_is(one, "$user")) {
            one = j->ctx->user;
            j->path_of_user = true;
        }
        if (sl_span_is(one, "pg_catalog") && j->path_count > 0)
            first = false; /* it stands behind something else */
        if (one.n > 0 && !sl_span_is(one, "pg_catalog"))
            j->path[j->path_count++] = one;
    }
    j->any_schema = rest.n > 0 && j->path_count == SL_COUNT(j->path);
    return first;
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
    if (v->schemaname == NULL && j->ctx->temp_objects && !j->as_server)
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

/* --- functions, operators, types ------------------------------------------------------------ */

/* Schema and last part of a qualified name; false when it is longer than that or no name at all. */
static bool split(const List *names, const char **schema, const char **last)
{
    int n = names == NULL ? 0 : list_length(names);

    if (n < 1 || n > 2)
        return false;
    *schema = n == 2 ? name_text(linitial(names)) : NULL;
    *last = name_text(llast(names));
    return *last != NULL && (n == 1 || *schema != NULL);
}

enum sl_builtin name_function(struct judge *j, const List *names, const List *args,
                              const char **schema, const char **last, bool *surely)
{
    *schema = *last = NULL;
    *surely = false;
    if (!split(names, schema, last)) {
        note_opaque(j, "a function has a name that the judge cannot read", NULL);
        *surely = true;
        return SL_BUILTIN_NONE;
    }
    ambient_casts(j);
    enum sl_builtin kind = *schema == NULL || strcmp(*schema, "pg_catalog") == 0
                               ? sl_builtin_function(*last)
                               : SL_BUILTIN_NONE;
    /* What the judge does not know to be harmless is not made so by being the one that is meant. */
    if (*schema == NULL && args == NIL && j->catalog_first && kind != SL_BUILTIN_NONE)
        *surely = sl_builtin_without_arguments(*last) && j->ctx->catalog != NULL;
    return kind;
}

enum { OF_USER_TYPES_ALONE = 32 }; /* in the num of an operator's part */

static void run_operator(struct judge *j, const struct sl_part *p, const struct arguments *a,
                         struct origin **flow)
{
    if ((p->num & 16) != 0 && !function_is_reviewed(j, p->about, p->text))
        note_opaque(j, "a planner function of users stands behind operator %s",
                    sl_arena_text(j->mem, p->name));
    function_named(j, p->about, p->text, a, flow);
}

static void users_operator(struct judge *j, const char *schema, const char *op,
                           struct origin *given, struct origin **flow)
{
    struct arguments a = {.least = -1, .all = given};
    bool any = false;

    if (!code_users_may_own(j, 'o', schema, op))
        return;
    struct sl_parts all = code_has_parts(j)
                              ? sl_catalog_parts_named(j->ctx->catalog, 'o', sl_span_str(op))
                              : (struct sl_parts){0};
    for (uint32_t i = all.first; i < all.first + all.count && depth_step(j, 1); i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (p.kind != 'o' || !code_in_reach(j, schema, p.schema))
            continue;
        any = true;
        if ((p.num & OF_USER_TYPES_ALONE) != 0 && !j->user_values)
            continue;
        run_operator(j, &p, &a, flow);
    }
    if (!any)
        note_opaque(j, "operator %s may be one that a user made", op);
}

/* What is meant without being written was found on the path of whoever made the definition: the
 * server's text does not say which it was. */
static void unwritten_operator(struct judge *j, const char *op, struct origin *given,
                               struct origin **flow)
{
    const bool as_server = j->as_server, any_schema = j->any_schema;

    if (as_server) {
        j->as_server = false;
        j->any_schema = true;
    }
    users_operator(j, NULL, op, given, flow);
    j->as_server = as_server;
    j->any_schema = any_schema;
}

void name_operator_text(struct judge *j, const char *op)
{
    ambient_casts(j);
    unwritten_operator(j, op, NULL, NULL);
}

void name_operator_unwritten(struct judge *j, const List *names, struct origin *given,
                             struct origin **flow)
{
    const char *schema, *op;

    if (j->as_server && split(names, &schema, &op) && schema == NULL)
        unwritten_operator(j, op, given, flow);
}

void name_operator_call(struct judge *j, const List *names, struct origin *given,
                        struct origin **flow)
{
    const char *schema, *op;

    ambient_casts(j);
    if (!split(names, &schema, &op))
        note_opaque(j, "an operator has a name that the judge cannot read", NULL);
    else
        users_operator(j, schema, op, given, flow);
}

bool name_operator_is_users(const struct judge *j, const List *names)
{
    const char *schema, *op;

    return split(names, &schema, &op) && code_users_may_own(j, 'o', schema, op);
}

void name_operator(struct judge *j, const List *names)
{
    name_operator_call(j, names, NULL, NULL);
}

/* Enum types are users' own but run no code of theirs. */
static bool is_enum(const struct judge *j, const char *schema, const char *name)
{
    const struct sl_catalog *c = j->ctx->catalog;
    struct sl_span n = sl_span_str(name);

    if (c == NULL || j->ctx->temp_objects)
        return false;
    if (schema != NULL)
        return sl_catalog_has_name_in(c, 'e', sl_span_str(schema), n);
    return sl_catalog_has_name(c, 'e', n) && !sl_catalog_has_name(c, 't', n);
}

static bool type_is_known(const struct judge *j, const char *schema, const char *name)
{
    if (schema == NULL && sl_builtin_type(name))
        return j->catalog_first || j->as_server;
    if (schema != NULL && strcmp(schema, "pg_catalog") == 0)
        return sl_builtin_type(name);
    return is_enum(j, schema, name);
}

void name_type(struct judge *j, const TypeName *t)
{
    const char *schema, *name;

    j->shareable = false; /* literals may hide in a type: float(24), interval second(3) */
    if (t == NULL)
        return;
    ambient_casts(j);
    if (t->pct_type || !split(t->names, &schema, &name))
        note_opaque(j, "a type has a name that the judge cannot read", NULL);
    else if (!type_is_known(j, schema, name)) {
        ambient_user_values(j);
        if (!ambient_type(j, schema, name))
            note_opaque(j, "type %s is not built in", name);
    }
}
