#include "judge/sql/code_int.h"

#include "judge/sql/kinds.h"

/* From one raw statement to its effects, by the table of kinds; and the judgement of a whole text.
 */

/* The words of the table. */
enum word {
    NONE = 0,
    READ = SL_EFFECT_READ,
    INSERT = SL_EFFECT_INSERT,
    UPDATE = SL_EFFECT_UPDATE,
    DELETE = SL_EFFECT_DELETE,
    TRUNCATE = SL_EFFECT_TRUNCATE,
    EXPORT = SL_EFFECT_EXPORT,
    IMPORT = SL_EFFECT_IMPORT,
    DDL = SL_EFFECT_DDL,
    PRIVILEGE = SL_EFFECT_PRIVILEGE,
    ADMIN = SL_EFFECT_ADMIN,
    PROGRAM = SL_EFFECT_PROGRAM,
    CALL = SL_EFFECT_CALL,
    SESSION = SL_EFFECT_SESSION,
};
enum handler {
    HANDLER_QUERY,
    HANDLER_SESSION,
    HANDLER_DDL,
    HANDLER_PLAIN,
    HANDLER_CODE,
    HANDLER_OPAQUE
};

static const struct kind {
    NodeTag node;
    const char *tag;
    uint32_t effects;
    enum handler handler;
} kinds[] = {
#define KIND(node, tag, effects, handler) {T_##node, tag, effects, HANDLER_##handler},
    SL_STATEMENT_KINDS(KIND)
#undef KIND
};

static const struct kind *kind_of(NodeTag node)
{
    for (size_t i = 0; i < SL_COUNT(kinds); i++)
        if (kinds[i].node == node)
            return &kinds[i];
    return NULL;
}

/* --- EXPLAIN, CREATE TABLE AS ----------------------------------------------------------------- */

static bool is_false(const Node *arg)
{
    if (arg == NULL)
        return false;
    if (IsA(arg, Integer))
        return ((const Integer *)arg)->ival == 0;
    if (IsA(arg, Boolean))
        return !((const Boolean *)arg)->boolval;
    const char *text = name_text(arg);
    return text != NULL && (sl_span_eq_nocase(sl_span_str(text), SL_SPAN("false")) ||
                            sl_span_eq_nocase(sl_span_str(text), SL_SPAN("off")));
}

/* Any ANALYZE that is not plainly off counts: the server takes the last of several. */
static bool executes(struct judge *j, const List *options)
{
    const ListCell *cell;

    foreach (cell, options) {
        const DefElem *e = NODE(j, DefElem, cell);
        if (e == NULL)
            continue;
        if (e->defname != NULL && strcmp(e->defname, "analyze") == 0 && !is_false(e->arg))
            return true;
    }
    return false;
}

static void explain(struct judge *j, const ExplainStmt *n)
{
    bool before = j->planned_only;
    const char *tag = executes(j, n->options) ? "explain analyze" : "explain";

    j->planned_only = before || !executes(j, n->options);
    note_effect(j, SL_EFFECT_READ);
    statement_walk(j, n->query);
    j->planned_only = before;
    j->shareable = false;
    j->tag = tag;
}

/* The rows of what was prepared go into the table and not to the client. Its text goes before the
 * table is made; and there may be several that it could mean. */
static void keep_rows(struct judge *j, const struct outputs *from)
{
    struct outputs *kept = j->kept;

    if (kept->count > 0 || kept->open) {
        origin_join(j, &kept->rest, output_union(j, from));
        kept->open = true;
    }
    for (size_t i = 0; i < from->count && !kept->open; i++) {
        const char *name = from->items[i].name;
        struct output *o =
            output_add(j, kept, name == NULL ? NULL : sl_arena_text(j->mem, sl_span_str(name)));
        if (o == NULL)
            return;
        o->origins = from->items[i].origins;
        o->star = from->items[i].star;
    }
    kept->open = kept->open || from->open;
    origin_join(j, &kept->rest, from->rest);
    origin_join(j, &kept->decides, from->decides);
}

