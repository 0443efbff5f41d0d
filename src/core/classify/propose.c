/* From counts and a name to a proposal. */
#include "core/classify/classify_int.h"

enum { FEW = 5 };

const struct sl_data_kind_row sl_data_kind_rows[SL_DATA_KIND_COUNT] = {
#define ROW(NAME, words, label, checked, share) [SL_DATA_##NAME] = {words, label, checked, share},
    SL_DATA_KINDS(ROW)
#undef ROW
};

const char *sl_data_kind_words(enum sl_data_kind kind)
{
    return sl_data_kind_rows[kind].words;
}

const char *sl_data_kind_label(enum sl_data_kind kind)
{
    return sl_data_kind_rows[kind].label;
}

void sl_data_count(struct sl_data_counts *c, struct sl_span value)
{
    uint32_t kinds = sl_data_kinds_of(value);

    if (value.n == 0)
        return;
    c->values++;
    for (unsigned i = 0; i < SL_DATA_KIND_COUNT; i++)
        c->of[i] += kinds >> i & 1;
}

/* --- names ----------------------------------------------------------------------------------- */

/* Patterns over the name in lower case, without underscores. */
static const struct {
    const char *pattern, *label, *words;
} hints[] = {
    {"*dateofbirth*", "pii", "named like a date of birth"},
    {"*birthdate*", "pii", "named like a date of birth"},
    {"*birthday*", "pii", "named like a date of birth"},
    {"dob", "pii", "named like a date of birth"},
    {"*firstname*", "pii", "named like a person's name"},
    {"*lastname*", "pii", "named like a person's name"},
    {"*surname*", "pii", "named like a person's name"},
    {"*fullname*", "pii", "named like a person's name"},
    {"*givenname*", "pii", "named like a person's name"},
    {"*maidenname*", "pii", "named like a person's name"},
    {"*email*", "pii", "named like an e-mail address"},
    {"*phone*", "pii", "named like a phone number"},
    {"*mobilenumber*", "pii", "named like a phone number"},
    {"*ssn*", "pii", "named like a social security number"},
    {"*socialsecurity*", "pii", "named like a social security number"},
    {"*passport*", "pii", "named like a passport number"},
    {"*nationalid*", "pii", "named like a national id"},
    {"*taxid*", "pii", "named like a tax id"},
    {"*street*", "pii", "named like a postal address"},
    {"*postalcode*", "pii", "named like a postal address"},
    {"*zipcode*", "pii", "named like a postal address"},
    {"*homeaddress*", "pii", "named like a postal address"},
    {"*iban*", "financial", "named like an account number"},
    {"*accountnumber*", "financial", "named like an account number"},
    {"*cardnumber*", "financial", "named like a card number"},
    {"*creditcard*", "financial", "named like a card number"},
    {"*salary*", "financial", "named like a salary"},
    {"*password*", "secret", "named like a password"},
    {"*passwd*", "secret", "named like a password"},
    {"*apikey*", "secret", "named like a key"},
    {"*secretkey*", "secret", "named like a key"},
    {"*privatekey*", "secret", "named like a key"},
    {"*accesstoken*", "secret", "named like a token"},
    {"*refreshtoken*", "secret", "named like a token"},
    {"*diagnosis*", "health", "named like medical data"},
    {"*bloodtype*", "health", "named like medical data"},
    {"*medication*", "health", "named like medical data"},
};

struct sl_name_hint sl_name_hint_of(struct sl_span column)
{
    uint8_t plain[64];
    size_t n = 0;

    for (size_t i = 0; i < column.n && n < sizeof plain; i++)
        if (column.p[i] != '_' && column.p[i] != '-' && column.p[i] != ' ')
            plain[n++] = column.p[i] >= 'A' && column.p[i] <= 'Z' ? (uint8_t)(column.p[i] | 0x20)
                                                                  : column.p[i];
    for (size_t i = 0; i < SL_COUNT(hints); i++)
        if (sl_span_glob(sl_span_str(hints[i].pattern), sl_span(plain, n)))
            return (struct sl_name_hint){hints[i].label, hints[i].words};
    return (struct sl_name_hint){NULL, NULL};
}

/* --- the proposal ---------------------------------------------------------------------------- */

static bool convinces(const struct sl_data_counts *c, unsigned kind)
{
    return (uint64_t)c->of[kind] * 100 >= (uint64_t)c->values * sl_data_kind_rows[kind].share;
}

/* Of several that convince, the one with the most hits; at a tie the one with a check digit. */
static int best_kind(const struct sl_data_counts *c)
{
    int best = -1;

    for (unsigned i = 0; c->values >= FEW && i < SL_DATA_KIND_COUNT; i++) {
        if (c->of[i] == 0 || !convinces(c, i))
            continue;
        bool better = best < 0 || c->of[i] > c->of[best] ||
                      (c->of[i] == c->of[best] && sl_data_kind_rows[i].checked &&
                       !sl_data_kind_rows[best].checked);
        best = better ? (int)i : best;
    }
    return best;
}

struct sl_proposal sl_classify(struct sl_span column, const struct sl_data_counts *c)
{
    int kind = best_kind(c);

    if (kind >= 0)
        return (struct sl_proposal){sl_data_kind_rows[kind].label, sl_data_kind_rows[kind].words,
                                    c->of[kind], c->values};
    struct sl_name_hint hint = sl_name_hint_of(column);
    return (struct sl_proposal){hint.label, hint.words, 0, c->values};
}
