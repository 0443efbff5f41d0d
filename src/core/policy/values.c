/* One value from text: how each type of the key table reads, and what it says it expected. */
#include "core/policy/policy_int.h"

#include "base/ip.h"
#include "base/utf8.h"
#include "base/when.h"

void sl_value_expected(struct sl_buf *b, const struct sl_key *k)
{
    static const char *const words[] = {
        [SL_KEY_TEXT] = "text",
        [SL_KEY_NAME] = "a name",
        [SL_KEY_FILE] = "a file's name (no slash, no dot first)",
        [SL_KEY_URL] = "an address that is https://, or http:// to this machine",
        [SL_KEY_WORD] = "one of",
        [SL_KEY_NUMBER] = "a whole number",
        [SL_KEY_COUNT] = "a whole number",
        [SL_KEY_SIZE32] = "a size such as 64kB or 16MB",
        [SL_KEY_SIZE64] = "a size such as 64kB or 16MB",
        [SL_KEY_DURATION] = "a duration such as 30s or 15m",
        [SL_KEY_CHOICE] = "one of",
        [SL_KEY_SWITCH] = "one of",
        [SL_KEY_VERDICT] = "one of",
        [SL_KEY_LIST] = "a list of texts, as in [a, b]",
        [SL_KEY_ONE_OR_MORE] = "a text, or a list of texts as in [a, b]",
        [SL_KEY_DATASETS] = "a list of patterns such as [public.orders, \"staging.*\"]",
        [SL_KEY_COLUMNS] = "a list of patterns such as [public.customers.email, \"*.ssn\"]",
        [SL_KEY_NETWORKS] = "a list of addresses and networks such as [192.0.2.7, \"fd00::/8\"]",
        [SL_KEY_EFFECTS] = "a list of",
        [SL_KEY_KINDS] = "a list of",
        [SL_KEY_ALGORITHMS] = "a list of",
        [SL_KEY_HOOK_EVENTS] = "a list of",
        [SL_KEY_CHANNELS] = "a list of",
        [SL_KEY_HOURS] = "a list of times such as [\"mon-fri 09:00-17:30\"]",
        [SL_KEY_PER] = "statement, run, or a duration such as 1h",
        [SL_KEY_ADDRESS] = "host:port",
        [SL_KEY_UPSTREAM] = "host:port or the folder of a Unix socket",
        [SL_KEY_ONE] = "a mapping",
        [SL_KEY_MANY] = "a list of mappings",
        [SL_KEY_ONE_OR_MANY] = "a mapping, or a list of mappings",
    };

    sl_buf_put_str(b, words[k->type]);
    for (size_t i = 0; i < sl_choice_count(k->choices); i++)
        sl_buf_say(b, "%s%S", i == 0 ? " " : ", ", sl_choice(k->choices, i));
}

void sl_value_unexpected(struct sl_load *l, const struct sl_key *k, const struct sl_node *n)
{
    struct sl_buf *b = sl_load_complain(l, n);

    sl_buf_say(b, "%s: ", k->name);
    if (n->kind == SL_NODE_TEXT && !n->nothing)
        sl_load_quote(b, n->text);
    else
        sl_buf_put_str(b, n->kind == SL_NODE_LIST  ? "a list"
                          : n->kind == SL_NODE_MAP ? "a mapping"
                                                   : "nothing");
    sl_buf_put_str(b, "; expected ");
    sl_value_expected(b, k);
    sl_buf_put_u8(b, '\n');
}

static void out_of_bounds(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                          const char *what)
{
    struct sl_buf *b = sl_load_complain(l, n);

    sl_buf_say(b, "%s: ", k->name);
    if (n->kind == SL_NODE_TEXT)
        sl_load_quote(b, n->text);
    sl_buf_put_str(b, n->kind == SL_NODE_TEXT ? " is out of bounds; expected "
                                              : "out of bounds; expected ");
    if (k->type == SL_KEY_DURATION || k->type == SL_KEY_PER) {
        sl_duration_put(b, k->least);
        sl_buf_put_str(b, " to ");
        sl_duration_put(b, k->most);
    } else {
        sl_buf_say(b, "%U to %U %s", k->least, k->most, what);
    }
    sl_buf_put_u8(b, '\n');
}

