/* The ways around a gateway, as questions to the server. Each is one read-only query; a row is a
 * finding. */
#include "cli/check_live_int.h"

#include "base/utf8.h"
#include "core/catalog/catalog.h"

#include <string.h>

/* Every query returns one text column: what was found. `advice` follows it. */
struct question {
    const char *sql, *advice;
    bool only_a_note;
};

static const struct question questions[] = {
    {"select 'the login is a superuser, whom the server''s own rights do not bind' from pg_roles "
     "where rolname = current_user and rolsuper",
     "use a role with only the rights that are needed"},
    {"select 'the login may create roles' from pg_roles where rolname = current_user and "
     "rolcreaterole and not rolsuper",
     "alter role ... nocreaterole: with it one can make a way around the gate"},
    {"select 'the login may start replication, which reads everything' from pg_roles "
     "where rolname = current_user and rolreplication and not rolsuper",
     "alter role ... noreplication"},
    {"select 'the login bypasses row policies' from pg_roles where rolname = current_user and "
     "rolbypassrls "
     "and not rolsuper",
     "alter role ... nobypassrls"},
    {"select 'the login is a member of ' || r.rolname from pg_roles r where r.rolname in "
     "('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', "
     "'pg_signal_backend', "
     "'pg_read_all_data', 'pg_write_all_data', 'pg_database_owner') and pg_has_role(current_user, "
     "r.oid, 'member') "
     "and not (select rolsuper from pg_roles where rolname = current_user)",
     "revoke it: it reaches files, programs or all data whatever the tables' grants say"},
    {"select 'the login owns ' || count(*) || ' tables and views, ' || min(c.oid::regclass::text) "
     "|| ' among them' "
     "from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace not in "
     "('pg_catalog'::regnamespace, "
     "'information_schema'::regnamespace) and c.relowner = (select oid from pg_roles where rolname "
     "= current_user) having count(*) > 0",
     "let another role own them and grant what is needed: an owner can change, grant and drop"},
    {"select 'the login may create objects in schema ' || nspname from pg_namespace where nspname "
     "= 'public' "
     "and has_schema_privilege(oid, 'create') and not (select rolsuper from pg_roles where rolname "
     "= current_user)",
     "revoke create on schema public: a planted function or table can stand in for another"},
    {"select 'the extension ' || extname || ' is installed' from pg_extension where extname in "
     "('dblink', 'postgres_fdw', 'file_fdw', 'plperlu', 'plpython3u', 'plpythonu', 'pltclu', "
     "'pg_cron', 'adminpack')",
     "drop it if nobody needs it: it reaches other servers, files or programs, or runs code later"},
    {"select 'the untrusted language ' || lanname || ' is installed' from pg_language "
     "where lanpltrusted = false and lanname not in ('internal', 'c') and lanname not in "
     "(select extname from pg_extension)",
     "drop it if nobody needs it: its functions are programs on the server"},
    {"select 'foreign server ' || srvname || ' is defined' from pg_foreign_server",
     "make sure that it leads nowhere that the gate should guard", true},
    {"select 'role ' || usename || ' is connected from ' || coalesce(host(client_addr), 'the "
     "server itself') || "
     "' without the gate (' || coalesce(nullif(application_name, ''), 'no application name') || "
     "')' "
     "from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and "
     "datname = current_database() and client_addr is not "
     "null and "
     "client_addr is distinct from inet_client_addr() and not (inet_client_addr() is null and "
     "client_addr << "
     "'127.0.0.0/8') limit 20",
     "let only Sluice's host in (pg_hba.conf, firewall)"},
    {"select 'roles that can log in to this database past the gate: ' || string_agg(rolname, ', ' "
     "order by rolname) "
     "from (select rolname from pg_roles where rolcanlogin and rolname <> current_user and "
     "has_database_privilege(oid, current_database(), 'connect') order by rolname limit 20) r "
     "having count(*) > 0",
     "revoke connect from them, or let only Sluice's host in (pg_hba.conf)", true},
    {"select 'where other sessions come from is hidden from this login' where not "
     "pg_has_role(current_user, 'pg_read_all_stats', 'member')",
     "as a superuser, look at select usename, client_addr, application_name from pg_stat_activity",
     true},
};

