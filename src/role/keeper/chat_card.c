#include "role/keeper/chat_int.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "core/action/settings.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/ask.h"
#include "role/keeper/brief.h"
#include "role/keeper/details.h"
#include "role/keeper/eligible.h"
#include "role/keeper/waiters.h"

/* An approval in words for a chat. Everybody in a channel reads it, who asked among them: so
 * nothing is here that only reviewers see (how many rows a plan expects, how large tables are). */

enum {
    LIST_BYTES = 900,
    TEXT_BYTES = 16 * 1024, /* more is not shown whole in any case */
    SUMMARY_BYTES = 160,
};

static struct sl_span kept(struct keeper *k, const struct sl_buf *b)
{
    return sl_arena_copy(k->mem, sl_buf_span(b));
}

/* --- the statement ------------------------------------------------------------------------------
 */

/* As a JSON string: no value can look like the end of itself and another one. */
static bool put_text_value(struct sl_buf *b, struct sl_span value)
{
    SL_BUF(bytes, TEXT_BYTES);

    if (sl_base64_get(&bytes, value) != SL_OK || !sl_utf8_valid(sl_buf_span(&bytes)))
        return false;
    sl_json_put_string(b, sl_buf_span(&bytes));
    return true;
}

/* A line of the statement's own that looks like one of ours: nobody could tell them apart. */
static bool looks_like_values(struct sl_span sql)
{
    for (size_t i = 0; i + 1 < sql.n; i++)
        if ((sql.p[i] == '\n' || sql.p[i] == '\r') && sql.p[i + 1] == '$')
            return true;
    return false;
}

/* What stands for $1, $2, ... */
static bool put_parameters(struct sl_buf *b, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        uint64_t format = 1;

        sl_json_u64(one, "format", &format);
        sl_buf_say(b, "\n$%U = ", (uint64_t)i + 1);
        if (json_is_true(json_object_get(one, "null")))
            sl_buf_put_str(b, "null");
        else if (format != 0 || !put_text_value(b, sl_json_str(one, "value")))
            return false;
    }
    return true;
}

/* False: it is not all there. What a result's format is, and how many rows are fetched at a time,
 * is no part of what happens. */
static bool put_sql(struct sl_buf *b, const json_t *operation)
{
    static const char *const told[] = {"sql", "parameters", "result_formats", "max_rows"};
    size_t known = 0;

    for (size_t i = 0; i < SL_COUNT(told); i++)
        known += json_object_get(operation, told[i]) != NULL;
    struct sl_span sql = sl_json_str(operation, "sql");
    const json_t *parameters = json_object_get(operation, "parameters");
    sl_buf_put(b, sql);
    return put_parameters(b, parameters) && sql.n > 0 && known == json_object_size(operation) &&
           !(json_array_size(parameters) > 0 && looks_like_values(sql));
}

static bool put_statement(struct sl_buf *b, const struct approval *a, const json_t *operation)
{
    if (sl_span_is(a->protocol, "external"))
        return sl_json_canonical(b, operation) == SL_OK;
    if (!sl_span_is(a->protocol, "postgres"))
        return false;
    if (json_object_get(operation, "list") != NULL) {
        list_put_text(b, operation);
        return false; /* a list is read statement by statement, in the console */
    }
    return put_sql(b, operation);
}

static void tell_statement(struct keeper *k, const struct approval *a, const json_t *document,
                           struct sl_chat_card *card)
{
    json_t *out = json_object();
    SL_BUF(text, TEXT_BYTES);

    statement_put(out, a, document);
    bool whole =
        put_statement(&text, a, json_object_get(out, "operation")) && sl_buf_err(&text) == SL_OK;
    card->whole = whole && !json_is_true(json_object_get(out, "operation_masked"));
    card->statement = text.n > 0 && sl_buf_err(&text) == SL_OK
                          ? kept(k, &text)
                          : sl_arena_copy(k->mem, sl_json_str(out, "summary"));
    json_decref(out);
}

/* --- lists --------------------------------------------------------------------------------------
 */

