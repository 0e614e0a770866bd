/* Four lanes, AVX2 and double-precision FMA: 80 limbs of 52 bits held as doubles, R = 2^4160.
 *
 * word[4 i + l] of a block is limb i of lane l. A product of two limbs falls apart exactly when
 * rounding goes towards zero: high = fma(a, b, 2^104) has floor(a b / 2^52) in its mantissa, and
 * low = fma(a, b, 2^104 + 2^52 - high) has a b mod 2^52 in its own. Where a b is negative, 2^105
 * less one unit takes the place of 2^104. Columns add the bit patterns as integers; the exponents
 * in them come to a known sum for each column, which is taken off it.
 *
 * Bounds: limbs are below 2^52 between operations. In units of 2^52, which a half of a product of
 * limbs stays below: a column of the product lies in -202 .. 285 (below), of a square in 0 .. 160.
 * The reduction takes off at most 70 high halves, one for each limb of C, and adds at most 70 low
 * ones, two parts of digits times 2^3888 and a carry. Each column has 2^61, 512 units, to spare, so
 * that none is negative, and stays below 2^62. For a, b < 2^4097, (a b + m p) / R < p + 2^4034 <
 * 2^4097, so that nothing is subtracted between products. */
#include "group/kernels/x86_fma.h"

#include "base/secret.h"
#include "group/kernels/x86_cpu.h"
#include "group/kernels/x86_mxcsr.h"

enum {
    H = N / 2,
    Q = N / 4,
    F = 70, /* limbs of C, where P' = 2^3888 - C: the highest of P' are ones */
    MISSING_ROOM = 72,
    ONES_LIMBS = 74, /* and 40 bits: 3888 */
    D = EG_DIGIT_LIMBS_52,
    STEPS = 5, /* of a sweep at once: the window's four columns are back in their registers */
    MXCSR_TOWARDS_ZERO = 0x6000
};

#define BITS_2_104 0x4670000000000000u /* the double 2^104 */
#define BITS_2_105 0x4680000000000000u /* the double 2^105 */

/* ---- what a column starts from --------------------------------------------------------------- */

/* pairs (i, j), i < n, j < m, with i + j = c */
#define LAST(c, n)  ((c) < (n) ? (c) : -1 + (n))
#define FIRST(c, m) ((c) < (m) ? 0 : (c) - (m) + 1)
#define PAIRS(c, n, m)                                                                             \
    ((c) < 0 || LAST(c, n) < FIRST(c, m) ? 0 : (uint64_t)(LAST(c, n) - FIRST(c, m) + 1))
/* minus the exponents that column c takes of a product of n by m limbs: low halves fall into it
 * where the limbs' places come to c, high halves where they come to one less */
#define EXPONENTS(c, n, m, high) (0 - PAIRS(c, n, m) * BITS_2_52 - PAIRS(-1 + (c), n, m) * (high))

/* So that no column gets negative, each from the first that anything is taken off has this to
 * spare, and each but the first of those less by what the column below has too much: all of it
 * comes to nothing. */
#define SPARE       ((uint64_t)1 << 61)
#define SPARE_BELOW (SPARE >> 52)
#define SPARE_OF(c) (((c) >= D && (c) + 1 < 2 * N ? SPARE : 0) - ((c) > D ? SPARE_BELOW : 0))

/* A product of quarters; what the reduction brings to any product; both for a square. */
#define START_QUARTERS(c)  EXPONENTS(c, Q, Q, BITS_2_104)
#define START_REDUCTION(c) (EXPONENTS(-D + (c), N, F, BITS_2_105 - 1) + SPARE_OF(c))
#define START_SQUARE(c)    (EXPONENTS(c, N, N, BITS_2_104) + START_REDUCTION(c))

#define TIMES_4(of, c) of(c), of((c) + 1), of((c) + 2), of((c) + 3)
#define TIMES_20(of, c)                                                                            \
    TIMES_4(of, c), TIMES_4(of, (c) + 4), TIMES_4(of, (c) + 8), TIMES_4(of, (c) + 12),             \
        TIMES_4(of, (c) + 16)
