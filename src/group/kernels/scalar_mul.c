/* Products of the one-lane kernels: Montgomery form with R = 2^4096 on 64 limbs, lazily below
 * 2^4096.
 *
 * p = 2^4096 - 2^3840 + 2^256 * P - 1, with P of 56 limbs. Its lowest 256 bits are ones, hence
 * -1/p = 1 mod 2^256: a quotient digit of four limbs is the four low limbs themselves, and adding
 * digit * p and dropping them is the same as dropping them and adding the rest of digit * (p + 1).
 * Its highest 256 bits are ones too: of the quotient m, m * P is added digit by digit, and
 * m * (2^4096 - 2^3840) at the end in one piece.
 *
 * Bound: for a, b < 2^4096 the sum a * b + m * p is below (2^4096 + p) * 2^4096, so what is left
 * after the reduction is below 2^4096 + p, and one p taken off on overflow brings it back below
 * 2^4096. */
#include "group/kernels/scalar.h"

#include <string.h>

enum {
    N = EG_P_LIMBS,
    ONES = 4, /* limbs of ones at either end of p */
    MIDDLE = N - 2 * ONES,
    SCHOOL = 16, /* limbs from which halves take longer than they save */
    CHAIN = 8    /* limbs between which a carry stays in its flag; divides all counts of limbs */
};

/* ---- reduction ------------------------------------------------------------------------------- */

/* t[0 .. n-1] += x, a few units; returns the carry out */
static uint8_t add_small(uint64_t t[], size_t n, uint64_t x)
{
    uint8_t carry = eg_limb_add(0, t[0], x, &t[0]);
    for (size_t j = 1; j < n; j++) {
        carry = eg_limb_add(carry, t[j], 0, &t[j]);
    }
    return carry;
}

/* r = r - (p & mask) */
static void subtract_p(uint64_t r[N], uint64_t mask)
{
    uint8_t borrow = 0;
    for (size_t k = 0; k < N; k += CHAIN) {
        for (size_t j = k; j < k + CHAIN; j++) {
            borrow = eg_limb_sub(borrow, r[j], eg_p_limbs[j] & mask, &r[j]);
        }
    }
}

/* r = high + m - m / 2^256, less p if that reaches 2^4096; `over` is what `high` carried out
 * before, `borrow` what m * 2^3840 borrows from below */
static void add_ones(uint64_t r[N], const uint64_t high[N], const uint64_t m[N], uint8_t over,
                     uint8_t borrow)
{
    static const uint64_t nothing[ONES] = {0};
    uint8_t carry = 0;
    for (size_t k = 0; k < N; k += ONES) {
        const uint64_t *above = k + ONES < N ? m + k + ONES : nothing;
        uint64_t sum[ONES];
        for (size_t j = 0; j < ONES; j++) {
            carry = eg_limb_add(carry, high[k + j], m[k + j], &sum[j]);
        }
        for (size_t j = 0; j < ONES; j++) {
            borrow = eg_limb_sub(borrow, sum[j], above[j], &r[k + j]);
        }
    }
    /* the sum is not negative and below twice 2^4096: over + carry - borrow is 0 or 1 */
    subtract_p(r, eg_mask(over + carry - borrow != 0));
}

void eg_scalar_reduce(uint64_t r[N], uint64_t t[2 * N], const eg_sweeps *by)
{
    const size_t width = by->width;
    uint64_t digit[CHAIN];
    /* m begins with t's first limbs, and with them m * 2^3840 reaches into the last digit */
    uint8_t borrow = 0;
    for (size_t j = 0; j < ONES; j++) {
        borrow = eg_limb_sub(borrow, t[N - ONES + j], t[j], &t[N - ONES + j]);
    }
    /* what has been carried out so far, of adding it and of a sweep: belongs to limb i + 60 */
    uint64_t top = 0; /* at most 2 */
    for (size_t i = 0; i < N; i += width) {
        by->quotient(digit, t + i);
        top = add_small(t + i + N - ONES, width, top);
        /* leaves the whole digit in t[i .. i+width-1]: what is dropped with it is zero */
        top += by->add(t + i + ONES, eg_p_folded, MIDDLE, digit);
    }
    uint8_t over = add_small(t + 2 * N - ONES, ONES, top);
    add_ones(r, t + N, t, over, borrow);
}

/* ---- products -------------------------------------------------------------------------------- */

/* r = |a - b|; all ones when a < b, else zero */
static uint64_t distance(uint64_t r[], const uint64_t a[], const uint64_t b[], size_t n)
{
    uint8_t borrow = 0;
    for (size_t k = 0; k < n; k += CHAIN) {
        for (size_t j = k; j < k + CHAIN; j++) {
            borrow = eg_limb_sub(borrow, a[j], b[j], &r[j]);
        }
    }
    const uint64_t negative = eg_mask(borrow != 0);
    uint8_t carry = negative & 1;
    for (size_t k = 0; k < n; k += CHAIN) {
        for (size_t j = k; j < k + CHAIN; j++) {
            carry = eg_limb_add(carry, r[j] ^ negative, 0, &r[j]);
        }
    }
    return negative;
}