static void put_item(struct sl_buf *b, struct sl_span item, bool *all)
{
    if (b->n + item.n + 2 > LIST_BYTES) {
        *all = false;
        return;
    }
    sl_buf_say(b, b->n == 0 ? "%S" : ", %S", item);
}

static bool is_among(const struct sl_names *names, struct sl_span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_eq(names->items[i], name))
            return true;
    return false;
}

static struct sl_span words_of(struct keeper *k, const json_t *list, const char *member, bool *all)
{
    struct sl_names seen = {0};
    SL_BUF(text, LIST_BYTES + 64);

    for (size_t i = 0; i < json_array_size(list) && *all; i++) {
        const json_t *one = json_array_get(list, i);
        struct sl_span word = member != NULL
                                  ? sl_json_str(one, member)
                                  : sl_span(json_string_value(one), json_string_length(one));

        if (is_among(&seen, word))
            continue;
        names_add(k->mem, &seen, word);
        put_item(&text, word, all);
    }
    return kept(k, &text);
}

static struct sl_span labels_of(struct keeper *k, const json_t *datasets, bool *all)
{
    struct sl_names seen = {0};
    SL_BUF(text, LIST_BYTES + 64);

    for (size_t i = 0; i < json_array_size(datasets); i++) {
        const json_t *labels = json_object_get(json_array_get(datasets, i), "labels");

        for (size_t j = 0; j < json_array_size(labels); j++) {
            const json_t *one = json_array_get(labels, j);
            struct sl_span label = sl_span(json_string_value(one), json_string_length(one));

            if (is_among(&seen, label))
                continue;
            names_add(k->mem, &seen, sl_arena_copy(k->mem, label));
            put_item(&text, label, all);
        }
    }
    return kept(k, &text);
}

/* --- what a card does not tell ------------------------------------------------------------------
 * It has the statement, and not all that the page has. Where there is more to know, people read it
 * there: so a card decides only what is ordinary, and what nobody has thought of here is not. */

#define DETAIL_TOLD(name) #name,
#define DETAIL_UNTOLD(name)
#define DETAIL_IF(name, how) DETAIL_##how(name)
static const char *const told_details[] = {APPROVAL_DETAILS(DETAIL_IF)};
static const char *const told_members[] = {"context",     "datasets",   "definitions", "effects",
                                           "environment", "identity",   "operation",   "protocol",
                                           "reason",      "requesters", "rules",       "run",
                                           "salt",        "statements", "target"};

static bool is_among_words(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool says_nothing(const json_t *value)
{
    return json_is_null(value) || json_is_false(value) ||
           (json_is_string(value) && json_string_length(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0);
}

static bool says_no_more(const json_t *object, const char *const *words, size_t count)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key,
                        value) if (!says_nothing(value) &&
                                   !is_among_words(key, words, count)) return false;
    return true;
}

static bool has_text(struct sl_span s, const char *text)
{
    size_t n = strlen(text);

    return s.n >= n && memmem(s.p, s.n, text, n) != NULL;
}

/* Twice what the plan expects is as good as what it expects (over.c): for reviewers alone, as in
 * the API. */
static bool tells_estimate(const struct approval *a)
{
    return json_object_get(json_object_get(a->detail, DETAIL(show)), "rows_estimate") != NULL;
}

/* What it can take in all: the first number of rows that somebody set, where whoever asks knows it
 * as well. */
static struct sl_span rows_of(struct keeper *k, const struct approval *a)
{
    uint64_t most = 0;
    SL_BUF(text, 64);

    if (sl_json_u64(a->detail, DETAIL(rows), &most)
            ? tells_estimate(a)
            : !sl_json_u64(a->detail, DETAIL(row_limit), &most))
        return sl_span(NULL, 0);
    sl_buf_put_str(&text, "at most ");
    sl_buf_put_grouped(&text, most);
    sl_buf_put_str(&text, " in its result");
    return kept(k, &text);
}

/* Not another role than it signed in with, and no settings that the gate has no names for (gate/
 * hold.c). */
