/* Connections that ended before anybody was signed in, for the log: one line at once for each
 * address and reason, then every five seconds one that says how many more there were.
 *
 *   event=connection_refused address=192.0.2.7 why="no startup packet in time" count=1
 *   event=connection_refused address=192.0.2.7 why="no startup packet in time" count=4999
 *
 * Whoever can reach the port can cause these, so both memory and lines have a ceiling: at most
 * REFUSALS_KINDS addresses and reasons are told apart in one stretch; of all others only the number
 * is said. Who was signed in is in the log by session_open and session_close; a wrong secret is
 * recorded by the keeper (sign_in_failure).
 */
#ifndef SL_ROLE_GATE_REFUSALS_H
#define SL_ROLE_GATE_REFUSALS_H

#include "base/span.h"

enum { REFUSALS_KINDS = 64, REFUSALS_EVERY_MS = 5000 };

/* Starts as zeros. */
struct refusals {
    struct refused_kind {
        char address[48], why[128];
        uint64_t more; /* since its last line */
    } kinds[REFUSALS_KINDS];
    size_t count;
    uint64_t others;
    uint64_t next_ms;
};

void refusals_note(struct refusals *r, const char *address, const char *why);
/* Often; does something every REFUSALS_EVERY_MS. */
void refusals_tick(struct refusals *r, uint64_t now_ms);
/* Now, because nobody asks again. */
void refusals_flush(struct refusals *r);

#endif
