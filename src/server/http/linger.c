#include "server/http/linger.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGERS_MAX = 256,
    LINGER_QUIET_S = 2,  /* without a byte of the client */
    LINGER_WHOLE_S = 30, /* in all */
    LINGER_BLOCK = 64 * 1024
};

static const uint64_t s_ns = 1000000000u;

static void linger_end(eg_http *http, eg_linger *linger)
{
    *(linger->previous == NULL ? &http->lingers : &linger->previous->next) = linger->next;
    if (linger->next != NULL) {
        linger->next->previous = linger->previous;
    }
    http->linger_count--;
    (void)close(linger->fd);
    free(linger);
}

void eg_linger_begin(eg_http *http, int fd)
{
    int copy = http->linger_count < LINGERS_MAX ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    eg_linger *linger = copy < 0 ? NULL : calloc(1, sizeof *linger);
    if (linger == NULL) {
        if (copy >= 0) {
            (void)close(copy);
        }
        return;
    }
    uint64_t now = eg_clock_monotonic_ns();
    *linger = (eg_linger){.kind = EG_WATCHED_LINGER,
                          .next = http->lingers,
                          .fd = copy,
                          .started_ns = now,
                          .heard_ns = now};
    if (linger->next != NULL) {
        linger->next->previous = linger;
    }
    http->lingers = linger;
    http->linger_count++;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = linger};
    (void)shutdown(copy, SHUT_WR);
    if (epoll_ctl(http->epoll_fd, EPOLL_CTL_ADD, copy, &event) != 0) {
        linger_end(http, linger);
    }
}

void eg_linger_event(eg_http *http, eg_linger *linger)
{
    static char discarded[LINGER_BLOCK]; /* by the I/O thread alone */
    ssize_t n = recv(linger->fd, discarded, sizeof discarded, MSG_DONTWAIT);
    if (n > 0) {
        linger->heard_ns = eg_clock_monotonic_ns();
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        linger_end(http, linger);
    }
}

void eg_linger_sweep(eg_http *http, uint64_t now_ns)
{
    eg_linger *next;
    for (eg_linger *l = http->lingers; l != NULL; l = next) {
        next = l->next;
        if (now_ns - l->heard_ns > LINGER_QUIET_S * s_ns ||
            now_ns - l->started_ns > LINGER_WHOLE_S * s_ns) {
            linger_end(http, l);
        }
    }
}
