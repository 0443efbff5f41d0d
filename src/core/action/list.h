/* A list of statements that is approved as one action: what it means, and its operation.
 *
 * Each statement was judged by itself, with the catalog and the session as they are before any of
 * them runs. So what stands behind a change of definitions or of the session is not understood,
 * however well its own text reads: it is marked `unclear`, its effects are kept, and the whole list
 * is `opaque` along with it (P7). Transaction control stays clear: it names nothing.
 *
 * Operation (canonical JSON): {"list":[{"sql":"..","unclear":"why"},..]}, in the order in which the
 * statements run; `unclear` only where it is. What reviewers are told of a statement is part of the
 * digest.
 */
#ifndef SL_CORE_ACTION_LIST_H
#define SL_CORE_ACTION_LIST_H

#include "core/action/action.h"

enum { SL_LIST_MAX = 256, SL_LIST_MAX_BYTES = 4 * 1024 * 1024 };

struct sl_list_item {
    struct sl_span text;
    const struct sl_meaning *meaning;
    struct sl_span unclear; /* a sentence; empty: it means what `meaning` says */
};

/* Fills in `unclear`: static text, or a view into the meaning. */
void sl_list_mark(struct sl_list_item *items, size_t count);

/* All of them as one meaning, for policy: views into theirs, arrays in `mem`. SL_ELIMIT: more than
 * a meaning may hold. */
enum sl_err sl_list_meaning(struct sl_arena *mem, const struct sl_list_item *items, size_t count,
                            struct sl_meaning *out) SL_MUST_CHECK;

/* What the list's own statements may have changed. */
struct sl_list_changes {
    struct sl_span *relations, *code; /* the last parts of names, in order */
    size_t relation_count, code_count;
    bool anything; /* code that nobody can look through ran */
    bool session;  /* the session changed: names may mean other objects */
};

/* Of the statements from `since` up to `until`: those that ran, are committed, and did not count
 * for an earlier look. Of the session all before `until` count. Names are taken from what the
 * statements mean; a change through another name (CASCADE, a schema) is not among them. Arrays in
 * `mem` (may be NULL where since == until), views into the meanings. */
enum sl_err sl_list_changes(struct sl_arena *mem, const struct sl_list_item *items, size_t since,
                            size_t until, struct sl_list_changes *out) SL_MUST_CHECK;

/* Did what an unclear statement stands on move for another reason than `own`? A definition (a
 * function's body, a view, a trigger) may have moved when a change of definitions names that
 * object, or when code that nobody can look through ran; what is resolved anew may be another
 * object when the session changed, too. The same goes for datasets and what happens to them, where
 * they were understood when they were shown. */
bool sl_list_moved(const struct sl_meaning *shown, const struct sl_meaning *now,
                   const struct sl_list_changes *own);

void sl_list_put_operation(struct sl_buf *b, const struct sl_list_item *items, size_t count);

#endif
