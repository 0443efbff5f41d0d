/* PostgreSQL 15's own functions that give rows or are volatile, as far as they may be called: the
 * planner leaves no such call out, whether or not anybody looks at its value. From pg_proc, where
 * proretset or provolatile = 'v'; in strcmp order. What came with a later version counts as one.
 */
#ifndef SL_JUDGE_SQL_BUILTINS_LIVELY_H
#define SL_JUDGE_SQL_BUILTINS_LIVELY_H

/* clang-format off */
#define SL_BUILTIN_LIVELY(N) \
    N("_pg_expandarray") N("aclexplode") N("clock_timestamp") N("current_query") N("currval") \
    N("gen_random_uuid") N("generate_series") N("generate_subscripts") N("json_array_elements") \
    N("json_array_elements_text") N("json_each") N("json_each_text") N("json_object_keys") \
    N("json_to_recordset") N("jsonb_array_elements") N("jsonb_array_elements_text") \
    N("jsonb_each") N("jsonb_each_text") N("jsonb_object_keys") N("jsonb_path_query") \
    N("jsonb_path_query_tz") N("jsonb_to_recordset") N("lastval") N("lo_export") N("lo_import") \
    N("nextval") N("pg_advisory_lock") N("pg_advisory_lock_shared") N("pg_advisory_unlock") \
    N("pg_advisory_unlock_all") N("pg_advisory_unlock_shared") N("pg_advisory_xact_lock") \
    N("pg_advisory_xact_lock_shared") N("pg_available_extension_versions") \
    N("pg_available_extensions") N("pg_backup_start") N("pg_backup_stop") N("pg_blocking_pids") \
    N("pg_cancel_backend") N("pg_collation_actual_version") N("pg_config") \
    N("pg_control_checkpoint") N("pg_control_init") N("pg_control_recovery") \
    N("pg_control_system") N("pg_copy_logical_replication_slot") \
    N("pg_copy_physical_replication_slot") N("pg_create_logical_replication_slot") \
    N("pg_create_physical_replication_slot") N("pg_create_restore_point") N("pg_current_logfile") \
    N("pg_current_wal_flush_lsn") N("pg_current_wal_insert_lsn") N("pg_current_wal_lsn") \
    N("pg_cursor") N("pg_database_collation_actual_version") N("pg_database_size") \
    N("pg_drop_replication_slot") N("pg_event_trigger_ddl_commands") \
    N("pg_event_trigger_dropped_objects") N("pg_export_snapshot") N("pg_extension_config_dump") \
    N("pg_extension_update_paths") N("pg_get_backend_memory_contexts") \
    N("pg_get_catalog_foreign_keys") N("pg_get_keywords") N("pg_get_multixact_members") \
    N("pg_get_publication_tables") N("pg_get_replication_slots") N("pg_get_shmem_allocations") \
    N("pg_get_wal_replay_pause_state") N("pg_get_wal_resource_managers") N("pg_hba_file_rules") \
    N("pg_ident_file_mappings") N("pg_import_system_collations") N("pg_indexes_size") \
    N("pg_is_in_recovery") N("pg_is_wal_replay_paused") N("pg_isolation_test_session_is_blocked") \
    N("pg_jit_available") N("pg_last_committed_xact") N("pg_last_wal_receive_lsn") \
    N("pg_last_wal_replay_lsn") N("pg_last_xact_replay_timestamp") N("pg_listening_channels") \
    N("pg_lock_status") N("pg_log_backend_memory_contexts") N("pg_ls_archive_statusdir") \
    N("pg_ls_dir") N("pg_ls_logdir") N("pg_ls_logicalmapdir") N("pg_ls_logicalsnapdir") \
    N("pg_ls_replslotdir") N("pg_ls_tmpdir") N("pg_ls_waldir") N("pg_nextoid") \
    N("pg_notification_queue_usage") N("pg_notify") N("pg_options_to_table") \
    N("pg_partition_ancestors") N("pg_partition_tree") N("pg_prepared_statement") \
    N("pg_prepared_xact") N("pg_promote") N("pg_read_binary_file") N("pg_read_file") \
    N("pg_read_file_old") N("pg_relation_size") N("pg_reload_conf") \
    N("pg_replication_origin_advance") N("pg_replication_origin_create") \
    N("pg_replication_origin_drop") N("pg_replication_origin_progress") \
    N("pg_replication_origin_session_is_setup") N("pg_replication_origin_session_progress") \
    N("pg_replication_origin_session_reset") N("pg_replication_origin_session_setup") \
    N("pg_replication_origin_xact_reset") N("pg_replication_origin_xact_setup") \
    N("pg_replication_slot_advance") N("pg_rotate_logfile") N("pg_rotate_logfile_old") \
    N("pg_safe_snapshot_blocking_pids") N("pg_sequence_last_value") N("pg_show_all_file_settings") \
    N("pg_show_all_settings") N("pg_show_replication_origin_status") N("pg_sleep") \
    N("pg_sleep_for") N("pg_sleep_until") N("pg_snapshot_xip") N("pg_stat_clear_snapshot") \
    N("pg_stat_file") N("pg_stat_force_next_flush") N("pg_stat_get_activity") \
    N("pg_stat_get_backend_idset") N("pg_stat_get_progress_info") \
    N("pg_stat_get_recovery_prefetch") N("pg_stat_get_slru") N("pg_stat_get_subscription") \
    N("pg_stat_get_wal_senders") N("pg_stat_get_xact_blocks_fetched") \
    N("pg_stat_get_xact_blocks_hit") N("pg_stat_get_xact_function_calls") \
    N("pg_stat_get_xact_function_self_time") N("pg_stat_get_xact_function_total_time") \
    N("pg_stat_get_xact_numscans") N("pg_stat_get_xact_tuples_deleted") \
    N("pg_stat_get_xact_tuples_fetched") N("pg_stat_get_xact_tuples_hot_updated") \
    N("pg_stat_get_xact_tuples_inserted") N("pg_stat_get_xact_tuples_returned") \
    N("pg_stat_get_xact_tuples_updated") N("pg_stat_have_stats") N("pg_stat_reset") \
    N("pg_stat_reset_replication_slot") N("pg_stat_reset_shared") \
    N("pg_stat_reset_single_function_counters") N("pg_stat_reset_single_table_counters") \
    N("pg_stat_reset_slru") N("pg_stat_reset_subscription_stats") \
    N("pg_stop_making_pinned_objects") N("pg_switch_wal") N("pg_table_size") \
    N("pg_tablespace_databases") N("pg_tablespace_size") N("pg_terminate_backend") \
    N("pg_timezone_abbrevs") N("pg_timezone_names") N("pg_total_relation_size") \
    N("pg_try_advisory_lock") N("pg_try_advisory_lock_shared") N("pg_try_advisory_xact_lock") \
    N("pg_try_advisory_xact_lock_shared") N("pg_wal_replay_pause") N("pg_wal_replay_resume") \
    N("pg_xact_commit_timestamp") N("pg_xact_commit_timestamp_origin") N("pg_xact_status") \
    N("random") N("regexp_matches") N("regexp_split_to_table") N("set_config") N("setseed") \
    N("setval") N("string_to_table") N("timeofday") N("ts_debug") N("ts_parse") N("ts_token_type") \
    N("txid_snapshot_xip") N("txid_status") N("unnest")
/* clang-format on */

#endif
