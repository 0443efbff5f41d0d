/* One approval for many runs of one template (docs/envelopes.md): "this SELECT, whatever its
 * literals, at most so many rows each, so often, for so long".
 *
 * The template is a statement with a shape (wire/pg/shape.h), byte by byte, its literals replaced
 * by their kind: `{integer}` or `{text}`. Outside quotes no text that has a shape holds a brace, so
 * two statements have the same template only where nothing but literals differs. What a template
 * may be is narrow, and whatever is not proven is no template: see sl_envelope_objection.
 *
 * Operation (canonical JSON): {"envelope":{"for_s":n,"rows":n,"times":n},"sql":"<template>"}.
 */
#ifndef SL_CORE_ACTION_ENVELOPE_H
#define SL_CORE_ACTION_ENVELOPE_H

#include "core/action/action.h"

enum {
    SL_ENVELOPE_MAX_TIMES = 1000,
    SL_ENVELOPE_MAX_ROWS = 1000000,
    SL_ENVELOPE_MAX_SECONDS = 8 * 3600,
    SL_ENVELOPE_MAX_TEMPLATE = 16 * 1024,
    SL_ENVELOPE_MAX_SHOWN = 24 * 1024, /* escaped as JSON, or as a shape with its blanks */
};

struct sl_envelope {
    uint64_t times; /* it may run; 0: this is no envelope */
    uint64_t rows;  /* each run may return */
    uint64_t for_s; /* from the last yes on */
};

/* All three are there and within the maxima. */
bool sl_envelope_is_bounded(const struct sl_envelope *e);

/* "20 times 500 rows 20m", as `SET sluice.request = 'envelope 20 times 500 rows 20m'` has it behind
 * its first word. SL_EMALFORMED, SL_ELIMIT: beyond the maxima. */
enum sl_err sl_envelope_get(struct sl_span text, struct sl_envelope *out) SL_MUST_CHECK;

/* Appends the template of a statement. SL_EUNSUPPORTED: it has no shape, or has parameters;
 * SL_ELIMIT: it is too long. Nothing is appended then. What has a template is short enough that the
 * ledger has it whole, whether with its literals or without (docs/ledger-entry.md). */
enum sl_err sl_envelope_put_template(struct sl_buf *b, struct sl_span sql) SL_MUST_CHECK;

/* Appends what is recorded of each statement of this template where a rule says `record: shape`
 * (sl_shape_put of it). SL_EUNSUPPORTED: that is no template. */
enum sl_err sl_envelope_put_shape(struct sl_buf *b, struct sl_span template) SL_MUST_CHECK;

/* Why a statement of this meaning cannot be a template; NULL: it can. Only one plain SELECT that
 * reads and does nothing else, whose meaning the judge found to be the same for all literals, and
 * that skips no rows. */
const char *sl_envelope_objection(const struct sl_meaning *m);

void sl_envelope_put_operation(struct sl_buf *b, const struct sl_envelope *e,
                               struct sl_span template);

#endif
