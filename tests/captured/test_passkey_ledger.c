/* P8: what passkeys signed is in the ledger, and nobody changes a byte of it unnoticed: not even
 * who holds the ledger's key and writes all of it anew. The first argument is the keeper. */
#define KEEPER_PLAY_RULES                       \
    "  - name: signed\n"                        \
    "    when: {effects: [insert]}\n"           \
    "    then: hold\n"                          \
    "    reviewers: {groups: [dba], need: 1}\n" \
    "    proof: passkey\n"
#include "base/sanitized.h"
#include "tests/captured/passkey_play.h"

#include "core/ledger/verify.h"
#include "os/ledger_dir.h"
#include "os/ledger_store.h"

#include <sys/stat.h>

/* Each byte; under sanitizers, where a look takes ten times as long, some of them. */
enum { MAX_LEAVES = 200, STEP = SL_SANITIZED ? 5 : 1 };

static struct sl_buf leaves[MAX_LEAVES];
static size_t leaf_count;

/* --- a keeper writes it --- */

static void test_the_stage(void)
{
    char olga[SECRET_BYTES], rita[SECRET_BYTES], sam[SECRET_BYTES], bot[SECRET_BYTES];
    struct soft_passkey one = passkey_new(0x05), two = passkey_new(0x1d), three = passkey_new(0x05);
    char id[64], digest[80];

    add_human("olga", "engineers", olga);
    add_human("rita", "dba", rita);
    add_human("sam", "dba", sam);
    add_agent("bot", "olga", bot);
    uint64_t session = sign_in(play.gate, "bot", bot);
    one.counter = 1;
    SL_CHECK_INT(enrol(rita, &one, NULL), 201);
    SL_CHECK_INT(enrol(rita, &two, &one), 201);
    SL_CHECK_INT(enrol_by_second(rita, &three), 202);
    keep_text(id, sizeof id, said("id"));
    keep_text(digest, sizeof digest, said("digest"));
    SL_CHECK_INT(decide(sam, id, digest, "approve"), 200);
    SL_CHECK_TEXT(sl_span_str(said("state")), "spent");
    struct held h = hold(play.gate, session, SL_EFFECT_INSERT, "insert into a values (1)");
    SL_CHECK_INT(decide_by_passkey(rita, &h, &one), 200);
    SL_CHECK_INT(overhear(play.gate), SL_MESSAGE_ACTION_OFFER);
    SL_CHECK_INT(spend(play.gate, h.action, h.approval, h.digest), SL_MESSAGE_ACTION_GO);
    struct held other = hold(play.gate, session, SL_EFFECT_DDL, "drop table b");
    SL_CHECK_INT(decide(rita, other.approval, other.digest_hex, "deny"), 200);
    passkey_drop(&one);
    passkey_drop(&two);
    passkey_drop(&three);
    stop_keeper();
}

static enum sl_err keep_leaf(void *owner, uint64_t index, struct sl_span leaf)
{
    (void)owner;
    SL_PROMISE(index < MAX_LEAVES && index == leaf_count);
    leaves[index] = sl_buf(SL_ENTRY_MAX);
    sl_buf_put(&leaves[leaf_count++], leaf);
    return SL_OK;
}

static void test_read_it(void)
{
    SL_FREED_BY(sl_ledger_dir) struct sl_ledger_dir *dir = NULL;
    SL_BUF(path, 256);

    sl_buf_say(&path, "%s/state/ledger", play.folder);
    SL_PROMISE(sl_ledger_dir_open(sl_buf_text(&path), &dir) == SL_OK);
    SL_CHECK_INT(sl_ledger_dir_each(dir, keep_leaf, NULL), SL_OK);
    SL_CHECK(leaf_count > 10);
}

/* --- an auditor reads it --- */

struct findings {
    size_t here, elsewhere; /* about the leaf that was changed */
    uint64_t at;
    size_t proved, vouched, wrong;
    size_t links; /* of them, about an account that somebody linked */
};

