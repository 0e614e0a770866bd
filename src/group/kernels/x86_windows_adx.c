/* A window as planes of bytes: plane k is byte k of all its numbers, sixteen to a register. With
 * sixteen digits for its control, one PSHUFB picks from a register for sixteen exponents at once,
 * in a time that does not depend on the digits; the window is read whole. */
#include "group/kernels/x86_adx.h"

#include "base/secret.h"

#include <tmmintrin.h>

enum {
    N = EG_P_LIMBS,
    BYTES = sizeof(uint64_t),
    PART = 16, /* numbers in a register, and exponents */
    PARTS_MAX = 256 / PART
};

_Static_assert((int)EG_SELECT_BLOCKS_MAX <= PART, "one register holds all digits");
_Static_assert((int)EG_WINDOW_STEP == BYTES && (int)EG_WINDOW_MIN == PART,
               "steps and parts fill words");

static unsigned parts_of(unsigned count)
{
    return count < PART ? 1 : count / PART;
}

/* The last two of the three rounds that turn a square of eight by eight bytes: pair[i] has rows 2i
 * and 2i + 1, byte about byte; out[i] gets columns 2i and 2i + 1, one after the other. */
static inline void turn(__m128i out[4], const __m128i pair[4])
{
    __m128i low = _mm_unpacklo_epi16(pair[0], pair[1]), high = _mm_unpackhi_epi16(pair[0], pair[1]);
    __m128i low2 = _mm_unpacklo_epi16(pair[2], pair[3]);
    __m128i high2 = _mm_unpackhi_epi16(pair[2], pair[3]);
    out[0] = _mm_unpacklo_epi32(low, low2);
    out[1] = _mm_unpackhi_epi32(low, low2);
    out[2] = _mm_unpacklo_epi32(high, high2);
    out[3] = _mm_unpackhi_epi32(high, high2);
}

/* One limb of eight numbers to its planes, `stride` words from each other. */
static void put_limb(uint64_t *plane, size_t stride, const eg_block a[EG_WINDOW_STEP], size_t limb)
{
    __m128i pair[BYTES / 2], turned[BYTES / 2];
    for (size_t i = 0; i < BYTES / 2; i++) {
        pair[i] = _mm_unpacklo_epi8(_mm_cvtsi64_si128((int64_t)a[2 * i].word[limb]),
                                    _mm_cvtsi64_si128((int64_t)a[2 * i + 1].word[limb]));
    }
    turn(turned, pair);
    for (size_t i = 0; i < BYTES / 2; i++) {
        uint64_t two[2];
        memcpy(two, &turned[i], sizeof two);
        plane[2 * i * stride] = two[0];
        plane[(2 * i + 1) * stride] = two[1];
    }
}

void eg_adx_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                      const eg_block a[EG_WINDOW_STEP])
{
    if (window[0] == NULL) {
        return;
    }
    const size_t stride = (size_t)parts_of(count[0]) * PART / BYTES;
    for (size_t limb = 0; limb < N; limb++) {
        put_limb(window[0] + limb * BYTES * stride + digit / BYTES, stride, a, limb);
    }
}

/* For each part the place of each exponent's number in it; where it is not there, a byte above 127,
 * for which PSHUFB gives zero. */
static void set_controls(__m128i control[], unsigned count, const uint32_t digit[], size_t n)
{
    uint8_t of[PART], nowhere[PART];
    for (size_t e = 0; e < PART; e++) {
        uint32_t d = e < n ? digit[e] : count;
        of[e] = (uint8_t)d;
        nowhere[e] = (uint8_t)~eg_mask(d < count);
    }
    const __m128i digits = _mm_loadu_si128((const __m128i *)of);
    const __m128i none = _mm_loadu_si128((const __m128i *)nowhere);
    for (unsigned part = 0; part < parts_of(count); part++) {
        __m128i place = _mm_xor_si128(digits, _mm_set1_epi8((char)(part * PART)));
        place = _mm_adds_epu8(place, _mm_set1_epi8(128 - PART)); /* 128 and more unless below 16 */
        control[part] = _mm_or_si128(place, none);
    }
    eg_wipe(of, sizeof of);
}

/* One plane's bytes of sixteen exponents. */
static inline __m128i pick(const __m128i *plane, const __m128i control[], unsigned parts)
{
    __m128i sum = _mm_shuffle_epi8(_mm_load_si128(plane), control[0]);
    for (unsigned part = 1; part < parts; part++) {
        sum = _mm_or_si128(sum, _mm_shuffle_epi8(_mm_load_si128(plane + part), control[part]));
    }
    return sum;
}

/* One limb of sixteen exponents from its planes. */
static inline void pick_limb(uint64_t word[PART], const __m128i *plane, const __m128i control[],
                             unsigned parts)
{
    __m128i low[BYTES / 2], high[BYTES / 2], turned[BYTES];
    for (size_t i = 0; i < BYTES / 2; i++) {
        __m128i even = pick(plane + 2 * i * parts, control, parts);
        __m128i odd = pick(plane + (2 * i + 1) * parts, control, parts);
        low[i] = _mm_unpacklo_epi8(even, odd);
        high[i] = _mm_unpackhi_epi8(even, odd);
    }
    turn(turned, low);
    turn(turned + BYTES / 2, high);
    memcpy(word, turned, sizeof turned);
}

static inline __attribute__((always_inline)) void
pick_all(eg_block r[], size_t n, const uint64_t *window, const __m128i control[], unsigned parts)
{
    const __m128i *plane = (const __m128i *)window;
    uint64_t word[PART];
    for (size_t limb = 0; limb < N; limb++, plane += BYTES * parts) {
        pick_limb(word, plane, control, parts);
        for (size_t e = 0; e < n; e++) {
            r[e].word[limb] = word[e];
        }
    }
    eg_wipe(word, sizeof word);
}

void eg_adx_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                   const uint32_t digit[])
{
    enum { USUAL = 128 / PART };
    __m128i control[PARTS_MAX];
    set_controls(control, count, digit, n);
    if (parts_of(count) == USUAL) { /* loops of known length, controls in registers */
        pick_all(r, n, window, control, USUAL);
    } else {
        pick_all(r, n, window, control, parts_of(count));
    }
    eg_wipe(control, sizeof control);
}
