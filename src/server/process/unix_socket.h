/* A listening socket in the file system. */
#ifndef EG_SERVER_PROCESS_UNIX_SOCKET_H
#define EG_SERVER_PROCESS_UNIX_SOCKET_H

#include "server/board/config.h"

/* The descriptor, or -1 with what is wrong in the log. Nobody can connect before the socket has
 * its mode and owner. A socket that nobody answers on is removed from the path; what is no socket,
 * and one that is answered, stays. */
int eg_unix_socket_listen(const eg_settings *settings, int backlog);

#endif
