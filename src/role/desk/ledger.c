/* The ledger's files as the keeper gives them, and what a search finds as a file in pieces: one
 * question to the keeper for each, and the next only when the client has read the last. */
#include "role/desk/desk_int.h"

#include "base/encode.h"
#include "json/json.h"

enum {
    EXPORT_LINES = 200 * 1000,        /* of one file */
    EXPORT_PAUSE_BYTES = 1024 * 1024, /* that the client must read before more is asked for */
    BYTES_MOST = 24 * 1024 * 1024,
};

/* --- files ---------------------------------------------------------------------------------- */

static void answer_bytes(struct sl_desk_conn *c, struct sl_span base64)
{
    SL_BUF(bytes, BYTES_MOST);

    if (sl_base64_get(&bytes, base64) != SL_OK)
        sl_desk_problem(c, 503, "the keeper's answer cannot be read");
    else
        sl_desk_answer(c, &(struct sl_desk_answer){.status = 200,
                                                   .type = "application/octet-stream",
                                                   .body = sl_buf_span(&bytes)});
}

static void answer_file(struct sl_desk_conn *c, const json_t *told)
{
    struct sl_span text = sl_json_str(told, "text"), json = sl_json_str(told, "json");

    if (json_object_get(told, "base64") != NULL)
        answer_bytes(c, sl_json_str(told, "base64"));
    else
        sl_desk_answer(c, &(struct sl_desk_answer){.status = 200,
                                                   .type = json.n > 0 ? "application/json"
                                                                      : "text/plain; charset=utf-8",
                                                   .body = json.n > 0 ? json : text});
}

static void on_file(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *told = NULL;

    if (status != 200 || sl_json_read(body, &told, NULL) != SL_OK)
        sl_desk_pass_on(c, status, body);
    else
        answer_file(c, told);
    json_decref(told);
}

void sl_desk_ledger(struct sl_desk_conn *c)
{
    const struct sl_desk_request *r = c->request;
    bool is_tile = strstr(r->route->path, "{tile}") != NULL;
    SL_BUF(body, SL_DESK_MAX_FILE + 32);

    if (r->file[0] == '\0')
        sl_buf_put_str(&body, "{}");
    else /* letters, digits, dots and slashes: nothing that JSON would escape */
        sl_buf_say(&body, "{\"name\":\"%s%s\"}", is_tile ? "tile/" : "", r->file);
    sl_desk_ask(c, r->route->call, sl_buf_span(&body), on_file);
}

/* --- exports -------------------------------------------------------------------------------- */

static void put_end(struct sl_desk_conn *c, bool more)
{
    const struct sl_desk_request *r = c->request;
    SL_BUF(text, 256);

    if (r->export_csv)
        sl_buf_say(&text, "\"end\",\"%U lines\",\"%s\"\r\n", r->export_lines,
                   more ? "there are more: ask for a shorter time" : "complete");
    else
        sl_buf_say(&text, "{\"end\":{\"lines\":%U,\"more\":%s}}\n", r->export_lines,
                   more ? "true" : "false");
    sl_http1_put_chunk(&c->out, sl_buf_span(&text));
    sl_desk_stream_end(c);
}

/* Where the keeper stopped is where the next piece begins. */
static void next_question(struct sl_desk_request *r, const json_t *told)
{
    if (!json_is_true(json_object_get(told, "more")) ||
        json_object_set(r->export_question, "before", json_object_get(told, "before")) != 0 ||
        json_object_set(r->export_question, "size", json_object_get(told, "size")) != 0) {
        json_decref(r->export_question);
        r->export_question = NULL;
    }
}

static void take_piece(struct sl_desk_conn *c, const json_t *told)
{
    struct sl_desk_request *r = c->request;
    struct sl_span text = sl_json_str(told, "text");
    uint64_t lines = 0;

    if (text.n > 0)
        sl_http1_put_chunk(&c->out, text);
    if (c->deadline_ms == 0)
        sl_desk_conn_deadline(c, SL_DESK_WRITE_MS);
    (void)sl_json_u64(told, "lines", &lines);
    r->export_lines += lines;
    next_question(r, told);
    if (sl_buf_err(&c->out) != SL_OK)
        sl_desk_conn_end(c);
    else if (r->export_question == NULL)
        put_end(c, false);
    else if (r->export_lines >= EXPORT_LINES)
        put_end(c, true);
}

static void begin_file(struct sl_desk_conn *c)
{
    bool csv = c->request->export_csv;

    sl_desk_stream_begin(c, SL_DESK_EXPORTING,
                         csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8",
                         csv ? "attachment; filename=\"sluice-audit.csv\""
                             : "attachment; filename=\"sluice-audit.jsonl\"");
}

/* A file that broke off in the middle has no end: its reader sees that it is not whole. */
static void on_piece(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    bool first = c->phase != SL_DESK_EXPORTING;
    json_t *told = NULL;

    c->request->export_asked = false;
    if (first && (status != 200 || c->request->is_head)) {
        sl_desk_pass_on(c, status, body);
    } else if (status != 200 || sl_json_read(body, &told, NULL) != SL_OK) {
        sl_desk_conn_end(c);
    } else if (!first || sl_desk_stream_has_room(c, told, true)) {
        if (first)
            begin_file(c);
        take_piece(c, told);
    }
    json_decref(told);
}

void sl_desk_export_pump(struct sl_desk_conn *c)
{
    struct sl_desk_request *r = c->request;

    if (r == NULL || r->export_asked || r->export_question == NULL || c->out.n > EXPORT_PAUSE_BYTES)
        return;
    r->export_asked = true;
    sl_desk_ask_object(c, r->export_question, on_piece);
}

void sl_desk_export(struct sl_desk_conn *c, json_t *question)
{
    c->request->export_question = question;
    c->request->export_csv = sl_span_is(sl_json_str(question, "format"), "csv");
    sl_desk_export_pump(c);
}
