/* The start-up listing of a PostgreSQL database: what the judge may take for granted about names.
 *
 * Three parts. The gate runs sl_catalog_queries on its side connection and feeds each row to a
 * builder; the builder makes compact snapshot bytes; judges open those bytes with a strict reader.
 * A judge maps what a gate sent, and a gate may be hostile: the reader checks every offset, count
 * and the order of every table once, and then looks up by binary search without any further trust.
 *
 * The listing says only what is plain. A relation may be read (SL_RELATION_READ) when reading it
 * runs no code of the database's users: an ordinary table without row security, rules, inheritance,
 * foreign or partitioned parts, with built-in column types and indexes. Inserting and changing need
 * more: no triggers, no cascades, no expressions that call functions of users. Everything else is
 * listed with the reason why it is not plain, and with the *definitions* that say what it does
 * instead (struct sl_part): a judge that understands them all need not call it opaque.
 *
 * Kept out of the listing: temporary objects of sessions, rights.
 */
#ifndef SL_CORE_CATALOG_CATALOG_H
#define SL_CORE_CATALOG_CATALOG_H

#include "base/arena.h"
#include "base/buf.h"

enum { SL_CATALOG_MAX_BYTES = 32 * 1024 * 1024, SL_CATALOG_MAX_ROWS = 1000 * 1000 };

/* What one definition may be long: a longer one has an empty text, which nobody understands. */
enum { SL_CATALOG_MAX_TEXT = 1024 * 1024 };

/* Statements for the simple protocol, in order; each row goes to sl_catalog_row. They need no
 * special rights. The first opens a read-only snapshot and the last one ends it. */
extern const char *const sl_catalog_queries[];
extern const size_t sl_catalog_query_count;

/* Instead of the second statement: the texts that the server can only write when it may lock the
 * tables they speak of stay empty. For when one of them is locked (SQLSTATE 55P03). */
extern const char sl_catalog_without_texts[];

/* One row with one field: another text whenever anything moved that the listing holds. Asked before
 * the listing is read, outside of its transaction. */
extern const char sl_catalog_fingerprint_query[];

/* Rows of two fields: "schema.relation" and how many rows the server believes it has. What was
 * never looked at (VACUUM, ANALYZE) does not come. */
extern const char sl_catalog_sizes_query[];

/* One row: search_path, current_user, session_user, standard_conforming_strings ("on"),
 * client_encoding, session_replication_role, the settings that decide what a value means (as one
 * text, "DateStyle=ISO, MDY; ..."), the names of its temporary relations and types ("/a/b/";
 * empty: it has none; "*": too many or too odd to tell), role. For reading a session's context
 * back. */
extern const char sl_catalog_session_query[];

enum sl_relation_flag {
    SL_RELATION_READ = 1 << 0,
    SL_RELATION_INSERT = 1 << 1,
    SL_RELATION_CHANGE = 1 << 2,   /* update, delete, truncate */
    SL_RELATION_REG_TYPE = 1 << 3, /* has a column of a reg* type: its literals name objects */
};

/* Why it is not plain; the judge tells it to people. */
#define SL_CATALOG_REASONS(X)                                                              \
    X(PLAIN, "is a plain table")                                                           \
    X(VIEW, "is a view")                                                                   \
    X(MATVIEW, "is a materialized view")                                                   \
    X(FOREIGN, "is a foreign table")                                                       \
    X(PARTITIONED, "is partitioned or a partition")                                        \
    X(OTHER_KIND, "is not a table")                                                        \
    X(ROW_SECURITY, "has row security policies")                                           \
    X(RULES, "has rewrite rules")                                                          \
    X(INHERITANCE, "takes part in inheritance")                                            \
    X(USER_TYPE, "has a column of a type that is not built in")                            \
    X(USER_INDEX, "has an index, a constraint or statistics that call functions of users") \
    X(DEFAULTS, "has defaults or generated columns that call functions of users")          \
    X(TRIGGERS, "has triggers")                                                            \
    X(CASCADES, "is referred to by a foreign key that cascades")                           \
    X(DOMAIN_TYPE, "has a column of a domain type")

enum sl_catalog_reason {
#define SL_CATALOG_REASON_NAME(name, text) SL_CATALOG_##name,
    SL_CATALOG_REASONS(SL_CATALOG_REASON_NAME)
#undef SL_CATALOG_REASON_NAME
        SL_CATALOG_REASON_COUNT
};
const char *sl_catalog_reason_text(enum sl_catalog_reason reason);

