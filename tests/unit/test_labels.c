/* Labels that follow the data: the map, which labels data has, where actions carry them, and
 * columns that get other names. */
#include "core/policy/labels.h"

#include "tests/unit/policy_ask.h"

static const char yaml[] =
    "targets:\n"
    "  - name: shop\n"
    "    protocol: postgres\n"
    "    address: 127.0.0.1:5432\n"
    "    database: shop\n"
    "    login: {user: app}\n"
    "    default: allow\n"
    "    labels:\n"
    "      - {columns: [public.customers.email], label: pii}\n"
    "      - {tables: [public.payments], label: financial}\n"
    "    declassify:\n"
    "      - {columns: [stats.*], labels: [pii], reason: aggregated per region}\n"
    "      - {columns: [counts.*], labels: [pii], aggregates: [count, sum], reason: numbers}\n"
    "policy: []\n";

enum { FINANCIAL = 1, PII = 2 }; /* bits: the names are sorted */

struct world {
    struct sl_config *c;
    const struct sl_target *t;
    struct sl_label_map *map;
    struct sl_arena *mem;
};

static struct world begin(void)
{
    struct world w = {.c = ask_load(sl_span_str(yaml))};

    w.t = sl_config_target(w.c, SL_SPAN("shop"));
    SL_CHECK_INT(sl_label_map_new(&w.map), SL_OK);
    SL_CHECK_INT(sl_arena_new(&w.mem, 4 * 1024 * 1024), SL_OK);
    return w;
}

static void end(struct world *w)
{
    sl_label_map_free(w->map);
    sl_config_free(w->c);
    sl_arena_free(w->mem);
}

static void put(struct world *w, const char *column, const char *label, bool settled)
{
    struct sl_derived d = {.target = SL_SPAN("shop"),
                           .column = sl_span_str(column),
                           .label = sl_span_str(label),
                           .source = SL_SPAN("public.customers.email"),
                           .settled = settled};

    SL_CHECK_INT(sl_label_map_put(w->map, &d), SL_OK);
}

static uint64_t labels(struct world *w, const char *touches)
{
    struct sl_meaning_access a = {0};

    ask_access(w->mem, sl_span_str(touches), &a);
    return sl_labels_of(w->c, w->t, &a, w->map);
}

/* --- the map --- */

static void test_the_map_is_sorted_and_keeps_its_word(void)
{
    struct world w = begin();
    struct sl_derived d;

    for (int i = 99; i >= 0; i--) {
        SL_BUF(name, 64);
        sl_buf_say(&name, "public.t.c%u", (unsigned)(i * 37 % 100));
        put(&w, sl_buf_text(&name), "pii", false);
        put(&w, sl_buf_text(&name), "pii", i % 2 == 0);
        put(&w, sl_buf_text(&name), "pii", false); /* settled stays settled */
    }
    SL_CHECK_INT(sl_label_map_count(w.map), 100);
    for (size_t i = 1; i < sl_label_map_count(w.map); i++)
        SL_CHECK(sl_span_cmp(sl_label_map_at(w.map, i - 1).column,
                             sl_label_map_at(w.map, i).column) < 0);
    SL_CHECK(
        sl_label_map_find(w.map, SL_SPAN("shop"), SL_SPAN("public.t.c74"), SL_SPAN("pii"), &d) &&
        d.settled);
    SL_CHECK(
        sl_label_map_find(w.map, SL_SPAN("shop"), SL_SPAN("public.t.c37"), SL_SPAN("pii"), &d) &&
        !d.settled);
    SL_CHECK(
        !sl_label_map_find(w.map, SL_SPAN("sho"), SL_SPAN("public.t.c37"), SL_SPAN("pii"), &d));
    SL_CHECK(sl_label_map_has_target(w.map, SL_SPAN("shop")) &&
             !sl_label_map_has_target(w.map, SL_SPAN("sho")) &&
             !sl_label_map_has_target(NULL, SL_SPAN("shop")));
    SL_CHECK_INT(sl_label_map_put(w.map, &(struct sl_derived){.target = SL_SPAN("shop")}),
                 SL_EMALFORMED);
    end(&w);
}

