/* SET sluice.reason and its sisters: answered here, never sent on (design: section 5). */
#include "role/gate/list.h"

#include "base/utf8.h"
#include "base/when.h"
#include "role/gate/judging.h"
#include "role/gate/refuse.h"
#include "role/gate/settings.h"

#include <stdlib.h>

enum { VALUE_MAX = 1024 };

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct sl_span trim(struct sl_span s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = sl_span_from(s, 1);
    while (s.n > 0 && (is_blank(s.p[s.n - 1]) || s.p[s.n - 1] == ';'))
        s.n--;
    return s;
}

/* Takes a word (letters, dots, underscores) from the front. */
static struct sl_span word(struct sl_span *s)
{
    size_t n = 0;

    *s = trim(*s);
    while (n < s->n && !is_blank(s->p[n]) && s->p[n] != '=' && s->p[n] != '\'')
        n++;
    struct sl_span w = sl_span_head(*s, n);
    *s = trim(sl_span_from(*s, n));
    return w;
}

static bool is(struct sl_span w, const char *text)
{
    return sl_span_eq_nocase(w, sl_span_str(text));
}

static bool is_ours(struct sl_span name)
{
    return name.n > 7 && sl_span_eq_nocase(sl_span_head(name, 7), SL_SPAN("sluice."));
}

/* SET [SESSION|LOCAL] sluice.NAME (TO|=) VALUE, RESET sluice.NAME. */
static bool split_set(struct sl_span text, struct sl_span *name, struct sl_span *value)
{
    struct sl_span rest = text, verb = word(&rest);

    if (is(verb, "reset")) {
        *name = word(&rest);
        *value = sl_span(NULL, 0);
        return is_ours(*name) && rest.n == 0;
    }
    if (!is(verb, "set"))
        return false;
    *name = word(&rest);
    if (is(*name, "session") || is(*name, "local"))
        *name = word(&rest);
    if (!is_ours(*name))
        return false;
    if (rest.n > 0 && rest.p[0] == '=')
        rest = trim(sl_span_from(rest, 1));
    else if (!is(word(&rest), "to"))
        return false;
    *value = rest;
    return true;
}

/* 'text' with doubled quotes, or a bare word or number. False: neither. */
static bool unquote(struct sl_span value, struct sl_buf *out)
{
    if (is(value, "default"))
        return true;
    if (value.n >= 2 && value.p[0] == '\'' && value.p[value.n - 1] == '\'') {
        for (size_t i = 1; i + 1 < value.n; i++) {
            if (value.p[i] == '\'' && (i + 2 >= value.n || value.p[++i] != '\''))
                return false;
            sl_buf_put_u8(out, value.p[i]);
        }
        return sl_buf_err(out) == SL_OK;
    }
    for (size_t i = 0; i < value.n; i++)
        if (is_blank(value.p[i]) || value.p[i] == '\'' || value.p[i] == ';')
            return false;
    sl_buf_put(out, value);
    return sl_buf_err(out) == SL_OK;
}

bool settings_is_show(struct sl_span text)
{
    struct sl_span rest = text;

    return is(word(&rest), "show") && is_ours(word(&rest)) && rest.n == 0;
}

bool settings_is_set(struct sl_span text)
{
    struct sl_span name, value;

    return split_set(text, &name, &value);
}

static bool set_wait(struct session *s, struct sl_span value, struct sl_buf *complaint)
{
    uint64_t ms = 0;

    if (value.n > 0 && sl_duration_get(value, &ms) != SL_OK) {
        sl_buf_put_str(complaint, "sluice.wait is a duration such as '30s' or '5m'");
        return false;
    }
    s->wait_ms = ms;
    return true;
}

