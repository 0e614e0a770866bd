/* What an endpoint adds to the error object beyond what every error has. */
#ifndef EG_API_FRAME_ERROR_DETAILS_H
#define EG_API_FRAME_ERROR_DETAILS_H

#include "api/endpoint.h"

/* The name of a code in `code`; static. */
const char *eg_error_code_name(eg_code code);

enum { EG_CHUNK_ERRORS_MAX = 20 };

/* Errors of a chunk's entries: the first is the answer's own, the list follows it as `errors`.
 * Source: docs/api-contract.md 6. */
typedef struct eg_chunk_errors {
    eg_error list[EG_CHUNK_ERRORS_MAX]; /* in request order */
    size_t count;
} eg_chunk_errors;

/* Those of a call, or NULL when it has none. */
const eg_chunk_errors *eg_chunk_errors_of(const eg_call *call);

/* Names of fields that clients of /publish_ballot find beside `Missing required fields`.
 * NULL-terminated, static. */
typedef struct eg_field_lists {
    const char *const *required;
    const char *const *optional;
} eg_field_lists;

/* NULL when the error of this call has none. */
const eg_field_lists *eg_field_lists_of(const eg_call *call, const eg_error *error);

#endif
