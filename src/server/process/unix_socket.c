#include "server/process/unix_socket.h"

#include "server/board/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_TRIES = 100, LOCK_PAUSE_MS = 20, NO_MODE = 0777 };

_Static_assert(EG_BIND_PATH_MAX + 1 == sizeof(((struct sockaddr_un *)0)->sun_path),
               "as long as an address may be");

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return address;
}

static int complain(const char *path, const char *why)
{
    eg_log_event(EG_LOG_ERROR, "cannot listen on unix:%s: %s", path, why);
    return -1;
}

/* Two that start at once would each find the other's socket unanswered. The lock ends with the
 * descriptor; -1: said. */
static int lock_folder(const char *path)
{
    char copy[EG_BIND_PATH_MAX + 1];
    const struct timespec pause = {0, LOCK_PAUSE_MS * 1000 * 1000};
    (void)snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return complain(path, errno == ENOENT ? "its folder is not there" : strerror(errno));
    }
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return fd;
        }
        (void)nanosleep(&pause, NULL);
    }
    (void)close(fd);
    return complain(path, "another program holds a lock on its folder");
}

/* Errors other than a refusal (a full queue, no right to write to it) do not show that nobody is
 * there. */
static bool is_unanswered(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool refused = fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 &&
                   errno == ECONNREFUSED;
    if (fd >= 0) {
        (void)close(fd);
    }
    return refused;
}

static bool make_room(const char *path)
{
    struct stat what;
    if (lstat(path, &what) != 0) {
        return errno == ENOENT || complain(path, strerror(errno)) == 0;
    }
    if (!S_ISSOCK(what.st_mode)) {
        return complain(path, "something that is no socket has this name; it stays") == 0;
    }
    if (!is_unanswered(path)) {
        return complain(path, "another process listens there") == 0;
    }
    if (unlink(path) != 0) {
        return complain(path, strerror(errno)) == 0;
    }
    eg_log_event(EG_LOG_INFO, "removed the socket %s: nobody answered on it", path);
    return true;
}

static bool give(const eg_settings *settings)
{
    const char *path = settings->bind_path;
    if (settings->socket_uid != (uid_t)-1 || settings->socket_gid != (gid_t)-1) {
        if (lchown(path, settings->socket_uid, settings->socket_gid) != 0) {
            eg_log_event(EG_LOG_ERROR, "cannot give unix:%s to %s: %s", path,
                         settings->socket_owner, strerror(errno));
            return false;
        }
    }
    return chmod(path, settings->socket_mode_bits) == 0 || complain(path, strerror(errno)) == 0;
}

static int listen_there(const eg_settings *settings, int backlog)
{
    const char *path = settings->bind_path;
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t before = umask(NO_MODE);
    bool bound = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)umask(before);
    if (!bound) {
        (void)complain(path, strerror(errno));
    } else if (give(settings)) {
        if (listen(fd, backlog) == 0) {
            return fd;
        }
        (void)complain(path, strerror(errno));
    }
    if (bound) {
        (void)unlink(path);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return -1;
}

int eg_unix_socket_listen(const eg_settings *settings, int backlog)
{
    int lock = lock_folder(settings->bind_path);
    if (lock < 0) {
        return -1;
    }
    int fd = make_room(settings->bind_path) ? listen_there(settings, backlog) : -1;
    (void)close(lock);
    return fd;
}