static bool is_usual_session(const json_t *context)
{
    struct sl_span role = sl_json_str(context, "role"), user = sl_json_str(context, "user"),
                   settings = sl_json_str(context, "settings");

    return (role.n == 0 || sl_span_is(role, "none") || sl_span_eq(role, user)) &&
           !has_text(settings, " others, ") && !sl_span_is(settings, "changed");
}

static bool is_ordinary(const struct approval *a, const json_t *document)
{
    return says_no_more(a->detail, told_details, SL_COUNT(told_details)) &&
           says_no_more(document, told_members, SL_COUNT(told_members)) &&
           is_usual_session(json_object_get(document, "context"));
}

/* What gives the text its meaning, where that is not as usual. */
static struct sl_span session_of(struct keeper *k, const json_t *context, bool *all)
{
    SL_BUF(text, 64 * 1024);

    sl_settings_put_unusual(&text, sl_json_str(context, "settings"),
                            sl_json_str(context, "search_path"));
    *all = *all && sl_buf_err(&text) == SL_OK;
    return kept(k, &text);
}

/* The document, or of a large one its brief: whoever asks can make it 16 MB, and it would not be
 * shown whole in any case. */
static json_t *document_or_brief(struct keeper *k, const struct approval *a)
{
    json_t *brief = NULL;

    if (approval_erased(a))
        return NULL;
    if (a->large_bytes == 0)
        return approval_document(k, a);
    return sl_json_read(a->brief, &brief, NULL) == SL_OK ? brief : NULL;
}

static void tell_document(struct keeper *k, const struct approval *a, struct sl_chat_card *card)
{
    json_t *document = document_or_brief(k, a);
    bool all = true;

    if (document == NULL) {
        card->hidden = true;
        return;
    }
    const json_t *datasets = json_object_get(document, "datasets");
    if (a->large_bytes == 0)
        tell_statement(k, a, document, card);
    else
        card->statement = sl_arena_copy(k->mem, sl_json_str(document, "summary"));
    card->rows = rows_of(k, a);
    card->effects = words_of(k, json_object_get(document, "effects"), NULL, &all);
    card->datasets = words_of(k, datasets, "name", &all);
    card->labels = labels_of(k, datasets, &all);
    card->reason = sl_arena_copy(k->mem, sl_json_str(document, "reason"));
    card->session = session_of(k, json_object_get(document, "context"), &all);
    card->run = sl_arena_copy(k->mem, sl_json_str(document, "run"));
    card->whole = card->whole && all && is_ordinary(a, document);
    card->hidden = json_is_true(json_object_get(a->detail, "withheld"));
    json_decref(document);
}

/* --- who decided, and who may --------------------------------------------------------------------
 */

static void tell_votes(struct keeper *k, const struct approval *a, struct sl_chat_card *card)
{
    struct sl_vote *yes;
    size_t count = approval_yes(k, a, &yes);
    SL_BUF(text, 4096);

    card->have = sl_quorum(a->requirements, a->requirement_count, yes, count, NULL);
    card->need = sl_quorum_need(a->requirements, a->requirement_count);
    for (size_t i = 0; i < a->vote_count && i < SL_CHAT_VOTES_MOST; i++) {
        SL_BUF(who, 256);

        chat_put_who(&who, &a->votes[i]);
        card->votes[card->vote_count++] =
            (struct sl_chat_vote){.who = kept(k, &who),
                                  .decision = a->votes[i].lapsed == NULL ? a->votes[i].decision
                                                                         : SL_SPAN("lapsed"),
                                  .reason = a->votes[i].reason,
                                  .channel = a->votes[i].channel};
    }
    if (a->state != SL_APPROVAL_PENDING)
        return;
    deciders_text(&text, k, a);
    card->reviewers = kept(k, &text);
}

/* NULL: a click may decide this here, if its text is shown whole. */
static const char *why_not_here(const struct chat *h, const struct approval *a)
{
    if (h->kind->never_why != NULL)
        return h->kind->never_why;
    if (a->passkey)
        return "the rule asks for a decision signed with a passkey";
    if ((a->shut & 1u << h->kind->channel) != 0)
        return h->kind->shut_why;
    if (h->config->issuer.n == 0)
        return "nobody's account here is known";
    return h->config->show == SL_CHAT_SHOW_STATEMENT ? NULL : "the statement is not shown here";
}

