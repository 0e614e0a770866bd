/* Content codings (RFC 9110, 8.4): gzip and zstd of bodies that come in, zstd of answers. Bodies
 * hold votes and keys: what the libraries allocate is charged to a budget and wiped when it goes.
 * Why these two: docs/decisions/0023-content-codings.md. */
#ifndef EG_CODING_CODING_H
#define EG_CODING_CODING_H

#include "base/buf.h"
#include "base/str.h"

typedef enum eg_coding { EG_CODING_IDENTITY, EG_CODING_GZIP, EG_CODING_ZSTD } eg_coding;

/* The codings that are taken, as Accept-Encoding names them. */
#define EG_CODINGS_TAKEN "zstd, gzip"

enum { EG_ZSTD_WINDOW_LOG = 23 }; /* 8 MiB: what RFC 9659 lets senders use */

/* Of the header Content-Encoding; empty is identity. False: another one, or several. */
bool eg_coding_read(eg_coding *out, eg_str content_encoding);
const char *eg_coding_name(eg_coding coding);

/* ---- in ---- */

typedef struct eg_decoder eg_decoder;

/* For gzip or zstd. NULL without memory. */
eg_decoder *eg_decoder_new(eg_coding coding, eg_budget *budget);
void eg_decoder_free(eg_decoder *decoder); /* NULL is fine */

/* Decodes in[0 .. *in_bytes - 1] to out, at most *out_bytes; sets both to what was taken and made.
 * When out is full there may be more, also once all was taken: run again, with no bytes if need be.
 * EG_E_BAD_ENCODING: not of this coding; EG_E_NO_MEMORY. */
eg_result eg_decoder_run(eg_decoder *decoder, const char *in, size_t *in_bytes, char *out,
                         size_t *out_bytes, eg_error *err) EG_MUST_USE;
/* What was taken ends where a message may end. */
bool eg_decoder_is_whole(const eg_decoder *decoder);

/* ---- out ---- */

/* Puts a zstd frame of its content into the buffer; an empty one stays empty. Frames one after the
 * other are a message (RFC 8878, 3.1), so that parts of an answer are coded side by side. */
eg_result eg_encode_frame(eg_buf *content, eg_error *err) EG_MUST_USE;

/* ---- one frame as a whole: what lies in a store ---- */

/* Appends the frame of the content, its length in its head. EG_E_NO_MEMORY. */
eg_result eg_frame_write(eg_buf *out, eg_str content, eg_error *err) EG_MUST_USE;
/* Of the longest frame of so much content that eg_frame_write makes. */
size_t eg_frame_bytes_max(size_t content_bytes);

/* How long the content of a frame says that it is. EG_E_TAMPERED: it is no frame that says so, is
 * cut, or has something behind it; EG_E_TOO_LARGE: more than max_bytes. Unpacks nothing. */
eg_result eg_frame_content_bytes(size_t *out, eg_str frame, size_t max_bytes,
                                 eg_error *err) EG_MUST_USE;
/* The content, which must be so many bytes. EG_E_TAMPERED: it is not, or is damaged;
 * EG_E_NO_MEMORY: of the budget, which is charged for what this takes meanwhile. */
eg_result eg_frame_read(char *out, size_t bytes, eg_str frame, eg_budget *budget,
                        eg_error *err) EG_MUST_USE;

#endif
