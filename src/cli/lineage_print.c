#include "cli/lineage_print.h"

#include "cli/api_client.h"

#include <stdlib.h>

enum { REASON_COLUMNS = 60 };

static struct sl_span member(const json_t *object, const char *name)
{
    return sl_json_str(object, name);
}

static void print(const char *before, struct sl_span text)
{
    if (text.n == 0)
        return;
    fputs(before, stdout);
    sl_api_print_head(stdout, text, REASON_COLUMNS);
}

static uint64_t number(const json_t *object, const char *name)
{
    uint64_t value = 0;

    return sl_json_u64(object, name, &value) ? value : 0;
}

/* 2026-11-23T03:45:12.123456Z, to the second */
static void print_time(struct sl_span time)
{
    printf("%.*s %.*sZ", (int)sl_span_head(time, 10).n, (const char *)time.p,
           (int)sl_span_head(sl_span_from(time, 11), 8).n,
           time.n > 11 ? (const char *)time.p + 11 : "");
}

/* "agent-7 (carol), run nightly, 2026-11-23 03:45:12Z, approved by rita: ticket 7" */
static void print_act(const json_t *act)
{
    struct sl_span standing = member(act, "standing");

    sl_api_print_text(stdout, member(act, "identity"));
    if (member(act, "owner").n > 0) {
        print(" (", member(act, "owner"));
        putchar(')');
    }
    print(", run ", member(act, "run"));
    fputs(", ", stdout);
    print_time(member(act, "last_at"));
    if (number(act, "count") > 1)
        printf(", %llu times", (unsigned long long)number(act, "count"));
    if (!sl_span_is(standing, "committed"))
        print(", ", standing);
    print(sl_span_is(standing, "committed") ? ", yes from " : " by ", member(act, "approvers"));
    print(": ", member(act, "reason"));
}

/* --- trees --- */

static void print_step(const json_t *step, bool up)
{
    uint64_t depth = number(step, "depth");

    printf("%*s", (int)(2 * depth), "");
    if (depth > 0)
        fputs(up ? "<- " : "-> ", stdout);
    sl_api_print_text(stdout, member(step, "name"));
    if (depth == 0) {
        print("  on ", member(step, "target"));
        putchar('\n');
        return;
    }
    if (member(step, "from").n > 0)
        print(up ? "  into " : "  from ", member(step, "from"));
    print("  ", member(step, "flow"));
    if (json_is_true(json_object_get(step, "again")))
        fputs(", see above", stdout);
    fputs("  [", stdout);
    print_act(json_object_get(step, "act"));
    fputs("]\n", stdout);
}

/* Steps come by depth; a tree is read by branches. A branch is printed with a stack of its own. */
static void print_branches(const json_t *steps, bool up)
{
    size_t count = json_array_size(steps), top = 0, i;
    uint32_t *stack = calloc(count + 2, sizeof *stack), *first = calloc(count + 1, sizeof *first),
             *next = calloc(count + 1, sizeof *next);
    json_t *step;

    /* numbers are counted from 1, so that 0 can say: none; from the back, so that lists are in
     * order */
    for (i = count; stack != NULL && first != NULL && next != NULL && i > 0; i--) {
        uint64_t parent = 0;

        step = json_array_get(steps, i - 1);
        if (!sl_json_u64(step, "parent", &parent) || parent >= i - 1) {
            next[i] = first[0];
            first[0] = (uint32_t)i;
        } else {
            next[i] = first[parent + 1];
            first[parent + 1] = (uint32_t)i;
        }
    }
    if (first != NULL && stack != NULL && next != NULL)
        stack[top++] = first[0];
    while (top > 0) {
        uint32_t at = stack[top - 1];

        if (at == 0) {
            top--;
            continue;
        }
        print_step(json_array_get(steps, at - 1), up);
        stack[top - 1] = next[at];
        stack[top++] = first[at];
    }
    free(stack);
    free(first);
    free(next);
}

static void print_more(const json_t *answer)
{
    if (json_is_true(json_object_get(answer, "more")))
        puts("... there is more than is shown");
}

size_t sl_lineage_print_tree(const json_t *answer, bool up)
{
    const json_t *steps = json_object_get(answer, "steps");
    size_t count = 0;

    print_branches(steps, up);
    for (size_t i = 0; i < json_array_size(steps); i++)
        count += number(json_array_get(steps, i), "depth") > 0;
    print_more(answer);
    return count;
}

/* --- acts --- */

