/* Made by script/builtins; do not edit. What PostgreSQL's own functions, relations, parameters and
 * types are to the judge: facts of the servers below, rules, and the reviewed lists builtins_*.txt
 * beside this file.
 *
 * Read from: PostgreSQL 15.20, 16.14, 17.10.
 *
 * A function that is immutable, parallel safe, built in, no aggregate, open to everybody and
 * without reg* types is PURE by rule; what takes `internal`, or is a trigger or handler, is
 * UNCALLABLE; what takes or gives `cstring` is RUNS_CODE. Every other has a line in
 * builtins_functions.txt. Names are in strcmp order.
 *
 *   K(name, kind, versions, bare, lively, reason)    sl_builtin_function answers with this kind
 *   D(name, doubt, versions, bare, lively, reason)   it answers NONE: opaque, for this doubt
 *
 * versions: 1 = 15, 2 = 16, 4 = 17; bare: callable without arguments in all of them; lively: a form
 * of it gives rows or is volatile in any of them.
 */
#ifndef SL_JUDGE_SQL_BUILTINS_TABLE_H
#define SL_JUDGE_SQL_BUILTINS_TABLE_H

/* clang-format off */

#define SL_BUILTIN_WHY_PURE \
    "computes its result from its arguments alone"

#define SL_BUILTIN_WHY_RUNS_CODE \
    "takes or gives the inner text of a type, as input and output functions do; the checks of a domain may run"

#define SL_BUILTIN_WHY_UNCALLABLE \
    "only the server itself can call it"

