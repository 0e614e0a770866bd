#include "store/object.h"

#include "base/hex.h"
#include "base/sha256.h"
#include "coding/coding.h"

#include <stdio.h>

static void digest_of(char hex[EG_OBJECT_DIGEST_HEX + 1], eg_str lines)
{
    uint8_t digest[EG_SHA256_BYTES];
    eg_sha256_of(digest, lines.data, lines.len);
    eg_hex_encode_lower(hex, digest, sizeof digest);
    hex[EG_OBJECT_DIGEST_HEX] = '\0';
}

eg_result eg_object_ref_of(eg_object_ref *out, const char *stem, eg_str lines, eg_error *err)
{
    digest_of(out->sha256, lines);
    int n = snprintf(out->name, sizeof out->name, "%s-%s", stem, out->sha256);
    if (n < 0 || (size_t)n >= sizeof out->name) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, NULL, "the name of an object would be too long");
    }
    return EG_SUCCESS;
}

eg_result eg_object_write(eg_object_ref *out, eg_store *store, const char *stem, eg_str lines,
                          eg_error *err)
{
    if (lines.len > EG_OBJECT_BYTES_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "an object is more than %d bytes",
                       EG_OBJECT_BYTES_MAX);
    }
    EG_TRY(eg_object_ref_of(out, stem, lines, err));
    eg_buf packed;
    eg_buf_init(&packed, NULL);
    eg_result r = eg_frame_write(&packed, lines, err);
    if (!eg_failed(r)) {
        r = eg_store_put(store, out->name, eg_buf_str(&packed), err);
    }
    eg_buf_free(&packed);
    return r;
}

eg_result eg_object_unpack(eg_str *lines, eg_str packed, const char *sha256, size_t max_bytes,
                           eg_arena *arena, eg_error *err)
{
    char hex[EG_OBJECT_DIGEST_HEX + 1];
    size_t bytes = 0;
    EG_TRY(eg_frame_content_bytes(&bytes, packed, max_bytes, err));
    char *to = eg_arena_alloc(arena, bytes + 1);
    if (to == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory for an object");
    }
    EG_TRY(eg_frame_read(to, bytes, packed, arena->budget, err));
    digest_of(hex, (eg_str){to, bytes});
    if (strcmp(hex, sha256) != 0) {
        return EG_FAIL(err, EG_E_TAMPERED, NULL, "its lines have another digest");
    }
    *lines = (eg_str){to, bytes};
    return EG_SUCCESS;
}

eg_result eg_object_read(eg_str *lines, eg_store *store, const char *name, const char *sha256,
                         size_t max_bytes, eg_arena *arena, eg_error *err)
{
    eg_buf packed;
    eg_buf_init(&packed, arena->budget);
    const size_t most = max_bytes > EG_OBJECT_BYTES_MAX ? EG_OBJECT_BYTES_MAX : max_bytes;
    eg_result r = eg_store_get(store, name, eg_frame_bytes_max(most), &packed, err);
    if (!eg_failed(r)) {
        r = eg_object_unpack(lines, eg_buf_str(&packed), sha256, most, arena, err);
    }
    eg_buf_free(&packed);
    return r;
}
