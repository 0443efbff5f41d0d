/* The console's built files, linked in: console/embed makes the table from console/dist. The desk
 * opens no file. */
#ifndef SL_ROLE_DESK_FILES_H
#define SL_ROLE_DESK_FILES_H

#include "base/span.h"

struct sl_desk_file {
    const char *path; /* "/" is the page; what is under "/assets/" has its content in its name */
    const char *type;
    const char *etag; /* with its quotes */
    struct sl_span plain, gzip;
};

extern const struct sl_desk_file sl_desk_files[];
extern const size_t sl_desk_file_count;

#endif
