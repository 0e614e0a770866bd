#include "api/routes.h"

#include "api/fields/key_cache.h"
#include "base/clock.h"
#include "group/group.h"
#include "group/kernel.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

bool eg_api_init(const char *kernel)
{
    /* reads its configuration, which a worker in its sandbox could not any more */
    return OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) == 1 && eg_group_init(kernel);
}

bool eg_api_kernel_runs(const char *name, char *out, size_t size)
{
    bool runs = false;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        const char *other = eg_kernels[i]->name;
        if (eg_kernel_by_name(other) != NULL && used < size) {
            used += (size_t)snprintf(out + used, size - used, "%s%s", used == 0 ? "" : ", ", other);
            runs = runs || strcmp(name, other) == 0;
        }
    }
    return runs;
}

const char *eg_api_kernel(void)
{
    return eg_group_kernel_name();
}

void eg_api_idle(void)
{
    const uint64_t kept_ns = 1000000000u;
    eg_key_cache_rest(eg_clock_monotonic_ns() - kept_ns);
}