struct sl_span sl_load_keep(struct sl_load *l, struct sl_span text)
{
    struct sl_span copy = sl_arena_copy(l->mem, text);

    l->out_of_memory |= copy.p == NULL;
    return copy;
}

/* Text of one line without control characters, direction marks or blanks at its ends. */
bool sl_text_is_clean(struct sl_span text)
{
    SL_BUF(printable, 64 * 1024);

    sl_utf8_put_printable(&printable, text);
    return sl_buf_err(&printable) == SL_OK && sl_span_eq(sl_buf_span(&printable), text) &&
           text.n > 0 && text.p[0] != ' ' && text.p[text.n - 1] != ' ';
}

static bool check_text(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                       uint64_t most)
{
    if (n->kind != SL_NODE_TEXT || n->nothing)
        sl_value_unexpected(l, k, n);
    else if (n->text.n == 0 || n->text.n > most)
        sl_buf_say(sl_load_complain(l, n), "%s: a text of %U bytes; expected 1 to %U\n", k->name,
                   (uint64_t)n->text.n, most);
    else if (!sl_text_is_clean(n->text))
        sl_buf_say(sl_load_complain(l, n),
                   "%s: control characters, or blanks at the ends; expected plain "
                   "text of one line\n",
                   k->name);
    else
        return true;
    return false;
}

static void read_text(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                      void *field)
{
    if (check_text(l, k, n, k->most))
        *(struct sl_span *)field = sl_load_keep(l, n->text);
}

/* The name of one file in a folder of ours, where others have their names too. */
static bool is_file_name(struct sl_span text)
{
    return text.p[0] != '.' && sl_span_find(text, '/') == text.n &&
           !sl_span_is(text, SL_OPENLINEAGE_REJECTED);
}

static void read_place(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                       void *field)
{
    if (!check_text(l, k, n, k->most))
        return;
    if (k->type == SL_KEY_FILE ? is_file_name(n->text) : sl_is_endpoint(n->text))
        *(struct sl_span *)field = sl_load_keep(l, n->text);
    else
        sl_value_unexpected(l, k, n);
}

/* "64kB" in powers of 1024. */
static enum sl_err read_size_text(struct sl_span text, uint64_t *out)
{
    static const struct {
        const char *unit;
        unsigned shift;
    } units[] = {{"kB", 10}, {"MB", 20}, {"GB", 30}};
    unsigned shift = 0;
    uint64_t value;

    for (size_t i = 0; i < SL_COUNT(units); i++)
        if (text.n > 2 && sl_span_is(sl_span_from(text, text.n - 2), units[i].unit)) {
            shift = units[i].shift;
            text.n -= 2;
            break;
        }
    SL_TRY(sl_span_u64(text, &value));
    if (value > UINT64_MAX >> shift)
        return SL_EOVERFLOW;
    *out = value << shift;
    return SL_OK;
}

static bool read_u64(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                     uint64_t *out)
{
    enum sl_err err = SL_EMALFORMED;
    uint64_t value = 0;

    if (n->kind == SL_NODE_TEXT && k->type == SL_KEY_DURATION)
        err = sl_duration_get(n->text, &value);
    else if (n->kind == SL_NODE_TEXT && (k->type == SL_KEY_NUMBER || k->type == SL_KEY_COUNT))
        err = sl_span_u64(n->text, &value);
    else if (n->kind == SL_NODE_TEXT)
        err = read_size_text(n->text, &value);
    if (err != SL_OK && err != SL_EOVERFLOW)
        sl_value_unexpected(l, k, n);
    else if (err == SL_EOVERFLOW || value < k->least || value > k->most)
        out_of_bounds(l, k, n, k->unit);
    else
        *out = value;
    return err == SL_OK && value >= k->least && value <= k->most;
}

static void read_number(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                        void *field)
{
    uint64_t value = 0;

    if (!read_u64(l, k, n, &value))
        return;
    if (k->type == SL_KEY_NUMBER || k->type == SL_KEY_SIZE32)
        *(uint32_t *)field = (uint32_t)value;
    else
        *(uint64_t *)field = value;
}

