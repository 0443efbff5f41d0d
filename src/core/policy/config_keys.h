/* Every key of the configuration file, once. The loader, `sluice check`, the canonical form behind
 * the policy digest, docs/config.md and the tests all grow from this table.
 *
 *   K(place, key, type, field, default, least, most, unit, choices, reload, paragraph)
 *     a value. `default` is parsed like text from the file; NULL: the key is required; "": nothing.
 *     least and most bound the number, the length of a text, or the count of a list.
 *   M(place, key, shape, field, inner place, required, paragraph)
 *     a mapping (ONE), a list of mappings (MANY), or either (ONE_OR_MANY).
 *
 * Places are in config_places.h. Keys of WHEN stand in the order of enum sl_when_key. RELOAD: a
 * reload changes it; RESTART: it is read at start only.
 */
#ifndef SL_CORE_POLICY_CONFIG_KEYS_H
#define SL_CORE_POLICY_CONFIG_KEYS_H

/* clang-format off */
#define SL_CONFIG_KEYS(K, M)                                                                         \
K(TOP, "state", TEXT, settings.state, "./state", 1, 4000, "", "", RESTART,                           \
  "The folder that holds everything Sluice must not lose: keys, identities, approvals and the ledger. " \
  "A relative path starts at the configuration file's folder. It is made with mode 0700 if it does "  \
  "not exist, and only one Sluice can use it at a time.")                                            \
K(TOP, "runtime", TEXT, settings.runtime, "", 1, 4000, "", "", RESTART,                              \
  "The folder for journals and sockets that need to outlive a killed process but not a reboot; best " \
  "on tmpfs. Left out, Sluice chooses one.")                                                         \
M(TOP, "listen", ONE, settings, LISTEN, false,                                                       \
  "Where clients and people reach Sluice.")                                                          \
K(LISTEN, "postgres", ADDRESS, settings.postgres_host, "127.0.0.1:6432", 1, 300, "", "", RESTART,    \
  "Address and port for PostgreSQL clients. A client names the target as its database: "             \
  "`dbname=<target name>`.")                                                                         \
K(LISTEN, "http", ADDRESS, settings.http_host, "127.0.0.1:8080", 1, 300, "", "", RESTART,            \
  "Address and port of the HTTP API and the console.")                                               \
K(TOP, "public_url", TEXT, settings.public_url, "", 1, 2000, "", "", RELOAD,                         \
  "The address that people use to reach the console; it stands in notices and links. Left out, it "  \
  "is made from `listen.http`.")                                                                     \
K(TOP, "trusted_proxies", NETWORKS, settings.trusted_proxies, "", 1, 100, "", "", RELOAD,            \
  "Addresses and networks of the proxies before `listen.http`. Only they may say, in `X-Forwarded-For`, " \
  "whose request it is; of that list the right-most address that is none of them is the client, for the " \
  "count of wrong guesses, the log and the record. From anybody else the header says nothing. Each of them " \
  "has to set that header, or to add to it.") \
M(TOP, "passkeys", ONE, settings, PASSKEYS, false,                                                   \
  "Decisions that people sign themselves (`proof: passkey`). Browsers make passkeys on https pages, and " \
  "on http://localhost; never for an IP address.")                                                   \
K(PASSKEYS, "rp_id", TEXT, settings.passkey_rp_id, "", 1, 253, "", "", RELOAD,                       \
  "The domain that passkeys belong to: the host of the console, or a domain above it. Left out, it is the " \
  "host of `public_url`. Passkeys of another `rp_id` are worth nothing after a change, and come back with " \
  "it.")                                                                                             \
K(PASSKEYS, "origins", LIST, settings.passkey_origins, "", 1, 20, "", "", RELOAD,                    \
  "The pages that may ask for them, as `https://host[:port]`. Left out, it is that of `public_url`.") \
K(PASSKEYS, "by_default", SWITCH, settings.passkey_default_off, "ask", 0, 0, "", "ask|off", RELOAD,  \
  "`ask`: as soon as enough of those who may decide have one, what is held in production and is an " \
  "`export`, `privilege`, `program`, `admin` or `opaque`, and a held change of the policy, takes only decisions " \
  "signed with a passkey, whatever its rule says. `off`: only where a rule says `proof: passkey`.")  \
K(PASSKEYS, "second_person", SWITCH, settings.passkey_second_when_lost, "top", 0, 0, "", "top|lost", RELOAD, \
  "When a second person has to say yes to a passkey that no passkey of its person vouches for. `top`: when " \
  "it is their first and they review for the top tier (a rule with `proof: passkey`, and `keys: " \
  "device-bound` or `need: 2` and more), and when they have others and lost them. `lost`: only then.") \
M(TOP, "tls", ONE, settings, TLS, false,                                                             \
  "TLS towards clients. The private key is read by the supervisor and given to the keeper alone; the " \
  "gate asks for signatures.")                                                                       \
K(TLS, "certificate", TEXT, settings.tls_certificate, NULL, 1, 4000, "", "", RELOAD,                 \
  "File with the certificate chain in PEM form.")                                                    \
K(TLS, "key", TEXT, settings.tls_key, NULL, 1, 4000, "", "", RELOAD,                                 \
  "File with the private key in PEM form: ECDSA P-256 or P-384, or RSA of 2048 bits or more.") \
K(TOP, "client_auth", CHOICE, settings.client_auth, "scram", 0, 0, "", "scram|token|oauth", RELOAD,  \
  "How PostgreSQL clients prove who they are. `scram`: SCRAM-SHA-256, the token never crosses the "  \
  "wire. `token`: the token is sent as a password, accepted over TLS or from loopback only; so can be one of " \
  "an issuer (a JWT). `oauth`: OAUTHBEARER, which libpq speaks from version 18 on, and SCRAM for those that do " \
  "not. A client chooses for itself with the startup option `sluice.auth` (`scram` or `oauth`).")        \
K(TOP, "sandbox", SWITCH, settings.sandbox_best_effort, "enforce", 0, 0, "", "enforce|best-effort", RESTART, \
  "`enforce`: a program that cannot put up its walls (seccomp, Landlock, limits) refuses to start. "  \
  "`best-effort`: it goes on with what the kernel offers, and says so again and again.")             \
