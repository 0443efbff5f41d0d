/* sluice ledger show, proof, verify-proof */
#include "base/encode.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/cmd_ledger_int.h"
#include "core/ledger/entry.h"
#include "json/json.h"

#include <stdlib.h>

/* Which entries are meant: one by its number, or all that name an approval or digest. */
struct wanted {
    struct sl_span id;
    uint64_t index, last, count;
    bool by_index, json;
};

static bool is_wanted(const struct wanted *w, uint64_t index, struct sl_span leaf)
{
    SL_BUF(quoted, 256);

    if (w->by_index)
        return index == w->index;
    sl_buf_say(&quoted, "\"%S\"", w->id);
    return sl_buf_err(&quoted) == SL_OK && memmem(leaf.p, leaf.n, quoted.p, quoted.n) != NULL;
}

static bool set_wanted(struct wanted *w, const char *text)
{
    SL_BUF(digest, 64);

    w->id = sl_span_str(text);
    w->by_index = sl_span_u64(w->id, &w->index) == SL_OK;
    if (w->by_index || w->id.n == 36 || (w->id.n == 64 && sl_hex_get(&digest, w->id) == SL_OK))
        return true;
    fprintf(stderr, "sluice ledger: '%s' is no entry number, approval id or action digest\n", text);
    return false;
}

/* Nothing in a leaf may steer the reader's terminal. */
static void print_lines(struct sl_span text)
{
    while (text.n > 0) {
        size_t n = sl_span_find(text, '\n');
        SL_BUF(line, 1024 * 1024);
        sl_utf8_put_printable(&line, sl_span_head(text, n));
        sl_ledger_cmd_print(stdout, sl_buf_span(&line));
        putchar('\n');
        text = sl_span_from(text, n + 1);
    }
}

static void print_text(uint64_t index, const json_t *leaf)
{
    struct sl_span event = sl_json_str(leaf, "event");
    SL_BUF(head, 1024);

    sl_buf_say(&head, "entry %U  %S  %S%s%S", index, sl_json_str(leaf, "time"),
               sl_json_str(leaf, "kind"), event.n > 0 ? " " : "", event);
    print_lines(sl_buf_span(&head));
    char *text = json_dumps(leaf, JSON_INDENT(2) | JSON_SORT_KEYS);
    print_lines(sl_span_str(text));
    free(text);
    putchar('\n');
}

static enum sl_err print_entry(void *owner, uint64_t index, struct sl_span leaf)
{
    struct wanted *w = owner;
    json_t *value = NULL;

    if (!is_wanted(w, index, leaf))
        return SL_OK;
    w->count++;
    SL_TRY(sl_json_read(leaf, &value, NULL));
    if (w->json) { /* canonical JSON has no raw control characters */
        printf("{\"entry\":%llu,\"leaf\":", (unsigned long long)index);
        sl_ledger_cmd_print(stdout, leaf);
        puts("}");
    } else {
        print_text(index, value);
    }
    json_decref(value);
    return SL_OK;
}

static int failed(const struct sl_ledger_dir *d, enum sl_err err)
{
    fprintf(stderr, "sluice ledger: %s: %s\n", sl_ledger_dir_path(d),
            err == SL_ENOTFOUND ? "no such entry" : sl_err_text(err));
    return SL_EXIT_REFUSED;
}

int sl_ledger_cmd_show(int argc, char **argv)
{
    SL_FREED_BY(sl_ledger_dir) struct sl_ledger_dir *dir = NULL;
    struct wanted w = {.count = 0};
    const struct sl_cli_option options[] = {{"--json", NULL, &w.json}};
    const char *words[2] = {NULL, NULL};

    if (!sl_cli_words("ledger", argc, argv, options, SL_COUNT(options), words, 2) ||
        words[0] == NULL)
        return sl_cli_misuse("ledger");
    if (!set_wanted(&w, words[0]))
        return SL_EXIT_USAGE;
    int code = sl_ledger_cmd_open(words[1], &dir);
    if (code != SL_EXIT_FINE)
        return code;
    enum sl_err err = sl_ledger_dir_each(dir, print_entry, &w);
    if (err == SL_OK && w.count == 0)
        err = SL_ENOTFOUND;
    return err == SL_OK ? SL_EXIT_FINE : failed(dir, err);
}

/* --- proofs --------------------------------------------------------------------------------- */

static enum sl_err find_last(void *owner, uint64_t index, struct sl_span leaf)
{
    struct wanted *w = owner;

    if (is_wanted(w, index, leaf)) {
        w->last = index;
        w->count++;
    }
    return SL_OK;
}

