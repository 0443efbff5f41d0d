/* Points in time and durations as text. No clock here: times come in as arguments.
 * A time is microseconds since 1970-01-01T00:00:00Z, a duration is milliseconds. */
#ifndef SL_BASE_WHEN_H
#define SL_BASE_WHEN_H

#include "base/buf.h"

struct sl_civil {
    int year;
    unsigned month, day, hour, minute, second, micros, weekday; /* month 1-12, weekday 0 = Monday */
};

struct sl_civil sl_when_civil(uint64_t time_us);

/* RFC 3339 in UTC with microseconds: 2026-11-23T03:45:12.000000Z */
void sl_when_put(struct sl_buf *b, uint64_t time_us);
/* The same form only. */
enum sl_err sl_when_get(struct sl_span text, uint64_t *time_us) SL_MUST_CHECK;
/* As people say it, in UTC: the same, or with less behind it: "2026-11-23" (its beginning),
 * "2026-11-23T03:45Z", "2026-11-23T03:45:12Z". */
enum sl_err sl_when_said(struct sl_span text, uint64_t *time_us) SL_MUST_CHECK;

/* "250ms", "30s", "15m", "8h", "7d"; a number alone is an error, so is overflow. */
enum sl_err sl_duration_get(struct sl_span text, uint64_t *ms) SL_MUST_CHECK;
/* For people, the two largest units: "14m 3s". */
void sl_duration_put(struct sl_buf *b, uint64_t ms);

#endif
