#include "core/policy/policy_int.h"

#include "core/policy/config_keys.h"

/* Places that fill the same struct as the place around them lie at its very start. */
_Static_assert(offsetof(struct sl_config, settings) == 0, "listen, tls, ledger, roles, timeouts");
_Static_assert(offsetof(struct sl_target, name) == 0, "targets[].tls, targets[].access");
_Static_assert(offsetof(struct sl_rule, name) == 0, "policy[].when");

#define SL_PLACE_ALIAS(name, type, path) typedef type sl_struct_of_##name;
SL_PLACES(SL_PLACE_ALIAS)
#undef SL_PLACE_ALIAS

enum { RESTART = 0, RELOAD = 1 };

#define SL_KEY_ROW(place_, name_, type_, field_, fallback_, least_, most_, unit_, choices_, \
                   reload_, help_)                                                          \
    {.place = SL_PLACE_##place_,                                                            \
     .name = name_,                                                                         \
     .type = SL_KEY_##type_,                                                                \
     .offset = offsetof(sl_struct_of_##place_, field_),                                     \
     .fallback = fallback_,                                                                 \
     .least = least_,                                                                       \
     .most = most_,                                                                         \
     .unit = unit_,                                                                         \
     .choices = choices_,                                                                   \
     .reload = reload_,                                                                     \
     .help = help_},
#define SL_MAP_ROW(place_, name_, shape_, field_, inner_, required_, help_) \
    {.place = SL_PLACE_##place_,                                            \
     .name = name_,                                                         \
     .type = SL_KEY_##shape_,                                               \
     .offset = offsetof(sl_struct_of_##place_, field_),                     \
     .fallback = (required_) ? NULL : "",                                   \
     .inner = SL_PLACE_##inner_,                                            \
     .unit = "",                                                            \
     .choices = "",                                                         \
     .reload = true,                                                        \
     .help = help_},

const struct sl_key sl_keys[] = {SL_CONFIG_KEYS(SL_KEY_ROW, SL_MAP_ROW)};
const size_t sl_key_count = SL_COUNT(sl_keys);

const char *sl_place_path(enum sl_place place)
{
    static const char *const paths[] = {
#define SL_PLACE_PATH(name, type, path) path,
        SL_PLACES(SL_PLACE_PATH)
#undef SL_PLACE_PATH
    };

    return paths[place];
}

const struct sl_key *sl_key_find(enum sl_place place, struct sl_span name)
{
    for (size_t i = 0; i < sl_key_count; i++)
        if (sl_keys[i].place == place && sl_span_is(name, sl_keys[i].name))
            return &sl_keys[i];
    return NULL;
}

enum { NEAR_MAX = 32 };

/* Levenshtein's distance, one row at a time; words longer than NEAR_MAX are never near. */
static size_t distance(struct sl_span a, struct sl_span b)
{
    size_t row[NEAR_MAX + 1];

    if (a.n > NEAR_MAX || b.n > NEAR_MAX)
        return NEAR_MAX;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t best = diagonal + (a.p[i - 1] != b.p[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[b.n];
}

const struct sl_key *sl_key_near(enum sl_place place, struct sl_span name)
{
    const struct sl_key *nearest = NULL;
    size_t least = 3; /* two slips of the finger */

    for (size_t i = 0; i < sl_key_count; i++) {
        if (sl_keys[i].place != place)
            continue;
        struct sl_span known = sl_span_str(sl_keys[i].name);
        size_t d = name.n >= 4 && sl_span_starts(known, name) ? 1 : distance(known, name);
        if (d < least && d < name.n) {
            least = d;
            nearest = &sl_keys[i];
        }
    }
    return nearest;
}

struct sl_key_list sl_key_list_of(enum sl_place inner)
{
#define SL_LIST(type, item, items, count, most) \
    ((struct sl_key_list){sizeof(item), offsetof(type, items), offsetof(type, count), most})

    switch (inner) {
    case SL_PLACE_TARGET:
        return SL_LIST(struct sl_config, struct sl_target, targets, target_count,
                       SL_CONFIG_MAX_TARGETS);
    case SL_PLACE_RULE:
        return SL_LIST(struct sl_config, struct sl_rule, rules, rule_count, SL_CONFIG_MAX_RULES);
    case SL_PLACE_LOGIN:
        return SL_LIST(struct sl_target, struct sl_login, logins, login_count, SL_CONFIG_MAX_ITEMS);
    case SL_PLACE_DECLASSIFY:
        return SL_LIST(struct sl_target, struct sl_declassify, declassify, declassify_count,
                       SL_CONFIG_MAX_ITEMS);
    case SL_PLACE_ISSUER:
        return SL_LIST(struct sl_config, struct sl_issuer, issuers, issuer_count,
                       SL_CONFIG_MAX_ISSUERS);
    case SL_PLACE_ISSUER_GROUP:
        return SL_LIST(struct sl_issuer, struct sl_issuer_group, groups, group_count,
                       SL_CONFIG_MAX_ITEMS);
    case SL_PLACE_JOB:
        return SL_LIST(struct sl_issuer, struct sl_job, jobs, job_count, SL_CONFIG_MAX_ITEMS);
    case SL_PLACE_CHAT:
        return SL_LIST(struct sl_config, struct sl_chat, chats, chat_count, SL_CONFIG_MAX_CHATS);
    case SL_PLACE_HOOK:
        return SL_LIST(struct sl_config, struct sl_hook, hooks, hook_count, SL_CONFIG_MAX_HOOKS);
    default:
        SL_PROMISE(inner == SL_PLACE_LABEL);
        return SL_LIST(struct sl_target, struct sl_label_rule, labels, label_count,
                       SL_CONFIG_MAX_ITEMS);
    }
#undef SL_LIST
}

size_t sl_choice_count(const char *choices)
{
    size_t count = choices[0] != '\0';

    for (const char *c = choices; *c != '\0'; c++)
        count += *c == '|';
    return count;
}

struct sl_span sl_choice(const char *choices, size_t n)
{
    struct sl_span left = sl_span_str(choices);

    for (; n > 0; n--)
        left = sl_span_from(left, sl_span_find(left, '|') + 1);
    return sl_span_head(left, sl_span_find(left, '|'));
}

int sl_choice_index(const char *choices, struct sl_span word)
{
    size_t count = sl_choice_count(choices);

    for (size_t i = 0; i < count; i++)
        if (sl_span_eq(sl_choice(choices, i), word))
            return (int)i;
    return -1;
}
