#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "role/keeper/audit_int.h"
#include "role/keeper/call.h"
#include "role/keeper/sight.h"

/* The ledger's own files, for whoever wants to check what they are told: the checkpoint, the key
 * line, tiles and bundles, single entries. All of it under the last signed checkpoint. */

/* The table of methods has asked for a deciding credential already. */
bool may_audit(struct call *c)
{
    if (sight_of(c, READ_LEDGER) == SIGHT_ALL)
        return true;
    call_problem(c, 403, "Not for this caller",
                 "The whole ledger is shown to reviewers and auditors.",
                 "`roles: auditors` in the configuration names them.");
    return false;
}

void call_LEDGER_NOTE(struct call *c)
{
    if (!may_audit(c))
        return;
    c->reply = json_object();
    json_put_str(c->reply, "text", sl_ledger_note(c->keeper->store.ledger));
}

void call_LEDGER_KEY(struct call *c)
{
    SL_BUF(line, 1024);

    if (!may_audit(c))
        return;
    sl_vkey_put(&line, sl_ledger_vkey(c->keeper->store.ledger));
    sl_buf_put_str(&line, "\n");
    c->reply = json_object();
    json_put_str(c->reply, "text", sl_buf_span(&line));
}

static void not_there(struct call *c)
{
    call_problem(c, 404, "Not in the ledger",
                 "The last signed checkpoint covers no such tile or entry.",
                 "A new one is signed each second while there is something new.");
}

/* Bundles are long: so many bytes of them a second, for all callers together. */
static bool too_fast(struct call *c, size_t bytes)
{
    enum { BYTES_A_MS = 16 * 1024 };
    static uint64_t busy_until_us; /* one keeper in a process */
    uint64_t now_us = sl_clock_us();

    if (busy_until_us > now_us + 1000 * 1000) {
        call_problem(c, 429, "Too much at once", "Entry bundles are given at 16 MB a second.",
                     "Wait a second.");
        return true;
    }
    busy_until_us = (busy_until_us > now_us ? busy_until_us : now_us) + bytes * 1000 / BYTES_A_MS;
    return false;
}

void call_LEDGER_TILE(struct call *c)
{
    SL_BUF(bytes, SL_BUNDLE_MAX_BYTES);
    SL_BUF(text, 2 * SL_BUNDLE_MAX_BYTES);
    struct sl_tile tile;

    if (!may_audit(c))
        return;
    if (sl_tile_get_path(call_str(c, "name"), &tile) != SL_OK) {
        call_problem(c, 404, "No such tile", "Tiles are named as C2SP tlog-tiles says.", "");
        return;
    }
    if (tile.level == SL_TILE_ENTRIES && too_fast(c, 0))
        return;
    if (sl_ledger_tile(c->keeper->store.ledger, &tile, &bytes) != SL_OK) {
        not_there(c);
        return;
    }
    if (tile.level == SL_TILE_ENTRIES)
        (void)too_fast(c, bytes.n);
    sl_base64_put(&text, sl_buf_span(&bytes));
    c->reply = json_object();
    json_put_str(c->reply, "base64", sl_buf_span(&text));
}

void call_LEDGER_ENTRY(struct call *c)
{
    SL_BUF(leaf, SL_ENTRY_MAX + 1);
    struct sl_ledger *l = c->keeper->store.ledger;
    uint64_t index = 0;

    if (!may_audit(c))
        return;
    if (sl_span_u64(call_str(c, "name"), &index) != SL_OK ||
        index >= sl_ledger_checkpoint_size(l) || sl_ledger_read(l, index, &leaf) != SL_OK) {
        not_there(c);
        return;
    }
    c->reply = json_object();
    json_put_str(c->reply, "json", sl_buf_span(&leaf));
}
