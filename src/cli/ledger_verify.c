/* sluice ledger verify */
#include "base/encode.h"
#include "cli/cli.h"
#include "cli/cmd_ledger_int.h"
#include "core/ledger/verify.h"
#include "json/json.h"

#include <unistd.h>

struct listener {
    struct sl_ledger_dir *dir;
    struct sl_buf text;                   /* findings, for people */
    json_t *findings, *notes, *decisions; /* for machines */
    bool progress, tell_decisions;
};

static void add_json(json_t *list, uint64_t entry, struct sl_span file, struct sl_span sentence)
{
    json_t *item = json_object();

    if (entry != UINT64_MAX)
        json_object_set_new(item, "entry", json_integer((json_int_t)entry));
    if (file.n > 0)
        json_object_set_new(item, "file", json_stringn((const char *)file.p, file.n));
    json_object_set_new(item, "sentence", json_stringn((const char *)sentence.p, sentence.n));
    json_array_append_new(list, item);
}

static void on_report(void *owner, enum sl_verify_grade grade, uint64_t entry, struct sl_span file,
                      struct sl_span sentence)
{
    struct listener *l = owner;

    add_json(grade == SL_VERIFY_WRONG ? l->findings : l->notes, entry, file, sentence);
    sl_buf_put_str(&l->text, grade == SL_VERIFY_WRONG ? "WRONG: " : "note: ");
    if (entry != UINT64_MAX)
        sl_buf_say(&l->text, "entry %U: ", entry);
    if (file.n > 0)
        sl_buf_say(&l->text, "%S: ", file);
    sl_buf_say(&l->text, "%S\n", sentence);
}

static const char *proof_word(const struct sl_audit_decision *d)
{
    if (d->proved)
        return "passkey";
    return d->passkey ? "wrong" : "vouched by desk";
}

static void decision_text(struct sl_buf *b, const struct sl_audit_decision *d)
{
    sl_buf_say(b, "entry %U: %S of approval %S by %S", d->entry, d->decision, d->approval,
               d->approver);
    if (d->in_place.n > 0)
        sl_buf_say(b, ", standing in for %S", d->in_place);
    sl_buf_put_str(b, ": ");
    if (d->proved)
        sl_buf_say(b, "proved by passkey %S (%s)\n", d->key,
                   d->device_bound ? "bound to its device" : "may be synced");
    else if (d->passkey)
        sl_buf_say(b, "NOT PROVED: the signature of passkey %S is wrong\n", d->key);
    else
        sl_buf_say(b, "vouched by the desk, with credential %S\n", d->credential);
}

static void set_text(json_t *object, const char *key, struct sl_span s)
{
    if (s.n > 0)
        json_object_set_new(object, key, json_stringn((const char *)s.p, s.n));
}

static void on_decision(void *owner, const struct sl_audit_decision *d)
{
    struct listener *l = owner;
    json_t *one = json_object();

    json_object_set_new(one, "entry", json_integer((json_int_t)d->entry));
    set_text(one, "approval", d->approval);
    set_text(one, "approver", d->approver);
    set_text(one, "for", d->in_place);
    set_text(one, "decision", d->decision);
    set_text(one, "credential", d->credential);
    set_text(one, "passkey", d->key);
    json_object_set_new(one, "proof", json_string(proof_word(d)));
    if (d->passkey)
        json_object_set_new(one, "device_bound", json_boolean(d->device_bound));
    json_array_append_new(l->decisions, one);
    if (l->tell_decisions)
        decision_text(&l->text, d);
}

static void on_progress(void *owner, uint64_t done, uint64_t all)
{
    const struct listener *l = owner;

    if (!l->progress || all < 20000 || (done / 256) % 16 != 0)
        return;
    fprintf(stderr, "\r%3u %% of %llu entries", (unsigned)(done * 100 / all),
            (unsigned long long)all);
    if (done == all)
        fputs("\r                                        \r", stderr);
}

static enum sl_err read_file(void *owner, const char *name, struct sl_buf *out)
{
    return sl_ledger_dir_read(((struct listener *)owner)->dir, name, out);
}

static enum sl_err read_log(void *owner, size_t number, struct sl_buf *out)
{
    return sl_ledger_dir_read_log(((struct listener *)owner)->dir, number, out);
}

static enum sl_err partial(void *owner, size_t number, struct sl_buf *name)
{
    return sl_ledger_dir_partial(((struct listener *)owner)->dir, number, name);
}

static enum sl_err read_document(void *owner, uint64_t entry, struct sl_buf *out)
{
    return sl_ledger_dir_document(((struct listener *)owner)->dir, entry, out);
}

struct request {
    const char *path, *key, *old;
    bool json, decisions;
    struct sl_vkey trusted;
    struct sl_buf old_note;
};

static int read_request(struct request *r)
{
    if (r->key != NULL) {
        int code = sl_ledger_cmd_key(r->key, &r->trusted);
        if (code != SL_EXIT_FINE)
            return code;
    }
    r->old_note = sl_buf(SL_NOTE_MAX);
    if (r->old == NULL || sl_file_read(r->old, &r->old_note) == SL_OK)
        return SL_EXIT_FINE;
    fprintf(stderr, "sluice ledger: --old: '%s' cannot be read\n", r->old);
    return SL_EXIT_USAGE;
}

