/* Names against patterns. Two questions are asked of a pattern and a dataset whose schema may not
 * be known: could it mean this one (hold and deny rules, labels), and must it (allow rules)? Where
 * we are not sure the first answer is yes and the second no. */
#include "core/policy/policy_int.h"

enum { NAME_MAX_BYTES = 1024 };

bool sl_names_match(const struct sl_names *patterns, struct sl_span name, bool fold)
{
    for (size_t i = 0; i < patterns->count; i++)
        if ((fold ? sl_span_glob_nocase : sl_span_glob)(patterns->items[i], name))
            return true;
    return false;
}

bool sl_names_meet(const struct sl_names *patterns, const struct sl_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_names_match(patterns, names->items[i], false))
            return true;
    return false;
}

bool sl_names_has(const struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return true;
    return false;
}

/* A name put together on the stack; `fits` is false for one that no server would have. */
struct joined {
    uint8_t bytes[NAME_MAX_BYTES];
    size_t n;
    bool fits;
};

static void join(struct joined *j, struct sl_span part)
{
    if (!j->fits || part.n > sizeof j->bytes - j->n) {
        j->fits = false;
        return;
    }
    if (part.n > 0)
        memcpy(j->bytes + j->n, part.p, part.n);
    j->n += part.n;
}

static bool schema_is_known(struct sl_span dataset)
{
    return sl_span_find(dataset, '.') < dataset.n;
}

/* Is there any text before `name` with which the pattern fits? */
static bool tail_could(struct sl_span pattern, struct sl_span name)
{
    for (size_t at = 0; at < pattern.n; at++)
        if (sl_span_glob_nocase(sl_span_from(pattern, at), name))
            return true;
    return false;
}

/* Is there any text after `name` with which the pattern fits? */
static bool head_could(struct sl_span pattern, struct sl_span name)
{
    for (size_t n = 1; n <= pattern.n; n++)
        if (sl_span_glob_nocase(sl_span_head(pattern, n), name))
            return true;
    return false;
}

static bool middle_could(struct sl_span pattern, struct sl_span name)
{
    for (size_t at = 0; at < pattern.n; at++)
        if (head_could(sl_span_from(pattern, at), name))
            return true;
    return false;
}

bool sl_dataset_could(struct sl_span pattern, struct sl_span dataset)
{
    struct joined tail = {.fits = true};

    if (sl_span_glob_nocase(pattern, dataset))
        return true;
    if (schema_is_known(dataset))
        return false;
    join(&tail, SL_SPAN("."));
    join(&tail, dataset);
    return !tail.fits || tail_could(pattern, sl_span(tail.bytes, tail.n));
}

/* With an unknown schema a pattern must fit any of them: it begins with a star. */
bool sl_dataset_must(struct sl_span pattern, struct sl_span dataset)
{
    struct joined tail = {.fits = true};

    if (schema_is_known(dataset))
        return sl_span_glob(pattern, dataset);
    join(&tail, SL_SPAN("."));
    join(&tail, dataset);
    return pattern.n > 0 && pattern.p[0] == '*' && tail.fits &&
           sl_span_glob(pattern, sl_span(tail.bytes, tail.n));
}

bool sl_column_could(struct sl_span pattern, struct sl_span dataset, struct sl_span column)
{
    struct joined name = {.fits = true};

    join(&name, SL_SPAN("."));
    join(&name, dataset);
    join(&name, SL_SPAN("."));
    join(&name, column);
    if (!name.fits || sl_span_glob_nocase(pattern, sl_span(name.bytes + 1, name.n - 1)))
        return true;
    return !schema_is_known(dataset) && tail_could(pattern, sl_span(name.bytes, name.n));
}

bool sl_any_column_could(struct sl_span pattern, struct sl_span dataset)
{
    struct joined name = {.fits = true};

    join(&name, SL_SPAN("."));
    join(&name, dataset);
    join(&name, SL_SPAN("."));
    if (!name.fits || head_could(pattern, sl_span(name.bytes + 1, name.n - 1)))
        return true;
    return !schema_is_known(dataset) && middle_could(pattern, sl_span(name.bytes, name.n));
}

bool sl_statement_matches(const struct sl_names *patterns, struct sl_span tag)
{
    return sl_names_match(patterns, tag, true) ||
           sl_names_match(patterns, sl_span_head(tag, sl_span_find(tag, ' ')), true);
}

bool sl_is_loopback(struct sl_span host)
{
    if (sl_span_is(host, "localhost") || sl_span_is(host, "::1"))
        return true;
    for (size_t i = 0; i < host.n; i++)
        if (host.p[i] != '.' && (host.p[i] < '0' || host.p[i] > '9'))
            return false; /* "127.example.com" is somebody's host */
    return sl_span_starts(host, SL_SPAN("127."));
}