#define TIMES_40(of, c) TIMES_20(of, c), TIMES_20(of, (c) + 20)
#define TIMES_160(of)   TIMES_40(of, 0), TIMES_40(of, 40), TIMES_40(of, 80), TIMES_40(of, 120)

static const uint64_t start_quarters[2 * Q] = {TIMES_40(START_QUARTERS, 0)};
static const uint64_t start_reduction[2 * N] = {TIMES_160(START_REDUCTION)};
static const uint64_t start_square[2 * N] = {TIMES_160(START_SQUARE)};

/* ---- sweeps ---------------------------------------------------------------------------------- */

/* What the halves of products are told apart by: a high half is added to `high`, the low one to
 * `next` less that. */
typedef struct split {
    __m256d high, next;
} split;

static inline split positive(void)
{
    return (split){splat_double(BITS_2_104), splat_double(BITS_2_104 + 1)};
}

static inline split negative(void)
{
    return (split){splat_double(BITS_2_105 - 1), splat_double(BITS_2_105)};
}

/* *low and *high += the halves of a * b, with their exponents */
static inline void add_product(__m256i *low, __m256i *high, __m256d a, __m256d b, split by)
{
    __m256d h = _mm256_fmadd_pd(a, b, by.high);
    __m256d l = _mm256_fmadd_pd(a, b, _mm256_sub_pd(by.next, h));
    *high = _mm256_add_epi64(*high, _mm256_castpd_si256(h));
    *low = _mm256_add_epi64(*low, _mm256_castpd_si256(l));
}

/* Four limbs that sweep over a number, and the columns under them. */
typedef struct swath {
    __m256d y0, y1, y2, y3;
    __m256i c0, c1, c2, c3;
} swath;

static inline swath swath_at(const __m256i t[], const __m256d y[D])
{
    return (swath){y[0], y[1], y[2], y[3], t[0], t[1], t[2], t[3]};
}

/* t[0 .. 4] += x * y; the swath moves up by one column, t[0] is written */
static inline void step(swath *w, __m256i t[], __m256d x, split by)
{
    __m256i c4 = t[D];
    add_product(&w->c0, &w->c1, x, w->y0, by);
    add_product(&w->c1, &w->c2, x, w->y1, by);
    add_product(&w->c2, &w->c3, x, w->y2, by);
    add_product(&w->c3, &c4, x, w->y3, by);
    t[0] = w->c0;
    w->c0 = w->c1;
    w->c1 = w->c2;
    w->c2 = w->c3;
    w->c3 = c4;
}

static inline void put_swath(__m256i t[], const swath *w)
{
    t[0] = w->c0;
    t[1] = w->c1;
    t[2] = w->c2;
    t[3] = w->c3;
}

/* t[0 .. n+3] += x[0 .. n-1] * y[0 .. 3] */
static inline void sweep(__m256i t[], const __m256d x[], size_t n, const __m256d y[D])
{
    const split by = positive();
    swath w = swath_at(t, y);
    size_t k, whole = n - n % STEPS;
    for (k = 0; k < whole; k += STEPS) {
        step(&w, t + k, x[k], by);
        step(&w, t + k + 1, x[k + 1], by);
        step(&w, t + k + 2, x[k + 2], by);
        step(&w, t + k + 3, x[k + 3], by);
        step(&w, t + k + 4, x[k + 4], by);
    }
    for (k = whole; k < n; k++) {
        step(&w, t + k, x[k], by);
    }
    put_swath(t + n, &w);
}

/* The same for STEPS negative limbs of one number for all lanes, without taking up and putting
 * down. */
