#include "server/http/admission.h"

#include "api/routes.h"
#include "server/http/access.h"
#include "server/work/job_memory.h"

#include <strings.h>

enum {
    /* of a body that is decoded as it comes, so much is in memory at once, as a rule */
    BODY_IN_MEMORY = 8 * 1024 * 1024
};

#define REFUSE(...) (void)EG_FAIL(refusal, __VA_ARGS__)

static bool equals_ignoring_case(eg_str text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.data, word, text.len) == 0;
}

void eg_admission_length(eg_body_length *out, const eg_arrival *arrival)
{
    eg_str text = arrival->content_length;
    *out = (eg_body_length){.chunked = arrival->codings > 0,
                            .given = text.len > 0 || arrival->codings > 0};
    if (out->chunked || text.len == 0) {
        out->known = !out->chunked;
        return;
    }
    out->known = true;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            out->known = false;
            return;
        }
        size_t digit = (size_t)(text.data[i] - '0');
        if (__builtin_mul_overflow(out->bytes, 10, &out->bytes) ||
            __builtin_add_overflow(out->bytes, digit, &out->bytes)) {
            out->bytes = SIZE_MAX;
            return;
        }
    }
}

size_t eg_admission_body_limit(const eg_settings *settings, const eg_endpoint *endpoint)
{
    size_t limit = endpoint == NULL ? EG_DISCARD_MAX : endpoint->max_body_bytes;
    return limit < settings->max_body_bytes ? limit : settings->max_body_bytes;
}

/* Two lengths or codings, or a coding that is not chunked, and the next proxy may see another
 * request than we do: refused whatever they say. */
static bool is_framed(const eg_arrival *arrival, const eg_body_length *length)
{
    if (length->chunked) {
        return arrival->lengths == 0 && arrival->codings == 1 &&
               equals_ignoring_case(arrival->transfer_encoding, "chunked");
    }
    return length->known && arrival->lengths <= 1;
}

void eg_admission_judge(eg_error *refusal, const eg_settings *settings, const eg_arrival *arrival,
                        const eg_body_length *length)
{
    const eg_route_match *route = arrival->route;
    bool options = strcmp(arrival->method, "OPTIONS") == 0;
    bool own = eg_access_is_own(arrival->path) && !arrival->bad_path;
    bool read = !options && route->endpoint != NULL; /* the body, and not only past */
    size_t limit = eg_admission_body_limit(settings, read ? route->endpoint : NULL);
    bool too_large = !length->chunked && length->bytes > limit;
    eg_coding coding;
    if (arrival->malformed) {
        REFUSE(EG_E_BAD_ENCODING, NULL, "the method or a header is not well formed");
    } else if (arrival->hosts > 1) {
        REFUSE(EG_E_BAD_ENCODING, NULL, "Host must be given once");
    } else if (!is_framed(arrival, length)) {
        REFUSE(EG_E_BAD_ENCODING, NULL,
               "the body's length must be given once, as Content-Length or as chunked");
    } else if (arrival->head_bytes > settings->max_header_bytes) {
        REFUSE(EG_E_HEADERS_TOO_LARGE, NULL, "the headers must not be larger than %zu bytes",
               settings->max_header_bytes);
    } else if (!eg_access_is_open(arrival->method, arrival->path, route->flags) &&
               !eg_access_key_fits(settings->internal_key, arrival->key)) {
        REFUSE(EG_E_UNAUTHORIZED, NULL, "Invalid internal API key");
    } else if (!options && own && strcmp(arrival->method, "GET") != 0 &&
               strcmp(arrival->method, "HEAD") != 0) {
        REFUSE(EG_E_METHOD, NULL, "the path does not answer this method");
    } else if ((options || own) && !too_large) {
        return;
    } else if (options || own) {
        REFUSE(EG_E_TOO_LARGE, NULL, "the body must not be larger than %zu bytes", limit);
    } else if (!route->path_known || arrival->bad_path) {
        REFUSE(EG_E_NOT_FOUND, NULL, "there is no such path");
    } else if (route->endpoint == NULL) {
        REFUSE(EG_E_METHOD, NULL, "the path does not answer this method");
    } else if (settings->public_only && (route->flags & EG_ENDPOINT_SECRET) != 0) {
        REFUSE(EG_E_WITHHELD, NULL,
               "this service runs with --public-only: it takes no votes in clear, no nonces and no "
               "guardian's keys");
    } else if (!eg_coding_read(&coding, arrival->content_encoding)) {
        REFUSE(EG_E_MEDIA_TYPE, NULL, "Content-Encoding must be one of " EG_CODINGS_TAKEN);
    } else if (arrival->unread_type) {
        REFUSE(EG_E_MEDIA_TYPE, NULL, "%s", eg_media_types_text);
    } else if (strcmp(arrival->method, "POST") == 0 && !length->given) {
        REFUSE(EG_E_LENGTH_REQUIRED, NULL, "a body needs its Content-Length, or to be chunked");
    } else if (too_large) {
        REFUSE(EG_E_TOO_LARGE, NULL, "the body must not be larger than %zu bytes", limit);
    }
}

void eg_admission_room(eg_error *refusal, const eg_settings *settings, const eg_endpoint *endpoint,
                       const eg_body_length *length, const eg_load *load)
{
    size_t body = length->bytes < BODY_IN_MEMORY ? length->bytes : BODY_IN_MEMORY;
    size_t expected = body + endpoint->fixed_memory_bytes;
    size_t limit = eg_memory_for_input(settings->max_memory_bytes);
    bool memory = load->memory_used_bytes > limit || expected > limit - load->memory_used_bytes;
    if (load->overflow) {
        REFUSE(EG_E_BUSY, NULL, "the service has too many connections; try again in a moment");
    } else if (load->jobs >= settings->max_jobs) {
        REFUSE(EG_E_BUSY, NULL, "the service is full; try again in a moment");
    } else if (expected > limit) {
        REFUSE(EG_E_TOO_LARGE, NULL, "the request needs more memory than max_memory leaves for it");
    } else if (memory) {
        REFUSE(EG_E_BUSY, NULL, "the service is short of memory; try again in a moment");
    }
}