static void test_the_map_has_an_end(void)
{
    struct world w = begin();

    SL_CHECK(sl_label_map_has_room(w.map, SL_LABEL_ROOM, 0));
    SL_CHECK(!sl_label_map_has_room(w.map, SL_LABEL_ROOM + 1, 0));
    SL_CHECK(sl_label_map_has_room(w.map, 1, SL_LABEL_ROOM_BYTES));
    put(&w, "public.t.c", "pii", false);
    put(&w, "public.t.c", "pii", true); /* the same one */
    size_t bytes = sl_label_map_bytes(w.map);
    SL_CHECK(bytes > sizeof "public.t.c" && bytes < 100);
    SL_CHECK(sl_label_map_has_room(w.map, SL_LABEL_ROOM - 1, SL_LABEL_ROOM_BYTES - bytes));
    SL_CHECK(!sl_label_map_has_room(w.map, SL_LABEL_ROOM, 0));
    SL_CHECK(!sl_label_map_has_room(w.map, 1, SL_LABEL_ROOM_BYTES - bytes + 1));
    SL_CHECK(!sl_label_map_has_room(w.map, SIZE_MAX, SIZE_MAX));
    end(&w);
}

static void test_the_map_travels(void)
{
    struct world w = begin();
    struct sl_label_map *copy = NULL;
    SL_BUF(bytes, 4096);
    SL_BUF(again, 4096);

    put(&w, "public.b.x", "pii", true);
    put(&w, "public.a.y", "financial", false);
    sl_label_map_encode(w.map, &bytes);
    SL_CHECK_INT(sl_label_map_decode(sl_buf_span(&bytes), &copy), SL_OK);
    sl_label_map_encode(copy, &again);
    SL_CHECK_BYTES(sl_buf_span(&again), sl_buf_span(&bytes));
    sl_label_map_free(copy);
    for (size_t n = 0; n < bytes.n; n++)
        SL_CHECK(sl_label_map_decode(sl_span_head(sl_buf_span(&bytes), n), &copy) != SL_OK);
    sl_buf_put_u8(&bytes, 0);
    SL_CHECK_INT(sl_label_map_decode(sl_buf_span(&bytes), &copy), SL_EMALFORMED);
    end(&w);
}

/* --- which labels data has --- */

static void test_derived_labels_count_beside_the_configuration(void)
{
    static const struct {
        const char *touches;
        uint64_t want;
    } rows[] = {
        {"public.scratch=read(email)", PII},
        {"public.scratch=read(id)", 0},
        {"public.scratch=read()", 0},
        {"public.scratch=read(*)", PII},
        {"public.scratch=read(emai)", 0},
        {"public.scratc=read(email)", 0},
        {"public.scratch2=read(email)", 0},
        {"staging.scratch=read(email)", 0},
        {"scratch=read(email)", PII}, /* of a schema that nobody knows: it could be that one */
        {"scratch=read(*)", PII},
        {"scratch=read(id)", 0},
        {"ratch=read(email)", 0},
        {"public.whole=read(anything)", FINANCIAL},
        {"public.whole=read()", FINANCIAL},
        {"public.loose=read(c)", PII}, /* the map knows no schema of it */
        {"public.customers=read(email)", PII},
        {"public.payments=read(id)", FINANCIAL},
        {"stats.regions=read(mail)", 0},           /* declassified */
        {"stats.regions=read(amount)", FINANCIAL}, /* of this label the rule does not speak */
        {"public.unknown=read(x)", 0},             /* a label that the file does not have */
    };
    struct world w = begin();

    put(&w, "public.scratch.email", "pii", true);
    put(&w, "public.whole.*", "financial", true);
    put(&w, "loose.c", "pii", true);
    put(&w, "stats.regions.mail", "pii", true);
    put(&w, "stats.regions.amount", "financial", true);
    put(&w, "public.unknown.x", "secret", true);
    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (!SL_CHECK_INT(labels(&w, rows[i].touches), rows[i].want))
            printf("#   %s\n", rows[i].touches);
    SL_CHECK_INT(sl_labels_of_column(w.c, w.t, SL_SPAN("public.scratch.email"), w.map), PII);
    SL_CHECK_INT(sl_labels_of_column(w.c, w.t, SL_SPAN("public.scratch.*"), w.map), PII);
    SL_CHECK_INT(sl_labels_of_column(w.c, w.t, SL_SPAN("public.payments.id"), NULL), FINANCIAL);
    end(&w);
}