K(TOP, "policy_changes", SWITCH, settings.policy_changes_hold, "reload", 0, 0, "", "reload|hold", RELOAD, \
  "`reload`: SIGHUP takes a new valid file at once. `hold`: a changed policy becomes an approval that " \
  "shows the difference, and is taken when it is approved.")                                         \
K(TOP, "govern", SWITCH, settings.govern_two_person, "off", 0, 0, "", "off|two-person", RELOAD,       \
  "`two-person`: what loosens the policy, changes who is who, or who may decide, is held until another person " \
  "of `roles.admins` says yes: two of them, where it is not known who sits at the shell.")           \
M(TOP, "roles", ONE, settings, ROLES, false,                                                         \
  "Roles apart from reviewing.")                                                                     \
M(ROLES, "admins", ONE, settings.admins, MEMBERS, false,                                             \
  "Decide about administration (`govern`, `policy_changes: hold`). No right to decide actions comes with it. " \
  "Left out: the group `admins`.")                                                                   \
M(ROLES, "auditors", ONE, settings.auditors, MEMBERS, false,                                         \
  "Read everything, change nothing and decide nothing, whatever groups they are in.")                \
K(MEMBERS, "groups", LIST, groups, "", 1, 100, "", "", RELOAD,                                       \
  "Active humans in these groups.")                                                                  \
K(MEMBERS, "identities", LIST, identities, "", 1, 100, "", "", RELOAD,                               \
  "These humans.")                                                                                   \
M(TOP, "break_glass", ONE, settings, BREAK_GLASS, false,                                             \
  "Releasing a held action alone, in an emergency. Left out, nobody can.")                           \
K(BREAK_GLASS, "groups", LIST, settings.break_glass, NULL, 1, 100, "", "", RELOAD,                     \
  "Active humans in these groups may, with a reason, where they are outside the requester set. Everybody is " \
  "told, and two other people have to sign it off.")                                                 \
K(BREAK_GLASS, "review_within", DURATION, settings.review_within_ms, "3d", 60000, 2592000000, "", "", RELOAD, \
  "How long these two people have; afterwards `sluice ledger verify` reports it, until they have.")  \
M(TOP, "ledger", ONE, settings, LEDGER, false,                                                       \
  "The append-only log.")                                                                            \
K(LEDGER, "sync", SWITCH, settings.ledger_sync_all, "held", 0, 0, "", "held|all", RELOAD,            \
  "What is synced to disk before it runs. `held`: held actions, their decisions and their spending; a " \
  "power cut may lose the last 50 ms of allowed ones. `all`: every action.")                         \
K(LEDGER, "origin", TEXT, settings.ledger_origin, "", 1, 255, "", "", RESTART,                       \
  "The log's name, the first line of each checkpoint. Left out, it is made once from the state folder's " \
  "key.")                                                                                            \
K(TOP, "gates", NUMBER, settings.gates, "1", 1, 16, "programs", "", RESTART,                         \
  "How many gates share the listening port.")                                                        \
K(TOP, "judges", NUMBER, settings.judges, "2", 1, 16, "programs", "", RESTART,                       \
  "How many judges read statements that no gate has seen before.")                                   \
K(TOP, "max_connections", NUMBER, settings.max_connections, "10000", 1, 100000, "connections", "", RELOAD, \
  "Client connections over all gates; further ones are refused with SQLSTATE 53300.")                \
K(TOP, "max_statement", SIZE32, settings.max_statement_bytes, "1MB", 1024, 16777216, "bytes", "", RELOAD, \
  "The longest text that is judged; longer text is opaque.")                                         \
K(TOP, "max_held", SIZE64, settings.max_held_bytes, "16MB", 65536, 25165824, "bytes", "", RELOAD,    \
  "The most bytes of one held action that a gate keeps; a larger one is refused.")                   \
M(TOP, "lineage", ONE, settings, LINEAGE, false,                                                     \
  "Who touched which data, for others to read.")                                                     \
M(LINEAGE, "openlineage", ONE, settings, OPENLINEAGE, false,                                         \
  "Run events of OpenLineage (2-0-2).")                                                              \
K(OPENLINEAGE, "file", FILE, settings.openlineage_file, "", 1, 64, "", "", RESTART,                  \
  "In `<state>/openlineage`: one event a line is appended, at least once. Left out where there is a `url`: " \
  "`spool.ndjson`, of which what was sent is removed.")                                              \
K(OPENLINEAGE, "rotate", SIZE64, settings.openlineage_rotate_bytes, "64MB", 4096, 1073741824, "bytes", "", RELOAD, \
  "A file of this size is put aside with its time behind the name.")                                 \
K(OPENLINEAGE, "max_spool", SIZE64, settings.openlineage_max_bytes, "4GB", 65536, 1099511627776, "bytes", "", RELOAD, \
  "What lies in `<state>/openlineage` at most, files put aside included. Beyond it events are left out, and the log " \
  "and `sluice status` say how many; traffic goes on.")                                              \
K(OPENLINEAGE, "url", URL, settings.openlineage_url, "", 1, 2000, "", "", RELOAD,                    \
  "Where `sluice openlineage`, which the supervisor keeps running, sends each event with POST: at least " \
  "once, in order, from the file, however long the endpoint is away. No redirect is followed.")      \
K(OPENLINEAGE, "token_file", TEXT, settings.openlineage_token_file, "", 1, 4000, "", "", RELOAD,     \
  "File with a token that is sent as `Authorization: Bearer`, best readable by Sluice alone.")       \
K(OPENLINEAGE, "ca_file", TEXT, settings.openlineage_ca_file, "", 1, 4000, "", "", RELOAD,           \
  "Certificates to trust, in PEM form; left out, the system's.")                                     \
M(TOP, "timeouts", ONE, settings, TIMEOUTS, false,                                                   \
  "How long Sluice waits for others. When time is up the answer is no.")                             \
K(TIMEOUTS, "login", DURATION, settings.login_timeout_ms, "30s", 100, 600000, "", "", RELOAD,        \
  "From the first byte of a client to the end of its login.")                                        \
