/* One lane, plain C: Montgomery form with R = 2^4096 on 64 limbs.
 *
 * p = -1 mod 2^256, hence -1/p = 1 mod 2^256: a quotient digit of four limbs is the four low limbs
 * themselves. With P' = (p + 1) / 2^256 (60 limbs), adding digit * p and dropping four limbs is:
 * drop them and add digit * P'. Numbers are fully reduced between operations. */
#include "group/internal.h"

#include <string.h>

typedef unsigned __int128 u128;

enum { N = EG_P_LIMBS, DIGIT = 4, HIGH = N - DIGIT };

/* t[0..n] += a[0..n-1] * b; returns the carry out of t[n-1] (t[n] is not touched) */
static inline uint64_t add_mul_row(uint64_t *t, const uint64_t *a, size_t n, uint64_t b)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        u128 s = (u128)a[i] * b + t[i] + carry;
        t[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    return carry;
}

/* P'[i]: limbs 4..63 of p + 1; the carry of + 1 runs through the four low limbs of ones into limb 4
 */
static void high_part(uint64_t out[HIGH])
{
    u128 s = (u128)eg_p_limbs[DIGIT] + 1;
    for (size_t i = 0; i < HIGH; i++) {
        out[i] = (uint64_t)s;
        s = (s >> 64) + (i + 1 < HIGH ? eg_p_limbs[DIGIT + i + 1] : 0);
    }
}

/* r = t - p when t (with its carry limb) is p or more, else t; t < 2p */
static void reduce_once(eg_modp *r, const uint64_t *t, uint64_t carry)
{
    uint64_t d[N];
    uint64_t borrow = 0;
    for (size_t i = 0; i < N; i++) {
        u128 s = (u128)t[i] - eg_p_limbs[i] - borrow;
        d[i] = (uint64_t)s;
        borrow = (uint64_t)(s >> 64) & 1;
    }
    uint64_t keep = eg_mask(carry == 0 && borrow != 0);
    for (size_t i = 0; i < N; i++) {
        r->limb[i] = (t[i] & keep) | (d[i] & ~keep);
    }
}

static void mont_reduce(eg_modp *r, uint64_t t[2 * N + 1])
{
    uint64_t prime[HIGH];
    high_part(prime);
    uint64_t top = 0; /* carry into t[i + N] of the next row */
    for (size_t i = 0; i < N; i++) {
        /* digit t[i]: adding t[i] * p at limb i zeroes limb i and adds t[i] * P' at limb i + 4 (p =
         * P' * 2^256 - 1). Limbs i + 1 .. i + 3 are unchanged, so one limb at a time equals four at
         * once. */
        uint64_t carry = add_mul_row(t + i + DIGIT, prime, HIGH, t[i]);
        u128 s = (u128)t[i + N] + carry + top;
        t[i + N] = (uint64_t)s;
        top = (uint64_t)(s >> 64);
    }
    reduce_once(r, t + N, top);
}

static void portable_mul_one(eg_modp *r, const eg_modp *a, const eg_modp *b)
{
    uint64_t t[2 * N + 1];
    memset(t, 0, sizeof t);
    for (size_t i = 0; i < N; i++) {
        t[i + N] = add_mul_row(t + i, a->limb, N, b->limb[i]);
    }
    mont_reduce(r, t);
}

static bool supported(void)
{
    return true;
}

static eg_modp *number(eg_block *b)
{
    return (eg_modp *)(void *)b->word;
}

static const eg_modp *number_c(const eg_block *b)
{
    return (const eg_modp *)(const void *)b->word;
}

static void load(eg_block *r, const eg_modp *const in[])
{
    portable_mul_one(number(r), in[0], &eg_mont_r2);
}

static void store(eg_modp *const out[], const eg_block *a)
{
    if (out[0] != NULL) {
        portable_mul_one(out[0], number_c(a), &eg_modp_one);
    }
}

static void one(eg_block *r)
{
    *number(r) = eg_mont_one;
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    portable_mul_one(number(r), number_c(a), number_c(b));
}

static void sqr(eg_block *r, const eg_block *a)
{
    portable_mul_one(number(r), number_c(a), number_c(a));
}

static void to_entries(uint64_t *const entry[], const eg_block *a)
{
    if (entry[0] != NULL) {
        memcpy(entry[0], a->word, sizeof(eg_modp));
    }
}

static void from_entries_vartime(eg_block *r, const uint64_t *const entry[])
{
    memcpy(r->word, entry[0], sizeof(eg_modp));
}

static void select_entry(eg_block *r, const uint64_t *entries, unsigned count,
                         const uint32_t digit[])
{
    uint64_t sum[N] = {0};
    for (unsigned e = 0; e < count; e++) {
        uint64_t take = eg_mask(e == digit[0]);
        for (size_t i = 0; i < N; i++) {
            sum[i] |= entries[e * N + i] & take;
        }
    }
    memcpy(r->word, sum, sizeof sum);
}

static void select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                          const uint32_t digit[])
{
    uint64_t sum[N] = {0};
    for (unsigned e = 0; e < count; e++) {
        uint64_t take = eg_mask(e == digit[0]);
        for (size_t i = 0; i < N; i++) {
            sum[i] |= blocks[e].word[i] & take;
        }
    }
    memcpy(r->word, sum, sizeof sum);
}

const eg_kernel eg_kernel_portable = {
    .name = "portable",
    .lanes = 1,
    .entry_words = N,
    .is_supported = supported,
    .load = load,
    .store = store,
    .one = one,
    .mul = mul,
    .sqr = sqr,
    .to_entries = to_entries,
    .from_entries_vartime = from_entries_vartime,
    .select = select_entry,
    .select_blocks = select_blocks,
};
