/* sluice idp test --sign-in where the provider has no device grant: the way of `sluice idp add`, a
 * browser that comes back to a port of this machine, with what the configuration says. */
#include "cli/idp.h"

#include "cli/api_client.h"
#include "cli/load.h"
#include "os/paths.h"

#include <stdio.h>

static int refuse(const char *why)
{
    fprintf(stderr, "sluice idp: %s\n", why);
    return SL_EXIT_REFUSED;
}

static enum sl_err take_ca(struct sl_idp *in, const struct sl_issuer *i)
{
    SL_BUF(path, 4096);

    if (i->ca_file.n == 0)
        return SL_OK;
    SL_TRY(sl_path_beside(in->config_path, i->ca_file, &path));
    in->ca_file = sl_arena_text(in->mem, sl_buf_span(&path));
    return in->ca_file == NULL ? SL_EMEMORY : SL_OK;
}

/* What the questions of `add` would have asked for. */
static int take(struct sl_idp *in, const struct sl_issuer *i)
{
    if (!sl_issuer_signs_in(i))
        return refuse("nobody signs in there: the configuration gives it no client_id");
    if (i->client_secret_command.count > 0)
        return refuse("the client's secret comes from a command, which only the gateway runs. Put "
                      "it into a file for the test (client_secret_file)");
    sl_buf_put(&in->issuer, i->issuer);
    sl_buf_put(&in->name, i->name);
    sl_buf_put(&in->client_id, i->client_id);
    sl_buf_put(&in->secret_file, i->client_secret_file);
    sl_buf_put(&in->groups_claim, i->groups_claim);
    if (take_ca(in, i) != SL_OK)
        return refuse("its ca_file is no path");
    return sl_idp_read_secret(in);
}

static void print_counted(const struct sl_idp *in, const struct sl_issuer *i)
{
    bool any = false;

    fputs("Counted as ", stdout);
    for (size_t g = 0; g < in->seen.group_count; g++) {
        SL_BUF(ours, 1024);

        if (!sl_issuer_put_group(&ours, i, in->seen.groups[g]))
            continue;
        fputs(any ? ", " : "", stdout);
        sl_api_print_text(stdout, sl_buf_span(&ours));
        any = true;
    }
    puts(any ? "" : "nothing: none of these groups is one here");
}

static int sign_in(struct sl_idp *in, const char *name)
{
    SL_FREED_BY(sl_config) struct sl_config *config = NULL;
    int code = sl_cli_load_config(in->config_path, &config);

    if (code != SL_EXIT_FINE)
        return code;
    const struct sl_issuer *i = sl_config_issuer(config, sl_span_str(name));
    if (i == NULL)
        return refuse("the configuration has no issuer of this name");
    code = take(in, i);
    if (code == SL_EXIT_FINE)
        code = sl_idp_discover(in);
    if (code == SL_EXIT_FINE)
        code = sl_idp_sign_in(in);
    if (code == SL_EXIT_FINE)
        print_counted(in, i);
    return code;
}

int sl_idp_test_in_browser(const char *config_path, const char *name, const char *port)
{
    SL_BUF(path, 4096);
    struct sl_idp in = {.port = port, .by_browser = true};

    if (sl_path_config(config_path, &path) != SL_OK)
        return refuse("a browser's test needs the configuration file: say --config FILE");
    in.config_path = sl_buf_text(&path);
    int code = sl_idp_init(&in) ? sign_in(&in, name) : refuse("out of memory");
    sl_idp_done(&in);
    return code;
}