K(TIMEOUTS, "connect", DURATION, settings.connect_timeout_ms, "10s", 100, 600000, "", "", RELOAD,    \
  "For the connection and login to a target.")                                                       \
K(TIMEOUTS, "judge", DURATION, settings.judge_timeout_ms, "2s", 10, 60000, "", "", RELOAD,           \
  "For one answer of a judge; a late judge is replaced and its statement is opaque.")                \
K(TIMEOUTS, "drain", DURATION, settings.drain_ms, "30s", 0, 3600000, "", "", RELOAD,                 \
  "After SIGTERM, for sessions to end by themselves.")                                               \
M(TOP, "usage", ONE, settings, USAGE, false,                                                         \
  "The table of who moved how much of which data, behind `sluice usage`.")                           \
K(USAGE, "retention", DURATION, settings.usage_retention_ms, "90d", 86400000, 315360000000, "", "", RELOAD, \
  "How long it remembers, by the hour. The ledger remembers all of it; what is over is also gone from a " \
  "view that is built again.")                                                                       \
M(TOP, "metrics", ONE, settings, METRICS, false,                                                     \
  "`/metrics` for Prometheus, at `listen.http`. It has totals: no identity, no dataset, no SQL.")    \
K(METRICS, "access", CHOICE, settings.metrics_access, "local", 0, 0, "", "local|open|token|off", RELOAD, \
  "Who may read them. `token`: whoever has a valid token, of either kind. `local`: everybody where "  \
  "`listen.http` is a loopback address and no `public_url` leads elsewhere, else as `token`. `open`: " \
  "everybody who reaches the port. `off`: nobody.")                                                  \
M(TOP, "targets", MANY, targets, TARGET, true,                                                       \
  "What lies behind the gateway.")                                                                   \
K(TARGET, "name", NAME, name, NULL, 1, 63, "", "", RELOAD,                                           \
  "The target's name, unique in the file; a client gives it as its database name.")                  \
K(TARGET, "protocol", WORD, protocol, "postgres", 0, 0, "", "postgres", RELOAD,                      \
  "What it speaks.")                                                                                 \
K(TARGET, "address", UPSTREAM, host, NULL, 1, 300, "", "", RELOAD,                                   \
  "`host:port`, `[address]:port`, or the folder of a Unix socket (`/var/run/postgresql`, "           \
  "`/var/run/postgresql:5433`). The port is 5432 where none is given.")                              \
K(TARGET, "database", TEXT, database, NULL, 1, 63, "", "", RELOAD,                                   \
  "The database's name on the server.")                                                              \
K(TARGET, "environment", TEXT, environment, "production", 1, 63, "", "", RELOAD,                     \
  "A word for rules to match. A target that does not say counts as production.")                     \
M(TARGET, "tls", ONE, name, TARGET_TLS, false,                                                       \
  "TLS towards the target.")                                                                         \
K(TARGET_TLS, "mode", CHOICE, tls, "", 0, 0, "", "off|require|verify-full", RELOAD,                  \
  "`require` encrypts without checking who answers; `verify-full` checks certificate and name. Left " \
  "out: `off` for loopback and Unix sockets, `verify-full` for everything else.")                    \
K(TARGET_TLS, "ca_file", TEXT, tls_ca_file, "", 1, 4000, "", "", RELOAD,                             \
  "Certificates to trust, in PEM form; left out, the system's.")                                     \
M(TARGET, "login", ONE_OR_MANY, logins, LOGIN, true,                                                 \
  "As whom Sluice logs in to the target: one mapping for everybody, or a list in which entries with a " \
  "`group` come first.")                                                                             \
K(LOGIN, "group", TEXT, group, "", 1, 128, "", "", RELOAD,                                           \
  "This login is for members of this group.")                                                        \
K(LOGIN, "name", NAME, name, "", 1, 63, "", "", RELOAD,                                              \
  "A login that nobody has by standing: only a rule with `elevate` uses it, for one granted statement, " \
  "or `catalog`.")                                                                                   \
K(LOGIN, "user", TEXT, user, NULL, 1, 200, "", "", RELOAD,                                           \
  "The role on the server. `{identity}` stands for the identity's own name.")                        \
K(LOGIN, "password_file", TEXT, password_file, "", 1, 4000, "", "", RELOAD,                          \
  "File that holds the password; a newline at its end does not count. Relative to the configuration "   \
  "file, and best readable by Sluice alone.")                                                         \
K(LOGIN, "password_command", LIST, password_command, "", 1, 64, "", "", RELOAD,                      \
  "Program and arguments that print the password; run by the supervisor, and again when the server "  \
  "refuses the password. No shell.")                                                                 \
M(TARGET, "access", ONE, name, ACCESS, false,                                                        \
  "Who may connect at all. Left out: nobody.")                                                       \
K(ACCESS, "groups", LIST, access_groups, "", 1, 1000, "", "", RELOAD,                                \
  "Members of these groups; patterns allowed.")                                                      \
K(ACCESS, "identities", LIST, access_identities, "", 1, 1000, "", "", RELOAD,                        \
  "These identities; patterns allowed.")                                                             \
K(TARGET, "mode", SWITCH, observe, "enforce", 0, 0, "", "enforce|observe", RELOAD,                   \
  "`observe`: record what would be held or denied, let it flow, and nag.")                           \
K(TARGET, "default", VERDICT, default_verdict, "", 0, 0, "", "allow|hold|deny", RELOAD,              \
  "What counts when no allow rule covers the whole action. Left out: hold. A default of allow never "  \
  "covers `opaque`: that holds.")                                                                    \
M(TARGET, "reviewers", ONE, reviewers, REVIEWERS, false,                                             \
  "Who decides what the default holds, and what a hold rule without reviewers holds. Left out: the "  \
  "groups and identities of all hold rules together.")                                               \
K(TARGET, "startup_parameters", LIST, startup_parameters, "", 1, 100, "", "", RELOAD,                \
  "Parameters that a client may send at start, beside the built-in harmless ones.")                  \
