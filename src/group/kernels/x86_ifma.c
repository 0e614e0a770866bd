/* Eight lanes, AVX-512 IFMA: 80 limbs of 52 bits, R = 2^4160.
 *
 * word[8 i + l] of a block is limb i of lane l. The instructions give the low and the high 52 bits
 * of a product of two limbs, added to a column of 64 bits.
 *
 * Bounds: limbs are below 2^52 between operations; a column takes at most 3 * 80 halves of products
 * in the product, 2 * 80 in the reduction, 2^60 (below) and a carry: below 2^62. For a, b < 2^4097,
 * (a b + m p) / R < p + 2^4034 < 2^4097, so that nothing is subtracted between products. */
#include "group/kernels/limbs52.h"

#include "base/secret.h"
#include "group/kernels/x86_cpu.h"
#include "group/kernels/x86_mxcsr.h"

#include <immintrin.h>

enum {
    N = EG_LIMBS_52,
    H = N / 2,
    F = EG_P_FOLDED_LIMBS_52,
    D = EG_DIGIT_LIMBS_52,
    W = 10, /* limbs that sweep together: enough chains of sums to keep two multipliers busy */
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

#define ALWAYS_INLINE inline __attribute__((always_inline))

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

/* t[0 .. W] += x * y where columns from `first` on are concerned. Column 0 is done with and goes to
 * memory, column W comes into its register. */
static ALWAYS_INLINE void step(swath *s, __m512i t[], __m512i x, size_t turn, size_t first)
{
    __m512i *lowest = &s->c[turn % W];
    t[0] = first > 0 ? *lowest : _mm512_madd52lo_epu64(*lowest, x, s->y[0]);
    *lowest = t[W];
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

/* t[0 .. n+W-1] += x[0 .. n-1] * y[0 .. W-1], n a multiple of W */
static inline void sweep(__m512i t[], const __m512i x[], size_t n, const __m512i y[W])
{
    swath s;
    take_swath(&s, t, y);
    for (size_t k = 0; k < n; k += W) {
#pragma GCC unroll 16
        for (size_t turn = 0; turn < W; turn++) {
            step(&s, t + k + turn, x[k + turn], turn, 0);
        }
    }
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
            step(s, t + k + turn, splat(eg_p_folded_52[k + turn]), from + turn, 0);
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
            step(&s, low + k, splat(eg_p_folded_52[k]), k, W - D - k);
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
 * By halves (Karatsuba): with a = a0 + a1 B, b = b0 + b1 B and B = 2^2080, the middle of the
 * product is a0 b0 + a1 b1 - (a1 - a0) (b1 - b0): three products of halves, not four. */

/* High half minus low half, mod B. */
typedef struct difference {
    __m512i limb[H];
    __m512i below; /* all ones where it is negative, B too much */
} difference;

static inline void subtract_halves(difference *d, const __m512i x[N])
{
    __m512i borrow = _mm512_setzero_si512();
    for (size_t i = 0; i < H; i++) {
        __m512i limb = _mm512_sub_epi64(_mm512_sub_epi64(x[H + i], x[i]), borrow);
        borrow = _mm512_srli_epi64(limb, 63);
        d->limb[i] = _mm512_and_si512(limb, splat(EG_MASK_52));
    }
    d->below = _mm512_sub_epi64(_mm512_setzero_si512(), borrow);
}

/* t[0 .. 2H-1] += x[0 .. H-1] * y[0 .. H-1] */
static inline void add_half_product(__m512i t[N], const __m512i x[H], const __m512i y[H])
{
    for (size_t i = 0; i < H; i += W) {
        sweep(t + i, x, H, y + i);
    }
}

/* What is taken off a column stays below this; so that no column gets negative, each from H on has
 * it to begin with, and each but the first of those less by what the column below has too much. */
#define SPARE       ((uint64_t)1 << 60)
#define SPARE_BELOW (SPARE >> 52)

static inline void start_columns(__m512i t[2 * N])
{
    for (size_t i = 0; i < 3 * H; i++) {
        t[i] = _mm512_setzero_si512();
    }
    for (size_t i = 3 * H; i + 1 < 2 * N; i++) {
        t[i] = splat(SPARE - SPARE_BELOW);
    }
    t[2 * N - 1] = splat(0 - SPARE_BELOW);
}

/* The middle into columns H .. 3H: t holds a0 b0 below a1 b1, m is the differences' product mod B
 * each. Where a difference is negative, B times the other comes off m. */
static inline void add_middle(__m512i t[2 * N], const __m512i m[N], const difference *a,
                              const difference *b)
{
    for (size_t i = 0; i < H; i++) {
        __m512i both = _mm512_add_epi64(t[H + i], t[2 * H + i]);
        __m512i low = _mm512_sub_epi64(_mm512_add_epi64(both, t[i]), m[i]);
        __m512i high = _mm512_sub_epi64(_mm512_add_epi64(both, t[3 * H + i]), m[H + i]);
        high = _mm512_add_epi64(high, _mm512_and_si512(a->limb[i], b->below));
        high = _mm512_add_epi64(high, _mm512_and_si512(b->limb[i], a->below));
        t[H + i] = _mm512_add_epi64(low, splat(SPARE - SPARE_BELOW));
        t[2 * H + i] = high; /* t[3H + i] brought what it has to spare */
    }
    t[H] = _mm512_add_epi64(t[H], splat(SPARE_BELOW));
    t[3 * H - 1] = _mm512_add_epi64(t[3 * H - 1], splat(SPARE));
    __m512i both_below = _mm512_and_si512(a->below, b->below);
    t[3 * H] = _mm512_add_epi64(t[3 * H], both_below); /* minus one */
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    __m512i t[2 * N], m[N];
    difference da, db;
    const __m512i *x = (const __m512i *)a->word, *y = (const __m512i *)b->word;
    subtract_halves(&da, x);
    subtract_halves(&db, y);
    start_columns(t);
    for (size_t i = 0; i < N; i++) {
        m[i] = _mm512_setzero_si512();
    }
    add_half_product(t, x, y);
    add_half_product(t + N, x + H, y + H);
    add_half_product(m, da.limb, db.limb);
    add_middle(t, m, &da, &db);
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

/* ---- windows ---------------------------------------------------------------------------------
 * Limb after limb, each of all the numbers: limb i of number d is word i * count + d, so that
 * sixteen numbers' limbs are two registers out of which each lane picks its own. */

enum { PICK = EG_WINDOW_MIN, PICK_BITS_MAX = 4, CHUNK = 8 };

static void to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                      const eg_block a[EG_WINDOW_STEP])
{
    for (size_t i = 0; i < N; i++) {
        __m512i v[LANES]; /* as many numbers as lanes: a limb of each, lane after lane */
        for (size_t k = 0; k < LANES; k++) {
            v[k] = limb_of(&a[k], i);
        }
        transpose(v);
        for (size_t l = 0; l < LANES; l++) {
            if (window[l] != NULL) {
                _mm512_store_si512(window[l] + i * eg_window_room_52(count[l]) + digit, v[l]);
            }
        }
    }
}

static inline __m512i load_digits(const uint32_t digit[])
{
    return _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)digit));
}

