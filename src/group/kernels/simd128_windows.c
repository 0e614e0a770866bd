/* Numbers of the simd128 kernel to and from tables. An entry is the limbs of one number in order,
 * and so is each number of a window. */
#include "base/secret.h"
#include "group/kernels/simd128.h"

#include <string.h>

enum { ENTRY = 2 * EG_ENTRY_WORDS_28 }; /* in limbs; those beyond N are not used */

/* four limbs of one lane to one limb of four lanes, and back */
static ALWAYS_INLINE void transpose(lanes v[LANES])
{
    const lanes low01 = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5);
    const lanes high01 = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
    const lanes low23 = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
    const lanes high23 = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
    v[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
    v[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    v[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
    v[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

static void spread(uint32_t *const to[], const eg_block *a)
{
    for (size_t i = 0; i < N; i += LANES) {
        lanes v[LANES];
        memcpy(v, limbs_of_block(a) + i, sizeof v);
        transpose(v);
        for (size_t l = 0; l < LANES; l++) {
            if (to[l] != NULL) {
                memcpy(to[l] + i, &v[l], sizeof v[l]);
            }
        }
    }
}

static ALWAYS_INLINE lanes four_limbs(const uint64_t *entry, size_t at)
{
    lanes v;
    memcpy(&v, (const uint32_t *)(const void *)entry + at, sizeof v);
    return v;
}

void eg_simd128_to_entries(uint64_t *const entry[], const eg_block *a)
{
    uint32_t *to[LANES];
    for (size_t l = 0; l < LANES; l++) {
        to[l] = (uint32_t *)(void *)entry[l];
    }
    spread(to, a);
}

void eg_simd128_from_entries_vartime(eg_block *r, const uint64_t *const entry[])
{
    for (size_t i = 0; i < N; i += LANES) {
        lanes v[LANES];
        for (size_t l = 0; l < LANES; l++) {
            v[l] = four_limbs(entry[l], i);
        }
        transpose(v);
        memcpy(limbs_in(r) + i, v, sizeof v);
    }
}

/* ---- windows ---- */

void eg_simd128_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                          const eg_block a[EG_WINDOW_STEP])
{
    (void)count;
    for (size_t k = 0; k < EG_WINDOW_STEP; k++) {
        uint32_t *to[LANES];
        for (size_t l = 0; l < LANES; l++) {
            to[l] = window[l] == NULL ? NULL : (uint32_t *)(void *)window[l] + (digit + k) * ENTRY;
        }
        spread(to, &a[k]);
    }
}

/* All ones in the lanes whose number is e. */
static ALWAYS_INLINE lanes lanes_of(const uint32_t digit[LANES], unsigned e)
{
    lanes is_e;
    for (size_t l = 0; l < LANES; l++) {
        is_e[l] = (uint32_t)eg_mask(digit[l] == e);
    }
    return is_e;
}

/* Eight limbs of the four numbers at a time, so that their sums stay in registers. */
enum { PART = 2 };

static void select_one(eg_block *r, const uint64_t *window, unsigned count,
                       const uint32_t digit[LANES])
{
    lanes take[256];
    for (unsigned e = 0; e < count; e++) {
        take[e] = lanes_of(digit, e);
    }
    for (size_t at = 0; at < N; at += LANES * PART) {
        const size_t parts = at + LANES * PART <= N ? PART : 1;
        lanes sum[PART][LANES] = {{{0}}};
        for (unsigned e = 0; e < count; e++) {
            const uint64_t *number = window + e * EG_ENTRY_WORDS_28;
            for (size_t p = 0; p < parts; p++) {
                const lanes v = four_limbs(number, at + p * LANES);
                sum[p][0] |= v & __builtin_shufflevector(take[e], take[e], 0, 0, 0, 0);
                sum[p][1] |= v & __builtin_shufflevector(take[e], take[e], 1, 1, 1, 1);
                sum[p][2] |= v & __builtin_shufflevector(take[e], take[e], 2, 2, 2, 2);
                sum[p][3] |= v & __builtin_shufflevector(take[e], take[e], 3, 3, 3, 3);
            }
        }
        for (size_t p = 0; p < parts; p++) {
            transpose(sum[p]);
            memcpy(limbs_in(r) + at + p * LANES, sum[p], sizeof sum[p]);
        }
    }
    eg_wipe(take, count * sizeof *take);
}

void eg_simd128_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                       const uint32_t digit[])
{
    for (size_t b = 0; b < n; b++) {
        select_one(&r[b], window, count, digit + b * LANES);
    }
}

void eg_simd128_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                              const uint32_t digit[])
{
    for (size_t at = 0; at < N; at += LANES) {
        lanes sum[LANES] = {{0}};
        for (unsigned e = 0; e < count; e++) {
            const lanes take = lanes_of(digit, e);
            for (size_t i = 0; i < LANES; i++) {
                sum[i] |= limbs_of_block(&blocks[e])[at + i] & take;
            }
        }
        memcpy(limbs_in(r) + at, sum, sizeof sum);
    }
}
