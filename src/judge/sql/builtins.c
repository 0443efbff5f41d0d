#include "judge/sql/builtins.h"

#include <stdlib.h>

/* Every table below is in strcmp order: a unit test looks after that. */

struct function {
    const char *name;
    enum sl_builtin kind;
};

static const struct function functions[] = {
#define P(name) {#name, SL_BUILTIN_PURE},
#define V(name) {#name, SL_BUILTIN_VALUES},
#define S(name) {#name, SL_BUILTIN_SESSION},
#define Q(name) {#name, SL_BUILTIN_SEQUENCE},
#define C(name) {#name, SL_BUILTIN_SET_CONFIG},
#define N(name) {#name, SL_BUILTIN_NOTIFY},
#define A(name) {#name, SL_BUILTIN_ADMIN},
#define F(name) {#name, SL_BUILTIN_PROGRAM},
    SL_BUILTINS(P, V, S, Q, C, N, A, F)
#undef P
#undef V
#undef S
#undef Q
#undef C
#undef N
#undef A
#undef F
};

/* clang-format off */
static const char *const types[] = {
    "aclitem", "bit", "bool", "box", "bpchar", "bytea", "char", "cid", "cidr", "circle", "date",
    "datemultirange", "daterange", "float4", "float8", "inet", "int2", "int2vector", "int4",
    "int4multirange", "int4range", "int8", "int8multirange", "int8range", "interval", "json",
    "jsonb", "jsonpath", "line", "lseg", "macaddr", "macaddr8", "money", "name", "numeric",
    "nummultirange", "numrange", "oid", "oidvector", "path", "pg_lsn", "pg_node_tree",
    "pg_snapshot", "point", "polygon", "record", "regclass", "regcollation", "regconfig",
    "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure",
    "regrole", "regtype", "text", "tid", "time", "timestamp", "timestamptz", "timetz",
    "tsmultirange", "tsquery", "tsrange", "tstzmultirange", "tstzrange", "tsvector",
    "txid_snapshot", "unknown", "uuid", "varbit", "varchar", "xid", "xid8", "xml",
};

static const char *const plain_relations[] = {
    "pg_aggregate", "pg_am", "pg_amop", "pg_amproc", "pg_attrdef", "pg_attribute",
    "pg_auth_members", "pg_available_extension_versions", "pg_available_extensions", "pg_cast",
    "pg_class", "pg_collation", "pg_constraint", "pg_conversion", "pg_cursors", "pg_database",
    "pg_db_role_setting", "pg_default_acl", "pg_depend", "pg_description", "pg_enum",
    "pg_event_trigger", "pg_extension", "pg_foreign_data_wrapper", "pg_foreign_server",
    "pg_foreign_table", "pg_group", "pg_index", "pg_indexes", "pg_inherits", "pg_init_privs",
    "pg_language", "pg_largeobject_metadata", "pg_locks", "pg_matviews", "pg_namespace",
    "pg_opclass", "pg_operator", "pg_opfamily", "pg_parameter_acl", "pg_partitioned_table",
    "pg_policies", "pg_policy", "pg_prepared_statements", "pg_prepared_xacts", "pg_proc",
    "pg_publication", "pg_publication_namespace", "pg_publication_rel", "pg_publication_tables",
    "pg_range", "pg_rewrite", "pg_roles", "pg_rules", "pg_seclabel", "pg_seclabels",
    "pg_sequence", "pg_sequences", "pg_settings", "pg_shdepend", "pg_shdescription",
    "pg_shseclabel", "pg_stat_all_indexes", "pg_stat_all_tables", "pg_stat_bgwriter",
    "pg_stat_database", "pg_stat_database_conflicts", "pg_stat_sys_indexes", "pg_stat_sys_tables",
    "pg_stat_user_functions", "pg_stat_user_indexes", "pg_stat_user_tables", "pg_stat_wal",
    "pg_stat_xact_all_tables", "pg_stat_xact_sys_tables", "pg_stat_xact_user_functions",
    "pg_stat_xact_user_tables", "pg_statio_all_indexes", "pg_statio_all_sequences",
    "pg_statio_all_tables", "pg_statio_sys_indexes", "pg_statio_sys_sequences",
    "pg_statio_sys_tables", "pg_statio_user_indexes", "pg_statio_user_sequences",
    "pg_statio_user_tables", "pg_statistic_ext", "pg_subscription", "pg_subscription_rel", "pg_tables",
    "pg_tablespace", "pg_timezone_abbrevs", "pg_timezone_names", "pg_transform", "pg_trigger",
    "pg_ts_config", "pg_ts_config_map", "pg_ts_dict", "pg_ts_parser", "pg_ts_template", "pg_type",
    "pg_user", "pg_user_mappings", "pg_views",
};

static const char *const admin_relations[] = {
    "pg_authid", "pg_backend_memory_contexts", "pg_config", "pg_file_settings",
    "pg_hba_file_rules", "pg_ident_file_mappings", "pg_replication_origin",
    "pg_replication_origin_status", "pg_replication_slots", "pg_shadow", "pg_shmem_allocations",
    "pg_stat_activity", "pg_stat_archiver", "pg_stat_gssapi", "pg_stat_progress_analyze",
    "pg_stat_progress_basebackup", "pg_stat_progress_cluster", "pg_stat_progress_copy",
    "pg_stat_progress_create_index", "pg_stat_progress_vacuum", "pg_stat_recovery_prefetch",
    "pg_stat_replication", "pg_stat_replication_slots", "pg_stat_slru", "pg_stat_ssl",
    "pg_stat_subscription", "pg_stat_subscription_stats", "pg_stat_wal_receiver",
    "pg_user_mapping",
};

