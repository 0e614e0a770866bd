#include "base/rng.h"

#include "base/secret.h"

#include <errno.h>
#include <sys/random.h>

eg_result eg_rng_fill(const eg_rng *rng, uint8_t *out, size_t n, eg_error *err)
{
    return rng->fill(rng->context, out, n, err);
}

static eg_result system_fill(void *context, uint8_t *out, size_t n, eg_error *err)
{
    (void)context;
    size_t done = 0;
    while (done < n) {
        ssize_t got = getrandom(out + done, n - done, 0);
        if (got > 0) {
            done += (size_t)got;
        } else if (errno != EINTR) {
            eg_wipe(out, n);
            return EG_FAIL(err, EG_E_INTERNAL, NULL, "the system's random generator failed");
        }
    }
    return EG_SUCCESS;
}

const eg_rng *eg_rng_system(void)
{
    static const eg_rng rng = {system_fill, NULL};
    return &rng;
}
