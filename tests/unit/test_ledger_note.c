#include "core/ledger/note.h"

#include "base/encode.h"
#include "tap.h"

static struct sl_signer signer;
static const uint8_t seed[32] = {1, 2, 3, 4};

static void make_note(struct sl_buf *b, const char *text)
{
    sl_buf_reset(b);
    SL_CHECK_INT(sl_note_sign(b, sl_span_str(text), &signer), SL_OK);
}

static void test_keys(void)
{
    SL_BUF(line, 1000);
    SL_BUF(secret, 1000);
    struct sl_vkey back;
    struct sl_signer again;

    sl_vkey_put(&line, &signer.vkey);
    SL_CHECK_INT(sl_vkey_get(sl_buf_span(&line), &back), SL_OK);
    SL_CHECK(sl_vkey_eq(&back, &signer.vkey));
    sl_signer_put_secret(&secret, &signer.vkey, seed);
    SL_CHECK_INT(sl_signer_get(sl_buf_span(&secret), &again), SL_OK);
    SL_CHECK(sl_vkey_eq(&again.vkey, &signer.vkey));
    sl_signer_done(&again);
    for (size_t i = 0; i < line.n; i++) {
        line.p[i] ^= 1;
        SL_CHECK(sl_vkey_get(sl_buf_span(&line), &back) != SL_OK);
        line.p[i] ^= 1;
        SL_CHECK(sl_vkey_get(sl_span(line.p, i), &back) != SL_OK);
    }
    SL_CHECK_INT(sl_signer_get(sl_buf_span(&line), &again), SL_EMALFORMED);
}

static void test_names(void)
{
    static const struct {
        const char *name;
        bool fine;
    } cases[] = {{"sluice/abc", true},
                 {"example.com/log42", true},
                 {"\xc3\xa9t\xc3\xa9", true},
                 {"", false},
                 {"a b", false},
                 {"a+b", false},
                 {"a\nb", false},
                 {"a\xc2\xa0"
                  "b",
                  false},
                 {"a\xe3\x80\x80"
                  "b",
                  false},
                 {"\xff", false},
                 {"a\x7f", false}};

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        SL_CHECK_INT(sl_note_name_ok(sl_span_str(cases[i].name)), cases[i].fine);
}

static void test_known_key_id(void)
{
    /* The key and note of the Go project's checksum database, which many verifiers know. */
    static const char vkey[] =
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    struct sl_vkey k;

    SL_CHECK_INT(sl_vkey_get(sl_span_str(vkey), &k), SL_OK);
    SL_CHECK_INT(k.id, 0x033de0ae);
    SL_CHECK_TEXT(sl_span_str(k.name), "sum.golang.org");
}

static void test_sign_and_check(void)
{
    SL_BUF(b, SL_NOTE_MAX);
    struct sl_note note;
    struct sl_vkey stranger = signer.vkey;

    make_note(&b, "one\n\ntwo\n");
    SL_CHECK_INT(sl_note_get(sl_buf_span(&b), &note), SL_OK);
    SL_CHECK_TEXT(note.text, "one\n\ntwo\n");
    SL_CHECK_INT(sl_note_check(&note, &signer.vkey, NULL), SL_OK);
    stranger.id++;
    SL_CHECK_INT(sl_note_check(&note, &stranger, NULL), SL_ENOTFOUND);
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] ^= 1;
        if (sl_note_get(sl_buf_span(&b), &note) == SL_OK)
            SL_CHECK(sl_note_check(&note, &signer.vkey, NULL) != SL_OK);
        b.p[i] ^= 1;
        SL_CHECK(sl_note_get(sl_span(b.p, i), &note) != SL_OK);
    }
    SL_CHECK_INT(sl_note_sign(&b, SL_SPAN("no newline"), &signer), SL_EMALFORMED);
}

static void test_bad_notes(void)
{
    static const char *const notes[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        "text\n\n\xe2\x80\x94 name\n",
        "text\n\n\xe2\x80\x94 name AAAA\n",
        "text\n\n\xe2\x80\x94 name AAAAAAA=",
        "te\rxt\n\n\xe2\x80\x94 n AAAAAAA=\n",
        "\xff\n\n\xe2\x80\x94 n AAAAAAA=\n",
        "text\n\n\xe2\x80\x94  AAAAAAA=\n",
    };
    struct sl_note note;

    for (size_t i = 0; i < SL_COUNT(notes); i++)
        SL_CHECK_INT(sl_note_get(sl_span_str(notes[i]), &note), SL_EMALFORMED);
    SL_CHECK_INT(sl_note_get(SL_SPAN("text\n\n\xe2\x80\x94 name AAAAAAA=\n"), &note), SL_OK);
}

