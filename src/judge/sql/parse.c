#include "judge/sql/judge_int.h"

#include "crypto/crypto.h"
#include "pg_query.h"
#include "pg_query/pg_query_internal.h"

struct parse parse_begin(const char *text)
{
    struct parse p = {.memory = pg_query_enter_memory_context()};
    PgQueryInternalParsetreeAndError result = pg_query_raw_parse(text);

    p.accepted = result.error == NULL;
    p.trees = p.accepted ? result.tree : NULL;
    if (result.error != NULL)
        pg_query_free_error(result.error);
    free(result.stderr_buffer);
    return p;
}

void parse_end(struct parse *p)
{
    if (p->memory != NULL)
        pg_query_exit_memory_context(p->memory);
    p->memory = NULL;
}

/* --- definitions ------------------------------------------------------------------------------ */

/* Names in what a definition gives are views into its tree. */
struct kept_parse {
    struct kept_parse *next;
    struct parse parse;
};

enum { MAX_DEFINITIONS_BYTES = 4 * 1024 * 1024 }; /* trees take memory that no arena counts */

const List *parse_keep(struct judge *j, struct sl_span text)
{
    const char *refusal = caps_refuse(j->ctx, text);
    const char *sql = refusal == NULL ? sl_arena_text(j->mem, text) : NULL;
    struct kept_parse *kept = NOTE_NEW(j, struct kept_parse);

    j->parsed_bytes += text.n;
    if (refusal != NULL || j->parsed_bytes > MAX_DEFINITIONS_BYTES || !depth_step(j, text.n)) {
        note_opaque(j, "the definitions behind the names are too large", NULL);
        return NULL;
    }
    if (sql == NULL || kept == NULL) {
        j->out_of_memory = true;
        return NULL;
    }
    *kept = (struct kept_parse){j->parses, parse_begin(sql)};
    j->parses = kept;
    if (!kept->parse.accepted)
        note_opaque(j, "PostgreSQL 15's grammar does not accept a definition", NULL);
    return kept->parse.trees;
}

void parse_end_all(struct judge *j)
{
    for (struct kept_parse *kept = j->parses; kept != NULL; kept = kept->next)
        parse_end(&kept->parse);
    j->parses = NULL;
}

enum sl_err sl_sql_split(const struct sl_sql_context *ctx, struct sl_span text,
                         struct sl_arena *mem, struct sl_span **out, size_t *count)
{
    const char *sql = caps_refuse(ctx, text) == NULL ? sl_arena_text(mem, text) : NULL;
    const ListCell *cell;
    size_t n = 0;

    if (sql == NULL)
        return SL_EMALFORMED;
    struct parse p = parse_begin(sql);
    enum sl_err err = p.accepted ? SL_OK : SL_EMALFORMED;
    struct sl_span *parts = sl_arena_array(mem, (size_t)list_length(p.trees) + 1, sizeof *parts);
    if (parts == NULL)
        err = SL_EMEMORY;
    foreach (cell, p.trees) {
        const RawStmt *raw = lfirst(cell);
        size_t at = raw->stmt_location < 0 ? 0 : (size_t)raw->stmt_location;
        struct sl_span rest = sl_span_from(text, at);
        if (err == SL_OK)
            parts[n++] = raw->stmt_len > 0 ? sl_span_head(rest, (size_t)raw->stmt_len) : rest;
    }
    parse_end(&p);
    if (err == SL_OK) {
        *out = parts;
        *count = n;
    }
    return err;
}

/* --- the self-test: do our headers lay out what this library builds? -------------------------- */

static const void *only_statement(const struct parse *p)
{
    if (!p->accepted || p->trees == NULL || list_length(p->trees) != 1)
        return NULL;
    const RawStmt *raw = linitial(p->trees);
    return IsA(raw, RawStmt) ? raw->stmt : NULL;
}

static bool is_text(const char *got, const char *want)
{
    return got != NULL && strcmp(got, want) == 0;
}

