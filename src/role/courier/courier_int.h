/* sluice-courier from the inside: calls to identity providers for the keeper, and nothing else.
 *
 * The keeper says what to fetch (FETCH), the courier says what came back (FETCHED). It knows which
 * issuers there are only to choose whose authorities to trust and whether plain http to this
 * machine is meant; what an answer means is the keeper's to judge. Each call holds its secrets
 * until it ends; nothing is kept from one to the next but connections.
 */
#ifndef SL_ROLE_COURIER_COURIER_INT_H
#define SL_ROLE_COURIER_COURIER_INT_H

#include "os/channel.h"
#include "os/log.h"
#include "os/transfers.h"

enum {
    SL_COURIER_MAX_CALLS = 64,
    SL_COURIER_MAX_ISSUERS = 64,
    SL_COURIER_MAX_SOCKETS = 8,
};
/* Who is called: the index of a courier. `issuers` are then these. */
enum sl_courier_whom { SL_COURIER_ISSUERS, SL_COURIER_HOOKS, SL_COURIER_CHAT };

struct sl_courier_issuer {
    struct sl_buf name, url, authorities; /* authorities: PEM; empty: the system's */
};

struct sl_courier_call;   /* fetch.c */
struct sl_courier_stream; /* stream.c */
struct sl_courier_socket; /* socket.c */

struct sl_courier {
    struct sl_loop *loop;
    struct sl_channel *super, *keeper;
    struct sl_courier_issuer issuers[SL_COURIER_MAX_ISSUERS];
    size_t issuer_count;
    enum sl_courier_whom whom;
    struct sl_transfers *transfers;
    CURLM *multi; /* theirs */
    struct sl_courier_call *calls;
    size_t call_count;
    struct sl_courier_stream *streams;
    struct sl_courier_socket *sockets;
    size_t socket_count;
    bool draining, failed;
};

/* --- issuers.c ------------------------------------------------------------------------------- */
/* Lists as SETUP and RELOAD carry them: "name=url", "name=PEM". Replaces what was known. */
enum sl_err sl_courier_issuers_take(struct sl_courier *c, const struct sl_ipc_list *urls,
                                    const struct sl_ipc_list *authorities) SL_MUST_CHECK;
void sl_courier_issuers_free(struct sl_courier *c);
const struct sl_courier_issuer *sl_courier_issuer(const struct sl_courier *c, struct sl_span name);

/* --- places.c: what may be called ------------------------------------------------------------- */
/* NULL: this URL may be asked for this issuer. Else why not: only https, and plain http only to
 * this machine where the issuer itself is there in plain http. For a hook: only its own URL. For a
 * chat: what lies beneath one of its URLs, which may be several. */
const char *sl_courier_url_refused(const struct sl_courier *c,
                                   const struct sl_courier_issuer *issuer, struct sl_span url);
/* The same for a WebSocket: wss:// to the host of the chat's first URL or to one beneath it, or
 * ws:// to this machine, where that URL is there in plain http. host: "name" or "name:port";
 * target: from the path on, never empty: views into url. */
struct sl_courier_place {
    bool tls;
    struct sl_span host, target;
};
const char *sl_courier_socket_refused(const struct sl_courier *c,
                                      const struct sl_courier_issuer *chat, struct sl_span url,
                                      struct sl_courier_place *out);

/* --- fetch.c --------------------------------------------------------------------------------- */
/* Begins the call; it is answered to c->keeper in any case, now or later. */
void sl_courier_fetch(struct sl_courier *c, const struct sl_msg_fetch *m);
/* Its end, from the multi handle. */
void sl_courier_call_over(CURL *easy, CURLcode result);
/* Ends all calls; says so to the keeper when there is one to hear it. */
void sl_courier_calls_end(struct sl_courier *c, const char *why);

void sl_courier_answer(struct sl_courier *c, const struct sl_msg_fetched *m);
void sl_courier_answer_none(struct sl_courier *c, uint64_t id, const char *why);
/* TLS 1.2 or newer, and whose authorities count: an issuer's own are then the only ones. */
void sl_courier_trust(CURL *easy, const struct sl_courier_issuer *issuer);
/* What every connection keeps to: no proxy, no redirect, no more than this long. */
void sl_courier_set_limits(CURL *easy, uint32_t timeout_ms);

/* --- socket.c: WebSockets --------------------------------------------------------------------- */
/* Begins one; STREAM_CLOSED says how it ended, in any case. SL_EMALFORMED: the number is taken. */
enum sl_err sl_courier_socket_open(struct sl_courier *c, const struct sl_msg_stream_open *m)
    SL_MUST_CHECK;
/* For a stream that is over already they do nothing: its end and this have crossed. */
void sl_courier_socket_text(struct sl_courier *c, const struct sl_msg_stream_text *m);
void sl_courier_socket_close(struct sl_courier *c, const struct sl_msg_stream_close *m);
/* As for the streams of stream.c. */
bool sl_courier_socket_over(struct sl_courier *c, CURL *easy, CURLcode result);
/* Ends all of them at once; says so where there is a keeper to hear it. */
void sl_courier_sockets_end(struct sl_courier *c, const char *why);

/* --- stream.c: syslog over TLS ---------------------------------------------------------------- */
/* One connection for each hook, kept; one FETCH at a time on it, answered in any case. */
void sl_courier_send(struct sl_courier *c, const struct sl_courier_issuer *hook,
                     const struct sl_msg_fetch *m);
/* True when this handle is a stream's: it is connected now, or could not be. */
bool sl_courier_stream_over(struct sl_courier *c, CURL *easy, CURLcode result);
/* Ends all of them, saying so where somebody waits. */
void sl_courier_streams_end(struct sl_courier *c, const char *why);

/* --- super.c: the supervisor's words ---------------------------------------------------------- */
void sl_courier_super_packet(void *owner, struct sl_channel *ch, struct sl_packet *packet);
void sl_courier_super_end(void *owner, struct sl_channel *ch, enum sl_err why);

#endif
