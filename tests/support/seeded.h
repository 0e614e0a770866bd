/* Random values from a seed that is printed and taken back through EG_TEST_SEED; also as an eg_rng.
 */
#ifndef EG_TESTS_SEEDED_H
#define EG_TESTS_SEEDED_H

#include "support/cmocka_all.h"

#include "base/rng.h"
#include "group/group.h"
#include "support/splitmix.h"

#include <stdlib.h>
#include <unistd.h>

static uint64_t seeded_state;

static inline uint64_t seeded_u64(void)
{
    return splitmix_next(&seeded_state);
}

static inline size_t seeded_below(size_t n)
{
    return (size_t)(seeded_u64() % n);
}

static inline void seed_from_environment(void)
{
    const char *given = getenv("EG_TEST_SEED");
    seeded_state = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)getpid() * 0x1234567U + 1;
    print_message("EG_TEST_SEED=%llu\n", (unsigned long long)seeded_state);
}

static inline eg_result seeded_fill(void *context, uint8_t *out, size_t n, eg_error *err)
{
    (void)context;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)seeded_u64();
    }
    return EG_SUCCESS;
}

static const eg_rng seeded_rng = {.fill = seeded_fill};

/* A generator that has failed. */
static inline eg_result broken_fill(void *context, uint8_t *out, size_t n, eg_error *err)
{
    (void)context;
    memset(out, 0, n);
    return EG_FAIL(err, EG_E_INTERNAL, NULL, "the generator of this test is broken");
}

static const eg_rng broken_rng __attribute__((unused)) = {.fill = broken_fill};

/* Below q, not 0. */
static inline eg_modq seeded_q(void)
{
    eg_modq x;
    uint8_t digest[EG_Q_BYTES];
    do {
        (void)seeded_fill(NULL, digest, sizeof digest, NULL);
        eg_modq_from_digest(&x, digest);
    } while (eg_modq_is_zero(&x));
    return x;
}

/* Of the subgroup. */
static inline eg_modp seeded_member(void)
{
    eg_modq exponent = seeded_q();
    eg_modp x;
    eg_fixed_pow_batch(&(eg_fixed_pow){eg_fixed_base_g(), &exponent, &x}, 1);
    return x;
}

/* Outside it, but with Jacobi symbol 1: a square of anything. */
static inline eg_modp seeded_stranger(void)
{
    eg_modp x;
    for (size_t i = 0; i < EG_P_LIMBS; i++) {
        x.limb[i] = seeded_u64();
    }
    x.limb[EG_P_LIMBS - 1] >>= 1;
    eg_modp_mul(&x, &x, &x);
    return x;
}

/* -x */
static inline eg_modp negated(const eg_modp *x)
{
    eg_modp r;
    uint64_t borrow = 0;
    for (size_t i = 0; i < EG_P_LIMBS; i++) {
        uint64_t a = eg_p_limbs[i], b = x->limb[i];
        r.limb[i] = a - b - borrow;
        borrow = a < b || (a == b && borrow != 0);
    }
    return r;
}

#endif
