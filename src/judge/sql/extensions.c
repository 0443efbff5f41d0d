#include "judge/sql/extensions.h"

#include "core/action/effect.h"

static const struct reviewed {
    const char *extension, *functions;
    struct review review;
} reviewed[] = {
#define PURE 0
#define OPAQUE SL_EFFECT_OPAQUE
#define PROGRAM SL_EFFECT_PROGRAM
#define ADMIN SL_EFFECT_ADMIN
#define UPDATE SL_EFFECT_UPDATE
#define EXPORT SL_EFFECT_EXPORT
#define SESSION SL_EFFECT_SESSION
#define EXTENSION(name, functions, effects, why) {name, functions, {effects}},
    SL_EXTENSIONS(EXTENSION)
#undef EXTENSION
};

const struct review *extension_review(struct sl_span extension, struct sl_span function)
{
    for (size_t i = 0; i < SL_COUNT(reviewed); i++)
        if (sl_span_is(extension, reviewed[i].extension) &&
            sl_span_glob(sl_span_str(reviewed[i].functions), function))
            return &reviewed[i].review;
    return NULL;
}

bool extension_operator_class(struct sl_span name)
{
    static const char *const names[] = {SL_EXTENSION_OPERATOR_CLASSES};

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (sl_span_is(name, names[i]))
            return true;
    return false;
}