/* Facts about the whole database. */
enum sl_catalog_fact {
    SL_CATALOG_USER_CASTS = 1 << 0,     /* a user's cast between types that are otherwise harmless,
                                         * or a user's default way to sort or hash one */
    SL_CATALOG_EVENT_TRIGGERS = 1 << 1, /* DDL runs functions of users */
};

/* --- building ------------------------------------------------------------------------------- */

struct sl_catalog_builder;

enum sl_err sl_catalog_builder_new(struct sl_catalog_builder **out) SL_MUST_CHECK;
void sl_catalog_builder_free(struct sl_catalog_builder *b); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_catalog_builder, sl_catalog_builder)

/* One row of any of the queries; a NULL field has p == NULL. Rows of the first and last statement
 * do not exist. The first field says what it is:
 *   R schema name kind problems [oid]        problems: letters, any of "suphkidtc"
 *   C schema relation number column type     type: enum sl_column_type
 *   N kind schema name
 *   P owner schema name kind num about text  a definition; num in decimal
 *   X fact SL_EMALFORMED when the row is none of ours, SL_ELIMIT, SL_EMEMORY. */
enum sl_err sl_catalog_row(struct sl_catalog_builder *b, const struct sl_span *fields, size_t count)
    SL_MUST_CHECK;
/* Appends the snapshot. The same rows in any order give the same bytes. */
enum sl_err sl_catalog_finish(struct sl_catalog_builder *b, struct sl_buf *out) SL_MUST_CHECK;

/* --- reading -------------------------------------------------------------------------------- */

struct sl_catalog { /* a view into the snapshot bytes; they must stay */
    struct sl_span bytes;
    uint32_t facts;
    uint32_t relation_count, column_count, name_count, part_count, text_bytes;
};

/* SL_EMALFORMED, SL_ELIMIT. */
enum sl_err sl_catalog_open(struct sl_span bytes, struct sl_catalog *out) SL_MUST_CHECK;

struct sl_relation {
    struct sl_span schema, name;
    uint32_t flags; /* enum sl_relation_flag */
    enum sl_catalog_reason read_why, insert_why, change_why;
    uint8_t kind;      /* pg_class.relkind: r p v m f S */
    uint32_t problems; /* bits 1 << enum sl_catalog_reason: all of them */
    uint32_t oid;      /* 0 when no server gave it one */
    uint32_t first_column, column_count;
};
bool sl_catalog_relation(const struct sl_catalog *c, struct sl_span schema, struct sl_span name,
                         struct sl_relation *out);
/* index 0 .. relation_count-1, in order of schema and name. */
struct sl_relation sl_catalog_relation_at(const struct sl_catalog *c, uint32_t index);

enum sl_column_type {
    SL_COLUMN_BUILTIN = 'b',
    SL_COLUMN_REG = 'r',
    SL_COLUMN_ENUM = 'e',
    SL_COLUMN_DOMAIN = 'd',
    SL_COLUMN_OTHER = 'u'
};
struct sl_column {
    struct sl_span name;
    enum sl_column_type type;
    uint16_t number; /* pg_attribute.attnum */
};
/* at 0 .. relation->column_count-1, in the table's own order. */
struct sl_column sl_catalog_column(const struct sl_catalog *c, const struct sl_relation *r,
                                   uint32_t at);
bool sl_catalog_find_column(const struct sl_catalog *c, const struct sl_relation *r,
                            struct sl_span name, struct sl_column *out);

/* Names that users made. kind: 'f' function, 'o' operator, 'e' enum type, 't' any other type; and
 * 's', all schemas (a schema lies in itself). */
bool sl_catalog_has_name(const struct sl_catalog *c, uint8_t kind, struct sl_span name);
bool sl_catalog_has_name_in(const struct sl_catalog *c, uint8_t kind, struct sl_span schema,
                            struct sl_span name);

/* --- definitions --------------------------------------------------------------------------- */

