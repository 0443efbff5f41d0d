#include "core/action/list.h"

#include "json/json.h"

#include <stdlib.h>

/* --- what is not understood ------------------------------------------------------------------ */

static const char after_ddl[] = "it follows a change of definitions earlier in the list";
static const char after_code[] =
    "it follows code earlier in the list that may change what it means";
static const char after_context[] = "it follows a change of the session earlier in the list";

static const uint32_t unsure = SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM;

/* Why what comes behind it cannot be understood; NULL: it can. A transaction that ends may take
 * settings back, too; but only those that the list itself made, and all behind them are marked. */
static const char *hides(const struct sl_meaning *m)
{
    if ((m->effects & unsure) != 0)
        return after_code;
    if ((m->effects & SL_EFFECT_DDL) != 0 && (m->flags & SL_MEANING_DDL_NEUTRAL) == 0)
        return after_ddl;
    return (m->flags & SL_MEANING_CONTEXT) != 0 ? after_context : NULL;
}

void sl_list_mark(struct sl_list_item *items, size_t count)
{
    const char *hidden = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct sl_meaning *m = items[i].meaning;

        items[i].unclear = sl_span(NULL, 0);
        if ((m->effects & SL_EFFECT_OPAQUE) != 0)
            items[i].unclear =
                m->opaque_why.n > 0 ? m->opaque_why : SL_SPAN("it was not understood");
        else if ((m->flags & SL_MEANING_ONLY_CONTROL) == 0 && hidden != NULL)
            items[i].unclear = sl_span_str(hidden);
        hidden = hidden != NULL ? hidden : hides(m);
    }
}

/* --- what moved ------------------------------------------------------------------------------ */

static bool is_word_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c >= 0x80;
}

static bool mentions(struct sl_span text, struct sl_span name)
{
    for (size_t i = 0; name.n > 0 && i + name.n <= text.n; i++) {
        bool begins = i == 0 || !is_word_byte(text.p[i - 1]);
        bool ends = i + name.n == text.n || !is_word_byte(text.p[i + name.n]);

        if (begins && ends && sl_span_eq_nocase(sl_span(text.p + i, name.n), name))
            return true;
    }
    return false;
}

static struct sl_span behind_last(struct sl_span s, uint8_t c)
{
    size_t n = s.n;

    while (n > 0 && s.p[n - 1] != c)
        n--;
    return sl_span_from(s, n);
}

/* "function public.f <hash>" -> "function public.f" */
static struct sl_span object_of(struct sl_span line)
{
    return sl_span_head(line, line.n - behind_last(line, ' ').n);
}

static bool tag_says(const struct sl_meaning *m, const char *const *words, size_t count)
{
    for (size_t i = 0; i < m->statement_count; i++)
        for (size_t w = 0; w < count; w++)
            if (mentions(m->statements[i].tag, sl_span_str(words[w])))
                return true;
    return false;
}

/* A body of code changes by statements about code, not by any that happen to name it. */
static bool can_change(const struct sl_meaning *m, struct sl_span object)
{
    static const char *const code[] = {"function",  "procedure", "routine",
                                       "aggregate", "schema",    "extension"};
    bool is_code = sl_span_starts(object, SL_SPAN("function ")) ||
                   sl_span_starts(object, SL_SPAN("aggregate "));

    return !is_code || tag_says(m, code, SL_COUNT(code));
}

static bool is_own_change(const struct sl_list_item *before, size_t count, struct sl_span object,
                          bool resolved_anew)
{
    struct sl_span name =
        object.n > 0 && object.p[object.n - 1] == ' ' ? sl_span_head(object, object.n - 1) : object;

    for (size_t i = 0; i < count; i++) {
        const struct sl_meaning *m = before[i].meaning;

        if ((m->effects & unsure) != 0)
            return true;
        if (resolved_anew && (m->flags & SL_MEANING_CONTEXT) != 0)
            return true;
        if ((m->effects & SL_EFFECT_DDL) != 0 && can_change(m, object) &&
            mentions(before[i].text, behind_last(name, '.')))
            return true;
    }
    return false;
}

static bool has_line(const struct sl_meaning *m, struct sl_span line)
{
    for (size_t i = 0; i < m->definition_count; i++)
        if (sl_span_eq(m->definitions[i], line))
            return true;
    return false;
}

static bool has_object(const struct sl_meaning *m, struct sl_span object)
{
    for (size_t i = 0; i < m->definition_count; i++)
        if (sl_span_eq(object_of(m->definitions[i]), object))
            return true;
    return false;
}

/* Lines of `a` that `b` lacks. */
static bool lines_moved(const struct sl_list_item *items, size_t at, const struct sl_meaning *a,
                        const struct sl_meaning *b)
{
    for (size_t i = 0; i < a->definition_count; i++) {
        struct sl_span object = object_of(a->definitions[i]);

        if (!has_line(b, a->definitions[i]) &&
            !is_own_change(items, at, object, !has_object(b, object)))
            return true;
    }
    return false;
}

static bool has_access(const struct sl_meaning *m, const struct sl_meaning_access *wanted)
{
    uint32_t effects = 0;

    for (size_t i = 0; i < m->access_count; i++)
        if (sl_span_eq(m->accesses[i].dataset, wanted->dataset))
            effects |= m->accesses[i].effects;
    return (wanted->effects & ~effects) == 0;
}

