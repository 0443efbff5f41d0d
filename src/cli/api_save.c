/* Where a credential is kept: a file that nobody else can read. */
#include "cli/api_client.h"

#include "crypto/crypto.h"
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { MAX_FILE = 16 * 1024, MAX_PATH = 4096 };

static bool make_folder(const char *path)
{
    SL_BUF(folder, MAX_PATH);
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path)
        return true;
    sl_buf_put(&folder, sl_span(path, (size_t)(slash - path)));
    return sl_file_make_folder(sl_buf_text(&folder), 0700) == SL_OK;
}

/* What `sluice login` saved may be saved over; a credential that was claimed may not. */
static bool is_login(const char *path)
{
    SL_BUF(text, MAX_FILE);
    json_t *object = NULL;

    if (sl_file_read(path, &text) != SL_OK ||
        sl_json_read(sl_buf_span(&text), &object, NULL) != SL_OK)
        return false;
    bool is = sl_span_starts(sl_json_str(object, "credential"), SL_SPAN(SL_API_LOGIN));
    json_decref(object);
    sl_secret_wipe(text.p, text.n);
    return is;
}

int sl_api_try_save(const char *path, bool replace)
{
    SL_BUF(trial, MAX_PATH);

    if (!replace && access(path, F_OK) == 0 && !is_login(path)) {
        fprintf(
            stderr,
            "sluice: %s is there already: --replace overwrites it, --save FILE saves elsewhere\n",
            path);
        return SL_EXIT_REFUSED;
    }
    sl_buf_say(&trial, "%s.trial", path);
    int fd = -1;
    if (make_folder(path))
        fd = open(sl_buf_text(&trial), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        fprintf(stderr, "sluice: %s cannot be written: %s\n", path, strerror(errno));
        return SL_EXIT_REFUSED;
    }
    close(fd);
    unlink(sl_buf_text(&trial));
    return SL_API_CONTINUE;
}

enum sl_err sl_api_save(struct sl_api *api, const json_t *answer, const char *member,
                        const char *path)
{
    json_t *object = json_object();
    SL_BUF(text, MAX_FILE);

    json_object_set(object, "credential", json_object_get(answer, member));
    json_object_set(object, "identity", json_object_get(answer, "identity"));
    json_object_set_new(object, "url", json_stringn((const char *)api->url.p, api->url.n));
    enum sl_err err = sl_json_canonical(&text, object);
    sl_buf_put_u8(&text, '\n');
    if (err == SL_OK)
        err = sl_buf_err(&text);
    if (err == SL_OK)
        err = sl_file_replace(path, sl_buf_span(&text), 0600);
    if (text.p != NULL)
        sl_secret_wipe(text.p, text.n);
    json_decref(object);
    return err;
}
