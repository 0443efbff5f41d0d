/* The judge program: listings kept by gate and target, one answer for each question. */
#ifndef SL_ROLE_JUDGE_JUDGE_INT_H
#define SL_ROLE_JUDGE_JUDGE_INT_H

#include "judge/sql/sql.h"
#include "os/channel.h"

enum {
    SL_JUDGE_MAX_GATES = 64,
    SL_JUDGE_MAX_TARGETS = 256,
    SL_JUDGE_MAX_NAMES = 4096,
    SL_JUDGE_MEMORY = 16 * 1024 * 1024, /* of one judgement, the grammar's own trees beside it */
    SL_JUDGE_ANSWERS = 1000 * 1000,     /* then a fresh program takes over */
};

/* The listing of one target as one gate sent it. */
struct listing {
    uint32_t target, generation;
    struct sl_buf bytes;
    struct sl_catalog catalog;
};

/* What is kept of a gate: nothing of its questions. */
struct gate {
    struct judge_program *program;
    struct sl_channel *channel;
    struct listing *listings;
    size_t listing_count;
};

struct judge_program {
    struct sl_loop *loop;
    struct sl_channel *super;
    struct gate *gates[SL_JUDGE_MAX_GATES]; /* by index */
    struct sl_arena *mem;
    uint64_t answers;
    bool leaving;
    int exit_code;
};

/* listing.c */
enum sl_err listing_take(struct gate *g, struct sl_span body) SL_MUST_CHECK;
const struct sl_catalog *listing_find(const struct gate *g, uint32_t target, uint32_t generation);
void listing_free_all(struct gate *g);

/* answer.c */
enum sl_err answer_question(struct gate *g, struct sl_span body) SL_MUST_CHECK;

#endif
