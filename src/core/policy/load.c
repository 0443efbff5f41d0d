/* The tree into the structs, place by place, as the key table says. */
#include "core/policy/policy_int.h"

static void fill(struct sl_load *l, enum sl_place place, const struct sl_node *map, void *base);

static const struct sl_node *member(const struct sl_node *map, const char *name)
{
    for (const struct sl_node *n = map == NULL ? NULL : map->first; n != NULL; n = n->next)
        if (sl_span_is(n->key->text, name))
            return n;
    return NULL;
}

/* The bytes of a node as they stand in the file. libyaml counts characters; the walk only goes on
 * from where it stopped, because rules come in the order of the file. */
static size_t byte_of(struct sl_load *l, size_t characters)
{
    if (characters < l->walked_chars)
        l->walked_chars = l->walked_bytes = 0;
    while (l->walked_chars < characters && l->walked_bytes < l->yaml.n) {
        l->walked_bytes++;
        while (l->walked_bytes < l->yaml.n && (l->yaml.p[l->walked_bytes] & 0xc0) == 0x80)
            l->walked_bytes++;
        l->walked_chars++;
    }
    return l->walked_bytes;
}

static struct sl_span slice(struct sl_load *l, const struct sl_node *n)
{
    size_t start = byte_of(l, n->start), end = byte_of(l, n->end);
    struct sl_span text = sl_span_from(sl_span_head(l->yaml, end), start);

    while (text.n > 0 && text.p[text.n - 1] <= ' ')
        text.n--;
    text = sl_arena_copy(l->mem, text);
    l->out_of_memory |= text.p == NULL;
    return text;
}

static void after(struct sl_load *l, enum sl_place place, const struct sl_node *map, void *base)
{
    uint32_t bit = 1;

    if (place == SL_PLACE_TARGET) {
        ((struct sl_target *)base)->line = map->line;
        ((struct sl_target *)base)->has_default = member(map, "default") != NULL;
    } else if (place == SL_PLACE_RULE) {
        ((struct sl_rule *)base)->line = map->line;
        ((struct sl_rule *)base)->text = slice(l, map);
    } else if (place == SL_PLACE_ISSUER) {
        ((struct sl_issuer *)base)->line = map->line;
    } else if (place == SL_PLACE_CHAT) {
        ((struct sl_chat *)base)->line = map->line;
    } else if (place == SL_PLACE_HOOK) {
        ((struct sl_hook *)base)->line = map->line;
    } else if (place == SL_PLACE_BUDGET) {
        ((struct sl_budget *)base)->set = true;
    } else if (place == SL_PLACE_WHEN) {
        for (size_t i = 0; i < sl_key_count; i++)
            if (sl_keys[i].place == SL_PLACE_WHEN) {
                ((struct sl_rule *)base)->named |= member(map, sl_keys[i].name) != NULL ? bit : 0;
                bit <<= 1;
            }
    }
}

static void fill_list(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                      void *base)
{
    struct sl_key_list list = sl_key_list_of(k->inner);
    bool single = k->type == SL_KEY_ONE_OR_MANY && n->kind == SL_NODE_MAP;
    size_t count = single ? 1 : n->count;

    if (!single && n->kind != SL_NODE_LIST) {
        sl_value_unexpected(l, k, n);
        return;
    }
    if (count > list.most || (count == 0 && k->fallback == NULL)) {
        sl_buf_say(sl_load_complain(l, n), "%s: %U items; expected %s to %U\n", k->name,
                   (uint64_t)count, k->fallback == NULL ? "1" : "0", (uint64_t)list.most);
        return;
    }
    char *items = sl_arena_array(l->mem, count + 1, list.item_bytes);
    if (items == NULL) {
        l->out_of_memory = true;
        return;
    }
    *(char **)(void *)((char *)base + list.items_offset) = items;
    *(size_t *)(void *)((char *)base + list.count_offset) = count;
    const struct sl_node *item = single ? n : n->first;
    for (size_t i = 0; i < count; i++, item = item->next) {
        if (item->kind == SL_NODE_MAP)
            fill(l, k->inner, item, items + i * list.item_bytes);
        else
            sl_buf_say(sl_load_complain(l, item), "%s: expected a mapping for each item\n",
                       k->name);
    }
}

static void take_member(struct sl_load *l, const struct sl_key *k, const struct sl_node *n,
                        void *base)
{
    if (k->type < SL_KEY_ONE)
        sl_value_read(l, k, n, base);
    else if (k->type != SL_KEY_ONE)
        fill_list(l, k, n, base);
    else if (n->kind != SL_NODE_MAP)
        sl_value_unexpected(l, k, n);
    else
        fill(l, k->inner, n, sl_key_field(k, base));
}

static void unknown_key(struct sl_load *l, enum sl_place place, const struct sl_node *key)
{
    const struct sl_key *near = sl_key_near(place, key->text);
    struct sl_buf *b = sl_load_complain(l, key);

    sl_buf_put_str(b, "unknown key ");
    sl_load_quote(b, key->text);
    if (near != NULL) {
        sl_buf_say(b, "; did you mean \"%s\"?\n", near->name);
        return;
    }
    sl_buf_put_str(b, "; expected one of:");
    const char *comma = " ";
    for (size_t i = 0; i < sl_key_count; i++)
        if (sl_keys[i].place == place) {
            sl_buf_say(b, "%s%s", comma, sl_keys[i].name);
            comma = ", ";
        }
    sl_buf_put_u8(b, '\n');
}

