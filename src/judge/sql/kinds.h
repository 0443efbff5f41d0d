/* Every kind of statement that PostgreSQL 15's grammar makes: its tag, the effects that it has
 * whatever it names, and who looks closer. A kind that is not in this table is opaque.
 *
 *   QUERY    SELECT and the writing statements: query.c, write.c
 *   SESSION  session.c
 *   DDL      ddl.c: names what is touched, may add effects
 *   PLAIN    nothing more to know
 *   CODE     runs code of users, which is judged as far as it can be read
 *   OPAQUE   cannot be known: runs code that the judge does not see
 *
 * A tag that ends in a blank is completed with the kind of object: "drop " + "table".
 */
#ifndef SL_JUDGE_SQL_KINDS_H
#define SL_JUDGE_SQL_KINDS_H

/* clang-format off */
#define SL_STATEMENT_KINDS(X)                                                                     \
    X(SelectStmt,               "select",               READ,                   QUERY)            \
    X(InsertStmt,               "insert",               INSERT,                 QUERY)            \
    X(UpdateStmt,               "update",               UPDATE,                 QUERY)            \
    X(DeleteStmt,               "delete",               DELETE,                 QUERY)            \
    X(MergeStmt,                "merge",                READ,                   QUERY)            \
    X(CopyStmt,                 "copy ",                NONE,                   QUERY)            \
    X(ExplainStmt,              "explain",              NONE,                   QUERY)            \
    X(CreateTableAsStmt,        "create table as",      DDL,                    QUERY)            \
    X(TransactionStmt,          "",                     NONE,                   SESSION)          \
    X(VariableSetStmt,          "set",                  SESSION,                SESSION)          \
    X(VariableShowStmt,         "show",                 READ,                   SESSION)          \
    X(ConstraintsSetStmt,       "set constraints",      SESSION,                PLAIN)            \
    X(DiscardStmt,              "discard",              SESSION,                SESSION)          \
    X(PrepareStmt,              "prepare",              SESSION,                SESSION)          \
    X(ExecuteStmt,              "execute",              NONE,                   SESSION)          \
    X(DeallocateStmt,           "deallocate",           SESSION,                SESSION)          \
    X(DeclareCursorStmt,        "declare cursor",       NONE,                   SESSION)          \
    X(FetchStmt,                "fetch",                READ,                   SESSION)          \
    X(ClosePortalStmt,          "close cursor",         SESSION,                SESSION)          \
    X(ListenStmt,               "listen",               SESSION,                SESSION)          \
    X(UnlistenStmt,             "unlisten",             SESSION,                SESSION)          \
    X(NotifyStmt,               "notify",               SESSION,                SESSION)          \
    X(LockStmt,                 "lock",                 NONE,                   DDL)              \
    X(TruncateStmt,             "truncate",             TRUNCATE,               DDL)              \
    X(CallStmt,                 "call",                 CALL,                   CODE)             \
    X(DoStmt,                   "do",                   CALL,                   CODE)             \
    X(LoadStmt,                 "load",                 PROGRAM | ADMIN,        OPAQUE)           \
    X(VacuumStmt,               "",                     ADMIN,                  DDL)              \
    X(ClusterStmt,              "cluster",              ADMIN,                  DDL)              \
    X(ReindexStmt,              "reindex",              ADMIN,                  DDL)              \
    X(CheckPointStmt,           "checkpoint",           ADMIN,                  PLAIN)            \
    X(AlterSystemStmt,          "alter system",         ADMIN,                  PLAIN)            \
    X(CreatedbStmt,             "create database",      DDL | ADMIN,            PLAIN)            \
    X(DropdbStmt,               "drop database",        DDL | ADMIN,            PLAIN)            \
    X(AlterDatabaseStmt,        "alter database",       DDL | ADMIN,            PLAIN)            \
    X(AlterDatabaseRefreshCollStmt, "alter database",   DDL | ADMIN,            PLAIN)            \
    X(AlterDatabaseSetStmt,     "alter database",       DDL | ADMIN,            PLAIN)            \
    X(CreateTableSpaceStmt,     "create tablespace",    DDL | ADMIN | PROGRAM,  PLAIN)            \
    X(DropTableSpaceStmt,       "drop tablespace",      DDL | ADMIN,            PLAIN)            \
    X(AlterTableSpaceOptionsStmt, "alter tablespace",   DDL | ADMIN,            PLAIN)            \
    X(AlterTableMoveAllStmt,    "alter table",          DDL | ADMIN,            PLAIN)            \
    X(GrantStmt,                "grant",                PRIVILEGE,              DDL)              \
    X(GrantRoleStmt,            "grant role",           PRIVILEGE,              DDL)              \
    X(AlterDefaultPrivilegesStmt, "alter default privileges", PRIVILEGE,        PLAIN)            \
    X(CreateRoleStmt,           "create role",          PRIVILEGE,              PLAIN)            \
    X(AlterRoleStmt,            "alter role",           PRIVILEGE,              PLAIN)            \
    X(AlterRoleSetStmt,         "alter role",           PRIVILEGE,              PLAIN)            \
    X(DropRoleStmt,             "drop role",            PRIVILEGE,              PLAIN)            \
    X(DropOwnedStmt,            "drop owned",           DDL | PRIVILEGE,        OPAQUE)           \
    X(ReassignOwnedStmt,        "reassign owned",       DDL | PRIVILEGE,        OPAQUE)           \
    X(AlterOwnerStmt,           "alter ",               DDL | PRIVILEGE,        DDL)              \
    X(SecLabelStmt,             "security label",       DDL | PRIVILEGE,        DDL)              \
    X(CreatePolicyStmt,         "create policy",        DDL | PRIVILEGE,        DDL)              \
    X(AlterPolicyStmt,          "alter policy",         DDL | PRIVILEGE,        DDL)              \
    X(CreateUserMappingStmt,    "create user mapping",  DDL | PRIVILEGE,        PLAIN)            \
    X(AlterUserMappingStmt,     "alter user mapping",   DDL | PRIVILEGE,        PLAIN)            \
    X(DropUserMappingStmt,      "drop user mapping",    DDL | PRIVILEGE,        PLAIN)            \
    X(CreateStmt,               "create table",         DDL,                    DDL)              \
    X(CreateForeignTableStmt,   "create foreign table", DDL | PROGRAM,          DDL)              \
    X(AlterTableStmt,           "alter ",               DDL,                    DDL)              \
    X(DropStmt,                 "drop ",                DDL,                    DDL)              \
    X(RenameStmt,               "alter ",               DDL,                    DDL)              \
    X(AlterObjectSchemaStmt,    "alter ",               DDL,                    DDL)              \
    X(AlterObjectDependsStmt,   "alter ",               DDL,                    DDL)              \
    X(CommentStmt,              "comment",              DDL,                    DDL)              \
    X(IndexStmt,                "create index",         DDL,                    DDL)              \
    X(ViewStmt,                 "create view",          DDL,                    DDL)              \
    X(RuleStmt,                 "create rule",          DDL,                    DDL)              \
    X(CreateTrigStmt,           "create trigger",       DDL,                    DDL)              \
    X(CreateSeqStmt,            "create sequence",      DDL,                    DDL)              \
    X(AlterSeqStmt,             "alter sequence",       DDL,                    DDL)              \
    X(CreateSchemaStmt,         "create schema",        DDL,                    DDL)              \
    X(CreateStatsStmt,          "create statistics",    DDL,                    DDL)              \
    X(AlterStatsStmt,           "alter statistics",     DDL,                    PLAIN)            \
    X(RefreshMatViewStmt,       "refresh materialized view", UPDATE,            QUERY)            \
    X(CreateFunctionStmt,       "create function",      DDL,                    DDL)              \
    X(AlterFunctionStmt,        "alter function",       DDL,                    PLAIN)            \
    X(DefineStmt,               "create ",              DDL,                    DDL)              \
    X(CompositeTypeStmt,        "create type",          DDL,                    PLAIN)            \
    X(CreateEnumStmt,           "create type",          DDL,                    PLAIN)            \
    X(CreateRangeStmt,          "create type",          DDL,                    PLAIN)            \
    X(AlterEnumStmt,            "alter type",           DDL,                    PLAIN)            \
    X(AlterTypeStmt,            "alter type",           DDL,                    PLAIN)            \
    X(CreateDomainStmt,         "create domain",        DDL,                    PLAIN)            \
    X(AlterDomainStmt,          "alter domain",         DDL,                    PLAIN)            \
    X(AlterCollationStmt,       "alter collation",      DDL,                    PLAIN)            \
    X(CreateConversionStmt,     "create conversion",    DDL,                    PLAIN)            \
    X(CreateCastStmt,           "create cast",          DDL,                    PLAIN)            \
    X(CreateTransformStmt,      "create transform",     DDL,                    PLAIN)            \
    X(CreateOpClassStmt,        "create operator class", DDL,                   PLAIN)            \
    X(CreateOpFamilyStmt,       "create operator family", DDL,                  PLAIN)            \
    X(AlterOpFamilyStmt,        "alter operator family", DDL,                   PLAIN)            \
    X(AlterOperatorStmt,        "alter operator",       DDL,                    PLAIN)            \
    X(AlterTSDictionaryStmt,    "alter text search dictionary", DDL,            PLAIN)            \
    X(AlterTSConfigurationStmt, "alter text search configuration", DDL,         PLAIN)            \
    X(CreateAmStmt,             "create access method", DDL | PROGRAM,          PLAIN)            \
    X(CreatePLangStmt,          "create language",      DDL | PROGRAM,          PLAIN)            \
    X(CreateExtensionStmt,      "create extension",     DDL | PROGRAM,          OPAQUE)           \
    X(AlterExtensionStmt,       "alter extension",      DDL | PROGRAM,          OPAQUE)           \
    X(AlterExtensionContentsStmt, "alter extension",    DDL,                    PLAIN)            \
    X(CreateFdwStmt,            "create foreign data wrapper", DDL | PROGRAM,   PLAIN)            \
    X(AlterFdwStmt,             "alter foreign data wrapper", DDL | PROGRAM,    PLAIN)            \
    X(CreateForeignServerStmt,  "create server",        DDL | PROGRAM,          PLAIN)            \
    X(AlterForeignServerStmt,   "alter server",         DDL | PROGRAM,          PLAIN)            \
    X(ImportForeignSchemaStmt,  "import foreign schema", DDL | PROGRAM,         OPAQUE)           \
    X(CreateEventTrigStmt,      "create event trigger", DDL,                    PLAIN)            \
    X(AlterEventTrigStmt,       "alter event trigger",  DDL,                    PLAIN)            \
    X(CreatePublicationStmt,    "create publication",   DDL | EXPORT,           DDL)              \
    X(AlterPublicationStmt,     "alter publication",    DDL | EXPORT,           DDL)              \
    X(CreateSubscriptionStmt,   "create subscription",  DDL | PROGRAM | IMPORT, PLAIN)            \
    X(AlterSubscriptionStmt,    "alter subscription",   DDL | PROGRAM | IMPORT, PLAIN)            \
    X(DropSubscriptionStmt,     "drop subscription",    DDL | PROGRAM,          PLAIN)
/* clang-format on */

#endif