K(TARGET, "poll", DURATION, poll_ms, "2s", 100, 3600000, "", "", RELOAD,                             \
  "How often Sluice asks whether definitions were changed past it (one small question); what changed is " \
  "seen this much later at most. DDL through Sluice is seen at once, and a reload (SIGHUP) reads all " \
  "definitions again, whether the file has changed or not.")                                         \
K(TARGET, "untested", SWITCH, untested_allowed, "refuse", 0, 0, "", "refuse|allow", RELOAD,          \
  "A server of a major version that Sluice was not tested on: `refuse` lets nobody connect to it. "  \
  "Tested are 15 and 17 (`docs/README.md` says how).")                                               \
K(TARGET, "estimate", CHOICE, estimate, "none", 0, 0, "", "none|plan|never", RELOAD,                 \
  "When the server is asked how many rows it expects of a statement, for reviewers (`EXPLAIN`, in a "  \
  "read-only transaction that is rolled back, 200 ms at most, and only where nothing but the server's " \
  "own code can run for that). `none`: not before a yes, so that not a byte of a held statement reaches "  \
  "the server; a result that stopped at the end of a budget runs already, and for that the server is "   \
  "asked, on a connection of its own. `plan`: also before a statement is held. `never`: neither.")      \
M(TARGET, "labels", MANY, labels, LABEL, false,                                                      \
  "Which tables and columns hold which class of data.")                                              \
K(LABEL, "columns", COLUMNS, columns, "", 1, 1000, "", "", RELOAD,                                   \
  "Patterns for `schema.table.column`; `*.ssn` is every column of that name. Case does not count.")  \
K(LABEL, "tables", DATASETS, tables, "", 1, 1000, "", "", RELOAD,                                    \
  "Patterns for `schema.table`: every column of it is labelled. Case does not count.")               \
K(LABEL, "label", ONE_OR_MORE, labels, NULL, 1, 64, "", "", RELOAD,                                  \
  "The label, or a list of them. At most 64 different ones in the file.")                            \
M(TARGET, "declassify", MANY, declassify, DECLASSIFY, false,                                         \
  "Where labels that came along with data do not count, and why. A label follows each column into "   \
  "every column that is made from it; nothing else takes it away. What `labels` gives stays.")        \
K(DECLASSIFY, "columns", COLUMNS, columns, NULL, 1, 1000, "", "", RELOAD,                            \
  "Patterns for `schema.table.column`: columns that labelled data flows into. Case counts.")         \
K(DECLASSIFY, "labels", LIST, labels, NULL, 1, 64, "", "", RELOAD,                                   \
  "The labels that do not count there; each must be one that the file gives somewhere.")             \
K(DECLASSIFY, "aggregates", LIST, aggregates, "", 1, 64, "", "", RELOAD,                             \
  "Only what gets there through one of these: `count`, `sum`, `avg`, `stddev`, ... of PostgreSQL, which " \
  "make one number out of many values. Of a single row it is that row's value: count is the safe one.") \
K(DECLASSIFY, "reason", TEXT, reason, NULL, 1, 500, "", "", RELOAD,                                  \
  "Why what lies there is harmless: it stands in the ledger beside each label that it takes away.")  \
M(TARGET, "canary", ONE, canary, CANARY, false,                                                      \
  "A statement that must be held or denied, sent through the front door every minute. When it flows, the " \
  "log says so as an error, `sluice status` shows it and the ledger keeps it.")                      \
K(CANARY, "statement", TEXT, statement, NULL, 1, 4000, "", "", RELOAD,                               \
  "SQL that does no harm should it ever run, such as `delete from customers where false`.")          \
K(CANARY, "identity", TEXT, identity, NULL, 1, 128, "", "", RELOAD,                                  \
  "Who sends it: an identity of its own (`sluice identity add canary --kind service`), with access.") \
K(CANARY, "token_file", TEXT, token_file, NULL, 1, 4000, "", "", RELOAD,                             \
  "File that holds its asking token. Relative to the configuration file.")                           \
K(CANARY, "every", DURATION, every_ms, "1m", 1000, 86400000, "", "", RELOAD,                         \
  "How often.")                                                                                      \
M(TARGET, "catalog", ONE, catalog, CATALOG, false,                                                   \
  "Who reads the target's definitions (tables, views, functions), without which every name is opaque.") \
K(CATALOG, "login", NAME, login, NULL, 1, 63, "", "", RELOAD,                                        \
  "The `name` of a login of the target that no rule elevates to; a role that may connect and nothing " \
  "else is enough. Left out, the login for everybody reads them; where logins are by group or by "    \
  "identity alone there is none.")                                                                   \
M(TOP, "policy", MANY, rules, RULE, false,                                                           \
  "The rules. Their order does not matter.")                                                         \
K(RULE, "name", NAME, name, NULL, 1, 128, "", "", RELOAD,                                            \
  "A sentence-like name, unique in the file; it is what clients and reviewers are shown.")           \
M(RULE, "when", ONE, name, WHEN, false,                                                              \
  "What the rule speaks of. A key that is left out does not matter; no keys at all: everything.")    \
K(WHEN, "identities", LIST, identities, "", 1, 1000, "", "", RELOAD,                                 \
  "Identity names; patterns allowed.")                                                               \
K(WHEN, "groups", LIST, groups, "", 1, 1000, "", "", RELOAD,                                         \
  "Groups that the identity is in; patterns allowed.")                                               \
K(WHEN, "identity_kind", KINDS, kinds, "", 1, 3, "", "human|agent|service", RELOAD,                  \
  "What kind of identity asks.")                                                                     \
K(WHEN, "targets", LIST, targets, "", 1, 1000, "", "", RELOAD,                                       \
  "Target names; patterns allowed.")                                                                 \
K(WHEN, "environment", LIST, environments, "", 1, 1000, "", "", RELOAD,                              \
  "Environments of targets; patterns allowed.")                                                      \
K(WHEN, "protocol", LIST, protocols, "", 1, 100, "", "", RELOAD,                                     \
  "Protocols of targets; patterns allowed.")                                                         \
