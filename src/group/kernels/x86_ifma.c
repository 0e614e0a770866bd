/* Eight lanes, AVX-512 IFMA: 80 limbs of 52 bits, R = 2^4160.
 *
 * word[8 i + l] of a block is limb i of lane l. The instructions give the low and the high 52 bits
 * of a product of two limbs, added to a column of 64 bits.
 *
 * Bounds: limbs are below 2^52 between operations; a column takes at most 4 * 80 halves of products
 * and a carry, below 2^61. For a, b < 2^4097, (a b + m p) / R < p + 2^4034 < 2^4097, so that
 * nothing is subtracted between products. */
#include "group/kernels/limbs52.h"

#include "base/secret.h"
#include "group/kernels/x86_cpu.h"

#include <immintrin.h>

enum {
    N = EG_LIMBS_52,
    F = EG_P_FOLDED_LIMBS_52,
    D = EG_DIGIT_LIMBS_52,
    W = 8, /* limbs that sweep over a number together: nine chains keep two multipliers busy */
    LANES = 8
};

static inline __m512i splat(uint64_t x)
{
    return _mm512_set1_epi64((long long)x);
}

static inline __m512i limb_of(const eg_block *a, size_t i)
{
    return _mm512_load_si512(&a->word[i * LANES]);
}

static inline void set_limb(eg_block *r, size_t i, __m512i x)
{
    _mm512_store_si512(&r->word[i * LANES], x);
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

/* Limbs that sweep over a number, and the columns under them. */
typedef struct window {
    __m512i y[W];
    __m512i c[W + 1];
} window;

static inline void take_window(window *w, const __m512i t[], const __m512i y[W])
{
    for (size_t j = 0; j < W; j++) {
        w->y[j] = y[j];
        w->c[j] = t[j];
    }
}

static inline void put_window(__m512i t[], const window *w)
{
    for (size_t j = 0; j < W; j++) {
        t[j] = w->c[j];
    }
}

/* t[0 .. W] += x * y where columns from `first` on are concerned; the window moves up by one */
static inline __attribute__((always_inline)) void step(window *w, __m512i t[], __m512i x,
                                                       size_t first)
{
    w->c[W] = t[W];
#pragma GCC unroll 8
    for (size_t j = 0; j < W; j++) {
        if (j >= first) {
            w->c[j] = _mm512_madd52lo_epu64(w->c[j], x, w->y[j]);
        }
        if (j + 1 >= first) {
            w->c[j + 1] = _mm512_madd52hi_epu64(w->c[j + 1], x, w->y[j]);
        }
    }
    t[0] = w->c[0];
#pragma GCC unroll 8
    for (size_t j = 0; j < W; j++) {
        w->c[j] = w->c[j + 1];
    }
}

/* t[0 .. n+7] += x[0 .. n-1] * y[0 .. 7] */
static inline void sweep(__m512i t[], const __m512i x[], size_t n, const __m512i y[W])
{
    window w;
    take_window(&w, t, y);
#pragma GCC unroll 4
    for (size_t k = 0; k < n; k++) {
        step(&w, t + k, x[k], 0);
    }
    put_window(t + n, &w);
}

/* ---- reduction ------------------------------------------------------------------------------- */

/* The limb of a column, whose carry goes on to *next. */
static inline __m512i take_limb(__m512i c, __m512i *next)
{
    *next = _mm512_add_epi64(*next, _mm512_srli_epi64(c, 52));
    return _mm512_and_si512(c, splat(EG_MASK_52));
}

/* Eight quotient digits of t[0 .. 7], whose last carry goes to t[8]: four are limbs as they are,
 * the next four have taken what the first four times the low limbs of P' add to them. */
static inline __attribute__((always_inline)) void take_digits(__m512i digit[W], __m512i t[W + 1])
{
    __m512i c[W + 1];
#pragma GCC unroll 9
    for (size_t j = 0; j <= W; j++) {
        c[j] = t[j];
    }
#pragma GCC unroll 8
    for (size_t j = 0; j < W; j++) {
        digit[j] = take_limb(c[j], &c[j + 1]);
#pragma GCC unroll 4
        for (size_t k = 0; j + k < D; k++) {
            __m512i folded = splat(eg_p_folded_52[k]);
            c[D + j + k] = _mm512_madd52lo_epu64(c[D + j + k], digit[j], folded);
            if (j + k + 1 < D) {
                c[D + j + k + 1] = _mm512_madd52hi_epu64(c[D + j + k + 1], digit[j], folded);
            }
        }
    }
    t[W] = c[W];
}

/* r = t / R mod p, lazily; t is used up. The last window ends at column 72 + 4 + 75 + 7 < 2 N. */
static inline void reduce(eg_block *r, __m512i t[2 * N])
{
    for (size_t i = 0; i < N; i += W) {
        __m512i digit[W];
        window w;
        take_digits(digit, t + i);
        take_window(&w, t + i + D, digit);
        /* columns below i + W are done with */
        step(&w, t + i + D, splat(eg_p_folded_52[0]), W - D);
        step(&w, t + i + D + 1, splat(eg_p_folded_52[1]), W - D - 1);
        step(&w, t + i + D + 2, splat(eg_p_folded_52[2]), W - D - 2);
        step(&w, t + i + D + 3, splat(eg_p_folded_52[3]), W - D - 3);
#pragma GCC unroll 4
        for (size_t k = D; k < F; k++) {
            step(&w, t + i + D + k, splat(eg_p_folded_52[k]), 0);
        }
        put_window(t + i + D + F, &w);
    }
    __m512i column = t[N];
    for (size_t i = 0; i < N; i++) {
        __m512i next = i + 1 < N ? t[N + i + 1] : _mm512_setzero_si512();
        set_limb(r, i, take_limb(column, &next));
        column = next;
    }
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    __m512i t[2 * N];
    const __m512i *x = (const __m512i *)a->word, *y = (const __m512i *)b->word;
    for (size_t i = 0; i < 2 * N; i++) {
        t[i] = _mm512_setzero_si512();
    }
    for (size_t i = 0; i < N; i += W) {
        sweep(t + i, x, N, y + i);
    }
    reduce(r, t);
}

static inline void add_product(__m512i t[2], __m512i a, __m512i b)
{
    t[0] = _mm512_madd52lo_epu64(t[0], a, b);
    t[1] = _mm512_madd52hi_epu64(t[1], a, b);
}

/* The products of different limbs once, doubled; then the squares of limbs. */
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
        sweep(t + 2 * i + W, x + i + W, N - i - W, x + i);
    }
    for (size_t i = 0; i < N; i++) {
        t[2 * i] = _mm512_slli_epi64(t[2 * i], 1);
        t[2 * i + 1] = _mm512_slli_epi64(t[2 * i + 1], 1);
        add_product(&t[2 * i], x[i], x[i]);
    }
    reduce(r, t);
}

