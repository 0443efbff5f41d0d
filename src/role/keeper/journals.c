#include "role/keeper/journals.h"

#include "role/keeper/approval.h"
#include "role/keeper/ask.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/sessions.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The gates' journals: attached when the supervisor hands them over, read on a timer, and what a
 * gate had under way when it died is written down as unknown (P11). */

/* --- spent approvals whose outcome is due --- */

void running_add(struct keeper *k, uint64_t session, uint64_t action, struct sl_span approval,
                 bool list)
{
    struct action_key key = {session, action};
    struct running *r = calloc(1, sizeof *r);

    if (r == NULL || approval.n != 36)
        keeper_die("a running action could not be noted", SL_EMEMORY);
    memcpy(r->approval, approval.p, 36);
    r->list = list;
    free(sl_map_remove(k->running, key_span(&key)));
    if (sl_map_put(k->running, key_span(&key), r) != SL_OK)
        keeper_die("a running action could not be noted", SL_EMEMORY);
}

struct running *running_of(struct keeper *k, uint64_t session, uint64_t action)
{
    struct action_key key = {session, action};

    return sl_map_get(k->running, key_span(&key));
}

size_t running_stop(struct keeper *k, struct sl_span approval, struct sl_span who,
                    struct sl_span why)
{
    size_t at = 0, count = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->running, &at, &key, &value)) {
        const struct running *r = value;
        struct action_key which;
        const struct session *s;

        memcpy(&which, key.p, sizeof which);
        s = sl_map_get(k->sessions, sl_map_u64(&which.session));
        if (s == NULL || !sl_span_is(approval, r->approval))
            continue;
        ANSWER_GATE(k, s->gate, action_stop, .action = which.action, .who = who, .why = why);
        count++;
    }
    return count;
}

enum sl_err running_load(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_APPROVAL_NO_OUTCOME, "");

    while (db_row(&rows)) {
        APPROVAL(a);
        struct sl_span id = sl_arena_copy(k->mem, db_span(&rows, 0));

        SL_TRY(approval_get(k, id, &a));
        running_add(k, db_u64(&rows, 1), db_u64(&rows, 2), id, approval_is_list(&a));
    }
    return db_err(k->store.db);
}

void running_free(struct keeper *k)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (k->running != NULL && sl_map_next(k->running, &at, &key, &value))
        free(value);
    sl_map_free(k->running);
    sl_map_free(k->open);
    k->running = k->open = NULL;
}

static const char *outcome_text(uint8_t outcome)
{
    switch (outcome) {
    case SL_OUTCOME_OK:
        return "ok";
    case SL_OUTCOME_FAILED:
        return "failed";
    case SL_OUTCOME_REFUSED:
        return "refused";
    default:
        return "unknown";
    }
}

static struct sl_span sqlstate_of(const struct sl_outcome_record *r)
{
    return r->sqlstate[0] == 0 ? sl_span(NULL, 0) : sl_span(r->sqlstate, sizeof r->sqlstate);
}

/* "outcome" comes first in canonical order here: the query for unknown outcomes relies on it. */
/* Of a list: how many of its statements ran. */
static void put_outcome(struct sl_buf *b, const struct sl_outcome_record *r, bool list)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_jw_key(&w, "outcome");
    sl_jw_str(&w, sl_span_str(outcome_text(r->outcome)));
    sl_jw_key(&w, list ? "ran" : "rows");
    sl_jw_u64(&w, r->rows);
    if (r->sqlstate[0] != 0) {
        sl_jw_key(&w, "sqlstate");
        sl_jw_str(&w, sqlstate_of(r));
    }
    if (r->ended_us != 0) {
        sl_jw_key(&w, "time");
        sl_jw_time(&w, r->ended_us);
    }
    sl_jw_end(&w);
}

bool outcome_of_held(struct keeper *k, const struct sl_outcome_record *r, const struct sl_buf *leaf)
{
    struct action_key key = {r->session, r->action};
    struct running *running = sl_map_remove(k->running, key_span(&key));
    SL_BUF(outcome, 1024);

    if (running == NULL)
        return false;
    struct sl_span id = sl_span(running->approval, 36);
    json_t *event = event_new("outcome", sl_clock_us());
    put_outcome(&outcome, r, running->list);
    event_str(event, "id", id);
    event_str(event, "outcome", sl_buf_span(&outcome));
    event_u64(event, "session", r->session);
    event_u64(event, "action", r->action);
    store_record(&k->store, leaf, event, false);
    keeper_event(k, "outcome", id, SL_APPROVAL_SPENT);
    if (r->outcome == SL_OUTCOME_UNKNOWN)
        envelope_void(k, id, "what became of one of its uses is not known");
    free(running);
    return true;
}

/* --- unknown outcomes --- */

static const char gate_ended[] = "the gate ended before the answer";

