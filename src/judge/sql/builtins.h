/* The built-in functions of PostgreSQL 15 that the judge knows, reviewed one by one, in strcmp
 * order.
 *
 *   P  pure or harmless: computes, or reads definitions and the own session
 *   V  an aggregate that gives back the values of its input: data leaves in bulk (`export`)
 *   S  changes the session and nothing else (advisory locks)
 *   Q  writes a sequence      C  set_config      N  pg_notify
 *   A  acts on the server or on other sessions (`admin`)
 *   F  touches files of the server (`program`)
 *
 * A function that is absent is `opaque`: those that run SQL text (query_to_xml, ts_stat,
 * ts_rewrite), make values of the type of an argument (json_populate_record: a domain's checks
 * run), read other people's values (pg_stat_get_..., lo_get), or that nobody needed yet. An
 * overload counts for all: a name is here only when every function of that name deserves its
 * letter.
 */
#ifndef SL_JUDGE_SQL_BUILTINS_H
#define SL_JUDGE_SQL_BUILTINS_H

#include "base/span.h"

/* clang-format off */
#define SL_BUILTINS(P, V, S, Q, C, N, A, F)                                                       \
    P(abbrev) P(abs) P(aclcontains) P(acldefault) P(aclexplode) P(acos) P(acosd) P(acosh) P(age)  \
    P(area) V(array_agg) P(array_append) P(array_cat) P(array_dims) P(array_fill) P(array_length) \
    P(array_lower) P(array_ndims) P(array_position) P(array_positions) P(array_prepend)           \
    P(array_remove) P(array_replace) P(array_to_json) P(array_to_string) P(array_to_tsvector)     \
    P(array_upper) P(arraycontained) P(arraycontains) P(arrayoverlap) P(ascii) P(asin) P(asind)   \
    P(asinh) P(atan) P(atan2) P(atan2d) P(atand) P(atanh) P(avg) P(bit) P(bit_and) P(bit_count)   \
    P(bit_length) P(bit_or) P(bit_xor) P(bool) P(bool_and) P(bool_or) P(bound_box) P(box)         \
    P(bpchar) P(broadcast) P(btrim) P(cardinality) P(cbrt) P(ceil) P(ceiling) P(center) P(char)   \
    P(char_length) P(character_length) P(chr) P(cidr) P(circle) P(clock_timestamp)                \
    P(col_description) P(concat) P(concat_ws) P(convert) P(convert_from) P(convert_to) P(corr)    \
    P(cos) P(cosd) P(cosh) P(cot) P(cotd) P(count) P(covar_pop) P(covar_samp) P(cume_dist)        \
    P(current_database) P(current_query) P(current_schema) P(current_schemas) P(current_setting)  \
    P(current_user) P(currval) P(date) P(date_bin) P(date_part) P(date_trunc) P(datemultirange)   \
    P(daterange) P(decode) P(degrees) P(dense_rank) P(diagonal) P(diameter) P(div) P(encode)      \
    P(enum_first) P(enum_last) P(enum_range) P(every) P(exp) P(extract) P(factorial) P(family)    \
    P(first_value) P(float4) P(float8) P(floor) P(format) P(format_type) P(gcd)                   \
    P(gen_random_uuid) P(generate_series) P(generate_subscripts) P(get_bit) P(get_byte)           \
    P(get_current_ts_config) P(getdatabaseencoding) P(has_any_column_privilege)                   \
    P(has_column_privilege) P(has_database_privilege) P(has_foreign_data_wrapper_privilege)       \
    P(has_function_privilege) P(has_language_privilege) P(has_parameter_privilege)                \
    P(has_schema_privilege) P(has_sequence_privilege) P(has_server_privilege)                     \
    P(has_table_privilege) P(has_tablespace_privilege) P(has_type_privilege) P(height) P(host)    \
    P(hostmask) P(inet_client_addr) P(inet_client_port) P(inet_merge) P(inet_same_family)         \
    P(inet_server_addr) P(inet_server_port) P(initcap) P(int2) P(int4) P(int4multirange)          \
    P(int4range) P(int8) P(int8multirange) P(int8range) P(interval) P(is_normalized) P(isclosed)  \
    P(isempty) P(isfinite) P(ishorizontal) P(isopen) P(isparallel) P(isperp) P(isvertical)        \
    V(json_agg) P(json_array_element) P(json_array_element_text) P(json_array_elements)           \
    P(json_array_elements_text) P(json_array_length) P(json_build_array) P(json_build_object)     \
    P(json_each) P(json_each_text) P(json_extract_path) P(json_extract_path_text) P(json_object)  \
    V(json_object_agg) P(json_object_field) P(json_object_field_text) P(json_object_keys)         \
    P(json_strip_nulls) P(json_to_record)                                                         \
    P(json_to_recordset) P(json_to_tsvector) P(json_typeof) V(jsonb_agg) P(jsonb_array_element)   \
    P(jsonb_array_element_text) P(jsonb_array_elements) P(jsonb_array_elements_text)              \
    P(jsonb_array_length) P(jsonb_build_array) P(jsonb_build_object) P(jsonb_concat)              \
    P(jsonb_contained) P(jsonb_contains) P(jsonb_delete) P(jsonb_delete_path) P(jsonb_each)       \
    P(jsonb_each_text) P(jsonb_exists) P(jsonb_exists_all) P(jsonb_exists_any)                    \
    P(jsonb_extract_path) P(jsonb_extract_path_text) P(jsonb_insert) P(jsonb_object)              \
    V(jsonb_object_agg) P(jsonb_object_field) P(jsonb_object_field_text) P(jsonb_object_keys)     \
    P(jsonb_path_exists) P(jsonb_path_exists_tz) P(jsonb_path_match) P(jsonb_path_match_tz)       \
    P(jsonb_path_query) P(jsonb_path_query_array) P(jsonb_path_query_array_tz)                    \
    P(jsonb_path_query_first) P(jsonb_path_query_first_tz) P(jsonb_path_query_tz)                 \
    P(jsonb_pretty) P(jsonb_set)                                                                  \
    P(jsonb_set_lax) P(jsonb_strip_nulls) P(jsonb_to_record) P(jsonb_to_recordset)                \
    P(jsonb_to_tsvector) P(jsonb_typeof) P(justify_days) P(justify_hours) P(justify_interval)     \
    P(lag) P(last_value) P(lastval) P(lcm) P(lead) P(left) P(length) P(like_escape) P(line) P(ln) \
    F(lo_export) F(lo_import) P(log) P(log10) P(lower) P(lower_inc) P(lower_inf) P(lpad) P(lseg)  \
    P(ltrim) P(macaddr8_set7bit) P(make_date) P(make_interval) P(make_time) P(make_timestamp)     \
    P(make_timestamptz) P(makeaclitem) P(masklen) P(max) P(md5) P(min) P(min_scale) P(mod)        \
    P(mode) P(money) P(multirange) P(mxid_age) P(name) P(netmask) P(network) Q(nextval)           \
    P(normalize) P(notlike) P(now) P(npoints) P(nth_value) P(ntile) P(num_nonnulls) P(num_nulls)  \
    P(numeric) P(nummultirange) P(numnode) P(numrange) P(obj_description) P(octet_length)         \
    P(overlaps) P(overlay) P(parse_ident) P(path) P(pclose) P(percent_rank) P(percentile_cont)    \
    P(percentile_disc) S(pg_advisory_lock) S(pg_advisory_lock_shared) S(pg_advisory_unlock)       \
    S(pg_advisory_unlock_all) S(pg_advisory_unlock_shared) S(pg_advisory_xact_lock)               \
    S(pg_advisory_xact_lock_shared) P(pg_available_extension_versions) P(pg_available_extensions) \
    P(pg_backend_pid) A(pg_backup_start) A(pg_backup_stop) P(pg_blocking_pids)                    \
    A(pg_cancel_backend) P(pg_char_to_encoding) P(pg_client_encoding)                             \
    P(pg_collation_actual_version) P(pg_collation_for) P(pg_collation_is_visible)                 \
    P(pg_column_compression) P(pg_column_is_updatable) P(pg_column_size) P(pg_conf_load_time)     \
    A(pg_config) A(pg_control_checkpoint) A(pg_control_init) A(pg_control_recovery)               \
    A(pg_control_system) P(pg_conversion_is_visible) A(pg_copy_logical_replication_slot)          \
    A(pg_copy_physical_replication_slot) A(pg_create_logical_replication_slot)                    \
    A(pg_create_physical_replication_slot) A(pg_create_restore_point) F(pg_current_logfile)       \
    P(pg_current_snapshot) P(pg_current_wal_flush_lsn) P(pg_current_wal_insert_lsn)               \
    P(pg_current_wal_lsn) P(pg_current_xact_id) P(pg_current_xact_id_if_assigned) P(pg_cursor)    \
    P(pg_database_collation_actual_version) P(pg_database_size) P(pg_describe_object)             \
    A(pg_drop_replication_slot) P(pg_encoding_max_length) P(pg_encoding_to_char)                  \
    P(pg_filenode_relation) P(pg_function_is_visible) A(pg_get_backend_memory_contexts)           \
    P(pg_get_catalog_foreign_keys) P(pg_get_constraintdef) P(pg_get_expr)                         \
    P(pg_get_function_arg_default) P(pg_get_function_arguments)                                   \
    P(pg_get_function_identity_arguments) P(pg_get_function_result) P(pg_get_function_sqlbody)    \
    P(pg_get_functiondef) P(pg_get_indexdef) P(pg_get_keywords) P(pg_get_object_address)          \
    P(pg_get_partition_constraintdef) P(pg_get_partkeydef) P(pg_get_publication_tables)           \
    P(pg_get_replica_identity_index) A(pg_get_replication_slots) P(pg_get_ruledef)                \
    P(pg_get_serial_sequence) A(pg_get_shmem_allocations) P(pg_get_statisticsobjdef)              \
    P(pg_get_statisticsobjdef_columns) P(pg_get_statisticsobjdef_expressions)                     \
    P(pg_get_triggerdef) P(pg_get_userbyid) P(pg_get_viewdef) P(pg_has_role) A(pg_hba_file_rules) \
    A(pg_ident_file_mappings) P(pg_identify_object) P(pg_identify_object_as_address)              \
    A(pg_import_system_collations) P(pg_index_column_has_property) P(pg_index_has_property)       \
    P(pg_indexam_has_property) P(pg_indexes_size) P(pg_is_in_recovery) P(pg_is_other_temp_schema) \
    P(pg_is_wal_replay_paused) P(pg_jit_available) P(pg_last_wal_receive_lsn)                     \
    P(pg_last_wal_replay_lsn) P(pg_last_xact_replay_timestamp) P(pg_listening_channels)           \
    P(pg_lock_status) A(pg_log_backend_memory_contexts) F(pg_ls_archive_statusdir) F(pg_ls_dir)   \
    F(pg_ls_logdir) F(pg_ls_logicalmapdir) F(pg_ls_logicalsnapdir) F(pg_ls_replslotdir)           \
    F(pg_ls_tmpdir) F(pg_ls_waldir) P(pg_my_temp_schema) P(pg_notification_queue_usage)           \
    N(pg_notify) P(pg_opclass_is_visible) P(pg_operator_is_visible) P(pg_opfamily_is_visible)     \
    P(pg_options_to_table) P(pg_partition_ancestors) P(pg_partition_root) P(pg_partition_tree)    \
    P(pg_postmaster_start_time) P(pg_prepared_statement) A(pg_promote) F(pg_read_binary_file)     \
    F(pg_read_file) P(pg_relation_filenode) P(pg_relation_filepath) P(pg_relation_is_publishable) \
    P(pg_relation_is_updatable) P(pg_relation_size) A(pg_reload_conf)                             \
    A(pg_replication_origin_advance) A(pg_replication_origin_create)                              \
    A(pg_replication_origin_drop) A(pg_replication_slot_advance) A(pg_rotate_logfile)             \
    P(pg_safe_snapshot_blocking_pids) P(pg_sequence_last_value) P(pg_sequence_parameters)         \
    P(pg_settings_get_flags) A(pg_show_all_file_settings) P(pg_show_all_settings)                 \
    P(pg_size_bytes) P(pg_size_pretty) P(pg_sleep) P(pg_sleep_for) P(pg_sleep_until)              \
    P(pg_snapshot_xip) P(pg_snapshot_xmax) P(pg_snapshot_xmin) F(pg_stat_file)                    \
    A(pg_stat_get_activity) A(pg_stat_reset) A(pg_stat_reset_shared)                              \
    A(pg_stat_reset_single_function_counters) A(pg_stat_reset_single_table_counters)              \
    A(pg_stat_reset_slru) P(pg_statistics_obj_is_visible) A(pg_switch_wal) P(pg_table_is_visible) \
    P(pg_table_size) P(pg_tablespace_databases) P(pg_tablespace_location) P(pg_tablespace_size)   \
    A(pg_terminate_backend) P(pg_timezone_abbrevs) P(pg_timezone_names) P(pg_total_relation_size) \
    P(pg_trigger_depth) S(pg_try_advisory_lock) S(pg_try_advisory_lock_shared)                    \
    S(pg_try_advisory_xact_lock) S(pg_try_advisory_xact_lock_shared) P(pg_ts_config_is_visible)   \
    P(pg_ts_dict_is_visible) P(pg_ts_parser_is_visible) P(pg_ts_template_is_visible)              \
    P(pg_type_is_visible) P(pg_typeof) P(pg_visible_in_snapshot) P(pg_wal_lsn_diff)               \
    A(pg_wal_replay_pause) A(pg_wal_replay_resume) P(pg_xact_commit_timestamp) P(pg_xact_status)  \
    P(phraseto_tsquery) P(pi) P(plainto_tsquery) P(point) P(polygon) P(popen) P(position) P(pow)  \
    P(power) P(querytree) P(quote_ident) P(quote_literal) P(quote_nullable) P(radians) P(radius)  \
    P(random) V(range_agg) P(range_intersect_agg) P(range_merge) P(rank) P(regclass)              \
    P(regexp_count) P(regexp_instr) P(regexp_like) P(regexp_match) P(regexp_matches)              \
    P(regexp_replace) P(regexp_split_to_array) P(regexp_split_to_table) P(regexp_substr)          \
    P(regr_avgx) P(regr_avgy) P(regr_count) P(regr_intercept) P(regr_r2) P(regr_slope)            \
    P(regr_sxx) P(regr_sxy) P(regr_syy) P(repeat) P(replace) P(reverse) P(right) P(round)         \
    P(row_number) P(row_security_active) P(row_to_json) P(rpad) P(rtrim) P(scale) P(session_user) \
    P(set_bit) P(set_byte) C(set_config) P(set_masklen) P(setseed) Q(setval) P(setweight)         \
    P(sha224) P(sha256) P(sha384) P(sha512) P(shobj_description) P(sign) P(similar_escape)        \
    P(similar_to_escape) P(sin) P(sind) P(sinh) P(slope) P(split_part) P(sqrt) P(starts_with)     \
    P(statement_timestamp) P(stddev) P(stddev_pop) P(stddev_samp) V(string_agg)                   \
    P(string_to_array) P(string_to_table) P(strip) P(strpos) P(substr) P(substring) P(sum) P(tan) \
    P(tand) P(tanh) P(text) P(time) P(timeofday) P(timestamp) P(timestamptz) P(timetz)            \
    P(timezone) P(to_ascii) P(to_char) P(to_date) P(to_hex) P(to_json) P(to_jsonb) P(to_number)   \
    P(to_regclass) P(to_regcollation) P(to_regnamespace) P(to_regoper) P(to_regoperator)          \
    P(to_regproc) P(to_regprocedure) P(to_regrole) P(to_regtype) P(to_timestamp) P(to_tsquery)    \
    P(to_tsvector) P(transaction_timestamp) P(translate) P(trim_array) P(trim_scale) P(trunc)     \
    P(ts_debug) P(ts_delete) P(ts_filter) P(ts_headline) P(ts_lexize) P(ts_parse) P(ts_rank)      \
    P(ts_rank_cd) P(ts_token_type) P(tsmultirange) P(tsquery_phrase) P(tsrange) P(tstzmultirange) \
    P(tstzrange) P(tsvector_to_array) P(txid_current) P(txid_current_if_assigned)                 \
    P(txid_current_snapshot) P(txid_snapshot_xip) P(txid_snapshot_xmax) P(txid_snapshot_xmin)     \
    P(txid_status) P(txid_visible_in_snapshot) P(unistr) P(unnest) P(upper) P(upper_inc)          \
    P(upper_inf) P(var_pop) P(var_samp) P(varbit) P(varchar) P(variance) P(version)               \
    P(websearch_to_tsquery) P(width) P(width_bucket) P(xml) P(xml_is_well_formed)                 \
    P(xml_is_well_formed_content) P(xml_is_well_formed_document) V(xmlagg) P(xmlcomment)          \
    P(xmlexists) P(xpath) P(xpath_exists)
