#include "core/action/aggregate.h"

static const char *const names[] = {
#define SL_AGGREGATE_NAME(name) #name,
    SL_AGGREGATES(SL_AGGREGATE_NAME)
#undef SL_AGGREGATE_NAME
};

struct sl_span sl_aggregate(struct sl_span name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sl_span_is(name, names[i]))
            return sl_span_str(names[i]);
    return (struct sl_span){0};
}
