/* A portal that is read in steps is one action: it has one outcome, with the rows of all its
 * Executes, when it has delivered all of them or is dropped. */
#include "role/gate/session.h"

#include <stdlib.h>

struct tally {
    size_t refs;
    struct session *session;
    uint64_t action, rows, bytes;
    bool recorded;
};

struct tally *tally_ref(struct tally *t)
{
    if (t != NULL)
        t->refs++;
    return t;
}

struct tally *tally_new(struct session *s, uint64_t action)
{
    struct tally *t = calloc(1, sizeof *t);

    if (t != NULL)
        *t = (struct tally){.refs = 1, .session = s, .action = action};
    return t;
}

static void record(struct tally *t, uint8_t outcome)
{
    struct session *s = t->session;
    uint64_t rows = s->rows, tag_rows = s->tag_rows, bytes = s->bytes;

    if (t->recorded || t->action == 0)
        return;
    t->recorded = true;
    s->rows = t->rows;
    s->bytes = t->bytes;
    s->tag_rows = 0;
    record_outcome(s, t->action, outcome);
    s->rows = rows; /* of what is being answered now */
    s->tag_rows = tag_rows;
    s->bytes = bytes;
}

void tally_unref(struct tally *t)
{
    if (t == NULL || --t->refs > 0)
        return;
    record(t, SL_OUTCOME_OK); /* dropped before all of it was read */
    free(t);
}

void tally_end(struct tally *t, uint8_t outcome, bool suspended)
{
    t->rows += t->session->rows;
    t->bytes += t->session->bytes;
    if (!suspended)
        record(t, outcome);
}