K(WHEN, "effects", EFFECTS, effects, "", 1, 100, "",                                                 \
  "read|insert|update|delete|truncate|export|import|ddl|privilege|admin|program|call|session|opaque", RELOAD, \
  "What the action does; patterns allowed. In an allow rule only the word `opaque` itself names it, no " \
  "pattern does.")                                                                                   \
K(WHEN, "statements", LIST, statements, "", 1, 1000, "", "", RELOAD,                                 \
  "Command tags (`drop table`) or their first word (`drop`); patterns allowed, case does not count.") \
K(WHEN, "datasets", DATASETS, datasets, "", 1, 1000, "", "", RELOAD,                                 \
  "Patterns for `schema.table`. Hold and deny rules ignore case and also match a table whose schema is " \
  "not known; an allow rule compares exactly and covers such a table only by a pattern that fits any " \
  "schema.")                                                                                         \
K(WHEN, "labels", LIST, labels, "", 1, 64, "", "", RELOAD,                                           \
  "Labels of the data; patterns allowed. An allow rule covers an access only if it is labelled and all " \
  "of its labels are named.")                                                                        \
K(WHEN, "hours", HOURS, hours, "", 1, 100, "", "", RELOAD,                                           \
  "Times in UTC: `mon-fri 09:00-17:30`, `sat,sun 00:00-24:00`, `22:00-06:00`. A span over midnight "  \
  "belongs to the day on which it starts.")                                                          \
K(RULE, "then", VERDICT, then, NULL, 0, 0, "", "allow|hold|deny", RELOAD,                            \
  "The verdict.")                                                                                    \
M(RULE, "reviewers", ONE, reviewers, REVIEWERS, false,                                               \
  "Who decides. For hold rules, and for allow rules with a budget.")                                 \
K(REVIEWERS, "groups", LIST, groups, "", 1, 1000, "", "", RELOAD,                                    \
  "Active humans in these groups may decide.")                                                       \
K(REVIEWERS, "identities", LIST, identities, "", 1, 1000, "", "", RELOAD,                            \
  "These humans may decide.")                                                                        \
K(REVIEWERS, "need", NUMBER, need, "1", 1, 100, "people", "", RELOAD,                                \
  "How many different people must say yes.")                                                         \
K(RULE, "expires", DURATION, expires_ms, "15m", 1000, 2592000000, "", "", RELOAD,                    \
  "Time to decide; after it the action is denied.")                                                  \
K(RULE, "grant_ttl", DURATION, grant_ttl_ms, "5m", 1000, 86400000, "", "", RELOAD,                   \
  "Time to spend an approved grant.")                                                                \
K(RULE, "max_wait", DURATION, max_wait_ms, "", 1000, 2592000000, "", "", RELOAD,                     \
  "The longest time that a client is kept waiting; it then gets an error and may repeat the statement. " \
  "Left out: until `expires`.")                                                                      \
K(RULE, "in_transaction", CHOICE, in_transaction, "hold", 0, 0, "", "hold|refuse", RELOAD,           \
  "What happens to a held action inside a transaction that has taken locks: `hold` keeps it waiting "  \
  "(reviewers see the locks), `refuse` aborts the transaction.")                                     \
K(RULE, "reason", SWITCH, reason_required, "optional", 0, 0, "", "optional|required", RELOAD,        \
  "Whether the requester must say why (`SET sluice.reason = '...'`).")                               \
K(RULE, "proof", SWITCH, proof_passkey, "any", 0, 0, "", "any|passkey", RELOAD,                      \
  "`passkey`: only a decision that is signed with a passkey counts.")                                \
K(RULE, "keys", SWITCH, keys_device_bound, "any", 0, 0, "", "any|device-bound", RELOAD,              \
  "With `proof: passkey`. `device-bound`: only passkeys that say of themselves that they cannot be "  \
  "copied to another device.")                                                                       \
K(RULE, "decide_in", CHANNELS, decide_in, "", 1, 5, "", SL_DECIDE_IN_WORDS, RELOAD,                  \
  "Which channels may decide. Left out: all of them. Of several rules only what each of them allows " \
  "counts; people elsewhere are told, and where they may decide. `console`: a session of a browser; " \
  "`slack`, `teams`: a button in a message; `cli`, and `http` for everything else: as the caller says of " \
  "itself, so leave out both or neither.") \
K(RULE, "record", SWITCH, record_shape, "full", 0, 0, "", "full|shape", RELOAD,                      \
  "`shape`: literals are recorded as salted commitments only.")                                      \
K(RULE, "sync", SWITCH, sync, "held", 0, 0, "", "held|all", RELOAD,                                  \
  "`all`: what this rule matches is synced to disk before it runs, even when it is allowed.")        \
K(RULE, "notify", LIST, notify, "", 1, 100, "", "", RELOAD,                                          \
  "Where people are told about a hold, beside the console: the name of a `chat`, `name:channel` (`slack:C0PAY`), or " \
  "`name:@IDENTITY` (`slack:@rita`, in Slack alone): a message to that person, by their linked account; while they have " \
  "none, in the chat's `channel`. Left out: in the `channel` of each chat that has one.")          \
K(RULE, "envelope", SWITCH, envelope, "no", 0, 0, "", "no|yes", RELOAD,                              \
  "Of a hold rule. `yes`: one approval may be asked for many runs of one template, a SELECT that only its " \
  "literals differ in, with bounds (docs/envelopes.md). Every rule that holds it must say so.")        \
M(RULE, "escalate", ONE, escalate, ESCALATE, false,                                                  \
  "What happens once when nobody has decided in time: others are told, and may decide too. Never is " \
  "anything approved by it.")                                                                        \
K(ESCALATE, "after", DURATION, after_ms, NULL, 1000, 2592000000, "", "", RELOAD,                     \
  "How long after it was asked; less than the rule's `expires`. Of several rules the longest counts.") \
K(ESCALATE, "notify", LIST, notify, "", 1, 100, "", "", RELOAD,                                      \
  "Where it is told then, beside the rule's `notify`.")                                              \
M(ESCALATE, "reviewers", ONE, reviewers, REVIEWERS, false,                                           \
  "Who may decide from then on, beside the rule's `reviewers` and for their number.")                \
