/* What an endpoint adds to the error object beyond what every error has. */
#ifndef EG_API_FRAME_ERROR_DETAILS_H
#define EG_API_FRAME_ERROR_DETAILS_H

#include "api/endpoint.h"
#include "wire/writer.h"

enum { EG_CHUNK_ERRORS_MAX = 20 };

/* Errors of a chunk's entries: the first is the answer's own, the list follows it as `errors`.
 * Source: docs/api-contract.md 6. */
typedef struct eg_chunk_errors {
    eg_error list[EG_CHUNK_ERRORS_MAX]; /* in request order */
    size_t count;
} eg_chunk_errors;

/* `field`, `code` and `message` of one of many, as a map. */
void eg_error_entry_write(eg_writer *w, const eg_error *error);

/* eg_call.details: what a call's failure says beyond what every failure does. Borrowed until the
 * call ends; NULL: nothing. */
typedef struct eg_error_details {
    const eg_chunk_errors *errors; /* as `errors`, unless it is empty */
    /* Names of fields, as lists beside the error. NULL-terminated; both or none. */
    const char *const *required;
    const char *const *optional;
} eg_error_details;

#endif
