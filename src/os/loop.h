/* One event loop for each program: readiness of descriptors, timers, deferred work, signals.
 *
 * A thin, replaceable layer over libevent's core. Callbacks run one at a time; they may add and
 * remove anything, themselves included. Timers are one-shot; arm them again in the callback.
 */
#ifndef SL_OS_LOOP_H
#define SL_OS_LOOP_H

#include "base/err.h"

struct sl_loop;
struct sl_watch; /* a descriptor */
struct sl_timer;
struct sl_signal;

enum { SL_READABLE = 1, SL_WRITABLE = 2 };

typedef void sl_watch_fn(void *owner, int fd, unsigned ready);
typedef void sl_timer_fn(void *owner);
typedef void sl_signal_fn(void *owner, int number);

/* Also makes the process ignore SIGPIPE. */
enum sl_err sl_loop_new(struct sl_loop **out) SL_MUST_CHECK;
/* Nothing is called any more. What was made on it may be freed before or after, in any order. */
void sl_loop_free(struct sl_loop *l);
/* Runs until sl_loop_stop. `before_sleep` (may be NULL) runs once after each batch of callbacks,
 * before the loop sleeps: the place for group commit and for flushing what a batch produced. */
enum sl_err sl_loop_run(struct sl_loop *l, sl_timer_fn *before_sleep, void *owner) SL_MUST_CHECK;
/* After this batch; before sl_loop_run: that will return at once. */
void sl_loop_stop(struct sl_loop *l);
uint64_t sl_loop_now_ms(const struct sl_loop *l); /* monotonic; without a system call */

/* Level-triggered. `interest` may be changed at any time (cheap when unchanged). */
enum sl_err sl_watch_new(struct sl_loop *l, int fd, unsigned interest, sl_watch_fn *fn, void *owner,
                         struct sl_watch **out) SL_MUST_CHECK;
void sl_watch_interest(struct sl_watch *w, unsigned interest);
void sl_watch_free(struct sl_watch *w); /* does not close the descriptor */

enum sl_err sl_timer_new(struct sl_loop *l, sl_timer_fn *fn, void *owner, struct sl_timer **out)
    SL_MUST_CHECK;
void sl_timer_arm(struct sl_timer *t, uint64_t after_ms); /* from now; replaces an earlier one */
void sl_timer_disarm(struct sl_timer *t);
void sl_timer_free(struct sl_timer *t);

enum sl_err sl_signal_new(struct sl_loop *l, int number, sl_signal_fn *fn, void *owner,
                          struct sl_signal **out) SL_MUST_CHECK;
void sl_signal_free(struct sl_signal *s);

#endif
