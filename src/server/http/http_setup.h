/* What the I/O thread of a worker is given to serve with. */
#ifndef EG_SERVER_HTTP_HTTP_SETUP_H
#define EG_SERVER_HTTP_HTTP_SETUP_H

#include "server/board/config.h"
#include "server/work/queue.h"

typedef struct eg_http eg_http; /* state.h */

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

#endif
