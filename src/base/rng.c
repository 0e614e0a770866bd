#include "base/rng.h"

#include "base/secret.h"

#include <unistd.h>

/* what getentropy gives at once */
enum { AT_ONCE = 256 };

eg_result eg_rng_fill(const eg_rng *rng, uint8_t *out, size_t n, eg_error *err)
{
    return rng->fill(rng->context, out, n, err);
}

static eg_result system_fill(void *context, uint8_t *out, size_t n, eg_error *err)
{
    (void)context;
    for (size_t done = 0; done < n;) {
        const size_t piece = n - done < AT_ONCE ? n - done : AT_ONCE;
        if (getentropy(out + done, piece) != 0) {
            eg_wipe(out, n);
            return EG_FAIL(err, EG_E_INTERNAL, NULL, "the system's random generator failed");
        }
        done += piece;
    }
    return EG_SUCCESS;
}

const eg_rng *eg_rng_system(void)
{
    static const eg_rng rng = {system_fill, NULL};
    return &rng;
}