static void on_finding(void *owner, uint64_t entry, struct sl_span sentence)
{
    struct findings *f = owner;

    f->links += memmem(sentence.p, sentence.n, "has a passkey and links", 23) != NULL;
    if (entry == f->at)
        f->here++;
    else
        f->elsewhere++;
    if (f->at == UINT64_MAX)
        printf("#   entry %llu: %.*s\n", (unsigned long long)entry, (int)sentence.n,
               (const char *)sentence.p);
}

static void on_decision(void *owner, const struct sl_audit_decision *d)
{
    struct findings *f = owner;

    f->proved += d->proved;
    f->vouched += !d->passkey;
    f->wrong += d->passkey && !d->proved;
}

/* The first `count` leaves, with one of them changed; UINT64_MAX: none. */
static struct findings audit(size_t count, uint64_t changed, struct sl_span text)
{
    struct findings f = {.at = changed};
    struct sl_audit *a;

    SL_PROMISE(sl_audit_new(on_finding, &f, &a) == SL_OK);
    sl_audit_decisions(a, on_decision, &f);
    for (size_t i = 0; i < count; i++)
        SL_PROMISE(sl_audit_leaf(a, i, i == changed ? text : sl_buf_span(&leaves[i])) == SL_OK);
    sl_audit_free(a);
    return f;
}

static void test_all_is_right(void)
{
    struct findings f = audit(leaf_count, UINT64_MAX, sl_span(NULL, 0));

    SL_CHECK_INT(f.here + f.elsewhere, 0);
    SL_CHECK_INT(f.proved, 1);
    SL_CHECK_INT(f.vouched, 2);
    SL_CHECK_INT(f.wrong, 0);
}

/* --- somebody changes it --- */

struct flips {
    uint64_t entry;
    json_t *leaf;
    size_t tried, missed;
};

static void try_change(struct flips *f, const char *where, size_t at)
{
    SL_BUF(text, SL_ENTRY_MAX);

    SL_PROMISE(sl_json_canonical(&text, f->leaf) == SL_OK);
    struct findings found = audit(f->entry + 1, f->entry, sl_buf_span(&text));
    f->tried++;
    if (found.here > 0 && found.proved == 0)
        return;
    f->missed++;
    printf("#   entry %llu: byte %zu of %s\n", (unsigned long long)f->entry, at, where);
}

static void flip_text(struct flips *f, json_t *object, const char *key)
{
    SL_BUF(text, SL_ENTRY_MAX);
    json_t *kept = json_incref(json_object_get(object, key));

    sl_buf_put(&text, sl_span(json_string_value(kept), json_string_length(kept)));
    for (size_t i = 0; i < text.n; i += STEP) {
        text.p[i] ^= 1;
        json_object_set_new(object, key, json_stringn((const char *)text.p, text.n));
        try_change(f, key, i);
        text.p[i] ^= 1;
    }
    json_object_set_new(object, key, kept);
}

static void flip_member(struct flips *f, json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key), *names = json_copy(value);
    json_t *kept = json_incref(value);

    if (json_is_string(value))
        flip_text(f, object, key);
    for (void *at = json_object_iter(names); at != NULL; at = json_object_iter_next(names, at))
        flip_member(f, value, json_object_iter_key(at));
    if (json_is_boolean(value))
        json_object_set_new(object, key, json_boolean(!json_is_true(kept)));
    else if (json_is_integer(value))
        json_object_set_new(object, key, json_integer(json_integer_value(kept) + 1));
    else
        json_object_del(object, key); /* left out */
    try_change(f, key, 0);
    json_object_set_new(object, key, kept);
    json_decref(names);
}

static void flip_all(uint64_t entry, const char *const *members)
{
    struct flips f = {.entry = entry};

    SL_PROMISE(sl_json_read(sl_buf_span(&leaves[entry]), &f.leaf, NULL) == SL_OK);
    for (size_t i = 0; members[i] != NULL; i++)
        if (json_object_get(f.leaf, members[i]) != NULL)
            flip_member(&f, f.leaf, members[i]);
    SL_CHECK_INT(f.missed, 0);
    SL_CHECK(f.tried > 500 / STEP);
    json_decref(f.leaf);
}

