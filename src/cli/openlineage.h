/* What `sluice openlineage` is made of: the spool that the keeper writes, read from where the last
 * one stopped, and one POST.
 *
 * The spool is <folder>/<name>, and <folder>/<name>.<microseconds> for each file that was put
 * aside, older numbers first. <name>.position says how far it was sent:
 *
 *   AFTER INODE OFFSET HEX\n
 *
 * files put aside up to number AFTER are done; OFFSET bytes of the file with INODE are, and HEX is
 * the SHA-256 of the last of them (at most 4096). A file that does not fit this is sent from its
 * beginning: rather twice than never. The position is replaced by rename after each event, and
 * synced once a second: what a killed process repeats is one event, what a power cut repeats may be
 * more.
 */
#ifndef SL_CLI_OPENLINEAGE_H
#define SL_CLI_OPENLINEAGE_H

#include "base/buf.h"

/* --- spool (openlineage_spool.c) ------------------------------------------------------------- */
enum { SL_SPOOL_MAX_LINE = 8 * 1024 * 1024, SL_SPOOL_MAX_REJECTED = 64 * 1024 * 1024 };

struct sl_spool {
    const char *folder, *name; /* the caller's */
    bool remove_sent;          /* files put aside, once they were sent completely */
    struct sl_buf line, path;
    uint64_t after, inode, offset, synced_us;
    uint8_t tail[32]; /* of what was sent before `offset` */
    size_t line_bytes;
    int fd; /* -1: none is open */
};

/* Reads the position, if there is one. SL_EBUSY: somebody else sends from here. The lock ends with
 * the process. */
enum sl_err sl_spool_open(struct sl_spool *s, const char *folder, const char *name) SL_MUST_CHECK;
/* The next event, without its newline, valid until the next call. SL_ENOTFOUND: none has come yet.
 */
enum sl_err sl_spool_next(struct sl_spool *s, struct sl_span *event) SL_MUST_CHECK;
/* The event of the last sl_spool_next is done with. */
enum sl_err sl_spool_done(struct sl_spool *s) SL_MUST_CHECK;
/* Bytes that are not done with. */
uint64_t sl_spool_waiting(struct sl_spool *s);
/* How far it is, into <name>.status, for the keeper to show: a sender has no way to any program. */
enum sl_err sl_spool_say(struct sl_spool *s, struct sl_span text) SL_MUST_CHECK;
/* Appends to the file of what the endpoint refused, and syncs it. SL_ELIMIT: that file has reached
 * SL_SPOOL_MAX_REJECTED; look at it and take it away. */
enum sl_err sl_spool_put_aside(const struct sl_spool *s, struct sl_span event) SL_MUST_CHECK;
void sl_spool_close(struct sl_spool *s);

/* --- one POST (openlineage_post.c) ----------------------------------------------------------- */
struct sl_poster;
struct sl_post_answer {
    long status; /* 0: there was none, `why` says the reason */
    uint64_t retry_after_ms;
    char why[256];
};
/* token and authorities may be empty; both are copied. NULL: out of memory. */
struct sl_poster *sl_poster_new(struct sl_span url, struct sl_span token,
                                struct sl_span authorities);
void sl_poster_send(struct sl_poster *p, struct sl_span event, struct sl_post_answer *out);
void sl_poster_free(struct sl_poster *p);

#endif
