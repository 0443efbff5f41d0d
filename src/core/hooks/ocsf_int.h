/* Between the files that make OCSF of an entry. */
#ifndef SL_CORE_HOOKS_OCSF_INT_H
#define SL_CORE_HOOKS_OCSF_INT_H

#include "core/hooks/hooks.h"

enum {
    SL_OCSF_BASE = 0,
    SL_OCSF_ACCOUNT_CHANGE = 3001,
    SL_OCSF_AUTHENTICATION = 3002,
    SL_OCSF_ENTITY = 3004,
    SL_OCSF_DATASTORE = 6005,
    SL_OCSF_OTHER = 99,
};
enum { SL_OCSF_SUCCESS = 1, SL_OCSF_FAILURE = 2 };
enum { SL_OCSF_INFORMATIONAL = 1, SL_OCSF_LOW, SL_OCSF_MEDIUM, SL_OCSF_HIGH, SL_OCSF_CRITICAL };

/* Fills in `out` what its class asks for: class_uid, activity_id, status_id, and who and what. */
void sl_ocsf_class(json_t *out, const json_t *leaf);
/* One action of a batch, or one that was held: `session` names it, `statement` has its facts. */
void sl_ocsf_action(json_t *out, const json_t *item, const json_t *session,
                    const json_t *statement);

/* Left out when there is nothing to say. */
void sl_ocsf_str(json_t *object, const char *key, struct sl_span text);
void sl_ocsf_int(json_t *object, const char *key, int64_t value);

#endif
