/* One lane, mulx with two carry chains (adcx, adox): Montgomery form with R = 2^4096 on 64 limbs,
 * lazily below 2^4096. The reduction is portable.c's with quotient digits of eight limbs.
 *
 * Compilers do not keep two carry chains apart, hence the one piece of assembly here: rows
 * of eight products, their columns in registers. */
#include "group/kernels/scalar.h"
#include "group/kernels/x86_cpu.h"

#include <string.h>

enum { N = EG_P_LIMBS, F = EG_P_FOLDED_LIMBS, W = 8, D = 4 };

/* ---- tiles ----------------------------------------------------------------------------------- */

/* One low half into column `low`, the high half into the next. */
#define PRODUCT(j, low, high)                                                                      \
    "mulx 8*" #j "(%[y]), %[p], %[q]\n\t"                                                          \
    "adcx %[p], %[" #low "]\n\t"                                                                   \
    "adox %[q], %[" #high "]\n\t"

/* The window c0 .. c7 stands over columns k .. k+7. Adds x[k] * y, puts column k to memory; column
 * k+8 comes into the register that c0 left, and the carries end in it: a window of eight limbs plus
 * a product of eight by one is below 2^576. The xor clears both carries, so that no row waits for
 * the one before. */
/* clang-format off */
#define ROW(k, c0, c1, c2, c3, c4, c5, c6, c7)                                                     \
    "movq 8*" #k "(%[x]), %%rdx\n\t"                                                               \
    "xorl %k[p], %k[p]\n\t"                                                                        \
    PRODUCT(0, c0, c1)                                                                             \
    "movq %[" #c0 "], 8*" #k "(%[t])\n\t"                                                          \
    PRODUCT(1, c1, c2)                                                                             \
    PRODUCT(2, c2, c3)                                                                             \
    PRODUCT(3, c3, c4)                                                                             \
    PRODUCT(4, c4, c5)                                                                             \
    PRODUCT(5, c5, c6)                                                                             \
    PRODUCT(6, c6, c7)                                                                             \
    "mulx 8*7(%[y]), %[p], %[" #c0 "]\n\t"                                                         \
    "movl $0, %k[q]\n\t"                                                                           \
    "adcx %[p], %[" #c7 "]\n\t"                                                                    \
    "adox %[q], %[" #c0 "]\n\t"                                                                    \
    "adcx %[q], %[" #c0 "]\n\t"
/* clang-format on */

/* Columns of memory into those that came in as products alone, from the carry that came in on. */
#define CARRY_IN    "movq %[carry], %[p]\n\taddq $-1, %[p]\n\t"
#define UPPER(k, c) "adcq 8*" #k "+64(%[t]), %[" #c "]\n\t"
#define CARRY_OUT   "movl $0, %k[p]\n\tadcq $0, %[p]\n\tmovq %[p], %[carry]\n\t"

/* The columns of a tile in registers, and the carry that goes on above them: 0 or 1 when the one
 * that comes in is, since the sum of a tile stays below twice the power of two above it. */
typedef struct columns {
    uint64_t a0, a1, a2, a3, a4, a5, a6, a7, carry;
} columns;

#define TILE(rows)                                                                                 \
    uint64_t p, q;                                                                                 \
    __asm__(rows                                                                                   \
            : [a0] "+&r"(c->a0), [a1] "+&r"(c->a1), [a2] "+&r"(c->a2), [a3] "+&r"(c->a3),          \
              [a4] "+&r"(c->a4), [a5] "+&r"(c->a5), [a6] "+&r"(c->a6), [a7] "+&r"(c->a7),          \
              [p] "=&r"(p), [q] "=&r"(q), [carry] "+x"(c->carry) /* the others are all in use */   \
            : [t] "r"(t), [x] "r"(x), [y] "r"(y)                                                   \
            : "rdx", "cc", "memory")

/* t[0 .. 15] += x[0 .. 7] * y[0 .. 7]; t[8 .. 15] stay in c */
static inline __attribute__((always_inline)) void tile_8(columns *c, uint64_t t[2 * W],
                                                         const uint64_t x[W], const uint64_t y[W])
{
    /* clang-format off */
    TILE(ROW(0, a0, a1, a2, a3, a4, a5, a6, a7)
         ROW(1, a1, a2, a3, a4, a5, a6, a7, a0)
         ROW(2, a2, a3, a4, a5, a6, a7, a0, a1)
         ROW(3, a3, a4, a5, a6, a7, a0, a1, a2)
         ROW(4, a4, a5, a6, a7, a0, a1, a2, a3)
         ROW(5, a5, a6, a7, a0, a1, a2, a3, a4)
         ROW(6, a6, a7, a0, a1, a2, a3, a4, a5)
         ROW(7, a7, a0, a1, a2, a3, a4, a5, a6)
         CARRY_IN UPPER(0, a0) UPPER(1, a1) UPPER(2, a2) UPPER(3, a3)
         UPPER(4, a4) UPPER(5, a5) UPPER(6, a6) UPPER(7, a7) CARRY_OUT);
    /* clang-format on */
}