static void test_checkpoints(void)
{
    static const char root[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    static const struct {
        const char *head, *tail;
        enum sl_err err;
    } cases[] = {
        {"example.com/log\n20852163\n", "\n", SL_OK},
        {"example.com/log\n0\n", "\n", SL_OK},
        {"example.com/log\n1\n", "\nextension\n", SL_OK},
        {"example.com/log\n01\n", "\n", SL_EMALFORMED},
        {"example.com/log\n-1\n", "\n", SL_EMALFORMED},
        {"example.com/log\n\n", "\n", SL_EMALFORMED},
        {"\n1\n", "\n", SL_EMALFORMED},
        {"example.com/log\n1\n", "", SL_EMALFORMED},
        {"example.com/log\n1\n", "\n\n", SL_EMALFORMED},
        {"example.com/log\n1\nAA", "\n", SL_EMALFORMED},
        {"example.com/log\n99999999999999999999999\n", "\n", SL_EMALFORMED},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(text, 1000);
        SL_BUF(again, 1000);
        struct sl_checkpoint c;
        sl_buf_say(&text, "%s%s%s", cases[i].head, root, cases[i].tail);
        enum sl_err err = sl_checkpoint_get(sl_buf_span(&text), &c);
        if (!SL_CHECK(cases[i].err == SL_OK ? err == SL_OK : err != SL_OK))
            printf("# case %zu\n", i);
        if (err == SL_OK && strcmp(cases[i].tail, "\n") == 0) {
            sl_checkpoint_put(&again, &c);
            SL_CHECK_BYTES(sl_buf_span(&again), sl_buf_span(&text));
        }
    }
}

/* A witness signs over a header with its time; such lines are kept beside ours. */
static void test_cosignature(void)
{
    static const uint8_t witness_seed[32] = {9};
    struct sl_ed25519 *key;
    struct sl_vkey witness;
    uint8_t public_key[32], signature[64];
    uint64_t when = 0;
    SL_BUF(b, SL_NOTE_MAX);
    SL_BUF(message, 1000);
    SL_BUF(bytes, 1000);

    SL_CHECK_INT(sl_ed25519_from_seed(witness_seed, &key), SL_OK);
    sl_ed25519_public(key, public_key);
    SL_CHECK_INT(sl_vkey_make(SL_SPAN("witness.example/w1"), SL_NOTE_COSIGNATURE, public_key,
                              &witness),
                 SL_OK);
    make_note(&b, "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
    sl_buf_say(
        &message,
        "cosignature/v1\ntime 1679315147\no\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
    SL_CHECK_INT(sl_ed25519_sign(key, sl_buf_span(&message), signature), SL_OK);
    sl_buf_put_be32(&bytes, witness.id);
    sl_buf_put_be64(&bytes, 1679315147);
    sl_buf_put(&bytes, sl_span(signature, 64));
    sl_buf_say(&b, "\xe2\x80\x94 %s ", witness.name);
    sl_base64_put(&b, sl_buf_span(&bytes));
    sl_buf_put_u8(&b, '\n');
    struct sl_note note;
    SL_CHECK_INT(sl_note_get(sl_buf_span(&b), &note), SL_OK);
    SL_CHECK_INT(sl_note_check(&note, &signer.vkey, NULL), SL_OK);
    SL_CHECK_INT(sl_note_check(&note, &witness, &when), SL_OK);
    SL_CHECK_INT(when, 1679315147);
    sl_ed25519_free(key);
}

static void test_rotation(void)
{
    static const uint8_t next_seed[32] = {5};
    struct sl_signer next;
    SL_BUF(statement, 4096);

    SL_CHECK_INT(sl_signer_make(SL_SPAN("sluice/test"), next_seed, &next), SL_OK);
    SL_CHECK_INT(sl_note_put_rotation(&statement, &signer, 7, &next.vkey), SL_OK);
    struct sl_span s = sl_buf_span(&statement);
    SL_CHECK_INT(sl_note_check_rotation(s, &signer.vkey, 7, &next.vkey), SL_OK);
    SL_CHECK(sl_note_check_rotation(s, &signer.vkey, 8, &next.vkey) != SL_OK);
    SL_CHECK(sl_note_check_rotation(s, &next.vkey, 7, &next.vkey) != SL_OK);
    SL_CHECK(sl_note_check_rotation(s, &signer.vkey, 7, &signer.vkey) != SL_OK);
    sl_signer_done(&next);
}

static void test_proof_files(void)
{
    SL_BUF(file, SL_NOTE_MAX);
    SL_BUF(note, SL_NOTE_MAX);
    SL_BUF(again, SL_NOTE_MAX);
    struct sl_tlog_proof p = {.extra = SL_SPAN("leaf"), .index = 42, .proof = {.count = 3}}, back;

    make_note(&note, "o\n64\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
    p.checkpoint = sl_buf_span(&note);
    sl_tlog_proof_put(&file, &p);
    SL_CHECK_INT(sl_tlog_proof_get(sl_buf_span(&file), &back), SL_OK);
    SL_CHECK_INT(back.index, 42);
    SL_CHECK_INT(back.proof.count, 3);
    SL_CHECK_TEXT(back.extra, "bGVhZg==");
    SL_CHECK_BYTES(back.checkpoint, p.checkpoint);
    back.extra = SL_SPAN("leaf");
    sl_tlog_proof_put(&again, &back);
    SL_CHECK_BYTES(sl_buf_span(&again), sl_buf_span(&file));
    SL_CHECK(sl_tlog_proof_get(SL_SPAN("c2sp.org/tlog-proof@v1\nindex 007\n\n"), &back) != SL_OK);
    SL_CHECK(sl_tlog_proof_get(SL_SPAN("c2sp.org/tlog-proof@v2\nindex 7\n\n"), &back) != SL_OK);
    SL_CHECK(sl_tlog_proof_get(SL_SPAN("c2sp.org/tlog-proof@v1\nindex 7\n"), &back) != SL_OK);
}

int main(void)
{
    SL_PROMISE(sl_signer_make(SL_SPAN("sluice/test"), seed, &signer) == SL_OK);
    SL_RUN(test_keys);
    SL_RUN(test_names);
    SL_RUN(test_known_key_id);
    SL_RUN(test_sign_and_check);
    SL_RUN(test_bad_notes);
    SL_RUN(test_checkpoints);
    SL_RUN(test_cosignature);
    SL_RUN(test_rotation);
    SL_RUN(test_proof_files);
    sl_signer_done(&signer);
    return sl_tap_done();
}
