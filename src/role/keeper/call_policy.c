#include "role/keeper/keeper_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/call.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"
#include "role/keeper/tries.h"

#include <stdlib.h>

/* The policy in words, and what it would say to a statement. */

static const char *const shown[] = {"name",   "protocol",  "environment", "database",
                                    "mode",   "default",   "labels",      "declassify",
                                    "access", "reviewers", "estimate"}; /* nothing of logins and
                                                                           files */

static json_t *rule_json(const struct sl_config *config, const struct sl_rule *r)
{
    json_t *one = json_object();
    SL_BUF(text, 64 * 1024);

    sl_config_explain_rule(config, r->name, &text);
    json_put_str(one, "name", r->name);
    json_put_str(one, "then", sl_span_str(sl_verdict_name(r->then)));
    if (sl_buf_err(&text) == SL_OK)
        json_put_str(one, "text", sl_buf_span(&text));
    json_object_set_new(one, "facts", sl_config_rule_json(config, r->name));
    return one;
}

static json_t *targets_json(const struct sl_config *config)
{
    json_t *whole = sl_config_json(config), *target, *list = json_array();
    size_t i;

    json_array_foreach(json_object_get(whole, "targets"), i, target)
    {
        json_t *one = json_object();

        for (size_t m = 0; m < SL_COUNT(shown); m++)
            if (json_object_get(target, shown[m]) != NULL)
                json_object_set(one, shown[m], json_object_get(target, shown[m]));
        json_array_append_new(list, one);
    }
    json_decref(whole);
    return list;
}

void call_POLICY_SHOW(struct call *c)
{
    const struct sl_config *config = c->keeper->config;
    json_t *rules = json_array();

    if (!may_oversee(c))
        return;
    for (size_t i = 0; i < config->rule_count; i++)
        json_array_append_new(rules, rule_json(config, &config->rules[i]));
    c->reply = json_object();
    event_hex(c->reply, "digest", sl_span(config->digest, sizeof config->digest));
    json_object_set_new(c->reply, "generation", json_integer(c->keeper->generation));
    json_object_set_new(c->reply, "rules", rules);
    json_object_set_new(c->reply, "targets", targets_json(config));
}

/* --- trying a statement -------------------------------------------------------------------------
 *
 * A gate has the living catalog and asks one of its judges; nothing of the text goes any further.
 * A person has one question under way at a time, and all together few. */

enum { TRIES_MAX = 8, TRY_BYTES = 64 * 1024 };
static const uint64_t try_patience_us = 8 * 1000 * 1000;

struct try_job {
    uint64_t number, until_us; /* number 0: free */
    uint32_t gate;             /* that was asked */
    struct late late;
    char asker[64], identity[64], target[64];
};

struct tries {
    uint64_t last;
    struct try_job jobs[TRIES_MAX];
};

static void keep_name(char out[64], struct sl_span name)
{
    memset(out, 0, 64);
    memcpy(out, name.p, name.n < 63 ? name.n : 63);
}

/* A free place; NULL when this person is at it already, or too many are. */
static struct try_job *place_for(struct keeper *k, struct sl_span asker)
{
    struct try_job *free_one = NULL;

    for (size_t i = 0; i < TRIES_MAX; i++) {
        struct try_job *job = &k->tries->jobs[i];

        if (job->number != 0 && sl_span_is(asker, job->asker))
            return NULL;
        if (job->number == 0)
            free_one = job;
    }
    return free_one;
}

enum sl_err tries_new(struct keeper *k)
{
    k->tries = calloc(1, sizeof *k->tries);
    if (k->tries == NULL)
        return SL_EMEMORY;
    k->tries->last = keeper_first_number();
    return SL_OK;
}

void tries_free(struct keeper *k)
{
    free(k->tries);
    k->tries = NULL;
}

void tries_sweep(struct keeper *k)
{
    uint64_t now_us = sl_clock_us();

    for (size_t i = 0; i < TRIES_MAX; i++) {
        struct try_job *job = &k->tries->jobs[i];

        if (job->number == 0 || now_us < job->until_us)
            continue;
        job->number = 0;
        late_problem(k, &job->late, 503, "No answer", "No gate and judge answered in time.");
    }
}

static struct peer *any_gate(struct keeper *k)
{
    for (uint32_t i = 0; i < MAX_GATES; i++)
        if (peer_find(k, SL_ROLE_GATE, i) != NULL)
            return peer_find(k, SL_ROLE_GATE, i);
    return NULL;
}

static bool try_is_right(struct call *c, struct person *who, const struct sl_target **target)
{
    struct sl_span sql = call_str(c, "sql"), name = call_str(c, "identity");

    *target = sl_config_target(c->keeper->config, call_str(c, "target"));
    if (*target == NULL)
        call_problem(c, 404, "No such target", "There is no target of this name.", "");
    else if (person_get(c->keeper, name.n > 0 ? name : c->who.name, who) != SL_OK)
        call_problem(c, 404, "No such identity", "There is no identity of this name.", "");
    else if (sql.n == 0 || sql.n > TRY_BYTES)
        call_problem(c, 400, "Not a statement", "sql is a text of 1 to 65536 bytes.", "");
    else
        return true;
    return false;
}