static void test_the_configuration_is_not_declassified(void)
{
    struct world w = begin();

    SL_CHECK(sl_declassify_of(w.t, SL_SPAN("stats.a.b"), SL_SPAN("pii")) != NULL);
    SL_CHECK_TEXT(sl_declassify_of(w.t, SL_SPAN("stats.a.b"), SL_SPAN("pii"))->reason,
                  "aggregated per region");
    SL_CHECK(sl_declassify_of(w.t, SL_SPAN("stats.a.b"), SL_SPAN("financial")) == NULL);
    SL_CHECK(sl_declassify_of(w.t, SL_SPAN("Stats.a.b"), SL_SPAN("pii")) == NULL);
    SL_CHECK(sl_declassify_of(w.t, SL_SPAN("public.customers.email"), SL_SPAN("pii")) == NULL);
    SL_CHECK(sl_declassify_of(w.t, SL_SPAN("counts.a.b"), SL_SPAN("pii")) == NULL);
    end(&w);
}

/* --- where actions carry them --- */

struct flows {
    const char *flows; /* "a.b.c>d.e.f;..."; ~ instead of > for an indirect one; @ and what it goes
                          through */
    const char *want;  /* "column=label bits from source;..." in order */
};

static struct sl_meaning meaning_of(struct world *w, const char *text)
{
    struct sl_span *parts;
    struct sl_meaning m = {.statement_count = 3};

    m.flow_count = ask_split(w->mem, sl_span_str(text), ';', &parts);
    m.flows = sl_arena_array(w->mem, m.flow_count + 1, sizeof *m.flows);
    for (size_t i = 0; i < m.flow_count; i++) {
        bool direct = sl_span_find(parts[i], '>') < parts[i].n;
        m.flows[i].source = ask_until(&parts[i], direct ? '>' : '~');
        m.flows[i].destination = ask_until(&parts[i], '@');
        m.flows[i].via = parts[i];
        m.flows[i].kind = direct ? SL_FLOW_DIRECT : SL_FLOW_INDIRECT;
    }
    return m;
}

static void put_spread(struct world *w, const struct sl_meaning *m, struct sl_buf *out)
{
    struct sl_spread *spread = NULL;
    size_t count = 0;

    SL_CHECK_INT(sl_labels_spread(w->c, w->t, m, w->map, w->mem, &spread, &count), SL_OK);
    for (size_t i = 0; i < count; i++)
        sl_buf_say(out, "%s%S=%U from %S", i > 0 ? ";" : "", spread[i].column, spread[i].labels,
                   spread[i].source);
}

