/* The stage of the captured-gate tests: two agents of one owner on gate 0, and a reviewer. */
#ifndef SL_TESTS_CAPTURED_GATE_H
#define SL_TESTS_CAPTURED_GATE_H

#include "tests/captured/captured.h"

static char rita[SECRET_BYTES], olga[SECRET_BYTES], bot[SECRET_BYTES], cat[SECRET_BYTES];
static uint64_t session, other_session;

/* A replacement, as the supervisor would give it: with a journal of its own, and fresh sessions. */
static void new_gate(void)
{
    close(play.gate);
    close(play.journal);
    munmap(play.ring.base, JOURNAL_BYTES);
    make_journal();
    TELL_FD(play.super, play.journal, peer, .role = SL_ROLE_GATE, .purpose = SL_SPAN("journal"));
    play.gate = new_peer(SL_ROLE_GATE, "");
    session = sign_in(play.gate, "bot", bot);
    other_session = sign_in(play.gate, "cat", cat);
}

static void set_the_stage(void)
{
    add_human("olga", "engineers", olga);
    add_human("rita", "dba", rita);
    add_agent("bot", "olga", bot);
    add_agent("cat", "olga", cat);
    is_secret(rita);
    is_secret(olga);
    new_gate();
    SL_CHECK(session != 0 && other_session != 0 && session != other_session);
}

static inline void put_head(struct sl_buf *b, unsigned type, uint32_t body_bytes)
{
    sl_buf_put_le16(b, (uint16_t)type);
    sl_buf_put_le16(b, 0);
    sl_buf_put_le32(b, body_bytes);
}

#endif
