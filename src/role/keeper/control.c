#include "role/keeper/control.h"

#include "role/keeper/keeper_int.h"

#include <sys/socket.h>
#include <unistd.h>

/* The control socket: who may connect is up to the file's permissions; who it was is recorded. */

enum { MAX_CONTROLS = 32 };

static size_t controls(const struct keeper *k)
{
    size_t count = 0;

    for (const struct peer *p = k->peers; p != NULL; p = p->next)
        count += p->role == SL_ROLE_CONTROL && !p->ended;
    return count;
}

static void put_uid(struct peer *p, unsigned uid)
{
    SL_BUF(text, sizeof p->os_user_text);

    sl_buf_put_decimal(&text, uid);
    memcpy(p->os_user_text, text.p, text.n);
    p->os_user = sl_span(p->os_user_text, text.n);
}

static void on_connect(void *owner, int fd, unsigned ready)
{
    struct keeper *k = owner;
    struct ucred who;
    socklen_t n = sizeof who;
    struct peer *p;
    int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    (void)ready;
    if (client < 0)
        return;
    if (controls(k) >= MAX_CONTROLS || getsockopt(client, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0) {
        close(client);
        return;
    }
    if (peer_new(k, client, SL_ROLE_CONTROL, 0, &p) != SL_OK)
        return;
    put_uid(p, who.uid);
}

void control_listen(struct keeper *k, int fd)
{
    sl_watch_free(k->control);
    k->control = NULL;
    if (k->control_fd >= 0)
        close(k->control_fd);
    k->control_fd = fd;
    if (sl_watch_new(k->loop, fd, SL_READABLE, on_connect, k, &k->control) != SL_OK)
        keeper_die("the control socket cannot be watched", SL_EIO);
}