/* t has the products of the lower halves and of the upper halves, n limbs each. Adds both of them,
 * and the product x of the distances or, where `negative`, less x, n/2 limbs up. x is used up. */
static void add_middle(uint64_t t[], uint64_t x[], size_t n, uint64_t negative)
{
    uint8_t sum = 0, signed_sum = negative & 1, carry = 0;
    for (size_t k = 0; k < n; k += CHAIN) {
        uint64_t ends[CHAIN];
        for (size_t j = 0; j < CHAIN; j++) {
            sum = eg_limb_add(sum, t[k + j], t[n + k + j], &ends[j]);
        }
        for (size_t j = 0; j < CHAIN; j++) {
            signed_sum = eg_limb_add(signed_sum, ends[j], x[k + j] ^ negative, &x[k + j]);
        }
    }
    t += n / 2;
    for (size_t k = 0; k < n; k += CHAIN) {
        for (size_t j = k; j < k + CHAIN; j++) {
            carry = eg_limb_add(carry, t[j], x[j], &t[j]);
        }
    }
    /* no carry out: it is a product of 2n limbs */
    (void)add_small(t + n, n / 2, (uint64_t)sum + signed_sum + carry - (negative & 1));
}

static void product_16(uint64_t t[2 * SCHOOL], const uint64_t a[SCHOOL], const uint64_t b[SCHOOL],
                       const eg_sweeps *by)
{
    memset(t + SCHOOL, 0, SCHOOL * sizeof *t);
    by->set(t, a, SCHOOL, b);
    for (size_t i = by->width; i < SCHOOL; i += by->width) {
        (void)by->add(t + i, a, SCHOOL, b + i);
    }
}

/* Karatsuba's way: three products of `half` limbs, which is at most N / 2. */
static inline __attribute__((always_inline)) void product_by_halves(
    uint64_t t[], const uint64_t a[], const uint64_t b[], size_t half,
    void (*product)(uint64_t *, const uint64_t *, const uint64_t *, const eg_sweeps *),
    const eg_sweeps *by)
{
    uint64_t of_a[N / 2], of_b[N / 2], x[N];
    product(t, a, b, by);
    product(t + 2 * half, a + half, b + half, by);
    uint64_t differ = distance(of_a, a, a + half, half) ^ distance(of_b, b, b + half, half);
    product(x, of_a, of_b, by);
    add_middle(t, x, 2 * half, ~differ);
}

static void product_32(uint64_t t[N], const uint64_t a[N / 2], const uint64_t b[N / 2],
                       const eg_sweeps *by)
{
    product_by_halves(t, a, b, N / 4, product_16, by);
}

static void product_64(uint64_t t[2 * N], const uint64_t a[N], const uint64_t b[N],
                       const eg_sweeps *by)
{
    product_by_halves(t, a, b, N / 2, product_32, by);
}

void eg_scalar_mul(eg_block *r, const eg_block *a, const eg_block *b, const eg_sweeps *by)
{
    uint64_t t[2 * N];
    product_64(t, a->word, b->word, by);
    eg_scalar_reduce(r->word, t, by);
}

/* t = 2 * t + the squares of a's blocks of `width` limbs; those squares stand side by side */
static void double_and_add_squares(uint64_t t[2 * N], const uint64_t a[N], const eg_sweeps *by)
{
    uint64_t shifted_out = 0;
    uint8_t carry = 0;
    for (size_t i = 0; i < N; i += by->width) {
        uint64_t square[2 * CHAIN], twice[2 * CHAIN];
        by->set(square, a + i, by->width, a + i);
        for (size_t k = 0; k < 2 * by->width; k += CHAIN) {
            for (size_t j = k; j < k + CHAIN; j++) {
                twice[j] = t[2 * i + j] << 1 | shifted_out;
                shifted_out = t[2 * i + j] >> 63;
            }
            for (size_t j = k; j < k + CHAIN; j++) {
                carry = eg_limb_add(carry, twice[j], square[j], &t[2 * i + j]);
            }
        }
    }
}

/* Not by halves: half as much to save, 2 % at most. */
void eg_scalar_sqr(eg_block *r, const eg_block *a, const eg_sweeps *by)
{
    const size_t width = by->width;
    uint64_t t[2 * N] = {0};
    for (size_t i = 0; i + width < N; i += width) { /* each block with all above it */
        (void)by->add(t + 2 * i + width, a->word + i + width, N - i - width, a->word + i);
    }
    double_and_add_squares(t, a->word, by);
    eg_scalar_reduce(r->word, t, by);
}
