/* Who talks to whom. Ends are handed out pair by pair, whenever one of the two is new. */
#include "role/super/super_int.h"

#include <unistd.h>

/* One row for each kind of link; `tls`: only when a private key signs for it. */
static const struct link {
    enum sl_role one, other;
    const char *purpose;
    bool tls;
} links[] = {
    {SL_ROLE_KEEPER, SL_ROLE_GATE, "", false},    {SL_ROLE_KEEPER, SL_ROLE_DESK, "", false},
    {SL_ROLE_GATE, SL_ROLE_JUDGE, "", false},     {SL_ROLE_KEEPER, SL_ROLE_GATE, "sign", true},
    {SL_ROLE_KEEPER, SL_ROLE_DESK, "sign", true}, {SL_ROLE_KEEPER, SL_ROLE_COURIER, "", false},
};

/* `of`: who is at the other end; NULL: a socket of the supervisor's.
 * A child that cannot take it is broken, and its channel's end says so. */
static void hand(struct sl_program *to, const struct sl_program *of, const char *purpose, int fd)
{
    SL_BUF(message, 1024);
    struct sl_msg_peer m = {.role = (uint32_t)(of == NULL ? SL_ROLE_SUPER : of->role),
                            .index = of == NULL ? 0 : of->index,
                            .purpose = sl_span_str(purpose),
                            .life = of == NULL ? 0 : of->life};

    sl_msg_peer_put(&message, &m);
    enum sl_err err = sl_buf_err(&message);
    if (err == SL_OK)
        err = sl_channel_send(to->channel, sl_buf_span(&message), &fd, 1);
    if (err != SL_OK)
        sl_channel_break(to->channel, err);
}

static void join(struct sl_program *a, struct sl_program *b, const char *purpose)
{
    int ends[2];

    if (sl_channel_pair(ends) != SL_OK) {
        sl_log(SL_LOG_ERROR, "link_failed", SL_CSTR("one", sl_program_name(a)),
               SL_CSTR("other", sl_program_name(b)));
        sl_program_kill(a); /* tried again with its restart */
        return;
    }
    hand(a, b, purpose, ends[0]);
    hand(b, a, purpose, ends[1]);
    close(ends[0]);
    close(ends[1]);
}

static bool is_linked(const struct link *l, const struct sl_program *a, const struct sl_program *b)
{
    return (l->one == a->role && l->other == b->role) || (l->one == b->role && l->other == a->role);
}

/* The keeper let go of it when the gate before this one ended. */
static void hand_journal(struct sl_super *s, const struct sl_program *gate)
{
    struct sl_program *keeper = sl_super_program(s, SL_ROLE_KEEPER, 0);

    if (gate->role == SL_ROLE_GATE && gate->restarts > 0 && keeper->channel != NULL)
        hand(keeper, gate, "journal", s->places.journals[gate->index]);
}

static void hand_sockets(struct sl_super *s, struct sl_program *p)
{
    if (p->role == SL_ROLE_GATE)
        hand(p, NULL, "listen", s->places.postgres[p->index]);
    if (p->role == SL_ROLE_DESK)
        hand(p, NULL, "listen", s->places.http);
    if (p->role == SL_ROLE_KEEPER)
        hand(p, NULL, "control", s->places.control);
}

void sl_links_make(struct sl_super *s, struct sl_program *p)
{
    bool tls = s->inputs->certificate.n > 0;

    hand_sockets(s, p);
    hand_journal(s, p);
    for (size_t i = 0; i < s->program_count; i++) {
        struct sl_program *other = &s->programs[i];
        if (other == p || other->channel == NULL ||
            (other->state == SL_PROGRAM_LEAVING && !other->draining))
            continue;
        for (size_t l = 0; l < SL_COUNT(links); l++)
            if (is_linked(&links[l], p, other) && (tls || !links[l].tls))
                join(p, other, links[l].purpose);
    }
}