bool settings_apply(struct session *s, struct sl_span text, struct sl_buf *complaint)
{
    struct sl_span name, value;
    SL_BUF(plain, VALUE_MAX);

    if (!split_set(text, &name, &value) || !unquote(value, &plain)) {
        sl_buf_put_str(
            complaint,
            "write SET sluice.NAME = 'value' with at most 1,024 bytes, alone in its message");
        return false;
    }
    struct sl_span key = sl_span_from(name, 7), what = sl_buf_span(&plain);
    if (!sl_utf8_valid(what)) { /* the keeper ends a gate that passes on anything else */
        sl_buf_put_str(complaint, "a value of sluice.NAME must be UTF-8");
        return false;
    }
    if (is(key, "reason"))
        span_set(&s->reason, what);
    else if (is(key, "run"))
        span_set(&s->run, what);
    else if (is(key, "sink"))
        span_set(&s->sink, what);
    else if (is(key, "wait"))
        return set_wait(s, what, complaint);
    else {
        sl_buf_put_str(complaint, is(key, "answer")
                                      ? "SET sluice.answer works as a simple query, without "
                                        "parameters"
                                      : "Sluice knows sluice.reason, sluice.run, sluice.sink, "
                                        "sluice.wait and sluice.answer; and sluice.request in the "
                                        "simple protocol");
        return false;
    }
    return true;
}

bool settings_are_misspelt(const struct judged *j, struct refusal *out)
{
    uint32_t both = j->meaning->m.flags | (j->seen == NULL ? 0 : j->seen->m.flags);

    *out = (struct refusal){
        .sqlstate = "22023",
        .message = "a setting of Sluice's own stands where it does not count",
        .hint = "write SET sluice.NAME = 'value' or SHOW sluice.NAME: alone in its message, "
                "without comments before it, the name without quotes. Nothing of this ran",
    };
    return (both & SL_MEANING_SLUICE_SET) != 0;
}

/* --- SET sluice.answer = '[ID] TEXT': to a reviewer who asked about what waits elsewhere --- */

enum { ID_BYTES = 36 };

static bool is_answer(struct sl_span text)
{
    struct sl_span name, value;

    return split_set(text, &name, &value) && is(sl_span_from(name, 7), "answer") && value.n > 0;
}

