/* One line for each request, in the access log and in the audit log. */
#ifndef EG_SERVER_HTTP_ACCESS_LOG_H
#define EG_SERVER_HTTP_ACCESS_LOG_H

#include "server/http/state.h"

/* The request's lines, where there are such logs. */
void eg_exchange_log(const eg_exchange *x, uint64_t took_ns);

#endif