M(RULE, "elevate", ONE, elevate, ELEVATE, false,                                                     \
  "Of a hold rule: the granted statement runs as another login, on a connection of its own, which ends " \
  "with it. What the standing login may not do the server itself still refuses, whatever Sluice thinks.") \
K(ELEVATE, "login", NAME, login, NULL, 1, 63, "", "", RELOAD,                                        \
  "The `name` of a login of the target.")                                                            \
M(RULE, "budget", ONE, budget, BUDGET, false,                                                        \
  "For allow rules: how much is allowed before the action is held.")                                 \
K(BUDGET, "rows", COUNT, rows, "", 1, 9007199254740991, "rows", "", RELOAD,                          \
  "Rows that may leave.")                                                                            \
K(BUDGET, "bytes", SIZE64, bytes, "", 1, 9007199254740991, "bytes", "", RELOAD,                      \
  "Bytes that may leave.")                                                                           \
K(BUDGET, "statements", COUNT, statements, "", 1, 9007199254740991, "statements", "", RELOAD,        \
  "Statements that may run.")                                                                        \
K(BUDGET, "per", PER, per, "statement", 60000, 2592000000, "", "", RELOAD,                           \
  "`statement`, `run` (named by `SET sluice.run`; without a name: the session), or a duration such " \
  "as `1h`, which slides.")                                                                          \
K(BUDGET, "by", CHOICE, by, "identity", 0, 0, "", "identity|owner|run", RELOAD,                      \
  "Whose use is added up: the identity's, or that of its owner and all that the owner owns. " \
  "`run`: a run's of that owner.") \
M(TOP, "issuers", MANY, issuers, ISSUER, false,                                                      \
  "Identity providers whose word counts: people sign in with them, agents and CI jobs show their "   \
  "tokens. What an account may do is said by the identity that it is linked to (`sluice identity "    \
  "account`), never by the token alone.")                                                            \
K(ISSUER, "name", NAME, name, NULL, 1, 63, "", "", RELOAD,                                           \
  "A short name, unique in the file, for commands and pages: `sluice login corp`.")                  \
K(ISSUER, "issuer", TEXT, issuer, NULL, 1, 500, "", "", RELOAD,                                      \
  "Who tokens must say that they are from (`iss`), byte for byte, a slash at its end included: an address " \
  "that is https, or http to this machine. Where its keys are is read from there.")                  \
K(ISSUER, "kind", CHOICE, kind, "oidc", 0, 0, "", "oidc|github-actions|gitlab-ci|kubernetes", RELOAD, \
  "`oidc`: people, and services that have accounts. The others are systems whose jobs carry tokens; " \
  "which ones are let in is said by `jobs`.")                                                        \
K(ISSUER, "client_id", TEXT, client_id, "", 1, 255, "", "", RELOAD,                                  \
  "Sluice's own name at the provider, with which people sign in. Left out: nobody signs in there, tokens " \
  "that are shown are all that is taken.")                                                           \
K(ISSUER, "client_secret_file", TEXT, client_secret_file, "", 1, 4000, "", "", RELOAD,               \
  "File that holds the client's secret; a newline at its end does not count. Relative to the configuration " \
  "file, and best readable by Sluice alone. Left out: a public client, which PKCE protects.")         \
K(ISSUER, "client_secret_command", LIST, client_secret_command, "", 1, 64, "", "", RELOAD,           \
  "Program and arguments that print the secret; run by the supervisor. No shell.")                   \
K(ISSUER, "algorithms", ALGORITHMS, algorithms, "", 1, 4, "", "RS256|PS256|ES256|EdDSA", RELOAD,     \
  "What its tokens may be signed with. Left out: RS256 alone. A token never chooses.")               \
K(ISSUER, "audiences", LIST, audiences, "", 1, 20, "", "", RELOAD,                                   \
  "For whom a token that is shown must be (`aud`), one of these: a name that only Sluice has. Left out: " \
  "no tokens are taken. Never the `client_id`: a token from a sign-in is not one to ask with.")        \
K(ISSUER, "token_type", CHOICE, token_type, "", 0, 0, "", "at+jwt|jwt", RELOAD,                      \
  "What a token that is shown must call itself (`typ`). `at+jwt`: an access token (RFC 9068). `jwt`: `JWT`, " \
  "or nothing at all, where the provider has no other. Left out: `at+jwt`, and `jwt` for CI systems.") \
K(ISSUER, "max_lifetime", DURATION, max_lifetime_ms, "24h", 60000, 31622400000, "", "", RELOAD,      \
  "The longest that a token that is shown may be valid, from `iat` to `exp`.")                       \
K(ISSUER, "act", CHOICE, act, "refuse", 0, 0, "", "refuse|take", RELOAD,                             \
  "Tokens of one who acts for another (`act`, RFC 8693), shown to ask with. `take`: whoever acts asks, as the " \
  "identity that it is here; on whose behalf (`sub`), and whoever acted in between, decide nothing of it. Where " \
  "one of them is not known here, each rule needs two people.")                                      \
K(ISSUER, "scopes", LIST, scopes, "", 1, 20, "", "", RELOAD,                                         \
  "What a sign-in asks for; `openid` must be among them. Left out: openid and profile.")             \
K(ISSUER, "subject_claim", TEXT, subject_claim, "sub", 1, 200, "", "", RELOAD,                       \
  "The claim that says who somebody is there. `sub`, unless the provider gives each application another one and " \
  "has an id beside it that is as stable (Entra: `oid`). Names and addresses are refused: they are given to others. " \
  "Whoever changes it has to link accounts anew.")                                                   \
K(ISSUER, "scim_subject", CHOICE, scim_subject, "externalId", 0, 0, "", "externalId|userName", RELOAD, \
  "Which attribute of a user whom the provider pushes (docs/scim.md) is that subject, byte for byte.") \
K(ISSUER, "name_claim", TEXT, name_claim, "name", 1, 200, "", "", RELOAD,                            \
  "The claim that people are called by on pages. It identifies nobody.")                             \
