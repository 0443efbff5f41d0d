#ifndef SL_ROLE_SUPER_SUPER_INT_H
#define SL_ROLE_SUPER_SUPER_INT_H

#include "base/map.h"
#include "core/policy/policy.h"
#include "os/channel.h"
#include "os/log.h"

#include <sys/types.h>

enum {
    SL_MAX_GATES = 16,
    SL_MAX_JUDGES = 16,
    SL_MAX_PROGRAMS = SL_MAX_GATES + SL_MAX_JUDGES + 5,
    SL_CONFIG_MAX_BYTES = 4 * 1024 * 1024,
};

/* --- what the files say (inputs.c) ----------------------------------------------------------- */
/* Everything that is read from disk or resolved at start and at a reload, together. */
struct sl_inputs {
    struct sl_config *config;
    struct sl_buf yaml, certificate, key;
    struct sl_buf address_bytes, authority_bytes;
    struct sl_ipc_list addresses, authorities;
    struct sl_buf issuer_bytes, issuer_authority_bytes;
    struct sl_ipc_list issuers, issuer_authorities; /* as the courier gets them */
    struct sl_buf hook_bytes, hook_authority_bytes;
    struct sl_ipc_list hooks, hook_authorities; /* the same of the second courier */
    struct sl_buf chat_bytes, chat_authority_bytes;
    struct sl_ipc_list chats, chat_authorities; /* and of the third */
};
/* Complaints for people, one a line, when it returns an error. */
enum sl_err sl_inputs_read(const char *config_file, struct sl_inputs **out,
                           struct sl_buf *complaints) SL_MUST_CHECK;
void sl_inputs_free(struct sl_inputs *in); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_inputs, sl_inputs)

/* --- folders, sockets, journals (places.c) --------------------------------------------------- */
struct sl_places {
    struct sl_buf state, runtime; /* absolute, terminated */
    int lock, control, http;
    int postgres[SL_MAX_GATES];
    int journals[SL_MAX_GATES]; /* -1: there is none */
    size_t journal_count;       /* up to the last that exists */
};
/* Logs what is wrong. */
enum sl_err sl_places_open(struct sl_places *p, const char *config_file,
                           const struct sl_config *config) SL_MUST_CHECK;
/* Bytes of records in the journals that no keeper has taken. */
uint64_t sl_places_unread(const struct sl_places *p);
/* Puts a gate's journal aside as `journal.N.damaged-<time>` and makes a new one in its place. */
enum sl_err sl_places_new_journal(struct sl_places *p, unsigned gate) SL_MUST_CHECK;
void sl_places_close(struct sl_places *p);

/* --- one child (program.c) ------------------------------------------------------------------- */
enum sl_program_state {
    SL_PROGRAM_DOWN,     /* no process; a restart is due, or none is wanted */
    SL_PROGRAM_STARTING, /* SETUP was sent, READY has not come */
    SL_PROGRAM_UP,
    SL_PROGRAM_LEAVING, /* told to end, or found bad */
};

struct sl_super;
struct sl_program {
    struct sl_super *super;
    enum sl_role role;
    unsigned index;
    enum sl_program_state state;
    pid_t pid;
    struct sl_channel *channel;
    struct sl_timer *deadline; /* until READY, until gone, or until the restart */
    uint64_t started_ms, started_us, backoff_ms;
    uint64_t life; /* random, another at each start, never 0: who it is to the others */
    uint32_t restarts, loaded_generation;
    bool replace_at_once;
    bool journal_damaged; /* a gate's: its next start gets a new one */
    bool unwanted;        /* a courier, while nobody that it would call is configured */
    bool draining;        /* told to end: it still works, and has partners, until it has drained */
    bool drained;         /* it has said so */
    bool ended_well;      /* the last one was told to drain, and left by itself with 0 */
};
const char *sl_program_name(const struct sl_program *p); /* "gate" */
/* Starts the process, sends SETUP, links it to its partners. Failure counts as a death. */
void sl_program_start(struct sl_program *p);
/* The process is gone (wait status). */
void sl_program_ended(struct sl_program *p, int status);
/* SIGKILL now; sl_program_ended follows. */
void sl_program_kill(struct sl_program *p);
/* Expected to leave by itself within `within_ms`, else it is killed. */
void sl_program_leave(struct sl_program *p, uint64_t within_ms);

/* --- secrets (secret.c) ---------------------------------------------------------------------- */
struct sl_secret_job;
/* Answers the keeper's question, now or when the command has ended. */
void sl_secret_ask(struct sl_super *s, const struct sl_msg_secret_ask *ask);
/* True when this process was one of ours. */
bool sl_secret_ended(struct sl_super *s, pid_t pid, int status);
void sl_secret_forget_all(struct sl_super *s);