/* The number of the nth leaf that has this text. */
static uint64_t leaf_with(const char *text, size_t nth)
{
    for (size_t i = 0; i < leaf_count; i++)
        if (memmem(leaves[i].p, leaves[i].n, text, strlen(text)) != NULL && nth-- == 0)
            return i;
    SL_PROMISE(false);
    return 0;
}

static void test_a_flipped_byte_of_a_decision_is_found(void)
{
    static const char *const members[] = {"approval", "approver", "credential",
                                          "decision", "digest",   "passkey",
                                          "proof",    "reason",   NULL};

    flip_all(leaf_with("\"proof\":\"passkey\",\"reason\"", 0), members);
}

static void test_a_flipped_byte_of_an_enrolment_is_found(void)
{
    static const char *const members[] = {"algorithm",  "allowed_by",      "approval",
                                          "backed_up",  "backup_eligible", "credential",
                                          "event",      "identity",        "key",
                                          "possession", "public_key",      "rp_id",
                                          NULL};

    for (size_t nth = 0; nth < 3; nth++)
        flip_all(leaf_with("\"event\":\"enrolled\"", nth), members);
}

/* A second person's yes was about one key of one person. */
static void test_a_yes_to_another_passkey_is_found(void)
{
    uint64_t entry = leaf_with("enrol the passkey ", 0);
    json_t *leaf = NULL;
    SL_BUF(text, SL_ENTRY_MAX);

    SL_PROMISE(sl_json_read(sl_buf_span(&leaves[entry]), &leaf, NULL) == SL_OK);
    json_object_set_new(json_object_get(leaf, "facts"), "reason",
                        json_string("enrol the passkey AAAA"));
    SL_PROMISE(sl_json_canonical(&text, leaf) == SL_OK);
    SL_CHECK(audit(leaf_count, entry, sl_buf_span(&text)).elsewhere > 0);
    json_decref(leaf);
}

/* What the auditor says of one more leaf: rita links an account herself. */
static size_t found_of_link(const char *allowed_by_of)
{
    struct sl_entry_roster e = {.event = SL_ENTRY_ROSTER_ACCOUNT_LINK,
                                .identity = SL_SPAN("rita"),
                                .credential = SL_SPAN("0011223344556677"),
                                .issuer = SL_SPAN("https://slack.com"),
                                .subject = SL_SPAN("U0123ABCD"),
                                .by = SL_SPAN("rita"),
                                .channel = SL_SPAN("console")};
    json_t *enrolled = NULL, *leaf = NULL;
    SL_BUF(text, SL_ENTRY_MAX);

    SL_PROMISE(sl_json_read(sl_buf_span(&leaves[leaf_with("\"event\":\"enrolled\"", 1)]), &enrolled,
                            NULL) == SL_OK);
    e.with = sl_json_str(enrolled, "credential");
    sl_entry_put_roster(&text, &e);
    SL_PROMISE(sl_json_read(sl_buf_span(&text), &leaf, NULL) == SL_OK);
    json_object_set(leaf, "time", json_object_get(enrolled, "time"));
    if (allowed_by_of != NULL)
        json_object_set(leaf, "allowed_by", json_object_get(enrolled, allowed_by_of));
    sl_buf_reset(&text);
    SL_PROMISE(sl_json_canonical(&text, leaf) == SL_OK);
    leaves[leaf_count] = text;
    struct findings f = audit(leaf_count + 1, leaf_count, sl_buf_span(&text));
    json_decref(leaf);
    json_decref(enrolled);
    return f.links;
}

/* Whoever has a passkey links nothing without its word, and not with its word on something else. */
static void test_a_link_without_the_passkey_is_found(void)
{
    SL_CHECK_INT(found_of_link(NULL), 1);
    SL_CHECK_INT(found_of_link("allowed_by"), 1);
    SL_CHECK_INT(found_of_link("possession"), 1);
}

