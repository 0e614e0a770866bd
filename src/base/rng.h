/* Source of random bytes. Below api nobody calls the system's generator: it arrives as an eg_rng.
 */
#ifndef EG_BASE_RNG_H
#define EG_BASE_RNG_H

#include "base/error.h"

#include <stdint.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_rng {
    /* Fills out or fails with EG_E_INTERNAL and out wiped. Must be callable from any thread. */
    eg_result (*fill)(void *context, uint8_t *out, size_t n, eg_error *err);
    void *context;
} eg_rng;

eg_result eg_rng_fill(const eg_rng *rng, uint8_t *out, size_t n, eg_error *err) EG_MUST_USE;

/* The system's generator (getentropy). Stateless, fork-safe. */
const eg_rng *eg_rng_system(void);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
