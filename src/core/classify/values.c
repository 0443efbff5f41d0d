/* One value: which kinds of data it looks like. */
#include "core/classify/classify_int.h"

enum { LONGEST = 256, DIGITS_MAX = 40 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_word(uint8_t c)
{
    return is_letter(c) || is_digit(c);
}

/* --- digits ---------------------------------------------------------------------------------- */

/* The digits of a number that may be written with the given separators; n is 0 when there is
 * anything else. */
struct digits {
    uint8_t of[DIGITS_MAX];
    size_t n;
};

static struct digits digits_of(struct sl_span v, const char *separators)
{
    struct digits d = {.n = 0};

    for (size_t i = 0; i < v.n; i++) {
        bool separates = strchr(separators, v.p[i]) != NULL && v.p[i] != 0 && i > 0 && i + 1 < v.n;
        if (separates)
            continue;
        if (!is_digit(v.p[i]) || d.n == DIGITS_MAX)
            return (struct digits){.n = 0};
        d.of[d.n++] = (uint8_t)(v.p[i] - '0');
    }
    return d;
}

static bool all_the_same(const struct digits *d)
{
    for (size_t i = 1; i < d->n; i++)
        if (d->of[i] != d->of[0])
            return false;
    return true;
}

static unsigned weighted(const struct digits *d, size_t n, const uint8_t *weights)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += d->of[i] * weights[i];
    return sum;
}

static bool is_luhn(const struct digits *d)
{
    unsigned sum = 0;

    for (size_t i = 0; i < d->n; i++) {
        unsigned x = d->of[d->n - 1 - i] * (i % 2 == 1 ? 2u : 1u);
        sum += x > 9 ? x - 9 : x;
    }
    return sum % 10 == 0;
}

/* Issuers' first digits: 2 to 6 are banks and merchants, the rest other trades. */
static bool is_card(struct sl_span v)
{
    struct digits d = digits_of(v, " -");

    return d.n >= 13 && d.n <= 19 && d.of[0] >= 2 && d.of[0] <= 6 && !all_the_same(&d) &&
           is_luhn(&d);
}

static bool is_us_ssn(struct sl_span v)
{
    if (v.n != 11 || v.p[3] != '-' || v.p[6] != '-')
        return false;
    struct digits d = digits_of(v, "-");
    if (d.n != 9)
        return false;
    unsigned area = d.of[0] * 100u + d.of[1] * 10u + d.of[2];
    return area != 0 && area != 666 && area < 900 && d.of[3] + d.of[4] > 0 &&
           d.of[5] + d.of[6] + d.of[7] + d.of[8] > 0;
}

static bool is_cpf(struct sl_span v)
{
    static const uint8_t first[] = {10, 9, 8, 7, 6, 5, 4, 3, 2},
                         second[] = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    struct digits d = digits_of(v, ".-");

    return d.n == 11 && !all_the_same(&d) && weighted(&d, 9, first) * 10 % 11 % 10 == d.of[9] &&
           weighted(&d, 10, second) * 10 % 11 % 10 == d.of[10];
}

static bool is_bsn(struct sl_span v)
{
    static const uint8_t weights[] = {9, 8, 7, 6, 5, 4, 3, 2};
    struct digits d = digits_of(v, ".");

    return d.n == 9 && !all_the_same(&d) && (weighted(&d, 8, weights) + 11u - d.of[8]) % 11 == 0;
}

static bool is_pesel(struct sl_span v)
{
    static const uint8_t weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    struct digits d = digits_of(v, "");

    if (d.n != 11 || all_the_same(&d))
        return false;
    unsigned month = (d.of[2] * 10u + d.of[3]) % 20, day = d.of[4] * 10u + d.of[5];
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           (10 - weighted(&d, 10, weights) % 10) % 10 == d.of[10];
}

static bool is_nhs(struct sl_span v)
{
    static const uint8_t weights[] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    struct digits d = digits_of(v, " -");

    return d.n == 10 && !all_the_same(&d) && (11 - weighted(&d, 9, weights) % 11) % 11 == d.of[9];
}

static bool is_dni(struct sl_span v)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    unsigned number = 0;

    if (v.n != 9 || !is_letter(v.p[8]))
        return false;
    for (size_t i = 0; i < 8; i++) {
        uint8_t c = v.p[i];
        if (i == 0 && c >= 'X' && c <= 'Z')
            c = (uint8_t)(c - 'X' + '0');
        if (!is_digit(c))
            return false;
        number = number * 10 + (unsigned)(c - '0');
    }
    return letters[number % 23] == (char)(v.p[8] & ~0x20);
}

/* --- letters and digits ---------------------------------------------------------------------- */

/* The remainder modulo 97 of all characters from the fifth on and then the first four, letters
 * counting as 10 to 35, is 1. */
static bool is_iban(struct sl_span v)
{
    uint8_t packed[LONGEST];
    size_t n = 0;
    unsigned rest = 0;

    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] != ' ')
            packed[n++] = v.p[i];
    if (n < 15 || n > 34 || !is_letter(packed[0]) || !is_letter(packed[1]) ||
        !is_digit(packed[2]) || !is_digit(packed[3]))
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = packed[(i + 4) % n];
        if (!is_word(c))
            return false;
        rest = is_digit(c) ? (rest * 10 + (unsigned)(c - '0')) % 97
                           : (rest * 100 + (unsigned)((c | 0x20) - 'a' + 10)) % 97;
    }
    return rest == 1;
}

