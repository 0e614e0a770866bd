#include "base/secret.h"

#include <openssl/crypto.h>

bool eg_secret_equal(const void *a, const void *b, size_t n)
{
    if (n == 0) {
        return true;
    }
    return CRYPTO_memcmp(a, b, n) == 0; /* no && or ||: at -O0 they branch on the result */
}
