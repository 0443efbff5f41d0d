/* Prints messages for Teams, one JSON text a line, as the ones that Microsoft's own libraries
 * check:
 *   {"kind":"card","decides":true,"statement":"...","message":{...}}
 * kinds: card, workflow, invoke, group, question (which decides nothing: it takes an answer, or
 * not). The statement is what must be readable in it, exactly,
 * where it decides. */
#include "teams_play.h"

#include <stdlib.h>

static void print(const char *kind, bool decides, struct sl_span statement,
                  const struct sl_buf *message)
{
    SL_BUF(visible, 1 << 20);
    SL_BUF(line, 4 << 20);
    struct sl_jw w = sl_jw(&line);

    SL_PROMISE(sl_buf_err(message) == SL_OK);
    sl_chat_put_visible(&visible, statement);
    sl_jw_object(&w);
    sl_jw_key(&w, "decides");
    sl_jw_bool(&w, decides);
    sl_jw_key(&w, "kind");
    sl_jw_str(&w, sl_span_str(kind));
    sl_jw_key(&w, "message");
    sl_jw_raw(&w, sl_buf_span(message));
    sl_jw_key(&w, "statement");
    sl_jw_str(&w, sl_buf_span(&visible));
    sl_jw_end(&w);
    puts(sl_buf_text(&line));
}

static void emit(uint64_t number)
{
    struct play p;
    SL_BUF(b, 1 << 20);
    bool decides;

    play_begin(&p, number);
    decides = sl_teams_put_card(&b, number % 2 ? SL_SPAN("1:x") : SL_SPAN(""), &p.card);
    print("card", decides, p.card.statement, &b);
    sl_buf_reset(&b);
    decides = sl_teams_put_invoke_card(&b, &p.card);
    print("invoke", decides, p.card.statement, &b);
    sl_buf_reset(&b);
    sl_teams_put_workflow(&b, &p.card);
    print("workflow", false, p.card.statement, &b);
    sl_buf_reset(&b);
    decides = sl_teams_put_question(&b, number % 2 ? SL_SPAN("1:x") : SL_SPAN(""), &p.card);
    print("question", decides, SL_SPAN(""), &b);
    play_end(&p);
}

static void emit_group(uint64_t number)
{
    struct play p;
    struct sl_chat_line lines[100];
    size_t count = number % (SL_COUNT(lines) + 1);
    SL_BUF(b, 1 << 20);

    play_begin(&p, number);
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct sl_chat_line){p.card.id,      p.card.identity, p.card.target,
                                         p.card.effects, p.card.link,     p.card.state};
    sl_teams_put_group(&b, SL_SPAN(""), lines, count, number, p.card.link);
    print("group", false, SL_SPAN(""), &b);
    play_end(&p);
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 300;

    for (unsigned long i = 1; i <= count; i++)
        emit(i);
    for (unsigned long i = 0; i <= count / 3; i++)
        emit_group(i);
    return 0;
}