K(ISSUER, "groups_claim", TEXT, groups_claim, "", 1, 200, "", "", RELOAD,                            \
  "The claim that lists a person's groups, such as `groups`, or a path such as `/realm_access/roles`. Left " \
  "out: tokens say nothing of groups; the provider may push them (docs/scim.md). A person in more groups than a token can list is not signed in.")  \
K(ISSUER, "group_prefix", TEXT, group_prefix, "", 1, 63, "", "", RELOAD,                             \
  "What the provider's groups are called here: this, and their name behind it.")                     \
M(ISSUER, "groups", MANY, groups, ISSUER_GROUP, false,                                               \
  "Which of the provider's groups count, and as which; others are left out. One of `group_prefix` and " \
  "`groups` where there is a `groups_claim`, or where groups are pushed.")                                                       \
K(ISSUER_GROUP, "theirs", TEXT, theirs, NULL, 1, 255, "", "", RELOAD,                                \
  "The group as the claim has it: a name, or an id.")                                                \
K(ISSUER_GROUP, "ours", NAME, ours, NULL, 1, 128, "", "", RELOAD,                                    \
  "The group here.")                                                                                 \
K(ISSUER, "mfa_acr", LIST, mfa_acr, "", 1, 20, "", "", RELOAD,                                       \
  "What `acr` says of a sign-in with more than one factor: one of these is asked for, and must be there, " \
  "before a passkey is enrolled. Left out: a sign-in there says nothing of more than one factor, and is not " \
  "enough for that.")                                                                                \
K(ISSUER, "provision", CHOICE, provision, "none", 0, 0, "", "none|people", RELOAD,                   \
  "`people`: whoever signs in for the first time becomes an identity, human, with the groups that the token " \
  "gives. `none`: only accounts that somebody linked.")                                              \
K(ISSUER, "ca_file", TEXT, ca_file, "", 1, 4000, "", "", RELOAD,                                     \
  "Certificates to trust when it is asked, in PEM form; left out, the system's.")                    \
K(ISSUER, "keys_max_stale", DURATION, keys_max_stale_ms, "1h", 0, 604800000, "", "", RELOAD,         \
  "How long its keys are believed when it does not answer. After that nobody signs in.")             \
M(ISSUER, "jobs", MANY, jobs, JOB, false,                                                            \
  "Of CI systems: which jobs are which identity here. Each is known by an id that is never given to another; a " \
  "name alone is refused, for whoever gets that name next would be let in.")                         \
K(JOB, "identity", NAME, identity, NULL, 1, 128, "", "", RELOAD,                                     \
  "The agent or service that the job is.")                                                           \
K(JOB, "repository_id", TEXT, repository_id, "", 1, 20, "", "", RELOAD,                              \
  "Of github-actions: the repository's id (`gh api repos/OWNER/NAME --jq .id`).")                    \
K(JOB, "repository", TEXT, repository, "", 1, 200, "", "", RELOAD,                                   \
  "And its name, `owner/name`, for readers of this file: where it is given it must be the token's too.") \
K(JOB, "project_id", TEXT, project_id, "", 1, 20, "", "", RELOAD,                                    \
  "Of gitlab-ci: the project's id.")                                                                 \
K(JOB, "project_path", TEXT, project_path, "", 1, 400, "", "", RELOAD,                               \
  "And its path, as with `repository`.")                                                             \
K(JOB, "namespace", TEXT, k8s_namespace, "", 1, 63, "", "", RELOAD,                                  \
  "Of kubernetes: the service account's namespace.")                                                 \
K(JOB, "service_account_uid", TEXT, service_account_uid, "", 1, 63, "", "", RELOAD,                  \
  "And its uid (`kubectl get serviceaccount NAME -o jsonpath={.metadata.uid}`).")                    \
K(JOB, "service_account", TEXT, service_account, "", 1, 253, "", "", RELOAD,                         \
  "And its name, as with `repository`.")                                                             \
K(JOB, "ref", TEXT, ref, "", 1, 300, "", "", RELOAD,                                                 \
  "Only jobs of this branch or tag, in full: `refs/heads/main`, `refs/tags/v*`; patterns allowed. Left out: of " \
  "any.")                                                                      \
K(JOB, "environment", TEXT, environment, "", 1, 255, "", "", RELOAD,                                 \
  "Only jobs of this deployment environment; patterns allowed.")                                     \
K(JOB, "workflow", TEXT, workflow, "", 1, 500, "", "", RELOAD,                                       \
  "Only jobs of this workflow file (GitHub: `job_workflow_ref`, GitLab: `ci_config_ref_uri`); patterns allowed.") \
M(TOP, "hooks", MANY, hooks, HOOK, false,                                                            \
  "Who else is told what the ledger says: webhooks, and a SIEM (docs/hooks.md). The ledger is the spool: each " \
  "has its own place in it, and what a receiver misses while it is away is told when it is back.")   \
K(HOOK, "name", NAME, name, NULL, 1, 63, "", "", RELOAD,                                             \
  "A short name, unique in the file. Its place in the ledger belongs to it: whoever is removed and comes back " \
  "under the same name is told what was missed.")                                                    \
K(HOOK, "url", TEXT, url, NULL, 1, 2000, "", "", RELOAD,                                             \
  "Where it listens: `https://`, or `http://` to this machine; for syslog `syslog+tls://host:6514`. Nothing else " \
  "is called, and no redirect is followed. Where the policy's text is recorded or shown only the host of it " \
  "stands, and a digest: the rest may be a secret of the receiver.")                                 \
K(HOOK, "format", CHOICE, format, "cloudevents", 0, 0, "", SL_HOOK_FORMAT_WORDS, RELOAD,             \
  "`cloudevents`: one CloudEvents 1.0 event in each POST, signed as Standard Webhooks has it. `ocsf`: arrays of " \
  "OCSF 1.8 events. `syslog`: RFC 5424 over TLS.")                                                   \
K(HOOK, "events", HOOK_EVENTS, events, "", 1, 20, "", SL_HOOK_EVENT_WORDS, RELOAD,                   \
  "What it is told. Left out: everything but `actions` and `sessions`, which are as many as statements and " \
  "connections.")                                                                                    \
