/* Integers mod q = 2^256 - 189. Constant-time: fixed loops, masks instead of branches. */
#include "group/internal.h"

#include <string.h>

typedef unsigned __int128 u128;

enum { N = EG_Q_LIMBS, FOLD = 189 /* 2^256 = 189 mod q */ };

eg_modq eg_modq_from_u64(uint64_t x)
{
    return (eg_modq){{x}};
}

/* r = a - q when a (with carry) is q or more, else a; a < 2q */
static void reduce_once(eg_modq *r, const uint64_t a[N], uint64_t carry)
{
    uint64_t d[N];
    uint64_t borrow = 0;
    for (size_t i = 0; i < N; i++) {
        u128 s = (u128)a[i] - eg_q_limbs[i] - borrow;
        d[i] = (uint64_t)s;
        borrow = (uint64_t)(s >> 64) & 1;
    }
    uint64_t keep = eg_mask((carry | (borrow ^ 1)) == 0);
    for (size_t i = 0; i < N; i++) {
        r->limb[i] = (a[i] & keep) | (d[i] & ~keep);
    }
}

static void limbs_from_bytes(uint64_t out[N], const uint8_t bytes[EG_Q_BYTES])
{
    for (size_t i = 0; i < N; i++) {
        uint64_t v = 0;
        for (size_t j = 0; j < 8; j++) {
            v = v << 8 | bytes[EG_Q_BYTES - 8 * (i + 1) + j];
        }
        out[i] = v;
    }
}

bool eg_modq_from_bytes(eg_modq *out, const uint8_t *bytes, size_t n)
{
    while (n > 0 && bytes[0] == 0) {
        bytes++;
        n--;
    }
    if (n > EG_Q_BYTES) {
        return false;
    }
    uint8_t padded[EG_Q_BYTES] = {0};
    if (n > 0) {
        memcpy(padded + EG_Q_BYTES - n, bytes, n);
    }
    uint64_t limbs[N];
    limbs_from_bytes(limbs, padded);
    eg_modq reduced;
    reduce_once(&reduced, limbs, 0);
    if (memcmp(reduced.limb, limbs, sizeof limbs) != 0) {
        return false;
    }
    *out = reduced;
    return true;
}

void eg_modq_from_digest(eg_modq *out, const uint8_t digest[EG_Q_BYTES])
{
    uint64_t limbs[N];
    limbs_from_bytes(limbs, digest);
    reduce_once(out, limbs, 0);
}

void eg_modq_to_bytes(uint8_t out[EG_Q_BYTES], const eg_modq *a)
{
    for (size_t i = 0; i < EG_Q_BYTES; i++) {
        out[EG_Q_BYTES - 1 - i] = (uint8_t)(a->limb[i / 8] >> (i % 8 * 8));
    }
}

bool eg_modq_equal(const eg_modq *a, const eg_modq *b)
{
    uint64_t difference = 0;
    for (size_t i = 0; i < N; i++) {
        difference |= a->limb[i] ^ b->limb[i];
    }
    return difference == 0;
}

bool eg_modq_is_zero(const eg_modq *a)
{
    return eg_modq_equal(a, &eg_modq_zero);
}

void eg_modq_select(eg_modq *r, const eg_modq *a, const eg_modq *b, bool flag)
{
    uint64_t take_b = eg_mask(flag);
    for (size_t i = 0; i < N; i++) {
        r->limb[i] = (a->limb[i] & ~take_b) | (b->limb[i] & take_b);
    }
}

void eg_modq_add(eg_modq *r, const eg_modq *a, const eg_modq *b)
{
    uint64_t sum[N];
    uint64_t carry = 0;
    for (size_t i = 0; i < N; i++) {
        u128 s = (u128)a->limb[i] + b->limb[i] + carry;
        sum[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    reduce_once(r, sum, carry);
}

void eg_modq_neg(eg_modq *r, const eg_modq *a)
{
    /* q - a, then q itself (for a = 0) becomes 0 */
    uint64_t d[N];
    uint64_t borrow = 0;
    for (size_t i = 0; i < N; i++) {
        u128 s = (u128)eg_q_limbs[i] - a->limb[i] - borrow;
        d[i] = (uint64_t)s;
        borrow = (uint64_t)(s >> 64) & 1;
    }
    reduce_once(r, d, 0);
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
        u128 s = (u128)high[i] * FOLD + low[i] + carry;
        sum[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    return carry; /* <= 189 */
}

/* t of eight limbs, mod q */
static void reduce_wide(eg_modq *r, const uint64_t t[2 * N])
{
    uint64_t sum[N];
    uint64_t high[N] = {fold(sum, t, t + N)};
    uint64_t again[N];
    uint64_t carry =
        fold(again, sum, high); /* 0 or 1: then `again` is small and one more 189 cannot carry */
    uint64_t last[N] = {carry};
    uint64_t done[N];
    (void)fold(done, again, last);
    reduce_once(r, done, 0);
}

void eg_modq_mul(eg_modq *r, const eg_modq *a, const eg_modq *b)
{
    uint64_t t[2 * N] = {0};
    for (size_t i = 0; i < N; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < N; j++) {
            u128 s = (u128)a->limb[j] * b->limb[i] + t[i + j] + carry;
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