static void test_labels_go_along_direct_flows(void)
{
    static const struct flows rows[] = {
        {"public.customers.email>public.s.e", "public.s.e=2 from public.customers.email"},
        {"public.customers.email>result.e", ""},
        {"public.customers.id>public.s.e", ""},
        {"public.customers.email~public.s.e", ""},
        {"public.customers.email>public.customers.email", ""},
        {"public.payments.id>public.customers.email",
         "public.customers.email=1 from public.payments.id"},
        /* two hops in one text, in either order */
        {"public.customers.email>public.s.e;public.s.e>public.u.f",
         "public.s.e=2 from public.customers.email;public.u.f=2 from public.s.e"},
        {"public.s.e>public.u.f;public.customers.email>public.s.e",
         "public.s.e=2 from public.customers.email;public.u.f=2 from public.s.e"},
        /* what is settled is not said again, what is pending is */
        {"public.customers.email>public.old.x", ""},
        {"public.customers.email>public.new.x", "public.new.x=2 from public.customers.email"},
        {"public.old.x>public.s.e", "public.s.e=2 from public.old.x"},
        /* through an aggregate, where a rule says that this is enough */
        {"public.customers.email>counts.r.n@count", ""},
        {"public.customers.email>counts.r.n@sum;counts.r.n>public.s.e", ""},
        {"public.customers.email>counts.r.n@avg", "counts.r.n=2 from public.customers.email"},
        {"public.customers.email>counts.r.n", "counts.r.n=2 from public.customers.email"},
        {"public.customers.email>public.s.e@count", "public.s.e=2 from public.customers.email"},
        {"public.customers.email>stats.r.m@count", "stats.r.m=2 from public.customers.email"},
        {"public.payments.id>counts.r.n@count", "counts.r.n=1 from public.payments.id"},
        /* recorded, although it does not count there, and goes no further */
        {"public.customers.email>stats.r.m;stats.r.m>public.s.e",
         "stats.r.m=2 from public.customers.email"},
    };
    struct world w = begin();

    put(&w, "public.old.x", "pii", true);
    put(&w, "public.new.x", "pii", false);
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_meaning m = meaning_of(&w, rows[i].flows);
        SL_BUF(got, 1024);
        put_spread(&w, &m, &got);
        if (!SL_CHECK_TEXT(sl_buf_span(&got), rows[i].want))
            printf("#   %s\n", rows[i].flows);
    }
    end(&w);
}

static void test_what_cannot_be_followed_goes_everywhere(void)
{
    struct world w = begin();
    struct ask ask = {
        .says = "insert=insert+read",
        .touches = "public.customers=read(email);public.payments=read(id);public.s=insert(a)"};
    struct sl_meaning *m = ask_meaning(w.mem, &ask);
    SL_BUF(got, 1024);
    SL_BUF(none, 1024);

    put_spread(&w, m, &none);
    SL_CHECK_TEXT(sl_buf_span(&none), "");
    m->flags |= SL_MEANING_FLOWS_CUT;
    put_spread(&w, m, &got);
    SL_CHECK_TEXT(sl_buf_span(&got), "public.s.*=3 from public.payments");
    end(&w);
}

/* --- columns with other names --- */

/* "oid schema table col:number,...; ..." */
static void put_listing(struct world *w, const char *text, struct sl_buf *out)
{
    SL_FREED_BY(sl_catalog_builder) struct sl_catalog_builder *b = NULL;
    struct sl_span *tables, *words, *columns;

    SL_CHECK_INT(sl_catalog_builder_new(&b), SL_OK);
    size_t count = ask_split(w->mem, sl_span_str(text), ';', &tables);
    for (size_t i = 0; i < count; i++) {
        ask_split(w->mem, tables[i], ' ', &words);
        struct sl_span row[] = {SL_SPAN("R"), words[1],    words[2],
                                SL_SPAN("r"), SL_SPAN(""), words[0]};
        SL_CHECK_INT(sl_catalog_row(b, row, SL_COUNT(row)), SL_OK);
        size_t n = ask_split(w->mem, words[3], ',', &columns);
        for (size_t k = 0; k < n; k++) {
            struct sl_span name = ask_until(&columns[k], ':');
            struct sl_span column[] = {SL_SPAN("C"), words[1], words[2],
                                       columns[k],   name,     SL_SPAN("b")};
            SL_CHECK_INT(sl_catalog_row(b, column, SL_COUNT(column)), SL_OK);
        }
    }
    SL_CHECK_INT(sl_catalog_finish(b, out), SL_OK);
}