K(HOOK, "from", CHOICE, from, "now", 0, 0, "", "now|start", RELOAD,                                  \
  "Where a new hook begins: with what comes next, or with the ledger's first entry.")                \
K(HOOK, "secret_file", TEXT, secret_file, "", 1, 4000, "", "", RELOAD,                               \
  "File with the secret that webhooks are signed with, `whsec_` and base64; while it changes both, one a line. " \
  "Relative to the configuration file, and best readable by Sluice alone. One of the two is required for " \
  "cloudevents.")                                                                                    \
K(HOOK, "secret_command", LIST, secret_command, "", 1, 64, "", "", RELOAD,                           \
  "Program and arguments that print the secret; run by the supervisor. No shell.")                   \
K(HOOK, "token_file", TEXT, token_file, "", 1, 4000, "", "", RELOAD,                                 \
  "For ocsf: file with a token that is sent as `Authorization: Bearer`.")                            \
K(HOOK, "ca_file", TEXT, ca_file, "", 1, 4000, "", "", RELOAD,                                       \
  "Certificates to trust when it is called, in PEM form; left out, the system's.")                   \
M(TOP, "chat", MANY, chats, CHAT, false,                                                             \
  "Chats in which people are told of what is held, and may decide where its rules let them (docs/slack.md, " \
  "docs/teams.md).")                                                                                 \
K(CHAT, "name", NAME, name, NULL, 1, 63, "", "", RELOAD,                                             \
  "A short name, unique in the file; rules name it in `notify`.")                                    \
K(CHAT, "kind", CHOICE, kind, "slack", 0, 0, "", SL_CHAT_KIND_WORDS, RELOAD,                         \
  "What it is. `teams-workflow` is a link that Teams gives for a channel: people are told there, and nobody " \
  "decides.")                                                                                        \
K(CHAT, "mode", CHOICE, mode, "socket", 0, 0, "", "socket|http", RELOAD,                             \
  "Of slack: how clicks come. `socket`: over a connection that Sluice opens (Socket Mode), so nobody has to reach " \
  "it. `http`: Slack calls `<public_url>/v1/chat/<name>`, and signs it. (Teams always calls there.)") \
K(CHAT, "team", TEXT, team, "", 2, 40, "", "", RELOAD,                                               \
  "Of slack: the workspace's id (`T...`). Nobody of another one decides, and no guest does.")        \
K(CHAT, "app_id", TEXT, app, "", 36, 36, "", "", RELOAD,                                             \
  "Of teams: the bot's App ID, a GUID in small letters, as the Azure portal shows it.")              \
K(CHAT, "tenant", TEXT, tenant, "", 36, 36, "", "", RELOAD,                                          \
  "Of teams: the id of your tenant, a GUID in small letters. Nobody of another one decides, and no guest does.") \
K(CHAT, "issuer", NAME, issuer, "", 1, 63, "", "", RELOAD,                                           \
  "The entry of `issuers` by which people sign in there (Sign in with Slack; Entra of the tenant, with " \
  "`subject_claim: oid`): its accounts are who they are here. Left out: nobody decides in this chat, it tells and " \
  "links.")                                                                                          \
K(CHAT, "channel", TEXT, channel, "", 2, 512, "", "", RELOAD,                                        \
  "For what is held by rules that name no other in `notify`: the channel's id (`C...`), or of teams the " \
  "conversation's (`19:...@thread.tacv2`; `sluice chats` tells those that the bot was added to). Left out: such " \
  "things are not told there.")                                                                      \
K(CHAT, "service", TEXT, service, "", 1, 256, "", "", RELOAD,                                        \
  "Of teams: the address of the Connector for conversations that Teams has told nothing about yet, with a slash at " \
  "the end. Left out: the one that Microsoft names for all of them. What Teams says of a conversation counts before " \
  "it.")                                                                                             \
K(CHAT, "show", CHOICE, show, "statement", 0, 0, "", "statement|link", RELOAD,                       \
  "`statement`: messages have the statement, with passwords masked, for everybody in the channel to read. `link`: " \
  "they say who wants what kind of thing where, and the rest is behind the link; then nobody decides in the chat, " \
  "for a message that does not show everything may not decide it.")                                  \
K(CHAT, "bot_token_file", TEXT, bot_token_file, "", 1, 4000, "", "", RELOAD,                         \
  "Of slack: file with the bot's token (`xoxb-...`), best readable by Sluice alone; relative to the configuration " \
  "file.")                                                                                           \
K(CHAT, "app_token_file", TEXT, app_token_file, "", 1, 4000, "", "", RELOAD,                         \
  "File with the app-level token (`xapp-...`) for `mode: socket`.")                                  \
K(CHAT, "signing_secret_file", TEXT, signing_secret_file, "", 1, 4000, "", "", RELOAD,               \
  "File with the signing secret for `mode: http`.")                                                  \
K(CHAT, "client_secret_file", TEXT, client_secret_file, "", 1, 4000, "", "", RELOAD,                 \
  "Of teams: file with a client secret of the bot's app, best readable by Sluice alone.")            \
K(CHAT, "url_file", TEXT, url_file, "", 1, 4000, "", "", RELOAD,                                     \
  "Of teams-workflow: file with the link that Teams gave, best readable by Sluice alone: whoever has it can post " \
  "there. It is read at the start and at a reload.")                                                 \
K(CHAT, "api", TEXT, api, "", 1, 2000, "", "", RELOAD,                                               \
  "Where its API is called, `https://` or `http://` to this machine, with a slash at the end. Nothing else is " \
  "called, but for the socket that it names, on the same host or one below it. Left out: `https://slack.com/api/`, " \
  "or of teams Microsoft's public cloud (login.microsoftonline.com, login.botframework.com, "        \
  "smba.trafficmanager.net); with it, all three are below that one address.")                        \
K(CHAT, "ca_file", TEXT, ca_file, "", 1, 4000, "", "", RELOAD,                                       \
  "Certificates to trust when it is called, in PEM form; left out, the system's.")
/* clang-format on */

#endif
