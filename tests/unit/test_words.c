/* The words of a command: which it takes, and which it refuses. */
#include "cli/words.h"

#include "tests/unit/tap.h"

enum { MOST = 8 };

static const char *config, *since, *words[2];
static bool json;

/* Takes them with two options, a flag and at most word_max other words. */
static bool takes(const char *const *given, size_t word_max)
{
    const struct sl_cli_option options[] = {{"--config", &config, NULL},
                                            {"--since", &since, NULL},
                                            {"--json", NULL, &json}};
    char *argv[MOST + 1] = {(char[]){"command"}};
    int argc = 1;

    config = since = words[0] = words[1] = NULL;
    json = false;
    for (; given[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)given[argc - 1];
    return sl_cli_words("command", argc, argv, options, SL_COUNT(options), words, word_max);
}

static void test_taken(void)
{
    SL_CHECK(takes((const char *[]){NULL}, 0));
    SL_CHECK(config == NULL && since == NULL && !json);
    SL_CHECK(takes((const char *[]){"--json", "one", "--config", "f", "two", NULL}, 2));
    SL_CHECK(json && since == NULL);
    SL_CHECK_TEXT(sl_span_str(config), "f");
    SL_CHECK_TEXT(sl_span_str(words[0]), "one");
    SL_CHECK_TEXT(sl_span_str(words[1]), "two");
    SL_CHECK(takes((const char *[]){"--config", "--json", NULL}, 0)); /* a value is any word */
    SL_CHECK(!json);
    SL_CHECK_TEXT(sl_span_str(config), "--json");
    SL_CHECK(takes((const char *[]){"--since", "1d", "--since", "2d", NULL}, 0));
    SL_CHECK_TEXT(sl_span_str(since), "2d");
}

static void test_refused(void)
{
    SL_CHECK(!takes((const char *[]){"--nothing", NULL}, 2));
    SL_CHECK(!takes((const char *[]){"--config", NULL}, 0)); /* without its value */
    SL_CHECK(!takes((const char *[]){"--json", "--since", NULL}, 2));
    SL_CHECK(!takes((const char *[]){"--json=yes", NULL}, 2));
    SL_CHECK(!takes((const char *[]){"one", NULL}, 0));
    SL_CHECK(!takes((const char *[]){"one", "two", "three", NULL}, 2));
    SL_CHECK(!takes((const char *[]){"-", NULL}, 2));
}

int main(void)
{
    SL_RUN(test_taken);
    SL_RUN(test_refused);
    return sl_tap_done();
}
