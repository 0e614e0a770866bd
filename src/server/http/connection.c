#include "server/http/connection.h"

#include "base/clock.h"
#include "server/http/descriptors.h"
#include "server/http/linger.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

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
    if (getpeername(connection->fd, (struct sockaddr *)&address, &n) != 0) {
        address.ss_family = AF_UNSPEC;
    } else if (address.ss_family == AF_UNIX) {
        (void)strcpy(connection->peer, EG_PEER_UNIX);
        return;
    } else {
        const void *bytes = address.ss_family == AF_INET6
                                ? (void *)&((struct sockaddr_in6 *)(void *)&address)->sin6_addr
                                : (void *)&((struct sockaddr_in *)(void *)&address)->sin_addr;
        name = inet_ntop(address.ss_family, bytes, connection->peer, sizeof connection->peer);
    }
    if (name == NULL) {
        (void)strcpy(connection->peer, "-");
    }
}

bool eg_connection_has_unread(const eg_connection *connection)
{
    int n = 0;
    return ioctl(connection->fd, FIONREAD, &n) == 0 && n > 0;
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
    atomic_store(&http->setup.slot->newcomers, http->newcomers + http->arriving);
}

void eg_connection_settle(eg_connection *connection)
{
    if (!connection->settled) {
        connection->settled = true;
        connection->http->newcomers--;
        eg_connection_count(connection->http);
    }
}

static void opened(eg_http *http, struct MHD_Connection *mhd, void **state)
{
    http->arriving -= http->arriving > 0 ? 1 : 0;
    eg_connection *connection = calloc(1, sizeof *connection);
    int fd = socket_of(mhd);
    if (connection == NULL || fd < 0 || !eg_descriptor_open(fd, connection) ||
        !eg_budget_take(&http->setup.slot->memory, EG_CONNECTION_BYTES)) {
        eg_descriptor_close(fd);
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
    http->newcomers++;
    *state = connection;
    name_peer(connection);
    eg_connection_count(http);
    (void)atomic_fetch_add(&http->setup.slot->counters.connections, 1);
    /* Beside libmicrohttpd's own epoll: this one tells when the first byte of a request comes and
     * when the client leaves, also while libmicrohttpd does not look (suspended). */
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    (void)epoll_ctl(http->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    if (eg_connection_has_unread(
            connection)) { /* libmicrohttpd may have read it before epoll gets to say so */
        eg_connection_heard(connection);
    }
}

static void closing(eg_http *http, eg_connection *connection)
{
    eg_descriptor_close(connection->fd);
    (void)epoll_ctl(http->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
    if (eg_connection_has_unread(connection) || (connection->unread && !connection->peer_gone)) {
        eg_linger_begin(http, connection->fd);
    }
    *(connection->previous == NULL ? &http->connections : &connection->previous->next) =
        connection->next;
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    http->open--;
    http->newcomers -= connection->settled ? 0 : 1;
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

void eg_connection_idle(eg_connection *connection)
{
    connection->exchange = NULL;
    connection->state = EG_WAITING;
    connection->since_ns = eg_clock_monotonic_ns();
}

/* What libmicrohttpd ends while it asks for an answer's next bytes leaves its list of those to look
 * at before it is let go, and stays for as long as an older connection lives. Those with a time
 * limit of their own it looks at in every round of its loop: so each that is to go gets one. */
void eg_connection_nudge(eg_connection *connection)
{
    enum { LONG_S = 86400 };
    (void)MHD_set_connection_option(connection->mhd, MHD_CONNECTION_OPTION_TIMEOUT,
                                    (unsigned)LONG_S);
}

void eg_connection_cut(eg_connection *connection)
{
    (void)shutdown(connection->fd, SHUT_RDWR);
    eg_connection_nudge(connection);
}
