#include "judge/sql/judge_int.h"

#include "base/utf8.h"
#include "crypto/crypto.h"

/* The definitions that a judgement looked into: "view public.v <SHA-256 of its text>". They go into
 * the action document, so that what was approved is what the definition was then. */

/* In order and without doubles. Where it belongs, or SIZE_MAX when it is there already. */
static size_t place_of(const struct judge *j, struct sl_span line)
{
    size_t low = 0, high = j->definition_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sl_span_cmp(j->definitions[middle], line);
        if (order == 0)
            return SIZE_MAX;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool make_room(struct judge *j)
{
    size_t room = j->definition_room == 0 ? 8 : j->definition_room * 2;
    struct sl_span *more;

    if (j->definition_count < j->definition_room)
        return true;
    more = note_alloc(j, room * sizeof *more);
    if (more == NULL)
        return false;
    if (j->definition_count > 0)
        memcpy(more, j->definitions, j->definition_count * sizeof *more);
    j->definitions = more;
    j->definition_room = room;
    return true;
}

static void keep(struct judge *j, struct sl_span line)
{
    size_t at = place_of(j, line);
    struct sl_span copy = at == SIZE_MAX ? sl_span(NULL, 0) : sl_arena_copy(j->mem, line);

    if (at == SIZE_MAX)
        return;
    if (copy.p == NULL || !make_room(j)) {
        j->out_of_memory = true;
        return;
    }
    memmove(j->definitions + at + 1, j->definitions + at,
            (j->definition_count - at) * sizeof *j->definitions);
    j->definitions[at] = copy;
    j->definition_count++;
}

void note_definition(struct judge *j, const char *kind_word, struct sl_span schema,
                     struct sl_span name, struct sl_span text)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t hash[SL_SHA256];
    SL_BUF(line, 1000);

    if (!depth_step(j, 1 + text.n / 64))
        return;
    sl_sha256(text, hash);
    sl_buf_say(&line, "%s %S.%S ", kind_word, schema, name);
    for (size_t i = 0; i < sizeof hash; i++) {
        sl_buf_put_u8(&line, (uint8_t)hex[hash[i] >> 4]);
        sl_buf_put_u8(&line, (uint8_t)hex[hash[i] & 15]);
    }
    if (sl_buf_err(&line) != SL_OK || !sl_utf8_valid(sl_buf_span(&line)))
        note_opaque(j, "a definition has a name that the judge cannot read", NULL);
    else
        keep(j, sl_buf_span(&line));
}
