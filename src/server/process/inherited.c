#include "server/process/inherited.h"

#include "server/board/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_FD = 3 }; /* SD_LISTEN_FDS_START */

/* How many were passed to this process; a parent's, passed on by a program in between, are not. */
static long long count_passed(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    bool ours = pid != NULL && fds != NULL && strtoll(pid, NULL, 10) == (long long)getpid();
    long long count = ours ? strtoll(fds, NULL, 10) : 0;
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    (void)unsetenv("LISTEN_FDNAMES");
    return count;
}

static bool has_option(int fd, int option, int wanted)
{
    int value = 0;
    socklen_t n = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &n) == 0 && value == wanted;
}

bool eg_inherited_socket(int *fd)
{
    long long count = count_passed();
    *fd = -1;
    if (count == 0) {
        return true;
    }
    if (count != 1) {
        eg_log_event(EG_LOG_ERROR,
                     "systemd passed %lld sockets; it must be one: a single ListenStream= in the "
                     "socket unit",
                     count);
        return false;
    }
    if (!has_option(FIRST_FD, SO_TYPE, SOCK_STREAM) || !has_option(FIRST_FD, SO_ACCEPTCONN, 1)) {
        eg_log_event(EG_LOG_ERROR, "systemd passed something that takes no connections; the socket "
                                   "unit must have ListenStream= and Accept=no");
        return false;
    }
    int flags = fcntl(FIRST_FD, F_GETFL);
    if (flags < 0 || fcntl(FIRST_FD, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) != 0) {
        eg_log_event(EG_LOG_ERROR, "the socket that systemd passed cannot be used");
        return false;
    }
    *fd = FIRST_FD;
    return true;
}
