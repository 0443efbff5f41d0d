/* Names of statements and cursors: what the server holds, and what is on its way to it (names.c,
 * names_confirm.c, names_sql.c). */
#ifndef SL_ROLE_GATE_NAMES_H
#define SL_ROLE_GATE_NAMES_H

#include "base/map.h"
#include "role/gate/gate_int.h"

struct session;
struct item;
struct meaning;

/* One parsed statement. */
struct prepared {
    size_t refs;
    struct sl_span text; /* malloc'd */
    struct meaning *meaning;
    uint32_t generation; /* of the catalog when it was judged */
    uint64_t context;
    uint64_t settings; /* settings_hash with which its literals were read; 0: not known */
    uint32_t *types;   /* parameter types that the client gave */
    size_t type_count;
    bool is_set;          /* SET sluice.x: the server has an empty statement instead */
    bool user_types;      /* of parameters: `meaning` is opaque and stays so */
    uint64_t names_epoch; /* of the session when it was defined */
    size_t *account;      /* the session's bytes of texts, of which these are a part */
};

/* A statement name: what the server has said it holds, and what is on its way to it. A later
 * definition may be used before the server confirms it, but only before the next Sync: an error
 * makes the server skip exactly until there. */
struct statement_name {
    struct prepared *confirmed, *tentative;
    uint64_t tentative_segment;
    uint64_t names_epoch; /* what was defined in an earlier one is not what this name means now */
};

/* A text behind a name that SQL made. */
struct named_text {
    struct sl_span text;
    uint64_t context; /* of the session when it was sent; 0: not known */
    uint32_t serial;  /* as a portal's, in the same count */
    uint32_t listing; /* generation, of the same time */
    bool holds;       /* a cursor that outlives its transaction */
    bool has_code;    /* it runs code of users */
};

void extended_free(struct session *s);
void extended_confirm(struct session *s, struct item *item, uint8_t reply);
void extended_drop(struct session *s, struct item *item);
/* Code of users, or what nobody knows: the session decides what its names mean when it runs. */
bool meaning_has_code(const struct sl_meaning *m);
/* Names that it gives to something are not known from its sending on, until its success. */
void extended_forget(struct session *s, const struct sl_meaning *m);
void names_happened(struct session *s, const struct prepared *made);
bool names_are_made(const struct sl_meaning *m); /* by PREPARE or DECLARE */
void names_forget_cursor(struct session *s, struct sl_span name);
/* Text and meaning of what is sent now; NULL without memory. */
struct prepared *names_ticket(struct session *s, struct sl_span text, struct meaning *m);
/* The server is in no transaction: what it has confirmed until now ended with the last one. */
void names_tx_ended(struct session *s, bool rolled_back);
/* Is this sent only when names that are on their way are answered? */
bool names_must_settle(const struct session *s, const struct sl_meaning *m);
struct prepared *prepared_ref(struct prepared *p);
void prepared_unref(struct prepared *p);
/* `p` will have this name once the server confirms it; takes the reference over. */
bool names_define(struct session *s, struct sl_span name, struct prepared *p);
struct item_name *name_copy(struct sl_span name); /* an item's, which ends with it */
/* The map, made when it is first needed; NULL after ending the session for want of memory. */
struct sl_map *names_map(struct session *s, struct sl_map **m);

#endif
