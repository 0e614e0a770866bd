/* A client of one HTTP service, over libcurl: requests one after another on a connection kept
 * alive. What we hold of a request or an answer is wiped; libcurl's own buffers are not. */
#ifndef EG_CLIENT_HTTP_CLIENT_H
#define EG_CLIENT_HTTP_CLIENT_H

#include "base/buf.h"

#include <stdint.h>

typedef struct eg_http_client eg_http_client;

typedef struct eg_http_options {
    const char *url;          /* http://HOST:PORT or https://HOST[:PORT], a path in front allowed */
    const char *internal_key; /* for X-ElectionGuard-Internal-Key; or NULL. Secret: copied, wiped */
    uint64_t connect_timeout_ms; /* 0: 10 s */
    uint64_t timeout_ms;         /* of a whole exchange; 0: 600 s */
    size_t answer_bytes_max;     /* larger answers are refused; 0: 1 GiB */
    /* Called about once a second while an exchange runs; false ends it: EG_E_CANCELLED. Or NULL */
    bool (*tick)(void *context);
    void *tick_context;
    /* Each exchange on a connection of its own: for requests that take long, which a service, or a
     * balancer before it, can so give to whoever is free. */
    bool fresh;
} eg_http_options;

typedef struct eg_http_request {
    const char *method;       /* "GET" or "POST" */
    const char *path;         /* "/health" */
    const char *accept;       /* value of Accept; NULL: whatever comes */
    const char *content_type; /* of the body; NULL: application/json */
    eg_str body;              /* sent with POST alone */
} eg_http_request;

/* body is owned, and wiped when released. */
typedef struct eg_http_answer {
    unsigned status;
    unsigned retry_after_s; /* 0 when the answer has no such header */
    bool has_length;        /* it said how long it is: what came is all of it */
    bool may_pass; /* without an answer: refused, cut off, silent, as by a service that restarts */
    eg_buf body;
} eg_http_answer;

/* EG_E_OUT_OF_RANGE for a url that is none. No request is made yet. */
eg_result eg_http_client_new(eg_http_client **out, const eg_http_options *options,
                             eg_error *err) EG_MUST_USE;
void eg_http_client_free(eg_http_client *client); /* NULL is fine */

/* The service's url as it may be shown: without the name and password that may stand in it. Lives
 * as long as the client. */
const char *eg_http_client_shown(const eg_http_client *client);

/* answer was initialised with eg_http_answer_init, or holds an earlier answer, which is wiped.
 * Any status is a success here. EG_E_UNAVAILABLE: not reached, or cut off, and
 * EG_E_DEADLINE: too slow, by the service that the error names (answer->may_pass tells whether it
 * is worth another try);
 * EG_E_TOO_LARGE: too long an answer, or no memory. */
eg_result eg_http_client_send(eg_http_client *client, const eg_http_request *request,
                              eg_http_answer *answer, eg_error *err) EG_MUST_USE;

void eg_http_answer_init(eg_http_answer *answer);
void eg_http_answer_free(eg_http_answer *answer);

#endif
