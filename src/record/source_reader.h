/* A record whose files somebody else holds: a program that has unpacked a zip file in its own way,
 * as the WebAssembly module's does. */
#ifndef EG_RECORD_SOURCE_READER_H
#define EG_RECORD_SOURCE_READER_H

#include "record/source.h"

/* Exactly the file's bytes; false when that cannot be. From any thread. */
typedef bool (*eg_source_reader)(void *context, const eg_source_file *file, char *out);

/* files: names and bytes in any order, and what the reader finds each by as its entry; copied.
 * Names and bounds are judged as those of a zip file are: the errors of eg_source_open. */
eg_result eg_source_open_reader(eg_source *out, const eg_source_file files[], size_t count,
                                eg_source_reader reader, void *context, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;

#endif