static void test_labels_go_with_renamed_columns(void)
{
    static const struct {
        const char *before, *after, *want;
    } rows[] = {
        {"7 public customers id:1,email:2", "7 public customers id:1,email:2", ""},
        {"7 public customers id:1,email:2", "7 public customers id:1,mail:2",
         "public.customers.email to public.customers.mail=2"},
        {"7 public customers id:1,email:2", "7 public clients id:1,email:2",
         "public.customers.email to public.clients.email=2"},
        {"7 public customers id:1,email:2", "7 staging customers id:1,email:2",
         "public.customers.email to staging.customers.email=2"},
        {"7 public customers id:1,email:2", "7 public customers email:1,id:2",
         "public.customers.email to public.customers.id=2"}, /* they changed places */
        {"7 public customers id:1,email:2", "8 public customers id:1,email:2", ""},
        {"7 public customers id:1,email:2", "9 public other id:1", ""},
        {"0 public customers id:1,email:2", "0 public customers id:1,mail:2", ""},
        {"7 public s x:1", "7 public s x:1,y:2", ""},
        {"7 public s x:1", "7 public s z:1", "public.s.x to public.s.z=2;public.s.x is gone"},
        {"7 public s x:1,y:2", "7 public s y:2", "public.s.x is gone"},
        {"7 public s x:1", "8 public t x:1", "public.s.x is gone"},
        {"7 public s x:1", "8 public s x:1",
         ""}, /* another one of that name: nobody knows what is in it */
        {"7 public s x:1", "7 public s2 x:1;8 public s x:1", "public.s.x to public.s2.x=2"},
        {"7 public payments id:1", "7 public paid id:1,n:2",
         "public.payments.id to public.paid.id=1"},
    };
    struct world w = begin();

    put(&w, "public.s.x", "pii", true);
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_label_move *moves = NULL;
        struct sl_catalog before, after;
        size_t count = 0;
        SL_BUF(one, 65536);
        SL_BUF(two, 65536);
        SL_BUF(got, 1024);

        put_listing(&w, rows[i].before, &one);
        put_listing(&w, rows[i].after, &two);
        SL_CHECK_INT(sl_catalog_open(sl_buf_span(&one), &before), SL_OK);
        SL_CHECK_INT(sl_catalog_open(sl_buf_span(&two), &after), SL_OK);
        SL_CHECK_INT(sl_labels_moved(w.c, w.t, w.map, &before, &after, w.mem, &moves, &count),
                     SL_OK);
        for (size_t k = 0; k < count; k++) {
            sl_buf_say(&got, "%s%S", k > 0 ? ";" : "", moves[k].from);
            if (moves[k].to.p == NULL)
                sl_buf_say(&got, " is gone");
            else
                sl_buf_say(&got, " to %S=%U", moves[k].to, moves[k].labels);
        }
        if (!SL_CHECK_TEXT(sl_buf_span(&got), rows[i].want))
            printf("#   %s\n", rows[i].after);
    }
    end(&w);
}

static void test_a_misspelt_label_is_an_error(void)
{
    SL_BUF(complaints, 4096);
    SL_BUF(text, 4096);
    struct sl_config *c = NULL;
    struct sl_span part = SL_SPAN("labels: [pii]");
    const char *at = strstr(yaml, "labels: [pii]");

    sl_buf_put(&text, sl_span(yaml, (size_t)(at - yaml)));
    sl_buf_put_str(&text, "labels: [pi]");
    sl_buf_put_str(&text, at + part.n);
    SL_CHECK_INT(sl_config_load(sl_buf_span(&text), "t.yaml", &c, &complaints), SL_ECONFIG);
    SL_CHECK(strstr(sl_buf_text(&complaints), "given nowhere") != NULL);
}

int main(void)
{
    SL_RUN(test_the_map_is_sorted_and_keeps_its_word);
    SL_RUN(test_the_map_has_an_end);
    SL_RUN(test_the_map_travels);
    SL_RUN(test_derived_labels_count_beside_the_configuration);
    SL_RUN(test_the_configuration_is_not_declassified);
    SL_RUN(test_labels_go_along_direct_flows);
    SL_RUN(test_what_cannot_be_followed_goes_everywhere);
    SL_RUN(test_labels_go_with_renamed_columns);
    SL_RUN(test_a_misspelt_label_is_an_error);
    return sl_tap_done();
}
