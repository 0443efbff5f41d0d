/* YAML bytes to a tree, strictly: one document of plain mappings, lists and texts. Whatever makes
 * YAML surprising (anchors, aliases, tags, merge keys, directives, several documents, keys given
 * twice) is refused, and depth, size and count have ceilings. No recursion: the open nodes are a
 * short stack. */
#include "core/policy/policy_int.h"

#include "base/utf8.h"

#include <yaml.h>

struct builder {
    struct sl_load *l;
    struct sl_node *open[SL_CONFIG_MAX_DEPTH], *last[SL_CONFIG_MAX_DEPTH];
    struct sl_node *key[SL_CONFIG_MAX_DEPTH]; /* a key that waits for its value */
    size_t depth, nodes, documents;
    struct sl_node *root;
};

struct sl_buf *sl_load_complain(struct sl_load *l, const struct sl_node *at)
{
    if (++l->complaints > SL_CONFIG_MAX_COMPLAINTS) {
        sl_buf_reset(&l->scrap);
        return &l->scrap;
    }
    sl_buf_say(l->out, "%s:%u:%u: ", l->file, (unsigned)at->line, (unsigned)at->column);
    return l->out;
}

void sl_load_quote(struct sl_buf *b, struct sl_span text)
{
    struct sl_span head = sl_utf8_head(text, 60);

    sl_buf_put_u8(b, '"');
    sl_utf8_put_printable(b, head);
    sl_buf_put_str(b, head.n < text.n ? "...\"" : "\"");
}

static struct sl_node place_of(yaml_mark_t mark)
{
    return (struct sl_node){.line = (uint32_t)mark.line + 1, .column = (uint32_t)mark.column + 1};
}

static bool refuse(struct builder *b, yaml_mark_t mark, const char *what)
{
    struct sl_node at = place_of(mark);

    sl_buf_say(sl_load_complain(b->l, &at), "%s\n", what);
    return false;
}

static struct sl_node *add_node(struct builder *b, const yaml_event_t *event,
                                enum sl_node_kind kind)
{
    struct sl_node *n = SL_ARENA_NEW(b->l->tree, struct sl_node);

    if (n == NULL || ++b->nodes > SL_CONFIG_MAX_NODES) {
        b->l->out_of_memory = n == NULL;
        refuse(b, event->start_mark, "too many values; at most 40000 are taken");
        return NULL;
    }
    *n = place_of(event->start_mark);
    n->kind = kind;
    n->start = event->start_mark.index;
    n->end = event->end_mark.index;
    return n;
}

static bool key_is_new(struct builder *b, const struct sl_node *map, const struct sl_node *key)
{
    for (const struct sl_node *n = map->first; n != NULL; n = n->next) {
        if (!sl_span_eq(n->key->text, key->text))
            continue;
        struct sl_buf *out = sl_load_complain(b->l, key);
        sl_buf_put_str(out, "the key ");
        sl_load_quote(out, key->text);
        sl_buf_say(out, " is given twice (first in line %u); expected once\n",
                   (unsigned)n->key->line);
        return false;
    }
    return true;
}

static bool take_key(struct builder *b, struct sl_node *map, struct sl_node *key, yaml_mark_t mark)
{
    if (key->kind != SL_NODE_TEXT)
        return refuse(b, mark, "a list or mapping as a key; expected a word");
    if (sl_span_is(key->text, "<<"))
        return refuse(b, mark, "merge keys are not taken; expected each key in full");
    if (map->count >= SL_CONFIG_MAX_KEYS)
        return refuse(b, mark, "too many keys; at most 64 are taken in one mapping");
    b->key[b->depth - 1] = key;
    return key_is_new(b, map, key);
}

/* Hangs a finished or just opened node into the innermost open one. */
static bool place_node(struct builder *b, struct sl_node *n, yaml_mark_t mark)
{
    if (b->depth == 0) {
        b->root = n;
        return true;
    }
    struct sl_node *parent = b->open[b->depth - 1];
    if (parent->kind == SL_NODE_MAP && b->key[b->depth - 1] == NULL)
        return take_key(b, parent, n, mark);
    n->key = b->key[b->depth - 1];
    b->key[b->depth - 1] = NULL;
    if (b->last[b->depth - 1] == NULL)
        parent->first = n;
    else
        b->last[b->depth - 1]->next = n;
    b->last[b->depth - 1] = n;
    parent->count++;
    return true;
}

