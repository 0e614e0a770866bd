/* One request and its answer: what libmicrohttpd calls for. */
#ifndef EG_SERVER_HTTP_EXCHANGE_H
#define EG_SERVER_HTTP_EXCHANGE_H

#include "server/http/state.h"

/* Callbacks of libmicrohttpd; context is the eg_http. */
void *eg_exchange_on_line(void *context, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result eg_exchange_on_request(void *context, struct MHD_Connection *mhd, const char *url,
                                       const char *method, const char *version, const char *upload,
                                       size_t *upload_bytes, void **state);
void eg_exchange_on_completed(void *context, struct MHD_Connection *mhd, void **state,
                              enum MHD_RequestTerminationCode code);

/* Why it is refused, or its job has failed, which is final then. */
const eg_error *eg_exchange_error(const eg_exchange *x);
/* Its body cannot be read any further: the work stops, and the client is told if it can be. */
void eg_exchange_broken(eg_exchange *x, const char *why);

#endif
