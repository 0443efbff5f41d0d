/* The table of what PostgreSQL's own functions, relations, parameters and types are: whole, in
 * order, and found. */
#include "judge/sql/builtins.h"

#include "core/action/aggregate.h"
#include "judge/sql/builtins_table.h"
#include "tests/unit/tap.h"

static const struct row {
    const char *name;
    enum sl_builtin kind;
    enum sl_builtin_doubt doubt;
    int versions, bare;
    const char *reason;
} functions[] = {
#define KIND(name, kind, versions, bare, lively, reason) \
    {name, SL_BUILTIN_##kind, SL_DOUBT_NO, versions, bare, reason},
#define DOUBT(name, doubt, versions, bare, lively, reason) \
    {name, SL_BUILTIN_NONE, SL_DOUBT_##doubt, versions, bare, reason},
    SL_BUILTIN_FUNCTIONS(KIND, DOUBT)};

static void test_every_function_is_found(void)
{
    for (size_t i = 0; i < SL_COUNT(functions); i++) {
        const struct row *f = &functions[i];
        SL_CHECK(i == 0 || strcmp(functions[i - 1].name, f->name) < 0);
        SL_CHECK_INT(sl_builtin_function(f->name), f->kind);
        SL_CHECK_INT(sl_builtin_doubt(f->name), f->doubt);
        SL_CHECK_INT(sl_builtin_without_arguments(f->name), f->bare);
        SL_CHECK_TEXT(sl_span_str(sl_builtin_reason(f->name)), f->reason);
        SL_CHECK(strlen(f->reason) > 4);
        SL_CHECK(f->versions >= 1 && f->versions <= 7);
    }
}

static void test_every_kind_and_doubt_has_functions(void)
{
    int kinds[SL_BUILTIN_PROGRAM + 1] = {0}, doubts[SL_DOUBT_UNCALLABLE + 1] = {0},
                                   versions[8] = {0};

    for (size_t i = 0; i < SL_COUNT(functions); i++) {
        kinds[functions[i].kind]++;
        doubts[functions[i].doubt]++;
        versions[functions[i].versions]++;
    }
    for (size_t i = 0; i < SL_COUNT(kinds); i++)
        SL_CHECK(kinds[i] > 0);
    for (size_t i = 0; i < SL_COUNT(doubts); i++)
        SL_CHECK((doubts[i] > 0) == (i != SL_DOUBT_UNKNOWN));
    SL_CHECK(versions[7] > 2500 && versions[4] > 0 &&
             versions[6] > 0); /* some came with 16 and 17 */
}

static void test_what_is_no_function_is_unknown(void)
{
    static const char *const names[] = {"",       "a",         "zzz", "Count",
                                        "count ", "customers", "pg_", "query_to_xm"};

    for (size_t i = 0; i < SL_COUNT(names); i++) {
        SL_CHECK_INT(sl_builtin_function(names[i]), SL_BUILTIN_NONE);
        SL_CHECK_INT(sl_builtin_doubt(names[i]), SL_DOUBT_UNKNOWN);
        SL_CHECK(sl_builtin_reason(names[i]) == NULL && !sl_builtin_without_arguments(names[i]));
    }
}

/* P7: written by hand from the servers' manuals, so that a slip in the rules or in a list shows. */
static void test_what_a_reader_of_the_manual_expects(void)
{
    static const struct {
        const char *name;
        enum sl_builtin kind;
        enum sl_builtin_doubt doubt;
    } expected[] = {
        {"abs", SL_BUILTIN_PURE, SL_DOUBT_NO},
        {"int4pl", SL_BUILTIN_PURE, SL_DOUBT_NO},
        {"pg_get_viewdef", SL_BUILTIN_PURE, SL_DOUBT_NO},
        {"pg_stat_get_numscans", SL_BUILTIN_PURE, SL_DOUBT_NO},
        {"any_value", SL_BUILTIN_PURE, SL_DOUBT_NO},
        {"string_agg", SL_BUILTIN_VALUES, SL_DOUBT_NO},
        {"json_object_agg_unique_strict", SL_BUILTIN_VALUES, SL_DOUBT_NO},
        {"pg_try_advisory_lock", SL_BUILTIN_SESSION, SL_DOUBT_NO},
        {"setseed", SL_BUILTIN_SESSION, SL_DOUBT_NO},
        {"setval", SL_BUILTIN_SEQUENCE, SL_DOUBT_NO},
        {"set_config", SL_BUILTIN_SET_CONFIG, SL_DOUBT_NO},
        {"pg_notify", SL_BUILTIN_NOTIFY, SL_DOUBT_NO},
        {"pg_stat_get_activity", SL_BUILTIN_ADMIN, SL_DOUBT_NO},
        {"pg_terminate_backend", SL_BUILTIN_ADMIN, SL_DOUBT_NO},
        {"pg_sync_replication_slots", SL_BUILTIN_ADMIN, SL_DOUBT_NO},
        {"binary_upgrade_set_missing_value", SL_BUILTIN_ADMIN, SL_DOUBT_NO},
        {"pg_read_binary_file", SL_BUILTIN_PROGRAM, SL_DOUBT_NO},
        {"lo_export", SL_BUILTIN_PROGRAM, SL_DOUBT_NO},
        {"query_to_xml", SL_BUILTIN_NONE, SL_DOUBT_RUNS_SQL},
        {"ts_stat", SL_BUILTIN_NONE, SL_DOUBT_RUNS_SQL},
        {"ts_rewrite", SL_BUILTIN_NONE, SL_DOUBT_RUNS_SQL},
        {"cursor_to_xml", SL_BUILTIN_NONE, SL_DOUBT_RUNS_SQL},
        {"database_to_xml_and_xmlschema", SL_BUILTIN_NONE, SL_DOUBT_RUNS_SQL},
        {"jsonb_populate_recordset", SL_BUILTIN_NONE, SL_DOUBT_RUNS_CODE},
        {"pg_input_is_valid", SL_BUILTIN_NONE, SL_DOUBT_RUNS_CODE},
        {"domain_in", SL_BUILTIN_NONE, SL_DOUBT_RUNS_CODE},
        {"satisfies_hash_partition", SL_BUILTIN_NONE, SL_DOUBT_RUNS_CODE},
        {"pg_logical_slot_peek_changes", SL_BUILTIN_NONE, SL_DOUBT_LEAKS},
        {"pg_logical_emit_message", SL_BUILTIN_NONE, SL_DOUBT_LEAKS},
        {"lo_get", SL_BUILTIN_NONE, SL_DOUBT_LARGE_OBJECT},
        {"lo_unlink", SL_BUILTIN_NONE, SL_DOUBT_LARGE_OBJECT},
        {"btint4sortsupport", SL_BUILTIN_NONE, SL_DOUBT_UNCALLABLE},
        {"suppress_redundant_updates_trigger", SL_BUILTIN_NONE, SL_DOUBT_UNCALLABLE},
        {"RI_FKey_cascade_del", SL_BUILTIN_NONE, SL_DOUBT_UNCALLABLE},
    };

    for (size_t i = 0; i < SL_COUNT(expected); i++) {
        SL_CHECK_INT(sl_builtin_function(expected[i].name), expected[i].kind);
        SL_CHECK_INT(sl_builtin_doubt(expected[i].name), expected[i].doubt);
    }
    SL_CHECK_TEXT(sl_span_str(sl_builtin_reason("query_to_xml")),
                  "runs the text of its argument as a query");
}

static void test_forms_without_arguments(void)
{
    static const char *const bare[] = {
        "clock_timestamp", "count",      "current_schema", "now",    "pg_backend_pid",
        "random",          "row_number", "txid_current",   "version"};
    static const char *const not_bare[] = {"abs", "max", "concat", "system_user",
                                           "pg_stat_get_activity"};

    for (size_t i = 0; i < SL_COUNT(bare); i++)
        SL_CHECK(sl_builtin_without_arguments(bare[i]));
    for (size_t i = 0; i < SL_COUNT(not_bare); i++) /* system_user came with 16 */
        SL_CHECK(!sl_builtin_without_arguments(not_bare[i]));
}

static void in_order(const char *const *names, size_t count)
{
    for (size_t i = 1; i < count; i++)
        SL_CHECK(strcmp(names[i - 1], names[i]) < 0);
}

/* What a rule may declassify is exactly what the reviewed list says to make one value of many. */
static void test_aggregates_that_make_a_number(void)
{
    for (size_t i = 0; i < SL_COUNT(functions); i++) {
        bool makes_one = sl_span_starts(sl_span_str(functions[i].reason),
                                        SL_SPAN("an aggregate: computes one "));
        if (!SL_CHECK(makes_one == (sl_aggregate(sl_span_str(functions[i].name)).n > 0)))
            printf("#   %s: %s\n", functions[i].name, functions[i].reason);
    }
}

static void test_lively(void)
{
    static const char *const yes[] = {"generate_series", "random", "nextval", "unnest", "no_such"};
    static const char *const no[] = {"lower", "count", "now", "age", "any_value", "jsonb_agg"};

    for (size_t i = 0; i < SL_COUNT(yes); i++)
        SL_CHECK(sl_builtin_lively(yes[i]));
    for (size_t i = 0; i < SL_COUNT(no); i++)
        SL_CHECK(!sl_builtin_lively(no[i]));
}

static void test_relations(void)
{
#define ROW(name, group, versions) name,
#define GROUP(name, group, versions) SL_SYSTEM_##group,
    static const char *const names[] = {SL_BUILTIN_RELATIONS(ROW)};
    static const char *const information[] = {SL_BUILTIN_INFORMATION(ROW)};
    static const enum sl_system_relation groups[] = {SL_BUILTIN_RELATIONS(GROUP)};

    in_order(names, SL_COUNT(names));
    in_order(information, SL_COUNT(information));
    for (size_t i = 0; i < SL_COUNT(names); i++)
        SL_CHECK_INT(sl_builtin_relation(names[i]), groups[i]);
    for (size_t i = 0; i < SL_COUNT(information); i++)
        SL_CHECK(sl_builtin_information(information[i]) != SL_SYSTEM_NONE);
    SL_CHECK_INT(sl_builtin_relation("pg_views"), SL_SYSTEM_PLAIN);
    SL_CHECK_INT(sl_builtin_relation("pg_wait_events"), SL_SYSTEM_PLAIN);
    SL_CHECK_INT(sl_builtin_relation("pg_authid"), SL_SYSTEM_ADMIN);
    SL_CHECK_INT(sl_builtin_relation("pg_stats"), SL_SYSTEM_LEAKS);
    SL_CHECK_INT(sl_builtin_relation("pg_largeobject"), SL_SYSTEM_LEAKS);
    SL_CHECK_INT(sl_builtin_relation("columns"), SL_SYSTEM_NONE);
    SL_CHECK_INT(sl_builtin_information("columns"), SL_SYSTEM_PLAIN);
    SL_CHECK_INT(sl_builtin_information("user_mapping_options"), SL_SYSTEM_ADMIN);
    SL_CHECK_INT(sl_builtin_information("pg_class"), SL_SYSTEM_NONE);
    SL_CHECK(sl_builtin_secret_column("pg_subscription") != NULL &&
             sl_builtin_secret_column("pg_class") == NULL);
}

static void test_settings_and_types(void)
{
    static const char *const settings[] = {SL_BUILTIN_SETTINGS(ROW)};
    static const char *const types[] = {SL_BUILTIN_TYPES(ROW)};
    static const char *const changing[] = {"search_path",
                                           "role",
                                           "session_authorization",
                                           "row_security",
                                           "standard_conforming_strings",
                                           "transform_null_equals",
                                           "zzz",
                                           "",
                                           "default_text_search_config",
                                           "log_parameter_max_length_on_error"};

    in_order(settings, SL_COUNT(settings));
    in_order(types, SL_COUNT(types));
    for (size_t i = 0; i < SL_COUNT(changing); i++)
        SL_CHECK(!sl_builtin_harmless_setting(changing[i]));
    SL_CHECK(sl_builtin_harmless_setting("work_mem") &&
             sl_builtin_harmless_setting("transaction_timeout"));
    SL_CHECK(sl_builtin_type("_int4") && sl_builtin_type("aclitem") && sl_builtin_type("record"));
    SL_CHECK(!sl_builtin_type("zzz") && !sl_builtin_type("_zzz") && !sl_builtin_type("_") &&
             !sl_builtin_type(""));
    SL_CHECK(!sl_builtin_type("internal") && !sl_builtin_type("refcursor") &&
             !sl_builtin_type("pg_mcv_list"));
}

int main(void)
{
    SL_RUN(test_every_function_is_found);
    SL_RUN(test_every_kind_and_doubt_has_functions);
    SL_RUN(test_what_is_no_function_is_unknown);
    SL_RUN(test_what_a_reader_of_the_manual_expects);
    SL_RUN(test_forms_without_arguments);
    SL_RUN(test_aggregates_that_make_a_number);
    SL_RUN(test_lively);
    SL_RUN(test_relations);
    SL_RUN(test_settings_and_types);
    return sl_tap_done();
}