static void gives_rows(struct judge *j, const struct outputs *out)
{
    if (j->kept != NULL)
        keep_rows(j, out);
    else
        note_result(j, out);
}

static void create_as_execute(struct judge *j, const ExecuteStmt *n, struct outputs *out)
{
    struct outputs *before = j->kept;

    j->kept = out;
    statement_walk(j, n);
    j->kept = before;
    out->open = out->open || out->count == 0;
}

static void create_as(struct judge *j, const CreateTableAsStmt *n)
{
    struct outputs out = {0};

    j->tag = n->objtype == OBJECT_MATVIEW ? "create materialized view"
             : n->is_select_into          ? "select into"
                                          : "create table as";
    const char *tag = j->tag;
    if (n->query != NULL && IsA(n->query, ExecuteStmt)) {
        create_as_execute(j, (const ExecuteStmt *)n->query, &out);
    } else {
        query_walk(j, NULL, NULL, n->query, &out);
    }
    j->tag = tag;
    write_into(j, n->into, &out);
}

static void query(struct judge *j, const Node *n)
{
    struct outputs out = {0};

    switch (nodeTag(n)) {
    case T_CopyStmt:
        j->tag = ((const CopyStmt *)n)->is_from ? "copy from" : "copy to";
        write_copy(j, (const CopyStmt *)n);
        return;
    case T_ExplainStmt:
        explain(j, (const ExplainStmt *)n);
        return;
    case T_CreateTableAsStmt:
        create_as(j, (const CreateTableAsStmt *)n);
        return;
    case T_RefreshMatViewStmt:
        view_refresh(j, (const RefreshMatViewStmt *)n);
        return;
    default:
        break;
    }
    j->shareable = !j->planned_only && j->executing == 0 && !IsA(n, MergeStmt);
    bool into = query_into(n) != NULL;
    if (into)
        j->tag = "select into";
    query_walk(j, NULL, NULL, n, &out);
    ambient_casts(j); /* values meet in a UNION or a CASE without any name, too */
    if (!into)
        gives_rows(j, &out);
}

/* --- session -------------------------------------------------------------------------------- */

static void session(struct judge *j, const Node *n)
{
    switch (nodeTag(n)) {
    case T_TransactionStmt:
        session_transaction(j, (const TransactionStmt *)n);
        return;
    case T_VariableSetStmt:
        session_set(j, (const VariableSetStmt *)n);
        return;
    case T_VariableShowStmt:
        session_show(j, (const VariableShowStmt *)n);
        return;
    case T_DiscardStmt:
        session_discard(j, (const DiscardStmt *)n);
        return;
    case T_PrepareStmt:
    case T_ExecuteStmt:
    case T_DeallocateStmt:
        session_prepared(j, n);
        return;
    case T_DeclareCursorStmt:
    case T_FetchStmt:
    case T_ClosePortalStmt:
        session_cursor(j, n);
        return;
    default:
        j->flags |= SL_MEANING_LISTEN;
    }
}

static const char *opaque_sentence(const Node *n)
{
    switch (nodeTag(n)) {
    case T_DropOwnedStmt:
    case T_ReassignOwnedStmt:
        return "what the role owns is not known";
    default:
        return "it runs code from outside the database";
    }
}

/* What it gives back goes to the client. */
static void call(struct judge *j, const CallStmt *n)
{
    struct origin *out = NULL;

    call_procedure(j, NULL, n, &out);
    note_flow(j, out, SL_SPAN("result"), "call");
}