static inline void sweep_negative(swath *w, __m256i t[], const double x[STEPS])
{
    const split by = negative();
    step(w, t, _mm256_set1_pd(x[0]), by);
    step(w, t + 1, _mm256_set1_pd(x[1]), by);
    step(w, t + 2, _mm256_set1_pd(x[2]), by);
    step(w, t + 3, _mm256_set1_pd(x[3]), by);
    step(w, t + 4, _mm256_set1_pd(x[4]), by);
}

/* ---- reduction ------------------------------------------------------------------------------- */

/* The limb of column c, whose carry goes on to *next. */
static inline __m256i take_limb(__m256i c, __m256i *next)
{
    *next = _mm256_add_epi64(*next, _mm256_srli_epi64(c, 52));
    return _mm256_and_si256(c, splat(EG_MASK_52));
}

/* The quotient digit of four limbs: they as they are. Their carry goes to t[4]. */
static inline void take_digit(__m256i digit[D], __m256i t[D + 1])
{
    for (size_t j = 0; j < D; j++) {
        digit[j] = take_limb(t[j], &t[j + 1]);
    }
}

/* t += digit * 2^40 */
static inline void add_shifted(__m256i t[D + 1], const __m256i digit[D])
{
    for (size_t j = 0; j < D; j++) {
        __m256i low = _mm256_and_si256(_mm256_slli_epi64(digit[j], 40), splat(EG_MASK_52));
        t[j] = _mm256_add_epi64(t[j], low);
        t[j + 1] = _mm256_add_epi64(t[j + 1], _mm256_srli_epi64(digit[j], 12));
    }
}

/* -C, and zeros up to whole vectors: compilers would write a rest under a mask */
static inline void set_missing(double missing[MISSING_ROOM])
{
    for (size_t i = 0; i < MISSING_ROOM; i++) {
        int64_t limb = (int64_t)(eg_p_folded_52[i] ^ EG_MASK_52) + (i == 0);
        missing[i] = (double)-limb;
    }
}

/* r = t / R mod p, lazily; t is used up. Columns have start_reduction in them. Adding digit * P' is
 * adding digit * 2^3888 and taking off digit * C. The next digit is taken as soon as its columns
 * are done, so that no sweep waits for its digit. */
static inline void reduce(eg_block *r, __m256i t[2 * N])
{
    _Alignas(32) double missing[MISSING_ROOM];
    __m256i digit[D];
    set_missing(missing);
    take_digit(digit, t);
    for (size_t i = D; i <= N; i += D) {
        __m256d limb[D];
        for (size_t j = 0; j < D; j++) {
            limb[j] = to_double(digit[j]);
        }
        add_shifted(t + i + ONES_LIMBS, digit);
        swath w = swath_at(t + i, limb);
        sweep_negative(&w, t + i, missing);
        if (i < N) {
            take_digit(digit, t + i);
        }
        for (size_t k = STEPS; k < F; k += STEPS) {
            sweep_negative(&w, t + i + k, missing + k);
        }
        put_swath(t + i + F, &w);
    }
    __m256i column = t[N];
    for (size_t i = 0; i < N; i++) {
        __m256i next = i + 1 < N ? t[N + i + 1] : _mm256_setzero_si256();
        set_limb(r, i, to_double(take_limb(column, &next)));
        column = next;
    }
}

/* ---- product ---------------------------------------------------------------------------------
 * By halves (Karatsuba), and those by halves again: with a = a0 + a1 B, b = b0 + b1 B and B =
 * 2^2080 or 2^1040, the middle of the product is a0 b0 + a1 b1 - (a1 - a0) (b1 - b0): three
 * products of halves, not four.
 *
 * In units of 2^52: a column of 20 limbs by 20 is at most 20 low halves and 19 high ones, and two
 * columns 20 apart are 40 halves together. A column of a half's product is at most three of such,
 * two of them 20 apart, less one, and two limbs where differences are negative: -40 .. 81. One of
 * the whole product is three of those less one, and two limbs: -202 .. 285. */

