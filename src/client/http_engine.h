/* The engine that asks services over HTTP: threads that make one request at a time, so many for
 * each service, and each request on a connection of its own. A task that a service refuses for now,
 * or breaks off, goes to another one where there is one, else to the same one later. */
#ifndef EG_CLIENT_HTTP_ENGINE_H
#define EG_CLIENT_HTTP_ENGINE_H

#include "client/engine.h"

enum { EG_SERVICES_MAX = 64, EG_PARALLEL_MAX = 1024 };

typedef struct eg_http_engine eg_http_engine;

typedef struct eg_engine_service {
    const char *url;
    size_t parallel; /* requests at once, 1 to EG_PARALLEL_MAX */
} eg_engine_service;

typedef struct eg_http_engine_options {
    const eg_engine_service *services; /* 1 to EG_SERVICES_MAX; borrowed */
    size_t service_count;
    const char *internal_key; /* or NULL; secret: copied */
    eg_progress *progress;    /* of the thread that takes; borrowed */
    uint64_t patience_s;      /* for one task; as of eg_remote_init */
} eg_http_engine_options;

/* No thread runs yet, and no request is made. Errors: of eg_http_client_new. */
eg_result eg_http_engine_new(eg_http_engine **out, const eg_http_engine_options *options,
                             eg_error *err) EG_MUST_USE;
/* As runs see it; borrowed, and used by one thread. */
eg_engine *eg_http_engine_as_engine(eg_http_engine *engine);
void eg_http_engine_free(eg_http_engine *engine); /* ends it first; NULL is fine */

/* What a service has done so far. A ballot is encrypted and tallied: each of the two counts half.
 */
typedef struct eg_service_rate {
    const char *url; /* as it may be shown; borrowed */
    double ballots;
    double per_second; /* since the engine began, until it came to sums */
    size_t failures;   /* refused for now, not reached, broken off */
} eg_service_rate;
void eg_http_engine_rate(eg_http_engine *engine, size_t service, eg_service_rate *out);

#endif
