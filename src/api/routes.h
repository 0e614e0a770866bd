/* The route table and the error object: all that the server includes of api beside endpoint.h. */
#ifndef EG_API_ROUTES_H
#define EG_API_ROUTES_H

#include "api/endpoint.h"

/* Every endpoint, NULL at the end. /health, /ready, /metrics and OPTIONS are the server's own. */
extern const eg_endpoint *const eg_routes[];

/* Prepares what all calls share (kernel choice, tables of g). Call once, before workers are forked.
 * False when kernel is not NULL and unknown or cannot run here. */
bool eg_api_init(const char *kernel);
const char *eg_api_kernel(void); /* the one in use; static */
/* Can the kernel run here? The names of those that can, with commas, go to out. */
bool eg_api_kernel_runs(const char *name, char *out, size_t size);

/* To be called about every second: gives back what was kept for requests that have not come. */
void eg_api_idle(void);

/* Is the media type of request's body one that the endpoints with a body read? If not, the text
 * says which are. Their own begin() asks the same. */
bool eg_api_reads(const eg_request *request);
extern const char eg_media_types_text[];

/* Accept-Encoding names the coding itself with a weight above 0; * does not count. */
bool eg_api_accepts_coding(eg_str accept_encoding, const char *coding);

/* HTTP status of a code. */
int eg_error_status(eg_code code);

/* Writes the error object (api-contract.md 1.3) in the encoding that request's Accept and
 * Content-Type call for; request may be NULL (JSON). details: further fields of the same call, or
 * NULL. */
void eg_error_body(eg_buf *out, const char **content_type, const eg_error *error,
                   const eg_request *request, const eg_call *call);

#endif
