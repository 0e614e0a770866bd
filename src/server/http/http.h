/* HTTP/1.1 by libmicrohttpd, driven by one thread: it moves bytes between connections and jobs, and
 * answers what is the server's own. It never computes and never waits for a client. */
#ifndef EG_SERVER_HTTP_HTTP_H
#define EG_SERVER_HTTP_HTTP_H

#include "server/board/config.h"
#include "server/work/queue.h"

typedef struct eg_http eg_http;

typedef struct eg_http_setup {
    int listen_fd; /* not blocking; from here on ours: closed when no connection is taken any more
                    */
    const eg_settings *settings;
    eg_scoreboard *board;
    eg_slot *slot;
    eg_queue *queue;
    uint64_t life;              /* requests until the worker asks to be replaced; 0: never */
    void (*on_full_life)(void); /* called once then */
} eg_http_setup;

/* NULL when it cannot. */
eg_http *eg_http_new(const eg_http_setup *setup);

/* One turn: waits at most max_wait_ms for something to do and does it. */
void eg_http_turn(eg_http *http, int max_wait_ms);
/* A further descriptor that ends the wait of a turn; read by the caller. */
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
