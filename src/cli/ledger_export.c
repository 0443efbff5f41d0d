/* sluice ledger verify-export: an export of `sluice audit --export jsonl`, checked with nothing but
 * the key. */
#include "base/encode.h"
#include "cli/cli.h"
#include "cli/cmd_ledger_int.h"
#include "core/ledger/entry.h"
#include "json/json.h"

#include <stdlib.h>

struct export
{
    const struct sl_vkey *key;
    struct sl_checkpoint checkpoint;
    struct sl_buf note; /* which the checkpoint points into */
    uint64_t line, proved, wrong, said;
    bool begun, ended, more;
};

static void found_wrong(struct export *x, const char *why)
{
    x->wrong++;
    printf("WRONG: line %llu: %s\n", (unsigned long long)x->line, why);
}

/* The first line: what all proofs lead to. */
static const char *read_head(struct export *x, const json_t *line)
{
    struct sl_note note;

    sl_buf_put(&x->note, sl_json_str(line, "checkpoint"));
    if (sl_note_get(sl_buf_span(&x->note), &note) != SL_OK ||
        sl_checkpoint_get(note.text, &x->checkpoint) != SL_OK)
        return "there is no checkpoint before the entries";
    if (sl_note_check(&note, x->key, NULL) != SL_OK ||
        !sl_span_is(x->checkpoint.origin, x->key->name))
        return "its checkpoint is not signed by this key";
    return NULL;
}

static bool read_hash(const json_t *text, struct sl_hash *out)
{
    SL_BUF(bytes, 64);

    if (!json_is_string(text) ||
        sl_base64_get(&bytes, sl_span(json_string_value(text), json_string_length(text))) !=
            SL_OK ||
        bytes.n != SL_TREE_HASH)
        return false;
    memcpy(out->b, bytes.p, SL_TREE_HASH);
    return true;
}

static bool read_proof(const json_t *list, struct sl_tree_proof *out)
{
    out->count = json_array_size(list);
    if (!json_is_array(list) || out->count > SL_COUNT(out->path))
        return false;
    for (size_t i = 0; i < out->count; i++)
        if (!read_hash(json_array_get(list, i), &out->path[i]))
            return false;
    return true;
}

/* The entry is hashed in its canonical form: how the line is written does not count. */
static const char *entry_problem(const struct export *x, const json_t *line)
{
    SL_BUF(leaf, SL_ENTRY_MAX + 1);
    struct sl_tree_proof proof;
    uint64_t index = 0;

    if (!sl_json_u64(line, "entry", &index) || !json_is_object(json_object_get(line, "leaf")) ||
        sl_json_canonical(&leaf, json_object_get(line, "leaf")) != SL_OK ||
        !read_proof(json_object_get(line, "proof"), &proof))
        return "it lacks its entry, its number or its proof";
    struct sl_hash hash = sl_tree_leaf(sl_buf_span(&leaf));
    return sl_tree_check_inclusion(&proof, index, x->checkpoint.size, &hash, &x->checkpoint.root) ==
                   SL_OK
               ? NULL
               : "this entry is not in the tree that was signed";
}

static const char *line_problem(struct export *x, const json_t *line)
{
    const json_t *end = json_object_get(line, "end");

    if (x->ended)
        return "something stands behind the end";
    if (!x->begun) {
        x->begun = true;
        return read_head(x, line);
    }
    if (end != NULL) {
        x->ended = sl_json_u64(end, "lines", &x->said);
        x->more = json_is_true(json_object_get(end, "more"));
        return x->ended ? NULL : "the end does not say how many lines there are";
    }
    const char *problem = entry_problem(x, line);
    x->proved += problem == NULL;
    return problem;
}

static void look_at(struct export *x, struct sl_span text)
{
    json_t *line = NULL;

    x->line++;
    const char *problem = sl_json_read(text, &line, NULL) == SL_OK && json_is_object(line)
                              ? line_problem(x, line)
                              : "it is no JSON object";
    if (problem != NULL)
        found_wrong(x, problem);
    json_decref(line);
}

static int conclude(struct export *x)
{
    if (!x->ended)
        found_wrong(x, "the file breaks off: it has no end");
    else if (x->said != x->proved)
        found_wrong(x, "it has another number of entries than its end says");
    if (x->wrong > 0)
        return SL_EXIT_REFUSED;
    printf("%llu lines are proved, in a tree of %llu entries%s\n", (unsigned long long)x->proved,
           (unsigned long long)x->checkpoint.size,
           x->more ? "; the search had found more than the file holds" : "");
    return SL_EXIT_FINE;
}

int sl_ledger_cmd_verify_export(int argc, char **argv)
{
    const char *path = NULL, *key_text = NULL;
    const struct sl_cli_option options[] = {{"--key", &key_text, NULL}};
    struct sl_vkey key;
    struct export x = {.key = &key, .note = sl_buf(SL_NOTE_MAX)};
    char *line = NULL;
    size_t room = 0;

    if (!sl_cli_words("ledger", argc, argv, options, SL_COUNT(options), &path, 1) || path == NULL ||
        key_text == NULL)
        return sl_cli_misuse("ledger");
    int code = sl_ledger_cmd_key(key_text, &key);
    if (code != SL_EXIT_FINE)
        return code;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fprintf(stderr, "sluice ledger: %s cannot be read\n", path);
        return SL_EXIT_USAGE;
    }
    for (ssize_t n; (n = getline(&line, &room, file)) > 0;)
        look_at(&x, sl_span(line, (size_t)n - (line[n - 1] == '\n')));
    fclose(file);
    free(line);
    code = conclude(&x);
    sl_buf_done(&x.note);
    return code;
}
