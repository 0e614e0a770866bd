/* What a service says of itself, before an election goes to it. */
#ifndef EG_CLIENT_SERVICE_ASK_H
#define EG_CLIENT_SERVICE_ASK_H

#include "client/http_client.h"

/* 0: it does not say, or does not answer. */
typedef struct eg_service_facts {
    size_t threads;        /* of all its workers */
    size_t max_body_bytes; /* of a request */
} eg_service_facts;

/* GET /status, once and with little patience. A service of another kind, one that is away, or a
 * balancer without that path, says nothing: that is no failure. */
void eg_service_ask(eg_service_facts *out, const char *url, const char *internal_key);

#endif
