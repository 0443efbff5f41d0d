/* A person signed in to the console, and the browser that they do it with.
 *
 * A console session is a secret of its own that stands for one deciding credential, which is looked
 * at each time: whatever ends the credential ends its sessions. How long it lives: console_life.h.
 */
#ifndef SL_ROLE_KEEPER_CONSOLE_H
#define SL_ROLE_KEEPER_CONSOLE_H

#include "crypto/crypto.h"
#include "role/keeper/credentials.h"

struct keeper;
struct call;

struct console; /* codes that may be used, and when each session was last used: in memory only */
enum sl_err console_new(struct keeper *k) SL_MUST_CHECK;
void console_free(struct keeper *k);
/* A code for this credential; an earlier one is void. */
void console_code_make(struct keeper *k, const struct credential *c, struct sl_buf *code,
                       uint64_t *expires_us);
/* Whose code it was; spent by this. SL_ENOTFOUND. */
enum sl_err console_code_spend(struct keeper *k, struct sl_span code, struct credential *out)
    SL_MUST_CHECK;
void console_open(struct keeper *k, const struct credential *c, const char *prefix,
                  const uint8_t *device, struct sl_buf *secret, struct sl_buf *id,
                  uint64_t *expires_us);
/* device.c: the browser that the body's "device" names, by the hash of its secret; a new one (its
 * secret into `made`) where it names none. NULL as `device` above: it is no browser. */
#define DEVICE_PREFIX "slv_"
void device_take(struct call *c, uint8_t hash[SL_SHA256], struct sl_buf *made);
void device_tell(struct call *c, const struct sl_buf *made);
/* The credential that this session stands for, `over` when either is. SL_ENOTFOUND. */
enum sl_err console_find(struct keeper *k, struct sl_span secret, struct credential *out)
    SL_MUST_CHECK;
enum sl_err console_by_id(struct keeper *k, struct sl_span id, struct credential *out)
    SL_MUST_CHECK;
void console_end(struct keeper *k, const struct credential *c, struct sl_span by,
                 struct sl_span channel, const char *why);
/* All of this person's, and the codes that would begin one: whoever is switched off signs in anew
 * when they are back. */
void console_end_of(struct keeper *k, struct sl_span identity, struct sl_span by,
                    struct sl_span channel, const char *why);
void console_touch(struct keeper *k, const struct credential *c);
/* The session began with a fresh sign-in with more than one factor. In memory: a new keeper asks
 * for another one. */
void console_fresh(struct keeper *k, struct sl_span session);
bool console_is_fresh(struct keeper *k, const struct credential *c); /* ten minutes ago at most */
/* Records the end of sessions that are over without anybody saying so: a sweep over all that are
 * open begins with the first, and goes on, a portion each time, with the second. */
void console_sweep(struct keeper *k);
void console_sweep_some(struct keeper *k);
/* Of an account whose issuer the configuration does not name any more: nobody signs in by its word,
 * and who did is signed out. accounts.c */
bool account_is_stranded(struct keeper *k, struct sl_span credential);
uint64_t console_idle_us(struct keeper *k, const struct credential *c); /* when it would end */

#endif
