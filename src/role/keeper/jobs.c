#include "role/keeper/issuers.h"

#include "role/keeper/credentials.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* Jobs of CI systems: what the configuration says that they are, and who set them going.
 *
 * A job is an identity of ours through an account like any other, linked when it comes for the
 * first time: so it stands in the ledger, and what ends accounts ends it. Its subject is the job's
 * stable id and the identity's name, for one repository may hold jobs of several.
 *
 * Whoever set it going must not decide what it asks (P4). The token names that person by an id;
 * where an account of the same issuer says who that is, they are in the requester set. Where nobody
 * is known to be it, or somebody else may have started it anew, a name that no identity can have
 * stands in the set, and each rule needs two people: one of them is not who started it. */

enum { PEOPLE_WHERE_UNKNOWN = 2, NAME_MAX_BYTES = 120 };

uint32_t job_need(const struct asked_for *others, uint32_t need)
{
    return others->unknown.n > 0 && need < PEOPLE_WHERE_UNKNOWN ? PEOPLE_WHERE_UNKNOWN : need;
}

/* "repository_id:74 as deploy" */
static struct sl_span subject_of(struct keeper *k, const struct sl_job *job)
{
    SL_BUF(text, 1024);

    sl_buf_say(&text, "%S as %S", job->id, job->identity);
    return sl_arena_copy(k->mem, sl_buf_span(&text));
}

static enum sl_err find_account(struct keeper *k, const struct sl_issuer *i,
                                const struct person *who, struct sl_span subject,
                                struct account *out)
{
    SL_BUF(by, NAME_MAX_BYTES);
    SL_BUF(id, 64);

    if (account_get(k, i->issuer, subject, out) == SL_OK)
        return SL_OK;
    sl_buf_say(&by, "issuer:%S", i->name);
    struct maker maker = {.issuer = sl_buf_span(&by), .channel = SL_SPAN("http")};
    SL_TRY(account_link(k, who, i->issuer, subject, maker, &id));
    return account_get(k, i->issuer, subject, out);
}

/* Who of ours set it going; empty: nobody that is known here. */
static struct sl_span person_behind(struct keeper *k, const struct sl_issuer *i,
                                    const struct sl_oidc_job *job)
{
    struct account a;
    struct person who;

    if (job->person.n == 0 || account_get(k, i->issuer, job->person, &a) != SL_OK ||
        person_get(k, a.identity, &who) != SL_OK || who.kind != SL_HUMAN)
        return sl_span(NULL, 0);
    return who.name;
}

/* A colon is in no identity's name. */
static struct sl_span nobody(struct keeper *k, const struct sl_issuer *i,
                             const struct sl_oidc_job *job)
{
    SL_BUF(name, NAME_MAX_BYTES);

    sl_buf_say(&name, "%S:%S", i->name, job->person.n > 0 ? job->person : SL_SPAN("unknown"));
    return sl_arena_copy(k->mem, sl_buf_span(&name));
}

static struct asked_for others_of(struct keeper *k, const struct sl_issuer *i,
                                  const struct sl_oidc_job *job)
{
    struct asked_for others = {.started_by = person_behind(k, i, job), .link = job->link};
    SL_BUF(name, 1024);

    sl_buf_say(&name, job->run.n > 0 ? "%S %S" : "%S", job->name.n > 0 ? job->name : job->id,
               job->run);
    others.job = sl_arena_copy(k->mem, sl_buf_span(&name));
    if (job->has_people && (others.started_by.n == 0 || job->person_unsure))
        others.unknown = nobody(k, i, job);
    return others;
}

enum sl_oidc_reason job_ask(struct keeper *k, const struct sl_issuer *i,
                            const struct sl_oidc_claims *claims, struct account *account,
                            struct asked_for *others)
{
    struct sl_oidc_job job;
    struct person who;
    enum sl_oidc_reason reason = sl_oidc_job_read(i->kind, claims, k->mem, &job);

