/* The action of a portal: one Bind and all its Executes, with one outcome.
 *
 * Most portals are executed once and to their end; then the answer to that Execute is the outcome.
 * One that is read in portions (Execute with a row limit) ends with the portion that is its last,
 * or with the portal. One that is never executed ends with the portal too: nothing of it ran. */
#include "role/gate/portal.h"

#include "role/gate/item.h"
#include "role/gate/record.h"
#include "role/gate/session.h"

#include <stdlib.h>

void reading_unref(struct reading *r)
{
    if (r != NULL && --r->refs == 0)
        free(r);
}

static void end_reading(struct session *s, struct reading *r, uint8_t outcome, const char *sqlstate)
{
    if (r->ended)
        return;
    r->ended = true;
    record_ending(s, r->action,
                  &(struct ending){.outcome = outcome,
                                   .sqlstate = sqlstate,
                                   .rows = r->rows,
                                   .bytes = r->bytes});
}

void portal_outcome(struct session *s, const struct item *item, uint8_t outcome)
{
    struct reading *r = item->kind == ITEM_EXECUTE ? item->reading : NULL;
    char sqlstate[6] = "";

    if (r == NULL) {
        record_outcome(s, item->action, outcome);
        return;
    }
    r->rows += s->tag_rows > s->rows ? s->tag_rows : s->rows;
    r->bytes += s->bytes;
    memcpy(sqlstate, s->sqlstate, sizeof s->sqlstate);
    if (outcome != OUTCOME_PORTION)
        end_reading(s, r, outcome, sqlstate[0] == '\0' ? NULL : sqlstate);
    else if (r->closed && r->refs == 1) /* the item's own */
        end_reading(s, r, SL_OUTCOME_OK, NULL);
    else
        record_portion(s, r->action, r->rows, r->bytes);
}

bool portal_execute(struct portal *p, uint32_t max_rows, struct item *item)
{
    if (p->reading == NULL && p->executed) /* what ran to its end has its outcome from that */
        return true;
    item->action = p->action;
    if (p->reading == NULL && (max_rows == 0 || p->action == 0))
        return true;
    if (p->reading == NULL) {
        p->reading = calloc(1, sizeof *p->reading);
        if (p->reading == NULL)
            return false;
        *p->reading = (struct reading){.refs = 1, .action = p->action};
    }
    p->reading->refs++;
    item->reading = p->reading;
    return true;
}

void portal_end(struct session *s, struct portal *p, const struct ending *unexecuted)
{
    uint64_t action = p->action;

    p->action = 0;
    if (p->reading != NULL) {
        p->reading->closed = true;
        if (p->reading->refs == 1) /* else the answer that is still owed ends it */
            end_reading(s, p->reading, SL_OUTCOME_OK, NULL);
    } else if (action != 0 && !p->executed) {
        record_ending(s, action, unexecuted);
    }
}
