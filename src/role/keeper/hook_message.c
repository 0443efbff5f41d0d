#include "role/keeper/hooks.h"

#include "core/ledger/tree.h"

/* From entries of the ledger to one message of a hook. */

enum { LOOK_MOST_US = 2000, HEADER_MOST = 1024 };

struct sl_span hooks_origin(struct keeper *k)
{
    return sl_span_str(sl_ledger_vkey(k->store.ledger)->name);
}

/* --- one entry ----------------------------------------------------------------------------------
 */

/* Batches of allowed actions are most of a busy log: canonical JSON begins with its first member,
 * so that one need not be read to know that nobody wants it. */
static bool is_batch(struct sl_span leaf)
{
    return sl_span_starts(leaf, SL_SPAN("{\"actions\":["));
}

static enum sl_err put_record(const struct hook *h, const struct sl_hook_record *r,
                              struct hook_message *m)
{
    switch (h->config->format) {
    case SL_HOOK_OCSF:
        return sl_hook_put_ocsf(&m->body, r, m->records == 0);
    case SL_HOOK_SYSLOG:
        sl_hook_put_syslog(&m->body, r);
        return sl_buf_err(&m->body);
    default:
        sl_hook_put_cloudevent(&m->body, r);
        sl_hook_put_id(&m->id, r);
        return sl_buf_err(&m->body);
    }
}

/* An entry that cannot be read as JSON is none of ours; nobody could be told what it says. */
static enum sl_err add_entry(struct keeper *k, const struct hook *h, uint64_t index,
                             struct sl_span leaf, struct hook_message *m)
{
    struct sl_hash hash = sl_tree_leaf(leaf);
    struct sl_hook_record r = {.origin = hooks_origin(k), .entry = index, .leaf = leaf};
    json_t *value = NULL;

    if (is_batch(leaf) && (h->config->events & SL_HOOK_ACTIONS) == 0)
        return SL_OK;
    if (sl_json_read(leaf, &value, NULL) != SL_OK)
        return SL_ELIMIT;
    r.value = value;
    memcpy(r.leaf_hash, hash.b, sizeof r.leaf_hash);
    enum sl_err err = SL_OK;
    if ((h->config->events & sl_hook_event_of(value)) != 0) {
        err = put_record(h, &r, m);
        m->records += err == SL_OK;
    }
    json_decref(value);
    return err;
}

static bool is_full(const struct hook *h, const struct hook_message *m)
{
    if (h->config->format == SL_HOOK_CLOUDEVENTS)
        return m->records > 0;
    return m->records >= (h->most > 0 ? h->most : HOOK_BATCH_ENTRIES) ||
           m->body.n >= HOOK_BATCH_BYTES;
}

/* --- many ---------------------------------------------------------------------------------------
 */

/* Whoever catches up reads 256 entries at a time. */
static enum sl_err read_entry(struct keeper *k, struct hook *h, uint64_t index, struct sl_buf *leaf)
{
    struct sl_span bundle, one = {NULL, 0};
    size_t at = 0;

    sl_buf_reset(leaf);
    enum sl_err err = hook_bundle(k, h, index / SL_TILE_WIDTH, &bundle);
    if (err == SL_ENOTFOUND)
        return sl_ledger_read(k->store.ledger, index, leaf);
    for (uint64_t i = 0; err == SL_OK && i <= index % SL_TILE_WIDTH; i++)
        err = sl_bundle_next(bundle, &at, &one);
    SL_TRY(err);
    sl_buf_put(leaf, one);
    return sl_buf_err(leaf);
}

/* The one that did not fit is the next message's first. */
static enum sl_err give_back(const struct hook *h, struct hook_message *m, size_t before,
                             enum sl_err err)
{
    if (m->records == 0 || h->config->format == SL_HOOK_CLOUDEVENTS)
        return err == SL_EMEMORY ? err : SL_ELIMIT;
    m->body.n = before;
    m->body.why = SL_OK;
    return SL_OK;
}

static enum sl_err add_entries(struct keeper *k, struct hook *h, uint64_t end,
                               struct hook_message *m)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    uint64_t until_us = sl_clock_monotonic_us() + LOOK_MOST_US;

    while (m->to < end && !is_full(h, m) && sl_clock_monotonic_us() < until_us) {
        size_t before = m->body.n;

        SL_TRY(read_entry(k, h, m->to, &leaf));
        enum sl_err err = add_entry(k, h, m->to, sl_buf_span(&leaf), m);
        if (err != SL_OK) {
            if (m->records == 0)
                m->from = m->to;
            return give_back(h, m, before, err);
        }
        m->to++;
        if (m->records == 0)
            m->from = m->to;
    }
    return SL_OK;
}

enum sl_err hook_message_make(struct keeper *k, struct hook *h, uint64_t from, uint64_t end,
                              struct hook_message *m)
{
    bool list = h->config->format == SL_HOOK_OCSF;

    m->from = m->to = from;
    m->records = 0;
    if (list)
        sl_buf_put_u8(&m->body, '[');
    SL_TRY(add_entries(k, h, end, m));
    if (list)
        sl_buf_put_u8(&m->body, ']');
    return sl_buf_err(&m->body);
}

/* --- on its way ---------------------------------------------------------------------------------
 */

static void sign(const struct hook *h, struct sl_span id, struct sl_span body,
                 struct fetch_request *r, struct sl_buf lines[3])
{
    uint64_t now_s = sl_clock_us() / 1000000;

    sl_buf_say(&lines[0], "webhook-id: %S", id);
    sl_buf_say(&lines[1], "webhook-timestamp: %U", now_s);
    sl_buf_put_str(&lines[2], "webhook-signature: ");
    sl_hook_put_signature(&lines[2], &h->secrets, id, now_s, body);
    for (size_t i = 0; i < 3; i++)
        r->headers[i] = sl_buf_span(&lines[i]);
}

void hook_message_send(struct keeper *k, const struct hook *h, struct sl_span id,
                       struct sl_span body, fetch_fn *fn, uint64_t of)
{
    struct fetch_request r = {
        .issuer = h->config->name, .url = h->config->url, .courier = COURIER_HOOKS, .body = body};
    struct sl_buf lines[3] = {sl_buf(HEADER_MOST), sl_buf(HEADER_MOST), sl_buf(HEADER_MOST)};
    SL_BUF(bearer, HOOK_SECRET_BYTES + 64);

    if (h->config->format == SL_HOOK_CLOUDEVENTS) {
        r.content_type = SL_SPAN(SL_HOOK_CLOUDEVENTS_TYPE);
        sign(h, id, body, &r, lines);
    } else if (h->config->format == SL_HOOK_OCSF) {
        r.content_type = SL_SPAN("application/json");
        sl_buf_say(&bearer, "Authorization: Bearer %S", sl_buf_span(&h->token));
        if (h->token.n > 0)
            r.headers[0] = sl_buf_span(&bearer);
    }
    fetch_begin(k, &r, fn, of);
    if (bearer.p != NULL)
        sl_secret_wipe(bearer.p, bearer.cap);
    for (size_t i = 0; i < 3; i++)
        sl_buf_done(&lines[i]);
}
