#include "os/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum sl_err sl_path_config(const char *given, struct sl_buf *out)
{
    static const char *const usual[] = {"sluice.yaml", "/etc/sluice/sluice.yaml"};
    const char *from_environment = getenv("SLUICE_CONFIG");

    if (given == NULL && from_environment != NULL && from_environment[0] != '\0')
        given = from_environment;
    for (size_t i = 0; given == NULL && i < SL_COUNT(usual); i++)
        if (access(usual[i], F_OK) == 0)
            given = usual[i];
    if (given == NULL)
        return SL_ENOTFOUND;
    sl_buf_put_str(out, given);
    (void)sl_buf_text(out);
    return sl_buf_err(out);
}

enum sl_err sl_path_beside(const char *config_file, struct sl_span path, struct sl_buf *out)
{
    const char *slash = strrchr(config_file, '/');

    if (path.n == 0 || memchr(path.p, 0, path.n) != NULL)
        return SL_EMALFORMED;
    if (path.p[0] != '/' && slash != NULL)
        sl_buf_put(out, sl_span(config_file, (size_t)(slash - config_file) + 1));
    sl_buf_put(out, path);
    (void)sl_buf_text(out);
    return sl_buf_err(out);
}

/* The link says it: the runtime folder may come from the service manager, which we cannot ask. */
enum sl_err sl_path_control(const char *state, struct sl_buf *out)
{
    SL_BUF(link, 8192);
    char runtime[PATH_MAX];

    sl_buf_say(&link, "%s/run", state);
    ssize_t n = readlink(sl_buf_text(&link), runtime, sizeof runtime);
    if (n < 0)
        return errno == EACCES ? SL_EDENIED : SL_ENOTFOUND;
    if ((size_t)n == sizeof runtime)
        return SL_ELIMIT;
    sl_buf_put(out, sl_span(runtime, (size_t)n));
    sl_buf_put_str(out, "/control.sock");
    (void)sl_buf_text(out);
    return sl_buf_err(out);
}

/* Appends the path if there is such a program, else leaves `out` as it was. */
static bool try_program(struct sl_buf *out, struct sl_span folder, const char *between,
                        const char *name)
{
    size_t before = out->n;

    sl_buf_say(out, "%S%s/%s", folder, between, name);
    if (sl_buf_err(out) == SL_OK && access(sl_buf_text(out), X_OK) == 0)
        return true;
    out->n = before;
    return false;
}

enum sl_err sl_path_program(const char *name, const char *installed, struct sl_buf *out)
{
    SL_BUF(build, 256);
    char self[PATH_MAX];
    const char *chosen = getenv("SLUICE_LIBEXEC");
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);

    if (chosen != NULL && chosen[0] != '\0') /* said plainly: no second guess */
        return try_program(out, sl_span_str(chosen), "", name) ? SL_OK : SL_ENOTFOUND;
    if (n > 0 && (size_t)n < sizeof self) {
        while (n > 0 && self[n - 1] != '/')
            n--;
        struct sl_span folder = sl_span(self, (size_t)n);
        sl_buf_say(&build, "../role/%s", strncmp(name, "sluice-", 7) == 0 ? name + 7 : name);
        if (try_program(out, folder, sl_buf_text(&build), name) ||
            try_program(out, folder, "../libexec/sluice", name))
            return SL_OK;
    }
    return try_program(out, sl_span_str(installed), "", name) ? SL_OK : SL_ENOTFOUND;
}
