/* The files of a published record, from a folder or a zip file: their names, and the bytes of each.
 * Bounded in time and memory whatever it is that is opened. Nothing is ever written, and nothing
 * outside the folder read. Source: docs/record.md. */
#ifndef EG_RECORD_SOURCE_H
#define EG_RECORD_SOURCE_H

#include "base/arena.h"

enum {
    EG_SOURCE_FILES_MAX = 21000000,       /* ten million ballots, each of them spoiled */
    EG_SOURCE_FILE_BYTES_MAX = 256 << 20, /* of one file; a ballot has less than a megabyte */
    EG_SOURCE_NAME_BYTES_MAX = 1200,      /* a folder, an id, ".json" */
    EG_SOURCE_UNPACKS_MAX = 200           /* times its size in the zip file */
};

typedef struct eg_source_file {
    eg_str name;    /* "guardians/guardian_1.json"; NUL-terminated */
    size_t bytes;   /* as declared: more than that is never read */
    uint64_t entry; /* where the source finds it */
} eg_source_file;

typedef struct eg_source {
    const eg_source_file *files; /* by name; distinct */
    size_t count;
    void *state; /* of the kind of source */
    const struct eg_source_type *type;
} eg_source;

typedef struct eg_source_type {
    eg_result (*read)(const eg_source *source, const eg_source_file *file, char *out,
                      eg_error *err);
    void (*close)(eg_source *source);
} eg_source_type;

/* A folder or a zip file. The list lives in arena. Refused, naming the file: names that lead out of
 * the record, or twice the same; anything but files and folders; files above the bounds.
 * EG_E_NOT_FOUND, EG_E_UNAVAILABLE (the system, or no libzip), EG_E_BAD_ENCODING (no zip file). */
eg_result eg_source_open(eg_source *out, const char *path, eg_arena *arena,
                         eg_error *err) EG_MUST_USE;
void eg_source_close(eg_source *source);

/* NULL when there is none of that name. */
const eg_source_file *eg_source_find(const eg_source *source, eg_str name);
/* The whole file, in arena. From any thread. EG_E_UNAVAILABLE when it cannot be read or is not what
 * was declared. The error's path is empty: the caller knows which file it is. */
eg_result eg_source_read(const eg_source *source, const eg_source_file *file, eg_str *out,
                         eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
