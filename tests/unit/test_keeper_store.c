/* The keeper's store: what is lived through equals what is replayed, wherever the log was cut (P9),
 * and no replay spends a grant twice (P2). */
#include "role/keeper/console_life.h"
#include "role/keeper/limits.h"
#include "role/keeper/mask.h"
#include "role/keeper/store.h"
#include "role/keeper/view.h"

#include "base/encode.h"
#include "core/action/action.h"
#include "core/approval/approval.h"
#include "os/clock.h"
#include "os/file.h"
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

static char base[] = "/tmp/sluice-store-XXXXXX";

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_all(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *path_of(struct sl_buf *b, const char *folder, const char *rest)
{
    sl_buf_reset(b);
    sl_buf_say(b, "%s/%s%s", base, folder, rest);
    return sl_buf_text(b);
}

static enum sl_err open_store(struct store *s, const char *folder)
{
    SL_BUF(path, 4096);
    SL_BUF(why, 4096);
    struct store_options o = {.state_dir = path_of(&path, folder, ""),
                              .now_us = sl_clock_us(),
                              .origin = SL_SPAN("sluice/test")};

    *s = (struct store){0};
    return store_open(s, &o, &why);
}

/* Everything but how far the ledger was applied, which is about the log and not about the state. */
static void dump(struct store *s, struct sl_buf *out)
{
    SL_BUF(all, 1024 * 1024);
    static const char first[] = "select * from identity";

    db_dump(s->db, &all);
    struct sl_span text = sl_buf_span(&all);
    while (text.n > 0 && !sl_span_starts(text, sl_span_str(first)))
        text = sl_span_from(text, 1);
    sl_buf_put(out, text);
}

/* --- a story --- */

static const char key_hex[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static json_t *identity(const char *name, const char *kind, const char *owner)
{
    json_t *e = event_new("identity_added", 10), *groups = json_array();

    json_array_append_new(groups, json_string("dba"));
    event_str(e, "name", sl_span_str(name));
    event_str(e, "kind", sl_span_str(kind));
    event_str(e, "owner", sl_span_str(owner));
    event_str(e, "os_user", SL_SPAN(""));
    event_str(e, "salt", SL_SPAN("00112233445566778899aabbccddeeff"));
    event_json(e, "groups", groups);
    return e;
}

static json_t *credential(const char *id, const char *name, bool deciding, char last)
{
    json_t *e = event_new("credential_made", 20);
    char hash[65];

    memcpy(hash, key_hex, 65);
    hash[63] = last;
    event_str(e, "id", sl_span_str(id));
    event_str(e, "identity", sl_span_str(name));
    event_bool(e, "deciding", deciding);
    event_str(e, "hash", sl_span_str(hash));
    event_str(e, "stored_key", SL_SPAN(""));
    event_str(e, "server_key", SL_SPAN(""));
    event_str(e, "invitation", SL_SPAN(""));
    event_u64(e, "expires", 0);
    event_str(e, "issuer", SL_SPAN(""));
    event_str(e, "issuer_uid", SL_SPAN("1000"));
    return e;
}

static json_t *asked(const char *id, uint64_t sequence)
{
    json_t *e = event_new("asked", 100);

    event_str(e, "id", sl_span_str(id));
    event_str(e, "identity", SL_SPAN("bot"));
    event_str(e, "target", SL_SPAN("shop"));
    event_str(e, "environment", SL_SPAN("production"));
    event_str(e, "protocol", SL_SPAN("postgres"));
    event_u64(e, "expires", 5000);
    event_u64(e, "grant_ttl", 300000);
    event_str(e, "digest", sl_span_str(key_hex));
    event_str(e, "join_key", sl_span_str(key_hex));
    event_str(e, "detail", SL_SPAN("{}"));
    event_bool(e, "passkey", false);
    event_u64(e, "sequence", sequence);
    return e;
}

static json_t *voted(const char *id)
{
    json_t *e = event_new("voted", 200);

    event_str(e, "id", sl_span_str(id));
    event_str(e, "identity", SL_SPAN("rita"));
    event_str(e, "person", SL_SPAN("rita"));
    event_str(e, "decision", SL_SPAN("approve"));
    event_str(e, "reason", SL_SPAN("fine"));
    event_str(e, "channel", SL_SPAN("http"));
    event_str(e, "credential", SL_SPAN("c2"));
    event_u64(e, "may", 1);
    return e;
}

static json_t *signed_by(json_t *e, const char *key, uint64_t counter)
{
    event_str(e, "by", sl_span_str(key));
    event_u64(e, "by_counter", counter);
    event_bool(e, "by_backed_up", false);
    return e;
}

static json_t *enrolled(const char *id, const char *by)
{
    json_t *e = event_new("passkey_enrolled", 150);

    event_str(e, "id", sl_span_str(id));
    event_str(e, "identity", SL_SPAN("rita"));
    event_str(e, "algorithm", SL_SPAN("ES256"));
    event_str(e, "spki", sl_span_str(key_hex));
    event_str(e, "rp_id", SL_SPAN("sluice.example"));
    event_bool(e, "backup_eligible", true);
    event_bool(e, "backed_up", false);
    event_u64(e, "counter", 1);
    event_str(e, "credential", SL_SPAN("c2"));
    event_bool(e, "alone", by[0] == '\0');
    return signed_by(e, by, 2);
}

static json_t *removed(const char *id, const char *by)
{
    json_t *e = event_new("passkey_removed", 400);

    event_str(e, "id", sl_span_str(id));
    return signed_by(e, by, 4);
}

static json_t *voted_by_passkey(const char *id, const char *key)
{
    json_t *e = voted(id);

    event_str(e, "passkey", sl_span_str(key));
    event_u64(e, "counter", 3);
    event_bool(e, "backed_up", true);
    return e;
}

static json_t *moved(const char *id, enum sl_approval_event on)
{
    json_t *e = event_new("moved", 300);

    event_str(e, "id", sl_span_str(id));
    event_u64(e, "on", on);
    event_str(e, "why", SL_SPAN("because"));
    event_u64(e, "grant_expires", 9000);
    event_u64(e, "session", 7);
    event_u64(e, "action", 8);
    return e;
}

static json_t *named(const char *event, const char *key, const char *value, const char *key2,
                     const char *value2)
{
    json_t *e = event_new(event, 400);

    event_str(e, key, sl_span_str(value));
    if (key2 != NULL)
        event_str(e, key2, sl_span_str(value2));
    return e;
}

static json_t *session(uint64_t id)
{
    json_t *e = event_new("session_opened", 500);

    event_u64(e, "session", id);
    event_u64(e, "gate", 0);
    event_str(e, "identity", SL_SPAN("bot"));
    event_str(e, "kind", SL_SPAN("agent"));
    event_str(e, "owner", SL_SPAN("olga"));
    event_str(e, "target", SL_SPAN("shop"));
    event_str(e, "environment", SL_SPAN("production"));
    event_str(e, "credential", SL_SPAN("c1"));
    return e;
}

/* One of the events about what is lent: of a rule and an owner, with so many rows. */
static json_t *budget(const char *event, uint64_t lease, uint64_t start, uint64_t rows)
{
    json_t *e = event_new(event, 600);

    event_u64(e, "session", 7);
    event_u64(e, "lease", lease);
    event_str(e, "rule", SL_SPAN("bites"));
    event_str(e, "target", SL_SPAN("shop"));
    event_str(e, "who", SL_SPAN("owner olga"));
    event_u64(e, "start", start);
    event_u64(e, "since", start);
    event_u64(e, "rows", rows);
    event_u64(e, "bytes", 10 * rows);
    event_u64(e, "statements", 1);
    return e;
}

static json_t *capped(const char *id, uint64_t rows)
{
    json_t *e = event_new("capped", 700);

    event_str(e, "id", sl_span_str(id));
    event_u64(e, "rows", rows);
    return e;
}

static json_t *budget_story(size_t step)
{
    switch (step) {
    case 0:
        return budget("budget_lent", 1, 1000, 40);
    case 1:
        return budget("budget_used", 1, 1000, 30);
    case 2:
        return budget("budget_lent", 2, 2000, 5); /* what began before 2000 goes */
    case 3:
        return budget("budget_returned", 1, 3000, 7);
    case 4:
        return capped("a-2", 500);
    case 5:
        return capped("a-2", 700); /* the smallest counts */
    default:
        return NULL;
    }
}

static json_t *story(size_t step)
{
    switch (step) {
    case 0:
        return identity("olga", "human", "");
    case 1:
        return identity("rita", "human", "");
    case 2:
        return identity("bot", "agent", "olga");
    case 3:
        return credential("c1", "bot", false, 'a');
    case 4:
        return credential("c2", "rita", true, 'b');
    case 5:
        return session(7);
    case 6:
        return asked("a-1", 1);
    case 7:
        return voted("a-1");
    case 8:
        return moved("a-1", SL_APPROVAL_ON_APPROVE);
    case 9:
        return moved("a-1", SL_APPROVAL_ON_SPEND);
    case 10:
        return named("outcome", "id", "a-1", "outcome", "{\"outcome\":\"unknown\"}");
    case 11:
        return asked("a-2", 2);
    case 12:
        return moved("a-2", SL_APPROVAL_ON_DEADLINE);
    case 13:
        return named("identity_linked", "name", "olga", "to", "rita");
    case 14:
        return named("credential_revoked", "id", "c1", NULL, NULL);
    case 15:
        return named("identity_status", "name", "bot", "status", "paused");
    case 16:
        return enrolled("k-1", "");
    case 17:
        return enrolled("k-2", "k-1");
    case 18:
        return asked("a-3", 3);
    case 19:
        return voted_by_passkey("a-3", "k-2");
    case 20:
        return removed("k-2", "k-1");
    default:
        return budget_story(step - 21);
    }
}

enum { STEPS = 28 }; /* the last one is a drained journal */

static void drained(struct store *s)
{
    SL_BUF(b, 1024);

    sl_buf_put_u8(&b, VIEW_DRAINED);
    sl_buf_put_le32(&b, 0);
    sl_buf_put_le64(&b, 77);
    sl_buf_put_le64(&b, 4096);
    sl_buf_put_le32(&b, 2);
    for (uint64_t i = 1; i <= 4; i++)
        sl_buf_put_le64(&b, i);
    sl_buf_put_le32(&b, 1);
    sl_buf_put_le64(&b, 1);
    sl_buf_put_le64(&b, 2);
    store_drained(s, sl_buf_span(&b));
    s->needs_sync = true;
}

static void copy_file(const char *from, const char *to, size_t bytes)
{
    SL_BUF(content, 16 * 1024 * 1024);

    SL_CHECK_INT(sl_file_read(from, &content), SL_OK);
    SL_CHECK_INT(sl_file_replace(to, sl_span_head(sl_buf_span(&content), bytes), 0600), SL_OK);
}

static const char wal[] = "/ledger/wal/0000000000000001.wal";

static size_t size_of(const char *path)
{
    SL_BUF(content, 16 * 1024 * 1024);

    return sl_file_read(path, &content) == SL_OK ? content.n : 0;
}

/* The state folder as a crash would have left it, with the log cut to so many bytes and no view at
 * all. */
static void cut_copy(size_t bytes)
{
    static const char *const folders[] = {"", "/ledger", "/ledger/wal", "/keys"};
    static const char *const files[] = {"/keys/ledger.key", "/keys/keeper.key", "/ledger/key.pub",
                                        "/ledger/checkpoint"};
    SL_BUF(from, 4096);
    SL_BUF(to, 4096);

    remove_all(path_of(&to, "cut", ""));
    for (size_t i = 0; i < SL_COUNT(folders); i++)
        SL_CHECK_INT(sl_file_make_folder(path_of(&to, "cut", folders[i]), 0700), SL_OK);
    for (size_t i = 0; i < SL_COUNT(files); i++)
        copy_file(path_of(&from, "live", files[i]), path_of(&to, "cut", files[i]), SIZE_MAX);
    copy_file(path_of(&from, "live", wal), path_of(&to, "cut", wal), bytes);
}

static void replayed_equals(size_t bytes, struct sl_span want)
{
    struct store s;
    SL_BUF(got, 1024 * 1024);

    cut_copy(bytes);
    if (!SL_CHECK_INT(open_store(&s, "cut"), SL_OK))
        return;
    dump(&s, &got);
    SL_CHECK_BYTES(sl_buf_span(&got), want);
    store_done(&s);
}

static void test_replay_equals_life(void)
{
    struct store s;
    struct sl_buf views[STEPS + 1];
    size_t ends[STEPS + 1];
    SL_BUF(path, 4096);

    if (!SL_CHECK_INT(open_store(&s, "live"), SL_OK) || !SL_CHECK_INT(store_commit(&s), SL_OK))
        return;
    for (size_t i = 0; i <= STEPS; i++) {
        if (i == STEPS)
            drained(&s);
        else if (i > 0)
            store_record(&s, NULL, story(i - 1), true);
        SL_CHECK_INT(store_commit(&s), SL_OK);
        views[i] = sl_buf(1024 * 1024);
        dump(&s, &views[i]);
        ends[i] = size_of(path_of(&path, "live", wal));
    }
    store_done(&s);
    for (size_t i = 0; i <= STEPS; i++) {
        size_t next = i == STEPS ? ends[i] + 1 : ends[i + 1], step = (next - ends[i]) / 4 + 1;

        for (size_t bytes = ends[i]; bytes < next; bytes += step)
            replayed_equals(bytes, sl_buf_span(&views[i]));
        if (next - 1 > ends[i])
            replayed_equals(next - 1, sl_buf_span(&views[i]));
    }
    for (size_t i = 0; i <= STEPS; i++)
        sl_buf_done(&views[i]);
}

/* The view may lag behind; it may not know more than the log. */
static void test_catches_up(void)
{
    struct store s;
    SL_BUF(before, 1024 * 1024);
    SL_BUF(after, 1024 * 1024);

    if (!SL_CHECK_INT(open_store(&s, "lag"), SL_OK))
        return;
    for (size_t i = 0; i < 9; i++)
        store_record(&s, NULL, story(i), i < 6);
    SL_CHECK_INT(store_commit(&s), SL_OK);
    store_record(&s, NULL, story(9),
                 false); /* written, not synced: the view's commit comes later */
    SL_CHECK_INT(store_commit(&s), SL_OK);
    dump(&s, &before);
    store_done(&s); /* as a crash: nothing is settled */
    if (!SL_CHECK_INT(open_store(&s, "lag"), SL_OK))
        return;
    SL_CHECK_INT(s.opened.replayed, 1);
    dump(&s, &after);
    SL_CHECK_BYTES(sl_buf_span(&after), sl_buf_span(&before));
    store_done(&s);
}

static void test_second_spend_is_refused(void)
{
    struct store s;

    if (!SL_CHECK_INT(open_store(&s, "spend"), SL_OK))
        return;
    for (size_t i = 0; i < 10; i++)
        store_record(&s, NULL, story(i), true);
    SL_CHECK_INT(store_commit(&s), SL_OK);
    SL_CHECK(store_works(&s));
    store_record(&s, NULL, moved("a-1", SL_APPROVAL_ON_SPEND), true);
    SL_CHECK(!store_works(&s)); /* so that no loop over what is still there goes on for ever */
    SL_CHECK(store_commit(&s) != SL_OK); /* sticks: nothing is answered any more */
    store_record(&s, NULL, story(11), true);
    SL_CHECK(store_commit(&s) != SL_OK);
    store_done(&s);
}

/* --- what lies beside the log (P10) --- */

static const char document[] =
    "{\"operation\":{\"sql\":\"alter role x password 'geheim'\"},\"salt\":"
    "\"ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\"}";

static enum sl_err no_document(void *owner, struct sl_buf *out)
{
    (void)owner;
    (void)out;
    return SL_ENOTFOUND;
}

static uint64_t ask_with_document(struct store *s)
{
    json_t *e = asked("d-1", 1);
    uint8_t digest[32];
    SL_BUF(leaf, 1024);

    sl_action_document_digest(sl_span_str(document), digest);
    event_hex(e, "digest", sl_span(digest, sizeof digest));
    sl_buf_say(&leaf, "{\"kind\":\"stop\"}");
    uint64_t index = sl_ledger_size(s->ledger);
    store_record_document(s, &leaf, e, sl_span_str(document), true);
    SL_CHECK_INT(store_commit(s), SL_OK);
    return index;
}

/* The view made anew from the log: does it know the document? */
static bool replay_knows(const char *folder, bool keep_view)
{
    struct store s;
    SL_BUF(path, 4096);
    SL_BUF(all, 1024 * 1024);

    if (!keep_view)
        SL_PROMISE(unlink(path_of(&path, folder, "/sluice.db")) == 0);
    if (!SL_CHECK_INT(open_store(&s, folder), SL_OK))
        return false;
    dump(&s, &all);
    SL_CHECK(memmem(all.p, all.n, "d-1", 3) != NULL);
    store_done(&s);
    return memmem(all.p, all.n, "geheim", 6) != NULL;
}

static void test_P10_document_beside_the_log(void)
{
    struct store s;
    SL_BUF(path, 4096);
    SL_BUF(log, 1024 * 1024);

    if (!SL_CHECK_INT(open_store(&s, "beside"), SL_OK))
        return;
    uint64_t index = ask_with_document(&s);
    SL_CHECK_INT(sl_file_read(path_of(&path, "beside", wal), &log), SL_OK);
    SL_CHECK(memmem(log.p, log.n, "d-1", 3) != NULL && memmem(log.p, log.n, "geheim", 6) == NULL);
    SL_CHECK(memmem(log.p, log.n, "ffeeddcc", 8) == NULL); /* nor the salt */
    store_done(&s);
    SL_CHECK(replay_knows("beside", true));
    SL_CHECK(replay_knows("beside", false));

    int fd = open(path_of(&path, "beside", "/openings/0"), O_WRONLY | O_APPEND);
    SL_PROMISE(fd >= 0 && write(fd, "\x20\0\0\0torn", 8) == 8 && close(fd) == 0);
    if (!SL_CHECK_INT(open_store(&s, "beside"), SL_OK))
        return;
    SL_CHECK_INT(sl_ledger_append_opening(s.ledger, index + 1, 0, SL_OPENING_DOCUMENT,
                                          SL_SPAN("next")),
                 SL_OK);
    SL_CHECK_INT(sl_ledger_commit(s.ledger), SL_OK);
    sl_buf_reset(&log);
    SL_CHECK_INT(sl_ledger_find_opening(path_of(&path, "beside", ""), index + 1, 0,
                                        SL_OPENING_DOCUMENT, &log),
                 SL_OK);
    SL_CHECK_TEXT(sl_buf_span(&log), "next"); /* the torn end hides nothing */
    SL_CHECK_INT(sl_ledger_erase_openings(s.ledger, index), SL_OK);
    store_done(&s);
    SL_CHECK(!replay_knows("beside", false));
    sl_buf_reset(&log);
    SL_CHECK_INT(sl_file_read(path_of(&path, "beside", "/openings/0"), &log), SL_OK);
    SL_CHECK(memmem(log.p, log.n, "geheim", 6) == NULL);
}

/* Held statements of `max_held` bytes from many clients in one turn of the loop. */
static void test_many_long_documents_at_once(void)
{
    enum { COUNT = 10, BYTES = 16 * 1024 * 1024 };
    struct store s;
    struct sl_buf text = sl_buf(BYTES);
    uint64_t first = 0;

    while (text.n < BYTES)
        sl_buf_put_u8(&text, 'x');
    if (!SL_CHECK_INT(open_store(&s, "long"), SL_OK))
        return;
    for (unsigned i = 0; i < COUNT; i++) {
        SL_BUF(id, 16);
        SL_BUF(leaf, 64);

        sl_buf_say(&id, "l-%u", i);
        sl_buf_say(&leaf, "{\"kind\":\"stop\",\"n\":%u}", i);
        first = i == 0 ? sl_ledger_size(s.ledger) : first;
        store_record_document(&s, &leaf, asked(sl_buf_text(&id), i + 1), sl_buf_span(&text), true);
    }
    SL_CHECK_INT(store_commit(&s), SL_OK);
    store_done(&s);
    SL_BUF(path, 4096);
    SL_BUF(log, 2 * BYTES);
    SL_CHECK_INT(sl_ledger_find_opening(path_of(&path, "long", ""), first + COUNT - 1, 0,
                                        SL_OPENING_DOCUMENT, &log),
                 SL_OK);
    SL_CHECK_INT(log.n, BYTES);
    sl_buf_done(&text);
}

/* What does not have the digest that the log names is not shown to anybody (P3). */
static void test_P3_another_document_counts_as_erased(void)
{
    struct store s;

    if (!SL_CHECK_INT(open_store(&s, "swapped"), SL_OK))
        return;
    uint64_t index = ask_with_document(&s);
    SL_CHECK_INT(sl_ledger_append_opening(s.ledger, index, 0, SL_OPENING_DOCUMENT,
                                          SL_SPAN("{\"a\":\"geheim\"}")),
                 SL_OK);
    SL_CHECK_INT(sl_ledger_commit(s.ledger), SL_OK);
    store_done(&s);
    SL_CHECK(!replay_knows("swapped", false));
}

static void test_wrong_events(void)
{
    static const char *const wrong[] = {
        "{\"e\":\"no_such_event\"}",
        "{}",
        "{\"e\":7}",
        "[]",
        "{\"e\":\"moved\",\"id\":\"x\"}",
        "{\"e\":\"identity_added\",\"at\":1}",
        "{\"e\":\"asked\"}",
        "{\"at\":1,\"e\":\"moved\",\"grant_expires\":0,\"id\":\"none\",\"on\":0,\"why\":\"\"}",
        "{\"at\":1,\"e\":\"credential_revoked\"}",
        "{\"at\":1,\"e\":\"console_opened\",\"id\":\"x\"}",
        "{\"at\":1,\"e\":\"console_ended\"}",
        "{\"e\":\"outcome\",\"id\":\"x\",\"outcome\":1}",
        "{\"at\":1,\"e\":\"passkey_enrolled\",\"id\":\"x\"}",
        "{\"at\":1,\"e\":\"passkey_removed\",\"id\":\"x\"}",
    };
    struct store s;

    if (!SL_CHECK_INT(open_store(&s, "wrong"), SL_OK))
        return;
    for (size_t i = 0; i < SL_COUNT(wrong); i++)
        if (!SL_CHECK_INT(view_replay(s.db, sl_span_str(wrong[i]), 0, no_document, NULL),
                          SL_EMALFORMED))
            printf("#   %s\n", wrong[i]);
    SL_CHECK_INT(view_replay(s.db, sl_span("\1\0\0", 3), 0, no_document, NULL), SL_EMALFORMED);
    store_done(&s);
}

static void test_one_keeper(void)
{
    struct store first, second;

    if (!SL_CHECK_INT(open_store(&first, "one"), SL_OK))
        return;
    SL_CHECK_INT(open_store(&second, "one"), SL_EBUSY);
    store_done(&second);
    store_done(&first);
}

/* --- console sessions --- */

static const uint64_t hour = UINT64_C(3600) * 1000 * 1000, begin = UINT64_C(3600000) * 1000 * 1000;

static void test_how_long_a_session_lives(void)
{
    struct console_life l = {.since_us = begin, .expires_us = console_life_end(begin, 0)};

    SL_CHECK_INT(l.expires_us, begin + 12 * hour);
    SL_CHECK_INT(console_life_end(begin, begin + hour), begin + hour); /* its credential ends */
    SL_CHECK_INT(console_life_end(begin, begin + 99 * hour), begin + 12 * hour);
    SL_CHECK(!console_life_over(&l, begin + 2 * hour - 1));
    SL_CHECK(console_life_over(&l, begin + 2 * hour)); /* nobody came */
    l.used_us = begin + hour;
    SL_CHECK(!console_life_over(&l, begin + 3 * hour - 1));
    SL_CHECK(console_life_over(&l, begin + 3 * hour));
    l.used_us = begin + 12 * hour - 1; /* somebody was there all the time */
    SL_CHECK(!console_life_over(&l, begin + 12 * hour - 1));
    SL_CHECK(console_life_over(&l, begin + 12 * hour));
    l.ended_us = begin + 1;
    SL_CHECK(console_life_over(&l, begin + 2));
}

/* A keeper that starts again knows of no use: it takes its start for one, and the end stays. */
static void test_a_session_after_a_restart(void)
{
    struct console_life l = {.since_us = begin,
                             .expires_us = console_life_end(begin, 0),
                             .keeper_us = begin + 11 * hour};

    SL_CHECK(!console_life_over(&l, begin + 12 * hour - 1));
    SL_CHECK(console_life_over(&l, begin + 12 * hour));
}

/* --- guessing --- */

static void check_place(const char *address, const char *place)
{
    SL_BUF(b, 300);

    limits_put_place(&b, sl_span_str(address));
    SL_CHECK_TEXT(sl_buf_span(&b), place);
}

static void test_places(void)
{
    check_place("10.0.0.7", "10.0.0.7");
    check_place("2001:db8:1:2:3:4:5:6", "20010db800010002::/64");
    check_place("[2001:db8:1:2::9]", "20010db800010002::/64");
    check_place("2001:DB8:1:2::", "20010db800010002::/64");
    check_place("fe80::1%eth0", "fe80000000000000::/64");
    check_place("::ffff:10.0.0.7", "10.0.0.7");
    check_place("local", "local");
    check_place("", "");
    check_place("[", "[");
}

static void test_calls_that_one_place_causes(void)
{
    struct limits l;
    uint64_t now = 1000000000;
    unsigned n = 0;

    SL_CHECK_INT(limits_init(&l, 0), SL_OK);
    while (n < 1000 && limits_call(&l, SL_SPAN("10.0.0.7"), now))
        n++;
    SL_CHECK_INT(n, 120);
    SL_CHECK(limits_call(&l, SL_SPAN("10.0.0.8"), now));
    SL_CHECK(!limits_call(&l, SL_SPAN("10.0.0.7"), now + 999999));
    SL_CHECK(limits_call(&l, SL_SPAN("10.0.0.7"), now + 1000000));
    SL_CHECK(!limits_call(&l, SL_SPAN("10.0.0.7"), now + 1000000));
    /* it is not the count of failures */
    SL_CHECK(limits_allow(&l, SL_SPAN("10.0.0.7"), SL_SPAN("/signin"), now));
    limits_done(&l);
}

static void test_limits(void)
{
    struct limits l;
    struct sl_span here = SL_SPAN("10.0.0.1"), there = SL_SPAN("10.0.0.2"),
                   alice = SL_SPAN("alice"), bob = SL_SPAN("bob");
    uint64_t now = 1000000;

    SL_CHECK_INT(limits_init(&l, 0), SL_OK);
    for (int i = 0; i < 6; i++) {
        SL_CHECK(limits_allow(&l, here, alice, now));
        limits_failed(&l, here, alice, now);
    }
    SL_CHECK(!limits_allow(&l, here, alice, now));
    SL_CHECK(limits_allow(&l, here, bob, now));    /* others at the same address go on */
    SL_CHECK(limits_allow(&l, there, alice, now)); /* and she from elsewhere */
    SL_CHECK(limits_allow(&l, here, alice, now + 1000001));
    limits_failed(&l, here, alice, now + 1000001);
    SL_CHECK(
        !limits_allow(&l, here, alice, now + 2000000)); /* each failure makes the wait longer */
    SL_CHECK(limits_allow(&l, here, alice, now + 4000000));
    limits_passed(&l, here, alice);
    SL_CHECK(limits_allow(&l, here, alice, now + 2000000));
    for (int i = 0; i < 60; i++)
        limits_failed(&l, here, sl_span(&"nobody0123456789abcdefghijklmnopqrstuvwxyz"[i % 30], 10),
                      now);
    SL_CHECK(!limits_allow(&l, here, bob, now)); /* an address that sprays names waits as a whole */
    SL_CHECK(limits_allow(&l, there, bob, now));
    limits_done(&l);
}

/* --- masking --- */

static const struct {
    const char *sql, *masked;
} masks[] = {
    {"select 1", "select 1"},
    {"", ""},
    {"alter role x password 'secret'", "alter role x password '***'"},
    {"ALTER ROLE x PASSWORD'secret' LOGIN", "ALTER ROLE x PASSWORD'***' LOGIN"},
    {"alter role x password E'it\\'s' valid until 'x'",
     "alter role x password '***' valid until 'x'"},
    {"alter role x password 'it''s'; select 2", "alter role x password '***'; select 2"},
    {"create user y password $$secret$$ login", "create user y password '***' login"},
    {"create user y password $a$se$$cret$a$", "create user y password '***'"},
    {"create user y password 'open end", "create user y password '***'"},
    {"select password from users", "select password from users"},
    {"update users set password = 'secret' where id = 1",
     "update users set password = '***' where id = 1"},
    {"alter role x password null", "alter role x password null"},
    {"alter role x password/* a */ -- b\n U&'sec' 'ret'",
     "alter role x password/* a */ -- b\n '***' '***'"},
    {"alter role x \"password\" $$a'$$", "alter role x \"password\" '***'"},
    {"do $$begin execute 'alter role x password ''geheim'''; end$$",
     "do $$begin execute 'alter role x password ''***'''; end$$"},
    {"do 'begin alter role x password ''a''''b''; end'",
     "do 'begin alter role x password ''***''; end'"},
    {"select E'alter role x password \\'s\\\\\\''", "select E'alter role x password ''***'''"},
    {"select dblink('host=a password=geheim user=b')",
     "select dblink('host=a password=*** user=b')"},
    {"create subscription s connection 'password=''two words'' host=a'",
     "create subscription s connection 'password=*** host=a'"},
    {"select dblink('postgres://u:geheim@h/d?sslpassword=x&a=b')",
     "select dblink('postgres://u:***@h/d?sslpassword=***&a=b')"},
    {"select $1, a$b$c from t where x = 'password'",
     "select $1, a$b$c from t where x = 'password'"},
    /* P3: nothing that runs is hidden behind the word */
    {"select 'password'; drop table t; select ''", "select 'password'; drop table t; select ''"},
    {"do $$declare password text; begin password = 'drop table t'; execute password; end$$",
     "do $$declare password text; begin password = 'drop table t'; execute password; end$$"},
    {"execute 'select password=pg_terminate_backend(1)'",
     "execute 'select password=pg_terminate_backend(1)'"},
};

static void test_masks(void)
{
    for (size_t i = 0; i < SL_COUNT(masks); i++) {
        SL_BUF(out, 4096);

        mask_passwords(&out, sl_span_str(masks[i].sql));
        SL_CHECK_TEXT(sl_buf_span(&out), masks[i].masked);
        SL_CHECK(mask_needed(sl_span_str(masks[i].sql)) ||
                 strcmp(masks[i].sql, masks[i].masked) == 0);
    }
}

int main(void)
{
    if (mkdtemp(base) == NULL)
        return 1;
    SL_RUN(test_replay_equals_life);
    SL_RUN(test_catches_up);
    SL_RUN(test_second_spend_is_refused);
    SL_RUN(test_P10_document_beside_the_log);
    SL_RUN(test_many_long_documents_at_once);
    SL_RUN(test_P3_another_document_counts_as_erased);
    SL_RUN(test_wrong_events);
    SL_RUN(test_one_keeper);
    SL_RUN(test_how_long_a_session_lives);
    SL_RUN(test_a_session_after_a_restart);
    SL_RUN(test_limits);
    SL_RUN(test_places);
    SL_RUN(test_calls_that_one_place_causes);
    SL_RUN(test_masks);
    remove_all(base);
    return sl_tap_done();
}
