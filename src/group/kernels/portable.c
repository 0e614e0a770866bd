/* One lane, plain C: Montgomery form with R = 2^4096 on 64 limbs, lazily below 2^4096.
 *
 * p = -1 mod 2^256, hence -1/p = 1 mod 2^256: a quotient digit of four limbs is the four low limbs
 * themselves. With P' = (p + 1) / 2^256 (60 limbs), adding digit * p and dropping the four limbs is
 * the same as dropping them and adding digit * P'.
 *
 * Bound: for a, b < 2^4096 the sum a * b + m * p is below (2^4096 + p) * 2^4096, so what is left
 * after the reduction is below 2^4096 + p, and one p taken off on overflow brings it back below
 * 2^4096. */
#include "group/kernels/scalar.h"

enum { N = EG_P_LIMBS, D = 4, HIGH = N - D };

/* The sum of a column, low and high halves of its products apart: two short carry chains. */
typedef struct column {
    eg_u128 low, high;
} column;

static inline void add_product(column *c, uint64_t a, uint64_t b)
{
    eg_u128 product = (eg_u128)a * b;
    c->low += (uint64_t)product;
    c->high += (uint64_t)(product >> 64);
}

/* The column's limb; leaves in c what goes on to the next column, plus `next`. */
static inline uint64_t take_limb(column *c, uint64_t next)
{
    uint64_t limb = (uint64_t)c->low;
    c->low = (c->low >> 64) + c->high + next; /* below 2^68 */
    c->high = 0;
    return limb;
}

/* t[0 .. n+3] += a[0 .. n-1] * b[0 .. 3], n >= 4; returns the carry out of t[n+3], 0 or 1 */
static inline uint64_t add_mul_4(uint64_t *t, const uint64_t *a, size_t n, const uint64_t b[D])
{
    const uint64_t b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
    uint64_t a0 = 0, a1 = 0, a2 = 0; /* a[k-3], a[k-2], a[k-1]: zero before the first */
    column c = {.low = t[0]};
    for (size_t k = 0; k < n; k++) {
        uint64_t a3 = a[k];
        add_product(&c, a3, b0);
        add_product(&c, a2, b1);
        add_product(&c, a1, b2);
        add_product(&c, a0, b3);
        t[k] = take_limb(&c, t[k + 1]);
        a0 = a1;
        a1 = a2;
        a2 = a3;
    }
    add_product(&c, a2, b1);
    add_product(&c, a1, b2);
    add_product(&c, a0, b3);
    t[n] = take_limb(&c, t[n + 1]);
    add_product(&c, a2, b2);
    add_product(&c, a1, b3);
    t[n + 1] = take_limb(&c, t[n + 2]);
    add_product(&c, a2, b3);
    t[n + 2] = take_limb(&c, t[n + 3]);
    t[n + 3] = take_limb(&c, 0);
    return (uint64_t)c.low;
}

/* r = t / 2^4096 mod p, below 2^4096; t < 2^8192 is used up */
static void reduce(uint64_t r[N], uint64_t t[2 * N])
{
    uint64_t top = 0; /* carry that belongs to limb i + 64, on top of what add_mul_4 reaches */
    for (size_t i = 0; i < N; i += D) {
        uint64_t carry = add_mul_4(t + i + D, eg_p_folded, HIGH, t + i);
        /* limbs i + 64 .. i + 67 take the carry of the digit before */
        for (size_t j = 0; j < D; j++) {
            eg_u128 s = (eg_u128)t[i + N + j] + top;
            t[i + N + j] = (uint64_t)s;
            top = (uint64_t)(s >> 64);
        }
        top += carry; /* not both: the true sum is below 2^4096 + p */
    }
    uint64_t difference[N];
    (void)eg_limbs_sub(difference, t + N, eg_p_limbs, N);
    eg_limbs_select(r, t + N, difference, N, eg_mask(top != 0));
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    uint64_t t[2 * N] = {0};
    for (size_t i = 0; i < N; i += D) {
        (void)add_mul_4(t + i, a->word, N, b->word + i);
    }
    reduce(r->word, t);
}

/* t = 2 * t + the squares of a's blocks of four limbs; those squares stand side by side */
static void double_and_add_squares(uint64_t t[2 * N], const uint64_t a[N])
{
    uint64_t shifted_out = 0, carry = 0;
    for (size_t i = 0; i < N; i += D) {
        uint64_t square[2 * D] = {0};
        (void)add_mul_4(square, a + i, D, a + i);
        for (size_t j = 0; j < 2 * D; j++) {
            uint64_t limb = t[2 * i + j];
            eg_u128 s = (eg_u128)(limb << 1 | shifted_out) + square[j] + carry;
            shifted_out = limb >> 63;
            t[2 * i + j] = (uint64_t)s;
            carry = (uint64_t)(s >> 64);
        }
    }
}

static void sqr(eg_block *r, const eg_block *a)
{
    uint64_t t[2 * N] = {0};
    for (size_t i = 0; i + D < N; i += D) { /* each block with all above it */
        (void)add_mul_4(t + 2 * i + D, a->word + i + D, N - i - D, a->word + i);
    }
    double_and_add_squares(t, a->word);
    reduce(r->word, t);
}

static bool is_supported(void)
{
    return true;
}

static void load(eg_block *r, const eg_modp *const in[])
{
    eg_scalar_load(r, in[0], mul);
}

static void store(eg_modp *const out[], const eg_block *a)
{
    eg_scalar_store(out[0], a, reduce);
}

const eg_kernel eg_kernel_portable = {
    .name = "portable",
    .lanes = 1,
    .entry_words = N,
    .window_bits = 6,
    .is_supported = is_supported,
    .load = load,
    .store = store,
    .one = eg_scalar_one,
    .mul = mul,
    .sqr = sqr,
    .to_entries = eg_scalar_to_entries,
    .from_entries_vartime = eg_scalar_from_entries_vartime,
    .to_window = eg_scalar_to_window,
    .select = eg_scalar_select,
    .select_blocks = eg_scalar_select_blocks,
};