static struct sl_span owner_of(struct keeper *k, struct sl_span name, struct sl_span *kind)
{
    struct person who;

    if (!person_there(k, name, &who))
        return sl_span(NULL, 0);
    *kind = sl_span_str(sl_identity_kind_name(who.kind));
    return who.owner;
}

static struct sl_span state_word(const struct approval *a)
{
    if (a->state == SL_APPROVAL_APPROVED && approval_envelope(a).times > 0)
        return SL_SPAN("open");
    return a->state == SL_APPROVAL_SPENT && a->outcome.n == 0
               ? SL_SPAN("running")
               : sl_span_str(sl_approval_state_name(a->state));
}

/* Who asks and where; of what is said, by anybody, nothing. */
static void keep_only_where(struct sl_chat_card *card)
{
    struct sl_span *const texts[] = {&card->statement, &card->why,      &card->reason,
                                     &card->run,       &card->rows,     &card->session,
                                     &card->effects,   &card->datasets, &card->labels};

    for (size_t i = 0; i < SL_COUNT(texts); i++)
        *texts[i] = sl_span(NULL, 0);
    for (size_t i = 0; i < card->vote_count; i++)
        card->votes[i].reason = sl_span(NULL, 0);
    card->only_where = true;
}

void chat_card_make(struct keeper *k, const struct chat *h, const struct approval *a, bool brief,
                    struct sl_chat_card *card)
{
    SL_BUF(outcome, 8192);
    const char *not_here = why_not_here(h, a);
    struct sl_span why_asker = sl_json_str(a->detail, "why_asker");

    *card = (struct sl_chat_card){.id = a->id,
                                  .state = state_word(a),
                                  .identity = a->identity,
                                  .target = a->target,
                                  .environment = a->environment,
                                  .protocol = a->protocol,
                                  .link = approval_link(k, a->id),
                                  .asked_us = a->asked_us,
                                  .expires_us = a->expires_us,
                                  .escalated = a->escalated_us != 0,
                                  .alone = chat_alone_by(a) != NULL,
                                  .client_waits = waiters_of(k, a->id) > 0};
    memcpy(card->digest, a->digest, sizeof card->digest);
    card->owner = owner_of(k, a->identity, &card->kind);
    card->why = why_asker.n > 0 ? why_asker : sl_json_str(a->detail, "why");
    tell_document(k, a, card);
    if (brief || chat_tells_only_where(h)) {
        card->hidden = true;
        card->whole = false;
    }
    tell_votes(k, a, card);
    chat_tell_talk(k, a, card);
    if (chat_tells_only_where(h))
        keep_only_where(card);
    card->decides = a->state == SL_APPROVAL_PENDING && not_here == NULL;
    card->decides_not_why = not_here != NULL ? sl_span_str(not_here) : sl_span(NULL, 0);
    if (a->state == SL_APPROVAL_PENDING)
        return;
    chat_put_outcome(&outcome, h, a);
    card->outcome = kept(k, &outcome);
}

struct sl_chat_line chat_line_make(struct keeper *k, const struct chat *h, const struct approval *a)
{
    json_t *document = chat_tells_only_where(h) ? NULL : document_or_brief(k, a);
    bool all = true;
    struct sl_chat_line line = {.id = sl_arena_copy(k->mem, a->id),
                                .identity = sl_arena_copy(k->mem, a->identity),
                                .target = sl_arena_copy(k->mem, a->target),
                                .link = sl_arena_copy(k->mem, approval_link(k, a->id)),
                                .state = sl_span_str(sl_approval_state_name(a->state))};

    if (document != NULL)
        line.summary =
            sl_utf8_head(words_of(k, json_object_get(document, "statements"), NULL, &all),
                         SUMMARY_BYTES);
    json_decref(document);
    return line;
}
