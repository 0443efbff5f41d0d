#include "wire/pg/floor_int.h"

static const char *const names[SL_FLOOR_COUNT] = {
#define FLOOR_NAME(name, text) [SL_FLOOR_INDEX_##name] = text,
    SL_FLOORS(FLOOR_NAME)
#undef FLOOR_NAME
};

const char *sl_floor_name(unsigned index)
{
    return index < SL_FLOOR_COUNT ? names[index] : NULL;
}

/* Every word that starts a statement of PostgreSQL, the frequent ones first. */
#define FIRST_WORDS(X)                   \
    X("select", 0)                       \
    X("insert", SL_FLOOR_WRITE)          \
    X("update", SL_FLOOR_WRITE)          \
    X("delete", SL_FLOOR_WRITE)          \
    X("begin", SL_FLOOR_TRANSACTION)     \
    X("commit", SL_FLOOR_TRANSACTION)    \
    X("end", SL_FLOOR_TRANSACTION)       \
    X("rollback", SL_FLOOR_TRANSACTION)  \
    X("with", 0)                         \
    X("values", 0)                       \
    X("table", 0)                        \
    X("show", 0)                         \
    X("explain", 0)                      \
    X("set", SL_FLOOR_SET)               \
    X("abort", SL_FLOOR_TRANSACTION)     \
    X("alter", SL_FLOOR_DDL)             \
    X("analyse", SL_FLOOR_ADMIN)         \
    X("analyze", SL_FLOOR_ADMIN)         \
    X("call", SL_FLOOR_CALL)             \
    X("checkpoint", SL_FLOOR_ADMIN)      \
    X("close", SL_FLOOR_CURSOR)          \
    X("cluster", SL_FLOOR_ADMIN)         \
    X("comment", SL_FLOOR_DDL)           \
    X("copy", SL_FLOOR_COPY)             \
    X("create", SL_FLOOR_DDL)            \
    X("deallocate", SL_FLOOR_EXECUTE)    \
    X("declare", SL_FLOOR_CURSOR)        \
    X("discard", SL_FLOOR_SET)           \
    X("do", SL_FLOOR_DO)                 \
    X("drop", SL_FLOOR_DDL)              \
    X("execute", SL_FLOOR_EXECUTE)       \
    X("fetch", SL_FLOOR_CURSOR)          \
    X("grant", SL_FLOOR_PRIVILEGE)       \
    X("import", SL_FLOOR_DDL)            \
    X("listen", SL_FLOOR_NOTIFY)         \
    X("load", SL_FLOOR_ADMIN)            \
    X("lock", SL_FLOOR_LOCK)             \
    X("merge", SL_FLOOR_WRITE)           \
    X("move", SL_FLOOR_CURSOR)           \
    X("notify", SL_FLOOR_NOTIFY)         \
    X("prepare", SL_FLOOR_EXECUTE)       \
    X("reassign", SL_FLOOR_PRIVILEGE)    \
    X("refresh", SL_FLOOR_DDL)           \
    X("reindex", SL_FLOOR_ADMIN)         \
    X("release", SL_FLOOR_TRANSACTION)   \
    X("reset", SL_FLOOR_SET)             \
    X("revoke", SL_FLOOR_PRIVILEGE)      \
    X("savepoint", SL_FLOOR_TRANSACTION) \
    X("security", SL_FLOOR_DDL)          \
    X("start", SL_FLOOR_TRANSACTION)     \
    X("truncate", SL_FLOOR_WRITE)        \
    X("unlisten", SL_FLOOR_NOTIFY)       \
    X("vacuum", SL_FLOOR_ADMIN)

static const struct first_word {
    struct sl_span word;
    uint32_t bits;
} first_words[] = {
#define FIRST_WORD(word, bits) {{(const uint8_t *)(word), sizeof(word) - 1}, bits},
    FIRST_WORDS(FIRST_WORD)
#undef FIRST_WORD
};