static bool select_is_laid_out(const void *node)
{
    const SelectStmt *s = node;

    if (s == NULL || !IsA(s, SelectStmt) || list_length(s->targetList) != 2 ||
        s->limitCount == NULL || s->op != SETOP_NONE || list_length(s->fromClause) != 1 ||
        list_length(s->lockingClause) != 1)
        return false;
    const ResTarget *first = linitial(s->targetList);
    const FuncCall *call = (const FuncCall *)first->val;
    const RangeVar *table = linitial(s->fromClause);
    const A_Expr *where = (const A_Expr *)s->whereClause;
    const A_Const *limit = (const A_Const *)s->limitCount;
    if (!IsA(first, ResTarget) || !is_text(first->name, "x") || !IsA(call, FuncCall) ||
        !call->agg_distinct || !IsA(table, RangeVar) || !is_text(table->schemaname, "s") ||
        !is_text(table->relname, "t") || table->alias == NULL ||
        !is_text(table->alias->aliasname, "a"))
        return false;
    return where != NULL && IsA(where, A_Expr) && where->kind == AEXPR_LIKE &&
           IsA(where->rexpr, A_Const) &&
           is_text(((const A_Const *)where->rexpr)->val.sval.sval, "v") && IsA(limit, A_Const) &&
           !limit->isnull && limit->val.ival.ival == 7;
}

static bool insert_is_laid_out(const void *node)
{
    const InsertStmt *n = node;

    return n != NULL && IsA(n, InsertStmt) && is_text(n->relation->relname, "t") &&
           list_length(n->cols) == 1 && n->onConflictClause != NULL &&
           n->onConflictClause->action == ONCONFLICT_UPDATE && list_length(n->returningList) == 1 &&
           n->withClause != NULL && list_length(n->withClause->ctes) == 1 &&
           is_text(((const CommonTableExpr *)linitial(n->withClause->ctes))->ctename, "w");
}

static bool copy_is_laid_out(const void *node)
{
    const CopyStmt *n = node;

    return n != NULL && IsA(n, CopyStmt) && n->is_from && n->is_program &&
           is_text(n->filename, "p") && list_length(n->attlist) == 1 &&
           is_text(n->relation->relname, "t");
}

static bool set_is_laid_out(const void *node)
{
    const VariableSetStmt *n = node;

    return n != NULL && IsA(n, VariableSetStmt) && n->kind == VAR_SET_VALUE && n->is_local &&
           is_text(n->name, "role");
}

static bool publication_is_laid_out(const void *node) /* among the last tags of the enumeration */
{
    const CreatePublicationStmt *n = node;

    return n != NULL && IsA(n, CreatePublicationStmt) && list_length(n->pubobjects) == 1 &&
           IsA(linitial(n->pubobjects), PublicationObjSpec) &&
           IsA(((const PublicationObjSpec *)linitial(n->pubobjects))->pubtable, PublicationTable);
}

static bool merge_is_laid_out(const void *node)
{
    const MergeStmt *n = node;

    return n != NULL && IsA(n, MergeStmt) && list_length(n->mergeWhenClauses) == 1 &&
           IsA(linitial(n->mergeWhenClauses), MergeWhenClause) &&
           ((const MergeWhenClause *)linitial(n->mergeWhenClauses))->commandType == CMD_DELETE;
}

enum sl_err sl_sql_self_test(void)
{
    static const struct {
        const char *text;
        bool (*is_laid_out)(const void *node);
    } known[] = {
        {"SELECT count(DISTINCT b) AS x, c FROM s.t AS a WHERE d LIKE 'v' LIMIT 7 FOR UPDATE",
         select_is_laid_out},
        {"WITH w AS (SELECT 1) INSERT INTO t (a) SELECT 1 ON CONFLICT (a) DO UPDATE SET a = 2 "
         "RETURNING a",
         insert_is_laid_out},
        {"COPY t (a) FROM PROGRAM 'p'", copy_is_laid_out},
        {"SET LOCAL ROLE 'r'", set_is_laid_out},
        {"CREATE PUBLICATION p FOR TABLE t", publication_is_laid_out},
        {"MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", merge_is_laid_out},
    };

    uint8_t first_use[SL_SHA256];

    sl_sha256(SL_SPAN(""), first_use); /* reads OpenSSL's configuration, before the sandbox */
    for (size_t i = 0; i < SL_COUNT(known); i++) {
        struct parse p = parse_begin(known[i].text);
        bool good = known[i].is_laid_out(only_statement(&p));
        parse_end(&p);
        if (!good)
            return SL_EUNSUPPORTED;
    }
    struct parse p = parse_begin("SELECT FROM WHERE");
    bool refused = !p.accepted;
    parse_end(&p);
    return refused ? SL_OK : SL_EUNSUPPORTED;
}
