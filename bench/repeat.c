/* CPU of the gate to find the meaning of a text whose like was seen before: its shape, and a full
 * cache asked for it. Prints a line for each text: name, microseconds. */
#include "base/map.h"
#include "wire/pg/shape.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 21, TIMES = 20000, ENTRIES = 16384 };

/* The gate's key of a meaning (role/gate/gate_int.h) has these sizes. */
struct key {
    uint64_t text[2], context;
    uint32_t target, generation;
};

static const struct {
    const char *name, *sql;
} texts[] = {
    {"pgbench select", "SELECT abalance FROM pgbench_accounts WHERE aid = %u;"},
    {"pgbench update", "UPDATE pgbench_accounts SET abalance = abalance + -17 WHERE aid = %u;"},
    {"pgbench insert",
     "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (3, 1, %u, "
     "-17, CURRENT_TIMESTAMP);"},
};

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct sl_span key_of(struct key *k, struct sl_span sql)
{
    const struct sl_shape_key seed = {1, 2};
    static struct sl_shape_memory shapes;
    struct sl_shape shape;

    *k = (struct key){.context = 7, .generation = 1};
    if (sl_shape_again(&shapes, sql, &seed, &shape) == SL_OK)
        memcpy(k->text, shape.hash, sizeof k->text);
    return sl_span(k, sizeof *k);
}

static bool fill(struct sl_map *cache)
{
    static char value;

    for (unsigned i = 0; i < ENTRIES; i++) {
        struct key k = {.text = {i * 0x9e3779b97f4a7c15u, i}, .context = 7, .generation = 1};
        if (sl_map_put(cache, sl_span(&k, sizeof k), &value) != SL_OK)
            return false;
    }
    return true;
}

/* Another literal each time, as pgbench sends them. The best of some rounds: what else runs on the
 * machine only adds. */
static double measure(struct sl_map *cache, const char *sql)
{
    static char bodies[64][256];
    double best = 1e9;
    struct key k;

    for (unsigned i = 0; i < SL_COUNT(bodies); i++) {
        SL_BUF(text, sizeof bodies[0]);
        sl_buf_say(&text, sql, 1000 + i * 1237);
        memcpy(bodies[i], sl_buf_text(&text), text.n + 1);
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        double from = cpu_us();
        for (unsigned i = 0; i < TIMES; i++)
            if (sl_map_get(cache, key_of(&k, sl_span_str(bodies[i % SL_COUNT(bodies)]))) == NULL)
                return -1;
        double us = (cpu_us() - from) / TIMES;
        best = us < best ? us : best;
    }
    return best;
}

int main(void)
{
    SL_FREED_BY(sl_map) struct sl_map *cache = NULL;
    struct key k;
    static char value;

    if (sl_map_new(&cache, 0) != SL_OK || !fill(cache))
        return 1;
    for (size_t i = 0; i < SL_COUNT(texts); i++) {
        SL_BUF(text, 256);
        sl_buf_say(&text, texts[i].sql, 1u);
        if (sl_map_put(cache, key_of(&k, sl_buf_span(&text)), &value) != SL_OK)
            return 1;
        printf("%s\t%.3f\n", texts[i].name, measure(cache, texts[i].sql));
    }
    return 0;
}