static void read_choice(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                        void *field)
{
    int index = n->kind == SL_NODE_TEXT ? sl_choice_index(k->choices, n->text) : -1;

    if (index < 0)
        sl_value_unexpected(l, k, n);
    else if (k->type == SL_KEY_SWITCH)
        *(bool *)field = index == 1;
    else if (k->type == SL_KEY_WORD)
        *(struct sl_span *)field = sl_load_keep(l, n->text);
    else
        *(uint32_t *)field = (uint32_t)(k->type == SL_KEY_VERDICT ? index : index + 1);
}

static bool check_list(struct sl_load *l, const struct sl_key *k, const struct sl_node *n)
{
    if (n->kind != SL_NODE_LIST)
        sl_value_unexpected(l, k, n);
    else if (n->count < k->least || n->count > k->most)
        out_of_bounds(l, k, n, "items");
    else
        return true;
    return false;
}

/* A name without a dot would mean another table in each schema: say which, or say "any". */
static bool check_pattern(struct sl_load *l, const struct sl_key *k, const struct sl_node *n)
{
    size_t dots = 0, need = k->type == SL_KEY_COLUMNS ? 2 : 1;

    for (size_t i = 0; i < n->text.n; i++)
        dots += n->text.p[i] == '.';
    if (dots >= need || sl_span_find(n->text, '*') < n->text.n)
        return true;
    struct sl_buf *b = sl_load_complain(l, n);
    sl_buf_say(b, "%s: ", k->name);
    sl_load_quote(b, n->text);
    sl_buf_say(b, " does not say which %s; expected %s\n", need == 2 ? "table" : "schema",
               need == 2 ? "schema.table.column or a pattern such as \"*.ssn\""
                         : "schema.table or a pattern such as \"*.customers\"");
    return false;
}

/* Whoever names everybody names nobody, and bits behind a prefix are a slip somewhere. */
static bool check_network(struct sl_load *l, const struct sl_key *k, const struct sl_node *n)
{
    struct sl_ip_net net;

    if (sl_ip_net_get(n->text, &net) == SL_OK)
        return true;
    struct sl_buf *b = sl_load_complain(l, n);
    sl_buf_say(b, "%s: ", k->name);
    sl_load_quote(b, n->text);
    sl_buf_put_str(b,
                   " is no address and no network; expected one such as 192.0.2.7, 10.0.0.0/8 or "
                   "fd00::/8, not all of them, and with no bits behind the prefix\n");
    return false;
}

static bool check_item(struct sl_load *l, const struct sl_key *k, const struct sl_node *n)
{
    bool pattern = k->type == SL_KEY_DATASETS || k->type == SL_KEY_COLUMNS;

    return check_text(l, k, n, 4000) && (!pattern || check_pattern(l, k, n)) &&
           (k->type != SL_KEY_NETWORKS || check_network(l, k, n));
}

static void read_list(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                      void *field)
{
    bool single = k->type == SL_KEY_ONE_OR_MORE && n->kind == SL_NODE_TEXT;
    size_t count = single ? 1 : n->count;

    if (!single && !check_list(l, k, n))
        return;
    struct sl_names names = {.items = sl_arena_array(l->mem, count, sizeof *names.items)};
    l->out_of_memory |= names.items == NULL;
    if (names.items == NULL)
        return;
    for (const struct sl_node *item = single ? n : n->first; item != NULL;
         item = single ? NULL : item->next)
        if (check_item(l, k, item))
            names.items[names.count++] = sl_load_keep(l, item->text);
    *(struct sl_names *)field = names;
}

/* What only a pattern named goes into the upper half: in an allow rule no pattern names `opaque`.
 */
static uint32_t effect_bits(struct sl_span word)
{
    uint32_t bits = sl_effect_bit(word);

    if (bits != 0)
        return bits;
    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if (sl_span_glob(word, sl_span_str(sl_effect_name(i))))
            bits |= 1u << (i + SL_EFFECT_COUNT);
    return bits;
}

