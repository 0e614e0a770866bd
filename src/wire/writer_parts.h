/* What the files of the writer share. Private to this folder. */
#ifndef EG_WIRE_WRITER_PARTS_H
#define EG_WIRE_WRITER_PARTS_H

#include "wire/writer.h"

static inline void put_byte(eg_writer *w, unsigned byte)
{
    eg_buf_append_char(w->out, (char)byte);
}

/* The low `bytes` (1 to 8) of value, the highest first. */
void eg_writer_put_be(eg_writer *w, uint64_t value, unsigned bytes);

/* Before a value: elements are separated here, members at their key. */
void eg_writer_before_value(eg_writer *w);

/* A string whose content the caller puts into the buffer, of characters that need no escape: from
 * open, with room for `most` bytes, to close. Returns where in the buffer it begins. That the
 * content is `most` bytes long is what a MessagePack header is chosen for: another length moves it.
 * When memory runs out the buffer has failed, and close does nothing. */
size_t eg_writer_open_string(eg_writer *w, size_t most);
void eg_writer_close_string(eg_writer *w, size_t start, size_t most);

#endif
