/* PL/pgSQL, read token by token with PostgreSQL's own scanner. Its statements and declarations are
 * told apart as the server's grammar does, and every piece of SQL in them goes to PostgreSQL's SQL
 * grammar. (The reader of the grammar library knows no types, and so refuses records and cursors.)
 *
 * Variables are told apart by name alone: two of one name in nested blocks are one, which finds
 * more origins, never fewer. What it cannot read is opaque.
 */
#ifndef SL_JUDGE_SQL_PLPGSQL_INT_H
#define SL_JUDGE_SQL_PLPGSQL_INT_H

#include "judge/sql/code_int.h"

enum token_kind { TOKEN_WORD, TOKEN_QUOTED, TOKEN_STRING, TOKEN_NUMBER, TOKEN_OTHER };

struct token {
    uint32_t start, end;
    enum token_kind kind;
};

/* What a name was declared as, in every block that declares it: a record, a small number (it holds
 * no values of several rows, however they are put together), or something else. */
struct variable_kind {
    struct variable_kind *next;
    const char *name;
    bool record, small;
    bool cursor;          /* its text names a portal: */
    struct origin *named; /* what that text holds */
};

/* A cursor that was opened, or fetched from. */
struct opened {
    struct opened *next;
    const char *name;
};

/* What decided that a loop, or the body, was left: what comes later in it depends on that. */
struct left {
    struct left *next, *up;
    size_t at; /* where the loop begins; SIZE_MAX: the body */
    struct origin *from;
};

struct plpgsql {
    struct judge *j;
    struct body *b;
    struct sl_span text;
    const struct token *tokens;
    size_t count, at;
    bool broken;
    bool around; /* the body was walked before: what grows now grows in a loop */
    struct variable_kind *kinds;
    struct opened *opened;     /* on every way to the statement in hand */
    struct opened *fetched;    /* in the whole body */
    struct left *lefts;        /* one of each loop, and of the body */
    struct left *loop;         /* the innermost; its `up` are those around it */
    struct origin *tells;      /* of the query whose value was last asked for: what FOUND is then */
    struct origin *rows;       /* and how many it gives */
    const struct outputs *row; /* of the query whose value was last asked for, where it is known */
};

/* plpgsql_read.c: the tokens of a text without its comments; false when it has none that the
 * scanner takes. They live in the judgement's memory. */
bool plpgsql_tokens(struct judge *j, const char *text, const struct token **out, size_t *count);

void read_broken(struct plpgsql *p, const char *why);
bool read_done(const struct plpgsql *p);                      /* at the end, or broken */
struct sl_span read_text(const struct plpgsql *p, size_t at); /* of one token; empty at the end */
struct sl_span read_range(const struct plpgsql *p, size_t from, size_t to);
/* An unquoted word (lower-case here) or a sign. */
bool read_is_at(const struct plpgsql *p, size_t at, const char *word);
bool read_is(const struct plpgsql *p, const char *word); /* the next one */
bool read_take(struct plpgsql *p, const char *word);     /* and goes on when it is */
void read_expect(struct plpgsql *p, const char *word);
/* A name folded as the server does; NULL (and broken) when there is none. */
const char *read_name(struct plpgsql *p);
const char *read_name_at(const struct plpgsql *p, size_t at); /* NULL when it is none */
/* From the next token to the first of the words outside of parentheses; that one is next then. */
struct sl_span read_until(struct plpgsql *p, const char *const *words, size_t count);
#define READ_UNTIL(p, ...)                              \
    read_until((p), (const char *const[]){__VA_ARGS__}, \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* plpgsql_value.c: pieces of SQL, and where values go. */
struct origin *value_of(struct plpgsql *p, struct sl_span expression);
struct origin *value_of_query(struct plpgsql *p, const char *before, struct sl_span query,
                              const char *after);
/* EXECUTE: `text` is an expression that gives SQL. */
struct origin *value_dynamic(struct plpgsql *p, struct sl_span text, struct origin *parameters);
/* Before it is a variable. */
void value_declare(struct plpgsql *p, const char *name, bool record, bool small);
void value_declare_cursor(struct plpgsql *p, const char *name); /* of type refcursor */
bool value_is_declared(const struct plpgsql *p, const char *name);
/* What the text of such a variable holds, which names its portal. False: it is none. */
bool value_names_portal(const struct plpgsql *p, const char *name, const struct origin **text);
bool value_is_variable(const struct plpgsql *p, const char *name);
void value_assign(struct plpgsql *p, const char *name, const char *field, struct origin *from);
/* What the text of an error may quote: all that the body was given, has read or has in hand. */
struct origin *value_of_error(const struct plpgsql *p);
void value_assign_all(struct plpgsql *p, struct origin *from);
/* INTO [STRICT] a, b.c, ... takes `row` apart, or each of them gets all of `from`. */
void value_into(struct plpgsql *p, struct origin *from);
/* A cursor holds the rows of the query that was just asked for. */
void value_cursor(struct plpgsql *p, const char *name, struct origin *from);
/* The names of such a list, without assigning. */
void value_skip_targets(struct plpgsql *p);
/* a, b, c up to one of the words */
struct origin *value_list(struct plpgsql *p, const char *const *words, size_t count);
void value_reports(struct plpgsql *p, struct origin *from); /* RAISE: to the client */

/* plpgsql_branch.c: whether a statement runs tells of what decided it, and so do the values that it
 * gives to variables, and those that it makes of variables. */
/* The statement at the next token, and those around it, run because of `from`, until branch_end. */
struct origin *branch_begin(struct plpgsql *p, const struct origin *from);
struct origin *branch_of_error(struct plpgsql *p, const struct origin *from); /* in a handler */
void branch_end(struct plpgsql *p, struct origin *before);
struct origin *branch_loop(struct plpgsql *p, const struct origin *from); /* ... branch_loop_end */
void branch_loop_end(struct plpgsql *p, struct origin *before);
void branch_body(struct plpgsql *p);
/* EXIT, CONTINUE (`far`: by a label) and, with `returns`, RETURN. */
void branch_leave(struct plpgsql *p, const struct origin *from, bool far, bool returns);
size_t branch_size(const struct plpgsql *p);
/* The value, and what decided that it is given. */
struct origin *branch_value(struct plpgsql *p, struct origin *from);

/* plpgsql_declare.c */
void declare_block(struct plpgsql *p); /* after DECLARE, up to BEGIN */

/* plpgsql_cursor.c */
void cursor_open(struct plpgsql *p);
void cursor_fetch(struct plpgsql *p); /* and MOVE */
void cursor_close(struct plpgsql *p);
/* Behind the body: may a portal that it reads be another one than it opened? */
void cursors_settle(struct plpgsql *p);

/* plpgsql_more.c: the statements that are not about control. False: none of these. */
bool statement_known(struct plpgsql *p);
void statement_sql(struct plpgsql *p);
void statement_assign(struct plpgsql *p);

#endif
