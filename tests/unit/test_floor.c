/* The floor: what it must see, what it need not, and PostgreSQL's grammar as the judge of it. */
#include "pg_scanner.h"
#include "tap.h"
#include "wire/pg/shape.h"

/* Each with no floor at all: read words, and words that only look like more. */
static void test_floor_of_reads(void)
{
    static const char *const texts[] = {
        "",
        " ",
        ";",
        "select 1",
        "select comment from posts",
        "select \"update\" from t",
        "select 'please delete'",
        "select update_time from t",
        "select t.delete, t.into from t",
        "(select 1)",
        "((select 1))",
        "with x as (select 1) select * from x",
        "values (1)",
        "table t",
        "show all",
        "explain select 1",
        "explain (select 1)",
        "explain (analyze, verbose) select 1",
        "explain analyze verbose select 1",
        "explain ((select 1))",
        "EXPLAIN (COSTS off) (select 1)",
        "select * from t for update",
        "select * from t for no key update of t",
        "select 1; select 2;",
        "select set, copy, call, do, execute, lock from t",
        "select a from t order by copy limit 5",
        "select case when a then b end from t",
        "select /* update */ 1",
        "-- delete\nselect 1",
        "select * from t for /* x */ update",
        "select 1 /* /* drop */ set */ ; -- insert",
        "explain /* x */ (costs off) -- y\n select 1",
        /* and without tokens */
        "select 1.5",
        "select 1.5 from t for update",
        "select E'\\n'",
        "/* a */ select 1",
        "select 1.5, comment from posts",
        "select 1 -- done",
        "-- hi\nselect 1",
        "select case when (a > 1.5) then b end",
        "explain (costs off) select 1.5",
        "select 1.5 from t for no key update",
    };

    for (size_t i = 0; i < SL_COUNT(texts); i++)
        if (!SL_CHECK_INT(sl_floor_of(sl_span_str(texts[i])), 0))
            printf("# %s\n", texts[i]);
}

static const struct {
    const char *sql;
    uint32_t bit;
} floors[] = {
    {"insert into t values (1)", SL_FLOOR_WRITE},
    {"UPDATE t SET a = 1", SL_FLOOR_WRITE},
    {"delete from t", SL_FLOOR_WRITE},
    {"merge into t using s on true when matched then delete", SL_FLOOR_WRITE},
    {"truncate t", SL_FLOOR_WRITE},
    {"with x as (delete from t returning *) select * from x", SL_FLOOR_WRITE},
    {"with x as materialized (insert into t values (1) returning *) select 1", SL_FLOOR_WRITE},
    {"with x as (select 1) update t set a = 1", SL_FLOOR_WRITE},
    {"select 1; drop table t", SL_FLOOR_DDL},
    {"select * into u from t", SL_FLOOR_DDL},
    {"with x as (select 1) select * into u from x", SL_FLOOR_DDL},
    {"(select 1 into u)", SL_FLOOR_DDL},
    {"create table t (a int)", SL_FLOOR_DDL},
    {"create table t as execute p", SL_FLOOR_DDL},
    {"alter table t add b int", SL_FLOOR_DDL},
    {"comment on table t is 'x'", SL_FLOOR_DDL},
    {"security label on table t is 'x'", SL_FLOOR_DDL},
    {"import foreign schema s from server v into w", SL_FLOOR_DDL},
    {"refresh materialized view v", SL_FLOOR_DDL},
    {"copy t to stdout", SL_FLOOR_COPY},
    {"call p()", SL_FLOOR_CALL},
    {"do 'begin end'", SL_FLOOR_DO},
    {"execute p", SL_FLOOR_EXECUTE},
    {"prepare p as delete from t", SL_FLOOR_EXECUTE | SL_FLOOR_WRITE},
    {"prepare transaction 'x'", SL_FLOOR_EXECUTE},
    {"deallocate all", SL_FLOOR_EXECUTE},
    {"set search_path = x", SL_FLOOR_SET},
    {"reset all", SL_FLOOR_SET},
    {"discard all", SL_FLOOR_SET},
    {"grant a to b", SL_FLOOR_PRIVILEGE},
    {"revoke a from b", SL_FLOOR_PRIVILEGE},
    {"reassign owned by a to b", SL_FLOOR_PRIVILEGE},
    {"lock table t", SL_FLOOR_LOCK},
    {"vacuum", SL_FLOOR_ADMIN},
    {"analyze t", SL_FLOOR_ADMIN},
    {"cluster t", SL_FLOOR_ADMIN},
    {"reindex table t", SL_FLOOR_ADMIN},
    {"checkpoint", SL_FLOOR_ADMIN},
    {"load 'x'", SL_FLOOR_ADMIN},
    {"listen c", SL_FLOOR_NOTIFY},
    {"notify c", SL_FLOOR_NOTIFY},
    {"unlisten *", SL_FLOOR_NOTIFY},
    {"begin", SL_FLOOR_TRANSACTION},
    {"start transaction", SL_FLOOR_TRANSACTION},
    {"commit", SL_FLOOR_TRANSACTION},
    {"rollback to a", SL_FLOOR_TRANSACTION},
    {"abort", SL_FLOOR_TRANSACTION},
    {"savepoint a", SL_FLOOR_TRANSACTION},
    {"release a", SL_FLOOR_TRANSACTION},
    {"declare c cursor for select 1", SL_FLOOR_CURSOR},
    {"fetch 1 from c", SL_FLOOR_CURSOR},
    {"move 1 from c", SL_FLOOR_CURSOR},
    {"close c", SL_FLOOR_CURSOR},
    {"explain analyze delete from t", SL_FLOOR_WRITE},
    {"explain (analyze) create table u as select 1", SL_FLOOR_DDL},
    {"explain analyze verbose execute p", SL_FLOOR_EXECUTE},
    {"explain (analyze, format json) refresh materialized view v", SL_FLOOR_DDL},
    {"explain declare c cursor for select 1", SL_FLOOR_CURSOR},
    {"frobnicate the database", SL_FLOOR_UNKNOWN},
    {"\"select\" 1", SL_FLOOR_UNKNOWN},
    {"1", SL_FLOOR_UNKNOWN},
};

