/* One line an event on stderr, for people and for machines:
 *
 *   2026-11-23T03:45:12.123456Z level=info role=gate event=session_open session=7 identity=alice
 *
 * Values with blanks or odd characters are quoted and escaped, so that no stranger can forge a
 * line. Never pass a secret, a row value or an unmasked statement. A line is one write; longer than
 * 4 KiB is cut and says so. Levels: debug (off unless SLUICE_LOG=debug), info, warn, error.
 */
#ifndef SL_OS_LOG_H
#define SL_OS_LOG_H

#include "base/span.h"

enum sl_log_level { SL_LOG_DEBUG, SL_LOG_INFO, SL_LOG_WARN, SL_LOG_ERROR };

/* Once, at start. `role` is static text, "gate" or "gate.1". */
void sl_log_init(const char *role);

struct sl_log_field {
    const char *name;
    struct sl_span text; /* when .p != NULL or .n == 0 and !is_number */
    uint64_t number;
    bool is_number;
};
#define SL_TEXT(key, span) ((struct sl_log_field){.name = (key), .text = (span)})
#define SL_CSTR(key, str) ((struct sl_log_field){.name = (key), .text = sl_span_str(str)})
#define SL_NUM(key, value) \
    ((struct sl_log_field){.name = (key), .number = (value), .is_number = true})

void sl_log_event(enum sl_log_level level, const char *event, const struct sl_log_field *fields,
                  size_t count);
/* sl_log(SL_LOG_INFO, "session_open", SL_NUM("session", 7), SL_CSTR("identity", "alice")); */
#define sl_log(level, event, ...)                                        \
    sl_log_event((level), (event), (struct sl_log_field[]){__VA_ARGS__}, \
                 sizeof((struct sl_log_field[]){__VA_ARGS__}) / sizeof(struct sl_log_field))

#endif