/* The entry itself goes along as `extra`: it is hashed anew by whoever checks. */
static enum sl_err print_proof(struct sl_ledger_dir *dir, uint64_t index)
{
    SL_BUF(note, SL_NOTE_MAX);
    SL_BUF(leaf, SL_ENTRY_MAX);
    SL_BUF(file, 1024 * 1024);
    struct sl_checkpoint c;
    struct sl_tlog_proof p = {.index = index};

    SL_TRY(sl_ledger_dir_checkpoint(dir, &note, &c));
    if (index >= c.size)
        return SL_ENOTFOUND;
    SL_TRY(sl_ledger_dir_entry(dir, index, &leaf));
    SL_TRY(sl_ledger_dir_prove(dir, index, c.size, &p.proof));
    struct sl_hash hash = sl_tree_leaf(sl_buf_span(&leaf));
    if (sl_tree_check_inclusion(&p.proof, index, c.size, &hash, &c.root) != SL_OK)
        return SL_ECORRUPT;
    p.extra = sl_buf_span(&leaf);
    p.checkpoint = sl_buf_span(&note);
    sl_tlog_proof_put(&file, &p);
    SL_TRY(sl_buf_err(&file));
    sl_ledger_cmd_print(stdout, sl_buf_span(&file));
    return SL_OK;
}

int sl_ledger_cmd_proof(int argc, char **argv)
{
    SL_FREED_BY(sl_ledger_dir) struct sl_ledger_dir *dir = NULL;
    struct wanted w = {.count = 0};
    const char *words[2] = {NULL, NULL};

    if (!sl_cli_words("ledger", argc, argv, NULL, 0, words, 2) || words[0] == NULL)
        return sl_cli_misuse("ledger");
    if (!set_wanted(&w, words[0]))
        return SL_EXIT_USAGE;
    int code = sl_ledger_cmd_open(words[1], &dir);
    if (code != SL_EXIT_FINE)
        return code;
    enum sl_err err = w.by_index ? SL_OK : sl_ledger_dir_each(dir, find_last, &w);
    if (err == SL_OK && !w.by_index && w.count == 0)
        err = SL_ENOTFOUND;
    if (err == SL_OK)
        err = print_proof(dir, w.by_index ? w.index : w.last);
    return err == SL_OK ? SL_EXIT_FINE : failed(dir, err);
}

static const char *proof_problem(struct sl_span file, const struct sl_vkey *key,
                                 struct sl_tlog_proof *p, struct sl_buf *leaf)
{
    struct sl_note note;
    struct sl_checkpoint c;

    if (sl_tlog_proof_get(file, p) != SL_OK)
        return "it is no .tlog-proof file";
    if (p->extra.n == 0 || sl_base64_get(leaf, p->extra) != SL_OK)
        return "it does not carry the entry that it speaks of";
    if (sl_note_get(p->checkpoint, &note) != SL_OK || sl_checkpoint_get(note.text, &c) != SL_OK)
        return "its checkpoint cannot be read";
    if (sl_note_check(&note, key, NULL) != SL_OK || !sl_span_is(c.origin, key->name))
        return "its checkpoint is not signed by this key";
    struct sl_hash hash = sl_tree_leaf(sl_buf_span(leaf));
    if (sl_tree_check_inclusion(&p->proof, p->index, c.size, &hash, &c.root) != SL_OK)
        return "the entry is not in the tree that was signed";
    return NULL;
}

int sl_ledger_cmd_verify_proof(int argc, char **argv)
{
    const char *path = NULL, *key_text = NULL;
    const struct sl_cli_option options[] = {{"--key", &key_text, NULL}};
    SL_BUF(file, 1024 * 1024);
    SL_BUF(leaf, SL_ENTRY_MAX);
    struct sl_vkey key;
    struct sl_tlog_proof p;

    if (!sl_cli_words("ledger", argc, argv, options, 1, &path, 1) || path == NULL ||
        key_text == NULL)
        return sl_cli_misuse("ledger");
    int code = sl_ledger_cmd_key(key_text, &key);
    if (code != SL_EXIT_FINE)
        return code;
    if (sl_file_read(path, &file) != SL_OK) {
        fprintf(stderr, "sluice ledger: '%s' cannot be read\n", path);
        return SL_EXIT_USAGE;
    }
    const char *problem = proof_problem(sl_buf_span(&file), &key, &p, &leaf);
    if (problem != NULL) {
        printf("%s proves nothing: %s\n", path, problem);
        return SL_EXIT_REFUSED;
    }
    printf("entry %llu is in the ledger of %s:\n", (unsigned long long)p.index, key.name);
    print_lines(sl_buf_span(&leaf));
    return SL_EXIT_FINE;
}
