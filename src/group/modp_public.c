/* What GMP does for us, on public numbers only: inverses and Jacobi symbols. */
#include "group/internal.h"

#include <gmp.h>

enum { N = EG_P_LIMBS, BATCH = 64 };

_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t) && GMP_NUMB_BITS == 64,
               "limbs are exchanged with GMP as they are");

bool eg_modp_inverse_vartime(eg_modp *r, const eg_modp *a)
{
    if (eg_modp_is_zero(a)) {
        return false;
    }
    mpz_t value, modulus, inverse;
    mpz_init(inverse);
    mpz_roinit_n(value, a->limb, N);
    mpz_roinit_n(modulus, eg_p_limbs, N);
    (void)mpz_invert(inverse, value, modulus); /* exists: p is prime */
    for (size_t i = 0; i < N; i++) {
        r->limb[i] = mpz_getlimbn(inverse, (mp_size_t)i); /* 0 above its size */
    }
    mpz_clear(inverse);
    return true;
}

int eg_modp_jacobi_vartime(const eg_modp *a)
{
    mpz_t value, modulus;
    mpz_roinit_n(value, a->limb, N);
    mpz_roinit_n(modulus, eg_p_limbs, N);
    return mpz_jacobi(value, modulus);
}

/* 0 < n <= BATCH, none zero. prefix[i] = a_0 ... a_i; the inverse of the last is walked back. All
 * products are Montgomery's: prefix[i] lacks i factors R and its inverse has i too many, so that in
 * running * prefix[i-1] one too many is left for the multiplication to take. */
static void invert_some(eg_modp *r, const eg_modp *a, size_t n)
{
    eg_modp prefix[BATCH], running, next;
    prefix[0] = a[0];
    for (size_t i = 1; i < n; i++) {
        eg_mont_mul(&prefix[i], &prefix[i - 1], &a[i]);
    }
    (void)eg_modp_inverse_vartime(&running, &prefix[n - 1]);
    for (size_t i = n; i-- > 1;) {
        eg_mont_mul(&next, &running, &a[i]); /* 1 / prefix[i-1] */
        eg_mont_mul(&r[i], &running, &prefix[i - 1]);
        running = next;
    }
    r[0] = running;
}

bool eg_modp_inverse_batch_vartime(eg_modp *r, const eg_modp *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (eg_modp_is_zero(&a[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < n; i += BATCH) {
        invert_some(r + i, a + i, n - i < BATCH ? n - i : BATCH);
    }
    return true;
}
