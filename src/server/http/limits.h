/* Every limit of time of a connection: idle between requests, a slow head, a slow body, a client
 * that does not read or has left. */
#ifndef EG_SERVER_HTTP_LIMITS_H
#define EG_SERVER_HTTP_LIMITS_H

#include "server/http/state.h"

/* An event of epoll on its socket. */
void eg_limits_event(eg_connection *connection, uint32_t events);
/* Ends what has waited too long; called several times a second. */
void eg_limits_sweep(eg_http *http, uint64_t now_ns);

#endif
