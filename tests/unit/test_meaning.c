/* The judge's answer as bytes: what goes in comes out, and nothing else is believed. */
#include "core/action/meaning.h"

#include "tests/unit/tap.h"

#include <stdlib.h>

enum { ARENA = 4 * 1024 * 1024 };

static struct sl_span word(unsigned *seed)
{
    static const char *const words[] = {"",       "a",        "public.customers", "email",
                                        "select", "\xc3\xbc", "drop table",       "result.total"};

    *seed = *seed * 1103515245 + 12345;
    return sl_span_str(words[*seed >> 16 & 7]);
}

static unsigned roll(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 16) % below;
}

/* A meaning with a bit of everything, different for each seed. */
static struct sl_meaning *make(struct sl_arena *mem, unsigned seed)
{
    struct sl_meaning *m = SL_ARENA_NEW(mem, struct sl_meaning);

    m->effects = SL_EFFECT_ALL;
    m->flags = roll(&seed, 1 << 15);
    m->opaque_why = word(&seed);
    m->statement_count = roll(&seed, 4);
    m->statements = sl_arena_array(mem, m->statement_count + 1, sizeof *m->statements);
    for (size_t i = 0; i < m->statement_count; i++)
        m->statements[i] = (struct sl_meaning_statement){word(&seed), roll(&seed, SL_EFFECT_ALL)};
    m->access_count = roll(&seed, 4);
    m->accesses = sl_arena_array(mem, m->access_count + 1, sizeof *m->accesses);
    for (size_t i = 0; i < m->access_count; i++) {
        struct sl_meaning_access *a = &m->accesses[i];
        *a = (struct sl_meaning_access){.dataset = SL_SPAN("public.orders"),
                                        .effects = SL_EFFECT_READ};
        a->all_columns = roll(&seed, 2) == 1;
        a->column_count = roll(&seed, 5);
        a->columns = sl_arena_array(mem, a->column_count + 1, sizeof *a->columns);
        for (size_t k = 0; k < a->column_count; k++)
            a->columns[k] = word(&seed);
        a->above_count = roll(&seed, 3);
        a->above = sl_arena_array(mem, a->above_count + 1, sizeof *a->above);
        for (size_t k = 0; k < a->above_count; k++)
            a->above[k] = word(&seed);
    }
    m->flow_count = roll(&seed, 3);
    m->flows = sl_arena_array(mem, m->flow_count + 1, sizeof *m->flows);
    for (size_t i = 0; i < m->flow_count; i++)
        m->flows[i] =
            (struct sl_meaning_flow){word(&seed), word(&seed), (uint8_t)(1 + roll(&seed, 2)),
                                     roll(&seed, 2) == 1 ? SL_SPAN("count") : SL_SPAN("")};
    m->name_count = roll(&seed, 3);
    m->names = sl_arena_array(mem, m->name_count + 1, sizeof *m->names);
    for (size_t i = 0; i < m->name_count; i++)
        m->names[i] = (struct sl_meaning_name){(uint8_t)(1 + roll(&seed, 8)), word(&seed)};
    m->definition_count = roll(&seed, 3);
    m->definitions = sl_arena_array(mem, m->definition_count + 1, sizeof *m->definitions);
    for (size_t i = 0; i < m->definition_count; i++)
        m->definitions[i] = i == 0 ? SL_SPAN("function public.f 00") : SL_SPAN("view public.v 00");
    return m;
}