static void anonymous_block(struct judge *j, const DoStmt *n)
{
    static const char *const trusted[] = {"plperl", "pltcl", "plv8", "plls", "plcoffee"};
    const char *language = "plpgsql", *text = NULL;
    const ListCell *cell;

    foreach (cell, n->args) {
        const DefElem *e = NODE(j, DefElem, cell);
        if (e != NULL && e->defname != NULL && strcmp(e->defname, "language") == 0)
            language = name_text(e->arg);
        else if (e != NULL)
            text = name_text(e->arg);
    }
    if (language != NULL && text != NULL && strcmp(language, "plpgsql") == 0) {
        body_do(j, text);
        return;
    }
    bool inside = false;
    for (size_t i = 0; language != NULL && i < SL_COUNT(trusted); i++)
        inside = inside || strcmp(language, trusted[i]) == 0;
    note_effect(j, inside ? 0 : SL_EFFECT_PROGRAM);
    note_opaque(j, "DO runs code that the judge does not read", NULL);
}

static void users_code(struct judge *j, const Node *n)
{
    if (IsA(n, CallStmt))
        call(j, (const CallStmt *)n);
    else
        anonymous_block(j, (const DoStmt *)n);
}

static void unknown_code(struct judge *j, const Node *n)
{
    note_opaque(j, opaque_sentence(n), NULL);
}

/* --- one statement -------------------------------------------------------------------------- */

static void by_kind(struct judge *j, const struct kind *k, const Node *n)
{
    j->tag = k->tag;
    note_effect(j, k->effects);
    if ((k->effects & SL_EFFECT_DDL) != 0 && j->ctx->catalog != NULL &&
        (j->ctx->catalog->facts & SL_CATALOG_EVENT_TRIGGERS) != 0 && !fires_at_ddl(j))
        note_opaque(j, "event triggers run code of users at DDL", NULL);
    if ((k->effects & SL_EFFECT_DDL) != 0)
        changed_code(j, n);
    switch (k->handler) {
    case HANDLER_QUERY:
        query(j, n);
        return;
    case HANDLER_SESSION:
        session(j, n);
        return;
    case HANDLER_DDL:
        ddl_walk(j, n);
        return;
    case HANDLER_PLAIN:
        return;
    case HANDLER_CODE:
        users_code(j, n);
        return;
    case HANDLER_OPAQUE:
        unknown_code(j, n);
        return;
    }
}

void statement_walk(struct judge *j, const void *node)
{
    const struct kind *k = node == NULL ? NULL : kind_of(nodeTag(node));

    if (k == NULL) {
        note_opaque(j, "a statement of a kind that the judge does not know", NULL);
        return;
    }
    if (!depth_enter(j))
        return;
    by_kind(j, k, node);
    depth_leave(j);
}

/* --- the whole text ------------------------------------------------------------------------- */

static void begin_statement(struct judge *j)
{
    j->effects = 0;
    j->tag = "unknown";
    j->control = j->neutral = j->shareable = j->planned_only = false;
    j->literals = j->literals_approved = 0;
    j->pending = j->decides = NULL;
}

/* SET search_path or DDL before it in the same text: its names were looked up too early. */
static void check_moved(struct judge *j)
{
    const uint32_t uses = SL_EFFECT_READ | SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE |
                          SL_EFFECT_TRUNCATE | SL_EFFECT_EXPORT | SL_EFFECT_IMPORT | SL_EFFECT_CALL;

    if (j->moved && !j->control && (j->effects & uses) != 0)
        note_opaque(j, "an earlier statement of the text may change what the names mean", NULL);
    bool moves = (j->effects & SL_EFFECT_DDL) != 0 && !j->neutral;
    j->moved = j->moved || moves || (j->flags & SL_MEANING_CONTEXT) != 0;
    j->any_neutral = j->any_neutral || j->neutral;
    j->any_ddl = j->any_ddl || moves;
}