void call_POLICY_TRY(struct call *c)
{
    struct keeper *k = c->keeper;
    struct sl_span path = call_str(c, "search_path");
    const struct sl_target *target;
    struct person who;
    SL_BUF(user, 256);

    if (!may_oversee(c) || !try_is_right(c, &who, &target))
        return;
    struct try_job *job = place_for(k, c->who.name);
    struct peer *gate = any_gate(k);
    if (job == NULL) {
        call_problem(c, 429, "One at a time",
                     "A statement of yours, or of several others, is being "
                     "tried already.",
                     "Ask again in a moment.");
        return;
    }
    if (gate == NULL) {
        call_problem(c, 503, "No gate", "There is no gate to ask at the moment.", "");
        return;
    }
    *job = (struct try_job){.number = ++k->tries->last,
                            .until_us = sl_clock_us() + try_patience_us,
                            .gate = gate->index};
    call_defer(c, &job->late);
    keep_name(job->asker, c->who.name);
    keep_name(job->identity, who.name);
    keep_name(job->target, target->name);
    (void)upstream_user_of(k, target, &who, &user);
    ANSWER(gate, judge_try, .number = job->number, .target = target->name,
           .search_path = path.n > 0 ? path : SL_SPAN("\"$user\", public"),
           .user = sl_buf_span(&user), .text = call_str(c, "sql"));
}

static json_t *texts_json(const struct sl_span *items, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_stringn((const char *)items[i].p, items[i].n));
    return list;
}

static json_t *effects_json(uint32_t effects)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < 32; i++)
        if ((effects >> i & 1) != 0 && (SL_EFFECT_ALL >> i & 1) != 0)
            json_array_append_new(list, json_string(sl_effect_name(i)));
    return list;
}

static json_t *datasets_json(const struct ask *a)
{
    json_t *list = json_array();

    for (size_t i = 0; i < a->meaning->access_count; i++) {
        const struct sl_meaning_access *access = &a->meaning->accesses[i];
        const struct sl_action_dataset *set = &a->action.datasets[i];
        json_t *one = json_object();

        json_put_str(one, "name", access->dataset);
        json_object_set_new(one, "effects", effects_json(access->effects));
        json_object_set_new(one, "labels", texts_json(set->labels, set->label_count));
        json_object_set_new(one, "columns", texts_json(access->columns, access->column_count));
        if (access->all_columns)
            json_object_set_new(one, "all_columns", json_true());
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *because(const struct sl_config *config, const struct sl_answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->rule_count; i++)
        json_array_append_new(list, rule_json(config, answer->rules[i]));
    return list;
}

static json_t *tried_json(struct keeper *k, const struct ask *a)
{
    const struct sl_answer *answer = &a->answer;
    json_t *out = json_object(), *tags = json_array();
    SL_BUF(reviewers, 4096);

    for (size_t i = 0; i < a->meaning->statement_count; i++)
        json_array_append_new(tags, json_stringn((const char *)a->meaning->statements[i].tag.p,
                                                 a->meaning->statements[i].tag.n));
    json_put_str(out, "identity", a->who->name);
    json_put_str(out, "target", a->target->name);
    json_put_str(out, "verdict", sl_span_str(sl_verdict_name(answer->verdict)));
    json_put_str(out, "enforced", sl_span_str(sl_verdict_name(answer->enforced)));
    json_object_set_new(out, "admitted",
                        json_boolean(sl_target_admits(a->target, a->who->name, &a->who->groups)));
    json_object_set_new(out, "from_default", json_boolean(answer->from_default));
    json_object_set_new(out, "rules", because(k->config, answer));
    json_object_set_new(out, "statements", tags);
    json_object_set_new(out, "effects", effects_json(a->meaning->effects));
    json_object_set_new(out, "datasets", datasets_json(a));
    if (a->meaning->opaque_why.n > 0)
        json_put_str(out, "opaque_why", a->meaning->opaque_why);
    if (answer->row_limit > 0)
        json_object_set_new(out, "rows_at_most", json_integer((json_int_t)answer->row_limit));
    if (answer->verdict == SL_HOLD) {
        reviewers_text(&reviewers, a->requirements, a->requirement_count);
        json_put_str(out, "reviewers", sl_buf_span(&reviewers));
    }
    return out;
}

/* What a gate says of a text is believed as little as ever: it is shown, and nothing rests on it.
 */
static json_t *judge_tried(struct keeper *k, const struct try_job *job, struct sl_span meaning)
{
    struct sl_meaning m;
    struct person who;
    struct ask a = {.who = &who,
                    .target = sl_config_target(k->config, sl_span_str(job->target)),
                    .meaning = &m,
                    .now_us = sl_clock_us(),
                    .action = {.protocol = SL_SPAN("postgres")}};

    if (a.target == NULL || person_get(k, sl_span_str(job->identity), &who) != SL_OK ||
        sl_meaning_get(k->mem, meaning, &m) != SL_OK || ask_judge(k, &a) != SL_OK)
        return NULL;
    return tried_json(k, &a);
}

void on_judge_tried(struct peer *p, const struct sl_msg_judge_tried *m)
{
    struct keeper *k = p->keeper;

    for (size_t i = 0; i < TRIES_MAX; i++) {
        struct try_job *job = &k->tries->jobs[i];

        if (job->number == 0 || job->number != m->number || job->gate != p->index)
            continue;
        struct try_job done = *job;
        json_t *reply = m->found == 1 ? judge_tried(k, &done, m->meaning) : NULL;
        job->number = 0;
        if (reply != NULL)
            late_answer(k, &done.late, 200, reply);
        else
            late_problem(k, &done.late, 503, "No answer",
                         m->found == 1 ? "The target or the identity is gone, or the answer could "
                                         "not be read."
                                       : "The gate has no listing of this target yet.");
        return;
    }
}