static enum sl_err run(const struct request *r, struct listener *l, struct sl_verify_result *out)
{
    const struct sl_verify v = {.owner = l,
                                .read = read_file,
                                .read_log = read_log,
                                .partial = partial,
                                .document = read_document,
                                .report = on_report,
                                .progress = on_progress,
                                .decision = r->decisions ? on_decision : NULL,
                                .key = r->key == NULL ? NULL : &r->trusted,
                                .old = sl_buf_span(&r->old_note)};

    return sl_verify_run(&v, out);
}

static void put_decisions(json_t *all, const struct listener *l, const struct sl_verify_result *r)
{
    json_object_set_new(all, "decisions_proved", json_integer((json_int_t)r->proved));
    json_object_set_new(all, "decisions_vouched", json_integer((json_int_t)r->vouched));
    if (l->tell_decisions)
        json_object_set(all, "decisions", l->decisions);
}

static void print_json(const struct listener *l, const struct sl_verify_result *r)
{
    SL_BUF(root, 100);
    SL_BUF(out, 64 * 1024 * 1024);
    json_t *all = json_object();

    sl_base64_put(&root, sl_span(r->checkpoint.root.b, SL_TREE_HASH));
    json_object_set_new(all, "ok", json_boolean(r->wrong == 0));
    json_object_set_new(all, "entries", json_integer((json_int_t)r->checkpoint.size));
    json_object_set_new(all, "unsigned_entries", json_integer((json_int_t)r->unsigned_entries));
    json_object_set_new(all, "documents", json_integer((json_int_t)r->documents));
    json_object_set_new(all, "documents_erased", json_integer((json_int_t)r->erased));
    json_object_set_new(all, "root", json_string(sl_buf_text(&root)));
    put_decisions(all, l, r);
    json_object_set(all, "findings", l->findings);
    json_object_set(all, "notes", l->notes);
    if (sl_json_canonical(&out, all) == SL_OK) {
        sl_ledger_cmd_print(stdout, sl_buf_span(&out));
        putchar('\n');
    }
    json_decref(all);
}

static void print_text(const struct listener *l, const struct sl_verify_result *r)
{
    SL_BUF(root, 100);

    sl_base64_put(&root, sl_span(r->checkpoint.root.b, SL_TREE_HASH));
    sl_ledger_cmd_print(stdout, sl_buf_span(&l->text));
    if (r->wrong > 0)
        printf("%llu thing%s found wrong in %s\n", (unsigned long long)r->wrong,
               r->wrong == 1 ? "" : "s", sl_ledger_dir_path(l->dir));
    else
        printf("%s: %llu entries, tree and meaning are right (root %s)\n",
               sl_ledger_dir_path(l->dir), (unsigned long long)r->checkpoint.size,
               sl_buf_text(&root));
    if (l->tell_decisions)
        printf("%llu decisions are proved by a passkey's signature, %llu are vouched by the desk\n",
               (unsigned long long)r->proved, (unsigned long long)r->vouched);
    if (r->documents + r->erased > 0)
        printf("%llu documents of held actions lie beside the log and have their digest; %llu are "
               "erased or not "
               "here\n",
               (unsigned long long)r->documents, (unsigned long long)r->erased);
}

static int verify(const struct request *r)
{
    SL_FREED_BY(sl_ledger_dir) struct sl_ledger_dir *dir = NULL;
    struct listener l = {.text = sl_buf(64 * 1024 * 1024),
                         .findings = json_array(),
                         .notes = json_array(),
                         .decisions = json_array(),
                         .tell_decisions = r->decisions,
                         .progress = isatty(2) && !r->json};
    struct sl_verify_result result = {.wrong = 0};

    int code = sl_ledger_cmd_open(r->path, &dir);
    if (code != SL_EXIT_FINE) {
        json_decref(l.findings);
        json_decref(l.notes);
        json_decref(l.decisions);
        return code;
    }
    l.dir = dir;
    enum sl_err err = run(r, &l, &result);
    if (err != SL_OK)
        fprintf(stderr, "sluice ledger: %s cannot be checked: %s\n", sl_ledger_dir_path(dir),
                sl_err_text(err));
    else if (r->json)
        print_json(&l, &result);
    else
        print_text(&l, &result);
    sl_buf_done(&l.text);
    json_decref(l.findings);
    json_decref(l.notes);
    json_decref(l.decisions);
    return err == SL_OK && result.wrong == 0 ? SL_EXIT_FINE : SL_EXIT_REFUSED;
}

int sl_ledger_cmd_verify(int argc, char **argv)
{
    struct request r = {.path = NULL};
    const struct sl_cli_option options[] = {{"--key", &r.key, NULL},
                                            {"--old", &r.old, NULL},
                                            {"--decisions", NULL, &r.decisions},
                                            {"--json", NULL, &r.json}};

    if (!sl_cli_words("ledger", argc, argv, options, SL_COUNT(options), &r.path, 1))
        return SL_EXIT_USAGE;
    int code = read_request(&r);
    if (code == SL_EXIT_FINE)
        code = verify(&r);
    sl_buf_done(&r.old_note);
    return code;
}
