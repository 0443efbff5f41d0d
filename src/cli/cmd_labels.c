/* sluice labels: which columns have a label because labelled data was copied into them. */
#include "cli/api_client.h"
#include "cli/cli.h"
#include "cli/labels.h"
#include "cli/manage.h"

#include <stdio.h>

static const char help[] =
    "usage: sluice labels [--target T] [--json] [--config FILE | --state DIR]\n\n"
    "Lists the labels that followed the data: the column that has one now, the label, and the "
    "column "
    "that\nit came from. Those of the configuration are not among them. `open`: what brought it is "
    "not "
    "committed\nyet. Works on the running keeper, or on the state folder while nothing runs.\n";

static struct sl_manage manage = {.command = "sluice labels"};

static const char *text(const json_t *one, const char *key)
{
    const char *value = json_string_value(json_object_get(one, key));

    return value == NULL ? "" : value;
}

/* Names of columns are somebody's words. */
static void put_name(const char *before, const json_t *one, const char *key)
{
    fputs(before, stdout);
    sl_api_print_text(stdout, sl_span_str(text(one, key)));
}

static const char *only = ""; /* --target */

static void put_label(const json_t *one)
{
    if (only[0] != '\0' && strcmp(only, text(one, "target")) != 0)
        return;
    put_name("", one, "target");
    put_name("  ", one, "column");
    put_name("  ", one, "label");
    put_name("  from ", one, "from");
    puts(json_is_true(json_object_get(one, "settled")) ? "" : "  (open)");
}

static void show_labels(const json_t *reply)
{
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(reply, "labels"), i, item) put_label(item);
}

int sl_cli_labels(int argc, char **argv)
{
    const char *words[1];
    const struct sl_manage_option options[] = {{.name = "--target", .value = &only}};
    size_t count;

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (sl_manage_words(&manage, argc - 1, argv + 1, options, 1, words, 0, &count) != SL_EXIT_FINE)
        return sl_cli_misuse("labels");
    return sl_manage_run(&manage, "label.list", json_object(), show_labels);
}

static void put(struct sl_label_map *map, const json_t *one)
{
    struct sl_derived d = {.target = sl_span_str(text(one, "target")),
                           .column = sl_span_str(text(one, "column")),
                           .label = sl_span_str(text(one, "label")),
                           .source = sl_span_str(text(one, "from")),
                           .settled = json_is_true(json_object_get(one, "settled"))};

    (void)!sl_label_map_put(map, &d); /* what is no label is left out */
}

struct sl_label_map *sl_cli_labels_of(const char *config_path)
{
    const struct sl_manage quiet = {.command = "sluice", .config = config_path, .quiet = true};
    struct sl_label_map *map = NULL;
    json_t *reply = NULL, *item;
    size_t i;

    if (sl_manage_call(&quiet, "label.list", json_object(), &reply) != SL_EXIT_FINE)
        return NULL;
    if (sl_label_map_new(&map) == SL_OK)
        json_array_foreach(json_object_get(reply, "labels"), i, item) put(map, item);
    json_decref(reply);
    return map;
}
