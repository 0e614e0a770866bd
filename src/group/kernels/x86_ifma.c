/* Eight lanes, AVX-512 IFMA: 80 limbs of 52 bits, R = 2^4160.
 *
 * word[8 i + l] of a block is limb i of lane l. The instructions give the low and the high 52 bits
 * of a product of two limbs, added to a column of 64 bits.
 *
 * Bounds: limbs are below 2^52 between operations. In units of 2^52, which a half of a product of
 * limbs stays below: a column of the product lies in -202 .. 285 (x86_fma.c) and has 2^60, 256
 * units, to spare; the reduction adds at most 150 halves, two for each limb of P', and a carry, so
 * that it stays below 2^62. A square's columns, at most 160, take nothing off. For a, b < 2^4097,
 * (a b + m p) / R < p + 2^4034 < 2^4097, so that nothing is subtracted between products. */
#include "group/kernels/x86_ifma.h"

#include "base/secret.h"
#include "group/kernels/x86_cpu.h"
#include "group/kernels/x86_mxcsr.h"

enum {
    H = N / 2,
    Q = N / 4,
    F = EG_P_FOLDED_LIMBS_52,
    D = EG_DIGIT_LIMBS_52,
    W = 10, /* limbs that sweep together: enough chains of sums to keep two multipliers busy */
};

/* ---- sweeps ---------------------------------------------------------------------------------- */

/* Limbs that sweep over a number, and the columns under them. After `turn` steps column j is in
 * c[(turn + j) % W]: nothing moves from register to register. Turns are constants once inlined. */
typedef struct swath {
    __m512i y[W];
    __m512i c[W];
} swath;

static ALWAYS_INLINE void take_swath(swath *s, const __m512i t[], const __m512i y[W])
{
#pragma GCC unroll 16
    for (size_t j = 0; j < W; j++) {
        s->y[j] = y[j];
        s->c[j] = t[j];
    }
}

static ALWAYS_INLINE void put_swath(__m512i t[], const swath *s, size_t turn)
{
#pragma GCC unroll 16
    for (size_t j = 0; j < W; j++) {
        t[j] = s->c[(turn + j) % W];
    }
}

/* Columns += x * y, those from `first` on concerned. Column 0 is done with and goes to memory,
 * `next` comes into its register as column W. */
static ALWAYS_INLINE void step(swath *s, __m512i *t, __m512i next, __m512i x, size_t turn,
                               size_t first)
{
    __m512i *lowest = &s->c[turn % W];
    *t = first > 0 ? *lowest : _mm512_madd52lo_epu64(*lowest, x, s->y[0]);
    *lowest = next;
#pragma GCC unroll 16
    for (size_t j = 0; j < W; j++) {
        __m512i *low = &s->c[(turn + j) % W], *high = &s->c[(turn + j + 1) % W];
        if (j > 0 && j >= first) {
            *low = _mm512_madd52lo_epu64(*low, x, s->y[j]);
        }
        if (j + 1 >= first) {
            *high = _mm512_madd52hi_epu64(*high, x, s->y[j]);
        }
    }
}

/* W steps, after which every column is back in its register. */
static ALWAYS_INLINE void sweep_round(swath *s, __m512i t[], const __m512i x[W])
{
#pragma GCC unroll 16
    for (size_t turn = 0; turn < W; turn++) {
        step(s, t + turn, t[turn + W], x[turn], turn, 0);
    }
}

/* The same where nothing is above the columns yet. */
static ALWAYS_INLINE void sweep_round_fresh(swath *s, __m512i t[], const __m512i x[W])
{
#pragma GCC unroll 16
    for (size_t turn = 0; turn < W; turn++) {
        step(s, t + turn, _mm512_setzero_si512(), x[turn], turn, 0);
    }
}

/* t[0 .. n+W-1] = x[0 .. n-1] * y[0 .. W-1], n a multiple of W */
static inline void sweep_set(__m512i t[], const __m512i x[], size_t n, const __m512i y[W])
{
    swath s;
#pragma GCC unroll 16
    for (size_t j = 0; j < W; j++) {
        s.y[j] = y[j];
        s.c[j] = _mm512_setzero_si512();
    }
    for (size_t k = 0; k < n; k += W) {
        sweep_round_fresh(&s, t + k, x + k);
    }
    put_swath(t + n, &s, 0);
}

/* The same on top of t[0 .. n-1]. */
static inline void sweep_add(__m512i t[], const __m512i x[], size_t n, const __m512i y[W])
{
    swath s;
    take_swath(&s, t, y);
    for (size_t k = 0; k + W < n; k += W) {
        sweep_round(&s, t + k, x + k);
    }
    sweep_round_fresh(&s, t + n - W, x + n - W);
    put_swath(t + n, &s, 0);
}

/* ---- reduction ------------------------------------------------------------------------------- */

/* The limb of a column, whose carry goes on to *next. */
static inline __m512i take_limb(__m512i c, __m512i *next)
{
    *next = _mm512_add_epi64(*next, _mm512_srli_epi64(c, 52));
    return _mm512_and_si512(c, splat(EG_MASK_52));
}

