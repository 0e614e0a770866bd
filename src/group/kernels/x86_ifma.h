/* What the files of the ifma kernel share: eight lanes, 64-bit words. */
#ifndef EG_GROUP_KERNELS_X86_IFMA_H
#define EG_GROUP_KERNELS_X86_IFMA_H

#include "group/kernels/limbs52.h"

#include <immintrin.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))

enum { N = EG_LIMBS_52, LANES = 8 };

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

/* x86_windows_ifma.c; as in kernel.h */
void eg_ifma_to_entries(uint64_t *const entry[], const eg_block *a);
void eg_ifma_from_entries_vartime(eg_block *r, const uint64_t *const entry[]);
void eg_ifma_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                       const eg_block a[EG_WINDOW_STEP]);
void eg_ifma_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                    const uint32_t digit[]);
void eg_ifma_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                           const uint32_t digit[]);

#endif
