/* Random policies and random questions: what must hold for all of them.
 *   - adding a hold or deny rule never loosens anything: the verdict, how many must agree, in which
 *     channels, with which proof, how long it waits for a reason, what may be asked as an envelope
 *   - adding a statement never loosens anything of that, whatever rules it brings along
 *   - a change that counts as tighter (sl_config_tightens) loosens nothing of it either
 *   - adding any rule never loosens what a hold or deny rule gave
 *   - the order of rules does not matter
 *   - opaque is never allowed unless a rule names it
 *   - observe mode changes `enforced` and nothing else
 * A failing seed is printed; the generator depends on nothing else. */
#include "base/sanitized.h"
#include "tests/unit/policy_ask.h"

enum { ROUNDS = SL_SANITIZED ? 1000 : 4000, MOST_RULES = 6 };

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

/* What a hold rule asks for beside people. */
static void put_demands(struct sl_buf *b)
{
    if (pick(2) == 0)
        sl_buf_say(b, ", decide_in: [%s]",
                   ONE_OF("slack", "cli", "console, slack", "http, slack", "http, cli", "console",
                          "cli, http, console", "teams, slack"));
    if (pick(6) == 0)
        sl_buf_say(b, ", proof: passkey%s", ONE_OF("", ", keys: device-bound"));
    if (pick(6) == 0)
        sl_buf_put_str(b, ", reason: required");
    if (pick(3) == 0)
        sl_buf_put_str(b, ", envelope: yes");
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
    if (strcmp(verdict, "hold") == 0)
        put_demands(b);
    if (allow && pick(3) == 0)
        sl_buf_say(b, ", budget: {rows: %u%s}", pick(100) + 1,
                   ONE_OF("", "", ", per: 1h", ", per: run"));
    sl_buf_put_str(b, "}");
}

struct world {
    char rules[MOST_RULES][1024], target[200];
    size_t rule_count;
    bool unsigned_;              /* passkeys.by_default: off */
    unsigned dba, stewards, own; /* how many of each have passkeys */
};

static struct world random_world(void)
{
    struct world w = {.rule_count = pick(MOST_RULES),
                      .unsigned_ = pick(8) == 0,
                      .dba = pick(4),
                      .stewards = pick(4),
                      .own = pick(2)};
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

    sl_buf_say(&yaml,
               "%stargets: [{name: shop, address: /run, database: d, environment: production, "
               "login: {user: u}, access: {groups: [a]}, mode: %s%s,\n labels: [{tables: "
               "[\"*.customers\"], label: pii}, {tables: "
               "[public.orders, "
               "staging.raw], label: money}]}]\npolicy:\n  [",
               w->unsigned_ ? "passkeys: {by_default: off}\n" : "", observe ? "observe" : "enforce",
               w->target);
    if (more != NULL)
        sl_buf_say(&yaml, "%s, ", more);
    for (size_t i = 0; i < w->rule_count; i++)
        sl_buf_say(&yaml, "%s,\n   ", w->rules[(i + shift) % w->rule_count]);
    sl_buf_put_str(&yaml, "]\n");
    return ask_load(sl_buf_span(&yaml));
}

/* Statements one after the other, each with what it touches: the first `count` of them, or one
 * more.
 */
struct story {
    char says[2][200], touches[2][400];
};

static void put_statement(struct sl_buf *says, struct sl_buf *touches)
{
    const char *effects = ONE_OF(EFFECTS, "opaque", "read+export", "read+call");
    bool is_of_data = strcmp(effects, "ddl") != 0 && strcmp(effects, "call") != 0 &&
                      strcmp(effects, "program") != 0 && strcmp(effects, "opaque") != 0;

    sl_buf_say(says, "%s%s=%s", says->n > 0 ? ";" : "",
               ONE_OF("select", "insert", "drop table", "do", "copy to"), effects);
    if (is_of_data || pick(4) > 0) /* of no dataset it touches no data (judge.c) */
        sl_buf_say(touches, "%s%s=%s(%s)", touches->n > 0 ? ";" : "", ONE_OF(DATASETS), effects,
                   ONE_OF("*", "a", "email,ssn"));
}

static struct story random_story(void)
{
    struct story s;
    SL_BUF(says, 200);
    SL_BUF(touches, 400);
    size_t statements = pick(4);

