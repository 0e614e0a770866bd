#include "report/digest.h"

#include "base/hex.h"
#include "base/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { STEP_BYTES = 1 << 16 };

static void finish(eg_sha256 *hash, char hex[EG_DIGEST_HEX])
{
    uint8_t digest[EG_SHA256_BYTES];
    eg_sha256_final(digest, hash);
    eg_hex_encode_lower(hex, digest, sizeof digest);
}

static eg_result unreadable(const char *name, eg_error *err)
{
    eg_path at = eg_path_field(NULL, name);
    return EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be read: %s", strerror(errno));
}

static eg_result digest_zip(eg_sha256 *hash, const char *path, eg_error *err)
{
    static const size_t step = STEP_BYTES;
    char bytes[STEP_BYTES];
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return unreadable(path, err);
    }
    for (size_t n; (n = fread(bytes, 1, step, file)) > 0;) {
        eg_sha256_update(hash, bytes, n);
    }
    bool was_read = ferror(file) == 0;
    (void)fclose(file);
    return was_read ? EG_SUCCESS : unreadable(path, err);
}

static eg_result add_line(eg_sha256 *hash, const eg_source *source, const eg_source_file *file,
                          eg_arena *scratch, eg_error *err)
{
    eg_str content;
    char hex[EG_DIGEST_HEX];
    eg_sha256 of_file;
    EG_TRY(eg_source_read(source, file, &content, scratch, err));
    eg_sha256_init(&of_file);
    eg_sha256_update(&of_file, content.data, content.len);
    finish(&of_file, hex);
    eg_sha256_update(hash, hex, sizeof hex);
    eg_sha256_update(hash, "  ", 2);
    eg_sha256_update(hash, file->name.data, file->name.len);
    eg_sha256_update(hash, "\n", 1);
    return EG_SUCCESS;
}

static eg_result digest_folder(eg_sha256 *hash, const eg_source *source, eg_error *err)
{
    eg_result result = EG_SUCCESS;
    eg_arena scratch;
    eg_arena_init(&scratch, NULL);
    for (size_t i = 0; i < source->count && !eg_failed(result); i++) {
        result = add_line(hash, source, &source->files[i], &scratch, err);
        eg_arena_reset(&scratch);
    }
    eg_arena_free(&scratch);
    return result;
}

eg_result eg_digest_record(eg_digest *out, const char *path, const eg_source *source, eg_error *err)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        return unreadable(path, err);
    }
    *out = (eg_digest){S_ISDIR(about.st_mode) ? EG_DIGEST_OF_FOLDER : EG_DIGEST_OF_ZIP, ""};
    eg_sha256 hash;
    eg_sha256_init(&hash);
    EG_TRY(out->of == EG_DIGEST_OF_ZIP ? digest_zip(&hash, path, err)
                                       : digest_folder(&hash, source, err));
    finish(&hash, out->hex);
    return EG_SUCCESS;
}
