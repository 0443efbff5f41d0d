/* Upstream passwords for the keeper: read from a file, or said by a command. Never logged. */
#include "role/super/super_int.h"

#include "os/file.h"
#include "os/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECRET_MAX_BYTES = 4096, COMMAND_WITHIN_MS = 10000, WORDS_MAX = 64, JOBS_MAX = 64 };

extern char **environ;

struct sl_secret_job {
    struct sl_secret_job *next;
    struct sl_super *super;
    uint64_t call;
    pid_t pid; /* 0 once it has ended */
    int status, output;
    bool eof, too_long, late;
    struct sl_watch *watch;
    struct sl_timer *deadline;
    uint8_t bytes[SECRET_MAX_BYTES + 1];
    size_t n;
};

static void answer(struct sl_super *s, uint64_t call, struct sl_span secret, const char *why)
{
    SL_BUF(message, SECRET_MAX_BYTES + 4096);
    struct sl_program *keeper = sl_super_program(s, SL_ROLE_KEEPER, 0);
    struct sl_msg_secret m = {
        .call = call, .found = why == NULL, .secret = secret, .why = sl_span_str(why)};

    if (keeper == NULL || keeper->channel == NULL)
        return;
    if (why != NULL)
        sl_log(SL_LOG_ERROR, "secret_unavailable", SL_CSTR("why", why));
    sl_msg_secret_put(&message, &m);
    sl_channel_post(keeper->channel, &message);
    explicit_bzero(message.p, message.cap);
}

/* An editor's or echo's newline is no part of the password. */
static struct sl_span without_newline(struct sl_span s)
{
    if (s.n > 0 && s.p[s.n - 1] == '\n')
        s.n--;
    if (s.n > 0 && s.p[s.n - 1] == '\r')
        s.n--;
    return s;
}

static void job_free(struct sl_secret_job *job)
{
    sl_watch_free(job->watch);
    sl_timer_free(job->deadline);
    if (job->output >= 0)
        close(job->output);
    explicit_bzero(job->bytes, sizeof job->bytes);
    free(job);
}

static void unlink_job(struct sl_secret_job *job)
{
    struct sl_secret_job **at = &job->super->secrets;

    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
}

/* Both must have come: the end of its output, and its exit status. */
static void finish_if_over(struct sl_secret_job *job)
{
    struct sl_span secret = without_newline(sl_span(job->bytes, job->n));
    const char *why = NULL;

    if (job->pid != 0 || !job->eof)
        return;
    if (job->late)
        why = "the password command took too long";
    else if (job->too_long)
        why = "the password command said more than 4 KiB";
    else if (!WIFEXITED(job->status) || WEXITSTATUS(job->status) != 0)
        why = "the password command failed";
    else if (secret.n == 0)
        why = "the password command said nothing";
    answer(job->super, job->call, why == NULL ? secret : (struct sl_span){NULL, 0}, why);
    unlink_job(job);
    job_free(job);
}

static void on_output(void *owner, int fd, unsigned ready)
{
    struct sl_secret_job *job = owner;
    ssize_t got = read(fd, job->bytes + job->n, sizeof job->bytes - job->n);

    (void)ready;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0)
        job->n += (size_t)got;
    job->too_long = job->n > SECRET_MAX_BYTES;
    if (got > 0 && !job->too_long)
        return;
    job->eof = true;
    sl_watch_free(job->watch);
    job->watch = NULL;
    if (job->too_long && job->pid > 0)
        kill(-job->pid, SIGKILL);
    finish_if_over(job);
}

/* The command's whole group goes; a grandchild that keeps the pipe open is not waited for. */
static void on_late(void *owner)
{
    struct sl_secret_job *job = owner;

    job->late = true;
    job->eof = true;
    if (job->pid > 0)
        kill(-job->pid, SIGKILL);
    finish_if_over(job);
}

