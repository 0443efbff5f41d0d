#include "role/gate/refusals.h"

#include "base/utf8.h"
#include "os/log.h"

static void say(const char *address, const char *why, uint64_t count)
{
    sl_log(SL_LOG_WARN, "connection_refused", SL_CSTR("address", address), SL_CSTR("why", why),
           SL_NUM("count", count));
}

static void keep(char *out, size_t size, const char *text)
{
    struct sl_span head = sl_utf8_head(sl_span_str(text), size - 1);

    memset(out, 0, size);
    if (head.n > 0)
        memcpy(out, head.p, head.n);
}

void refusals_note(struct refusals *r, const char *address, const char *why)
{
    struct refused_kind new = {.more = 0};

    keep(new.address, sizeof new.address, address);
    keep(new.why, sizeof new.why, why);
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->kinds[i].why, new.why) == 0 &&
            strcmp(r->kinds[i].address, new.address) == 0) {
            r->kinds[i].more++;
            return;
        }
    if (r->count == REFUSALS_KINDS) {
        r->others++;
        return;
    }
    r->kinds[r->count++] = new;
    say(new.address, new.why, 1);
}

/* What went on is told and remembered, so that it does not begin with a line of its own again. */
void refusals_flush(struct refusals *r)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->count; i++) {
        if (r->kinds[i].more == 0)
            continue;
        say(r->kinds[i].address, r->kinds[i].why, r->kinds[i].more);
        r->kinds[i].more = 0;
        r->kinds[kept++] = r->kinds[i];
    }
    r->count = kept;
    if (r->others > 0)
        say("others", "more addresses and reasons than are told apart", r->others);
    r->others = 0;
}

void refusals_tick(struct refusals *r, uint64_t now_ms)
{
    if (now_ms < r->next_ms)
        return;
    r->next_ms = now_ms + REFUSALS_EVERY_MS;
    refusals_flush(r);
}