static void end_statement(struct judge *j, struct sl_meaning_statement *s)
{
    const uint32_t control = SL_EFFECT_READ | SL_EFFECT_SESSION;

    check_moved(j);
    *s = (struct sl_meaning_statement){sl_span_str(j->tag), j->effects};
    j->all_effects |= j->effects;
    j->all_control = j->all_control && j->control && (j->effects & ~control) == 0;
    j->all_shareable = j->all_shareable && j->shareable && j->literals == j->literals_approved &&
                       (j->effects & SL_EFFECT_OPAQUE) == 0;
}

static void walk_all(struct judge *j, const List *trees)
{
    const ListCell *cell;
    size_t n = (size_t)list_length(trees);

    j->statements = note_alloc(j, n * sizeof *j->statements);
    j->all_control = j->all_shareable = n > 0;
    foreach (cell, trees) {
        const RawStmt *raw = lfirst(cell);
        if (j->statements == NULL || j->out_of_memory)
            return;
        begin_statement(j);
        statement_walk(j, IsA(raw, RawStmt) ? raw->stmt : NULL);
        end_statement(j, &j->statements[j->statement_count++]);
    }
}

static enum sl_err judge_parsed(struct judge *j, const struct parse *p, struct sl_meaning *out)
{
    const uint32_t unsure = SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM; /* as well */

    if (!p->accepted) {
        *out = sl_meaning_opaque(SL_SPAN("PostgreSQL 15's grammar does not accept the text"));
        return SL_OK;
    }
    j->catalog_first = name_catalog_first(j);
    walk_all(j, p->trees);
    if (p->trees == NULL)
        j->flags |= SL_MEANING_EMPTY;
    if (j->all_control)
        j->flags |= SL_MEANING_ONLY_CONTROL;
    if (j->any_neutral && !j->any_ddl && (j->all_effects & unsure) == 0)
        j->flags |= SL_MEANING_DDL_NEUTRAL;
    if (j->all_shareable)
        j->flags |= SL_MEANING_SHAPE_SHARED;
    return j->out_of_memory ? SL_EMEMORY : note_finish(j, out);
}

/* What a judgement of the text begins with, and what it found: more than before, and it is judged
 * again. */
struct knowledge {
    bool user_values;      /* values of users' own types are at hand */
    struct origin *stored; /* what the session's stores hold */
    bool grew;
};

static enum sl_err judge_once(const struct sl_sql_context *ctx, struct sl_arena *mem,
                              const struct parse *p, struct knowledge *k, struct sl_meaning *out)
{
    struct judge j = {.ctx = ctx, .mem = mem, .user_values = k->user_values};

    store_begin(&j, k->stored);
    enum sl_err err = judge_parsed(&j, p, out);
    parse_end_all(&j);
    k->grew = (j.saw_user_values && !k->user_values) || store_grew(&j, k->stored);
    k->user_values = j.saw_user_values || k->user_values;
    k->stored = j.stored;
    return err;
}

static enum sl_err judge_all(const struct sl_sql_context *ctx, struct sl_arena *mem,
                             const struct parse *p, struct sl_meaning *out)
{
    enum { PASSES_MAX = 6 };
    struct knowledge k = {0};
    enum sl_err err;
    unsigned passes = 0;

    do
        err = judge_once(ctx, mem, p, &k, out);
    while (err == SL_OK && k.grew && ++passes < PASSES_MAX);
    if (err == SL_OK && k.grew)
        *out = sl_meaning_opaque(SL_SPAN("the session keeps more each time that it is understood"));
    return err;
}

enum sl_err sl_sql_judge(const struct sl_sql_context *ctx, struct sl_span text,
                         struct sl_arena *mem, struct sl_meaning *out)
{
    const char *refusal = caps_refuse(ctx, text);

    if (refusal != NULL) {
        *out = sl_meaning_opaque(sl_span_str(refusal));
        return SL_OK;
    }
    const char *sql = sl_arena_text(mem, text);
    if (sql == NULL)
        return SL_EMEMORY;
    struct parse p = parse_begin(sql);
    enum sl_err err = judge_all(ctx, mem, &p, out);
    parse_end(&p);
    return err;
}
