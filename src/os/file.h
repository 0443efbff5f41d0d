/* Files, through a thin layer that tests can make fail. All descriptors are close-on-exec. */
#ifndef SL_OS_FILE_H
#define SL_OS_FILE_H

#include "base/buf.h"

/* Whole file into `out` (which sets the ceiling). SL_ENOTFOUND, SL_ELIMIT, SL_EIO. */
enum sl_err sl_file_read(const char *path, struct sl_buf *out) SL_MUST_CHECK;
/* Temporary file beside it, written, fsynced, renamed, folder fsynced. */
enum sl_err sl_file_replace(const char *path, struct sl_span bytes, unsigned mode) SL_MUST_CHECK;
/* All bytes or an error (SL_EFULL for a full disk). */
enum sl_err sl_file_write_all(int fd, struct sl_span bytes) SL_MUST_CHECK;
enum sl_err sl_file_pwrite_all(int fd, struct sl_span bytes, uint64_t offset) SL_MUST_CHECK;
enum sl_err sl_file_sync(int fd) SL_MUST_CHECK; /* fdatasync */
enum sl_err sl_file_sync_folder(const char *path) SL_MUST_CHECK;
/* mkdir -p with this mode for what it makes. */
enum sl_err sl_file_make_folder(const char *path, unsigned mode) SL_MUST_CHECK;
/* An exclusive lock that ends with the process; SL_EBUSY when another holds it. */
enum sl_err sl_file_lock(const char *path, int *fd) SL_MUST_CHECK;

/* Tests: after `after` more calls of this kind ('w'rite, 's'ync, 'r'ename) fail with `number`. */
void sl_file_fault(char kind, unsigned after, int number);

#endif
