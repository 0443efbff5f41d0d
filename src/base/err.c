#include "base/err.h"

#include <stdlib.h>

const char *volatile sl_broken_promise;

const char *sl_err_text(enum sl_err err)
{
    static const char *const texts[] = {
#define SL_ERROR_TEXT(name, text) [name] = text,
        SL_ERRORS(SL_ERROR_TEXT)
#undef SL_ERROR_TEXT
    };

    return (size_t)err < SL_COUNT(texts) ? texts[err] : "unknown error";
}

void sl_promise_broken(const char *what)
{
    sl_broken_promise = what;
    abort();
}