/* Quotient digits of t[0 .. W-1], whose last carry goes to t[W]: the first four are limbs as they
 * are, the next have taken what those before them times the low limbs of P' add to them. */
static ALWAYS_INLINE void take_digits(__m512i digit[W], __m512i t[W + 1])
{
    __m512i c[W + 1];
#pragma GCC unroll 16
    for (size_t j = 0; j <= W; j++) {
        c[j] = t[j];
    }
#pragma GCC unroll 16
    for (size_t j = 0; j < W; j++) {
        digit[j] = take_limb(c[j], &c[j + 1]);
#pragma GCC unroll 16
        for (size_t k = 0; D + j + k < W; k++) {
            __m512i folded = splat(eg_p_folded_52[k]);
            c[D + j + k] = _mm512_madd52lo_epu64(c[D + j + k], digit[j], folded);
            if (D + j + k + 1 < W) {
                c[D + j + k + 1] = _mm512_madd52hi_epu64(c[D + j + k + 1], digit[j], folded);
            }
        }
    }
    t[W] = c[W];
}

/* Steps from .. from + n - 1 of t += P' * digit; n is below W or a multiple of it. */
static ALWAYS_INLINE void sweep_folded(swath *s, __m512i t[], size_t from, size_t n)
{
    size_t together = n < W ? n : W;
    for (size_t k = from; k < from + n; k += together) {
#pragma GCC unroll 16
        for (size_t turn = 0; turn < together; turn++) {
            __m512i *column = t + k + turn;
            step(s, column, column[W], splat(eg_p_folded_52[k + turn]), from + turn, 0);
        }
    }
}

/* r = t / R mod p, lazily; t is used up. The last swath ends at column 70 + 4 + 75 + 9 < 2 N. The
 * next digits are taken as soon as their columns are done, so that no sweep waits for them. */
static inline void reduce(eg_block *r, __m512i t[2 * N])
{
    enum {
        UNEVEN = (F - (W - D)) % W,
        DONE = W - D + UNEVEN + W, /* steps after which columns i + W .. i + 2 W are in memory */
    };
    __m512i digit[W];
    take_digits(digit, t);
    for (size_t i = 0; i < N; i += W) {
        __m512i *low = t + i + D;
        swath s;
        take_swath(&s, low, digit);
        /* columns below i + W are done with */
#pragma GCC unroll 16
        for (size_t k = 0; k < W - D; k++) {
            step(&s, low + k, low[k + W], splat(eg_p_folded_52[k]), k, W - D - k);
        }
        sweep_folded(&s, low, W - D, UNEVEN);
        sweep_folded(&s, low, W - D + UNEVEN, W);
        if (i + W < N) {
            take_digits(digit, t + i + W);
        }
        sweep_folded(&s, low, DONE, F - DONE);
        put_swath(low + F, &s, F);
    }
    __m512i column = t[N];
    for (size_t i = 0; i < N; i++) {
        __m512i next = i + 1 < N ? t[N + i + 1] : _mm512_setzero_si512();
        set_limb(r, i, take_limb(column, &next));
        column = next;
    }
}

/* ---- product ---------------------------------------------------------------------------------
 * By halves (Karatsuba), and those by halves again, as in x86_fma.c. */

/* High half minus low half, mod B. */
typedef struct difference {
    __m512i limb[H];
    __m512i below; /* all ones where it is negative, B too much */
} difference;

static ALWAYS_INLINE void subtract_halves(difference *d, const __m512i x[], size_t n)
{
    __m512i borrow = _mm512_setzero_si512();
    for (size_t i = 0; i < n; i++) {
        __m512i limb = _mm512_sub_epi64(_mm512_sub_epi64(x[n + i], x[i]), borrow);
        borrow = _mm512_srli_epi64(limb, 63);
        d->limb[i] = _mm512_and_si512(limb, splat(EG_MASK_52));
    }
    d->below = _mm512_sub_epi64(_mm512_setzero_si512(), borrow);
}

/* The middle into columns n .. 3n: t holds a0 b0 below a1 b1, m is the differences' product mod B
 * each. Where a difference is negative, B times the other comes off m. */
static ALWAYS_INLINE void add_middle(__m512i t[], const __m512i m[], const difference *a,
                                     const difference *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        __m512i both = _mm512_add_epi64(t[n + i], t[2 * n + i]);
        __m512i low = _mm512_sub_epi64(_mm512_add_epi64(both, t[i]), m[i]);
        __m512i high = _mm512_sub_epi64(_mm512_add_epi64(both, t[3 * n + i]), m[n + i]);
        high = _mm512_add_epi64(high, _mm512_and_si512(a->limb[i], b->below));
        high = _mm512_add_epi64(high, _mm512_and_si512(b->limb[i], a->below));
        t[n + i] = low;
        t[2 * n + i] = high;
    }
    __m512i both_below = _mm512_and_si512(a->below, b->below);
    t[3 * n] = _mm512_add_epi64(t[3 * n], both_below); /* minus one */
}

