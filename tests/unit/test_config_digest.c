/* What the digest of a configuration covers, and what is another one. */
#include "tests/unit/config_example.h"

static void test_order_does_not_change_the_digest(void)
{
    SL_FREED_BY(sl_config)
    struct sl_config *a = load(TARGET "policy: [{name: a, then: hold}, {name: b, then: deny}]\n");
    SL_FREED_BY(sl_config)
    struct sl_config *b = load("policy: [{then: deny, name: b}, {then: hold, name: a}]\n" TARGET);
    SL_FREED_BY(sl_config)
    struct sl_config *c = load(TARGET "policy: [{name: a, then: hold}, {name: c, then: deny}]\n");

    if (a == NULL || b == NULL || c == NULL)
        return;
    SL_CHECK(memcmp(a->digest, b->digest, 32) == 0);
    SL_CHECK(memcmp(a->digest, c->digest, 32) != 0);
    SL_CHECK(memcmp(a->rules[0].digest, b->rules[1].digest, 32) == 0);
}

static void test_differences(void)
{
    SL_FREED_BY(sl_config)
    struct sl_config *a =
        load("gates: 1\n" TARGET "policy: [{name: a, then: hold}, {name: b, then: deny}]\n");
    SL_FREED_BY(sl_config)
    struct sl_config *b = load("gates: 2\n" TARGET "policy: [{name: a, then: deny, when: "
                               "{groups: [x]}}, {name: c, then: deny}]\n");
    SL_BUF(got, 64 * 1024);

    if (a == NULL || b == NULL)
        return;
    sl_config_diff(a, b, &got);
    const char *text = sl_buf_text(&got);
    SL_CHECK(strstr(text, "- rule \"b\": {name: b, then: deny,") != NULL);
    SL_CHECK(strstr(text, "+ rule \"c\": {name: c, then: deny,") != NULL);
    SL_CHECK(strstr(text, "~ rule \"a\" when: (none) -> {groups: [x]}\n") != NULL);
    SL_CHECK(strstr(text, "~ rule \"a\" then: hold -> deny\n") != NULL);
    SL_CHECK(strstr(text, "~ setting gates: 1 -> 2\n") != NULL);
}

static void test_what_needs_a_restart(void)
{
    SL_FREED_BY(sl_config) struct sl_config *a = load("gates: 1\nmax_held: 1MB\n" TARGET);
    SL_FREED_BY(sl_config)
    struct sl_config *b =
        load("gates: 2\nmax_held: 2MB\nlisten: {http: \"127.0.0.1:81\"}\n" TARGET);
    SL_BUF(got, 4096);

    if (a == NULL || b == NULL)
        return;
    SL_CHECK_INT(sl_config_frozen(a, a, &got), 0);
    SL_CHECK_INT(sl_config_frozen(a, b, &got), 2);
    SL_CHECK_TEXT(sl_buf_span(&got),
                  "listen.http changed; it is read at start only, so a restart is needed\n"
                  "gates changed; it is read at start only, so a restart is needed\n");
}

#define PASSKEYS(rp_id, origin) "passkeys: {rp_id: " rp_id ", origins: [\"https://" origin "\"]}\n"
#define TLS(certificate, key) "tls: {certificate: " certificate ", key: " key "}\n"
#define RUN_EVENTS(keys) "lineage: {openlineage: {" keys "}}\n"

