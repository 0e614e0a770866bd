/* Numbers of the ifma kernel to and from tables. */
#include "group/kernels/x86_ifma.h"

#include "base/secret.h"

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

void eg_ifma_to_entries(uint64_t *const entry[], const eg_block *a)
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

void eg_ifma_from_entries_vartime(eg_block *r, const uint64_t *const entry[])
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

void eg_ifma_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
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
void eg_ifma_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
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

void eg_ifma_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
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
