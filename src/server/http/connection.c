#include "server/http/connection.h"

#include "base/clock.h"
#include "server/http/answer.h"
#include "server/http/receive.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGERS_MAX = 256,
    LINGER_QUIET_S = 2,  /* without a byte of the client */
    LINGER_WHOLE_S = 30, /* in all */
    LINGER_BLOCK = 64 * 1024,
    DOOMED_MS = 1000, /* between an answer past libmicrohttpd and the end */
    HURRY_MS = 500,   /* an idle connection has this long to send when the service shuts down */
    OVERFLOW_S = 5    /* a connection too many has this long to say what it wants */
};

static const uint64_t ms_ns = 1000000u, s_ns = 1000000000u;

/* ---- closed connections whose clients may still send ---- */

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

static void linger_begin(eg_http *http, int fd)
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

static void sweep_lingers(eg_http *http, uint64_t now_ns)
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

/* ---- life of a connection ---- */

static int socket_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

eg_connection *eg_connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static void name_peer(eg_connection *connection)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    const char *name = NULL;
    if (getpeername(connection->fd, (struct sockaddr *)&address, &n) == 0) {
        const void *bytes = address.ss_family == AF_INET6
                                ? (void *)&((struct sockaddr_in6 *)(void *)&address)->sin6_addr
                                : (void *)&((struct sockaddr_in *)(void *)&address)->sin_addr;
        name = inet_ntop(address.ss_family, bytes, connection->peer, sizeof connection->peer);
    }
    if (name == NULL) {
        (void)strcpy(connection->peer, "-");
    }
}

static bool has_unread(int fd)
{
    int n = 0;
    return ioctl(fd, FIONREAD, &n) == 0 && n > 0;
}

void eg_connection_heard(eg_connection *connection)
{
    if (connection->state == EG_WAITING) {
        connection->state = EG_HEAD;
        connection->since_ns = eg_clock_monotonic_ns();
    }
}

void eg_connection_count(const eg_http *http)
{
    atomic_store(&http->setup.slot->connections, http->open + http->arriving);
}

static void opened(eg_http *http, struct MHD_Connection *mhd, void **state)
{
    http->arriving -= http->arriving > 0 ? 1 : 0;
    eg_connection *connection = calloc(1, sizeof *connection);
    int fd = socket_of(mhd);
    if (connection == NULL || fd < 0 || !eg_receive_open(fd, connection) ||
        !eg_budget_take(&http->setup.slot->memory, EG_CONNECTION_BYTES)) {
        eg_receive_close(fd);
        free(connection);
        (void)shutdown(fd, SHUT_RDWR); /* no room even for a refusal */
        return;
    }
    *connection =
        (eg_connection){.kind = EG_WATCHED_CONNECTION,
                        .next = http->connections,
                        .http = http,
                        .mhd = mhd,
                        .fd = fd,
                        .since_ns = eg_clock_monotonic_ns(),
                        .charged_bytes = EG_CONNECTION_BYTES,
                        .overflow = http->open >= http->setup.settings->worker_connections};
    if (connection->next != NULL) {
        connection->next->previous = connection;
    }
    http->connections = connection;
    http->open++;
    *state = connection;
    name_peer(connection);
    eg_connection_count(http);
    (void)atomic_fetch_add(&http->setup.slot->counters.connections, 1);
    /* Beside libmicrohttpd's own epoll: this one tells when the first byte of a request comes and
     * when the client leaves, also while libmicrohttpd does not look (suspended). */
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    (void)epoll_ctl(http->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    if (has_unread(fd)) { /* libmicrohttpd may have read it before epoll gets to say so */
        eg_connection_heard(connection);
    }
}

static void closing(eg_http *http, eg_connection *connection)
{
    eg_receive_close(connection->fd);
    (void)epoll_ctl(http->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
    if (has_unread(connection->fd) || (connection->unread && !connection->peer_gone)) {
        linger_begin(http, connection->fd);
    }
    *(connection->previous == NULL ? &http->connections : &connection->previous->next) =
        connection->next;
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    http->open--;
    eg_connection_count(http);
    eg_budget_give(&http->setup.slot->memory, connection->charged_bytes);
    free(connection);
}

void eg_connection_notify(void *context, struct MHD_Connection *mhd, void **state,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        opened(context, mhd, state);
    } else if (*state != NULL) {
        closing(context, *state);
        *state = NULL;
    }
}

bool eg_connection_grow(eg_connection *connection)
{
    const eg_http_setup *setup = &connection->http->setup;
    size_t more =
        EG_CONNECTION_BYTES + 2 * setup->settings->max_header_bytes - connection->charged_bytes;
    if (more > 0 && !eg_budget_take(&setup->slot->memory, more)) {
        return false;
    }
    connection->charged_bytes += more;
    return true;
}

uint64_t eg_connection_first_byte(const eg_connection *connection)
{
    return connection->state == EG_HEAD ? connection->since_ns : eg_clock_monotonic_ns();
}

void eg_connection_rests(eg_connection *connection)
{
    connection->exchange = NULL;
    connection->state = EG_WAITING;
    connection->since_ns = eg_clock_monotonic_ns();
}

/* What libmicrohttpd ends while it asks for an answer's next bytes leaves its list of those to look
 * at before it is let go, and stays for as long as an older connection lives. Those with a time
 * limit of their own it looks at in every turn: so each that is to go gets one. */
static void nudge(eg_connection *connection)
{
    enum { LONG_S = 86400 };
    (void)MHD_set_connection_option(connection->mhd, MHD_CONNECTION_OPTION_TIMEOUT,
                                    (unsigned)LONG_S);
}

void eg_connection_cut(eg_connection *connection)
{
    (void)shutdown(connection->fd, SHUT_RDWR);
    nudge(connection);
}

void eg_connection_event(eg_connection *connection, uint32_t events)
{
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
        connection->peer_gone = true;
        if (connection->state == EG_REQUEST) {
            eg_exchange_client_left(connection->exchange);
        }
    }
    if ((events & EPOLLIN) != 0) {
        eg_connection_heard(connection);
    }
}