#define SL_BUILTIN_FUNCTIONS_0(K, D) \
    D("RI_FKey_cascade_del", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_cascade_upd", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_check_ins", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_check_upd", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_noaction_del", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_noaction_upd", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_restrict_del", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_restrict_upd", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_setdefault_del", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_setdefault_upd", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_setnull_del", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("RI_FKey_setnull_upd", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("_pg_char_max_length", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_char_octet_length", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_datetime_precision", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_expandarray", PURE, 7, 0, 1, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_index_position", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_interval_type", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_numeric_precision", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_numeric_precision_radix", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_numeric_scale", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_truetypid", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("_pg_truetypmod", PURE, 7, 0, 0, "computes over a row of the catalog or its numbers, in the server's own SQL") \
    K("abbrev", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("abs", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("aclcontains", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("acldefault", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("aclexplode", PURE, 7, 0, 1, "says what a role may do") \
    K("aclinsert", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("aclitemeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("aclitemin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("aclitemout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("aclremove", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("acos", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("acosd", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("acosh", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("age", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    D("amvalidate", RUNS_CODE, 7, 0, 1, "calls the handler of an access method") \
    D("any_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("any_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("any_value", PURE, 6, 0, 0, "an aggregate: gives back one of the values, as ORDER BY and LIMIT 1 would") \
    K("any_value_transfn", PURE, 6, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("anyarray_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anyarray_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anyarray_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("anyarray_send", PURE, 7, 0, 0, "the binary form of its argument") \
    D("anycompatible_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatible_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatiblearray_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatiblearray_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatiblearray_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("anycompatiblearray_send", PURE, 7, 0, 0, "the binary form of its argument") \
    D("anycompatiblemultirange_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatiblemultirange_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatiblenonarray_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatiblenonarray_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatiblerange_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anycompatiblerange_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anyelement_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anyelement_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anyenum_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anyenum_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anymultirange_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anymultirange_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anynonarray_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anynonarray_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anyrange_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("anyrange_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("anytextcat", PURE, 7, 0, 0, "puts values together through the output functions of their types, which only C can write") \
    K("area", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("areajoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("areasel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("array_agg", VALUES, 7, 0, 0, "gives back every value that it is given") \
    D("array_agg_array_combine", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_array_deserialize", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_array_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_array_serialize", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_array_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_combine", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_deserialize", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_serialize", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("array_append", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_cat", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_dims", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_fill", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("array_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("array_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_lower", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_ndims", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("array_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("array_position", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_1(K, D) \
    K("array_positions", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_prepend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("array_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("array_remove", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_replace", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("array_sample", PURE, 6, 0, 1, "orders or picks items of the array that it is given, at random") \
    K("array_send", PURE, 7, 0, 0, "the binary form of its argument") \
    K("array_shuffle", PURE, 6, 0, 1, "orders or picks items of the array that it is given, at random") \
    K("array_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("array_subscript_handler", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("array_to_json", PURE, 7, 0, 0, "makes JSON through output functions and casts to json (casts of users are looked at apart)") \
    K("array_to_string", PURE, 7, 0, 0, "puts values together through the output functions of their types, which only C can write") \
    K("array_to_tsvector", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("array_typanalyze", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("array_unnest_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("array_upper", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("arraycontained", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("arraycontains", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("arraycontjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("arraycontsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("arrayoverlap", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ascii", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("asin", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("asind", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("asinh", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("atan", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("atan2", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("atan2d", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("atand", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("atanh", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("avg", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    D("bernoulli", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("big5_to_euc_tw", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("big5_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("big5_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("binary_upgrade_add_sub_rel_state", ADMIN, 4, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_create_empty_extension", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_logical_slot_has_caught_up", ADMIN, 4, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_replorigin_advance", ADMIN, 4, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_missing_value", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_array_pg_type_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_attribute_versions", ADMIN, 1, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_heap_pg_class_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_heap_relfilenode", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_index_pg_class_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_index_relfilenode", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_multirange_array_pg_type_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_multirange_pg_type_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_pg_authid_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_pg_enum_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_pg_tablespace_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_pg_type_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_toast_pg_class_oid", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_next_toast_relfilenode", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("binary_upgrade_set_record_init_privs", ADMIN, 7, 0, 1, "works only in the hands of pg_upgrade; changes what objects get for identities") \
    K("bit", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bit_and", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("bit_count", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bit_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("bit_length", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    K("bit_or", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    D("bit_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("bit_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("bit_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bit_xor", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("bitand", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitcat", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("biteq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitgt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitlt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitnot", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitor", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitshiftleft", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bitshiftright", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bittypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("bittypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("bitxor", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bool", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bool_accum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("bool_accum_inv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("bool_alltrue", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("bool_and", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    D("bool_anytrue", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("bool_or", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("booland_statefunc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("booleq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("boolge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("boolgt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("boolin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("boolle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("boollt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("boolne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("boolor_statefunc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("boolout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("boolrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("boolsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_2(K, D) \
    K("bound_box", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_above", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_above_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_add", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_below", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_below_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_center", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_contain", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_contain_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_contained", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_distance", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("box_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("box_intersect", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_left", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("box_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("box_overabove", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_overbelow", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_overlap", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_overleft", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_overright", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("box_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("box_right", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_same", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("box_sub", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchar", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchar_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchar_pattern_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchar_pattern_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchar_pattern_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchar_pattern_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchar_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bpchar_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("bpcharcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchareq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchargt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpchariclike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharicnlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharicregexeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharicregexne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bpcharin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("bpcharle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharlt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharnlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bpcharout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("bpcharrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("bpcharregexeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharregexne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bpcharsend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("bpchartypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("bpchartypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("brin_bloom_add_value", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_bloom_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_bloom_opcinfo", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_bloom_options", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_bloom_summary_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("brin_bloom_summary_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("brin_bloom_summary_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("brin_bloom_summary_send", PURE, 7, 0, 0, "the binary form of its argument") \
    D("brin_bloom_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_desummarize_range", RUNS_CODE, 7, 0, 1, "changes an index: its operator class runs") \
    D("brin_inclusion_add_value", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_inclusion_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_inclusion_opcinfo", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_inclusion_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_add_value", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_add_value", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_date", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_float4", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_float8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_inet", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_int2", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_int4", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_int8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_interval", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_macaddr", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_macaddr8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_numeric", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_pg_lsn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_tid", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_time", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_timestamp", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_timetz", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_distance_uuid", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_opcinfo", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_options", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_multi_summary_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE)

#define SL_BUILTIN_FUNCTIONS_3(K, D) \
    D("brin_minmax_multi_summary_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("brin_minmax_multi_summary_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("brin_minmax_multi_summary_send", PURE, 7, 0, 0, "the binary form of its argument") \
    D("brin_minmax_multi_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_opcinfo", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_minmax_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("brin_summarize_new_values", RUNS_CODE, 7, 0, 1, "summarizes an index again: its expressions run") \
    D("brin_summarize_range", RUNS_CODE, 7, 0, 1, "summarizes an index again: its expressions run") \
    D("brinhandler", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("broadcast", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btarraycmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btboolcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btbpchar_pattern_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("btbpchar_pattern_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("btcharcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btequalimage", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btfloat48cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btfloat4cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("btfloat4sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("btfloat84cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btfloat8cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("btfloat8sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("bthandler", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("btint24cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btint28cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btint2cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("btint2sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("btint42cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btint48cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btint4cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("btint4sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("btint82cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btint84cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btint8cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("btint8sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("btnamecmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("btnamesortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("btnametextcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btoidcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("btoidsortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("btoidvectorcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btrecordcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btrecordimagecmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btrim", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bttext_pattern_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bttext_pattern_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("bttextcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bttextnamecmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bttextsortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("bttidcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("btvarstrequalimage", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("bytea_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("bytea_string_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("bytea_string_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("byteacat", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("byteacmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("byteaeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("byteage", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("byteagt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("byteain", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("byteale", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bytealike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("bytealt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("byteane", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("byteanlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("byteaout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("bytearecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("byteasend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cardinality", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_div_cash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_div_flt4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_div_flt8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_div_int2", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_div_int4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_div_int8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("cash_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("cash_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_mul_flt4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_mul_flt8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_mul_int2", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_mul_int4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_mul_int8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("cash_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("cash_pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("cash_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("cash_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cash_words", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cashlarger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cashsmaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cbrt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ceil", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ceiling", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("center", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_4(K, D) \
    K("char", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("char_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("character_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("chareq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("charge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("chargt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("charin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("charle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("charlt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("charne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("charout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("charrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("charsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("chr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cideq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("cidin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("cidout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("cidr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("cidr_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("cidr_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("cidr_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("cidr_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("cidrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("cidsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_above", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_add_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_below", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_center", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_contain", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_contain_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_contained", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_distance", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_div_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("circle_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("circle_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_left", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_mul_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("circle_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("circle_overabove", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_overbelow", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_overlap", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_overleft", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_overright", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("circle_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("circle_right", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_same", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("circle_sub_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("clock_timestamp", PURE, 7, 1, 1, "tells the time") \
    K("close_ls", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("close_lseg", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("close_pb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("close_pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("close_ps", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("close_sb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("col_description", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("concat", PURE, 7, 0, 0, "puts values together through the output functions of their types, which only C can write") \
    K("concat_ws", PURE, 7, 0, 0, "puts values together through the output functions of their types, which only C can write") \
    D("contjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("contsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("convert", PURE, 7, 0, 0, "works on characters: names, lengths and conversions of encodings") \
    K("convert_from", PURE, 7, 0, 0, "works on characters: names, lengths and conversions of encodings") \
    K("convert_to", PURE, 7, 0, 0, "works on characters: names, lengths and conversions of encodings") \
    K("corr", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("cos", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cosd", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cosh", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cot", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("cotd", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("count", PURE, 7, 1, 0, "an aggregate: computes one number or one truth value out of many") \
    K("covar_pop", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("covar_samp", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    D("cstring_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("cstring_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("cstring_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("cstring_send", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("cume_dist", PURE, 7, 1, 0, "numbers its row among others") \
    D("cume_dist_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("current_database", PURE, 7, 1, 0, "says who and where this session is") \
    K("current_query", PURE, 7, 1, 1, "says who and where this session is") \
    K("current_schema", PURE, 7, 1, 0, "says who and where this session is") \
    K("current_schemas", PURE, 7, 0, 0, "says who and where this session is") \
    K("current_setting", PURE, 7, 0, 0, "reads a parameter") \
    K("current_user", PURE, 7, 1, 0, "says who and where this session is") \
    D("currtid2", LEAKS, 7, 0, 1, "looks for a row of the table that its text names") \
    K("currval", PURE, 7, 0, 1, "reads where a sequence stands, in this session or at all") \
    D("cursor_to_xml", RUNS_SQL, 7, 0, 1, "fetches the rows of the cursor that its argument names") \
    D("cursor_to_xmlschema", RUNS_SQL, 7, 0, 1, "looks into the cursor that its argument names") \
    D("database_to_xml", RUNS_SQL, 7, 0, 0, "makes and runs a query over each table of the database") \
    D("database_to_xml_and_xmlschema", RUNS_SQL, 7, 0, 0, "makes and runs a query over each table of the database") \
    D("database_to_xmlschema", RUNS_SQL, 7, 0, 0, "makes and runs a query that finds each table of the database") \
    K("date", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_add", PURE, 6, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_bin", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_5(K, D) \
    K("date_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_cmp_timestamp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_cmp_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_eq_timestamp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_eq_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_ge_timestamp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_ge_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_gt_timestamp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_gt_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    D("date_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("date_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_le_timestamp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_le_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_lt_timestamp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_lt_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_mi_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_mii", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_ne_timestamp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_ne_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    D("date_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("date_part", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_pl_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_pli", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("date_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("date_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("date_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("date_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("date_subtract", PURE, 6, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("date_trunc", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("datemultirange", PURE, 7, 1, 0, SL_BUILTIN_WHY_PURE) \
    K("daterange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("daterange_canonical", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("daterange_subdiff", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("datetime_pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("datetimetz_pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dcbrt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("decode", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("degrees", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dense_rank", PURE, 7, 1, 0, "numbers its row among others") \
    D("dense_rank_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("dexp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("diagonal", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("diameter", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("dispell_init", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("dispell_lexize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("dist_bp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_bs", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_cpoint", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_cpoly", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_lp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_ls", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_pathp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_pb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_pc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_polyc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_polyp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_ppath", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_ppoly", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_ps", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_sb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_sl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dist_sp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dlog1", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dlog10", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("domain_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("domain_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("dpow", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("dround", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("dsimple_init", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("dsimple_lexize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("dsnowball_init", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("dsnowball_lexize", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("dsqrt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("dsynonym_init", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("dsynonym_lexize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("dtrunc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("elem_contained_by_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("elem_contained_by_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("elem_contained_by_range_support", UNCALLABLE, 4, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("encode", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("enum_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("enum_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("enum_first", PURE, 7, 0, 0, "the labels of an enum type") \
    K("enum_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("enum_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("enum_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("enum_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("enum_last", PURE, 7, 0, 0, "the labels of an enum type") \
    K("enum_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("enum_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("enum_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_6(K, D) \
    D("enum_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("enum_range", PURE, 7, 0, 0, "the labels of an enum type") \
    D("enum_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("enum_send", PURE, 7, 0, 0, "the binary form of its argument") \
    K("enum_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("eqjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("eqsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("erf", PURE, 6, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("erfc", PURE, 6, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("euc_cn_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_cn_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_jis_2004_to_shift_jis_2004", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_jis_2004_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_jp_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_jp_to_sjis", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_jp_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_kr_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_kr_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_tw_to_big5", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_tw_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("euc_tw_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("event_trigger_in", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("event_trigger_out", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("every", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("exp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("extract", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("factorial", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("family", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("fdw_handler_in", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("fdw_handler_out", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("first_value", PURE, 7, 0, 0, "gives one value of another row of the same window to each row") \
    K("float4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float48pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4_accum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4abs", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("float4in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("float4larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("float4out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("float4pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("float4recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("float4send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4um", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float4up", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float84pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_accum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_avg", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_combine", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_corr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_covar_pop", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_covar_samp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_accum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_avgx", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_avgy", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_combine", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_intercept", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_r2", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_slope", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_sxx", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_sxy", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_regr_syy", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_stddev_pop", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_stddev_samp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_var_pop", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8_var_samp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8abs", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("float8in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("float8larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_7(K, D) \
    K("float8le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("float8out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("float8pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("float8recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("float8send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8um", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("float8up", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("floor", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("flt4_mul_cash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("flt8_mul_cash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("fmgr_c_validator", RUNS_CODE, 7, 0, 0, "reads and compiles the body of a function") \
    D("fmgr_internal_validator", RUNS_CODE, 7, 0, 0, "reads and compiles the body of a function") \
    D("fmgr_sql_validator", RUNS_CODE, 7, 0, 0, "reads and compiles the body of a function") \
    K("format", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("format_type", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    D("gb18030_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gbk_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("gcd", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("gen_random_uuid", PURE, 7, 1, 1, "random numbers of this session") \
    K("generate_series", PURE, 7, 0, 1, "computes with dates and times; depends on the session's time zone") \
    D("generate_series_int4_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("generate_series_int8_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("generate_subscripts", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("get_bit", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("get_byte", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("get_current_ts_config", PURE, 7, 1, 0, "says which text search configuration this session uses") \
    K("getdatabaseencoding", PURE, 7, 1, 0, "works on characters: names, lengths and conversions of encodings") \
    K("getpgusername", PURE, 7, 1, 0, "says who and where this session is") \
    D("gin_clean_pending_list", RUNS_CODE, 7, 0, 1, "changes an index: its operator class runs") \
    D("gin_cmp_prefix", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("gin_cmp_tslexeme", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("gin_compare_jsonb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("gin_consistent_jsonb", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_consistent_jsonb_path", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_extract_jsonb", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_extract_jsonb_path", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_extract_jsonb_query", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_extract_jsonb_query_path", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_extract_tsquery", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_extract_tsvector", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_triconsistent_jsonb", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_triconsistent_jsonb_path", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_tsquery_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gin_tsquery_triconsistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("ginarrayconsistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("ginarrayextract", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("ginarraytriconsistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("ginhandler", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("ginqueryarrayextract", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_box_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_box_distance", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_box_penalty", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_box_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_box_same", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_box_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_circle_compress", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_circle_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_circle_distance", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_point_compress", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_point_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_point_distance", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_point_fetch", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_point_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_poly_compress", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_poly_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gist_poly_distance", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gisthandler", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsquery_compress", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsquery_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsquery_penalty", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsquery_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsquery_same", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsquery_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvector_compress", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvector_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvector_decompress", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvector_options", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvector_penalty", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvector_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvector_same", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvector_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("gtsvectorin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("gtsvectorout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("has_any_column_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_column_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_database_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_foreign_data_wrapper_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_function_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_language_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_parameter_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_schema_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_sequence_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_server_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_table_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("has_tablespace_privilege", PURE, 7, 0, 0, "says what a role may do")

#define SL_BUILTIN_FUNCTIONS_8(K, D) \
    K("has_type_privilege", PURE, 7, 0, 0, "says what a role may do") \
    K("hash_aclitem", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_aclitem_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_array", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_array_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_multirange_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_numeric", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_numeric_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_range_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_record", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hash_record_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashbpchar", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashbpcharextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashchar", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashcharextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashenum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashenumextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashfloat4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashfloat4extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashfloat8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashfloat8extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("hashhandler", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("hashinet", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashinetextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashint2", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashint2extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashint4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashint4extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashint8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashint8extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashmacaddr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashmacaddr8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashmacaddr8extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashmacaddrextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashname", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashnameextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashoid", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashoidextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashoidvector", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashoidvectorextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashtext", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashtextextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashtid", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hashtidextended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("hashvarlena", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("hashvarlenaextended", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("heap_tableam_handler", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("height", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("host", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("hostmask", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("iclikejoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("iclikesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("icnlikejoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("icnlikesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("icregexeqjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("icregexeqsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("icregexnejoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("icregexnesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("icu_unicode_version", PURE, 4, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("in_range", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    D("index_am_handler_in", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("index_am_handler_out", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("inet_client_addr", PURE, 7, 1, 0, "says who and where this session is") \
    K("inet_client_port", PURE, 7, 1, 0, "says who and where this session is") \
    D("inet_gist_compress", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_gist_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_gist_fetch", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_gist_penalty", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_gist_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_gist_same", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_gist_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("inet_merge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("inet_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("inet_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("inet_same_family", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inet_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inet_server_addr", PURE, 7, 1, 0, "says who and where this session is") \
    K("inet_server_port", PURE, 7, 1, 0, "says who and where this session is") \
    D("inet_spg_choose", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_spg_config", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_spg_inner_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_spg_leaf_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("inet_spg_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("inetand", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inetmi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inetmi_int8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inetnot", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inetor", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inetpl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("initcap", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_9(K, D) \
    K("int24mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int24pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int28pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int2_accum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("int2_accum_inv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int2_avg_accum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2_avg_accum_inv", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2_mul_cash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2_sum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2abs", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2and", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int2in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("int2int4_sum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2mod", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2not", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2or", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int2out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("int2pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int2recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int2send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2shl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2shr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2um", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2up", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int2vectorin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("int2vectorout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("int2vectorrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int2vectorsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int2xor", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int42pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int48pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int4_accum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("int4_accum_inv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int4_avg_accum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4_avg_accum_inv", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4_avg_combine", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4_mul_cash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4_sum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4abs", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4and", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int4in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("int4inc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4mod", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4multirange", PURE, 7, 1, 0, SL_BUILTIN_WHY_PURE) \
    K("int4ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4not", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4or", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int4out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("int4pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_10(K, D) \
    K("int4range_canonical", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4range_subdiff", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int4recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int4send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4shl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4shr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4um", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4up", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int4xor", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int82pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int84pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int8_accum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("int8_accum_inv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int8_avg", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int8_avg_accum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("int8_avg_accum_inv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("int8_avg_combine", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("int8_avg_deserialize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("int8_avg_serialize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int8_mul_cash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8_sum", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8abs", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8and", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8dec", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8dec_any", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int8in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("int8inc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8inc_any", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8inc_float8_float8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int8inc_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int8larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8mod", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8multirange", PURE, 7, 1, 0, SL_BUILTIN_WHY_PURE) \
    K("int8ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8not", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8or", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int8out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("int8pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8pl_inet", PURE, 7, 0, 0, "computes in the server's own SQL") \
    K("int8range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8range_canonical", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8range_subdiff", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("int8recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("int8send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8shl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8shr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8um", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8up", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("int8xor", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("integer_pl_date", PURE, 7, 0, 0, "computes with dates and times in the server's own SQL") \
    K("inter_lb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inter_sb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("inter_sl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("internal_in", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("internal_out", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_accum", PURE, 3, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_accum_inv", PURE, 3, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_avg", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("interval_avg_accum", UNCALLABLE, 4, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("interval_avg_accum_inv", UNCALLABLE, 4, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("interval_avg_combine", UNCALLABLE, 4, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("interval_avg_deserialize", UNCALLABLE, 4, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("interval_avg_serialize", UNCALLABLE, 4, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("interval_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_combine", PURE, 3, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_hash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_11(K, D) \
    K("interval_hash_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("interval_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("interval_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("interval_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("interval_pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_pl_date", PURE, 7, 0, 0, "computes with dates and times in the server's own SQL") \
    K("interval_pl_time", PURE, 7, 0, 0, "computes with dates and times in the server's own SQL") \
    K("interval_pl_timestamp", PURE, 7, 0, 0, "computes with dates and times in the server's own SQL") \
    K("interval_pl_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("interval_pl_timetz", PURE, 7, 0, 0, "computes with dates and times in the server's own SQL") \
    D("interval_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("interval_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("interval_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("interval_sum", UNCALLABLE, 4, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("interval_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("interval_um", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("intervaltypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("intervaltypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("is_normalized", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("isclosed", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("isempty", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("isfinite", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ishorizontal", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("iso8859_1_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("iso8859_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("iso_to_koi8r", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("iso_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("iso_to_win1251", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("iso_to_win866", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("isopen", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("isparallel", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("isperp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("isvertical", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("johab_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("json_agg", VALUES, 7, 0, 0, "gives back every value that it is given") \
    D("json_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("json_agg_strict", VALUES, 6, 0, 0, "gives back every value that it is given") \
    D("json_agg_strict_transfn", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("json_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("json_array_element", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_array_element_text", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_array_elements", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("json_array_elements_text", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("json_array_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_build_array", PURE, 7, 1, 0, "makes JSON through output functions and casts to json (casts of users are looked at apart)") \
    K("json_build_object", PURE, 7, 1, 0, "makes JSON through output functions and casts to json (casts of users are looked at apart)") \
    K("json_each", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("json_each_text", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("json_extract_path", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_extract_path_text", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("json_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("json_object", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_object_agg", VALUES, 7, 0, 0, "gives back every value that it is given") \
    D("json_object_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("json_object_agg_strict", VALUES, 6, 0, 0, "gives back every value that it is given") \
    D("json_object_agg_strict_transfn", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("json_object_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("json_object_agg_unique", VALUES, 6, 0, 0, "gives back every value that it is given") \
    K("json_object_agg_unique_strict", VALUES, 6, 0, 0, "gives back every value that it is given") \
    D("json_object_agg_unique_strict_transfn", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("json_object_agg_unique_transfn", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("json_object_field", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_object_field_text", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_object_keys", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    D("json_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("json_populate_record", RUNS_CODE, 7, 0, 0, "makes values of the type of its argument: the checks of a domain run") \
    D("json_populate_recordset", RUNS_CODE, 7, 0, 1, "makes values of the type of its argument: the checks of a domain run") \
    D("json_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("json_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_strip_nulls", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("json_to_record", PURE, 7, 0, 0, "reads JSON as the columns that the statement itself names") \
    K("json_to_recordset", PURE, 7, 0, 1, "reads JSON as the columns that the statement itself names") \
    K("json_to_tsvector", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("json_typeof", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_agg", VALUES, 7, 0, 0, "gives back every value that it is given") \
    D("jsonb_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("jsonb_agg_strict", VALUES, 6, 0, 0, "gives back every value that it is given") \
    D("jsonb_agg_strict_transfn", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("jsonb_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("jsonb_array_element", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_array_element_text", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_array_elements", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("jsonb_array_elements_text", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("jsonb_array_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_build_array", PURE, 7, 1, 0, "makes JSON through output functions and casts to json (casts of users are looked at apart)") \
    K("jsonb_build_object", PURE, 7, 1, 0, "makes JSON through output functions and casts to json (casts of users are looked at apart)") \
    K("jsonb_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_concat", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_contained", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_contains", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_delete", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_delete_path", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_each", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("jsonb_each_text", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("jsonb_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_12(K, D) \
    K("jsonb_exists", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_exists_all", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_exists_any", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_extract_path", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_extract_path_text", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_hash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_hash_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("jsonb_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("jsonb_insert", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_object", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_object_agg", VALUES, 7, 0, 0, "gives back every value that it is given") \
    D("jsonb_object_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("jsonb_object_agg_strict", VALUES, 6, 0, 0, "gives back every value that it is given") \
    D("jsonb_object_agg_strict_transfn", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("jsonb_object_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("jsonb_object_agg_unique", VALUES, 6, 0, 0, "gives back every value that it is given") \
    K("jsonb_object_agg_unique_strict", VALUES, 6, 0, 0, "gives back every value that it is given") \
    D("jsonb_object_agg_unique_strict_transfn", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("jsonb_object_agg_unique_transfn", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("jsonb_object_field", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_object_field_text", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_object_keys", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    D("jsonb_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("jsonb_path_exists", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_path_exists_opr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_path_exists_tz", PURE, 7, 0, 0, "computes over JSON; compares times in the session's time zone") \
    K("jsonb_path_match", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_path_match_opr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_path_match_tz", PURE, 7, 0, 0, "computes over JSON; compares times in the session's time zone") \
    K("jsonb_path_query", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("jsonb_path_query_array", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_path_query_array_tz", PURE, 7, 0, 0, "computes over JSON; compares times in the session's time zone") \
    K("jsonb_path_query_first", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_path_query_first_tz", PURE, 7, 0, 0, "computes over JSON; compares times in the session's time zone") \
    K("jsonb_path_query_tz", PURE, 7, 0, 1, "computes over JSON; compares times in the session's time zone") \
    D("jsonb_populate_record", RUNS_CODE, 7, 0, 0, "makes values of the type of its argument: the checks of a domain run") \
    D("jsonb_populate_record_valid", RUNS_CODE, 4, 0, 0, "makes values of the type of its argument: the checks of a domain run") \
    D("jsonb_populate_recordset", RUNS_CODE, 7, 0, 1, "makes values of the type of its argument: the checks of a domain run") \
    K("jsonb_pretty", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("jsonb_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("jsonb_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_set", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_set_lax", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("jsonb_strip_nulls", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("jsonb_subscript_handler", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("jsonb_to_record", PURE, 7, 0, 0, "reads JSON as the columns that the statement itself names") \
    K("jsonb_to_recordset", PURE, 7, 0, 1, "reads JSON as the columns that the statement itself names") \
    K("jsonb_to_tsvector", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("jsonb_typeof", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("jsonpath_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("jsonpath_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("jsonpath_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("jsonpath_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("justify_days", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("justify_hours", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("justify_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("koi8r_to_iso", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("koi8r_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("koi8r_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("koi8r_to_win1251", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("koi8r_to_win866", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("koi8u_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("lag", PURE, 7, 0, 0, "gives one value of another row of the same window to each row") \
    D("language_handler_in", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("language_handler_out", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("last_value", PURE, 7, 0, 0, "gives one value of another row of the same window to each row") \
    K("lastval", PURE, 7, 1, 1, "reads where a sequence stands, in this session or at all") \
    D("latin1_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("latin2_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("latin2_to_win1250", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("latin3_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("latin4_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("lcm", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lead", PURE, 7, 0, 0, "gives one value of another row of the same window to each row") \
    K("left", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("length", PURE, 7, 0, 0, "works on characters: names, lengths and conversions of encodings") \
    K("like", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("like_escape", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("likejoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("likesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("line", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("line_distance", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("line_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("line_horizontal", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("line_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("line_interpt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("line_intersect", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("line_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("line_parallel", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("line_perp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("line_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("line_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("line_vertical", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ln", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("lo_close", LARGE_OBJECT, 7, 0, 1, "moves or asks within a large object that is open")

#define SL_BUILTIN_FUNCTIONS_13(K, D) \
    D("lo_creat", LARGE_OBJECT, 7, 0, 1, "makes, changes or removes a large object") \
    D("lo_create", LARGE_OBJECT, 7, 0, 1, "makes, changes or removes a large object") \
    K("lo_export", PROGRAM, 7, 0, 1, "reads or writes a file of the server") \
    D("lo_from_bytea", LARGE_OBJECT, 7, 0, 1, "makes, changes or removes a large object") \
    D("lo_get", LARGE_OBJECT, 7, 0, 1, "reads a large object") \
    K("lo_import", PROGRAM, 7, 0, 1, "reads or writes a file of the server") \
    D("lo_lseek", LARGE_OBJECT, 7, 0, 1, "moves or asks within a large object that is open") \
    D("lo_lseek64", LARGE_OBJECT, 7, 0, 1, "moves or asks within a large object that is open") \
    D("lo_open", LARGE_OBJECT, 7, 0, 1, "opens a large object, for reading or writing as a number says") \
    D("lo_put", LARGE_OBJECT, 7, 0, 1, "makes, changes or removes a large object") \
    D("lo_tell", LARGE_OBJECT, 7, 0, 1, "moves or asks within a large object that is open") \
    D("lo_tell64", LARGE_OBJECT, 7, 0, 1, "moves or asks within a large object that is open") \
    D("lo_truncate", LARGE_OBJECT, 7, 0, 1, "makes, changes or removes a large object") \
    D("lo_truncate64", LARGE_OBJECT, 7, 0, 1, "makes, changes or removes a large object") \
    D("lo_unlink", LARGE_OBJECT, 7, 0, 1, "makes, changes or removes a large object") \
    K("log", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    K("log10", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    D("loread", LARGE_OBJECT, 7, 0, 1, "reads a large object") \
    K("lower", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lower_inc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lower_inf", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("lowrite", LARGE_OBJECT, 7, 0, 1, "makes, changes or removes a large object") \
    K("lpad", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    K("lseg", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_center", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_distance", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_horizontal", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("lseg_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("lseg_interpt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_intersect", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("lseg_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("lseg_parallel", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_perp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("lseg_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("lseg_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("lseg_vertical", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ltrim", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_and", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("macaddr8_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("macaddr8_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_not", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_or", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("macaddr8_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("macaddr8_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("macaddr8_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr8_set7bit", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_and", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("macaddr_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("macaddr_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_not", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("macaddr_or", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("macaddr_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("macaddr_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("macaddr_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("macaddr_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("make_date", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("make_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("make_time", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("make_timestamp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("make_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("makeaclitem", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("masklen", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("matchingjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("matchingsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("max", PURE, 7, 0, 0, "an aggregate: gives back one of the values, as ORDER BY and LIMIT 1 would") \
    K("md5", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("mic_to_big5", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_euc_cn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_euc_jp", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_euc_kr", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_euc_tw", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_iso", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_koi8r", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_latin1", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_latin2", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_latin3", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_latin4", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_sjis", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_win1250", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE)

#define SL_BUILTIN_FUNCTIONS_14(K, D) \
    D("mic_to_win1251", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("mic_to_win866", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("min", PURE, 7, 0, 0, "an aggregate: gives back one of the values, as ORDER BY and LIMIT 1 would") \
    K("min_scale", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("mod", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("mode", PURE, 7, 0, 0, "an aggregate: gives back one of the values, as ORDER BY and LIMIT 1 would") \
    D("mode_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("money", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("mul_d_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_adjacent_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_adjacent_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_after_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_after_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("multirange_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("multirange_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("multirange_before_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_before_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_contained_by_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_contained_by_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_contains_elem", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_contains_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_contains_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("multirange_gist_compress", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("multirange_gist_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("multirange_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("multirange_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("multirange_intersect", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_intersect_agg_transfn", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_minus", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("multirange_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("multirange_overlaps_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_overlaps_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_overleft_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_overleft_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_overright_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("multirange_overright_range", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("multirange_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("multirange_send", PURE, 7, 0, 0, "the binary form of its argument") \
    D("multirange_typanalyze", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("multirange_union", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("multirangesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("mxid_age", PURE, 7, 0, 0, "numbers of transactions, and what became of them") \
    K("name", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameconcatoid", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameeqtext", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namege", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namegetext", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namegt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namegttext", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameiclike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameicnlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameicregexeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameicregexne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("namein", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("namele", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameletext", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namelike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namelt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namelttext", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namene", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namenetext", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namenlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("nameout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("namerecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("nameregexeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nameregexne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("namesend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("neqjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("neqsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("netmask", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_overlap", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("network_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("network_sub", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_subeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("network_subset_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("network_sup", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("network_supeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("networkjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("networksel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("nextval", SEQUENCE, 7, 0, 1, "moves a sequence on") \
    D("nlikejoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("nlikesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE)

#define SL_BUILTIN_FUNCTIONS_15(K, D) \
    K("normalize", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("notlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("now", PURE, 7, 1, 0, "tells the time") \
    K("npoints", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("nth_value", PURE, 7, 0, 0, "gives one value of another row of the same window to each row") \
    K("ntile", PURE, 7, 0, 0, "numbers its row among others") \
    K("num_nonnulls", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("num_nulls", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("numeric_abs", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_accum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_accum_inv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_add", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_avg", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_avg_accum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_avg_combine", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_avg_deserialize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_avg_serialize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_combine", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_deserialize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_div_trunc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_exp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("numeric_inc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_ln", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_log", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_mod", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("numeric_pl_pg_lsn", PURE, 7, 0, 0, "computes in the server's own SQL") \
    D("numeric_poly_avg", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_poly_combine", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_poly_deserialize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_poly_serialize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_poly_stddev_pop", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_poly_stddev_samp", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_poly_sum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_poly_var_pop", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_poly_var_samp", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_power", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_serialize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_sqrt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_stddev_pop", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_stddev_samp", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_sub", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_sum", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("numeric_uminus", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numeric_uplus", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("numeric_var_pop", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numeric_var_samp", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("numerictypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("numerictypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("nummultirange", PURE, 7, 1, 0, SL_BUILTIN_WHY_PURE) \
    K("numnode", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numrange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("numrange_subdiff", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("obj_description", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("octet_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oid", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oideq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidgt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("oidin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("oidlarger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidlt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("oidout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("oidrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("oidsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidsmaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidvectoreq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidvectorge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidvectorgt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("oidvectorin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("oidvectorle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidvectorlt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidvectorne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("oidvectorout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("oidvectorrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("oidvectorsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("oidvectortypes", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("on_pb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("on_pl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("on_ppath", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("on_ps", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_16(K, D) \
    K("on_sb", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("on_sl", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("ordered_set_transition", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("ordered_set_transition_multi", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("overlaps", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("overlay", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("parse_ident", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_add", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_add_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_contain_pt", PURE, 7, 0, 0, "computes in the server's own SQL") \
    K("path_distance", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_div_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("path_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("path_inter", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_mul_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_n_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_n_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_n_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_n_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_n_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_npoints", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("path_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("path_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("path_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("path_sub_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pclose", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("percent_rank", PURE, 7, 1, 0, "numbers its row among others") \
    D("percent_rank_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("percentile_cont", PURE, 7, 0, 0, "an aggregate: one value for each fraction it is asked for (many fractions are an export)") \
    D("percentile_cont_float8_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("percentile_cont_float8_multi_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("percentile_cont_interval_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("percentile_cont_interval_multi_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("percentile_disc", PURE, 7, 0, 0, "an aggregate: one value for each fraction it is asked for (many fractions are an export)") \
    D("percentile_disc_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("percentile_disc_multi_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("pg_advisory_lock", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_advisory_lock_shared", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_advisory_unlock", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_advisory_unlock_all", SESSION, 7, 1, 1, "takes or gives back an advisory lock") \
    K("pg_advisory_unlock_shared", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_advisory_xact_lock", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_advisory_xact_lock_shared", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_available_extension_versions", PURE, 7, 1, 1, "shows which extensions lie on the server") \
    K("pg_available_extensions", PURE, 7, 1, 1, "shows which extensions lie on the server") \
    K("pg_available_wal_summaries", ADMIN, 4, 0, 1, "shows files and state of the write-ahead log") \
    K("pg_backend_pid", PURE, 7, 1, 0, "says who and where this session is") \
    K("pg_backup_start", ADMIN, 7, 0, 1, "begins or ends a backup of the server") \
    K("pg_backup_stop", ADMIN, 7, 0, 1, "begins or ends a backup of the server") \
    K("pg_basetype", PURE, 4, 0, 0, "shows what the catalog says of an object") \
    K("pg_blocking_pids", PURE, 7, 0, 1, "shows locks, who waits for whom, and what is prepared: numbers and names, no values") \
    K("pg_cancel_backend", ADMIN, 7, 0, 1, "ends or interrupts what another session does") \
    K("pg_char_to_encoding", PURE, 7, 0, 0, "works on characters: names, lengths and conversions of encodings") \
    K("pg_client_encoding", PURE, 7, 1, 0, "works on characters: names, lengths and conversions of encodings") \
    K("pg_collation_actual_version", PURE, 7, 0, 1, "shows versions of collations") \
    K("pg_collation_for", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_collation_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_column_compression", PURE, 7, 0, 0, "says how much room something takes, never what it is") \
    K("pg_column_is_updatable", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_column_size", PURE, 7, 0, 0, "says how much room something takes, never what it is") \
    K("pg_column_toast_chunk_id", PURE, 4, 0, 0, "says how much room something takes, never what it is") \
    K("pg_conf_load_time", PURE, 7, 1, 0, "when the server started or read its configuration") \
    K("pg_config", ADMIN, 7, 1, 1, "shows how the server was built") \
    K("pg_control_checkpoint", ADMIN, 7, 1, 1, "shows the control file of the server") \
    K("pg_control_init", ADMIN, 7, 1, 1, "shows the control file of the server") \
    K("pg_control_recovery", ADMIN, 7, 1, 1, "shows the control file of the server") \
    K("pg_control_system", ADMIN, 7, 1, 1, "shows the control file of the server") \
    K("pg_conversion_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_copy_logical_replication_slot", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_copy_physical_replication_slot", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_create_logical_replication_slot", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_create_physical_replication_slot", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_create_restore_point", ADMIN, 7, 0, 1, "acts on the server's write-ahead log") \
    K("pg_current_logfile", PROGRAM, 7, 1, 1, "says where the server's log file lies") \
    K("pg_current_snapshot", PURE, 7, 1, 0, "numbers of transactions, and what became of them") \
    K("pg_current_wal_flush_lsn", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_current_wal_insert_lsn", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_current_wal_lsn", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_current_xact_id", PURE, 7, 1, 0, "numbers of transactions, and what became of them") \
    K("pg_current_xact_id_if_assigned", PURE, 7, 1, 0, "numbers of transactions, and what became of them") \
    K("pg_cursor", PURE, 7, 1, 1, "shows what this session opened, prepared or listens to") \
    K("pg_database_collation_actual_version", PURE, 7, 0, 1, "shows versions of collations") \
    K("pg_database_size", PURE, 7, 0, 1, "says how much room something takes, never what it is") \
    D("pg_ddl_command_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_ddl_command_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_ddl_command_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("pg_ddl_command_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("pg_dependencies_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_dependencies_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_dependencies_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("pg_dependencies_send", PURE, 7, 0, 0, "the binary form of its argument") \
    K("pg_describe_object", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_drop_replication_slot", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_encoding_max_length", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_encoding_to_char", PURE, 7, 0, 0, "works on characters: names, lengths and conversions of encodings") \
    K("pg_event_trigger_ddl_commands", PURE, 7, 1, 1, "shows, inside an event trigger, which command runs; an error elsewhere") \
    K("pg_event_trigger_dropped_objects", PURE, 7, 1, 1, "shows, inside an event trigger, which command runs; an error elsewhere") \
    K("pg_event_trigger_table_rewrite_oid", PURE, 7, 1, 0, "shows, inside an event trigger, which command runs; an error elsewhere")

#define SL_BUILTIN_FUNCTIONS_17(K, D) \
    K("pg_event_trigger_table_rewrite_reason", PURE, 7, 1, 0, "shows, inside an event trigger, which command runs; an error elsewhere") \
    K("pg_export_snapshot", SESSION, 7, 1, 1, "lets other sessions see what this transaction sees, no more than they may") \
    K("pg_extension_config_dump", ADMIN, 7, 0, 1, "changes system catalogs by hand") \
    K("pg_extension_update_paths", PURE, 7, 0, 1, "shows which extensions lie on the server") \
    K("pg_filenode_relation", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_function_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_get_backend_memory_contexts", ADMIN, 7, 1, 1, "shows the server's memory") \
    K("pg_get_catalog_foreign_keys", PURE, 7, 1, 1, "shows what the catalog says of an object") \
    K("pg_get_constraintdef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_expr", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_function_arg_default", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_function_arguments", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_function_identity_arguments", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_function_result", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_function_sqlbody", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_functiondef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_indexdef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_keywords", PURE, 7, 1, 1, "shows the words and names that the server knows") \
    K("pg_get_multixact_members", PURE, 7, 0, 1, "numbers of transactions, and what became of them") \
    K("pg_get_object_address", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_get_partition_constraintdef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_partkeydef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_publication_tables", PURE, 7, 0, 1, "shows what the catalog says of an object") \
    K("pg_get_replica_identity_index", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_get_replication_slots", ADMIN, 7, 1, 1, "shows how replication stands") \
    K("pg_get_ruledef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_serial_sequence", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_get_shmem_allocations", ADMIN, 7, 1, 1, "shows the server's memory") \
    K("pg_get_statisticsobjdef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_statisticsobjdef_columns", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_statisticsobjdef_expressions", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_triggerdef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_userbyid", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_get_viewdef", PURE, 7, 0, 0, "shows a definition out of the catalog") \
    K("pg_get_wait_events", PURE, 4, 0, 1, "shows the words and names that the server knows") \
    K("pg_get_wal_replay_pause_state", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_get_wal_resource_managers", PURE, 7, 1, 1, "shows the words and names that the server knows") \
    K("pg_get_wal_summarizer_state", ADMIN, 4, 0, 1, "shows files and state of the write-ahead log") \
    K("pg_has_role", PURE, 7, 0, 0, "says what a role may do") \
    K("pg_hba_file_rules", ADMIN, 7, 1, 1, "shows the server's configuration files") \
    K("pg_ident_file_mappings", ADMIN, 7, 1, 1, "shows the server's configuration files") \
    K("pg_identify_object", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_identify_object_as_address", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_import_system_collations", ADMIN, 7, 0, 1, "changes system catalogs by hand") \
    K("pg_index_column_has_property", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_index_has_property", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_indexam_has_property", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_indexam_progress_phasename", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_indexes_size", PURE, 7, 0, 1, "says how much room something takes, never what it is") \
    D("pg_input_error_info", RUNS_CODE, 6, 0, 0, "reads its text as any type that another text names: the checks of a domain run") \
    D("pg_input_is_valid", RUNS_CODE, 6, 0, 0, "reads its text as any type that another text names: the checks of a domain run") \
    K("pg_is_in_recovery", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_is_other_temp_schema", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_is_wal_replay_paused", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_isolation_test_session_is_blocked", PURE, 7, 0, 1, "shows locks, who waits for whom, and what is prepared: numbers and names, no values") \
    K("pg_jit_available", PURE, 7, 1, 1, "says who and where this session is") \
    K("pg_last_committed_xact", PURE, 7, 1, 1, "numbers of transactions, and what became of them") \
    K("pg_last_wal_receive_lsn", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_last_wal_replay_lsn", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_last_xact_replay_timestamp", PURE, 7, 1, 1, "positions in the write-ahead log and state of recovery") \
    K("pg_listening_channels", PURE, 7, 1, 1, "shows what this session opened, prepared or listens to") \
    K("pg_lock_status", PURE, 7, 1, 1, "shows locks, who waits for whom, and what is prepared: numbers and names, no values") \
    K("pg_log_backend_memory_contexts", ADMIN, 7, 0, 1, "makes a session write its memory use into the server's log") \
    K("pg_log_standby_snapshot", ADMIN, 6, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    D("pg_logical_emit_message", LEAKS, 7, 0, 1, "writes its argument into the write-ahead log, where whoever decodes the log reads it") \
    D("pg_logical_slot_get_binary_changes", LEAKS, 7, 0, 1, "shows rows of every table as they were changed, out of the write-ahead log") \
    D("pg_logical_slot_get_changes", LEAKS, 7, 0, 1, "shows rows of every table as they were changed, out of the write-ahead log") \
    D("pg_logical_slot_peek_binary_changes", LEAKS, 7, 0, 1, "shows rows of every table as they were changed, out of the write-ahead log") \
    D("pg_logical_slot_peek_changes", LEAKS, 7, 0, 1, "shows rows of every table as they were changed, out of the write-ahead log") \
    K("pg_ls_archive_statusdir", PROGRAM, 7, 1, 1, "shows what files of the server there are") \
    K("pg_ls_dir", PROGRAM, 7, 0, 1, "shows what files of the server there are") \
    K("pg_ls_logdir", PROGRAM, 7, 1, 1, "shows what files of the server there are") \
    K("pg_ls_logicalmapdir", PROGRAM, 7, 1, 1, "shows what files of the server there are") \
    K("pg_ls_logicalsnapdir", PROGRAM, 7, 1, 1, "shows what files of the server there are") \
    K("pg_ls_replslotdir", PROGRAM, 7, 0, 1, "shows what files of the server there are") \
    K("pg_ls_tmpdir", PROGRAM, 7, 1, 1, "shows what files of the server there are") \
    K("pg_ls_waldir", PROGRAM, 7, 1, 1, "shows what files of the server there are") \
    K("pg_lsn", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_hash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_hash_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("pg_lsn_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("pg_lsn_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_mii", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("pg_lsn_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("pg_lsn_pli", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("pg_lsn_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("pg_lsn_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_lsn_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("pg_mcv_list_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_mcv_list_items", LEAKS, 7, 0, 1, "shows the most common values that ANALYZE kept of a table") \
    D("pg_mcv_list_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_mcv_list_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE)

#define SL_BUILTIN_FUNCTIONS_18(K, D) \
    D("pg_mcv_list_send", LEAKS, 7, 0, 0, "shows the most common values that ANALYZE kept of a table") \
    K("pg_my_temp_schema", PURE, 7, 1, 0, "shows what the catalog says of an object") \
    D("pg_ndistinct_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_ndistinct_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_ndistinct_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("pg_ndistinct_send", PURE, 7, 0, 0, "the binary form of its argument") \
    K("pg_nextoid", ADMIN, 7, 0, 1, "changes system catalogs by hand") \
    D("pg_node_tree_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_node_tree_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_node_tree_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("pg_node_tree_send", PURE, 7, 0, 0, "the binary form of its argument") \
    K("pg_notification_queue_usage", PURE, 7, 1, 1, "says how full the queue of notifications is") \
    K("pg_notify", NOTIFY, 7, 0, 1, "tells every session that listens what its argument says") \
    K("pg_opclass_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_operator_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_opfamily_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_options_to_table", PURE, 7, 0, 1, "shows what the catalog says of an object") \
    K("pg_partition_ancestors", PURE, 7, 0, 1, "shows what the catalog says of an object") \
    K("pg_partition_root", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_partition_tree", PURE, 7, 0, 1, "shows what the catalog says of an object") \
    K("pg_postmaster_start_time", PURE, 7, 1, 0, "when the server started or read its configuration") \
    K("pg_prepared_statement", PURE, 7, 1, 1, "shows what this session opened, prepared or listens to") \
    K("pg_prepared_xact", PURE, 7, 1, 1, "shows locks, who waits for whom, and what is prepared: numbers and names, no values") \
    K("pg_promote", ADMIN, 7, 0, 1, "acts on the server's write-ahead log") \
    K("pg_read_binary_file", PROGRAM, 7, 0, 1, "reads or writes a file of the server") \
    K("pg_read_file", PROGRAM, 7, 0, 1, "reads or writes a file of the server") \
    K("pg_read_file_old", PROGRAM, 3, 0, 1, "reads or writes a file of the server") \
    K("pg_relation_filenode", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_relation_filepath", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_relation_is_publishable", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_relation_is_updatable", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_relation_size", PURE, 7, 0, 1, "says how much room something takes, never what it is") \
    K("pg_reload_conf", ADMIN, 7, 1, 1, "reads the configuration files again, or begins a new log file") \
    K("pg_replication_origin_advance", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_create", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_drop", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_oid", ADMIN, 7, 0, 0, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_progress", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_session_is_setup", ADMIN, 7, 1, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_session_progress", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_session_reset", ADMIN, 7, 1, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_session_setup", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_xact_reset", ADMIN, 7, 1, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_origin_xact_setup", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_replication_slot_advance", ADMIN, 7, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_rotate_logfile", ADMIN, 7, 1, 1, "reads the configuration files again, or begins a new log file") \
    K("pg_rotate_logfile_old", ADMIN, 3, 0, 1, "reads the configuration files again, or begins a new log file") \
    K("pg_safe_snapshot_blocking_pids", PURE, 7, 0, 1, "shows locks, who waits for whom, and what is prepared: numbers and names, no values") \
    K("pg_sequence_last_value", PURE, 7, 0, 1, "reads where a sequence stands, in this session or at all") \
    K("pg_sequence_parameters", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_settings_get_flags", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_show_all_file_settings", ADMIN, 7, 1, 1, "shows the server's configuration files") \
    K("pg_show_all_settings", PURE, 7, 1, 1, "reads a parameter") \
    K("pg_show_replication_origin_status", ADMIN, 7, 1, 1, "shows how replication stands") \
    K("pg_size_bytes", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_size_pretty", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_sleep", PURE, 7, 0, 1, "waits") \
    K("pg_sleep_for", PURE, 7, 0, 1, "waits") \
    K("pg_sleep_until", PURE, 7, 0, 1, "waits") \
    D("pg_snapshot_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_snapshot_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("pg_snapshot_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("pg_snapshot_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_snapshot_xip", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("pg_snapshot_xmax", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_snapshot_xmin", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_split_walfile_name", PURE, 6, 0, 0, "positions in the write-ahead log and state of recovery") \
    K("pg_stat_clear_snapshot", SESSION, 7, 1, 1, "forgets or hands over what this session counted") \
    K("pg_stat_file", PROGRAM, 7, 0, 1, "shows what files of the server there are") \
    K("pg_stat_force_next_flush", SESSION, 7, 1, 1, "forgets or hands over what this session counted") \
    K("pg_stat_get_activity", ADMIN, 7, 0, 1, "shows what other sessions run, and from where") \
    K("pg_stat_get_analyze_count", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_archiver", ADMIN, 7, 1, 0, "shows counters of the server's inner workings") \
    K("pg_stat_get_autoanalyze_count", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_autovacuum_count", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_backend_activity", ADMIN, 7, 0, 0, "shows what other sessions run, and from where") \
    K("pg_stat_get_backend_activity_start", ADMIN, 7, 0, 0, "shows what other sessions run, and from where") \
    K("pg_stat_get_backend_client_addr", ADMIN, 7, 0, 0, "shows what other sessions run, and from where") \
    K("pg_stat_get_backend_client_port", ADMIN, 7, 0, 0, "shows what other sessions run, and from where") \
    K("pg_stat_get_backend_dbid", ADMIN, 7, 0, 0, "shows who else is connected and what they wait for") \
    K("pg_stat_get_backend_idset", ADMIN, 7, 1, 1, "shows who else is connected and what they wait for") \
    K("pg_stat_get_backend_pid", ADMIN, 7, 0, 0, "shows who else is connected and what they wait for") \
    K("pg_stat_get_backend_start", ADMIN, 7, 0, 0, "shows who else is connected and what they wait for") \
    K("pg_stat_get_backend_subxact", ADMIN, 6, 0, 0, "shows who else is connected and what they wait for") \
    K("pg_stat_get_backend_userid", ADMIN, 7, 0, 0, "shows who else is connected and what they wait for") \
    K("pg_stat_get_backend_wait_event", ADMIN, 7, 0, 0, "shows who else is connected and what they wait for") \
    K("pg_stat_get_backend_wait_event_type", ADMIN, 7, 0, 0, "shows who else is connected and what they wait for") \
    K("pg_stat_get_backend_xact_start", ADMIN, 7, 0, 0, "shows who else is connected and what they wait for") \
    K("pg_stat_get_bgwriter_buf_written_checkpoints", PURE, 3, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_bgwriter_buf_written_clean", PURE, 7, 1, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_bgwriter_maxwritten_clean", PURE, 7, 1, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_bgwriter_requested_checkpoints", PURE, 3, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_bgwriter_stat_reset_time", PURE, 7, 1, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_bgwriter_timed_checkpoints", PURE, 3, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_blocks_fetched", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_blocks_hit", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_buf_alloc", PURE, 7, 1, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_buf_fsync_backend", PURE, 3, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_buf_written_backend", PURE, 3, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpoint_sync_time", PURE, 3, 0, 0, "a counter or a time of the server's statistics: numbers, no values")

#define SL_BUILTIN_FUNCTIONS_19(K, D) \
    K("pg_stat_get_checkpoint_write_time", PURE, 3, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_buffers_written", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_num_requested", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_num_timed", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_restartpoints_performed", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_restartpoints_requested", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_restartpoints_timed", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_stat_reset_time", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_sync_time", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_checkpointer_write_time", PURE, 4, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_active_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_blk_read_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_blk_write_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_blocks_fetched", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_blocks_hit", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_checksum_failures", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_checksum_last_failure", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_conflict_all", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_conflict_bufferpin", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_conflict_lock", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_conflict_logicalslot", PURE, 6, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_conflict_snapshot", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_conflict_startup_deadlock", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_conflict_tablespace", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_deadlocks", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_idle_in_transaction_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_numbackends", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_session_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_sessions", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_sessions_abandoned", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_sessions_fatal", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_sessions_killed", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_stat_reset_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_temp_bytes", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_temp_files", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_tuples_deleted", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_tuples_fetched", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_tuples_inserted", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_tuples_returned", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_tuples_updated", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_xact_commit", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_db_xact_rollback", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_dead_tuples", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_function_calls", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_function_self_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_function_total_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_ins_since_vacuum", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_io", PURE, 6, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_last_analyze_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_last_autoanalyze_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_last_autovacuum_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_last_vacuum_time", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_lastscan", PURE, 6, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_live_tuples", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_mod_since_analyze", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_numscans", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_progress_info", ADMIN, 7, 0, 1, "shows how far commands of other sessions are") \
    K("pg_stat_get_recovery_prefetch", ADMIN, 7, 1, 1, "shows counters of the server's inner workings") \
    K("pg_stat_get_replication_slot", ADMIN, 7, 0, 0, "shows how replication stands") \
    K("pg_stat_get_slru", ADMIN, 7, 1, 1, "shows counters of the server's inner workings") \
    K("pg_stat_get_snapshot_timestamp", PURE, 7, 1, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_subscription", ADMIN, 7, 0, 1, "shows how replication stands") \
    K("pg_stat_get_subscription_stats", ADMIN, 7, 0, 0, "shows how replication stands") \
    K("pg_stat_get_tuples_deleted", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_tuples_fetched", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_tuples_hot_updated", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_tuples_inserted", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_tuples_newpage_updated", PURE, 6, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_tuples_returned", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_tuples_updated", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_vacuum_count", PURE, 7, 0, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_wal", PURE, 7, 1, 0, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_wal_receiver", ADMIN, 7, 1, 0, "shows how replication stands") \
    K("pg_stat_get_wal_senders", ADMIN, 7, 1, 1, "shows how replication stands") \
    K("pg_stat_get_xact_blocks_fetched", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_blocks_hit", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_function_calls", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_function_self_time", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_function_total_time", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_numscans", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_tuples_deleted", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_tuples_fetched", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_tuples_hot_updated", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_tuples_inserted", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_tuples_newpage_updated", PURE, 6, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_tuples_returned", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_get_xact_tuples_updated", PURE, 7, 0, 1, "a counter or a time of the server's statistics: numbers, no values") \
    K("pg_stat_have_stats", ADMIN, 7, 0, 1, "says whether the server counts something of any database; only superusers may ask") \
    K("pg_stat_reset", ADMIN, 7, 1, 1, "sets counters of the server back") \
    K("pg_stat_reset_replication_slot", ADMIN, 7, 0, 1, "sets counters of the server back") \
    K("pg_stat_reset_shared", ADMIN, 7, 0, 1, "sets counters of the server back") \
    K("pg_stat_reset_single_function_counters", ADMIN, 7, 0, 1, "sets counters of the server back") \
    K("pg_stat_reset_single_table_counters", ADMIN, 7, 0, 1, "sets counters of the server back") \
    K("pg_stat_reset_slru", ADMIN, 7, 0, 1, "sets counters of the server back") \
    K("pg_stat_reset_subscription_stats", ADMIN, 7, 0, 1, "sets counters of the server back") \
    K("pg_statistics_obj_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_stop_making_pinned_objects", ADMIN, 7, 1, 1, "changes system catalogs by hand") \
    K("pg_switch_wal", ADMIN, 7, 1, 1, "acts on the server's write-ahead log") \
    K("pg_sync_replication_slots", ADMIN, 4, 0, 1, "acts on replication: slots keep the server's log, origins say what was replayed") \
    K("pg_table_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path")

#define SL_BUILTIN_FUNCTIONS_20(K, D) \
    K("pg_table_size", PURE, 7, 0, 1, "says how much room something takes, never what it is") \
    K("pg_tablespace_databases", PURE, 7, 0, 1, "shows what the catalog says of an object") \
    K("pg_tablespace_location", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_tablespace_size", PURE, 7, 0, 1, "says how much room something takes, never what it is") \
    K("pg_terminate_backend", ADMIN, 7, 0, 1, "ends or interrupts what another session does") \
    K("pg_timezone_abbrevs", PURE, 7, 1, 1, "shows the words and names that the server knows") \
    K("pg_timezone_names", PURE, 7, 1, 1, "shows the words and names that the server knows") \
    K("pg_total_relation_size", PURE, 7, 0, 1, "says how much room something takes, never what it is") \
    K("pg_trigger_depth", PURE, 7, 1, 0, "says who and where this session is") \
    K("pg_try_advisory_lock", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_try_advisory_lock_shared", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_try_advisory_xact_lock", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_try_advisory_xact_lock_shared", SESSION, 7, 0, 1, "takes or gives back an advisory lock") \
    K("pg_ts_config_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_ts_dict_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_ts_parser_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_ts_template_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_type_is_visible", PURE, 7, 0, 0, "says whether a name is on the search path") \
    K("pg_typeof", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("pg_visible_in_snapshot", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_wal_lsn_diff", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_wal_replay_pause", ADMIN, 7, 1, 1, "acts on the server's write-ahead log") \
    K("pg_wal_replay_resume", ADMIN, 7, 1, 1, "acts on the server's write-ahead log") \
    K("pg_wal_summary_contents", ADMIN, 4, 0, 1, "shows files and state of the write-ahead log") \
    K("pg_walfile_name", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_walfile_name_offset", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pg_xact_commit_timestamp", PURE, 7, 0, 1, "numbers of transactions, and what became of them") \
    K("pg_xact_commit_timestamp_origin", PURE, 7, 0, 1, "numbers of transactions, and what became of them") \
    K("pg_xact_status", PURE, 7, 0, 1, "numbers of transactions, and what became of them") \
    K("phraseto_tsquery", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("pi", PURE, 7, 1, 0, SL_BUILTIN_WHY_PURE) \
    K("plainto_tsquery", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    D("plpgsql_call_handler", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("plpgsql_inline_handler", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("plpgsql_validator", RUNS_CODE, 7, 0, 1, "reads and compiles the body of a function") \
    K("point", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_above", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_add", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_below", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_distance", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_div", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_horiz", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("point_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("point_left", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_mul", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("point_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("point_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("point_right", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_sub", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("point_vert", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_above", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_below", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_center", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_contain", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_contain_pt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_contained", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_distance", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("poly_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("poly_left", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_npoints", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("poly_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("poly_overabove", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_overbelow", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_overlap", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_overleft", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_overright", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("poly_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("poly_right", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_same", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("poly_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("polygon", PURE, 7, 0, 0, "computes in the server's own SQL") \
    K("popen", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("position", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("positionjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("positionsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("postgresql_fdw_validator", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pow", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("power", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("prefixjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("prefixsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("prsd_end", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("prsd_headline", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("prsd_lextype", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("prsd_nexttoken", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("prsd_start", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("pt_contained_circle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("pt_contained_poly", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("query_to_xml", RUNS_SQL, 7, 0, 1, "runs the text of its argument as a query") \
    D("query_to_xml_and_xmlschema", RUNS_SQL, 7, 0, 1, "runs the text of its argument as a query") \
    D("query_to_xmlschema", RUNS_SQL, 7, 0, 1, "plans the text of its argument as a query") \
    K("querytree", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("quote_ident", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("quote_literal", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("quote_nullable", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("radians", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("radius", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("random", PURE, 7, 1, 1, "random numbers of this session")

#define SL_BUILTIN_FUNCTIONS_21(K, D) \
    K("random_normal", PURE, 6, 0, 1, "random numbers of this session") \
    K("range_adjacent", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_adjacent_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_after", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_after_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_agg", VALUES, 7, 0, 0, "gives back every value that it is given") \
    D("range_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("range_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("range_before", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_before_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_contained_by", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_contained_by_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_contains", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_contains_elem", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("range_contains_elem_support", UNCALLABLE, 4, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("range_contains_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("range_gist_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("range_gist_penalty", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("range_gist_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("range_gist_same", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("range_gist_union", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("range_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("range_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("range_intersect", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_intersect_agg", PURE, 7, 0, 0, "an aggregate: what all ranges have in common, one range") \
    K("range_intersect_agg_transfn", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_merge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_minus", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("range_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("range_overlaps", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_overlaps_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_overleft", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_overleft_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_overright", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("range_overright_multirange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("range_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("range_send", PURE, 7, 0, 0, "the binary form of its argument") \
    D("range_typanalyze", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("range_union", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("rangesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("rank", PURE, 7, 1, 0, "numbers its row among others") \
    D("rank_final", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("raw_array_subscript_handler", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("record_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_image_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_image_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_image_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_image_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_image_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_image_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("record_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("record_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("record_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("record_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("record_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("record_send", PURE, 7, 0, 0, "the binary form of its argument") \
    K("regclass", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    D("regclassin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regclassout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regclassrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regclasssend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regcollationin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regcollationout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regcollationrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regcollationsend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regconfigin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regconfigout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regconfigrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regconfigsend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regdictionaryin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regdictionaryout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regdictionaryrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regdictionarysend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regexeqjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("regexeqsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("regexnejoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("regexnesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regexp_count", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("regexp_instr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("regexp_like", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("regexp_match", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("regexp_matches", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("regexp_replace", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("regexp_split_to_array", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("regexp_split_to_table", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("regexp_substr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("regnamespacein", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regnamespaceout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regnamespacerecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regnamespacesend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regoperatorin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE)

#define SL_BUILTIN_FUNCTIONS_22(K, D) \
    D("regoperatorout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regoperatorrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regoperatorsend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regoperin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regoperout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regoperrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regopersend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regprocedurein", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regprocedureout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regprocedurerecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regproceduresend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regprocin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regprocout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regprocrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regprocsend", PURE, 7, 0, 0, "the binary form of its argument") \
    K("regr_avgx", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("regr_avgy", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("regr_count", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("regr_intercept", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("regr_r2", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("regr_slope", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("regr_sxx", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("regr_sxy", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("regr_syy", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    D("regrolein", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regroleout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regrolerecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regrolesend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("regtypein", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regtypeout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("regtyperecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("regtypesend", PURE, 7, 0, 0, "the binary form of its argument") \
    K("repeat", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("replace", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("reverse", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("right", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("round", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    K("row_number", PURE, 7, 1, 0, "numbers its row among others") \
    K("row_security_active", PURE, 7, 0, 0, "says what a role may do") \
    K("row_to_json", PURE, 7, 0, 0, "makes JSON through output functions and casts to json (casts of users are looked at apart)") \
    K("rpad", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    K("rtrim", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("satisfies_hash_partition", RUNS_CODE, 7, 0, 0, "calls the hash functions of the partition key of any table") \
    D("scalargejoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("scalargesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("scalargtjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("scalargtsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("scalarlejoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("scalarlesel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("scalarltjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("scalarltsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("scale", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("schema_to_xml", RUNS_SQL, 7, 0, 0, "makes and runs a query over each table of the schema") \
    D("schema_to_xml_and_xmlschema", RUNS_SQL, 7, 0, 0, "makes and runs a query over each table of the schema") \
    D("schema_to_xmlschema", RUNS_SQL, 7, 0, 0, "makes and runs a query that finds each table of the schema") \
    K("session_user", PURE, 7, 1, 0, "says who and where this session is") \
    K("set_bit", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("set_byte", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("set_config", SET_CONFIG, 7, 0, 1, "sets a parameter, for the transaction or the session") \
    K("set_masklen", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("setseed", SESSION, 7, 0, 1, "seeds the random numbers of this session") \
    K("setval", SEQUENCE, 7, 0, 1, "sets where a sequence stands") \
    K("setweight", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("sha224", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("sha256", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("sha384", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("sha512", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("shell_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("shell_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("shift_jis_2004_to_euc_jis_2004", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("shift_jis_2004_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("shobj_description", PURE, 7, 0, 0, "shows what the catalog says of an object") \
    K("sign", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("similar_escape", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("similar_to_escape", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("sin", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("sind", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("sinh", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("sjis_to_euc_jp", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("sjis_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("sjis_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("slope", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("spg_bbox_quad_config", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_box_quad_choose", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_box_quad_config", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_box_quad_inner_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_box_quad_leaf_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_box_quad_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_kd_choose", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_kd_config", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_kd_inner_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_kd_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("spg_poly_quad_compress", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("spg_quad_choose", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_quad_config", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_quad_inner_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_quad_leaf_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_quad_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_range_quad_choose", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_range_quad_config", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE)

#define SL_BUILTIN_FUNCTIONS_23(K, D) \
    D("spg_range_quad_inner_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_range_quad_leaf_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_range_quad_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_text_choose", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_text_config", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_text_inner_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_text_leaf_consistent", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spg_text_picksplit", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("spghandler", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("split_part", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("sqrt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("starts_with", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("statement_timestamp", PURE, 7, 1, 0, "tells the time") \
    K("stddev", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("stddev_pop", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("stddev_samp", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("string_agg", VALUES, 7, 0, 0, "gives back every value that it is given") \
    D("string_agg_combine", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("string_agg_deserialize", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("string_agg_finalfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("string_agg_serialize", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("string_agg_transfn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("string_to_array", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("string_to_table", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("strip", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("strpos", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("substr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("substring", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    K("sum", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    D("suppress_redundant_updates_trigger", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("system", UNCALLABLE, 7, 0, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("system_user", PURE, 6, 0, 0, "says who and where this session is") \
    D("table_am_handler_in", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("table_am_handler_out", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("table_to_xml", RUNS_SQL, 7, 0, 0, "makes and runs a query over the table that its argument names") \
    D("table_to_xml_and_xmlschema", RUNS_SQL, 7, 0, 0, "makes and runs a query over the table that its argument names") \
    D("table_to_xmlschema", RUNS_SQL, 7, 0, 0, "describes the table that its argument names, as it does for the values") \
    K("tan", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tand", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tanh", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_pattern_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_pattern_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_pattern_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_pattern_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("text_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("text_starts_with_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("textanycat", PURE, 7, 0, 0, "puts values together through the output functions of their types, which only C can write") \
    K("textcat", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("texteq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("texteqname", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("textgename", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("textgtname", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("texticlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("texticlike_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("texticnlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("texticregexeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("texticregexeq_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("texticregexne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("textin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("textlen", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("textlename", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("textlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("textlike_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("textltname", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("textne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("textnename", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("textnlike", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("textout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("textrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("textregexeq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("textregexeq_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("textregexne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("textsend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("thesaurus_init", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("thesaurus_lexize", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("tideq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tidge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tidgt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("tidin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("tidlarger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tidle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tidlt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tidne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("tidout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("tidrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("tidsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tidsmaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("time_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_hash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_hash_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_24(K, D) \
    D("time_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("time_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_mi_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_mi_time", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("time_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("time_pl_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("time_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("time_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("time_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("time_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("timedate_pl", PURE, 7, 0, 0, "computes with dates and times in the server's own SQL") \
    K("timeofday", PURE, 7, 1, 1, "tells the time") \
    K("timestamp", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamp_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_cmp_date", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_cmp_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamp_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_eq_date", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_eq_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamp_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_ge_date", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_ge_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamp_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_gt_date", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_gt_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamp_hash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_hash_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("timestamp_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timestamp_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_le_date", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_le_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamp_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_lt_date", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_lt_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamp_mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_mi_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_ne_date", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_ne_timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    D("timestamp_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timestamp_pl_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("timestamp_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("timestamp_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamp_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("timestamp_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("timestamp_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("timestamptypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("timestamptypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timestamptz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_cmp_date", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_cmp_timestamp", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_eq_date", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_eq_timestamp", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_ge_date", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_ge_timestamp", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_gt_date", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_gt_timestamp", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    D("timestamptz_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timestamptz_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_le_date", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_le_timestamp", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_lt_date", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_lt_timestamp", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_mi", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_mi_interval", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_ne_date", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timestamptz_ne_timestamp", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    D("timestamptz_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timestamptz_pl_interval", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    D("timestamptz_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("timestamptz_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timestamptz_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("timestamptztypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("timestamptztypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("timetypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("timetypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timetz", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("timetz_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_hash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_hash_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("timetz_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timetz_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_mi_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE)

#define SL_BUILTIN_FUNCTIONS_25(K, D) \
    D("timetz_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timetz_pl_interval", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("timetz_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("timetz_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetz_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("timetzdate_pl", PURE, 7, 0, 0, "computes with dates and times in the server's own SQL") \
    D("timetztypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("timetztypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("timezone", PURE, 7, 0, 0, "computes with dates and times; depends on the session's time zone") \
    K("to_ascii", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("to_bin", PURE, 4, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("to_char", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("to_date", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("to_hex", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("to_json", PURE, 7, 0, 0, "makes JSON through output functions and casts to json (casts of users are looked at apart)") \
    K("to_jsonb", PURE, 7, 0, 0, "makes JSON through output functions and casts to json (casts of users are looked at apart)") \
    K("to_number", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("to_oct", PURE, 4, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("to_regclass", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regcollation", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regnamespace", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regoper", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regoperator", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regproc", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regprocedure", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regrole", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regtype", PURE, 7, 0, 0, "finds an object of the catalog by its name") \
    K("to_regtypemod", PURE, 4, 0, 0, "finds an object of the catalog by its name") \
    K("to_timestamp", PURE, 7, 0, 0, "formats or reads a value; depends on the session's language and style settings") \
    K("to_tsquery", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("to_tsvector", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("transaction_timestamp", PURE, 7, 1, 0, "tells the time") \
    K("translate", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("trigger_in", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("trigger_out", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("trim_array", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("trim_scale", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("trunc", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    K("ts_debug", PURE, 7, 0, 1, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("ts_delete", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ts_filter", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ts_headline", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("ts_lexize", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("ts_match_qv", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ts_match_tq", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("ts_match_tt", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("ts_match_vq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ts_parse", PURE, 7, 0, 1, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("ts_rank", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("ts_rank_cd", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("ts_rewrite", RUNS_SQL, 7, 0, 1, "runs the text of its argument as a query") \
    D("ts_stat", RUNS_SQL, 7, 0, 1, "runs the text of its argument as a query") \
    K("ts_token_type", PURE, 7, 0, 1, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    D("ts_typanalyze", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("tsm_handler_in", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("tsm_handler_out", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("tsmatchjoinsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("tsmatchsel", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("tsmultirange", PURE, 7, 1, 0, SL_BUILTIN_WHY_PURE) \
    K("tsq_mcontained", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsq_mcontains", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_and", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_not", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_or", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsquery_phrase", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("tsqueryin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("tsqueryout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("tsqueryrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("tsquerysend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsrange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsrange_subdiff", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tstzmultirange", PURE, 7, 1, 0, SL_BUILTIN_WHY_PURE) \
    K("tstzrange", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tstzrange_subdiff", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_concat", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("tsvector_to_array", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("tsvector_update_trigger", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("tsvector_update_trigger_column", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    D("tsvectorin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("tsvectorout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("tsvectorrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("tsvectorsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("txid_current", PURE, 7, 1, 0, "numbers of transactions, and what became of them") \
    K("txid_current_if_assigned", PURE, 7, 1, 0, "numbers of transactions, and what became of them") \
    K("txid_current_snapshot", PURE, 7, 1, 0, "numbers of transactions, and what became of them") \
    D("txid_snapshot_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE)

#define SL_BUILTIN_FUNCTIONS_26(K, D) \
    D("txid_snapshot_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("txid_snapshot_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("txid_snapshot_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("txid_snapshot_xip", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("txid_snapshot_xmax", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("txid_snapshot_xmin", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("txid_status", PURE, 7, 0, 1, "numbers of transactions, and what became of them") \
    K("txid_visible_in_snapshot", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("uhc_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("unicode_assigned", PURE, 4, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("unicode_version", PURE, 4, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("unique_key_recheck", UNCALLABLE, 7, 1, 1, SL_BUILTIN_WHY_UNCALLABLE) \
    K("unistr", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("unknownin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("unknownout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("unknownrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("unknownsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("unnest", PURE, 7, 0, 1, SL_BUILTIN_WHY_PURE) \
    K("upper", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("upper_inc", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("upper_inf", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("utf8_to_big5", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_euc_cn", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_euc_jis_2004", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_euc_jp", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_euc_kr", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_euc_tw", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_gb18030", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_gbk", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_iso8859", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_iso8859_1", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_johab", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_koi8r", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_koi8u", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_shift_jis_2004", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_sjis", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_uhc", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("utf8_to_win", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("uuid_cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_extract_timestamp", PURE, 4, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_extract_version", PURE, 4, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_hash", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_hash_extended", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("uuid_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("uuid_le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("uuid_ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("uuid_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("uuid_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("uuid_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("uuid_sortsupport", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("var_pop", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("var_samp", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("varbit", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("varbit_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("varbit_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("varbit_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("varbit_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("varbit_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("varbitcmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("varbiteq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("varbitge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("varbitgt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("varbitle", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("varbitlt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("varbitne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("varbittypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("varbittypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("varchar", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("varchar_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("varcharin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("varcharout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("varcharrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("varcharsend", PURE, 7, 0, 0, "the binary form of its argument") \
    D("varchartypmodin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("varchartypmodout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("variance", PURE, 7, 0, 0, "an aggregate: computes one number or one truth value out of many") \
    K("version", PURE, 7, 1, 0, "says who and where this session is") \
    D("void_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("void_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("void_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("void_send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("websearch_to_tsquery", PURE, 7, 0, 0, "runs a text search configuration: parser and dictionaries are C and files of the server") \
    K("width", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("width_bucket", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("win1250_to_latin2", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win1250_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win1251_to_iso", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win1251_to_koi8r", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win1251_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win1251_to_win866", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win866_to_iso", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win866_to_koi8r", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win866_to_mic", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win866_to_win1251", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("win_to_utf8", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("window_cume_dist_support", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE)

#define SL_BUILTIN_FUNCTIONS_27(K, D) \
    D("window_dense_rank_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("window_ntile_support", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("window_percent_rank_support", UNCALLABLE, 6, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("window_rank_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    D("window_row_number_support", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("xid", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xid8_larger", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xid8_smaller", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xid8cmp", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xid8eq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xid8ge", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xid8gt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("xid8in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("xid8le", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xid8lt", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xid8ne", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("xid8out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("xid8recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("xid8send", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xideq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xideqint4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("xidin", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("xidneq", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xidneqint4", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("xidout", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("xidrecv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("xidsend", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xml", PURE, 7, 0, 0, "splits or reads XML; entities outside of the text are not loaded") \
    D("xml_in", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    K("xml_is_well_formed", PURE, 7, 0, 0, "splits or reads XML; entities outside of the text are not loaded") \
    K("xml_is_well_formed_content", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xml_is_well_formed_document", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    D("xml_out", RUNS_CODE, 7, 0, 0, SL_BUILTIN_WHY_RUNS_CODE) \
    D("xml_recv", UNCALLABLE, 7, 0, 0, SL_BUILTIN_WHY_UNCALLABLE) \
    K("xml_send", PURE, 7, 0, 0, "the binary form of its argument") \
    K("xmlagg", VALUES, 7, 0, 0, "gives back every value that it is given") \
    K("xmlcomment", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xmlconcat2", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xmlexists", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xmltext", PURE, 4, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xmlvalidate", PURE, 7, 0, 0, SL_BUILTIN_WHY_PURE) \
    K("xpath", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in") \
    K("xpath_exists", PURE, 7, 0, 0, "computes in the server's own SQL, or is built in")

#define SL_BUILTIN_FUNCTIONS(K, D) \
    SL_BUILTIN_FUNCTIONS_0(K, D) \
    SL_BUILTIN_FUNCTIONS_1(K, D) \
    SL_BUILTIN_FUNCTIONS_2(K, D) \
    SL_BUILTIN_FUNCTIONS_3(K, D) \
    SL_BUILTIN_FUNCTIONS_4(K, D) \
    SL_BUILTIN_FUNCTIONS_5(K, D) \
    SL_BUILTIN_FUNCTIONS_6(K, D) \
    SL_BUILTIN_FUNCTIONS_7(K, D) \
    SL_BUILTIN_FUNCTIONS_8(K, D) \
    SL_BUILTIN_FUNCTIONS_9(K, D) \
    SL_BUILTIN_FUNCTIONS_10(K, D) \
    SL_BUILTIN_FUNCTIONS_11(K, D) \
    SL_BUILTIN_FUNCTIONS_12(K, D) \
    SL_BUILTIN_FUNCTIONS_13(K, D) \
    SL_BUILTIN_FUNCTIONS_14(K, D) \
    SL_BUILTIN_FUNCTIONS_15(K, D) \
    SL_BUILTIN_FUNCTIONS_16(K, D) \
    SL_BUILTIN_FUNCTIONS_17(K, D) \
    SL_BUILTIN_FUNCTIONS_18(K, D) \
    SL_BUILTIN_FUNCTIONS_19(K, D) \
    SL_BUILTIN_FUNCTIONS_20(K, D) \
    SL_BUILTIN_FUNCTIONS_21(K, D) \
    SL_BUILTIN_FUNCTIONS_22(K, D) \
    SL_BUILTIN_FUNCTIONS_23(K, D) \
    SL_BUILTIN_FUNCTIONS_24(K, D) \
    SL_BUILTIN_FUNCTIONS_25(K, D) \
    SL_BUILTIN_FUNCTIONS_26(K, D) \
    SL_BUILTIN_FUNCTIONS_27(K, D)

#define SL_BUILTIN_RELATIONS_0(R) \
    R("pg_aggregate", PLAIN, 7) \
    R("pg_am", PLAIN, 7) \
    R("pg_amop", PLAIN, 7) \
    R("pg_amproc", PLAIN, 7) \
    R("pg_attrdef", PLAIN, 7) \
    R("pg_attribute", PLAIN, 7) \
    R("pg_auth_members", PLAIN, 7) \
    R("pg_authid", ADMIN, 7) \
    R("pg_available_extension_versions", PLAIN, 7) \
    R("pg_available_extensions", PLAIN, 7) \
    R("pg_backend_memory_contexts", ADMIN, 7) \
    R("pg_cast", PLAIN, 7) \
    R("pg_class", PLAIN, 7) \
    R("pg_collation", PLAIN, 7) \
    R("pg_config", ADMIN, 7) \
    R("pg_constraint", PLAIN, 7) \
    R("pg_conversion", PLAIN, 7) \
    R("pg_cursors", PLAIN, 7) \
    R("pg_database", PLAIN, 7) \
    R("pg_db_role_setting", PLAIN, 7) \
    R("pg_default_acl", PLAIN, 7) \
    R("pg_depend", PLAIN, 7) \
    R("pg_description", PLAIN, 7) \
    R("pg_enum", PLAIN, 7) \
    R("pg_event_trigger", PLAIN, 7) \
    R("pg_extension", PLAIN, 7) \
    R("pg_file_settings", ADMIN, 7) \
    R("pg_foreign_data_wrapper", PLAIN, 7) \
    R("pg_foreign_server", PLAIN, 7) \
    R("pg_foreign_table", PLAIN, 7) \
    R("pg_group", PLAIN, 7) \
    R("pg_hba_file_rules", ADMIN, 7) \
    R("pg_ident_file_mappings", ADMIN, 7) \
    R("pg_index", PLAIN, 7) \
    R("pg_indexes", PLAIN, 7) \
    R("pg_inherits", PLAIN, 7) \
    R("pg_init_privs", PLAIN, 7) \
    R("pg_language", PLAIN, 7) \
    R("pg_largeobject", LEAKS, 7) \
    R("pg_largeobject_metadata", PLAIN, 7) \
    R("pg_locks", PLAIN, 7) \
    R("pg_matviews", PLAIN, 7) \
    R("pg_namespace", PLAIN, 7) \
    R("pg_opclass", PLAIN, 7) \
    R("pg_operator", PLAIN, 7) \
    R("pg_opfamily", PLAIN, 7) \
    R("pg_parameter_acl", PLAIN, 7) \
    R("pg_partitioned_table", PLAIN, 7) \
    R("pg_policies", PLAIN, 7) \
    R("pg_policy", PLAIN, 7) \
    R("pg_prepared_statements", PLAIN, 7) \
    R("pg_prepared_xacts", PLAIN, 7) \
    R("pg_proc", PLAIN, 7) \
    R("pg_publication", PLAIN, 7) \
    R("pg_publication_namespace", PLAIN, 7) \
    R("pg_publication_rel", PLAIN, 7) \
    R("pg_publication_tables", PLAIN, 7) \
    R("pg_range", PLAIN, 7) \
    R("pg_replication_origin", ADMIN, 7) \
    R("pg_replication_origin_status", ADMIN, 7) \
    R("pg_replication_slots", ADMIN, 7) \
    R("pg_rewrite", PLAIN, 7) \
    R("pg_roles", PLAIN, 7) \
    R("pg_rules", PLAIN, 7) \
    R("pg_seclabel", PLAIN, 7) \
    R("pg_seclabels", PLAIN, 7) \
    R("pg_sequence", PLAIN, 7) \
    R("pg_sequences", PLAIN, 7) \
    R("pg_settings", PLAIN, 7) \
    R("pg_shadow", ADMIN, 7) \
    R("pg_shdepend", PLAIN, 7) \
    R("pg_shdescription", PLAIN, 7) \
    R("pg_shmem_allocations", ADMIN, 7) \
    R("pg_shseclabel", PLAIN, 7) \
    R("pg_stat_activity", ADMIN, 7) \
    R("pg_stat_all_indexes", PLAIN, 7) \
    R("pg_stat_all_tables", PLAIN, 7) \
    R("pg_stat_archiver", ADMIN, 7) \
    R("pg_stat_bgwriter", PLAIN, 7) \
    R("pg_stat_checkpointer", PLAIN, 4) \
    R("pg_stat_database", PLAIN, 7) \
    R("pg_stat_database_conflicts", PLAIN, 7) \
    R("pg_stat_gssapi", ADMIN, 7) \
    R("pg_stat_io", PLAIN, 6) \
    R("pg_stat_progress_analyze", ADMIN, 7) \
    R("pg_stat_progress_basebackup", ADMIN, 7) \
    R("pg_stat_progress_cluster", ADMIN, 7) \
    R("pg_stat_progress_copy", ADMIN, 7) \
    R("pg_stat_progress_create_index", ADMIN, 7) \
    R("pg_stat_progress_vacuum", ADMIN, 7) \
    R("pg_stat_recovery_prefetch", ADMIN, 7) \
    R("pg_stat_replication", ADMIN, 7) \
    R("pg_stat_replication_slots", ADMIN, 7) \
    R("pg_stat_slru", ADMIN, 7) \
    R("pg_stat_ssl", ADMIN, 7) \
    R("pg_stat_subscription", ADMIN, 7) \
    R("pg_stat_subscription_stats", ADMIN, 7) \
    R("pg_stat_sys_indexes", PLAIN, 7) \
    R("pg_stat_sys_tables", PLAIN, 7) \
    R("pg_stat_user_functions", PLAIN, 7)

#define SL_BUILTIN_RELATIONS_1(R) \
    R("pg_stat_user_indexes", PLAIN, 7) \
    R("pg_stat_user_tables", PLAIN, 7) \
    R("pg_stat_wal", PLAIN, 7) \
    R("pg_stat_wal_receiver", ADMIN, 7) \
    R("pg_stat_xact_all_tables", PLAIN, 7) \
    R("pg_stat_xact_sys_tables", PLAIN, 7) \
    R("pg_stat_xact_user_functions", PLAIN, 7) \
    R("pg_stat_xact_user_tables", PLAIN, 7) \
    R("pg_statio_all_indexes", PLAIN, 7) \
    R("pg_statio_all_sequences", PLAIN, 7) \
    R("pg_statio_all_tables", PLAIN, 7) \
    R("pg_statio_sys_indexes", PLAIN, 7) \
    R("pg_statio_sys_sequences", PLAIN, 7) \
    R("pg_statio_sys_tables", PLAIN, 7) \
    R("pg_statio_user_indexes", PLAIN, 7) \
    R("pg_statio_user_sequences", PLAIN, 7) \
    R("pg_statio_user_tables", PLAIN, 7) \
    R("pg_statistic", LEAKS, 7) \
    R("pg_statistic_ext", PLAIN, 7) \
    R("pg_statistic_ext_data", LEAKS, 7) \
    R("pg_stats", LEAKS, 7) \
    R("pg_stats_ext", LEAKS, 7) \
    R("pg_stats_ext_exprs", LEAKS, 7) \
    R("pg_subscription", PLAIN, 7) \
    R("pg_subscription_rel", PLAIN, 7) \
    R("pg_tables", PLAIN, 7) \
    R("pg_tablespace", PLAIN, 7) \
    R("pg_timezone_abbrevs", PLAIN, 7) \
    R("pg_timezone_names", PLAIN, 7) \
    R("pg_transform", PLAIN, 7) \
    R("pg_trigger", PLAIN, 7) \
    R("pg_ts_config", PLAIN, 7) \
    R("pg_ts_config_map", PLAIN, 7) \
    R("pg_ts_dict", PLAIN, 7) \
    R("pg_ts_parser", PLAIN, 7) \
    R("pg_ts_template", PLAIN, 7) \
    R("pg_type", PLAIN, 7) \
    R("pg_user", PLAIN, 7) \
    R("pg_user_mapping", ADMIN, 7) \
    R("pg_user_mappings", PLAIN, 7) \
    R("pg_views", PLAIN, 7) \
    R("pg_wait_events", PLAIN, 4)

#define SL_BUILTIN_RELATIONS(R) \
    SL_BUILTIN_RELATIONS_0(R) \
    SL_BUILTIN_RELATIONS_1(R)

#define SL_BUILTIN_TYPES_0(R) \
    R("aclitem", PLAIN, 7) \
    R("any", OPAQUE, 7) \
    R("anyarray", OPAQUE, 7) \
    R("anycompatible", OPAQUE, 7) \
    R("anycompatiblearray", OPAQUE, 7) \
    R("anycompatiblemultirange", OPAQUE, 7) \
    R("anycompatiblenonarray", OPAQUE, 7) \
    R("anycompatiblerange", OPAQUE, 7) \
    R("anyelement", OPAQUE, 7) \
    R("anyenum", OPAQUE, 7) \
    R("anymultirange", OPAQUE, 7) \
    R("anynonarray", OPAQUE, 7) \
    R("anyrange", OPAQUE, 7) \
    R("bit", PLAIN, 7) \
    R("bool", PLAIN, 7) \
    R("box", PLAIN, 7) \
    R("bpchar", PLAIN, 7) \
    R("bytea", PLAIN, 7) \
    R("char", PLAIN, 7) \
    R("cid", PLAIN, 7) \
    R("cidr", PLAIN, 7) \
    R("circle", PLAIN, 7) \
    R("cstring", OPAQUE, 7) \
    R("date", PLAIN, 7) \
    R("datemultirange", PLAIN, 7) \
    R("daterange", PLAIN, 7) \
    R("event_trigger", OPAQUE, 7) \
    R("fdw_handler", OPAQUE, 7) \
    R("float4", PLAIN, 7) \
    R("float8", PLAIN, 7) \
    R("gtsvector", OPAQUE, 7) \
    R("index_am_handler", OPAQUE, 7) \
    R("inet", PLAIN, 7) \
    R("int2", PLAIN, 7) \
    R("int2vector", PLAIN, 7) \
    R("int4", PLAIN, 7) \
    R("int4multirange", PLAIN, 7) \
    R("int4range", PLAIN, 7) \
    R("int8", PLAIN, 7) \
    R("int8multirange", PLAIN, 7) \
    R("int8range", PLAIN, 7) \
    R("internal", OPAQUE, 7) \
    R("interval", PLAIN, 7) \
    R("json", PLAIN, 7) \
    R("jsonb", PLAIN, 7) \
    R("jsonpath", PLAIN, 7) \
    R("language_handler", OPAQUE, 7) \
    R("line", PLAIN, 7) \
    R("lseg", PLAIN, 7) \
    R("macaddr", PLAIN, 7) \
    R("macaddr8", PLAIN, 7) \
    R("money", PLAIN, 7) \
    R("name", PLAIN, 7) \
    R("numeric", PLAIN, 7) \
    R("nummultirange", PLAIN, 7) \
    R("numrange", PLAIN, 7) \
    R("oid", PLAIN, 7) \
    R("oidvector", PLAIN, 7) \
    R("path", PLAIN, 7) \
    R("pg_brin_bloom_summary", OPAQUE, 7) \
    R("pg_brin_minmax_multi_summary", OPAQUE, 7) \
    R("pg_ddl_command", OPAQUE, 7) \
    R("pg_dependencies", OPAQUE, 7) \
    R("pg_lsn", PLAIN, 7) \
    R("pg_mcv_list", OPAQUE, 7) \
    R("pg_ndistinct", OPAQUE, 7) \
    R("pg_node_tree", PLAIN, 7) \
    R("pg_snapshot", PLAIN, 7) \
    R("point", PLAIN, 7) \
    R("polygon", PLAIN, 7) \
    R("record", PLAIN, 7) \
    R("refcursor", OPAQUE, 7) \
    R("regclass", PLAIN, 7) \
    R("regcollation", PLAIN, 7) \
    R("regconfig", PLAIN, 7) \
    R("regdictionary", PLAIN, 7) \
    R("regnamespace", PLAIN, 7) \
    R("regoper", PLAIN, 7) \
    R("regoperator", PLAIN, 7) \
    R("regproc", PLAIN, 7) \
    R("regprocedure", PLAIN, 7) \
    R("regrole", PLAIN, 7) \
    R("regtype", PLAIN, 7) \
    R("table_am_handler", OPAQUE, 7) \
    R("text", PLAIN, 7) \
    R("tid", PLAIN, 7) \
    R("time", PLAIN, 7) \
    R("timestamp", PLAIN, 7) \
    R("timestamptz", PLAIN, 7) \
    R("timetz", PLAIN, 7) \
    R("trigger", OPAQUE, 7) \
    R("tsm_handler", OPAQUE, 7) \
    R("tsmultirange", PLAIN, 7) \
    R("tsquery", PLAIN, 7) \
    R("tsrange", PLAIN, 7) \
    R("tstzmultirange", PLAIN, 7) \
    R("tstzrange", PLAIN, 7) \
    R("tsvector", PLAIN, 7) \
    R("txid_snapshot", PLAIN, 7) \
    R("unknown", PLAIN, 7)

#define SL_BUILTIN_TYPES_1(R) \
    R("uuid", PLAIN, 7) \
    R("varbit", PLAIN, 7) \
    R("varchar", PLAIN, 7) \
    R("void", OPAQUE, 7) \
    R("xid", PLAIN, 7) \
    R("xid8", PLAIN, 7) \
    R("xml", PLAIN, 7)

#define SL_BUILTIN_TYPES(R) \
    SL_BUILTIN_TYPES_0(R) \
    SL_BUILTIN_TYPES_1(R)

#define SL_BUILTIN_INFORMATION(R) \
    R("_pg_foreign_data_wrappers", PLAIN, 7) \
    R("_pg_foreign_servers", PLAIN, 7) \
    R("_pg_foreign_table_columns", PLAIN, 7) \
    R("_pg_foreign_tables", PLAIN, 7) \
    R("_pg_user_mappings", ADMIN, 7) \
    R("administrable_role_authorizations", PLAIN, 7) \
    R("applicable_roles", PLAIN, 7) \
    R("attributes", PLAIN, 7) \
    R("character_sets", PLAIN, 7) \
    R("check_constraint_routine_usage", PLAIN, 7) \
    R("check_constraints", PLAIN, 7) \
    R("collation_character_set_applicability", PLAIN, 7) \
    R("collations", PLAIN, 7) \
    R("column_column_usage", PLAIN, 7) \
    R("column_domain_usage", PLAIN, 7) \
    R("column_options", PLAIN, 7) \
    R("column_privileges", PLAIN, 7) \
    R("column_udt_usage", PLAIN, 7) \
    R("columns", PLAIN, 7) \
    R("constraint_column_usage", PLAIN, 7) \
    R("constraint_table_usage", PLAIN, 7) \
    R("data_type_privileges", PLAIN, 7) \
    R("domain_constraints", PLAIN, 7) \
    R("domain_udt_usage", PLAIN, 7) \
    R("domains", PLAIN, 7) \
    R("element_types", PLAIN, 7) \
    R("enabled_roles", PLAIN, 7) \
    R("foreign_data_wrapper_options", PLAIN, 7) \
    R("foreign_data_wrappers", PLAIN, 7) \
    R("foreign_server_options", PLAIN, 7) \
    R("foreign_servers", PLAIN, 7) \
    R("foreign_table_options", PLAIN, 7) \
    R("foreign_tables", PLAIN, 7) \
    R("information_schema_catalog_name", PLAIN, 7) \
    R("key_column_usage", PLAIN, 7) \
    R("parameters", PLAIN, 7) \
    R("referential_constraints", PLAIN, 7) \
    R("role_column_grants", PLAIN, 7) \
    R("role_routine_grants", PLAIN, 7) \
    R("role_table_grants", PLAIN, 7) \
    R("role_udt_grants", PLAIN, 7) \
    R("role_usage_grants", PLAIN, 7) \
    R("routine_column_usage", PLAIN, 7) \
    R("routine_privileges", PLAIN, 7) \
    R("routine_routine_usage", PLAIN, 7) \
    R("routine_sequence_usage", PLAIN, 7) \
    R("routine_table_usage", PLAIN, 7) \
    R("routines", PLAIN, 7) \
    R("schemata", PLAIN, 7) \
    R("sequences", PLAIN, 7) \
    R("sql_features", PLAIN, 7) \
    R("sql_implementation_info", PLAIN, 7) \
    R("sql_parts", PLAIN, 7) \
    R("sql_sizing", PLAIN, 7) \
    R("table_constraints", PLAIN, 7) \
    R("table_privileges", PLAIN, 7) \
    R("tables", PLAIN, 7) \
    R("transforms", PLAIN, 7) \
    R("triggered_update_columns", PLAIN, 7) \
    R("triggers", PLAIN, 7) \
    R("udt_privileges", PLAIN, 7) \
    R("usage_privileges", PLAIN, 7) \
    R("user_defined_types", PLAIN, 7) \
    R("user_mapping_options", ADMIN, 7) \
    R("user_mappings", PLAIN, 7) \
    R("view_column_usage", PLAIN, 7) \
    R("view_routine_usage", PLAIN, 7) \
    R("view_table_usage", PLAIN, 7) \
    R("views", PLAIN, 7)

#define SL_BUILTIN_SETTINGS_0(R) \
    R("allow_in_place_tablespaces", CONTEXT, 7) \
    R("allow_system_table_mods", CONTEXT, 7) \
    R("application_name", HARMLESS, 7) \
    R("array_nulls", CONTEXT, 7) \
    R("backend_flush_after", HARMLESS, 7) \
    R("backslash_quote", CONTEXT, 7) \
    R("backtrace_functions", CONTEXT, 7) \
    R("bytea_output", CONTEXT, 7) \
    R("check_function_bodies", CONTEXT, 7) \
    R("client_connection_check_interval", HARMLESS, 7) \
    R("client_encoding", CONTEXT, 7) \
    R("client_min_messages", HARMLESS, 7) \
    R("commit_delay", HARMLESS, 7) \
    R("commit_siblings", HARMLESS, 7) \
    R("composite_type_mismatch", CONTEXT, 1) \
    R("compute_query_id", CONTEXT, 7) \
    R("constraint_exclusion", HARMLESS, 7) \
    R("cpu_index_tuple_cost", HARMLESS, 7) \
    R("cpu_operator_cost", HARMLESS, 7) \
    R("cpu_tuple_cost", HARMLESS, 7) \
    R("createrole_self_grant", CONTEXT, 6) \
    R("cursor_tuple_fraction", HARMLESS, 7) \
    R("datestyle", CONTEXT, 7) \
    R("deadlock_timeout", HARMLESS, 7) \
    R("debug_discard_caches", CONTEXT, 7) \
    R("debug_logical_replication_streaming", CONTEXT, 6) \
    R("debug_parallel_query", HARMLESS, 6) \
    R("debug_pretty_print", CONTEXT, 7) \
    R("debug_print_parse", CONTEXT, 7) \
    R("debug_print_plan", CONTEXT, 7) \
    R("debug_print_rewritten", CONTEXT, 7) \
    R("default_statistics_target", HARMLESS, 7) \
    R("default_table_access_method", CONTEXT, 7) \
    R("default_tablespace", CONTEXT, 7) \
    R("default_text_search_config", CONTEXT, 7) \
    R("default_toast_compression", HARMLESS, 7) \
    R("default_transaction_deferrable", HARMLESS, 7) \
    R("default_transaction_isolation", HARMLESS, 7) \
    R("default_transaction_read_only", CONTEXT, 7) \
    R("default_with_oids", CONTEXT, 7) \
    R("dynamic_library_path", CONTEXT, 7) \
    R("effective_cache_size", HARMLESS, 7) \
    R("effective_io_concurrency", HARMLESS, 7) \
    R("enable_async_append", HARMLESS, 7) \
    R("enable_bitmapscan", HARMLESS, 7) \
    R("enable_gathermerge", HARMLESS, 7) \
    R("enable_group_by_reordering", HARMLESS, 4) \
    R("enable_hashagg", HARMLESS, 7) \
    R("enable_hashjoin", HARMLESS, 7) \
    R("enable_incremental_sort", HARMLESS, 7) \
    R("enable_indexonlyscan", HARMLESS, 7) \
    R("enable_indexscan", HARMLESS, 7) \
    R("enable_material", HARMLESS, 7) \
    R("enable_memoize", HARMLESS, 7) \
    R("enable_mergejoin", HARMLESS, 7) \
    R("enable_nestloop", HARMLESS, 7) \
    R("enable_parallel_append", HARMLESS, 7) \
    R("enable_parallel_hash", HARMLESS, 7) \
    R("enable_partition_pruning", HARMLESS, 7) \
    R("enable_partitionwise_aggregate", HARMLESS, 7) \
    R("enable_partitionwise_join", HARMLESS, 7) \
    R("enable_presorted_aggregate", HARMLESS, 6) \
    R("enable_seqscan", HARMLESS, 7) \
    R("enable_sort", HARMLESS, 7) \
    R("enable_tidscan", HARMLESS, 7) \
    R("escape_string_warning", HARMLESS, 7) \
    R("event_triggers", CONTEXT, 4) \
    R("exit_on_error", CONTEXT, 7) \
    R("extension_destdir", CONTEXT, 1) \
    R("extra_float_digits", CONTEXT, 7) \
    R("force_parallel_mode", HARMLESS, 1) \
    R("from_collapse_limit", HARMLESS, 7) \
    R("geqo", HARMLESS, 7) \
    R("geqo_effort", HARMLESS, 7) \
    R("geqo_generations", HARMLESS, 7) \
    R("geqo_pool_size", HARMLESS, 7) \
    R("geqo_seed", HARMLESS, 7) \
    R("geqo_selection_bias", HARMLESS, 7) \
    R("geqo_threshold", HARMLESS, 7) \
    R("gin_fuzzy_search_limit", HARMLESS, 7) \
    R("gin_pending_list_limit", HARMLESS, 7) \
    R("hash_mem_multiplier", HARMLESS, 7) \
    R("icu_validation_level", CONTEXT, 6) \
    R("idle_in_transaction_session_timeout", HARMLESS, 7) \
    R("idle_session_timeout", HARMLESS, 7) \
    R("ignore_checksum_failure", CONTEXT, 7) \
    R("intervalstyle", CONTEXT, 7) \
    R("io_combine_limit", HARMLESS, 4) \
    R("jit", HARMLESS, 7) \
    R("jit_above_cost", HARMLESS, 7) \
    R("jit_dump_bitcode", CONTEXT, 7) \
    R("jit_expressions", HARMLESS, 7) \
    R("jit_inline_above_cost", HARMLESS, 7) \
    R("jit_optimize_above_cost", HARMLESS, 7) \
    R("jit_tuple_deforming", HARMLESS, 7) \
    R("join_collapse_limit", HARMLESS, 7) \
    R("lc_messages", HARMLESS, 7) \
    R("lc_monetary", CONTEXT, 7) \
    R("lc_numeric", CONTEXT, 7) \
    R("lc_time", CONTEXT, 7)

#define SL_BUILTIN_SETTINGS_1(R) \
    R("lo_compat_privileges", CONTEXT, 7) \
    R("local_preload_libraries", CONTEXT, 7) \
    R("lock_timeout", HARMLESS, 7) \
    R("log_duration", CONTEXT, 7) \
    R("log_error_verbosity", CONTEXT, 7) \
    R("log_executor_stats", CONTEXT, 7) \
    R("log_lock_waits", CONTEXT, 7) \
    R("log_min_duration_sample", CONTEXT, 7) \
    R("log_min_duration_statement", CONTEXT, 7) \
    R("log_min_error_statement", CONTEXT, 7) \
    R("log_min_messages", CONTEXT, 7) \
    R("log_parameter_max_length", CONTEXT, 7) \
    R("log_parameter_max_length_on_error", CONTEXT, 7) \
    R("log_parser_stats", CONTEXT, 7) \
    R("log_planner_stats", CONTEXT, 7) \
    R("log_replication_commands", CONTEXT, 7) \
    R("log_statement", CONTEXT, 7) \
    R("log_statement_sample_rate", CONTEXT, 7) \
    R("log_statement_stats", CONTEXT, 7) \
    R("log_temp_files", CONTEXT, 7) \
    R("log_transaction_sample_rate", CONTEXT, 7) \
    R("logical_decoding_work_mem", HARMLESS, 7) \
    R("maintenance_io_concurrency", HARMLESS, 7) \
    R("maintenance_work_mem", HARMLESS, 7) \
    R("max_parallel_maintenance_workers", HARMLESS, 7) \
    R("max_parallel_workers", HARMLESS, 7) \
    R("max_parallel_workers_per_gather", HARMLESS, 7) \
    R("max_stack_depth", CONTEXT, 7) \
    R("min_parallel_index_scan_size", HARMLESS, 7) \
    R("min_parallel_table_scan_size", HARMLESS, 7) \
    R("output_plugin_libraries", CONTEXT, 1) \
    R("parallel_leader_participation", HARMLESS, 7) \
    R("parallel_setup_cost", HARMLESS, 7) \
    R("parallel_tuple_cost", HARMLESS, 7) \
    R("password_encryption", CONTEXT, 7) \
    R("plan_cache_mode", HARMLESS, 7) \
    R("quote_all_identifiers", HARMLESS, 7) \
    R("random_page_cost", HARMLESS, 7) \
    R("recursive_worktable_factor", HARMLESS, 7) \
    R("restrict_nonsystem_relation_kind", CONTEXT, 7) \
    R("role", CONTEXT, 7) \
    R("row_security", CONTEXT, 7) \
    R("scram_iterations", CONTEXT, 6) \
    R("search_path", CONTEXT, 7) \
    R("seed", HARMLESS, 7) \
    R("seq_page_cost", HARMLESS, 7) \
    R("session_authorization", CONTEXT, 7) \
    R("session_preload_libraries", CONTEXT, 7) \
    R("session_replication_role", CONTEXT, 7) \
    R("ssl_renegotiation_limit", CONTEXT, 7) \
    R("standard_conforming_strings", CONTEXT, 7) \
    R("statement_timeout", HARMLESS, 7) \
    R("stats_fetch_consistency", HARMLESS, 7) \
    R("synchronize_seqscans", HARMLESS, 7) \
    R("synchronous_commit", CONTEXT, 7) \
    R("tcp_keepalives_count", HARMLESS, 7) \
    R("tcp_keepalives_idle", HARMLESS, 7) \
    R("tcp_keepalives_interval", HARMLESS, 7) \
    R("tcp_user_timeout", HARMLESS, 7) \
    R("temp_buffers", HARMLESS, 7) \
    R("temp_file_limit", CONTEXT, 7) \
    R("temp_tablespaces", CONTEXT, 7) \
    R("timezone", CONTEXT, 7) \
    R("timezone_abbreviations", CONTEXT, 7) \
    R("trace_notify", CONTEXT, 7) \
    R("trace_sort", CONTEXT, 7) \
    R("track_activities", CONTEXT, 7) \
    R("track_counts", CONTEXT, 7) \
    R("track_functions", CONTEXT, 7) \
    R("track_io_timing", CONTEXT, 7) \
    R("track_wal_io_timing", CONTEXT, 7) \
    R("transaction_deferrable", HARMLESS, 7) \
    R("transaction_isolation", HARMLESS, 7) \
    R("transaction_read_only", CONTEXT, 7) \
    R("transaction_timeout", HARMLESS, 4) \
    R("transform_null_equals", CONTEXT, 7) \
    R("update_process_title", CONTEXT, 7) \
    R("vacuum_buffer_usage_limit", HARMLESS, 6) \
    R("vacuum_cost_delay", HARMLESS, 7) \
    R("vacuum_cost_limit", HARMLESS, 7) \
    R("vacuum_cost_page_dirty", HARMLESS, 7) \
    R("vacuum_cost_page_hit", HARMLESS, 7) \
    R("vacuum_cost_page_miss", HARMLESS, 7) \
    R("vacuum_failsafe_age", CONTEXT, 7) \
    R("vacuum_freeze_min_age", CONTEXT, 7) \
    R("vacuum_freeze_table_age", CONTEXT, 7) \
    R("vacuum_multixact_failsafe_age", CONTEXT, 7) \
    R("vacuum_multixact_freeze_min_age", CONTEXT, 7) \
    R("vacuum_multixact_freeze_table_age", CONTEXT, 7) \
    R("wal_compression", CONTEXT, 7) \
    R("wal_consistency_checking", CONTEXT, 7) \
    R("wal_init_zero", CONTEXT, 7) \
    R("wal_recycle", CONTEXT, 7) \
    R("wal_sender_timeout", CONTEXT, 7) \
    R("wal_skip_threshold", CONTEXT, 7) \
    R("work_mem", HARMLESS, 7) \
    R("xmlbinary", CONTEXT, 7) \
    R("xmloption", CONTEXT, 7) \
    R("zero_damaged_pages", CONTEXT, 7)

#define SL_BUILTIN_SETTINGS(R) \
    SL_BUILTIN_SETTINGS_0(R) \
    SL_BUILTIN_SETTINGS_1(R)

/* clang-format on */

#endif