static bool is_word(struct sl_span word, struct sl_span wanted)
{
    if (word.n != wanted.n)
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (sl_lex_lower[word.p[i]] != wanted.p[i])
            return false;
    return true;
}

uint32_t sl_floor_first_word(struct sl_span word)
{
    for (size_t i = 0; i < SL_COUNT(first_words); i++)
        if (is_word(word, first_words[i].word))
            return first_words[i].bits;
    return SL_FLOOR_UNKNOWN;
}

bool sl_floor_is_explain_word(struct sl_span word)
{
    return is_word(word, SL_SPAN("analyze")) || is_word(word, SL_SPAN("analyse")) ||
           is_word(word, SL_SPAN("verbose"));
}

enum sl_floor_word sl_floor_word(struct sl_span word)
{
    switch (word.n) {
    case 2:
        return is_word(word, SL_SPAN("no")) ? SL_FLOOR_WORD_NO : SL_FLOOR_WORD_PLAIN;
    case 3:
        if (is_word(word, SL_SPAN("for")))
            return SL_FLOOR_WORD_FOR;
        return is_word(word, SL_SPAN("key")) ? SL_FLOOR_WORD_KEY : SL_FLOOR_WORD_PLAIN;
    case 4:
        return is_word(word, SL_SPAN("into")) ? SL_FLOOR_WORD_INTO : SL_FLOOR_WORD_PLAIN;
    case 5:
        return is_word(word, SL_SPAN("merge")) ? SL_FLOOR_WORD_INSERT : SL_FLOOR_WORD_PLAIN;
    case 6:
        if (is_word(word, SL_SPAN("insert")))
            return SL_FLOOR_WORD_INSERT;
        if (is_word(word, SL_SPAN("update")))
            return SL_FLOOR_WORD_UPDATE;
        return is_word(word, SL_SPAN("delete")) ? SL_FLOOR_WORD_DELETE : SL_FLOOR_WORD_PLAIN;
    case 8:
        return is_word(word, SL_SPAN("truncate")) ? SL_FLOOR_WORD_DELETE : SL_FLOOR_WORD_PLAIN;
    default:
        return SL_FLOOR_WORD_PLAIN;
    }
}

uint32_t sl_floor_word_bits(enum sl_floor_word word, enum sl_floor_before before)
{
    switch (word) {
    case SL_FLOOR_WORD_INSERT:
    case SL_FLOOR_WORD_DELETE:
        return SL_FLOOR_WRITE;
    case SL_FLOOR_WORD_UPDATE:
        return before == SL_FLOOR_FOR || before == SL_FLOOR_FOR_NO_KEY ? 0 : SL_FLOOR_WRITE;
    case SL_FLOOR_WORD_INTO:
        return before == SL_FLOOR_INSERT ? 0 : SL_FLOOR_DDL;
    default:
        return 0;
    }
}

enum sl_floor_before sl_floor_word_before(enum sl_floor_word word, enum sl_floor_before before)
{
    switch (word) {
    case SL_FLOOR_WORD_INSERT:
        return SL_FLOOR_INSERT;
    case SL_FLOOR_WORD_FOR:
        return SL_FLOOR_FOR;
    case SL_FLOOR_WORD_NO:
        return before == SL_FLOOR_FOR ? SL_FLOOR_FOR_NO : SL_FLOOR_OTHER;
    case SL_FLOOR_WORD_KEY:
        return before == SL_FLOOR_FOR_NO ? SL_FLOOR_FOR_NO_KEY : SL_FLOOR_OTHER;
    default:
        return SL_FLOOR_OTHER;
    }
}

static void start(struct sl_floor_watch *w, struct sl_span word)
{
    w->bits |= sl_floor_first_word(word);
    w->place = is_word(word, SL_SPAN("explain")) ? SL_FLOOR_AT_EXPLAIN : SL_FLOOR_IN_BODY;
}

