/* HTTP/1.1 by libmicrohttpd: I/O threads move bytes between connections and jobs, and answer what
 * is the server's own. */
#ifndef EG_SERVER_HTTP_H
#define EG_SERVER_HTTP_H

#include "server/config.h"
#include "server/pool.h"

typedef struct eg_http eg_http;

/* Serves on a listening socket (borrowed). NULL when it cannot. */
eg_http *eg_http_start(int listen_fd, const eg_settings *settings, eg_pool *pool,
                       eg_budget *memory);
/* Takes no new connection; waits up to grace_s for the requests in flight, then closes. */
void eg_http_stop(eg_http *http, unsigned grace_s);

#endif