/* Each lane's of sixteen numbers' limbs, by the low four bits of its digit. */
static inline __m512i pick(const uint64_t limb[PICK], __m512i digit)
{
    return _mm512_permutex2var_epi64(_mm512_load_si512(limb), digit, _mm512_load_si512(limb + 8));
}

/* A block's digits, and the lanes in which bit 4 + i of the digit is set: all ones there. No mask
 * registers: compilers fold a number that they have spilled into a load under such a mask, and then
 * a digit decides which memory is read. */
typedef struct chooser {
    __m512i digit;
    __m512i within; /* the window */
    __m512i bit[PICK_BITS_MAX];
} chooser;

static inline chooser chooser_of(const uint32_t digit[], unsigned count)
{
    chooser c = {.digit = load_digits(digit)};
    c.within = _mm512_movm_epi64(_mm512_cmplt_epu64_mask(c.digit, splat(count)));
    for (unsigned i = 0; i < PICK_BITS_MAX; i++) {
        c.bit[i] = _mm512_movm_epi64(_mm512_test_epi64_mask(c.digit, splat((uint64_t)PICK << i)));
    }
    return c;
}

/* b where take is all ones, a where it is zero */
static inline __m512i blend(__m512i take, __m512i a, __m512i b)
{
    return _mm512_ternarylogic_epi64(take, b, a, 0xca);
}

