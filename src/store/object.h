/* Objects: lines of JSON, packed by zstd, named by what they hold. STEM-DIGEST, where the stem says
 * what for ("ELECTION/KIND/CHUNK") and the digest is SHA-256 of the lines as they are unpacked, in
 * lower-case hex: the same lines have the same name, whichever release packed them. */
#ifndef EG_STORE_OBJECT_H
#define EG_STORE_OBJECT_H

#include "base/arena.h"
#include "store/store.h"

enum {
    EG_OBJECT_DIGEST_HEX = 64,
    EG_OBJECT_BYTES_MAX = 1 << 30 /* of the lines, written or read */
};

typedef struct eg_object_ref {
    char name[EG_STORE_NAME_BYTES + 1];
    char sha256[EG_OBJECT_DIGEST_HEX + 1];
} eg_object_ref;

/* Of the object that these lines would be. EG_E_OUT_OF_RANGE: the stem makes no name. */
eg_result eg_object_ref_of(eg_object_ref *out, const char *stem, eg_str lines,
                           eg_error *err) EG_MUST_USE;

/* Puts it; *out is as above. Each line has its end. Errors: those of store.h; EG_E_TOO_LARGE. */
eg_result eg_object_write(eg_object_ref *out, eg_store *store, const char *stem, eg_str lines,
                          eg_error *err) EG_MUST_USE;

/* The lines of an object whose digest is sha256 (the caller's word: 64 digits), at most max_bytes
 * of them, in arena. Errors: those of store.h; EG_E_TAMPERED: it is cut, no zstd, longer than its
 * frame, of other lines; EG_E_TOO_LARGE: it would unpack to more, and was not. */
eg_result eg_object_read(eg_str *lines, eg_store *store, const char *name, const char *sha256,
                         size_t max_bytes, eg_arena *arena, eg_error *err) EG_MUST_USE;

/* The same of bytes at hand. */
eg_result eg_object_unpack(eg_str *lines, eg_str packed, const char *sha256, size_t max_bytes,
                           eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
