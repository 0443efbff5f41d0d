/* The ring itself: room, bytes, check values, positions. The bodies are in journal_record.c. */
#include "core/ledger/journal_int.h"

static const uint64_t MAGIC = 0x32304c4e524a4c53; /* "SLJRNL02" */

enum { AT_MAGIC = 0, AT_SIZE = 8, AT_GENERATION = 16, AT_HEAD = 64, AT_TAIL = 128 };
enum { RECORD_HEAD = 8, SHORT_RECORD = 2048, RESERVE = 256 * 1024 };
enum { CACHE_LINE = 64, SOON_BYTES = 512 };

static uint64_t *word_at(uint8_t *base, size_t offset)
{
    return (uint64_t *)(void *)(base + offset);
}

static uint64_t load(uint8_t *base, size_t offset)
{
    return __atomic_load_n(word_at(base, offset), __ATOMIC_ACQUIRE);
}

static void publish(uint8_t *base, size_t offset, uint64_t value)
{
    __atomic_store_n(word_at(base, offset), value, __ATOMIC_RELEASE);
}

static uint64_t padded(uint64_t n)
{
    return (n + 7) & ~(uint64_t)7;
}

/* A power of two that the mapping really has, aligned as words need it. */
static bool is_ring(const uint8_t *base, size_t bytes)
{
    size_t size = bytes - SL_JOURNAL_HEADER;

    return bytes > SL_JOURNAL_HEADER && size >= 64 && (size & (size - 1)) == 0 &&
           ((uintptr_t)base & 7) == 0;
}

enum sl_err sl_journal_format(uint8_t *base, size_t bytes, uint64_t generation)
{
    if (!is_ring(base, bytes))
        return SL_ELIMIT;
    *word_at(base, AT_SIZE) = bytes - SL_JOURNAL_HEADER;
    *word_at(base, AT_GENERATION) = generation;
    publish(base, AT_HEAD, 0);
    publish(base, AT_TAIL, 0);
    publish(base, AT_MAGIC, MAGIC);
    return SL_OK;
}

enum sl_err sl_journal_open(uint8_t *base, size_t bytes, struct sl_journal *out)
{
    if (!is_ring(base, bytes) || load(base, AT_MAGIC) != MAGIC ||
        load(base, AT_SIZE) != bytes - SL_JOURNAL_HEADER)
        return SL_ECORRUPT;
    struct sl_journal j = {.base = base, .size = bytes - SL_JOURNAL_HEADER};
    j.head = load(base, AT_HEAD);
    j.tail_seen = load(base, AT_TAIL);
    if (((j.head | j.tail_seen) & 7) != 0 || j.tail_seen > j.head || j.head - j.tail_seen > j.size)
        return SL_ECORRUPT;
    *out = j;
    return SL_OK;
}

/* What every version of the ring has had in common: its magic's first six bytes, and where its
 * positions are. */
enum sl_journal_age sl_journal_age(uint8_t *base, size_t bytes)
{
    static const uint8_t family[6] = {'S', 'L', 'J', 'R', 'N', 'L'};

    if (bytes < SL_JOURNAL_HEADER || ((uintptr_t)base & 7) != 0 ||
        memcmp(base + AT_MAGIC, family, sizeof family) != 0)
        return SL_JOURNAL_STRANGE;
    if (load(base, AT_MAGIC) == MAGIC)
        return SL_JOURNAL_OURS;
    return load(base, AT_HEAD) == load(base, AT_TAIL) ? SL_JOURNAL_OTHER_READ
                                                      : SL_JOURNAL_OTHER_UNREAD;
}

/* --- moving bytes: everything may wrap once --- */

static uint8_t *ring(const struct sl_journal *j)
{
    return j->base + SL_JOURNAL_HEADER;
}

static void put_at(struct sl_journal *j, uint64_t at, struct sl_span bytes)
{
    uint64_t from = at & (j->size - 1);
    uint64_t first = j->size - from < bytes.n ? j->size - from : bytes.n;

    if (bytes.n == 0)
        return;
    memcpy(ring(j) + from, bytes.p, first);
    if (first < bytes.n)
        memcpy(ring(j), bytes.p + first, bytes.n - first);
}