bool sl_secret_ended(struct sl_super *s, pid_t pid, int status)
{
    for (struct sl_secret_job *job = s->secrets; job != NULL; job = job->next)
        if (job->pid == pid) {
            job->pid = 0;
            job->status = status;
            finish_if_over(job);
            return true;
        }
    return false;
}

void sl_secret_forget_all(struct sl_super *s)
{
    while (s->secrets != NULL) {
        struct sl_secret_job *job = s->secrets;
        s->secrets = job->next;
        if (job->pid > 0)
            kill(-job->pid, SIGKILL);
        job_free(job);
    }
}

static enum sl_err run_words(struct sl_super *s, struct sl_secret_job *job, char **words)
{
    SL_BUF(folder, 8192);
    int ends[2];

    SL_TRY(sl_path_beside(s->config_file, SL_SPAN("."), &folder));
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return SL_ELIMIT;
    job->output = ends[0];
    (void)fcntl(ends[1], F_SETFL, 0); /* the command may not expect a non-blocking pipe */
    struct sl_spawn how = {.path = words[0],
                           .argv = words,
                           .environment = environ,
                           .search = true,
                           .folder = (const char *)folder.p,
                           .channel = -1,
                           .lock = -1,
                           .output = ends[1]};
    enum sl_err err = sl_spawn(&how, &job->pid);
    close(ends[1]);
    return err;
}

static enum sl_err start_job(struct sl_super *s, struct sl_secret_job *job,
                             const struct sl_names *command)
{
    SL_BUF(storage, 64 * 1024);
    char *words[WORDS_MAX + 1];
    size_t at[WORDS_MAX];

    if (command->count > WORDS_MAX)
        return SL_ELIMIT;
    for (size_t i = 0; i < command->count; i++) {
        at[i] = storage.n;
        sl_buf_put_cstr(&storage, command->items[i]);
    }
    SL_TRY(sl_buf_err(&storage));
    for (size_t i = 0; i < command->count; i++)
        words[i] = (char *)storage.p + at[i];
    words[command->count] = NULL;
    SL_TRY(run_words(s, job, words));
    SL_TRY(sl_watch_new(s->loop, job->output, SL_READABLE, on_output, job, &job->watch));
    SL_TRY(sl_timer_new(s->loop, on_late, job, &job->deadline));
    sl_timer_arm(job->deadline, COMMAND_WITHIN_MS);
    return SL_OK;
}

static void run_command(struct sl_super *s, uint64_t call, const struct sl_names *command)
{
    size_t running = 0;

    for (struct sl_secret_job *job = s->secrets; job != NULL; job = job->next)
        running++;
    struct sl_secret_job *job = running < JOBS_MAX ? calloc(1, sizeof *job) : NULL;
    if (job == NULL) {
        answer(s, call, (struct sl_span){NULL, 0}, "too many password commands are running");
        return;
    }
    job->super = s;
    job->call = call;
    job->output = -1;
    if (start_job(s, job, command) == SL_OK) {
        job->next = s->secrets;
        s->secrets = job;
        return;
    }
    if (job->pid > 0)
        kill(-job->pid, SIGKILL); /* reaped as a stranger */
    job_free(job);
    answer(s, call, (struct sl_span){NULL, 0}, "the password command could not be started");
}

static void read_file(struct sl_super *s, uint64_t call, struct sl_span name)
{
    SL_BUF(path, 8192);
    SL_BUF(bytes, SECRET_MAX_BYTES);
    enum sl_err err = sl_path_beside(s->config_file, name, &path);

    if (err == SL_OK)
        err = sl_file_read((const char *)path.p, &bytes);
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, "password_file_unreadable", SL_TEXT("file", name),
               SL_CSTR("why", sl_err_text(err)));
    answer(s, call, without_newline(sl_buf_span(&bytes)),
           err == SL_OK ? NULL : "the password file cannot be read");
    if (bytes.p != NULL)
        explicit_bzero(bytes.p, bytes.cap);
}

