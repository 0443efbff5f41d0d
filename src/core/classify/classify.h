/* What class of data a column may hold, from a sample of its values and from its name.
 *
 * Patterns alone guess too much, so where a kind of value carries a check digit it is computed:
 * what random digits pass by chance (one in ten for most) is far below what a real column shows. A
 * caller counts, for each kind, how many values of a sample it recognized, and asks for a proposal.
 * Nothing is stored, and no value leaves: counts do.
 *
 * Sources: e-mail RFC 5321 (local part up to 64 bytes), phone E.164, IBAN ISO 13616 and ISO 7064
 * MOD 97-10, card numbers ISO/IEC 7812 (Luhn), SSN as the US Social Security Administration numbers
 * them (no area 000, 666, 9xx), IPv4 and IPv6 RFC 4291, CPF, BSN, PESEL, DNI/NIE and NHS numbers by
 * their national check rules.
 */
#ifndef SL_CORE_CLASSIFY_CLASSIFY_H
#define SL_CORE_CLASSIFY_CLASSIFY_H

#include "base/span.h"

/*  name        words for people                   label        has a check digit  share that
 * convinces, % */
#define SL_DATA_KINDS(X)                                                       \
    X(EMAIL, "e-mail addresses", "pii", false, 60)                             \
    X(PHONE, "phone numbers", "pii", false, 60)                                \
    X(IBAN, "IBANs (check digits right)", "financial", true, 50)               \
    X(CARD, "card numbers (check digit right)", "financial", true, 60)         \
    X(US_SSN, "US social security numbers", "pii", false, 70)                  \
    X(CPF, "Brazilian CPF numbers (check digits right)", "pii", true, 60)      \
    X(BSN, "Dutch BSN numbers (check digit right)", "pii", true, 70)           \
    X(PESEL, "Polish PESEL numbers (check digit right)", "pii", true, 60)      \
    X(DNI, "Spanish DNI or NIE numbers (check letter right)", "pii", true, 50) \
    X(NHS, "UK NHS numbers (check digit right)", "pii", true, 70)              \
    X(IP, "IP addresses", "pii", false, 60)                                    \
    X(SECRET, "password hashes or keys", "secret", false, 50)

enum sl_data_kind {
#define SL_DATA_KIND(NAME, words, label, checked, share) SL_DATA_##NAME,
    SL_DATA_KINDS(SL_DATA_KIND)
#undef SL_DATA_KIND
        SL_DATA_KIND_COUNT
};
const char *sl_data_kind_words(enum sl_data_kind kind);
const char *sl_data_kind_label(enum sl_data_kind kind);

/* Bits 1 << enum sl_data_kind: all kinds that this one value looks like. At most 256 bytes of a
 * value are looked at; a longer one is none of these. */
uint32_t sl_data_kinds_of(struct sl_span value);

/* Counts over a column's sample. */
struct sl_data_counts {
    uint32_t values; /* that are not NULL and not empty */
    uint32_t of[SL_DATA_KIND_COUNT];
};
void sl_data_count(struct sl_data_counts *c, struct sl_span value);

/* What a column's name says by itself: "date_of_birth", "last_name", "salary", ... */
struct sl_name_hint {
    const char *label, *words; /* NULL: nothing */
};
struct sl_name_hint sl_name_hint_of(struct sl_span column);

/* The label to propose and why; label NULL: none. A few values convince nobody: below 5 only the
 * name counts. */
struct sl_proposal {
    const char *label, *words;
    uint32_t hits, values; /* hits 0: the name says so */
};
struct sl_proposal sl_classify(struct sl_span column, const struct sl_data_counts *c);

#endif