/* Reviewers and a budget are absent when nobody names them; other mappings have defaults inside. */
static bool has_defaults_inside(const struct sl_key *k)
{
    return k->type == SL_KEY_ONE && k->inner != SL_PLACE_REVIEWERS && k->inner != SL_PLACE_BUDGET;
}

/* map NULL: the whole place was left out. */
static void fill_absent(struct sl_load *l, enum sl_place place, const struct sl_node *map,
                        void *base)
{
    for (size_t i = 0; i < sl_key_count; i++) {
        const struct sl_key *k = &sl_keys[i];
        if (k->place != place || member(map, k->name) != NULL)
            continue;
        if (has_defaults_inside(k)) {
            fill_absent(l, k->inner, NULL, sl_key_field(k, base));
        } else if (k->fallback == NULL && map != NULL) {
            struct sl_buf *b = sl_load_complain(l, map);
            sl_buf_say(b, "%s lacks the key \"%s\"; expected ", sl_place_path(place), k->name);
            sl_value_expected(b, k);
            sl_buf_put_u8(b, '\n');
        } else if (k->fallback != NULL && k->fallback[0] != '\0') {
            struct sl_node text = {.kind = SL_NODE_TEXT, .text = sl_span_str(k->fallback)};
            sl_value_read(l, k, &text, base);
        }
    }
}

static void fill(struct sl_load *l, enum sl_place place, const struct sl_node *map, void *base)
{
    for (const struct sl_node *n = map->first; n != NULL; n = n->next) {
        const struct sl_key *k = sl_key_find(place, n->key->text);
        if (k == NULL)
            unknown_key(l, place, n->key);
        else
            take_member(l, k, n, base);
    }
    fill_absent(l, place, map, base);
    after(l, place, map, base);
}

static enum sl_err load(struct sl_load *l, struct sl_config *c)
{
    static const struct sl_node top = {.line = 1, .column = 1};
    struct sl_node *root = sl_yaml_read(l);

    if (root == NULL && l->complaints == 0 && !l->out_of_memory)
        sl_buf_put_str(sl_load_complain(l, &top),
                       "the file is empty; expected a mapping with targets\n");
    else if (root != NULL && root->kind != SL_NODE_MAP)
        sl_buf_put_str(sl_load_complain(l, root),
                       "the file is not a mapping; expected keys such as "
                       "listen, targets and policy\n");
    else if (root != NULL)
        fill(l, SL_PLACE_TOP, root, c);
    if (l->out_of_memory)
        return SL_EMEMORY;
    if (l->complaints == 0)
        sl_config_resolve(l, c, root);
    if (l->out_of_memory)
        return SL_EMEMORY;
    return l->complaints > 0 ? SL_ECONFIG : SL_OK;
}

static enum sl_err make(struct sl_load *l, struct sl_config **out)
{
    struct sl_config *c = SL_ARENA_NEW(l->mem, struct sl_config);

    if (c == NULL)
        return SL_EMEMORY;
    SL_TRY(load(l, c));
    c->mem = l->mem;
    SL_TRY(sl_config_digest(c));
    *out = c;
    return SL_OK;
}

static enum sl_err load_text(struct sl_span yaml, const char *file_name, bool recorded,
                             struct sl_config **out, struct sl_buf *complaints)
{
    SL_FREED_BY(sl_arena) struct sl_arena *tree = NULL;
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;

    SL_TRY(sl_arena_new(&tree, SL_CONFIG_MEMORY));
    SL_TRY(sl_arena_new(&mem, SL_CONFIG_MEMORY));
    struct sl_load l = {.file = file_name,
                        .yaml = yaml,
                        .tree = tree,
                        .mem = mem,
                        .out = complaints,
                        .recorded = recorded,
                        .scrap = sl_buf(64 * 1024)};
    enum sl_err err = make(&l, out);
    if (l.complaints > SL_CONFIG_MAX_COMPLAINTS)
        sl_buf_say(complaints, "%s:1:1: %u more complaints; expected none\n", file_name,
                   (unsigned)(l.complaints - SL_CONFIG_MAX_COMPLAINTS));
    sl_buf_done(&l.scrap);
    if (err == SL_OK)
        (void)sl_arena_take(&mem); /* the configuration owns it now */
    else if (err == SL_EMEMORY)
        sl_buf_say(complaints, "%s:1:1: out of memory; expected a smaller file\n", file_name);
    return err == SL_OK ? SL_OK : SL_ECONFIG;
}

enum sl_err sl_config_load(struct sl_span yaml, const char *file_name, struct sl_config **out,
                           struct sl_buf *complaints)
{
    return load_text(yaml, file_name, false, out, complaints);
}

enum sl_err sl_config_load_recorded(struct sl_span yaml, const char *file_name,
                                    struct sl_config **out, struct sl_buf *complaints)
{
    return load_text(yaml, file_name, true, out, complaints);
}

void sl_config_free(struct sl_config *c)
{
    if (c != NULL)
        sl_arena_free(c->mem);
}
