/* What GMP does for us, on public numbers only: inverses and Jacobi symbols. */
#include "group/internal.h"

#include <gmp.h>

/* They take about as long as so many products of the scalar kernel. */
enum { N = EG_P_LIMBS, PRODUCTS_OF_INVERSE = 7, PRODUCTS_OF_SYMBOL = 5 };

_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t) && GMP_NUMB_BITS == 64,
               "limbs are exchanged with GMP as they are");

bool eg_modp_inverse_vartime(eg_modp *r, const eg_modp *a)
{
    if (eg_modp_is_zero(a)) {
        return false;
    }
    mpz_t value, modulus, inverse;
    eg_count_products(eg_kernel_scalar(), PRODUCTS_OF_INVERSE);
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
    eg_count_products(eg_kernel_scalar(), PRODUCTS_OF_SYMBOL);
    mpz_roinit_n(value, a->limb, N);
    mpz_roinit_n(modulus, eg_p_limbs, N);
    return mpz_jacobi(value, modulus);
}