static void check_floor(const char *sql, uint32_t bit)
{
    if (!SL_CHECK((sl_floor_of(sl_span_str(sql)) & bit) == bit))
        printf("# %s\n", sql);
}

static void test_floor_of_others(void)
{
    for (size_t i = 0; i < SL_COUNT(floors); i++)
        check_floor(floors[i].sql, floors[i].bit);
}

/* The same statements, dressed so that the lexer gives up: nothing may get lost. */
static void test_floor_without_tokens(void)
{
    static const char *const dresses[] = {
        "%s /* x */",
        "/* x */ %s",
        "/* x */%s",
        "-- x\n%s",
        "-- x\r%s",
        "-- x\n-- y\n\n  %s",
        "select 1.5; %s",
        "select 1.5;%s",
        "%s -- x",
        "/* a /* b */ c */ %s",
        "select $$;$$; %s",
        "select E'\\'; '; %s",
        "\v%s",
        "select 1;-- x\n /* y */ %s",
        "--\n%s",
    };

    for (size_t i = 0; i < SL_COUNT(floors); i++) {
        if (floors[i].bit == SL_FLOOR_UNKNOWN)
            continue;
        for (size_t k = 0; k < SL_COUNT(dresses); k++) {
            SL_BUF(b, 1000);
            const char *hole = strstr(dresses[k], "%s");
            sl_buf_put(&b, sl_span(dresses[k], (size_t)(hole - dresses[k])));
            sl_buf_put_str(&b, floors[i].sql);
            sl_buf_put_str(&b, hole + 2);
            check_floor(sl_buf_text(&b), floors[i].bit);
        }
    }
}

static void test_floor_hidden_update(void)
{
    check_floor("with a as (select 1) -- for\nupdate t set a = 1", SL_FLOOR_WRITE);
    check_floor("with a as (select 1) /* for */ update t set a = 1", SL_FLOOR_WRITE);
    check_floor("with a as (select 1.5) update t set a = 1", SL_FLOOR_WRITE);
    check_floor("with a as (select $a$for$a$)update t set a = 1", SL_FLOOR_WRITE);
    check_floor("with a as (select 1.5) search depth first by x set y update t set a = 1",
                SL_FLOOR_WRITE);
    check_floor("with a as (select t.for) update t set a = 1", SL_FLOOR_WRITE);
    check_floor("explain /* x */ analyze /* y */ create table u as select 1", SL_FLOOR_DDL);
    check_floor("explain ( /* x */ analyze ) create table u as select 1", SL_FLOOR_DDL);
    check_floor("select 1.5 into u", SL_FLOOR_DDL);
    check_floor(" frobnicate 1.5", SL_FLOOR_UNKNOWN);
    check_floor("explain analyze -- x\n create table u as select 1", SL_FLOOR_DDL);
}

/* A DO that stands alone is a DO, whatever its body says; in any other text every word counts. */
static void test_floor_of_one_do(void)
{
    static const char *const alone[] = {
        "do $$ declare n int; begin select 1 into n; end $$",
        "DO $do$ begin insert into t values (1); select 2 into x; end $do$;",
        "do language plpgsql $$ begin perform 1 into x; end $$ ;\n",
        "-- says\ndo /* so */ $a$ begin select $$x$$ into x; end; $a$ language plpgsql -- done",
        "do $a$ x $a select 1 into y $$ $a$",
    };
    static const char *const more[] = {
        "do $$ begin end $$; select 1 into t",
        "do $$ begin end $$; do $$ select 1 into t $$",
        "select 1; do $$ select 1 into t $$",
        "do $a$ begin end $a$ into",
        "do $a$ begin end $b$ into x $a$; select 1 into t",
        "do language $$ begin end $$ into t",
        "do language a b $$ begin end into t $$",
        "do 1 $$ select 1 into t $$",
        "dot $$ select 1 into t $$",
        "do$$ select 1 into t $$", /* a name */
        "do $1$ select 1 into t $1$",
        "do $$ select 1 into t",
        "do E'' $$ select 1 into t $$",
        "/* do */ select $$ $$ into t",
    };

    for (size_t i = 0; i < SL_COUNT(alone); i++)
        if (!SL_CHECK_INT(sl_floor_of(sl_span_str(alone[i])), SL_FLOOR_DO))
            printf("# %s\n", alone[i]);
    for (size_t i = 0; i < SL_COUNT(more); i++)
        check_floor(more[i], SL_FLOOR_DDL);
}

