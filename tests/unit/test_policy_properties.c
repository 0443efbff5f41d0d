/* Random policies and random questions: what must hold for all of them.
 *   - adding a hold or deny rule never loosens the verdict, nor who must agree
 *   - adding any rule never loosens what a hold or deny rule gave
 *   - the order of rules does not matter
 *   - opaque is never allowed unless a rule names it
 *   - observe mode changes `enforced` and nothing else
 * A failing seed is printed; the generator depends on nothing else. */
#include "tests/unit/policy_ask.h"

enum { ROUNDS = 4000, MOST_RULES = 6 };

static uint64_t state;

static uint32_t pick(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static const char *one_of(const char *const *words, size_t count)
{
    return words[pick((uint32_t)count)];
}
#define ONE_OF(...) \
    one_of((const char *const[]){__VA_ARGS__}, SL_COUNT(((const char *const[]){__VA_ARGS__})))

#define DATASET_PATTERNS \
    "public.customers", "\"public.*\"", "\"*\"", "\"*.customers\"", "staging.raw", "\"stag*\""
#define DATASETS \
    "public.customers", "public.orders", "staging.raw", "customers", "raw", "Public.Customers"
#define EFFECTS "read", "insert", "delete", "export", "ddl", "call", "program"

static void put_key(struct sl_buf *b, const char **comma, const char *key, const char *value)
{
    sl_buf_say(b, "%s%s: [%s]", *comma, key, value);
    *comma = ", ";
}

/* then: NULL for any. */
static void put_rule(struct sl_buf *b, unsigned number, const char *then)
{
    const char *comma = "";
    const char *verdict = then != NULL ? then : ONE_OF("allow", "allow", "allow", "hold", "deny");
    bool allow = strcmp(verdict, "allow") == 0;

    sl_buf_say(b, "{name: r%u, when: {", number);
    if (pick(3) == 0)
        put_key(b, &comma, "identities", ONE_OF("bot", "ann", "\"*\""));
    if (pick(3) == 0)
        put_key(b, &comma, "groups", ONE_OF("agents", "people", "\"a*\""));
    if (pick(3) == 0)
        put_key(b, &comma, "identity_kind", ONE_OF("agent", "human", "agent, human"));
    if (pick(3) != 0)
        put_key(b, &comma, "effects",
                ONE_OF(EFFECTS, "\"*\"", "opaque", "read, export", "read, insert, delete"));
    if (pick(3) == 0)
        put_key(b, &comma, "statements",
                ONE_OF("select", "drop", "\"drop *\"", "select, insert", "do"));
    if (pick(3) == 0)
        put_key(b, &comma, "datasets", ONE_OF(DATASET_PATTERNS));
    if (pick(3) == 0)
        put_key(b, &comma, "labels", ONE_OF("pii", "money", "pii, money", "\"*\""));
    if (pick(6) == 0)
        put_key(b, &comma, "hours", ONE_OF("00:00-12:00", "12:00-24:00"));
    sl_buf_say(b, "}, then: %s", verdict);
    if (!allow && pick(2) == 0 && strcmp(verdict, "hold") == 0)
        sl_buf_say(b, ", reviewers: {groups: [%s], need: %u}", ONE_OF("dba", "stewards"),
                   pick(3) + 1);
    if (allow && pick(3) == 0)
        sl_buf_say(b, ", budget: {rows: %u%s}", pick(100) + 1,
                   ONE_OF("", "", ", per: 1h", ", per: run"));
    sl_buf_put_str(b, "}");
}

struct world {
    char rules[MOST_RULES][1024], target[200];
    size_t rule_count;
};

static struct world random_world(void)
{
    struct world w = {.rule_count = pick(MOST_RULES)};
    SL_BUF(b, 1000);

    sl_buf_say(&b, "%s%s", ONE_OF("", ", default: hold", ", default: allow", ", default: deny"),
               ONE_OF("", "", ", reviewers: {groups: [own]}"));
    memcpy(w.target, sl_buf_text(&b), b.n + 1);
    for (unsigned i = 0; i < w.rule_count; i++) {
        sl_buf_reset(&b);
        put_rule(&b, i, NULL);
        memcpy(w.rules[i], sl_buf_text(&b), b.n + 1);
    }
    return w;
}

/* The rules in the order first, first+step, ... ; `more` is added in front when not NULL. */
static struct sl_config *build(const struct world *w, size_t shift, const char *more, bool observe)
{
    SL_BUF(yaml, 64 * 1024);

    sl_buf_say(
        &yaml,
        "targets: [{name: shop, address: /run, database: d, login: {user: u}, access: {groups: "
        "[a]}, mode: %s%s,\n labels: [{tables: [\"*.customers\"], label: pii}, {tables: "
        "[public.orders, "
        "staging.raw], label: money}]}]\npolicy:\n  [",
        observe ? "observe" : "enforce", w->target);
    if (more != NULL)
        sl_buf_say(&yaml, "%s, ", more);
    for (size_t i = 0; i < w->rule_count; i++)
        sl_buf_say(&yaml, "%s,\n   ", w->rules[(i + shift) % w->rule_count]);
    sl_buf_put_str(&yaml, "]\n");
    return ask_load(sl_buf_span(&yaml));
}

static struct ask random_ask(char says[200], char touches[200])
{
    SL_BUF(b, 200);
    size_t statements = pick(4), accesses = pick(3);

    for (size_t i = 0; i < statements; i++)
        sl_buf_say(&b, "%s%s=%s", i > 0 ? ";" : "",
                   ONE_OF("select", "insert", "drop table", "do", "copy to"),
                   ONE_OF(EFFECTS, "opaque", "read+export", "read+call"));
    memcpy(says, sl_buf_text(&b), b.n + 1);
    sl_buf_reset(&b);
    for (size_t i = 0; i < accesses; i++)
        sl_buf_say(&b, "%s%s=%s(%s)", i > 0 ? ";" : "", ONE_OF(DATASETS),
                   ONE_OF("read", "insert", "delete", "ddl", "read+export", "", "opaque"),
                   ONE_OF("*", "a", "email,ssn"));
    memcpy(touches, sl_buf_text(&b), b.n + 1);
    bool agent = pick(2) == 0;
    return (struct ask){.identity = agent ? "bot" : "ann",
                        .kind = agent ? SL_AGENT : SL_HUMAN,
                        .groups = ONE_OF("agents", "people,agents", "people", "none"),
                        .says = says,
                        .touches = touches,
                        .now_us = (uint64_t)pick(2000000000) * 1000000};
}

struct outcome {
    struct sl_answer a;
    enum sl_verdict by_rules; /* the strictest among hold and deny rules alone */
    uint64_t need;            /* people that must agree, over all requirements */
    bool names_opaque;
};

static bool judge(const struct sl_config *c, const struct ask *ask, struct sl_arena *mem,
                  struct outcome *out)
{
    const struct sl_reviewers *r[MOST_RULES + 3];

    sl_arena_reset(mem);
    struct sl_question q = ask_question(mem, c, ask);
    *out = (struct outcome){.by_rules = SL_ALLOW};
    sl_policy_judge(c, &q, mem, &out->a);
    for (size_t i = 0; i < out->a.rule_count; i++) {
        if (out->a.rules[i]->then > out->by_rules)
            out->by_rules = out->a.rules[i]->then;
        out->names_opaque |= (out->a.rules[i]->named & SL_WHEN_EFFECTS) != 0 &&
                             (out->a.rules[i]->effects & SL_EFFECT_OPAQUE) != 0;
    }
    size_t count = sl_policy_reviewers(c, &q, &out->a, r, SL_COUNT(r));
    for (size_t i = 0; i < count; i++)
        out->need += r[i]->need;
    return true;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
    return a->a.verdict == b->a.verdict && a->a.from_default == b->a.from_default &&
           a->need == b->need && a->a.rule_count == b->a.rule_count &&
           a->a.row_limit == b->a.row_limit && a->a.expires_ms == b->a.expires_ms &&
           a->a.time_dependent == b->a.time_dependent &&
           memcmp(a->a.rules_digest, b->a.rules_digest, sizeof a->a.rules_digest) == 0;
}

/* One world, ten questions; each property in turn. */
static bool one_round(struct sl_arena *mem)
{
    char says[200], touches[200];
    struct world w = random_world();
    SL_BUF(strict, 1000);
    SL_BUF(any, 1000);
    put_rule(&strict, 90, ONE_OF("hold", "deny"));
    put_rule(&any, 91, NULL);
    SL_FREED_BY(sl_config) struct sl_config *plain = build(&w, 0, NULL, false);
    SL_FREED_BY(sl_config) struct sl_config *turned = build(&w, w.rule_count / 2 + 1, NULL, false);
    SL_FREED_BY(sl_config) struct sl_config *watched = build(&w, 0, NULL, true);
    SL_FREED_BY(sl_config) struct sl_config *stricter = build(&w, 0, sl_buf_text(&strict), false);
    SL_FREED_BY(sl_config) struct sl_config *more = build(&w, 0, sl_buf_text(&any), false);
    if (plain == NULL || turned == NULL || watched == NULL || stricter == NULL || more == NULL)
        return false;
    bool fine = SL_CHECK(memcmp(plain->digest, turned->digest, 32) == 0);
    for (int i = 0; i < 10 && fine; i++) {
        struct ask ask = random_ask(says, touches);
        struct outcome a, b, c, d, e;
        judge(plain, &ask, mem, &a);
        bool opaque = strstr(says, "opaque") != NULL || strstr(touches, "opaque") != NULL;
        fine &= SL_CHECK(!opaque || a.a.verdict != SL_ALLOW || a.names_opaque);
        fine &= SL_CHECK(a.a.enforced == a.a.verdict);
        judge(turned, &ask, mem, &b);
        fine &= SL_CHECK(same(&a, &b));
        judge(watched, &ask, mem, &c);
        fine &= SL_CHECK(same(&a, &c) && c.a.enforced == SL_ALLOW);
        judge(stricter, &ask, mem, &d);
        fine &= SL_CHECK(d.a.verdict >= a.a.verdict);
        fine &= SL_CHECK(d.a.verdict != a.a.verdict || d.a.rule_count >= a.a.rule_count);
        judge(more, &ask, mem, &e);
        fine &= SL_CHECK(e.a.verdict >= a.by_rules);
        if (!fine)
            ask_print(&ask);
    }
    return fine;
}

static void test_all_properties(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;

    if (sl_arena_new(&mem, 1 << 20) != SL_OK)
        return;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        state = seed * 7919;
        if (!one_round(mem)) {
            printf("#   seed %llu\n", (unsigned long long)seed);
            return;
        }
    }
}

int main(void)
{
    SL_RUN(test_all_properties);
    return sl_tap_done();
}
