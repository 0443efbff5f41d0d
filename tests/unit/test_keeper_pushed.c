/* What an identity provider pushes, played with the real keeper: what is not said stays as it is,
 * who is gone stays gone, a crash leaves all or nothing, and twenty thousand members do not make
 * others wait. The first argument is the program. */
#define KEEPER_PLAY_RULES                                                                    \
    "issuers:\n"                                                                             \
    "  - {name: corp, issuer: \"https://idp.example\", client_id: sluice, group_prefix: "    \
    "\"c-\"}\n"                                                                              \
    "  - {name: other, issuer: \"https://other.example\", client_id: sluice, group_prefix: " \
    "\"o-\"}\n"
#include "base/sanitized.h"
#include "tests/unit/keeper_play.h"

#include "core/ledger/wal.h"
#include "os/file.h"
#include "role/keeper/store.h"

enum { MANY = SL_SANITIZED ? 5000 : 20000, GROUPS = 300, BIG = 4 * 1024 * 1024 };

#define ISSUER "https://idp.example"
#define USER "'schemas':['urn:ietf:params:scim:schemas:core:2.0:User']"
#define GROUP "'schemas':['urn:ietf:params:scim:schemas:core:2.0:Group']"
#define PATCH "'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp']"

static char corp[128], other[128];

/* --- calls ------------------------------------------------------------------------------------ */

static uint64_t send_scim(const char *credential, const char *method, const char *what,
                          const char *id, const char *resource)
{
    struct sl_buf text = sl_buf(BIG), message = sl_buf(BIG);

    sl_buf_say(&text, "{\"method\":\"%s\",\"what\":\"%s\",\"id\":\"%s\",\"resource\":", method,
               what, id);
    for (; *resource != '\0'; resource++)
        sl_buf_put_u8(&text, *resource == '\'' ? '"' : (uint8_t)*resource);
    sl_buf_put_u8(&text, '}');
    struct sl_msg_call m = {.call = ++play.call,
                            .method = SL_SPAN("scim"),
                            .credential = sl_span_str(credential),
                            .address = SL_SPAN("127.0.0.1"),
                            .body = sl_buf_span(&text)};
    sl_msg_call_put(&message, &m);
    if (message.n <= SL_IPC_HEADER + SL_IPC_INLINE) {
        send_with(play.desk, &message, -1);
    } else {
        send_sealed(play.desk, &message);
        sl_buf_done(&message);
    }
    sl_buf_done(&text);
    return play.call;
}

static uint32_t reply_of(uint64_t call)
{
    struct sl_msg_reply m = {0};

    for (int i = 0; i < 12; i++) { /* a minute at most */
        unsigned got = hear_within(play.desk, PATIENCE_MS);

        if (got != SL_MESSAGE_REPLY || !HEARD(reply, &m) || m.call != call)
            continue;
        json_decref(play.reply);
        play.reply = NULL;
        SL_CHECK_INT(sl_json_read(m.body, &play.reply, NULL), SL_OK);
        return m.status;
    }
    return 0;
}

static uint32_t scim(const char *credential, const char *method, const char *what, const char *id,
                     const char *resource)
{
    return reply_of(send_scim(credential, method, what, id, resource));
}

static void take_credentials(void)
{
    SL_CHECK_INT(control("scim.credential", "{'issuer':'%s'}%s", "corp", ""), 201);
    keep(corp, 128, said("credential"));
    SL_CHECK_INT(control("scim.credential", "{'issuer':'%s'}%s", "other", ""), 201);
    keep(other, 128, said("credential"));
}

static void new_user(const char *credential, const char *name, const char *subject, char id[128])
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{" USER ",'userName':'%s','externalId':'%s','displayName':'The %s'}", name,
               subject, name);
    SL_CHECK_INT(scim(credential, "POST", "Users", "", sl_buf_text(&body)), 201);
    keep(id, 128, said("id"));
}

static void set_active(const char *credential, const char *id, bool active, uint32_t status)
{
    SL_CHECK_INT(scim(credential, "PATCH", "Users", id,
                      active ? "{" PATCH ",'Operations':[{'op':'replace','value':{'active':true}}]}"
                             : "{" PATCH
                               ",'Operations':[{'op':'replace','value':{'active':false}}]}"),
                 status);
}

/* Whom people call so: names of identities are nobody's choice. */
static json_t *person(const char *display)
{
    size_t i;
    json_t *one;

    SL_CHECK_INT(call_as(play.control, "identity.list", "", "{}"), 200);
    json_array_foreach(json_object_get(play.reply, "identities"), i, one)
    {
        if (sl_span_is(sl_json_str(one, "display"), display))
            return one;
    }
    return NULL;
}

