/* Four lanes, AVX2 and double-precision FMA: 80 limbs of 52 bits held as doubles, R = 2^4160.
 *
 * word[4 i + l] of a block is limb i of lane l. A product of two limbs falls apart exactly when
 * rounding goes towards zero: high = fma(a, b, 2^104) has floor(a b / 2^52) in its mantissa, and
 * low = fma(a, b, 2^104 + 2^52 - high) has a b mod 2^52 in its own. Columns add the bit patterns as
 * integers; the exponents in them come to a known sum for each column, which it starts below zero.
 *
 * Bounds: limbs are below 2^52 between operations; a column takes at most 3 * 80 halves of products
 * in the product, 2 * 80 in the reduction, 2^60 (below) and a carry: below 2^62. For a, b < 2^4097,
 * (a b + m p) / R < p + 2^4034 < 2^4097, so that nothing is subtracted between products. */
#include "group/kernels/limbs52.h"

#include "base/secret.h"
#include "group/kernels/x86_cpu.h"
#include "group/kernels/x86_mxcsr.h"

#include <immintrin.h>
#include <string.h>

enum {
    N = EG_LIMBS_52,
    H = N / 2,
    F = EG_P_FOLDED_LIMBS_52,
    D = EG_DIGIT_LIMBS_52,
    LANES = 4,
    STEPS = 5, /* of a sweep at once: the window's four columns are back in their registers */
    MXCSR_TOWARDS_ZERO = 0x6000
};

#define BITS_2_52  0x4330000000000000u /* the double 2^52 */
#define BITS_2_104 0x4670000000000000u /* the double 2^104 */

/* ---- what a column starts from --------------------------------------------------------------- */

/* pairs (i, j), i < n, j < m, with i + j = c */
#define LAST(c, n)  ((c) < (n) ? (c) : (n)-1)
#define FIRST(c, m) ((c) < (m) ? 0 : (c) - (m) + 1)
#define PAIRS(c, n, m)                                                                             \
    ((c) < 0 || LAST(c, n) < FIRST(c, m) ? 0 : (uint64_t)(LAST(c, n) - FIRST(c, m) + 1))
/* minus the exponents that column c takes of a product of n by m limbs: low halves fall into it
 * where the limbs' places come to c, high halves where they come to one less */
#define EXPONENTS(c, n, m) (0 - PAIRS(c, n, m) * BITS_2_52 - PAIRS((c)-1, n, m) * BITS_2_104)

/* What is taken off a column in a product by halves stays below this; so that no column gets
 * negative, each from H on has it to begin with, and each but the first of those less by what the
 * column below has too much. */
#define SPARE       ((uint64_t)1 << 60)
#define SPARE_BELOW (SPARE >> 52)
#define SPARE_OF(c) (((c) >= H && (c) + 1 < 2 * N ? SPARE : 0) - ((c) > H ? SPARE_BELOW : 0))

/* A square, the product of halves and the middle of a product; all include what the reduction adds,
 * which the middle must not find twice in what it is made of. */
#define REDUCTION(c)    (EXPONENTS((c)-D, N, F))
#define START_SQUARE(c) (EXPONENTS(c, N, N) + REDUCTION(c))
#define START_HALF(c)   (EXPONENTS(c, H, H))
#define OUTSIDE(c)      ((c) < H || (c) >= 3 * H ? REDUCTION(c) + SPARE_OF(c) : 0)
#define START_HALVES(c) (START_HALF((c) % N) + OUTSIDE(c))
#define START_MIDDLE(c)                                                                            \
    (REDUCTION(H + (c)) + SPARE_OF(H + (c)) - OUTSIDE((c) < H ? (c) : 2 * H + (c)))

#define TIMES_4(of, c) of(c), of((c) + 1), of((c) + 2), of((c) + 3)
#define TIMES_20(of, c)                                                                            \
    TIMES_4(of, c), TIMES_4(of, (c) + 4), TIMES_4(of, (c) + 8), TIMES_4(of, (c) + 12),             \
        TIMES_4(of, (c) + 16)
#define TIMES_80(of, c)                                                                            \
    TIMES_20(of, c), TIMES_20(of, (c) + 20), TIMES_20(of, (c) + 40), TIMES_20(of, (c) + 60)

static const uint64_t start_square[2 * N] = {TIMES_80(START_SQUARE, 0), TIMES_80(START_SQUARE, 80)};
static const uint64_t start_halves[2 * N] = {TIMES_80(START_HALVES, 0), TIMES_80(START_HALVES, 80)};
static const uint64_t start_half[N] = {TIMES_80(START_HALF, 0)};
static const uint64_t start_middle[N] = {TIMES_80(START_MIDDLE, 0)};

