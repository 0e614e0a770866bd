/* A file of a record as a tree, in bounded memory whatever it holds. */
#ifndef EG_RECORD_LOAD_H
#define EG_RECORD_LOAD_H

#include "record/source.h"
#include "wire/tree.h"

/* Judges no more of it than that it is JSON, and not larger than a file of its class can be. The
 * tree lives in arena. EG_E_BAD_ENCODING, EG_E_DUPLICATE, EG_E_OUT_OF_RANGE (nesting),
 * EG_E_TOO_LARGE; EG_E_UNAVAILABLE as eg_source_read. */
eg_result eg_record_load(eg_node *out, const eg_source *source, const eg_source_file *file,
                         eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