    if (reason != SL_OIDC_YES)
        return reason;
    const struct sl_job *ours = sl_issuer_job(i, &job);
    if (ours == NULL || person_get(k, ours->identity, &who) != SL_OK)
        return SL_OIDC_JOB_UNKNOWN;
    if (who.kind == SL_HUMAN) /* nobody's job is a person */
        return SL_OIDC_ACCOUNT_KIND;
    if (find_account(k, i, &who, subject_of(k, ours), account) != SL_OK ||
        !sl_span_eq(account->identity, who.name))
        return SL_OIDC_ACCOUNT_UNKNOWN;
    *others = others_of(k, i, &job);
    return SL_OIDC_YES;
}

bool job_is_subject(const struct sl_issuer *i, struct sl_span subject)
{
    static const char *const people[] = {"actor_id:", "user_id:"};

    if (i->kind == SL_ISSUER_OIDC)
        return false;
    for (size_t n = 0; n < SL_COUNT(people); n++)
        if (sl_span_starts(subject, sl_span_str(people[n])))
            return false;
    return true;
}

/* Without a configuration (Sluice is stopped) by what we call a job: subject_of. */
static bool is_named_so(struct keeper *k, const struct account *a)
{
    struct person who;
    SL_BUF(end, NAME_MAX_BYTES);

    sl_buf_say(&end, " as %S", a->identity);
    return person_get(k, a->identity, &who) == SL_OK && who.kind != SL_HUMAN &&
           a->subject.n > end.n &&
           sl_span_eq(sl_span_from(a->subject, a->subject.n - end.n), sl_buf_span(&end));
}

bool job_is_account(struct keeper *k, const struct account *a)
{
    const struct sl_issuer *i =
        k->config == NULL ? NULL : sl_config_issuer_of(k->config, a->issuer);

    return i == NULL ? k->config == NULL && is_named_so(k, a) : job_is_subject(i, a->subject);
}

/* --- after a reload ------------------------------------------------------------------------------
 */

static bool is_configured(struct keeper *k, const struct sl_issuer *i, struct sl_span subject)
{
    for (size_t n = 0; n < i->job_count; n++)
        if (sl_span_eq(subject_of(k, &i->jobs[n]), subject))
            return true;
    return false;
}

static void look_at(struct keeper *k, const struct account *a)
{
    const struct sl_issuer *i = sl_config_issuer_of(k->config, a->issuer);

    if (i == NULL)
        sessions_end_of(k, sl_span(NULL, 0), a->credential,
                        "its issuer is not configured any more");
    else if (job_is_subject(i, a->subject) && !is_configured(k, i, a->subject))
        account_unlink(k, a, SL_SPAN("operator"));
}

void jobs_reload(struct keeper *k)
{
    struct db_rows rows = db_ask(k->store.db, DB_ACCOUNT_ALL, "");
    struct account *list = NULL;
    size_t count = 0, room = 0;

    while (db_row(&rows)) { /* unlinking writes, so the reading ends before */
        if (count == room) {
            struct account *more = sl_arena_array(k->mem, 2 * room + 16, sizeof *more);
            if (more == NULL) /* one that is left out would go on being linked */
                keeper_die("accounts could not be looked at", SL_EMEMORY);
            if (count > 0)
                memcpy(more, list, count * sizeof *more);
            list = more;
            room = 2 * room + 16;
        }
        list[count++] = (struct account){.issuer = sl_arena_copy(k->mem, db_span(&rows, 0)),
                                         .subject = sl_arena_copy(k->mem, db_span(&rows, 1)),
                                         .credential = sl_arena_copy(k->mem, db_span(&rows, 2)),
                                         .identity = sl_arena_copy(k->mem, db_span(&rows, 3))};
    }
    db_end(&rows);
    for (size_t n = 0; n < count; n++)
        look_at(k, &list[n]);
}
