/* What GMP does for us, on public numbers only. */
#include "group/internal.h"
#include "group/public_numbers.h"

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

void eg_modp_to_decimal_vartime(char out[EG_P_DECIMAL_MAX + 1], const eg_modp *value)
{
    mpz_t number;
    char text[EG_P_DECIMAL_MAX + 3]; /* GMP asks for room for a sign */
    (void)mpz_get_str(text, 10, mpz_roinit_n(number, value->limb, N));
    memcpy(out, text, strlen(text) + 1);
}

bool eg_modp_from_decimal_vartime(eg_modp *out, const char *digits, size_t count)
{
    char text[EG_P_DECIMAL_MAX + 1];
    uint8_t bytes[EG_P_BYTES + 8];
    size_t n = 0;
    mpz_t number;
    memcpy(text, digits, count);
    text[count] = '\0';
    mpz_init(number);
    bool fits = mpz_set_str(number, text, 10) == 0 && mpz_sizeinbase(number, 256) <= sizeof bytes;
    if (fits) {
        (void)mpz_export(bytes, &n, 1, 1, 0, 0, number);
    }
    mpz_clear(number);
    return fits && eg_modp_from_bytes(out, bytes, n);
}
