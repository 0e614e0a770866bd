/* Writing values: one interface for JSON and MessagePack. Source: api-contract.md 2.5,
 * crypto.md 2.3.
 *
 * MessagePack has the number of members before them: the writer counts, and puts what it counted in
 * front when the container is closed. Want of memory is sticky in the buffer (eg_buf.failed), and
 * so is a caller's mistake that leaves no value (eg_buf.misused): the answer is then not sent. */
#ifndef EG_WIRE_WRITER_H
#define EG_WIRE_WRITER_H

#include "base/buf.h"
#include "group/group.h"
#include "wire/tree.h"

typedef enum eg_style {
    EG_STYLE_JSON, /* answers: compact, UTF-8 */
    EG_STYLE_TEXT, /* inside strings: ", " and ": ", ASCII only: the bytes the reference writes */
    EG_STYLE_COMPACT, /* the same without white space: what credentials are signed as */
    EG_STYLE_MSGPACK  /* shortest forms, text as str */
} eg_style;

enum { EG_WRITER_DEPTH_MAX = EG_NESTING_MAX + 8 }; /* what was read, within an answer */

typedef struct eg_writer {
    eg_buf *out; /* borrowed */
    eg_style style;
    unsigned strings; /* JSON strings that its text stands in: how often quotes are escaped */
    size_t start;     /* of its content in out, where another writer's string holds it */
    unsigned depth;
    unsigned beyond; /* containers opened below the deepest level there may be: misuse */
    struct {
        bool is_map;
        bool started;     /* something was written in it: a comma is due */
        bool has_key;     /* of a member whose value is to come */
        bool is_sent;     /* its opening may have left: its header stays as it is */
        size_t header;    /* of MessagePack: where in out */
        size_t announced; /* members or elements that the header tells of */
        size_t written;
    } level[EG_WRITER_DEPTH_MAX];
} eg_writer;

void eg_writer_init(eg_writer *w, eg_buf *out, eg_style style);
/* For a piece of an array whose opening another piece wrote: elements written at the top get their
 * commas; first tells whether this piece holds the array's first element. */
void eg_writer_init_elements(eg_writer *w, eg_buf *out, eg_style style, bool first);

void eg_write_map(eg_writer *w); /* of at most 15 members; of more it is slower */
void eg_write_map_of(eg_writer *w, size_t members); /* of about so many */
void eg_write_array(eg_writer *w, size_t elements); /* of about so many */
void eg_write_end(eg_writer *w);                    /* of the innermost map or array */
/* From here on w writes to another buffer, and what it has written may be on its way: open
 * containers have as many members as they were announced with, or the writer is misused. The
 * innermost one, an array, was filled by others. */
void eg_writer_continue(eg_writer *w, eg_buf *out);

void eg_write_key(eg_writer *w, const char *name); /* one of ours: nothing in it to escape */
void eg_write_key_str(eg_writer *w, eg_str name);

void eg_write_null(eg_writer *w);
void eg_write_bool(eg_writer *w, bool value);
void eg_write_int(eg_writer *w, int64_t value);
/* Digits of an integer that 64 bits do not hold. No number of that size suits every client: a
 * string; but where the bytes of another encoder are repeated, as it writes it. */
void eg_write_bigint(eg_writer *w, eg_str digits);
/* Finite. In JSON as Python writes it: the shortest digits that read back, an exponent below 1e-4
 * and from 1e16 on. */
void eg_write_double(eg_writer *w, double value);
void eg_write_str(eg_writer *w, eg_str value);
void eg_write_cstr(eg_writer *w, const char *value);
void eg_write_p(eg_writer *w, const eg_modp *value); /* canonical hex string */
void eg_write_q(eg_writer *w, const eg_modq *value);
void eg_write_p_decimal(eg_writer *w, const eg_modp *value); /* decimal string */
void eg_write_q_decimal(eg_writer *w, const eg_modq *value);
void eg_write_bytes_hex(eg_writer *w, const uint8_t *bytes,
                        size_t n); /* hex, leading zero bytes lost, "00" for none */
void eg_write_base64(eg_writer *w, const void *bytes, size_t n); /* base64 string */

/* A string that holds another value: its text (EG_STYLE_TEXT), or the base64 of its MessagePack
 * (EG_STYLE_MSGPACK). inner, initialised here, writes it where it stands, until _end. */
void eg_write_inner(eg_writer *w, eg_writer *inner, eg_style style);
void eg_write_inner_end(eg_writer *w, const eg_writer *inner);

/* A whole tree as it was read; deeper than EG_WRITER_DEPTH_MAX it is cut and out->failed set. An
 * integer beyond int64_t goes out as the string of its digits, since no number of that size fits
 * every client; in the styles that repeat another encoder's bytes, bare. */
void eg_write_node(eg_writer *w, const eg_node *node);

/* key and value in one line */
void eg_put_str(eg_writer *w, const char *name, eg_str value);
void eg_put_cstr(eg_writer *w, const char *name, const char *value);
void eg_put_int(eg_writer *w, const char *name, int64_t value);
void eg_put_bool(eg_writer *w, const char *name, bool value);
void eg_put_null(eg_writer *w, const char *name);
void eg_put_p(eg_writer *w, const char *name, const eg_modp *value);
void eg_put_q(eg_writer *w, const char *name, const eg_modq *value);

#endif
