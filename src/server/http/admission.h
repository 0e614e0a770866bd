/* Whether a request is let in: all that can be said when its headers are there and nothing of its
 * body was read. Decides, does nothing. */
#ifndef EG_SERVER_HTTP_ADMISSION_H
#define EG_SERVER_HTTP_ADMISSION_H

#include "server/board/config.h"
#include "server/http/route.h"

enum {
    EG_DISCARD_MAX = 1024 * 1024 /* a refused body up to this size is read, so that the connection
                                    stays usable */
};

/* What the headers say of the body's length. */
typedef struct eg_body_length {
    bool known; /* bytes is right */
    bool chunked;
    bool given;   /* Content-Length or Transfer-Encoding is there */
    size_t bytes; /* SIZE_MAX: more than that */
} eg_body_length;

typedef struct eg_arrival {
    const char *method;
    const char *path;
    const eg_route_match *route;
    eg_str key; /* X-ElectionGuard-Internal-Key */
    eg_str content_encoding;
    eg_str content_length;
    eg_str transfer_encoding;
    unsigned lengths; /* how many Content-Length headers there are */
    unsigned codings; /* the same of Transfer-Encoding */
    unsigned hosts;   /* and of Host */
    size_t head_bytes;
    bool unread_type; /* the body is of a media type that the endpoint does not read */
    bool bad_path;    /* holds an escaped NUL */
    bool malformed;   /* the method or a header is not as RFC 9110 has it */
} eg_arrival;

typedef struct eg_load {
    size_t memory_used_bytes;
    unsigned jobs;
    bool overflow; /* the connection is one too many */
} eg_load;

void eg_admission_length(eg_body_length *out, const eg_arrival *arrival);

/* How large a body may be. endpoint NULL: what is read of a refused one. */
size_t eg_admission_body_limit(const eg_settings *settings, const eg_endpoint *endpoint);

/* Leaves *refusal (code EG_OK) alone when the request may come in. */
void eg_admission_judge(eg_error *refusal, const eg_settings *settings, const eg_arrival *arrival,
                        const eg_body_length *length);
/* Is there room for the job now? Its memory is charged as it is used; this keeps those out that
 * would have to be turned away half way. */
void eg_admission_room(eg_error *refusal, const eg_settings *settings, const eg_endpoint *endpoint,
                       const eg_body_length *length, const eg_load *load);

#endif
