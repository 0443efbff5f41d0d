/* What is told of a statement where it is not told whole: in lists, events, long polls.
 *
 * A held statement may have 16 MB, and there may be thousands of them. So the document of a large
 * one lies by itself (approval_large), with this beside it: whoever only lists reads the brief and
 * never the document. It is made once, when the approval is asked for, and is erased with the
 * document. Pure: no channel, no clock.
 */
#ifndef SL_ROLE_KEEPER_BRIEF_H
#define SL_ROLE_KEEPER_BRIEF_H

#include "base/buf.h"
#include "json/json.h"

struct approval;

enum {
    LARGE_DOCUMENT_BYTES = 32 * 1024, /* a longer one lies by itself */
};

/* Puts `operation` as people may read it (passwords masked, P10), `operation_masked` where
 * something was, `summary` (the first words) and `alike`. Reads of `a` identity, target, protocol,
 * and the rule in `detail`. */
void statement_put(json_t *out, const struct approval *a, const json_t *document);

/* The same without `operation`, and what else of the document is short: a new object. */
json_t *brief_new(const struct approval *a, const json_t *document);

/* As text for the view; `detail` as the view has it. */
void brief_put(struct sl_buf *out, struct approval *a, const json_t *document);

/* The members of `brief` that everybody sees who sees the approval, and, with `values`, those that
 * tell of the statement. */
void brief_tell(json_t *out, json_t *brief, bool values);

#endif
