#include "core/approval/approval.h"

static const struct {
    enum sl_approval_state from;
    enum sl_approval_event on;
    enum sl_approval_state to;
    const char *sentence;
} moves[] = {
#define MOVE(from, on, to, sentence) \
    {SL_APPROVAL_##from, SL_APPROVAL_ON_##on, SL_APPROVAL_##to, sentence},
    SL_APPROVAL_MOVES(MOVE)
#undef MOVE
};

enum sl_err sl_approval_move(enum sl_approval_state from, enum sl_approval_event on,
                             enum sl_approval_state *to, const char **sentence)
{
    for (size_t i = 0; i < SL_COUNT(moves); i++) {
        if (moves[i].from != from || moves[i].on != on)
            continue;
        *to = moves[i].to;
        if (sentence != NULL)
            *sentence = moves[i].sentence;
        return SL_OK;
    }
    return SL_ESTATE;
}

static const char *const state_names[] = {NULL,
#define NAME(name, text) text,
                                          SL_APPROVAL_STATES(NAME)
#undef NAME
};

const char *sl_approval_state_name(enum sl_approval_state state)
{
    return (size_t)state < SL_COUNT(state_names) ? state_names[state] : NULL;
}

enum sl_approval_state sl_approval_state_of(struct sl_span name)
{
    for (size_t i = 1; i < SL_COUNT(state_names); i++)
        if (sl_span_is(name, state_names[i]))
            return (enum sl_approval_state)i;
    return SL_APPROVAL_NONE;
}