/* ---- vectors --------------------------------------------------------------------------------- */

static inline __m256i splat(uint64_t x)
{
    return _mm256_set1_epi64x((long long)x);
}

static inline __m256d splat_double(uint64_t bits)
{
    return _mm256_castsi256_pd(splat(bits));
}

/* integers below 2^52 to doubles; exact, and no rounding mode matters */
static inline __m256d to_double(__m256i x)
{
    __m256i with_exponent = _mm256_or_si256(x, splat(BITS_2_52));
    return _mm256_sub_pd(_mm256_castsi256_pd(with_exponent), splat_double(BITS_2_52));
}

static inline __m256i to_integer(__m256d x)
{
    __m256d with_exponent = _mm256_add_pd(x, splat_double(BITS_2_52));
    return _mm256_xor_si256(_mm256_castpd_si256(with_exponent), splat(BITS_2_52));
}

static inline __m256d limb_of(const eg_block *a, size_t i)
{
    return _mm256_castsi256_pd(_mm256_load_si256((const __m256i *)&a->word[i * LANES]));
}

static inline void set_limb(eg_block *r, size_t i, __m256d x)
{
    _mm256_store_si256((__m256i *)&r->word[i * LANES], _mm256_castpd_si256(x));
}

/* *low and *high += the halves of a * b, with their exponents */
static inline void add_product(__m256i *low, __m256i *high, __m256d a, __m256d b)
{
    const __m256d base = splat_double(BITS_2_104);
    const __m256d next = splat_double(BITS_2_104 + 1); /* 2^104 + 2^52 */
    __m256d h = _mm256_fmadd_pd(a, b, base);
    __m256d l = _mm256_fmadd_pd(a, b, _mm256_sub_pd(next, h));
    *high = _mm256_add_epi64(*high, _mm256_castpd_si256(h));
    *low = _mm256_add_epi64(*low, _mm256_castpd_si256(l));
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

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
static inline void step(swath *w, __m256i t[], __m256d x)
{
    __m256i c4 = t[D];
    add_product(&w->c0, &w->c1, x, w->y0);
    add_product(&w->c1, &w->c2, x, w->y1);
    add_product(&w->c2, &w->c3, x, w->y2);
    add_product(&w->c3, &c4, x, w->y3);
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
    swath w = swath_at(t, y);
    size_t k, whole = n - n % STEPS;
    for (k = 0; k < whole; k += STEPS) {
        step(&w, t + k, x[k]);
        step(&w, t + k + 1, x[k + 1]);
        step(&w, t + k + 2, x[k + 2]);
        step(&w, t + k + 3, x[k + 3]);
        step(&w, t + k + 4, x[k + 4]);
    }
    for (k = whole; k < n; k++) {
        step(&w, t + k, x[k]);
    }
    put_swath(t + n, &w);
}

/* the same for STEPS limbs of one number for all lanes, without taking up and putting down */
static inline void sweep_some(swath *w, __m256i t[], const double x[STEPS])
{
    step(w, t, _mm256_set1_pd(x[0]));
    step(w, t + 1, _mm256_set1_pd(x[1]));
    step(w, t + 2, _mm256_set1_pd(x[2]));
    step(w, t + 3, _mm256_set1_pd(x[3]));
    step(w, t + 4, _mm256_set1_pd(x[4]));
}

/* ---- reduction ------------------------------------------------------------------------------- */

/* The limb of column c, whose carry goes on to *next. */
static inline __m256i take_limb(__m256i c, __m256i *next)
{
    *next = _mm256_add_epi64(*next, _mm256_srli_epi64(c, 52));
    return _mm256_and_si256(c, splat(EG_MASK_52));
}

/* The quotient digit of four limbs: they as they are. Their carry goes to t[4]. */
static inline void take_digit(__m256d digit[D], __m256i t[D + 1])
{
    for (size_t j = 0; j < D; j++) {
        digit[j] = to_double(take_limb(t[j], &t[j + 1]));
    }
}

/* r = t / R mod p, lazily; t is used up. The exponents that columns take here have been counted in.
 * The next digit is taken as soon as its columns are done, so that no sweep waits for its digit. */
static inline void reduce(eg_block *r, __m256i t[2 * N])
{
    _Alignas(32) double folded[F];
    __m256d digit[D];
    for (size_t i = 0; i < F; i++) {
        folded[i] = (double)(int64_t)eg_p_folded_52[i];
    }
    take_digit(digit, t);
    for (size_t i = D; i <= N; i += D) {
        swath w = swath_at(t + i, digit);
        sweep_some(&w, t + i, folded);
        if (i < N) {
            take_digit(digit, t + i);
        }
        for (size_t k = STEPS; k < F; k += STEPS) {
            sweep_some(&w, t + i + k, folded + k);
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
 * By halves (Karatsuba): with a = a0 + a1 B, b = b0 + b1 B and B = 2^2080, the middle of the
 * product is a0 b0 + a1 b1 - (a1 - a0) (b1 - b0): three products of halves, not four. */

/* High half minus low half, mod B. */
typedef struct difference {
    __m256d limb[H];
    __m256i below; /* all ones where it is negative, B too much */
} difference;

static inline void subtract_halves(difference *d, const __m256d x[N])
{
    const __m256d zero = _mm256_setzero_pd(), one_limb = splat_double(BITS_2_52);
    __m256d borrow = zero, below = zero;
    for (size_t i = 0; i < H; i++) {
        __m256d limb = _mm256_sub_pd(_mm256_sub_pd(x[H + i], x[i]), borrow);
        below = _mm256_cmp_pd(limb, zero, _CMP_LT_OQ);
        borrow = _mm256_and_pd(below, _mm256_set1_pd(1));
        d->limb[i] = _mm256_add_pd(limb, _mm256_and_pd(below, one_limb));
    }
    d->below = _mm256_castpd_si256(below);
}

/* t[0 .. 2H-1] += x[0 .. H-1] * y[0 .. H-1] */
static inline void add_half_product(__m256i t[N], const __m256d x[H], const __m256d y[H])
{
    for (size_t i = 0; i < H; i += D) {
        sweep(t + i, x, H, y + i);
    }
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

/* The middle into columns H .. 3H: t holds a0 b0 below a1 b1, m is the differences' product mod B
 * each. Where a difference is negative, B times the other comes off m. */
static inline void add_middle(__m256i t[2 * N], const __m256i m[N], const difference *a,
                              const difference *b)
{
    for (size_t i = 0; i < H; i++) {
        __m256i both = _mm256_add_epi64(t[H + i], t[2 * H + i]);
        __m256i low = _mm256_sub_epi64(_mm256_add_epi64(both, t[i]), m[i]);
        __m256i high = _mm256_sub_epi64(_mm256_add_epi64(both, t[3 * H + i]), m[H + i]);
        high = _mm256_add_epi64(high, integer_if(a->limb[i], b->below));
        high = _mm256_add_epi64(high, integer_if(b->limb[i], a->below));
        t[H + i] = _mm256_add_epi64(low, splat(start_middle[i]));
        t[2 * H + i] = _mm256_add_epi64(high, splat(start_middle[H + i]));
    }
    __m256i both_below = _mm256_and_si256(a->below, b->below);
    t[3 * H] = _mm256_add_epi64(t[3 * H], both_below); /* minus one */
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    __m256i t[2 * N], m[N];
    difference da, db;
    const __m256d *x = (const __m256d *)a->word, *y = (const __m256d *)b->word;
    subtract_halves(&da, x);
    subtract_halves(&db, y);
    start_columns(t, start_halves, 2 * N);
    start_columns(m, start_half, N);
    add_half_product(t, x, y);
    add_half_product(t + N, x + H, y + H);
    add_half_product(m, da.limb, db.limb);
    add_middle(t, m, &da, &db);
    reduce(r, t);
}

/* The products of different limbs once, doubled; then the squares of limbs. */
static void sqr(eg_block *r, const eg_block *a)
{
    __m256i t[2 * N];
    const __m256d *x = (const __m256d *)a->word;
    for (size_t i = 0; i < 2 * N; i++) {
        t[i] = _mm256_setzero_si256();
    }
    for (size_t i = 0; i < N; i += D) {
        for (size_t j = 0; j < D; j++) {
            for (size_t k = j + 1; k < D; k++) {
                add_product(&t[2 * i + j + k], &t[2 * i + j + k + 1], x[i + j], x[i + k]);
            }
        }
        sweep(t + 2 * i + D, x + i + D, N - i - D, x + i);
    }
    for (size_t i = 0; i < N; i++) {
        __m256i low = splat(start_square[2 * i]), high = splat(start_square[2 * i + 1]);
        add_product(&low, &high, x[i], x[i]);
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

static void load(eg_block *r, const eg_modp *const in[])
{
    eg_block plain, r2;
    for (size_t i = 0; i < N; i++) {
        uint64_t limb[LANES];
        for (size_t l = 0; l < LANES; l++) {
            limb[l] = eg_limb_52(in[l], i);
        }
        set_limb(&plain, i, to_double(_mm256_loadu_si256((const __m256i *)limb)));
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
    for (size_t i = 0; i < N; i++) {
        __m256i limb = to_integer(limb_of(&plain, i));
        _mm256_store_si256((__m256i *)&plain.word[i * LANES], limb);
    }
    for (size_t l = 0; l < LANES; l++) {
        if (out[l] != NULL) {
            eg_join_52(out[l], plain.word + l, LANES);
        }
    }
    eg_wipe(plain.word, sizeof plain.word);
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* four limbs of one lane to one limb of four lanes, and back */
static inline void transpose(__m256d v[LANES])
{
    __m256d low01 = _mm256_unpacklo_pd(v[0], v[1]), high01 = _mm256_unpackhi_pd(v[0], v[1]);
    __m256d low23 = _mm256_unpacklo_pd(v[2], v[3]), high23 = _mm256_unpackhi_pd(v[2], v[3]);
    v[0] = _mm256_permute2f128_pd(low01, low23, 0x20);
    v[1] = _mm256_permute2f128_pd(high01, high23, 0x20);
    v[2] = _mm256_permute2f128_pd(low01, low23, 0x31);
    v[3] = _mm256_permute2f128_pd(high01, high23, 0x31);
}

static void to_entries(uint64_t *const entry[], const eg_block *a)
{
    for (size_t i = 0; i < N; i += LANES) {
        __m256d v[LANES];
        for (size_t l = 0; l < LANES; l++) {
            v[l] = limb_of(a, i + l);
        }
        transpose(v);
        for (size_t l = 0; l < LANES; l++) {
            if (entry[l] != NULL) {
                _mm256_store_si256((__m256i *)(entry[l] + i), _mm256_castpd_si256(v[l]));
            }
        }
    }
}

static void from_entries_vartime(eg_block *r, const uint64_t *const entry[])
{
    for (size_t i = 0; i < N; i += LANES) {
        __m256d v[LANES];
        for (size_t l = 0; l < LANES; l++) {
            v[l] = _mm256_castsi256_pd(_mm256_load_si256((const __m256i *)(entry[l] + i)));
        }
        transpose(v);
        for (size_t l = 0; l < LANES; l++) {
            set_limb(r, i + l, v[l]);
        }
    }
}

/* ---- windows ---------------------------------------------------------------------------------
 * Limb after limb, each of all the numbers, their low 32 bits before their high ones: so eight
 * numbers' halves of a limb fill a register out of which eight lanes, those of two blocks, pick
 * their own. */

enum { PICK = 8, PICKS_MAX = 256 / PICK, CHUNK = 8, PAIRS_MAX = EG_SELECT_BLOCKS_MAX / 2 };

/* The halves of eight numbers' limbs, lane after lane in a and b, to their places in a window. */
static inline void put_halves(uint64_t *limb, size_t room, unsigned digit, __m256d a, __m256d b)
{
    enum { LOW = 0x88, HIGH = 0xdd, IN_ORDER = 0xd8 };
    __m256 x = _mm256_castpd_ps(a), y = _mm256_castpd_ps(b);
    __m256d low = _mm256_castps_pd(_mm256_shuffle_ps(x, y, LOW));
    __m256d high = _mm256_castps_pd(_mm256_shuffle_ps(x, y, HIGH));
    double *to = (double *)limb + digit / 2;
    _mm256_store_pd(to, _mm256_permute4x64_pd(low, IN_ORDER));
    _mm256_store_pd(to + room / 2, _mm256_permute4x64_pd(high, IN_ORDER));
}

static void to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                      const eg_block a[EG_WINDOW_STEP])
{
    for (size_t i = 0; i < N; i++) {
        __m256d v[EG_WINDOW_STEP];
        for (size_t k = 0; k < EG_WINDOW_STEP; k++) {
            v[k] = limb_of(&a[k], i);
        }
        transpose(v);
        transpose(v + LANES);
        for (size_t l = 0; l < LANES; l++) {
            if (window[l] != NULL) {
                size_t room = eg_window_room_52(count[l]);
                put_halves(window[l] + i * room, room, digit, v[l], v[LANES + l]);
            }
        }
    }
}

/* The digits of two blocks in the order in which halves unpack to lanes of the one and the other,
 * and the lanes whose number is among the c-th eight. */
typedef struct chooser {
    __m256i digit;
    __m256i take[PICKS_MAX];
} chooser;

static void set_chooser(chooser *by, const uint32_t first[LANES], const uint32_t second[LANES],
                        unsigned count)
{
    __m128i a = _mm_loadu_si128((const __m128i *)first);
    __m128i b = _mm_loadu_si128((const __m128i *)second);
    by->digit = _mm256_set_m128i(_mm_unpackhi_epi64(a, b), _mm_unpacklo_epi64(a, b));
    /* signed, and a digit is at most UINT16_MAX */
    __m256i within = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), by->digit);
    __m256i pick = _mm256_srli_epi32(by->digit, 3);
    for (unsigned c = 0; c < eg_window_room_52(count) / PICK; c++) {
        __m256i is_c = _mm256_cmpeq_epi32(pick, _mm256_set1_epi32((int)c));
        by->take[c] = _mm256_and_si256(within, is_c);
    }
}

/* CHUNK limbs of each lane's number. */
static inline void choose(eg_block *first, eg_block *second, size_t at, const uint64_t *window,
                          size_t room, const chooser *by)
{
    for (size_t i = at; i < at + CHUNK; i++) {
        const __m256i *low = (const __m256i *)(window + i * room), *high = low + room / PICK;
        __m256i lows = _mm256_setzero_si256(), highs = lows;
        for (size_t c = 0; c < room / PICK; c++) {
            __m256i x = _mm256_permutevar8x32_epi32(low[c], by->digit);
            __m256i y = _mm256_permutevar8x32_epi32(high[c], by->digit);
            lows = _mm256_or_si256(lows, _mm256_and_si256(x, by->take[c]));
            highs = _mm256_or_si256(highs, _mm256_and_si256(y, by->take[c]));
        }
        __m256i *to = (__m256i *)&first->word[i * LANES],
                *to2 = (__m256i *)&second->word[i * LANES];
        _mm256_store_si256(to, _mm256_unpacklo_epi32(lows, highs));
        _mm256_store_si256(to2, _mm256_unpackhi_epi32(lows, highs));
    }
}

/* A chunk of limbs of all blocks, then the next: it stays in the first cache meanwhile. */
static void select_number(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                          const uint32_t digit[])
{
    const size_t room = eg_window_room_52(count), last = n - n % 2;
    eg_block spare;
    chooser by[PAIRS_MAX];
    for (size_t b = 0; b < n; b += 2) {
        const uint32_t *first = digit + b * LANES;
        set_chooser(&by[b / 2], first, b < last ? first + LANES : first, count);
    }
    for (size_t at = 0; at < N; at += CHUNK) {
        for (size_t b = 0; b < n; b += 2) {
            choose(&r[b], b < last ? &r[b + 1] : &spare, at, window, room, &by[b / 2]);
        }
    }
    eg_wipe(&spare, sizeof spare);
    eg_wipe(by, sizeof by);
}

static inline __m256i load_digits(const uint32_t digit[])
{
    return _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)digit));
}

/* Selections of blocks sum up eight limbs at a time, so that the sums stay in registers. */
enum { PART = 8 };

/* all ones in the lanes whose digit is e */
static inline __m256i lanes_of(__m256i digit, unsigned e)
{
    return _mm256_cmpeq_epi64(digit, splat(e));
}

static void select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                          const uint32_t digit[])
{
    const __m256i digits = load_digits(digit);
    for (size_t at = 0; at < N; at += PART) {
        __m256i sum[PART];
        for (size_t i = 0; i < PART; i++) {
            sum[i] = _mm256_setzero_si256();
        }
        for (unsigned e = 0; e < count; e++) {
            __m256i take = lanes_of(digits, e);
            const __m256i *limb = (const __m256i *)blocks[e].word + at;
            for (size_t i = 0; i < PART; i++) {
                sum[i] = _mm256_or_si256(sum[i], _mm256_and_si256(take, limb[i]));
            }
        }
        for (size_t i = 0; i < PART; i++) {
            _mm256_store_si256((__m256i *)&r->word[(at + i) * LANES], sum[i]);
        }
    }
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
    .one = one,
    .mul = mul,
    .sqr = sqr,
    .to_entries = to_entries,
    .from_entries_vartime = from_entries_vartime,
    .to_window = to_window,
    .select = select_number,
    .select_blocks = select_blocks,
};
