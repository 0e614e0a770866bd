/* Where requests begin and end on a connection, read from the bytes as they came and in one way
 * only (RFC 9112, without what it lets a server be lenient about): whatever two programs could read
 * differently is a fault. Knows no sockets and keeps nothing of a request but what frames it. */
#ifndef EG_SERVER_HTTP_FRAMING_H
#define EG_SERVER_HTTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EG_FRAMING_VALUE = 64,           /* of a header that frames: longer ones say nothing we know */
    EG_FRAMING_NAME = 20,            /* "transfer-encoding" and no more */
    EG_CHUNK_EXTENSION_MAX = 256,    /* bytes behind a chunk's size */
    EG_CHUNK_TRAILERS_MAX = 2 * 1024 /* bytes of header lines behind the last chunk */
};

typedef struct eg_framing {
    unsigned state;     /* zero: before the first request */
    uint64_t heads;     /* complete and without fault */
    const char *fault;  /* what is wrong, for the client; NULL: nothing. Nothing is read after it */
    bool fault_in_head; /* it belongs to no request yet; else to the body of the last head */
    bool over; /* the client said that its last request was the last: the rest is ignored */
    /* of the message that is being read */
    bool empty_line, has_target, http_1_0, closes, keeps, trailers;
    unsigned hosts, lengths, codings, extension_bytes, trailer_bytes;
    unsigned matched; /* of "HTTP/1." */
    unsigned digits;  /* of a chunk's size */
    uint64_t left;    /* of a body or a chunk */
    /* of the header line that is being read */
    char name[EG_FRAMING_NAME]; /* lower case; as many as name_bytes, or all of it */
    size_t name_bytes;
    char value[EG_FRAMING_VALUE]; /* without white space; as many as value_bytes, or all of it */
    size_t value_bytes;
    uint64_t number; /* the value as digits; of one that is too large some other large one */
    bool gap, spaced, is_number, is_host;
} eg_framing;

/* Reads bytes. Returns how many of them are for who serves requests: all, unless there is a fault
 * (then those before the head that has it, or before the fault in a body) or nothing more is read
 * (over). */
size_t eg_framing_read(eg_framing *framing, const char *bytes, size_t n);

#endif
