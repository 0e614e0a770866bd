/* Runs a call's stages without a server: what the server does, minus sockets. Parallel stages run
 * one unit after the other, or on threads. Uses only base and the endpoint contract. */
#ifndef EG_TESTS_CALL_DRIVER_H
#define EG_TESTS_CALL_DRIVER_H

#include "api/endpoint.h"

typedef struct drive_options {
    const char *content_type; /* NULL: application/json */
    const char *accept;       /* NULL: none */
    const char *path_tail;    /* NULL: empty */
    const char *query;        /* NULL: empty */
    size_t feed_bytes;        /* size of the pieces the body comes in; 0: at once */
    const eg_rng *rng;        /* NULL: the system's */
    int64_t now_unix_s;
    const eg_api_settings *settings; /* NULL: defaults of the service */
    size_t memory_limit;             /* 0: none */
    size_t threads;                  /* that run parallel stages; 0 or 1: the caller alone */
    uint64_t (*work)(void); /* of this thread so far: what units are measured in; or NULL */
    bool items_last;        /* run items after the whole body, not between its pieces */
    /* api's eg_error_body, or NULL: then a failed call has no body */
    void (*error_body)(eg_buf *out, const char **content_type, const eg_error *error,
                       const eg_request *request, const eg_call *call);
} drive_options;

typedef struct driven {
    bool ok;
    eg_error error;
    eg_buf body; /* of the answer or the error; release with driven_free */
    const char *content_type;
    size_t items;
    size_t compute_units;  /* of all rounds */
    uint64_t longest_unit; /* by options.work; in which stage */
    const char *longest_stage;
    size_t output_units;
    uint64_t cast_ballots;
    size_t peak_bytes; /* of the call's budget */
    size_t left_bytes; /* still charged when everything was released: must be 0 */
} driven;

void drive(driven *out, const eg_endpoint *endpoint, const void *body, size_t n,
           const drive_options *options);
void driven_free(driven *d);

#endif
