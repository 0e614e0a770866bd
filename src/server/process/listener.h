/* The socket that connections come to: of an address, of a path, or systemd's. */
#ifndef EG_SERVER_PROCESS_LISTENER_H
#define EG_SERVER_PROCESS_LISTENER_H

#include "server/board/config.h"
#include "server/board/log.h"

#include <sys/types.h>

typedef struct eg_listener {
    int fd;      /* does not block, closed in programs that are run */
    bool beyond; /* other machines can reach it */
    bool from_systemd;
    char address[EG_LOG_ADDRESS_MAX]; /* "http://HOST:PORT" or "unix:PATH" */
    /* a socket in the file system that is ours to remove; path "": none */
    char path[EG_BIND_PATH_MAX + 1];
    dev_t device;
    ino_t inode;
} eg_listener;

/* Takes the socket that systemd has opened for this process (LISTEN_PID, LISTEN_FDS; the settings'
 * bind then does not count), else opens that of the settings. False: what is wrong is in the log.
 *
 * A socket left behind at the path is removed when nobody answers there; anything else that is in
 * the way stays, and is an error. */
bool eg_listener_open(eg_listener *out, const eg_settings *settings);

/* Removes the path if it is still the one that was made; fd stays open. May be called again. */
void eg_listener_remove_path(eg_listener *listener);

#endif