static bool accesses_moved(const struct sl_list_item *items, size_t at,
                           const struct sl_meaning *now)
{
    for (size_t i = 0; i < now->access_count; i++)
        if (!has_access(items[at].meaning, &now->accesses[i]) &&
            !is_own_change(items, at, now->accesses[i].dataset, true))
            return true;
    return false;
}

bool sl_list_moved(const struct sl_list_item *items, size_t at, const struct sl_meaning *now)
{
    const struct sl_meaning *shown = items[at].meaning;

    if (lines_moved(items, at, now, shown) || lines_moved(items, at, shown, now))
        return true;
    return (shown->effects & SL_EFFECT_OPAQUE) == 0 && accesses_moved(items, at, now);
}

/* --- the whole ------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    const struct sl_span *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = n == 0 ? 0 : memcmp(x->p, y->p, n);

    return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

static size_t without_doubles(struct sl_span *items, size_t count)
{
    size_t kept = 0;

    if (count == 0)
        return 0;
    qsort(items, count, sizeof *items, by_text);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !sl_span_eq(items[kept - 1], items[i]))
            items[kept++] = items[i];
    return kept;
}

static enum sl_err make_room(struct sl_arena *mem, const struct sl_list_item *items, size_t count,
                             struct sl_meaning *all)
{
    size_t statements = 0, accesses = 0, flows = 0, names = 0, definitions = 0;

    for (size_t i = 0; i < count; i++) {
        const struct sl_meaning *m = items[i].meaning;

        statements += m->statement_count;
        accesses += m->access_count;
        flows += m->flow_count;
        names += m->name_count;
        definitions += m->definition_count;
    }
    if (statements > SL_MEANING_MAX_STATEMENTS || accesses > SL_MEANING_MAX_ACCESSES ||
        flows > SL_MEANING_MAX_FLOWS || definitions > SL_MEANING_MAX_DEFINITIONS)
        return SL_ELIMIT;
    all->statements = sl_arena_array(mem, statements + 1, sizeof *all->statements);
    all->accesses = sl_arena_array(mem, accesses + 1, sizeof *all->accesses);
    all->flows = sl_arena_array(mem, flows + 1, sizeof *all->flows);
    all->names = sl_arena_array(mem, names + 1, sizeof *all->names);
    all->definitions = sl_arena_array(mem, definitions + 1, sizeof *all->definitions);
    return all->statements == NULL || all->accesses == NULL || all->flows == NULL ||
                   all->names == NULL || all->definitions == NULL
               ? SL_EMEMORY
               : SL_OK;
}

static void add(struct sl_meaning *all, const struct sl_meaning *m)
{
    all->effects |= m->effects;
    all->flags |= m->flags;
    for (size_t i = 0; i < m->statement_count; i++)
        all->statements[all->statement_count++] = m->statements[i];
    for (size_t i = 0; i < m->access_count; i++)
        all->accesses[all->access_count++] = m->accesses[i];
    for (size_t i = 0; i < m->flow_count; i++)
        all->flows[all->flow_count++] = m->flows[i];
    for (size_t i = 0; i < m->name_count; i++)
        all->names[all->name_count++] = m->names[i];
    for (size_t i = 0; i < m->definition_count; i++)
        all->definitions[all->definition_count++] = m->definitions[i];
}

enum sl_err sl_list_meaning(struct sl_arena *mem, const struct sl_list_item *items, size_t count,
                            struct sl_meaning *out)
{
    const uint32_t of_all = SL_MEANING_ONLY_CONTROL | SL_MEANING_EMPTY | SL_MEANING_DDL_NEUTRAL;
    uint32_t common = of_all;
    struct sl_meaning all = {0};

    SL_TRY(make_room(mem, items, count, &all));
    for (size_t i = 0; i < count; i++) {
        add(&all, items[i].meaning);
        common &= items[i].meaning->flags;
        if (items[i].unclear.n == 0)
            continue;
        all.effects |= SL_EFFECT_OPAQUE;
        if (all.opaque_why.n == 0)
            all.opaque_why = items[i].unclear;
    }
    all.definition_count = without_doubles(all.definitions, all.definition_count);
    all.flags &= ~(uint32_t)(of_all | SL_MEANING_SHAPE_SHARED);
    all.flags |= common | SL_MEANING_UNSHAPED;
    *out = all;
    return SL_OK;
}

void sl_list_put_operation(struct sl_buf *b, const struct sl_list_item *items, size_t count)
{
    sl_buf_put_str(b, "{\"list\":[");
    for (size_t i = 0; i < count; i++) {
        SL_BUF(one, SL_ACTION_MAX_BYTES);

        sl_action_put_simple(&one, items[i].text);
        if (sl_buf_err(&one) != SL_OK) {
            b->why = sl_buf_err(&one);
            return;
        }
        sl_buf_put_str(b, i == 0 ? "" : ",");
        sl_buf_put(b, sl_span_head(sl_buf_span(&one), one.n - 1));
        if (items[i].unclear.n > 0) {
            sl_buf_put_str(b, ",\"unclear\":");
            sl_json_put_string(b, items[i].unclear);
        }
        sl_buf_put_str(b, "}");
    }
    sl_buf_put_str(b, "]}");
}
