#include "role/keeper/keeper_int.h"

/* Calls that are answered later: what they wait for, or the time that they need, must not keep the
 * keeper from its other work. A channel that ended takes its answers along. */

struct later call_later(struct call *c)
{
    c->later = true;
    return (struct later){c->peer == NULL ? 0 : c->peer->serial, c->id};
}

void later_answer(struct keeper *k, struct later l, uint32_t status, json_t *reply)
{
    SL_BUF(text, 32 * 1024 * 1024);

    if (reply == NULL || sl_json_canonical(&text, reply) != SL_OK || sl_buf_err(&text) != SL_OK) {
        status = 500;
        text.n = 0;
        sl_buf_put_str(&text, "{\"detail\":\"The answer cannot be told in JSON.\",\"status\":500,"
                              "\"title\":\"No answer\",\"type\":\"about:blank\"}");
    }
    for (struct peer *p = k->peers; p != NULL; p = p->next)
        if (p->serial == l.peer && !p->ended)
            ANSWER(p, reply, .call = l.call, .status = status, .body = sl_buf_span(&text));
    json_decref(reply);
}

void later_problem(struct keeper *k, struct later l, uint32_t status, const char *title,
                   const char *detail)
{
    later_answer(k, l, status,
                 json_pack("{s:s, s:s, s:i, s:s}", "type", "about:blank", "title", title, "status",
                           (int)status, "detail", detail));
}
