#include "server/process/listener.h"

#include "server/process/inherited.h"
#include "server/process/unix_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

typedef union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct sockaddr_un file;
    struct sockaddr_storage storage;
} address;

static int listen_on(const char *host, uint16_t port)
{
    char service[8];
    struct addrinfo hints = {
        .ai_flags = AI_PASSIVE, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    (void)snprintf(service, sizeof service, "%u", port);
    int fd = -1;
    if (getaddrinfo(host, service, &hints, &found) != 0) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    for (struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next) {
        int one = 1;
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
        if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
                        bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)) {
            int why = errno;
            (void)close(fd);
            errno = why;
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* Whether other machines can reach it. What cannot be told counts as within reach. */
static bool is_beyond(const address *a)
{
    if (a->any.sa_family == AF_UNIX) {
        return false;
    }
    if (a->any.sa_family == AF_INET6) {
        const struct in6_addr *six = &a->six.sin6_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == IN_LOOPBACKNET;
        return !IN6_IS_ADDR_LOOPBACK(six) && !mapped;
    }
    return a->any.sa_family != AF_INET || ntohl(a->four.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET;
}

/* The host as it was set: clients know it by that name. systemd's: as numbers. */
static void name_address(eg_listener *l, const address *a, const eg_settings *settings)
{
    char host[INET6_ADDRSTRLEN] = "?";
    bool six = a->any.sa_family == AF_INET6;
    unsigned port = ntohs(six ? a->six.sin6_port : a->four.sin_port);
    if (a->any.sa_family == AF_UNIX) {
        (void)snprintf(l->address, sizeof l->address, "unix:%.*s", (int)sizeof a->file.sun_path,
                       a->file.sun_path);
        return;
    }
    (void)inet_ntop(six ? AF_INET6 : AF_INET,
                    six ? (const void *)&a->six.sin6_addr : (const void *)&a->four.sin_addr, host,
                    sizeof host);
    const char *shown = l->from_systemd ? host : settings->bind_host;
    bool colons = strchr(shown, ':') != NULL;
    (void)snprintf(l->address, sizeof l->address, "http://%s%s%s:%u", colons ? "[" : "", shown,
                   colons ? "]" : "", port);
}

static bool describe(eg_listener *l, const eg_settings *settings)
{
    address a = {.any.sa_family = AF_UNSPEC};
    socklen_t n = sizeof a;
    if (getsockname(l->fd, &a.any, &n) != 0) {
        eg_log_event(EG_LOG_ERROR, "the listening socket has no address: %s", strerror(errno));
        return false;
    }
    l->beyond = is_beyond(&a);
    name_address(l, &a, settings);
    return true;
}

static bool open_path(eg_listener *l, const eg_settings *settings)
{
    struct stat made;
    l->fd = eg_unix_socket_listen(settings, BACKLOG);
    if (l->fd >= 0 && lstat(settings->bind_path, &made) == 0) {
        (void)snprintf(l->path, sizeof l->path, "%s", settings->bind_path);
        l->device = made.st_dev;
        l->inode = made.st_ino;
    }
    return l->fd >= 0;
}

static bool open_address(eg_listener *l, const eg_settings *settings)
{
    l->fd = listen_on(settings->bind_host, settings->bind_port);
    if (l->fd < 0) {
        eg_log_event(EG_LOG_ERROR, "cannot listen on %s:%u: %s", settings->bind_host,
                     settings->bind_port, strerror(errno));
    }
    return l->fd >= 0;
}

bool eg_listener_open(eg_listener *out, const eg_settings *settings)
{
    *out = (eg_listener){.fd = -1};
    if (!eg_inherited_socket(&out->fd)) {
        return false;
    }
    out->from_systemd = out->fd >= 0;
    bool good = out->from_systemd || (settings->bind_path[0] != '\0' ? open_path(out, settings)
                                                                     : open_address(out, settings));
    return good && describe(out, settings);
}

void eg_listener_remove_path(eg_listener *listener)
{
    struct stat there;
    if (listener->path[0] != '\0' && lstat(listener->path, &there) == 0 &&
        there.st_dev == listener->device && there.st_ino == listener->inode) {
        (void)unlink(listener->path);
    }
    listener->path[0] = '\0';
}