/* High half minus low half, mod B. */
typedef struct difference {
    __m256d limb[H];
    __m256i below; /* all ones where it is negative, B too much */
} difference;

/* n limbs a half */
static ALWAYS_INLINE void subtract_halves(difference *d, const __m256d x[], size_t n)
{
    const __m256d zero = _mm256_setzero_pd(), one_limb = splat_double(BITS_2_52);
    __m256d borrow = zero, below = zero;
    for (size_t i = 0; i < n; i++) {
        __m256d limb = _mm256_sub_pd(_mm256_sub_pd(x[n + i], x[i]), borrow);
        below = _mm256_cmp_pd(limb, zero, _CMP_LT_OQ);
        borrow = _mm256_and_pd(below, _mm256_set1_pd(1));
        d->limb[i] = _mm256_add_pd(limb, _mm256_and_pd(below, one_limb));
    }
    d->below = _mm256_castpd_si256(below);
}

static inline void start_columns(__m256i t[], const uint64_t start[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        t[i] = splat(start[i]);
    }
}

/* The limb, an integer, where `take` is all ones; else zero. */
static inline __m256i integer_if(__m256d limb, __m256i take)
{
    return _mm256_and_si256(to_integer(limb), take);
}

/* The middle into columns n .. 3n: t holds a0 b0 below a1 b1, m is the differences' product mod B
 * each. Where a difference is negative, B times the other comes off m. */
static ALWAYS_INLINE void add_middle(__m256i t[], const __m256i m[], const difference *a,
                                     const difference *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        __m256i both = _mm256_add_epi64(t[n + i], t[2 * n + i]);
        __m256i low = _mm256_sub_epi64(_mm256_add_epi64(both, t[i]), m[i]);
        __m256i high = _mm256_sub_epi64(_mm256_add_epi64(both, t[3 * n + i]), m[n + i]);
        high = _mm256_add_epi64(high, integer_if(a->limb[i], b->below));
        high = _mm256_add_epi64(high, integer_if(b->limb[i], a->below));
        t[n + i] = low;
        t[2 * n + i] = high;
    }
    __m256i both_below = _mm256_and_si256(a->below, b->below);
    t[3 * n] = _mm256_add_epi64(t[3 * n], both_below); /* minus one */
}

static inline void multiply_quarters(__m256i t[2 * Q], const __m256d x[Q], const __m256d y[Q])
{
    start_columns(t, start_quarters, 2 * Q);
    for (size_t i = 0; i < Q; i += D) {
        sweep(t + i, x, Q, y + i);
    }
}

/* t[0 .. 4n-1] = x[0 .. 2n-1] * y[0 .. 2n-1], where `product` multiplies n limbs by n */
static ALWAYS_INLINE void
multiply_by_halves(__m256i t[], const __m256d x[], const __m256d y[], size_t n,
                   void (*product)(__m256i *, const __m256d *, const __m256d *))
{
    __m256i m[N];
    difference dx, dy;
    subtract_halves(&dx, x, n);
    subtract_halves(&dy, y, n);
    product(t, x, y);
    product(t + 2 * n, x + n, y + n);
    product(m, dx.limb, dy.limb);
    add_middle(t, m, &dx, &dy, n);
}

static void multiply_halves(__m256i t[2 * H], const __m256d x[H], const __m256d y[H])
{
    multiply_by_halves(t, x, y, Q, multiply_quarters);
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    __m256i t[2 * N];
    const __m256d *x = (const __m256d *)a->word, *y = (const __m256d *)b->word;
    multiply_by_halves(t, x, y, H, multiply_halves);
    for (size_t i = 0; i < 2 * N; i++) {
        t[i] = _mm256_add_epi64(t[i], splat(start_reduction[i]));
    }
    reduce(r, t);
}

