/* PostgreSQL's own aggregates that make one number, or one truth value, out of many: what a flow of
 * a meaning may be said to go through, and what a `declassify` rule may name. min(), max() and
 * those that collect are not among them: they give values back. */
#ifndef SL_CORE_ACTION_AGGREGATE_H
#define SL_CORE_ACTION_AGGREGATE_H

#include "base/span.h"

#define SL_AGGREGATES(X)                                                                         \
    X(count)                                                                                     \
    X(sum)                                                                                       \
    X(avg)                                                                                       \
    X(stddev)                                                                                    \
    X(stddev_pop)                                                                                \
    X(stddev_samp)                                                                               \
    X(variance)                                                                                  \
    X(var_pop)                                                                                   \
    X(var_samp)                                                                                  \
    X(corr) X(covar_pop) X(covar_samp) X(regr_avgx) X(regr_avgy) X(regr_count) X(regr_intercept) \
        X(regr_r2) X(regr_slope) X(regr_sxx) X(regr_sxy) X(regr_syy) X(bool_and) X(bool_or)      \
            X(every) X(bit_and) X(bit_or) X(bit_xor)

/* The same name, living for ever; empty when it is none of these. */
struct sl_span sl_aggregate(struct sl_span name);

#endif