static uint32_t word_bits(const struct sl_key *k, struct sl_span word)
{
    if (k->type == SL_KEY_ALGORITHMS)
        return sl_oidc_algorithm_of(word);
    if (k->type == SL_KEY_HOOK_EVENTS)
        return sl_hook_event_bits(word);
    if (k->type == SL_KEY_CHANNELS) {
        int index = sl_choice_index(k->choices, word);
        return index < 0 ? 0 : 1u << index;
    }
    return k->type == SL_KEY_EFFECTS ? effect_bits(word) : 1u << sl_identity_kind_of(word) & ~1u;
}

static void read_bits(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                      void *field)
{
    uint32_t bits = 0;

    if (!check_list(l, k, n))
        return;
    for (const struct sl_node *item = n->first; item != NULL; item = item->next) {
        uint32_t more = item->kind == SL_NODE_TEXT ? word_bits(k, item->text) : 0;
        if (more == 0)
            sl_value_unexpected(l, k, item);
        bits |= more;
    }
    *(uint32_t *)field = bits;
}

static void read_hours(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                       void *base)
{
    struct sl_rule *r = base;

    if (!check_list(l, k, n))
        return;
    r->hours = sl_arena_array(l->mem, n->count, sizeof *r->hours);
    l->out_of_memory |= r->hours == NULL;
    for (const struct sl_node *item = n->first; item != NULL && r->hours != NULL; item = item->next)
        if (item->kind != SL_NODE_TEXT || !sl_hours_read(item->text, &r->hours[r->hour_count++]))
            sl_value_unexpected(l, k, item);
}

static void read_per(struct sl_load *l, const struct sl_key *k, const struct sl_node *n, void *base)
{
    struct sl_budget *b = base;

    if (n->kind == SL_NODE_TEXT && sl_span_is(n->text, "statement"))
        b->per = SL_PER_STATEMENT;
    else if (n->kind == SL_NODE_TEXT && sl_span_is(n->text, "run"))
        b->per = SL_PER_RUN;
    else if (n->kind != SL_NODE_TEXT || sl_duration_get(n->text, &b->per_ms) != SL_OK)
        sl_value_unexpected(l, k, n);
    else if (b->per_ms < k->least || b->per_ms > k->most)
        out_of_bounds(l, k, n, "");
    else
        b->per = SL_PER_TIME;
}

void sl_value_read(struct sl_load *l, const struct sl_key *k, const struct sl_node *n, void *base)
{
    void *field = sl_key_field(k, base);

    switch (k->type) {
    case SL_KEY_TEXT:
    case SL_KEY_NAME:
        read_text(l, k, n, field);
        return;
    case SL_KEY_FILE:
    case SL_KEY_URL:
        read_place(l, k, n, field);
        return;
    case SL_KEY_NUMBER:
    case SL_KEY_COUNT:
    case SL_KEY_SIZE32:
    case SL_KEY_SIZE64:
    case SL_KEY_DURATION:
        read_number(l, k, n, field);
        return;
    case SL_KEY_CHOICE:
    case SL_KEY_SWITCH:
    case SL_KEY_VERDICT:
    case SL_KEY_WORD:
        read_choice(l, k, n, field);
        return;
    case SL_KEY_LIST:
    case SL_KEY_ONE_OR_MORE:
    case SL_KEY_DATASETS:
    case SL_KEY_COLUMNS:
    case SL_KEY_NETWORKS:
        read_list(l, k, n, field);
        return;
    case SL_KEY_EFFECTS:
    case SL_KEY_KINDS:
    case SL_KEY_ALGORITHMS:
    case SL_KEY_HOOK_EVENTS:
    case SL_KEY_CHANNELS:
        read_bits(l, k, n, field);
        return;
    case SL_KEY_HOURS:
        read_hours(l, k, n, base);
        return;
    case SL_KEY_PER:
        read_per(l, k, n, base);
        return;
    case SL_KEY_ADDRESS:
        sl_address_read(l, k, n, field);
        return;
    case SL_KEY_UPSTREAM:
        sl_upstream_read(l, k, n, base);
        return;
    default:
        SL_PROMISE(k->type < SL_KEY_ONE); /* mappings are load.c's */
    }
}
