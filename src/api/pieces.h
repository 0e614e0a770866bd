/* Answers written in pieces: head opens a map and, within it, an array; output units write the
 * elements; tail goes on with the writer of head. */
#ifndef EG_API_PIECES_H
#define EG_API_PIECES_H

#include "wire/writer.h"

/* In tail: closes the array that head left open, all of whose elements were written by others, and
 * lets w write into out from here on. */
static inline void eg_pieces_end(eg_writer *w, eg_buf *out)
{
    w->out = out;
    w->level[w->depth].written = w->level[w->depth].expected;
    eg_write_end(w);
}

#endif
