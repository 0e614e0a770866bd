/* Sockets from systemd: the protocol of sd_listen_fds(3), without its library. */
#ifndef EG_SERVER_PROCESS_INHERITED_H
#define EG_SERVER_PROCESS_INHERITED_H

#include <stdbool.h>

/* The one listening stream socket that was passed to this process, or -1 when none was. False when
 * more than one was passed or it is of another kind; said in the log. Takes the variables out of
 * the environment. */
bool eg_inherited_socket(int *fd);

#endif
