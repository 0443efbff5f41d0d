#include "core/classify/classify.h"

#include "tests/unit/tap.h"

#define KIND(name) (1u << SL_DATA_##name)

static void test_values(void)
{
    static const struct {
        const char *value;
        uint32_t kinds;
    } rows[] = {
        {"anna@example.org", KIND(EMAIL)},
        {"  a.b+c@mail.example.co.uk ", KIND(EMAIL)},
        {"anna@localhost", 0},
        {"@example.org", 0},
        {"anna@example..org", 0},
        {"anna@example.o", 0},
        {"an na@example.org", 0},
        {"+49 89 1234567", KIND(PHONE)},
        {"+1 (415) 555-0100", KIND(PHONE)},
        {"0891234567", 0},
        {"+0 12345678", 0},
        {"+12", 0},
        {"GB82 WEST 1234 5698 7654 32", KIND(IBAN)},
        {"DE89370400440532013000", KIND(IBAN)},
        {"DE89370400440532013001", 0},
        {"4111 1111 1111 1111", KIND(CARD)},
        {"5500-0000-0000-0004", KIND(CARD)},
        {"4111111111111112", 0},
        {"4444444444444444", 0},
        {"9111111111111111", 0},
        {"078-05-1120", KIND(US_SSN)},
        {"666-05-1120", 0},
        {"900-05-1120", 0},
        {"078-00-1120", 0},
        {"078051120", 0},
        {"529.982.247-25", KIND(CPF)},
        {"529.982.247-26", 0},
        {"111.444.777-35", KIND(CPF)},
        {"111111111111", 0},
        {"111222333", KIND(BSN)},
        {"111222334", 0},
        {"44051401359", KIND(PESEL)},
        {"44051401358", 0},
        {"12345678Z", KIND(DNI)},
        {"X1234567L", KIND(DNI)},
        {"12345678A", 0},
        {"943 476 5919", KIND(NHS)},
        {"943 476 5918", 0},
        {"192.0.2.17", KIND(IP)},
        {"192.0.2.256", 0},
        {"1.2.3", 0},
        {"2001:db8::1", KIND(IP)},
        {"2001:db8:0:0:0:0:0:1", KIND(IP)},
        {"::1", KIND(IP)},
        {"12:34:56", 0},
        {"1:2:3::4::5", 0},
        {"$2b$12$abcdefghijklmnopqrstuv", KIND(SECRET)},
        {"SCRAM-SHA-256$4096:abc", KIND(SECRET)},
        {"", 0},
        {"   ", 0},
        {"42", 0},
        {"thing 7", 0},
        {"2026-11-26", 0},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (!SL_CHECK_INT(sl_data_kinds_of(sl_span_str(rows[i].value)), rows[i].kinds))
            printf("#   %s\n", rows[i].value);
}

/* Of digits at random no checked kind reaches the share that convinces. */
static void test_chance(void)
{
    struct sl_data_counts c = {0};
    uint64_t seed = 88172645463325252u;

    for (unsigned i = 0; i < 20000; i++) {
        char text[20];
        unsigned n = 9 + i % 8;
        for (unsigned k = 0; k < n; k++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            text[k] = (char)('0' + seed % 10);
        }
        sl_data_count(&c, sl_span(text, n));
    }
    SL_CHECK_INT(c.values, 20000);
    for (unsigned i = 0; i < SL_DATA_KIND_COUNT; i++)
        SL_CHECK(c.of[i] * 100 < c.values * 20);
    SL_CHECK(sl_classify(SL_SPAN("number"), &c).label == NULL);
}

static struct sl_data_counts counts(const char *value, unsigned times, unsigned others)
{
    struct sl_data_counts c = {0};

    for (unsigned i = 0; i < times; i++)
        sl_data_count(&c, sl_span_str(value));
    for (unsigned i = 0; i < others; i++)
        sl_data_count(&c, SL_SPAN("nothing in particular"));
    return c;
}

static void test_proposals(void)
{
    struct sl_data_counts most = counts("anna@example.org", 60, 40),
                          some = counts("anna@example.org", 59, 41),
                          few = counts("anna@example.org", 4, 0), none = counts("", 10, 0);

    struct sl_proposal p = sl_classify(SL_SPAN("contact"), &most);
    SL_CHECK(p.label != NULL && strcmp(p.label, "pii") == 0 && p.hits == 60 && p.values == 100);
    SL_CHECK(sl_classify(SL_SPAN("contact"), &some).label == NULL);
    SL_CHECK(sl_classify(SL_SPAN("contact"), &few).label == NULL);
    SL_CHECK_INT(none.values, 0);
    p = sl_classify(SL_SPAN("Date_of_Birth"), &none);
    SL_CHECK(p.label != NULL && p.hits == 0 && strcmp(p.label, "pii") == 0);
    p = sl_classify(SL_SPAN("user_password_hash"), &none);
    SL_CHECK(p.label != NULL && strcmp(p.label, "secret") == 0);
    SL_CHECK(sl_classify(SL_SPAN("item"), &none).label == NULL);
    for (unsigned i = 0; i < SL_DATA_KIND_COUNT; i++)
        SL_CHECK(sl_data_kind_words((enum sl_data_kind)i)[0] != 0 &&
                 sl_data_kind_label((enum sl_data_kind)i)[0] != 0);
}

int main(void)
{
    SL_RUN(test_values);
    SL_RUN(test_chance);
    SL_RUN(test_proposals);
    return sl_tap_done();
}
