/* SHA-256. What computes it is chosen when building (mk/build.mk, PORTABLE): OpenSSL, or PQClean's
 * small sources where there is no OpenSSL. Both are constant-time in the bytes. Source: FIPS 180-4.
 */
#ifndef EG_BASE_SHA256_H
#define EG_BASE_SHA256_H

#include "base/str.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

enum { EG_SHA256_BYTES = 32, EG_SHA256_BLOCK_BYTES = 64 };

/* A hash in progress: init, any number of updates, final. On the stack; holds no memory of its own;
 * may be copied. Wiped by final. */
typedef struct eg_sha256 {
    unsigned char state[128] __attribute__((aligned(16)));
} eg_sha256;

void eg_sha256_init(eg_sha256 *hash);
void eg_sha256_update(eg_sha256 *hash, const void *data, size_t bytes);
void eg_sha256_final(uint8_t digest[EG_SHA256_BYTES], eg_sha256 *hash);

/* The three in one. */
void eg_sha256_of(uint8_t digest[EG_SHA256_BYTES], const void *data, size_t bytes);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