static const char *name_of(const char *display)
{
    static char name[128];

    keep(name, 128, json_string_value(json_object_get(person(display), "name")));
    return name;
}

static const char *status_of(const char *name)
{
    const char *text = json_string_value(json_object_get(person(name), "status"));

    return text == NULL ? "" : text;
}

static bool in_group(const char *name, const char *group)
{
    size_t i;
    json_t *one;

    json_array_foreach(json_object_get(person(name), "groups"), i,
                       one) if (strcmp(json_string_value(one), group) == 0) return true;
    return false;
}

/* --- what is said ----------------------------------------------------------------------------- */

static char rita[128], team[128];

static void test_what_a_put_leaves_out_stays(void)
{
    SL_BUF(body, 1024);

    new_user(corp, "rita", "s-rita", rita);
    sl_buf_say(&body, "{" GROUP ",'displayName':'team','members':[{'value':'%s'}]}", rita);
    SL_CHECK_INT(scim(corp, "POST", "Groups", "", sl_buf_text(&body)), 201);
    keep(team, 128, said("id"));
    SL_CHECK(in_group("The rita", "c-team"));
    SL_CHECK_INT(scim(corp, "PUT", "Groups", team, "{" GROUP ",'displayName':'team'}"), 200);
    SL_CHECK(in_group("The rita", "c-team"));
    set_active(corp, rita, false, 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The rita")), "disabled");
    SL_CHECK_INT(scim(corp, "PUT", "Users", rita, "{" USER ",'userName':'rita'}"), 200);
    SL_CHECK(json_is_false(json_object_get(play.reply, "active")));
    SL_CHECK_TEXT(sl_span_str(said("displayName")), "The rita");
    SL_CHECK_INT(scim(corp, "PUT", "Users", rita, "{" USER ",'userName':'rita','active':null}"),
                 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The rita")), "disabled");
    SL_CHECK_INT(scim(corp, "PUT", "Users", rita, "{" USER ",'userName':'rita','active':true}"),
                 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The rita")), "active");
    SL_CHECK(in_group("The rita", "c-team"));
    SL_CHECK_INT(scim(corp, "PUT", "Groups", team, "{" GROUP ",'displayName':'team','members':[]}"),
                 200);
    SL_CHECK(!in_group("The rita", "c-team"));
}

/* --- who is gone ------------------------------------------------------------------------------ */

static void test_a_paused_person_who_goes_is_gone(void)
{
    char id[128];

    new_user(corp, "paul", "s-paul", id);
    SL_CHECK_INT(control("identity.pause", "{'name':'%s'}%s", name_of("The paul"), ""), 200);
    set_active(corp, id, false, 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The paul")), "disabled");
    SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", name_of("The paul"), ""),
                 409);
    SL_CHECK_TEXT(sl_span_str(status_of("The paul")), "disabled");
    kill_keeper();
    start_keeper();
    set_active(corp, id, true, 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The paul")), "paused"); /* as the operator left it */
    SL_CHECK_INT(control("identity.pause", "{'name':'%s','off':true}%s", name_of("The paul"), ""),
                 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The paul")), "active");
}

/* One provider does not take back what another one said, nor what an operator did for good. */
static void test_two_providers_and_an_operator(void)
{
    char ours[128], theirs[128];

    new_user(corp, "tina", "s-tina", ours);
    SL_CHECK_INT(control("account.link", "{'name':'%s','issuer':'other','subject':'%s'}",
                         name_of("The tina"), "o-tina"),
                 201);
    new_user(other, "tina", "o-tina", theirs);
    set_active(corp, ours, false, 200);
    set_active(other, theirs, false, 200);
    set_active(corp, ours, true, 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The tina")), "disabled");
    set_active(other, theirs, true, 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The tina")), "active");
    set_active(corp, ours, false, 200);
    SL_CHECK_INT(control("identity.disable", "{'name':'%s'}%s", name_of("The tina"), ""), 200);
    set_active(corp, ours, true, 409);
    SL_CHECK_TEXT(sl_span_str(status_of("The tina")), "disabled");
}

/* An operator unlinked the account: the provider does not link it again by saying no and yes. */
static void test_what_an_operator_unlinked_stays_so(void)
{
    char id[128];

    new_user(corp, "ulla", "s-ulla", id);
    SL_CHECK_INT(control("account.unlink", "{'name':'%s','issuer':'corp','subject':'%s'}",
                         name_of("The ulla"), "s-ulla"),
                 200);
    set_active(corp, id, false, 200);
    set_active(corp, id, true, 409);
    SL_CHECK(strstr(said("detail"), "operator unlinked") != NULL);
    SL_CHECK_TEXT(sl_span_str(status_of("The ulla")), "disabled");
    SL_CHECK_INT(control("account.link", "{'name':'%s','issuer':'corp','subject':'%s'}",
                         name_of("The ulla"), "s-ulla"),
                 201);
    set_active(corp, id, true, 200);
    SL_CHECK_TEXT(sl_span_str(status_of("The ulla")), "active");
}

/* --- a crash ---------------------------------------------------------------------------------- */

static void path_in(struct sl_buf *b, const char *folder, const char *rest)
{
    sl_buf_reset(b);
    sl_buf_say(b, "%s/%s%s", play.folder, folder, rest);
}

static const char wal[] = "/ledger/wal/0000000000000001.wal";

static void copy_as(const char *rest, const char *folder, size_t bytes)
{
    SL_BUF(from, 4096);
    SL_BUF(to, 4096);
    struct sl_buf content = sl_buf(256 * 1024 * 1024);

    path_in(&from, "state", rest);
    path_in(&to, folder, rest);
    SL_CHECK_INT(sl_file_read(sl_buf_text(&from), &content), SL_OK);
    SL_CHECK_INT(
        sl_file_replace(sl_buf_text(&to), sl_span_head(sl_buf_span(&content), bytes), 0600), SL_OK);
    sl_buf_done(&content);
}

static bool holds(struct store *s, enum db_sql sql, const char *a, const char *b)
{
    struct db_rows rows =
        db_ask(s->db, sql, b == NULL ? "s" : "ss", sl_span_str(a), sl_span_str(b == NULL ? "" : b));
    bool found = false;

    while (db_row(&rows))
        found = found || b != NULL || sl_span_is(db_span(&rows, 0), "c-torn");
    db_end(&rows);
    return found;
}

static char nora_is[128];

/* What the provider was told of the membership, and the membership itself, wherever it is torn. */
static void torn_at(size_t bytes, const char *group, const char *user)
{
    static const char *const folders[] = {"", "/ledger", "/ledger/wal", "/keys"};
    static unsigned number;
    char folder[32];
    SL_BUF(path, 4096);
    SL_BUF(why, 4096);
    struct store s = {0};

    memset(folder, 0, sizeof folder);
    sl_buf_say(&why, "torn-%u", ++number);
    memcpy(folder, sl_buf_text(&why), why.n);
    sl_buf_reset(&why);
    for (size_t i = 0; i < SL_COUNT(folders); i++) {
        path_in(&path, folder, folders[i]);
        SL_CHECK_INT(sl_file_make_folder(sl_buf_text(&path), 0700), SL_OK);
    }
    copy_as("/keys/ledger.key", folder, SIZE_MAX);
    copy_as("/keys/keeper.key", folder, SIZE_MAX);
    copy_as("/ledger/key.pub", folder, SIZE_MAX);
    copy_as(wal, folder, bytes);
    path_in(&path, folder, "");
    struct store_options o = {.state_dir = sl_buf_text(&path),
                              .now_us = sl_clock_us(),
                              .origin = SL_SPAN("")};
    if (!SL_CHECK_INT(store_open(&s, &o, &why), SL_OK)) {
        printf("#   %s\n", sl_buf_text(&why));
        return;
    }
    bool told = holds(&s, DB_SCIM_IS_MEMBER, group, user),
         is = holds(&s, DB_GROUPS_OF, nora_is, NULL);
    if (!SL_CHECK(told == is))
        printf("#   at byte %zu: told %d, is %d\n", bytes, told, is);
    store_done(&s);
}

static size_t log_bytes(void)
{
    SL_BUF(path, 4096);
    struct stat is;

    path_in(&path, "state", wal);
    return stat(sl_buf_text(&path), &is) == 0 ? (size_t)is.st_size : 0;
}

static void test_P9_a_crash_leaves_all_of_it_or_nothing(void)
{
    char nora[128], torn[128];
    SL_BUF(body, 1024);

    new_user(corp, "nora", "s-nora", nora);
    keep(nora_is, 128, name_of("The nora"));
    size_t before = log_bytes();
    sl_buf_say(&body, "{" GROUP ",'displayName':'torn','members':[{'value':'%s'}]}", nora);
    SL_CHECK_INT(scim(corp, "POST", "Groups", "", sl_buf_text(&body)), 201);
    keep(torn, 128, said("id"));
    SL_CHECK(in_group("The nora", "c-torn"));
    SL_CHECK_INT(scim(corp, "DELETE", "Groups", torn, "null"), 204);
    SL_CHECK(!in_group("The nora", "c-torn"));
    kill_keeper();
    size_t after = log_bytes();
    for (size_t bytes = before; bytes <= after; bytes += 60)
        torn_at(bytes, torn, nora);
    start_keeper();
}

/* --- twenty thousand -------------------------------------------------------------------------- */

static void record(struct store *s, json_t *event)
{
    store_record(s, NULL, event, true);
    if (sl_ledger_waiting(s->ledger) > 8 * 1024 * 1024)
        SL_CHECK_INT(store_commit(s), SL_OK);
}

static void put_text(json_t *event, const char *key, const char *form, unsigned n)
{
    SL_BUF(text, 256);

    sl_buf_say(&text, form, n);
    event_str(event, key, sl_buf_span(&text));
}

static void put_person(struct store *s, unsigned n)
{
    json_t *e = event_new("identity_added", 10);
    uint8_t hash[32] = {(uint8_t)n, (uint8_t)(n >> 8), 1};

    put_text(e, "name", "corp-%u", n);
    event_str(e, "kind", SL_SPAN("human"));
    event_str(e, "owner", SL_SPAN(""));
    event_str(e, "os_user", SL_SPAN(""));
    event_str(e, "salt", SL_SPAN("00112233445566778899aabbccddeeff"));
    event_json(e, "groups", json_array());
    record(s, e);
    e = event_new("account_linked", 11);
    event_str(e, "issuer", SL_SPAN(ISSUER));
    put_text(e, "subject", "s-%u", n);
    put_text(e, "credential", "c-%u", n);
    put_text(e, "identity", "corp-%u", n);
    event_bool(e, "deciding", true);
    event_hex(e, "hash", sl_span(hash, sizeof hash));
    event_str(e, "by", SL_SPAN(""));
    event_str(e, "by_uid", SL_SPAN(""));
    record(s, e);
    e = event_new("scim_user", 12);
    put_text(e, "id", "u%u", n);
    event_str(e, "issuer", SL_SPAN(ISSUER));
    put_text(e, "external", "s-%u", n);
    put_text(e, "user_name", "%u", n);
    event_str(e, "display_name", SL_SPAN(""));
    put_text(e, "identity", "corp-%u", n);
    event_bool(e, "active", true);
    event_bool(e, "off", false);
    event_u64(e, "since", 12);
    event_u64(e, "changed", 12);
    record(s, e);
}

static void put_group(struct store *s, unsigned n)
{
    json_t *e = event_new("scim_group", 13);

    put_text(e, "id", "g%u", n);
    event_str(e, "issuer", SL_SPAN(ISSUER));
    put_text(e, "external",
             "%u is what a provider calls it, at some length, by itself and for itself", n);
    put_text(e, "display_name", "group-%u", n);
    event_u64(e, "since", 13);
    event_u64(e, "changed", 13);
    record(s, e);
}

/* Everybody is in group 0 by the provider's word, and nobody here: as if a crash had come between
 * the two. Number 7 is in a group here that the provider took away. */
static void make_many(void)
{
    SL_BUF(path, 4096);
    SL_BUF(why, 4096);
    struct store s = {0};
    json_t *e;

    path_in(&path, "state", "");
    struct store_options o = {.state_dir = sl_buf_text(&path),
                              .now_us = sl_clock_us(),
                              .origin = SL_SPAN("sluice/test")};
    SL_CHECK_INT(store_open(&s, &o, &why), SL_OK);
    for (unsigned n = 0; n < MANY; n++)
        put_person(&s, n);
    for (unsigned n = 0; n < GROUPS; n++)
        put_group(&s, n);
    for (unsigned from = 0; from < MANY; from += 500) {
        json_t *ids = json_array();

        e = event_new("scim_members", 14);
        for (unsigned n = from; n < from + 500; n++)
            json_array_append_new(ids, json_sprintf("u%u", n));
        event_str(e, "group", SL_SPAN("g0"));
        event_bool(e, "member", true);
        event_json(e, "users", ids);
        record(&s, e);
    }
    e = event_new("account_groups", 15);
    event_str(e, "identity", SL_SPAN("corp-7"));
    event_str(e, "credential", SL_SPAN("c-7"));
    event_json(e, "added", json_pack("[s]", "c-group-1"));
    event_json(e, "removed", json_array());
    event_u64(e, "issued", 0);
    record(&s, e);
    SL_CHECK_INT(store_commit(&s), SL_OK);
    store_done(&s);
}

static unsigned members_of(const char *group, const char *who)
{
    SL_BUF(path, 4096);
    SL_BUF(why, 4096);
    struct store s = {0};
    unsigned count = 0;

    path_in(&path, "state", "");
    struct store_options o = {.state_dir = sl_buf_text(&path),
                              .now_us = sl_clock_us(),
                              .origin = SL_SPAN("")};
    SL_CHECK_INT(store_open(&s, &o, &why), SL_OK);
    struct db_rows rows = db_ask(s.db, DB_MEMBERS_OF, "s", sl_span_str(group));
    while (db_row(&rows))
        count += who == NULL || sl_span_is(db_span(&rows, 0), who);
    db_end(&rows);
    store_done(&s);
    return count;
}

static void others_are_answered(const char *while_what)
{
    uint64_t begin_us = sl_clock_us();

    SL_CHECK_INT(call_as(play.control, "status", "", "{}"), 200);
    uint64_t took_ms = (sl_clock_us() - begin_us) / 1000;
    if (!SL_CHECK(took_ms < 3000)) /* one turn of the loop, on a busy machine */
        printf("#   others waited %u ms %s\n", (unsigned)took_ms, while_what);
}

static void until_the_log_rests(void)
{
    size_t before = 0, now = log_bytes();

    for (int i = 0; i < 120 && now != before; i++) {
        others_are_answered("for the look at everybody");
        sleep(1);
        before = now;
        now = log_bytes();
    }
    SL_CHECK(now == before);
}

static void test_what_a_crash_left_is_mended_at_the_start(void)
{
    make_many();
    make_journal();
    start_keeper();
    until_the_log_rests();
    stop_keeper();
    SL_CHECK_INT(members_of("c-group-0", NULL), MANY);
    SL_CHECK_INT(members_of("c-group-1", "corp-7"), 0);
}

static void put_members(struct sl_buf *b, unsigned from, unsigned count)
{
    sl_buf_put_str(b, "{'op':'add','path':'members','value':[");
    for (unsigned n = 0; n < count; n++)
        sl_buf_say(b, "%s{'value':'u%u'}", n == 0 ? "" : ",", from + n);
    sl_buf_put_str(b, "]}");
}

static void test_twenty_thousand_members(void)
{
    struct sl_buf body = sl_buf(BIG);

    start_keeper();
    take_credentials();
    uint64_t call =
        send_scim(corp, "PUT", "Groups", "g0", "{" GROUP ",'displayName':'group-0','members':[]}");
    others_are_answered("for the end of a group");
    SL_CHECK_INT(reply_of(call), 200);
    stop_keeper();
    SL_CHECK_INT(members_of("c-group-0", NULL), 0);
    start_keeper();
    sl_buf_put_str(&body, "{" PATCH ",'Operations':[");
    put_members(&body, 0, MANY / 2);
    sl_buf_put_str(&body, ",");
    put_members(&body, MANY / 2, MANY / 2);
    sl_buf_put_str(&body, "]}");
    call = send_scim(corp, "PATCH", "Groups", "g0", sl_buf_text(&body));
    others_are_answered("for a large group");
    SL_CHECK_INT(reply_of(call), 200);
    SL_CHECK_INT(json_array_size(json_object_get(play.reply, "members")), MANY);
    stop_keeper();
    SL_CHECK_INT(members_of("c-group-0", NULL), MANY);
    sl_buf_done(&body);
}

int main(int argc, char **argv)
{
    SL_PROMISE(argc > 1);
    play_begin(argv[1]);
    take_credentials();
    SL_RUN(test_what_a_put_leaves_out_stays);
    SL_RUN(test_a_paused_person_who_goes_is_gone);
    SL_RUN(test_two_providers_and_an_operator);
    SL_RUN(test_what_an_operator_unlinked_stays_so);
    SL_RUN(test_P9_a_crash_leaves_all_of_it_or_nothing);
    stop_keeper();
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    SL_PROMISE(mkdir(play.folder, 0700) == 0);
    SL_RUN(test_what_a_crash_left_is_mended_at_the_start);
    SL_RUN(test_twenty_thousand_members);
    nftw(play.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    json_decref(play.reply);
    return sl_tap_done();
}
