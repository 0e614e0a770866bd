/* Answers written in pieces: head opens a map and, within it, an array; output units write the
 * elements; tail goes on with the writer of head. */
#ifndef EG_API_FRAME_PIECES_H
#define EG_API_FRAME_PIECES_H

#include "wire/writer.h"

#include <stdatomic.h>

/* In output: room at once for `count` elements like those before: a buffer that grows is copied and
 * wiped each time. *element_bytes: of the largest so far, shared by the units of a call. */
static inline void eg_pieces_expect(const atomic_size_t *element_bytes, size_t count, eg_buf *out)
{
    eg_buf_expect(out, count * atomic_load_explicit(element_bytes, memory_order_relaxed));
}

/* At the end of output: `count` elements were written to out. */
static inline void eg_pieces_note(atomic_size_t *element_bytes, size_t count, const eg_buf *out)
{
    enum { SPARE_BYTES = 512 }; /* names and hexadecimal numbers vary in length */
    if (out->len / count > atomic_load_explicit(element_bytes, memory_order_relaxed)) {
        atomic_store_explicit(element_bytes, out->len / count + SPARE_BYTES, memory_order_relaxed);
    }
}

/* In tail: closes the array that head left open, all of whose elements were written by others, and
 * lets w write into out from here on. */
static inline void eg_pieces_end(eg_writer *w, eg_buf *out)
{
    eg_writer_continue(w, out);
    eg_write_end(w);
}

#endif