/* ---- limits of time ---- */

static void sweep_waiting(eg_connection *connection, uint64_t now_ns)
{
    const eg_http *http = connection->http;
    uint64_t limit = http->setup.settings->keepalive_s * s_ns;
    uint64_t since = connection->since_ns;
    if (http->hurry) {
        since = since > http->retired_ns ? since : http->retired_ns;
        limit = HURRY_MS * ms_ns;
    } else if (connection->overflow) {
        limit = OVERFLOW_S * s_ns;
    }
    if (now_ns > since && now_ns - since > limit && !has_unread(connection->fd)) {
        eg_connection_cut(connection);
    }
}

static void sweep_head(eg_connection *connection, uint64_t now_ns)
{
    uint64_t limit = connection->http->setup.settings->timeout_s * s_ns;
    eg_error error = {0};
    if (connection->overflow && now_ns - connection->since_ns > OVERFLOW_S * s_ns) {
        (void)EG_FAIL(&error, EG_E_BUSY, NULL,
                      "the service has too many connections; try again in a moment");
    } else if (now_ns - connection->since_ns > limit) {
        (void)EG_FAIL(&error, EG_E_SLOW_BODY, NULL, "the headers did not arrive in time");
        (void)atomic_fetch_add(&connection->http->setup.slot->counters.deadlines, 1);
    } else if (!eg_connection_grow(connection)) {
        (void)EG_FAIL(&error, EG_E_NO_MEMORY, NULL,
                      "the service is short of memory; try again in a moment");
    } else {
        return;
    }
    eg_answer_raw(connection, connection->exchange, &error);
}

/* A client that left with its last bytes, before its request was whole: the event of that was over
 * when the request began, and libmicrohttpd, which read those bytes, hears of no end. */
static bool has_left(const eg_connection *connection)
{
    bool is_owed = connection->state == EG_REQUEST && connection->exchange->body_in;
    return connection->peer_gone && !is_owed && !has_unread(connection->fd);
}

static void let_go(eg_connection *connection)
{
    if (connection->state == EG_REQUEST) {
        eg_exchange_client_left(connection->exchange);
    }
    eg_connection_cut(connection);
}

void eg_connection_sweep(eg_http *http, uint64_t now_ns)
{
    eg_connection *next;
    for (eg_connection *c = http->connections; c != NULL; c = next) {
        next = c->next;
        eg_receive_settle(c);
        if (c->ended) {
            nudge(c);
        } else if (c->doomed_ns != 0) {
            if (now_ns - c->doomed_ns > DOOMED_MS * ms_ns) {
                eg_connection_cut(c);
            }
        } else if (has_left(c)) {
            let_go(c);
        } else if (c->state == EG_WAITING) {
            sweep_waiting(c, now_ns);
        } else if (c->state == EG_HEAD) {
            sweep_head(c, now_ns);
        } else {
            eg_exchange_sweep(c->exchange, now_ns);
        }
    }
    sweep_lingers(http, now_ns);
}
