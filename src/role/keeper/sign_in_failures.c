#include "role/keeper/sessions.h"

#include "base/utf8.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/store.h"

#include <stdlib.h>

/* Failures to sign in: one leaf a second for each address and name. */

enum { MAX_FAILURES = 64 };
struct sign_in_failures {
    struct failure {
        uint64_t first_us, last_us, count;
        char identity[64], target[64], address[64], why[32];
    } items[MAX_FAILURES];
    size_t count;
    uint64_t more;
};

static void put_text(char *out, size_t size, struct sl_span text)
{
    SL_BUF(printable, 1024);

    sl_utf8_put_printable(&printable, sl_span_head(text, size));
    struct sl_span head = sl_utf8_head(sl_buf_span(&printable), size - 1);
    memset(out, 0, size);
    if (head.n > 0)
        memcpy(out, head.p, head.n);
}

void sign_in_failed(struct keeper *k, struct sl_span user, struct sl_span target,
                    struct sl_span address, const char *why)
{
    struct failure f = {.first_us = sl_clock_us(), .count = 1};

    if (k->failures == NULL)
        k->failures = calloc(1, sizeof *k->failures);
    if (k->failures == NULL)
        return;
    f.last_us = f.first_us;
    put_text(f.identity, sizeof f.identity, user);
    put_text(f.target, sizeof f.target, target);
    put_text(f.address, sizeof f.address, address);
    put_text(f.why, sizeof f.why, sl_span_str(why));
    for (size_t i = 0; i < k->failures->count; i++) {
        struct failure *old = &k->failures->items[i];

        if (strcmp(old->identity, f.identity) != 0 || strcmp(old->address, f.address) != 0 ||
            strcmp(old->why, f.why) != 0)
            continue;
        old->count++;
        old->last_us = f.last_us;
        return;
    }
    if (k->failures->count == MAX_FAILURES)
        sign_in_failures_flush(k);
    k->failures->items[k->failures->count++] = f;
}

void sign_in_failures_flush(struct keeper *k)
{
    for (size_t i = 0; k->failures != NULL && i < k->failures->count; i++) {
        const struct failure *f = &k->failures->items[i];
        SL_BUF(leaf, SL_ENTRY_MAX);

        sl_entry_put_sign_in_failure(
            &leaf, &(struct sl_entry_sign_in_failure){.time_us = sl_clock_us(),
                                                      .first_us = f->first_us,
                                                      .last_us = f->last_us,
                                                      .count = f->count,
                                                      .identity = sl_span_str(f->identity),
                                                      .target = sl_span_str(f->target),
                                                      .address = sl_span_str(f->address),
                                                      .why = sl_span_str(f->why)});
        store_leaf(&k->store, &leaf, false, NULL);
        sl_log(SL_LOG_WARN, "sign_in_failure", SL_CSTR("identity", f->identity),
               SL_CSTR("address", f->address), SL_NUM("count", f->count), SL_CSTR("why", f->why));
    }
    if (k->failures != NULL)
        k->failures->count = 0;
}
