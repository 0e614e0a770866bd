/* Answers and their headers. */
#ifndef EG_SERVER_HTTP_ANSWER_H
#define EG_SERVER_HTTP_ANSWER_H

#include "server/http/state.h"

/* The request as endpoints and the error object see it; borrowed from x and libmicrohttpd. */
void eg_answer_request(const eg_exchange *x, eg_request *out);

enum MHD_Result eg_answer_bytes(eg_exchange *x, int status, const char *content_type, eg_str body);
enum MHD_Result eg_answer_error(eg_exchange *x, const eg_error *error);
enum MHD_Result eg_answer_options(eg_exchange *x);
/* The job's answer as it becomes ready. */
enum MHD_Result eg_answer_stream(eg_exchange *x);
/* The job's answer, which is complete. */
enum MHD_Result eg_answer_whole(eg_exchange *x);
/* The head of the job's answer, whose bytes were counted in sent_bytes and dropped. */
enum MHD_Result eg_answer_length(eg_exchange *x);

/* Writes an error straight to the socket and closes our side: for the states in which libmicrohttpd
 * takes no answer (within a head or a body). x may be NULL. */
void eg_answer_raw(eg_connection *connection, eg_exchange *x, const eg_error *error);

#endif
