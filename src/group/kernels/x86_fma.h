/* What the files of the fma kernel share: four lanes, doubles. */
#ifndef EG_GROUP_KERNELS_X86_FMA_H
#define EG_GROUP_KERNELS_X86_FMA_H

#include "group/kernels/limbs52.h"

#include <immintrin.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))

enum { N = EG_LIMBS_52, LANES = 4 };

#define BITS_2_52 0x4330000000000000u /* the double 2^52 */

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

/* x86_windows_fma.c; as in kernel.h */
void eg_fma_to_entries(uint64_t *const entry[], const eg_block *a);
void eg_fma_from_entries_vartime(eg_block *r, const uint64_t *const entry[]);
void eg_fma_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                      const eg_block a[EG_WINDOW_STEP]);
void eg_fma_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                   const uint32_t digit[]);
void eg_fma_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                          const uint32_t digit[]);

#endif