static bool is_domain(struct sl_span d)
{
    size_t label = 0, dots = 0;

    for (size_t i = 0; i < d.n; i++) {
        if (d.p[i] == '.') {
            if (label == 0)
                return false;
            dots++;
            label = 0;
        } else if (is_word(d.p[i]) || (d.p[i] == '-' && label > 0)) {
            label++;
        } else {
            return false;
        }
    }
    return dots > 0 && label >= 2;
}

static bool is_email(struct sl_span v)
{
    size_t at = sl_span_find(v, '@');

    if (at == 0 || at > 64 || at == v.n)
        return false;
    for (size_t i = 0; i < at; i++)
        if (!is_word(v.p[i]) && strchr(".!#$%&'*+/=?^_`{|}~-", v.p[i]) == NULL)
            return false;
    return is_domain(sl_span_from(v, at + 1));
}

/* With its country: +49 89 1234567. What has none is any number. */
static bool is_phone(struct sl_span v)
{
    size_t digits = 0;

    if (v.n < 8 || v.p[0] != '+' || !is_digit(v.p[1]) || v.p[1] == '0')
        return false;
    for (size_t i = 1; i < v.n; i++) {
        digits += is_digit(v.p[i]);
        if (!is_digit(v.p[i]) && strchr(" ()-./", v.p[i]) == NULL)
            return false;
    }
    return digits >= 7 && digits <= 15;
}

static bool is_ipv4(struct sl_span v)
{
    unsigned part = 0, parts = 0;
    size_t digits = 0;

    for (size_t i = 0; i <= v.n; i++) {
        if (i == v.n || v.p[i] == '.') {
            if (digits == 0 || digits > 3 || part > 255)
                return false;
            parts++;
            part = 0;
            digits = 0;
        } else if (is_digit(v.p[i])) {
            part = part * 10 + (unsigned)(v.p[i] - '0');
            digits++;
        } else {
            return false;
        }
    }
    return parts == 4;
}

static bool is_hex(uint8_t c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Two colons at least, groups of up to four hexadecimal digits, `::` at most once. */
static bool is_ipv6(struct sl_span v)
{
    unsigned colons = 0, gaps = 0;
    size_t group = 0;

    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == ':') {
            colons++;
            gaps += i > 0 && v.p[i - 1] == ':';
            group = 0;
        } else if (!is_hex(v.p[i]) || ++group > 4) {
            return false;
        }
    }
    return (colons == 7 && gaps == 0) || (colons >= 2 && colons <= 7 && gaps == 1);
}

/* Formats that name themselves: crypt(3) hashes, SCRAM verifiers, PEM keys, JSON Web Tokens. */
static bool is_secret(struct sl_span v)
{
    static const char *const heads[] = {"$2a$",          "$2b$",       "$2y$",  "$argon2",
                                        "$6$",           "$5$",        "$1$",   "$y$",
                                        "SCRAM-SHA-256", "-----BEGIN", "{SSHA", "pbkdf2_sha256$"};

    for (size_t i = 0; i < SL_COUNT(heads); i++)
        if (sl_span_starts(v, sl_span_str(heads[i])))
            return true;
    return v.n > 60 && sl_span_starts(v, SL_SPAN("eyJ")) && sl_span_find(v, '.') < v.n;
}

/* --- together -------------------------------------------------------------------------------- */

static struct sl_span trimmed(struct sl_span v)
{
    while (v.n > 0 && v.p[0] <= ' ')
        v = sl_span_from(v, 1);
    while (v.n > 0 && v.p[v.n - 1] <= ' ')
        v.n--;
    return v;
}

uint32_t sl_data_kinds_of(struct sl_span value)
{
    static const struct {
        enum sl_data_kind kind;
        bool (*is)(struct sl_span v);
    } kinds[] = {
        {SL_DATA_EMAIL, is_email},   {SL_DATA_PHONE, is_phone}, {SL_DATA_IBAN, is_iban},
        {SL_DATA_CARD, is_card},     {SL_DATA_CPF, is_cpf},     {SL_DATA_US_SSN, is_us_ssn},
        {SL_DATA_BSN, is_bsn},       {SL_DATA_PESEL, is_pesel}, {SL_DATA_DNI, is_dni},
        {SL_DATA_NHS, is_nhs},       {SL_DATA_IP, is_ipv4},     {SL_DATA_IP, is_ipv6},
        {SL_DATA_SECRET, is_secret},
    };
    struct sl_span v = trimmed(value);
    uint32_t found = 0;

    if (v.n == 0)
        return 0;
    if (v.n > LONGEST) /* a key or a token is long; everything else is short */
        return is_secret(v) ? 1u << SL_DATA_SECRET : 0;
    for (size_t i = 0; i < SL_COUNT(kinds); i++)
        if (kinds[i].is(v))
            found |= 1u << kinds[i].kind;
    return found;
}
