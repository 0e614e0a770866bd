#include "base/sha256.h"

void eg_sha256_of(uint8_t digest[EG_SHA256_BYTES], const void *data, size_t bytes)
{
    eg_sha256 hash;
    eg_sha256_init(&hash);
    eg_sha256_update(&hash, data, bytes);
    eg_sha256_final(digest, &hash);
}
