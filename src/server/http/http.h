/* HTTP/1.1 by libmicrohttpd, driven by one thread: it moves bytes between connections and jobs, and
 * answers what is the server's own. It never computes and never waits for a client. */
#ifndef EG_SERVER_HTTP_HTTP_H
#define EG_SERVER_HTTP_HTTP_H

#include "server/http/http_setup.h"

/* NULL when it cannot. */
eg_http *eg_http_new(const eg_http_setup *setup);

/* One round of the event loop: waits at most max_wait_ms for something to do and does it. */
void eg_http_run_once(eg_http *http, int max_wait_ms);
/* A further descriptor that ends the wait of a round; read by the caller. */
bool eg_http_watch(eg_http *http, int fd);

/* Takes no connection from here on and tells each client to close; what is there is answered.
 * hurry: the service is shutting down, so that idle connections are closed soon. */
void eg_http_retire(eg_http *http, bool hurry);
/* No connection is left. */
bool eg_http_is_over(const eg_http *http);
unsigned eg_http_requests(const eg_http *http); /* in work */

/* Only when it is over. */
void eg_http_free(eg_http *http);

#endif