static void print_effects(const json_t *effects)
{
    for (size_t i = 0; i < json_array_size(effects); i++) {
        const char *effect = json_string_value(json_array_get(effects, i));
        printf("%s%s", i == 0 ? "" : " ", effect == NULL ? "" : effect);
    }
}

static void print_touch(const json_t *act)
{
    print_time(member(act, "last_at"));
    fputs("  ", stdout);
    sl_api_print_text(stdout, member(act, "identity"));
    if (member(act, "owner").n > 0) {
        print(" (of ", member(act, "owner"));
        putchar(')');
    }
    fputs("  ", stdout);
    print_effects(json_object_get(act, "effects"));
    print("  ", member(act, "statements"));
    print("  verdict ", member(act, "verdict"));
    print(", ", member(act, "standing"));
    print(" by ", member(act, "approvers"));
    printf(", %llu rows", (unsigned long long)number(act, "rows"));
    if (number(act, "count") > 1)
        printf(", %llu times", (unsigned long long)number(act, "count"));
    putchar('\n');
    print("    reason    ", member(act, "reason"));
    fputs(member(act, "reason").n > 0 ? "\n" : "", stdout);
    print("    run       ", member(act, "run"));
    fputs(member(act, "run").n > 0 ? "\n" : "", stdout);
    print("    approval  ", member(act, "approval"));
    fputs(member(act, "approval").n > 0 ? "\n" : "", stdout);
    print("    because   ", member(act, "why"));
    fputs(member(act, "why").n > 0 ? "\n" : "", stdout);
}

size_t sl_lineage_print_acts(const json_t *answer)
{
    const json_t *acts = json_object_get(answer, "acts");

    for (size_t i = 0; i < json_array_size(acts); i++)
        print_touch(json_array_get(acts, i));
    print_more(answer);
    return json_array_size(acts);
}

/* --- impact --- */

size_t sl_lineage_print_impact(const json_t *answer)
{
    const json_t *datasets = json_object_get(answer, "datasets"),
                 *sinks = json_object_get(answer, "sinks");
    size_t count = json_array_size(datasets), outside = json_array_size(sinks);

    printf("%zu dataset%s, %llu columns, %zu outside\n", count, count == 1 ? "" : "s",
           (unsigned long long)number(answer, "columns"), outside);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(datasets, i);

        fputs("  ", stdout);
        sl_api_print_text(stdout, member(one, "name"));
        printf("  %llu columns, %llu step%s away", (unsigned long long)number(one, "columns"),
               (unsigned long long)number(one, "depth"), number(one, "depth") == 1 ? "" : "s");
        print("  on ", member(one, "target"));
        putchar('\n');
    }
    for (size_t i = 0; i < outside; i++) {
        const json_t *sink = json_array_get(sinks, i);

        fputs("  outside: ", stdout);
        sl_api_print_text(stdout, sl_span(json_string_value(sink), json_string_length(sink)));
        putchar('\n');
    }
    print_more(answer);
    return count + outside;
}

/* --- a held statement --- */

static void print_names(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *name = json_array_get(list, i);

        fputs(i == 0 ? "" : ", ", stdout);
        sl_api_print_text(stdout, sl_span(json_string_value(name), json_string_length(name)));
    }
}

static void print_flow(const json_t *f)
{
    fputs("  ", stdout);
    sl_api_print_text(stdout, member(f, "from"));
    fputs(" -> ", stdout);
    sl_api_print_text(stdout, member(f, "to"));
    if (json_array_size(json_object_get(f, "labels")) > 0) {
        fputs("; labels ", stdout);
        print_names(json_object_get(f, "labels"));
    }
    putchar('\n');
}

void sl_lineage_print_held(const json_t *lineage)
{
    const json_t *flows = json_object_get(lineage, "flows"),
                 *downstream = json_object_get(lineage, "downstream"),
                 *datasets = json_object_get(downstream, "datasets");
    uint64_t count = number(downstream, "dataset_count"), all = number(lineage, "flow_count");

    if (json_array_size(flows) > 0)
        puts("Flows");
    for (size_t i = 0; i < json_array_size(flows); i++)
        print_flow(json_array_get(flows, i));
    if (all > json_array_size(flows))
        printf("  ... %llu in all\n", (unsigned long long)all);
    if (count == 0)
        return;
    printf("Downstream  %llu dataset%s with %llu columns made from what it changes: ",
           (unsigned long long)count, count == 1 ? "" : "s",
           (unsigned long long)number(downstream, "columns"));
    print_names(datasets);
    puts(count > json_array_size(datasets) ? ", ..." : "");
}
