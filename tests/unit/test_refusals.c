/* The log of connections that nobody signed in to: told at once, then counted, and never more lines
 * or memory than there is a ceiling for, whatever strangers do. */
#include "role/gate/refusals.h"

#include "os/log.h"
#include "tests/unit/tap.h"

#include <sys/mman.h>
#include <unistd.h>

static char said[1 << 16];

/* What was logged since the last look; standard error is a file in memory. */
static const char *look(void)
{
    ssize_t n = pread(STDERR_FILENO, said, sizeof said - 1, 0);

    said[n < 0 ? 0 : n] = '\0';
    if (ftruncate(STDERR_FILENO, 0) != 0)
        sl_tap_fail(__FILE__, __LINE__, "ftruncate");
    (void)lseek(STDERR_FILENO, 0, SEEK_SET);
    return said;
}

static size_t lines(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

static void test_first_at_once_then_counted(void)
{
    struct refusals r = {.count = 0};

    for (int i = 0; i < 5000; i++)
        refusals_note(&r, "192.0.2.7", "no startup packet in time");
    SL_CHECK(strstr(look(), "event=connection_refused address=192.0.2.7 "
                            "why=\"no startup packet in time\" count=1\n") != NULL);
    SL_CHECK_INT(lines(said), 1);
    refusals_tick(&r, 1000);
    SL_CHECK(strstr(look(), "count=4999\n") != NULL);
    SL_CHECK_INT(lines(said), 1);
    refusals_note(&r, "192.0.2.7",
                  "no startup packet in time"); /* it goes on: no line of its own */
    SL_CHECK_INT(lines(look()), 0);
    refusals_tick(&r, 1000 + REFUSALS_EVERY_MS - 1);
    SL_CHECK_INT(lines(look()), 0);
    refusals_tick(&r, 1000 + REFUSALS_EVERY_MS);
    SL_CHECK(strstr(look(), "count=1\n") != NULL);
    refusals_flush(&r); /* quiet: it is forgotten, and nothing is said */
    SL_CHECK_INT(lines(look()), 0);
    SL_CHECK_INT(r.count, 0);
}

static void test_addresses_and_reasons_are_told_apart(void)
{
    struct refusals r = {.count = 0};

    refusals_note(&r, "192.0.2.7", "one");
    refusals_note(&r, "192.0.2.7", "two");
    refusals_note(&r, "192.0.2.8", "two");
    SL_CHECK_INT(lines(look()), 3);
    refusals_note(&r, "192.0.2.8", "two");
    refusals_flush(&r);
    SL_CHECK(strstr(look(), "address=192.0.2.8 why=two count=1\n") != NULL);
    SL_CHECK_INT(lines(said), 1);
}

static void test_there_is_a_ceiling(void)
{
    struct refusals r = {.count = 0};
    char why[32];

    for (int i = 0; i < 10000; i++) {
        snprintf(why, sizeof why, "target %d", i);
        refusals_note(&r, "192.0.2.7", why);
    }
    SL_CHECK_INT(lines(look()), REFUSALS_KINDS);
    refusals_flush(&r);
    SL_CHECK(strstr(look(), "address=others ") != NULL && strstr(said, "count=9936\n") != NULL);
    SL_CHECK_INT(lines(said), 1);
}

static void test_long_reasons_are_cut(void)
{
    struct refusals r = {.count = 0};
    char why[400];

    memset(why, 'w', sizeof why);
    why[sizeof why - 1] = '\0';
    refusals_note(&r, "192.0.2.7", why);
    why[sizeof why - 2] = 'x'; /* the same, as far as is kept */
    refusals_note(&r, "192.0.2.7", why);
    SL_CHECK_INT(lines(look()), 1);
    SL_CHECK_INT(r.kinds[0].more, 1);
}

int main(void)
{
    int file = memfd_create("stderr", MFD_CLOEXEC);

    if (file < 0 || dup2(file, STDERR_FILENO) < 0)
        return 1;
    sl_log_init("gate");
    SL_RUN(test_first_at_once_then_counted);
    SL_RUN(test_addresses_and_reasons_are_told_apart);
    SL_RUN(test_there_is_a_ceiling);
    SL_RUN(test_long_reasons_are_cut);
    return sl_tap_done();
}