/* One definition that belongs to something which users made. `num`, `about` and `text` by kind; SQL
 * is as the server's own pg_get_*def functions write it with an empty search_path, so every name in
 * it that is not of pg_catalog carries its schema. An empty text where SQL belongs is a
 * definition that could not be read (too long, or its tables were locked): nobody understands it.
 *
 * owner 'r', a relation:
 *   'v' query of a view or materialized view
 *   'd' default or generation expression     about: column; num: 1 generated
 *   'k' CHECK or EXCLUDE constraint          text: pg_get_constraintdef
 *   'i' index with expressions, a predicate or an operator class of users; extended statistics
 *   'm' function of such an operator class   about, text: schema and name
 *   't' trigger, enabled                     text: CREATE TRIGGER; num: tgenabled (O, A, R)
 *   'p' row policy                           text: an expression (USING or CHECK);
 *                                            num: polcmd (*, r, a, w, d)
 *   'u' rewrite rule, enabled                text: CREATE RULE; num: ev_enabled
 *   'h' child (partition, inheritance)       about, text: its schema and name
 *   'a' the other way round: parent          about, text: its schema and name; made of the 'h'
 *   'b' column of the partition key          about: column; num: 1 of a key above it
 *   'w' column that gets what another one is changed to (ON UPDATE CASCADE)
 *                                            about: column; text: the other table's column
 *   'c' referred to by a foreign key that cascades
 *                                            about, text: schema and name of the one that refers;
 *                                            num: confdeltype << 8 | confupdtype (letters)
 *   'x' foreign table                        about: its server
 * owner 'f', a function, procedure or aggregate; one of these for each overload (same num >> 16):
 *   'f' text: CREATE FUNCTION, empty where the language is not sql or plpgsql (or too long);
 *       about: language; num: overload << 16 | flags of enum sl_code_flag
 *   'n' how many arguments it takes          num: overload << 16 | least << 8 | most (255: no end)
 *   'e' it belongs to an extension           about: extension; num: overload << 16
 *   'g' function that an aggregate calls     about, text: schema and name; num: overload << 16
 * owner 'o', an operator:
 *   'o' the function behind it, behind its negator or commutator, or put into one of their families
 *                                                                      about, text: schema and
 * name; num: 1 prefix, 2 infix; + 16 when a planner function of users stands behind it, too;
 *       + 32 when it takes nothing but values of users' own types (as 256 below)
 * owner 't', a type:
 *   'y' what it is                           about: typtype (b, c, d, e, r, m); text: extension
 *   'k' CHECK constraint of a domain         text: pg_get_constraintdef
 *   'b' base type of a domain, subtype of a range      about, text: schema and name
 *   'f' input, output, receive, send, typmod, analyze, subscript function of users
 *                                            about, text: schema and name
 * owner 'x', the database (schema and name are "x"):
 *   'a' function of a cast                   about, text: schema and name;
 *       num: castcontext (e explicit, a assignment, i implicit), + 256 when one of its types is
 *       users' own (neither an enum nor a domain): it runs only where there is a value of that type
 *   'o' support function of a default operator class of users    about, text: schema and name;
 *       num: 256 as above, else 0
 *   't' function of an enabled event trigger  about, text: schema and name
 *   'v' server version                       num: server_version_num
 */
struct sl_part {
    uint8_t owner, kind;
    uint32_t num;
    struct sl_span schema, name; /* of the owner */
    struct sl_span about, text;
};

enum sl_code_flag {
    SL_CODE_SECURITY_DEFINER = 1 << 0,
    SL_CODE_SETTINGS = 1 << 1, /* it has SET clauses of its own */
    SL_CODE_AGGREGATE = 1 << 2,
    SL_CODE_PROCEDURE = 1 << 3,
    SL_CODE_WINDOW = 1 << 4,
    SL_CODE_SETOF = 1 << 5,
    SL_CODE_TRIGGER = 1 << 6, /* returns trigger or event_trigger */
    SL_CODE_VOLATILE = 1 << 7,
    SL_CODE_STABLE = 1 << 8,
};

struct sl_parts {
    uint32_t first, count;
};
/* The parts of one owner, or of all owners with this name; ordered by schema, kind, num, about,
 * text. count 0: none. */
struct sl_parts sl_catalog_parts(const struct sl_catalog *c, uint8_t owner, struct sl_span schema,
                                 struct sl_span name);
struct sl_parts sl_catalog_parts_named(const struct sl_catalog *c, uint8_t owner,
                                       struct sl_span name);
struct sl_part sl_catalog_part_at(const struct sl_catalog *c, uint32_t index);

/* server_version_num of the server that was listed; 0 when it did not say. */
uint32_t sl_catalog_server_version(const struct sl_catalog *c);
/* Whether this server's major version is one that Sluice was tested on; the list of them. */
bool sl_catalog_tested(uint32_t server_version_num);
void sl_catalog_put_tested(struct sl_buf *out);

/* The relation with this oid (the server names columns so), by a walk over all of them. */
bool sl_catalog_relation_by_oid(const struct sl_catalog *c, uint32_t oid, struct sl_relation *out);

#endif