/* t[0 .. 11] += x[0 .. 3] * y[0 .. 7]; t[4 .. 11] stay in c, turned by four */
static inline __attribute__((always_inline)) void tile_4(columns *c, uint64_t t[W + D],
                                                         const uint64_t x[D], const uint64_t y[W])
{
    /* clang-format off */
    TILE(ROW(0, a0, a1, a2, a3, a4, a5, a6, a7)
         ROW(1, a1, a2, a3, a4, a5, a6, a7, a0)
         ROW(2, a2, a3, a4, a5, a6, a7, a0, a1)
         ROW(3, a3, a4, a5, a6, a7, a0, a1, a2)
         CARRY_IN UPPER(0, a0) UPPER(1, a1) UPPER(2, a2) UPPER(3, a3) CARRY_OUT);
    /* clang-format on */
}

/* t[0 .. n+7] += x[0 .. n-1] * y[0 .. 7], n a multiple of four; returns the carry out of t[n+7] */
static inline uint64_t sweep(uint64_t t[], const uint64_t x[], size_t n, const uint64_t y[W])
{
    columns c = {t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], 0};
    size_t k = 0;
    for (; k + W <= n; k += W) {
        tile_8(&c, t + k, x + k, y);
    }
    if (k < n) {
        tile_4(&c, t + k, x + k, y);
        c = (columns){c.a4, c.a5, c.a6, c.a7, c.a0, c.a1, c.a2, c.a3, c.carry};
    }
    t += n;
    t[0] = c.a0;
    t[1] = c.a1;
    t[2] = c.a2;
    t[3] = c.a3;
    t[4] = c.a4;
    t[5] = c.a5;
    t[6] = c.a6;
    t[7] = c.a7;
    return c.carry;
}

/* ---- reduction ------------------------------------------------------------------------------- */

/* Limbs 4 to 7 of a quotient digit: t[4 .. 7] + t[0 .. 3] * P', mod 2^256 */
static inline void second_half(uint64_t digit[W])
{
    for (size_t j = 0; j < D; j++) {
        uint64_t carry = 0;
        for (size_t k = 0; j + k < D; k++) {
            eg_u128 s = (eg_u128)digit[j] * eg_p_folded[k] + digit[D + j + k] + carry;
            digit[D + j + k] = (uint64_t)s;
            carry = (uint64_t)(s >> 64);
        }
    }
}

/* r = t / 2^4096 mod p, below 2^4096; t < 2^8192 is used up. Bound: as in portable.c. */
static void reduce(uint64_t r[N], uint64_t t[2 * N])
{
    uint64_t digit[W], difference[N];
    uint64_t top = 0; /* carry that belongs to limb i + 64 */
    for (size_t i = 0; i < N; i += W) {
        memcpy(digit, t + i, sizeof digit);
        second_half(digit);
        /* limbs i + 4 .. i + 7 become the second half of the digit: what is dropped is zero */
        uint64_t carry = sweep(t + i + D, eg_p_folded, F, digit);
        for (size_t j = 0; j < W; j++) {
            eg_u128 s = (eg_u128)t[i + N + j] + top;
            t[i + N + j] = (uint64_t)s;
            top = (uint64_t)(s >> 64);
        }
        top += carry; /* not both: the true sum is below 2^4096 + p */
    }
    (void)eg_limbs_sub(difference, t + N, eg_p_limbs, N);
    eg_limbs_select(r, t + N, difference, N, eg_mask(top != 0));
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    uint64_t t[2 * N] = {0};
    for (size_t i = 0; i < N; i += W) {
        (void)sweep(t + i, a->word, N, b->word + i);
    }
    reduce(r->word, t);
}

/* t = 2 * t + the squares of a's blocks of eight limbs; those squares stand side by side */
static void double_and_add_squares(uint64_t t[2 * N], const uint64_t a[N])
{
    uint64_t shifted_out = 0, carry = 0;
    for (size_t i = 0; i < N; i += W) {
        uint64_t square[2 * W] = {0};
        (void)sweep(square, a + i, W, a + i);
        for (size_t j = 0; j < 2 * W; j++) {
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
    for (size_t i = 0; i + W < N; i += W) { /* each block with all above it */
        (void)sweep(t + 2 * i + W, a->word + i + W, N - i - W, a->word + i);
    }
    double_and_add_squares(t, a->word);
    reduce(r->word, t);
}

static bool is_supported(void)
{
    return eg_cpu_has(EG_CPU_BMI2 | EG_CPU_ADX);
}

static void load(eg_block *r, const eg_modp *const in[])
{
    eg_scalar_load(r, in[0], mul);
}

static void store(eg_modp *const out[], const eg_block *a)
{
    eg_scalar_store(out[0], a, reduce);
}

const eg_kernel eg_kernel_adx = {
    .name = "adx",
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
