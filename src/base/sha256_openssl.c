#include "base/secret.h"
#include "base/sha256.h"

/* The one-shot and streaming functions of SHA-256 are deprecated in favour of EVP, whose contexts
 * live on the heap: a ballot takes hundreds of short hashes, and these need none. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(((eg_sha256 *)0)->state),
               "room for the state of SHA-256");
_Static_assert((int)EG_SHA256_BYTES == SHA256_DIGEST_LENGTH, "the length of a digest");
_Static_assert((int)EG_SHA256_BLOCK_BYTES == SHA256_CBLOCK, "the length of a block");

static SHA256_CTX *context(eg_sha256 *hash)
{
    return (SHA256_CTX *)(void *)hash->state;
}

void eg_sha256_init(eg_sha256 *hash)
{
    (void)SHA256_Init(context(hash));
}

void eg_sha256_update(eg_sha256 *hash, const void *data, size_t bytes)
{
    if (bytes > 0) {
        (void)SHA256_Update(context(hash), data, bytes);
    }
}

void eg_sha256_final(uint8_t digest[EG_SHA256_BYTES], eg_sha256 *hash)
{
    (void)SHA256_Final(digest, context(hash));
    eg_wipe(hash, sizeof *hash);
}