/* A signature that was taken out makes a decision that the rule did not ask for. */
static void test_a_signature_taken_away_is_found(void)
{
    uint64_t entry = leaf_with("\"proof\":\"passkey\",\"reason\"", 0);
    json_t *leaf = NULL;
    SL_BUF(text, SL_ENTRY_MAX);

    SL_PROMISE(sl_json_read(sl_buf_span(&leaves[entry]), &leaf, NULL) == SL_OK);
    json_object_del(leaf, "passkey");
    json_object_set_new(leaf, "proof", json_string("token"));
    SL_PROMISE(sl_json_canonical(&text, leaf) == SL_OK);
    SL_CHECK(audit(entry + 1, entry, sl_buf_span(&text)).here > 0);
    json_decref(leaf);
}

/* --- the operator writes all of it anew --- */

struct rewritten {
    struct sl_ledger_dir *dir;
    size_t other_history, others;
};

static enum sl_err read_file(void *owner, const char *name, struct sl_buf *out)
{
    return sl_ledger_dir_read(((struct rewritten *)owner)->dir, name, out);
}

static void on_report(void *owner, enum sl_verify_grade grade, uint64_t entry, struct sl_span file,
                      struct sl_span sentence)
{
    struct rewritten *r = owner;
    bool said = memmem(sentence.p, sentence.n, "another history", 15) != NULL;

    (void)entry;
    (void)file;
    r->other_history += said;
    r->others += grade == SL_VERIFY_WRONG && !said;
}

static void write_anew(const char *state, struct sl_span origin)
{
    const struct sl_ledger_options o = {.state_dir = state, .origin = origin, .now_us = 1};
    SL_FREED_BY(sl_ledger) struct sl_ledger *l = NULL;
    struct sl_ledger_opened info;
    SL_BUF(why, 1024);

    SL_PROMISE(sl_ledger_open(&o, &l, &info, &why) == SL_OK);
    for (size_t i = 1; i < leaf_count; i++) { /* leaf 0 names the new key */
        uint64_t index;
        SL_PROMISE(sl_ledger_append(l, sl_buf_span(&leaves[i]), sl_span(NULL, 0), &index) == SL_OK);
    }
    SL_PROMISE(sl_ledger_checkpoint(l) == SL_OK);
}

/* Every leaf the same, only the key another: tree and signatures of the log are right, and each
 * passkey says that it signed another one. */
static void test_a_ledger_written_anew_is_found(void)
{
    struct rewritten r = {0};
    struct sl_verify v = {.owner = &r, .read = read_file, .report = on_report};
    struct sl_verify_result result;
    struct sl_vkey old;
    json_t *first = NULL;
    SL_BUF(state, 256);
    SL_BUF(ledger, 256);

    SL_PROMISE(sl_json_read(sl_buf_span(&leaves[0]), &first, NULL) == SL_OK);
    SL_PROMISE(sl_vkey_get(sl_json_str(first, "new_key"), &old) == SL_OK);
    json_decref(first);
    sl_buf_say(&state, "%s/anew", play.folder);
    sl_buf_say(&ledger, "%s/anew/ledger", play.folder);
    SL_PROMISE(mkdir(sl_buf_text(&state), 0700) == 0);
    write_anew(sl_buf_text(&state), sl_span_str(old.name));
    SL_PROMISE(sl_ledger_dir_open(sl_buf_text(&ledger), &r.dir) == SL_OK);
    SL_CHECK_INT(sl_verify_run(&v, &result), SL_OK);
    SL_CHECK_INT(r.other_history, 5); /* three possessions, what allowed the second, the decision */
    SL_CHECK_INT(r.others, 0);
    sl_ledger_dir_free(r.dir);
}

int main(int argc, char **argv)
{
    begin_play(argc, argv);
    SL_RUN(test_the_stage);
    SL_RUN(test_read_it);
    SL_RUN(test_all_is_right);
    SL_RUN(test_a_flipped_byte_of_a_decision_is_found);
    SL_RUN(test_a_link_without_the_passkey_is_found);
    SL_RUN(test_a_flipped_byte_of_an_enrolment_is_found);
    SL_RUN(test_a_yes_to_another_passkey_is_found);
    SL_RUN(test_a_signature_taken_away_is_found);
    SL_RUN(test_a_ledger_written_anew_is_found);
    for (size_t i = 0; i < leaf_count; i++)
        sl_buf_done(&leaves[i]);
    start_keeper();
    return end_play();
}