/* --- canaries (canary.c) --------------------------------------------------------------------- */
struct sl_canaries;
enum sl_err sl_canaries_new(struct sl_super *s, struct sl_canaries **out) SL_MUST_CHECK;
/* True when this process was one of ours. */
bool sl_canary_ended(struct sl_canaries *all, pid_t pid);
/* Ends those that run. NULL is fine. */
void sl_canaries_free(struct sl_canaries *all);

/* --- run events (sender.c) ------------------------------------------------------------------- */
struct sl_sender;
enum sl_err sl_sender_new(struct sl_super *s, struct sl_sender **out) SL_MUST_CHECK;
/* True when this process was it. */
bool sl_sender_ended(struct sl_sender *sender, pid_t pid);
/* Ends it if it runs. NULL is fine. */
void sl_sender_free(struct sl_sender *sender);

/* --- the whole (super.c) --------------------------------------------------------------------- */
enum sl_super_phase { SL_SUPER_STARTING, SL_SUPER_RUNNING, SL_SUPER_DRAINING, SL_SUPER_LAST };

struct sl_super {
    struct sl_loop *loop;
    const char *config_file;
    struct sl_places places;
    struct sl_inputs *inputs;   /* what runs */
    struct sl_inputs *proposed; /* waits for POLICY_DECIDED, or NULL */
    uint32_t generation, proposed_generation, last_generation;
    enum sl_super_phase phase;
    struct sl_program programs[SL_MAX_PROGRAMS];
    size_t program_count;
    struct sl_signal *signals[5];
    struct sl_timer *nag; /* sandbox: best-effort is said again every hour */
    struct sl_secret_job *secrets;
    struct sl_canaries *canaries;
    struct sl_sender *sender;
    bool hurried;          /* told to end twice */
    unsigned keeper_tries; /* keepers that ended badly while only the keeper was left */
    int exit_code;
};
struct sl_program *sl_super_program(struct sl_super *s, enum sl_role role,
                                    unsigned index); /* or NULL */
void sl_super_program_ready(struct sl_super *s, struct sl_program *p);
void sl_super_program_gone(struct sl_super *s, struct sl_program *p);
/* All end, and the keeper has not recorded everything yet: one that has ended is started again. */
bool sl_super_needs_keeper(const struct sl_super *s);
/* Tells the keeper which programs run. */
void sl_super_tell_keeper(struct sl_super *s);
/* Starts or ends the couriers, as the configuration wants it now. */
void sl_super_couriers(struct sl_super *s);
/* Whom a courier may call: the first the issuers, the second the hooks, the third the chats. */
enum { SL_COURIER_ISSUERS, SL_COURIER_HOOKS, SL_COURIER_CHAT, SL_COURIERS };
struct sl_ipc_list sl_super_callees(const struct sl_super *s, unsigned courier,
                                    struct sl_ipc_list *authorities);

/* --- links between children (links.c) -------------------------------------------------------- */
/* Fresh ends for each pair that this program is part of, and its sockets. */
void sl_links_make(struct sl_super *s, struct sl_program *p);

/* --- reload (reload.c) ----------------------------------------------------------------------- */
void sl_reload(struct sl_super *s);
/* At the start and after a reload: what `sluice check` says too, to those who never run it. */
void sl_super_warn_of_teams(const struct sl_config *c);
void sl_reload_decided(struct sl_super *s, const struct sl_msg_policy_decided *m);
/* A child took the new configuration; says so when it was the last. */
void sl_reload_taken(struct sl_super *s);
/* The keeper is new: ask it again. */
void sl_reload_propose(struct sl_super *s);

/* --- processes (spawn.c) --------------------------------------------------------------------- */
struct sl_spawn {
    const char *path;
    char *const *argv;
    char *const *environment;
    const char *folder; /* NULL: where we are */
    int channel;        /* becomes descriptor 3; -1: none */
    int lock;           /* becomes descriptor 4; -1: none */
    int output;         /* becomes standard output; -1: standard error is it */
    bool search;        /* look along PATH */
};
enum sl_err sl_spawn(const struct sl_spawn *how, pid_t *pid) SL_MUST_CHECK;

/* --- the service manager (notify.c) ---------------------------------------------------------- */
/* "READY=1" and so on to $NOTIFY_SOCKET, when there is one. */
void sl_notify(const char *state);

#endif
