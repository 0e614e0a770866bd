#include "base/secret.h"

bool eg_secret_equal(const void *a, const void *b, size_t n)
{
    /* volatile: a compiler that knows what is compared might stop at the first difference */
    const volatile unsigned char *left = a, *right = b;
    unsigned difference = 0;
    for (size_t i = 0; i < n; i++) {
        difference |= (unsigned)(left[i] ^ right[i]);
    }
    return difference == 0;
}
