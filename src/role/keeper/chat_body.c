#include "role/keeper/chat_int.h"

#include "role/keeper/ask.h"

/* What a message says: an approval, many of them, what became of one. */

enum { GROUP_SHOWN = 20 };

/* The hash is of what it says, wherever it stands: a message that was just posted is not told the
 * same once more. So a body for another place is made first. */
static void put_card(const struct chat *h, struct chat_job *job, const struct sl_chat_card *card)
{
    char ts[CHAT_ID_BYTES];

    memcpy(ts, job->ts, sizeof ts);
    job->ts[0] = '\0';
    job->decides = h->kind->put_card(h, job, card);
    sl_sha256(sl_buf_span(&job->body), job->hash);
    if (ts[0] == '\0')
        return;
    memcpy(job->ts, ts, sizeof ts);
    sl_buf_reset(&job->body);
    job->decides = h->kind->put_card(h, job, card);
}

struct group {
    const struct sl_chat_line *lines;
    size_t count, more;
    struct sl_span inbox_link;
};

static void put_group(const struct chat *h, struct chat_job *job, const struct group *g)
{
    char ts[CHAT_ID_BYTES];

    memcpy(ts, job->ts, sizeof ts);
    job->ts[0] = '\0';
    h->kind->put_group(h, job, g->lines, g->count, g->more, g->inbox_link);
    sl_sha256(sl_buf_span(&job->body), job->hash);
    if (ts[0] == '\0')
        return;
    memcpy(job->ts, ts, sizeof ts);
    sl_buf_reset(&job->body);
    h->kind->put_group(h, job, g->lines, g->count, g->more, g->inbox_link);
}

/* The last word is said once more, so that it stands as that; but what was erased is looked at
 * again and again, and said when it has changed. */
static bool says_the_last(struct keeper *k, const struct chat *h, const struct chat_job *job,
                          struct sl_span approval, bool erased)
{
    return (job->final && !erased) || chat_says_something_new(k, h, job, approval);
}

static bool make_card(struct keeper *k, struct chat *h, struct chat_job *job)
{
    APPROVAL(a);
    struct sl_chat_card card;

    if (approval_get(k, sl_span_str(job->approval), &a) != SL_OK ||
        (job->ts[0] == '\0' && a.state != SL_APPROVAL_PENDING))
        return false; /* it was over before anybody was told */
    job->brief = job->brief || chat_was_brief(k, h, job);
    chat_card_make(k, h, &a, job->brief, &card);
    job->final = chat_is_final(&a);
    put_card(h, job, &card);
    return job->ts[0] == '\0' || says_the_last(k, h, job, a.id, approval_erased(&a));
}

/* Of those that a group is about: how they stand together, and whose line is shown. */
struct members {
    struct sl_chat_waiter lines[CHAT_GROUP_MOST];
    size_t count, open;
    bool erased, final;
};

static void read_members(struct keeper *k, const struct chat_job *job, struct members *m)
{
    *m = (struct members){.final = true};
    for (size_t i = 0; i < job->many_count; i++) {
        APPROVAL(a);

        enum sl_err err = approval_get(k, sl_span_str(job->many[i]), &a);
        if (err != SL_OK) {
            m->final = m->final && err == SL_ENOTFOUND;
            continue;
        }
        m->final = m->final && chat_is_final(&a);
        m->erased = m->erased || approval_erased(&a);
        m->open += a.state == SL_APPROVAL_PENDING;
        m->lines[m->count].at = i;
        sl_sha256(a.identity, m->lines[m->count++].who);
    }
    sl_chat_in_turn(m->lines, m->count);
}

static size_t make_lines(struct keeper *k, const struct chat *h, const struct chat_job *job,
                         const struct members *m, struct sl_chat_line lines[GROUP_SHOWN])
{
    size_t shown = 0;

    for (size_t i = 0; i < m->count && shown < GROUP_SHOWN; i++) {
        APPROVAL(a);

        if (approval_get(k, sl_span_str(job->many[m->lines[i].at]), &a) == SL_OK)
            lines[shown++] = chat_line_make(k, h, &a);
    }
    return shown;
}

static bool make_group(struct keeper *k, struct chat *h, struct chat_job *job)
{
    struct sl_chat_line lines[GROUP_SHOWN];
    struct members m;

    if (job->many == NULL)
        chat_read_many(k, h, job);
    read_members(k, job, &m);
    job->final = m.final;
    if (m.count == 0 || (job->ts[0] == '\0' && m.open == 0))
        return false;
    size_t shown = make_lines(k, h, job, &m, lines);
    job->decides = false;
    put_group(h, job,
              &(struct group){lines, shown, job->many_count - shown,
                              approval_link(k, sl_span(NULL, 0))});
    return job->ts[0] == '\0' || says_the_last(k, h, job, sl_span_str(job->many[0]), m.erased);
}

/* Without the hash of its body: that names another channel once it is there. */
static bool make_question(struct keeper *k, struct chat *h, struct chat_job *job)
{
    APPROVAL(a);
    struct sl_chat_card card;

    if (approval_get(k, sl_span_str(job->approval), &a) != SL_OK)
        return false;
    job->final = !chat_asks(k, &a, job->hash);
    if (job->ts[0] == '\0' ? job->final : !chat_says_something_new(k, h, job, a.id))
        return false;
    chat_card_make(k, h, &a, false, &card);
    h->kind->put_question(h, job, &card);
    return true;
}

static bool make_note(struct keeper *k, struct chat *h, struct chat_job *job)
{
    APPROVAL(a);
    SL_BUF(text, 8192);

    if (approval_get(k, sl_span_str(job->approval), &a) != SL_OK)
        return false;
    if (job->what == CHAT_DIRECT)
        sl_buf_say(&text, "What %S asked for on %S (%S): ", a.identity, a.target, a.id);
    job->final = a.state != SL_APPROVAL_PENDING;
    if (job->final)
        chat_put_outcome(&text, h, &a);
    else
        chat_put_waiting(k, &text, &a);
    h->kind->put_text(h, job, sl_buf_span(&text));
    return true;
}

bool chat_body_make(struct keeper *k, struct chat *h, struct chat_job *job)
{
    if (chat_is_aside(job) || job->what == CHAT_WORD)
        return true;
    sl_buf_reset(&job->body);
    if (job->what == CHAT_CARD)
        return make_card(k, h, job);
    if (job->what == CHAT_GROUP)
        return make_group(k, h, job);
    if (job->what == CHAT_QUESTION)
        return make_question(k, h, job);
    return make_note(k, h, job);
}
