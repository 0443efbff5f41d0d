/* A small shop as the start-up listing would show it, and a meaning as one line of text. */
#ifndef SL_TESTS_JUDGE_FIXTURE_H
#define SL_TESTS_JUDGE_FIXTURE_H

#include "core/action/meaning.h"
#include "core/catalog/catalog.h"

struct judged {
    const char *sql, *meaning;
};

struct fixture_relation {
    const char *schema, *name, *kind, *problems;
    const char *columns; /* "id:b email:b" */
};

static const struct fixture_relation fixture_relations[] = {
    {"public", "customers", "r", "", "id:b name:b email:b ssn:b status:e"},
    {"public", "orders", "r", "", "id:b customer_id:b total:b note:b placed:b"},
    {"public", "payments", "r", "", "id:b order_id:b card:b amount:b"},
    {"public", "objects", "r", "", "id:b class:r"},
    {"public", "audited", "r", "t", "id:b what:b"},
    {"public", "parent", "r", "c", "id:b"},
    {"public", "hidden", "r", "s", "id:b"},
    {"public", "odd", "r", "", "id:b shape:u"},
    {"public", "customer_view", "v", "u", "id:b email:b"},
    {"public", "order_seq", "S", "", "last_value:b log_cnt:b is_called:b"},
    {"staging", "import", "r", "", "id:b line:b"},
    {"staging", "orders", "r", "", "id:b"},
    {"alice", "mine", "r", "", "id:b"},
};
static const char *const fixture_names[][3] = {
    {"f", "public", "danger"}, {"f", "public", "email_of"}, {"f", "public", "initcap"},
    {"o", "public", "==="},    {"e", "public", "mood"},     {"t", "public", "money_pair"},
    {"s", "public", "public"}, {"s", "staging", "staging"}, {"s", "alice", "alice"},
};

static inline struct sl_span fixture_word(const char **at, char end)
{
    const char *from = *at;

    while (**at != 0 && **at != end)
        (*at)++;
    struct sl_span word = sl_span(from, (size_t)(*at - from));
    *at += **at != 0;
    return word;
}

static inline enum sl_err fixture_catalog(struct sl_buf *out)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;

    SL_TRY(sl_catalog_builder_new(&b));
    for (size_t i = 0; i < SL_COUNT(fixture_relations); i++) {
        const struct fixture_relation *r = &fixture_relations[i];
        struct sl_span row[] = {SL_SPAN("R"), sl_span_str(r->schema), sl_span_str(r->name),
                                sl_span_str(r->kind), sl_span_str(r->problems)};
        SL_TRY(sl_catalog_row(b, row, SL_COUNT(row)));
        const char *at = r->columns;
        for (unsigned number = 1; *at != 0; number++) {
            SL_BUF(n, 20);
            sl_buf_put_decimal(&n, number);
            struct sl_span name = fixture_word(&at, ':'), type = fixture_word(&at, ' ');
            struct sl_span column[] = {SL_SPAN("C"), row[1], row[2], sl_buf_span(&n), name, type};
            SL_TRY(sl_catalog_row(b, column, SL_COUNT(column)));
        }
    }
    for (size_t i = 0; i < SL_COUNT(fixture_names); i++) {
        struct sl_span row[] = {SL_SPAN("N"), sl_span_str(fixture_names[i][0]),
                                sl_span_str(fixture_names[i][1]), sl_span_str(fixture_names[i][2])};
        SL_TRY(sl_catalog_row(b, row, SL_COUNT(row)));
    }
    return sl_catalog_finish(b, out);
}

/* "select: read | public.customers(email)=read | shared" */
static inline void fixture_put(struct sl_buf *b, const struct sl_meaning *m)
{
    static const char *const flags[] = {"shared",    "begin",    "commit",  "rollback",
                                        "savepoint", "context",  "copy-in", "copy-out",
                                        "neutral",   "control",  "empty",   "prepared",
                                        "cursor",    "unshaped", "sluice",  "listen"};

    for (size_t i = 0; i < m->statement_count; i++)
        sl_buf_say(b, "%s%S", i > 0 ? "," : "", m->statements[i].tag);
    sl_buf_put_str(b, ":");
    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if ((m->effects >> i & 1) != 0)
            sl_buf_say(b, " %s", sl_effect_name(i));
    for (size_t i = 0; i < m->access_count; i++) {
        const struct sl_meaning_access *a = &m->accesses[i];
        sl_buf_say(b, " | %S(", a->dataset);
        if (a->all_columns)
            sl_buf_put_str(b, "*");
        for (size_t k = 0; k < a->column_count; k++)
            sl_buf_say(b, "%s%S", k > 0 || a->all_columns ? "," : "", a->columns[k]);
        sl_buf_put_str(b, ")=");
        for (unsigned k = 0, any = 0; k < SL_EFFECT_COUNT; k++)
            if ((a->effects >> k & 1) != 0)
                sl_buf_say(b, "%s%s", any++ > 0 ? "+" : "", sl_effect_name(k));
    }
    for (unsigned i = 0, any = 0; i < SL_COUNT(flags); i++)
        if ((m->flags >> i & 1) != 0)
            sl_buf_say(b, "%s%s", any++ > 0 ? " " : " ! ", flags[i]);
}

#endif