static inline void multiply_quarters(__m512i t[2 * Q], const __m512i x[Q], const __m512i y[Q])
{
    sweep_set(t, x, Q, y);
    for (size_t i = W; i < Q; i += W) {
        sweep_add(t + i, x, Q, y + i);
    }
}

/* t[0 .. 4n-1] = x[0 .. 2n-1] * y[0 .. 2n-1], where `product` multiplies n limbs by n */
static ALWAYS_INLINE void
multiply_by_halves(__m512i t[], const __m512i x[], const __m512i y[], size_t n,
                   void (*product)(__m512i *, const __m512i *, const __m512i *))
{
    __m512i m[N];
    difference dx, dy;
    subtract_halves(&dx, x, n);
    subtract_halves(&dy, y, n);
    product(t, x, y);
    product(t + 2 * n, x + n, y + n);
    product(m, dx.limb, dy.limb);
    add_middle(t, m, &dx, &dy, n);
}

static void multiply_halves(__m512i t[2 * H], const __m512i x[H], const __m512i y[H])
{
    multiply_by_halves(t, x, y, Q, multiply_quarters);
}

/* What is taken off a column stays below this; so that no column gets negative, each from Q on, the
 * first of a middle, has it to spare, and each but the first of those less by what the column below
 * has too much: all of it comes to nothing. */
#define SPARE       ((uint64_t)1 << 60)
#define SPARE_BELOW (SPARE >> 52)

static inline void add_spare(__m512i t[2 * N])
{
    t[Q] = _mm512_add_epi64(t[Q], splat(SPARE));
    for (size_t i = Q + 1; i + 1 < 2 * N; i++) {
        t[i] = _mm512_add_epi64(t[i], splat(SPARE - SPARE_BELOW));
    }
    t[2 * N - 1] = _mm512_sub_epi64(t[2 * N - 1], splat(SPARE_BELOW));
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    __m512i t[2 * N];
    const __m512i *x = (const __m512i *)a->word, *y = (const __m512i *)b->word;
    multiply_by_halves(t, x, y, H, multiply_halves);
    add_spare(t);
    reduce(r, t);
}

static inline void add_product(__m512i t[2], __m512i a, __m512i b)
{
    t[0] = _mm512_madd52lo_epu64(t[0], a, b);
    t[1] = _mm512_madd52hi_epu64(t[1], a, b);
}

/* The products of different limbs once, doubled; then the squares of limbs. By halves it took 7 %
 * longer: half of the work falls away as it is. */
static void sqr(eg_block *r, const eg_block *a)
{
    __m512i t[2 * N];
    const __m512i *x = (const __m512i *)a->word;
    for (size_t i = 0; i < 2 * N; i++) {
        t[i] = _mm512_setzero_si512();
    }
    for (size_t i = 0; i < N; i += W) {
        for (size_t j = 0; j < W; j++) {
            for (size_t k = j + 1; k < W; k++) {
                add_product(&t[2 * i + j + k], x[i + j], x[i + k]);
            }
        }
        if (i + W < N) {
            sweep_add(t + 2 * i + W, x + i + W, N - i - W, x + i);
        }
    }
    for (size_t i = 0; i < N; i++) {
        t[2 * i] = _mm512_slli_epi64(t[2 * i], 1);
        t[2 * i + 1] = _mm512_slli_epi64(t[2 * i + 1], 1);
        add_product(&t[2 * i], x[i], x[i]);
    }
    reduce(r, t);
}

/* ---- numbers in and out ---------------------------------------------------------------------- */

static uint32_t enter(void)
{
    return eg_mxcsr_enter(EG_MXCSR_STEADY);
}

static void splat_limbs(eg_block *r, const uint64_t limb[N])
{
    for (size_t i = 0; i < N; i++) {
        set_limb(r, i, splat(limb[i]));
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
        for (size_t l = 0; l < LANES; l++) {
            r->word[i * LANES + l] = eg_limb_52(in[l], i);
        }
    }
}

/* plain numbers below 2 p, fully reduced; wipes a */
static void give(eg_modp *const out[], eg_block *a)
{
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
    __m512i t[2 * N];
    eg_block plain;
    for (size_t i = 0; i < N; i++) {
        t[i] = limb_of(a, i);
        t[N + i] = _mm512_setzero_si512();
    }
    reduce(&plain, t); /* (a + m p) / R: at most p */
    give(out, &plain);
}

static bool is_supported(void)
{
    return eg_cpu_has(EG_CPU_AVX512 | EG_CPU_AVX512_IFMA);
}

const eg_kernel eg_kernel_ifma = {
    .name = "ifma",
    .lanes = LANES,
    .entry_words = N,
    .window_bits = 6,
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
    .to_entries = eg_ifma_to_entries,
    .from_entries_vartime = eg_ifma_from_entries_vartime,
    .to_window = eg_ifma_to_window,
    .select = eg_ifma_select,
    .select_blocks = eg_ifma_select_blocks,
};