static const struct question pg_hba[] = {
    {"select 'pg_hba.conf line ' || line_number || ' lets ' || array_to_string(user_name, ',') || "
     "' in without a "
     "password (trust, ' || type || coalesce(' ' || address, '') || ')' from pg_hba_file_rules "
     "where auth_method = 'trust' and error is null",
     "use scram-sha-256"},
    {"select 'pg_hba.conf line ' || line_number || ' lets any role in from ' || coalesce(address, "
     "'anywhere') "
     "from pg_hba_file_rules where 'all' = any(user_name) and auth_method not in ('reject', "
     "'trust') and "
     "type like 'host%' and (address is null or address in ('all', '0.0.0.0', '::', '0.0.0.0/0', "
     "'::/0'))",
     "name Sluice's host and its login"},
};

static void ask(struct sl_live *l, const struct question *q)
{
    PGresult *r = PQexec(l->conn, q->sql);

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        sl_buf_say(sl_live_note(l), "a question could not be asked (SQLSTATE %s)\n",
                   PQresultErrorField(r, PG_DIAG_SQLSTATE) == NULL
                       ? "none"
                       : PQresultErrorField(r, PG_DIAG_SQLSTATE));
    for (int i = 0; PQresultStatus(r) == PGRES_TUPLES_OK && i < PQntuples(r); i++) {
        struct sl_buf *b = q->only_a_note ? sl_live_note(l) : sl_live_found(l);
        sl_utf8_put_printable(b, sl_span_str(PQgetvalue(r, i, 0)));
        sl_buf_say(b, "; %s\n", q->advice);
    }
    PQclear(r);
}

static bool may_read_pg_hba(struct sl_live *l)
{
    PGresult *r =
        PQexec(l->conn, "select has_function_privilege('pg_hba_file_rules()', 'execute') and "
                        "has_table_privilege('pg_hba_file_rules', 'select')");
    bool may = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 &&
               strcmp(PQgetvalue(r, 0, 0), "t") == 0;

    PQclear(r);
    return may;
}

static void look_at_version(struct sl_live *l)
{
    uint32_t version = (uint32_t)PQserverVersion(l->conn);
    bool allowed = l->target->untested_allowed;

    if (version / 10000 > 15)
        sl_buf_say(sl_live_note(l),
                   "the server is PostgreSQL %u; what its grammar added since 15 is opaque\n",
                   version / 10000);
    if (sl_catalog_tested(version))
        return;
    struct sl_buf *b = allowed ? sl_live_note(l) : sl_live_found(l);
    sl_buf_say(b, "the server is PostgreSQL %u; Sluice was tested on ", version / 10000);
    sl_catalog_put_tested(b);
    sl_buf_put_str(b, allowed ? "\n"
                              : "; nobody can connect unless the target says untested: allow\n");
}

static void look_at_password(struct sl_live *l)
{
    if (PQconnectionUsedPassword(l->conn))
        return;
    if (l->has_password)
        sl_buf_put_str(sl_live_found(l),
                       "the server did not ask for the password, so others may come in "
                       "without one too; use scram-sha-256 in pg_hba.conf\n");
    else
        sl_buf_put_str(sl_live_found(l),
                       "the server asks for no password (trust, peer or a certificate); use "
                       "scram-sha-256 unless only Sluice's own account can come this way\n");
}