static bool begins_with_id(struct sl_span text)
{
    for (size_t i = 0; i < ID_BYTES && i < text.n; i++) {
        uint8_t c = text.p[i];
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return text.n > ID_BYTES + 1 && text.p[ID_BYTES] == ' ';
}

static bool give(struct session *s, struct sl_span text)
{
    struct sl_span name, value, id = {NULL, 0};
    SL_BUF(plain, VALUE_MAX + ID_BYTES);

    if (!split_set(text, &name, &value) || !unquote(value, &plain))
        return false;
    struct sl_span said = sl_buf_span(&plain);
    if (begins_with_id(said)) {
        id = sl_span_head(said, ID_BYTES);
        said = sl_span_from(said, ID_BYTES + 1);
    }
    if (!sl_utf8_valid(said)) /* the keeper would end this gate for it */
        return false;
    SL_SEND(s->gate->keeper, action_answer, .session = s->keeper_session, .approval = id,
            .text = said);
    s->answer = ANSWER_GIVEN;
    return true;
}

static enum take refuse_answer(struct session *s, const char *sqlstate, const char *why)
{
    struct refusal r = {.sqlstate = sqlstate, .message = why};

    refuse_simple(s, &r);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take answered(struct session *s)
{
    SL_BUF(why, 512);
    SL_BUF(b, 64);

    s->answer = ANSWER_NONE;
    if (s->answer_why[0] != '\0') {
        sl_buf_say(&why, "your answer was not taken: %s", s->answer_why);
        return refuse_answer(s, "55000", sl_buf_text(&why));
    }
    sl_pg_put_tag(&b, "SET");
    sl_pg_put_ready(&b, (enum sl_pg_ready)s->tx);
    server_say(s, sl_buf_span(&b));
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take take_answer(struct session *s, struct sl_span text)
{
    if (s->answer == ANSWER_TAKEN)
        return answered(s);
    if (s->answer == ANSWER_NONE && s->gate->keeper == NULL)
        return refuse_answer(s, "57P03", "Sluice's keeper is restarting; answer again in a moment");
    if (s->answer == ANSWER_NONE && !give(s, text))
        return refuse_answer(s, "22023",
                             "write SET sluice.answer = 'text' with at most 1,000 bytes of UTF-8");
    s->wait = WAIT_ANSWERED;
    return TAKE_WAIT;
}

static void taken(struct session *s, struct sl_span why)
{
    why = sl_span_head(why, sizeof s->answer_why - 1);
    memcpy(s->answer_why, why.p == NULL ? (const uint8_t *)"" : why.p, why.n);
    s->answer_why[why.n] = '\0';
    s->answer = ANSWER_TAKEN;
    session_resume(s, WAIT_ANSWERED);
}

enum sl_err settings_answered(struct gate *g, struct sl_span body)
{
    struct sl_msg_action_answered m;

    SL_TRY(sl_msg_action_answered_get(body, &m));
    struct session *s = sl_map_get(g->by_keeper, sl_map_u64(&m.session));
    if (s != NULL && !s->dead && s->answer == ANSWER_GIVEN)
        taken(s, m.why);
    return SL_OK;
}

void settings_keeper_new(struct session *s)
{
    if (!s->dead && s->answer == ANSWER_GIVEN)
        taken(s, SL_SPAN("Sluice's keeper was replaced meanwhile. See with 'sluice show' whether "
                         "it is there; else answer again"));
}

static enum take answer_set(struct session *s, struct sl_span text)
{
    SL_BUF(complaint, 512);
    SL_BUF(b, 64);
    SL_BUF(plain, VALUE_MAX);
    struct sl_span name, value;

    if (split_set(text, &name, &value) && is(sl_span_from(name, 7), "request") &&
        unquote(value, &plain))
        return list_set(s, sl_buf_span(&plain));
    if (!settings_apply(s, text, &complaint)) {
        struct refusal r = {.sqlstate = "22023", .message = sl_buf_text(&complaint)};
        refuse_simple(s, &r);
        return s->dead ? TAKE_DEAD : TAKE_DONE;
    }
    sl_pg_put_tag(&b, "SET");
    sl_pg_put_ready(&b, (enum sl_pg_ready)s->tx);
    server_say(s, sl_buf_span(&b));
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take answer_show(struct session *s, struct sl_span name)
{
    SL_BUF(b, 4096);
    SL_BUF(wait, 64);
    struct sl_span key = sl_span_from(name, 7), value = sl_span("", 0);

    sl_duration_put(&wait, s->wait_ms);
    if (is(key, "reason"))
        value = s->reason;
    else if (is(key, "run"))
        value = s->run;
    else if (is(key, "sink"))
        value = s->sink;
    else if (is(key, "wait"))
        value = sl_buf_span(&wait);
    else if (is(key, "request"))
        value = list_show(s);
    if (value.p == NULL)
        value = SL_SPAN("");
    sl_pg_put_columns(&b, &name, 1);
    sl_pg_put_row(&b, &value, 1);
    sl_pg_put_tag(&b, "SHOW");
    sl_pg_put_ready(&b, (enum sl_pg_ready)s->tx);
    server_say(s, sl_buf_span(&b));
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* Only looks closer at texts that begin like ours, so that others pay next to nothing. */
enum take settings_take(struct session *s, struct sl_span text, struct sl_span whole,
                        bool *was_ours)
{
    struct sl_span rest = text, name, value;

    (void)whole;
    if (text.n < 8)
        return TAKE_DONE;
    struct sl_span verb = word(&rest);
    if (!is(verb, "set") && !is(verb, "reset") && !is(verb, "show"))
        return TAKE_DONE;
    name = word(&rest);
    bool show = is(verb, "show") && is_ours(name) && rest.n == 0;
    if (!show && !split_set(text, &name, &value))
        return TAKE_DONE;
    *was_ours = true;
    if (s->item_count > 0) /* the transaction status that we answer with must be the true one */
        return wait_for_answers(s);
    if (!show && is_answer(text))
        return take_answer(s, text);
    return show ? answer_show(s, name) : answer_set(s, text);
}