static void check_same(const struct sl_meaning *a, const struct sl_meaning *b)
{
    SL_CHECK(a->effects == b->effects && a->flags == b->flags);
    SL_CHECK_BYTES(a->opaque_why, b->opaque_why);
    SL_CHECK_INT(a->statement_count, b->statement_count);
    SL_CHECK_INT(a->access_count, b->access_count);
    SL_CHECK_INT(a->flow_count, b->flow_count);
    SL_CHECK_INT(a->name_count, b->name_count);
    SL_CHECK_INT(a->definition_count, b->definition_count);
    for (size_t i = 0; i < a->access_count && i < b->access_count; i++) {
        SL_CHECK_BYTES(a->accesses[i].dataset, b->accesses[i].dataset);
        SL_CHECK(a->accesses[i].all_columns == b->accesses[i].all_columns);
        SL_CHECK_INT(a->accesses[i].column_count, b->accesses[i].column_count);
    }
    for (size_t i = 0; i < a->name_count && i < b->name_count; i++)
        SL_CHECK_INT(a->names[i].kind, b->names[i].kind);
}

static void test_round_trip(void)
{
    for (unsigned seed = 0; seed < 500; seed++) {
        SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
        SL_BUF(bytes, SL_MEANING_MAX_BYTES);
        SL_BUF(again, SL_MEANING_MAX_BYTES);
        struct sl_meaning got;
        SL_CHECK_INT(sl_arena_new(&mem, ARENA), SL_OK);
        struct sl_meaning *m = make(mem, seed);
        sl_meaning_put(&bytes, m);
        SL_CHECK_INT(sl_buf_err(&bytes), SL_OK);
        if (!SL_CHECK_INT(sl_meaning_get(mem, sl_buf_span(&bytes), &got), SL_OK))
            continue;
        check_same(m, &got);
        sl_meaning_put(&again, &got);
        SL_CHECK_BYTES(sl_buf_span(&again), sl_buf_span(&bytes));
    }
}

/* Decodes a copy that ends where its allocation ends, so that a sanitizer sees a read beyond it. */
static enum sl_err get_copy(struct sl_arena *mem, struct sl_span bytes, struct sl_buf *again)
{
    uint8_t *copy = malloc(bytes.n == 0 ? 1 : bytes.n);
    struct sl_meaning m;

    if (bytes.n > 0)
        memcpy(copy, bytes.p, bytes.n);
    sl_arena_reset(mem);
    enum sl_err err = sl_meaning_get(mem, sl_span(copy, bytes.n), &m);
    if (err == SL_OK)
        sl_meaning_put(again, &m);
    free(copy);
    return err;
}

static void test_truncation_at_every_byte(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL, *other = NULL;
    SL_BUF(bytes, SL_MEANING_MAX_BYTES);
    SL_BUF(again, SL_MEANING_MAX_BYTES);

    SL_CHECK_INT(sl_arena_new(&mem, ARENA), SL_OK);
    SL_CHECK_INT(sl_arena_new(&other, ARENA), SL_OK);
    for (unsigned seed = 0; seed < 20; seed++) {
        sl_buf_reset(&bytes);
        sl_meaning_put(&bytes, make(mem, seed));
        for (size_t cut = 0; cut < bytes.n; cut++)
            SL_CHECK(get_copy(other, sl_span_head(sl_buf_span(&bytes), cut), &again) != SL_OK);
        sl_buf_put_u8(&bytes, 0);
        SL_CHECK(get_copy(other, sl_buf_span(&bytes), &again) != SL_OK);
    }
}

