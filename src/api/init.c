#include "api/routes.h"

#include "api/key_cache.h"
#include "base/clock.h"
#include "group/group.h"

#include <openssl/crypto.h>

bool eg_api_init(const char *kernel)
{
    /* reads its configuration, which a worker in its sandbox could not any more */
    return OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) == 1 && eg_group_init(kernel);
}

const char *eg_api_kernel(void)
{
    return eg_group_kernel_name();
}

void eg_api_rest(void)
{
    const uint64_t kept_ns = 1000000000u;
    eg_key_cache_rest(eg_clock_monotonic_ns() - kept_ns);
}
