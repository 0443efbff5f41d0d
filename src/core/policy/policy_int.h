/* Inside the policy folder: the YAML tree, the key table as data, and what its files share. */
#ifndef SL_CORE_POLICY_POLICY_INT_H
#define SL_CORE_POLICY_POLICY_INT_H

#include "core/policy/config_places.h"
#include "core/policy/policy.h"
#include "json/json.h"

enum {
    SL_CONFIG_MAX_BYTES = 1024 * 1024,
    SL_CONFIG_MAX_NODES = 40000,
    SL_CONFIG_MAX_DEPTH = 12,
    SL_CONFIG_MAX_KEYS = 64, /* of one mapping */
    SL_CONFIG_MAX_COMPLAINTS = 20,
    SL_CONFIG_MAX_LABELS = 64,
    SL_CONFIG_MAX_TARGETS = 256,
    SL_CONFIG_MAX_RULES = 2000,
    SL_CONFIG_MAX_ISSUERS = 32,
    SL_CONFIG_MAX_HOOKS = 16,
    SL_CONFIG_MAX_CHATS = 16,
    SL_CONFIG_MAX_ITEMS = 1000, /* of a list of mappings, where nothing else is said */
    SL_CONFIG_MEMORY = 64 * 1024 * 1024,
    SL_LABELLED_ROWS = 1000, /* rows of a labelled read, where no rule says otherwise */
};

/* --- the YAML tree (yaml.c) ------------------------------------------------------------------- */
enum sl_node_kind { SL_NODE_TEXT, SL_NODE_LIST, SL_NODE_MAP };
struct sl_node {
    enum sl_node_kind kind;
    bool nothing; /* an empty value, `~` or `null` */
    uint32_t line, column;
    size_t start,
        end; /* characters into the file; end of lists and maps may run into white space */
    struct sl_span text;
    struct sl_node *key; /* of a member of a map */
    struct sl_node *first, *next;
    size_t count;
};

/* One load: where complaints go and where memory comes from. */
struct sl_load {
    const char *file;
    struct sl_span yaml;
    struct sl_arena *tree; /* freed when the load ends */
    struct sl_arena *mem;  /* the configuration's own */
    struct sl_buf *out;
    struct sl_buf scrap; /* takes what nobody will read */
    size_t complaints;
    bool out_of_memory;
    bool recorded; /* it is a canonical text: addresses in it are masked already */
    size_t walked_bytes, walked_chars; /* sl_load_slice */
};

/* Starts a complaint at this node and returns the buffer for its words; the caller ends the line.
 */
struct sl_buf *sl_load_complain(struct sl_load *l, const struct sl_node *at);
/* Quoted, printable and cut to a sensible length. */
void sl_load_quote(struct sl_buf *b, struct sl_span text);
/* passkeys.c: after public_url is known; `passkeys` is where the file speaks of them, or NULL. */
void sl_config_resolve_passkeys(struct sl_load *l, struct sl_settings *s,
                                const struct sl_node *passkeys);
/* issuers.c: what one key of an issuer cannot say; `at` is where it stands in the file. */
void sl_config_resolve_issuer(struct sl_load *l, struct sl_config *c, size_t index,
                              const struct sl_node *at);
/* chats.c: the same of a chat, and of what a rule sends there. */
void sl_config_resolve_chat(struct sl_load *l, struct sl_config *c, size_t index,
                            const struct sl_node *at);
/* chat_kinds.c: what a kind of chat needs, and what none of its keys can say. */
void sl_config_check_chat_kind(struct sl_load *l, const struct sl_config *c, struct sl_chat *chat,
                               const struct sl_node *at);
/* NULL: it may stand behind the name of this chat in `notify`; else why not. */
const char *sl_chat_channel_refused(const struct sl_chat *chat, struct sl_span channel);
void sl_config_check_notify(struct sl_load *l, const struct sl_config *c, const struct sl_rule *r,
                            const struct sl_node *at);
/* hooks.c: the same of a hook. */
void sl_config_resolve_hook(struct sl_load *l, struct sl_config *c, size_t index,
                            const struct sl_node *at);
/* For the record and for people: the address without what may be a secret in it. */
void sl_hook_put_masked(struct sl_buf *b, struct sl_span url);
/* NULL after a complaint. */
struct sl_node *sl_yaml_read(struct sl_load *l);

/* --- the key table as data (keys.c) ----------------------------------------------------------- */
enum sl_place {
#define SL_PLACE_ENUM(name, type, path) SL_PLACE_##name,
    SL_PLACES(SL_PLACE_ENUM)
#undef SL_PLACE_ENUM
        SL_PLACE_COUNT
};

enum sl_key_type {
    SL_KEY_TEXT,
    SL_KEY_NAME,
    SL_KEY_FILE, /* its name alone */
    SL_KEY_URL,
    SL_KEY_WORD,
    SL_KEY_NUMBER,
    SL_KEY_COUNT,
    SL_KEY_SIZE32,
    SL_KEY_SIZE64,
    SL_KEY_DURATION,
    SL_KEY_CHOICE,
    SL_KEY_SWITCH,
    SL_KEY_VERDICT,
    SL_KEY_LIST,
    SL_KEY_ONE_OR_MORE,
    SL_KEY_DATASETS,
    SL_KEY_COLUMNS,
    SL_KEY_NETWORKS,
    SL_KEY_EFFECTS,
    SL_KEY_KINDS,
    SL_KEY_ALGORITHMS,
    SL_KEY_HOOK_EVENTS,
    SL_KEY_CHANNELS,
    SL_KEY_HOURS,
    SL_KEY_PER,
    SL_KEY_ADDRESS,
    SL_KEY_UPSTREAM,
    SL_KEY_ONE,
    SL_KEY_MANY,
    SL_KEY_ONE_OR_MANY,
};

