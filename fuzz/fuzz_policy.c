/* libraries: core_policy, core_action, json, crypto, base */
/* Any meaning that a judge could send gets a verdict: what nobody named as opaque is never allowed,
 * and a rule that denies everything always denies. */
#include "core/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char yaml[] =
    "targets:\n"
    "  - {name: open, address: /run, database: d, login: {user: u}, default: allow, environment: "
    "dev,\n"
    "     labels: [{columns: [\"*.a*\", public.t.b], label: one}, {tables: [\"?.t*\"], label: "
    "two}]}\n"
    "  - {name: shut, address: /run, database: d, login: {user: u}}\n"
    "policy:\n"
    "  - {name: a, when: {effects: [read], datasets: [\"*.t\", \"s*\"]}, then: allow, budget: "
    "{rows: 9}}\n"
    "  - {name: b, when: {labels: [one], statements: [\"s*\", \"d?op\"]}, then: allow}\n"
    "  - {name: c, when: {datasets: [\"a*b*c.d\"], hours: [\"22:00-06:00\"]}, then: hold}\n"
    "  - {name: d, when: {targets: [shut]}, then: deny}\n";

static void ask(const struct sl_config *c, const char *target, const struct sl_meaning *m,
                struct sl_arena *mem, struct sl_answer *out)
{
    struct sl_question q = {.identity = SL_SPAN("x"), .kind = SL_AGENT, .meaning = m};
    uint64_t *labels = sl_arena_array(mem, m->access_count + 1, sizeof *labels);

    SL_PROMISE(labels != NULL);
    q.target = sl_config_target(c, sl_span_str(target));
    for (size_t i = 0; i < m->access_count; i++)
        labels[i] = sl_labels_of(c, q.target, &m->accesses[i], NULL);
    q.labels = labels;
    sl_policy_judge(c, &q, mem, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    static struct sl_config *c; /* loading it for each input would be all that is measured */
    SL_BUF(complaints, 4096);
    struct sl_meaning m;
    struct sl_answer a;

    if (c == NULL)
        SL_PROMISE(sl_config_load(sl_span_str(yaml), "fuzz", &c, &complaints) == SL_OK);
    if (sl_arena_new(&mem, 16 << 20) != SL_OK ||
        sl_meaning_get(mem, sl_span(data, size), &m) != SL_OK)
        return 0;
    ask(c, "open", &m, mem, &a);
    SL_PROMISE((m.effects & SL_EFFECT_OPAQUE) == 0 || a.verdict == SL_HOLD);
    ask(c, "shut", &m, mem, &a);
    SL_PROMISE(a.verdict == SL_DENY && a.rule_count == 1);
    return 0;
}
