/* What a client may say in its startup packet: an allow-list, and nothing else reaches the server.
 */
#include "role/gate/login_int.h"

#include "base/utf8.h"

/* Options that change nothing of what a text means; `options` is never passed on. */
static const char *const allowed[] = {
    "client_encoding",
    "DateStyle",
    "TimeZone",
    "IntervalStyle",
    "extra_float_digits",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "application_name",
    "bytea_output",
    "search_path",
    "geqo",
    "tcp_user_timeout",
    "connect_timeout",
};

static bool is_allowed(const struct target *t, struct sl_span name)
{
    for (size_t i = 0; i < SL_COUNT(allowed); i++)
        if (sl_span_eq_nocase(name, sl_span_str(allowed[i])))
            return true;
    for (size_t i = 0; i < t->config->startup_parameters.count; i++)
        if (sl_span_eq_nocase(name, t->config->startup_parameters.items[i]))
            return true;
    return false;
}

static bool is_utf8_name(struct sl_span v)
{
    return sl_span_eq_nocase(v, SL_SPAN("UTF8")) || sl_span_eq_nocase(v, SL_SPAN("UTF-8")) ||
           sl_span_eq_nocase(v, SL_SPAN("'utf-8'")) || sl_span_eq_nocase(v, SL_SPAN("unicode"));
}

bool startup_add(struct session *s, struct sl_span name, struct sl_span value)
{
    struct login *l = s->login;
    struct sl_pg_option o = {sl_arena_copy(l->mem, name), sl_arena_copy(l->mem, value)};

    if (l->option_count == OPTIONS_MAX || o.name.p == NULL || o.value.p == NULL)
        return false;
    l->options[l->option_count++] = o;
    return true;
}

/* How it wants to prove who it is: drivers that know SCRAM and OAUTHBEARER take what is offered
 * first, and have no way to say which they have the secret for. */
static bool take_wish(struct session *s, struct sl_span value)
{
    s->login->wish = sl_span_is(value, "scram")   ? WISH_SCRAM
                     : sl_span_is(value, "oauth") ? WISH_OAUTH
                                                  : WISH_NONE;
    if (s->login->wish == WISH_NONE)
        session_fatal(s, "22023", "the startup option sluice.auth is \"scram\" or \"oauth\"", NULL);
    return s->login->wish != WISH_NONE;
}

/* True: taken, or left out on purpose. False: the session was refused. */
static bool take_option(struct session *s, struct sl_span name, struct sl_span value)
{
    SL_BUF(text, 512);

    if (sl_span_is(name, "user") || sl_span_is(name, "database") ||
        sl_span_is(name, "application_name") || sl_span_starts(name, SL_SPAN("_pq_.")))
        return true;
    if (sl_span_eq_nocase(name, SL_SPAN("sluice.auth")))
        return take_wish(s, value);
    if (sl_span_eq_nocase(name, SL_SPAN("sluice.issuer"))) {
        s->login->wanted_issuer = sl_arena_copy(s->login->mem, sl_span_head(value, VALUE_MAX));
        return true;
    }
    if (sl_span_is(name, "replication")) {
        session_fatal(s, "0A000", "replication connections are refused by Sluice",
                      "connect to the database server itself for replication");
        return false;
    }
    if (sl_span_eq_nocase(name, SL_SPAN("client_encoding")) && !is_utf8_name(value)) {
        session_fatal(s, "0A000", "Sluice reads statements as UTF-8 only",
                      "set client_encoding to UTF8");
        return false;
    }
    if (!is_allowed(s->target, name) || value.n > VALUE_MAX) {
        sl_buf_put_str(&text, "the startup option ");
        sl_utf8_put_printable(&text, sl_span_head(name, 64));
        sl_buf_put_str(&text, " is not allowed");
        session_fatal(s, "42501", sl_buf_text(&text),
                      "leave it out, or have it added to the target's startup_parameters");
        return false;
    }
    if (sl_span_eq_nocase(name, SL_SPAN("client_encoding")))
        return true; /* ours is always UTF8 */
    if (startup_add(s, name, value))
        return true;
    session_fatal(s, "54000", "too many startup options", NULL);
    return false;
}

/* "-c name=value -c name=value" and "--name=value"; backslashes are refused rather than understood.
 */
static bool take_options_string(struct session *s, struct sl_span text)
{
    while (text.n > 0) {
        while (text.n > 0 && text.p[0] == ' ')
            text = sl_span_from(text, 1);
        if (text.n == 0)
            break;
        if (sl_span_starts(text, SL_SPAN("-c")))
            text = sl_span_from(text, 2);
        else if (sl_span_starts(text, SL_SPAN("--")))
            text = sl_span_from(text, 2);
        else
            goto refused;
        while (text.n > 0 && text.p[0] == ' ')
            text = sl_span_from(text, 1);
        struct sl_span word = sl_span_head(text, sl_span_find(text, ' '));
        size_t equals = sl_span_find(word, '=');
        if (equals == word.n || equals == 0 || sl_span_find(word, '\\') != word.n)
            goto refused;
        if (!take_option(s, sl_span_head(word, equals), sl_span_from(word, equals + 1)))
            return false;
        text = sl_span_from(text, word.n);
    }
    return true;
refused:
    session_fatal(s, "42501", "the startup option \"options\" may only hold -c name=value",
                  "set other parameters with SET after connecting");
    return false;
}

bool startup_take(struct session *s, const struct sl_pg_startup *m)
{
    for (size_t i = 0; i < m->option_count; i++) {
        const struct sl_pg_option *o = &m->options[i];
        bool ok = sl_span_is(o->name, "options") ? take_options_string(s, o->value)
                                                 : take_option(s, o->name, o->value);
        if (!ok)
            return false;
    }
    return true;
}
