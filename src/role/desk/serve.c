/* The console's page and its files. Nothing of anybody is in them: what a person may see the page
 * asks for, with that person's session. */
#include "role/desk/desk_int.h"

static const struct sl_desk_file *file_at(const char *path)
{
    for (size_t i = 0; i < sl_desk_file_count; i++)
        if (strcmp(sl_desk_files[i].path, path) == 0)
            return &sl_desk_files[i];
    return NULL;
}

/* Every place of the console is the one page, which looks at its own address. */
static const struct sl_desk_file *wanted(const struct sl_desk_request *r)
{
    SL_BUF(path, SL_DESK_MAX_FILE + 16);

    if (r->route->kind == SL_DESK_PAGE)
        return file_at("/");
    if (r->file[0] == '\0')
        return file_at(r->route->path);
    sl_buf_say(&path, "/assets/%s", r->file);
    return file_at(sl_buf_text(&path));
}

void sl_desk_serve(struct sl_desk_conn *c)
{
    const struct sl_desk_request *r = c->request;
    const struct sl_desk_file *f = wanted(r);

    if (f == NULL) {
        sl_desk_problem(c, 404, "there is nothing at this path");
        return;
    }
    bool known = strcmp(r->etag, f->etag) == 0;
    struct sl_span none = {NULL, 0};
    sl_desk_answer(c, &(struct sl_desk_answer){
                          .status = known ? 304 : 200,
                          .type = known ? NULL : f->type,
                          .body = known     ? none
                                  : r->gzip ? f->gzip
                                            : f->plain,
                          .gzip = r->gzip && !known,
                          .etag = f->etag,
                          .caching = sl_span_starts(sl_span_str(f->path), SL_SPAN("/assets/"))
                                         ? SL_DESK_CACHE_FOREVER
                                         : SL_DESK_CACHE_ASK,
                      });
}
