/* A configuration as people write one, and a target alone for what stands beside it. */
#ifndef SL_TESTS_CONFIG_EXAMPLE_H
#define SL_TESTS_CONFIG_EXAMPLE_H

#include "core/policy/policy_int.h"
#include "tests/unit/tap.h"
#include "json/json.h"

static const char example[] =
    "state: ./state\n"
    "listen: {postgres: 127.0.0.1:6432, http: 127.0.0.1:8080}\n"
    "targets:\n"
    "  - name: finance\n"
    "    protocol: postgres\n"
    "    address: 127.0.0.1:5432\n"
    "    database: shop\n"
    "    environment: production\n"
    "    login: {user: app, password_file: app.pass}\n"
    "    access: {groups: [engineers, agents]}\n"
    "    mode: enforce\n"
    "    default: allow\n"
    "    labels:\n"
    "      - {columns: [public.customers.email, \"*.ssn\"], label: pii}\n"
    "      - {tables: [public.payments], label: financial}\n"
    "policy:\n"
    "  - name: regulated data leaves\n"
    "    when: {effects: [export], labels: [pii, financial]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [data-stewards], need: 1}\n"
    "    expires: 15m\n"
    "  - name: schema and privileges in production\n"
    "    when: {effects: [ddl, privilege, admin, program], environment: [production]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [dba], need: 1}\n"
    "  - name: agents never drop\n"
    "    when: {identity_kind: [agent], statements: [drop, truncate]}\n"
    "    then: deny\n"
    "  - name: agents read people's data in small bites\n"
    "    when: {identity_kind: [agent], effects: [read], labels: [pii]}\n"
    "    then: allow\n"
    "    budget: {rows: 500, per: 1h, by: owner}\n";

static inline struct sl_config *load(const char *yaml)
{
    SL_BUF(complaints, 64 * 1024);
    struct sl_config *c = NULL;

    if (!SL_CHECK_INT(sl_config_load(sl_span_str(yaml), "t.yaml", &c, &complaints), SL_OK))
        printf("# %s", sl_buf_text(&complaints));
    return c;
}

#define TARGET "targets: [{name: t, address: /run, database: d, login: {user: u}}]\n"

#define LINEAGE(keys) "lineage: {openlineage: {" keys "}}\n" TARGET

#endif
