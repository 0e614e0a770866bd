/* Every byte of a client is looked at before libmicrohttpd gets it. libmicrohttpd undoes folded
 * headers, ends values at a NUL and takes lines that end in any way, and tells nobody: what we ask
 * it for is no longer what came. So we stand between it and the socket, see receive.c. */
#ifndef EG_SERVER_HTTP_RECEIVE_H
#define EG_SERVER_HTTP_RECEIVE_H

#include "server/http/state.h"

/* Answers what was found wrong with 400 as soon as the answers before it are out, and closes.
 * Called when it is found, and several times a second. */
void eg_receive_settle(eg_connection *connection);

#endif
