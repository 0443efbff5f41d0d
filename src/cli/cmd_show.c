#include "cli/api_client.h"

static const char help[] =
    "usage: sluice show ID [OPTIONS]\n\n"
    "Shows an approval: who asks for what and why, the exact statement with its values, the data "
    "it touches,\n"
    "who may decide, whether you may and why not, and the digest that a decision is bound to. "
    "Lines behind '|'\n"
    "are the requester's own, escaped so that they cannot imitate anything else.\n"
    "ID is an approval's id, or the unique beginning or end of one (4 characters or more).\n";

int sl_cli_show(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    json_t *approval = NULL;
    int code = sl_api_args(argc, argv, SL_API_JSON | SL_API_EVERYTHING | SL_API_CREDENTIAL, true,
                           help, &args);

    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    api.everything = args.everything;
    code = sl_api_get(&api, args.word, &approval);
    if (code == SL_EXIT_FINE && args.json)
        sl_api_print_json(approval);
    else if (code == SL_EXIT_FINE)
        sl_api_print_approval(&api, approval);
    json_decref(approval);
    return code;
}