static void say_unknown(struct keeper *k, struct action_key key, const char *why)
{
    SL_BUF(leaf, SL_ENTRY_MAX);
    const struct running *running = running_of(k, key.session, key.action);
    struct sl_outcome_record r = {.session = key.session,
                                  .action = key.action,
                                  .ended_us = sl_clock_us(),
                                  .outcome = SL_OUTCOME_UNKNOWN};

    usage_so_far(k->store.usage, r.session, r.action, &r.rows, &r.bytes);
    sl_entry_put_outcome(&leaf,
                         &(struct sl_entry_outcome){.time_us = r.ended_us,
                                                    .session = r.session,
                                                    .action = r.action,
                                                    .ended_us = r.ended_us,
                                                    .rows = r.rows,
                                                    .bytes = r.bytes,
                                                    .outcome = SL_OUTCOME_UNKNOWN,
                                                    .approval = sl_span_str(
                                                        running == NULL ? NULL : running->approval),
                                                    .why = sl_span_str(why)});
    if (!outcome_of_held(k, &r, &leaf))
        store_leaf(&k->store, &leaf, false, NULL);
}

/* Did this action belong to a session of the gate, but of another life than that? An unknown
 * session is of none. */
static bool is_of_another(struct keeper *k, uint32_t gate, struct action_key key,
                          const uint64_t *life)
{
    const struct session *s = sl_map_get(k->sessions, sl_map_u64(&key.session));

    return s == NULL || (s->gate == gate && (life == NULL || s->life != *life));
}

/* Approvals that were spent by sessions of this gate and never seen in its journal. NULL: of any
 * life, here and below. */
static void unknown_running(struct keeper *k, uint32_t gate, const uint64_t *life)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->running, &at, &key, &value)) {
        struct action_key which;

        memcpy(&which, key.p, sizeof which);
        if (is_of_another(k, gate, which, life))
            say_unknown(k, which, gate_ended);
    }
}

void running_unknown_of(struct keeper *k, uint64_t session)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(k->running, &at, &key, &value)) {
        struct action_key which;

        memcpy(&which, key.p, sizeof which);
        if (which.session == session && sl_map_get(k->open, key_span(&which)) == NULL)
            say_unknown(k, which, "the session ended without saying what became of it");
    }
}

static size_t open_of(struct keeper *k, uint32_t gate, const uint64_t *life,
                      struct action_key **out)
{
    size_t at = 0, count = 0, room = sl_map_count(k->open);
    struct action_key *keys = calloc(room + 1, sizeof *keys);
    struct sl_span key;
    void *value;

    if (keys == NULL)
        keeper_die("open actions could not be listed", SL_EMEMORY);
    while (sl_map_next(k->open, &at, &key, &value)) {
        memcpy(&keys[count], key.p, sizeof *keys);
        if ((uintptr_t)value != (uintptr_t)gate + 1 || !is_of_another(k, gate, keys[count], life))
            continue;
        sl_map_remove(k->open, key_span(&keys[count++]));
    }
    *out = keys;
    return count;
}

static void unknown_open(struct keeper *k, uint32_t gate, const uint64_t *life)
{
    SL_BUF(state, SL_WAL_MAX_STATE);
    struct action_key *keys;
    size_t count = open_of(k, gate, life, &keys);

    for (size_t i = 0; i < count; i++)
        say_unknown(k, keys[i], gate_ended);
    if (count > 0) {
        drained_state(&state, gate, &k->journals[gate], NULL, 0, keys, count);
        store_drained(&k->store, sl_buf_span(&state));
        sl_log(SL_LOG_WARN, "outcomes_unknown", SL_NUM("gate", gate), SL_NUM("actions", count));
    }
    free(keys);
}

/* --- attaching and reading --- */

static void detach(struct journal *j)
{
    if (j->open)
        munmap(j->ring.base, j->mapped);
    j->open = false;
}

void journal_gone(struct keeper *k, uint32_t gate)
{
    if (gate >= MAX_GATES)
        return;
    journal_drain(k, gate);
    unknown_open(k, gate, NULL);
    unknown_running(k, gate, NULL);
    sessions_forget_gate(k, gate, NULL, "the gate ended");
    detach(&k->journals[gate]); /* its tail stays until what was read is committed: see
                                   take_position */
}

void journal_gate_lives(struct keeper *k, uint32_t gate, uint64_t life)
{
    journal_drain(k, gate);
    unknown_open(k, gate, &life);
    unknown_running(k, gate, &life);
    sessions_forget_gate(k, gate, &life, "the gate ended");
    k->journals[gate].life = life;
}

void journals_close(struct keeper *k)
{
    for (uint32_t i = 0; i < MAX_GATES; i++)
        detach(&k->journals[i]);
    drain_free(k->drain);
    k->drain = NULL;
}

static enum sl_err map(struct journal *j, int fd)
{
    struct stat file;

