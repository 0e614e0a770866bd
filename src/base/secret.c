#include "base/secret.h"

#include <string.h>

#ifdef EG_CTIME
#include <valgrind/memcheck.h>

void eg_declassify(const void *data, size_t bytes)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(data, bytes);
}
#endif

void eg_wipe(void *data, size_t bytes)
{
    if (data != NULL && bytes > 0) {
        /* not OPENSSL_cleanse: eight bytes a step there, while a ballot's buffers are hundreds of
         * KB */
        explicit_bzero(data, bytes);
    }
}
