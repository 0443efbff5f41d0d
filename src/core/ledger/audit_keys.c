/* Which keys signed the ledger, and from which entry on: each was named by the one before it. */
#include "core/ledger/audit_int.h"

#include <stdlib.h>

static void add_key(struct sl_audit *a, const struct sl_vkey *key)
{
    struct sl_audit_key *grown = reallocarray(a->keys, a->key_count + 1, sizeof *a->keys);

    if (grown == NULL) {
        a->err = SL_EMEMORY;
        return;
    }
    a->keys = grown;
    a->keys[a->key_count++] = (struct sl_audit_key){.from = a->entry, .key = *key};
}

void sl_audit_key(struct sl_audit *a, const json_t *leaf)
{
    struct sl_vkey next, old;

    if (sl_vkey_get(sl_json_str(leaf, "new_key"), &next) != SL_OK) {
        SL_FOUND(a, "the leaf names no key that can be read");
        return;
    }
    if (a->key_count == 0) {
        if (a->entry != 0)
            SL_FOUND(a, "the ledger has no first key");
        add_key(a, &next);
        return;
    }
    const struct sl_vkey *now = &a->keys[a->key_count - 1].key;
    if (sl_vkey_get(sl_json_str(leaf, "old_key"), &old) != SL_OK || !sl_vkey_eq(&old, now) ||
        sl_note_check_rotation(sl_json_str(leaf, "statement"), now, a->entry, &next) != SL_OK) {
        SL_FOUND(a, "a new key is named that the key in force did not sign");
        return;
    }
    add_key(a, &next);
}

const struct sl_vkey *sl_audit_key_at(const struct sl_audit *a, uint64_t size)
{
    for (size_t i = a->key_count; i-- > 0;)
        if (a->keys[i].from < size)
            return &a->keys[i].key;
    return NULL;
}

bool sl_audit_key_known(const struct sl_audit *a, const struct sl_vkey *key, uint64_t size)
{
    for (size_t i = 0; i < a->key_count && a->keys[i].from < size; i++)
        if (sl_vkey_eq(&a->keys[i].key, key))
            return true;
    return false;
}
