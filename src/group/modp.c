/* Single numbers mod p: conversions and products. Inverses are in public_gmp.c, running products
 * in accumulate.c, powers in fixed_pow.c, pow.c and chain.c. */
#include "group/internal.h"

#include "base/clones.h"
#include "base/secret.h"

#include <string.h>

enum { N = EG_P_LIMBS };

/* A one-lane kernel's block is the number's limbs in order (kernel.h), so blocks are filled and
 * read here without load and store: that saves their conversions. */
void eg_mont_mul(eg_modp *r, const eg_modp *a, const eg_modp *b)
{
    eg_block x, y;
    eg_count_products(eg_kernel_scalar(), 1);
    memcpy(x.word, a->limb, sizeof a->limb);
    memcpy(y.word, b->limb, sizeof b->limb);
    eg_kernel_scalar()->mul(&x, &x, &y);
    uint64_t below = eg_limbs_sub(y.word, x.word, eg_p_limbs, N); /* x < 2^4096 < 2p */
    eg_limbs_select(r->limb, y.word, x.word, N, eg_mask(below != 0));
    eg_wipe(x.word, sizeof a->limb);
    eg_wipe(y.word, sizeof b->limb);
}

void eg_mont_power_of_r(eg_modp *r, uint64_t exponent)
{
    eg_modp power = eg_mont_one;
    for (unsigned bit = 64; bit-- > 0;) {
        if (exponent >> bit > 1) { /* something stands above this bit: the power is not 1 yet */
            eg_mont_mul(&power, &power, &power);
        }
        if ((exponent >> bit & 1) != 0) {
            eg_mont_mul(&power, &power, &eg_mont_r2);
        }
    }
    *r = power;
}

void eg_modp_from_u64(eg_modp *r, uint64_t x)
{
    *r = (eg_modp){{x}};
}

bool eg_modp_from_bytes(eg_modp *out, const uint8_t *bytes, size_t n)
{
    eg_modp value, difference;
    bool fits = eg_limbs_from_bytes(value.limb, N, bytes, n);
    if (!fits || eg_limbs_sub(difference.limb, value.limb, eg_p_limbs, N) == 0) {
        return false;
    }
    *out = value;
    return true;
}

/* A hundred times a ballot, for hashes and texts. */
EG_BYTE_LOOP static void to_bytes(uint8_t out[EG_P_BYTES], const uint64_t limb[N])
{
    eg_limbs_to_bytes(out, limb, N);
}

void eg_modp_to_bytes(uint8_t out[EG_P_BYTES], const eg_modp *a)
{
    to_bytes(out, a->limb);
}

bool eg_modp_equal(const eg_modp *a, const eg_modp *b)
{
    return eg_limbs_equal(a->limb, b->limb, N);
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
    eg_limbs_select(r->limb, a->limb, b->limb, N, eg_mask(flag));
}

void eg_modp_mul(eg_modp *r, const eg_modp *a, const eg_modp *b)
{
    eg_modp product;
    eg_mont_mul(&product, a, b);
    eg_mont_mul(r, &product, &eg_mont_r2);
    eg_wipe(&product, sizeof product);
}

void eg_modp_mul_g_if(eg_modp *r, const eg_modp *a, bool flag)
{
    /* a plain number times 1 or g in Montgomery form is a plain number */
    eg_modp factor;
    eg_modp_select(&factor, &eg_mont_one, &eg_mont_g, flag);
    eg_mont_mul(r, a, &factor);
    eg_wipe(&factor, sizeof factor);
}