static void get_at(const struct sl_journal *j, uint64_t at, uint8_t *out, uint64_t n)
{
    uint64_t from = at & (j->size - 1);
    uint64_t first = j->size - from < n ? j->size - from : n;

    memcpy(out, ring(j) + from, first);
    memcpy(out + first, ring(j), n - first);
}

/* --- the check value --- */

/* Four sums side by side, for a multiplication waits for the one before it: a record's first word
 * goes into the first, its fifth into the first again. */
struct check {
    uint64_t lane[4];
    unsigned next;
};

/* Multiply and fold: every bit of the word reaches every bit of the state. */
static uint64_t stir(uint64_t state, uint64_t word)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(state ^ word ^ 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static struct check check_of(uint64_t at, uint64_t n)
{
    uint64_t first = stir(at, n);

    return (struct check){.lane = {first, first + 1, first + 2, first + 3}};
}

static uint64_t word_of(const uint8_t *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
    return word;
}

/* Whole words only: records are padded with zeros, and a word never lies across the ring's end. */
static void check_add(struct check *c, const uint8_t *p, uint64_t n)
{
    uint64_t i = 0;

    for (; c->next == 0 && i + 32 <= n; i += 32)
        for (unsigned lane = 0; lane < 4; lane++)
            c->lane[lane] = stir(c->lane[lane], word_of(p + i + 8 * (uint64_t)lane));
    for (; i < n; i += 8, c->next = (c->next + 1) % 4)
        c->lane[c->next] = stir(c->lane[c->next], word_of(p + i));
}

static uint32_t check_value(const struct check *c)
{
    uint64_t all = stir(stir(stir(c->lane[0], c->lane[1]), c->lane[2]), c->lane[3]);

    return (uint32_t)(all ^ all >> 32);
}

static uint32_t check_in_ring(const struct sl_journal *j, uint64_t at, uint64_t body_at, uint64_t n)
{
    uint64_t from = body_at & (j->size - 1), all = padded(n);
    uint64_t first = j->size - from < all ? j->size - from : all;
    struct check c = check_of(at, n);

    check_add(&c, ring(j) + from, first);
    check_add(&c, ring(j), all - first);
    return check_value(&c);
}

/* --- the writer --- */

/* An intent leaves room behind, so that what is under way can still say how it ended. */
static uint64_t reserve_of(const struct sl_journal *j, bool keep_reserve)
{
    if (!keep_reserve)
        return 0;
    return j->size / 4 < RESERVE ? j->size / 4 : RESERVE;
}

static enum sl_err find_room(struct sl_journal *j, uint64_t need)
{
    if (j->size - (j->head - j->tail_seen) >= need)
        return SL_OK;
    uint64_t tail = load(j->base, AT_TAIL);
    if (tail < j->tail_seen || tail > j->head)
        return SL_ECORRUPT;
    j->tail_seen = tail;
    return j->size - (j->head - tail) >= need ? SL_OK : SL_EFULL;
}

static uint32_t check_of_body(uint64_t at, uint64_t n, const uint8_t *body)
{
    struct check c = check_of(at, n);

    check_add(&c, body, padded(n));
    return check_value(&c);
}

/* Put together beside the ring, where the bytes are at hand: to read back what was just written
 * into memory that the keeper had last would wait for that memory. */
static void put_short(struct sl_journal *j, const struct sl_span *parts, size_t count, uint64_t n)
{
    uint8_t record[SHORT_RECORD];
    uint64_t at = RECORD_HEAD, whole = RECORD_HEAD + padded(n);

    memset(record + whole - 8, 0, 8); /* what of it the parts do not fill is the padding */
    for (size_t i = 0; i < count; at += parts[i++].n)
        if (parts[i].n > 0)
            memcpy(record + at, parts[i].p, parts[i].n);
    uint32_t head[2] = {(uint32_t)n, check_of_body(j->head, n, record + RECORD_HEAD)};
    memcpy(record, head, sizeof head);
    put_at(j, j->head, sl_span(record, whole));
}

static void put_long(struct sl_journal *j, const struct sl_span *parts, size_t count, uint64_t n)
{
    static const uint8_t zeros[8];
    uint64_t at = j->head + RECORD_HEAD;

    for (size_t i = 0; i < count; at += parts[i++].n)
        put_at(j, at, parts[i]);
    put_at(j, at, sl_span(zeros, padded(n) - n));
    uint32_t head[2] = {(uint32_t)n, check_in_ring(j, j->head, j->head + RECORD_HEAD, n)};
    put_at(j, j->head, sl_span(head, sizeof head));
}

/* Fetches a line of memory that will be written. A hint: it changes nothing, and never faults. */
static inline void will_write(const uint8_t *p)
{
#if defined(__x86_64__)
    __asm__ volatile("prefetchw %0" : : "m"(*p));
#else
    __builtin_prefetch(p, 1);
#endif
}

/* Where the next records will stand, the reader was last: those lines of memory are in another
 * core's cache, or in none. They come here while the bytes of this statement are sent. */
static inline void expect_more(const struct sl_journal *j)
{
    for (uint64_t at = 0; at < SOON_BYTES; at += CACHE_LINE)
        will_write(ring(j) + ((j->head + at) & (j->size - 1)));
}

enum sl_err sl_journal_append(struct sl_journal *j, const struct sl_span *parts, size_t count,
                              bool keep_reserve)
{
    uint64_t n = 0;

    for (size_t i = 0; i < count; i++)
        n += parts[i].n;
    uint64_t need = RECORD_HEAD + padded(n);
    if (need > SL_JOURNAL_MAX_RECORD)
        return SL_ELIMIT;
    SL_TRY(find_room(j, need + reserve_of(j, keep_reserve)));
    if (need <= SHORT_RECORD)
        put_short(j, parts, count, n);
    else
        put_long(j, parts, count, n);
    j->head += need;
    publish(j->base, AT_HEAD, j->head);
    expect_more(j);
    return SL_OK;
}

uint64_t sl_journal_pending(struct sl_journal *j)
{
    uint64_t tail = load(j->base, AT_TAIL);

    return tail <= j->head ? j->head - tail : 0;
}

/* --- the reader --- */

uint64_t sl_journal_tail(struct sl_journal *j)
{
    return load(j->base, AT_TAIL);
}

uint64_t sl_journal_unread(const struct sl_journal *j, uint64_t at)
{
    uint64_t head = load(j->base, AT_HEAD), unread = head > at ? head - at : 0;

    return unread < j->size ? unread : j->size;
}

void sl_journal_release(struct sl_journal *j, uint64_t at)
{
    publish(j->base, AT_TAIL, at);
}

/* The record at `at`, copied out and checked against its check value; *need is its whole length. */
static enum sl_err copy_out(const struct sl_journal *j, uint64_t at, uint64_t available,
                            struct sl_buf *scratch, uint64_t *need)
{
    uint32_t head[2];

    if (available < RECORD_HEAD)
        return SL_ECORRUPT;
    get_at(j, at, (uint8_t *)head, sizeof head);
    *need = RECORD_HEAD + padded(head[0]);
    if (head[0] == 0 || *need > SL_JOURNAL_MAX_RECORD || *need > available)
        return SL_ECORRUPT;
    sl_buf_reset(scratch);
    uint8_t *body = sl_buf_room(scratch, padded(head[0]));
    if (body == NULL)
        return sl_buf_err(scratch);
    get_at(j, at + RECORD_HEAD, body, padded(head[0]));
    if (check_of_body(at, head[0], body) != head[1])
        return SL_ECORRUPT;
    scratch->n = head[0];
    return SL_OK;
}

enum sl_err sl_journal_read(struct sl_journal *j, uint64_t *at, struct sl_buf *scratch,
                            struct sl_journal_record *out)
{
    uint64_t head = load(j->base, AT_HEAD), need;

    if (head == *at)
        return SL_ENOTFOUND;
    if (((head | *at) & 7) != 0 || head < *at || head - *at > j->size)
        return SL_ECORRUPT;
    SL_TRY(copy_out(j, *at, head - *at, scratch, &need));
    SL_TRY(sl_journal_record_get(sl_buf_span(scratch), out));
    *at += need;
    return SL_OK;
}
