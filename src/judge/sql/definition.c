#include "judge/sql/judge_int.h"

#include "base/utf8.h"
#include "crypto/crypto.h"

#include <stdlib.h>

/* The definitions that a judgement looked into: "view public.v <SHA-256 of its text>". They go into
 * the action document, so that what was approved is what the definition was then. */

static bool is_noted(const struct judge *j, struct sl_span line)
{
    for (size_t i = 0; i < j->definition_count; i++)
        if (sl_span_eq(j->definitions[i], line))
            return true;
    return false;
}

static void keep(struct judge *j, struct sl_span line)
{
    if (j->definition_count == j->definition_room) {
        size_t room = j->definition_room == 0 ? 8 : j->definition_room * 2;
        struct sl_span *more = note_alloc(j, room * sizeof *more);
        if (more == NULL)
            return;
        if (j->definition_count > 0)
            memcpy(more, j->definitions, j->definition_count * sizeof *more);
        j->definitions = more;
        j->definition_room = room;
    }
    struct sl_span copy = sl_arena_copy(j->mem, line);
    if (copy.p == NULL)
        j->out_of_memory = true;
    else
        j->definitions[j->definition_count++] = copy;
}

void note_definition(struct judge *j, const char *kind_word, struct sl_span schema,
                     struct sl_span name, struct sl_span text)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t hash[SL_SHA256];
    SL_BUF(line, 1000);

    if (!depth_step(j, 1 + j->definition_count / 8 + text.n / 64))
        return;
    sl_sha256(text, hash);
    sl_buf_say(&line, "%s %S.%S ", kind_word, schema, name);
    for (size_t i = 0; i < sizeof hash; i++) {
        sl_buf_put_u8(&line, (uint8_t)hex[hash[i] >> 4]);
        sl_buf_put_u8(&line, (uint8_t)hex[hash[i] & 15]);
    }
    if (sl_buf_err(&line) != SL_OK || !sl_utf8_valid(sl_buf_span(&line)))
        note_opaque(j, "a definition has a name that the judge cannot read", NULL);
    else if (!is_noted(j, sl_buf_span(&line)))
        keep(j, sl_buf_span(&line));
}

static int compare(const void *a, const void *b)
{
    return sl_span_cmp(*(const struct sl_span *)a, *(const struct sl_span *)b);
}

void definition_finish(struct judge *j, struct sl_meaning *out)
{
    if (j->definition_count > 1)
        qsort(j->definitions, j->definition_count, sizeof *j->definitions, compare);
    out->definitions = j->definitions;
    out->definition_count = j->definition_count;
}
