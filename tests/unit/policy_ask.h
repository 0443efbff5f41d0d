/* Questions for the policy, written as short text, for tests.
 *
 *   identity  "bot"         kind SL_AGENT       groups "agents,night"
 *   says      "select=read;drop table=ddl"      (statements and their effects)
 *   touches   "public.customers=read(email,name);public.t=read+export(*)"   (* : any column;
 *             "public.part=read(a)<public.whole,public.top" is a partition)
 */
#ifndef SL_TESTS_POLICY_ASK_H
#define SL_TESTS_POLICY_ASK_H

#include "core/policy/policy.h"

#include "tests/unit/tap.h"

struct ask {
    const char *identity;
    enum sl_identity_kind kind;
    const char *groups, *says, *touches, *target;
    uint64_t now_us;
};

static inline struct sl_span ask_until(struct sl_span *left, uint8_t byte)
{
    size_t at = sl_span_find(*left, byte);
    struct sl_span part = sl_span_head(*left, at);

    *left = sl_span_from(*left, at + 1);
    return part;
}

static inline uint32_t ask_effects(struct sl_span text)
{
    uint32_t bits = 0;

    while (text.n > 0)
        bits |= sl_effect_bit(ask_until(&text, '+'));
    return bits;
}

static inline size_t ask_split(struct sl_arena *mem, struct sl_span text, uint8_t byte,
                               struct sl_span **out)
{
    size_t count = 0;

    *out = sl_arena_array(mem, text.n + 1, sizeof **out);
    while (text.n > 0)
        (*out)[count++] = ask_until(&text, byte);
    return count;
}

static inline void ask_access(struct sl_arena *mem, struct sl_span text,
                              struct sl_meaning_access *a)
{
    a->dataset = ask_until(&text, '=');
    a->effects = ask_effects(ask_until(&text, '('));
    struct sl_span columns = ask_until(&text, ')');
    a->all_columns = sl_span_is(columns, "*");
    if (!a->all_columns)
        a->column_count = ask_split(mem, columns, ',', &a->columns);
    (void)ask_until(&text, '<');
    a->above_count = ask_split(mem, text, ',', &a->above);
}

static inline struct sl_meaning *ask_meaning(struct sl_arena *mem, const struct ask *ask)
{
    struct sl_meaning *m = SL_ARENA_NEW(mem, struct sl_meaning);
    struct sl_span *parts;

    m->statement_count = ask_split(mem, sl_span_str(ask->says), ';', &parts);
    m->statements = sl_arena_array(mem, m->statement_count + 1, sizeof *m->statements);
    for (size_t i = 0; i < m->statement_count; i++) {
        m->statements[i].tag = ask_until(&parts[i], '=');
        m->statements[i].effects = ask_effects(parts[i]);
        m->effects |= m->statements[i].effects;
    }
    m->access_count = ask_split(mem, sl_span_str(ask->touches), ';', &parts);
    m->accesses = sl_arena_array(mem, m->access_count + 1, sizeof *m->accesses);
    for (size_t i = 0; i < m->access_count; i++)
        ask_access(mem, parts[i], &m->accesses[i]);
    return m;
}

static inline struct sl_question ask_question(struct sl_arena *mem, const struct sl_config *c,
                                              const struct ask *ask)
{
    struct sl_question q = {.identity = sl_span_str(ask->identity),
                            .kind = ask->kind,
                            .now_us = ask->now_us};

    q.target = sl_config_target(c, sl_span_str(ask->target == NULL ? "shop" : ask->target));
    q.meaning = ask_meaning(mem, ask);
    q.groups.count = ask_split(mem, sl_span_str(ask->groups), ',', &q.groups.items);
    uint64_t *labels = sl_arena_array(mem, q.meaning->access_count + 1, sizeof *labels);
    for (size_t i = 0; i < q.meaning->access_count; i++)
        labels[i] = sl_labels_of(c, q.target, &q.meaning->accesses[i], NULL);
    q.labels = labels;
    return q;
}

static inline struct sl_config *ask_load(struct sl_span yaml)
{
    SL_BUF(complaints, 64 * 1024);
    struct sl_config *c = NULL;

    if (!SL_CHECK_INT(sl_config_load(yaml, "t.yaml", &c, &complaints), SL_OK))
        printf("# %s# in:\n# %.*s\n", sl_buf_text(&complaints), (int)yaml.n, (const char *)yaml.p);
    return c;
}

static inline void ask_print(const struct ask *a)
{
    printf("#   %s says %s touches %s\n", a->identity, a->says, a->touches);
}

#endif
