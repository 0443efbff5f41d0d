#include "judge/sql/code_int.h"

/* What lives in the session: parameters, transactions, prepared statements, cursors. */

static void lower(char *out, size_t room, const char *name)
{
    size_t i = 0;

    for (; name[i] != 0 && i + 1 < room; i++)
        out[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
    out[i] = 0;
}

static bool is_identity(const char *name)
{
    return strcmp(name, "role") == 0 || strcmp(name, "session_authorization") == 0 ||
           strcmp(name, "session_replication_role") == 0;
}

void session_setting(struct judge *j, const char *given)
{
    char name[200];

    lower(name, sizeof name, given);
    note_effect(j, SL_EFFECT_SESSION);
    note_name(j, SL_NAME_SETTING, name);
    if (strncmp(name, "sluice.", 7) == 0) {
        j->flags |= SL_MEANING_SLUICE_SET;
        return;
    }
    if (is_identity(name))
        note_effect(j, SL_EFFECT_PRIVILEGE);
    if (!sl_builtin_harmless_setting(name)) {
        j->flags |= SL_MEANING_CONTEXT;
        j->control = false;
    }
}

/* SET TRANSACTION ..., SET SESSION CHARACTERISTICS ..., SET TRANSACTION SNAPSHOT. */
static void set_many(struct judge *j, const VariableSetStmt *n)
{
    note_effect(j, SL_EFFECT_SESSION);
    if (n->name == NULL || strcmp(n->name, "TRANSACTION") != 0) {
        j->flags |= SL_MEANING_CONTEXT;
        j->control = false;
    }
}

void session_set(struct judge *j, const VariableSetStmt *n)
{
    const ListCell *cell;

    j->control = true;
    j->tag = n->kind == VAR_RESET || n->kind == VAR_RESET_ALL ? "reset" : "set";
    foreach (cell, n->args)
        if (!IsA(lfirst(cell), A_Const) && !IsA(lfirst(cell), TypeCast) &&
            !IsA(lfirst(cell), DefElem))
            note_opaque(j, "a SET with a value of an unknown kind", NULL);
    if (n->kind == VAR_SET_MULTI) {
        set_many(j, n);
    } else if (n->kind == VAR_RESET_ALL || n->name == NULL) {
        note_effect(j, SL_EFFECT_SESSION);
        note_name(j, SL_NAME_SETTING, "");
        j->flags |= SL_MEANING_CONTEXT;
        j->control = false;
    } else {
        session_setting(j, n->name);
    }
}

void session_show(struct judge *j, const VariableShowStmt *n)
{
    char name[200];

    j->control = true;
    lower(name, sizeof name, n->name == NULL ? "" : n->name);
    if (strncmp(name, "sluice.", 7) == 0) {
        j->flags |= SL_MEANING_SLUICE_SET;
        note_name(j, SL_NAME_SETTING, name);
    }
    struct origin *told = NULL;
    store_tell(j, n, &told);
    note_flow(j, told, SL_SPAN("result"), "show");
}

void session_transaction(struct judge *j, const TransactionStmt *n)
{
    static const struct {
        const char *tag;
        uint32_t flag;
    } kinds[] = {
        [TRANS_STMT_BEGIN] = {"begin", SL_MEANING_TX_BEGIN},
        [TRANS_STMT_START] = {"start transaction", SL_MEANING_TX_BEGIN},
        [TRANS_STMT_COMMIT] = {"commit", SL_MEANING_TX_COMMIT},
        [TRANS_STMT_ROLLBACK] = {"rollback", SL_MEANING_TX_ROLLBACK},
        [TRANS_STMT_SAVEPOINT] = {"savepoint", SL_MEANING_TX_SAVEPOINT},
        [TRANS_STMT_RELEASE] = {"release", SL_MEANING_TX_SAVEPOINT},
        [TRANS_STMT_ROLLBACK_TO] = {"rollback to savepoint", SL_MEANING_TX_SAVEPOINT},
    };

    if ((size_t)n->kind < SL_COUNT(kinds)) {
        j->tag = kinds[n->kind].tag;
        j->flags |= kinds[n->kind].flag;
        j->control = true;
        if (n->kind == TRANS_STMT_COMMIT || n->kind == TRANS_STMT_ROLLBACK ||
            n->kind == TRANS_STMT_ROLLBACK_TO) {
            j->tx_ended = true;
            j->names_ended = j->name_count;
        }
        return;
    }
    j->tag = n->kind == TRANS_STMT_PREPARE           ? "prepare transaction"
             : n->kind == TRANS_STMT_COMMIT_PREPARED ? "commit prepared"
                                                     : "rollback prepared";
    note_effect(j, SL_EFFECT_ADMIN);
    note_opaque(j, "two-phase commit decides about work that is not in this text", NULL);
}

/* --- PREPARE, EXECUTE, DEALLOCATE ------------------------------------------------------------- */

/* EXECUTE makes values of these types out of what it is given. */
static void parameter_types(struct judge *j, const PrepareStmt *n)
{
    const ListCell *cell;

    foreach (cell, n->argtypes)
        name_type(j, NODE(j, TypeName, cell));
}

/* The text is a whole message that held PREPARE name AS ..., and every such PREPARE in it counts;
 * or it is the one statement that the extended protocol prepared under this name. */
static bool run_prepared_text(struct judge *j, struct sl_span text, const char *name)
{
    const char *sql = sl_arena_text(j->mem, text);
    const ListCell *cell;
    bool found = false;

    if (sql == NULL || caps_refuse(j->ctx, text) != NULL)
        return false;
    struct parse p = parse_begin(sql);
    foreach (cell, p.trees) {
        const PrepareStmt *prepare = (const PrepareStmt *)((const RawStmt *)lfirst(cell))->stmt;
        bool is_prepare = prepare != NULL && IsA(prepare, PrepareStmt);
        if (is_prepare && strcmp(prepare->name, name) == 0) {
            parameter_types(j, prepare);
            statement_walk(j, prepare->query);
        } else if (!is_prepare && list_length(p.trees) == 1) {
            statement_walk(j, prepare);
        } else {
            continue;
        }
        found = true;
    }
    parse_end(&p);
    return found;
}

/* This text, or a body that it runs, gave the name to something else before. */
static bool is_prepared_anew(const struct judge *j, const char *name)
{
    for (size_t i = 0; i < j->name_count; i++) {
        const struct sl_meaning_name *n = &j->names[i];
        bool same = n->name.n == 0 || sl_span_is(n->name, name);
        if (same && (n->kind == SL_NAME_PREPARE || n->kind == SL_NAME_DEALLOCATE))
            return true;
    }
    return false;
}

static void run_prepared(struct judge *j, const char *name)
{
    bool found = false, all = !is_prepared_anew(j, name);

    for (size_t i = 0; i < j->ctx->prepared_count && j->executing < 4; i++) {
        if (!sl_span_is(j->ctx->prepared[i].name, name))
            continue;
        j->executing++;
        found = run_prepared_text(j, j->ctx->prepared[i].text, name);
        j->executing--;
        all = all && found;
    }
    if (!found || !all)
        note_opaque(j, "the judge does not know what %s was prepared as", name);
}

/* What $1 and the like stand for in what was prepared. */
static struct arguments execute_arguments(struct judge *j, const List *params)
{
    struct arguments a = {.by_position = true};
    const ListCell *cell;

    foreach (cell, params) {
        struct origin *from = NULL;
        expr_walk(j, NULL, lfirst(cell), &from);
        arguments_add(j, &a, from);
    }
    return a;
}

static void run_execute(struct judge *j, const ExecuteStmt *n)
{
    const struct arguments *before = j->arguments;
    const char *tag = j->tag;

    note_name(j, SL_NAME_EXECUTE, n->name);
    j->flags |= SL_MEANING_UNSHAPED; /* the same words mean something else in another session */
    const struct arguments given = execute_arguments(j, n->params);
    j->arguments = &given;
    run_prepared(j, n->name);
    j->arguments = before;
    j->tag = tag;
}

void session_prepared(struct judge *j, const void *node)
{
    const char *tag = j->tag;

    j->flags |= SL_MEANING_PREPARED;
    note_effect(j, SL_EFFECT_SESSION);
    if (IsA(node,
            PrepareStmt)) { /* counts as what it prepares: what may not run may not lie in wait */
        note_name(j, SL_NAME_PREPARE, ((const PrepareStmt *)node)->name);
        parameter_types(j, node);
        statement_walk(j, ((const PrepareStmt *)node)->query);
        j->shareable = false;
        j->tag = tag;
    } else if (IsA(node, ExecuteStmt)) {
        run_execute(j, node);
    } else {
        const char *name = ((const DeallocateStmt *)node)->name;
        note_name(j, SL_NAME_DEALLOCATE, name == NULL ? "" : name);
    }
}

/* --- cursors -------------------------------------------------------------------------------- */

/* A view is only what it reads, which is settled when it is planned. */
static bool has_code(const struct judge *j)
{
    if ((j->effects & (SL_EFFECT_CALL | SL_EFFECT_PROGRAM)) != 0)
        return true;
    for (size_t i = 0; i < j->definition_count; i++)
        if (!sl_span_starts(j->definitions[i], SL_SPAN("view ")))
            return true;
    return false;
}

/* The server begins a cursor WITH HOLD now, and runs it when its transaction ends: tables stay what
 * they are until then, code looks up its names, and its own body, only when it runs. What earlier
 * statements of the text called counts along with it: a definition is noted once. */
static void declare(struct judge *j, const DeclareCursorStmt *n)
{
    bool holds = (n->options & CURSOR_OPT_HOLD) != 0;
    struct outputs out = {0};

    note_name(j, holds ? SL_NAME_HOLD : SL_NAME_DECLARE, n->portalname);
    query_walk(j, NULL, NULL, n->query, &out);
    note_result(j, &out);
    if (holds && has_code(j))
        note_opaque(j, "code that a cursor WITH HOLD reads runs at the end of its transaction",
                    NULL);
}

/* The query of the DECLARE in a text, which was judged when it was declared: it runs now. */
static bool run_declared_text(struct judge *j, struct sl_span text, const char *name)
{
    const char *sql = sl_arena_text(j->mem, text);
    const ListCell *cell;
    bool found = false;

    if (sql == NULL || caps_refuse(j->ctx, text) != NULL)
        return false;
    struct parse p = parse_begin(sql);
    foreach (cell, p.trees) {
        const DeclareCursorStmt *d =
            (const DeclareCursorStmt *)((const RawStmt *)lfirst(cell))->stmt;
        struct outputs out = {0};
        if (d == NULL || !IsA(d, DeclareCursorStmt) || strcmp(d->portalname, name) != 0)
            continue;
        query_walk(j, NULL, NULL, d->query, &out);
        note_result(j, &out);
        found = true;
    }
    parse_end(&p);
    return found;
}

/* Its text is among the prepared ones, behind a NUL. Without one the name alone is believed. */
static void run_declared(struct judge *j, const char *name)
{
    for (size_t i = 0; i < j->ctx->prepared_count && j->executing < 4; i++) {
        struct sl_span key = j->ctx->prepared[i].name;
        if (key.n == 0 || key.p[0] != 0 || !sl_span_is(sl_span_from(key, 1), name))
            continue;
        j->executing++;
        if (!run_declared_text(j, j->ctx->prepared[i].text, name))
            note_opaque(j, "the judge does not know what cursor %s reads", name);
        j->executing--;
    }
}

/* As this text has it so far, else as the session had it before: CLOSE takes it away, and so does
 * the end of a transaction. What comes between, a function too, may give the name to anything. */
static bool is_known_cursor(const struct judge *j, const char *name)
{
    for (size_t i = j->name_count; i > j->names_ended; i--) {
        const struct sl_meaning_name *n = &j->names[i - 1];
        bool same = sl_span_is(n->name, name);
        if (same && sl_name_declares(n))
            return true;
        if (n->kind == SL_NAME_CLOSE && (same || n->name.n == 0))
            return false;
    }
    for (size_t i = 0; !j->tx_ended && i < j->ctx->cursor_count; i++)
        if (sl_span_is(j->ctx->cursors[i], name))
            return true;
    return false;
}

static void fetch(struct judge *j, const FetchStmt *n)
{
    bool known = is_known_cursor(j, n->portalname);
    const char *tag;

    if (n->ismove)
        j->tag = "move";
    note_name(j, SL_NAME_FETCH, n->portalname);
    j->flags |= SL_MEANING_UNSHAPED;
    tag = j->tag;
    run_declared(j, n->portalname);
    j->tag = tag;
    if (!known)
        note_opaque(j, "the judge does not know what cursor %s reads", n->portalname);
}

void session_cursor(struct judge *j, const void *node)
{
    j->flags |= SL_MEANING_CURSOR;
    if (IsA(node, DeclareCursorStmt)) {
        declare(j, node);
    } else if (IsA(node, FetchStmt)) {
        fetch(j, node);
    } else {
        const char *name = ((const ClosePortalStmt *)node)->portalname;
        note_name(j, SL_NAME_CLOSE, name == NULL ? "" : name);
    }
}

void session_discard(struct judge *j, const DiscardStmt *n)
{
    static const char *const tags[] = {[DISCARD_ALL] = "discard all",
                                       [DISCARD_PLANS] = "discard plans",
                                       [DISCARD_SEQUENCES] = "discard sequences",
                                       [DISCARD_TEMP] = "discard temp"};

    j->tag = (size_t)n->target < SL_COUNT(tags) ? tags[n->target] : "discard";
    if (n->target == DISCARD_ALL) {
        j->flags |= SL_MEANING_PREPARED | SL_MEANING_CURSOR;
        note_name(j, SL_NAME_DEALLOCATE, "");
        note_name(j, SL_NAME_CLOSE, "");
        note_name(j, SL_NAME_SETTING, "");
    }
    if (n->target != DISCARD_PLANS && n->target != DISCARD_SEQUENCES)
        j->flags |= SL_MEANING_CONTEXT;
}
