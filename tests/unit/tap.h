/* A test harness in one header: TAP lines out, a non-zero exit when anything failed.
 *
 *   static void test_split(void) { SL_CHECK(1 + 1 == 2); SL_CHECK_INT(f(), 3); }
 *   int main(void) { SL_RUN(test_split); return sl_tap_done(); }
 */
#ifndef SL_TESTS_TAP_H
#define SL_TESTS_TAP_H

#include "base/err.h"
#include "base/span.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int sl_tap_tests, sl_tap_failed_tests, sl_tap_failed_checks;

static inline void sl_tap_fail(const char *file, int line, const char *what)
{
    sl_tap_failed_checks++;
    printf("# %s:%d: %s\n", file, line, what);
}

static inline void sl_tap_hex(const char *name, struct sl_span s)
{
    printf("#   %s (%zu bytes):", name, s.n);
    for (size_t i = 0; i < s.n && i < 64; i++)
        printf(" %02x", s.p[i]);
    printf("%s |%.*s|\n", s.n > 64 ? " ..." : "", (int)(s.n < 64 ? s.n : 64),
           s.p == NULL ? "" : (const char *)s.p);
}

static inline bool sl_tap_bytes(const char *file, int line, const char *what, struct sl_span got,
                                struct sl_span want)
{
    if (sl_span_eq(got, want))
        return true;
    sl_tap_fail(file, line, what);
    sl_tap_hex("got ", got);
    sl_tap_hex("want", want);
    return false;
}

static inline bool sl_tap_int(const char *file, int line, const char *what, long long got,
                              long long want)
{
    if (got == want)
        return true;
    sl_tap_fail(file, line, what);
    printf("#   got %lld, want %lld\n", got, want);
    return false;
}

#define SL_CHECK(condition) \
    ((condition) ? true : (sl_tap_fail(__FILE__, __LINE__, #condition), false))
#define SL_CHECK_INT(got, want) \
    sl_tap_int(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))
#define SL_CHECK_BYTES(got, want) sl_tap_bytes(__FILE__, __LINE__, #got, (got), (want))
#define SL_CHECK_TEXT(got, want) sl_tap_bytes(__FILE__, __LINE__, #got, (got), sl_span_str(want))

static pid_t sl_tap_pid;

/* A broken promise says which one, for a core is seldom kept where tests run. Processes that a test
 * forked may end so on purpose: theirs is a remark. */
static inline void sl_tap_aborted(int number)
{
    const char *head = getpid() == sl_tap_pid ? "Bail out! " : "# another process: ";
    const char *what = sl_broken_promise == NULL ? "aborted" : sl_broken_promise;
    bool said = write(1, head, strlen(head)) > 0 && write(1, what, strlen(what)) > 0 &&
                write(1, "\n", 1) == 1;

    (void)said;
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* What was said stands even when the next test ends this program. */
static inline void sl_tap_begin(void)
{
    (void)fflush(stdout);
    sl_tap_pid = getpid();
    (void)signal(SIGABRT, sl_tap_aborted);
}

#define SL_RUN(test)                                                                    \
    do {                                                                                \
        sl_tap_begin();                                                                 \
        int sl_tap_before = sl_tap_failed_checks;                                       \
        test();                                                                         \
        bool sl_tap_passed = sl_tap_failed_checks == sl_tap_before;                     \
        sl_tap_failed_tests += !sl_tap_passed;                                          \
        printf("%s %d - %s\n", sl_tap_passed ? "ok" : "not ok", ++sl_tap_tests, #test); \
    } while (0)

static inline int sl_tap_done(void)
{
    printf("1..%d\n", sl_tap_tests);
    return sl_tap_failed_tests == 0 ? 0 : 1;
}

#endif