struct sl_key {
    enum sl_place place;
    const char *name;
    enum sl_key_type type;
    size_t offset;
    const char *fallback; /* NULL: required */
    uint64_t least, most;
    const char *unit, *choices;
    bool reload;
    enum sl_place inner; /* of mappings */
    const char *help;
};

extern const struct sl_key sl_keys[];
extern const size_t sl_key_count;
const char *sl_place_path(enum sl_place place);
const struct sl_key *sl_key_find(enum sl_place place, struct sl_span name);
/* The nearest key of the place, or NULL when none is near. */
const struct sl_key *sl_key_near(enum sl_place place, struct sl_span name);
/* Where a list of mappings lies: pointer and count, by the place of its items. */
struct sl_key_list {
    size_t item_bytes, items_offset, count_offset, most;
};
struct sl_key_list sl_key_list_of(enum sl_place inner);
/* "a|b|c": how many words, and the n-th; index of a word or -1. */
size_t sl_choice_count(const char *choices);
struct sl_span sl_choice(const char *choices, size_t n);
int sl_choice_index(const char *choices, struct sl_span word);

static inline void *sl_key_field(const struct sl_key *k, void *base)
{
    return (char *)base + k->offset;
}

/* --- loading (load.c, values.c, resolve.c) ---------------------------------------------------- */
/* One value that is not a mapping, from the file or from the table's default. */
void sl_value_read(struct sl_load *l, const struct sl_key *k, const struct sl_node *n, void *base);
/* What each type expects, for people: "a duration such as 15m". */
void sl_value_expected(struct sl_buf *b, const struct sl_key *k);
/* Complains: this node is not what the key expects. */
void sl_value_unexpected(struct sl_load *l, const struct sl_key *k, const struct sl_node *n);
/* host and port, two fields in a row; a target's address. */
void sl_address_read(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                     void *field);
void sl_upstream_read(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                      void *base);
/* A copy that lives as long as the configuration. */
struct sl_span sl_load_keep(struct sl_load *l, struct sl_span text);
/* Text of one line without control characters, direction marks or blanks at its ends. */
bool sl_text_is_clean(struct sl_span text);
/* After the file was read: cross checks, labels, derived values. */
void sl_config_resolve(struct sl_load *l, struct sl_config *c, const struct sl_node *root);
bool sl_hours_read(struct sl_span text, struct sl_hours *out);
bool sl_hours_match(const struct sl_hours *h, uint64_t now_us);
void sl_hours_put(struct sl_buf *b, const struct sl_hours *h);

/* --- what the policy digest covers (weight.c) ---------------------------------------------------
 * IN: another value loosens, or may loosen, what a promise says, so it changes the digest: under
 * `govern: two-person` a reload waits, and a restart is said. OUT: it does not, for the reason that
 * stands beside it. UNKNOWN: nobody has decided, which a test refuses. */
enum sl_key_weight { SL_WEIGHT_UNKNOWN, SL_WEIGHT_OUT, SL_WEIGHT_IN };
enum sl_key_weight sl_key_weight_of(const struct sl_key *k);
bool sl_key_is_of_a_list(enum sl_place place); /* of targets, policy, issuers, hooks or chat */

/* --- canonical JSON (canonical.c) ------------------------------------------------------------- */
/* A place as a JSON object, or NULL when memory ran out. */
json_t *sl_key_json(const struct sl_key *k, const void *base);
/* Nothing was said, and no default stands for it. */
bool sl_key_is_absent(const struct sl_key *k, const void *base);
json_t *sl_place_json(enum sl_place place, const void *base);
/* Fills digests and the canonical text. */
enum sl_err sl_config_digest(struct sl_config *c) SL_MUST_CHECK;

/* --- matching (match.c) ----------------------------------------------------------------------- */
/* Patterns against a whole name: exact, or without regard to ASCII case. */
bool sl_names_match(const struct sl_names *patterns, struct sl_span name, bool fold);
bool sl_names_meet(const struct sl_names *patterns, const struct sl_names *names);
bool sl_names_has(const struct sl_names *names, struct sl_span name);
/* Could the pattern mean this dataset (hold, deny, labels)? Must it (allow)? */
bool sl_dataset_could(struct sl_span pattern, struct sl_span dataset);
bool sl_dataset_must(struct sl_span pattern, struct sl_span dataset);
bool sl_column_could(struct sl_span pattern, struct sl_span dataset, struct sl_span column);
bool sl_any_column_could(struct sl_span pattern, struct sl_span dataset);
bool sl_statement_matches(const struct sl_names *patterns, struct sl_span tag);
bool sl_is_loopback(struct sl_span host);
/* Of an issuer, a hook or a chat: it stands in commands, addresses, metrics and records. */
bool sl_is_short_name(struct sl_span name);
/* syslog+tls://host:port, and nothing behind it. */
bool sl_is_syslog_endpoint(struct sl_span url);
/* The first derived label of this target whose column is not before `column` (label_map.c). */
size_t sl_label_map_from(const struct sl_label_map *m, struct sl_span target,
                         struct sl_span column);

#endif
