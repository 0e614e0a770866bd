/* Integers mod q = 2^256 - 189. Constant-time: fixed loops, masks instead of branches. */
#include "group/internal.h"

enum { N = EG_Q_LIMBS, FOLD = 189 /* 2^256 = 189 mod q */ };

eg_modq eg_modq_from_u64(uint64_t x)
{
    return (eg_modq){{x}};
}

/* r = a - q when a (with carry) is q or more, else a; a < 2q */
static void reduce_once(eg_modq *r, const uint64_t a[N], uint64_t carry)
{
    uint64_t difference[N];
    uint64_t below = eg_limbs_sub(difference, a, eg_q_limbs, N);
    eg_limbs_select(r->limb, difference, a, N, eg_mask((below & (carry ^ 1)) != 0));
}

bool eg_modq_from_bytes(eg_modq *out, const uint8_t *bytes, size_t n)
{
    uint64_t limbs[N], difference[N];
    bool fits = eg_limbs_from_bytes(limbs, N, bytes, n);
    if (!fits || eg_limbs_sub(difference, limbs, eg_q_limbs, N) == 0) {
        return false;
    }
    reduce_once(out, limbs, 0);
    return true;
}

void eg_modq_from_digest(eg_modq *out, const uint8_t digest[EG_Q_BYTES])
{
    (void)eg_limbs_from_bytes(out->limb, N, digest, EG_Q_BYTES); /* no copy that stays behind */
    reduce_once(out, out->limb, 0);
}

void eg_modq_to_bytes(uint8_t out[EG_Q_BYTES], const eg_modq *a)
{
    eg_limbs_to_bytes(out, a->limb, N);
}

bool eg_modq_equal(const eg_modq *a, const eg_modq *b)
{
    return eg_limbs_equal(a->limb, b->limb, N);
}

bool eg_modq_is_zero(const eg_modq *a)
{
    return eg_modq_equal(a, &eg_modq_zero);
}

void eg_modq_select(eg_modq *r, const eg_modq *a, const eg_modq *b, bool flag)
{
    eg_limbs_select(r->limb, a->limb, b->limb, N, eg_mask(flag));
}

void eg_modq_add(eg_modq *r, const eg_modq *a, const eg_modq *b)
{
    uint64_t sum[N];
    uint64_t carry = 0;
    for (size_t i = 0; i < N; i++) {
        eg_u128 s = (eg_u128)a->limb[i] + b->limb[i] + carry;
        sum[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    reduce_once(r, sum, carry);
}

void eg_modq_neg(eg_modq *r, const eg_modq *a)
{
    /* q - a, then q itself (for a = 0) becomes 0 */
    uint64_t difference[N];
    (void)eg_limbs_sub(difference, eg_q_limbs, a->limb, N);
    reduce_once(r, difference, 0);
}

void eg_modq_sub(eg_modq *r, const eg_modq *a, const eg_modq *b)
{
    eg_modq minus_b;
    eg_modq_neg(&minus_b, b);
    eg_modq_add(r, a, &minus_b);
}

/* sum = low + high * 189, carry limb apart; low, high of four limbs */
static uint64_t fold(uint64_t sum[N], const uint64_t low[N], const uint64_t high[N])
{
    uint64_t carry = 0;
    for (size_t i = 0; i < N; i++) {
        eg_u128 s = (eg_u128)high[i] * FOLD + low[i] + carry;
        sum[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    return carry; /* <= 189 */
}

/* t of eight limbs, mod q */
static void reduce_wide(eg_modq *r, const uint64_t t[2 * N])
{
    uint64_t once[N], twice[N], thrice[N];
    uint64_t carry[N] = {fold(once, t, t + N)}; /* at most 189 */
    carry[0] = fold(twice, once, carry);        /* 0 or 1; when 1, twice < 189 * 189 */
    (void)fold(thrice, twice, carry);
    reduce_once(r, thrice, 0);
}

void eg_modq_mul(eg_modq *r, const eg_modq *a, const eg_modq *b)
{
    uint64_t t[2 * N] = {0};
    for (size_t i = 0; i < N; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < N; j++) {
            eg_u128 s = (eg_u128)a->limb[j] * b->limb[i] + t[i + j] + carry;
            t[i + j] = (uint64_t)s;
            carry = (uint64_t)(s >> 64);
        }
        t[i + N] = carry;
    }
    reduce_wide(r, t);
}

void eg_modq_add_mul(eg_modq *r, const eg_modq *a, const eg_modq *b, const eg_modq *c)
{
    eg_modq product;
    eg_modq_mul(&product, b, c);
    eg_modq_add(r, a, &product);
}

void eg_modq_pow(eg_modq *r, const eg_modq *base, const eg_modq *exponent)
{
    eg_modq result = eg_modq_one;
    for (size_t i = 0; i < 256; i++) {
        size_t bit = 255 - i;
        eg_modq with;
        eg_modq_mul(&result, &result, &result);
        eg_modq_mul(&with, &result, base);
        eg_modq_select(&result, &result, &with, (exponent->limb[bit / 64] >> (bit % 64) & 1) != 0);
    }
    *r = result;
}

void eg_modq_pow_u64_vartime(eg_modq *r, const eg_modq *base, uint64_t exponent)
{
    eg_modq result = eg_modq_one;
    eg_modq square = *base;
    for (; exponent != 0; exponent >>= 1) {
        if (exponent & 1) {
            eg_modq_mul(&result, &result, &square);
        }
        eg_modq_mul(&square, &square, &square);
    }
    *r = result;
}

void eg_modq_inverse(eg_modq *r, const eg_modq *a)
{
    eg_modq exponent = {{eg_q_limbs[0] - 2, eg_q_limbs[1], eg_q_limbs[2], eg_q_limbs[3]}};
    eg_modq_pow(r, a, &exponent);
}
