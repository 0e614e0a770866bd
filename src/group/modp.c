/* Single numbers mod p: conversions, products, inverses. Batches of powers are in fixed_base.c,
 * pow.c, chain.c. */
#include "group/internal.h"

#include <gmp.h>
#include <string.h>

typedef unsigned __int128 u128;

enum { N = EG_P_LIMBS };

_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t), "limbs are exchanged with GMP as they are");

void eg_mont_mul(eg_modp *r, const eg_modp *a, const eg_modp *b)
{
    const eg_kernel *kernel = eg_kernel_scalar();
    eg_block x, y;
    memcpy(x.word, a->limb, sizeof a->limb);
    memcpy(y.word, b->limb, sizeof b->limb);
    kernel->mul(&x, &x, &y);
    memcpy(r->limb, x.word, sizeof r->limb);
}

void eg_modp_from_u64(eg_modp *r, uint64_t x)
{
    *r = (eg_modp){{x}};
}

/* a < p: the borrow of a - p */
static bool is_reduced(const eg_modp *a)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < N; i++) {
        u128 s = (u128)a->limb[i] - eg_p_limbs[i] - borrow;
        borrow = (uint64_t)(s >> 64) & 1;
    }
    return borrow != 0;
}

bool eg_modp_from_bytes(eg_modp *out, const uint8_t *bytes, size_t n)
{
    while (n > 0 && bytes[0] == 0) {
        bytes++;
        n--;
    }
    if (n > EG_P_BYTES) {
        return false;
    }
    uint8_t padded[EG_P_BYTES] = {0};
    if (n > 0) {
        memcpy(padded + EG_P_BYTES - n, bytes, n);
    }
    eg_modp value;
    for (size_t i = 0; i < N; i++) {
        uint64_t v;
        memcpy(&v, padded + EG_P_BYTES - 8 * (i + 1), sizeof v);
        value.limb[i] = __builtin_bswap64(v);
    }
    if (!is_reduced(&value)) {
        return false;
    }
    *out = value;
    return true;
}

void eg_modp_to_bytes(uint8_t out[EG_P_BYTES], const eg_modp *a)
{
    for (size_t i = 0; i < N; i++) {
        uint64_t v = __builtin_bswap64(a->limb[i]);
        memcpy(out + EG_P_BYTES - 8 * (i + 1), &v, sizeof v);
    }
}

bool eg_modp_equal(const eg_modp *a, const eg_modp *b)
{
    uint64_t difference = 0;
    for (size_t i = 0; i < N; i++) {
        difference |= a->limb[i] ^ b->limb[i];
    }
    return difference == 0;
}

bool eg_modp_is_zero(const eg_modp *a)
{
    return eg_modp_equal(a, &eg_modp_zero);
}

bool eg_modp_is_one(const eg_modp *a)
{
    return eg_modp_equal(a, &eg_modp_one);
}

void eg_modp_select(eg_modp *r, const eg_modp *a, const eg_modp *b, bool flag)
{
    uint64_t take_b = eg_mask(flag);
    for (size_t i = 0; i < N; i++) {
        r->limb[i] = (a->limb[i] & ~take_b) | (b->limb[i] & take_b);
    }
}

void eg_modp_mul(eg_modp *r, const eg_modp *a, const eg_modp *b)
{
    eg_modp a_mont;
    eg_mont_mul(&a_mont, a, &eg_mont_r2);
    eg_mont_mul(r, &a_mont, b);
}

void eg_modp_product(eg_modp *r, const eg_modp *const factors[], size_t n)
{
    eg_modp_acc acc;
    eg_modp_acc_init(&acc);
    for (size_t i = 0; i < n; i++) {
        eg_modp_acc_mul(&acc, factors[i]);
    }
    eg_modp_acc_value(r, &acc);
}

void eg_modp_mul_g_if(eg_modp *r, const eg_modp *a, bool flag)
{
    /* a plain number times 1 or g in Montgomery form is a plain number */
    eg_modp factor;
    eg_modp_select(&factor, &eg_mont_one, &eg_mont_g, flag);
    eg_mont_mul(r, a, &factor);
}

bool eg_modp_inverse_vartime(eg_modp *r, const eg_modp *a)
{
    if (eg_modp_is_zero(a)) {
        return false;
    }
    mpz_t value, inverse;
    mpz_t modulus = MPZ_ROINIT_N((mp_limb_t *)(uintptr_t)eg_p_limbs, N);
    mpz_init(value);
    mpz_init(inverse);
    mpz_import(value, N, -1, sizeof(uint64_t), 0, 0, a->limb);
    bool found = mpz_invert(inverse, value, modulus) != 0;
    if (found) {
        *r = eg_modp_zero;
        (void)mpz_export(r->limb, NULL, -1, sizeof(uint64_t), 0, 0, inverse);
    }
    mpz_clear(value);
    mpz_clear(inverse);
    return found;
}

int eg_modp_jacobi_vartime(const eg_modp *a)
{
    mpz_t value;
    mpz_t modulus = MPZ_ROINIT_N((mp_limb_t *)(uintptr_t)eg_p_limbs, N);
    mpz_init(value);
    mpz_import(value, N, -1, sizeof(uint64_t), 0, 0, a->limb);
    int symbol = mpz_jacobi(value, modulus);
    mpz_clear(value);
    return symbol;
}