/* A label on a column that does not exist protects nothing. */
static void look_at_labels(struct sl_live *l)
{
    PGresult *r = PQexec(
        l->conn,
        "select n.nspname || '.' || c.relname, a.attname from pg_class c join "
        "pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid "
        "where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped");
    int rows = PQresultStatus(r) == PGRES_TUPLES_OK ? PQntuples(r) : 0;

    for (size_t i = 0; i < l->target->label_count && rows > 0; i++) {
        struct sl_target one = *l->target;
        bool hit = false;
        one.labels = &l->target->labels[i];
        one.label_count = 1;
        for (int row = 0; row < rows && !hit; row++) {
            struct sl_span column = sl_span_str(PQgetvalue(r, row, 1));
            struct sl_meaning_access access = {.dataset = sl_span_str(PQgetvalue(r, row, 0)),
                                               .columns = &column,
                                               .column_count = 1};
            hit = sl_labels_of(l->config, &one, &access, NULL) != 0;
        }
        if (!hit)
            sl_buf_say(sl_live_found(l),
                       "label %S fits no table or column of the database; correct its "
                       "patterns\n",
                       l->target->labels[i].labels.items[0]);
    }
    PQclear(r);
}

/* --- logins that rules elevate to, and the one that reads the catalog --- */

static bool is_elevated_to(const struct sl_target *t, const struct sl_login *login)
{
    for (size_t i = 0; login->name.n > 0 && i < t->applying_count; i++)
        if (sl_span_eq(t->applying[i]->elevate.login, login->name))
            return true;
    return false;
}

/* 't' where this login is a member of the other, or is it, and where the other is one of this.
 * Superusers count as members of everything: they are told apart from this. */
static void ask_membership(struct sl_live *l, const char *other)
{
    const char *values[] = {other};
    PGresult *r = PQexecParams(
        l->conn,
        "select not m.rolsuper and pg_has_role(m.oid, o.oid, 'member'), not o.rolsuper and "
        "pg_has_role(o.oid, m.oid, 'member') from pg_roles m, pg_roles o where m.rolname = "
        "current_user and o.rolname = $1",
        1, NULL, values, NULL, NULL, 0);
    bool answered = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1;

    if (answered && strcmp(PQgetvalue(r, 0, 0), "t") == 0)
        sl_buf_say(sl_live_found(l),
                   "the login is, or is a member of, %s, to which rules elevate; revoke %s from "
                   "it: as it stands whatever Sluice lets through may become that role, and the "
                   "server refuses nothing\n",
                   other, other);
    else if (answered && strcmp(PQgetvalue(r, 0, 1), "t") == 0)
        sl_buf_say(sl_live_note(l),
                   "%s, to which rules elevate, is a member of the login; make sure that it is "
                   "meant to have the login's rights too\n",
                   other);
    PQclear(r);
}

static void look_at_elevation(struct sl_live *l)
{
    const struct sl_target *t = l->target;

    for (size_t i = 0; l->login->name.n == 0 && i < t->login_count; i++) {
        SL_BUF(other, 256);
        if (is_elevated_to(t, &t->logins[i]) && sl_live_user(&t->logins[i], l->identity, &other))
            ask_membership(l, sl_buf_text(&other));
    }
}

static void look_at_reader(struct sl_live *l)
{
    const struct question rights = {
        "select 'the login reads the catalog, and has rights on ' || count(*) || ' tables and "
        "views, ' || min(c.oid::regclass::text) || ' among them' from pg_class c where c.relkind "
        "in ('r', 'p', 'v', 'm', 'f') and c.relnamespace not in ('pg_catalog'::regnamespace, "
        "'information_schema'::regnamespace) and has_table_privilege(c.oid, 'select, insert, "
        "update, delete, truncate, references, trigger') having count(*) > 0",
        "revoke them: it needs to connect, nothing else", true};

    if (l->login->name.n > 0 && sl_span_eq(l->login->name, l->target->catalog.login))
        ask(l, &rights);
}

void sl_live_look(struct sl_live *l)
{
    look_at_version(l);
    look_at_password(l);
    for (size_t i = 0; i < SL_COUNT(questions); i++)
        ask(l, &questions[i]);
    if (may_read_pg_hba(l))
        for (size_t i = 0; i < SL_COUNT(pg_hba); i++)
            ask(l, &pg_hba[i]);
    else
        sl_buf_put_str(sl_live_note(l),
                       "pg_hba.conf cannot be read by this login; as a superuser, look at "
                       "select * from pg_hba_file_rules for trust lines and other hosts\n");
    look_at_labels(l);
    look_at_elevation(l);
    look_at_reader(l);
}