    for (size_t i = 0; i < statements; i++)
        put_statement(&says, &touches);
    for (int more = 0; more < 2; more++) {
        memcpy(s.says[more], sl_buf_text(&says), says.n + 1);
        memcpy(s.touches[more], sl_buf_text(&touches), touches.n + 1);
        put_statement(&says, &touches);
    }
    return s;
}

static struct ask random_ask(const struct story *s)
{
    bool agent = pick(2) == 0;

    return (struct ask){.identity = agent ? "bot" : "ann",
                        .kind = agent ? SL_AGENT : SL_HUMAN,
                        .groups = ONE_OF("agents", "people,agents", "people", "none"),
                        .says = s->says[0],
                        .touches = s->touches[0],
                        .now_us = (uint64_t)pick(2000000000) * 1000000};
}

struct outcome {
    struct sl_answer a;
    enum sl_verdict by_rules; /* the strictest among hold and deny rules alone */
    uint64_t need;            /* people that must agree, over all requirements */
    bool names_opaque;
    bool passkey; /* some rule or the default asks for it */
    bool stuck;   /* held, and no channel is left: the keeper denies it */
};

static bool has_passkeys(void *context, const struct sl_reviewers *r)
{
    const struct world *w = context;
    unsigned people = 0;

    for (size_t i = 0; i < r->groups.count; i++)
        people += sl_span_is(r->groups.items[i], "dba")        ? w->dba
                  : sl_span_is(r->groups.items[i], "stewards") ? w->stewards
                                                               : w->own;
    return r->need > 0 && people >= r->need;
}

/* As the keeper asks for it. */
static void ask_proof(const struct sl_config *c, const struct sl_question *q, struct world *w,
                      struct outcome *out)
{
    struct sl_reviewers signers[MOST_RULES + 3];
    const struct sl_reviewers *found[MOST_RULES + 3];
    size_t count = sl_policy_signers(c, q, &out->a, found, SL_COUNT(found));

    for (size_t i = 0; i < count; i++)
        signers[i] = *found[i];
    out->passkey =
        out->a.passkey || (out->a.verdict == SL_HOLD &&
                           sl_policy_signs_by_default(c, q->target->environment, q->meaning,
                                                      &out->a, signers, count, has_passkeys, w));
    uint32_t open = out->passkey ? SL_DECIDE_IN_PASSKEY : SL_DECIDE_IN_ALL;
    out->stuck = (open & ~out->a.shut) == 0;
}

static bool judge(struct world *w, const struct sl_config *c, const struct ask *ask,
                  struct sl_arena *mem, struct outcome *out)
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
    ask_proof(c, &q, w, out);
    return true;
}

static bool is_more(uint64_t limit, uint64_t than) /* 0: none at all */
{
    return than != 0 && (limit == 0 || limit > than);
}

/* Does `b` let anything run that `a` did not, or with fewer people, less proof, in more ways? */
static bool is_looser(const struct outcome *a, const struct outcome *b)
{
    if (b->a.verdict < a->a.verdict)
        return true;
    if (b->a.verdict == SL_DENY || (b->a.verdict == SL_HOLD && b->stuck))
        return false;
    if (a->a.reason_required && !b->a.reason_required)
        return true;
    if (a->a.verdict != SL_HOLD)
        return false;
    return a->stuck || b->need < a->need || (a->passkey && !b->passkey) ||
           (a->a.device_bound && !b->a.device_bound) || (a->a.shut & ~b->a.shut) != 0 ||
           (b->a.envelope && !a->a.envelope);
}

static bool same(const struct outcome *a, const struct outcome *b)
{
    return a->a.verdict == b->a.verdict && a->a.from_default == b->a.from_default &&
           a->need == b->need && a->a.rule_count == b->a.rule_count &&
           a->a.row_limit == b->a.row_limit && a->a.expires_ms == b->a.expires_ms &&
           a->a.time_dependent == b->a.time_dependent &&
           memcmp(a->a.rules_digest, b->a.rules_digest, sizeof a->a.rules_digest) == 0;
}

/* Some change of the configuration: of one rule, of the default, or a rule more or less. */
static struct world changed(const struct world *w)
{
    struct world x = *w;
    SL_BUF(b, 1000);