/* Sorted by relation. */
static const struct secret_column {
    const char *relation, *column;
} secret_columns[] = {{"pg_subscription", "subconninfo"}, {"pg_user_mappings", "umoptions"}};

static const char *const leaking_relations[] = {
    "pg_largeobject", "pg_statistic", "pg_statistic_ext_data", "pg_stats", "pg_stats_ext",
    "pg_stats_ext_exprs",
};

static const char *const harmless_settings[] = {
    "application_name", "array_nulls", "bytea_output", "client_connection_check_interval",
    "client_min_messages", "commit_delay", "commit_siblings", "constraint_exclusion",
    "cpu_index_tuple_cost", "cpu_operator_cost", "cpu_tuple_cost", "cursor_tuple_fraction",
    "datestyle", "deadlock_timeout", "default_statistics_target", "effective_cache_size",
    "effective_io_concurrency", "enable_async_append", "enable_bitmapscan", "enable_gathermerge",
    "enable_hashagg", "enable_hashjoin", "enable_incremental_sort", "enable_indexonlyscan",
    "enable_indexscan", "enable_material", "enable_memoize", "enable_mergejoin",
    "enable_nestloop", "enable_parallel_append", "enable_parallel_hash",
    "enable_partition_pruning", "enable_partitionwise_aggregate", "enable_partitionwise_join",
    "enable_seqscan", "enable_sort", "enable_tidscan", "extra_float_digits",
    "force_parallel_mode", "from_collapse_limit", "geqo", "geqo_effort", "geqo_generations",
    "geqo_pool_size", "geqo_seed", "geqo_selection_bias", "geqo_threshold",
    "gin_fuzzy_search_limit", "gin_pending_list_limit", "hash_mem_multiplier",
    "idle_in_transaction_session_timeout", "idle_session_timeout", "intervalstyle", "jit",
    "jit_above_cost", "jit_expressions", "jit_inline_above_cost", "jit_optimize_above_cost",
    "jit_tuple_deforming", "join_collapse_limit", "lc_messages", "lc_monetary", "lc_numeric",
    "lc_time", "lock_timeout", "logical_decoding_work_mem", "maintenance_io_concurrency",
    "maintenance_work_mem", "max_parallel_maintenance_workers", "max_parallel_workers",
    "max_parallel_workers_per_gather", "min_parallel_index_scan_size",
    "min_parallel_table_scan_size", "parallel_leader_participation", "parallel_setup_cost",
    "parallel_tuple_cost", "plan_cache_mode", "quote_all_identifiers", "random_page_cost",
    "recursive_worktable_factor", "seed", "seq_page_cost", "statement_timeout",
    "stats_fetch_consistency", "tcp_keepalives_count", "tcp_keepalives_idle",
    "tcp_keepalives_interval", "tcp_user_timeout", "temp_buffers", "timezone",
    "transaction_deferrable", "transaction_isolation", "vacuum_cost_delay", "vacuum_cost_limit",
    "work_mem", "xmlbinary", "xmloption",
};
static const char *const without_arguments[] = {
    "clock_timestamp", "current_database", "current_schema", "gen_random_uuid", "now", "pg_backend_pid", "random",
    "statement_timestamp", "transaction_timestamp", "txid_current", "version",
};
/* clang-format on */

static int by_function(const void *key, const void *item)
{
    return strcmp(key, ((const struct function *)item)->name);
}

static int by_text(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

#define HAS(table, name) \
    (bsearch((name), (table), SL_COUNT(table), sizeof(table)[0], by_text) != NULL)

enum sl_builtin sl_builtin_function(const char *name)
{
    const struct function *f =
        bsearch(name, functions, SL_COUNT(functions), sizeof functions[0], by_function);

    return f == NULL ? SL_BUILTIN_NONE : f->kind;
}

bool sl_builtin_without_arguments(const char *name)
{
    return HAS(without_arguments, name);
}

bool sl_builtin_type(const char *name)
{
    return HAS(types, name) || (name[0] == '_' && HAS(types, name + 1)); /* _int4: int4[] */
}

enum sl_system_relation sl_builtin_relation(const char *name)
{
    if (HAS(plain_relations, name))
        return SL_SYSTEM_PLAIN;
    if (HAS(admin_relations, name))
        return SL_SYSTEM_ADMIN;
    return HAS(leaking_relations, name) ? SL_SYSTEM_LEAKS : SL_SYSTEM_NONE;
}

const char *sl_builtin_secret_column(const char *name)
{
    for (size_t i = 0; i < SL_COUNT(secret_columns); i++)
        if (strcmp(secret_columns[i].relation, name) == 0)
            return secret_columns[i].column;
    return NULL;
}

/* Views that show each role what it has rights on, and never values; one shows options of user
 * mappings, which hold passwords. */
enum sl_system_relation sl_builtin_information(const char *name)
{
    if (strcmp(name, "user_mapping_options") == 0 || strcmp(name, "_pg_user_mappings") == 0)
        return SL_SYSTEM_ADMIN;
    return SL_SYSTEM_PLAIN;
}

bool sl_builtin_harmless_setting(const char *name)
{
    return HAS(harmless_settings, name);
}