    if (fstat(fd, &file) != 0 || file.st_size <= SL_JOURNAL_HEADER)
        return SL_EIO;
    void *base = mmap(NULL, (size_t)file.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return SL_EMEMORY;
    enum sl_err err = sl_journal_open(base, (size_t)file.st_size, &j->ring);
    if (err != SL_OK) {
        munmap(base, (size_t)file.st_size);
        return err;
    }
    j->mapped = (size_t)file.st_size;
    memcpy(&j->generation, (const uint8_t *)base + 16, sizeof j->generation);
    j->open = true;
    return SL_OK;
}

static void load_open(struct keeper *k, uint32_t gate)
{
    struct db_rows rows = db_ask(k->store.db, DB_OPEN_LIST, "i", (uint64_t)gate);

    while (db_row(&rows)) {
        struct action_key key = {db_u64(&rows, 0), db_u64(&rows, 1)};

        if (sl_map_put(k->open, key_span(&key), (void *)((uintptr_t)gate + 1)) != SL_OK)
            keeper_die("open actions could not be noted", SL_EMEMORY);
    }
}

/* Where the view says that reading stood. A file of another generation is new: what was under way
 * in the one before it is lost. */
static void take_position(struct keeper *k, uint32_t gate)
{
    struct journal *j = &k->journals[gate];
    struct db_rows rows = db_ask(k->store.db, DB_JOURNAL_GET, "i", (uint64_t)gate);
    bool known = db_row(&rows);
    bool same = known && db_u64(&rows, 0) == j->generation;
    uint64_t position = same ? db_u64(&rows, 1) : 0;
    SL_BUF(state, 256);

    db_end(&rows);
    j->at = j->released = sl_journal_tail(&j->ring);
    if (position > j->at)
        j->at = position; /* it was recorded, but the keeper ended before it moved the tail */
    if (same && position < j->at)
        sl_log(SL_LOG_ERROR, "journal_ahead_of_ledger", SL_NUM("gate", gate),
               SL_NUM("bytes", j->at - position),
               SL_CSTR("note", "records were taken out of it that the ledger does not have"));
    if (known && !same) {
        unknown_open(k, gate, NULL);
        unknown_running(k, gate, NULL);
    }
    if (!same) {
        drained_state(&state, gate, j, NULL, 0, NULL, 0);
        store_drained(&k->store, sl_buf_span(&state));
    }
}

static void journal_bad(struct keeper *k, uint32_t gate)
{
    k->journals[gate].bad = true;
    peer_accuse(k, SL_ROLE_GATE, gate, "its journal is damaged");
}

void journals_accuse(struct keeper *k)
{
    for (uint32_t i = 0; i < MAX_GATES; i++)
        if (k->journals[i].bad)
            journal_bad(k, i);
}

void journal_attach(struct keeper *k, uint32_t gate, int fd)
{
    struct journal *j = &k->journals[gate];

    if (j->open)
        journal_gone(k, gate);
    else
        load_open(k, gate);
    enum sl_err err = map(j, fd);
    close(fd);
    j->bad = false;
    if (err != SL_OK) {
        sl_log(SL_LOG_ERROR, "journal_refused", SL_NUM("gate", gate),
               SL_CSTR("why", sl_err_text(err)));
        journal_bad(k, gate);
        return;
    }
    take_position(k, gate);
    journal_drain(k, gate);
}

void journal_drain(struct keeper *k, uint32_t gate)
{
    struct journal *j = &k->journals[gate];
    struct peer *p = peer_find(k, SL_ROLE_GATE, gate);

    if (!j->open || drain_pass(k, gate))
        return;
    sl_log(SL_LOG_ERROR, "journal_damaged", SL_NUM("gate", gate));
    detach(j);
    j->bad = true;
    if (p != NULL)
        sl_channel_break(p->channel, SL_ECORRUPT); /* which tells the supervisor too */
    else
        journal_bad(k, gate);
}

void journals_drain(struct keeper *k)
{
    for (uint32_t i = 0; i < MAX_GATES; i++)
        if (k->journals[i].open)
            journal_drain(k, i);
}

void journals_release(struct keeper *k)
{
    for (uint32_t i = 0; i < MAX_GATES; i++) {
        struct journal *j = &k->journals[i];

        if (!j->open || j->released == j->at)
            continue;
        sl_journal_release(&j->ring, j->at);
        j->released = j->at;
    }
}

void on_journal_kick(struct peer *p, const struct sl_msg_journal_kick *m)
{
    (void)m;
    journal_drain(p->keeper, p->index);
}

void on_journal_sync(struct peer *p, const struct sl_msg_journal_sync *m)
{
    journal_drain(p->keeper, p->index);
    p->keeper->store.needs_sync = true;
    ANSWER(p, journal_synced, .position = m->position);
}
