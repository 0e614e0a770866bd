/* Closed connections whose clients may still be sending: reading on for a while keeps the answer
 * from being lost to a reset. */
#ifndef EG_SERVER_HTTP_LINGER_H
#define EG_SERVER_HTTP_LINGER_H

#include "server/http/state.h"

/* fd is being closed: a copy of it is read. Does nothing when there are too many. */
void eg_linger_begin(eg_http *http, int fd);
/* An event of epoll on its socket. */
void eg_linger_event(eg_http *http, eg_linger *linger);
/* Ends what has lingered long enough; called several times a second. */
void eg_linger_sweep(eg_http *http, uint64_t now_ns);

#endif
