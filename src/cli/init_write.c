/* The files and identities that `sluice init` leaves behind. */
#include "cli/cli.h"
#include "cli/init.h"
#include "cli/load.h"
#include "cli/manage.h"
#include "os/file.h"

#include <stdio.h>
#include <string.h>

enum { CONFIG_MAX = 16 * 1024 };

static const char password_file[] = "sluice.pass";

/* A double-quoted YAML scalar of a value that may hold anything printable. */
static void put_quoted(struct sl_buf *b, struct sl_buf *value)
{
    sl_json_put_string(b, sl_buf_span(value));
}

static void put_target(struct sl_buf *b, struct sl_init *in)
{
    SL_BUF(address, 1024);
    bool unix_socket = in->host.n > 0 && in->host.p[0] == '/';

    sl_buf_say(&address, strchr(sl_buf_text(&in->host), ':') != NULL ? "[%S]:%S" : "%S:%S",
               sl_buf_span(&in->host), sl_buf_span(&in->port));
    sl_buf_put_str(b, "targets:\n  # Clients connect to Sluice with this name as their database "
                      "name.\n  - name: ");
    put_quoted(b, &in->database);
    sl_buf_put_str(b, "\n    protocol: postgres\n    address: ");
    put_quoted(b, &address);
    sl_buf_put_str(b, "\n    database: ");
    put_quoted(b, &in->database);
    sl_buf_put_str(b, "\n    environment: production\n    login: {user: ");
    put_quoted(b, &in->user);
    if (in->password.n > 0)
        sl_buf_say(b, ", password_file: %s", password_file);
    sl_buf_put_str(b, "}\n");
    if (!unix_socket)
        sl_buf_put_str(
            b,
            "    # Left out, TLS is required and verified unless the server is on this machine.\n"
            "    # tls: {mode: verify-full, ca_file: ca.pem}\n");
    sl_buf_put_str(b, "    access: {groups: [engineers, agents]}\n");
    sl_buf_say(b,
               "    # observe: record what would be held and let it flow. enforce: hold it.\n    "
               "mode: %S\n",
               sl_buf_span(&in->mode));
    sl_buf_put_str(
        b,
        "    # What no rule speaks of. What cannot be understood is held whatever stands here.\n"
        "    default: allow\n    reviewers: {groups: [reviewers]}\n"
        "    # Name your sensitive columns; the patterns below are only a beginning.\n    labels:\n"
        "      - {columns: [\"*.email\", \"*.ssn\", \"*.iban\", \"*.password*\"], label: pii}\n");
}

static void put_config(struct sl_buf *b, struct sl_init *in)
{
    sl_buf_put_str(
        b, "# Written by 'sluice init'. 'sluice check --config sluice.yaml' explains it; "
           "docs/config.md lists every key.\n"
           "state: ./state   # the ledger, the keys and the identities: keep it, back it up\n"
           "listen: {postgres: 127.0.0.1:6432, http: 127.0.0.1:8080}\n");
    put_target(b, in);
    sl_buf_put_str(b, "policy:\n"
                      "  - name: labelled data leaves in bulk\n"
                      "    when: {effects: [export], labels: [pii]}\n"
                      "    then: hold\n"
                      "    reviewers: {groups: [reviewers], need: 1}\n"
                      "    expires: 15m\n"
                      "  - name: schema, privileges and administration\n"
                      "    when: {effects: [ddl, privilege, admin, program]}\n"
                      "    then: hold\n"
                      "    reviewers: {groups: [reviewers], need: 1}\n"
                      "  - name: agents never drop\n"
                      "    when: {identity_kind: [agent], statements: [drop, truncate]}\n"
                      "    then: deny\n");
}

int sl_init_write(struct sl_init *in)
{
    SL_BUF(b, CONFIG_MAX);
    struct sl_config *config = NULL;
    enum sl_err e = SL_OK;

    put_config(&b, in);
    if (sl_buf_err(&b) != SL_OK)
        e = sl_buf_err(&b);
    if (e == SL_OK && in->password.n > 0)
        e = sl_file_replace(password_file, sl_buf_span(&in->password), 0600);
    if (e == SL_OK)
        e = sl_file_replace("sluice.yaml", sl_buf_span(&b), 0644);
    if (e != SL_OK) {
        fprintf(stderr, "sluice: sluice.yaml cannot be written: %s\n", sl_err_text(e));
        return SL_EXIT_REFUSED;
    }
    int code = sl_cli_load_config("sluice.yaml", &config);
    sl_config_free(config);
    return code;
}

/* --- people --- */

static int add(const struct sl_manage *m, struct sl_buf *name, const char *kind, const char *owner,
               const char *group, json_t **reply)
{
    json_t *body =
        json_pack("{s:s, s:s, s:[s]}", "name", sl_buf_text(name), "kind", kind, "groups", group);

    if (owner != NULL)
        json_object_set_new(body, "owner", json_string(owner));
    return sl_manage_call(m, "identity.add", body, reply);
}

static void print_next(struct sl_init *in, const json_t *reviewer, const json_t *token)
{
    printf("\nWritten: sluice.yaml%s%s. Start Sluice:\n"
           "  sluice serve --config sluice.yaml\n"
           "then, in another terminal, connect through it as %s:\n"
           "  PGPASSWORD=%s psql -h 127.0.0.1 -p 6432 -U %s -d %s\n"
           "%s claims the right to decide with a code that works once, within 24 hours:\n"
           "  sluice enroll %s\n"
           "and then decides: sluice approvals; sluice approve ID --reason WHY. Until the code is "
           "used nobody could\n"
           "decide, and what would be held is denied at once.\n",
           in->password.n > 0 ? ", " : "", in->password.n > 0 ? password_file : "",
           sl_buf_text(&in->agent), json_string_value(json_object_get(token, "token")),
           sl_buf_text(&in->agent), sl_buf_text(&in->database), sl_buf_text(&in->reviewer),
           json_string_value(json_object_get(reviewer, "code")));
    if (sl_span_is(sl_buf_span(&in->mode), "observe"))
        puts("The target is in observe mode: nothing is held yet; the ledger records what would "
             "be.\n"
             "'sluice ledger show NUMBER' prints one of its entries.");
}

int sl_init_people(struct sl_init *in)
{
    const struct sl_manage m = {.command = "sluice init", .config = "sluice.yaml"};
    json_t *you = NULL, *reviewer = NULL, *agent = NULL, *token = NULL;

    int code = add(&m, &in->you, "human", NULL, "engineers", &you);
    if (code == SL_EXIT_FINE)
        code = add(&m, &in->reviewer, "human", NULL, "reviewers", &reviewer);
    if (code == SL_EXIT_FINE)
        code = add(&m, &in->agent, "agent", sl_buf_text(&in->you), "agents", &agent);
    if (code == SL_EXIT_FINE)
        code = sl_manage_call(&m, "token.create",
                              json_pack("{s:s}", "name", sl_buf_text(&in->agent)), &token);
    if (code == SL_EXIT_FINE)
        print_next(in, reviewer, token);
    json_decref(you);
    json_decref(reviewer);
    json_decref(agent);
    json_decref(token);
    return code;
}
