/* One request and its answer. */
#ifndef EG_SERVER_HTTP_EXCHANGE_H
#define EG_SERVER_HTTP_EXCHANGE_H

#include "server/http/access.h"
#include "server/http/admission.h"
#include "server/http/connection.h"

enum {
    EG_STATUS_LEFT = 499,     /* in metrics and log: the client left, no answer was owed */
    EG_REFUSED_BODY_MS = 300, /* how long the body of a refused request is waited for */
    EG_RETRY_AFTER_S = 2
};

typedef struct eg_exchange {
    struct eg_http *http;
    eg_connection *connection;
    const eg_endpoint *endpoint; /* NULL when refused or the server's own */
    eg_job *job;
    eg_route_match route;
    eg_error refusal; /* code EG_OK: none */
    eg_body_length length;
    bool begun;                  /* the headers are in */
    bool answered;               /* an answer is queued, or was written */
    bool unframed;               /* refused for an end that is not certain: the connection closes */
    bool body_in;                /* the whole body has come */
    bool bad_path;               /* an escaped NUL in the request line */
    uint64_t body_bytes;         /* come so far */
    uint64_t discarded_since_ns; /* the body is only read any more; 0: not */
    uint64_t sent_bytes;
    char method[16];
    const char *path;  /* without the query; libmicrohttpd's, for as long as the request */
    const char *query; /* behind the path; "" when there is none */
    char *query_copy;  /* owned */
    char id[EG_REQUEST_ID_MAX + 1];
    char client[EG_ADDRESS_TEXT]; /* whom trusted proxies name; "": nobody */
    int status;
    size_t row; /* of the scoreboard */
    uint64_t started_ns, deadline_ns;
} eg_exchange;

/* Callbacks of libmicrohttpd; context is the eg_http. */
void *eg_exchange_on_line(void *context, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result eg_exchange_on_request(void *context, struct MHD_Connection *mhd, const char *url,
                                       const char *method, const char *version, const char *upload,
                                       size_t *upload_bytes, void **state);
void eg_exchange_on_completed(void *context, struct MHD_Connection *mhd, void **state,
                              enum MHD_RequestTerminationCode code);

/* Its line of the access log, if there is one. */
void eg_exchange_log(const eg_exchange *x, uint64_t took_ns);
/* The client has closed its side: the work stops. */
void eg_exchange_client_left(eg_exchange *x);
/* Its body cannot be read any further: the work stops, and the client is told if it can be. */
void eg_exchange_broken(eg_exchange *x, const char *why);
/* Called several times a second: answers or ends what cannot wait for the client any longer. */
void eg_exchange_sweep(eg_exchange *x, uint64_t now_ns);

#endif
