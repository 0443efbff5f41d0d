#include "role/desk/routes.h"

const struct sl_desk_route sl_desk_routes[] = {
#define ROW(kind, method, path, call, credential, query, fields) \
    {SL_DESK_##kind, SL_HTTP1_METHOD_##method, path, call, credential, query, fields},
    SL_DESK_ROUTES(ROW)
#undef ROW
};
const size_t sl_desk_route_count = SL_COUNT(sl_desk_routes);

bool sl_desk_id_valid(struct sl_span id)
{
    for (size_t i = 0; i < id.n; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        uint8_t c = id.p[i];

        if (is_dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return id.n == SL_DESK_ID_BYTES;
}

bool sl_desk_file_valid(struct sl_span name)
{
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '.' || c == '-' || c == '_'))
            return false;
    }
    return name.n > 0 && name.n < SL_DESK_MAX_FILE;
}

/* "User", or "urn:ietf:params:scim:schemas:core:2.0:User" */
bool sl_desk_about_valid(struct sl_span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] != ':' && !sl_desk_file_valid(sl_span(name.p + i, 1)))
            return false;
    return name.n > 0 && name.n < SL_DESK_MAX_FILE;
}

bool sl_desk_entry_valid(struct sl_span number)
{
    for (size_t i = 0; i < number.n; i++)
        if (number.p[i] < '0' || number.p[i] > '9')
            return false;
    return number.n == 1 || (number.n > 1 && number.n <= 15 && number.p[0] != '0');
}

bool sl_desk_tile_valid(struct sl_span rest)
{
    for (size_t i = 0; i < rest.n; i++) {
        uint8_t c = rest.p[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '/' || c == '.'))
            return false;
    }
    return rest.n > 0 && rest.n < SL_DESK_MAX_FILE - strlen("tile/");
}

static struct sl_span next_segment(struct sl_span *path)
{
    struct sl_span segment = sl_span_head(*path, sl_span_find(*path, '/'));

    *path = sl_span_from(*path, segment.n + 1);
    return segment;
}

static bool segment_fits(struct sl_span want, struct sl_span got)
{
    if (sl_span_is(want, "{id}"))
        return sl_desk_id_valid(got);
    if (sl_span_is(want, "{file}") || sl_span_is(want, "{issuer}") ||
        sl_span_is(want, "{resource}"))
        return sl_desk_file_valid(got);
    if (sl_span_is(want, "{about}"))
        return sl_desk_about_valid(got);
    return sl_span_is(want, "{entry}") ? sl_desk_entry_valid(got) : sl_span_eq(want, got);
}

/* Both begin with '/'; a path that ends in '/' has an empty last segment and matches only "/". */
static bool fits(const char *pattern, struct sl_span path, struct sl_span *id)
{
    struct sl_span left = sl_span_from(sl_span_str(pattern), 1), right = sl_span_from(path, 1);

    if (path.n > 1 && path.p[path.n - 1] == '/')
        return false;
    while (left.n > 0 && right.n > 0) {
        struct sl_span want = next_segment(&left), all = right, got = next_segment(&right);

        if (sl_span_is(want, "{tile}")) { /* all that is left */
            *id = all;
            return sl_desk_tile_valid(all);
        }
        if (!segment_fits(want, got))
            return false;
        if (want.n > 0 && want.p[0] == '{')
            *id = got;
    }
    return left.n == 0 && right.n == 0;
}

static void add_allowed(struct sl_buf *allowed, enum sl_http1_method method)
{
    sl_buf_say(allowed, "%s, ", sl_http1_method_name(method));
    if (method == SL_HTTP1_METHOD_GET)
        sl_buf_put_str(allowed, "HEAD, ");
}

const struct sl_desk_route *sl_desk_route(enum sl_http1_method method, struct sl_span path,
                                          struct sl_span *id, struct sl_buf *allowed)
{
    enum sl_http1_method wanted = method == SL_HTTP1_METHOD_HEAD ? SL_HTTP1_METHOD_GET : method;

    *id = (struct sl_span){0};
    for (size_t i = 0; i < sl_desk_route_count; i++) {
        if (!fits(sl_desk_routes[i].path, path, id))
            continue;
        if (sl_desk_routes[i].method == wanted)
            return &sl_desk_routes[i];
        add_allowed(allowed, sl_desk_routes[i].method);
    }
    if (allowed->n > 0)
        sl_buf_put_str(allowed, "OPTIONS");
    return NULL;
}

bool sl_desk_is_page(struct sl_span path)
{
    SL_BUF(allowed, 256);
    struct sl_span id;
    bool is_path = path.n > 0 && path.p[0] == '/';
    const struct sl_desk_route *r =
        is_path ? sl_desk_route(SL_HTTP1_METHOD_GET, path, &id, &allowed) : NULL;

    return r != NULL && r->kind == SL_DESK_PAGE;
}

bool sl_desk_named(const char *list, struct sl_span name, bool *must)
{
    struct sl_span rest = sl_span_str(list);

    while (rest.n > 0) {
        struct sl_span word = sl_span_head(rest, sl_span_find(rest, ' '));

        rest = sl_span_from(rest, word.n + 1);
        *must = word.n > 0 && word.p[word.n - 1] == '!';
        if (sl_span_eq(sl_span_head(word, word.n - *must), name))
            return name.n > 0;
    }
    return false;
}
