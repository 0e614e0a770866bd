/* One line for each request. */
#ifndef EG_SERVER_HTTP_ACCESS_LOG_H
#define EG_SERVER_HTTP_ACCESS_LOG_H

#include "server/http/state.h"

/* The request's line, where there is an access log. */
void eg_exchange_log(const eg_exchange *x, uint64_t took_ns);

#endif