static bool open_node(struct builder *b, const yaml_event_t *event, enum sl_node_kind kind)
{
    struct sl_node *n = add_node(b, event, kind);

    if (n == NULL || !place_node(b, n, event->start_mark))
        return false;
    if (b->depth == SL_CONFIG_MAX_DEPTH)
        return refuse(b, event->start_mark, "nested too deeply; at most 12 levels are taken");
    b->open[b->depth] = n;
    b->last[b->depth] = NULL;
    b->key[b->depth] = NULL;
    b->depth++;
    return true;
}

static bool is_nothing(const yaml_event_t *event, struct sl_span text)
{
    if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    return text.n == 0 || sl_span_is(text, "~") || sl_span_is(text, "null");
}

static bool add_text(struct builder *b, const yaml_event_t *event)
{
    struct sl_span text = sl_span(event->data.scalar.value, event->data.scalar.length);
    struct sl_node *n = add_node(b, event, SL_NODE_TEXT);

    if (n == NULL)
        return false;
    n->nothing = is_nothing(event, text);
    n->text = sl_arena_copy(b->l->tree, text);
    if (n->text.p == NULL) {
        b->l->out_of_memory = true;
        return refuse(b, event->start_mark, "out of memory");
    }
    return place_node(b, n, event->start_mark);
}

static bool plain_start(struct builder *b, const yaml_event_t *event, const void *anchor,
                        const void *tag)
{
    if (anchor != NULL)
        return refuse(b, event->start_mark, "an anchor (&name); expected a plain value");
    if (tag != NULL)
        return refuse(b, event->start_mark, "a tag (!type); expected a plain value");
    return true;
}

static bool start_document(struct builder *b, const yaml_event_t *event)
{
    if (event->data.document_start.version_directive != NULL ||
        event->data.document_start.tag_directives.start !=
            event->data.document_start.tag_directives.end)
        return refuse(b, event->start_mark, "a directive (%...); expected none");
    if (++b->documents > 1)
        return refuse(b, event->start_mark, "a second document; expected one");
    return true;
}

static bool take(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    case YAML_DOCUMENT_START_EVENT:
        return start_document(b, event);
    case YAML_SCALAR_EVENT:
        return plain_start(b, event, event->data.scalar.anchor, event->data.scalar.tag) &&
               add_text(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return plain_start(b, event, event->data.sequence_start.anchor,
                           event->data.sequence_start.tag) &&
               open_node(b, event, SL_NODE_LIST);
    case YAML_MAPPING_START_EVENT:
        return plain_start(b, event, event->data.mapping_start.anchor,
                           event->data.mapping_start.tag) &&
               open_node(b, event, SL_NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->open[--b->depth]->end = event->end_mark.index;
        return true;
    default:
        return refuse(b, event->start_mark, "an alias (*name); expected a plain value");
    }
}

static bool broken_yaml(struct builder *b, const yaml_parser_t *parser)
{
    struct sl_node at = place_of(parser->problem_mark);
    struct sl_buf *out = sl_load_complain(b->l, &at);

    b->l->out_of_memory = parser->error == YAML_MEMORY_ERROR;
    sl_buf_say(out, "this is not YAML: %s; expected plain mappings, lists and texts\n",
               parser->problem == NULL ? "it cannot be read" : parser->problem);
    return false;
}

static bool read_events(struct builder *b, yaml_parser_t *parser)
{
    yaml_event_type_t type = YAML_NO_EVENT;

    while (type != YAML_STREAM_END_EVENT) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return broken_yaml(b, parser);
        type = event.type;
        bool fine = take(b, &event);
        yaml_event_delete(&event);
        if (!fine)
            return false;
    }
    return true;
}

static bool is_text(struct sl_load *l)
{
    static const struct sl_node top = {.line = 1, .column = 1};

    if (l->yaml.n > SL_CONFIG_MAX_BYTES)
        sl_buf_put_str(sl_load_complain(l, &top), "the file is too long; expected at most 1 MiB\n");
    else if (!sl_utf8_valid(l->yaml) || sl_span_starts(l->yaml, SL_SPAN("\xef\xbb\xbf")) ||
             sl_span_find(l->yaml, 0) < l->yaml.n)
        sl_buf_put_str(sl_load_complain(l, &top),
                       "the file is not plain UTF-8 text; expected UTF-8 "
                       "without a byte order mark or NUL\n");
    else
        return true;
    return false;
}

struct sl_node *sl_yaml_read(struct sl_load *l)
{
    struct builder b = {.l = l};
    yaml_parser_t parser;

    if (!is_text(l))
        return NULL;
    if (!yaml_parser_initialize(&parser)) {
        l->out_of_memory = true;
        return NULL;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, l->yaml.p == NULL ? (const uint8_t *)"" : l->yaml.p,
                                 l->yaml.n);
    bool fine = read_events(&b, &parser);
    yaml_parser_delete(&parser);
    return fine ? b.root : NULL;
}