/* Each setting with another value than the one that the head of the file has. */
static const struct {
    enum sl_place place;
    const char *name, *before, *after;
} weights[] = {
    {SL_PLACE_TOP, "state", "", "state: ./other\n"},
    {SL_PLACE_TOP, "runtime", "", "runtime: ./run\n"},
    {SL_PLACE_LISTEN, "postgres", "", "listen: {postgres: 127.0.0.1:1}\n"},
    {SL_PLACE_LISTEN, "http", "", "listen: {http: 127.0.0.1:1}\n"},
    {SL_PLACE_TOP, "public_url", "", "public_url: http://sluice.example\n"},
    {SL_PLACE_TOP, "trusted_proxies", "", "trusted_proxies: [10.0.0.0/8]\n"},
    {SL_PLACE_PASSKEYS, "rp_id", PASSKEYS("a.example", "x.a.example"),
     PASSKEYS("x.a.example", "x.a.example")},
    {SL_PLACE_PASSKEYS, "origins", PASSKEYS("a.example", "x.a.example"),
     PASSKEYS("a.example", "y.a.example")},
    {SL_PLACE_PASSKEYS, "by_default", "", "passkeys: {by_default: off}\n"},
    {SL_PLACE_PASSKEYS, "second_person", "", "passkeys: {second_person: lost}\n"},
    {SL_PLACE_TOP, "tls", "", TLS("a", "b")},
    {SL_PLACE_TLS, "certificate", TLS("a", "b"), TLS("c", "b")},
    {SL_PLACE_TLS, "key", TLS("a", "b"), TLS("a", "c")},
    {SL_PLACE_TOP, "client_auth", "", "client_auth: token\n"},
    {SL_PLACE_TOP, "sandbox", "", "sandbox: best-effort\n"},
    {SL_PLACE_TOP, "policy_changes", "", "policy_changes: hold\n"},
    {SL_PLACE_TOP, "govern", "", "govern: two-person\n"},
    {SL_PLACE_ROLES, "admins", "", "roles: {admins: {groups: [x]}}\n"},
    {SL_PLACE_ROLES, "auditors", "", "roles: {auditors: {groups: [x]}}\n"},
    {SL_PLACE_MEMBERS, "groups", "roles: {auditors: {groups: [x]}}\n",
     "roles: {auditors: {groups: [y]}}\n"},
    {SL_PLACE_MEMBERS, "identities", "", "roles: {auditors: {identities: [x]}}\n"},
    {SL_PLACE_BREAK_GLASS, "groups", "", "break_glass: {groups: [x]}\n"},
    {SL_PLACE_BREAK_GLASS, "review_within", "break_glass: {groups: [x]}\n",
     "break_glass: {groups: [x], review_within: 4d}\n"},
    {SL_PLACE_LEDGER, "sync", "", "ledger: {sync: all}\n"},
    {SL_PLACE_LEDGER, "origin", "", "ledger: {origin: other.example}\n"},
    {SL_PLACE_METRICS, "access", "", "metrics: {access: open}\n"},
    {SL_PLACE_TOP, "gates", "", "gates: 2\n"},
    {SL_PLACE_TOP, "judges", "", "judges: 3\n"},
    {SL_PLACE_TOP, "max_connections", "", "max_connections: 7\n"},
    {SL_PLACE_TOP, "max_statement", "", "max_statement: 2MB\n"},
    {SL_PLACE_TOP, "max_held", "", "max_held: 2MB\n"},
    {SL_PLACE_TIMEOUTS, "login", "", "timeouts: {login: 1s}\n"},
    {SL_PLACE_TIMEOUTS, "connect", "", "timeouts: {connect: 1s}\n"},
    {SL_PLACE_TIMEOUTS, "judge", "", "timeouts: {judge: 1s}\n"},
    {SL_PLACE_TIMEOUTS, "drain", "", "timeouts: {drain: 1s}\n"},
    {SL_PLACE_USAGE, "retention", "", "usage: {retention: 30d}\n"},
    {SL_PLACE_OPENLINEAGE, "file", "", RUN_EVENTS("file: a")},
    {SL_PLACE_OPENLINEAGE, "rotate", RUN_EVENTS("file: a"), RUN_EVENTS("file: a, rotate: 1MB")},
    {SL_PLACE_OPENLINEAGE, "max_spool", RUN_EVENTS("file: a"),
     RUN_EVENTS("file: a, max_spool: 1GB")},
    {SL_PLACE_OPENLINEAGE, "url", RUN_EVENTS("file: a"),
     RUN_EVENTS("file: a, url: \"http://127.0.0.1:1/x\"")},
    {SL_PLACE_OPENLINEAGE, "token_file", RUN_EVENTS("file: a, url: \"http://127.0.0.1:1/x\""),
     RUN_EVENTS("file: a, url: \"http://127.0.0.1:1/x\", token_file: t")},
    {SL_PLACE_OPENLINEAGE, "ca_file", RUN_EVENTS("file: a, url: \"https://127.0.0.1:1/x\""),
     RUN_EVENTS("file: a, url: \"https://127.0.0.1:1/x\", ca_file: t")},
};

static struct sl_config *with_head(const char *head)
{
    SL_BUF(text, 8192);

    sl_buf_say(&text, "%s%s%s", strstr(head, "state:") == NULL ? "state: ./state\n" : "", head,
               strstr(example, "targets:"));
    return load(sl_buf_text(&text));
}

static void test_P4_what_changes_the_digest(void)
{
    for (size_t i = 0; i < SL_COUNT(weights); i++) {
        const struct sl_key *k = sl_key_find(weights[i].place, sl_span_str(weights[i].name));
        SL_FREED_BY(sl_config) struct sl_config *a = with_head(weights[i].before);
        SL_FREED_BY(sl_config) struct sl_config *b = with_head(weights[i].after);

        if (!SL_CHECK(k != NULL && a != NULL && b != NULL))
            continue;
        bool moved = memcmp(a->digest, b->digest, sizeof a->digest) != 0;
        if (!SL_CHECK_INT(moved, sl_key_weight_of(k) == SL_WEIGHT_IN))
            printf("#   %s.%s\n", sl_place_path(k->place), k->name);
    }
}

/* Whoever adds a key says whether it counts, and here what another value does. */
static void test_P4_every_key_is_weighed(void)
{
    for (size_t i = 0; i < sl_key_count; i++) {
        const struct sl_key *k = &sl_keys[i];
        bool is_value = k->inner == 0 && !sl_key_is_of_a_list(k->place), played = !is_value;

        for (size_t w = 0; w < SL_COUNT(weights); w++)
            played = played || sl_key_find(weights[w].place, sl_span_str(weights[w].name)) == k;
        if (!SL_CHECK(sl_key_weight_of(k) != SL_WEIGHT_UNKNOWN) || !SL_CHECK(played))
            printf("#   %s.%s\n", sl_place_path(k->place), k->name);
    }
}

int main(void)
{
    SL_RUN(test_order_does_not_change_the_digest);
    SL_RUN(test_P4_what_changes_the_digest);
    SL_RUN(test_P4_every_key_is_weighed);
    SL_RUN(test_differences);
    SL_RUN(test_what_needs_a_restart);
    return sl_tap_done();
}