static const struct sl_login *login_of(const struct sl_target *t, struct sl_span key)
{
    for (size_t i = 0; t != NULL && i < t->login_count; i++)
        if (sl_span_eq(t->logins[i].key, key))
            return &t->logins[i];
    return NULL;
}

static const struct sl_issuer *issuer_of(const struct sl_config *config, struct sl_span name)
{
    for (size_t i = 0; i < config->issuer_count; i++)
        if (sl_span_eq(config->issuers[i].name, name))
            return &config->issuers[i];
    return NULL;
}

static void ask_for_issuer(struct sl_super *s, const struct sl_msg_secret_ask *ask)
{
    const struct sl_issuer *issuer = issuer_of(s->inputs->config, ask->issuer);

    if (issuer == NULL)
        answer(s, ask->call, (struct sl_span){NULL, 0},
               "there is no such issuer in the configuration");
    else if (issuer->client_secret_command.count > 0)
        run_command(s, ask->call, &issuer->client_secret_command);
    else if (issuer->client_secret_file.n > 0)
        read_file(s, ask->call, issuer->client_secret_file);
    else
        answer(s, ask->call, (struct sl_span){NULL, 0}, "the issuer names no client secret");
}

/* What it signs with, or the token that it shows: no hook has both. */
static void ask_for_hook(struct sl_super *s, const struct sl_msg_secret_ask *ask)
{
    const struct sl_hook *hook = sl_config_hook(s->inputs->config, ask->hook);

    if (hook == NULL)
        answer(s, ask->call, (struct sl_span){NULL, 0},
               "there is no such hook in the configuration");
    else if (hook->secret_command.count > 0)
        run_command(s, ask->call, &hook->secret_command);
    else if (hook->secret_file.n + hook->token_file.n > 0)
        read_file(s, ask->call, hook->secret_file.n > 0 ? hook->secret_file : hook->token_file);
    else
        answer(s, ask->call, (struct sl_span){NULL, 0}, "the hook names no secret");
}

static struct sl_span file_of_chat(const struct sl_chat *chat, struct sl_span which)
{
    const struct {
        const char *which;
        struct sl_span file;
    } rows[] = {
        {"bot_token", chat->bot_token_file},
        {"app_token", chat->app_token_file},
        {"signing_secret", chat->signing_secret_file},
        {"client_secret", chat->client_secret_file},
        {"url", chat->url_file},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (sl_span_is(which, rows[i].which))
            return rows[i].file;
    return sl_span(NULL, 0);
}

static void ask_for_chat(struct sl_super *s, const struct sl_msg_secret_ask *ask)
{
    const struct sl_chat *chat = sl_config_chat(s->inputs->config, ask->chat);
    struct sl_span file = chat == NULL ? sl_span(NULL, 0) : file_of_chat(chat, ask->which);

    if (chat == NULL)
        answer(s, ask->call, sl_span(NULL, 0), "there is no such chat in the configuration");
    else if (file.n > 0)
        read_file(s, ask->call, file);
    else
        answer(s, ask->call, sl_span(NULL, 0), "the chat names no file for this secret");
}

void sl_secret_ask(struct sl_super *s, const struct sl_msg_secret_ask *ask)
{
    if (ask->chat.n > 0) {
        ask_for_chat(s, ask);
        return;
    }
    if (ask->issuer.n > 0) {
        ask_for_issuer(s, ask);
        return;
    }
    if (ask->hook.n > 0) {
        ask_for_hook(s, ask);
        return;
    }
    const struct sl_login *login =
        login_of(sl_config_target(s->inputs->config, ask->target), ask->login);

    if (login == NULL)
        answer(s, ask->call, (struct sl_span){NULL, 0},
               "there is no such login in the configuration");
    else if (login->password_command.count > 0)
        run_command(s, ask->call, &login->password_command);
    else if (login->password_file.n > 0)
        read_file(s, ask->call, login->password_file);
    else
        answer(s, ask->call, (struct sl_span){NULL, 0}, "the login names no password");
}