/* ---- numbers in and out ---------------------------------------------------------------------- */

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

static void load(eg_block *r, const eg_modp *const in[])
{
    eg_block plain, r2;
    for (size_t i = 0; i < N; i++) {
        for (size_t l = 0; l < LANES; l++) {
            plain.word[i * LANES + l] = eg_limb_52(in[l], i);
        }
    }
    splat_limbs(&r2, eg_r2_52);
    mul(r, &plain, &r2);
    eg_wipe(plain.word, sizeof plain.word);
}

static void store(eg_modp *const out[], const eg_block *a)
{
    eg_block plain, unit;
    static const uint64_t unit_limbs[N] = {1};
    splat_limbs(&unit, unit_limbs);
    mul(&plain, a, &unit); /* (a + m p) / R: at most p */
    for (size_t l = 0; l < LANES; l++) {
        if (out[l] != NULL) {
            eg_join_52(out[l], plain.word + l, LANES);
        }
    }
    eg_wipe(plain.word, sizeof plain.word);
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* eight limbs of one lane to one limb of eight lanes, and back */
static inline void transpose(__m512i v[LANES])
{
    __m512i pair[LANES], quad[LANES];
#pragma GCC unroll 4
    for (size_t l = 0; l < LANES; l += 2) {
        pair[l] = _mm512_unpacklo_epi64(v[l], v[l + 1]);
        pair[l + 1] = _mm512_unpackhi_epi64(v[l], v[l + 1]);
    }
#pragma GCC unroll 2
    for (size_t l = 0; l < LANES; l += 4) {
        quad[l] = _mm512_shuffle_i64x2(pair[l], pair[l + 2], 0x88);         /* limbs 0, 4 */
        quad[l + 1] = _mm512_shuffle_i64x2(pair[l + 1], pair[l + 3], 0x88); /* 1, 5 */
        quad[l + 2] = _mm512_shuffle_i64x2(pair[l], pair[l + 2], 0xdd);     /* 2, 6 */
        quad[l + 3] = _mm512_shuffle_i64x2(pair[l + 1], pair[l + 3], 0xdd); /* 3, 7 */
    }
#pragma GCC unroll 4
    for (size_t l = 0; l < LANES / 2; l++) {
        v[l] = _mm512_shuffle_i64x2(quad[l], quad[l + 4], 0x88);
        v[l + 4] = _mm512_shuffle_i64x2(quad[l], quad[l + 4], 0xdd);
    }
}

static void to_entries(uint64_t *const entry[], const eg_block *a)
{
    for (size_t i = 0; i < N; i += LANES) {
        __m512i v[LANES];
        for (size_t l = 0; l < LANES; l++) {
            v[l] = limb_of(a, i + l);
        }
        transpose(v);
        for (size_t l = 0; l < LANES; l++) {
            if (entry[l] != NULL) {
                _mm512_store_si512(entry[l] + i, v[l]);
            }
        }
    }
}

static void from_entries_vartime(eg_block *r, const uint64_t *const entry[])
{
    for (size_t i = 0; i < N; i += LANES) {
        __m512i v[LANES];
        for (size_t l = 0; l < LANES; l++) {
            v[l] = _mm512_load_si512(entry[l] + i);
        }
        transpose(v);
        for (size_t l = 0; l < LANES; l++) {
            set_limb(r, i + l, v[l]);
        }
    }
}

/* Selections sum up sixteen limbs at a time, so that the sums stay in registers. */
enum { PART = 16 };

/* all ones in the lanes whose digit is e */
static inline __m512i lanes_of(__m512i digit, unsigned e)
{
    return _mm512_movm_epi64(_mm512_cmpeq_epi64_mask(digit, splat(e)));
}

/* sum | (x & take) */
static inline __m512i add_taken(__m512i sum, __m512i x, __m512i take)
{
    return _mm512_ternarylogic_epi64(sum, x, take, 0xf8);
}

static inline __m512i load_digits(const uint32_t digit[])
{
    return _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)digit));
}