static bool starts_query(struct sl_span word)
{
    return is_word(word, SL_SPAN("select")) || is_word(word, SL_SPAN("with")) ||
           is_word(word, SL_SPAN("values")) || is_word(word, SL_SPAN("table"));
}

static void see_word(struct sl_floor_watch *w, struct sl_span word)
{
    if (w->before == SL_FLOOR_DOT) { /* a column, whatever its name */
        w->before = SL_FLOOR_OTHER;
        return;
    }
    switch (w->place) {
    case SL_FLOOR_AT_EXPLAIN:
        if (!sl_floor_is_explain_word(word))
            start(w, word);
        break;
    case SL_FLOOR_AT_PARENTHESIS:
        w->place = starts_query(word) ? SL_FLOOR_IN_BODY : SL_FLOOR_IN_OPTIONS;
        break;
    case SL_FLOOR_AT_START:
        start(w, word);
        break;
    case SL_FLOOR_IN_OPTIONS:
    case SL_FLOOR_IN_BODY:
        break;
    }
    enum sl_floor_word kind = sl_floor_word(word);
    w->bits |= sl_floor_word_bits(kind, w->before);
    w->before = sl_floor_word_before(kind, w->before);
}

static void open_parenthesis(struct sl_floor_watch *w)
{
    switch (w->place) {
    case SL_FLOOR_AT_EXPLAIN:
        w->place = SL_FLOOR_AT_PARENTHESIS;
        w->depth = 1;
        break;
    case SL_FLOOR_AT_PARENTHESIS: /* EXPLAIN (( : a query */
        w->place = SL_FLOOR_IN_BODY;
        break;
    case SL_FLOOR_IN_OPTIONS:
        w->depth++;
        break;
    case SL_FLOOR_AT_START: /* ((select ...)) */
    case SL_FLOOR_IN_BODY:
        break;
    }
}

static void close_parenthesis(struct sl_floor_watch *w)
{
    bool inside = w->place == SL_FLOOR_IN_OPTIONS || w->place == SL_FLOOR_AT_PARENTHESIS;

    if (inside && --w->depth == 0)
        w->place = SL_FLOOR_AT_START;
}

/* Something that cannot start a statement stands where one should start. */
static void see_other(struct sl_floor_watch *w)
{
    if (w->place == SL_FLOOR_AT_PARENTHESIS)
        w->place = SL_FLOOR_IN_OPTIONS;
    if (w->place == SL_FLOOR_IN_OPTIONS || w->place == SL_FLOOR_IN_BODY)
        return;
    w->bits |= SL_FLOOR_UNKNOWN;
    w->place = SL_FLOOR_IN_BODY;
}

static void see_symbol(struct sl_floor_watch *w, struct sl_span symbol)
{
    w->before = SL_FLOOR_OTHER;
    switch (symbol.p[0]) {
    case ';':
        w->place = SL_FLOOR_AT_START;
        return;
    case '(':
        open_parenthesis(w);
        return;
    case ')':
        close_parenthesis(w);
        return;
    case '.':
        w->before = symbol.n == 1 ? SL_FLOOR_DOT : SL_FLOOR_OTHER;
        break;
    default:
        break;
    }
    see_other(w);
}

void sl_floor_see(struct sl_floor_watch *w, const struct sl_lex_token *t)
{
    if (t->kind == SL_LEX_WORD) {
        see_word(w, t->text);
    } else if (t->kind == SL_LEX_SYMBOL) {
        see_symbol(w, t->text);
    } else if (t->kind != SL_LEX_COMMENT) {
        w->before = SL_FLOOR_OTHER;
        see_other(w);
    }
}

uint32_t sl_floor_of(struct sl_span sql)
{
    struct sl_lex l = sl_lex(sql);
    struct sl_floor_watch w = {0};

    for (;;) {
        struct sl_lex_token t = sl_lex_next(&l);
        if (t.kind == SL_LEX_END)
            return w.bits;
        if (t.kind == SL_LEX_NONE)
            return sl_floor_raw(sql);
        sl_floor_see(&w, &t);
    }
}