/* Each lane's of 32, 64, 128 numbers' limbs. In functions rather than loops over an array, which
 * clang leaves in memory: 2.3 times the time. */
static ALWAYS_INLINE __m512i pick_of_2(const uint64_t *limb, const chooser *by)
{
    return blend(by->bit[0], pick(limb, by->digit), pick(limb + PICK, by->digit));
}

static ALWAYS_INLINE __m512i pick_of_4(const uint64_t *limb, const chooser *by)
{
    return blend(by->bit[1], pick_of_2(limb, by), pick_of_2(limb + 2 * PICK, by));
}

static ALWAYS_INLINE __m512i pick_of_8(const uint64_t *limb, const chooser *by)
{
    return blend(by->bit[2], pick_of_4(limb, by), pick_of_4(limb + 4 * PICK, by));
}

/* Of `picks` sixteens: 1, 2, 4, 8 or 16. */
static ALWAYS_INLINE __m512i pick_of(size_t picks, const uint64_t *limb, const chooser *by)
{
    switch (picks) {
    case 1:
        return pick(limb, by->digit);
    case 2:
        return pick_of_2(limb, by);
    case 4:
        return pick_of_4(limb, by);
    case 8:
        return pick_of_8(limb, by);
    default:
        return blend(by->bit[3], pick_of_8(limb, by), pick_of_8(limb + 8 * PICK, by));
    }
}

/* CHUNK limbs of each lane's number. `picks` is a constant once inlined, where it matters. */
static ALWAYS_INLINE void choose(eg_block *r, size_t at, const uint64_t *window, size_t picks,
                                 const chooser *by)
{
    for (size_t i = at; i < at + CHUNK; i++) {
        __m512i x = pick_of(picks, window + i * picks * PICK, by);
        set_limb(r, i, _mm512_and_si512(by->within, x));
    }
}

/* A chunk of limbs of all blocks, then the next: it stays in the first cache meanwhile. */
static void select_number(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                          const uint32_t digit[])
{
    const size_t picks = eg_window_room_52(count) / PICK;
    chooser by[EG_SELECT_BLOCKS_MAX];
    for (size_t b = 0; b < n; b++) {
        by[b] = chooser_of(digit + b * LANES, count);
    }
    for (size_t at = 0; at < N; at += CHUNK) {
        for (size_t b = 0; b < n; b++) {
            switch (picks) {
            case 4:
                choose(&r[b], at, window, 4, &by[b]);
                break;
            case 8:
                choose(&r[b], at, window, 8, &by[b]);
                break;
            default:
                choose(&r[b], at, window, picks, &by[b]);
            }
        }
    }
    eg_wipe(by, n * sizeof by[0]);
}

/* Selections of blocks sum up sixteen limbs at a time, so that the sums stay in registers. */
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
    .window_bits = 6,
    .is_supported = is_supported,
    .enter = enter,
    .leave = eg_mxcsr_leave,
    .load = load,
    .store = store,
    .one = one,
    .mul = mul,
    .sqr = sqr,
    .to_entries = to_entries,
    .from_entries_vartime = from_entries_vartime,
    .to_window = to_window,
    .select = select_number,
    .select_blocks = select_blocks,
};