/* A flipped bit either is refused or means exactly what it says: it encodes back to itself. */
static void test_bit_flips(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL, *other = NULL;
    SL_BUF(bytes, SL_MEANING_MAX_BYTES);
    SL_BUF(again, SL_MEANING_MAX_BYTES);

    SL_CHECK_INT(sl_arena_new(&mem, ARENA), SL_OK);
    SL_CHECK_INT(sl_arena_new(&other, ARENA), SL_OK);
    for (unsigned seed = 0; seed < 20; seed++) {
        sl_buf_reset(&bytes);
        sl_meaning_put(&bytes, make(mem, seed));
        for (size_t bit = 0; bit < bytes.n * 8; bit++) {
            bytes.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            sl_buf_reset(&again);
            if (get_copy(other, sl_buf_span(&bytes), &again) == SL_OK)
                SL_CHECK_BYTES(sl_buf_span(&again), sl_buf_span(&bytes));
            bytes.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

static enum sl_err encode_and_get(const struct sl_meaning *m)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(bytes, SL_MEANING_MAX_BYTES);
    struct sl_meaning got;

    SL_CHECK_INT(sl_arena_new(&mem, ARENA), SL_OK);
    sl_meaning_put(&bytes, m);
    SL_CHECK_INT(sl_buf_err(&bytes), SL_OK);
    return sl_meaning_get(mem, sl_buf_span(&bytes), &got);
}

static void test_a_judge_that_lies(void)
{
    struct sl_meaning_statement statement = {SL_SPAN("delete"), SL_EFFECT_DELETE};
    struct sl_meaning_access access = {.dataset = SL_SPAN("t"), .effects = SL_EFFECT_DELETE};
    struct sl_meaning_name name = {0, SL_SPAN("x")};
    struct sl_meaning m = {.effects = SL_EFFECT_READ,
                           .statements = &statement,
                           .statement_count = 1};

    SL_CHECK_INT(encode_and_get(&m), SL_EMALFORMED); /* "read" above a list of deletes */
    m = (struct sl_meaning){.effects = SL_EFFECT_READ, .accesses = &access, .access_count = 1};
    SL_CHECK_INT(encode_and_get(&m), SL_EMALFORMED);
    m.effects = SL_EFFECT_DELETE;
    SL_CHECK_INT(encode_and_get(&m), SL_OK);
    access.dataset = SL_SPAN("");
    SL_CHECK_INT(encode_and_get(&m), SL_EMALFORMED);
    access.dataset = SL_SPAN("\xff");
    SL_CHECK_INT(encode_and_get(&m), SL_EMALFORMED);
    m = (struct sl_meaning){.effects = SL_EFFECT_ALL + 1};
    SL_CHECK_INT(encode_and_get(&m), SL_EMALFORMED);
    m = (struct sl_meaning){.names = &name, .name_count = 1};
    SL_CHECK_INT(encode_and_get(&m), SL_EMALFORMED);
    name.kind = SL_NAME_CHANGED + 1;
    SL_CHECK_INT(encode_and_get(&m), SL_EMALFORMED);
    m = sl_meaning_opaque(SL_SPAN("because"));
    SL_CHECK_INT(encode_and_get(&m), SL_OK);
}

static void test_limits(void)
{
    static struct sl_meaning_statement many[SL_MEANING_MAX_STATEMENTS + 1];
    struct sl_meaning m = {.statements = many, .statement_count = SL_MEANING_MAX_STATEMENTS};
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(bytes, SL_MEANING_MAX_BYTES + 1);

    SL_CHECK_INT(encode_and_get(&m), SL_OK);
    m.statement_count++;
    SL_CHECK_INT(encode_and_get(&m), SL_ELIMIT);

    SL_CHECK_INT(sl_arena_new(&mem, 100), SL_OK);
    m.statement_count = 1000;
    sl_meaning_put(&bytes, &m);
    SL_CHECK_INT(sl_meaning_get(mem, sl_buf_span(&bytes), &m), SL_EMEMORY);
    while (bytes.n <= SL_MEANING_MAX_BYTES)
        sl_buf_put_u8(&bytes, 0);
    SL_CHECK_INT(sl_meaning_get(mem, sl_buf_span(&bytes), &m), SL_ELIMIT);

    static uint8_t long_text[UINT16_MAX + 1];
    m = (struct sl_meaning){.opaque_why = sl_span(long_text, sizeof long_text)};
    sl_buf_reset(&bytes);
    sl_meaning_put(&bytes, &m);
    SL_CHECK_INT(sl_buf_err(&bytes), SL_ELIMIT);
}

int main(void)
{
    SL_RUN(test_round_trip);
    SL_RUN(test_truncation_at_every_byte);
    SL_RUN(test_bit_flips);
    SL_RUN(test_a_judge_that_lies);
    SL_RUN(test_limits);
    return sl_tap_done();
}