/* clang-format on */

enum sl_builtin {
    SL_BUILTIN_NONE,
    SL_BUILTIN_PURE,
    SL_BUILTIN_VALUES,
    SL_BUILTIN_SESSION,
    SL_BUILTIN_SEQUENCE,
    SL_BUILTIN_SET_CONFIG,
    SL_BUILTIN_NOTIFY,
    SL_BUILTIN_ADMIN,
    SL_BUILTIN_PROGRAM
};

enum sl_builtin sl_builtin_function(const char *name);
/* Has it a form without arguments? Called so it is surely meant where pg_catalog is searched first.
 */
bool sl_builtin_without_arguments(const char *name);
/* A type of pg_catalog whose input and output run no code of users; reg* types included. */
bool sl_builtin_type(const char *name);

/* Relations of pg_catalog. LEAKS: shows values out of other tables, or what other sessions run. */
enum sl_system_relation { SL_SYSTEM_NONE, SL_SYSTEM_PLAIN, SL_SYSTEM_ADMIN, SL_SYSTEM_LEAKS };
enum sl_system_relation sl_builtin_relation(const char *name);
/* The one column of a plain relation of pg_catalog that holds passwords, or NULL: reading it, or a
 * whole row, is `admin`. */
const char *sl_builtin_secret_column(const char *name);
/* sl_builtin_relation for information_schema. */
enum sl_system_relation sl_builtin_information(const char *name);

/* Parameters whose SET cannot change what later text means or whose rights it runs with. */
bool sl_builtin_harmless_setting(const char *name);

#endif
