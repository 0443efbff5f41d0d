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

static struct sl_span behind_last(struct sl_span s, uint8_t c)
{
    size_t n = s.n;

    while (n > 0 && s.p[n - 1] != c)
        n--;
    return sl_span_from(s, n);
}

static struct sl_span last_part(struct sl_span name)
{
    return behind_last(name, '.');
}

static int by_text(const void *a, const void *b)
{
    const struct sl_span *x = a, *y = b;

    return sl_span_cmp(*x, *y);
}

static bool is_among(const struct sl_span *sorted, size_t count, struct sl_span name)
{
    return count > 0 && bsearch(&name, sorted, count, sizeof *sorted, by_text) != NULL;
}

/* --- the list's own changes --- */

static bool changes_definitions(const struct sl_meaning *m)
{
    return (m->effects & SL_EFFECT_DDL) != 0 && (m->flags & SL_MEANING_DDL_NEUTRAL) == 0;
}

static enum sl_err room_for_names(struct sl_arena *mem, const struct sl_list_item *items,
                                  size_t since, size_t until, struct sl_list_changes *out)
{
    size_t relations = 0, code = 0;

    for (size_t i = since; i < until; i++) {
        relations += items[i].meaning->access_count;
        code += items[i].meaning->name_count;
    }
    if (relations > 0)
        out->relations = sl_arena_array(mem, relations, sizeof *out->relations);
    if (code > 0)
        out->code = sl_arena_array(mem, code, sizeof *out->code);
    return (relations > 0 && out->relations == NULL) || (code > 0 && out->code == NULL) ? SL_EMEMORY
                                                                                        : SL_OK;
}

static void add_names(struct sl_list_changes *out, const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->access_count; i++)
        if ((m->accesses[i].effects & SL_EFFECT_DDL) != 0)
            out->relations[out->relation_count++] = last_part(m->accesses[i].dataset);
    for (size_t i = 0; i < m->name_count; i++)
        if (m->names[i].kind == SL_NAME_CHANGED)
            out->code[out->code_count++] = m->names[i].name;
}

enum sl_err sl_list_changes(struct sl_arena *mem, const struct sl_list_item *items, size_t since,
                            size_t until, struct sl_list_changes *out)
{
    struct sl_list_changes c = {0};

    for (size_t i = 0; i < until; i++)
        c.session |= (items[i].meaning->flags & SL_MEANING_CONTEXT) != 0 ||
                     (items[i].meaning->effects & unsure) != 0;
    if (since < until)
        SL_TRY(room_for_names(mem, items, since, until, &c));
    for (size_t i = since; i < until; i++) {
        c.anything |= (items[i].meaning->effects & unsure) != 0;
        if (changes_definitions(items[i].meaning))
            add_names(&c, items[i].meaning);
    }
    if (c.relation_count > 0)
        qsort(c.relations, c.relation_count, sizeof *c.relations, by_text);
    if (c.code_count > 0)
        qsort(c.code, c.code_count, sizeof *c.code, by_text);
    *out = c;
    return SL_OK;
}

/* --- lines --- */

/* "function public.f <hash>" -> "function public.f " */
static struct sl_span object_of(struct sl_span line)
{
    return sl_span_head(line, line.n - behind_last(line, ' ').n);
}

/* Code changes by what names code, not by a relation of the same name. */
static bool is_own_line(const struct sl_list_changes *own, struct sl_span object)
{
    bool is_code = sl_span_starts(object, SL_SPAN("function ")) ||
                   sl_span_starts(object, SL_SPAN("aggregate ")) ||
                   sl_span_starts(object, SL_SPAN("type "));
    struct sl_span name =
        last_part(object.n > 0 ? sl_span_head(object, object.n - 1) : object); /* no blank */

    return own->anything || (is_code ? is_among(own->code, own->code_count, name)
                                     : is_among(own->relations, own->relation_count, name));
}

/* Definitions are in order: a judge that says otherwise has them counted as moved. */
static size_t place_of(const struct sl_meaning *m, struct sl_span line)
{
    size_t low = 0, high = m->definition_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sl_span_cmp(m->definitions[middle], line) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_line(const struct sl_meaning *m, struct sl_span line)
{
    size_t at = place_of(m, line);

    return at < m->definition_count && sl_span_eq(m->definitions[at], line);
}

static bool has_object(const struct sl_meaning *m, struct sl_span object)
{
    size_t at = place_of(m, object);

    return at < m->definition_count && sl_span_eq(object_of(m->definitions[at]), object);
}

/* Lines of `a` that `b` lacks. */
static bool lines_moved(const struct sl_meaning *a, const struct sl_meaning *b,
                        const struct sl_list_changes *own)
{
    for (size_t i = 0; i < a->definition_count; i++) {
        struct sl_span object = object_of(a->definitions[i]);

        if (!has_line(b, a->definitions[i]) && !is_own_line(own, object) &&
            !(own->session && !has_object(b, object)))
            return true;
    }
    return false;
}

/* --- datasets --- */

static bool has_access(const struct sl_meaning *m, const struct sl_meaning_access *wanted)
{
    uint32_t effects = 0;

    for (size_t i = 0; i < m->access_count; i++)
        if (sl_span_eq(m->accesses[i].dataset, wanted->dataset))
            effects |= m->accesses[i].effects;
    return (wanted->effects & ~effects) == 0;
}

static bool accesses_moved(const struct sl_meaning *shown, const struct sl_meaning *now,
                           const struct sl_list_changes *own)
{
    if (own->anything || own->session)
        return false;
    for (size_t i = 0; i < now->access_count; i++)
        if (!has_access(shown, &now->accesses[i]) &&
            !is_among(own->relations, own->relation_count, last_part(now->accesses[i].dataset)))
            return true;
    return false;
}

bool sl_list_moved(const struct sl_meaning *shown, const struct sl_meaning *now,
                   const struct sl_list_changes *own)
{
    if (lines_moved(now, shown, own) || lines_moved(shown, now, own))
        return true;
    return (shown->effects & SL_EFFECT_OPAQUE) == 0 && accesses_moved(shown, now, own);
}

/* --- the whole ------------------------------------------------------------------------------- */

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
