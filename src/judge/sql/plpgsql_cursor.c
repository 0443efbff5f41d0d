#include "judge/sql/plpgsql_int.h"

/* Cursors of PL/pgSQL: which portal does a variable name?
 *
 * A variable that holds nothing gets a portal of a new name when it is opened ("<unnamed portal
 * 1>"). A cursor that is declared with its query has the name of the variable from the beginning
 * (until PostgreSQL 15), and any other variable opens the portal that its text names. So FETCH
 * reads what the judge saw being opened only where nothing in the body gives the variable another
 * text, a cursor with its query was surely opened before (a session may have a portal of that
 * name), and nothing that the judge met opens a portal by a name that may be the same one.
 */

/* A portal that a body opens under a name that somebody chose. */
struct portal {
    struct portal *next;
    struct sl_span body;
    const char *variable;
    bool any; /* the name may be any */
};

/* --- what the body does with a variable ------------------------------------------------------- */

static bool is_one_of(const struct plpgsql *p, size_t at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (read_is_at(p, at, words[i]))
            return true;
    return false;
}
#define IS_ONE_OF(p, at, ...)                                \
    is_one_of((p), (at), (const char *const[]){__VA_ARGS__}, \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static bool is_name_at(const struct plpgsql *p, size_t at, const char *name)
{
    const struct sl_span s = read_text(p, at);

    if (s.n < strlen(name)) /* names of most tokens are not worth a copy */
        return false;
    const char *here = read_name_at(p, at);
    return here != NULL && strcmp(here, name) == 0;
}

/* Does DECLARE, or the end of another declaration, stand before it? */
static bool declares_at(const struct plpgsql *p, size_t at)
{
    return at > 0 && IS_ONE_OF(p, at - 1, "declare", ";") &&
           (IS_ONE_OF(p, at + 1, "cursor", "scroll", "no") ||
            (read_is_at(p, at + 1, "refcursor") && read_is_at(p, at + 2, ";")));
}

static bool binds_at(const struct plpgsql *p, size_t at)
{
    return declares_at(p, at) && !read_is_at(p, at + 1, "refcursor");
}

/* A place that only asks what it holds, or opens it. */
static bool leaves_it_at(const struct plpgsql *p, size_t at)
{
    if (at == 0)
        return false;
    return IS_ONE_OF(p, at - 1, "open", "close", "fetch", "move", "from", "in", "next", "prior",
                     "first", "last", "all", "forward", "backward", "of", "return") ||
           (read_is_at(p, at + 1, "is") &&
            IS_ONE_OF(p, at - 1, "if", "elsif", "elseif", "when", "while", "and", "or", "not"));
}

/* $1 := ... may mean any parameter. */
static bool gives_parameter_at(const struct plpgsql *p, size_t at)
{
    const struct sl_span s = read_text(p, at);

    return s.n > 1 && s.p[0] == '$' && s.p[1] >= '0' && s.p[1] <= '9' &&
           IS_ONE_OF(p, at + 1, ":=", "=");
}

struct variable {
    bool given; /* something in the body gives it a text */
    bool declared, bound, opened;
};

static struct variable look_at(const struct plpgsql *p, const char *name)
{
    struct variable v = {0};
    bool parameters = false;

    for (size_t i = 0; i < p->count && depth_step(p->j, 1); i++) {
        parameters = parameters || gives_parameter_at(p, i);
        if (!is_name_at(p, i, name))
            continue;
        v.opened = v.opened || (i > 0 && read_is_at(p, i - 1, "open"));
        v.declared = v.declared || declares_at(p, i);
        v.bound = v.bound || binds_at(p, i);
        v.given = v.given || !(declares_at(p, i) || leaves_it_at(p, i));
    }
    v.given = v.given || (parameters && !v.declared);
    return v;
}

static bool is_surely_open(const struct plpgsql *p, const char *name)
{
    for (const struct opened *o = p->opened; o != NULL; o = o->next)
        if (strcmp(o->name, name) == 0)
            return true;
    return false;
}

/* Its portal is one that this body opened, unless another has the same name. */
static bool is_own(const struct plpgsql *p, const char *name)
{
    const struct variable v = look_at(p, name);

    return !v.given && (is_surely_open(p, name) || (v.declared && !v.bound && v.opened));
}

/* --- which others there are ------------------------------------------------------------------- */

static void note_portal(struct plpgsql *p, const char *name)
{
    const struct variable v = look_at(p, name);
    const bool any = v.given || !v.declared || name[0] == '<';
    struct portal *new = any || v.bound ? NOTE_NEW(p->j, struct portal) : NULL;

    if (new == NULL)
        return;
    *new = (struct portal){p->j->portals, p->text, name, any};
    p->j->portals = new;
}

/* The name of a portal is told by pg_cursors, and lives in the session. Where it is not a text of
 * this body it is an argument. */
static void carry_name_away(struct plpgsql *p, const char *name)
{
    const struct variable v = look_at(p, name);
    const struct source *at = body_variable(p->j, p->b, name);
    const struct origin *from = NULL;

    if (value_names_portal(p, name, &from))
        ;
    else if (!v.declared && p->j->arguments != NULL && !value_is_declared(p, name))
        from = p->j->arguments->all;
    else if (v.given && at != NULL && at->outputs != NULL)
        from = output_union(p->j, at->outputs);
    call_exports(p->j, from);
    store_keep(p->j, from);
}

static void note_opened(struct plpgsql *p, const char *name)
{
    struct opened *o = NOTE_NEW(p->j, struct opened);

    if (o == NULL)
        return;
    *o = (struct opened){p->opened, name};
    p->opened = o;
    note_portal(p, name);
}

static void note_fetched(struct plpgsql *p, const char *name)
{
    struct opened *o = NOTE_NEW(p->j, struct opened);

    if (o == NULL)
        return;
    *o = (struct opened){p->fetched, name};
    p->fetched = o;
}

static bool meets(const struct plpgsql *p, const struct portal *one, const char *fetched)
{
    const bool own = sl_span_eq(one->body, p->text) && strcmp(one->variable, fetched) == 0;

    return !own && (one->any || strcmp(one->variable, fetched) == 0);
}

void cursors_settle(struct plpgsql *p)
{
    for (const struct opened *f = p->fetched; f != NULL; f = f->next)
        for (const struct portal *one = p->j->portals; one != NULL; one = one->next)
            if (depth_step(p->j, 1) && meets(p, one, f->name))
                note_opaque(p->j, "the judge does not know what cursor %s reads", f->name);
}

/* --- the statements --------------------------------------------------------------------------- */

static void open_arguments(struct plpgsql *p)
{
    while (!read_done(p) && !read_take(p, ")")) {
        if (read_is_at(p, p->at + 1, ":=") || read_is_at(p, p->at + 1, "=>"))
            p->at += 2;
        value_assign_all(p, value_of(p, READ_UNTIL(p, ",", ")")));
        read_take(p, ",");
    }
}

void cursor_open(struct plpgsql *p)
{
    const char *name = read_name(p);

    if (!p->broken)
        carry_name_away(p, name);
    if (read_take(p, "(")) {
        open_arguments(p);
    } else if (!read_is(p, ";")) {
        if (read_take(p, "no"))
            read_expect(p, "scroll");
        else
            read_take(p, "scroll");
        read_expect(p, "for");
        if (read_take(p, "execute")) {
            struct sl_span text = READ_UNTIL(p, "using", ";");
            struct origin *parameters = NULL;
            if (read_take(p, "using"))
                parameters = value_list(p, (const char *const[]){",", ";"}, 2);
            value_cursor(p, name, value_dynamic(p, text, parameters));
        } else {
            value_cursor(p, name, value_of_query(p, "", READ_UNTIL(p, ";"), ""));
        }
    }
    if (!p->broken)
        note_opened(p, name);
    read_expect(p, ";");
}

static bool is_direction(const struct plpgsql *p)
{
    return IS_ONE_OF(p, p->at, "next", "prior", "first", "last", "absolute", "relative", "forward",
                     "backward", "all");
}

void cursor_fetch(struct plpgsql *p)
{
    size_t end = p->at;

    while (is_direction(p))
        p->at++;
    while (end < p->count && !read_is_at(p, end, "from") && !read_is_at(p, end, "in") &&
           !read_is_at(p, end, "into") && !read_is_at(p, end, ";"))
        end++;
    if (read_is_at(p, end, "from") || read_is_at(p, end, "in")) {
        if (p->at < end) {
            value_of(p, read_range(p, p->at, end));
        }
        p->at = end + 1;
    }
    const char *cursor = read_name(p);
    if (!p->broken && !is_own(p, cursor))
        note_opaque(p->j, "the judge does not know what cursor %s reads", cursor);
    else if (!p->broken)
        note_fetched(p, cursor);
    const struct source *at = p->broken ? NULL : body_variable(p->j, p->b, cursor);
    p->row = at == NULL ? NULL : at->outputs;
    if (read_take(p, "into"))
        value_into(p, at == NULL || at->outputs == NULL ? NULL : output_union(p->j, at->outputs));
    read_expect(p, ";");
}

/* One that was not opened here may be anybody's in this session: its name may mean another one
 * from now on. */
void cursor_close(struct plpgsql *p)
{
    const char *name = read_name(p);

    if (!p->broken && !is_own(p, name))
        note_name(p->j, SL_NAME_CLOSE, "");
    read_expect(p, ";");
}