/* The products of different limbs once, doubled; then the squares of limbs. */
static void sqr(eg_block *r, const eg_block *a)
{
    const split by = positive();
    __m256i t[2 * N];
    const __m256d *x = (const __m256d *)a->word;
    for (size_t i = 0; i < 2 * N; i++) {
        t[i] = _mm256_setzero_si256();
    }
    for (size_t i = 0; i < N; i += D) {
        for (size_t j = 0; j < D; j++) {
            for (size_t k = j + 1; k < D; k++) {
                add_product(&t[2 * i + j + k], &t[2 * i + j + k + 1], x[i + j], x[i + k], by);
            }
        }
        sweep(t + 2 * i + D, x + i + D, N - i - D, x + i);
    }
    for (size_t i = 0; i < N; i++) {
        __m256i low = splat(start_square[2 * i]), high = splat(start_square[2 * i + 1]);
        add_product(&low, &high, x[i], x[i], by);
        t[2 * i] = _mm256_add_epi64(_mm256_slli_epi64(t[2 * i], 1), low);
        t[2 * i + 1] = _mm256_add_epi64(_mm256_slli_epi64(t[2 * i + 1], 1), high);
    }
    reduce(r, t);
}

/* ---- numbers in and out ---------------------------------------------------------------------- */

static uint32_t enter(void)
{
    return eg_mxcsr_enter(EG_MXCSR_STEADY | MXCSR_TOWARDS_ZERO);
}

static void splat_limbs(eg_block *r, const uint64_t limb[N])
{
    for (size_t i = 0; i < N; i++) {
        set_limb(r, i, to_double(splat(limb[i])));
    }
}

static void one(eg_block *r)
{
    splat_limbs(r, eg_one_52);
}

/* plain numbers, as they are */
static void take(eg_block *r, const eg_modp *const in[])
{
    for (size_t i = 0; i < N; i++) {
        uint64_t limb[LANES];
        for (size_t l = 0; l < LANES; l++) {
            limb[l] = eg_limb_52(in[l], i);
        }
        set_limb(r, i, to_double(_mm256_loadu_si256((const __m256i *)limb)));
    }
}

/* plain numbers below 2 p, fully reduced; wipes a */
static void give(eg_modp *const out[], eg_block *a)
{
    for (size_t i = 0; i < N; i++) {
        __m256i limb = to_integer(limb_of(a, i));
        _mm256_store_si256((__m256i *)&a->word[i * LANES], limb);
    }
    for (size_t l = 0; l < LANES; l++) {
        if (out[l] != NULL) {
            eg_join_52(out[l], a->word + l, LANES);
        }
    }
    eg_wipe(a->word, sizeof a->word);
}

static void load(eg_block *r, const eg_modp *const in[])
{
    eg_block plain, r2;
    take(&plain, in);
    splat_limbs(&r2, eg_r2_52);
    mul(r, &plain, &r2);
    eg_wipe(plain.word, sizeof plain.word);
}

static void store(eg_modp *const out[], const eg_block *a)
{
    __m256i t[2 * N];
    eg_block plain;
    start_columns(t, start_reduction, 2 * N);
    for (size_t i = 0; i < N; i++) {
        t[i] = _mm256_add_epi64(t[i], to_integer(limb_of(a, i)));
    }
    reduce(&plain, t); /* (a + m p) / R: at most p */
    give(out, &plain);
}

static bool is_supported(void)
{
    return eg_cpu_has(EG_CPU_AVX2 | EG_CPU_FMA);
}

const eg_kernel eg_kernel_fma = {
    .name = "fma",
    .lanes = LANES,
    .entry_words = N,
    .window_bits = 7,
    .is_supported = is_supported,
    .enter = enter,
    .leave = eg_mxcsr_leave,
    .load = load,
    .store = store,
    .take = take,
    .give = give,
    .one = one,
    .mul = mul,
    .sqr = sqr,
    .to_entries = eg_fma_to_entries,
    .from_entries_vartime = eg_fma_from_entries_vartime,
    .to_window = eg_fma_to_window,
    .select = eg_fma_select,
    .select_blocks = eg_fma_select_blocks,
};