static void select_entry(eg_block *r, const uint64_t *entries, unsigned count,
                         const uint32_t digit[])
{
    const __m512i digits = load_digits(digit);
    for (size_t at = 0; at < N; at += PART) {
        __m512i sum[PART];
        for (size_t i = 0; i < PART; i++) {
            sum[i] = _mm512_setzero_si512();
        }
        for (unsigned e = 0; e < count; e++) {
            __m512i take = lanes_of(digits, e);
            const uint64_t *limb = entries + (size_t)e * N + at;
            for (size_t i = 0; i < PART; i++) {
                sum[i] = add_taken(sum[i], splat(limb[i]), take);
            }
        }
        for (size_t i = 0; i < PART; i++) {
            set_limb(r, at + i, sum[i]);
        }
    }
}

static void select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                          const uint32_t digit[])
{
    const __m512i digits = load_digits(digit);
    for (size_t at = 0; at < N; at += PART) {
        __m512i sum[PART];
        for (size_t i = 0; i < PART; i++) {
            sum[i] = _mm512_setzero_si512();
        }
        for (unsigned e = 0; e < count; e++) {
            __m512i take = lanes_of(digits, e);
            for (size_t i = 0; i < PART; i++) {
                sum[i] = add_taken(sum[i], limb_of(&blocks[e], at + i), take);
            }
        }
        for (size_t i = 0; i < PART; i++) {
            set_limb(r, at + i, sum[i]);
        }
    }
}

static bool is_supported(void)
{
    return eg_cpu_has(EG_CPU_AVX512 | EG_CPU_AVX512_IFMA);
}

const eg_kernel eg_kernel_ifma = {
    .name = "ifma",
    .lanes = LANES,
    .entry_words = N,
    .is_supported = is_supported,
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