static void test_floor_names(void)
{
    SL_CHECK_TEXT(sl_span_str(sl_floor_name(SL_FLOOR_INDEX_WRITE)), "write");
    SL_CHECK(sl_floor_name(SL_FLOOR_COUNT) == NULL);
    _Static_assert((SL_FLOOR_NOT_READ & SL_FLOOR_CONTROL) == 0, "control may be a read");
    _Static_assert((SL_FLOOR_NOT_READ & SL_FLOOR_UNKNOWN) != 0, "unknown is not a read");
}

/* Statements made of words with anything that may stand between: whatever PostgreSQL's grammar
 * takes as more than a read has a floor. */
static const char *const statements[] = {
    "select 1",
    "select * from t for update",
    "insert into t values ( 1 )",
    "update t set a = 1",
    "delete from t",
    "truncate t",
    "select * into u from t",
    "create table u as select 1",
    "explain select 1",
    "explain analyze delete from t",
    "explain ( analyze ) create table u as table t",
    "with x as ( delete from t returning * ) select * from x",
    "with x as ( select 1 ) delete from t",
    "with x as ( select 'for' ) update t set a = 2.5",
    "copy t to stdout",
    "call p ( )",
    "do 'x'",
    "do $$x$$ ; select 1 into u",
    "do $a$ select 1 into u $a$",
    "set a = 1",
    "grant a to b",
    "declare c cursor for select 1",
    "begin",
    "execute p",
    "vacuum",
    "merge into t using s on true when matched then delete",
    "select a as for",
    "lock t",
    "with recursive x as ( select 1 as for ) search depth first by a set y update t set a = 1",
    "with x as ( select t.for ) insert into t table x",
    "select 1 as into",
    "select $1 for no key update",
};
static const char *const between[] = {
    " ",     " ",      " ",         " ",         "\n",
    "\r\n ", "\t",     "\f",        " -- for\n", " /* for */ ",
    "/**/",  "-- '\n", " /* ' */ ", " -- 1.5\r", "/* /* x */ for */",
    " --\n",
};
static const char *const before[] = {
    "", "", "select 1.5;", "select $$a$$;", "select E'\\'';';", "-- for\n", "(", "; "};

static void random_statement(uint64_t *state, struct sl_buf *b)
{
    const char *words = statements[next_random(state, SL_COUNT(statements))];
    uint32_t plain = next_random(state, 4);

    sl_buf_reset(b);
    sl_buf_put_str(b, before[next_random(state, SL_COUNT(before))]);
    for (; *words != '\0'; words++) {
        bool upper = *words >= 'a' && *words <= 'z' && next_random(state, 8) == 0;
        uint32_t gap = next_random(state, plain == 0 ? 1 : SL_COUNT(between));
        if (*words == ' ')
            sl_buf_put_str(b, between[gap]);
        else
            sl_buf_put_u8(b, (uint8_t)(upper ? *words - 32 : *words));
    }
    if (next_random(state, 3) == 0)
        sl_buf_put_str(b, next_random(state, 2) == 0 ? " /* 1.5 */" : "; select 1.5");
}

static void test_floor_as_postgres(void)
{
    SL_BUF(b, 4096);
    uint64_t state = 1181783497276652981u;
    unsigned parsed_count = 0;

    for (int i = 0; i < 50000; i++) {
        bool parsed = false, has_tokens;
        random_statement(&state, &b);
        if (!SL_CHECK(pg_parser_agrees(sl_buf_span(&b), &parsed)))
            printf("# %s\n", sl_buf_text(&b));
        if (!SL_CHECK(pg_scanner_agrees(sl_buf_span(&b), &has_tokens)))
            printf("# %s\n", sl_buf_text(&b));
        parsed_count += parsed;
    }
    SL_CHECK(parsed_count > 20000);
    printf("# %u of 50000 statements parsed\n", parsed_count);
}

int main(void)
{
    SL_RUN(test_floor_of_reads);
    SL_RUN(test_floor_of_others);
    SL_RUN(test_floor_without_tokens);
    SL_RUN(test_floor_hidden_update);
    SL_RUN(test_floor_of_one_do);
    SL_RUN(test_floor_names);
    SL_RUN(test_floor_as_postgres);
    return sl_tap_done();
}
