#include "report/digest.h"

#include "base/hex.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { SHA256_BYTES = EG_DIGEST_HEX / 2, STEP_BYTES = 1 << 16 };

/* The whole of the digest to hex; NULL in, or a failure in between: false. */
static bool finish(EVP_MD_CTX *hash, char hex[EG_DIGEST_HEX])
{
    uint8_t digest[SHA256_BYTES];
    bool done = EVP_DigestFinal_ex(hash, digest, NULL) == 1;
    if (done) {
        eg_hex_encode_lower(hex, digest, sizeof digest);
    }
    return done;
}

static eg_result failed(eg_error *err)
{
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no SHA-256 can be computed");
}

static eg_result unreadable(const char *name, eg_error *err)
{
    eg_path at = eg_path_field(NULL, name);
    return EG_FAIL(err, EG_E_UNAVAILABLE, &at, "it cannot be read: %s", strerror(errno));
}

static eg_result digest_zip(EVP_MD_CTX *hash, const char *path, eg_error *err)
{
    static const size_t step = STEP_BYTES;
    char bytes[STEP_BYTES];
    bool done = true;
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return unreadable(path, err);
    }
    for (size_t n; done && (n = fread(bytes, 1, step, file)) > 0;) {
        done = EVP_DigestUpdate(hash, bytes, n) == 1;
    }
    bool was_read = ferror(file) == 0;
    (void)fclose(file);
    if (!was_read) {
        return unreadable(path, err);
    }
    return done ? EG_SUCCESS : failed(err);
}

static eg_result add_line(EVP_MD_CTX *hash, const eg_source *source, const eg_source_file *file,
                          eg_arena *scratch, eg_error *err)
{
    eg_str content;
    char line[EG_DIGEST_HEX + 2];
    uint8_t digest[SHA256_BYTES];
    EG_TRY(eg_source_read(source, file, &content, scratch, err));
    if (EVP_Digest(content.data, content.len, digest, NULL, EVP_sha256(), NULL) != 1) {
        return failed(err);
    }
    eg_hex_encode_lower(line, digest, sizeof digest);
    memcpy(line + EG_DIGEST_HEX, "  ", 2);
    bool done = EVP_DigestUpdate(hash, line, sizeof line) == 1 &&
                EVP_DigestUpdate(hash, file->name.data, file->name.len) == 1 &&
                EVP_DigestUpdate(hash, "\n", 1) == 1;
    return done ? EG_SUCCESS : failed(err);
}

static eg_result digest_folder(EVP_MD_CTX *hash, const eg_source *source, eg_error *err)
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
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(hash);
        return failed(err);
    }
    eg_result result = out->of == EG_DIGEST_OF_ZIP ? digest_zip(hash, path, err)
                                                   : digest_folder(hash, source, err);
    if (!eg_failed(result) && !finish(hash, out->hex)) {
        result = failed(err);
    }
    EVP_MD_CTX_free(hash);
    return result;
}
