/* One error type for the whole tree.
 *
 * A function that can fail returns `enum sl_err`, SL_OK being zero, and the compiler refuses to
 * let a caller drop it. Outputs come last and stay untouched on failure. Libraries return errors;
 * only programs log, once, at the top.
 *
 * SL_TRY(e) returns from the caller with the error of `e`; SL_PROMISE(c) stops the process when one
 * of *our own* invariants is broken. It is never used on input.
 */
#ifndef SL_BASE_ERR_H
#define SL_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SL_ERRORS(X)                                       \
    X(SL_OK, "ok")                                         \
    X(SL_EMALFORMED, "the bytes do not follow the format") \
    X(SL_ELIMIT, "a limit was passed")                     \
    X(SL_EMEMORY, "out of memory")                         \
    X(SL_EOVERFLOW, "a number does not fit")               \
    X(SL_ENOTFOUND, "not found")                           \
    X(SL_EEXISTS, "it exists already")                     \
    X(SL_EDENIED, "not permitted")                         \
    X(SL_ESTATE, "not possible in this state")             \
    X(SL_EUNSUPPORTED, "not supported")                    \
    X(SL_ECRYPTO, "a cryptographic operation failed")      \
    X(SL_ECORRUPT, "stored data is damaged")               \
    X(SL_EIO, "input or output failed")                    \
    X(SL_ETIMEOUT, "no answer in time")                    \
    X(SL_EGONE, "the other side went away")                \
    X(SL_EBUSY, "in use by another process")               \
    X(SL_EFULL, "no room left")                            \
    X(SL_ECONFIG, "the configuration is wrong")

enum sl_err {
#define SL_ERROR_NAME(name, text) name,
    SL_ERRORS(SL_ERROR_NAME)
#undef SL_ERROR_NAME
};

/* A sentence for people, never NULL, static storage. */
const char *sl_err_text(enum sl_err err);

#define SL_MUST_CHECK __attribute__((warn_unused_result))
#define SL_NONNULL __attribute__((nonnull))
#define SL_UNUSED __attribute__((unused))

#define SL_TRY(expression)                     \
    do {                                       \
        enum sl_err sl_try_err = (expression); \
        if (sl_try_err != SL_OK)               \
            return sl_try_err;                 \
    } while (0)

/* Stops the process; `what` is left in sl_broken_promise for the core dump. */
extern const char *volatile sl_broken_promise;
_Noreturn void sl_promise_broken(const char *what);

#define SL_PROMISE(condition)                            \
    do {                                                 \
        if (!(condition))                                \
            sl_promise_broken(__FILE__ ": " #condition); \
    } while (0)

/* SL_FREED_BY(sl_arena) struct sl_arena *a = NULL;  -> sl_arena_free(a) at the end of the scope. */
#define SL_FREED_BY(module) __attribute__((cleanup(module##_cleanup)))
#define SL_DEFINE_CLEANUP(type, module)               \
    static inline void module##_cleanup(type **thing) \
    {                                                 \
        module##_free(*thing);                        \
    }

#define SL_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
