/* What a judge found a piece of text to mean, and the bytes in which it says so.
 *
 * A judge is not trusted: the gate decodes its answer with sl_meaning_get, which checks every
 * count, string and bit, and treats anything wrong as no answer (opaque). The encoded form is also
 * what the gate keeps in its cache and what travels to the keeper with a held action.
 *
 * Encoding, little-endian, strings as u16 length + UTF-8 bytes:
 *   u8 version (3) · u32 effects · u32 flags · str opaque_why
 *   u16 n, n x statement { str tag · u32 effects }
 *   u16 n, n x access    { str dataset · u32 effects · u8 all_columns · u16 n, n x str column
 *                          · u16 n, n x str above }
 *   u16 n, n x flow      { u8 kind · str source · str destination · str via }
 *   u16 n, n x name      { u8 kind · str name }               (prepared statements, cursors)
 *   u16 n, n x str definition
 */
#ifndef SL_CORE_ACTION_MEANING_H
#define SL_CORE_ACTION_MEANING_H

#include "base/arena.h"
#include "core/action/effect.h"

enum {
    SL_MEANING_MAX_STATEMENTS = 1000,
    SL_MEANING_MAX_ACCESSES = 1000,
    SL_MEANING_MAX_COLUMNS = 2000,
    SL_MEANING_MAX_ABOVE = 64,
    SL_MEANING_MAX_FLOWS = 4000,
    SL_MEANING_MAX_DEFINITIONS = 1000,
    SL_MEANING_MAX_BYTES = 256 * 1024,
};

/* Facts beside the effects; each bit is set when any statement of the text has it. */
enum sl_meaning_flag {
    SL_MEANING_SHAPE_SHARED = 1 << 0, /* holds for every text of the same shape */
    SL_MEANING_TX_BEGIN = 1 << 1,     /* BEGIN, START TRANSACTION */
    SL_MEANING_TX_COMMIT = 1 << 2,    /* COMMIT, END, COMMIT AND CHAIN */
    SL_MEANING_TX_ROLLBACK = 1 << 3,  /* ROLLBACK, ABORT (whole transaction) */
    SL_MEANING_TX_SAVEPOINT = 1 << 4, /* SAVEPOINT, RELEASE, ROLLBACK TO */
    SL_MEANING_CONTEXT = 1 << 5,  /* may change what later text means: SET search_path, role... */
    SL_MEANING_COPY_IN = 1 << 6,  /* COPY FROM STDIN */
    SL_MEANING_COPY_OUT = 1 << 7, /* COPY TO STDOUT */
    SL_MEANING_DDL_NEUTRAL = 1 << 8,  /* the DDL cannot change what existing names mean */
    SL_MEANING_ONLY_CONTROL = 1 << 9, /* nothing but transaction control, SHOW or harmless SET */
    SL_MEANING_EMPTY = 1 << 10,       /* no statement at all (white space, comments) */
    SL_MEANING_PREPARED = 1 << 11,    /* PREPARE, EXECUTE, DEALLOCATE, DISCARD: SQL-level names */
    SL_MEANING_CURSOR = 1 << 12,      /* DECLARE, FETCH, MOVE, CLOSE */
    SL_MEANING_UNSHAPED = 1 << 13,    /* the text may not be cached at all */
    SL_MEANING_SLUICE_SET = 1 << 14,  /* SET sluice.*: answered by the gate */
    SL_MEANING_LISTEN = 1 << 15,      /* LISTEN, UNLISTEN, NOTIFY */
    SL_MEANING_FLOWS_CUT = 1 << 16,   /* `flows` is not the whole list: made of facts */
    SL_MEANING_GATHERS = 1 << 17,     /* a row may hold values of several rows of one column */
};

struct sl_meaning_statement {
    struct sl_span tag; /* lower-case command tag: "select", "drop table", "copy to" */
    uint32_t effects;
};

struct sl_meaning_access {
    struct sl_span dataset; /* schema.table; only "table" when the schema cannot be known */
    uint32_t effects;       /* what happens to this dataset */
    bool all_columns;       /* every column may be touched; `columns` is then not the whole list */
    struct sl_span *columns;
    size_t column_count;
    struct sl_span
        *above; /* tables whose rows these are as well: it is a partition or an heir of them */
    size_t above_count;
};

/* How a column gets into another: its value does (DIRECT), or it decides which values do (INDIRECT:
 * WHERE, JOIN, GROUP BY, ORDER BY). */
enum sl_flow_kind { SL_FLOW_DIRECT = 1, SL_FLOW_INDIRECT = 2 };

struct sl_meaning_flow {
    struct sl_span source;      /* schema.table.column */
    struct sl_span destination; /* schema.table.column, or result.NAME; of an indirect one also
                                   schema.table or result: it decides about the whole row */
    uint8_t kind;               /* enum sl_flow_kind */
    struct sl_span via;         /* a direct one goes through this aggregate alone (aggregate.h) */
};

/* What the text says about names that live in the session, and about rows that it skips. */
enum sl_meaning_name_kind {
    SL_NAME_PREPARE = 1,    /* PREPARE name */
    SL_NAME_EXECUTE = 2,    /* EXECUTE name: the meaning includes what it was prepared as */
    SL_NAME_DEALLOCATE = 3, /* empty name: ALL */
    SL_NAME_DECLARE = 4,    /* DECLARE name CURSOR */
    SL_NAME_FETCH = 5,      /* FETCH or MOVE from name */
    SL_NAME_CLOSE = 6,      /* empty name: ALL */
    SL_NAME_SETTING = 7,    /* SET or RESET of this parameter; empty name: ALL */
    SL_NAME_OFFSET = 8,     /* a query skips so many rows: "1000", "$1"; empty: who knows */
    SL_NAME_HOLD = 9,       /* DECLARE name CURSOR WITH HOLD: it outlives its transaction */
    SL_NAME_CHANGED = 10,   /* makes, changes or drops code or a type of this name */
};

struct sl_meaning_name {
    uint8_t kind;
    struct sl_span name;
};
static inline bool sl_name_declares(const struct sl_meaning_name *n) /* a cursor */
{
    return n->kind == SL_NAME_DECLARE || n->kind == SL_NAME_HOLD;
}

struct sl_meaning {
    uint32_t effects; /* of all statements together */
    uint32_t flags;
    struct sl_span opaque_why; /* a sentence, when effects has opaque */
    struct sl_meaning_statement *statements;
    size_t statement_count;
    struct sl_meaning_access *accesses;
    size_t access_count;
    struct sl_meaning_flow *flows;
    size_t flow_count;
    struct sl_meaning_name *names;
    size_t name_count;
    /* What the judge looked into: "view public.v <SHA-256 of its text>", "function public.f ...",
     * sorted and without doubles. Part of the action document (P3). */
    struct sl_span *definitions;
    size_t definition_count;
};

/* Appends the encoding. */
void sl_meaning_put(struct sl_buf *b, const struct sl_meaning *m);

/* Decodes into memory of `mem`; strings are views into `bytes`. SL_EMALFORMED, SL_ELIMIT,
 * SL_EMEMORY. */
enum sl_err sl_meaning_get(struct sl_arena *mem, struct sl_span bytes, struct sl_meaning *out)
    SL_MUST_CHECK;

/* A meaning that says only: opaque, because of `why` (static or longer-lived text). */
struct sl_meaning sl_meaning_opaque(struct sl_span why);

#endif
