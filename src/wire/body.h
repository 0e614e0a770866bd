/* Reading a request's body as it arrives. The body is one map; each member is handed over when it
 * is complete, and the elements of the arrays that were named as streamed one by one, so that a
 * body of any size is never held whole. */
#ifndef EG_WIRE_BODY_H
#define EG_WIRE_BODY_H

#include "wire/tree.h"

typedef struct eg_body_sink {
    void *context;
    /* A member that is not streamed, or a streamed one that turned out to be no array. Its nodes
     * live in `arena` of eg_body_new. */
    eg_result (*member)(void *context, eg_str name, const eg_node *value, eg_error *err);
    /* Element `index` of the streamed array `streams[stream]`. Its nodes live in *element_arena,
     * which the sink must take over (copy the struct and re-init it) or leave: what is left is
     * reset by the reader. */
    eg_result (*element)(void *context, size_t stream, size_t index, const eg_node *value,
                         eg_arena *element_arena, eg_error *err);
    /* The streamed array `stream` was present and has ended with `count` elements. */
    eg_result (*stream_end)(void *context, size_t stream, size_t count, eg_error *err);
} eg_body_sink;

typedef struct eg_body eg_body;

/* streams: NULL-terminated names of top-level arrays to stream; static. arena: the job's, for
 * members and the reader itself. budget: for element arenas. */
eg_result eg_body_new(eg_body **out, eg_encoding encoding, const char *const *streams,
                      const eg_body_sink *sink, eg_arena *arena, eg_budget *budget,
                      eg_error *err) EG_MUST_USE;
/* Next bytes of the body. After a failure nothing more may be fed. */
eg_result eg_body_feed(eg_body *body, const void *bytes, size_t n, eg_error *err) EG_MUST_USE;
/* After the last byte: fails when the value is incomplete or no map (EG_E_BAD_TYPE), empty:
 * EG_E_BAD_ENCODING. */
eg_result eg_body_finish(eg_body *body, eg_error *err) EG_MUST_USE;
void eg_body_free(eg_body *body); /* parser state outside the arena; NULL is fine */

#endif
