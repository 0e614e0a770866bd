/* What the runner takes of OpenSSL, where there is none. */
#ifndef VECTORS_WASM_SHA_H
#define VECTORS_WASM_SHA_H

#include "base/sha256.h"

#define SHA256_DIGEST_LENGTH EG_SHA256_BYTES

static inline unsigned char *SHA256(const unsigned char *data, size_t bytes, unsigned char *digest)
{
    eg_sha256_of(digest, data, bytes);
    return digest;
}

#endif
