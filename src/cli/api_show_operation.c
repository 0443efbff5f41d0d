/* The exact operation of an approval: what was shown is what runs (P3). */
#include "cli/api_show_int.h"

#include "base/encode.h"
#include "base/utf8.h"

#include <stdlib.h>

static void print_raw_value(FILE *out, struct sl_span bytes, bool is_text)
{
    SL_BUF(hex, MAX_TEXT);

    if (is_text && sl_utf8_valid(bytes)) {
        fputc('\'', out);
        sl_api_print_text(out, bytes);
        fputc('\'', out);
        return;
    }
    sl_hex_put(&hex, bytes);
    fprintf(out, "\\x%s", sl_buf_text(&hex));
}

/* Types whose binary form is their text: char, name, text, json, xml, unknown, bpchar, varchar. */
static bool is_textual(uint64_t type)
{
    static const uint64_t textual[] = {18, 19, 25, 114, 142, 705, 1042, 1043};

    for (size_t i = 0; i < SL_COUNT(textual); i++)
        if (type == textual[i])
            return true;
    return false;
}

static void print_parameter(FILE *out, size_t number, const json_t *p)
{
    uint64_t type = 0, format = 0;
    SL_BUF(bytes, MAX_TEXT);

    (void)sl_json_u64(p, "type", &type);
    (void)sl_json_u64(p, "format", &format);
    fprintf(out, "  | $%zu (type %llu) = ", number, (unsigned long long)type);
    if (json_is_true(json_object_get(p, "null")))
        fputs("NULL", out);
    else if (sl_base64_get(&bytes, sl_json_str(p, "value")) == SL_OK)
        print_raw_value(out, sl_buf_span(&bytes), format == 0 || is_textual(type));
    else
        fputs("(not readable)", out);
    fputc('\n', out);
}

void sl_api_print_other(FILE *out, const json_t *operation)
{
    char *text = json_dumps(operation, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

    if (text != NULL)
        sl_api_print_lines(out, sl_span_str(text));
    free(text);
}

static void print_sql(FILE *out, const json_t *operation)
{
    const json_t *parameters = json_object_get(operation, "parameters");
    SL_BUF(bytes, MAX_TEXT);

    if (json_object_get(operation, "sql") != NULL) {
        sl_api_print_lines(out, sl_json_str(operation, "sql"));
    } else if (sl_base64_get(&bytes, sl_json_str(operation, "sql_base64")) == SL_OK) {
        fputs("  (not valid UTF-8; other bytes are escaped)\n", out);
        sl_api_print_lines(out, sl_buf_span(&bytes));
    }
    if (json_array_size(parameters) > 0)
        fputs("Values\n", out);
    for (size_t i = 0; i < json_array_size(parameters); i++)
        print_parameter(out, i + 1, json_array_get(parameters, i));
}

/* In the order in which they run, whole, and what of it nobody understood. */
static void print_statements(FILE *out, const json_t *list)
{
    size_t i;
    json_t *item;

    fprintf(out, "  (a list of %zu statements: one yes is for all of them, in this order)\n",
            json_array_size(list));
    json_array_foreach(list, i, item)
    {
        fprintf(out, "  %zu.", i + 1);
        if (sl_json_str(item, "unclear").n > 0) {
            fputs(" not understood: ", out);
            sl_api_print_text(out, sl_json_str(item, "unclear"));
        }
        fputc('\n', out);
        sl_api_print_lines(out, sl_json_str(item, "sql"));
    }
}

void sl_api_print_operation(FILE *out, const json_t *approval)
{
    const json_t *operation = json_object_get(approval, "operation");
    struct sl_span protocol = sl_json_str(approval, "protocol");

    fputs("Statement\n", out);
    if (json_is_true(json_object_get(approval, "operation_masked")))
        fputs(
            "  (password literals are masked as ***; what was asked, and is approved, has them)\n",
            out);
    if (json_is_true(json_object_get(approval, "erased")))
        fputs("  (erased)\n", out);
    else if (operation == NULL)
        fputs("  (not shown to you)\n", out);
    else if (json_object_get(operation, "list") != NULL)
        print_statements(out, json_object_get(operation, "list"));
    else if (sl_span_is(protocol, "postgres"))
        print_sql(out, operation);
    else if (sl_span_is(protocol, "policy"))
        sl_api_print_lines(out, sl_json_str(operation, "diff"));
    else if (sl_span_is(protocol, "sluice"))
        sl_api_print_lines(out, sl_json_str(operation, "change"));
    else
        sl_api_print_other(out, operation); /* all of it: an agent chose its members */
}
