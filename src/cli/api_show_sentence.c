/* An approval in one sentence, and the words that its other lines share. */
#include "cli/api_show_int.h"

#include "base/utf8.h"
#include "base/when.h"
#include "os/clock.h"

#include <time.h>

void sl_api_print_member(FILE *out, const json_t *object, const char *member)
{
    sl_api_print_text(out, sl_json_str(object, member));
}

/* "a, b and c", each escaped. */
static void put_list(struct sl_buf *b, const json_t *list)
{
    size_t count = json_array_size(list);

    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);

        if (i > 0)
            sl_buf_put_str(b, i + 1 == count ? " and " : ", ");
        sl_utf8_put_printable(b, sl_span(json_string_value(item), json_string_length(item)));
    }
}

void sl_api_print_list(FILE *out, const json_t *list)
{
    SL_BUF(text, MAX_TEXT);

    put_list(&text, list);
    fputs(sl_buf_text(&text), out);
}

/* "read, change the schema and export": effects as what somebody wants to do. */
static const char *verb_of(const json_t *effect)
{
    static const char *const verbs[][2] = {
        {"ddl", "change the schema"},
        {"privilege", "change rights"},
        {"admin", "administer the server"},
        {"program", "reach outside the database"},
        {"call", "call procedures"},
        {"session", "change its session"},
        {"opaque", "do what Sluice cannot know"},
    };
    const char *name = json_string_value(effect);

    for (size_t i = 0; name != NULL && i < SL_COUNT(verbs); i++)
        if (strcmp(name, verbs[i][0]) == 0)
            return verbs[i][1];
    return name == NULL ? "" : name;
}

static void print_verbs(FILE *out, const json_t *effects)
{
    size_t count = json_array_size(effects);

    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : i + 1 == count ? " and " : ", ", out);
        sl_api_print_text(out, sl_span_str(verb_of(json_array_get(effects, i))));
    }
}

void sl_api_put_left(struct sl_buf *b, const json_t *approval, const char *member)
{
    uint64_t until, now = sl_clock_us();

    if (sl_when_get(sl_json_str(approval, member), &until) != SL_OK)
        return;
    if (until <= now) {
        sl_buf_put_str(b, "no time left");
        return;
    }
    sl_duration_put(b, (until - now) / 1000);
    sl_buf_put_str(b, " left");
}

void sl_api_print_local_time(struct sl_span text)
{
    uint64_t us;
    char local[64] = "";

    if (sl_when_get(text, &us) != SL_OK)
        return;
    time_t seconds = (time_t)(us / 1000000);
    struct tm t;
    if (localtime_r(&seconds, &t) != NULL &&
        strftime(local, sizeof local, "%Y-%m-%d %H:%M:%S %Z", &t) > 0)
        fputs(local, stdout);
}

static const char *colour_of(const struct sl_api *api, struct sl_span state)
{
    if (!api->colour)
        return "";
    if (sl_span_is(state, "pending"))
        return "\033[1;33m";
    return sl_span_is(state, "approved") || sl_span_is(state, "spent") ? "\033[1;32m"
                                                                       : "\033[1;31m";
}

void sl_api_print_sentence(struct sl_api *api, FILE *out, const json_t *approval)
{
    struct sl_span state = sl_json_str(approval, "state");
    SL_BUF(left, 256);

    sl_api_print_member(out, approval, "identity");
    fputs(" asks to ", out);
    if (sl_span_is(sl_json_str(approval, "protocol"), "sluice"))
        sl_api_print_member(out, approval, "summary"); /* in words: "add the human ..." */
    else if (json_array_size(json_object_get(approval, "effects")) > 0)
        print_verbs(out, json_object_get(approval, "effects"));
    else
        fputs("act", out);
    fputs(" on ", out);
    sl_api_print_member(out, approval, "target");
    if (sl_json_str(approval, "environment").n > 0) {
        fputs(" (", out);
        sl_api_print_member(out, approval, "environment");
        fputc(')', out);
    }
    fputs(". It is ", out);
    fputs(colour_of(api, state), out);
    sl_api_print_text(out, state);
    fputs(api->colour ? "\033[0m" : "", out);
    sl_api_put_left(&left, approval,
                    sl_span_is(state, "approved") ? "grant_expires_at" : "expires_at");
    if (sl_span_is(state, "pending") && left.n > 0)
        fprintf(out, ", %s to decide", sl_buf_text(&left));
    if (sl_span_is(state, "approved") && left.n > 0)
        fprintf(out, ", %s to run it", sl_buf_text(&left));
    fputs(".\n", out);
}