    if (pick(4) == 0 || x.rule_count == 0) {
        sl_buf_say(&b, ", default: %s%s", ONE_OF("hold", "allow", "deny"),
                   strstr(w->target, "own") != NULL ? ", reviewers: {groups: [own]}" : "");
        memcpy(x.target, sl_buf_text(&b), b.n + 1);
    } else if (pick(4) == 0) {
        memcpy(x.rules[0], x.rules[--x.rule_count], sizeof x.rules[0]);
    } else {
        char *rule = x.rules[pick((uint32_t)x.rule_count)];
        char *need = strstr(rule, "need: "), *decide = strstr(rule, ", decide_in: [");
        if (need != NULL && pick(2) == 0) {
            need[6] = (char)('1' + pick(4));
        } else if (strstr(rule, "then: hold") != NULL) {
            char *rest = decide != NULL ? strchr(decide, ']') + 1 : rule + strlen(rule) - 1;
            size_t head = (size_t)((decide != NULL ? decide : rest) - rule);
            sl_buf_say(&b, "%S, decide_in: [%s]%s", sl_span(rule, head),
                       ONE_OF("slack", "cli", "console", "http, slack", "console, slack",
                              "console, http", "console, http, slack", "console, http, cli"),
                       rest);
            memcpy(rule, sl_buf_text(&b), b.n + 1);
        }
    }
    return x;
}

static unsigned proven; /* changes that count as tighter */

/* NULL: nobody can prove that it is tighter. */
static struct sl_config *build_tighter(const struct sl_config *before, const struct world *x)
{
    struct sl_config *after = build(x, 0, NULL, false);

    if (after == NULL || !sl_config_tightens(before, after)) {
        sl_config_free(after);
        return NULL;
    }
    proven++;
    return after;
}

static void print_change(const struct world *w, const struct world *x)
{
    printf("#   %s -> %s\n", w->target, x->target);
    for (size_t i = 0; i < x->rule_count; i++)
        printf("#   %s\n#     -> %s\n", w->rules[i], x->rules[i]);
}

/* One world, ten questions; each property in turn. */
static bool one_round(struct sl_arena *mem)
{
    struct world w = random_world(), x = changed(&w);
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
    SL_FREED_BY(sl_config) struct sl_config *tighter = build_tighter(plain, &x);
    bool fine = SL_CHECK(memcmp(plain->digest, turned->digest, 32) == 0);
    for (int i = 0; i < 10 && fine; i++) {
        struct story story = random_story();
        struct ask ask = random_ask(&story), longer = ask;
        struct outcome a, b, c, d, e, f;
        judge(&w, plain, &ask, mem, &a);
        bool opaque = strstr(ask.says, "opaque") != NULL || strstr(ask.touches, "opaque") != NULL;
        fine &= SL_CHECK(!opaque || a.a.verdict != SL_ALLOW || a.names_opaque);
        fine &= SL_CHECK(a.a.enforced == a.a.verdict);
        judge(&w, turned, &ask, mem, &b);
        fine &= SL_CHECK(same(&a, &b));
        judge(&w, watched, &ask, mem, &c);
        fine &= SL_CHECK(same(&a, &c) && c.a.enforced == SL_ALLOW);
        judge(&w, stricter, &ask, mem, &d);
        fine &= SL_CHECK(!is_looser(&a, &d) && !is_more(d.a.row_limit, a.a.row_limit));
        fine &= SL_CHECK(d.a.verdict != a.a.verdict || d.a.rule_count >= a.a.rule_count);
        judge(&w, more, &ask, mem, &e);
        fine &= SL_CHECK(e.a.verdict >= a.by_rules);
        longer.says = story.says[1];
        longer.touches = story.touches[1];
        judge(&w, plain, &longer, mem, &f);
        fine &= SL_CHECK(!is_looser(&a, &f));
        if (tighter != NULL) {
            judge(&x, tighter, &ask, mem, &f);
            if (!SL_CHECK(!is_looser(&a, &f))) {
                print_change(&w, &x);
                fine = false;
            }
        }
        if (!fine) {
            ask_print(&ask);
            ask_print(&longer);
            printf("#   strict %s\n#   target %s; passkeys %u %u %u\n", sl_buf_text(&strict),
                   w.target, w.dba, w.stewards, w.own);
            for (size_t r = 0; r < w.rule_count; r++)
                printf("#   %s\n", w.rules[r]);
        }
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
    SL_CHECK(proven > ROUNDS / 20);
}

int main(void)
{
    SL_RUN(test_all_properties);
    return sl_tap_done();
}
